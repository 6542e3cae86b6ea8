"""Writes docs/tensorflow_names.md, what there is of TensorFlow's functions: python docs/make_tensorflow_names.py"""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path

import autodiff_core as tf

PAGE = Path(__file__).with_name("tensorflow_names.md")

# The functions of TensorFlow 2's public API, as its reference lists them, without classes and submodules.
NAMES = {
    "tf": """
        Assert abs acos acosh add add_n approx_top_k argmax argmin argsort as_dtype as_string asin asinh
        assert_equal assert_greater assert_less assert_rank atan atan2 atanh batch_to_space bitcast boolean_mask
        broadcast_dynamic_shape broadcast_static_shape broadcast_to case cast clip_by_global_norm clip_by_norm
        clip_by_value complex concat cond constant control_dependencies conv convert_to_tensor cos cosh cumsum
        custom_gradient device divide dynamic_partition dynamic_stitch edit_distance einsum ensure_shape equal
        executing_eagerly exp expand_dims extract_volume_patches eye fftnd fill fingerprint floor foldl foldr
        function gather gather_nd get_current_name_scope get_logger get_static_value grad_pass_through gradients
        greater greater_equal group guarantee_const hessians histogram_fixed_width histogram_fixed_width_bins
        identity identity_n ifftnd init_scope inside_function irfftnd is_symbolic_tensor is_tensor less
        less_equal linspace load_library load_op_library logical_and logical_not logical_or make_ndarray
        make_tensor_proto map_fn matmul matrix_square_root maximum meshgrid minimum multiply name_scope negative
        no_gradient no_op nondifferentiable_batch_function norm not_equal numpy_function one_hot ones ones_like
        pad parallel_stack pow print py_function ragged_fill_empty_rows random_index_shuffle range rank realdiv
        recompute_grad reduce_all reduce_any reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod
        reduce_sum register_tensor_conversion_function repeat required_space_to_batch_paddings reshape reverse
        reverse_sequence rfftnd roll round saturate_cast scalar_mul scan scatter_nd searchsorted sequence_mask
        shape shape_n sigmoid sign sin sinh size slice sort space_to_batch space_to_batch_nd split sqrt square
        squeeze stack stop_gradient strided_slice subtract switch_case tan tanh tensor_scatter_nd_add
        tensor_scatter_nd_max tensor_scatter_nd_min tensor_scatter_nd_sub tensor_scatter_nd_update tensordot
        tile timestamp transpose truediv truncatediv truncatemod tuple type_spec_from_value unique
        unique_with_counts unravel_index unstack variable_creator_scope vectorized_map where while_loop zeros
        zeros_like""",
    "tf.math": """
        abs accumulate_n acos acosh add add_n angle approx_max_k approx_min_k argmax argmin asin asinh atan
        atan2 atanh bessel_i0 bessel_i0e bessel_i1 bessel_i1e betainc bincount ceil confusion_matrix conj cos
        cosh count_nonzero cumprod cumsum cumulative_logsumexp digamma divide divide_no_nan equal erf erfc
        erfcinv erfinv exp expm1 floor floordiv floormod greater greater_equal igamma igammac imag in_top_k
        invert_permutation is_finite is_inf is_nan is_non_decreasing is_strictly_increasing l2_normalize lbeta
        less less_equal lgamma log log1p log_sigmoid log_softmax logical_and logical_not logical_or logical_xor
        maximum minimum mod multiply multiply_no_nan ndtri negative nextafter not_equal polygamma polyval pow
        real reciprocal reciprocal_no_nan reduce_all reduce_any reduce_euclidean_norm reduce_logsumexp
        reduce_max reduce_mean reduce_min reduce_prod reduce_std reduce_sum reduce_variance rint round rsqrt
        scalar_mul segment_max segment_mean segment_min segment_prod segment_sum sigmoid sign sin sinh
        sobol_sample softmax softplus softsign sqrt square squared_difference subtract tan tanh top_k truediv
        unsorted_segment_max unsorted_segment_mean unsorted_segment_min unsorted_segment_prod
        unsorted_segment_sqrt_n unsorted_segment_sum xdivy xlog1py xlogy zero_fraction zeta""",
    "tf.nn": """
        atrous_conv2d atrous_conv2d_transpose avg_pool avg_pool1d avg_pool2d avg_pool3d
        batch_norm_with_global_normalization batch_normalization bias_add collapse_repeated
        compute_accidental_hits compute_average_loss conv1d conv1d_transpose conv2d conv2d_transpose conv3d
        conv3d_transpose conv_transpose convolution crelu ctc_beam_search_decoder ctc_greedy_decoder ctc_loss
        ctc_unique_labels depth_to_space depthwise_conv2d depthwise_conv2d_backprop_filter
        depthwise_conv2d_backprop_input dilation2d dropout elu embedding_lookup embedding_lookup_sparse
        erosion2d fixed_unigram_candidate_sampler fractional_avg_pool fractional_max_pool gelu in_top_k
        isotonic_regression l2_loss l2_normalize leaky_relu learned_unigram_candidate_sampler
        local_response_normalization log_poisson_loss log_softmax lrn max_pool max_pool1d max_pool2d max_pool3d
        max_pool_with_argmax moments nce_loss normalize_moments pool relu relu6 safe_embedding_lookup_sparse
        sampled_softmax_loss scale_regularization_loss selu separable_conv2d sigmoid
        sigmoid_cross_entropy_with_logits silu softmax softmax_cross_entropy_with_logits softplus softsign
        space_to_batch space_to_depth sparse_softmax_cross_entropy_with_logits sufficient_statistics swish tanh
        top_k weighted_cross_entropy_with_logits weighted_moments with_space_to_batch zero_fraction""",
    "tf.experimental.dlpack": "from_dlpack to_dlpack",
    "tf.linalg": """
        adjoint band_part banded_triangular_solve cholesky cholesky_solve cross det diag diag_part eigh eig
        eigvals eigvalsh einsum expm eye global_norm inv l2_normalize logdet logm lstsq lu lu_matrix_inverse
        lu_reconstruct lu_solve matmul matrix_rank matrix_transpose matvec norm normalize pinv qr set_diag
        slogdet solve sqrtm svd tensor_diag tensor_diag_part tensordot trace triangular_solve tridiagonal_matmul
        tridiagonal_solve""",
    "tf.signal": """
        dct fft fft2d fft3d fftnd fftshift frame hamming_window hann_window idct ifft ifft2d ifft3d ifftnd ifftshift
        inverse_mdct inverse_stft inverse_stft_window_fn irfft irfft2d irfft3d irfftnd kaiser_bessel_derived_window
        kaiser_window linear_to_mel_weight_matrix mdct mfccs_from_log_mel_spectrograms overlap_and_add rfft rfft2d
        rfft3d rfftnd stft vorbis_window""",
}

