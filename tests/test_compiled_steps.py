"""Rows with a kernel in C: a replay runs it as a step without Python, and gives what an eager call gives, to the last
bit, however operands lie in memory and however many threads there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.ops import elementwise
from row_samples import ROWS, VALUES, Sample, of_rows, of_samples, samples_of
from test_last_bits import assert_same_bits, gradients

COMPILED = [sample for sample in VALUES if _core.has_kernel(sample.row.name)]
DTYPES = pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=lambda dtype: dtype.__name__)


def in_dtype(sample: Sample, dtype: Any) -> list[np.ndarray]:
    return [array.astype(dtype) if array.dtype.kind == "f" else array for array in sample.operands]


@pytest.fixture
def threads() -> Iterator[None]:
    before = tf.get_num_threads()
    yield
    tf.set_num_threads(before)


def layouts(array: np.ndarray) -> Iterator[np.ndarray]:
    """The same elements as they lie, in another order, with gaps, backwards."""
    yield array
    yield np.array(array, order="F")
    if array.ndim:
        yield np.repeat(array, 2, -1)[..., ::2]
        yield np.flip(np.flip(array).copy())


def steps_of(f: Any, *arrays: Any) -> list[tuple[str, str]]:
    """The steps that a program runs: what kind each is, and the row of its record, or of one of its records."""
    recorded = tf.function(f)
    recorded(*map(tf.constant, arrays))
    return [(kind, row) for kind, _, row in _core.plan_of(recorded.variants[0]).steps_as_text()]


def steps(f: Any, *arrays: Any) -> list[str]:
    """Their kinds alone."""
    return [kind for kind, _ in steps_of(f, *arrays)]


@of_samples(COMPILED)
@DTYPES
def test_a_kernel_reads_any_layout_and_gives_the_same(sample: Sample, dtype: Any) -> None:
    operands = in_dtype(sample, dtype)
    recorded = tf.function(sample.call)
    # (What is transposed within a program is read where it lies.)
    turned = tf.function(lambda *x: sample.call(*map(tf.transpose, x)))
    with np.errstate(all="ignore"):
        expected = sample.call(*operands)
        for arrays in zip(*map(layouts, operands), strict=False):
            assert_same_bits(sample.call(*arrays), expected)
            assert_same_bits(recorded(*arrays), expected)
            assert_same_bits(turned(*[array.T for array in arrays]), expected)


@of_rows([row for row in ROWS if _core.has_kernel(row.name)])
@DTYPES
def test_a_replay_of_a_kernel_runs_no_python(row: Any, dtype: Any) -> None:
    """Of one of the row's cases, at least: a kernel need not be for all of them. (Few elements may be numbers.)"""
    kinds = [steps(sample.call, *in_dtype(sample, dtype)) for sample in samples_of(row)]
    assert any("apply" not in kind for kind in kinds)


