"""Running a program is an op: whoever listens hears of it, with every value that it reads as an operand.

Each function is transformed, the transformed one is vectorized, and that is called by itself, within a recorded
function, in a program and under a tape, twice with other values. What it must give is a Python loop over the examples.
"""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core

WEIGHTS = np.array([1.0, 2.0])


class State:
    """What the functions find around them."""

    def __init__(self) -> None:
        self.captured = tf.constant([0.5, -1.5], dtype=tf.float64)
        self.one = tf.constant(1.0, dtype=tf.float64)
        self.variable = tf.Variable(3.0, dtype=tf.float64)


FUNCTIONS: dict[str, Any] = {
    "linear": lambda s, x: tf.reduce_sum(x * WEIGHTS),
    "affine, of a captured tensor": lambda s, x: tf.reduce_sum(x * s.captured + s.captured),
    "constant": lambda s, x: tf.constant(2.0, tf.float64) * 3.0,
    "times a captured one": lambda s, x: tf.reduce_sum(x) * s.one - s.one,
    "quadratic": lambda s, x: tf.reduce_sum(x * x * WEIGHTS),
    "of a variable": lambda s, x: s.variable * tf.reduce_sum(x) + s.variable,
    "of both": lambda s, x: tf.reduce_sum(tf.sin(x) * s.captured) * s.variable,
    "a branch": lambda s, x: tf.reduce_sum(x * s.captured) if x[0] > 0.0 else s.variable * x[1] * x[1],
    "a look-up": lambda s, x: tf.gather(s.captured, tf.argmax(x)) * x[0],
    "an element": lambda s, x: x[1] * s.captured[0],
}

TRANSFORMS: dict[str, Any] = {
    "value": lambda f: f,
    "grad": lambda f: tf.grad(f),
    "value and grad": lambda f: tf.value_and_grad(f),
    "hessian": lambda f: tf.hessian(f),
    "grad of function": lambda f: tf.grad(tf.function(f)),
    "function of grad": lambda f: tf.function(tf.grad(f)),
    "jvp": lambda f: lambda x: tf.jvp(f, [x], [tf.ones_like(x)]),
    "jvp of value and grad": lambda f: lambda x: tf.jvp(tf.value_and_grad(f), [x], [tf.ones_like(x)])[1],
    "hvp": lambda f: lambda x: tf.hvp(f, x, tf.ones_like(x)),
}

POINTS = [np.array([[1.0, 2.0], [-3.0, 0.5], [2.0, -1.0]]), np.array([[-2.0, 1.0], [0.3, 4.0], [-1.0, -1.5]])]


def loop(f: Any) -> Any:
    def looped(xs: Any) -> Any:
        return tf.nest.map_structure(lambda *parts: tf.stack(parts), *[f(xs[i]) for i in range(len(xs))])

    return looped


def total(result: Any) -> Any:
    """A number that depends on all of a result."""
    return tf.add_n([tf.reduce_sum(tf.sin(part + 0.7)) for part in tf.nest.flatten(result)])


def numbers(result: Any) -> list[np.ndarray]:
    return [np.zeros(()) if part is None else tf.convert_to_tensor(part).numpy() for part in tf.nest.flatten(result)]


