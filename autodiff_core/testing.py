"""Checking derivatives against finite differences.

For users who write functions or ops of their own, and for the library's own generated tests. The gradient of a tape is
compared with central differences of the function's values; the second order differentiates a gradient that was taken
under an outer tape, so it also checks that derivatives are recorded as rightly as values are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

import autodiff_core as tf

Function = Callable[..., Any]
Array = NDArray[np.float64]


def check_gradients(
    f: Function,
    args: Sequence[ArrayLike],
    order: int = 1,
    atol: float = 1e-6,
    rtol: float = 1e-5,
    eps: float = 1e-5,
) -> None:
    """Compare the gradients of a function with central finite differences.

    A result that is not a scalar is contracted with a random cotangent, which is the same in every run, and the
    derivative of that number is compared element by element. It takes two calls of `f` for each element of `args`, so
    use small arrays, and stay away from kinks: a difference across one is not a derivative.

    Parameters
    ----------
    f : callable
        Takes one tensor for each of `args` and returns a tensor of floats.
    args : sequence of array_like
        The point at which to differentiate. Everything is converted to float64; bind other arguments in `f`.
    order : int, default 1
        The highest order to check. 2 checks the gradient, and then the gradient of the gradient contracted with random
        tangents, through nested tapes.
    atol, rtol : float
        How much a derivative `d` may be off: `atol + rtol * abs(d)`.
    eps : float
        The step of the differences.

    Raises
    ------
    AssertionError
        Where a derivative is wrong. The text names the order and the argument, and shows both values.
    ValueError
        If `order` is less than 1.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> from autodiff_core.testing import check_gradients
    >>> check_gradients(lambda x, y: tf.sin(x) * y, [[0.5, 1.0], 2.0], order=2)

    A function that cuts the gradient of its first argument is found out:

    >>> check_gradients(lambda x, y: tf.stop_gradient(x) * y, [3.0, 2.0])
    Traceback (most recent call last):
        ...
    AssertionError: the gradient with respect to argument 0 is wrong
      tape:               None
      finite differences: 2
    """
    if order < 1:
        raise ValueError(f"order must be at least 1, got {order}")
    # Copies: the differences step about in them.
    points = [np.array(arg, dtype=np.float64) for arg in args]
    rng = np.random.default_rng(len(points))
    for level in range(1, order + 1):
        value = _call(f, points)
        contracted = _contracted(f, _draw(rng, value) if value.ndim else np.ones(()))
        gradients = _gradients(contracted, points)
        for position, gradient in enumerate(gradients):
            expected = _differences(contracted, points, position, eps)
            found = np.zeros_like(expected) if gradient is None else gradient.numpy()
            if found.shape != expected.shape or not np.allclose(found, expected, rtol=rtol, atol=atol):
                raise AssertionError(_explain(level, position, gradient, expected))
        f = _directional(contracted, [_draw(rng, point) for point in points])


def _call(f: Function, points: Sequence[Array]) -> Array:
    """Values of `f` at plain arrays."""
    return np.asarray(f(*(tf.constant(point) for point in points)))


def _draw(rng: np.random.Generator, like: Array) -> Array:
    """Random numbers away from zero, where a wrong factor would not show."""
    return rng.uniform(0.5, 1.5, np.shape(like)) * rng.choice([-1.0, 1.0], np.shape(like))


def _contracted(f: Function, cotangent: Array) -> Function:
    """`f` as a function to one number: what it returns, contracted with the cotangent."""
    return lambda *tensors: tf.reduce_sum(f(*tensors) * cotangent)


def _directional(f: Function, tangents: Sequence[Array]) -> Function:
    """The gradients of a function to one number, contracted with tangents: the next order's function."""

    def derivative(*tensors: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            value = f(*tensors)
        gradients = tape.gradient(value, list(tensors), unconnected_gradients="zero")
        return tf.add_n([tf.reduce_sum(g * tangent) for g, tangent in zip(gradients, tangents, strict=True)])

    return derivative


def _gradients(f: Function, points: Sequence[Array]) -> list[Any]:
    """Gradients of a function to one number, as tensors, or None where the tape finds no path."""
    tensors = [tf.constant(point) for point in points]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = f(*tensors)
    return list(tape.gradient(value, tensors))


def _differences(f: Function, points: Sequence[Array], position: int, eps: float) -> Array:
    """Central differences of a function to one number, for each element of one of its arguments."""
    point = points[position]
    derivative = np.empty_like(point)
    for element in np.ndindex(point.shape):
        kept = point[element]
        point[element] = kept + eps
        above = _call(f, points)
        point[element] = kept - eps
        below = _call(f, points)
        point[element] = kept
        derivative[element] = (above - below) / (2.0 * eps)
    return derivative


def _explain(level: int, position: int, gradient: Any, expected: Array) -> str:
    name = {1: "gradient", 2: "second derivative"}.get(level, f"derivative of order {level}")
    found = None if gradient is None else gradient.numpy()
    return (
        f"the {name} with respect to argument {position} is wrong\n"
        f"  tape:               {_show(found)}\n"
        f"  finite differences: {_show(expected)}"
    )


def _show(array: Any) -> str:
    """An array on one line, in few enough digits that the two can be compared by eye."""
    if array is None:
        return "None"
    if array.ndim == 0:
        return f"{array:.6g}"
    text = np.array2string(array, precision=6, suppress_small=True, separator=", ", threshold=64)
    return " ".join(text.split())
