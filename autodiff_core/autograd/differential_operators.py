"""What `autograd.differential_operators` has: `grad` and its kin, of functions of arrays.

>>> from autodiff_core.autograd import elementwise_grad, grad
>>> grad(lambda x: np.sum(np.sin(x) ** 2))(np.array([0.0, 1.0])).round(4)
array([0.    , 0.9093])
"""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _core
from ..derivatives.custom import recompute_grad
from ..derivatives.transforms import jacobian as _jacobian
from .boxes import holds_box
from .core import _conjugate, _Recorded, _source
from .core import make_jvp as _make_jvp
from .core import make_vjp as _make_vjp
from .vspaces import vspace
from .wrap_util import unary_to_nary, wraps

__all__ = [
    "checkpoint",
    "deriv",
    "elementwise_grad",
    "grad",
    "grad_and_aux",
    "grad_named",
    "hessian",
    "hessian_tensor_product",
    "hessian_vector_product",
    "holomorphic_grad",
    "jacobian",
    "make_ggnvp",
    "make_hvp",
    "make_jvp",
    "make_jvp_reversemode",
    "make_vjp",
    "multigrad_dict",
    "tensor_jacobian_product",
    "value_and_grad",
    "vector_jacobian_product",
]

Function = Callable[..., Any]

make_vjp = unary_to_nary(_make_vjp)
make_jvp = unary_to_nary(_make_jvp)


@unary_to_nary
def grad(fun: Function, x: Any) -> Any:
    """The gradient of a function of one real number; of the type and structure of the argument that `argnum` names."""
    return _of_scalar("Grad", fun, x)[1]


@unary_to_nary
def value_and_grad(fun: Function, x: Any) -> tuple[Any, Any]:
    """The value and the gradient, as SciPy's solvers want them."""
    return _of_scalar("value_and_grad", fun, x)


def _of_scalar(operator: str, fun: Function, x: Any) -> tuple[Any, Any]:
    pull, ans = _make_vjp(fun, x)
    space = vspace(ans)
    if space.size != 1:
        raise TypeError(
            f"{operator} only applies to real scalar-output functions. Try jacobian, elementwise_grad or "
            f"holomorphic_grad."
        )
    return ans, pull(space.ones())


@unary_to_nary
def elementwise_grad(fun: Function, x: Any) -> Any:
    """The sum of the Jacobian's rows: the derivative of each element, where each depends on its own alone."""
    pull, ans = _make_vjp(fun, x)
    space = vspace(ans)
    if space.iscomplex:
        raise TypeError("Elementwise_grad only applies to real-output functions.")
    return pull(space.ones())


@unary_to_nary
def deriv(fun: Function, x: Any) -> Any:
    """The derivative along ones, in forward mode."""
    return _make_jvp(fun, x)(vspace(x).ones())[1]


@unary_to_nary
def jacobian(fun: Function, x: Any) -> Any:
    """The Jacobian, of the value's shape and behind it the argument's; argument and value are one array each."""
    recorded = _Recorded(fun, x)
    kinds: list[Any] = []

    def checked(x: Any) -> Any:
        value = recorded(x)
        kinds.append(vspace(recorded.value if recorded.independent else value))
        if kinds[-1].iscomplex:
            raise TypeError("jacobian only applies to real-output functions; take those of np.real and np.imag.")
        return value

    found = _jacobian(checked)(_source(x))
    if recorded.independent:
        return recorded.given(np.zeros(kinds[0].shape + vspace(x).shape))
    return _conjugate(found)


@unary_to_nary
def holomorphic_grad(fun: Function, x: Any) -> Any:
    """The derivative of an analytic function of a complex number."""
    if not vspace(x).iscomplex:
        _core.warn_caller("Input to holomorphic_grad is not complex")
    return grad(lambda z: np.real(fun(z)))(x)


def grad_named(fun: Function, argname: str) -> Function:
    """The gradient by the positional argument of a name."""
    return grad(fun, list(inspect.signature(fun).parameters).index(argname))


