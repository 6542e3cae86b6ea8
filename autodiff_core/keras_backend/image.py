"""Keras's operations of `image`: its own file, over our NumPy, but for those that it writes for SciPy.

Those take elements between pixels, or blur: they are interpolation by gathering, and convolution, so that gradients
flow to images, to coordinates and to widths.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np
from keras.src import backend
from keras.src.random.seed_generator import draw_seed

import autodiff_core as tf

from . import derived
from .dtypes import result_type, standardize_dtype
from .nn import depthwise_conv
from .tensors import cast, convert_to_tensor

derived.run("image", globals(), without=("jax", "keras.src.backend.jax"))

# ------------------------------------------------------------------------------------------------- between the elements

_ORDERS = {"nearest": 0, "bilinear": 1}


def _mirrored(at: Any, size: int) -> Any:
    """The last element is where it turns, and stands there once."""
    turn = max(2 * (size - 1), 1)
    at = tf.math.floormod(at, turn)
    return tf.minimum(at, turn - at) if size > 1 else at


def _reflected(at: Any, size: int) -> Any:
    """Behind the last element follows the last element."""
    at = tf.math.floormod(at, 2 * size)
    return tf.minimum(at, 2 * size - 1 - at)


_INSIDE: dict[str, Callable[[Any, int], Any]] = {
    "constant": lambda at, size: tf.clip_by_value(at, 0, size - 1),
    "nearest": lambda at, size: tf.clip_by_value(at, 0, size - 1),
    "wrap": lambda at, size: tf.math.floormod(at, size),
    "mirror": _mirrored,
    "reflect": _reflected,
}
"""Which element stands at a place beyond the ends."""


def _rounded(x: Any) -> Any:
    """The nearest integer; the one farther from zero of two."""
    return tf.sign(x) * tf.floor(tf.abs(x) + 0.5)


def _between(
    rows: Any, sizes: Sequence[int], coordinates: Sequence[Any], order: int, mode: str, fill_value: Any, which: Any = 0
) -> Any:
    """What is at coordinates: the nearest row, or the mean of those around, by distance.

    `rows` are the elements of a space of these sizes, or of several, one behind the other; then `which` says in which
    of them a point is. Points have the coordinates' shape; rows may have more axes.
    """
    corners: list[list[tuple[Any, Any]]] = []  # along each axis: places, and what they count
    for c in coordinates:
        if order == 0:
            corners.append([(tf.cast(_rounded(c), "int64"), None)])
        else:
            low = tf.floor(c)
            share, at = c - low, tf.cast(low, "int64")
            corners.append([(at, 1.0 - share), (at + 1, share)])
    total = None
    for corner in product(*corners):
        place, weight, inside = which, None, None
        for (at, share), size in zip(corner, sizes, strict=True):
            place = place * size + _INSIDE[mode](at, size)
            weight = share if weight is None else weight * share
            if mode == "constant":
                here = tf.logical_and(at >= 0, at < size)
                inside = here if inside is None else tf.logical_and(inside, here)
        found = tf.gather(rows, place)
        more = [1] * (found.ndim - place.ndim)
        if inside is not None:
            found = tf.where(tf.reshape(inside, (*inside.shape, *more)), found, tf.zeros_like(found) + fill_value)
        if weight is not None:
            found = found * tf.reshape(weight, (*weight.shape, *more))
        total = found if total is None else total + found
    return total


def map_coordinates(
    inputs: Any, coordinates: Any, order: int, fill_mode: str = "constant", fill_value: float = 0.0
) -> Any:
    inputs = convert_to_tensor(inputs)
    coordinates = convert_to_tensor(coordinates)
    if coordinates.shape[0] != inputs.ndim:
        raise ValueError(
            "First dim of `coordinates` must be the same as the rank of `inputs`. Received inputs with shape: "
            f"{tuple(inputs.shape)} and coordinate leading dim of {coordinates.shape[0]}"
        )
    if coordinates.ndim < 2:
        raise ValueError(
            f"Invalid coordinates rank: expected at least rank 2. Received input with shape: {tuple(coordinates.shape)}"
        )
    if fill_mode not in _INSIDE:
        raise ValueError(
            f"Invalid value for argument `fill_mode`. Expected one of {set(_INSIDE)}. Received: fill_mode={fill_mode}"
        )
    if order not in (0, 1):
        raise ValueError(f"Invalid value for argument `order`. Expected one of [0, 1]. Received: order={order}")
    dtype = standardize_dtype(inputs.dtype)
    wide = _computing(dtype)
    rows = tf.reshape(cast(inputs, wide), (prod(inputs.shape),))
    points = tf.unstack(cast(coordinates, result_type(coordinates.dtype, "float32")))
    found = _between(rows, inputs.shape, points, order, fill_mode, fill_value)
    return cast(found if backend.is_float_dtype(dtype) else _rounded(found), dtype)


def _computing(dtype: Any) -> str:
    """In what numbers: floats of 32 bits at least."""
    return str(result_type(dtype, "float32"))


def _of_batch(images: Any, data_format: str) -> tuple[Any, Callable[[Any], Any]]:
    """Images as a batch with the channels behind, and how a result is made like them again."""
    if images.ndim not in (3, 4):
        raise ValueError(
            "Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). Received input with "
            f"shape: images.shape={tuple(images.shape)}"
        )
    dtype, alone, first = images.dtype, images.ndim == 3, data_format == "channels_first"
    batch = cast(images[None] if alone else images, _computing(dtype))
    batch = tf.transpose(batch, (0, 2, 3, 1)) if first else batch

    def back(result: Any) -> Any:
        result = tf.transpose(result, (0, 3, 1, 2)) if first else result
        return cast(result[0] if alone else result, dtype)

    return batch, back


def _check_ways(interpolation: str, fill_mode: str) -> None:
    if interpolation not in _ORDERS:
        raise ValueError(
            "Invalid value for argument `interpolation`. Expected of one "
            f"{set(_ORDERS)}. Received: interpolation={interpolation}"
        )
    if fill_mode not in _INSIDE:
        raise ValueError(
            f"Invalid value for argument `fill_mode`. Expected of one {set(_INSIDE)}. Received: fill_mode={fill_mode}"
        )


def _taken(batch: Any, y: Any, x: Any, order: int, mode: str, fill_value: Any) -> Any:
    """Pixels of each image at points of its own."""
    count, height, width, channels = batch.shape
    rows = tf.reshape(batch, (count * height * width, channels))
    points = [tf.broadcast_to(c, (count, *c.shape[1:])) for c in (y, x)]
    return _between(rows, (height, width), points, order, mode, fill_value, np.arange(count).reshape(count, 1, 1))


def _projected(batch: Any, transforms: Any, order: int, mode: str, fill_value: Any) -> Any:
    """Images seen through (a0 x + a1 y + a2, b0 x + b1 y + b2) / (c0 x + c1 y + 1)."""
    y, x = np.mgrid[: batch.shape[1], : batch.shape[2]].astype(batch.dtype)
    a0, a1, a2, b0, b1, b2, c0, c1 = (t[:, None, None] for t in tf.unstack(cast(transforms, batch.dtype), axis=-1))
    depth = c0 * x + c1 * y + 1.0
    return _taken(batch, (b0 * x + b1 * y + b2) / depth, (a0 * x + a1 * y + a2) / depth, order, mode, fill_value)


def affine_transform(
    images: Any,
    transform: Any,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Any:
    _check_ways(interpolation, fill_mode)
    batch, back = _of_batch(convert_to_tensor(images), backend.standardize_data_format(data_format))
    transform = convert_to_tensor(transform)
    if transform.ndim not in (1, 2):
        raise ValueError(
            "Invalid transform rank: expected rank 1 (single transform) or rank 2 (batch of transforms). Received "
            f"input with shape: transform.shape={tuple(transform.shape)}"
        )
    transform = transform[None] if transform.ndim == 1 else transform
    return back(_projected(batch, transform, _ORDERS[interpolation], fill_mode, fill_value))


def perspective_transform(
    images: Any,
    start_points: Any,
    end_points: Any,
    interpolation: str = "bilinear",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Any:
    _check_ways(interpolation, "constant")
    batch, back = _of_batch(convert_to_tensor(images), backend.standardize_data_format(data_format))
    points = {"start_points": convert_to_tensor(start_points), "end_points": convert_to_tensor(end_points)}
    for name, p in points.items():
        if p.ndim not in (2, 3) or tuple(p.shape[-2:]) != (4, 2):
            raise ValueError(
                f"Invalid {name} shape: expected (4,2) for a single image or (N,4,2) for a batch. "
                f"Received shape: {tuple(p.shape)}"
            )
    start, end = points.values()
    if tuple(start.shape) != tuple(end.shape):
        raise ValueError(
            "start_points and end_points must have the same shape. Received "
            f"start_points.shape={tuple(start.shape)}, end_points.shape={tuple(end.shape)}"
        )
    start, end = (p[None] if p.ndim == 2 else p for p in (start, end))
    transforms = compute_homography_matrix(start, end)  # type: ignore[name-defined]  # noqa: F821
    return back(_projected(batch, transforms, _ORDERS[interpolation], "constant", fill_value))


# --------------------------------------------------------------------------------------------------------- convolutions


def _blurred(batch: Any, sizes: Sequence[int], sigmas: Sequence[Any]) -> Any:
    """Blurred along the width, then along the height: sizes and sigmas are those of x and y."""
    channels = batch.shape[-1]
    for axis, (size, sigma) in enumerate(zip(sizes, sigmas, strict=True)):
        x = np.arange(size, dtype=batch.dtype) - (size - 1) / 2
        weights = tf.exp(-0.5 * tf.square(x / cast(sigma, batch.dtype)))
        weights = weights / tf.reduce_sum(weights)
        kernel = tf.reshape(weights, (1, size, 1, 1) if axis == 0 else (size, 1, 1, 1))
        batch = depthwise_conv(batch, tf.tile(kernel, (1, 1, channels, 1)), 1, "same", "channels_last")
    return batch


def gaussian_blur(
    images: Any, kernel_size: Any = (3, 3), sigma: Any = (1.0, 1.0), data_format: str | None = None
) -> Any:
    batch, back = _of_batch(convert_to_tensor(images), backend.standardize_data_format(data_format))
    return back(_blurred(batch, [int(n) for n in kernel_size], [sigma[0], sigma[1]]))


def elastic_transform(
    images: Any,
    alpha: Any = 20.0,
    sigma: Any = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    seed: Any = None,
    data_format: str | None = None,
) -> Any:
    _check_ways(interpolation, fill_mode)
    batch, back = _of_batch(convert_to_tensor(images), backend.standardize_data_format(data_format))
    alpha, sigma = cast(alpha, batch.dtype), cast(sigma, batch.dtype)
    size = int(6 * float(sigma)) | 1
    shape = (*batch.shape[:3], 2)
    moved = sigma * tf.random.stateless_normal(shape, draw_seed(seed), dtype=batch.dtype)
    dx, dy = tf.unstack(alpha * _blurred(moved, (size, size), (sigma, sigma)), axis=-1)
    y, x = np.mgrid[: shape[1], : shape[2]].astype(batch.dtype)
    return back(_taken(batch, y + dy, x + dx, _ORDERS[interpolation], fill_mode, fill_value))


def sobel_edges(images: Any, data_format: str | None = None) -> Any:
    images = convert_to_tensor(images)
    first = data_format == "channels_first"
    batch = tf.transpose(images, (0, 2, 3, 1)) if first else images
    count, height, width, channels = batch.shape
    padded = tf.pad(batch, [(0, 0), (1, 1), (1, 1), (0, 0)], "SYMMETRIC")
    down = np.outer([-1, 0, 1], [1, 2, 1])
    kernel = np.stack([down, down.T], -1)[:, :, None].repeat(channels, 2)
    edges = depthwise_conv(padded, kernel.astype(_computing(images.dtype)), 1, "valid", "channels_last")
    edges = cast(tf.reshape(edges, (count, height, width, channels, 2)), images.dtype)
    return tf.transpose(edges, (0, 3, 1, 2, 4)) if first else edges
