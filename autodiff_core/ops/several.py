"""Rows of several results, which are computed together, and recorded as one tensor that is taken apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, Literal

import numpy as np

from .. import _core
from .c_loops import C
from .forms import Cost, Form, Kind, real_part
from .kinks import Kink
from .shaping import concat, reshape
from .table import Case, Shape, general


def _packed(parts: Sequence[np.ndarray], layout: Sequence[Shape]) -> np.ndarray:
    """Several arrays as one, with all but the leading axes laid out along the last."""
    flat = [
        part.reshape(*part.shape[: part.ndim - len(shape)], prod(shape))
        for part, shape in zip(parts, layout, strict=True)
    ]
    return np.concatenate(flat, axis=-1)


def _joined(parts: Sequence[Any], layout: Sequence[Shape], dtype: Any) -> Any:
    """The same of tensors."""
    flat = []
    for part, shape in zip(parts, layout, strict=True):
        lead = tuple(part.shape)[: len(part.shape) - len(shape)]
        flat.append(reshape(_core.to_dtype(part, dtype), (*lead, prod(shape))))
    return concat(flat, -1)


def _unpacked(whole: Any, layout: Sequence[Shape], real: Sequence[int]) -> list[Any]:
    """The same the other way round, of tensors; some are the real parts of what they were packed as."""
    parts: list[Any] = []
    lead, start = tuple(whole.shape)[:-1], 0
    for shape in layout:
        end = start + prod(shape)
        part = whole[..., start:end] if lead else whole[start:end]
        part = part if len(shape) == 1 else reshape(part, (*lead, *shape))
        parts.append(
            _core.to_dtype(part, real_part(part.dtype)) if whole.dtype.kind == "c" and len(parts) in real else part
        )
        start = end
    return parts


def several(
    name: str,
    forward: Callable[..., Sequence[np.ndarray]],
    rule: Callable[..., Any],
    layout: Callable[[Any, Shape], Sequence[Shape]],
    *,
    form: Form,
    dtype: Callable[..., Any],
    real: Sequence[int] = (),
    function: Callable[..., Any],
    doc: str,
    names: Sequence[str] = (),
    cases: Sequence[Case],
    leading: bool = False,
    raises: bool = False,
    tangent: Callable[..., Any] | None = None,
    on_complex: Literal["as it stands", "refused", "up to phases"] = "as it stands",
    by_values: bool = False,
    c: C,
    cost: Cost,
    kinks: tuple[Kink, ...] = (),
) -> Callable[..., list[_core.Tensor]]:
    """Add a row of several results, and return what applies it: (operands, attributes) -> results.

    The results are computed together, and recorded as one tensor that is taken apart.

    Parameters
    ----------
    name : str
        The op's name.
    forward : callable
        Kernel (attributes, *arrays) -> arrays.
    rule : callable
        rule(cotangents, results, attributes, *operands) -> the contributions to the operands. The cotangent of a result
        that nothing came to is zeros.
    layout : callable
        (attributes, the first operand's shape) -> the shape of each result, without leading axes.
    form : Form
        What the attributes are; see `forms`.
    dtype : callable
        That of the results together, of operands that the row takes, or None where their values say; raises
        ValueError for such that it does not take.
    real : sequence of int
        The results that are real even where the operand is complex.
    function : callable
        The public function that generated tests and documentation name.
    doc : str
        One line of what it computes.
    names : sequence of str
        The public names of the function; see `Row`.
    cases : sequence of Case
        Calls for the generated tests.
    leading : bool
        Whether the rule holds as it stands for cotangents with a leading axis.
    raises : bool
        As in `general`.
    tangent : callable, optional
        tangent(tangents, results, attributes, *operands) -> the results', as in `general`.
    on_complex : {"as it stands", "refused", "up to phases"}
        As in `general`.
    by_values : bool
        As in `general`.
    c, cost, kinks
        As in `general`; the result that a kink's predicate is given is the one tensor.
    """

    def laid_out(attributes: Any, x: Any) -> Sequence[Shape]:
        return layout(attributes, tuple(x.shape))

    def gives(attributes: Any, x: Kind, *rest: Kind) -> Kind | None:
        found, sizes = dtype(x, *rest), [prod(part) for part in laid_out(attributes, x)]
        return None if found is None else Kind(found, (*x.shape[:-2], sum(sizes)))

    def pull(g: Any, y: Any, attributes: Any, x: Any, *rest: Any) -> Any:
        parts = laid_out(attributes, x)
        return rule(_unpacked(g, parts, real), _unpacked(y, parts, real), attributes, x, *rest)

    def push(tangents: list[Any], y: Any, attributes: Any, x: Any, *rest: Any) -> Any:
        assert tangent is not None
        parts = laid_out(attributes, x)
        return _joined(tangent(tangents, _unpacked(y, parts, real), attributes, x, *rest), parts, y.dtype)

    handle = general(
        name,
        lambda attributes, x, *rest: _packed(forward(attributes, x, *rest), laid_out(attributes, x)),
        pull,
        form=form,
        gives=gives,
        function=function,
        doc=doc,
        names=names,
        keeps_output=True,
        leading=leading,
        cases=cases,
        raises=raises,
        tangent=None if tangent is None else push,
        on_complex=on_complex,
        by_values=by_values,
        c=c,
        cost=cost,
        kinks=kinks,
    )

    def apply(operands: Any, attributes: Any = None) -> list[_core.Tensor]:
        operands = operands if isinstance(operands, list) else [operands]
        return _unpacked(_core.general(handle, operands, attributes), laid_out(attributes, operands[0]), real)

    return apply
