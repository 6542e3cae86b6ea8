"""Writes docs/ops.md, the list of operations, from the op table: python docs/make_ops.py"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.numpy_functions import registry
from autodiff_core.ops import Row, rows

PAGE = Path(__file__).with_name("ops.md")
# Where a function stands in several of them, the first one gives its spelling.
NAMESPACES = {"tf": tf, "tf.math": tf.math, "tf.nn": tf.nn, "tf.linalg": tf.linalg, "tf.signal": tf.signal}

TEXT = """# Operations

Written by `python docs/make_ops.py` from the op table; a test sees to it that it is up to date.

## The table

Every operation that a tape records is one of these, or the transpose of a linear one. A name without `tf.` is only that
of the row, as errors have it: the operation is reached by its NumPy spelling (`np.hypot(t, u)`), by an operator, or
by another function. Operators and indexing (`t + u`, `t @ u`, `t < u`, `t[1:]`) are further spellings of the rest.

**Kind** says how the derivative is written: *elementwise* and *linear* rows by formulas and transposes, *bilinear* and
*general* ones by rules of their own. **Derivative**: *yes*, of every order; *stops*, so that a gradient through it is
`None`; *missing*, so that a gradient through it is a `LookupError`.

{table}

## Made of these, and for making tensors

{made}

## NumPy functions

Besides the ufuncs in the table, these take tensors and variables, and are recorded where there is a derivative:

{recorded}

These ask about values, and answer with plain numbers, arrays or text, which no tape follows:

{asking}

Any other function that NumPy offers to tensors raises a `TypeError` that says so: see [coverage](coverage.md).
"""


def table(head: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    head = list(head)
    escaped = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *escaped])


def code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def spellings(function: Callable[..., Any]) -> list[str]:
    """The public names of a function, each in the first namespace that has it."""
    found: dict[str, str] = {}
    for prefix, namespace in NAMESPACES.items():
        for name in namespace.__all__:
            thing = getattr(namespace, name)
            # A function that checks arguments before it calls its row bears the row's name.
            if thing is function or (name == function.__name__ and is_function(thing)):
                found.setdefault(name, f"{prefix}.{name}")
    return list(found.values())


def is_function(thing: Any) -> bool:
    return isinstance(thing, (FunctionType, BuiltinFunctionType))


def numpy_functions(asking: bool) -> list[str]:
    """NumPy's functions that have a counterpart here: those that are recorded, or those that only ask."""
    registry.load()
    return sorted(
        registry.spelled(function) for function in registry.functions if (function in registry.asking) == asking
    )


def numpy_spellings(row: Row) -> list[str]:
    ufuncs = {thing for thing in vars(np).values() if isinstance(thing, np.ufunc)}
    named = {f"np.{ufunc.__name__}" for ufunc in ufuncs if _core.ufunc_row(ufunc) == row.name}
    if not row.domain:  # of concat: np.concatenate; of reduce_max: np.max
        start = "np." + row.name.removeprefix("reduce_")
        named |= {name for name in numpy_functions(asking=False) if name.startswith(start)}
    return sorted(named)


def kind(row: Row) -> str:
    if row.kind != "none":
        return row.kind
    return "elementwise" if row.domain else "general"


def derivative(row: Row) -> str:
    if row.kind == "none":
        return "missing"
    if not any(row.partials):
        return "stops"
    if all(row.partials):
        return "yes"
    names = _core.op_named(row.name).parameters
    stopped = [name for name, has_one in zip(names, row.partials, strict=True) if not has_one]
    return f"yes; stops at {code(stopped)}"


def line(row: Row) -> tuple[str, ...]:
    name = code(spellings(row.function)) or row.name
    return name, kind(row), code(numpy_spellings(row)), derivative(row), row.doc


def first_line(thing: Any) -> str:
    text: str = thing.__doc__.strip().splitlines()[0]
    return text


def made_of_rows() -> list[tuple[str, str]]:
    """Public functions that are no row's: their spellings, and what they do."""
    own = {name for row in rows() for name in spellings(row.function)}
    made: dict[str, Any] = {}
    for namespace in NAMESPACES.values():
        for name in namespace.__all__:
            thing = getattr(namespace, name)
            if is_function(thing) and not own.intersection(spellings(thing)):
                made[name] = thing
    return [(code(spellings(made[name])), first_line(made[name])) for name in sorted(made)]


def page() -> str:
    return TEXT.format(
        table=table(["operation", "kind", "NumPy", "derivative", "what it computes"], map(line, rows())),
        made=table(["function", "what it computes"], made_of_rows()),
        recorded=code(numpy_functions(asking=False)),
        asking=code(numpy_functions(asking=True)),
    )


if __name__ == "__main__":
    PAGE.write_text(page())
