"""Example calls of NumPy's functions, for the tests that each of them is differentiated in full, answers, or refuses.

A name of NumPy stands in one of the tables here if it is recorded, or data. `GRADIENTS` has calls whose derivatives are
checked; each takes float64 operands of the shapes beside it, all different and none near 0. `DATA` has calls whose
result varies in steps, or not at all. What NumPy does not offer to tensors at all stands in `NOT_OFFERED`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

rng = np.random.default_rng(3)
MATRIX = rng.normal(size=(3, 4))
VECTOR = np.array([0.4, -1.2, 2.2, 0.9])
ORDERED = np.array([-3.0, -0.5, 0.25, 1.5])
MASK = np.array([[True, False, True, True], [False, True, True, False], [True, True, False, True]])
HOLES = np.where(MASK, 0.0, np.nan)  # added to an operand, some of it is missing


class Call(NamedTuple):
    """A call, and the shapes of what it takes."""

    function: Callable[..., Any]
    shapes: tuple[tuple[int, ...], ...]


def of(*functions: Callable[..., Any], shapes: tuple[tuple[int, ...], ...] = ((3, 4),)) -> tuple[Call, ...]:
    return tuple(Call(function, shapes) for function in functions)


def reducing(function: Callable[..., Any], *more: Callable[..., Any]) -> tuple[Call, ...]:
    """Over everything, an axis, several with keepdims, and what else is given."""
    return of(
        lambda x: function(x),
        lambda x: function(x, axis=0),
        lambda x: function(x, axis=-1, keepdims=True),
        *more,
    ) + of(lambda x: function(x, axis=(0, 2)), lambda x: function(x, axis=(1, -1), keepdims=True), shapes=((2, 3, 2),))


V = ((4,),)
VV = ((4,), (4,))
VM = ((4,), (3,))
MM = ((3, 4), (3, 4))
CUBE = ((2, 3, 2),)


def padded(mode: str, **options: Any) -> tuple[Call, ...]:
    return of(
        lambda x: np.pad(x, 2, mode, **options),
        lambda x: np.pad(x, ((1, 0), (2, 3)), mode, **options),
    )


def quantiles(name: str, unit: float) -> tuple[Call, ...]:
    function = getattr(np, name)
    methods = ("inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen")
    methods += ("weibull", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest", "linear")
    return (
        reducing(lambda x, **rest: function(x, 0.3 * unit, **rest))
        + of(lambda x: function(x, np.array([[0.1, 0.5], [0.9, 1.0]]) * unit, axis=1))
        + of(*(lambda x, m=m: function(x, [0.0, 0.35 * unit], axis=1, method=m) for m in methods))
    )


GRADIENTS: dict[str, tuple[Call, ...]] = {
    # ------------------------------------------------------------------------------------------------- reductions
    "sum": reducing(np.sum, lambda x: np.sum(x, axis=1, initial=2.0), lambda x: np.sum(x, axis=0, where=MASK))
    + of(lambda x, y: np.sum(x, initial=y), shapes=((3,), ())),
    "prod": reducing(np.prod, lambda x: np.prod(x, axis=1, initial=2.0), lambda x: np.prod(x, axis=0, where=MASK)),
    "mean": reducing(
        np.mean, lambda x: np.mean(x, axis=0, where=MASK), lambda x: np.mean(x, where=MASK, keepdims=True)
    ),
    "var": reducing(np.var, lambda x: np.var(x, axis=0, ddof=1), lambda x: np.var(x, axis=1, where=MASK)),
    "std": reducing(np.std, lambda x: np.std(x, axis=0, ddof=1), lambda x: np.std(x, axis=1, where=MASK)),
    "max": reducing(np.max, lambda x: np.max(x, axis=0, initial=0.1), lambda x: np.max(x, initial=-9.0, where=MASK)),
    "min": reducing(np.min, lambda x: np.min(x, axis=0, initial=0.1), lambda x: np.min(x, initial=9.0, where=MASK)),
    "amax": of(np.amax),
    "amin": of(np.amin),
    "ptp": reducing(np.ptp),
    "average": of(
        np.average,
        lambda x: np.average(x, axis=1, weights=np.arange(1.0, 5.0)),
        lambda x: np.average(x, axis=0, weights=np.abs(MATRIX), keepdims=True),
        lambda x: np.average(x, axis=1, returned=True)[0],
    )
    + of(lambda x, w: np.average(x, axis=1, weights=w + 4.0, returned=True), shapes=((3, 4), (4,))),
    "median": reducing(np.median, lambda x: np.median(x[:, :3], axis=1)),
    "quantile": quantiles("quantile", 1.0),
    "percentile": quantiles("percentile", 100.0)
    + of(
        lambda x: np.percentile(x, [20.0, 60.0], axis=1, method="inverted_cdf", weights=[1.0, 0.5, 2.0, 0.0]),
        lambda x: np.percentile(x, 40.0, method="inverted_cdf", weights=np.abs(MATRIX), keepdims=True),
    ),
    "nansum": reducing(np.nansum, lambda x: np.nansum(x + HOLES, axis=0)),
    "nanprod": reducing(np.nanprod, lambda x: np.nanprod(x + HOLES, axis=0)),
    "nanmean": reducing(np.nanmean, lambda x: np.nanmean(x + HOLES, axis=0)),
    "nanvar": reducing(np.nanvar, lambda x: np.nanvar(x + HOLES, axis=1, ddof=1)),
    "nanstd": reducing(np.nanstd, lambda x: np.nanstd(x + HOLES, axis=1, ddof=1)),
    "nanmax": reducing(np.nanmax, lambda x: np.nanmax(x + HOLES, axis=0)),
    "nanmin": reducing(np.nanmin, lambda x: np.nanmin(x + HOLES, axis=0)),
    "nanmedian": reducing(np.nanmedian, lambda x: np.nanmedian(x + HOLES, axis=0)),
    "nanquantile": quantiles("nanquantile", 1.0)
    + of(lambda x: np.nanquantile(x + HOLES, 0.4, axis=0, method="inverted_cdf", weights=np.abs(MATRIX)))
    + of(lambda x: np.nanquantile(x + HOLES, [0.2, 0.7], axis=1)),
    "nanpercentile": quantiles("nanpercentile", 100.0) + of(lambda x: np.nanpercentile(x + HOLES, 40.0, axis=0)),
    "cov": of(
        np.cov,
        lambda x: np.cov(x, rowvar=False, bias=True),
        lambda x: np.cov(x, fweights=[1, 2, 1, 3]),
        lambda x: np.cov(x, aweights=[0.5, 2.0, 1.0, 3.0], ddof=1),
        lambda x: np.cov(x[0]),
    )
    + of(np.cov, shapes=VV),
    "corrcoef": of(np.corrcoef, lambda x: np.corrcoef(x, rowvar=False)) + of(np.corrcoef, shapes=VV),
    "trace": of(np.trace, lambda x: np.trace(x, 1)) + of(lambda x: np.trace(x, 0, 0, 2), shapes=CUBE),
    "histogram": of(
        lambda w: np.histogram(VECTOR, 3, weights=w)[0],
        lambda w: np.histogram(VECTOR, [-2.0, 0.0, 1.0, 2.0], density=True, weights=w + 3.0)[0],
        lambda x: np.histogram(x, 3, density=True),
        lambda x: np.histogram(x, "sturges")[1],
        shapes=V,
    ),
    "histogram2d": of(
        lambda w: np.histogram2d(VECTOR, ORDERED, (2, 3), weights=w)[0],
        lambda x: np.histogram2d(x, VECTOR, 2, density=True)[:2],
        lambda x: np.histogram2d(x, VECTOR, ORDERED, density=True, weights=x)[0],
        shapes=V,
    ),
    "histogramdd": of(
        lambda w: np.histogramdd([VECTOR, ORDERED], 2, [[-2.0, 3.0], [-3.0, 2.0]], weights=w)[0], shapes=V
    )
    + of(lambda x: np.histogramdd(x, 2, density=True)[0], shapes=((4, 2),)),
    "histogram_bin_edges": of(np.histogram_bin_edges, lambda x: np.histogram_bin_edges(x, "sqrt")),
    "bincount": of(
        lambda w: np.bincount(np.array([0, 3, 3, 1]), w), lambda w: np.bincount([1, 1, 0, 2], w, minlength=6), shapes=V
    ),
    # ----------------------------------------------------------------------------------- totals and differences
    "cumsum": of(np.cumsum, lambda x: np.cumsum(x, axis=1)),
    "cumprod": of(np.cumprod, lambda x: np.cumprod(x, axis=1)),
    "nancumsum": of(lambda x: np.nancumsum(x + HOLES), lambda x: np.nancumsum(x + HOLES, axis=0)),
    "nancumprod": of(lambda x: np.nancumprod(x + HOLES), lambda x: np.nancumprod(x + HOLES, axis=0)),
    "cumulative_sum": of(
        lambda x: np.cumulative_sum(x, axis=1), lambda x: np.cumulative_sum(x, axis=0, include_initial=True)
    ),
    "cumulative_prod": of(
        lambda x: np.cumulative_prod(x, axis=1), lambda x: np.cumulative_prod(x, axis=0, include_initial=True)
    ),
    "diff": of(
        np.diff,
        lambda x: np.diff(x, 2, axis=0),
        lambda x: np.diff(x, prepend=0.5, append=MATRIX[:, :2]),
    )
    + of(lambda x, y: np.diff(x, prepend=y), shapes=((4,), (2,))),
    "ediff1d": of(np.ediff1d, lambda x: np.ediff1d(x, to_end=[1.0, 2.0], to_begin=-1.0)),
    "gradient": of(
        lambda x: np.gradient(x),
        lambda x: np.gradient(x, 0.5, axis=1, edge_order=2),
        lambda x: np.gradient(x, np.array([0.0, 1.0, 3.0]), 2.0),
        lambda x: np.gradient(x, np.array([0.0, 1.0, 3.0, 3.5]), axis=1, edge_order=2),
    )
    + of(lambda x, h: np.gradient(x, h), shapes=(V[0], ())),
    "trapezoid": of(
        np.trapezoid, lambda x: np.trapezoid(x, dx=0.5, axis=0), lambda x: np.trapezoid(x, np.array([0, 1.0, 3, 4]))
    )
    + of(lambda y, x: np.trapezoid(y, x), shapes=MM),
    # ----------------------------------------------------------------------------------------------- choosing
    "sort": of(np.sort, lambda x: np.sort(x, axis=0), lambda x: np.sort(x, axis=None)),
    "partition": of(lambda x: np.partition(x, 2)[:, 2], lambda x: np.partition(x, 1, axis=0)[1]),
    "take": of(
        lambda x: np.take(x, [1, -1, 1]),
        lambda x: np.take(x, [[2, 0]], axis=0),
        lambda x: np.take(x, [5, -7], axis=1, mode="wrap"),
        lambda x: np.take(x, [5, -7], axis=1, mode="clip"),
    ),
    "take_along_axis": of(
        lambda x: np.take_along_axis(x, np.array([[0, 3], [1, 1], [-1, 2]]), axis=1),
        lambda x: np.take_along_axis(x, np.array([[0, 2, 1, 1]]), axis=0),
        lambda x: np.take_along_axis(x, np.array([7, 0]), axis=None),
    ),
    "where": of(lambda x: np.where(MASK, x, 1.0), lambda x: np.where(MASK, x, x * x))
    + of(lambda x, y: np.where(MASK, x, y), shapes=((3, 4), (4,))),
    "select": of(
        lambda x: np.select([MASK, MATRIX > 0], [x, 2.0 * x * x], default=0.5),
        lambda x: np.select([x > 0.5, x > -0.5], [x * x, x]),
    ),
    "choose": of(
        lambda x: np.choose([2, 0, 1, 1], x),
        lambda x: np.choose([5, -1, 1, 0], x, mode="clip"),
        lambda x: np.choose([5, -1, 1, 0], x, mode="wrap"),
    ),
    "compress": of(
        lambda x: np.compress([True, False, True], x, axis=0), lambda x: np.compress([False, True, True], x)
    ),
    "extract": of(lambda x: np.extract(MASK, x)),
    "piecewise": of(
        lambda x: np.piecewise(x, [x < 0.0, x >= 0.0], [lambda t: -t * t, lambda t: t**3]),
        lambda x: np.piecewise(x, [x > 0.3], [np.log, 2.0]),
    ),
    "clip": of(lambda x: np.clip(x, -0.5, 0.5), lambda x: np.clip(x, None, 0.5))
    + (of(lambda x: np.clip(x, min=-0.1, max=0.7)) if np.lib.NumpyVersion(np.__version__) >= "2.1.0" else ()),
    "unique": of(np.unique, lambda x: np.unique(x, axis=1), lambda x: np.unique(x, return_index=True)[0]),
    "unique_values": of(np.unique_values),
    "unique_all": of(lambda x: np.unique_all(x).values),
    "unique_counts": of(lambda x: np.unique_counts(x).values),
    "unique_inverse": of(lambda x: np.unique_inverse(x).values),
    "union1d": of(lambda x, y: np.union1d(x, y + 0.05), shapes=VV),
    "setdiff1d": of(lambda x: np.setdiff1d(x, x[:1]), shapes=V),
    "setxor1d": of(lambda x: np.setxor1d(x[:3], x[1:]), shapes=V),
    "intersect1d": of(lambda x: np.intersect1d(x[:3], x[1:]), shapes=V),
    "diagonal": of(np.diagonal, lambda x: np.diagonal(x, -1)) + of(lambda x: np.diagonal(x, 1, 2, 1), shapes=CUBE),
    "diag": of(np.diag, lambda x: np.diag(x, 1)) + of(np.diag, lambda x: np.diag(x, -2), shapes=V),
    "diagflat": of(np.diagflat, lambda x: np.diagflat(x, 1)),
    "tril": of(np.tril, lambda x: np.tril(x, 1)) + of(np.tril, shapes=V),
    "triu": of(np.triu, lambda x: np.triu(x, -1)) + of(np.triu, shapes=CUBE),
    "trim_zeros": of(
        lambda x: np.trim_zeros(x * np.array([0.0, 1.0, 0.0, 1.0, 0.0])),
        lambda x: np.trim_zeros(x * np.array([0.0, 1.0, 0.0, 1.0, 0.0]), "b"),
        shapes=((5,),),
    ),
    "interp": of(
        lambda x: np.interp(x, ORDERED, VECTOR),
        lambda x: np.interp(x, ORDERED, VECTOR, left=0.25, right=-1.0),
        lambda x: np.interp(x, ORDERED, VECTOR, period=5.0),
        lambda x: np.interp(x, [1.0], [2.0]) + x,
    )
    + of(lambda x, p, f: np.interp(0.99 * x, np.sort(p), f), shapes=((3, 4), (6,), (6,))),
    # ---------------------------------------------------------------------------------- joining and splitting
    "concatenate": of(
        lambda x: np.concatenate([x, 2.0 * x], axis=1),
        lambda x: np.concatenate([x, MATRIX]),
        lambda x: np.concatenate([x, MATRIX], axis=None),
    ),
    "concat": of(lambda x: np.concat([x, MATRIX])),
    "stack": of(lambda x: np.stack([x, MATRIX], axis=-1)),
    "vstack": of(lambda x: np.vstack([x, x[0]])) + of(lambda x: np.vstack([x, VECTOR]), shapes=V),
    "hstack": of(lambda x: np.hstack([x, MATRIX])) + of(lambda x: np.hstack([x, x[0]]), shapes=V),
    "dstack": of(lambda x: np.dstack([x, MATRIX])) + of(lambda x: np.dstack([x, x * x]), shapes=V),
    "column_stack": of(lambda x: np.column_stack([x, x[:, 0]])) + of(lambda x: np.column_stack([x, x]), shapes=V),
    "block": of(
        lambda x: np.block([[x, np.ones((3, 1))], [np.zeros((1, 4)), 5.0]]),
        lambda x: np.block([x, x * x]),
        lambda x: np.block([x[0], x[1]]),
        lambda x: np.block(x),
    ),
    "append": of(lambda x: np.append(x, [1.0, 2.0]), lambda x: np.append(x, x * x, axis=1)),
    "split": of(lambda x: np.split(x, 2, axis=1), lambda x: np.split(x, [1, 3], axis=1)),
    "array_split": of(lambda x: np.array_split(x, 3, axis=1), lambda x: np.array_split(x, [2, 1, -1], axis=1)),
    "hsplit": of(lambda x: np.hsplit(x, 2)) + of(lambda x: np.hsplit(x, 2), shapes=V),
    "vsplit": of(lambda x: np.vsplit(x, 3)),
    "dsplit": of(lambda x: np.dsplit(x, [1]), shapes=CUBE),
    "unstack": of(lambda x: np.unstack(x, axis=1)),
    "delete": of(
        lambda x: np.delete(x, 1, axis=1), lambda x: np.delete(x, [0, -1]), lambda x: np.delete(x, slice(0, 2), axis=0)
    ),
    "insert": of(
        lambda x: np.insert(x, 1, 5.0, axis=1),
        lambda x: np.insert(x, [1, 3], [7.0, 8.0]),
        lambda x: np.insert(x, 2, [1.0, 2.0, 3.0], axis=1),
        lambda x: np.insert(x, [2], [[1.0], [2.0], [3.0]], axis=1),
        lambda x: np.insert(x, [0, 2, 2], x[:, :3] * x[:, :3], axis=1),
        lambda x: np.insert(x, slice(0, 2), 3.0, axis=0),
    )
    + of(lambda x, y: np.insert(x, 2, y), shapes=((4,), (2,))),
    "repeat": of(lambda x: np.repeat(x, 2), lambda x: np.repeat(x, [2, 0, 1], axis=0)),
    "tile": of(lambda x: np.tile(x, 2), lambda x: np.tile(x, (2, 1, 2))),
    "resize": of(lambda x: np.resize(x, (2, 7)), lambda x: np.resize(x, 5)),
    "meshgrid": of(
        lambda x, y: np.meshgrid(x, y),
        lambda x, y: np.meshgrid(x, y, indexing="ij"),
        lambda x, y: np.meshgrid(x, y, x, sparse=True),
        shapes=VM,
    ),
    "ix_": of(lambda x, y: np.ix_(x, y), shapes=((3,), (4,))),
    "broadcast_arrays": of(lambda x, y: np.broadcast_arrays(x, y), shapes=((3, 4), (4,))),
    "broadcast_to": of(lambda x: np.broadcast_to(x, (2, 3, 4))),
    "atleast_1d": of(np.atleast_1d) + of(np.atleast_1d, shapes=((),)) + of(np.atleast_1d, shapes=((), (2,))),
    "atleast_2d": of(np.atleast_2d) + of(np.atleast_2d, shapes=V),
    "atleast_3d": of(np.atleast_3d) + of(np.atleast_3d, shapes=V) + of(np.atleast_3d, shapes=((),)),
    # -------------------------------------------------------------------------------------------- arranging
    "reshape": of(lambda x: np.reshape(x, (2, 6)), lambda x: np.reshape(x, (2, -1), order="F")),
    "ravel": of(np.ravel, lambda x: np.ravel(x, "F")),
    "transpose": of(np.transpose, lambda x: np.transpose(x, (1, 0))),
    "permute_dims": of(np.permute_dims),
    "matrix_transpose": of(np.matrix_transpose, shapes=CUBE),
    "swapaxes": of(lambda x: np.swapaxes(x, 0, -1), shapes=CUBE),
    "moveaxis": of(lambda x: np.moveaxis(x, 0, -1), lambda x: np.moveaxis(x, (0, 1), (2, 0)), shapes=CUBE),
    "rollaxis": of(lambda x: np.rollaxis(x, 2), lambda x: np.rollaxis(x, 0, 3), shapes=CUBE),
    "expand_dims": of(lambda x: np.expand_dims(x, 1), lambda x: np.expand_dims(x, (0, -1))),
    "squeeze": of(lambda x: np.squeeze(x[:1]), lambda x: np.squeeze(x[:1], axis=0)),
    "flip": of(np.flip, lambda x: np.flip(x, 1)),
    "fliplr": of(np.fliplr),
    "flipud": of(np.flipud),
    "rot90": of(*(lambda x, k=k: np.rot90(x, k) for k in range(-1, 3)), lambda x: np.rot90(x, 1, (1, 0))),
    "roll": of(lambda x: np.roll(x, 2), lambda x: np.roll(x, 1, axis=0), lambda x: np.roll(x, (1, 2), axis=(0, 1))),
    "copy": of(np.copy),
    "astype": of(lambda x: np.astype(x, np.float64)),
    "apply_along_axis": of(
        lambda x: np.apply_along_axis(np.sum, 0, x),
        lambda x: np.apply_along_axis(lambda t: t[:2] * t[1:3], 1, x),
        lambda x: np.apply_along_axis(lambda t: np.outer(t, t), 0, x),
    )
    + of(lambda x: np.apply_along_axis(np.cumprod, 1, x), shapes=CUBE),
    "apply_over_axes": of(lambda x: np.apply_over_axes(np.sum, x, (0, 2)), shapes=CUBE),
    "pad": padded("constant")
    + padded("constant", constant_values=((1.0, 2.0), (3.0, 4.0)))
    + padded("constant", constant_values=1.5)
    + padded("edge")
    + padded("reflect")
    + padded("reflect", reflect_type="odd")
    + padded("symmetric")
    + padded("symmetric", reflect_type="odd")
    + padded("wrap")
    + padded("linear_ramp", end_values=0.5)
    + padded("linear_ramp", end_values=((1.0, 2.0), (0.0, 1.0)))
    + padded("mean")
    + padded("mean", stat_length=2)
    + padded("median")
    + padded("maximum")
    + padded("minimum", stat_length=((1, 2), (2, 3)))
    + of(lambda x, c: np.pad(x, 1, constant_values=c), shapes=(V[0], ())),
    # --------------------------------------------------------------------------------------------- products
    "dot": of(lambda x: np.dot(x, MATRIX.T), lambda x: np.dot(x, 2.0), lambda x: np.dot(x, [1.0, 2.0, 3.0, 4.0]))
    + of(np.dot, shapes=((2, 3, 4), (2, 4, 3)))
    + of(np.dot, shapes=((2, 3, 4), (4,)))
    + of(np.dot, shapes=VV),
    "inner": of(np.inner, shapes=MM) + of(np.inner, shapes=((4,), ())),
    "vdot": of(np.vdot, shapes=MM),
    "outer": of(np.outer, shapes=((3,), (2, 2))),
    "kron": of(np.kron, shapes=((2, 3), (3, 2))) + of(np.kron, shapes=((2,), (2, 1, 3))),
    "tensordot": of(lambda x: np.tensordot(x, MATRIX, axes=[[0], [0]])) + of(np.tensordot, shapes=(CUBE[0], (3, 2, 2))),
    "einsum": of(
        lambda x: np.einsum("ij,kj->ik", x, MATRIX),
        lambda x: np.einsum("ij,ij", x, x),
        lambda x: np.einsum("ij->j", x, optimize="greedy"),
        lambda x: np.einsum(x, [0, 1], MATRIX, [2, 1], [0, 2]),
        lambda x: np.einsum(x, [0, 1]),
        lambda x: np.einsum("ij,kj,kl->il", x, MATRIX, x, optimize=["einsum_path", (0, 1), (0, 1)]),
    )
    + of(lambda x: np.einsum("ii->i", x), lambda x: np.einsum("ii", x), shapes=((3, 3),))
    + of(lambda x, y: np.einsum("...i,...i->...", x, y), shapes=((2, 1, 3), (4, 3)))
    + of(lambda x, y: np.einsum(x, [Ellipsis, 0], y, [0, 1], [Ellipsis, 1]), shapes=((2, 2, 3), (3, 2))),
    "cross": of(np.cross, shapes=((2, 3), (2, 3)))
    + of(np.cross, shapes=((3,), (4, 3)))
    + of(lambda a, b: np.cross(a, b, axisa=0, axisb=0, axisc=0), shapes=((3, 2), (3, 2))),
    "convolve": of(*(lambda x, y, m=m: np.convolve(x, y, m) for m in ("full", "same", "valid")), shapes=((6,), (3,)))
    + of(*(lambda x, y, m=m: np.convolve(x, y, m) for m in ("full", "same", "valid")), shapes=((2,), (5,))),
    "correlate": of(*(lambda x, y, m=m: np.correlate(x, y, m) for m in ("full", "same", "valid")), shapes=((6,), (4,)))
    + of(*(lambda x, y, m=m: np.correlate(x, y, m) for m in ("full", "same", "valid")), shapes=((2,), (5,)))
    + of(lambda x, y: np.correlate(x, y), shapes=VV),
    "poly": of(np.poly, lambda x: np.poly(x[:1]), shapes=V) + of(np.poly, shapes=((3, 3),)),
    "polydiv": of(lambda u, v: np.polydiv(u, v + np.array([3.0, 0.0])), shapes=((4,), (2,)))
    + of(lambda u: np.polydiv(u, [1.0, 2.0, 3.0, 4.0, 5.0])[1], shapes=V),
    "polyfit": of(
        lambda x, y: np.polyfit(x + ORDERED, y, 2),
        lambda x, y: np.polyfit(x + ORDERED, y, 1, w=np.arange(1.0, 5.0)),
        lambda x, y: np.polyfit(x + ORDERED, y, 1, cov=True),
        lambda x, y: np.polyfit(x + ORDERED, y, 1, cov="unscaled")[1] + 0.0 * y[0],
        shapes=VV,
    )
    + of(lambda y: np.polyfit(ORDERED, y, 1), lambda y: np.polyfit(ORDERED, y, 1, full=True)[:2], shapes=((4, 2),))
    + of(lambda y: np.polyfit(ORDERED, y, 1, cov=True), shapes=((4, 2),)),
    "roots": of(lambda x: np.roots(np.array([1.0, -2.0, -5.0, 6.0]) + 0.1 * x), shapes=V),
    "polyval": of(np.polyval, shapes=((3,), (4,))) + of(lambda x: np.polyval([1.0, -2.0, 3.0], x)),
    "polyadd": of(np.polyadd, shapes=VM),
    "polysub": of(np.polysub, shapes=VM),
    "polymul": of(np.polymul, shapes=VM),
    "polyder": of(np.polyder, lambda p: np.polyder(p, 2), shapes=V),
    "polyint": of(np.polyint, lambda p: np.polyint(p, 2, [3.0, 4.0]), shapes=V),
    "vander": of(np.vander, lambda x: np.vander(x, 3, increasing=True), shapes=V),
    # ------------------------------------------------------------------------------------------ elementwise
    "real": of(np.real),
    "imag": of(lambda x: np.imag(x * (1.0 + 2.0j))),
    "angle": of(lambda x: np.angle(x + 2.0j)),
    "sort_complex": of(lambda x: np.imag(np.sort_complex(x) * 1.0j)),
    "real_if_close": of(np.real_if_close),
    "nan_to_num": of(
        np.nan_to_num,
        lambda x: np.nan_to_num(x + HOLES, nan=2.0),
        lambda x: np.nan_to_num(x + np.where(MASK, 0.0, np.inf), posinf=3.0),
        lambda x: np.nan_to_num(x - np.where(MASK, 0.0, np.inf), neginf=-3.0),
    ),
    "unwrap": of(lambda x: np.unwrap(4.0 * x), lambda x: np.unwrap(4.0 * x, axis=0, period=3.0)),
    "i0": of(np.i0),
    "sinc": of(np.sinc, lambda x: np.sinc(0.05 * x), lambda x: np.sinc(0.0 * x + 2.0 * x)),
    "full_like": of(lambda x: np.full_like(x, x[0, 0], shape=(2, 2))) + of(lambda x: np.full_like(x, x), shapes=V),
    "linspace": of(lambda a, b: np.linspace(a, b, 5), shapes=((), ()))
    + of(lambda a, b: np.linspace(a, b, 4, endpoint=False, axis=1), shapes=((3,), (2, 3)))
    + of(lambda a, b: np.linspace(a, b, 3, retstep=True), shapes=((), ())),
    "logspace": of(lambda a, b: np.logspace(a, b, 4), shapes=((), ())) + of(lambda a: np.logspace(a, 1.0, 3, base=2.0)),
    "geomspace": of(lambda a, b: np.geomspace(a * a, b * b, 4), shapes=((), ())),
    # ------------------------------------------------------------------------- ufuncs that are no row of theirs
    "matmul": of(np.matmul, shapes=((2, 3), (3, 4))),
    "vecdot": of(np.vecdot, shapes=MM) + of(lambda x, y: np.vecdot(x, y, axis=0), shapes=((3, 4), (3, 4))),
    "matvec": of(lambda a, x: np.matvec(a, x), shapes=((2, 3, 4), (4,))),
    "vecmat": of(lambda x, a: np.vecmat(x, a), shapes=((3,), (2, 3, 4))),
    "fabs": of(np.fabs),
    "float_power": of(lambda x: np.float_power(x, 3)) + of(lambda x, y: np.float_power(x * x, y), shapes=VV),
    "modf": of(lambda x: np.modf(3.0 * x)[0]),
    "divmod": of(lambda x, y: np.divmod(x, y + 4.0)[1], shapes=((4,), (4,))),
    "ldexp": of(lambda x: np.ldexp(x, [1, -2, 0, 5])),
    "frexp": of(lambda x: np.frexp(x)[0]),
}

GRADIENTS = {name: calls for name, calls in GRADIENTS.items() if hasattr(np, name)}  # NumPy 2.0 has not all of them

DATA: dict[str, Callable[..., Any]] = {
    "all": np.all,
    "any": np.any,
    "argmax": lambda x: np.argmax(x, axis=1, keepdims=True),
    "argmin": np.argmin,
    "nanargmax": lambda x: np.nanargmax(x, axis=0),
    "nanargmin": np.nanargmin,
    "count_nonzero": lambda x: np.count_nonzero(x, axis=0),
    "around": lambda x: np.around(x, 1),
    "round": np.round,
    "fix": np.fix,
    "shape": np.shape,
    "ndim": np.ndim,
    "size": lambda x: np.size(x, 1),
    "zeros_like": np.zeros_like,
    "empty_like": lambda x: np.empty_like(x).shape,
    "ones_like": lambda x: np.ones_like(x, shape=(2,)),
    "allclose": lambda x: np.allclose(x, 1.0),
    "isclose": lambda x: np.isclose(x, x),
    "array_equal": lambda x: np.array_equal(x, x),
    "array_equiv": lambda x: np.array_equiv(x, x),
    "array_repr": np.array_repr,
    "array_str": np.array_str,
    "array2string": np.array2string,
    "result_type": lambda x: np.result_type(x, np.float32),
    "can_cast": lambda x: np.can_cast(x.dtype, np.float32),
    "min_scalar_type": lambda x: np.min_scalar_type(x[0, 0]),
    "common_type": lambda x: np.common_type(x),
    "nonzero": np.nonzero,
    "flatnonzero": np.flatnonzero,
    "argwhere": np.argwhere,
    "argsort": np.argsort,
    "argpartition": lambda x: np.argpartition(x, 2)[:, 2],
    "lexsort": lambda x: np.lexsort((x[0], x[1])),
    "searchsorted": lambda x: np.searchsorted(np.sort(x[0]), x),
    "digitize": lambda x: np.digitize(x, [-1.0, 0.0, 1.0]),
    "isin": lambda x: np.isin(x, x[0]),
    **({"in1d": lambda x: vars(np)["in1d"](x, x[0])} if hasattr(np, "in1d") else {}),
    "may_share_memory": lambda x: np.may_share_memory(x, MATRIX),
    "shares_memory": lambda x: np.shares_memory(x, MATRIX),
    "iscomplex": np.iscomplex,
    "iscomplexobj": np.iscomplexobj,
    "isreal": np.isreal,
    "isrealobj": np.isrealobj,
    "isneginf": np.isneginf,
    "isposinf": np.isposinf,
    "einsum_path": lambda x: np.einsum_path("ij,ij", x, x)[0],
    "unravel_index": lambda x: np.unravel_index(np.argmax(x), (3, 4)),
    "ravel_multi_index": lambda x: np.ravel_multi_index((np.argmax(x, axis=0), np.arange(4)), (3, 4)),
    "diag_indices_from": lambda x: np.diag_indices_from(x[:, :3]),
    "tril_indices_from": np.tril_indices_from,
    "triu_indices_from": np.triu_indices_from,
    "packbits": lambda x: np.packbits(x > 0.0),
    "unpackbits": lambda x: np.unpackbits((np.abs(x) * 10.0).astype(np.uint8)) if isinstance(x, np.ndarray) else None,
}

# Of what DATA has no call for: they take dates or write files.
WITHOUT_CALL = {
    *("busday_count", "busday_offset", "is_busday", "datetime_as_string"),
    *("save", "savetxt", "savez", "savez_compressed"),
}

# NumPy does not offer these to tensors, and they take no numbers that could be differentiated.
NOT_OFFERED = {
    *("bartlett", "blackman", "hamming", "hanning", "base_repr", "binary_repr", "broadcast_shapes", "datetime_data"),
    *("diag_indices", "empty", "eye", "format_float_positional", "format_float_scientific", "from_dlpack"),
    *("frombuffer", "fromfile", "fromregex", "fromstring", "genfromtxt", "get_include", "get_printoptions"),
    *("getbufsize", "geterr", "geterrcall", "identity", "indices", "info", "isdtype", "isfortran", "isscalar"),
    *("issubdtype", "iterable", "load", "loadtxt", "mask_indices", "mintypecode", "ones", "printoptions"),
    *("promote_types", "set_printoptions", "setbufsize", "seterr", "seterrcall", "show_config", "show_runtime"),
    *("test", "tri", "tril_indices", "triu_indices", "typename", "zeros"),
}
# Names that NumPy has twice.
ALIASES = {"row_stack": "vstack", "trapz": "trapezoid"}
