"""TensorArray: TensorFlow's list of tensors for loops, followed by tapes and recorded functions."""

from __future__ import annotations

from typing import Any

import pytest

import autodiff_core as tf


def array(size: int = 3, **settings: Any) -> tf.TensorArray:
    return tf.TensorArray(tf.float32, size, **settings)


def test_what_is_written_is_read_stacked_gathered_and_joined() -> None:
    kept = array(clear_after_read=False)
    for i in range(3):
        assert kept.write(i, [float(i), 1.0]) is kept
    assert kept.stack().numpy().tolist() == [[0, 1], [1, 1], [2, 1]]
    assert kept.concat().numpy().tolist() == [0, 1, 1, 1, 2, 1]
    assert kept.gather([2, 0]).numpy().tolist() == kept.gather(tf.constant([2, 0])).numpy().tolist() == [[2, 1], [0, 1]]
    assert kept.read(tf.constant(1)).numpy().tolist() == kept.read(1).numpy().tolist() == [1, 1]
    assert int(kept.size()) == 3
    assert kept.identity() is kept
    kept.close()
    assert int(kept.size()) == 0


def test_tensors_are_taken_apart_into_elements() -> None:
    assert array().unstack([1.0, 2.0, 3.0]).read(2).numpy() == 3.0
    assert array().scatter([2, 0], [1.0, 2.0]).stack().numpy().tolist() == [2, 0, 1]
    parts = array(2, infer_shape=False).split([1.0, 2.0, 3.0], [1, 2])
    assert [parts.read(i).numpy().tolist() for i in range(2)] == [[1], [2, 3]]


def test_a_dynamic_array_grows_and_what_was_not_written_is_zeros() -> None:
    grown = array(0, dynamic_size=True).write(2, [1.0, 2.0])
    assert grown.stack().numpy().tolist() == [[0, 0], [0, 0], [1, 2]]
    assert grown.element_shape == [2]
    assert (grown.dynamic_size, grown.dtype, grown.handle) == (True, tf.float32, None)
    assert array(2, element_shape=[2]).read(1).numpy().tolist() == [0, 0]
    assert array(0, element_shape=[2]).stack().shape == [0, 2]
    assert array(0).stack().shape == [0]


@pytest.mark.parametrize("recorded", [False, True])
def test_tapes_follow_what_goes_through(recorded: bool) -> None:
    def powers(x: Any) -> Any:
        kept = tf.TensorArray(tf.float32, 0, dynamic_size=True, clear_after_read=False)
        kept = kept.write(0, x)
        for i in range(1, 4):
            kept = kept.write(i, kept.read(i - 1) * x)
        return kept.stack()

    run = tf.function(powers) if recorded else powers
    for number in (2.0, 3.0):
        x = tf.constant(number)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(run(x))
        assert float(y) == sum(number**k for k in range(1, 5))
        assert float(tape.gradient(y, x)) == sum(k * number ** (k - 1) for k in range(1, 5))


@pytest.mark.parametrize("recorded", [False, True])
def test_a_while_loop_carries_an_array(recorded: bool) -> None:
    def squares(x: Any) -> Any:
        def body(i: Any, kept: Any) -> Any:
            return i + 1, kept.write(i, x * tf.cast(i, tf.float32))

        _, kept = tf.while_loop(lambda i, kept: i < 3, body, (tf.constant(0), array()))
        return kept.stack()

    x = tf.constant(2.0)
    run = tf.function(squares) if recorded else squares
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = run(x)
    assert y.numpy().tolist() == [0, 2, 4]
    assert float(tape.gradient(y, x)) == 3.0


def test_a_recorded_function_takes_and_gives_arrays() -> None:
    @tf.function
    def doubled(kept: Any) -> Any:
        return kept.write(0, kept.read(1) * 2.0)

    for number in (1.0, 5.0):
        given = array(2, clear_after_read=False).unstack([0.0, number])
        assert doubled(given).stack().numpy().tolist() == [2 * number, number]
        assert given.stack().numpy().tolist() == [0, number]
    assert tf.nest.flatten(array(2).write(1, 3.0))[0].numpy() == 3.0


