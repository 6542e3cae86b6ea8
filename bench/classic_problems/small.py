"""Sums of squares of a few parameters, of formulas alone."""

import math
from typing import Any

import numpy as np

from .problem import Array, squares

TURN = 2.0 * math.pi
I3, I10, I13, I20 = (np.arange(1.0, n + 1.0) for n in (3, 10, 13, 20))
BEALE = np.array([1.5, 2.25, 2.625])
BOX = 0.1 * I10
BIGGS = 0.1 * I13
BIGGS_SEEN = np.exp(-BIGGS) - 5.0 * np.exp(-10.0 * BIGGS) + 3.0 * np.exp(-4.0 * BIGGS)
BROWN_DENNIS = I20 / 5.0
GULF = np.arange(1.0, 100.0) / 100.0
GULF_AT = 25.0 + (-50.0 * np.log(GULF)) ** (2.0 / 3.0)


def freudenstein_roth(xp: Any, x: Any) -> Any:
    return [-13.0 + x[0] + ((5.0 - x[1]) * x[1] - 2.0) * x[1], -29.0 + x[0] + ((x[1] + 1.0) * x[1] - 14.0) * x[1]]


def beale_jacobian(x: Array) -> Array:
    return np.stack([x[1] ** I3 - 1.0, x[0] * I3 * x[1] ** (I3 - 1.0)], 1)


def jennrich_sampson_jacobian(x: Array) -> Array:
    return -I10[:, None] * np.exp(np.outer(I10, x))


def helical_valley(xp: Any, x: Any) -> Any:
    turns = xp.arctan(x[1] / x[0]) / TURN + xp.where(x[0] < 0.0, 0.5, 0.0)
    return [10.0 * (x[2] - 10.0 * turns), 10.0 * (xp.sqrt(x[0] ** 2 + x[1] ** 2) - 1.0), x[2]]


def helical_valley_jacobian(x: Array) -> Any:
    square = x[0] ** 2 + x[1] ** 2
    radius = math.sqrt(square)
    return [
        [100.0 * x[1] / (TURN * square), -100.0 * x[0] / (TURN * square), 10.0],
        [10.0 * x[0] / radius, 10.0 * x[1] / radius, 0.0],
        [0.0, 0.0, 1.0],
    ]


def gulf(xp: Any, x: Any) -> Any:
    return xp.exp(-(xp.abs(GULF_AT - x[1]) ** x[2]) / x[0]) - GULF


def gulf_jacobian(x: Array) -> Array:
    off = abs(GULF_AT - x[1])
    power = off ** x[2]
    value = np.exp(-power / x[0])
    by_second = x[2] * off ** (x[2] - 1.0) * np.sign(GULF_AT - x[1])
    return np.stack([value * power / x[0] ** 2, value * by_second / x[0], -value * power * np.log(off) / x[0]], 1)


def box(xp: Any, x: Any) -> Any:
    return xp.exp(-BOX * x[0]) - xp.exp(-BOX * x[1]) - x[2] * (np.exp(-BOX) - np.exp(-10.0 * BOX))


def box_jacobian(x: Array) -> Array:
    return np.stack([-BOX * np.exp(-BOX * x[0]), BOX * np.exp(-BOX * x[1]), np.exp(-10.0 * BOX) - np.exp(-BOX)], 1)


def powell_singular(xp: Any, x: Any) -> Any:
    return [
        x[0] + 10.0 * x[1],
        math.sqrt(5.0) * (x[2] - x[3]),
        (x[1] - 2.0 * x[2]) ** 2,
        math.sqrt(10.0) * (x[0] - x[3]) ** 2,
    ]


def powell_singular_jacobian(x: Array) -> Any:
    third, fourth = 2.0 * (x[1] - 2.0 * x[2]), 2.0 * math.sqrt(10.0) * (x[0] - x[3])
    return [
        [1.0, 10.0, 0.0, 0.0],
        [0.0, 0.0, math.sqrt(5.0), -math.sqrt(5.0)],
        [0.0, third, -2.0 * third, 0.0],
        [fourth, 0.0, 0.0, -fourth],
    ]


def wood(xp: Any, x: Any) -> Any:
    return [
        10.0 * (x[1] - x[0] ** 2),
        1.0 - x[0],
        math.sqrt(90.0) * (x[3] - x[2] ** 2),
        1.0 - x[2],
        math.sqrt(10.0) * (x[1] + x[3] - 2.0),
        (x[1] - x[3]) / math.sqrt(10.0),
    ]


