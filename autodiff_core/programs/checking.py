"""Checks of recorded functions: a call is run by Python beside the replay, and the two are compared.

A program keeps what Python read while it was recorded: an attribute of an object, an item of a dict, what a called
function found around it. Where that is another value now, the replay and Python part. The check says where: the
function is recorded once more, and the records of the two recordings are compared, value by value.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .. import _core
from ..dtypes import finfo
from .calls import Arguments, Result
from .differentiable import DifferentiableProgram, GuardFailed, bare

__all__ = ["StaleProgramError", "check_call"]

Origins = dict[int, tuple[Any, int]]
"""Where in the code a program's nodes were made."""

_ROUNDING = 1000.0  # spacings of the largest value: less is a matter of the order of sums


class StaleProgramError(RuntimeError):
    """A replay gives another result than the Python function does."""


class _Outcome(NamedTuple):
    """What a call gives: values of the outputs, what variables take, and how it was recorded; or an error."""

    outputs: list[Any]
    assigned: list[tuple[Any, Any]]
    recorded: tuple[_core.ProgramCore, Origins] | None
    error: Exception | None = None


def check_call(function: Any, variants: _core.Variants, arguments: Arguments) -> None:
    """Compare a replay of this call with Python. Neither assigns, prints or uses up random numbers.

    Raises
    ------
    StaleProgramError
        At the first difference.
    """
    from ..ops import drawing

    state = drawing.state()
    operands = bare(arguments.operands)
    try:
        replayed = _replayed(function, variants, operands)
        if replayed is None:  # a way that is still to be recorded
            return
        drawing.restore(state)
        python = _of_python(function, arguments)
        if python is None:
            return
        what = _difference(replayed, python)
        if what is not None:
            drawing.restore(state)
            raise StaleProgramError(f"{function._name}: {what}{_where(replayed, python, operands)}") from python.error
    finally:
        drawing.restore(state)


def _replayed(function: Any, variants: _core.Variants, operands: list[Any]) -> _Outcome | None:
    variant = variants.latest
    with _core.Rehearsal(), _core.Untraced():
        while variant is not None:
            program = variant.program
            if variant.derived is None:
                variant.derive(DifferentiableProgram(program, function.passes))
            try:
                values = variant.derived(operands)
            except GuardFailed as failure:
                variant = None if failure.args[0] is None else variants.branch(variant, *failure.args)
                continue
            except Exception as error:
                return _Outcome([], [], variant.origin, error)
            count = len(program.outputs)
            taken = [program.variables[which] for which, _ in program.assigned]
            return _Outcome(values[:count], list(zip(taken, values[count:], strict=True)), variant.origin)
    return None


def _of_python(function: Any, arguments: Arguments) -> _Outcome | None:
    tracer = _core.Tracer(arguments.operands)
    tracer.origins = {}
    try:
        with _core.Rehearsal(), tracer:
            args, kwargs = arguments.with_tensors(tracer.arguments)
            result = Result(function.run_python(args, kwargs))
            outputs = _core.bare_outputs(result.tensors)
            program = _core.freeze(tracer, result.tensors, True)
            recorded = program, tracer.origins
    except Exception as error:
        return _Outcome([], [], None, error)
    with _core.Untraced():
        assigned = [(v, v.read()) for v, _ in tracer.assigned]
    _core.put_back(tracer.assigned)
    del args, kwargs
    result.let_go()
    if tracer.created or tracer.obstacle is not None:
        return None
    tracer.poison_leaks(function._name)
    return _Outcome(outputs, assigned, recorded)


def _difference(replayed: _Outcome, python: _Outcome) -> str | None:
    """How two outcomes differ, in words."""
    if python.error is not None or replayed.error is not None:
        if type(python.error) is type(replayed.error):
            return None
        told = [f"{type(e).__name__}: {e}" if e is not None else "a result" for e in (replayed.error, python.error)]
        return f"a replay gives {told[0]}, and Python {told[1]}"
    if len(replayed.outputs) != len(python.outputs):
        return f"a replay gives {len(replayed.outputs)} tensors, and Python {len(python.outputs)}"
    for k, (old, new) in enumerate(zip(replayed.outputs, python.outputs, strict=True)):
        if (what := _unlike(old, new)) is not None:
            return f"result {k} of a replay is not that of Python: {what}"
    now = {id(v): value for v, value in python.assigned}
    then = {id(v): value for v, value in replayed.assigned}
    for v, _ in [*python.assigned, *replayed.assigned]:
        if id(v) not in now or id(v) not in then:
            return f"variable {v.name!r} is assigned to by {'a replay' if id(v) in then else 'Python'} alone"
        if (what := _unlike(then[id(v)], now[id(v)])) is not None:
            return f"variable {v.name!r} takes another value from a replay than from Python: {what}"
    return None


def _unlike(old: Any, new: Any) -> str | None:
    """How two values differ, but for rounding."""
    x, y = np.asarray(old), np.asarray(new)
    if x.shape != y.shape or x.dtype != y.dtype:
        return f"shape {x.shape} and dtype {x.dtype} instead of shape {y.shape} and dtype {y.dtype}"
    if _core.is_differentiable(x.dtype) and x.size:
        finite = np.isfinite(x) & np.isfinite(y)
        scale = np.max(np.abs(y), where=finite, initial=0.0)
        near = finite & (np.abs(np.where(finite, x - y, 0)) <= _ROUNDING * finfo(x.dtype).eps * scale)
    else:
        near = np.zeros(x.shape, bool)
    differ = ~(near | (x == y) | ((x != x) & (y != y)))
    if not differ.any():
        return None
    first = tuple(int(k) for k in np.argwhere(differ)[0])
    return f"{x[first]} instead of {y[first]}" + (f" at {list(first)}" if first else "")


def _where(replayed: _Outcome, python: _Outcome, operands: list[Any]) -> str:
    """The first operation in which the two recordings part."""
    advice = "What Python reads while a function is recorded is kept; make it an argument, or a Variable"
    if replayed.recorded is None or python.recorded is None:
        return f". {advice}"
    (old, old_origins), (new, new_origins) = replayed.recorded, python.recorded
    then, now = (_values(program, operands) for program in (old, new))
    for k in range(max(len(old), len(new))):
        if k >= len(old) or k >= len(new):
            program, origins = (new, new_origins) if k < len(new) else (old, old_origins)
            return _told(program.node(k)[0], origins.get(k), "is done by one of them only", advice)
        was, record = old.node(k), new.node(k)
        if (was[0], was[1]) != (record[0], record[1]):
            return _told(record[0], new_origins.get(k), f"was {was[0]} when it was recorded", advice)
        if record[0] in ("input", "constant", "guard"):
            continue
        if (what := _unlike(then[k], now[k])) is not None:
            return _told(record[0], new_origins.get(k), f"gives {what}", advice)
    return f". {advice}"


def _values(program: _core.ProgramCore, operands: list[Any]) -> list[Any]:
    from ..ops import drawing

    state = drawing.state()
    with _core.Rehearsal(), _core.Untraced():
        found = _core.values_of(program, [*operands, *(v.read() for v in program.variables)])
    drawing.restore(state)
    return found


def _told(op: str, place: tuple[Any, int] | None, what: str, advice: str) -> str:
    return f". They part at {_core.spell_place(place)}: {op} {what}. {advice}"
