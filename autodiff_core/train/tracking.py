"""What a checkpoint saves of objects: the places where values are, by the names of the attributes that lead there.

A name is a path, such as ``model/layers/0/kernel``. Variables are found in modules, mappings, sequences, dataclasses,
random generators and checkpoints. Optimizers have places beside variables, for what they remember of others: those are
called after the others' own paths, so that an optimizer that has not made a step yet can be given them, too. Keras' own
objects, whose names are other ones each time that they are made, say themselves which variables they have, in which
order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from .. import _core
from ..module import Module
from ..tape import inner
from ..tensorflow.random_generator import Generator
from ..variable import Variable

__all__ = ["Place", "is_tracked", "places"]


class Place(NamedTuple):
    """Where a value is: read, and written when its shape and dtype have been compared."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    read: Callable[[], np.ndarray]
    write: Callable[[np.ndarray], Any]
    there: bool = True  # or only if a file has a value for it


def is_tracked(value: Any) -> bool:
    """Whether something may have variables in it."""
    return isinstance(value, (Variable, Module)) or _remembers(value) or _parts(value) is not None


def places(items: Iterable[tuple[str, Any]]) -> dict[str, Place]:
    """The places below some objects, by their paths; what has an empty name has its parts at the top."""
    walked = list(_walk(items, "", set()))
    variables = {path: value for path, value in walked if isinstance(value, Variable)}
    if len(variables) < sum(isinstance(value, Variable) for _, value in walked):
        paths = [path for path, value in walked if isinstance(value, Variable)]
        twice = next(path for path in paths if paths.count(path) > 1)
        raise ValueError(f"two values of a checkpoint would have one name, {twice!r}: rename a key")
    found = {path: _of_variable(variable) for path, variable in variables.items()}
    for path, value in walked:
        if not isinstance(value, Variable):
            found |= _of_optimizer(path, value, variables)
    return found


def _of_variable(variable: Variable) -> Place:
    return Place(tuple(variable.shape), variable.dtype, lambda: _core.value_array(variable), variable.assign)


def _remembers(value: Any) -> bool:
    """Whether something is an optimizer that says what it remembers."""
    return hasattr(type(value), "remembered") and hasattr(type(value), "remember")


def _walk(items: Iterable[tuple[Any, Any]], above: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    """The variables and optimizers below, each once, with their paths."""
    for key, value in items:
        path = _below(above, str(key).replace(".", "..").replace("/", ".S"))
        if id(value) in seen:
            continue
        if isinstance(value, Variable):
            seen.add(id(value))
            yield path, value
        elif _remembers(value):
            seen.add(id(value))
            yield path, value
            yield _below(path, "iterations"), value.iterations
        else:
            parts = _parts(value)
            if parts is not None:
                seen.add(id(value))
                yield from _walk(parts, path, seen)


def _below(path: str, name: str) -> str:
    return f"{path}/{name}" if path and name else path or name


def _parts(value: Any) -> Iterable[tuple[Any, Any]] | None:
    """What stands in an object, by name; None where nothing does that is saved."""
    if hasattr(type(value), "__dataclass_fields__") and not isinstance(value, type):
        return [(name, getattr(value, name)) for name in type(value).__dataclass_fields__]
    if isinstance(value, Module):
        # (What a class calls by a name of its own comes before what it has for itself: names are what users see.)
        return sorted(vars(value).items(), key=lambda item: (item[0].startswith("_"), item[0]))
    if isinstance(value, Mapping):
        return value.items()
    if isinstance(value, (list, tuple)):
        return enumerate(value) if not hasattr(value, "_fields") else zip(value._fields, value, strict=True)
    if isinstance(value, Generator):
        return [("state", value.state)]
    if any(kind.__module__.partition(".")[0] == "keras" for kind in type(value).__mro__):
        variables = getattr(value, "variables", None)
        return None if variables is None else enumerate(map(inner, variables))
    return value.tracked if hasattr(type(value), "tracked") else None


def _of_optimizer(path: str, optimizer: Any, variables: dict[str, Variable]) -> dict[str, Place]:
    """The places of what an optimizer remembers, and, of variables that it does not know yet, would remember."""
    found: dict[str, Place] = {}
    if not callable(optimizer.learning_rate):
        rate = Place((), np.dtype(np.float64), lambda: np.asarray(optimizer.learning_rate), _setter(optimizer))
        found[_below(path, "learning_rate")] = rate
    paths = {id(variable): name for name, variable in variables.items() if variable is not optimizer.iterations}
    names: list[str] = []
    for variable, slots in optimizer.remembered():
        name = paths.pop(id(variable), None)
        if name is None:
            name = f"{variable.name}#{sum(known.startswith(variable.name + '#') for known in names)}"
        names.append(name)
        for k, slot in enumerate(slots):
            found[_below(path, f"slots/{name}/{k}")] = _slot(optimizer, variable, k, slot)
    for name, variable in variables.items():
        if id(variable) in paths:
            for k in range(optimizer.slots):
                found[_below(path, f"slots/{name}/{k}")] = _slot(optimizer, variable, k, None)
    return found


def _slot(optimizer: Any, variable: Variable, k: int, value: np.ndarray | None) -> Place:
    return Place(
        tuple(variable.shape),
        variable.dtype,
        lambda: np.zeros(0) if value is None else value,
        lambda array: optimizer.remember(variable, k, array),
        value is not None,
    )


def _setter(optimizer: Any) -> Callable[[np.ndarray], None]:
    def write(array: np.ndarray) -> None:
        optimizer.learning_rate = float(array)

    return write
