"""The rooms of `src/` are included bottom first, and nothing in one of them names what a later one defines.

Cython would not mind: within one module it finds a function wherever it stands. So the files are read here, as text:
what each defines at its outermost level, and which of these names it uses. A name that a function has for a variable of
its own, or that is an attribute's, is none of those.
"""

import re
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[1] / "src"
MAIN = SOURCES / "_core.pyx"

pytestmark = pytest.mark.skipif(not MAIN.exists(), reason="the sources are not beside the tests")

NAME = r"[A-Za-z_]\w*"
TEXT_OR_COMMENT = re.compile(
    r"""(?P<prefix>[rbfRBF]{0,2})(?P<quote>\"{3}|'{3}|"|')(?P<body>(?:\\.|(?!(?P=quote)).)*)(?P=quote)|#[^\n]*""",
    re.DOTALL,
)
HEAD_OF_TYPE = re.compile(rf"(?:ctypedef|cdef)\s+(?:packed\s+)?(?:struct|union|enum|class|fused)\s+({NAME})")
HEAD_OF_POINTER = re.compile(rf"ctypedef\s[^(=]*\(\*({NAME})\)")
HEAD_OF_FUNCTION = re.compile(rf"(?:class|def|cpdef|cdef|ctypedef)\s[^(=]*?({NAME})\s*\(")
HEAD_OF_VARIABLE = re.compile(rf"({NAME})\s*=[^=]")
WORDS_BEFORE_NAMES = {"cdef", "class", "const", "ctypedef", "enum", "inline", "struct", "union", "unsigned"}


def code_of(text):
    """A file without comments and texts; what an f-string computes stays."""

    def code_in(match):
        found = re.findall(r"\{([^{}]*)\}", match["body"]) if "f" in (match["prefix"] or "").lower() else []
        return " ".join(f"({part})" for part in found) + "\n" * match[0].count("\n")

    return TEXT_OR_COMMENT.sub(code_in, text)


def pieces_of(code):
    """What stands at the outermost level, each with what is indented below it."""
    return [piece for piece in re.split(r"\n(?=[^\s#)\]}])", code) if piece.strip()]


def last_names(declarations):
    """The names that are declared, after their types and before their values, between commas."""
    parts = re.sub(r"\([^()]*\)|\[[^\]]*\]", "", declarations).split(",")
    return {name for part in parts for name in re.findall(NAME, part.split("=")[0])[-1:]} - WORDS_BEFORE_NAMES


def names_defined(piece):
    """What a piece of code defines for the whole module."""
    head, _, body = piece.partition("\n")
    if re.match(r"cdef extern\b", head):
        lines = re.findall(r"^ {4}(\S.*)", body, re.MULTILINE)
        return set().union(*(names_defined(f"cdef {re.sub('^(ctypedef|cdef) ', '', line)}") for line in lines))
    names = set(HEAD_OF_TYPE.findall(head)[:1])
    if re.match(r"(?:ctypedef|cp?def)\s+enum\b", head):
        return names | set(re.findall(rf"^\s+({NAME})", body, re.MULTILINE))
    for pattern in (HEAD_OF_POINTER, HEAD_OF_FUNCTION, HEAD_OF_VARIABLE):
        if found := pattern.match(head):
            return names | {found[1]}
    return names or (last_names(head) if head.startswith("cdef ") else set())


