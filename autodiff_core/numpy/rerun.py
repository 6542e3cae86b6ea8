"""Modules of NumPy's that are Python, run once more on this namespace: what they compute with tensors is recorded.

`np.polynomial` makes arrays of whatever it is given, by `np.array`. Executed with this namespace in NumPy's place its
code is the same, and `np.array` is one that records. It writes into arrays, too, which tensors are not: there
`c[i] = v` is `c = stored(c, i, v)`, with a new tensor where one takes part, and the array itself where none does.
"""

from __future__ import annotations

import ast
import builtins
import operator
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.abc import InspectLoader
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np

from .. import _core
from .functions import registry
from .functions.creating import tensor_of


class _Arrays(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, (np.ndarray, _core.Operand))


class _ndarray(metaclass=_Arrays):
    """What such a module takes for an array: tensors, too."""


class _Namespace(ModuleType):
    """NumPy, as such a module sees it."""

    ndarray = _ndarray

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(__package__), name)


def _undispatched(*arguments: Any, **options: Any) -> Callable[[Any], Any]:
    """In the place of NumPy's decorator that would ask the tensors what to do."""
    return lambda function: function


class _Stores(ast.NodeTransformer):
    """Writes stores into the arrays that local names stand for as new values of the names."""

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        if len(node.targets) != 1 or not _is_element(node.targets[0]):
            return node
        return self._renewed(node.targets[0], node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        name = ast.Constant(type(node.op).__name__)
        if name.value not in _OPERATORS:
            return node
        target: Any = node.target
        if _is_element(target):
            element = ast.Subscript(target.value, target.slice, ast.Load())
            return self._renewed(target, _call("__updated__", name, element, node.value))
        if isinstance(target, ast.Name):
            return ast.Assign([target], _call("__updated__", name, ast.Name(target.id, ast.Load()), node.value))
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        called = node.value.func if isinstance(node.value, ast.Call) and not node.value.args else None
        if isinstance(called, ast.Attribute) and called.attr == "sort" and isinstance(called.value, ast.Name):
            return ast.Assign([ast.Name(called.value.id, ast.Store())], _call("__sorted__", called.value))
        return node

    def _renewed(self, target: Any, value: ast.expr) -> ast.AST:
        index = target.slice
        if isinstance(index, ast.Slice):
            none = ast.Constant(None)
            index = _call("slice", index.lower or none, index.upper or none, index.step or none)
        elif any(isinstance(part, ast.Slice) for part in ast.walk(index)):
            index = ast.Subscript(ast.Name("__places__", ast.Load()), index, ast.Load())
        return ast.Assign([ast.Name(target.value.id, ast.Store())], _call("__stored__", target.value, index, value))


def _is_element(target: ast.expr) -> bool:
    return isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name)


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _stored(array: Any, index: Any, value: Any) -> Any:
    """`array[index] = value`: the array, or where one of the two is a tensor a new one."""
    if not isinstance(array, _core.Operand) and not registry.watchable(value):
        array[index] = value
        return array
    made = tensor_of(array)
    if registry.watchable(value):
        made, value = registry.alike("array", made, value)
    return made.at[index].set(value)


def _updated(name: str, old: Any, value: Any) -> Any:
    """`old += value` and its like, in place where no tensor takes part."""
    symbol = _OPERATORS[name]
    if isinstance(old, _core.Operand) or registry.watchable(value):
        return getattr(operator, symbol)(old, value)
    return getattr(operator, "i" + symbol)(old, value)


def _sorted(array: Any) -> Any:
    if isinstance(array, _core.Operand):
        return np.sort(array)
    array.sort()
    return array


_OPERATORS = {"Add": "add", "Sub": "sub", "Mult": "mul", "Div": "truediv", "FloorDiv": "floordiv", "Mod": "mod"}
_STORES = {"__stored__": _stored, "__updated__": _updated, "__sorted__": _sorted, "__places__": np.s_}
_NUMPY = _Namespace("numpy")
_OVERRIDES = ModuleType("numpy._core.overrides")
_OVERRIDES.__dict__["array_function_dispatch"] = _undispatched


_made: dict[str, ModuleType] = {}


def rerun(name: str) -> ModuleType:
    """A module of NumPy's, named as in 'numpy.polynomial.polynomial', run on this namespace; made once."""
    if name in _made:
        return _made[name]
    spec = find_spec(name)
    assert spec is not None and isinstance(spec.loader, InspectLoader)
    source = spec.loader.get_source(name)
    assert source is not None
    tree = ast.fix_missing_locations(_Stores().visit(ast.parse(source)))
    code = compile(tree, str(spec.origin), "exec")
    module = ModuleType(name.replace("numpy", __package__, 1), f"As {name}, of tensors, too.")
    # What is imported relatively is sought beside NumPy's module, and comes from here.
    parent, _, last = name.rpartition(".")
    module.__package__ = name if spec.submodule_search_locations else parent
    module.__dict__["__builtins__"] = {**vars(builtins), **_STORES, "__import__": _import}
    _made[name] = module
    sys.modules.setdefault(module.__name__, module)
    try:
        exec(code, vars(module))
    except BaseException:
        del _made[name]
        raise
    if parent in _made:
        setattr(_made[parent], last, module)
    return module


def _import(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
    """`import` within such a module."""
    if level == 0 and not fromlist and name.partition(".")[0] == "numpy":
        return _NUMPY
    if name == "numpy._core.overrides":
        return _OVERRIDES
    if level == 0:
        return builtins.__import__(name, globals, locals, fromlist, level)
    base = globals["__package__"]
    found = rerun(f"{base}.{name}" if name else base)
    for part in fromlist:
        if not hasattr(found, part):
            rerun(f"{base}.{part}")
    return found
