"""Why a function was recorded again, in words."""

import dataclasses
import gc
import tracemalloc
import weakref

import numpy as np
import pytest

import autodiff_core as tf

FACTOR = 2.0
TABLE = np.ones(3)


@tf.function
def scaled(x, power=1, mode=None):
    return x**power * FACTOR + tf.reduce_sum(TABLE)


@pytest.fixture
def f():
    return tf.function(scaled.python_function)


def test_first_call_is_said_to_be_the_first(f):
    assert f.trace_reasons == []
    f(tf.zeros(2))
    f(tf.ones(2))
    assert f.trace_reasons == ["it is the first call"]


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ((tf.zeros(2),), (tf.zeros(3),), "x is float32 of shape (3,), and was float32 of shape (2,)"),
        (
            (tf.zeros(2),),
            (tf.zeros(2, tf.float64),),
            "x is float64 of shape (2,), and was float32 of shape (2,)",
        ),
        ((tf.zeros(2), 2), (tf.zeros(2), 3), "power is 3, and was 2"),
        ((tf.zeros(2),), (tf.zeros(2), 3), "power is 3, and was not given"),
        ((tf.zeros(2), 3), (tf.zeros(2),), "power is not given, and was 3"),
        ((tf.zeros(2), 1, "a"), (tf.zeros(2), 2, "b"), "power is 2, and was 1; mode is 'b', and was 'a'"),
        ((tf.zeros(2), 2, 1), (tf.zeros(2), 2, 1.0), "mode is 1.0, and was 1"),
        ((tf.zeros(2), 2, "a" * 99), (tf.zeros(2), 2, "a" * 98), f"mode is another one, '{'a' * 56}..."),
    ],
)
def test_what_is_another_in_a_call_is_named(f, first, second, reason):
    f(*first)
    f(*second)
    assert f.trace_reasons == ["it is the first call", reason]


def test_call_is_compared_with_the_one_before_that_is_most_like_it(f):
    for call in [(tf.zeros(2), 2), (tf.zeros(3), 5), (tf.zeros(3), 2)]:
        f(*call)
    assert f.trace_reasons[-1] == "power is 2, and was 5"


def test_leaf_of_an_argument_that_is_another_is_numbered():
    f = tf.function(lambda pair: pair[0] + pair[1])
    f((tf.zeros(2), tf.zeros(2)))
    f((tf.zeros(2), tf.zeros(())))
    assert f.trace_reasons[-1] == "leaf 1 of pair is float32 of shape (), and was float32 of shape (2,)"


def test_value_around_the_function_that_is_another_is_named(f, monkeypatch):
    f(tf.zeros(2))
    monkeypatch.setitem(globals(), "FACTOR", 3.0)
    f(tf.zeros(2))
    assert f.trace_reasons[-1] == "FACTOR, which its code reads around it, is 3.0, and was 2.0"
    monkeypatch.setitem(globals(), "TABLE", np.ones(3))
    f(tf.zeros(2))
    assert f.trace_reasons[-1] == ("TABLE, which its code reads around it, is another one, float64 of shape (3,)")


def test_line_that_looks_at_a_value_is_named():
    def sign(x):
        if x > 0:
            return x
        return -x

    f = tf.function(sign)
    f(tf.constant(1.0))
    f(tf.constant(-1.0))
    line = sign.__code__.co_firstlineno + 1
    assert f.trace_reasons[-1] == f"a value that Python looks at is another one ({__file__}:{line}, in sign)"
    f(tf.constant(-2.0))
    assert len(f.trace_reasons) == 2


def test_call_that_made_variables_is_named():
    made = []

    @tf.function
    def f(x):
        if not made:
            made.append(tf.Variable(2.0))
        return x * made[0]

    f(1.0)
    f(1.0)
    f(1.0)
    assert f.trace_reasons == [
        "it is the first call",
        "the call before made variables, which a replay must not",
    ]


def test_object_that_is_gone_is_said_to_be():
    class Settings:
        factor = 2.0

    f = tf.function(lambda x, settings: x * settings.factor)
    for _ in range(2):
        f(tf.zeros(2), Settings())
        gc.collect()
    assert f.trace_reasons[-1] == "settings is another one, an object that is gone"


def test_structure_that_is_another_is_told():
    f = tf.function(lambda pair: pair[0] + pair[1])
    f((tf.zeros(2), tf.zeros(2)))
    f([tf.zeros(2), tf.zeros(2)])
    assert f.trace_reasons[-1].startswith("the structure of pair is a list, and was a tuple")


def test_structures_in_structures_are_told():
    f = tf.function(lambda x, nested=None: x)
    x = tf.zeros(2)
    for nested in (None, [x], (x, [x]), {"a": [x, x]}, {"b": [x, x]}):
        f(x, nested) if nested is not None else f(x)
    _, given, first, second, third = f.trace_reasons
    assert given.startswith("the structure of nested is a list, and was not given")
    assert "the structure of nested is nested like (*, [*]), and was" in first
    assert "the structure of nested is nested like {'a': [*, *]}, and was nested like (*, [*])" in second
    assert third == "the structure of nested is nested like {'b': [*, *]}, and was nested like {'a': [*, *]}"


