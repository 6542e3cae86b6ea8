"""What an error says where a followed tensor would become an array or a number: who asked for it, and the ways out.

NumPy's and SciPy's compiled code does not appear among Python's frames. What does is the function of theirs that is
written in Python, if there is one; else the instruction at which the user's code stands, which says what it calls.
"""

from __future__ import annotations

import dis
import sys
from functools import lru_cache
from itertools import takewhile
from types import BuiltinMethodType, CodeType, FrameType, ModuleType
from typing import Any

import numpy as np

from .. import _core

_BY_ARRAY, _BY_NUMBER = 1, 2
_HERE = __name__.partition(".")[0]
# What compiled functions are called that ask each element for a Python number (`array.array`, np.float64 ...),
# where what is called cannot be told by its value.
_STORING = frozenset(["__setitem__", "setitem", "fill", "fromiter", "array", "astype"]) | {
    kind.__name__ for kind in np.sctypeDict.values()
}
_BUILT_IN = (BuiltinMethodType, type("".__len__))  # a compiled function, and a compiled method of a value
_ELEMENTS = "array[index] = tensor"
_WAYS = {
    _ELEMENTS: "Fill a buffer in its place, b = tf.buffer(array); b[index] = tensor, or store the numbers alone, "
    "array[index] = tensor.numpy()",
    "np.full": "Use tf.fill(shape, t), or np.full(shape, t.numpy()) for the number alone",
}
_EVERY_WAY = (
    "A list of tensors becomes one by tf.stack([t, u]), also where np.array([t, u]) or np.r_[t, u] is meant; `import "
    "autodiff_core.numpy as np` records what NumPy has no hook for; foreign code, given "
    "t.numpy(), gets a derivative by tf.custom_gradient, or leaves by tf.numpy_function. To leave on purpose, call "
    "t.numpy()"
)


def refusal(how: int, tensor: str, recorded: bool = False, place: Any = None) -> TypeError:
    """The error for a followed tensor that would leave its tape; of a recorded function, with where it did."""
    name = "a recorded function that is called under a tape"
    what, where = (name, f" ({_core.spell_place(place)})") if recorded else _caller()
    if how == _BY_NUMBER:
        what = name if recorded else "a function that is being differentiated"
        return TypeError(
            f"{what} makes a Python number, by float(t), int(t) or complex(t){where}, of what the derivative "
            f"depends on, a tensor of {tensor}; no derivative can follow into a number. Go on with the tensor: "
            f"tf.sin(t) or np.sin(t) in the place of math.sin(t). To leave on purpose, call t.numpy() or t.item()"
        )
    return TypeError(
        f"{what or 'this call'}: a tape that is recording follows the tensor (of {tensor}), and no derivative can "
        f"follow into a NumPy array{where}. {_WAYS.get(what, _EVERY_WAY)}"
    )


def _caller() -> tuple[str, str]:
    """Who asked, and where in the user's code: ("np.array", " (file:line)")."""
    frame = sys._getframe(1).f_back
    entered: FrameType | None = None
    while frame is not None and frame.f_code.co_name == "__array__":  # of what asks its tensor in its turn
        frame = frame.f_back
    within = {"numpy", "scipy", _HERE, _library(frame)} if frame is not None else set()
    while frame is not None and _library(frame) in within - {None}:
        entered, frame = frame, frame.f_back
    if frame is None:
        return "" if entered is None else _spelled(entered), ""
    place = f" ({_core.spell_line((frame.f_code, frame.f_lineno))})"
    name = "" if entered is None else _spelled(entered)
    # (A decorator's inner function has no name of its own: what is written where it is called.)
    return _at(frame.f_code, frame.f_lasti) if not name or "<locals>" in name else name, place


def _library(frame: FrameType) -> str | None:
    """The package that a frame's code is of, if it is an installed one or this one."""
    root = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    installed = any(part in frame.f_code.co_filename for part in ("site-packages", "dist-packages"))
    return root if installed or root in ("numpy", "scipy", _HERE) else None


