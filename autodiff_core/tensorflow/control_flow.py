"""TensorFlow's control flow, run at once: Python's own statements in the form of functions, followed by the tape.

Within a recorded function a loop becomes one record where it can (rolled.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .. import _core, nest
from ..ops.shaping import concat, stack
from .rolled import PEELED as _PEELED
from .rolled import Room, folded, is_heard, looped, mapped, not_repeatable, room_of
from .unrun import either, folded_shapes, looped_shapes, mapped_shapes


def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any], name: str | None = None) -> Any:
    """What one of two functions returns, by a condition.

    Parameters
    ----------
    pred : array_like of bool
        A scalar.
    true_fn, false_fn : callable
        Without arguments; one of them is called.

    Returns
    -------
    object
        What the function returned.

    Raises
    ------
    TypeError
        Where one of them is no function.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/cond

    Examples
    --------
    >>> x = tf.constant(3.)
    >>> tf.cond(x > 2., lambda: x * x, lambda: -x)
    <Tensor: shape=(), dtype=float32, numpy=9.0>
    """
    if not callable(true_fn) or not callable(false_fn):
        raise TypeError("cond: true_fn and false_fn must be functions without arguments")
    if _core.is_unknown(pred):
        return either("cond", [true_fn, false_fn])
    return true_fn() if bool(pred) else false_fn()


def case(
    pred_fn_pairs: Sequence[tuple[Any, Callable[[], Any]]],
    default: Callable[[], Any] | None = None,
    exclusive: bool = False,
    strict: bool = False,
    name: str | None = None,
) -> Any:
    """What the function returns whose condition holds first.

    Parameters
    ----------
    pred_fn_pairs : sequence of (bool, callable)
        Conditions, and functions without arguments.
    default : callable, optional
        Called where none holds.
    exclusive : bool
        Whether it is an error that several hold.
    strict : bool
        Without effect.

    Returns
    -------
    object
        What the function returned.

    Raises
    ------
    ValueError
        Where no condition holds and there is no default, or several do and must not.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/case

    Examples
    --------
    >>> x = tf.constant(3.)
    >>> tf.case([(x < 0., lambda: -x), (x < 5., lambda: 2. * x)], default=lambda: x)
    <Tensor: shape=(), dtype=float32, numpy=6.0>
    """
    if any(_core.is_unknown(predicate) for predicate, _ in pred_fn_pairs):
        functions = [function for _, function in pred_fn_pairs]
        return either("case", functions if default is None else [*functions, default])
    holding = [function for predicate, function in pred_fn_pairs if bool(predicate)]
    if exclusive and len(holding) > 1:
        raise ValueError(f"case: {len(holding)} conditions hold, and exclusive=True allows one")
    if holding:
        return holding[0]()
    if default is None:
        raise ValueError("case: none of the conditions holds, and there is no default")
    return default()


def switch_case(
    branch_index: Any,
    branch_fns: Mapping[int, Callable[[], Any]] | Sequence[Any],
    default: Callable[[], Any] | None = None,
    name: str | None = None,
) -> Any:
    """What the function of a number returns.

    Parameters
    ----------
    branch_index : array_like of int
        A scalar.
    branch_fns : dict of int to callable, or sequence of callable or of (int, callable)
        Functions without arguments.
    default : callable, optional
        Called for other numbers; the function of the highest number by default.

    Returns
    -------
    object
        What the function returned.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/switch_case

    Examples
    --------
    >>> tf.switch_case(1, [lambda: tf.constant(10.), lambda: tf.constant(20.)])
    <Tensor: shape=(), dtype=float32, numpy=20.0>
    """
    pairs = branch_fns.items() if isinstance(branch_fns, Mapping) else enumerate(branch_fns)
    branches: dict[int, Any] = dict(fn if isinstance(fn, tuple) else (index, fn) for index, fn in pairs)
    if not branches:
        raise ValueError("switch_case: needs one branch at least")
    if _core.is_unknown(branch_index):
        return either("switch_case", [*branches.values(), *([] if default is None else [default])])
    return branches.get(_core.integer(branch_index), default or branches[max(branches)])()


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Sequence[Any],
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    maximum_iterations: Any = None,
    name: str | None = None,
    *,
    checkpoint: Any = None,
) -> Any:
    """Values that a function changes as long as a condition holds.

    Parameters
    ----------
    cond : callable
        From the values to a truth value.
    body : callable
        From the values to the next ones.
    loop_vars : sequence
        The first values.
    shape_invariants, parallel_iterations, back_prop, swap_memory : object
        TensorFlow's; without effect.
    maximum_iterations : int, optional
        How often the body is called at most.
    checkpoint : bool, int or str, optional
        How much the gradient may keep, where that is not all: so many values of the loop variables, or an amount of
        memory such as "200MB"; True takes about the square root of twice their number. Rounds in between are run again
        (see the notes). TensorFlow has no such argument.

    Returns
    -------
    tuple, or a single value
        As the body returns them.

    Raises
    ------
    TypeError
        Where `checkpoint` is something else.
    ValueError
        Where the body returns another number of values; where `checkpoint` is too little memory for a single round, or
        is no amount at all, or the body is none that can be run again (see the notes).

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/while_loop

    With `checkpoint`, the loop is one record of whoever records, and its gradient goes back through the rounds by the
    schedule with the fewest rounds that are run again: A. Griewank, A. Walther, Algorithm 799: revolve, 2000. With
    room for s values, no round is run again more than r times where there are up to C(s + r, s) of them. The body is
    recorded once, as in a recorded function, and must neither look at values in Python, draw random numbers, assign
    nor print; the gradient is the same to the last bit.

    Examples
    --------
    >>> x = tf.constant(2.)
    >>> tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * x), (0, 1.))
    (3, <Tensor: shape=(), dtype=float32, numpy=8.0>)
    """
    values: Any = tuple(loop_vars) if isinstance(loop_vars, (list, tuple)) else (loop_vars,)
    alone = not isinstance(loop_vars, (list, tuple))
    count = len(values)
    if _core.asks_shapes():
        values = looped_shapes(cond, body, values, maximum_iterations)
        return values[0] if alone and count == 1 else values
    room = room_of(checkpoint, "while_loop")
    limit, tries = maximum_iterations, _PEELED
    if isinstance(limit, _core.Operand) and _core.is_tracing() and _core.varies(limit):
        found = looped(cond, body, values, cond(*values), limit, room)
        if found is not None:
            return found[0][0] if found[1] else found[0]
    left = None if limit is None else _core.integer(limit)
    while left is None or left > 0:
        goes = cond(*values)
        if tries:
            found = looped(cond, body, values, goes, left, room)
            if found is not None:
                values, single = found
                alone = alone or single
                break
            tries -= 1
        elif room is not None:
            _check_that_nobody_hears("while_loop", room)
        if not bool(goes):
            break
        values = body(*values)
        if not isinstance(values, (list, tuple)):
            values, alone = (values,), True
        if len(values) != count:
            raise ValueError(f"while_loop: the body returns {len(values)} values for {count} loop variables")
        left = None if left is None else left - 1
    return values[0] if alone and count == 1 else values


def _check_that_nobody_hears(function: str, room: Room) -> None:
    """A ValueError where rounds would be recorded one by one that are to be one record."""
    if is_heard(room):
        raise not_repeatable(function)


def _slices(elems: Any, function: str) -> tuple[int, Callable[[int], Any]]:
    """The number of slices along the first axis, and the structure of the i-th ones."""
    tensors = nest.map_structure(_core.operand, elems)
    lengths = {t.shape[0] if t.ndim else None for t in nest.flatten(tensors)}
    if len(lengths) != 1 or None in lengths:
        raise ValueError(
            f"{function}: elems must be tensors with a first axis of one length, not {sorted(map(str, lengths))}"
        )
    (count,) = lengths
    assert count is not None
    return count, lambda i: nest.map_structure(lambda t: t[i], tensors)


def _piled(results: list[Any]) -> Any:
    return nest.map_structure(lambda *parts: stack(parts), *results)


def map_fn(
    fn: Callable[[Any], Any],
    elems: Any,
    dtype: Any = None,
    parallel_iterations: Any = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
    fn_output_signature: Any = None,
) -> Any:
    """A function of each slice along the first axis, the results stacked.

    Parameters
    ----------
    fn : callable
        From a slice (or a structure of them) to a tensor (or a structure).
    elems : array_like, or a structure of such
        Of one length along the first axis. Where that is 0, fn is recorded for a slice that is made up, to find out
        what it returns.
    dtype, parallel_iterations, back_prop, swap_memory, infer_shape, fn_output_signature : object
        TensorFlow's; without effect.

    Returns
    -------
    Tensor, or a structure of such
        With a first axis of the operand's length.

    Raises
    ------
    ValueError
        Where lengths differ.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/map_fn

    Examples
    --------
    >>> tf.map_fn(lambda row: tf.reduce_sum(row), tf.constant([[1., 2.], [3., 4.]]))
    <Tensor: shape=(2,), dtype=float32, numpy=array([3., 7.], dtype=float32)>
    """
    count, at = _slices(elems, "map_fn")
    if _core.asks_shapes() and count:
        return mapped_shapes(fn, at(0), count)
    found = mapped(fn, elems, count)
    if found is not None:
        return found
    if count == 0:
        from ..programs.vectorize import vectorize  # which makes a slice up

        return vectorize(fn)(elems)
    return _piled([fn(at(i)) for i in range(count)])


def _folded(
    function: str, fn: Any, elems: Any, initializer: Any, backwards: bool, whole: bool, checkpoint: Any
) -> tuple[Any, Any]:
    """What is carried along slices, after the last of them, or the `whole` way stacked; and what it begins with."""
    room = room_of(checkpoint, function)
    count, at = _slices(elems, function)
    order = range(count)[:: -1 if backwards else 1]
    if initializer is None:
        if not order:
            raise ValueError(f"{function}: elems have no slices, and there is no initializer")
        value, order = at(order[0]), order[1:]
        way = [value]
    else:
        value = nest.map_structure(_core.operand, initializer)
        way = []
    first, rest = value, None
    if _core.asks_shapes() and order:
        last = folded_shapes(fn, value, at(order[0]))
        if last is not None:
            return (mapped_shapes(lambda x: x, last, len(way) + len(order)) if whole else last), first
    for k, i in enumerate(order):
        if k < _PEELED:
            rest = folded(fn, elems, value, order[k:], whole, room, function)
            if rest is not None:
                break
        elif room is not None:
            _check_that_nobody_hears(function, room)
        value = fn(value, at(i))
        way.append(value)
    if not whole:
        return (value if rest is None else rest), first
    if rest is None:
        return (_piled(way[::-1] if backwards else way) if way else None), first
    if way:
        begun = _piled(way[::-1] if backwards else way)
        parts = (rest, begun) if backwards else (begun, rest)
        rest = nest.map_structure(lambda a, b: concat([a, b], 0), *parts)
    return rest, first


def foldl(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
    *,
    checkpoint: Any = None,
) -> Any:
    """Slices along the first axis joined into one value, from the first on.

    Parameters
    ----------
    fn : callable
        From the value so far and a slice to the next value.
    elems : array_like, or a structure of such
        Of one length along the first axis.
    initializer : array_like, optional
        The first value; by default the first slice.
    parallel_iterations, back_prop, swap_memory : object
        TensorFlow's; without effect.
    checkpoint : bool, int or str, optional
        How much the gradient may keep, as in `while_loop`.

    Returns
    -------
    Tensor, or a structure of such
        The last value.

    Raises
    ------
    TypeError
        Where `checkpoint` is something else.
    ValueError
        Where lengths differ, or there is nothing to begin with; for `checkpoint`, as in `while_loop`.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/foldl

    Examples
    --------
    >>> tf.foldl(lambda a, x: a * 10. + x, tf.constant([1., 2., 3.]))
    <Tensor: shape=(), dtype=float32, numpy=123.0>
    """
    return _folded("foldl", fn, elems, initializer, False, False, checkpoint)[0]


def foldr(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
    *,
    checkpoint: Any = None,
) -> Any:
    """Slices along the first axis joined into one value, from the last back.

    Parameters
    ----------
    fn : callable
        From the value so far and a slice to the next value.
    elems : array_like, or a structure of such
        Of one length along the first axis.
    initializer : array_like, optional
        The first value; by default the last slice.
    parallel_iterations, back_prop, swap_memory : object
        TensorFlow's; without effect.
    checkpoint : bool, int or str, optional
        How much the gradient may keep, as in `while_loop`.

    Returns
    -------
    Tensor, or a structure of such
        The last value.

    Raises
    ------
    TypeError
        Where `checkpoint` is something else.
    ValueError
        Where lengths differ, or there is nothing to begin with; for `checkpoint`, as in `while_loop`.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/foldr

    Examples
    --------
    >>> tf.foldr(lambda a, x: a * 10. + x, tf.constant([1., 2., 3.]))
    <Tensor: shape=(), dtype=float32, numpy=321.0>
    """
    return _folded("foldr", fn, elems, initializer, True, False, checkpoint)[0]


def scan(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
    *,
    checkpoint: Any = None,
) -> Any:
    """Slices along the first axis joined one after the other, all values on the way stacked.

    Parameters
    ----------
    fn : callable
        From the value so far and a slice to the next value.
    elems : array_like, or a structure of such
        Of one length along the first axis.
    initializer : array_like, optional
        The value before the first slice; by default the first slice is the first value.
    parallel_iterations, back_prop, swap_memory, infer_shape : object
        TensorFlow's; without effect.
    reverse : bool
        Whether to begin with the last slice.
    checkpoint : bool, int or str, optional
        Whether the gradient keeps nothing but the values that are returned, and computes again what is between them; a
        number of values or an amount of memory says no more than True does, since all values are returned.

    Returns
    -------
    Tensor, or a structure of such
        With a first axis of the operand's length.

    Raises
    ------
    TypeError
        Where `checkpoint` is something else.
    ValueError
        Where lengths differ, or there are neither slices nor an initializer; for `checkpoint`, as in `while_loop`.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/scan

    Examples
    --------
    >>> tf.scan(lambda a, x: a * x, tf.constant([1., 2., 3.]))
    <Tensor: shape=(3,), dtype=float32, numpy=array([1., 2., 6.], dtype=float32)>
    """
    way, first = _folded("scan", fn, elems, initializer, reverse, True, checkpoint)
    if way is None:
        return nest.map_structure(lambda x: _core.adopt(np.zeros((0, *x.shape), x.dtype)), first)
    return way
