"""Products of matrices on the library's threads: the same bits for any number of them, BLAS on one meanwhile and on as
many as before afterwards, and what the environment says of threads."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core, blas

GET, SET = ctypes.CFUNCTYPE(ctypes.c_int), ctypes.CFUNCTYPE(None, ctypes.c_int)
SET_HERE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = tf.get_num_threads()
    yield
    tf.set_num_threads(before)


def matrix(dtype: Any, shape: tuple[int, ...], turned: bool = False, seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    if turned:
        shape = (*shape[:-2], shape[-1], shape[-2])
    x = rng.normal(size=shape)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.normal(size=shape)
    x = (x * 9).astype(dtype)
    return tf.constant(x).numpy().swapaxes(-1, -2) if turned else x


SHAPES = [
    ((1000, 260), (260, 70)),  # rows
    ((64, 784), (784, 128)),  # few of them
    ((71, 900), (900, 140)),
    ((40, 300), (300, 1100)),  # columns
    ((5, 200, 130), (130, 300)),
    ((24, 64, 32), (24, 32, 64)),  # a stack of small ones
    ((3, 700, 90), (3, 90, 80)),  # and of large ones
    ((900, 1500), (1500, 1)),
    ((1, 900), (900, 1501)),
    ((16, 10000), (10000, 100)),  # few numbers that are long sums
    ((1, 4100), (4100, 128)),
    ((40, 8000), (8000, 1)),
    ((30, 700, 1), (30, 1, 40)),  # outer ones
    ((700, 3), (3, 1500)),
]


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_a_product_does_not_depend_on_the_number_of_threads(shapes: Any, dtype: Any) -> None:
    for turned in (False, True):
        a, b = matrix(dtype, shapes[0], turned), matrix(dtype, shapes[1], turned, seed=1)
        tf.set_num_threads(1)
        alone = tf.matmul(a, b).numpy()
        size = np.sqrt(shapes[0][-1]) * 200
        np.testing.assert_allclose(alone, np.matmul(a, b), rtol=0, atol=size * np.finfo(dtype).eps * 20)
        for count in (2, 3, 7):
            tf.set_num_threads(count)
            np.testing.assert_array_equal(tf.matmul(a, b).numpy(), alone)
            if not turned:
                replayed = tf.function(tf.matmul)
                for _ in range(2):
                    np.testing.assert_array_equal(replayed(tf.constant(a), tf.constant(b)).numpy(), alone)


@pytest.mark.parametrize("dtype", [np.int64, np.longdouble])
def test_products_without_blas_are_shared_too(dtype: Any) -> None:
    a, b = matrix(dtype, (150, 70)), matrix(dtype, (70, 120), seed=1)
    for count in (1, 4):
        tf.set_num_threads(count)
        np.testing.assert_array_equal(tf.matmul(a, b).numpy(), np.matmul(a, b))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
@pytest.mark.parametrize("shape", [(800, 150), (2, 650, 100), (97, 500)], ids=str)
def test_a_matrix_times_its_transpose_is_symmetric_and_the_same_for_any_threads(dtype: Any, shape: Any) -> None:
    a = tf.constant(matrix(dtype, shape))
    for first in (True, False):
        found = []
        for count in (1, 2, 5):
            tf.set_num_threads(count)
            found.append(tf.matmul(a, a, transpose_a=first, transpose_b=not first).numpy())
        x = a.numpy()
        expected = np.matmul(x.swapaxes(-1, -2), x) if first else np.matmul(x, x.swapaxes(-1, -2))
        np.testing.assert_allclose(found[0], expected, rtol=0, atol=1e5 * np.finfo(dtype).eps * shape[-2])
        np.testing.assert_array_equal(found[0], found[0].swapaxes(-1, -2))
        for other in found[1:]:
            np.testing.assert_array_equal(other, found[0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_a_wide_matrix_times_its_transpose_is_symmetric_and_the_same_for_any_threads(dtype: Any) -> None:
    a = tf.constant(matrix(dtype, (90, 6000)))
    found = []
    for count in (1, 2, 5):
        tf.set_num_threads(count)
        found.append(tf.matmul(a, a, transpose_b=True).numpy())
    expected = np.matmul(a.numpy(), a.numpy().T)
    np.testing.assert_allclose(found[0], expected, rtol=0, atol=1e7 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(found[0], found[0].T)
    for other in found[1:]:
        np.testing.assert_array_equal(other, found[0])


def test_a_stack_of_which_some_meet_themselves_does_not_depend_on_threads() -> None:
    # One buffer, read forwards and backwards: the one in the middle is a matrix times its own transpose.
    buffer = matrix(np.float64, (3, 600, 100))
    a, b = tf.constant(buffer), tf.constant(buffer)[::-1]
    found = []
    for count in (1, 2, 5):
        tf.set_num_threads(count)
        found.append(tf.matmul(a, b, transpose_b=True).numpy())
    np.testing.assert_allclose(found[0], np.matmul(buffer, buffer[::-1].swapaxes(-1, -2)), rtol=0, atol=1e-8)
    for other in found[1:]:
        np.testing.assert_array_equal(other, found[0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
@pytest.mark.parametrize("n", [100, 300, 650])
def test_cholesky_factors_and_their_gradients_do_not_depend_on_the_number_of_threads(dtype: Any, n: int) -> None:
    a = matrix(dtype, (n, n + 9))
    square = tf.constant(a @ a.conj().T / n + 20 * np.eye(n, dtype=dtype))
    found = []
    for count in (1, 2, 5):
        tf.set_num_threads(count)
        with tf.GradientTape() as tape:
            tape.watch(square)
            lower = tf.linalg.cholesky(square)
            y = tf.reduce_sum(tf.sin(tf.math.real(lower)))
        found.append((lower.numpy(), tape.gradient(y, square).numpy()))
    x = found[0][0]
    np.testing.assert_allclose(x @ x.conj().T, square.numpy(), rtol=0, atol=n * 500 * np.finfo(dtype).eps)
    np.testing.assert_allclose(x, np.linalg.cholesky(square.numpy()), rtol=0, atol=n * 100 * np.finfo(dtype).eps)
    assert not np.triu(x, 1).any()
    for other in found[1:]:
        np.testing.assert_array_equal(other[0], found[0][0])
        np.testing.assert_array_equal(other[1], found[0][1])


@pytest.mark.parametrize("n", [300, 700])
def test_a_matrix_of_which_the_last_block_is_not_positive_definite_has_no_factor(n: int) -> None:
    a = np.eye(n)
    a[n - 2, n - 2] = -1.0
    with pytest.raises(ValueError, match="positive definite"):
        tf.linalg.cholesky(tf.constant(a))


class Library:
    """A BLAS that says how it is told of threads."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.told: list[int] = []
        self.get, self.set = GET(lambda: self.count), SET(self._set)

    def _set(self, count: int) -> None:
        self.told.append(count)
        self.count = count

    def use(self) -> None:
        address = [ctypes.cast(f, ctypes.c_void_p).value for f in (self.get, self.set)]
        _core.use_blas(get=address[0], set=address[1])


