"""Sums of squares of as many parameters as one likes."""

import math
from typing import Any

import numpy as np

from .problem import Array, Problem, squares


def rosenbrock(n: int) -> Problem:
    def residuals(xp: Any, x: Any) -> Any:
        return xp.concatenate([10.0 * (x[1::2] - x[::2] ** 2), 1.0 - x[::2]])

    def jacobian(x: Array) -> Array:
        half = n // 2
        found, rows = np.zeros((n, n)), np.arange(half)
        found[rows, 2 * rows], found[rows, 2 * rows + 1] = -20.0 * x[::2], 10.0
        found[half + rows, 2 * rows] = -1.0
        return found

    return squares(f"Rosenbrock, extended, {n}", np.tile([-1.2, 1.0], n // 2), 0.0, residuals, jacobian)


def powell(n: int) -> Problem:
    def residuals(xp: Any, x: Any) -> Any:
        a, b, c, d = (x[k::4] for k in range(4))
        return xp.concatenate(
            [a + 10.0 * b, math.sqrt(5.0) * (c - d), (b - 2.0 * c) ** 2, math.sqrt(10.0) * (a - d) ** 2]
        )

    def jacobian(x: Array) -> Array:
        a, b, c, d = (x[k::4] for k in range(4))
        found, k = np.zeros((4, n // 4, n)), np.arange(n // 4)
        found[0, k, 4 * k], found[0, k, 4 * k + 1] = 1.0, 10.0
        found[1, k, 4 * k + 2], found[1, k, 4 * k + 3] = math.sqrt(5.0), -math.sqrt(5.0)
        found[2, k, 4 * k + 1], found[2, k, 4 * k + 2] = 2.0 * (b - 2.0 * c), -4.0 * (b - 2.0 * c)
        found[3, k, 4 * k] = 2.0 * math.sqrt(10.0) * (a - d)
        found[3, k, 4 * k + 3] = -found[3, k, 4 * k]
        return found.reshape(n, n)

    start = np.tile([3.0, -1.0, 0.0, 1.0], n // 4)
    return squares(f"Powell, extended, {n}", start, 0.0, residuals, jacobian)


def penalty_1(n: int, least: float) -> Problem:
    small = math.sqrt(1e-5)

    def residuals(xp: Any, x: Any) -> Any:
        return xp.concatenate([small * (x - 1.0), xp.sum(x**2)[None] - 0.25])

    def jacobian(x: Array) -> Array:
        return np.concatenate([small * np.eye(n), 2.0 * x[None]])

    return squares(f"penalty I, {n}", np.arange(1.0, n + 1.0), least, residuals, jacobian)


def penalty_2(n: int, least: float) -> Problem:
    small = math.sqrt(1e-5)
    places = np.arange(1.0, n + 1.0)
    wanted = np.exp(places[1:] / 10.0) + np.exp(places[:-1] / 10.0)
    weights = n - places + 1.0

    def residuals(xp: Any, x: Any) -> Any:
        growth = xp.exp(x / 10.0)
        return xp.concatenate(
            [
                x[:1] - 0.2,
                small * (growth[1:] + growth[:-1] - wanted),
                small * (growth[1:] - math.exp(-0.1)),
                xp.sum(weights * x**2)[None] - 1.0,
            ]
        )

    def jacobian(x: Array) -> Array:
        found, k = np.zeros((2 * n, n)), np.arange(1, n)
        slope = small * np.exp(x / 10.0) / 10.0
        found[0, 0] = 1.0
        found[k, k], found[k, k - 1], found[n - 1 + k, k] = slope[1:], slope[:-1], slope[1:]
        found[-1] = 2.0 * weights * x
        return found

    return squares(f"penalty II, {n}", np.full(n, 0.5), least, residuals, jacobian)


def variably_dimensioned(n: int) -> Problem:
    places = np.arange(1.0, n + 1.0)

    def residuals(xp: Any, x: Any) -> Any:
        total = xp.sum(places * (x - 1.0))[None]
        return xp.concatenate([x - 1.0, total, total**2])

    def jacobian(x: Array) -> Array:
        return np.concatenate([np.eye(n), places[None], 2.0 * (places @ (x - 1.0)) * places[None]])

    return squares(f"variably dimensioned, {n}", 1.0 - places / n, 0.0, residuals, jacobian)


def trigonometric(n: int) -> Problem:
    places = np.arange(1.0, n + 1.0)

    def residuals(xp: Any, x: Any) -> Any:
        return n - xp.sum(xp.cos(x)) + places * (1.0 - xp.cos(x)) - xp.sin(x)

    def jacobian(x: Array) -> Array:
        return np.sin(x) + np.diag(places * np.sin(x) - np.cos(x))

    return squares(f"trigonometric, {n}", np.full(n, 1.0 / n), (0.0, 2.795056e-5), residuals, jacobian)


def brown_almost_linear(n: int) -> Problem:
    def residuals(xp: Any, x: Any) -> Any:
        return xp.concatenate([x[:-1] + xp.sum(x) - (n + 1.0), xp.prod(x)[None] - 1.0])

    def jacobian(x: Array) -> Array:
        found = np.ones((n, n)) + np.eye(n)
        found[-1] = [np.prod(np.delete(x, k)) for k in range(n)]
        return found

    return squares(f"Brown, almost linear, {n}", np.full(n, 0.5), (0.0, 1.0), residuals, jacobian)


def boundary_value(n: int) -> Problem:
    h = 1.0 / (n + 1.0)
    t = h * np.arange(1.0, n + 1.0)
    differences = 2.0 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)

    def residuals(xp: Any, x: Any) -> Any:
        return xp.matmul(differences, x) + 0.5 * h**2 * (x + t + 1.0) ** 3

    def jacobian(x: Array) -> Array:
        return differences + np.diag(1.5 * h**2 * (x + t + 1.0) ** 2)

    return squares(f"discrete boundary value, {n}", t * (t - 1.0), 0.0, residuals, jacobian)


def integral_equation(n: int) -> Problem:
    h = 1.0 / (n + 1.0)
    t = h * np.arange(1.0, n + 1.0)
    lower = np.tril(np.outer(1.0 - t, t))
    kernel = 0.5 * h * (lower + np.triu(np.outer(t, 1.0 - t), 1))

    def residuals(xp: Any, x: Any) -> Any:
        return x + xp.matmul(kernel, (x + t + 1.0) ** 3)

    def jacobian(x: Array) -> Array:
        return np.eye(n) + kernel * (3.0 * (x + t + 1.0) ** 2)

    return squares(f"discrete integral equation, {n}", t * (t - 1.0), 0.0, residuals, jacobian)


def broyden_tridiagonal(n: int) -> Problem:
    beside = np.eye(n, k=-1) + 2.0 * np.eye(n, k=1)

    def residuals(xp: Any, x: Any) -> Any:
        return (3.0 - 2.0 * x) * x - xp.matmul(beside, x) + 1.0

    def jacobian(x: Array) -> Array:
        return np.diag(3.0 - 4.0 * x) - beside

    return squares(f"Broyden, tridiagonal, {n}", np.full(n, -1.0), 0.0, residuals, jacobian)


def broyden_banded(n: int) -> Problem:
    beside = np.sum([np.eye(n, k=k) for k in (-5, -4, -3, -2, -1, 1)], 0)

    def residuals(xp: Any, x: Any) -> Any:
        return x * (2.0 + 5.0 * x**2) + 1.0 - xp.matmul(beside, x * (1.0 + x))

    def jacobian(x: Array) -> Array:
        return np.diag(2.0 + 15.0 * x**2) - beside * (1.0 + 2.0 * x)

    return squares(f"Broyden, banded, {n}", np.full(n, -1.0), 0.0, residuals, jacobian)


def linear(n: int, m: int) -> Problem:
    """Of full rank."""

    def residuals(xp: Any, x: Any) -> Any:
        off = 2.0 * xp.sum(x) / m + 1.0
        return xp.concatenate([x - off, xp.ones_like(x[: m - n]) * -off])

    def jacobian(x: Array) -> Array:
        return np.eye(m, n) - 2.0 / m

    return squares(f"linear, {n}", np.ones(n), float(m - n), residuals, jacobian)


OF_MANY = (
    rosenbrock(100),
    powell(40),
    penalty_1(10, 7.08765e-5),
    penalty_2(10, 2.93660e-4),
    variably_dimensioned(20),
    trigonometric(10),
    brown_almost_linear(10),
    boundary_value(10),
    integral_equation(30),
    broyden_tridiagonal(50),
    broyden_banded(50),
    linear(20, 40),
)