LONG = {
    "softmax": lambda x: tf.nn.softmax(x, 0),
    "softmax of rows": tf.nn.softmax,
    "log_softmax": lambda x: tf.nn.log_softmax(x, 1),
    "cross entropy": lambda x: tf.nn.softmax_cross_entropy_with_logits(tf.abs(x), x),
    "logsumexp": lambda x: tf.reduce_logsumexp(x, -1),
    "logsumexp over the first": lambda x: tf.reduce_logsumexp(x, 0),
    "logsumexp of all": tf.reduce_logsumexp,
    "max": lambda x: tf.reduce_max(x, -1),
    "max of all": lambda x: tf.stack([tf.reduce_max(x), tf.reduce_prod(x), tf.reduce_min(x)]),
    "min over the first": lambda x: tf.reduce_min(x, 0) * tf.cast(tf.argmin(x, 0), x.dtype),
    "cumsum": lambda x: tf.cumsum(x, 1),
    "rows by number": lambda x: tf.gather(x, np.arange(len(x)) // 2),
    "columns by number": lambda x: tf.gather(x, [0, 2, -1, 0], axis=1),
    "classes": lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(np.zeros(x.shape[:-1], int), x),
}


@pytest.mark.parametrize("shape", [(25_000, 3), (3, 25_000), (70, 9, 110)])
@pytest.mark.parametrize("call", LONG.values(), ids=LONG.keys())
def test_a_kernel_gives_the_same_on_any_number_of_threads(call: Any, shape: Any, threads: None) -> None:
    x = tf.constant(np.random.default_rng(0).normal(size=shape))
    found = []
    for count in (1, 2, 5):
        tf.set_num_threads(count)
        recorded = tf.function(lambda x: (call(x), gradients(call, [x])))
        found += [(call(x), gradients(call, [x])), recorded(x), recorded(x)]
    for others in found[1:]:
        assert_same_bits(others, found[0])


def test_values_that_a_kernel_refuses_are_refused_by_name() -> None:
    f = tf.function(lambda labels, x: tf.nn.sparse_softmax_cross_entropy_with_logits(labels, x))
    x = tf.constant([[1.0, 2.0]])
    assert float(f(tf.constant([1]), x)[0]) == pytest.approx(0.3132617)
    with pytest.raises(ValueError, match="labels must be from 0 to 1, not 2"):
        f(tf.constant([2]), x)


@pytest.mark.parametrize("dtype", ["i4", "i8"])
def test_labels_are_looked_at_without_python_unless_they_are_wrong(dtype: str) -> None:
    logits = np.random.default_rng(0).normal(size=(5, 3))
    labels = np.array([0, 2, 1, 1, 0], dtype)

    def loss(labels: Any) -> Any:
        return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)

    recorded = tf.function(loss)
    assert "apply" not in steps(loss, labels)
    for which in (labels, labels[::-1], np.repeat(labels, 2)[::2]):
        assert_same_bits(recorded(tf.constant(which)), loss(which))
    for wrong in (-1, 3):
        with pytest.raises(ValueError, match=f"labels must be from 0 to 2, not {wrong}"):
            recorded(tf.constant(np.where(labels == 1, np.array(wrong, dtype), labels)))
    assert_same_bits(recorded(tf.constant(labels)), loss(labels))


def test_a_row_names_a_kernel_that_there_is() -> None:
    with pytest.raises(ValueError, match="there is no kernel 'no such thing' in C"):
        _core.register_general(
            "of_no_kernel", None, None, None, False, False, form=None, gives=None, kernel="no such thing"
        )


@pytest.mark.parametrize("to", [np.bool_, np.int32, np.int64, np.float32, np.float64, np.float16])
@pytest.mark.parametrize("of", [np.bool_, np.int32, np.int64, np.float32, np.float64])
def test_a_replayed_cast_gives_what_an_eager_one_gives(of: Any, to: Any) -> None:
    numbers = np.array([[0.0, -0.0, 1.0, -3.75], [1e9, -7e8, 1e-9, 65.5], [2.5, 3e5 + 1.1, 0.3, -1.0]]).astype(of)
    cast = lambda x: tf.cast(tf.transpose(x), to)  # noqa: E731
    recorded = tf.function(cast)
    with np.errstate(all="ignore"):
        for array in (numbers, -numbers if of is not np.bool_ else ~numbers, numbers.T.copy().T):
            assert_same_bits(recorded(array), cast(array))
    exact = np.dtype(to).kind != "i" or np.dtype(of).kind != "f"
    if exact and of is not to and to is not np.float16:
        assert not {"apply", "cast"} & set(steps(cast, numbers))


def test_what_is_lost_in_a_replayed_cast_is_lost_as_in_numpy() -> None:
    special = np.array([np.nan, np.inf, -np.inf, 1e300, -1e-300, 5e-324])
    for to in (np.float32, np.bool_):
        with np.errstate(all="ignore"):
            assert_same_bits(tf.function(lambda x: tf.cast(x, to))(special), special.astype(to))  # noqa: B023
    large = np.array([2**62 + 1, -(2**40) - 3, 2**53 + 1])
    for to in (np.int32, np.float32, np.float64):
        assert_same_bits(tf.function(lambda x: tf.cast(x, to))(large), large.astype(to))  # noqa: B023


