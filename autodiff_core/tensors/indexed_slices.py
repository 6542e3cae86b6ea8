"""IndexedSlices: rows of a tensor that is zero elsewhere, as the gradient of a table in which rows were looked up.

What a step does with a table of a million rows, of which it has looked up a thousand, then costs a thousand rows: the
gradient is one, and optimizers and `Variable.scatter_add` take it as it is. Wherever a tensor is wanted it becomes one,
recorded like any operation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import _core
from ..nest import map_structure
from ..ops.indexing import gather, scatter
from ..ops.row_updates import check_range, row_numbers_within, totalled
from ..ops.shaping import concat, reshape
from ..tensor_shape import TensorShape

Attributes = tuple[tuple[int, ...], np.ndarray]


class IndexedSlices:
    """Some rows of a tensor, by their numbers; the others are zero, and a row named twice is the sum of both.

    Parameters
    ----------
    values : array_like
        The rows, of shape (n, ...).
    indices : array_like of int
        Their n numbers, in any order.
    dense_shape : sequence of int, optional
        The shape of the whole tensor; without it no tensor can be made of the rows.

    Raises
    ------
    TypeError
        Where indices are no integers.
    ValueError
        Where the shapes do not fit each other.
    IndexError
        Where an index is negative, or not below ``dense_shape[0]``.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/IndexedSlices. `convert_to_tensor`, `np.asarray` and every operation
    make the whole tensor of it; negation, the sum with another one, and the product with a number do not.

    Examples
    --------
    >>> table = tf.Variable([[1., 2.], [3., 4.], [5., 6.]])
    >>> with tf.GradientTape() as tape:
    ...     loss = tf.reduce_sum(tf.gather(table, [2, 0, 2]))
    >>> gradient = tape.gradient(loss, table)
    >>> gradient.indices.numpy().tolist(), gradient.values.shape
    ([2, 0, 2], TensorShape([3, 2]))
    >>> tf.convert_to_tensor(gradient).numpy().tolist()
    [[1.0, 1.0], [0.0, 0.0], [2.0, 2.0]]
    """

    __slots__ = ("_indices", "_shape", "_values")

    _values: _core.Tensor
    _indices: _core.Tensor
    _shape: tuple[int, ...] | None

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        rows, numbers = _core.to_tensor(values), _core.to_tensor(indices)
        shape = None if dense_shape is None else tuple(np.asarray(dense_shape).tolist())
        if numbers.dtype.kind not in "iu":
            raise TypeError(f"IndexedSlices: indices must be integers, not {numbers.dtype}")
        if numbers.ndim != 1 or not rows.ndim or rows.shape[0] != numbers.shape[0]:
            raise ValueError(
                f"IndexedSlices: values of shape {rows.shape} and indices of shape {numbers.shape}; there must be one "
                f"index for each row of the values"
            )
        if shape is not None and (not shape or shape[1:] != tuple(rows.shape[1:])):
            raise ValueError(
                f"IndexedSlices: values of shape {rows.shape} are no rows of a tensor of shape {shape}; all sizes but "
                f"the first must be equal"
            )
        count = None if shape is None else shape[0]
        if _core.is_tracing():
            numbers = row_numbers_within(numbers, count)
        else:
            check_range(_core.value_array(numbers), count)
        self._values, self._indices, self._shape = rows, numbers, shape

    @property
    def values(self) -> _core.Tensor:
        """The rows."""
        return self._values

    @property
    def indices(self) -> _core.Tensor:
        """The rows' numbers."""
        return self._indices

    @property
    def dense_shape(self) -> _core.Tensor | None:
        """The shape of the whole tensor as a tensor, or None."""
        return None if self._shape is None else _core.to_tensor(np.array(self._shape, np.int32))

    @property
    def shape(self) -> TensorShape:
        """The shape of the whole tensor.

        Raises
        ------
        ValueError
            Where it is not known.

        Examples
        --------
        >>> tf.IndexedSlices([[1., 2.]], [4], dense_shape=(9, 2)).shape
        TensorShape([9, 2])
        """
        return TensorShape(self._known_shape())

    @property
    def dtype(self) -> np.dtype[Any]:
        """The NumPy dtype of the rows."""
        return self._values.dtype

    def combined(self) -> IndexedSlices:
        """The same rows in the order of their numbers, each named once: duplicates are added up.

        Returns
        -------
        IndexedSlices
            Stands on no tape.

        Notes
        -----
        TensorFlow has no such method.

        Examples
        --------
        >>> print(tf.IndexedSlices([1., 2., 4.], [5, 0, 5]).combined())
        IndexedSlices(indices=Tensor([0 5], shape=(2,), dtype=int32), values=Tensor([2. 5.], shape=(2,), dtype=float32))
        """
        numbers, rows = _core.value_array(self._indices), _core.value_array(self._values)
        if numbers.size < 2 or bool(np.all(numbers[1:] > numbers[:-1])):
            return self.with_values(_core.detached(self._values))
        once, places = np.unique(numbers, return_inverse=True)
        sums = np.zeros((once.size, *rows.shape[1:]), rows.dtype)
        _core.add_rows(sums, places, rows)
        return _made(_core.adopt(sums), _core.adopt(once), self._shape)

    def totals(self) -> IndexedSlices:
        """The same rows in the same order, each the sum of all those of its number: `combined`, but as long as before.

        Which rows there are is then no matter of the shape, so that a recorded function is one for all of them.

        Returns
        -------
        IndexedSlices
            Stands on no tape; names a row several times, with the same values, where this one does.

        Notes
        -----
        TensorFlow has no such method.

        Examples
        --------
        >>> tf.IndexedSlices([1., 2., 4.], [5, 0, 5]).totals().values.numpy().tolist()
        [5.0, 2.0, 5.0]
        """
        return _made(totalled(self._indices, _core.detached(self._values)), self._indices, self._shape)

    def with_values(self, values: Any) -> IndexedSlices:
        """Other values for the same rows.

        Parameters
        ----------
        values : array_like
            Of the shape of these values.

        Returns
        -------
        IndexedSlices
            With the same indices and shape.

        Notes
        -----
        TensorFlow has no such method.

        Examples
        --------
        >>> slices = tf.IndexedSlices([[1., 2.]], [4])
        >>> slices.with_values(slices.values ** 2).values.numpy().tolist()
        [[1.0, 4.0]]
        """
        tensor = _core.to_tensor(values)
        if tensor.shape != self._values.shape:
            raise ValueError(f"IndexedSlices: values of shape {tensor.shape} in place of shape {self._values.shape}")
        return _made(tensor, self._indices, self._shape)

    def __neg__(self) -> IndexedSlices:
        return self.with_values(-self._values)

    def __add__(self, other: Any) -> Any:
        if not isinstance(other, IndexedSlices):
            return densify(self) + other
        shape = self._shape if other._shape is None else other._shape
        if (self._shape or shape) != shape or self._values.shape[1:] != other._values.shape[1:]:
            raise ValueError(f"IndexedSlices of shapes {_shown_shape(self)} and {_shown_shape(other)} cannot be added")
        return _made(concat([self._values, other._values], 0), concat([self._indices, other._indices], 0), shape)

    def __radd__(self, other: Any) -> Any:
        return other + densify(self)

    def __sub__(self, other: Any) -> Any:
        return self + -other if isinstance(other, IndexedSlices) else densify(self) - other

    def __rsub__(self, other: Any) -> Any:
        return other - densify(self)

    def __mul__(self, other: Any) -> Any:
        return self.with_values(self._values * other) if _is_number(other) else densify(self) * other

    def __rmul__(self, other: Any) -> Any:
        return self.with_values(other * self._values) if _is_number(other) else other * densify(self)

    def __truediv__(self, other: Any) -> Any:
        return self.with_values(self._values / other) if _is_number(other) else densify(self) / other

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy is False:
            raise ValueError("an IndexedSlices has no array to share; np.asarray(slices) makes one")
        return np.asarray(densify(self), dtype)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return getattr(ufunc, method)(*map(dense, inputs), **kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return function(*map_structure(dense, args), **map_structure(dense, kwargs))

    def __repr__(self) -> str:
        shape = "" if self._shape is None else f", dense_shape={self.dense_shape!s}"
        return f"IndexedSlices(indices={self._indices!s}, values={self._values!s}{shape})"

    def _known_shape(self) -> tuple[int, ...]:
        if self._shape is None:
            raise ValueError(
                "this IndexedSlices has no dense_shape, so no tensor can be made of it; give it one: "
                "IndexedSlices(values, indices, dense_shape)"
            )
        return self._shape


def collect(pieces: Sequence[tuple[_core.Tensor, Attributes]]) -> IndexedSlices:
    """The gradient of a variable from the cotangents of look-ups in it, each with the look-up's attributes."""
    shape = pieces[0][1][0]
    values = [reshape(rows, (indices.size, *shape[1:])) if indices.ndim != 1 else rows for rows, (_, indices) in pieces]
    # (Inside a recorded function the numbers are those of the call, as long as they are tensors.)
    tensors = [_core.lent_tensor(indices) for _, (_, indices) in pieces]
    numbers = [reshape(tensor, (-1,)) if tensor.ndim != 1 else tensor for tensor in tensors]
    if len(pieces) == 1:
        return _made(values[0], numbers[0], shape)
    return _made(concat(values, 0), concat(numbers, 0), shape)


def densify(slices: IndexedSlices) -> _core.Tensor:
    """The whole tensor; recorded."""
    return _core.linear(scatter, slices.values, (slices._known_shape(), _core.lent_array(slices.indices)))


def dense(value: Any) -> Any:
    """A whole tensor for slices; anything else as it is."""
    return densify(value) if isinstance(value, IndexedSlices) else value


def targets_by_rows(targets: list[Any], seeds: list[Any] | None) -> tuple[list[Any], list[Any] | None]:
    """Put the rows in the place of slices that are differentiated, and of their weights the rows' own.

    The sum over the rows is the sum over the whole tensor, and a tape has seen the rows being computed.
    """
    if seeds is not None:
        seeds = [
            gather(seed, target.indices) if isinstance(target, IndexedSlices) and seed is not None else seed
            for target, seed in zip(targets, _fitting(targets, seeds), strict=True)
        ]
    return [target.values if isinstance(target, IndexedSlices) else target for target in targets], seeds


def tangents_by_rows(targets: list[Any], tangents: Callable[[list[Any]], list[Any]]) -> list[Any]:
    """What `tangents` gives for targets, some of them slices: those move by their rows, which stay where they are."""
    found = tangents([target.values if isinstance(target, IndexedSlices) else target for target in targets])
    return [
        target.with_values(tangent) if isinstance(target, IndexedSlices) and tangent is not None else tangent
        for target, tangent in zip(targets, found, strict=True)
    ]


def _fitting(targets: list[Any], seeds: list[Any]) -> list[Any]:
    """Check the weights of slices, and make tensors of them."""
    fitting = list(seeds)
    for k, (target, seed) in enumerate(zip(targets, seeds, strict=True)):
        if isinstance(target, IndexedSlices) and seed is not None:
            fitting[k] = _core.to_tensor(seed)
            if fitting[k].shape != target.shape:
                raise ValueError(
                    f"output_gradients: the gradient for a target of shape {target.shape} has shape "
                    f"{fitting[k].shape}; they must be equal"
                )
    return fitting


def _made(values: _core.Tensor, indices: _core.Tensor, shape: tuple[int, ...] | None) -> IndexedSlices:
    """Slices of parts that are known to fit."""
    slices = IndexedSlices.__new__(IndexedSlices)
    slices._values, slices._indices, slices._shape = values, indices, shape
    return slices


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.generic, np.ndarray, _core.Operand)) and np.ndim(value) == 0


def _shown_shape(slices: IndexedSlices) -> str:
    if slices._shape is not None:
        return str(slices._shape)
    return f"(?, {', '.join(map(str, slices.values.shape[1:]))})"
