"""Complex numbers: every row that takes them against finite differences, and TensorFlow's convention at the ends."""

from __future__ import annotations

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.ops import rows
from autodiff_core.ops.table import Row
from autodiff_core.testing import check_gradients

POINTS = np.array([0.7 + 0.4j, -0.6 + 0.9j, 0.5 - 1.2j])
OTHERS = np.array([0.8 - 0.3j, 0.4 + 0.7j, -0.9 + 0.6j])
ROWS = [
    row
    for row in rows()
    if row.kind == "elementwise" and all(row.partials) and not row.condition and row.complex != "refused"
]
REFUSING = [row for row in rows() if row.domain and row.complex == "refused"]


@pytest.mark.parametrize("row", REFUSING, ids=lambda row: row.name)
def test_rows_that_take_no_complex_numbers_refuse_them_by_name(row: Row) -> None:
    with pytest.raises(TypeError, match=rf"{row.name} takes (real operands, not|no operands of dtype) complex128"):
        row.function(*[tf.constant(POINTS)] * row.arity)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_derivatives_of_elementwise_rows_match_finite_differences_in_both_parts(row: Row) -> None:
    check_gradients(row.function, [POINTS, OTHERS][: row.arity], order=2, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("row", [row for row in ROWS if row.arity == 2], ids=lambda row: row.name)
def test_a_real_operand_beside_a_complex_one_has_a_real_gradient(row: Row) -> None:
    check_gradients(row.function, [POINTS[:, None], OTHERS.real], order=2, rtol=1e-4, atol=1e-4)
    check_gradients(row.function, [0.83, OTHERS], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_complex64_stays_complex64(row: Row) -> None:
    operands = [tf.constant(p, tf.complex64) for p in (POINTS, OTHERS)[: row.arity]]
    with tf.GradientTape() as tape:
        tape.watch(operands)
        value = row.function(*operands)
    wide = row.function(*[tf.cast(x, tf.complex128) for x in operands])
    assert value.dtype in (np.complex64, np.float32)
    np.testing.assert_allclose(value, wide, rtol=1e-4)
    for gradient in tape.gradient(value, operands):
        assert gradient.dtype == np.complex64


def gradient_of(f, z):
    z = tf.constant(z)
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = f(z)
    return tape.gradient(value, z).numpy()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_slopes_at_zero_are_those_of_real_numbers_where_these_are_finite(row: Row) -> None:
    point = np.meshgrid(*[[0.0, 0.5, 1.0, 2.0]] * row.arity)
    slopes = []
    for dtype in (tf.float64, tf.complex128):
        operands = [tf.constant(x, dtype) for x in point]
        with tf.GradientTape() as tape:
            tape.watch(operands)
            value = row.function(*operands)
        slopes.append(np.real(tape.gradient(value, operands)))
    finite = np.isfinite(slopes[0])
    np.testing.assert_allclose(slopes[1][finite], slopes[0][finite], atol=1e-12)


def test_multiply_no_nan_has_an_unknown_slope_by_zero_only_beside_what_is_unknown() -> None:
    x, y = tf.constant([np.nan, 2.0j, np.inf]), tf.constant([0.0, 0.0, 0j])
    with tf.GradientTape() as tape:
        tape.watch([x, y])
        value = tf.math.multiply_no_nan(x, y)
    np.testing.assert_array_equal(value, np.zeros(3, complex))
    by_x, by_y = tape.gradient(value, [x, y])
    np.testing.assert_array_equal(by_x, np.zeros(3, complex))
    assert np.isnan(by_y[0]) and by_y[1] == -2.0j and not np.isfinite(by_y[2])


def test_derivatives_of_log_ndtr_and_erfcx_are_exact_far_from_zero() -> None:
    pytest.importorskip("scipy")

    def bend(z):
        with tf.GradientTape() as outer:
            outer.watch(z)
            with tf.GradientTape() as tape:
                tape.watch(z)
                with tf.GradientTape() as inner:
                    inner.watch(z)
                    value = tf.scipy.special.log_ndtr(z)
                first = tf.math.conj(inner.gradient(value, z))
            second = tf.math.conj(tape.gradient(first, z))
        return tf.math.conj(outer.gradient(second, z))

    z = tf.constant([-1e3 + 5.0j, -400.0 - 50.0j])
    w = z.numpy()
    np.testing.assert_allclose(bend(z), -2.0 / w**3 * (1.0 - 12.0 / w**2 + 150.0 / w**4), rtol=1e-8)
    found = np.conj(gradient_of(tf.scipy.special.erfcx, -w))
    np.testing.assert_allclose(found, -(1.0 - 1.5 / w**2 + 3.75 / w**4) / (np.sqrt(np.pi) * w**2), rtol=1e-12)
    assert gradient_of(tf.scipy.special.log_ndtr, np.array(45.0 + 1.0j)) == 0.0


# Values that TensorFlow 2.21 gives for tape.gradient(f(z), z) at z = 1 + 2j.
TENSORFLOW = [
    (lambda z: z * z, 2.0 - 4.0j),
    (lambda z: tf.abs(z), 0.4472136 + 0.8944272j),
    (lambda z: tf.math.real(z), 1.0),
    (lambda z: tf.math.imag(z), 1.0j),
    (lambda z: tf.math.conj(z), 1.0),
    (lambda z: tf.math.conj(z) * z, 2.0 + 4.0j),
    (lambda z: tf.math.angle(z), -0.4 + 0.2j),
    (lambda z: tf.exp(z), np.conj(np.exp(1.0 + 2.0j))),
    (lambda z: tf.abs(z) ** 2, 2.0 + 4.0j),
    (lambda z: tf.cast(z, tf.float64), 1.0),
    (lambda z: (3.0 - 1.0j) * z, 3.0 + 1.0j),
]


@pytest.mark.parametrize("k", range(len(TENSORFLOW)))
def test_the_convention_is_that_of_tensorflow(k: int) -> None:
    f, expected = TENSORFLOW[k]
    np.testing.assert_allclose(gradient_of(f, 1.0 + 2.0j), expected, rtol=1e-6)


def test_output_gradients_are_taken_by_the_same_convention() -> None:
    z = tf.constant(1.0 + 2.0j)
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = z * z
    seed = tf.constant(0.5 - 3.0j)
    np.testing.assert_allclose(tape.gradient(value, z, output_gradients=seed), seed * np.conj(2.0 + 4.0j))


def test_descending_along_the_gradient_lowers_a_real_loss() -> None:
    z = tf.Variable(np.array([1.0 + 2.0j, -0.5 + 0.3j]))
    target = np.array([0.2 - 0.7j, 1.1 + 0.4j])
    for _ in range(100):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.abs(z - target) ** 2)
        z.assign_sub(0.1 * tape.gradient(loss, z))
    np.testing.assert_allclose(z, target, atol=1e-6)


def test_a_real_source_of_complex_work_has_a_real_gradient() -> None:
    x = tf.Variable(0.3, dtype=tf.float32)
    with tf.GradientTape() as tape:
        z = tf.exp(tf.complex(0.0, x))
        y = tf.math.real(z) * 2.0
    gradient = tape.gradient(y, x)
    assert gradient.dtype == np.float32
    np.testing.assert_allclose(gradient, -2.0 * np.sin(0.3), rtol=1e-6)


def test_python_complex_numbers_make_tensors_complex_and_no_wider() -> None:
    assert (tf.constant(1.0) * 2j).dtype == np.complex64
    assert (tf.constant([1.0], tf.float64) + (1 + 2j)).dtype == np.complex128
    assert (tf.constant([1, 2]) * 1j).dtype == np.complex128
    assert tf.constant(1 + 2j).dtype == np.complex128


def test_a_cast_of_complex_numbers_to_real_ones_keeps_the_real_part_without_a_warning(recwarn) -> None:
    assert gradient_of(lambda z: tf.cast(z, tf.float32), np.array([1 + 2j])).dtype == np.complex128
    np.testing.assert_array_equal(tf.cast([1.5 + 2j], tf.int32), [1])
    np.testing.assert_array_equal(tf.cast([0.0 + 2j], tf.bool), [True])
    assert not recwarn.list


@pytest.mark.parametrize("mode", ["auto", "reverse"])
def test_the_jacobian_of_an_analytic_function_is_the_conjugate_of_its_derivative(mode: str) -> None:
    z = tf.constant(POINTS)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(z)
        value = z * z
        real = tf.math.real(z)
    np.testing.assert_allclose(tape.jacobian(value, z, mode=mode), np.diag(2 * np.conj(POINTS)))
    np.testing.assert_allclose(tape.jacobian(real, z, mode=mode), np.eye(3))


def test_a_jacobian_of_complex_numbers_by_columns_is_refused() -> None:
    z = tf.constant(POINTS)
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = z * z
    with pytest.raises(ValueError, match="jacobian: of complex numbers it is that of gradients, in reverse mode"):
        tape.jacobian(value, z, mode="forward")


def test_tangents_are_pushed_forward_without_conjugation() -> None:
    z, t = tf.constant(POINTS), tf.constant(OTHERS)
    with tf.autodiff.ForwardAccumulator(z, t) as accumulator:
        square, conj, real = z * z, tf.math.conj(z), tf.math.real(z)
    np.testing.assert_allclose(accumulator.jvp(square), 2 * POINTS * OTHERS)
    np.testing.assert_allclose(accumulator.jvp(conj), np.conj(OTHERS))
    np.testing.assert_allclose(accumulator.jvp(real), OTHERS.real)


def test_a_custom_gradient_sees_and_gives_gradients_by_the_users_convention() -> None:
    seen = []

    @tf.custom_gradient
    def square(z):
        def grad(upstream):
            seen.append(upstream.numpy())
            return upstream * tf.math.conj(2.0 * z)

        return z * z, grad

    z = tf.constant(POINTS)
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = tf.abs(square(z))
    got = tape.gradient(value, z)
    np.testing.assert_allclose(got, gradient_of(lambda z: tf.abs(z * z), POINTS))
    np.testing.assert_allclose(seen[0], np.sign(POINTS * POINTS))


def test_recomputed_and_custom_tangent_functions_agree_with_the_plain_ones() -> None:
    def f(z):
        return tf.abs(z * z) + tf.math.imag(tf.exp(z))

    @tf.custom_jvp
    def square(z):
        return z * z

    @square.defjvp
    def rule(primals, tangents):
        return primals[0] * primals[0], 2.0 * primals[0] * tangents[0]

    np.testing.assert_allclose(gradient_of(tf.recompute_grad(f), POINTS), gradient_of(f, POINTS))
    np.testing.assert_allclose(
        gradient_of(lambda z: tf.abs(square(z)), POINTS), gradient_of(lambda z: tf.abs(z * z), POINTS)
    )
    check_gradients(tf.recompute_grad(f), [POINTS], order=2)


def test_an_op_of_the_users_own_gets_and_gives_gradients_by_the_users_convention() -> None:
    cube = tf.general_op("complex_cube", lambda x: x**3, lambda g, y, x: g * tf.math.conj(3.0 * x * x))
    check_gradients(cube, [POINTS], order=2)
    turn = tf.linear_op("complex_turn", lambda x: 1j * x[::-1], lambda g: 1j * g[::-1])
    check_gradients(turn, [POINTS], order=2)


def mixed(z):
    return tf.math.real(tf.reduce_sum(tf.exp(z) * tf.math.conj(z))) + tf.reduce_sum(tf.abs(z))


@pytest.mark.parametrize("optimize", [True, False])
def test_recorded_functions_replay_complex_work_and_its_gradients(optimize: bool) -> None:
    function = tf.function(mixed, optimize=optimize)
    for point in (POINTS, OTHERS, POINTS * OTHERS):
        np.testing.assert_allclose(function(tf.constant(point)), mixed(tf.constant(point)))
        np.testing.assert_allclose(gradient_of(function, point), gradient_of(mixed, point))
    check_gradients(function, [POINTS], order=2)


@tf.function
def recorded_gradient(z):
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = mixed(z)
    return tape.gradient(value, z)


def test_a_gradient_inside_a_recorded_function_is_that_outside() -> None:
    for point in (POINTS, OTHERS):
        np.testing.assert_allclose(recorded_gradient(tf.constant(point)), gradient_of(mixed, point))


def test_vectorized_functions_take_complex_examples() -> None:
    batch = np.stack([POINTS, OTHERS])
    got = tf.vectorize(lambda z: tf.exp(z) * tf.math.conj(z))(tf.constant(batch))
    np.testing.assert_allclose(got, np.exp(batch) * np.conj(batch))


def test_a_second_derivative_through_two_tapes_is_that_of_the_first_gradient() -> None:
    z = tf.constant(1.0 + 2.0j)
    with tf.GradientTape() as outer:
        outer.watch(z)
        with tf.GradientTape() as inner:
            inner.watch(z)
            value = z**3
        first = inner.gradient(value, z)  # conj(3 z^2)
    np.testing.assert_allclose(outer.gradient(first, z), np.conj(6.0 * (1 + 2j)))


@pytest.mark.parametrize(
    "f",
    [tf.abs, tf.sign, lambda z: tf.abs(z) ** 2, lambda z: z**0, lambda z: z**2.0],
    ids=["abs", "sign", "abs2", "z0", "z2"],
)
def test_no_gradient_at_zero_is_nan(f) -> None:
    assert gradient_of(f, 0j) == 0


def test_an_empty_and_a_transposed_operand() -> None:
    assert gradient_of(tf.abs, np.zeros((0, 3), complex)).shape == (0, 3)
    z = (POINTS[:, None] * OTHERS)[:, ::-1].T
    np.testing.assert_allclose(gradient_of(lambda x: x * x, z), np.conj(2 * z))


def test_parts_of_different_dtypes_are_refused() -> None:
    with pytest.raises(TypeError, match="complex: the parts must be floats of one dtype, not float32 and float64"):
        tf.complex(tf.constant(1.0), tf.constant(1.0, tf.float64))
    with pytest.raises(TypeError, match="complex: the parts must be floats of one dtype, not int32 and int32"):
        tf.complex(tf.constant(1), tf.constant(1))


@pytest.mark.parametrize("name", ["erfinv", "softplus", "relu", "floor", "atan2"])
def test_what_has_no_meaning_for_complex_numbers_is_a_type_error_that_names_the_op(name: str) -> None:
    z = tf.constant(POINTS)
    function = getattr(tf.math, name, None) or getattr(tf.nn, name)
    with tf.GradientTape() as tape:
        tape.watch(z)
        with pytest.raises(TypeError, match=f"{name}.*complex128"):
            function(z, z) if name == "atan2" else function(z)


def test_matrix_products_and_sums_of_complex_numbers() -> None:
    a = POINTS[:, None] * OTHERS
    check_gradients(lambda x, y: x @ y, [a, a.T[:, :2] + 1], order=2)
    check_gradients(lambda x: tf.reduce_sum(x, 0) * tf.reduce_mean(x, 1), [a], order=2)
    check_gradients(lambda x, y: x @ y, [a.real, a], order=2)


def test_the_tape_of_a_complex_loop_does_not_grow() -> None:
    import tracemalloc

    z = tf.Variable(POINTS)

    def step():
        with tf.GradientTape() as tape:
            loss = mixed(z)
        return tape.gradient(loss, z)

    for _ in range(50):
        step()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(2000):
        step()
    assert tracemalloc.get_traced_memory()[0] - before < 50_000
    tracemalloc.stop()


# ------------------------------------------------------------------------------------------------ special functions


@pytest.mark.parametrize("name", ["jv", "yv", "iv", "kv", "kve"])
def test_bessel_functions_of_real_orders_take_complex_numbers(name: str) -> None:
    special = pytest.importorskip("scipy.special")
    function, scipys = getattr(tf.scipy.special, name), getattr(special, name)
    order = np.array([[0.5], [-1.0], [2.25]])
    np.testing.assert_allclose(function(order, tf.constant(POINTS)), scipys(order, POINTS), rtol=1e-12)
    np.testing.assert_allclose(scipys(order, tf.constant(POINTS)), scipys(order, POINTS), rtol=1e-12)
    check_gradients(lambda z: function(order, z), [POINTS], order=2, rtol=1e-4, atol=1e-4)
    assert function(0.5, tf.constant(POINTS, tf.complex64)).dtype == np.complex64
    with pytest.raises(TypeError, match=f"{name} takes a real order, not complex128"):
        function(tf.constant(POINTS), 1.0)
    v = tf.Variable(0.5, dtype=tf.float64)
    with tf.GradientTape() as tape:
        value = function(v, tf.constant(POINTS))
    with pytest.raises(LookupError, match=f"{name} of its order.*custom_gradient"):
        tape.gradient(value, v)


def test_the_zeta_function_goes_on_to_complex_numbers() -> None:
    """Polygamma functions of real numbers, on the left too (by reflection), and the sum itself."""
    special = pytest.importorskip("scipy.special")
    zeta = tf.scipy.special.zeta
    x = np.array([0.2, 0.9, 3.0, 40.0])
    for s in (2.0, 3.5, 9.0):
        np.testing.assert_allclose(zeta(s, tf.constant(x + 0j)), special.zeta(s, x), rtol=1e-12)
    reflected = (np.pi / np.sin(np.pi * 4.3)) ** 2 - special.zeta(2.0, 4.3)
    np.testing.assert_allclose(zeta(2.0, tf.constant(-3.3 + 0j)), reflected, rtol=1e-12)
    terms = (POINTS + np.arange(200_000)[:, None]) ** -4.0
    np.testing.assert_allclose(zeta(4.0, tf.constant(POINTS)), terms.sum(0), rtol=1e-10)
    check_gradients(lambda z: zeta(2.5, z), [POINTS], order=2, rtol=1e-4, atol=1e-4)
    assert np.isnan(zeta(2.0, tf.constant([complex(np.nan, 1.0), complex(-np.inf, 0.0)]))).all()


def test_real_slopes_reach_a_real_source_through_special_functions_of_complex_numbers() -> None:
    special = pytest.importorskip("scipy.special")
    x = tf.Variable([0.5, 1.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        wave = tf.abs(special.jv(1.5, tf.complex(x, x))) + tf.math.real(special.erf(tf.complex(x, 0.0 * x)))
    gradient = tape.gradient(wave, x)
    assert gradient.dtype == np.float64
    check_gradients(lambda x: tf.abs(special.jv(1.5, tf.complex(x, x))) + tf.math.real(special.erf(x)), [[0.5, 1.0]])


# ------------------------------------------------------------------------------------------------ recorded functions


def test_a_recorded_function_stops_complex_gradients_too() -> None:
    function = tf.function(lambda z: tf.math.real(tf.reduce_sum(tf.stop_gradient(z) * z * z)))
    for point in (POINTS, OTHERS, POINTS):
        np.testing.assert_allclose(gradient_of(function, point), np.conj(2.0 * point * point))
    np.testing.assert_array_equal(tf.vectorize(tf.stop_gradient)(tf.constant(POINTS)), POINTS)


SPECTRA = [np.array([[0.0, 1.0], [-1.0, 0.0]]), np.diag([1.0, 2.0]), np.array([[0.0, 2.0], [-1.0, 0.0]])]


def test_a_recorded_function_is_one_program_for_real_spectra_and_one_for_complex_ones() -> None:
    calls = []

    @tf.function
    def spectrum(a):
        calls.append(1)
        return tf.linalg.eigvals(a)

    for a in (*SPECTRA, *SPECTRA):
        found, expected = spectrum(tf.constant(a)), np.linalg.eigvals(a)
        assert found.dtype == (np.complex128 if expected.imag.any() else np.float64)
        np.testing.assert_allclose(found, expected)
        check_gradients(lambda x: tf.abs(spectrum(x)), [a + 0.1], order=2, rtol=1e-4, atol=1e-4)
    assert len(calls) == 2


def test_a_product_without_nan_has_its_slope_where_the_factor_is_zero_as_for_real_numbers() -> None:
    for dtype in (tf.float64, tf.complex128):
        x, y = tf.constant([2.0, 3.0], dtype), tf.constant([0.0, 5.0], dtype)
        with tf.GradientTape() as tape:
            tape.watch([x, y])
            z = tf.math.multiply_no_nan(x, y)
        assert [g.numpy().tolist() for g in tape.gradient(z, [x, y])] == [[0.0, 5.0], [2.0, 3.0]]
    infinite = tf.math.multiply_no_nan(tf.constant([np.inf, np.nan], tf.complex128), tf.zeros(2, tf.complex128))
    assert infinite.numpy().tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    "values",
    [
        lambda a: tf.linalg.svd(a)[0],
        lambda a: tf.linalg.svd(a, compute_uv=False),
        lambda a: tf.linalg.eigvalsh(a + tf.linalg.adjoint(a)),
        lambda a: tf.linalg.eigh(a + tf.linalg.adjoint(a))[0],
        lambda a: tf.abs(tf.linalg.eigvals(a)),
    ],
    ids=["svd", "singular values", "eigvalsh", "eigh", "eigvals"],
)
def test_recorded_functions_of_complex_spectra_have_second_derivatives_in_all_modes(values) -> None:
    a = np.array([[1.0 + 0.3j, 0.4 - 0.2j], [-0.6j, 2.5 + 0.1j]])
    check_gradients(tf.function(lambda x: values(x) ** 3), [a], order=2, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("values", [tf.linalg.eigvalsh, lambda a: tf.linalg.svd(a, compute_uv=False)])
def test_what_equal_complex_values_leave_open_is_nan_in_recorded_functions_too(values) -> None:
    for f in (values, tf.function(values)):
        x = tf.constant(2.0 * np.eye(2) + 0j)
        with tf.autodiff.ForwardAccumulator(x, tf.constant([[0.5, -1.0 + 0.3j], [-1.0 - 0.3j, 0.8]])) as accumulator:
            with tf.GradientTape() as tape:
                tape.watch(x)
                value = tf.reduce_sum(f(x) * [1.0, 2.0])
            gradient = tape.gradient(value, x)
        assert np.isnan(accumulator.jvp(gradient)).all()


def test_a_recorded_function_is_a_program_for_each_number_and_kind_of_roots() -> None:
    calls = []

    @tf.function
    def found(p):
        calls.append(1)
        return np.roots(p)

    for p in ([1.0, 0.0, 1.0], [1.0, -3.0, 2.0], [2.0, 1.0, 5.0], [0.0, 2.0, 1.0], [1.0, 0.5, 1.0], [1.0, -4.0, 2.0]):
        roots = found(tf.constant(p, tf.float64))
        assert roots.dtype == np.roots(p).dtype
        np.testing.assert_allclose(roots, np.roots(p))
    assert len(calls) == 3


@pytest.mark.parametrize(
    "p", [[1.0, 0.5, 1.0, -2.0], POINTS, [1.0, 2.0, 0.0], [2.0, 1.0], [1j, 0.3, 1.0]], ids=lambda p: str(len(p))
)
def test_roots_are_complex_and_have_derivatives(p) -> None:
    p = np.array(p)
    assert np.roots(tf.constant(p)).dtype == np.roots(p).dtype
    np.testing.assert_allclose(np.roots(tf.constant(p)), np.roots(p))
    check_gradients(np.roots, [p], order=2, rtol=1e-3, atol=1e-3)


def test_a_leading_zero_has_no_root_but_a_gradient_and_no_roots_have_none() -> None:
    check_gradients(lambda q: np.roots(tf.concat([np.zeros(1), q], 0)), [[1.0, 2.0, 3.0]], order=2)
    p = tf.constant([0.0, 0.0])
    assert np.roots(p).shape == (0,)
    x = tf.Variable([1.0, 0.0, 1.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        length = tf.abs(np.roots(x)[0])
    np.testing.assert_allclose(tape.gradient(length, x), [-0.5, 0.0, 0.5], atol=1e-12)


def test_roots_of_many_polynomials() -> None:
    table = np.array([[1.0, -3.0, 2.0], [1.0, -5.0, 6.0]])
    np.testing.assert_allclose(tf.vectorize(np.roots)(tf.constant(table)), [[2.0, 1.0], [3.0, 2.0]])


def test_a_hessian_times_a_vector_is_how_the_gradient_changes_along_it() -> None:
    def loss(z):
        return mixed(z) * tf.abs(z[0] - z[1])

    gradient, h = tf.grad(loss), 1e-6
    along = (gradient(POINTS + h * OTHERS) - gradient(POINTS - h * OTHERS)) / (2 * h)
    np.testing.assert_allclose(tf.hvp(loss, POINTS, OTHERS), along, rtol=1e-6, atol=1e-7)
    z = tf.constant(POINTS)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(z)
        value = loss(z)
    np.testing.assert_allclose(tape.hvp(value, z, OTHERS), along, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(tape.hessian(value, z), tf.jacobian(gradient)(POINTS), rtol=1e-12)


def test_programs_of_complex_functions_have_gradients_and_are_saved(tmp_path) -> None:
    program = tf.Program.from_function(mixed, tf.TensorSpec((3,), tf.complex128))
    _, (gradient,), _ = program.gradient()(POINTS)
    np.testing.assert_allclose(gradient, gradient_of(mixed, POINTS))
    program.save(tmp_path / "mixed")
    np.testing.assert_allclose(tf.Program.load(tmp_path / "mixed")(OTHERS), mixed(tf.constant(OTHERS)))
    with pytest.raises(NotImplementedError, match="complex128 is not written in C"):
        program.to_c()


POLYNOMIALS = [[1.0, 0.5, 1.0], [1.0, -3.0, 2.0]]


@pytest.mark.parametrize(
    ("f", "points"), [(np.roots, POLYNOMIALS), (tf.linalg.eigvals, SPECTRA[:2])], ids=["roots", "eigenvalues"]
)
def test_programs_whose_values_may_be_complex_are_saved_for_what_they_were_recorded_on(f, points, tmp_path) -> None:
    for point, other in (points, points[::-1]):
        program = tf.Program.from_function(lambda x: f(x), np.array(point))
        program.save(tmp_path / "program")
        loaded = tf.Program.load(tmp_path / "program")
        np.testing.assert_allclose(loaded(np.array(point)), f(np.array(point)))
        with pytest.raises(ValueError, match=r"test_complex\.py"):
            loaded(np.array(other))
