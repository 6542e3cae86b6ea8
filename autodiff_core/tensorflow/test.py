"""`test`: TensorFlow's name for comparing a function's derivatives with differences of its values.

`testing.check_gradients` asserts, in float64 and to any order; `compute_gradient` hands back both Jacobians, in the
arguments' own dtypes.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from .. import _core
from ..derivatives.gradient_tape import GradientTape
from ..derivatives.transforms import recorded_result
from ..ops.complex_parts import imag, real
from ..ops.shaping import stack

__all__ = ["compute_gradient"]
__dir__ = __all__.copy


def compute_gradient(
    f: Callable[..., Any], x: list[Any] | tuple[Any, ...], delta: float | None = None
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The Jacobians of a function for each of its arguments, by a tape and by central differences.

    Parameters
    ----------
    f : callable
        Takes one tensor for each of `x` and returns a tensor of floats or complex numbers.
    x : list or tuple of array_like
        The arguments, of float or complex dtypes. It takes two calls of `f` for each element, and four for a complex
        one.
    delta : float, optional
        The step of the differences; 1/1024 unless given, which is exact in binary.

    Returns
    -------
    theoretical, numerical : list of ndarray
        For each argument a matrix with a row for each element of f's value and a column for each of the argument's, of
        the argument's dtype. A complex number is two, its real and its imaginary part, each with a row or column.

    Raises
    ------
    ValueError
        If `x` is not a list or tuple.
    TypeError
        If an argument or the value is of no float or complex dtype.

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
        _check_differentiable(f"argument {position}", argument)
    with GradientTape() as tape:
        tape.watch(arguments)
        value = recorded_result("compute_gradient", f(*arguments))
        # By the convention, what a part's gradient has for a complex number is the pair of its row.
        parts = stack([real(value), imag(value)], -1) if value.dtype.kind == "c" else value
    _check_differentiable("the value", value)
    jacobians = tape.jacobian(parts, arguments, unconnected_gradients="zero", mode="reverse")
    theoretical = [
        _pairs(np.array(j)).reshape(parts.size, _width(x)) for j, x in zip(jacobians, arguments, strict=True)
    ]
    step = 1.0 / 1024 if delta is None else delta
    return theoretical, [_differences(f, arguments, position, parts.size, step) for position in range(len(arguments))]


def _check_differentiable(what: str, tensor: _core.Tensor) -> None:
    if not _core.is_differentiable(tensor.dtype):
        raise TypeError(f"compute_gradient: {what} has dtype {tensor.dtype}, which has no derivative; cast it first")


def _pairs(array: np.ndarray) -> np.ndarray:
    """Complex numbers as pairs, along a last axis."""
    return np.stack([array.real, array.imag], -1) if array.dtype.kind == "c" else array


def _width(argument: _core.Tensor) -> int:
    """The columns that an argument has."""
    return int(argument.size) * (2 if argument.dtype.kind == "c" else 1)


def _differences(
    f: Callable[..., Any], arguments: list[_core.Tensor], position: int, rows: int, delta: float
) -> np.ndarray:
    """A column for each element of one argument, or for each part of one."""
    point = np.array(arguments[position])
    steps = (delta, 1j * delta) if point.dtype.kind == "c" else (delta,)
    matrix = np.zeros((rows, _width(arguments[position])), point.real.dtype)

    def at(element: tuple[int, ...], number: Any) -> np.ndarray:
        moved = point.copy()
        moved[element] = number
        return _pairs(np.asarray(f(*arguments[:position], _core.to_tensor(moved), *arguments[position + 1 :])))

    for column, (element, step) in enumerate(product(np.ndindex(point.shape), steps)):
        above, below = at(element, point[element] + step), at(element, point[element] - step)
        matrix[:, column] = ((above - below) / (2.0 * delta)).ravel()
    return matrix
