"""`function`: Python that runs once is recorded as a program, and replayed from then on.

A call is looked up by what cannot change within a program: the structure of its arguments, the shapes and dtypes of its
tensors, the values of everything else, and of the numbers and strings that the function's code reads around it. Where
Python looked at a tensor's value while it was recorded, the program has a guard; a replay that finds another value
there stops before any effect, and a further program is recorded. So a replay gives what the Python function would have
given.
"""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Callable, Sequence
from itertools import takewhile
from types import MethodType
from typing import Any, ParamSpec, TypeVar, overload

import numpy as np

from .. import _core, nest
from ..ops.draws import runs_as_written
from ..wrapping import named_after, reduced
from .calls import Arguments, Result, is_default, objects_of
from .differentiable import (
    PASSES,
    DifferentiableProgram,
    GuardFailed,
    bare,
    bounding,
    budget_of,
    compiling,
    optimised,
)
from .layout import Layout, Place
from .recordings import Recordings
from .surroundings import names_around
from .tensor_spec import TensorSpec

__all__ = ["ConcreteFunction", "Function", "function"]

_MOST_VALUES = 100  # of what a function finds around it, for which programs are kept,
_MOST_MISSES = 20  # and so many that were never met again are too many

Rebuild = Callable[[list[Any]], Any]
Taken = ParamSpec("Taken")
Given = TypeVar("Given")

_eager = False

# `Program`, which stands above this file.
_make_program: Callable[..., Any]


def install(make_program: Callable[..., Any]) -> None:
    """Say what makes the programs that a concrete function is asked for."""
    global _make_program
    _make_program = make_program


def run_functions_eagerly(run_eagerly: bool) -> None:
    """Whether functions run as plain Python, unrecorded, for debugging.

    Parameters
    ----------
    run_eagerly : bool
        True for plain Python.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/config/run_functions_eagerly

    Examples
    --------
    >>> tf.config.run_functions_eagerly(True)
    >>> tf.config.functions_run_eagerly()
    True
    >>> tf.config.run_functions_eagerly(False)
    """
    global _eager
    _eager = bool(run_eagerly)


def functions_run_eagerly() -> bool:
    """Whether functions run as plain Python; see `run_functions_eagerly`.

    Examples
    --------
    >>> tf.config.functions_run_eagerly()
    False
    """
    return _eager


