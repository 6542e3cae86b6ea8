"""Derivatives of the user's own: for a function (`custom_gradient`, `custom_jvp`), or as a new row of the op table.

A function with a derivative of its own is one record of several outputs, whose rule calls what the user wrote. A rule
that pulls cotangents back is linear in them, so its transpose pushes tangents forward, and the other way round: writing
one of the two serves both modes. What the user's rule computes is recorded by outer tapes like everything else, which
gives the derivatives of higher order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ParamSpec, TypeVar

import numpy as np

from .. import _core
from ..nest import flatten_for_tape
from ..ops import c_loops, forms, is_of_scipy, load_special
from ..ops.draws import noting
from ..tape import Tape
from ..tensors.creation import zeros_like
from ..wrapping import called_by_classmethod, named_after, reduced

Function = Callable[..., Any]
Taken = ParamSpec("Taken")
Given = TypeVar("Given")

__all__ = [
    "custom_gradient",
    "custom_jvp",
    "elementwise_op",
    "general_op",
    "grad_pass_through",
    "linear_op",
    "recompute_grad",
]


# ------------------------------------------------------------------------------------------- functions with rules


class _Call:
    """One call of a function with a rule: its arguments and variables as operands, and the rule of the record."""

    def __init__(self, name: str, arguments: Any) -> None:
        self.name = name
        self.leaves, self.rebuild = flatten_for_tape(arguments)
        # What is no number (a string, None, an object) takes part in no derivative, but keeps its place.
        self.operands = [_core.operand(leaf) if _numeric(leaf) else _PLACE for leaf in self.leaves]
        self.variables: list[Any] = []
        self.past = _past(self.operands)

    def record(self, row: _core.Op, result: Any) -> Any:
        """The function's result, as outputs of a record of this call."""
        outputs, rebuild = _numbers_of(result)
        if self.variables:
            self.past = _past([*self.operands, *self.variables])
        return rebuild(_core.multiple(row, [*self.operands, *self.variables], outputs, self))

    def keep_arrays(self) -> None:
        """Copy the arrays that the caller may write to before the rule sees them again."""
        self.leaves = [leaf.copy() if isinstance(leaf, np.ndarray) else leaf for leaf in self.leaves]

    def pull(self, cotangents: list[Any]) -> list[Any]:
        """Contributions to the operands, for cotangents of the outputs."""
        raise NotImplementedError

    def push(self, tangents: list[Any]) -> list[Any]:
        """Tangents of the outputs, for tangents of the operands (None: it does not move)."""
        raise NotImplementedError

    def fitting(
        self, derived: str, what: str, values: Sequence[Any], like: Sequence[Any], beside: Sequence[Any]
    ) -> list[Any]:
        """Derivatives as tensors, checked against the shapes and dtypes that they must have, where `beside` are the
        derivatives that they were made of."""
        fitted: list[Any] = []
        for place, (value, operand) in enumerate(zip(values, like, strict=True)):
            if value is None or operand is _PLACE:
                fitted.append(None)
                continue
            named = f"{self.name}: the {derived} of {what} {place}"
            derivative = _in_dtype(value, operand, beside, named, f"the {what}")
            if tuple(derivative.shape) != tuple(operand.shape):
                raise ValueError(
                    f"{self.name}: the {derived} of {what} {place} has shape {tuple(derivative.shape)}; the {what} has "
                    f"shape {tuple(operand.shape)}, and they must be equal"
                )
            fitted.append(derivative)
        return fitted


def _in_dtype(value: Any, operand: Any, beside: Sequence[Any], what: str, whose: str) -> Any:
    """What a rule of the user's gave, as a tensor.

    A tensor must have the dtype of what it is the derivative of, or that of both this and the derivatives that it was
    made of, which is then rounded; numbers and arrays are cast, as TensorFlow does where they meet tensors.
    """
    derivative = _core.to_tensor(value)
    if not _core.is_differentiable(operand.dtype):
        return derivative
    if not isinstance(value, _core.Operand):
        return _core.operand_like(value, operand)
    widths = [x.dtype for x in beside if x is not None and _core.is_differentiable(x.dtype)]
    if derivative.dtype not in (operand.dtype, np.result_type(operand.dtype, *widths)):
        raise TypeError(
            f"{what} has dtype {derivative.dtype}; {whose} has dtype {operand.dtype}, and they must be equal: cast it, "
            f"as in tf.cast(value, {operand.dtype})"
        )
    return derivative


