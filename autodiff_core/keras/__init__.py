"""The part of Keras that small networks need: layers, models, losses, optimizers, metrics; or all of Keras.

The small part is written on the public functions of `autodiff_core`, as a user's own layers would be; on its core where
a step is made. `use_keras` puts Keras 3 in its place.
"""

from __future__ import annotations

import os as _os
import sys as _sys
from importlib import import_module as _import_module
from typing import TYPE_CHECKING
from typing import Any as _Any

from . import activations, backend, initializers, layers, losses, metrics, models, optimizers
from .missing import missing as _missing
from .models import Model, Sequential

__all__ = [
    "Model",
    "Sequential",
    "activations",
    "backend",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "use_keras",
]

for _module in (activations, backend, initializers, layers, losses, metrics, models, optimizers):
    vars(_module)["__getattr__"] = _missing(_module.__name__)

_keras: _Any = None  # Keras itself, when it is used
_absent = _missing(__name__)


def use_keras() -> None:
    """Make `tf.keras` all of Keras 3, running on this library.

    Call it at the top of a script, before Keras is imported by anybody else. `tf.keras.layers`, `tf.losses` and so on
    are Keras's from then on, and so are `import autodiff_core.keras.layers` and its like; models that were made before
    stay as they are. The environment variable ``AUTODIFF_KERAS=1`` does the same.

    Raises
    ------
    ImportError
        Where Keras is not installed (``pip install "autodiff-core[keras]"``) or of another version than 3.14 or 3.15,
        or has been imported with another backend.

    Notes
    -----
    ``keras.backend.backend()`` says ``"numpy"``, as Keras has no other name for it. See docs/keras.md.
    """
    global _keras
    if _keras is not None:
        return
    _import_module(__package__ + "_backend")
    _keras = _import_module("keras")
    for name, module in list(_sys.modules.items()):
        if name.startswith("keras.") and not name.startswith("keras.src"):
            _sys.modules[f"{__name__}.{name.removeprefix('keras.')}"] = module
    for name in __all__:
        if name != "use_keras":
            globals().pop(name, None)
    above = vars(_sys.modules[__package__.rpartition(".")[0]])
    for name in ("initializers", "losses", "metrics", "optimizers"):
        above.pop(name, None)  # (looked up anew, here)
    __all__[:] = [*(name for name in dir(_keras) if not name.startswith("_")), "use_keras"]


if not TYPE_CHECKING:

    def __getattr__(name: str) -> _Any:
        return _absent(name) if _keras is None else getattr(_keras, name)


def __dir__() -> list[str]:
    return __all__


if _os.environ.get("AUTODIFF_KERAS", "0") not in ("", "0"):
    use_keras()