def _spelled(frame: FrameType) -> str:
    """A library's function by its public name, as far as it can be told: np.full, scipy.linalg.solve."""
    name = frame.f_code.co_qualname
    if name == "AxisConcatenator.__getitem__":
        return "np.r_[...]"
    thing = frame.f_globals.get(name.partition(".")[0])
    module = str(getattr(thing, "__module__", None) or frame.f_globals.get("__name__", ""))
    public = takewhile(lambda part: not part.startswith("_"), module.split("."))
    return ".".join(["np" if part == "numpy" else part for part in public] + [name])


def _at(code: CodeType, at: int) -> str:
    """What the user's code does that asks for an array."""
    while code.co_code[at] == dis.opmap["CACHE"] and at > 0:  # behind a call of a Python function
        at -= 2
    instruction = dis.opname[code.co_code[at]]
    if instruction in ("STORE_SUBSCR", "STORE_SLICE"):
        return _ELEMENTS
    if instruction == "STORE_ATTR":
        return "array.flat = tensor"
    return called(code, at) if instruction.startswith(("CALL", "PRECALL")) else ""


@lru_cache(maxsize=4096)
def called(code: CodeType, at: int) -> str:
    """What the call at an instruction calls, as it is written: "np.array"; "" where that cannot be told.

    The callable is what was loaded last that begins in the source where the call does: its arguments begin later, but
    for the keywords, constants that have no place of their own.
    """
    instructions = [one for one in dis.get_instructions(code) if one.opname != "PUSH_NULL"]
    before = list(takewhile(lambda one: one.offset < at, instructions))
    begin = _begin(instructions[len(before)])
    names: list[str] = []
    for one in reversed(before):
        if one.opname == "LOAD_CONST" and not names:
            continue
        if one.opname.startswith("LOAD_") and None not in begin and _begin(one) == begin:
            names.append(str(one.argval))
            if one.opname not in ("LOAD_ATTR", "LOAD_METHOD"):
                break
        elif names:
            break
    return ".".join(reversed(names)) if all(name.isidentifier() for name in names) else ""


def _begin(one: dis.Instruction) -> tuple[int | None, int | None]:
    positions = one.positions
    return (None, None) if positions is None else (positions.lineno, positions.col_offset)


def stores(frame: FrameType) -> bool:
    """Whether the call that a frame is at makes numbers of what it is given without being asked to: it stores them into
    an array, or is of NumPy's or SciPy's own code, or stands there, which calls compiled code of theirs."""
    code = frame.f_code
    folders = [sys.modules[name].__path__[0] for name in ("numpy", "scipy") if name in sys.modules]
    if code.co_filename.startswith(tuple(folders)):
        return True
    name = called(code, frame.f_lasti)
    return name.rpartition(".")[2] in _STORING or _is_of_a_library(name, frame.f_globals)


def _is_of_a_library(name: str, names: dict[str, Any]) -> bool:
    """Whether what a module calls by this name is a function of NumPy's or SciPy's: np.add.reduce, or one by a name of
    the user's own. Local names are not looked up."""
    first, *attributes = name.split(".")
    walked = [names.get(first)]
    for attribute in attributes:
        if not isinstance(walked[-1], (ModuleType, np.ufunc, np.ndarray)):  # asking others may run the user's code
            return False
        walked.append(getattr(walked[-1], attribute, None))
    thing = walked[-1]
    if isinstance(thing, _BUILT_IN):
        walked.append(getattr(thing, "__self__", None))
    return any(_root(of) in ("numpy", "scipy") for of in (*walked, *map(type, walked)))


def _root(thing: Any) -> str:
    name = thing.__name__ if isinstance(thing, ModuleType) else getattr(thing, "__module__", None)
    return str(name or "").partition(".")[0]
