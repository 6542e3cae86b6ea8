"""GradientTape: contexts and structures around the compiled tape."""

from __future__ import annotations

import enum
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from warnings import warn

import numpy as np

from . import _core
from .creation import zeros
from .indexed_slices import IndexedSlices, targets_by_rows
from .nest import assert_same_structure, flatten_for_tape
from .ops.shaping import concat, reshape, transpose


class UnconnectedGradients(enum.Enum):
    """What a gradient is where the target does not depend on the source: None, or zeros.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/UnconnectedGradients

    Examples
    --------
    >>> tf.UnconnectedGradients("zero") is tf.UnconnectedGradients.ZERO
    True
    """

    NONE = "none"
    ZERO = "zero"


_NONE = UnconnectedGradients.NONE  # an enum's attribute costs a look-up on every call of gradient


class GradientTape(_core.Tape):
    """Record operations, to differentiate them.

    Trainable variables are watched as they are read; tensors are watched by `watch`. All operations on what is watched
    are recorded, whatever Python does around them.

    Parameters
    ----------
    persistent : bool
        Whether `gradient` may be called more than once. What is recorded is then kept until the tape is deleted.
    watch_accessed_variables : bool
        Whether trainable variables are watched by themselves.

    Notes
    -----
    After TensorFlow's, https://www.tensorflow.org/api_docs/python/tf/GradientTape. Tapes nest: an inner tape's gradient
    is recorded by the outer one. Tapes of different threads do not see each other.

    Examples
    --------
    >>> x = tf.Variable(3.0)
    >>> with tf.GradientTape() as tape:
    ...     y = x ** 2
    >>> tape.gradient(y, x)
    <Tensor: shape=(), dtype=float32, numpy=6.0>
    """

    __slots__ = ()

    def watch(self, tensor: Any) -> None:
        """Follow tensors, variables, or nested structures of them, from here on.

        Parameters
        ----------
        tensor : Tensor, Variable or structure of them
            Of float dtypes; an integer has no gradient, which a warning says.

        Raises
        ------
        ValueError
            Where the tape is not recording.
        TypeError
            For anything else.

        Examples
        --------
        >>> x = tf.constant(3.0)
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x ** 3
        >>> tape.gradient(y, x)
        <Tensor: shape=(), dtype=float32, numpy=27.0>
        """
        leaves, _ = flatten_for_tape(tensor)
        for leaf in leaves:
            if not isinstance(leaf, _core.Operand):
                raise TypeError(
                    f"watch takes tensors and variables, not {type(leaf).__name__}; "
                    f"make a tensor first: x = constant(...)"
                )
        self.check_recording()
        for leaf in leaves:
            if leaf.dtype.kind == "f":
                self.watch_operand(leaf)
            elif leaf.dtype.kind == "c":
                raise TypeError(f"watch: gradients of dtype {leaf.dtype} are not supported")
            else:
                warn(
                    f"watch: a tensor of dtype {leaf.dtype} has no gradient; it will be None. Cast before watching: "
                    f"x = tf.cast(x, tf.float32)",
                    stacklevel=2,
                )

    def watched_variables(self) -> tuple[Any, ...]:
        """The variables that the tape watches, in the order of their creation.

        Returns
        -------
        tuple of Variable
            Also after `gradient`.

        Examples
        --------
        >>> x = tf.Variable(3.0, name="x")
        >>> with tf.GradientTape() as tape:
        ...     y = x ** 2
        >>> [v.name for v in tape.watched_variables()]
        ['x:0']
        """
        return tuple(sorted(self.seen_variables(), key=lambda variable: variable.serial))

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """Pause this tape inside a `with` block.

        Raises
        ------
        ValueError
            Where the tape is not recording.

        Examples
        --------
        >>> x = tf.Variable(3.0)
        >>> with tf.GradientTape() as tape:
        ...     y = x ** 2
        ...     with tape.stop_recording():
        ...         z = y * 10.0
        >>> print(tape.gradient(z, x))
        None
        """
        self.pause()
        try:
            yield
        finally:
            self.resume()

    def reset(self) -> None:
        """Forget everything recorded and watched so far, and go on recording.

        Raises
        ------
        ValueError
            Where the tape is not recording.

        Examples
        --------
        >>> x = tf.Variable(3.0)
        >>> with tf.GradientTape() as tape:
        ...     y = x ** 2
        ...     tape.reset()
        ...     z = x ** 3
        >>> tape.gradient(z, x)
        <Tensor: shape=(), dtype=float32, numpy=27.0>
        """
        self.start_over()

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: UnconnectedGradients | str = _NONE,
    ) -> Any:
        """The derivative of the sum of targets with respect to each source.

        Parameters
        ----------
        target : Tensor, Variable or structure of them
            What to differentiate; several, or several elements, are summed.
        sources : Tensor, Variable or structure of them
            Watched tensors and variables, or anything computed from them on this tape.
        output_gradients : structure of array_like, optional
            A weight for each element of each target, in the targets' structure; None for ones.
        unconnected_gradients : UnconnectedGradients or {"none", "zero"}
            What to give where a target does not depend on a source.

        Returns
        -------
        structure of Tensor, IndexedSlices or None
            In the structure of the sources, of the sources' shapes and dtypes. `IndexedSlices` for a variable that the
            target depends on through rows looked up by `gather`, and in no other way.

        Raises
        ------
        RuntimeError
            Where the tape has nothing recorded, or not any more: without `persistent`, one call is all.
        TypeError
            Where a source or target is neither tensor nor variable.
        ValueError
            Where `output_gradients` does not have the targets' structure and shapes.
        LookupError
            Where an op on the way has no derivative.

        Examples
        --------
        >>> x = tf.Variable([1., 2.])
        >>> with tf.GradientTape() as tape:
        ...     y = x ** 2
        >>> tape.gradient(y, {"x": x})
        {'x': <Tensor: shape=(2,), dtype=float32, numpy=array([2., 4.], dtype=float32)>}
        """
        if output_gradients is None and unconnected_gradients is _NONE:
            result = _core.tape_gradient_flat(self, target, sources)
            if result is not NotImplemented:
                return result
        zero = _zeros_wanted(unconnected_gradients)
        targets, _ = flatten_for_tape(target)
        leaves, rebuild = flatten_for_tape(sources)
        seeds = None
        if output_gradients is not None:
            seeds = _seeds(target, targets, output_gradients)
        if any(isinstance(leaf, IndexedSlices) for leaf in targets):
            targets, seeds = targets_by_rows(targets, seeds)
        return rebuild(_core.tape_gradient(self, targets, leaves, seeds, zero))

    def jacobian(
        self,
        target: Any,
        sources: Any,
        unconnected_gradients: UnconnectedGradients | str = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
        chunk_size: int | None = None,
    ) -> Any:
        """The derivative of each element of a target with respect to each element of each source.

        All rows are swept together: cotangents have a leading axis, so Python does not loop over them.

        Parameters
        ----------
        target : Tensor or Variable
            What to differentiate.
        sources : Tensor, Variable or structure of them
            Watched tensors and variables, or anything computed from them on this tape.
        unconnected_gradients : UnconnectedGradients or {"none", "zero"}
            What to give where the target does not depend on a source.
        parallel_iterations, experimental_use_pfor : object
            Accepted for TensorFlow's sake; without effect.
        chunk_size : int, optional
            How many elements of the target one sweep takes together: less memory, more sweeps. By default so many that
            an adjoint of the largest source or of the target takes at most about 64 MB.

        Returns
        -------
        structure of Tensor or None
            In the structure of the sources, of shapes target.shape + source.shape.

        Raises
        ------
        RuntimeError
            Where the tape has nothing recorded, or not any more.
        TypeError
            Where the target or a source is neither tensor nor variable.
        MemoryError
            Where the result would not fit in memory, before anything is computed.

        Notes
        -----
        https://www.tensorflow.org/api_docs/python/tf/GradientTape#jacobian

        Examples
        --------
        >>> x = tf.constant([1., 2.])
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x * x[0]
        >>> tape.jacobian(y, x)
        <Tensor: shape=(2, 2), dtype=float32, numpy=
        array([[2., 0.],
               [2., 1.]], dtype=float32)>
        """
        zero = _zeros_wanted(unconnected_gradients)
        if chunk_size is not None and chunk_size < 1:
            raise ValueError(f"jacobian: chunk_size must be at least 1, not {chunk_size}")
        leaves, rebuild = flatten_for_tape(sources)
        if isinstance(target, IndexedSlices):
            raise TypeError(
                "jacobian: the target is an IndexedSlices; make a tensor of it where the tape records: "
                "convert_to_tensor(slices)"
            )
        if not isinstance(target, _core.Operand) or not all(isinstance(x, _core.Operand) for x in leaves):
            _core.tape_pullback(self, target, leaves, ())  # raises, and says which
        shape, rows = tuple(target.shape), target.size
        _check_fits(rows, leaves)
        chunk = chunk_size or max(1, _CHUNK_ELEMENTS // max([rows, 1, *(x.size for x in leaves)]))
        parts = _core.tape_pullback(self, target, leaves, _unit_cotangents(rows, shape, chunk))
        results = []
        for k, source in enumerate(leaves):
            whole = shape + tuple(source.shape)
            blocks = [part[k] for part in parts]
            if not blocks or blocks[0] is None:
                results.append(zeros(whole, source.dtype) if zero or (not blocks and rows == 0) else None)
            else:
                results.append(reshape(blocks[0] if len(blocks) == 1 else concat(blocks, 0), whole))
        return rebuild(results)

    def batch_jacobian(
        self,
        target: Any,
        source: Any,
        unconnected_gradients: UnconnectedGradients | str = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> _core.Tensor:
        """The Jacobian of each example of a batch, where an example of the target depends on its own source only.

        Parameters
        ----------
        target : Tensor or Variable
            Of shape (batch, ...).
        source : Tensor or Variable
            Of shape (batch, ...).
        unconnected_gradients : UnconnectedGradients or {"none", "zero"}
            Accepted; unconnected is zeros in either case, as in TensorFlow.
        parallel_iterations, experimental_use_pfor : object
            Accepted for TensorFlow's sake; without effect.

        Returns
        -------
        Tensor
            Of shape (batch,) + target.shape[1:] + source.shape[1:]. Where examples mix, as in a batch normalisation,
            the contributions of all examples of the target to one of the source are summed.

        Raises
        ------
        ValueError
            Where the two have not the same number of examples.

        Notes
        -----
        https://www.tensorflow.org/api_docs/python/tf/GradientTape#batch_jacobian

        Examples
        --------
        >>> x = tf.constant([[1., 2.], [3., 4.]])
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x * x
        >>> tape.batch_jacobian(y, x).shape
        TensorShape([2, 2, 2])
        """
        _zeros_wanted(unconnected_gradients)
        if not isinstance(target, _core.Operand) or not isinstance(source, _core.Operand):
            _core.tape_pullback(self, target, [source], ())  # raises, and says which
        if not target.shape or not source.shape or target.shape[0] != source.shape[0]:
            raise ValueError(
                f"Need first dimension of target shape ({target.shape}) and source shape ({source.shape}) to match."
            )
        examples, shape = target.shape[0], tuple(target.shape)
        rows = target.size // examples if examples else 0
        units = np.eye(rows).reshape(rows, 1, *shape[1:])
        whole = (examples, *shape[1:], *source.shape[1:])
        parts = _core.tape_pullback(self, target, [source], [np.broadcast_to(units, (rows, *shape))] if rows else ())
        if not parts or parts[0][0] is None:
            return zeros(whole, source.dtype)
        by_row = parts[0][0]
        return reshape(transpose(by_row, (1, 0, *range(2, len(by_row.shape)))), whole)


_CHUNK_ELEMENTS = 1 << 23


def _unit_cotangents(rows: int, shape: tuple[int, ...], chunk: int) -> Iterator[np.ndarray]:
    """The rows of an identity matrix, in the target's shape, so many at a time."""
    for start in range(0, rows, chunk):
        count = min(chunk, rows - start)
        units = np.zeros((count, rows))
        units[np.arange(count), start + np.arange(count)] = 1.0
        yield units.reshape(count, *shape)


def _check_fits(rows: int, sources: list[Any]) -> None:
    """Refuse a Jacobian that memory cannot hold before it is begun."""
    needed = sum(rows * x.size * x.dtype.itemsize for x in sources)
    try:
        present = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not on this system
        return
    if needed > present:
        raise MemoryError(
            f"jacobian: the result would take {needed} bytes, and this machine has {present}; differentiate a part of "
            f"the target, or use gradient with output_gradients for products with it"
        )


def _zeros_wanted(unconnected_gradients: UnconnectedGradients | str) -> bool:
    if unconnected_gradients is UnconnectedGradients.NONE:
        return False
    try:
        return UnconnectedGradients(unconnected_gradients) is UnconnectedGradients.ZERO
    except ValueError:
        raise ValueError(
            f"Unknown value for unconnected_gradients: {unconnected_gradients!r}; it is 'none' or 'zero'"
        ) from None


def _seeds(target: Any, targets: list[Any], output_gradients: Any) -> list[Any]:
    """Flatten output_gradients; for a single target a plain number, list or array stands for itself."""
    if isinstance(target, (_core.Operand, IndexedSlices)):
        if isinstance(output_gradients, (list, tuple)) and len(output_gradients) == 1 and len(target.shape) == 0:
            return list(output_gradients)
        return [output_gradients]
    try:
        if isinstance(target, (list, tuple)) and isinstance(output_gradients, (list, tuple)):
            assert_same_structure(list(target), list(output_gradients))
        else:
            assert_same_structure(target, output_gradients)
    except (ValueError, TypeError) as error:
        raise ValueError(f"output_gradients must have the structure of the target: {error}") from error
    leaves, _ = flatten_for_tape(output_gradients)
    if len(leaves) != len(targets):
        raise ValueError(
            f"output_gradients has {len(leaves)} entries for {len(targets)} targets; "
            f"it must have the targets' structure"
        )
    return leaves
