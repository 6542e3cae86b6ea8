"""Functions under TensorFlow's names at their edges: other dtypes, nothing at all, arguments that do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.fft
import scipy.linalg
import scipy.special

import autodiff_core as tf
from autodiff_core.testing import check_gradients

RNG = np.random.default_rng(8)
IMAGE = RNG.normal(size=(2, 5, 6, 2))


# -- Pooling, blocks, slices --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [tf.nn.fractional_max_pool, tf.nn.fractional_avg_pool])
@pytest.mark.parametrize("overlapping", [False, True])
@pytest.mark.parametrize("pseudo_random", [False, True])
def test_fractional_pools_take_the_windows_that_they_name(kind: Any, overlapping: bool, pseudo_random: bool) -> None:
    ratios = [1.0, 1.4, 1.7, 1.0]
    pooled, rows, columns = kind(IMAGE, ratios, pseudo_random, overlapping, seed=5)
    assert pooled.shape == (2, int(5 / 1.4), int(6 / 1.7), 2)
    for bounds, size in ((rows.numpy(), 5), (columns.numpy(), 6)):
        assert bounds[0] == 0
        assert bounds[-1] == size
        assert set(np.diff(bounds)) <= {size // (len(bounds) - 1), size // (len(bounds) - 1) + 1}
    take = np.max if kind is tf.nn.fractional_max_pool else np.mean
    extra = int(overlapping)
    for i in range(pooled.shape[1]):
        for j in range(pooled.shape[2]):
            part = IMAGE[:, rows[i] : int(rows[i + 1]) + extra, columns[j] : int(columns[j + 1]) + extra]
            np.testing.assert_allclose(pooled[:, i, j], take(part, axis=(1, 2)))
    check_gradients(lambda x: kind(x, ratios, pseudo_random, overlapping, seed=5).output, [IMAGE[:1]], order=2)


def test_fractional_pools_with_a_seed_repeat_themselves() -> None:
    first, second = (tf.nn.fractional_max_pool(IMAGE, 1.5, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.row_pooling_sequence, second.row_pooling_sequence)


def test_pooling_of_nothing() -> None:
    nothing = np.zeros((0, 4, 4, 3))
    assert tf.nn.max_pool2d(nothing, 2, 2, "VALID").shape == (0, 2, 2, 3)
    assert tf.nn.max_pool_with_argmax(nothing, 2, 2, "SAME").argmax.shape == (0, 2, 2, 3)


def test_pooling_in_a_recorded_function_is_one_program() -> None:
    @tf.function
    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(tf.nn.max_pool2d(x, 2, 1, "SAME") ** 2)
        return tape.gradient(y, x)

    for factor in (1.0, -1.0, 2.0):
        x = tf.constant(factor * IMAGE)
        np.testing.assert_allclose(step(x), step.python_function(x))


def test_max_pooling_on_many_examples() -> None:
    one = tf.vmap(lambda x: tf.nn.max_pool2d(x[None], 2, 2, "VALID")[0])
    np.testing.assert_array_equal(one(tf.constant(IMAGE)), tf.nn.max_pool2d(IMAGE, 2, 2, "VALID"))


def test_of_equal_elements_the_first_has_the_gradient() -> None:
    x = tf.Variable(tf.ones((1, 2, 2, 1)))
    with tf.GradientTape(persistent=True) as tape:
        pooled = tf.nn.max_pool_with_argmax(x, 2, 2, "VALID").output
        dilated = tf.nn.dilation2d(x, tf.zeros((2, 2, 1)), [1] * 4, "VALID", "NHWC", [1] * 4)
    for y in (pooled, dilated):
        np.testing.assert_array_equal(tape.gradient(y, x)[0, :, :, 0], [[1.0, 0.0], [0.0, 0.0]])


def test_batch_and_space_are_inverse() -> None:
    blocks, pads = [2, 3], [[1, 0], [0, 0]]
    there = tf.space_to_batch(IMAGE, blocks, pads)
    np.testing.assert_array_equal(tf.batch_to_space(there, blocks, pads), IMAGE)
    assert tf.space_to_batch(np.arange(16).reshape(1, 4, 4, 1), 2, [[0, 0], [0, 0]]).dtype == np.int64


def test_channels_first_with_space_to_batch() -> None:
    first = np.transpose(IMAGE, (0, 3, 1, 2))

    def means(data_format: str) -> Any:
        return lambda t, dims, padding: tf.nn.pool(t, [2, 2], "AVG", padding=padding, data_format=data_format)

    last = tf.nn.with_space_to_batch(IMAGE, [2, 1], "VALID", means("NHWC"))
    found = tf.nn.with_space_to_batch(first, [2, 1], "VALID", means("NCHW"), data_format="NCHW")
    np.testing.assert_allclose(np.transpose(found, (0, 2, 3, 1)), last)


def test_the_general_convolution_in_groups_batches_and_formats() -> None:
    weights = RNG.normal(size=(2, 3, 1, 4))
    plain = tf.nn.conv2d(IMAGE, weights, 1, [[0, 0], [1, 0], [0, 2], [0, 0]])
    explicit = {"padding": "EXPLICIT", "explicit_paddings": [0, 0, 1, 0, 0, 2, 0, 0]}
    np.testing.assert_allclose(tf.conv(IMAGE, weights, [1] * 4, groups=2, **explicit), plain)
    batched = tf.conv(IMAGE[:, None], weights, [1] * 5, "SAME", batch_dims=2, groups=2)
    np.testing.assert_allclose(batched[:, 0], tf.nn.conv2d(IMAGE, weights, 1, "SAME"))
    first = tf.conv(np.transpose(IMAGE, (0, 3, 1, 2)), weights, [1] * 4, "SAME", data_format="CHANNELS_FIRST", groups=2)
    np.testing.assert_allclose(np.transpose(first, (0, 2, 3, 1)), tf.nn.conv2d(IMAGE, weights, 1, "SAME"))


def test_the_derivatives_names_give_the_derivatives() -> None:
    x, f = tf.constant(IMAGE), tf.constant(RNG.normal(size=(2, 3, 2, 2)))
    with tf.GradientTape() as tape:
        tape.watch([x, f])
        y = tf.nn.depthwise_conv2d(x, f, [1, 2, 2, 1], "SAME")
    g = tf.constant(RNG.normal(size=y.shape))
    by_tape = tape.gradient(y, [x, f], output_gradients=g)
    np.testing.assert_allclose(
        tf.nn.depthwise_conv2d_backprop_input(IMAGE.shape, f, g, [1, 2, 2, 1], "SAME"), by_tape[0]
    )
    np.testing.assert_allclose(tf.nn.depthwise_conv2d_backprop_filter(x, f.shape, g, [1, 2, 2, 1], "SAME"), by_tape[1])


# -- Numbers ------------------------------------------------------------------------------------------------------


def test_division_without_nan_is_flat_at_zero() -> None:
    x = tf.Variable([0.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.math.reciprocal_no_nan(x)
    np.testing.assert_array_equal(y, [0.0, 0.5])
    np.testing.assert_array_equal(tape.gradient(y, x), [0.0, -0.25])


def test_a_cast_that_saturates_passes_what_lies_within() -> None:
    x = tf.Variable([1e300, 2.0, -1e300], dtype=tf.float64)
    with tf.GradientTape() as tape:
        y = tf.saturate_cast(x, tf.float32)
    assert y.dtype == np.float32
    assert np.isfinite(np.asarray(y)).all()
    np.testing.assert_array_equal(tape.gradient(y, x), [0.0, 1.0, 0.0])
    assert tf.saturate_cast(np.array([2**63, 5], np.uint64), tf.int64).numpy().tolist() == [2**63 - 1, 5]


def test_a_shape_that_is_ensured_passes_the_gradient() -> None:
    x = tf.Variable([[1.0, 2.0]])
    with tf.GradientTape() as tape:
        y = tf.ensure_shape(x, (None, 2))
    np.testing.assert_array_equal(tape.gradient(y, x), [[1.0, 1.0]])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"\(1, 2\), is not compatible .* \(None, 3\)"):
        tf.ensure_shape(x, (None, 3))


def test_slices_have_derivatives() -> None:
    check_gradients(lambda x: tf.strided_slice(x, [1, 0], [0, 4], [1, 2], end_mask=1) ** 2, [RNG.normal(size=(3, 4))])


def test_incomplete_gamma_functions_of_mixed_operands() -> None:
    a = tf.Variable([[1.0], [2.0]])
    with tf.GradientTape() as tape:
        y = tf.math.igamma(a, [0.5, 1.0, 200.0])
    assert y.shape == (2, 3)
    assert y.dtype == np.float32
    assert tape.gradient(y, a).shape == (2, 1)
    assert tf.math.igamma(1, 2).dtype == np.float64
    np.testing.assert_allclose(tf.math.igamma(3.0, [0.0, 1e9]) + tf.math.igammac(3.0, [0.0, 1e9]), [1.0, 1.0])


@pytest.mark.parametrize("a", [0.1, 1.0, 7.0, 400.0])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.98])
def test_incomplete_gamma_functions_by_their_order(a: float, share: float) -> None:
    x = np.log(scipy.special.gammaincinv(a, share))
    for function in (tf.math.igamma, tf.math.igammac):
        operands = [np.array([a]), np.array([x])]
        check_gradients(lambda a, x, f=function: f(a, tf.exp(x)), operands, order=2, rtol=1e-3, atol=1e-5)


# -- Matrices -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(3, 3), (2, 4, 4), (1, 1), (0, 2, 2), (0, 0)], ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_factors_give_the_matrix_back(shape: tuple[int, ...], dtype: Any) -> None:
    a = (RNG.normal(size=shape) + 1j * RNG.normal(size=shape)).astype(dtype)
    lu, p = tf.linalg.lu(a)
    assert lu.dtype == dtype
    assert p.dtype == np.int32
    np.testing.assert_allclose(tf.linalg.lu_reconstruct(lu, p), a, atol=1e-5)
    rhs = RNG.normal(size=(*shape[:-1], 2)).astype(dtype)
    np.testing.assert_allclose(a @ np.asarray(tf.linalg.lu_solve(lu, p, rhs)), rhs, atol=1e-3)
    np.testing.assert_allclose(
        tf.linalg.lu_matrix_inverse(lu, p) @ a, np.broadcast_to(np.eye(shape[-1]), shape), atol=1e-3
    )


def test_factors_are_scipys() -> None:
    a = RNG.normal(size=(6, 6))
    lu, order = scipy.linalg.lu_factor(a)
    np.testing.assert_allclose(tf.linalg.lu(a).lu, lu)
    rows = np.arange(6)
    for k, other in enumerate(order):
        rows[[k, other]] = rows[[other, k]]
    np.testing.assert_array_equal(tf.linalg.lu(a, output_idx_type=tf.int64).p, rows)


def test_a_system_solved_by_factors_has_the_gradient_of_the_solution() -> None:
    a, b = RNG.normal(size=(2, 3, 3)), RNG.normal(size=(2, 3, 1))
    check_gradients(lambda a, b: tf.linalg.lu_solve(*tf.linalg.lu(a), b), [a, b], order=2, rtol=1e-4)
    recorded = tf.function(lambda a, b: tf.linalg.lu_solve(*tf.linalg.lu(a), b))
    for order in ([0, 1, 2], [2, 0, 1]):
        rows = a[:, order]
        np.testing.assert_allclose(recorded(tf.constant(rows), tf.constant(b)), np.linalg.solve(rows, b))


@pytest.mark.parametrize("shape", [(3, 3), (2, 2, 2), (0, 0), (0, 2, 2)], ids=str)
def test_the_logarithm_undoes_the_exponential(shape: tuple[int, ...]) -> None:
    a = 0.7 * RNG.normal(size=shape)
    np.testing.assert_allclose(tf.linalg.logm(tf.linalg.expm(a)), a, atol=1e-10)


def test_the_logarithm_is_scipys_of_complex_matrices_too() -> None:
    a = RNG.normal(size=(4, 4)) + 1j * RNG.normal(size=(4, 4))
    np.testing.assert_allclose(tf.linalg.logm(a), scipy.linalg.logm(a), atol=1e-9)
    b = np.diag([1e-8, 1.0, 1e8])
    np.testing.assert_allclose(tf.linalg.logm(b), np.diag(np.log([1e-8, 1.0, 1e8])), atol=1e-8)


# -- Signals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [1, 2, 3, 4])
@pytest.mark.parametrize("n", [1, 2, 3, 8, 9])
def test_cosine_transforms_are_scipys(kind: int, n: int) -> None:
    x = RNG.normal(size=(3, 5))
    for norm in (None, "ortho"):
        if kind == 1 and (norm or n < 2):
            continue
        np.testing.assert_allclose(
            tf.signal.dct(x, kind, n, norm=norm), scipy.fft.dct(x, kind, n, norm=norm), atol=1e-12
        )
        found = tf.signal.idct(tf.signal.dct(x, kind, norm=norm), kind, norm=norm)
        scale = 1.0 if norm else 2.0 * (5 - (kind == 1))
        np.testing.assert_allclose(found / scale, x, atol=1e-12)


def test_cosine_transforms_on_many_examples_and_by_jacobian() -> None:
    x = tf.constant(RNG.normal(size=(3, 5)))
    np.testing.assert_allclose(tf.vmap(lambda row: tf.signal.dct(row, 4))(x), tf.signal.dct(x, 4))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.signal.dct(x[0], 3)
    np.testing.assert_allclose(tape.jacobian(y, x)[:, 0], scipy.fft.dct(np.eye(5), 3).T, atol=1e-12)


@pytest.mark.parametrize("name", ["vorbis_window", "kaiser_bessel_derived_window", None])
def test_overlapping_transforms_give_the_signal_back(name: str | None) -> None:
    function = None if name is None else getattr(tf.signal, name)
    x = RNG.normal(size=(2, 32))
    for norm in (None, "ortho"):
        again = tf.signal.inverse_mdct(tf.signal.mdct(x, 8, function, norm=norm), function, norm)
        np.testing.assert_allclose(again[:, 4:-4], x[:, 4:-4], atol=1e-12)


def test_a_window_has_a_gradient_by_its_width() -> None:
    check_gradients(lambda beta: tf.signal.kaiser_window(6, beta, tf.float64), [np.array(3.0)], order=2)


def test_frames_of_nothing() -> None:
    assert tf.signal.frame(tf.zeros((2, 3)), 5, 1).shape == (2, 0, 5)
    assert tf.signal.overlap_and_add(tf.zeros((2, 0, 5)), 1).shape == (2, 0)
    assert tf.signal.hann_window(0).shape == (0,)


# -- Arguments that do not fit ------------------------------------------------------------------------------------

ONES = np.ones((1, 4, 4, 1))
FILTER = np.ones((2, 2, 1))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: tf.space_to_batch_nd(ONES, [3], [[0, 0]]), ValueError, "do not divide the padded space"),
        (lambda: tf.space_to_batch_nd(ONES, [2] * 4, [[0, 0]] * 4), ValueError, "no more than the 3 dimensions"),
        (lambda: tf.space_to_batch(ONES, [2, 2], [[0, 0]]), ValueError, "a pair of counts for each of 2"),
        (lambda: tf.batch_to_space(ONES, [2], [[0, 0]]), ValueError, "do not divide a batch of 1"),
        (lambda: tf.batch_to_space(ONES, [1], [[3, 3]]), ValueError, "leave nothing"),
        (lambda: tf.required_space_to_batch_paddings([1], [1, 2]), ValueError, "differ in length"),
        (lambda: tf.nn.with_space_to_batch(ONES, [2], "FULL", None), ValueError, "neither 'SAME' nor"),
        (lambda: tf.nn.with_space_to_batch(ONES, [2], "SAME", None), ValueError, "needs filter_shape"),
        (lambda: tf.nn.with_space_to_batch(ONES, [0], "VALID", None), ValueError, "must be positive"),
        (lambda: tf.nn.pool(ONES, [2, 2], "SUM"), ValueError, "neither 'MAX' nor 'AVG'"),
        (lambda: tf.nn.pool(ONES, [2], "MAX"), ValueError, "do not fit an operand"),
        (lambda: tf.nn.pool(ONES, [2, 2], "MAX", [2, 1], dilations=[2, 1]), ValueError, "one of them must be"),
        (lambda: tf.nn.pool(ONES, [2, 2], "MAX", padding="SAME", dilations=[2, 1]), ValueError, "need padding 'VALID'"),
        (lambda: tf.nn.max_pool_with_argmax(ONES, 2, 2, "SAME", "NCHW"), ValueError, "is not 'NHWC'"),
        (lambda: tf.nn.fractional_max_pool(ONES, 0.5), ValueError, "a ratio of at least 1"),
        (lambda: tf.nn.fractional_avg_pool(ONES.astype(int), 1.5), TypeError, "takes floats"),
        (lambda: tf.nn.dilation2d(ONES, FILTER, [1] * 4, "SAME", "NCHW", [1] * 4), ValueError, "is not 'NHWC'"),
        (lambda: tf.nn.erosion2d(ONES, ONES, [1] * 4, "SAME", "NHWC", [1] * 4), ValueError, "do not fit an operand"),
        (lambda: tf.nn.conv_transpose(ONES, [1.0], (1,), 1), ValueError, "3 to 5 dimensions"),
        (
            lambda: tf.conv(ONES, np.ones((2, 2, 1, 1)), [1] * 4, "SAME", batch_dims=2),
            ValueError,
            "dimensions of the batch",
        ),
        (lambda: tf.conv(ONES, np.ones((2, 2, 1, 1)), [1] * 4, "SAME", groups=2), ValueError, "in 2 groups"),
        (
            lambda: tf.conv(ONES, np.ones((2, 2, 1, 1)), [1] * 4, "SAME", data_format="NHWC"),
            ValueError,
            "CHANNELS_LAST",
        ),
        (
            lambda: tf.nn.depthwise_conv2d_backprop_input([1, 4, 4, 1], np.ones((2, 2, 1, 1)), ONES, [1] * 4, "VALID"),
            ValueError,
            "is not that of the convolution's result",
        ),
        (
            lambda: tf.nn.depthwise_conv2d_backprop_filter(ONES, [2, 2, 3, 1], ONES, [1] * 4, "SAME"),
            ValueError,
            "1 channels of the operand do not fit",
        ),
        (lambda: tf.nn.isotonic_regression(ONES, axis=4), ValueError, "axis 4 is out of bounds"),
        (lambda: tf.nn.compute_average_loss(1.0), ValueError, "not a scalar"),
        (lambda: tf.nn.compute_average_loss([1.0], global_batch_size=0), ValueError, "must be positive"),
        (lambda: tf.math.l2_normalize([1.0], axis=0, dim=0), ValueError, "two names of one argument"),
        (lambda: tf.math.accumulate_n([1.0], shape=[2]), ValueError, r"is not \(2,\)"),
        (lambda: tf.math.accumulate_n([1.0], tensor_dtype=tf.int32), TypeError, "is not int32"),
        (lambda: tf.math.bincount([[[1]]], axis=-1), ValueError, "axis -1 must be"),
        (lambda: tf.math.bincount([1], weights=[1.0], binary_output=True), ValueError, "weights do not count"),
        (lambda: tf.math.sobol_sample(0, 1), ValueError, "must be positive"),
        (lambda: tf.math.approx_max_k([1.0], 2), ValueError, "no 2 elements"),
        (lambda: tf.math.igamma(1j, 2.0), TypeError, "takes real operands"),
        (lambda: tf.strided_slice([1], [0], [1, 2]), ValueError, "differ in length"),
        (lambda: tf.strided_slice([1], [0], [1], [0]), ValueError, "must not be zero"),
        (lambda: tf.strided_slice([1], [0, 0], [1, 1], ellipsis_mask=3), ValueError, "more than one bit"),
        (lambda: tf.strided_slice([1], [0], [1], [-1], shrink_axis_mask=1), ValueError, "must be positive"),
        (lambda: tf.strided_slice([1], [5], [6], shrink_axis_mask=1), IndexError, "out of bounds"),
        (lambda: tf.strided_slice([1], [0], [1], var=1), NotImplementedError, "cannot be assigned to"),
        (lambda: tf.extract_volume_patches(ONES[None], [2] * 5, [1] * 5, "SAME"), ValueError, "ksizes"),
        (lambda: tf.broadcast_static_shape((2,), (3,)), ValueError, "do not broadcast"),
        (lambda: tf.broadcast_dynamic_shape((2,), (3,)), ValueError, "do not broadcast"),
        (lambda: tf.unravel_index([6], [2, 3]), ValueError, "out of bounds for the shape"),
        (lambda: tf.unravel_index([[1]], [2, 3]), ValueError, "at most one dimension"),
        (lambda: tf.truncatediv([1], [0]), ZeroDivisionError, "divided by zero"),
        (lambda: tf.saturate_cast([1.0], tf.bool), TypeError, "bool has no range"),
        (lambda: tf.bitcast(tf.constant([1, 2, 3]), tf.float64), ValueError, "last axis does not fit"),
        (lambda: tf.histogram_fixed_width([1.0], [2.0, 1.0]), ValueError, "the smaller first"),
        (lambda: tf.histogram_fixed_width([1.0], [1.0, 2.0], 0), ValueError, "must be positive"),
        (lambda: tf.linalg.lu([[1.0, 2.0], [2.0, 4.0]]), np.linalg.LinAlgError, "singular"),
        (lambda: tf.linalg.lu(ONES[0]), np.linalg.LinAlgError, "equally long"),
        (lambda: tf.linalg.lu_solve(np.eye(2), [0.0, 1.0], np.eye(2)), ValueError, "perm must be integers"),
        (lambda: tf.linalg.lu_solve(np.eye(2), [0, 1], np.eye(3)), ValueError, "do not fit"),
        (lambda: tf.linalg.logm([[-1.0, 0.0], [0.0, 1.0]]), np.linalg.LinAlgError, "no logarithm"),
        (lambda: tf.linalg.logm([[0.0, 0.0], [0.0, 1.0]]), np.linalg.LinAlgError, "no logarithm"),
        (lambda: tf.linalg.banded_triangular_solve(np.ones((3, 2)), np.ones((2, 1))), ValueError, "do not fit"),
        (lambda: tf.signal.frame([1.0], 0, 1), ValueError, "must be positive"),
        (lambda: tf.signal.frame([1.0], 1, 1, axis=1), ValueError, "axis 1 is out of bounds"),
        (lambda: tf.signal.overlap_and_add([1.0], 1), ValueError, "takes two dimensions"),
        (lambda: tf.signal.dct([1.0], axis=0), NotImplementedError, "axis must be -1"),
        (lambda: tf.signal.dct([1.0], 5), ValueError, "none of 1, 2, 3 and 4"),
        (lambda: tf.signal.dct([1.0, 2.0], 1, norm="ortho"), ValueError, "type 1 has none"),
        (lambda: tf.signal.dct([1.0], 1), ValueError, "of length 1"),
        (lambda: tf.signal.dct([1]), TypeError, "takes floats"),
        (lambda: tf.signal.mdct([1.0] * 9, 6), ValueError, "multiple of 4"),
        (lambda: tf.signal.inverse_mdct([1.0]), ValueError, "an even number"),
        (lambda: tf.signal.hann_window(4, dtype=tf.int32), ValueError, "floating point"),
        (lambda: tf.signal.vorbis_window(-1), ValueError, "must not be negative"),
        (lambda: tf.signal.linear_to_mel_weight_matrix(0), ValueError, "must be positive"),
        (lambda: tf.signal.linear_to_mel_weight_matrix(upper_edge_hertz=5e3), ValueError, "must be in order"),
        (lambda: tf.signal.linear_to_mel_weight_matrix(dtype=tf.int32), ValueError, "floating point"),
        (lambda: tf.signal.mfccs_from_log_mel_spectrograms(np.ones((2, 0))), ValueError, "no bins"),
    ],
)
def test_arguments_that_do_not_fit(call: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()
