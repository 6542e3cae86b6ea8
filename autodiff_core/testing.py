"""Checking derivatives against finite differences.

For users who write functions or ops of their own, and for the library's own generated tests. What a tape and an
accumulator give is compared with central differences of the function's values, and the one with the other; the second
order differentiates a derivative that was taken inside another tape or accumulator, so it also checks that derivatives
are recorded as rightly as values are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

import autodiff_core as tf

from . import _core
from .derivatives.transforms import strict_tape
from .dtypes import finfo

__all__ = ["check_gradients"]
__dir__ = __all__.copy

Function = Callable[..., Any]
Array = NDArray[Any]

_MODES = ("reverse", "forward")


def check_gradients(
    f: Function,
    args: Sequence[ArrayLike],
    order: int = 1,
    modes: Sequence[str] = _MODES,
    atol: float | None = None,
    rtol: float | None = None,
    eps: float = 1e-5,
) -> None:
    """Compare the derivatives of a function with central finite differences.

    In reverse mode, a result that is not a scalar is contracted with a random cotangent, which is the same in every
    run, and the derivative of that number is compared element by element. In forward mode, the result's derivative
    along a random tangent of each argument is compared, and then both modes with each other: contracted with the
    cotangent and the tangent, they give one number. It takes two calls of `f` for each element of `args`, so use small
    arrays, and stay away from kinks: a difference across one is not a derivative.

    Parameters
    ----------
    f : callable
        Takes one tensor for each of `args` and returns a tensor of floats or complex numbers.
    args : sequence of array_like
        The point at which to differentiate. Arrays and tensors of floats or complex numbers are differentiated in their
        own dtype, everything else in float64 or complex128; of complex numbers the real and the imaginary part vary
        separately. The differences are taken in float64, or in longdouble for longdouble. Bind other arguments in `f`.
    order : int, default 1
        The highest order to check. 2 checks the first order, and then the gradient of the gradient contracted with
        random tangents: in reverse mode by a tape around a tape, in forward mode by an accumulator around a tape and by
        a tape around an accumulator.
    modes : sequence of {"reverse", "forward"}
        What to check; both by default.
    atol, rtol : float, optional
        How much a derivative `d` may be off: `atol + rtol * abs(d)`. By default 1e-6 and 1e-5, or where that is more,
        the square root of the spacing of floats at 1 in the narrowest dtype of `args`.
    eps : float
        The step of the differences.

    Raises
    ------
    AssertionError
        Where a derivative is wrong. The text names the order, the argument and the mode, and shows both values.
    ValueError
        If `order` is less than 1, or a mode is unknown.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> from autodiff_core.testing import check_gradients
    >>> check_gradients(lambda x, y: tf.sin(x) * y, [[0.5, 1.0], 2.0], order=2)

    In half precision, as it would be trained:

    >>> check_gradients(lambda x: tf.nn.softplus(x), [np.zeros(3, np.float16)])

    A function that cuts the gradient of its first argument is found out:

    >>> check_gradients(lambda x, y: tf.stop_gradient(x) * y, [3.0, 2.0])
    Traceback (most recent call last):
        ...
    AssertionError: the gradient with respect to argument 0 is wrong in reverse mode
      tape:               None
      finite differences: 2
    """
    if order < 1:
        raise ValueError(f"order must be at least 1, got {order}")
    for mode in modes:
        if mode not in _MODES:
            raise ValueError(f"a mode is 'reverse' or 'forward', not {mode!r}")
    dtypes = [_dtype(arg) for arg in args]
    # Copies: the differences step about in them.
    points = [_widened(np.asarray(_core.seen(arg)).astype(dtype)) for arg, dtype in zip(args, dtypes, strict=True)]
    rng = np.random.default_rng(len(points))
    spacing = max([float(finfo(dtype).eps) ** 0.5 for dtype in dtypes], default=0.0)
    compare = partial(
        _compare,
        atol=max(1e-6, spacing) if atol is None else atol,
        rtol=max(1e-5, spacing) if rtol is None else rtol,
    )
    value = _core.seen(f(*_tensors(points, dtypes)))
    cotangent = _draw(rng, value) if value.ndim or value.dtype.kind == "c" else np.ones(())
    scalar = _contracted(f, cotangent)
    gradients = {"reverse": _gradient(scalar)} if "reverse" in modes else {}
    for level in range(1, order + 1):
        found = {mode: gradient(*_tensors(points, dtypes)) for mode, gradient in gradients.items()}
        for position in range(len(points) if found else 0):
            expected = _differences(scalar, points, position, eps)
            for mode, by_position in found.items():
                what = f"the {_name(level)} with respect to argument {position} is wrong in {mode} mode"
                compare(what, ("tape", by_position[position]), ("finite differences", expected))
        tangents = [_widened(_draw(rng, point).astype(dtype)) for point, dtype in zip(points, dtypes, strict=True)]
        if level == 1 and "forward" in modes:
            _check_pushforwards(f, points, dtypes, cotangent, tangents, eps, compare)
        if level == order:
            break
        below, scalar = scalar, _directional(scalar, tangents)
        gradients = {"reverse": _gradient(scalar)} if "reverse" in modes else {}
        if "forward" in modes:
            gradients["forward-over-reverse"] = _pushforward(_gradient(below, "zero"), tangents)
            gradients["reverse-over-forward"] = _gradient(_pushforward(below, tangents))


def _check_pushforwards(
    f: Function,
    points: list[Array],
    dtypes: list[Any],
    cotangent: Array,
    tangents: list[Array],
    eps: float,
    compare: Function,
) -> None:
    """Jacobians times tangents by forward mode, against differences, and against reverse mode by one dot product."""
    gradients = _gradient(_contracted(f, cotangent), "zero")(*_tensors(points, dtypes))
    for position, (tangent, gradient) in enumerate(zip(tangents, gradients, strict=True)):
        single = [tangent if k == position else np.zeros_like(point) for k, point in enumerate(points)]
        pushed = _widened(_core.seen(_pushforward(f, single)(*_tensors(points, dtypes))))
        above, below = (
            _call(f, [point + step * t for point, t in zip(points, single, strict=True)]) for step in (eps, -eps)
        )
        what = f"the derivative along a tangent of argument {position} is wrong in forward mode"
        compare(what, ("accumulator", pushed), ("finite differences", (above - below) / (2.0 * eps)))
        what = f"the first derivatives with respect to argument {position} differ in forward and reverse mode"
        products = np.sum(pushed * cotangent).real, np.sum(np.conj(_widened(_core.seen(gradient))) * tangent).real
        compare(what, ("accumulator", np.asarray(products[0])), ("tape", np.asarray(products[1])))


def _compare(what: str, found: tuple[str, Any], expected: tuple[str, Array], atol: float, rtol: float) -> None:
    """Raise where a derivative is wrong; each comes with the name of where it is from."""
    array = np.zeros_like(expected[1]) if found[1] is None else _widened(_core.seen(found[1]))
    if array.shape != expected[1].shape or not np.allclose(array, expected[1], rtol=rtol, atol=atol):
        width = max(len(source) for source, _ in (found, expected)) + 2
        lines = [f"  {source + ':':<{width}}{_show(value)}" for source, value in (found, expected)]
        raise AssertionError("\n".join([what, *lines]))


def _name(level: int) -> str:
    return {1: "gradient", 2: "second derivative"}.get(level, f"derivative of order {level}")


def _dtype(value: Any) -> np.dtype[Any]:
    """The dtype in which to differentiate."""
    dtype = getattr(value, "dtype", None)
    if dtype is not None and _core.is_differentiable(dtype):
        return np.dtype(dtype)
    return np.dtype(np.complex128 if np.iscomplexobj(value) else np.float64)


def _widened(array: Array) -> Array:
    """The same numbers with more digits, if there are such, for differences."""
    return array.astype(np.result_type(array.dtype, np.float64))


def _tensors(points: Sequence[Array], dtypes: Sequence[Any]) -> list[Any]:
    return [tf.constant(point.astype(dtype)) for point, dtype in zip(points, dtypes, strict=True)]


def _call(f: Function, points: Sequence[Array]) -> Array:
    """Values of `f` at plain arrays, with all their digits."""
    return _widened(_core.seen(f(*map(tf.constant, points))))


def _draw(rng: np.random.Generator, like: Array) -> Array:
    """Random numbers away from zero, where a wrong factor would not show."""
    real = rng.uniform(0.5, 1.5, np.shape(like)) * rng.choice([-1.0, 1.0], np.shape(like))
    return real + 1j * _draw(rng, like.real) if np.iscomplexobj(like) else real


def _contracted(f: Function, cotangent: Array) -> Function:
    """`f` as a function to one number: what it returns, contracted with the cotangent, and of that the real part."""
    return lambda *tensors: tf.math.real(tf.reduce_sum(f(*tensors) * cotangent))


def _gradient(f: Function, unconnected: str = "none") -> Function:
    """The gradients of a function to one number, one an argument, by a tape."""

    def gradient(*tensors: Any) -> list[Any]:
        with strict_tape() as tape:
            tape.watch(tensors)
            value = f(*tensors)
        return list(tape.gradient(value, list(tensors), unconnected_gradients=unconnected))

    return gradient


def _pushforward(f: Function, tangents: Sequence[Array]) -> Function:
    """How what `f` returns changes along tangents, one an argument, by an accumulator."""

    def pushforward(*tensors: Any) -> Any:
        with tf.autodiff.ForwardAccumulator(list(tensors), list(tangents)) as accumulator:
            result = f(*tensors)
        return accumulator.jvp(result, unconnected_gradients="zero")

    return pushforward


def _directional(f: Function, tangents: Sequence[Array]) -> Function:
    """The gradients of a function to one number, contracted with tangents: the next order's function."""
    gradient = _gradient(f, "zero")
    conjugates = [np.conj(tangent) for tangent in tangents]
    return lambda *tensors: tf.add_n(
        [tf.math.real(tf.reduce_sum(g * t)) for g, t in zip(gradient(*tensors), conjugates, strict=True)]
    )


def _differences(f: Function, points: Sequence[Array], position: int, eps: float) -> Array:
    """Central differences of a function to one number, for each element of one of its arguments."""
    point = points[position]
    derivative = np.zeros_like(point)
    for direction in (1.0, 1.0j) if np.iscomplexobj(point) else (1.0,):
        for element in np.ndindex(point.shape):
            kept = point[element]
            point[element] = kept + eps * direction
            above = _call(f, points)
            point[element] = kept - eps * direction
            below = _call(f, points)
            point[element] = kept
            derivative[element] += (above - below) / (2.0 * eps) * direction
    return derivative


def _show(value: Any) -> str:
    """An array on one line, in few enough digits that the two can be compared by eye."""
    if value is None:
        return "None"
    array = np.asarray(value)
    if array.ndim == 0:
        return f"{array:.6g}"
    text = np.array2string(array, precision=6, suppress_small=True, separator=", ", threshold=64)
    return " ".join(text.split())
