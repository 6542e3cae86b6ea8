"""Where a result stops being finite: TensorFlow's check and NumPy's error state, forwards, backwards and in replays."""

from __future__ import annotations

import re
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from row_samples import ROWS, Sample, of_samples, samples_of

CHECKED = tf.errors.InvalidArgumentError


@contextmanager
def checked() -> Iterator[None]:
    tf.debugging.enable_check_numerics()
    try:
        yield
    finally:
        tf.debugging.disable_check_numerics()


@contextmanager
def raising() -> Iterator[None]:
    with np.errstate(all="raise", under="ignore"):
        yield


BOTH = pytest.mark.parametrize(("watch", "error"), [(checked, CHECKED), (raising, FloatingPointError)])

# What makes something that is not finite of what is: the words of NumPy's error, the operation, and the computation.
MAKING = {
    "log of 0": ("divide by zero", "log", lambda: tf.math.log(tf.constant([0.0, 1.0]))),
    "log of the number 0": ("divide by zero", "log", lambda: tf.math.log(tf.constant(0.0))),
    "a quotient by 0": ("divide by zero", "divide", lambda: tf.constant([1.0, 2.0]) / tf.constant([0.0, 1.0])),
    "a number by 0": ("divide by zero", "divide", lambda: tf.constant(1.0) / 0.0),
    "0 by 0": ("invalid value", "divide", lambda: tf.constant([0.0]) / tf.constant([0.0])),
    "sqrt of a negative number": ("invalid value", "sqrt", lambda: tf.sqrt(tf.constant([-1.0, 1.0]))),
    "exp of much": ("overflow", "exp", lambda: tf.exp(tf.constant([1.0, 1000.0]))),
    "exp of much, a number": ("overflow", "exp", lambda: tf.exp(tf.constant(1000.0))),
    "a product": ("overflow", "multiply", lambda: tf.constant([1e38]) * tf.constant([1e38])),
    "a sum": ("overflow", "sum", lambda: tf.reduce_sum(tf.constant([3e38, 3e38]))),
    "a product of matrices": ("overflow", "matmul", lambda: tf.fill((2, 2), 1e38) @ tf.fill((2, 2), 1e38)),
    "a narrower dtype": ("overflow", "cast", lambda: tf.cast(tf.constant([1e30]), tf.float16)),
    "half precision": ("overflow", "exp", lambda: tf.exp(tf.constant([100.0], tf.float16))),
    "infinity less infinity": ("invalid value", "subtract", lambda: tf.constant([np.inf]) - tf.constant([np.inf])),
    "no mask times infinity": ("invalid value", "multiply", lambda: tf.constant([0.0, 1.0]) * -np.inf),
    "complex numbers": ("", "divide", lambda: tf.constant([1 + 1j]) / tf.constant([0j])),
    "much, by several threads": ("divide by zero", "log", lambda: tf.math.log(tf.zeros(100_000))),
    "NumPy's spelling": ("divide by zero", "log", lambda: np.log(tf.constant([0.0, 1.0]))),
}

# What does not: an infinity that was there may be computed with, and what nobody chose is nobody's.
INNOCENT = {
    "a mask of -inf": lambda: tf.nn.softmax(tf.where([True, False], tf.constant([1.0, 2.0]), -np.inf)),
    "an added mask": lambda: tf.nn.softmax(tf.constant([1.0, 2.0]) + tf.constant([0.0, -np.inf])),
    "log-softmax beside a mask": lambda: tf.nn.log_softmax(tf.constant([1.0, 2.0]) + tf.constant([0.0, -np.inf])),
    "log-softmax of much": lambda: tf.nn.log_softmax(tf.constant([1e30, -1e30, 0.0])),
    "log-sum-exp of much": lambda: tf.reduce_logsumexp(tf.constant([1e30, -1e30, -np.inf])),
    "a quotient that is not chosen": lambda: tf.math.divide_no_nan(tf.constant([1.0, 2.0]), [0.0, 1.0]),
    "xlogy": lambda: tf.math.xlogy(tf.constant([0.0, 1.0]), [0.0, 2.0]),
    "sigmoid, softplus and tanh of much": lambda: [
        f(tf.constant([-1e30, 1e30])) for f in (tf.sigmoid, tf.nn.softplus, tf.tanh)
    ],
    "underflow": lambda: tf.exp(tf.constant([-1000.0, -100.0])),
    "a constant that is NaN is moved": lambda: tf.reshape(tf.constant([np.nan, 1.0]), (2, 1))[1:],
    "a NaN is replaced": lambda: tf.where(np.isnan(np.array([np.nan, 1.0])), 0.0, tf.constant([np.nan, 1.0])),
    "the largest of an infinity": lambda: tf.reduce_max(tf.constant([-np.inf, 1.0])),
    "integers": lambda: tf.constant([7, 5]) // tf.constant([2, 3]),
    "a comparison with NaN": lambda: tf.constant([np.nan]) > 0.0,
    "infinity made by hand": lambda: tf.constant(np.inf) * 2.0,
    "cross entropy": lambda: tf.nn.sigmoid_cross_entropy_with_logits([0.0, 1.0], tf.constant([1e30, -100.0])),
}


