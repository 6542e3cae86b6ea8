"""TensorFlow's GradientTape for NumPy.

`import autodiff_core as tf` runs gradient-tape code on NumPy arrays: a tape of contiguous op records and its backward
sweep are compiled; variables, tapes and nested structures are a thin layer of Python.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from . import _core, dtypes
from . import leaving as _leaving
from . import operand_names as _operand_names
from ._core import Tensor
from .creation import (
    add_n,
    cast,
    constant,
    convert_to_tensor,
    eye,
    fill,
    identity,
    identity_n,
    is_tensor,
    linspace,
    ones,
    ones_like,
    range,
    rank,
    shape,
    size,
    stop_gradient,
    zeros,
    zeros_like,
)
from .dtypes import (
    DType,
    as_dtype,
    bool,
    complex64,
    complex128,
    double,
    float16,
    float32,
    float64,
    floatx,
    half,
    int8,
    int16,
    int32,
    int64,
    longdouble,
    set_floatx,
    uint8,
    uint16,
    uint32,
    uint64,
)
from .indexed_slices import IndexedSlices
from .indexed_slices import collect as _collect_slices
from .indexed_slices import densify as _densify_slices
from .ops.complex_parts import complex
from .ops.counting import (
    scalar_mul,
    slice,
    unique,
    unique_with_counts,
)
from .ops.elementwise import (
    abs,
    acos,
    acosh,
    add,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    divide,
    equal,
    exp,
    floor,
    greater,
    greater_equal,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    maximum,
    minimum,
    multiply,
    negative,
    not_equal,
    pow,
    sigmoid,
    sign,
    sin,
    sinh,
    sqrt,
    square,
    subtract,
    tan,
    tanh,
)
from .ops.indexing import boolean_mask, gather, one_hot, where
from .ops.linalg import einsum, matmul, tensordot
from .ops.ordering import (
    argsort,
    sort,
)
from .ops.reductions import (
    argmax,
    argmin,
    cumsum,
    norm,
    reduce_all,
    reduce_any,
    reduce_logsumexp,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_sum,
)
from .ops.scattering import (
    dynamic_partition,
    dynamic_stitch,
    gather_nd,
    meshgrid,
    repeat,
    reverse_sequence,
    scatter_nd,
    searchsorted,
    sequence_mask,
    tensor_scatter_nd_add,
    tensor_scatter_nd_max,
    tensor_scatter_nd_min,
    tensor_scatter_nd_sub,
    tensor_scatter_nd_update,
)
from .ops.shaping import (
    broadcast_to,
    concat,
    expand_dims,
    pad,
    reshape,
    reverse,
    roll,
    split,
    squeeze,
    stack,
    tile,
    transpose,
    unstack,
)
from .ops.shaping import stack_nested as _stack_nested
from .tensor_shape import TensorShape
from .tensorflow import math, nn
from .tensorflow.clipping import clip_by_global_norm, clip_by_norm, clip_by_value
from .tensorflow.math import round, truediv

_core.install(
    tensor_shape=TensorShape,
    stack=_stack_nested,
    indexed_slices=IndexedSlices,
    collect=_collect_slices,
    densify=_densify_slices,
)
_core.install_leaving(_leaving.refusal, _leaving.stores)


# NumPy's room is loaded when NumPy first asks a tensor for more than a row, and puts its own functions in these places.
def _array_ufunc(*arguments: _Any) -> _Any:
    from .numpy import protocol

    return protocol.array_ufunc(*arguments)


def _array_function(*arguments: _Any) -> _Any:
    from .numpy import protocol

    return protocol.array_function(*arguments)


def _method(name: str) -> _Any:
    from .numpy import methods

    return methods.function_of(name)


_core.install_numpy(_array_ufunc, _array_function, {})
_core.install_methods(
    (*_operand_names.METHODS, *_operand_names.OF_TENSORFLOW),
    (*_operand_names.ATTRIBUTES, *_operand_names.OF_PARTS),
    _method,
)

from . import namespaces as _namespaces  # noqa: E402
from . import nest  # noqa: E402  (what follows uses tensors, which the line above has completed)
from .derivatives.custom import (  # noqa: E402
    custom_gradient,
    custom_jvp,
    elementwise_op,
    general_op,
    grad_pass_through,
    linear_op,
    recompute_grad,
)
from .derivatives.gradient_tape import GradientTape  # noqa: E402
from .derivatives.transforms import grad, hessian, hvp, jacobian, jvp, linearize, value_and_grad, vjp  # noqa: E402
from .module import Module  # noqa: E402
from .naming import name_scope  # noqa: E402
from .programs.function import function  # noqa: E402
from .programs.tensor_spec import TensorSpec  # noqa: E402
from .programs.vectorize import vectorize, vectorized_map, vmap  # noqa: E402
from .tape import UnconnectedGradients  # noqa: E402
from .threads import get_num_threads, set_num_threads  # noqa: E402
from .variable import Variable  # noqa: E402

_namespaces.install()

if _TYPE_CHECKING:
    from . import errors, experimental, keras, numpy, scipy, testing
    from .derivatives import autodiff
    from .derivatives.sparse import sparse_hessian, sparse_jacobian
    from .keras import initializers, losses, metrics, optimizers
    from .numpy.buffers import buffer
    from .ops.approximate import approx_top_k
    from .ops.blocks import batch_to_space, required_space_to_batch_paddings, space_to_batch, space_to_batch_nd
    from .ops.convolution_spellings import conv
    from .ops.histograms import histogram_fixed_width, histogram_fixed_width_bins
    from .ops.quotients import bitcast, saturate_cast, truncatediv, truncatemod
    from .ops.slicing import (
        broadcast_dynamic_shape,
        broadcast_static_shape,
        ensure_shape,
        extract_volume_patches,
        strided_slice,
        unravel_index,
    )
    from .programs.program import Program
    from .tensorflow import bitwise, config, debugging, linalg, random, signal, test
    from .tensorflow.callbacks import numpy_function, print, py_function
    from .tensorflow.control_flow import case, cond, foldl, foldr, map_fn, scan, switch_case, while_loop
    from .tensorflow.debugging import Assert, assert_equal, assert_greater, assert_less, assert_rank
    from .tensorflow.devices import device
    from .tensorflow.graphs import (
        control_dependencies,
        executing_eagerly,
        get_static_value,
        group,
        init_scope,
        inside_function,
        is_symbolic_tensor,
        no_op,
        parallel_stack,
        shape_n,
        timestamp,
        tuple,
    )
    from .tensorflow.initial_values import (
        constant_initializer,
        ones_initializer,
        random_normal_initializer,
        random_uniform_initializer,
        zeros_initializer,
    )
    from .tensorflow.linalg import eig, eigvals, matrix_square_root
    from .tensorflow.math import realdiv
    from .tensorflow.signal.flat import fftnd, ifftnd, irfftnd, rfftnd
    from .tensorflow.tensor_array import TensorArray

__version__ = "0.1.0"

newaxis = None
"""In an index: a new axis of length 1."""

# Loaded when first used: these modules, and what these modules define.
_LAZY = (
    *("autodiff", "bitwise", "config", "debugging", "errors", "experimental", "keras", "linalg", "numpy", "random"),
    *("scipy", "signal", "test", "testing"),
)
_LAZY_NAMES = {
    "numpy.buffers": ("buffer",),
    "dtypes": ("bfloat16",),  # (not in __all__: it may not be installed)
    "tensorflow.callbacks": ("numpy_function", "print", "py_function"),
    "tensorflow.control_flow": ("case", "cond", "foldl", "foldr", "map_fn", "scan", "switch_case", "while_loop"),
    "tensorflow.debugging": ("Assert", "assert_equal", "assert_greater", "assert_less", "assert_rank"),
    "tensorflow.devices": ("device",),
    "tensorflow.graphs": (
        *("control_dependencies", "executing_eagerly", "get_static_value", "group", "init_scope", "inside_function"),
        *("is_symbolic_tensor", "no_op", "parallel_stack", "shape_n", "timestamp", "tuple"),
    ),
    "tensorflow.initial_values": (
        *("constant_initializer", "ones_initializer", "random_normal_initializer", "random_uniform_initializer"),
        "zeros_initializer",
    ),
    "keras": ("initializers", "losses", "metrics", "optimizers"),
    "tensorflow.linalg": ("eig", "eigvals", "matrix_square_root"),
    "tensorflow.math": ("realdiv",),
    "ops.approximate": ("approx_top_k",),
    "ops.blocks": ("batch_to_space", "required_space_to_batch_paddings", "space_to_batch", "space_to_batch_nd"),
    "ops.convolution_spellings": ("conv",),
    "ops.histograms": ("histogram_fixed_width", "histogram_fixed_width_bins"),
    "ops.quotients": ("bitcast", "saturate_cast", "truncatediv", "truncatemod"),
    "ops.slicing": (
        *("broadcast_dynamic_shape", "broadcast_static_shape", "ensure_shape", "extract_volume_patches"),
        *("strided_slice", "unravel_index"),
    ),
    "programs.program": ("Program",),
    "tensorflow.signal.flat": ("fftnd", "ifftnd", "irfftnd", "rfftnd"),
    "derivatives.sparse": ("sparse_hessian", "sparse_jacobian"),
    "tensorflow.tensor_array": ("TensorArray",),
}
_MODULE_OF = {name: module for module, names in _LAZY_NAMES.items() for name in names}


def __getattr__(name: str) -> _Any:
    if name in _LAZY:
        return _import_module(f"{__name__}.{name}")
    if name in _MODULE_OF:
        value = globals()[name] = getattr(_import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


__all__ = [
    "Assert",
    "DType",
    "GradientTape",
    "IndexedSlices",
    "Module",
    "Program",
    "Tensor",
    "TensorArray",
    "TensorShape",
    "TensorSpec",
    "UnconnectedGradients",
    "Variable",
    "abs",
    "acos",
    "acosh",
    "add",
    "add_n",
    "approx_top_k",
    "argmax",
    "argmin",
    "argsort",
    "as_dtype",
    "asin",
    "asinh",
    "assert_equal",
    "assert_greater",
    "assert_less",
    "assert_rank",
    "atan",
    "atan2",
    "atanh",
    "autodiff",
    "batch_to_space",
    "bitcast",
    "bitwise",
    "bool",
    "boolean_mask",
    "broadcast_dynamic_shape",
    "broadcast_static_shape",
    "broadcast_to",
    "buffer",
    "case",
    "cast",
    "clip_by_global_norm",
    "clip_by_norm",
    "clip_by_value",
    "complex",
    "complex128",
    "complex64",
    "concat",
    "cond",
    "config",
    "constant",
    "constant_initializer",
    "control_dependencies",
    "conv",
    "convert_to_tensor",
    "cos",
    "cosh",
    "cumsum",
    "custom_gradient",
    "custom_jvp",
    "debugging",
    "device",
    "divide",
    "double",
    "dtypes",
    "dynamic_partition",
    "dynamic_stitch",
    "eig",
    "eigvals",
    "einsum",
    "elementwise_op",
    "ensure_shape",
    "equal",
    "errors",
    "executing_eagerly",
    "exp",
    "expand_dims",
    "experimental",
    "extract_volume_patches",
    "eye",
    "fftnd",
    "fill",
    "float16",
    "float32",
    "float64",
    "floatx",
    "floor",
    "foldl",
    "foldr",
    "function",
    "gather",
    "gather_nd",
    "general_op",
    "get_num_threads",
    "get_static_value",
    "grad",
    "grad_pass_through",
    "greater",
    "greater_equal",
    "group",
    "half",
    "hessian",
    "histogram_fixed_width",
    "histogram_fixed_width_bins",
    "hvp",
    "identity",
    "identity_n",
    "ifftnd",
    "init_scope",
    "initializers",
    "inside_function",
    "int16",
    "int32",
    "int64",
    "int8",
    "irfftnd",
    "is_symbolic_tensor",
    "is_tensor",
    "jacobian",
    "jvp",
    "keras",
    "less",
    "less_equal",
    "linalg",
    "linear_op",
    "linearize",
    "linspace",
    "logical_and",
    "logical_not",
    "logical_or",
    "longdouble",
    "losses",
    "map_fn",
    "math",
    "matmul",
    "matrix_square_root",
    "maximum",
    "meshgrid",
    "metrics",
    "minimum",
    "multiply",
    "name_scope",
    "negative",
    "nest",
    "newaxis",
    "nn",
    "no_op",
    "norm",
    "not_equal",
    "numpy",
    "numpy_function",
    "one_hot",
    "ones",
    "ones_initializer",
    "ones_like",
    "optimizers",
    "pad",
    "parallel_stack",
    "pow",
    "print",
    "py_function",
    "random",
    "random_normal_initializer",
    "random_uniform_initializer",
    "range",
    "rank",
    "realdiv",
    "recompute_grad",
    "reduce_all",
    "reduce_any",
    "reduce_logsumexp",
    "reduce_max",
    "reduce_mean",
    "reduce_min",
    "reduce_prod",
    "reduce_sum",
    "repeat",
    "required_space_to_batch_paddings",
    "reshape",
    "reverse",
    "reverse_sequence",
    "rfftnd",
    "roll",
    "round",
    "saturate_cast",
    "scalar_mul",
    "scan",
    "scatter_nd",
    "scipy",
    "searchsorted",
    "sequence_mask",
    "set_floatx",
    "set_num_threads",
    "shape",
    "shape_n",
    "sigmoid",
    "sign",
    "signal",
    "sin",
    "sinh",
    "size",
    "slice",
    "sort",
    "space_to_batch",
    "space_to_batch_nd",
    "sparse_hessian",
    "sparse_jacobian",
    "split",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "stop_gradient",
    "strided_slice",
    "subtract",
    "switch_case",
    "tan",
    "tanh",
    "tensor_scatter_nd_add",
    "tensor_scatter_nd_max",
    "tensor_scatter_nd_min",
    "tensor_scatter_nd_sub",
    "tensor_scatter_nd_update",
    "tensordot",
    "test",
    "testing",
    "tile",
    "timestamp",
    "transpose",
    "truediv",
    "truncatediv",
    "truncatemod",
    "tuple",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "unique",
    "unique_with_counts",
    "unravel_index",
    "unstack",
    "value_and_grad",
    "vectorize",
    "vectorized_map",
    "vjp",
    "vmap",
    "where",
    "while_loop",
    "zeros",
    "zeros_initializer",
    "zeros_like",
]
