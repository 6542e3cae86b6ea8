"""The optimiser's passes, one at a time: what each does to a small program, and that it changes no digit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core

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
