"""Functions that are made of functions: what they take over from the one inside, and how they are copied and pickled.

`functools.wraps` copies a function's `__dict__`, too. Whatever a recorded function kept there would then be another
function's: its programs, say. So names, docstring and signature are taken over here, and nothing else; and what such
a function knows is kept in slots, where nobody's `wraps` finds it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar, cast

from . import _core

__all__ = ["PACKAGE", "called_by_classmethod", "named_after", "reduced", "transformed"]

PACKAGE = os.path.dirname(__file__) + os.sep
"""Where the files of this package are: their code is nobody's own."""

Wrapper = TypeVar("Wrapper")
Recipe = tuple[Callable[..., Any], tuple[Any, ...]]


def named_after(wrapper: Wrapper, f: Callable[..., Any]) -> Wrapper:
    """Give what stands for a function its names and docstring, and `__wrapped__`, which its signature is read from."""
    return cast(Wrapper, update_wrapper(cast(Callable[..., Any], wrapper), f, updated=()))


def reduced(wrapper: Any, recipe: Recipe) -> str | Recipe:
    """How something that stands for a function is pickled: by its name where it is found by that, else by its recipe.

    That is what Python does with functions; cloudpickle sends those of ``__main__`` whole, since another process has
    another one.
    """
    names = vars(wrapper)
    module, path = names.get("__module__"), names.get("__qualname__")
    if not isinstance(path, str) or (module == "__main__" and _for_cloudpickle()):
        return recipe
    found = sys.modules.get(str(module))
    for part in path.split("."):
        found = getattr(found, part, None)
    return path if found is wrapper else recipe


def called_by_classmethod(wrapper: Any, args: tuple[Any, ...]) -> bool:
    """Whether `classmethod` calls what it was put over, and the first argument is thus the class.

    Until Python 3.12 it had the function inside bind itself, as an attribute of any other object; now it does not.
    """
    if not args or not isinstance(args[0], type):
        return False
    attributes = (value for base in args[0].__mro__ for value in vars(base).values())
    return any(isinstance(value, classmethod) and value.__func__ is wrapper for value in attributes)


def _for_cloudpickle() -> bool:
    """Whether it is cloudpickle that asks `reduced`: compiled picklers have no frames, its `dump` has."""
    frame = _core.user_frame()
    return frame is not None and str(frame.f_globals.get("__name__", "")).startswith("cloudpickle")


def transformed(
    run: Callable[..., Any], make: Callable[..., Any], f: Callable[..., Any], *options: Any
) -> _core.Wrapper:
    """What ``make(f, *options)`` is to give: a function named after f that runs `run`."""
    return named_after(_core.Wrapper(run, (make, (f, *options)), reduced), f)
