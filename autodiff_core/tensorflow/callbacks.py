"""Python beside the computation: printing tensors, and functions that TensorFlow would have to be told of.

Everything here is Python already, so these do little more than call. Printing is an op: a recorded function prints at
each replay, when all of it went well. What NumPy's side of a `numpy_function` looks at becomes one of the recording's
guards.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from .. import _core, nest
from ..ops import forms
from ..ops.forms import Kind, Without

__all__ = ["numpy_function", "print", "py_function"]

_FLOATS = {
    "float_kind": lambda x: np.format_float_positional(x, trim="-") if 1e-4 <= abs(x) < 1e16 or x == 0 else f"{x:g}"
}
LOGS: dict[str, Callable[..., None]] = {
    "log(info)": logging.info,
    "log(warning)": logging.warning,
    "log(error)": logging.error,
}


def print(
    *inputs: Any,
    output_stream: Any = None,
    summarize: int = 3,
    sep: str = " ",
    end: str = "\n",
    name: str | None = None,
) -> None:
    """Print tensors, and structures of them, beside anything else.

    Parameters
    ----------
    *inputs
        Tensors, variables, numbers, strings, and lists, tuples and dicts of them.
    output_stream : file, callable or str, optional
        Where to: an open file, "log(info)", "log(warning)", "log(error)", "file://" and a path, or a function of the
        text. Standard error by default, as in TensorFlow.
    summarize : int
        How many elements to print at both ends of each axis; -1 for all.
    sep, end : str
        What is printed between the parts and behind them.

    Raises
    ------
    ValueError
        For an `output_stream` of another name.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/print. In a recorded function printing is an operation: it is done at
    each replay, behind everything else, in order; also where a tape follows the call, and once for each example under
    `vectorize`. A program that prints is saved, unless it prints to a file or by a function of yours.

    Examples
    --------
    >>> import sys
    >>> tf.print("loss:", tf.constant([0.25, 1.]), {"step": tf.constant(3)}, output_stream=sys.stdout)
    loss: [0.25 1] {'step': 3}
    """
    if isinstance(output_stream, str) and output_stream not in LOGS:
        if not output_stream.startswith("file://"):
            raise ValueError(
                f"print: output_stream {output_stream!r} is none of 'log(info)', 'log(warning)', 'log(error)' and "
                f"'file://...'"
            )
        # (A function, so that no program file names a file to write to.)
        output_stream = partial(_append, Path(output_stream.removeprefix("file://")))
    operands: list[Any] = []
    parts = tuple(value if isinstance(value, str) else _with_places(value, operands) for value in inputs)
    attributes = (parts, sep, end, summarize, output_stream, ())
    if _core.is_tracing():
        _core.general(_PRINT, operands, attributes)
    else:
        _print(attributes, *(x.numpy() if isinstance(x, _core.Operand) else x for x in operands))


def _with_places(value: Any, operands: list[Any]) -> Any:
    """A value to print: its text, but for the tensors and arrays in it, which are numbered."""
    if isinstance(value, _core.Operand) or (isinstance(value, np.ndarray) and value.dtype.kind in "biufc"):
        operands.append(value)
        return slice(len(operands) - 1, isinstance(value, np.ndarray))
    if isinstance(value, dict):
        return {repr(key): _with_places(part, operands) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        parts = [_with_places(part, operands) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    return repr(value)


def _print(attributes: Any, *arrays: np.ndarray) -> np.ndarray:
    """The kernel: print, and give an array of nothing."""
    parts, sep, end, summarize, output_stream, examples = attributes
    if examples:  # one after the other
        (flags, n), *within = examples
        for k in range(n):
            _print(
                (parts, sep, end, summarize, output_stream, tuple(within)),
                *(x[k] if flag else x for x, flag in zip(arrays, flags, strict=True)),
            )
    elif not _core.is_rehearsing():
        text = sep.join(part if isinstance(part, str) else _shown(part, arrays, summarize) for part in parts)
        _write(text, end, output_stream)
    return np.zeros(0, bool)


def _print_for_each(attributes: Any, operands: Sequence[Any], flags: Sequence[bool], n: int) -> Any:
    """For many examples, the outermost of which come first."""
    *what, examples = attributes
    return _core.general(_PRINT, operands, (*what, ((tuple(flags), n), *examples)))


# The texts are not checked as they are: they name the operands, and may only go to standard error or to a log.
_LEVELS = forms.each(forms.parts(forms.each(forms.flag), forms.count))
_STREAM = forms.maybe(forms.text(*LOGS))
_PRINTED = forms.parts(forms.plain, forms.text(), forms.text(), forms.integer(), _STREAM, _LEVELS)


def _printed_kind(attributes: Any, *operands: Kind) -> Kind:
    """Nothing, whatever is printed."""
    parts, *_, examples = attributes
    shapes = [x.shape for x in operands]
    for flags, n in examples:
        if len(flags) != len(shapes) or any(f and s[:1] != (n,) for f, s in zip(flags, shapes, strict=True)):
            raise ValueError(f"print of {n} examples: the operands have no such axis")
        shapes = [shape[1:] if flag else shape for flag, shape in zip(flags, shapes, strict=True)]
    if type(parts) is not tuple:
        raise ValueError(f"print takes parts, not {parts!r}")
    _check_parts(parts, len(operands))
    return Kind(bool, (0,))


def _check_parts(parts: Any, operands: int) -> None:
    for part in parts.values() if type(parts) is dict else parts:
        if type(part) is slice:
            if type(part.start) is not int or not 0 <= part.start < operands or type(part.stop) is not bool:
                raise ValueError(f"print names operand {part.start!r} of {operands}")
        elif type(part) in (tuple, list, dict):
            _check_parts(part, operands)
        elif type(part) is not str:
            raise ValueError(f"print takes texts, not {part!r}")


_PRINT = _core.register_general(
    "print",
    _print,
    None,
    None,
    False,
    False,
    examples=_print_for_each,
    acts=True,
    form=_PRINTED,
    gives=_printed_kind,
    c=Without("it prints"),
)


def _append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def _write(text: str, end: str, output_stream: Any) -> None:
    stream = sys.stderr if output_stream is None else output_stream
    if isinstance(stream, str):
        LOGS[stream]("%s", text)
    elif callable(stream):
        stream(text + end)
    else:
        stream.write(text + end)


def _shown(value: Any, arrays: Sequence[np.ndarray], summarize: int) -> str:
    if isinstance(value, slice):  # the place of a tensor, or of an array
        array = arrays[value.start]
        return repr(array) if value.stop else _array_text(array, summarize)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_shown(part, arrays, summarize)}" for key, part in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        parts = ", ".join(_shown(part, arrays, summarize) for part in value)
        if isinstance(value, list):
            return f"[{parts}]"
        return f"({parts},)" if len(value) == 1 else f"({parts})"
    text: str = value
    return text


def _array_text(array: Any, summarize: int) -> str:
    """As TensorFlow prints arrays: a dot behind no whole number, truth values as 1 and 0, no columns."""
    array = np.asarray(array)
    array = array.astype(np.int8) if array.dtype == bool else array
    if array.ndim == 0:
        text: str = _FLOATS["float_kind"](array[()]) if array.dtype.kind == "f" else str(array[()])
        return text
    full = summarize < 0 or max(array.shape) <= 2 * summarize
    rows: list[str] = [
        _array_text(row, summarize) for row in (array if full else [*array[:summarize], *array[-summarize:]])
    ]
    if not full:
        rows.insert(summarize, "...")
    text = (" " if array.ndim == 1 else "\n ").join(row.replace("\n", "\n ") for row in rows)
    return f"[{text}]"


def py_function(
    func: Callable[..., Any] | None = None, inp: Sequence[Any] | None = None, Tout: Any = None, name: str | None = None
) -> Any:
    """Call a function of tensors; gradients pass, since it runs under the tapes as anything else.

    Parameters
    ----------
    func : callable
        Takes a tensor for each of `inp`, and returns a tensor or a sequence of them.
    inp : sequence of array_like
        The arguments.
    Tout : dtype or sequence of dtype
        What it returns: a dtype for each result. An empty sequence, or None: nothing.

    Returns
    -------
    Tensor, list of Tensor, or None
        The results, of these dtypes; one tensor where `Tout` is one dtype.

    Raises
    ------
    ValueError
        Where there are more or fewer results than dtypes.
    TypeError
        Where a result is a tensor of another dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/py_function

    A recorded function has what `func` computes as it has anything else: a replay runs no Python.

    Examples
    --------
    >>> x = tf.Variable(3.)
    >>> with tf.GradientTape() as tape:
    ...     y = tf.py_function(lambda t: t * t, [x], tf.float32)
    >>> print(tape.gradient(y, x))
    Tensor(6.0, shape=(), dtype=float32)
    """
    arguments = nest.map_structure(_core.identity_tensor, list(inp or ()))
    return _results("py_function", _called("py_function", func)(*arguments), Tout, _converted)


def numpy_function(
    func: Callable[..., Any] | None = None,
    inp: Sequence[Any] | None = None,
    Tout: Any = None,
    stateful: bool = True,
    name: str | None = None,
) -> Any:
    """Call a function of arrays; no gradient passes.

    Parameters
    ----------
    func : callable
        Takes an array for each of `inp`, and returns an array or a sequence of them.
    inp : sequence of array_like
        The arguments.
    Tout : dtype or sequence of dtype
        What it returns: a dtype for each result. An empty sequence, or None: nothing.
    stateful : bool
        Accepted for TensorFlow's sake: it is called each time that Python runs. A recorded function looks at the
        values of `inp`, and Python runs where they are new to it.

    Returns
    -------
    Tensor, list of Tensor, or None
        The results, of these dtypes; one tensor where `Tout` is one dtype.

    Raises
    ------
    ValueError
        Where there are more or fewer results than dtypes.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/numpy_function

    Examples
    --------
    >>> print(tf.numpy_function(lambda a: a[::-1], [tf.constant([1., 2.])], tf.float32))
    Tensor([2. 1.], shape=(2,), dtype=float32)
    """
    arrays = [_core.operand(value).numpy() for value in inp or ()]
    results = _called("numpy_function", func)(*arrays)
    return _results("numpy_function", results, Tout, lambda value, dtype: _core.to_tensor(np.asarray(value, dtype)))


def _called(function: str, func: Any) -> Callable[..., Any]:
    if not callable(func):
        raise TypeError(f"{function}: func must be a function, not {func!r}")
    called: Callable[..., Any] = func
    return called


def _converted(value: Any, dtype: Any) -> _core.Tensor:
    if isinstance(value, _core.Operand) and value.dtype != _core.as_dtype(dtype):
        raise TypeError(f"py_function: a result is of dtype {value.dtype}, not of {_core.as_dtype(dtype)} as Tout says")
    return _core.identity_tensor(value) if isinstance(value, _core.Operand) else _core.to_tensor(value, dtype)


def _results(function: str, results: Any, dtypes: Any, convert: Callable[[Any, Any], _core.Tensor]) -> Any:
    if dtypes is None:
        return None
    if not isinstance(dtypes, (list, tuple)):
        return convert(results, dtypes)
    values = list(results) if isinstance(results, (list, tuple)) else [] if results is None else [results]
    if len(values) != len(dtypes):
        raise ValueError(f"{function}: {len(values)} results for {len(dtypes)} dtypes in Tout")
    return [convert(value, dtype) for value, dtype in zip(values, dtypes, strict=True)] or None
