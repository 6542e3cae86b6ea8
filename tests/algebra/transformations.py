"""What is done to functions, one entry each.

A transformation takes a `Case`, which is a function in the library and the same function in the reference, and gives
another one. Where it needs a scalar and the function gives something else, the function's results are first added up
with fixed weights, so every transformation takes every function, and what it gives. Derivatives are with respect to the
arguments that hold floats.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import autodiff_core as tf

from . import namespace, reference
from .structures import leaves_of, mapped, replaced

Function = Callable[..., Any]


@dataclass(frozen=True)
class Case:
    """A function in the library and in the reference, and arguments to call it with."""

    library: Function
    reference: Function
    points: list[tuple[Any, ...]]
    library_variables: list[Any]
    scalar: bool = False
    """Whether the function gives one real number."""
    own_variables: bool = True
    """Whether it uses the entry's variables; a program that was loaded has others."""

    def places(self) -> list[int]:
        """Which positional arguments hold floats."""
        return [k for k, x in enumerate(self.points[0]) if all(reference.is_float(leaf) for leaf in leaves_of(x))]

    def complex(self) -> bool:
        """Whether an argument is complex."""
        return any(np.iscomplexobj(leaf) for x in self.points[0] for leaf in leaves_of(x))


@dataclass(frozen=True)
class Transformation:
    """What a function becomes, in the library and in the reference."""

    name: str
    library: Callable[[Function, Case], Function]
    reference: Callable[[Function, Case], Function]
    meaning: str
    """Transformations of the same meaning give the same function."""
    differentiates: bool = True
    needs_scalar: bool = False
    real_only: bool = False
    outermost: bool = False
    batches: bool = False
    keeps: bool = False
    """Whether something is kept from one call for the next."""
    programs: bool = False
    """Whether the function is recorded, once and for all."""
    loads: bool = False
    """Whether variables are replaced by those of a file."""


TRANSFORMATIONS: dict[str, Transformation] = {}


def _add(name: str, library: Any, made: Any, meaning: str | None = None, **how: Any) -> None:
    TRANSFORMATIONS[name] = Transformation(name, library, made, meaning or name, **how)


def transformed(case: Case, t: Transformation) -> Case:
    """The case of the transformed function."""
    needs = t.needs_scalar and not case.scalar
    library = (lambda *args: weighted(tf, case.library(*args))) if needs else case.library
    made = (lambda *args: weighted(namespace, case.reference(*args))) if needs else case.reference
    points = _batches(case.points) if t.batches else case.points
    own = case.own_variables and not t.loads
    return replace(
        case, library=t.library(library, case), reference=t.reference(made, case), points=points, own_variables=own
    )


def weighted(m: Any, result: Any) -> Any:
    """The sum of all floats of a result, with weights."""
    total: Any = None
    for k, leaf in enumerate(leaves_of(result)):
        if not (leaf.dtype.kind in "fc" if m is tf else reference.is_float(leaf)):
            continue
        weights = np.cos(1.0 + k + np.arange(float(np.prod(np.shape(leaf), dtype=int)))).reshape(np.shape(leaf))
        if leaf.dtype.kind == "c" if m is tf else reference.is_complex(leaf):
            leaf = m.math.real(leaf) - 0.5 * m.math.imag(leaf)
        term = m.reduce_sum(leaf * weights)
        total = term if total is None else total + term
    return m.constant(0.0, m.float64) if total is None else total


