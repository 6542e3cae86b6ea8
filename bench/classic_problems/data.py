"""Sums of squares of what a model says and what was measured."""

from typing import Any

import numpy as np

from .problem import Array, squares


def numbers(text: str) -> Array:
    return np.array(text.split(), float)


BARD = numbers(".14 .18 .22 .25 .29 .32 .35 .39 .37 .58 .73 .96 1.34 2.10 4.39")
BARD_U = np.arange(1.0, 16.0)
BARD_V = 16.0 - BARD_U
BARD_W = np.minimum(BARD_U, BARD_V)

GAUSSIAN = numbers(".0009 .0044 .0175 .0540 .1295 .2420 .3521 .3989 .3521 .2420 .1295 .0540 .0175 .0044 .0009")
GAUSSIAN_AT = (8.0 - np.arange(1.0, 16.0)) / 2.0

MEYER = numbers("34780 28610 23650 19630 16370 13720 11540 9744 8261 7030 6005 5147 4427 3820 3307 2872")
MEYER_AT = 45.0 + 5.0 * np.arange(1.0, 17.0)

KOWALIK_OSBORNE = numbers(".1957 .1947 .1735 .1600 .0844 .0627 .0456 .0342 .0323 .0235 .0246")
KOWALIK_OSBORNE_AT = numbers("4 2 1 .5 .25 .167 .125 .1 .0833 .0714 .0625")

OSBORNE_1 = numbers(
    """.844 .908 .932 .936 .925 .908 .881 .850 .818 .784 .751 .718 .685 .658 .628 .603 .580 .558 .538 .522 .506 .490
    .478 .467 .457 .448 .438 .431 .424 .420 .414 .411 .406"""
)
OSBORNE_1_AT = 10.0 * np.arange(33.0)

OSBORNE_2 = numbers(
    """1.366 1.191 1.112 1.013 .991 .885 .831 .847 .786 .725 .746 .679 .608 .655 .616 .606 .602 .626 .651 .724 .649 .649
    .694 .644 .624 .661 .612 .558 .533 .495 .500 .423 .395 .375 .372 .391 .396 .405 .428 .429 .523 .562 .607 .653 .672
    .708 .633 .668 .645 .632 .591 .559 .597 .625 .739 .710 .729 .720 .636 .581 .428 .292 .162 .098 .054"""
)
OSBORNE_2_AT = np.arange(65.0) / 10.0

WATSON_AT = np.arange(1.0, 30.0) / 29.0
WATSON_POWERS = WATSON_AT[:, None] ** np.arange(6.0)
WATSON_SLOPES = np.arange(6.0) * WATSON_AT[:, None] ** np.maximum(np.arange(6.0) - 1.0, 0.0)


def bard(xp: Any, x: Any) -> Any:
    return BARD - (x[0] + BARD_U / (BARD_V * x[1] + BARD_W * x[2]))


def bard_jacobian(x: Array) -> Array:
    slope = BARD_U / (BARD_V * x[1] + BARD_W * x[2]) ** 2
    return np.stack([-np.ones(15), BARD_V * slope, BARD_W * slope], 1)


def gaussian(xp: Any, x: Any) -> Any:
    return x[0] * xp.exp(-0.5 * x[1] * (GAUSSIAN_AT - x[2]) ** 2) - GAUSSIAN


def gaussian_jacobian(x: Array) -> Array:
    off = GAUSSIAN_AT - x[2]
    bell = np.exp(-0.5 * x[1] * off**2)
    return np.stack([bell, -0.5 * off**2 * x[0] * bell, x[1] * off * x[0] * bell], 1)


def meyer(xp: Any, x: Any) -> Any:
    return x[0] * xp.exp(x[1] / (MEYER_AT + x[2])) - MEYER


def meyer_jacobian(x: Array) -> Array:
    below = MEYER_AT + x[2]
    growth = np.exp(x[1] / below)
    return np.stack([growth, x[0] * growth / below, -x[0] * x[1] * growth / below**2], 1)


