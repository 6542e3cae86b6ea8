"""Special functions: SciPy's names and ufuncs, TensorFlow's names. The generated tests check the rows' derivatives."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.ops import rows
from autodiff_core.testing import check_gradients

special = pytest.importorskip("scipy.special")
RNG = np.random.default_rng(11)
X = RNG.uniform(0.3, 2.5, (2, 3))
LAST_HAS_SLOPE = {row.name for row in rows() if row.partials and row.partials[-1]}
UFUNCS = [
    name
    for name in tf.scipy.special.__all__
    if isinstance(getattr(special, name), np.ufunc) and _core.ufunc_row(getattr(special, name)) in LAST_HAS_SLOPE
]


def operands_of(ufunc: np.ufunc) -> list[np.ndarray]:
    return [np.array([0.35, 0.6, 0.8]) + (0.0 if ufunc.nin < 3 else 0.1 * k) for k in range(ufunc.nin)]


@pytest.mark.parametrize("name", UFUNCS)
def test_scipys_ufunc_on_a_tensor_is_recorded_as_our_function_is(name: str) -> None:
    ufunc, ours = getattr(special, name), getattr(tf.scipy.special, name)
    arrays = operands_of(ufunc)
    if name in ("kn", "yn"):
        arrays[0] = np.ones(3)
    last = tf.constant(arrays[-1])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(last)
        by_scipy = ufunc(*arrays[:-1], last)
        by_name = ours(*arrays[:-1], last)
    assert isinstance(by_scipy, tf.Tensor)
    np.testing.assert_allclose(by_scipy.numpy(), ufunc(*arrays), rtol=1e-10)
    np.testing.assert_array_equal(by_scipy.numpy(), by_name.numpy())
    np.testing.assert_array_equal(tape.gradient(by_scipy, last).numpy(), tape.gradient(by_name, last).numpy())


@pytest.mark.parametrize(
    ("name", "scipys"),
    [
        ("lgamma", special.gammaln),
        ("digamma", special.digamma),
        ("ndtri", lambda x: special.ndtri(x)),
        ("erfinv", special.erfinv),
        ("erfcinv", special.erfcinv),
        *[(f"bessel_{kind}", getattr(special, kind)) for kind in ("i0", "i0e", "i1", "i1e")],
        *[
            (f"special.bessel_{kind}", getattr(special, kind))
            for kind in ("i0", "i0e", "i1", "i1e", "j0", "j1", "k0", "k0e", "k1", "k1e", "y0", "y1")
        ],
        ("special.dawsn", special.dawsn),
        ("special.expint", special.expi),
        ("special.spence", special.spence),
        ("special.fresnel_sin", lambda x: special.fresnel(x)[0]),
        ("special.fresnel_cos", lambda x: special.fresnel(x)[1]),
    ],
)
def test_tensorflows_names_have_scipys_values(name: str, scipys: Any) -> None:
    function = tf.math
    for part in name.split("."):
        function = getattr(function, part)
    x = np.array([0.2, 0.5, 0.9])
    np.testing.assert_allclose(function(tf.constant(x)).numpy(), scipys(x), rtol=1e-12)


def test_tensorflows_functions_of_several_operands_have_scipys_values() -> None:
    np.testing.assert_allclose(tf.math.igamma(X, 1.0).numpy(), special.gammainc(X, 1.0))
    np.testing.assert_allclose(tf.math.igammac(X, 1.0).numpy(), special.gammaincc(X, 1.0))
    np.testing.assert_allclose(tf.math.betainc(X, 2.0, 0.3).numpy(), special.betainc(X, 2.0, 0.3))
    np.testing.assert_allclose(tf.math.zeta(X + 1.0, 2.0).numpy(), special.zeta(X + 1.0, 2.0))
    np.testing.assert_allclose(tf.math.lbeta(X).numpy(), special.gammaln(X).sum(-1) - special.gammaln(X.sum(-1)))
    for n in range(5):
        found = tf.math.polygamma(float(n), X).numpy()
        np.testing.assert_allclose(found, special.polygamma(n, X), rtol=1e-12)
    check_gradients(tf.math.lbeta, [X], order=2)


def test_the_derivative_of_an_order_is_a_lookup_error_and_that_of_the_argument_is_not() -> None:
    v, x = tf.Variable(1.5), tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = special.jv(v, x)
    assert np.isfinite(tape.gradient(y, x).numpy())
    with pytest.raises(LookupError, match="jv"):
        tape.gradient(y, v)


def test_functions_at_their_special_points() -> None:
    for call, x, expected in (
        (tf.scipy.special.i1, 0.0, 0.5),
        (tf.scipy.special.j1, 0.0, 0.5),
        (tf.scipy.special.spence, 1.0, -1.0),
        (tf.scipy.special.erfinv, 0.0, np.sqrt(np.pi) / 2),
        (tf.scipy.special.log_ndtr, -40.0, 40.0249688),
        (tf.scipy.special.expit, 800.0, 0.0),
    ):
        np.testing.assert_allclose(tf.grad(call)(np.float64(x)), expected, rtol=1e-6)


@pytest.mark.parametrize("axis", [None, 0, (0, 1), -1])
@pytest.mark.parametrize("keepdims", [False, True])
def test_logsumexp_with_weights_has_scipys_value_and_the_right_gradient(axis: Any, keepdims: bool) -> None:
    b = np.array([[1.0, 0.2, -0.2], [2.0, 0.0, 1.0]])
    for weights in (None, b):
        expected = special.logsumexp(X, axis, weights, keepdims)
        found = tf.scipy.special.logsumexp(X, axis, weights, keepdims)
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12)
        check_gradients(lambda x, w=weights: tf.scipy.special.logsumexp(x, axis, w, keepdims), [X], order=2, rtol=1e-4)
    found = tf.scipy.special.logsumexp(X, axis, -b, keepdims, return_sign=True)
    for one, other in zip(found, special.logsumexp(X, axis, -b, keepdims, return_sign=True), strict=True):
        np.testing.assert_allclose(one.numpy(), other, rtol=1e-12)
    assert tf.scipy.special.logsumexp([1000.0, -np.inf], b=[1.0, 1.0]).numpy() == 1000.0


@pytest.mark.parametrize("axis", [None, 0, (0, 1), -1])
def test_softmax_and_its_logarithm_have_scipys_values(axis: Any) -> None:
    for name in ("softmax", "log_softmax"):
        function = getattr(tf.scipy.special, name)
        np.testing.assert_allclose(function(X, axis).numpy(), getattr(special, name)(X, axis), rtol=1e-12)
        check_gradients(lambda x, f=function: f(x, axis), [X], order=2)


def test_multigammaln_has_scipys_value_and_the_right_gradient() -> None:
    np.testing.assert_allclose(tf.scipy.special.multigammaln(X + 1.0, 3).numpy(), special.multigammaln(X + 1.0, 3))
    check_gradients(lambda a: tf.scipy.special.multigammaln(a, 3), [X + 1.0], order=2)


@pytest.mark.parametrize(
    ("a", "d", "error", "text"),
    [
        (2.0, 1.5, TypeError, "an integer is needed, .* not 1.5"),
        (2.0, None, TypeError, "an integer is needed, .* not None"),
        (2.0, 0, ValueError, "multigammaln: the dimension is a positive integer, not 0"),
        (1.0, 3, ValueError, r"multigammaln: a must be above .* 1.0"),
    ],
)
def test_multigammaln_refuses_what_makes_no_sense(a: float, d: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        tf.scipy.special.multigammaln(a, d)


def test_without_scipy_the_error_names_the_extra() -> None:
    code = """
