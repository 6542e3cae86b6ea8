"""Counts the instructions of hot paths, under valgrind, and compares them with budgets: times waver, counts hold.

    python bench/counts.py [--update] [--only TEXT]

A path is run twice, with few rounds and with more; what a round takes is the difference, so that what is done once
(an import, a first call, a warm cache) counts nothing. Between the two a process asks for its session (`os.getsid`),
which nothing else here does: valgrind writes its counters when that is called.

Counts are the same from run to run, but not from machine to machine: NumPy, the C library and the compiler choose other
instructions. Valgrind offers all processors of a family the same features, which removes most of that; the rest is said
in the budgets' file as what they were made with. Where that is another than here, counts are printed and not compared.
"""

import argparse
import importlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUDGETS = HERE / "counts.toml"
TOLERANCE = 0.02

Rounds = Callable[[int], None]


def paths() -> dict[str, tuple[Rounds, int, int]]:
    """Each path, as a function of the number of rounds, and two of these."""
    import numpy as np

    import autodiff_core as tf
    from autodiff_core.optimize.evaluations import Scalar
    from autodiff_core.optimize.parameters import Parameters

    number, other = tf.constant(1.1, tf.float64), tf.constant(0.7, tf.float64)
    variable = tf.Variable(1.1, dtype=tf.float64)
    eight = tf.Variable(np.linspace(0.1, 0.9, 8))
    vector = tf.constant(np.linspace(0.1, 0.9, 8))

    def times(f: Callable[[], object]) -> Rounds:
        def path(rounds: int) -> None:
            for _ in range(rounds):
                f()

        return path

    def recorded(x: tf.Tensor) -> Rounds:
        def path(rounds: int) -> None:
            with tf.GradientTape() as tape:
                tape.watch(x)
                for _ in range(rounds):
                    x * other

        return path

    def swept(x: tf.Tensor) -> Rounds:
        def path(rounds: int) -> None:
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = x
                for _ in range(rounds):
                    y = y * other
            tape.gradient(y, x)

        return path

    def first_call(x: tf.Tensor, slope: bool) -> Rounds:
        def path(rounds: int) -> None:
            def chain(x: tf.Tensor) -> object:
                with tf.GradientTape(watch_accessed_variables=False) as tape:
                    if slope:
                        tape.watch(x)
                    y = x
                    for _ in range(rounds):
                        y = tf.tanh(y * 0.5)
                return tape.gradient(y, x) if slope else y

            tf.function(chain)(x)

        return path

    chains: dict[int, Callable[[tf.Tensor], tf.Tensor]] = {}

    def replayed(rounds: int) -> None:
        """Replays of programs of as many records."""
        if rounds not in chains:

            @tf.function
            def chain(x: tf.Tensor) -> tf.Tensor:
                for _ in range(rounds):
                    x = x * other + number
                return x

            chains[rounds] = chain
            chain(number)
        for _ in range(10):
            chains[rounds](number)

    lines: dict[int, tuple[Callable[[tf.Tensor], tf.Tensor], tf.Tensor]] = {}

    def line(elements: int) -> None:
        """A replay of four operations over so many elements."""
        if elements not in lines:
            x = tf.constant(np.linspace(0.1, 0.9, elements))
            lines[elements] = tf.function(lambda x: (x * 0.5 + x) / (x + 2.0)), x
            lines[elements][0](x)
        f, x = lines[elements]
        f(x)

    generator = np.random.default_rng(0)
    weights = [tf.Variable(generator.normal(size=shape)) for shape in ((8, 3), (3,), (3, 4), (4,), (4, 1), (1,))]
    inputs, targets = tf.constant(generator.normal(size=(1, 8))), tf.constant([[0.3]], tf.float64)

    def network() -> object:
        with tf.GradientTape() as tape:
            x = inputs
            for k in range(0, 6, 2):
                x = tf.tanh(x @ weights[k] + weights[k + 1])
            loss = tf.reduce_sum(tf.square(x - targets))
        return tape.gradient(loss, weights)

    def slope() -> object:
        with tf.GradientTape() as tape:
            y = variable**2
        return tape.gradient(y, variable)

    def slope_of_vector() -> object:
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(eight * eight)
        return tape.gradient(y, eight)

    def idle() -> None:
        with tf.GradientTape():
            pass

    def cube(x: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(x * x * x)

    def tangent() -> object:
        with tf.autodiff.ForwardAccumulator(vector, vector) as accumulator:
            y = cube(vector)
        return accumulator.jvp(y)

    def hvp() -> object:
        return tf.hvp(cube, vector, vector)

    replay = tf.function(lambda x: x**2)
    replay_of_structure = tf.function(lambda x, rest: x * rest["a"] + rest["b"])
    replayed_network = tf.function(network)
    structure = {"a": number, "b": other}

    def valley(x: tf.Tensor) -> object:
        return tf.reduce_sum((x[1:] - x[:-1] ** 2) ** 2)

    hundred = np.linspace(0.1, 0.9, 100)
    of_solvers = Scalar("minimize", valley, Parameters("minimize", hundred))
    replayed_valley, of_hundred = tf.function(tf.value_and_grad(valley)), tf.constant(hundred)
    return {
        "scalar op, no tape": (times(lambda: number * other), 100, 1100),
        "x**2, no tape": (times(lambda: number**2), 100, 1100),
        "op on 8 elements, no tape": (times(lambda: vector * vector), 100, 1100),
        "np.sin of 8 elements, no tape": (times(lambda: np.sin(vector)), 100, 600),
        "x[0] of 8 elements, no tape": (times(lambda: vector[0]), 100, 600),
        "record of a scalar op": (recorded(number), 100, 1100),
        "record of an op on 8 elements": (recorded(vector), 100, 1100),
        "record and sweep of a scalar op": (swept(number), 100, 1100),
        "record and sweep of an op on 8 elements": (swept(vector), 100, 1100),
        "idle tape": (times(idle), 100, 600),
        "x**2 and its gradient": (times(slope), 100, 400),
        "sum of 8 squares and its gradient": (times(slope_of_vector), 100, 400),
        "assignment to a variable": (times(lambda: variable.assign(number)), 100, 600),
        "network 8x3x4x1 and its gradient": (times(network), 20, 60),
        "network 8x3x4x1 and its gradient, replayed": (times(replayed_network), 20, 120),
        "tangent of a sum of 8 cubes": (times(tangent), 20, 120),
        "Hessian of a sum of 8 cubes times a vector": (times(hvp), 20, 120),
        "replay of x**2": (times(lambda: replay(number)), 100, 600),
        "replay for a structure of arguments": (times(lambda: replay_of_structure(number, structure)), 100, 400),
        "replay of 10 times 2 scalar ops": (replayed, 100, 600),
        "replay of 4 ops over an element": (line, 2048, 4096),
        "value and gradient of 100 numbers, replayed": (times(lambda: replayed_valley(of_hundred)), 100, 400),
        "value and gradient of 100 numbers, as solvers ask": (
            times(lambda: of_solvers.value_and_gradient(hundred)),
            100,
            400,
        ),
        "first call, for 2 scalar ops": (first_call(number, False), 500, 1500),
        "first call, for 2 scalar ops and their gradient": (first_call(number, True), 500, 1500),
        "first call, for 2 ops on 8 elements": (first_call(vector, False), 500, 1500),
        "first call, for 2 ops on 8 elements and their gradient": (first_call(vector, True), 500, 1500),
    }


def run_inside(only: str) -> None:
    """The process that is counted: for each path that is chosen, three calls, and the counters after each."""
    import gc

    for name, (path, few, more) in paths().items():
        if only not in name:
            continue
        path(few)
        path(more)
        gc.collect()
        gc.disable()
        os.getsid(0)
        path(few)
        os.getsid(0)
        path(more)
        os.getsid(0)
        gc.enable()


def counted(only: str) -> dict[str, float]:
    """Instructions of a round of each path."""
    environment = os.environ | {
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": str(HERE.parent),
        "AUTODIFF_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", "--dump-before=getsid", f"--callgrind-out-file={folder}/counts"]
        inside = [sys.executable, str(Path(__file__).resolve()), "--inside", "--only", only]
        found = subprocess.run([*command, *inside], env=environment, capture_output=True, text=True, check=False)
        if found.returncode:
            raise SystemExit(f"valgrind failed:\n{found.stderr[-3000:]}")
        totals = []
        for number in range(1, len(list(Path(folder).iterdir()))):
            text = (Path(folder) / f"counts.{number}").read_text()
            match = re.search(r"^totals: (\d+)", text, re.MULTILINE)
            assert match, f"no totals in dump {number}"
            totals.append(int(match[1]))
    chosen = {name: rounds for name, rounds in _rounds().items() if only in name}
    if len(totals) != 3 * len(chosen):
        raise SystemExit(f"{len(totals)} counters of {len(chosen)} paths: something else asks for its session")
    return {
        name: (totals[3 * k + 2] - totals[3 * k + 1]) / (more - few)
        for k, (name, (few, more)) in enumerate(chosen.items())
    }


def _rounds() -> dict[str, tuple[int, int]]:
    return {name: (few, more) for name, (_, few, more) in paths().items()}


def made_with() -> dict[str, str]:
    """What counts depend on beside the sources."""
    import numpy as np

    valgrind = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    compiler = subprocess.run(
        [os.environ.get("CC", "cc"), "-dumpfullversion"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return {
        "machine": f"{platform.system()} {platform.machine()}, {_vectors()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "libc": " ".join(platform.libc_ver()),
        "compiler": compiler,
        "valgrind": valgrind,
    }


def _vectors() -> str:
    """The vector instructions that programs find under valgrind, which knows none beyond AVX2."""
    features = importlib.import_module("numpy._core._multiarray_umath").__cpu_features__
    return next((name for name in ("AVX2", "SSE42", "ASIMD") if features.get(name)), "plain")


def spelled(budgets: dict[str, float]) -> str:
    lines = [
        "# Instructions of a round of each hot path; written by `make counts-update`, see counts.py.",
        "",
        "[made_with]",
    ]
    lines += [f'{name} = "{value}"' for name, value in made_with().items()]
    lines += ["", "[instructions]"]
    lines += [f'"{name}" = {count:.{0 if count >= 100 else 2}f}' for name, count in budgets.items()]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="write the budgets")
    parser.add_argument("--only", default="", help="paths with this in their names")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        run_inside(arguments.only)
        return 0
    if shutil.which("valgrind") is None:
        print("Instructions are not counted: valgrind is not installed.")
        return 0
    counts = counted(arguments.only)
    kept = tomllib.loads(BUDGETS.read_text()) if BUDGETS.exists() else {"made_with": {}, "instructions": {}}
    budgets: dict[str, float] = kept["instructions"]
    if arguments.update:
        known = set(_rounds())
        budgets = {name: count for name, count in (budgets | counts).items() if name in known}
        BUDGETS.write_text(spelled({name: budgets[name] for name in _rounds() if name in budgets}))
    other = {name: (value, kept["made_with"].get(name)) for name, value in made_with().items()}
    other = {name: pair for name, pair in other.items() if pair[0] != pair[1]} if not arguments.update else {}
    over = []
    for name, count in counts.items():
        budget = budgets.get(name)
        ratio = "" if budget is None else f"{count / budget:8.3f}"
        print(f"{name:56s} {count:12.1f} {budget if budget is not None else 'no budget':>12} {ratio}")
        if budget is None or count > budget * (1 + TOLERANCE):
            over.append(name)
    if other:
        spelling = "; ".join(f"{name} {here}, budgets {there}" for name, (here, there) in other.items())
        print(f"Not compared: the budgets were made with something else ({spelling}).")
        return 0
    if over:
        print(f"Over budget by more than {TOLERANCE:.0%}: {', '.join(over)}. `make counts-update` if it is worth it.")
        return 1
    print("All within their budgets.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
