"""The op table as Python sees it: one row an op, and the three ways of adding one.

A row is written once, beside its like (elementwise.py, shaping.py ...). The recorded op, its derivative of any order,
the NumPy spelling, its generated gradient tests and its line in the documentation all come from it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from types import EllipsisType
from typing import Any, Literal

import numpy as np

from .. import _core
from . import c_loops
from .c_loops import C
from .forms import EACH, MOVE, Cost, Form, Kind, Rule, in_float32
from .kinks import Kink

Interval = tuple[float, float]
Formula = Callable[..., Any]
Function = Callable[..., _core.Tensor]
Shape = tuple[int, ...]
# (attributes, the operands' shapes, the result's) -> for each operand two arrays of group numbers from 0 that broadcast
# to its shape and to the result's: an element of the result depends on the operand's elements of the same group, and on
# none where its number is -1. Or a list of such pairs, all of which hold.
Depends = Callable[
    [Any, Sequence[Shape], Shape], Sequence[tuple[np.ndarray, np.ndarray] | list[tuple[np.ndarray, np.ndarray]]]
]
# (attributes, operands, which of them have a leading axis, its length) -> the op on all examples, or None: another way.
Examples = Callable[[Any, Sequence[Any], Sequence[bool], int], Any]
# On complex numbers a row is computed and differentiated as it stands; or another function of their parts is, in its
# place; or they are a TypeError. Or it is right up to factors of magnitude 1, which vectors of a decomposition have.
OnComplex = Literal["as it stands", "by parts", "refused", "up to phases"]
Direction = Literal["none", "forward", "backward", "both"]


class Case:
    """A way of calling a row: `call` takes tensors of these shapes."""

    # (Plain classes here: to make a dataclass takes longer than all other imports of this file.)
    __slots__ = ("call", "shapes")

    def __init__(self, call: Callable[..., Any], shapes: tuple[tuple[int, ...], ...]) -> None:
        self.call, self.shapes = call, shapes


class Row:
    """One op: what it is called, what it computes, and where its derivative can be tested.

    Its public names are paths below the package: of the row whose `names` are ("math.sin", "sin"), `tf.math.sin` and
    `tf.sin` are the function. `file` is the one in which the row stands.
    """

    __slots__ = (
        "arity",
        "by_values",
        "cancels",
        "cases",
        "complex",
        "condition",
        "data",
        "doc",
        "domain",
        "file",
        "function",
        "kind",
        "kinks",
        "name",
        "names",
        "partials",
        "ufunc",
    )

    def __init__(
        self,
        name: str,
        kind: str,  # "elementwise", "linear", "bilinear", "general", or "none": declared without a derivative
        function: Callable[..., Any],
        arity: int,
        ufunc: np.ufunc | None = None,
        domain: tuple[Interval, ...] = (),
        cases: tuple[Case, ...] = (),
        partials: tuple[bool, ...] = (),
        doc: str = "",
        condition: bool = False,
        complex: OnComplex = "as it stands",
        data: int = 0,
        names: Sequence[str] = (),
        cancels: bool = False,
        by_values: bool = False,
        kinks: tuple[Kink, ...] = (),
    ) -> None:
        self.name, self.kind, self.function, self.arity, self.ufunc = name, kind, function, arity, ufunc
        self.domain, self.cases, self.partials, self.doc = domain, cases, partials, doc
        self.condition, self.complex, self.data = condition, complex, data
        self.names, self.file = tuple(names), _file()
        self.cancels, self.by_values, self.kinks = cancels, by_values, kinks

    def __repr__(self) -> str:
        return f"<Row {self.name}: {self.kind}>"


_PACKAGE = __name__.removesuffix("ops.table")
_rows: list[Row] = []


def rows() -> tuple[Row, ...]:
    """All rows of the op table, in the order of their registration."""
    return tuple(_rows)


_DOC = """{summary}

Parameters
----------
{parameters}
name : str, optional
    Accepted for TensorFlow's sake; without effect.

