"""`tf.scipy`: values are SciPy's, gradients those of finite differences. (For its `special` see test_special.py.)"""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.testing import check_gradients

pytest.importorskip("scipy")
import scipy.integrate
import scipy.linalg
import scipy.signal
import scipy.stats

RNG = np.random.default_rng(5)

# -- stats ----------------------------------------------------------------------------------------------------------

# Name, where the variable lies (some of it outside of the support), shapes.
CONTINUOUS = [
    ("norm", np.linspace(-3.0, 3.0, 7), ()),
    ("t", np.linspace(-3.0, 3.0, 7) + 0.1, (2.5,)),
    ("beta", np.array([-0.7, 0.2, 0.5, 0.9, 1.9]), (1.5, 2.5)),
    ("gamma", np.array([-0.5, 0.3, 1.0, 4.0]), (1.7,)),
    ("chi2", np.array([-0.5, 0.3, 1.0, 4.0]), (3.2,)),
]
WITHOUT_SHAPES = ("pdf", "logpdf", "cdf", "sf", "logcdf", "logsf")


@pytest.mark.parametrize(("name", "x", "shapes"), CONTINUOUS, ids=[case[0] for case in CONTINUOUS])
@pytest.mark.parametrize("method", WITHOUT_SHAPES)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_a_continuous_distribution_has_scipys_values(name: str, x: np.ndarray, shapes: Any, method: str) -> None:
    ours, theirs = getattr(tf.scipy.stats, name), getattr(scipy.stats, name)
    for loc, scale in ((0.0, 1.0), (0.1, 1.3)):
        found = getattr(ours, method)(tf.constant(x), *shapes, loc, scale=scale)
        np.testing.assert_allclose(found.numpy(), getattr(theirs, method)(x, *shapes, loc, scale), rtol=1e-9)


@pytest.mark.parametrize(("name", "x", "shapes"), CONTINUOUS, ids=[case[0] for case in CONTINUOUS])
def test_a_density_has_gradients_by_all_its_parameters(name: str, x: np.ndarray, shapes: Any) -> None:
    ours = getattr(tf.scipy.stats, name)
    check_gradients(ours.pdf, [x, *shapes, 0.1, 1.3], order=2, rtol=1e-4)
    inside = x[(x > 0.15) & (x < 1.2)]
    check_gradients(ours.logpdf, [inside, *shapes, 0.1, 1.3], order=2, rtol=1e-4)


@pytest.mark.parametrize(("name", "x", "shapes"), CONTINUOUS, ids=[case[0] for case in CONTINUOUS])
@pytest.mark.parametrize("method", ["cdf", "sf"])
def test_a_distribution_function_has_gradients_but_by_shapes_of_beta_functions(
    name: str, x: np.ndarray, shapes: Any, method: str
) -> None:
    function = getattr(getattr(tf.scipy.stats, name), method)
    check_gradients(lambda x, loc, scale: function(x, *shapes, loc, scale), [x, 0.1, 1.3], order=2, rtol=1e-4)
    if name in ("gamma", "chi2"):
        check_gradients(lambda x, shape: function(x, shape), [x, *shapes], order=2, rtol=1e-4)
    elif shapes:
        with pytest.raises(LookupError):
            tf.grad(lambda shape: tf.reduce_sum(function(x, shape, *shapes[1:])))(shapes[0])


def test_logarithms_of_the_normal_distribution_function_are_exact_in_the_tails() -> None:
    norm = tf.scipy.stats.norm
    np.testing.assert_allclose(norm.logcdf(-40.0).numpy(), scipy.stats.norm.logcdf(-40.0), rtol=1e-6)
    np.testing.assert_allclose(norm.logsf(np.float64(40.0)).numpy(), scipy.stats.norm.logsf(40.0), rtol=1e-12)


