"""The optimiser's passes, one at a time: what each does to a small program, and that it changes no digit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.ops import forms

SPECIAL = np.array([0.0, -0.0, 1.0, -1.5, np.inf, -np.inf, np.nan, 5e-324, 1.7e308])


def program_of(f: Callable[..., Any], *examples: Any, passes: tuple[Any, ...] = ()) -> Any:
    """A function's program, compacted, then rewritten by these passes and compacted again."""
    recorded = tf.function(f, optimize=False)
    recorded(*map(tf.constant, examples))
    (program,) = recorded.variants
    for one in passes:
        one(program)
    _core.compact(program)
    return program


def ops(program: Any) -> list[str]:
    names = [program.node(k)[0] for k in range(len(program))]
    return [name for name in names if name not in ("input", "constant")]


def assert_the_same_bits(f: Callable[..., Any], *arrays: np.ndarray, passes: tuple[Any, ...]) -> None:
    program = program_of(f, *arrays, passes=passes)
    with np.errstate(all="ignore"):
        found = _core.run_program(program, [tf.constant(array) for array in arrays])
        expected = f(*map(tf.constant, arrays))
    for one, other in zip(found, expected if isinstance(expected, tuple) else (expected,), strict=True):
        one, other = one.numpy(), other.numpy()
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(np.signbit(one)[~np.isnan(one)], np.signbit(other)[~np.isnan(other)])


GO = {
    "times one": lambda x: x * 1.0,
    "one times": lambda x: 1.0 * x,
    "by one": lambda x: x / 1.0,
    "minus zero": lambda x: x - 0.0,
    "plus minus zero": lambda x: x + -0.0,
    "minus zero plus": lambda x: -0.0 + x,
    "twice negative": lambda x: tf.negative(tf.negative(x)),
    "reshaped to its shape": lambda x: tf.reshape(x, x.shape),
    "reshaped and back": lambda x: tf.reshape(tf.reshape(x, [-1, 1]), x.shape),
    "transposed and back": lambda x: tf.transpose(tf.transpose(x)),
    "cast to its dtype": lambda x: tf.cast(x, x.dtype),
    "broadcast to its shape": lambda x: tf.broadcast_to(x, x.shape),
    "put among zeros and taken out": lambda x: tf.pad(x, [[2, 3]])[2 : 2 + x.size],
}
STAY = {
    "plus zero": lambda x: x + 0.0,
    "zero minus": lambda x: 0.0 - x,
    "minus minus zero": lambda x: x - -0.0,
    "times zero": lambda x: x * 0.0,
    "minus itself": lambda x: x - x,
    "by itself": lambda x: x / x,
    "one by": lambda x: 1.0 / x,
    "times minus one": lambda x: x * -1.0,
    "times one elsewhere": lambda x: x * tf.concat([tf.ones_like(x[:1]), 2.0 * tf.ones_like(x[1:])], 0),
    "there and back in float32": lambda x: tf.cast(tf.cast(x, tf.float32), tf.float64),
    "put among zeros and taken out elsewhere": lambda x: tf.pad(x, [[2, 3]])[3 : 3 + x.size],
    "times ones of another shape": lambda x: x * tf.ones((2, 1), tf.float64),
}


@pytest.mark.parametrize("name", GO)
def test_simplify_takes_out_what_changes_nothing(name: str) -> None:
    program = program_of(GO[name], SPECIAL, passes=(_core.simplify,))
    assert ops(program) == []
    assert_the_same_bits(GO[name], SPECIAL, passes=(_core.simplify,))


@pytest.mark.parametrize("name", STAY)
def test_simplify_leaves_what_may_change_something(name: str) -> None:
    assert ops(program_of(STAY[name], SPECIAL, passes=(_core.simplify,)))
    for passes in ((_core.simplify,), (_core.simplify, _core.share_common, _core.fold_constants)):
        assert_the_same_bits(STAY[name], SPECIAL, passes=passes)
        assert_the_same_bits(STAY[name], SPECIAL[:1], passes=passes)


def test_simplify_lets_products_read_transposed_matrices() -> None:
    f = lambda a, b: tf.transpose(a) @ tf.transpose(b)  # noqa: E731
    a, b = np.arange(6.0).reshape(2, 3), np.arange(8.0).reshape(4, 2)
    assert ops(program_of(f, a, b, passes=(_core.simplify,))) == ["matmul"]
    assert_the_same_bits(f, a, b, passes=(_core.simplify,))


