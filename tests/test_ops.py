"""Values of the ops against NumPy, and the conventions that finite differences cannot see.

Derivatives of every row are checked in test_gradients_generated; here are values, arguments such as axes, stability at
extreme inputs, and what the gradient is at kinks and ties.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import scipy.special

import autodiff_core as tf
from autodiff_core.testing import check_gradients

MATRIX = np.random.default_rng(7).normal(size=(3, 4))
CUBE = np.random.default_rng(8).normal(size=(2, 3, 4))


def gradient_of(f: Any, value: Any) -> np.ndarray:
    x = tf.constant(value)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    gradient: np.ndarray = tape.gradient(y, x).numpy()
    return gradient


def assert_close(found: Any, expected: Any, rtol: float = 1e-6, atol: float = 1e-7) -> None:
    assert isinstance(found, tf.Tensor)
    assert found.shape == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=atol)


# -- Making arrays ------------------------------------------------------------------------------------------------


def test_filled_arrays() -> None:
    np.testing.assert_array_equal(tf.zeros((2, 3)), np.zeros((2, 3)))
    np.testing.assert_array_equal(tf.zeros(2), np.zeros(2))
    np.testing.assert_array_equal(tf.ones([2], dtype=tf.int32), [1, 1])
    np.testing.assert_array_equal(tf.fill((2, 2), 7.0), np.full((2, 2), 7.0))
    np.testing.assert_array_equal(tf.eye(2, 3), np.eye(2, 3))
    np.testing.assert_array_equal(tf.eye(3, dtype=tf.float64), np.eye(3))
    assert [tf.zeros(2).dtype, tf.ones(2).dtype, tf.eye(2).dtype, tf.fill((1,), 7.0).dtype] == [tf.float32] * 4
    assert tf.ones([2], dtype=tf.int32).dtype == tf.int32


def test_filled_arrays_like_another() -> None:
    like = tf.constant(CUBE)
    assert (tf.zeros_like(like).dtype, tf.zeros_like(like).shape) == (tf.float64, (2, 3, 4))
    assert (tf.ones_like(like, dtype=tf.int32).dtype, tf.ones_like(like).shape) == (tf.int32, (2, 3, 4))
    assert not np.any(tf.zeros_like(like))
    assert np.all(tf.ones_like(like) == 1.0)
    assert tf.ones_like(tf.Variable([1.0, 2.0])).shape == (2,)


def test_ranges() -> None:
    np.testing.assert_array_equal(tf.range(5), np.arange(5))
    np.testing.assert_array_equal(tf.range(1, 6, 2), [1, 3, 5])
    np.testing.assert_array_equal(tf.range(0.0, 1.0, 0.25), [0.0, 0.25, 0.5, 0.75])
    np.testing.assert_array_equal(tf.range(3, 0, -1), [3, 2, 1])
    assert (tf.range(5).dtype, tf.range(1.0).dtype) == (tf.int32, tf.float32)
    np.testing.assert_allclose(tf.linspace(0.0, 1.0, 5), np.linspace(0.0, 1.0, 5))
    assert tf.linspace(0.0, 1.0, 5).dtype == tf.float32


def test_one_hot() -> None:
    np.testing.assert_array_equal(tf.one_hot([0, 2], 3), [[1, 0, 0], [0, 0, 1]])
    np.testing.assert_array_equal(tf.one_hot([0, 1, 2], 3, axis=0), np.eye(3))
    np.testing.assert_array_equal(tf.one_hot([0, -1], 2, on_value=5.0, off_value=1.0), [[5, 1], [1, 1]])
    np.testing.assert_array_equal(tf.one_hot([[1], [0]], 2), [[[0, 1]], [[1, 0]]])
    assert tf.one_hot([0], 2).dtype == tf.float32
    assert tf.one_hot([0], 2, dtype=tf.int32).dtype == tf.int32


def test_shape_size_and_rank() -> None:
    np.testing.assert_array_equal(tf.shape(CUBE), [2, 3, 4])
    assert (int(tf.size(CUBE)), int(tf.rank(CUBE))) == (24, 3)
    assert (tf.shape(CUBE).dtype, tf.size(CUBE).dtype, tf.rank(CUBE).dtype) == (tf.int32,) * 3


def test_identity_n_and_add_n() -> None:
    parts = [tf.constant([1.0, 2.0]), tf.constant([10.0, 20.0]), tf.constant([100.0, 200.0])]
    np.testing.assert_array_equal(tf.add_n(parts), [111.0, 222.0])
    for found, expected in zip(tf.identity_n(parts), parts, strict=True):
        np.testing.assert_array_equal(found, expected)
    check_gradients(lambda *xs: tf.add_n([x * x for x in xs]), [MATRIX, MATRIX + 1.0, MATRIX], order=2)


def test_cast() -> None:
    assert tf.cast(tf.constant([1.7, -1.7]), tf.int32).numpy().tolist() == [1, -1]
    assert tf.cast(tf.constant([0.0, 2.0]), tf.bool).numpy().tolist() == [False, True]
    assert tf.cast(tf.constant(True), tf.float32).numpy() == 1.0
    assert tf.cast(tf.Variable(1.5), "float64").dtype == tf.float64


# -- Elementwise functions ----------------------------------------------------------------------------------------

ELEMENTWISE: dict[str, tuple[Any, Any]] = {
    "abs": (tf.abs, np.abs),
    "negative": (tf.negative, np.negative),
    "sign": (tf.sign, np.sign),
    "floor": (tf.floor, np.floor),
    "ceil": (tf.math.ceil, np.ceil),
    "square": (tf.square, np.square),
    "exp": (tf.exp, np.exp),
    "expm1": (tf.math.expm1, np.expm1),
    "sin": (tf.sin, np.sin),
    "cos": (tf.cos, np.cos),
    "tan": (tf.tan, np.tan),
    "atan": (tf.atan, np.arctan),
    "sinh": (tf.sinh, np.sinh),
    "cosh": (tf.cosh, np.cosh),
    "tanh": (tf.tanh, np.tanh),
    "asinh": (tf.asinh, np.arcsinh),
    "reciprocal": (tf.math.reciprocal, np.reciprocal),
    "sigmoid": (tf.sigmoid, scipy.special.expit),
    "softplus": (tf.nn.softplus, lambda x: np.logaddexp(0.0, x)),
    "relu": (tf.nn.relu, lambda x: np.maximum(x, 0.0)),
    "elu": (tf.nn.elu, lambda x: np.where(x > 0.0, x, np.expm1(x))),
    "leaky_relu": (tf.nn.leaky_relu, lambda x: np.where(x > 0.0, x, 0.2 * x)),
    "gelu": (tf.nn.gelu, lambda x: x * scipy.special.ndtr(x)),
    "silu": (tf.nn.silu, lambda x: x * scipy.special.expit(x)),
}
POSITIVE: dict[str, tuple[Any, Any]] = {
    "log": (tf.math.log, np.log),
    "log1p": (tf.math.log1p, np.log1p),
    "sqrt": (tf.sqrt, np.sqrt),
    "rsqrt": (tf.math.rsqrt, lambda x: 1.0 / np.sqrt(x)),
}
WITHIN_ONE: dict[str, tuple[Any, Any]] = {
    "asin": (tf.asin, np.arcsin),
    "acos": (tf.acos, np.arccos),
    "atanh": (tf.atanh, np.arctanh),
}
OF_ONE_ARGUMENT = [
    pytest.param(*functions, interval, id=name)
    for table, interval in ((ELEMENTWISE, (-3.0, 3.0)), (POSITIVE, (0.05, 5.0)), (WITHIN_ONE, (-0.95, 0.95)))
    for name, functions in table.items()
]


@pytest.mark.parametrize(("function", "reference", "interval"), OF_ONE_ARGUMENT)
def test_elementwise_functions_have_numpys_values(function: Any, reference: Any, interval: Any) -> None:
    values = np.random.default_rng(3).uniform(*interval, size=(5, 7))
    assert_close(function(tf.constant(values)), reference(values), rtol=1e-12, atol=1e-14)
    assert_close(function(tf.constant(values.astype(np.float32))), reference(values.astype(np.float32)), rtol=3e-6)
    assert_close(function(tf.constant(values[0, 0])), reference(values[0, 0]), rtol=1e-12)
    assert function(tf.constant(values.astype(np.float32))).dtype == tf.float32


@pytest.mark.parametrize(
    ("function", "reference"),
    [
        (tf.add, np.add),
        (tf.subtract, np.subtract),
        (tf.multiply, np.multiply),
        (tf.divide, np.divide),
        (tf.pow, np.power),
        (tf.maximum, np.maximum),
        (tf.minimum, np.minimum),
        (tf.atan2, np.arctan2),
        (tf.math.squared_difference, lambda x, y: (x - y) ** 2),
        (tf.math.floormod, np.mod),
        (tf.math.floordiv, np.floor_divide),
    ],
)
def test_functions_of_two_arguments_have_numpys_values(function: Any, reference: Any) -> None:
    rng = np.random.default_rng(4)
    x, y = rng.uniform(0.2, 3.0, size=(3, 1)), rng.uniform(0.2, 3.0, size=(4,))
    assert_close(function(tf.constant(x), tf.constant(y)), reference(x, y), rtol=1e-12)
    assert_close(function(tf.constant(x[0, 0]), tf.constant(y[0])), reference(x[0, 0], y[0]), rtol=1e-12)


def test_the_three_namespaces_are_one() -> None:
    assert tf.math.sin is tf.sin
    assert tf.math.reduce_sum is tf.reduce_sum
    assert tf.nn.sigmoid is tf.sigmoid is tf.math.sigmoid
    assert tf.linalg.matmul is tf.matmul


def test_leaky_relu_and_gelu_take_their_parameters() -> None:
    np.testing.assert_allclose(tf.nn.leaky_relu([-1.0, 1.0], alpha=0.3), [-0.3, 1.0], rtol=1e-6)
    np.testing.assert_allclose(tf.nn.gelu([-1.0, 1.0], approximate=True), [-0.158808, 0.841192], rtol=1e-5)


def test_where_and_clip() -> None:
    condition = MATRIX > 0.0
    assert_close(tf.where(condition, MATRIX, -1.0), np.where(condition, MATRIX, -1.0))
    assert_close(tf.where(tf.constant([True, False]), [1.0, 2.0], [[3.0], [4.0]]), [[1.0, 3.0], [1.0, 4.0]])
    np.testing.assert_array_equal(tf.where([[True, False], [False, True]]), [[0, 0], [1, 1]])
    assert_close(tf.clip_by_value(tf.constant(MATRIX), -0.5, 0.5), np.clip(MATRIX, -0.5, 0.5))


def test_clip_by_norm() -> None:
    assert_close(tf.clip_by_norm([3.0, 4.0], 1.0), [0.6, 0.8])
    assert_close(tf.clip_by_norm([0.3, 0.4], 1.0), [0.3, 0.4])
    assert_close(tf.clip_by_norm([[3.0, 4.0], [0.3, 0.4]], 1.0, axes=[1]), [[0.6, 0.8], [0.3, 0.4]])
    check_gradients(lambda x: tf.clip_by_norm(x, 1.0), [MATRIX], order=2)
    check_gradients(lambda x: tf.clip_by_norm(x, 100.0), [MATRIX], order=2)


# -- Reductions ---------------------------------------------------------------------------------------------------

REDUCTIONS: dict[str, tuple[Any, Any]] = {
    "reduce_sum": (tf.reduce_sum, np.sum),
    "reduce_mean": (tf.reduce_mean, np.mean),
    "reduce_prod": (tf.reduce_prod, np.prod),
    "reduce_max": (tf.reduce_max, np.max),
    "reduce_min": (tf.reduce_min, np.min),
    "reduce_std": (tf.math.reduce_std, np.std),
    "reduce_variance": (tf.math.reduce_variance, np.var),
    "reduce_logsumexp": (tf.reduce_logsumexp, scipy.special.logsumexp),
}
AXES = [None, 0, 1, -1, (0, 2), (0, 1, 2), [1]]


@pytest.mark.parametrize("axis", AXES, ids=str)
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions_take_axes_and_keepdims(name: str, axis: Any, keepdims: bool) -> None:
    function, reference = REDUCTIONS[name]
    numpy_axis = tuple(axis) if isinstance(axis, list) else axis
    expected = reference(CUBE, axis=numpy_axis, keepdims=keepdims)
    assert_close(function(tf.constant(CUBE), axis=axis, keepdims=keepdims), expected, rtol=1e-12)
    check_gradients(lambda x: function(x, axis=axis, keepdims=keepdims), [CUBE], order=1)


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions_are_differentiated_twice(name: str) -> None:
    function, _ = REDUCTIONS[name]
    check_gradients(lambda x: function(x, axis=1), [MATRIX], order=2)
    check_gradients(function, [MATRIX], order=2)


def test_reductions_of_scalars_and_of_nothing() -> None:
    assert tf.reduce_sum(tf.constant(3.0)).numpy() == 3.0
    assert tf.reduce_max(tf.constant(3.0)).numpy() == 3.0
    assert tf.reduce_sum(tf.zeros((0, 3))).numpy() == 0.0
    assert tf.reduce_prod(tf.zeros((0,))).numpy() == 1.0
    np.testing.assert_array_equal(tf.reduce_sum(tf.zeros((0, 3)), axis=0), np.zeros(3))
    assert gradient_of(tf.reduce_sum, np.zeros((0, 3))).shape == (0, 3)


def test_reductions_of_booleans() -> None:
    truth = [[True, False], [True, True]]
    assert bool(tf.reduce_any(truth)) is True
    np.testing.assert_array_equal(tf.reduce_all(truth, axis=1), [False, True])
    np.testing.assert_array_equal(tf.reduce_any(truth, axis=0, keepdims=True), [[True, True]])


def test_argmax_and_argmin() -> None:
    np.testing.assert_array_equal(tf.argmax(CUBE), np.argmax(CUBE, axis=0))
    np.testing.assert_array_equal(tf.argmax(CUBE, axis=-1), np.argmax(CUBE, axis=-1))
    np.testing.assert_array_equal(tf.argmin(CUBE, axis=1), np.argmin(CUBE, axis=1))
    assert tf.argmax(CUBE).dtype == tf.int64
    assert tf.argmax(CUBE, output_type=tf.int32).dtype == tf.int32


@pytest.mark.parametrize("order", ["euclidean", 1, 2, np.inf])
@pytest.mark.parametrize("axis", [None, 0, -1])
def test_norms(order: Any, axis: Any) -> None:
    numpy_order = 2 if order == "euclidean" else order
    flat = MATRIX.ravel() if axis is None else MATRIX
    expected = np.linalg.norm(flat, ord=numpy_order, axis=axis)
    assert_close(tf.norm(tf.constant(MATRIX), ord=order, axis=axis), expected, rtol=1e-12)
    check_gradients(lambda x: tf.norm(x, ord=order, axis=axis), [MATRIX], order=2)


def test_norm_keeps_dims() -> None:
    assert_close(tf.norm(MATRIX, axis=1, keepdims=True), np.linalg.norm(MATRIX, axis=1, keepdims=True))
    assert tf.linalg.norm(tf.constant([3.0, 4.0])).numpy() == 5.0


def test_cumsum() -> None:
    x = tf.constant([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]])
    assert_close(tf.cumsum(x), np.cumsum(x, axis=0))
    assert_close(tf.cumsum(x, axis=1), [[1, 3, 6], [10, 30, 60]])
    assert_close(tf.cumsum(x, axis=-1, exclusive=True), [[0, 1, 3], [0, 10, 30]])
    assert_close(tf.cumsum(x, axis=1, reverse=True), [[6, 5, 3], [60, 50, 30]])
    assert_close(tf.cumsum(x, axis=1, reverse=True, exclusive=True), [[5, 3, 0], [50, 30, 0]])
    for options in ({}, {"exclusive": True}, {"reverse": True}, {"exclusive": True, "reverse": True}):
        check_gradients(lambda x, o=options: tf.cumsum(x, axis=1, **o) ** 2, [MATRIX], order=2)


# -- Products -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transpose_a", [False, True])
@pytest.mark.parametrize("transpose_b", [False, True])
@pytest.mark.parametrize("batch", [((), ()), ((5,), (5,)), ((5,), ()), ((2, 1), (3,))], ids=str)
def test_matmul_is_batched_and_transposes(transpose_a: bool, transpose_b: bool, batch: Any) -> None:
    rng = np.random.default_rng(5)
    a = rng.normal(size=(*batch[0], *((3, 2) if transpose_a else (2, 3))))
    b = rng.normal(size=(*batch[1], *((4, 3) if transpose_b else (3, 4))))
    expected = (a.swapaxes(-1, -2) if transpose_a else a) @ (b.swapaxes(-1, -2) if transpose_b else b)
    options = {"transpose_a": transpose_a, "transpose_b": transpose_b}
    assert_close(tf.matmul(tf.constant(a), tf.constant(b), **options), expected, rtol=1e-12)
    check_gradients(lambda x, y: tf.matmul(x, y, **options), [a, b], order=2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_products_of_stacks_in_any_layout(order: tuple[int, ...], dtype: Any, rng: np.random.Generator) -> None:
    for shape in itertools.product((1, 2), (1, 3), (1, 4), (1, 5)):
        # Stored with the axes in another order: those of one element then have strides of their own.
        stored = rng.normal(size=[shape[axis] for axis in order]).astype(dtype)
        a = tf.transpose(tf.constant(stored), np.argsort(order))
        assert a.shape == shape
        for b in (rng.normal(size=(shape[-1], 3)).astype(dtype), rng.normal(size=(3, shape[-1])).astype(dtype).T):
            assert_close(a @ tf.constant(b), np.asarray(a) @ b, rtol=1e-5 if dtype == np.float32 else 1e-12)
        for b in (rng.normal(size=(3, shape[-2])).astype(dtype), rng.normal(size=(shape[-2], 3)).astype(dtype).T):
            assert_close(tf.constant(b) @ a, b @ np.asarray(a), rtol=1e-5 if dtype == np.float32 else 1e-12)


@pytest.mark.parametrize(
    ("left", "right", "axes"),
    [((2, 3), (3, 4), 1), ((2, 3, 4), (4, 3, 5), [[1, 2], [1, 0]]), ((2,), (3,), 0), ((2, 3), (2, 3), 2)],
    ids=str,
)
def test_tensordot(left: Any, right: Any, axes: Any) -> None:
    rng = np.random.default_rng(6)
    a, b = rng.normal(size=left), rng.normal(size=right)
    expected = np.tensordot(a, b, axes)
    if axes == 2:
        expected = np.tensordot(a, b, [[0, 1], [0, 1]])
    assert_close(tf.tensordot(tf.constant(a), tf.constant(b), axes), expected, rtol=1e-12)
    check_gradients(lambda x, y: tf.tensordot(x, y, axes), [a, b], order=2)


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("ij,jk->ik", [(2, 3), (3, 4)]),
        ("ij,jk", [(2, 3), (3, 4)]),
        ("bij,bjk->bik", [(2, 3, 4), (2, 4, 2)]),
        ("i,j->ij", [(2,), (3,)]),
        ("ij->ji", [(2, 3)]),
        ("ij->", [(2, 3)]),
        ("ii->i", [(3, 3)]),
        ("ii", [(3, 3)]),
        ("i,i,i->", [(3,), (3,), (3,)]),
        ("...ij,...jk->...ik", [(2, 2, 3), (2, 3, 2)]),
        ("ij,j,ik->k", [(2, 3), (3,), (2, 4)]),
        ("ij,jk->ik", [(2, 1), (3, 4)]),
        ("ij,jk->ik", [(2, 3), (1, 4)]),
        ("ij,kj->ik", [(70, 1), (80, 30)]),
        ("ij,ji->", [(1, 3), (3, 5)]),
        ("iij,jj->i", [(2, 2, 1), (3, 3)]),
        ("ii,ii->", [(1, 1), (3, 3)]),
        ("ij,jk,kl->il", [(2, 1), (3, 1), (4, 2)]),
        ("...i,...i->...", [(2, 1, 3), (4, 1)]),
        ("ij,j->i", [(2, 1), (0,)]),
    ],
)
def test_einsum(equation: str, shapes: Any) -> None:
    rng = np.random.default_rng(6)
    operands = [rng.normal(size=shape) for shape in shapes]
    found = tf.einsum(equation, *[tf.constant(x) for x in operands])
    assert_close(found, np.einsum(equation, *operands), rtol=1e-12)
    check_gradients(lambda *xs: tf.einsum(equation, *xs), operands, order=2)


# -- Shaping ------------------------------------------------------------------------------------------------------

SHAPING: dict[str, tuple[Any, Any]] = {
    "reshape": (lambda x: tf.reshape(x, (4, -1)), lambda x: x.reshape(4, -1)),
    "reshape to a scalar's list": (lambda x: tf.reshape(x, [-1]), np.ravel),
    "transpose": (tf.transpose, np.transpose),
    "transpose by perm": (lambda x: tf.transpose(x, [1, 0, 2]), lambda x: x.transpose(1, 0, 2)),
    "transpose by perm keyword": (lambda x: tf.transpose(x, perm=[2, 0, 1]), lambda x: x.transpose(2, 0, 1)),
    "expand_dims": (lambda x: tf.expand_dims(x, -1), lambda x: x[..., None]),
    "expand_dims in front": (lambda x: tf.expand_dims(x, axis=0), lambda x: x[None]),
    "squeeze": (lambda x: tf.squeeze(x[:1, :, :1]), lambda x: x[:1, :, :1].squeeze()),
    "squeeze one axis": (lambda x: tf.squeeze(x[:1, :, :1], [0]), lambda x: x[:1, :, :1].squeeze(0)),
    "broadcast_to": (lambda x: tf.broadcast_to(x, (3, 2, 3, 4)), lambda x: np.broadcast_to(x, (3, 2, 3, 4))),
    "concat": (lambda x: tf.concat([x, 2.0 * x], axis=1), lambda x: np.concatenate([x, 2.0 * x], 1)),
    "concat last": (lambda x: tf.concat([x, x], -1), lambda x: np.concatenate([x, x], -1)),
    "stack": (lambda x: tf.stack([x, 2.0 * x]), lambda x: np.stack([x, 2.0 * x])),
    "stack last": (lambda x: tf.stack([x, 2.0 * x], axis=-1), lambda x: np.stack([x, 2.0 * x], -1)),
    "unstack": (lambda x: tf.unstack(x, axis=1)[1], lambda x: x[:, 1]),
    "split evenly": (lambda x: tf.split(x, 2, axis=2)[1], lambda x: np.split(x, 2, 2)[1]),
    "split by sizes": (lambda x: tf.split(x, [1, 2], axis=1)[1], lambda x: x[:, 1:]),
    "split by sizes and the rest": (lambda x: tf.split(x, [1, -1], axis=1)[1], lambda x: x[:, 1:]),
    "tile": (lambda x: tf.tile(x, [2, 1, 3]), lambda x: np.tile(x, (2, 1, 3))),
    "pad": (lambda x: tf.pad(x, [[1, 0], [0, 2], [1, 1]]), lambda x: np.pad(x, [[1, 0], [0, 2], [1, 1]])),
    "pad with a value": (
        lambda x: tf.pad(x, [[1, 0], [0, 0], [0, 0]], constant_values=9.0),
        lambda x: np.pad(x, [[1, 0], [0, 0], [0, 0]], constant_values=9.0),
    ),
    "pad by reflecting": (
        lambda x: tf.pad(x, [[0, 0], [1, 2], [3, 1]], mode="REFLECT"),
        lambda x: np.pad(x, [[0, 0], [1, 2], [3, 1]], mode="reflect"),
    ),
    "pad by mirroring": (
        lambda x: tf.pad(x, [[0, 0], [1, 2], [3, 1]], mode="SYMMETRIC"),
        lambda x: np.pad(x, [[0, 0], [1, 2], [3, 1]], mode="symmetric"),
    ),
    "reverse": (lambda x: tf.reverse(x, [0, 2]), lambda x: np.flip(x, (0, 2))),
    "roll": (lambda x: tf.roll(x, 1, 0), lambda x: np.roll(x, 1, 0)),
    "roll several": (lambda x: tf.roll(x, [1, -2], [0, 2]), lambda x: np.roll(x, [1, -2], [0, 2])),
    "gather": (lambda x: tf.gather(x, [1, 0, 1]), lambda x: x[[1, 0, 1]]),
    "gather by axis": (lambda x: tf.gather(x, [[2, 0], [1, 1]], axis=1), lambda x: x[:, [[2, 0], [1, 1]]]),
    "boolean_mask": (lambda x: tf.boolean_mask(x, [True, False]), lambda x: x[[True, False]]),
    "boolean_mask of all": (lambda x: tf.boolean_mask(x, CUBE > 0.0), lambda x: x[CUBE > 0.0]),
    "identity": (tf.identity, np.array),
}


@pytest.mark.parametrize("name", SHAPING)
def test_shaping_has_numpys_values_and_is_differentiated(name: str) -> None:
    function, reference = SHAPING[name]
    assert_close(function(tf.constant(CUBE)), reference(CUBE), rtol=0.0, atol=0.0)
    check_gradients(lambda x: function(x) ** 2, [CUBE], order=2)


def test_functions_that_split_return_lists() -> None:
    assert [part.shape for part in tf.split(tf.range(6), 3)] == [(2,)] * 3
    assert [part.shape for part in tf.split(tf.range(6), [1, -1, 3])] == [(1,), (2,), (3,)]
    assert [int(part) for part in tf.unstack(tf.range(3))] == [0, 1, 2]


def test_one_of_several_outputs_is_connected() -> None:
    x = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        first, _, third = tf.unstack(x * x)
        head, _tail = tf.split(x, [1, 2])
    np.testing.assert_array_equal(tape.gradient(third, x), [0.0, 0.0, 6.0])
    np.testing.assert_array_equal(tape.gradient([first, third], x), [2.0, 0.0, 6.0])
    np.testing.assert_array_equal(tape.gradient(head, x), [1.0, 0.0, 0.0])


def test_lists_of_numbers_and_tensors_can_be_joined() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = tf.stack([x, 2.0, x * x])
    np.testing.assert_array_equal(y, [3.0, 2.0, 9.0])
    assert tape.gradient(y, x).numpy() == 7.0


def test_shaping_of_scalars() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = tf.reshape(x, (1, 1)) + tf.expand_dims(x, 0) + tf.broadcast_to(x, (2, 2)) + tf.transpose(x)
    assert y.shape == (2, 2)
    assert tape.gradient(y, x).numpy() == 16.0


# -- Networks -----------------------------------------------------------------------------------------------------


def test_softmax_and_log_softmax() -> None:
    for axis in (-1, 0, 1):
        assert_close(tf.nn.softmax(tf.constant(CUBE), axis=axis), scipy.special.softmax(CUBE, axis=axis), rtol=1e-12)
        expected = scipy.special.log_softmax(CUBE, axis=axis)
        assert_close(tf.nn.log_softmax(tf.constant(CUBE), axis=axis), expected, rtol=1e-12)
    check_gradients(tf.nn.softmax, [MATRIX], order=2)
    check_gradients(tf.nn.log_softmax, [MATRIX], order=2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_is_stable(dtype: Any) -> None:
    logits = tf.constant(np.array([[1000.0, -1000.0, 0.0], [-1000.0, -1000.0, -1000.0]], dtype))
    assert_close(tf.nn.softmax(logits), [[1.0, 0.0, 0.0], [1 / 3, 1 / 3, 1 / 3]])
    assert_close(tf.nn.log_softmax(logits)[0], [0.0, -2000.0, -1000.0])
    assert_close(tf.reduce_logsumexp(logits, axis=1), [1000.0, -1000.0 + np.log(3.0)])
    for function in (tf.nn.softmax, tf.nn.log_softmax, lambda x: tf.reduce_logsumexp(x, axis=1)):
        assert np.all(np.isfinite(gradient_of(function, logits.numpy())))


def test_logsumexp_of_infinities() -> None:
    assert tf.reduce_logsumexp(tf.constant([-np.inf, -np.inf])).numpy() == -np.inf
    assert tf.reduce_logsumexp(tf.constant([np.inf, 0.0])).numpy() == np.inf
    np.testing.assert_allclose(tf.reduce_logsumexp(tf.constant([-np.inf, 2.0])), 2.0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (5003,)], ids=["scalar", "array"])
def test_sigmoid_and_its_kin_are_stable(dtype: Any, shape: Any) -> None:
    for function, at_minus, at_plus, slope_at_minus, slope_at_plus in (
        (tf.sigmoid, 0.0, 1.0, 0.0, 0.0),
        (tf.nn.softplus, 0.0, 1000.0, 0.0, 1.0),
        (tf.nn.silu, 0.0, 1000.0, 0.0, 1.0),
        (tf.nn.gelu, 0.0, 1000.0, 0.0, 1.0),
        (tf.nn.elu, -1.0, 1000.0, 0.0, 1.0),
        (tf.tanh, -1.0, 1.0, 0.0, 0.0),
        (tf.math.log_sigmoid, -1000.0, 0.0, 1.0, 0.0),
    ):
        for point, value, slope in ((-1000.0, at_minus, slope_at_minus), (1000.0, at_plus, slope_at_plus)):
            array = np.full(shape, point, dtype)
            np.testing.assert_allclose(function(tf.constant(array)), np.full(shape, value), atol=1e-6)
            np.testing.assert_allclose(gradient_of(function, array), np.full(shape, slope), atol=1e-6)


def test_sigmoid_cross_entropy_with_logits() -> None:
    labels, logits = np.array([1.0, 0.0, 0.3, 1.0]), np.array([-2.0, 1.5, 0.2, 3.0])
    p = scipy.special.expit(logits)
    expected = -labels * np.log(p) - (1.0 - labels) * np.log(1.0 - p)
    found = tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.constant(labels), logits=tf.constant(logits))
    assert_close(found, expected, rtol=1e-12)
    check_gradients(lambda x, y: tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=y), [labels, logits], order=2)


def test_sigmoid_cross_entropy_is_stable() -> None:
    labels = np.array([1.0, 0.0, 1.0, 0.0], np.float32)
    logits = np.array([-1000.0, 1000.0, 1000.0, -1000.0], np.float32)

    def loss(x: Any) -> Any:
        return tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=x)

    assert_close(loss(tf.constant(logits)), [1000.0, 1000.0, 0.0, 0.0])
    np.testing.assert_allclose(gradient_of(loss, logits), [-1.0, 1.0, 0.0, 0.0], atol=1e-6)


def test_softmax_cross_entropy_with_logits(rng: np.random.Generator) -> None:
    labels = scipy.special.softmax(rng.normal(size=(3, 4)), axis=-1)
    expected = -np.sum(labels * scipy.special.log_softmax(MATRIX, axis=-1), axis=-1)
    found = tf.nn.softmax_cross_entropy_with_logits(labels=tf.constant(labels), logits=tf.constant(MATRIX))
    assert_close(found, expected, rtol=1e-12)
    check_gradients(lambda x: tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=x), [MATRIX], order=2)


def test_softmax_cross_entropy_is_stable() -> None:
    logits = np.array([[1000.0, -1000.0], [1000.0, -1000.0]], np.float32)

    def loss(x: Any) -> Any:
        return tf.nn.softmax_cross_entropy_with_logits(labels=np.eye(2, dtype=np.float32), logits=x)

    assert_close(loss(tf.constant(logits)), [0.0, 2000.0])
    np.testing.assert_allclose(gradient_of(loss, logits), [[0.0, 0.0], [1.0, -1.0]], atol=1e-6)


def test_l2_loss() -> None:
    assert tf.nn.l2_loss(tf.constant([3.0, 4.0])).numpy() == 12.5
    check_gradients(tf.nn.l2_loss, [MATRIX], order=2)


# -- Conventions at kinks, ties and zeros -------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(), (1,), (3,), (5003,)], ids=str)
@pytest.mark.parametrize(
    ("function", "at_zero"),
    [
        (tf.nn.relu, 0.0),
        (tf.abs, 0.0),
        (tf.sign, 0.0),
        (tf.nn.elu, 1.0),
        (lambda x: x**2, 0.0),
        (lambda x: tf.maximum(x, 0.0), 1.0),
        (lambda x: tf.minimum(x, 0.0), 1.0),
        (lambda x: tf.maximum(0.0, x), 0.0),
        (lambda x: tf.clip_by_value(x, 0.0, 1.0), 1.0),
    ],
    ids=["relu", "abs", "sign", "elu", "square", "maximum", "minimum", "maximum swapped", "clip"],
)
def test_the_derivative_at_a_kink(function: Any, at_zero: float, shape: Any) -> None:
    np.testing.assert_array_equal(gradient_of(function, np.zeros(shape)), np.full(shape, at_zero))


@pytest.mark.parametrize("function", [tf.maximum, tf.minimum])
@pytest.mark.parametrize("value", [1.0, [1.0, 1.0]])
def test_a_tie_goes_to_the_first_argument(function: Any, value: Any) -> None:
    x, y = tf.Variable(value), tf.Variable(value)
    with tf.GradientTape() as tape:
        z = function(x, y)
    of_x, of_y = tape.gradient(z, [x, y])
    np.testing.assert_array_equal(of_x, np.ones_like(value))
    np.testing.assert_array_equal(of_y, np.zeros_like(value))


@pytest.mark.parametrize(("function", "sign"), [(tf.reduce_max, 1.0), (tf.reduce_min, -1.0)])
def test_ties_in_a_reduction_share_evenly(function: Any, sign: float) -> None:
    value = sign * np.array([[1.0, 3.0, 3.0], [5.0, 5.0, 5.0]])
    np.testing.assert_allclose(gradient_of(function, value), [[0, 0, 0], [1 / 3, 1 / 3, 1 / 3]])
    by_row = gradient_of(lambda x: function(x, axis=1), value)
    np.testing.assert_allclose(by_row, [[0, 0.5, 0.5], [1 / 3, 1 / 3, 1 / 3]])


def test_the_gradient_of_clip_is_zero_outside_only() -> None:
    gradient = gradient_of(lambda x: tf.clip_by_value(x, -1.0, 1.0), [-2.0, -1.0, 0.0, 1.0, 2.0])
    np.testing.assert_array_equal(gradient, [0.0, 1.0, 1.0, 1.0, 0.0])


def test_the_gradient_of_a_product_with_zeros() -> None:
    np.testing.assert_array_equal(gradient_of(tf.reduce_prod, [0.0, 2.0, 3.0]), [6.0, 0.0, 0.0])
    np.testing.assert_array_equal(gradient_of(tf.reduce_prod, [0.0, 0.0, 3.0]), [0.0, 0.0, 0.0])
    check_gradients(tf.reduce_prod, [[0.0, 2.0, 3.0]], order=2)
    check_gradients(lambda x: tf.reduce_prod(x, axis=1), [[[0.0, 2.0], [3.0, 0.0]]], order=2)


@pytest.mark.parametrize("base", [[0.0, -1.0, 2.0], 0.0, -2.0])
def test_a_power_with_a_whole_exponent_is_differentiated_at_any_base(base: Any) -> None:
    x, exponent = tf.Variable(np.array(base)), tf.Variable(np.float64(2.0))
    with tf.GradientTape() as tape:
        y = x**exponent
    of_base, of_exponent = tape.gradient(y, [x, exponent])
    np.testing.assert_allclose(of_base, 2.0 * np.array(base))
    # The logarithm counts where the base is positive, and is left out elsewhere.
    positive = np.maximum(np.array(base), 0.0)
    np.testing.assert_allclose(of_exponent, np.sum(positive**2 * np.log(np.maximum(positive, 1e-300))))
    check_gradients(lambda x: x**2, [base], order=2)
    check_gradients(lambda x: x**3, [base], order=3)


def test_the_branch_of_where_that_was_not_taken_leaves_no_nan() -> None:
    gradient = gradient_of(lambda x: tf.where(x > 1.0, tf.sqrt(tf.where(x > 1.0, x, 1.0)), 0.0), [-4.0, 4.0])
    np.testing.assert_array_equal(gradient, [0.0, 0.25])


def test_division_without_nan() -> None:
    np.testing.assert_array_equal(tf.math.divide_no_nan([1.0, 2.0], [0.0, 4.0]), [0.0, 0.5])
    np.testing.assert_array_equal(tf.math.xlogy([0.0, 2.0], [0.0, 1.0]), [0.0, 0.0])
    np.testing.assert_array_equal(gradient_of(lambda x: tf.math.divide_no_nan(x, [0.0, 4.0]), [1.0, 2.0]), [0.0, 0.25])


def test_stop_gradient_keeps_the_value() -> None:
    np.testing.assert_array_equal(tf.stop_gradient(MATRIX), MATRIX)
    np.testing.assert_array_equal(gradient_of(lambda x: x * tf.stop_gradient(x), [2.0, 3.0]), [2.0, 3.0])


@pytest.mark.filterwarnings("error")
def test_results_of_overflow_are_infinite_without_a_warning() -> None:
    assert tf.exp(tf.constant([1000.0])).numpy().tolist() == [np.inf]
    assert tf.exp(tf.constant(1000.0)).numpy() == np.inf
    assert tf.math.log(tf.constant([0.0])).numpy().tolist() == [-np.inf]
    assert tf.math.log(tf.constant(0.0)).numpy() == -np.inf
    assert np.isnan(tf.math.log(tf.constant(-1.0)).numpy())
    assert (tf.constant([1.0]) / 0.0).numpy().tolist() == [np.inf]
    assert (tf.constant(1.0) / 0.0).numpy() == np.inf


def test_sparse_cross_entropy_takes_labels_in_any_memory_order() -> None:
    logits = np.random.default_rng(0).normal(size=(3, 2, 4))
    labels = np.array([[0, 1, 2], [3, 2, 1]])
    expected = tf.nn.sparse_softmax_cross_entropy_with_logits(np.ascontiguousarray(labels.T), logits)
    np.testing.assert_array_equal(tf.nn.sparse_softmax_cross_entropy_with_logits(labels.T, logits), expected)
    full = -np.log(tf.nn.softmax(logits).numpy())
    np.testing.assert_allclose(expected, np.take_along_axis(full, labels.T[..., None], -1)[..., 0])
