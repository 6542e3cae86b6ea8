"""`test`: TensorFlow's name for comparing a function's derivatives with differences of its values.

`testing.check_gradients` asserts, in float64 and to any order; `compute_gradient` hands back both Jacobians, in the
arguments' own dtypes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import _core
from .tape import GradientTape

__all__ = ["compute_gradient"]


def compute_gradient(
    f: Callable[..., Any], x: list[Any] | tuple[Any, ...], delta: float | None = None
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The Jacobians of a function for each of its arguments, by a tape and by central differences.

    Parameters
    ----------
    f : callable
        Takes one tensor for each of `x` and returns a tensor of floats.
    x : list or tuple of array_like
        The arguments, of float dtypes. It takes two calls of `f` for each element.
    delta : float, optional
        The step of the differences; 1/1024 unless given, which is exact in binary.

    Returns
    -------
    theoretical, numerical : list of ndarray
        For each argument a matrix with a row for each element of f's value and a column for each of the argument's, of
        the argument's dtype.

    Raises
    ------
    ValueError
        If `x` is not a list or tuple.
    TypeError
        If an argument or the value is not of a float dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/test/compute_gradient

    Examples
    --------
    >>> theoretical, numerical = tf.test.compute_gradient(lambda x: x * x, [[1., 2.]])
    >>> theoretical
    [array([[2., 0.],
           [0., 4.]], dtype=float32)]
    >>> np.allclose(theoretical, numerical, atol=1e-3)
    True
    """
    if not isinstance(x, (list, tuple)):
        raise ValueError(
            f"`x` must be a list or tuple of values convertible to a Tensor (arguments to `f`), not a {type(x)}"
        )
    arguments = [_core.to_tensor(value) for value in x]
    for position, argument in enumerate(arguments):
        _check_float(f"argument {position}", argument)
    with GradientTape() as tape:
        tape.watch(arguments)
        value = _core.to_tensor(f(*arguments))
    _check_float("the value", value)
    jacobians = tape.jacobian(value, arguments, unconnected_gradients="zero", mode="reverse")
    theoretical = [j.numpy().reshape(value.size, x.size) for j, x in zip(jacobians, arguments, strict=True)]
    step = 1.0 / 1024 if delta is None else delta
    return theoretical, [_differences(f, arguments, position, value, step) for position in range(len(arguments))]


def _check_float(what: str, tensor: _core.Tensor) -> None:
    if tensor.dtype.kind != "f":
        raise TypeError(f"compute_gradient: {what} has dtype {tensor.dtype}, which has no derivative; cast it first")


def _differences(
    f: Callable[..., Any], arguments: list[_core.Tensor], position: int, value: _core.Tensor, delta: float
) -> np.ndarray:
    """A column for each element of one argument."""
    point = np.array(arguments[position])
    matrix = np.zeros((value.size, point.size), point.dtype)

    def at(element: tuple[int, ...], number: Any) -> np.ndarray:
        moved = point.copy()
        moved[element] = number
        return np.asarray(f(*arguments[:position], _core.to_tensor(moved), *arguments[position + 1 :]))

    for column, element in enumerate(np.ndindex(point.shape)):
        above, below = at(element, point[element] + delta), at(element, point[element] - delta)
        matrix[:, column] = ((above - below) / (2.0 * delta)).ravel()
    return matrix
