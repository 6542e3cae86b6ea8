"""The Python array API standard on tensors: the module that `t.__array_namespace__()` gives."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from ._core import Tensor
from .numpy.array_api.data_types import FloatInfo
from .numpy.array_api.data_types import IntegerInfo
from .numpy.array_api.searching import UniqueAll
from .numpy.array_api.searching import UniqueCounts
from .numpy.array_api.searching import UniqueInverse
from collections.abc import Sequence
from typing import Any
import builtins
from .dtypes import bool as bool
from .dtypes import complex128 as complex128
from .dtypes import complex64 as complex64
from .dtypes import float32 as float32
from .dtypes import float64 as float64
from .dtypes import int16 as int16
from .dtypes import int32 as int32
from .dtypes import int64 as int64
from .dtypes import int8 as int8
from .dtypes import uint16 as uint16
from .dtypes import uint32 as uint32
from .dtypes import uint64 as uint64
from .dtypes import uint8 as uint8
from .numpy.array_api import fft as fft
from .numpy.array_api import linalg as linalg
from .numpy.array_api import newaxis as newaxis
from .numpy.array_api.creation import asarray as asarray
from .numpy.array_api.creation import from_dlpack as from_dlpack
from .numpy.array_api.creation import meshgrid as meshgrid
from .numpy.array_api.data_types import result_type as result_type
from .numpy.array_api.manipulation import broadcast_arrays as broadcast_arrays

def abs(x: Any, /) -> Tensor:
    """numpy.absolute of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.abs.html
    """

def acos(x: Any, /) -> Tensor:
    """numpy.arccos of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.acos.html
    """

def acosh(x: Any, /) -> Tensor:
    """numpy.arccosh of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.acosh.html
    """

def add(x1: Any, x2: Any, /) -> Tensor:
    """numpy.add of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.add.html
    """

def all(x: Any, /, *, axis: Any = None, keepdims: builtins.bool = False) -> Tensor:
    """Whether all elements are true, or not zero.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    axis : int or tuple of int, optional
        The axes to go over; all by default.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        Of bool.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.all.html
    """

def any(x: Any, /, *, axis: Any = None, keepdims: builtins.bool = False) -> Tensor:
    """Whether some element is true, or not zero.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    axis : int or tuple of int, optional
        The axes to go over; all by default.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        Of bool.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.any.html
    """

def arange(start: Any, /, stop: Any = None, step: Any = 1, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Numbers from start (0 where there is one argument) up to stop, which is left out, in equal steps.

    Parameters
    ----------
    start : number
        The first number; 0 where it is the only argument, which is the end then.
    stop : number, optional
        The end, which is left out.
    step : number
        From one number to the next.
    dtype : dtype, optional
        That of the result; that of the numbers by default.
    device : {"cpu"}, optional
        There is one device.

    Returns
    -------
    Tensor
        Of one dimension.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.arange.html
    """

def argmax(x: Any, /, *, axis: int | None = None, keepdims: builtins.bool = False) -> Tensor:
    """Where the largest element is; with None, its place among all.

    Parameters
    ----------
    x : array_like
        Of any shape and real dtype.
    axis : int, optional
        The axis; all elements by default.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        Of int64. Of equal elements the first one.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.argmax.html
    """

def argmin(x: Any, /, *, axis: int | None = None, keepdims: builtins.bool = False) -> Tensor:
    """Where the smallest element is; with None, its place among all.

    Parameters
    ----------
    x : array_like
        Of any shape and real dtype.
    axis : int, optional
        The axis; all elements by default.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        Of int64. Of equal elements the first one.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.argmin.html
    """

def argsort(x: Any, /, *, axis: int = -1, descending: builtins.bool = False, stable: builtins.bool = True) -> Tensor:
    """The places of the elements in sorted order; equal ones stay in their order.

    Parameters
    ----------
    x : array_like
        Of any shape and real dtype.
    axis : int
        The axis to sort along.
    descending : bool
        Whether the largest comes first.
    stable : bool
        Without effect.

    Returns
    -------
    Tensor
        Of int64 and the same shape.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.argsort.html
    """

def asin(x: Any, /) -> Tensor:
    """numpy.arcsin of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.asin.html
    """

def asinh(x: Any, /) -> Tensor:
    """numpy.arcsinh of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.asinh.html
    """

