"""`vectorize`: a function of one example, applied to many. `test_vectorized_rows.py` goes through the op table."""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.programs.function import Function

N = 5
RNG = np.random.default_rng(11)
VECTORS = RNG.normal(size=(N, 4))
MATRICES = RNG.normal(size=(N, 3, 4))
LABELS = np.array([0, 3, 1, 1, 2])
PAIRS = RNG.integers(-3, 3, (N, 2))
SPREAD = MATRICES[:, :, :3] @ MATRICES[:, :, :3].swapaxes(1, 2) + np.eye(3)


def looped(f: Callable[..., Any], *arrays: np.ndarray) -> np.ndarray:
    """One example after the other."""
    return np.stack([np.asarray(f(*[tf.constant(x[i]) for x in arrays])) for i in range(len(arrays[0]))])


def check(f: Callable[..., Any], *arrays: np.ndarray) -> None:
    """Values and gradients are a loop's, in a second call with other values, too."""
    loss = tf.grad(lambda *x: tf.reduce_sum(f(*x) ** 2))
    many, slopes = tf.vectorize(f), tf.vectorize(loss)
    for operands in (arrays, [np.roll(x, 2, 0) for x in arrays]):
        tensors = [tf.constant(x) for x in operands]
        np.testing.assert_allclose(many(*tensors), looped(f, *operands), rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(slopes(*tensors), looped(loss, *operands), rtol=1e-11, atol=1e-13)


TABLE = RNG.normal(size=(6, 3))
LINEAR = np.array([1.0, -2.0, 0.5, 3.0])


@pytest.mark.parametrize(
    ("f", "arrays"),
    [
        (lambda x, k: x[k], (VECTORS, LABELS)),
        (lambda x, k: x[-k], (VECTORS, LABELS)),
        (lambda x, k: x[k], (MATRICES, PAIRS)),
        (lambda x, k: x[:, k], (MATRICES, PAIRS)),
        (lambda x, k: x[1:, k], (MATRICES, PAIRS)),
        (lambda x, k: x[..., k], (MATRICES, PAIRS)),
        (lambda x, k: x[k, :, None], (MATRICES, PAIRS)),
        (lambda x, k: x[None, k], (MATRICES, PAIRS)),
        (lambda x, k: x[1, k], (MATRICES, PAIRS)),
        (lambda x, k: x[None][:, k, :, None][:, :, 1], (MATRICES, PAIRS)),
        (lambda x, k: x[k[0], k], (MATRICES, PAIRS)),
        (lambda x, k: (x[None] * x[:2, None])[k[:, None], :, k], (MATRICES, PAIRS % 2)),
        (lambda x, k: (x[None] * x[:2, None])[:, k, k], (MATRICES, PAIRS)),
        (lambda x, k: x[np.array([True, False, True]), k], (MATRICES, PAIRS)),
        (lambda x, k: tf.gather(x, k), (MATRICES, PAIRS)),
        (lambda x, k: tf.gather(x, [2, 0]) * tf.gather(x, k, axis=1)[:2, :1], (MATRICES, PAIRS)),
        (lambda x, k: tf.gather(TABLE, k) * x[:2, :3], (MATRICES, PAIRS)),
        (lambda x, k: tf.constant(TABLE)[:, k] * x[0, 0], (MATRICES, PAIRS)),
        (lambda x, k: tf.nn.embedding_lookup(TABLE, k) * x[0, 0], (MATRICES, PAIRS % 3)),
        (lambda x, k: tf.one_hot(k, 3, dtype=tf.float64) * x[:2, :3], (MATRICES, PAIRS)),
        (lambda x, k: tf.one_hot(k, 2, axis=0, dtype=tf.float64) * x[:2, :2], (MATRICES, PAIRS)),
        (lambda x, k: x.at[k].set(2.0 * x[:2]), (MATRICES, PAIRS % 3)),
        (lambda x, k: x.at[:, k].add(x[:, :2] ** 2), (MATRICES, PAIRS)),
        (lambda x, k: tf.tensor_scatter_nd_update(x, k[:, None], x[1:] ** 2), (MATRICES, PAIRS % 3)),
        (lambda x, k: tf.tensor_scatter_nd_add(x, k[:, None], x[1:] ** 2), (MATRICES, PAIRS % 3)),
        (lambda x, k: tf.tensor_scatter_nd_max(x, k[:, None], x[1:] ** 2), (MATRICES, PAIRS % 3)),
        (lambda x, k: tf.math.unsorted_segment_sum(x[:2], k, 3), (MATRICES, PAIRS % 3)),
        (lambda x, k: tf.nn.sparse_softmax_cross_entropy_with_logits(k, x), (VECTORS, LABELS)),
        (lambda x, k: tf.nn.sparse_softmax_cross_entropy_with_logits(k, x[:2]), (MATRICES, PAIRS % 4)),
    ],
)
def test_examples_have_indices_of_their_own(f: Any, arrays: Any) -> None:
    check(f, *arrays)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (tf.sort, VECTORS),
        (lambda x: tf.sort(x, 0, "DESCENDING"), MATRICES),
        (lambda x: tf.math.top_k(x, 2).values, VECTORS),
        (np.median, VECTORS),
        (lambda x: np.quantile(x, [0.3, 0.5]), VECTORS),
        (lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits([2, 0, 1], x), MATRICES),
        (tf.linalg.inv, SPREAD),
        (tf.linalg.cholesky, SPREAD),
        (tf.linalg.eigvalsh, SPREAD),
        (tf.linalg.logdet, SPREAD),
        (lambda x: tf.linalg.qr(x)[0], SPREAD),
        (lambda x: tf.linalg.solve(x, x + x), SPREAD),
        (lambda x: tf.signal.dct(x, norm="ortho"), VECTORS),
        (lambda x: np.convolve(x, [1.0, 2.0]), VECTORS),
        (lambda x: np.interp(x, [-1.0, 0.0, 2.0], [0.0, 1.0, -1.0]), VECTORS),
    ],
)
def test_sorting_and_linear_algebra(f: Any, x: Any) -> None:
    check(f, x)


