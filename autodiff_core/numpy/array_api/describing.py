"""The docstrings of the standard's functions: what the same parameter is everywhere is said once, here.

A function says in one line what it computes. `described` adds what it takes and gives, and the standard's page of it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import TypeVar

__all__ = ["described"]

Function = TypeVar("Function", bound=Callable[..., object])

# By its name: a parameter of most functions that have one of the name.
_USUAL = {
    "axes": "sequence of int, optional : The axes; all of them, or the last ones where there are lengths.",
    "axis": "int or tuple of int, optional : The axes to go over; all by default.",
    "device": '{"cpu"}, optional : There is one device.',
    "dtype": "dtype, optional : That of the result; the default float by default.",
    "keepdims": "bool : Whether these axes stay, with one entry.",
    "n": (
        "int, optional : The length to which vectors are cut, or filled up with zeros; of the result "
        "for what gives real numbers."
    ),
    "norm": (
        '{"backward", "ortho", "forward"} : Which of a transform and its inverse is divided by the '
        'length; both by its root for "ortho".'
    ),
    "s": "sequence of int, optional : The lengths to which the axes are cut, or filled up with zeros.",
    "shape": "int or tuple of int : That of the result.",
    "x": "array_like : Of any shape and dtype.",
}

_TEXT = """{summary}

Parameters
----------
{parameters}

Returns
-------
{gives}

Notes
-----
https://data-apis.org/array-api/2024.12/{place}.html
"""


def described(gives: str, **parameters: str) -> Callable[[Function], Function]:
    """Write the docstring of a function that has one line of it, of entries ``type : what it is``."""

    def describe(function: Function) -> Function:
        code, module = function.__code__, function.__module__.rpartition(".")[2]
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        entries = groupby(names, lambda name: parameters[name] if name in parameters else _USUAL[name])
        lines = [_entry(f"{', '.join(group)} : ", text) for text, group in entries]
        is_extension = module in ("fft", "linalg")
        path = f"{module}.{function.__name__}" if is_extension else function.__name__
        function.__doc__ = _TEXT.format(
            summary=function.__doc__,
            parameters="\n".join(lines),
            gives=_entry("", gives),
            place=f"{'extensions' if is_extension else 'API_specification'}/generated/array_api.{path}",
        )
        return function

    return describe


def _entry(names: str, text: str) -> str:
    kind, _, what = text.partition(" : ")
    return f"{names}{kind}\n    {what}"
