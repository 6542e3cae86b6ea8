"""What a recording tape follows becomes no array without a word: who raises, when, and what the error says."""

from __future__ import annotations

import contextlib
import copy
import math
import operator
import os
import pickle
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from leaving_spellings import SPELLINGS

X = np.array([0.5, 1.5, 2.5])
FOLLOWS = "a tape that is recording follows the tensor"


def watched() -> tuple[tf.GradientTape, Any, Any]:
    """An open tape that follows a vector and a number."""
    tape = tf.GradientTape(persistent=True)
    x, s = tf.constant(X), tf.constant(0.7, tf.float64)
    tape.__enter__()
    tape.watch([x, s])
    return tape, x, s


# ------------------------------------------------------------------------------------------------------- when it raises


def test_a_followed_tensor_becomes_no_array_while_its_tape_records() -> None:
    x = tf.constant(X)
    other = tf.constant(X)
    with tf.GradientTape(persistent=True) as tape:
        np.asarray(x)  # nobody follows it yet
        tape.watch(x)
        with pytest.raises(TypeError, match=FOLLOWS):
            np.asarray(x)
        with pytest.raises(TypeError, match=FOLLOWS):
            np.asarray(x * 2.0)
        with tape.stop_recording():
            assert np.asarray(x).tolist() == X.tolist()
        assert np.asarray(other).tolist() == np.asarray(tf.stop_gradient(x)).tolist() == X.tolist()
        assert np.asarray(x > 1.0).tolist() == [False, True, True]
        assert np.asarray(tf.cast(x, tf.int32)).tolist() == [0, 1, 2]
    assert np.asarray(x).tolist() == X.tolist()


def test_a_variable_that_a_tape_would_watch_becomes_no_array() -> None:
    v, fixed = tf.Variable(X), tf.Variable(X, trainable=False)
    with tf.GradientTape() as tape:
        with pytest.raises(TypeError, match=FOLLOWS):
            np.asarray(v)
        assert np.asarray(fixed).tolist() == X.tolist()
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        assert np.asarray(v).tolist() == X.tolist()
        tape.watch(v)
        with pytest.raises(TypeError, match=FOLLOWS):
            np.asarray(v)


def test_an_outer_tape_counts_as_an_inner_one_does() -> None:
    x, y = tf.constant(X), tf.constant(X)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(y)
            for followed in (x, y, x * y):
                with pytest.raises(TypeError, match=FOLLOWS):
                    np.asarray(followed)
        assert np.asarray(y).tolist() == X.tolist()


def test_forward_accumulators_follow_too() -> None:
    x = tf.constant(X)
    with tf.autodiff.ForwardAccumulator(x, tf.ones(3, tf.float64)), pytest.raises(TypeError, match=FOLLOWS):
        np.asarray(x)


def test_buffers_and_rows_are_asked_for_their_values() -> None:
    table = tf.Variable(np.ones((4, 2)))
    with tf.GradientTape(persistent=True) as tape:
        buffer = tf.buffer(2, tf.float64)
        assert np.asarray(buffer).tolist() == [0.0, 0.0]
        buffer[0] = tf.reduce_sum(table)
        with pytest.raises(TypeError, match=FOLLOWS):
            np.asarray(buffer)
        loss = tf.reduce_sum(tf.gather(table, [0, 2]))
    rows = tape.gradient(loss, table)
    assert np.asarray(rows).tolist() == [[1.0, 1.0], [0.0, 0.0], [1.0, 1.0], [0.0, 0.0]]


def test_what_says_that_it_leaves_goes_on() -> None:
    tape, x, s = watched()
    try:
        assert x.numpy().tolist() == x.tolist() == X.tolist()
        assert s.item() == float(s) == complex(s) == 0.7
        assert int(s) == 0
        assert math.sin(s) == math.sin(0.7)
        assert f"{s:.2f} {s}" == f"0.70 {tf.constant(0.7, tf.float64)}"
        assert repr(x) == repr(tf.constant(X))
        assert bool(s) and (s > 0.5)
        assert copy.deepcopy(x) is x
        assert pickle.loads(pickle.dumps(x)).numpy().tolist() == X.tolist()
        assert tf.numpy_function(np.sort, [x], tf.float64).numpy().tolist() == X.tolist()
    finally:
        tape.__exit__(None, None, None)
    with pytest.raises(TypeError):
        memoryview(x)
    assert not any(hasattr(x, name) for name in ("__array_interface__", "__array_struct__", "__buffer__"))


