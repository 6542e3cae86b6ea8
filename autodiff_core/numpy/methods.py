"""ndarray's methods and attributes on tensors: for each name, the function that it is another spelling of.

Most are NumPy's functions of the same name, which are recorded: `t.sum(axis=0)` is `np.sum(t, axis=0)`. What takes its
arguments otherwise has a few lines here, and what would write into the array raises an error with the way out. The core
asks for a name when it is first used.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from .. import _core, tensor_shape
from ..ops import complex_parts
from . import variable_parts
from .functions import registry
from .protocol import array_function, array_ufunc

# Methods that change an array in place, and what gives the changed values.
_IN_PLACE = {
    "fill": "tf.fill(t.shape, value) makes a tensor of one value",
    "partition": "np.partition(t, kth) gives the partitioned values",
    "put": "tf.tensor_scatter_nd_update(t, indices, values) gives t with other values at some places",
    "resize": "np.resize(t, shape) gives the values in another shape",
    "setflags": "t.numpy() gives an array of your own, which can be written to",
    "sort": "np.sort(t) gives the sorted values",
}


def _of_numpy(name: str) -> Callable[..., Any]:
    function = getattr(np, name)

    def method(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        return array_function(function, (), (self, *args), kwargs)

    if function not in registry.functions:
        registry.load()
    # What help and inspect.signature show of it.
    method.__wrapped__ = registry.functions[function] if function not in registry.asking else function  # type: ignore[attr-defined]
    method.__doc__ = f"numpy.{name} of this tensor, recorded; the arguments are ndarray.{name}'s."
    return method


def _in_place(name: str) -> Callable[..., Any]:
    def method(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        what = "a Variable is changed by assigning to it, as in v.assign(...)"
        if isinstance(self, _core.Tensor):
            what = "a Tensor's value never changes"
        raise TypeError(f"{type(self).__name__}.{name} would write into an array, and {what}: {_IN_PLACE[name]}")

    method.__doc__ = f"Raises a TypeError: {_IN_PLACE[name]}."
    return method


def reshape(self: Any, /, *shape: Any, order: str = "C", copy: bool | None = None) -> Any:
    """The elements in another shape, given as a tuple or as so many numbers; recorded."""
    sizes = shape[0] if len(shape) == 1 else shape
    return array_function(np.reshape, (), (self, sizes), {"order": order, "copy": copy})


def transpose(self: Any, /, *axes: Any) -> Any:
    """The axes in another order (reversed by default), given as a tuple or as so many numbers; recorded."""
    order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
    return array_function(np.transpose, (), (self, order or None), {})


def flatten(self: Any, /, order: str = "C") -> Any:
    """The elements along one axis; recorded."""
    return array_function(np.ravel, (), (self, order), {})


def copy(self: Any, /, order: str = "C") -> Any:
    """The tensor as another one; recorded."""
    return _core.identity_tensor(self)


def astype(
    self: Any, /, dtype: Any, order: str = "K", casting: Any = "unsafe", subok: bool = True, copy: bool = True
) -> Any:
    """The values in another dtype; recorded. Complex numbers lose their imaginary parts, as in NumPy."""
    wanted = np.dtype(dtype)
    if not np.can_cast(self.dtype, wanted, casting):
        raise TypeError(f"astype: cannot cast from {self.dtype} to {wanted} according to the rule {casting!r}")
    return _core.to_dtype(self, wanted) if copy or wanted != self.dtype else _core.to_tensor(self)


def clip(self: Any, /, min: Any = None, max: Any = None, out: Any = None) -> Any:
    """numpy.clip of this tensor, recorded."""
    return array_function(np.clip, (), (self, min, max), {"out": out})


def compress(self: Any, /, condition: Any, axis: Any = None, out: Any = None) -> Any:
    """numpy.compress of this tensor, recorded."""
    return array_function(np.compress, (), (condition, self, axis), {"out": out})


def conjugate(self: Any, /) -> Any:
    """The complex conjugates; recorded."""
    return array_ufunc(np.conjugate, "__call__", (self,), {})


def to_device(self: Any, device: Any, /, *, stream: Any = None) -> Any:
    """The tensor itself: there is one device, "cpu"."""
    if device != "cpu" or stream is not None:
        raise ValueError(f"to_device: there is the device 'cpu', without streams, and no device {device!r}")
    return _core.to_tensor(self)


def array_namespace(self: Any, /, *, api_version: str | None = None) -> ModuleType:
    """The module of functions that the Python array API standard names, which take and give tensors."""
    from . import array_api
    from .array_api.info import VERSIONS

    if api_version is not None and api_version not in VERSIONS:
        raise ValueError(
            f"__array_namespace__: there is no version {api_version!r} of the array API standard here; there are "
            f"{', '.join(VERSIONS)}"
        )
    return array_api


def dlpack(
    self: Any,
    /,
    *,
    stream: Any = None,
    max_version: tuple[int, int] | None = None,
    dl_device: tuple[int, int] | None = None,
    copy: bool | None = None,
) -> Any:
    """The values as a DLPack capsule, which cannot be written to; see `tf.experimental.dlpack`."""
    from . import dlpack

    return dlpack.capsule_of(self, stream, max_version, dl_device, copy)


def dlpack_device(self: Any, /) -> tuple[int, int]:
    """DLPack's numbers for the device: the CPU, of which there is one."""
    return (1, 0)


def set_shape(self: Any, /, shape: Any) -> None:
    """Raise a ValueError unless the tensor is of this shape; None in it matches any size."""
    if not self.shape.is_compatible_with(shape):
        raise ValueError(
            f"Tensor's shape {self.shape} is not compatible with supplied shape {tensor_shape.TensorShape(shape)}."
        )


def cpu(self: Any, /) -> Any:
    """The tensor itself: there is one device, the CPU."""
    return self


def repr_html(self: Any, /) -> str:
    """What a notebook shows: dtype, shape, and the first and last elements. Nothing is recorded."""
    from ..reading.html import operand_html

    return operand_html(self)


_OTHERS: dict[str, Callable[..., Any]] = {
    "__array_namespace__": array_namespace,
    "__dlpack__": dlpack,
    "__dlpack_device__": dlpack_device,
    "_repr_html_": repr_html,
    "astype": astype,
    "clip": clip,
    "compress": compress,
    "copy": copy,
    "cpu": cpu,
    "conj": conjugate,
    "conjugate": conjugate,
    "flatten": flatten,
    "reshape": reshape,
    "set_shape": set_shape,
    "to_device": to_device,
    "transpose": transpose,
    # Attributes
    **variable_parts.ATTRIBUTES,
    "device": lambda self: "cpu",
    "imag": lambda self: complex_parts.imag(self),
    "itemsize": lambda self: self.dtype.itemsize,
    "mT": lambda self: array_function(np.matrix_transpose, (), (self,), {}),
    "nbytes": lambda self: self.size * self.dtype.itemsize,
    "real": lambda self: complex_parts.real(self),
}


def function_of(name: str) -> Callable[..., Any]:
    """The function behind a method or an attribute."""
    if name in _OTHERS:
        return _OTHERS[name]
    method = _in_place(name) if name in _IN_PLACE else _of_numpy(name)
    method.__name__ = name
    method.__qualname__ = f"Tensor.{name}"
    return method
