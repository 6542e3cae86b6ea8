"""What a derivative is where there is none: at kinks, ties, poles and infinities, as TensorFlow decides each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

INF, NAN = np.inf, np.nan

# Each: a function, the points, and the gradients of its sum.
CONVENTIONS: dict[str, tuple[Any, list[Any], list[Any]]] = {
    "abs at 0 is flat": (tf.abs, [[0.0, -2.0]], [[0.0, -1.0]]),
    "sign is flat": (tf.sign, [[0.0, 2.0]], [[0.0, 0.0]]),
    "sqrt at 0 is vertical": (tf.sqrt, [[0.0, 4.0]], [[INF, 0.25]]),
    "a masked root is flat at 0": (lambda x: tf.where(x > 0.0, tf.sqrt(x), 0.0), [[0.0, 4.0]], [[0.0, 0.25]]),
    "a root masked before and behind is 0": (
        lambda x: tf.where(x > 0.0, tf.sqrt(tf.where(x > 0.0, x, 1.0)), 0.0),
        [[0.0, 4.0]],
        [[0.0, 0.25]],
    ),
    "where: what is not chosen gets 0": (lambda x: tf.where([True, False], x, 2.0 * x), [[1.0, 1.0]], [[1.0, 2.0]]),
    "norm at 0 has no gradient": (tf.norm, [[0.0, 0.0]], [[NAN, NAN]]),
    "reduce_std of equals has none": (tf.math.reduce_std, [[2.0, 2.0]], [[NAN, NAN]]),
    "l2_normalize at 0 is bounded by epsilon": (lambda x: tf.math.l2_normalize(x), [[0.0, 0.0]], [[1e6, 1e6]]),
    "hypot at 0 is flat": (lambda x, y: np.hypot(x, y), [[0.0], [0.0]], [[0.0], [0.0]]),
    "atan2 at the origin has no gradient": (tf.math.atan2, [[0.0], [0.0]], [[NAN], [NAN]]),
    "x**0 is flat in x": (lambda x, y: x**y, [[0.0, 3.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, np.log(3.0)]]),
    "0**y is flat in y": (lambda x, y: x**y, [[0.0], [2.0]], [[0.0], [0.0]]),
    "a negative base is flat in y": (lambda x, y: x**y, [[-2.0], [2.0]], [[-4.0], [0.0]]),
    "xlogy at 0": (tf.math.xlogy, [[0.0, 0.0], [0.0, 2.0]], [[0.0, 0.0], [0.0, 0.0]]),
    "xlog1py at 0": (tf.math.xlog1py, [[0.0], [-1.0]], [[0.0], [0.0]]),
    "xdivy at 0": (tf.math.xdivy, [[0.0], [0.0]], [[0.0], [0.0]]),
    "divide_no_nan by 0": (tf.math.divide_no_nan, [[3.0], [0.0]], [[0.0], [0.0]]),
    "multiply_no_nan of infinity": (tf.math.multiply_no_nan, [[INF], [0.0]], [[0.0], [INF]]),
    "maximum of equals gives all to the first": (tf.maximum, [[1.0], [1.0]], [[1.0], [0.0]]),
    "minimum of equals gives all to the first": (tf.minimum, [[1.0], [1.0]], [[1.0], [0.0]]),
    "reduce_max of equals shares": (tf.reduce_max, [[2.0, 1.0, 2.0]], [[0.5, 0.0, 0.5]]),
    "reduce_min of equals shares": (tf.reduce_min, [[1.0, 1.0, 2.0]], [[0.5, 0.5, 0.0]]),
    "segment_max of equals shares": (
        lambda x: tf.math.segment_max(x, [0, 0, 1]),
        [[2.0, 2.0, 2.0]],
        [[0.5, 0.5, 1.0]],
    ),
    "sort of equals keeps their order": (lambda x: tf.sort(x) * [1.0, 2.0, 3.0], [[5.0, 4.0, 5.0]], [[2.0, 1.0, 3.0]]),
    "clip_by_value at a bound passes": (lambda x: tf.clip_by_value(x, 0.0, 1.0), [[0.0, 1.0, 2.0]], [[1.0, 1.0, 0.0]]),
    "relu at 0 is flat": (tf.nn.relu, [[0.0, 1.0]], [[0.0, 1.0]]),
    "relu6 at its ends is flat": (tf.nn.relu6, [[0.0, 6.0]], [[0.0, 0.0]]),
    "leaky_relu at 0 has the lower slope": (lambda x: tf.nn.leaky_relu(x, 0.25), [[0.0]], [[0.25]]),
    "elu at 0": (tf.nn.elu, [[0.0]], [[1.0]]),
    "softplus far out": (tf.math.softplus, [[-800.0, 800.0]], [[0.0, 1.0]]),
    "log at 0 is vertical": (tf.math.log, [[0.0]], [[INF]]),
    "reduce_prod with zeros": (tf.reduce_prod, [[0.0, 2.0, 3.0]], [[6.0, 0.0, 0.0]]),
    "reduce_logsumexp beside -inf": (tf.reduce_logsumexp, [[-INF, 1.0]], [[0.0, 1.0]]),
    "reduce_logsumexp of -inf only": (tf.reduce_logsumexp, [[-INF, -INF]], [[0.0, 0.0]]),
    "logaddexp of -inf only": (lambda x, y: np.logaddexp(x, y), [[-INF], [-INF]], [[0.0], [0.0]]),
    "logaddexp of equal infinities shares": (lambda x, y: np.logaddexp(x, y), [[INF], [INF]], [[0.5], [0.5]]),
    "softmax of far apart": (lambda x: tf.nn.softmax(x)[0], [[1000.0, 0.0]], [[0.0, 0.0]]),
    "nextafter moves with its first operand": (tf.math.nextafter, [[1.0], [1.0]], [[1.0], [0.0]]),
    "edges of one point move with it": (lambda x: np.histogram_bin_edges(x, 2), [[1.0]], [[3.0]]),
    "the gradient of a double root is infinite": (lambda p: np.roots(p), [[1.0, -2.0, 1.0]], [[-INF, -INF, -INF]]),
    "heaviside at 0 passes to the value there": (
        lambda x, y: np.heaviside(x, y) + 0.0 * x,
        [[0.0, 1.0], [0.5, 0.5]],
        [[0.0, 0.0], [1.0, 0.0]],
    ),
}


def special(name: str, *first: Any, place: int | None = None) -> Any:
    """A function of tf.scipy.special, with its first operands given; of several results one."""

    def call(*xs: Any) -> Any:
        result = getattr(tf.scipy.special, name)(*first, *xs)
        return result if place is None else result[place]

    return call


# The same of functions that need SciPy.
OF_SPECIAL_FUNCTIONS: dict[str, tuple[Any, list[Any], list[Any]]] = {
    "huber at delta": (special("huber"), [[1.0, 1.0, 1.0], [1.0, -1.0, 0.0]], [[0.0, 0.0, 0.0], [1.0, -1.0, 0.0]]),
    "pseudo_huber without a delta is straight": (
        special("pseudo_huber"),
        [[0.0, 1.0, 0.0], [2.0, 0.0, 0.0]],
        [[2.0, 0.0, 1.0], [0.0, 0.0, 0.0]],
    ),
    "boxcox of exponent 0 is log": (special("boxcox"), [[2.0], [0.0]], [[0.5], [0.5 * np.log(2.0) ** 2]]),
    "boxcox at 0": (special("boxcox"), [[0.0], [2.0]], [[0.0], [0.25]]),
    "inv_boxcox of exponent 0 is exp": (special("inv_boxcox"), [[1.0], [0.0]], [[np.e], [-0.5 * np.e]]),
    "exprel at 0, and far out": (special("exprel"), [[0.0, -800.0]], [[0.5, 1.5625e-6]]),
    "powm1 is flat where pow is": (special("powm1"), [[0.0, 0.0, -2.0], [2.0, 0.0, 2.0]], [[0, 0, -4], [0, 0, 0]]),
    "comb where there is no choice": (special("comb"), [[3.0], [4.0]], [[0.0], [0.0]]),
    "binom at a pole": (special("binom"), [[3.0], [4.0]], [[NAN], [NAN]]),
    "factorial of a negative number is flat": (special("factorial"), [[-1.0]], [[0.0]]),
    "ellipk at its ends": (special("ellipk"), [[0.0, 1.0]], [[np.pi / 8.0, INF]]),
    "ellipe at its ends": (special("ellipe"), [[0.0, 1.0]], [[-np.pi / 8.0, -INF]]),
    "agm of equals": (special("agm"), [[1.0], [1.0]], [[0.5], [0.5]]),
    "agm of 0": (special("agm"), [[0.0], [1.0]], [[NAN], [NAN]]),
    "elliprc of equals": (special("elliprc"), [[1.0], [1.0]], [[-1 / 6], [-1 / 3]]),
    "elliprc of a negative y": (special("elliprc"), [[1.0], [-1.0]], [[NAN], [NAN]]),
    "elliprd of equals": (special("elliprd"), [[1.0], [1.0], [1.0]], [[-0.3], [-0.3], [-0.9]]),
    "ellipj without a modulus is sine": (
        special("ellipj", place=0),
        [[0.5], [0.0]],
        [[np.cos(0.5)], [-0.25 * (0.5 - np.sin(0.5) * np.cos(0.5)) * np.cos(0.5)]],
    ),
    "ber and bei at 0": (lambda x: special("berp")(x) + special("beip")(x), [[0.0]], [[0.5]]),
    "the sine integral at 0, beside an infinite cosine integral": (special("sici", place=0), [[0.0]], [[1.0]]),
    "the cosine integral at 0 is vertical": (special("sici", place=1), [[0.0]], [[INF]]),
    "spherical_jn at 0": (special("spherical_jn", 1), [[0.0]], [[1.0 / 3.0]]),
    "polynomials at their ends": (special("eval_legendre", 3), [[1.0, -1.0]], [[6.0, 6.0]]),
    "a polynomial of degree 0 is flat": (special("eval_chebyu", 0), [[1.0]], [[0.0]]),
    "lpmv at 1": (special("lpmv", 1.0, 2.0), [[1.0]], [[NAN]]),
    "lambertw at 0, and where it is not real": (special("lambertw"), [[0.0, -1.0]], [[1.0, NAN]]),
    "lambertw at -1 / e is vertical": (special("lambertw"), [[-1.0 / np.e]], [[INF]]),
    "kolmogorov at 0 and far out": (special("kolmogorov"), [[0.0, 30.0]], [[0.0, 0.0]]),
    "tklmbda beyond its ends is flat": (special("tklmbda"), [[3.0], [1.0]], [[0.0], [0.0]]),
    "voigt_profile without a deviation": (special("voigt_profile"), [[0.0], [0.0], [1.0]], [[NAN], [NAN], [NAN]]),
    "bdtr of all trials is flat": (special("bdtr", 5, 5), [[0.3]], [[0.0]]),
    "pdtr at 0": (special("pdtr", 0), [[0.0]], [[-1.0]]),
    "densities at 0": (lambda x: special("gdtr", 1.0, 1.0)(x) + special("chdtr", 2.0)(x), [[0.0]], [[1.5]]),
    "nctdtr at 0": (special("nctdtr", 3.0, 0.5), [[0.0]], [[0.32436403]]),
    "diric where its quotient is 0 / 0": (lambda x: tf.scipy.special.diric(x, 4), [[0.0, 2.0 * np.pi]], [[0.0, 0.0]]),
    "wrightomega far out": (special("wrightomega"), [[-INF, INF, -800.0]], [[0.0, 1.0, 0.0]]),
    "i0 at 0 is flat": (lambda x: np.i0(x), [[0.0]], [[0.0]]),
    "round is flat": (special("round"), [[0.4]], [[0.0]]),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", OF_SPECIAL_FUNCTIONS)
def test_slopes_of_special_functions_where_formulas_give_out(name: str) -> None:
    pytest.importorskip("scipy")
    check(*OF_SPECIAL_FUNCTIONS[name])


@pytest.mark.parametrize("name", CONVENTIONS)
def test_derivatives_where_there_is_none(name: str) -> None:
    check(*CONVENTIONS[name])


def check(function: Any, points: list[Any], expected: list[Any]) -> None:
    tensors = [tf.constant(point, dtype=tf.float64) for point in points]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        result = function(*tensors)
    found = tape.gradient(result, tensors, unconnected_gradients="zero")
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-12)


# Second derivatives of what is straight in pieces: zeros where TensorFlow's gradient is an op of the operand, None
# where it only compares it. Each: a function, the points, and the second derivative of its sum.
CORNERS: dict[str, tuple[Any, list[float], list[float] | None]] = {
    "relu": (tf.nn.relu, [-1.0, 0.0, 2.0], [0.0, 0.0, 0.0]),
    "relu6": (tf.nn.relu6, [-1.0, 0.0, 2.0, 6.0, 7.0], [0.0] * 5),
    "leaky_relu": (tf.nn.leaky_relu, [-1.0, 0.0, 2.0], [0.0, 0.0, 0.0]),
    "crelu": (tf.nn.crelu, [-1.0, 2.0], [0.0, 0.0]),
    "elu": (tf.nn.elu, [0.0, 2.0], [0.0, 0.0]),
    "selu": (tf.nn.selu, [0.0, 2.0], [0.0, 0.0]),
    "abs": (tf.abs, [-1.0, 0.0, 2.0], [0.0, 0.0, 0.0]),
    "l1 norm": (lambda x: tf.norm(x, 1), [-1.0, 0.0, 2.0], [0.0, 0.0, 0.0]),
    "max_pool1d": (
        lambda x: tf.nn.max_pool1d(tf.reshape(x, (1, 4, 1)), 2, 2, "VALID"),
        [1.0, 3.0, 2.0, 2.0],
        [0.0] * 4,
    ),
    "max_pool2d": (
        lambda x: tf.nn.max_pool2d(tf.reshape(x, (1, 2, 2, 1)), 2, 1, "SAME"),
        [1.0, 3.0, 2.0, 2.0],
        [0.0] * 4,
    ),
    "max_pool3d": (
        lambda x: tf.nn.max_pool3d(tf.reshape(x, (1, 2, 2, 1, 1)), 2, 1, "SAME"),
        [1.0, 3.0, 2.0, 2.0],
        [0.0] * 4,
    ),
    "max_pool_with_argmax": (
        lambda x: tf.nn.max_pool_with_argmax(tf.reshape(x, (1, 2, 2, 1)), 2, 1, "VALID").output,
        [1.0, 3.0, 2.0, 2.0],
        [0.0] * 4,
    ),
    "x**1": (lambda x: x**1, [0.0, 2.0], [0.0, 0.0]),
    "x**0": (lambda x: x**0, [0.0, 2.0], [0.0, 0.0]),
    "huber": (lambda x: tf.keras.losses.huber([0.0] * 4, x), [0.0, 0.5, -0.5, 3.0], [0.25, 0.25, 0.25, 0.0]),
    "maximum": (lambda x: tf.maximum(x, 0.5), [0.0, 2.0], None),
    "clip_by_value": (lambda x: tf.clip_by_value(x, 0.0, 1.0), [0.5, 2.0], None),
    "where": (lambda x: tf.where(x > 0.0, x, 2.0 * x), [-1.0, 2.0], None),
    "reduce_max": (tf.reduce_max, [1.0, 2.0], None),
    "sort": (tf.sort, [2.0, 1.0], None),
    "avg_pool1d": (lambda x: tf.nn.avg_pool1d(tf.reshape(x, (1, 4, 1)), 2, 2, "VALID"), [1.0, 3.0, 2.0, 2.0], None),
    "sign": (tf.sign, [-1.0, 2.0], None),
    "reduce_sum": (tf.reduce_sum, [-1.0, 2.0], None),
}


@pytest.mark.parametrize("name", CORNERS)
@pytest.mark.parametrize("scalars", [False, True], ids=["array", "numbers"])
def test_second_derivatives_of_what_is_straight_in_pieces(name: str, scalars: bool) -> None:
    function, points, expected = CORNERS[name]
    xs = [tf.constant(point, dtype=tf.float64) for point in (points if scalars else [points])]
    with tf.GradientTape() as outer:
        outer.watch(xs)
        with tf.GradientTape() as inner:
            inner.watch(xs)
            y = function(tf.stack(xs) if scalars else xs[0])
        gradients = inner.gradient(y, xs)
    second = outer.gradient(gradients, xs)
    if expected is None:
        assert second == [None] * len(xs)
    else:
        np.testing.assert_array_equal(tf.stack(second), expected if scalars else [expected])


def test_third_derivatives_of_pooling_are_zeros() -> None:
    f = lambda x: tf.reduce_sum(tf.nn.max_pool1d(tf.reshape(x, (1, 4, 1)), 2, 2, "VALID") ** 3)  # noqa: E731
    x = tf.constant([1.0, 3.0, 2.0, 1.0], dtype=tf.float64)
    np.testing.assert_array_equal(tf.hessian(f)(x), np.diag([0.0, 18.0, 12.0, 0.0]))
    third = tf.jacobian(tf.hessian(f))(x)
    assert third.shape == (4, 4, 4)
    assert {(i, j, k): third.numpy()[i, j, k] for i, j, k in np.argwhere(third.numpy())} == {
        (1, 1, 1): 6.0,
        (2, 2, 2): 6.0,
    }


@pytest.mark.parametrize("x", [3.0, 0.25])
@pytest.mark.parametrize("y", [0.0, 1.0, 2.0, -1.5])
def test_the_hessian_of_a_power_is_symmetric(x: float, y: float) -> None:
    hessian = tf.hessian(lambda v: v[0] ** v[1])(tf.constant([x, y], dtype=tf.float64)).numpy()
    mixed = x ** (y - 1.0) * (1.0 + y * np.log(x))
    expected = [[y * (y - 1.0) * x ** (y - 2.0), mixed], [mixed, x**y * np.log(x) ** 2]]
    np.testing.assert_allclose(hessian, expected, rtol=1e-13, atol=1e-15)


def test_second_derivatives_of_a_power_with_exponent_0() -> None:
    x = tf.constant([0.0, -2.0, 4.0], dtype=tf.float64)
    y = tf.zeros_like(x)
    with tf.GradientTape(persistent=True) as outer:
        outer.watch([x, y])
        with tf.GradientTape() as inner:
            inner.watch(x)
            z = x**y
        slope = inner.gradient(z, x)
    np.testing.assert_array_equal(outer.gradient(slope, x), [0.0, 0.0, 0.0])
    np.testing.assert_array_equal(outer.gradient(slope, y), [INF, -0.5, 0.25])


def test_an_infinite_cotangent_does_not_pass_a_corner() -> None:
    for function in (tf.nn.relu, tf.nn.relu6):
        for x in (tf.constant(-1.0), tf.constant([-1.0])):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = tf.sqrt(function(x))
            np.testing.assert_array_equal(tape.gradient(y, x), tf.zeros_like(x))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble"])
@pytest.mark.parametrize("f", [tf.nn.relu, tf.nn.relu6, tf.nn.leaky_relu])
def test_second_derivatives_of_what_is_straight_in_pieces_are_zeros_in_every_dtype(f, dtype):
    """A formula is an op of its own in every dtype, whatever runs it."""
    x = tf.constant(np.array([1.0, -2.0], dtype))
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        slope = inner.gradient(y, x)
    second = outer.gradient(slope, x)
    assert second.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(second, [0.0, 0.0])
