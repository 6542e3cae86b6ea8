"""tf.function(check=True): replays are compared with Python, and what differs is told with its place in the code."""

import copy
import inspect

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.programs.checking import StaleProgramError

X = tf.constant([1.0, 2.0])


class Holder:
    def __init__(self):
        self.factor, self.items = 2.0, {"shift": 1.0}


def line_of(f, text):
    lines, first = inspect.getsourcelines(f)
    return first + next(k for k, line in enumerate(lines) if text in line)


@pytest.fixture
def holder():
    return Holder()


def test_an_attribute_that_changed_is_told_with_file_and_line(holder):
    def f(x):
        y = tf.sin(x)
        y = y * holder.factor  # here
        return tf.reduce_sum(y)

    recorded = tf.function(f, check=True)
    recorded(X), recorded(X)
    holder.factor = 3.0
    with pytest.raises(StaleProgramError) as caught:
        recorded(X)
    assert f"They part at {__file__}:{line_of(f, '# here')}, in f: multiply gives" in str(caught.value)
    assert str(caught.value).startswith("f: result 0 of a replay is not that of Python: ")
    holder.factor = 2.0
    np.testing.assert_array_equal(recorded(X), f(X))


def helper(x, holder):
    return x + holder.items["shift"]


UNSEEN = {
    "attribute": (lambda x, h: x * h.factor, lambda h: setattr(h, "factor", 5.0)),
    "item": (lambda x, h: x * h.items["shift"], lambda h: h.items.update(shift=5.0)),
    "what a called function reads": (helper, lambda h: h.items.update(shift=5.0)),
    "another way": (
        lambda x, h: tf.sin(x) if h.factor > 3.0 else tf.cos(x),
        lambda h: setattr(h, "factor", 5.0),
    ),
    "another shape": (lambda x, h: x[: int(h.factor)], lambda h: setattr(h, "factor", 1.0)),
    "more results": (lambda x, h: [x] * int(h.factor), lambda h: setattr(h, "factor", 3.0)),
    "what NumPy computes": (lambda x, h: x * np.exp(np.float32(h.factor)), lambda h: setattr(h, "factor", 5.0)),
}


@pytest.mark.parametrize("name", UNSEEN)
def test_what_cannot_be_seen_is_found(name, holder):
    f, change = UNSEEN[name]
    recorded = tf.function(lambda x: f(x, holder), check=True)
    recorded(X), recorded(X)
    change(holder)
    with pytest.raises(StaleProgramError, match="What Python reads while a function is recorded is kept"):
        recorded(X)


def test_every_nth_call_is_checked(holder):
    recorded = tf.function(lambda x: x * holder.factor, check=3)
    recorded(X)
    holder.factor = 5.0
    recorded(X)
    with pytest.raises(StaleProgramError):
        recorded(X)
    recorded(X), recorded(X)
    with pytest.raises(StaleProgramError):
        recorded(X)


def test_without_a_check_python_runs_once(holder):
    runs = []
    for check, expected in ((False, 1), (True, 4), (2, 3)):
        runs.clear()
        recorded = tf.function(lambda x: (runs.append(1), x)[1], check=check)
        for _ in range(4):
            recorded(X)
        assert len(runs) == expected


def test_state_is_applied_once():
    v, told = tf.Variable(1.0), []

    @tf.function(check=True)
    def f(x):
        v.assign_add(1.0)
        tf.print("v", v, output_stream=told.append)
        return x * v + tf.random.normal([2])

    tf.random.set_seed(3)
    found = [f(X).numpy() for _ in range(3)]
    assert float(v) == 4.0 and told == ["v 2\n", "v 3\n", "v 4\n"]
    tf.random.set_seed(3)
    v.assign(1.0)
    np.testing.assert_array_equal(found, [f.python_function(X).numpy() for _ in range(3)])


def test_a_difference_is_told_before_any_effect(holder):
    v, told = tf.Variable(1.0), []

    @tf.function(check=True)
    def f(x):
        v.assign_add(holder.factor)
        tf.print("v", v, output_stream=told.append)
        return x

    f(X)
    told.clear()
    holder.factor = 7.0
    with pytest.raises(StaleProgramError, match=r"variable 'Variable:0' takes another value .*: 5\.0 instead of 10\.0"):
        f(X)
    assert float(v) == 3.0 and told == []


def test_an_assignment_that_only_one_of_them_makes_is_told(holder):
    v = tf.Variable(1.0)

    @tf.function(check=True)
    def f(x):
        if holder.factor == 2.0:
            v.assign(x[0])
        return x

    f(X)
    holder.factor = 7.0
    with pytest.raises(StaleProgramError, match="'Variable:0' is assigned to by a replay alone"):
        f(X)


def test_errors_are_compared(holder):
    @tf.function(check=True)
    def f(x):
        if holder.factor > 3.0:
            raise KeyError("too large")
        return tf.linalg.inv(tf.linalg.diag(x))

    f(X)
    with pytest.raises(np.linalg.LinAlgError):
        f(0.0 * X)
    holder.factor = 7.0
    with pytest.raises(StaleProgramError, match="a replay gives a result, and Python KeyError: 'too large'") as caught:
        f(X)
    assert type(caught.value.__cause__) is KeyError


def test_what_agrees_passes():
    w = tf.Variable([0.5, -1.0])
    layer = tf.keras.layers.Dense(3)

    @tf.function(check=True)
    def step(x, training=True):
        with tf.GradientTape() as tape:
            y = layer(x[None]) if tf.reduce_sum(x) > 0 else -layer(x[None])
            loss = tf.reduce_sum(tf.nn.dropout(y, 0.5)) + tf.reduce_sum(w * x) * np.nan * 0.0
        w.assign_sub(0.1 * x)
        return loss, tape.gradient(loss, layer.trainable_variables)

    for k in range(4):
        step(X * (-1.0) ** k)
    assert step.trace_count == 3


def test_calls_under_tapes_are_checked(holder):
    f = tf.function(lambda x: tf.reduce_sum(x * x * holder.factor), check=True)
    for _ in range(2):
        with tf.GradientTape() as tape:
            tape.watch(X)
            y = f(X)
        np.testing.assert_array_equal(tape.gradient(y, X), 4.0 * X.numpy())
    holder.factor = 3.0
    with tf.GradientTape() as tape, pytest.raises(StaleProgramError):
        tape.watch(X)
        f(X)


def test_a_watched_variable_is_heard_of_once():
    v = tf.Variable(2.0)
    f = tf.function(lambda x: x * v * v, check=True)
    for _ in range(2):
        with tf.GradientTape() as tape:
            y = f(tf.constant(3.0))
        assert [w is v for w in tape.watched_variables()] == [True]
        assert float(tape.gradient(y, v)) == 12.0


def test_methods_and_copies_are_checked():
    class Model(Holder):
        @tf.function(check=True)
        def call(self, x):
            return x * self.factor

    model = Model()
    model.call(X)
    model.factor = 3.0
    with pytest.raises(StaleProgramError):
        model.call(X)
    holder = Holder()
    copied = copy.copy(tf.function(lambda x: x * holder.factor, check=True))
    copied(X)
    holder.factor = 3.0
    with pytest.raises(StaleProgramError):
        copied(X)


def test_a_negative_number_of_calls_is_an_error():
    with pytest.raises(ValueError, match="check is True, or every how many calls to check, not -1"):
        tf.function(lambda x: x, check=-1)