PARTS = {
    "columns": (lambda x: tf.split(x, 4, axis=-1), (16, 64)),
    "columns of blocks, of many lines": (lambda x: tf.split(x, [8, 30, 10], axis=2), (7, 11, 48)),
    "a middle axis": (lambda x: tf.split(x, 3, axis=1), (5, 9, 8)),
    "rows": (lambda x: tf.split(x, 3, axis=0), (9, 20)),
    "an axis taken away": (lambda x: [x[:, 1], x[:, 0], x[:, 2]], (40, 3, 10)),
    "a box": (lambda x: [x[1:4, 2:30], x[:3, 40:]], (6, 70)),
    "few at a time": (lambda x: tf.split(x, 5, axis=-1), (30, 10)),
    "every other": (lambda x: [x[:, ::2], x[:, 1::2], x[::-1, 3:20]], (10, 40)),
    "nothing": (lambda x: [x[:, :0], x[:, 5:]], (10, 40)),
}


@pytest.mark.parametrize("name", PARTS)
@DTYPES
def test_parts_that_gradients_put_among_zeros_have_the_same_bits_in_lines(name: str, dtype: Any) -> None:
    apart, shape = PARTS[name]
    x = tf.constant(np.random.default_rng(0).normal(size=shape).astype(dtype))

    def slope(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = sum(tf.reduce_sum(tf.sin(part) * (k + 1.0)) for k, part in enumerate(apart(x)))
        return tape.gradient(y, x)

    assert_same_bits(tf.function(slope)(x), slope(x))


def test_parts_of_rows_are_put_among_zeros_by_the_line_that_adds_them() -> None:
    def slope(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = sum(tf.reduce_sum(part * part * (k + 1.0)) for k, part in enumerate(tf.split(x, 4, axis=1)))
        return tape.gradient(y, x)

    assert "pad" not in steps(slope, np.ones((16, 64)))


SPREAD = [
    ((3, 1, 17), (3, 50, 17)),
    ((1, 700, 1), (5, 700, 3)),
    ((1, 5), (900, 5)),
    ((4, 1, 1, 6), (4, 9, 70, 6)),
    ((1, 6, 1, 2), (11, 6, 30, 2)),
    ((2, 1, 3, 1), (2, 40, 3, 25)),
    ((1, 3000), (3, 3000)),
]


@pytest.mark.parametrize("small, whole", SPREAD)
@DTYPES
def test_what_is_read_again_along_an_axis_is_read_right_in_every_block(small: Any, whole: Any, dtype: Any) -> None:
    random = np.random.default_rng(0)
    x, y = random.normal(size=small).astype(dtype), random.normal(size=whole).astype(dtype)
    recorded = tf.function(lambda x, y: tf.negative(x + y) * x)
    np.testing.assert_array_equal(recorded(tf.constant(x), tf.constant(y)).numpy(), -(x + y) * x)


# --------------------------------------------------------------------------------------- what is not done a second time


def operations(f: Any, *arrays: Any) -> list[str]:
    """The instructions of a program's lines, by the names of their ops."""
    recorded = tf.function(f)
    recorded(*map(tf.constant, arrays))
    lines = [told for _, told in _core.native_parts(_core.plan_of(recorded.variants[0])) if isinstance(told, tuple)]
    return [op for _, code in lines for op, *_ in code]


def gelu_and_slope(x: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.gelu(x, approximate=True)
    return y, tape.gradient(y, x)


@pytest.mark.parametrize("f", [tf.sigmoid, tf.nn.silu, tf.nn.softplus, gelu_and_slope])
@DTYPES
def test_formulas_of_one_line_share_what_they_compute(f: Any, dtype: Any) -> None:
    x = np.linspace(-50, 50, 3001).astype(dtype)
    found = operations(f, x)
    assert found.count("exp") == 1
    assert found.count("abs") == 1
    assert_same_bits(tf.function(f)(x), f(tf.constant(x)))


@DTYPES
def test_a_value_that_is_computed_twice_in_a_line_may_be_a_result_twice(dtype: Any) -> None:
    def f(x: Any) -> Any:
        return tf.sigmoid(x), elementwise.logistic(x), tf.exp(-tf.abs(x)), 2.0 * tf.abs(x)

    x = np.linspace(-3, 3, 700).astype(dtype)
    assert operations(f, x).count("exp") == 1
    assert_same_bits(tf.function(f)(x), f(tf.constant(x)))


def test_a_formula_computes_once_what_it_says_twice() -> None:
    text = tf.Program.from_function(tf.sigmoid, np.ones(3)).to_c()
    assert text.count("exp(") == 1


@pytest.mark.parametrize("inner", [1, 2, 3, 5, 16, 24, 128, 200])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int16, np.bool_, np.complex128])
def test_copies_of_transposed_arrays_move_rows_of_any_length(inner: int, dtype: Any) -> None:
    array = np.arange(3 * 5 * 4 * inner).reshape(3, 5, 4, inner).astype(dtype)

    def f(x: Any) -> Any:
        turned = tf.transpose(x, (0, 2, 1, 3))
        return tf.reshape(turned, (3, -1)), tf.reshape(x[:, ::2, 1:3], (-1,)), tf.reshape(x[:, 1:, ::-1], (3, -1))

    assert_same_bits(tf.function(f)(array), f(tf.constant(array)))


@pytest.mark.parametrize("inner", [1, 3, 16, 40, 700])
@DTYPES
def test_lines_read_rows_of_any_length_across_blocks(inner: int, dtype: Any) -> None:
    random = np.random.default_rng(0)
    whole = random.normal(size=(7, 11, 13, inner)).astype(dtype)
    for shape in [(7, 11, 13, 1), (7, 11, 1, inner), (1, 11, 13, 1), (7, 1, 13, inner), (13, inner)]:
        small = random.normal(size=shape).astype(dtype)
        assert_same_bits(tf.function(lambda x, y: x + y)(whole, small), whole + small)
    turned = np.ascontiguousarray(whole.transpose(2, 0, 1, 3))
    assert_same_bits(
        tf.function(lambda x, y: x + tf.transpose(y, (1, 2, 0, 3)))(whole, turned), whole + turned.transpose(1, 2, 0, 3)
    )


# ------------------------------------------------------------------------------------------------- what is still Python

# Rows of which every case of a float64 operand runs Python in a replay, with the reason.
RUN_PYTHON = {
    "of complex numbers, which have no kernels": "complex imag",
    "of SciPy, without an inner loop for doubles that NumPy's ufunc has, or of several results": """
        fresnel_sin fresnel_cos spherical_jn spherical_yn spherical_in spherical_kn airy airye itairy sici shichi itj0y0
        iti0k0 it2j0y0 it2i0k0 pbdv pbvv pbwa mathieu_cem mathieu_sem mathieu_modcem1 mathieu_modcem2 mathieu_modsem1
        mathieu_modsem2 pro_ang1 pro_ang1_cv pro_rad1 pro_rad1_cv obl_ang1 obl_ang1_cv obl_rad1 obl_rad1_cv hyp2f1
        eval_gegenbauer eval_legendre eval_sh_legendre eval_chebyt eval_chebyu eval_chebyc eval_chebys eval_sh_chebyt
        eval_sh_chebyu eval_jacobi eval_sh_jacobi eval_genlaguerre eval_laguerre eval_hermite eval_hermitenorm bdtr
        bdtrc bdtri nbdtr nbdtrc nbdtri pdtr pdtrc pdtri ncfdtr ncfdtri lambertw_of_branch faddeeva elliprj ellipj""",
    "of LAPACK, or built on what is": """
        solve solve_by_factors inv inv_by_factors cofactor cofactor_change det slogdet slogdet_by_factors pinv lu
        cholesky cholesky_pulled triangular_solve tridiagonal_solve solve_banded qr svd svdvals eigh eigvalsh eig expm
        solve_sylvester sqrtm logm roots function_of_eigenvalues modes modes_of_hermitian changes_of_eigenvalues
        changes_of_singular_values function_of_singular_values singular_modes""",
    "of NumPy's, Fourier and convolutions over a whole line": "fft convolve correlate cosines",
    "of other processes, and so of an engine of Python's": "all_gather all_reduce end_all_reduce from_first",
    "in Python loops over time, or over terms": "ctc_loss ctc_slope gamma_quotient igamma igammac",
}


def test_rows_that_run_python_in_a_replay_are_known() -> None:
    found = set()
    with np.errstate(all="ignore"):
        for row in ROWS:
            kinds = [steps_of(sample.call, *sample.operands) for sample in samples_of(row)]
            if kinds and all(("apply", row.name) in kind for kind in kinds):
                found.add(row.name)
    assert found == {name for names in RUN_PYTHON.values() for name in names.split()}


# ------------------------------------------------------------------------------------------------------------- in order

LINES = [(1,), (5,), (17,), (1000,), (0,), (0, 3), (7, 33), (33, 7), (4, 5, 30)]


def lines(shape: Any, dtype: Any) -> np.ndarray:
    """Numbers many of which are equal, with both zeros, infinities, and NaN."""
    rng = np.random.default_rng(0)
    x = np.round(rng.normal(size=shape) * 9)
    if np.dtype(dtype).kind == "f":
        for special in (np.nan, np.inf, -np.inf, -0.0, 0.0):
            x[rng.random(shape) < 0.1] = special
    with np.errstate(invalid="ignore"):
        return x.astype(dtype)


@pytest.mark.parametrize("shape", LINES, ids=str)
@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "i4", "i1", "u2", "?"])
def test_sorting_is_numpys_stable_order_without_python(shape: Any, dtype: Any) -> None:
    x = lines(shape, dtype)
    for axis in range(x.ndim):
        last = x.shape[axis] - 1
        up = np.argsort(x, axis=axis, kind="stable")
        down = np.flip(last - np.argsort(np.flip(x, axis), axis=axis, kind="stable"), axis)
        for direction, order in (("ASCENDING", up), ("DESCENDING", down)):
            for call, expected in (
                (lambda x: tf.sort(x, axis, direction), np.take_along_axis(x, order, axis)),  # noqa: B023
                (lambda x: tf.argsort(x, axis, direction), order.astype(np.int32)),  # noqa: B023
            ):
                recorded = tf.function(call)
                np.testing.assert_array_equal(call(x).numpy(), expected, strict=True)
                np.testing.assert_array_equal(recorded(x).numpy(), expected, strict=True)
                assert "apply" not in steps(call, x)


