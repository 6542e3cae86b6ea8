"""Buffers: arrays for loops that fill something, with `b[i] = v` as in NumPy, under tapes.

A buffer holds a tensor that nobody else has. A write is one record, of the update `set_at`, and is carried out in
place; what was read before never changes, because a buffer whose value somebody has is copied at the next write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from ..ops import updating
from . import protocol as numpy_protocol

__all__ = ["Buffer", "buffer"]

_AT = {
    np.add: "add",
    np.subtract: "subtract",
    np.multiply: "multiply",
    np.divide: "divide",
    np.minimum: "min",
    np.maximum: "max",
}


def _operator(name: str) -> Callable[..., Any]:
    """A method of tensors, of the present value."""

    def method(self: Buffer, *others: Any) -> Any:
        return getattr(self.value(), name)(*others)

    method.__name__ = name
    method.__qualname__ = f"Buffer.{name}"
    return method


def _in_place(name: str) -> Callable[..., Any]:
    """An operator like `+=`: the whole buffer is written."""

    def method(self: Buffer, other: Any) -> Buffer:
        result = getattr(self.value(), name)(other)
        if result is NotImplemented:
            return NotImplemented
        self[...] = result
        return self

    method.__name__ = name.replace("__", "__i", 1)
    method.__qualname__ = f"Buffer.{method.__name__}"
    return method


class Buffer(_core.BufferCore):
    """An array that is written to element by element, and that tapes follow; made by `buffer`.

    ``b[index] = v`` and ``b[index] += v`` take all of NumPy's indexing; so does ``b[index]``, a tensor. As an operand,
    or an argument of a function, a buffer is its present value.

    See Also
    --------
    buffer

    Examples
    --------
    >>> b = tf.buffer(3)
    >>> b[1] = 5.0
    >>> b
    <Buffer: shape=(3,), dtype=float32, numpy=array([0., 5., 0.], dtype=float32)>
    """

    __array_priority__ = 200.0
    __hash__ = None  # type: ignore[assignment]

    __add__, __radd__, __iadd__ = _operator("__add__"), _operator("__radd__"), _in_place("__add__")
    __sub__, __rsub__, __isub__ = _operator("__sub__"), _operator("__rsub__"), _in_place("__sub__")
    __mul__, __rmul__, __imul__ = _operator("__mul__"), _operator("__rmul__"), _in_place("__mul__")
    __truediv__, __rtruediv__ = _operator("__truediv__"), _operator("__rtruediv__")
    __itruediv__ = _in_place("__truediv__")
    __floordiv__, __rfloordiv__ = _operator("__floordiv__"), _operator("__rfloordiv__")
    __ifloordiv__ = _in_place("__floordiv__")
    __mod__, __rmod__, __imod__ = _operator("__mod__"), _operator("__rmod__"), _in_place("__mod__")
    __pow__, __rpow__, __ipow__ = _operator("__pow__"), _operator("__rpow__"), _in_place("__pow__")
    __matmul__, __rmatmul__ = _operator("__matmul__"), _operator("__rmatmul__")
    __and__, __rand__ = _operator("__and__"), _operator("__rand__")
    __or__, __ror__ = _operator("__or__"), _operator("__ror__")
    __xor__, __rxor__ = _operator("__xor__"), _operator("__rxor__")
    __neg__, __pos__, __abs__ = _operator("__neg__"), _operator("__pos__"), _operator("__abs__")
    __invert__ = _operator("__invert__")
    __lt__, __le__ = _operator("__lt__"), _operator("__le__")
    __gt__, __ge__ = _operator("__gt__"), _operator("__ge__")
    __eq__, __ne__ = _operator("__eq__"), _operator("__ne__")
    __bool__, __int__, __float__ = _operator("__bool__"), _operator("__int__"), _operator("__float__")
    __complex__, __index__ = _operator("__complex__"), _operator("__index__")
    __format__ = _operator("__format__")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.value().__array__(dtype, copy)

    def __len__(self) -> int:
        return len(self.value())

    def __iter__(self) -> Iterator[Tensor]:
        return iter(self.value())

    def __getattr__(self, name: str) -> Any:
        """The methods and attributes of tensors, of the present value."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.value(), name)

    def fill(self, value: Any) -> None:
        """Write one value everywhere.

        Parameters
        ----------
        value : array_like
            Of a shape that broadcasts to the buffer's.

        Examples
        --------
        >>> b = tf.buffer(2)
        >>> b.fill(3.0)
        >>> b.numpy()
        array([3., 3.], dtype=float32)
        """
        self[...] = value

    def numpy(self) -> Any:
        """The present value as a NumPy array of the caller's own. Leaves the tape.

        Returns
        -------
        ndarray

        Examples
        --------
        >>> tf.buffer(2).numpy()
        array([0., 0.], dtype=float32)
        """
        return self.value().numpy()

    def __repr__(self) -> str:
        return repr(self.value()).replace("<Tensor", "<Buffer", 1)

    def __copy__(self) -> Buffer:
        return Buffer(self.value())

    def __deepcopy__(self, memo: Any) -> Buffer:
        return Buffer(self.value())

    def __reduce__(self) -> Any:
        return buffer, (self.numpy(),)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "at" and isinstance(inputs[0], Buffer) and ufunc in _AT:
            target, index, values = inputs
            what = f"np.{ufunc.__name__}.at"
            index = _read(index)
            wide = target.widened(values)
            _, new = updating.joined(target if wide is None else wide, index, _AT[ufunc], _read(values), what)
            target[index] = new
            return None
        out = kwargs.pop("out", (None,))
        if len(out) == 1 and isinstance(out[0], Buffer):
            out[0][...] = getattr(ufunc, method)(*map(_read, inputs), **_read(kwargs))
            return out[0]
        if any(o is not None for o in out):
            kwargs["out"] = out
        return numpy_protocol.array_ufunc(ufunc, method, _read(inputs), _read(kwargs))

    def __array_function__(self, function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        out = kwargs.get("out")
        if isinstance(out, Buffer):
            out[...] = function(*_read(args), **_read({**kwargs, "out": None}))
            return out
        return numpy_protocol.array_function(function, (), _read(args), _read(kwargs))


def _read(value: Any) -> Any:
    """Arguments with their present values in the places of buffers, however nested."""
    if isinstance(value, Buffer):
        return value.value()
    if isinstance(value, (list, tuple)):
        return type(value)(map(_read, value))
    if isinstance(value, dict):
        return {key: _read(item) for key, item in value.items()}
    return value


def buffer(shape_or_array: Any, dtype: Any = None) -> Buffer:
    """An array to be filled element by element, while tapes follow.

    Parameters
    ----------
    shape_or_array : int, tuple of int, or array_like
        A shape, for zeros; or the first values, which are copied. A list is values.
    dtype : dtype, optional
        That of the values by default; of zeros, the default float, or that of wider floats that are written to it.

    Returns
    -------
    Buffer
        ``b[index] = v`` and ``b[index] += v`` change it, ``b[index]`` and ``b.value()`` give tensors.

    Raises
    ------
    TypeError
        At a write, where the value's dtype does not go into the buffer's.
    IndexError
        At a write or a read, where an index is out of bounds.
    ValueError
        At a write, where the value's shape does not broadcast to that of what is selected. After an error the buffer is
        as it was.

    Notes
    -----
    TensorFlow has `tf.TensorArray` for such loops. A write takes time for the elements that change, and so does its
    derivative; but while somebody has the value, a tensor from ``b.value()`` or an array that shares its memory, or a
    tape keeps it because a derivative needs it, the next write copies the array first. What was read never changes.

    A buffer is for one thread at a time: one that finds another writing raises a RuntimeError.

    A write is recorded like any operation: what happens while a tape is paused is not on it, and a buffer that is
    written to then is a constant for that tape. In a recorded function buffers are made inside.

    Examples
    --------
    >>> x = tf.constant(2.0)
    >>> with tf.GradientTape() as tape:
    ...     tape.watch(x)
    ...     b = tf.buffer(4)
    ...     b[0] = 1.0
    ...     for i in range(1, 4):
    ...         b[i] = b[i - 1] * x
    ...     y = np.sum(b)
    >>> y.numpy(), tape.gradient(y, x).numpy()
    (np.float32(15.0), np.float32(17.0))
    """
    if isinstance(shape_or_array, Buffer):
        shape_or_array = shape_or_array.value()
    if isinstance(shape_or_array, (int, np.integer)) or (
        isinstance(shape_or_array, tuple) and all(isinstance(size, (int, np.integer)) for size in shape_or_array)
    ):
        zeros = np.zeros(shape_or_array, _core.default_float() if dtype is None else dtype)
        made = Buffer(_core.to_tensor(zeros))
        made.free_dtype = dtype is None
        return made
    return Buffer(_core.to_tensor(shape_or_array, dtype))
