"""Parts of variables: what `v[index]` can do that no other tensor can, which is to be assigned to.

`v[index]` is a tensor like any other, a reading of the variable, and remembers which part of which it is. The names
here are attributes of such tensors only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import _core
from ..ops import updating
from ..variable import change


def _assignment(name: str, kind: str | None, verb: str) -> Callable[[Any], Callable[..., Any]]:
    """The attribute of a part that changes it in the variable."""

    def attribute(tensor: Any) -> Callable[..., Any]:
        part = _core.part_of_variable(tensor)
        if part is None:
            raise AttributeError(f"{type(tensor).__name__!r} object has no attribute {name!r}")
        variable, index = part

        def assign(value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True) -> Any:
            what = f"Cannot {verb} a part of variable {variable.name!r}"

            def updated(whole: Any) -> Any:
                if kind is None:
                    where = _core.plain_form(index)
                    new = _core.fitting(value, whole, _core.selected_shape(whole, where, what), what)
                else:
                    where, new = updating.joined(whole, index, kind, value, what)
                return _core.updated(whole, where, new)

            change(variable, updated)
            return variable if read_value else None

        assign.__name__ = assign.__qualname__ = name
        assign.__doc__ = f"{verb.capitalize()} this part of the variable; gives the variable."
        return assign

    attribute.__doc__ = (
        f"``v[index].{name}(value)``: {verb} a part of a variable. Other tensors have no such attribute."
    )
    return attribute


ATTRIBUTES = {
    "assign": _assignment("assign", None, "assign to"),
    "assign_add": _assignment("assign_add", "add", "add to"),
    "assign_sub": _assignment("assign_sub", "subtract", "subtract from"),
}
