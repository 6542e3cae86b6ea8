"""Calls of public functions with integers among their arguments, found by watching the calls of the other tests.

The docstrings' examples, and the tables of calls for the tests of gradients, are run on stand-ins for `tf` and `np`
that note what is called with what. Arguments that a call leaves out get their defaults, or, for an axis, the first that
will do. So a new function is called here as soon as it has an example, and it has to have one.
"""

from __future__ import annotations

import contextlib
import doctest
import inspect
import io
import re
import warnings
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

import autodiff_core as tf
import complex_calls
import fourier_calls
import numpy_calls
import tensorflow_calls
import test_methods
from autodiff_core.numpy import array_api
from test_docs import EXAMPLES


class Seen(NamedTuple):
    """A call: what is called, under which name, and what it was given by name."""

    name: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class Spy:
    """A namespace whose functions note their calls."""

    def __init__(self, module: Any, name: str, calls: list[Seen]) -> None:
        self._module, self._name, self._calls = module, name, calls

    def __getattr__(self, name: str) -> Any:
        thing, calls = getattr(self._module, name), self._calls
        dotted = f"{self._name}.{name}"
        if isinstance(thing, ModuleType):
            return Spy(thing, dotted, calls)
        if not callable(thing) or isinstance(thing, type):
            return thing

        def noting(*args: Any, **kwargs: Any) -> Any:
            result = thing(*args, **kwargs)
            calls.append(Seen(dotted, thing, args, kwargs))
            return result

        return noting


class Methods:
    """A tensor whose methods note their calls."""

    def __init__(self, tensor: Any, calls: list[Seen]) -> None:
        self._tensor, self._calls = tensor, calls

    def __getattr__(self, name: str) -> Any:
        thing = getattr(self._tensor, name)
        if not callable(thing):
            return thing

        def noting(*args: Any, **kwargs: Any) -> Any:
            result = thing(*args, **kwargs)
            call = lambda x, *rest, **named: getattr(x, name)(*rest, **named)  # noqa: E731
            self._calls.append(Seen(f"Tensor.{name}", call, (self._tensor, *args), kwargs))
            return result

        return noting

    def __getitem__(self, index: Any) -> Any:
        return Methods(self._tensor[index], self._calls)

    def __gt__(self, other: Any) -> Any:
        return self._tensor > other


def seen() -> list[Seen]:
    """Every call that was made of a public function, or of a NumPy function on tensors."""
    calls: list[Seen] = []
    spies = {"tf": Spy(tf, "tf", calls), "np": Spy(np, "np", calls)}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for name, text in EXAMPLES.items():
            if re.search(r"(elementwise|linear|general)_op\(", text):
                continue  # a name is given to an op once in a process
            text = re.sub(r">>> import (autodiff_core as tf|numpy as np)\n", ">>> pass\n", text)
            test = doctest.DocTestParser().get_doctest(text, dict(spies), name, None, None)
            doctest.DocTestRunner(verbose=False).run(test, out=io.StringIO().write)
        for call in tensorflow_calls.CALLS.values():
            call.function(spies["tf"], *map(tf.constant, call.arrays))
        for several in numpy_calls.GRADIENTS.values():
            for one in several:
                _call(one.function, _arrays(one.shapes), numpy_calls, "np", spies["np"])
        for one in numpy_calls.DATA.values():
            _call(one, _arrays(((3, 4),)), numpy_calls, "np", spies["np"])
        for name in fourier_calls.GRADIENTS:
            calls.append(Seen(f"np.fft.{name}", getattr(np.fft, name), (tf.constant(_arrays(((3, 4),))[0]),), {}))
        for several in complex_calls.RIGHT.values():
            for one in several:
                _call(
                    one,
                    [a + 1j for a in _arrays(((3, 3),) * complex_calls.arity(one))],
                    complex_calls,
                    "tf",
                    spies["tf"],
                )
        for several in test_methods.DIFFERENTIABLE.values():
            for one in several:
                with contextlib.suppress(Exception):
                    one(Methods(tf.constant(_arrays(((3, 4),))[0]), calls))
    calls += [
        Seen(f"xp.{call.name.removeprefix('np.')}", getattr(array_api, call.function.__name__), call.args, call.kwargs)
        for call in calls
        if call.name.startswith("np.") and hasattr(array_api, getattr(call.function, "__name__", ""))
    ]
    calls += [Seen(f"xp.{name}", _under(array_api, name), args, {}) for name, args in OF_THE_STANDARD]
    return [call for call in calls if not call.name.startswith("np.") or any(map(_is_tensor, _leaves(call.args)))]


