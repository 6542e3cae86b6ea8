"""Said unasked where a gradient is about to be None, and hardly anybody can have meant that.

Every source gets None; or one does, and a value that depends on it became a number or an array while the tape recorded.
It is said once for each line of the user's code that asks, and never where a library asks, which knows what it does
with None. A traced tape keeps the answers, since it lets go of its records.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

from .. import _core
from .why import answers_for

__all__ = ["tell"]

_LIBRARIES = (__name__.partition(".")[0], "keras")
_ASKS = f"{_LIBRARIES[0]}.tape"
_MOST = 16  # answers that are kept
_NOT_LOST = ("unused", "condition", "branch not taken")

_told: set[tuple[str, int]] = set()  # lines


def tell(tape: Any, targets: list[Any], sources: list[Any], results: list[Any]) -> None:
    """Say why gradients are None, where that is a surprise."""
    frame = _who_asks()
    if frame is None or str(frame.f_globals.get("__name__", "")).partition(".")[0] in _LIBRARIES:
        return
    none = [x for x, result in zip(sources, results, strict=True) if result is None]
    line = (frame.f_code.co_filename, frame.f_lineno)
    traced = _core.is_witnessed_tape(tape)
    said = line in _told
    left = None
    if len(none) < len(results) and not said:
        left = next((x for x in none if _is_lost(tape, targets, x, frame)), None)
        none.sort(key=lambda x: x is not left)
    surprising = not said and (len(none) == len(results) or left is not None)
    if not traced and not surprising:
        return
    wanted = none[: _MOST if traced else 1]
    answers = answers_for(tape, targets, wanted, frame)
    if traced:
        _core.keep_answers(tape, [(y, x, answer) for x, answer in zip(wanted, answers, strict=True) for y in targets])
    if not surprising:
        return
    _told.add(line)
    answer = answers[0]
    lost = not (traced or _core.is_persistent(tape))
    ask = "before gradient, which lets the tape go, or of a persistent one" if lost else "for more"
    where = "" if answer.line is None else f" ({answer.line})"
    _core.warn_caller(f"{answer.text[:-1]}{where}. Ask tape.why(target, source) {ask}")


def _is_lost(tape: Any, targets: list[Any], source: Any, frame: FrameType) -> bool:
    """Whether a value that depends on a source left, and came back."""
    if _core.left_behind(tape, targets, source) is None:
        return False
    return answers_for(tape, targets, [source], frame)[0].cause not in _NOT_LOST


def _who_asks() -> FrameType | None:
    """The frame that calls `gradient`."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__") == _ASKS:
        frame = frame.f_back
    return frame
