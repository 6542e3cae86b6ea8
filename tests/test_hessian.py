"""A tape's hvp and hessian: second derivatives from one recording, against those of nested tapes.

The gradient is appended to what the tape holds, swept in its turn and cut off again, so what is checked beside the
numbers is that nothing of it stays: not in later gradients, not in memory.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from test_memory import growth


def nested(f: Callable[..., Any], sources: list[Any]) -> list[list[np.ndarray]]:
    """The blocks of the Hessian by a tape around a tape."""
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(sources)
        with tf.GradientTape() as inner:
            inner.watch(sources)
            y = f(*sources)
        gradients = inner.gradient(y, sources, unconnected_gradients="zero")
    return [
        [block.numpy() for block in outer.jacobian(g, sources, unconnected_gradients="zero", mode="reverse")]
        for g in gradients
    ]


def followed(f: Callable[..., Any], sources: list[Any], persistent: bool = True) -> tuple[Any, Any]:
    with tf.GradientTape(persistent=persistent) as tape:
        tape.watch(sources)
        y = f(*sources)
    return tape, y


def product(row: list[np.ndarray], vectors: list[np.ndarray]) -> Any:
    return sum(np.tensordot(block, v, np.ndim(v)) for block, v in zip(row, vectors, strict=True))


def network(x: Any, w: Any, b: Any) -> Any:
    return tf.reduce_mean(tf.tanh(x @ w + b) ** 2)


LABELS = np.array([[0.2, 0.3, 0.5], [0.6, 0.4, 0.0]])
FUNCTIONS = {
    "cubes": (lambda x: tf.reduce_sum(x**3), [(4,)]),
    "scalars": (lambda x, y: tf.sin(x) * y * y, [(), ()]),
    "scalar and array": (lambda x, y: tf.reduce_sum(tf.exp(x) * y**2), [(), (3,)]),
    "network": (network, [(4, 3), (3, 2), (2,)]),
    "softmax": (lambda x, w: tf.reduce_sum(tf.nn.softmax(x @ w) ** 2), [(2, 3), (3, 3)]),
    "log_softmax": (lambda x: tf.reduce_sum(tf.nn.log_softmax(x) ** 2), [(2, 3)]),
    "cross-entropy": (
        lambda x: tf.reduce_sum(tf.nn.softmax_cross_entropy_with_logits(LABELS, x) ** 2),
        [(2, 3)],
    ),
    "einsum": (lambda x, y: tf.reduce_sum(tf.einsum("ij,jk->ik", x * x, y) ** 2), [(2, 3), (3, 2)]),
    "concat": (lambda x, y: tf.reduce_prod(tf.concat([x, y * y, x], 0)), [(2,), (3,)]),
    "stack": (lambda x, y: tf.reduce_sum(tf.stack([x, y, x * y]) ** 3), [(2,), (2,)]),
    "reduce_max": (lambda x: tf.reduce_sum(tf.reduce_max(x, axis=1) ** 3), [(3, 4)]),
    "logsumexp": (lambda x: tf.reduce_logsumexp(x) ** 2, [(2, 3)]),
    "slices": (lambda x: x[0] * x[1] ** 2 + tf.reduce_sum(x[1:] * x[:-1]), [(4,)]),
    "gather": (lambda x: tf.reduce_sum(tf.gather(x, [0, 2, 0]) ** 3), [(3,)]),
    "where": (lambda x, y: tf.reduce_sum(tf.where(x > y, x**3, x * y * y)), [(5,), (5,)]),
    "cumsum": (lambda x: tf.reduce_sum(tf.cumsum(x) ** 3), [(4,)]),
}
every_function = pytest.mark.parametrize(("f", "shapes"), FUNCTIONS.values(), ids=FUNCTIONS)


# -- Against nested tapes -------------------------------------------------------------------------------------------


@every_function
@pytest.mark.parametrize("inside", [False, True], ids=["after the block", "inside the block"])
def test_blocks_and_products_are_those_of_nested_tapes(
    f: Any, shapes: Any, inside: bool, rng: np.random.Generator
) -> None:
    sources = [tf.constant(rng.normal(size=shape)) for shape in shapes]
    vectors = [rng.normal(size=shape) for shape in shapes]
    expected = nested(f, sources)

    def compare(tape: Any, y: Any) -> None:
        for _ in range(2):
            blocks = tape.hessian(y, sources)
            for row, wanted in zip(blocks, expected, strict=True):
                for block, other in zip(row, wanted, strict=True):
                    np.testing.assert_allclose(block.numpy(), other, rtol=1e-9, atol=1e-11)
            for found, row in zip(tape.hvp(y, sources, vectors), expected, strict=True):
                np.testing.assert_allclose(found.numpy(), product(row, vectors), rtol=1e-9, atol=1e-11)

    if inside:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(sources)
            y = f(*sources)
            compare(tape, y)
    else:
        compare(*followed(f, sources))


@every_function
def test_a_third_derivative_passes_through(f: Any, shapes: Any, rng: np.random.Generator) -> None:
    """An outer tape differentiates the products of an inner tape's hvp, and accumulators push them forward."""
    sources = [tf.constant(rng.normal(size=shape)) for shape in shapes]
    vectors, weights = ([tf.constant(rng.normal(size=shape)) for shape in shapes] for _ in range(2))

    with tf.GradientTape() as outer:
        outer.watch(sources)
        tape, y = followed(f, sources, persistent=False)
        products = tape.hvp(y, sources, vectors)
    found = outer.gradient(products, sources, output_gradients=weights, unconnected_gradients="zero")

    with tf.GradientTape() as outermost:
        outermost.watch(sources)
        with tf.GradientTape() as outer:
            outer.watch(sources)
            tape, y = followed(f, sources, persistent=False)
            gradients = tape.gradient(y, sources, unconnected_gradients="zero")
        products = outer.gradient(gradients, sources, output_gradients=vectors, unconnected_gradients="zero")
    expected = outermost.gradient(products, sources, output_gradients=weights, unconnected_gradients="zero")
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-10)

    with tf.autodiff.ForwardAccumulator(sources, weights) as accumulator:
        tape, y = followed(f, sources, persistent=False)
        products = tape.hvp(y, sources, vectors)
    for one, other in zip(accumulator.jvp(products, unconnected_gradients="zero"), expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-10)


