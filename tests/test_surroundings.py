"""What a recorded function finds around it: values that its code reads by name are never older ones."""

import enum
import functools
import gc
import weakref

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.programs.surroundings import names_around

X = tf.constant([1.0, 2.0])

scale = 3.0


class Mode(enum.Enum):
    TWICE = 2
    THRICE = 3


class Named(str):
    pass


VALUES = {
    "float": (3.0, 5.0),
    "int": (3, 5),
    "bool": (True, False),
    "int and bool": (1, True),
    "int and float": (1, 1.0),
    "zeros": (0.0, -0.0),
    "nan": (1.0, float("nan")),
    "string": ("a", "b"),
    "bytes": (b"a", b"b"),
    "None": (None, 2.0),
    "tuple": ((1.0, 2.0), (1.0, 3.0)),
    "nested tuple": ((1, ("a", 2.0)), (1, ("b", 2.0))),
    "tuple of zeros": ((0.0,), (-0.0,)),
    "NumPy number": (np.float64(2.0), np.float64(3.0)),
    "NumPy dtypes": (np.float64(2.0), np.float32(2.0)),
    "complex": (complex(0.0, 0.0), complex(0.0, -0.0)),
    "member of an Enum": (Mode.TWICE, Mode.THRICE),
    "dtype": (np.dtype("float32"), np.dtype("int32")),
    "class": (np.float32, np.float64),
    "slice": (slice(1), slice(None, 1.0, 2)),
    "range": (range(2), range(3)),
    "frozenset": (frozenset({1, 2}), frozenset({1, 3})),
    "Ellipsis": (..., None),
    "tensor": (tf.constant(2.0), tf.constant(3.0)),
    "array": (np.float32([1.0, 2.0]), np.float32([2.0, 1.0])),
    "variable": (tf.Variable(2.0), tf.Variable(3.0)),
}


def of_value(value, x):
    """Something that tells all of the values above apart."""
    if isinstance(value, (np.ndarray, tf.Tensor, tf.Variable)):
        return x * value
    return x * float(sum(repr((type(value).__name__, value)).encode()))


def reading_closure(first):
    value = first

    def change(new):
        nonlocal value
        value = new

    return (lambda x: of_value(value, x)), change


def reading_module(first):
    module = {"of_value": of_value, "__builtins__": __builtins__}
    exec("def f(x): return of_value(value, x)", module)
    module["value"] = first
    return module["f"], functools.partial(module.__setitem__, "value")


def reading_from_within(first):
    value = first

    def change(new):
        nonlocal value
        value = new

    return (lambda x: sum(of_value(value, y) for y in (x,)) + (lambda y: of_value(value, y))(x)), change


def reading_inside_a_transform(first):
    f, change = reading_closure(first)
    return tf.grad(lambda x: tf.reduce_sum(f(x) ** 2)), lambda new: change(new)


PLACES = [reading_closure, reading_module, reading_from_within]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", VALUES)
def test_values_found_by_name_are_those_of_the_call(name, place):
    first, second = VALUES[name]
    f, change = place(first)
    recorded = tf.function(f)
    for value in (first, first, second, second, first):
        change(value)
        np.testing.assert_array_equal(recorded(X), f(X))
    assert recorded.trace_count == 2


@pytest.mark.parametrize("name", ["float", "tensor", "tuple"])
def test_vectorize_reads_values_anew(name):
    first, second = VALUES[name]
    f, change = reading_closure(first)
    mapped = tf.vectorize(f)
    for value in (first, second, second, first):
        change(value)
        np.testing.assert_array_equal(mapped(X), f(X))


def test_functions_under_tapes_read_values_anew():
    f, change = reading_closure(3.0)
    recorded = tf.function(lambda x: f(x) * scale)
    plain = tf.function(f)
    for value in (3.0, 5.0, 3.0):
        change(value)
        with tf.GradientTape() as tape:
            tape.watch(X)
            y = plain(X)
        np.testing.assert_array_equal(tape.gradient(y, X), f(tf.constant([1.0, 1.0])))
    assert recorded.trace_count == 0


