"""The pages of the reference: every public name, by the lists (`__all__`) of the namespaces that have it.

A namespace has a page: a table of its names, and what their docstrings say; a class has a page of its own. What has
several names (`tf.sin`, `tf.math.sin`) is described under one of them, and found under each. NumPy's and SciPy's own
functions, under their names here, are rows that lead to NumPy's and SciPy's pages.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from make_coverage import decision

import autodiff_core
from autodiff_core.numpy.functions import registry
from plain_docstrings import as_rst

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FOLDER = "reference"
# Parts of autograd's interface that are modules to import, and stand in no list.
MODULES = """builtins extend misc misc.fixed_points misc.flatten misc.optimizers numpy numpy.fft numpy.linalg
numpy.random scipy scipy.integrate scipy.linalg scipy.signal scipy.special scipy.stats test_util"""
# Under which of its names a function is described: of namespaces that have it the first of these, then any other.
HOMES = ["math", "linalg", "nn", "signal", "random", "bitwise", "debugging", "config", "data", "data.experimental"]
# Whose names are NumPy's and SciPy's: where their pages are.
NUMPYS = {
    "numpy": ("numpy", "https://numpy.org/doc/stable/reference/generated/"),
    "autograd.numpy": ("numpy", "https://numpy.org/doc/stable/reference/generated/"),
    "autograd.scipy": ("scipy", "https://docs.scipy.org/doc/scipy/reference/generated/"),
}


class Entry(NamedTuple):
    """A public thing: what it is, all its dotted names (below `tf`), that of its description first."""

    thing: Any
    names: list[str]

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def is_class(self) -> bool:
        return isinstance(self.thing, type) and self.thing.__module__.startswith("autodiff_core")


def namespaces() -> dict[str, ModuleType]:
    """The public namespaces by their names below `tf` (whose own is empty), the shortest where there are several."""
    found = {"": autodiff_core}
    waiting = [""]
    while waiting:
        path = waiting.pop(0)
        for name in found[path].__all__:
            thing = getattr(found[path], name)
            dotted = f"{path}.{name}".lstrip(".")
            if _is_ours(thing) and thing not in found.values():
                found[dotted] = thing
                waiting.append(dotted)
    for name in MODULES.split():
        found[f"autograd.{name}"] = importlib.import_module(f"autodiff_core.autograd.{name}")
    return dict(sorted(found.items()))


def _is_ours(thing: Any) -> bool:
    return isinstance(thing, ModuleType) and thing.__name__.startswith("autodiff_core") and hasattr(thing, "__all__")


def rows_of(namespace: str) -> tuple[str, str] | None:
    """Whose names this namespace has, and where their pages are, where its names are not ours."""
    return next((of for name, of in NUMPYS.items() if f"{namespace}.".startswith(f"{name}.")), None)


def entries(found: dict[str, ModuleType]) -> dict[str, Entry]:
    """What is described, under each of its names below `tf`."""

    def order(namespace: str) -> tuple[int, int]:
        return (HOMES.index(namespace) if namespace in HOMES else len(HOMES), len(namespace))

    by_thing: dict[int, Entry] = {}
    for namespace in sorted(found, key=order):
        if rows_of(namespace) is None:
            for name in found[namespace].__all__:
                thing = getattr(found[namespace], name)
                # Constants are equal without being the same thing.
                key = id(thing) if callable(thing) else id(found[namespace]) ^ hash(name)
                if not isinstance(thing, ModuleType):
                    by_thing.setdefault(key, Entry(thing, [])).names.append(f"{namespace}.{name}".lstrip("."))
    return {name: entry for entry in by_thing.values() for name in entry.names}


def first_line(thing: Any) -> str:
    """What a docstring begins with, but for a signature; what it is, where the docstring is another library's."""
    if _is_foreign(thing):
        return f"``{thing!r}``"
    paragraphs = _doc(thing).split("\n\n")
    name = getattr(thing, "__name__", "")
    said = next((one for one in paragraphs if not one.startswith(f"{name}(")), "")
    return " ".join(re.sub(r":\w+:(`[^`]*`)", r"\1", said.replace("==", "")).split())


def _doc(thing: Any) -> str:
    of_class = _is_of_ours(thing) and not (callable(thing) or isinstance(thing, ModuleType))
    return inspect.getdoc(type(thing) if of_class else thing) or ""


