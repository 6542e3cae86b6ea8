"""One combination, run in the library and in the reference, and compared: results, and what variables hold then.

A combination is an entry of the corpus and a chain of transformations, the innermost first. The transformed function is
made once, and called with several arguments: tensors, then arrays of other values, variables of another shape where
there are such points, and the second point once more after the function's variables and closed-over values have
changed. So what is kept from an earlier call is found out.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

import autodiff_core as tf
from autodiff_core.tensors.indexed_slices import IndexedSlices

from . import namespace, reference
from .corpus import Entry
from .structures import leaves_of, mapped
from .transformations import TRANSFORMATIONS, Case, Transformation, transformed

Chain = tuple[str, ...]

FORMS: list[Callable[[Any], Any]] = [tf.constant, lambda x: x, tf.Variable, tf.constant]
"""What arguments are given as, call by call."""


class Wrong(AssertionError):
    """The library's result is another one than the reference's."""


def _made(entry: Entry, m: Any) -> tuple[Any, list[Any], Callable[[], None]]:
    made = entry.make(m)
    return made if isinstance(made, tuple) else (made, [], lambda: None)


def chain_of(names: Chain) -> list[Transformation]:
    return [TRANSFORMATIONS[name] for name in names]


def changes(entry: Entry, names: Chain) -> bool:
    """Whether the last call sees what has changed around the function.

    A program holds what it was recorded with, but for variables. What is kept from call to call sees the numbers that
    the function's own code reads, not those that functions read which it calls.
    """
    chain = chain_of(names)
    if any(t.programs for t in chain):
        return "changes variables" in entry.tags and not any(t.loads for t in chain)
    return "changes numbers" not in entry.tags or not any(t.keeps for t in chain[1:])


def schedule(points: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Arguments of the calls: before the last one, things change."""
    first = np.shape(leaves_of(points[0])[0])
    others = [p for p in points if np.shape(leaves_of(p)[0]) != first]
    return [points[0], points[1], *others[:1], points[1]]


_expected: dict[Any, list[Any]] = {}
_scalars: dict[Any, bool] = {}
_alone: dict[str, bool] = {}


def _is_alone(entry: Entry) -> bool:
    """Whether nothing around a function changes, and it changes nothing."""
    if entry.name not in _alone:
        _alone[entry.name] = not isinstance(entry.make(namespace), tuple)
    return _alone[entry.name]


def _meaning(names: Chain) -> tuple[str, ...]:
    return tuple(t.meaning for t in chain_of(names) if t.meaning != "identity")


def expected(entry: Entry, names: Chain) -> list[Any]:
    """The reference's results, call by call."""
    alone = _is_alone(entry)
    key = (entry.name, _meaning(names), alone or changes(entry, names))
    if key not in _expected:
        if _expected and next(iter(_expected))[0] != entry.name:
            _expected.clear()
        case, change = _reference_case(entry, names)
        results = []
        calls = schedule(case.points)
        for k, point in enumerate(calls):
            if k == len(calls) - 1 and alone:  # once more what the second call has computed
                results.append(results[1])
                break
            if k == len(calls) - 1 and changes(entry, names):
                change()
            found = case.reference(*reference.numbers(point))
            results.append(reference.plain((found, [v.value for v in reference.variables])))
        _expected[key] = results
    return _expected[key]


def plain_case(entry: Entry, m: Any) -> Case:
    """The function alone."""
    f, *_ = _made(entry, m)
    return Case(f, f, entry.points, [])


def _reference_case(entry: Entry, names: Chain) -> tuple[Case, Callable[[], None]]:
    f, variables, change = _made(entry, namespace)
    case = Case(f, f, entry.points, [], _is_scalar(entry, ()))
    for k, t in enumerate(chain_of(names)):
        t = replace(t, library=lambda f, case: f)
        case = replace(transformed(case, t), scalar=_between(entry, names, k + 1))
    reference.variables = variables
    return case, change


def _between(entry: Entry, names: Chain, count: int) -> bool:
    """Whether so many of a chain's transformations give a single real number; of all of them nobody asks."""
    return count < len(names) and _is_scalar(entry, names[:count])


