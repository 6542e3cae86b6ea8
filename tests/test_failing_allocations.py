"""Every allocation of the core's fails once: a MemoryError, nothing lost, and the next call is right.

After SQLite's tests of its own: a scenario is run again and again, with its first allocation failing, then its second,
until it comes through without one that fails. Each time the error must arrive as a MemoryError (or be no obstacle),
what was there before must be as it was, no memory may stay behind, and the scenario must then give what it always
gives.

Only a checked build lets allocations fail (`make checked`); elsewhere these tests are left out.
"""

from __future__ import annotations

import ctypes
import gc
import pickle
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core

try:
    _library = ctypes.CDLL(_core.__file__)
    fail_at = ctypes.c_long.in_dll(_library, "ad_fail_at")
    failed = ctypes.c_char_p.in_dll(_library, "ad_failed")
except (ValueError, OSError):
    pytest.skip("allocations fail in a checked build only", allow_module_level=True)

PLACES: set[bytes] = set()
POINTS: dict[str, int] = {}

X = np.linspace(0.1, 1.3, 12).reshape(3, 4)
W = np.linspace(-0.7, 0.9, 20).reshape(4, 5)
B = np.linspace(0.2, 0.4, 5)


class mallinfo2(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in ("arena", "o", "s", "h", "hblkhd", "u", "f", "uordblks", "d", "k")]


_libc = ctypes.CDLL(None)
_libc.mallinfo2.restype = mallinfo2


def memory() -> tuple[int, int]:
    """Blocks of Python's own allocator, and bytes of the C library's, that are in use; what lies in the pool aside."""
    gc.collect()
    _core.trim_pool()
    info = _libc.mallinfo2()
    return sys.getallocatedblocks(), info.uordblks + info.hblkhd


def with_failure(scenario: Callable[[], Any], which: int) -> tuple[bool, Any]:
    """Run a scenario with one allocation failing; whether one did, and the result (None after a MemoryError)."""
    result = None
    fail_at.value = which
    try:
        result = scenario()
    except MemoryError:
        pass
    finally:
        did_fail = fail_at.value < 0
        fail_at.value = -1
    return did_fail, result


def arrays(result: Any) -> list[np.ndarray]:
    return [np.asarray(x) for x in tf.nest.flatten(result) if x is not None]


def same(found: Any, expected: list[np.ndarray]) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(arrays(found), expected, strict=True))


# ---------------------------------------------------------------------------------------------------- scenarios

SCENARIOS: dict[str, Callable[[], Callable[[], Any]]] = {}


def scenario(make: Callable[[], Callable[[], Any]]) -> Callable[[], Callable[[], Any]]:
    """What makes a scenario: what it finds around it is made first, without failures."""
    SCENARIOS[make.__name__] = make
    return make


def layers(x: Any, w: Any, b: Any) -> Any:
    h = tf.tanh(x @ w + b)
    return tf.reduce_sum(tf.nn.softmax(h) * tf.sigmoid(h), axis=0)


@scenario
def a_tape_that_grows() -> Callable[[], Any]:
    def run() -> Any:
        x = tf.constant(0.5, tf.float64)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x
            for k in range(300):
                y = tf.sin(y) * 1.5 + k * 0.01
        return y, tape.gradient(y, x)

    return run


@scenario
def arrays_on_a_tape() -> Callable[[], Any]:
    def run() -> Any:
        tensors = [tf.constant(X), tf.constant(W), tf.constant(B)]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            y = layers(*tensors)
            z = tf.stack([y[0], y[1] * 2.0, y[2], y[3], y[4]])
            z = tf.concat([z, tf.reshape(tf.transpose(tensors[1]), [-1])], 0)
        return z, tape.gradient(z, tensors)

    return run


@scenario
def many_slices_and_operands() -> Callable[[], Any]:
    def run() -> Any:
        x = tf.constant(np.arange(100.0))
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.add_n([x[k] * x[k : k + 3] for k in range(70)])
        return y, tape.gradient(y, x)

    return run


