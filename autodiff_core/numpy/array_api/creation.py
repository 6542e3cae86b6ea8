"""The array API's functions that make arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _core
from ..._core import Tensor
from ...ops import shaping
from ..functions import joining, ordering, pointwise
from .describing import described
from .info import check_device, default_of

# Letters for kinds of numbers, from the narrowest.
_KINDS = "bifc"


def _kind_of_python(value: Any) -> str | None:
    """The widest kind of Python's own numbers, however nested, whose dtype is for us to choose; None for others."""
    if isinstance(value, (list, tuple)):
        kinds = [_kind_of_python(item) for item in value]
        return next((kind for kind in (None, *_KINDS[::-1]) if kind in kinds), _KINDS[0])
    if isinstance(value, np.generic) or not isinstance(value, (bool, int, float, complex)):
        return None
    return (
        "b" if isinstance(value, bool) else "i" if isinstance(value, int) else "f" if isinstance(value, float) else "c"
    )


def _holds_tensors(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_holds_tensors, value))
    return isinstance(value, _core.Operand)


def _made(array: Any, dtype: Any) -> Tensor:
    """A tensor of numbers that nobody else has, in the dtype that was asked for or in the default one of their kind."""
    found = np.asarray(array)
    return _core.to_tensor(found.astype(default_of(found.dtype.kind) if dtype is None else np.dtype(dtype)))


def asarray(obj: Any, /, *, dtype: Any = None, device: Any = None, copy: bool | None = None) -> Tensor:
    """A tensor of any value.

    Parameters
    ----------
    obj : array_like
        A tensor stays itself unless the dtype changes or a copy is asked for. Everything else is copied, since others
        could write to it: `from_dlpack` can do without.
    dtype : dtype, optional
        That of the value by default; Python's numbers become the default dtype of their kind.
    device : {"cpu"}, optional
        There is one device.
    copy : bool, optional
        Whether it must be copied, or must not be.

    Returns
    -------
    Tensor
        The value. That of a tensor, with or without a copy, is recorded.

    Raises
    ------
    ValueError
        With copy=False, where a copy is needed.
    TypeError
        Where Python's numbers are of a wider kind than the dtype, as 0.5 is than int32.
    OverflowError
        Where a Python integer is out of the dtype's range.

    Examples
    --------
    >>> xp = tf.constant(1.0).__array_namespace__()
    >>> xp.asarray([1, 2])
    <Tensor: shape=(2,), dtype=int64, numpy=array([1, 2])>
    """
    check_device(device)
    wanted = None if dtype is None else np.dtype(dtype)
    if isinstance(obj, _core.Operand):
        same = wanted is None or wanted == obj.dtype
        if copy is False and not (same and isinstance(obj, Tensor)):
            raise ValueError(
                "asarray with copy=False: a change of dtype, or a Variable's value as a tensor, needs a copy"
            )
        return _core.identity_tensor(obj) if copy and same else _core.to_tensor(obj, wanted)
    if copy is False:
        raise ValueError(
            f"asarray with copy=False: a {type(obj).__name__} must be copied, since a tensor's value never changes; "
            "from_dlpack(x, copy=False) shares an array's memory"
        )
    kind = _kind_of_python(obj)
    if kind is None:
        return _core.to_tensor(obj if _holds_tensors(obj) else np.asarray(obj), wanted)
    if wanted is None:
        wanted = default_of(kind if np.size(obj) else "f")
    if _KINDS.index(kind) > _KINDS.index("i" if wanted.kind in "bu" else wanted.kind):
        raise TypeError(f"asarray: {obj!r} does not fit the dtype {wanted}")
    return _core.to_tensor(np.asarray(obj, wanted))


