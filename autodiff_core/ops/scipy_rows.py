"""How a ufunc of SciPy's becomes a row: elementwise where it can be, by a rule where it has data or several results.

The engine's elementwise rows take up to three operands and give one result, all of them floats. Any other ufunc is a
*form*: a general row over operands of one shape. The first of them may be data: orders, which are integers, or
parameters by which there is no derivative, so that asking for one is a LookupError. Each result has a slope with
respect to each of the other operands, written in public functions, so that it can be differentiated in its turn.

What is refused altogether, and why, is in `REFUSED`; what is spelled by another row or function in `SPELLINGS`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import _core
from . import c_loops, forms
from .elementwise import multiply_no_nan
from .shaping import broadcast_to, watchable
from .table import Case, Function, Interval, elementwise, general, real_only

try:
    import scipy.special as _special
    from scipy.special import _ufuncs
except ImportError as error:
    raise ImportError(
        'special functions are computed by SciPy, which is not installed: pip install "autodiff-core[scipy]"'
    ) from error


class _Kernels:
    """SciPy's ufuncs themselves: in its array API mode the public names are functions around them."""

    def __getattr__(self, name: str) -> Any:
        found = getattr(_ufuncs, name, None)
        return found if isinstance(found, np.ufunc) else getattr(_special, name)


# SciPy's ufuncs, the public and the private ones.
kernels: Any = _Kernels()
private: Any = _ufuncs

# SciPy's ufuncs that are no elementwise row: what computes them on tensors.
SPELLINGS: dict[np.ufunc, Callable[..., Any]] = {}
# Those that have no derivative here at all: what to do.
REFUSED: dict[np.ufunc, str] = {}

_SOURCE = "https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.{}.html"


def no_slope(names: str) -> str:
    """The note of a row that is not differentiated with respect to some operands."""
    return f"There is no derivative with respect to {names}: asking for one is a LookupError."


def like(data: Any, x: Any) -> Any:
    """Data for arithmetic with an operand, in its dtype."""
    return _core.to_dtype(data, x.dtype)


def _points(interval: Interval) -> list[float]:
    low, high = interval
    return [round(low + (high - low) * part, 2) for part in (0.25, 0.75)]


def scipy_row(
    name: str,
    ufunc: np.ufunc | None,
    *derivatives: Any,
    doc: str,
    domain: Any = (-2.0, 2.0),
    parameters: Sequence[str] | None = None,
    notes: str = "",
    names: Sequence[str] = (),
    **rest: Any,
) -> Function:
    """A row over a ufunc of SciPy's, with the ufunc's values at two points as its example."""
    arity = len(derivatives)
    intervals: tuple[Interval, ...] = (domain,) * arity if isinstance(domain[0], float) else tuple(domain)
    points = [_points(interval) for interval in intervals]
    if "example" not in rest and ufunc is not None:
        shown = ufunc(*[np.asarray(p, np.float32) for p in points])
        rest["example"] = (", ".join(map(str, points)), str(shown.round(4)))
    source = _SOURCE.format(name)
    return elementwise(
        name,
        ufunc,
        *derivatives,
        doc=doc,
        domain=domain,
        parameters=parameters,
        names=(f"scipy.special.{name}", *names),
        notes=f"{source}. {notes}".strip() if notes else source,
        poles=True,  # most have one, or are defined on a part of the line
        **{"c": None if ufunc is None else c_loops.SCIPY, **rest},
    )


_DOC = """{doc}

    Parameters
    ----------
    {parameters}

    Returns
    -------
    {returns}
        Of the operands' common shape.

    Notes
    -----
    {source}.{notes}

    Examples
    --------
    >>> print({call}.numpy().round(4))
    {shown}
    """


