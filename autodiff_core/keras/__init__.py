"""The part of Keras that small networks need: layers, models, losses, optimizers, metrics.

Written on the public functions of `autodiff_core`, as a user's own layers would be; on its core where a step is made.
"""

from . import activations, backend, initializers, layers, losses, metrics, models, optimizers
from .models import Model, Sequential

__all__ = [
    "Model",
    "Sequential",
    "activations",
    "backend",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
]
__dir__ = __all__.copy
