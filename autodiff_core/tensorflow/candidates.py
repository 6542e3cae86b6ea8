"""Losses over a few classes drawn from many, and the draws.

The draws are NumPy's, of TensorFlow's distributions; their expected counts are TensorFlow's.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .. import _core
from .._core import Tensor
from ..ops import forms
from ..ops.drawing import fresh_seed
from ..ops.elementwise import add, equal, log, multiply, select, subtract
from ..ops.forms import Kind
from ..ops.gamma_variates import generator_from
from ..ops.linalg import matmul
from ..ops.nn import sigmoid_cross_entropy_with_logits, softmax_cross_entropy_with_logits
from ..ops.picking import places_of
from ..ops.reductions import reduce_any, reduce_sum
from ..ops.shaping import concat, reshape
from .embedding import embedding_lookup


class CandidateSampler(NamedTuple):
    """What samplers give: classes drawn, and how often the true ones and they are expected among them."""

    sampled_candidates: Tensor
    true_expected_count: Tensor
    sampled_expected_count: Tensor


def _drawn(
    function: str,
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    probability: np.ndarray,
    seed: int | None,
) -> CandidateSampler:
    true, num_true, num_sampled = _core.operand(true_classes), _core.integer(num_true), _core.integer(num_sampled)
    if true.ndim != 2 or true.shape[1] != num_true or true.dtype.kind not in "iu":
        raise ValueError(
            f"{function}: true_classes must be integers of shape (batch, {num_true}), not {true.dtype} of "
            f"{tuple(true.shape)}"
        )
    possible = int(np.count_nonzero(probability))
    if num_sampled < 1 or (unique and num_sampled > possible):
        raise ValueError(f"{function}: {num_sampled} different classes cannot be drawn from {possible}")
    found = _DRAWN([fresh_seed(seed), probability], (num_sampled, bool(unique)))
    drawn, tries = found[:-1], found[-1]
    expected, drawn_expected = (
        _EXPECTED([classes, tries, probability], (function, bool(unique))) for classes in (true, drawn)
    )
    return CandidateSampler(drawn, expected, drawn_expected)


def _classes(attributes: Any, seed: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Classes that are drawn, and how many tries that took."""
    num_sampled, unique = attributes
    generator, count = generator_from(seed), probability.size
    if not unique:
        return np.append(generator.choice(count, num_sampled, p=probability), num_sampled)
    # One after the other until there are enough different ones, which says how many tries it took.
    if num_sampled > np.count_nonzero(probability):
        raise ValueError(f"there are no {num_sampled} different classes of a probability above zero")
    found: dict[int, None] = {}
    tries = 0
    while len(found) < num_sampled:
        for number in generator.choice(count, 2 * num_sampled, p=probability).tolist():
            tries += 1
            found.setdefault(number)
            if len(found) == num_sampled:
                break
    return np.array([*found, tries])


def _expected_kind(attributes: Any, classes: Kind, tries: Kind, probability: Kind) -> Kind:
    forms.integers(classes)
    forms.dims(probability, 1, 1)
    return Kind(np.float32, forms.broadcast(classes, tries))


