"""`debugging`: checks of tensors, under TensorFlow's names.

What a value must be is checked by operations, whose truth value Python then looks at: a recorded function has a guard
there, and fails where the plain one would. What a shape or dtype must be is known at once. As in TensorFlow, a value
that is wrong is a `tf.errors.InvalidArgumentError`, a shape a ValueError, a dtype a TypeError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from .. import _core
from ..dtypes import finfo
from ..errors import InvalidArgumentError
from ..ops import c_loops, forms
from ..ops.elementwise import abs as absolute
from ..ops.elementwise import equal, greater, greater_equal, less, less_equal, not_equal
from ..ops.reductions import reduce_all

__all__ = [
    "Assert",
    "assert_all_finite",
    "assert_equal",
    "assert_greater",
    "assert_greater_equal",
    "assert_integer",
    "assert_less",
    "assert_less_equal",
    "assert_near",
    "assert_negative",
    "assert_non_negative",
    "assert_non_positive",
    "assert_none_equal",
    "assert_positive",
    "assert_proper_iterable",
    "assert_rank",
    "assert_rank_at_least",
    "assert_rank_in",
    "assert_same_float_dtype",
    "assert_scalar",
    "assert_shapes",
    "assert_type",
    "check_numerics",
    "disable_check_numerics",
    "enable_check_numerics",
    "is_numeric_tensor",
]
__dir__ = __all__.copy


def _fail(text: str, message: str | None) -> None:
    raise InvalidArgumentError(None, None, f"{message}\n{text}" if message else text)


def _holds(condition: Any) -> bool:
    """Whether all of it is true; where only shapes are asked for, nobody knows, and nothing is refused."""
    whole = reduce_all(_core.operand(condition))
    return _core.is_unknown(whole) or bool(whole)


def _some(values: Any, summarize: int | None) -> str:
    flat = _core.seen(values).reshape(-1)
    count = 3 if summarize is None else len(flat) if summarize < 0 else summarize
    return str(flat[:count])


def Assert(condition: Any, data: Sequence[Any], summarize: int | None = None, name: str | None = None) -> None:
    """Raise an error unless all of `condition` is true.

    Parameters
    ----------
    condition : array_like of bool
        What must hold.
    data : sequence
        What the error shows.
    summarize : int, optional
        How many elements of each to show; 3 by default, all for -1.

    Raises
    ------
    InvalidArgumentError
        Where an element of the condition is false.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/Assert

    Examples
    --------
    >>> tf.debugging.Assert(tf.reduce_sum([1., 2.]) > 0., ["no mass"])
    """
    if not _holds(condition):
        shown = ", ".join(part if isinstance(part, str) else _some(_core.operand(part), summarize) for part in data)
        raise InvalidArgumentError(None, None, f"Expected {_core.seen(condition)} to be true. Summarized data: {shown}")


_COMPARE = """Raise an error unless x {sign} y, element by element, by the rules of broadcasting.

Parameters
----------
x, y : array_like
    Of any numeric dtype.
message : str, optional
    How the error begins.
summarize : int, optional
    How many elements the error shows; 3 by default, all for -1.
name : str, optional
    Accepted for TensorFlow's sake; without effect.

Raises
------
InvalidArgumentError
    Where it does not hold.

Notes
-----
https://www.tensorflow.org/api_docs/python/tf/debugging/{name}