_GRAPHS = "graphs, devices and sessions: there are none"
_TEXT = "text, bits and serialised data: there are only numbers"
_ASSERT = "checks: use Python's `assert`, or an exception of your own"
_COMPLEX = "complex numbers have no gradients here"
_SPECIAL = "special functions, for which NumPy has no kernel"
_SPARSE = "takes TensorFlow's sparse or ragged tensors"
_SAMPLED = "draws candidates at random in TensorFlow's own way"
_OTHER = "can be said with what is there"
_YET = "not written yet"
REASONS = {
    _GRAPHS: """control_dependencies device executing_eagerly function get_logger get_static_value gradients group
        guarantee_const hessians init_scope inside_function is_symbolic_tensor load_library load_op_library no_gradient
        no_op nondifferentiable_batch_function numpy_function py_function register_tensor_conversion_function tuple
        variable_creator_scope get_current_name_scope type_spec_from_value compute_average_loss
        scale_regularization_loss broadcast_dynamic_shape shape_n timestamp print parallel_stack""",
    _TEXT: "as_string bitcast edit_distance fingerprint make_ndarray make_tensor_proto",
    _ASSERT: "Assert assert_equal assert_greater assert_less assert_rank",
    _COMPLEX: "complex angle imag real eig eigvals",
    _SPECIAL: """bessel_i0 bessel_i0e bessel_i1 bessel_i1e betainc digamma erfcinv erfinv igamma igammac lbeta lgamma
        ndtri polygamma zeta""",
    _SPARSE: "ragged_fill_empty_rows embedding_lookup_sparse safe_embedding_lookup_sparse",
    _SAMPLED: """compute_accidental_hits fixed_unigram_candidate_sampler learned_unigram_candidate_sampler nce_loss
        sampled_softmax_loss sobol_sample random_index_shuffle fractional_avg_pool fractional_max_pool""",
    _OTHER: """conv atrous_conv2d atrous_conv2d_transpose conv_transpose batch_norm_with_global_normalization
        depthwise_conv2d_backprop_filter depthwise_conv2d_backprop_input pool with_space_to_batch realdiv
        reciprocal_no_nan strided_slice unravel_index ensure_shape broadcast_static_shape approx_top_k approx_max_k
        approx_min_k truncatediv truncatemod saturate_cast""",
}

TEXT = """# TensorFlow's functions, and what is missing

Written by `python docs/make_tensorflow_names.py`; a test sees to it that it is up to date. It goes through the
functions of TensorFlow's public API in these namespaces, without classes. [For TensorFlow users](tensorflow.md) says
where those that are there behave differently.

| namespace | there | missing |
| --- | --- | --- |
{counts}

{parts}
"""


def page() -> str:
    reason_of = {name: reason for reason, names in REASONS.items() for name in names.split()}
    counts, parts = [], []
    for prefix, text in NAMES.items():
        namespace = tf if prefix == "tf" else attrgetter(prefix.removeprefix("tf."))(tf)
        names = text.split()
        missing = [name for name in names if name not in namespace.__all__]
        counts.append(f"| `{prefix}` | {len(names) - len(missing)} | {len(missing)} |")
        lines = []
        for reason in (*REASONS, _YET):
            chosen = [f"`{name}`" for name in missing if reason_of.get(name, _YET) == reason]
            if chosen:
                lines.append(f"- {reason}: {', '.join(chosen)}.")
        parts.append(f"## Missing in {prefix}\n\n" + ("\n".join(lines) or "Nothing."))
    return TEXT.format(counts="\n".join(counts), parts="\n\n".join(parts))


if __name__ == "__main__":
    PAGE.write_text(page())