def test_simplify_joins_transposes_and_reshapes() -> None:
    x = np.arange(24.0).reshape(2, 3, 4)
    f = lambda x: tf.transpose(tf.transpose(x, (1, 2, 0)), (0, 2, 1))  # noqa: E731
    g = lambda x: tf.reshape(tf.reshape(x, (6, 4)), (4, 6))  # noqa: E731
    for one, name in ((f, "transpose"), (g, "reshape")):
        assert ops(program_of(one, x, passes=(_core.simplify,))) == [name]
        assert_the_same_bits(one, x, passes=(_core.simplify,))


def test_share_common_computes_the_same_thing_once() -> None:
    f = lambda x, y: (tf.sin(x) * tf.sin(x), x * y + y * x, tf.reduce_sum(x) + tf.reduce_sum(x))  # noqa: E731
    passes = (_core.share_common,)
    assert sorted(ops(program_of(f, SPECIAL, SPECIAL[::-1], passes=passes))) == sorted(
        ["sin", "multiply", "multiply", "add", "sum", "add"]
    )
    assert_the_same_bits(f, SPECIAL, SPECIAL[::-1].copy(), passes=passes)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: (x + 0.0, x + -0.0),
        lambda x: (x - x[::-1], x[::-1] - x),
        lambda x: (tf.reverse(x, [0]), x[1:], x[:-1]),
        lambda x: (tf.cast(x, tf.float32), tf.cast(x, tf.float16)),
        lambda x: (tf.clip_by_value(x, 0.0, 5.0), tf.clip_by_value(x, -0.0, 5.0)),
        lambda x: (tf.gather(x, [0, 1]), tf.gather(x, [1, 0]), tf.gather(x, [[0, 1]])),
        lambda x: (tf.cumsum(x), tf.cumsum(x, reverse=True), tf.cumsum(x, exclusive=True)),
        lambda x: (tf.where(x > 0.0, x, -x), tf.where(x >= 0.0, x, -x), tf.where(x > 0.0, -x, x)),
    ],
)
def test_share_common_tells_apart_what_differs(f: Any) -> None:
    for passes in ((), (_core.share_common,), (_core.simplify, _core.share_common, _core.fold_constants)):
        assert_the_same_bits(f, SPECIAL, passes=passes)


def test_numbers_that_are_the_same_are_one_constant_of_a_program() -> None:
    program = program_of(lambda x: (x * 2.0 + 2.0) * 2.0 - tf.constant(0.5, tf.float32), np.float32(1.0))
    assert [program.node(k)[0] for k in range(len(program))].count("constant") == 2


def test_a_plan_is_made_anew_of_a_program_that_was_rewritten() -> None:
    recorded = tf.function(lambda x: tf.sin(x) * tf.sin(x), optimize=False)
    x = tf.constant(SPECIAL[:4])
    expected = recorded(x)
    (program,) = recorded.variants
    _core.share_common(program)
    _core.compact(program)
    np.testing.assert_array_equal(_core.run_program(program, [x])[0], expected)


def test_the_arena_of_a_plan_is_what_is_alive_at_once() -> None:
    def f(x: Any) -> Any:
        for k in range(400):
            x = tf.matmul(tf.concat([x[: 1 + k % 7], x[1 + k % 7 :]], 0), tf.ones([8, 8]))
        return x

    program = program_of(f, np.ones((64, 8)))
    assert _core.plan_of(program).arena_size <= 4 * 64 * 8 * 8


def test_random_numbers_are_not_shared_and_not_folded() -> None:
    f = tf.function(lambda: tf.random.normal([2]) - tf.random.normal([2]))
    first, second = f().numpy(), f().numpy()
    assert np.all(first != 0.0)
    assert np.all(first != second)
    unused = tf.function(lambda x: (tf.random.normal([2]), x)[1])
    tf.random.set_seed(3)
    expected = [tf.random.normal([2]), tf.random.normal([2]), tf.random.normal([2])][2].numpy()
    tf.random.set_seed(3)
    unused(tf.constant(1.0))
    unused(tf.constant(1.0))
    np.testing.assert_array_equal(tf.random.normal([2]), expected)