@pytest.mark.parametrize("k", [1, 3, 20])
@pytest.mark.parametrize("dtype", ["f8", "f4", "i8"])
def test_the_largest_few_are_the_first_of_the_falling_order(k: int, dtype: Any) -> None:
    x = lines((6, 40), dtype)
    expected = (39 - np.argsort(x[:, ::-1], axis=-1, kind="stable"))[:, ::-1][:, :k]
    for values, places in (tf.math.top_k(x, k), tf.function(lambda x: tuple(tf.math.top_k(x, k)))(x)):
        np.testing.assert_array_equal(places.numpy(), expected)
        np.testing.assert_array_equal(values.numpy(), np.take_along_axis(x, expected, -1))
    assert "apply" not in steps(lambda x: tuple(tf.math.top_k(x, k)), x)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_lines_are_put_in_order_by_any_number_of_threads(count: int, threads: None) -> None:
    tf.set_num_threads(count)
    x = np.random.default_rng(0).normal(size=(400, 700))
    for axis in (0, 1):
        np.testing.assert_array_equal(tf.sort(x, axis).numpy(), np.sort(x, axis))
        np.testing.assert_array_equal(tf.argsort(x, axis).numpy(), np.argsort(x, axis, kind="stable"))


# --------------------------------------------------------------------------------------------------------- other places

