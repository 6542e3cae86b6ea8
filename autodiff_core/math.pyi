"""`math`: elementwise functions, reductions and their like, by TensorFlow's names."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from ._core import Tensor
from ._core import TensorLike
from .ops.reductions import Axis
from .tensorflow import math_special as _math_special
from typing import Any
from .ops.complex_parts import imag as imag
from .ops.complex_parts import real as real
from .ops.counting import bincount as bincount
from .ops.counting import confusion_matrix as confusion_matrix
from .ops.counting import count_nonzero as count_nonzero
from .ops.counting import in_top_k as in_top_k
from .ops.counting import polyval as polyval
from .ops.counting import scalar_mul as scalar_mul
from .ops.counting import zero_fraction as zero_fraction
from .ops.histograms import is_non_decreasing as is_non_decreasing
from .ops.histograms import is_strictly_increasing as is_strictly_increasing
from .ops.nn import l2_normalize as l2_normalize
from .ops.nn import log_softmax as log_softmax
from .ops.nn import softmax as softmax
from .ops.ordering import top_k as top_k
from .ops.polar import angle as angle
from .ops.polygammas import polygamma as polygamma
from .ops.quotients import reciprocal_no_nan as reciprocal_no_nan
from .ops.reductions import argmax as argmax
from .ops.reductions import argmin as argmin
from .ops.reductions import cumsum as cumsum
from .ops.reductions import reduce_euclidean_norm as reduce_euclidean_norm
from .ops.reductions import reduce_logsumexp as reduce_logsumexp
from .ops.reductions import reduce_max as reduce_max
from .ops.reductions import reduce_mean as reduce_mean
from .ops.reductions import reduce_min as reduce_min
from .ops.reductions import reduce_prod as reduce_prod
from .ops.reductions import reduce_std as reduce_std
from .ops.reductions import reduce_sum as reduce_sum
from .ops.reductions import reduce_variance as reduce_variance
from .ops.scans import cumprod as cumprod
from .ops.scans import cumulative_logsumexp as cumulative_logsumexp
from .ops.scattering import invert_permutation as invert_permutation
from .ops.sobol import sobol_sample as sobol_sample
from .ops.special import lbeta as lbeta
from .tensorflow.math import round as round
from .tensors.creation import accumulate_n as accumulate_n
from .tensors.creation import add_n as add_n
from .tensors.creation import cast as cast

def abs(x: TensorLike, name: str | None = None) -> Tensor:
    """Absolute value, elementwise; its slope at 0 is 0.

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
    https://www.tensorflow.org/api_docs/python/tf/math/abs. The slope at 0 is 0.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.abs(x).numpy(), np.absolute(x))
    True
    """

def acos(x: TensorLike, name: str | None = None) -> Tensor:
    """Arc cosine, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/acos

    Examples
    --------
    >>> x = np.array([-0.45, 0.45])
    >>> np.allclose(tf.math.acos(x).numpy(), np.arccos(x))
    True
    """

def acosh(x: TensorLike, name: str | None = None) -> Tensor:
    """Inverse hyperbolic cosine, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/acosh

    Examples
    --------
    >>> x = np.array([1.65, 2.55])
    >>> np.allclose(tf.math.acosh(x).numpy(), np.arccosh(x))
    True
    """

def add(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Sum, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/add

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.add(x, x[::-1]).numpy(), np.add(x, x[::-1]))
    True
    """

