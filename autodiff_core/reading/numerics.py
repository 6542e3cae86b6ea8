"""What to say of a result that is not finite: which operation made it, of which operands, and where in the user's code.

An operation is at fault if it gives what none of its operands has. What is passed on is not: an infinite mask may go
through sums and comparisons, and only what makes a NaN of it is wrong. A NaN that came from outside is somebody's data;
it may be moved about and replaced, but TensorFlow's check ends where something is computed with it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _core
from ..errors import InvalidArgumentError
from .records import Record

__all__ = ["fault", "fault_of_gradient", "first_fault"]

_INVALID, _DIVIDE, _OVER = 1, 2, 4
# NumPy's names of the kinds, its words for them, and its numbers for who is called.
_WORDS = {
    "invalid": ("invalid value", 8),
    "divide": ("divide by zero", 1),
    "over": ("overflow", 2),
}


def fault(
    op: str,
    parameters: Sequence[str],
    elementwise: bool,
    moves: bool,
    operands: Sequence[np.ndarray],
    out: np.ndarray,
    kinds: int | None,
    place: Any,
) -> Exception | None:
    """The error for a result that is not finite; None where nobody is to be told.

    `kinds` are what the processor has noted, and NumPy's error state says what becomes of it; None is TensorFlow's
    check, of everything.
    """
    if moves and all(x.dtype in (out.dtype, bool) for x in operands):
        return None
    made_nan, made_infinity = _made(elementwise, operands, out)
    lines = [f"  {_name(parameters, k)}: {described(x)}" for k, x in enumerate(operands)] + _at(place) + _within_keras()
    if kinds is None:
        if made_nan.any() or made_infinity.any():
            text = f"{op} made {_counted(out, made_nan | made_infinity)} of operands that have none"
        elif np.isnan(out).any():
            bringing = [_name(parameters, k) for k, x in enumerate(operands) if _has_nan(x)]
            text = f"{op} was given NaN by {' and '.join(bringing)}, and gives {_counted(out, np.isnan(out))}"
        else:
            return None
        return InvalidArgumentError(None, None, "\n".join([text, *lines]))
    for kind, made in (("invalid", made_nan), (_of_infinity(kinds, operands), made_infinity)):
        if made.any():
            error = by_numpys_state(kind, f"encountered in {op}: {_counted(out, made)}", lines)
            if error is not None:
                return error
    return None


def by_numpys_state(kind: str, text: str, lines: Sequence[str]) -> Exception | None:
    """The error that NumPy's state asks for; or who it says is called, and no error."""
    how = {**np.geterr()}[kind]
    words, number = _WORDS[kind]
    if how == "raise":
        return FloatingPointError("\n".join([f"{words} {text}", *lines]))
    called: Any = np.geterrcall()
    if how == "call" and called is not None:
        called(words, number)
    return None


