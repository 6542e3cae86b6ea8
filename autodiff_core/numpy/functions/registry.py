"""What becomes of each of NumPy's functions when it is given tensors: three tables, and how a function enters one.

A function is recorded (a counterpart translates its arguments to recorded operations), answers as data (NumPy computes
plain values, which vary in steps or not at all), or is refused, with the way out in the error's text. A function in
none of the tables raises too: a result that has silently left the tape would be a wrong gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from importlib import import_module
from typing import Any

import numpy as np

from ... import _core
from ...ops import c_loops, forms
from ...ops import elementwise as el
from ...ops.shaping import _alike
from ...ops.shaping import inexact as inexact
from ...ops.shaping import watchable as watchable

# The modules beside this one; they fill the tables when they are imported.
_MODULES = (
    "statistics",
    "accumulation",
    "ordering",
    "joining",
    "arranging",
    "padding",
    "products",
    "polynomials",
    "histograms",
    "creating",
    "pointwise",
    "data",
)

functions: dict[Any, Callable[..., Any]] = {}
asking: set[Any] = set()
refusals: dict[Any, str] = {}
# NumPy does not offer these to tensors: they make arrays of what they are given, as np.asarray does.
leaving: set[Any] = set()
# What they do with like=t, which is how they can be asked to make tensors.
likened: dict[Any, Callable[..., Any]] = {}
# Of the counterparts, those whose result varies in steps, or not at all.
steps: set[Any] = set()
# Of the counterparts, those that take lists of arrays: what is an array in them, the lists' "items" or their "leaves".
of_lists: dict[Any, str] = {}
# The place of `out` among the arguments, where there is one.
out_places: dict[Any, int] = {}


def load() -> None:
    """Fill the tables. Importing the package does not, so as to stay quick."""
    for name in _MODULES:
        import_module(f".{name}", __package__)
    for name in ("linalg", "fft"):
        functions.update(import_module(f".{name}", __package__).COUNTERPARTS)


def spelled(function: Any) -> str:
    """A function's name as users write it: np.linalg.norm."""
    module = getattr(function, "__module__", None) or "numpy"  # a ufunc has none
    return f"{module}.{function.__name__}".replace("numpy", "np", 1)


def no_way(what: str, why: str) -> TypeError:
    """The error for what is not recorded."""
    return TypeError(f"{what} on a tensor: {why}. Use a recorded function, or leave the tape with .numpy()")