MATRIX = tf.constant([[1.5, 2.0, 0.5], [0.25, 3.0, 1.0], [4.0, 0.75, 2.5]])
# Functions of the array API standard that NumPy's tables have no calls of.
OF_THE_STANDARD: tuple[tuple[str, tuple[Any, ...]], ...] = (
    *(
        (name, (MATRIX,))
        for name in ("cumulative_sum", "cumulative_prod", "sort", "argsort", "argmax", "argmin", "tril")
    ),
    *((name, (MATRIX,)) for name in ("triu", "all", "any", "count_nonzero", "std", "var", "diff", "unstack")),
    *((name, ((2, 3),)) for name in ("empty", "ones", "zeros")),
    ("full", ((2, 3), 1.5)),
    ("eye", (2, 3)),
    ("linspace", (0.0, 1.0, 4)),
    ("permute_dims", (MATRIX, (1, 0))),
    ("broadcast_to", (MATRIX, (2, 3, 3))),
    ("concat", ([MATRIX, MATRIX],)),
    ("stack", ([MATRIX, MATRIX],)),
    ("expand_dims", (MATRIX, 0)),
    ("squeeze", (tf.constant([[1.5]]), 0)),
    ("flip", (MATRIX,)),
    ("roll", (MATRIX, 1)),
    ("repeat", (MATRIX, 2)),
    ("reshape", (MATRIX, (9,))),
    ("take", (MATRIX, tf.constant([0, 2]))),
    ("take_along_axis", (MATRIX, tf.constant([[0], [2], [1]]))),
    ("tensordot", (MATRIX, MATRIX, 1)),
    ("vecdot", (MATRIX, MATRIX)),
    *((f"fft.{name}", (MATRIX,)) for name in ("rfft", "rfftn", "fftshift", "ifftshift", "ihfft")),
    *((f"fft.{name}", (MATRIX + 0j,)) for name in ("fft", "fftn", "ifft", "ifftn", "irfft", "irfftn", "hfft")),
    ("fft.fftfreq", (4,)),
    ("fft.rfftfreq", (4,)),
    ("linalg.cross", (MATRIX, MATRIX)),
    ("linalg.diagonal", (MATRIX,)),
    ("linalg.trace", (MATRIX,)),
    ("linalg.matrix_power", (MATRIX, 2)),
    ("linalg.vector_norm", (MATRIX,)),
)


def _under(module: Any, name: str) -> Any:
    for part in name.split("."):
        module = getattr(module, part)
    return module


def _arrays(shapes: Any) -> list[np.ndarray]:
    return [
        np.random.default_rng(k).permutation(int(np.prod(shape))).reshape(shape) / 8 + 0.25
        for k, shape in enumerate(shapes)
    ]


def _call(function: Any, arrays: list[np.ndarray], module: ModuleType, name: str, spy: Spy) -> None:
    """Call a function that is written for a module's global name with a spy in its place."""
    real = getattr(module, name)
    tensors = list(map(tf.constant, arrays))
    try:
        setattr(module, name, spy)
        if not inspect.isfunction(function) or function.__globals__ is not vars(module):
            spy._calls.append(Seen(f"{name}.{getattr(function, '__name__', '')}", function, tuple(tensors), {}))
        function(*tensors)
    finally:
        setattr(module, name, real)


def _is_tensor(value: Any) -> bool:
    return isinstance(value, (tf.Tensor, tf.Variable))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from _leaves(part)
    elif isinstance(value, dict):
        yield from _leaves(list(value.values()))
    else:
        yield value


# ------------------------------------------------------------------------------------------------ arguments as tensors