def _batches(points: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Points of many examples: those of one shape together, in another order each time."""
    groups: dict[Any, list[tuple[Any, ...]]] = {}
    for point in points:
        groups.setdefault(tuple(np.shape(leaf) for leaf in leaves_of(point)), []).append(point)
    batches = []
    for group in groups.values():
        some = group if len(group) > 1 else [*group, *group]
        for k in range(len(group)):
            batches.append(mapped(lambda *leaves: np.stack(leaves), *some[k:], *some[:k]))
    return batches


def _held(f: Function, places: list[int], args: tuple[Any, ...]) -> Function:
    """The function of those arguments alone."""

    def held(*some: Any) -> Any:
        whole = list(args)
        for place, x in zip(places, some, strict=True):
            whole[place] = x
        return f(*whole)

    return held


def direction(x: Any) -> Any:
    """A tangent for an argument."""

    def leaf(x: Any) -> Any:
        shape = tuple(np.shape(x)) if not hasattr(x, "shape") else tuple(x.shape)
        tangent = np.sin(1.0 + np.arange(float(np.prod(shape, dtype=int)))).reshape(shape)
        complex_ = x.dtype.kind == "c" if hasattr(x, "dtype") and x.dtype != object else reference.is_complex(x)
        return tangent * (1.0 - 0.5j) if complex_ else tangent

    return mapped(leaf, x)


def _argnums(case: Case) -> Any:
    return case.places()[0] if len(case.places()) == 1 else tuple(case.places())


def _of_sources(f: Function, case: Case, args: tuple[Any, ...]) -> tuple[Function, list[Any], tuple[Any, ...]]:
    """A function of the flat list of float leaves, those leaves, and the arguments that they are of."""
    moving = tuple(args[k] for k in case.places())
    held = _held(f, case.places(), args)
    return (lambda leaves: held(*replaced(moving, leaves))), leaves_of(moving), moving


def _in_arguments(case: Case, moving: tuple[Any, ...], parts: list[Any]) -> Any:
    """What belongs to the float leaves in the structure of the arguments."""
    structured = replaced(moving, parts)
    return structured[0] if len(case.places()) == 1 else structured


# -- the reference's derivatives ------------------------------------------------------------------------------------


def _value_and_grad(f: Function, case: Case) -> Function:
    def both(*args: Any) -> Any:
        flat, leaves, moving = _of_sources(f, case, args)
        value, gradients = reference.gradient(flat, leaves)
        return value, _in_arguments(case, moving, gradients)

    return both


def _grad(f: Function, case: Case) -> Function:
    both = _value_and_grad(f, case)
    return lambda *args: both(*args)[1]


def _jvp(f: Function, case: Case) -> Function:
    def pushed(*args: Any) -> Any:
        flat, leaves, moving = _of_sources(f, case, args)
        return reference.push(flat, leaves, leaves_of(direction(moving)))

    return pushed


def _hvp(f: Function, case: Case) -> Function:
    def product(*args: Any) -> Any:
        _, leaves, moving = _of_sources(f, case, args)
        slope = _grad(f, case)
        flat, *_ = _of_sources(slope, case, args)
        return reference.push(flat, leaves, leaves_of(direction(moving)))[1]

    return product


def _jacobian(f: Function, case: Case) -> Function:
    def matrix(*args: Any) -> Any:
        flat, leaves, moving = _of_sources(f, case, args)
        value, blocks = reference.jacobian(flat, leaves)
        return replaced(value, [_in_arguments(case, moving, row) for row in blocks])

    return matrix


def _hessian(f: Function, case: Case) -> Function:
    def matrix(*args: Any) -> Any:
        _, leaves, moving = _of_sources(f, case, args)
        slope = _grad(f, case)
        flat, *_ = _of_sources(lambda *a: leaves_of(slope(*a)), case, args)
        _, blocks = reference.jacobian(flat, leaves)
        return _in_arguments(case, moving, [_in_arguments(case, moving, row) for row in blocks])

    return matrix


def _sparse_jacobian(f: Function, case: Case) -> Function:
    matrix = _jacobian(lambda *args: flat_result(namespace, f(*args)), case)
    return lambda *args: np.asarray(matrix(*args), dtype=object).reshape(-1, leaves_of(args[case.places()[0]])[0].size)


def flat_result(m: Any, result: Any) -> Any:
    """All floats of a result in one vector."""
    leaves = [x for x in leaves_of(result) if (x.dtype.kind == "f" if m is tf else reference.is_float(x))]
    return m.concat([m.reshape(x, (-1,)) for x in leaves], 0)


def _loop(f: Function, case: Case) -> Function:
    """One example after the other."""

    def examples(*args: Any) -> Any:
        count = len(leaves_of(args)[0])
        results = [f(*mapped(lambda leaf, k=k: leaf[k], args)) for k in range(count)]
        return mapped(lambda *leaves: np.stack([np.asarray(x) for x in leaves]), results[0], *results[1:])

    return examples


def _tape(f: Function, case: Case) -> Function:
    def recorded(*args: Any) -> Any:
        moving = tuple(args[k] for k in case.places())
        held = _held(f, case.places(), args)
        count = len(leaves_of(moving))
        variables = reference.variables if case.own_variables else []
        variables = [v for v in variables if v.trainable and reference.is_float(v.value)]
        before = [v.value for v in variables]

        def flat(leaves: list[Any]) -> Any:
            for variable, value in zip(variables, leaves[count:], strict=True):
                variable.value = value
            return held(*replaced(moving, leaves[:count]))

        value, gradients = reference.gradient(flat, [*leaves_of(moving), *before])
        return value, replaced(moving, gradients[:count]), gradients[count:]

    return recorded


def _same(f: Function, case: Case) -> Function:
    return f


# -- the library's --------------------------------------------------------------------------------------------------


def _zeros(gradient: Any, like: Any) -> Any:
    return tf.zeros_like(like) if gradient is None else tf.convert_to_tensor(gradient)


def _library_jvp(f: Function, case: Case) -> Function:
    def pushed(*args: Any) -> Any:
        moving = [args[k] for k in case.places()]
        value, tangent = tf.jvp(_held(f, case.places(), args), moving, [direction(x) for x in moving])
        return value, _without_integers(value, tangent)

    return pushed


def _without_integers(value: Any, tangent: Any) -> Any:
    return mapped(lambda y, t: t if y.dtype.kind in "fc" else y, value, tangent)


def _library_hvp(f: Function, case: Case) -> Function:
    def product(*args: Any) -> Any:
        moving = tuple(args[k] for k in case.places())
        held = _held(f, case.places(), args)
        products = tf.hvp(lambda some: held(*some), moving, direction(moving))
        return products[0] if len(moving) == 1 else products

    return product


def _library_hessian(f: Function, case: Case) -> Function:
    return tf.hessian(f, _argnums(case))


def _library_tape(f: Function, case: Case, **how: bool) -> Function:
    def recorded(*args: Any) -> Any:
        args = mapped(tf.convert_to_tensor, args)
        moving = tuple(args[k] for k in case.places())
        variables = case.library_variables if case.own_variables else []
        sources = [*leaves_of(moving), *(v for v in variables if v.trainable and np.dtype(v.dtype).kind == "f")]
        with tf.GradientTape(**how) as tape:
            tape.watch(leaves_of(moving))
            value = f(*args)
        found = tape.gradient(value, sources)
        gradients = [_zeros(g, x) for g, x in zip(found, sources, strict=True)]
        count = len(leaves_of(moving))
        return value, replaced(moving, gradients[:count]), gradients[count:]

    return recorded


def _library_tape_of_threads(f: Function, case: Case) -> Function:
    def elsewhere(*args: Any) -> Any:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(f, *args).result()

    return _library_tape(elsewhere, case, threads=True)


def _library_accumulator(f: Function, case: Case) -> Function:
    def pushed(*args: Any) -> Any:
        args = mapped(tf.convert_to_tensor, args)
        moving = tuple(args[k] for k in case.places())
        tangents = mapped(tf.constant, direction(moving))
        with tf.autodiff.ForwardAccumulator(leaves_of(moving), leaves_of(tangents)) as accumulator:
            value = f(*args)
            changes = mapped(lambda y: _zeros(accumulator.jvp(y), y) if y.dtype.kind in "fc" else y, value)
        return value, changes

    return pushed


def _library_vjp(f: Function, case: Case) -> Function:
    def pulled(*args: Any) -> Any:
        value, pull = tf.vjp(_held(f, case.places(), args), *(args[k] for k in case.places()))
        ones = mapped(lambda y: np.ones(tuple(np.shape(y)), y.dtype), value)
        gradients = pull(ones)
        return value, gradients[0] if len(gradients) == 1 else gradients

    return pulled


def _library_map(f: Function, case: Case) -> Function:
    if len(case.points[0]) == 1:
        return lambda elems: tf.vectorized_map(f, elems)
    return lambda *args: tf.vectorized_map(lambda entry: f(*entry), args)


def _place(case: Case) -> Any:
    """Which argument autograd's operators are told: a number, or several as a tuple."""
    places = case.places()
    return places[0] if len(places) == 1 else tuple(places)


def _autograd_vjp(f: Function, case: Case) -> Function:
    def pulled(*args: Any) -> Any:
        pull, value = tf.autograd.make_vjp(f, _place(case))(*args)
        return value, pull(mapped(lambda y: np.ones(tuple(np.shape(y)), y.dtype), value))

    return pulled


def _autograd_jvp(f: Function, case: Case) -> Function:
    def pushed(*args: Any) -> Any:
        tangents = [direction(args[k]) for k in case.places()]
        push = tf.autograd.make_jvp(f, _place(case))(*args)
        value, tangent = push(_only(tangents))
        return value, _without_integers(value, tangent)

    return pushed


def _library_custom_gradient(f: Function, case: Case) -> Function:
    """With the rule that the library would find itself."""

    def with_rule(*args: Any) -> Any:
        variables = case.library_variables
        places = case.places()

        def grad(*cotangents: Any, variables: Any = None) -> Any:
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                moving = [args[k] for k in places]
                tape.watch(leaves_of(moving))
                if variables:
                    tape.watch(list(variables))
                value = f(*args)
            paired = zip(leaves_of(value), cotangents, strict=True)
            targets, weights = zip(*((y, g) for y, g in paired if y.dtype.kind in "fc"), strict=True)
            sources = [*leaves_of(moving), *(variables or [])]
            found = tape.gradient(list(targets), sources, list(weights), unconnected_gradients="zero")
            found = [tf.convert_to_tensor(g) for g in found]
            of_moving = dict(zip(places, replaced(tuple(moving), found[: len(leaves_of(moving))]), strict=True))
            of_args = [of_moving.get(k) for k in range(len(args))]
            return (of_args, found[len(leaves_of(moving)) :]) if variables else of_args

        return f(*args), (grad if variables else lambda *cotangents: grad(*cotangents))

    return tf.custom_gradient(with_rule)


def _library_custom_jvp(f: Function, case: Case) -> Function:
    made = tf.custom_jvp(f)

    @made.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        moving = [primals[k] for k in case.places()]
        value, tangent = tf.jvp(_held(f, case.places(), primals), moving, [tangents[k] for k in case.places()])
        return value, tangent

    return made


def _programs(make: Callable[[Any], Any]) -> Callable[[Function, Case], Function]:
    """A program for each of the shapes that there are."""

    def library(f: Function, case: Case) -> Function:
        made: dict[Any, Any] = {}
        for point in case.points:
            key = tuple(np.shape(leaf) for leaf in leaves_of(point))
            if key not in made:
                made[key] = make(tf.Program.from_function(f, *point))
        return lambda *args: made[tuple(tuple(np.shape(leaf)) for leaf in leaves_of(args))](*args)

    return library


def _loaded(program: Any) -> Any:
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "f.program")
        program.save(path)
        return tf.Program.load(path)


