"""Differential equations of flat real states: a slope of the user's, recorded as a program where that is possible.

Whatever the state's shape and dtype, solvers and derivatives see a vector of float64; a complex state is its real parts
and then its imaginary ones. The slope is recorded once: variables and tensors that it reads around it are operands
then, as its arguments are. Where Python looks at a value on the way, as a condition on the time does, it is called each
time instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

import numpy as np

from .. import _core
from ..derivatives.custom import any_followed_strictly, not_among, run_unrecorded
from ..derivatives.gradient_tape import GradientTape
from ..nest import flatten_for_tape
from ..ops.complex_parts import complex as complex_of
from ..ops.complex_parts import imag, real
from ..ops.shaping import concat, inexact, reshape
from ..programs.differentiable import bare
from ..programs.loops import Body, bodies_for, closed_program

__all__ = ["Equation"]


class Equation:
    """dy/dt = slope(y, t, shared); what is shared are the arguments and, behind them, what the slope reads around it.

    `func` takes the state, the time and the arguments, as the user has them.
    """

    def __init__(self, op: str, func: Callable[..., Any], y0: Any, t: Any, args: Sequence[Any]) -> None:
        leaves, self._rebuild = flatten_for_tape(tuple(args))
        y0, t, *self.leaves = _core.operands(y0, t, *leaves)
        state, self.times = inexact(y0), inexact(t)
        if len(self.times.shape) != 1 or self.times.size == 0:
            raise ValueError(
                f"{op}: times are a vector with one element at least; their shape is {tuple(self.times.shape)}"
            )
        self._func = func
        self.shape, self.dtype, self.size = tuple(state.shape), state.dtype, int(state.size)
        # (A time of less precision than the state has would be a slope of many small steps.)
        self.time_dtype = np.result_type(self.times.dtype, np.zeros((), self.dtype).real.dtype)
        self.start = self.as_vector(state)
        self.reads: list[Any] = []
        self.strict = False
        self.program: Any = None
        self._record()

    def as_vector(self, state: Any) -> Any:
        """A state as a vector of float64."""
        flat = reshape(state, (self.size,))
        if self.dtype.kind == "c":
            return concat([_core.to_dtype(real(flat), np.float64), _core.to_dtype(imag(flat), np.float64)], 0)
        return _core.to_dtype(flat, np.float64)

    def as_states(self, vectors: Any, leading: tuple[int, ...] = ()) -> Any:
        """Vectors as states."""
        if self.dtype.kind == "c":
            kind = np.float32 if self.dtype == np.complex64 else np.float64
            parts = vectors[..., : self.size], vectors[..., self.size :]
            vectors = complex_of(_core.to_dtype(parts[0], kind), _core.to_dtype(parts[1], kind))
        return reshape(_core.to_dtype(vectors, self.dtype), (*leading, *self.shape))

    def _slope(self, inputs: Sequence[Any]) -> Any:
        """The user's function, of a vector, a time, and arguments."""
        y, t, *leaves = inputs
        value = _core.operand(
            self._func(self.as_states(y), _core.to_dtype(t, self.time_dtype), *self._rebuild(list(leaves)))
        )
        if value.size != self.size:
            raise ValueError(
                f"the slope of a state of shape {self.shape} has that shape; the function gave one of shape "
                f"{tuple(value.shape)}"
            )
        if value.dtype.kind == "c" and self.dtype.kind != "c":
            raise TypeError(
                f"the slope of a state of dtype {self.dtype} is of dtype {value.dtype}; start from a complex state, as "
                f"in tf.cast(y0, tf.complex128)"
            )
        return self.as_vector(_core.to_dtype(value, self.dtype))

    def _record(self) -> None:
        (times,) = bare([self.times])
        examples = [self.start, _core.to_tensor(np.float64(times.numpy()[0])), *self.leaves]
        program, reads, tracer = closed_program(lambda inputs: [self._slope(inputs)], examples)
        _core.put_back(tracer.assigned)
        if tracer.obstacle or program.places or program.own_derivatives or tracer.assigned or tracer.created:
            return
        self.program, self.reads = program, reads
        self._bodies = bodies_for(program)

    @property
    def shared(self) -> list[Any]:
        """What all steps share."""
        return [*self.leaves, *([*map(_core.present, self.reads)] if self.program is not None else self.reads)]

    def body(self, name: str, f: Callable[[Equation, list[Any]], Any], examples: Sequence[Any]) -> Body:
        """A function of an equation and of tensors; where the slope is recorded so is this, once for equal slopes."""
        if self.program is None:
            return _Noting(lambda inputs: f(self, inputs), self)
        if name not in self._bodies:
            alone = self.alone()
            self._bodies[name] = Body(lambda inputs: f(alone, inputs), examples)
        return self._bodies[name]

    def __call__(self, y: Any, t: Any, shared: Sequence[Any]) -> Any:
        """The slope in tensors."""
        if self.program is not None:
            return _core.apply_program(self.program, [y, t, *shared])[0]
        if self.strict and not _core.is_tracing():
            return self._strictly(y, t, shared)
        return self._slope([y, t, *shared[: len(self.leaves)]])

    def _strictly(self, y: Any, t: Any, shared: Sequence[Any]) -> Any:
        tape = GradientTape(watch_accessed_variables=False)
        tape.refuse_numbers()
        with tape:
            tape.watch([y, *shared])
            return self._slope([y, t, *shared[: len(self.leaves)]])

    def numbers(self, shared: Sequence[Any]) -> Callable[[float, np.ndarray], np.ndarray]:
        """The slope of numbers, as SciPy asks for it; what it reads is noted."""
        if self.program is not None:
            program, values = self.program, bare(shared)

            def run(t: float, y: np.ndarray) -> np.ndarray:
                inputs = [_core.to_tensor(y), _core.to_tensor(np.float64(t)), *values]
                return _core.value_array(_core.run_program(program, inputs)[0])

            return run

        call = _Noting(lambda inputs: [self._slope([*inputs, *self.leaves])], self)
        return lambda t, y: _core.value_array(call([_core.to_tensor(y), _core.to_tensor(np.float64(t))])[0])

    def note(self, read: Sequence[Any]) -> None:
        """Take down what the slope reads around it."""
        self.reads += not_among(read, [*self.leaves, *self.reads])

    def tolerance(self, given: Any) -> Any:
        """A tolerance, for the vector of the state."""
        value = np.asarray(_core.seen(given), np.float64)
        if value.ndim == 0 or self.dtype.kind != "c":
            return float(value) if value.ndim == 0 else value.reshape(-1)
        return np.concatenate([value.reshape(-1)] * 2)

    def jacobian(self, start: np.ndarray, shared: Sequence[Any]) -> Any:
        """The slope's derivative by the state, as SciPy's implicit methods ask for it; None where Python is run."""
        if self.program is None:
            return None
        values = bare(shared)

        def f(equation: Equation, inputs: list[Any]) -> list[Any]:
            y, t, *rest = inputs
            with GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(y)
                slope = equation(y, t, rest)
            return [tape.jacobian(slope, y, unconnected_gradients="zero")]

        body = self.body("jacobian", f, [_core.to_tensor(start), _core.to_tensor(np.float64(0.0)), *values])
        return lambda t, y: _core.value_array(body([_core.to_tensor(y), _core.to_tensor(np.float64(t)), *values])[0])

    def given_jacobian(self, jac: Any, shared: Sequence[Any]) -> Any:
        """The user's function for it; it only helps the solver to converge."""
        if not callable(jac) or self.dtype.kind == "c" or not hasattr(self, "_rebuild"):
            return None if self.dtype.kind == "c" else jac
        leaves = self._rebuild(bare(shared[: len(self.leaves)]))

        def run(t: float, y: np.ndarray) -> Any:
            value = jac(_core.to_tensor(np.asarray(t, self.time_dtype)), _core.to_tensor(y.astype(self.dtype)), *leaves)
            return np.asarray(_core.seen(value), np.float64)

        return run

    def events(self, events: Any) -> Any:
        """Functions of the user's whose zeros are looked for, of numbers."""
        listed = list(events) if isinstance(events, (list, tuple)) else [events]

        def of_numbers(event: Any) -> Any:
            def run(t: float, y: np.ndarray) -> float:
                state = self.as_states(_core.to_tensor(y))
                time = _core.to_tensor(np.asarray(t, self.time_dtype))
                return float(_core.seen(_core.operand(event(time, state, *self._rebuild(list(self.leaves))))))

            for name in ("terminal", "direction"):
                if hasattr(event, name):
                    setattr(run, name, getattr(event, name))
            return run

        return [of_numbers(event) for event in listed]

    def settle(self) -> None:
        """Note whether someone who allows no number to leave follows what was read."""
        self.strict = any_followed_strictly([self.start, self.times, *self.shared])

    def past(self) -> Any:
        """Variables as they are now, for when Python calls the slope once more."""
        if self.program is not None:
            return None
        return _core.Past([x for x in self.shared if isinstance(x, _core.VariableCore)])

    def alone(self) -> Equation:
        """The same equation, as a function of what is given."""
        other = copy(self)
        other.leaves, other.reads = [], []
        for name in ("start", "times", "_func", "_rebuild"):
            other.__dict__.pop(name, None)
        return other


class _Noting(Body):
    """A body that Python runs, and of which is noted what it reads."""

    def __init__(self, f: Callable[[list[Any]], Sequence[Any]], equation: Equation) -> None:
        super().__init__(f, None)
        self._equation = equation

    def __call__(self, inputs: list[Any]) -> list[Any]:
        results, read = run_unrecorded(lambda: [_core.to_tensor(y) for y in self.f(inputs)], ())
        self._equation.note(read)
        return results
