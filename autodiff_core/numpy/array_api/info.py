"""What the namespace says of itself: its dtypes, its devices, and what it can do."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _core, dtypes

# Of the standard; the last one is what the functions are written to.
VERSIONS = ("2022.12", "2023.12", "2024.12")
_MOST_DIMENSIONS = 32
_NAMES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float32", "float64", "complex64", "complex128"),
)


def check_device(device: Any) -> None:
    """There is one device."""
    if device is not None and device != "cpu":
        raise ValueError(f"there is the device 'cpu' and no other, not {device!r}")


def default_of(kind: str) -> np.dtype[Any]:
    """The dtype that Python's numbers become here, by NumPy's letter for their kind.

    Floats are as `set_floatx` has them, so as to go with `constant`, and complex numbers of two such floats. Integers
    are int64, as in NumPy and PyTorch, since code that is written for those counts with them.
    """
    if kind == "b":
        return dtypes.bool
    if kind in "iu":
        return dtypes.int64
    single = _core.default_float() == dtypes.float32
    if kind == "c":
        return dtypes.complex64 if single else dtypes.complex128
    return _core.default_float()


class Info:
    """What `__array_namespace_info__()` gives."""

    def capabilities(self) -> dict[str, Any]:
        """What code may rely on, by the standard's names."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": _MOST_DIMENSIONS}

    def default_device(self) -> str:
        """The device, "cpu"."""
        return "cpu"

    def default_dtypes(self, *, device: Any = None) -> dict[str, np.dtype[Any]]:
        """The dtypes of arrays that are made without one, by kind."""
        check_device(device)
        return {
            "real floating": default_of("f"),
            "complex floating": default_of("c"),
            "integral": default_of("i"),
            "indexing": default_of("i"),
        }

    def dtypes(self, *, device: Any = None, kind: Any = None) -> dict[str, np.dtype[Any]]:
        """The dtypes of a kind, or of one of several kinds, by name; all of them by default."""
        check_device(device)
        return {name: np.dtype(name) for name in _NAMES if kind is None or np.isdtype(np.dtype(name), kind)}

    def devices(self) -> list[str]:
        """All devices: there is one."""
        return ["cpu"]


def __array_namespace_info__() -> Info:
    """What this namespace says of itself.

    Returns
    -------
    Info
        With the methods capabilities, default_device, default_dtypes, dtypes and devices.

    Examples
    --------
    >>> xp = tf.constant(1.0).__array_namespace__()
    >>> xp.__array_namespace_info__().devices()
    ['cpu']
    """
    return Info()
