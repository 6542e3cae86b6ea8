"""Spellings that NumPy, SciPy and Python's own library have no hook for, or that people write where there is one.

Each is a function of a vector of three positive numbers and of a number; with tensors it is right, derivative and all,
or a TypeError that names the way out. `tests/test_leaving.py` runs them. Those of SciPy import it when they are called.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

Spelling = Callable[[Any, Any], Any]

WEIGHTS = np.array([0.5, -1.0, 2.0])
MATRIX = np.array([[2.0, 0.3, 0.1], [0.3, 1.5, 0.2], [0.1, 0.2, 1.0]])


def stored(store: Callable[[np.ndarray, Any, Any], Any]) -> Spelling:
    """What an array of three holds after a store."""

    def spelling(x: Any, s: Any) -> Any:
        array = np.ones(3)
        store(array, x, s)
        return array

    return spelling


def assigned(code: str) -> Spelling:
    return stored(lambda a, x, s: exec(code, {"a": a, "x": x, "s": s, "np": np}))


def of_a_list(name: str) -> Spelling:
    return lambda x, s: getattr(np, name)([s, x[0] * s, x[1]])


def of_objects(*elements: Any) -> np.ndarray:
    array = np.empty(len(elements), object)
    for k, element in enumerate(elements):
        array[k] = element
    return array


# By names that say nothing.
MADE, SUMMED = np.fromiter, np.add.reduce
FILLED = np.ones(3)
FILL, SET = FILLED.fill, FILLED.__setitem__


def in_a_matrix(matrix: Any, s: Any) -> Any:
    matrix[0, 0] = s
    return matrix.toarray()


def scipys(module: str, call: Callable[..., Any]) -> Spelling:
    return lambda x, s: call(import_module(f"scipy.{module}"), x, s)


SPELLINGS: dict[str, Spelling] = {
    # Arrays of tensors and of lists
    "np.array(t)": lambda x, s: np.array(x),
    "np.asarray(t)": lambda x, s: np.asarray(x) * 2.0,
    "np.asanyarray(t)": lambda x, s: np.asanyarray(x),
    "np.ascontiguousarray(t)": lambda x, s: np.ascontiguousarray(x),
    "np.asfortranarray(t)": lambda x, s: np.asfortranarray(x),
    "np.asarray_chkfinite(t)": lambda x, s: np.asarray_chkfinite(x),
    "np.require(t)": lambda x, s: np.require(x),
    "np.array([t, u])": lambda x, s: np.array([s, s * s, x[0]]),
    "np.array([[t, u], [u, t]])": lambda x, s: np.array([[s, 1.0], [x[0], s]]),
    "np.array([t, 1.0])": lambda x, s: np.array([s, 1.0]),
    "np.array of rows": lambda x, s: np.array([x, x * s]),
    "np.asarray([t, u])": lambda x, s: np.asarray([s, x[1]]),
    "np.r_": lambda x, s: np.r_[x, s],
    "np.r_ of numbers": lambda x, s: np.r_[s, 2.0 * s],
    "np.c_": lambda x, s: np.c_[x, x],
    "np.mat": lambda x, s: np.asmatrix(x),
    "np.fromiter": lambda x, s: np.fromiter([s, x[0]], float),
    "np.fromiter of a tensor": lambda x, s: np.fromiter(x, float),
    "np.full": lambda x, s: np.full(3, s),
    "np.full_like": lambda x, s: np.full_like(WEIGHTS, s),
    "np.stack": lambda x, s: np.stack([s, s * s]),
    "np.concatenate": lambda x, s: np.concatenate([x, x * s]),
    "np.block": lambda x, s: np.block([x, s]),
    "np.hstack": lambda x, s: np.hstack([x, x * s]),
    "np.append": lambda x, s: np.append(x, s),
    "np.insert": lambda x, s: np.insert(WEIGHTS, 1, s),
    "np.tile of a list": lambda x, s: np.tile([s, x[0]], 2),
    "np.repeat of a list": lambda x, s: np.repeat([s, x[0]], 2),
    "np.linspace": lambda x, s: np.linspace(0.0, s, 4),
    "np.frombuffer": lambda x, s: np.frombuffer(x, float),
    # Functions of lists
    **{
        f"np.{name} of a list": of_a_list(name)
        for name in (
            *("sum", "prod", "mean", "std", "var", "max", "min", "median", "cumsum", "cumprod", "diff", "sort", "ptp"),
            *("sin", "exp", "sqrt", "square", "flip", "atleast_2d", "nan_to_num", "ravel", "trapezoid", "nansum"),
        )
    },
    "np.average of a list": lambda x, s: np.average([s, x[0]], weights=[1.0, 2.0]),
    "np.where of lists": lambda x, s: np.where([True, False], [s, s], 0.0),
    "np.dot of lists": lambda x, s: np.dot([s, s], [1.0, 2.0]),
    "np.inner of lists": lambda x, s: np.inner([s, s], [1.0, 2.0]),
    "np.outer of lists": lambda x, s: np.outer([s, s], [1.0, 2.0]),
    "np.vdot of lists": lambda x, s: np.vdot([s, s], [1.0, 2.0]),
    "np.cross of lists": lambda x, s: np.cross([s, x[0], 0.0], [1.0, 2.0, 3.0]),
    "np.kron of lists": lambda x, s: np.kron([s, x[0]], [1.0, 2.0]),
    "np.matmul of lists": lambda x, s: np.matmul([[s, 1.0]], [[1.0], [x[0]]]),
    "np.tensordot of lists": lambda x, s: np.tensordot([s, x[0]], [1.0, 2.0], 1),
    "np.einsum of lists": lambda x, s: np.einsum("i,i->", [s, s], [1.0, 2.0]),
    "np.add of lists": lambda x, s: np.add([s, s], [1.0, 2.0]),
    "np.maximum of lists": lambda x, s: np.maximum([s, x[0]], [1.0, 0.0]),
    "np.interp of lists": lambda x, s: np.interp([0.5], [0.0, 1.0], [s, x[0]]),
    "np.convolve of lists": lambda x, s: np.convolve([s, x[0]], [1.0, 2.0]),
    "np.polyval of lists": lambda x, s: np.polyval([s, 1.0, x[0]], 2.0),
    "np.clip of a list": lambda x, s: np.clip([s, x[0]], 0.0, 1.0),
    "np.select of lists": lambda x, s: np.select([[True, False]], [[s, s]], 0.0),
    "np.linalg.norm of a list": lambda x, s: np.linalg.norm([s, x[0]]),
    "np.linalg.det of a list": lambda x, s: np.linalg.det([[s, 1.0], [x[0], s]]),
    "np.linalg.inv of a list": lambda x, s: np.linalg.inv([[s, 1.0], [3.0, x[0]]]),
    "np.linalg.solve of lists": lambda x, s: np.linalg.solve([[s, 1.0], [3.0, 2.0]], [1.0, x[0]]),
    "np.fft.fft of a list": lambda x, s: np.abs(np.fft.fft([s, x[0], 1.0])),
    # Functions of NumPy's that ask nobody
    "np.vectorize": lambda x, s: np.vectorize(lambda v: v * v)(x),
    "np.frompyfunc": lambda x, s: np.frompyfunc(lambda v: v * v, 1, 1)(x),
    "np.apply_along_axis": lambda x, s: np.apply_along_axis(lambda v: v * v, 0, x),
    "np.apply_over_axes": lambda x, s: np.apply_over_axes(np.sum, x, [0]),
    "np.piecewise": lambda x, s: np.piecewise(x, [x > 1.0], [lambda v: v * v, lambda v: v]),
    "np.fromfunction": lambda x, s: np.fromfunction(lambda i: i * s, (3,)),
    "np.nditer": lambda x, s: sum(float(v) for v in np.nditer(x)),
    "np.ndenumerate": lambda x, s: sum(v for _, v in np.ndenumerate(x)),
    "np.random": lambda x, s: np.random.default_rng(0).normal(s, 1.0),
    "np.ma.array": lambda x, s: np.ma.array(x),
    "np.ma.sum": lambda x, s: np.ma.sum(x),
    "np.ma.masked_where": lambda x, s: np.ma.masked_where(WEIGHTS < 0, x).sum(),
    "np.ma item": stored(lambda a, x, s: np.ma.array(a, copy=False).__setitem__(0, s)),
    "np.poly1d": lambda x, s: np.poly1d([s, 1.0])(2.0),
    "Polynomial": lambda x, s: np.polynomial.Polynomial([s, x[0]])(2.0),
    "Polynomial of a tensor": lambda x, s: np.polynomial.Polynomial([1.0, 2.0])(x),
    "polyval of coefficients": lambda x, s: np.polynomial.polynomial.polyval(2.0, [s, x[0]]),
    "polyval of a tensor": lambda x, s: np.polynomial.polynomial.polyval(x, [1.0, 2.0]),
    "chebval": lambda x, s: np.polynomial.chebyshev.chebval(0.5, x),
    "hermeval": lambda x, s: np.polynomial.hermite_e.hermeval(0.5, x),
    "np.lib.stride_tricks.as_strided": lambda x, s: np.lib.stride_tricks.as_strided(x, (2,)),
    "sliding_window_view": lambda x, s: np.lib.stride_tricks.sliding_window_view(x, 2),
    # Methods of arrays, and stores
    "array.dot": lambda x, s: WEIGHTS.dot(x),
    "array.searchsorted": lambda x, s: np.array([1.0, 2.0]).searchsorted(x) * s,
    "array.clip": lambda x, s: WEIGHTS.clip(0.0, s),
    "array.fill": stored(lambda a, x, s: a.fill(s)),
    "array.put": stored(lambda a, x, s: a.put([0], s)),
    "array.flat = t": stored(lambda a, x, s: setattr(a, "flat", s)),
    "array.flat = t, written": assigned("a.flat = x"),
    "array.real = t": assigned("a.real = x"),
    "array[i] = t": assigned("a[0] = s"),
    "array[:] = t": assigned("a[:] = x"),
    "array[...] = t": assigned("a[...] = s"),
    "array[mask] = t": assigned("a[a > 0] = s"),
    "array[i] = [t]": assigned("a[:2] = [s, s]"),
    "array.__setitem__": stored(lambda a, x, s: a.__setitem__(0, s)),
    "array.__setitem__ of a slice": stored(lambda a, x, s: a.__setitem__(slice(0, 2), s)),
    "operator.setitem": stored(lambda a, x, s: operator.setitem(a, 0, s)),
    "array += t": assigned("a += x"),
    "array *= t": assigned("a *= s"),
    "np.add with out": stored(lambda a, x, s: np.add(a, x, out=a)),
    "np.copyto": stored(lambda a, x, s: np.copyto(a, x)),
    "np.put": stored(lambda a, x, s: np.put(a, [0], s)),
    "np.place": stored(lambda a, x, s: np.place(a, a > 0, x)),
    "np.putmask": stored(lambda a, x, s: np.putmask(a, a > 0, x)),
    "np.fill_diagonal": lambda x, s: operator.itemgetter(0)([a := np.zeros((3, 3)), np.fill_diagonal(a, s)]),
    "np.put_along_axis": stored(lambda a, x, s: np.put_along_axis(a, np.array([0]), s, 0)),
    "np.add.at": stored(lambda a, x, s: np.add.at(a, [0], s)),
    "np.add.reduce from a tensor": lambda x, s: np.add.reduce(WEIGHTS, initial=s),
    "np.maximum.reduce from a tensor": lambda x, s: np.maximum.reduce(WEIGHTS, initial=9.0 * s),
    "array of objects": lambda x, s: of_objects(s, x[0]).astype(float),
    "array of objects, made again": lambda x, s: np.array(of_objects(s, x[0]), float),
    "np.fromiter by another name": lambda x, s: MADE((v * v for v in x), float),
    "np.add.reduce by another name": lambda x, s: SUMMED(WEIGHTS, initial=s),
    "np.add.reduce with stars": lambda x, s: np.add.reduce(*(WEIGHTS,), initial=s),
    "np.add.reduce with two stars": lambda x, s: np.add.reduce(WEIGHTS, axis=0, **dict.fromkeys(["initial"], s)),
    "array.fill by another name": lambda x, s: (FILL(s), FILLED.copy())[1],
    "array.__setitem__ by another name": lambda x, s: (SET(0, s), FILLED.copy())[1],
    # SciPy
    "scipy.linalg.blas": scipys("linalg.blas", lambda sp, x, s: sp.ddot(x, WEIGHTS)),
    "scipy.linalg.solve": scipys("linalg", lambda sp, x, s: sp.solve(MATRIX, x)),
    "scipy.linalg.inv": scipys("linalg", lambda sp, x, s: sp.inv(MATRIX * s)),
    "scipy.linalg.det": scipys("linalg", lambda sp, x, s: sp.det(MATRIX * s)),
    "scipy.linalg.norm": scipys("linalg", lambda sp, x, s: sp.norm(x)),
    "scipy.linalg.expm": scipys("linalg", lambda sp, x, s: sp.expm(MATRIX * s)),
    "scipy.linalg.toeplitz": scipys("linalg", lambda sp, x, s: sp.toeplitz(x)),
    "scipy.linalg.block_diag": scipys("linalg", lambda sp, x, s: sp.block_diag(x, x)),
    "scipy.linalg.cho_solve": scipys("linalg", lambda sp, x, s: sp.cho_solve(sp.cho_factor(MATRIX), x)),
    "scipy.stats.norm.pdf": scipys("stats", lambda sp, x, s: sp.norm.pdf(x)),
    "scipy.stats.norm.logpdf": scipys("stats", lambda sp, x, s: sp.norm.logpdf(WEIGHTS, s, 1.0)),
    "scipy.stats.norm(t)": scipys("stats", lambda sp, x, s: sp.norm(s, 1.0).logpdf(0.3)),
    "scipy.stats.zscore": scipys("stats", lambda sp, x, s: sp.zscore(x)),
    "scipy.stats.gmean": scipys("stats", lambda sp, x, s: sp.gmean(x)),
    "scipy.stats.skew": scipys("stats", lambda sp, x, s: sp.skew(x)),
    "scipy.stats.pearsonr": scipys("stats", lambda sp, x, s: sp.pearsonr(x, WEIGHTS).statistic),
    "scipy.interpolate.CubicSpline": scipys(
        "interpolate", lambda sp, x, s: sp.CubicSpline([0.0, 1.0, 2.0], [1.0, 3.0, 2.0])(x)
    ),
    "CubicSpline of values": scipys("interpolate", lambda sp, x, s: sp.CubicSpline([0.0, 1.0, 2.0], x)(0.5)),
    "scipy.interpolate.interp1d": scipys("interpolate", lambda sp, x, s: sp.interp1d([0.0, 1.0, 2.0], x)(0.5)),
    "scipy.interpolate.Rbf": scipys(
        "interpolate", lambda sp, x, s: sp.RBFInterpolator(np.eye(3), x, degree=0)(np.zeros((1, 3)))
    ),
    "scipy.signal.convolve": scipys("signal", lambda sp, x, s: sp.convolve(x, WEIGHTS)),
    "scipy.signal.fftconvolve": scipys("signal", lambda sp, x, s: sp.fftconvolve(x, WEIGHTS)),
    "scipy.signal.detrend": scipys("signal", lambda sp, x, s: sp.detrend(x)),
    "scipy.signal.lfilter": scipys("signal", lambda sp, x, s: sp.lfilter([1.0, 0.5], [1.0], x)),
    "scipy.signal.lfilter of coefficients": scipys("signal", lambda sp, x, s: sp.lfilter([s, 0.5], [1.0], WEIGHTS)),
    "scipy.sparse.csr_array": scipys("sparse", lambda sp, x, s: sp.csr_array(np.eye(3) * 2.0) @ x),
    "scipy.sparse.diags": scipys("sparse", lambda sp, x, s: sp.diags([x], [0]).toarray()),
    "scipy.sparse.coo_array": scipys(
        "sparse", lambda sp, x, s: sp.coo_array((x, ([0, 1, 2], [0, 1, 2])), shape=(3, 3)).toarray()
    ),
    "scipy.integrate.trapezoid": scipys("integrate", lambda sp, x, s: sp.trapezoid(x)),
    "scipy.integrate.simpson": scipys("integrate", lambda sp, x, s: sp.simpson(x)),
    "scipy.integrate.solve_ivp": scipys(
        "integrate", lambda sp, x, s: sp.solve_ivp(lambda t, y: -y, (0.0, 1.0), x, t_eval=[1.0]).y[:, 0]
    ),
    "scipy.integrate.quad": scipys("integrate", lambda sp, x, s: sp.quad(lambda u: u * s, 0.0, 1.0)[0]),
    "scipy.integrate.dblquad": scipys(
        "integrate", lambda sp, x, s: sp.dblquad(lambda u, v: u * v * s, 0.0, 1.0, 0.0, 1.0)[0]
    ),
    "scipy.integrate.quad_vec": scipys("integrate", lambda sp, x, s: sp.quad_vec(lambda u: u * s, 0.0, 1.0)[0]),
    "scipy.optimize.brentq": scipys("optimize", lambda sp, x, s: sp.brentq(lambda u: u * u - s, 0.0, 2.0)),
    "scipy.optimize.newton": scipys("optimize", lambda sp, x, s: sp.newton(lambda u: u * u - s, 1.0)),
    "scipy.optimize.minimize_scalar": scipys(
        "optimize", lambda sp, x, s: sp.minimize_scalar(lambda u: (u - s) ** 2, tol=1e-14).x
    ),
    "scipy.optimize.nnls": scipys("optimize", lambda sp, x, s: sp.nnls(MATRIX, MATRIX @ x)[0]),
    "scipy.interpolate.lagrange": scipys("interpolate", lambda sp, x, s: sp.lagrange([0.0, 1.0, 2.0], x)(0.5)),
    "scipy.sparse element": scipys("sparse", lambda sp, x, s: in_a_matrix(sp.lil_matrix((2, 2)), s)),
    "scipy.sparse element by keys": scipys("sparse", lambda sp, x, s: in_a_matrix(sp.dok_matrix((2, 2)), s)),
    "scipy.sparse.linalg.spsolve": scipys(
        "sparse.linalg", lambda sp, x, s: sp.spsolve(import_module("scipy.sparse").csc_array(MATRIX), x)
    ),
    "np.float64": lambda x, s: np.float64(s),
    "np.float32": lambda x, s: np.float32(s) * np.ones(2),
    "np.complex128": lambda x, s: np.complex128(s).real,
    "np.int64": lambda x, s: np.int64(s) + 0.0,
    "array.array": lambda x, s: np.asarray(import_module("array").array("d", [s, 1.0])),
    "scipy.special.logsumexp": scipys("special", lambda sp, x, s: sp.logsumexp(x)),
    "scipy.special.softmax": scipys("special", lambda sp, x, s: sp.softmax(x)),
    "scipy.special.gammaln": scipys("special", lambda sp, x, s: sp.gammaln(x)),
    "scipy.special.entr": scipys("special", lambda sp, x, s: sp.entr(x)),
    "scipy.special.gammaln of a list": scipys("special", lambda sp, x, s: sp.gammaln([s, x[0]])),
    "scipy.special.binom": scipys("special", lambda sp, x, s: sp.binom(x, 2.0)),
    "scipy.optimize.rosen": scipys("optimize", lambda sp, x, s: sp.rosen(x)),
    "scipy.spatial.distance.cdist": scipys("spatial.distance", lambda sp, x, s: sp.cdist(np.ones((1, 3)), x[None, :])),
    "scipy.ndimage.gaussian_filter": scipys("ndimage", lambda sp, x, s: sp.gaussian_filter(x, 1.0)),
    "scipy.fft.fft": scipys("fft", lambda sp, x, s: np.abs(sp.fft(x))),
    "scipy.fft.dct": scipys("fft", lambda sp, x, s: sp.dct(x)),
}
