"""Writes the stubs of the public namespaces, from the namespaces themselves: python docs/make_stubs.py

A type checker reads sources, and these do not say everything: names are loaded when they are first used, namespaces are
found under other names than their files', and the functions of rows are made when the table is. So each such namespace
has a stub. What a source defines in so many words is re-exported from there; anything else is written out, with the
signature and the docstring that it has. Nothing is left that is `Any` because nobody looked.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import json
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy as np

import autodiff_core as tf
from autodiff_core.namespaces import LISTS, MODULES

PACKAGE = tf.__name__
ROOT = Path(tf.__file__).parents[1]
HEAD = '''"""{doc}"""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.
'''
WIDTH = 120
# It is written by `numpy_stub`.
SKIPPED = ("autodiff_core.numpy",)


def names(module: ModuleType) -> list[str]:
    """The public names of a namespace."""
    listed = getattr(module, "__all__", None) or definitions(module.__name__)
    found = {name for name in (*listed, *LISTS.get(module.__name__, ())) if not name.startswith("_")}
    return sorted([*found, *(["__version__"] if hasattr(module, "__version__") else [])])


@cache
def namespaces() -> dict[str, ModuleType]:
    """The public namespaces, by the names that they are imported by; each after those that are in it."""
    found: dict[str, ModuleType] = {}

    def walk(path: str, module: ModuleType) -> None:
        for name in names(module):
            inner, inner_path = getattr(module, name), f"{path}.{name}"
            if not isinstance(inner, ModuleType) or inner.__name__ in SKIPPED or inner_path in found:
                continue
            if inner.__name__.startswith(PACKAGE) and is_imported_as(inner, inner_path):
                walk(inner_path, inner)
                found[inner_path] = inner

    walk(PACKAGE, tf)
    aliases = {f"{PACKAGE}.{name}": import_module(f"{PACKAGE}.{place}") for name, place in MODULES.items()}
    return found | aliases | {PACKAGE: tf}  # (the package is the last, since it has its names from the others)


def is_imported_as(module: ModuleType, path: str) -> bool:
    try:
        return import_module(path) is module
    except ModuleNotFoundError:
        return False


@cache
def source(module: str) -> ast.Module:
    file = import_module(module).__file__
    return ast.parse(Path(file).read_text()) if file and file.endswith(".py") else ast.Module([], [])


@cache
def definitions(module: str) -> dict[str, ast.stmt]:
    """What a module defines in its source: functions, classes and variables, by name."""
    found: dict[str, ast.stmt] = {}
    for node in statements(source(module).body):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found[node.name] = node
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id: node for target in targets if isinstance(target, ast.Name)}
    return found


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, (ast.If, ast.Try)):  # TYPE_CHECKING
            yield from statements([*node.body, *node.orelse])
        else:
            yield node


@cache
def imports(module: str) -> dict[str, tuple[str, str | None]]:
    """What a module imports, or lists: by the name that it has there, the module and the name within."""
    found: dict[str, tuple[str, str | None]] = {}
    for listed, path in LISTS.get(module, {}).items():
        home, _, within = f"{PACKAGE}.{path}".replace("..", ".").rpartition(".")
        found[listed] = home, within
    package = import_module(module).__spec__.parent  # type: ignore[union-attr]
    for node in statements(source(module).body):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name] = alias.name, None
        elif isinstance(node, ast.ImportFrom):
            start = (package or "").split(".")
            base = ".".join([*start[: len(start) - node.level + 1], node.module or ""]).rstrip(".")
            for alias in node.names:
                found[alias.asname or alias.name] = base if node.level else node.module or "", alias.name
    return found


def resolved(module: str, name: str, thing: Any) -> tuple[str, str] | None:
    """Where a source says what a thing is, followed from a name in a module; None where no source does."""
    if not module.startswith(PACKAGE):
        return None
    if module == f"{PACKAGE}._core":
        return module, name
    node = definitions(module).get(name)
    is_function = isinstance(thing, (FunctionType, BuiltinFunctionType))
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
        return resolved(module, node.value.id, thing)
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        # (What a decorator adds to a docstring, no editor would show.)
        says_all = not is_function or ast.get_docstring(node) == inspect.cleandoc(thing.__doc__ or "")
        return (module, name) if says_all and getattr(import_module(module), name, None) is thing else None
    if node is not None:  # (a function that a call gives has no parameters to a type checker)
        return None if is_function and not isinstance(node.value, ast.Attribute) else (module, name)
    base, original = imports(module).get(name, (None, None))
    if base is None or original is None:
        return None
    if isinstance(thing, ModuleType):
        return base, original
    return resolved(base, original, thing)


class Stub:
    """One namespace's."""

    def __init__(self, path: str, module: ModuleType, written: dict[int, tuple[str, str]]) -> None:
        self.path, self.module, self.written = path, module, written
        self.public = set(names(module))
        self.imports: set[str] = set()
        self.exports: list[str] = []
        self.body: list[str] = []
        self.own: list[str] = []  # what the file defines that the stub would hide
        found = {name: getattr(module, name) for name in self.public}
        for name in sorted(found, key=lambda name: (name != getattr(found[name], "__name__", name), name)):
            self.add(name, found[name])

    @property
    def is_package(self) -> bool:
        return (ROOT / Path(*self.path.split("."))).is_dir()

    @property
    def file(self) -> Path:
        place = ROOT / Path(*self.path.split("."))
        return place / "__init__.pyi" if self.is_package else place.with_suffix(".pyi")

    @property
    def hides(self) -> str | None:
        """The module whose source a type checker does not see beside the stub."""
        return self.path if self.file.with_suffix(".py").exists() else None

    @property
    def needed(self) -> bool:
        """Whether the source does not say it all to a type checker."""
        return (
            self.hides is None
            or self.module.__name__ in LISTS
            or any(resolved(self.path, name, getattr(self.module, name)) is None for name in self.public)
        )

    def add(self, name: str, thing: Any) -> None:
        home = self.home(name, thing)
        if home is not None and home[0] == self.path and not isinstance(thing, ModuleType):
            if id(thing) in self.written:
                self.body.append(f"{name} = {home[1]}")
                return
            if callable(thing):
                self.own.append(name)
                return
            home = None
        if home is not None:
            module, found = home
            if found == name:
                self.exports.append(f"from {self.relative(module)} import {name} as {name}")
            else:  # under another name that would be an import for this file alone
                self.imports.add(f"from {self.relative(module)} import {found} as _{found}")
                self.body.append(f"{name} = _{found}")
        elif isinstance(thing, (FunctionType, BuiltinFunctionType)):
            self.body.append(self.function(name, thing))
            self.written.setdefault(id(thing), (self.path, name))
        else:
            self.body.append(f"{name}: {self.type(thing)}")

    def home(self, name: str, thing: Any) -> tuple[str, str] | None:
        """Where a type checker finds what a name stands for; None where it has to be written out."""
        if isinstance(thing, ModuleType):
            path = f"{self.path}.{name}"
            base, _, last = (path if path in namespaces() else thing.__name__).rpartition(".")
            return base, last
        found = resolved(self.module.__name__, name, thing)
        if found is None and isinstance(thing, (type, FunctionType, BuiltinFunctionType)):
            found = resolved(str(thing.__module__), thing.__name__, thing)
        elif found is None and isinstance(thing, np.dtype):
            found = resolved(tf.dtypes.__name__, name, thing)
        return found or self.written.get(id(thing))

    def relative(self, module: str) -> str:
        """A module as the stub's imports have it."""
        if module.partition(".")[0] != PACKAGE:
            return module
        here = self.path.split(".") if self.is_package else self.path.split(".")[:-1]
        there = module.split(".")
        shared = 0
        while shared < min(len(here), len(there)) and here[shared] == there[shared]:
            shared += 1
        return "." * (len(here) - shared + 1) + ".".join(there[shared:])

    def type(self, thing: Any) -> str:
        kind = type(thing)
        if thing is None:
            return "None"
        if kind.__module__ == "builtins":
            return self.builtin(kind.__name__)
        self.imports.add(f"from {self.relative(kind.__module__)} import {kind.__name__}")
        return str(kind.__name__)

    def builtin(self, name: str) -> str:
        if name in self.public:
            self.imports.add("import builtins")
            return f"builtins.{name}"
        return name

    def function(self, name: str, function: Any) -> str:
        signature = inspect.signature(function)
        is_row = isinstance(function, BuiltinFunctionType)
        parameters = []
        for parameter in signature.parameters.values():
            if is_row:
                parameter = parameter.replace(annotation="str | None" if parameter.name == "name" else "TensorLike")
            parameters.append(parameter.replace(annotation=self.annotation(parameter.annotation, function)))
        gives = self.annotation("Tensor" if is_row else signature.return_annotation, function)
        doc = inspect.cleandoc(function.__doc__ or "")
        return f"def {wrapped(name, listed(parameters), f' -> {gives}:')}\n{indented(docstring(doc))}"

    def annotation(self, annotation: Any, function: Any) -> str:
        """A type as the function's own module spells it, in words that this stub has imported."""
        if annotation is inspect.Parameter.empty:
            raise TypeError(f"{self.path}: {function.__name__} has a parameter without a type")
        text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
        tree = ast.parse(text, mode="eval")
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                node.id = self.spelled(node.id, function)
        return ast.unparse(tree)

    def spelled(self, name: str, function: Any) -> str:
        if name in ("Tensor", "TensorLike"):
            module, found = f"{PACKAGE}._core", name
        elif name in dir(builtins):
            return self.builtin(name)
        else:
            home = function.__module__
            found_import = imports(home).get(name)
            module, found = found_import if found_import is not None else (home, name)  # type: ignore[assignment]
        if found is None:
            self.imports.add(f"import {module}" if module == name else f"import {module} as {name}")
            return name
        if name not in self.public or getattr(self.module, name, None) is not getattr(import_module(module), found, 0):
            as_name = f"_{name}" if name in self.public else name
            renamed = "" if as_name == found else f" as {as_name}"
            self.imports.add(f"from {self.relative(module)} import {found}{renamed}")
            return as_name
        return name

    def text(self) -> str:
        doc = inspect.cleandoc(self.module.__doc__ or "").partition("\n\n")[0]
        parts = [HEAD.format(doc=doc)]
        lines = [*sorted(self.imports), *sorted(self.exports)]
        parts.append("\n".join(map(broken, lines)) + "\n")
        parts += [part + "\n" for part in self.body if part.startswith("def ")]
        values = [part for part in self.body if not part.startswith("def ")]
        return "\n".join([*parts, *("\n".join(values) + "\n" for _ in values[:1])])


