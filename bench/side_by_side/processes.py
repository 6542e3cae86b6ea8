"""Whole workloads that go step by step: differential equations, Hamiltonian Monte Carlo, a hidden Markov model, paths.

`xp.repeat(step, state, count)` and `xp.fold(step, state, rows)` are the library's own loops, JAX's `fori_loop` and
`scan` for instance, and a `for` where its users write one.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .problems import Problem

SECONDS = 0.01
"""A step of time."""


def runge_kutta(derivative: Callable[[Any], Any], u: Any) -> Any:
    """A step of the classical method of fourth order."""
    a = derivative(u)
    b = derivative(u + (0.5 * SECONDS) * a)
    c = derivative(u + (0.5 * SECONDS) * b)
    d = derivative(u + SECONDS * c)
    return u + (SECONDS / 6.0) * (a + 2.0 * b + 2.0 * c + d)


def lorenz_scalars(steps: int) -> Callable[..., Any]:
    """The squared distance from the origin at the end, all numbers by themselves."""

    def formula(xp: Any, x: Any, y: Any, z: Any, sigma: Any, rho: Any, beta: Any) -> Any:
        def derivative(state: Any) -> Any:
            x, y, z = state
            return sigma * (y - x), x * (rho - z) - y, x * y - beta * z

        def moved(state: Any, by: float, slope: Any) -> Any:
            return tuple(u + by * s for u, s in zip(state, slope, strict=True))

        def step(state: Any) -> Any:
            a = derivative(state)
            b = derivative(moved(state, 0.5 * SECONDS, a))
            c = derivative(moved(state, 0.5 * SECONDS, b))
            d = derivative(moved(state, SECONDS, c))
            slopes = zip(state, a, b, c, d, strict=True)
            return tuple(u + (SECONDS / 6.0) * (p + 2.0 * q + 2.0 * r + s) for u, p, q, r, s in slopes)

        x, y, z = xp.repeat(step, (x, y, z), steps)
        return x * x + y * y + z * z

    return formula


def lorenz_vectors(steps: int) -> Callable[..., Any]:
    """The same, on vectors of three, taken apart by index and stacked again."""

    def formula(xp: Any, start: Any, parameters: Any) -> Any:
        sigma, rho, beta = parameters[0], parameters[1], parameters[2]

        def derivative(u: Any) -> Any:
            return xp.stack([sigma * (u[1] - u[0]), u[0] * (rho - u[2]) - u[1], u[0] * u[1] - beta * u[2]])

        end = xp.repeat(lambda u: runge_kutta(derivative, u), start, steps)
        return xp.sum(end * end)

    return formula


def reaction(steps: int) -> Callable[..., Any]:
    """The squared length, at the end, of u' = A u - u³."""

    def formula(xp: Any, start: Any, matrix: Any) -> Any:
        end = xp.repeat(lambda u: runge_kutta(lambda u: xp.times(matrix, u) - u * u * u, u), start, steps)
        return xp.sum(end * end)

    return formula


def leapfrogs(steps: int) -> Callable[..., Any]:
    """Where the leapfrogs end, and with what momentum: the gradient of the potential is taken in each of them."""

    def formula(xp: Any, position: Any, momentum: Any, precision: Any) -> Any:
        def potential(q: Any) -> Any:
            return 0.5 * xp.sum(q * xp.times(precision, q)) + 0.05 * xp.sum(q * q * q * q)

        force = xp.gradient(potential)

        def step(state: Any) -> Any:
            q, p = state
            p = p - (0.5 * SECONDS) * force(q)
            q = q + SECONDS * p
            return q, p - (0.5 * SECONDS) * force(q)

        return xp.repeat(step, (position, momentum), steps)

    return formula


def hidden_markov(xp: Any, initial: Any, transitions: Any, emissions: Any, observed: Any) -> Any:
    """The log of what the forward algorithm sums, from the logs of weights of states, transitions and emissions."""
    rows = xp.take(emissions, observed, 0)

    def step(weights: Any, row: Any) -> Any:
        return xp.logsumexp(weights[:, None] + transitions, 0) + row

    return xp.logsumexp(xp.fold(step, initial + rows[0], rows[1:]), 0)


def asian_option(xp: Any, spot: Any, strike: Any, rate: Any, volatility: Any, maturity: Any, normals: Any) -> Any:
    """The discounted mean over paths of what an option on a price's mean pays, by as many dates as there are rows."""
    dates, paths = normals.shape
    time = maturity / float(dates)
    drift = (rate - 0.5 * volatility * volatility) * time
    deviation = volatility * xp.sqrt(time)

    def step(state: Any, normal: Any) -> Any:
        price, total = state
        price = price * xp.exp(drift + deviation * normal)
        return price, total + price

    nothing = xp.zeros_like(normals[0])
    _, total = xp.fold(step, (nothing + spot, nothing), normals)
    return xp.exp(-rate * maturity) * xp.sum(xp.relu(total / float(dates) - strike)) / float(paths)


def lorenz_problem(kind: str, steps: int) -> Problem:
    numbers = np.array([1.0, 2.0, 20.0, 10.0, 28.0, 8 / 3])
    kinds = {
        "scalars": ("scalars", lorenz_scalars(steps), tuple(map(np.array, numbers))),
        "vectors": ("vectors of 3", lorenz_vectors(steps), (numbers[:3], numbers[3:])),
    }
    what, formula, arguments = kinds[kind]
    title = f"Lorenz, {steps} steps of Runge and Kutta, {what}"
    return Problem(f"lorenz_{kind}", title, "gradient", formula, arguments, tolerance=1e-8)


def reaction_problem(steps: int, unknowns: int) -> Problem:
    random = np.random.default_rng(0)
    arguments = random.normal(size=unknowns), random.normal(size=(unknowns, unknowns)) / unknowns**0.5
    title = f"u' = A u - u³, {unknowns} unknowns, {steps:,} steps of Runge and Kutta"
    return Problem("ode", title, "gradient", reaction(steps), arguments)


def leapfrog_problem(steps: int, unknowns: int) -> Problem:
    random = np.random.default_rng(0)
    position, momentum = random.normal(size=unknowns), random.normal(size=unknowns)
    root = random.normal(size=(unknowns, unknowns)) / unknowns**0.5
    precision = root @ root.T + np.eye(unknowns)
    title = f"Hamiltonian Monte Carlo, {steps:,} leapfrogs, {unknowns} unknowns"
    return Problem("hmc", title, "value", leapfrogs(steps), (position, momentum), (precision,))


def hidden_markov_problem(steps: int, states: int, letters: int) -> Problem:
    random = np.random.default_rng(0)
    arguments = tuple(random.normal(size=shape) for shape in [(states,), (states, states), (letters, states)])
    title = f"hidden Markov model, forward, {steps} steps of {states} states"
    return Problem("hmm", title, "gradient", hidden_markov, arguments, (random.integers(letters, size=steps),))


def asian_option_problem(paths: int, dates: int) -> Problem:
    normals = np.random.default_rng(0).normal(size=(dates, paths))
    arguments = tuple(map(np.array, (100.0, 95.0, 0.03, 0.2, 1.0)))
    title = f"Monte Carlo, Asian option, {paths:,} paths, {dates} dates, all Greeks"
    return Problem("monte_carlo", title, "gradient", asian_option, arguments, (normals,))