def astype(x: Any, dtype: Any, /, *, copy: builtins.bool = True, device: Any = None) -> Tensor:
    """The values in another dtype.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    dtype : dtype
        The one that is wanted.
    copy : bool
        Whether a tensor that has the dtype already becomes another one.
    device : {"cpu"}, optional
        There is one device.

    Returns
    -------
    Tensor
        The values; recorded.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.astype.html
    """

def atan(x: Any, /) -> Tensor:
    """numpy.arctan of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.atan.html
    """

def atan2(x1: Any, x2: Any, /) -> Tensor:
    """numpy.arctan2 of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.atan2.html
    """

def atanh(x: Any, /) -> Tensor:
    """numpy.arctanh of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.atanh.html
    """

def bitwise_and(x1: Any, x2: Any, /) -> Tensor:
    """numpy.bitwise_and of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.bitwise_and.html
    """

def bitwise_invert(x: Any, /) -> Tensor:
    """numpy.invert of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.bitwise_invert.html
    """

def bitwise_left_shift(x1: Any, x2: Any, /) -> Tensor:
    """numpy.left_shift of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.bitwise_left_shift.html
    """

def bitwise_or(x1: Any, x2: Any, /) -> Tensor:
    """numpy.bitwise_or of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.bitwise_or.html
    """

def bitwise_right_shift(x1: Any, x2: Any, /) -> Tensor:
    """numpy.right_shift of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.bitwise_right_shift.html
    """

def bitwise_xor(x1: Any, x2: Any, /) -> Tensor:
    """numpy.bitwise_xor of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.bitwise_xor.html
    """

def broadcast_to(x: Any, /, shape: Any) -> Tensor:
    """The array in a larger shape.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    shape : tuple of int
        To which that of `x` broadcasts.

    Returns
    -------
    Tensor
        Of the shape.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.broadcast_to.html
    """

def can_cast(from_: Any, to: Any, /) -> builtins.bool:
    """Whether values of one dtype can be had in another without a loss, by NumPy's rules.

    Parameters
    ----------
    from_ : dtype or Tensor
        From which.
    to : dtype
        To which.

    Returns
    -------
    bool
        Whether it is safe.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.can_cast.html
    """

def ceil(x: Any, /) -> Tensor:
    """numpy.ceil of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape; the dtype stays, and no gradient passes.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.ceil.html
    """

def clip(x: Any, /, min: Any = None, max: Any = None) -> Tensor:
    """Values bounded below and above, where bounds are given; in the operand's dtype.

    Parameters
    ----------
    x : array_like
        Of any shape and real dtype.
    min, max : array_like, optional
        The bounds, which broadcast.

    Returns
    -------
    Tensor
        Of the dtype of `x`. What is clipped gets a gradient of zero.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.clip.html
    """

def concat(arrays: Sequence[Any], /, *, axis: int | None = 0) -> Tensor:
    """Arrays behind each other along an axis; with None, all their elements.

    Parameters
    ----------
    arrays : sequence of array_like
        Of one shape, but for the axis.
    axis : int or None
        The axis.

    Returns
    -------
    Tensor
        Of the dtype that all promote to.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.concat.html
    """

def conj(x: Any, /) -> Tensor:
    """numpy.conjugate of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.conj.html
    """

def copysign(x1: Any, x2: Any, /) -> Tensor:
    """numpy.copysign of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.copysign.html
    """

def cos(x: Any, /) -> Tensor:
    """numpy.cos of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.cos.html
    """

def cosh(x: Any, /) -> Tensor:
    """numpy.cosh of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.cosh.html
    """

def count_nonzero(x: Any, /, *, axis: Any = None, keepdims: builtins.bool = False) -> Tensor:
    """How many elements are not zero.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    axis : int or tuple of int, optional
        The axes to go over; all by default.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        Of int64.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.count_nonzero.html
    """

def cumulative_prod(
    x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: builtins.bool = False
) -> Tensor:
    """Running products along an axis; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.
    axis : int, optional
        The axis; need not be named where there is one.
    dtype : dtype, optional
        As for `prod`.
    include_initial : bool
        Whether a one comes first.

    Returns
    -------
    Tensor
        The running products.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.cumulative_prod.html
    """

def cumulative_sum(
    x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: builtins.bool = False
) -> Tensor:
    """Running sums along an axis; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.
    axis : int, optional
        The axis; need not be named where there is one.
    dtype : dtype, optional
        As for `sum`.
    include_initial : bool
        Whether a zero comes first.

    Returns
    -------
    Tensor
        The running sums.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.cumulative_sum.html
    """

