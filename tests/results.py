"""What tests of all rows do to results: a row may give several tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autodiff_core as tf


def flat(result: Any) -> Any:
    """Return the result as one tensor, also where the row returns several."""
    if isinstance(result, list | tuple):
        return tf.concat([tf.reshape(part, [-1]) for part in result], 0)
    return result


def flattened(call: Callable[..., Any]) -> Callable[..., Any]:
    """The same call with one tensor as its result."""
    return lambda *operands: flat(call(*operands))
