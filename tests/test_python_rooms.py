"""The rooms of `autodiff_core/` are where docs/architecture.md draws them, and ask only for what is drawn below them.

`make lint` checks the same layers by import-linter; here the sources are read, imports within functions included.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

import autodiff_core as tf

PACKAGE = Path(tf.__file__).parent
ROOT = PACKAGE.parent
PAGE = ROOT / "docs" / "architecture.md"
LINE = re.compile(r" {6}(\|  )?([\w*]+/?(?:  [\w*]+/?)*(?: \.\.\.)?)(?:   .*| {2,}.*)?")

pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="the page is not beside the tests")


@cache
def drawing() -> list[tuple[list[str], list[str]]]:
    """Line by line from above the rooms, and what is drawn within the last of them."""
    text = PAGE.read_text()
    found: list[tuple[list[str], list[str]]] = []
    for line in text[text.index("    autodiff_core/ ") : text.index("    src/ ")].splitlines()[1:]:
        match = LINE.fullmatch(line)
        if match and match[1]:
            found[-1][1].extend(match[2].split())
        elif match:
            found.append((match[2].replace("/", "").split(), []))
    return found


def module_names() -> set[str]:
    files = (path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py"))
    return {".".join(part for part in file.parts if part != "__init__") for file in files}


@cache
def imports() -> tuple[tuple[str, str], ...]:
    """(file, file) for each import of a file of the package in another one, wherever it stands."""
    return tuple(_imports())


def _imports() -> Iterator[tuple[str, str]]:
    known = module_names()
    for path in PACKAGE.rglob("*.py"):
        file = path.relative_to(PACKAGE).with_suffix("")
        folder = list(file.parts[:-1])
        name = ".".join(part for part in file.parts if part != "__init__")
        tree = ast.parse(path.read_text())
        for_types = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            if id(node) in for_types:
                continue
            if isinstance(node, ast.Import):
                yield from ((name, "") for alias in node.names if alias.name == "autodiff_core")
            elif isinstance(node, ast.ImportFrom) and node.level:
                base = folder[: len(folder) - node.level + 1] + (node.module or "").split(".")
                start = ".".join(part for part in base if part)
                for alias in node.names:
                    below = f"{start}.{alias.name}".strip(".")
                    found = below if below in known else start
                    if found in known and found != name and below != "_core":
                        yield name, found


def room(name: str) -> str:
    return name.partition(".")[0] or "__init__"


def test_every_room_is_drawn_once() -> None:
    drawn = sorted(name for line, _ in drawing() for name in line)
    there = {room(name) for name in module_names()}
    assert drawn == sorted(there)


def test_files_of_a_room_are_drawn_there() -> None:
    for (*_, name), inside in drawing():
        folder = PACKAGE / name
        if not inside:
            continue
        there = {path.stem for path in folder.iterdir() if path.suffix == ".py" and path.stem != "__init__"}
        there |= {f"{path.parent.name}/" for path in folder.glob("*/__init__.py")}
        patterns = [re.compile(one.replace("*", r"\w*")) for one in inside if one != "..."]
        assert [p.pattern for p in patterns if not any(p.fullmatch(one) for one in there)] == []
        assert "..." in inside or [one for one in there if not any(p.fullmatch(one) for p in patterns)] == []


def test_arrows_point_down_in_the_drawing() -> None:
    floor = {name: number for number, (line, _) in enumerate(drawing()) for name in line}
    arrows = {(room(one), room(other)) for one, other in imports()}
    assert {(one, other) for one, other in arrows if one != other and floor[one] >= floor[other]} == set()
    assert len(arrows) > 50


def test_layers_that_are_linted_are_those_of_the_drawing() -> None:
    floor = {name: number for number, (line, _) in enumerate(drawing()) for name in line}
    (contract, *_) = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = [layer.split(" | ") for layer in contract["layers"]]
    assert sorted(sum(layers, ["__init__"])) == sorted(floor)
    for upper, lower in pairwise(layers):
        assert max(floor[name] for name in upper) < min(floor[name] for name in lower)


def test_no_file_asks_for_one_that_asks_for_it() -> None:
    asks: dict[str, set[str]] = {}
    for one, other in imports():
        if other:  # (the package itself puts all of them together)
            asks.setdefault(one, set()).add(other)
    while asks:
        done = [name for name, others in asks.items() if not others & set(asks)]
        assert done, sorted(asks)
        for name in done:
            del asks[name]
