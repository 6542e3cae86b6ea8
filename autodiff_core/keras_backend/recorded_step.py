"""A step of a model, recorded: forward, gradient, optimizer and metrics are one program for each shape of batches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import numpy as np
import optree

import autodiff_core as tf

from .. import _core
from ..programs.differentiable import PASSES, compiling
from ..programs.function import Function

__all__ = ["PlainStep", "RecordedStep", "as_tensors"]


def _is_array(leaf: Any) -> bool:
    """Whether something in a batch can be a tensor, and is none yet."""
    return isinstance(leaf, (np.ndarray, np.generic)) and leaf.dtype.kind in "biufcV"


def as_tensors(batch: Any) -> Any:
    """A batch with tensors in the places of arrays."""
    return optree.tree_map(lambda x: tf.convert_to_tensor(x) if _is_array(x) else x, batch, namespace="keras")


_SHAPES = 20
"""So many kinds of batches are met at the most before somebody is told."""

_PLACE = re.compile(r"\((?P<file>[^()]+):(?P<line>\d+), in (?P<name>[^)]+)\)$")


class _Recorded(Function[..., Any]):
    """A recorded step, which knows of whose parts it is made."""

    __slots__ = ("model",)

    model: Any

    @property
    def kinds(self) -> int:
        """For how many shapes and dtypes of batches there are programs."""
        return len(self._by_key)

    def give_up(self, variants: _core.Variants, obstacle: str) -> None:
        owner = _owner(self.model, obstacle)
        super().give_up(variants, obstacle if owner is None else f"{obstacle}, which is of {owner}")


def _owner(model: Any, obstacle: str) -> str | None:
    """The metric, layer, loss or optimizer in whose code a place is that a text names."""
    place = _PLACE.search(obstacle)
    if place is None:
        return None
    file, line = place["file"], int(place["line"])
    metrics = [part for metric in model.metrics for part in (metric, *getattr(metric, "metrics", ()))]
    parts = {
        "metric": metrics,
        "loss": optree.tree_leaves(model.loss),
        "layer": model._flatten_layers(include_self=False),
        "optimizer": [model.optimizer],
        "model": [model],
    }
    for kind, things in parts.items():
        for thing in things:
            for function in _functions(thing):
                code = function.__code__
                lines = [number for _, _, number in code.co_lines() if number is not None]
                if code.co_filename == file and code.co_firstlineno <= line <= max(lines, default=0):
                    name = getattr(thing, "name", None) or getattr(thing, "__name__", type(thing).__name__)
                    return f"the {kind} {name!r} ({function.__qualname__})"
    return None


def _functions(thing: Any) -> Iterator[FunctionType]:
    """The functions that something is made of: itself, its methods, and one that it was given."""
    if isinstance(thing, FunctionType):
        yield thing
    for space in (getattr(thing, "__dict__", {}), *map(vars, type(thing).__mro__)):
        for value in space.values():
            if isinstance(value, FunctionType):
                yield value


class PlainStep:
    """A step of a model on a batch, as Python runs it; what it assigned before an error is put back.

    Parameters
    ----------
    step : callable
        Of a batch.
    """

    def __init__(self, step: Callable[[Any], Any]) -> None:
        self._step = step

    def __call__(self, batch: Any) -> Any:
        with _core.Journal():
            return self._step(as_tensors(batch))


class RecordedStep:
    """A step of a model on a batch, as a recorded function.

    Parameters
    ----------
    model : keras.Model
        Whose step it is.
    step : callable
        Of a batch; it assigns to variables as it likes.
    """

    def __init__(self, model: Any, step: Callable[[Any], Any]) -> None:
        self._model, self._step = model, step
        self._functions: dict[Any, _Recorded] = {}  # by the structure of the batch; of shapes each knows its own
        self._shapes = _SHAPES

    def __call__(self, batch: Any) -> Any:
        leaves, structure = optree.tree_flatten(batch, namespace="keras")
        function = self._functions.get(structure)
        if function is None:
            function = self._functions[structure] = self._of(structure)
        # (Arrays need not be copied, for as long as the step takes.)
        result = function(*[_core.operand(leaf) if _is_array(leaf) else leaf for leaf in leaves])
        if function.trace_count > self._shapes:
            self._warn(function)
        return result

    @property
    def trace_count(self) -> int:
        """How often the step was recorded."""
        return sum(function.trace_count for function in self._functions.values())

    def _of(self, structure: Any) -> _Recorded:
        def step(*leaves: Any) -> Any:
            return self._step(optree.tree_unflatten(structure, leaves))

        passes = (*PASSES, *compiling(f"{self._model.name}.compile", self._model.jit_compile))
        function = _Recorded(step, f"{self._model.name}.{self._step.__name__}", None, passes)
        function.model = self._model
        return function

    def _warn(self, function: _Recorded) -> None:
        """Say once that the step is recorded again and again, if it is for the batches."""
        if function.kinds <= _SHAPES:  # (the other recordings are for values that Python looked at)
            self._shapes = function.trace_count + _SHAPES - function.kinds
            return
        self._shapes = 1 << 62
        if function.obstacle is None:
            _core.warn_caller(
                f"{self._model.name}.{self._step.__name__} has been recorded for {function.kinds} shapes "
                f"of batches: each has a program of its own. Pad to a few shapes, or compile with run_eagerly=True"
            )