_PLACE = _core.to_tensor(0)


def _numeric(leaf: Any) -> bool:
    if isinstance(leaf, (np.ndarray, np.generic)):
        return leaf.dtype.kind in "biufc" or _core.is_differentiable(leaf.dtype)  # (bfloat16's kind is "V")
    return isinstance(leaf, (_core.Operand, bool, int, float, complex))


def _numbers_of(result: Any) -> tuple[list[_core.Tensor], Callable[[list[Any]], Any]]:
    """The tensors in a result, and how to put others in their places; what is no number stays as it is."""
    leaves, rebuild = flatten_for_tape(result)
    numeric = [_numeric(leaf) for leaf in leaves]
    tensors = [_core.to_tensor(leaf) for leaf, number in zip(leaves, numeric, strict=True) if number]
    if all(numeric):
        return tensors, rebuild

    def rebuild_around(others: list[Any]) -> Any:
        rest = iter(others)
        return rebuild([next(rest) if number else leaf for leaf, number in zip(leaves, numeric, strict=True)])

    return tensors, rebuild_around


def pulled(call: Any, cotangents: list[Any]) -> list[Any]:
    """What a call that follows the user's convention makes of cotangents, which the sweep does not conjugate."""
    return _core.conjugated(call.pull(_core.conjugated(cotangents)))


def _past(operands: Sequence[Any]) -> _core.Past:
    """The variables among operands as they are now, which is how a rule is to see them."""
    return _core.Past([x for x in operands if isinstance(x, _core.VariableCore)])


def _by_pull(call: _Call, cotangents: list[Any]) -> list[Any]:
    with call.past:
        return pulled(call, cotangents)


def _by_push(call: _Call, tangents: list[Any]) -> list[Any]:
    with call.past:
        return call.push(tangents)


_BY_PULL = _core.register_general(
    "custom_gradient",
    None,
    lambda g, y, call, *x: _by_pull(call, g),
    None,
    False,
    False,
    multiple=True,
    form=None,
    gives=None,
    c=c_loops.PYTHON,
    cost=forms.OF_PYTHON,
)
_BY_PUSH = _core.register_general(
    "custom_jvp",
    None,
    lambda g, y, call, *x: _transposed(call, g),
    lambda t, y, call, *x: _by_push(call, t),
    False,
    False,
    multiple=True,
    form=None,
    gives=None,
    c=c_loops.PYTHON,
    cost=forms.OF_PYTHON,
)


def _hears_threads() -> bool:
    """Whether a tape hears what this thread gives to others. (A program that is being recorded is of one thread.)"""
    return not _core.is_tracing() and _core.hearing() is not None


def _tape_again(threads: bool) -> Tape:
    """What follows a function of the user's that is run when the gradient of its call is taken: in other threads, too,
    where a tape heard these at the call. (One that does so now lets this one hear them, as it lets all beside it; what
    hears everything, a trace or a witness, is of one thread; and tapes that have been left hear none.)"""
    hears = threads and not (_core.is_listened_to() or _core.is_recorded_again() or _hears_threads())
    return Tape(watch_accessed_variables=False, threads=hears)


def _transposed(call: _TangentCall, cotangents: list[Any]) -> list[Any]:
    """Pull cotangents back through a rule that pushes tangents forward: its gradient with respect to the tangents."""
    moving = [operand is not _PLACE and _core.is_differentiable(operand.dtype) for operand in call.operands]
    tangents = [zeros_like(x) if moves else None for x, moves in zip(call.operands, moving, strict=True)]
    sources = [tangent for tangent in tangents if tangent is not None]
    with _tape_again(call.threads) as tape:
        tape.watch(sources)
        pushed = _by_push(call, tangents)
    targets = [
        (part, g)
        for part, g in zip(pushed, cotangents, strict=True)
        if part is not None and _core.is_differentiable(part.dtype) and _core.is_differentiable(g.dtype)
    ]
    pulled = tape.gradient([part for part, _ in targets], sources, _core.conjugated([g for _, g in targets]))
    gradients = iter(_core.conjugated(pulled))
    return [next(gradients) if moves else None for moves in moving]