@BOTH
@pytest.mark.parametrize("case", MAKING)
def test_the_operation_that_makes_what_is_not_finite_is_named_with_its_operands_and_line(
    watch: Any, error: Any, case: str
) -> None:
    words, op, compute = MAKING[case]
    compute()  # in silence
    with watch(), pytest.raises(error) as caught:
        compute()
    text = str(caught.value)
    if error is FloatingPointError:
        assert text.startswith(words) and f"encountered in {op}: " in text
    else:
        assert text.startswith(f"{op} made ")
    assert ("test_numerics.py:" in text and "float" in text) or "complex" in text
    compute()


@BOTH
@pytest.mark.parametrize("case", INNOCENT)
def test_nothing_is_raised_where_nothing_is_wrong(watch: Any, error: Any, case: str) -> None:
    with watch():
        INNOCENT[case]()


def test_the_text_tells_counts_ranges_shapes_and_dtypes() -> None:
    with checked(), pytest.raises(CHECKED) as caught:
        tf.constant([[1.0, 2.0]]) / tf.constant([[0.0], [4.0], [np.inf]])
    lines = str(caught.value).splitlines()
    assert lines[0] == "divide made inf at [0, 0] (2 of 6 elements are not finite) of operands that have none"
    assert lines[1] == "  x: float32 of shape (1, 2), 1.0 to 2.0"
    assert lines[2] == "  y: float32 of shape (3, 1), 0.0 to 4.0, 1 infinite, 1 of them 0"
    assert lines[3].startswith(f"  at {__file__}:") and lines[3].endswith(", in " + _own_name())


def _own_name() -> str:
    return test_the_text_tells_counts_ranges_shapes_and_dtypes.__name__


def test_a_nan_from_outside_is_told_by_the_operand_that_brought_it_in() -> None:
    x = tf.Variable([1.0, np.nan])
    given = pytest.raises(CHECKED, match=r"multiply was given NaN by x, and gives NaN at \[1\]")
    with given, tf.GradientTape(check_numerics=True):
        x * 2.0
    with raising():  # NumPy passes it on in silence
        assert np.isnan((x * 2.0).numpy()[1])


@pytest.mark.parametrize("how", ["invalid", "divide", "over"])
def test_each_kind_of_numpys_state_is_one_of_ours(how: str) -> None:
    makes = {"invalid": "sqrt of a negative number", "divide": "log of 0", "over": "exp of much"}
    for kind, case in makes.items():
        with np.errstate(**{"all": "ignore", how: "raise"}):
            if kind == how:
                with pytest.raises(FloatingPointError):
                    MAKING[case][2]()
            else:
                MAKING[case][2]()


def test_whom_numpys_state_names_is_called_and_no_error_is_raised() -> None:
    calls: list[Any] = []
    with np.errstate(all="call", call=lambda *arguments: calls.append(arguments)):
        tf.math.log(tf.constant([0.0, 1.0]))
        tf.sqrt(tf.constant(-1.0))
    assert calls == [("divide by zero", 1), ("invalid value", 8)]


def test_a_warning_of_numpys_state_stays_silent(recwarn: Any) -> None:
    with np.errstate(all="warn"):
        tf.math.log(tf.constant([0.0, 1.0]))
    assert not recwarn


@BOTH
def test_a_gradient_names_the_record_from_which_backwards_it_is_not_finite(watch: Any, error: Any) -> None:
    w = tf.Variable([0.0, 1.0], name="w")
    with watch():
        with tf.GradientTape() as tape:
            h = w * 2.0
            loss = tf.reduce_sum(tf.sqrt(h) * 3.0)
        with pytest.raises(error) as caught:
            tape.gradient(loss, w)
    text = str(caught.value)
    assert re.search(r"the gradient of sqrt\(%(\d)\) by %\1 has inf at \[0\]", text)
    assert "what comes to it: float32 of shape (2,), 3.0 to 3.0" in text