def approx_max_k(
    operand: Any,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """The k largest elements along an axis, the largest first; all of them, where TensorFlow's may miss some.

    Parameters
    ----------
    operand : array_like
        Of a float dtype and one dimension at least.
    k : int
        How many.
    reduction_dimension : int
        The axis.
    recall_target, reduction_input_size_override, aggregate_to_topk : object
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    values : Tensor
        Of length k along the axis; they have the gradient.
    indices : Tensor
        Their places, of dtype int32.

    Raises
    ------
    ValueError
        Where there are no k elements.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math.approx_max_k

    Examples
    --------
    >>> [part.numpy().tolist() for part in tf.math.approx_max_k([1., 3., 2.], 2)]
    [[3.0, 2.0], [1, 2]]
    """

def approx_min_k(
    operand: Any,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """The k smallest elements along an axis, the smallest first; all of them, where TensorFlow's may miss some.

    Parameters
    ----------
    operand : array_like
        Of a float dtype and one dimension at least.
    k : int
        How many.
    reduction_dimension : int
        The axis.
    recall_target, reduction_input_size_override, aggregate_to_topk : object
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    values : Tensor
        Of length k along the axis; they have the gradient.
    indices : Tensor
        Their places, of dtype int32.

    Raises
    ------
    ValueError
        Where there are no k elements.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math.approx_min_k

    Examples
    --------
    >>> [part.numpy().tolist() for part in tf.math.approx_min_k([1., 3., 2.], 2)]
    [[1.0, 2.0], [0, 2]]
    """

def asin(x: TensorLike, name: str | None = None) -> Tensor:
    """Arc sine, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/asin

    Examples
    --------
    >>> x = np.array([-0.45, 0.45])
    >>> np.allclose(tf.math.asin(x).numpy(), np.arcsin(x))
    True
    """

def asinh(x: TensorLike, name: str | None = None) -> Tensor:
    """Inverse hyperbolic sine, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/asinh

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.asinh(x).numpy(), np.arcsinh(x))
    True
    """

def atan(x: TensorLike, name: str | None = None) -> Tensor:
    """Arc tangent, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/atan

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.atan(x).numpy(), np.arctan(x))
    True
    """

def atan2(y: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """The angle of the point (x, y), elementwise.

    Parameters
    ----------
    y : array_like
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
    https://www.tensorflow.org/api_docs/python/tf/math/atan2. The slopes at the origin are NaN.

    Examples
    --------
    >>> x = np.array([0.72, 1.57])
    >>> np.allclose(tf.math.atan2(x, x[::-1]).numpy(), np.arctan2(x, x[::-1]))
    True
    """

def atanh(x: TensorLike, name: str | None = None) -> Tensor:
    """Inverse hyperbolic tangent, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/atanh

    Examples
    --------
    >>> x = np.array([-0.45, 0.45])
    >>> np.allclose(tf.math.atanh(x).numpy(), np.arctanh(x))
    True
    """

def betainc(a: TensorLike, b: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Regularised incomplete beta function, elementwise.

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
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.betainc.html. There is no derivative with respect to a and b: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.betainc([0.98, 2.33], [0.98, 2.33], [0.27, 0.72]).numpy().round(4))
    [0.2725 0.829 ]
    """

def ceil(x: TensorLike, name: str | None = None) -> Tensor:
    """Rounded up, elementwise.

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
    The gradient stops here: the result does not vary smoothly with the operands.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.ceil(x).numpy(), np.ceil(x))
    True
    """

def conj(x: TensorLike, name: str | None = None) -> Tensor:
    """Complex conjugate, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/conj

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.conj(x).numpy(), np.conjugate(x))
    True
    """

def cos(x: TensorLike, name: str | None = None) -> Tensor:
    """Cosine, elementwise.

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
    In float64 arrays by a vectorised kernel of at most 1 ulp for abs(x) <= 1e5, and by libm beyond.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.cos(x).numpy(), np.cos(x))
    True
    """

def cosh(x: TensorLike, name: str | None = None) -> Tensor:
    """Hyperbolic cosine, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/cosh

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.cosh(x).numpy(), np.cosh(x))
    True
    """

def divide(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Quotient, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/divide

    Examples
    --------
    >>> x = np.array([0.72, 1.57])
    >>> np.allclose(tf.math.divide(x, x[::-1]).numpy(), np.divide(x, x[::-1]))
    True
    """

