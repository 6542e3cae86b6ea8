"""Sparse Jacobians and Hessians: their patterns, row by row of the op table, and their entries against dense ones."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.derivatives import compression
from autodiff_core.ops import forms, rows
from autodiff_core.ops.c_loops import Without
from autodiff_core.ops.table import general, linear
from results import flattened
from test_random_programs import NESTED, PROGRAMS, Program, make_leaves, programs, run_library

SOME_PROGRAMS = settings(PROGRAMS, max_examples=400)
SOME_NESTED = settings(NESTED, max_examples=200)


def pattern(function: Any, x: np.ndarray) -> np.ndarray:
    """Where the sparse Jacobian has entries, whatever their values."""
    matrix = tf.sparse_jacobian(function, x)
    return scipy.sparse.csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), matrix.shape).toarray() != 0


def band(rows: int, columns: int, *diagonals: int) -> np.ndarray:
    return np.logical_or.reduce([np.eye(rows, columns, k=k, dtype=bool) for k in diagonals])


def colours(function: Any, x: np.ndarray) -> int:
    """How many rows or columns are swept."""
    matrix = tf.sparse_jacobian(function, x)
    pattern = compression.Pattern(matrix.indptr, matrix.indices)
    transpose = compression.Pattern(*_core.transposed_pattern(*pattern, matrix.shape[1]))
    return compression._colours(pattern, transpose)[2]


def assert_dense(matrix: Any, dense: np.ndarray) -> None:
    assert isinstance(matrix, scipy.sparse.csr_array)
    assert matrix.has_canonical_format
    assert matrix.dtype == dense.dtype
    np.testing.assert_allclose(matrix.toarray(), dense.reshape(matrix.shape), rtol=1e-12, atol=1e-13)


def rosenbrock(x: Any) -> Any:
    return tf.reduce_sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


# -- Every row of the op table --------------------------------------------------------------------------------------


def calls() -> list[Any]:
    cases = []
    for row in rows():
        if row.kind == "none":
            continue
        for k, case in enumerate(row.cases):
            cases.append(pytest.param(flattened(case.call), case.shapes, None, id=f"{row.name}{k}"))
        if row.kind == "elementwise" and any(row.partials) and not row.condition:
            several = [
                ((2, 3),) * row.arity,
                ((3,), (2, 1), (2, 1))[: row.arity],
                ((),) * row.arity,
                ((), (3,), (3,))[: row.arity],
                ((2, 1), (), ())[: row.arity],
            ]
            for shapes in dict.fromkeys(several):  # (of one operand, some are the same)
                cases.append(pytest.param(row.function, shapes, row.domain, id=f"{row.name}{shapes}"))
    return cases


def cut(x: Any, shapes: Any) -> list[Any]:
    """Operands of these shapes from one vector."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return [
        tf.reshape(x[end - int(np.prod(shape)) : end], shape) for end, shape in zip(ends.tolist(), shapes, strict=True)
    ]


def points(shapes: Any, domain: Any, rng: np.random.Generator) -> list[np.ndarray]:
    bounds = domain or ((0.2, 1.0),) * len(shapes)
    return [rng.uniform(low, high, size=shape) for (low, high), shape in zip(bounds, shapes, strict=True)]


@pytest.mark.parametrize(("function", "shapes", "domain"), calls())
def test_every_rows_jacobian_has_all_its_entries(
    function: Any, shapes: Any, domain: Any, rng: np.random.Generator
) -> None:
    operands = points(shapes, domain, rng)
    vector = np.concatenate([operand.ravel() for operand in operands])
    assert_dense(
        tf.sparse_jacobian(lambda x: function(*cut(x, shapes)), vector),
        tf.jacobian(lambda x: function(*cut(x, shapes)))(vector),
    )
    for k, operand in enumerate(operands):

        def one(x: Any, k: int = k) -> Any:
            return function(*operands[:k], x, *operands[k + 1 :])

        assert_dense(tf.sparse_jacobian(one, operand), tf.jacobian(one)(operand))