def from_dlpack(x: Any, /, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """A tensor of another library's array, which lies in the memory of the CPU.

    Parameters
    ----------
    x : object
        What has the methods `__dlpack__` and `__dlpack_device__`.
    device : {"cpu"}, optional
        There is one device.
    copy : bool, optional
        By default the memory is shared where nobody can write to it (a read-only array, a JAX array), and copied
        otherwise, since a tensor's value must not change. With False it is shared in any case: whoever says so will
        not write to it any more.

    Returns
    -------
    Tensor
        The values.

    Raises
    ------
    TypeError
        Where there is no such method.
    BufferError
        Where the memory is not the CPU's, or the other library refuses.

    Examples
    --------
    >>> xp = tf.constant(1.0).__array_namespace__()
    >>> xp.from_dlpack(np.arange(3))
    <Tensor: shape=(3,), dtype=int64, numpy=array([0, 1, 2])>
    """
    from ..dlpack import imported

    check_device(device)
    return imported(x, copy)


@described(
    "Tensor : Of one dimension.",
    start="number : The first number; 0 where it is the only argument, which is the end then.",
    stop="number, optional : The end, which is left out.",
    step="number : From one number to the next.",
    dtype="dtype, optional : That of the result; that of the numbers by default.",
)
def arange(start: Any, /, stop: Any = None, step: Any = 1, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Numbers from start (0 where there is one argument) up to stop, which is left out, in equal steps."""
    check_device(device)
    first, last = (0, start) if stop is None else (start, stop)
    # (NumPy computes with the ends as they are: an integer tensor beside a float would want it for an integer.)
    ends = [
        _core.integer(x) if isinstance(x, _core.Operand) and x.dtype.kind in "iu" else x for x in (first, last, step)
    ]
    return _made(np.arange(*ends), dtype)


@described(
    "Tensor : Of one dimension.",
    start="number or Tensor : The ends.",
    stop="number or Tensor : The ends.",
    num="int : How many.",
    endpoint="bool : Whether `stop` is the last one.",
)
def linspace(
    start: Any, stop: Any, /, num: int, *, dtype: Any = None, device: Any = None, endpoint: bool = True
) -> Tensor:
    """So many numbers from start to stop at equal distances; recorded, where the ends are tensors."""
    check_device(device)
    if isinstance(start, _core.Operand) or isinstance(stop, _core.Operand):
        return pointwise.linspace(start, stop, num, endpoint, dtype=dtype)
    return _made(np.linspace(start, stop, num, endpoint=endpoint), dtype)


@described(
    "Tensor : Of the shape.",
    fill_value="number or scalar Tensor : The value.",
    dtype="dtype, optional : That of the result; that of the value by default.",
)
def full(shape: Any, fill_value: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    """One value everywhere; recorded, where it is a tensor."""
    check_device(device)
    return shaping.broadcast_to(asarray(fill_value, dtype=dtype), shaping._sizes(shape))


@described(
    "Tensor : Of the shape of `x`.",
    fill_value="number or scalar Tensor : The value.",
    dtype="dtype, optional : That of the result; that of `x` by default.",
)
def full_like(x: Any, /, fill_value: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    """One value everywhere, in the shape and dtype of another tensor; recorded, where the value is a tensor."""
    check_device(device)
    operand = _core.operand(x)
    value = asarray(fill_value, dtype=operand.dtype if dtype is None else dtype)
    return shaping.broadcast_to(value, operand.shape)


@described("Tensor : Zeros.")
def zeros(shape: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Zeros."""
    check_device(device)
    return _made(np.zeros(shaping._sizes(shape)), dtype)


@described("Tensor : Ones.")
def ones(shape: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Ones."""
    check_device(device)
    return _made(np.ones(shaping._sizes(shape)), dtype)


@described("Tensor : Zeros.")
def empty(shape: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Zeros: a tensor cannot be written to, so there is nothing else that it could be good for."""
    return zeros(shape, dtype=dtype, device=device)


@described("Tensor : Zeros.", dtype="dtype, optional : That of the result; that of `x` by default.")
def zeros_like(x: Any, /, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Zeros in the shape and dtype of another tensor."""
    operand = _core.operand(x)
    return zeros(operand.shape, dtype=operand.dtype if dtype is None else dtype, device=device)


@described("Tensor : Ones.", dtype="dtype, optional : That of the result; that of `x` by default.")
def ones_like(x: Any, /, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Ones in the shape and dtype of another tensor."""
    operand = _core.operand(x)
    return ones(operand.shape, dtype=operand.dtype if dtype is None else dtype, device=device)


@described("Tensor : Zeros.", dtype="dtype, optional : That of the result; that of `x` by default.")
def empty_like(x: Any, /, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Zeros in the shape and dtype of another tensor."""
    return zeros_like(x, dtype=dtype, device=device)


@described(
    "Tensor : Of shape (n_rows, n_cols).",
    n_rows="int : How many rows.",
    n_cols="int, optional : How many columns; as many as rows by default.",
    k="int : Which diagonal; positive ones lie above.",
)
def eye(n_rows: int, n_cols: int | None = None, /, *, k: int = 0, dtype: Any = None, device: Any = None) -> Tensor:
    """Ones on a diagonal, zeros elsewhere."""
    check_device(device)
    return _made(np.eye(n_rows, n_cols, k), dtype)


@described(
    "Tensor : Of the same shape and dtype.",
    x="array_like : Matrices, of shape (..., M, N).",
    k="int : The last diagonal that is kept.",
)
def tril(x: Any, /, *, k: int = 0) -> Tensor:
    """Matrices with zeros above a diagonal; recorded."""
    return ordering.tril(x, k)


@described(
    "Tensor : Of the same shape and dtype.",
    x="array_like : Matrices, of shape (..., M, N).",
    k="int : The first diagonal that is kept.",
)
def triu(x: Any, /, *, k: int = 0) -> Tensor:
    """Matrices with zeros below a diagonal; recorded."""
    return ordering.triu(x, k)


def meshgrid(*arrays: Any, indexing: str = "xy") -> list[Tensor]:
    """The coordinates of a grid, given those along its axes; recorded.

    Parameters
    ----------
    *arrays : array_like
        Of one dimension each.
    indexing : {"xy", "ij"}
        Whether the first two axes of the results are exchanged, or as the arrays are.

    Returns
    -------
    list of Tensor
        As many as arrays, of a dimension for each.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.meshgrid.html
    """
    return list(joining.meshgrid(*map(_core.operand, arrays), indexing=indexing))