def test_what_the_examples_share_is_looked_up_by_each() -> None:
    x, k = tf.constant(TABLE), tf.constant(PAIRS)
    np.testing.assert_array_equal(tf.vectorize(tf.gather, (None, 0))(x, k), TABLE[PAIRS])
    np.testing.assert_array_equal(tf.vectorize(lambda x, k: x[k], (None, 0))(x, k), TABLE[PAIRS])
    np.testing.assert_array_equal(tf.vectorize(lambda x, k: x[:, k], (None, 0))(x, k), TABLE[:, PAIRS].swapaxes(0, 1))
    np.testing.assert_array_equal(tf.vectorize(tf.gather, (0, None))(tf.constant(MATRICES), 1), MATRICES[:, 1])
    loss = tf.vectorize(lambda k, x: tf.nn.sparse_softmax_cross_entropy_with_logits(k, x), (None, 0))
    labels = tf.constant([1, 0, 3])
    each = [tf.nn.sparse_softmax_cross_entropy_with_logits(labels, tf.constant(one)) for one in MATRICES]
    np.testing.assert_allclose(loss(labels, tf.constant(MATRICES)), each)


def test_an_op_of_the_users_own_is_run_on_one_example_after_the_other() -> None:
    middle = tf.general_op("middle_of_three", lambda x: np.sort(x)[1:2], lambda g, y, x: g * (x == y))
    turned = tf.linear_op("turned", lambda x: x[::-1].copy(), lambda g: g[::-1].copy())
    for f in (middle, turned, lambda x: middle(turned(x) * x)):
        check(f, VECTORS[:, :3])
    many = RNG.normal(size=(5000, 3))
    np.testing.assert_array_equal(tf.vectorize(middle)(tf.constant(many)), np.sort(many)[:, 1:2])
    slopes = tf.vectorize(tf.grad(lambda x: tf.reduce_sum(middle(x) ** 2)))(tf.constant(many))
    np.testing.assert_array_equal(slopes, np.where(many == np.sort(many)[:, 1:2], 2.0 * many, 0.0))


# -- Arguments and results ----------------------------------------------------------------------------------------


def test_variables_arrays_and_buffers_have_examples() -> None:
    v = tf.Variable(VECTORS)
    norm = tf.vectorize(lambda x: tf.reduce_sum(x * x))
    expected = (VECTORS**2).sum(axis=1)
    for given in (v, VECTORS, tf.buffer(VECTORS), tf.constant(VECTORS)):
        np.testing.assert_allclose(norm(given), expected)
    np.testing.assert_allclose(tf.vmap(tf.grad(lambda x: tf.reduce_sum(x**3)))(v), 3.0 * VECTORS**2)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(norm(v))
    np.testing.assert_allclose(tape.gradient(y, v), 2.0 * VECTORS)
    v.assign(2.0 * VECTORS)
    np.testing.assert_allclose(norm(v), 4.0 * expected)


def test_a_variable_that_the_examples_share_is_that_variable() -> None:
    v = tf.Variable([2.0, 3.0])
    scaled = tf.vectorize(lambda x, w: x * w.read_value(), (0, None))
    x = tf.constant([[1.0, 1.0], [2.0, 2.0]])
    with tf.GradientTape() as tape:
        y = scaled(x, v)
    np.testing.assert_array_equal(y, [[2.0, 3.0], [4.0, 6.0]])
    np.testing.assert_array_equal(tape.gradient(y, v), [3.0, 3.0])
    v.assign([1.0, 0.0])
    np.testing.assert_array_equal(scaled(x, v), [[1.0, 0.0], [2.0, 0.0]])


