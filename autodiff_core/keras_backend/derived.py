"""A module of Keras's backend made of the file that the installed Keras has for it.

Keras's functions for NumPy say how its dtypes promote and which arguments of NumPy's its own are. All of that holds for
tensors when `np` is `autodiff_core.numpy`: so the file is run with it, and what the functions give is made tensors.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
from keras.src.backend.common.keras_tensor import KerasTensor

import autodiff_core as tf

from .. import _core
from . import dtypes
from .finder import KERAS
from .tensors import convert_to_tensor

__all__ = ["as_tensors", "run"]

_TENSORS = frozenset({"a", "array", "x", "x1", "x2", "y"})
_OF_SEQUENCES = frozenset({"stack"})
"""What Keras's functions call arguments that are tensors, and those where it is a sequence of them."""

_OURS = {"numpy": "autodiff_core.numpy", "scipy.linalg": "autodiff_core.scipy.linalg"}


class _Imports(ast.NodeTransformer):
    """The imports of a file, with modules of ours in the places of NumPy's, and without some."""

    def __init__(self, without: Iterable[str]) -> None:
        self._without = tuple(without)

    def _is_left_out(self, name: str | None) -> bool:
        return any(name == left or f"{name}".startswith(left + ".") for left in self._without)

    def visit_Import(self, node: ast.Import) -> ast.AST:
        kept = [alias for alias in node.names if not self._is_left_out(alias.name)]
        for alias in kept:
            alias.name = _OURS.get(alias.name, alias.name)
        return ast.copy_location(ast.Import(kept), node) if kept else ast.copy_location(ast.Pass(), node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        return ast.copy_location(ast.Pass(), node) if self._is_left_out(node.module) else node


def as_tensors(result: Any) -> Any:
    """A result with tensors in the places of NumPy's arrays and numbers."""
    if isinstance(result, (np.ndarray, np.generic)):
        return _core.to_tensor(result)
    if type(result) in (list, tuple):
        return type(result)(as_tensors(part) for part in result)
    return result


def _on_tensors(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with tensors in the places of whatever else Keras may give for them, and giving tensors."""
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    asked = [name in _TENSORS and function.__name__ not in _OF_SEQUENCES for name in names]
    count = sum(asked)

    @functools.wraps(function)
    def given(*arguments: Any, **keywords: Any) -> Any:
        if count:
            arguments = tuple(
                convert_to_tensor(x) if wanted and type(x) is not _core.Tensor and not _is_left(x) else x
                for wanted, x in zip_longest(asked[: len(arguments)], arguments)
            )
            for name in keywords:
                x = keywords[name]
                if name in _TENSORS and type(x) is not _core.Tensor and not _is_left(x):
                    keywords[name] = convert_to_tensor(x)
        try:
            result = function(*arguments, **keywords)
        except np.exceptions.DTypePromotionError:  # NumPy has no dtype for both of them, and Keras has
            result = function(*_of_one_dtype(arguments), **keywords)
        return result if type(result) is _core.Tensor else as_tensors(result)

    return given


def _of_one_dtype(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """The tensors among arguments, of the dtype that Keras makes of theirs: integers and bfloat16 are bfloat16."""
    dtype = dtypes.result_type(*[x.dtype for x in arguments if isinstance(x, tf.Tensor)])
    return tuple(convert_to_tensor(x, dtype) if isinstance(x, tf.Tensor) else x for x in arguments)


def _is_left(x: Any) -> bool:
    """Whether something stays as it is: numbers of Python's take the dtype of what is beside them."""
    return x is None or isinstance(x, (bool, int, float, complex, KerasTensor))


def run(name: str, into: dict[str, Any], without: Iterable[str] = ()) -> None:
    """Define what Keras's file defines.

    Parameters
    ----------
    name : str
        Of the file, without its ending.
    into : dict
        The `globals()` of the module that is to have it.
    without : iterable of str
        Modules that the file imports and that are not: what needs them is defined anew afterwards.
    """
    keras = find_spec("keras")
    assert keras is not None and keras.submodule_search_locations is not None  # (the finder has looked)
    file = Path(keras.submodule_search_locations[0], *KERAS.split(".")[1:], name + ".py")
    tree = ast.fix_missing_locations(_Imports(without).visit(ast.parse(file.read_text("utf-8"))))
    code = compile(tree, str(file), "exec", dont_inherit=True)
    known = set(into)
    exec(code, into)
    into.update(dtypes=dtypes, standardize_dtype=dtypes.standardize_dtype)
    for defined in set(into) - known:
        value = into[defined]
        if isinstance(value, FunctionType) and value.__code__.co_filename == str(file):
            into[defined] = _on_tensors(value)
