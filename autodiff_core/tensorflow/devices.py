"""Devices, of which there is one, the CPU: TensorFlow's programs name theirs, and run here as they stand.

TensorFlow places on the CPU what a device that is not there was asked to do ("soft placement"). So is it done here, for
every device but the first CPU.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

__all__ = ["LogicalDevice", "PhysicalDevice", "device", "list_logical_devices", "list_physical_devices"]

_PART = re.compile(
    r"(job:[A-Za-z]\w*|replica:(\d+|\*)|task:(\d+|\*)|device:[A-Za-z]\w*(:(\d+|\*))?|(cpu|gpu|tpu)(:(\d+|\*))?)",
    re.IGNORECASE,
)


class PhysicalDevice(NamedTuple):
    """A device that the machine has."""

    name: str
    device_type: str


class LogicalDevice(NamedTuple):
    """A device that computations can name."""

    name: str
    device_type: str


@contextmanager
def device(device_name: str | Callable[..., Any] | None) -> Iterator[None]:
    """Say where to compute: a context that checks the name, and has no effect.

    Parameters
    ----------
    device_name : str, callable or None
        For example "/CPU:0", "GPU:1" or "/job:localhost/task:0/device:CPU:0". A device that is not there is the CPU.

    Raises
    ------
    ValueError
        Where the name is none of a device.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/device

    Examples
    --------
    >>> with tf.device("/CPU:0"):
    ...     print(tf.constant(1.) + 2.)
    Tensor(3.0, shape=(), dtype=float32)
    """
    if isinstance(device_name, str):
        parts = [part for part in device_name.split("/") if part]
        wrong = [part for part in parts if not _PART.fullmatch(part)]
        if wrong:
            raise ValueError(f"device: {wrong[0]!r} in the name {device_name!r} is no part of one such as '/CPU:0'")
    elif device_name is not None and not callable(device_name):
        raise ValueError(f"device: takes a name, not {device_name!r} of type {type(device_name).__name__}")
    yield


def list_physical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The devices that the machine has for these computations: one CPU.

    Parameters
    ----------
    device_type : str, optional
        Only those of this type, for example "GPU", of which there are none.

    Returns
    -------
    list of PhysicalDevice
        With `name` and `device_type`.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/config/list_physical_devices

    Examples
    --------
    >>> tf.config.list_physical_devices()
    [PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')]
    >>> tf.config.list_physical_devices("GPU")
    []
    """
    return [PhysicalDevice("/physical_device:CPU:0", "CPU")] if device_type in (None, "CPU") else []


def list_logical_devices(device_type: str | None = None) -> list[LogicalDevice]:
    """The devices that computations can name: one CPU.

    Parameters
    ----------
    device_type : str, optional
        Only those of this type.

    Returns
    -------
    list of LogicalDevice
        With `name` and `device_type`.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/config/list_logical_devices

    Examples
    --------
    >>> tf.config.list_logical_devices("CPU")
    [LogicalDevice(name='/device:CPU:0', device_type='CPU')]
    """
    return [LogicalDevice("/device:CPU:0", "CPU")] if device_type in (None, "CPU") else []
