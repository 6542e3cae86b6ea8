"""What `autograd.builtins` has: `isinstance` and `type` that see through boxes, and the containers.

Within a differentiated function tuples, lists and dicts are Python's own, with tensors in them.
"""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from .boxes import isbox

__all__ = ["DictBox", "SequenceBox", "dict", "isinstance", "list", "tuple", "type"]

dict = builtins.dict
list = builtins.list
tuple = builtins.tuple


class SequenceBox:
    """A name: sequences are not boxed."""


class DictBox:
    """A name: dicts are not boxed."""


def isinstance(instance: Any, types: Any) -> bool:
    """As Python's, of what is in a box: a tensor is an array, or a number if it has no dimensions."""
    return builtins.isinstance(instance, types) or (isbox(instance) and issubclass(_class_within(instance), types))


def type(instance: Any) -> Any:
    """As Python's, of what is in a box."""
    return _class_within(instance) if isbox(instance) else builtins.type(instance)


def _class_within(box: Any) -> Any:
    """The class of what is in a box, whose value nobody looks at: a recording holds for other values, too."""
    return np.ndarray if box.shape.rank else np.dtype(box.dtype).type