def test_a_checking_tape_knows_the_line_of_a_gradients_record_and_can_be_asked_again() -> None:
    w = tf.Variable([0.0, 1.0])
    with tf.GradientTape(check_numerics=True) as tape:
        loss = tf.reduce_sum(tf.sqrt(w))
    with pytest.raises(CHECKED, match=rf"at {__file__}:\d+, in test_a_checking_tape"):
        tape.gradient(loss, w)
    with pytest.raises(CHECKED, match="output_gradients have NaN"):
        tape.gradient(loss, w, output_gradients=tf.constant(np.nan))


@BOTH
def test_a_jacobian_names_the_record_too(watch: Any, error: Any) -> None:
    w = tf.Variable([0.0, 1.0], name="w")
    with watch():
        with tf.GradientTape(persistent=True) as tape:
            y = tf.sqrt(w) * 3.0
        with pytest.raises(error, match=r"the gradient of sqrt\(%0\), w:0, by %0 has inf at \[0\]"):
            tape.jacobian(y, w, mode="reverse")


@pytest.mark.parametrize("shape", [(), (2,)])
@pytest.mark.parametrize("beside", [False, True])
def test_a_rule_of_the_users_that_gives_nan_is_named(shape: tuple[int, ...], beside: bool) -> None:
    @tf.custom_gradient
    def f(x: Any) -> Any:
        return x * 1.0, lambda g: g * np.nan

    x = tf.Variable(np.ones(shape, np.float32))
    with tf.GradientTape(check_numerics=True) as tape:
        y = tf.reduce_sum(f(x) * 2.0 + (x if beside else 0.0))
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"^the gradient of custom_gradient\(.* has NaN"):
        tape.gradient(y, x)


def test_a_recorded_function_whose_gradient_is_infinite_is_named() -> None:
    f = tf.function(lambda x: tf.sqrt(x))
    x = tf.Variable(0.0)
    for _ in range(2):
        with tf.GradientTape() as tape:
            y = f(x) * 2.0
        with np.errstate(all="raise"), pytest.raises(FloatingPointError, match=r"the gradient of program\(.* has inf"):
            tape.gradient(y, x)


@BOTH
def test_a_derivative_forwards_is_checked_too(watch: Any, error: Any) -> None:
    x = tf.Variable(0.0)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.sqrt(x) * 2.0
        z = x * 2.0
    with watch():
        assert float(tape.jvp(z, x, 1.0)) == 2.0
        with pytest.raises(error, match=r"the gradient of sqrt\("):
            tape.jvp(y, x, 1.0)
    assert np.isinf(tape.jvp(y, x, 1.0).numpy())


def test_a_gradient_that_a_cotangent_of_zero_keeps_finite_is_no_fault() -> None:
    w = tf.Variable([0.0, 4.0])
    with tf.GradientTape(check_numerics=True) as tape:
        loss = tf.reduce_sum(tf.where(w > 0.0, tf.sqrt(w), 0.0))
    assert tape.gradient(loss, w).numpy().tolist() == [0.0, 0.25]


def test_second_derivatives_are_checked_at_their_end() -> None:
    x = tf.Variable([-np.inf, 1.0])
    with tf.GradientTape(check_numerics=True) as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(np.logaddexp(x, tf.constant([-np.inf, 0.0]))[1:])
        g = inner.gradient(y, x)
    assert np.isfinite(outer.gradient(g, x).numpy()).all()


@BOTH
def test_a_replay_is_run_again_as_python_from_the_values_before(watch: Any, error: Any) -> None:
    v, count = tf.Variable(0.0), tf.Variable(0)

    @tf.function
    def step(x: Any) -> Any:
        count.assign_add(1)
        v.assign(tf.reduce_sum(tf.math.log(x * 2.0)))
        return v * 1.0

    for _ in range(3):
        step(tf.constant([1.0, 2.0]))
    before = v.numpy()
    with watch(), pytest.raises(error, match=r"encountered in log|log made") as caught:
        step(tf.constant([0.0, 2.0]))
    assert "in step" in str(caught.value)
    assert count.numpy() == 3 and v.numpy() == before
    assert step(tf.constant([0.0, 2.0])).numpy() == -np.inf  # outside: in silence
    assert count.numpy() == 4 and step.trace_count == 1