def test_fold_constants_computes_what_depends_on_constants_alone() -> None:
    def f(x: Any) -> Any:
        table = tf.sin(tf.range(3, dtype=tf.float64)) * 2.0
        return x + tf.reduce_sum(table) * tf.sqrt(tf.constant(2.0, tf.float64))

    assert ops(program_of(f, np.array(1.0), passes=(_core.fold_constants,))) == ["add"]
    assert_the_same_bits(f, np.array(1.0), passes=(_core.fold_constants,))


def test_a_captured_tensor_is_no_constant_for_tapes_around() -> None:
    z = tf.constant([3.0, 4.0])
    f = tf.function(lambda x: x * tf.sin(z))
    for _ in range(3):
        with tf.GradientTape() as tape:
            tape.watch(z)
            y = f(tf.constant([1.0, 2.0]))
        np.testing.assert_allclose(tape.gradient(y, z), [1.0, 2.0] * np.cos([3.0, 4.0]), rtol=1e-6)


def test_compact_drops_what_nothing_needs_and_keeps_guards() -> None:
    def f(x: Any) -> Any:
        tf.exp(tf.sin(x))
        if x[0] > 0.0:
            return x * 2.0
        return x

    program = program_of(f, np.array([1.0, 2.0]))
    assert "guard" in ops(program)
    assert not {"exp", "sin"} & set(ops(program))


def test_a_guard_on_constants_goes() -> None:
    f = lambda x: x * 2.0 if tf.constant(3.0) * 2.0 > 1.0 else x  # noqa: E731
    passes = (_core.simplify, _core.share_common, _core.fold_constants)
    assert ops(program_of(f, np.array(1.0), passes=passes)) == ["multiply"]


@pytest.mark.parametrize("shape", [(), (9,), (0,)])
def test_stop_gradient_stays_through_all_passes(shape: tuple[int, ...]) -> None:
    f = lambda x: tf.stop_gradient(tf.stop_gradient(x)) * x  # noqa: E731
    x = np.resize(SPECIAL, shape)
    passes = (_core.simplify, _core.share_common, _core.fold_constants)
    assert "stop_gradient" in ops(program_of(f, x, passes=passes))
    assert_the_same_bits(f, x, passes=passes)


# ------------------------------------------------------------------------------------- what rows say of themselves


def steps_of(f: Callable[..., Any], *arrays: Any) -> list[str]:
    """The kinds of steps that a program runs."""
    program = program_of(f, *arrays, passes=(_core.simplify,))
    return [kind for kind, *_ in _core.plan_of(program).steps_as_text()]


@pytest.fixture(scope="module")
def own() -> dict[str, Callable[..., Any]]:
    """Rows of our own that say what passes and plans may count on, beside ones that do the same and say nothing."""
    found = {}
    for name, facts in {"own_quiet_add": {}, "own_add": {"neutral": (-0.0, -0.0), "commutes": True}}.items():
        op = _core.register_elementwise(
            name, None, lambda x, y: x + y, (lambda g, x, y, z: g, lambda g, x, y, z: g), ("x", "y"), ""
        )
        _core.take_facts(name, **facts)
        found[name] = op.function
    for name, facts in {"own_quiet_flip": {}, "own_flip": {"undoes_itself": True}}.items():
        op = _core.register_elementwise(name, None, lambda x: -x, (lambda g, x, y: -g,), ("x",), "")
        _core.take_facts(name, **facts)
        found[name] = op.function

    def linear(name: str, kernel: Any, back: Any, views: bool, **facts: Any) -> None:
        op, _ = _core.register_linear(
            name, kernel, f"{name}_back", back, form=forms.nothing, gives=(None, None), views=(views, False)
        )
        _core.take_facts(name, **facts)
        found[name] = lambda x, attributes=None: _core.linear(op, x, attributes)

    linear("own_turned", lambda x, a: x.T, lambda g, a: g.T.copy(), True, permutes=lambda a: (1, 0))
    linear("own_reversed", lambda x, a: x[::-1, 1:], lambda g, a: np.pad(g[::-1], [(0, 0), (1, 0)]), True)
    linear("own_copied", lambda x, a: x[::-1].copy(), lambda g, a: g[::-1].copy(), True)
    linear("own_quiet", lambda x, a: x[::-1, 1:].copy(), lambda g, a: np.pad(g[::-1], [(0, 0), (1, 0)]), False)
    linear("own_shifted", lambda x, n: np.roll(x, n), lambda g, n: np.roll(g, -n), False, joined=lambda m, n: m + n)
    linear("own_signed", lambda x, a: np.copysign(1.0, a) * x, lambda g, a: np.copysign(1.0, a) * g, False)
    return found