import sys
sys.modules["scipy"] = sys.modules["scipy.special"] = None
import autodiff_core as tf
for ask in (lambda: tf.math.lgamma, lambda: tf.math.special.dawsn, lambda: tf.scipy.special.gamma):
    try:
        ask()
    except ImportError as error:
        print("autodiff-core[scipy]" in str(error))
print(tf.linalg.det([[2.]]).numpy())
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["True", "True", "True", "2.0"]


def test_a_name_that_no_namespace_has_is_an_attribute_error() -> None:
    for namespace in (tf.math, tf.scipy):
        with pytest.raises(AttributeError, match="no_such_name"):
            _ = namespace.no_such_name


@pytest.mark.parametrize("a", [0.5, 1.0, 2.0])
def test_the_densities_of_incomplete_integrals_have_slopes_by_their_parameters(a: float) -> None:
    """At a parameter of 1 the exponent of x is 0, and x to that power still grows with it."""
    point, other = tf.constant(0.4, tf.float64), tf.constant(1.0, tf.float64)
    shape = tf.constant(a, tf.float64)

    def slope(function, shape):
        with tf.GradientTape() as tape:
            tape.watch(point)
            value = function(shape)
        return tape.gradient(value, point)

    for function, growth in (
        (lambda s: special.gammainc(s, point), np.log(0.4) - special.psi(a)),
        (
            lambda s: special.betainc(s, other, point),
            np.log(0.4) - special.psi(a) + special.psi(a + 1.0),
        ),
        (
            lambda s: special.betainc(other, s, point),
            np.log(0.6) - special.psi(a) + special.psi(a + 1.0),
        ),
    ):
        with tf.GradientTape() as tape:
            tape.watch(shape)
            density = slope(function, shape)
        np.testing.assert_allclose(tape.gradient(density, shape), density * growth, rtol=1e-9)
