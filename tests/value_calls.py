"""Example calls of functions that answer about values, or take places, counts and shifts.

Functions of numbers alone have their calls in the other tables (numpy_calls.py, complex_calls.py, tensorflow_calls.py);
here are those whose operands are also integers, truth values or probabilities, each said by what it is drawn from.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import autodiff_core as tf

Draw = Callable[[np.random.Generator], np.ndarray]


class Call(NamedTuple):
    """A call, and how each of its operands is drawn."""

    function: Callable[..., Any]
    operands: tuple[Draw, ...]


def reals(*shape: int, low: float = -2.0, high: float = 2.0, dtype: Any = np.float64) -> Draw:
    return lambda rng: np.asarray(rng.uniform(low, high, shape)).astype(dtype)


def integers(high: int, *shape: int, low: int = 0, dtype: Any = np.int64) -> Draw:
    return lambda rng: np.asarray(rng.integers(low, high, shape)).astype(dtype)


def truths(*shape: int) -> Draw:
    return lambda rng: np.asarray(rng.random(shape) < 0.5)


def orders(size: int) -> Draw:
    return lambda rng: rng.permutation(size)


def rising(*shape: int) -> Draw:
    return lambda rng: np.sort(rng.uniform(-2.0, 2.0, shape), axis=-1)


def holed(*shape: int) -> Draw:
    """Numbers of which some are missing, others infinite."""

    def draw(rng: np.random.Generator) -> np.ndarray:
        values = rng.uniform(-2.0, 2.0, shape)
        values[rng.random(shape) < 0.2] = np.nan
        values[rng.random(shape) < 0.1] = np.inf
        values[rng.random(shape) < 0.1] = -np.inf
        return values

    return draw


def missing(*shape: int) -> Draw:
    """Numbers of which some are missing, never all along an axis."""

    def draw(rng: np.random.Generator) -> np.ndarray:
        values = rng.uniform(-2.0, 2.0, shape)
        holes = rng.random(shape) < 0.3
        holes[rng.integers(0, shape[0])] = False
        holes[..., rng.integers(0, shape[-1])] = False
        values[holes] = np.nan
        return values

    return draw


def of(*calls: Callable[..., Any], draws: tuple[Draw, ...] = (reals(3, 4),)) -> tuple[Call, ...]:
    return tuple(Call(call, draws) for call in calls)


M = reals(3, 4)
V = reals(4)
I3 = integers(3, 3)
LOGITS = reals(3, 5)
MATRIX = np.random.default_rng(3).normal(size=(3, 4))

TENSORFLOW: dict[str, tuple[Call, ...]] = {
    # ------------------------------------------------------------------------------------ places, orders, counts
    "argmax": of(tf.argmax, lambda x: tf.argmax(x, 1, tf.int32)),
    "argmin": of(tf.argmin, lambda x: tf.argmin(x, -1)),
    "argsort": of(tf.argsort, lambda x: tf.argsort(x, 0, "DESCENDING")),
    "math.top_k": of(lambda x: tf.math.top_k(x, 2), lambda x: tf.math.top_k(x, 3, index_type=tf.int64)),
    "math.in_top_k": of(lambda i, x: tf.math.in_top_k(i, x, 2), draws=(I3, LOGITS)),
    "nn.in_top_k": of(lambda i, x: tf.nn.in_top_k(i, x, 2), draws=(I3, LOGITS)),
    "approx_top_k": of(lambda x: tf.approx_top_k(x, 2)),
    "math.approx_max_k": of(lambda x: tf.math.approx_max_k(x, 2)),
    "math.count_nonzero": of(tf.math.count_nonzero, lambda x: tf.math.count_nonzero(x > 0.0, 1, keepdims=True)),
    "math.zero_fraction": of(lambda x: tf.math.zero_fraction(tf.nn.relu(x))),
    "nn.zero_fraction": of(lambda x: tf.nn.zero_fraction(tf.nn.relu(x))),
    "math.confusion_matrix": of(lambda a, b: tf.math.confusion_matrix(a, b, 4), draws=(integers(4, 6), integers(4, 6)))
    + of(
        lambda a, b, w: tf.math.confusion_matrix(a, b, 4, w, tf.float64),
        draws=(integers(4, 6), integers(4, 6), reals(6)),
    ),
    "math.bincount": of(
        lambda i: tf.math.bincount(i, minlength=5, maxlength=5),
        lambda i: tf.math.bincount(i, minlength=5, maxlength=5, binary_output=True),
        draws=(integers(7, 6),),
    )
    + of(lambda i: tf.math.bincount(i, minlength=5, maxlength=5, axis=-1), draws=(integers(7, 2, 6),))
    + of(lambda i, w: tf.math.bincount(i, w, 5, 5), draws=(integers(7, 6), reals(6)))
    + of(lambda i, w: tf.math.bincount(i, w, 5, 5, axis=-1), draws=(integers(7, 2, 6), reals(2, 6))),
    "histogram_fixed_width": of(
        lambda x: tf.histogram_fixed_width(x, [-1.0, 1.0], 5),
        lambda x: tf.histogram_fixed_width_bins(x, [-1.0, 1.0], 5),
    )
    + of(lambda x, r: tf.histogram_fixed_width(x, r, 5), draws=(M, rising(2))),
    "searchsorted": of(tf.searchsorted, lambda a, x: tf.searchsorted(a, x, "right"), draws=(rising(6), reals(4)))
    + of(tf.searchsorted, draws=(rising(2, 6), reals(2, 4))),
    "math.invert_permutation": of(tf.math.invert_permutation, draws=(orders(5),)),
    "checks": of(
        lambda x: tf.debugging.check_numerics(x, "x"),
        lambda x: tf.assert_less(x, 3.0),
        lambda x: tf.assert_greater(x, -3.0),
        lambda x: tf.assert_equal(x, x),
        lambda x: tf.assert_rank(x, 2),
        lambda x: tf.Assert(tf.reduce_all(x < 3.0), [x]),
    ),
    "math.is_non_decreasing": of(tf.math.is_non_decreasing, tf.math.is_strictly_increasing),
    "math.is_finite": of(tf.math.is_finite, tf.math.is_inf, tf.math.is_nan, draws=(holed(3, 4),)),
    "equal": of(tf.equal, tf.not_equal, tf.less, tf.less_equal, tf.greater, tf.greater_equal, draws=(I3, I3)),
    "logical_and": of(
        tf.logical_and, tf.logical_or, tf.math.logical_xor, lambda x, y: tf.logical_not(x), draws=(truths(5), truths(5))
    ),
    "reduce_all": of(tf.reduce_all, tf.reduce_any, lambda x: tf.reduce_any(x, 1), draws=(truths(3, 2),)),
    "round": of(tf.round, tf.math.rint, tf.floor),
    "linalg.matrix_rank": of(tf.linalg.matrix_rank, lambda x: tf.linalg.matrix_rank(x * x, tol=0.1)),
    "unravel_index": of(lambda i: tf.unravel_index(i, [3, 4]), draws=(integers(12, 5),)),
    "bitcast": of(lambda x: tf.bitcast(x, tf.int64), lambda x: tf.bitcast(x, tf.uint8)),
    "saturate_cast": of(lambda x: tf.saturate_cast(x * 1e20, tf.int32), lambda x: tf.saturate_cast(x, tf.uint8)),
    "one_hot": of(lambda i: tf.one_hot(i, 4), lambda i: tf.one_hot(i, 4, axis=0, dtype=tf.int32), draws=(I3,))
    + of(lambda i, a, b: tf.one_hot(i, 4, a, b), draws=(I3, reals(), reals())),
    "sequence_mask": of(
        lambda n: tf.sequence_mask(n, 5), lambda n: tf.sequence_mask(n, 5, tf.float32), draws=(integers(6, 3),)
    ),
    "shape": of(tf.shape, tf.size, tf.rank, lambda x: tf.shape_n([x, x])),
    "range": of(lambda x: tf.range(tf.size(x))),
    "zeros_like": of(tf.zeros_like, tf.ones_like, lambda x: tf.fill((2, 2), x[0, 0]), lambda x: tf.eye(3) * x[0, 0]),
    "bitwise": of(
        tf.bitwise.bitwise_and,
        tf.bitwise.bitwise_or,
        tf.bitwise.bitwise_xor,
        lambda a, b: tf.bitwise.invert(a),
        tf.bitwise.left_shift,
        tf.bitwise.right_shift,
        draws=(integers(60, 5, low=-60), integers(70, 5, low=-2)),
    )
    + of(
        tf.bitwise.left_shift,
        tf.bitwise.right_shift,
        draws=(integers(60, 5, dtype=np.uint8), integers(9, 5, dtype=np.uint8)),
    ),
    # ----------------------------------------------------------------------------------------- choosing by index
    "gather": of(lambda x, i: tf.gather(x, i), draws=(M, I3))
    + of(lambda x, i: tf.gather(x, i, axis=1), draws=(M, integers(4, 2, 2)))
    + of(lambda x, i: tf.gather(x, i, axis=1), draws=(M, integers(4)))
    + of(lambda x, i: tf.gather(x, i, batch_dims=1), draws=(M, integers(4, 3, 2)))
    + of(lambda x, i: tf.gather(x, i, axis=2, batch_dims=1), draws=(reals(2, 3, 4), integers(4, 2, 2, 2))),
    "gather_nd": of(tf.gather_nd, draws=(M, integers(3, 5, 2)))
    + of(tf.gather_nd, draws=(M, integers(3, 5, 1)))
    + of(lambda x, i: tf.gather_nd(x, i, batch_dims=1), draws=(reals(2, 3, 4), integers(3, 2, 2, 1))),
    "boolean index": of(lambda x, m: tf.where(m, x, 0.0), draws=(M, truths(3, 4))),
    "index": of(lambda x, i: x[i], draws=(M, I3))
    + of(lambda x, i: x[:, i], lambda x, i: x[1, i], draws=(M, integers(4, 2)))
    + of(lambda x, i: x[i], draws=(M, integers(3, low=-3)))
    + of(lambda x, i, j: x[i, j], draws=(M, I3, I3)),
    "scatter_nd": of(lambda i, u: tf.scatter_nd(i, u, (5,)), draws=(integers(5, 4, 1), V))
    + of(lambda i, u: tf.scatter_nd(i, u, (3, 3, 4)), draws=(integers(3, 5, 2), reals(5, 4))),
    **{
        f"tensor_scatter_nd_{kind}": of(
            getattr(tf, f"tensor_scatter_nd_{kind}"), draws=(M, integers(3, 2, 1), reals(2, 4))
        )
        + of(getattr(tf, f"tensor_scatter_nd_{kind}"), draws=(M, integers(3, 6, 2), reals(6)))
        for kind in ("add", "sub", "update", "max", "min")
    },
    **{
        f"math.unsorted_segment_{kind}": of(
            lambda x, i, kind=kind: getattr(tf.math, f"unsorted_segment_{kind}")(x, i, 3),
            draws=(reals(6, 2), integers(3, 6, low=-1)),
        )
        + of(
            lambda x, i, kind=kind: getattr(tf.math, f"unsorted_segment_{kind}")(x, i, 3),
            draws=(reals(2, 3), integers(3, 2, 3)),
        )
        for kind in ("sum", "mean", "sqrt_n", "prod", "max", "min")
    },
    **{
        f"math.segment_{kind}": of(
            lambda x, i, kind=kind: getattr(tf.math, f"segment_{kind}")(x, i),
            draws=(reals(6, 2), lambda rng: np.append(np.sort(rng.integers(0, 4, 5)), 3)),
        )
        for kind in ("sum", "mean", "prod", "max", "min")
    },
    "dynamic_stitch": of(
        lambda i, j, x, y: tf.dynamic_stitch([i, j], [x, y]),
        draws=(lambda rng: np.append(rng.permutation(4), 7), integers(7, 3), reals(5, 2), reals(3, 2)),
    ),
    "reverse_sequence": of(lambda x, n: tf.reverse_sequence(x, n, 1), draws=(M, integers(5, 3)))
    + of(lambda x, n: tf.reverse_sequence(x, n, 0, 1), draws=(reals(3, 4, 2), integers(4, 4))),
    "roll": of(lambda x, n: tf.roll(x, n, 0), lambda x, n: tf.roll(x, n, -1), draws=(M, integers(5, low=-5)))
    + of(lambda x, n: tf.roll(x, n, [0, 1]), draws=(M, integers(5, 2, low=-5))),
    "slice": of(lambda x, b: tf.slice(x, b, [2, 2]), draws=(M, integers(2, 2)))
    + of(lambda x, b: tf.slice(x, [b, 0], [2, 2]), draws=(M, integers(2))),
    "dynamic slice": of(lambda x, i: x[i], lambda x, i: x[:, i], draws=(M, integers(3))),
    "tensor.at": of(
        lambda x, i, u: x.at[i].set(u), lambda x, i, u: x.at[i].add(u), draws=(M, integers(3, 2), reals(2, 4))
    )
    + of(
        lambda x, i, u: x.at[i].multiply(u),
        lambda x, i, u: x.at[i].max(u),
        lambda x, i, u: x.at[i].min(u),
        lambda x, i, u: x.at[i].divide(u),
        lambda x, i, u: x.at[i].get(),
        draws=(M, integers(3, 2), reals(2, 4, low=1.0)),
    )
    + of(lambda x, i, u: x.at[i].set(u), draws=(M, integers(3), V)),
    # ------------------------------------------------------------------- what is recorded for the values it is given
    "where of a condition": of(tf.where, draws=(truths(9),)),
    "boolean_mask": of(lambda x, m: tf.boolean_mask(x, m), lambda x, m: x[m], draws=(M, truths(3, 4))),
    "dynamic_partition": of(lambda x, i: tf.dynamic_partition(x, i, 2), draws=(reals(9, 2), integers(2, 9))),
    "repeat by a tensor": of(lambda x, n: tf.repeat(x, n, 0), draws=(M, I3)),
    "nn.collapse_repeated": of(lambda i: tf.nn.collapse_repeated(i, [9]), draws=(integers(3, 1, 9),)),
    "nn.compute_accidental_hits": of(
        lambda i, j: tf.nn.compute_accidental_hits(i, j, 1), draws=(integers(3, 9, 1), integers(3, 5))
    ),
    "tensor.at several times": of(
        lambda x, i: x.at[i].power(2.0), lambda x, i: x.at[i].apply(tf.sin), draws=(reals(4), integers(4, 6))
    ),
    # -------------------------------------------------------------------------------------------------- networks
    "nn.sparse_softmax_cross_entropy_with_logits": of(
        tf.nn.sparse_softmax_cross_entropy_with_logits, draws=(I3, LOGITS)
    ),
    "nn.embedding_lookup": of(lambda x, i: tf.nn.embedding_lookup(x, i), draws=(M, integers(3, 2, 2)))
    + of(lambda x, i: tf.nn.embedding_lookup(x, i, max_norm=1.0), draws=(M, integers(3, 2, 2))),
    "nn.ctc_loss": of(
        lambda labels, x: tf.nn.ctc_loss(labels, x, [2, 3], [6, 6]), draws=(integers(5, 2, 3, low=1), reals(6, 2, 5))
    )
    + of(
        lambda labels, x, n: tf.nn.ctc_loss(labels, x, n, [6, 6]),
        draws=(integers(5, 2, 3, low=1), reals(6, 2, 5), integers(4, 2, low=1)),
    ),
    "nn.ctc_unique_labels": of(tf.nn.ctc_unique_labels, draws=(integers(3, 2, 4),)),
    "nn.max_pool_with_argmax": of(lambda x: tf.nn.max_pool_with_argmax(x, 2, 1, "SAME"), draws=(reals(1, 3, 4, 2),)),
    "nn.isotonic_regression": of(lambda x: tf.nn.isotonic_regression(x)),
    "nn.nce_loss": of(
        lambda w, b, i, x, s: tf.nn.nce_loss(
            w, b, i, x, 3, 6, sampled_values=(s, np.full((2, 1), 0.5), np.full(3, 0.5))
        ),
        draws=(reals(6, 3), reals(6), integers(6, 2, 1), reals(2, 3), integers(6, 3)),
    )
    + of(
        lambda w, b, i, x: tf.nn.nce_loss(
            w, b, i, x, 2, 6, sampled_values=([0, 1], [[0.5], [0.5]], [0.5, 0.5]), remove_accidental_hits=True
        ),
        draws=(reals(6, 3), reals(6), integers(6, 2, 1), reals(2, 3)),
    ),
    "nn.sampled_softmax_loss": of(
        lambda w, b, i, x: tf.nn.sampled_softmax_loss(
            w, b, i, x, 2, 6, sampled_values=([0, 1], [[0.5], [0.5]], [0.5, 0.5])
        ),
        draws=(reals(6, 3), reals(6), integers(6, 2, 1), reals(2, 3)),
    ),
    "with_space_to_batch": of(
        lambda x: tf.nn.with_space_to_batch(
            x, [2, 1], "SAME", lambda t, dims, padding: tf.nn.avg_pool2d(t, 2, 1, padding), [2, 2]
        ),
        draws=(reals(2, 5, 6, 2),),
    ),
    "keras.metrics": of(tf.keras.metrics.sparse_categorical_accuracy, draws=(I3, LOGITS))
    + of(tf.keras.metrics.categorical_accuracy, tf.keras.metrics.binary_accuracy, draws=(M, M))
    + of(tf.keras.metrics.accuracy, draws=(I3, I3)),
    # ---------------------------------------------------------------------------------------------------- random
    "random.normal": of(
        lambda m, s: tf.random.normal((3, 4), m, s),
        lambda m, s: tf.random.truncated_normal((3, 4), m, s),
        lambda m, s: tf.random.uniform((3, 4), m, m + s),
        lambda m, s: tf.random.normal((3, 4), m, s, seed=4),
        draws=(V, reals(4, low=0.5)),
    ),
    "random.normal of a number": of(
        lambda m: tf.random.normal((3, 4), m), lambda m: tf.random.uniform((2,), 0.0, m), draws=(reals(low=0.5),)
    ),
    "random.uniform of integers": of(
        lambda n: tf.random.uniform((3, 4), 0, n, tf.int32),
        lambda n: tf.random.uniform((3,), -n, n, tf.int64),
        draws=(integers(9, low=2),),
    ),
    "random.shuffle": of(tf.random.shuffle),
    "random.categorical": of(lambda x: tf.random.categorical(x, 5)),
    "random.gamma": of(lambda a: tf.random.gamma((3,), a), draws=(reals(2, low=0.5),))
    + of(lambda a, b: tf.random.gamma((3,), a, b), draws=(reals(2, low=0.5), reals(2, low=0.5))),
    "random.poisson": of(lambda a: tf.random.poisson((3,), a), draws=(reals(2, low=0.5),)),
    "random.stateless": of(
        lambda s: tf.random.stateless_normal((3,), s),
        lambda s: tf.random.stateless_uniform((3,), s),
        lambda s: tf.random.stateless_uniform((3,), s, 0, 9, tf.int32),
        lambda s: tf.random.stateless_truncated_normal((3,), s),
        lambda s: tf.random.stateless_poisson((3,), s, 2.0),
        lambda s: tf.random.stateless_gamma((3,), s, 2.0),
        lambda s: tf.random.stateless_binomial((3,), s, 5.0, 0.5),
        lambda s: tf.random.stateless_categorical([[0.0, 1.0]], 3, s),
        lambda s: tf.random.stateless_parameterized_truncated_normal((3,), s),
        lambda s: tf.random.split(s, 3),
        lambda s: tf.random.fold_in(s, 3),
        lambda s: tf.random.experimental.stateless_shuffle(np.arange(5), s),
        lambda s: tf.random.experimental.index_shuffle(2, [*s, s[0]], 9),
        draws=(integers(99, 2),),
    ),
    "random.stateless of parameters": of(
        lambda p: tf.random.stateless_uniform((3,), [1, 2], p, p + 1.0),
        lambda p: tf.random.stateless_poisson((3,), [1, 2], p),
        lambda p: tf.random.stateless_gamma((3,), [1, 2], p),
        lambda p: tf.random.stateless_binomial((3,), [1, 2], 5.0, p / 3.0),
        draws=(reals(low=0.5),),
    ),
    "random.fold_in": of(lambda n: tf.random.fold_in([1, 2], n), draws=(integers(9),)),
    "random.experimental.index_shuffle": of(
        lambda i: tf.random.experimental.index_shuffle(i, [1, 2, 3], 9), draws=(integers(9),)
    ),
    "random.samplers": of(
        lambda i: tf.random.uniform_candidate_sampler(i, 1, 3, True, 9),
        lambda i: tf.random.uniform_candidate_sampler(i, 1, 3, False, 9),
        lambda i: tf.random.log_uniform_candidate_sampler(i, 1, 3, True, 9),
        lambda i: tf.random.all_candidate_sampler(i, 1, 9, True),
        lambda i: tf.random.fixed_unigram_candidate_sampler(i, 1, 3, True, 9, unigrams=np.arange(1.0, 10.0)),
        draws=(integers(9, 2, 1),),
    ),
    "nn.dropout": of(
        lambda x: tf.nn.dropout(x, 0.5),
        lambda x: tf.nn.experimental.stateless_dropout(x, 0.5, [1, 2]),
        lambda x: tf.nn.experimental.general_dropout(x, 0.5, tf.random.uniform),
    )
    + of(lambda x, p: tf.nn.dropout(x, p), draws=(M, reals(low=0.1, high=0.9)))
    + of(lambda x, s: tf.nn.experimental.stateless_dropout(x, 0.5, s), draws=(M, integers(9, 2))),
    "nn.fractional_max_pool": of(
        lambda x: tf.nn.fractional_max_pool(x, [1, 1.4, 1.4, 1]),
        lambda x: tf.nn.fractional_avg_pool(x, [1, 1.4, 1.4, 1], pseudo_random=True),
        draws=(reals(1, 6, 6, 1),),
    ),
    # --------------------------------------------------------------------------------------------------- signals
    "signal": of(
        tf.signal.fftshift,
        tf.signal.ifftshift,
        lambda x: tf.signal.dct(x),
        lambda x: tf.signal.idct(x),
        lambda x: tf.signal.rfft(x),
        lambda x: tf.signal.irfft(tf.signal.rfft(x)),
        lambda x: tf.signal.frame(x, 2, 1),
        lambda x: tf.signal.overlap_and_add(x, 2),
        lambda x: tf.signal.mdct(x, 4),
        lambda x: tf.signal.inverse_mdct(x),
        lambda x: tf.signal.stft(x, 2, 1),
        lambda x: tf.signal.inverse_stft(tf.signal.stft(x, 2, 1), 2, 1),
        lambda x: tf.signal.mfccs_from_log_mel_spectrograms(x),
        lambda x: tf.signal.fft(tf.cast(x, tf.complex128)),
        lambda x: tf.signal.fft2d(tf.cast(x, tf.complex128)),
        lambda x: tf.signal.rfft2d(x),
        lambda x: tf.signal.irfft2d(tf.signal.rfft2d(x)),
        lambda x: tf.signal.irfft3d(tf.signal.rfft3d(x[None])),
        lambda x: tf.signal.irfftnd(tf.signal.rfftnd(x, [3, 4], [0, 1]), [3, 4], [0, 1]),
        lambda x: tf.signal.ifft(tf.cast(x, tf.complex128)),
        lambda x: tf.signal.ifft2d(tf.cast(x, tf.complex128)),
        lambda x: tf.signal.ifft3d(tf.signal.fft3d(tf.cast(x[None], tf.complex128))),
        lambda x: tf.signal.ifftnd(tf.signal.fftnd(tf.cast(x, tf.complex128), [3, 4], [0, 1]), [3, 4], [0, 1]),
    ),
}

WITHOUT_NAN = ["nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmax", "nanmin", "nanmedian"]
WITHOUT_NAN += ["nanargmax", "nanargmin"]
NUMPY: dict[str, tuple[Call, ...]] = {
    "take": of(lambda x, i: np.take(x, i), draws=(M, integers(12, 2, 3, low=-12)))
    + of(lambda x, i: np.take(x, i, axis=1), draws=(M, integers(4, 2, low=-4)))
    + of(
        lambda x, i: np.take(x, i, 1, mode="clip"),
        lambda x, i: np.take(x, i, 1, mode="wrap"),
        draws=(M, integers(9, 2, low=-9)),
    )
    + of(lambda x, i: np.take(x, i, axis=0), draws=(M, integers(3))),
    "take_along_axis": of(lambda x, i: np.take_along_axis(x, i, 1), draws=(M, integers(4, 3, 2, low=-4)))
    + of(lambda x, i: np.take_along_axis(x, i, None), draws=(M, integers(12, 3)))
    + of(lambda x: np.take_along_axis(x, np.argsort(x, 1), 1)),
    "choose": of(lambda i, x: np.choose(i, x), draws=(integers(3, 4), M))
    + of(
        lambda i, x: np.choose(i, x, mode="clip"),
        lambda i, x: np.choose(i, x, mode="wrap"),
        draws=(integers(9, 4, low=-3), M),
    ),
    "select": of(lambda m, x: np.select([m, x > 0.0], [x, x * x]), draws=(truths(3, 4), M)),
    "piecewise": of(lambda x: np.piecewise(x, [x < 0.0, x >= 0.0], [-1.0, 2.0])),
    "where": of(lambda m, x: np.where(m, x, 0.0), draws=(truths(3, 4), M)),
    "searchsorted": of(
        np.searchsorted, lambda a, x: np.searchsorted(a, x, side="right"), draws=(rising(6), reals(2, 4))
    )
    + of(lambda a, x, s: np.searchsorted(a, x, sorter=np.argsort(a)), draws=(reals(6), reals(3), reals())),
    "digitize": of(np.digitize, lambda x, b: np.digitize(x, b, True), draws=(M, rising(5))),
    "isin": of(np.isin, lambda x, y: np.isin(x, y, invert=True), draws=(integers(9, 3, 4), integers(9, 3))),
    "isclose": of(
        np.isclose,
        lambda x, y: np.isclose(x, y, 0.1, 0.1, equal_nan=True),
        np.allclose,
        np.array_equal,
        np.array_equiv,
        draws=(holed(5), holed(5)),
    ),
    "equality": of(np.array_equal, np.array_equiv, np.allclose, draws=(integers(2, 2), integers(2, 2))),
    "bincount": of(lambda i: np.bincount(i, minlength=6), draws=(lambda rng: np.append(rng.integers(0, 6, 5), 5),))
    + of(
        lambda i, w: np.bincount(i, w, minlength=6),
        draws=(lambda rng: np.append(rng.integers(0, 6, 5), 5), reals(6)),
    ),
    "histogram": of(
        lambda x: np.histogram(x, np.array([-2.0, -0.5, 0.5, 2.0])),
        lambda x: np.histogram(x, 4, (-2.0, 2.0)),
        lambda x: np.histogram(x, 4, (-2.0, 2.0), density=True),
        lambda x: np.histogram(x, 4),
        lambda x: np.histogram2d(x[0], x[1], 3, [[-2, 2], [-2, 2]])[0],
        lambda x: np.histogramdd(x, 2, [(-2, 2)] * 4)[0],
        lambda x: np.histogram_bin_edges(x, 4),
    )
    + of(lambda x, w: np.histogram(x, 4, (-2.0, 2.0), weights=w), draws=(V, V)),
    "nan_to_num": of(np.nan_to_num, lambda x: np.nan_to_num(x, nan=1.0, posinf=2.0, neginf=3.0), draws=(holed(4, 5),)),
    "nan functions": of(
        *(lambda x, name=name: getattr(np, name)(x) for name in WITHOUT_NAN),
        *(lambda x, name=name: getattr(np, name)(x, 1) for name in WITHOUT_NAN),
        *(lambda x, name=name: getattr(np, name)(x, 0) for name in ("nancumsum", "nancumprod")),
        lambda x: np.nanquantile(x, 0.3),
        lambda x: np.nanquantile(x, [0.3, 0.8], axis=0),
        lambda x: np.nanpercentile(x, 40.0, axis=1, method="lower"),
        draws=(missing(4, 5),),
    ),
    "quantile": of(
        lambda x: np.quantile(x, 0.3),
        lambda x: np.quantile(x, [0.3, 0.9], axis=0, method="hazen"),
        lambda x: np.median(x, axis=1),
        lambda x: np.median(x),
        lambda x: np.percentile(x, 50.0),
        draws=(missing(5, 4),),
    ),
    "quantile with weights": of(lambda x: np.quantile(x, 0.4, weights=np.abs(MATRIX), method="inverted_cdf")),
    "rounding": of(
        np.round,
        np.around,
        lambda x: np.round(x, 2),
        lambda x: np.round(100.0 * x, -1),
        np.fix,
        np.rint,
        np.floor,
        np.ceil,
        np.trunc,
        np.modf,
        np.frexp,
        lambda x: np.divmod(x, 0.7),
        np.signbit,
        np.isneginf,
        np.isposinf,
        np.iscomplex,
        np.isreal,
        np.iscomplexobj,
        np.isrealobj,
        np.real_if_close,
    ),
    "rounding of integers": of(np.round, lambda x: np.round(x, -1), draws=(integers(99, 4),)),
    "integers": of(
        np.left_shift,
        np.right_shift,
        np.bitwise_and,
        np.gcd,
        np.lcm,
        lambda a, b: np.bitwise_count(a),
        lambda a, b: np.ldexp(a.astype(float), b),
        draws=(integers(60, 5), integers(9, 5)),
    )
    + of(lambda i: np.unravel_index(i, (3, 4)), draws=(integers(12, 5),))
    + of(lambda i, j: np.ravel_multi_index((i, j), (3, 4)), draws=(I3, I3))
    + of(np.packbits, draws=(truths(3, 4),))
    + of(np.unpackbits, draws=(integers(255, 3, dtype=np.uint8),)),
    "ordering": of(
        np.sort,
        np.argsort,
        lambda x: np.argsort(x, 0, stable=True),
        lambda x: np.argsort(x, None),
        lambda x: np.partition(x, 2),
        lambda x: np.argpartition(x, 2)[..., 2],
        lambda x: np.lexsort((x[0], x[1])),
        lambda x: np.sort_complex(x),
    ),
    "roll": of(lambda x, n: np.roll(x, n), lambda x, n: np.roll(x, n, 1), draws=(M, integers(5, low=-5)))
    + of(lambda x, n: np.roll(x, n, (0, 1)), draws=(M, integers(5, 2, low=-5))),
    "insert": of(lambda x, i: np.insert(x, i, 5.0), lambda x, i: np.delete(x, i), draws=(V, integers(4))),
    "counts": of(
        np.count_nonzero,
        lambda x: np.count_nonzero(x, 0, keepdims=True),
        np.any,
        np.all,
        lambda x: np.any(x, axis=0, where=[True, False, True, True]),
        draws=(integers(2, 3, 4),),
    ),
    "where=": of(
        lambda x, m: np.sum(x, where=m),
        lambda x, m: np.mean(x, axis=0, where=m | True),
        lambda x, m: np.max(x, initial=-9.0, where=m),
        lambda x, m: np.any(x > 0.0, where=m),
        lambda x, m: np.var(x, where=m | (x > 5.0), ddof=0),
        draws=(M, truths(3, 4)),
    ),
    "ufunc methods": of(
        lambda x: np.logical_xor.reduce(x > 0.0),
        lambda x: np.logical_or.accumulate(x > 0.0, axis=1),
        lambda x: np.logical_and.reduceat(x > 0.0, [0, 2], axis=1),
        np.maximum.accumulate,
        lambda x: np.minimum.accumulate(x, axis=1),
        lambda x: np.subtract.outer(x[0], x[1]),
        lambda x: np.less.outer(x[0], x[1]),
        lambda x: np.hypot.reduce(x),
    )
    + of(np.gcd.reduce, np.lcm.reduce, np.bitwise_xor.accumulate, draws=(integers(9, 3, 4, low=1),))
    + of(
        lambda x, i: np.add.reduceat(x, i),
        lambda x, i: np.maximum.reduceat(x, i),
        lambda x, i: np.multiply.reduceat(x, i),
        draws=(reals(6), lambda rng: np.append(0, np.sort(rng.choice(np.arange(1, 6), 2, replace=False)))),
    ),
    "ix_": of(np.ix_, draws=(truths(9),)),
    "places of truth": of(np.nonzero, np.flatnonzero, np.argwhere, np.where, draws=(truths(9),)),
    "compress by a tensor": of(
        lambda m, x: np.compress(m, x, axis=0), lambda m, x: np.extract(m, x[:, 0]), draws=(truths(9), reals(9, 2))
    ),
    "repeat by a tensor": of(lambda x, n: np.repeat(x, n, 0), draws=(M, I3)),
    "delete of several": of(lambda x, i: np.delete(x, i), draws=(reals(9), integers(9, 5))),
    "real_if_close of complex numbers": of(
        lambda x, i: np.real_if_close(x + 1j * tf.cast(i, tf.float64)), draws=(reals(), integers(2))
    ),
    "pad": of(lambda x, c: np.pad(x, 1, constant_values=c), draws=(M, reals())),
    "ramp": of(lambda x: np.unwrap(4.0 * x), np.sinc, np.i0),
    "interp": of(np.interp, draws=(M, rising(5), reals(5)))
    + of(
        lambda x, p, f: np.interp(x, p, f, left=0.0),
        lambda x, p, f: np.interp(x, p, f, period=1.5),
        draws=(M, rising(5), reals(5)),
    ),
    "geomspace": of(lambda a, b: np.geomspace(a, b, 4), draws=(reals(low=0.5), reals(low=0.5))),
    "average": of(lambda x, w: np.average(x, axis=1, weights=w), draws=(M, reals(4, low=0.5))),
    "trim": of(lambda x: np.angle(x), lambda x: np.angle(x + 1j)),
    "linalg": of(
        np.linalg.matrix_rank,
        lambda x: np.linalg.cond(x[:, :3]),
        lambda x: np.linalg.lstsq(x, np.ones(3), rcond=None)[0],
        lambda x: np.linalg.lstsq(x.T, np.ones(4), rcond=None),
        lambda x: np.linalg.pinv(x),
    ),
    "strings": of(
        lambda x: np.result_type(x, np.float32), lambda x: np.common_type(x), lambda x: np.can_cast(x.dtype, np.float32)
    ),
}

METHODS: tuple[Call, ...] = (
    of(
        lambda x: x.argmax(),
        lambda x: x.argmax(1),
        lambda x: x.argmin(axis=0, keepdims=True),
        lambda x: x.argsort(),
        lambda x: x.argsort(axis=0),
        lambda x: x.argpartition(2)[:, 2],
        lambda x: x.round(),
        lambda x: x.round(2),
        lambda x: (x > 0.0).any(),
        lambda x: (x > 0.0).all(axis=0),
        lambda x: x.clip(-0.5, 0.5),
        lambda x: x.ptp(),
        lambda x: np.sort(x[0]).searchsorted(x[1]),
        lambda x: x.max(axis=1),
        lambda x: x.astype(np.int32),
        lambda x: x.std(),
    )
    + of(lambda x, i: x.take(i), lambda x, i: x.take(i, axis=0), draws=(M, I3))
    + of(lambda i, x: i.choose(x), draws=(integers(3, 4), M))
)


def shuffled(*values: Any) -> Draw:
    """These values, in another order."""
    return lambda rng: rng.permutation(np.array(values))


HALF = shuffled(True, False, True, False)
# What is recorded for how many elements the result has, and for nothing else of the values.
COUNTED: tuple[Call, ...] = (
    of(
        lambda x, m: x[m],
        lambda x, m: x.T[:, m],
        lambda x, m: x[m, 1],
        lambda x, m: tf.boolean_mask(x, m),
        lambda x, m: tf.boolean_mask(tf.transpose(x), m, axis=1),
        lambda x, m: tf.where(m),
        lambda x, m: x.at[m].set(3.0),
        lambda x, m: x.at[m].multiply(x[m]),
        lambda x, m: np.nonzero(m),
        lambda x, m: x[np.flatnonzero(m)],
        lambda x, m: np.compress(m, x, axis=0),
        lambda x, m: np.extract(m, x[:, 0]),
        draws=(reals(4, 3), HALF),
    )
    + of(lambda x: x[np.argsort(x) > 1], lambda x: np.argwhere(np.argsort(x) > 1), draws=(V,))
    + of(lambda x, n: tf.repeat(x, n, 0), lambda x, n: np.repeat(x, n, 0), draws=(reals(4, 3), shuffled(2, 0, 1, 3)))
    + of(lambda x, i: tf.dynamic_partition(x, i, 3), draws=(reals(5, 2), shuffled(0, 1, 1, 2, 0)))
    + of(lambda i: np.bincount(i), lambda i: tf.sequence_mask(i), draws=(shuffled(0, 1, 1, 3),))
)
