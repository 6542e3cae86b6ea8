"""`autodiff_core.autograd`: the interface of HIPS autograd, on this library's tape."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from .differential_operators import elementwise_grad as _elementwise_grad
from .differential_operators import hessian_tensor_product as _hessian_tensor_product
from .differential_operators import tensor_jacobian_product as _tensor_jacobian_product
from .wrap_util import Function
from typing import Any
from .builtins import dict as dict
from .builtins import isinstance as isinstance
from .builtins import list as list
from .builtins import tuple as tuple
from .builtins import type as type
from .core import primitive as primitive
from .differential_operators import checkpoint as checkpoint
from .differential_operators import deriv as deriv
from .differential_operators import elementwise_grad as elementwise_grad
from .differential_operators import grad as grad
from .differential_operators import grad_and_aux as grad_and_aux
from .differential_operators import grad_named as grad_named
from .differential_operators import hessian as hessian
from .differential_operators import hessian_tensor_product as hessian_tensor_product
from .differential_operators import holomorphic_grad as holomorphic_grad
from .differential_operators import jacobian as jacobian
from .differential_operators import make_ggnvp as make_ggnvp
from .differential_operators import make_hvp as make_hvp
from .differential_operators import make_jvp_reversemode as make_jvp_reversemode
from .differential_operators import multigrad_dict as multigrad_dict
from .differential_operators import tensor_jacobian_product as tensor_jacobian_product
from .differential_operators import value_and_grad as value_and_grad
from .importing import install as install
from .importing import uninstall as uninstall

def make_jvp(fun: Function, argnum: Any = 0, *nary_op_args: Any, **nary_op_kwargs: Any) -> Function:
    """The function that gives fun's value at x, and how it changes as x moves along a tangent.

    Examples
    --------
    >>> from autodiff_core.autograd.core import make_jvp
    >>> make_jvp(lambda x: x * x, 3.0)(1.0)
    (np.float64(9.0), np.float64(6.0))
    """

def make_vjp(fun: Function, argnum: Any = 0, *nary_op_args: Any, **nary_op_kwargs: Any) -> Function:
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

egrad = _elementwise_grad
hessian_vector_product = _hessian_tensor_product
vector_jacobian_product = _tensor_jacobian_product