def counterpart(
    *of: Any, data: bool = False, lists: str | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate what computes functions of NumPy on tensors, with NumPy's arguments.

    `data`: no gradient passes. `lists`: the function takes lists of arrays; see `of_lists`.
    """

    def register(implementation: Callable[..., Any]) -> Callable[..., Any]:
        there = [function for function in of if function is not None]
        functions.update(dict.fromkeys(there, implementation))
        code = implementation.__code__
        if "out" in code.co_varnames[: code.co_argcount]:
            out_places.update(dict.fromkeys(there, code.co_varnames.index("out")))
        if data:
            steps.update(there)
        if lists is not None:
            of_lists.update(dict.fromkeys(there, lists))
        return implementation

    return register


def newer(name: str) -> Any:
    """A function that some of NumPy's versions have: None where it is missing."""
    return getattr(np, name, None)


def ask(*of: Any, looks: bool = True) -> None:
    """Functions whose answers are no tensors, and could not be differentiated: NumPy computes them.

    Where they only describe what they are given, a recorded function does not depend on what it `looks` at.
    """
    for function in of:

        def answer(*args: Any, _function: Any = function, **kwargs: Any) -> Any:
            if not looks and _core.asks_shapes():
                args, kwargs = _described(args), _described(kwargs)
            with nullcontext() if looks else _core.Untraced():
                return _function(*stripped(args), **stripped(kwargs))

        functions[function] = answer
        asking.add(function)


def refuse(why: str, *of: Any) -> None:
    """Functions that cannot be differentiated, or write into arrays: why, and what to use."""
    for function in of:
        refusals[function] = why


def _described(value: Any) -> Any:
    """Arguments with arrays of the same shapes and dtypes for tensors that have no values."""
    if isinstance(value, _core.Operand) and _core.is_unknown(value):
        return np.broadcast_to(np.zeros((), value.dtype), tuple(value.shape))
    if isinstance(value, (list, tuple)):
        return type(value)(map(_described, value))
    if isinstance(value, dict):
        return {key: _described(item) for key, item in value.items()}
    return value


def stripped(value: Any) -> Any:
    """Arguments with arrays for tensors, however nested."""
    if isinstance(value, _core.Operand):
        return _core.seen(value)
    if isinstance(value, (list, tuple)):
        return type(value)(map(stripped, value))
    if isinstance(value, dict):
        return {key: stripped(item) for key, item in value.items()}
    return value


def data(value: Any, function: str, argument: str) -> Any:
    """An argument that has no gradient, as NumPy takes it: an error if it is one that a tape could follow."""
    parts = value if isinstance(value, (list, tuple)) else (value,)
    if any(watchable(part) for part in parts):
        raise TypeError(
            f"np.{function} with {argument} a tensor: there is no gradient with respect to {argument}. Give its value, "
            f"t.numpy()"
        )
    return stripped(value)


def alike(function: str, *values: Any) -> list[Any]:
    """Operands of one dtype, lists and numbers in the tensors'."""
    return _alike(values, f"np.{function}")


def handing_on(name: str, check: Callable[[np.ndarray], None]) -> Any:
    """A row that has its operand for value, or raises an error where the check of its elements does."""

    def kernel(attributes: Any, x: np.ndarray) -> np.ndarray:
        check(x)
        return x.copy()

    return _core.register_general(
        name,
        kernel,
        lambda g, y, attributes, x: g,
        None,
        False,
        False,
        None,
        True,
        raises=True,
        form=forms.nothing,
        gives=forms.same,
        c=c_loops.REFUSES,
        cost=forms.EACH,
    )


def of_real_numbers(value: Any, function: str) -> Any:
    """An operand of a function that has no meaning for complex numbers."""
    x = _core.operand(value)
    if x.dtype.kind == "c":
        raise TypeError(f"np.{function}: takes real numbers, not {x.dtype}; give it np.real or np.abs of them")
    return x


def in_dtype(result: Any, dtype: Any) -> Any:
    """The result in the dtype that was asked for, if any."""
    return result if dtype is None else _core.to_dtype(result, dtype)


def added_up(x: Any, dtype: Any) -> Any:
    """An operand in the dtype that NumPy adds and multiplies elements in: narrow integers have no room for sums."""
    x = _core.operand(x)
    if dtype is None and x.dtype.kind in "biu":
        dtype = np.add.reduce(np.zeros(0, x.dtype)).dtype
    return in_dtype(x, dtype)


def as_ufunc_has_it(ufunc: np.ufunc, value: Any) -> Any:
    """An operand in the float dtype that a ufunc computes in of operands like it: NumPy's for integers and truth
    values."""
    x = _core.operand(value)
    if x.dtype.kind not in "biu":
        return x
    with np.errstate(all="ignore"):
        found = ufunc(*[np.zeros(0, x.dtype)] * ufunc.nin)
    return _core.operand(_core.to_dtype(x, (found[0] if isinstance(found, tuple) else found).dtype))


def axes_of(axis: Any, nd: int) -> tuple[int, ...]:
    """The axes that NumPy's argument names, counted from the first; all of them for None."""
    if axis is None:
        return tuple(range(nd))
    return tuple(int(d) for d in np.lib.array_utils.normalize_axis_tuple(axis, nd))


def axis_of(axis: Any, nd: int) -> int:
    """One axis, counted from the first."""
    return int(np.lib.array_utils.normalize_axis_index(_core.integer(axis), nd))


def truths(value: Any) -> Any:
    """Truth values of any values, as NumPy has them."""
    if not isinstance(value, _core.Operand):
        return _core.to_tensor(np.asarray(value, bool))
    x = _core.operand(value)
    return x if x.dtype == bool else el.not_equal(x, _core.to_tensor(np.zeros((), x.dtype)))


def constant(value: Any, like: Any) -> Any:
    """A value that no tape follows, in the dtype of an operand."""
    return _core.to_tensor(np.asarray(value, like.dtype))
