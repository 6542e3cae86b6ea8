"""Operations whose result nobody reads: a replay raises what Python raises, and drops what raises nothing."""

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.ops.table import rows

X = tf.constant([1.0, 2.0, 4.0])
GOOD, BAD = tf.eye(3), tf.zeros([3, 3])
NAN = tf.fill([3, 3], np.nan)
NUMBERS, BEYOND = tf.constant([0, 2]), tf.constant([0, 7])

RAISING = {
    "inv": (tf.linalg.inv, GOOD, BAD),
    "solve": (lambda a: tf.linalg.solve(a, a), GOOD, BAD),
    "triangular_solve": (lambda a: tf.linalg.triangular_solve(a, a), GOOD, BAD),
    "cholesky": (tf.linalg.cholesky, GOOD, -GOOD),
    "lu": (tf.linalg.lu, GOOD, BAD),
    "svd": (tf.linalg.svd, GOOD, NAN),
    "eigh": (tf.linalg.eigh, GOOD, NAN),
    "pinv": (tf.linalg.pinv, GOOD, NAN),
    "sqrtm": (tf.linalg.sqrtm, GOOD, NAN),
    "tridiagonal_solve": (lambda a: tf.linalg.tridiagonal_solve(a, a[0], diagonals_format="matrix"), GOOD, BAD),
    "gather": (lambda i: tf.gather(X, i), NUMBERS, BEYOND),
    "index": (lambda i: X[i], NUMBERS, BEYOND),
    "gather_nd": (lambda i: tf.gather_nd(X, i[:, None]), NUMBERS, BEYOND),
    "scatter_nd": (lambda i: tf.scatter_nd(i[:, None], X[:2], [3]), NUMBERS, BEYOND),
    "segment_sum": (lambda i: tf.math.segment_sum(X[:2], i), NUMBERS, tf.constant([2, 0])),
    "labels": (lambda i: tf.nn.sparse_softmax_cross_entropy_with_logits(i, GOOD[:2]), NUMBERS, BEYOND),
    "integer powers": (lambda i: 2**i, NUMBERS, tf.constant([0, -1])),
    "check_numerics": (lambda a: tf.debugging.check_numerics(a, "a"), GOOD, NAN),
    "assert_positive": (tf.debugging.assert_positive, X, -X),
    "own op": (None, X, -X),
}


@pytest.fixture(scope="module")
def own_op():
    def forward(x):
        if (x < 0).any():
            raise RuntimeError("negative")
        return x

    return tf.general_op("refuses_negative_numbers", forward, lambda g, y, x: g)


def error_of(f, *args):
    with pytest.raises(Exception) as caught:
        f(*args)
    return type(caught.value), str(caught.value)


AROUND = {
    "function": lambda f: tf.function(lambda x: (f(x), tf.reduce_sum(X))[1]),
    "nested": lambda f: tf.function(lambda x: tf.function(lambda z: (f(z), tf.reduce_sum(X))[1])(x)),
    "grad inside": lambda f: tf.function(lambda x: tf.grad(lambda z: (f(x), tf.reduce_sum(z * z))[1])(X)),
    "grad outside": lambda f: (lambda g: lambda x: tf.grad(g)(X, x))(
        tf.function(lambda z, x: (f(x), tf.reduce_sum(z * z))[1])
    ),
    "program": lambda f: tf.Program.from_function(lambda x: (f(x), tf.reduce_sum(X))[1], f.example),
}


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("name", RAISING)
def test_errors_of_results_that_nobody_reads_are_raised(name, around, own_op):
    f, good, bad = RAISING[name]

    def called(x):
        return (f or own_op)(x)

    called.example = good
    recorded = AROUND[around](called)
    recorded(good)
    recorded(good)
    kind, text = error_of(called, bad)
    found, message = error_of(recorded, bad)
    if around == "program" and name == "assert_positive":
        assert found is ValueError  # a look that finds another value
    else:
        assert found is kind and text.endswith(message)
    recorded(good)


def test_an_error_leaves_variables_as_they_were():
    v = tf.Variable(1.0)

    @tf.function
    def f(a):
        v.assign_add(1.0)
        tf.linalg.inv(a)

    f(GOOD)
    error_of(f, BAD)
    assert float(v) == 2.0


def test_examples_raise_only_on_their_own_way():
    def f(a):
        if a[0, 0] > 0:
            tf.linalg.inv(a)
        return a[0, 0]

    mapped = tf.vectorize(f)
    np.testing.assert_array_equal(mapped(tf.stack([GOOD, BAD])), [1.0, 0.0])
    bad = tf.stack([GOOD, tf.fill([3, 3], 1.0)])
    assert error_of(mapped, bad)[0] is np.linalg.LinAlgError


def test_results_that_nobody_reads_and_that_raise_nothing_are_dropped():
    def f(x):
        tf.sin(x), tf.reduce_max(x), tf.nn.softmax(x), tf.sort(x), tf.concat([x, x], 0), x**2.0, tf.linalg.det(GOOD * x)
        return x + 1.0

    assert len(str(tf.Program.from_function(f, X)).splitlines()) == 4


VALUES = {"nan": np.nan, "inf": np.inf, "zero": 0.0, "negative": -1.0, "large": 1e300}


@pytest.mark.parametrize("row", [row for row in rows() if row.kind in ("general", "linear")], ids=lambda row: row.name)
def test_every_row_that_raises_says_so(row):
    for case in row.cases[:2]:
        good = [np.linspace(0.1, 0.9, max(int(np.prod(s)), 1))[: int(np.prod(s))].reshape(s) for s in case.shapes]
        recorded = None
        for value in VALUES.values():
            bad = [np.full(shape, value) for shape in case.shapes]
            with np.errstate(all="ignore"):
                try:
                    case.call(*map(tf.constant, bad))
                    continue
                except Exception as error:
                    expected = type(error)
                recorded = recorded or tf.function(lambda *x, call=case.call: (call(*x), 1.0)[1])
                recorded(*map(tf.constant, good))
                with pytest.raises(expected):
                    recorded(*map(tf.constant, bad))
