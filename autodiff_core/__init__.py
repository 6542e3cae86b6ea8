"""TensorFlow's GradientTape for NumPy.

`import autodiff_core as tf` runs gradient-tape code on NumPy arrays: a tape of contiguous op records and its backward
sweep are compiled; variables, tapes and nested structures are a thin layer of Python.
"""

from typing import Any as _Any

from . import _core
from . import namespaces as _namespaces
from .ops import shaping as _shaping
from .tensor_shape import TensorShape as _TensorShape
from .tensors import indexed_slices as _indexed_slices
from .tensors import leaving as _leaving

_core.install(
    tensor_shape=_TensorShape,
    stack=_shaping.stack_nested,
    indexed_slices=_indexed_slices.IndexedSlices,
    collect=_indexed_slices.collect,
    densify=_indexed_slices.densify,
)
_core.install_leaving(_leaving.refusal, _leaving.stores)


def _fault(*arguments: _Any) -> _Any:
    from .reading import numerics  # loaded with the first

    return numerics.fault(*arguments)


def _fault_of_gradient(*arguments: _Any) -> _Any:
    from .reading import numerics

    return numerics.fault_of_gradient(*arguments)


_core.install_numerics(_fault, _fault_of_gradient)


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
    (*_namespaces.METHODS, *_namespaces.OF_TENSORFLOW, *_namespaces.OF_NOTEBOOKS),
    (*_namespaces.ATTRIBUTES, *_namespaces.OF_PARTS),
    _method,
)

# What a first tape needs; it uses tensors, which the lines above have completed.
from . import module, tape, threads, variable  # noqa: E402, F401
from .derivatives import custom, gradient_tape, transforms  # noqa: E402, F401
from .programs import function as _function  # noqa: E402
from .programs import vectorize as _vectorize  # noqa: E402, F401


def _make_program(*parts: _Any) -> _Any:
    from .programs.program import Program  # loaded with the first

    return Program(*parts)


def _make_checkpoint(root: _Any) -> _Any:
    return __getattr__("train").Checkpoint(root)  # loaded with the first, too


_function.install(_make_program)
module.install(_make_checkpoint)
_namespaces.install()

__version__ = "0.1.0"

newaxis = None
"""In an index: a new axis of length 1."""

# The public names of what is no row, by the file that has it.
_NAMES = """
: autograd data distribute dtypes errors experimental keras nest numpy optimize scipy testing train
_core: Tensor
tensors.creation: add_n constant convert_to_tensor eye fill identity identity_n is_tensor linspace ones ones_like range
    rank shape size stop_gradient zeros zeros_like
derivatives: autodiff
derivatives.custom: custom_gradient custom_jvp elementwise_op general_op grad_pass_through linear_op recompute_grad
derivatives.gradient_tape: GradientTape
derivatives.sparse: sparse_hessian sparse_jacobian
derivatives.transforms: grad hessian hvp jacobian jvp linearize value_and_grad vjp
dtypes: DType as_dtype bool complex128 complex64 double float16 float32 float64 floatx half int16 int32 int64 int8
    longdouble set_floatx uint16 uint32 uint64 uint8
tensors.indexed_slices: IndexedSlices
keras: initializers losses metrics optimizers
module: Module
tensors.naming: name_scope
numpy.buffers: buffer
ops.approximate: approx_top_k
optimize.minimizing: minimize
ops.blocks: batch_to_space required_space_to_batch_paddings space_to_batch space_to_batch_nd
ops.convolution_spellings: conv
ops.counting: scalar_mul slice unique unique_with_counts
ops.decompositions: eigvals
ops.histograms: histogram_fixed_width histogram_fixed_width_bins
ops.indexing: boolean_mask one_hot where
ops.linalg: einsum tensordot
ops.ordering: argsort
ops.quotients: bitcast saturate_cast truncatediv truncatemod
ops.reductions: argmax argmin reduce_all reduce_any reduce_logsumexp reduce_mean
ops.scattering: dynamic_partition dynamic_stitch gather_nd meshgrid repeat reverse_sequence scatter_nd searchsorted
    sequence_mask tensor_scatter_nd_add tensor_scatter_nd_max tensor_scatter_nd_min tensor_scatter_nd_sub
    tensor_scatter_nd_update
ops.shaping: broadcast_to expand_dims pad reverse split squeeze tile unstack
ops.slicing: broadcast_dynamic_shape broadcast_static_shape ensure_shape extract_volume_patches strided_slice
    unravel_index
programs.function: function
programs.program: Program
programs.shapes: eval_shape
programs.tensor_spec: TensorSpec
programs.vectorize: vectorize vectorized_map vmap=vectorize
tape: UnconnectedGradients
tensor_shape: TensorShape
tensorflow: bitwise config debugging linalg math nn random signal test
tensorflow.callbacks: numpy_function print py_function
tensorflow.clipping: clip_by_global_norm clip_by_norm clip_by_value
tensorflow.control_flow: case cond foldl foldr map_fn scan switch_case while_loop
tensorflow.debugging: Assert assert_equal assert_greater assert_less assert_rank
tensorflow.devices: device
tensorflow.graphs: control_dependencies executing_eagerly get_static_value group init_scope inside_function
    is_symbolic_tensor no_op parallel_stack shape_n timestamp tuple
tensorflow.initial_values: constant_initializer ones_initializer random_normal_initializer
    random_uniform_initializer zeros_initializer
tensorflow.math: round
tensorflow.norms: norm
tensorflow.signal.flat: fftnd ifftnd irfftnd rfftnd
tensorflow.tensor_array: TensorArray
threads: get_num_threads set_num_threads
variable: Variable
"""

__all__, __dir__, __getattr__ = _namespaces.namespace(
    __name__,
    "tf",
    _NAMES,
    own=("newaxis",),
    unlisted="dtypes: bfloat16",  # (it may not be installed)
)