def names_bound(piece):
    """A function's parameters and variables, a struct's fields. (Of a class, those of all of its methods.)"""
    names = set(re.findall(rf"({NAME})=(?!=)", piece))  # and the parameters that a call names
    names |= set(re.findall(rf"^\s+c?p?def\b[^(\n=]*?({NAME})\(", piece, re.MULTILINE))
    for targets in re.findall(r"\bfor\s+(.*?)\s+in\b", piece):
        names |= set(re.findall(NAME, targets))
    for targets in re.findall(rf"^\s+({NAME}(?:\s*,\s*{NAME})*)\s*=[^=]", piece, re.MULTILINE):
        names |= set(re.findall(NAME, targets))
    for declared in re.findall(r"^\s+cdef\s+(?!class|struct)(.*)", piece, re.MULTILINE):
        names |= last_names(declared)
    for signature in re.findall(r"\bc?p?def\b[^(\n=]*\(((?:[^()]|\([^()]*\))*)\)", piece):
        names |= last_names(signature)
    if re.match(r"(ctypedef|cdef)\s+(packed\s+)?(struct|union)\b", piece):
        names |= last_names(",".join(piece.splitlines()[1:]))
    if piece.startswith("cdef extern"):
        names |= last_names(",".join(re.findall(r"^ {8}(.*)", piece, re.MULTILINE)))
    return names


def rooms():
    """[(room, the names that it uses, those that it defines)], in the order in which they are included."""
    parts = re.split(r'^include "(\w+)\.pxi"\n', MAIN.read_text(), flags=re.MULTILINE)
    files = {
        "_core.pxd": (SOURCES / "_core.pxd").read_text(),
        "_core.pyx": parts[0],
        **{name: (SOURCES / f"{name}.pxi").read_text() for name in parts[1::2]},
    }
    for room, text in files.items():
        defined, used = set(), []
        for piece in pieces_of(code_of(text)):
            defined |= names_defined(piece)
            own = names_bound(piece)
            used += [word for word in re.findall(rf"(?<![\w.]){NAME}", piece) if word not in own]
        yield room, used, defined


def calls_upward():
    """[(room, name, room above in which it is defined)], one for each use."""
    found = list(rooms())
    height = {room: k for k, (room, _, _) in enumerate(found)}
    home = {}
    for room, _, defined in found:
        for name in defined:
            home.setdefault(name, room)
    return [
        (room, name, home[name])
        for room, used, _ in found
        for name in used
        if name in home and height[home[name]] > height[room]
    ]


# What is still to be turned round: nothing is added here.
STILL_UPWARD: set[str] = set()


def test_no_room_names_what_a_later_one_defines():
    assert {f"{room} -> {above}" for room, _, above in calls_upward()} <= STILL_UPWARD


def test_a_call_upward_would_be_found():
    found = list(rooms())
    assert {"append_scalar", "elementwise"} <= {name for _, _, defined in found for name in defined}
    assert names_bound(
        "cdef int f(Log* log, int n=0):\n    cdef int a, b = 1\n    for c, d in e:\n        g = 2\n"
    ) >= {"log", "n", "a", "b", "c", "d", "g"}
    assert "capture" in re.findall(NAME, code_of('f"{capture(x)} and text"  # no comment'))
    assert "text" not in code_of('f"{capture(x)} and text"')


def test_rows_and_kinds_of_records_are_asked_and_no_opcodes_compared():
    """What an op is like stands in its row. Opcodes are compared where records are told apart that are no row's, and
    once where one op is worth a loop of its own: each place says why."""
    found = [
        f"{path.stem}: {line.strip()}"
        for path in sorted(SOURCES.glob("*.pxi"))
        for line in code_of(path.read_text()).splitlines()
        if re.search(r"(==|!=|\bin\b|\bis\b) *\(?OP_[A-Z_]+|\bOP_[A-Z_]+ *(==|!=)", line)
    ]
    assert [place.split(":")[0] for place in found] == ["record"] * 9 + ["rows"], "\n".join(found)


def test_the_page_of_the_architecture_names_functions_where_they_are() -> None:
    page = (SOURCES.parent / "docs" / "architecture.md").read_text()
    named = re.findall(rf"`(?:\w+\.)?({NAME})`\s+\(((?:src|autodiff_core)/[\w/]+\.\w+)\)", page)
    assert len(named) > 20
    texts = {file: (SOURCES.parent / file).read_text() for _, file in named}
    defines = r"^\s*(?:cdef|cpdef|def)\b[^(=]*\b{}\("
    wrong = [(name, file) for name, file in named if not re.search(defines.format(name), texts[file], re.MULTILINE)]
    assert not wrong