@pytest.fixture
def library() -> Iterator[Library]:
    made = Library(8)
    made.use()
    yield made
    _core.use_blas()
    blas.find()


def product(n: int) -> None:
    a = tf.constant(matrix(np.float64, (n, n)))
    tf.matmul(a, a)


def test_blas_has_one_thread_during_a_product_and_its_own_number_afterwards(library: Library) -> None:
    for n in (60, 200):
        product(n)
        assert library.told[0] == 1
        assert library.told[-1] == library.count == 8
        library.told.clear()


@pytest.mark.parametrize("n", [40, 300])
@pytest.mark.parametrize(
    "work",
    [
        lambda a: tf.linalg.cholesky(a),
        lambda a: tf.grad(lambda a: tf.reduce_sum(tf.linalg.cholesky(a)))(a),
        lambda a: tf.linalg.triangular_solve(a, a),
        lambda a: tf.linalg.solve(a, a),
        lambda a: tf.linalg.inv(a),
    ],
    ids=["cholesky", "its gradient", "triangular_solve", "solve", "inv"],
)
def test_lapack_has_one_thread_as_products_do(library: Library, work: Any, n: int) -> None:
    a = tf.constant(np.eye(n) * 3)
    library.told.clear()
    work(a)
    assert library.told[0] == 1
    assert library.told[-1] == library.count == 8


