"""What a tape keeps and how its time grows with its length. Each measurement runs in a process of its own:

    python bench/memory.py scalar_tape 10000000
    python bench/memory.py deep_network
    python bench/memory.py budgets
    python bench/memory.py functions

Memory is the growth of the process's resident set (its high-water mark, as the kernel counts it), so it holds what
NumPy, the library's pool and the allocator take, not only what Python knows of. Gradients are checked against those
derived by hand.
"""

import json
import math
import resource
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

import autodiff_core as tf

Result = dict[str, float]


def peak() -> int:
    """The high-water mark of the resident set, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    bytes_a_unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * bytes_a_unit


def start_of_peak() -> int:
    """The present resident set: where the kernel allows it, the high-water mark is lowered to it."""
    reset = Path("/proc/self/clear_refs")
    if reset.exists():
        reset.write_text("5")
    return peak()


def record_chain(tape: tf.GradientTape, x: Any, records: int) -> Any:
    """250 times y = sin(y)*x + y*0.5 is 1,000 records."""
    with tape:
        tape.watch(x)
        y = x
        for _ in range(records // 4):
            y = tf.sin(y) * x + y * 0.5
    return y


def scalar_tape(records: str) -> Result:
    count = int(records)
    x = tf.constant(0.7, dtype=tf.float64)
    small = tf.GradientTape()
    small.gradient(record_chain(small, x, 1000), x)

    tape = tf.GradientTape()
    before = start_of_peak()
    start = perf_counter()
    y = record_chain(tape, x, count)
    recorded = perf_counter()
    kept = peak() - before
    gradient = tape.gradient(y, x)
    swept = perf_counter()
    through_sweep = peak() - before

    value, derivative, number = 0.7, 1.0, 0.7
    for _ in range(count // 4):
        sine = math.sin(value)
        derivative = math.cos(value) * derivative * number + sine + derivative * 0.5
        value = sine * number + value * 0.5
    np.testing.assert_allclose([float(y), float(gradient)], [value, derivative], rtol=1e-9)
    return {
        "records": count,
        "record_ns": (recorded - start) / count * 1e9,
        "sweep_ns": (swept - recorded) / count * 1e9,
        "kept_bytes": kept / count,
        "peak_bytes": through_sweep / count,
    }


def deep_network(layers: str = "50", size: str = "100000") -> Result:
    """h = tanh(h*w + b), 50 times, on 0.8 MB: what has to be kept is each layer's output, 40 MB."""
    depth, width = int(layers), int(size)
    numbers = np.linspace(-1, 1, width)
    scales, shifts = np.linspace(0.9, 1.1, depth), np.linspace(-0.1, 0.1, depth)
    x = tf.constant(numbers)
    w = [tf.Variable(scale, dtype=tf.float64) for scale in scales]
    b = [tf.Variable(shift, dtype=tf.float64) for shift in shifts]

    def value_and_gradients(depth: int) -> tuple[Any, list[Any]]:
        with tf.GradientTape() as tape:
            h = x
            for layer in range(depth):
                h = tf.tanh(h * w[layer] + b[layer])
            y = tf.reduce_sum(h)
            del h
        return y, tape.gradient(y, w[:depth] + b[:depth])

    value_and_gradients(1)
    before = start_of_peak()
    y, gradients = value_and_gradients(depth)
    grown = peak() - before

    outputs = [numbers]
    for scale, shift in zip(scales, shifts, strict=True):
        outputs.append(np.tanh(outputs[-1] * scale + shift))
    dw, db, dh = np.zeros(depth), np.zeros(depth), np.ones(width)
    for layer in reversed(range(depth)):
        dh = dh * (1 - outputs[layer + 1] ** 2)
        dw[layer], db[layer] = dh @ outputs[layer], dh.sum()
        dh = dh * scales[layer]
    np.testing.assert_allclose(float(y), outputs[-1].sum(), rtol=1e-9)
    np.testing.assert_allclose([float(g) for g in gradients], [*dw, *db], rtol=1e-9, atol=1e-9)
    must = depth * numbers.nbytes
    return {"peak_mb": grown / 1e6, "must_mb": must / 1e6, "ratio": grown / must}


