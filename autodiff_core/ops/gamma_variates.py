"""Gamma variates as a function of a seed and of their shape, by which they have a derivative.

The draw itself, with its rejections, does not vary smoothly with the shape; the derivative is that of the distribution
function's inverse. So finite differences do not see it, and it is no row of the table. The derivative needs SciPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms
from .elementwise import multiply
from .forms import Kind


def generator_from(seed: np.ndarray) -> np.random.Generator:
    """The generator that the numbers of a seed stand for."""
    words = [int(word) % 2**64 for word in np.asarray(seed).reshape(-1)]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))


def _variates(attributes: Any, alpha: np.ndarray, seed: np.ndarray) -> np.ndarray:
    drawn = generator_from(seed).standard_gamma(alpha.astype(np.float64))
    return np.asarray(drawn).astype(alpha.dtype)


def _rule(g: Any, y: Any, attributes: Any, alpha: Any, seed: Any) -> tuple[Any, None]:
    from .gamma_orders import drift

    return multiply(g, drift(alpha, y)), None


_VARIATES = _core.register_general(
    "gamma_variates",
    _variates,
    _rule,
    None,
    True,
    True,
    widens=True,
    form=forms.nothing,
    gives=lambda attributes, alpha, seed: Kind(*alpha),
    c=c_loops.RANDOM,
)


def gamma_variates(alpha: Any, seed: Any) -> Tensor:
    """A gamma variate for each element of alpha, which must be of a float dtype."""
    return _core.general(_VARIATES, [alpha, seed])
