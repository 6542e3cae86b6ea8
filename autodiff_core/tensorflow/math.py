"""`math`: elementwise functions, reductions and their like, by TensorFlow's names.

Special functions are computed by SciPy, and loaded when one of them is asked for.
"""

from importlib import import_module as _import_module
from typing import Any as _Any

from .. import _core
from ..creation import accumulate_n, add_n, cast
from ..ops.complex_parts import imag, real
from ..ops.counting import (
    bincount,
    confusion_matrix,
    count_nonzero,
    in_top_k,
    polyval,
    scalar_mul,
    zero_fraction,
)
from ..ops.elementwise import (
    abs,
    acos,
    acosh,
    add,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    ceil,
    conj,
    cos,
    cosh,
    divide,
    divide_no_nan,
    equal,
    erf,
    erfc,
    exp,
    expm1,
    floor,
    floordiv,
    greater,
    greater_equal,
    is_finite,
    is_inf,
    is_nan,
    less,
    less_equal,
    log,
    log1p,
    log_sigmoid,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    maximum,
    minimum,
    mod,
    multiply,
    multiply_no_nan,
    negative,
    nextafter,
    not_equal,
    pow,
    reciprocal,
    rint,
    rsqrt,
    sigmoid,
    sign,
    sin,
    sinh,
    softplus,
    softsign,
    sqrt,
    square,
    squared_difference,
    subtract,
    tan,
    tanh,
    xdivy,
    xlog1py,
    xlogy,
)
from ..ops.nn import (
    l2_normalize,
    log_softmax,
    softmax,
)
from ..ops.ordering import (
    top_k,
)
from ..ops.polar import angle
from ..ops.reductions import (
    argmax,
    argmin,
    cumsum,
    reduce_all,
    reduce_any,
    reduce_euclidean_norm,
    reduce_logsumexp,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_std,
    reduce_sum,
    reduce_variance,
)
from ..ops.scans import cumprod, cumulative_logsumexp
from ..ops.scattering import invert_permutation
from ..ops.segments import (
    segment_max,
    segment_mean,
    segment_min,
    segment_prod,
    segment_sum,
    unsorted_segment_max,
    unsorted_segment_mean,
    unsorted_segment_min,
    unsorted_segment_prod,
    unsorted_segment_sqrt_n,
    unsorted_segment_sum,
)

truediv = realdiv = divide
floormod = mod


def round(x: _Any, name: str | None = None) -> _core.Tensor:
    """Rounded to the nearest integer, halves to even, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers; integers stay as they are.

    Returns
    -------
    Tensor
        Of the operand's shape and dtype. No gradient passes.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/round. np.rint of integers, called with tensors, gives floats, as
    NumPy's does.

    Examples
    --------
    >>> print(tf.round([0.5, 1.5, -2.7]).numpy(), tf.round([3]).numpy())
    [ 0.  2. -3.] [3]
    """
    operand = _core.operand(x)
    return _core.identity_tensor(operand) if operand.dtype.kind in "iu" else rint(operand)


# By TensorFlow's name: the name of the row.
_SPECIAL = {
    "bessel_i0": "i0",
    "bessel_i0e": "i0e",
    "bessel_i1": "i1",
    "bessel_i1e": "i1e",
    "betainc": "betainc",
    "digamma": "psi",
    "erfcinv": "erfcinv",
    "erfinv": "erfinv",
    "lbeta": "lbeta",
    "lgamma": "gammaln",
    "ndtri": "ndtri",
    "zeta": "zeta",
}
# By the file that has them, loaded when one of them is asked for.
_LATER = {
    "approximate": ("approx_max_k", "approx_min_k"),
    "gamma_orders": ("igamma", "igammac"),
    "histograms": ("is_non_decreasing", "is_strictly_increasing"),
    "polygammas": ("polygamma",),
    "quotients": ("reciprocal_no_nan",),
    "sobol": ("sobol_sample",),
}
_HOME = {name: home for home, names in _LATER.items() for name in names}


def __getattr__(name: str) -> _Any:
    if name == "special":
        return _import_module(f"{__package__}.math_special")
    if name in _SPECIAL:
        return getattr(_import_module("autodiff_core.ops.special"), _SPECIAL[name])
    if name in _HOME:
        return getattr(_import_module(f"..ops.{_HOME[name]}", __package__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "abs",
    "accumulate_n",
    "acos",
    "acosh",
    "add",
    "add_n",
    "argmax",
    "argmin",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bincount",
    "cast",
    "ceil",
    "confusion_matrix",
    "conj",
    "real",
    "imag",
    "angle",
    "cos",
    "cosh",
    "count_nonzero",
    "cumprod",
    "cumsum",
    "cumulative_logsumexp",
    "divide",
    "divide_no_nan",
    "equal",
    "erf",
    "erfc",
    "exp",
    "expm1",
    "floor",
    "floordiv",
    "floormod",
    "greater",
    "greater_equal",
    "in_top_k",
    "invert_permutation",
    "is_finite",
    "is_inf",
    "is_nan",
    "l2_normalize",
    "less",
    "less_equal",
    "log",
    "log1p",
    "log_sigmoid",
    "log_softmax",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "mod",
    "multiply",
    "multiply_no_nan",
    "negative",
    "nextafter",
    "not_equal",
    "polyval",
    "pow",
    "reciprocal",
    "reduce_all",
    "reduce_any",
    "reduce_euclidean_norm",
    "reduce_logsumexp",
    "reduce_max",
    "reduce_mean",
    "reduce_min",
    "reduce_prod",
    "reduce_std",
    "reduce_sum",
    "reduce_variance",
    "rint",
    "round",
    "rsqrt",
    "scalar_mul",
    "segment_max",
    "segment_mean",
    "segment_min",
    "segment_prod",
    "segment_sum",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "softsign",
    "sqrt",
    "square",
    "squared_difference",
    "subtract",
    "tan",
    "tanh",
    "top_k",
    "truediv",
    "unsorted_segment_max",
    "unsorted_segment_mean",
    "unsorted_segment_min",
    "unsorted_segment_prod",
    "unsorted_segment_sqrt_n",
    "unsorted_segment_sum",
    "xdivy",
    "xlog1py",
    "xlogy",
    *_SPECIAL,
    *_HOME,
    "zero_fraction",
]
