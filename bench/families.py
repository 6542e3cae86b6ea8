"""What a call costs beside NumPy's, family by family: at 8, 1,000 and 10^6 elements, and the gradient at 10^5.

    python bench/families.py [part of a row's name ...]

A row is a function of NumPy, and the same by TensorFlow's name where it has one. Three ways of calling it run in turn,
round by round, in one process: NumPy on arrays; our name on tensors under an open tape, so that the call is recorded;
NumPy's name on those tensors. A round is so many calls that it takes about half a millisecond; a figure is the shortest
round of each, over NumPy's. Memory counts on both sides: at 10^6 elements NumPy's results come from the system, page by
page, and ours from a pool.

The gradient is one sweep with a cotangent that is no constant, over the recorded call. NumPy gives a view where it
can, at no cost at all, and the derivative of a view has memory to write: there the call is taken to end in a copy.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import scipy.special

import autodiff_core as tf

SIZES = (8, 1_000, 1_000_000)
GRADIENT_SIZE = 100_000
MOST_SWEEP = 3.0
Operands = tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Row:
    """A function by both names, called with tensors or arrays for `operands(size)`; `held` are arrays at any rate."""

    family: str
    name: str
    numpy: Callable[..., Any]
    ours: Callable[..., Any] | None
    operands: Callable[[int], Operands]
    held: Callable[[int], tuple[Any, ...]] = lambda size: ()
    is_ufunc: bool = False
    is_view: bool = False
    is_numpys: bool = True
    """Whether the first name is NumPy's; SciPy's functions of arrays do not take tensors."""
    arranged: bool = False
    """Whether the results may be arranged in another way than NumPy's."""

    @property
    def label(self) -> str:
        return f"{self.family}: {self.name}"

    def limit(self, by_numpy: bool, size: int) -> float | None:
        """At most so many times NumPy's call; None: no limit is set."""
        if size == SIZES[0]:
            return 1.0 if self.is_ufunc and not by_numpy else 2.0
        return 1.1 if size == SIZES[-1] else None


def _generator() -> np.random.Generator:
    return np.random.default_rng(0)


def _normal(size: int) -> Operands:
    return (_generator().normal(size=size),)


def _pair(size: int) -> Operands:
    return (_generator().normal(size=size), _generator().uniform(0.5, 1.5, size=size))


def _positive(size: int) -> Operands:
    return (_generator().uniform(0.5, 1.5, size=size),)


def _positives(size: int) -> Operands:
    return (_generator().uniform(0.5, 1.5, size=size), _generator().uniform(0.5, 2.5, size=size))


def _near_one(size: int) -> Operands:
    """Factors whose product stays in range."""
    return (np.exp(_generator().normal(size=size) / np.sqrt(size)),)


