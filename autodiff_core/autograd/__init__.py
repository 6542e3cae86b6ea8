"""`autodiff_core.autograd`: the interface of HIPS autograd, on this library's tape.

`from autodiff_core.autograd import grad` and `import autodiff_core.autograd.numpy as np` stand for autograd's, and
`install()` lets packages that import `autograd` find these. Arrays go in, arrays come out; within a differentiated
function the values are tensors.

>>> import autodiff_core.autograd.numpy as anp
>>> from autodiff_core.autograd import grad
>>> grad(lambda x: anp.sum(anp.tanh(x) ** 2))(np.array([0.0, 1.0])).round(4)
array([0.    , 0.6397])
"""

from importlib import import_module as _import_module
from typing import Any as _Any

from ..namespaces import namespace as _namespace

__all__, __dir__, _named = _namespace(
    __name__,
    "tf.autograd",
    """
autograd.builtins: dict isinstance list tuple type
autograd.core: primitive
autograd.differential_operators: checkpoint deriv egrad=elementwise_grad elementwise_grad grad grad_and_aux grad_named
    hessian hessian_tensor_product hessian_vector_product holomorphic_grad jacobian make_ggnvp make_hvp make_jvp
    make_jvp_reversemode make_vjp multigrad_dict tensor_jacobian_product value_and_grad vector_jacobian_product
autograd.importing: install uninstall
""",
)

_MODULES = [
    "builtins",
    "core",
    "differential_operators",
    "extend",
    "misc",
    "numpy",
    "scipy",
    "test_util",
    "tracer",
    "util",
    "wrap_util",
]


def __getattr__(name: str) -> _Any:
    """What is listed, and the modules, which autograd has loaded once it is imported."""
    return _import_module(f"{__name__}.{name}") if name in _MODULES else _named(name)