def same(found: Any, expected: Any) -> None:
    found, expected = numbers(found), numbers(expected)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.broadcast_to(one, other.shape), other, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_vectorized_function_is_a_loop_wherever_it_is_called(name: str, transform: str) -> None:
    state = State()
    transformed = TRANSFORMS[transform](lambda x: FUNCTIONS[name](state, x))
    plain = TRANSFORMS[transform](lambda x: FUNCTIONS[name](state, x))
    many = tf.vectorize(transformed)
    within = tf.function(lambda xs: many(xs))
    anew = tf.function(lambda xs: tf.vectorize(transformed)(xs * 1.0))
    for points in (*POINTS, POINTS[0]):
        xs = tf.constant(points)
        with tf.GradientTape() as tape:
            tape.watch([xs, state.captured, state.one])
            expected = loop(plain)(xs)
            loss = total(expected)
        sources = [xs, state.captured, state.one, state.variable]
        slopes = tape.gradient(loss, sources, unconnected_gradients="zero")
        for f in (many, within, anew):
            same(f(xs), expected)
            with tf.GradientTape() as tape:
                tape.watch([xs, state.captured, state.one])
                found = f(xs)
                loss = total(found)
            same(found, expected)
            same(tape.gradient(loss, sources, unconnected_gradients="zero"), slopes)
        state.variable.assign_add(1.0)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_training_step_hears_of_what_is_vectorized_in_it(name: str) -> None:
    """The tape is within the trace."""

    def step(many: Any, state: State) -> Any:
        def stepped(xs: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch([xs, state.captured])
                loss = total(many(xs))
            slopes = tape.gradient(loss, [xs, state.captured, state.variable], unconnected_gradients="zero")
            state.variable.assign_sub(0.1 * slopes[2])
            return loss, slopes

        return stepped

    recorded, naive = State(), State()
    compiled = tf.function(step(tf.vectorize(tf.grad(lambda x: FUNCTIONS[name](recorded, x))), recorded))
    looped = step(loop(tf.grad(lambda x: FUNCTIONS[name](naive, x))), naive)
    for points in (*POINTS, POINTS[0]):
        same(compiled(tf.constant(points)), looped(tf.constant(points)))
        same(recorded.variable, naive.variable)


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if n != "a branch"])
def test_a_program_is_heard_of_wherever_it_runs(name: str) -> None:
    state = State()
    f = lambda x: FUNCTIONS[name](state, x)  # noqa: E731
    program = tf.Program.from_function(tf.value_and_grad(f), tf.constant(POINTS[0][0]))
    derived = program.gradient(outputs=[0])
    moved = program.jvp()
    recorded = tf.function(lambda x: program(x * 1.0))
    for points in POINTS:
        x = tf.constant(points[0])
        with tf.GradientTape() as tape:
            tape.watch([x, state.captured, state.one])
            expected = tf.value_and_grad(f)(x)
            loss = total(expected)
        sources = [x, state.captured, state.one, state.variable]
        slopes = tape.gradient(loss, sources, unconnected_gradients="zero")
        for call in (program, recorded, lambda x: derived(x)[0], lambda x: moved((x,), (x,))[0]):
            same(call(x), expected)
            with tf.GradientTape() as tape:
                tape.watch([x, state.captured, state.one])
                loss = total(call(x))
            same(tape.gradient(loss, sources, unconnected_gradients="zero"), slopes)
        same(derived(x)[1], tf.grad(f)(x))
        same(moved((x,), (x,))[1], tf.jvp(tf.value_and_grad(f), [x], [x])[1])
        same(
            tf.vectorize(lambda x: program(x))(tf.stack([x, x * 2.0])),
            loop(tf.value_and_grad(f))(tf.stack([x, x * 2.0])),
        )
        state.variable.assign_add(1.0)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_gradient_taken_within_a_trace_of_a_call_from_outside(name: str) -> None:
    state = State()
    inner = tf.function(tf.value_and_grad(lambda x: FUNCTIONS[name](state, x)))
    for points in POINTS:
        x = tf.constant(points[0])
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            value, slope = inner(x)
        for targets in ([value, slope], [value], [slope]):
            pull = tf.function(
                lambda *g, t=tape, y=targets, x=x: t.gradient(y, x, list(g), unconnected_gradients="zero")
            )
            for factor in (1.0, -2.0):
                cotangents = [factor * tf.ones_like(t) for t in targets]
                same(pull(*cotangents), tape.gradient(targets, x, cotangents, unconnected_gradients="zero"))
            assert pull.trace_count == 1


