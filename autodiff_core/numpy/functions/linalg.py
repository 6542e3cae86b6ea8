"""np.linalg's spellings: `protocol` loads them when the first of these functions meets a tensor.

Arguments are NumPy's, results are tensors, in named tuples with NumPy's names where there are several.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import _core
from ...dtypes import finfo
from ...ops import decompositions, forms, linalg, matrices, matrix_functions, norms, reductions, shaping, solving
from ...ops.answers import answering
from ...ops.matrices import matrix_transpose
from ...ops.picking import places_of
from . import registry


def _solve(a: Any, b: Any) -> Any:
    vector = np.ndim(b) == 1 if not isinstance(b, _core.Operand) else len(b.shape) == 1
    if not vector:
        return solving.solve(a, b)
    column = shaping.expand_dims(b, -1)
    return shaping.squeeze(solving.solve(a, column), -1)


def _tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    x, y = _core.operand(a), _core.operand(b)
    nd = len(x.shape)
    if axes is not None:
        last = [d % nd for d in axes]
        x = shaping.transpose(x, [*[d for d in range(nd) if d not in last], *last])
    shape = tuple(x.shape)[len(y.shape) :]
    size = int(np.prod(shape, dtype=np.intp))
    if x.size != size**2 or y.size != size:
        raise np.linalg.LinAlgError(f"tensorsolve: {tuple(x.shape)} and {tuple(y.shape)} make no square system")
    return shaping.reshape(_solve(shaping.reshape(x, (size, size)), shaping.reshape(y, (-1,))), shape)


def _tensorinv(a: Any, ind: int = 2) -> Any:
    x = _core.operand(a)
    shape = tuple(x.shape)
    size = int(np.prod(shape[ind:], dtype=np.intp))
    if ind <= 0 or x.size != size**2:
        raise np.linalg.LinAlgError(f"tensorinv: shape {shape} with ind={ind} makes no square matrix")
    return shaping.reshape(solving.inv(shaping.reshape(x, (size, size))), (*shape[ind:], *shape[:ind]))


def _cholesky(a: Any, /, *, upper: bool = False) -> Any:
    if upper:
        return matrix_transpose(decompositions.cholesky(matrix_transpose(a, conjugate=True)), conjugate=True)
    return decompositions.cholesky(a)


def _triangle(UPLO: str) -> str:
    if UPLO.upper() not in ("L", "U"):
        raise ValueError(f"UPLO is 'L' or 'U', not {UPLO!r}")
    return UPLO.upper()


def _eigh(a: Any, UPLO: str = "L") -> decompositions.EighResult:
    return decompositions.hermitian(a, _triangle(UPLO))


def _eigvalsh(a: Any, UPLO: str = "L") -> Any:
    return decompositions.hermitian_values(a, _triangle(UPLO))


def _qr(a: Any, mode: str = "reduced") -> Any:
    if mode not in ("reduced", "complete", "r"):
        raise TypeError(f"np.linalg.qr with mode={mode!r} on a tensor: only 'reduced', 'complete' and 'r' are recorded")
    result = decompositions.qr(a, full_matrices=mode == "complete")
    return result.R if mode == "r" else result


def _svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    if not compute_uv:
        return decompositions.svd(a, compute_uv=False)
    s, u, v = decompositions.svd(a, full_matrices)
    return decompositions.SVDResult(u, s, matrix_transpose(v, conjugate=True))


def _slogdet(a: Any) -> solving.SlogdetResult:
    return solving.SlogdetResult(*solving.slogdet(a))


def _pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    x = matrices.matrices(a, "pinv")
    if rtol is not None:
        rcond = rtol
    return solving.pseudo_inverse(x, 1e-15 if rcond is None else np.asarray(rcond), hermitian)


def _lstsq(a: Any, b: Any, rcond: Any = None) -> tuple[Any, Any, int, Any]:
    x, y = matrices.matrices(a, "lstsq"), _core.operand(b)
    if len(x.shape) != 2:
        raise np.linalg.LinAlgError(f"lstsq: a matrix has two axes; the shape is {tuple(x.shape)}")
    m, n = (int(size) for size in x.shape)
    precision = finfo(x.dtype).eps
    rcond = precision * max(m, n) if rcond is None else precision if rcond == -1 else rcond
    column = shaping.expand_dims(y, -1) if len(y.shape) == 1 else y
    singular = decompositions.svd(x, compute_uv=False)
    rank = int(_RANK([singular, rcond]))  # which says whether there are residuals
    best = _core.matmul(solving.pseudo_inverse(x, rcond), column)
    if rank == n and m > n:
        residual = norms.vector_norm(column - _core.matmul(x, best), 0) ** 2
    else:
        residual = _core.to_tensor(np.empty(0, singular.dtype))
    return (shaping.squeeze(best, -1) if len(y.shape) == 1 else best), residual, rank, singular


def _matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    return _MATRIX_RANK(A, tol, hermitian, rtol=rtol)


_MATRIX_RANK = answering("rank_of_matrices", np.linalg.matrix_rank, "A", "tol", "", "rtol")
_RANK = places_of(
    "rank",
    lambda attributes, sizes, least: np.sum(sizes > least * sizes.max(initial=0.0)),
    form=forms.nothing,
    gives=forms.scalar(np.intp, 2),
)


def _trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    total = reductions.reduce_sum(matrices.diagonal(x, offset), -1)
    return total if dtype is None else _core.to_dtype(total, dtype)


def _multi_dot(arrays: Sequence[Any], *, out: Any = None) -> Any:
    return matrix_functions.multi_dot(arrays)


def _cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    x, y = _core.operand(x1), _core.operand(x2)
    return _moved(matrices.cross(_moved(x, axis, -1), _moved(y, axis, -1)), -1, axis)


def _moved(x: Any, source: int, target: int) -> Any:
    nd = len(x.shape)
    order = [d for d in range(nd) if d != source % nd]
    order.insert(target % nd, source % nd)
    return shaping.transpose(x, order)


COUNTERPARTS: dict[Any, Any] = {
    np.linalg.matmul: linalg.matmul,
    np.linalg.solve: _solve,
    np.linalg.tensorsolve: _tensorsolve,
    np.linalg.tensorinv: _tensorinv,
    np.linalg.inv: lambda a: solving.inv(a),
    np.linalg.det: lambda a: solving.det(a),
    np.linalg.slogdet: _slogdet,
    np.linalg.pinv: _pinv,
    np.linalg.lstsq: _lstsq,
    np.linalg.cholesky: _cholesky,
    np.linalg.qr: _qr,
    np.linalg.svd: _svd,
    np.linalg.svdvals: lambda x, /: decompositions.svd(x, compute_uv=False),
    np.linalg.eigh: _eigh,
    np.linalg.eigvalsh: _eigvalsh,
    np.linalg.eig: lambda a: decompositions.eig(a),
    np.linalg.eigvals: lambda a: decompositions.eigvals(a),
    np.linalg.norm: norms.norm,
    np.linalg.vector_norm: lambda x, /, *, axis=None, keepdims=False, ord=2: norms.vector_norm(x, axis, keepdims, ord),
    np.linalg.matrix_norm: lambda x, /, *, keepdims=False, ord="fro": norms.matrix_norm(x, keepdims, ord),
    np.linalg.cond: norms.cond,
    np.linalg.matrix_rank: _matrix_rank,
    np.linalg.matrix_power: matrix_functions.matrix_power,
    np.linalg.multi_dot: _multi_dot,
    np.linalg.trace: _trace,
    np.linalg.diagonal: lambda x, /, *, offset=0: matrices.diagonal(x, offset),
    np.linalg.outer: lambda x1, x2, /: matrices.outer(x1, x2),
    np.linalg.cross: _cross,
    np.linalg.vecdot: lambda x1, x2, /, *, axis=-1: matrices.vecdot(x1, x2, axis),
    np.linalg.matrix_transpose: lambda x, /: matrix_transpose(x),
    np.linalg.tensordot: lambda x1, x2, /, *, axes=2: linalg.tensordot(x1, x2, axes),
}

registry.of_lists[np.linalg.multi_dot] = "items"
