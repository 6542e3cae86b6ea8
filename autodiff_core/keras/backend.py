"""What the layers share: the default float dtype, the fuzz factor, and the numbers in automatic names."""

from __future__ import annotations

from collections import Counter
from typing import Any

import autodiff_core as tf

__all__ = ["clear_session", "epsilon", "floatx", "set_floatx"]
__dir__ = __all__.copy

_uses: Counter[str] = Counter()


def floatx() -> str:
    """Name the dtype that layers have by default.

    Examples
    --------
    >>> from autodiff_core import keras
    >>> keras.backend.floatx()
    'float32'
    """
    return str(tf.constant(0.0).dtype.name)


def set_floatx(dtype: Any) -> None:
    """Change the dtype that Python floats become, and layers have by default.

    Examples
    --------
    >>> from autodiff_core import keras
    >>> keras.backend.set_floatx("float64")
    >>> keras.backend.floatx()
    'float64'
    >>> keras.backend.set_floatx("float32")
    """
    tf.set_floatx(dtype)


def epsilon() -> float:
    """Give the number that keeps a probability away from 0 and 1.

    Examples
    --------
    >>> from autodiff_core import keras
    >>> keras.backend.epsilon()
    1e-07
    """
    return 1e-7


def unique_name(prefix: str) -> str:
    """Give the first layer of a kind its plain name, and number the others."""
    earlier = _uses[prefix]
    _uses[prefix] += 1
    return f"{prefix}_{earlier}" if earlier else prefix


def clear_session() -> None:
    """Begin the numbers in automatic names anew.

    Examples
    --------
    >>> from autodiff_core import keras
    >>> keras.backend.clear_session()
    >>> keras.layers.Dense(1).name, keras.layers.Dense(1).name
    ('dense', 'dense_1')
    """
    _uses.clear()
