"""A record of each row that has no cases of its own in the op table: rows that others are made with.

What each takes is its attributes, and operands to try it on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff_core as tf
from autodiff_core.programs.checkpointed import Back, Room
from autodiff_core.programs.loops import Layout
from autodiff_core.programs.rounds import Way, repeatable_body

D = np.dtype


def A(values: Any, dtype: str) -> np.ndarray:
    return np.array(values, dtype)


def F(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """Positive numbers, none of them equal."""
    return (np.linspace(0.3, 1.7, int(np.prod(shape))).reshape(shape)).astype(dtype)


def loop() -> tuple[Any, list[np.ndarray]]:
    """What is carried, a row of a series, and what is shared; carried on, a row, and a term of a sum."""
    operands = [F((2,), "float64"), F((3, 2), "float64"), F((2,), "float64")]
    body = repeatable_body(lambda x: [x[0] * x[2] + x[1], x[1] * x[0], x[0] * x[2]], [tf.constant(operands[0])] * 3)
    return (body, (1, 1, 1), 3, False, "both", "all"), operands


def gradient_of_loop() -> tuple[Any, list[np.ndarray]]:
    """What comes to what it ends with, to rows and to a sum, and the loop's own operands."""
    (body, layout, steps, *_), operands = loop()
    back = Back.of(body, Way(Layout(*layout), steps), Room(2), list(map(tf.constant, operands)), None)
    assert back is not None
    return back.attribute, [F((2,), "float64"), F((3, 2), "float64"), F((2,), "float64"), *operands]


