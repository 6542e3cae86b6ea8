"""Connectionist temporal classification: the loss over all alignments of labels, and reading labels off.

A. Graves, S. Fernandez, F. Gomez, J. Schmidhuber, Connectionist temporal classification (2006). Labels are walked with
blanks between them; forward sums over alignments are taken in logarithms, for the whole batch at once. The gradient is
a row of its own: what the softmax gives each class less what the alignments do.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms
from .elementwise import logical_and, multiply, select
from .forms import Kind
from .nn import log_softmax
from .picking import places_of
from .reductions import reduce_logsumexp, reduce_sum
from .shaping import concat, expand_dims, stack, transpose
from .table import Case, general


def _log_softmax(x: np.ndarray) -> np.ndarray:
    moved = x - x.max(axis=-1, keepdims=True)
    return moved - np.log(np.exp(moved).sum(axis=-1, keepdims=True))


class _Walk:
    """The states of each example: a blank, then each label with a blank behind it; and which steps are allowed."""

    def __init__(self, blank: int, classes: int, steps: int, labels: np.ndarray, lengths: Any, times: Any) -> None:
        batch, most = labels.shape
        if lengths.min(initial=0) < 0 or lengths.max(initial=0) > most:
            raise ValueError(f"ctc_loss: label_length {lengths.tolist()} must be from 0 to {most}")
        if times.min(initial=0) < 0 or times.max(initial=0) > steps:
            raise ValueError(f"ctc_loss: logit_length {times.tolist()} must be from 0 to {steps}")
        used = np.arange(most) < lengths[:, None]
        wrong = used & ((labels < 0) | (labels >= classes))
        if wrong.any():
            raise ValueError(f"ctc_loss: the label {labels[wrong][0]} is none of {classes} classes")
        self.states = np.full((batch, 2 * most + 1), blank, np.int64)
        self.states[:, 1::2] = np.where(used, labels, blank)
        self.exists = np.arange(2 * most + 1) < 2 * lengths[:, None] + 1
        # From label to label, past the blank between them, unless they are equal.
        self.skips = np.zeros(self.states.shape, bool)
        self.skips[:, 3::2] = self.states[:, 3::2] != self.states[:, 1:-2:2]
        self.ends = np.zeros(self.states.shape, bool)
        rows = np.arange(batch)
        self.ends[rows, 2 * lengths] = True
        self.ends[rows[lengths > 0], 2 * lengths[lengths > 0] - 1] = True
        self.begins = (np.arange(2 * most + 1) < 2) & self.exists
        self.times = times
        # A label and its equal need a step for the blank between them.
        repeats = (used[:, 1:] & (labels[:, 1:] == labels[:, :-1])).sum(axis=1)
        self.possible = times >= lengths + repeats


def _shifted(x: np.ndarray, by: int) -> np.ndarray:
    moved = np.full(x.shape, -np.inf)
    if by > 0:
        moved[:, by:] = x[:, :-by]
    else:
        moved[:, :by] = x[:, -by:]
    return moved


def _added(*parts: np.ndarray) -> np.ndarray:
    return np.logaddexp.reduce(parts, axis=0)


def _alignments(walk: _Walk, logp: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Forward sums at each step, and the logarithm of the labels' probability."""
    batch = len(walk.states)
    rows = np.arange(batch)[:, None]
    alpha = np.where(walk.ends & walk.begins & (walk.times == 0)[:, None], 0.0, -np.inf)  # before the first step
    alphas: list[np.ndarray] = []
    for t in range(len(logp)):
        own = logp[t][rows, walk.states]
        if t == 0:
            moved = np.where(walk.begins, own, -np.inf)
        else:
            skipped = np.where(walk.skips, _shifted(alpha, 2), -np.inf)
            moved = np.where(walk.exists, own + _added(alpha, _shifted(alpha, 1), skipped), -np.inf)
        alpha = np.where((t < walk.times)[:, None], moved, alpha)
        alphas.append(alpha)
    last = np.where(walk.ends, alpha, -np.inf)
    none = (walk.times == 0) & (walk.ends[:, 0])
    return alphas, np.where(walk.times == 0, np.where(none, 0.0, -np.inf), np.logaddexp.reduce(last, axis=1))


