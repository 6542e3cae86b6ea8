"""Where windows lie on an array of shape (batch, *space, channels): their places and shapes, and copies of them."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from . import forms
from .forms import Kind

# Attributes: the operand's shape (batch, *space, channels), then sizes, steps and gaps of the windows along the space.

EACH = forms.each(forms.positive, 3)
_PAD = forms.parts(forms.count, forms.count)
PADS = forms.Form("pairs of counts", lambda pads: type(pads) in (list, tuple) and all(map(_PAD.fits, pads)))


def out_sizes(attributes: Any) -> tuple[int, ...]:
    """How many windows there are along each dimension."""
    shape, sizes, steps, gaps = attributes
    return tuple(
        (n - (k - 1) * gap - 1) // step + 1 for n, k, step, gap in zip(shape[1:-1], sizes, steps, gaps, strict=True)
    )


def windows_shape(shape: Any, sizes: Any, steps: Any, gaps: Any) -> tuple[int, ...]:
    """What windows of such a geometry have; a ValueError where one does not fit into the operand."""
    outs = (
        out_sizes((shape, sizes, steps, gaps))
        if len(shape) == len(sizes) + 2 == len(steps) + 2 == len(gaps) + 2
        else ()
    )
    if not outs or min(outs) < 1 or min(*sizes, *steps, *gaps) < 1:
        raise ValueError(f"windows of {sizes} elements, {steps} and {gaps} apart, do not fit into shape {shape}")
    return (shape[0], *outs, *sizes, shape[-1])


def padded_shape(pads: Any, images: Kind) -> tuple[int, ...]:
    """That of images padded along the axes between the first and the last."""
    return tuple([n + a + b for n, (a, b) in zip(images.shape, [(0, 0), *pads, (0, 0)], strict=True)])


def take_windows(x: np.ndarray, attributes: Any) -> np.ndarray:
    """The windows, of shape (batch, *places, *sizes, channels)."""
    _, sizes, steps, gaps = attributes
    inner = x.strides[1:-1]
    shape = windows_shape(x.shape, sizes, steps, gaps)  # (or what is looked at is not the operand's memory)
    strides = (
        x.strides[0],
        *(s * step for s, step in zip(inner, steps, strict=True)),
        *(s * gap for s, gap in zip(inner, gaps, strict=True)),
        x.strides[-1],
    )
    return np.lib.stride_tricks.as_strided(x, shape, strides, writeable=False).copy()


def add_windows(g: np.ndarray, attributes: Any) -> np.ndarray:
    """The transpose: windows added up where they lie."""
    shape, sizes, steps, gaps = attributes
    whole = np.zeros(shape, g.dtype)
    outs = out_sizes(attributes)
    lead = (slice(None),) * (1 + len(sizes))
    for offset in np.ndindex(*sizes):
        place = tuple(
            slice(o * gap, o * gap + (n - 1) * step + 1, step)
            for o, gap, n, step in zip(offset, gaps, outs, steps, strict=True)
        )
        whole[(slice(None), *place)] += g[(*lead, *offset)]
    return whole


def flat_windows(taken: np.ndarray, dims: int) -> np.ndarray:
    """Windows with the elements of each along one axis, before the channels."""
    return taken.reshape(*taken.shape[: dims + 1], prod(taken.shape[dims + 1 : -1]), taken.shape[-1])
