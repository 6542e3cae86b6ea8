"""What `autograd.core` has: the derivative of a function of one value, in both directions, and rules for primitives.

A function is run on tensors under one of our tapes. autograd's cotangents of complex values are the conjugates of ours:
there the gradient of a real u of z = x + iy is du/dx - i du/dy, and what is pulled back through an analytic function is
multiplied by its derivative as it stands. That is also how the core itself sweeps, so rules need no conjugates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from functools import reduce
from itertools import count
from typing import Any
from weakref import WeakSet

import numpy as np

from .. import _core
from ..derivatives.transforms import jvp, vjp
from ..nest import flatten_for_tape, map_structure
from ..ops import c_loops, forms
from ..ops.shaping import broadcast_to
from ..tensors.creation import zeros_like
from .boxes import Box, Node, boxes_in, getval, holds_box, isbox, new_box, notrace_primitives, plain, read, unboxed
from .util import subval
from .vspaces import VSpace, vspace
from .wrap_util import get_name, wraps

__all__ = [
    "Box",
    "JVPNode",
    "Node",
    "SparseObject",
    "VJPNode",
    "VSpace",
    "def_linear",
    "defjvp",
    "defjvp_argnum",
    "defjvp_argnums",
    "defvjp",
    "defvjp_argnum",
    "defvjp_argnums",
    "getval",
    "isbox",
    "make_jvp",
    "make_vjp",
    "primitive",
    "primitive_jvps",
    "primitive_vjps",
    "vspace",
]

Function = Callable[..., Any]


class VJPNode(Node):
    """As `tracer.Node`: a name."""


class JVPNode(Node):
    """As `tracer.Node`: a name."""


class SparseObject:
    """As `tracer.Node`: a name; gradients of parts are the tape's own."""

    def __init__(self, vs: Any, mut_add: Any) -> None:
        raise NotImplementedError("SparseObject: gradients of parts of arrays are recorded by the tape; index instead")


# ----------------------------------------------------------------------------------------- functions of one value


def _source(leaf: Any) -> Any:
    """What is differentiated: a tensor that is one or is read as one, and an array of floats of anything else."""
    leaf = read(leaf)
    if isbox(leaf):
        return leaf
    if type(leaf) in (float, complex):
        return np.asarray(leaf)[()]
    array = getval(new_box(leaf))
    return np.asarray(array, float) if array.dtype.kind in "biu" else array


def _differentiable(leaf: Any) -> bool:
    return isbox(leaf) and _core.is_differentiable(leaf.dtype)


def _tensor(leaf: Any) -> Any:
    return leaf if isbox(leaf) else _core.to_tensor(np.asarray(leaf))


def _conjugate(leaf: Any) -> Any:
    return np.conj(leaf) if np.dtype(leaf.dtype).kind == "c" else leaf


class _Recorded:
    """A function as our transforms take it: it gives tensors, and says where they depend on nothing.

    What is not recorded then is of arrays, or of tensors where the argument is: `given` makes it so.
    """

    def __init__(self, fun: Function, x: Any) -> None:
        self._fun = fun
        self._leaf = _tensor if holds_box(x) else plain
        self.independent = False
        self.value: Any = None

    def given(self, value: Any) -> Any:
        return map_structure(self._leaf, value)

    def __call__(self, x: Any) -> Any:
        value = self._fun(x)
        leaves, rebuild = flatten_for_tape(value)
        if not any(_differentiable(leaf) and _core.is_followed(leaf) for leaf in leaves):
            _core.warn_caller("Output seems independent of input.")
            self.independent, self.value = True, self.given(value)
            return _core.to_tensor(0.0)
        return rebuild([_tensor(leaf) for leaf in leaves])


def _fitted(like: Any, part: Any) -> Any:
    """A tangent or cotangent as one of a value's dtype and shape; a tensor has the dtype already."""
    if not isbox(part):
        part = np.asarray(part)
        kind = np.dtype(like.dtype)
        if kind.kind not in "fc":
            kind = np.dtype(float)
        if part.dtype.kind == "c" and kind.kind != "c":
            part = part.real
        part = part.astype(kind)
    shape = tuple(like.shape)
    return part if tuple(part.shape) == shape else np.broadcast_to(part, shape)