def divide_no_nan(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """x / y, and 0 where y is 0, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/divide_no_nan. Where y is 0, so are both slopes.

    Examples
    --------
    >>> print(tf.math.divide_no_nan([1.0, 2.0], [0.0, 4.0]).numpy().round(4))
    [0.  0.5]
    """

def equal(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Whether x == y, elementwise.

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
        Of the operands' common shape and dtype bool.

    Notes
    -----
    The gradient stops here: the result does not vary smoothly with the operands.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.equal(x, x[::-1]).numpy(), np.equal(x, x[::-1]))
    True
    """

def erf(x: TensorLike, name: str | None = None) -> Tensor:
    """Error function, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/erf

    Examples
    --------
    >>> print(tf.math.erf([0.0, 1.0]).numpy().round(4))
    [0.     0.8427]
    """

def erfc(x: TensorLike, name: str | None = None) -> Tensor:
    """Complementary error function, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/erfc

    Examples
    --------
    >>> print(tf.math.erfc([0.0, 1.0]).numpy().round(4))
    [1.     0.1573]
    """

def erfcinv(x: TensorLike, name: str | None = None) -> Tensor:
    """Inverse of the complementary error function, elementwise.

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
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.erfcinv.html

    Examples
    --------
    >>> print(tf.scipy.special.erfcinv([0.55, 1.45]).numpy().round(4))
    [ 0.4227 -0.4227]
    """

def erfinv(x: TensorLike, name: str | None = None) -> Tensor:
    """Inverse of the error function, elementwise.

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
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.erfinv.html

    Examples
    --------
    >>> print(tf.scipy.special.erfinv([-0.45, 0.45]).numpy().round(4))
    [-0.4227  0.4227]
    """

def exp(x: TensorLike, name: str | None = None) -> Tensor:
    """e to the power of x, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/exp

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.exp(x).numpy(), np.exp(x))
    True
    """

def expm1(x: TensorLike, name: str | None = None) -> Tensor:
    """exp(x) - 1, exact near 0, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/expm1

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.expm1(x).numpy(), np.expm1(x))
    True
    """

def floor(x: TensorLike, name: str | None = None) -> Tensor:
    """Rounded down, elementwise.

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
    The gradient stops here: the result does not vary smoothly with the operands.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.floor(x).numpy(), np.floor(x))
    True
    """

def floordiv(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Quotient rounded down, elementwise.

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
    The gradient stops here: the result does not vary smoothly with the operands.

    Examples
    --------
    >>> x = np.array([0.72, 1.57])
    >>> np.allclose(tf.math.floordiv(x, x[::-1]).numpy(), np.floor_divide(x, x[::-1]))
    True
    """

def greater(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Whether x > y, elementwise.

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
        Of the operands' common shape and dtype bool.

    Notes
    -----
    The gradient stops here: the result does not vary smoothly with the operands.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.greater(x, x[::-1]).numpy(), np.greater(x, x[::-1]))
    True
    """

def greater_equal(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Whether x >= y, elementwise.

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
        Of the operands' common shape and dtype bool.

    Notes
    -----
    The gradient stops here: the result does not vary smoothly with the operands.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.greater_equal(x, x[::-1]).numpy(), np.greater_equal(x, x[::-1]))
    True
    """

def igamma(a: Any, x: Any, name: str | None = None) -> Tensor:
    """Regularised lower incomplete gamma function, elementwise.

    Parameters
    ----------
    a, x : array_like
        Positive numbers that broadcast; of the dtype of one another if they are plain.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/igamma. TensorFlow has the first derivative by a.
    `tf.scipy.special.gammainc`, and SciPy's ufunc on tensors, are this function.

    Examples
    --------
    >>> print(tf.math.igamma([1., 2.], 1.).numpy().round(4))
    [0.6321 0.2642]
    """

def igammac(a: Any, x: Any, name: str | None = None) -> Tensor:
    """Regularised upper incomplete gamma function, elementwise.

    Parameters
    ----------
    a, x : array_like
        Positive numbers that broadcast; of the dtype of one another if they are plain.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/igammac. TensorFlow has the first derivative by a.
    `tf.scipy.special.gammaincc`, and SciPy's ufunc on tensors, are this function.

    Examples
    --------
    >>> print(tf.math.igammac([1., 2.], 1.).numpy().round(4))
    [0.3679 0.7358]
    """

def is_finite(x: TensorLike, name: str | None = None) -> Tensor:
    """Whether neither infinite nor NaN, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and dtype bool.

    Notes
    -----
    The gradient stops here: the result does not vary smoothly with the operands.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.is_finite(x).numpy(), np.isfinite(x))
    True
    """

def is_inf(x: TensorLike, name: str | None = None) -> Tensor:
    """Whether infinite, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and dtype bool.

    Notes
    -----
    The gradient stops here: the result does not vary smoothly with the operands.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.is_inf(x).numpy(), np.isinf(x))
    True
    """

def is_nan(x: TensorLike, name: str | None = None) -> Tensor:
    """Whether NaN, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and dtype bool.

    Notes
    -----
    The gradient stops here: the result does not vary smoothly with the operands.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.is_nan(x).numpy(), np.isnan(x))
    True
    """

def less(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Whether x < y, elementwise.

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
        Of the operands' common shape and dtype bool.

    Notes
    -----
    The gradient stops here: the result does not vary smoothly with the operands.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.less(x, x[::-1]).numpy(), np.less(x, x[::-1]))
    True
    """

def less_equal(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Whether x <= y, elementwise.

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
        Of the operands' common shape and dtype bool.

    Notes
    -----
    The gradient stops here: the result does not vary smoothly with the operands.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.less_equal(x, x[::-1]).numpy(), np.less_equal(x, x[::-1]))
    True
    """

