"""Writes what is derived from the op table, docs/ops.md and autodiff_core/ops/names.py: python docs/make_ops.py

A row says which public names it has. Rows of rarely used operations are loaded when one of their names is asked for, so
which file has which name is written down; the page names what a namespace has by then.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from textwrap import wrap
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.numpy.functions import registry
from autodiff_core.ops import Row, rows

PAGE = Path(__file__).with_name("ops.md")
INDEX = Path(tf.__file__).with_name("ops") / "names.py"
# Where a function stands in several of them, the first one gives its spelling.
NAMESPACES = {"tf": tf, "tf.math": tf.math, "tf.nn": tf.nn, "tf.linalg": tf.linalg, "tf.signal": tf.signal}

INDEX_TEXT = '''"""Which file has which public name of a row, by the rows: `python docs/make_ops.py` writes it.

Rows of rarely used operations are loaded when one of their names is asked for, so this is written down. `digamma=psi`
is the function that its file calls psi.
"""

_TEXT = """
...
"""


def read(text: str) -> dict[str, dict[str, str]]:
    """By namespace ("tf" unless a line begins with one) and name: the path of the function below the package."""
    found: dict[str, dict[str, str]] = {}
    for line in text.replace("\\n    ", " ").strip().splitlines():
        head, _, names = line.partition(":")
        namespace, _, file = f"tf {head}".rpartition(" ")
        here = found.setdefault(namespace.rpartition(" ")[2], {})
        for name in names.split():
            public, _, own = name.partition("=")
            here[public] = f"{file}.{own or public}"
    return found


NAMES = read(_TEXT)
'''

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


def in_order() -> list[Row]:
    """The rows by file, and as they stand there: in whatever order the files have been loaded."""
    return sorted(rows(), key=lambda row: row.file)


def page() -> str:
    return TEXT.format(
        table=table(["operation", "kind", "NumPy", "derivative", "what it computes"], map(line, in_order())),
        made=table(["function", "what it computes"], made_of_rows()),
        recorded=code(numpy_functions(asking=False)),
        asking=code(numpy_functions(asking=True)),
    )


def attribute(row: Row) -> str:
    """What the row's function is called in its file."""
    here = vars(importlib.import_module(f"{tf.__name__}.{row.file}"))
    return row.name if here.get(row.name) is row.function else next(k for k, v in here.items() if v is row.function)


def index() -> str:
    """The module that says which file has which public name of a row."""
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows():
        for path in row.names:
            namespace, _, name = path.rpartition(".")
            own = attribute(row)
            places[namespace, row.file].append(name if name == own else f"{name}={own}")
    lines = []
    for (namespace, file), names in sorted(places.items()):
        head = f"tf.{namespace} {file}:" if namespace else f"tf {file}:"
        lines += wrap(" ".join([head, *sorted(names)]), 120, subsequent_indent="    ", break_on_hyphens=False)
    return INDEX_TEXT.replace("...", "\n".join(lines))


def write_page() -> None:
    PAGE.write_text(page())


if __name__ == "__main__":
    INDEX.write_text(index())
    # In another process: this one has the names that were there before.
    subprocess.run([sys.executable, "-c", f"import runpy; runpy.run_path({__file__!r})['write_page']()"], check=True)
