"""`scipy.special`: special functions by SciPy's names. All but a few are rows of the op table, over SciPy's kernels."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from .._core import Tensor
from .._core import TensorLike
from ..math import bessel_i0 as _bessel_i0
from ..math import bessel_i0e as _bessel_i0e
from ..math import bessel_i1 as _bessel_i1
from ..math import bessel_i1e as _bessel_i1e
from ..math import digamma as _digamma
from ..math import igamma as _igamma
from ..math import igammac as _igammac
from ..math import lgamma as _lgamma
from ..math import log_sigmoid as _log_sigmoid
from ..math import rint as _rint
from ..math import sigmoid as _sigmoid
from typing import Any
from ..math import betainc as betainc
from ..math import digamma as digamma
from ..math import erf as erf
from ..math import erfc as erfc
from ..math import erfcinv as erfcinv
from ..math import erfinv as erfinv
from ..math import expm1 as expm1
from ..math import log1p as log1p
from ..math import ndtri as ndtri
from ..math import xlog1py as xlog1py
from ..math import xlogy as xlogy
from ..math import zeta as zeta
from ..ops.elementary import lambertw as lambertw
from ..ops.elementary import voigt_profile as voigt_profile
from .special_functions import assoc_laguerre as assoc_laguerre
from .special_functions import comb as comb
from .special_functions import diric as diric
from .special_functions import factorial as factorial
from .special_functions import fresnel as fresnel
from .special_functions import log_softmax as log_softmax
from .special_functions import logsumexp as logsumexp
from .special_functions import multigammaln as multigammaln
from .special_functions import perm as perm
from .special_functions import softmax as softmax
from .special_functions import softplus as softplus

def agm(a: TensorLike, b: TensorLike, name: str | None = None) -> Tensor:
    """Arithmetic-geometric mean, elementwise.

    Parameters
    ----------
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    b : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.agm.html. Slopes where an operand is 0 are NaN.

    Examples
    --------
    >>> print(tf.scipy.special.agm([0.53, 0.78], [1.35, 1.65]).numpy().round(4))
    [0.8923 1.1744]
    """

def airy(z: TensorLike, /) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Airy's functions and their derivatives Ai, Ai', Bi, Bi', elementwise.

    Parameters
    ----------
    z : array_like
        Real numbers.

    Returns
    -------
    tuple of 4 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.airy.html.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.airy(-1.25)).numpy().round(4))
    [ 0.52    0.1391 -0.0459  0.5998]
    """

def airye(z: TensorLike, /) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Airy's functions and their derivatives, exponentially scaled, elementwise.

    Parameters
    ----------
    z : array_like
        Real numbers.

    Returns
    -------
    tuple of 4 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.airye.html. Left of 0 SciPy has no scaled Ai: it is NaN.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.airye(0.98)).numpy().round(4))
    [ 0.2645 -0.309   0.6227  0.4759]
    """

def bdtr(k: TensorLike, n: TensorLike, p: TensorLike, /) -> Tensor:
    """Probability of at most k successes in n trials, elementwise.

    Parameters
    ----------
    k : array_like
        Data: without a derivative.
    n : array_like
        Data: without a derivative.
    p : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.bdtr.html. There is no derivative with respect to k and n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.bdtr(2, 5, 0.27).numpy().round(4))
    0.8743
    """

def bdtrc(k: TensorLike, n: TensorLike, p: TensorLike, /) -> Tensor:
    """Probability of more than k successes in n trials, elementwise.

    Parameters
    ----------
    k : array_like
        Data: without a derivative.
    n : array_like
        Data: without a derivative.
    p : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.bdtrc.html. There is no derivative with respect to k and n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.bdtrc(2, 5, 0.27).numpy().round(4))
    0.1257
    """

def bdtri(k: TensorLike, n: TensorLike, y: TensorLike, /) -> Tensor:
    """The p for which bdtr(k, n, p) is y, elementwise.

    Parameters
    ----------
    k : array_like
        Data: without a derivative.
    n : array_like
        Data: without a derivative.
    y : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.bdtri.html. There is no derivative with respect to k and n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.bdtri(2, 5, 0.27).numpy().round(4))
    0.6282
    """

def bdtrik(y: TensorLike, n: TensorLike, p: TensorLike, name: str | None = None) -> Tensor:
    """The k for which bdtr(k, n, p) is y, elementwise.

    Parameters
    ----------
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    n : array_like
        Numbers, arrays, tensors or variables that broadcast.
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.bdtrik.html. There is no derivative with respect to y and n and p: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.bdtrik([0.27, 0.72], [5.0, 5.0], [0.27, 0.72]).numpy().round(4))
    [0.1769 3.7501]
    """

def bdtrin(k: TensorLike, y: TensorLike, p: TensorLike, name: str | None = None) -> Tensor:
    """The n for which bdtr(k, n, p) is y, elementwise.

    Parameters
    ----------
    k : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.bdtrin.html. There is no derivative with respect to k and y and p: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.bdtrin([2.0, 2.0], [0.27, 0.72], [0.27, 0.72]).numpy().round(4))
    [13.1067  2.7594]
    """

def bei(x: TensorLike, name: str | None = None) -> Tensor:
    """Kelvin's function bei, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.bei.html

    Examples
    --------
    >>> print(tf.scipy.special.bei([0.98, 2.33]).numpy().round(4))
    [0.2397 1.2881]
    """

def beip(x: TensorLike, name: str | None = None) -> Tensor:
    """Derivative of Kelvin's function bei, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.beip.html

    Examples
    --------
    >>> print(tf.scipy.special.beip([0.98, 2.33]).numpy().round(4))
    [0.4876 0.9875]
    """

def ber(x: TensorLike, name: str | None = None) -> Tensor:
    """Kelvin's function ber, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.ber.html

    Examples
    --------
    >>> print(tf.scipy.special.ber([0.98, 2.33]).numpy().round(4))
    [0.9856 0.5454]
    """

def berp(x: TensorLike, name: str | None = None) -> Tensor:
    """Derivative of Kelvin's function ber, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.berp.html

    Examples
    --------
    >>> print(tf.scipy.special.berp([0.98, 2.33]).numpy().round(4))
    [-0.0588 -0.7704]
    """

def besselpoly(a: TensorLike, lmb: TensorLike, nu: TensorLike, name: str | None = None) -> Tensor:
    """Integral of x ** lmb jv(nu, 2 a x) from 0 to 1, elementwise.

    Parameters
    ----------
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    lmb : array_like
        Numbers, arrays, tensors or variables that broadcast.
    nu : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.besselpoly.html. There is no derivative with respect to lmb and nu: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.besselpoly([0.98, 2.33], [1.0, 1.0], [2.0, 2.0]).numpy().round(4))
    [0.0966 0.176 ]
    """

def beta(a: TensorLike, b: TensorLike, name: str | None = None) -> Tensor:
    """gamma(a) gamma(b) / gamma(a + b), elementwise.

    Parameters
    ----------
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    b : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.beta.html

    Examples
    --------
    >>> print(tf.scipy.special.beta([0.98, 2.33], [0.98, 2.33]).numpy().round(4))
    [1.041  0.0969]
    """

def betaincc(a: TensorLike, b: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """1 - betainc(a, b, x), exact where that is small, elementwise.

    Parameters
    ----------
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    b : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.betaincc.html. There is no derivative with respect to a and b: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.betaincc([0.98, 2.33], [0.98, 2.33], [0.27, 0.72]).numpy().round(4))
    [0.7275 0.171 ]
    """

def betainccinv(a: TensorLike, b: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """The x for which betaincc(a, b, x) is y, elementwise.

    Parameters
    ----------
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    b : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.betainccinv.html. There is no derivative with respect to a and b: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.betainccinv([0.98, 2.33], [0.98, 2.33], [0.27, 0.72]).numpy().round(4))
    [0.7325 0.3605]
    """

def betaincinv(a: TensorLike, b: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """The x for which betainc(a, b, x) is y, elementwise.

    Parameters
    ----------
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    b : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.betaincinv.html. There is no derivative with respect to a and b: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.betaincinv([0.98, 2.33], [0.98, 2.33], [0.27, 0.72]).numpy().round(4))
    [0.2675 0.6395]
    """

def betaln(a: TensorLike, b: TensorLike, name: str | None = None) -> Tensor:
    """Logarithm of the absolute value of beta(a, b), elementwise.

    Parameters
    ----------
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    b : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.betaln.html

    Examples
    --------
    >>> print(tf.scipy.special.betaln([0.98, 2.33], [0.98, 2.33]).numpy().round(4))
    [ 0.0401 -2.3342]
    """

def binom(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Binomial coefficient of real numbers, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.binom.html. Slopes at whole numbers with y above x or below 0, poles of the gamma function, are NaN.

    Examples
    --------
    >>> print(tf.scipy.special.binom([3.65, 4.55], [0.98, 2.33]).numpy().round(4))
    [3.5965 8.2884]
    """

def boxcox(x: TensorLike, lmbda: TensorLike, name: str | None = None) -> Tensor:
    """(x ** lmbda - 1) / lmbda, and log(x) where lmbda is 0, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    lmbda : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.boxcox.html

    Examples
    --------
    >>> print(tf.scipy.special.boxcox([0.98, 2.33], [-0.75, 0.75]).numpy().round(4))
    [-0.0204  1.1812]
    """

def boxcox1p(x: TensorLike, lmbda: TensorLike, name: str | None = None) -> Tensor:
    """boxcox of 1 + x, exact near 0, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    lmbda : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.boxcox1p.html

    Examples
    --------
    >>> print(tf.scipy.special.boxcox1p([0.98, 2.33], [-0.75, 0.75]).numpy().round(4))
    [0.5345 1.9535]
    """