@unary_to_nary
def hessian(fun: Function, x: Any) -> Any:
    """The matrix of second derivatives."""
    return jacobian(jacobian(fun))(x)


@unary_to_nary
def make_hvp(fun: Function, x: Any) -> Any:
    """The function that multiplies vectors with the Hessian at a point, and the gradient there."""
    return _make_vjp(grad(fun), x)


def hessian_tensor_product(fun: Function, argnum: int = 0) -> Function:
    """A function of (*args, tensor, **kwargs): the Hessian times a tensor of the argument's shape."""
    fun_grad = grad(fun, argnum)

    def vector_dot_grad(*args: Any, **kwargs: Any) -> Any:
        *rest, vector = args
        return np.tensordot(fun_grad(*rest, **kwargs), vector, np.ndim(vector))

    return grad(vector_dot_grad, argnum)


hessian_vector_product = hessian_tensor_product


def tensor_jacobian_product(fun: Function, argnum: int = 0) -> Function:
    """A function of (*args, tensor, **kwargs): a tensor, of the value's shape or its first axes, times the Jacobian."""

    def vector_dot_fun(*args: Any, **kwargs: Any) -> Any:
        *rest, vector = args
        return np.tensordot(vector, fun(*rest, **kwargs), axes=np.ndim(vector))

    return jacobian(vector_dot_fun, argnum)


vector_jacobian_product = tensor_jacobian_product


@unary_to_nary
def make_jvp_reversemode(fun: Function, x: Any) -> Function:
    """The function that multiplies the Jacobian with vectors, by two sweeps backwards."""
    pull, ans = _make_vjp(fun, x)
    push, _ = _make_vjp(pull, vspace(ans).zeros())
    return push


def _half_square(x: Any) -> Any:
    return 0.5 * np.sum(x**2, axis=-1)


def make_ggnvp(f: Function, g: Function = _half_square, f_argnum: int = 0) -> Function:
    """The function that multiplies vectors with the generalised Gauss-Newton matrix of g of f, at a point."""

    @unary_to_nary
    def _make_ggnvp(f: Function, x: Any) -> Function:
        pull, f_x = _make_vjp(f, x)
        g_hvp, gradient = _make_vjp(grad(g), f_x)
        push, _ = _make_vjp(pull, vspace(gradient).zeros())
        return lambda v: pull(g_hvp(push(v)))

    made: Function = _make_ggnvp(f, f_argnum)
    return made


@unary_to_nary
def grad_and_aux(fun: Function, x: Any) -> tuple[Any, Any]:
    """The gradient of a function's first output, and its second output as it is."""
    pull, (ans, aux) = _make_vjp(lambda x: tuple(fun(x)), x)
    return pull((vspace(ans).ones(), vspace(aux).zeros())), aux


def multigrad_dict(fun: Function) -> Function:
    """Gradients by all arguments at once, as a dict by the arguments' names."""
    signature = inspect.signature(fun)
    kinds = {name: parameter.kind for name, parameter in signature.parameters.items()}

    def called(arguments: dict[str, Any]) -> Any:
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for name, kind in kinds.items():
            if kind is inspect.Parameter.VAR_POSITIONAL:
                args += arguments[name]
            elif kind is inspect.Parameter.VAR_KEYWORD:
                kwargs |= arguments[name]
            elif kind is inspect.Parameter.KEYWORD_ONLY:
                kwargs[name] = arguments[name]
            else:
                args.append(arguments[name])
        return fun(*args, **kwargs)

    def gradfun(*args: Any, **kwargs: Any) -> OrderedDict[str, Any]:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        gradients = grad(called)(dict(bound.arguments))
        return OrderedDict((name, gradients[name]) for name in bound.arguments)

    return gradfun


def checkpoint(fun: Function) -> Function:
    """A function that is run again when its gradient is taken, instead of keeping what that needs."""
    recomputed = recompute_grad(fun)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return (recomputed if any(map(holds_box, (args, kwargs))) else fun)(*args, **kwargs)

    return wraps(fun)(wrapped)