def make_vjp(fun: Function, x: Any) -> tuple[Function, Any]:
    """The function that pulls cotangents of fun's value back to x, and the value.

    Parameters
    ----------
    fun : callable
        Of one value; returns a number, an array, or a structure of them.
    x : float, complex, array, or tuple, list or dict of them
        Where to differentiate.

    Examples
    --------
    >>> from autodiff_core.autograd.core import make_vjp
    >>> pull, value = make_vjp(lambda x: x * x, np.array([1.0, 2.0]))
    >>> pull(np.array([1.0, 10.0]))
    array([ 2., 40.])
    """
    recorded = _Recorded(fun, x)
    sources = map_structure(_source, x)
    value, pull = vjp(recorded, sources)
    if recorded.independent:
        return lambda g: recorded.given(vspace(x).zeros()), recorded.value
    leaves, rebuild = flatten_for_tape(value)

    def pulled(g: Any) -> Any:
        parts = _matching(value, g)
        cotangents = [_conjugate(_fitted(leaf, part)) for leaf, part in zip(leaves, parts, strict=True)]
        return map_structure(_conjugate, pull(rebuild(cotangents))[0])

    return pulled, value


def make_jvp(fun: Function, x: Any) -> Function:
    """The function that gives fun's value at x, and how it changes as x moves along a tangent.

    Examples
    --------
    >>> from autodiff_core.autograd.core import make_jvp
    >>> make_jvp(lambda x: x * x, 3.0)(1.0)
    (np.float64(9.0), np.float64(6.0))
    """
    sources = map_structure(_source, x)
    leaves, rebuild = flatten_for_tape(sources)

    def pushed(g: Any) -> tuple[Any, Any]:
        recorded = _Recorded(fun, x)
        parts = _matching(sources, g)
        tangents = [_fitted(leaf, part) for leaf, part in zip(leaves, parts, strict=True)]
        value, tangent = jvp(recorded, [sources], [rebuild(tangents)])
        if recorded.independent:
            return recorded.value, recorded.given(vspace(recorded.value).zeros())
        return value, tangent

    return pushed


def _matching(structure: Any, value: Any) -> list[Any]:
    """What stands in the places of a structure's leaves, in the order in which they are listed.

    (Anything that can be indexed is a sequence: the gradient for a list of numbers may be an array.)
    """
    leaves, rebuild = flatten_for_tape(structure)
    parts: list[Any] = [None] * len(leaves)
    _gather(rebuild(list(range(len(leaves)))), value, parts)
    return parts


def _gather(numbered: Any, value: Any, parts: list[Any]) -> None:
    if value is None:
        return
    if isinstance(numbered, (list, tuple)):
        for place, item in enumerate(numbered):
            _gather(item, value[place], parts)
    elif isinstance(numbered, dict):
        for key, item in numbered.items():
            _gather(item, value[key], parts)
    else:
        parts[numbered] = value


# ------------------------------------------------------------------------------------- primitives and their rules


class _Rules(MutableMapping[Any, Function]):
    """Rules by primitives. A primitive holds its own, and they go with it, though rules may name their primitive."""

    def __init__(self, attribute: str) -> None:
        self._attribute = attribute
        self._primitives: WeakSet[Any] = WeakSet()

    def __getitem__(self, fun: Any) -> Function:
        if fun not in self._primitives:
            raise KeyError(fun)
        rule: Function = getattr(fun, self._attribute)
        return rule

    def __setitem__(self, fun: Any, rule: Function) -> None:
        setattr(fun, self._attribute, rule)
        self._primitives.add(fun)

    def __delitem__(self, fun: Any) -> None:
        self._primitives.remove(fun)
        delattr(fun, self._attribute)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._primitives)

    def __len__(self) -> int:
        return len(self._primitives)


primitive_vjps = _Rules("_vjp")
primitive_jvps = _Rules("_jvp")