def log(x: TensorLike, name: str | None = None) -> Tensor:
    """Natural logarithm, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/log

    Examples
    --------
    >>> x = np.array([0.9, 2.3])
    >>> np.allclose(tf.math.log(x).numpy(), np.log(x))
    True
    """

def log1p(x: TensorLike, name: str | None = None) -> Tensor:
    """log(1 + x), exact near 0, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/log1p

    Examples
    --------
    >>> x = np.array([-0.02, 1.33])
    >>> np.allclose(tf.math.log1p(x).numpy(), np.log1p(x))
    True
    """

def log_sigmoid(x: TensorLike, name: str | None = None) -> Tensor:
    """log(sigmoid(x)) without overflow, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/log_sigmoid

    Examples
    --------
    >>> print(tf.math.log_sigmoid([0.0, 1.0]).numpy().round(4))
    [-0.6931 -0.3133]
    """

def logical_and(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Logical and, elementwise.

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
        Of the operands' common shape and dtype bool.

    Notes
    -----
    The gradient stops here: the result does not vary smoothly with the operands.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.logical_and(x, x[::-1]).numpy(), np.logical_and(x, x[::-1]))
    True
    """

def logical_not(x: TensorLike, name: str | None = None) -> Tensor:
    """Logical negation, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and dtype bool.

    Notes
    -----
    The gradient stops here: the result does not vary smoothly with the operands.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.logical_not(x).numpy(), np.logical_not(x))
    True
    """

def logical_or(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Logical or, elementwise.

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
        Of the operands' common shape and dtype bool.

    Notes
    -----
    The gradient stops here: the result does not vary smoothly with the operands.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.logical_or(x, x[::-1]).numpy(), np.logical_or(x, x[::-1]))
    True
    """

def logical_xor(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Exclusive or, elementwise.

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
        Of the operands' common shape and dtype bool.

    Notes
    -----
    The gradient stops here: the result does not vary smoothly with the operands.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.logical_xor(x, x[::-1]).numpy(), np.logical_xor(x, x[::-1]))
    True
    """

def maximum(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """The larger one, elementwise; of equals, the gradient goes to x.

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
    https://www.tensorflow.org/api_docs/python/tf/math/maximum. Of equals, the gradient goes to x, all of it.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.maximum(x, x[::-1]).numpy(), np.maximum(x, x[::-1]))
    True
    """

def minimum(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """The smaller one, elementwise; of equals, the gradient goes to x.

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
    https://www.tensorflow.org/api_docs/python/tf/math/minimum. Of equals, the gradient goes to x, all of it.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.minimum(x, x[::-1]).numpy(), np.minimum(x, x[::-1]))
    True
    """

def mod(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Remainder with the sign of the divisor, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/floormod

    Examples
    --------
    >>> x = np.array([0.6, 0.8])
    >>> np.allclose(tf.math.floormod(x, x[::-1]).numpy(), np.remainder(x, x[::-1]))
    True
    """

def multiply(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Product, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/multiply

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.multiply(x, x[::-1]).numpy(), np.multiply(x, x[::-1]))
    True
    """

def multiply_no_nan(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """x * y, and 0 where y is 0 even if x is infinite or NaN, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/multiply_no_nan. Where y is 0, the slope in x is 0, never NaN.

    Examples
    --------
    >>> print(tf.math.multiply_no_nan([np.inf, 2.0], [0.0, 4.0]).numpy().round(4))
    [0. 8.]
    """

def ndtri(x: TensorLike, name: str | None = None) -> Tensor:
    """Inverse of ndtr: quantiles of the standard normal distribution, elementwise.

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
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.ndtri.html

    Examples
    --------
    >>> print(tf.scipy.special.ndtri([0.27, 0.72]).numpy().round(4))
    [-0.6128  0.5828]
    """

def negative(x: TensorLike, name: str | None = None) -> Tensor:
    """Negation, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/negative

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.negative(x).numpy(), np.negative(x))
    True
    """

def nextafter(x1: TensorLike, x2: TensorLike, name: str | None = None) -> Tensor:
    """The next float from x1 towards x2, elementwise.

    Parameters
    ----------
    x1 : array_like
        Numbers, arrays, tensors or variables that broadcast.
    x2 : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/nextafter. The slope is 1 in x1 and 0 in x2, as there.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.nextafter(x, x[::-1]).numpy(), np.nextafter(x, x[::-1]))
    True
    """

def not_equal(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Whether x != y, elementwise.

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
        Of the operands' common shape and dtype bool.

    Notes
    -----
    The gradient stops here: the result does not vary smoothly with the operands.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.not_equal(x, x[::-1]).numpy(), np.not_equal(x, x[::-1]))
    True
    """

