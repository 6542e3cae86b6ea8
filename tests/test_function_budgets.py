"""Recorded functions with a budget: what is kept beyond it is computed again, and results are the same to the last
bit."""

from __future__ import annotations

import pickle
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.programs import differentiable, recomputing

ROWS, WIDTH, LAYERS = 500, 16, 24
A_LAYER = ROWS * WIDTH * 8
X = np.random.default_rng(0).normal(size=(ROWS, WIDTH))
WEIGHTS = [np.random.default_rng(k).normal(size=(WIDTH, WIDTH)) / 4 for k in range(LAYERS)]


def network(x: Any, weights: Any) -> Any:
    for w in weights:
        x = tf.tanh(x @ w + 0.1) + x * 0.5
    return tf.reduce_sum(x * x)


def with_gradients(loss: Any) -> Any:
    def f(x: Any, weights: Any) -> list[Any]:
        with tf.GradientTape() as tape:
            tape.watch((x, weights))
            y = loss(x, weights)
        to_x, to_weights = tape.gradient(y, (x, weights))
        return [y, to_x, *to_weights]

    return f


def values() -> tuple[Any, list[Any]]:
    return tf.constant(X), [tf.constant(w) for w in WEIGHTS]


def bits(found: Any) -> list[bytes]:
    return [x.numpy().tobytes() for x in tf.nest.flatten(found)]


def taken(f: Any, index: int = 0) -> int:
    """What a replay takes, outputs excepted."""
    return _core.plan_of(f.variants[index]).arena_size


def bounded(part: float, loss: Any = network) -> tuple[Any, Any, int]:
    """The same function without a budget and with a part of what it then takes, and that budget."""
    whole = tf.function(with_gradients(loss))
    whole(*values())
    budget = int(part * taken(whole))
    return whole, tf.function(with_gradients(loss), memory=budget), budget


@pytest.mark.parametrize("part", [0.9, 0.5, 0.35])
def test_a_gradient_within_the_function_stays_in_its_budget(part: float) -> None:
    whole, f, budget = bounded(part)
    for x in (X, X[::-1].copy()):
        for _ in range(2):
            assert bits(f(tf.constant(x), values()[1])) == bits(whole(tf.constant(x), values()[1]))
    assert 0.3 * budget < taken(f) <= budget
    assert f.trace_count == 1


def test_what_fits_is_planned_as_it_would_be() -> None:
    whole = tf.function(with_gradients(network))
    f = tf.function(with_gradients(network), memory="1GB")
    whole(*values()), f(*values())
    assert _core.plan_of(f.variants[0]).steps_as_text() == _core.plan_of(whole.variants[0]).steps_as_text()


def test_products_are_kept_if_there_is_room() -> None:
    """Elementwise records are computed again first."""
    whole, f, _ = bounded(0.7)
    f(*values())

    def products(of: Any) -> int:
        plan = _core.plan_of(of.variants[0])
        return sum(plan.program.node(k)[0] == "matmul" for k in range(len(plan.program)))

    assert products(f) == products(whole)
    _, f, _ = bounded(0.35)
    f(*values())
    assert products(whole) < products(f) < 2 * products(whole)


