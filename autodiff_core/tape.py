"""GradientTape: contexts and structures around the compiled tape."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from warnings import warn

from . import _core
from .nest import assert_same_structure, flatten_for_tape


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
        unconnected_gradients: UnconnectedGradients | str = UnconnectedGradients.NONE,
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
        structure of Tensor or None
            In the structure of the sources, of the sources' shapes and dtypes.

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
        zero = False
        if unconnected_gradients is not UnconnectedGradients.NONE:
            try:
                zero = UnconnectedGradients(unconnected_gradients) is UnconnectedGradients.ZERO
            except ValueError:
                raise ValueError(
                    f"Unknown value for unconnected_gradients: {unconnected_gradients!r}; it is 'none' or 'zero'"
                ) from None
        if output_gradients is None and isinstance(sources, _core.Operand) and isinstance(target, _core.Operand):
            return _core.tape_gradient(self, [target], [sources], None, zero)[0]
        targets, _ = flatten_for_tape(target)
        leaves, rebuild = flatten_for_tape(sources)
        seeds = None
        if output_gradients is not None:
            seeds = _seeds(target, targets, output_gradients)
        return rebuild(_core.tape_gradient(self, targets, leaves, seeds, zero))


def _seeds(target: Any, targets: list[Any], output_gradients: Any) -> list[Any]:
    """Flatten output_gradients; for a single target a plain number, list or array stands for itself."""
    if isinstance(target, _core.Operand):
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
