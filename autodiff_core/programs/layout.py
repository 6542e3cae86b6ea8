"""Layout: how a program's arguments or results are nested, and which of their leaves are tensors.

A layout is a structure in which a `Place` stands for each tensor. Whatever else is in it is a value of Python's that
the program was recorded with, and must be the same at each call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .. import _core, nest
from .tensor_spec import TensorSpec

__all__ = ["Layout", "Place"]


class Place:
    """Where tensor `number` belongs."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number

    def __repr__(self) -> str:
        return f"<tensor {self.number}>"


class Layout:
    """A structure of places and values, taken apart once."""

    def __init__(self, structure: Any) -> None:
        self.structure = structure
        self._leaves, self._rebuild = nest.flatten_for_tape(structure)

    @property
    def leaves(self) -> list[Any]:
        """Its places and values."""
        return list(self._leaves)

    def assemble(self, tensors: Sequence[Any]) -> Any:
        """The structure with these tensors in the places."""
        return self._rebuild([tensors[leaf.number] if isinstance(leaf, Place) else leaf for leaf in self._leaves])

    def replaced(self, give: Callable[[Any], Any]) -> Any:
        """The structure with other leaves."""
        return self._rebuild([give(leaf) for leaf in self._leaves])

    def called(self, names: Sequence[str]) -> dict[int, str]:
        """What the places of arguments and keywords are called, by number: arguments have names, and parts of them are
        as code would write them, `state['w']`."""
        arguments, keywords = self.structure
        waiting: list[tuple[str, Any]] = [*zip(names, arguments, strict=False), *keywords.items()]
        known: dict[int, str] = {}
        for path, part in waiting:  # (which grows)
            if isinstance(part, Place):
                known[part.number] = path
            elif isinstance(part, Mapping):
                waiting += [(f"{path}[{key!r}]", x) for key, x in part.items()]
            elif hasattr(part, "_fields"):
                waiting += [(f"{path}.{name}", x) for name, x in zip(part._fields, part, strict=True)]
            elif isinstance(part, (list, tuple)):
                waiting += [(f"{path}[{k}]", x) for k, x in enumerate(part)]
        return known

    def operands(self, value: Any, specs: Sequence[TensorSpec]) -> list[Any]:
        """The tensors of a structure like this one, in the order of their places.

        Raises
        ------
        TypeError, ValueError
            Where the structure, a shape, a dtype or a value of Python's is another one.
        """
        try:
            nest.assert_same_structure(self.structure, value)
        except (TypeError, ValueError) as error:
            raise type(error)(f"the program takes arguments nested like {self.structure}: {error}") from None
        found: list[Any] = [None] * len(specs)
        for leaf, own in zip(nest.flatten_for_tape(value)[0], self._leaves, strict=True):
            if isinstance(own, Place):
                found[own.number] = _fitting(own.number, specs[own.number], leaf)
            elif not (leaf is own or (type(leaf) is type(own) and bool(np.all(leaf == own)))):
                raise ValueError(
                    f"the program was recorded with {own!r} where it is given {leaf!r}: values that are no tensors are "
                    f"part of a program; record another one for others"
                )
        return found


def _fitting(number: int, spec: TensorSpec, value: Any) -> Any:
    """A tensor of the input's shape and dtype; Python's numbers take the dtype."""
    given = isinstance(value, (_core.Operand, np.ndarray, np.generic))
    try:
        tensor = _core.operand(value) if given else _core.to_tensor(value, spec.dtype)
    except (TypeError, ValueError) as error:
        raise TypeError(f"input {number} of the program must be a tensor that fits {spec}: {error}") from None
    if not spec.is_compatible_with(tensor):
        raise (TypeError if tensor.dtype != spec.dtype else ValueError)(
            f"input {number} of the program must fit {spec}; it has shape {tuple(tensor.shape)} and dtype "
            f"{tensor.dtype}. A program is for one shape and one dtype: convert the argument, or record another program"
        )
    return tensor