def _loss_kernel(blank: int, logits: np.ndarray, *labels: np.ndarray) -> np.ndarray:
    walk = _Walk(blank, logits.shape[2], logits.shape[0], *labels)
    with np.errstate(invalid="ignore"):
        return -_alignments(walk, _log_softmax(logits.astype(np.float64)))[1].astype(logits.dtype)


def _slope_kernel(blank: int, logits: np.ndarray, *labels: np.ndarray) -> np.ndarray:
    """softmax less the share of alignments that have a class at a step; nothing where there are no alignments."""
    walk = _Walk(blank, logits.shape[2], logits.shape[0], *labels)
    logp = _log_softmax(logits.astype(np.float64))
    with np.errstate(invalid="ignore"):
        alphas, total = _alignments(walk, logp)
    steps, batch, _ = logp.shape
    rows = np.arange(batch)[:, None]
    slope = np.zeros(logp.shape)
    possible = walk.possible & np.isfinite(total)
    safe = np.where(possible, total, 0.0)[:, None]
    beta = np.full(walk.states.shape, -np.inf)
    onward = np.zeros_like(walk.skips)
    onward[:, :-2] = walk.skips[:, 2:]
    for t in range(steps - 1, -1, -1):
        if t + 1 < steps:
            ahead = beta + logp[t + 1][rows, walk.states]
            beta = _added(ahead, _shifted(ahead, -1), np.where(onward, _shifted(ahead, -2), -np.inf))
        beta = np.where((t == walk.times - 1)[:, None], np.where(walk.ends, 0.0, -np.inf), beta)
        used = (t < walk.times) & possible
        share = np.where(used[:, None] & walk.exists, np.exp(alphas[t] + beta - safe), 0.0)
        part = np.where(used[:, None], np.exp(logp[t]), 0.0)
        np.subtract.at(part, (rows, walk.states), share)
        slope[t] = part
    return slope.astype(logits.dtype)


def _loss_rule(g: Any, y: Any, blank: int, logits: Any, *labels: Any) -> list[Any]:
    return [multiply(expand_dims(g, -1), _core.general(_SLOPE, [logits, *labels], blank)), None, None, None]


def _walk_part(attributes: Any, *labels: np.ndarray) -> np.ndarray:
    blank, classes, steps, name = attributes
    return np.asarray(getattr(_Walk(blank, classes, steps, *labels), name))


_PARTS = ("states", "exists", "skips", "ends", "begins", "times", "possible")


def _walk_kind(attributes: Any, labels: Kind, lengths: Kind, times: Kind) -> Kind:
    name = attributes[-1]
    _check_labels(labels, lengths, times)
    batch, most = labels.shape
    if name == "times":
        return Kind(*times)
    states = (batch,) if name == "possible" else (batch, 2 * most + 1)
    return Kind(np.int64 if name == "states" else bool, states)


def _check_labels(labels: Kind, lengths: Kind, times: Kind) -> None:
    forms.integers(labels, lengths, times)
    forms.dims(labels, 2, 2)
    forms.alike(lengths, times, Kind(bool, labels.shape[:1]))


_WALK = places_of(
    "ctc_walk",
    _walk_part,
    raises=True,
    form=forms.parts(forms.count, forms.count, forms.count, forms.text(*_PARTS)),
    gives=_walk_kind,
)


def _composed(logits: Any, walk: Any) -> Any:
    """The loss again, in recorded operations, for derivatives of the second order and beyond."""
    low = {2: -1e4, 4: -1e15}.get(logits.dtype.itemsize, -1e30)  # infinities would leave NaN in derivatives
    logp = log_softmax(logits)
    zero, least = (_core.to_tensor(value, logits.dtype) for value in (0.0, low))
    rows = np.arange(walk("states").shape[0])[:, None]
    possible = {name: select(walk(name), zero, least) for name in ("exists", "skips", "ends")}
    begin = select(walk("begins"), zero, least)
    edge = np.full((len(rows), 2), low, logits.dtype)
    alpha: Any = None
    for t in range(logits.shape[0]):
        own = logp[t][rows, walk("states")]
        if alpha is None:
            alpha = own + begin
            continue
        once = concat([edge[:, :1], alpha[:, :-1]], 1)
        twice = concat([edge, alpha[:, :-2]], 1) if alpha.shape[1] > 2 else edge[:, : alpha.shape[1]] + 0.0 * alpha
        moved = own + reduce_logsumexp(stack([alpha, once, twice + possible["skips"]]), 0) + possible["exists"]
        kept = _core.to_dtype(walk("times") > t, logits.dtype)[:, None]
        alpha = kept * moved + (1.0 - kept) * alpha
    return -reduce_logsumexp(alpha + possible["ends"], 1)


