"""Runs Keras's tests on this engine: all groups, some (`layers/core losses`), or single ones (`ops/nn_test.py`).

    python -m keras_suite layers/core losses --processes 2
    python -m keras_suite ops/nn_test.py -- --tb=short -x -k conv

What comes after `--` is for pytest. With `KERAS_BACKEND=jax` (or another that is installed) they run on that one.
Thousands of tests of `ops` ask JAX which dtype is right, and some of trainers feed TensorFlow's data: `--beside jax
tensorflow` lets them find what `make bench-peers` has installed.
`--sample` takes a file or two of each group: a minute.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from pathlib import Path

import pytest

GROUPS = (
    "activations",
    "callbacks",
    "constraints",
    "dtype_policies",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "random",
    "regularizers",
    "saving",
    "trainers",
    "wrappers",
)


PEERS = Path(__file__).parents[2] / ".peers"
"""Where `make bench-peers` installs other libraries."""

SAMPLE = (
    "activations",
    "callbacks/early_stopping_test.py",
    "initializers/random_initializers_test.py",
    "layers/attention/attention_test.py",
    "layers/core/dense_test.py",
    "layers/convolutional/conv_test.py",
    "layers/normalization/batch_normalization_test.py",
    "layers/regularization/dropout_test.py",
    "layers/rnn/lstm_test.py",
    "losses/loss_test.py",
    "metrics/accuracy_metrics_test.py",
    "models/functional_test.py",
    "ops/core_test.py",
    "optimizers/adam_test.py",
    "random/seed_generator_test.py",
    "regularizers",
    "saving/saving_lib_test.py",
    "trainers/trainer_test.py",
)
"""Some of each group: what training goes through."""


def sources() -> Path:
    """Where Keras and its tests are installed; it is not imported, the engine comes first."""
    found = importlib.util.find_spec("keras")
    if found is None or found.origin is None:
        sys.exit('Keras is not installed: pip install "autodiff_core[keras]"')
    return Path(found.origin).parent / "src"


def main() -> int:
    """Command line; the status is pytest's."""
    given = sys.argv[1:]
    cut = given.index("--") if "--" in given else len(given)
    parser = argparse.ArgumentParser(
        prog="keras_suite", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tests", nargs="*", help="groups, files or tests; all groups by default")
    parser.add_argument("--sample", action="store_true", help="some files of each group")
    parser.add_argument("--processes", type=int, default=0)
    parser.add_argument("--beside", nargs="+", default=[], help="libraries of `.peers/` that tests may use: jax, ...")
    parser.add_argument("--outcomes", type=Path, help="write every test's outcome to this file")
    options = parser.parse_args(given[:cut])
    tests = options.tests or (SAMPLE if options.sample else GROUPS)
    root = sources()
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    arguments = ["-c", os.devnull, f"--rootdir={root}", "-p", "keras_suite.plugin", "-p", "no:cacheprovider"]
    arguments += [
        "-q",
        "--tb=no",
        "-rN",
        "-o",
        "python_files=*_test.py",
        "-W",
        "ignore",
        "--continue-on-collection-errors",
    ]
    if options.processes:
        arguments += ["-n", str(options.processes), "--dist", "worksteal"]
    for peer in options.beside:
        (folder,) = (PEERS / peer).glob("lib/python*/site-packages")
        arguments += [f"--beside={folder}"]
    if options.outcomes:
        arguments += [f"--outcomes={options.outcomes.resolve()}"]
    return int(pytest.main([*arguments, *given[cut + 1 :], *(str(root / test) for test in tests)]))


if __name__ == "__main__":
    sys.exit(main())