def btdtria(p: TensorLike, b: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """The a for which betainc(a, b, x) is p, elementwise.

    Parameters
    ----------
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    b : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.btdtria.html. There is no derivative with respect to p and b and x: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.btdtria([0.27, 0.72], [1.9, 3.3], [0.27, 0.72]).numpy().round(4))
    [1.5329 5.2981]
    """

def btdtrib(a: TensorLike, p: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """The b for which betainc(a, b, x) is p, elementwise.

    Parameters
    ----------
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.btdtrib.html. There is no derivative with respect to a and p and x: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.btdtrib([1.9, 3.3], [0.27, 0.72], [0.27, 0.72]).numpy().round(4))
    [2.5855 2.3006]
    """

def cbrt(x: TensorLike, name: str | None = None) -> Tensor:
    """Cube root, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    TensorFlow has no such function. NumPy's, np.cbrt, called with tensors is this one.

    Examples
    --------
    >>> x = np.array([0.72, 1.57])
    >>> np.allclose(tf.scipy.special.cbrt(x).numpy(), np.cbrt(x))
    True
    """

def chdtr(v: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Distribution function of the chi square distribution, elementwise.

    Parameters
    ----------
    v : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.chdtr.html. There is no derivative with respect to v: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.chdtr([0.98, 2.33], [0.98, 2.33]).numpy().round(4))
    [0.6843 0.6227]
    """

def chdtrc(v: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """1 - chdtr(v, x), exact where that is small, elementwise.

    Parameters
    ----------
    v : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.chdtrc.html. There is no derivative with respect to v: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.chdtrc([0.98, 2.33], [0.98, 2.33]).numpy().round(4))
    [0.3157 0.3773]
    """

def chdtri(v: TensorLike, p: TensorLike, name: str | None = None) -> Tensor:
    """The x for which chdtrc(v, x) is p, elementwise.

    Parameters
    ----------
    v : array_like
        Numbers, arrays, tensors or variables that broadcast.
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.chdtri.html. There is no derivative with respect to v: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.chdtri([0.98, 2.33], [0.27, 0.72]).numpy().round(4))
    [1.1871 0.8715]
    """

def chdtriv(p: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """The v for which chdtr(v, x) is p, elementwise.

    Parameters
    ----------
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.chdtriv.html. There is no derivative with respect to p and x: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.chdtriv([0.27, 0.72], [0.98, 2.33]).numpy().round(4))
    [2.5428 1.8377]
    """

def chndtr(x: TensorLike, df: TensorLike, nc: TensorLike, name: str | None = None) -> Tensor:
    """Distribution function of the noncentral chi square distribution, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    df : array_like
        Numbers, arrays, tensors or variables that broadcast.
    nc : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.chndtr.html. There is no derivative with respect to df: asking for one is a LookupError. Where nc is 0, slopes are NaN: use chdtr.

    Examples
    --------
    >>> print(tf.scipy.special.chndtr([0.98, 2.33], [1.9, 3.3], [0.98, 2.33]).numpy().round(4))
    [0.2822 0.2097]
    """

def chndtridf(x: TensorLike, p: TensorLike, nc: TensorLike, name: str | None = None) -> Tensor:
    """The df for which chndtr(x, df, nc) is p, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    nc : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.chndtridf.html. There is no derivative with respect to x and p and nc: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.chndtridf([4.5, 5.5], [0.38, 0.52], [0.62, 0.88]).numpy().round(4))
    [5.578  5.1829]
    """

def chndtrinc(x: TensorLike, df: TensorLike, p: TensorLike, name: str | None = None) -> Tensor:
    """The nc for which chndtr(x, df, nc) is p, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    df : array_like
        Numbers, arrays, tensors or variables that broadcast.
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.chndtrinc.html. There is no derivative with respect to df: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.chndtrinc([4.5, 5.5], [1.4, 1.8], [0.38, 0.52]).numpy().round(4))
    [5.4448 4.4452]
    """

def chndtrix(p: TensorLike, df: TensorLike, nc: TensorLike, name: str | None = None) -> Tensor:
    """The x for which chndtr(x, df, nc) is p, elementwise.

    Parameters
    ----------
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    df : array_like
        Numbers, arrays, tensors or variables that broadcast.
    nc : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.chndtrix.html. There is no derivative with respect to df: asking for one is a LookupError. Where nc is 0, slopes are NaN: use chdtr.

    Examples
    --------
    >>> print(tf.scipy.special.chndtrix([0.27, 0.72], [1.9, 3.3], [0.98, 2.33]).numpy().round(4))
    [0.9294 7.2299]
    """

def cosdg(x: TensorLike, name: str | None = None) -> Tensor:
    """Cosine of an angle in degrees.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.cosdg.html

    Examples
    --------
    >>> print(tf.scipy.special.cosdg([23.75, 61.25]).numpy().round(4))
    [0.9153 0.481 ]
    """

def cosm1(x: TensorLike, name: str | None = None) -> Tensor:
    """cos(x) - 1, exact near 0, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.cosm1.html

    Examples
    --------
    >>> print(tf.scipy.special.cosm1([-1.0, 1.0]).numpy().round(4))
    [-0.4597 -0.4597]
    """

def cotdg(x: TensorLike, name: str | None = None) -> Tensor:
    """Cotangent of an angle in degrees.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.cotdg.html

    Examples
    --------
    >>> print(tf.scipy.special.cotdg([23.75, 61.25]).numpy().round(4))
    [2.2727 0.5486]
    """

def dawsn(x: TensorLike, name: str | None = None) -> Tensor:
    """Dawson's integral.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.dawsn.html

    Examples
    --------
    >>> print(tf.scipy.special.dawsn([-1.0, 1.0]).numpy().round(4))
    [-0.5381  0.5381]
    """

def ellipe(m: TensorLike, name: str | None = None) -> Tensor:
    """Complete elliptic integral of the second kind of the parameter m, elementwise.

    Parameters
    ----------
    m : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.ellipe.html

    Examples
    --------
    >>> print(tf.scipy.special.ellipe([0.26, 0.69]).numpy().round(4))
    [1.4631 1.2476]
    """

def ellipeinc(phi: TensorLike, m: TensorLike, name: str | None = None) -> Tensor:
    """Incomplete elliptic integral of the second kind, elementwise.

    Parameters
    ----------
    phi : array_like
        Numbers, arrays, tensors or variables that broadcast.
    m : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.ellipeinc.html

    Examples
    --------
    >>> print(tf.scipy.special.ellipeinc([-2.0, 2.0], [0.26, 0.69]).numpy().round(4))
    [-1.8361  1.5015]
    """

def ellipj(u: TensorLike, m: TensorLike, /) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Jacobi's elliptic functions sn, cn and dn, and the amplitude, elementwise.

    Parameters
    ----------
    u : array_like
        Real numbers.
    m : array_like
        Real numbers.

    Returns
    -------
    tuple of 4 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.ellipj.html.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.ellipj(-1.5, 0.26)).numpy().round(4))
    [-0.9865  0.164   0.8643 -1.4061]
    """

def ellipk(m: TensorLike, name: str | None = None) -> Tensor:
    """Complete elliptic integral of the first kind of the parameter m, elementwise.

    Parameters
    ----------
    m : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.ellipk.html

    Examples
    --------
    >>> print(tf.scipy.special.ellipk([0.26, 0.69]).numpy().round(4))
    [1.6912 2.0609]
    """

def ellipkinc(phi: TensorLike, m: TensorLike, name: str | None = None) -> Tensor:
    """Incomplete elliptic integral of the first kind, elementwise.

    Parameters
    ----------
    phi : array_like
        Numbers, arrays, tensors or variables that broadcast.
    m : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.ellipkinc.html

    Examples
    --------
    >>> print(tf.scipy.special.ellipkinc([-2.0, 2.0], [0.26, 0.69]).numpy().round(4))
    [-2.1851  2.7883]
    """

def ellipkm1(p: TensorLike, name: str | None = None) -> Tensor:
    """Complete elliptic integral of the first kind of 1 - p, exact near 0, elementwise.

    Parameters
    ----------
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.ellipkm1.html

    Examples
    --------
    >>> print(tf.scipy.special.ellipkm1([0.26, 0.69]).numpy().round(4))
    [2.139  1.7198]
    """

