"""What Keras's tests are told when they ask which backend runs.

Keras itself has to believe in its "numpy" backend, in whose place ours stands. Its tests leave out for that name what
trains, differentiates or is traced: reasons that do not hold here. So to them the engine has a name of its own, which
none of their lists has in it: what every backend has to do is asked of it, and what one backend needs is not. Where a
test's file has a way of its own for each backend, `exceptions.toml` says which one is to be taken.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

NAME = "autodiff_core"


def place(module: str, function: str) -> str:
    """A file's and function's name, as on the list: `keras.src.ops.nn_test` is `ops/nn_test.py`."""
    return f"{module.removeprefix('keras.src.').replace('.', '/')}.py::{function}"


def answering(real: Callable[[], str], others: Mapping[str, str]) -> Callable[[], str]:
    """Keras's function, which tells tests that the backend is ours, or another at the places that are named."""

    def backend() -> str:
        frame = sys._getframe(1)
        module = frame.f_globals.get("__name__", "")
        if module.endswith("_test"):
            return others.get(place(module, frame.f_code.co_qualname), NAME)
        return NAME if module.startswith("keras.src.testing.") else real()

    return backend


def install(others: Mapping[str, str]) -> None:
    """Wherever a test may ask."""
    import keras
    from keras.src import backend

    told = answering(backend.backend, others)
    for module in (backend, keras.backend, keras.config):
        module.backend = told
