"""Says of which rows a replay is slower than the eager tape: every case of every row, its value and its gradient.

    python bench/replays.py [--only TEXT] [--rounds N] [--over RATIO]

Both run in turn, a few calls at a time; a figure is the ratio of the least times. Cases are small, so that this is
about what a call costs.
"""

import argparse
import warnings
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import numpy as np

import autodiff_core as tf
from autodiff_core.ops import rows


def calls_of(row: Any) -> Iterator[tuple[Callable[..., Any], list[np.ndarray]]]:
    """A row's function on its cases, or on points of its domain."""
    rng = np.random.default_rng(0)
    for case in row.cases:
        yield case.call, [np.asarray(rng.normal(size=shape)) for shape in case.shapes]
    if row.domain and not row.condition:
        yield (
            row.function,
            [rng.uniform(0.9 * low + 0.1 * high, 0.1 * low + 0.9 * high, 1000) for low, high in row.domain],
        )


def gradient_of(call: Callable[..., Any]) -> Callable[..., Any]:
    def gradient(*tensors: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            results = [result for result in tf.nest.flatten(call(*tensors)) if result.dtype.kind == "f"]
            total = sum(tf.reduce_sum(result) for result in results)
        return tape.gradient(total, list(tensors), unconnected_gradients="zero")

    return gradient


def least(functions: list[Callable[..., Any]], tensors: list[Any], rounds: int) -> list[float]:
    """The least time of a call of each, in turn."""
    found = [float("inf")] * len(functions)
    for _ in range(rounds):
        for k, function in enumerate(functions):
            start = perf_counter()
            for _ in range(20):
                function(*tensors)
            found[k] = min(found[k], (perf_counter() - start) / 20)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default="", help="rows whose name has this in it")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--over", type=float, default=1.05, help="from which ratio a row is printed")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    print(f"{'row':32} {'what':9} {'eager, us':>10} {'replay, us':>10} {'ratio':>6}")
    compared = 0
    for row in rows():
        if options.only not in row.name:
            continue
        for call, operands in calls_of(row):
            tensors = [tf.constant(operand) for operand in operands]
            for what, function in (("value", call), ("gradient", gradient_of(call))):
                recorded = tf.function(function)
                try:
                    recorded(*tensors)
                    eager, replay = least([function, recorded], tensors, options.rounds)
                except (TypeError, ValueError, LookupError, RuntimeError):
                    continue  # (there is no gradient, or the case wants other operands)
                compared += 1
                if replay > options.over * eager:
                    print(f"{row.name:32} {what:9} {1e6 * eager:10.1f} {1e6 * replay:10.1f} {replay / eager:6.2f}")
    print(f"{compared} compared")


if __name__ == "__main__":
    main()
