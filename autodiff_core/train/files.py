"""Arrays by name in files of the safetensors format: read without running anything, written at once or not at all.

A file is written beside its place, and takes that when all of it is on the disk; whoever is interrupted before leaves
what there was. Complex numbers, which the format does not have in all its versions, are pairs of floats, and the file
says which.
"""

from __future__ import annotations

import json
import os
import secrets
from typing import Any

import numpy as np

from .. import _core

__all__ = ["SUFFIX", "load", "located", "replace", "save"]

SUFFIX = ".safetensors"
_COMPLEX = "complex"
_DTYPES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "C64": "complex64",
    "BOOL": "bool",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U64": "uint64",
    "U32": "uint32",
    "U16": "uint16",
    "U8": "uint8",
}


def _safetensors() -> Any:
    try:
        import safetensors.numpy
    except ImportError as error:
        raise ImportError(
            "checkpoints are safetensors files, and safetensors is not installed: "
            'pip install "autodiff-core[checkpoint]"'
        ) from error
    return safetensors


def located(path: Any) -> str:
    """The file that a path means: its suffix may be left out."""
    text = os.fsdecode(path)
    return text if text.endswith(SUFFIX) else text + SUFFIX


def save(path: str, arrays: dict[str, np.ndarray]) -> None:
    """Write arrays to a file, which is then whole, or as it was."""
    pairs, metadata = {}, {}
    for name, array in arrays.items():
        if name == "__metadata__":
            raise ValueError("a safetensors file has no place for a value that is called '__metadata__': rename it")
        if array.dtype.kind == "c" and array.dtype.itemsize <= 16:
            metadata[name] = array.dtype.name
            array = np.stack([array.real, array.imag], axis=-1)
        elif array.dtype.name not in _DTYPES.values():
            raise TypeError(f"{name!r} has dtype {array.dtype.name}, which a safetensors file cannot hold: cast it")
        pairs[name] = np.asarray(array, order="C")
    data = _safetensors().numpy.save(pairs, {_COMPLEX: json.dumps(metadata)} if metadata else None)
    replace(path, data)


def replace(path: str, data: bytes) -> None:
    """Let a file have other contents, whole, or stay as it was."""
    folder, name = os.path.split(os.path.abspath(path))
    os.makedirs(folder, exist_ok=True)
    # (Not longer than the name that it takes may be: of four bytes a letter at most.)
    beside = os.path.join(folder, f".{name[:32]}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with open(beside, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        if os.path.exists(beside):
            os.unlink(beside)
        raise
    _sync_folder(folder)


def _sync_folder(folder: str) -> None:
    """See to it that the new name of a file is on the disk, too, where a folder can be opened for that."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)


def load(path: str) -> dict[str, np.ndarray]:
    """The arrays of a file, by name."""
    library = _safetensors()
    if not os.path.exists(path):
        raise FileNotFoundError(f"there is no checkpoint {path!r}")
    with open(path, "rb") as file:
        data = file.read()
    try:
        parts = library.deserialize(data)
        said = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")]).get("__metadata__", {}).get(_COMPLEX)
        pairs = dict(json.loads(said)) if said else {}
    except (library.SafetensorError, ValueError, AttributeError, TypeError) as error:
        raise ValueError(f"{path!r} is not a safetensors file, or not all of one: {error}") from None
    found = {}
    for name, part in parts:
        dtype = _DTYPES.get(part["dtype"])
        if dtype is None:
            raise ValueError(f"{path!r}: {name!r} has dtype {part['dtype']}, and there are no tensors of that")
        array = np.frombuffer(part["data"], _core.as_dtype(dtype)).reshape(part["shape"])
        if name in pairs:
            whole = {"complex64": "float32", "complex128": "float64"}.get(str(pairs[name]))
            if array.shape[-1:] != (2,) or array.dtype.name != whole:
                raise ValueError(
                    f"{path!r}: {name!r} is said to be of dtype {pairs[name]!r}, and has shape {array.shape} and dtype "
                    f"{array.dtype.name}"
                )
            array = array.view(pairs[name])[..., 0]
        found[name] = array
    return found
