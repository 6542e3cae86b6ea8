"""Public names: which thing each of them is, and what is imported by a name that is not its file's.

A namespace has the names that rows say (ops/names.py), and what it lists beside them, by file; a thing is loaded when
its name is first asked for.

The public modules stand in rooms: `autodiff_core.math` is `autodiff_core.tensorflow.math`, one and the same module.
And what `autodiff_core.numpy` has no module of its own for (`import autodiff_core.numpy.random`) is NumPy's own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from .ops.names import NAMES, read

__all__ = [
    "ATTRIBUTES",
    "LISTS",
    "METHODS",
    "MODULES",
    "OF_NOTEBOOKS",
    "OF_PARTS",
    "OF_TENSORFLOW",
    "install",
    "load_all_rows",
    "namespace",
]

PACKAGE = __name__.rpartition(".")[0]

# By the public name, the file's place.
MODULES = {
    "array_api": "numpy.array_api",
    "autodiff": "derivatives.autodiff",
    "bitwise": "tensorflow.bitwise",
    "config": "tensorflow.config",
    "debugging": "tensorflow.debugging",
    "experimental.dlpack": "numpy.dlpack",
    "linalg": "tensorflow.linalg",
    "math": "tensorflow.math",
    "nn": "tensorflow.nn",
    "program_file": "programs.file",
    "random": "tensorflow.random",
    "signal": "tensorflow.signal",
    "test": "tensorflow.test",
}
# What tensors and variables have of ndarray's methods and attributes, of the protocols by which arrays are exchanged,
# and of TensorFlow's, beside what the core defines itself; `numpy/methods.py` has the functions behind the names.
METHODS = (
    *("all", "any", "argmax", "argmin", "argpartition", "argsort", "astype", "choose", "clip", "compress", "conj"),
    *("conjugate", "copy", "cumprod", "cumsum", "diagonal", "dot", "fill", "flatten", "max", "mean", "min", "nonzero"),
    *("partition", "prod", "ptp", "put", "ravel", "repeat", "reshape", "resize", "round", "searchsorted", "setflags"),
    *("sort", "squeeze", "std", "sum", "swapaxes", "take", "to_device", "trace", "transpose", "var"),
    *("__array_namespace__", "__dlpack__", "__dlpack_device__"),
)
ATTRIBUTES = ("device", "imag", "itemsize", "mT", "nbytes", "real")
OF_TENSORFLOW = ("cpu", "set_shape")
OF_NOTEBOOKS = ("_repr_html_",)
OF_PARTS = ("assign", "assign_add", "assign_sub")  # of parts of variables alone


# By the namespace's module: where each of its things is, as a path below the package.
LISTS: dict[str, dict[str, str]] = {}


def namespace(
    module: str, name: str, text: str, own: tuple[str, ...] = (), unlisted: str = ""
) -> tuple[list[str], Callable[[], list[str]], Callable[[str], Any]]:
    """`__all__`, `__dir__` and `__getattr__` of a namespace.

    Parameters
    ----------
    module, name : str
        Its `__name__`, and what users call it, as ops/names.py does.
    text : str
        What it has beside rows, in the form of that file: a line a file.
    own : tuple of str
        What the module defines itself.
    unlisted : str
        What it has and does not show, in the same form.
    """
    places = {**NAMES.get(name, {}), **read(text).get("tf", {})}
    listed = sorted({*places, *own})
    places |= read(unlisted).get("tf", {})
    LISTS[module] = places
    public = next((f"{PACKAGE}.{known}" for known, home in MODULES.items() if module == f"{PACKAGE}.{home}"), module)

    def attribute(wanted: str) -> Any:
        if wanted not in places:
            raise AttributeError(f"module {public!r} has no attribute {wanted!r}")
        found = _thing(places[wanted])
        setattr(sys.modules[module], wanted, found)
        return found

    return listed, lambda: listed, attribute


def _thing(path: str) -> Any:
    """What a path below the package leads to: an attribute of a module, or a module."""
    home, _, name = path.rpartition(".")
    if not home:
        return import_module(f"{PACKAGE}.{name}")
    module = import_module(f"{PACKAGE}.{home}")
    if hasattr(module, "__path__") and name not in vars(module):  # (a namespace may be looked up in itself)
        return import_module(f"{PACKAGE}.{path}")
    return getattr(module, name)


def _home(name: str) -> str | None:
    """The module that is meant by a name; None where that is a file of the name."""
    if not name.startswith(PACKAGE + "."):
        return None
    parts = name[len(PACKAGE) + 1 :].split(".")
    for k in (2, 1):
        place = MODULES.get(".".join(parts[:k]))
        if place is not None:
            return ".".join([PACKAGE, place, *parts[k:]])
    if parts[0] == "numpy" and len(parts) > 1:
        here = os.path.join(sys.modules[f"{PACKAGE}.numpy"].__path__[0], parts[1])
        if not os.path.exists(here + ".py") and not os.path.isdir(here) and _is_of_numpy(".".join(parts[1:])):
            return ".".join(parts)
    return None


def _is_of_numpy(name: str) -> bool:
    from importlib.util import find_spec  # its import takes a millisecond

    try:
        return find_spec("numpy." + name) is not None
    except ModuleNotFoundError:
        return False


class _Alias:
    """Finds what is imported by such a name."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        home = _home(name)
        return None if home is None else alias_spec(name, home)


def alias_spec(name: str, home: str, is_package: bool = False) -> ModuleSpec:
    """What a finder says of a name under which a module of ours is to be imported."""
    return ModuleSpec(name, _Loader(home), is_package=is_package)  # type: ignore[arg-type]


class _Loader:
    """Loads a module of ours as one of another name."""

    def __init__(self, home: str) -> None:
        self._home = home

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        sys.modules[module.__name__] = import_module(self._home)


def install() -> None:
    """Make the names known to `import`; the library has been loaded."""
    # (The first that is asked: in the folders of the packages their modules would be found once more.)
    if _Alias not in sys.meta_path:  # (the package may be reloaded)
        sys.meta_path.insert(0, _Alias)


# The folders of rows, and the other files that have some of their own.
_ROWS = ("ops", "numpy.functions")
_OTHERS = (
    *("derivatives.custom", "numpy.ufunc_methods", "scipy.integrate", "tensorflow.callbacks"),
    *("programs.checkpointed", "programs.rounds", "tensorflow.candidates", "tensorflow.debugging"),
    *("tensorflow.graphs", "tensorflow.random_distributions", "tensorflow.random_experimental"),
)


def load_all_rows() -> None:
    """Load all rows; most are loaded when they are first used. Some need an extra that may be missing."""
    from pkgutil import iter_modules

    folders = [import_module(f"{PACKAGE}.{folder}") for folder in _ROWS]
    files = [file.name for folder in folders for file in iter_modules(folder.__path__, f"{folder.__name__}.")]
    for name in [*files, *(f"{PACKAGE}.{other}" for other in _OTHERS)]:
        try:
            import_module(name)
        except ImportError:
            continue
