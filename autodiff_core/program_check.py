"""Records from a file, checked one by one before the core sees them.

Compiled kernels trust a record's shapes, dtypes and attributes. So whatever a file says of a record is computed once
more here, from its operands and attributes, and must be the same. Rows whose kernels are Python's (NumPy checks those)
are tried on an example where that is cheap; a replay checks the shape and dtype of what they give.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import numpy as np

from . import _core, numpy_functions, ops
from .ops.picking import by_values

__all__ = ["Kind", "check_record", "refuse"]

Kind = tuple[np.dtype[Any], tuple[int, ...]]  # dtype and shape of a value

# The modules with rows of their own, beside those of `ops` and NumPy's functions.
_LATER = (
    "custom",
    "graphs",
    "numpy_linalg",
    "random",
    "random_distributions",
    "random_experimental",
    "scipy.integrate",
    "ufunc_methods",
)
_TRIED = 1 << 20  # elements: nothing larger is made, of operands or by attributes, to try a kernel


def refuse(what: str) -> ValueError:
    """What a check raises; the reader says in which record."""
    return ValueError(what)


def _load_all() -> None:
    """Load all rows; most are loaded when they are first used. Some need an extra that may be missing."""
    places = [
        module.name for part in (ops, numpy_functions) for module in iter_modules(part.__path__, f"{part.__name__}.")
    ]
    for name in [*places, *(f"{__package__}.{name}" for name in _LATER)]:
        try:
            import_module(name)
        except ImportError:
            continue


def check_record(op: str, operands: Sequence[Kind], attribute: Any) -> Kind | None:
    """The dtype and shape that a record gives; None where only running it tells.

    Raises
    ------
    ValueError
        Where it cannot be run.
    """
    row = _core.row_named(op)
    if row is None:
        _load_all()
        row = _core.row_named(op)
    if row is None:
        raise refuse(
            f"there is no op {op!r} here: a row that was added by elementwise_op, linear_op or general_op must be "
            f"added before the program is loaded"
        )
    kind, arity, condition, draws = row
    if kind == "elementwise":
        return _elementwise(op, arity, condition, operands, attribute)
    if kind == "matmul":
        return _matmul(operands, attribute)
    own = _own_operands(kind, operands, attribute)
    if kind == "linear":
        if op in _LINEAR:
            dtype, shape = operands[0]
            return _LINEAR[op](dtype, shape, attribute, operands)
        return _tried(lambda x: _core.linear(_core.op_named(op), x[0], attribute), op, operands, own, attribute)
    if draws:
        return _draw(attribute, operands)
    if op in _GENERAL:
        return _GENERAL[op](operands[:own], attribute)
    if op in _BY_LABELS:
        _check_labels(operands, attribute)
        dtype, shape = operands[0]
        return dtype, _BY_LABELS[op](shape)
    return _tried(lambda x: _core.general(_core.op_named(op), x, attribute), op, operands, own, attribute)


# --------------------------------------------------------------------------------------------------------- elementwise


def _elementwise(op: str, arity: int, condition: bool, operands: Sequence[Kind], attribute: Any) -> Kind:
    if len(operands) != arity or attribute is not None:
        raise refuse(f"{op} takes {arity} operands and no attributes")
    plain = [dtype for dtype, _ in operands[1 if condition else 0 :]]
    if condition and operands[0][0].kind != "b":
        raise refuse(f"the condition of {op} is of dtype {operands[0][0]}")
    scalars = all(shape == () and dtype.char in "fd" for dtype, shape in operands)
    if len(set(plain)) > 1 and not scalars and (condition or np.result_type(*plain).kind in "bf"):
        raise refuse(f"operands of {op} differ in dtype: {', '.join(map(str, plain))}")
    try:
        shape = np.broadcast_shapes(*(shape for _, shape in operands))
        # The dtype is the same for one element.
        sample = _core.op_named(op).function(*(_core.adopt(np.ones((1,), dtype)) for dtype, _ in operands))
    except (TypeError, ValueError, ArithmeticError) as error:
        raise refuse(f"{op}: {error}") from None
    return sample.dtype, tuple(int(size) for size in shape)


def _matmul(operands: Sequence[Kind], attribute: Any) -> Kind:
    if len(operands) != 2 or not _is_tuple(attribute, 2) or not all(type(flag) is bool for flag in attribute):
        raise refuse("matmul takes two operands and two truth values")
    (a_dtype, a), (b_dtype, b) = operands
    dtype = np.result_type(a_dtype, b_dtype)
    compiled = dtype.kind in "bf"  # the others are NumPy's, which takes vectors
    least = 2 if compiled else 1
    if (compiled and a_dtype != b_dtype) or len(a) < least or len(b) < least:
        raise refuse(f"matmul of shapes {a} and {b}, dtypes {a_dtype} and {b_dtype}")
    row, column = len(a) == 1, len(b) == 1
    a, b = (1, *a) if row else a, (*b, 1) if column else b
    (rows, inner), (again, columns) = a[-2:], b[-2:]
    if attribute[0] and not row:
        rows, inner = inner, rows
    if attribute[1] and not column:
        again, columns = columns, again
    if inner != again:
        raise refuse(f"matmul of shapes {a} and {b}")
    try:
        batch = np.broadcast_shapes(a[:-2], b[:-2])
    except ValueError as error:
        raise refuse(f"matmul: {error}") from None
    ends = ([] if row else [rows]) + ([] if column else [columns])
    return dtype, (*(int(size) for size in batch), *ends)


# -------------------------------------------------------------------------------------------------------------- linear


def _same_shape(shape: tuple[int, ...], given: Any) -> None:
    if not _is_shape(given) or given != shape:
        raise refuse(f"its attributes are for a shape {given}, its operand has {shape}")


def _reduction(shapes: Any) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Attributes of a sum: the whole, the same with ones where it is reduced, the result."""
    if not _is_tuple(shapes, 3) or not all(map(_is_shape, shapes)):
        raise refuse("a reduction's attributes are three shapes")
    whole, kept, result = shapes
    if len(whole) != len(kept) or any(k not in (1, size) for size, k in zip(whole, kept, strict=True)):
        raise refuse(f"shape {whole} does not reduce to {kept}")
    if len(result) > len(kept) or (len(result) == len(kept) and result != kept):
        raise refuse(f"shape {kept} is not {result}")
    rest = iter(kept)  # the result is `kept` with ones left out
    for size in result:
        if not any(k == size for k in _until(rest, size)):
            raise refuse(f"shape {kept} is not {result}")
    if any(k != 1 for k in rest):
        raise refuse(f"shape {kept} is not {result}")
    return whole, kept, result