WRITTEN = [
    3, -1, slice(None), slice(4, 1), slice(None, None, -2), slice(-3, None), slice(10, 2, -3), ..., (), (..., 1),
    (2, ..., slice(1, 3)), (None, 2), (slice(1, 5, 2), None, slice(None), -1), (..., None), (0, 1, 2),
    np.array([4, 0, 4]), (slice(None), np.array([[2, 0], [-1, 2]])), (np.array([1, 1, 0]), np.array([0, 0, 2])),
]  # fmt: skip


@pytest.mark.parametrize("index", WRITTEN, ids=str)
@pytest.mark.parametrize("dtype", ["f8", "f4", "i4", "?", "c16"])
def test_values_go_where_numpys_index_says_without_python(index: Any, dtype: Any) -> None:
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(6, 3, 4)) * 9).astype(dtype)
    values = (rng.normal(size=np.shape(x[index])) * 9).astype(dtype)
    expected = x.copy()
    expected[index] = values
    write = lambda x, v: x.at[index].set(v)  # noqa: E731
    np.testing.assert_array_equal(tf.function(write)(tf.constant(x), tf.constant(values)).numpy(), expected)
    assert not {"apply", "update"} & set(steps(write, x, values))


def test_numbers_of_places_that_are_read_anew_may_be_out_of_bounds() -> None:
    write = tf.function(lambda x, i: x.at[i].set(7.0))
    x = tf.constant([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(write(x, tf.constant([0, -1])).numpy(), [7, 2, 7])
    with pytest.raises(IndexError, match="index 3 is out of bounds for axis 0 with size 3"):
        write(x, tf.constant([0, 3]))
    np.testing.assert_array_equal(write(x, tf.constant([1, 1])).numpy(), [1, 7, 3])


@pytest.mark.parametrize("count, axis, shape", [(0, 0, (3,)), (3, 1, (4, 5)), (40, 0, (6, 70)), (17, 1, (2, 3, 65))])
@DTYPES
def test_what_came_to_repeated_elements_is_added_up(count: int, axis: int, shape: Any, dtype: Any) -> None:
    x = np.random.default_rng(0).normal(size=shape).astype(dtype)
    call = lambda x: tf.repeat(x, count, axis)  # noqa: E731
    whole = np.repeat(x, count, axis)
    np.testing.assert_array_equal(tf.function(call)(x).numpy(), whole)
    slopes = (2.0 * whole + 1.0).reshape((*shape[: axis + 1], count, *shape[axis + 1 :]))
    expected = slopes.astype(float).sum(axis + 1)
    found = gradients(call, [tf.constant(x)])
    np.testing.assert_allclose(found[0], expected, rtol=1e-5 if dtype is np.float32 else 1e-13, atol=1e-5)
    assert_same_bits(tf.function(lambda x: gradients(call, [x]))(x), found)


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "i4"])
@pytest.mark.parametrize("kind", ["max", "min"])
def test_extremes_of_groups_are_numpys_without_python(kind: str, dtype: Any) -> None:
    x = lines((30, 4), dtype)
    ids = np.random.default_rng(0).integers(0, 9, 30)
    ids[ids == 4] = 5
    limits: Any = np.finfo(dtype) if np.dtype(dtype).kind == "f" else np.iinfo(dtype)
    expected = np.full((9, 4), limits.min if kind == "max" else limits.max, dtype)
    getattr(np, f"{kind}imum").at(expected, ids, x)
    call = lambda x: getattr(tf.math, f"unsorted_segment_{kind}")(x, ids, 9)  # noqa: E731
    assert_same_bits(call(x), tf.constant(expected))
    assert_same_bits(tf.function(call)(x), tf.constant(expected))
    assert "apply" not in steps(call, x)