def test_a_hessian_within_an_outer_tape_is_differentiable() -> None:
    x = tf.constant([1.0, 2.0], dtype=tf.float64)
    with tf.GradientTape() as outer:
        outer.watch(x)
        tape, y = followed(lambda x: tf.reduce_sum(x**4) + x[0] ** 2 * x[1], [x], persistent=False)
        hessian = tape.hessian(y, x)
    np.testing.assert_array_equal(hessian, [[12.0 + 4.0, 2.0], [2.0, 48.0]])
    third = outer.jacobian(hessian, x)
    np.testing.assert_array_equal(third, [[[24.0, 2.0], [2.0, 0.0]], [[2.0, 0.0], [0.0, 48.0]]])


def test_the_inside_of_an_own_persistent_block_is_recorded_there() -> None:
    x = tf.constant([1.0, 2.0], dtype=tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.reduce_sum(x**4)
        products = tape.hvp(y, x, [1.0, 1.0])
        hessian = tape.hessian(y, x)
        z = tf.reduce_sum(products * x)
    np.testing.assert_array_equal(tape.gradient(products, x), [24.0, 48.0])
    np.testing.assert_array_equal(tape.gradient(hessian, x), [24.0, 48.0])
    np.testing.assert_array_equal(tape.gradient(z, x), [36.0, 144.0])
    np.testing.assert_array_equal(tape.hvp(z, x, [1.0, 1.0]), [72.0, 144.0])
    np.testing.assert_array_equal(tape.gradient(y, x), [4.0, 32.0])


# -- Structures, variables, what is unconnected -----------------------------------------------------------------------


def test_products_and_blocks_have_the_structure_of_the_sources() -> None:
    w, b = tf.Variable([1.0, 2.0]), tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(w**2) * b
    sources = {"w": w, "rest": (b,)}
    found = tape.hvp(y, sources, {"w": np.array([1.0, 0.0]), "rest": (1.0,)})
    np.testing.assert_array_equal(found["w"], [2.0 * 3.0 + 2.0, 4.0])
    assert found["rest"][0].numpy() == 2.0
    blocks = tape.hessian(y, sources)
    np.testing.assert_array_equal(blocks["w"]["w"], 6.0 * np.eye(2))
    np.testing.assert_array_equal(blocks["w"]["rest"][0], [2.0, 4.0])
    np.testing.assert_array_equal(blocks["rest"][0]["w"], [2.0, 4.0])
    assert blocks["rest"][0]["rest"][0].numpy() == 0.0
    assert isinstance(blocks["rest"], tuple)


def test_a_variable_read_before_and_after_it_is_assigned() -> None:
    v = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = v * v
        v.assign(5.0)
        y = y * v * v
    # d/dv of both reads: (a b)**2 along a and b at once.
    assert tape.hessian(y, v).numpy() == 2 * 25 + 2 * 4 + 2 * (4 * 2 * 5)
    assert tape.hvp(y, v, 1.0).numpy() == tape.hessian(y, v).numpy()


def test_a_linear_function_has_zeros_or_none_on_request() -> None:
    x, unused = tf.constant([1.0, 2.0]), tf.constant(3.0)
    tape, y = followed(lambda x, _: tf.reduce_sum(x * 2.0), [x, unused])
    np.testing.assert_array_equal(tape.hvp(y, x, [1.0, 1.0]), [0.0, 0.0])
    np.testing.assert_array_equal(tape.hessian(y, x), np.zeros((2, 2)))
    blocks = tape.hessian(y, [x, unused])
    assert [[block.shape for block in row] for row in blocks] == [[(2, 2), (2,)], [(2,), ()]]
    none = tf.UnconnectedGradients.NONE
    assert tape.hvp(y, x, [1.0, 1.0], unconnected_gradients=none) is None
    assert tape.hvp(y, [x, unused], [x, unused], "none") == [None, None]
    assert tape.hessian(y, [x, unused], unconnected_gradients="none") == [[None, None], [None, None]]
    with pytest.raises(ValueError, match="Unknown value for unconnected_gradients"):
        tape.hvp(y, x, [1.0, 1.0], unconnected_gradients="nothing")


def test_the_product_with_a_table_is_a_tensor_though_its_gradient_names_rows() -> None:
    table = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(tf.gather(table, [0, 0, 2]) ** 3)
    assert isinstance(tape.gradient(y, table), tf.IndexedSlices)
    found = tape.hvp(y, table, np.ones((3, 2)))
    assert isinstance(found, tf.Tensor)
    np.testing.assert_array_equal(found, [[12.0, 24.0], [0.0, 0.0], [30.0, 36.0]])
    np.testing.assert_array_equal(np.sum(tape.hessian(y, table).numpy(), axis=(2, 3)), found)


def test_float32_stays_float32() -> None:
    x = tf.constant([1.0, 2.0])
    tape, y = followed(lambda x: tf.reduce_sum(x**3), [x])
    assert tape.hvp(y, x, np.array([1.0, 1.0])).dtype == np.float32
    assert tape.hessian(y, x).dtype == np.float32


def test_a_hessian_in_chunks_is_the_same(rng: np.random.Generator) -> None:
    x = tf.constant(rng.normal(size=7))
    tape, y = followed(lambda x: tf.reduce_prod(x) * tf.reduce_sum(tf.sin(x)), [x])
    whole = tape.hessian(y, x).numpy()
    for size in (1, 3, 7, 100):
        np.testing.assert_allclose(tape.hessian(y, x, chunk_size=size), whole, rtol=1e-13)
    with pytest.raises(ValueError, match="chunk_size must be at least 1, not 0"):
        tape.hessian(y, x, chunk_size=0)


# -- What is refused ------------------------------------------------------------------------------------------------


def test_a_target_that_is_not_a_scalar_is_refused_and_the_tape_is_as_it_was() -> None:
    x = tf.constant([1.0, 2.0])
    tape, y = followed(lambda x: x**3, [x], persistent=False)
    for ask in (lambda: tape.hvp(y, x, [1.0, 1.0]), lambda: tape.hessian(y, x)):
        with pytest.raises(
            ValueError, match=r"must be a scalar; this one has shape \(2,\): reduce it, as in reduce_sum"
        ):
            ask()
    np.testing.assert_array_equal(tape.gradient(y, x), [3.0, 12.0])


@pytest.mark.parametrize(
    ("sources", "vector", "error", "text"),
    [
        (lambda x: x, 1.0, ValueError, r"the vector for a source of shape \(2,\) has shape \(\); they must be equal"),
        (lambda x: [x], [], ValueError, "vector must have the structure of the source"),
        (lambda x: {"x": x}, {"y": np.ones(2)}, ValueError, "vector must have the structure of the source"),
        (lambda x: x, "text", TypeError, "neither a number nor an array of numbers"),
        (lambda x: 3.0, 1.0, TypeError, "sources must be tensors or variables, not float"),
    ],
)
def test_a_wrong_vector_is_refused_and_the_tape_is_as_it_was(sources: Any, vector: Any, error: Any, text: str) -> None:
    x = tf.constant([1.0, 2.0])
    tape, y = followed(lambda x: tf.reduce_sum(x**3), [x], persistent=False)
    with pytest.raises(error, match=text):
        tape.hvp(y, sources(x), vector)
    np.testing.assert_array_equal(tape.hvp(y, x, [1.0, 1.0]), [6.0, 12.0])


def test_a_tape_gives_one_second_derivative_unless_persistent() -> None:
    x = tf.constant([1.0, 2.0])
    for ask in (lambda tape, y: tape.hvp(y, x, [1.0, 1.0]), lambda tape, y: tape.hessian(y, x)):
        tape, y = followed(lambda x: tf.reduce_sum(x**3), [x], persistent=False)
        ask(tape, y)
        for again in (ask, lambda tape, y: tape.gradient(y, x)):
            with pytest.raises(RuntimeError, match="can only be used to compute one set of gradients"):
                again(tape, y)
    with pytest.raises(RuntimeError, match="this tape has recorded nothing"):
        tf.GradientTape().hessian(y, x)


def test_a_hessian_too_large_for_memory_says_how_many_bytes() -> None:
    x = tf.Variable(np.zeros(1_500_000))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(x * x)
    with pytest.raises(MemoryError, match=rf"{1_500_000**2 * 8} bytes.*hvp for its products"):
        tape.hessian(y, x)
    np.testing.assert_array_equal(tape.hvp(y, x, np.ones(1_500_000))[:2], [2.0, 2.0])


@pytest.mark.parametrize("persistent", [False, True])
def test_an_op_without_a_derivative_is_named_and_the_tape_goes_on(persistent: bool) -> None:
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent) as tape:
        tape.watch(x)
        y = tf.reduce_sum(np.spacing(x))
        z = tf.reduce_sum(x * x)
    for _ in range(2):
        with pytest.raises(LookupError, match="spacing"):
            tape.hvp(y, x, [1.0, 1.0])
        with pytest.raises(LookupError, match="spacing"):
            tape.hessian(y, x)
    np.testing.assert_array_equal(tape.hvp(z, x, [1.0, 1.0]), [2.0, 2.0])
    if persistent:
        np.testing.assert_array_equal(tape.gradient(z, x), [2.0, 4.0])