def _until(rest: Any, size: int) -> Any:
    """What is left out on the way to `size`: ones only."""
    for k in rest:
        yield k
        if k != 1 or k == size:
            return


def _sum(dtype: np.dtype[Any], shape: tuple[int, ...], attribute: Any, operands: Sequence[Kind]) -> Kind:
    whole, _, result = _reduction(attribute)
    _same_shape(shape, whole)
    return np.dtype(np.int64) if dtype.kind == "b" else dtype, result


def _broadcast(dtype: np.dtype[Any], shape: tuple[int, ...], attribute: Any, operands: Sequence[Kind]) -> Kind:
    whole, _, result = _reduction(attribute)
    _same_shape(shape, result)
    return dtype, whole


def _reshape(dtype: np.dtype[Any], shape: tuple[int, ...], attribute: Any, operands: Sequence[Kind]) -> Kind:
    if not _is_tuple(attribute, 2) or not _is_shape(attribute[1]):
        raise refuse("reshape has two shapes")
    _same_shape(shape, attribute[0])
    if math.prod(shape) != math.prod(attribute[1]):
        raise refuse(f"shape {shape} cannot become {attribute[1]}")
    return dtype, attribute[1]


def _transpose(dtype: np.dtype[Any], shape: tuple[int, ...], attribute: Any, operands: Sequence[Kind]) -> Kind:
    if not _is_tuple(attribute, 2) or not all(map(_is_shape, attribute)):
        raise refuse("transpose has two permutations")
    axes, back = attribute
    if sorted(axes) != list(range(len(shape))) or tuple(axes.index(d) for d in range(len(axes))) != back:
        raise refuse(f"{axes} and {back} are no permutations of the axes of shape {shape}")
    return dtype, tuple(shape[d] for d in axes)


def _cast(dtype: np.dtype[Any], shape: tuple[int, ...], attribute: Any, operands: Sequence[Kind]) -> Kind:
    if not _is_tuple(attribute, 2) or not all(isinstance(part, np.dtype) for part in attribute):
        raise refuse("cast has two dtypes")
    if attribute[0] != dtype:
        raise refuse(f"cast from {attribute[0]} of a value of {dtype}")
    return attribute[1], shape