def _expected(attributes: Any, classes: np.ndarray, tries: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """How often classes are expected among the drawn."""
    function, unique = attributes
    if classes.size and not 0 <= classes.min() <= classes.max() < probability.size:
        raise ValueError(f"{function}: true_classes must be from 0 to {probability.size - 1}")
    p = probability[classes]
    counts = -np.expm1(tries * np.log1p(-np.minimum(p, 1.0 - 1e-12))) if unique else p * tries
    return counts.astype(np.float32)


_DRAWN = places_of(
    "drawn_classes",
    _classes,
    form=forms.parts(forms.count, forms.flag),
    gives=lambda attributes, seed, probability: Kind(np.int64, (attributes[0] + 1,)),
)
_EXPECTED = places_of(
    "expected_counts",
    _expected,
    raises=True,
    form=forms.parts(forms.text(), forms.flag),
    gives=_expected_kind,
)

_SAMPLER = """Draw classes {how}.

    Parameters
    ----------
    true_classes : array_like of int
        Of shape (batch, num_true).
    num_true : int
        How many true classes an example has.
    num_sampled : int
        How many classes to draw, for the whole batch.
    unique : bool
        Whether all drawn must differ.
    range_max : int
        How many classes there are.
    {more}seed : int, optional
        The generator to draw from; see `tf.random`.

    Returns
    -------
    sampled_candidates : Tensor
        Of shape (num_sampled,) and dtype int64.
    true_expected_count, sampled_expected_count : Tensor
        How often each is expected among the drawn; of dtype float32.

    Raises
    ------
    ValueError
        Where classes or numbers do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/{name}. The draws are NumPy's; a recorded function
    draws anew at each replay.

    Examples
    --------
    >>> tf.random.{name}([[0], [3]], 1, 4, True, {example}).sampled_candidates.shape
    TensorShape([4])
    """


def uniform_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> CandidateSampler:
    range_max = _core.as_index(range_max)
    probability = np.full(range_max, 1.0 / max(range_max, 1))
    return _drawn("uniform_candidate_sampler", true_classes, num_true, num_sampled, unique, probability, seed)


def log_uniform_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> CandidateSampler:
    range_max = _core.as_index(range_max)
    probability = np.diff(np.log(np.arange(1.0, range_max + 2.0))) / np.log(range_max + 1.0)
    return _drawn("log_uniform_candidate_sampler", true_classes, num_true, num_sampled, unique, probability, seed)


def fixed_unigram_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    vocab_file: str = "",
    distortion: float = 1.0,
    num_reserved_ids: int = 0,
    num_shards: int = 1,
    shard: int = 0,
    unigrams: Sequence[float] = (),
    seed: int | None = None,
    name: str | None = None,
) -> CandidateSampler:
    function = "fixed_unigram_candidate_sampler"
    if bool(vocab_file) == bool(len(unigrams)):
        raise ValueError(f"{function}: either unigrams or a vocab_file must be given")
    if num_shards < 1 or not 0 <= shard < num_shards:
        raise ValueError(f"{function}: there is no shard {shard} of {num_shards}")
    lines = Path(vocab_file).read_text().splitlines() if vocab_file else []
    counts = [float(line.rsplit(",", 1)[-1]) for line in lines if line.strip()] if vocab_file else list(unigrams)
    weights = np.concatenate([np.zeros(num_reserved_ids), np.asarray(counts, np.float64) ** distortion])
    if len(weights) != range_max or not weights.sum() > 0.0:
        raise ValueError(
            f"{function}: {num_reserved_ids} reserved classes and {len(counts)} unigrams are not range_max "
            f"{range_max}, or all are zero"
        )
    kept = np.where(np.arange(range_max) % num_shards == shard, weights, 0.0)
    return _drawn(function, true_classes, num_true, num_sampled, unique, kept / kept.sum(), seed)


def all_candidate_sampler(
    true_classes: Any, num_true: int, num_sampled: int, unique: bool, seed: int | None = None, name: str | None = None
) -> CandidateSampler:
    """All classes, which makes a loss over drawn ones the whole loss.

    Parameters
    ----------
    true_classes : array_like of int
        Of shape (batch, num_true).
    num_true : int
        How many true classes an example has.
    num_sampled : int
        How many classes there are.
    unique, seed : object
        Accepted for TensorFlow's sake: nothing is drawn.

    Returns
    -------
    sampled_candidates : Tensor
        Of shape (num_sampled,) and dtype int64.
    true_expected_count, sampled_expected_count : Tensor
        Ones, of dtype float32.

    Raises
    ------
    ValueError
        Where the shape does not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/all_candidate_sampler

    Examples
    --------
    >>> tf.random.all_candidate_sampler([[0], [2]], 1, 3, True).sampled_candidates.numpy().tolist()
    [0, 1, 2]
    """
    shape = tuple(_core.operand(true_classes).shape)
    if len(shape) != 2 or shape[1] != num_true:
        raise ValueError(f"all_candidate_sampler: true_classes must have the shape (batch, {num_true}), not {shape}")
    ones = np.ones(num_sampled, np.float32)
    return CandidateSampler(*map(_core.to_tensor, (np.arange(num_sampled), np.ones(shape, np.float32), ones)))