class Function(_core.FunctionCore[Taken, Given]):
    """A Python function that is recorded as programs and replayed; made by `function`.

    Examples
    --------
    >>> @tf.function
    ... def norm(x):
    ...     return tf.sqrt(tf.reduce_sum(x * x))
    >>> print(norm(tf.constant([3., 4.])).numpy())
    5.0
    >>> norm.trace_count
    1
    """

    __slots__ = (
        "__dict__",
        "__weakref__",
        "_bound",
        "_by_key",
        "_calls",
        "_check",
        "_input_signature",
        "_name",
        "_names",
        "_owner",
        "_recordings",
        "_signature",
        "passes",
        "trace_count",
    )

    def __init__(
        self,
        python_function: Callable[Taken, Given],
        name: str | None = None,
        input_signature: Sequence[Any] | None = None,
        passes: Sequence[str] = tuple(PASSES),
        owner: Any = None,
        check: bool | int = False,
    ) -> None:
        self.python_function = python_function
        self.passes = tuple(passes)
        if budget_of(passes):
            from . import recomputing  # noqa: F401 (which plans of programs with a budget ask)
        self.trace_count = 0
        self._recordings = Recordings()
        self._name = str(name or getattr(python_function, "__name__", type(python_function).__name__))
        self._by_key: dict[Any, dict[Any, _core.Variants]] = {}  # for each call: by what stands around the function
        self._input_signature = None if input_signature is None else tuple(input_signature)
        self._signature = _signature_of(python_function)
        self._bound: weakref.WeakKeyDictionary[Any, Function] = weakref.WeakKeyDictionary()
        self._names: tuple[Any, ...] | None = None
        self._check, self._calls = int(check), 0
        if input_signature is not None or check:
            self.plain = False
        self._owner = owner
        named_after(self, python_function)

    @property
    def variants(self) -> list[_core.ProgramCore]:
        """The programs recorded so far."""
        return [
            variant.program
            for by_values in list(self._by_key.values())
            for variants in list(by_values.values())
            for variant in list(variants.programs)
        ]

    @property
    def trace_reasons(self) -> list[str]:
        """Why it was recorded each time: what was another in that call than in the one before that is most like it.

        Examples
        --------
        >>> @tf.function
        ... def double(x):
        ...     return 2.0 * x
        >>> for n in (2, 3):
        ...     y = double(tf.zeros(n))
        >>> double.trace_reasons[-1]
        'x is float32 of shape (3,), and was float32 of shape (2,)'
        """
        return self._recordings.reasons(self.parameters, (self._names or ())[1::2])

    @property
    def obstacle(self) -> str | None:
        """Why calls like one that was made are plain Python, or None where all are replays."""
        kinds = [variants for known in list(self._by_key.values()) for variants in list(known.values())]
        return next((variants.obstacle for variants in kinds if variants.obstacle is not None), None)

    @property
    def input_signature(self) -> Any:
        """The TensorSpecs that every call must fit, or None."""
        return self._input_signature

    @property
    def parameters(self) -> list[str]:
        """The names of the arguments that have places, as far as they can also be given by keyword."""
        if self._signature is None:
            return []
        kinds = self._signature.parameters.values()
        return [p.name for p in takewhile(lambda p: p.kind is p.POSITIONAL_OR_KEYWORD, kinds)]

    def __repr__(self) -> str:
        return f"<function {self._name!r}: {len(self.variants)} programs>"

    def bound(self, instance: Any) -> Any:
        """The function as a method of an instance, which has programs of its own."""
        try:
            if instance not in self._bound:
                method, owner = MethodType(self.python_function, weakref.proxy(instance)), weakref.ref(instance)
                self._bound[instance] = Function(
                    method, self._name, self._input_signature, self.passes, owner, self._check
                )
        except TypeError:  # an instance that cannot be hashed, or referred to weakly
            return MethodType(self, instance)
        return self._bound[instance]

    def __reduce__(self) -> Any:
        f, owner = self.python_function, self._owner and self._owner()
        if owner is not None:
            return _method_of, (owner, f.__name__)
        return reduced(self, (Function, (f, self._name, self._input_signature, self.passes, None, self._check)))

    def call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A call that is not like the last one, or that tapes may follow."""
        if _core.is_tracing() or _eager or runs_as_written():
            return self._plain(args, kwargs)
        given, named = args, bool(kwargs)
        args, kwargs = self._without_defaults(*self._bind(args, kwargs))
        arguments = Arguments(args, kwargs)
        variants, around = self._variants(arguments)
        if variants.obstacle is not None or variants.aliased(arguments.operands):
            return self._plain(args, kwargs)
        if self._check:
            self._calls += 1
            if self._calls % self._check == 0:
                from .checking import check_call

                check_call(self, variants, arguments)
        elif not named and variants.programs and len(args) == len(given):
            self.remember(given, around, variants)
        return self._run(variants, arguments)

    def run_plainly(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A call whose replay has come to what is not finite, with nothing done: Python finds out where."""
        return self._plain(args, kwargs)

    def _plain(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """The Python function as it is, but for assignments: they are made all or none, as a replay makes them."""
        with _core.Journal():
            return self.python_function(*args, **kwargs)

    def _variants(self, arguments: Arguments, give_up: bool = True) -> tuple[_core.Variants, tuple[Any, ...]]:
        """The programs for a call with what stands around the function now; and that, for the next call to compare."""
        if self._names is None:
            self._names = names_around(self.python_function)
        values, around = _core.read_around(self._names) if self._names else ((), ())
        known = self._by_key.get(arguments.key)
        if known is None:
            known = self._by_key.setdefault(arguments.key, {})
            self._let_go_with(arguments.key)
        found = known.get(values)
        missed = found is None and give_up and len(known) >= _MOST_MISSES
        if missed and not any(variants.replays for variants in list(known.values())):
            found = known.get(None)
            if found is None:
                found = known.setdefault(None, _core.Variants(()))
                self.give_up(found, self._restless(list(known)))
        if found is None:
            if len(known) >= _MOST_VALUES:
                known.pop(next(iter(list(known))), None)
            found = known.setdefault(values, _core.Variants(values))
        return found, around

    def _let_go_with(self, key: tuple[Any, ...]) -> None:
        """Keep the programs of a call no longer than the objects that it was for."""
        own = weakref.ref(self)

        def gone(_: Any) -> None:
            function = own()
            if function is not None:
                function._by_key.pop(key, None)

        for part in objects_of(key):
            part.watch(gone)

    def _restless(self, keys: list[tuple[Any, ...]]) -> str:
        """What is another one at each call."""
        assert self._names is not None
        names = [name for k, name in enumerate(self._names[1::2]) if len({key[k] for key in keys if key}) > 2]
        return (
            f"{' and '.join(map(repr, names))}, which its code reads around it, is another value at each call; make "
            f"it an argument that is a tensor, or a Variable"
        )

    def _bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Keyword arguments in their places, and everything as the input signature wants it."""
        if kwargs and self._signature is not None:
            bound = self._signature.bind(*args, **kwargs)
            args, kwargs = bound.args, bound.kwargs
        if self._input_signature is None:
            return args, kwargs
        if kwargs or len(args) != len(self._input_signature):
            raise TypeError(
                f"{self._name}: {len(args)} arguments for an input_signature of {len(self._input_signature)}: every "
                f"argument must have its TensorSpec"
            )
        return tuple(
            _fitted(f"{self._name}: argument {k}", spec, value)
            for k, (spec, value) in enumerate(zip(self._input_signature, args, strict=True))
        ), {}

    def _without_defaults(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The same call, as short as it can be: what is given as it would be anyway is left out."""
        if self._signature is None or self._input_signature is not None:
            return args, kwargs
        parameters = self._signature.parameters
        places = [p for p in parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        while 0 < len(args) <= len(places) and is_default(args[-1], places[len(args) - 1].default):
            args = args[:-1]
        if kwargs:
            kwargs = {
                k: v for k, v in kwargs.items() if k not in parameters or not is_default(v, parameters[k].default)
            }
        return args, kwargs

    def _run(self, variants: _core.Variants, arguments: Arguments) -> Any:
        operands = arguments.operands
        while True:
            variant = self._followed(variants, operands)
            if variant is not None and _core.wants_numerics():  # one operation after the other
                return self._plain(*arguments.with_tensors(operands))
            if variant is None:
                found = variants.run(operands) if variants.programs else None
                if found is None:
                    return self._record(variants, arguments)
                variant, outputs = found
                if outputs is None:
                    return self._plain(*arguments.with_tensors(operands))
                return self.assemble(variant, outputs)
            result = self._run_recorded(variants, variant, arguments)
            if result is not None:
                return result[0]
            return self._record(variants, arguments)

    def assemble(self, variant: _core.Variant, outputs: list[Any]) -> Any:
        """A program's outputs as the function's result."""
        if variant.extra is None:
            return outputs[0]
        if variant.extra is tuple or variant.extra is list:
            return variant.extra(outputs)
        return variant.extra.assemble(outputs)

    # ---------------------------------------------------------------------------------------------------- recording

    def _record(self, variants: _core.Variants, arguments: Arguments) -> Any:
        """Run the Python function, record it, and give its result."""
        from ..ops import drawing

        state = drawing.state()
        self.trace_count += 1
        tracer = _core.Tracer(arguments.operands, memory=budget_of(self.passes))
        if self._check:
            tracer.origins = {}
        followed = _core.listening(arguments.operands)
        tracer.notice(self._names or ())
        with tracer:
            args, kwargs = arguments.with_tensors(tracer.arguments)
            result = Result(self.python_function(*args, **kwargs))
            outputs = _core.bare_outputs(result.tensors)
            program = _core.freeze(tracer, result.tensors, True)
        assigned = tracer.assigned
        try:
            del args, kwargs
            looks = _core.guards_of(program)
            created, obstacle = tracer.created, tracer.obstacle
            origin = (program.copy(), tracer.origins) if self._check else None
            followed = followed or _core.listening([*program.variables, *(tensor for _, tensor in program.captures)])
            result.let_go()
            lost = tracer.lost(program.variables)
            if obstacle is None and not created:
                tracer.poison_leaks(self._name)
            del tracer
            self._check_created(created, lost)
            if obstacle is not None:
                self.give_up(variants, obstacle)
            variant = _core.Variant(optimised(program, self.passes), result.extra())
            variant.origin = origin
            if obstacle is None and not created:
                place = variants.add(variant, looks)
                if place is not None:
                    self.give_up(variants, f"a value that Python looks at is another one at each call ({place})")
            else:
                alone = _core.Variants(())
                alone.add(variant, looks)
            self._recordings.note(arguments, variants.around, variant, bool(created))
            aliased = _core.aliases(program, arguments.operands)
            if obstacle is None and not created and not followed and not aliased:
                _core.plan_of(variant.program)  # now, so that the next call is a replay and nothing else
        except BaseException:
            # Nothing comes of the call: neither do its effects.
            drawing.restore(state)
            _core.put_back(assigned)
            raise
        if not followed and not aliased:
            return self.assemble(variant, outputs)
        # Tapes outside have to hear of it: once more, from the values before.
        drawing.restore(state)
        _core.put_back(assigned)
        with _core.Rehearsal():
            if obstacle is not None or aliased:
                return self._plain(*arguments.with_tensors(arguments.operands))
            replayed = self._run_recorded(variants, variant, arguments)
        if replayed is None:
            raise RuntimeError(
                f"{self._name}: a value that Python looked at is another one when the same call is run again; if it "
                f"depends on more than its arguments and variables, call it outside of the recorded function"
            )
        return replayed[0]

    def _check_created(self, created: list[Any], lost: int) -> None:
        """Variables may be made by the first call, if they are kept."""
        if created and (lost or self.trace_count > 1):
            raise ValueError(
                f"{self._name}: tf.function only supports singleton tf.Variables created on the first call. Make sure "
                f"the tf.Variable is only created once or created outside tf.function. "
                f"See https://www.tensorflow.org/guide/function#creating_tfvariables for more information."
            )

    def give_up(self, variants: _core.Variants, obstacle: str) -> None:
        """Run calls like this one as plain Python from here on, and say so once."""
        variants.obstacle = obstacle
        self.forget_last()
        _core.warn_caller(
            f"{self._name} is run as plain Python for arguments like these: {obstacle}. Results are right, but nothing "
            f"is gained by recording it"
        )

    # --------------------------------------------------------------------------------------------------- under tapes

    @staticmethod
    def _followed(variants: _core.Variants, operands: list[Any]) -> _core.Variant | None:
        """The program to begin with, if a recording tape follows anything that it reads."""
        variant = variants.latest
        if variant is None:
            return None
        program = variant.program
        read = [*operands, *program.variables, *(tensor for _, tensor in program.captures)]
        return variant if _core.listening(read) else None

    def _run_recorded(
        self, variants: _core.Variants, variant: _core.Variant, arguments: Arguments
    ) -> tuple[Any] | None:
        """Replay as one record of the tapes that listen; None where the program is still to be recorded."""
        operands = arguments.operands
        while True:
            program = variant.program
            if program.own_derivatives:  # their rule is Python, so Python runs
                return (self._plain(*arguments.with_tensors(operands)),)
            derived = variant.derived or variant.derive(DifferentiableProgram(program, self.passes))
            try:
                outputs = derived.assigning(program, operands)
            except GuardFailed as failure:
                following = variants.branch(variant, *failure.args)
                if following is None:
                    return None
                variant = following
                continue
            variants.prefer(variant)
            return (self.assemble(variant, outputs),)

    def path(self, arguments: Arguments, operands: list[Any]) -> _core.Variant | None:
        """The program for these tensors in the places of a call's, recorded if need be; nothing is assigned.

        Any program that assigns, if there is one; None where calls like this one are not recorded.
        """
        own = arguments.with_operands(operands)
        # (What is recorded within a trace may hold that trace's tensors: it is of no use to any other.)
        variants = _core.Variants(()) if _core.is_tracing() else self._variants(own)[0]
        if variants.obstacle is not None:
            return None
        if variants.only is not None:
            variants.prefer(variants.only)
            return variants.only
        for variant in variants.programs:
            if variant.program.assigned:  # a replay would do so
                return variant
        from ..ops import drawing

        state = drawing.state()  # numbers that are drawn here are nobody's
        with _core.Rehearsal():
            found = variants.run(operands) if variants.programs else None
        try:
            obstacle = self._record_only(variants, own, False) if found is None else None
        finally:
            drawing.restore(state)
        if found is not None:
            return found[0]
        if obstacle is not None:
            self.give_up(variants, obstacle)
            return None
        return variants.latest

    def run_python(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Call what is recorded, as it was written."""
        return self.python_function(*args, **kwargs)

    # ------------------------------------------------------------------------------------------------- one signature

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """The program for arguments like these, recorded if there is none yet.

        Parameters
        ----------
        *args, **kwargs
            As for a call; a `TensorSpec` may stand for a tensor. Nothing is assigned.

        Returns
        -------
        ConcreteFunction
            To be called with tensors alone.

        Notes
        -----
        https://www.tensorflow.org/api_docs/python/tf/types/experimental/PolymorphicFunction#get_concrete_function

        Examples
        --------
        >>> f = tf.function(lambda x: x * 2.0)
        >>> f.get_concrete_function(tf.TensorSpec([2], tf.float32))(tf.constant([1., 2.])).numpy()
        array([2., 4.], dtype=float32)
        """
        if self._input_signature is not None and not args and not kwargs:
            args = self._input_signature
        args, kwargs = nest.map_structure(_example, (args, kwargs))
        args, kwargs = self._bind(args, kwargs)
        arguments = Arguments(args, kwargs)
        variants, _ = self._variants(arguments, give_up=False)
        if variants.latest is None:
            from ..ops import drawing

            state = drawing.state()
            arguments.operands = bare(arguments.operands)
            obstacle = self._record_only(variants, arguments, True)
            drawing.restore(state)
            if obstacle is not None:
                raise ValueError(f"{self._name} cannot be recorded as a program: {obstacle}")
        return ConcreteFunction(self, variants, arguments)

    def _record_only(self, variants: _core.Variants, arguments: Arguments, made_up: bool) -> str | None:
        """Record without effects; what stands in the way, or None. Values that are made up stand for shapes alone."""
        tracer = _core.Tracer(arguments.operands, made_up, memory=budget_of(self.passes))
        self.trace_count += 1
        tracer.notice(self._names or ())
        with _core.Rehearsal(), tracer:
            args, kwargs = arguments.with_tensors(tracer.arguments)
            result = Result(self.run_python(args, kwargs))
            program = _core.freeze(tracer, result.tensors, True)
        _core.put_back(tracer.assigned)
        lost = tracer.lost(program.variables)
        if not made_up and tracer.created and (lost or self.trace_count > 1):
            return "it creates variables at each call"
        self._check_created(tracer.created, lost)
        if tracer.obstacle is not None:
            return tracer.obstacle
        result.let_go()
        looks = _core.guards_of(program)
        place = variants.add(_core.Variant(optimised(program, self.passes), result.extra()), looks)
        if place is not None:
            self.give_up(variants, f"a value that Python looks at is another one at each call ({place})")
        return None


class ConcreteFunction:
    """A function for one signature: what `Function.get_concrete_function` gives.

    Examples
    --------
    >>> double = tf.function(lambda x: x * 2.0).get_concrete_function(tf.TensorSpec([], tf.float32))
    >>> double.inputs
    [TensorSpec(shape=(), dtype=float32, name=None)]
    """

    def __init__(self, function: Function, variants: _core.Variants, arguments: Arguments) -> None:
        self._function, self._variants, self._arguments = function, variants, arguments

    def __reduce__(self) -> Any:
        raise TypeError(
            f"{self._function._name}: a concrete function is not pickled; pickle its .program, or the function that it "
            f"is of"
        )

    def __copy__(self) -> ConcreteFunction:
        return self

    def __deepcopy__(self, memo: Any) -> ConcreteFunction:
        return self

    @property
    def program(self) -> Any:
        """The program that ran last for this signature, or was recorded for it."""
        variant = self._variants.latest
        assert variant is not None
        args, kwargs = self._arguments.with_tensors([Place(k) for k in range(len(self._arguments.operands))])
        result = self._function.assemble(variant, [Place(k) for k in range(len(variant.program.outputs))])
        return _make_program(
            variant.program,
            Layout((tuple(args), kwargs)),
            Layout(result),
            self._function.passes,
            self._function.parameters[: len(args)],
        )

    @property
    def inputs(self) -> list[TensorSpec]:
        """What the tensors must be."""
        return self.program.inputs

    @property
    def outputs(self) -> list[TensorSpec]:
        """What the results are."""
        return self.program.outputs

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it with arguments of this signature."""
        args, kwargs = self._function._bind(args, kwargs)
        arguments = Arguments(args, kwargs)
        if arguments.key != self._arguments.key:
            raise TypeError(
                f"{self._function._name}: this concrete function takes "
                + ", ".join(map(str, self.inputs))
                + "; it was called with "
                + ", ".join(f"shape {tuple(x.shape)} and dtype {x.dtype}" for x in arguments.operands)
            )
        if _core.is_tracing():  # as a call of the function is
            return self._function._plain(args, kwargs)
        variants, _ = self._function._variants(arguments, give_up=False)
        return self._function._run(variants, arguments)


def _example(leaf: Any) -> Any:
    """A tensor for a TensorSpec."""
    if isinstance(leaf, TensorSpec):
        if leaf.shape is None or None in leaf.shape:
            raise ValueError(f"{leaf} leaves sizes open; a program has a shape, so name them all")
        return _core.adopt(np.ones(leaf.shape, leaf.dtype))
    return leaf


def _method_of(owner: Any, name: str) -> Function:
    """A recorded method that has come by pickle: nobody else may be there to hold its object."""
    found = getattr(owner, name)
    method = MethodType(found.python_function.__func__, owner)
    return Function(method, found._name, found._input_signature, found.passes, lambda: owner, found._check)


def _fitted(what: str, spec: Any, value: Any) -> Any:
    """An argument as a tensor of the signature's dtype, its shape checked."""
    if not isinstance(spec, TensorSpec):
        return nest.map_structure(lambda one, leaf: _fitted(what, one, leaf), spec, value)
    tensor = _core.to_tensor(value, spec.dtype if not isinstance(value, _core.Operand) else None)
    if not spec.is_compatible_with(tensor):
        raise TypeError(f"{what} must fit {spec}; it has shape {tuple(tensor.shape)} and dtype {tensor.dtype}")
    return tensor


def _signature_of(python_function: Callable[..., Any]) -> inspect.Signature | None:
    try:
        return inspect.signature(python_function)
    except (TypeError, ValueError):
        return None


@overload
def function(
    func: Callable[Taken, Given],
    input_signature: Sequence[Any] | None = ...,
    autograph: bool = ...,
    jit_compile: bool | str | None = ...,
    reduce_retracing: bool = ...,
    optimize: bool | Sequence[str] = ...,
    name: str | None = ...,
    check: bool | int = ...,
    memory: str | int | None = ...,
) -> Function[Taken, Given]: ...
@overload
def function(
    func: None = ...,
    input_signature: Sequence[Any] | None = ...,
    autograph: bool = ...,
    jit_compile: bool | str | None = ...,
    reduce_retracing: bool = ...,
    optimize: bool | Sequence[str] = ...,
    name: str | None = ...,
    check: bool | int = ...,
    memory: str | int | None = ...,
) -> Callable[[Callable[Taken, Given]], Function[Taken, Given]]: ...
def function(
    func: Callable[..., Any] | None = None,
    input_signature: Sequence[Any] | None = None,
    autograph: bool = True,
    jit_compile: bool | str | None = None,
    reduce_retracing: bool = False,
    optimize: bool | Sequence[str] = True,
    name: str | None = None,
    check: bool | int = False,
    memory: str | int | None = None,
) -> Any:
    """Record a Python function as programs, and replay them.

    Parameters
    ----------
    func : callable, optional
        The function; without it, a decorator is returned.
    input_signature : sequence of TensorSpec, optional
        What every call must fit; arguments are converted to these dtypes.
    autograph, reduce_retracing
        Accepted for TensorFlow's sake; without effect: Python's control flow just works, and each shape has its own
        program.
    jit_compile : bool or "async", optional
        Whether programs, their derivatives and their batches become native code, by the machine's C compiler, when they
        are planned; "async": in the background, until when they are replayed as they stand. Results are the same
        to the last bit. Without a compiler there is a warning, and programs are replayed.
    optimize : bool or sequence of str
        Whether to rewrite programs: all passes, none, or these of "simplify", "share_common" and "fold_constants".
    name : str, optional
        For messages.
    check : bool or int
        Whether to run the Python function beside each replay, or beside each n-th one, and to compare the two: for
        finding what a program keeps that is no longer so.
    memory : str or int, optional
        How much memory what is computed within a call may take at a time, as "200MB", "1.5GiB" or a number of bytes:
        all values between arguments and results, those that a gradient within the function keeps, and those that
        are kept for a tape around the call. Where that would be more, values are computed again where they are read
        late. Results are the same to the last bit, but for gradients of some loops (as by their `checkpoint`).

    Returns
    -------
    Function
        Called like `func`.

    Raises
    ------
    TypeError
        Where `memory` is neither a text nor an integer.
    ValueError
        Where `memory` is no amount of memory, and by a call for which it is too little, with the least that would do;
        by a call that creates variables and is not the first, or does not keep them.
    checking.StaleProgramError
        By a call that is checked, where a replay gives another result than Python, with the file and the line of the
        first operation that differs, and before any effect: no variable is assigned to, nothing printed or drawn.

    Notes
    -----
    After https://www.tensorflow.org/api_docs/python/tf/function. As there, what Python does beside computing with
    tensors (printing, appending to a list) happens when a program is recorded, and not when it is replayed; Python
    numbers among the arguments are part of the key, tensors and arrays are not; random numbers are drawn anew at each
    replay; variables are read and assigned at each call, all or none. Other than there, a branch on a tensor's value is
    a branch of the program: a value that Python looked at is checked by every replay. Numbers, strings, tuples, tensors
    and arrays that the function's code reads by name around it are compared at each call, and writeable arrays are read
    anew; attributes and items of containers are kept as they were recorded (docs/programs.md).

    Examples
    --------
    >>> @tf.function
    ... def absolute(x):
    ...     if x > 0:
    ...         return x
    ...     return -x
    >>> [float(absolute(tf.constant(v))) for v in (2.0, -3.0, 4.0)]
    [2.0, 3.0, 4.0]
    >>> absolute.trace_count
    2
    """
    if check < 0:
        raise ValueError(f"function: check is True, or every how many calls to check, not {check}")
    if isinstance(optimize, bool):
        passes: tuple[str, ...] = tuple(PASSES) if optimize else ()
    else:
        passes = tuple(optimize)
        for one in passes:
            if one not in PASSES:
                raise ValueError(f"function: no pass is named {one!r}; the passes are {', '.join(PASSES)}")
    passes += (*compiling("function", jit_compile), *bounding("function", memory))
    if func is None:
        return lambda f: Function(f, name, input_signature, passes, None, check)
    if not callable(func):
        raise TypeError(f"function: a callable is needed, not {type(func).__name__}")
    return Function(func, name, input_signature, passes, None, check)


_LONG = 5_000  # records of arrays: a shorter program lies in the cache, and loops of it are no quicker


def _rolled(program: _core.ProgramCore) -> _core.ProgramCore | None:
    from .stretches import rolled  # loaded with the first long program

    return rolled(program, _LONG)


_core.install_roller(_rolled, _LONG)