def test_in_axes_may_be_given_for_parts_of_an_argument() -> None:
    def f(pair: Any, by: Any) -> Any:
        return pair["a"] * pair["b"][0] + pair["b"][1] + by

    a, b, c = RNG.normal(size=(3, N)), RNG.normal(size=(N, 3)), RNG.normal(size=3)
    expected = (a.T * b + c) + np.arange(N)[:, None]
    for axes in ({"a": -1, "b": (0, None)}, {"a": 1, "b": [0, None]}):
        found = tf.vectorize(f, in_axes=(axes, 0))({"a": a, "b": (b, c)}, np.arange(N))
        np.testing.assert_allclose(found, expected)
    found = tf.vectorize(f, in_axes=({"a": 0, "b": 0}, None))({"a": a.T, "b": (b, b)}, 1.0)
    np.testing.assert_allclose(found, a.T * b + b + 1.0)
    found = tf.vectorize(f, in_axes=(0, None))({"a": a.T, "b": (b, b)}, by := 2.0)
    np.testing.assert_allclose(found, a.T * b + b + by)


def test_results_have_the_axis_where_it_is_wanted() -> None:
    def f(x: Any) -> Any:
        return {"twice": 2.0 * x, "parts": (tf.reduce_sum(x), tf.constant([1.0, 2.0]))}

    x = tf.constant(MATRICES)
    found = tf.vectorize(f, out_axes={"twice": -1, "parts": (0, None)})(x)
    np.testing.assert_array_equal(found["twice"], 2.0 * MATRICES.transpose(1, 2, 0))
    np.testing.assert_allclose(found["parts"][0], MATRICES.sum(axis=(1, 2)))
    np.testing.assert_array_equal(found["parts"][1], [1.0, 2.0])
    found = tf.vectorize(f, out_axes={"twice": 1, "parts": -1})(x)
    np.testing.assert_array_equal(found["twice"], 2.0 * MATRICES.transpose(1, 0, 2))
    np.testing.assert_array_equal(found["parts"][1], np.repeat([[1.0], [2.0]], N, axis=1))
    np.testing.assert_array_equal(tf.vectorize(lambda x: x, 1, -2)(x), MATRICES.transpose(0, 1, 2))


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: tf.vectorize(3.0), TypeError, "a function is needed, not float"),
        (lambda: tf.vectorize(tf.sin, in_axes=(0, 0))(VECTORS), ValueError, "2 entries for 1 positional arguments"),
        (lambda: tf.vectorize(tf.sin, in_axes=2)(VECTORS), ValueError, r"shape \(5, 4\) has no axis 2 of examples"),
        (lambda: tf.vectorize(tf.sin, in_axes=0.5)(VECTORS), TypeError, "in_axes has integers, None and structures"),
        (lambda: tf.vectorize(tf.sin, in_axes=None)(VECTORS), ValueError, "no argument has an axis of examples"),
        (lambda: tf.vectorize(tf.sin)(1.0), ValueError, "no argument has an axis of examples"),
        (
            lambda: tf.vectorize(lambda x: x["a"], in_axes=({"b": 0},))({"a": VECTORS}),
            ValueError,
            r"in_axes \{'b': 0\} does not fit the structure \{'a': \.\}",
        ),
        (
            lambda: tf.vectorize(lambda x: x[0], in_axes=((0, 0, 0),))((VECTORS, [VECTORS])),
            ValueError,
            r"in_axes \(0, 0, 0\) does not fit the structure \(\., \[\.\]\)",
        ),
        (lambda: tf.vectorize(tf.add)(VECTORS, LABELS[:2]), ValueError, "5 in argument 0, 2 in argument 1"),
        (lambda: tf.vectorize(tf.sin, out_axes=2)(VECTORS), ValueError, r"out_axes=2 is no axis of a result of shape"),
        (lambda: tf.vectorize(tf.sin, out_axes=(0, 0))(VECTORS), ValueError, "out_axes .* does not fit the structure"),
        (lambda: tf.vectorize(tf.sin, out_axes=None)(VECTORS), ValueError, "None for a result that differs between"),
        (
            lambda: tf.vectorize(lambda x: x)(tf.IndexedSlices(tf.constant([[1.0]]), tf.constant([0]), (2, 1))),
            TypeError,
            "IndexedSlices have no axis of examples",
        ),
        (
            lambda: tf.vectorize(lambda x: x[:2] if x[0] > 0.0 else x)(VECTORS),
            ValueError,
            r"results of different shapes: \(2,\), \(4,\)",
        ),
        (
            lambda: tf.vectorize(lambda x: (x, x) if x[0] > 0.0 else x)(VECTORS),
            ValueError,
            "results of different structures",
        ),
    ],
)
def test_errors_say_what_does_not_fit(call: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()


def test_of_no_examples_the_results_are_empty() -> None:
    w = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    x = tf.Variable(np.ones((0, 3), np.float32))
    with tf.GradientTape() as tape:
        y, label, fixed = tf.vectorize(lambda x: (x @ w, tf.argmax(x), 2.0))(x)
    assert (tuple(y.shape), y.dtype) == ((0, 2), np.float32)
    assert (tuple(label.shape), label.dtype) == ((0,), np.int64)
    assert tuple(fixed.shape) == (0,)
    to_x, to_w = tape.gradient(y, [x, w])
    np.testing.assert_array_equal(to_x, np.zeros((0, 3)))
    np.testing.assert_array_equal(to_w, np.zeros((3, 2)))
    assert tuple(tf.vectorize(tf.transpose, 1, -1)(tf.ones([3, 0, 4])).shape) == (4, 3, 0)
    assert tuple(tf.vectorized_map(lambda i: tf.gather([1.0, 2.0], i), np.zeros((0,), int)).shape) == (0,)
    tf.random.set_seed(1)
    tf.vectorize(lambda x: x + tf.random.uniform([]))(tf.ones([0]))
    drawn = tf.random.uniform([2])
    tf.random.set_seed(1)
    np.testing.assert_array_equal(drawn, tf.random.uniform([2]))


def test_of_no_examples_nothing_is_assigned() -> None:
    v = tf.Variable(2.0)
    many = tf.vectorize(lambda x: v.assign_add(x) * tf.constant([1.0, 2.0]))
    for n in (0, 2, 0):
        assert tuple(many(tf.ones([n])).shape) == (n, 2)
    assert float(v) == 4.0
    refused = pytest.raises(ValueError, match=r"cannot be run on one that is made up, .* it cannot be recorded")
    with pytest.warns(UserWarning, match="it creates variables at each call"), refused:
        tf.vectorize(lambda x: tf.Variable(x) * x)(tf.ones([0]))


def test_of_no_examples_a_function_that_fails_for_a_made_up_one_says_so() -> None:
    def f(x: Any) -> Any:
        if x[0] == 1.0:
            raise ArithmeticError("not for ones")
        return x

    with pytest.raises(
        ValueError,
        match=r"there are no examples, and the function cannot be run on one that is made up.*"
        "ArithmeticError: not for ones",
    ):
        tf.vectorize(f)(tf.ones([0, 2]))


# -- Looks at values ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("look", [tf.tanh, tf.sin, tf.exp, lambda x: x**1.7, lambda x: tf.math.lgamma(x + 3.0)])
def test_an_example_goes_its_own_way_whatever_the_last_bit_of_what_it_looks_at(look: Any, dtype: Any) -> None:
    def f(x: Any) -> Any:
        return x * x * float(look(x)) if float(look(x)) > 0.5 else -x

    def g(x: Any) -> Any:
        return x * tf.sin(x) if look(x).numpy() > 0.5 else -x

    x = np.abs(RNG.normal(size=12)).astype(dtype)
    ulps = 64 * np.finfo(dtype).eps
    for values in (x, x[::-1].copy(), x + 1):
        tensors = [tf.constant(value) for value in values]
        for of_one in (f, g, tf.grad(g)):
            found = tf.vectorize(of_one)(tf.constant(values))
            np.testing.assert_allclose(found, [of_one(t) for t in tensors], rtol=ulps, atol=ulps)


def test_signs_of_zero_and_nan_go_their_own_way_too() -> None:
    sign = tf.vectorize(lambda x: x * 0.0 + np.copysign(1.0, float(x)))
    np.testing.assert_array_equal(sign(tf.constant([0.0, -0.0, 0.0, -0.0])), [1.0, -1.0, 1.0, -1.0])
    known = tf.vectorize(lambda x: tf.constant(7.0) if np.isnan(float(x)) else x)
    np.testing.assert_array_equal(known(tf.constant([1.0, np.nan, 2.0, np.nan])), [1.0, 7.0, 2.0, 7.0])


def test_where_every_example_looks_at_another_value_python_runs_them_and_nothing_piles_up() -> None:
    def f(x: Any) -> Any:
        return x * float(x)

    many = tf.vectorize(f)
    with pytest.warns(UserWarning, match="a value that Python looks at is another one at each call"):
        for seed in range(3):
            x = np.random.default_rng(seed).normal(size=60)
            np.testing.assert_array_equal(many(tf.constant(x)), x * x)
    assert many._function.trace_count < 30
    v = tf.Variable(np.arange(50.0))
    with tf.GradientTape() as tape, pytest.warns(UserWarning):
        y = tf.vectorize(f)(v)
    np.testing.assert_array_equal(tape.gradient(y, v), np.arange(50.0))


def test_examples_that_take_the_same_path_share_a_program() -> None:
    def f(x: Any, k: Any) -> Any:
        return [x, x * x, tf.sin(x)][int(k)]

    many = tf.vectorize(f)
    x, k = RNG.normal(size=90), RNG.integers(0, 3, 90)
    for order in (k, k[::-1].copy(), np.roll(k, 1)):
        expected = [f(tf.constant(a), b) for a, b in zip(x, order, strict=True)]
        np.testing.assert_allclose(many(tf.constant(x), tf.constant(order)), expected, rtol=1e-14)
    assert many._function.trace_count == 3


def test_a_value_that_is_shared_and_looked_at_is_no_error_either() -> None:
    v = tf.Variable(np.linspace(0.1, 0.9, 7))

    def f(x: Any) -> Any:
        return x * float(tf.reduce_sum(tf.tanh(v) * tf.exp(v)))

    many = tf.vectorize(f)
    for scale in (1.0, 0.7, 1.3):
        v.assign(v * scale)
        np.testing.assert_array_equal(many(tf.constant([1.0, 2.0], tf.float64)), [f(1.0), f(2.0)])


def test_what_is_drawn_to_decide_is_what_the_result_has() -> None:
    def f(x: Any) -> Any:
        u = tf.random.uniform([])
        return x + u if u > 0.5 else x - u

    tf.random.set_seed(3)
    moved = tf.vectorize(f)(tf.zeros([400])).numpy()
    assert np.all((moved > 0.5) | ((moved <= 0.0) & (moved >= -0.5)))
    assert 140 < np.sum(moved > 0.5) < 260


def test_draws_do_not_part_examples_that_look_at_something_else() -> None:
    many = tf.vectorize(lambda x: x + tf.random.uniform([]) if x > 0.0 else x)
    tf.random.set_seed(3)
    found = many(tf.constant([1.0, -1.0, 1.0, -1.0])).numpy()
    assert many._function.trace_count == 2
    np.testing.assert_array_equal(found[1::2], -1.0)
    assert 1.0 < found[0] < 2.0
    assert found[0] != found[2]


# -- What cannot be one program ------------------------------------------------------------------------------------


def test_a_function_that_cannot_be_recorded_is_run_on_one_example_after_the_other() -> None:
    outside = tf.buffer(LINEAR)
    many = tf.vectorize(lambda x: x * outside.value())
    with pytest.warns(UserWarning, match="is run as plain Python.*a buffer from outside"):
        np.testing.assert_array_equal(many(tf.constant(VECTORS)), VECTORS * LINEAR)
    outside[0] = 5.0
    v = tf.Variable(VECTORS)
    with tf.GradientTape() as tape:
        y = many(v)
    np.testing.assert_array_equal(tape.gradient(y, v), np.broadcast_to([5.0, *LINEAR[1:]], (N, 4)))
    reverse = tf.vectorize(lambda x: tf.numpy_function(lambda a: a[::-1].copy(), [x], tf.float64))
    np.testing.assert_array_equal(reverse(tf.constant(VECTORS)), VECTORS[:, ::-1])


def test_jacobians_of_sorted_and_largest_elements_have_each_examples_order() -> None:
    x = np.array([[0.5, 1.25, 0.8], [1.5, -0.4, 0.3]])
    for f in (lambda x: tf.math.top_k(x, 2)[0] ** 2, lambda x: tf.sort(x) ** 2):
        for derivative in (
            tf.jacobian(f),
            tf.hessian(lambda x, f=f: tf.reduce_sum(f(x) * [1.0, 2.0, 3.0][: len(f(x))])),
        ):
            np.testing.assert_array_equal(tf.vectorize(derivative)(x), np.stack([derivative(one) for one in x]))


@pytest.mark.parametrize(
    "chosen",
    [
        lambda x, i: x[i],
        lambda x, i: x[i[0]],
        lambda x, i: x.at[i].set(x[:2] * 2.0),
        lambda x, i: tf.gather(x, i),
        lambda x, i: tf.roll(x, i[1], 0),
        lambda x, i: tf.tensor_scatter_nd_add(x, tf.expand_dims(i, 1), x[:2]),
    ],
)
def test_indices_that_a_recorded_function_has_around_a_vectorized_one_are_read_anew(chosen: Any) -> None:
    recorded = tf.function(lambda x, i: tf.vectorize(lambda s: chosen(x, i) * s)(tf.constant([1.0, 2.0])))
    for x, i in (([0.5, 1.25, 0.8], [2, 0]), ([1.5, -0.4, 0.3], [0, 1])):
        one = chosen(tf.constant(x), np.array(i))
        np.testing.assert_array_equal(recorded(tf.constant(x), tf.constant(i)), tf.stack([one, one * 2.0]))
    assert recorded.trace_count == 1


def test_assignments_within_a_recorded_function_are_its_own() -> None:
    v = tf.Variable(3.0)
    halve = tf.vectorize(lambda x: x * v.assign(v * 0.5))
    recorded = tf.function(lambda x: halve(x) + v)
    np.testing.assert_array_equal(recorded(tf.ones([2])), [2.25, 1.5])
    assert float(v) == 0.75
    v.assign(8.0)
    np.testing.assert_array_equal(recorded(tf.ones([2])), [6.0, 4.0])
    assert float(v) == 2.0
    assert recorded.trace_count == 1


def test_assignments_are_made_one_after_the_other() -> None:
    total = tf.Variable(0.0, dtype=tf.float64)

    def f(x: Any) -> Any:
        if x > 0.0:
            total.assign_add(x)
        return total * x

    x = np.array([-1.0, 2.0, 3.0, -1.0])
    for call in (tf.vectorize(f), tf.function(tf.vectorize(f))):
        total.assign(1.0)
        np.testing.assert_array_equal(call(tf.constant(x)), [-1.0, 6.0, 18.0, -6.0])
        np.testing.assert_array_equal(call(tf.constant(x[:3])), [-6.0, 16.0, 33.0])
        assert float(total) == 11.0
    generator = tf.random.Generator.from_seed(1)
    drawn = tf.vectorize(lambda x: x + generator.uniform([2]))(tf.zeros([3]))
    again = tf.random.Generator.from_seed(1)
    np.testing.assert_array_equal(drawn, [again.uniform([2]) for _ in range(3)])
    with pytest.warns(UserWarning, match="it creates variables at each call"):
        found = tf.vectorize(lambda x: tf.Variable(x) * x)(tf.constant([2.0, 3.0]))
    np.testing.assert_array_equal(found, [4.0, 9.0])


def test_variables_may_be_made_at_the_first_call() -> None:
    layer = tf.keras.layers.Dense(2)
    many = tf.vectorize(lambda x: layer(x[None])[0])
    x = tf.constant(RNG.normal(size=(4, 3)), tf.float32)
    for _ in range(2):
        np.testing.assert_allclose(many(x), layer(x), rtol=1e-6)


def test_tapes_around_follow_rules_of_the_users_own() -> None:
    @tf.custom_gradient
    def clipped(x: Any) -> Any:
        return x * x, lambda g: tf.clip_by_value(g, -1.0, 1.0) * 10.0

    x = tf.Variable([0.5, 2.0, -3.0])
    with tf.GradientTape() as tape:
        y = tf.vectorize(lambda x: clipped(x) * 0.25)(x)
    np.testing.assert_array_equal(y, [0.0625, 1.0, 2.25])
    np.testing.assert_array_equal(tape.gradient(y, x), [2.5, 2.5, 2.5])
    np.testing.assert_array_equal(tf.vectorize(tf.grad(lambda x: clipped(x) * 0.25))(x), [2.5, 2.5, 2.5])


def test_real_and_complex_results_of_several_paths_are_complex() -> None:
    turning, real = np.array([[0.0, -1.0], [1.0, 0.0]]), np.diag([1.0, 2.0])
    found = tf.vectorize(np.linalg.eigvals)(tf.constant(np.stack([real, turning, real])))
    assert found.dtype == np.complex128
    for one, matrix in zip(found.numpy(), (real, turning, real), strict=True):
        np.testing.assert_allclose(np.sort_complex(one), np.sort_complex(np.linalg.eigvals(matrix)))


def test_gradients_by_rows_are_tensors_of_each_example() -> None:
    table = tf.Variable(np.zeros((4, 2)))
    per_example = tf.vectorize(tf.grad(lambda t, k: tf.reduce_sum(tf.gather(t, k) * [1.0, 2.0])), (None, 0))
    found = per_example(table, tf.constant([[0, 0], [3, 1]]))
    expected = np.zeros((2, 4, 2))
    expected[0, 0] = [2.0, 4.0]
    expected[1, 3] = expected[1, 1] = [1.0, 2.0]
    np.testing.assert_array_equal(found, expected)


# -- Other transformations ----------------------------------------------------------------------------------------


def quartic(x: Any) -> Any:
    return tf.reduce_sum(x**4) + x[0] * x[1] + tf.reduce_prod(x)


@pytest.mark.parametrize("f", [quartic, lambda x: tf.reduce_sum(x * LINEAR), lambda x: tf.reduce_sum(x * x), tf.norm])
@pytest.mark.parametrize(
    "transformed",
    [
        tf.grad,
        tf.hessian,
        tf.value_and_grad,
        lambda f: tf.jacobian(lambda x: x * f(x)),
        lambda f: lambda x: tf.jvp(f, [x], [x + 1.0]),
        lambda f: lambda x: tf.hvp(f, x, x + 1.0),
        lambda f: lambda x: tf.vjp(lambda x: x * f(x), x)[1](x),
        lambda f: tf.function(tf.grad(f)),
        lambda f: tf.grad(tf.function(f)),
        lambda f: lambda x: tf.vectorize(lambda a: a * f(x) + tf.grad(f)(x)[0])(x),
        lambda f: tf.vectorize(lambda a: a * a),
    ],
)
def test_transformations_inside_are_those_of_each_example(f: Any, transformed: Any) -> None:
    of_one = transformed(f)
    many = tf.vectorize(of_one)
    for x in (VECTORS, VECTORS[::-1] + 0.5):
        each = [tf.nest.flatten(of_one(tf.constant(row))) for row in x]
        expected = [np.stack(parts) for parts in zip(*each, strict=True)]
        for found, wanted in zip(tf.nest.flatten(many(tf.constant(x))), expected, strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-13)


WEIGHTS = np.array([1.0, 3.0])
LOOK_UPS: dict[str, Callable[[Any], Any]] = {
    "top_k": lambda x: tf.math.top_k(x, 2)[0] ** 2,
    "sort": lambda x: tf.sort(x)[:2] ** 2,
    "gather": lambda x: tf.gather(x, tf.argsort(x)[:2]) ** 2,
    "index": lambda x: x[tf.argsort(x)[:2]] ** 2,
    "argmax": lambda x: (x[tf.argmax(x)] ** 2)[None] * WEIGHTS,
    "median": lambda x: np.median(x) ** 2 * WEIGHTS,
    "quantile": lambda x: np.quantile(x, [0.3, 0.6]) ** 2,
    "largest": lambda x: tf.reduce_max(x) ** 3 * WEIGHTS,
    "product": lambda x: tf.reduce_prod(x) ** 2 * WEIGHTS,
    "cumulated": lambda x: tf.cumsum(tf.sort(x))[:2] ** 2,
    "scatter": lambda x: tf.tensor_scatter_nd_update(x * x, tf.argsort(x)[:1, None], x[:1] * 3.0)[:2] ** 2,
    "segments": lambda x: tf.math.unsorted_segment_sum(x**3, tf.argsort(x) % 2, 2),
    "segment maxima": lambda x: tf.math.unsorted_segment_max(x**3, tf.argsort(x) % 2, 2),
    "along an axis": lambda x: np.take_along_axis(x, np.argsort(x), 0)[:2] ** 2,
    "labels": lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(tf.argmax(x), x) * WEIGHTS,
    "set": lambda x: (x * x).at[tf.argsort(x)[:1]].set(x[:1] * 3.0)[:2] ** 2,
    "add": lambda x: (x * x).at[tf.argsort(x)[:1]].add(x[:1] * 3.0)[:2] ** 2,
    "gather_nd": lambda x: tf.gather_nd(x, tf.argsort(x)[:2, None]) ** 2,
    "batch_dims": lambda x: tf.gather(x[None], tf.argsort(x)[None], batch_dims=1)[0, :2] ** 2,
    "roll": lambda x: tf.roll(x**2, tf.argmax(x), 0)[:2],
}


def total(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: tf.reduce_sum(f(x) * WEIGHTS)


def three_of(x: Any) -> Any:
    return tf.stack([x, x * x, -x])


@pytest.mark.parametrize("f", LOOK_UPS.values(), ids=LOOK_UPS)
@pytest.mark.parametrize(
    "transformed",
    [
        tf.jacobian,
        lambda f: tf.grad(total(f)),
        lambda f: tf.hessian(total(f)),
        lambda f: tf.jacobian(tf.jacobian(f)),
        lambda f: lambda x: tf.jvp(f, [x], [2.0 * x + 1.0])[1],
        lambda f: lambda x: tf.hvp(total(f), x, x + 1.0),
        lambda f: lambda x: tf.vectorize(tf.jacobian(f))(three_of(x)),
        lambda f: tf.jacobian(lambda x: tf.vectorize(f)(three_of(x))),
    ],
    ids=["jacobian", "grad", "hessian", "jacobian twice", "jvp", "hvp", "vectorize jacobian", "jacobian vectorize"],
)
def test_what_examples_look_up_is_their_own_in_derivatives_too(f: Any, transformed: Any) -> None:
    of_one = transformed(f)
    for x in (VECTORS[:2, :3], VECTORS[1:4, 1:]):
        expected = np.stack([np.asarray(of_one(tf.constant(row))) for row in x])
        np.testing.assert_allclose(tf.vectorize(of_one)(tf.constant(x)), expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    "look_up",
    [
        lambda x, k: x[k],
        lambda x, k: x[(k,)],
        lambda x, k: (x * x)[k + 1],
        tf.gather,
        lambda x, k: tf.roll(x, k, 0),
        lambda x, k: x.at[k].set(7.0),
        lambda x, k: tf.one_hot(k, 4, dtype=tf.float64) * x[k],
        lambda x, k: tf.nn.sparse_softmax_cross_entropy_with_logits(k, x),
    ],
)
def test_indices_around_a_vectorized_function_are_read_anew(look_up: Any) -> None:
    def scaled(x: Any, k: Any) -> Any:
        return tf.vectorize(lambda c: c * look_up(x, k))(tf.constant([1.0, 2.0], tf.float64))

    def expected(x: Any, k: Any) -> Any:
        one = np.asarray(look_up(tf.constant(x), tf.constant(k)))
        return np.stack([one, 2.0 * one])

    recorded = tf.function(scaled)
    for k in (0, 2, 1):
        np.testing.assert_allclose(recorded(tf.constant(VECTORS[0]), tf.constant(k)), expected(VECTORS[0], k))
    assert recorded.trace_count == 1
    many = tf.vectorize(scaled)
    for k in (LABELS % 3, LABELS[::-1] % 3):
        found = many(tf.constant(VECTORS), tf.constant(k))
        np.testing.assert_allclose(found, [expected(x, one) for x, one in zip(VECTORS, k, strict=True)])


def test_vectorize_in_vectorize() -> None:
    table = tf.vectorize(tf.vectorize(lambda a, b: a * b + tf.sin(a), (None, 0)), (0, None))
    a, b = RNG.normal(size=3), RNG.normal(size=4)
    np.testing.assert_allclose(table(tf.constant(a), tf.constant(b)), a[:, None] * b + np.sin(a)[:, None])
    kinked = tf.vectorize(tf.vectorize(lambda a, b: a * b if a > b else -b, (None, 0)), (0, None))
    expected = np.where(a[:, None] > b, a[:, None] * b, -b)
    np.testing.assert_allclose(kinked(tf.constant(a), tf.constant(b)), expected)
    picked = tf.vectorize(tf.vectorize(tf.gather))
    np.testing.assert_array_equal(
        picked(tf.constant(MATRICES), tf.constant([[0, 1, 2]] * N)), MATRICES[:, range(3), range(3)]
    )


# -- What is kept -------------------------------------------------------------------------------------------------


class Scaling:
    """A method that reads an attribute."""

    scale = 2.0

    def of(self, x: Any) -> Any:
        return self.scale * x

    @tf.vectorize
    def of_each(self, x: Any) -> Any:
        return self.scale * tf.reduce_sum(x)


class Unhashable:
    """An object that has no hash."""

    __hash__ = None  # type: ignore[assignment]


def test_vectorized_map_reads_what_its_function_reads_at_each_call() -> None:
    o = Scaling()
    x = tf.constant([1.0, 2.0])
    np.testing.assert_array_equal(tf.vectorized_map(o.of, x), [2.0, 4.0])
    o.scale = 5.0
    np.testing.assert_array_equal(tf.vectorized_map(o.of, x), [5.0, 10.0])
    factor = [3.0]
    f = lambda x: factor[0] * x  # noqa: E731
    np.testing.assert_array_equal(tf.vectorized_map(f, x), [3.0, 6.0])
    factor[0] = 4.0
    np.testing.assert_array_equal(tf.vectorized_map(f, x), [4.0, 8.0])


def test_a_method_may_be_vectorized() -> None:
    one, other = Scaling(), Scaling()
    other.scale = 3.0
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(one.of_each(x), [6.0, 14.0])
    np.testing.assert_array_equal(other.of_each(x), [9.0, 21.0])
    gone = weakref.ref(other)
    del other
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize(
    "use", [tf.vectorized_map, lambda f, x: tf.vectorize(f)(x)], ids=["vectorized_map", "vectorize"]
)
def test_a_functions_programs_die_with_it(use: Any) -> None:
    x = tf.constant(np.ones((3, 2000)))

    def step(number: int) -> weakref.ref[Any]:
        weights = np.full(2000, float(number))
        f = lambda row: tf.reduce_sum(row * weights)  # noqa: E731
        np.testing.assert_array_equal(use(f, x), np.full(3, 2000.0 * number))
        return weakref.ref(f)

    for number in range(3):
        step(number)
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        functions = [step(number) for number in range(30)]
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] - before < 100_000
    finally:
        tracemalloc.stop()
    assert all(f() is None for f in functions)


@pytest.mark.parametrize("recorded", [tf.function, lambda f: tf.vectorize(f, in_axes=(0, None))])
@pytest.mark.parametrize(
    "thing", [Scaling, lambda: Scaling().of, lambda: lambda x: 2.0 * x, lambda: {"a": Scaling()}, lambda: Unhashable()]
)
def test_programs_for_an_object_die_with_it(recorded: Any, thing: Any) -> None:
    f = recorded(lambda x, o: 2.0 * x if callable(o) else 3.0 * x)
    x = tf.constant([1.0, 2.0])
    kept = thing()
    factor = 2.0 if callable(kept) else 3.0
    for _ in range(10):
        np.testing.assert_array_equal(f(x, thing()), factor * x.numpy())
        np.testing.assert_array_equal(f(x, kept), factor * x.numpy())
        gc.collect()
    own = f if isinstance(f, Function) else f._function
    assert len(own._by_key) == 1
    assert own.trace_count == 11


def test_calls_of_many_sizes_do_not_pile_up() -> None:
    many = tf.vectorize(lambda x: 2.0 * x)
    for n in range(1, 200):
        np.testing.assert_array_equal(many(tf.ones([n])), np.full(n, 2.0))
    assert len(many._batches) <= 64