def elliprc(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Carlson's degenerate symmetric elliptic integral, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.elliprc.html. Slopes where x is y, or nearly, are exact to six digits; for a negative y they are NaN.

    Examples
    --------
    >>> print(tf.scipy.special.elliprc([0.53, 0.78], [1.35, 1.65]).numpy().round(4))
    [0.9869 0.8713]
    """

def elliprd(x: TensorLike, y: TensorLike, z: TensorLike, name: str | None = None) -> Tensor:
    """Carlson's degenerate symmetric elliptic integral of the second kind, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.elliprd.html. Slopes where z is x or y, or nearly, are exact to six digits.

    Examples
    --------
    >>> print(tf.scipy.special.elliprd([0.53, 0.78], [1.35, 1.65], [2.4, 2.8]).numpy().round(4))
    [0.4666 0.3477]
    """

def elliprf(x: TensorLike, y: TensorLike, z: TensorLike, name: str | None = None) -> Tensor:
    """Carlson's symmetric elliptic integral of the first kind, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.elliprf.html

    Examples
    --------
    >>> print(tf.scipy.special.elliprf([0.53, 0.78], [1.35, 1.65], [2.4, 2.8]).numpy().round(4))
    [0.8799 0.7861]
    """

def elliprg(x: TensorLike, y: TensorLike, z: TensorLike, name: str | None = None) -> Tensor:
    """Carlson's completely symmetric elliptic integral of the second kind, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.elliprg.html

    Examples
    --------
    >>> print(tf.scipy.special.elliprg([0.53, 0.78], [1.35, 1.65], [2.4, 2.8]).numpy().round(4))
    [1.1762 1.3049]
    """

def elliprj(x: TensorLike, y: TensorLike, z: TensorLike, p: TensorLike, /) -> Tensor:
    """Carlson's symmetric elliptic integral of the third kind, elementwise.

    Parameters
    ----------
    x : array_like
        Real numbers.
    y : array_like
        Real numbers.
    z : array_like
        Real numbers.
    p : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.elliprj.html. There is no derivative where p is one of the others: it is NaN there.

    Examples
    --------
    >>> print(tf.scipy.special.elliprj(0.53, 1.35, 2.4, 3.75).numpy().round(4))
    0.3427
    """

def entr(x: TensorLike, name: str | None = None) -> Tensor:
    """-x log(x), and 0 where x is 0, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.entr.html

    Examples
    --------
    >>> print(tf.scipy.special.entr([0.98, 2.33]).numpy().round(4))
    [ 0.0198 -1.9709]
    """

def erfcx(x: TensorLike, name: str | None = None) -> Tensor:
    """exp(x ** 2) erfc(x), elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.erfcx.html

    Examples
    --------
    >>> print(tf.scipy.special.erfcx([-1.0, 1.0]).numpy().round(4))
    [5.009  0.4276]
    """

def erfi(z: TensorLike, name: str | None = None) -> Tensor:
    """Imaginary error function, elementwise.

    Parameters
    ----------
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.erfi.html

    Examples
    --------
    >>> print(tf.scipy.special.erfi([-1.0, 1.0]).numpy().round(4))
    [-1.6504  1.6504]
    """

def eval_chebyc(n: TensorLike, x: TensorLike, /) -> Tensor:
    """Chebyshev's polynomial of the first kind on (-2, 2) of degree n, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.eval_chebyc.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.eval_chebyc(3, -0.45).numpy().round(4))
    1.2589
    """

def eval_chebys(n: TensorLike, x: TensorLike, /) -> Tensor:
    """Chebyshev's polynomial of the second kind on (-2, 2) of degree n, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.eval_chebys.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.eval_chebys(3, -0.45).numpy().round(4))
    0.8089
    """

def eval_chebyt(n: TensorLike, x: TensorLike, /) -> Tensor:
    """Chebyshev's polynomial of the first kind of degree n, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.eval_chebyt.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.eval_chebyt(3, -0.45).numpy().round(4))
    0.9855
    """

def eval_chebyu(n: TensorLike, x: TensorLike, /) -> Tensor:
    """Chebyshev's polynomial of the second kind of degree n, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.eval_chebyu.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.eval_chebyu(3, -0.45).numpy().round(4))
    1.071
    """

def eval_gegenbauer(n: TensorLike, alpha: TensorLike, x: TensorLike, /) -> Tensor:
    """Gegenbauer's polynomial of degree n, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    alpha : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.eval_gegenbauer.html. There is no derivative with respect to n and alpha: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.eval_gegenbauer(3, 0.7, -0.45).numpy().round(4))
    0.6806
    """

def eval_genlaguerre(n: TensorLike, alpha: TensorLike, x: TensorLike, /) -> Tensor:
    """Laguerre's generalized polynomial of degree n, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    alpha : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.eval_genlaguerre.html. There is no derivative with respect to n and alpha: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.eval_genlaguerre(3, 0.7, 0.98).numpy().round(4))
    -0.4447
    """

def eval_hermite(n: TensorLike, x: TensorLike, /) -> Tensor:
    """Hermite's polynomial, the physicists', of degree n, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.eval_hermite.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.eval_hermite(3, -0.45).numpy().round(4))
    4.671
    """

def eval_hermitenorm(n: TensorLike, x: TensorLike, /) -> Tensor:
    """Hermite's polynomial, the probabilists', of degree n, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.eval_hermitenorm.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.eval_hermitenorm(3, -0.45).numpy().round(4))
    1.2589
    """

def eval_jacobi(n: TensorLike, alpha: TensorLike, beta: TensorLike, x: TensorLike, /) -> Tensor:
    """Jacobi's polynomial of degree n, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    alpha : array_like
        Data: without a derivative.
    beta : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.eval_jacobi.html. There is no derivative with respect to n and alpha and beta: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.eval_jacobi(3, 0.7, 1.2, -0.45).numpy().round(4))
    0.6247
    """

def eval_laguerre(n: TensorLike, x: TensorLike, /) -> Tensor:
    """Laguerre's polynomial of degree n, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.eval_laguerre.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.eval_laguerre(3, 0.98).numpy().round(4))
    -0.6563
    """

def eval_legendre(n: TensorLike, x: TensorLike, /) -> Tensor:
    """Legendre's polynomial of degree n, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.eval_legendre.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.eval_legendre(3, -0.45).numpy().round(4))
    0.4472
    """

def eval_sh_chebyt(n: TensorLike, x: TensorLike, /) -> Tensor:
    """Chebyshev's polynomial of the first kind, shifted to (0, 1), of degree n, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.eval_sh_chebyt.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.eval_sh_chebyt(3, 0.3).numpy().round(4))
    0.944
    """

def eval_sh_chebyu(n: TensorLike, x: TensorLike, /) -> Tensor:
    """Chebyshev's polynomial of the second kind, shifted to (0, 1), of degree n, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.eval_sh_chebyu.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.eval_sh_chebyu(3, 0.3).numpy().round(4))
    1.088
    """

def eval_sh_jacobi(n: TensorLike, p: TensorLike, q: TensorLike, x: TensorLike, /) -> Tensor:
    """Jacobi's polynomial, shifted to (0, 1), of degree n, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    p : array_like
        Data: without a derivative.
    q : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.eval_sh_jacobi.html. There is no derivative with respect to n and p and q: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.eval_sh_jacobi(3, 2.2, 1.2, 0.3).numpy().round(4))
    0.0125
    """

def eval_sh_legendre(n: TensorLike, x: TensorLike, /) -> Tensor:
    """Legendre's polynomial, shifted to (0, 1), of degree n, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.eval_sh_legendre.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.eval_sh_legendre(3, 0.3).numpy().round(4))
    0.44
    """

def exp1(z: TensorLike, name: str | None = None) -> Tensor:
    """Exponential integral E1, elementwise.

    Parameters
    ----------
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.exp1.html

    Examples
    --------
    >>> print(tf.scipy.special.exp1([0.98, 2.33]).numpy().round(4))
    [0.2269 0.0312]
    """

def exp10(x: TensorLike, name: str | None = None) -> Tensor:
    """10 to the power of x, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.exp10.html

    Examples
    --------
    >>> print(tf.scipy.special.exp10([-1.0, 1.0]).numpy().round(4))
    [ 0.1 10. ]
    """

def exp2(x: TensorLike, name: str | None = None) -> Tensor:
    """2 to the power of x, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    TensorFlow has no such function. NumPy's, np.exp2, called with tensors is this one.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.scipy.special.exp2(x).numpy(), np.exp2(x))
    True
    """

def expi(x: TensorLike, name: str | None = None) -> Tensor:
    """Exponential integral Ei, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.expi.html

    Examples
    --------
    >>> print(tf.scipy.special.expi([0.98, 2.33]).numpy().round(4))
    [1.8407 6.2856]
    """

def expn(n: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Generalized exponential integral of integer order, elementwise.

    Parameters
    ----------
    n : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.expn.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.expn([2.0, 2.0], [0.98, 2.33]).numpy().round(4))
    [0.153  0.0245]
    """

def exprel(x: TensorLike, name: str | None = None) -> Tensor:
    """(exp(x) - 1) / x, and 1 at 0, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.exprel.html

    Examples
    --------
    >>> print(tf.scipy.special.exprel([-1.0, 1.0]).numpy().round(4))
    [0.6321 1.7183]
    """

def fdtr(dfn: TensorLike, dfd: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Distribution function of the F distribution, elementwise.

    Parameters
    ----------
    dfn : array_like
        Numbers, arrays, tensors or variables that broadcast.
    dfd : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.fdtr.html. There is no derivative with respect to dfn and dfd: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.fdtr([1.9, 3.3], [1.9, 3.3], [0.98, 2.33]).numpy().round(4))
    [0.4951 0.7592]
    """

def fdtrc(dfn: TensorLike, dfd: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """1 - fdtr(dfn, dfd, x), exact where that is small, elementwise.

    Parameters
    ----------
    dfn : array_like
        Numbers, arrays, tensors or variables that broadcast.
    dfd : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.fdtrc.html. There is no derivative with respect to dfn and dfd: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.fdtrc([1.9, 3.3], [1.9, 3.3], [0.98, 2.33]).numpy().round(4))
    [0.5049 0.2408]
    """

def fdtri(dfn: TensorLike, dfd: TensorLike, p: TensorLike, name: str | None = None) -> Tensor:
    """The x for which fdtr(dfn, dfd, x) is p, elementwise.

    Parameters
    ----------
    dfn : array_like
        Numbers, arrays, tensors or variables that broadcast.
    dfd : array_like
        Numbers, arrays, tensors or variables that broadcast.
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.fdtri.html. There is no derivative with respect to dfn and dfd: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.fdtri([1.9, 3.3], [1.9, 3.3], [0.28, 0.62]).numpy().round(4))
    [0.377  1.4381]
    """

def fdtridfd(dfn: TensorLike, p: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """The dfd for which fdtr(dfn, dfd, x) is p, elementwise.

    Parameters
    ----------
    dfn : array_like
        Numbers, arrays, tensors or variables that broadcast.
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.fdtridfd.html. There is no derivative with respect to dfn and p and x: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.fdtridfd([1.9, 3.3], [0.38, 0.52], [0.75, 1.25]).numpy().round(4))
    [1.0739 1.9854]
    """

def gamma(z: TensorLike, name: str | None = None) -> Tensor:
    """Gamma function.

    Parameters
    ----------
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.gamma.html

    Examples
    --------
    >>> print(tf.scipy.special.gamma([0.98, 2.33]).numpy().round(4))
    [1.0119 1.1882]
    """

def gammainccinv(a: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """The x for which gammaincc(a, x) is y, elementwise.

    Parameters
    ----------
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.gammainccinv.html. There is no derivative with respect to a: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.gammainccinv([0.98, 2.33], [0.27, 0.72]).numpy().round(4))
    [1.2825 1.3001]
    """

def gammaincinv(a: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """The x for which gammainc(a, x) is y, elementwise.

    Parameters
    ----------
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.gammaincinv.html. There is no derivative with respect to a: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.gammaincinv([0.98, 2.33], [0.27, 0.72]).numpy().round(4))
    [0.3025 2.9357]
    """

def gammasgn(x: TensorLike, name: str | None = None) -> Tensor:
    """Sign of the gamma function, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.gammasgn.html

    Examples
    --------
    >>> print(tf.scipy.special.gammasgn([0.98, 2.33]).numpy().round(4))
    [1. 1.]
    """

def gdtr(a: TensorLike, b: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Distribution function of the gamma distribution of rate a and shape b, elementwise.

    Parameters
    ----------
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    b : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.gdtr.html. There is no derivative with respect to b: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.gdtr([0.98, 2.33], [0.98, 2.33], [0.98, 2.33]).numpy().round(4))
    [0.6261 0.9559]
    """

