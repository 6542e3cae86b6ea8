"""What is said of a name that this small Keras has not: which line makes all of Keras available."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["missing"]
__dir__ = __all__.copy

LINE = "tf.keras.use_keras()"

# What Keras's models can do beside being called.
OF_MODELS = frozenset(
    (
        *("compile", "evaluate", "fit", "get_compile_config", "load_weights", "predict", "predict_on_batch", "save"),
        *("save_weights", "summary", "test_on_batch", "to_json", "train_on_batch"),
    )
)


def advice() -> str:
    """Which line to write, and where."""
    return f"the built-in tf.keras is a small one; `{LINE}` at the top of the script makes it all of Keras 3"


def missing(module: str) -> Callable[[str], Any]:
    """A module's ``__getattr__``: an AttributeError that says what to do."""

    def attribute(name: str) -> Any:
        said = f"module {module!r} has no attribute {name!r}"
        raise AttributeError(said if name.startswith("_") else f"{said}: {advice()}", name=name)

    return attribute
