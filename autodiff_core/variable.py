"""Variable: a value that can be replaced, which tapes watch by themselves."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from . import _core
from .ops import scattering
from .ops.indexing import gather
from .ops.row_updates import changed_rows
from .tensors import naming
from .tensors.indexed_slices import IndexedSlices

_serials = itertools.count()
hearers: list[Callable[[Variable], None]] = []  # who is told of every variable that is made
_NOTHING: Any = None  # what who asks for no variable is given; to a type checker it is one all the same


if TYPE_CHECKING:

    class _Base(_core.VariableCore, _core.Tensor):
        """To a type checker a variable is a tensor: functions that are annotated to take one take it, too."""
else:
    _Base = _core.VariableCore


class Variable(_Base):
    """A named value that can be assigned to, and that tapes watch by themselves.

    Parameters
    ----------
    initial_value : array_like or callable
        The first value, or a function without arguments that gives it.
    trainable : bool
        Whether tapes watch it by themselves.
    validate_shape, caching_device, variable_def, import_scope : object
        Accepted for TensorFlow's sake; without effect.
    constraint : callable, optional
        From a value to the nearest one that is allowed: optimizers assign what it gives after each step.
    name : str, optional
        "Variable" by default; ":0" is added, and the open name scopes go before it.
    dtype : dtype, optional
        That of the value by default; Python floats become the default float.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/Variable. Assigning swaps the value: what a tape has recorded with
    the old one stays true. A part is assigned to by its index, ``v[index].assign(value)``, with NumPy's indexing; so do
    ``assign_add`` and ``assign_sub``.

    Examples
    --------
    >>> v = tf.Variable([1., 2.], name="v")
    >>> v.assign_add([1., 1.])
    <Variable 'v:0' shape=(2,) dtype=float32, numpy=array([2., 3.], dtype=float32)>
    >>> v[0].assign(5.)
    <Variable 'v:0' shape=(2,) dtype=float32, numpy=array([5., 3.], dtype=float32)>
    """

    _name: str
    _trainable: bool
    _constraint: Callable[[Any], Any] | None = None
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
            raise ValueError("a Variable needs an initial_value, and None is none")
        if constraint is not None and not callable(constraint):
            raise ValueError(f"The `constraint` argument must be a callable. Received: {constraint!r}")
        value = initial_value() if callable(initial_value) else initial_value
        self.set_value(_core.assigned(self, _core.to_tensor(value, dtype)))
        self._name = naming.scoped(name or "Variable") + ":0"
        self._trainable = True if trainable is None else bool(trainable)
        self.set_trainable(self._trainable)
        self._constraint = constraint
        self.serial = next(_serials)
        for hear in hearers:
            hear(self)

    @property
    def name(self) -> str:
        """The name, with its scopes and ":0"."""
        return self._name

    @property
    def trainable(self) -> bool:
        """Whether tapes watch it by themselves."""
        return self._trainable

    @property
    def constraint(self) -> Callable[[Any], Any] | None:
        """What optimizers project the value by after each step, or None."""
        return self._constraint

    def is_initialized(self, name: str | None = None) -> bool:
        """True: a variable has a value from the start."""
        return True

    def set_shape(self, shape: Any) -> None:
        """Raise a ValueError unless the variable is of this shape; None in it matches any size."""
        self.shape.merge_with(shape)

    def value(self) -> _core.Tensor:
        """The value as a tensor; a tape records the read."""
        return self.read()

    def read_value(self) -> _core.Tensor:
        """The value as a tensor; a tape records the read."""
        return self.read()

    def assign(self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True) -> Self:
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
        self.set_value(_fitting(self, value, "assign to"))
        return self if read_value else _NOTHING

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Self:
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
        self.change_by("add", _fitting(self, delta, "add to"))
        return self if read_value else _NOTHING

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Self:
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
        self.change_by("subtract", _fitting(self, delta, "subtract from"))
        return self if read_value else _NOTHING

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
        _change_rows(self, "add", sparse_delta, "add to")
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
        _change_rows(self, "subtract", sparse_delta, "subtract from")
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
        _change_rows(self, "replace", sparse_delta, "assign to")
        return self

    def scatter_max(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Variable:
        """Replace some rows by the larger of them and others, element by element.

        Parameters
        ----------
        sparse_delta : IndexedSlices
            The rows to compare with; duplicates are compared one after the other. See `scatter_add`.

        Returns
        -------
        Variable
            The variable itself.

        Examples
        --------
        >>> v = tf.Variable([1., 2., 3.], name="v")
        >>> v.scatter_max(tf.IndexedSlices([5., 0.], [0, 2]))
        <Variable 'v:0' shape=(3,) dtype=float32, numpy=array([5., 2., 3.], dtype=float32)>
        """
        return _join_rows(self, "max", sparse_delta)

    def scatter_min(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Variable:
        """Replace some rows by the smaller of them and others, element by element.

        Parameters
        ----------
        sparse_delta : IndexedSlices
            The rows to compare with; duplicates are compared one after the other. See `scatter_add`.

        Returns
        -------
        Variable
            The variable itself.

        Examples
        --------
        >>> v = tf.Variable([1., 2., 3.], name="v")
        >>> v.scatter_min(tf.IndexedSlices([5., 0.], [0, 2]))
        <Variable 'v:0' shape=(3,) dtype=float32, numpy=array([1., 2., 0.], dtype=float32)>
        """
        return _join_rows(self, "min", sparse_delta)

    def scatter_mul(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Variable:
        """Multiply some rows.

        Parameters
        ----------
        sparse_delta : IndexedSlices
            What to multiply which rows by; duplicates one after the other. See `scatter_add`.

        Returns
        -------
        Variable
            The variable itself.

        Examples
        --------
        >>> v = tf.Variable([1., 2., 3.], name="v")
        >>> v.scatter_mul(tf.IndexedSlices([5., 2.], [0, 2]))
        <Variable 'v:0' shape=(3,) dtype=float32, numpy=array([5., 2., 6.], dtype=float32)>
        """
        return _join_rows(self, "multiply", sparse_delta)

    def scatter_div(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Variable:
        """Divide some rows.

        Parameters
        ----------
        sparse_delta : IndexedSlices
            What to divide which rows by; duplicates one after the other. See `scatter_add`.

        Returns
        -------
        Variable
            The variable itself.

        Examples
        --------
        >>> v = tf.Variable([1., 2., 3.], name="v")
        >>> v.scatter_div(tf.IndexedSlices([5., 2.], [0, 2]))
        <Variable 'v:0' shape=(3,) dtype=float32, numpy=array([0.2, 2. , 1.5], dtype=float32)>
        """
        return _join_rows(self, "divide", sparse_delta)

    def batch_scatter_update(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Variable:
        """Replace some rows of the value: `scatter_update`, since the indices of an `IndexedSlices` have one axis.

        Parameters
        ----------
        sparse_delta : IndexedSlices
            The new rows; of duplicates the last one stays.

        Returns
        -------
        Variable
            The variable itself.

        Examples
        --------
        >>> v = tf.Variable([1., 2., 3.], name="v")
        >>> v.batch_scatter_update(tf.IndexedSlices([7.], [0]))
        <Variable 'v:0' shape=(3,) dtype=float32, numpy=array([7., 2., 3.], dtype=float32)>
        """
        return self.scatter_update(sparse_delta)

    def scatter_nd_add(self, indices: Any, updates: Any, name: str | None = None) -> Variable:
        """Add to elements or slices of the value.

        Parameters
        ----------
        indices : array_like of int
            Of shape (..., k): each row is an index of the first k axes.
        updates : array_like
            What to add, of shape indices.shape[:-1] + shape[k:]; duplicates add up.

        Returns
        -------
        Variable
            The variable itself.

        Examples
        --------
        >>> v = tf.Variable([1., 2., 3.], name="v")
        >>> v.scatter_nd_add([[0], [2]], [10., 20.])
        <Variable 'v:0' shape=(3,) dtype=float32, numpy=array([11.,  2., 23.], dtype=float32)>
        """
        return _change_elements(self, "add", indices, updates)

    def scatter_nd_sub(self, indices: Any, updates: Any, name: str | None = None) -> Variable:
        """Subtract from elements or slices of the value.

        Parameters
        ----------
        indices : array_like of int
            Of shape (..., k): each row is an index of the first k axes.
        updates : array_like
            What to subtract; see `scatter_nd_add`.

        Returns
        -------
        Variable
            The variable itself.

        Examples
        --------
        >>> v = tf.Variable([1., 2., 3.], name="v")
        >>> v.scatter_nd_sub([[0], [2]], [10., 20.])
        <Variable 'v:0' shape=(3,) dtype=float32, numpy=array([ -9.,   2., -17.], dtype=float32)>
        """
        return _change_elements(self, "sub", indices, updates)

    def scatter_nd_update(self, indices: Any, updates: Any, name: str | None = None) -> Variable:
        """Replace elements or slices of the value.

        Parameters
        ----------
        indices : array_like of int
            Of shape (..., k): each row is an index of the first k axes.
        updates : array_like
            The new elements; see `scatter_nd_add`. Of duplicates the last one stays.

        Returns
        -------
        Variable
            The variable itself.

        Examples
        --------
        >>> v = tf.Variable([1., 2., 3.], name="v")
        >>> v.scatter_nd_update([[0], [2]], [10., 20.])
        <Variable 'v:0' shape=(3,) dtype=float32, numpy=array([10.,  2., 20.], dtype=float32)>
        """
        return _change_elements(self, "update", indices, updates)

    def scatter_nd_max(self, indices: Any, updates: Any, name: str | None = None) -> Variable:
        """Replace elements or slices of the value by the larger of them and others.

        Parameters
        ----------
        indices : array_like of int
            Of shape (..., k): each row is an index of the first k axes.
        updates : array_like
            What to compare with; see `scatter_nd_add`.

        Returns
        -------
        Variable
            The variable itself.

        Examples
        --------
        >>> v = tf.Variable([1., 2., 3.], name="v")
        >>> v.scatter_nd_max([[0], [2]], [10., 0.])
        <Variable 'v:0' shape=(3,) dtype=float32, numpy=array([10.,  2.,  3.], dtype=float32)>
        """
        return _change_elements(self, "max", indices, updates)

    def scatter_nd_min(self, indices: Any, updates: Any, name: str | None = None) -> Variable:
        """Replace elements or slices of the value by the smaller of them and others.

        Parameters
        ----------
        indices : array_like of int
            Of shape (..., k): each row is an index of the first k axes.
        updates : array_like
            What to compare with; see `scatter_nd_add`.

        Returns
        -------
        Variable
            The variable itself.

        Examples
        --------
        >>> v = tf.Variable([1., 2., 3.], name="v")
        >>> v.scatter_nd_min([[0], [2]], [10., 0.])
        <Variable 'v:0' shape=(3,) dtype=float32, numpy=array([1., 2., 0.], dtype=float32)>
        """
        return _change_elements(self, "min", indices, updates)

    def gather_nd(self, indices: Any, name: str | None = None) -> _core.Tensor:
        """Elements or slices of the value; the same as the function `gather_nd`.

        Parameters
        ----------
        indices : array_like of int
            Of shape (..., k): each row is an index of the first k axes.

        Returns
        -------
        Tensor
            Of shape indices.shape[:-1] + shape[k:].

        Examples
        --------
        >>> tf.Variable([10., 20., 30.]).gather_nd([[2], [0]])
        <Tensor: shape=(2,), dtype=float32, numpy=array([30., 10.], dtype=float32)>
        """
        return scattering.gather_nd(self, indices)

    def __augmented(self, other: Any) -> Any:
        raise RuntimeError(
            "augmented assignment (`variable += value`) is not supported for a Variable: "
            "use variable.assign_add(value) to change it, or out = variable + value for a new tensor"
        )

    __iadd__ = __isub__ = __imul__ = __itruediv__ = __ifloordiv__ = __imod__ = __ipow__ = __imatmul__ = __augmented

    def __repr__(self) -> str:
        return f"<Variable '{self._name}' shape={tuple(self.shape)} dtype={self.dtype.name}, numpy={_core.shown(self)}>"

    def __copy__(self) -> Variable:
        name = self._name.removesuffix(":0")
        return Variable(self.numpy(), trainable=self._trainable, name=name, constraint=self._constraint)

    def __deepcopy__(self, memo: dict[int, Any]) -> Variable:
        copy = self.__copy__()
        memo[id(self)] = copy
        return copy

    def __reduce__(self) -> Any:
        return _restore, (self.numpy(), self._trainable, self._name, self._constraint)


def _restore(value: Any, trainable: bool, name: str, constraint: Callable[[Any], Any] | None = None) -> Variable:
    """Unpickle a variable under the name that it had."""
    variable = Variable(value, trainable=trainable, constraint=constraint)
    variable._name = name
    return variable


# Functions, not methods: a subclass may have attributes of any name that TensorFlow leaves free.


def change(variable: Any, make: Callable[[Any], Any]) -> Any:
    """Let a variable take what is made of its value, and give the value from before.

    It is made anew where another thread has changed the variable meanwhile: no change is lost.
    """
    while True:
        before = _core.detached(variable)
        if variable.set_value_if(before, _core.detached(make(before))):
            return before


def _fitting(variable: Variable, value: Any, what: str) -> _core.Tensor:
    """A value that a variable is to take, as a tensor of its shape and dtype."""
    tensor = _core.to_tensor(value, _own_dtype(variable, value))
    name, dtype = variable.name, variable.dtype
    if tuple(tensor.shape) != tuple(variable.shape):
        raise ValueError(
            f"Cannot {what} variable '{name}' of shape {variable.shape}: the value has shape {tensor.shape}"
        )
    if tensor.dtype != dtype:
        if not np.can_cast(tensor.dtype, dtype, "same_kind"):
            raise TypeError(
                f"Cannot {what} variable '{name}' of dtype {dtype}: the value has dtype {tensor.dtype}; "
                f"cast it first, as in cast(value, {dtype})"
            )
        tensor = _core.to_dtype(tensor, dtype)
    return _core.assigned(variable, tensor)


def _change_rows(variable: Variable, kind: str, slices: Any, what: str) -> None:
    _check_rows(variable, slices, what)
    if _core.is_tracing():
        before, rows = _core.detached(variable), _core.detached(slices.values)
        variable.set_value(changed_rows(before, kind, slices.indices, rows))
    else:
        variable.change_rows(kind, _core.value_array(slices.indices), _core.value_array(slices.values))


def _join_rows(variable: Variable, kind: str, slices: Any) -> Variable:
    """Change rows by an update that reads what there was."""
    _check_rows(variable, slices, "assign to")
    rows = _core.detached(slices.values)
    change(variable, lambda before: getattr(before.at[slices.indices], kind)(rows))
    return variable


def _check_rows(variable: Variable, slices: Any, what: str) -> None:
    if not isinstance(slices, IndexedSlices):
        raise TypeError(f"Argument `sparse_delta` must be an `IndexedSlices`. Received arg: {slices!r}")
    shape = tuple(variable.shape)
    whole = shape if slices.dense_shape is None else tuple(slices.shape)
    values = slices.values
    indices = np.zeros(0, np.int64)
    if not _core.is_unknown(slices.indices):
        with _core.Untraced():  # a replay's numbers are checked where it changes the rows
            indices = _core.value_array(slices.indices)
    cannot = f"Cannot {what} rows of variable '{variable.name}' of shape {shape}"
    if not shape or whole != shape or tuple(values.shape[1:]) != shape[1:]:
        raise ValueError(
            f"{cannot}: the slices have values of shape {tuple(values.shape)}"
            + ("" if slices.dense_shape is None else f" and are of shape {whole}")
        )
    if not np.can_cast(values.dtype, variable.dtype, "same_kind"):
        raise TypeError(f"{cannot} and dtype {variable.dtype}: the slices have dtype {values.dtype}")
    if indices.size and indices.max() >= shape[0]:
        raise IndexError(f"{cannot}: there is no row {indices.max()}")


def _change_elements(variable: Variable, kind: str, indices: Any, updates: Any) -> Variable:
    """Change what indices of several axes select, by TensorFlow's function that does so to a tensor."""
    scatter = getattr(scattering, f"tensor_scatter_nd_{kind}")
    new = _core.detached(_core.to_tensor(updates, _own_dtype(variable, updates)))
    change(variable, lambda before: _fitting(variable, scatter(before, indices, new), "assign to"))
    return variable


def _own_dtype(variable: Variable, value: Any) -> Any:
    """The dtype that a value takes beside a variable: Python's numbers take the variable's."""
    return None if isinstance(value, (_core.Operand, np.ndarray)) else variable.dtype