@BOTH
def test_a_whole_training_step_is_told_by_its_line(watch: Any, error: Any) -> None:
    w = tf.Variable([1.0, 2.0])
    optimizer = tf.keras.optimizers.SGD(1.0)

    @tf.function
    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = -tf.reduce_sum(tf.math.log(w * x))
        optimizer.apply_gradients([(tape.gradient(loss, w), w)])
        return loss

    with watch():
        step(tf.constant([1.0, 1.0]))
        step(tf.constant([1.0, 1.0]))
        kept = w.numpy()
        with pytest.raises(error):
            step(tf.constant([0.0, 1.0]))
    assert np.array_equal(w.numpy(), kept)


def test_a_function_under_a_checking_tape_is_checked_operation_by_operation() -> None:
    w = tf.Variable([0.0, 1.0])
    f = tf.function(lambda x: tf.reduce_sum(tf.math.log(x)))
    f(tf.constant([1.0, 1.0]))
    with tf.GradientTape(check_numerics=True), pytest.raises(CHECKED, match="log made"):
        f(w + 0.0)


@BOTH
def test_a_programs_call_is_stepped_through_with_nothing_assigned(watch: Any, error: Any) -> None:
    v = tf.Variable([1.0, 2.0])

    def function(x: Any) -> Any:
        v.assign_add(x)
        return tf.reduce_sum(tf.math.log(v))

    program = tf.Program.from_function(function, tf.TensorSpec([2]))
    with watch(), pytest.raises(error, match=r"encountered in log|log made"):
        program(tf.constant([-1.0, 0.0]))
    assert v.numpy().tolist() == [1.0, 2.0]
    assert program(tf.constant([-1.0, 0.0])).numpy() == -np.inf


@BOTH
@pytest.mark.parametrize("size", [2, 100_000])
def test_a_replay_tells_of_an_infinity_that_its_result_does_not_show(watch: Any, error: Any, size: int) -> None:
    f = tf.function(lambda x: tf.reduce_sum(1.0 / tf.exp(1.0 / x)))
    x = np.ones(size, np.float32)
    f(tf.constant(x))
    x[-1] = 0.0
    assert np.isfinite(f(tf.constant(x)).numpy())  # outside: in silence
    with watch(), pytest.raises(error, match=r"encountered in (divide|reciprocal)|(divide|reciprocal) made"):
        f(tf.constant(x))
    with watch():
        assert np.isfinite(f(tf.ones(size)).numpy())
    assert f.trace_count == 1


HIDING = {
    "minimum": lambda y: tf.minimum(y, 5.0),
    "maximum": lambda y: tf.maximum(-y, -5.0),
    "greater": lambda y: tf.cast(y > 2.0, tf.float64),
    "sign": tf.sign,
    "tanh": tf.tanh,
    "abs": lambda y: tf.minimum(tf.abs(y), 3.0),
    "is_inf": lambda y: tf.where(tf.math.is_inf(y), 0.0, y),
    "a function of NumPy's behind it": lambda y: tf.sort(tf.minimum(y, 4.0)),
    "cast to half a precision": lambda y: tf.minimum(tf.cast(y, tf.float16), 3.0),
    "cast to complex": lambda y: 1.0 / tf.cast(y, tf.complex128),
    "cast to an integer": lambda y: tf.cast(tf.minimum(y, 3.0), tf.int32),
}


@BOTH
@pytest.mark.parametrize("size", [2, 20, 100_000])
@pytest.mark.parametrize("name", HIDING)
def test_a_replay_tells_of_an_infinity_whatever_it_goes_through(watch: Any, error: Any, size: int, name: str) -> None:
    """Some of NumPy's loops would take back what the processor has noted."""
    f = tf.function(lambda x: HIDING[name](1.0 / x))
    x = np.ones(size)
    f(tf.constant(x))
    x[-1] = 0.0
    assert np.isfinite(f(tf.constant(x)).numpy()).all()
    with watch(), pytest.raises(error, match=r"encountered in (divide|reciprocal)|(divide|reciprocal) made"):
        f(tf.constant(x))
    with watch():
        assert np.isfinite(f(tf.ones(size, tf.float64)).numpy()).all()