EXTREMES = {
    "largest": (tf.reduce_max, np.max),
    "smallest": (tf.reduce_min, np.min),
    "place of the largest": (tf.argmax, np.argmax),
    "place of the smallest": (tf.argmin, np.argmin),
}


@pytest.mark.parametrize("inner", [1, 2, 7, 9])
@pytest.mark.parametrize("op", EXTREMES)
@DTYPES
def test_extremes_of_rows_of_any_length_are_numpys_without_python(op: str, inner: int, dtype: Any) -> None:
    ours, numpys = EXTREMES[op]
    random = np.random.default_rng(0)
    for n in [*range(1, 20), 31, 32, 33, 63, 64, 65, 100, 257, 32_768, 33_001]:
        count = 40 if n < 300 else 3
        x = random.integers(-3 * n, 3 * n, size=(count, n, inner)).astype(dtype)
        x[1], x[2] = np.inf, -np.inf
        if count > 3:
            x[np.arange(3, count), random.integers(0, n, count - 3)] = np.where(
                random.random((count - 3, 1)) < 0.5, np.nan, x[3:, 0]
            )
            x[3, [0, -1]] = np.nan
        call = lambda x: ours(x, axis=1)  # noqa: E731
        recorded, expected = tf.function(call), numpys(x, axis=1)
        assert_same_bits(recorded(x), call(x))
        np.testing.assert_array_equal(call(x), expected)
        turned = np.flip(np.ascontiguousarray(x.transpose(2, 1, 0)).transpose(2, 1, 0), 0)
        assert_same_bits(recorded(turned), call(np.flip(x, 0)))
        assert "apply" not in steps(call, x)