def simulation(rounds: str = "10000", size: str = "65536", checkpoint: str = "all") -> Result:
    """The gradient at the end of a simulation of oscillators, of which each state is 16 bytes: of a loop that may keep
    so much, or without that (`none`), or on a tape with a budget (`tape 200MB`)."""
    count, number = int(rounds), int(size)
    positions, step = np.linspace(0.1, 2.0, number), 0.01
    of, _, memory = checkpoint.partition(" ")
    plain = of in ("none", "tape")
    room = None if plain else count if checkpoint == "all" else True if checkpoint == "default" else checkpoint
    start = tf.constant(positions)
    pull = tf.Variable(np.linspace(0.5, 1.5, number))

    def value_and_gradients(rounds: int) -> tuple[Any, list[Any]]:
        def advance(k: Any, q: Any, p: Any) -> tuple[Any, Any, Any]:
            p = p - step * pull * tf.sin(q)
            return k + 1, q + step * p, p

        with tf.GradientTape(memory=memory or None) as tape:
            tape.watch(start)
            first = (0, start, tf.zeros_like(start))
            y = tf.reduce_sum(tf.while_loop(lambda k, q, p: k < rounds, advance, first, checkpoint=room)[1])
        return y, tape.gradient(y, [start, pull])

    value_and_gradients(2)
    before = start_of_peak()
    begun, worked = perf_counter(), process_time()
    _, (to_start, to_pull) = value_and_gradients(count)
    seconds, work = perf_counter() - begun, process_time() - worked
    grown = peak() - before

    for k in np.linspace(0, number - 1, 5).astype(int):  # each oscillator is alone: some of them, by hand
        a, q, p = float(pull.numpy()[k]), positions[k], 0.0
        states = [q]
        for _ in range(count):
            p -= step * a * math.sin(q)
            q += step * p
            states.append(q)
        dq, dp, da = 1.0, 0.0, 0.0
        for q in reversed(states[:-1]):
            dp += dq * step
            da -= dp * step * math.sin(q)
            dq -= dp * step * a * math.cos(q)
        np.testing.assert_allclose([to_start.numpy()[k], to_pull.numpy()[k]], [dq, da], rtol=1e-9, atol=1e-9)
    return {
        "seconds": seconds,
        "processor_seconds": work,
        "peak_mb": grown / 1e6,
        "digest": float(zlib.crc32(to_start.numpy().tobytes() + to_pull.numpy().tobytes())),
    }


def budgets(rounds: str = "10000", size: str = "65536", *rooms: str) -> Result:
    """A simulation whose gradient may take so much, beside one that is recorded round by round, and a loop that keeps
    all of its states. Seconds of the processor are what to look at where others use the machine, too."""
    found: Result = {}
    digests = set()
    for room in ("none", "all", *(rooms or ("200MB", "50MB", "tape 200MB"))):
        one = measure("simulation", rounds, size, room)
        digests.add(one["digest"])
        found |= {f"{room}_{what}": one[what] for what in ("seconds", "processor_seconds", "peak_mb")}
    assert len(digests) == 1, "not the same gradient, to the last bit"
    return found


def layers(budget: str = "none", depth: str = "64", rows: str = "4096") -> Result:
    """The gradient of a network by its weights, in one recorded function; activations of a layer are 1 kB a row."""
    rng = np.random.default_rng(0)
    weights = [tf.Variable(rng.normal(size=(128, 128)) / 11) for _ in range(int(depth))]

    def loss(x: Any) -> Any:
        for w in weights:
            x = tf.tanh(x @ w) + x * 0.5
        return tf.reduce_sum(x * x)

    return in_budget(loss, tf.constant(rng.normal(size=(int(rows), 128))), weights, budget)


def unrolled(budget: str = "none", steps: str = "1000", size: str = "131072") -> Result:
    """That of a simulation whose loop is Python's."""
    pull = tf.Variable(np.linspace(0.5, 1.5, int(size)))

    def loss(q: Any) -> Any:
        p = q * 0.0
        for _ in range(int(steps)):
            p = p - 0.01 * pull * tf.sin(q)
            q = q + 0.01 * p
        return tf.reduce_sum(q)

    return in_budget(loss, tf.constant(np.linspace(0.1, 2.0, int(size))), [pull], budget)


def in_budget(loss: Callable[[Any], Any], x: Any, sources: list[Any], budget: str) -> Result:
    @tf.function(memory=None if budget == "none" else budget)
    def f(x: Any) -> Any:
        with tf.GradientTape() as tape:
            y = loss(x)
        return tape.gradient(y, sources)

    before = start_of_peak()
    gradients = f(x)
    first = peak() - before
    start_of_peak()
    f(x)
    grown = peak() - before
    worked = process_time()
    f(x)
    work = process_time() - worked
    return {
        "processor_seconds": work,
        "peak_mb": grown / 1e6,
        "first_mb": first / 1e6,
        "digest": float(zlib.crc32(b"".join(g.numpy().tobytes() for g in gradients))),
    }


def functions() -> Result:
    """Recorded functions that may take so much, beside those that keep what they like."""
    found: Result = {}
    for name, budgets in (("layers", ("none", "200MB", "100MB")), ("unrolled", ("none", "200MB", "100MB"))):
        measured = {budget: measure(name, budget) for budget in budgets}
        assert len({one.pop("digest") for one in measured.values()}) == 1, "not the same gradient, to the last bit"
        found |= {f"{name}_{budget}_{what}": x for budget, one in measured.items() for what, x in one.items()}
    return found


MEASUREMENTS: dict[str, Callable[..., Result]] = {
    "scalar_tape": scalar_tape,
    "deep_network": deep_network,
    "simulation": simulation,
    "budgets": budgets,
    "layers": layers,
    "unrolled": unrolled,
    "functions": functions,
}


def measure(name: str, *arguments: object) -> Result:
    """The result of one measurement, from a fresh process."""
    command = [sys.executable, __file__, name, *map(str, arguments)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


if __name__ == "__main__":
    print(json.dumps(MEASUREMENTS[sys.argv[1]](*sys.argv[2:])))
