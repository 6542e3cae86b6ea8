"""Derivatives of functions: a page of Python over the tape.

A function of (nested) arguments goes in, a function that gives derivatives comes out. NumPy arrays and Python numbers
in the differentiated arguments give NumPy arrays back; tensors give tensors, so transforms nest in each other and in
tapes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from . import _core
from .indexed_slices import IndexedSlices
from .nest import flatten_for_tape
from .tape import GradientTape

Function = Callable[..., Any]


class _Arguments:
    """The arguments of one call, with tensors in place of what is differentiated."""

    def __init__(self, name: str, args: tuple[Any, ...], argnums: int | Sequence[int]) -> None:
        self.single = isinstance(argnums, (int, np.integer))
        places = [int(argnums)] if isinstance(argnums, (int, np.integer)) else [int(k) for k in argnums]
        for k in places:
            if not -len(args) <= k < len(args):
                raise ValueError(f"{name}: argnums names argument {k}, but the function was called with {len(args)}")
        self.args = list(args)
        self.sources: list[_core.Operand] = []
        self.rebuild: list[tuple[int, Callable[[list[Any]], Any]]] = []
        self.plain = True
        for k in places:
            leaves, rebuild = flatten_for_tape(args[k])
            tensors = [self._source(name, k, leaf) for leaf in leaves]
            self.args[k] = rebuild(list(tensors))
            self.sources += tensors
            self.rebuild.append((len(tensors), rebuild))

    def _source(self, name: str, place: int, leaf: Any) -> _core.Operand:
        if isinstance(leaf, _core.Operand):
            self.plain = False
            source = leaf
        else:
            source = _core.to_tensor(leaf)
        if source.dtype.kind != "f":
            raise TypeError(
                f"{name}: argument {place} holds a value of dtype {source.dtype}, which has no derivative; cast it "
                f"first, as in np.asarray(x, dtype=float) or tf.cast(x, tf.float32)"
            )
        return source

    def structured(self, leaves: Sequence[Any]) -> Any:
        """Derivatives in the structure of the differentiated arguments, whole tensors all of them."""
        whole = [_core.to_tensor(leaf) if isinstance(leaf, IndexedSlices) else leaf for leaf in leaves]
        parts, rest = [], [self.given(leaf) for leaf in whole]
        for count, rebuild in self.rebuild:
            parts.append(rebuild(rest[:count]))
            rest = rest[count:]
        return parts[0] if self.single else tuple(parts)

    def given(self, value: Any) -> Any:
        """NumPy for NumPy."""
        return value.numpy() if self.plain and isinstance(value, _core.Operand) else value


def _scalar(name: str, value: Any) -> _core.Tensor:
    if not isinstance(value, _core.Operand) and not isinstance(value, (float, np.ndarray, np.generic)):
        raise TypeError(f"{name}: the function must return a scalar tensor, not {type(value).__name__}")
    tensor = _core.to_tensor(value)
    if tensor.size != 1 or len(tensor.shape):
        raise ValueError(
            f"{name}: the function must return a scalar, not a value of shape {tuple(tensor.shape)}; use jacobian"
        )
    return tensor


def value_and_grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """A function that gives f's value and its gradient.

    Parameters
    ----------
    f : callable
        Of any nested arguments; returns a scalar, or (scalar, anything) with `has_aux`.
    argnums : int or sequence of int
        Which positional arguments to differentiate.
    has_aux : bool
        Whether f returns something beside its value, which is passed on.

    Returns
    -------
    callable
        Returns (value, gradient), or ((value, aux), gradient). The gradient has the structure of the argument, or is a
        tuple of those if `argnums` is a sequence.

    Raises
    ------
    TypeError
        At a call, where an argument holds integers.
    ValueError
        At a call, where f does not return a scalar.

    Examples
    --------
    >>> tf.value_and_grad(lambda x: tf.reduce_sum(x ** 2))(np.array([1., 2.]))
    (np.float64(5.0), array([2., 4.]))
    """

    @wraps(f)
    def transformed(*args: Any, **kwargs: Any) -> Any:
        arguments = _Arguments("value_and_grad", args, argnums)
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(arguments.sources)
            result = f(*arguments.args, **kwargs)
            value, aux = result if has_aux else (result, None)
            value = _scalar("value_and_grad", value)
        gradients = tape.gradient(value, arguments.sources, unconnected_gradients="zero")
        value = arguments.given(value)
        return ((value, aux) if has_aux else value), arguments.structured(gradients)

    return transformed


def grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """A function that gives f's gradient.

    Parameters
    ----------
    f : callable
        Of any nested arguments; returns a scalar, or (scalar, anything) with `has_aux`.
    argnums : int or sequence of int
        Which positional arguments to differentiate.
    has_aux : bool
        Whether f returns something beside its value; then (gradient, aux) is returned.

    Returns
    -------
    callable
        Returns the gradient in the structure of the argument.

    Examples
    --------
    >>> f = tf.grad(tf.grad(lambda x: x ** 3))
    >>> f(2.0)
    np.float32(12.0)
    """
    both = value_and_grad(f, argnums, has_aux)

    @wraps(f)
    def transformed(*args: Any, **kwargs: Any) -> Any:
        value, gradient = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return transformed


def vjp(f: Function, *primals: Any) -> tuple[Any, Function]:
    """f's value, and the function that pulls a cotangent of it back to the arguments.

    Parameters
    ----------
    f : callable
        Of any nested arguments; returns a tensor.
    *primals : structure of array_like
        Where to differentiate.

    Returns
    -------
    value
        f(*primals).
    callable
        Takes a cotangent of the value's shape, returns a tuple with one structure for each argument. It may be called
        any number of times.

    Examples
    --------
    >>> y, pull = tf.vjp(lambda x, w: x * w, np.array([1., 2.]), np.array([3., 4.]))
    >>> pull(np.array([1., 1.]))
    (array([3., 4.]), array([1., 2.]))
    """
    arguments = _Arguments("vjp", primals, range(len(primals)))
    tape = GradientTape(persistent=True, watch_accessed_variables=False)
    with tape:
        tape.watch(arguments.sources)
        value = _core.to_tensor(f(*arguments.args))

    def pull(cotangent: Any) -> Any:
        gradients = tape.gradient(value, arguments.sources, output_gradients=cotangent, unconnected_gradients="zero")
        return arguments.structured(gradients)

    return arguments.given(value), pull


def jacobian(f: Function, argnums: int | Sequence[int] = 0, chunk_size: int | None = None) -> Function:
    """A function that gives f's Jacobian, by one reverse sweep.

    Parameters
    ----------
    f : callable
        Of any nested arguments; returns a tensor.
    argnums : int or sequence of int
        Which positional arguments to differentiate.
    chunk_size : int, optional
        How many elements of the value one sweep takes together.

    Returns
    -------
    callable
        Returns, in the structure of the argument, arrays of shapes value.shape + argument.shape.

    Examples
    --------
    >>> tf.jacobian(lambda x: x * x)(np.array([1., 2.]))
    array([[2., 0.],
           [0., 4.]])
    """

    @wraps(f)
    def transformed(*args: Any, **kwargs: Any) -> Any:
        arguments = _Arguments("jacobian", args, argnums)
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(arguments.sources)
            value = _core.to_tensor(f(*arguments.args, **kwargs))
        return arguments.structured(
            tape.jacobian(value, arguments.sources, unconnected_gradients="zero", chunk_size=chunk_size)
        )

    return transformed


def hessian(f: Function, argnums: int = 0) -> Function:
    """A function that gives f's Hessian: the Jacobian of its gradient.

    Parameters
    ----------
    f : callable
        Returns a scalar.
    argnums : int
        Which positional argument to differentiate: one array, not a structure.

    Returns
    -------
    callable
        Returns an array of shape argument.shape + argument.shape.

    Examples
    --------
    >>> tf.hessian(lambda x: tf.reduce_sum(x ** 3))(np.array([1., 2.]))
    array([[ 6.,  0.],
           [ 0., 12.]])
    """
    return jacobian(grad(f, argnums), argnums)


def hvp(f: Function, primal: Any, vector: Any) -> Any:
    """f's Hessian at a point times a vector, without the Hessian.

    Parameters
    ----------
    f : callable
        Of one argument; returns a scalar.
    primal : structure of array_like
        Where to differentiate.
    vector : structure of array_like
        Of the primal's structure and shapes.

    Returns
    -------
    structure of array
        The product, in the primal's structure.

    Examples
    --------
    >>> tf.hvp(lambda x: tf.reduce_sum(x ** 3), np.array([1., 2.]), np.array([1., 1.]))
    array([ 6., 12.])
    """
    arguments = _Arguments("hvp", (primal,), 0)
    with GradientTape(watch_accessed_variables=False) as outer:
        outer.watch(arguments.sources)
        with GradientTape(watch_accessed_variables=False) as inner:
            inner.watch(arguments.sources)
            value = _scalar("hvp", f(*arguments.args))
        gradients = inner.gradient(value, arguments.sources, unconnected_gradients="zero")
    vectors, _ = flatten_for_tape(vector)
    products = outer.gradient(gradients, arguments.sources, output_gradients=vectors, unconnected_gradients="zero")
    return arguments.structured(products)