def _slice(dtype: np.dtype[Any], shape: tuple[int, ...], attribute: Any, operands: Sequence[Kind]) -> Kind:
    if not _is_tuple(attribute, 2):
        raise refuse("slice has a shape and an index")
    _same_shape(shape, attribute[0])
    return dtype, _indexed_shape(shape, attribute[1], None)


def _unslice(dtype: np.dtype[Any], shape: tuple[int, ...], attribute: Any, operands: Sequence[Kind]) -> Kind:
    if not _is_tuple(attribute, 2) or not _is_shape(attribute[0]):
        raise refuse("unslice has a shape and an index")
    found = _indexed_shape(attribute[0], attribute[1], None)
    if found != shape:
        raise refuse(f"the index takes shape {found}, not {shape}")
    return dtype, attribute[0]


def _take(dtype: np.dtype[Any], shape: tuple[int, ...], attribute: Any, operands: Sequence[Kind]) -> Kind | None:
    if not _is_tuple(attribute, 2):
        raise refuse("take has a shape and an index")
    _same_shape(shape, attribute[0])
    if any(dtype.kind == "b" for dtype, _ in operands[1:]):
        return None  # how many truth values hold is said by a run
    return dtype, _indexed_shape(shape, attribute[1], operands)


def _put_added(dtype: np.dtype[Any], shape: tuple[int, ...], attribute: Any, operands: Sequence[Kind]) -> Kind:
    if not _is_tuple(attribute, 2) or not _is_shape(attribute[0]):
        raise refuse("put_added has a shape and an index")
    if any(dtype.kind == "b" for dtype, _ in operands[1:]):
        return dtype, attribute[0]
    found = _indexed_shape(attribute[0], attribute[1], operands)
    if found != shape:
        raise refuse(f"the index takes shape {found}, not {shape}")
    return dtype, attribute[0]


