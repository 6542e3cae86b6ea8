"""An optimizer's rule inside a recorded function: the same code, on stand-ins for arrays that record what it does.

A rule works in place on blocks of arrays. Here it is given `Recorded` blocks instead, each the whole of a variable's
gradient or of what is remembered of it: an operation in place makes a new tensor and lets the block stand for that.
What the rule leaves in the blocks is then assigned to variables, so that a replay makes the step without Python.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autodiff_core as tf

__all__ = ["Recorded"]


class Recorded:
    """A tensor that looks like an array which is written to.

    Parameters
    ----------
    value : Tensor
        What it stands for at first.
    """

    # NumPy scalars and arrays on the left leave the operation to this class.
    __array_priority__ = 1000.0

    def __init__(self, value: Any) -> None:
        self.value = value

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape."""
        return tuple(self.value.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype, which no operation changes."""
        dtype: np.dtype[Any] = self.value.dtype
        return dtype

    def _operand(self, other: Any) -> Any:
        """What stands beside the block: single numbers take its dtype, as Python's do beside an array."""
        if isinstance(other, Recorded):
            return other.value
        if isinstance(other, tf.Tensor) and not other.ndim and other.dtype != self.dtype:
            return tf.cast(other, self.dtype)
        return other

    def _take(self, value: Any) -> Recorded:
        tensor = tf.convert_to_tensor(value)
        if tensor.dtype != self.dtype:
            tensor = tf.cast(tensor, self.dtype)
        self.value = tensor if tensor.shape == self.value.shape else tf.broadcast_to(tensor, self.value.shape)
        return self

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        (target,) = kwargs.pop("out", (None,))
        like = next(x for x in (*inputs, target) if isinstance(x, Recorded))
        result = getattr(ufunc, method)(*(like._operand(x) for x in inputs), **kwargs)
        if target is None:
            return result
        if not isinstance(target, Recorded):
            raise TypeError(
                f"np.{ufunc.__name__} with out=: inside a recorded function an optimizer's rule may write to the "
                f"blocks that it is given only, not to arrays of its own"
            )
        return target._take(result)

    def __getitem__(self, index: Any) -> Any:
        return self.value[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        if index is not Ellipsis and index != slice(None):
            raise TypeError(
                "inside a recorded function an optimizer's rule may write to a whole block only: block[...] = value"
            )
        self._take(self._operand(value))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.value, dtype)

    def __iadd__(self, other: Any) -> Recorded:
        return self._take(self.value + self._operand(other))

    def __isub__(self, other: Any) -> Recorded:
        return self._take(self.value - self._operand(other))

    def __imul__(self, other: Any) -> Recorded:
        return self._take(self.value * self._operand(other))

    def __itruediv__(self, other: Any) -> Recorded:
        return self._take(self.value / self._operand(other))

    def __ipow__(self, other: Any) -> Recorded:
        return self._take(self.value ** self._operand(other))

    def __add__(self, other: Any) -> Any:
        return self.value + self._operand(other)

    def __sub__(self, other: Any) -> Any:
        return self.value - self._operand(other)

    def __mul__(self, other: Any) -> Any:
        return self.value * self._operand(other)

    def __truediv__(self, other: Any) -> Any:
        return self.value / self._operand(other)

    def __pow__(self, other: Any) -> Any:
        return self.value ** self._operand(other)

    def __radd__(self, other: Any) -> Any:
        return self._operand(other) + self.value

    def __rsub__(self, other: Any) -> Any:
        return self._operand(other) - self.value

    def __rmul__(self, other: Any) -> Any:
        return self._operand(other) * self.value

    def __rtruediv__(self, other: Any) -> Any:
        return self._operand(other) / self.value

    def __rpow__(self, other: Any) -> Any:
        return self._operand(other) ** self.value

    def __neg__(self) -> Any:
        return -self.value

    def __abs__(self) -> Any:
        return abs(self.value)

    def __lt__(self, other: Any) -> Any:
        return self.value < self._operand(other)

    def __gt__(self, other: Any) -> Any:
        return self.value > self._operand(other)

    def __le__(self, other: Any) -> Any:
        return self.value <= self._operand(other)

    def __ge__(self, other: Any) -> Any:
        return self.value >= self._operand(other)