@scenario
def jacobians() -> Callable[[], Any]:
    def run() -> Any:
        x = tf.constant(X)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = layers(x, W, B)
            z = tf.exp(x) * x
        return tape.jacobian(y, x), tape.batch_jacobian(z, x)

    return run


@scenario
def second_derivatives() -> Callable[[], Any]:
    def run() -> Any:
        x = tf.constant(X[0])
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = tf.reduce_sum(tf.exp(x) * tf.sin(x)) * x[0]
        v = tf.ones_like(x)
        return tape.hvp(y, x, v), tape.hessian(y, x)

    return run


@scenario
def nested_tapes() -> Callable[[], Any]:
    def run() -> Any:
        x = tf.constant(X)
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = layers(x, W, B)
            g = inner.gradient(y, x)
        return g, outer.gradient(g, x)

    return run


@scenario
def more_tapes_than_bits() -> Callable[[], Any]:
    def run() -> Any:
        x = tf.constant(0.5, tf.float64)
        tapes = [tf.GradientTape() for _ in range(45)]
        y = x
        for tape in tapes:
            tape.__enter__()
            try:
                tape.watch(x)
                y = y * x + 1.0
            except BaseException:
                for other in tapes:
                    if other is not tape:
                        other.__exit__(None, None, None)
                tape.__exit__(None, None, None)
                raise
        for tape in reversed(tapes):
            tape.__exit__(None, None, None)
        return y, tapes[0].gradient(y, x), tapes[40].gradient(y, x)

    return run


@scenario
def forward() -> Callable[[], Any]:
    def run() -> Any:
        x = tf.constant(X)
        with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
            y = layers(x, W, B)
        return accumulator.jvp(y), tf.jvp(lambda x: layers(x, W, B), [x], [tf.ones_like(x)])

    return run


@scenario
def the_first_call_of_a_function() -> Callable[[], Any]:
    def run() -> Any:
        f = tf.function(lambda x: (layers(x, W, B), tf.reduce_sum(x), tf.cast(x, tf.float32)))
        return f(tf.constant(X))

    return run


@scenario
def replays() -> Callable[[], Any]:
    f = tf.function(lambda x: (layers(x, W, B), tf.reduce_sum(x), tf.sort(x), tf.transpose(x)))
    x = tf.constant(X)
    f(x)
    return lambda: (f(x), f(x))


@scenario
def a_replay_in_fresh_memory() -> Callable[[], Any]:
    x = tf.constant(np.linspace(0, 1, 40_000).reshape(200, 200))

    def run() -> Any:
        f = tf.function(lambda x: tf.reduce_sum(tf.sin(x) * x + tf.cos(x), axis=1) @ x)
        return f(x), f(x)

    return run


@scenario
def gradients_of_functions() -> Callable[[], Any]:
    f = tf.function(lambda x: tf.reduce_sum(layers(x, W, B) ** 2))

    def run() -> Any:
        x = tf.constant(X)
        return tf.grad(f)(x), tf.value_and_grad(lambda x: f(x) * 2.0)(x), tf.hvp(f, x, tf.ones_like(x))

    return run


@scenario
def programs() -> Callable[[], Any]:
    def run() -> Any:
        program = tf.Program.from_function(lambda x: layers(x, W, B) + tf.reduce_sum(x * 1.0 + 0.0), X)
        return program(X), pickle.loads(pickle.dumps(program))(X)

    return run


@scenario
def examples_at_once() -> Callable[[], Any]:
    def run() -> Any:
        f = tf.vectorize(lambda x: tf.reduce_sum(tf.sin(x) * x) + x[1])
        return f(tf.constant(X)), tf.grad(lambda x: tf.reduce_sum(f(x)))(tf.constant(X))

    return run


@scenario
def buffers() -> Callable[[], Any]:
    def run() -> Any:
        x = tf.constant(0.7, tf.float64)
        with tf.GradientTape() as tape:
            tape.watch(x)
            b = tf.buffer(20, tf.float64)
            b[0] = x
            for k in range(1, 20):
                b[k] = b[k - 1] * x
            y = tf.reduce_sum(b)
        return y, tape.gradient(y, x)

    return run