def test_a_recorded_function_is_one_program_for_all_values_of_what_it_vectorizes() -> None:
    square = tf.vectorize(lambda q: q**2)
    f = tf.function(lambda x: square(x) + x)
    assert [f(tf.constant(v)).numpy().tolist() for v in ([1.0, 2.0], [3.0, 4.0])] == [[2.0, 6.0], [12.0, 20.0]]
    assert f.trace_count == 1


def test_where_examples_part_within_a_recorded_function_is_a_look_of_it() -> None:
    f = tf.function(tf.vectorize(lambda x: x * 2.0 if x > 0.0 else -x))
    for values in ([1.0, -2.0], [3.0, -4.0], [-3.0, 4.0], [5.0, -1.0], [2.0, 2.0]):
        assert f(tf.constant(values)).numpy().tolist() == [2 * v if v > 0 else -v for v in values]
    assert f.trace_count == 3  # one for each way in which they part


def test_a_trace_further_out_hears_of_what_an_inner_one_captures() -> None:
    """Three deep, with a temporary of the outer function that the inner one alone holds."""

    def outer(x: Any, k: Any) -> Any:
        held = [x * k]
        return tf.vectorize(lambda row: tf.vectorize(lambda q: q * tf.reduce_sum(held[0]) * k)(row))(
            tf.stack([x, x + k])
        )

    recorded = tf.function(outer)
    for a in (1.0, 2.0):
        x, k = tf.constant([a, 3.0]), tf.constant(a - 3.0)
        with tf.GradientTape() as tape:
            tape.watch([x, k])
            y = recorded(x, k)
        expected = tf.stack([x, x + k]) * tf.reduce_sum(x * k) * k
        np.testing.assert_allclose(y, expected)
        with tf.GradientTape() as other:
            other.watch([x, k])
            z = tf.stack([x, x + k]) * tf.reduce_sum(x * k) * k
        same(tape.gradient(y, [x, k]), other.gradient(z, [x, k]))
    assert recorded.trace_count == 1


def test_random_draws_of_a_vectorized_function_are_those_of_its_replay() -> None:
    noisy = tf.vectorize(lambda x: x + tf.random.normal([2], seed=3))
    recorded = tf.function(noisy)
    xs = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    tf.random.set_seed(1)
    expected = [noisy(xs).numpy() for _ in range(3)]
    tf.random.set_seed(1)
    for one in expected:
        np.testing.assert_array_equal(recorded(xs), one)


def test_a_captured_one_is_a_factor_for_whoever_watches_it() -> None:
    one = tf.constant(1.0)
    f = tf.function(lambda x: x * one)
    x = tf.constant(3.0)
    f(x)
    with tf.GradientTape() as tape:
        tape.watch(one)
        y = f(x)
    assert tape.gradient(y, one) == 3.0


def test_a_rule_that_reads_a_variable_is_heard_of_in_programs() -> None:
    scale = tf.Variable(2.0)
    op = tf.general_op("scaled_by_a_variable", lambda x: 1.0 * x, lambda g, y, x: g * scale)
    f = tf.function(lambda x: op(x) * x)
    for x in (tf.constant(3.0), tf.constant(4.0)):
        for value in (2.0, 5.0):
            scale.assign(value)
            with tf.GradientTape() as outer:
                with tf.GradientTape() as tape:
                    tape.watch(x)
                    y = f(x)
                slope = tape.gradient(y, x)
            assert slope == value * x + x
            assert outer.gradient(slope, scale) == x


# ------------------------------------------------------------------------------------------------------ the wrong call


