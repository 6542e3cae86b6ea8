"""Objects beside tensors: what wraps a tensor is asked for it, and what computes by itself is left to do so."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

# ------------------------------------------------------------------------------------------------- what wraps a tensor


class Kept:
    """Wraps a variable, and gives the variable itself."""

    def __init__(self, value: Any) -> None:
        self.variable = tf.Variable(value)

    def __tf_tensor__(self, dtype: Any = None, name: Any = None) -> Any:
        return self.variable

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return self.variable.numpy()


class Read(Kept):
    """As Keras' variables do: gives the variable's value, and has operators of its own."""

    def __tf_tensor__(self, dtype: Any = None, name: Any = None) -> Any:
        return tf.convert_to_tensor(self.variable, dtype)

    @property
    def value(self) -> Any:
        return self.variable

    def __add__(self, other: Any) -> Any:
        return tf.add(self.variable, other)

    def __radd__(self, other: Any) -> Any:
        return tf.add(other, self.variable)


class OfTensor:
    """Wraps a tensor."""

    def __init__(self, value: Any) -> None:
        self.tensor = tf.constant(value)

    def __tf_tensor__(self, dtype: Any = None, name: Any = None) -> Any:
        return self.tensor


WRAPPERS: dict[str, Callable[[Any], Any]] = {"variable": Kept, "read": Read, "tensor": OfTensor}
T = tf.constant([1.5, -2.0])
USES: dict[str, Callable[[Any], Any]] = {
    **{
        f"{name} on the {side}": (lambda w, f=f: f(w, T)) if side == "left" else (lambda w, f=f: f(T, w))
        for name, f in {
            "+": operator.add,
            "-": operator.sub,
            "*": operator.mul,
            "/": operator.truediv,
            "@": operator.matmul,
            "tf.multiply": tf.multiply,
            "np.multiply": np.multiply,
            "tf.maximum": tf.maximum,
        }.items()
        for side in ("left", "right")
    },
    "**": lambda w: w**T if not isinstance(w, Read) else T * 0.0 + tf.pow(w, T),
    "a power of a tensor": lambda w: tf.exp(T) ** w,
    "a function": lambda w: tf.sin(w),
    "a reduction": lambda w: tf.reduce_sum(w) * T,
    "convert_to_tensor": lambda w: tf.convert_to_tensor(w) * T,
    "a list": lambda w: tf.convert_to_tensor([w, T])[0] * T,
    "a nested list": lambda w: tf.convert_to_tensor([[w], [T]])[0, 0] * T,
    "stack": lambda w: tf.stack([T, w])[1] * T,
    "concat": lambda w: tf.concat([T, w], 0)[2:] * T,
    "np.concatenate": lambda w: np.concatenate([T, w])[2:] * T,
    "where": lambda w: tf.where([True, False], w, T) * T,
    "an index": lambda w: tf.gather(w, [1, 0]) * T,
    "a cast": lambda w: tf.cast(w, tf.float64),
    "at set": lambda w: T.at[:].set(w) * T,
    "a buffer": lambda w: tf.buffer(w).value() * T,
    "inside a recorded function": lambda w: tf.function(lambda t: t * w)(T),
}


@pytest.mark.parametrize("kind", WRAPPERS)
@pytest.mark.parametrize("use", USES)
def test_what_wraps_a_tensor_is_asked_for_it(use: str, kind: str) -> None:
    start = [0.75, 1.25]
    w, plain = WRAPPERS[kind](start), tf.Variable(start)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(w)
        tape.watch(plain)
        y, expected = USES[use](w), USES[use](plain)
    assert isinstance(y, tf.Tensor)
    np.testing.assert_array_equal(y, expected)
    for found in (tape.gradient(y, w), tape.gradient(y, [w])[0], tape.gradient(y, {"w": (w, T)})["w"][0]):
        np.testing.assert_array_equal(tf.convert_to_tensor(found), tf.convert_to_tensor(tape.gradient(expected, plain)))


@pytest.mark.parametrize("kind", WRAPPERS)
def test_a_wrapper_is_a_source_of_every_derivative(kind: str) -> None:
    w = WRAPPERS[kind]([0.75, 1.25])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(w)
        y = tf.reduce_sum(tf.convert_to_tensor(w) ** 3) * 1.0
    square = 3.0 * np.array([0.75, 1.25]) ** 2
    np.testing.assert_allclose(tape.jacobian(y, w), square)
    np.testing.assert_allclose(np.diag(tape.hessian(y, w)), [4.5, 7.5])
    np.testing.assert_allclose(tape.hvp(y, w, [1.0, 0.0]), [4.5, 0.0])
    np.testing.assert_allclose(tape.jvp(y, w, [1.0, 0.0]), square[0])
    np.testing.assert_allclose(tf.grad(lambda x: tf.reduce_sum(x**3))(w), square)
    with tf.autodiff.ForwardAccumulator(w, tf.constant([0.0, 1.0])) as accumulator:
        z = tf.reduce_sum(T * w)
    assert accumulator.jvp(z).numpy() == -2.0
    assert tape.gradient(w, w).numpy().tolist() == [1.0, 1.0]


@pytest.mark.parametrize("kind", WRAPPERS)
def test_a_wrapper_is_a_direction_and_a_cotangent(kind: str) -> None:
    w, x = WRAPPERS[kind]([1.0, 2.0]), tf.constant([3.0, 4.0])
    np.testing.assert_array_equal(tf.jvp(lambda x: x * x, (x,), (w,))[1], [6.0, 16.0])
    np.testing.assert_array_equal(tf.jvp(lambda d: d["x"] ** 2, ({"x": x},), ({"x": w},))[1], [6.0, 16.0])
    np.testing.assert_array_equal(tf.linearize(lambda x: x * x, x)[1](w), [6.0, 16.0])
    np.testing.assert_array_equal(tf.hvp(lambda x: tf.reduce_sum(x**3), x, w), [18.0, 48.0])
    np.testing.assert_array_equal(tf.vjp(lambda x: x * x, x)[1](w)[0], [6.0, 16.0])
    with pytest.raises(ValueError, match=r"the tangent of argument 0 has shape \(2,\); the argument has shape \(1,\)"):
        tf.jvp(lambda x: x * x, (x[:1],), (w,))


def test_variables_that_are_wrapped_are_watched_and_trained() -> None:
    weights = [Read([0.75, 1.25]), Kept(2.0)]
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(T * weights[0]) * weights[1]
    gradients = tape.gradient(loss, weights)
    assert gradients[0].numpy().tolist() == [3.0, -4.0]
    tf.keras.optimizers.SGD(0.5).apply_gradients(zip(gradients, weights, strict=True))
    assert weights[0].variable.numpy().tolist() == [-0.75, 3.25]
    assert weights[1].variable.numpy() == 2.0 - 0.5 * float(gradients[1])


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_a_variable_that_is_not_trainable_has_no_gradient_behind_a_wrapper_either() -> None:
    w = Read([1.0, 2.0])
    w.variable = tf.Variable([1.0, 2.0], trainable=False)
    with tf.GradientTape() as tape:
        y = T * w
    assert tape.gradient(y, w) is None


def test_a_wrapper_that_makes_a_new_tensor_each_time_is_no_source() -> None:
    class Fresh:
        def __tf_tensor__(self, dtype: Any = None, name: Any = None) -> Any:
            return tf.constant([1.0, 2.0])

    w = Fresh()
    assert (T * w).numpy().tolist() == [1.5, -4.0]
    message = "Fresh.__tf_tensor__ makes a new tensor each time, which no tape can have followed"
    with tf.GradientTape(persistent=True) as tape:
        with pytest.raises(TypeError, match=message):
            tape.watch(w)
        y = T * w
    with pytest.raises(TypeError, match=message):
        tape.gradient(y, w)


def test_what_a_wrapper_gives_must_be_a_tensor() -> None:
    class Wrong:
        def __tf_tensor__(self, dtype: Any = None, name: Any = None) -> Any:
            return [1.0, 2.0]

    message = re.escape("Wrong.__tf_tensor__ gave [1.0, 2.0], of class list; it must give a tensor or a variable")
    for use in (lambda w: T * w, tf.convert_to_tensor, lambda w: tf.stack([w, T])):
        with pytest.raises(TypeError, match=message):
            use(Wrong())


def test_a_tensor_of_tensorflows_is_an_array_like_any_other_library_s() -> None:
    class Eager:
        """It gives itself where it is asked for a tensor of TensorFlow's."""

        dtype = np.dtype("float32")

        def __tf_tensor__(self, dtype: Any = None, name: Any = None) -> Any:
            return self

        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
            return np.array([1.0, 2.0], dtype or np.float32)

    for use in (tf.convert_to_tensor, tf.constant, lambda x: T + x - T, lambda x: tf.stack([x, T])[0], tf.identity):
        np.testing.assert_array_equal(use(Eager()), [1.0, 2.0])
    with tf.GradientTape() as tape, pytest.raises((TypeError, ValueError), match="Eager"):
        tape.watch(Eager())


