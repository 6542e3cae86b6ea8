"""Derivatives of functions: a page of Python over the tape.

A function of (nested) arguments goes in, a function that gives derivatives comes out. NumPy arrays and Python numbers
in the differentiated arguments give NumPy arrays back; tensors give tensors, so transforms nest in each other and in
tapes. Each records the function once, whatever it then asks of the tape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import _core
from ..nest import flatten_for_tape, map_structure
from ..tape import _ZERO, alike, filled, is_wrapper
from ..tensors.indexed_slices import IndexedSlices, dense
from ..wrapping import transformed
from .gradient_tape import GradientTape

Function = Callable[..., Any]


class _Arguments:
    """The arguments of one call, with tensors in place of what is differentiated."""

    def __init__(self, name: str, args: tuple[Any, ...], argnums: int | Sequence[int]) -> None:
        self.name = name
        self.single = isinstance(argnums, (int, np.integer))
        places = (
            [_core.integer(argnums)] if isinstance(argnums, (int, np.integer)) else [_core.integer(k) for k in argnums]
        )
        for k in places:
            if not -len(args) <= k < len(args):
                raise ValueError(f"{name}: argnums names argument {k}, but the function was called with {len(args)}")
        self.args = list(args)
        self.sources: list[_core.Operand] = []
        self.rebuild: list[tuple[int, Callable[[list[Any]], Any]]] = []
        self.plain = True
        for k in places:
            leaves, rebuild = flatten_for_tape(args[k], True)
            tensors = [self._source(name, k, leaf) for leaf in leaves]
            self.args[k] = rebuild(list(tensors))
            self.sources += tensors
            self.rebuild.append((len(tensors), rebuild))

    def _source(self, name: str, place: int, leaf: Any) -> _core.Operand:
        source: _core.Operand
        if isinstance(leaf, _core.Operand):
            self.plain = False
            # A tensor of the function's own: what is the same tensor elsewhere is a constant, or another argument.
            source = _core.identity_tensor(leaf) if isinstance(leaf, _core.Tensor) else leaf
        elif is_wrapper(leaf):
            self.plain = False
            source = _core.identity_tensor(_core.wrapped(leaf))
        else:
            source = _core.to_tensor(leaf)
        if not _core.is_differentiable(source.dtype):
            raise TypeError(
                f"{name}: argument {place} holds a value of dtype {source.dtype}, which has no derivative; cast it "
                f"first, as in np.asarray(x, dtype=float) or tf.cast(x, tf.float32)"
            )
        return source

    def structured(self, leaves: Sequence[Any]) -> Any:
        """Derivatives in the structure of the differentiated arguments, whole tensors all of them."""
        return self.placed([self.given(dense(leaf)) for leaf in leaves])

    def placed(self, parts: list[Any]) -> Any:
        """Anything, one a leaf, in the structure of the differentiated arguments."""
        results = []
        for count, rebuild in self.rebuild:
            results.append(rebuild(parts[:count]))
            parts = parts[count:]
        return results[0] if self.single else tuple(results)

    def flattened(self, tangents: Sequence[Any]) -> list[Any]:
        """Tangents, one an argument, as a flat list; checked against the arguments' structures and shapes."""
        if len(tangents) != len(self.rebuild):
            raise ValueError(
                f"{self.name}: {len(tangents)} tangents are given for {len(self.rebuild)} arguments; "
                f"there must be one for each"
            )
        directions: list[Any] = []
        rest = self.sources
        for k, (tangent, (count, _)) in enumerate(zip(tangents, self.rebuild, strict=True)):
            what = f"{self.name}: the tangent of argument {k}"
            leaves = alike(what, "argument", self.args[k], rest[:count], tangent)
            for given, source in zip(leaves, rest, strict=False):
                leaf = _core.wrapped(given) if is_wrapper(given) else given
                wanted = _core.sizes(source)
                shape = _core.sizes(leaf) if isinstance(leaf, _core.Operand) else np.shape(leaf)
                if shape != wanted:
                    raise ValueError(
                        f"{what} has shape {shape}; the argument has shape {wanted}, and they must be equal"
                    )
                if isinstance(leaf, _core.Operand):
                    self.plain = False
                directions.append(leaf)
            rest = rest[count:]
        return directions

    def given(self, value: Any) -> Any:
        """NumPy for NumPy, in a value or a structure of them; tensors for who listens to what else they depend on."""
        if not self.plain:
            return value
        return self._numpy(value) if isinstance(value, _core.Operand) else map_structure(self._numpy, value)

    @staticmethod
    def _numpy(leaf: Any) -> Any:
        return leaf.numpy() if isinstance(leaf, _core.Operand) and not _core.is_heard(leaf) else leaf

    def record(self, f: Function, kwargs: dict[str, Any], has_aux: bool, persistent: bool) -> _Recording:
        """Call the function under a tape."""
        with strict_tape(persistent) as tape:
            tape.watch(self.sources)
            result = f(*self.args, **kwargs)
            value, aux = _parted(self.name, result, has_aux)
            leaves, rebuild = flatten_for_tape(value)
            values = [recorded_result(self.name, leaf) for leaf in leaves]
        return _Recording(tape, values, rebuild, aux)