# What is given for arguments that are None where they are left out, by their names; other values are found from there.
LEFT_OUT: dict[str, Any] = {"axis": 0, "axes": [0], "n": 3, "s": [2], "num": 3, "seed": 1, "shape": [2]}
LEFT_OUT |= {"maxlen": 3, "minlength": 3, "maxlength": 3, "num_classes": 9, "num_columns": 3, "fft_length": 16}
LEFT_OUT |= {"chunk_size": 2, "summarize": 2, "ignore_class": 1, "spatial_dims": [2, 1]}


class Variant(NamedTuple):
    """A call, one argument of which may be a tensor: its name, what it was, and the call for a value of it."""

    name: str
    value: Any
    call: Callable[[Any], Any]


def variants(call: Seen) -> Iterator[Variant]:
    """A call's arguments of integers, one by one; and those that it leaves out, with their defaults."""
    try:
        signature = inspect.signature(call.function)
        bound = signature.bind(*call.args, **call.kwargs)
    except (TypeError, ValueError):
        signature, bound = None, None
    for k, value in enumerate(call.args):
        name = list(bound.arguments)[min(k, len(bound.arguments) - 1)] if bound else str(k)
        for path, part in _integers(value):

            def with_position(new: Any, k: int = k, path: Any = path, value: Any = value) -> Any:
                args = [*call.args[:k], _replaced(value, path, new), *call.args[k + 1 :]]
                return call.function(*args, **call.kwargs)

            yield Variant(f"{call.name}({name}{_spelled(path)})", part, with_position)
    given = dict(call.kwargs)
    if bound is not None and signature is not None:
        for name, parameter in signature.parameters.items():
            if name in bound.arguments or parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
                continue
            if type(parameter.default) is int:
                given[name] = parameter.default
            elif parameter.default is None and name in LEFT_OUT:
                given[name] = LEFT_OUT[name]
    for name, value in given.items():
        for path, part in _integers(value):

            def with_name(new: Any, name: str = name, path: Any = path, value: Any = value) -> Any:
                return call.function(*call.args, **{**call.kwargs, name: _replaced(value, path, new)})

            yield Variant(f"{call.name}({name}={_spelled(path)})", part, with_name)


def _spelled(path: Any) -> str:
    return "".join(f"[{k}]" for k in path)


def _integers(value: Any, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Where integers are, or arrays of them, in an argument: the whole of it, and what it consists of."""
    if isinstance(value, (bool, str)):
        return
    if isinstance(value, (int, np.integer)):
        yield path, int(value)
    elif isinstance(value, np.ndarray) and value.dtype.kind in "iu":
        yield path, value
    elif isinstance(value, (list, tuple)) and value and len(path) < 2:
        leaves = list(_leaves(value))
        if all(type(leaf) is int for leaf in leaves):
            with contextlib.suppress(ValueError):
                yield path, np.array(value)
        for k, part in enumerate(value[:2]):
            yield from _integers(part, (*path, k))


def _replaced(value: Any, path: tuple[int, ...], new: Any) -> Any:
    if not path:
        return new
    parts = list(value)
    parts[path[0]] = _replaced(parts[path[0]], path[1:], new)
    return tuple(parts) if type(value) is tuple else parts


def others(value: Any) -> Iterator[Any]:
    """Values of the same form that might do as well."""
    if isinstance(value, int):
        yield from (v for v in (value + 1, value - 1, 0, 1, 2, -1, 2 * value) if v != value)
    elif value.size:
        yield value[::-1].copy()
        for change in (1, -1):
            for k in range(min(value.size, 4)):
                new = value.copy()
                new.flat[k] += change
                yield new
        yield value + 1


def as_lists(value: Any) -> Any:
    """Floats of a tensor, an array or a list as an array; None for anything else."""
    if isinstance(value, (tf.Tensor, tf.Variable, np.ndarray)) and value.dtype.kind == "f":
        return np.asarray(value)
    if isinstance(value, list) and value and all(type(leaf) is float for leaf in _leaves(value)):
        with contextlib.suppress(ValueError):
            return np.array(value)
    return None