def _is_foreign(thing: Any) -> bool:
    """Constants, and classes and values of other libraries: their docstrings are not about what they are here."""
    if isinstance(thing, type):
        return not thing.__module__.startswith("autodiff_core")
    return not (callable(thing) or isinstance(thing, ModuleType) or _is_of_ours(thing))


def _is_of_ours(thing: Any) -> bool:
    return type(thing).__module__.startswith("autodiff_core")


def _bases(thing: type) -> str:
    """The classes whose methods are not listed with those of this one."""
    return ", ".join({one.__name__: None for one in thing.__mro__ if not one.__module__.startswith("autodiff_core")})


# ------------------------------------------------------------------------------------------------------------ the pages

INDEX = """API reference
=============

Every public name, from the docstrings. ``tf`` is ``import autodiff_core as tf``. What has several names is described
under one of them, and the search finds each.

"""


def _page(name: str) -> str:
    return f"tf.{name}".rstrip(".")


def _title(name: str, module: str) -> str:
    return f"{_page(name)}\n{'=' * len(_page(name))}\n\n.. py:{module}\n"


def _children(names: list[str]) -> str:
    return (
        ""
        if not names
        else "\n".join([".. toctree::", "   :hidden:", "", *(f"   {_page(name)}" for name in names), ""])
    )


def _table(rows: list[tuple[str, ...]], widths: str) -> str:
    lines = [".. list-table::", f"   :widths: {widths}", "   :class: names", ""]
    for row in rows:
        for place, cell in enumerate(row):
            lines.append(f"   {'  ' if place else '* '}- {cell}".rstrip())
    return "\n".join(lines) + "\n"


def _overview(names: list[str], found: dict[str, ModuleType]) -> str:
    return _table([(f":doc:`{_page(one)}`", as_rst(first_line(found[one]))) for one in names], "30 70")


def _is_among(thing: ModuleType, module: ModuleType) -> bool:
    return any(getattr(module, name) is thing for name in module.__all__)


def _object(entry: Entry) -> str:
    """A function; or a value: a constant, a dtype, a distribution."""
    namespace, _, name = _page(entry.name).rpartition(".")
    thing = entry.thing
    also = [f"Also `{_page(one)}`." for one in entry.names[1:2]]
    if len(entry.names) > 2:
        also = [f"Also {', '.join(f'`{_page(one)}`' for one in entry.names[1:-1])} and `{_page(entry.names[-1])}`."]
    if callable(thing) and not isinstance(thing, type):
        head, said = f".. autofunction:: {namespace}::{name}", []
    else:
        head, said = f".. py:data:: {name}", [f"``{thing!r}``"]
        if _is_of_ours(thing):
            said = [*as_rst(_doc(thing)).splitlines(), "", *_table(_methods(thing), "30 70").splitlines()]
    return "\n".join([head, "", *(f"   {line}" for line in [*said, "", *also]), ""])


def _methods(thing: Any) -> list[tuple[str, ...]]:
    functions = {name: getattr(thing, name) for name in dir(thing) if not name.startswith("_")}
    return [(f"``{name}``", as_rst(first_line(one))) for name, one in functions.items() if callable(one)]


def _namespace(name: str, found: dict[str, ModuleType], named: dict[str, Entry]) -> Iterator[str]:
    """The page of a namespace whose names are ours."""
    module = found[name]
    below = [one for one in found if name and one.rpartition(".")[0] == name]
    listed = {
        one: named[path]
        for one in sorted(module.__all__, key=str.lower)
        if (path := f"{name}.{one}".lstrip(".")) in named
    }
    here = {entry.name: entry for entry in listed.values() if entry.name.rpartition(".")[0] == name}
    # (A function may have the name of its module, in autograd.)
    yield _title(name, f"{'currentmodule' if name in named else 'module'}:: {_page(name)}")
    yield as_rst(inspect.getdoc(module) or "")
    yield _children([*below, *(path for path, entry in here.items() if entry.is_class)])
    elsewhere = [one for one, thing in found.items() if name and one not in below and _is_among(thing, module)]
    if below or elsewhere:
        yield ".. rubric:: Namespaces\n"
        yield _overview([*below, *elsewhere], found)
    for title, kind in (("Classes", True), ("Functions and values", False)):
        rows = [
            (f":py:obj:`{one} <{_page(entry.name)}>`", as_rst(first_line(entry.thing)))
            for one, entry in listed.items()
            if entry.is_class is kind
        ]
        if rows:
            yield f".. rubric:: {title}\n"
            yield _table(rows, "30 70")
    yield from (_object(entry) for entry in here.values() if not entry.is_class)