def _slope_rule(g: Any, y: Any, blank: int, logits: Any, *labels: Any) -> list[Any]:
    """The loss's Hessian is symmetric: its product with g is the gradient of the slope along g."""
    sizes = int(logits.shape[2]), int(logits.shape[0])
    walk = cache(lambda name: _WALK(labels, (blank, *sizes, name)))
    mask = _core.to_dtype(logical_and(walk("possible"), walk("times") > 0), logits.dtype)
    with _core.Tape() as outer:
        outer.watch_operand(logits)
        with _core.Tape() as inner:
            inner.watch_operand(logits)
            total = reduce_sum(_composed(logits, walk) * mask)
        slopes = _core.tape_gradient(inner, [total], [logits], None, False)
    return [*_core.tape_gradient(outer, slopes, [logits], [g], False), None, None, None]


def ctc_loss(
    labels: Any,
    logits: Any,
    label_length: Any,
    logit_length: Any,
    logits_time_major: bool = True,
    unique: Any = None,
    blank_index: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Minus the logarithm of the probability that classes, one a step, spell the labels.

    Repeated classes count once, unless a blank is between them, and blanks do not count.

    Parameters
    ----------
    labels : array_like of int
        Of shape (batch, most labels); what is beyond `label_length` does not count.
    logits : array_like
        Of shape (steps, batch, classes), or (batch, steps, classes) where not `logits_time_major`. A softmax makes
        probabilities of them.
    label_length : array_like of int
        How many labels each example has.
    logit_length : array_like of int
        How many steps each example has.
    logits_time_major : bool
        Which axis of the logits is that of the steps.
    unique : pair of array_like, optional
        Accepted for TensorFlow's sake, where it makes things faster; without effect.
    blank_index : int, optional
        Which class is the blank; negative ones count from the end. The first by default.

    Returns
    -------
    Tensor
        A loss for each example; infinite, and without a gradient, where there are too few steps for the labels.

    Raises
    ------
    TypeError
        For logits that are not floats, or labels or lengths that are no integers.
    ValueError
        Where shapes, labels or lengths do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/ctc_loss. Labels are dense. Where there are too few steps,
    TensorFlow gives a large number instead of infinity.

    Examples
    --------
    >>> loss = tf.nn.ctc_loss([[1]], tf.zeros((2, 1, 3)), [1], [2])
    >>> print(tf.exp(-loss).numpy().round(2))  # 3 of 9 pairs of classes spell it: 1 1, blank 1, 1 blank
    [0.33]
    """
    x = _core.operand(logits)
    numbers = [_core.operand(part) for part in (labels, label_length, logit_length)]
    if not _core.is_floating(x.dtype):
        raise TypeError(f"ctc_loss: takes logits that are floats, not {x.dtype}; cast first")
    if any(part.dtype.kind not in "iu" for part in numbers):
        raise TypeError(f"ctc_loss: labels and lengths must be integers, not {[str(part.dtype) for part in numbers]}")
    if len(x.shape) == 3 and not logits_time_major:
        x = transpose(x, (1, 0, 2))
    batch = x.shape[1] if len(x.shape) == 3 else -1
    shapes = [tuple(part.shape) for part in numbers]
    if len(shapes[0]) != 2 or shapes[0][0] != batch or shapes[1] != (batch,) or shapes[2] != (batch,):
        raise ValueError(
            f"ctc_loss: labels of shape {shapes[0]} and lengths of shapes {shapes[1]} and {shapes[2]} do not fit "
            f"logits of shape {tuple(np.shape(logits))}"
        )
    blank = _blank("ctc_loss", 0 if blank_index is None else blank_index, int(x.shape[2]))
    return _core.general(_LOSS, [x, *numbers], blank)


def _blank(function: str, index: int, classes: int) -> int:
    index = _core.integer(index)
    if not -classes <= index < classes:
        raise ValueError(f"{function}: blank_index {index} is out of bounds for {classes} classes")
    return index % classes


def _slope(logits: Any, *labels: Any) -> Tensor:
    """The gradient of the losses' sum, where the first class is the blank."""
    if not _core.is_floating(logits.dtype):
        raise TypeError(f"ctc_slope: takes logits that are floats, not {logits.dtype}; cast first")
    return _core.general(_SLOPE, [logits, *labels], 0)


_LABELS = (np.array([[1, 2, 2], [3, 1, 0]]), np.array([3, 2]), np.array([5, 4]))


def _slope_kind(blank: int, logits: Kind, *labels: Kind) -> Kind:
    _check_labels(*labels)
    forms.dims(logits, 3, 3)
    if logits.dtype.kind != "f" or logits.shape[1] != labels[0].shape[0] or blank >= logits.shape[2]:
        raise ValueError(f"logits {logits} do not fit labels of shape {labels[0].shape} and the blank {blank}")
    return Kind(*logits)


_SLOPE = general(
    "ctc_slope",
    _slope_kernel,
    _slope_rule,
    function=_slope,
    doc="The gradient of ctc_loss.",
    cases=(Case(lambda x: _slope(x, *_LABELS), ((5, 2, 4),)),),
    form=forms.count,
    gives=_slope_kind,
    on_complex="refused",
    c=c_loops.BY_NUMBERS,
)
_LOSS = general(
    "ctc_loss",
    _loss_kernel,
    _loss_rule,
    function=ctc_loss,
    doc="Minus the logarithm of the probability that classes, one a step, spell labels.",
    cases=(Case(lambda x: ctc_loss(_LABELS[0], x, *_LABELS[1:]), ((5, 2, 4),)),),
    form=forms.count,
    gives=lambda blank, logits, *labels: Kind(logits.dtype, _slope_kind(blank, logits, *labels).shape[1:2]),
    on_complex="refused",
    names=("nn.ctc_loss",),
    c=c_loops.BY_NUMBERS,
)


# ------------------------------------------------------------------------------------------------------------ decoding


class SparseTensorValue(NamedTuple):
    """Values by their places, by TensorFlow's names: what the decoders give for labels of different lengths."""

    indices: Tensor
    values: Tensor
    dense_shape: Tensor


def _sparse(rows: list[list[int]]) -> SparseTensorValue:
    places = [(row, column) for row, labels in enumerate(rows) for column in range(len(labels))]
    shape = (len(rows), max((len(labels) for labels in rows), default=0))
    parts = (
        np.array(places, np.int64).reshape(-1, 2),
        np.array([label for labels in rows for label in labels], np.int64),
        np.array(shape, np.int64),
    )
    return SparseTensorValue(*map(_core.to_tensor, parts))


def _decoded(function: str, inputs: Any, sequence_length: Any) -> tuple[np.ndarray, np.ndarray]:
    x, lengths = _core.seen(_core.operand(inputs)), _core.seen(_core.operand(sequence_length))
    if x.ndim != 3 or lengths.shape != x.shape[1:2] or lengths.min(initial=0) < 0 or lengths.max(initial=0) > len(x):
        raise ValueError(
            f"{function}: a sequence_length of shape {lengths.shape}, from {lengths.min(initial=0)} to "
            f"{lengths.max(initial=0)}, does not fit inputs of shape {x.shape}"
        )
    return x, lengths


def ctc_greedy_decoder(
    inputs: Any, sequence_length: Any, merge_repeated: bool = True, blank_index: int | None = None
) -> tuple[list[SparseTensorValue], Tensor]:
    """The labels that the largest logit of each step spells.

    Parameters
    ----------
    inputs : array_like
        Logits of shape (steps, batch, classes).
    sequence_length : array_like of int
        How many steps each example has.
    merge_repeated : bool
        Whether a class that follows itself counts once.
    blank_index : int, optional
        Which class is the blank; negative ones count from the end. The last by default.

    Returns
    -------
    decoded : list of SparseTensorValue
        One: the labels, by example and place, as `indices`, `values` and `dense_shape`.
    neg_sum_logits : Tensor
        Of shape (batch, 1): minus the sum of the largest logits. No gradient passes.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/ctc_greedy_decoder

    Examples
    --------
    >>> logits = 4. * tf.one_hot([[1], [1], [3], [0]], 4)
    >>> decoded, score = tf.nn.ctc_greedy_decoder(logits, [4])
    >>> decoded[0].values.numpy().tolist(), float(score)
    ([1, 0], -16.0)
    """
    x, lengths = _decoded("ctc_greedy_decoder", inputs, sequence_length)
    blank = _blank("ctc_greedy_decoder", -1 if blank_index is None else blank_index, x.shape[2])
    best, largest = x.argmax(axis=2), x.max(axis=2, initial=-np.inf)
    rows, sums = [], []
    for b, length in enumerate(lengths.tolist()):
        path = best[:length, b].tolist()
        rows.append(
            [c for t, c in enumerate(path) if c != blank and not (merge_repeated and t > 0 and path[t - 1] == c)]
        )
        sums.append([-largest[:length, b].sum()])
    return [_sparse(rows)], _core.to_tensor(np.array(sums, x.dtype).reshape(-1, 1))


def ctc_beam_search_decoder(
    inputs: Any, sequence_length: Any, beam_width: int = 100, top_paths: int = 1
) -> tuple[list[SparseTensorValue], Tensor]:
    """The most probable labels, as far as a search finds them that keeps the best beginnings at each step.

    Parameters
    ----------
    inputs : array_like
        Logits of shape (steps, batch, classes), of which the last is the blank.
    sequence_length : array_like of int
        How many steps each example has.
    beam_width : int
        How many beginnings are kept.
    top_paths : int
        How many results to give.

    Returns
    -------
    decoded : list of SparseTensorValue
        The labels, by example and place, as `indices`, `values` and `dense_shape`; the best first.
    log_probabilities : Tensor
        Of shape (batch, top_paths). No gradient passes.

    Raises
    ------
    ValueError
        Where the shapes do not fit, or there are fewer results than asked for.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/ctc_beam_search_decoder

    Examples
    --------
    >>> decoded, score = tf.nn.ctc_beam_search_decoder(tf.zeros((2, 1, 2)), [2])
    >>> decoded[0].values.numpy().tolist(), np.exp(score.numpy()).round(2).tolist()  # 0 0, 0 blank, blank 0
    ([0], [[0.75]])
    """
    x, lengths = _decoded("ctc_beam_search_decoder", inputs, sequence_length)
    if not 1 <= top_paths <= beam_width:
        raise ValueError(f"ctc_beam_search_decoder: top_paths {top_paths} must be from 1 to beam_width {beam_width}")
    logp = _log_softmax(x.astype(np.float64))
    found = [_search(logp[:length, b], beam_width) for b, length in enumerate(lengths.tolist())]
    if any(len(paths) < top_paths for paths in found):
        raise ValueError(f"ctc_beam_search_decoder: there are no {top_paths} different results")
    decoded = [_sparse([list(paths[k][0]) for paths in found]) for k in range(top_paths)]
    scores = [[paths[k][1] for k in range(top_paths)] for paths in found]
    return decoded, _core.to_tensor(np.array(scores, x.dtype).reshape(-1, top_paths))


def _search(logp: np.ndarray, width: int) -> list[tuple[tuple[int, ...], float]]:
    """Labels and their log probability. A beginning has two: for alignments that end in a blank, and that do not."""
    blank = logp.shape[1] - 1
    beams: dict[tuple[int, ...], list[float]] = {(): [0.0, -np.inf]}
    for step in logp.tolist():
        longer: dict[tuple[int, ...], list[float]] = {}

        def add(labels: tuple[int, ...], end: int, value: float, longer: dict[Any, list[float]] = longer) -> None:
            pair = longer.setdefault(labels, [-np.inf, -np.inf])
            pair[end] = float(np.logaddexp(pair[end], value))

        for labels, (after_blank, after_label) in beams.items():
            either = float(np.logaddexp(after_blank, after_label))
            add(labels, 0, either + step[blank])
            if labels:
                add(labels, 1, after_label + step[labels[-1]])
            for c in range(blank):
                add((*labels, c), 1, (after_blank if labels and c == labels[-1] else either) + step[c])
        best = sorted(longer.items(), key=lambda item: -float(np.logaddexp(item[1][0], item[1][1])))
        beams = dict(best[:width])
    return [(labels, float(np.logaddexp(pair[0], pair[1]))) for labels, pair in beams.items()]


# -------------------------------------------------------------------------------------------------------------- labels


def ctc_unique_labels(labels: Any, name: str | None = None) -> tuple[Tensor, Tensor]:
    """The distinct labels of each example, and which of them each label is.

    Parameters
    ----------
    labels : array_like of int
        Of shape (batch, most labels).

    Returns
    -------
    unique : Tensor
        Of the same shape: distinct labels in the order of their first places, then zeros.
    indices : Tensor
        Of the same shape and dtype int32: for each label, which of them it is.

    Raises
    ------
    ValueError
        For another number of dimensions.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/ctc_unique_labels

    Examples
    --------
    >>> [part.numpy().tolist() for part in tf.nn.ctc_unique_labels([[4, 2, 4]])]
    [[[4, 2, 0]], [[0, 1, 0]]]
    """
    values = _core.operand(labels)
    if values.ndim != 2:
        raise ValueError(f"ctc_unique_labels: takes two dimensions, not shape {tuple(values.shape)}")
    return _DISTINCT([values], False), _DISTINCT([values], True)


def _distinct(which_of: bool, values: np.ndarray) -> np.ndarray:
    """The distinct labels of each row, in the order of their first places, then zeros; or which of them each is."""
    distinct, indices = np.zeros_like(values), np.zeros(values.shape, np.int32)
    for row, own, which in zip(values, distinct, indices, strict=True):
        found, first, inverse = np.unique(row, return_index=True, return_inverse=True)
        order = np.argsort(first)
        own[: len(found)] = found[order]
        which[:] = np.argsort(order)[inverse]
    return indices if which_of else distinct


def _distinct_kind(which_of: bool, values: Kind) -> Kind:
    forms.dims(values, 2, 2)
    return Kind(np.int32 if which_of else values.dtype, values.shape)


_DISTINCT = places_of(
    "distinct_labels",
    _distinct,
    form=forms.flag,
    gives=_distinct_kind,
)


def collapse_repeated(labels: Any, seq_length: Any, name: str | None = None) -> tuple[Tensor, Tensor]:
    """Labels without those that follow their equal.

    Parameters
    ----------
    labels : array_like of int
        Of shape (batch, most labels).
    seq_length : array_like of int
        How many labels each example has.

    Returns
    -------
    collapsed_labels : Tensor
        As long as the longest result; zeros behind the shorter ones.
    new_seq_length : Tensor
        How many labels are left, of dtype int32.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/collapse_repeated

    Examples
    --------
    >>> [part.numpy().tolist() for part in tf.nn.collapse_repeated([[1, 1, 2, 2, 1]], [4])]
    [[[1, 2]], [2]]
    """
    values, lengths = _core.seen(_core.operand(labels)), _core.seen(_core.operand(seq_length))
    if values.ndim != 2 or lengths.shape != values.shape[:1]:
        raise ValueError(
            f"collapse_repeated: a seq_length of shape {lengths.shape} does not fit labels of shape {values.shape}"
        )
    kept = np.arange(values.shape[1]) < lengths[:, None]
    kept[:, 1:] &= values[:, 1:] != values[:, :-1]
    counts = kept.sum(axis=1)
    result = np.zeros((len(values), int(counts.max(initial=0))), values.dtype)
    result[np.arange(result.shape[1]) < counts[:, None]] = values[kept]
    return _core.to_tensor(result), _core.to_tensor(counts.astype(np.int32))


__all__ = [
    "SparseTensorValue",
    "collapse_repeated",
    "ctc_beam_search_decoder",
    "ctc_greedy_decoder",
    "ctc_loss",
    "ctc_unique_labels",
]
