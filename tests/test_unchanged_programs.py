"""What TensorFlow's programs say of devices, graphs and Python: they run as they stand."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

# -- Devices ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["/CPU:0", "CPU", "/GPU:0", "gpu:1", "/device:TPU:3", "/job:localhost/replica:0/task:0/device:CPU:0", "", None],
)
def test_a_device_has_no_effect(name: str | None) -> None:
    x = tf.Variable(3.0)
    with tf.device(name), tf.GradientTape() as tape:
        y = x * x
    assert float(tape.gradient(y, x)) == 6.0


def test_a_device_may_be_a_function_and_lets_errors_out() -> None:
    with pytest.raises(KeyError), tf.device(lambda op: "/CPU:0"):
        raise KeyError


@pytest.mark.parametrize(
    ("name", "words"), [("nonsense", "'nonsense' in the name"), ("/CPU:x", "'CPU:x'"), (3, "takes a name, not 3")]
)
def test_what_is_no_device_is_an_error(name: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words), tf.device(name):
        pass


def test_there_is_one_device() -> None:
    assert [d.device_type for d in tf.config.list_physical_devices()] == ["CPU"]
    assert tf.config.list_physical_devices("GPU") == tf.config.list_logical_devices("TPU") == []
    with tf.device(tf.config.list_logical_devices("CPU")[0].name):
        pass


# -- Graphs -------------------------------------------------------------------------------------------------------


def test_dependencies_have_been_computed() -> None:
    called = []
    with tf.control_dependencies([tf.no_op(), tf.group(tf.ones(2))]):
        assert tf.executing_eagerly()
    with tf.control_dependencies(lambda: called.append(1)):
        pass
    assert called == [1]


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_no_tape_listens_in_an_init_scope() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        with tf.init_scope():
            unseen = x * x
        seen = x * x
    assert tape.gradient(unseen, x) is None
    assert float(tape.gradient(seen, x)) == 6.0


def test_tapes_listen_again_after_an_error_in_an_init_scope() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        with pytest.raises(KeyError), tf.init_scope():
            raise KeyError
        y = x * x
    assert float(tape.gradient(y, x)) == 6.0


def test_functions_know_that_they_are_being_recorded() -> None:
    @tf.function
    def asked() -> Any:
        return tf.constant([tf.inside_function(), tf.executing_eagerly()])

    assert asked().numpy().tolist() == [True, False]
    assert not tf.inside_function()


def test_values_are_always_known() -> None:
    x = tf.constant([1.0, 2.0])
    assert tf.get_static_value(x).tolist() == [1.0, 2.0]
    assert not tf.is_symbolic_tensor(x)
    with pytest.raises(ValueError, match="takes a tensor or variable"):
        tf.is_symbolic_tensor([1.0])


def test_a_tuple_passes_gradients_and_what_is_none() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        first, nothing = tf.tuple([x * x, None])
    assert nothing is None
    assert float(tape.gradient(first, x)) == 4.0
    with pytest.raises(ValueError, match="at least one tensor"):
        tf.tuple([None])


def test_shapes_of_several() -> None:
    found = tf.shape_n([tf.ones((2, 3)), 1.0], tf.int64)
    assert [s.numpy().tolist() for s in found] == [[2, 3], []]
    assert found[0].dtype == np.int64


def test_a_recorded_function_reads_the_clock_at_each_call() -> None:
    clock = tf.function(tf.timestamp)
    times = [float(clock()) for _ in range(3)]
    assert times == sorted(times)
    assert times[0] < times[-1]


# -- Python -------------------------------------------------------------------------------------------------------


def printed(*values: Any, **options: Any) -> str:
    stream = io.StringIO()
    tf.print(*values, output_stream=stream, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["a", np.ones((2, 2), np.float32), 3], "a array([[1., 1.],\n       [1., 1.]], dtype=float32) 3\n"),
        ([tf.ones((2, 2))], "[[1 1]\n [1 1]]\n"),
        ([tf.range(20)], "[0 1 2 ... 17 18 19]\n"),
        ([tf.constant([0.1, 1e-8, 1234567.0])], "[0.1 1e-08 1234567]\n"),
        (
            [tf.constant(1 / 3, tf.float64), tf.constant(0.1 + 0.2, tf.float64)],
            "0.3333333333333333 0.30000000000000004\n",
        ),
        ([[tf.ones(2), 1], (tf.constant(True),), {"k": tf.constant(1)}], "[[1 1], 1] (1,) {'k': 1}\n"),
        ([tf.zeros((2, 0))], "[[]\n []]\n"),
    ],
)
def test_what_is_printed(values: Any, expected: str) -> None:
    assert printed(*values) == expected


def test_printing_in_part_or_in_full() -> None:
    x = tf.reshape(tf.range(100), (10, 10))
    assert (
        printed(x, summarize=2) == "[[0 1 ... 8 9]\n [10 11 ... 18 19]\n ...\n [80 81 ... 88 89]\n [90 91 ... 98 99]]\n"
    )
    assert printed(tf.range(8), summarize=-1, sep="|", end="") == "[0 1 2 3 4 5 6 7]"


def test_printing_elsewhere(tmp_path: Path, capsys: Any, caplog: Any) -> None:
    tf.print("to the error stream")
    assert capsys.readouterr().err == "to the error stream\n"
    tf.print(tf.constant(1), output_stream=f"file://{tmp_path}/log")
    tf.print(tf.constant(2), output_stream=f"file://{tmp_path}/log")
    assert (tmp_path / "log").read_text() == "1\n2\n"
    tf.print("careful", output_stream="log(warning)")
    assert "careful" in caplog.text
    got: list[str] = []
    tf.print("mine", output_stream=got.append)
    assert got == ["mine\n"]
    with pytest.raises(ValueError, match="'elsewhere' is none of"):
        tf.print("x", output_stream="elsewhere")


def test_py_function_passes_gradients() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y, z = tf.py_function(lambda t: (t * t, 2.0 * t), [x], [tf.float32, tf.float32])
        product = y * z
    assert float(tape.gradient(product, x)) == 54.0


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_numpy_function_passes_none() -> None:
    x = tf.Variable([3.0, 4.0])
    with tf.GradientTape() as tape:
        y = tf.numpy_function(lambda a: a * a, [x], tf.float64)
    assert y.dtype == np.float64
    assert tape.gradient(y, x) is None


def test_functions_without_results() -> None:
    assert tf.py_function(lambda: None, [], None) is None
    assert tf.numpy_function(lambda: None, [], []) is None


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: tf.py_function(3, [], tf.float32), TypeError, "func must be a function, not 3"),
        (lambda: tf.py_function(lambda: (1, 2), [], [tf.int32]), ValueError, "2 results for 1 dtypes"),
        (lambda: tf.py_function(lambda: tf.ones(2), [], tf.int32), TypeError, "dtype float32, not of int32"),
        (lambda: tf.numpy_function(None, [], tf.float32), TypeError, "func must be a function"),
    ],
)
def test_functions_that_do_not_fit(call: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()


def test_a_training_loop_of_tensorflows_runs_as_it_stands() -> None:
    for gpu in tf.config.list_physical_devices("GPU"):
        raise AssertionError(gpu)
    w = tf.Variable(tf.random.stateless_normal((3, 1), [1, 2]))
    x = tf.random.stateless_normal((16, 3), [3, 4])

    @tf.function
    def step() -> Any:
        with tf.device("/GPU:0"), tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - 1.0))
        tf.debugging.check_numerics(loss, "loss")
        update = w.assign_sub(0.1 * tape.gradient(loss, w))
        with tf.control_dependencies([update]):
            return tf.identity(loss)

    losses = [float(step()) for _ in range(5)]
    assert losses == sorted(losses, reverse=True)
