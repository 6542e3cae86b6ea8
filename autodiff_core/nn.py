"""`nn`: activations and losses, by TensorFlow's names."""

from .embedding import embedding_lookup
from .ops.elementwise import elu, relu, relu6, selu, sigmoid, silu, softplus, softsign, tanh
from .ops.nn import (
    gelu,
    l2_loss,
    l2_normalize,
    leaky_relu,
    log_softmax,
    sigmoid_cross_entropy_with_logits,
    softmax,
    softmax_cross_entropy_with_logits,
    sparse_softmax_cross_entropy_with_logits,
)

swish = silu

__all__ = [
    "elu",
    "embedding_lookup",
    "gelu",
    "l2_loss",
    "l2_normalize",
    "leaky_relu",
    "log_softmax",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "sigmoid_cross_entropy_with_logits",
    "silu",
    "softmax",
    "softmax_cross_entropy_with_logits",
    "softplus",
    "softsign",
    "sparse_softmax_cross_entropy_with_logits",
    "swish",
    "tanh",
]
