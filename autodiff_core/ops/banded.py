"""Linear systems with band matrices, over SciPy's kernel (LAPACK's gbsv), which is imported when it is needed."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms
from .elementwise import multiply
from .forms import Kind
from .matrices import matrix_transpose, of_one_dtype, shifted
from .reductions import reduce_sum
from .shaping import concat, expand_dims, squeeze
from .table import Case, general


def _kernel(attributes: Any, ab: np.ndarray, b: np.ndarray) -> np.ndarray:
    try:
        from scipy.linalg import solve_banded as solver
    except ImportError as error:
        raise ImportError(
            'solve_banded is computed by SciPy, which is not installed: pip install "autodiff-core[scipy]"'
        ) from error
    return np.asarray(solver(attributes, ab, b))


def _turned(bands: tuple[int, int], ab: Any) -> Any:
    """The packed diagonals of the transposed matrix."""
    lower, upper = bands
    rows = []
    for k in range(lower + upper + 1):
        column = expand_dims(ab[lower + upper - k], -1)
        rows.append(matrix_transpose(shifted(column, lower - k)))
    return concat(rows, 0)


def _rule(g: Any, y: Any, bands: tuple[int, int], ab: Any, b: Any) -> tuple[Any, Any]:
    lower, upper = bands
    gb = _core.general(_BANDED, [_turned(bands, ab), g], (upper, lower))
    parts = [reduce_sum(multiply(shifted(gb, upper - k), y), -1, keepdims=True) for k in range(lower + upper + 1)]
    return -concat([matrix_transpose(part) for part in parts], 0), gb


def solve_banded(l_and_u: tuple[int, int], ab: Any, b: Any) -> Tensor:
    """Solve systems of linear equations with a band matrix.

    Parameters
    ----------
    l_and_u : pair of int
        How many diagonals lie below and above the main one.
    ab : array_like
        The diagonals, of shape (l + u + 1, n), from the highest one down: ab[u + i - j, j] is the element i, j.
    b : array_like
        Of shape (n,) or (n, k).

    Returns
    -------
    Tensor
        Of b's shape.

    Raises
    ------
    ImportError
        Where SciPy is not installed.
    numpy.linalg.LinAlgError
        Where the matrix is singular.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.linalg.solve_banded.html

    Examples
    --------
    >>> print(tf.scipy.linalg.solve_banded((0, 1), [[0., 1.], [2., 2.]], [4., 2.]).numpy())
    [1.5 1. ]
    """
    lower, upper = (_core.integer(count) for count in l_and_u)
    x, y = of_one_dtype(ab, b)
    vector = len(y.shape) == 1
    if len(x.shape) != 2 or x.shape[0] != lower + upper + 1 or len(y.shape) not in (1, 2) or x.shape[1] != y.shape[0]:
        raise ValueError(
            f"solve_banded: {lower} diagonals below and {upper} above the main one of shape {tuple(x.shape)}, and a "
            f"right-hand side of shape {tuple(y.shape)}, do not fit"
        )
    solved = _core.general(_BANDED, [x, expand_dims(y, -1) if vector else y], (lower, upper))
    return squeeze(solved, -1) if vector else solved


def _banded_kind(attributes: Any, ab: Kind, b: Kind) -> Kind:
    forms.dims(ab, 2, 2)
    forms.dims(b, 1, 2)
    if ab.shape[0] != sum(attributes) + 1 or ab.shape[1] != b.shape[0]:
        raise ValueError(f"bands of shape {ab.shape} and a right side of shape {b.shape} are no equations")
    dtype = forms.inexact(ab, b)
    widest = np.complex128 if dtype.kind == "c" else np.float64  # (as LAPACK has it)
    return Kind(widest if dtype.char in "gG" else np.result_type(dtype, np.float32), b.shape)


_BANDED = general(
    "solve_banded",
    _kernel,
    _rule,
    raises=True,
    function=solve_banded,
    doc="Solution of linear equations with band matrices.",
    keeps_output=True,
    cases=(
        Case(lambda ab, b: solve_banded((1, 2), ab + [[0.0], [0.0], [4.0], [0.0]], b), ((4, 4), (4, 2))),
        Case(lambda ab, b: solve_banded((2, 0), ab + [[3.0], [0.0], [0.0]], b), ((3, 4), (4,))),
    ),
    form=forms.parts(forms.count, forms.count),
    gives=_banded_kind,
    names=("scipy.linalg.solve_banded",),
    c=c_loops.LAPACK,
)