def test_objects_hold_tensors_without_asking_for_their_numbers() -> None:
    tape, x, s = watched()
    array = np.empty(2, object)
    array[0] = s
    array[1] = x[0]
    assert tape.gradient(array.sum(), s).numpy() == 1.0
    tape.__exit__(None, None, None)


# ------------------------------------------------------------------------------------------------------ what it says


def assigned_flat(array: np.ndarray, t: Any) -> None:
    array.flat = t


ASKED: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "np.array of a list": (lambda x, s: np.array([s, s]), r"^np\.array: "),
    "np.asarray": (lambda x, s: np.asarray(x), r"^np\.asarray: "),
    "np.r_": (lambda x, s: np.r_[s, s], r"^np\.r_\[\.\.\.\]: "),
    "a function of a list": (lambda x, s: np.sum([s, s]), r"^np\.sum: "),
    "np.full": (lambda x, s: np.full(3, s), r"^np\.full: "),
    "np.testing": (lambda x, s: np.testing.assert_allclose(x, X), r"^np\.testing\.assert_allclose: "),
    "a method of an array": (lambda x, s: np.ones(3).dot(x), "dot: "),
    "__setitem__": (lambda x, s: np.zeros(3).__setitem__(0, s), "__setitem__: "),
    "operator.setitem": (lambda x, s: operator.setitem(np.zeros(3), 0, s), r"^operator\.setitem: "),
    "fill": (lambda x, s: np.zeros(3).fill(s), "fill: "),
    "np.fromiter": (lambda x, s: np.fromiter([s, s], float), r"^np\.fromiter: "),
    "a class of NumPy's numbers": (lambda x, s: np.float64(s), r"^np\.float64: "),
    "flat": (lambda x, s: assigned_flat(np.zeros(3), s), r"^array\.flat = tensor: "),
    "a class of NumPy's": (lambda x, s: np.polynomial.Polynomial([s, s]), r"^np\.polynomial\.\S+: "),
}


@pytest.mark.parametrize(("ask", "text"), ASKED.values(), ids=ASKED)
def test_the_error_names_who_asked_and_the_ways_out(ask: Callable[[Any, Any], Any], text: str) -> None:
    tape, x, s = watched()
    try:
        with pytest.raises(TypeError, match=text + rf".*{FOLLOWS} \(of shape .*dtype float64\).*test_leaving\.py:\d+"):
            ask(x, s)
        with pytest.raises(
            TypeError, match=r"tf\.fill\(shape, t\)" if "full" in text else r"tf\.stack.*call t\.numpy\(\)"
        ):
            ask(x, s)
    finally:
        tape.__exit__(None, None, None)
    ask(x, s)


def test_a_function_of_scipys_is_named_as_it_was_called() -> None:
    linalg = pytest.importorskip("scipy.linalg")
    tape, x, _ = watched()
    with pytest.raises(TypeError, match=r"^scipy\.linalg\.solve: "):
        linalg.solve(np.eye(3), x)
    tape.__exit__(None, None, None)


# -------------------------------------------------------------------------------------- numbers within grad and its kin


KIN: dict[str, Callable[[Callable[[Any], Any]], Any]] = {
    "grad": lambda f: tf.grad(f)(1.0),
    "value_and_grad": lambda f: tf.value_and_grad(f)(1.0),
    "vjp": lambda f: tf.vjp(f, 1.0),
    "jvp": lambda f: tf.jvp(f, [1.0], [1.0]),
    "linearize": lambda f: tf.linearize(f, 1.0),
    "jacobian": lambda f: tf.jacobian(f)(1.0),
    "hessian": lambda f: tf.hessian(f)(1.0),
    "hvp": lambda f: tf.hvp(f, 1.0, 1.0),
    "sparse_jacobian": lambda f: tf.sparse_jacobian(lambda x: f(x[0]), np.ones(1)),
    "sparse_hessian": lambda f: tf.sparse_hessian(lambda x: f(x[0]), np.ones(1)),
    "check_gradients": lambda f: tf.testing.check_gradients(f, [1.0]),
    "grad of grad": lambda f: tf.grad(tf.grad(f))(1.0),
    "grad of a recorded function": lambda f: tf.grad(tf.function(f))(1.0),
    "a recorded gradient": lambda f: tf.function(tf.grad(f))(tf.constant(1.0)),
}


