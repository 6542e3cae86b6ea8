"""`autodiff`: TensorFlow's namespace of tapes, backward and forward."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any

from .. import _core
from ..nest import assert_same_structure, flatten_for_tape
from ..tape import _NONE, UnconnectedGradients, filled, flatten_sources, is_wrapper, not_pickled, zeros_wanted
from ..tensors.indexed_slices import tangents_by_rows
from .gradient_tape import GradientTape

__all__ = ["ForwardAccumulator", "GradientTape"]
__dir__ = __all__.copy


class ForwardAccumulator(_core.Tape):
    """Follow how results change as some tensors move along tangents: Jacobians times vectors, in forward mode.

    One Jacobian-vector product costs about as much as the computation, whatever the number of results: forward mode
    pays where there are fewer inputs than outputs, a GradientTape where there are fewer outputs. Accumulators nest in
    each other and in tapes, and tapes in them: a gradient taken inside an accumulator has a product too, that of the
    Hessian with the tangents.

    Parameters
    ----------
    primals : Tensor, Variable or structure of them
        What moves; of float dtypes.
    tangents : structure of array_like
        In which direction each moves: of the primals' structure, shapes and dtypes.

    Raises
    ------
    ValueError
        Where a primal is named twice, or tangents have not the primals' structure or shapes.
    TypeError
        Where a primal is neither tensor nor variable, or a tangent not numeric.

    Notes
    -----
    After TensorFlow's, https://www.tensorflow.org/api_docs/python/tf/autodiff/ForwardAccumulator. It records like a
    tape, on the same log, and `jvp` sweeps what is recorded forward.

    Examples
    --------
    >>> x = tf.constant([2., 3.])
    >>> with tf.autodiff.ForwardAccumulator(x, tf.constant([1., 0.])) as acc:
    ...     y = x * x[0]
    >>> acc.jvp(y)
    <Tensor: shape=(2,), dtype=float32, numpy=array([4., 3.], dtype=float32)>

    The Hessian of a function times a vector, forward over reverse:

    >>> with tf.autodiff.ForwardAccumulator(x, tf.constant([1., 1.])) as acc:
    ...     with tf.GradientTape() as tape:
    ...         tape.watch(x)
    ...         y = tf.reduce_sum(x ** 3)
    ...     gradient = tape.gradient(y, x)
    >>> acc.jvp(gradient)
    <Tensor: shape=(2,), dtype=float32, numpy=array([12., 18.], dtype=float32)>
    """

    def __init__(self, primals: Any, tangents: Any) -> None:
        super().__init__(True, False)
        self._primals: list[_core.Operand] = []
        self._tangents: list[_core.Tensor] = []
        self._recording = self._entered = False
        if isinstance(primals, _core.Operand):
            self._add(primals, tangents)
            return
        leaves, _ = flatten_sources(primals)
        if is_wrapper(primals):
            directions = [tangents]
        else:
            assert_same_structure(_plain(primals), _plain(tangents))
            directions, _ = flatten_for_tape(tangents)
        for primal, direction in zip(leaves, directions, strict=True):
            self._add(primal, direction)

    def _add(self, primal: Any, direction: Any) -> None:
        if not isinstance(primal, _core.Operand):
            raise TypeError(
                f"primals must be tensors or variables, not {type(primal).__name__}; make a tensor first: "
                f"x = constant(...)"
            )
        if any(primal is known for known in self._primals):
            raise ValueError(
                f"Tensor {primal} was specified as a primal multiple times. This may indicate an error. If it was "
                f"intended, please sum the corresponding tangents."
            )
        if not _core.is_differentiable(primal.dtype):
            _core.warn_caller(f"The dtype of the watched primal must be floating (e.g. float32), got {primal.dtype}")
            return
        tangent = _core.operand_like(direction, primal)
        if _core.sizes(tangent) != _core.sizes(primal):
            raise ValueError(
                f"a primal of shape {tuple(primal.shape)} has a tangent of shape {tuple(tangent.shape)}; they must be "
                f"equal"
            )
        self._primals.append(primal)
        self._tangents.append(tangent)

    def __reduce__(self) -> Any:
        raise not_pickled(self)

    def __enter__(self) -> ForwardAccumulator:
        if self._recording:
            raise ValueError("Accumulator is already recording.")
        super().__enter__()
        for primal in self._primals:
            self.watch_operand(primal)
        self._recording = self._entered = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._recording:
            super().__exit__(kind, error, traceback)
            self._recording = False

    def jvp(self, primals: Any, unconnected_gradients: UnconnectedGradients | str = _NONE) -> Any:
        """The Jacobian of results with respect to the primals, times the tangents.

        Parameters
        ----------
        primals : Tensor, Variable or structure of them
            Results computed inside the accumulator's context, or its primals.
        unconnected_gradients : UnconnectedGradients or {"none", "zero"}
            What to give where a result does not depend on a primal.

        Returns
        -------
        structure of Tensor or None
            In the structure of the results, of their shapes and dtypes.

        Raises
        ------
        ValueError
            Where the accumulator has not been entered.

        Examples
        --------
        >>> x = tf.constant(3.)
        >>> with tf.autodiff.ForwardAccumulator(x, tf.constant(1.)) as acc:
        ...     y = x * x
        >>> acc.jvp({"y": y})
        {'y': <Tensor: shape=(), dtype=float32, numpy=6.0>}
        """
        zero = zeros_wanted(unconnected_gradients)
        if not self._entered:
            raise ValueError("Called jvp() without first tracing anything.")

        def tangents(values: list[Any]) -> list[Any]:
            results = _core.accumulated_jvp(self, values, self._primals, self._tangents)
            return filled(results, values) if zero else results

        if isinstance(primals, _core.Operand):
            return tangents([primals])[0]
        targets, rebuild = flatten_for_tape(primals)
        return rebuild(tangents_by_rows(targets, tangents))


def _plain(structure: Any) -> Any:
    """A sequence, whichever kind it is: tangents may be listed where primals are in a tuple."""
    return list(structure) if isinstance(structure, Sequence) and not isinstance(structure, str) else structure