@pytest.mark.parametrize(("function", "shapes", "domain"), calls())
def test_every_rows_hessian_has_all_its_entries(
    function: Any, shapes: Any, domain: Any, rng: np.random.Generator
) -> None:
    operands = points(shapes, domain, rng)
    vector = np.concatenate([operand.ravel() for operand in operands])

    def scalar(x: Any) -> Any:
        y = function(*cut(x, shapes))
        return tf.reduce_sum(tf.cast(y, tf.float64) ** 2)

    assert_dense(tf.sparse_hessian(scalar, vector), tf.hessian(scalar)(vector))


# -- Exact patterns ------------------------------------------------------------------------------------------------

N = 6
X = np.linspace(0.5, 1.5, N)
LATTICE = np.linspace(0.5, 1.5, 6).reshape(2, 3)
ROWS_OF_LATTICE = np.kron(np.eye(2), np.ones((1, 3))) != 0
COLUMNS_OF_LATTICE = np.kron(np.ones((1, 2)), np.eye(3)) != 0
FULL = np.ones((N, N), bool)


@pytest.mark.parametrize(
    ("function", "x", "expected"),
    [
        pytest.param(lambda x: tf.sin(x) * x, X, band(N, N, 0), id="one operand twice"),
        pytest.param(lambda x: x[1:] * x[:-1], X, band(N - 1, N, 0, 1), id="slices"),
        pytest.param(lambda x: x[::-2], X, np.eye(N, dtype=bool)[::-2], id="slice backwards"),
        pytest.param(lambda x: x[2], X, np.eye(N, dtype=bool)[2:3], id="integer"),
        pytest.param(lambda x: x[-1, 1] * x[0, -1], LATTICE, [[0, 0, 1, 0, 1, 0]], id="integers"),
        pytest.param(lambda x: tf.pad(x, [[1, 2]])[1:], X, np.eye(N + 2, N, dtype=bool), id="padding"),
        pytest.param(lambda x: x + tf.roll(x, 1, 0), X, band(N, N, 0, -1) | band(N, N, N - 1), id="roll"),
        pytest.param(lambda x: tf.gather(x, [3, 3, 0]), X, np.eye(N, dtype=bool)[[3, 3, 0]], id="take"),
        pytest.param(lambda x: x * x[0], X, band(N, N, 0) | (np.arange(N) == 0), id="scalar beside array"),
        pytest.param(lambda x: np.arange(4.0) * x[1], X, np.tile(np.arange(N) == 1, (4, 1)), id="scalar, plain array"),
        pytest.param(lambda x: x * x[:, :1], LATTICE, np.eye(6) + np.eye(6)[[0, 0, 0, 3, 3, 3]] > 0, id="broadcast"),
        pytest.param(lambda x: tf.where(x > 1.0, x, 0.0), X, band(N, N, 0), id="condition"),
        pytest.param(lambda x: tf.cast(x, tf.float32), X, band(N, N, 0), id="cast"),
        pytest.param(lambda x: tf.transpose(x), LATTICE, np.eye(6)[[0, 3, 1, 4, 2, 5]] > 0, id="transpose"),
        pytest.param(lambda x: tf.broadcast_to(x, (2, N)), X, np.tile(np.eye(N), (2, 1)) > 0, id="broadcast_to"),
        pytest.param(lambda x: tf.reduce_sum(x, 1), LATTICE, ROWS_OF_LATTICE, id="sum"),
        pytest.param(lambda x: tf.reduce_sum(x, 0, keepdims=True), LATTICE, COLUMNS_OF_LATTICE, id="sum, kept"),
        pytest.param(lambda x: tf.reduce_max(x, 0), LATTICE, COLUMNS_OF_LATTICE, id="max"),
        pytest.param(lambda x: tf.reduce_min(x, 1, keepdims=True), LATTICE, ROWS_OF_LATTICE, id="min, kept"),
        pytest.param(lambda x: tf.cumsum(x, 1), LATTICE, np.kron(np.eye(2), np.ones((3, 3))) > 0, id="cumsum"),
        pytest.param(tf.nn.softmax, LATTICE, np.kron(np.eye(2), np.ones((3, 3))) > 0, id="softmax"),
        pytest.param(
            lambda x: tf.nn.softmax(x, axis=0), LATTICE, np.kron(np.ones((2, 2)), np.eye(3)) > 0, id="softmax, axis 0"
        ),
        pytest.param(
            lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits([0, 2], x), LATTICE, ROWS_OF_LATTICE, id="classes"
        ),
        pytest.param(
            lambda x: tf.nn.softmax_cross_entropy_with_logits(np.full((2, 3), 1 / 3), x),
            LATTICE,
            ROWS_OF_LATTICE,
            id="probabilities",
        ),
        pytest.param(
            lambda x: tf.concat([x[4:], np.zeros(2), x[:1]], 0),
            X,
            np.eye(N + 1)[[4, 5, 6, 6, 0], :N] > 0,
            id="concat with a constant",
        ),
        pytest.param(
            lambda x: tf.stack([x[2], 1.0, x[0] * x[1]]),
            X,
            [[0, 0, 1, 0, 0, 0], [0] * 6, [1, 1, 0, 0, 0, 0]],
            id="stack of scalars",
        ),
        pytest.param(lambda x: (np.eye(N) - np.eye(N, k=1)) @ x, X, band(N, N, 0, 1), id="constant matrix"),
        pytest.param(lambda x: x @ np.eye(N, k=1), X, band(N, N, -1), id="constant matrix behind"),
        pytest.param(
            lambda x: tf.matmul(np.eye(2, k=1), x), LATTICE, np.kron(np.eye(2, k=1), np.eye(3)) > 0, id="zero rows"
        ),
        pytest.param(
            lambda x: tf.matmul(np.ones((2, 4)), x, transpose_a=True),
            LATTICE,
            np.tile(COLUMNS_OF_LATTICE, (4, 1)),
            id="dense matrix",
        ),
        pytest.param(
            lambda x: tf.matmul(x, x, transpose_b=True),
            LATTICE,
            np.kron([[1, 0], [1, 1], [1, 1], [0, 1]], np.ones(3)) > 0,
            id="matrix by its transpose",
        ),
        pytest.param(lambda x: tf.einsum("ij,j->i", x, [1.0, 2.0, 3.0]), LATTICE, ROWS_OF_LATTICE, id="einsum"),
        pytest.param(
            lambda x: tf.einsum("ij->ji", x), LATTICE, np.eye(6)[[0, 3, 1, 4, 2, 5]] > 0, id="einsum, transposed"
        ),
        pytest.param(lambda x: tf.stop_gradient(x) * x[0], X, np.tile(np.arange(N) == 0, (N, 1)), id="stopped"),
        pytest.param(lambda x: tf.floor(x) + 0.0 * x[:1], X, np.tile(np.arange(N) == 0, (N, 1)), id="steps"),
        pytest.param(lambda x: x / tf.reduce_sum(x), X, FULL, id="all on all"),
        pytest.param(lambda x: tf.reduce_sum(x / tf.reduce_sum(x)), X, FULL[:1], id="all"),
    ],
)
def test_pattern_is_exact(function: Any, x: np.ndarray, expected: Any) -> None:
    np.testing.assert_array_equal(pattern(function, x), np.asarray(expected, bool))
    assert_dense(tf.sparse_jacobian(function, x), tf.jacobian(function)(x))