class _Recording(NamedTuple):
    """A function's value, leaf by leaf, the way back to its structure, what else it returned, and the tape."""

    tape: GradientTape
    values: list[_core.Tensor]
    rebuild: Callable[[list[Any]], Any]
    aux: Any


def _parted(name: str, result: Any, has_aux: bool) -> tuple[Any, Any]:
    """What a function returned, as value and aux."""
    if not has_aux:
        return result, None
    if not isinstance(result, (list, tuple)) or len(result) != 2:
        raise TypeError(f"{name}: with has_aux the function must return (value, aux), not {type(result).__name__}")
    return result[0], result[1]


def strict_tape(persistent: bool = False) -> GradientTape:
    """A tape for a function that is differentiated: a Python number of what it follows is a mistake, and an error."""
    tape = GradientTape(persistent=persistent, watch_accessed_variables=False)
    tape.refuse_numbers()
    return tape


def recorded_result(name: str, value: Any) -> _core.Tensor:
    """A function's result as a tensor: an error where it is none, and so has left the tape or never was on it."""
    if isinstance(value, (_core.Operand, _core.BufferCore, IndexedSlices)):
        return _core.to_tensor(value)
    if value is None:
        raise TypeError(f"{name}: the function must return a tensor, not None; is there a `return` missing?")
    raise TypeError(
        f"{name}: the function must return a tensor, not {type(value).__name__}: no tape has recorded where it comes "
        f"from. Compute it of the arguments by recorded operations, without float(), .item() and .numpy(); what is "
        f"constant on purpose is tf.constant(value)"
    )