@BOTH
def test_a_hessian_times_a_vector_is_checked(watch: Any, error: Any) -> None:
    x = tf.Variable([0.0, 1.0])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(x**1.5)
    assert np.isfinite(tape.gradient(y, x).numpy()).all()
    with watch(), pytest.raises(error, match="the gradient of power"):
        tape.hvp(y, x, [1.0, 1.0])
    assert np.isinf(tape.hvp(y, x, [1.0, 1.0]).numpy()[0])
    with watch():
        assert np.isfinite(tape.hvp(y, x, [0.0, 1.0]).numpy()).all()
    with tf.GradientTape(check_numerics=True) as tape:
        y = tf.reduce_sum(tf.sqrt(x))
    with pytest.raises(error if error is CHECKED else CHECKED, match="the gradient of sqrt"):
        tape.hvp(y, x, [1.0, 1.0])


@BOTH
def test_within_keras_the_layer_and_the_users_line_are_named(keras: Any, watch: Any, error: Any) -> None:
    class Risky(keras.layers.Layer):  # type: ignore[name-defined, misc]
        def call(self, x: Any) -> Any:
            return keras.ops.log(x)

    model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="zeros", name="flat"), Risky(name="risky")])
    model.compile("sgd", "mse")
    with watch(), pytest.raises(error) as caught:
        model.fit(np.ones((4, 2), np.float32), np.ones((4, 1), np.float32), verbose=0)
    text = str(caught.value)
    assert "in the layer 'risky' (Risky)" in text, text
    assert f"{__file__}:" in text and "in call" in text, text


def test_checking_is_a_threads_own() -> None:
    found: list[Any] = []

    def elsewhere() -> None:
        found.append(tf.math.log(tf.constant([0.0])).numpy()[0])

    with checked():
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert found == [-np.inf]


def test_enabling_twice_is_disabled_once() -> None:
    with checked():
        tf.debugging.enable_check_numerics()
    tf.math.log(tf.constant([0.0]))


def test_a_checking_tape_checks_while_it_is_open() -> None:
    with tf.GradientTape(check_numerics=True):
        pass
    tf.math.log(tf.constant([0.0]))
    tape = tf.GradientTape(check_numerics=True)
    with pytest.raises(ZeroDivisionError), tape:
        raise ZeroDivisionError
    tf.math.log(tf.constant([0.0]))
    with pytest.raises(CHECKED), tape:
        tf.math.log(tf.constant([0.0]))


def test_an_operation_that_is_refused_leaves_the_tape_as_it_was() -> None:
    x = tf.Variable([0.0, 4.0])
    with tf.GradientTape(check_numerics=True) as tape:
        with pytest.raises(CHECKED):
            tf.math.log(x)
        y = tf.reduce_sum(x * x)
    assert tape.gradient(y, x).numpy().tolist() == [0.0, 8.0]


def test_checking_keeps_nothing() -> None:
    x = tf.constant(np.ones(1000))
    with checked():
        for _ in range(50):
            tf.exp(x) + 1.0
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            for _ in range(200):
                tf.exp(x) + 1.0
            assert tracemalloc.get_traced_memory()[0] - before < 20_000
        finally:
            tracemalloc.stop()


def _leaves(value: Any) -> list[np.ndarray]:
    return [np.asarray(t.numpy()) for t in tf.nest.flatten(value) if isinstance(t, tf.Tensor)]


def _all_finite(arrays: list[np.ndarray]) -> bool:
    return all(np.isfinite(x).all() for x in arrays if x.dtype.kind in "fc")


@pytest.mark.walk
@of_samples([sample for row in ROWS for sample in samples_of(row)[:1]])
def test_a_row_is_at_fault_if_and_only_if_it_makes_what_is_not_finite(sample: Sample) -> None:
    # (LAPACK does not come to an end on infinities.)
    takes_infinity = sample.row.kind == "elementwise" or sample.row.file in ("ops.nn", "ops.reductions", "ops.shaping")
    for special in (None, 0.0, *[-np.inf] * takes_infinity):
        operands = [np.array(x) for x in sample.operands]
        for x in operands:
            if x.dtype.kind == "f" and x.size and special is not None:
                x.flat[0] = special
        tensors = [tf.constant(x) for x in operands]
        try:
            with np.errstate(all="ignore"):
                plain = _leaves(sample.call(*tensors))
        except (ValueError, np.linalg.LinAlgError):  # not for such values
            continue
        for watch, error in ((checked, CHECKED), (raising, FloatingPointError)):
            try:
                with watch():
                    sample.call(*tensors)
                assert _all_finite(plain) or not _all_finite(operands) or error is not CHECKED
            except error:
                assert not _all_finite(plain)