@scenario
def rules_of_ones_own() -> Callable[[], Any]:
    @tf.custom_gradient
    def clipped(x: Any) -> Any:
        return tf.minimum(x, 1.0), lambda g: g * 2.0

    @tf.custom_jvp
    def doubled(x: Any) -> Any:
        return x * 2.0

    doubled.defjvp(lambda primals, tangents: (doubled(*primals), tangents[0] * 2.0))
    again = tf.recompute_grad(lambda x: tf.exp(x) * tf.sin(x))

    def run() -> Any:
        x = tf.constant(X)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = clipped(x) + doubled(x) * again(x)
        return y, tape.gradient(y, x)

    return run


@scenario
def sparse_derivatives() -> Callable[[], Any]:
    def run() -> Any:
        x = tf.constant(np.linspace(0.1, 1, 30))

        def chain(x: Any) -> Any:
            return tf.concat([x[1:] * tf.sin(x[:-1]), x[:1] * x[3:4]], 0)

        jacobian = tf.sparse_jacobian(chain, x)
        hessian = tf.sparse_hessian(lambda x: tf.reduce_sum(chain(x) ** 2), x)
        return jacobian.toarray(), hessian.toarray()

    return run


@scenario
def rows_looked_up() -> Callable[[], Any]:
    table = tf.Variable(np.arange(40.0).reshape(10, 4))

    def run() -> Any:
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.gather(table, [1, 3, 3, 7]) ** 2)
        g = tape.gradient(y, table)
        return y, g.values, g.indices, tf.convert_to_tensor(g)

    return run


@scenario
def complex_numbers() -> Callable[[], Any]:
    def run() -> Any:
        x = tf.constant(X + 0.5j * X)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.math.real(tf.reduce_sum(tf.exp(x) * x))
        return y, tape.gradient(y, x)

    return run


@scenario
def kernels_on_several_threads() -> Callable[[], Any]:
    x = tf.constant(np.linspace(0, 1, 600_000))

    def run() -> Any:
        before = tf.get_num_threads()
        tf.set_num_threads(min(before + 1, 60))
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(tf.exp(-x * x) * x + tf.sigmoid(x))
        return y, tape.gradient(y, x)

    return run


@pytest.fixture
def restored() -> Iterator[None]:
    before = tf.get_num_threads()
    yield
    tf.set_num_threads(before)


# -------------------------------------------------------------------------------------------------------- tests


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_allocation_fails_once(name: str, restored: None) -> None:
    run = SCENARIOS[name]()
    expected = arrays(run())
    assert same(run(), expected)
    which = 0
    while True:
        did_fail, result = with_failure(run, which)
        if not did_fail:
            assert same(result, expected)
            break
        PLACES.add(failed.value or b"")
        where = f"{name}: allocation {which}, at {failed.value!r}"
        assert result is None or same(result, expected), where
        assert not _core.is_recording(), where
        assert same(run(), expected), where
        which += 1
    POINTS[name] = which
    assert which, "nothing is allocated here"


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "kernels_on_several_threads"])
def test_nothing_stays_behind_where_an_allocation_fails(name: str) -> None:
    run = SCENARIOS[name]()
    for _ in range(10):
        run()
    gc.freeze()
    try:
        for which in range(10_000):
            did_fail = left_behind(run, which)
            if not did_fail:
                break
    finally:
        gc.unfreeze()