ERRORS: list[tuple[Any, type[Exception], str]] = [
    (lambda: array().read(3), tf.errors.OutOfRangeError, "Tried to read from index 3 but array size is: 3 "),
    (lambda: array().read(-1), tf.errors.OutOfRangeError, "Reading from negative indices (index -1) is not allowed."),
    (
        lambda: array().write(3, 1.0),
        tf.errors.OutOfRangeError,
        "Tried to write to index 3 but array is not resizeable and size is: 3 ",
    ),
    (
        lambda: array().write(-1, 1.0),
        tf.errors.OutOfRangeError,
        "Writing to negative indices (index -1) is not allowed.",
    ),
    (
        lambda: array().write(0, 1.0).write(1, [1.0]),
        ValueError,
        "Incompatible shape for value ((1,)), expected (())",
    ),
    (
        lambda: array().write(0, tf.constant(1)),
        tf.errors.InvalidArgumentError,
        "TensorArray dtype is float32 but Op is trying to write dtype int32 ",
    ),
    (
        lambda: [kept.read(0) for kept in [array().write(0, 1.0)] * 2],
        tf.errors.InvalidArgumentError,
        "Could not read index 0 twice because it was cleared after a previous read (perhaps try setting "
        "clear_after_read = false?)",
    ),
    (
        lambda: array(2).unstack([1.0, 2.0, 3.0]),
        ValueError,
        "Cannot unstack 3 tensors into a TensorArray of static size 2 ",
    ),
    (
        lambda: array(1).write(0, 1.0).concat(),
        tf.errors.InvalidArgumentError,
        "Concat saw a scalar shape at index 0 but requires at least vectors.",
    ),
    (
        lambda: array(2).split([1.0, 2.0], [1, 2]),
        tf.errors.InvalidArgumentError,
        "Expected sum of lengths to be equal to values.shape[0], but sum of lengths is 3 and value's shape is: [2] ",
    ),
    (
        lambda: array(1).split([1.0, 2.0], [1, 1]),
        tf.errors.InvalidArgumentError,
        "TensorArray's size is not equal to the size of lengths (1 vs. 2), and the TensorArray is not marked as "
        "dynamically resizeable.",
    ),
    (
        lambda: array(1).split([1.0], [[1]]),
        tf.errors.InvalidArgumentError,
        "Expected lengths to be a vector, received shape: [1, 1] ",
    ),
    (
        lambda: array(1).split(1.0, [1]),
        tf.errors.InvalidArgumentError,
        "Expected value to be at least a vector, but received shape: [] ",
    ),
    (lambda: array().gather([3]), tf.errors.OutOfRangeError, "Tried to read from index 3 but array size is: 3 "),
    (
        lambda: array().read(0),
        ValueError,
        "TensorArray: element 0 has not been written, and its shape is not known (<unknown>); write it first, or name "
        "the element_shape",
    ),
    (
        lambda: tf.TensorArray(tf.float32),
        ValueError,
        "TensorArray: the size must be given; with dynamic_size=True it may grow, from size=0 say",
    ),
    (lambda: array(-1), ValueError, "TensorArray: the size must be at least 0, not -1"),
    (lambda: array(handle=1), ValueError, "TensorArray: there are no handles; leave out `handle`"),
    (
        lambda: array().grad("source"),
        NotImplementedError,
        "TensorArray.grad is for graphs; a GradientTape follows what is written and read",
    ),
]


@pytest.mark.parametrize(("what", "error", "text"), ERRORS)
def test_errors_are_tensorflows(what: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as refused:
        what()
    assert str(refused.value) == text


def test_errors_are_pythons_too() -> None:
    with pytest.raises(IndexError):
        array().read(3)
    assert tf.errors.OutOfRangeError(None, None, "text").error_code == 11