Returns
-------
Tensor
    Of the operands' common shape{dtype}.

Notes
-----
{notes}

Examples
--------
{example}
"""
_EXAMPLE_BESIDE_NUMPY = """>>> x = np.array({points})
>>> np.allclose(tf.{name}({arguments}).numpy(), np.{ufunc}({arguments}))
True"""
_EXAMPLE = """>>> print(tf.{name}({arguments}).numpy(){rounded})
{shown}"""


def _document(summary: str, parameters: Sequence[str], notes: str, example: str, boolean: bool) -> str:
    lines = "\n".join(
        f"{p} : array_like\n    Numbers, arrays, tensors or variables that broadcast." for p in parameters
    )
    return _DOC.format(
        summary=summary,
        parameters=lines,
        dtype=" and dtype bool" if boolean else " and promoted dtype",
        notes=notes,
        example=example,
    )


def _example_beside_numpy(name: str, ufunc: np.ufunc, domain: Sequence[Interval]) -> str:
    """The function and the ufunc agree on two points; a second operand has them the other way round."""
    low, high = domain[-1]
    points = [round(low + (high - low) * part, 2) for part in (0.25, 0.75)]
    arguments = "x, x[::-1]" if len(domain) == 2 else "x"
    return _EXAMPLE_BESIDE_NUMPY.format(name=name, ufunc=ufunc.__name__, points=points, arguments=arguments)


def _intervals(domain: Any, arity: int) -> tuple[Interval, ...]:
    return (domain,) * arity if isinstance(domain[0], (int, float)) else tuple(domain)


def elementwise(
    name: str,
    ufunc: np.ufunc | None,
    *derivatives: Formula | EllipsisType | None,
    doc: str,
    formula: Formula | None = None,
    parameters: Sequence[str] | None = None,
    domain: Interval | Sequence[Interval] = (-2.0, 2.0),
    condition: bool = False,
    boolean: bool = False,
    names: Sequence[str] | None = None,
    notes: str = "",
    ufuncs: Sequence[np.ufunc] = (),
    example: tuple[str, str] | None = None,
    raises: bool = False,
    passes_on: bool = False,
    poles: bool = False,
    by_width: bool = False,
    keeps_integers: bool = False,
    on_complex: Formula | Literal["as it stands", "refused"] | None = None,
    cancels: bool = False,
    c: C | None = None,
    cost: Cost = EACH,
    neutral: Sequence[float | None] = (),
    commutes: bool | Literal["reals"] = False,
    undoes_itself: bool = False,
    zeros_kept: Literal["first", "both"] | None = None,
    keeping_zeros: str | None = None,
    number: int | None = None,
    kinks: tuple[Kink, ...] = (),
) -> Function:
    """Add an elementwise row and return the public function.

    Parameters
    ----------
    name : str
        The op's name, as errors have it.
    ufunc : numpy.ufunc or None
        The kernel. None where `formula` gives one in terms of other ops, or the core has one of its own.
    *derivatives : callable, None or Ellipsis
        One an operand: a formula of (cotangent, *operands, output), linear in the cotangent, in terms of other
        elementwise ops. None: the gradient stops at this operand. Ellipsis: nobody has written it, so asking for it is
        a LookupError. A formula is traced once; truth values in it may only be the condition of `select`.
    doc : str
        One line of what it computes.
    formula : callable, optional
        The kernel as a formula of the operands.
    names : sequence of str, optional
        The public names, `math.` and the name unless given; see `Row`. The first one is what the docstring calls it.
    parameters : sequence of str, optional
        Operands' names; x, or x and y, unless given.
    domain : pair of float, or one an operand
        Where generated tests draw their points from.
    condition, boolean : bool
        Whether the first operand, or the result, is a truth value.
    example : pair of str, optional
        For the docstring: arguments, and the value as printed with four decimals. Without it the ufunc is the example.
    raises : bool
        Whether some integers make the kernel raise an error.
    passes_on : bool
        Whether the value is the first operand as it stands, which a program then need not copy.
    poles : bool
        Whether the value is infinite or undefined at some finite operands. Where such values, or quotients, meet a
        cotangent of zero in a derivative, it is zero.
    by_width : bool
        Whether more than the rounding of the value depends on the dtype, as that of the next float does.
    keeps_integers : bool
        Whether the formula holds for integers as it stands; else they become float64.
    on_complex : callable, "as it stands" or "refused", optional
        What stands in the row's place where an operand is complex: a function of the operands, made of other ops. By
        default the row as it stands where the ufunc takes complex numbers; else they are refused.
    cancels : bool
        Whether the value, or its slopes, are differences of like numbers: then they have fewer digits than their dtype.
    c : str or Without
        The kernel in C: an expression in the names of the parameters, or the body of a function of them; or why there
        is none. A formula is written by itself.
    cost : str or callable
        See `forms`.
    neutral : sequence of float or None, optional
        For each operand the number, if any, beside which the value is the other operand: to the last bit, of infinite
        numbers, NaNs and zeros of either sign. Programs count on it, and on the next ones.
    commutes : bool or "reals"
        Whether the operands may change places; "reals": where none is complex.
    undoes_itself : bool
        Whether the row gives, of its own value, the operand.
    zeros_kept : {"first", "both"}, optional
        Which zeros among the operands are zeros of the value, whatever the other operand is.
    keeping_zeros : str, optional
        The row, added before, that is this one but where the first operand is zero, and so then is its value. In
        derivatives it stands in this one's place where a cotangent meets what may be infinite.
    number : int, optional
        By which number the core's C code knows the op.
    kinks : tuple of Kink
        Where the row has no derivative though it has a value, and what the derivative gives there.

    Returns
    -------
    callable
        A function of the operands and an optional name.
    """
    arity = len(derivatives)
    operands = tuple(parameters) if parameters is not None else ("x", "y", "z")[:arity]
    public = (f"math.{name}",) if names is None else tuple(names)
    path = public[0] if public else f"{_file()}.{name}"
    intervals = _intervals(domain, arity)
    if example is not None:
        rounded = "" if boolean else ".round(4)"
        shown = _EXAMPLE.format(name=path, arguments=example[0], shown=example[1], rounded=rounded)
    elif ufunc is not None:
        shown = _example_beside_numpy(path, ufunc, intervals)
    else:
        raise ValueError(f"{name}: a row without a ufunc needs an example")
    if c is None and formula is None:
        c = c_loops.SILENT
    text = _document(doc, operands, notes or _notes(path, ufunc, derivatives, boolean), shown, boolean)
    op = _core.register_elementwise(
        name,
        ufunc,
        formula,
        derivatives,
        operands,
        text,
        condition=condition,
        boolean=boolean,
        ufuncs=tuple(ufuncs),
        raises=raises,
        passes_on=passes_on,
        poles=poles,
        by_width=by_width,
        keeps_integers=keeps_integers,
        c=c,
        cost=cost,
        number=number,
        own=True,
    )
    if callable(on_complex):
        _core.on_complex(name, on_complex)
    elif on_complex == "refused":
        _core.on_complex(name, lambda *operands: real_only(name, *operands))
    _core.take_facts(
        name,
        neutral=neutral,
        commutes=commutes,
        undoes_itself=undoes_itself,
        zeros_kept=zeros_kept,
        keeping_zeros=keeping_zeros,
    )
    op.kinks = kinks
    missing = any(d is ... for d in derivatives)
    _rows.append(
        Row(
            name=name,
            kind="none" if missing else "elementwise",
            function=op.function,
            arity=arity,
            ufunc=ufunc,
            domain=intervals,
            partials=tuple(d is not None and d is not ... for d in derivatives),
            doc=doc,
            condition=condition,
            complex=_on_complex(ufunc, arity, on_complex),
            names=public,
            cancels=cancels,
            kinks=kinks,
        )
    )
    return op.function


def in_file(file: str, name: str) -> Formula:
    """A function of a file beside this one, which is loaded when it is called."""

    def function(*operands: Any) -> Any:
        return getattr(import_module(f"{__package__}.{file}"), name)(*operands)

    return function


def real_only(name: str, *operands: Any) -> None:
    """Refuse complex operands: a row that takes real ones must not lose their imaginary part."""
    for x in operands:
        dtype = x.dtype if isinstance(x, _core.Operand) else np.asarray(x).dtype
        if dtype.kind == "c":
            raise TypeError(
                f"{name} takes real operands, not {dtype}: write what is to be done with complex ones with "
                f"tf.custom_gradient"
            )


def _on_complex(
    ufunc: np.ufunc | None, arity: int, said: Formula | Literal["as it stands", "refused"] | None
) -> OnComplex:
    if said is None:
        loops = () if ufunc is None else ufunc.types
        return "as it stands" if any(types.startswith("D" * arity + "->") for types in loops) else "refused"
    return "by parts" if callable(said) else said


def _file() -> str:
    """The file of rows that is being loaded: its path below the package, with dots."""
    frame = sys._getframe(1)
    while frame.f_code.co_name != "<module>" and frame.f_back is not None:
        frame = frame.f_back
    return str(frame.f_globals["__name__"]).removeprefix(_PACKAGE)


def _notes(path: str, ufunc: np.ufunc | None, derivatives: Sequence[Any], boolean: bool) -> str:
    if boolean or all(d is None for d in derivatives):
        return "The gradient stops here: the result does not vary smoothly with the operands."
    if any(d is ... for d in derivatives):
        return "Has no derivative: asking a tape for one is a LookupError."
    if ufunc is not None and path.startswith(("ops.", "scipy.")):
        return f"TensorFlow has no such function. NumPy's, np.{ufunc.__name__}, called with tensors is this one."
    return f"https://www.tensorflow.org/api_docs/python/tf/{path.replace('.', '/')}"


def along(axes_of: Callable[[Any], Sequence[int]]) -> Depends:
    """Where a row mixes the elements along some axes and no others: what such a row declares as `depends`.

    Parameters
    ----------
    axes_of : callable
        Gives these axes, from the row's attributes; they count from the end.

    Returns
    -------
    callable
        For a result of the operands' shape, or of that without the axes or with ones in their places.
    """

    def depends(attributes: Any, shapes: Sequence[Shape], result: Shape) -> list[tuple[np.ndarray, np.ndarray]]:
        axes = axes_of(attributes)
        pairs = []
        for shape in shapes:
            kept = tuple(1 if d - len(shape) in axes else size for d, size in enumerate(shape))
            groups = np.arange(int(np.prod(kept, dtype=np.intp))).reshape(kept)
            pairs.append((groups, groups if result == shape else groups.reshape(result)))
        return pairs

    return depends


def as_it_stands(attributes: Any, n: int) -> Any:
    """What `batched` is for a row that goes element by element, or along an axis counted from the end."""
    return () if attributes is None else attributes


def linear(
    name: str,
    forward: Callable[[np.ndarray, Any], Any] | _core.Compiled,
    transpose: str,
    backward: Callable[[np.ndarray, Any], Any] | _core.Compiled | None = None,
    *,
    form: Form,
    gives: tuple[Rule, Rule],
    function: Callable[..., Any],
    doc: str,
    names: Sequence[str] = (),
    cases: Sequence[Case] = (),
    selects: Direction = "none",
    depends: Depends | None = None,
    batched: Callable[[Any, int], Any] | None = None,
    examples: tuple[Examples | None, Examples | None] = (None, None),
    c: C | tuple[C | None, C | None] | None = None,
    cost: Cost | tuple[Cost, Cost] | None = None,
    views: Direction = "none",
    idle_if_alike: Direction = "none",
    joined: Callable[[Any, Any], Any] | None = None,
    permutes: Callable[[Any], Sequence[int]] | None = None,
    part: Literal["slice", "elements", "rows"] | None = None,
    in_order: bool = False,
    numbers: tuple[int | None, int | None] = (None, None),
    kernels: tuple[str | None, str | None] = (None, None),
    meets: bool = False,
) -> tuple[_core.Op, _core.Op]:
    """Add a linear row and its transpose, over the same attributes, and return both handles.

    Parameters
    ----------
    name, transpose : str
        The names of the op and of its transpose; equal where the op, with its attributes reversed, is its own.
    forward, backward : callable or None
        Kernels (array, attributes) -> array, or the core's compiled ones. None behind a row that is its own transpose.
    form : Form
        What the attributes of both are; see `forms`.
    gives : pair of callable
        What `name` and `transpose` make of the operand's dtype and shape.
    function : callable
        The public function that generated tests and documentation name.
    doc : str
        One line of what it computes.
    names : sequence of str
        The public names of the function; see `Row`.
    cases : sequence of Case
        Calls for the generated tests.
    selects : {"none", "forward", "backward", "both"}
        Which of the two kernels only choose: each element of what they return is one of the array's, or zero. Sparse
        derivatives run these on arrays of integers, to see which.
    depends : callable, optional
        Where neither does: which elements depend on which, by groups; see `along`. By default all on all.
    batched : callable, optional
        (attributes, n) -> the attributes for an operand with a leading axis of length n, or None where there are none:
        then, and without this, the op is computed for one entry of such an axis after the other. Numbers in the
        attributes that a program reads anew are tensors here, with the axis.
    examples : pair of callable or None
        What is asked before `batched`, for `name` and for `transpose`, where the attributes alone do not say it.
    c : callable or Without, or a pair of them
        How `name` and `transpose` are written in C, or why they are not; see `c_loops`. What only chooses elements, and
        the transpose of such an op, is written by itself.
    cost : str, callable or Without, or a pair of them
        See `forms`; by default one operation an element for what does not choose.
    views : {"none", "forward", "backward", "both"}
        Which of the two kernels always return a view of their array, whatever its strides, and read no element. A
        program then has another geometry on the same memory, and no step that computes anything.
    idle_if_alike : {"none", "forward", "backward", "both"}
        Which of the two give the operand itself, to the last bit, where the value has its dtype and shape.
    joined : callable, optional
        (the first's attributes, the second's) -> the attributes of one `name` that is two of them on end.
    permutes : callable, optional
        attributes -> for each axis of the value the operand's, where `name` does nothing but to permute axes.
    part : {"slice", "elements", "rows"}, optional
        Where the value of `name` is operand[attributes[1]], of basic indexing, of arrays, or of row numbers in bounds
        that are not negative: a sweep adds cotangents to their places, and a program reads rows of a variable that an
        update of rows changes without making the changed one. The first attribute is the operand's shape.
    in_order : bool
        Whether the value has the operand's elements one by one, in their order, in another shape or of another dtype.
    numbers : pair of int or None
        By which numbers the core's C code knows `name` and `transpose`.
    kernels : pair of str or None
        The names of kernels in C (src/kernels.h) that are asked before `forward` and `backward`; a program runs them
        without Python.
    meets : bool
        Whether the kernels wait for those of other processes: a program runs each as often, and in the order, as it
        was recorded, whether or not anybody reads what it gives.
    """
    chooses = (selects in ("forward", "both"), selects in ("backward", "both"))
    texts = c if isinstance(c, tuple) else (c, c)
    costs = cost if isinstance(cost, tuple) else (cost, cost)
    written = [
        text or _moved_in_c(chooses[k], chooses[1 - k], other)
        for k, (text, other) in enumerate(zip(texts, (transpose, name), strict=True))
    ]
    pair = _core.register_linear(
        name,
        forward,
        transpose,
        backward,
        selects in ("forward", "both"),
        selects in ("backward", "both"),
        depends,
        batched,
        *examples,
        widens=True,
        form=form,
        gives=tuple([rule if chooses[k] else in_float32(rule) for k, rule in enumerate(gives)]),
        c=(written[0], written[1]),
        cost=(costs[0] or (MOVE if chooses[0] else EACH), costs[1] or (MOVE if chooses[1] else EACH)),
        views=(views in ("forward", "both"), views in ("backward", "both")),
        numbers=numbers,
        kernels=kernels,
        meets=meets,
    )
    _core.take_facts(
        name,
        idle_if_alike=idle_if_alike in ("forward", "both"),
        joined=joined,
        permutes=permutes,
        part=part,
        in_order=in_order,
    )
    if transpose != name:
        _core.take_facts(transpose, idle_if_alike=idle_if_alike in ("backward", "both"))
    _rows.append(
        Row(
            name=name,
            kind="linear",
            function=function,
            arity=1,
            cases=tuple(cases),
            partials=(True,),
            doc=doc,
            names=names,
        )
    )
    return pair


def _moved_in_c(chooses: bool, other_chooses: bool, other: str) -> C:
    """How an op of a linear pair is written that says nothing of it."""
    if chooses:
        return c_loops.chosen
    if other_chooses:
        return c_loops.returned(other)
    return c_loops.SILENT


def general(
    name: str,
    forward: Callable[..., Any],
    rule: Callable[..., Any] | tuple[Callable[..., Any], ...] | None,
    *,
    form: Form,
    gives: Rule,
    function: Callable[..., Any],
    doc: str,
    names: Sequence[str] = (),
    keeps_inputs: bool = True,
    keeps_output: bool = False,
    linear: str | None = None,
    leading: bool = False,
    cases: Sequence[Case] = (),
    kind: str = "general",
    selects: bool = False,
    depends: Depends | None = None,
    batched: Callable[[Any, int], Any] | None = None,
    examples: Examples | None = None,
    raises: bool = False,
    tangent: Callable[..., Any] | None = None,
    on_complex: Literal["as it stands", "refused", "up to phases"] = "as it stands",
    data: int = 0,
    by_values: bool = False,
    c: C | None = None,
    cost: Cost | None = None,
    kernel: str | None = None,
    kinks: tuple[Kink, ...] = (),
    meets: bool = False,
) -> _core.Op:
    """Add a row whose derivative is a Python function over public ops, and return its handle.

    Parameters
    ----------
    name : str
        The op's name.
    forward : callable
        Kernel (attributes, *arrays) -> array.
    rule : callable, tuple of callable, or None
        rule(cotangent, output, attributes, *operands) -> one contribution an operand, or None where none flows. What is
        not kept is passed as None. Of a tuple, each gives the contribution to one operand, and those are called that
        somebody wants.
    form : Form
        What the attributes are; see `forms`.
    gives : callable
        What the row makes of the operands' dtypes and shapes.
    names : sequence of str
        The public names of the function; see `Row`.
    keeps_inputs, keeps_output : bool
        What the rule needs.
    linear : {"jointly", "each"}, optional
        Whether the op is linear in all operands together, or in each of them: then its tangent is the op itself. The
        tangent of any other op comes from transposing its rule.
    tangent : callable, optional
        tangent(tangents, output, attributes, *operands) -> the result's, for a rule that is not to be transposed; a
        tangent is None where an operand has none.
    leading : bool
        Whether the op and the rule hold as they stand for cotangents and tangents with a leading axis.
    selects : bool
        Whether each element of the result is an element of an operand, or zero, as in a concatenation; then the kernel
        must take integers.
    depends : callable, optional
        Where it doesn't: which elements depend on which, by groups; see `along`. By default all on all.
    raises : bool
        Whether some values make the kernel raise an error; a program then runs it even if nobody reads its result.
    batched : callable, optional
        (attributes, n) -> the attributes for operands that all have a leading axis of length n, or None where there are
        none; not needed where the row is `leading`. Numbers in the attributes that a program reads anew are tensors
        here, with the axis.
    examples : callable, optional
        What is asked before, where the attributes alone do not say it.
    on_complex : {"as it stands", "refused", "up to phases"}
        What the row is for complex operands. "refused" checks in front of the kernel, in the row's name.
    data : int
        How many operands, before those that the cases give, have no derivative: asking for one is a LookupError.
    by_values : bool
        Whether values decide the result's dtype or shape, so that a function is recorded again where they differ.
    c : callable or Without
        How the row is written in C, or why it is not; see `c_loops`. One that only chooses elements is written by
        itself.
    cost : str, callable or Without
        See `forms`; by default one operation an element for a row that does not choose.
    kernel : str, optional
        The name of a kernel in C (src/kernels.h) that is asked before `forward`; a program runs it without Python.
    kinks : tuple of Kink
        As in `elementwise`.
    meets : bool
        As in `linear`.
    """
    if on_complex == "refused":
        forward, gives = _of_reals(name, forward), _of_real_kinds(gives)
    handle = _core.register_general(
        name,
        forward,
        rule,
        tangent,
        keeps_inputs,
        keeps_output,
        linear,
        leading,
        selects=selects,
        depends=depends,
        raises=raises,
        batched=batched,
        examples=examples,
        widens=not selects,
        form=form,
        gives=gives if selects else in_float32(gives),
        c=c or (c_loops.chosen if selects else c_loops.SILENT),
        cost=cost or (MOVE if selects else EACH),
        kernel=kernel,
        meets=meets,
    )
    handle.kinks = kinks
    arity = len(cases[0].shapes) if cases else 1
    _rows.append(
        Row(
            name=name,
            kind=kind if rule is not None else "none",
            function=function,
            arity=arity,
            cases=tuple(cases),
            partials=(rule is not None,) * arity,
            doc=doc,
            complex=on_complex,
            data=data,
            names=names,
            by_values=by_values,
            kinks=kinks,
        )
    )
    return handle


def _of_reals(name: str, kernel: Callable[..., Any]) -> Callable[..., Any]:
    def of_reals(attributes: Any, *arrays: np.ndarray) -> Any:
        real_only(name, *arrays)
        return kernel(attributes, *arrays)

    return of_reals


def _of_real_kinds(gives: Rule) -> Rule:
    def of_real_kinds(attributes: Any, *operands: Kind) -> Kind | None:
        if any(x.dtype.kind == "c" for x in operands):
            raise ValueError("operands must be real")
        return gives(attributes, *operands)

    return of_real_kinds


def matmul_row(
    function: Callable[..., Any],
    doc: str,
    names: Sequence[str],
    cases: Sequence[Case],
    form: Form,
    gives: Rule,
    c: C,
    cost: Cost,
    formula: Callable[[Any], str],
) -> None:
    """Add the matrix product, whose kernel and derivative the core has compiled."""
    row = _core.register_matmul("matmul", np.matmul, form=form, gives=gives, c=c, cost=cost)
    row.formula = formula
    _rows.append(
        Row(
            name=row.name,
            kind="bilinear",
            function=function,
            arity=2,
            ufunc=np.matmul,
            cases=tuple(cases),
            partials=(True, True),
            doc=doc,
            names=names,
        )
    )


def update_row(
    name: str,
    kernel: Callable[..., np.ndarray],
    winners: Callable[..., Any],
    function: Callable[..., Any],
    doc: str,
    cases: Sequence[Case],
    batched: Callable[[Any, int], Any],
    form: Form,
    gives: Rule,
    kernel_in_c: str,
) -> None:
    """Add the update of some elements, whose derivative the core has compiled."""
    _core.register_update(
        name,
        kernel,
        winners,
        batched=batched,
        form=form,
        gives=gives,
        c=c_loops.chosen,
        cost=MOVE,
        kernel_in_c=kernel_in_c,
    )
    _rows.append(
        Row(
            name=name,
            kind="general",
            function=function,
            arity=2,
            cases=tuple(cases),
            partials=(True, True),
            doc=doc,
        )
    )
