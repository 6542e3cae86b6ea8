"""Where the values of a program are in its C: an array and strides in it, or one expression for all elements."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

__all__ = ["Shape", "Value", "contiguous", "type_name"]

_TYPES = {"float64": "double", "float32": "float", "bool": "unsigned char"}

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Value:
    """Where a node's elements are: `base[offset + strides . index]`, or one expression for all of them."""

    dtype: np.dtype[Any]
    shape: Shape
    base: str
    strides: Shape | None  # None: `base` is the expression
    offset: int = 0
    known: np.ndarray | None = None  # integers, which are no values in C, but which some rows go by

    def at(self, index: Sequence[str | int]) -> str:
        """The element at these indices, each an expression."""
        if self.strides is None:
            return self._expression()
        terms = [
            str(i) if stride == 1 else f"{i} * {stride}"
            for i, stride in zip(index, self.strides, strict=True)
            if stride
        ]
        if self.offset or not terms:
            terms.append(str(self.offset))
        return f"{self.base}[{' + '.join(terms).replace('+ -', '- ')}]"

    def flat(self, i: str) -> str:
        """Element number i of a value that lies in order."""
        if self.strides is None:
            return self._expression()
        return f"{self.base}[{i} + {self.offset}]" if self.offset else f"{self.base}[{i}]"

    def _expression(self) -> str:
        if self.known is not None:
            type_name("constant", self.dtype)
        return self.base

    @property
    def in_order(self) -> bool:
        """Whether elements lie one behind the other."""
        return self.strides is None or all(
            stride == own or size == 1
            for size, stride, own in zip(self.shape, self.strides, contiguous(self.shape), strict=True)
        )

    def spread(self, shape: Shape) -> Value:
        """The value, broadcast."""
        if self.strides is None:
            return replace(self, shape=shape)
        lead = len(shape) - len(self.shape)
        own = [0 if size == 1 else stride for size, stride in zip(self.shape, self.strides, strict=True)]
        return replace(self, shape=shape, strides=(0,) * lead + tuple(own))

    def as_shape(self, shape: Shape) -> Value:
        """The same elements, which lie in order, in another shape."""
        return replace(self, shape=shape, strides=None if self.strides is None else contiguous(shape))

    def turned(self, axes: Sequence[int], shape: Shape) -> Value:
        """The axes in another order."""
        if self.strides is None:
            return replace(self, shape=shape)
        return replace(self, shape=shape, strides=tuple([self.strides[d] for d in axes]))

    def stretched(self, kept: Shape, shape: Shape) -> Value:
        """The value, broadcast to a shape, where its axes that are longer than 1 stand where `kept` has such."""
        if self.strides is None:
            return replace(self, shape=shape)
        own = iter([stride for size, stride in zip(self.shape, self.strides, strict=True) if size != 1])
        return replace(self, shape=shape, strides=tuple([next(own) if size != 1 else 0 for size in kept]))

    def seen(self, index: Any, shape: Shape) -> Value:
        """The value through an index of basic indexing, which gives this shape."""
        if self.strides is None:
            return replace(self, shape=shape)
        parts = list(index) if type(index) is tuple else [index]
        if not any(part is Ellipsis for part in parts):
            parts.append(Ellipsis)
        at = next(k for k, part in enumerate(parts) if part is Ellipsis)
        missing = len(self.shape) - sum(part is not None for part in parts) + 1
        parts[at : at + 1] = [slice(None)] * missing
        strides, offset, axis = [], self.offset, 0
        for part in parts:
            if part is None:
                strides.append(0)
                continue
            size, stride = self.shape[axis], self.strides[axis]
            axis += 1
            if isinstance(part, slice):
                steps = range(*part.indices(size))
                offset += steps.start * stride if len(steps) else 0
                strides.append(steps.step * stride)
            else:
                offset += (int(part) % size) * stride
        return replace(self, shape=shape, strides=tuple(strides), offset=offset)


def contiguous(shape: Shape) -> Shape:
    return tuple(math.prod(shape[d + 1 :]) for d in range(len(shape)))


def type_name(op: str, dtype: np.dtype[Any]) -> str:
    if dtype.name not in _TYPES:
        raise NotImplementedError(
            f"to_c: {op} of dtype {dtype} is not written in C: only float64, float32 and bool are"
        )
    return _TYPES[dtype.name]
