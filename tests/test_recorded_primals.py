"""Rules of the user's own see the values that were recorded, whatever variables hold when a gradient is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf


@tf.custom_jvp
def by_jvp(x: Any) -> Any:
    return tf.sin(x)


by_jvp.defjvp(lambda primals, tangents: (by_jvp(*primals), tf.cos(primals[0]) * tangents[0]))


@tf.custom_gradient
def by_gradient(x: Any) -> Any:
    return tf.sin(x), lambda upstream: upstream * tf.cos(x)


RULES: dict[str, Any] = {
    "custom_jvp": by_jvp,
    "custom_gradient": by_gradient,
    "recompute_grad": tf.recompute_grad(lambda x: tf.sin(x)),
}


def step(f: Any, v: Any) -> Any:
    """Values and first and second derivatives, of readings before and after an assignment."""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            before = tf.reduce_sum(f(v) * v)
            v.assign(v * 2.0)
            both = before + tf.reduce_sum(tf.sin(f(v)))
        slope = tape.gradient(both, v)
    return both, slope, outer.gradient(slope, v)


@pytest.mark.parametrize("start", [1.0, [0.5, -1.5]])
@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize("name", RULES)
def test_a_rule_sees_the_variable_that_was_its_argument_as_it_was(name: str, recorded: bool, start: Any) -> None:
    found, expected = tf.Variable(start, dtype=tf.float64), tf.Variable(start, dtype=tf.float64)
    one = (lambda: step(RULES[name], found)) if not recorded else tf.function(lambda: step(RULES[name], found))
    for _ in range(3):
        for a, b in zip(one(), step(tf.sin, expected), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12)
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", RULES)
def test_the_same_holds_forwards(name: str) -> None:
    v = tf.Variable(1.0, dtype=tf.float64)
    with tf.GradientTape() as tape:
        y = RULES[name](v)
        v.assign(2.0)
    np.testing.assert_allclose(tape.jvp(y, v, 3.0), 3.0 * np.cos(1.0))
    assert v == 2.0


@tf.custom_gradient
def around_gradient(x: Any) -> Any:
    def rule(upstream: Any, variables: Any) -> Any:
        assert variables[0] is WEIGHT
        return upstream * tf.sin(WEIGHT), [upstream * x * tf.cos(WEIGHT)]

    return x * tf.sin(WEIGHT), rule


WEIGHT = tf.Variable(1.0, dtype=tf.float64)
AROUND = {"custom_gradient": around_gradient, "recompute_grad": tf.recompute_grad(lambda x: x * tf.sin(WEIGHT))}


@pytest.mark.parametrize("name", AROUND)
def test_a_rule_sees_the_variables_around_the_function_as_they_were(name: str) -> None:
    WEIGHT.assign(1.0)
    x = tf.constant(3.0, tf.float64)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = AROUND[name](x)
            WEIGHT.assign(2.0)
        dx, dw = tape.gradient(y, [x, WEIGHT])
    np.testing.assert_allclose([dx, dw], [np.sin(1.0), 3.0 * np.cos(1.0)])
    np.testing.assert_allclose(outer.gradient([dx, dw], [x, WEIGHT]), [np.cos(1.0), np.cos(1.0) - 3.0 * np.sin(1.0)])
    assert WEIGHT == 2.0


def test_a_rule_that_raises_leaves_the_variable_as_it_is_now() -> None:
    v = tf.Variable(1.0)

    @tf.custom_gradient
    def broken(x: Any) -> Any:
        def rule(upstream: Any) -> Any:
            raise RuntimeError("no derivative")

        return x * 1.0, rule

    with tf.GradientTape(persistent=True) as tape:
        y = broken(v)
        v.assign(2.0)
        z = v * v
    with pytest.raises(RuntimeError, match="no derivative"):
        tape.gradient(y, v)
    assert v == 2.0
    assert tape.gradient(z, v) == 4.0


def test_what_a_rule_assigns_stays() -> None:
    v = tf.Variable(1.0)

    @tf.custom_gradient
    def counting(x: Any) -> Any:
        def rule(upstream: Any) -> Any:
            v.assign(x * 10.0)
            return upstream

        return x * 1.0, rule

    with tf.GradientTape() as tape:
        y = counting(v)
        v.assign(2.0)
    assert tape.gradient(y, v) == 1.0
    assert v == 10.0