def test_no_nan_comes_from_outside_of_the_support() -> None:
    for name, x, shapes in CONTINUOUS:
        function = getattr(tf.scipy.stats, name).pdf
        gradients = tf.grad(
            lambda *values, f=function: tf.reduce_sum(f(*values)), argnums=tuple(range(1 + len(shapes)))
        )
        for gradient in gradients(x, *map(np.float64, shapes)):
            assert np.isfinite(gradient).all(), name


@pytest.mark.parametrize("method", ["pmf", "logpmf", "cdf", "sf", "logcdf", "logsf"])
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_poisson_has_scipys_values_and_gradients_by_its_rate(method: str) -> None:
    k = np.array([-1.0, 0.0, 1.0, 4.0])
    function = getattr(tf.scipy.stats.poisson, method)
    expected = getattr(scipy.stats.poisson, method)(k, 2.5, 1.0)
    np.testing.assert_allclose(function(k, 2.5, loc=1.0).numpy(), expected, rtol=1e-9)
    check_gradients(lambda mu: function(k[1:], mu), [[2.5]], order=2, rtol=1e-4)
    if method == "pmf":
        np.testing.assert_array_equal(function(1.5, 2.0).numpy(), 0.0)


def test_dirichlet_has_scipys_values_and_gradients() -> None:
    x = RNG.dirichlet([1.0, 2.0, 3.0], size=4).T
    alpha = np.array([1.5, 0.7, 2.2])
    ours, theirs = tf.scipy.stats.dirichlet, scipy.stats.dirichlet
    for point in (x, x[:, 0], x[:2]):
        np.testing.assert_allclose(ours.logpdf(point, alpha).numpy(), theirs.logpdf(point, alpha), rtol=1e-10)
        np.testing.assert_allclose(ours.pdf(point, alpha).numpy(), theirs.pdf(point, alpha), rtol=1e-10)
    check_gradients(ours.logpdf, [x[:2], alpha], order=2, rtol=1e-4)


def test_multivariate_normal_has_scipys_values_and_gradients() -> None:
    x, mean = RNG.normal(size=(4, 3)), RNG.normal(size=3)
    root = RNG.normal(size=(3, 3)) + 2.0 * np.eye(3)
    ours, theirs = tf.scipy.stats.multivariate_normal, scipy.stats.multivariate_normal
    for point in (x, x[0]):
        found = ours.logpdf(point, mean, root @ root.T)
        np.testing.assert_allclose(found.numpy(), theirs.logpdf(point, mean, root @ root.T), rtol=1e-10)
    np.testing.assert_allclose(ours.pdf(x).numpy(), theirs.pdf(x, np.zeros(3)), rtol=1e-10)
    np.testing.assert_allclose(ours.pdf(x, mean, [1.0, 2.0, 3.0]).numpy(), theirs.pdf(x, mean, [1.0, 2.0, 3.0]))
    np.testing.assert_allclose(ours.logpdf(0.5, 0.1, 2.0).numpy(), theirs.logpdf(0.5, 0.1, 2.0), rtol=1e-6)
    check_gradients(lambda x, m, r: ours.logpdf(x, m, r @ tf.transpose(r)), [x, mean, root], order=2, rtol=1e-4)


# -- linalg ---------------------------------------------------------------------------------------------------------

A = RNG.normal(size=(3, 3)) + 3.0 * np.eye(3)
B = RNG.normal(size=(3, 2))


@pytest.mark.parametrize("trans", [0, 1, 2, "N", "T", "C"])
@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("unit", [False, True])
def test_solve_triangular_is_scipys(trans: Any, lower: bool, unit: bool) -> None:
    for b in (B, B[:, 0]):
        expected = scipy.linalg.solve_triangular(A, b, trans, lower, unit)
        found = tf.scipy.linalg.solve_triangular(A, b, trans, lower, unit)
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-9)
    complex_ = A + 1j * A[::-1]
    found = tf.scipy.linalg.solve_triangular(complex_, B + 0j, trans, lower, unit)
    np.testing.assert_allclose(found.numpy(), scipy.linalg.solve_triangular(complex_, B, trans, lower, unit), rtol=1e-9)
    check_gradients(lambda a, b: tf.scipy.linalg.solve_triangular(a, b, trans, lower, unit), [A, B], order=2, rtol=1e-4)


