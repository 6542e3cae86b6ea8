"""TensorArray: a list of tensors that loops write to and read from, as TensorFlow's run at once does.

There is no array behind it: a write puts a tensor into a list, `stack` stacks the list. So tapes follow what goes
through it like everything else, and a recorded function sees through it. `buffer` is written to in place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from .. import _core, dtypes
from ..errors import InvalidArgumentError, OutOfRangeError
from ..ops.shaping import concat, split, stack, unstack
from ..tensor_shape import TensorShape
from ..tensors import creation


class TensorArray:
    """A list of tensors of one dtype, for loops that fill or read one element after the other.

    Parameters
    ----------
    dtype : dtype
        That of the elements.
    size : int
        How many elements there are.
    dynamic_size : bool
        Whether a write behind the end makes the array longer.
    clear_after_read : bool
        Whether reading an element forgets it; True by default.
    tensor_array_name, handle, flow, colocate_with_first_write_call, name : object
        TensorFlow's; without effect. There are no handles.
    infer_shape : bool
        Whether all elements must have one shape.
    element_shape : TensorShape, optional
        That of the elements, as far as it is known.

    Raises
    ------
    ValueError
        Where there is no size, or a handle.

    See Also
    --------
    buffer : An array that is written to by ``b[i] = v``.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/TensorArray. As an argument or a result of a recorded function, and as
    a target or a source of a tape, it is its elements: a function is given an array of its own, and its writes are seen
    by who gets the array that it returns.

    Examples
    --------
    >>> x = tf.constant(2.)
    >>> with tf.GradientTape() as tape:
    ...     tape.watch(x)
    ...     powers = tf.TensorArray(tf.float32, size=3)
    ...     for i in range(3):
    ...         powers = powers.write(i, x ** i)
    ...     y = powers.stack()
    >>> y.numpy(), tape.gradient(y, x).numpy()
    (array([1., 2., 4.], dtype=float32), np.float32(5.0))
    """

    def __init__(
        self,
        dtype: Any,
        size: Any = None,
        dynamic_size: bool | None = None,
        clear_after_read: bool | None = None,
        tensor_array_name: str | None = None,
        handle: Any = None,
        flow: Any = None,
        infer_shape: bool = True,
        element_shape: Any = None,
        colocate_with_first_write_call: bool = True,
        name: str | None = None,
    ) -> None:
        if handle is not None:
            raise ValueError("TensorArray: there are no handles; leave out `handle`")
        if size is None:
            raise ValueError("TensorArray: the size must be given; with dynamic_size=True it may grow, from size=0 say")
        size = _core.integer(size)
        if size < 0:
            raise ValueError(f"TensorArray: the size must be at least 0, not {size}")
        self._dtype = dtypes.as_dtype(dtype)
        self._elements: list[Any] = [None] * size
        self._read: set[int] = set()  # which elements have been read and forgotten
        self._grows, self._infers = bool(dynamic_size), bool(infer_shape)
        self._forgets = clear_after_read is None or bool(clear_after_read)
        self._shape = TensorShape(element_shape)

    @property
    def dtype(self) -> Any:
        """The dtype of the elements."""
        return self._dtype

    @property
    def element_shape(self) -> TensorShape:
        """The shape of the elements, as far as it is known."""
        return self._shape

    @property
    def dynamic_size(self) -> bool:
        """Whether a write behind the end makes the array longer."""
        return self._grows

    @property
    def flow(self) -> _core.Tensor:
        """TensorFlow's thread through a graph: a constant, for there is none."""
        return _core.to_tensor(0)

    @property
    def handle(self) -> None:
        """None: there are no handles."""
        return

    def identity(self) -> TensorArray:
        """The array itself."""
        return self

    def grad(self, source: Any, flow: Any = None, name: str | None = None) -> NoReturn:
        """Not here: a tape follows the elements."""
        raise NotImplementedError("TensorArray.grad is for graphs; a GradientTape follows what is written and read")

    def size(self, name: str | None = None) -> _core.Tensor:
        """The number of elements.

        Examples
        --------
        >>> int(tf.TensorArray(tf.float32, size=3).size())
        3
        """
        return _core.to_tensor(len(self._elements))

    def read(self, index: Any, name: str | None = None) -> _core.Tensor:
        """An element; zeros where none has been written and the shape is known.

        Raises
        ------
        OutOfRangeError
            Where there is no such element.
        InvalidArgumentError
            Where it has been read before, and was forgotten thereby.

        Examples
        --------
        >>> tf.TensorArray(tf.float32, size=1).write(0, 5.).read(0)
        <Tensor: shape=(), dtype=float32, numpy=5.0>
        """
        i = _core.integer(index)
        if i < 0:
            raise OutOfRangeError(None, None, f"Reading from negative indices (index {i}) is not allowed.")
        if i >= len(self._elements):
            raise OutOfRangeError(None, None, f"Tried to read from index {i} but array size is: {len(self._elements)} ")
        if self._elements[i] is None and i in self._read:
            raise InvalidArgumentError(
                None,
                None,
                f"Could not read index {i} twice because it was cleared after a previous read (perhaps try setting "
                f"clear_after_read = false?)",
            )
        element = self._element(i)
        if self._forgets:
            self._elements[i] = None
            self._read.add(i)
        return element

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """Put a tensor into the array.

        Returns
        -------
        TensorArray
            The array itself.

        Raises
        ------
        OutOfRangeError
            Where there is no such element, and the array does not grow.
        InvalidArgumentError
            Where the value has another dtype than the array.
        ValueError
            Where it has another shape than the elements.

        Examples
        --------
        >>> tf.TensorArray(tf.float32, size=0, dynamic_size=True).write(1, 5.).stack().numpy()
        array([0., 5.], dtype=float32)
        """
        i, size = _core.integer(index), len(self._elements)
        if i < 0:
            raise OutOfRangeError(None, None, f"Writing to negative indices (index {i}) is not allowed.")
        if i >= size and not self._grows:
            raise OutOfRangeError(
                None, None, f"Tried to write to index {i} but array is not resizeable and size is: {size} "
            )
        element = self._fitting(value)
        shape = element.shape
        if not self._shape.is_compatible_with(shape):
            raise ValueError(f"Incompatible shape for value ({shape}), expected ({self._shape})")
        if self._infers:
            self._shape = self._shape.merge_with(shape)
        self._elements.extend([None] * (i + 1 - size))
        self._elements[i] = element
        return self

    def stack(self, name: str | None = None) -> _core.Tensor:
        """The elements along a new first axis.

        Examples
        --------
        >>> tf.TensorArray(tf.float32, size=2).unstack([1., 2.]).stack().numpy()
        array([1., 2.], dtype=float32)
        """
        if not self._elements:
            sizes = self._shape.as_list() if self._shape.is_fully_defined() else []
            return creation.zeros((0, *sizes), self._dtype)
        return stack([self._element(i) for i in range(len(self._elements))])

    def gather(self, indices: Any, name: str | None = None) -> _core.Tensor:
        """Some elements along a new first axis.

        Examples
        --------
        >>> tf.TensorArray(tf.float32, size=3).unstack([1., 2., 3.]).gather([2, 0]).numpy()
        array([3., 1.], dtype=float32)
        """
        places = _numbers(indices)
        for i in places:
            if not 0 <= i < len(self._elements):
                raise OutOfRangeError(
                    None, None, f"Tried to read from index {i} but array size is: {len(self._elements)} "
                )
        return stack([self._element(i) for i in places])

    def concat(self, name: str | None = None) -> _core.Tensor:
        """The elements one behind the other along their first axis.

        Examples
        --------
        >>> tf.TensorArray(tf.float32, 2, infer_shape=False).write(0, [1.]).write(1, [2., 3.]).concat().numpy()
        array([1., 2., 3.], dtype=float32)
        """
        parts = [self._element(i) for i in range(len(self._elements))]
        for i, part in enumerate(parts):
            if part.ndim == 0:
                raise InvalidArgumentError(
                    None, None, f"Concat saw a scalar shape at index {i} but requires at least vectors."
                )
        return concat(parts, 0)

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """Make the slices of a tensor along its first axis the elements.

        Examples
        --------
        >>> tf.TensorArray(tf.float32, size=2).unstack([[1., 2.], [3., 4.]]).read(1).numpy()
        array([3., 4.], dtype=float32)
        """
        parts = unstack(self._fitting(value))
        if len(parts) > len(self._elements) and not self._grows:
            raise ValueError(
                f"Cannot unstack {len(parts)} tensors into a TensorArray of static size {len(self._elements)} "
            )
        self._elements = parts
        return self

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """Write the slices of a tensor along its first axis to elements, by their numbers.

        Examples
        --------
        >>> tf.TensorArray(tf.float32, size=3).scatter([2, 0], [1., 2.]).stack().numpy()
        array([2., 0., 1.], dtype=float32)
        """
        for i, part in zip(_numbers(indices), unstack(self._fitting(value)), strict=False):
            self.write(i, part)
        return self

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """Make parts of a tensor along its first axis, of these lengths, the elements.

        Examples
        --------
        >>> tf.TensorArray(tf.float32, size=2).split([1., 2., 3.], [1, 2]).read(1).numpy()
        array([2., 3.], dtype=float32)
        """
        whole, sizes = self._fitting(value), _core.to_tensor(lengths)
        if sizes.ndim != 1:
            raise InvalidArgumentError(
                None, None, f"Expected lengths to be a vector, received shape: {sizes.shape.as_list()} "
            )
        if whole.ndim == 0:
            raise InvalidArgumentError(None, None, "Expected value to be at least a vector, but received shape: [] ")
        parts = _numbers(sizes)
        if sum(parts) != whole.shape[0]:
            raise InvalidArgumentError(
                None,
                None,
                f"Expected sum of lengths to be equal to values.shape[0], but sum of lengths is {sum(parts)} and "
                f"value's shape is: {whole.shape.as_list()} ",
            )
        if not self._grows and len(parts) != len(self._elements):
            raise InvalidArgumentError(
                None,
                None,
                f"TensorArray's size is not equal to the size of lengths ({len(self._elements)} vs. {len(parts)}), and "
                f"the TensorArray is not marked as dynamically resizeable.",
            )
        self._elements = list(split(whole, parts))
        return self

    def close(self, name: str | None = None) -> None:
        """Forget all elements."""
        self._elements.clear()

    def _element(self, i: int) -> Any:
        """An element; one that has not been written is zeros."""
        if self._elements[i] is None:
            if not self._shape.is_fully_defined():
                raise ValueError(
                    f"TensorArray: element {i} has not been written, and its shape is not known ({self._shape}); write "
                    f"it first, or name the element_shape"
                )
            self._elements[i] = creation.zeros(tuple(self._shape), self._dtype)
        return self._elements[i]

    def _fitting(self, value: Any) -> _core.Tensor:
        tensor = _core.to_tensor(value, None if isinstance(value, _core.Operand) else self._dtype)
        if tensor.dtype != self._dtype:
            raise InvalidArgumentError(
                None,
                None,
                f"TensorArray dtype is {self._dtype.name} but Op is trying to write dtype {tensor.dtype.name} ",
            )
        return tensor

    def __repr__(self) -> str:
        return f"<TensorArray: size={len(self._elements)}, dtype={self._dtype.name}, element_shape={self._shape!r}>"

    def __tf_flatten__(self) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        written = tuple(i for i, element in enumerate(self._elements) if element is not None)
        settings = (self._dtype, self._grows, self._forgets, self._infers, repr(self._shape), frozenset(self._read))
        return (len(self._elements), written, settings, self._shape), tuple(self._elements[i] for i in written)

    @classmethod
    def __tf_unflatten__(cls, metadata: tuple[Any, ...], components: Iterable[Any]) -> TensorArray:
        size, written, (dtype, grows, forgets, infers, _, read), shape = metadata
        made = cls(dtype, size, grows, forgets, infer_shape=infers, element_shape=shape)
        made._read = set(read)
        for i, element in zip(written, components, strict=True):
            made._elements[i] = element
        return made


def _numbers(values: Any) -> list[int]:
    """Integers that are looked at: which elements are meant is settled in Python."""
    return [_core.integer(value) for value in _core.to_tensor(values)]