def test_a_wrapper_is_asked_for_the_dtype_that_is_wanted() -> None:
    asked = []

    class Noting(OfTensor):
        def __tf_tensor__(self, dtype: Any = None, name: Any = None) -> Any:
            asked.append(dtype)
            return tf.cast(self.tensor, dtype) if dtype is not None else self.tensor

    assert tf.convert_to_tensor(Noting([1.0]), tf.float64).dtype == tf.float64
    assert tf.Variable(Noting([1.0]), dtype=tf.float64).dtype == tf.float64
    assert set(asked) == {tf.float64}


# ------------------------------------------------------------------------------------------- what computes by itself

OPERATORS: dict[str, tuple[Callable[[Any, Any], Any], str, str]] = {
    "+": (operator.add, "__add__", "__radd__"),
    "-": (operator.sub, "__sub__", "__rsub__"),
    "*": (operator.mul, "__mul__", "__rmul__"),
    "/": (operator.truediv, "__truediv__", "__rtruediv__"),
    "//": (operator.floordiv, "__floordiv__", "__rfloordiv__"),
    "%": (operator.mod, "__mod__", "__rmod__"),
    "**": (operator.pow, "__pow__", "__rpow__"),
    "@": (operator.matmul, "__matmul__", "__rmatmul__"),
    "<": (operator.lt, "__lt__", "__gt__"),
    "<=": (operator.le, "__le__", "__ge__"),
    "==": (operator.eq, "__eq__", "__eq__"),
    "!=": (operator.ne, "__ne__", "__ne__"),
    ">": (operator.gt, "__gt__", "__lt__"),
    ">=": (operator.ge, "__ge__", "__le__"),
}
# What NumPy's arrays leave the operation to.
PROTOCOLS: dict[str, dict[str, Any]] = {
    "__array_ufunc__ = None": {"__array_ufunc__": None},
    "__array_ufunc__": {"__array_ufunc__": lambda self, ufunc, method, *inputs, **kwargs: f"np.{ufunc.__name__}"},
    "__array_function__": {"__array_function__": lambda self, *args: "function"},
    "__array_priority__": {"__array_priority__": 10.0},
}


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("sign", OPERATORS)
@pytest.mark.parametrize("x", [T, tf.constant(2.0), tf.Variable([1.0, 2.0]), tf.constant([1, 2])], ids=str)
def test_operators_are_left_to_what_computes_by_itself(sign: str, protocol: str, x: Any) -> None:
    function, forth, back = OPERATORS[sign]
    members = {
        **PROTOCOLS[protocol],
        "__array__": lambda self, dtype=None, copy=None: np.ones(2),
        forth: lambda self, other: ("forth", other is x),
        back: lambda self, other: ("back", other is x),
        "__hash__": None,
    }
    other = type("Other", (), members)()
    assert function(x, other) == (("back", True) if forth != back else (members[back](other, x)))
    assert function(other, x) == (members[forth](other, x))