def test_a_zero_of_a_matrix_that_depends_on_the_source_counts() -> None:
    assert pattern(lambda x: tf.reshape(x[:4], (2, 2)) @ x[4:], np.zeros(N)).sum() == 2 * 4


def test_the_zeros_of_a_variable_that_is_no_source_do_not_count() -> None:
    matrix, x = tf.Variable(np.eye(4, k=1)), tf.Variable(np.ones(4))
    with tf.GradientTape() as tape:
        y = tf.linalg.matvec(matrix, x)
    assert tape.sparse_jacobian(y, x).nnz == 3


def test_stacked_matrices_with_zeros_in_some() -> None:
    stack = np.array([np.eye(3), np.eye(3, k=1)])

    def function(x: Any) -> Any:
        return tf.matmul(x, stack)

    assert_dense(tf.sparse_jacobian(function, LATTICE), tf.jacobian(function)(LATTICE))
    assert pattern(function, LATTICE).sum() == 2 * 2 * 5


def test_rows_that_declare_nothing_depend_on_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autodiff_core.ops.table._rows", [])
    halves, _ = linear(
        "sparse_test_halves",
        lambda x, a: (x[::2] + x[1::2]) / 2,
        "sparse_test_doubled",
        lambda g, a: np.repeat(g, 2) / 2,
        form=forms.nothing,
        gives=(forms.by_values, forms.by_values),
        function=abs,
        doc="Means of pairs.",
        c=Without("it is a test's"),
    )
    cubes = general(
        "sparse_test_cubes",
        lambda a, x: x[:-1] ** 3,
        lambda g, y, a, x: tf.pad(3.0 * x[:-1] ** 2 * g, [[0, 1]]),
        form=forms.nothing,
        gives=forms.by_values,
        function=abs,
        doc="Cubes of all but the last.",
        c=Without("it is a test's"),
    )

    def function(x: Any) -> Any:
        return tf.reverse(_core.linear(halves, x[:4], None) * _core.general(cubes, [x[3:]]), [0])

    expected = tf.jacobian(function)(X)
    assert_dense(tf.sparse_jacobian(function, X), expected)
    assert pattern(function, X).all()
    assert_dense(
        tf.sparse_hessian(lambda x: tf.reduce_sum(function(x) ** 2), X),
        tf.hessian(lambda x: tf.reduce_sum(function(x) ** 2))(X),
    )


