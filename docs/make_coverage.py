"""Writes docs/coverage.md, what becomes of NumPy's and scipy.special's functions: python docs/make_coverage.py"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from scipy import special

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.numpy.functions import registry
from autodiff_core.numpy.ufuncs import INTEGER_UFUNCS, has_methods, special_ufuncs
from autodiff_core.ops import load_special, rows
from autodiff_core.ops.scipy_rows import REFUSED

PAGE = Path(__file__).with_name("coverage.md")
NAMESPACES = {"np": np, "np.linalg": np.linalg, "np.fft": np.fft}

TEXT = """# Coverage of NumPy and scipy.special

Written by `python docs/make_coverage.py` from the tables that the functions are looked up in; a test sees to it that it
is up to date, and others that each function has one decision, an example call, and derivatives that match finite
differences. The lists are those of the versions of NumPy and SciPy which wrote them.

A function that is given a tensor is **recorded**, with a gradient for what varies smoothly; or its result is **data**,
truth values, places, counts or steps, which no tape follows; or it is **refused**, with a `TypeError` that names the
function and the way out. Nothing leaves the tape in silence: what **makes arrays** of what it is given, because NumPy
asks nobody there, is a `TypeError`, too, for a tensor that a recording tape follows.

{counts}

Of {forms} forms, which are functions, calls of ufuncs, and their methods `reduce`, `accumulate`, `reduceat` and
`outer`, {followed} are differentiable, and the rest are data or refused.

{parts}

{special}
"""
SPECIAL = """## scipy.special

The ufuncs may be called themselves, and stand under the same names in `tf.scipy.special`. SciPy's other functions
turn their operands into arrays, unless they consist of such ufuncs; those that `tf.scipy.special` has are recorded.

Of {ufuncs} ufuncs, {count} have derivatives, of every order, with respect to all operands that are not said to be
without: {full}.

With respect to some operands only, an error for the others (a `LookupError` which names the function and the operands,
unless these are counts): {some}.

Data, which varies in steps: {steps}.

Recorded, but without any derivative, a `LookupError`: {missing}.

Refused:

{refused}

Functions that are recorded under the same name in `tf.scipy.special`: {others}.
"""
PART = """## {name}

Recorded: {recorded}.

Data: {data}.

{refused}"""
LEAVING = (
    "not refused, since NumPy does not offer them to tensors: they make arrays, or plain numbers; with `like=t` those "
    "that have it make tensors. Arrays are also made by classes "
    "(`np.vectorize`, `np.nditer`, `np.ndenumerate`, `np.matrix`) and the methods `fill` and `put` of an array; "
    "`np.full` and assignments to its elements raise where a tape follows the tensor."
)
REASONS = {
    "missing": "recorded, but without a derivative: a gradient through it is a `LookupError`",
    "not yet": "it is not recorded yet",
}


def public(module: ModuleType) -> Iterable[tuple[str, Any]]:
    for name in sorted(dir(module)):
        thing = getattr(module, name)
        if not name.startswith("_") and callable(thing) and not isinstance(thing, type):
            yield name, thing


def decision(thing: Any) -> tuple[str, str]:
    """What becomes of a function: recorded, data, refused, leaving or nothing; and why it is refused."""
    if isinstance(thing, np.ufunc):
        if thing in special_ufuncs():
            return "recorded", ""
        if thing in INTEGER_UFUNCS:
            return "data", ""
        row = next(row for row in rows() if row.name == _core.ufunc_row(thing))
        if row.kind == "none":
            return "refused", REASONS["missing"]
        return ("recorded" if any(row.partials) else "data"), ""
    if thing in registry.functions:
        return ("data" if thing in registry.asking or thing in registry.steps else "recorded"), ""
    if thing in registry.leaving:
        return "leaving", ""
    if thing in registry.refusals:
        return "refused", registry.refusals[thing]
    if hasattr(thing, "_implementation"):  # NumPy offers it to tensors
        return "refused", REASONS["not yet"]
    return "", ""


def special_section() -> str:
    """The section about scipy.special."""
    load_special()
    found: dict[str, list[str]] = defaultdict(list)
    reasons: dict[str, list[str]] = defaultdict(list)
    ufuncs = {name: thing for name, thing in public(special) if isinstance(thing, np.ufunc)}
    forms: dict[str, tuple[bool | None, ...]] = {
        row.name: (None,) * row.data + row.partials for row in rows() if row.data
    }
    for name, ufunc in ufuncs.items():
        if ufunc in REFUSED:
            reasons[REFUSED[ufunc]].append(name)
            continue
        row = _core.ufunc_row(ufunc)
        if row is not None:
            partials: tuple[bool | None, ...] = _core.has_derivative(_core.op_named(row))
        else:
            partials = (False,) if name == "round" else forms.get(name, (True,) * ufunc.nin)
            partials = (None,) * ufunc.nin if name in ("pro_cv", "obl_cv") else partials
        verdict = "full" if all(partials) else "some" if any(partials) else "missing" if None in partials else "steps"
        found[verdict].append(name)
    others = sorted(set(tf.scipy.special.__all__) - set(ufuncs))
    return SPECIAL.format(
        ufuncs=len(ufuncs),
        count=len(found["full"]) + len(found["some"]),
        full=code(found["full"]),
        some=code(found["some"]),
        steps=code(found["steps"]),
        missing=code(found["missing"]),
        refused="\n".join(f"- {code(names)}: {why}." for why, names in reasons.items()),
        others=code(others),
    )


def code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def forms() -> tuple[int, int]:
    """How many functions, calls of ufuncs and methods of them NumPy has, aliases once; how many differentiable ones."""
    count = followed = 0
    for thing in {id(thing): thing for module in NAMESPACES.values() for _, thing in public(module)}.values():
        verdict, _ = decision(thing)
        if verdict in ("", "leaving"):
            continue
        several = isinstance(thing, np.ufunc) and thing.nin == 2 and thing.signature is None
        ways = 5 if several and has_methods(thing) else 1
        count, followed = count + ways, followed + ways * (verdict == "recorded")
    return count, followed


def page() -> str:
    registry.load()
    count, followed = forms()
    counts = ["| namespace | recorded | data | refused | makes arrays |", "| --- | --- | --- | --- | --- |"]
    parts = []
    for prefix, module in NAMESPACES.items():
        found: dict[str, list[str]] = defaultdict(list)
        reasons: dict[str, list[str]] = defaultdict(list)
        for name, thing in public(module):
            verdict, why = decision(thing)
            found[verdict].append(name)
            if why:
                reasons[why].append(name)
        numbers = (str(len(found[verdict])) for verdict in ("recorded", "data", "refused", "leaving"))
        counts.append(f"| `{prefix}` | " + " | ".join(numbers) + " |")
        lines = [f"- {code(names)}: {why}." for why, names in reasons.items()]
        if found["leaving"]:
            lines.append(f"- {code(found['leaving'])}: {LEAVING}")
        refused = "Refused:\n\n" + "\n".join(lines) if lines else "Refused: none."
        parts.append(
            PART.format(name=prefix, recorded=code(found["recorded"]), data=code(found["data"]), refused=refused)
        )
    return TEXT.format(
        counts="\n".join(counts), parts="\n\n".join(parts), special=special_section(), forms=count, followed=followed
    )


if __name__ == "__main__":
    PAGE.write_text(page())