def _class(entry: Entry) -> Iterator[str]:
    namespace, _, name = _page(entry.name).rpartition(".")
    yield _title(entry.name, f"currentmodule:: {namespace}")
    yield f".. autoclass:: {namespace}::{name}\n   :members:\n   :inherited-members: {_bases(entry.thing)}\n"


def _rows(name: str, found: dict[str, ModuleType]) -> Iterator[str]:
    """The page of a namespace whose names are NumPy's or SciPy's."""
    module = found[name]
    below = [one for one in found if one.rpartition(".")[0] == name]
    library, address = rows_of(name) or ("", "")
    theirs = importlib.import_module(".".join([library, *name.split(".")[1 + name.startswith("autograd") :]]))
    yield _title(name, f"module:: {_page(name)}")
    yield _said(module, theirs)
    yield _children(below)
    if below:
        yield ".. rubric:: Namespaces\n"
        yield _table([(f":doc:`{_page(one)}`", _said(found[one], theirs)) for one in below], "30 70")
    rows = []
    for one in sorted(module.__all__, key=str.lower):
        if f"{name}.{one}" in found:
            continue
        thing, ours = getattr(theirs, one, None), getattr(module, one)
        link = f"``{one}``"
        if callable(thing) and not isinstance(thing, ModuleType):
            link = f"`{one} <{address}{theirs.__name__}.{one}.html>`__"
        target = f".. py:data:: {one}\n          :no-typesetting:\n          :no-contents-entry:"
        row = (f"{target}\n\n       {link}", _said(ours, thing))
        rows.append((*row, _of_tensors(thing)) if library == "numpy" else row)
    if rows:
        yield ".. rubric:: Names\n"
        yield _table(rows, "25 60 15" if library == "numpy" else "30 70")


def _of_tensors(thing: Any) -> str:
    """What becomes of a function of NumPy's that is given a tensor."""
    if not callable(thing) or isinstance(thing, type):
        return ""
    return {"leaving": "makes arrays"}.get(verdict := decision(thing)[0], verdict)


def _said(ours: Any, theirs: Any) -> str:
    """The first line of what is said about a thing, by us or by another library."""
    line = first_line(ours)
    theirs = getattr(theirs, ours.__name__.rpartition(".")[2], theirs) if isinstance(ours, ModuleType) else theirs
    if line.startswith("``") or (theirs is not None and line != first_line(theirs)):
        return as_rst(line)
    return as_rst(line.partition(". ")[0], quoted=True)


def pages() -> Iterator[tuple[str, str]]:
    """Name and text of each page."""
    registry.load()
    found = namespaces()
    named = entries(found)
    first = [name for name in found if "." not in name]
    yield "index", INDEX + _overview(first, found) + "\n" + _children(first)
    for name in found:
        yield _page(name), "\n\n".join(_rows(name, found) if rows_of(name) else _namespace(name, found, named))
    for name, entry in named.items():
        if entry.is_class and name == entry.name:
            yield _page(name), "\n\n".join(_class(entry))


# ----------------------------------------------------------------------------------------------------------- for Sphinx


def _write(app: Sphinx) -> None:
    folder = Path(app.srcdir) / FOLDER
    folder.mkdir(exist_ok=True)
    made = dict(pages())
    for name, text in made.items():
        file = folder / f"{name}.rst"
        if not file.exists() or file.read_text() != text:  # (what is as it was is not read again)
            file.write_text(text)
    for file in folder.glob("*.rst"):
        if file.stem not in made:
            file.unlink()


def _find_under_each_name(app: Sphinx, env: Any) -> None:
    domain = env.domains["py"]
    for name, entry in entries(namespaces()).items():
        known = domain.objects.get(f"tf.{entry.name}")
        if name != entry.name and known is not None:
            domain.objects[f"tf.{name}"] = known._replace(aliased=False)


def setup(app: Sphinx) -> dict[str, bool]:
    # What is described is called as its users call it.
    sys.modules.update({_page(name): module for name, module in namespaces().items()})
    app.connect("builder-inited", _write)
    app.connect("env-updated", _find_under_each_name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