def _program_gradient(f: Function, case: Case) -> Function:
    gradients = _programs(lambda program: program.gradient())(f, case)

    def both(*args: Any) -> Any:
        value, found, _ = gradients(*args)
        return value, _only([found[k] for k in case.places()])

    return both


def _program_jvp(f: Function, case: Case) -> Function:
    made: dict[Any, Any] = {}
    for point in case.points:
        key = tuple(np.shape(leaf) for leaf in leaves_of(point))
        if key not in made:
            made[key] = tf.Program.from_function(f, *point).jvp()

    def pushed(*args: Any) -> Any:
        places = case.places()
        tangents = tuple(direction(x) if k in places else mapped(lambda leaf: None, x) for k, x in enumerate(args))
        value, moved = made[tuple(tuple(np.shape(leaf)) for leaf in leaves_of(args))](args, tangents)
        return value, _without_integers(value, moved)

    return pushed


def _only(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else tuple(parts)


def _library_sparse(f: Function, case: Case) -> Function:
    def matrix(x: Any) -> Any:
        return tf.sparse_jacobian(lambda x: flat_result(tf, f(x)), x).toarray()

    return matrix


def _library_closure(f: Function, case: Case) -> Function:
    """A function of nothing, which finds the arguments around it."""
    return lambda *args: tf.function(lambda: f(*args))()


def _library_scales(f: Function, case: Case) -> Function:
    """Of each of some numbers, the function of the arguments around it, times the number."""

    def several(*args: Any) -> Any:
        def scaled(s: Any) -> Any:
            return mapped(lambda y: y * s if y.dtype.kind in "fc" else y, f(*args))

        return tf.vectorize(scaled)(np.array(_SCALES))

    return several


def _scales(f: Function, case: Case) -> Function:
    def several(*args: Any) -> Any:
        results = [mapped(lambda y, s=s: y * s if reference.is_float(y) else y, f(*args)) for s in _SCALES]
        return mapped(lambda *leaves: np.stack([np.asarray(x) for x in leaves]), results[0], *results[1:])

    return several


def _library_shapes(f: Function, case: Case) -> Function:
    """The function, whose results have the shapes and dtypes that are told without running it."""

    def told(*args: Any) -> Any:
        specs = tf.eval_shape(f, *args)
        value = f(*args)
        tf.nest.assert_same_structure(specs, value)
        for spec, leaf in zip(leaves_of(specs), leaves_of(value), strict=True):
            assert (tuple(spec.shape), spec.dtype) == (tuple(leaf.shape), leaf.dtype), f"{spec} for {leaf}"
        return value

    return told


_SCALES = [1.0, -0.5]

_add("grad", lambda f, case: tf.grad(f, _argnums(case)), _grad, needs_scalar=True)
_add("value_and_grad", lambda f, case: tf.value_and_grad(f, _argnums(case)), _value_and_grad, needs_scalar=True)
_add("jvp", _library_jvp, _jvp)
_add("vjp", _library_vjp, _value_and_grad, "gradient of the sum")
_add("hvp", _library_hvp, _hvp, needs_scalar=True)
_add("jacobian", lambda f, case: tf.jacobian(f, _argnums(case)), _jacobian, real_only=True)
_add("hessian", _library_hessian, _hessian, needs_scalar=True, real_only=True)
_add("function", lambda f, case: tf.function(f), _same, "identity", differentiates=False, keeps=True)
_add(
    "native function",
    lambda f, case: tf.function(f, jit_compile=True),
    _same,
    "identity",
    differentiates=False,
    keeps=True,
)
_add("vectorize", lambda f, case: tf.vectorize(f), _loop, "loop", differentiates=False, batches=True, keeps=True)
_add("vectorized_map", _library_map, _loop, "loop", differentiates=False, batches=True, keeps=True)
_add("custom_gradient", _library_custom_gradient, _same, "identity", differentiates=False)
_add("custom_jvp", _library_custom_jvp, _same, "identity", differentiates=False)
_add("recompute_grad", lambda f, case: tf.recompute_grad(f), _same, "identity", differentiates=False)
_add("program", _programs(lambda p: p), _same, "identity", differentiates=False, programs=True)
_add(
    "loaded program", _programs(_loaded), _same, "variables of its own", differentiates=False, programs=True, loads=True
)
_add("program.gradient", _program_gradient, _value_and_grad, "gradient of the sum", programs=True)
_add("program.jvp", _program_jvp, _jvp, "jvp", programs=True)
_add("sparse_jacobian", _library_sparse, _sparse_jacobian, real_only=True, outermost=True)
_add("tape", _library_tape, _tape, differentiates=False)
_add("tape of threads", _library_tape_of_threads, _tape, differentiates=False)
_add("accumulator", _library_accumulator, _jvp, "jvp")
_add("function of a closure", _library_closure, _same, "identity", differentiates=False)
_add("vectorize of a closure", _library_scales, _scales, differentiates=False)
_add(
    "autograd.value_and_grad",
    lambda f, case: tf.autograd.value_and_grad(f, _place(case)),
    _value_and_grad,
    "value_and_grad",
    needs_scalar=True,
    real_only=True,
)
_add("autograd.make_vjp", _autograd_vjp, _value_and_grad, "gradient of the sum", real_only=True)
_add("autograd.make_jvp", _autograd_jvp, _jvp, "jvp", real_only=True)
_add("eval_shape", _library_shapes, _same, "identity", differentiates=False)
