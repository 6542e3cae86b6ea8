"""NumPy's spelling: its functions and operators on tensors record as the library's own names do."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.testing import check_gradients

MATRIX = np.random.default_rng(11).normal(size=(3, 4))
SQUARE = np.random.default_rng(12).normal(size=(3, 3))

UNARY: dict[str, tuple[float, float]] = {
    "absolute": (-2.0, 2.0),
    "arccos": (-0.9, 0.9),
    "arccosh": (1.2, 3.0),
    "arcsin": (-0.9, 0.9),
    "arcsinh": (-2.0, 2.0),
    "arctan": (-2.0, 2.0),
    "arctanh": (-0.9, 0.9),
    "cbrt": (0.2, 2.0),
    "cos": (-2.0, 2.0),
    "cosh": (-2.0, 2.0),
    "deg2rad": (-90.0, 90.0),
    "degrees": (-2.0, 2.0),
    "exp": (-2.0, 2.0),
    "exp2": (-2.0, 2.0),
    "expm1": (-2.0, 2.0),
    "fabs": (-2.0, 2.0),
    "log": (0.2, 2.0),
    "log10": (0.2, 2.0),
    "log1p": (-0.5, 2.0),
    "log2": (0.2, 2.0),
    "negative": (-2.0, 2.0),
    "positive": (-2.0, 2.0),
    "rad2deg": (-2.0, 2.0),
    "radians": (-90.0, 90.0),
    "reciprocal": (0.3, 2.0),
    "sin": (-2.0, 2.0),
    "sinh": (-2.0, 2.0),
    "sqrt": (0.2, 2.0),
    "square": (-2.0, 2.0),
    "tan": (-1.2, 1.2),
    "tanh": (-2.0, 2.0),
}
BINARY = [
    "add",
    "arctan2",
    "divide",
    "float_power",
    "fmax",
    "fmin",
    "hypot",
    "logaddexp",
    "maximum",
    "minimum",
    "multiply",
    "power",
    "subtract",
    "true_divide",
]

# Functions of NumPy that are not ufuncs, called alike on arrays and on tensors.
FUNCTIONS: dict[str, Any] = {
    "sum": np.sum,
    "sum over an axis": lambda x: np.sum(x, axis=0),
    "sum with keepdims": lambda x: np.sum(x, axis=(0, 1), keepdims=True),
    "mean": lambda x: np.mean(x, axis=1),
    "prod": lambda x: np.prod(x, axis=1),
    "max": lambda x: np.max(x, axis=1),
    "amax": np.amax,
    "min": lambda x: np.min(x, axis=0, keepdims=True),
    "amin": np.amin,
    "std": lambda x: np.std(x, axis=0),
    "var": np.var,
    "norm": np.linalg.norm,
    "norm over an axis": lambda x: np.linalg.norm(x, axis=1),
    "cumsum": lambda x: np.cumsum(x, axis=1),
    "matmul": lambda x: np.matmul(x, MATRIX.T),
    "matmul from the left": lambda x: np.matmul(MATRIX.T, x),
    "dot": lambda x: np.dot(x, MATRIX.T),
    "tensordot": lambda x: np.tensordot(x, MATRIX, axes=[[0], [0]]),
    "einsum": lambda x: np.einsum("ij,kj->ik", x, MATRIX),
    "reshape": lambda x: np.reshape(x, (2, 6)),
    "ravel": np.ravel,
    "transpose": np.transpose,
    "transpose by axes": lambda x: np.transpose(x, (1, 0)),
    "swapaxes": lambda x: np.swapaxes(x, 0, 1),
    "expand_dims": lambda x: np.expand_dims(x, 1),
    "squeeze": lambda x: np.squeeze(x[:1]),
    "broadcast_to": lambda x: np.broadcast_to(x, (2, 3, 4)),
    "concatenate": lambda x: np.concatenate([x, 2.0 * x], axis=1),
    "concatenate with an array": lambda x: np.concatenate([x, MATRIX]),
    "stack": lambda x: np.stack([x, MATRIX], axis=-1),
    "split": lambda x: np.split(x, 2, axis=1)[1],
    "tile": lambda x: np.tile(x, (2, 1)),
    "pad": lambda x: np.pad(x, [[1, 0], [0, 2]]),
    "flip": lambda x: np.flip(x, 0),
    "roll": lambda x: np.roll(x, 1, axis=0),
    "take": lambda x: np.take(x, [2, 0, 2], axis=0),
    "where": lambda x: np.where(MATRIX > 0.0, x, 1.0),
    "where of two": lambda x: np.where(MATRIX > 0.0, x, x * x),
    "clip": lambda x: np.clip(x, -0.5, 0.5),
}


@pytest.mark.parametrize("name", UNARY)
def test_functions_of_one_argument_record(name: str) -> None:
    ufunc = getattr(np, name)
    values = np.random.default_rng(13).uniform(*UNARY[name], size=5)
    found = ufunc(tf.constant(values))
    assert isinstance(found, tf.Tensor)
    np.testing.assert_allclose(found, ufunc(values), rtol=1e-12)
    check_gradients(ufunc, [values], order=2)
    check_gradients(ufunc, [values[0]], order=2)


@pytest.mark.parametrize("name", BINARY)
def test_functions_of_two_arguments_record(name: str) -> None:
    ufunc = getattr(np, name)
    rng = np.random.default_rng(14)
    x, y = rng.uniform(0.3, 2.0, size=(3, 1)), rng.uniform(0.3, 2.0, size=4)
    for left, right in ((tf.constant(x), tf.constant(y)), (tf.constant(x), y), (x, tf.constant(y))):
        found = ufunc(left, right)
        assert isinstance(found, tf.Tensor)
        np.testing.assert_allclose(found, ufunc(x, y), rtol=1e-12)
    check_gradients(ufunc, [x, y], order=2)
    check_gradients(lambda t: ufunc(t, y), [x])
    check_gradients(lambda t: ufunc(x, t), [y])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_array_functions_record(name: str) -> None:
    function = FUNCTIONS[name]
    found = function(tf.constant(MATRIX))
    assert isinstance(found, tf.Tensor)
    assert found.shape == function(MATRIX).shape
    np.testing.assert_allclose(found, function(MATRIX), rtol=1e-12)
    check_gradients(function, [MATRIX], order=2)


def test_array_functions_take_variables() -> None:
    v = tf.Variable(MATRIX)
    with tf.GradientTape() as tape:
        y = np.sum(np.concatenate([v, v])) + np.sum(np.sin(v))
    np.testing.assert_allclose(tape.gradient(y, v), 2.0 + np.cos(MATRIX), rtol=1e-12)
    assert [w is v for w in tape.watched_variables()] == [True]


def test_functions_without_a_gradient_give_tensors_too() -> None:
    t = tf.constant(MATRIX)
    for function in (np.argmax, np.argmin, np.floor, np.ceil, np.sign, np.isnan, np.isfinite, np.rint):
        found = function(t)
        assert isinstance(found, tf.Tensor)
        np.testing.assert_array_equal(found, function(MATRIX))
    for function in (np.any, np.all):
        np.testing.assert_array_equal(function(t > 0.0), function(MATRIX > 0.0))


def test_functions_that_split_give_lists_of_tensors() -> None:
    parts = np.split(tf.constant(MATRIX), 3)
    assert [part.shape for part in parts] == [(1, 4)] * 3
    assert all(isinstance(part, tf.Tensor) for part in parts)


@pytest.mark.parametrize("op", [operator.add, operator.sub, operator.mul, operator.truediv, operator.matmul])
@pytest.mark.parametrize("make", [tf.constant, tf.Variable])
def test_an_array_on_the_left_leaves_the_operation_to_the_tensor(op: Any, make: Any) -> None:
    t = make(SQUARE)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(t)
        left, right = op(MATRIX[:, :3], t), op(t, MATRIX[:, :3])
    assert isinstance(left, tf.Tensor)
    assert isinstance(right, tf.Tensor)
    np.testing.assert_allclose(left, op(MATRIX[:, :3], SQUARE), rtol=1e-12)
    assert tape.gradient(left, t) is not None
    assert tape.gradient(right, t) is not None
    check_gradients(lambda x: op(MATRIX[:, :3], x), [SQUARE])


@pytest.mark.parametrize("op", [operator.lt, operator.ge, operator.eq, operator.ne])
def test_comparisons_with_an_array_on_the_left(op: Any) -> None:
    found = op(MATRIX, tf.constant(np.zeros(4)))
    assert isinstance(found, tf.Tensor)
    np.testing.assert_array_equal(found, op(MATRIX, 0.0))


def test_numpy_numbers_on_the_left() -> None:
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = np.float32(3.0) * x + np.float32(1.0)
    assert isinstance(y, tf.Tensor)
    np.testing.assert_array_equal(tape.gradient(y, x), [3.0, 3.0])


def test_both_spellings_are_one_op() -> None:
    x = tf.constant(MATRIX)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        own = tf.reduce_sum(tf.sin(x) * x, axis=0)
        numpys = np.sum(np.multiply(np.sin(x), x), axis=0)
    np.testing.assert_array_equal(own, numpys)
    np.testing.assert_array_equal(tape.gradient(own, x), tape.gradient(numpys, x))


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_leaving_the_tape_takes_an_explicit_step() -> None:
    x = tf.Variable(MATRIX)
    with tf.GradientTape() as tape:
        for implicit in (np.asarray, np.array):
            with pytest.raises(TypeError, match=r"a tape that is recording follows the tensor.*call t\.numpy\(\)"):
                implicit(x)
        array = x.numpy()
        y = np.sin(array)
    assert type(array) is np.ndarray
    assert type(y) is np.ndarray
    assert tape.gradient(tf.constant(y), x) is None


def test_a_function_that_is_not_in_the_table_says_so() -> None:
    t = tf.constant(MATRIX)
    with pytest.raises(TypeError, match="gcd"):
        np.gcd(t, t)
    with pytest.raises(TypeError, match="putmask"):
        np.putmask(np.zeros(4), [True, False, False, False], t[0])


def test_an_output_array_is_refused() -> None:
    out = np.zeros_like(MATRIX)
    with pytest.raises(TypeError, match="out"):
        np.sin(tf.constant(MATRIX), out=out)
    np.testing.assert_array_equal(out, 0.0)
