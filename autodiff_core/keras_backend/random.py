"""Keras's operations of `random`: its own file, over our NumPy, with seeds as arrays."""

from typing import Any

import numpy as np
from keras.src.random.seed_generator import draw_seed as _drawn

from . import derived

derived.run("random", globals())


def draw_seed(seed: Any) -> np.ndarray:
    """A seed as NumPy's generators take it."""
    return _drawn(seed).numpy().astype("uint32")
