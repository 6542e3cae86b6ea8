"""The standings as one picture: a row for each problem, a mark for each peer, its best time over our best."""

from collections.abc import Mapping
from pathlib import Path

import matplotlib

from .peers import OURS, PEERS
from .problems import Problem
from .results import Results
from .standing import fastest

matplotlib.use("svg")

from matplotlib import pyplot as plt

SHOWN: Mapping[str, str] = {
    "chain": "1,000 operations on one number",
    "square": "x**2",
    "tiny_network": "network 8x3x4x1",
    "network": "network 64x784x128x10",
    "bell_10000": "exp(-x*x)*sin(x)+tanh(x)*0.5-x*0.1, 10,000",
    "rosenbrock_hessian": "Hessian of Rosenbrock's function, 100",
    "rosenbrock_hvp": "that Hessian times a vector",
    "option": "barrier option, 6 sensitivities, 1,000,000 scenarios",
    "mlp_epoch": "digits, network, an epoch of Adam",
    "cnn": "digits, convolutional network",
    "cnn_epoch": "that network, an epoch of Adam",
    "lstm_layer": "LSTM of 64, 50 steps",
    "transformer": "block of a transformer, d=64",
    "gp": "Gaussian process, n=500",
    "hmc": "Hamiltonian Monte Carlo, 1,000 leapfrogs",
    "lorenz_vectors": "Lorenz, 500 steps, vectors of 3",
    "hmm": "hidden Markov model, 600 steps",
    "monte_carlo": "Asian option, 100,000 paths",
    "k_means_gradient": "k-means, 10,000 points",
    "mixture_large": "Gaussian mixture, 1,000 points",
    "keras_mlp": "Keras's fit: digits, network",
    "keras_lstm": "Keras's fit: two layers of LSTM",
    "keras_transformer": "Keras's fit: block of a transformer",
}
"""What the picture has room for, in words that fit."""
MARKS = dict(zip((peer.name for peer in PEERS), "osD^vP*X", strict=True))


def draw(results: Results, problems: list[Problem], target: Path) -> None:
    keys = {library: [key for key in results.titles if key[0] == library] for library, _ in results.titles}
    best = {
        problem.name: {
            library: results.figures[problem.name][key].microseconds
            for library, own in keys.items()
            if (key := fastest(results.figures[problem.name], own)) is not None
        }
        for problem in problems
        if problem.name in SHOWN and problem.name in results.figures
    }
    rows = [name for name in SHOWN if OURS in best.get(name, {})]
    # Text stays text, and nothing changes from one run to the next but the figures.
    plt.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "side by side", "font.size": 9}
    figure, axes = plt.subplots(figsize=(9, 0.27 * len(rows) + 1.3), layout="constrained")
    axes.axvspan(1e-9, 1, color="0.93", zorder=0)
    axes.axvline(1, color="black", linewidth=1, zorder=1)
    reached = [0.5, 2.0]
    for peer in PEERS:
        points = [
            (best[name][peer.name] / best[name][OURS], -row) for row, name in enumerate(rows) if peer.name in best[name]
        ]
        if points:
            axes.plot(*zip(*points, strict=True), MARKS[peer.name], label=peer.title, markersize=5.5, alpha=0.9)
            reached += [ratio for ratio, _ in points]
    axes.set_xlim(min(reached) / 1.5, max(reached) * 1.5)
    axes.set_xscale("log")
    axes.set_xlabel("time of value and derivatives over autodiff_core's, one thread; right of the line it is slower")
    axes.set_yticks([-row for row in range(len(rows))], [SHOWN[name] for name in rows])
    axes.grid(axis="both", linewidth=0.3)
    figure.legend(loc="outside upper center", ncols=8, frameon=False)
    figure.savefig(target, metadata={"Date": None})
    plt.close(figure)