@DTYPES
def test_zeros_of_rows_have_the_sign_that_they_have_in_a_replay(dtype: Any) -> None:
    random = np.random.default_rng(0)
    for n in (3, 8, 9, 40, 100, 33_001):
        x = np.where(random.random((6, n, 2)) < 0.5, 0.0, -0.0).astype(dtype)
        for axis in (0, 1, 2, (0, 1), (0, 2), None):
            call = lambda x: [tf.reduce_max(x, axis), tf.reduce_min(x, axis)]  # noqa: B023, E731
            assert_same_bits(tf.function(call)(x), call(x))
            assert_same_bits(tf.function(call)(np.asfortranarray(x)), call(x))


# --------------------------------------------------------------------------------------------------- products of arrays


def equations(count: int) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Equations of one to four operands, in which axes are summed, repeated, turned, and stretched."""
    rng = np.random.default_rng(0)
    for _ in range(count):
        letters = "abcdef"[: rng.integers(1, 6)]
        sizes = dict(zip(letters, rng.integers(1, 5, 6).tolist(), strict=False))
        terms = ["".join(rng.permutation([*letters])[: rng.integers(0, 6)]) for _ in range(rng.integers(1, 5))]
        named = list(dict.fromkeys("".join(terms)))
        result = "".join(rng.permutation(named)[: rng.integers(0, 6)]) if named else ""
        shapes = [[1 if rng.random() < 0.1 else sizes[c] for c in term] for term in terms]
        if set(result) <= {c for term, shape in zip(terms, shapes, strict=True) for c in term if shape}:
            yield f"{','.join(terms)}->{result}", [np.asarray(rng.normal(size=shape)) for shape in shapes]


def test_einsums_are_products_without_python_and_the_same_to_the_last_bit() -> None:
    for equation, operands in equations(150):
        call = lambda *x: tf.einsum(equation, *x)  # noqa: B023, E731
        recorded = tf.function(call)
        terms = equation.split("->")[0].split(",")
        sizes = dict.fromkeys("abcdef", 1)
        for term, x in zip(terms, operands, strict=True):
            sizes |= {c: size for c, size in zip(term, x.shape, strict=True) if size != 1}
        whole = [np.broadcast_to(x, [sizes[c] for c in term]) for term, x in zip(terms, operands, strict=True)]
        found = call(*map(tf.constant, operands))
        np.testing.assert_allclose(found.numpy(), np.einsum(equation, *whole), atol=1e-12, err_msg=equation)
        assert_same_bits(recorded(*operands), found)
        assert "apply" not in steps(call, *operands), equation


def test_einsum_of_truth_values_asks_whether_any_holds() -> None:
    x = np.random.default_rng(0).random((4, 5)) < 0.3
    for equation, operands in (("ij->i", [x]), ("ij,kj->ik", [x, x]), ("ij,ij->ij", [x, x])):
        found = tf.einsum(equation, *operands)
        np.testing.assert_array_equal(found.numpy(), np.einsum(equation, *operands), strict=True)


def test_einsum_that_changes_nothing_gives_a_tensor_of_its_own() -> None:
    v = tf.Variable([1.0, 2.0])
    before = tf.einsum("i->i", v)
    v.assign([3.0, 4.0])
    np.testing.assert_array_equal(before.numpy(), [1.0, 2.0])


@pytest.mark.parametrize(
    "turned, shape", [((1, 2, 3, 0), (4, 3, 2)), ((2, 3, 1, 0), (3, 1, 4, 2)), ((3, 1, 2, 0), (4, 6))]
)
@DTYPES
def test_products_find_reshaped_operands_as_eager_ones_lie(turned: Any, shape: Any, dtype: Any) -> None:
    """Which bits BLAS computes may depend on strides, and a reshape of turned axes may need no copy."""
    random = np.random.default_rng(0)
    x, y = random.normal(size=(2, 4, 3, 1)), random.normal(size=(shape[-1], 5))
    call = lambda x, y: tf.matmul(tf.reshape(tf.transpose(x, turned), shape), y)  # noqa: E731
    operands = [tf.constant(array.astype(dtype)) for array in (x, y)]
    assert_same_bits(tf.function(call)(*operands), call(*operands))
