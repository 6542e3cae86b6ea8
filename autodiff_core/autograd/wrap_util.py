"""What `autograd.wrap_util` has: an operator on functions of one argument becomes one on functions of several.

`grad` and its kin are written for a function of one value, which may be a tuple. `unary_to_nary` makes of each what
users call: `grad(f, argnum)(*args, **kwargs)`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .util import subvals

__all__ = ["get_doc", "get_name", "unary_to_nary", "wrap_nary_f", "wraps"]

Function = Callable[..., Any]


def get_name(f: Any) -> str:
    """A function's name, for errors and docstrings."""
    return getattr(f, "__name__", "[unknown name]")


def get_doc(f: Any) -> str:
    """A function's docstring."""
    return getattr(f, "__doc__", "") or ""


def wraps(fun: Any, namestr: str = "{fun}", docstr: str = "{doc}", **kwargs: Any) -> Callable[[Any], Any]:
    """Name a function after another one."""

    def named(f: Any) -> Any:
        names = {"fun": get_name(fun), **kwargs}
        f.__name__ = namestr.format(**names)
        f.__doc__ = docstr.format(doc=get_doc(fun), **names) if "{" in docstr else docstr
        return f

    return named


def wrap_nary_f(fun: Any, op: Any, argnum: Any) -> Callable[[Any], Any]:
    """Name what an operator makes of a function."""
    return wraps(
        fun,
        "{op}_of_{fun}_wrt_argnum_{argnum}",
        "{op} of function {fun} with respect to argument number {argnum}, of the same arguments.",
        op=get_name(op),
        argnum=argnum,
    )


def unary_to_nary(unary_operator: Function) -> Function:
    """An operator on functions of several arguments, of which it takes one, or several as a tuple.

    Parameters
    ----------
    unary_operator : callable
        Of a function of one argument, the argument, and anything else.

    Returns
    -------
    callable
        Of a function, `argnum` (an int, or a tuple or list of them), and anything else; returns a function of all the
        function's arguments.

    Examples
    --------
    >>> from autodiff_core.autograd.wrap_util import unary_to_nary
    >>> called = unary_to_nary(lambda f, x: (f(x), x))
    >>> called(lambda a, b: a - b, 1)(5, 3)
    (2, 3)
    """

    def nary_operator(fun: Function, argnum: Any = 0, *nary_op_args: Any, **nary_op_kwargs: Any) -> Function:
        if type(argnum) not in (int, tuple, list):
            raise AssertionError(argnum)
        single = isinstance(argnum, int)

        def nary_f(*args: Any, **kwargs: Any) -> Any:
            def unary_f(x: Any) -> Any:
                places = [(argnum, x)] if single else zip(argnum, x, strict=True)
                return fun(*subvals(args, places), **kwargs)

            unary_f.__name__ = get_name(fun)
            x = args[argnum] if single else tuple(args[place] for place in argnum)
            return unary_operator(unary_f, x, *nary_op_args, **nary_op_kwargs)

        return wrap_nary_f(fun, unary_operator, argnum)(nary_f)

    return wraps(unary_operator)(nary_operator)