SAMPLES: dict[str, Callable[[], tuple[Any, list[np.ndarray]]]] = {
    "rounds": loop,
    "checkpointed": lambda: ((*loop()[0][:4], "last", "all", (2, 0)), loop()[1]),
    "checkpointed_gradient": gradient_of_loop,
    "beyond_highest": lambda: (None, [A([1], "int32")]),
    "row_numbers": lambda: (3, [A(1, "int32")]),
    "how_many_hold": lambda: (None, [F((12,), "float64")]),
    "true_places": lambda: (12, [F((12,), "float64")]),
    "one_hot": lambda: ((3, 1, 0, -1, D("float32")), [A([0, 2], "int64")]),
    "places_along": lambda: (((12,), -1), [A([9], "int64")]),
    "put_along": lambda: ((-1, 5, A([1, 3], "int64")), [F((2,), "float64")]),
    "sorted_places": lambda: ((-1, True), [F((3,), "float32")]),
    "order": lambda: ((-1, False), [F((5,), "float64"), F((5,), "float64")]),
    "ranked_places": lambda: ((1, 3), [F((5,), "float64")]),
    "largest_places": lambda: ((2, D("int32")), [F((3,), "float32")]),
    "places_so_far": lambda: ((True, -1), [F((4,), "float32")]),
    "ties": lambda: (((0,), True, D("float64")), [A([[True, True, True, True]], "bool")]),
    "largest_finite": lambda: ((1,), [F((2, 7), "float64")]),
    "reduce_any": lambda: ((1, False), [A([[False, False], [True, False]], "bool")]),
    "reduce_all": lambda: ((-1, True), [A([[True, True], [False, True]], "bool")]),
    "whitened_covariance": lambda: (None, [A([[2.0, 0.5], [0.5, 1.0]], "float64")]),
    "multivariate_normal_cdf": lambda: (
        (False, None, 1e-5, 1e-5),
        [F((2,), "float64"), A([[2.0, 0.5], [0.5, 1.0]], "float64")],
    ),
    "mean_of_integers": lambda: (((2, 3), (1, 3), (3,)), [A([[1, 2, 3], [4, 6, 8]], "int32")]),
    "argmax": lambda: ((0, D("int64")), [F((12,), "float64")]),
    "argmin": lambda: ((0, D("int64")), [F((12,), "float64")]),
    "class_numbers": lambda: (3, [A([0, 2], "int32")]),
    "group_sizes": lambda: (((3, 1), D("float64")), [A([0, 0, 2], "int64")]),
    "longest_group": lambda: (None, [A([0, 1, 1], "int64")]),
    "group_columns": lambda: ((2, 3), [A([0, 1, 1], "int64")]),
    "ordered_groups": lambda: (("sum", (3, 4)), [A([0, 0, 2], "int32")]),
    "groups": lambda: (("max", 2), [A([0], "int32")]),
    "unwindows": lambda: (((3, 4, 2), (2,), (1,), (1,)), [F((3, 3, 2, 2), "float64")]),
    "largest_of_windows": lambda: (([(0, 1), (1, 0)], (2, 2), (2, 1), (1, 1)), [F((2, 4, 4, 3), "float64")]),
    "counted_places": lambda: ((5,), [A([1, 1, 0, 7], "int32")]),
    "counts": lambda: (((3,), False, D("int32")), [A([3, 0, 3], "int32")]),
    "confusion_matrix": lambda: ((3, D("int32")), [A([0, 1, 1], "int32"), A([1, 1, 1], "int32")]),
    "count_nonzero": lambda: (((-2,), False, D("int64")), [F((3, 4), "float64")]),
    "zero_fraction": lambda: (None, [A([0, 0, 1, 2], "int32")]),
    "in_top_k": lambda: (1, [A([0, 1, 5], "int32"), F((3, 2), "float32")]),
    "row_places": lambda: (("scatter_nd", (3, 4)), [A([[0]], "int32")]),
    "replaced_rows": lambda: (3, [A([1], "int64")]),
    "partitions": lambda: (2, [A([0, 1], "int32")]),
    "stitched_rows": lambda: ((4, 4), [A([3, 0, 1, 1], "int32")]),
    "size_of_repeats": lambda: (3, [A([2, 0, 1], "int64")]),
    "repeated_places": lambda: ((3, 3), [A([2, 0, 1], "int64")]),
    "reversed_places": lambda: (((3, 4), 1, 0), [A([2, 0, 4], "int32")]),
    "inverted_permutation": lambda: (None, [A([2, 0, 1], "int32")]),
    "searched_lines": lambda: (("right", D("int32")), [F((2, 2), "float32"), F((2, 1), "float32")]),
    "dropout_factors": lambda: (D("float32"), [F((5,), "float32"), A(0.5, "float32")]),
    "array_equal": lambda: (((0, 1), ()), [F((4,), "float32"), F((4,), "float32")]),
    "array_equiv": lambda: (((0, 1), ()), [F((3, 4), "float64"), F((3, 4), "float64")]),
    "allclose": lambda: (((0, 1), ()), [F((3, 4), "float64"), F((), "float64")]),
    "isclose": lambda: (((0, 1), ()), [F((3, 4), "float64"), F((3, 4), "float64")]),
    "isin": lambda: (((0, 1), ()), [F((3, 4), "float64"), F((4,), "float64")]),
    "iscomplex": lambda: (((0,), ()), [F((3, 4), "float64")]),
    "isreal": lambda: (((0,), ()), [F((3, 4), "float64")]),
    "isneginf": lambda: (((0,), ()), [F((3, 4), "float64")]),
    "isposinf": lambda: (((0,), ()), [F((3, 4), "float64")]),
    "argsort": lambda: (((0,), ()), [F((3, 4), "float64")]),
    "argpartition": lambda: (((0,), ((1, 2),)), [F((3, 4), "float64")]),
    "lexsort": lambda: (((0,), ()), [F((2, 4), "float64")]),
    "nanargmax": lambda: (((0,), ((1, 0),)), [F((3, 4), "float64")]),
    "nanargmin": lambda: (((0,), ((1, 0),)), [F((12,), "float64")]),
    "searchsorted": lambda: (((0, 1), ()), [F((4,), "float64"), F((3, 4), "float64")]),
    "digitize": lambda: (((0, 1), ()), [F((3, 4), "float64"), F((3,), "float64")]),
    "packbits": lambda: (
        ((0,), ()),
        [A([[True, True, False, False], [True, True, False, False], [False, True, True, False]], "bool")],
    ),
    "ravel_multi_index": lambda: (((0,), ((1, (3, 4)),)), [A([[1, 0, 2, 1], [0, 1, 2, 3]], "int64")]),
    "unravel_index": lambda: (((0,), ((1, (3, 4)), (2, "C"))), [A(0, "int64")]),
    "bitwise_count": lambda: (((0,), ()), [A([12, 7], "int64")]),
    "pro_cv": lambda: (None, [A([1.0, 0.0], "float64"), A([2.0, 1.0], "float64"), F((2,), "float64")]),
    "obl_cv": lambda: (None, [A([1.0, 0.0], "float64"), A([2.0, 1.0], "float64"), F((2,), "float64")]),
    "ctc_walk": lambda: (
        (0, 4, 5, "ends"),
        [A([[1, 2, 2], [3, 1, 0]], "int64"), A([3, 2], "int64"), A([5, 4], "int64")],
    ),
    "bounds_of_spans": lambda: (((5, 6), (1.4, 1.7), True, 0), [A([1, 2], "int64")]),
    "largest_of_spans": lambda: (
        True,
        [F((2, 5, 6, 2), "float64"), A([0, 2, 3, 5], "int64"), A([0, 2, 4, 6], "int64")],
    ),
    "shares_of_spans": lambda: ((5, True, D("float64")), [A([0, 2, 3, 5], "int64")]),
    "largest_of_sums": lambda: (
        ([(0, 0), (0, 1)], (2, 2), (1, 1), (1, 2)),
        [F((1, 3, 4, 2), "float32"), F((2, 2, 2), "float32")],
    ),
    "last_selected": lambda: (((3, 2), None, (0,)), [A([0, 2, 0], "int64")]),
    "histogram_edges": lambda: ((3, None), [F((4,), "float64")]),
    "number_of_bins": lambda: (("sqrt", None), [F((3, 4), "float64")]),
    "histogram_bins": lambda: (None, [F((4,), "float64"), F((4,), "float64")]),
    "histogram_counts": lambda: ((3,), [A([2, 0, 2, 1], "int64")]),
    "choices": lambda: ((3, "raise"), [A([2, 0, 1, 1], "int32")]),
    "trimmed_zeros": lambda: (True, [F((5,), "float64")]),
    "lower_knots": lambda: (None, [F((3, 4), "float64"), F((4,), "float64")]),
    "interp": lambda: (None, [F((3, 4), "float64"), F((4,), "float64"), F((4,), "float64")]),
    "rounded": lambda: (1, [F((3, 4), "float64")]),
    "unwrapped_periods": lambda: ((-2, None, 3.0), [F((3, 4), "float64")]),
    "powers_of_two": lambda: (D("float64"), [A([1, -2, 0, 5], "int32")]),
    "binary_exponents": lambda: (None, [F((3, 4), "float64")]),
    "signs_of_ends": lambda: (None, [F((), "float64"), F((), "float64")]),
    "leading_zeros": lambda: (None, [F((4,), "float64")]),
    "norm_of_weights": lambda: (None, [F((3,), "float64")]),
    "quantile_places": lambda: ((A([0.5], "float64"), "linear", True), [F((3, 4), "float64")]),
    "weighted_quantile_places": lambda: (
        (A([0.4], "float64"), "inverted_cdf"),
        [F((3, 4), "float64"), F((3, 4), "float64")],
    ),
    "rank": lambda: (None, [F((3,), "float64"), F((), "float32")]),
    "random": lambda: (("truncated_normal", None, (3,), D("float32"), 1.0, 0.0), []),
    "stateless_random": lambda: (("normal", (3,), D("float32")), [A([0, 5], "int64")]),
    "ufunc_method": lambda: (((0,), (("ufunc", "logical_xor"), ("method", "reduce"))), [F((3, 3), "float64")]),
    "size_of_slices": lambda: (3, [A([0, 1], "int32")]),
    "parts_of_slices": lambda: ((3, 3), [A([0, 1], "int32")]),
    "angle_of_reals": lambda: (None, [F((3,), "float64")]),
    "reread_by_array": lambda: (None, [F((3,), "float64"), F((3,), "float64")]),
    "change_rows": lambda: ("add", [F((4, 2), "float64"), A([0, 3], "int64"), F((2, 2), "float64")]),
    "row_totals": lambda: (None, [A([0, 3, 0], "int64"), F((3, 2), "float64")]),
    "rows_within": lambda: (4, [A([0, 3], "int64")]),
    "block_places": lambda: (((4, 3), (2, 2), 0), [A(1, "int64")]),
    "unpackbits": lambda: (((0,), ()), [A([3, 7], "uint8")]),
    "extreme_places": lambda: ((2, -1, True), [F((2, 5), "float64")]),
    "gamma_variates": lambda: (None, [F((3,), "float64"), A([1, 2], "int64")]),
    "drawn_classes": lambda: ((2, True), [A([1, 2], "int64"), A([0.5, 0.25, 0.25], "float64")]),
    "expected_counts": lambda: (("f", True), [A([0, 2], "int64"), A(3, "int64"), A([0.5, 0.25, 0.25], "float64")]),
    "distinct_labels": lambda: (True, [A([[1, 2, 1], [0, 0, 3]], "int64")]),
    "histogram_fixed_width_bins": lambda: (("f", 5, D("int32")), [F((3,), "float64"), A([0.0, 2.0], "float64")]),
    "histogram_fixed_width": lambda: (("f", 5, D("int32")), [F((3,), "float64"), A([0.0, 2.0], "float64")]),
    "is_rising": lambda: (True, [F((3,), "float64")]),
    "matrix_rank": lambda: (None, [F((2, 3, 3), "float64")]),
    "rank_of_matrices": lambda: (((0,), ()), [F((2, 3, 3), "float64")]),
    "truncated_quotient": lambda: ("div", [A([5, -3], "int32"), A([2, 2], "int32")]),
    "bitcast": lambda: ((D("int32"), (6,)), [F((3,), "float64")]),
    "unravelled": lambda: ((3, 4), [A([5, 11], "int64")]),
    "isotonic_segments": lambda: (None, [F((2, 4), "float64")]),
    "isotonic_numbers": lambda: (None, [A([[0, 0, 1], [0, 1, 2]], "int32")]),
    "groups_selected": lambda: (((3, 2), None, (0,)), [A([0, 2, 0], "int64")]),
    "distinct_selected": lambda: (((3, 2), (None, slice(None)), (0,)), [A([0, 2, 0], "int64")]),
    "left_places": lambda: (5, [A([1, 3], "int64")]),
    "inserted_places": lambda: ((5, 2), [A([1, 3], "int64")]),
    "ends_not_zero": lambda: (None, [F((3,), "float64")]),
    "print": lambda: (
        (("x:", slice(0, False), {"a": [slice(1, True)]}), " ", "\n", 3, None, ()),
        [F((3,), "float64"), A(5, "int32")],
    ),
    "check_numerics": lambda: ("x", [F((3,), "float64")]),
    "multiply_no_nan of complex numbers": lambda: (None, [F((3,), "complex128"), F((3,), "complex128")]),
    "timestamp": lambda: (None, []),
    "random_seeds": lambda: (((3, 2), D("int64")), [A([1, 2], "int64")]),
    "index_shuffle": lambda: (None, [A([1, 2], "int64"), A([5, 6], "int64"), A(7, "int64")]),
    "erf of complex numbers": lambda: (None, [F((3,), "complex128")]),
    "erfc of complex numbers": lambda: (None, [F((3,), "complex128")]),
    "zeta of complex numbers": lambda: (None, [F((3,), "float64"), F((3,), "complex128")]),
    "jv of complex numbers": lambda: (None, [F((3,), "float64"), F((3,), "complex128")]),
    "yv of complex numbers": lambda: (None, [F((3,), "float64"), F((3,), "complex128")]),
    "iv of complex numbers": lambda: (None, [F((3,), "float64"), F((3,), "complex128")]),
    "kv of complex numbers": lambda: (None, [F((3,), "float64"), F((3,), "complex128")]),
    "kve of complex numbers": lambda: (None, [F((3,), "float64"), F((3,), "complex128")]),
}