Examples
--------
>>> tf.debugging.{name}([{low}, 2.], [{high}, {last}])
"""


def _alike(x: Any, y: Any) -> tuple[Any, Any]:
    """Two operands; a plain value takes the dtype of the tensor beside it."""
    if isinstance(x, _core.Operand) or not isinstance(y, _core.Operand):
        first = _core.operand(x)
        return first, y if isinstance(y, _core.Operand) else _core.operand_like(y, first)
    return _core.operand_like(x, y), y


def _compared(x: Any, y: Any, holds: Callable[..., Any], sign: str, message: str | None, summarize: int | None) -> None:
    first, second = _alike(x, y)
    found = holds(first, second)
    if _holds(found):
        return
    wrong = ~_core.seen(found)
    left, right = (np.broadcast_to(_core.seen(part), wrong.shape)[wrong] for part in (first, second))
    count = 3 if summarize is None else len(left) if summarize < 0 else summarize
    _fail(
        f"Condition x {sign} y did not hold.\nIndices of first {min(count, len(left))} different values:\n"
        f"{np.argwhere(wrong)[:count]}\nCorresponding x values:\n{left[:count]}\nCorresponding y values:\n"
        f"{right[:count]}\nFirst elements of x:\n{_some(first, summarize)}\nFirst elements of y:\n"
        f"{_some(second, summarize)}",
        message,
    )


def _comparison(name: str, holds: Callable[..., Any], sign: str, low: str, high: str, last: str) -> Any:
    if name == "assert_none_equal":  # TensorFlow has another order here

        def check(
            x: Any, y: Any, summarize: int | None = None, message: str | None = None, name: str | None = None
        ) -> None:
            _compared(x, y, holds, sign, message, summarize)

    else:

        def check(  # type: ignore[misc]
            x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
        ) -> None:
            _compared(x, y, holds, sign, message, summarize)

    check.__doc__ = _COMPARE.format(sign=sign, name=name, low=low, high=high, last=last)
    check.__name__ = check.__qualname__ = name
    return check


assert_equal = _comparison("assert_equal", equal, "==", "1.", "1.", "2.")
assert_none_equal = _comparison("assert_none_equal", not_equal, "!=", "1.", "2.", "3.")
assert_less = _comparison("assert_less", less, "<", "1.", "2.", "3.")
assert_less_equal = _comparison("assert_less_equal", less_equal, "<=", "1.", "1.", "3.")
assert_greater = _comparison("assert_greater", greater, ">", "1.", "0.", "1.")
assert_greater_equal = _comparison("assert_greater_equal", greater_equal, ">=", "1.", "1.", "0.")

_SIGN = """Raise an error unless x {sign} 0 everywhere.

Parameters
----------
x : array_like
    Of any numeric dtype.
message : str, optional
    How the error begins.
summarize : int, optional
    How many elements the error shows; 3 by default, all for -1.
name : str, optional
    Accepted for TensorFlow's sake; without effect.

Raises
------
InvalidArgumentError
    Where it does not hold.

Notes
-----
https://www.tensorflow.org/api_docs/python/tf/debugging/{name}