def gdtrc(a: TensorLike, b: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """1 - gdtr(a, b, x), exact where that is small, elementwise.

    Parameters
    ----------
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    b : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.gdtrc.html. There is no derivative with respect to b: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.gdtrc([0.98, 2.33], [0.98, 2.33], [0.98, 2.33]).numpy().round(4))
    [0.3739 0.0441]
    """

def gdtria(p: TensorLike, b: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """The a for which gdtr(a, b, x) is p, elementwise.

    Parameters
    ----------
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    b : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.gdtria.html. There is no derivative with respect to b: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.gdtria([0.27, 0.72], [0.98, 2.33], [0.98, 2.33]).numpy().round(4))
    [0.3087 1.26  ]
    """

def gdtrib(a: TensorLike, p: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """The b for which gdtr(a, b, x) is p, elementwise.

    Parameters
    ----------
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.gdtrib.html. There is no derivative with respect to a and p and x: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.gdtrib([0.98, 2.33], [0.27, 0.72], [0.98, 2.33]).numpy().round(4))
    [1.9268 4.465 ]
    """

def gdtrix(a: TensorLike, b: TensorLike, p: TensorLike, name: str | None = None) -> Tensor:
    """The x for which gdtr(a, b, x) is p, elementwise.

    Parameters
    ----------
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    b : array_like
        Numbers, arrays, tensors or variables that broadcast.
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.gdtrix.html. There is no derivative with respect to b: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.gdtrix([0.98, 2.33], [0.98, 2.33], [0.27, 0.72]).numpy().round(4))
    [0.3087 1.26  ]
    """

def huber(delta: TensorLike, r: TensorLike, name: str | None = None) -> Tensor:
    """Huber's loss: square up to delta, straight beyond, elementwise.

    Parameters
    ----------
    delta : array_like
        Numbers, arrays, tensors or variables that broadcast.
    r : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.huber.html. Slopes are those of a delta that is not negative; where abs(r) is delta, both sides' are the same.

    Examples
    --------
    >>> print(tf.scipy.special.huber([0.5, 0.7], [-1.0, 1.0]).numpy().round(4))
    [0.375 0.455]
    """

def hyp0f1(v: TensorLike, z: TensorLike, name: str | None = None) -> Tensor:
    """Confluent hypergeometric limit function 0F1, elementwise.

    Parameters
    ----------
    v : array_like
        Numbers, arrays, tensors or variables that broadcast.
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.hyp0f1.html. There is no derivative with respect to v: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.hyp0f1([0.95, 2.05], [-1.0, 1.0]).numpy().round(4))
    [0.1886 1.5747]
    """

def hyp1f1(a: TensorLike, b: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Confluent hypergeometric function 1F1, elementwise.

    Parameters
    ----------
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    b : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.hyp1f1.html. There is no derivative with respect to a and b: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.hyp1f1([0.95, 2.05], [0.95, 2.05], [-1.0, 1.0]).numpy().round(4))
    [0.3679 2.7183]
    """

def hyp2f1(a: TensorLike, b: TensorLike, c: TensorLike, z: TensorLike, /) -> Tensor:
    """Gauss's hypergeometric function 2F1, elementwise.

    Parameters
    ----------
    a : array_like
        Data: without a derivative.
    b : array_like
        Data: without a derivative.
    c : array_like
        Data: without a derivative.
    z : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.hyp2f1.html. There is no derivative with respect to a and b and c: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.hyp2f1(0.5, 1.5, 2.5, -0.45).numpy().round(4))
    0.8903
    """

def hyperu(a: TensorLike, b: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Confluent hypergeometric function U, elementwise.

    Parameters
    ----------
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    b : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.hyperu.html. There is no derivative with respect to a and b: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.hyperu([0.95, 2.05], [0.95, 2.05], [0.98, 2.33]).numpy().round(4))
    [0.6178 0.1027]
    """

def inv_boxcox(y: TensorLike, lmbda: TensorLike, name: str | None = None) -> Tensor:
    """The x for which boxcox(x, lmbda) is y, elementwise.

    Parameters
    ----------
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    lmbda : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.inv_boxcox.html

    Examples
    --------
    >>> print(tf.scipy.special.inv_boxcox([-0.25, 0.25], [-0.75, 0.75]).numpy().round(4))
    [0.7952 1.2575]
    """

def inv_boxcox1p(y: TensorLike, lmbda: TensorLike, name: str | None = None) -> Tensor:
    """The x for which boxcox1p(x, lmbda) is y, elementwise.

    Parameters
    ----------
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    lmbda : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.inv_boxcox1p.html

    Examples
    --------
    >>> print(tf.scipy.special.inv_boxcox1p([-0.25, 0.25], [-0.75, 0.75]).numpy().round(4))
    [-0.2048  0.2575]
    """

def it2i0k0(x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Integrals of (i0(t) - 1) / t from 0 to x, and of k0(t) / t from x on, elementwise.

    Parameters
    ----------
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.it2i0k0.html.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.it2i0k0(0.98)).numpy().round(4))
    [0.1237 0.2171]
    """

def it2j0y0(x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Integrals of (1 - j0(t)) / t from 0 to x, and of y0(t) / t from x on, elementwise.

    Parameters
    ----------
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.it2j0y0.html.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.it2j0y0(0.98)).numpy().round(4))
    [0.1165 0.3969]
    """

def it2struve0(x: TensorLike, name: str | None = None) -> Tensor:
    """Integral of struve(0, t) / t from x on, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.it2struve0.html

    Examples
    --------
    >>> print(tf.scipy.special.it2struve0([0.98, 2.33]).numpy().round(4))
    [0.9686 0.3498]
    """

def itairy(x: TensorLike, /) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Integrals of Ai(t), Bi(t), Ai(-t), Bi(-t) from 0 to x, elementwise.

    Parameters
    ----------
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 4 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.itairy.html.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.itairy(0.98)).numpy().round(4))
    [0.2336 0.8488 0.455  0.3708]
    """

def iti0k0(x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Integrals of i0 and k0 from 0 to x, elementwise.

    Parameters
    ----------
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.iti0k0.html.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.iti0k0(0.98)).numpy().round(4))
    [1.0613 1.234 ]
    """

