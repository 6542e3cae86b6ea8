"""`math`: elementwise functions, reductions and their like, by TensorFlow's names.

Special functions are computed by SciPy, and loaded when one of them is asked for.
"""

from typing import Any as _Any

from .. import _core
from ..namespaces import namespace as _namespace
from ..ops.elementwise import rint as _rint


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
    return _core.identity_tensor(operand) if operand.dtype.kind in "iu" else _rint(operand)


# What is no row, by the file that has it.
_FUNCTIONS = """
tensors.creation: accumulate_n add_n
ops.approximate: approx_max_k approx_min_k
ops.complex_parts: real
ops.counting: bincount confusion_matrix count_nonzero in_top_k polyval scalar_mul zero_fraction
ops.histograms: is_non_decreasing is_strictly_increasing
ops.nn: l2_normalize
ops.ordering: top_k
ops.polar: angle
ops.polygammas: polygamma
ops.quotients: reciprocal_no_nan
ops.reductions: argmax argmin reduce_all reduce_any reduce_euclidean_norm reduce_logsumexp reduce_mean reduce_std
    reduce_variance
ops.scans: cumulative_logsumexp
ops.scattering: invert_permutation
ops.segments: segment_max segment_mean segment_min segment_prod segment_sum unsorted_segment_mean
    unsorted_segment_min unsorted_segment_prod unsorted_segment_sqrt_n unsorted_segment_sum
ops.sobol: sobol_sample
ops.special: lbeta
"""

__all__, __dir__, __getattr__ = _namespace(
    __name__, "tf.math", _FUNCTIONS, own=("round",), unlisted="tensorflow: special=math_special"
)