Examples
--------
>>> tf.debugging.{name}([{points}])
"""


def _sign(name: str, holds: Callable[..., Any], sign: str, points: str) -> Any:
    def check(x: Any, message: str | None = None, summarize: int | None = None, name: str | None = None) -> None:
        values = _core.operand(x)
        if not _holds(holds(values, 0)):
            _fail(
                f"Condition x {sign} 0 did not hold element-wise.\nx (shape={tuple(values.shape)} dtype={values.dtype})"
                f" = {_some(values, summarize)}",
                message,
            )

    check.__doc__ = _SIGN.format(sign=sign, name=name, points=points)
    check.__name__ = check.__qualname__ = name
    return check


assert_positive = _sign("assert_positive", greater, ">", "1., 2.")
assert_negative = _sign("assert_negative", less, "<", "-1., -2.")
assert_non_negative = _sign("assert_non_negative", greater_equal, ">=", "0., 2.")
assert_non_positive = _sign("assert_non_positive", less_equal, "<=", "0., -2.")


def assert_near(
    x: Any,
    y: Any,
    rtol: Any = None,
    atol: Any = None,
    message: str | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> None:
    """Raise an error unless abs(x - y) <= atol + rtol * abs(y), element by element.

    Parameters
    ----------
    x, y : array_like
        Of a float dtype.
    rtol, atol : float, optional
        Ten times the spacing of x's dtype at one by default.
    message : str, optional
        How the error begins.
    summarize : int, optional
        How many elements the error shows; 3 by default, all for -1.

    Raises
    ------
    InvalidArgumentError
        Where it does not hold.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_near

    Examples
    --------
    >>> tf.debugging.assert_near([1., 2.], [1., 2.0000001])
    """
    first, second = _alike(x, y)
    spacing = 10.0 * float(finfo(first.dtype if _core.is_differentiable(first.dtype) else np.float32).eps)
    relative, absolutely = (spacing if bound is None else bound for bound in (rtol, atol))
    found = less_equal(absolute(first - second), absolutely + relative * absolute(second))
    if not _holds(found):
        _fail(
            f"x and y not equal to tolerance rtol = {relative}, atol = {absolutely}\n"
            f"x (shape={tuple(first.shape)} dtype={first.dtype}) = {_some(first, summarize)}\n"
            f"y (shape={tuple(second.shape)} dtype={second.dtype}) = {_some(second, summarize)}",
            message,
        )


def _checked(message: str, x: np.ndarray) -> np.ndarray:
    if not np.isfinite(x).all():
        found = " and ".join(kind for kind, test in (("NaN", np.isnan), ("Inf", np.isinf)) if test(x).any())
        raise InvalidArgumentError(None, None, f"{message} : Tensor had {found} values")
    return x


def _checked_gradient(g: Any, y: Any, message: str, x: Any) -> tuple[Any]:
    return (_core.general(_CHECK, [g], _OF_GRADIENT + message),)


_OF_GRADIENT = "Not a number (NaN) or infinity (Inf) values detected in gradient. "
_CHECK: _core.Op = _core.register_general(
    "check_numerics",
    _checked,
    _checked_gradient,
    None,
    False,
    False,
    leading=True,
    batched=lambda message, n: message,
    raises=True,
    selects=True,
    form=forms.Form("a string", lambda message: type(message) is str),
    gives=forms.same,
    c=c_loops.REFUSES,
    cost=forms.EACH,
)


def check_numerics(tensor: Any, message: str, name: str | None = None) -> _core.Tensor:
    """A tensor as it is, or an error where it, or its gradient, has a NaN or an infinity.

    Parameters
    ----------
    tensor : array_like
        Of a float dtype.
    message : str
        How the error begins.

    Returns
    -------
    Tensor
        The same; gradients pass, and are checked, too.

    Raises
    ------
    InvalidArgumentError
        Where an element is not finite; while a gradient is taken, where one of the gradient is not.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/check_numerics

    Examples
    --------
    >>> print(tf.debugging.check_numerics([1., 2.], "loss"))
    Tensor([1. 2.], shape=(2,), dtype=float32)
    """
    x = _core.operand(tensor)
    if not _core.is_differentiable(x.dtype):
        raise TypeError(f"check_numerics: takes floats, not {x.dtype}; cast first")
    return _core.general(_CHECK, [x], str(message))


def enable_check_numerics(stack_height_limit: int = 30, path_length_limit: int = 50) -> None:
    """Have every operation of this thread checked: an error where one gives a NaN or an infinity.

    Parameters
    ----------
    stack_height_limit, path_length_limit : int
        Accepted for TensorFlow's sake; without effect: the error names the line.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/enable_check_numerics. Called again it changes nothing.
    What is infinite or NaN already may be moved about, and an infinity may be computed with: a mask is no fault, nor is
    what `tf.where` puts in the place of something else. A recorded function is replayed, and where that comes to what
    is not finite, run once more as Python, operation by operation. Of gradients what they come to is checked; the error
    names the record from which backwards they are not finite.

    Examples
    --------
    >>> tf.debugging.enable_check_numerics()
    >>> try:
    ...     tf.math.log(tf.constant([0.0, 1.0]))
    ... except tf.errors.InvalidArgumentError as error:
    ...     print(error.message.splitlines()[0])
    log made -inf at [0] (1 of 2 elements are not finite) of operands that have none
    >>> tf.debugging.disable_check_numerics()
    """
    _core.integer(stack_height_limit)
    _core.integer(path_length_limit)
    _core.want_numerics(True)


def disable_check_numerics() -> None:
    """Check nothing any more, of what `enable_check_numerics` began to check.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/disable_check_numerics

    Examples
    --------
    >>> tf.debugging.disable_check_numerics()
    >>> tf.math.log(tf.constant(0.0)).numpy().item()
    -inf
    """
    _core.want_numerics(False)


def assert_all_finite(x: Any, message: str, name: str | None = None) -> _core.Tensor:
    """A tensor as it is, or an error where it has a NaN or an infinity: `check_numerics` by another name.

    Parameters
    ----------
    x : array_like
        Of a float dtype.
    message : str
        How the error begins.

    Returns
    -------
    Tensor
        The same; gradients pass, and are checked, too.

    Raises
    ------
    InvalidArgumentError
        Where an element is not finite.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_all_finite

    Examples
    --------
    >>> print(tf.debugging.assert_all_finite(0.5, "loss"))
    Tensor(0.5, shape=(), dtype=float32)
    """
    return check_numerics(x, message)


# ------------------------------------------------------------------------------------------------------------- shapes


def _about(x: Any) -> str:
    return f"Received rank {len(x.shape)}, shape {tuple(x.shape)}"


def _ranked(x: Any, fits: Callable[[int], bool], what: str, message: str | None) -> None:
    tensor = _core.operand(x)
    if not fits(len(tensor.shape)):
        text = f"Tensor must have rank {what}.  {_about(tensor)}"
        raise ValueError(f"{message}. {text}" if message else text)


def assert_rank(x: Any, rank: Any, message: str | None = None, name: str | None = None) -> None:
    """Raise an error unless a tensor has so many dimensions.

    Parameters
    ----------
    x : array_like
        Of any dtype.
    rank : int
        The number of dimensions.
    message : str, optional
        How the error begins.

    Raises
    ------
    ValueError
        For another number.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_rank

    Examples
    --------
    >>> tf.debugging.assert_rank(tf.ones((2, 3)), 2)
    """
    rank = _core.integer(rank)
    _ranked(x, lambda found: found == rank, str(rank), message)


def assert_rank_at_least(x: Any, rank: Any, message: str | None = None, name: str | None = None) -> None:
    """Raise an error unless a tensor has so many dimensions or more.

    Parameters
    ----------
    x : array_like
        Of any dtype.
    rank : int
        The least number of dimensions.
    message : str, optional
        How the error begins.

    Raises
    ------
    ValueError
        For a smaller number.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_rank_at_least

    Examples
    --------
    >>> tf.debugging.assert_rank_at_least(tf.ones((2, 3)), 1)
    """
    rank = _core.integer(rank)
    _ranked(x, lambda found: found >= rank, f"at least {rank}", message)


def assert_rank_in(x: Any, ranks: Iterable[Any], message: str | None = None, name: str | None = None) -> None:
    """Raise an error unless a tensor has one of some numbers of dimensions.

    Parameters
    ----------
    x : array_like
        Of any dtype.
    ranks : iterable of int
        The numbers of dimensions that are right.
    message : str, optional
        How the error begins.

    Raises
    ------
    ValueError
        For another number.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_rank_in

    Examples
    --------
    >>> tf.debugging.assert_rank_in(tf.ones((2, 3)), (2, 3))
    """
    numbers = tuple(_core.integer(rank) for rank in ranks)
    _ranked(x, lambda found: found in numbers, f"in {numbers}", message)


def assert_scalar(tensor: Any, message: str | None = None, name: str | None = None) -> _core.Tensor:
    """A tensor of no dimension as it is, or an error.

    Parameters
    ----------
    tensor : array_like
        Of any dtype.
    message : str, optional
        How the error begins.

    Returns
    -------
    Tensor
        The same; gradients pass.

    Raises
    ------
    ValueError
        For any dimension.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_scalar

    Examples
    --------
    >>> print(tf.debugging.assert_scalar(2.))
    Tensor(2.0, shape=(), dtype=float32)
    """
    x = _core.operand(tensor)
    if len(x.shape):
        raise ValueError(f"{message or ''} Expected scalar shape, saw shape: {tuple(x.shape)}.".strip())
    return _core.identity_tensor(x)


def assert_shapes(
    shapes: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> None:
    """Raise an error unless tensors have these shapes, in which a letter stands for the same size everywhere.

    Parameters
    ----------
    shapes : sequence of pairs, or dict
        Each a tensor and its shape: a sequence of sizes, names, None or "." for any size, and perhaps "..." at its
        beginning or end for any dimensions (or a text of one letter each); "*" at the beginning is "..." too.
    data, summarize : object
        Accepted for TensorFlow's sake: the error says what is wrong.
    message : str, optional
        How the error begins.

    Raises
    ------
    ValueError
        Where a shape does not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_shapes

    Examples
    --------
    >>> tf.debugging.assert_shapes([(tf.ones((2, 3)), ("N", "D")), (tf.ones(3), ("D",)), (1., ())])
    """
    sizes: dict[Any, tuple[int, str]] = {}
    pairs = list(shapes.items() if isinstance(shapes, dict) else shapes)
    begin = f"{message}. " if message else ""
    for value, symbols in pairs:
        x = _core.operand(getattr(value, "deref", lambda value=value: value)())
        parts = [... if part in ("*", "...", Ellipsis) else part for part in _symbols(symbols)]
        shape = tuple(x.shape)
        open_ended = ... in parts
        wanted = [part for part in parts if part is not ...]
        if open_ended and parts.index(...) not in (0, len(parts) - 1):
            raise ValueError(f"{begin}assert_shapes: the dots of {symbols!r} are neither at its beginning nor its end")
        if len(shape) < len(wanted) or (not open_ended and len(shape) != len(wanted)):
            least = " at least" if open_ended else ""
            raise ValueError(f"{begin}Tensor must have rank{least} {len(wanted)}.  {_about(x)}")
        behind = open_ended and parts[0] is ...
        start = len(shape) - len(wanted) if behind else 0
        for axis, symbol in enumerate(wanted, start):
            if symbol is None or symbol == ".":
                continue
            known = (int(symbol), "the shape") if str(symbol).isdigit() else sizes.get(symbol)
            if known is None:
                sizes[symbol] = (shape[axis], f"a tensor of shape {shape}, dimension {axis}")
            elif known[0] != shape[axis]:
                raise ValueError(
                    f"{begin}Tensor dimension {axis} must have size {known[0]}, as {known[1]} says.  "
                    f"Received size {shape[axis]}, shape {shape}"
                )


def _symbols(symbols: Any) -> list[Any]:
    if isinstance(symbols, str) and "..." in symbols:
        head, tail = symbols.split("...", 1)
        return [*head, ..., *tail]
    return list(symbols) if isinstance(symbols, Iterable) else [symbols]


# ------------------------------------------------------------------------------------------------------------- dtypes


def assert_type(tensor: Any, tf_type: Any, message: str | None = None, name: str | None = None) -> None:
    """Raise an error unless a tensor has this dtype.

    Parameters
    ----------
    tensor : array_like
        Of any shape.
    tf_type : dtype
        What its dtype must be.
    message : str, optional
        How the error begins.

    Raises
    ------
    TypeError
        For another dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_type

    Examples
    --------
    >>> tf.debugging.assert_type(tf.ones(2), tf.float32)
    """
    found = _core.operand(tensor).dtype
    if found != _core.as_dtype(tf_type):
        raise TypeError(f"{message or ''} tensor must be of type {_core.as_dtype(tf_type)}; got {found}".strip())


def assert_integer(x: Any, message: str | None = None, name: str | None = None) -> None:
    """Raise an error unless a tensor is of integers.

    Parameters
    ----------
    x : array_like
        Of any shape.
    message : str, optional
        How the error begins.

    Raises
    ------
    TypeError
        For another dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_integer

    Examples
    --------
    >>> tf.debugging.assert_integer([1, 2])
    """
    found = _core.operand(x).dtype
    if found.kind not in "iu":
        raise TypeError(f'{message or ""} Expected "x" to be integer type.  Found: tensor of dtype {found}'.strip())


def assert_same_float_dtype(tensors: Sequence[Any] | None = None, dtype: Any = None) -> np.dtype[Any]:
    """Raise an error unless tensors are of one float dtype, and give it.

    Parameters
    ----------
    tensors : sequence of array_like, optional
        Tensors; None among them do not count.
    dtype : dtype, optional
        What it must be.

    Returns
    -------
    dtype
        Theirs; float32 where nothing says another.

    Raises
    ------
    ValueError
        Where they differ, or are no floats.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_same_float_dtype

    Examples
    --------
    >>> tf.debugging.assert_same_float_dtype([tf.ones(2), tf.zeros(3)])
    dtype('float32')
    """
    wanted = None if dtype is None else _core.as_dtype(dtype)
    for value in tensors or ():
        if value is not None:
            found = _core.operand(value).dtype
            if wanted is not None and found != wanted:
                raise ValueError(f"assert_same_float_dtype: a tensor of dtype {found} is not of dtype {wanted}")
            wanted = found
    wanted = np.dtype(np.float32) if wanted is None else wanted
    if not _core.is_floating(wanted):
        raise ValueError(f"Expected floating point type, got {wanted}.")
    return wanted


def assert_proper_iterable(values: Any) -> None:
    """Raise an error unless a value can be walked through, and is no tensor, array or string.

    Parameters
    ----------
    values : object
        A list, say.

    Raises
    ------
    TypeError
        For anything else.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_proper_iterable

    Examples
    --------
    >>> tf.debugging.assert_proper_iterable([1., 2.])
    """
    if isinstance(values, (_core.Operand, np.ndarray, str, bytes)):
        raise TypeError(f'Expected argument "values" to be a "proper" iterable.  Found: {type(values)}')
    if not hasattr(values, "__iter__"):
        raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(values)}')


def is_numeric_tensor(tensor: Any) -> bool:
    """Whether something is a tensor of numbers.

    Parameters
    ----------
    tensor : object
        Anything.

    Returns
    -------
    bool
        False for what is no tensor or variable, and for truth values.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/is_numeric_tensor

    Examples
    --------
    >>> tf.debugging.is_numeric_tensor(tf.ones(2)), tf.debugging.is_numeric_tensor(2)
    (True, False)
    """
    return isinstance(tensor, _core.Operand) and tensor.dtype.kind in "iufc"