def itj0y0(x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Integrals of j0 and y0 from 0 to x, elementwise.

    Parameters
    ----------
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.itj0y0.html.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.itj0y0(0.98)).numpy().round(4))
    [ 0.9043 -0.6387]
    """

def itmodstruve0(x: TensorLike, name: str | None = None) -> Tensor:
    """Integral of the modified Struve function of order 0 from 0 to x, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.itmodstruve0.html

    Examples
    --------
    >>> print(tf.scipy.special.itmodstruve0([0.98, 2.33]).numpy().round(4))
    [0.3224 2.3313]
    """

def itstruve0(x: TensorLike, name: str | None = None) -> Tensor:
    """Integral of Struve's function of order 0 from 0 to x, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.itstruve0.html

    Examples
    --------
    >>> print(tf.scipy.special.itstruve0([0.98, 2.33]).numpy().round(4))
    [0.2898 1.2764]
    """

def iv(v: TensorLike, z: TensorLike, name: str | None = None) -> Tensor:
    """Modified Bessel function of the first kind and real order, elementwise.

    Parameters
    ----------
    v : array_like
        Numbers, arrays, tensors or variables that broadcast.
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.iv.html. There is no derivative with respect to v: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.iv([0.95, 2.05], [0.98, 2.33]).numpy().round(4))
    [0.5847 0.9964]
    """

def ive(v: TensorLike, z: TensorLike, name: str | None = None) -> Tensor:
    """exp(-abs(z)) iv(v, z), elementwise.

    Parameters
    ----------
    v : array_like
        Numbers, arrays, tensors or variables that broadcast.
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.ive.html. There is no derivative with respect to v: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.ive([0.95, 2.05], [0.98, 2.33]).numpy().round(4))
    [0.2194 0.0969]
    """

def ivp(v: Any, z: Any, n: int = 1) -> Tensor:
    """Derivatives of iv(v, z) with respect to z, elementwise.

    Parameters
    ----------
    v : array_like
        The order: without a derivative.
    z : array_like
        Real numbers.
    n : int
        How many times.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Raises
    ------
    ValueError
        Where n is no whole number from 0.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.ivp.html

    Examples
    --------
    >>> tf.scipy.special.ivp(1.0, 2.0).shape
    TensorShape([])
    """

def j0(x: TensorLike, name: str | None = None) -> Tensor:
    """Bessel function of the first kind, order 0.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.j0.html

    Examples
    --------
    >>> print(tf.scipy.special.j0([-1.0, 1.0]).numpy().round(4))
    [0.7652 0.7652]
    """

def j1(x: TensorLike, name: str | None = None) -> Tensor:
    """Bessel function of the first kind, order 1.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.j1.html

    Examples
    --------
    >>> print(tf.scipy.special.j1([-1.0, 1.0]).numpy().round(4))
    [-0.4401  0.4401]
    """

def jv(v: TensorLike, z: TensorLike, name: str | None = None) -> Tensor:
    """Bessel function of the first kind and real order, elementwise.

    Parameters
    ----------
    v : array_like
        Numbers, arrays, tensors or variables that broadcast.
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.jv.html. There is no derivative with respect to v: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.jv([0.95, 2.05], [0.98, 2.33]).numpy().round(4))
    [0.457  0.4068]
    """

def jve(v: TensorLike, z: TensorLike, name: str | None = None) -> Tensor:
    """jv, scaled by a factor that is 1 for real numbers, elementwise.

    Parameters
    ----------
    v : array_like
        Numbers, arrays, tensors or variables that broadcast.
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.jve.html. There is no derivative with respect to v: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.jve([0.95, 2.05], [0.98, 2.33]).numpy().round(4))
    [0.457  0.4068]
    """

def jvp(v: Any, z: Any, n: int = 1) -> Tensor:
    """Derivatives of jv(v, z) with respect to z, elementwise.

    Parameters
    ----------
    v : array_like
        The order: without a derivative.
    z : array_like
        Real numbers.
    n : int
        How many times.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Raises
    ------
    ValueError
        Where n is no whole number from 0.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.jvp.html

    Examples
    --------
    >>> tf.scipy.special.jvp(1.0, 2.0).shape
    TensorShape([])
    """

def k0(x: TensorLike, name: str | None = None) -> Tensor:
    """Modified Bessel function of the second kind, order 0.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.k0.html

    Examples
    --------
    >>> print(tf.scipy.special.k0([0.98, 2.33]).numpy().round(4))
    [0.4333 0.0763]
    """

def k0e(x: TensorLike, name: str | None = None) -> Tensor:
    """exp(x) k0(x), elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.k0e.html

    Examples
    --------
    >>> print(tf.scipy.special.k0e([0.98, 2.33]).numpy().round(4))
    [1.1544 0.7847]
    """

def k1(x: TensorLike, name: str | None = None) -> Tensor:
    """Modified Bessel function of the second kind, order 1.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.k1.html

    Examples
    --------
    >>> print(tf.scipy.special.k1([0.98, 2.33]).numpy().round(4))
    [0.6228 0.0914]
    """

def k1e(x: TensorLike, name: str | None = None) -> Tensor:
    """exp(x) k1(x), elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.k1e.html

    Examples
    --------
    >>> print(tf.scipy.special.k1e([0.98, 2.33]).numpy().round(4))
    [1.6595 0.9398]
    """

def kei(x: TensorLike, name: str | None = None) -> Tensor:
    """Kelvin's function kei, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.kei.html

    Examples
    --------
    >>> print(tf.scipy.special.kei([0.98, 2.33]).numpy().round(4))
    [-0.5021 -0.1379]
    """

def keip(x: TensorLike, name: str | None = None) -> Tensor:
    """Derivative of Kelvin's function kei, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.keip.html

    Examples
    --------
    >>> print(tf.scipy.special.keip([0.98, 2.33]).numpy().round(4))
    [0.3536 0.1717]
    """

def ker(x: TensorLike, name: str | None = None) -> Tensor:
    """Kelvin's function ker, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.ker.html

    Examples
    --------
    >>> print(tf.scipy.special.ker([0.98, 2.33]).numpy().round(4))
    [ 0.3008 -0.0649]
    """

def kerp(x: TensorLike, name: str | None = None) -> Tensor:
    """Derivative of Kelvin's function ker, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.kerp.html

    Examples
    --------
    >>> print(tf.scipy.special.kerp([0.98, 2.33]).numpy().round(4))
    [-0.7189 -0.04  ]
    """

def kl_div(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """x log(x / y) - x + y, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.kl_div.html

    Examples
    --------
    >>> print(tf.scipy.special.kl_div([0.98, 2.33], [0.98, 2.33]).numpy().round(4))
    [0. 0.]
    """

def kn(n: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Modified Bessel function of the second kind and integer order, elementwise.

    Parameters
    ----------
    n : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.kn.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.kn([1.0, 1.0], [0.98, 2.33]).numpy().round(4))
    [0.6228 0.0914]
    """

def kolmogi(p: TensorLike, name: str | None = None) -> Tensor:
    """Inverse of kolmogorov, elementwise.

    Parameters
    ----------
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.kolmogi.html

    Examples
    --------
    >>> print(tf.scipy.special.kolmogi([0.27, 0.72]).numpy().round(4))
    [1.     0.6947]
    """

def kolmogorov(y: TensorLike, name: str | None = None) -> Tensor:
    """Complementary distribution function of Kolmogorov's limit, elementwise.

    Parameters
    ----------
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.kolmogorov.html

    Examples
    --------
    >>> print(tf.scipy.special.kolmogorov([0.8, 1.6]).numpy().round(4))
    [0.5441 0.012 ]
    """

def kv(v: TensorLike, z: TensorLike, name: str | None = None) -> Tensor:
    """Modified Bessel function of the second kind and real order, elementwise.

    Parameters
    ----------
    v : array_like
        Numbers, arrays, tensors or variables that broadcast.
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.kv.html. There is no derivative with respect to v: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.kv([0.95, 2.05], [0.98, 2.33]).numpy().round(4))
    [0.6016 0.1603]
    """

def kve(v: TensorLike, z: TensorLike, name: str | None = None) -> Tensor:
    """exp(z) kv(v, z), elementwise.

    Parameters
    ----------
    v : array_like
        Numbers, arrays, tensors or variables that broadcast.
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.kve.html. There is no derivative with respect to v: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.kve([0.95, 2.05], [0.98, 2.33]).numpy().round(4))
    [1.6029 1.6478]
    """

def kvp(v: Any, z: Any, n: int = 1) -> Tensor:
    """Derivatives of kv(v, z) with respect to z, elementwise.

    Parameters
    ----------
    v : array_like
        The order: without a derivative.
    z : array_like
        Real numbers.
    n : int
        How many times.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Raises
    ------
    ValueError
        Where n is no whole number from 0.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.kvp.html

    Examples
    --------
    >>> tf.scipy.special.kvp(1.0, 2.0).shape
    TensorShape([])
    """

def log_ndtr(x: TensorLike, name: str | None = None) -> Tensor:
    """Logarithm of ndtr, exact in the lower tail, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.log_ndtr.html

    Examples
    --------
    >>> print(tf.scipy.special.log_ndtr([-1.0, 1.0]).numpy().round(4))
    [-1.841  -0.1728]
    """

def log_wright_bessel(a: TensorLike, b: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Logarithm of wright_bessel, elementwise.

    Parameters
    ----------
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    b : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.log_wright_bessel.html. There is no derivative with respect to a and b: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.log_wright_bessel([0.95, 2.05], [0.95, 2.05], [0.98, 2.33]).numpy().round(4))
    [0.8324 0.2912]
    """

def loggamma(z: TensorLike, name: str | None = None) -> Tensor:
    """Logarithm of the gamma function, NaN for negative numbers, elementwise.

    Parameters
    ----------
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.loggamma.html

    Examples
    --------
    >>> print(tf.scipy.special.loggamma([0.98, 2.33]).numpy().round(4))
    [0.0119 0.1724]
    """

def logit(x: TensorLike, name: str | None = None) -> Tensor:
    """log(x / (1 - x)), elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.logit.html

    Examples
    --------
    >>> print(tf.scipy.special.logit([0.27, 0.72]).numpy().round(4))
    [-0.9946  0.9445]
    """

def lpmv(m: TensorLike, v: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Associated Legendre function of integer order and real degree, elementwise.

    Parameters
    ----------
    m : array_like
        Numbers, arrays, tensors or variables that broadcast.
    v : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.lpmv.html. There is no derivative with respect to m and v: asking for one is a LookupError. Slopes at -1 and 1 are NaN.

    Examples
    --------
    >>> print(tf.scipy.special.lpmv([1.0, 1.0], [1.62, 2.28], [-0.45, 0.45]).numpy().round(4))
    [ 0.3826 -1.0158]
    """

def mathieu_a(m: TensorLike, q: TensorLike, name: str | None = None) -> Tensor:
    """Characteristic value of even Mathieu functions, elementwise.

    Parameters
    ----------
    m : array_like
        Numbers, arrays, tensors or variables that broadcast.
    q : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.mathieu_a.html. There is no derivative with respect to m and q: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.mathieu_a([2.0, 2.0], [0.7, 0.7]).numpy().round(4))
    [4.1922 4.1922]
    """

def mathieu_b(m: TensorLike, q: TensorLike, name: str | None = None) -> Tensor:
    """Characteristic value of odd Mathieu functions, elementwise.

    Parameters
    ----------
    m : array_like
        Numbers, arrays, tensors or variables that broadcast.
    q : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.mathieu_b.html. There is no derivative with respect to m and q: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.mathieu_b([2.0, 2.0], [0.7, 0.7]).numpy().round(4))
    [3.9593 3.9593]
    """

def mathieu_cem(m: TensorLike, q: TensorLike, x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Even Mathieu function of an angle in degrees, and the derivative, elementwise.

    Parameters
    ----------
    m : array_like
        Data: without a derivative.
    q : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.mathieu_cem.html. There is no derivative with respect to m and q: asking for one is a LookupError.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.mathieu_cem(2, 0.7, 27.5)).numpy().round(4))
    [ 0.738  -1.3771]
    """

def mathieu_modcem1(m: TensorLike, q: TensorLike, x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Even modified Mathieu function of the first kind, and the derivative, elementwise.

    Parameters
    ----------
    m : array_like
        Data: without a derivative.
    q : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.mathieu_modcem1.html. There is no derivative with respect to m and q: asking for one is a LookupError.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.mathieu_modcem1(2, 0.7, 0.52)).numpy().round(4))
    [0.258  0.2738]
    """