@pytest.mark.parametrize("transform", KIN.values(), ids=KIN)
@pytest.mark.parametrize("number", [float, int, complex, math.sin, lambda x: "%f" % x])  # noqa: UP031
def test_a_number_of_what_is_differentiated_is_an_error(transform: Any, number: Any) -> None:
    with pytest.raises(TypeError, match=r"makes a Python number.*np\.sin\(t\) in the place of math\.sin"):
        transform(lambda x: (number(x), x * x)[1])


@pytest.mark.parametrize("transform", KIN.values(), ids=KIN)
def test_numbers_of_anything_else_and_truth_values_are_none(transform: Any) -> None:
    beside, scale = tf.constant(2.0), tf.Variable(3.0)

    def f(x: Any) -> Any:
        y = x * float(beside) * float(scale) * int(beside)
        return y * y if x > 0.0 and bool(x) else y

    transform(f)
    with tf.GradientTape() as tape:  # outside it goes on
        assert float(scale * scale) == 9.0
    assert tape.watched_variables()


# (Those that are not recorded functions, whose outputs are tensors, and that compare no values.)
@pytest.mark.parametrize("name", [name for name in KIN if "recorded" not in name and "check" not in name])
@pytest.mark.parametrize("result", [1.0, 3, X, np.float64(1.0), None, "text"], ids=repr)
def test_a_result_that_no_tape_recorded_is_an_error(name: str, result: Any) -> None:
    with pytest.raises(
        TypeError, match=f"must return a tensor, not {'None' if result is None else type(result).__name__}"
    ):
        KIN[name](lambda x: result)


def test_a_result_that_left_the_tape_is_an_error_but_a_constant_has_zeros() -> None:
    with pytest.raises(TypeError, match=r"grad: the function must return a tensor, not float.*without float\(\)"):
        tf.grad(lambda x: x.numpy().item() ** 2)(3.0)
    with pytest.raises(TypeError, match=r"compute_gradient: the function must return a tensor, not float"):
        tf.test.compute_gradient(lambda x: float(x) ** 2, [3.0])
    with pytest.raises(TypeError, match=r"jacobian: the function must return a tensor, not ndarray"):
        tf.jacobian(lambda x: [x, x.numpy()])(X)
    assert tf.grad(lambda x: tf.constant(2.0))(3.0) == 0.0
    assert tf.jacobian(lambda x: tf.constant([1.0, 2.0]))(X).tolist() == np.zeros((2, 3)).tolist()
    assert tf.jvp(lambda x: tf.constant(2.0), [3.0], [1.0]) == (2.0, 0.0)
    assert tf.sparse_jacobian(lambda x: tf.constant([1.0, 2.0]), X).nnz == 0


TRANSFORMS: dict[str, Callable[[Callable[[Any], Any]], Any]] = {
    "grad": lambda f: tf.grad(lambda x: tf.reduce_sum(f(x)))(X),
    "value": lambda f: tf.value_and_grad(lambda x: tf.reduce_sum(f(x)))(X)[0],
    "jacobian": lambda f: tf.jacobian(f)(X),
    "hessian": lambda f: tf.hessian(lambda x: tf.reduce_sum(f(x)))(X),
    "hvp": lambda f: tf.hvp(lambda x: tf.reduce_sum(f(x)), X, X),
    "jvp": lambda f: tf.jvp(f, [X], [X])[1],
    "linearize": lambda f: tf.linearize(f, X)[1](X),
    "vjp": lambda f: tf.vjp(f, X)[1](X)[0],
}


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
def test_derivatives_by_arrays_stay_on_the_tape_of_what_else_they_depend_on(transform: Any) -> None:
    w = tf.constant(2.0, tf.float64)
    f = lambda x: x * x * w  # noqa: E731
    alone = transform(f)
    assert isinstance(alone, (np.ndarray, np.generic))
    with tf.GradientTape() as tape:
        tape.watch(w)
        found = transform(f)
        total = tf.reduce_sum(found)
    np.testing.assert_array_equal(found, alone)
    np.testing.assert_allclose(tape.gradient(total, w), np.sum(alone) / 2.0)
    with tf.GradientTape() as tape:
        tape.watch(tf.constant(1.0))
        assert type(transform(f)) is type(alone)
    recorded = tf.function(lambda w: transform(lambda x: x * x * w) * 1.0)
    for k in range(3):
        np.testing.assert_allclose(recorded(tf.constant(float(k), tf.float64)), alone * k / 2.0)
    assert recorded.trace_count == 1