# -- Nothing of it stays --------------------------------------------------------------------------------------------


@every_function
def test_a_persistent_tapes_later_gradients_are_what_they_were(f: Any, shapes: Any, rng: np.random.Generator) -> None:
    sources = [tf.constant(rng.normal(size=shape)) for shape in shapes]
    tape, y = followed(f, sources)
    before = [g.numpy() for g in tape.gradient(y, sources, unconnected_gradients="zero")]
    rows = [j.numpy() for j in tape.jacobian(y, sources, unconnected_gradients="zero")]
    for _ in range(3):
        tape.hvp(y, sources, sources)
        tape.hessian(y, sources)
        for found, kept in zip(tape.gradient(y, sources, unconnected_gradients="zero"), before, strict=True):
            np.testing.assert_array_equal(found, kept)
        for found, kept in zip(tape.jacobian(y, sources, unconnected_gradients="zero"), rows, strict=True):
            np.testing.assert_array_equal(found, kept)
        pushed = tape.jvp(y, sources, [np.ones(shape) for shape in shapes], unconnected_gradients="zero")
        np.testing.assert_allclose(pushed, sum(np.sum(kept) for kept in before), rtol=1e-9, atol=1e-11)


def test_what_is_recorded_after_a_product_is_followed_rightly() -> None:
    x = tf.constant([1.0, 2.0], dtype=tf.float64)
    tape, y = followed(lambda x: tf.reduce_sum(x**3), [x])
    for _ in range(3):
        tape.hvp(y, x, [1.0, 1.0])
        with tape:
            z = tf.reduce_sum(x * x) * y
        np.testing.assert_array_equal(tape.gradient(z, x), 2 * x * 9.0 + 5.0 * 3 * x * x)
        np.testing.assert_array_equal(tape.hvp(y, x, [1.0, 1.0]), [6.0, 12.0])