def _is_scalar(entry: Entry, names: Chain) -> bool:
    """Whether the function gives a single real number; from the reference, at the first point."""
    key = (entry.name, _meaning(names))
    if key not in _scalars:
        f, variables, _ = _made(entry, namespace)
        case = Case(f, f, entry.points, [], bool(names) and _is_scalar(entry, ()))
        for k, t in enumerate(chain_of(names)):
            t = replace(t, library=lambda f, case: f)
            inner = names[: k + 1]
            case = replace(transformed(case, t), scalar=len(inner) < len(names) and _is_scalar(entry, inner))
        reference.variables = variables
        result = case.reference(*reference.numbers(case.points[0]))
        _scalars[key] = (
            not isinstance(result, (tuple, list, dict))
            and reference.shape_of(result) == ()
            and reference.is_float(result)
            and not reference.is_complex(result)
        )
    return _scalars[key]


def run(entry: Entry, names: Chain) -> None:
    """Call the combination in the library; Wrong where a result is."""
    wanted = expected(entry, names)
    f, variables, change = _made(entry, tf)
    case = Case(f, f, entry.points, variables, _is_scalar(entry, ()))
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        for k, t in enumerate(chain_of(names)):
            t = replace(t, reference=lambda f, case: f)
            case = replace(transformed(case, t), scalar=_between(entry, names, k + 1))
        calls = schedule(case.points)
        for k, point in enumerate(calls):
            last = k == len(calls) - 1
            if last and changes(entry, names):
                change()
            form = FORMS[-1 if last else k]
            found = case.library(*mapped(form, point))
            compare(f"call {k + 1}", (found, [tf.convert_to_tensor(v) for v in variables]), wanted[k])


def compare(what: str, found: Any, wanted: Any) -> None:
    """Wrong where a result is of another structure, or has other values, shapes or dtypes."""
    if isinstance(wanted, dict):
        if not isinstance(found, dict) or set(found) != set(wanted):
            raise Wrong(f"{what}: {_shown(found)} for a dict of {sorted(wanted)}")
        for key in wanted:
            compare(f"{what}, {key!r}", found[key], wanted[key])
    elif isinstance(wanted, (tuple, list)):
        if type(found) is not type(wanted) or len(found) != len(wanted):
            raise Wrong(f"{what}: {_shown(found)} for a {type(wanted).__name__} of {len(wanted)}")
        for k, (one, other) in enumerate(zip(found, wanted, strict=True)):
            compare(f"{what}, {k}", one, other)
    elif wanted is not None:
        _compare_leaves(what, found, np.asarray(wanted))


def _compare_leaves(what: str, found: Any, wanted: np.ndarray) -> None:
    if isinstance(found, IndexedSlices):
        found = tf.convert_to_tensor(found)
    if not isinstance(found, (np.ndarray, np.generic, tf.Tensor, tf.Variable)):
        raise Wrong(f"{what}: {_shown(found)} for an array")
    array = found if isinstance(found, (np.ndarray, np.generic)) else np.asarray(found.numpy())
    # The reference knows no widths of integers, and nothing of the elements of an empty array.
    integers = wanted.dtype.kind in "iu" and array.dtype.kind in "iu"
    if wanted.size and array.dtype != wanted.dtype and not integers:
        raise Wrong(f"{what}: dtype {array.dtype} for {wanted.dtype}")
    if array.shape != wanted.shape:
        raise Wrong(f"{what}: shape {array.shape} for {wanted.shape}")
    if not np.allclose(array, wanted, rtol=1e-7, atol=1e-9 * (1.0 + np.max(np.abs(wanted), initial=0.0))):
        raise Wrong(f"{what}: {array.tolist()} for {wanted.tolist()}")


def _shown(x: Any) -> str:
    return repr(x) if len(repr(x)) < 80 else type(x).__name__


def permitted(entry: Entry, names: Chain) -> bool:
    """Whether the types fit."""
    case = Case(lambda: None, lambda: None, entry.points, [])
    complex_result = "complex result" in entry.tags
    chain = chain_of(names)
    for k, t in enumerate(chain):
        if t.outermost and (k < len(chain) - 1 or len(case.points[0]) != 1 or len(leaves_of(case.points[0])) != 1):
            return False
        if t.outermost and isinstance(case.points[0][0], (dict, tuple)):
            return False
        if t.name in entry.without or (t.differentiates and not case.places()):
            return False
        if t.real_only and (case.complex() or complex_result):
            return False
    return True