def mathieu_modcem2(m: TensorLike, q: TensorLike, x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Even modified Mathieu function of the second kind, and the derivative, elementwise.

    Parameters
    ----------
    m : array_like
        Data: without a derivative.
    q : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.mathieu_modcem2.html. There is no derivative with respect to m and q: asking for one is a LookupError.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.mathieu_modcem2(2, 0.7, 0.52)).numpy().round(4))
    [-1.0162  1.3889]
    """

def mathieu_modsem1(m: TensorLike, q: TensorLike, x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Odd modified Mathieu function of the first kind, and the derivative, elementwise.

    Parameters
    ----------
    m : array_like
        Data: without a derivative.
    q : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.mathieu_modsem1.html. There is no derivative with respect to m and q: asking for one is a LookupError.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.mathieu_modsem1(2, 0.7, 0.52)).numpy().round(4))
    [0.18   0.4083]
    """

def mathieu_modsem2(m: TensorLike, q: TensorLike, x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Odd modified Mathieu function of the second kind, and the derivative, elementwise.

    Parameters
    ----------
    m : array_like
        Data: without a derivative.
    q : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.mathieu_modsem2.html. There is no derivative with respect to m and q: asking for one is a LookupError.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.mathieu_modsem2(2, 0.7, 0.52)).numpy().round(4))
    [-0.9979  1.2734]
    """

def mathieu_sem(m: TensorLike, q: TensorLike, x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Odd Mathieu function of an angle in degrees, and the derivative, elementwise.

    Parameters
    ----------
    m : array_like
        Data: without a derivative.
    q : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.mathieu_sem.html. There is no derivative with respect to m and q: asking for one is a LookupError.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.mathieu_sem(2, 0.7, 27.5)).numpy().round(4))
    [0.7635 1.2174]
    """

def modstruve(v: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Modified Struve function, elementwise.

    Parameters
    ----------
    v : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.modstruve.html. There is no derivative with respect to v: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.modstruve([0.95, 2.05], [0.98, 2.33]).numpy().round(4))
    [0.2333 0.6589]
    """

def nbdtr(k: TensorLike, n: TensorLike, p: TensorLike, /) -> Tensor:
    """Probability of at most k failures before n successes, elementwise.

    Parameters
    ----------
    k : array_like
        Data: without a derivative.
    n : array_like
        Data: without a derivative.
    p : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.nbdtr.html. There is no derivative with respect to k and n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.nbdtr(2, 5, 0.27).numpy().round(4))
    0.0181
    """

def nbdtrc(k: TensorLike, n: TensorLike, p: TensorLike, /) -> Tensor:
    """Probability of more than k failures before n successes, elementwise.

    Parameters
    ----------
    k : array_like
        Data: without a derivative.
    n : array_like
        Data: without a derivative.
    p : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.nbdtrc.html. There is no derivative with respect to k and n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.nbdtrc(2, 5, 0.27).numpy().round(4))
    0.9819
    """

def nbdtri(k: TensorLike, n: TensorLike, y: TensorLike, /) -> Tensor:
    """The p for which nbdtr(k, n, p) is y, elementwise.

    Parameters
    ----------
    k : array_like
        Data: without a derivative.
    n : array_like
        Data: without a derivative.
    y : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.nbdtri.html. There is no derivative with respect to k and n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.nbdtri(2, 5, 0.27).numpy().round(4))
    0.5252
    """

def nbdtrik(y: TensorLike, n: TensorLike, p: TensorLike, name: str | None = None) -> Tensor:
    """The k for which nbdtr(k, n, p) is y, elementwise.

    Parameters
    ----------
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    n : array_like
        Numbers, arrays, tensors or variables that broadcast.
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.nbdtrik.html. There is no derivative with respect to y and n and p: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.nbdtrik([0.27, 0.72], [5.0, 5.0], [0.27, 0.72]).numpy().round(4))
    [8.1872 2.1543]
    """

def nbdtrin(k: TensorLike, y: TensorLike, p: TensorLike, name: str | None = None) -> Tensor:
    """The n for which nbdtr(k, n, p) is y, elementwise.

    Parameters
    ----------
    k : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.nbdtrin.html. There is no derivative with respect to k and y and p: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.nbdtrin([2.0, 2.0], [0.27, 0.72], [0.27, 0.72]).numpy().round(4))
    [2.1132 4.6864]
    """

def ncfdtr(dfn: TensorLike, dfd: TensorLike, nc: TensorLike, f: TensorLike, /) -> Tensor:
    """Distribution function of the noncentral F distribution, elementwise.

    Parameters
    ----------
    dfn : array_like
        Data: without a derivative.
    dfd : array_like
        Data: without a derivative.
    nc : array_like
        Data: without a derivative.
    f : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.ncfdtr.html. There is no derivative with respect to dfn and dfd and nc: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.ncfdtr(2.5, 3.5, 1.2, 0.98).numpy().round(4))
    0.3889
    """

def ncfdtri(dfn: TensorLike, dfd: TensorLike, nc: TensorLike, p: TensorLike, /) -> Tensor:
    """The f for which ncfdtr(dfn, dfd, nc, f) is p, elementwise.

    Parameters
    ----------
    dfn : array_like
        Data: without a derivative.
    dfd : array_like
        Data: without a derivative.
    nc : array_like
        Data: without a derivative.
    p : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.ncfdtri.html. There is no derivative with respect to dfn and dfd and nc: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.ncfdtri(2.5, 3.5, 1.2, 0.35).numpy().round(4))
    0.8578
    """

def nctdtr(df: TensorLike, nc: TensorLike, t: TensorLike, name: str | None = None) -> Tensor:
    """Distribution function of the noncentral t distribution, elementwise.

    Parameters
    ----------
    df : array_like
        Numbers, arrays, tensors or variables that broadcast.
    nc : array_like
        Numbers, arrays, tensors or variables that broadcast.
    t : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.nctdtr.html. There is no derivative with respect to df and nc: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.nctdtr([1.9, 3.3], [0.6, 1.2], [1.12, 2.38]).numpy().round(4))
    [0.63   0.7718]
    """

def nctdtridf(p: TensorLike, nc: TensorLike, t: TensorLike, name: str | None = None) -> Tensor:
    """The df for which nctdtr(df, nc, t) is p, elementwise.

    Parameters
    ----------
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    nc : array_like
        Numbers, arrays, tensors or variables that broadcast.
    t : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.nctdtridf.html. There is no derivative with respect to p and nc and t: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.nctdtridf([0.56, 0.59], [0.53, 0.57], [0.83, 0.88]).numpy().round(4))
    [1.4301 3.0948]
    """

def nctdtrinc(df: TensorLike, p: TensorLike, t: TensorLike, name: str | None = None) -> Tensor:
    """The nc for which nctdtr(df, nc, t) is p, elementwise.

    Parameters
    ----------
    df : array_like
        Numbers, arrays, tensors or variables that broadcast.
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    t : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.nctdtrinc.html. There is no derivative with respect to df and p and t: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.nctdtrinc([1.9, 3.3], [0.38, 0.52], [0.98, 1.32]).numpy().round(4))
    [1.1916 1.1617]
    """

def nctdtrit(df: TensorLike, nc: TensorLike, p: TensorLike, name: str | None = None) -> Tensor:
    """The t for which nctdtr(df, nc, t) is p, elementwise.

    Parameters
    ----------
    df : array_like
        Numbers, arrays, tensors or variables that broadcast.
    nc : array_like
        Numbers, arrays, tensors or variables that broadcast.
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.nctdtrit.html. There is no derivative with respect to df and nc: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.nctdtrit([1.9, 3.3], [0.6, 1.2], [0.6, 0.8]).numpy().round(4))
    [1.01   2.5562]
    """

def ndtr(x: TensorLike, name: str | None = None) -> Tensor:
    """Distribution function of the standard normal distribution, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.ndtr.html

    Examples
    --------
    >>> print(tf.scipy.special.ndtr([-1.0, 1.0]).numpy().round(4))
    [0.1587 0.8413]
    """

def ndtri_exp(y: TensorLike, name: str | None = None) -> Tensor:
    """The x for which log_ndtr(x) is y, elementwise.

    Parameters
    ----------
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.ndtri_exp.html

    Examples
    --------
    >>> print(tf.scipy.special.ndtri_exp([-2.27, -0.83]).numpy().round(4))
    [-1.2629 -0.161 ]
    """

def nrdtrimn(p: TensorLike, std: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """The mean for which the normal distribution function at x is p, elementwise.

    Parameters
    ----------
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    std : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.nrdtrimn.html

    Examples
    --------
    >>> print(tf.scipy.special.nrdtrimn([0.27, 0.72], [0.98, 2.33], [-1.0, 1.0]).numpy().round(4))
    [-0.3994 -0.358 ]
    """

def nrdtrisd(mn: TensorLike, p: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """The standard deviation for which the normal distribution function at x is p, elementwise.

    Parameters
    ----------
    mn : array_like
        Numbers, arrays, tensors or variables that broadcast.
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.nrdtrisd.html

    Examples
    --------
    >>> print(tf.scipy.special.nrdtrisd([-0.75, -0.25], [0.69, 0.86], [0.88, 1.62]).numpy().round(4))
    [3.2873 1.731 ]
    """

def obl_ang1(m: TensorLike, n: TensorLike, c: TensorLike, x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Oblate spheroidal angular function of the first kind, and its derivative, elementwise.

    Parameters
    ----------
    m : array_like
        Data: without a derivative.
    n : array_like
        Data: without a derivative.
    c : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.obl_ang1.html. There is no derivative with respect to m and n and c: asking for one is a LookupError.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.obl_ang1(1, 2, 0.8, -0.4)).numpy().round(4))
    [-1.1079  2.2829]
    """