def form(
    name: str,
    ufunc: Callable[..., Any],
    slopes: Callable[..., Any],
    *,
    doc: str,
    parameters: Sequence[str],
    domain: Sequence[float | int | Interval],
    results: int = 1,
    notes: str = "",
    spells: Sequence[np.ufunc] | None = None,
    public: bool = True,
    names: Sequence[str] | None = None,
) -> Function:
    """Add a general row over a ufunc, and return the public function.

    Parameters
    ----------
    name : str
        The op's name, and the function's.
    ufunc : callable
        Of arrays that broadcast; it gives one array, or a tuple of as many as there are results.
    slopes : callable
        (*operands, *results) -> for the only recorded operand its slope, or a tuple of them, one a result; for several
        recorded operands a list of those. None is a slope of zero.
    parameters : sequence of str
        The operands' names.
    domain : sequence of number or pair
        For each operand the number that tests call it with, where it is data; else the interval of test points.
    results : int
        How many there are.
    spells : sequence of numpy.ufunc, optional
        The ufuncs of SciPy's that are this row on tensors; `ufunc` itself unless given.
    public : bool
        Whether the function is for users, and its docstring has an example.
    names : sequence of str, optional
        The public names: `scipy.special.` and the name, unless given.
    """
    first = sum(not isinstance(item, tuple) for item in domain)
    called = tuple(parameters)
    opaque: Any = (
        _core.register_elementwise(
            f"{name} of {' and '.join(called[:first])}", None, lambda x: 1.0 * x, (...,), ("x",), "A parameter."
        ).function
        if first
        else None
    )

    def kernel(attributes: Any, *arrays: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            found = ufunc(*arrays)
        dtype = arrays[-1].dtype
        return np.asarray(found, dtype) if results == 1 else np.stack([np.asarray(y, dtype) for y in found], -1)

    def rule(g: Any, y: Any, attributes: Any, *operands: Any) -> list[Any]:
        found = slopes(*operands, *([y] if results == 1 else [y[..., place] for place in range(results)]))
        lines = found if isinstance(found, list) else [found]
        # A zero goes to parameters, so that whoever asks for more meets `opaque`.
        nothing = 0.0 * (g if results == 1 else g[..., 0])
        contributions: list[Any] = [nothing if _core.is_floating(x.dtype) else None for x in operands[:first]]
        for line in lines:
            if results == 1:
                contributions.append(g * line)
                continue
            # What a slope is where nothing came to the result does not matter, though it be infinite.
            terms = [multiply_no_nan(slope, g[..., place]) for place, slope in enumerate(line) if slope is not None]
            contributions.append(sum(terms[1:], terms[0]))
        return contributions if len(contributions) > 1 else contributions[0]

    def depends(attributes: Any, shapes: Any, result: tuple[int, ...]) -> Any:
        groups = [np.arange(int(np.prod(shape, dtype=np.intp))).reshape(shape) for shape in shapes]
        return [(group, group if results == 1 else group[..., None]) for group in groups]

    def function(*operands: Any) -> Any:
        if len(operands) != len(called):
            raise TypeError(f"{name}() takes {len(called)} operands ({', '.join(called)}), not {len(operands)}")
        operands = tuple(_core.operand(x) if _core.holds_operands(x) else x for x in operands)
        data = [
            opaque(x) if watchable(x) else x if isinstance(x, _core.Operand) else _core.operand(np.asarray(x))
            for x in operands[:first]
        ]
        real_only(name, *operands)
        tensor = next((x for x in operands[first:] if isinstance(x, _core.Operand)), None)
        recorded = [
            x if isinstance(x, _core.Operand) or tensor is None else _core.operand_like(x, tensor)
            for x in operands[first:]
        ]
        recorded = [_core.operand(x) for x in recorded]
        dtype = np.result_type(*[x.dtype if _core.is_floating(x.dtype) else np.float64 for x in recorded])
        shape = np.broadcast_shapes(*[tuple(x.shape) for x in (*data, *recorded)])
        recorded = [broadcast_to(_core.to_dtype(x, dtype), shape) for x in recorded]
        data = [broadcast_to(x, shape) for x in data]
        whole = _core.general(handle, [*data, *recorded])
        return whole if results == 1 else tuple(whole[..., place] for place in range(results))

    function.__name__ = function.__qualname__ = name
    # What `inspect.signature` and the stubs read: operands have their names, and are given by place.
    positional = [
        inspect.Parameter(each, inspect.Parameter.POSITIONAL_ONLY, annotation="TensorLike") for each in called
    ]
    gives = "Tensor" if results == 1 else f"tuple[{', '.join(['Tensor'] * results)}]"
    vars(function)["__signature__"] = inspect.Signature(positional, return_annotation=gives)
    numbers = [item if not isinstance(item, tuple) else _points(item)[0] for item in domain]
    if public:
        function.__doc__ = _documented(name, ufunc, doc, called, numbers, first, results, notes)

    def case(*normal: Any) -> Any:
        """Normal numbers, taken into the domain."""
        points = [
            0.5 * (low + high) + 0.4 * (high - low) * np.tanh(x)
            for x, (low, high) in zip(normal, (item for item in domain if isinstance(item, tuple)), strict=True)
        ]
        return function(*numbers[:first], *points)

    arity = len(called) - first
    handle = general(
        name,
        kernel,
        rule,
        function=function,
        doc=doc,
        keeps_output=True,
        leading=True,
        cases=(Case(case, ((3,),) * arity), Case(case, ((2, 1), (3,), (), (2, 3))[:arity])),
        depends=depends,
        form=forms.nothing,
        gives=forms.pointwise(kernel, len(called)),
        on_complex="refused",
        data=first,
        names=names if names is not None else (f"scipy.special.{name}",) if public else (),
        c=c_loops.SCIPY,
    )
    for spelled in [ufunc] if spells is None else spells:
        if isinstance(spelled, np.ufunc):
            SPELLINGS[spelled] = function
    return function


def _documented(
    name: str, ufunc: Any, doc: str, names: Sequence[str], numbers: Sequence[Any], first: int, results: int, notes: str
) -> str:
    """The docstring, with the ufunc's value as its example."""
    call = f"tf.scipy.special.{name}({', '.join(map(str, numbers))})"
    shown = [np.round(np.asarray(y, np.float32), 4) for y in _tuple(ufunc(*map(np.asarray, numbers)))]
    said = [no_slope(" and ".join(names[:first]))] if first else []
    return _DOC.format(
        doc=doc,
        parameters="\n    ".join(
            f"{what} : array_like\n        " + ("Data: without a derivative." if k < first else "Real numbers.")
            for k, what in enumerate(names)
        ),
        returns="Tensor" if results == 1 else f"tuple of {results} Tensor",
        source=_SOURCE.format(name),
        notes=" ".join(["", *said, *([notes] if notes else [])]),
        call=call if results == 1 else f"np.stack({call})",
        shown=str(shown[0] if results == 1 else np.stack(shown)),
    )


def _tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def without(why: str, *names: str) -> None:
    """Declare ufuncs that are refused on tensors."""
    for name in names:
        found = getattr(kernels, name, None) or getattr(private, name, None)
        if isinstance(found, np.ufunc):
            REFUSED[found] = why