def test_operands_are_counted_before_a_program_runs() -> None:
    captured, v = tf.constant([1.0, 2.0]), tf.Variable([3.0, 4.0])
    program = tf.Program.from_function(lambda x: x * captured * v, tf.constant([1.0, 1.0])).core
    closed, reads = _core.close_program(program)
    assert [reads[0] is v, reads[1] is captured, len(reads)] == [True, True, 2]
    x = tf.constant([1.0, 1.0])
    with pytest.raises(ValueError, match="given 1 operands where it takes 3"):
        _core.run_program(closed, [x])
    with pytest.raises(ValueError, match="given 2 operands where it takes 3"):
        _core.apply_program(closed, [x, x])
    with pytest.raises(ValueError, match="as close_program gives it"):
        _core.apply_program(program, [x])
    with pytest.raises(ValueError, match="as close_program gives it"):
        _core.apply_to_examples(program, [x], [True], 2)
    with pytest.raises(ValueError, match="of 3 operands was applied to 1, with 1 flags"):
        _core.apply_to_examples(closed, [x], [True], 2)
    with pytest.raises(ValueError, match=r"operand 1 of a program has shape \(3,\).*recorded with \(2,\)"):
        _core.run_program(closed, [x, tf.constant([1.0, 2.0, 3.0]), x])
    with pytest.raises(ValueError, match=r"operand 0 of a program .* dtype float64.*float32"):
        _core.run_program(closed, [tf.constant([1.0, 1.0], tf.float64), x, x])
    assert _core.run_program(closed, [x, v.read_value(), captured])[0].numpy().tolist() == [3.0, 8.0]
    assert _core.apply_program(closed, [x, v.read_value(), captured])[0].numpy().tolist() == [3.0, 8.0]


# ------------------------------------------------------------------------------------------------- rules of the user's


@tf.custom_gradient
def clipped(x: Any) -> Any:
    return tf.reduce_sum(x * x), lambda g: tf.clip_by_value(g * x, -1.0, 1.0)


@tf.custom_jvp
def tripled(x: Any) -> Any:
    return tf.reduce_sum(x * x)


tripled.defjvp(lambda primals, tangents: (tripled(*primals), 3.0 * tf.reduce_sum(primals[0] * tangents[0])))

RULES: dict[str, Any] = {
    "custom_gradient": clipped,
    "custom_jvp": tripled,
    "recompute_grad": tf.recompute_grad(lambda x: tf.reduce_sum(tf.sin(x) * x)),
    "grad_pass_through": lambda x: tf.reduce_sum(x * tf.grad_pass_through(tf.round)(x)),
}