def diff(x: Any, /, *, axis: int = -1, n: int = 1, prepend: Any = None, append: Any = None) -> Tensor:
    """Differences of neighbours along an axis, n times over; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.
    axis : int
        The axis.
    n : int
        How often.
    prepend, append : array_like, optional
        What stands before and behind.

    Returns
    -------
    Tensor
        Shorter by `n` along the axis.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.diff.html
    """

def divide(x1: Any, x2: Any, /) -> Tensor:
    """numpy.divide of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.divide.html
    """

def empty(shape: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Zeros: a tensor cannot be written to, so there is nothing else that it could be good for.

    Parameters
    ----------
    shape : int or tuple of int
        That of the result.
    dtype : dtype, optional
        That of the result; the default float by default.
    device : {"cpu"}, optional
        There is one device.

    Returns
    -------
    Tensor
        Zeros.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.empty.html
    """

def empty_like(x: Any, /, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Zeros in the shape and dtype of another tensor.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    dtype : dtype, optional
        That of the result; that of `x` by default.
    device : {"cpu"}, optional
        There is one device.

    Returns
    -------
    Tensor
        Zeros.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.empty_like.html
    """

def equal(x1: Any, x2: Any, /) -> Tensor:
    """numpy.equal of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.equal.html
    """

def exp(x: Any, /) -> Tensor:
    """numpy.exp of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.exp.html
    """

def expand_dims(x: Any, /, axis: Any) -> Tensor:
    """An axis of one entry more, or several.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    axis : int
        Where the axis is in the result.

    Returns
    -------
    Tensor
        Of a dimension more.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.expand_dims.html
    """

def expm1(x: Any, /) -> Tensor:
    """numpy.expm1 of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.expm1.html
    """

def eye(n_rows: int, n_cols: int | None = None, /, *, k: int = 0, dtype: Any = None, device: Any = None) -> Tensor:
    """Ones on a diagonal, zeros elsewhere.

    Parameters
    ----------
    n_rows : int
        How many rows.
    n_cols : int, optional
        How many columns; as many as rows by default.
    k : int
        Which diagonal; positive ones lie above.
    dtype : dtype, optional
        That of the result; the default float by default.
    device : {"cpu"}, optional
        There is one device.

    Returns
    -------
    Tensor
        Of shape (n_rows, n_cols).

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.eye.html
    """

def finfo(type: Any, /) -> FloatInfo:
    """The limits of a float dtype; of a complex dtype, those of its parts.

    Parameters
    ----------
    type : dtype or Tensor
        Of floats or complex numbers.

    Returns
    -------
    FloatInfo
        With bits, eps, max, min, smallest_normal and dtype.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.finfo.html
    """

def flip(x: Any, /, *, axis: Any = None) -> Tensor:
    """The elements backwards along axes, by default all.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    axis : int or tuple of int, optional
        The axes.

    Returns
    -------
    Tensor
        Of the same shape.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.flip.html
    """

def floor(x: Any, /) -> Tensor:
    """numpy.floor of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape; the dtype stays, and no gradient passes.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.floor.html
    """

def floor_divide(x1: Any, x2: Any, /) -> Tensor:
    """numpy.floor_divide of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.floor_divide.html
    """

def full(shape: Any, fill_value: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    """One value everywhere; recorded, where it is a tensor.

    Parameters
    ----------
    shape : int or tuple of int
        That of the result.
    fill_value : number or scalar Tensor
        The value.
    dtype : dtype, optional
        That of the result; that of the value by default.
    device : {"cpu"}, optional
        There is one device.

    Returns
    -------
    Tensor
        Of the shape.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.full.html
    """

def full_like(x: Any, /, fill_value: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    """One value everywhere, in the shape and dtype of another tensor; recorded, where the value is a tensor.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    fill_value : number or scalar Tensor
        The value.
    dtype : dtype, optional
        That of the result; that of `x` by default.
    device : {"cpu"}, optional
        There is one device.

    Returns
    -------
    Tensor
        Of the shape of `x`.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.full_like.html
    """

def greater(x1: Any, x2: Any, /) -> Tensor:
    """numpy.greater of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.greater.html
    """

def greater_equal(x1: Any, x2: Any, /) -> Tensor:
    """numpy.greater_equal of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.greater_equal.html
    """

def hypot(x1: Any, x2: Any, /) -> Tensor:
    """numpy.hypot of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.hypot.html
    """

def iinfo(type: Any, /) -> IntegerInfo:
    """The limits of an integer dtype.

    Parameters
    ----------
    type : dtype or Tensor
        Of integers.

    Returns
    -------
    IntegerInfo
        With bits, max, min and dtype.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.iinfo.html
    """

def imag(x: Any, /) -> Tensor:
    """The imaginary part, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.

    Returns
    -------
    Tensor
        Of a float dtype for complex numbers; zeros for others.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.imag.html
    """

def isdtype(dtype: Any, kind: Any) -> builtins.bool:
    """Whether a dtype is a given one, is of a kind ("integral", "real floating" ...), or fits one of several.

    Parameters
    ----------
    dtype : dtype
        Any.
    kind : dtype, str or tuple of these
        A dtype; "bool", "signed integer", "unsigned integer", "integral", "real floating", "complex floating" or "numeric"; or several.

    Returns
    -------
    bool
        Whether it is.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.isdtype.html
    """

def isfinite(x: Any, /) -> Tensor:
    """numpy.isfinite of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.isfinite.html
    """

def isinf(x: Any, /) -> Tensor:
    """numpy.isinf of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.isinf.html
    """

def isnan(x: Any, /) -> Tensor:
    """numpy.isnan of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.isnan.html
    """

def less(x1: Any, x2: Any, /) -> Tensor:
    """numpy.less of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.less.html
    """

def less_equal(x1: Any, x2: Any, /) -> Tensor:
    """numpy.less_equal of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.less_equal.html
    """

def linspace(
    start: Any, stop: Any, /, num: int, *, dtype: Any = None, device: Any = None, endpoint: builtins.bool = True
) -> Tensor:
    """So many numbers from start to stop at equal distances; recorded, where the ends are tensors.

    Parameters
    ----------
    start, stop : number or Tensor
        The ends.
    num : int
        How many.
    dtype : dtype, optional
        That of the result; the default float by default.
    device : {"cpu"}, optional
        There is one device.
    endpoint : bool
        Whether `stop` is the last one.

    Returns
    -------
    Tensor
        Of one dimension.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.linspace.html
    """

def log(x: Any, /) -> Tensor:
    """numpy.log of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.log.html
    """

def log10(x: Any, /) -> Tensor:
    """numpy.log10 of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.log10.html
    """

def log1p(x: Any, /) -> Tensor:
    """numpy.log1p of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.log1p.html
    """

def log2(x: Any, /) -> Tensor:
    """numpy.log2 of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.log2.html
    """

def logaddexp(x1: Any, x2: Any, /) -> Tensor:
    """numpy.logaddexp of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.logaddexp.html
    """

def logical_and(x1: Any, x2: Any, /) -> Tensor:
    """numpy.logical_and of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.logical_and.html
    """

def logical_not(x: Any, /) -> Tensor:
    """numpy.logical_not of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.logical_not.html
    """

def logical_or(x1: Any, x2: Any, /) -> Tensor:
    """numpy.logical_or of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.logical_or.html
    """

def logical_xor(x1: Any, x2: Any, /) -> Tensor:
    """numpy.logical_xor of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.logical_xor.html
    """

def matmul(x1: Any, x2: Any, /) -> Tensor:
    """The matrix product; of stacks of matrices, one by one.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes (..., M, K) and (..., K, N), whose other axes broadcast; or vectors of length K.

    Returns
    -------
    Tensor
        Of shape (..., M, N), without what a vector has not.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.matmul.html
    """

def matrix_transpose(x: Any, /) -> Tensor:
    """Matrices with rows and columns exchanged.

    Parameters
    ----------
    x : array_like
        Matrices, of shape (..., M, N).

    Returns
    -------
    Tensor
        Of shape (..., N, M).

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.matrix_transpose.html
    """

def max(x: Any, /, *, axis: Any = None, keepdims: builtins.bool = False) -> Tensor:
    """The largest element over axes, by default all; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and real dtype.
    axis : int or tuple of int, optional
        The axes to go over; all by default.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        The largest elements; equal ones share the gradient.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.max.html
    """

def maximum(x1: Any, x2: Any, /) -> Tensor:
    """numpy.maximum of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.maximum.html
    """

def mean(x: Any, /, *, axis: Any = None, keepdims: builtins.bool = False) -> Tensor:
    """The mean over axes, by default all; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.
    axis : int or tuple of int, optional
        The axes to go over; all by default.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        The means.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.mean.html
    """

def min(x: Any, /, *, axis: Any = None, keepdims: builtins.bool = False) -> Tensor:
    """The smallest element over axes, by default all; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and real dtype.
    axis : int or tuple of int, optional
        The axes to go over; all by default.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        The smallest elements; equal ones share the gradient.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.min.html
    """

def minimum(x1: Any, x2: Any, /) -> Tensor:
    """numpy.minimum of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.minimum.html
    """

def moveaxis(x: Any, source: Any, destination: Any, /) -> Tensor:
    """Axes in other places.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    source, destination : int or tuple of int
        Where the axes are, and where they go.

    Returns
    -------
    Tensor
        Of the same dimensions in another order.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.moveaxis.html
    """

def multiply(x1: Any, x2: Any, /) -> Tensor:
    """numpy.multiply of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.multiply.html
    """

def negative(x: Any, /) -> Tensor:
    """numpy.negative of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.negative.html
    """

def nextafter(x1: Any, x2: Any, /) -> Tensor:
    """numpy.nextafter of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.nextafter.html
    """

def nonzero(x: Any, /) -> tuple[Tensor, ...]:
    """The places of what is not zero, an array of integers for each axis.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.

    Returns
    -------
    tuple of Tensor
        Of int64 and one dimension each.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.nonzero.html
    """

def not_equal(x1: Any, x2: Any, /) -> Tensor:
    """numpy.not_equal of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.not_equal.html
    """

def ones(shape: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Ones.

    Parameters
    ----------
    shape : int or tuple of int
        That of the result.
    dtype : dtype, optional
        That of the result; the default float by default.
    device : {"cpu"}, optional
        There is one device.

    Returns
    -------
    Tensor
        Ones.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.ones.html
    """

def ones_like(x: Any, /, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Ones in the shape and dtype of another tensor.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    dtype : dtype, optional
        That of the result; that of `x` by default.
    device : {"cpu"}, optional
        There is one device.

    Returns
    -------
    Tensor
        Ones.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.ones_like.html
    """

def permute_dims(x: Any, /, axes: Any) -> Tensor:
    """The axes in another order.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    axes : tuple of int
        Where each axis of the result comes from.

    Returns
    -------
    Tensor
        Of the same dimensions in another order.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.permute_dims.html
    """

def positive(x: Any, /) -> Tensor:
    """numpy.positive of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.positive.html
    """

def pow(x1: Any, x2: Any, /) -> Tensor:
    """numpy.power of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.pow.html
    """

def prod(x: Any, /, *, axis: Any = None, dtype: Any = None, keepdims: builtins.bool = False) -> Tensor:
    """The product over axes, by default all; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.
    axis : int or tuple of int, optional
        The axes to go over; all by default.
    dtype : dtype, optional
        In which it is multiplied; one of 64 bits for integers by default.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        The products.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.prod.html
    """

def real(x: Any, /) -> Tensor:
    """The real part, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.

    Returns
    -------
    Tensor
        Of a float dtype for complex numbers.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.real.html
    """

def reciprocal(x: Any, /) -> Tensor:
    """numpy.reciprocal of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.reciprocal.html
    """

def remainder(x1: Any, x2: Any, /) -> Tensor:
    """numpy.remainder of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.remainder.html
    """

def repeat(x: Any, repeats: Any, /, *, axis: int | None = None) -> Tensor:
    """Each entry along an axis several times; with None, each element.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    repeats : int or array_like of int
        How often, for all or for each entry.
    axis : int, optional
        The axis.

    Returns
    -------
    Tensor
        Of one dimension without an axis.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.repeat.html
    """

def reshape(x: Any, /, shape: Any, *, copy: builtins.bool | None = None) -> Tensor:
    """The elements in another shape. (Whether they are copied makes no difference: nobody can write to either.)

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    shape : tuple of int
        The sizes; one may be -1.
    copy : bool, optional
        Without effect.

    Returns
    -------
    Tensor
        Of the shape.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.reshape.html
    """

def roll(x: Any, /, shift: Any, *, axis: Any = None) -> Tensor:
    """The elements moved on along axes; what is moved beyond the end comes in at the beginning.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    shift : int or tuple of int
        By how many places.
    axis : int or tuple of int, optional
        Along which axes; over all elements by default.

    Returns
    -------
    Tensor
        Of the same shape.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.roll.html
    """

def round(x: Any, /) -> Tensor:
    """numpy.rint of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape; the dtype stays, and no gradient passes.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.round.html
    """

def searchsorted(x1: Any, x2: Any, /, *, side: Any = "left", sorter: Any = None) -> Tensor:
    """Where the values of x2 would go into the sorted x1.

    Parameters
    ----------
    x1 : array_like
        Of one dimension and real dtype, sorted.
    x2 : array_like
        Of any shape.
    side : {"left", "right"}
        Whether before or behind equal elements.
    sorter : array_like of int, optional
        What sorts `x1`.

    Returns
    -------
    Tensor
        Of int64 and the shape of `x2`.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.searchsorted.html
    """

def sign(x: Any, /) -> Tensor:
    """numpy.sign of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.sign.html
    """

def signbit(x: Any, /) -> Tensor:
    """numpy.signbit of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.signbit.html
    """

def sin(x: Any, /) -> Tensor:
    """numpy.sin of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.sin.html
    """

def sinh(x: Any, /) -> Tensor:
    """numpy.sinh of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.sinh.html
    """

def sort(x: Any, /, *, axis: int = -1, descending: builtins.bool = False, stable: builtins.bool = True) -> Tensor:
    """The elements in sorted order; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and real dtype.
    axis : int
        The axis to sort along.
    descending : bool
        Whether the largest comes first.
    stable : bool
        Without effect.

    Returns
    -------
    Tensor
        Of the same shape.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.sort.html
    """

def sqrt(x: Any, /) -> Tensor:
    """numpy.sqrt of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.sqrt.html
    """

def square(x: Any, /) -> Tensor:
    """numpy.square of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.square.html
    """

def squeeze(x: Any, /, axis: Any) -> Tensor:
    """Without axes of one entry.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    axis : int or tuple of int
        Axes of one entry.

    Returns
    -------
    Tensor
        Without these axes.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.squeeze.html
    """

def stack(arrays: Sequence[Any], /, *, axis: int = 0) -> Tensor:
    """Arrays of one shape along a new axis.

    Parameters
    ----------
    arrays : sequence of array_like
        Of one shape.
    axis : int
        Where the new axis is in the result.

    Returns
    -------
    Tensor
        Of a dimension more.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.stack.html
    """

def std(x: Any, /, *, axis: Any = None, correction: float = 0.0, keepdims: builtins.bool = False) -> Tensor:
    """The standard deviation over axes, by default all; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.
    axis : int or tuple of int, optional
        The axes to go over; all by default.
    correction : float
        What is taken off the number of elements.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        The standard deviations.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.std.html
    """

def subtract(x1: Any, x2: Any, /) -> Tensor:
    """numpy.subtract of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.subtract.html
    """

def sum(x: Any, /, *, axis: Any = None, dtype: Any = None, keepdims: builtins.bool = False) -> Tensor:
    """The sum over axes, by default all; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.
    axis : int or tuple of int, optional
        The axes to go over; all by default.
    dtype : dtype, optional
        In which it is added up; one of 64 bits for integers by default.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        The sums.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.sum.html
    """

def take(x: Any, indices: Any, /, *, axis: int | None = None) -> Tensor:
    """Entries along an axis, by their places; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    indices : array_like of int
        Of one dimension.
    axis : int, optional
        The axis; need not be named where there is one.

    Returns
    -------
    Tensor
        With the indices in the place of the axis.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.take.html
    """

def take_along_axis(x: Any, indices: Any, /, *, axis: int = -1) -> Tensor:
    """Elements along an axis, by places that are as many arrays as there are lines; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    indices : array_like of int
        Of as many dimensions, which broadcast but for the axis.
    axis : int
        The axis.

    Returns
    -------
    Tensor
        Of the shape of the indices.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.take_along_axis.html
    """

def tan(x: Any, /) -> Tensor:
    """numpy.tan of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.tan.html
    """

def tanh(x: Any, /) -> Tensor:
    """numpy.tanh of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.tanh.html
    """

def tensordot(x1: Any, x2: Any, /, *, axes: Any = 2) -> Tensor:
    """The sum of products along axes of both.

    Parameters
    ----------
    x1, x2 : array_like
        Of any shapes.
    axes : int or two sequences of int
        So many last axes of `x1` and first ones of `x2`; or which of each.

    Returns
    -------
    Tensor
        With the axes of `x1` that are left, then those of `x2`.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.tensordot.html
    """

def tile(x: Any, repetitions: Any, /) -> Tensor:
    """Copies of the array side by side.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    repetitions : tuple of int
        How many copies along each axis.

    Returns
    -------
    Tensor
        Of the larger shape.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.tile.html
    """

def tril(x: Any, /, *, k: int = 0) -> Tensor:
    """Matrices with zeros above a diagonal; recorded.

    Parameters
    ----------
    x : array_like
        Matrices, of shape (..., M, N).
    k : int
        The last diagonal that is kept.

    Returns
    -------
    Tensor
        Of the same shape and dtype.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.tril.html
    """

def triu(x: Any, /, *, k: int = 0) -> Tensor:
    """Matrices with zeros below a diagonal; recorded.

    Parameters
    ----------
    x : array_like
        Matrices, of shape (..., M, N).
    k : int
        The first diagonal that is kept.

    Returns
    -------
    Tensor
        Of the same shape and dtype.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.triu.html
    """

def trunc(x: Any, /) -> Tensor:
    """numpy.trunc of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape; the dtype stays, and no gradient passes.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.trunc.html
    """

def unique_all(x: Any, /) -> UniqueAll:
    """The distinct elements, sorted, which are recorded; where each is first, which each element is, and how often.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.

    Returns
    -------
    UniqueAll
        With values, indices, inverse_indices (of the shape of `x`) and counts.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.unique_all.html
    """

def unique_counts(x: Any, /) -> UniqueCounts:
    """The distinct elements, sorted, and how often each is there.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.

    Returns
    -------
    UniqueCounts
        With values and counts.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.unique_counts.html
    """

def unique_inverse(x: Any, /) -> UniqueInverse:
    """The distinct elements, sorted, and which of them each element is.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.

    Returns
    -------
    UniqueInverse
        With values and inverse_indices (of the shape of `x`).

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.unique_inverse.html
    """

def unique_values(x: Any, /) -> Tensor:
    """The distinct elements, sorted; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.

    Returns
    -------
    Tensor
        Of one dimension. Every NaN is distinct.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.unique_values.html
    """

def unstack(x: Any, /, *, axis: int = 0) -> tuple[Tensor, ...]:
    """The parts of an array along an axis.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    axis : int
        The axis.

    Returns
    -------
    tuple of Tensor
        Of a dimension less each.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.unstack.html
    """

def var(x: Any, /, *, axis: Any = None, correction: float = 0.0, keepdims: builtins.bool = False) -> Tensor:
    """The variance over axes, by default all; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.
    axis : int or tuple of int, optional
        The axes to go over; all by default.
    correction : float
        What is taken off the number of elements.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        The variances.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.var.html
    """

def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Tensor:
    """The scalar product of vectors along an axis; the other axes broadcast.

    Parameters
    ----------
    x1, x2 : array_like
        Whose other axes broadcast; of complex numbers, the first are conjugated.
    axis : int
        The axis, counted from the last.

    Returns
    -------
    Tensor
        Without the axis.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.vecdot.html
    """

def where(condition: Any, x1: Any, x2: Any, /) -> Tensor:
    """x1 where the condition holds, x2 elsewhere; recorded.

    Parameters
    ----------
    condition : array_like of bool
        Broadcasts with the others.
    x1, x2 : array_like
        The values.

    Returns
    -------
    Tensor
        Of the dtype that both promote to.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.where.html
    """

def zeros(shape: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Zeros.

    Parameters
    ----------
    shape : int or tuple of int
        That of the result.
    dtype : dtype, optional
        That of the result; the default float by default.
    device : {"cpu"}, optional
        There is one device.

    Returns
    -------
    Tensor
        Zeros.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.zeros.html
    """

def zeros_like(x: Any, /, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Zeros in the shape and dtype of another tensor.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    dtype : dtype, optional
        That of the result; that of `x` by default.
    device : {"cpu"}, optional
        There is one device.

    Returns
    -------
    Tensor
        Zeros.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.zeros_like.html
    """

e: float
inf: float
nan: float
pi: float
