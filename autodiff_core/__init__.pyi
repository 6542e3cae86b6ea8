"""TensorFlow's GradientTape for NumPy."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from .math import divide as _divide
from .ops.matrix_functions import sqrtm as _sqrtm
from .programs.vectorize import vectorize as _vectorize
from typing import Any
import builtins
from . import autodiff as autodiff
from . import autograd as autograd
from . import bitwise as bitwise
from . import config as config
from . import data as data
from . import debugging as debugging
from . import distribute as distribute
from . import dtypes as dtypes
from . import errors as errors
from . import experimental as experimental
from . import keras as keras
from . import linalg as linalg
from . import math as math
from . import nest as nest
from . import nn as nn
from . import numpy as numpy
from . import optimize as optimize
from . import random as random
from . import scipy as scipy
from . import signal as signal
from . import test as test
from . import testing as testing
from . import train as train
from ._core import Tensor as Tensor
from .debugging import assert_equal as assert_equal
from .debugging import assert_greater as assert_greater
from .debugging import assert_less as assert_less
from .derivatives.custom import custom_gradient as custom_gradient
from .derivatives.custom import custom_jvp as custom_jvp
from .derivatives.custom import elementwise_op as elementwise_op
from .derivatives.custom import general_op as general_op
from .derivatives.custom import grad_pass_through as grad_pass_through
from .derivatives.custom import linear_op as linear_op
from .derivatives.custom import recompute_grad as recompute_grad
from .derivatives.gradient_tape import GradientTape as GradientTape
from .derivatives.sparse import sparse_hessian as sparse_hessian
from .derivatives.sparse import sparse_jacobian as sparse_jacobian
from .derivatives.transforms import grad as grad
from .derivatives.transforms import hessian as hessian
from .derivatives.transforms import hvp as hvp
from .derivatives.transforms import jacobian as jacobian
from .derivatives.transforms import jvp as jvp
from .derivatives.transforms import linearize as linearize
from .derivatives.transforms import value_and_grad as value_and_grad
from .derivatives.transforms import vjp as vjp
from .dtypes import DType as DType
from .dtypes import as_dtype as as_dtype
from .dtypes import bfloat16 as bfloat16
from .dtypes import bool as bool
from .dtypes import complex128 as complex128
from .dtypes import complex64 as complex64
from .dtypes import double as double
from .dtypes import float16 as float16
from .dtypes import float32 as float32
from .dtypes import float64 as float64
from .dtypes import floatx as floatx
from .dtypes import half as half
from .dtypes import int16 as int16
from .dtypes import int32 as int32
from .dtypes import int64 as int64
from .dtypes import int8 as int8
from .dtypes import longdouble as longdouble
from .dtypes import set_floatx as set_floatx
from .dtypes import uint16 as uint16
from .dtypes import uint32 as uint32
from .dtypes import uint64 as uint64
from .dtypes import uint8 as uint8
from .keras import initializers as initializers
from .keras import losses as losses
from .keras import metrics as metrics
from .keras import optimizers as optimizers
from .math import abs as abs
from .math import acos as acos
from .math import acosh as acosh
from .math import add as add
from .math import asin as asin
from .math import asinh as asinh
from .math import atan as atan
from .math import atan2 as atan2
from .math import atanh as atanh
from .math import cos as cos
from .math import cosh as cosh
from .math import divide as divide
from .math import equal as equal
from .math import exp as exp
from .math import floor as floor
from .math import greater as greater
from .math import greater_equal as greater_equal
from .math import less as less
from .math import less_equal as less_equal
from .math import logical_and as logical_and
from .math import logical_not as logical_not
from .math import logical_or as logical_or
from .math import maximum as maximum
from .math import minimum as minimum
from .math import multiply as multiply
from .math import negative as negative
from .math import not_equal as not_equal
from .math import pow as pow
from .math import reduce_all as reduce_all
from .math import reduce_any as reduce_any
from .math import sigmoid as sigmoid
from .math import sign as sign
from .math import sin as sin
from .math import sinh as sinh
from .math import sqrt as sqrt
from .math import square as square
from .math import subtract as subtract
from .math import tan as tan
from .math import tanh as tanh
from .module import Module as Module
from .numpy.buffers import buffer as buffer
from .ops.blocks import batch_to_space as batch_to_space
from .ops.blocks import required_space_to_batch_paddings as required_space_to_batch_paddings
from .ops.blocks import space_to_batch as space_to_batch
from .ops.blocks import space_to_batch_nd as space_to_batch_nd
from .ops.complex_parts import complex as complex
from .ops.convolution_spellings import conv as conv
from .ops.counting import scalar_mul as scalar_mul
from .ops.counting import slice as slice
from .ops.counting import unique as unique
from .ops.counting import unique_with_counts as unique_with_counts
from .ops.decompositions import eig as eig
from .ops.decompositions import eigvals as eigvals
from .ops.histograms import histogram_fixed_width as histogram_fixed_width
from .ops.histograms import histogram_fixed_width_bins as histogram_fixed_width_bins
from .ops.indexing import boolean_mask as boolean_mask
from .ops.indexing import gather as gather
from .ops.indexing import one_hot as one_hot
from .ops.indexing import where as where
from .ops.linalg import einsum as einsum
from .ops.linalg import matmul as matmul
from .ops.linalg import tensordot as tensordot
from .ops.ordering import argsort as argsort
from .ops.ordering import sort as sort
from .ops.quotients import bitcast as bitcast
from .ops.quotients import saturate_cast as saturate_cast
from .ops.quotients import truncatediv as truncatediv
from .ops.quotients import truncatemod as truncatemod
from .ops.reductions import argmax as argmax
from .ops.reductions import argmin as argmin
from .ops.reductions import cumsum as cumsum
from .ops.reductions import reduce_logsumexp as reduce_logsumexp
from .ops.reductions import reduce_max as reduce_max
from .ops.reductions import reduce_mean as reduce_mean
from .ops.reductions import reduce_min as reduce_min
from .ops.reductions import reduce_prod as reduce_prod
from .ops.reductions import reduce_sum as reduce_sum
from .ops.scattering import dynamic_partition as dynamic_partition
from .ops.scattering import dynamic_stitch as dynamic_stitch
from .ops.scattering import gather_nd as gather_nd
from .ops.scattering import meshgrid as meshgrid
from .ops.scattering import repeat as repeat
from .ops.scattering import reverse_sequence as reverse_sequence
from .ops.scattering import scatter_nd as scatter_nd
from .ops.scattering import searchsorted as searchsorted
from .ops.scattering import sequence_mask as sequence_mask
from .ops.shaping import broadcast_to as broadcast_to
from .ops.shaping import concat as concat
from .ops.shaping import expand_dims as expand_dims
from .ops.shaping import pad as pad
from .ops.shaping import reshape as reshape
from .ops.shaping import reverse as reverse
from .ops.shaping import roll as roll
from .ops.shaping import split as split
from .ops.shaping import squeeze as squeeze
from .ops.shaping import stack as stack
from .ops.shaping import tile as tile
from .ops.shaping import transpose as transpose
from .ops.shaping import unstack as unstack
from .ops.slicing import broadcast_dynamic_shape as broadcast_dynamic_shape
from .ops.slicing import broadcast_static_shape as broadcast_static_shape
from .ops.slicing import ensure_shape as ensure_shape
from .ops.slicing import extract_volume_patches as extract_volume_patches
from .ops.slicing import strided_slice as strided_slice
from .ops.slicing import unravel_index as unravel_index
from .optimize.minimizing import minimize as minimize
from .programs.function import function as function
from .programs.program import Program as Program
from .programs.shapes import eval_shape as eval_shape
from .programs.tensor_spec import TensorSpec as TensorSpec
from .programs.vectorize import vectorize as vectorize
from .programs.vectorize import vectorized_map as vectorized_map
from .tape import UnconnectedGradients as UnconnectedGradients
from .tensor_shape import TensorShape as TensorShape
from .tensorflow.callbacks import numpy_function as numpy_function
from .tensorflow.callbacks import print as print
from .tensorflow.callbacks import py_function as py_function
from .tensorflow.clipping import clip_by_global_norm as clip_by_global_norm
from .tensorflow.clipping import clip_by_norm as clip_by_norm
from .tensorflow.clipping import clip_by_value as clip_by_value
from .tensorflow.control_flow import case as case
from .tensorflow.control_flow import cond as cond
from .tensorflow.control_flow import foldl as foldl
from .tensorflow.control_flow import foldr as foldr
from .tensorflow.control_flow import map_fn as map_fn
from .tensorflow.control_flow import scan as scan
from .tensorflow.control_flow import switch_case as switch_case
from .tensorflow.control_flow import while_loop as while_loop
from .tensorflow.debugging import Assert as Assert
from .tensorflow.debugging import assert_rank as assert_rank
from .tensorflow.devices import device as device
from .tensorflow.graphs import control_dependencies as control_dependencies
from .tensorflow.graphs import executing_eagerly as executing_eagerly
from .tensorflow.graphs import get_static_value as get_static_value
from .tensorflow.graphs import group as group
from .tensorflow.graphs import init_scope as init_scope
from .tensorflow.graphs import inside_function as inside_function
from .tensorflow.graphs import is_symbolic_tensor as is_symbolic_tensor
from .tensorflow.graphs import no_op as no_op
from .tensorflow.graphs import parallel_stack as parallel_stack
from .tensorflow.graphs import shape_n as shape_n
from .tensorflow.graphs import timestamp as timestamp
from .tensorflow.graphs import tuple as tuple
from .tensorflow.initial_values import constant_initializer as constant_initializer
from .tensorflow.initial_values import ones_initializer as ones_initializer
from .tensorflow.initial_values import random_normal_initializer as random_normal_initializer
from .tensorflow.initial_values import random_uniform_initializer as random_uniform_initializer
from .tensorflow.initial_values import zeros_initializer as zeros_initializer
from .tensorflow.math import round as round
from .tensorflow.norms import norm as norm
from .tensorflow.tensor_array import TensorArray as TensorArray
from .tensors.creation import add_n as add_n
from .tensors.creation import cast as cast
from .tensors.creation import constant as constant
from .tensors.creation import convert_to_tensor as convert_to_tensor
from .tensors.creation import eye as eye
from .tensors.creation import fill as fill
from .tensors.creation import identity as identity
from .tensors.creation import identity_n as identity_n
from .tensors.creation import is_tensor as is_tensor
from .tensors.creation import linspace as linspace
from .tensors.creation import ones as ones
from .tensors.creation import ones_like as ones_like
from .tensors.creation import range as range
from .tensors.creation import rank as rank
from .tensors.creation import shape as shape
from .tensors.creation import size as size
from .tensors.creation import stop_gradient as stop_gradient
from .tensors.creation import zeros as zeros
from .tensors.creation import zeros_like as zeros_like
from .tensors.indexed_slices import IndexedSlices as IndexedSlices
from .tensors.naming import name_scope as name_scope
from .threads import get_num_threads as get_num_threads
from .threads import set_num_threads as set_num_threads
from .variable import Variable as Variable

def approx_top_k(
    input: Any,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    is_max_k: builtins.bool = True,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: builtins.bool = True,
    name: str | None = None,
) -> builtins.tuple[Tensor, Tensor]:
    """The k largest elements along an axis, the largest first; all of them, where TensorFlow's may miss some.

    Parameters
    ----------
    input : array_like
        Of a float dtype and one dimension at least.
    k : int
        How many.
    reduction_dimension : int
        The axis.
    recall_target, reduction_input_size_override, aggregate_to_topk : object
        Accepted for TensorFlow's sake; without effect.
    is_max_k : bool
        Whether the largest are meant, rather than the smallest.

    Returns
    -------
    values : Tensor
        Of length k along the axis; they have the gradient.
    indices : Tensor
        Their places, of dtype int32.

    Raises
    ------
    ValueError
        Where there are no k elements.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/approx_top_k

    Examples
    --------
    >>> [part.numpy().tolist() for part in tf.approx_top_k([1., 3., 2.], 2)]
    [[3.0, 2.0], [1, 2]]
    """

def fftnd(input: Any, fft_length: Any, axes: Any, name: str | None = None) -> Tensor:
    """The discrete Fourier transform over some axes, as `tf.signal.fftnd` computes it.

    Parameters
    ----------
    input : array_like
        The operand.
    fft_length, axes : array_like of int
        The points along each of the axes, to which the operand is cut or padded with zeros; and the axes.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Complex.

    Raises
    ------
    ValueError
        For lengths that are not as many as the axes, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/fftnd

    Examples
    --------
    >>> tf.fftnd([[1., 2.], [3., 4.]], [2], [0]).numpy().tolist()
    [[(4+0j), (6+0j)], [(-2+0j), (-2+0j)]]
    """

def ifftnd(input: Any, fft_length: Any, axes: Any, name: str | None = None) -> Tensor:
    """The inverse of `fftnd`, as `tf.signal.ifftnd` computes it.

    Parameters
    ----------
    input : array_like
        The operand.
    fft_length, axes : array_like of int
        The points along each of the axes, to which the operand is cut or padded with zeros; and the axes.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Complex.

    Raises
    ------
    ValueError
        For lengths that are not as many as the axes, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/ifftnd

    Examples
    --------
    >>> tf.ifftnd([[1., 2.], [3., 4.]], [2], [0]).numpy().tolist()
    [[(2+0j), (3+0j)], [(-1+0j), (-1+0j)]]
    """

def irfftnd(input: Any, fft_length: Any, axes: Any, Treal: Any = None, name: str | None = None) -> Tensor:
    """The inverse of `rfftnd`, as `tf.signal.irfftnd` computes it.

    Parameters
    ----------
    input : array_like
        The operand.
    fft_length, axes : array_like of int
        The points along each of the axes, to which the operand is cut or padded with zeros; and the axes.
    Treal : dtype, optional
        That of the result; by default of the operand's precision.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Real.

    Raises
    ------
    ValueError
        For lengths that are not as many as the axes, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/irfftnd

    Examples
    --------
    >>> tf.irfftnd([[1., 2.], [3., 4.]], [2], [0]).numpy().tolist()
    [[2.0, 3.0], [-1.0, -1.0]]
    """

def rfftnd(input: Any, fft_length: Any, axes: Any, Tcomplex: Any = None, name: str | None = None) -> Tensor:
    """Half the transform of real signals, as `tf.signal.rfftnd` computes it.

    Parameters
    ----------
    input : array_like
        The operand.
    fft_length, axes : array_like of int
        The points along each of the axes, to which the operand is cut or padded with zeros; and the axes.
    Tcomplex : dtype, optional
        That of the result; by default of the operand's precision.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Complex.

    Raises
    ------
    ValueError
        For lengths that are not as many as the axes, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/rfftnd

    Examples
    --------
    >>> tf.rfftnd([[1., 2.], [3., 4.]], [2], [0]).numpy().tolist()
    [[(4+0j), (6+0j)], [(-2+0j), (-2+0j)]]
    """

def tensor_scatter_nd_add(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
    """A tensor with elements or slices added to it.

    Parameters
    ----------
    tensor : array_like
        Of a float dtype; it stays as it is.
    indices : array_like of int
        Of shape (..., k): each goes through the first k axes of the tensor.
    updates : array_like
        Of shape indices.shape[:-1] + tensor.shape[k:].

    Returns
    -------
    Tensor
        A new one, of the tensor's shape.

    Raises
    ------
    IndexError
        Where an index is out of bounds.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/tensor_scatter_nd_add. What has the same place is added up.

    Examples
    --------
    >>> tf.tensor_scatter_nd_add([1., 2., 3.], [[0], [2]], [5., -1.])
    <Tensor: shape=(3,), dtype=float32, numpy=array([6., 2., 2.], dtype=float32)>
    """

def tensor_scatter_nd_max(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
    """A tensor with elements or slices replaced by larger ones.

    Parameters
    ----------
    tensor : array_like
        Of a float dtype; it stays as it is.
    indices : array_like of int
        Of shape (..., k): each goes through the first k axes of the tensor.
    updates : array_like
        Of shape indices.shape[:-1] + tensor.shape[k:].

    Returns
    -------
    Tensor
        A new one, of the tensor's shape.

    Raises
    ------
    IndexError
        Where an index is out of bounds.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/tensor_scatter_nd_max. Equal ones share the gradient.

    Examples
    --------
    >>> tf.tensor_scatter_nd_max([1., 2., 3.], [[0], [2]], [5., -1.])
    <Tensor: shape=(3,), dtype=float32, numpy=array([5., 2., 3.], dtype=float32)>
    """

def tensor_scatter_nd_min(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
    """A tensor with elements or slices replaced by smaller ones.

    Parameters
    ----------
    tensor : array_like
        Of a float dtype; it stays as it is.
    indices : array_like of int
        Of shape (..., k): each goes through the first k axes of the tensor.
    updates : array_like
        Of shape indices.shape[:-1] + tensor.shape[k:].

    Returns
    -------
    Tensor
        A new one, of the tensor's shape.

    Raises
    ------
    IndexError
        Where an index is out of bounds.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/tensor_scatter_nd_min. Equal ones share the gradient.

    Examples
    --------
    >>> tf.tensor_scatter_nd_min([1., 2., 3.], [[0], [2]], [5., -1.])
    <Tensor: shape=(3,), dtype=float32, numpy=array([ 1.,  2., -1.], dtype=float32)>
    """

def tensor_scatter_nd_sub(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
    """A tensor with elements or slices subtracted.

    Parameters
    ----------
    tensor : array_like
        Of a float dtype; it stays as it is.
    indices : array_like of int
        Of shape (..., k): each goes through the first k axes of the tensor.
    updates : array_like
        Of shape indices.shape[:-1] + tensor.shape[k:].

    Returns
    -------
    Tensor
        A new one, of the tensor's shape.

    Raises
    ------
    IndexError
        Where an index is out of bounds.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/tensor_scatter_nd_sub. What has the same place is added up.

    Examples
    --------
    >>> tf.tensor_scatter_nd_sub([1., 2., 3.], [[0], [2]], [5., -1.])
    <Tensor: shape=(3,), dtype=float32, numpy=array([-4.,  2.,  4.], dtype=float32)>
    """

def tensor_scatter_nd_update(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
    """A tensor with elements or slices replaced.

    Parameters
    ----------
    tensor : array_like
        Of a float dtype; it stays as it is.
    indices : array_like of int
        Of shape (..., k): each goes through the first k axes of the tensor.
    updates : array_like
        Of shape indices.shape[:-1] + tensor.shape[k:].

    Returns
    -------
    Tensor
        A new one, of the tensor's shape.

    Raises
    ------
    IndexError
        Where an index is out of bounds.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/tensor_scatter_nd_update. Of several for one place, the last counts.

    Examples
    --------
    >>> tf.tensor_scatter_nd_update([1., 2., 3.], [[0], [2]], [5., -1.])
    <Tensor: shape=(3,), dtype=float32, numpy=array([ 5.,  2., -1.], dtype=float32)>
    """

__version__: str
newaxis: None
matrix_square_root = _sqrtm
realdiv = _divide
truediv = _divide
vmap = _vectorize