class _WithRule:
    """A function with a derivative of its own; as a method it leaves `self` alone."""

    __slots__ = ("__dict__", "__weakref__", "_f", "_name")

    def __init__(self, f: Function) -> None:
        named_after(self, f)
        self._f = f
        self._name = getattr(f, "__name__", type(f).__name__)

    def __reduce__(self) -> Any:
        return reduced(self, (type(self), (self._f,)))

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else type(self)(_bound(self._f, instance, owner))


def _bound(f: Function, instance: Any, owner: Any) -> Function:
    """A function as a method; other callables are none, nor is a `partial`, which Python 3.14 makes one of."""
    if isinstance(f, partial) or not hasattr(f, "__get__"):
        return f
    bound: Function = f.__get__(instance, owner)
    return bound


class _GradientCall(_Call):
    grad_fn: Function
    counts: tuple[int, ...]
    """How many gradients the rule may give: for the positional arguments, and for so many of the others behind them."""

    def pull(self, cotangents: list[Any]) -> list[Any]:
        if self.variables:
            returned = self.grad_fn(*cotangents, variables=list(self.variables))
            if not isinstance(returned, (tuple, list)) or len(returned) != 2:
                raise ValueError(
                    f"{self.name}: since the function uses variables, grad_fn must return a pair: the gradients for "
                    f"the arguments, and a list of those for the variables"
                )
            for_arguments, for_variables = returned
            for_variables = [] if for_variables is None else list(for_variables)
            if len(for_variables) != len(self.variables):
                raise ValueError(
                    f"{self.name}: Must return gradient for each variable from @custom_gradient grad_fn: "
                    f"{len(self.variables)} are used, and {len(for_variables)} gradients were returned."
                )
        else:
            for_arguments, for_variables = self.grad_fn(*cotangents), []
        gradients, _ = flatten_for_tape(for_arguments)
        if len(gradients) not in self.counts:
            raise ValueError(
                f"{self.name}: custom_gradient function expected to return {self.counts[0] or self.counts[-1]} "
                f"gradients, but returned {len(gradients)} instead."
            )
        gradients = gradients + [None] * (len(self.operands) - len(gradients))
        return self.fitting("gradient", "argument", gradients, self.operands, cotangents) + self.fitting(
            "gradient", "variable", for_variables, self.variables, cotangents
        )


class _CustomGradient(_WithRule):
    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if called_by_classmethod(self, args):
            return self.__get__(args[0], type(args[0]))(*args[1:], **kwargs)
        _core.note_own_derivative()
        if not _core.is_recording():
            result, _ = self._pair(self._f(*args, **kwargs))
            tensors, rebuild = _numbers_of(result)
            return rebuild(list(tensors))
        others = _behind(self._f, args, kwargs) if kwargs else []
        call = _GradientCall(self._name, (*args, *others))
        call.counts = _counts(args, others)
        # What runs inside is recorded too: a rule may use intermediate results, and their own derivatives are wanted
        # for the second order.
        with _core.Tape(False, True) as watcher:
            result, call.grad_fn = self._pair(self._f(*args, **kwargs))
        call.variables = not_among(watcher.seen_variables(), call.leaves)
        if call.variables and not _takes_variables(call.grad_fn):
            raise TypeError(
                f"{self._name}: @custom_gradient grad_fn must accept keyword argument 'variables', since function uses "
                f"variables: {[variable.name for variable in call.variables]}"
            )
        return call.record(_BY_PULL, result)

    def _pair(self, returned: Any) -> tuple[Any, Function]:
        if not isinstance(returned, (tuple, list)) or len(returned) != 2 or not callable(returned[1]):
            raise TypeError(
                f"{self._name}: a function with @custom_gradient must return a pair: its result, and the function that "
                f"gives the gradients for its arguments"
            )
        return returned[0], returned[1]


def _behind(f: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """The arguments behind the positional ones, in the order of the function's parameters, defaults among them."""
    from inspect import signature  # its import takes milliseconds

    parameters = list(signature(f).parameters.values())
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    given = {p.name for p in positional[: len(args)]}
    values = []
    for p in parameters:
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) or p.name in given:
            continue
        if p.name in kwargs or p.default is not p.empty:
            given.add(p.name)
            values.append(kwargs.get(p.name, p.default))
    return [*values, *(value for name, value in kwargs.items() if name not in given)]


def _counts(args: tuple[Any, ...], others: list[Any]) -> tuple[int, ...]:
    counts = [len(flatten_for_tape(args)[0])]
    for value in others:
        counts.append(counts[-1] + len(flatten_for_tape(value)[0]))
    return tuple(counts)


