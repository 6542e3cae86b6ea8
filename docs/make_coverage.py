"""Writes docs/coverage.md, what becomes of each of NumPy's functions: python docs/make_coverage.py"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from autodiff_core import _core, numpy_protocol
from autodiff_core.numpy_functions import registry
from autodiff_core.ops import rows

PAGE = Path(__file__).with_name("coverage.md")
NAMESPACES = {"np": np, "np.linalg": np.linalg, "np.fft": np.fft}

TEXT = """# Coverage of NumPy

Written by `python docs/make_coverage.py` from the tables that the functions are looked up in; a test sees to it that it
is up to date, and another that each function of the main namespace has one decision, an example call, and derivatives
that match finite differences. The list is that of the NumPy version which wrote it.

A function that is given a tensor is **recorded**, with a gradient for what varies smoothly; or its result is **data**,
truth values, places, counts or steps, which no tape follows; or it is **refused**, with a `TypeError` that names the
function and the way out. Nothing leaves the tape silently but what makes an array of the tensor, which is what
`np.asarray(t)` is for.

{counts}

{parts}
"""
PART = """## {name}

Recorded: {recorded}.

Data: {data}.

{refused}"""
LEAVING = (
    "not refused, since NumPy does not offer them to tensors: they make arrays, or plain numbers. So do classes "
    "(`np.vectorize`, `np.nditer`, `np.ndenumerate`, `np.matrix`) and assignments to a slice of an array."
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
        if thing in numpy_protocol.special_ufuncs():
            return "recorded", ""
        if thing in numpy_protocol.INTEGER_UFUNCS:
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


def code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def page() -> str:
    registry.load()
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
    return TEXT.format(counts="\n".join(counts), parts="\n\n".join(parts))


if __name__ == "__main__":
    PAGE.write_text(page())