@pytest.mark.parametrize("lower", [False, True])
def test_cholesky_factors_solve(lower: bool) -> None:
    positive = A @ A.T
    np.testing.assert_allclose(
        tf.scipy.linalg.cholesky(positive, lower).numpy(), scipy.linalg.cholesky(positive, lower), atol=1e-12
    )
    factor = tf.scipy.linalg.cho_factor(positive, lower)
    np.testing.assert_allclose(tf.scipy.linalg.cho_solve(factor, B).numpy(), np.linalg.solve(positive, B), rtol=1e-9)

    def solved(a: Any, b: Any) -> Any:
        return tf.scipy.linalg.cho_solve(tf.scipy.linalg.cho_factor(a @ tf.transpose(a), lower), b)

    check_gradients(solved, [A, B[:, 0]], order=2, rtol=1e-4)


def test_solve_banded_is_scipys() -> None:
    ab = RNG.normal(size=(4, 5)) + np.array([[0.0], [0.0], [4.0], [0.0]])
    b = RNG.normal(size=5)
    expected = scipy.linalg.solve_banded((1, 2), ab, b)
    np.testing.assert_allclose(tf.scipy.linalg.solve_banded((1, 2), ab, b).numpy(), expected, rtol=1e-10)


def test_functions_of_matrices_are_scipys() -> None:
    np.testing.assert_allclose(tf.scipy.linalg.expm(A).numpy(), scipy.linalg.expm(A), rtol=1e-10)
    np.testing.assert_allclose(tf.scipy.linalg.sqrtm(A @ A.T).numpy(), scipy.linalg.sqrtm(A @ A.T), rtol=1e-8)
    expected = scipy.linalg.solve_sylvester(A, A[:2, :2], B)
    np.testing.assert_allclose(tf.scipy.linalg.solve_sylvester(A, A[:2, :2], B).numpy(), expected, rtol=1e-9)


# -- signal ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(
    "shapes", [((5,), (3,)), ((2,), (4,)), ((5, 4), (3, 2)), ((2, 3, 2), (3, 4, 5)), ((), ())], ids=str
)
def test_convolve_is_scipys(mode: str, shapes: Any) -> None:
    a, b = (RNG.normal(size=shape) for shape in shapes)
    expected = scipy.signal.convolve(a, b, mode, "direct")
    np.testing.assert_allclose(tf.scipy.signal.convolve(a, b, mode).numpy(), expected, rtol=1e-12, atol=1e-12)


# -- integrate --------------------------------------------------------------------------------------------------------

TIMES = np.array([0.0, 0.4, 1.0])
START = np.array([1.0, 0.5])
TURN = np.array([[-0.5, 1.0], [-1.0, -0.3]])


def slope(y: Any, t: Any, a: Any) -> Any:
    return tf.linalg.matvec(a, y) + tf.sin(t) * y * y


def test_odeint_is_scipys_and_has_gradients_by_state_times_and_arguments() -> None:
    def plain(y: np.ndarray, t: float) -> np.ndarray:
        return TURN @ y + np.sin(t) * y * y

    odeint = tf.scipy.integrate.odeint
    found = odeint(slope, START, TIMES, (TURN,))
    np.testing.assert_allclose(found.numpy(), scipy.integrate.odeint(plain, START, TIMES), rtol=1e-6)
    check_gradients(lambda y, t, a: odeint(slope, y, t, (a,)), [START, TIMES, TURN], order=2, rtol=1e-4, atol=1e-5)
    backwards = odeint(slope, found[-1], TIMES[::-1].copy(), (TURN,))
    np.testing.assert_allclose(backwards[-1].numpy(), START, rtol=1e-5)
    by_time_first = odeint(lambda t, y, a: slope(y, t, a), START, TIMES, (TURN,), tfirst=True)
    np.testing.assert_array_equal(by_time_first.numpy(), found.numpy())


