"""TensorSpec: what a tensor is, without its values."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from ..dtypes import float32
from ..tensor_shape import TensorShape

__all__ = ["TensorSpec"]


class TensorSpec:
    """The shape and dtype of tensors.

    Parameters
    ----------
    shape : sequence of int or None, or None
        None for a size that is left open; None altogether for any shape.
    dtype : dtype
        By default float32.
    name : str, optional
        For messages.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/TensorSpec

    Examples
    --------
    >>> tf.TensorSpec([None, 3], tf.float64).is_compatible_with(np.zeros((2, 3)))
    True
    """

    def __init__(self, shape: Any, dtype: Any = float32, name: str | None = None) -> None:
        self.shape: Any
        if shape is None or all(size is not None for size in shape):
            self.shape = None if shape is None else TensorShape(tuple(int(size) for size in shape))
        else:
            self.shape = tuple(None if size is None else int(size) for size in shape)
        self.dtype = _core.as_dtype(dtype)
        self.name = name

    @classmethod
    def from_tensor(cls, tensor: Any, name: str | None = None) -> TensorSpec:
        """The spec of a tensor.

        Parameters
        ----------
        tensor : array_like
            What to describe.
        name : str, optional
            For messages.

        Examples
        --------
        >>> tf.TensorSpec.from_tensor(tf.constant([1., 2.]))
        TensorSpec(shape=(2,), dtype=float32, name=None)
        """
        operand = _core.operand(tensor)
        return cls(tuple(operand.shape), operand.dtype, name)

    def is_compatible_with(self, value: Any) -> bool:
        """Whether a tensor, an array or another spec is of this shape and dtype.

        Parameters
        ----------
        value : TensorSpec or array_like
            What to compare.

        Examples
        --------
        >>> tf.TensorSpec([2]).is_compatible_with(tf.constant([1, 2]))
        False
        """
        shape, dtype = (
            (value.shape, value.dtype) if hasattr(value, "dtype") else (np.shape(value), np.asarray(value).dtype)
        )
        if dtype != self.dtype:
            return False
        if self.shape is None or shape is None:
            return True
        return len(shape) == len(self.shape) and all(
            a is None or b is None or a == b for a, b in zip(self.shape, shape, strict=True)
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TensorSpec) and (self.shape, self.dtype) == (other.shape, other.dtype)

    def __hash__(self) -> int:
        return hash((None if self.shape is None else tuple(self.shape), self.dtype))

    def __repr__(self) -> str:
        shape = None if self.shape is None else tuple(self.shape)
        return f"TensorSpec(shape={shape}, dtype={self.dtype.name}, name={self.name!r})"