def test_numbers_that_a_row_calls_neutral_and_twice_what_undoes_itself_are_taken_out(own: Any) -> None:
    assert ops(program_of(lambda x: own["own_add"](x, -0.0), SPECIAL, passes=(_core.simplify,))) == []
    assert ops(program_of(lambda x: own["own_add"](-0.0, x), SPECIAL, passes=(_core.simplify,))) == []
    assert ops(program_of(lambda x: own["own_add"](x, 0.0), SPECIAL, passes=(_core.simplify,))) == ["own_add"]
    assert ops(program_of(lambda x: own["own_flip"](own["own_flip"](x)), SPECIAL, passes=(_core.simplify,))) == []
    for quiet in (lambda x: own["own_quiet_add"](x, -0.0), lambda x: own["own_quiet_flip"](own["own_quiet_flip"](x))):
        assert ops(program_of(quiet, SPECIAL, passes=(_core.simplify,))) != []
        assert_the_same_bits(quiet, SPECIAL, passes=(_core.simplify,))


def test_operands_that_a_row_lets_change_places_are_one_computation(own: Any) -> None:
    def both(name: str) -> list[str]:
        return ops(program_of(lambda x, y: own[name](x, y) * own[name](y, x), 1.5, 2.5, passes=(_core.share_common,)))

    assert both("own_add") == ["own_add", "multiply"]
    assert both("own_quiet_add") == ["own_quiet_add", "own_quiet_add", "multiply"]


def test_two_of_a_row_that_joins_them_are_one(own: Any) -> None:
    x = np.arange(5.0)
    twice = lambda x: own["own_shifted"](own["own_shifted"](x, 1), 2)  # noqa: E731
    assert ops(program_of(twice, x, passes=(_core.simplify,))) == ["own_shifted"]
    assert_the_same_bits(twice, x, passes=(_core.simplify,))


def test_attributes_that_differ_in_the_sign_of_a_zero_are_two(own: Any) -> None:
    f = lambda x: tuple(own["own_signed"](x, zero) for zero in (0.0, -0.0, 0.0))  # noqa: E731
    assert ops(program_of(f, SPECIAL, passes=(_core.share_common,))) == ["own_signed", "own_signed"]
    assert_the_same_bits(f, SPECIAL, passes=(_core.share_common,))


def test_a_row_that_says_it_views_is_no_step_of_a_plan(own: Any) -> None:
    x = np.arange(12.0).reshape(3, 4)
    for name, steps in {"own_reversed": ["line"], "own_quiet": ["apply", "line"]}.items():
        f = lambda x, name=name: tf.sin(own[name](x)) + 1.0  # noqa: E731
        assert steps_of(f, x) == steps
        assert_the_same_bits(f, x, passes=(_core.simplify,))
        assert_the_same_bits(lambda x, name=name: own[name](own[name](x * 2.0)), x, passes=(_core.simplify,))


def test_a_row_that_says_it_views_and_copies_is_run_as_it_stands(own: Any) -> None:
    x = np.arange(12.0).reshape(3, 4)
    f = lambda x: own["own_copied"](x * 2.0) + 1.0  # noqa: E731
    assert "apply" in steps_of(f, x)
    assert_the_same_bits(f, x, passes=(_core.simplify,))


def test_a_product_reads_what_a_row_permutes_as_it_lies(own: Any) -> None:
    x = np.arange(12.0).reshape(3, 4)
    f = lambda x: own["own_turned"](x) @ x  # noqa: E731
    assert ops(program_of(f, x, passes=(_core.simplify,))) == ["matmul"]
    assert steps_of(f, x) == ["matmul"]
    assert_the_same_bits(f, x, passes=(_core.simplify,))
