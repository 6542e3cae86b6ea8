"""How far gradients through the solvers of differential equations are off: equations, a reference, and a table.

    python -m solver_errors     (in this folder; `make bench-solvers`)

The reference are forward sensitivities, which SciPy solves closely. The table is in units of rtol; `solution` is the
error of the last state.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff_core as tf

METHODS = ["odeint", "RK45", "DOP853", "Radau", "BDF", "LSODA"]


def stacked(xp: Any, parts: list[Any]) -> Any:
    return xp.stack(parts) if xp is np else tf.stack(parts)


def logistic(xp: Any, y: Any, p: Any) -> Any:
    return p[0] * y * (1.0 - y)


def swinging(xp: Any, y: Any, p: Any) -> Any:
    return stacked(xp, [y[1], -p[0] * y[0]])


def van_der_pol(xp: Any, y: Any, p: Any) -> Any:
    return stacked(xp, [y[1], p[0] * (1.0 - y[0] * y[0]) * y[1] - y[0]])


def robertson(xp: Any, y: Any, p: Any) -> Any:
    first, second, third = p[0] * y[0], p[1] * y[1] * y[1], p[2] * y[1] * y[2]
    return stacked(xp, [third - first, first - second - third, second])


def lotka_volterra(xp: Any, y: Any, p: Any) -> Any:
    return stacked(xp, [p[0] * y[0] - p[1] * y[0] * y[1], p[2] * y[0] * y[1] - p[3] * y[1]])


# The equation, the first state, the parameters, how long, the scale of absolute tolerances.
PROBLEMS: dict[str, tuple[Callable[..., Any], list[float], list[float], float, float]] = {
    "contracting": (logistic, [0.5], [1.0], 50.0, 1e-2),
    "oscillating": (swinging, [1.0, 0.0], [4.0], 30.0, 1e-2),
    "relaxing": (van_der_pol, [2.0, 0.0], [5.0], 15.0, 1e-2),
    "cycling": (lotka_volterra, [1.0, 0.5], [1.5, 1.0, 0.75, 1.0], 20.0, 1e-2),
    "stiff": (robertson, [1.0, 0.0, 0.0], [0.04, 3e7, 1e4], 4e4, 1e-6),
    "stiff and relaxing": (van_der_pol, [2.0, 0.0], [1000.0], 500.0, 1e-2),
}


def sensitivities(name: str) -> tuple[np.ndarray, np.ndarray]:
    """The last state and its derivative by the first and the parameters, by an equation for both that SciPy solves."""
    from scipy.integrate import solve_ivp

    f, start, parameters, end, _ = PROBLEMS[name]
    n, both = len(start), np.array(start + parameters)

    def slope(t: float, w: np.ndarray) -> np.ndarray:
        y, moves = w[:n], w[n:].reshape(n, len(both))
        point = np.concatenate([y, parameters]).astype(complex)
        columns = []
        for k in range(len(both)):  # by complex steps, which are exact
            step = np.zeros(len(both))
            step[k] = 1e-30
            moved = point + 1j * step
            columns.append(f(np, moved[:n], moved[n:]).imag / 1e-30)
        by_all = np.stack(columns, 1)
        by_parameters = np.concatenate([np.zeros((n, n)), by_all[:, n:]], 1)
        return np.concatenate([f(np, y, parameters), (by_all[:, :n] @ moves + by_parameters).reshape(-1)])

    whole = np.concatenate([start, np.eye(n, len(both)).reshape(-1)])
    found = solve_ivp(slope, (0.0, end), whole, "LSODA", rtol=1e-10, atol=1e-14).y[:, -1]
    return found[:n], found[n:].reshape(n, len(both))


def suits(method: str, name: str) -> bool:
    """Whether a method can be asked to: an explicit one takes as many steps of a stiff equation as it must."""
    return not (name.startswith("stiff") and method in ("RK45", "DOP853"))


def solved(name: str, method: str, rtol: float) -> tuple[np.ndarray, np.ndarray]:
    """The last state, and its gradients by the first and the parameters."""
    f, start, parameters, end, scale = PROBLEMS[name]
    tolerances = {"rtol": rtol, "atol": rtol * scale}
    y0, p = tf.constant(np.array(start)), tf.constant(np.array(parameters))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([y0, p])
        if method == "odeint":
            path = tf.scipy.integrate.odeint(lambda y, t, p: f(tf, y, p), y0, [0.0, end], (p,), **tolerances)[-1]
        else:
            path = tf.scipy.integrate.solve_ivp(lambda t, y: f(tf, y, p), (0.0, end), y0, method, **tolerances).y[:, -1]
        parts = [path[k] for k in range(len(start))]
    return path.numpy(), np.stack([np.concatenate(tape.gradient(part, [y0, p])) for part in parts])


def sizes(name: str, moves: np.ndarray) -> np.ndarray:
    """What errors are measured by: the largest entry of a column or, where everything has contracted, one."""
    _, start, parameters, _, _ = PROBLEMS[name]
    return np.maximum(np.abs(moves).max(0), 1.0 / np.maximum(np.abs(start + parameters), 1.0))


def main() -> None:
    print(f"{'problem':20}{'method':8}{'rtol':>8}{'gradient':>10}{'solution':>10}")
    for name in PROBLEMS:
        state, moves = sensitivities(name)
        for method in METHODS:
            for rtol in (1e-4, 1e-6, 1e-8) if suits(method, name) else ():
                path, rows = solved(name, method, rtol)
                gradient = np.abs((rows - moves) / sizes(name, moves)).max() / rtol
                solution = np.abs(path - state).max() / rtol
                print(f"{name:20}{method:8}{rtol:8.0e}{gradient:10.1f}{solution:10.1f}", flush=True)


if __name__ == "__main__":
    main()