def test_every_output_of_a_row_of_several_depends_on_all_its_operands() -> None:
    pair = _core.register_general(
        "sparse_test_pair",
        None,
        lambda g, y, a, x, z: (g[0] * tf.reduce_sum(z) + 0.0 * x, g[0] * tf.reduce_sum(x) + g[1]),
        None,
        True,
        False,
        multiple=True,
        form=None,
        gives=None,
    )

    def function(x: Any) -> Any:
        first, second = x[:2], x[2:5]
        total, copy = _core.multiple(
            pair, [first, second], [tf.reduce_sum(first) * tf.reduce_sum(second), tf.identity(second)]
        )
        return tf.concat([[total], copy * x[3:], x[:1]], 0)

    expected = np.ones((5, N), bool)
    expected[[0, 1, 2, 3], 5] = False, False, False, True
    expected[4] = np.arange(N) == 0
    np.testing.assert_array_equal(pattern(function, X), expected)
    assert_dense(tf.sparse_jacobian(function, X), tf.jacobian(function)(X))


def test_a_custom_gradient_depends_on_all_that_it_is_given() -> None:
    @tf.custom_gradient
    def sine(x: Any) -> Any:
        return tf.sin(x), lambda g: g * tf.cos(x)

    def function(x: Any) -> Any:
        return sine(x[:3]) * x[3:]

    np.testing.assert_array_equal(pattern(function, X), np.hstack([np.ones((3, 3), bool), np.eye(3, dtype=bool)]))
    assert_dense(tf.sparse_jacobian(function, X), tf.jacobian(function)(X))


def test_rows_looked_up_in_a_variable_have_a_sparse_hessian() -> None:
    table = tf.Variable(LATTICE.T)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(tf.gather(table, [0, 2, 0]) ** 3)
    H = tape.sparse_hessian(y, table)
    assert_dense(H, tape.hessian(y, table).numpy())
    assert H.nnz == 4


# -- Programs --------------------------------------------------------------------------------------------------------


@SOME_PROGRAMS
@given(programs())
def test_random_programs_jacobians_are_the_dense_ones(program: Program) -> None:
    leaves = make_leaves(program)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(leaves)
        nodes = run_library(program, leaves)
    target = nodes[-1]
    for k in program.sources:
        dense = tape.jacobian(target, nodes[k], unconnected_gradients="zero").numpy()
        sparse = tape.sparse_jacobian(target, nodes[k])
        np.testing.assert_allclose(sparse.toarray(), dense.reshape(sparse.shape), rtol=1e-10, atol=1e-10)


@SOME_NESTED
@given(programs(longest=8))
def test_random_programs_hessians_are_the_dense_ones(program: Program) -> None:
    def function(x: Any) -> Any:
        nodes = run_library(program, [x, *map(tf.constant, program.inputs[1:])])
        return tf.reduce_sum(nodes[-1] * 0.5)

    x = program.inputs[0]
    dense = tf.hessian(function)(x).reshape(x.size, x.size)
    sparse = tf.sparse_hessian(function, x).toarray()
    np.testing.assert_allclose(sparse, dense, rtol=1e-8, atol=1e-8 * max(1.0, np.abs(dense).max(initial=0.0)))