def test_odeint_takes_states_of_any_shape_and_structures_of_arguments() -> None:
    state = np.stack([START, 2.0 * START])
    found = tf.scipy.integrate.odeint(lambda y, t, p: y @ p["a"] * p["b"], state, TIMES, ({"a": TURN, "b": 0.5},))
    assert found.shape == (3, 2, 2)
    np.testing.assert_allclose(found[-1].numpy(), state @ scipy.linalg.expm(0.5 * TURN), rtol=1e-6)


@pytest.mark.parametrize("name", ["odeint", "solve_ivp"])
def test_the_slope_of_an_equation_may_read_tensors_around_it(name: str) -> None:
    def end(rate: Any) -> Any:
        if name == "odeint":
            return tf.scipy.integrate.odeint(lambda y, t: -rate * y, [2.0], [0.0, 1.5], rtol=1e-10, atol=1e-10)[-1, 0]
        return tf.scipy.integrate.solve_ivp(
            lambda t, y: -rate * y, (0.0, 1.5), [2.0], t_eval=[1.5], rtol=1e-10, atol=1e-10
        ).y[0, -1]

    rate = tf.constant(0.5, tf.float64)
    slope, bend = -3.0 * np.exp(-0.75), 4.5 * np.exp(-0.75)
    np.testing.assert_allclose(tf.grad(end)(rate).numpy(), slope, rtol=1e-7)
    np.testing.assert_allclose(tf.grad(tf.function(end))(rate).numpy(), slope, rtol=1e-7)
    np.testing.assert_allclose(tf.vectorize(tf.grad(end))(tf.stack([rate, rate])).numpy(), [slope] * 2, rtol=1e-7)
    np.testing.assert_allclose(tf.hessian(end)(rate).numpy(), bend, rtol=1e-6)
    np.testing.assert_allclose(tf.jvp(end, (rate,), (tf.ones_like(rate),))[1].numpy(), slope, rtol=1e-7)


def test_odeint_follows_variables_that_the_function_reads_also_in_the_second_order() -> None:
    rate = tf.Variable(0.5, dtype=tf.float64)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            y = tf.scipy.integrate.odeint(lambda y, t: -rate * y, [1.0], TIMES)[-1, 0]
        first = tape.gradient(y, rate)
    second = outer.gradient(first, rate)
    np.testing.assert_allclose([first.numpy(), second.numpy()], [-np.exp(-0.5), np.exp(-0.5)], rtol=1e-6)


def test_odeint_at_one_time_is_the_state() -> None:
    check_gradients(lambda y: tf.scipy.integrate.odeint(slope, y, [0.0], (TURN,)), [START])


@pytest.mark.parametrize("method", ["RK45", "DOP853", "Radau"])
def test_solve_ivp_is_scipys_and_has_gradients(method: str) -> None:
    def solved(y: Any, a: Any, t: Any) -> Any:
        return tf.scipy.integrate.solve_ivp(
            lambda t, y, a: slope(y, t, a), (0.0, 1.0), y, method, t_eval=t, args=(a,), rtol=1e-9, atol=1e-10
        ).y

    expected = tf.scipy.integrate.odeint(slope, START, TIMES, (TURN,)).numpy()
    np.testing.assert_allclose(solved(START, TURN, TIMES).numpy(), expected.T, rtol=1e-6)
    check_gradients(solved, [START, TURN, [0.3, 0.9]], rtol=1e-3, atol=1e-3, eps=1e-3)


