"""Calls that TensorFlow and this library must answer alike: functions of the library, and of arrays.

`python tests/write_tensorflow_values.py`, in an environment that has TensorFlow, writes what it answers, gradients
included, to tensorflow_values.json; test_tensorflow_values.py compares. This file needs neither.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Call:
    """A function of (library, *tensors), the arrays, and whether TensorFlow has gradients for them."""

    function: Callable[..., Any]
    arrays: tuple[np.ndarray, ...]
    gradient: bool = True


def drawn(seed: int, *shape: int) -> np.ndarray:
    """Numbers that float32 has exactly, none of them equal."""
    size = int(np.prod(shape))
    return (np.random.default_rng(seed).permutation(np.arange(size) - size // 2) / 16.0 + 1 / 64).reshape(shape)


def call(function: Callable[..., Any], *arrays: Any, gradient: bool = True, dtype: Any = np.float32) -> Call:
    return Call(
        function, tuple(np.asarray(a, dtype) if np.asarray(a).dtype.kind == "f" else a for a in arrays), gradient
    )


IMAGE = drawn(1, 2, 5, 6, 2)
VOLUME = drawn(2, 1, 3, 4, 3, 2)
LOGITS = drawn(3, 5, 2, 4)
LABELS: tuple[Any, ...] = ([[1, 2, 2], [3, 1, 0]], [3, 2], [5, 4])
SIGNAL = drawn(4, 2, 12)
WHOLE = np.arange(24, dtype=np.int32).reshape(2, 3, 4)
MATRIX = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.25], [0.5, 0.25, 2.0]])


def mask(**masks: int) -> Callable[..., Any]:
    return lambda tf, x: tf.strided_slice(x, [1, 0, 2], [2, 3, 0], [1, 2, -1], **masks)


def drawn_classes(tf: Any, classes: Any, true_expected: Any, expected: Any) -> tuple[Any, Any, Any]:
    """What a sampler might have given."""
    return tf.constant(np.array(classes)), tf.constant(true_expected), tf.constant(expected)


def window(name: str, *arguments: Any, **named: Any) -> Call:
    return call(lambda tf: getattr(tf.signal, name)(*arguments, **named), gradient=False)


def shaped(kind: str, size: Sequence[int]) -> Call:
    return call(lambda tf, x: getattr(tf.nn, kind)(x, size, 2, "SAME"), IMAGE)


CALLS: dict[str, Call] = {
    # Space and batch
    "space_to_batch": call(lambda tf, x: tf.space_to_batch(x, [2, 3], [[1, 0], [0, 0]]), IMAGE),
    "space_to_batch_nd of one dimension": call(lambda tf, x: tf.space_to_batch_nd(x, [2], [[0, 1]]), IMAGE),
    "batch_to_space": call(lambda tf, x: tf.batch_to_space(x, [2, 1], [[1, 0], [0, 2]]), IMAGE),
    "required_space_to_batch_paddings": call(
        lambda tf: tf.required_space_to_batch_paddings([5, 6], [2, 4], [[1, 0], [0, 1]]), gradient=False
    ),
    "with_space_to_batch": call(
        lambda tf, x: tf.nn.with_space_to_batch(
            x, [2, 1], "SAME", lambda t, dims, padding: tf.nn.avg_pool2d(t, 2, 1, padding), [2, 2]
        ),
        IMAGE,
    ),
    # Pooling and convolution
    "max_pool_with_argmax": call(
        lambda tf, x: list(tf.nn.max_pool_with_argmax(x, [1, 2, 3, 1], [1, 2, 2, 1], "SAME")), IMAGE
    ),
    "max_pool_with_argmax through the batch": call(
        lambda tf, x: list(tf.nn.max_pool_with_argmax(x, 2, 2, "VALID", include_batch_in_index=True)), IMAGE
    ),
    "pool of means": call(lambda tf, x: tf.nn.pool(x, [2, 3], "AVG", [2, 1], "SAME"), IMAGE),
    "pool dilated": call(lambda tf, x: tf.nn.pool(x, [2, 2], "MAX", dilations=[2, 1]), IMAGE),
    "dilation2d": call(
        lambda tf, x, f: tf.nn.dilation2d(x, f, [1, 2, 1, 1], "SAME", "NHWC", [1, 1, 2, 1]),
        IMAGE,
        0.3 * drawn(5, 2, 3, 2),
    ),
    "erosion2d": call(
        lambda tf, x, f: tf.nn.erosion2d(x, f, [1, 1, 1, 1], "VALID", "NHWC", [1, 1, 1, 1]),
        IMAGE,
        0.3 * drawn(5, 2, 3, 2),
    ),
    "extract_volume_patches": call(
        lambda tf, x: tf.extract_volume_patches(x, [1, 2, 2, 2, 1], [1, 1, 2, 1, 1], "SAME"), VOLUME
    ),
    "atrous_conv2d": call(lambda tf, x, f: tf.nn.atrous_conv2d(x, f, 2, "SAME"), IMAGE, drawn(6, 2, 3, 2, 3)),
    "atrous_conv2d_transpose": call(
        lambda tf, x, f: tf.nn.atrous_conv2d_transpose(x, f, [2, 5, 6, 3], 2, "SAME"), IMAGE, drawn(6, 2, 3, 3, 2)
    ),
    "conv_transpose": call(
        lambda tf, x, f: tf.nn.conv_transpose(x, f, [2, 10, 12, 3], [2, 2], "SAME"), IMAGE, drawn(6, 2, 3, 3, 2)
    ),
    "conv in groups": call(
        lambda tf, x, f: tf.conv(x, f, [1, 1, 2, 1], "VALID"), IMAGE, drawn(6, 2, 3, 2, 4), gradient=False
    ),
    "depthwise_conv2d_backprop_input": call(
        lambda tf, f, g: tf.nn.depthwise_conv2d_backprop_input([2, 5, 6, 2], f, g, [1, 2, 2, 1], "SAME"),
        drawn(7, 2, 3, 2, 2),
        drawn(8, 2, 3, 3, 4),
    ),
    "depthwise_conv2d_backprop_filter": call(
        lambda tf, x, g: tf.nn.depthwise_conv2d_backprop_filter(x, [2, 3, 2, 2], g, [1, 2, 2, 1], "SAME"),
        IMAGE,
        drawn(8, 2, 3, 3, 4),
    ),
    # Losses and moments
    "ctc_loss": call(lambda tf, x: tf.nn.ctc_loss(LABELS[0], x, *LABELS[1:]), LOGITS),
    "ctc_loss, another blank, batches first": call(
        lambda tf, x: tf.nn.ctc_loss(
            [[1, 2, 1], [3, 1, 0]], tf.transpose(x, (1, 0, 2)), [3, 2], [5, 4], logits_time_major=False, blank_index=-4
        ),
        LOGITS,
    ),
    "ctc_greedy_decoder": call(
        lambda tf, x: [
            part for sparse in tf.nn.ctc_greedy_decoder(x, [5, 4])[0] for part in (sparse.indices, sparse.values)
        ],
        LOGITS,
        gradient=False,
    ),
    "ctc_greedy_decoder without merging": call(
        lambda tf, x: tf.nn.ctc_greedy_decoder(x, [5, 4], merge_repeated=False, blank_index=0)[0][0].values,
        LOGITS,
        gradient=False,
    ),
    "ctc_beam_search_decoder": call(
        lambda tf, x: [
            *[sparse.values for sparse in tf.nn.ctc_beam_search_decoder(x, [5, 4], 30, 3)[0]],
            tf.nn.ctc_beam_search_decoder(x, [5, 4], 30, 3)[1],
        ],
        LOGITS,
        gradient=False,
    ),
    "ctc_unique_labels": call(lambda tf: tf.nn.ctc_unique_labels(np.array([[1, 2, 1], [3, 3, 0]])), gradient=False),
    "collapse_repeated": call(
        lambda tf: tf.nn.collapse_repeated([[1, 1, 2, 2, 0], [3, 4, 4, 4, 1]], [5, 3]), gradient=False
    ),
    "isotonic_regression": call(lambda tf, x: tf.nn.isotonic_regression(x)[0], drawn(9, 3, 7)),
    "isotonic_regression rising": call(
        lambda tf, x: tf.nn.isotonic_regression(x, decreasing=False, axis=0)[0], drawn(9, 7, 3)
    ),
    "isotonic_regression's blocks": call(lambda tf, x: tf.nn.isotonic_regression(x)[1], drawn(9, 3, 7), gradient=False),
    "sufficient_statistics": call(
        lambda tf, x: tf.nn.sufficient_statistics(x, [0, 2], shift=0.5, keepdims=True)[1:3], IMAGE
    ),
    "normalize_moments": call(
        lambda tf, m, v: tf.nn.normalize_moments(4.0, m, v, 0.5), np.array([1.0, 2.0]), np.array([3.0, 9.0])
    ),
    "batch_norm_with_global_normalization": call(
        lambda tf, x, m, v, b, g: tf.nn.batch_norm_with_global_normalization(x, m, v, b, g, 0.01, True),
        IMAGE,
        *(np.array(pair) for pair in ([0.5, 1.0], [1.0, 2.0], [0.25, 0.5], [2.0, 3.0])),
    ),
    "compute_average_loss": call(
        lambda tf, x, w: tf.nn.compute_average_loss(x, w, global_batch_size=8), drawn(10, 4), np.array([1.0, 2.0, 0, 1])
    ),
    "scale_regularization_loss": call(lambda tf, x: tf.nn.scale_regularization_loss(x), drawn(10, 4)),
    "sampled_softmax_loss": call(
        lambda tf, w, b, x: tf.nn.sampled_softmax_loss(
            w,
            b,
            np.array([[1], [4]]),
            x,
            3,
            6,
            sampled_values=drawn_classes(tf, [0, 4, 2], [[0.5], [0.25]], [0.75, 0.5, 0.5]),
        ),
        drawn(11, 6, 3),
        drawn(12, 6),
        drawn(13, 2, 3),
    ),
    "nce_loss": call(
        lambda tf, w, b, x: tf.nn.nce_loss(
            *(w, b, np.array([[1, 2], [4, 0]]), x, 3, 6, 2),
            sampled_values=drawn_classes(tf, [0, 4, 5], [[0.5, 0.25], [0.25, 0.5]], [0.75, 0.5, 0.5]),
            remove_accidental_hits=True,
        ),
        drawn(11, 6, 3),
        drawn(12, 6),
        drawn(13, 2, 3),
    ),
    "compute_accidental_hits": call(
        lambda tf: tf.nn.compute_accidental_hits(np.array([[0, 1], [2, 5]]), np.array([5, 1, 2]), 2), gradient=False
    ),
    "all_candidate_sampler": call(
        lambda tf: tf.random.all_candidate_sampler(np.array([[0], [2]]), 1, 3, True), gradient=False
    ),
    "log_uniform_candidate_sampler's expectations": call(
        lambda tf: tf.random.log_uniform_candidate_sampler(np.array([[0], [3]]), 1, 9, False, 10, seed=1)[1],
        gradient=False,
    ),
    "fixed_unigram_candidate_sampler's expectations": call(
        lambda tf: tf.random.fixed_unigram_candidate_sampler(
            np.array([[2], [3]]), 1, 4, False, 5, distortion=0.5, num_reserved_ids=1, unigrams=[1.0, 2.0, 3.0, 4.0]
        )[1],
        gradient=False,
    ),
    "silu of a slope": call(lambda tf, x: tf.nn.silu(x, beta=2.0), SIGNAL),
    # Slices and numbers
    "strided_slice": call(mask(), WHOLE, gradient=False),
    "strided_slice of floats": call(mask(), WHOLE.astype(np.float32)),
    "strided_slice with masks": call(mask(begin_mask=1, end_mask=6), WHOLE, gradient=False),
    "strided_slice, an ellipsis": call(mask(ellipsis_mask=2, end_mask=4), WHOLE, gradient=False),
    "strided_slice, an axis goes": call(mask(shrink_axis_mask=3, end_mask=4), WHOLE, gradient=False),
    "strided_slice, a new axis": call(
        lambda tf, x: tf.strided_slice(x, [0, 0, 1], [0, 0, 3], ellipsis_mask=1, new_axis_mask=2), WHOLE, gradient=False
    ),
    "strided_slice backwards": call(
        lambda tf, x: tf.strided_slice(x, [1, 2, 3], [0, 0, 0], [-1, -1, -2]), WHOLE, gradient=False
    ),
    "unravel_index": call(lambda tf: tf.unravel_index([2, 5], [2, 3]), gradient=False),
    "truncatediv": call(lambda tf: tf.truncatediv([7, -7, 7, -7], [2, 2, -2, -2]), gradient=False),
    "truncatediv of floats": call(lambda tf: tf.truncatediv([7.5, -7.5], 2.0), gradient=False),
    "truncatemod": call(lambda tf: tf.truncatemod([7, -7, 7, -7], [2, 2, -2, -2]), gradient=False),
    "truncatemod of floats": call(lambda tf: tf.truncatemod([7.5, -7.5], 2.0), gradient=False),
    "realdiv": call(lambda tf, x: tf.realdiv(x, 4.0), SIGNAL),
    "saturate_cast": call(lambda tf: tf.saturate_cast(tf.constant([1e20, -1e20, 3.5]), tf.int32), gradient=False),
    "saturate_cast of integers": call(lambda tf: tf.saturate_cast(tf.constant([-3, 300, 7]), tf.uint8), gradient=False),
    "bitcast to bytes": call(lambda tf: tf.bitcast(tf.constant([1.0, -2.0]), tf.uint8), gradient=False),
    "bitcast to longer": call(lambda tf: tf.bitcast(tf.constant([[1, 2]]), tf.int64), gradient=False),
    "histogram_fixed_width": call(
        lambda tf: tf.histogram_fixed_width([-1.0, 0.0, 1.5, 2.0, 5.0, 15.0], [0.0, 5.0], 5), gradient=False
    ),
    "histogram_fixed_width_bins": call(
        lambda tf: tf.histogram_fixed_width_bins([-1.0, 0.0, 1.5, 2.0, 5.0, 15.0], [0.0, 5.0], 5), gradient=False
    ),
    "reciprocal_no_nan": call(lambda tf, x: tf.math.reciprocal_no_nan(x), np.array([2.0, -0.5])),
    "approx_max_k": call(lambda tf, x: tf.math.approx_max_k(x, 3)[0], SIGNAL, gradient=False),
    "is_non_decreasing": call(lambda tf: [tf.math.is_non_decreasing(x) for x in ([1, 1, 2], [2, 1])], gradient=False),
    "is_strictly_increasing": call(
        lambda tf: [tf.math.is_strictly_increasing(x) for x in ([1, 2, 3], [1, 1])], gradient=False
    ),
    "sobol_sample": call(lambda tf: tf.math.sobol_sample(3, 5, skip=2), gradient=False),
    "bincount of rows": call(lambda tf: tf.math.bincount([[1, 1, 3], [0, 0, 0]], axis=-1), gradient=False),
    "bincount of rows with weights": call(
        lambda tf: tf.math.bincount([[1, 1, 3], [0, 0, 0]], axis=-1, weights=[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
        gradient=False,
    ),
    "bincount, occurring or not": call(lambda tf: tf.math.bincount([1, 1, 3], binary_output=True), gradient=False),
    "bitwise": call(
        lambda tf: [
            tf.bitwise.left_shift([1, -5], [2, 1]),
            tf.bitwise.right_shift([9, -5], [2, 1]),
            tf.bitwise.bitwise_xor([9, -5], [2, 1]),
            tf.bitwise.invert([9, -5]),
        ],
        gradient=False,
    ),
    "igamma": call(lambda tf, a, x: tf.math.igamma(a, x), np.array([0.5, 1.0, 3.0]), np.array([1.0, 2.0, 2.5])),
    "igammac": call(lambda tf, a, x: tf.math.igammac(a, x), np.array([0.5, 1.0, 3.0]), np.array([1.0, 4.0, 2.5])),
    "polygamma": call(lambda tf, x: tf.math.polygamma(1.0, x), np.array([0.5, 1.0, 3.0])),
    # Linear algebra
    "lu": call(lambda tf: list(tf.linalg.lu([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 10.0]])), gradient=False),
    "lu_solve": call(
        lambda tf, b: tf.linalg.lu_solve(*tf.linalg.lu([[1.0, 2.0], [4.0, 3.0]]), b), np.array([[1.0], [2.0]])
    ),
    "lu_reconstruct": call(lambda tf, x: tf.linalg.lu_reconstruct(x, [2, 0, 1]), MATRIX),
    "lu_matrix_inverse": call(lambda tf, x: tf.linalg.lu_matrix_inverse(x, [2, 0, 1]), MATRIX),
    "logm": call(lambda tf: tf.math.real(tf.linalg.logm(tf.constant(MATRIX + 0j))), gradient=False),
    **{
        f"banded_triangular_solve {lower} {adjoint}": call(
            lambda tf, bands, rhs, lower=lower, adjoint=adjoint: tf.linalg.banded_triangular_solve(
                bands, rhs, lower=lower, adjoint=adjoint
            ),
            np.array([[2.0, 3.0, 4.0], [1.0, 2.0, 3.0]]),
            np.array([[1.0], [2.0], [3.0]]),
        )
        for lower in (True, False)
        for adjoint in (True, False)
    },
    # Signals
    "frame": call(lambda tf, x: tf.signal.frame(x, 5, 3), SIGNAL),
    "frame padded": call(lambda tf, x: tf.signal.frame(x, 5, 3, pad_end=True, pad_value=2.0), SIGNAL),
    "frame of the first axis": call(lambda tf, x: tf.signal.frame(x, 2, 2, axis=0), drawn(14, 5, 2)),
    "frame with gaps": call(lambda tf, x: tf.signal.frame(x, 2, 5), SIGNAL),
    "frame longer than the signal": call(lambda tf, x: tf.signal.frame(x, 20, 5), SIGNAL, gradient=False),
    "overlap_and_add": call(lambda tf, x: tf.signal.overlap_and_add(x, 2), drawn(14, 2, 3, 5)),
    **{
        f"dct {kind} {norm}": call(lambda tf, x, kind=kind, norm=norm: tf.signal.dct(x, kind, norm=norm), SIGNAL)
        for kind in (1, 2, 3, 4)
        for norm in (None, "ortho")
        if (kind, norm) != (1, "ortho")
    },
    "dct cut": call(lambda tf, x: tf.signal.dct(x, n=7), SIGNAL),
    "dct padded": call(lambda tf, x: tf.signal.dct(x, 3, n=15), SIGNAL),
    "idct": call(lambda tf, x: tf.signal.idct(x, norm="ortho"), SIGNAL),
    "mdct": call(lambda tf, x: tf.signal.mdct(x, 8), SIGNAL),
    "mdct padded": call(lambda tf, x: tf.signal.mdct(x, 8, None, pad_end=True, norm="ortho"), SIGNAL),
    "inverse_mdct": call(lambda tf, x: tf.signal.inverse_mdct(x), drawn(15, 2, 3, 4)),
    "inverse_mdct ortho": call(lambda tf, x: tf.signal.inverse_mdct(x, None, "ortho"), drawn(15, 2, 3, 4)),
    "hann_window": window("hann_window", 8),
    "hann_window, odd": window("hann_window", 7),
    "hann_window, symmetric": window("hann_window", 8, periodic=False),
    "hann_window of one": window("hann_window", 1),
    "hamming_window": window("hamming_window", 6),
    "kaiser_window": window("kaiser_window", 7, beta=3.0),
    "kaiser_bessel_derived_window": window("kaiser_bessel_derived_window", 8),
    "vorbis_window": window("vorbis_window", 6),
    "linear_to_mel_weight_matrix": window("linear_to_mel_weight_matrix", 5, 17, 8000, 80.0, 3600.0),
    "mfccs": call(lambda tf, x: tf.signal.mfccs_from_log_mel_spectrograms(x), SIGNAL),
}
