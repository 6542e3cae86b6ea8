"""Paths of methods through a valley: what `tf.minimize` does at each step, drawn.

Rosenbrock's function has a curved valley, along which methods creep, turn or jump: those that ask for values alone, for
gradients, or for Hessians as well. Each path is what the method's callback is given. The picture is of the page
"Minimise, fit and solve".

    python examples/minimise.py --out pictures
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import autodiff_core as tf

try:
    import matplotlib
    import scipy.optimize  # noqa: F401  (solvers are SciPy's)

    matplotlib.use("Agg")  # Draws to files: there may be no screen.
    from matplotlib import pyplot as plt
except ImportError as error:
    raise SystemExit(
        f"This example also needs SciPy and matplotlib ({error}).\n"
        'Install them with: pip install "autodiff-core[demo,scipy]"'
    ) from error

METHODS = {"Nelder-Mead": "values", "CG": "gradients", "BFGS": "gradients", "trust-exact": "Hessians"}
START = np.array([-1.2, 1.0])


def valley(p):
    return (1.0 - p[0]) ** 2 + 100.0 * (p[1] - p[0] ** 2) ** 2


def path(method):
    """Where a method was after each step, and what it asked for how often."""
    points = [START]
    found = tf.minimize(valley, START, method, callback=points.append)
    return np.stack(points), found


def draw(panel, method, asks, x, y, levels):
    points, found = path(method)
    panel.contour(x, y, levels, np.linspace(-1.0, 7.0, 9), colors="0.8", linewidths=0.7)
    panel.plot(*points.T, color="tab:blue", linewidth=1.0, marker="o", markersize=2.5)
    panel.plot(*START, "s", color="black", markersize=4)
    panel.plot(1.0, 1.0, "*", color="tab:red", markersize=9)
    panel.set_title(f"{method} ({asks}): {found.nit} steps", fontsize=9)
    panel.set_xticks([])
    panel.set_yticks([])
    print(f"{method:12} {found.nit:4} steps, {found.counts}")


def main():
    options = argparse.ArgumentParser(description="Draw paths of methods through a valley.")
    options.add_argument("--out", type=Path, default=Path("pictures"), help="the folder for the picture")
    folder = options.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)

    x, y = np.meshgrid(np.linspace(-1.6, 1.5, 300), np.linspace(-0.6, 1.8, 300))
    levels = np.log(valley((x, y)) + 1e-3)
    figure, panels = plt.subplots(2, 2, figsize=(7.0, 5.4), layout="constrained")
    for panel, (method, asks) in zip(panels.flat, METHODS.items()):
        draw(panel, method, asks, x, y, levels)
    target = folder / "minimise.png"
    figure.savefig(target, dpi=85)
    print(target)


if __name__ == "__main__":
    main()