class Scaled:
    def __init__(self, get):
        self.get = get

    def __call__(self, x):
        return x * scale


def test_callables_methods_and_partials_read_values_anew(monkeypatch):
    class Child(Scaled):
        @tf.function
        def method(self, x):
            return x * scale

    def keyword(k, x):
        return x * scale * k

    child = Child(None)
    for f in (
        tf.function(child),
        child.method,
        tf.function(functools.partial(keyword, 1.0)),
        tf.function(child.__call__),
    ):
        for value in (3.0, 5.0, 7.0):
            monkeypatch.setitem(globals(), "scale", value)
            np.testing.assert_array_equal(f(X), [value, 2.0 * value])


def test_wrapped_functions_and_transforms_read_values_anew(monkeypatch):
    def logged(f):
        @functools.wraps(f)
        def wrapper(*args):
            return f(*args)

        return wrapper

    @logged
    def square(x):
        return tf.reduce_sum(scale * x * x)

    for f in (tf.function(square), tf.function(tf.function(square))):
        for value in (3.0, 5.0):
            monkeypatch.setitem(globals(), "scale", value)
            assert float(f(X)) == 5.0 * value
    slope = tf.function(tf.grad(square))
    for value in (3.0, 5.0):
        monkeypatch.setitem(globals(), "scale", value)
        np.testing.assert_array_equal(slope(X), [2.0 * value, 4.0 * value])


def test_concrete_functions_read_values_anew():
    f, change = reading_closure(3.0)
    concrete = tf.function(f).get_concrete_function(tf.TensorSpec([2], tf.float32))
    np.testing.assert_array_equal(concrete(X), f(X))
    change(5.0)
    np.testing.assert_array_equal(concrete(X), f(X))


def test_a_name_that_the_function_assigns_to_is_its_own():
    recordings = 0

    def f(x):
        nonlocal recordings
        recordings += 1
        return x + 1.0

    recorded = tf.function(f)
    recorded(X), recorded(X)
    assert recordings == 1


def test_functions_modules_and_objects_are_not_compared():
    numpy, thing, helper = np, object(), lambda x: x
    recorded = tf.function(lambda x: helper(x) if thing and numpy else x)
    recorded(X)
    numpy, thing, helper = tf, object(), lambda x: 2.0 * x
    recorded(X)
    assert recorded.trace_count == 1


def test_names_are_read_off_the_code():
    local = 1

    def f(x):
        def inner(y):
            return y * local + len(scale)

        return inner(x).scale

    assert names_around(f) == (f.__closure__[0], "local", globals(), "scale")


def test_values_that_never_come_back_end_in_plain_python():
    f, change = reading_closure(0.0)
    recorded = tf.function(f)
    with pytest.warns(
        UserWarning, match=r"'value', which its code reads around it, is another value at each call"
    ) as told:
        for k in range(60):
            change(float(k))
            np.testing.assert_array_equal(recorded(X), f(X))
    assert recorded.trace_count == 20 and len(told) == 1 and told[0].filename == __file__


def test_values_that_come_back_are_kept():
    f, change = reading_closure(0.0)
    recorded = tf.function(f)
    for k in range(150):
        change(float(k))
        for _ in range(2):
            np.testing.assert_array_equal(recorded(X), f(X))
    assert recorded.trace_count == 150 and len(recorded.variants) == 100


def test_values_of_a_vectorized_function_do_not_add_up():
    array = np.float32([2.0, 3.0])
    f, change = reading_closure(array)
    mapped = tf.vectorize(f)
    mapped(X[None])
    alive = weakref.ref(array)
    del array
    for k in range(130):
        change(float(k))
        for _ in range(2):
            np.testing.assert_array_equal(mapped(X[None]), f(X)[None])
    gc.collect()
    assert alive() is None