def primitive(f_raw: Function) -> Any:
    """A function that the tape does not look into: it is given arrays, and has the derivatives that are defined for it.

    Parameters
    ----------
    f_raw : callable
        Of arrays and anything else; returns a number, an array, or a structure of them.

    Returns
    -------
    callable
        Of the same arguments; the positional ones may hold tensors, in lists, tuples and dicts, too. `defvjp` and
        `defjvp` define its derivatives; the former is enough for both directions.

    Raises
    ------
    NotImplementedError
        At a call with tensors, where no derivative is defined; in a sweep, where none is for its direction or an
        argument.

    Examples
    --------
    >>> from autodiff_core.autograd import grad
    >>> from autodiff_core.autograd.extend import defvjp, primitive
    >>> @primitive
    ... def cube(x):
    ...     return x**3
    >>> defvjp(cube, lambda ans, x: lambda g: g * 3.0 * x**2)
    >>> grad(grad(cube))(2.0)
    np.float64(12.0)
    """

    def f_wrapped(*args: Any, **kwargs: Any) -> Any:
        if not any(map(holds_box, args)):
            return f_raw(*args, **kwargs)
        if any(f_wrapped in functions for functions in notrace_primitives.values()):
            return f_raw(*map(unboxed, args), **kwargs)
        _core.note_own_derivative()
        args = tuple([read(arg) if holds_box(arg) else arg for arg in args])
        return _Call(f_wrapped, args, kwargs).recorded(f_raw(*map(unboxed, args), **kwargs))

    wraps(f_raw)(f_wrapped)
    f_wrapped.fun = f_raw  # type: ignore[attr-defined]
    f_wrapped._is_autograd_primitive = True  # type: ignore[attr-defined]
    return f_wrapped