def _made(elementwise: bool, operands: Sequence[np.ndarray], out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where a result has a NaN, or an infinity, that comes of no operand's."""
    floats = [x for x in operands if x.dtype.kind in "fcV"]
    had_nan: Any = False
    had_any: Any = False
    for x in floats:
        had_nan = had_nan | (np.isnan(x) if elementwise else np.isnan(x).any())
        had_any = had_any | (~np.isfinite(x) if elementwise else not np.isfinite(x).all())
    return np.isnan(out) & ~np.asarray(had_nan), np.isinf(out) & ~np.asarray(had_any)


def _of_infinity(kinds: int, operands: Sequence[np.ndarray]) -> str:
    """Whether an infinity comes of a division by zero, as the flags say, or, where they are of both kinds, or of none
    that other threads have, the operands."""
    if (kinds & _DIVIDE) != (kinds & _OVER) // 2:
        return "divide" if kinds & _DIVIDE else "over"
    return "divide" if any(x.dtype.kind in "fcV" and (x == 0).any() for x in operands) else "over"


def _has_nan(x: np.ndarray) -> bool:
    return x.dtype.kind in "fcV" and bool(np.isnan(x).any())


def _name(parameters: Sequence[str], k: int) -> str:
    if k < len(parameters) and not parameters[k].startswith("*"):
        return parameters[k]
    return f"operand {k}" if len(parameters) != 1 or k else "the operand"


def _counted(out: np.ndarray, which: np.ndarray) -> str:
    """Which values, how many of them, and where the first one is."""
    first = tuple(int(k) for k in np.argwhere(which)[0]) if out.ndim else ()
    value = out[first] if out.ndim else out[()]
    spelled = "NaN" if np.isnan(value) else str(np.real_if_close(value))
    if not out.ndim:
        return spelled
    return f"{spelled} at {list(first)} ({np.count_nonzero(which)} of {out.size} elements are not finite)"


def described(x: np.ndarray) -> str:
    """A value in a few words: dtype, shape and range."""
    shape = f"{x.dtype} of shape {x.shape}" if x.ndim else f"{x.dtype}"
    if x.size == 0:
        return f"{shape}, without elements"
    if x.dtype.kind not in "fcV":
        return f"{shape}, {x.min()} to {x.max()}" if x.ndim else f"{shape}, {x}"
    if not x.ndim:
        return f"{shape}, {x}"
    finite = x[np.isfinite(x)]
    sizes = np.abs(finite) if x.dtype.kind == "c" else finite
    found = f", {'magnitudes ' if x.dtype.kind == 'c' else ''}{sizes.min()} to {sizes.max()}" if finite.size else ""
    for name, count in (("NaN", np.isnan(x)), ("infinite", np.isinf(x))):
        if count.any():
            found += f", {np.count_nonzero(count)} {name}"
    zeros = np.count_nonzero(x == 0)
    return f"{shape}{found}" + (f", {zeros} of them 0" if zeros else "")


def _at(place: Any) -> list[str]:
    return [] if place is None else [f"  at {_core.spell_place(place)}"]


def _within_keras() -> list[str]:
    """Where Keras's own code has called an operation: for which layer, and the user's line that led there."""
    keras = sys.modules.get("keras")
    user = None if keras is None else _core.user_frame(keras)
    frame = _core.user_frame()
    if keras is None or user is None or frame is user:
        return []
    lines = [f"  called at {_core.spell_place((user.f_code, user.f_lineno))}"]
    while frame is not None:
        layer = frame.f_locals.get("self")
        if isinstance(layer, keras.Layer) and not isinstance(layer, keras.Model):
            return [f"  in the layer {layer.name!r} ({type(layer).__name__})", *lines]
        frame = frame.f_back
    return lines


# ------------------------------------------------------------------------------------------------------------ gradients


def fault_of_gradient(
    tape: Any, targets: Sequence[Any], seeds: Any, sources: Sequence[Any], results: Sequence[Any], checked: bool
) -> Exception | None:
    """The error for gradients that are not finite: from which record backwards they are not."""
    records = {record.node: record for record in map(Record._make, _core.read_tape(tape))}
    found = _first_wrong(tape, targets, seeds, records)
    lines: list[str] = []
    if found is None:
        bad = next(x for x in (_values(r) for r in results) if x is not None and not np.isfinite(x).all())
        text = f"the gradient has {_counted(bad, ~np.isfinite(bad))}"
        kind = "invalid" if np.isnan(bad).any() else "over"
    else:
        record, operand, given, came = found
        what = records.get(operand)
        named = f", {what.name}," if what is not None and what.name else ""
        text = (
            f"the gradient of {record.text}{named} by %{operand} has {_counted(came, ~np.isfinite(came))}"
            if record is not None
            else f"output_gradients have {_counted(came, ~np.isfinite(came))}"
        )
        kind = "invalid" if np.isnan(came).any() else "over"
        if record is not None:
            values = [(k, _kept(x, records)) for k, x in enumerate(record.operands)]
            lines = [f"  operand {k}: {described(x)}" for k, x in values if x is not None]
            if record.value is not None:
                lines.append(f"  its value: {described(record.value.numpy())}")
            if kind == "over" and any(x is not None and (x == 0).any() for _, x in values):
                kind = "divide"
            lines.append(f"  what comes to it: {described(given)}")
            lines += _at(record.place)
    lines += _within_keras()
    if checked:
        return InvalidArgumentError(None, None, "\n".join([text, *lines]))
    return by_numpys_state(kind, f"encountered in a gradient: {text}", lines)


def first_fault(tape: Any, targets: Sequence[Any], sources: Sequence[Any], seeds: Any) -> Exception | None:
    """The error that a check of numbers would have stopped at, forwards or else backwards; None where there is none."""
    from .kinks import values_of

    if all(np.isfinite(_core.seen(x)).all() for x in targets):
        nodes = [node for x in sources if (node := _core.node_on_tape(tape, x)) is not None]
        adjoints = _core.read_adjoints(tape, targets, nodes, seeds)
        if all(values is None or np.isfinite(values).all() for values in map(_values, adjoints)):
            return None
        return fault_of_gradient(tape, targets, seeds, sources, adjoints, True)
    records = [Record._make(told) for told in _core.read_tape(tape, _core.is_traced_tape(tape))]
    values = values_of(tape, records)
    for record in records:
        out = values[record.node]
        operands = [values.get(x) if isinstance(x, int) else x for x in record.operands]
        if record.leaf or out is None or not all(isinstance(x, _core.Operand) for x in operands):
            continue
        error: Exception | None = _core.fault_of_record(tape, record.node, operands, out, record.place)
        if error is not None:
            return error
    return None


def _values(gradient: Any) -> Any:
    gradient = getattr(gradient, "values", gradient) if not isinstance(gradient, _core.Tensor) else gradient
    return gradient.numpy() if isinstance(gradient, _core.Operand) else None


def _kept(operand: Any, records: dict[int, Record]) -> np.ndarray | None:
    """An operand's value, where somebody has kept it."""
    value = records[operand].value if isinstance(operand, int) and operand in records else operand
    return value.numpy() if isinstance(value, _core.Operand) else None


def _first_wrong(
    tape: Any, targets: Sequence[Any], seeds: Any, records: dict[int, Record]
) -> tuple[Record | None, int, np.ndarray, np.ndarray] | None:
    """Of the nodes whose adjoint is not finite the last one: the record that gave it that, which operand it is, what
    came to the record and what it gave on."""
    nodes = sorted((node for node, record in records.items() if record.dtype.kind in "fcV"), reverse=True)
    adjoints = dict(zip(nodes, map(_values, _core.read_adjoints(tape, targets, nodes, seeds)), strict=True))
    wrong = next((n for n in nodes if adjoints[n] is not None and not np.isfinite(adjoints[n]).all()), None)
    if wrong is None:
        return None
    came = adjoints[wrong]
    users = [(r, ends) for r in records.values() if wrong in r.nodes and (ends := _ends(r, records, adjoints))]
    for record, ends in users:  # (the first: no other one stands between it and the node)
        weights = [_core.to_tensor(adjoints[k]) for k in ends]
        part = _values(_core.read_adjoints(tape, ends, [wrong], weights)[0]) if len(users) > 1 else came
        if part is not None and not np.isfinite(part).all():
            return record, wrong, adjoints[ends[0]], part
    return None if users else (None, wrong, came, came)


def _ends(record: Record, records: dict[int, Record], adjoints: dict[int, Any]) -> list[int]:
    """Where adjoints came to a record: at its own node, or at those of its outputs, where it has several."""
    if adjoints.get(record.node) is not None:
        return [record.node]
    outputs = (r.node for r in records.values() if r.op == "output" and r.operands[0] == record.node)
    return [k for k in outputs if adjoints.get(k) is not None]