def obl_ang1_cv(m: TensorLike, n: TensorLike, c: TensorLike, cv: TensorLike, x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Oblate spheroidal angular function of the first kind, for a given characteristic value, and its derivative, elementwise.

    Parameters
    ----------
    m : array_like
        Data: without a derivative.
    n : array_like
        Data: without a derivative.
    c : array_like
        Data: without a derivative.
    cv : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.obl_ang1_cv.html. There is no derivative with respect to m and n and c and cv: asking for one is a LookupError.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.obl_ang1_cv(1, 2, 0.8, 5.724118375219577, -0.4)).numpy().round(4))
    [-1.1079  2.2829]
    """

def obl_cv(m: Any, n: Any, c: Any) -> Any:
    """Characteristic value of oblate spheroidal functions, elementwise.

    Parameters
    ----------
    m, n : array_like
        Mode parameters: whole numbers, n >= m.
    c : array_like
        Spheroidal parameter.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.obl_cv.html.
    There is no derivative: asking for one is a LookupError.

    Examples
    --------
    >>> tf.scipy.special.obl_cv(1.0, 2.0, 0.0).numpy()
    np.float32(6.0)
    """

def obl_rad1(m: TensorLike, n: TensorLike, c: TensorLike, x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Oblate spheroidal radial function of the first kind, and its derivative, elementwise.

    Parameters
    ----------
    m : array_like
        Data: without a derivative.
    n : array_like
        Data: without a derivative.
    c : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.obl_rad1.html. There is no derivative with respect to m and n and c: asking for one is a LookupError.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.obl_rad1(1, 2, 0.8, 0.72)).numpy().round(4))
    [0.036  0.0647]
    """

def obl_rad1_cv(m: TensorLike, n: TensorLike, c: TensorLike, cv: TensorLike, x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Oblate spheroidal radial function of the first kind, for a given characteristic value, and its derivative, elementwise.

    Parameters
    ----------
    m : array_like
        Data: without a derivative.
    n : array_like
        Data: without a derivative.
    c : array_like
        Data: without a derivative.
    cv : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.obl_rad1_cv.html. There is no derivative with respect to m and n and c and cv: asking for one is a LookupError.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.obl_rad1_cv(1, 2, 0.8, 5.724118375219577, 0.72)).numpy().round(4))
    [0.036  0.0647]
    """

def owens_t(h: TensorLike, a: TensorLike, name: str | None = None) -> Tensor:
    """Owen's T function, elementwise.

    Parameters
    ----------
    h : array_like
        Numbers, arrays, tensors or variables that broadcast.
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.owens_t.html

    Examples
    --------
    >>> print(tf.scipy.special.owens_t([-1.0, 1.0], [-1.0, 1.0]).numpy().round(4))
    [-0.0667  0.0667]
    """

def pbdv(v: TensorLike, x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Parabolic cylinder function D, and the derivative, elementwise.

    Parameters
    ----------
    v : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.pbdv.html. There is no derivative with respect to v: asking for one is a LookupError.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.pbdv(1.5, -1.25)).numpy().round(4))
    [-0.5218 -0.9167]
    """

def pbvv(v: TensorLike, x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Parabolic cylinder function V, and the derivative, elementwise.

    Parameters
    ----------
    v : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.pbvv.html. There is no derivative with respect to v: asking for one is a LookupError.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.pbvv(1.5, -1.25)).numpy().round(4))
    [ 0.5532 -0.5572]
    """

def pbwa(a: TensorLike, x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Parabolic cylinder function W, and the derivative, elementwise.

    Parameters
    ----------
    a : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.pbwa.html. There is no derivative with respect to a: asking for one is a LookupError.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.pbwa(1.5, -1.25)).numpy().round(4))
    [ 2.8664 -3.2499]
    """

def pdtr(k: TensorLike, m: TensorLike, /) -> Tensor:
    """Probability of at most k of Poisson's events, of which m are expected, elementwise.

    Parameters
    ----------
    k : array_like
        Data: without a derivative.
    m : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.pdtr.html. There is no derivative with respect to k: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.pdtr(2, 0.98).numpy().round(4))
    0.9233
    """

def pdtrc(k: TensorLike, m: TensorLike, /) -> Tensor:
    """Probability of more than k of Poisson's events, elementwise.

    Parameters
    ----------
    k : array_like
        Data: without a derivative.
    m : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.pdtrc.html. There is no derivative with respect to k: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.pdtrc(2, 0.98).numpy().round(4))
    0.0767
    """

def pdtri(k: TensorLike, y: TensorLike, /) -> Tensor:
    """The m for which pdtr(k, m) is y, elementwise.

    Parameters
    ----------
    k : array_like
        Data: without a derivative.
    y : array_like
        Real numbers.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.pdtri.html. There is no derivative with respect to k: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.pdtri(2, 0.27).numpy().round(4))
    3.7932
    """

def pdtrik(p: TensorLike, m: TensorLike, name: str | None = None) -> Tensor:
    """The k for which pdtr(k, m) is p, elementwise.

    Parameters
    ----------
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    m : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.pdtrik.html. There is no derivative with respect to p and m: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.pdtrik([0.27, 0.72], [5.0, 7.0]).numpy().round(4))
    [3.0304 7.9229]
    """

def poch(z: TensorLike, m: TensorLike, name: str | None = None) -> Tensor:
    """gamma(z + m) / gamma(z), elementwise.

    Parameters
    ----------
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    m : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.poch.html. Slopes at poles of the gamma function are NaN.

    Examples
    --------
    >>> print(tf.scipy.special.poch([0.98, 2.33], [0.98, 2.33]).numpy().round(4))
    [ 0.9721 12.264 ]
    """

def polygamma(n: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Derivatives of psi, of order n = 0, 1, ..., elementwise.

    Parameters
    ----------
    n : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.polygamma.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.polygamma([0., 1., 2.], 1.).numpy().round(4))
    [-0.5772  1.6449 -2.4041]
    """

def powm1(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """x ** y - 1, exact where that is small, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.powm1.html

    Examples
    --------
    >>> print(tf.scipy.special.powm1([0.98, 2.33], [-0.75, 0.75]).numpy().round(4))
    [0.0153 0.8859]
    """

def pro_ang1(m: TensorLike, n: TensorLike, c: TensorLike, x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Prolate spheroidal angular function of the first kind, and its derivative, elementwise.

    Parameters
    ----------
    m : array_like
        Data: without a derivative.
    n : array_like
        Data: without a derivative.
    c : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.pro_ang1.html. There is no derivative with respect to m and n and c: asking for one is a LookupError.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.pro_ang1(1, 2, 0.8, -0.4)).numpy().round(4))
    [-1.0918  2.1699]
    """

def pro_ang1_cv(m: TensorLike, n: TensorLike, c: TensorLike, cv: TensorLike, x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Prolate spheroidal angular function of the first kind, for a given characteristic value, and its derivative, elementwise.

    Parameters
    ----------
    m : array_like
        Data: without a derivative.
    n : array_like
        Data: without a derivative.
    c : array_like
        Data: without a derivative.
    cv : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.pro_ang1_cv.html. There is no derivative with respect to m and n and c and cv: asking for one is a LookupError.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.pro_ang1_cv(1, 2, 0.8, 6.272697364485751, -0.4)).numpy().round(4))
    [-1.0918  2.1699]
    """

def pro_cv(m: Any, n: Any, c: Any) -> Any:
    """Characteristic value of prolate spheroidal functions, elementwise.

    Parameters
    ----------
    m, n : array_like
        Mode parameters: whole numbers, n >= m.
    c : array_like
        Spheroidal parameter.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.pro_cv.html.
    There is no derivative: asking for one is a LookupError.

    Examples
    --------
    >>> tf.scipy.special.pro_cv(1.0, 2.0, 0.0).numpy()
    np.float32(6.0)
    """

def pro_rad1(m: TensorLike, n: TensorLike, c: TensorLike, x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Prolate spheroidal radial function of the first kind, and its derivative, elementwise.

    Parameters
    ----------
    m : array_like
        Data: without a derivative.
    n : array_like
        Data: without a derivative.
    c : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.pro_rad1.html. There is no derivative with respect to m and n and c: asking for one is a LookupError.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.pro_rad1(1, 2, 0.8, 1.65)).numpy().round(4))
    [0.0837 0.1179]
    """

def pro_rad1_cv(m: TensorLike, n: TensorLike, c: TensorLike, cv: TensorLike, x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Prolate spheroidal radial function of the first kind, for a given characteristic value, and its derivative, elementwise.

    Parameters
    ----------
    m : array_like
        Data: without a derivative.
    n : array_like
        Data: without a derivative.
    c : array_like
        Data: without a derivative.
    cv : array_like
        Data: without a derivative.
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.pro_rad1_cv.html. There is no derivative with respect to m and n and c and cv: asking for one is a LookupError.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.pro_rad1_cv(1, 2, 0.8, 6.272697364485751, 1.65)).numpy().round(4))
    [0.0837 0.1179]
    """

def pseudo_huber(delta: TensorLike, r: TensorLike, name: str | None = None) -> Tensor:
    """A smooth loss like Huber's, elementwise.

    Parameters
    ----------
    delta : array_like
        Numbers, arrays, tensors or variables that broadcast.
    r : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.pseudo_huber.html

    Examples
    --------
    >>> print(tf.scipy.special.pseudo_huber([0.8, 1.6], [-1.0, 1.0]).numpy().round(4))
    [0.3845 0.4589]
    """

def radian(d: TensorLike, m: TensorLike, s: TensorLike, name: str | None = None) -> Tensor:
    """Radians of degrees, minutes and seconds, elementwise.

    Parameters
    ----------
    d : array_like
        Numbers, arrays, tensors or variables that broadcast.
    m : array_like
        Numbers, arrays, tensors or variables that broadcast.
    s : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.radian.html

    Examples
    --------
    >>> print(tf.scipy.special.radian([16.25, 38.75], [16.25, 38.75], [16.25, 38.75]).numpy().round(4))
    [0.2884 0.6878]
    """

def rel_entr(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """x log(x / y), elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.rel_entr.html

    Examples
    --------
    >>> print(tf.scipy.special.rel_entr([0.98, 2.33], [0.98, 2.33]).numpy().round(4))
    [0. 0.]
    """

def rgamma(z: TensorLike, name: str | None = None) -> Tensor:
    """1 / gamma(z), elementwise.

    Parameters
    ----------
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.rgamma.html

    Examples
    --------
    >>> print(tf.scipy.special.rgamma([0.98, 2.33]).numpy().round(4))
    [0.9882 0.8416]
    """

def shichi(x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Hyperbolic sine and cosine integrals, elementwise.

    Parameters
    ----------
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.shichi.html.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.shichi(0.98)).numpy().round(4))
    [1.0338 0.8069]
    """