def kowalik_osborne(xp: Any, x: Any) -> Any:
    u = KOWALIK_OSBORNE_AT
    return KOWALIK_OSBORNE - x[0] * (u**2 + u * x[1]) / (u**2 + u * x[2] + x[3])


def kowalik_osborne_jacobian(x: Array) -> Array:
    u = KOWALIK_OSBORNE_AT
    above, below = u**2 + u * x[1], u**2 + u * x[2] + x[3]
    return np.stack([-above / below, -x[0] * u / below, x[0] * above * u / below**2, x[0] * above / below**2], 1)


def osborne_1(xp: Any, x: Any) -> Any:
    t = OSBORNE_1_AT
    return OSBORNE_1 - (x[0] + x[1] * xp.exp(-t * x[3]) + x[2] * xp.exp(-t * x[4]))


def osborne_1_jacobian(x: Array) -> Array:
    t = OSBORNE_1_AT
    first, second = np.exp(-t * x[3]), np.exp(-t * x[4])
    return np.stack([-np.ones(33), -first, -second, t * x[1] * first, t * x[2] * second], 1)


def osborne_2(xp: Any, x: Any) -> Any:
    t = OSBORNE_2_AT
    peaks = (x[k] * xp.exp(-((t - x[k + 7]) ** 2) * x[k + 4]) for k in (1, 2, 3))
    return OSBORNE_2 - (x[0] * xp.exp(-t * x[4]) + sum(peaks))


def osborne_2_jacobian(x: Array) -> Array:
    t = OSBORNE_2_AT
    found = np.empty((65, 11))
    found[:, 0] = -np.exp(-t * x[4])
    found[:, 4] = -t * x[0] * found[:, 0]
    for k in (1, 2, 3):
        off = t - x[k + 7]
        found[:, k] = -np.exp(-(off**2) * x[k + 4])
        found[:, k + 4] = -(off**2) * x[k] * found[:, k]
        found[:, k + 7] = 2.0 * off * x[k + 4] * x[k] * found[:, k]
    return found


def watson(xp: Any, x: Any) -> Any:
    series = xp.matmul(WATSON_SLOPES, x) - xp.matmul(WATSON_POWERS, x) ** 2 - 1.0
    return xp.concatenate([series, xp.stack([x[0], x[1] - x[0] ** 2 - 1.0])])


def watson_jacobian(x: Array) -> Array:
    ends = np.zeros((2, 6))
    ends[0, 0], ends[1, 0], ends[1, 1] = 1.0, -2.0 * x[0], 1.0
    return np.concatenate([WATSON_SLOPES - 2.0 * (WATSON_POWERS @ x)[:, None] * WATSON_POWERS, ends])


OF_DATA = (
    squares("Bard", (1.0, 1.0, 1.0), (8.214877e-3, 17.42869), bard, bard_jacobian),
    squares("Gaussian", (0.4, 1.0, 0.0), 1.12793e-8, gaussian, gaussian_jacobian),
    squares("Meyer", (0.02, 4000.0, 250.0), 87.94586, meyer, meyer_jacobian),
    squares(
        "Kowalik and Osborne",
        (0.25, 0.39, 0.415, 0.39),
        3.075056e-4,
        kowalik_osborne,
        kowalik_osborne_jacobian,
    ),
    squares("Osborne 1", (0.5, 1.5, -1.0, 0.01, 0.02), 5.46489e-5, osborne_1, osborne_1_jacobian),
    squares(
        "Osborne 2",
        (1.3, 0.65, 0.65, 0.7, 0.6, 3.0, 5.0, 7.0, 2.0, 4.5, 5.5),
        4.013774e-2,
        osborne_2,
        osborne_2_jacobian,
    ),
    squares("Watson, 6", np.zeros(6), 2.287670e-3, watson, watson_jacobian),
)
