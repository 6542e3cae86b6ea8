"""A logistic regression over data that stay on Dask's workers: two processes here, and as many machines elsewhere.

    python examples/dask_regression.py [scheduler's address] [--rows 400000]

The loss goes to the workers once, as a program; at each step parameters go there and sums come back. How strong the
penalty should be is found by cross-validation, whose fits are shared out among the workers, too. Needs `pip
install "autodiff-core[dask,scipy]"`.
"""

from __future__ import annotations

import argparse
from typing import Any

import dask
import numpy as np
from distributed import Client

import autodiff_core as tf

FEATURES = 20
WEIGHTS = np.concatenate([[1.0, -2.0, 0.5], np.zeros(FEATURES - 3)])


@dask.delayed
def loaded(part: int, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """One part of the data, on the worker that asks: here it is drawn, elsewhere it is read."""
    random = np.random.default_rng(part)
    x = random.normal(size=(rows, FEATURES))
    return x, (x @ WEIGHTS + random.logistic(size=rows) > 0.0).astype(np.float64)


def loss(w: Any, x: Any, y: Any) -> Any:
    """Of any rows the mean of what each gives, so that parts can be weighed by their rows."""
    scores = tf.linalg.matvec(x, w)
    return tf.reduce_mean(tf.nn.softplus(scores) - y * scores)


def off_of_fold(setting: tuple[float, int]) -> float:
    """The loss on one of four folds of a small sample, of weights that are fitted to the other three."""
    penalty, fold = setting
    random = np.random.default_rng(99)
    x = random.normal(size=(200, FEATURES))
    y = (x @ WEIGHTS + random.logistic(size=200) > 0.0).astype(np.float64)
    held = np.arange(200) % 4 == fold
    found = tf.minimize(
        lambda w: loss(w, x[~held], y[~held]) + penalty * tf.reduce_sum(w * w), np.zeros(FEATURES), "L-BFGS-B"
    )
    return float(loss(found.x, x[held], y[held]))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("address", nargs="?", help="of a scheduler; two worker processes are started without")
    options.add_argument("--rows", type=int, default=400_000)
    chosen = options.parse_args()
    started = {} if chosen.address else {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
    with Client(chosen.address, **started) as client:
        strategy = tf.distribute.DaskStrategy(client)

        data = strategy.experimental_distribute_dataset([loaded(part, chosen.rows // 8) for part in range(8)])
        print("data       ", data)
        found = tf.minimize(loss, np.zeros(FEATURES), "L-BFGS-B", strategy=strategy, data=data, reduce_op="MEAN")
        print(f"fitted      in {found.nit} steps, loss {found.fun:.4f}")
        print("weights    ", found.x[:5].round(2))
        assert np.abs(found.x - WEIGHTS).max() < 0.1

        hits = strategy.run(lambda part, w: tf.reduce_sum((part[0] @ w[:, None])[:, 0] > 0.0), (data, found.x))
        print("positive    in", int(strategy.reduce("SUM", hits)), "of", sum(data.rows), "rows")

        penalties = [0.0, 0.001, 0.01, 0.1, 1.0]
        settings = [(penalty, fold) for penalty in penalties for fold in range(4)]
        losses = np.reshape(strategy.map(off_of_fold, settings), (len(penalties), 4)).mean(1)
        print("penalty    ", penalties[int(losses.argmin())], "is the best of", penalties, "for 200 rows")


if __name__ == "__main__":
    main()