def test_solve_ivp_stops_where_scipy_stops() -> None:
    found = tf.scipy.integrate.solve_ivp(lambda t, y: -y, (0.0, 2.0), START)
    expected = scipy.integrate.solve_ivp(lambda t, y: -y, (0.0, 2.0), START)
    np.testing.assert_allclose(found.t.numpy(), expected.t)
    np.testing.assert_allclose(found.y.numpy(), expected.y)
    assert found.success
    assert (found.status, found.message) == (expected.status, expected.message)


# -- Errors ---------------------------------------------------------------------------------------------------------

S, L, I = (lambda: tf.scipy.stats), (lambda: tf.scipy.linalg), (lambda: tf.scipy.integrate)  # noqa: E741


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: S().norm.pdf(1.0, 0.0, 1.0, 2.0), TypeError, r"norm.pdf|norm.logpdf takes x, loc, scale"),
        (lambda: S().gamma.cdf(1.0, shape=2.0), TypeError, r"gamma.cdf takes x, a, loc, scale"),
        (lambda: S().t.sf(1.0), TypeError, r"t.sf misses df"),
        (
            lambda: S().dirichlet.pdf([0.5, 0.4, 0.3], [1.0, 1.0, 1.0]),
            ValueError,
            r"dirichlet: the rows of x .* add up to 1",
        ),
        (lambda: S().dirichlet.pdf([1.0], [1.0, 1.0, 1.0]), ValueError, r"dirichlet: x has as many rows as alpha"),
        (
            lambda: S().multivariate_normal.pdf([1.0, 2.0], cov=np.eye(3)),
            ValueError,
            r"multivariate_normal: x of shape \(2,\) and a covariance of shape \(3, 3\) do not fit",
        ),
        (lambda: L().solve_triangular(A, B, trans=3), ValueError, r"solve_triangular: trans is 0, 1, 2, .*, not 3"),
        (lambda: L().solve_triangular(0.0 * A, B), np.linalg.LinAlgError, r"[Ss]ingular"),
        (
            lambda: L().solve_banded((1, 1), A[:2], B),
            ValueError,
            r"solve_banded: 1 diagonals below and 1 above .* do not",
        ),
        (lambda: L().solve_sylvester(A, A, B), ValueError, r"solve_sylvester: a x \+ x b = q needs shapes"),
        (
            lambda: tf.scipy.signal.convolve(A, B[0]),
            ValueError,
            r"convolve: the operands have as many axes; .*\(3, 3\)",
        ),
        (lambda: tf.scipy.signal.convolve(A, A, "wrap"), ValueError, r"convolve: the mode is 'full', .*, not 'wrap'"),
        (
            lambda: tf.scipy.signal.convolve(A, B.T[:, :2].repeat(2, 0), "valid"),
            ValueError,
            r"convolve: in mode 'valid'",
        ),
        (lambda: I().odeint(lambda y, t: y[:1], START, TIMES), ValueError, r"the slope of a state of shape \(2,\)"),
        (lambda: I().odeint(slope, START, 0.0, (TURN,)), ValueError, r"odeint: times are a vector"),
        (
            lambda: I().solve_ivp(lambda t, y: y * y, (0.0, 2.0), [1.0], t_eval=[2.0]),
            RuntimeError,
            r"solve_ivp: Required step size",
        ),
    ],
)
def test_a_call_that_makes_no_sense_says_why(call: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()


def test_a_slope_that_raises_leaves_the_tape_usable() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        with pytest.raises(ZeroDivisionError):
            tf.scipy.integrate.odeint(lambda y, t: y / (1 // 0), [1.0], TIMES)
        y = x * x
    assert tape.gradient(y, x).numpy() == 4.0


def test_without_scipy_the_errors_name_the_extra() -> None:
    code = """
import sys
for name in ("scipy", "scipy.special", "scipy.linalg", "scipy.integrate"):
    sys.modules[name] = None
import autodiff_core as tf
for ask in (
    lambda: tf.scipy.stats,
    lambda: tf.scipy.linalg.solve_banded((0, 0), [[1.]], [1.]),
    lambda: tf.scipy.integrate.odeint(lambda y, t: y, [1.], [0.]),
):
    try:
        ask()
    except ImportError as error:
        print("autodiff-core[scipy]" in str(error))
print(tf.scipy.signal.convolve([1.], [2.]).numpy())
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["True", "True", "True", "[2.]"]


# -- differential equations of complex numbers ----------------------------------------------------------------------

TURNING = np.array([[0.3 - 0.5j, 0.8 + 0.2j], [-0.6 + 0.4j, 0.2 + 0.7j]])


def turned(u: Any, t: Any, a: Any) -> Any:
    return tf.linalg.matvec(a, u) * tf.cast(tf.sin(t), u.dtype) * u


def by_odeint(y: Any, a: Any, t: Any) -> Any:
    times = tf.stack([0.1, 0.5 * t, t])
    return tf.scipy.integrate.odeint(turned, y, times, (a,), rtol=1e-10, atol=1e-10)


def by_solve_ivp(y: Any, a: Any, t: Any) -> Any:
    times = tf.stack([0.5 * t, t])
    return tf.scipy.integrate.solve_ivp(
        lambda t, u, a: turned(u, t, a), [0.1, t], y, t_eval=times, args=(a,), rtol=1e-10, atol=1e-10
    ).y


@pytest.mark.parametrize("solve", [by_odeint, by_solve_ivp])
def test_complex_states_have_gradients_by_everything(solve: Any) -> None:
    check_gradients(solve, [TURNING[0], TURNING, 0.4], order=2, modes=["reverse"], rtol=1e-3, atol=1e-4)
    check_gradients(lambda y, a: solve(y, a, tf.constant(0.4)), [TURNING[0], TURNING.real], rtol=1e-3, atol=1e-4)


def test_a_complex_argument_of_a_real_state_has_a_complex_gradient() -> None:
    def solve(y: Any, a: Any) -> Any:
        return tf.scipy.integrate.odeint(
            lambda u, t, a: tf.abs(tf.linalg.matvec(a, tf.cast(u, a.dtype))) * u, y, [0.0, 0.3], (a,), rtol=1e-10
        )

    check_gradients(solve, [TURNING[0].real, TURNING], order=2, modes=["reverse"], rtol=1e-3, atol=1e-4)


def test_complex_solutions_are_the_exponential() -> None:
    path = tf.scipy.integrate.odeint(lambda y, t: 1j * y, [1.0 + 0j], [0.0, 1.0, 2.0], rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(path[:, 0], np.exp(1j * np.arange(3.0)), rtol=1e-8)
    with pytest.raises(TypeError, match="the slope of a state of dtype float64 is of dtype complex128; start from"):
        tf.scipy.integrate.odeint(lambda y, t: 1j * y, np.ones(1), [0.0, 1.0])


def test_multivariate_normal_has_scipys_entropy_and_its_gradients() -> None:
    ours, theirs = tf.scipy.stats.multivariate_normal, scipy.stats.multivariate_normal
    root = np.random.default_rng(0).normal(size=(3, 3))
    spread = root @ root.T + np.eye(3)
    np.testing.assert_allclose(ours.entropy(np.zeros(3), spread), theirs.entropy(np.zeros(3), spread), rtol=1e-12)
    np.testing.assert_allclose(ours.entropy(cov=np.float64(2.0)), theirs.entropy(cov=2.0), rtol=1e-12)
    np.testing.assert_allclose(ours.entropy(np.zeros(2), np.float64(2.0)), theirs.entropy(np.zeros(2), 2.0), rtol=1e-12)
    check_gradients(lambda a: ours.entropy(None, a @ tf.transpose(a) + np.eye(3)), [root], order=2, rtol=1e-4)


def test_multivariate_normal_has_scipys_probabilities() -> None:
    ours, theirs = tf.scipy.stats.multivariate_normal, scipy.stats.multivariate_normal
    rng = np.random.default_rng(0)
    root, x, mean = rng.normal(size=(3, 3)), rng.normal(size=(4, 3)), rng.normal(size=3)
    spread = root @ root.T + np.eye(3)
    np.testing.assert_allclose(ours.cdf(x, mean, spread), theirs.cdf(x, mean, spread), atol=1e-5)
    np.testing.assert_allclose(np.exp(ours.logcdf(x, mean, spread)), theirs.cdf(x, mean, spread), atol=1e-5)
    replayed = tf.function(lambda x: ours.cdf(x, mean, spread))
    for _ in range(2):
        np.testing.assert_array_equal(replayed(x), ours.cdf(x, mean, spread))
    np.testing.assert_allclose(ours.cdf(np.float64(0.3), 0.1, 2.0), theirs.cdf(0.3, 0.1, 2.0), rtol=1e-12)
    check_gradients(lambda x, m, v: ours.logcdf(x, m, v), [0.3, 0.1, 2.0], order=2, rtol=1e-4)
    with pytest.raises(LookupError, match="multivariate_normal_cdf"):
        tf.grad(lambda x: tf.reduce_sum(ours.cdf(x, mean, spread)))(x)


def test_multivariate_normal_takes_singular_covariances_where_it_is_told_to() -> None:
    ours, theirs = tf.scipy.stats.multivariate_normal, scipy.stats.multivariate_normal
    rng = np.random.default_rng(1)
    root = rng.normal(size=(3, 2))
    spread = root @ root.T
    x = np.stack([root @ [0.3, 0.4], root @ [1.0, -1.0], rng.normal(size=3)])
    found = ours.logpdf(x, None, spread, allow_singular=True)
    np.testing.assert_allclose(found, theirs.logpdf(x, None, spread, allow_singular=True), rtol=1e-9)
    np.testing.assert_allclose(ours.pdf(x, cov=spread, allow_singular=True), np.exp(found), rtol=1e-12)
    np.testing.assert_allclose(
        tf.grad(lambda x: tf.reduce_sum(ours.logpdf(x, None, spread, allow_singular=True)))(x[:2]),
        -x[:2] @ np.linalg.pinv(spread),
        rtol=1e-8,
    )
    frozen = theirs(np.zeros(3), spread, allow_singular=True)
    np.testing.assert_allclose(ours.entropy(None, spread), frozen.entropy(), rtol=1e-9)
    full = spread + np.eye(3)
    wide = rng.normal(size=(3, 3))
    check_gradients(lambda a: ours.logpdf(x, None, a @ tf.transpose(a), allow_singular=True), [wide], rtol=1e-4)
    with pytest.raises(LookupError, match="whitened_covariance"):
        tf.grad(lambda c: tf.reduce_sum(ours.logpdf(x[:2], None, c, allow_singular=True)))(spread)
    with pytest.raises(np.linalg.LinAlgError):
        ours.logpdf(x, None, spread)
    with pytest.raises(ValueError, match="the covariance must be symmetric positive semidefinite"):
        ours.logpdf(x, None, -full, allow_singular=True)


def test_incomplete_gamma_functions_have_derivatives_by_both_arguments() -> None:
    import scipy.special

    for function in (scipy.special.gammainc, scipy.special.gammaincc, tf.scipy.special.gammainc):
        check_gradients(function, [np.array([0.4, 2.0, 5.0]), np.array([0.5, 2.5, 3.0])], order=2, rtol=1e-4)
    check_gradients(lambda mu: tf.scipy.stats.poisson.cdf(2.0, mu), [3.0], order=2, rtol=1e-4)


def test_the_slope_of_exprel_at_infinity_is_found() -> None:
    x = tf.constant([np.inf, 1e300, -1e300], tf.float64)
    with np.errstate(all="ignore"), tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.scipy.special.exprel(x)
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(tape.gradient(y, x), [np.inf, np.inf, 0.0])
