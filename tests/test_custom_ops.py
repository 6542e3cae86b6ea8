"""Rows that users add to the op table: elementwise, linear and general ops in both modes, and what is refused.

The table belongs to the process, so every name is one that no other test takes.
"""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.testing import check_gradients


def derivative(f: Any, x: Any) -> Any:
    """The gradient of f at a tensor or variable."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x)


# ------------------------------------------------------------------------------------------ formulas


softcap = tf.elementwise_op(
    "test_custom_softcap",
    None,
    lambda g, x, cap, y: g * (1.0 - tf.square(y / cap)),
    lambda g, x, cap, y: g * (y / cap - x / cap * (1.0 - tf.square(y / cap))),
    formula=lambda x, cap: cap * tf.tanh(x / cap),
    parameters=("x", "cap"),
    doc="A value that is kept softly under a cap.",
)


def softcap_by_hand(x: Any, cap: Any) -> Any:
    return cap * tf.tanh(x / cap)


def test_an_op_by_formula_has_derivatives_of_every_order() -> None:
    check_gradients(softcap, [[0.5, -1.0, 2.0], [1.5, 2.0, 3.0]], order=3, atol=1e-5)
    x = tf.constant([0.5, -1.0], dtype=tf.float64)
    np.testing.assert_allclose(softcap(x, 2.0), softcap_by_hand(x, 2.0), rtol=1e-15)


@pytest.mark.parametrize("shapes", [((), ()), ((3,), ()), ((), (3,)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((0,), ())])
@pytest.mark.parametrize("dtype", [tf.float16, tf.float32, tf.float64])
def test_an_op_by_formula_broadcasts(shapes: Any, dtype: Any, rng: np.random.Generator) -> None:
    x, cap = (tf.constant(rng.uniform(0.5, 2.0, shape), dtype=dtype) for shape in shapes)
    rtol = {"float16": 2e-2, "float32": 1e-5, "float64": 1e-12}[dtype.name]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, cap])
        y, z = softcap(x, cap), softcap_by_hand(x, cap)
    assert (y.dtype, y.shape) == (z.dtype, z.shape)
    np.testing.assert_allclose(y, z, rtol=rtol)
    for own, expected in zip(tape.gradient(y, [x, cap]), tape.gradient(z, [x, cap]), strict=True):
        assert (own.dtype, own.shape) == (expected.dtype, expected.shape)
        np.testing.assert_allclose(own, expected, rtol=rtol, atol=rtol)
    tangents = [tf.ones_like(x), tf.ones_like(cap) * 2.0]
    np.testing.assert_allclose(
        tape.jvp(y, [x, cap], tangents), tape.jvp(z, [x, cap], tangents), rtol=2 * rtol, atol=rtol
    )
    for mode in ("forward", "reverse"):
        for own, expected in zip(
            tape.jacobian(y, [x, cap], mode=mode), tape.jacobian(z, [x, cap], mode=mode), strict=True
        ):
            np.testing.assert_allclose(own, expected, rtol=rtol, atol=rtol)


def test_an_op_takes_what_operators_take() -> None:
    assert softcap(1.0, 2.0).dtype == tf.float32
    assert softcap([1.0], np.array([2.0])).dtype == tf.float64
    x = tf.Variable(1.0)
    assert softcap(x, cap=2.0).numpy() == softcap(x, 2.0, name="capped").numpy()
    assert softcap.__name__ == "test_custom_softcap"
    assert "kept softly" in softcap.__doc__
    assert pickle.loads(pickle.dumps(softcap)) is softcap
    with pytest.raises(TypeError, match="misses its argument 'cap'"):
        softcap(x)


def test_an_operand_without_a_derivative_stops_the_gradient() -> None:
    f = tf.elementwise_op(
        "test_custom_half", None, lambda g, x, y, z: g * y, None, formula=lambda x, y: x * y, parameters=("x", "y")
    )
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = f(x, y)
    by_x, by_y = tape.gradient(z, [x, y])
    assert by_x.numpy() == 3.0
    assert by_y is None


# -------------------------------------------------------------------------------------------- ufuncs


@pytest.fixture(scope="module")
def log1pmx() -> Any:
    """A private ufunc of SciPy's, log(1 + x) - x, as an op of which the second derivative is missing."""
    kernels = pytest.importorskip("scipy.special._ufuncs")
    slope = tf.elementwise_op("test_custom_slope", None, ..., formula=lambda x: -x / (1.0 + x))
    return tf.elementwise_op("test_custom_log1pmx", kernels._log1pmx, lambda g, x, y: g * slope(x))