def wood_jacobian(x: Array) -> Any:
    return [
        [-20.0 * x[0], 10.0, 0.0, 0.0],
        [-1.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, -2.0 * math.sqrt(90.0) * x[2], math.sqrt(90.0)],
        [0.0, 0.0, -1.0, 0.0],
        [0.0, math.sqrt(10.0), 0.0, math.sqrt(10.0)],
        [0.0, 1.0 / math.sqrt(10.0), 0.0, -1.0 / math.sqrt(10.0)],
    ]


def brown_dennis_parts(xp: Any, x: Any) -> Any:
    t = BROWN_DENNIS
    return x[0] + t * x[1] - np.exp(t), x[2] + x[3] * np.sin(t) - np.cos(t)


def brown_dennis(xp: Any, x: Any) -> Any:
    first, second = brown_dennis_parts(xp, x)
    return first**2 + second**2


def brown_dennis_jacobian(x: Array) -> Array:
    t = BROWN_DENNIS
    first, second = brown_dennis_parts(np, x)
    return 2.0 * np.stack([first, t * first, second, np.sin(t) * second], 1)


def biggs(xp: Any, x: Any) -> Any:
    t = BIGGS
    return x[2] * xp.exp(-t * x[0]) - x[3] * xp.exp(-t * x[1]) + x[5] * xp.exp(-t * x[4]) - BIGGS_SEEN


def biggs_jacobian(x: Array) -> Array:
    a, b, c = (np.exp(-BIGGS * x[k]) for k in (0, 1, 4))
    return np.stack([-BIGGS * x[2] * a, BIGGS * x[3] * b, a, -b, -BIGGS * x[5] * c, c], 1)


SMALL = (
    squares(
        "Rosenbrock",
        (-1.2, 1.0),
        0.0,
        lambda xp, x: [10.0 * (x[1] - x[0] ** 2), 1.0 - x[0]],
        lambda x: [[-20.0 * x[0], 10.0], [-1.0, 0.0]],
    ),
    squares(
        "Freudenstein and Roth",
        (0.5, -2.0),
        (0.0, 48.98425),
        freudenstein_roth,
        lambda x: [[1.0, (10.0 - 3.0 * x[1]) * x[1] - 2.0], [1.0, (3.0 * x[1] + 2.0) * x[1] - 14.0]],
    ),
    squares(
        "Powell, badly scaled",
        (0.0, 1.0),
        0.0,
        lambda xp, x: [1e4 * x[0] * x[1] - 1.0, xp.exp(-x[0]) + xp.exp(-x[1]) - 1.0001],
        lambda x: [[1e4 * x[1], 1e4 * x[0]], [-np.exp(-x[0]), -np.exp(-x[1])]],
    ),
    squares(
        "Brown, badly scaled",
        (1.0, 1.0),
        0.0,
        lambda xp, x: [x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2.0],
        lambda x: [[1.0, 0.0], [0.0, 1.0], [x[1], x[0]]],
    ),
    squares("Beale", (1.0, 1.0), 0.0, lambda xp, x: BEALE - x[0] * (1.0 - x[1] ** I3), beale_jacobian),
    squares(
        "Jennrich and Sampson",
        (0.3, 0.4),
        124.36218,
        lambda xp, x: 2.0 + 2.0 * I10 - (xp.exp(I10 * x[0]) + xp.exp(I10 * x[1])),
        jennrich_sampson_jacobian,
    ),
    squares("helical valley", (-1.0, 0.0, 0.0), 0.0, helical_valley, helical_valley_jacobian),
    squares("Gulf", (5.0, 2.5, 0.15), 0.0, gulf, gulf_jacobian),
    squares("Box, three-dimensional", (0.0, 10.0, 20.0), 0.0, box, box_jacobian),
    squares("Powell, singular", (3.0, -1.0, 0.0, 1.0), 0.0, powell_singular, powell_singular_jacobian),
    squares("Wood", (-3.0, -1.0, -3.0, -1.0), 0.0, wood, wood_jacobian),
    squares("Brown and Dennis", (25.0, 5.0, -5.0, -1.0), 85822.2016, brown_dennis, brown_dennis_jacobian),
    squares("Biggs, EXP6", (1.0, 2.0, 1.0, 1.0, 1.0, 1.0), (0.0, 5.65565e-3), biggs, biggs_jacobian),
)