# --------------------------------------------------------------------------------------------------- recorded functions


@pytest.mark.parametrize("warm", [False, True], ids=["its first call", "a later one"])
def test_a_recorded_function_that_makes_an_array_raises_under_a_tape_at_any_call(warm: bool) -> None:
    f = tf.function(lambda x, y: x * np.sum(np.asarray(y)))
    x, y = tf.constant(X), tf.constant([1.0, 2.0], tf.float64)
    if warm:
        assert f(x, y).numpy().tolist() == (3.0 * X).tolist()
    for _ in range(2):
        with tf.GradientTape() as tape:
            tape.watch(y)
            with pytest.raises(
                TypeError, match=rf"^a recorded function that is called under a tape: {FOLLOWS}.*test_leaving\.py:\d+"
            ):
                f(x, y)
        with tf.GradientTape() as tape:
            tape.watch(x)
            z = f(x, y)  # nobody follows what becomes an array
        assert tape.gradient(z, x).numpy().tolist() == [3.0, 3.0, 3.0]
    assert f(x, y).numpy().tolist() == (3.0 * X).tolist()
    assert f.trace_count == 1


def test_an_array_of_a_tensor_around_a_function_that_was_recorded_under_no_tape_raises_under_one() -> None:
    x, z = tf.constant(X), tf.constant(2.0, tf.float64)
    f = tf.function(lambda z: z * np.asarray(x).sum())
    expected = f(z).numpy()
    with tf.GradientTape() as tape:
        tape.watch(x)
        with pytest.raises(TypeError, match=rf"^a recorded function that is called under a tape: {FOLLOWS}"):
            f(z)
    with tf.GradientTape() as tape:
        tape.watch(z)
        y = f(z)
    assert tape.gradient(y, z).numpy() * 2.0 == expected
    assert f(z).numpy() == expected and f.trace_count == 1