def left_behind(run: Callable[[], Any], which: int) -> bool:
    """Whether an allocation failed. Nothing may grow: caches settle, what leaks leaks always."""
    for times in (1, 1, *[10] * 8, 100, 100, 100, 100):
        before = memory()
        for _ in range(times):
            did_fail = with_failure(run, which)[0]
        after = memory()
        blocks, size = ((new - old) // times for old, new in zip(before, after, strict=True))
        if blocks <= 0 and size < 16:
            return did_fail
    raise AssertionError(f"allocation {which}, at {failed.value!r}: {blocks} blocks and {size} bytes stay behind")


def test_variables_keep_their_values_where_a_training_step_fails() -> None:
    weights = [tf.Variable(W), tf.Variable(B), tf.Variable(1.5, dtype=tf.float64)]
    start = [v.numpy() for v in weights]
    x = tf.constant(X)

    def step() -> Any:
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(layers(x, weights[0], weights[1]) * weights[2])
        for v, g in zip(weights, tape.gradient(y, weights), strict=True):
            v.assign_sub(0.1 * g)
        return y

    recorded = tf.function(step)
    for kind, make in (("first calls", lambda: tf.function(step)), ("replays", lambda: recorded)):
        make()()
        expected = [v.numpy() for v in weights]
        for which in range(10_000):
            for v, value in zip(weights, start, strict=True):
                v.assign(value)
            f = make()
            before = [v.numpy() for v in weights]
            did_fail, result = with_failure(f, which)
            after = [v.numpy() for v in weights]
            if result is None:
                assert all(np.array_equal(a, b) for a, b in zip(after, before, strict=True)), (which, failed.value)
                f()
            assert all(np.array_equal(v.numpy(), e) for v, e in zip(weights, expected, strict=True)), (
                which,
                failed.value,
            )
            if not did_fail:
                break
        POINTS[f"{kind} of a training step"] = which
        for v, value in zip(weights, start, strict=True):
            v.assign(value)


def test_a_tape_is_as_it_was_where_an_operation_on_it_fails() -> None:
    x = tf.constant(X)

    def operate(y: Any) -> Any:
        for k in range(130):
            y = y * 1.01 + tf.reduce_sum(y, axis=0) * float(k)
        return layers(y, W, B)

    def whole(which: int) -> tuple[bool, Any]:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = tf.sin(x)
            did_fail, z = with_failure(lambda: operate(y), which)
            z = operate(y)
        gradient_failed, _ = with_failure(lambda: tape.gradient(z, x), which)
        return did_fail or gradient_failed, [z, tape.gradient(z, x), tape.gradient(y, x)]

    expected = arrays(whole(1_000_000)[1])
    for which in range(10_000):
        did_fail, result = whole(which)
        assert same(result, expected), (which, failed.value)
        if not did_fail:
            break
    POINTS["operations on a tape"] = which


def test_a_recording_goes_on_where_python_catches_the_error() -> None:
    x = tf.constant(X)
    did_fail = True
    which = -1

    def step(x: Any) -> Any:
        nonlocal did_fail
        did_fail, result = with_failure(lambda: layers(x, W, B), which)
        return tf.reduce_sum(layers(x, W, B) * (layers(x, W, B) if result is None else result))

    expected = float(tf.reduce_sum(layers(x, W, B) ** 2))
    while did_fail:
        which += 1
        f = tf.function(step)
        np.testing.assert_allclose([f(x), f(x)], expected, rtol=1e-14)
        slope = tf.grad(f)(x)
        np.testing.assert_allclose(slope, tf.grad(lambda x: tf.reduce_sum(layers(x, W, B) ** 2))(x), rtol=1e-12)
    POINTS["a recording"] = which


def test_operands_are_held_as_often_as_before() -> None:
    arrays_held = [X.copy(), W.copy(), B.copy()]
    tensors = [tf.constant(a) for a in arrays_held]
    f = tf.function(layers)

    def run() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            y = layers(*tensors) + f(*arrays_held)
        return tape.gradient(y, tensors)

    run()
    before = [sys.getrefcount(x) for x in [*arrays_held, *tensors]]
    for which in range(10_000):
        did_fail, result = with_failure(run, which)
        del result
        assert [sys.getrefcount(x) for x in [*arrays_held, *tensors]] == before, (which, failed.value)
        if not did_fail:
            break
    POINTS["operands"] = which


def test_so_many_places_were_reached() -> None:
    print(f"\n{sum(POINTS.values())} failing allocations in {len(POINTS)} scenarios, at {len(PLACES)} places in C")
    assert len(POINTS) < len(SCENARIOS) or sum(POINTS.values()) >= 200
