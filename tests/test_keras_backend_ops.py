"""Keras's operations on this library: derivatives of both orders beside finite differences, with and without recording,
and layers that recur or draw, within recorded functions that run again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(size=(2, 6, 6, 2))
KERNEL = RNG.normal(size=(3, 3, 2, 4))
ROWS = RNG.normal(size=(3, 4))
SERIES = RNG.normal(size=(2, 7, 3))
SHARES = np.array([[0.2, 0.3, 0.4, 0.1], [0.1, 0.2, 0.5, 0.2], [0.5, 0.3, 0.1, 0.1]])
CORNERS = np.array([[0.0, 0.0], [0.0, 5.0], [5.0, 0.0], [5.0, 5.0]])
TURNED = np.array([0.8123, -0.3147, 0.7331, 0.3719, 0.9043, -0.2237, 0.0113, -0.0219])

Call = Callable[[Any, Any], Any]


def _named(name: str, ops: Any, x: Any) -> Any:
    return getattr(ops, name)(x)


ACTIVATIONS = """relu relu6 sigmoid sparse_sigmoid tanh tanh_shrink softplus softsign soft_shrink sparse_plus silu
squareplus log_sigmoid leaky_relu hard_sigmoid hard_silu elu selu gelu celu glu hard_tanh hard_shrink softmax
log_softmax sparsemax"""

CALLS: dict[str, tuple[Call, np.ndarray]] = {name: (partial(_named, name), ROWS) for name in ACTIVATIONS.split()}
CALLS |= {
    "elu of another slope": (lambda ops, x: ops.elu(x, 0.5), ROWS),
    "gelu, exact": (lambda ops, x: ops.gelu(x, approximate=False), ROWS),
    "softmax of all": (lambda ops, x: ops.softmax(x, axis=None), ROWS),
    "threshold": (lambda ops, x: ops.threshold(x, 0.3, -1.0), ROWS),
    "conv": (lambda ops, x: ops.conv(x, KERNEL[:2], 2, "same", dilation_rate=1), IMAGES),
    "conv in groups": (lambda ops, x: ops.conv(x, KERNEL[:, :, :1], 1, "valid", "channels_last", (2, 1)), IMAGES),
    "conv of channels first": (lambda ops, x: ops.conv(x, np.ones((2, 2, 6, 3)), 1, "valid", "channels_first"), IMAGES),
    "depthwise_conv": (lambda ops, x: ops.depthwise_conv(x, KERNEL, 1, "same"), IMAGES),
    "separable_conv": (lambda ops, x: ops.separable_conv(x, KERNEL, np.ones((1, 1, 8, 2)), 2, "valid"), IMAGES),
    "conv_transpose": (lambda ops, x: ops.conv_transpose(x, KERNEL.swapaxes(2, 3), 2, "same"), IMAGES),
    "conv_transpose beyond": (
        lambda ops, x: ops.conv_transpose(x, KERNEL.swapaxes(2, 3), 4, "valid", output_padding=3),
        IMAGES,
    ),
    "max_pool": (lambda ops, x: ops.max_pool(x, 2, 1, "same"), IMAGES),
    "average_pool": (lambda ops, x: ops.average_pool(x, 3, 2, "same"), IMAGES),
    "adaptive_average_pool": (lambda ops, x: ops.adaptive_average_pool(x, (4, 3)), IMAGES),
    "adaptive_max_pool": (lambda ops, x: ops.adaptive_max_pool(x, 4), IMAGES),
    "unfold": (lambda ops, x: ops.unfold(x, (2, 1), dilation=2, padding=1, stride=2), IMAGES),
    "fold": (lambda ops, x: ops.fold(ops.reshape(x, (4, 4, 9)), (4, 4), 2), IMAGES),
    "depth_to_space": (lambda ops, x: ops.nn.depth_to_space(ops.reshape(x, (2, 3, 3, 8)), 2), IMAGES),
    "space_to_depth": (lambda ops, x: ops.nn.space_to_depth(x, 2), IMAGES),
    "categorical_crossentropy": (lambda ops, x: ops.categorical_crossentropy(SHARES, ops.exp(x)), ROWS),
    "categorical_crossentropy of logits": (lambda ops, x: ops.categorical_crossentropy(SHARES, x, True), ROWS),
    "sparse_categorical_crossentropy": (lambda ops, x: ops.sparse_categorical_crossentropy([3, 0, 1], x, True), ROWS),
    "sparse_categorical_crossentropy of shares": (
        lambda ops, x: ops.sparse_categorical_crossentropy(np.array([[3], [0], [1]]), ops.exp(x)),
        ROWS,
    ),
    "binary_crossentropy": (lambda ops, x: ops.binary_crossentropy(SHARES, ops.sigmoid(x)), ROWS),
    "binary_crossentropy of logits": (lambda ops, x: ops.binary_crossentropy(SHARES, x, True), ROWS),
    "moments": (lambda ops, x: ops.stack(ops.moments(x, [0, 1])), IMAGES),
    "batch_normalization": (
        lambda ops, x: ops.batch_normalization(x, *ops.moments(x, [0]), axis=1, offset=ROWS[0], scale=ROWS[1]),
        ROWS,
    ),
    "psnr": (lambda ops, x: ops.psnr(x, SHARES, 2.0), ROWS),
    "ctc_loss": (lambda ops, x: ops.ctc_loss([[1, 2], [2, 2]], x, [2, 1], [7, 5]), SERIES),
    "dot_product_attention": (
        lambda ops, x: ops.dot_product_attention(x, x * 2.0, x + 1.0, bias=0.5, mask=np.eye(6) < 1, is_causal=True),
        IMAGES,
    ),
    "dot_product_attention of heads that share": (
        lambda ops, x: ops.dot_product_attention(x, x[:, :, :2], x[:, :, 2:4], scale=0.3),
        RNG.normal(size=(2, 3, 4, 2)),
    ),
    "segment_sum": (lambda ops, x: ops.segment_sum(x, np.array([1, -1, 1]), 3), ROWS),
    "segment_max": (lambda ops, x: ops.segment_max(x, np.array([1, 0, 1]), 2), ROWS),
    "top_k": (lambda ops, x: ops.top_k(x, 2)[0], ROWS),
    "logsumexp": (lambda ops, x: ops.logsumexp(x, axis=1), ROWS),
    "cdist": (lambda ops, x: ops.cdist(x, SHARES), ROWS),
    "fft2": (lambda ops, x: ops.fft2((x, ops.sin(x)))[1], ROWS),
    "stft": (lambda ops, x: ops.stft(x, 3, 1, 4)[0], SERIES[:, :, 0]),
    "istft": (lambda ops, x: ops.istft((x, ops.cos(x)), 4, 2, 4), SERIES),
    "extract_sequences": (lambda ops, x: ops.extract_sequences(x, 3, 2), SERIES[:, :, 0]),
    "erfinv": (lambda ops, x: ops.erfinv(ops.tanh(x)), ROWS),
    "resize": (lambda ops, x: ops.image.resize(x, (4, 9), "bicubic", antialias=True), IMAGES),
    "affine_transform": (lambda ops, x: ops.image.affine_transform(x, TURNED, fill_mode="reflect"), IMAGES),
    "affine_transform, by what it is turned": (lambda ops, x: ops.image.affine_transform(IMAGES, x), TURNED),
    "perspective_transform": (
        lambda ops, x: ops.image.perspective_transform(IMAGES, x, CORNERS[None], fill_value=2.0),
        CORNERS[None] + 0.3,
    ),
    "map_coordinates": (lambda ops, x: ops.image.map_coordinates(ROWS, x, 1, "wrap"), 3.0 * ROWS.reshape(2, 6)),
    "gaussian_blur": (lambda ops, x: ops.image.gaussian_blur(x, (3, 4), (1.0, 0.5)), IMAGES),
    "gaussian_blur, by how much": (lambda ops, x: ops.image.gaussian_blur(IMAGES, (3, 5), x), np.array([1.0, 0.5])),
    "elastic_transform": (lambda ops, x: ops.image.elastic_transform(x, 3.0, 0.7, seed=1), IMAGES),
    "sobel_edges": (lambda ops, x: ops.image.sobel_edges(x), IMAGES),
    "rgb_to_hsv": (lambda ops, x: ops.image.rgb_to_hsv(ops.sigmoid(x)), SERIES[None]),
    "hsv_to_rgb": (lambda ops, x: ops.image.hsv_to_rgb(ops.sigmoid(x)), SERIES[None]),
    "logdet": (lambda ops, x: ops.logdet(x[:, :3] + 5.0 * np.eye(3)), ROWS),
}


def scalar_of(ops: Any, call: Call, x: Any) -> Any:
    """A number in which every element of the result counts otherwise."""
    y = tf.reshape(call(ops, x), (-1,))
    return tf.reduce_sum(y * tf.cast(np.cos(np.arange(y.shape[0])), y.dtype))


@pytest.mark.parametrize("name", CALLS)
def test_derivatives_are_those_of_differences(keras: ModuleType, name: str) -> None:
    call, at = CALLS[name]
    along = np.random.default_rng(1).normal(size=at.shape)

    def f(x: Any) -> Any:
        return scalar_of(keras.ops, call, x)

    def slope(x: Any) -> Any:
        return tf.reduce_sum(tf.grad(f)(x) * along)

    step = 1e-6 * along
    first = (float(f(tf.constant(at + step))) - float(f(tf.constant(at - step)))) / 2e-6
    second = (tf.grad(f)(tf.constant(at + step)) - tf.grad(f)(tf.constant(at - step))) / 2e-6
    x = tf.constant(at)
    assert float(slope(x)) == pytest.approx(first, rel=1e-5, abs=1e-6)
    np.testing.assert_allclose(tf.grad(slope)(x), second, rtol=1e-4, atol=1e-5)
    recorded = tf.function(tf.value_and_grad(f))
    recorded(tf.constant(at * 0.5))
    value, gradient = recorded(x)  # the second call replays, with other values
    assert float(value) == pytest.approx(float(f(x)), rel=1e-9, abs=1e-12)
    np.testing.assert_allclose(gradient, tf.grad(f)(x), rtol=1e-9, atol=1e-12)


LAYERS: dict[str, Callable[[Any, Any], Any]] = {
    "SimpleRNN": lambda layers, more: layers.SimpleRNN(3, **more),
    "LSTM": lambda layers, more: layers.LSTM(3, **more),
    "GRU": lambda layers, more: layers.GRU(3, **more),
    "GRU that resets before": lambda layers, more: layers.GRU(3, reset_after=False, **more),
    "stacked cells": lambda layers, more: layers.RNN([layers.LSTMCell(2), layers.GRUCell(3)], **more),
    "Bidirectional": lambda layers, more: layers.Bidirectional(
        layers.LSTM(3, **more), backward_layer=layers.GRU(3, **more | {"go_backwards": not more.get("go_backwards")})
    ),
}


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("more", [{}, {"return_sequences": True}, {"go_backwards": True}], ids=str)
@pytest.mark.parametrize("name", LAYERS)
def test_a_recurrent_layer_that_loops_is_the_one_that_is_written_out(
    keras: ModuleType, name: str, more: dict[str, Any], masked: bool
) -> None:
    steps = 90 if masked else 60  # (of fewer records, loops are written out in any case)
    x = np.random.default_rng(2).normal(size=(2, steps, 3)).astype("float32")
    mask = None if not masked else np.arange(steps) < np.array([[steps], [steps - 11]])
    if (
        name == "Bidirectional" and masked
    ):  # (which has zeros given for what is masked, but where loops are written out)
        mask = np.ones((2, steps), bool)
    elif mask is not None:
        mask[0, 5:8] = False
    looped = LAYERS[name](keras.layers, more)
    unrolled = LAYERS[name](keras.layers, more | {"unroll": True})
    for layer in (looped, unrolled):
        layer(x[:, :1])
    unrolled.set_weights(looped.get_weights())

    def losses(layer: Any) -> Callable[[Any], Any]:
        weights = [v.value for v in layer.trainable_variables]

        def given(x: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(x)
                loss = tf.reduce_sum(tf.sin(layer(x, mask=mask)))
            return loss, tape.gradient(loss, [x, *(v._value for v in layer.trainable_variables)])

        assert weights
        return given

    replayed = tf.function(losses(looped))
    replayed(tf.constant(x * 0.5))
    value, gradients = replayed(tf.constant(x))
    expected, slopes = losses(unrolled)(tf.constant(x))
    assert float(value) == pytest.approx(float(expected), rel=1e-5)
    for found, wanted in zip(gradients, slopes, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=2e-4, atol=2e-5)


WHOLE = {
    "LSTM": lambda layers, more: (layers.LSTM(3, **more), layers.RNN(layers.LSTMCell(3), **more)),
    "GRU": lambda layers, more: (layers.GRU(3, **more), layers.RNN(layers.GRUCell(3), **more)),
    "GRU that resets before": lambda layers, more: (
        layers.GRU(3, reset_after=False, **more),
        layers.RNN(layers.GRUCell(3, reset_after=False), **more),
    ),
}


@pytest.mark.parametrize("zeroes", [False, True])
@pytest.mark.parametrize("more", [{}, {"return_sequences": True}, {"go_backwards": True}], ids=str)
@pytest.mark.parametrize("name", WHOLE)
def test_a_masked_layer_multiplies_all_steps_at_once_and_gives_what_its_cell_gives_step_by_step(
    keras: ModuleType, name: str, more: dict[str, Any], zeroes: bool
) -> None:
    whole, steps = WHOLE[name](keras.layers, more | {"zero_output_for_mask": zeroes})
    x = np.random.default_rng(4).normal(size=(2, 70, 5)).astype("float32")
    mask = np.arange(70) < np.array([[70], [59]])
    mask[0, 5:8] = False
    for layer in (whole, steps):
        layer(x)
    steps.set_weights(whole.get_weights())
    np.testing.assert_allclose(whole(x, mask=mask), steps(x, mask=mask), rtol=1e-4, atol=1e-6)
    recorded = tf.function(lambda x: whole(x, mask=mask))
    np.testing.assert_allclose(recorded(x), steps(x, mask=mask), rtol=1e-4, atol=1e-6)
    gates = 4 if name == "LSTM" else 3
    assert f"float32 (70, 2, {gates * 3})" in str(recorded.get_concrete_function(x).program)


def test_a_layer_around_a_masked_one_gives_what_it_gives(keras: ModuleType) -> None:
    inner = keras.layers.LSTM(3, zero_output_for_mask=True, return_sequences=True)
    x = np.random.default_rng(4).normal(size=(2, 4, 6, 5)).astype("float32")
    mask = np.random.default_rng(4).random((2, 4, 6)) < 0.6
    found = keras.layers.TimeDistributed(inner)(x, mask=mask)
    for k in range(4):
        np.testing.assert_allclose(found[:, k], inner(x[:, k], mask=mask[:, k]), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("zeroes", [False, True])
@pytest.mark.parametrize("name", ["LSTM", "GRU"])
def test_a_masked_layer_in_another_that_shares_its_cell_leaves_out_what_it_says_itself(
    keras: ModuleType, name: str, zeroes: bool
) -> None:
    kind = getattr(keras.layers, name)
    inner = kind(3, zero_output_for_mask=zeroes, return_sequences=True)

    class Other(kind):  # type: ignore[misc, valid-type]
        def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
            return inner.call(sequences, mask=mask)

    class Around(keras.layers.Layer):  # type: ignore[misc, name-defined]
        def call(self, x: Any, mask: Any = None) -> Any:
            return inner.call(x, mask=mask)

    x = np.random.default_rng(4).normal(size=(2, 6, 5)).astype("float32")
    mask = np.random.default_rng(4).random((2, 6)) < 0.6
    expected = inner(x, mask=mask)
    other, around = Other(3, zero_output_for_mask=not zeroes, return_sequences=True), Around()
    around.supports_masking = True
    other.cell = around.cell = inner.cell
    for found in (other(x, mask=mask), around(x, mask=mask), inner.call(x, mask=mask)):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", ["LSTM", "GRU that resets before"])
def test_penalties_of_gradients_go_through_loops(keras: ModuleType, name: str) -> None:
    layer = LAYERS[name](keras.layers, {})
    x = tf.constant(np.random.default_rng(5).normal(size=(2, 60, 3)).astype("float32"))
    layer(x)

    def penalty(x: Any) -> Any:
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(x)
                loss = tf.reduce_sum(tf.square(layer(x)))
            value = tf.reduce_sum(tf.square(inner.gradient(loss, x)))
        return value, outer.gradient(value, [v._value for v in layer.trainable_variables])

    recorded = tf.function(penalty)
    recorded(x * 0.5)
    (found, gradients), (expected, wanted) = recorded(x), penalty(x)
    assert float(found) == pytest.approx(float(expected), rel=1e-5)
    for g, w in zip(gradients, wanted, strict=True):
        np.testing.assert_allclose(g, w, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kind", ["draws", "looks"])
def test_a_cell_that_draws_or_looks_is_run_step_by_step(keras: ModuleType, kind: str) -> None:
    class Cell(keras.layers.Layer):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.state_size = 3
            self.seeds = keras.random.SeedGenerator(3)

        def call(self, x: Any, states: Any) -> Any:
            h = states[0] + x
            if kind == "draws":
                h = h * 0.5 + keras.random.normal((2, 3), seed=self.seeds)
            elif float(tf.reduce_sum(h)) > 50.0:
                h = h * 0.0
            return h, [h]

    layer, same = (keras.layers.RNN(Cell(), return_sequences=True) for _ in range(2))
    x = np.ones((2, 40, 3), "float32")
    recorded = tf.function(lambda x: layer(x))
    for scale in (1.0, 0.5, 1.0):
        np.testing.assert_allclose(recorded(x * scale), same(x * scale), rtol=1e-6)


def test_five_hundred_steps_are_one_record(keras: ModuleType) -> None:
    counts = []
    for steps in (100, 500):
        layer = keras.layers.LSTM(4)
        layer(np.zeros((2, 3, 3), "float32"))
        recorded = tf.function(lambda x, layer=layer: layer(x))
        counts.append(len(recorded.get_concrete_function(np.zeros((2, steps, 3), "float32")).program))
    assert counts[0] == counts[1] < 60


def test_a_scan_loops_with_what_it_gives_beside(keras: ModuleType) -> None:
    def f(x: Any) -> Any:
        def step(state: Any, row: Any) -> Any:
            total, count = state
            total = tf.sin(total + row["a"]) * 0.9
            return (total, count + 1), {"both": total * row["b"], "count": count}

        return keras.ops.scan(step, (tf.zeros(3), tf.constant(0)), {"a": x, "b": x * 2.0}, reverse=True)

    x = tf.constant(np.random.default_rng(3).normal(size=(200, 3)).astype("float32"))
    (total, count), given = tf.function(f)(x)
    (eager_total, eager_count), eager = f(x)
    np.testing.assert_allclose(total, eager_total, rtol=1e-5)
    assert int(count) == int(eager_count) == 200
    np.testing.assert_array_equal(given["count"], np.arange(200)[::-1])
    np.testing.assert_allclose(given["both"], eager["both"], rtol=1e-4, atol=1e-6)
    assert len(tf.function(f).get_concrete_function(x).program) < 60


DRAWS: dict[str, Callable[[Any, Any], Any]] = {
    "normal": lambda r, seed: r.normal((5,), seed=seed),
    "uniform": lambda r, seed: r.uniform((5,), -1.0, 1.0, seed=seed),
    "truncated_normal": lambda r, seed: r.truncated_normal((5,), seed=seed),
    "randint": lambda r, seed: r.randint((5,), 0, 1000, seed=seed),
    "categorical": lambda r, seed: r.categorical(np.zeros((1, 1000), "float32"), 5, seed=seed),
    "gamma": lambda r, seed: r.gamma((5,), 2.0, seed=seed),
    "beta": lambda r, seed: r.beta((5, 2), [[2.0, 3.0]], 1.5, seed=seed),
    "binomial": lambda r, seed: r.binomial((5,), 1000, 0.5, seed=seed),
    "dropout": lambda r, seed: r.dropout(np.ones(40, "float32"), 0.5, seed=seed),
    "shuffle": lambda r, seed: r.shuffle(np.arange(20), seed=seed),
}


@pytest.mark.parametrize("name", DRAWS)
def test_replays_draw_new_numbers_which_are_those_of_their_seeds(keras: ModuleType, name: str) -> None:
    draw = DRAWS[name]
    seeds, again = keras.random.SeedGenerator(7), keras.random.SeedGenerator(7)
    recorded = tf.function(lambda: draw(keras.random, seeds))
    replayed = [recorded().numpy() for _ in range(3)]
    eager = [draw(keras.random, again).numpy() for _ in range(3)]
    np.testing.assert_array_equal(replayed, eager)
    assert not np.array_equal(replayed[1], replayed[2])
    np.testing.assert_array_equal(draw(keras.random, 3), draw(keras.random, 3))


def test_the_least_likely_classes_are_not_decoded(keras: ModuleType) -> None:
    scores = np.array(
        [[[0.1, 0.8, 0.1], [0.1, 0.8, 0.1], [0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.0, 0.1, 0.9]]], "float32"
    )
    for strategy in ("greedy", "beam_search"):
        paths, _ = keras.ops.ctc_decode(np.log(scores + 1e-6), [5], strategy, mask_index=0)
        np.testing.assert_array_equal(paths, [[[1, 2, -1, -1, -1]]])


@pytest.mark.parametrize("from_logits", [False, True])
def test_classes_that_there_are_not_are_an_error_in_replays_too(keras: ModuleType, from_logits: bool) -> None:
    shares = tf.constant(SHARES)

    def loss(classes: Any) -> Any:
        return keras.ops.sparse_categorical_crossentropy(classes, shares, from_logits)

    recorded = tf.function(loss)
    recorded(tf.constant([0, 1, 3]))
    for f, classes in ((loss, [0, -1, 3]), (recorded, [0, 4, 3])):
        with pytest.raises(ValueError, match="labels must be from 0 to 3, not"):
            f(tf.constant(classes))


def test_windows_that_do_not_fit_are_an_error_that_says_so(keras: ModuleType) -> None:
    with pytest.raises(
        ValueError, match=r"resulted in an empty output: a window spans \(5, 1\) elements .* has \(4, 4\)"
    ):
        keras.ops.conv(np.ones((1, 4, 4, 1)), np.ones((3, 1, 1, 1)), dilation_rate=(2, 1))
    with pytest.raises(ValueError, match="at least one step"):
        keras.src.backend.rnn(lambda x, states: (x, states), np.ones((1, 0, 2), "float32"), [np.ones((1, 2))])


@pytest.mark.parametrize("name", ["greater", "equal", "logical_and", "hypot", "logaddexp", "nextafter", "heaviside"])
@pytest.mark.parametrize("dtype", ["int16", "uint32", "int64", "float16"])
def test_dtypes_that_numpy_has_no_common_one_for_promote_as_keras_does(
    keras: ModuleType, name: str, dtype: str
) -> None:
    pytest.importorskip("ml_dtypes")
    x, y = keras.ops.cast([1, 2], dtype), keras.ops.cast([1.5, 2.0], "bfloat16")
    both = keras.backend.result_type(dtype, "bfloat16")
    function = getattr(keras.ops, name)
    found, expected = function(x, y), function(keras.ops.cast(x, both), keras.ops.cast(y, both))
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(keras.ops.cast(found, "float64"), keras.ops.cast(expected, "float64"))


@pytest.mark.parametrize("name", ["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"])
def test_integers_are_compared_with_floats(keras: ModuleType, name: str) -> None:
    x = np.array([0, 1, 2])
    for pair in ((x, 0.5), (1.0, x), (x, 1)):
        ours = [tf.constant(p) if isinstance(p, np.ndarray) else p for p in pair]
        np.testing.assert_array_equal(getattr(keras.ops, name)(*ours), getattr(np, name)(*pair))


@pytest.mark.parametrize("shape", [(4, 4), (5, 3), (3, 5), (2, 4, 3)])
def test_factors_of_matrices_of_any_shape(keras: ModuleType, shape: tuple[int, ...]) -> None:
    a = np.random.default_rng(4).normal(size=shape)
    factors, exchanged = keras.ops.lu_factor(tf.constant(a))
    count = min(shape[-2:])
    assert tuple(factors.shape) == shape
    assert tuple(exchanged.shape) == (*shape[:-2], count)
    lower = np.tril(factors, -1)[..., :count] + np.eye(shape[-2], count)
    product = lower @ np.triu(factors)[..., :count, :]
    for k in np.ndindex(*shape[:-2]):
        rows = list(range(shape[-2]))
        for at, other in enumerate(exchanged[k].numpy()):
            rows[at], rows[other] = rows[other], rows[at]
        np.testing.assert_allclose(product[k], a[k][rows], atol=1e-12)


def test_quotients_by_zero_that_are_zero_have_gradients_that_are(keras: ModuleType) -> None:
    x, y = tf.constant([1.0, 2.0]), tf.constant([0.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch([x, y])
        total = tf.reduce_sum(keras.ops.divide_no_nan(x, y))
    by_x, by_y = tape.gradient(total, [x, y])
    np.testing.assert_array_equal(by_x, [0.0, 0.5])
    np.testing.assert_array_equal(by_y, [0.0, -0.5])