def _rows_of(attribute: Any, operands: Sequence[Kind]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The shape of the whole, and of the row numbers, which are within it."""
    if not _is_tuple(attribute, 2) or not _is_shape(attribute[0]) or not attribute[0]:
        raise refuse("rows are named by a shape and numbers")
    shape, numbers = attribute
    if isinstance(numbers, _core.Hole):
        return shape, _hole(numbers, operands)
    if not isinstance(numbers, np.ndarray) or numbers.dtype.kind not in "iu":
        raise refuse("row numbers must be integers")
    if numbers.size and (numbers.min() < 0 or numbers.max() >= shape[0]):
        raise refuse(f"row numbers are out of bounds for {shape[0]} rows")
    return shape, numbers.shape


def _gather(dtype: np.dtype[Any], shape: tuple[int, ...], attribute: Any, operands: Sequence[Kind]) -> Kind:
    whole, numbers = _rows_of(attribute, operands)
    _same_shape(shape, whole)
    return dtype, (*numbers, *whole[1:])


def _scatter(dtype: np.dtype[Any], shape: tuple[int, ...], attribute: Any, operands: Sequence[Kind]) -> Kind:
    whole, numbers = _rows_of(attribute, operands)
    if shape != (*numbers, *whole[1:]):
        raise refuse(f"rows of shape {shape} do not go into {whole} at numbers of shape {numbers}")
    return dtype, whole


def _indexed_shape(shape: tuple[int, ...], index: Any, operands: Sequence[Kind] | None) -> tuple[int, ...]:
    """The shape of x[index], by NumPy's rules and without x. Arrays and holes in the index only with `operands`."""
    parts = list(index) if type(index) is tuple else [index]
    consumed = 0
    spread: list[Any] = []
    for part in parts:
        if isinstance(part, np.ndarray) and part.dtype.kind == "b":
            if part.ndim == 0:
                raise refuse("a single truth value is no index here")
            spread += part.nonzero()
            consumed += part.ndim
        else:
            spread.append(part)
            consumed += part is not None and part is not Ellipsis
    dots = [k for k, part in enumerate(spread) if part is Ellipsis]
    if len(dots) > 1 or consumed > len(shape):
        raise refuse(f"an index of {consumed} parts for shape {shape}")
    at = dots[0] if dots else len(spread)
    spread[at : at + len(dots)] = [slice(None)] * (len(shape) - consumed)
    advanced = any(isinstance(part, (np.ndarray, _core.Hole)) for part in spread)
    result: list[int] = []
    numbers: list[tuple[int, ...]] = []
    first, apart, axis = 0, False, 0
    for k, part in enumerate(spread):
        if part is None:
            result.append(1)
            continue
        size = shape[axis]
        axis += 1
        if isinstance(part, slice):
            result.append(_slice_length(part, size))
        elif advanced:
            if not numbers:
                first = len(result)
            elif not isinstance(spread[k - 1], (np.ndarray, _core.Hole, int)):
                apart = True
            numbers.append(_number_shape(part, size, operands))
        else:
            _number_shape(part, size, operands)
    if numbers:
        try:
            new = np.broadcast_shapes(*numbers)
        except ValueError as error:
            raise refuse(f"index: {error}") from None
        first = 0 if apart else first  # NumPy's rule
        result[first:first] = [int(n) for n in new]
    return tuple(result)


def _slice_length(part: slice, size: int) -> int:
    if not all(end is None or type(end) is int for end in (part.start, part.stop, part.step)) or part.step == 0:
        raise refuse(f"{part} is no slice")
    return len(range(*part.indices(size)))


def _number_shape(part: Any, size: int, operands: Sequence[Kind] | None) -> tuple[int, ...]:
    if type(part) is int:
        if not -size <= part < size:
            raise refuse(f"index {part} is out of bounds for {size}")
        return ()
    if operands is not None and isinstance(part, _core.Hole):
        return _hole(part, operands)
    if operands is not None and isinstance(part, np.ndarray) and part.dtype.kind in "iu":
        if part.size and (part.min() < -size or part.max() >= size):
            raise refuse(f"an index is out of bounds for {size}")
        return part.shape
    raise refuse(f"{part!r} is no index")


def _hole(hole: Any, operands: Sequence[Kind]) -> tuple[int, ...]:
    dtype, shape = operands[hole.operand]
    if dtype.kind not in "iu":
        raise refuse(f"an index of dtype {dtype}")
    return shape


_LINEAR: dict[str, Callable[..., Kind | None]] = {
    "sum": _sum,
    "broadcast": _broadcast,
    "reshape": _reshape,
    "transpose": _transpose,
    "cast": _cast,
    "slice": _slice,
    "unslice": _unslice,
    "take": _take,
    "put_added": _put_added,
    "gather_rows": _gather,
    "scatter_rows": _scatter,
}

# ------------------------------------------------------------------------------------------------------------- general


def _extremum(operands: Sequence[Kind], attribute: Any) -> Kind:
    whole, kept, result = _reduction(attribute)
    if len(operands) != 1 or any(k == 1 and size == 0 for size, k in zip(whole, kept, strict=True)):
        raise refuse("an extremum of nothing")
    _same_shape(operands[0][1], whole)
    return operands[0][0], result


def _along(operands: Sequence[Kind], attribute: Any) -> Kind:
    if len(operands) != 1 or type(attribute) is not int or not -len(operands[0][1]) <= attribute < 0:
        raise refuse("softmax has one operand and an axis, counted from the end")
    return operands[0]


def _check_labels(operands: Sequence[Kind], attribute: Any) -> None:
    """Class labels, which a run checks where they are read anew."""
    dtype, shape = operands[0]
    if isinstance(attribute, _core.Hole):
        kind: Kind | None = operands[attribute.operand]
    elif isinstance(attribute, np.ndarray):
        inside = not attribute.size or (shape and attribute.min() >= 0 and attribute.max() < shape[-1])
        kind = (attribute.dtype, attribute.shape) if inside else None
    else:
        kind = None
    if not shape or dtype.kind != "f" or kind != (np.dtype(np.int64), shape[:-1]):
        raise refuse(
            "labels must be int64, of the operand's shape without the last axis, and less than that axis is long"
        )


def _class_numbers(operands: Sequence[Kind], attribute: Any) -> Kind:
    if len(operands) != 1 or type(attribute) is not int or operands[0][0].kind not in "iu":
        raise refuse("class numbers are made of integers and how many classes there are")
    return np.dtype(np.int64), operands[0][1]


def _row_numbers(operands: Sequence[Kind], attribute: Any) -> Kind | None:
    if len(operands) != 1 or type(attribute) is not int or operands[0][0].kind not in "iu":
        raise refuse("row numbers are made of integers and how many rows there are")
    return np.dtype(np.intp), operands[0][1]


def _changed_rows(operands: Sequence[Kind], attribute: Any) -> Kind:
    if attribute not in ("add", "subtract", "replace") or len(operands) != 3:
        raise refuse("rows are changed by 'add', 'subtract' or 'replace', and have numbers and values")
    whole, numbers, values = operands
    if numbers[0].kind not in "iu" or not whole[1] or values[1] != (*numbers[1], *whole[1][1:]) or len(numbers[1]) != 1:
        raise refuse(f"rows of shape {values[1]} for {numbers[1]} rows of a tensor of shape {whole[1]}")
    return whole


def _row_totals(operands: Sequence[Kind], attribute: Any) -> Kind:
    if attribute is not None or len(operands) != 2 or operands[0][0].kind not in "iu":
        raise refuse("rows are added up by numbers, which are integers")
    if len(operands[0][1]) != 1 or operands[1][1][:1] != operands[0][1]:
        raise refuse(f"rows of shape {operands[1][1]} for numbers of shape {operands[0][1]}")
    return operands[1]


def _rows_within(operands: Sequence[Kind], attribute: Any) -> Kind:
    if len(operands) != 1 or not (attribute is None or type(attribute) is int) or operands[0][0].kind not in "iu":
        raise refuse("row numbers are integers, of as many rows as there are")
    return operands[0]


def _einsum(operands: Sequence[Kind], attribute: Any) -> Kind:
    if not _is_tuple(attribute, 3) or not _is_tuple(attribute[0], len(operands)) or not operands:
        raise refuse("einsum has a term for each operand, a result and the operands' shapes")
    terms, result, shapes = attribute
    if not all(isinstance(term, str) and len(set(term)) == len(term) for term in (*terms, result)):
        raise refuse("einsum's terms name each axis once")
    if shapes != tuple(shape for _, shape in operands) or not all(map(_is_shape, shapes)):
        raise refuse(f"einsum's attributes are for shapes {shapes}")
    if not all(c.isascii() and c.isalpha() for c in "".join((*terms, result))):
        raise refuse("einsum's axes are letters")
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        if len(term) != len(shape):
            raise refuse(f"einsum: {term!r} names another number of axes than shape {shape} has")
        for c, size in zip(term, shape, strict=True):
            if sizes.setdefault(c, size) == 1:
                sizes[c] = size
            elif size not in (1, sizes[c]):
                raise refuse(f"einsum: axis {c!r} has the lengths {sizes[c]} and {size}")
    if not set(result) <= set(sizes):
        raise refuse("einsum's result names an axis that no operand has")
    return np.result_type(*(dtype for dtype, _ in operands)), tuple(sizes[c] for c in result)


def _by_values(operands: Sequence[Kind], attribute: Any) -> None:
    """How many results there are, or whether they are complex, is said by values: a run finds out."""


def _printed(operands: Sequence[Kind], attribute: Any) -> Kind:
    """Nothing, whatever is printed: texts, with the numbers of operands in them, to standard error or to a log."""
    from .callbacks import LOGS  # loaded when the first program prints

    if type(attribute) is not tuple or len(attribute) != 6:
        raise refuse("print takes six attributes")
    parts, sep, end, summarize, stream, examples = attribute
    if not (type(sep) is type(end) is str and type(summarize) is int and type(parts) is type(examples) is tuple):
        raise refuse("print takes parts, separators, a number of elements and lengths of axes")
    if stream is not None and not (type(stream) is str and stream in LOGS):
        raise refuse(f"print to {stream!r}: a program file prints to standard error or to a log")
    shapes = [shape for _, shape in operands]
    for level in examples:
        if type(level) is not tuple or len(level) != 2 or type(level[0]) is not tuple or type(level[1]) is not int:
            raise refuse("print takes flags and the length of an axis for each level of examples")
        flags, n = level
        if len(flags) != len(shapes) or any(f and s[:1] != (n,) for f, s in zip(flags, shapes, strict=True)):
            raise refuse(f"print of {n} examples: the operands have no such axis")
        shapes = [shape[1:] if flag else shape for flag, shape in zip(flags, shapes, strict=True)]
    _check_parts(parts, len(operands))
    return np.dtype(bool), (0,)


def _check_parts(parts: Any, count: int) -> None:
    for part in parts.values() if type(parts) is dict else parts:
        if type(part) is slice:
            if type(part.start) is not int or not 0 <= part.start < count or type(part.stop) is not bool:
                raise refuse(f"print names operand {part.start!r} of {count}")
        elif type(part) in (tuple, list, dict):
            _check_parts(part, count)
        elif type(part) is not str:
            raise refuse(f"print takes texts, not {part!r}")


_GENERAL: dict[str, Callable[[Sequence[Kind], Any], Kind | None]] = {
    "print": _printed,
    "reduce_max": _extremum,
    "reduce_min": _extremum,
    "softmax": _along,
    "log_softmax": _along,
    "class_numbers": _class_numbers,
    "row_numbers": _row_numbers,
    "change_rows": _changed_rows,
    "row_totals": _row_totals,
    "rows_within": _rows_within,
    "einsum": _einsum,
    "eig": _by_values,
    "roots": _by_values,
}
_BY_LABELS: dict[str, Callable[[tuple[int, ...]], tuple[int, ...]]] = {
    "sparse_softmax_cross_entropy": lambda shape: shape[:-1],
    "class_residual": lambda shape: shape,
}


def _draw(attribute: Any, operands: Sequence[Kind]) -> Kind:
    """Attributes of a draw, which must not be made: (kind, seed, sizes, dtype, first, second)."""
    if not _is_tuple(attribute, 6):
        raise refuse("random has six attributes")
    kind, seed, sizes, dtype, first, second = attribute
    bounds = [bound.kind for bound, _ in operands]
    if bounds and (kind != "integers" or len(bounds) != 2 or not set(bounds) <= {"i", "u"} or second is not None):
        raise refuse("random has two bounds of integers for operands, or none")
    if kind not in ("integers", "permutation", "uniform", "normal", "truncated_normal"):
        raise refuse(f"random numbers of the kind {kind!r}")
    if not (seed is None or (type(seed) is int and seed >= 0)):
        raise refuse(f"a seed {seed!r}")
    sizes = tuple(sizes) if type(sizes) in (tuple, list) else sizes
    if not _is_shape(sizes):
        raise refuse(f"sizes {sizes!r}")
    if kind == "permutation":
        return np.dtype(np.int64), sizes[:1]
    if not isinstance(dtype, np.dtype) or dtype.kind not in ("iu" if kind == "integers" else "f"):
        raise refuse(f"random numbers of dtype {dtype!r}")
    for bound in (first, second):
        if not (bound is None or isinstance(bound, (int, float, np.number, np.ndarray))):
            raise refuse(f"a bound {bound!r}")
    return dtype, sizes


# --------------------------------------------------------------------------------------------------------------- rest


def _own_operands(kind: str, operands: Sequence[Kind], attribute: Any) -> int:
    """How many operands are the op's own; those behind fill the holes of its attributes, each one."""
    holes = sorted({hole.operand for hole in _holes(attribute)})
    own = holes[0] if holes else len(operands)
    if holes != list(range(own, len(operands))) or (kind == "linear" and own != 1) or (holes and not own):
        raise refuse(f"{len(operands)} operands, of which {len(holes)} fill holes")
    return own


def _holes(attribute: Any) -> list[Any]:
    if isinstance(attribute, _core.Hole):
        return [attribute]
    return [hole for part in attribute for hole in _holes(part)] if type(attribute) is tuple else []


def _tried(run: Callable[[list[Any]], Any], op: str, operands: Sequence[Kind], own: int, attribute: Any) -> Kind | None:
    """What a row in Python gives for ones, where that is cheap."""
    sizes = sum(math.prod(shape) for _, shape in operands)
    if own != len(operands) or max(sizes, math.prod(_numbers(attribute))) > _TRIED:
        return None
    examples = [_core.adopt(np.ones(shape, dtype)) for dtype, shape in operands]
    try:
        with np.errstate(all="ignore"):
            found = run(examples)
    except np.linalg.LinAlgError:
        return None  # ones may be no good example
    except Exception as error:
        if op in by_values:
            return None
        raise refuse(f"{op} cannot be run: {type(error).__name__}: {error}") from None
    return found.dtype, tuple(found.shape)


def _numbers(attribute: Any) -> list[int]:
    """The magnitudes of all integers in attributes: any of them may be a size of something."""
    if type(attribute) is int:
        return [max(abs(attribute), 1)]
    parts = attribute.values() if type(attribute) is dict else attribute if type(attribute) in (tuple, list) else ()
    return [number for part in parts for number in _numbers(part)]


def _is_tuple(value: Any, length: int) -> bool:
    return type(value) is tuple and len(value) == length


def _is_shape(value: Any) -> bool:
    return type(value) is tuple and len(value) <= 32 and all(type(size) is int and size >= 0 for size in value)