def test_hessian_is_symmetric(rng: np.random.Generator) -> None:
    x = rng.normal(size=50)
    H = tf.sparse_hessian(rosenbrock, x)
    assert (H != H.T).nnz == 0
    assert_dense(H, tf.hessian(rosenbrock)(x))


def test_loops_over_elements() -> None:
    def function(x: Any) -> Any:
        total = 0.0
        for k in range(x.shape[0] - 1):
            total = total + 100.0 * (x[k + 1] - x[k] ** 2) ** 2 + (1.0 - x[k]) ** 2
        return total

    assert_dense(tf.sparse_hessian(function, X), tf.hessian(rosenbrock)(X))
    assert_dense(tf.sparse_jacobian(function, X), tf.jacobian(function)(X))


# -- Colours ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: tf.sin(x), 1),
        (lambda x: x[2:] - 2.0 * x[1:-1] + x[:-2], 3),
        (lambda x: tf.reduce_sum(tf.reshape(x, (-1, 5)) ** 2, 1), 1),
        (lambda x: tf.nn.softmax(tf.reshape(x, (-1, 5))), 5),
        (lambda x: tf.reduce_sum(x) * tf.ones(3, x.dtype), 3),
        (lambda x: x * x[0], 2),
        (lambda x: tf.concat([x * x, [tf.reduce_sum(x)]], 0), 2),
    ],
    ids=["separable", "band", "sums of fives", "blocks of fives", "three dense rows", "dense column", "dense row"],
)
def test_number_of_colours_does_not_grow(function: Any, expected: int) -> None:
    assert [colours(function, np.ones(n)) for n in (20, 100, 1000)] == [expected] * 3


def test_rows_of_one_colour_share_no_column(rng: np.random.Generator) -> None:
    for density in (0.01, 0.05, 0.3):
        matrix = scipy.sparse.random_array((80, 60), density=density, rng=rng, format="csr")
        matrix.sort_indices()
        pattern = (matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32))
        transpose = _core.transposed_pattern(*pattern, 60)
        by_scipy = matrix.T.tocsr()
        np.testing.assert_array_equal(transpose[0], by_scipy.indptr)
        np.testing.assert_array_equal(transpose[1], by_scipy.indices)
        found, count = _core.colour_rows(*pattern, *transpose)
        empty = np.diff(matrix.indptr) == 0
        assert (found[empty] == -1).all()
        assert set(found[~empty]) == set(range(count))
        for colour in range(count):
            assert (matrix != 0)[found == colour].sum(axis=0).max() <= 1


def arrow(x: Any) -> Any:
    """Every element beside the first one, and beside its neighbours."""
    return tf.reduce_sum(tf.exp(x[1:] * x[0])) + tf.reduce_sum(x[2:] * x[1:-1]) + tf.reduce_sum(x**3)


def two_hubs(x: Any) -> Any:
    """Half of the elements stand beside nothing but the two hubs, some beside nothing at all."""
    half = x.shape[0] // 2
    return tf.reduce_sum(tf.sin(x[3:half]) * x[1]) + tf.reduce_sum(x[half:] * x[-1] ** 2) + x[1] * x[-1] + x[0]


@pytest.mark.parametrize("function", [arrow, two_hubs, lambda x: tf.reduce_sum(x) ** 2 + tf.reduce_sum(x**3)])
@pytest.mark.parametrize("size", [8, 41])
def test_a_hessian_with_dense_rows_and_columns_is_the_dense_one(function: Any, size: int) -> None:
    x = np.random.default_rng(0).normal(size=size)
    assert_dense(tf.sparse_hessian(function, x), tf.hessian(function)(x))


