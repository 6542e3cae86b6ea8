"""What a checkpoint saves of objects: the places where values are, by the names of the attributes that lead there.

A name is a path, such as ``net/blocks/0/kernel``. Variables are found in modules, mappings, sequences, dataclasses,
random generators and checkpoints. Optimizers have places beside variables, for what they remember of others: those are
called after the others' own paths, so that an optimizer that has not made a step yet can be given them, too. Keras' own
objects, whose names are other ones each time that they are made, say themselves which variables they have, in which
order.
"""

from __future__ import annotations

from collections import Counter
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
    read: Callable[[], np.ndarray] | None  # None: it is there only if a file has a value for it
    write: Callable[[np.ndarray], Any]


def is_tracked(value: Any) -> bool:
    """Whether something may have variables in it."""
    return isinstance(value, (Variable, Module)) or _remembers(value) or _parts(value) is not None


def places(items: Iterable[tuple[str, Any]]) -> dict[str, Place]:
    """The places below some objects, by their paths; what has an empty name has its parts at the top."""
    walked = list(_walk(items, "", set()))
    variables = [(path, value) for path, value in walked if isinstance(value, Variable)]
    named = [(path, _of_variable(variable)) for path, variable in variables]
    for path, value in walked:
        if not isinstance(value, Variable):
            named += _of_optimizer(path, value, variables)
    found: dict[str, Place] = {}
    for name, place in named:
        if name in found:
            raise ValueError(f"two values of a checkpoint would have one name, {name!r}: rename a key")
        found[name] = place
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


def _of_optimizer(path: str, optimizer: Any, variables: list[tuple[str, Variable]]) -> Iterator[tuple[str, Place]]:
    """The places of what an optimizer remembers, and, of variables that it does not know yet, would remember."""
    if not callable(optimizer.learning_rate):
        rate = Place((), np.dtype(np.float64), lambda: np.asarray(optimizer.learning_rate), _setter(optimizer))
        yield _below(path, "learning_rate"), rate
    names = {id(variable): name for name, variable in variables if variable is not optimizer.iterations}
    unnamed: Counter[str] = Counter()
    for variable, slots in optimizer.remembered():
        name = names.pop(id(variable), None)
        if name is None:
            name = f"{variable.name}#{unnamed[variable.name]}"
            unnamed[variable.name] += 1
        for k, slot in enumerate(slots):
            yield _below(path, f"slots/{name}/{k}"), _slot(optimizer, variable, k, slot)
    for name, variable in variables:
        if id(variable) in names:
            for k in range(optimizer.slots):
                yield _below(path, f"slots/{name}/{k}"), _slot(optimizer, variable, k, None)


def _slot(optimizer: Any, variable: Variable, k: int, value: np.ndarray | None) -> Place:
    return Place(
        tuple(variable.shape),
        variable.dtype,
        None if value is None else lambda: value,
        lambda array: optimizer.remember(variable, k, array),
    )


def _setter(optimizer: Any) -> Callable[[np.ndarray], None]:
    def write(array: np.ndarray) -> None:
        optimizer.learning_rate = float(array)

    return write
