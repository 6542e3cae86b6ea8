"""`nn`: activations, losses, convolutions and pooling, by TensorFlow's names."""

from ..namespaces import namespace as _namespace

# What is no row, by the file that has it.
_FUNCTIONS = """
ops.approximate: approx_max_k approx_min_k
ops.blocks: space_to_batch with_space_to_batch
tensorflow.candidates: all_candidate_sampler compute_accidental_hits fixed_unigram_candidate_sampler nce_loss
    sampled_softmax_loss
ops.convolution_spellings: atrous_conv2d atrous_conv2d_transpose conv_transpose depthwise_conv2d_backprop_filter
    depthwise_conv2d_backprop_input
ops.counting: in_top_k zero_fraction
ops.ctc: collapse_repeated ctc_beam_search_decoder ctc_greedy_decoder ctc_unique_labels
ops.nn: gelu l2_loss l2_normalize leaky_relu sigmoid_cross_entropy_with_logits silu swish=silu
ops.normalizing: batch_normalization bias_add crelu depth_to_space dropout local_response_normalization
    log_poisson_loss lrn=local_response_normalization moments space_to_depth weighted_cross_entropy_with_logits
    weighted_moments
ops.ordering: top_k
ops.pooling: dilation2d erosion2d fractional_avg_pool fractional_max_pool max_pool_with_argmax pool
ops.statistics: batch_norm_with_global_normalization compute_average_loss isotonic_regression normalize_moments
    scale_regularization_loss sufficient_statistics
ops.windows: avg_pool avg_pool1d avg_pool2d avg_pool3d conv1d conv1d_transpose conv2d conv2d_transpose conv3d
    conv3d_transpose convolution depthwise_conv2d max_pool max_pool1d max_pool2d max_pool3d separable_conv2d
tensorflow.embedding: embedding_lookup
"""

__all__, __dir__, __getattr__ = _namespace(
    __name__, "tf.nn", _FUNCTIONS, unlisted="tensorflow: experimental=nn_experimental"
)