def test_blas_is_not_told_anything_for_a_product_that_it_would_not_share(library: Library) -> None:
    for n in (8, 30):
        product(n)
    assert library.told == []


def test_blas_that_has_one_thread_already_is_left_alone(library: Library) -> None:
    library.count = 1
    product(60)
    assert library.told == []


def test_a_number_of_threads_that_is_set_meanwhile_stays(library: Library) -> None:
    numbers = iter([8, 3])  # what BLAS answers when a product begins, and when it has ended
    library.get = GET(lambda: next(numbers))
    library.use()
    product(60)
    assert library.told == [1]


def test_the_threads_of_one_caller_alone_are_set_where_blas_can_do_that() -> None:
    told: list[int] = []
    here = SET_HERE(lambda count: told.append(count) or 5)  # type: ignore[func-returns-value]
    try:
        _core.use_blas(set_here=ctypes.cast(here, ctypes.c_void_p).value or 0)
        product(60)
    finally:
        _core.use_blas()
        blas.find()
    assert told == [1, 5]


def test_products_are_what_they_were_where_blas_cannot_be_told(library: Library) -> None:
    a, b = matrix(np.float64, (700, 200)), matrix(np.float64, (200, 100))
    _core.use_blas()
    tf.set_num_threads(2)
    np.testing.assert_array_equal(tf.matmul(a, b).numpy(), np.matmul(a, b))
    assert library.told == []


def test_products_of_several_python_threads_give_back_what_blas_had(library: Library) -> None:
    tf.set_num_threads(2)
    a = tf.constant(matrix(np.float64, (500, 120)))
    expected = tf.matmul(a, a, transpose_b=True).numpy()
    wrong: list[int] = []

    def work() -> None:
        for _ in range(5):
            if not np.array_equal(tf.matmul(a, a, transpose_b=True).numpy(), expected):
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert library.count == 8


FORKED = """
import os, sys
import autodiff_core as tf
a = tf.constant([[float(i % 7 - j % 5) for i in range(300)] for j in range(300)], tf.float64)
tf.set_num_threads(2)
expected = tf.matmul(a, a).numpy()
child = os.fork()
same = (tf.matmul(a, a).numpy() == expected).all()
if child == 0:
    os._exit(0 if same else 1)
sys.exit(os.waitpid(child, 0)[1] or not same)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_products_are_the_same_in_a_forked_process() -> None:
    subprocess.run([sys.executable, "-c", FORKED], check=True, timeout=120)


def in_environment(**variables: str) -> tuple[int, str]:
    """How many threads there are at first, and what was said."""
    environment = {k: v for k, v in os.environ.items() if k not in ("AUTODIFF_NUM_THREADS", "OMP_NUM_THREADS")}
    program = "import autodiff_core as tf; print(tf.get_num_threads())"
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", program],
        env=environment | variables,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return int(done.stdout), done.stderr


def test_the_environment_says_how_many_threads_there_are_at_first() -> None:
    assert in_environment(OMP_NUM_THREADS="5,2") == (5, "")
    assert in_environment(AUTODIFF_NUM_THREADS="3", OMP_NUM_THREADS="5") == (3, "")


@pytest.mark.parametrize("text", ["0", "-2", "two", "1.5", ","])
def test_a_variable_that_is_no_number_of_threads_is_named_in_a_warning_and_ignored(text: str) -> None:
    count, said = in_environment(AUTODIFF_NUM_THREADS=text, OMP_NUM_THREADS="7")
    assert count == 7
    assert (
        f"RuntimeWarning: autodiff_core: the environment variable AUTODIFF_NUM_THREADS is {text!r}, which is no number "
        "of threads (1 or more): it is ignored" in said
    )