def test_a_ufunc_of_scipy_as_an_op(log1pmx: Any) -> None:
    from scipy.special import _ufuncs as kernels

    points = np.array([0.5, 1.5, 4.0])
    check_gradients(log1pmx, [points])
    for dtype in (np.float32, np.float64):
        for value in (dtype(1.5), points.astype(dtype)):
            y, slope = tf.jvp(log1pmx, [value], [np.ones_like(value)])
            assert y.dtype == slope.dtype == dtype
            np.testing.assert_allclose(y, kernels._log1pmx(value), rtol=1e-6, atol=1e-7)
            np.testing.assert_allclose(slope, -value / (1.0 + value), rtol=1e-5)
    np.testing.assert_allclose(tf.jacobian(log1pmx)(points), np.diag(-points / (1.0 + points)))


def test_the_ufunc_itself_is_recorded(log1pmx: Any) -> None:
    from scipy.special import _ufuncs as kernels

    x = tf.Variable([0.5, 3.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        y = kernels._log1pmx(x) * 2.0
    assert isinstance(y, tf.Tensor)
    np.testing.assert_allclose(tape.gradient(y, x), [-2.0 / 3.0, -1.5])


def test_a_derivative_that_nobody_has_written_is_a_lookup_error(log1pmx: Any) -> None:
    with pytest.raises(LookupError, match="test_custom_slope"):
        tf.grad(tf.grad(log1pmx))(1.5)


def test_a_ufunc_of_three_operands() -> None:
    kernels = pytest.importorskip("scipy.special._ufuncs")
    quantile = tf.elementwise_op(
        "test_custom_cauchy",
        kernels._cauchy_ppf,
        lambda g, p, x, s, y: g * s * np.pi / tf.square(tf.sin(np.pi * p)),
        lambda g, p, x, s, y: g,
        lambda g, p, x, s, y: g * (y - x) / s,
    )
    points = [[0.2, 0.8], [0.5, 0.5], [1.5, 2.0]]
    check_gradients(quantile, points, order=2)
    check_gradients(quantile, [[[0.2], [0.8]], 0.5, 1.5], order=2)


def test_a_ufunc_of_scipy_that_has_a_row_already_is_refused() -> None:
    special = pytest.importorskip("scipy.special")
    with pytest.raises(ValueError, match="gammaln belongs to the row 'gammaln' already"):
        tf.elementwise_op("test_custom_gammaln", special.gammaln, lambda g, x, y: g)


def test_a_ufunc_that_does_not_fit_is_refused_by_name() -> None:
    def one(g: Any, x: Any, y: Any) -> Any:
        return g

    def two(g: Any, x: Any, y: Any, z: Any) -> Any:
        return g

    for wrong, rules, error, text in [
        (np.copysign, (one,), ValueError, "copysign is a ufunc of 2 operands, 1 results"),
        (np.spacing, (two, two), ValueError, "spacing is a ufunc of 1 operands.*here 2 operands"),
        (np.spacing, (), ValueError, "here 0 operands"),
        (np.divmod, (two, two), ValueError, "2 results"),
        (np.vecdot, (two, two), ValueError, "signature"),
        (np.gcd, (two, two), ValueError, "no loop over floats"),
        (np.frompyfunc(lambda x: x, 1, 1), (one,), ValueError, "no loop over floats; use general_op"),
        (len, (one,), TypeError, "is not a NumPy ufunc"),
        (np.vectorize(len), (one,), TypeError, "is not a NumPy ufunc"),
        (np.sin, (one,), ValueError, "sin belongs to the row 'sin' already"),
        (None, (one,), ValueError, "needs a ufunc, or a formula"),
        (None, (), ValueError, "one derivative for each operand"),
        (None, (one,) * 4, ValueError, "one to 3 operands|one to three"),
    ]:
        with pytest.raises(error, match=text):
            tf.elementwise_op("test_custom_refused", wrong, *rules)
    # The name was not taken by any of them.
    free = tf.elementwise_op("test_custom_refused", None, lambda g, x, y: g, formula=lambda x: x * 1.0)
    assert free(2.0).numpy() == 2.0


def test_a_name_is_taken_once() -> None:
    for add in (
        lambda: tf.elementwise_op("sin", None, lambda g, x, y: g, formula=lambda x: x * 1.0),
        lambda: tf.linear_op("sin", lambda x: x, lambda g: g),
        lambda: tf.general_op("sin", lambda x: x, None),
    ):
        with pytest.raises(ValueError, match="the op table already has a row named 'sin'"):
            add()


# ------------------------------------------------------------------------------- linear and general


def shifted(array: np.ndarray, by: int = 1) -> np.ndarray:
    return np.roll(array, by, 0)


shift = tf.linear_op("test_custom_shift", shifted, lambda g, by=1: np.roll(g, -by, 0))
weighted_sum = tf.linear_op(
    "test_custom_weighted_sum",
    lambda x, weights: np.tensordot(x, weights, 1),
    lambda g, weights: np.multiply.outer(g, weights),
)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_linear_op(dtype: Any) -> None:
    x = np.array([1.0, 2.0, 4.0], dtype)
    matrix = np.roll(np.eye(3), 2, 0)
    assert tf.jvp(lambda x: shift(x, by=2), [x], [x])[1].dtype == dtype
    np.testing.assert_array_equal(shift(x, by=2), matrix @ x)
    np.testing.assert_array_equal(tf.jvp(lambda x: shift(x, by=2), [x], [x * x])[1], matrix @ (x * x))
    for mode in ("forward", "reverse"):  # the kernel holds for no leading axis: it is run for each row
        np.testing.assert_array_equal(tf.jacobian(lambda x: shift(x, by=2), mode=mode)(x), matrix)
    check_gradients(lambda x: shift(x, by=1) * x, [[1.0, 2.0, 3.0]], order=2)


def test_a_linear_op_of_another_shape_and_of_a_variable() -> None:
    weights = np.array([1.0, 10.0])
    x = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    with tf.GradientTape(persistent=True) as tape:
        y = weighted_sum(x, weights=weights)
        z = tf.reduce_sum(y * y)
    np.testing.assert_array_equal(y, [21, 43, 65])
    np.testing.assert_array_equal(tape.gradient(y, x), [[1, 10]] * 3)
    np.testing.assert_array_equal(tape.hvp(z, x, tf.ones_like(x)), np.outer([22, 22, 22], weights))
    np.testing.assert_array_equal(tape.jacobian(y, x, mode="forward"), tape.jacobian(y, x, mode="reverse"))


def test_what_a_linear_op_returns_nobody_else_can_write_to() -> None:
    reverse = tf.linear_op("test_custom_reverse", lambda x: x[::-1], lambda g: g[::-1])
    array = np.array([1.0, 2.0])
    turned = reverse(array)
    array[:] = 0.0
    np.testing.assert_array_equal(turned, [2, 1])
    x = tf.Variable([1.0, 2.0])
    turned = reverse(x)
    x.assign([5.0, 6.0])
    np.testing.assert_array_equal(turned, [2, 1])
    with tf.GradientTape() as tape:
        y = reverse(reverse(x) * [1.0, 10.0]) + x
    np.testing.assert_array_equal(tape.gradient(y, x), [11, 2])


def test_a_linear_op_takes_both_its_names_or_none() -> None:
    tf.linear_op("test_custom_first_transposed", lambda x: x, lambda g: g)
    with pytest.raises(ValueError, match="already has a row named 'test_custom_first_transposed'"):
        tf.linear_op("test_custom_first", lambda x: x, lambda g: g)
    tf.general_op("test_custom_first", lambda x: x, None)  # was not taken


def outer_vjp(g: Any, y: Any, u: Any, v: Any, scale: float = 1.0) -> Any:
    return tf.linalg.matvec(g, v) * scale, tf.linalg.matvec(g, u, transpose_a=True) * scale


def outer_jvp(tangents: Any, y: Any, u: Any, v: Any, scale: float = 1.0) -> Any:
    tu, tv = tangents
    parts = []
    if tu is not None:
        parts.append(outer(tu, v, scale=scale))
    if tv is not None:
        parts.append(outer(u, tv, scale=scale))
    return tf.add_n(parts)


def outer_kernel(u: np.ndarray, v: np.ndarray, scale: float = 1.0) -> np.ndarray:
    return np.outer(u, v) * np.asarray(scale, u.dtype)


outer = tf.general_op("test_custom_outer", outer_kernel, outer_vjp, outer_jvp)
outer_by_vjp = tf.general_op("test_custom_outer_by_vjp", outer_kernel, outer_vjp)


@pytest.mark.parametrize("op", [outer, outer_by_vjp])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_general_op(op: Any, dtype: Any) -> None:
    u, v = np.array([1.0, 2.0, 3.0], dtype), np.array([5.0, 7.0], dtype)
    np.testing.assert_array_equal(op(u, v, scale=2.0), 2 * np.outer(u, v))
    value, pushed = tf.jvp(lambda u, v: op(u, v, scale=2.0), [u, v], [u * u, v * v])
    assert value.dtype == pushed.dtype == dtype
    np.testing.assert_allclose(pushed, 2 * (np.outer(u * u, v) + np.outer(u, v * v)))
    x = tf.constant(u)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = op(x, v)
        z = tf.reduce_sum(op(x, x) * x)
    np.testing.assert_array_equal(tape.jvp(y, x, tf.ones_like(x)), np.outer(np.ones(3), v))
    np.testing.assert_allclose(tape.jacobian(y, x, mode="forward"), tape.jacobian(y, x, mode="reverse"))
    np.testing.assert_allclose(tape.jacobian(y, x), np.einsum("ik,j->ijk", np.eye(3), v))
    np.testing.assert_allclose(tape.hvp(z, x, [1.0, 0.0, 0.0]), tape.hessian(z, x).numpy()[0])
    check_gradients(lambda u, v: op(u, v, scale=0.5), [u, v], order=2)


def silent_vjp(g, y, x):
    return None if float(g[0]) != 0.0 else 2.0 * g * x


def silent_jvp(tangents, y, x):
    return None if float(tangents[0][0]) != 0.0 else 2.0 * tangents[0] * x


silent_at_first = tf.general_op("test_custom_silent", lambda x: x * x, silent_vjp, silent_jvp)


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_a_rule_may_give_nothing_for_some_rows_of_a_jacobian_and_something_for_others(mode: str) -> None:
    x = tf.Variable(np.array([0.0, 2.0, 3.0]))
    with tf.GradientTape() as tape:
        y = silent_at_first(x)
    np.testing.assert_array_equal(tape.jacobian(y, x, mode=mode), np.diag([0.0, 4.0, 6.0]))


def test_forward_and_reverse_rule_agree_on_the_hessian() -> None:
    def f(op: Any) -> Any:
        return tf.hessian(lambda x: tf.reduce_sum(op(x, x) * tf.sin(x)))(np.array([0.5, 1.0, 2.0]))

    np.testing.assert_allclose(f(outer), f(outer_by_vjp), rtol=1e-14)
    np.testing.assert_allclose(f(outer), f(lambda u, v: u[:, None] * v), rtol=1e-14)


def test_an_op_of_one_operand_returns_a_single_contribution() -> None:
    trace = tf.general_op(
        "test_custom_trace", lambda x: np.trace(x), lambda g, y, x: g * tf.eye(x.shape[0], dtype=x.dtype)
    )
    check_gradients(lambda x: trace(x) * trace(x * x), [[[1.0, 2.0], [3.0, 4.0]]], order=2)
    assert tf.grad(trace)(np.ones((2, 2))).tolist() == [[1, 0], [0, 1]]


def test_a_contribution_of_a_wrong_shape_names_the_op_and_both_shapes() -> None:
    wrong = tf.general_op("test_custom_wrong", lambda x, y: x * y, lambda g, z, x, y: (g, tf.reduce_sum(g)))
    text = r"test_custom_wrong: its derivative with respect to operand 1 has shape \(\); the operand has shape \(2,\)"
    with pytest.raises(ValueError, match=text):
        derivative(lambda x: wrong(x, x), tf.constant([1.0, 2.0]))
    count = tf.general_op("test_custom_count", lambda x, y: x * y, lambda g, z, x, y: g)
    with pytest.raises(ValueError, match="test_custom_count: its derivative gave 1 contributions for 2 operands"):
        derivative(lambda x: count(x, x), tf.constant([1.0, 2.0]))
    pushed = tf.general_op(
        "test_custom_pushed", lambda x: x * 2, lambda g, y, x: g * 2.0, lambda t, y, x: tf.reduce_sum(t[0])
    )
    with pytest.raises(ValueError, match=r"test_custom_pushed: its tangent has shape \(\)"):
        tf.jvp(pushed, [np.ones(2)], [np.ones(2)])


def test_an_op_without_a_rule_is_a_lookup_error() -> None:
    rank = tf.general_op("test_custom_rank", lambda x: np.linalg.matrix_rank(x) * 1.0, None)
    assert rank(np.eye(2)).numpy() == 2.0
    for f in (lambda x: tf.grad(rank)(x), lambda x: tf.jvp(rank, [x], [x])):
        with pytest.raises(LookupError, match="gradient registry has no entry for: test_custom_rank"):
            f(np.eye(2))


def test_a_contribution_of_none_stops_the_gradient() -> None:
    f = tf.general_op("test_custom_none", lambda x, y: x * y, lambda g, z, x, y: (g * y, None))
    x, y = tf.Variable([2.0]), tf.Variable([3.0])
    with tf.GradientTape() as tape:
        z = f(x, y)
    by_x, by_y = tape.gradient(z, [x, y])
    assert by_x.numpy() == 3.0
    assert by_y is None


@pytest.mark.parametrize("kind", ["general", "linear"])
def test_a_kernel_cannot_change_a_tensor(kind: str) -> None:
    def doubled(x: np.ndarray) -> np.ndarray:
        x *= 2
        return x

    if kind == "general":
        f = tf.general_op("test_custom_writes", doubled, lambda g, y, x: g * 2.0)
    else:
        f = tf.linear_op("test_custom_writes_too", doubled, doubled)
    x = tf.Variable([1.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        f(x)
    np.testing.assert_array_equal(x, [1, 2])


def test_rows_of_the_users_are_not_on_the_librarys_list() -> None:
    from autodiff_core.ops import rows

    assert not [row.name for row in rows() if row.name.startswith("test_custom")]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64", "longdouble"])
@pytest.mark.parametrize("shape", [(), (3,)])
def test_the_rule_is_the_ops_own_in_every_dtype(dtype: str, shape: tuple[int, ...]) -> None:
    if dtype == "bfloat16":
        pytest.importorskip("ml_dtypes")
    name = f"seven_{dtype}_{len(shape)}"
    seven = tf.elementwise_op(name, None, lambda g, x, y: 7.0 * g, formula=lambda x: x * x)
    x = tf.constant(np.full(shape, 0.5), dtype=dtype)

    def slope(t):
        with tf.GradientTape() as tape:
            tape.watch(t)
            y = seven(t)
        return tape.gradient(y, t)

    with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
        pushed = accumulator.jvp(seven(x))
    for found in (slope(x), tf.function(slope)(x), tf.vectorize(slope)(tf.stack([x, x]))[0], pushed):
        assert found.dtype == x.dtype
        np.testing.assert_array_equal(np.asarray(found, float), np.full(shape, 7.0))


def test_a_formula_refuses_complex_numbers_for_which_its_rule_was_not_written() -> None:
    seven = tf.elementwise_op("seven_of_floats", None, lambda g, x, y: 7.0 * g, formula=lambda x: x * x)
    with pytest.raises(TypeError, match="seven_of_floats takes no operands of dtype complex64"):
        seven(tf.constant([1j], tf.complex64))


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0)])
def test_one_contribution_to_operands_of_several_shapes_is_summed_to_each(order: tuple[int, ...]) -> None:
    total = tf.elementwise_op(
        f"test_custom_total_{order[0]}{order[1]}{order[2]}",
        None,
        *[lambda g, x, y, z, total: g] * 3,
        formula=lambda x, y, z: x + y + z,
        parameters=("x", "y", "z"),
    )
    operands = [tf.Variable(np.ones(shape)) for shape in [(), (1,), (3,)]]
    with tf.GradientTape() as tape:
        y = total(*[operands[k] for k in order])
    for found, expected in zip(tape.gradient(y, operands), [np.array(3.0), np.array([3.0]), np.ones(3)], strict=True):
        assert found.shape == expected.shape
        np.testing.assert_array_equal(found.numpy(), expected)
