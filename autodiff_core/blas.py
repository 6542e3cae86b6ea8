"""Where the BLAS that NumPy calls says how many threads it uses.

Products of matrices are shared among this library's threads, and have BLAS on one meanwhile. What it is told by is no
part of NumPy; a library has it under a name that tells how it was built. It is looked for in what NumPy's own extension
was linked with. Where it is not found (Apple's Accelerate has none), or where BLAS shares its threads with OpenMP, BLAS
shares out its products itself.
"""

from __future__ import annotations

import ctypes
import os

import numpy as np

from . import _core

__all__: list[str] = []

# How OpenBLAS is built: by NumPy's and SciPy's wheels with a prefix; with a suffix where its integers have 64 bits.
_OPENBLAS = [f"{prefix}openblas_{{}}_num_threads{suffix}" for prefix in ("scipy_", "") for suffix in ("64_", "", "_64")]
_MKL = "MKL_Set_Num_Threads_Local"  # of the calling thread alone
_OPENMP = 2  # what OpenBLAS gives as its parallelism, where its threads are OpenMP's


def _libraries() -> list[ctypes.CDLL]:
    """What NumPy's matrix products are linked with, as loaded."""
    extension = np._core._multiarray_umath.__file__  # type: ignore[attr-defined]
    if os.name == "nt":  # a name is looked up in one library there, not in what that one needs
        beside = os.path.join(os.path.dirname(os.path.dirname(np.__file__)), "numpy.libs")
        return [ctypes.CDLL(os.path.join(beside, name)) for name in os.listdir(beside) if "openblas" in name]
    return [ctypes.CDLL(extension, mode=os.RTLD_NOLOAD | os.RTLD_LAZY)]


def _address(library: ctypes.CDLL, name: str) -> int:
    """0 where there is no such function."""
    try:
        function = getattr(library, name)
    except AttributeError:
        return 0
    return ctypes.cast(function, ctypes.c_void_p).value or 0


def _use(library: ctypes.CDLL) -> bool:
    """Whether this library says how many threads it uses; the core then knows where."""
    if here := _address(library, _MKL):
        _core.use_blas(set_here=here)
        return True
    for name in _OPENBLAS:
        get, set_ = _address(library, name.format("get")), _address(library, name.format("set"))
        if get and set_:
            kind = getattr(library, name.format("get").replace("num_threads", "parallel"))
            if kind() != _OPENMP:
                _core.use_blas(get=get, set=set_)
                return True
    return False


def find() -> None:
    """Tell the core, once, how to have BLAS on one thread."""
    try:
        for library in _libraries():
            if _use(library):
                return
    except (OSError, AttributeError):  # another build of NumPy's: BLAS is left alone
        return