def listed(parameters: list[inspect.Parameter]) -> list[str]:
    """Parameters as they are written, with the marks for what has no place or no name."""
    parts: list[str] = []
    kinds = inspect.Parameter
    for k, parameter in enumerate(parameters):
        if parameter.kind is kinds.KEYWORD_ONLY and not any(
            p.kind in (kinds.VAR_POSITIONAL, kinds.KEYWORD_ONLY) for p in parameters[:k]
        ):
            parts.append("*")
        stars = {kinds.VAR_POSITIONAL: "*", kinds.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        default = "" if parameter.default is kinds.empty else f" = {shown(parameter.default)}"
        parts.append(f"{stars}{parameter.name}: {parameter.annotation}{default}")
        following = parameters[k + 1 : k + 2]
        if parameter.kind is kinds.POSITIONAL_ONLY and not (following and following[0].kind is kinds.POSITIONAL_ONLY):
            parts.append("/")
    return parts


def broken(line: str) -> str:
    """An import, within the length of a line."""
    start, _, name = line.partition(" import ")
    return line if len(line) <= WIDTH else f"{start} import (\n    {name},\n)"


def wrapped(start: str, parts: list[str], end: str) -> str:
    """Parts in parentheses, within the length of a line: as the formatter has it."""
    inner = ", ".join(parts)
    if len(f"def {start}({inner}){end}") <= WIDTH:
        return f"{start}({inner}){end}"
    if len(inner) + 4 <= WIDTH:
        return f"{start}(\n    {inner}\n){end}"
    return f"{start}(\n" + "".join(f"    {part},\n" for part in parts) + f"){end}"


def shown(default: Any) -> str:
    if isinstance(default, str):
        return json.dumps(default)
    if default is None or isinstance(default, (bool, int, float)):
        return repr(default)
    return "..."


def docstring(text: str) -> str:
    lines = text.splitlines() or [""]
    raw = "r" if "\\" in text else ""
    return f'{raw}"""{text}"""' if len(lines) == 1 else f'{raw}"""{text}\n"""'


def indented(text: str) -> str:
    return "\n".join("    " + line if line else line for line in text.splitlines())


NUMPY = """# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.
# NumPy's functions give arrays of arrays and tensors of tensors, which NumPy's own stubs have no words for.

"""


def numpy_stub(place: str) -> str:
    """NumPy's namespace, or one of its modules: what computes gives anything, all else is NumPy's own."""
    numpys, ours = import_module(f"numpy{place}"), import_module(f"{PACKAGE}.numpy{place}")
    imported, values, functions = ["from typing import Any", "from numpy import ufunc as ufunc"], [], []
    for name in sorted(ours.__all__):
        thing = getattr(numpys, name)
        if isinstance(thing, ModuleType):
            own = getattr(ours, name).__name__ == f"{ours.__name__}.{name}" and name != "polynomial"
            imported.append(f"from {'.' if own else numpys.__name__} import {name} as {name}")
        elif isinstance(thing, np.ufunc):
            values.append(f"{name}: ufunc")
        elif isinstance(thing, type) or not callable(thing):
            imported.append(f"from {numpys.__name__} import {name} as {name}")
        else:
            functions.append(f"def {wrapped(name, numpy_parameters(thing), ' -> Any:')}\n    {summary(thing)}\n")
    blocks = ["\n".join(dict.fromkeys(imported)) + "\n", "\n".join(values) + "\n", *functions]
    return NUMPY + "\n".join(blocks if values else [blocks[0], *functions])


def numpy_parameters(thing: Any) -> list[str]:
    try:
        found = inspect.signature(thing).parameters.values()
    except ValueError:
        return ["*args: Any", "**kwargs: Any"]
    return listed([parameter.replace(annotation="Any") for parameter in found])


def summary(thing: Any) -> str:
    """The first line of a docstring that says something; a ufunc's begins with its signature."""
    lines = [line.strip() for line in (thing.__doc__ or "").splitlines()]
    said = next((line for line in lines if line and "(" not in line.partition(" ")[0]), "")
    return f'{"r" if chr(92) in said else ""}"""{said}"""'


def stubs() -> dict[Path, str]:
    """The stubs' files and what is to be in them."""
    written: dict[int, tuple[str, str]] = {}
    found = {}
    for path, module in namespaces().items():
        stub = Stub(path, module, written)
        if stub.needed:
            if stub.own:
                raise ValueError(f"the stub of {path} would hide the code of {', '.join(stub.own)}: move it elsewhere")
            found[stub.file] = stub.text()
    for place in ("", ".fft", ".linalg"):
        file = ROOT / PACKAGE / "numpy" / (place.removeprefix(".") or "__init__")
        found[file.with_suffix(".pyi")] = numpy_stub(place)
    return found


if __name__ == "__main__":
    for file, text in stubs().items():
        file.write_text(text)
        print(file.relative_to(ROOT), len(text.splitlines()))
