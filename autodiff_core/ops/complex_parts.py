"""Complex numbers: made of two parts, and taken apart.

An analytic op needs nothing here: its formula holds for complex operands as it stands, since the sweeps transpose and
do not conjugate (docs/derivatives.md says which convention the user sees). The rows of what is not analytic say what it
is in terms of the parts (`on_complex`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from . import c_loops, forms
from .forms import Kind
from .table import Case, as_it_stands, general, linear


def _joined(attributes: Any, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    whole = np.empty(np.broadcast_shapes(x.shape, y.shape), np.result_type(x.dtype, np.complex64))
    whole.real, whole.imag = x, y
    return whole


def _parts_of(g: Any, y: Any, attributes: Any, *operands: Any) -> tuple[Any, Any]:
    return real(g), -imag(g)


def complex(real: Any, imag: Any, name: str | None = None) -> _core.Tensor:
    """Complex numbers of given real and imaginary parts.

    Parameters
    ----------
    real, imag : array_like
        Two floats of one dtype, whose shapes broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of dtype complex64 for float32, and complex128 for float64.

    Raises
    ------
    TypeError
        Where the parts are no floats, or of different dtypes.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/complex

    Examples
    --------
    >>> tf.complex([1., 2.], [3., 4.]).numpy()
    array([1.+3.j, 2.+4.j], dtype=complex64)
    """
    x = _core.operand(real)
    y = _core.operand_like(imag, x) if not isinstance(imag, (_core.Operand, np.ndarray)) else _core.operand(imag)
    if x.dtype != y.dtype or x.dtype.kind != "f":
        raise TypeError(f"complex: the parts must be floats of one dtype, not {x.dtype} and {y.dtype}; cast them first")
    shape = np.broadcast_shapes(tuple(x.shape), tuple(y.shape))
    return _core.general(_COMPLEX, [spread(x, shape), spread(y, shape)], None)


def spread(x: Any, shape: tuple[int, ...]) -> Any:
    """An operand in the shape that it broadcasts to."""
    old = tuple(x.shape)
    lead = len(shape) - len(old)
    return x if old == shape else _core.broadcast(x, (shape, (1,) * lead + old, old))


def real(input: Any, name: str | None = None) -> _core.Tensor:
    """The real part, elementwise.

    Parameters
    ----------
    input : array_like
        Real or complex.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the dtype of the parts; what is real stays as it is.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/real

    Examples
    --------
    >>> tf.math.real([1. + 2.j, 3.]).numpy()
    array([1., 3.])
    """
    x = _core.operand(input)
    return _core.to_dtype(x, forms.real_part(x.dtype)) if x.dtype.kind == "c" else _core.identity_tensor(x)


def imag(input: Any, name: str | None = None) -> _core.Tensor:
    """The imaginary part, elementwise.

    Parameters
    ----------
    input : array_like
        Real or complex.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the dtype of the parts; zeros for what is real.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/imag

    Examples
    --------
    >>> tf.math.imag([1. + 2.j, 3.]).numpy()
    array([2., 0.])
    """
    x = _core.operand(input)
    return _core.linear(_IMAG, x, None) if x.dtype.kind == "c" else _core.to_tensor(np.zeros(x.shape, x.dtype))


def _complex_kind(attributes: Any, x: Kind, y: Kind) -> Kind:
    return Kind(np.result_type(x.dtype, np.complex64), forms.broadcast(x, y))


def _imag_kind(attributes: Any, x: Kind) -> Kind:
    return Kind(forms.real_part(x.dtype), x.shape)


def _imag_back_kind(attributes: Any, g: Kind) -> Kind:
    return Kind(np.result_type(g.dtype, np.complex64), g.shape)


_COMPLEX = general(
    "complex",
    _joined,
    _parts_of,
    function=complex,
    doc="Complex numbers of given real and imaginary parts.",
    keeps_inputs=False,
    linear="jointly",
    leading=True,
    cases=(
        Case(lambda x, y: imag(complex(x, y) ** 2), ((2, 3), (2, 3))),
        Case(lambda x, y: real(1.0 / (complex(x, y) + 4.0j)), ((3,), (3,))),
        Case(lambda x, y: real(complex(x, y) * (2.0 - 1.0j)), ((), ())),
        Case(lambda x, y: real(complex(x, y)), ((0,), (0,))),
    ),
    form=forms.nothing,
    gives=_complex_kind,
    on_complex="refused",
    names=("complex",),
    c=c_loops.OF_COMPLEX,
    cost=forms.MOVE,
)
_IMAG, _ = linear(
    "imag",
    lambda x, attributes: x.imag.copy(),
    "imag_transposed",
    lambda g, attributes: _joined(attributes, np.zeros((), g.dtype), -g),
    function=imag,
    doc="The imaginary part, elementwise.",
    batched=as_it_stands,
    cases=(
        Case(lambda x: imag(x * (1.0 + 2.0j)), ((2, 3),)),
        Case(lambda x: imag(1.0 / (x + 4.0j)), ((),)),
        Case(lambda x: imag(x * 1.0j), ((0,),)),
    ),
    form=forms.nothing,
    gives=(_imag_kind, _imag_back_kind),
    names=("math.imag",),
    c=c_loops.OF_COMPLEX,
    cost=forms.MOVE,
)
