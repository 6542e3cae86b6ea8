"""Example calls of np.fft's functions, by name, for test_numpy_coverage.py; see numpy_calls.py for what the tables say.

Each call gives real numbers, the parts of a transform, so that NumPy's value and finite differences have one form.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from numpy_calls import Call, of

V = ((5,),)
CUBE = ((2, 3, 4),)


def parts(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(x: Any) -> Any:
        y = function(x)
        return [np.real(y), np.imag(y)]

    return call


def turned(x: Any) -> Any:
    """Complex numbers of which both parts vary."""
    return x * (1.0 + 2.0j) + 0.5j * x * x


def along_one(function: Callable[..., Any], complexly: bool = True) -> tuple[Call, ...]:
    change = turned if complexly else (lambda x: x)
    return of(
        parts(lambda x: function(x)),
        parts(lambda x: function(change(x), axis=0)),
        parts(lambda x: function(change(x), 3, norm="ortho")),
        parts(lambda x: function(change(x), n=6, norm="forward")),
    ) + of(parts(lambda x: function(change(x), 7)), parts(lambda x: function(change(x), 2)), shapes=V)


def along_two(function: Callable[..., Any], complexly: bool = True) -> tuple[Call, ...]:
    change = turned if complexly else (lambda x: x)
    return of(
        parts(lambda x: function(x)),
        parts(lambda x: function(change(x), s=(3, 5), axes=(0, -1), norm="ortho")),
        parts(lambda x: function(change(x), axes=(1, 0))),
        parts(lambda x: function(change(x), s=(-1, 3), axes=(0, 1), norm="forward")),
        shapes=CUBE,
    )


def along_several(function: Callable[..., Any], complexly: bool = True) -> tuple[Call, ...]:
    change = turned if complexly else (lambda x: x)
    return along_two(function, complexly) + of(
        parts(lambda x: function(change(x))),
        parts(lambda x: function(change(x), axes=(0, 0))),
        parts(lambda x: function(change(x), s=(3,), axes=(1,))),
        shapes=CUBE,
    )


GRADIENTS: dict[str, tuple[Call, ...]] = {
    "fft": along_one(np.fft.fft) + of(parts(np.fft.fft)),
    "ifft": along_one(np.fft.ifft) + of(parts(np.fft.ifft)),
    "fft2": along_two(np.fft.fft2),
    "ifft2": along_two(np.fft.ifft2),
    "fftn": along_several(np.fft.fftn),
    "ifftn": along_several(np.fft.ifftn),
    "rfft": along_one(np.fft.rfft, complexly=False),
    "irfft": along_one(np.fft.irfft),
    "rfft2": along_two(np.fft.rfft2, complexly=False),
    "irfft2": along_two(np.fft.irfft2),
    "rfftn": along_several(np.fft.rfftn, complexly=False),
    "irfftn": along_several(np.fft.irfftn),
    "hfft": along_one(np.fft.hfft),
    "ihfft": along_one(np.fft.ihfft, complexly=False),
    "fftshift": of(np.fft.fftshift, lambda x: np.fft.fftshift(x, 1), lambda x: np.fft.fftshift(x, (0, -2)))
    + of(np.fft.fftshift, shapes=V),
    "ifftshift": of(np.fft.ifftshift, lambda x: np.fft.ifftshift(x, 1), lambda x: np.fft.ifftshift(x, (0, -1)))
    + of(np.fft.ifftshift, shapes=V),
}
DATA: dict[str, Callable[..., Any]] = {}
WITHOUT_CALL: set[str] = set()

# They take no numbers that could be differentiated.
NOT_OFFERED = {"fftfreq", "rfftfreq", "test"}

ALIASES: dict[str, str] = {}
