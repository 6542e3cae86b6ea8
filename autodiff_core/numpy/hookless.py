"""What of NumPy has no hook at all: `r_` and `c_`, `vectorize` and `apply_along_axis`, `arange`, `kaiser`, `fromiter`.

Whatever only moves elements is run by NumPy itself, on the numbers of the elements: where they land, the elements do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .. import _core
from ..ops import elementwise, indexing, shaping
from .functions import registry
from .functions.creating import holds_watchable, stacked, tensor_of


def _is_tensor(value: Any) -> bool:
    return isinstance(value, _core.Operand) or holds_watchable(value)


# ------------------------------------------------------------------------------------------------------- r_ and c_


class _Joined:
    """`np.r_` or `np.c_`."""

    def __init__(self, original: Any, name: str) -> None:
        self._original = original
        self.__doc__ = f"As `np.{name}`, of tensors, too."
        self._name = name
        self.__module__ = __package__

    def __repr__(self) -> str:
        return f"<np.{self._name}, of tensors, too>"

    def __getattr__(self, name: str) -> Any:
        if name == "_original":  # it is asked for while this is copied
            raise AttributeError(name)
        return getattr(self._original, name)

    def __reduce__(self) -> str:
        return self._name  # of this namespace

    def __len__(self) -> int:
        return 0

    def __getitem__(self, key: Any) -> Any:
        items = key if isinstance(key, tuple) else (key,)
        if not any(_is_tensor(x) for item in items for x in (_bounds(item) if isinstance(item, slice) else (item,))):
            return self._original[key]
        parts: list[Any] = []
        numbered: list[Any] = []
        count = 0
        for item in items:
            if isinstance(item, str):
                numbered.append(item)
                continue
            # (A range of bounds has one dimension, as NumPy's own reading of it says.)
            part = tensor_of(_range(item, self._original) if isinstance(item, slice) else item)
            numbers = np.arange(count, count + part.size).reshape(tuple(part.shape))
            numbered.append(numbers if numbers.ndim else int(numbers))
            parts.append(shaping.reshape(part, -1))
            count += part.size
        places = self._original[tuple(numbered)]
        if isinstance(places, np.matrix):
            raise TypeError(f"np.{self._name} with 'r' or 'c': tensors are no matrices; reshape the result")
        return indexing.gather(shaping.concat(registry.alike(self._name, *parts), 0), places.astype(np.int64))


def _bounds(item: slice) -> tuple[Any, Any, Any]:
    return item.start, item.stop, item.step


def _range(bounds: slice, original: Any) -> Any:
    """What `r_[a:b:c]` stands for: an `arange`, or with a count for an imaginary step a `linspace`."""
    start, stop, step = _bounds(bounds)
    if not any(_is_tensor(x) for x in (start, stop, step)):
        return original[bounds].ravel()
    start, step = 0 if start is None else start, 1 if step is None else step
    if isinstance(step, (complex, np.complexfloating)):
        return np.linspace(start, stop, int(np.abs(step)))
    return arange(start, stop, step)


# ------------------------------------------------------------------------------------------- functions of elements


class _Tensors(Exception):
    """A function of plain numbers has given a tensor, which no array takes."""


def _of_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function for NumPy to call, which stops at the first tensor: one that the function has around it."""

    def called(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if _is_tensor(result):
            raise _Tensors
        return result

    return called


class vectorize:
    """`np.vectorize`: a function of numbers, called for each element; tensors' elements are tensors.

    Parameters
    ----------
    pyfunc : callable
        Of elements, or with `signature` of parts of the arguments.
    otypes, doc, excluded, cache, signature
        As NumPy has them.

    Notes
    -----
    https://numpy.org/doc/stable/reference/generated/numpy.vectorize.html. It is a loop, as NumPy's is: `tf.vectorize`
    computes all elements at once.

    Examples
    --------
    >>> import autodiff_core.numpy as anp
    >>> x = tf.Variable([1., 2.])
    >>> with tf.GradientTape() as tape:
    ...     y = anp.vectorize(lambda a: a ** 2 if a > 1.5 else a)(x)
    >>> tape.gradient(y, x).numpy()
    array([1., 4.], dtype=float32)
    """

    def __init__(
        self,
        pyfunc: Any = np._NoValue,
        otypes: Any = None,
        doc: str | None = None,
        excluded: Iterable[Any] | None = None,
        cache: bool = False,
        signature: str | None = None,
    ) -> None:
        self._decorates = pyfunc is np._NoValue
        self._original = np.vectorize(pyfunc, otypes, doc, excluded, cache, signature)
        self.__doc__ = self._original.__doc__

    def __getattr__(self, name: str) -> Any:
        if name == "_original":  # it is asked for while this is unpickled
            raise AttributeError(name)
        return getattr(self._original, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._decorates:  # the one argument is the function
            original = self._original(*args, **kwargs)
            return vectorize(
                original.pyfunc, original.otypes, None, original.excluded, original.cache, original.signature
            )
        original = self._original
        if not any(_is_tensor(x) for x in (*args, *kwargs.values())):
            plain = np.vectorize(
                _of_numbers(original.pyfunc),
                original.otypes,
                None,
                original.excluded,
                original.cache,
                original.signature,
            )
            try:
                return plain(*args, **kwargs)
            except _Tensors:
                pass  # the function computes with a tensor that is no argument
        excluded = original.excluded
        names = [name for name in kwargs if name not in excluded]
        places = [k for k in range(len(args)) if k not in excluded]
        looped = [args[k] for k in places] + [kwargs[name] for name in names]

        def one(*elements: Any) -> Any:
            here = list(args)
            for k, element in zip(places, elements, strict=False):
                here[k] = element
            return original.pyfunc(*here, **{**kwargs, **dict(zip(names, elements[len(places) :], strict=True))})

        return _looped(one, looped, _core_dimensions(original.signature, len(looped)), original.otypes)


def _core_dimensions(signature: str | None, count: int) -> list[int]:
    """How many of each argument's dimensions the function takes whole: '(n),(n,m)->(m)' says 1 and 2."""
    if signature is None:
        return [0] * count
    inputs = re.findall(r"\(([^)]*)\)", signature.partition("->")[0])
    if len(inputs) != count:
        raise TypeError(f"np.vectorize: wrong number of arguments: {count} for signature {signature!r}")
    return [len([name for name in names.split(",") if name.strip()]) for names in inputs]


def _looped(function: Callable[..., Any], values: list[Any], cores: list[int], otypes: str | None) -> Any:
    operands = [tensor_of(value) for value in values]
    lead = np.broadcast_shapes(
        *[tuple(x.shape)[: len(x.shape) - core] for x, core in zip(operands, cores, strict=True)]
    )
    if 0 in lead:
        raise ValueError("np.vectorize of tensors without elements: there is nothing to call the function with")
    spread = [
        shaping.broadcast_to(x, (*lead, *tuple(x.shape)[len(x.shape) - core :]))
        for x, core in zip(operands, cores, strict=True)
    ]
    results = [function(*[x[index] for x in spread]) for index in np.ndindex(lead)]
    several = isinstance(results[0], tuple)
    columns = zip(*results, strict=True) if several else [results]
    made = []
    for number, column in enumerate(columns):
        whole = shaping.stack(registry.alike("vectorize", *map(stacked, column)))
        whole = shaping.reshape(whole, (*lead, *tuple(whole.shape)[1:]))
        made.append(_core.to_dtype(whole, np.dtype(otypes[number])) if otypes else whole)
    return tuple(made) if several else made[0]


def apply_along_axis(func1d: Callable[..., Any], axis: Any, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """`np.apply_along_axis`: a function of vectors, called for each that lies along an axis.

    Parameters
    ----------
    func1d : callable
        Of a vector, and what else is given.
    axis : int
        Along which.
    arr : array_like
        Of at least one dimension.
    *args, **kwargs
        For `func1d`.

    Returns
    -------
    Tensor or array
        The results' dimensions in the place of the axis.

    Examples
    --------
    >>> import autodiff_core.numpy as anp
    >>> anp.apply_along_axis(lambda row: row[0] - row[-1], 1, tf.constant([[1., 2.], [5., 3.]])).numpy()
    array([-1.,  2.], dtype=float32)
    """
    if not any(_is_tensor(x) for x in (arr, *args, *kwargs.values())):
        try:
            return np.apply_along_axis(_of_numbers(func1d), axis, arr, *args, **kwargs)
        except _Tensors:
            pass  # the function computes with a tensor that is no argument
    x = tensor_of(arr)
    place = registry.axis_of(axis, len(x.shape))
    rows = shaping.transpose(x, [*(d for d in range(len(x.shape)) if d != place), place])
    lead = tuple(rows.shape)[:-1]
    if 0 in lead:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    results = registry.alike(
        "apply_along_axis", *[stacked(func1d(rows[index], *args, **kwargs)) for index in np.ndindex(lead)]
    )
    whole = shaping.stack(results)
    nd = len(whole.shape) - 1
    whole = shaping.reshape(whole, (*lead, *tuple(whole.shape)[1:]))
    return shaping.transpose(whole, [*range(place), *range(len(lead), len(lead) + nd), *range(place, len(lead))])


# ------------------------------------------------------------------------------------------------- making arrays


def asarray_chkfinite(a: Any, dtype: Any = None, order: Any = None) -> Any:
    """`np.asarray_chkfinite`: a tensor, or an error if one of its numbers is infinite or none.

    Examples
    --------
    >>> import autodiff_core.numpy as anp
    >>> anp.asarray_chkfinite([tf.constant(1.), 2.]).numpy()
    array([1., 2.], dtype=float32)
    """
    if not _is_tensor(a):
        return np.asarray_chkfinite(a, dtype, order)
    x = registry.in_dtype(tensor_of(a), dtype)
    if _core.is_differentiable(x.dtype) and not np.isfinite(x.numpy()).all():
        raise ValueError("array must not contain infs or NaNs")
    return x


def arange(*args: Any, **kwargs: Any) -> Any:
    """`np.arange`: numbers at equal steps, whose bounds and step may be tensors.

    Notes
    -----
    How many there are is read off the values, as ever.

    Examples
    --------
    >>> import autodiff_core.numpy as anp
    >>> step = tf.Variable(0.5)
    >>> with tf.GradientTape() as tape:
    ...     y = anp.sum(anp.arange(0., 1.75, step))
    >>> print(y.numpy(), tape.gradient(y, step).numpy())
    3.0 6.0
    """
    if not any(registry.watchable(x) for x in (*args, *kwargs.values())):
        return np.arange(*args, **kwargs)

    def bounds(start: Any = 0, stop: Any = None, step: Any = 1, dtype: Any = None, **rest: Any) -> Any:
        return (start, stop, step, dtype) if stop is not None else (0, start, step, dtype)

    start, stop, step, dtype = bounds(*args, **kwargs)
    first, _, width = registry.alike("arange", start, stop, step)
    values: list[Any] = [x.numpy() if isinstance(x, _core.Operand) else x for x in (start, stop, step)]
    count = np.arange(*values).size
    return registry.in_dtype(first + width * np.arange(count).astype(width.dtype), dtype)


def kaiser(M: Any, beta: Any) -> Any:
    """`np.kaiser`: Kaiser's window, whose shape parameter may be a tensor.

    Notes
    -----
    J. F. Kaiser, Digital filters, in: Systems analysis by digital computer, 1966, section 7.

    Examples
    --------
    >>> import autodiff_core.numpy as anp
    >>> anp.kaiser(3, tf.constant(2.)).numpy().round(4)
    array([0.4387, 1.    , 0.4387], dtype=float32)
    """
    if not isinstance(beta, _core.Operand):
        return np.kaiser(M, beta)
    if M == 1:
        return np.ones(1, beta.dtype)
    middle = (M - 1) / 2.0
    half = np.sqrt(np.maximum(1.0 - ((np.arange(M) - middle) / middle) ** 2, 0.0)).astype(beta.dtype)
    return elementwise.divide(np.i0(beta * half), np.i0(beta))


def fromiter(iter: Iterable[Any], dtype: Any, count: int = -1, *, like: Any = None) -> Any:
    """`np.fromiter`: the items of an iterable, which may be tensors without dimensions.

    Examples
    --------
    >>> import autodiff_core.numpy as anp
    >>> anp.fromiter((tf.constant(k) ** 2 for k in (1., 2.)), tf.float64).numpy()
    array([1., 4.])
    """
    items = list(iter)
    if not holds_watchable(items):
        return np.fromiter(items, dtype, count, like=like)
    if count > len(items):
        raise ValueError(f"iterator too short: Expected {count} but iterator had only {len(items)} items.")
    return _core.to_dtype(tensor_of(items if count < 0 else items[:count]), dtype)


BY_NAME: dict[str, Any] = {
    "r_": _Joined(np.r_, "r_"),
    "c_": _Joined(np.c_, "c_"),
    "vectorize": vectorize,
    "apply_along_axis": apply_along_axis,
    "asarray_chkfinite": asarray_chkfinite,
    "arange": arange,
    "kaiser": kaiser,
    "fromiter": fromiter,
}