@pytest.mark.parametrize("name", RULES)
def test_vectorized_functions_have_the_derivatives_that_their_rules_give(name: str) -> None:
    f = RULES[name]
    many, slopes = tf.vectorize(f), tf.vectorize(tf.grad(f))
    for points in POINTS:
        xs = tf.constant(points)
        for values, gradients in ((many, slopes), (tf.function(many), tf.function(slopes))):
            with tf.GradientTape() as tape:
                tape.watch(xs)
                found = values(xs)
            with tf.GradientTape() as other:
                other.watch(xs)
                expected = loop(f)(xs)
            same(found, expected)
            same(tape.gradient(found, xs), other.gradient(expected, xs))
            same(gradients(xs), loop(tf.grad(f))(xs))

        def within(xs: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(xs)
                found = many(xs)
            return tape.gradient(found, xs)

        same(tf.function(within)(xs), loop(tf.grad(f))(xs))


@pytest.mark.parametrize("name", RULES)
def test_a_scalar_of_a_rule_that_outlives_the_recording_says_so(name: str) -> None:
    kept: list[Any] = []

    @tf.function
    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = RULES[name](x)
        kept.append(y)
        return y, tape.gradient(y, x)

    x = tf.constant(POINTS[0][0])
    same(step(x), tf.value_and_grad(RULES[name])(x))
    same(step(2.0 * x), tf.value_and_grad(RULES[name])(2.0 * x))
    with pytest.raises(ValueError, match="made while step was being recorded is used outside of it"):
        kept[0] + 1.0


@pytest.mark.parametrize("name", ["odeint", "solve_ivp"])
def test_a_solution_of_a_differential_equation_keeps_its_gradient_in_recorded_functions(name: str) -> None:
    pytest.importorskip("scipy")
    rate = tf.Variable(0.5, dtype=tf.float64)

    def solved(y: Any, k: Any) -> Any:
        if name == "odeint":
            return tf.scipy.integrate.odeint(lambda y, t, k: -y * k * rate, y, np.linspace(0.0, 1.0, 3), args=(k,))[-1]
        return tf.scipy.integrate.solve_ivp(lambda t, y, k: -y * k * rate, (0.0, 1.0), y, args=(k,)).y[:, -1]

    recorded = tf.function(solved)
    slopes = tf.function(tf.grad(lambda y, k: tf.reduce_sum(solved(y, k) * y), (0, 1)))
    for start, k in (([1.0, 2.0], 2.0), ([3.0, 1.0], 1.0), ([1.0, 2.0], 2.0)):
        y, k = tf.constant(start, tf.float64), tf.constant(k, tf.float64)
        with tf.GradientTape() as tape, tf.GradientTape() as other:
            tape.watch([y, k])
            other.watch([y, k])
            found, expected = recorded(y, k), solved(y, k)
        np.testing.assert_allclose(found, expected)
        for a, b in zip(tape.gradient(found, [y, k, rate]), other.gradient(expected, [y, k, rate]), strict=True):
            np.testing.assert_allclose(a, b)
        for a, b in zip(slopes(y, k), tf.grad(lambda y, k: tf.reduce_sum(solved(y, k) * y), (0, 1))(y, k), strict=True):
            np.testing.assert_allclose(a, b)
        rate.assign_add(0.25)


@pytest.mark.parametrize("rule", [clipped, tripled])
def test_a_program_of_a_function_with_a_rule_is_not_differentiated_by_its_records(rule: Any) -> None:
    x = tf.constant(POINTS[0][0])
    program = tf.Program.from_function(rule, x)
    again = pickle.loads(pickle.dumps(program))
    same(program(x), rule(x))
    for one in (program, again):
        calls: list[Any] = [
            one.gradient,
            one.jvp,
            lambda one=one: tf.grad(one)(x),
            lambda one=one: tf.grad(tf.function(lambda x: one(x * 1.0)))(x),
            lambda one=one: tf.function(tf.grad(lambda x: one(x * 1.0)))(x),
        ]
        for call in calls:
            with pytest.raises(ValueError, match=r"recorded from a function with a custom gradient.*function itself"):
                call()
    slope = tf.Program.from_function(tf.grad(rule), x)
    same(slope(2.0 * x), tf.grad(rule)(2.0 * x))


# -------------------------------------------------------------------------------------------- rules that look at values


def by_operand(g: Any, y: Any, x: Any) -> Any:
    return g * 2.0 if bool(tf.reduce_sum(x) > 0.0) else g * 3.0


def by_cotangent(g: Any, y: Any, x: Any) -> Any:
    return g * 5.0 if bool(tf.reduce_sum(g) > 0.0) else g * 7.0


LOOKING = {
    rule.__name__: tf.general_op(f"looks_{rule.__name__}", lambda x: x * 1.0, rule)
    for rule in (by_operand, by_cotangent)
}


@pytest.mark.parametrize("name", LOOKING)
def test_programs_whose_rules_look_at_values_are_made_anew_where_they_see_others(name: str) -> None:
    def f(x: Any) -> Any:
        return LOOKING[name](x * 1.0) * x[0]

    def pulled(x: Any, g: Any) -> Any:
        return tf.vjp(f, x)[1](g)[0]

    calls = [tf.function(f), lambda x: tf.vectorize(f)(x[None])[0]]
    within, many = tf.function(pulled), tf.vectorize(pulled)
    for start in ([1.0, 2.0], [-1.0, -2.0], [3.0, 1.0], [-3.0, 2.0]):
        for sign in (1.0, -1.0):
            x = tf.constant(start)
            g = sign * tf.ones_like(x)
            expected = []
            for call in (f, *calls):
                with tf.GradientTape() as outer:
                    outer.watch(x)
                    with tf.GradientTape() as tape:
                        tape.watch(x)
                        y = call(x)
                    slope = tape.gradient(y, x, output_gradients=g)
                found = [slope, outer.gradient(slope, x)]
                expected = expected or found
                same(found, expected)
            same(within(x, g), expected[0])
            same(many(tf.stack([x, -x]), tf.stack([g, g])), tf.stack([pulled(x, g), pulled(-x, g)]))


# --------------------------------------------------------------------------------------------------------- random draws


def noisy(x: Any) -> Any:
    noise = tf.random.normal([2], seed=5, dtype=tf.float64)
    kept = tf.cast(tf.random.uniform([2], seed=6) < 0.5, tf.float64)
    return tf.reduce_sum(noise * kept * tf.sin(x) * x * x) + x[0] ** 3, noise


@pytest.mark.parametrize("branching", [False, True])
def test_derivatives_of_any_order_are_of_the_numbers_that_were_drawn(branching: bool) -> None:
    def f(x: Any) -> Any:
        y, noise = noisy(x)
        return (y if not branching or x[0] > 0.0 else -y), noise

    program = tf.Program.from_function(f, tf.constant(POINTS[0][0]))
    calls = [f, tf.function(f), program, tf.function(lambda x: program(x)), lambda x: program.gradient()(x)[0]]
    results = []
    for call in calls:
        tf.random.set_seed(1)
        found: list[Any] = []
        for start in ([1.0, 2.0], [3.0, -1.0]):
            x = tf.constant(start, tf.float64)
            with tf.GradientTape() as third:
                third.watch(x)
                with tf.GradientTape() as outer:
                    outer.watch(x)
                    with tf.GradientTape() as tape:
                        tape.watch(x)
                        y, noise = call(x)
                    first = tape.gradient([y, noise], x)
                second = outer.gradient(first, x)
            found += [y, noise, first, second, third.gradient(second, x)]
        results.append(found)
    for found in results[1:]:
        same(found, results[0])


def test_what_a_function_prints_is_printed_once_a_call_whoever_listens(capfd: pytest.CaptureFixture[str]) -> None:
    def f(x: Any) -> Any:
        tf.print("x is", x[0])
        return x[0] ** 3 if x[1] > 0.0 else x[0] ** 2

    program = tf.Program.from_function(f, tf.constant([1.0, 1.0]))
    capfd.readouterr()
    calls = [tf.function(f), program, tf.function(lambda x: program(x))]
    for call in calls:
        for k in range(3):
            x = tf.constant([2.0, 1.0 + k])
            with tf.GradientTape() as outer:
                outer.watch(x)
                with tf.GradientTape() as tape:
                    tape.watch(x)
                    y = call(x)
                slope = tape.gradient(y, x)
            assert outer.gradient(slope, x)[0] == 12.0
            assert capfd.readouterr().err.count("x is") == 1


@pytest.mark.parametrize(
    "spell", [lambda x: f"{x}", lambda x: f"{x:.3f}", str, repr, lambda x: {"text": f"x = {x * 2.0:.1f}", "x": x}]
)
def test_text_that_is_returned_is_that_of_each_call(spell: Any) -> None:
    f = tf.function(lambda x: (spell(x), x * 1.0))
    for value in (1.0, 2.0, 1.0):
        (found, x), expected = f(tf.constant(value)), spell(tf.constant(value))
        if isinstance(found, dict):
            found, expected = found["text"], expected["text"]
        assert found.replace("float32", "") == expected.replace("float32", "")
        assert x == value
    assert f.trace_count == 2


def test_text_that_stays_within_a_recording_is_no_look(capsys: pytest.CaptureFixture[str]) -> None:
    @tf.function
    def f(x: Any) -> Any:
        print(x, repr(x), f"{x}")
        return x * 2.0, "doubled"

    assert [float(f(tf.constant(v))[0]) for v in (1.0, 2.0, 3.0)] == [2.0, 4.0, 6.0]
    assert f(tf.constant(1.0))[1] == "doubled"
    assert f.trace_count == 1
    assert capsys.readouterr().out.count("numpy=") == 1