def sici(x: TensorLike, /) -> tuple[Tensor, Tensor]:
    """Sine and cosine integrals, elementwise.

    Parameters
    ----------
    x : array_like
        Real numbers.

    Returns
    -------
    tuple of 2 Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.sici.html.

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.sici(0.98)).numpy().round(4))
    [0.9292 0.3263]
    """

def sindg(x: TensorLike, name: str | None = None) -> Tensor:
    """Sine of an angle in degrees.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.sindg.html

    Examples
    --------
    >>> print(tf.scipy.special.sindg([23.75, 61.25]).numpy().round(4))
    [0.4027 0.8767]
    """

def smirnov(n: TensorLike, d: TensorLike, name: str | None = None) -> Tensor:
    """Distribution of Smirnov's one-sided statistic, elementwise.

    Parameters
    ----------
    n : array_like
        Numbers, arrays, tensors or variables that broadcast.
    d : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.smirnov.html. There is no derivative with respect to n and d: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.smirnov([3.0, 3.0], [0.27, 0.72]).numpy().round(4))
    [0.5645 0.022 ]
    """

def smirnovi(n: TensorLike, p: TensorLike, name: str | None = None) -> Tensor:
    """Inverse of smirnov, elementwise.

    Parameters
    ----------
    n : array_like
        Numbers, arrays, tensors or variables that broadcast.
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.smirnovi.html. There is no derivative with respect to n and p: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.smirnovi([3.0, 3.0], [0.27, 0.72]).numpy().round(4))
    [0.4212 0.1958]
    """

def spence(x: TensorLike, name: str | None = None) -> Tensor:
    """Dilogarithm: the integral of log(t) / (1 - t) from 1 to x, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.spence.html

    Examples
    --------
    >>> print(tf.scipy.special.spence([1.9, 3.3]).numpy().round(4))
    [-0.7522 -1.5969]
    """

def spherical_in(n: Any, z: Any, derivative: bool = False) -> Any:
    """Spherical Bessel function of the first kind, modified, of integer order, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    z : array_like
        Real numbers.
    derivative : bool
        Whether to return the derivative instead.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.spherical_in.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.spherical_in(2, 0.98).numpy().round(4))
    0.0685
    """

def spherical_jn(n: Any, z: Any, derivative: bool = False) -> Any:
    """Spherical Bessel function of the first kind of integer order, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    z : array_like
        Real numbers.
    derivative : bool
        Whether to return the derivative instead.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.spherical_jn.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.spherical_jn(2, 0.98).numpy().round(4))
    0.0597
    """

def spherical_kn(n: Any, z: Any, derivative: bool = False) -> Any:
    """Spherical Bessel function of the second kind, modified, of integer order, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    z : array_like
        Real numbers.
    derivative : bool
        Whether to return the derivative instead.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.spherical_kn.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.spherical_kn(2, 0.98).numpy().round(4))
    4.3222
    """

def spherical_yn(n: Any, z: Any, derivative: bool = False) -> Any:
    """Spherical Bessel function of the second kind of integer order, elementwise.

    Parameters
    ----------
    n : array_like
        Data: without a derivative.
    z : array_like
        Real numbers.
    derivative : bool
        Whether to return the derivative instead.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.spherical_yn.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.spherical_yn(2, 0.98).numpy().round(4))
    -3.8013
    """

def stdtr(df: TensorLike, t: TensorLike, name: str | None = None) -> Tensor:
    """Distribution function of Student's t, elementwise.

    Parameters
    ----------
    df : array_like
        Numbers, arrays, tensors or variables that broadcast.
    t : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.stdtr.html. There is no derivative with respect to df: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.stdtr([1.38, 3.12], [-1.0, 1.0]).numpy().round(4))
    [0.2302 0.8058]
    """

def stdtridf(p: TensorLike, t: TensorLike, name: str | None = None) -> Tensor:
    """The df for which stdtr(df, t) is p, elementwise.

    Parameters
    ----------
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    t : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.stdtridf.html. There is no derivative with respect to p and t: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.stdtridf([0.81, 0.83], [1.12, 1.18]).numpy().round(4))
    [1.9831 2.4453]
    """

def stdtrit(df: TensorLike, p: TensorLike, name: str | None = None) -> Tensor:
    """The t for which stdtr(df, t) is p, elementwise.

    Parameters
    ----------
    df : array_like
        Numbers, arrays, tensors or variables that broadcast.
    p : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.stdtrit.html. There is no derivative with respect to df: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.stdtrit([1.9, 3.3], [0.3, 0.7]).numpy().round(4))
    [-0.6226  0.5786]
    """

def struve(v: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Struve's function, elementwise.

    Parameters
    ----------
    v : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.struve.html. There is no derivative with respect to v: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.struve([0.95, 2.05], [0.98, 2.33]).numpy().round(4))
    [0.2047 0.3958]
    """

def tandg(x: TensorLike, name: str | None = None) -> Tensor:
    """Tangent of an angle in degrees.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.tandg.html

    Examples
    --------
    >>> print(tf.scipy.special.tandg([23.75, 61.25]).numpy().round(4))
    [0.44   1.8228]
    """

def tklmbda(x: TensorLike, lmbda: TensorLike, name: str | None = None) -> Tensor:
    """Distribution function of Tukey's lambda distribution, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    lmbda : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.tklmbda.html. Slopes beyond its ends are 0.

    Examples
    --------
    >>> print(tf.scipy.special.tklmbda([-0.45, 0.45], [0.3, 0.7]).numpy().round(4))
    [0.3636 0.6811]
    """

def wright_bessel(a: TensorLike, b: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Wright's generalized Bessel function, elementwise.

    Parameters
    ----------
    a : array_like
        Numbers, arrays, tensors or variables that broadcast.
    b : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.wright_bessel.html. There is no derivative with respect to a and b: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.wright_bessel([0.95, 2.05], [0.95, 2.05], [0.98, 2.33]).numpy().round(4))
    [2.2988 1.3381]
    """

def wrightomega(z: TensorLike, name: str | None = None) -> Tensor:
    """Wright's omega function: the w for which w + log(w) is z, elementwise.

    Parameters
    ----------
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.wrightomega.html

    Examples
    --------
    >>> print(tf.scipy.special.wrightomega([-1.0, 1.0]).numpy().round(4))
    [0.2785 1.    ]
    """

def y0(x: TensorLike, name: str | None = None) -> Tensor:
    """Bessel function of the second kind, order 0.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.y0.html

    Examples
    --------
    >>> print(tf.scipy.special.y0([0.98, 2.33]).numpy().round(4))
    [0.0725 0.5163]
    """

def y1(x: TensorLike, name: str | None = None) -> Tensor:
    """Bessel function of the second kind, order 1.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.y1.html

    Examples
    --------
    >>> print(tf.scipy.special.y1([0.98, 2.33]).numpy().round(4))
    [-0.7988  0.067 ]
    """

def yn(n: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Bessel function of the second kind and integer order, elementwise.

    Parameters
    ----------
    n : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.yn.html. There is no derivative with respect to n: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.yn([1.0, 1.0], [0.98, 2.33]).numpy().round(4))
    [-0.7988  0.067 ]
    """

def yv(v: TensorLike, z: TensorLike, name: str | None = None) -> Tensor:
    """Bessel function of the second kind and real order, elementwise.

    Parameters
    ----------
    v : array_like
        Numbers, arrays, tensors or variables that broadcast.
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.yv.html. There is no derivative with respect to v: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.yv([0.95, 2.05], [0.98, 2.33]).numpy().round(4))
    [-0.7683 -0.4791]
    """

def yve(v: TensorLike, z: TensorLike, name: str | None = None) -> Tensor:
    """yv, scaled by a factor that is 1 for real numbers, elementwise.

    Parameters
    ----------
    v : array_like
        Numbers, arrays, tensors or variables that broadcast.
    z : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.yve.html. There is no derivative with respect to v: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.yve([0.95, 2.05], [0.98, 2.33]).numpy().round(4))
    [-0.7683 -0.4791]
    """

def yvp(v: Any, z: Any, n: int = 1) -> Tensor:
    """Derivatives of yv(v, z) with respect to z, elementwise.

    Parameters
    ----------
    v : array_like
        The order: without a derivative.
    z : array_like
        Real numbers.
    n : int
        How many times.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Raises
    ------
    ValueError
        Where n is no whole number from 0.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.yvp.html

    Examples
    --------
    >>> tf.scipy.special.yvp(1.0, 2.0).shape
    TensorShape([])
    """

def zetac(x: TensorLike, name: str | None = None) -> Tensor:
    """Riemann's zeta function less 1, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.zetac.html. There is no derivative with respect to x: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.zetac([2.12, 3.38]).numpy().round(4))
    [0.5452 0.1412]
    """

gammaln = _lgamma
i0 = _bessel_i0
i0e = _bessel_i0e
i1 = _bessel_i1
i1e = _bessel_i1e
psi = _digamma
expit = _sigmoid
gammainc = _igamma
gammaincc = _igammac
jn = jv
log_expit = _log_sigmoid
round = _rint