def scalar_result(name: str, value: Any) -> _core.Tensor:
    """A function's result as a tensor of one number."""
    tensor = recorded_result(name, value)
    if _core.sizes(tensor):
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
        At a call, where an argument holds integers, where f returns no tensor, or makes an array or a Python number of
        a tensor that depends on the arguments.
    ValueError
        At a call, where f does not return a scalar.

    Examples
    --------
    >>> tf.value_and_grad(lambda x: tf.reduce_sum(x ** 2))(np.array([1., 2.]))
    (np.float64(5.0), array([2., 4.]))
    """

    return transformed(_both(f, argnums, has_aux), value_and_grad, f, argnums, has_aux)


def _both(f: Function, argnums: int | Sequence[int], has_aux: bool) -> Function:
    """What `value_and_grad` gives, bare."""

    def run(*args: Any, **kwargs: Any) -> Any:
        arguments = _Arguments("value_and_grad", args, argnums)
        with strict_tape() as tape:
            tape.watch(arguments.sources)
            result = f(*arguments.args, **kwargs)
            value, aux = _parted("value_and_grad", result, has_aux)
            value = scalar_result("value_and_grad", value)
        gradients = _core.tape_gradient(tape, [value], arguments.sources, None, True)
        value = arguments.given(value)
        return ((value, aux) if has_aux else value), arguments.structured(gradients)

    return run


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
    both = _both(f, argnums, has_aux)

    def run(*args: Any, **kwargs: Any) -> Any:
        value, gradient = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return transformed(run, grad, f, argnums, has_aux)


def vjp(f: Function, *primals: Any, has_aux: bool = False) -> Any:
    """f's value, and the function that pulls a cotangent of it back to the arguments.

    Parameters
    ----------
    f : callable
        Of any nested arguments; returns a tensor or a structure of them, or (that, anything) with `has_aux`.
    *primals : structure of array_like
        Where to differentiate.
    has_aux : bool
        Whether f returns something beside its value; it is returned last.

    Returns
    -------
    value
        f(*primals).
    callable
        Takes a cotangent of the value's structure and shapes, returns a tuple with one structure for each argument. It
        may be called any number of times.

    See Also
    --------
    jvp, linearize : Forward mode.

    Examples
    --------
    >>> y, pull = tf.vjp(lambda x, w: x * w, np.array([1., 2.]), np.array([3., 4.]))
    >>> pull(np.array([1., 1.]))
    (array([3., 4.]), array([1., 2.]))
    """
    arguments = _Arguments("vjp", primals, range(len(primals)))
    tape, values, rebuild, aux = arguments.record(f, {}, has_aux, persistent=True)
    value = rebuild(list(values))

    def pull(cotangent: Any) -> Any:
        gradients = tape.gradient(value, arguments.sources, output_gradients=cotangent, unconnected_gradients=_ZERO)
        return arguments.structured(gradients)

    shown = arguments.given(value)
    return (shown, pull, aux) if has_aux else (shown, pull)


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False) -> Any:
    """f's value, and how it changes as the arguments move along tangents.

    Parameters
    ----------
    f : callable
        Of any nested arguments; returns a tensor or a structure of them, or (that, anything) with `has_aux`.
    primals : sequence of structure of array_like
        The arguments: where to differentiate.
    tangents : sequence of structure of array_like
        For each argument a direction, of its structure and shapes.
    has_aux : bool
        Whether f returns something beside its value; it is returned last.

    Returns
    -------
    value
        f(*primals).
    tangent
        The Jacobian times the tangents, in the value's structure.

    Raises
    ------
    ValueError
        Where the tangents have not the primals' structure or shapes.

    Examples
    --------
    >>> tf.jvp(lambda x: x * x[0], [np.array([2., 3.])], [np.array([1., 0.])])
    (array([4., 6.]), array([4., 3.]))
    """
    value, push, *rest = _linearized("jvp", f, primals, has_aux)
    return (value, push(*tangents), *rest)


def linearize(f: Function, *primals: Any, has_aux: bool = False) -> Any:
    """f's value, and the linear function that f is near the arguments.

    Parameters
    ----------
    f : callable
        Of any nested arguments; returns a tensor or a structure of them, or (that, anything) with `has_aux`.
    *primals : structure of array_like
        Where to differentiate.
    has_aux : bool
        Whether f returns something beside its value; it is returned last.

    Returns
    -------
    value
        f(*primals).
    callable
        Takes a tangent for each argument and returns the tangent of the value. f is not run again, so many tangents
        cost a sweep each.

    Examples
    --------
    >>> y, push = tf.linearize(lambda x: x * x, np.array([1., 2.]))
    >>> push(np.array([1., 0.])), push(np.array([0., 1.]))
    (array([2., 0.]), array([0., 4.]))
    """
    return _linearized("linearize", f, primals, has_aux)


def _linearized(name: str, f: Function, primals: Sequence[Any], has_aux: bool) -> tuple[Any, ...]:
    arguments = _Arguments(name, tuple(primals), range(len(primals)))
    tape, values, rebuild, aux = arguments.record(f, {}, has_aux, persistent=True)
    value = rebuild(list(values))

    def push(*tangents: Any) -> Any:
        directions = arguments.flattened(tangents)
        (pushed,) = _core.tape_pushforward(tape, values, [(arguments.sources, directions, 0)])
        return arguments.given(rebuild(filled(pushed, values)))

    shown = arguments.given(value)
    return (shown, push, aux) if has_aux else (shown, push)


def jacobian(
    f: Function,
    argnums: int | Sequence[int] = 0,
    chunk_size: int | None = None,
    mode: str = "auto",
    has_aux: bool = False,
) -> Function:
    """A function that gives f's Jacobian, by one sweep.

    Parameters
    ----------
    f : callable
        Of any nested arguments; returns a tensor or a structure of them, or (that, anything) with `has_aux`.
    argnums : int or sequence of int
        Which positional arguments to differentiate.
    chunk_size : int, optional
        How many elements of the value (in forward mode, of an argument) one sweep takes together.
    mode : {"auto", "forward", "reverse"}
        Reverse mode takes a row for each element of the value, forward mode a column for each element of the
        arguments; by default whichever are fewer.
    has_aux : bool
        Whether f returns something beside its value; then (jacobian, aux) is returned.

    Returns
    -------
    callable
        Returns, in the structure of the value and in each of its places in that of the argument, arrays of shapes
        value.shape + argument.shape.

    Examples
    --------
    >>> tf.jacobian(lambda x: x * x)(np.array([1., 2.]))
    array([[2., 0.],
           [0., 4.]])
    """

    def run(*args: Any, **kwargs: Any) -> Any:
        arguments = _Arguments("jacobian", args, argnums)
        tape, values, rebuild, aux = arguments.record(f, kwargs, has_aux, persistent=True)
        rows = [
            arguments.structured(
                tape.jacobian(value, arguments.sources, unconnected_gradients=_ZERO, chunk_size=chunk_size, mode=mode)
            )
            for value in values
        ]
        result = rebuild(rows)
        return (result, aux) if has_aux else result

    return transformed(run, jacobian, f, argnums, chunk_size, mode, has_aux)


def hessian(
    f: Function, argnums: int | Sequence[int] = 0, chunk_size: int | None = None, has_aux: bool = False
) -> Function:
    """A function that gives f's Hessian: the Jacobian of its gradient, from one run of f.

    Parameters
    ----------
    f : callable
        Of any nested arguments; returns a scalar, or (scalar, anything) with `has_aux`.
    argnums : int or sequence of int
        Which positional arguments to differentiate.
    chunk_size : int, optional
        How many rows one sweep takes together.
    has_aux : bool
        Whether f returns something beside its value; then (hessian, aux) is returned.

    Returns
    -------
    callable
        Returns, in the structure of the argument and in each of its places once more, arrays of shapes first.shape +
        second.shape: one array for one array.

    Examples
    --------
    >>> tf.hessian(lambda x: tf.reduce_sum(x ** 3))(np.array([1., 2.]))
    array([[ 6.,  0.],
           [ 0., 12.]])
    """

    def run(*args: Any, **kwargs: Any) -> Any:
        arguments = _Arguments("hessian", args, argnums)
        tape, values, rebuild, aux = arguments.record(f, kwargs, has_aux, persistent=False)
        value = scalar_result("hessian", rebuild(list(values)))
        blocks = tape.hessian(value, arguments.sources, chunk_size=chunk_size)
        result = arguments.placed([arguments.structured(row) for row in blocks])
        return (result, aux) if has_aux else result

    return transformed(run, hessian, f, argnums, chunk_size, has_aux)


def hvp(f: Function, primal: Any, vector: Any) -> Any:
    """f's Hessian at a point times a vector, without the Hessian, from one run of f.

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
    directions = arguments.flattened((vector,))
    tape, values, rebuild, _ = arguments.record(f, {}, False, persistent=False)
    value = scalar_result("hvp", rebuild(list(values)))
    products = _core.tape_hvp(tape, value, arguments.sources, directions)
    return arguments.structured(filled(products, arguments.sources))