def pow(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """x to the power of y, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/pow. The slope in x is 0 where y is 0; in y it is 0 where x is not positive, so neither is NaN at x = 0.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.pow(x, x[::-1]).numpy(), np.power(x, x[::-1]))
    True
    """

def reciprocal(x: TensorLike, name: str | None = None) -> Tensor:
    """1 / x, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/reciprocal

    Examples
    --------
    >>> x = np.array([0.72, 1.57])
    >>> np.allclose(tf.math.reciprocal(x).numpy(), np.reciprocal(x))
    True
    """

def reduce_all(input_tensor: Any, axis: Axis = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """Whether every element over axes is true.

    Parameters
    ----------
    input_tensor : array_like
        Truth values.
    axis : int or sequence of int, optional
        The axes to reduce; all of them by default.
    keepdims : bool
        Whether the reduced axes stay, with length 1.

    Returns
    -------
    Tensor
        Of dtype bool; no gradient passes.

    Examples
    --------
    >>> tf.reduce_all([True, False])
    <Tensor: shape=(), dtype=bool, numpy=False>
    """

def reduce_any(input_tensor: Any, axis: Axis = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """Whether any element over axes is true.

    Parameters
    ----------
    input_tensor : array_like
        Truth values.
    axis : int or sequence of int, optional
        The axes to reduce; all of them by default.
    keepdims : bool
        Whether the reduced axes stay, with length 1.

    Returns
    -------
    Tensor
        Of dtype bool; no gradient passes.

    Examples
    --------
    >>> tf.reduce_any([True, False])
    <Tensor: shape=(), dtype=bool, numpy=True>
    """

def rint(x: TensorLike, name: str | None = None) -> Tensor:
    """Rounded to the nearest integer, halves to even, elementwise.

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
    The gradient stops here: the result does not vary smoothly with the operands.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.rint(x).numpy(), np.rint(x))
    True
    """

def rsqrt(x: TensorLike, name: str | None = None) -> Tensor:
    """1 / sqrt(x), elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/rsqrt

    Examples
    --------
    >>> print(tf.math.rsqrt([4.0, 16.0]).numpy().round(4))
    [0.5  0.25]
    """

def segment_max(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """Largest element of each group of rows.

    Parameters
    ----------
    data : array_like
        Of a float dtype.
    segment_ids : array_like of int
        The number of each row's group, in order.

    Returns
    -------
    Tensor
        The groups' reductions, in the order of their numbers. A group without rows has 0.

    Raises
    ------
    TypeError
        Where the groups' numbers are no integers.
    ValueError
        Where they do not fit the data.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/segment_max

    Examples
    --------
    >>> print(tf.math.segment_max([[1., 2.], [3., 4.], [5., 6.]], [0, 0, 1]).numpy().round(4))
    [[3. 4.]
     [5. 6.]]
    """

def segment_mean(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """Arithmetic mean of each group of rows.

    Parameters
    ----------
    data : array_like
        Of a float dtype.
    segment_ids : array_like of int
        The number of each row's group, in order.

    Returns
    -------
    Tensor
        The groups' reductions, in the order of their numbers. A group without rows has 0.

    Raises
    ------
    TypeError
        Where the groups' numbers are no integers.
    ValueError
        Where they do not fit the data.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/segment_mean

    Examples
    --------
    >>> print(tf.math.segment_mean([[1., 2.], [3., 4.], [5., 6.]], [0, 0, 1]).numpy().round(4))
    [[2. 3.]
     [5. 6.]]
    """

def segment_min(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """Smallest element of each group of rows.

    Parameters
    ----------
    data : array_like
        Of a float dtype.
    segment_ids : array_like of int
        The number of each row's group, in order.

    Returns
    -------
    Tensor
        The groups' reductions, in the order of their numbers. A group without rows has 0.

    Raises
    ------
    TypeError
        Where the groups' numbers are no integers.
    ValueError
        Where they do not fit the data.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/segment_min

    Examples
    --------
    >>> print(tf.math.segment_min([[1., 2.], [3., 4.], [5., 6.]], [0, 0, 1]).numpy().round(4))
    [[1. 2.]
     [5. 6.]]
    """

def segment_prod(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """Product of each group of rows.

    Parameters
    ----------
    data : array_like
        Of a float dtype.
    segment_ids : array_like of int
        The number of each row's group, in order.

    Returns
    -------
    Tensor
        The groups' reductions, in the order of their numbers. A group without rows has 1.

    Raises
    ------
    TypeError
        Where the groups' numbers are no integers.
    ValueError
        Where they do not fit the data.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/segment_prod

    Examples
    --------
    >>> print(tf.math.segment_prod([[1., 2.], [3., 4.], [5., 6.]], [0, 0, 1]).numpy().round(4))
    [[3. 8.]
     [5. 6.]]
    """

def segment_sum(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """Sum of each group of rows.

    Parameters
    ----------
    data : array_like
        Of a float dtype.
    segment_ids : array_like of int
        The number of each row's group, in order.

    Returns
    -------
    Tensor
        The groups' reductions, in the order of their numbers. A group without rows has 0.

    Raises
    ------
    TypeError
        Where the groups' numbers are no integers.
    ValueError
        Where they do not fit the data.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/segment_sum

    Examples
    --------
    >>> print(tf.math.segment_sum([[1., 2.], [3., 4.], [5., 6.]], [0, 0, 1]).numpy().round(4))
    [[4. 6.]
     [5. 6.]]
    """

def sigmoid(x: TensorLike, name: str | None = None) -> Tensor:
    """1 / (1 + exp(-x)) without overflow, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/sigmoid

    Examples
    --------
    >>> print(tf.math.sigmoid([0.0, 1.0]).numpy().round(4))
    [0.5    0.7311]
    """

def sign(x: TensorLike, name: str | None = None) -> Tensor:
    """-1, 0 or 1 by the sign, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/sign

    Examples
    --------
    >>> x = np.array([0.72, 1.57])
    >>> np.allclose(tf.math.sign(x).numpy(), np.sign(x))
    True
    """

def sin(x: TensorLike, name: str | None = None) -> Tensor:
    """Sine, elementwise.

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
    In float64 arrays by a vectorised kernel of at most 1 ulp for abs(x) <= 1e5, and by libm beyond.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.sin(x).numpy(), np.sin(x))
    True
    """

def sinh(x: TensorLike, name: str | None = None) -> Tensor:
    """Hyperbolic sine, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/sinh

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.sinh(x).numpy(), np.sinh(x))
    True
    """

def softplus(features: TensorLike, name: str | None = None) -> Tensor:
    """log(1 + exp(x)) without overflow, elementwise.

    Parameters
    ----------
    features : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/softplus

    Examples
    --------
    >>> print(tf.math.softplus([0.0, 1.0]).numpy().round(4))
    [0.6931 1.3133]
    """

def softsign(features: TensorLike, name: str | None = None) -> Tensor:
    """x / (1 + abs(x)), elementwise.

    Parameters
    ----------
    features : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/softsign

    Examples
    --------
    >>> print(tf.math.softsign([-1.0, 3.0]).numpy().round(4))
    [-0.5   0.75]
    """

def sqrt(x: TensorLike, name: str | None = None) -> Tensor:
    """Square root, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/sqrt. The slope at 0 is infinite, and where the cotangent is zero, so is the gradient.

    Examples
    --------
    >>> x = np.array([0.9, 2.3])
    >>> np.allclose(tf.math.sqrt(x).numpy(), np.sqrt(x))
    True
    """

def square(x: TensorLike, name: str | None = None) -> Tensor:
    """Square, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/square

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.square(x).numpy(), np.square(x))
    True
    """

def squared_difference(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """(x - y) squared, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/squared_difference

    Examples
    --------
    >>> print(tf.math.squared_difference([1.0, 4.0], 2.0).numpy().round(4))
    [1. 4.]
    """

def subtract(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Difference, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/subtract

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.subtract(x, x[::-1]).numpy(), np.subtract(x, x[::-1]))
    True
    """

def tan(x: TensorLike, name: str | None = None) -> Tensor:
    """Tangent, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/tan

    Examples
    --------
    >>> x = np.array([-0.6, 0.6])
    >>> np.allclose(tf.math.tan(x).numpy(), np.tan(x))
    True
    """

def tanh(x: TensorLike, name: str | None = None) -> Tensor:
    """Hyperbolic tangent, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/tanh

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> np.allclose(tf.math.tanh(x).numpy(), np.tanh(x))
    True
    """

def unsorted_segment_max(data: Any, segment_ids: Any, num_segments: int, name: str | None = None) -> Tensor:
    """Largest element of each group of rows.

    Parameters
    ----------
    data : array_like
        Of a float dtype.
    segment_ids : array_like of int
        The number of each row's group, of a shape that data's begins with; a negative one leaves the row out.
    num_segments : int
        The number of groups.

    Returns
    -------
    Tensor
        The groups' reductions, in the order of their numbers. A group without rows has the lowest number of the dtype.

    Raises
    ------
    TypeError
        Where the groups' numbers are no integers.
    ValueError
        Where they do not fit the data.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/unsorted_segment_max

    Examples
    --------
    >>> print(tf.math.unsorted_segment_max([[1., 2.], [3., 4.], [5., 6.]], [0, 0, 1], 2).numpy().round(4))
    [[3. 4.]
     [5. 6.]]
    """

def unsorted_segment_mean(data: Any, segment_ids: Any, num_segments: int, name: str | None = None) -> Tensor:
    """Arithmetic mean of each group of rows.

    Parameters
    ----------
    data : array_like
        Of a float dtype.
    segment_ids : array_like of int
        The number of each row's group, of a shape that data's begins with; a negative one leaves the row out.
    num_segments : int
        The number of groups.

    Returns
    -------
    Tensor
        The groups' reductions, in the order of their numbers. A group without rows has 0.

    Raises
    ------
    TypeError
        Where the groups' numbers are no integers.
    ValueError
        Where they do not fit the data.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/unsorted_segment_mean

    Examples
    --------
    >>> print(tf.math.unsorted_segment_mean([[1., 2.], [3., 4.], [5., 6.]], [0, 0, 1], 2).numpy().round(4))
    [[2. 3.]
     [5. 6.]]
    """

def unsorted_segment_min(data: Any, segment_ids: Any, num_segments: int, name: str | None = None) -> Tensor:
    """Smallest element of each group of rows.

    Parameters
    ----------
    data : array_like
        Of a float dtype.
    segment_ids : array_like of int
        The number of each row's group, of a shape that data's begins with; a negative one leaves the row out.
    num_segments : int
        The number of groups.

    Returns
    -------
    Tensor
        The groups' reductions, in the order of their numbers. A group without rows has the highest number of the dtype.

    Raises
    ------
    TypeError
        Where the groups' numbers are no integers.
    ValueError
        Where they do not fit the data.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/unsorted_segment_min

    Examples
    --------
    >>> print(tf.math.unsorted_segment_min([[1., 2.], [3., 4.], [5., 6.]], [0, 0, 1], 2).numpy().round(4))
    [[1. 2.]
     [5. 6.]]
    """

def unsorted_segment_prod(data: Any, segment_ids: Any, num_segments: int, name: str | None = None) -> Tensor:
    """Product of each group of rows.

    Parameters
    ----------
    data : array_like
        Of a float dtype.
    segment_ids : array_like of int
        The number of each row's group, of a shape that data's begins with; a negative one leaves the row out.
    num_segments : int
        The number of groups.

    Returns
    -------
    Tensor
        The groups' reductions, in the order of their numbers. A group without rows has 1.

    Raises
    ------
    TypeError
        Where the groups' numbers are no integers.
    ValueError
        Where they do not fit the data.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/unsorted_segment_prod

    Examples
    --------
    >>> print(tf.math.unsorted_segment_prod([[1., 2.], [3., 4.], [5., 6.]], [0, 0, 1], 2).numpy().round(4))
    [[3. 8.]
     [5. 6.]]
    """

def unsorted_segment_sqrt_n(data: Any, segment_ids: Any, num_segments: int, name: str | None = None) -> Tensor:
    """Sum, divided by the square root of the number of rows, of each group of rows.

    Parameters
    ----------
    data : array_like
        Of a float dtype.
    segment_ids : array_like of int
        The number of each row's group, of a shape that data's begins with; a negative one leaves the row out.
    num_segments : int
        The number of groups.

    Returns
    -------
    Tensor
        The groups' reductions, in the order of their numbers. A group without rows has 0.

    Raises
    ------
    TypeError
        Where the groups' numbers are no integers.
    ValueError
        Where they do not fit the data.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/unsorted_segment_sqrt_n

    Examples
    --------
    >>> print(tf.math.unsorted_segment_sqrt_n([[1., 2.], [3., 4.], [5., 6.]], [0, 0, 1], 2).numpy().round(4))
    [[2.8284 4.2426]
     [5.     6.    ]]
    """

def unsorted_segment_sum(data: Any, segment_ids: Any, num_segments: int, name: str | None = None) -> Tensor:
    """Sum of each group of rows.

    Parameters
    ----------
    data : array_like
        Of a float dtype.
    segment_ids : array_like of int
        The number of each row's group, of a shape that data's begins with; a negative one leaves the row out.
    num_segments : int
        The number of groups.

    Returns
    -------
    Tensor
        The groups' reductions, in the order of their numbers. A group without rows has 0.

    Raises
    ------
    TypeError
        Where the groups' numbers are no integers.
    ValueError
        Where they do not fit the data.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/unsorted_segment_sum

    Examples
    --------
    >>> print(tf.math.unsorted_segment_sum([[1., 2.], [3., 4.], [5., 6.]], [0, 0, 1], 2).numpy().round(4))
    [[4. 6.]
     [5. 6.]]
    """

def xdivy(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """x / y, and 0 where x is 0, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/xdivy. Where x is 0, so are both slopes, whatever y is.

    Examples
    --------
    >>> print(tf.math.xdivy([0.0, 2.0], [0.0, 4.0]).numpy().round(4))
    [0.  0.5]
    """

def xlog1py(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """x * log1p(y), and 0 where x is 0, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/xlog1py. Where x is 0, so are both slopes, whatever y is.

    Examples
    --------
    >>> print(tf.math.xlog1py([0.0, 2.0], [-1.0, 3.0]).numpy().round(4))
    [0.     2.7726]
    """

def xlogy(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """x * log(y), and 0 where x is 0, elementwise.

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
    https://www.tensorflow.org/api_docs/python/tf/math/xlogy. Where x is 0, so are both slopes, whatever y is.

    Examples
    --------
    >>> print(tf.math.xlogy([0.0, 2.0], [0.0, 3.0]).numpy().round(4))
    [0.     2.1972]
    """

def zeta(x: TensorLike, q: TensorLike, name: str | None = None) -> Tensor:
    """Hurwitz's zeta function: the sum of (k + q) ** -x over k = 0, 1, ..., elementwise.

    Parameters
    ----------
    x : array_like
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
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.zeta.html. There is no derivative with respect to x: asking for one is a LookupError.

    Examples
    --------
    >>> print(tf.scipy.special.zeta([2.12, 3.38], [1.12, 2.38]).numpy().round(4))
    [1.2892 0.086 ]
    """

def bessel_i0(x: TensorLike, name: str | None = None) -> Tensor:
    """Modified Bessel function of the first kind, order 0.

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
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.i0.html

    Examples
    --------
    >>> print(tf.scipy.special.i0([-1.0, 1.0]).numpy().round(4))
    [1.2661 1.2661]
    """

def bessel_i0e(x: TensorLike, name: str | None = None) -> Tensor:
    """exp(-abs(x)) i0(x), elementwise.

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
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.i0e.html

    Examples
    --------
    >>> print(tf.scipy.special.i0e([0.98, 2.33]).numpy().round(4))
    [0.471  0.2815]
    """

def bessel_i1(x: TensorLike, name: str | None = None) -> Tensor:
    """Modified Bessel function of the first kind, order 1.

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
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.i1.html

    Examples
    --------
    >>> print(tf.scipy.special.i1([-1.0, 1.0]).numpy().round(4))
    [-0.5652  0.5652]
    """

def bessel_i1e(x: TensorLike, name: str | None = None) -> Tensor:
    """exp(-abs(x)) i1(x), elementwise.

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
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.i1e.html

    Examples
    --------
    >>> print(tf.scipy.special.i1e([0.98, 2.33]).numpy().round(4))
    [0.2069 0.2098]
    """

def digamma(x: TensorLike, name: str | None = None) -> Tensor:
    """Digamma function: the derivative of gammaln, elementwise.

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
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.psi.html

    Examples
    --------
    >>> print(tf.scipy.special.psi([0.98, 2.33]).numpy().round(4))
    [-0.6106  0.6162]
    """

def lgamma(x: TensorLike, name: str | None = None) -> Tensor:
    """Logarithm of the gamma function's absolute value, elementwise.

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
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.gammaln.html

    Examples
    --------
    >>> print(tf.scipy.special.gammaln([0.98, 2.33]).numpy().round(4))
    [0.0119 0.1724]
    """

floormod = mod
special = _math_special
truediv = divide
