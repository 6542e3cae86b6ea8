"""Convolutions, pooling and normalisation: values against plain loops, derivatives against finite differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.testing import check_gradients

rng = np.random.default_rng(8)


def pads_of(n: int, k: int, step: int, gap: int, padding: Any) -> tuple[int, int]:
    if padding == "VALID":
        return 0, 0
    total = max((-(-n // step) - 1) * step + (k - 1) * gap + 1 - n, 0)
    return total // 2, total - total // 2


def looped(x: np.ndarray, f: np.ndarray, step: int, padding: Any, gap: int = 1) -> np.ndarray:
    """A convolution element by element, channels last, for any number of dimensions and groups."""
    dims = x.ndim - 2
    sizes = f.shape[:dims]
    if isinstance(padding, str):
        pads = [pads_of(n, k, step, gap, padding) for n, k in zip(x.shape[1:-1], sizes, strict=True)]
    else:
        pads = padding
    x = np.pad(x, [(0, 0), *pads, (0, 0)])
    outs = [(n - (k - 1) * gap - 1) // step + 1 for n, k in zip(x.shape[1:-1], sizes, strict=True)]
    result = np.zeros((x.shape[0], *outs, f.shape[-1]))
    groups = x.shape[-1] // f.shape[-2]
    width, into = f.shape[-1] // groups, f.shape[-2]
    for place in np.ndindex(*outs):
        for offset in np.ndindex(*sizes):
            at = tuple(p * step + o * gap for p, o in zip(place, offset, strict=True))
            for g in range(groups):
                taken = x[(slice(None), *at, slice(g * into, (g + 1) * into))]
                result[(slice(None), *place, slice(g * width, (g + 1) * width))] += (
                    taken @ f[offset][:, g * width : (g + 1) * width]
                )
    return result


CONVOLUTIONS = {
    "conv1d": (tf.nn.conv1d, (2, 6, 2), (3, 2, 3), {}),
    "conv2d": (tf.nn.conv2d, (2, 4, 5, 2), (2, 3, 2, 2), {}),
    "conv2d in groups": (tf.nn.conv2d, (1, 3, 3, 4), (2, 2, 2, 4), {}),
    "conv3d": (tf.nn.conv3d, (1, 3, 4, 3, 2), (2, 2, 2, 2, 1), {}),
}


@pytest.mark.parametrize("step", [1, 2])
@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolutions(name: str, padding: str, step: int) -> None:
    function, shape, sizes, options = CONVOLUTIONS[name]
    x, f = rng.normal(size=shape), rng.normal(size=sizes)

    def call(x: Any, f: Any) -> Any:
        return function(x, f, step, padding, **options)

    np.testing.assert_allclose(call(x, f), looped(x, f, step, padding), rtol=1e-12, atol=1e-13)
    check_gradients(call, [x, f], order=2, rtol=1e-4, atol=1e-6)


def test_convolutions_with_gaps_other_layouts_and_explicit_padding() -> None:
    x, f = rng.normal(size=(2, 6, 7, 2)), rng.normal(size=(2, 3, 2, 3))
    expected = looped(x, f, 1, "SAME", gap=2)
    np.testing.assert_allclose(tf.nn.conv2d(x, f, 1, "SAME", dilations=2), expected, rtol=1e-12)
    turned = tf.nn.conv2d(np.moveaxis(x, -1, 1), f, [1, 1, 1, 1], "SAME", "NCHW", dilations=[1, 1, 2, 2])
    np.testing.assert_allclose(turned, np.moveaxis(expected, -1, 1), rtol=1e-12)
    explicit = tf.nn.conv2d(x, f, 1, [[0, 0], [1, 2], [0, 1], [0, 0]])
    np.testing.assert_allclose(explicit, looped(x, f, 1, [(1, 2), (0, 1)]), rtol=1e-12)
    np.testing.assert_allclose(tf.nn.convolution(x, f), looped(x, f, 1, "VALID"), rtol=1e-12)
    check_gradients(lambda x, f: tf.nn.conv2d(x, f, 1, "SAME", dilations=2), [x[:1, :4, :4], f[..., :1]], order=2)


TRANSPOSED = {
    "conv1d_transpose": (tf.nn.conv1d_transpose, (2, 7, 2), (3, 2, 3)),
    "conv2d_transpose": (tf.nn.conv2d_transpose, (1, 4, 5, 2), (2, 3, 2, 2)),
    "conv3d_transpose": (tf.nn.conv3d_transpose, (1, 3, 3, 4, 1), (2, 2, 2, 1, 2)),
}


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("step", [1, 2])
@pytest.mark.parametrize("name", TRANSPOSED)
def test_a_transposed_convolution_is_the_transpose(name: str, step: int, padding: str) -> None:
    function, shape, sizes = TRANSPOSED[name]
    x, f = rng.normal(size=shape), rng.normal(size=sizes)
    forward = looped(x, f, step, padding)
    g = rng.normal(size=forward.shape)
    back = function(g, f, shape, step, padding)
    assert back.shape == shape
    np.testing.assert_allclose(np.sum(back.numpy() * x), np.sum(forward * g), rtol=1e-10)
    check_gradients(lambda g, f: function(g, f, shape, step, padding), [g, f], order=2, rtol=1e-4, atol=1e-6)


def test_each_channel_by_filters_of_its_own() -> None:
    x, f, p = rng.normal(size=(1, 4, 4, 2)), rng.normal(size=(2, 2, 2, 3)), rng.normal(size=(1, 1, 6, 2))
    apart = np.concatenate([looped(x[..., c : c + 1], f[:, :, c : c + 1], 1, "SAME") for c in range(2)], -1)
    np.testing.assert_allclose(tf.nn.depthwise_conv2d(x, f, [1, 1, 1, 1], "SAME"), apart, rtol=1e-12)
    both = tf.nn.separable_conv2d(x, f, p, [1, 1, 1, 1], "SAME")
    np.testing.assert_allclose(both, looped(apart, p, 1, "VALID"), rtol=1e-12)
    check_gradients(lambda x, f: tf.nn.depthwise_conv2d(x, f, [1, 2, 2, 1], "SAME"), [x, f], order=2)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("kind", ["max", "avg"])
def test_pooling(kind: str, dims: int, padding: str) -> None:
    function = getattr(tf.nn, f"{kind}_pool{dims}d")
    shape = (2, *(5, 4, 3)[:dims], 2)
    x = rng.permutation(np.linspace(-2.0, 2.0, int(np.prod(shape)))).reshape(shape)
    fill = -np.inf if kind == "max" else np.nan
    pads = [pads_of(n, 2, 2, 1, padding) for n in shape[1:-1]]
    padded = np.pad(x, [(0, 0), *pads, (0, 0)], constant_values=fill)
    outs = [(n - 2) // 2 + 1 for n in padded.shape[1:-1]]
    expected = np.zeros((2, *outs, 2))
    for place in np.ndindex(*outs):
        window = padded[(slice(None), *(slice(2 * p, 2 * p + 2) for p in place))].reshape(2, -1, 2)
        expected[(slice(None), *place)] = window.max(1) if kind == "max" else np.nanmean(window, 1)

    def call(x: Any) -> Any:
        return function(x, 2, 2, padding)

    np.testing.assert_allclose(call(x), expected, rtol=1e-12)
    np.testing.assert_allclose(getattr(tf.nn, f"{kind}_pool")(x, 2, 2, padding), expected, rtol=1e-12)
    check_gradients(call, [x], order=2)


def test_pooling_with_channels_first_and_equal_elements() -> None:
    x = tf.ones((1, 2, 4))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.max_pool1d(x, 2, 2, "VALID", "NCW")
    np.testing.assert_array_equal(tape.gradient(y, x), [[[1.0, 0.0, 1.0, 0.0]] * 2])


NORMALISING: dict[str, tuple[Any, Any, list[np.ndarray]]] = {
    "moments": (lambda x: tf.stack(tf.nn.moments(x, [0])), lambda x: np.stack([x.mean(0), x.var(0)]), [(4, 3)]),
    "moments with keepdims": (
        lambda x: tf.nn.moments(x, [0, 1], keepdims=True)[1],
        lambda x: x.var(keepdims=True),
        [(4, 3)],
    ),
    "weighted_moments": (
        lambda x, w: tf.nn.weighted_moments(x, 0, w + 9.0)[1],
        lambda x, w: np.average((x - np.average(x, 0, w + 9.0)) ** 2, 0, w + 9.0),
        [(4, 3), (4, 3)],
    ),
    "batch_normalization": (
        lambda x, b, s: tf.nn.batch_normalization(x, *tf.nn.moments(x, [0]), b, s, 1e-3),
        lambda x, b, s: (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-3) * s + b,
        [(4, 3), (3,), (3,)],
    ),
    "a layer normalisation": (
        lambda x: tf.nn.batch_normalization(x, *tf.nn.moments(x, [1], keepdims=True), None, None, 1e-3),
        lambda x: (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-3),
        [(4, 3)],
    ),
    "weighted_cross_entropy_with_logits": (
        lambda z, x: tf.nn.weighted_cross_entropy_with_logits(z, x, 3.0),
        lambda z, x: 3.0 * z * np.log1p(np.exp(-x)) + (1.0 - z) * np.log1p(np.exp(x)),
        [(4,), (4,)],
    ),
    "log_poisson_loss": (
        lambda z, x: tf.nn.log_poisson_loss(z, x, compute_full_loss=True),
        lambda z, x: np.exp(x) - z * x + np.where(z > 1, z * np.log(z) - z + 0.5 * np.log(2 * np.pi * z), 0.0),
        [(4,), (4,)],
    ),
    "crelu": (tf.nn.crelu, lambda x: np.maximum(np.concatenate([x, -x], -1), 0.0), [(2, 3)]),
    "bias_add": (lambda x, b: tf.nn.bias_add(x, b, "NCW"), lambda x, b: x + b[:, None], [(2, 3, 2), (3,)]),
    "local_response_normalization": (
        lambda x: tf.nn.lrn(x, 1, 2.0, 0.5, 0.75),
        lambda x: (
            x / (2.0 + 0.5 * np.stack([(x**2)[..., max(c - 1, 0) : c + 2].sum(-1) for c in range(4)], -1)) ** 0.75
        ),
        [(1, 2, 1, 4)],
    ),
    "space_to_depth": (
        lambda x: tf.nn.space_to_depth(x, 2),
        lambda x: np.concatenate([x[:, i::2, j::2] for i in range(2) for j in range(2)], -1),
        [(1, 4, 2, 2)],
    ),
    "depth_to_space": (
        lambda x: tf.nn.depth_to_space(tf.nn.space_to_depth(x, 2, "NCHW"), 2, "NCHW"),
        lambda x: x,
        [(1, 2, 4, 2)],
    ),
}


@pytest.mark.parametrize("name", NORMALISING)
def test_normalisation_and_losses(name: str) -> None:
    function, plain, shapes = NORMALISING[name]
    arrays = [np.random.default_rng(k).uniform(0.3, 2.0, size=shape) for k, shape in enumerate(shapes)]
    np.testing.assert_allclose(function(*map(tf.constant, arrays)), plain(*arrays), rtol=1e-10)
    check_gradients(function, arrays, order=2, rtol=1e-4, atol=1e-6)
    single = function(*[tf.constant(array, dtype=tf.float32) for array in arrays])
    assert single.dtype == np.float32


def test_dropout_keeps_the_expected_sum_and_drops_gradients_too() -> None:
    x = tf.ones((1000,))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.dropout(x, 0.25, seed=3)
    assert set(np.unique(y.numpy()).round(4)) == {np.float32(0.0), np.float32(1.3333)}
    assert 650 < np.count_nonzero(y) < 850
    np.testing.assert_array_equal(tape.gradient(y, x), y)
    together = tf.nn.dropout(tf.ones((4, 3)), 0.5, noise_shape=(4, 1), seed=1).numpy()
    assert (together == together[:, :1]).all()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda x, f: tf.nn.conv2d(x, f, 1, "FULL"), ValueError, "neither 'SAME' nor 'VALID'"),
        (lambda x, f: tf.nn.conv2d(x, f, 0, "SAME"), ValueError, "must be positive"),
        (lambda x, f: tf.nn.conv2d(x, f, 1, "SAME", "HWCN"), ValueError, "data_format 'HWCN'"),
        (lambda x, f: tf.nn.conv2d(x[0], f, 1, "SAME"), ValueError, "must have 4 dimensions"),
        (lambda x, f: tf.nn.conv2d(x, f[0], 1, "SAME"), ValueError, "filters must have 4 dimensions"),
        (lambda x, f: tf.nn.conv2d(x, f[:, :, :1, :3], 1, "SAME"), ValueError, "do not fit filters"),
        (lambda x, f: tf.nn.conv2d(x, tf.ones((9, 1, 2, 2)), 1, "VALID"), ValueError, "do not fit into"),
        (lambda x, f: tf.nn.conv2d(x, f, 1, [[0, 0]]), ValueError, "a pair for each of 4"),
        (lambda x, f: tf.nn.conv2d(tf.cast(x, tf.int32), f, 1, "SAME"), TypeError, "takes floats"),
        (lambda x, f: tf.nn.conv2d_transpose(x, f, (1, 9, 9, 2), 1), ValueError, "do not give output_shape"),
        (lambda x, f: tf.nn.depthwise_conv2d(x, f[:, :, :1], 1, "SAME"), ValueError, "do not fit filters"),
        (lambda x, f: tf.nn.convolution(x, f[0, 0]), ValueError, "3 to 5 dimensions"),
        (lambda x, f: tf.nn.max_pool(x[0, 0], 2, 2, "SAME"), ValueError, "3 to 5 dimensions"),
        (lambda x, f: tf.nn.max_pool2d(tf.cast(x, tf.int32), 2, 2, "SAME"), TypeError, "takes floats"),
        (lambda x, f: tf.nn.dropout(x, 1.0), ValueError, "below 1"),
        (lambda x, f: tf.nn.bias_add(x, [1.0]), ValueError, "does not fit a value"),
        (lambda x, f: tf.nn.lrn(x[0]), ValueError, "takes 4 dimensions"),
        (lambda x, f: tf.nn.space_to_depth(x, 3), ValueError, "do not divide height"),
        (lambda x, f: tf.nn.depth_to_space(x, 3), ValueError, "do not divide 2 channels"),
        (lambda x, f: tf.nn.depth_to_space(x, 2, "CHWN"), ValueError, "NHWC or NCHW"),
        (lambda x, f: tf.nn.weighted_cross_entropy_with_logits(x, f, 1.0), ValueError, "of one shape"),
    ],
)
def test_arguments_that_do_not_fit(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        call(tf.ones((1, 4, 4, 2)), tf.ones((2, 2, 2, 4)))