def test_a_product_outlives_its_tape_and_shares_no_memory() -> None:
    values = np.array([1.0, 2.0])
    x, vector = tf.constant(values), np.array([1.0, 1.0])
    tape, y = followed(lambda x: tf.reduce_sum(x**3), [x])
    products = [tape.hvp(y, x, vector), tape.hvp(y, x, tf.constant(vector)), tape.hessian(y, x)]
    del tape, y
    gc.collect()
    arrays = [np.asarray(product) for product in products]
    for k, array in enumerate(arrays):
        assert not any(np.shares_memory(array, other) for other in [*arrays[:k], values, vector, np.asarray(x)])
    np.testing.assert_array_equal(arrays[0], [6.0, 12.0])
    np.testing.assert_array_equal(arrays[1], [6.0, 12.0])
    np.testing.assert_array_equal(vector, [1.0, 1.0])


SOURCE, VECTOR = tf.Variable([0.5, 1.5, -1.0]), np.ones(3)


@pytest.mark.parametrize(
    ("f", "steps"),
    [
        (lambda x: tf.reduce_sum(tf.sin(x) * x), 20_000),
        (lambda x: x[0] * x[1], 20_000),
        (lambda x: tf.reduce_sum(tf.nn.softmax(x) ** 2), 5_000),
        (lambda x: tf.reduce_sum(tf.concat([x, x * x], 0) ** 2), 5_000),
    ],
    ids=["elementwise", "slices", "softmax", "concat"],
)
def test_many_products_of_one_tape_do_not_grow(f: Any, steps: int) -> None:
    with tf.GradientTape(persistent=True) as tape:
        y = f(SOURCE)
    gc.collect()
    gc.disable()
    try:
        assert growth(lambda: tape.hvp(y, SOURCE, VECTOR), steps) < max(24 * steps, 512 * 1024)
        assert growth(lambda: tape.hessian(y, SOURCE), steps // 10) < 512 * 1024
        gc.collect()
        tape.hvp(y, SOURCE, VECTOR)
        tape.hessian(y, SOURCE)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_many_failing_products_of_one_tape_do_not_grow() -> None:
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(np.spacing(SOURCE) * tf.exp(SOURCE))

    def step() -> None:
        with pytest.raises(LookupError):
            tape.hvp(y, SOURCE, VECTOR)

    assert growth(step, 3_000) < 512 * 1024