def test_object_that_is_another_is_told_by_its_class():
    class Settings:
        factor = 2.0

    kept = [Settings(), Settings()]
    f = tf.function(lambda x, settings: x * settings.factor)
    for settings in kept:
        f(tf.zeros(2), settings)
    assert f.trace_reasons[-1] == "settings is another one, an object of Settings"


def test_number_around_a_closure_is_named():
    factor = 0.1

    def scale(x):
        return x * factor

    f = tf.function(scale)
    f(1.0)
    factor = 0.3
    f(1.0)
    assert f.trace_reasons[-1] == "factor, which its code reads around it, is 0.3, and was 0.1"


def test_keyword_and_more_arguments_than_names_are_told():
    f = tf.function(lambda *x, **options: sum(x) * options.get("by", 1.0))
    f(1.0, 2.0, by=2)
    f(1.0, tf.zeros(2), by=3)
    assert f.trace_reasons[-1] == "argument 1 is float32 of shape (2,), and was 2.0; by is 3, and was 2"


def test_reasons_keep_no_argument_alive():
    class Settings:
        factor = 2.0

    f = tf.function(lambda x, settings: x * settings.factor)
    settings = Settings()
    kept = weakref.ref(settings)
    f(tf.zeros(2), settings)
    del settings
    gc.collect()
    assert kept() is None


class Labelled:
    """Equal to what is labelled alike, and large."""

    def __init__(self, label):
        self.label, self.table = label, np.ones(3)

    def __eq__(self, other):
        return self.label == other.label

    def __hash__(self):
        return hash(self.label)

    def __repr__(self):
        return f"Labelled({self.label})"


def test_reasons_keep_no_value_alive_that_has_been_compared(f):
    kept = []
    for k in (-1, -2, 3):  # (the first two have one hash)
        setting = Labelled(k)
        kept.append(weakref.ref(setting))
        f(tf.zeros(2), 1, setting)
    assert f.trace_reasons[1:] == [
        "mode is Labelled(-2), and was Labelled(-1)",
        "mode is Labelled(3), and was Labelled(-2)",
    ]
    f._by_key.clear()  # (which keeps what its programs are for)
    f.forget_last()
    del setting
    gc.collect()
    assert [known() for known in kept] == [None] * 3
    assert f.trace_reasons[-1] == "mode is another one, an object of Labelled that is gone"


def test_reasons_keep_no_array_alive_that_stood_around_the_function(f, monkeypatch):
    kept = []
    for k in range(5):
        table = np.full(3, float(k))
        kept.append(weakref.ref(table))
        monkeypatch.setitem(globals(), "TABLE", table)
        f(tf.zeros(2))
        f(tf.zeros(2))
    assert f.trace_reasons[-1] == "TABLE, which its code reads around it, is another one, float64 of shape (3,)"
    del table
    monkeypatch.undo()
    f._by_key.clear()  # (which keeps what its programs are for)
    f(tf.zeros(2))
    f(tf.zeros(2))
    gc.collect()
    assert all(known() is None for known in kept)
    assert f.trace_reasons[-2] == "TABLE, which its code reads around it, is another one, an object that is gone"


def test_reasons_keep_the_beginning_of_a_long_text():
    f = tf.function(lambda x, text: x)
    tracemalloc.start()
    try:
        for text in ("a" * 1_000_000, b"b" * 1_000_000, "a" * 1_000_001, 1 << 8_000_000):
            f(tf.zeros(2), text)
        del text
        f._by_key.clear()
        f.forget_last()
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < 500_000
    finally:
        tracemalloc.stop()
    letters, numbers = f"'{'a' * 56}...", f"b'{'b' * 55}..."
    assert f.trace_reasons[1:] == [
        f"text is {numbers}, and was {letters}",
        f"text is {letters}, and was {numbers}",
        f"text is an object of int, and was {letters}",
    ]


def test_only_the_last_hundred_reasons_are_kept():
    f = tf.function(lambda x, k: x * k)
    for k in range(120):
        f(1.0, k)
    assert f.trace_count == 120
    assert len(f.trace_reasons) == 100
    assert f.trace_reasons[-1] == "k is 119, and was 118"


def test_of_many_recordings_the_latest_are_told_and_none_as_the_first_call():
    f = tf.function(lambda x, n: x)
    for n in range(103):
        f(tf.zeros(2), n)
    assert f.trace_reasons == [f"n is {n}, and was {n - 1}" for n in range(3, 103)]


def test_values_whose_class_cannot_show_them_are_told_by_its_name():
    @dataclasses.dataclass(frozen=True)
    class Setting:
        size: int

        def __repr__(self):
            raise RuntimeError("not set up")

    f = tf.function(lambda x, setting: x)
    f(tf.zeros(2), 1)
    f(tf.zeros(2), Setting(2))
    assert f.trace_reasons[-1] == "setting is an object of Setting, and was 1"