def test_each_shape_has_a_plan_of_its_own() -> None:
    whole, f, budget = bounded(0.5)
    f(*values())
    half = tf.constant(X[: ROWS // 2])
    assert bits(f(half, values()[1])) == bits(whole(half, values()[1]))
    assert taken(f, 1) <= budget


def test_an_unrolled_loop_is_cut_into_segments() -> None:
    def loss(x: Any, weights: Any) -> Any:
        q, p = x, x * 0.0
        for _ in range(120):
            p = p - 0.1 * tf.sin(q) * weights[0][0]
            q = q + 0.1 * p
        return tf.reduce_sum(q)

    whole, f, budget = bounded(0.2, loss)
    assert bits(f(*values())[:3]) == bits(whole(*values())[:3])
    assert taken(f) <= budget


def test_recording_keeps_to_the_budget_too() -> None:
    def peak(memory: Any) -> int:
        given = values()
        f = tf.function(with_gradients(network), memory=memory)
        tracemalloc.start()
        f(*given)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(None)
    assert peak(18 * A_LAYER) < 24 * A_LAYER < 40 * A_LAYER < peak(None)


def test_effects_are_what_they_were(capsys: pytest.CaptureFixture[str]) -> None:
    calls: list[int] = []

    def noticed(x: np.ndarray) -> np.ndarray:
        calls.append(1)
        return x + 0.25

    def make(memory: Any) -> tuple[Any, Any]:
        count = tf.Variable(0.0, dtype=tf.float64)

        def loss(x: Any, weights: Any) -> Any:
            x = x * tf.cast(tf.random.uniform(x.shape, seed=3) > 0.5, tf.float64)
            for k, w in enumerate(weights):
                x = tf.tanh(x @ w) + x * tf.random.uniform((), dtype=tf.float64)
                if k == 5:
                    tf.print("layer", k)
                    count.assign_add(tf.reduce_mean(x))
                    x = x * count + tf.stop_gradient(tf.numpy_function(noticed, [x], tf.float64))
            return tf.reduce_sum(x)

        return tf.function(with_gradients(loss), memory=memory), count

    found = []
    for memory in (None, 18 * A_LAYER):
        tf.random.set_seed(7)
        f, count = make(memory)
        calls.clear()
        capsys.readouterr()
        given = [bits(f(*values())) for _ in range(3)]
        found.append((given, count.numpy().tobytes(), len(calls), capsys.readouterr()))
        program = _core.plan_of(f.variants[0]).program
        ops = [program.node(k)[0] for k in range(len(program))]
    assert found[0] == found[1]
    assert ops.count("later") > 5  # something is computed again


def test_branches_of_a_program_are_told_by_their_looks() -> None:
    def loss(x: Any, weights: Any) -> Any:
        for w in weights:
            x = tf.tanh(x @ w + 0.1)
        if tf.reduce_sum(x) > 0:
            return tf.reduce_sum(x * x)
        return tf.reduce_sum(x * x * x)

    whole, f, _ = bounded(0.4, loss)
    for sign in (1.0, -1.0, 1.0, -1.0):
        x = tf.constant(sign * X + sign)
        assert bits(f(x, values()[1])) == bits(whole(x, values()[1]))
    assert f.trace_count == whole.trace_count


def under_a_tape(f: Any, x: Any, weights: Any) -> list[Any]:
    with tf.GradientTape() as tape:
        tape.watch((x, weights))
        y = f(x, weights)
    return [y, *tf.nest.flatten(tape.gradient(y, (x, weights)))]


def test_a_tape_around_keeps_no_more_than_there_is_room_for() -> None:
    def kept(memory: Any) -> tuple[list[bytes], int]:
        f, (x, weights) = tf.function(network, memory=memory), values()
        found = bits(under_a_tape(f, x, weights))
        tracemalloc.start()
        with tf.GradientTape() as tape:
            tape.watch((x, weights))
            y = f(x, weights)
        held = tracemalloc.get_traced_memory()[0]
        tape.gradient(y, x)
        tracemalloc.stop()
        return found, held

    (whole, much), (same, little) = kept(None), kept(24 * A_LAYER)
    assert whole == same
    assert much > 24 * A_LAYER and little < A_LAYER


def test_a_tape_around_keeps_what_there_is_room_for() -> None:
    f = tf.function(network, memory=300 * A_LAYER)
    under_a_tape(f, *values())
    halves = next(iter(f._by_key.values()))
    (variants,) = halves.values()
    assert not variants.programs[0].derived._halves.spares


def test_a_tape_around_keeps_nothing_where_what_that_leaves_is_too_little() -> None:
    def volume(x: Any) -> Any:
        square = tf.matmul(x, x, transpose_a=True)
        return tf.linalg.logdet(square) + tf.reduce_sum(tf.linalg.inv(square))

    def gradient(f: Any) -> list[bytes]:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return bits([y, tape.gradient(y, x)])

    x, f = tf.constant(np.random.default_rng(0).normal(size=(60, 20))), tf.function(volume, memory=40_000)
    assert gradient(f) == gradient(tf.function(volume))
    (variants,) = next(iter(f._by_key.values())).values()
    assert variants.programs[0].derived._halves.spares  # (a sixth of the budget would be kept)


def test_draws_are_those_of_the_call_where_a_tape_around_asks() -> None:
    def loss(x: Any, weights: Any) -> Any:
        for w in weights:
            x = tf.tanh(x @ w) * tf.random.uniform(x.shape, dtype=tf.float64)
        return tf.reduce_sum(x)

    found = []
    for memory in (None, 40 * A_LAYER):
        tf.random.set_seed(11)
        f = tf.function(loss, memory=memory)
        found.append([bits(under_a_tape(f, *values())) for _ in range(2)])
    assert found[0] == found[1]


@pytest.mark.parametrize("memory", [None, 60 * A_LAYER])
def test_second_derivatives_tangents_and_batches(memory: Any) -> None:
    x, weights = values()
    small = weights[:6]
    inner = with_gradients(network)
    f = tf.function(lambda x: inner(x, small)[1], memory=memory)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(f(x) * tf.constant(X[::-1].copy()))
    second = tape.gradient(y, x)
    with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
        z = f(x)
    tangent = accumulator.jvp(z)
    many = tf.vectorize(f)(tf.stack([x, 2.0 * x]))
    plain = lambda x: inner(x, small)[1]  # noqa: E731
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(plain(x) * tf.constant(X[::-1].copy()))
    np.testing.assert_allclose(second, tape.gradient(y, x), rtol=1e-9, atol=1e-12)
    with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
        z = plain(x)
    np.testing.assert_allclose(tangent, accumulator.jvp(z), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(many[1], plain(2.0 * x), rtol=1e-9, atol=1e-12)


def test_a_custom_rule_and_a_function_inside_are_part_of_the_program() -> None:
    @tf.custom_gradient
    def doubled(x: Any) -> Any:
        y = tf.sin(x)
        return y, lambda g: 2.0 * g * y

    inner = tf.function(lambda x: doubled(x) + x, memory="1GB")

    def loss(x: Any, weights: Any) -> Any:
        for w in weights:
            x = inner(x @ w) * 0.5
        return tf.reduce_sum(x)

    whole, f, budget = bounded(0.4, loss)
    assert bits(f(*values())) == bits(whole(*values()))
    assert taken(f) <= budget


def test_native_code_is_made_of_the_plan_in_the_budget() -> None:
    whole, _, budget = bounded(0.5)
    f = tf.function(with_gradients(network), memory=budget, jit_compile=True)
    assert bits(f(*values())) == bits(whole(*values())) == bits(f(*values()))
    assert taken(f) <= budget


def test_methods_copies_and_pickled_functions_have_the_budget() -> None:
    class Model(tf.Module):
        @tf.function(memory="2MB")
        def __call__(self, x: Any) -> Any:
            return 2.0 * x

    model = Model()
    model(tf.constant(1.0))
    assert "within 2000000" in Model.__call__.bound(model).passes
    f = pickle.loads(pickle.dumps(tf.function(network, memory="3MB")))
    assert "within 3000000" in f.passes
    x, weights = values()
    assert bits(f(x, weights)) == bits(tf.function(network)(x, weights))


def test_a_saved_program_computes_the_same_in_the_memory_that_it_takes(tmp_path: Any) -> None:
    _, f, budget = bounded(0.4)
    expected = bits(f(*values()))
    program = f.get_concrete_function(*values()).program
    assert program.cost().peak_memory < budget + sum(len(one) for one in expected)
    program.save(tmp_path / "program")
    again = tf.Program.load(tmp_path / "program")
    assert bits(again(*values())) == expected
    assert again.cost().peak_memory > program.cost().peak_memory


def test_a_loop_has_its_room_of_the_budget() -> None:
    def make(memory: Any) -> Any:
        def f(x: Any, w: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch((x, w))
                step = lambda k, y: (k + 1, tf.sin(y * w) + x)  # noqa: E731
                y = tf.reduce_sum(tf.while_loop(lambda k, y: k < 500, step, (0, x))[1])
            return y, *tape.gradient(y, (x, w))

        return tf.function(f, memory=memory)

    x, w = tf.constant(X[:, 0].copy()), tf.constant(X[:, 1].copy())
    whole, f = make(None), make(200_000)
    assert bits(whole(x, w)) == bits(f(x, w)) == bits(f(x, w))
    ops = [[of.node(k)[0] for k in range(len(of))] for of in (whole.variants[0], f.variants[0])]
    assert "checkpointed_gradient" not in ops[0] and "checkpointed_gradient" in ops[1]
    # (A loop that says itself how much it may keep does as it says; one of few states keeps them.)
    roomy = make("1GB")
    roomy(x, w)
    assert "checkpointed_gradient" not in [roomy.variants[0].node(k)[0] for k in range(len(roomy.variants[0]))]


@pytest.mark.parametrize(
    ("memory", "error", "text"),
    [
        ("much", ValueError, "function: memory: 'much' is no amount of memory"),
        (0, ValueError, "function: memory: an amount of memory is a byte at least, not 0"),
        (2.5, TypeError, "function: memory: an amount of memory is a text such as"),
        (True, TypeError, "function: memory: an amount of memory is a text such as"),
        ("1e30GB", ValueError, "is no amount of memory"),
    ],
)
def test_what_is_no_amount_of_memory(memory: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        tf.function(network, memory=memory)


def test_a_budget_that_is_too_small_names_the_least_that_would_do() -> None:
    state = tf.Variable(1.0, dtype=tf.float64)

    def f(x: Any, weights: Any) -> Any:
        state.assign_add(1.0)
        return with_gradients(network)(x, weights)

    with pytest.raises(ValueError, match=r"function\(memory=\): 1000 bytes are too few") as caught:
        tf.function(f, memory=1000)(*values())
    assert float(state) == 1.0  # nothing has happened
    least = int(str(caught.value).split("and ")[-1].split()[0])
    assert 3 * A_LAYER < least < 18 * A_LAYER
    bounded = tf.function(f, memory=least)
    bounded(*values())
    assert taken(bounded) <= least


def test_the_least_that_would_do_does() -> None:
    """Also where the search for a plan in so much does not come by it."""

    def gradient(x: Any) -> list[Any]:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x
            for _ in range(3):
                y = tf.sort(tf.sin(y), 0) * y
        if tf.reduce_sum(x) > 1e9:  # (a record that is none of an operation)
            y = 2.0 * y
        return [y, tape.gradient(y, x)]

    x = tf.constant(np.random.default_rng(0).normal(size=(60, 20)))
    with pytest.raises(ValueError, match=r"function\(memory=\): 1000 bytes are too few") as caught:
        tf.function(gradient, memory=1000)(x)
    least = int(str(caught.value).split("and ")[-1].split()[0])
    assert bits(tf.function(gradient, memory=least)(x)) == bits(tf.function(gradient)(x))


def test_the_least_that_would_do_has_room_for_loops() -> None:
    def f(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            step = lambda k, y: (k + 1, tf.sin(y * x))  # noqa: E731
            y = x
            for _ in range(4):
                y = tf.cumsum(tf.sort(y) * y)
            y = tf.while_loop(lambda k, y: k < 500, step, (0, y))[1]
        return tape.gradient(y, x)

    x = tf.constant(X[:, 0].copy())
    with pytest.raises(ValueError, match=r"function\(memory=\): 80000 bytes are too few") as caught:
        tf.function(f, memory=80_000)(x)
    least = int(str(caught.value).split("and ")[-1].split()[0])
    assert least > 80_000
    np.testing.assert_allclose(tf.function(f, memory=least)(x), f(x), rtol=1e-9, atol=1e-12)


def test_a_loop_that_has_no_room_for_a_round_says_what_room_it_has() -> None:
    def f(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.while_loop(lambda y: tf.reduce_sum(y) < 1e5, lambda y: (y * tf.exp(y * 1e-3),), (x,))[0]
        return tape.gradient(y, x)

    text = r"checkpoint: 30000 bytes are too few .* at least \(of a function's memory, a loop has three quarters\)"
    with pytest.raises(ValueError, match=text):
        tf.function(f, memory=40_000)(tf.constant(X[:, 0] ** 2))


# ------------------------------------------------------------------------------------------------------ any program


@st.composite
def orders(draw: st.DrawFn) -> tuple[int, list[int]]:
    return draw(st.integers(0, 2**31)), draw(st.lists(st.integers(1, 400), min_size=1, max_size=4))


@settings(derandomize=True, deadline=None, max_examples=60, database=None)
@given(orders())
def test_any_program_in_any_windows_gives_the_same(order: tuple[int, list[int]]) -> None:
    """Records in the order of a plan, cut anywhere, with anything computed again that can be."""
    seed, cuts = order
    rng = np.random.default_rng(seed)
    rows = [lambda x, y: tf.sin(x) * y, lambda x, y: tf.tanh(x @ tf.transpose(y)) @ x, lambda x, y: x - y * 0.5]
    rows += [lambda x, y: tf.reshape(x, (8, 30))[:, ::2], lambda x, y: tf.reduce_sum(x, 1, keepdims=True) + y]
    rows += [lambda x, y: tf.where(x > y, x, 0.5 * y), lambda x, y: tf.concat([x[:6], y[6:]], 0)]

    def f(x: Any) -> list[Any]:
        with tf.GradientTape() as tape:
            tape.watch(x)
            made = [x, tf.exp(-x * x)]
            for row, a, b in steps:
                z = row(made[a], made[b])
                made.append(z if z.shape == x.shape else tf.reduce_mean(z) * made[a])
            y = tf.reduce_sum(made[-1] * made[-2])
        return [y, tape.gradient(y, x)]

    steps = [(rows[rng.integers(len(rows))], rng.integers(k + 2), rng.integers(k + 2)) for k in range(12)]
    x = tf.constant(rng.normal(size=(12, 20)))
    program = tf.function(f).get_concrete_function(x).program._core
    expected = bits(_core.run_program(program, [x]))
    facts = recomputing._Facts(program)
    records = list(facts.order)
    windows, last = [], 0
    for end in [*sorted({min(cut, len(records)) for cut in cuts}), len(records)]:
        before = [node for window in windows for node in window]
        again = {node for node in before if facts.again[node] and rng.random() < 0.3}
        windows.append([node for node in dict.fromkeys(before) if node in again] + records[last:end])
        last = end
    plan, used = _core.plan_of_windows(program, windows, False)
    copy = program.copy()
    copy.memory = 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recomputing, "_plan_within", None)  # (the plan is the one above)
        _core.install_recomputing(lambda *_: plan, recomputing._besides)
        try:
            assert bits(_core.run_program(copy, [x])) == expected
        finally:
            patch.undo()
            _core.install_recomputing(recomputing._plan_within, recomputing._besides)
    assert used >= plan.arena_size
    assert differentiable.budget_of(["simplify", "within 12"]) == 12