def test_numpys_functions_are_left_to_what_hears_of_them() -> None:
    class Hears:
        def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
            return ufunc.__name__, method, len(inputs), sorted(kwargs)

        def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
            return function.__name__

    other = Hears()
    assert np.multiply(T, other) == np.multiply(other, T) == ("multiply", "__call__", 2, [])
    assert np.add.outer(T, other) == ("add", "outer", 2, [])
    assert np.add(T, other, dtype="f8") == ("add", "__call__", 2, ["dtype"])
    assert np.concatenate([T, other]) == np.concatenate([other, T]) == "concatenate"
    # It has no operators, so Python's are NumPy's functions, as beside an array.
    assert T * other == other * T == ("multiply", "__call__", 2, [])
    assert T @ other == ("matmul", "__call__", 2, [])
    assert operator.lt(T, other) == ("less", "__call__", 2, [])


def test_what_has_no_protocol_is_an_array_as_before() -> None:
    class Plain:
        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
            return np.array([2.0, 3.0])

        def __radd__(self, other: Any) -> Any:
            raise AssertionError

    assert (T + Plain()).numpy().tolist() == [3.5, 1.0]
    assert (Plain() * T).numpy().tolist() == [3.0, -6.0]


def test_subclasses_of_arrays_without_a_meaning_are_arrays(tmp_path: Any) -> None:
    mapped = np.memmap(tmp_path / "x", np.float64, "w+", shape=(2,))
    mapped[:] = [2.0, 4.0]
    assert (T * mapped).numpy().tolist() == (mapped * T).numpy().tolist() == [3.0, -8.0]
    assert tf.constant(mapped).dtype == tf.float64
