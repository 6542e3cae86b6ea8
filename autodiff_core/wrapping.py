"""Functions that are made of functions: what they take over from the one inside, and how they are copied and pickled.

`functools.wraps` copies a function's `__dict__`, too. Whatever a recorded function kept there would then be another
function's: its programs, say. So names, docstring and signature are taken over here, and nothing else; and what such
a function knows is kept in slots, where nobody's `wraps` finds it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar, cast

from . import _core

__all__ = ["Transformed", "named_after", "reduced", "transformed"]

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


def _for_cloudpickle() -> bool:
    """Whether it is cloudpickle that asks `reduced`: compiled picklers have no frames, its `dump` has."""
    frame = sys._getframe(3)
    return str(frame.f_globals.get("__name__", "")).startswith("cloudpickle")


class Transformed(_core.Wrapper):
    """A function that a transformation made of another one: called by what it runs, pickled by what it was made of."""

    __slots__ = ("_recipe",)

    def __init__(self, run: Callable[..., Any], recipe: Recipe) -> None:
        super().__init__(run)
        self._recipe = recipe

    def __reduce__(self) -> str | Recipe:
        return reduced(self, self._recipe)

    def __repr__(self) -> str:
        make, (f, *_) = self._recipe
        return f"<{make.__name__} of {f!r}>"


def transformed(run: Callable[..., Any], make: Callable[..., Any], f: Callable[..., Any], *options: Any) -> Transformed:
    """What ``make(f, *options)`` is to give: a function named after f that runs `run`."""
    return named_after(Transformed(run, (make, (f, *options))), f)