def _rows(size: int) -> Operands:
    """A matrix with rows of 10 at most."""
    columns = min(size // 2, 10)
    return (_generator().normal(size=(size // columns, columns)),)


def _side(size: int) -> int:
    return max(round(size**0.5), 2)


def _square(size: int) -> Operands:
    return (_generator().normal(size=(_side(size),) * 2),)


def _squares(size: int) -> Operands:
    return tuple(_generator().normal(size=(2, _side(size), _side(size))))


def _transposed(size: int) -> Operands:
    a, b = _squares(size)
    return a.T, b.T


def _sliced(size: int) -> Operands:
    """Matrices in larger ones: unit stride along one axis only."""
    a, b = (np.hstack([x, x]) for x in _squares(size))
    return a[:, : _side(size)], b.T[: _side(size)]


def _stacked(size: int) -> Operands:
    count = max(size // 64, 1)
    a, b = _generator().normal(size=(2, count, 8, 8) if size >= 64 else (2, 2, 2, 2))
    return a, b


def _heads(size: int) -> Operands:
    """Queries and keys of an attention with 4 heads: batch, place, head, feature."""
    batch = max(size // 1024, 1)
    shape = (batch, 16, 4, 16) if size >= 1024 else (1, 2, 2, 2)
    return tuple(_generator().normal(size=(2, *shape)))


def _matrix(size: int) -> Operands:
    """A well-conditioned matrix; as many rows as make its factorisation about `size` steps of eight."""
    n = round(2 * size ** (1 / 3))
    return (_generator().normal(size=(n, n)) / n**0.5 + 3 * np.eye(n),)


def _system(size: int) -> Operands:
    (a,) = _matrix(size)
    return a, _generator().normal(size=(len(a), 3))


def _symmetric(size: int) -> Operands:
    (a,) = _matrix(size)
    return (a @ a.T,)


def _spread(size: int) -> Operands:
    """Symmetric, with eigenvalues that keep apart."""
    (a,) = _matrix(size)
    return ((a + a.T) / 2 + np.diag(np.arange(len(a))),)


def _signal(size: int) -> Operands:
    return _generator().normal(size=size), _generator().normal(size=min(size // 2, 32))


def _vectors(size: int) -> Operands:
    """Two whose outer product has about `size` elements."""
    return tuple(_generator().normal(size=(2, _side(size))))


def _blocks(size: int) -> Operands:
    n = max(round(size**0.25), 2)
    return tuple(_generator().normal(size=(2, n, n)))


def _indices(size: int) -> tuple[Any, ...]:
    return (_generator().integers(size, size=size),)


def _order(size: int) -> tuple[Any, ...]:
    return (np.argsort(_generator().normal(size=_rows(size)[0].shape), axis=-1),)


def _mask(size: int) -> tuple[Any, ...]:
    return (_generator().normal(size=size) > 0,)


def _table(size: int) -> Operands:
    """Where to look up, and a table of as many values."""
    return _generator().uniform(0, size - 1, size=size), _generator().normal(size=size)


def _places(size: int) -> tuple[Any, ...]:
    return (np.arange(size, dtype=float),)


def _ufunc(ours: Callable[..., Any], ufunc: Any, operands: Callable[[int], Operands] = _pair) -> Row:
    return Row("elementwise", ufunc.__name__, ufunc, ours, operands, is_ufunc=True)


def _special(ours: Callable[..., Any], ufunc: Any) -> Row:
    return Row("special", ufunc.__name__, ufunc, ours, _positive, is_ufunc=True)


def _numpy_softmax(x: Any) -> Any:
    return scipy.special.softmax(x, axis=-1)


ROWS = (
    _ufunc(tf.add, np.add),
    _ufunc(tf.multiply, np.multiply),
    _ufunc(tf.divide, np.divide),
    _ufunc(tf.exp, np.exp, _normal),
    _ufunc(tf.math.log, np.log, _positive),
    _ufunc(tf.sqrt, np.sqrt, _positive),
    _ufunc(tf.sin, np.sin, _normal),
    _ufunc(tf.tanh, np.tanh, _normal),
    _ufunc(tf.pow, np.power, _positives),
    _ufunc(tf.maximum, np.maximum),
    Row("elementwise", "where", lambda x, y, c: np.where(c, x, y), lambda x, y, c: tf.where(c, x, y), _pair, _mask),
    Row("elementwise", "clip", lambda x: np.clip(x, -1, 1), lambda x: tf.clip_by_value(x, -1, 1), _normal),
    Row("reductions", "sum", np.sum, tf.reduce_sum, _normal),
    Row("reductions", "sum, last axis", lambda x: np.sum(x, -1), lambda x: tf.reduce_sum(x, -1), _square),
    Row("reductions", "sum, first axis", lambda x: np.sum(x, 0), lambda x: tf.reduce_sum(x, 0), _square),
    Row("reductions", "mean", np.mean, tf.reduce_mean, _normal),
    Row("reductions", "max", np.max, tf.reduce_max, _normal),
    Row("reductions", "prod", np.prod, tf.reduce_prod, _near_one),
    Row("reductions", "std", np.std, tf.math.reduce_std, _normal),
    Row("reductions", "logsumexp", scipy.special.logsumexp, tf.reduce_logsumexp, _normal, is_numpys=False),
    Row("reductions", "norm", np.linalg.norm, tf.norm, _normal),
    Row("reductions", "softmax", _numpy_softmax, tf.nn.softmax, _rows, is_numpys=False),
    Row("cumulative", "cumsum", np.cumsum, tf.cumsum, _normal),
    Row("cumulative", "cumprod", np.cumprod, tf.math.cumprod, _near_one),
    Row("cumulative", "diff", np.diff, None, _normal),
    Row("cumulative", "gradient", np.gradient, None, _normal),
    Row("cumulative", "trapezoid", np.trapezoid, None, _normal),
    Row("ordering", "sort", np.sort, tf.sort, _normal),
    Row("ordering", "sort, last axis", np.sort, tf.sort, _rows),
    Row("ordering", "partition", lambda x: np.partition(x, x.shape[0] // 2), None, _normal, arranged=True),
    Row("ordering", "median", np.median, None, _normal),
    Row("ordering", "quantile", lambda x: np.quantile(x, 0.3), None, _normal),
    Row("indexing", "slice", lambda x: x[1:-1], lambda x: x[1:-1], _normal, is_view=True),
    Row("indexing", "take", np.take, tf.gather, _normal, _indices),
    Row("indexing", "array of indices", lambda x, i: x[i], lambda x, i: x[i], _normal, _indices),
    Row("indexing", "mask", lambda x, c: x[c], tf.boolean_mask, _normal, _mask),
    Row(
        "indexing",
        "take_along_axis",
        lambda x, i: np.take_along_axis(x, i, -1),
        lambda x, i: tf.gather(x, i, axis=-1, batch_dims=1),
        _rows,
        _order,
    ),
    Row(
        "shaping", "reshape", lambda x: np.reshape(x, (2, -1)), lambda x: tf.reshape(x, (2, -1)), _normal, is_view=True
    ),
    Row("shaping", "transpose", np.transpose, tf.transpose, _rows, is_view=True),
    Row("shaping", "concatenate", lambda x, y: np.concatenate([x, y]), lambda x, y: tf.concat([x, y], 0), _pair),
    Row("shaping", "stack", lambda x, y: np.stack([x, y]), lambda x, y: tf.stack([x, y]), _pair),
    Row("shaping", "pad", lambda x: np.pad(x, ((1, 2),)), lambda x: tf.pad(x, ((1, 2),)), _normal),
    Row(
        "shaping",
        "pad, reflect",
        lambda x: np.pad(x, ((1, 2),), "reflect"),
        lambda x: tf.pad(x, ((1, 2),), "REFLECT"),
        _normal,
    ),
    Row("shaping", "roll", lambda x: np.roll(x, 3, 0), lambda x: tf.roll(x, 3, 0), _normal),
    Row("shaping", "flip", lambda x: np.flip(x, 0), lambda x: tf.reverse(x, [0]), _normal, is_view=True),
    Row("shaping", "tile", lambda x: np.tile(x, (2,)), lambda x: tf.tile(x, (2,)), _normal),
    Row("shaping", "repeat", lambda x: np.repeat(x, 2), lambda x: tf.repeat(x, 2), _normal),
    Row("products", "matmul", np.matmul, tf.matmul, _squares),
    Row("products", "matmul, transposed", np.matmul, tf.matmul, _transposed),
    Row("products", "matmul, sliced", np.matmul, tf.matmul, _sliced),
    Row("products", "matmul, stacked", np.matmul, tf.matmul, _stacked),
    Row("products", "dot", np.dot, lambda x, y: tf.tensordot(x, y, 1), _pair),
    *(
        Row(
            "products",
            f'einsum "{equation}"',
            lambda x, y, equation=equation: np.einsum(equation, x, y, optimize=x.size > 1_000),
            lambda x, y, equation=equation: tf.einsum(equation, x, y),
            operands,
        )
        for equation, operands in (
            ("ij,jk->ik", _squares),
            ("ji,kj->ik", _squares),
            ("bij,bjk->bik", _stacked),
            ("bqhd,bkhd->bhqk", _heads),
            ("i,i->", _pair),
            ("ij,ij->i", _squares),
        )
    ),
    Row("products", "tensordot", lambda x, y: np.tensordot(x, y, 1), lambda x, y: tf.tensordot(x, y, 1), _squares),
    Row("products", "outer", np.outer, lambda x, y: tf.einsum("i,j->ij", x, y), _vectors),
    Row("products", "kron", np.kron, None, _blocks),
    Row("products", "convolve", np.convolve, tf.scipy.signal.convolve, _signal),
    Row("linear algebra", "solve", np.linalg.solve, tf.linalg.solve, _system),
    Row("linear algebra", "inv", np.linalg.inv, tf.linalg.inv, _matrix),
    Row("linear algebra", "det", np.linalg.det, tf.linalg.det, _matrix),
    Row("linear algebra", "cholesky", np.linalg.cholesky, tf.linalg.cholesky, _symmetric),
    Row("linear algebra", "qr", np.linalg.qr, tf.linalg.qr, _matrix),
    Row(
        "linear algebra",
        "svd",
        lambda x: np.linalg.svd(x, full_matrices=False),
        lambda x: tf.linalg.svd(x),
        _spread,
        arranged=True,
    ),
    Row("linear algebra", "eigh", np.linalg.eigh, tf.linalg.eigh, _spread),
    Row("interpolation", "interp", lambda x, y, p: np.interp(x, p, y), None, _table, _places),
    _special(tf.math.erf, scipy.special.erf),
    _special(tf.math.erfc, scipy.special.erfc),
    _special(tf.math.lgamma, scipy.special.gammaln),
    _special(tf.math.digamma, scipy.special.psi),
)


def _parts(value: Any) -> list[Any]:
    """The results of a call, one or several."""
    return list(value) if isinstance(value, tuple) else [value]


def _timed(call: Callable[[], Any], calls: int) -> float:
    start = perf_counter()
    for _ in range(calls):
        call()
    return (perf_counter() - start) / calls


def _calls_in(seconds: float, call: Callable[[], Any]) -> int:
    call()
    return max(1, min(2_000, round(seconds / max(_timed(call, 1), 1e-7))))


def _taped(call: Callable[..., Any], tensors: list[Any], held: tuple[Any, ...], calls: int) -> float:
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        return _timed(lambda: call(*tensors, *held), calls)


def calling(row: Row, size: int, budget: float) -> dict[str, float]:
    """Microseconds a call: of NumPy ("bare"), by our name under a tape ("ours"), by NumPy's ("numpy")."""
    arrays, held = row.operands(size), row.held(size)
    tensors = [tf.constant(array) for array in arrays]
    calls = _calls_in(5e-4, lambda: row.numpy(*arrays, *held))
    ways: dict[str, Callable[[], float]] = {"bare": lambda: _timed(lambda: row.numpy(*arrays, *held), calls)}
    if row.ours is not None:
        ways["ours"] = lambda ours=row.ours: _taped(ours, tensors, held, calls)  # type: ignore[misc]
    if row.is_numpys:
        ways["numpy"] = lambda: _taped(row.numpy, tensors, held, calls)
    best = dict.fromkeys(ways, float("inf"))
    end, rounds = perf_counter() + budget, 0
    while rounds < 3 or (perf_counter() < end and rounds < 100):
        for way, run in ways.items():
            best[way] = min(best[way], run())
        rounds += 1
    return {way: seconds * 1e6 for way, seconds in best.items()}


def sweeping(row: Row, budget: float) -> dict[str, float]:
    """Microseconds of the recorded call, and of the sweep of it, at GRADIENT_SIZE elements."""
    tensors = [tf.constant(array) for array in row.operands(GRADIENT_SIZE)]
    held = row.held(GRADIENT_SIZE)
    call = row.ours or row.numpy
    weights: list[Any] = []
    best = {"forward": float("inf"), "sweep": float("inf")}
    end, rounds = perf_counter() + budget, 0
    while rounds < 4 or (perf_counter() < end and rounds < 100):
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            start = perf_counter()
            results = _parts(call(*tensors, *held))
            if row.is_view:
                np.copy(results[0].numpy())
            forward = perf_counter() - start
        weights = weights or [tf.constant(_generator().normal(size=tuple(result.shape))) for result in results]
        start = perf_counter()
        gradients = tape.gradient(results, tensors, output_gradients=weights)
        sweep = perf_counter() - start
        del gradients
        if rounds:  # the first sweep traces formulas
            best["forward"], best["sweep"] = min(best["forward"], forward), min(best["sweep"], sweep)
        rounds += 1
    return {key: seconds * 1e6 for key, seconds in best.items()}


def check(row: Row) -> None:
    """The three ways have the same values; both names have the same gradients."""
    for size in SIZES[:2]:
        arrays, held = row.operands(size), row.held(size)
        tensors = [tf.constant(array) for array in arrays]
        expected = _parts(row.numpy(*arrays, *held))
        found = []
        for call in ([row.numpy] if row.is_numpys else []) + ([row.ours] if row.ours else []):
            with tf.GradientTape() as tape:
                tape.watch(tensors)
                results = _parts(call(*tensors, *held))
            found.append([np.asarray(gradient) for gradient in tape.gradient(results[0], tensors)])
            if not row.arranged:
                for mine, theirs in zip(results, expected, strict=True):
                    np.testing.assert_allclose(np.asarray(mine), theirs, rtol=1e-9, atol=1e-9)
        if not row.arranged:
            for first, second in zip(found[0], found[-1], strict=True):
                np.testing.assert_allclose(first, second, rtol=1e-9, atol=1e-9)


def measure(row: Row, budget: float = 0.12) -> dict[str, float]:
    """All figures of a row; ratios to NumPy's call, and of the sweep to the recorded call."""
    gc.collect()
    gc.disable()
    try:
        found: dict[str, float] = {}
        for size in SIZES:
            times = calling(row, size, budget)
            found[f"bare {size}"] = times["bare"]
            for way in ("ours", "numpy"):
                if way in times:
                    found[f"{way} {size}"] = times[way] / times["bare"]
        times = sweeping(row, budget)
    finally:
        gc.enable()
    found["forward"] = times["forward"]
    found["sweep"] = times["sweep"] / times["forward"]
    return found


def main(parts: list[str]) -> None:
    print(
        f"{'':28}" + "".join(f"{f'{size:,}: NumPy':>18}{'ours':>6}{'np.':>6}" for size in SIZES) + "   forward  sweep"
    )
    for row in ROWS:
        if parts and not any(part in row.label for part in parts):
            continue
        found = measure(row)
        cells = []
        for size in SIZES:
            cells.append(f"{found[f'bare {size}']:18.2f}")
            for way in ("ours", "numpy"):
                ratio, limit = found.get(f"{way} {size}"), row.limit(way == "numpy", size)
                cells.append(
                    " " * 6 if ratio is None else f"{ratio:5.2f}" + "!" * (limit is not None and ratio > limit)
                )
                cells[-1] = f"{cells[-1]:6}"
        print(
            f"{row.name:28}{''.join(cells)}{found['forward']:10.1f}{found['sweep']:7.2f}"
            + "!" * (found["sweep"] > MOST_SWEEP)
        )


if __name__ == "__main__":
    main(sys.argv[1:])
