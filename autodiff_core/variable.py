"""Variable: a value that can be replaced, which tapes watch by themselves."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from . import _core, naming
from .indexed_slices import IndexedSlices
from .ops.indexing import gather
from .ops.row_updates import changed_rows

_serials = itertools.count()


class Variable(_core.VariableCore):
    """A named value that can be assigned to, and that tapes watch by themselves.

    Parameters
    ----------
    initial_value : array_like or callable
        The first value, or a function without arguments that gives it.
    trainable : bool
        Whether tapes watch it by themselves.
    validate_shape, caching_device, variable_def, import_scope, constraint : object
        Accepted for TensorFlow's sake; without effect.
    name : str, optional
        "Variable" by default; ":0" is added, and the open name scopes go before it.
    dtype : dtype, optional
        That of the value by default; Python floats become the default float.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/Variable. Assigning swaps the value: what a tape has recorded with
    the old one stays true.

    Examples
    --------
    >>> v = tf.Variable([1., 2.], name="v")
    >>> v.assign_add([1., 1.])
    <Variable 'v:0' shape=(2,) dtype=float32, numpy=array([2., 3.], dtype=float32)>
    """

    _name: str
    _trainable: bool
    serial: int

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        import_scope: Any = None,
        constraint: Callable[[Any], Any] | None = None,
    ) -> None:
        if initial_value is None:
            raise ValueError("a Variable needs an initial_value")
        value = initial_value() if callable(initial_value) else initial_value
        self.set_value(_core.detached(_core.to_tensor(value, dtype)))
        self._name = naming.scoped(name or "Variable") + ":0"
        self._trainable = True if trainable is None else bool(trainable)
        self.set_trainable(self._trainable)
        self.serial = next(_serials)

    @property
    def name(self) -> str:
        """The name, with its scopes and ":0"."""
        return self._name

    @property
    def trainable(self) -> bool:
        """Whether tapes watch it by themselves."""
        return self._trainable

    def value(self) -> _core.Tensor:
        """The value as a tensor; a tape records the read."""
        return self.read()

    def read_value(self) -> _core.Tensor:
        """The value as a tensor; a tape records the read."""
        return self.read()

    def _fitting(self, value: Any, what: str) -> _core.Tensor:
        tensor = _core.to_tensor(value, None if isinstance(value, (_core.Operand, np.ndarray)) else self.dtype)
        if tuple(tensor.shape) != tuple(self.shape):
            raise ValueError(
                f"Cannot {what} variable '{self._name}' of shape {self.shape}: the value has shape {tensor.shape}"
            )
        if tensor.dtype != self.dtype:
            if not np.can_cast(tensor.dtype, self.dtype, "same_kind"):
                raise TypeError(
                    f"Cannot {what} variable '{self._name}' of dtype {self.dtype}: the value has dtype {tensor.dtype}; "
                    f"cast it first, as in cast(value, {self.dtype})"
                )
            tensor = _core.to_dtype(tensor, self.dtype)
        return _core.detached(tensor)

    def assign(self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True) -> Any:
        """Replace the value.

        Parameters
        ----------
        value : array_like
            Of the variable's shape, and of a dtype that converts to its own.
        read_value : bool
            Whether to return the variable.

        Returns
        -------
        Variable or None
            The variable itself.

        Raises
        ------
        ValueError
            Where the shape differs; the variable is then as it was.

        Examples
        --------
        >>> v = tf.Variable(1.0, name="v")
        >>> v.assign(2.0)
        <Variable 'v:0' shape=() dtype=float32, numpy=2.0>
        """
        self.set_value(self._fitting(value, "assign to"))
        return self if read_value else None

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Add to the value.

        Parameters
        ----------
        delta : array_like
            Of the variable's shape.
        read_value : bool
            Whether to return the variable.

        Returns
        -------
        Variable or None
            The variable itself.

        Examples
        --------
        >>> v = tf.Variable(1.0, name="v")
        >>> v.assign_add(2.0)
        <Variable 'v:0' shape=() dtype=float32, numpy=3.0>
        """
        self.change_by("add", self._fitting(delta, "add to"))
        return self if read_value else None

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Subtract from the value.

        Parameters
        ----------
        delta : array_like
            Of the variable's shape.
        read_value : bool
            Whether to return the variable.

        Returns
        -------
        Variable or None
            The variable itself.

        Examples
        --------
        >>> v = tf.Variable(1.0, name="v")
        >>> v.assign_sub(2.0)
        <Variable 'v:0' shape=() dtype=float32, numpy=-1.0>
        """
        self.change_by("subtract", self._fitting(delta, "subtract from"))
        return self if read_value else None

    def sparse_read(self, indices: Any, name: str | None = None) -> _core.Tensor:
        """Some rows of the value; the same as `gather`.

        Parameters
        ----------
        indices : array_like of int
            Which rows; of any shape.

        Returns
        -------
        Tensor
            Of shape indices.shape + shape[1:]. The gradient of the variable is an `IndexedSlices`.

        Examples
        --------
        >>> tf.Variable([10., 20., 30.]).sparse_read([2, 0])
        <Tensor: shape=(2,), dtype=float32, numpy=array([30., 10.], dtype=float32)>
        """
        return gather(self, indices, axis=0)

    def scatter_add(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Variable:
        """Add to some rows of the value.

        Parameters
        ----------
        sparse_delta : IndexedSlices
            What to add to which rows; duplicates add up.

        Returns
        -------
        Variable
            The variable itself.

        Raises
        ------
        TypeError
            Where the argument is no IndexedSlices, or of a dtype that does not convert to the variable's.
        ValueError
            Where the rows have another shape than the variable's.
        IndexError
            Where there is no such row. After an error the variable is as it was.

        Notes
        -----
        Takes time for the rows that change, not for the others, if nothing else refers to the value: a tensor that was
        read from the variable, an array that shares its memory, or a tape. If something does, the value is copied
        first: what was read never changes.

        Examples
        --------
        >>> v = tf.Variable([1., 2., 3.], name="v")
        >>> v.scatter_add(tf.IndexedSlices([10., 20., 30.], [0, 2, 2]))
        <Variable 'v:0' shape=(3,) dtype=float32, numpy=array([11.,  2., 53.], dtype=float32)>
        """
        self._change_rows("add", sparse_delta, "add to")
        return self

    def scatter_sub(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Variable:
        """Subtract from some rows of the value.

        Parameters
        ----------
        sparse_delta : IndexedSlices
            What to subtract from which rows; duplicates add up. See `scatter_add`.

        Returns
        -------
        Variable
            The variable itself.

        Examples
        --------
        >>> v = tf.Variable([1., 2., 3.], name="v")
        >>> v.scatter_sub(tf.IndexedSlices([1., 1.], [0, 0]))
        <Variable 'v:0' shape=(3,) dtype=float32, numpy=array([-1.,  2.,  3.], dtype=float32)>
        """
        self._change_rows("subtract", sparse_delta, "subtract from")
        return self

    def scatter_update(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Variable:
        """Replace some rows of the value.

        Parameters
        ----------
        sparse_delta : IndexedSlices
            The new rows; of duplicates the last one stays. See `scatter_add`.

        Returns
        -------
        Variable
            The variable itself.

        Examples
        --------
        >>> v = tf.Variable([1., 2., 3.], name="v")
        >>> v.scatter_update(tf.IndexedSlices([7., 8.], [0, 0]))
        <Variable 'v:0' shape=(3,) dtype=float32, numpy=array([8., 2., 3.], dtype=float32)>
        """
        self._change_rows("replace", sparse_delta, "assign to")
        return self

    def _change_rows(self, kind: str, slices: Any, what: str) -> None:
        self._check_rows(slices, what)
        if _core.is_tracing():
            before, rows = _core.detached(self), _core.detached(slices.values)
            self.set_value(changed_rows(before, kind, slices.indices, rows))
        else:
            self.change_rows(kind, _core.value_array(slices.indices), _core.value_array(slices.values))

    def _check_rows(self, slices: Any, what: str) -> None:
        if not isinstance(slices, IndexedSlices):
            raise TypeError(f"Argument `sparse_delta` must be an `IndexedSlices`. Received arg: {slices!r}")
        shape = tuple(self.shape)
        whole = shape if slices.dense_shape is None else tuple(slices.shape)
        values = slices.values
        with _core.Untraced():  # a replay's numbers are checked where it changes the rows
            indices = _core.value_array(slices.indices)
        cannot = f"Cannot {what} rows of variable '{self._name}' of shape {shape}"
        if not shape or whole != shape or tuple(values.shape[1:]) != shape[1:]:
            raise ValueError(
                f"{cannot}: the slices have values of shape {tuple(values.shape)}"
                + ("" if slices.dense_shape is None else f" and are of shape {whole}")
            )
        if not np.can_cast(values.dtype, self.dtype, "same_kind"):
            raise TypeError(f"{cannot} and dtype {self.dtype}: the slices have dtype {values.dtype}")
        if indices.size and indices.max() >= shape[0]:
            raise IndexError(f"{cannot}: there is no row {indices.max()}")

    def _augmented(self, other: Any) -> Any:
        raise RuntimeError(
            "augmented assignment (`variable += value`) is not supported for a Variable: "
            "use variable.assign_add(value) to change it, or out = variable + value for a new tensor"
        )

    __iadd__ = __isub__ = __imul__ = __itruediv__ = __ifloordiv__ = __imod__ = __ipow__ = __imatmul__ = _augmented

    def __repr__(self) -> str:
        return f"<Variable '{self._name}' shape={tuple(self.shape)} dtype={self.dtype.name}, numpy={_core.shown(self)}>"

    def __copy__(self) -> Variable:
        return Variable(self.numpy(), trainable=self._trainable, name=self._name.removesuffix(":0"))

    def __deepcopy__(self, memo: dict[int, Any]) -> Variable:
        copy = self.__copy__()
        memo[id(self)] = copy
        return copy

    def __reduce__(self) -> Any:
        return _restore, (self.numpy(), self._trainable, self._name)


def _restore(value: Any, trainable: bool, name: str) -> Variable:
    """Unpickle a variable under the name that it had."""
    variable = Variable(value, trainable=trainable)
    variable._name = name
    return variable