class _PassThrough(_CustomGradient):
    __slots__ = ()

    def _pair(self, returned: Any) -> tuple[Any, Function]:
        return returned, _passed


def _passed(*cotangents: Any, variables: Any = None) -> Any:
    """The gradient of what does nothing."""
    return cotangents if variables is None else (cotangents, [None] * len(variables))


def not_among(read: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
    """What a function reads that is none of its arguments."""
    return [x for x in read if not any(x is argument for argument in arguments)]


def any_followed_strictly(operands: Sequence[Any]) -> bool:
    """Whether `grad` or its kin follow one of these: then no float(t) of it where a call runs again, either."""
    return any(_core.is_followed(x, True) for x in operands)


def run_unrecorded(f: Callable[[], Any], arguments: Sequence[Any]) -> tuple[Any, list[Any]]:
    """The result of a function that is one record, whatever it does inside; and what it reads that has a derivative:
    variables, and the tensors around it that a recording tape follows."""
    with _core.Finder(arguments) as finder:
        with _core.Tape(False, True) as watcher:
            result = f()
        variables = list(watcher.seen_variables())
        del watcher
    return result, variables + not_among(finder.found, variables)


def _takes_variables(function: Function) -> bool:
    from inspect import signature  # its import takes milliseconds

    parameters = signature(function).parameters.values()
    return any(
        p.kind is p.VAR_KEYWORD or (p.name == "variables" and p.kind is not p.POSITIONAL_ONLY) for p in parameters
    )


def custom_gradient(f: Callable[Taken, tuple[Given, Callable[..., Any]]]) -> Callable[Taken, Given]:
    """Give a function a gradient of its own.

    Parameters
    ----------
    f : callable
        Returns a pair: its result (a tensor or a structure of them), and a function grad_fn(*cotangents) of one
        cotangent for each tensor of the result, flattened, which returns one gradient for each positional argument, or
        None where none flows; it may go on with gradients for the arguments behind those, in the order of f's
        parameters, where the call names them. Where f reads variables that are not its arguments, grad_fn takes a
        keyword argument `variables` and returns a pair: the gradients for the arguments, and a list of those for the
        variables.

    Returns
    -------
    callable
        Of f's arguments; returns f's result.

    Raises
    ------
    TypeError
        At a call, where f returns no such pair, or reads variables that grad_fn has no argument for; at the gradient,
        where grad_fn returns a tensor of another dtype than the argument's.
    ValueError
        At the gradient, where grad_fn returns a wrong number of gradients or a gradient of a wrong shape; the tape is
        then as it was.

    See Also
    --------
    custom_jvp : The same by forward mode.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/custom_gradient. Arguments for which grad_fn gives no gradient have
    none, nor have tensors that f finds around it. Forward mode, and derivatives of higher order, come from grad_fn too:
    it should use tensors' operations, and for forward mode be linear in the cotangents. For Jacobians it is called once
    for each row.

    Examples
    --------
    >>> @tf.custom_gradient
    ... def log1pexp(x):
    ...     e = tf.exp(x)
    ...     def grad(upstream):
    ...         return upstream * (1 - 1 / (1 + e))
    ...     return tf.math.log(1 + e), grad
    >>> x = tf.constant(100.)
    >>> with tf.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = log1pexp(x)
    >>> tape.gradient(y, x)
    <Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    return _CustomGradient(f)


def grad_pass_through(f: Callable[Taken, Given]) -> Callable[Taken, Given]:
    """A function of which the gradient passes as if it did nothing.

    Parameters
    ----------
    f : callable
        Returns as many tensors as it has positional arguments, of their shapes.

    Returns
    -------
    callable
        Of f's arguments; returns f's result. The gradient for an argument is the result's own.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/grad_pass_through. Y. Bengio, N. Leonard, A. Courville, Estimating or
    propagating gradients through stochastic neurons, 2013: the straight-through estimator.

    Examples
    --------
    >>> x = tf.Variable(1.3)
    >>> with tf.GradientTape() as tape:
    ...     y = tf.grad_pass_through(tf.round)(x) * 2
    >>> print(y.numpy(), tape.gradient(y, x).numpy())
    2.0 2.0
    """

    return _PassThrough(f)


class _RecomputedCall(_Call):
    f: Function
    keywords: bool
    strict: bool
    threads: bool
    draws: list[Any]

    def pull(self, cotangents: list[Any]) -> list[Any]:
        # What is passed twice is one source: it gets its gradient in its first place.
        sources: list[Any] = []
        firsts: list[bool] = []
        for x in (*self.operands, *self.variables):
            firsts.append(
                x is not _PLACE and _core.is_differentiable(x.dtype) and not any(x is source for source in sources)
            )
            if firsts[-1]:
                sources.append(x)
        tape = _tape_again(self.threads)
        if self.strict:
            tape.refuse_numbers()
        with tape:
            tape.watch(sources)
            with noting(self.draws):
                again = self._again()
            tensors, _ = _numbers_of(again)
        floats = [
            (tensor, g) for tensor, g in zip(tensors, cotangents, strict=True) if _core.is_differentiable(g.dtype)
        ]
        targets = [tensor for tensor, _ in floats]
        gradients = iter(tape.gradient(targets, sources, output_gradients=[g for _, g in floats]))
        return [next(gradients) if first else None for first in firsts]

    def _again(self) -> Any:
        if self.keywords:
            args, kwargs = self.rebuild(self.leaves)
            return self.f(*args, **kwargs)
        return self.f(*self.rebuild(self.leaves))


class _Recomputed(_WithRule):
    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not _core.is_recording():
            return self._f(*args, **kwargs)
        call = _RecomputedCall(self._name, (args, kwargs) if kwargs else args)
        call.f, call.keywords = self._f, bool(kwargs)
        call.threads = _hears_threads()
        call.keep_arrays()
        call.draws = []
        with noting(call.draws):
            result, read = run_unrecorded(lambda: self._f(*args, **kwargs), call.leaves)
        call.variables = not_among(read, call.leaves)
        call.strict = any_followed_strictly([*call.operands, *call.variables])
        return call.record(_BY_PULL, result)


def recompute_grad(f: Callable[Taken, Given]) -> Callable[Taken, Given]:
    """A function that is run again when its gradient is taken, instead of keeping what its gradient needs.

    Parameters
    ----------
    f : callable
        Of tensors and anything else; must give the same result when called again with the same arguments. What it
        draws by `tf.random`, a `random.Generator` or a layer is the same when it is run again; what a generator of
        NumPy's gives, or what other threads draw for it, must be an argument instead.

    Returns
    -------
    callable
        Of f's arguments; returns f's result. The tape keeps the arguments, what was drawn at random, and none of the
        intermediate results.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/recompute_grad. T. Chen, B. Xu, C. Zhang, C. Guestrin, Training deep
    nets with sublinear memory cost, 2016. The trainable variables that f reads have the values from the call when it is
    run again, even if they were assigned to since. Variables and tensors that f finds around it have a gradient, as its
    arguments have.

    Examples
    --------
    >>> layer = tf.recompute_grad(lambda x: tf.tanh(tf.tanh(x)))
    >>> x = tf.Variable(0.)
    >>> with tf.GradientTape() as tape:
    ...     y = layer(x)
    >>> tape.gradient(y, x)
    <Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    return _Recomputed(f)


class _TangentCall(_Call):
    jvp: Function
    threads: bool
    results: list[Any]

    def push(self, tangents: list[Any]) -> list[Any]:
        directions = [
            leaf if operand is _PLACE else (zeros_like(operand) if tangent is None else tangent)
            for leaf, operand, tangent in zip(self.leaves, self.operands, tangents, strict=True)
        ]
        returned = self.jvp(self.rebuild(self.leaves), self.rebuild(directions))
        if not isinstance(returned, (tuple, list)) or len(returned) != 2:
            raise ValueError(f"{self.name}: the rule of a custom_jvp must return a pair: the result and its tangent")
        pushed, _ = flatten_for_tape(returned[1])
        if len(pushed) != len(self.results):
            raise ValueError(
                f"{self.name}: the rule of a custom_jvp returned {len(pushed)} tangents for {len(self.results)} results"
            )
        tangents = self.fitting("tangent", "result", pushed, self.results, tangents)
        return [tangent for tangent, result in zip(tangents, self.results, strict=True) if result is not _PLACE]


class _CustomJVP(_WithRule):
    __slots__ = ("_rule",)

    def __init__(self, f: Function, rule: Function | None = None) -> None:
        super().__init__(f)
        self._rule = rule

    def __reduce__(self) -> Any:
        return reduced(self, (type(self), (self._f, self._rule)))

    def defjvp(self, rule: Function) -> Function:
        """Set the rule: rule(primals, tangents) -> (result, tangent of the result). Returns it, to be a decorator."""
        self._rule = rule
        return rule

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        bound = super().__get__(instance, owner)
        if instance is not None and self._rule is not None:
            bound._rule = _bound(self._rule, instance, owner)
        return bound

    def __call__(self, *args: Any) -> Any:
        if called_by_classmethod(self, args):
            return self.__get__(args[0], type(args[0]))(*args[1:])
        if self._rule is None:
            raise AttributeError(
                f"{self._name}: no rule is defined for this custom_jvp function; use @{self._name}.defjvp"
            )
        _core.note_own_derivative()
        if not _core.is_recording():
            return self._f(*args)
        call = _TangentCall(self._name, args)
        call.jvp = self._rule
        call.threads = _hears_threads()
        call.keep_arrays()
        result, read = run_unrecorded(lambda: self._f(*args), call.leaves)
        if used := not_among(read, call.leaves):
            variables = [getattr(x, "name", "") for x in used if isinstance(x, _core.VariableCore)]
            what = f"the variables {variables}" if variables else "tensors around it that a tape follows"
            raise TypeError(
                f"{self._name}: a custom_jvp function reads {what}, which its rule cannot see; make them arguments"
            )
        call.results = [_core.operand(leaf) if _numeric(leaf) else _PLACE for leaf in flatten_for_tape(result)[0]]
        return call.record(_BY_PUSH, result)


def custom_jvp(f: Function) -> Any:
    """Give a function a tangent of its own; its gradient follows from that.

    Parameters
    ----------
    f : callable
        Of positional arguments; returns a tensor or a structure of them. What it reads of variables and of
        tensors that a tape follows are its arguments.

    Returns
    -------
    callable
        Of f's arguments, with a method `defjvp`, the decorator of the rule: rule(primals, tangents), of two tuples in
        the structure of the arguments, returns the result and its tangent, which must be linear in the tangents. Where
        f is a method, so is the rule.

    Raises
    ------
    AttributeError
        At a call, where no rule is defined.
    TypeError
        At a call, where f reads variables, or tensors around it that a tape follows; when differentiated, where the
        rule returns a tensor of another dtype than the result's.
    ValueError
        When differentiated, where the rule returns no pair, or tangents of a wrong number or shape.

    Notes
    -----
    After JAX's, https://docs.jax.dev/en/latest/_autosummary/jax.custom_jvp.html. TensorFlow has none. The gradient is
    the transpose of the rule: the rule's own gradient with respect to the tangents.

    Examples
    --------
    >>> @tf.custom_jvp
    ... def log1pexp(x):
    ...     return tf.math.log(1 + tf.exp(x))
    >>> @log1pexp.defjvp
    ... def log1pexp_jvp(primals, tangents):
    ...     (x,), (t,) = primals, tangents
    ...     return log1pexp(x), t * tf.sigmoid(x)
    >>> tf.grad(log1pexp)(100.)
    np.float32(1.0)
    """
    return _CustomJVP(f)


# -------------------------------------------------------------------------------------------- rows of the op table


def elementwise_op(
    name: str,
    ufunc: np.ufunc | None,
    *derivatives: Function | None,
    formula: Function | None = None,
    parameters: Sequence[str] | None = None,
    doc: str = "",
    c: str | None = None,
    cost: float = 1,
) -> Callable[..., _core.Tensor]:
    """Add an elementwise op of one to three operands to the op table.

    Parameters
    ----------
    name : str
        The op's name, in errors.
    ufunc : numpy.ufunc or None
        The kernel; called with tensors, the ufunc itself is recorded too. None where `formula` gives the kernel.
    *derivatives : callable or None
        One for each operand: a formula of (cotangent, *operands, output), linear in the cotangent, in terms of other
        elementwise ops. It is run once, on symbols, so Python cannot branch on values in it: use `tf.where`'s
        elementwise kin, maximum, minimum and the like. Where the cotangent is zero, a quotient of it, and its product
        with the output or with what has poles, is zero even if the slope is not finite. None where the gradient stops.
    formula : callable, optional
        The kernel as a formula of the operands, in terms of other elementwise ops.
    parameters : sequence of str, optional
        The operands' names; x, y and z by default.
    doc : str
        The function's docstring.
    c : str, optional
        The kernel in C, for `Program.to_c`: an expression in the operands' names, or the body of a function of them,
        for double and with the functions of math.h; a formula is written by itself.
    cost : float
        Operations for each element, for `Program.cost`.

    Returns
    -------
    callable
        A function of the operands. It has derivatives of any order, forward and reverse mode, batches and broadcasting,
        and is fused with its neighbours in sweeps.

    Raises
    ------
    TypeError
        Where `ufunc` is no NumPy ufunc, or `c` no text.
    ValueError
        Where the name is taken, the ufunc belongs to another row, has no loop over floats or not one derivative for
        each operand, or where neither ufunc nor formula is given; where `c` is no kernel in C, `cost` no number of
        operations, or a parameter's name none in Python or C.

    Examples
    --------
    >>> cube = tf.elementwise_op("cube", None, lambda g, x, y: g * 3.0 * x * x, formula=lambda x: x * x * x)
    >>> tf.grad(cube)(2.)
    np.float32(12.0)
    """
    if ufunc is not None:
        _check_ufunc(name, ufunc, len(derivatives))
        if is_of_scipy(ufunc):
            load_special()  # a ufunc that has a row there is taken, loaded or not
    if not derivatives:
        raise ValueError(f"{name}: an elementwise op has one derivative for each operand, and one to three operands")
    from ..ops.user_rows import checked_cost, checked_parameters, checked_text  # (with all that C has for names)

    names = checked_parameters(name, parameters if parameters is not None else ("x", "y", "z")[: len(derivatives)])
    if c is not None:
        c = checked_text(name, c, names)
    return _core.register_elementwise(
        name,
        ufunc,
        formula,
        derivatives,
        names,
        doc or f"The op {name}.",
        by_width=True,  # (for all that is known here, and so is the next)
        poles=True,
        c=c_loops.YOURS if c is None and formula is None else c,
        cost=checked_cost(name, cost),
    ).function


def _check_ufunc(name: str, ufunc: Any, arity: int) -> None:
    """Refuse what the engine cannot call: it takes a ufunc's loops as they are."""
    if not isinstance(ufunc, np.ufunc):
        raise TypeError(
            f"{name}: {ufunc!r} is not a NumPy ufunc; write a formula of other ops, or use general_op for a function "
            f"of arrays"
        )
    if ufunc.nin != arity or ufunc.nout != 1 or ufunc.signature is not None:
        raise ValueError(
            f"{name}: {ufunc.__name__} is a ufunc of {ufunc.nin} operands, {ufunc.nout} results"
            f"{'' if ufunc.signature is None else ' and the signature ' + ufunc.signature}; an elementwise op has one "
            f"result, and here {arity} operands: one for each derivative"
        )
    if not any(loop[:arity] in (kind * arity for kind in "efdg") for loop in ufunc.types):
        raise ValueError(f"{name}: {ufunc.__name__} has no loop over floats; use general_op")


def linear_op(
    name: str,
    forward: Function,
    transpose: Function,
    *,
    c: tuple[Function, Function] | None = None,
    cost: float | Function | None = None,
) -> Callable[..., _core.Tensor]:
    """Add an op that is linear in its one operand to the op table.

    Parameters
    ----------
    name : str
        The op's name, in errors.
    forward : callable
        The kernel: forward(array, **attributes) -> array.
    transpose : callable
        The transposed linear map: transpose(array, **attributes) -> array, from arrays of the result's shape to arrays
        of the operand's. Of complex numbers, too, it is the transpose, without a conjugate.
    c : pair of callable, optional
        How both are written in C, each as in `general_op`.
    cost : float or callable, optional
        As in `general_op`, of both.

    Returns
    -------
    callable
        A function of the operand and of the attributes, by keyword. It has derivatives of any order in both modes.

    Raises
    ------
    ValueError
        Where the name is taken, or `cost` is no number of operations.
    TypeError
        Where `c` is no pair of functions.

    Examples
    --------
    >>> flip = tf.linear_op("flip_last", lambda x: x[..., ::-1].copy(), lambda g: g[..., ::-1].copy())
    >>> tf.grad(lambda x: tf.reduce_sum(flip(x) * [1., 2.]))(np.array([0., 0.]))
    array([2., 1.])
    """
    from ..ops.user_rows import checked_cost, checked_lines

    if c is not None and not (isinstance(c, (tuple, list)) and len(c) == 2):
        raise TypeError(f"{name}: c is a pair of functions, for the op and for its transpose, not {c!r}")
    written = [checked_lines(name, part) for part in c or (None, None)]
    counted = checked_cost(name, cost)
    row, _ = _core.register_linear(
        name,
        lambda x, a: np.asarray(forward(_core.for_reading(x), **a)),
        f"{name}_transposed",
        lambda g, a: np.asarray(transpose(_core.for_reading(g), **a)),
        form=forms.options,
        gives=(
            forms.tried(lambda a, x: forward(_core.for_reading(x), **a)),
            forms.tried(lambda a, g: transpose(_core.for_reading(g), **a)),
        ),
        c=(written[0], written[1]),
        cost=(counted, counted),
    )

    def function(x: Any, **attributes: Any) -> _core.Tensor:
        return _core.linear(row, x, attributes)

    function.__name__ = function.__qualname__ = name
    return function


def general_op(
    name: str,
    forward: Function,
    vjp: Function | None,
    jvp: Function | None = None,
    *,
    c: Function | None = None,
    cost: float | Function | None = None,
) -> Callable[..., _core.Tensor]:
    """Add an op of any number of operands, with a derivative in terms of public ops, to the op table.

    Parameters
    ----------
    name : str
        The op's name, in errors.
    forward : callable
        The kernel: forward(*arrays, **attributes) -> array. It cannot write to its operands.
    vjp : callable or None
        vjp(cotangent, output, *operands, **attributes) -> a contribution to each operand (a single one for a single
        operand), of the operand's shape, or None where none flows. None for an op without a derivative.
    jvp : callable, optional
        jvp(tangents, output, *operands, **attributes) -> the output's tangent; `tangents` has one for each operand, or
        None where it does not move. Without it, `vjp` is transposed.
    c : callable, optional
        The kernel in C, for `Program.to_c`: c(result, *operands, **attributes) -> lines of C that assign to each
        element of the result. All of them have a `shape` and a `dtype`, and `x.at(("i", 0))` is how C writes an element
        of x.
    cost : float or callable, optional
        Operations, for `Program.cost`: how many for each element, or cost(*shapes, **attributes) -> how many for
        operands of these shapes.

    Returns
    -------
    callable
        A function of the operands and of the attributes, by keyword.

    Raises
    ------
    ValueError
        Where the name is taken, or `cost` is no number of operations; when differentiated, where a contribution has
        not its operand's shape.
    TypeError
        Where `c` is no function; when differentiated, where a contribution has not its operand's dtype.

    Examples
    --------
    >>> def outer_vjp(g, y, u, v):
    ...     return tf.linalg.matvec(g, v), tf.linalg.matvec(g, u, transpose_a=True)
    >>> outer = tf.general_op("outer_product", np.outer, outer_vjp)
    >>> tf.grad(lambda u: tf.reduce_sum(outer(u, [1., 2.])))(np.array([1., 1., 1.]))
    array([3., 3., 3.])
    """

    def pull(g: Any, y: Any, a: Any, *x: Any) -> Any:
        given = vjp(_core.conjugated([g])[0], y, *x, **a)  # type: ignore[misc]  # (not called where it is None)
        contributions = list(given) if isinstance(given, (tuple, list)) else [given]
        if len(contributions) == len(x):
            contributions = [
                None if g_k is None else _in_dtype(g_k, x_k, [g], f"{name}: the gradient of operand {k}", "the operand")
                for k, (g_k, x_k) in enumerate(zip(contributions, x, strict=True))
            ]
        return _core.conjugated(contributions)

    from ..ops.user_rows import checked_cost, checked_lines

    row = _core.register_general(
        name,
        lambda a, *x: np.asarray(forward(*map(_core.for_reading, x), **a)),
        None if vjp is None else pull,
        None if jvp is None else lambda t, y, a, *x: jvp(t, y, *x, **a),
        True,
        True,
        raises=True,  # for all that is known here
        form=forms.options,
        gives=forms.tried(lambda a, *x: forward(*map(_core.for_reading, x), **a)),
        c=checked_lines(name, c),
        cost=checked_cost(name, cost),
    )

    def function(*operands: Any, **attributes: Any) -> _core.Tensor:
        return _core.general(row, operands, attributes)

    function.__name__ = function.__qualname__ = name
    return function