@pytest.mark.parametrize(("function", "most"), [(arrow, 5), (two_hubs, 4)])
def test_dense_rows_and_columns_of_a_hessian_cost_a_sweep_each(
    function: Any, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[int] = []

    def counted(tape: Any, target: Any, sources: Any, cotangents: Any, take: Any) -> Any:
        def counting() -> Any:
            for chunk in cotangents:
                swept.append(len(chunk))
                yield chunk

        return pullback(tape, target, sources, counting(), take)

    pullback = _core.tape_pullback
    monkeypatch.setattr(_core, "tape_pullback", counted)
    for size in (50, 2000):
        swept.clear()
        tf.sparse_hessian(function, np.random.default_rng(0).normal(size=size) * 0.1)
        assert sum(swept) <= most


def test_largest_first_is_taken_where_it_is_better() -> None:
    # A path of four rows, the ends given first: the ends take one colour, and the two rows between need two more.
    rows_ = [[0], [2], [0, 1], [1, 2]]
    starts = np.cumsum([0, *map(len, rows_)]).astype(np.int32)
    columns = np.concatenate(rows_).astype(np.int32)
    _, count = _core.colour_rows(starts, columns, *_core.transposed_pattern(starts, columns, 3))
    assert count == 2


# -- Shapes, dtypes, sources ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble])
def test_the_matrix_has_the_sources_dtype(dtype: Any) -> None:
    x = np.linspace(1.0, 2.0, 5).astype(dtype)
    J = tf.sparse_jacobian(lambda x: x[1:] * tf.sin(x[:-1]), x)
    assert J.dtype == dtype
    np.testing.assert_allclose(
        J.toarray(), tf.jacobian(lambda x: x[1:] * tf.sin(x[:-1]))(x), rtol=1e-6 if dtype == np.float32 else 1e-14
    )
    assert tf.sparse_hessian(lambda x: tf.reduce_sum(x[1:] * tf.sin(x[:-1])), x).dtype == dtype


@pytest.mark.parametrize(
    ("function", "x", "shape"),
    [
        (lambda x: tf.ones(4), np.ones(3), (4, 3)),
        (lambda x: x, np.ones((0, 2)), (0, 0)),
        (lambda x: x[:0] * 2.0, np.ones(3), (0, 3)),
        (lambda x: tf.reduce_sum(x) * tf.ones(2, x.dtype), np.ones(0), (2, 0)),
        (lambda x: x * x, np.float64(3.0), (1, 1)),
        (lambda x: x, np.ones((2, 2)), (4, 4)),
        (lambda x: tf.concat([x, x], 1), np.ones((2, 0)), (0, 0)),
        (lambda x: tf.matmul(x, np.ones((0, 2))), np.ones((3, 0)), (6, 0)),
        (lambda x: tf.floor(x), np.ones(3), (3, 3)),
    ],
)
def test_edges(function: Any, x: Any, shape: tuple[int, int]) -> None:
    J = tf.sparse_jacobian(function, x)
    assert J.shape == shape
    assert J.dtype == np.float64
    np.testing.assert_array_equal(J.toarray(), np.reshape(tf.jacobian(function)(x), shape))


def test_hessian_of_what_is_linear_or_unconnected_is_empty() -> None:
    for function in (tf.reduce_sum, lambda x: tf.constant(1.0), lambda x: tf.reduce_sum(tf.floor(x))):
        H = tf.sparse_hessian(function, np.ones(3))
        assert (H.shape, H.nnz, H.dtype) == ((3, 3), 0, np.float64)


def test_numbers_and_tensors_are_arguments_too() -> None:
    assert tf.sparse_hessian(lambda x: x**3, 2.0).toarray() == 12.0
    assert_dense(tf.sparse_jacobian(tf.sin, tf.constant(X)), np.diag(np.cos(X)))
    assert tf.sparse_jacobian(tf.sin, tf.Variable(X)).nnz == N


def test_a_source_may_be_an_intermediate_result() -> None:
    x = tf.constant(X)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        half = x[:3] * x[3:]
        y = half * half[0] + x[0]
    assert_dense(tape.sparse_jacobian(y, half), tape.jacobian(y, half).numpy())
    assert_dense(tape.sparse_jacobian(half, half), np.eye(3))
    assert tape.sparse_jacobian(x, half).nnz == 0


def test_a_variable_that_was_assigned_to_is_one_source() -> None:
    v = tf.Variable(X)
    with tf.GradientTape(persistent=True) as tape:
        y = v * 2.0
        v.assign(tf.reverse(v, [0]))
        z = y + tf.reverse(v, [0]) ** 2
    assert_dense(tape.sparse_jacobian(z, v), tape.jacobian(z, v).numpy())
    assert (tape.sparse_jacobian(z, v).toarray() != 0).sum() == 2 * N


def test_what_a_tape_did_not_hear_is_no_dependence() -> None:
    x = tf.constant(X)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        with tape.stop_recording():
            unheard = tf.cumsum(x)
        y = unheard * x
    assert_dense(tape.sparse_jacobian(y, x), np.diag(unheard.numpy()))


def test_a_tape_inside_another_has_its_own_pattern() -> None:
    x, w = tf.constant(X), tf.constant(2.0, tf.float64)
    with tf.GradientTape() as outer:
        outer.watch([x, w])
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = x**2 * w
        assert_dense(inner.sparse_jacobian(y, x), np.diag(4.0 * X))
    assert_dense(outer.sparse_jacobian(y, w), X[:, None] ** 2)


def test_a_persistent_tape_can_be_asked_again() -> None:
    x = tf.constant(X)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.sin(x)
        inside = tape.sparse_jacobian(y, x)
    again = tape.sparse_jacobian(y, x)
    np.testing.assert_array_equal(inside.toarray(), again.toarray())
    np.testing.assert_array_equal(tape.gradient(y, x).numpy(), np.cos(X))


def test_a_tapes_hessian_is_the_functions() -> None:
    x = tf.Variable(X)
    with tf.GradientTape(persistent=True) as tape:
        y = rosenbrock(x)
        inside = tape.sparse_hessian(y, x)
    for found in (inside, tape.sparse_hessian(y, x), tf.sparse_hessian(rosenbrock, X)):
        assert_dense(found, tape.hessian(y, x).numpy())
    assert tape.gradient(y, x).shape == (N,)


def test_a_tape_for_one_use_is_spent_by_a_hessian() -> None:
    x = tf.Variable(X)
    for function in (rosenbrock, tf.reduce_sum, lambda x: tf.constant(1.0, tf.float64)):
        with tf.GradientTape() as tape:
            y = function(x)
        tape.sparse_hessian(y, x)
        with pytest.raises(RuntimeError, match="non-persistent"):
            tape.sparse_hessian(y, x)


def test_a_tapes_hessian_is_of_a_scalar() -> None:
    x = tf.Variable(X)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
        z = tf.reduce_sum(y)
    with pytest.raises(ValueError, match=r"must be a scalar; this one has shape \(6,\)"):
        tape.sparse_hessian(y, x)
    assert tape.sparse_hessian(z, x).nnz == N


def test_a_tape_for_one_use_is_spent() -> None:
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.ones(3)
    assert tape.sparse_jacobian(y, x).nnz == 0
    with pytest.raises(RuntimeError, match="non-persistent"):
        tape.sparse_jacobian(y, x)


def test_many_colours_are_swept_in_several_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autodiff_core.derivatives.jacobians._CHUNK_ELEMENTS", 3 * N)

    for function in (lambda x: tf.nn.softmax(x) * tf.cumsum(x), lambda x: tf.concat([tf.nn.softmax(x), x], 0)):
        assert_dense(tf.sparse_jacobian(function, X), tf.jacobian(function)(X))


# -- Time and memory --------------------------------------------------------------------------------------------------


def test_a_dense_intermediate_result_costs_no_more_than_its_shape() -> None:
    n = 100_000
    J = tf.sparse_jacobian(lambda x: tf.reduce_sum((x / tf.reduce_sum(x)) ** 2), np.linspace(0.5, 1.0, n))
    assert J.nnz == n


def test_a_long_sum_of_scalars_is_one_union() -> None:
    n = 20_000
    x = tf.constant(np.linspace(0.5, 1.0, n))
    with tf.GradientTape() as tape:
        tape.watch(x)
        total: Any = 0.0
        for k in range(n - 1, 0, -1):
            total = total + x[k] * x[k - 1]
    assert tape.sparse_jacobian(total, x).nnz == n


def test_a_deep_recording_needs_no_deep_stack() -> None:
    x = tf.constant([0.5, 0.25])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y, z = x[0], x * 1.0
        for _ in range(50_000):
            y = tf.sin(y)
            z = z * 1.0
        y = y + z
    assert tape.sparse_jacobian(y, x).nnz == 3


# -- Errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transform", [tf.sparse_jacobian, tf.sparse_hessian])
def test_an_integer_argument_is_refused(transform: Any) -> None:
    with pytest.raises(TypeError, match=rf"^{transform.__name__}: x is of dtype int64, .* cast it first"):
        transform(tf.reduce_sum, np.arange(3))
    with pytest.raises(TypeError, match=rf"^{transform.__name__}: x is of dtype complex128, .* the parts of complex"):
        transform(tf.reduce_sum, np.ones(3, complex))


@pytest.mark.parametrize("transform", [tf.sparse_jacobian, tf.sparse_hessian])
def test_a_structure_of_arguments_is_refused(transform: Any) -> None:
    with pytest.raises(TypeError, match=rf"^{transform.__name__}: x must be one array or tensor, not dict"):
        transform(tf.reduce_sum, {"x": X})


def test_a_hessians_function_must_return_a_scalar() -> None:
    with pytest.raises(ValueError, match=r"^sparse_hessian: the function must return a scalar, not .*\(6,\)"):
        tf.sparse_hessian(tf.sin, X)
    with pytest.raises(TypeError, match=r"^sparse_hessian: the function must return a tensor, not None"):
        tf.sparse_hessian(lambda x: None, X)
    with pytest.raises(TypeError, match=r"^the target has dtype int32, .* cast it before the computation"):
        tf.sparse_hessian(lambda x: tf.constant(1), X)


def test_a_jacobians_function_must_return_floats() -> None:
    with pytest.raises(TypeError, match=r"^sparse_jacobian: the function must return a tensor, not None"):
        tf.sparse_jacobian(lambda x: None, X)
    with pytest.raises(TypeError, match=r"^the target has dtype int64, .* cast it before the computation"):
        tf.sparse_jacobian(tf.argmax, X)


def test_a_tapes_target_and_source_must_be_tensors_of_floats() -> None:
    x = tf.constant(X)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.sin(x)
    with pytest.raises(TypeError, match=r"^targets must be tensors or variables, not ndarray"):
        tape.sparse_jacobian(np.ones(3), x)
    with pytest.raises(TypeError, match=r"^sources must be tensors or variables, not list"):
        tape.sparse_jacobian(y, [x])
    with pytest.raises(TypeError, match=r"^the source has dtype int32"):
        tape.sparse_jacobian(y, tf.constant(1))
    assert tape.sparse_jacobian(y, x).nnz == N


def test_a_row_without_a_derivative_says_so() -> None:
    row = next(row for row in rows() if row.kind == "none" and row.arity == 1)
    x = np.full(3, sum(row.domain[0]) / 2)
    with pytest.raises(LookupError, match=row.name):
        tf.sparse_jacobian(row.function, x)


def test_without_scipy_the_error_names_the_extra() -> None:
    code = """
import sys
sys.modules["scipy"] = sys.modules["scipy.sparse"] = None
import numpy as np, autodiff_core as tf
for transform in (tf.sparse_jacobian, tf.sparse_hessian):
    try:
        transform(tf.reduce_sum, np.ones(3))
    except ImportError as error:
        print(error)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.count('pip install "autodiff-core[sparse]"') == 2


def test_a_rule_that_lets_nothing_through_makes_zeros() -> None:
    f = tf.custom_gradient(lambda x: (x * 2.0, lambda upstream: None))
    x = np.arange(5.0)
    np.testing.assert_array_equal(tf.sparse_jacobian(f, x).toarray(), np.zeros((5, 5)))
    np.testing.assert_array_equal(tf.sparse_hessian(lambda x: tf.reduce_sum(f(x) ** 2), x).toarray(), np.zeros((5, 5)))


@pytest.mark.parametrize("transform", [tf.sparse_jacobian, tf.sparse_hessian])
def test_no_matrix_leaves_a_function_that_is_differentiated(transform: Any) -> None:
    def f(x: Any) -> Any:
        return tf.reduce_sum(x**3) if transform is tf.sparse_hessian else x**3

    def loss(x: Any, stop: Any) -> Any:
        return tf.reduce_sum(x * transform(f, stop(x)).diagonal())

    x = tf.constant([1.0, 2.0])
    for differentiated in (tf.grad(loss), tf.function(tf.grad(loss)), tf.value_and_grad(loss)):
        with pytest.raises(TypeError, match=r"sparse_\w+, in a function that is being differentiated.*stop_gradient"):
            differentiated(x, lambda x: x)
    constant = np.array([3.0, 12.0]) if transform is tf.sparse_jacobian else np.array([6.0, 12.0])
    np.testing.assert_array_equal(tf.grad(loss)(x, tf.stop_gradient).numpy(), constant)
