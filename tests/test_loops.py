"""Bodies that are run over and over: as programs, as programs of numbers, and as Python; and their derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.programs.loops import Body, Embedded, Layout, Loop, closed_program, fingerprint

CASES: dict[str, tuple[Any, list[Any]]] = {
    "elementwise": (lambda x: [tf.sin(x[0]) * x[1] + 2.0], [np.array([0.3, 0.7]), np.float64(0.2)]),
    "broadcast": (lambda x: [x[0][:, None] * x[1]], [np.array([0.3, 0.7]), np.array([1.0, 2.0, 3.0])]),
    "stacked": (lambda x: [tf.stack([x[0][1], x[0][0] * x[0][1], x[0][-1]])], [np.array([0.3, 0.7])]),
    "joined": (lambda x: [tf.concat([x[0], x[1] * 2.0], 0)], [np.array([0.3, 0.7]), np.array([1.0])]),
    "product": (lambda x: [x[0] @ x[1], tf.linalg.matvec(x[0], x[1][:, 0])], [np.eye(2) + 0.5, np.ones((2, 3))]),
    "turned": (lambda x: [tf.matmul(x[0], x[0], transpose_a=True), tf.transpose(x[0])], [np.arange(6.0).reshape(2, 3)]),
    "summed": (lambda x: [tf.reduce_sum(x[0]), tf.reduce_mean(x[0], 0), tf.reduce_sum(x[0], 1)], [np.eye(3) * 2.0]),
    "padded": (lambda x: [tf.pad(x[0], [[1, 2]]), tf.reverse(x[0], [0]), x[0][::-2]], [np.array([0.3, 0.7, 0.9])]),
    "chosen": (lambda x: [tf.where(x[0] > 0.5, x[0], -x[0]), tf.maximum(x[0], 0.5)], [np.array([0.3, 0.7])]),
    "narrow": (lambda x: [tf.cast(x[0], tf.float32) * 3.0], [np.array([0.3, 0.7])]),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("derived", [False, True])
def test_a_program_of_elements_computes_what_the_program_of_arrays_does(name: str, derived: bool) -> None:
    f, arrays = CASES[name]
    inputs = [_core.to_tensor(x) for x in arrays]

    def gradient(x: list[Any]) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = [y * y for y in f(x)]
        return tape.gradient(y, x)

    program, reads, _ = closed_program(gradient if derived else f, inputs)
    assert not reads
    few = _core.by_elements(program, 1000)
    assert few is not None
    numbers = _core.Numbers(few)
    given = np.concatenate([x.reshape(-1) for x in arrays]) if len(arrays) > 1 else arrays[0].reshape(-1).copy()
    found = np.empty(numbers.outputs)
    numbers.run(given, found)
    expected = np.concatenate([np.asarray(y).reshape(-1) for y in _core.run_program(program, inputs)])
    np.testing.assert_allclose(found, expected, rtol=1e-6 if name == "narrow" else 1e-15)
    assert _core.by_elements(program, 3) is None


@pytest.mark.parametrize(
    "f",
    [
        lambda x: [tf.linalg.solve(tf.linalg.diag(x[0]), x[0][:, None])],
        lambda x: [tf.cast(x[0], tf.complex128) * 1j],
        lambda x: [tf.sort(x[0])],
    ],
)
def test_what_is_more_than_numbers_is_no_program_of_elements(f: Any) -> None:
    program, _, _ = closed_program(f, [_core.to_tensor(np.array([0.3, 0.7]))])
    assert _core.by_elements(program, 1000) is None


def test_a_program_of_numbers_takes_what_it_was_made_for() -> None:
    program, _, _ = closed_program(lambda x: [x[0] * 2.0], [_core.to_tensor(np.ones(2))])
    numbers = _core.Numbers(_core.by_elements(program, 100))
    with pytest.raises(ValueError, match="a program of numbers takes vectors of 2 and 2"):
        numbers.run(np.ones(3), np.ones(2))
    with pytest.raises(ValueError, match="a loop of a program of 2 numbers was given 1, 0 and 0"):
        numbers.repeat(2, False, np.ones(1), np.ones((2, 0)), np.ones(0), 0)


def step(inputs: list[Any]) -> list[Any]:
    """Carried on, a row, and a term of a sum; of what is carried, a row, and what is shared."""
    y, u, a = inputs
    return [tf.sin(a * y) + u, y * y * u, tf.reduce_sum(a * y * u)]


def big_step(inputs: list[Any]) -> list[Any]:
    """The same, of more elements than are worth while."""
    y, u, a = inputs
    after, row, term = step([y, u, tf.reshape(a @ tf.linalg.inv(tf.linalg.diag(1.0 + y * y)), (2,))])
    return [after, row, term]


def by_hand(step: Any, y: Any, rows: Any, a: Any, backwards: bool) -> tuple[Any, Any, Any]:
    states, results, total = [], [], 0.0
    for k in range(len(rows))[:: -1 if backwards else 1]:
        y, row, term = step([y, rows[k], a])
        states.append(y)
        results.append(row)
        total = total + term
    order = slice(None, None, -1) if backwards else slice(None)
    return tf.stack(states[order]), tf.stack(results[order]), total


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("kind", ["numbers", "arrays", "Python"])
def test_a_loop_is_what_it_is_written_out_and_so_are_its_derivatives(kind: str, backwards: bool) -> None:
    one = big_step if kind == "arrays" else step
    y, u, a = tf.constant(np.array([0.3, 0.8])), np.linspace(0.1, 0.5, 8).reshape(4, 2), np.array([1.2, 0.7])
    rows, a = tf.constant(u), tf.constant(a if kind != "arrays" else a[None])
    body = Body(one, None if kind == "Python" else [y, rows[0], a])
    if kind != "Python":
        assert (body.numbers is not None) == (kind == "numbers")

    def looped(y: Any, rows: Any, a: Any) -> Any:
        return Loop(body, Layout(1, 1, 1), 4, backwards).record([y, rows, a])

    def weighed(results: Any) -> Any:
        states, found, total = results
        return tf.reduce_sum(states * [[1.0, 2.0]] * states) + tf.reduce_sum(found**3) + total * total

    for found, expected in zip(looped(y, rows, a), by_hand(one, y, rows, a, backwards), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-14)

    def by_loop(y: Any, rows: Any, a: Any) -> Any:
        return weighed(looped(y, rows, a))

    def written_out(y: Any, rows: Any, a: Any) -> Any:
        return weighed(by_hand(one, y, rows, a, backwards))

    points = (y, rows, a)
    for made in (
        lambda f: tf.grad(f, (0, 1, 2))(*points),
        lambda f: tf.jvp(f, points, points)[1],
        lambda f: tf.hvp(lambda a: f(y, rows, a), a, a),
        lambda f: tf.hessian(lambda y: f(y, rows, a))(y),
        lambda f: tf.grad(lambda a: tf.reduce_sum(tf.grad(lambda y: f(y, rows, a))(y) ** 2))(a),
    ):
        for found, expected in zip(tf.nest.flatten(made(by_loop)), tf.nest.flatten(made(written_out)), strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_an_embedded_function_has_derivatives_of_every_order_in_programs() -> None:
    embedded = Embedded(lambda x: [tf.sin(x[0]) * x[1], tf.reduce_sum(tf.cast(x[0], tf.float32))])

    def f(x: Any) -> Any:
        first, second = embedded([x, tf.exp(x)])
        assert (first.dtype, second.dtype) == (tf.float64, tf.float32)
        return tf.reduce_sum(first) + tf.cast(second, tf.float64)

    def plain(x: Any) -> Any:
        return tf.reduce_sum(tf.sin(x) * tf.exp(x)) + tf.cast(tf.reduce_sum(tf.cast(x, tf.float32)), tf.float64)

    slope, expected = tf.function(tf.grad(f)), tf.grad(plain)
    for values in ([0.3, 0.7], [0.1, -0.2]):
        x = tf.constant(np.array(values))
        np.testing.assert_allclose(slope(x), expected(x), rtol=1e-6)
        np.testing.assert_allclose(tf.function(tf.hessian(f))(x), tf.hessian(plain)(x), rtol=1e-6)
    assert slope.trace_count == 1


def test_fingerprints_tell_programs_apart_by_what_they_compute() -> None:
    x = [_core.to_tensor(np.ones(2))]

    def mark(f: Any) -> Any:
        return fingerprint(closed_program(f, x)[0])

    same = [mark(lambda x: [x[0][::-1] * 3.0]) for _ in range(2)]
    assert same[0] == same[1]
    assert hash(same[0]) == hash(same[1])
    others = [lambda x: [x[0][::-1] * 4.0], lambda x: [x[0][:1] * 3.0], lambda x: [x[0][::-1] / 3.0], lambda x: [x[0]]]
    assert len({mark(f) for f in others} | set(same)) == 5