class _Call:
    """One call of a primitive, as its record's rules see it."""

    def __init__(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._function = function
        self._args = args
        self._kwargs = kwargs
        self.argnums = tuple(place for place, arg in enumerate(args) if holds_box(arg))
        self._boxes = [boxes_in(args[place]) for place in self.argnums]
        self._vjp = primitive_vjps.get(function)
        self._jvp = primitive_jvps.get(function)
        if self._vjp is None and self._jvp is None:
            raise NotImplementedError(self._undefined())
        self._rebuild: Function = lambda leaves: leaves[0]
        self._outputs: list[Any] = []

    def _undefined(self) -> str:
        return f"VJP of {get_name(self._function)} wrt argnums {self.argnums} not defined"

    def recorded(self, ans: Any) -> Any:
        """What the function gave, as outputs of a record of the call."""
        leaves, rebuild = flatten_for_tape(ans)
        outputs = [_core.to_tensor(np.asarray(getval(leaf))) for leaf in leaves]
        if not any(map(_differentiable, outputs)):
            return ans
        self._rebuild = rebuild
        row = _BY_PULL if self._jvp is None else _BY_BOTH
        operands = [box for boxes in self._boxes for box in boxes if box is not None]
        self._outputs = _core.multiple(row, operands, outputs, self)
        return rebuild(list(self._outputs))

    def _arguments(self, operands: Sequence[Any]) -> list[Any]:
        """The arguments with operands in the places of tensors: arrays, unless somebody listens to them."""
        rest = iter(operands)
        args = list(self._args)
        for place, boxes in zip(self.argnums, self._boxes, strict=True):
            leaves, rebuild = flatten_for_tape(args[place])
            args[place] = rebuild(
                [leaf if box is None else plain(next(rest)) for leaf, box in zip(leaves, boxes, strict=True)]
            )
        return args

    def pull(self, cotangents: list[Any], operands: Sequence[Any]) -> list[Any]:
        """Contributions to the operands, by the rule that pulls back."""
        if self._vjp is None:
            raise NotImplementedError(self._undefined())
        ans = self._rebuild([plain(y) for y in self._outputs])
        g = self._rebuild([plain(part) for part in cotangents])
        args = self._arguments(operands)
        found = iter(tuple(self._vjp(self.argnums, ans, tuple(args), self._kwargs)(g)))
        rest = iter(operands)
        contributions = []
        for place, boxes in zip(self.argnums, self._boxes, strict=True):
            parts = _matching(self._args[place], next(found))
            for part, box in zip(parts, boxes, strict=True):
                if box is not None:
                    contributions.append(self._contribution(part, next(rest)))
        return contributions

    def _contribution(self, part: Any, operand: Any) -> Any:
        """What a rule gave, as a cotangent of the operand: summed where the operand was broadcast."""
        if part is None or not _core.is_differentiable(operand.dtype):
            return None
        tensor = part if isbox(part) else _core.to_tensor(np.asarray(part))
        kind = np.dtype(operand.dtype).kind
        if np.dtype(tensor.dtype).kind == "c" and kind != "c":
            tensor = _core.to_tensor(np.real(tensor))
        tensor = _core.to_dtype(tensor, operand.dtype)
        shape, wanted = tuple(tensor.shape), tuple(operand.shape)
        if shape == wanted:
            return tensor
        try:
            joint = np.broadcast_shapes(shape, wanted)
        except ValueError:
            joint = ()
        if joint == wanted:
            return broadcast_to(tensor, wanted)
        if joint != shape:
            raise ValueError(
                f"{get_name(self._function)}: its VJP gives a gradient of shape {shape} for an argument of shape "
                f"{wanted}"
            )
        return unbroadcast(tensor, wanted)

    def push(self, tangents: list[Any], operands: Sequence[Any]) -> list[Any]:
        """Tangents of the outputs, by the rule that pushes forward."""
        assert self._jvp is not None
        ans = self._rebuild([plain(y) for y in self._outputs])
        args = self._arguments(operands)
        given = iter(zip(tangents, operands, strict=True))
        argnums, gs = [], []
        for place, boxes in zip(self.argnums, self._boxes, strict=True):
            leaves, rebuild = flatten_for_tape(self._args[place])
            parts, moves = [], False
            for leaf, box in zip(leaves, boxes, strict=True):
                if box is None:
                    parts.append(np.zeros_like(np.asarray(leaf)))
                    continue
                tangent, operand = next(given)
                moves = moves or tangent is not None
                parts.append(plain(zeros_like(operand) if tangent is None else tangent))
            if moves:
                argnums.append(place)
                gs.append(rebuild(parts))
        if not argnums:
            return [None] * len(self._outputs)
        pushed = self._jvp(tuple(argnums), gs, ans, tuple(args), self._kwargs)
        return [
            broadcast_to(_core.to_dtype(part if isbox(part) else np.asarray(part), y.dtype), tuple(y.shape))
            if _core.is_differentiable(y.dtype)
            else None
            for part, y in zip(_matching(ans, pushed), self._outputs, strict=True)
        ]


def unbroadcast(x: Any, shape: tuple[int, ...]) -> Any:
    """The sum of an array or a tensor over the axes along which one of the given shape was broadcast to it."""
    extra = max(len(x.shape) - len(shape), 0)
    axes = (*range(extra), *(extra + k for k, n in enumerate(shape) if n == 1 and x.shape[extra + k] != 1))
    return np.reshape(np.sum(x, axes), shape) if axes else x


def _row(name: str, rule: Function, pushforward: Function | None) -> _core.Op:
    return _core.register_general(
        name, None, rule, pushforward, True, False, multiple=True, form=None, gives=None, c=c_loops.PYTHON,
        cost=forms.OF_PYTHON,
    )  # fmt: skip


_BY_PULL = _row("primitive", lambda g, y, call, *x: call.pull(g, x), None)
_BY_BOTH = _row("primitive_with_both", lambda g, y, call, *x: call.pull(g, x), lambda t, y, call, *x: call.push(t, x))


def _check(fun: Any, what: str) -> None:
    if not getattr(fun, "_is_autograd_primitive", False):
        raise TypeError(
            f"{what}: {get_name(fun)} is no primitive, so it has the derivative of what it computes; wrap it first, as "
            f"in f = primitive({get_name(fun)})"
        )


def defvjp_argnums(fun: Any, vjpmaker: Function) -> None:
    """Define the pull-back of a primitive for all its arguments at once: vjpmaker(argnums, ans, args, kwargs)(g)."""
    _check(fun, "defvjp")
    primitive_vjps[fun] = vjpmaker


def defvjp_argnum(fun: Any, vjpmaker: Function) -> None:
    """Define the pull-back of a primitive for any argument: vjpmaker(argnum, ans, args, kwargs)(g)."""

    def of_all(argnums: Sequence[int], *rest: Any) -> Function:
        pulls = [vjpmaker(argnum, *rest) for argnum in argnums]
        return lambda g: tuple(pull(g) for pull in pulls)

    defvjp_argnums(fun, of_all)


def defvjp(fun: Any, *vjpmakers: Function | None, argnums: Iterable[int] | None = None) -> None:
    """Define the pull-back of a primitive, an argument after the other: vjpmaker(ans, *args, **kwargs)(g).

    Parameters
    ----------
    fun : primitive
        What `primitive` returned.
    *vjpmakers : callable or None
        One for each argument; None where no gradient flows.
    argnums : iterable of int, optional
        Which arguments they are for; the first ones by default.
    """
    makers = dict(zip(count() if argnums is None else argnums, vjpmakers, strict=False))
    for maker in vjpmakers:
        if maker is not None and not callable(maker):
            raise Exception(f"Bad VJP '{maker}' for '{get_name(fun)}'")

    def of_all(numbers: Sequence[int], ans: Any, args: Any, kwargs: Any) -> Function:
        missing = [number for number in numbers if number not in makers]
        if missing:
            which = f"argnum{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"
            raise NotImplementedError(f"VJP of {get_name(fun)} wrt {which} not defined")
        chosen = [makers[number] for number in numbers]
        pulls = [None if maker is None else maker(ans, *args, **kwargs) for maker in chosen]
        return lambda g: tuple(None if pull is None else pull(g) for pull in pulls)

    defvjp_argnums(fun, of_all)


def defjvp_argnums(fun: Any, jvpmaker: Function) -> None:
    """Define the push-forward of a primitive, for all arguments at once: jvpmaker(argnums, gs, ans, args, kwargs)."""
    _check(fun, "defjvp")
    primitive_jvps[fun] = jvpmaker


def defjvp_argnum(fun: Any, jvpmaker: Function) -> None:
    """Define the push-forward of a primitive for any argument: jvpmaker(argnum, g, ans, args, kwargs)."""

    def of_all(argnums: Sequence[int], gs: Sequence[Any], ans: Any, args: Any, kwargs: Any) -> Any:
        pushed = [jvpmaker(argnum, g, ans, args, kwargs) for argnum, g in zip(argnums, gs, strict=True)]
        return reduce(vspace(ans).add, pushed)

    defjvp_argnums(fun, of_all)


def defjvp(fun: Any, *jvpfuns: Any, argnums: Iterable[int] | None = None) -> None:
    """Define the push-forward of a primitive, an argument after the other: jvpfun(g, ans, *args, **kwargs).

    Parameters
    ----------
    fun : primitive
        What `primitive` returned.
    *jvpfuns : callable, "same" or None
        One for each argument; "same" where the function is linear in it, None where nothing moves.
    argnums : iterable of int, optional
        Which arguments they are for; the first ones by default.
    """
    pushes = dict(zip(count() if argnums is None else argnums, jvpfuns, strict=False))
    for push in jvpfuns:
        if push is not None and push != "same" and not callable(push):
            raise Exception(f"Bad JVP '{push}' for '{get_name(fun)}'")

    def of_one(argnum: int, g: Any, ans: Any, args: Any, kwargs: Any) -> Any:
        if argnum not in pushes:
            raise NotImplementedError(f"JVP of {get_name(fun)} wrt argnum {argnum} not defined")
        push = pushes[argnum]
        if push is None:
            return vspace(ans).zeros()
        if push == "same":
            return fun(*subval(args, argnum, g), **kwargs)
        return push(g, ans, *args, **kwargs)

    defjvp_argnum(fun, of_one)


def def_linear(fun: Any) -> None:
    """Say that a primitive is linear in each of its arguments."""
    defjvp_argnum(fun, lambda argnum, g, ans, args, kwargs: fun(*subval(args, argnum, g), **kwargs))
