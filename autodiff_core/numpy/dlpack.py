"""DLPack: tensors to and from NumPy, PyTorch, JAX and others, in the memory that they lie in.

A tensor's value never changes, so what leaves says that it is read-only, and what comes in is shared only where nobody
can write to it. A capsule of DLPack before version 1 cannot say so; a consumer that asks for one gets a BufferError, as
it does from a read-only array of NumPy.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor

__all__ = ["from_dlpack", "lend", "to_dlpack"]
__dir__ = __all__.copy

_CPU = (1, 0)
# DLPack's numbers of devices whose memory the CPU reads: its own, and what CUDA and ROCm pin or manage there.
_HOST = (1, 3, 11, 13)
# NumPy 2.0 makes and reads capsules before version 1 only.
_VERSIONED = np.lib.NumpyVersion(np.__version__) >= "2.1.0"


class _Lender:
    """What a consumer of DLPack asks, with a capsule to give."""

    def __init__(self, capsule: Any, device: tuple[int, int] = _CPU) -> None:
        self._capsule, self._device = capsule, device

    def __dlpack__(self, **asked: Any) -> Any:
        return self._capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return self._device


def _check_unfollowed(x: Any, what: str) -> None:
    if _core.is_followed(x):
        raise BufferError(
            f"{what}: a tape that is recording follows this {type(x).__name__}, and cannot follow it into another "
            "library; leave the tape first, as in stop_gradient(t)"
        )


def capsule_of(x: Any, stream: Any, max_version: Any, dl_device: Any, copy: bool | None) -> Any:
    """`__dlpack__` of tensors and variables."""
    _check_unfollowed(x, "__dlpack__")
    try:
        array = x.__array__(copy=False if copy is False else None)
    except ValueError as error:
        raise BufferError(f"__dlpack__ with copy=False: {error}") from error
    if copy is not True and (max_version is None or max_version[0] < 1 or not _VERSIONED):
        raise BufferError(
            "a tensor's value never changes, and a capsule of DLPack before version 1, which is asked for, cannot say "
            "that it is read-only. Give a copy, t.numpy(), or, to a library that never writes to what it imports, such "
            "as JAX, tf.experimental.dlpack.lend(t)"
        )
    if not _VERSIONED:
        return array.copy().__dlpack__(stream=stream)
    return array.__dlpack__(stream=stream, max_version=max_version, dl_device=dl_device, copy=copy)


def to_dlpack(tf_tensor: Any) -> Any:
    """The value as a DLPack capsule, without a copy.

    Parameters
    ----------
    tf_tensor : array_like
        Anything that is no array is made a tensor first.

    Returns
    -------
    PyCapsule
        Of DLPack 1.0, marked as read-only; for one consumer, once.

    Raises
    ------
    BufferError
        Where a tape that is recording follows the tensor, or its dtype is none of DLPack's.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/experimental/dlpack/to_dlpack. Most libraries have a `from_dlpack`
    that takes the tensor itself. PyTorch does not heed the mark, and lets you write: that would change a value which is
    meant never to change, under every tape that has kept it.

    Examples
    --------
    >>> capsule = tf.experimental.dlpack.to_dlpack(tf.constant([1., 2.]))
    >>> tf.experimental.dlpack.from_dlpack(capsule)
    <Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    return capsule_of(_core.operand(tf_tensor), None, (1, 0), None, None)


def lend(x: Any) -> Any:
    """A tensor for a library that asks for capsules before DLPack 1.0, and never writes to what it imports.

    Parameters
    ----------
    x : array_like
        Anything that is no array is made a tensor first.

    Returns
    -------
    object
        What that library's `from_dlpack` takes, once; without a copy.

    Raises
    ------
    BufferError
        As `to_dlpack`.

    Notes
    -----
    Such a capsule cannot say that it is read-only. JAX asks for one, and its arrays never change either:
    `jax.numpy.from_dlpack(tf.experimental.dlpack.lend(t))`.

    Examples
    --------
    >>> np.from_dlpack(tf.experimental.dlpack.lend(tf.constant([1., 2.])))
    array([1., 2.], dtype=float32)
    """
    operand = _core.operand(x)
    _check_unfollowed(operand, "lend")
    return _Lender(_core.lent_view(np.asarray(operand)).__dlpack__())


def from_dlpack(dlcapsule: Any) -> Tensor:
    """A tensor of what a DLPack capsule holds, which lies in the memory of the CPU.

    Parameters
    ----------
    dlcapsule : PyCapsule or object
        A capsule that nobody has imported yet, or what has the method `__dlpack__`.

    Returns
    -------
    Tensor
        Without a copy where the capsule says that it is read-only; else of a copy, since a tensor's value must not
        change.

    Raises
    ------
    TypeError
        For what is neither.
    ValueError
        For a capsule that has been imported already.
    BufferError
        Where the memory is not the CPU's, or the dtype is none of NumPy's.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/experimental/dlpack/from_dlpack. TensorFlow shares the memory in any
    case; so does `from_dlpack` of `t.__array_namespace__()` with copy=False, for one who will not write to it.

    Examples
    --------
    >>> tf.experimental.dlpack.from_dlpack(np.arange(3.0))
    <Tensor: shape=(3,), dtype=float64, numpy=array([0., 1., 2.])>
    """
    return imported(_Lender(dlcapsule) if type(dlcapsule).__name__ == "PyCapsule" else dlcapsule, None)


def imported(x: Any, copy: bool | None) -> Tensor:
    """What the array API standard's `from_dlpack` gives; see `array_api.creation`."""
    if isinstance(x, _core.Operand):
        return _core.identity_tensor(x) if copy else _core.to_tensor(x)
    if not hasattr(x, "__dlpack__") or not hasattr(x, "__dlpack_device__"):
        raise TypeError(f"from_dlpack: a {type(x).__name__} is neither a DLPack capsule nor has it a method __dlpack__")
    device = x.__dlpack_device__()
    if device[0] not in _HOST:
        raise BufferError(
            f"from_dlpack: the array is on DLPack's device {tuple(device)}; bring it into the CPU's memory first"
        )
    capsule = _asked(x)
    version = _core.capsule_version(capsule)
    if version < 0:
        raise ValueError("from_dlpack: the capsule has been imported already, or is none of DLPack's")
    array = np.from_dlpack(_Lender(capsule, device))
    # A capsule of before version 1 says nothing, and NumPy then takes it for read-only.
    safe = (version and not array.flags.writeable and _is_frozen(x)) or _never_changes(x)
    if copy is False or (copy is None and safe):
        return _core.adopt(array)
    return _core.adopt(array.copy())


def _asked(x: Any) -> Any:
    if _VERSIONED:
        try:
            return x.__dlpack__(max_version=(1, 0))
        except TypeError:  # of before version 1
            pass
    return x.__dlpack__()


def _is_frozen(x: Any) -> bool:
    """Of NumPy's arrays, those that nobody can write to through another array."""
    while isinstance(x, np.ndarray):
        if x.flags.writeable or not (x.base is None or isinstance(x.base, (np.ndarray, _core.Lent))):
            return False
        x = x.base
    return True


def _never_changes(x: Any) -> bool:
    """JAX's arrays, whose capsules are of before version 1 and do not say so."""
    jax = sys.modules.get("jax")
    return jax is not None and isinstance(x, jax.Array)
