"""Why a gradient is None or zero: each cause in its own words, with and without a trace."""

from __future__ import annotations

import gc
import math
import threading
import warnings
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.reading import missing
from autodiff_core.reading.why import Reasons, Why

Tape = Callable[..., tf.GradientTape]


@pytest.fixture(params=[False, True], ids=["untraced", "traced"])
def traced(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def tape_of(traced: bool) -> Tape:
    return lambda **options: tf.GradientTape(trace=traced, **options)


@pytest.fixture(autouse=True)
def nothing_told() -> Iterator[None]:
    missing._told.clear()
    yield
    missing._told.clear()


def check(reason: Why, cause: str, text: str, advice: str, source: str | None = None) -> None:
    """A reason says what it is and what to write instead; `source` is the text of the line, where that is known."""
    assert reason.cause == cause, reason
    assert text in reason.text, reason
    assert advice in reason.advice, reason
    if source is not None:
        assert reason.line is not None and reason.line.startswith(__file__ + ":"), reason
        assert reason.source == source
        assert f"{reason.line}: {source}" in str(reason)
    assert str(reason).startswith("The gradient of ")


# -------------------------------------------------------------------------- the cases of the guides, in their own words


def test_a_target_that_is_not_connected(tape_of: Tape) -> None:
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tape_of() as tape:
        z = y * y
    check(tape.why(z, x), "unused", "z does not depend on x", 'unconnected_gradients="zero"')


def test_a_variable_that_was_replaced_by_a_tensor(tape_of: Tape) -> None:
    x = tf.Variable(2.0)
    for epoch in range(2):
        with tape_of() as tape:
            y = x + 1.0
        if epoch:
            reason = tape.why(y, x)
            check(reason, "rebound", "x is a tensor, and no variable any more", "`x.assign_add(1.0)`", "x = x + 1.0")
        x = x + 1.0


def test_a_calculation_outside_of_the_library(tape_of: Tape) -> None:
    x = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with tape_of() as tape:
        x2 = x**2
        y = np.mean(x2.numpy(), axis=0)
        y = tf.reduce_mean(y, axis=0)
    reason = tape.why(y, x)
    check(reason, "left", "left the library by .numpy()", "np.sin(t)", "y = np.mean(x2.numpy(), axis=0)")


def test_a_gradient_through_an_integer(tape_of: Tape, traced: bool) -> None:
    x = tf.constant(10)
    with tape_of() as tape, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tape.watch(x)
        y = x * x
    check(tape.why(y, x), "integer", "x is of dtype int32", "tf.cast(x, tf.float32)")


def test_a_gradient_through_a_stateful_object(tape_of: Tape) -> None:
    x0, x1 = tf.Variable(3.0), tf.Variable(0.0)
    with tape_of() as tape:
        x1.assign_add(x0)
        y = x1**2
    check(tape.why(y, x0), "assigned", "the variable 'x1'", "Go on with the tensor", "x1.assign_add(x0)")


def test_what_a_tape_watches_by_itself(tape_of: Tape) -> None:
    x0 = tf.Variable(3.0, name="x0")
    x1 = tf.Variable(3.0, name="x1", trainable=False)
    x2 = tf.Variable(2.0, name="x2") + 1.0
    x3 = tf.constant(3.0, name="x3")
    with tape_of() as tape:
        y = (x0**2) + (x1**2) + (x2**2) + x3
    reasons = tape.why(y, [x0, x1, x2, x3])
    assert isinstance(reasons, Reasons)
    assert reasons.cause == ("connected", "not trainable", "not a variable", "not watched")
    check(reasons[0], "connected", "is not None: its norm is 6.", "")
    check(reasons[1], "not trainable", "x1 is a variable with trainable=False", "`tape.watch(x1)`")
    check(reasons[2], "not a variable", "x2 is a tensor", "`tape.watch(x2)`", 'x2 = tf.Variable(2.0, name="x2") + 1.0')
    check(reasons[3], "not watched", "x3 is a tensor that the tape was not told to follow", "`tape.watch(x3)`")
    assert str(reasons).count("The gradient of y") == 4


def test_a_condition_and_the_branch_that_was_not_taken(tape_of: Tape, traced: bool) -> None:
    x, v0, v1 = tf.Variable(-1.0), tf.Variable(2.0), tf.Variable(2.0)
    with tape_of(persistent=True) as tape:
        if x > 0.0:
            result = v0
        else:
            result = v1**2
    line = "if x > 0.0:" if traced else None
    check(tape.why(result, x), "condition", "x was only compared", "tf.where(condition, a, b)", line)
    check(tape.why(result, v0), "branch not taken", "the branch that was taken does not use v0", "", line)
    check(tape.why(result, v1), "connected", "its norm is 4", "")


# ------------------------------------------------------------------------------------------------------ other causes


def test_a_tensor_that_was_watched_too_late(tape_of: Tape, traced: bool) -> None:
    x = tf.constant(3.0)
    with tape_of() as tape:
        y = x * 2.0
        tape.watch(x)
        x * 3.0
    if traced:
        check(tape.why(y, x), "watched too late", "x was used before it was watched", "`tape.watch(x)`", "y = x * 2.0")
    else:
        check(tape.why(y, x), "outside", "y was not computed while the tape recorded", "within `with tape:`")


def test_a_tape_that_watches_nothing_by_itself(tape_of: Tape) -> None:
    x = tf.Variable(3.0)
    with tape_of(watch_accessed_variables=False) as tape:
        y = x * 2.0
    check(tape.why(y, x), "not watched", "watch_accessed_variables=False", "`tape.watch(x)`")


def test_integers_on_the_way(tape_of: Tape) -> None:
    x = tf.Variable(3.0)
    with tape_of(persistent=True) as tape:
        n = tf.cast(x * 2.0, tf.int32)
        y = tf.cast(n, tf.float32) * 2.0
    source = "n = tf.cast(x * 2.0, tf.int32)"
    check(tape.why(y, x), "integer", "`cast` makes int", "leave the cast out", source)
    check(tape.why(n, x), "integer", "n is of dtype int32", "Compute with floats")


LEAVE: dict[str, Callable[[Any], Any]] = {
    ".numpy()": lambda t: t.numpy(),
    ".item()": lambda t: t.item(),
    ".tolist()": lambda t: t.tolist(),
    "float()": lambda t: float(t),
    "int()": lambda t: int(t),
    "complex()": lambda t: complex(t).real,
}


@pytest.mark.parametrize("read", [False, True], ids=["at once", "computed"])
@pytest.mark.parametrize("how", LEAVE)
def test_ways_to_leave(tape_of: Tape, how: str, read: bool) -> None:
    x = tf.Variable(3.0)
    with tape_of() as tape:
        number = LEAVE[how](x * 2.0 if read else x)
        y = tf.constant(float(number)) * 2.0
    check(tape.why(y, x), "left", f"left the library by {how}", "Go on with the tensor")


def test_functions_of_math_take_numbers(tape_of: Tape) -> None:
    x = tf.Variable(3.0)
    with tape_of() as tape:
        y = tf.constant(math.sin(x)) * 2.0
    check(tape.why(y, x), "left", "by float()", "in the place of math.sin(t)", "y = tf.constant(math.sin(x)) * 2.0")


def test_stop_gradient_is_named(tape_of: Tape) -> None:
    x = tf.Variable(3.0)
    with tape_of() as tape:
        s = tf.stop_gradient(x * 2.0)
        y = s * 2.0
    source = "s = tf.stop_gradient(x * 2.0)"
    check(tape.why(y, x), "stop_gradient", "stop_gradient stands between them", "Leave it out", source)


def test_a_pause_is_named(tape_of: Tape, traced: bool) -> None:
    x = tf.Variable(3.0)
    with tape_of() as tape:
        with tape.stop_recording():
            y = x * 2.0
        x * 3.0
    check(tape.why(y, x), "paused", "recording was paused", "stop_recording", "y = x * 2.0" if traced else None)


def test_before_and_after_the_block(tape_of: Tape) -> None:
    x = tf.Variable(3.0)
    before = x * 2.0
    with tape_of() as tape:
        y = x * 2.0
    after = y * x
    check(tape.why(before, x), "outside", "before was not computed while the tape recorded", "from x on")
    check(tape.why(after, x), "outside", "after was not computed while the tape recorded", "from x on")


def test_another_tape_and_another_thread(tape_of: Tape) -> None:
    x, found = tf.Variable(3.0), []

    def record() -> None:
        with tape_of(persistent=True) as own:
            found.extend([x * 2.0, own])

    thread = threading.Thread(target=record)
    thread.start()
    thread.join()
    y, c = found[0], tf.constant(2.0)
    with tape_of(persistent=True) as other:
        other.watch(c)
        z = x * c
    with tape_of() as tape:
        x * 3.0
    check(tape.why(y, x), "other thread", "y was computed in another thread", "open it there")
    check(tape.why(z, x), "other tape", "z was recorded by another tape", "within this one's")
    check(tape.why(x * 1.0, c), "other tape", "c was recorded by another tape", "within this one's")


def test_rebinding_is_found_in_all_its_forms(tape_of: Tape) -> None:
    a = tf.Variable(2.0)
    a = a - 0.5
    b = tf.Variable(2.0)
    b = b * 3.0
    c = tf.Variable(2.0)
    c = tf.sin(c)
    with tape_of() as tape:
        y = a + b + c
    check(tape.why(y, a), "rebound", "", "`a.assign_sub(0.5)`", "a = a - 0.5")
    check(tape.why(y, b), "rebound", "", "`b.assign(b * 3.0)`", "b = b * 3.0")
    check(tape.why(y, c), "rebound", "", "`c.assign(tf.sin(c))`", "c = tf.sin(c)")


class _Model:
    def __init__(self) -> None:
        self.w = tf.Variable(3.0)


def test_rebinding_is_found_where_variables_are_held(tape_of: Tape) -> None:
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    p, q, m, several = {"w": tf.Variable(1.0)}, [tf.Variable(1.0)], _Model(), [tf.Variable(1.0), tf.Variable(2.0)]
    a, b = a - 0.5, b * 2.0
    p["w"] = p["w"] - 0.1
    q[0] = q[0] + 1.0
    m.w = m.w - 0.2
    several = [v - 0.1 * 2.0 for v in several]
    with tape_of() as tape:
        y = a * b * p["w"] * q[0] * m.w * several[0] * several[1]
    check(tape.why(y, a), "rebound", "respect to a is", "`a.assign_sub(0.5)`", "a, b = a - 0.5, b * 2.0")
    check(tape.why(y, b), "rebound", "respect to b is", "`b.assign(b * 2.0)`", "a, b = a - 0.5, b * 2.0")
    check(tape.why(y, p), "rebound", "p['w'] is", "`p['w'].assign_sub(0.1)`", 'p["w"] = p["w"] - 0.1')
    check(tape.why(y, q[0]), "rebound", "q[0] is", "`q[0].assign_add(1.0)`", "q[0] = q[0] + 1.0")
    check(tape.why(y, m.w), "rebound", "m.w is", "`m.w.assign_sub(0.2)`", "m.w = m.w - 0.2")
    line = "several = [v - 0.1 * 2.0 for v in several]"
    check(tape.why(y, several[1]), "rebound", "several[1] is", "`v.assign_sub(0.1 * 2.0)`", line)


def test_a_function_of_steps_is_flat_where_its_gradient_is_zero(tape_of: Tape) -> None:
    x = tf.Variable([1.0, -2.0])
    with tape_of() as tape:
        y = tf.sign(x) * 2.0
    check(tape.why(y, x), "flat", "is zero: `sign` has a derivative of zero everywhere", "smooth")


def test_what_stands_around_may_be_anything(tape_of: Tape) -> None:
    class Refusing:
        def __getattribute__(self, name: str) -> Any:
            raise RuntimeError(name)

    odd, endless, table, model = Refusing(), [], {}, _Model()
    endless.append(endless)
    table.update({"table": table, None: model, (1, 2): odd})
    vars(model).update({3: 1, "": 2, "model": model})
    x = tf.Variable(1.0)
    with tape_of() as tape:
        y = x * 2.0
    assert "respect to model.w is None" in tape.why(y, model.w).text


def test_variables_are_called_as_code_has_them(tape_of: Tape) -> None:
    layers, z = [_Model(), _Model()], tf.Variable(1.0)
    with tape_of() as tape:
        y = z * 2.0
    assert "with respect to layers[1].w is None" in tape.why(y, layers[1].w).text


@pytest.mark.parametrize("name", ["round", "floor", "ceil", "rint"])
@pytest.mark.parametrize("shape", [(), (2,)])
def test_what_is_flat_everywhere(tape_of: Tape, name: str, shape: tuple[int, ...]) -> None:
    x = tf.Variable(np.full(shape, 1.3))
    with tape_of() as tape:
        s = getattr(tf.math, name)
        y = s(x * 1.0) * 2.0
    check(tape.why(y, x), "flat", "a derivative of zero everywhere", "straight-through", "y = s(x * 1.0) * 2.0")


def test_comparisons_and_argmax_are_flat(tape_of: Tape, traced: bool) -> None:
    x = tf.Variable([1.0, 2.0])
    with tape_of() as tape:
        best = tf.cast(tf.argmax(x * 2.0), tf.float32)
    reason = tape.why(best, x)
    check(reason, "integer", "`argmax` makes int", "", "best = tf.cast(tf.argmax(x * 2.0), tf.float32)")
    with tape_of() as tape:
        mask = tf.cast(x > 1.5, tf.float32) * 2.0
    reason = tape.why(mask, x)
    if traced:
        check(reason, "flat", "`greater` gives truth values", "", "mask = tf.cast(x > 1.5, tf.float32) * 2.0")
    else:
        check(reason, "condition", "x was only compared", "")


@tf.custom_gradient
def silent(x: tf.Tensor) -> Any:
    return x * 2.0, lambda g: None


def test_a_rule_that_gives_none(tape_of: Tape, traced: bool) -> None:
    x = tf.Variable(3.0)
    with tape_of() as tape:
        h = silent(x * 1.0)
        y = h * h
    source = "h = silent(x * 1.0)" if traced else None
    check(tape.why(y, x), "rule", "by its own rule", "let it return the cotangent", source)


def test_a_recorded_function_that_does_not_use_its_argument(tape_of: Tape) -> None:
    @tf.function
    def f(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
        return a * tf.stop_gradient(b)

    x, w = tf.Variable(3.0), tf.Variable(2.0)
    for _ in range(2):
        with tape_of() as tape:
            y = f(x, w) * 2.0
        check(tape.why(y, w), "stop_gradient", "stop_gradient stands between them within the recorded", "")
        check(tape.why(y, x), "connected", "its norm is 4", "")


def test_a_zero_factor_a_flat_place_and_what_cancels(tape_of: Tape, traced: bool) -> None:
    x, m, zero = tf.Variable(3.0), tf.Variable([[1.0, 2.0]]), tf.Variable([[0.0], [0.0]])
    with tape_of(persistent=True) as tape:
        a = x * 0.0
        b = m @ zero
        c = tf.nn.relu(x - 10.0)
        d = x - x
    known = traced
    reason = tape.why(a, x)
    check(reason, "zero factor", "is zero: `multiply` has a factor that is zero", "", "a = x * 0.0" if known else None)
    check(tape.why(b, m), "zero factor", "`matmul` has zero, which is zero", "", "b = m @ zero" if known else None)
    check(
        tape.why(c, x),
        "zero slope",
        "`relu` is zero at these values",
        "",
        "c = tf.nn.relu(x - 10.0)" if known else None,
    )
    check(tape.why(d, x), "cancels", "used 2 times, by `subtract`", "", "d = x - x" if known else None)


def test_an_op_without_a_derivative_says_so(tape_of: Tape) -> None:
    x = tf.Variable(3.0)
    with tape_of() as tape:
        y = tf.math.betainc(x, 2.0, 0.5) * 2.0
    check(tape.why(y, x), "no derivative", "is an error: ", "")


def test_what_is_not_none_says_its_norm(tape_of: Tape) -> None:
    x = tf.Variable([3.0, 4.0])
    with tape_of() as tape:
        y = tf.reduce_sum(x * x) / 2.0
    reason = tape.why(y, x)
    check(reason, "connected", "The gradient of y with respect to x is not None: its norm is 5.", "")
    assert reason.line is None
    np.testing.assert_array_equal(tape.gradient(y, x), [3.0, 4.0])  # it was not used up


def test_a_variable_is_its_own_target(tape_of: Tape) -> None:
    x = tf.Variable(3.0)
    with tape_of() as tape:
        pass
    check(tape.why(x, x), "connected", "x is x itself", "")


def test_an_infinite_gradient_is_one(tape_of: Tape) -> None:
    x = tf.Variable(0.0)
    with tape_of() as tape:
        y = tf.sqrt(x)
    check(tape.why(y, x), "connected", "its norm is not finite", "")


# -------------------------------------------------------------------------------------------------- structures, errors


def test_structures_of_targets_and_sources(tape_of: Tape) -> None:
    x, c = tf.Variable(3.0), tf.constant(2.0)
    with tape_of(persistent=True) as tape:
        y, z = x * c, c * 1.0
    reasons = tape.why({"y": y, "z": [z]}, {"x": x, "c": c})
    assert reasons.cause == ("not watched", "connected")  # by the names
    assert isinstance(tape.why([y, z], [x]), Why)
    check(tape.why([y, z], x), "connected", "its norm is 2", "")


def test_a_row_looked_up_has_a_gradient(tape_of: Tape) -> None:
    table = tf.Variable(np.ones((4, 2)))
    with tape_of() as tape:
        y = tf.reduce_sum(tf.gather(table, [0, 2]))
    check(tape.why(y, table), "connected", "its norm is 2.", "")


def test_assigned_variables_stand_at_several_leaves(tape_of: Tape) -> None:
    x = tf.Variable(3.0)
    with tape_of() as tape:
        y = x * 2.0
        x.assign(5.0)
        z = y * x
    reason = tape.why(z, x)
    check(reason, "connected", f"its norm is {abs(float(tape.gradient(z, x))):g}", "")


def test_a_released_tape_says_so_and_a_traced_one_keeps_its_answers(tape_of: Tape, traced: bool) -> None:
    x, c = tf.Variable(3.0), tf.constant(2.0)
    with tape_of() as tape:
        y = x * c
    tape.gradient(y, [x, c])
    with pytest.raises(RuntimeError, match="this tape has let go of its records"):
        tape.why(y, x)
    if traced:
        check(tape.why(y, c), "not watched", "c is a tensor", "`tape.watch(c)`", "y = x * c")
    else:
        with pytest.raises(RuntimeError, match="make it persistent"):
            tape.why(y, c)


def test_bad_input(tape_of: Tape) -> None:
    x = tf.Variable(3.0)
    with tape_of() as tape:
        y = x * 2.0
    with pytest.raises(RuntimeError, match="this tape has recorded nothing"):
        tape_of().why(y, x)
    with pytest.raises(TypeError, match=r"the target must be a tensor or a variable, not float: a value that left"):
        tape.why(6.0, x)
    with pytest.raises(TypeError, match="sources must be tensors or variables, not float"):
        tape.why(y, 3.0)
    with pytest.raises(ValueError, match="there must be a target and a source"):
        tape.why(y, [])


# ------------------------------------------------------------------------------------------------------------ settings


def test_within_a_recorded_function(tape_of: Tape) -> None:
    causes = []

    @tf.function
    def f(x: tf.Tensor) -> tf.Tensor:
        with tape_of(persistent=True) as tape:
            tape.watch(x)
            y = tf.stop_gradient(x) * 2.0
            z = x * x
        causes.extend([tape.why(y, x).cause, tape.why(z, x).cause])
        return tape.gradient(z, x)

    assert float(f(tf.constant(3.0))) == 6.0
    assert causes[0] == "stop_gradient"


def test_in_nested_tapes(tape_of: Tape) -> None:
    x = tf.Variable(3.0)
    with tape_of(persistent=True) as outer:
        with tape_of(persistent=True) as inner:
            y = x**3
        g = inner.gradient(y, x)
        h = tf.stop_gradient(g) * 2.0
    check(outer.why(g, x), "connected", "its norm is 18", "")
    check(outer.why(h, x), "stop_gradient", "", "", "h = tf.stop_gradient(g) * 2.0")
    check(inner.why(g, x), "outside", "g was not computed while the tape recorded", "")


def test_while_the_tape_records(tape_of: Tape) -> None:
    x = tf.Variable(3.0)
    with tape_of() as tape:
        y = x * 2.0
        check(tape.why(y, x), "connected", "its norm is 2", "")
        z = y * x
    assert float(tape.gradient(z, x)) == 12.0


def test_nothing_is_held(tape_of: Tape) -> None:
    x = tf.Variable(np.ones(3))
    with tape_of() as tape:
        y = tf.constant(float(tf.reduce_sum(x))) * 2.0
    reason = tape.why(y, x)
    gone = weakref.ref(y), weakref.ref(tape)
    gc.disable()
    try:
        del tape, y
        assert [reference() for reference in gone] == [None, None]
    finally:
        gc.enable()
    assert reason.cause == "left"


def test_a_number_that_was_only_shown_is_no_cause(tape_of: Tape) -> None:
    x, z, c = tf.Variable(2.0), tf.Variable(3.0), tf.constant(2.0)
    with tape_of(persistent=True) as tape:
        one, other = x * z * c, x * x
        float(one), other.numpy(), z.numpy()
    assert tape.why(other, z).cause == "unused"


def test_a_number_that_was_shown_early_is_told_from_numbers_that_the_code_writes(tape_of: Tape) -> None:
    x, z = tf.Variable(3.0), tf.Variable(3.0)
    with tape_of(persistent=True) as tape:
        print(float(x), (x * x).numpy())
        other = z * 2.0 * 0.1
        back = z * float(x + 1.5)
    check(tape.why(other, x), "unused", "other does not depend on x", "")
    assert "numbers that stand in the code" in tape.why(other, x).text
    assert tape.why(back, x).cause == "left"
    w = tf.Variable(2.0)
    with tape_of(persistent=True) as tape:
        print(float(w))
        other = z * 2.0
    assert tape.why(other, w).cause == "left"  # (2.0 may have come of it)
    with tape_of() as tape, warnings.catch_warnings():
        print(float(x))
        other = z * 2.0
        warnings.simplefilter("error")
        assert tape.gradient(other, [x, z])[0] is None


@pytest.mark.parametrize("exponent", [2.0, 0.5])
def test_an_exponent_that_came_back_as_an_operation_of_its_own(tape_of: Tape, exponent: float) -> None:
    x, y = tf.Variable(3.0), tf.Variable(exponent)
    with tape_of() as tape:
        z = x ** float(y)
    check(tape.why(z, y), "left", "left the library by float()", "Go on with the tensor")


def test_what_left_comes_back_in_any_operand(tape_of: Tape) -> None:
    x, z = tf.Variable([2.0, 1.0]), tf.Variable([3.0, 4.0])
    for back in (
        lambda a: z + a,
        lambda a: a * z,
        lambda a: tf.stack([z, a]),
        lambda a: tf.concat([z, a], 0),
        lambda a: tf.tensordot(z, a, 1),
        lambda a: tf.where(a > 1.0, z, 0.0),
        lambda a: tf.where([True, False], z, a),
        lambda a: tf.clip_by_value(z, a, 5.0),
        lambda a: tf.nn.leaky_relu(z, float(a[0])),
        lambda a: z ** (float(a[0]) + 1.0),
    ):
        with tape_of(persistent=True) as tape:
            y = back((x * 1.0).numpy())
        assert tape.why(y, x).cause == "left"


def test_of_several_places_each_is_named() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        a = tf.round(x) * 1.0
        b = tf.stop_gradient(x) * 1.0
    reason = tape.why(a, x)
    assert "one of these: stop_gradient stands" in reason.text and "or `rint` has" in reason.text
    assert "trace=True tells which" in reason.advice
    with tf.GradientTape(persistent=True, trace=True) as tape:
        a = tf.round(x) * 1.0
        b = tf.stop_gradient(x) * 1.0
    assert (tape.why(a, x).cause, tape.why(b, x).cause) == ("flat", "stop_gradient")


INSIDE: dict[str, tuple[str, Callable[..., Any]]] = {
    "flat": ("`rint` within the recorded function", lambda a, b: tf.round(a * 2.0) * b),
    "integer": ("`cast` within the recorded function", lambda a, b: tf.cast(tf.cast(a, tf.int32), tf.float32) * b),
    "left": ("only looks at the value", lambda a, b: float(a) * b),
    "unused": ("does not depend on x", lambda a, b: b * 2.0),
}


@pytest.mark.parametrize("cause", INSIDE)
def test_a_recorded_function_says_where_it_lets_go(tape_of: Tape, cause: str) -> None:
    text, python = INSIDE[cause]
    f = tf.function(python)
    x, z = tf.Variable(3.0), tf.Variable(2.0)
    for _ in range(2):
        with tape_of() as tape:
            y = f(x, z) * 2.0
        check(tape.why(y, x), cause, text, "")


ENDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "stop_gradient": ("stop_gradient", tf.stop_gradient),
    "np.round": ("flat", np.round),
    "np.digitize": ("flat", lambda x: tf.cast(np.digitize(x, [0.0, 1.0]), tf.float32)),
    "floor": ("flat", tf.floor),
    "cast": ("integer", lambda x: tf.cast(tf.cast(x, tf.int32), tf.float32)),
}


@pytest.mark.parametrize("computed", [False, True])
@pytest.mark.parametrize("end", ENDS)
def test_where_a_variable_itself_ends(tape_of: Tape, end: str, computed: bool) -> None:
    cause, apply = ENDS[end]
    x, z = tf.Variable([1.5, 2.0]), tf.Variable(2.0)
    with tape_of() as tape:
        y = z * apply(x * 1.0 if computed else x)
    assert tape.why(y, x).cause == cause


def test_what_came_of_a_pause_beside_others(tape_of: Tape) -> None:
    x, z = tf.Variable(3.0), tf.Variable(2.0)
    with tape_of() as tape:
        b = x * z
        with tape.stop_recording():
            a = b * x
        y = a * z
    assert tape.why(y, x).cause == "paused"


def test_a_traced_tape_within_a_recorded_function_knows_lines() -> None:
    found: list[Why] = []

    @tf.function
    def f(x: Any) -> Any:
        with tf.GradientTape(trace=True) as tape:
            y = tf.round(x) * 2.0
        found.append(tape.why(y, x))
        return y

    x = tf.Variable(1.2)
    f(x)
    check(found[0], "flat", "has a derivative of zero everywhere", "Use a smooth", "y = tf.round(x) * 2.0")


def test_a_variable_in_a_slot_has_a_name(tape_of: Tape) -> None:
    class Pair:
        __slots__ = ("missing", "w")

    pair = Pair()
    pair.w = tf.Variable(1.0)
    with tape_of() as tape:
        y = tf.stop_gradient(pair.w) * 2.0
    assert "with respect to pair.w is None" in tape.why(y, pair.w).text


# ------------------------------------------------------------------------------------------------------------- unasked


def test_it_is_said_where_every_source_gets_none(tape_of: Tape) -> None:
    c, d = tf.constant(2.0), tf.constant(2.0)
    with tape_of() as tape:
        y = c * d
    with pytest.warns(UserWarning, match=r"respect to c is None: c is a tensor .* Ask tape\.why\(target") as caught:
        assert tape.gradient(y, [c, d]) == [None, None]
    assert [warning.filename for warning in caught] == [__file__]


def test_it_is_said_where_a_value_left(tape_of: Tape) -> None:
    x, z = tf.Variable(2.0), tf.Variable(2.0)
    with tape_of() as tape:
        y = tf.constant(float(x * 1.0)) * z
    with pytest.warns(UserWarning, match=r"respect to x is None: a value that depends on x left .* by float\(\)"):
        tape.gradient(y, [x, z])


def test_it_is_said_once_for_each_line(tape_of: Tape) -> None:
    c = tf.constant(2.0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):
            with tape_of() as tape:
                y = c * 2.0
            tape.gradient(y, c)
    assert len(caught) == 1


def test_a_warning_that_is_an_error_leaves_the_tape_as_a_gradient_does(tape_of: Tape) -> None:
    c = tf.constant(2.0)
    with tape_of() as tape:
        y = c * 2.0
    with warnings.catch_warnings(), pytest.raises(UserWarning, match="is None"):
        warnings.simplefilter("error")
        tape.gradient(y, c)
    with pytest.raises(RuntimeError, match="A non-persistent GradientTape can only be used"):
        tape.gradient(y, c)


def ask_for_zeros(tape: tf.GradientTape, y: Any, x: Any) -> None:
    tape.gradient(y, x, unconnected_gradients="zero")


def ask_beside_others(tape: tf.GradientTape, y: Any, x: Any) -> None:
    tape.gradient(y, [x, tape.watched_variables()[0]])


def ask_for_matrices(tape: tf.GradientTape, y: Any, x: Any) -> None:
    tape.jacobian(y, x)
    tape.hvp(y, x, 1.0)
    tape.jvp(y, x, 1.0)


@pytest.mark.parametrize("ask", [ask_for_zeros, ask_beside_others, ask_for_matrices])
def test_it_is_not_said_where_none_is_normal(ask: Callable[..., None], tape_of: Tape) -> None:
    x, c = tf.Variable(2.0), tf.constant(2.0)
    with tape_of(persistent=True) as tape:
        y = x * c
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ask(tape, y, c)


def test_it_is_not_said_of_a_head_whose_loss_was_shown(tape_of: Tape) -> None:
    body, one, other = tf.Variable([1.0]), tf.Variable([2.0]), tf.Variable([3.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with tape_of(persistent=True) as tape:
            f = body * 3.0
            first, second = tf.reduce_sum(0.5 * f * one), tf.reduce_sum(2.0 * f * other)
            float(first), second.numpy(), other.numpy(), one.numpy()
        assert tape.gradient(first, [body, one, other])[2] is None
        assert tape.gradient(second, [body, one, other])[1] is None


def test_it_is_not_said_to_libraries(keras: Any) -> None:
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x, z = tf.Variable(1.0), tf.Variable(1.0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(np.ones((4, 2), np.float32), np.ones((4, 1), np.float32), verbose=0)
        tf.keras.optimizers.SGD(0.1).minimize(lambda: x * float(z), [x, z])
    assert not [warning for warning in caught if "tape.why" in str(warning.message)]
