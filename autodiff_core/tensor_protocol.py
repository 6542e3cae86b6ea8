"""Objects that wrap a tensor or a variable, Keras' variables and users' own: they are asked by `__tf_tensor__`.

As an operand such an object is asked whenever it is used, by the core. As a source of a tape it has to say what was
followed: the variable that it reads, or the tensor that it gives each time.
"""

from __future__ import annotations

from typing import Any

from . import _core
from .nest import Rebuild, flatten_for_tape


def is_wrapper(value: Any) -> bool:
    """Whether something wraps a tensor."""
    return hasattr(type(value), "__tf_tensor__") and not isinstance(value, _core.Operand)


def inner(value: Any) -> Any:
    """The variable or tensor that a wrapper stands for on a tape; anything else as it is."""
    if not is_wrapper(value):
        return value
    from .tape import GradientTape

    with _core.Untraced(), GradientTape() as probe:
        first = _core.wrapped(value)
    read = probe.watched_variables()
    if isinstance(first, _core.VariableCore):
        return first
    if len(read) == 1 and read[0].shape == first.shape:
        return read[0]
    own = getattr(value, "value", None)  # a variable that is not trainable is read without notice
    if isinstance(own, _core.VariableCore):
        return own
    with _core.Untraced():
        again = _core.wrapped(value)
    if again is not first:
        raise TypeError(
            f"{type(value).__name__}.__tf_tensor__ makes a new tensor each time, which no tape can have followed: let "
            f"it give the same one, or name the variable or tensor behind it"
        )
    return first


def flatten_sources(structure: Any) -> tuple[list[Any], Rebuild]:
    """`flatten_for_tape`, with what is wrapped in the place of its wrappers."""
    leaves, rebuild = flatten_for_tape(structure)
    if _core.all_operands(leaves):
        return leaves, rebuild
    return [leaf if isinstance(leaf, _core.Operand) else inner(leaf) for leaf in leaves], rebuild
