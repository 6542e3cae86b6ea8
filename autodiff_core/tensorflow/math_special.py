"""`math.special`: special functions by TensorFlow's names, over SciPy's kernels."""

from ..ops.special import dawsn, fresnel_cos, fresnel_sin, spence
from ..ops.special import expi as expint
from ..ops.special import i0 as bessel_i0
from ..ops.special import i0e as bessel_i0e
from ..ops.special import i1 as bessel_i1
from ..ops.special import i1e as bessel_i1e
from ..ops.special import j0 as bessel_j0
from ..ops.special import j1 as bessel_j1
from ..ops.special import k0 as bessel_k0
from ..ops.special import k0e as bessel_k0e
from ..ops.special import k1 as bessel_k1
from ..ops.special import k1e as bessel_k1e
from ..ops.special import y0 as bessel_y0
from ..ops.special import y1 as bessel_y1

__all__ = [
    "bessel_i0",
    "bessel_i0e",
    "bessel_i1",
    "bessel_i1e",
    "bessel_j0",
    "bessel_j1",
    "bessel_k0",
    "bessel_k0e",
    "bessel_k1",
    "bessel_k1e",
    "bessel_y0",
    "bessel_y1",
    "dawsn",
    "expint",
    "fresnel_cos",
    "fresnel_sin",
    "spence",
]
