"""Calls of public functions on complex operands, for the tests that each is differentiated or refuses them.

What a row of the op table makes of them stands in the row, and its own tests are made from that (test_complex.py,
test_complex_rows.py). Any other function stands in `RIGHT`, with calls whose derivatives are checked, as are calls of
rows that go beyond their own cases; in `REFUSED`, with a call that is a TypeError; or in `OTHERS`: what makes tensors,
answers in steps, or takes functions. The calls take one or two complex128 operands
of shape (3, 3), none of them near 0. Names are those under `tf`; `NUMPY_REFUSES` are NumPy's.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff_core as tf

Call = Callable[..., Any]
EYE = np.eye(3)
IDS = [0, 0, 1]
COLUMN = [[0], [1], [2]]
SAMPLED: dict[str, Any] = {"sampled_values": ([0, 1], [[0.5], [0.5], [0.5]], [0.5, 0.5])}
MASK = np.array([[True, False, True], [False, False, True], [True, True, False]])


def definite(x: Any) -> Any:
    return x @ tf.linalg.adjoint(x) + EYE


def image(x: Any) -> Any:
    return tf.reshape(tf.concat([x, x * x], 1)[:2, :6], (1, 2, 3, 2))


def kernel(x: Any, *shape: int) -> Any:
    return tf.reshape(tf.tile(tf.reshape(x, (-1,)), [3])[: int(np.prod(shape))], shape)


RIGHT: dict[str, tuple[Call, ...]] = {
    "identity": (tf.identity,),
    "math.angle": (tf.math.angle,),
    "math.real": (tf.math.real,),
    "pow": (lambda x: tf.pow(x, 2), lambda x: tf.pow(x, 0.5)),
    "scalar_mul": (lambda x: tf.scalar_mul(2 - 1j, x),),
    "nn.silu": (tf.nn.silu,),
    "nn.swish": (tf.nn.swish,),
    # Sums and products
    "add_n": (lambda x, y: tf.add_n([x, y, x]),),
    "math.accumulate_n": (lambda x, y: tf.math.accumulate_n([x, y]),),
    "cumsum": (lambda x: tf.cumsum(x, 1), lambda x: tf.cumsum(x, 0, exclusive=True, reverse=True)),
    "math.cumprod": (lambda x: tf.math.cumprod(x, 1), lambda x: tf.math.cumprod(x, 0, exclusive=True, reverse=True)),
    "math.polyval": (lambda x, y: tf.math.polyval([x, y, x], y),),
    "math.reduce_euclidean_norm": (lambda x: tf.math.reduce_euclidean_norm(x, 0),),
    "math.reduce_std": (lambda x: tf.math.reduce_std(x, 1), tf.math.reduce_std),
    "math.reduce_variance": (lambda x: tf.math.reduce_variance(x, 1), tf.math.reduce_variance),
    "reduce_logsumexp": (lambda x: tf.reduce_logsumexp(x, 1), tf.reduce_logsumexp),
    "reduce_mean": (lambda x: tf.reduce_mean(x, 1), tf.reduce_mean),
    "reduce_prod": (lambda x: tf.reduce_prod(x, 1), tf.reduce_prod),
    "reduce_sum": (lambda x: tf.reduce_sum(x, 1), tf.reduce_sum),
    "reduce_max": (lambda x: tf.reduce_max(x, 1),),
    "reduce_min": (lambda x: tf.reduce_min(x, 1),),
    "sort": (lambda x: tf.sort(x, 0), lambda x: tf.sort(x, direction="DESCENDING")),
    "math.top_k": (lambda x: tf.math.top_k(x, 2).values,),
    "math.segment_mean": (lambda x: tf.math.segment_mean(x, IDS),),
    "math.segment_prod": (lambda x: tf.math.segment_prod(x, IDS),),
    "math.segment_sum": (lambda x: tf.math.segment_sum(x, IDS),),
    "math.unsorted_segment_mean": (lambda x: tf.math.unsorted_segment_mean(x, IDS, 3),),
    "math.unsorted_segment_prod": (lambda x: tf.math.unsorted_segment_prod(x, IDS, 3),),
    "math.unsorted_segment_sqrt_n": (lambda x: tf.math.unsorted_segment_sqrt_n(x, IDS, 3),),
    "math.unsorted_segment_sum": (lambda x: tf.math.unsorted_segment_sum(x, IDS, 3),),
    "math.softmax": (lambda x: tf.math.softmax(x, 0),),
    "math.log_softmax": (lambda x: tf.math.log_softmax(x),),
    "math.l2_normalize": (lambda x: tf.math.l2_normalize(x, 1), tf.math.l2_normalize),
    "math.bincount": (lambda x: tf.math.bincount([0, 2, 2], weights=x[0]),),
    # Shapes and places
    "boolean_mask": (lambda x: tf.boolean_mask(x, MASK),),
    "broadcast_to": (lambda x: tf.broadcast_to(x, (2, 3, 3)),),
    "cast": (lambda x: tf.cast(x, tf.complex128), lambda x: tf.cast(x, tf.float64)),
    "complex": (lambda x: tf.complex(tf.math.real(x), tf.math.real(x) * tf.math.imag(x)),),
    "concat": (lambda x, y: tf.concat([x, y], 1),),
    "dynamic_partition": (lambda x: tf.dynamic_partition(x, IDS, 2)[0],),
    "dynamic_stitch": (lambda x, y: tf.dynamic_stitch([[0, 2, 4], [1, 3, 5]], [x, y]),),
    "expand_dims": (lambda x: tf.expand_dims(x, 1),),
    "gather": (lambda x: tf.gather(x, [2, 0, 2]), lambda x: tf.gather(x, [1], axis=1)),
    "gather_nd": (lambda x: tf.gather_nd(x, [[0, 1], [2, 2]]),),
    "identity_n": (lambda x, y: tf.identity_n([x, y])[0],),
    "linspace": (lambda x, y: tf.linspace(x, y, 4),),
    "meshgrid": (lambda x, y: tf.meshgrid(x[0], y[1])[0],),
    "pad": (lambda x: tf.pad(x, [[1, 0], [2, 1]]), lambda x: tf.pad(x, [[1, 0], [2, 1]], "REFLECT")),
    "repeat": (lambda x: tf.repeat(x, [1, 0, 2], 0),),
    "reshape": (lambda x: tf.reshape(x, (-1,)),),
    "reverse": (lambda x: tf.reverse(x, [0]),),
    "reverse_sequence": (lambda x: tf.reverse_sequence(x, [2, 3, 1], 1, 0),),
    "roll": (lambda x: tf.roll(x, 1, 0),),
    "scatter_nd": (lambda x: tf.scatter_nd([[0], [3], [0]], x, (5, 3)),),
    "slice": (lambda x: tf.slice(x, [1, 0], [2, 2]),),
    "split": (lambda x: tf.split(x, 3)[1],),
    "squeeze": (lambda x: tf.squeeze(x[None]),),
    "stack": (lambda x, y: tf.stack([x, y], 1),),
    "tensor_scatter_nd_add": (lambda x, y: tf.tensor_scatter_nd_add(x, [[0], [2]], y[:2]),),
    "tensor_scatter_nd_sub": (lambda x, y: tf.tensor_scatter_nd_sub(x, [[0], [2]], y[:2]),),
    "tensor_scatter_nd_update": (lambda x, y: tf.tensor_scatter_nd_update(x, [[0], [2]], y[:2]),),
    "tile": (lambda x: tf.tile(x, [2, 1]),),
    "transpose": (tf.transpose, lambda x: tf.transpose(x, conjugate=True)),
    "unique": (lambda x: tf.unique(x[0]).y,),
    "unique_with_counts": (lambda x: tf.unique_with_counts(x[0]).y,),
    "unstack": (lambda x: tf.unstack(x)[1],),
    "where": (lambda x, y: tf.where(MASK, x, y),),
    # Matrices
    "einsum": (lambda x, y: tf.einsum("ij,kj->ik", x, y), lambda x, y: tf.einsum("ij,jk,ki->i", x, y, x)),
    "matmul": (
        lambda x, y: tf.matmul(x, y),
        lambda x, y: tf.matmul(x, y, adjoint_a=True),
        lambda x, y: tf.matmul(x, y, adjoint_b=True),
        lambda x, y: tf.matmul(x, y, transpose_a=True, adjoint_b=True),
    ),
    "tensordot": (lambda x, y: tf.tensordot(x, y, 1),),
    "norm": (
        tf.norm,
        lambda x: tf.norm(x, ord=1),
        lambda x: tf.norm(x, ord=2, axis=(0, 1)),
        lambda x: tf.norm(x, ord=np.inf, axis=1),
        lambda x: tf.norm(x, ord=3, axis=0),
        lambda x: tf.norm(x, ord="fro", axis=(0, 1)),
    ),
    "linalg.adjoint": (tf.linalg.adjoint,),
    "linalg.band_part": (lambda x: tf.linalg.band_part(x, 1, 0),),
    "linalg.cholesky": (lambda x: tf.linalg.cholesky(definite(x)),),
    "linalg.cholesky_solve": (lambda x, y: tf.linalg.cholesky_solve(tf.linalg.cholesky(definite(x)), y),),
    "linalg.cross": (lambda x, y: tf.linalg.cross(x, y),),
    "linalg.det": (tf.linalg.det,),
    "linalg.diag": (tf.linalg.diag, lambda x: tf.linalg.diag(x[0], k=1)),
    "linalg.diag_part": (tf.linalg.diag_part, lambda x: tf.linalg.diag_part(x, k=(-1, 1))),
    "linalg.eig": (lambda x: tf.abs(tf.linalg.eig(x)[1]),),
    "linalg.eigh": (lambda x: tf.linalg.eigh(x)[0], lambda x: tf.abs(tf.linalg.eigh(x)[1])),
    "linalg.eigh_tridiagonal": (lambda x, y: tf.linalg.eigh_tridiagonal(x[0], y[0, :2]),),
    "linalg.eigvals": (tf.linalg.eigvals,),
    "linalg.eigvalsh": (tf.linalg.eigvalsh,),
    "linalg.expm": (tf.linalg.expm,),
    "linalg.global_norm": (lambda x, y: tf.linalg.global_norm([x, y]),),
    "linalg.inv": (tf.linalg.inv, lambda x: tf.linalg.inv(x, adjoint=True)),
    "linalg.logdet": (lambda x: tf.linalg.logdet(definite(x)),),
    "linalg.lstsq": (
        lambda x, y: tf.linalg.lstsq(x[:, :2], y),
        lambda x, y: tf.linalg.lstsq(x[:2], y[:2]),
        lambda x, y: tf.linalg.lstsq(x, y, l2_regularizer=0.5),
    ),
    "linalg.matrix_transpose": (tf.linalg.matrix_transpose, lambda x: tf.linalg.matrix_transpose(x, conjugate=True)),
    "linalg.matvec": (lambda x, y: tf.linalg.matvec(x, y), lambda x, y: tf.linalg.matvec(x, y, adjoint_a=True)),
    "linalg.normalize": (lambda x: tf.linalg.normalize(x, axis=1)[0], lambda x: tf.linalg.normalize(x)[1]),
    "linalg.pinv": (tf.linalg.pinv, lambda x: tf.linalg.pinv(x[:, :2])),
    "linalg.qr": (lambda x: tf.linalg.qr(x).Q, lambda x: tf.linalg.qr(x[:, :2]).R),
    "linalg.set_diag": (lambda x, y: tf.linalg.set_diag(x, y[0]),),
    "linalg.slogdet": (lambda x: tf.linalg.slogdet(x)[0], lambda x: tf.linalg.slogdet(x)[1]),
    "linalg.solve": (lambda x, y: tf.linalg.solve(x, y), lambda x, y: tf.linalg.solve(x, y, adjoint=True)),
    "linalg.sqrtm": (lambda x: tf.linalg.sqrtm(x @ x + 9 * EYE),),
    "linalg.svd": (lambda x: tf.linalg.svd(x)[0], lambda x: tf.abs(tf.linalg.svd(x)[1])),
    "linalg.tensor_diag": (lambda x: tf.linalg.tensor_diag(x),),
    "linalg.tensor_diag_part": (tf.linalg.tensor_diag_part,),
    "linalg.trace": (tf.linalg.trace,),
    "linalg.triangular_solve": (
        lambda x, y: tf.linalg.triangular_solve(x, y),
        lambda x, y: tf.linalg.triangular_solve(x, y, lower=False, adjoint=True),
    ),
    "linalg.tridiagonal_matmul": (lambda x, y: tf.linalg.tridiagonal_matmul(x, y, diagonals_format="compact"),),
    "linalg.tridiagonal_solve": (
        lambda x, y: tf.linalg.tridiagonal_solve(x, y, diagonals_format="compact"),
        lambda x, y: tf.linalg.tridiagonal_solve(x, y, diagonals_format="compact", conjugate_rhs=True),
    ),
    # Bounds
    "clip_by_global_norm": (lambda x, y: tf.clip_by_global_norm([x, y], 0.5)[0][1],),
    "clip_by_norm": (lambda x: tf.clip_by_norm(x, 0.5),),
    # Networks
    "nn.batch_normalization": (lambda x, y: tf.nn.batch_normalization(x, y[0], y[1] + 3, x[1], y[2], 1e-3),),
    "nn.bias_add": (lambda x, y: tf.nn.bias_add(x, y[0]),),
    "nn.depth_to_space": (lambda x: tf.nn.depth_to_space(kernel(x, 1, 1, 2, 4), 2),),
    "nn.embedding_lookup": (lambda x: tf.nn.embedding_lookup(x, [2, 0, 2]),),
    "nn.local_response_normalization": (lambda x: tf.nn.local_response_normalization(image(x), 1),),
    "nn.moments": (lambda x: tf.nn.moments(x, [0])[0], lambda x: tf.nn.moments(x, [0])[1]),
    "nn.space_to_depth": (lambda x: tf.nn.space_to_depth(kernel(x, 1, 2, 4, 1), 2),),
    "nn.weighted_moments": (lambda x: tf.nn.weighted_moments(x, [0], np.ones((3, 3)))[1],),
    "nn.softmax_cross_entropy_with_logits": (lambda x, y: tf.nn.softmax_cross_entropy_with_logits(x, y),),
    "nn.sparse_softmax_cross_entropy_with_logits": (lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(IDS, x),),
    "nn.log_poisson_loss": (lambda x, y: tf.nn.log_poisson_loss(x, y),),
    "clip_by_value": (lambda x: tf.clip_by_value(x, -0.5, 0.5),),
    # Batches, patches and places
    "approx_top_k": (lambda x: tf.approx_top_k(x, 2)[0],),
    "math.approx_max_k": (lambda x: tf.math.approx_max_k(x, 2)[0],),
    "math.approx_min_k": (lambda x: tf.math.approx_min_k(x, 2)[0],),
    "math.reciprocal_no_nan": (tf.math.reciprocal_no_nan,),
    "batch_to_space": (lambda x: tf.batch_to_space(kernel(x, 4, 1, 2, 1), [2, 2], [[0, 0], [0, 0]]),),
    "space_to_batch": (lambda x: tf.space_to_batch(kernel(x, 1, 2, 4, 1), [2, 2], [[0, 0], [0, 0]]),),
    "space_to_batch_nd": (lambda x: tf.space_to_batch_nd(kernel(x, 1, 2, 4, 1), [2, 2], [[0, 0], [0, 0]]),),
    "ensure_shape": (lambda x: tf.ensure_shape(x, (3, 3)),),
    "extract_volume_patches": (lambda x: tf.extract_volume_patches(image(x)[None], [1, 1, 2, 2, 1], [1] * 5, "VALID"),),
    "fftnd": (lambda x: tf.fftnd(x, [3, 3], [0, 1]),),
    "ifftnd": (lambda x: tf.ifftnd(x, [3, 3], [0, 1]),),
    "irfftnd": (lambda x: tf.irfftnd(x, [3, 4], [0, 1]),),
    "parallel_stack": (lambda x, y: tf.parallel_stack([x, y]),),
    "strided_slice": (lambda x: tf.strided_slice(x, [0, 0], [3, 3], [2, 1]),),
    "tuple": (lambda x, y: tf.tuple([x, y])[0],),
    "nn.batch_norm_with_global_normalization": (
        lambda x, y: tf.nn.batch_norm_with_global_normalization(
            image(x), x[0, :2], y[0, :2] + 3, x[1, :2], y[1, :2], 1e-3, True
        ),
    ),
    "nn.compute_average_loss": (lambda x: tf.nn.compute_average_loss(x[0]),),
    "nn.depthwise_conv2d_backprop_filter": (
        lambda x: tf.nn.depthwise_conv2d_backprop_filter(image(x), (2, 2, 2, 1), image(x), [1] * 4, "SAME"),
    ),
    "nn.depthwise_conv2d_backprop_input": (
        lambda x, y: tf.nn.depthwise_conv2d_backprop_input(
            (1, 2, 3, 2), kernel(y, 2, 2, 2, 1), image(x), [1] * 4, "SAME"
        ),
    ),
    "nn.normalize_moments": (lambda x, y: tf.nn.normalize_moments(tf.cast(2.0, x.dtype), x[0], y[0], x[1])[1],),
    "nn.sampled_softmax_loss": (lambda x, y: tf.nn.sampled_softmax_loss(x, y[0], COLUMN, y, 2, 3, **SAMPLED),),
    "nn.scale_regularization_loss": (lambda x: tf.nn.scale_regularization_loss(x),),
    "nn.sufficient_statistics": (lambda x: tf.nn.sufficient_statistics(x, [0])[2],),
    "linalg.banded_triangular_solve": (
        lambda x, y: tf.linalg.banded_triangular_solve(x[:2], y),
        lambda x, y: tf.linalg.banded_triangular_solve(x[:2], y, adjoint=True),
    ),
    "linalg.logm": (lambda x: tf.linalg.logm(definite(x)), lambda x: tf.linalg.logm(9 * EYE + x)),
    "linalg.lu": (lambda x: tf.linalg.lu(x)[0],),
    "linalg.lu_matrix_inverse": (lambda x: tf.linalg.lu_matrix_inverse(*tf.linalg.lu(x)),),
    "linalg.lu_reconstruct": (lambda x: tf.linalg.lu_reconstruct(*tf.linalg.lu(x)),),
    "linalg.lu_solve": (lambda x, y: tf.linalg.lu_solve(*tf.linalg.lu(x), y),),
    "scipy.signal.fftconvolve": (lambda x, y: tf.scipy.signal.fftconvolve(x, y, "same"),),
    # Activations and losses of Keras, SciPy's functions
    "keras.activations.linear": (tf.keras.activations.linear,),
    "keras.losses.huber": (lambda x, y: tf.keras.losses.huber(x, y),),
    "keras.losses.mae": (lambda x, y: tf.keras.losses.mae(x, y),),
    "keras.losses.mean_absolute_error": (lambda x, y: tf.keras.losses.mean_absolute_error(x, y),),
    "keras.losses.mean_squared_error": (lambda x, y: tf.keras.losses.mean_squared_error(x, y),),
    "keras.losses.mse": (lambda x, y: tf.keras.losses.mse(x, y),),
    "scipy.linalg.cho_factor": (lambda x: tf.scipy.linalg.cho_factor(definite(x), lower=True)[0],),
    "scipy.linalg.cho_solve": (
        lambda x, y: tf.scipy.linalg.cho_solve(tf.scipy.linalg.cho_factor(definite(x), lower=True), y),
    ),
    "scipy.linalg.cholesky": (lambda x: tf.scipy.linalg.cholesky(definite(x)),),
    "scipy.linalg.expm": (lambda x: tf.scipy.linalg.expm(x),),
    "scipy.linalg.solve_banded": (lambda x, y: tf.scipy.linalg.solve_banded((1, 1), x, y),),
    "scipy.linalg.solve_sylvester": (lambda x, y: tf.scipy.linalg.solve_sylvester(x, y + 3 * EYE, x),),
    "scipy.linalg.solve_triangular": (
        lambda x, y: tf.scipy.linalg.solve_triangular(x, y, trans="C"),
        lambda x, y: tf.scipy.linalg.solve_triangular(x, y, lower=True, trans="T"),
    ),
    "scipy.linalg.sqrtm": (lambda x: tf.scipy.linalg.sqrtm(x @ x + 9 * EYE),),
    "scipy.signal.convolve": (lambda x, y: tf.scipy.signal.convolve(x, y, "same"),),
}

# For each the call that is refused, and what the error names: the function, or the row that it is made of.
REFUSED: dict[str, tuple[Call, str]] = {
    "math.confusion_matrix": (lambda x: tf.math.confusion_matrix(x[0] * 0.0, x[1] * 0.0, 3), "confusion_matrix"),
    "histogram_fixed_width": (lambda x: tf.histogram_fixed_width(x, [0.0, 1.0]), "histogram_fixed_width"),
    "histogram_fixed_width_bins": (
        lambda x: tf.histogram_fixed_width_bins(x, [0.0, 1.0]),
        "histogram_fixed_width_bins",
    ),
    "math.cumulative_logsumexp": (tf.math.cumulative_logsumexp, "cumulative_logsumexp"),
    "math.lbeta": (tf.math.lbeta, "gammaln"),
    **{f"nn.{n}": (getattr(tf.nn, n), n) for n in ("gelu", "leaky_relu")},
    "math.igamma": (lambda x, y: tf.math.igamma(x, y), "igamma"),
    "math.igammac": (lambda x, y: tf.math.igammac(x, y), "igammac"),
    "math.polygamma": (lambda x, y: tf.math.polygamma(x, y), "polygamma"),
    "math.zeta": (lambda x, y: tf.math.zeta(x, y), "zeta takes a real order"),
    "math.segment_max": (lambda x: tf.math.segment_max(x, IDS), "segment_max"),
    "math.segment_min": (lambda x: tf.math.segment_min(x, IDS), "segment_min"),
    "math.unsorted_segment_max": (lambda x: tf.math.unsorted_segment_max(x, IDS, 2), "segment_max"),
    "math.unsorted_segment_min": (lambda x: tf.math.unsorted_segment_min(x, IDS, 2), "segment_min"),
    "tensor_scatter_nd_max": (lambda x, y: tf.tensor_scatter_nd_max(x, [[0], [2]], y[:2]), "segment_max"),
    "tensor_scatter_nd_min": (lambda x, y: tf.tensor_scatter_nd_min(x, [[0], [2]], y[:2]), "segment_min"),
    "nn.avg_pool": (lambda x: tf.nn.avg_pool(image(x), 2, 1, "VALID"), "avg_pool"),
    "nn.avg_pool1d": (lambda x: tf.nn.avg_pool1d(x[None], 2, 1, "SAME"), "avg_pool1d"),
    "nn.avg_pool2d": (lambda x: tf.nn.avg_pool2d(image(x), 2, 1, "SAME"), "avg_pool2d"),
    "nn.avg_pool3d": (lambda x: tf.nn.avg_pool3d(image(x)[None], 2, 1, "SAME"), "avg_pool3d"),
    "nn.conv1d": (lambda x, y: tf.nn.conv1d(x[None], kernel(y, 2, 3, 1), 1, "SAME"), "conv1d"),
    "nn.conv1d_transpose": (
        lambda x, y: tf.nn.conv1d_transpose(x[None], kernel(y, 2, 2, 3), (1, 4, 2), 1, "VALID"),
        "conv1d_transpose",
    ),
    "nn.conv2d": (lambda x, y: tf.nn.conv2d(image(x), kernel(y, 2, 2, 2, 1), 1, "SAME"), "conv2d"),
    "nn.conv2d_transpose": (
        lambda x, y: tf.nn.conv2d_transpose(image(x), kernel(y, 2, 2, 1, 2), (1, 2, 3, 1), 1, "SAME"),
        "conv2d_transpose",
    ),
    "nn.conv3d": (lambda x, y: tf.nn.conv3d(image(x)[None], kernel(y, 1, 2, 2, 2, 1), [1] * 5, "SAME"), "conv3d"),
    "nn.conv3d_transpose": (
        lambda x, y: tf.nn.conv3d_transpose(image(x)[None], kernel(y, 1, 2, 2, 1, 2), (1, 1, 2, 3, 1), 1, "SAME"),
        "conv3d_transpose",
    ),
    "nn.convolution": (lambda x, y: tf.nn.convolution(image(x), kernel(y, 2, 2, 2, 1)), "convolution"),
    "nn.crelu": (tf.nn.crelu, "relu"),
    "nn.depthwise_conv2d": (
        lambda x, y: tf.nn.depthwise_conv2d(image(x), kernel(y, 2, 2, 2, 1), [1] * 4, "SAME"),
        "depthwise_conv2d",
    ),
    "nn.l2_loss": (tf.nn.l2_loss, "l2_loss"),
    "nn.max_pool": (lambda x: tf.nn.max_pool(image(x), 2, 1, "VALID"), "max_pool"),
    "nn.max_pool1d": (lambda x: tf.nn.max_pool1d(x[None], 2, 1, "SAME"), "max_pool1d"),
    "nn.max_pool2d": (lambda x: tf.nn.max_pool2d(image(x), 2, 1, "SAME"), "max_pool2d"),
    "nn.max_pool3d": (lambda x: tf.nn.max_pool3d(image(x)[None], 2, 1, "SAME"), "max_pool3d"),
    "nn.separable_conv2d": (
        lambda x, y: tf.nn.separable_conv2d(image(x), kernel(y, 2, 2, 2, 1), kernel(y, 1, 1, 2, 2), [1] * 4, "SAME"),
        "conv2d",
    ),
    "nn.sigmoid_cross_entropy_with_logits": (
        lambda x, y: tf.nn.sigmoid_cross_entropy_with_logits(x, y),
        "sigmoid_cross_entropy",
    ),
    "nn.weighted_cross_entropy_with_logits": (
        lambda x, y: tf.nn.weighted_cross_entropy_with_logits(x, y, 2.0),
        "softplus",
    ),
    "conv": (lambda x, y: tf.conv(image(x), kernel(y, 2, 2, 2, 1), [1] * 4, "SAME"), "conv"),
    "rfftnd": (lambda x: tf.rfftnd(x, [3, 3], [0, 1]), "rfft"),
    "saturate_cast": (lambda x: tf.saturate_cast(x, tf.float32), "saturate_cast"),
    "truncatediv": (lambda x, y: tf.truncatediv(x, y), "truncatediv"),
    "truncatemod": (lambda x, y: tf.truncatemod(x, y), "truncatemod"),
    "nn.atrous_conv2d": (lambda x, y: tf.nn.atrous_conv2d(image(x), kernel(y, 2, 2, 2, 1), 1, "SAME"), "atrous_conv2d"),
    "nn.atrous_conv2d_transpose": (
        lambda x, y: tf.nn.atrous_conv2d_transpose(image(x), kernel(y, 2, 2, 1, 2), (1, 2, 3, 1), 1, "SAME"),
        "atrous_conv2d_transpose",
    ),
    "nn.conv_transpose": (
        lambda x, y: tf.nn.conv_transpose(image(x), kernel(y, 2, 2, 1, 2), (1, 2, 3, 1), 1),
        "conv_transpose",
    ),
    "nn.ctc_loss": (lambda x: tf.nn.ctc_loss(np.array([[1]]), x[:, None], [1], [3]), "ctc_loss"),
    "nn.dilation2d": (
        lambda x, y: tf.nn.dilation2d(image(x), kernel(y, 2, 2, 2), [1] * 4, "SAME", "NHWC", [1] * 4),
        "dilation2d",
    ),
    "nn.erosion2d": (
        lambda x, y: tf.nn.erosion2d(image(x), kernel(y, 2, 2, 2), [1] * 4, "SAME", "NHWC", [1] * 4),
        "erosion2d",
    ),
    "nn.fractional_avg_pool": (
        lambda x: tf.nn.fractional_avg_pool(image(x), [1, 1.0, 1.4, 1], seed=1)[0],
        "fractional_avg_pool",
    ),
    "nn.fractional_max_pool": (
        lambda x: tf.nn.fractional_max_pool(image(x), [1, 1.0, 1.4, 1], seed=1)[0],
        "fractional_max_pool",
    ),
    "nn.isotonic_regression": (lambda x: tf.nn.isotonic_regression(x)[0], "isotonic_regression"),
    "nn.max_pool_with_argmax": (
        lambda x: tf.nn.max_pool_with_argmax(image(x), 2, 1, "SAME")[0],
        "max_pool_with_argmax",
    ),
    "nn.nce_loss": (lambda x, y: tf.nn.nce_loss(x, y[0], COLUMN, y, 2, 3, **SAMPLED), "sigmoid_cross_entropy"),
    "nn.pool": (lambda x: tf.nn.pool(image(x), [2, 2], "AVG"), "pool"),
    "keras.losses.binary_crossentropy": (lambda x, y: tf.keras.losses.binary_crossentropy(x, y), "binary_crossentropy"),
    "keras.losses.categorical_crossentropy": (
        lambda x, y: tf.keras.losses.categorical_crossentropy(x, y),
        "categorical_crossentropy",
    ),
    "keras.losses.sparse_categorical_crossentropy": (
        lambda x: tf.keras.losses.sparse_categorical_crossentropy(IDS, x),
        "sparse_categorical_crossentropy",
    ),
}

# What makes tensors or shapes, answers in steps, follows a function of the user's, or is no function of numbers.
_OTHERS = """
    TensorArray constant_initializer newaxis ones_initializer random_normal_initializer random_uniform_initializer
    zeros_initializer DType GradientTape IndexedSlices Module Program Tensor TensorShape TensorSpec
    UnconnectedGradients Variable argmax argmin argsort as_dtype autodiff bool case complex128 complex64 cond config
    constant convert_to_tensor custom_gradient custom_jvp double dtypes elementwise_op eval_shape experimental eye
    float16 float32 float64 floatx foldl foldr function general_op get_num_threads grad grad_pass_through half hessian
    hvp int16 int32 int64 int8 is_tensor jacobian jvp keras linalg linear_op linearize longdouble map_fn math name_scope
    nest nn one_hot ones ones_like random range rank recompute_grad reduce_all reduce_any round scan scipy
    searchsorted sequence_mask set_floatx set_num_threads shape size sparse_hessian sparse_jacobian stop_gradient
    switch_case test testing uint16 uint32 uint64 uint8 value_and_grad vectorize vectorized_map vjp vmap while_loop
    zeros zeros_like fill bfloat16 signal math.count_nonzero math.in_top_k math.invert_permutation
    math.zero_fraction linalg.matrix_rank nn.dropout nn.in_top_k nn.zero_fraction Assert assert_equal assert_greater
    assert_less assert_rank bitcast bitwise broadcast_dynamic_shape broadcast_static_shape buffer
    control_dependencies debugging device errors executing_eagerly get_static_value group init_scope initializers
    inside_function is_symbolic_tensor losses metrics no_op numpy numpy_function optimizers print py_function
    required_space_to_batch_paddings shape_n timestamp unravel_index math.is_non_decreasing
    math.is_strictly_increasing math.sobol_sample nn.all_candidate_sampler nn.collapse_repeated
    nn.compute_accidental_hits nn.ctc_beam_search_decoder nn.ctc_greedy_decoder nn.ctc_unique_labels
    nn.fixed_unigram_candidate_sampler nn.with_space_to_batch keras.activations.get scipy.integrate.odeint
    scipy.integrate.solve_ivp minimize optimize data train autograd distribute
"""
OTHERS = set(_OTHERS.split())


def arity(call: Call) -> int:
    """How many operands a call takes: a public function that stands for itself takes one."""
    if getattr(call, "__name__", "") != "<lambda>":
        return 1
    return len(inspect.signature(call).parameters)


# Of the calls in numpy_calls.py those that complex operands are refused by, though not by NumPy in all cases.
_NUMPYS = """
    divmod fabs frexp histogram histogram2d histogram_bin_edges histogramdd i0 interp ldexp modf nanpercentile
    nanquantile percentile quantile unwrap
"""
NUMPY_REFUSES = set(_NUMPYS.split())