_FIXED = """vocab_file : str
        A file with a line for each class that ends in a comma and its weight; instead of `unigrams`.
    distortion : float
        What weights are raised to.
    num_reserved_ids : int
        How many classes before those of the weights are never drawn.
    num_shards, shard : int
        Only every so many classes are drawn, from this one on.
    unigrams : sequence of float
        A weight for each class.
    """
for _function, _how, _more, _example in (
    (uniform_candidate_sampler, "evenly", "", "10"),
    (
        log_uniform_candidate_sampler,
        "about as often as words, sorted by how common they are, come up in texts",
        "",
        "10",
    ),
    (fixed_unigram_candidate_sampler, "by given weights", _FIXED, "5, unigrams=[1, 2, 3, 4, 5]"),
):
    _function.__doc__ = _SAMPLER.format(how=_how, more=_more, name=_function.__name__, example=_example)


def compute_accidental_hits(
    true_classes: Any, sampled_candidates: Any, num_true: int, seed: int | None = None, name: str | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Where a drawn class is a true one of an example.

    Parameters
    ----------
    true_classes : array_like of int
        Of shape (batch, num_true).
    sampled_candidates : array_like of int
        Of one dimension.
    num_true : int
        How many true classes an example has.
    seed : int, optional
        Accepted for TensorFlow's sake: nothing is drawn.

    Returns
    -------
    indices : Tensor
        The examples, of dtype int32.
    ids : Tensor
        The places among the drawn, of dtype int64.
    weights : Tensor
        The lowest number of float32 for each.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/compute_accidental_hits

    Examples
    --------
    >>> [part.numpy().tolist() for part in tf.nn.compute_accidental_hits([[1], [2]], [2, 1], 1)[:2]]
    [[0, 1], [1, 0]]
    """
    true, drawn = np.asarray(_core.operand(true_classes)), np.asarray(_core.operand(sampled_candidates))
    if true.ndim != 2 or true.shape[1] != num_true or drawn.ndim != 1:
        raise ValueError(
            f"compute_accidental_hits: true_classes must have the shape (batch, {num_true}) and sampled_candidates one "
            f"dimension, not {true.shape} and {drawn.shape}"
        )
    rows, _, places = np.nonzero(true[:, :, None] == drawn)
    weights = np.full(len(rows), np.finfo(np.float32).min)
    return (
        _core.to_tensor(rows.astype(np.int32)),
        _core.to_tensor(places.astype(np.int64)),
        _core.to_tensor(weights.astype(np.float32)),
    )


def _sampled_logits(
    function: str,
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int,
    sampled_values: Any,
    remove_accidental_hits: bool,
    seed: int | None,
) -> tuple[Any, Any]:
    """Logits of true and drawn classes, less the logarithms of their expected counts; and what they should be."""
    true: Any = _core.to_dtype(labels, np.int64)
    num_true = _core.as_index(num_true)
    x, biases = _core.operands(inputs, biases)
    if true.ndim == 1 and num_true == 1:
        true = true[:, None]
    if true.ndim != 2 or true.shape[1] != num_true or len(x.shape) != 2 or x.shape[0] != true.shape[0]:
        raise ValueError(
            f"{function}: labels of shape {tuple(true.shape)} with {num_true} true classes do not fit inputs of shape "
            f"{tuple(x.shape)}"
        )
    if sampled_values is None:
        sampled_values = log_uniform_candidate_sampler(true, num_true, num_sampled, True, num_classes, seed)
    drawn, true_expected, drawn_expected = sampled_values
    drawn = reshape(_core.to_dtype(drawn, np.int64), -1)
    batch, dim = int(x.shape[0]), int(x.shape[1])
    together = concat([reshape(true, -1), drawn], 0)
    rows, shifts = embedding_lookup(weights, together), embedding_lookup(biases, together)
    own, others = rows[: true.size], rows[true.size :]
    true_logits = reduce_sum(multiply(reshape(x, (batch, 1, dim)), reshape(own, (batch, num_true, dim))), 2)
    true_logits = add(true_logits, reshape(shifts[: true.size], (batch, num_true)))
    logits = add(matmul(x, others, transpose_b=True), shifts[true.size :])
    if remove_accidental_hits:
        hits = reduce_any(equal(true[:, :, None], drawn), 1)
        logits = add(logits, select(hits, _core.to_tensor(np.finfo(np.float32).min, x.dtype), 0.0))
    true_expected, drawn_expected = (
        _core.to_dtype(_core.detached(part), x.dtype) for part in (true_expected, drawn_expected)
    )
    logits = concat([subtract(true_logits, log(true_expected)), subtract(logits, log(drawn_expected))], 1)
    targets = np.concatenate([np.full((batch, num_true), 1.0 / num_true), np.zeros((batch, drawn.size))], 1)
    return logits, _core.to_tensor(targets.astype(x.dtype))


_SAMPLED = """{what}

    Parameters
    ----------
    weights : array_like
        Of shape (classes, features): a row for each class.
    biases : array_like
        Of shape (classes,).
    labels : array_like of int
        The true classes, of shape (batch, num_true).
    inputs : array_like
        Of shape (batch, features).
    num_sampled : int
        How many classes are drawn.
    num_classes : int
        How many classes there are.
    num_true : int
        How many true classes an example has.
    sampled_values : tuple, optional
        What one of the samplers gave; by default that of `tf.random.log_uniform_candidate_sampler`.
    remove_accidental_hits : bool
        Whether drawn classes that are true ones do not count.{seed}

    Returns
    -------
    Tensor
        A loss for each example.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/{name}. The gradients of variables as weights and biases are
    `IndexedSlices`.

    Examples
    --------
    >>> w, b, x = tf.ones((3, 2)), tf.zeros(3), tf.ones((1, 2))
    >>> drawn = tf.random.all_candidate_sampler([[1]], 1, 3, True)
    >>> print(tf.nn.{name}(w, b, [[1]], x, 3, 3, sampled_values=drawn, remove_accidental_hits=True))
    Tensor([{shown}], shape=(1,), dtype=float32)
    """


def sampled_softmax_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = True,
    seed: int | None = None,
    name: str | None = "sampled_softmax_loss",
) -> Tensor:
    logits, targets = _sampled_logits(
        "sampled_softmax_loss",
        *(weights, biases, labels, inputs, num_sampled, num_classes, num_true),
        *(sampled_values, remove_accidental_hits, seed),
    )
    return softmax_cross_entropy_with_logits(targets, logits)


def nce_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = False,
    name: str | None = "nce_loss",
) -> Tensor:
    logits, targets = _sampled_logits(
        "nce_loss",
        *(weights, biases, labels, inputs, num_sampled, num_classes, num_true),
        *(sampled_values, remove_accidental_hits, None),
    )
    return reduce_sum(sigmoid_cross_entropy_with_logits(targets, logits), 1)


_SEED = """
    seed : int, optional
        Of the draw."""
sampled_softmax_loss.__doc__ = _SAMPLED.format(
    what="Cross-entropy of a softmax over the true classes and a few drawn ones, in place of all.",
    seed=_SEED,
    name="sampled_softmax_loss",
    shown="1.0986123",
)
nce_loss.__doc__ = _SAMPLED.format(
    what="Noise-contrastive estimation: whether each of the true classes and a few drawn ones is true.",
    seed="",
    name="nce_loss",
    shown="4.380784",
)