@pytest.mark.parametrize("warm", [False, True], ids=["its first call", "a later one"])
def test_a_recorded_function_that_makes_a_number_raises_within_grad_at_any_call(warm: bool) -> None:
    v = tf.Variable(0.0)

    def counted(x: Any) -> Any:
        v.assign_add(1.0)
        return x * float(x)

    f, x = tf.function(counted), tf.constant(3.0)
    if warm:
        f(x)
    for _ in range(2):
        with pytest.raises(TypeError, match="makes a Python number"):
            tf.grad(f)(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        assert tape.gradient(y, x).numpy() == 3.0
    assert v.numpy() == 2.0 + warm  # an error has no effect


def test_what_becomes_an_array_of_variables_and_of_tensors_around_a_function_counts() -> None:
    v, around = tf.Variable(2.0), tf.constant(3.0)
    f = tf.function(lambda x: x * np.asarray(v))
    g = tf.function(lambda x: x * np.asarray(around * 2.0))
    x = tf.constant(1.0)
    for _ in range(2):
        with tf.GradientTape() as tape, pytest.raises(TypeError, match=FOLLOWS):
            f(x)
        with tf.GradientTape() as tape:
            tape.watch(around)
            with pytest.raises(TypeError, match=FOLLOWS):
                g(x)
        assert (f(x).numpy(), g(x).numpy()) == (2.0, 6.0)


def test_what_has_no_derivative_may_become_an_array_in_a_recorded_function() -> None:
    f = tf.function(lambda x: x * np.sum(np.asarray(tf.floor(x) + tf.stop_gradient(x) + tf.cast(x > 1.0, tf.float64))))
    x = tf.constant(X)
    for _ in range(2):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        assert tape.gradient(y, x).numpy().tolist() == [9.5, 9.5, 9.5]


def test_a_tape_inside_of_a_recorded_function_counts() -> None:
    @tf.function
    def f(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * np.asarray(x)
        return tape.gradient(y, x)

    with pytest.raises(TypeError, match=FOLLOWS):
        f(tf.constant(X))


def test_a_saved_program_remembers_what_became_an_array_and_what_a_number() -> None:
    x = tf.constant(X)
    for f, text in (
        (lambda x: x * np.sum(np.asarray(x)), FOLLOWS),
        (lambda x: x * float(x[0]), "makes a Python number"),
    ):
        program = tf.Program.from_function(f, x)
        for one in (program, pickle.loads(pickle.dumps(program))):
            np.testing.assert_array_equal(one(x), f(x))
            for derived in (tf.jacobian(one), lambda x, one=one: one.gradient(), lambda x, one=one: one.jvp()):
                with pytest.raises(TypeError, match=text):
                    derived(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.Program.from_function(lambda x: x * float(x[0]), x)(x)
        assert tape.gradient(y, x).numpy().tolist() == [X[0]] * 3


# --------------------------------------------------------------------------------------------- a list of spellings

POINT = np.array([0.7, 1.3, 2.1, 0.8])  # a vector of three, and a number
WAY_OUT = r"\.numpy\(\)|tf\.\w+"
# What the interpreter refuses by itself.
OWN_WORDS = {"np.frombuffer": "bytes-like object", "np.nditer": "Iterator operand|" + WAY_OUT}

Call = Callable[[Any, Any], Any]


def total(result: Any) -> Any:
    """One number of a result, by weights that differ."""
    result = tf.convert_to_tensor(result)
    return tf.reduce_sum(result * np.cos(np.arange(result.size)).reshape(result.shape))


def differences(call: Call) -> np.ndarray:
    def at(point: np.ndarray) -> float:
        return float(total(np.asarray(call(point[:3], float(point[3])), float)))

    return np.array([(at(POINT + step) - at(POINT - step)) / 2e-6 for step in 1e-6 * np.eye(4)])


def taped(call: Call) -> np.ndarray:
    x, s = tf.constant(POINT[:3]), tf.constant(POINT[3])
    with tf.GradientTape() as tape:
        tape.watch([x, s])
        result = call(x, s)
        assert isinstance(result, tf.Tensor), "left in silence"
        y = total(result)
    return np.append(*(g.numpy() for g in tape.gradient(y, [x, s], unconnected_gradients="zero")))


def mapped(call: Call) -> np.ndarray:
    summed = lambda x, s: tf.reduce_sum(tf.vectorize(lambda x, s: total(call(x, s)))(x, s))  # noqa: E731
    return np.append(*tf.grad(summed, (0, 1))(POINT[None, :3], POINT[3:]))


def warmed(call: Call) -> Call:
    """Recorded, and called where no tape is."""
    recorded = tf.function(lambda x, s: call(x, s))
    with contextlib.suppress(TypeError):
        recorded(tf.constant(POINT[:3]), tf.constant(POINT[3]))
    return recorded


WAYS: dict[str, Callable[[Call], np.ndarray]] = {
    "on a tape": taped,
    "in a recorded function": lambda call: taped(tf.function(lambda x, s: call(x, s))),
    "in a function that was recorded without a tape": lambda call: taped(warmed(call)),
    "within grad": lambda call: np.append(*tf.grad(lambda x, s: total(call(x, s)), (0, 1))(POINT[:3], POINT[3])),
    "within vectorize": mapped,
}


# SciPy's compiled solvers call on with the error of a `__float__` set. What comes of that is an error in any case:
# ours, Python's own one from ours, or SciPy's about the number that it got.
INSTEAD = {"scipy.optimize.brentq": r"f\(a\) and f\(b\) must have different signs"}


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_spelling_is_right_or_an_error_with_the_way_out_and_the_same_everywhere(name: str) -> None:
    call = SPELLINGS[name]
    pytest.importorskip("scipy") if "scipy" in name or "Spline" in name else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = None if call(POINT[:3], POINT[3]) is None else differences(call)
        found = set()
        for way, derivative in WAYS.items():
            try:
                gradient = derivative(call)
            except (TypeError, SystemError, ValueError) as error:
                said = error.__cause__ if isinstance(error, SystemError) else error
                if isinstance(error, ValueError) and name not in INSTEAD:
                    raise
                words = INSTEAD[name] if isinstance(error, ValueError) else OWN_WORDS.get(name, WAY_OUT)
                assert re.search(words, str(said)), f"{way}: {error!r}"
                found.add("an error")
            else:
                np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-5, err_msg=way)
                found.add("right")
    assert len(found) == 1 or expected is None


@pytest.mark.parametrize("name", SPELLINGS)
def test_where_nothing_records_a_spelling_makes_arrays_as_ever(name: str) -> None:
    call = SPELLINGS[name]
    pytest.importorskip("scipy") if "scipy" in name or "Spline" in name else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = call(POINT[:3], POINT[3])
        try:
            found = call(tf.constant(POINT[:3]), tf.constant(POINT[3]))
        except TypeError as error:  # refused on any tensor, as the page of coverage says
            assert FOLLOWS not in str(error)
            return
    if expected is not None:
        np.testing.assert_allclose(np.asarray(found, float), np.asarray(expected, float), rtol=1e-12)


# --------------------------------------------------------------------------------------------------------- other errors


def test_a_row_of_no_ufunc_is_refused() -> None:
    from autodiff_core.ops.table import elementwise

    with pytest.raises(TypeError, match="is no ufunc"):
        elementwise("no_ufunc", lambda x: x, lambda g, x, y: g, doc="None.")


def test_minimising_a_function_that_leaves_raises_and_does_not_succeed_where_it_began() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    residual = lambda p: np.sum(np.array([p[0] - 1.0, p[1] + 2.0]) ** 2)  # noqa: E731
    with pytest.raises(TypeError, match=r"^np\.array: "):
        optimize.minimize(tf.value_and_grad(residual), np.zeros(2), jac=True)
    found = optimize.minimize(
        tf.value_and_grad(lambda p: np.sum(np.stack([p[0] - 1.0, p[1] + 2.0]) ** 2)), np.zeros(2), jac=True
    )
    assert found.success
    np.testing.assert_allclose(found.x, [1.0, -2.0], atol=1e-6)


def test_special_functions_are_loaded_in_scipys_array_api_mode() -> None:
    pytest.importorskip("scipy", minversion="1.17")
    code = "import autodiff_core as tf; print(tf.scipy.special.gammaln(tf.constant(3.0)).numpy().round(4))"
    run = subprocess.run([sys.executable, "-c", code], env={**os.environ, "SCIPY_ARRAY_API": "1"}, capture_output=True)
    assert run.stdout.strip() == b"0.6931", run.stderr


HIDDEN = {
    "recompute_grad": lambda x: tf.recompute_grad(lambda z: z * float(z))(x),
    "around recompute_grad": lambda x: tf.recompute_grad(lambda z: z * float(x))(x + 1.0),
    "odeint": lambda x: tf.scipy.integrate.odeint(lambda y, t: -float(x) * y, [1.0], [0.0, 1.0])[-1, 0],
    "around a function": lambda x: tf.function(lambda z: z * float(x))(x + 1.0),
    "around a gradient in a function": lambda x: tf.function(tf.grad(lambda z: z * float(x)))(x + 1.0),
    "around vectorized_map": lambda x: tf.reduce_sum(tf.vectorized_map(lambda z: z * float(x), tf.stack([x, x]))),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_no_number_leaves_where_tapes_pause_or_stand_around_a_recording(name):
    f, x = HIDDEN[name], tf.constant(3.0)
    for differentiated in (tf.grad(f), tf.function(tf.grad(f)), lambda x: tf.jvp(f, (x,), (x,))):
        with pytest.raises(TypeError, match="makes a Python number"):
            differentiated(x)
    assert np.isfinite(f(x).numpy())  # where nobody differentiates


def test_no_array_leaves_from_around_a_recorded_function():
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        with pytest.raises(TypeError, match="a tape that is recording follows the tensor"):
            tf.function(lambda z: z * np.asarray(x).sum())(tf.constant(1.0))
