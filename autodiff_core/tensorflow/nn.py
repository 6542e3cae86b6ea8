"""`nn`: activations, losses, convolutions and pooling, by TensorFlow's names.

Those that few programs use are loaded when one of them is asked for.
"""

from importlib import import_module as _import_module
from typing import Any as _Any

from ..ops.counting import in_top_k, zero_fraction
from ..ops.elementwise import elu, relu, relu6, selu, sigmoid, softplus, softsign, tanh
from ..ops.nn import (
    gelu,
    l2_loss,
    l2_normalize,
    leaky_relu,
    log_softmax,
    sigmoid_cross_entropy_with_logits,
    silu,
    softmax,
    softmax_cross_entropy_with_logits,
    sparse_softmax_cross_entropy_with_logits,
)
from ..ops.normalizing import (
    batch_normalization,
    bias_add,
    crelu,
    depth_to_space,
    dropout,
    local_response_normalization,
    log_poisson_loss,
    moments,
    space_to_depth,
    weighted_cross_entropy_with_logits,
    weighted_moments,
)
from ..ops.ordering import top_k
from ..ops.windows import (
    avg_pool,
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    conv1d,
    conv1d_transpose,
    conv2d,
    conv2d_transpose,
    conv3d,
    conv3d_transpose,
    convolution,
    depthwise_conv2d,
    max_pool,
    max_pool1d,
    max_pool2d,
    max_pool3d,
    separable_conv2d,
)
from .embedding import embedding_lookup

swish = silu
lrn = local_response_normalization

# By the file that has them.
_LATER = {
    "approximate": ("approx_max_k", "approx_min_k"),
    "blocks": ("space_to_batch", "with_space_to_batch"),
    "candidates": (
        "all_candidate_sampler",
        "compute_accidental_hits",
        "fixed_unigram_candidate_sampler",
        "nce_loss",
        "sampled_softmax_loss",
    ),
    "convolution_spellings": (
        "atrous_conv2d",
        "atrous_conv2d_transpose",
        "conv_transpose",
        "depthwise_conv2d_backprop_filter",
        "depthwise_conv2d_backprop_input",
    ),
    "ctc": (
        "collapse_repeated",
        "ctc_beam_search_decoder",
        "ctc_greedy_decoder",
        "ctc_loss",
        "ctc_unique_labels",
    ),
    "pooling": (
        "dilation2d",
        "erosion2d",
        "fractional_avg_pool",
        "fractional_max_pool",
        "max_pool_with_argmax",
        "pool",
    ),
    "statistics": (
        "batch_norm_with_global_normalization",
        "compute_average_loss",
        "isotonic_regression",
        "normalize_moments",
        "scale_regularization_loss",
        "sufficient_statistics",
    ),
}
_HOME = {name: home for home, names in _LATER.items() for name in names}


def __getattr__(name: str) -> _Any:
    if name == "experimental":
        return _import_module(f"{__package__}.nn_experimental")
    if name in _HOME:
        return getattr(_import_module(f"..ops.{_HOME[name]}", __package__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "avg_pool",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "batch_normalization",
    "bias_add",
    "conv1d",
    "conv1d_transpose",
    "conv2d",
    "conv2d_transpose",
    "conv3d",
    "conv3d_transpose",
    "convolution",
    "crelu",
    "depth_to_space",
    "depthwise_conv2d",
    "dropout",
    "elu",
    "embedding_lookup",
    "gelu",
    "in_top_k",
    "l2_loss",
    "l2_normalize",
    "leaky_relu",
    "local_response_normalization",
    "log_poisson_loss",
    "log_softmax",
    "lrn",
    "max_pool",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "moments",
    "relu",
    "relu6",
    "selu",
    "separable_conv2d",
    "sigmoid",
    "sigmoid_cross_entropy_with_logits",
    "silu",
    "softmax",
    "softmax_cross_entropy_with_logits",
    "softplus",
    "softsign",
    "space_to_depth",
    "sparse_softmax_cross_entropy_with_logits",
    "swish",
    "tanh",
    "top_k",
    "weighted_cross_entropy_with_logits",
    "weighted_moments",
    "zero_fraction",
    *_HOME,
]
