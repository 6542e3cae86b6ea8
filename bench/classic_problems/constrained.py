"""Problems of Hock and Schittkowski with bounds, linear constraints and others."""

import math
from typing import Any

import numpy as np

from .problem import Array, Constraint, Problem


def product_and_sum(xp: Any, x: Any) -> Any:
    return x[0] * x[3] * (x[0] + x[1] + x[2]) + x[2]


def product_and_sum_gradient(x: Array) -> Array:
    a, b, c, d = x
    return np.array([d * (2.0 * a + b + c), a * d, a * d + 1.0, a * (a + b + c)])


def rosen_suzuki(xp: Any, x: Any) -> Any:
    squares = x[0] ** 2 + x[1] ** 2 + 2.0 * x[2] ** 2 + x[3] ** 2
    return squares - 5.0 * x[0] - 5.0 * x[1] - 21.0 * x[2] + 7.0 * x[3]


def rosen_suzuki_limits(xp: Any, x: Any) -> Any:
    a, b, c, d = x[0], x[1], x[2], x[3]
    return xp.stack(
        [
            8.0 - a**2 - b**2 - c**2 - d**2 - a + b - c + d,
            10.0 - a**2 - 2.0 * b**2 - c**2 - 2.0 * d**2 + a + d,
            5.0 - 2.0 * a**2 - b**2 - c**2 - 2.0 * a + b + d,
        ]
    )


def rosen_suzuki_limits_jacobian(x: Array) -> Array:
    a, b, c, d = x
    return np.array(
        [
            [-2.0 * a - 1.0, 1.0 - 2.0 * b, -2.0 * c - 1.0, 1.0 - 2.0 * d],
            [1.0 - 2.0 * a, -4.0 * b, -2.0 * c, 1.0 - 4.0 * d],
            [-4.0 * a - 2.0, 1.0 - 2.0 * b, -2.0 * c, 1.0],
        ]
    )


def seven(xp: Any, x: Any) -> Any:
    a, b, c, d, e, f, g = (x[k] for k in range(7))
    first = (a - 10.0) ** 2 + 5.0 * (b - 12.0) ** 2 + c**4 + 3.0 * (d - 11.0) ** 2 + 10.0 * e**6
    return first + 7.0 * f**2 + g**4 - 4.0 * f * g - 10.0 * f - 8.0 * g


def seven_gradient(x: Array) -> Array:
    a, b, c, d, e, f, g = x
    return np.array(
        [
            2.0 * (a - 10.0),
            10.0 * (b - 12.0),
            4.0 * c**3,
            6.0 * (d - 11.0),
            60.0 * e**5,
            14.0 * f - 4.0 * g - 10.0,
            4.0 * g**3 - 4.0 * f - 8.0,
        ]
    )


def seven_limits(xp: Any, x: Any) -> Any:
    a, b, c, d, e, f, g = (x[k] for k in range(7))
    return xp.stack(
        [
            127.0 - 2.0 * a**2 - 3.0 * b**4 - c - 4.0 * d**2 - 5.0 * e,
            282.0 - 7.0 * a - 3.0 * b - 10.0 * c**2 - d + e,
            196.0 - 23.0 * a - b**2 - 6.0 * f**2 + 8.0 * g,
            -4.0 * a**2 - b**2 + 3.0 * a * b - 2.0 * c**2 - 5.0 * f + 11.0 * g,
        ]
    )


def seven_limits_jacobian(x: Array) -> Array:
    a, b, c, d, _, f, _ = x
    return np.array(
        [
            [-4.0 * a, -12.0 * b**3, -1.0, -8.0 * d, -5.0, 0.0, 0.0],
            [-7.0, -3.0, -20.0 * c, -1.0, 1.0, 0.0, 0.0],
            [-23.0, -2.0 * b, 0.0, 0.0, 0.0, -12.0 * f, 8.0],
            [3.0 * b - 8.0 * a, 3.0 * a - 2.0 * b, -4.0 * c, 0.0, 0.0, -5.0, 11.0],
        ]
    )


def beales_gradient(x: Array) -> Array:
    a, b, c = x
    return np.array([-8.0 + 4.0 * a + 2.0 * b + 2.0 * c, -6.0 + 4.0 * b + 2.0 * a, -4.0 + 2.0 * c + 2.0 * a])


def beales(xp: Any, x: Any) -> Any:
    a, b, c = x[0], x[1], x[2]
    straight = 9.0 - 8.0 * a - 6.0 * b - 4.0 * c
    return straight + 2.0 * a**2 + 2.0 * b**2 + c**2 + 2.0 * a * b + 2.0 * a * c


def mccormicks_gradient(x: Array) -> Array:
    slope, off = math.cos(x[0] + x[1]), 2.0 * (x[0] - x[1])
    return np.array([slope + off - 1.5, slope - off + 2.5])


CONSTRAINED = (
    Problem(
        "HS 5, bounds",
        (0.0, 0.0),
        (-math.sqrt(3.0) / 2.0 - math.pi / 3.0,),
        lambda xp, x: xp.sin(x[0] + x[1]) + (x[0] - x[1]) ** 2 - 1.5 * x[0] + 2.5 * x[1] + 1.0,
        mccormicks_gradient,
        bounds=((-1.5, 4.0), (-3.0, 3.0)),
    ),
    Problem(
        "HS 6, an equation",
        (-1.2, 1.0),
        (0.0,),
        lambda xp, x: (1.0 - x[0]) ** 2,
        lambda x: np.array([2.0 * (x[0] - 1.0), 0.0]),
        constraints=(
            Constraint("eq", lambda xp, x: 10.0 * (x[1] - x[0] ** 2), lambda x: np.array([[-20.0 * x[0], 10.0]])),
        ),
    ),
    Problem(
        "HS 35, a plane",
        (0.5, 0.5, 0.5),
        (1.0 / 9.0,),
        beales,
        beales_gradient,
        bounds=((0.0, math.inf),) * 3,
        constraints=(
            Constraint("ineq", lambda xp, x: 3.0 - x[0] - x[1] - 2.0 * x[2], lambda x: np.array([[-1.0, -1.0, -2.0]])),
        ),
    ),
    Problem(
        "HS 43, Rosen and Suzuki",
        (0.0, 0.0, 0.0, 0.0),
        (-44.0,),
        rosen_suzuki,
        lambda x: np.array([2.0, 2.0, 4.0, 2.0]) * x + np.array([-5.0, -5.0, -21.0, 7.0]),
        constraints=(Constraint("ineq", rosen_suzuki_limits, rosen_suzuki_limits_jacobian),),
    ),
    Problem(
        "HS 71",
        (1.0, 5.0, 5.0, 1.0),
        (17.0140173,),
        product_and_sum,
        product_and_sum_gradient,
        bounds=((1.0, 5.0),) * 4,
        constraints=(
            Constraint("ineq", lambda xp, x: xp.prod(x) - 25.0, lambda x: (np.prod(x) / x)[None]),
            Constraint("eq", lambda xp, x: xp.sum(x**2) - 40.0, lambda x: 2.0 * x[None]),
        ),
    ),
    Problem(
        "HS 100",
        (1.0, 2.0, 0.0, 4.0, 0.0, 1.0, 1.0),
        (680.6300573,),
        seven,
        seven_gradient,
        constraints=(Constraint("ineq", seven_limits, seven_limits_jacobian),),
    ),
)
