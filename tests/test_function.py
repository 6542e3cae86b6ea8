"""`tf.function`: a recorded function does what the Python function does, whatever changes between calls."""

from __future__ import annotations

import gc
import sys
import threading
import tracemalloc
import warnings
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

constant = tf.constant


def double(values: Any) -> Any:
    return constant(values, dtype=tf.float64)


def same(found: Any, expected: Any) -> None:
    """The same structure of equal tensors, bit for bit but for NaNs."""
    tf.nest.assert_same_structure(found, expected)
    for one, other in zip(tf.nest.flatten(found), tf.nest.flatten(expected), strict=True):
        one, other = np.asarray(one), np.asarray(other)
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        np.testing.assert_array_equal(one, other)


def gradient(f: Callable[..., Any], *xs: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(xs)
        y = f(*xs)
    return tape.gradient(y, list(xs))


# --------------------------------------------------------------------------------------------------- programs by key


def test_python_values_have_programs_of_their_own() -> None:
    seen: list[Any] = []

    @tf.function
    def f(x: Any, k: Any) -> Any:
        seen.append(k)
        return x * 2.0

    values = [1, 1.0, True, None, "a", "b", 0.0, -0.0, float("nan"), 1j, (1,), [1], {"a": 1}, {"b": 1}]
    for _ in range(2):
        for value in values:
            f(constant(1.0), value)
    assert len(seen) == len(values) == f.trace_count == len(f.variants)


def test_shapes_dtypes_and_structures_have_programs_of_their_own() -> None:
    f = tf.function(lambda x: tf.nest.map_structure(lambda t: t + t, x))
    calls = [double(1.0), double([1.0]), double([[1.0]]), constant(1.0), constant(1)]
    calls = [*calls, [double(1.0)], (double(1.0),), {"a": double(1.0)}, {"b": double(1.0)}, [[double(1.0)]]]
    for _ in range(2):
        for x in calls:
            same(f(x), f.python_function(x))
    assert f.trace_count == len(calls)


def test_keywords_positions_and_defaults_are_the_same_call() -> None:
    @tf.function
    def f(x: Any, y: float = 2.0, *, z: float = 1.0) -> Any:
        return x * y + z

    x = constant(1.0)
    calls = [f(x), f(x, 2.0), f(x=x, y=2.0), f(y=2.0, x=x), f(x, z=1.0), f(x, 2.0, z=1.0)]
    assert [float(result) for result in calls] == [3.0] * 6
    assert f.trace_count == 1
    assert float(f(x, z=2.0)) == 4.0
    with pytest.raises(TypeError, match="'x'"):
        f()


def test_an_input_signature_converts_and_refuses() -> None:
    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
    def f(x: Any) -> Any:
        return x * 2

    assert f([[1, 2]]).dtype == tf.float32
    same(f(np.ones((3, 2))), tf.ones((3, 2)) * 2)
    for wrong in (constant([1.0, 2.0]), constant([[1, 2]]), constant([[1.0]])):
        with pytest.raises(TypeError, match="argument 0 must fit TensorSpec"):
            f(wrong)
    with pytest.raises(TypeError, match="every argument must have its TensorSpec"):
        f()


def test_a_concrete_function_that_is_called_in_a_recorded_one_is_part_of_it() -> None:
    x = double(0.6)

    def f(t: Any) -> Any:
        return tf.function(lambda x: tf.sin(x * t)).get_concrete_function(x)(x)

    recorded = tf.function(f)
    for value in (1.0, 2.0, 3.0):
        same(recorded(double(value)), f(double(value)))
        same(tf.grad(recorded)(double(value)), tf.grad(f)(double(value)))
    assert recorded.trace_count == 1


def test_a_concrete_function_takes_its_signature_only() -> None:
    f = tf.function(lambda x, k: x * k)
    concrete = f.get_concrete_function(tf.TensorSpec([2], tf.float64), 3.0)
    assert f.trace_count == 1
    same(concrete(double([1.0, 2.0]), 3.0), double([3.0, 6.0]))
    for wrong in ((constant([1.0, 2.0]), 3.0), (double([1.0]), 3.0), (double([1.0, 2.0]), 4.0)):
        with pytest.raises(TypeError, match="this concrete function takes"):
            concrete(*wrong)


def test_methods_have_programs_by_instance_and_keep_no_instance() -> None:
    class Scale:
        def __init__(self, by: float) -> None:
            self.by = by

        @tf.function
        def __call__(self, x: Any) -> Any:
            return self.call(x)

        @tf.function
        def call(self, x: Any) -> Any:
            return x * self.by

    two, three = Scale(2.0), Scale(3.0)
    for _ in range(3):
        assert (float(two.call(constant(1.0))), float(three.call(constant(1.0)))) == (2.0, 3.0)
    alive = weakref.ref(two)
    del two
    gc.collect()
    assert alive() is None


def test_functions_inside_functions_are_one_program() -> None:
    inner = tf.function(lambda x: x * x)
    outer = tf.function(lambda x: inner(x) + inner(x + 1.0))
    for v in (1.0, 2.0, 3.0):
        assert float(outer(constant(v))) == v * v + (v + 1) ** 2
    assert (inner.trace_count, outer.trace_count) == (0, 1)


def test_a_function_may_call_itself() -> None:
    @tf.function
    def f(x: Any, n: int) -> Any:
        return x if n == 0 else f(x * 2.0, n - 1)

    assert [float(f(constant(1.0), 5)) for _ in range(3)] == [32.0] * 3


def test_functions_run_eagerly_when_told_to() -> None:
    runs: list[int] = []

    @tf.function
    def f(x: Any) -> Any:
        runs.append(1)
        return x * 2.0

    f(constant(1.0))
    tf.config.run_functions_eagerly(True)
    try:
        f(constant(1.0))
        f(constant(1.0))
        inside = len(runs)
    finally:
        tf.config.run_functions_eagerly(False)
    f(constant(1.0))
    assert (inside, len(runs)) == (3, 3)


# ------------------------------------------------------------------------------------------------------------ guards

LOOKS = {
    "bool": bool,
    "float": float,
    "int": int,
    "numpy": lambda x: x.numpy(),
    "asarray": np.asarray,
    "array": np.array,
    "item": lambda x: x.numpy().item(),
    "index": lambda x: "abcdef"[x],
    "iteration": lambda x: [float(y) for y in x],
    "membership": lambda x: 2.0 in [x],
    "chain": lambda x: bool(0 < x < 3),
    "range": lambda x: list(range(x)),
    "and": lambda x: bool(x and x),
}


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
@pytest.mark.parametrize("nested", [False, True])
def test_whatever_python_learns_of_a_value_is_checked(name: str, dtype: str, nested: bool) -> None:
    values = [constant(np.asarray([v, 1] if nested else v, dtype)) for v in (1, 2, 3, 0, 2)]

    def learnt(x: Any) -> str:
        return str(LOOKS[name](x + x - x))

    try:
        expected = [learnt(x) for x in values]
    except (TypeError, ValueError) as error:
        # No value can be looked at in this way: recording says so as plain Python does.
        with pytest.raises(type(error)):
            [tf.function(learnt)(x) for x in values]
        return
    seen: list[str] = []

    @tf.function
    def f(x: Any) -> Any:
        seen.append(learnt(x))
        return x * 2

    for _ in range(2):
        for x in values:
            same(f(x), x * 2)
    # In the order in which they came, each once: what is replayed is what was learnt then.
    assert set(seen) == set(expected)
    if len(values) > 1 and name != "iteration":
        assert len(seen) <= len(set(map(str, (x.numpy() for x in values))))


def test_guards_may_flip_in_every_position() -> None:
    @tf.function
    def f(x: Any, y: Any, z: Any) -> Any:
        result = x * 0.0
        if x > 0.0:
            result = result + 1.0
        if y > 0.0:
            result = result + 2.0
        if z > 0.0:
            result = result + 4.0
        return result

    for _ in range(3):
        for k in range(8):
            signs = [1.0 if k >> bit & 1 else -1.0 for bit in range(3)]
            assert float(f(*map(constant, signs))) == k
    assert f.trace_count == 8


def test_ten_branches_are_recorded_once_each() -> None:
    @tf.function
    def f(n: Any, x: Any) -> Any:
        for _ in range(int(n)):
            x = x * 2.0
        return x

    for _ in range(3):
        for n in range(10):
            assert float(f(constant(n), constant(1.0))) == 2.0**n
    assert f.trace_count == 10


def test_a_value_that_always_differs_is_reported_once_and_runs_as_python() -> None:
    @tf.function
    def f(x: Any) -> Any:
        return x * float(x)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert [float(f(constant(float(v)))) for v in range(200)] == [v * v for v in range(200)]
        assert [float(gradient(f, constant(float(v)))[0]) for v in range(3)] == [0.0, 1.0, 2.0]
    (message,) = [str(warning.message) for warning in caught]
    line = f.python_function.__code__.co_firstlineno + 2
    assert f"{__file__}:{line}, in f" in message
    assert f.trace_count < 30


def test_printing_a_tensor_makes_no_guard(capsys: pytest.CaptureFixture[str]) -> None:
    @tf.function
    def f(x: Any) -> Any:
        print(x, repr(x), f"{x}")
        return x * 2.0

    for v in (1.0, 2.0, 3.0):
        assert float(f(constant(v))) == 2.0 * v
    assert capsys.readouterr().out.count("\n") == f.trace_count == 1


def test_a_guard_is_about_bits_as_far_as_python_can_tell() -> None:
    f = tf.function(lambda x: x * 0.0 + np.copysign(1.0, float(x)))
    assert [float(f(constant(v))) for v in (0.0, -0.0, 0.0, -0.0)] == [1.0, -1.0, 1.0, -1.0]
    g = tf.function(lambda x: x * float(x))
    for _ in range(4):
        assert np.isnan(g(constant(np.nan)))
    assert g.trace_count == 1


def test_guards_hold_under_tapes() -> None:
    w, total = tf.Variable([1.0, 2.0, 3.0]), tf.Variable([0.0, 0.0, 0.0])

    @tf.function
    def f(x: Any, n: Any) -> Any:
        y = w * x
        if tf.reduce_sum(x) > 0.0:
            y = tf.sin(y)
        for _ in range(int(n)):
            y = y * w
        total.assign_add(y)
        return tf.reduce_sum(y)

    def run(function: Any, x: Any, n: Any) -> Any:
        total.assign([0.0, 0.0, 0.0])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x, n)
        return [y, total.read_value(), *tape.gradient(y, [w, x])]

    for _ in range(3):
        for sign in (1.0, -1.0):
            for n in (0, 1, 3):
                x = constant([sign, 2.0 * sign, 0.5])
                for one, other in zip(run(f, x, constant(n)), run(f.python_function, x, constant(n)), strict=True):
                    np.testing.assert_allclose(one, other, rtol=1e-6)
                f(x, constant(n))
    assert f.trace_count == 6


# --------------------------------------------------------------------------------------------------------- variables


def test_variables_are_read_anew_and_assigned_by_every_call() -> None:
    v, s = tf.Variable([1.0, 2.0]), tf.Variable(1.0)

    @tf.function
    def f(x: Any) -> Any:
        v.assign_add(x)
        s.assign(s * 2.0)
        return v * s

    for k in range(1, 5):
        result = f(constant([1.0, 1.0]))
        same(v.numpy(), np.float32([1 + k, 2 + k]))
        same(result, constant([1.0 + k, 2.0 + k]) * 2.0**k)
    v.assign([0.0, 0.0])
    s.assign(1.0)
    same(f(constant([1.0, 1.0])), constant([2.0, 2.0]))


@pytest.mark.parametrize("shape", [(), (2,), (0,), (3, 1000)])
def test_values_may_be_swapped(shape: tuple[int, ...]) -> None:
    a, b = tf.Variable(np.full(shape, 1.0)), tf.Variable(np.full(shape, 2.0))

    @tf.function
    def swap() -> Any:
        kept = a.read_value()
        a.assign(b)
        b.assign(kept)
        return a.read_value(), b.read_value()

    for k in range(6):
        expected = (np.full(shape, 1.0 + (k + 1) % 2), np.full(shape, 2.0 - (k + 1) % 2))
        same(swap(), expected)
        same((a.numpy(), b.numpy()), expected)


def test_one_variable_twice_is_one_variable() -> None:
    def f(a: Any, b: Any) -> Any:
        a.assign_add(b)
        b.assign_add(a)
        return a + b

    one, other, recorded = tf.Variable([1.0, 2.0]), tf.Variable([1.0, 2.0]), tf.function(f)
    for _ in range(4):
        same(recorded(one, one), f(other, other))
        same(one.numpy(), other.numpy())


def test_no_result_changes_when_variables_do() -> None:
    v = tf.Variable([1.0, 2.0])

    @tf.function
    def f(x: Any) -> Any:
        v.assign(v * 2.0)
        return v, v.read_value(), v[::-1], tf.reshape(v, [2, 1]), x, tf.identity(v)

    for _ in range(4):
        x = constant([3.0, 4.0])
        results = f(x)
        kept = [r.numpy().copy() for r in results]
        v.assign_add([1.0, 1.0])
        v.assign([7.0, 7.0])
        f(x)
        f(x)
        same([r.numpy() for r in results], kept)


def test_an_argument_that_is_assigned_stays_the_callers() -> None:
    a, b = tf.Variable([0.0, 0.0]), tf.Variable([0.0, 0.0])

    @tf.function
    def f(x: Any) -> Any:
        a.assign(x)
        b.assign(x)
        return x

    for k in range(4):
        x = constant([float(k), 1.0])
        result = f(x)
        a.assign_add([1.0, 1.0])
        for tensor in (x, result, b):
            same(tensor.numpy(), np.float32([k, 1.0]))


def test_an_exception_while_recording_undoes_assignments() -> None:
    v, s = tf.Variable([1.0, 1.0]), tf.Variable(1.0)
    fails = [True]

    @tf.function
    def f(x: Any) -> Any:
        v.assign_add(x)
        s.assign_add(1.0)
        if fails[0]:
            raise KeyError("stop")
        return v * 1.0

    for _ in range(2):
        with pytest.raises(KeyError):
            f(constant([1.0, 2.0]))
        same((v.numpy(), s.numpy()), (np.float32([1.0, 1.0]), np.float32(1.0)))
    fails[0] = False
    same(f(constant([1.0, 2.0])), constant([2.0, 3.0]))


def test_an_exception_in_a_replay_leaves_variables_alone() -> None:
    v = tf.Variable([1.0, 1.0])

    @tf.function
    def f(x: Any, m: Any) -> Any:
        v.assign_add(x)
        inverse = tf.linalg.inv(m)
        v.assign_add(x)
        return inverse

    x, regular, singular = constant([1.0, 1.0]), double(np.eye(2)), double(np.zeros((2, 2)))
    f(x, regular)
    f(x, regular)
    for _ in range(3):
        with pytest.raises(np.linalg.LinAlgError):
            f(x, singular)
        same(v.numpy(), np.float32([5.0, 5.0]))
    f(x, regular)
    same(v.numpy(), np.float32([7.0, 7.0]))


def test_variables_are_created_by_the_first_call_or_never() -> None:
    class Layer:
        weight: Any = None

        @tf.function
        def call(self, x: Any) -> Any:
            if self.weight is None:
                self.weight = tf.Variable([1.0, 1.0])
            self.weight.assign_add(x)
            return self.weight * x

    layer = Layer()
    for _ in range(4):
        layer.call(constant([1.0, 2.0]))
    same(layer.weight.numpy(), np.float32([5.0, 9.0]))

    anew = tf.function(lambda x: tf.Variable(1.0) * x)
    kept: list[Any] = []

    @tf.function
    def every_time(x: Any) -> Any:
        kept.append(tf.Variable(1.0))
        return kept[-1] * x

    with pytest.raises(ValueError, match=r"singleton tf\.Variables created on the first call"):
        anew(constant(1.0))
    every_time(constant(1.0))
    with pytest.raises(ValueError, match=r"singleton tf\.Variables created on the first call"):
        every_time(constant(1.0))


# ------------------------------------------------------------------------------------- random numbers, leaks, threads


def test_random_numbers_are_those_of_plain_python() -> None:
    def f(x: Any) -> Any:
        r = tf.random.uniform([])
        if r + x > 0.5:
            return r + tf.random.normal([3], seed=4)
        return tf.random.normal([2]) - r

    def drawn(function: Any, followed: bool) -> list[list[float]]:
        tf.random.set_seed(5)
        found = []
        for _ in range(20):
            with tf.GradientTape() as tape:
                x = constant(0.0)
                if followed:
                    tape.watch(x)
                found.append(function(x).numpy().tolist())
        return found

    expected = drawn(f, False)
    recorded = tf.function(f)
    assert drawn(recorded, False) == expected
    assert recorded.trace_count == 2
    assert drawn(tf.function(f), True) == expected
    assert drawn(recorded, True) == expected


def test_a_tensor_that_outlives_its_recording_says_where_it_was_made() -> None:
    kept: list[Any] = []

    @tf.function
    def f(x: Any) -> Any:
        kept.append(x * 2.0)
        kept.append(x[0])
        kept.append(x)
        return x

    f(constant([1.0, 2.0]))
    line = f.python_function.__code__.co_firstlineno + 2
    for use in (
        lambda t: t + 1.0,
        lambda t: t.numpy(),
        float,
        bool,
        len,
        tf.sin,
        lambda t: np.sin(t),
        lambda t: t.shape,
    ):
        with pytest.raises(ValueError, match=rf"multiply at .*test_function\.py:{line}, in f"):
            use(kept[0])
        with pytest.raises(ValueError, match=rf"test_function\.py:{line + 1}, in f"):
            use(kept[1])
        with pytest.raises(ValueError, match="argument 0 of f, as it was recorded"):
            use(kept[2])


def test_threads_call_one_function_at_once() -> None:
    v, w = tf.Variable(0.0, dtype=tf.float64), tf.Variable(np.zeros(5000))

    @tf.function
    def f(x: Any) -> Any:
        w.assign_add(tf.ones_like(x))
        v.assign_add(1.0)
        return tf.cumsum(tf.sin(x)), w.read_value()

    xs = [constant(np.random.default_rng(k).normal(size=5000)) for k in range(4)]
    expected = [tf.cumsum(tf.sin(x)).numpy() for x in xs]
    wrong: list[int] = []

    def run(k: int) -> None:
        for _ in range(100):
            y, counted = f(xs[k])
            if not np.array_equal(y.numpy(), expected[k]) or len(set(counted.numpy().tolist())) != 1:
                wrong.append(k)

    threads = [threading.Thread(target=run, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert float(v) == w.numpy()[0]


# -------------------------------------------------------------------------------------------------------- derivatives


@tf.custom_gradient
def sevenfold(x: Any) -> Any:
    return x * 2.0, lambda upstream: upstream * 7.0


@tf.custom_jvp
def threefold(x: Any) -> Any:
    return x * 2.0


@threefold.defjvp
def _(primals: Any, tangents: Any) -> Any:
    return threefold(primals[0]), tangents[0] * 3.0


TABLE = np.linspace(-1.0, 1.0, 12).reshape(4, 3)
DIFFERENTIATED: dict[str, Callable[[Any], Any]] = {
    "product": lambda x: tf.reduce_sum(tf.sin(x) * x),
    "custom gradient": lambda x: tf.reduce_sum(sevenfold(x) * x),
    "custom jvp": lambda x: tf.reduce_sum(threefold(x) * x),
    "pass through": lambda x: tf.reduce_sum(tf.grad_pass_through(tf.floor)(x) * x),
    "stop_gradient": lambda x: tf.reduce_sum(tf.stop_gradient(tf.sin(x)) * x * x),
    "recompute_grad": lambda x: tf.reduce_sum(tf.recompute_grad(lambda y: tf.sin(y) * y)(x)),
    "where": lambda x: tf.reduce_sum(tf.where(x > 0.0, tf.sqrt(tf.where(x > 0.0, x, 1.0)), 0.0) * x),
    "unconnected": lambda x: x * 0.0 + tf.reduce_sum(tf.stop_gradient(x)),
    "several": lambda x: tf.stack([tf.reduce_prod(x), tf.reduce_max(x * x), tf.linalg.norm(x)]),
    "embedding": lambda x: tf.reduce_sum(tf.gather(tf.reshape(x, [3, 1]) * TABLE[:3], [2, 0, 2]) ** 3),
    "tape inside": lambda x: gradient(lambda y: tf.reduce_sum(tf.exp(y) * tf.sin(y)), x)[0] * x,
}


def orders(f: Any, x: Any, highest: int) -> list[Any]:
    """The value and derivatives of the sum, of orders up to the highest."""
    if highest == 0:
        return [f(x)]
    with tf.GradientTape() as tape:
        tape.watch(x)
        found = orders(f, x, highest - 1)
    last = found[-1]
    return [*found, tf.zeros_like(x) if last is None else tape.gradient(last, x, unconnected_gradients="zero")]


@pytest.mark.parametrize("name", DIFFERENTIATED)
def test_derivatives_inside_and_around_are_those_of_plain_python(name: str) -> None:
    f = DIFFERENTIATED[name]
    around, inside = tf.function(f), tf.function(lambda x: orders(f, x, 3))
    mixed = tf.function(lambda x: orders(f, x, 1)[1])
    plain = lambda x: orders(f, x, 1)[1]  # noqa: E731
    for values in ([1.0, -2.0, 3.0], [1.0, -2.0, 3.0], [-1.0, 2.0, 0.5], [4.0, 1.0, -1.0]):
        x = double(values)
        expected = orders(f, x, 3)
        for found in (orders(around, x, 3), inside(x)):
            for one, other in zip(found, expected, strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(orders(mixed, x, 1)[1], orders(plain, x, 1)[1], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", DIFFERENTIATED)
def test_forward_mode_and_jacobians_of_recorded_functions(name: str) -> None:
    f = DIFFERENTIATED[name]
    recorded = tf.function(f)

    def forward(function: Any, x: Any) -> Any:
        with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x) * 0.5) as accumulator:
            y = function(x)
        return accumulator.jvp(y, unconnected_gradients="zero")

    def jacobian(function: Any, x: Any) -> Any:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = function(x)
        return tape.jacobian(y, x, unconnected_gradients="zero")

    reverse_only = name in ("custom gradient", "pass through")
    for values in ([1.0, -2.0, 3.0], [1.0, -2.0, 3.0], [-1.0, 2.0, 0.5]):
        x = double(values)
        np.testing.assert_allclose(jacobian(recorded, x), jacobian(f, x), rtol=1e-12, atol=1e-12)
        if not reverse_only:
            np.testing.assert_allclose(forward(recorded, x), forward(f, x), rtol=1e-12, atol=1e-12)


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_captured_tensors_and_variables_have_gradients_around() -> None:
    z, w = double([3.0, 4.0]), tf.Variable(double([5.0, 6.0]))
    f = tf.function(lambda x: tf.reduce_sum(x * z * w))
    for _ in range(3):
        x = double([1.0, 2.0])
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(z)
            y = f(x)
        same(tape.gradient(y, [z, w]), [x * w, x * z])
        assert tape.gradient(y, x) is None


def test_a_program_with_a_custom_gradient_says_that_it_has_no_derivative() -> None:
    program = tf.function(sevenfold).get_concrete_function(tf.TensorSpec([2], tf.float64)).program
    x = double([1.0, 2.0])
    same(program(x), x * 2.0)
    with pytest.raises(ValueError, match="differentiate the function itself"):
        gradient(program, x)


def test_rows_that_are_looked_up_are_those_of_the_call() -> None:
    table = tf.Variable(TABLE)

    def f(numbers: Any, more: Any) -> Any:
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.square(tf.gather(table, numbers))) + tf.reduce_sum(tf.gather(table, more) * 3.0)
        slices = tape.gradient(y, table)
        return y, slices, tf.convert_to_tensor(slices), slices.indices

    recorded = tf.function(f)
    for numbers, more in (([0, 1, 1], [[2]]), ([3, 3, 2], [[0]]), ([1, 2, 3], [[3]])):
        found, expected = recorded(constant(numbers), constant(more)), f(constant(numbers), constant(more))
        assert isinstance(found[1], tf.IndexedSlices)
        np.testing.assert_array_equal(found[1].indices, expected[1].indices)
        np.testing.assert_allclose(found[1].values, expected[1].values)
        np.testing.assert_allclose(found[2], expected[2])
        np.testing.assert_array_equal(found[3], expected[3])
    assert recorded.trace_count == 1


OPTIMIZERS = {
    "SGD": lambda: tf.keras.optimizers.SGD(0.1),
    "momentum": lambda: tf.keras.optimizers.SGD(0.1, momentum=0.9),
    "Nesterov": lambda: tf.keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "Adam": lambda: tf.keras.optimizers.Adam(0.1),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("pattern", ["recorded", "mixed", "slower"])
def test_recorded_steps_are_the_optimizers_steps(name: str, pattern: str) -> None:
    def run(recorded: bool) -> list[Any]:
        w, b = tf.Variable(np.linspace(-1.0, 1.0, 6).reshape(2, 3)), tf.Variable(0.5, dtype=tf.float64)
        optimizer = OPTIMIZERS[name]()

        def step(x: Any) -> Any:
            with tf.GradientTape() as tape:
                y = tf.reduce_sum(tf.square(x @ w + b))
            optimizer.apply_gradients(zip(tape.gradient(y, [w, b]), [w, b], strict=True))
            return y

        f, losses = tf.function(step), []
        for k in range(8):
            if pattern == "slower":
                optimizer.learning_rate = 0.1 / (k + 1)
            x = constant(np.random.default_rng(k).normal(size=(4, 2)))
            losses.append((f if recorded and (pattern != "mixed" or k % 2) else step)(x))
        return [*losses, w.read_value(), b.read_value()]

    for found, expected in zip(run(True), run(False), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12)


# -------------------------------------------------------------------------------------------------------------- data


@pytest.mark.parametrize(
    "dtype", ["int8", "int32", "int64", "uint8", "float16", "float32", "float64", "complex64", "complex128"]
)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (0, 3), (2, 3)])
def test_every_dtype_and_shape(dtype: str, shape: tuple[int, ...]) -> None:
    f = tf.function(lambda x: (x * x + x, x, x == x, tf.reshape(x, [-1]), x))
    for k in range(3):
        x = (np.arange(np.prod(shape, dtype=int)).reshape(shape) + k).astype(dtype)
        same(f(constant(x)), f.python_function(constant(x)))
        same(f(x), f.python_function(constant(x)))


def test_arrays_of_every_layout_are_arguments() -> None:
    f = tf.function(lambda x: x * 2.0)
    frozen = np.arange(3.0)
    frozen.flags.writeable = False
    for x in (
        np.arange(6.0).reshape(2, 3).T,
        np.arange(6.0)[::2],
        np.arange(6.0)[::-1],
        np.broadcast_to(1.0, (3,)),
        np.arange(3.0).astype(">f8"),
        np.frombuffer(b"0" * 25, np.uint8)[1:].view("f8"),
        frozen,
    ):
        for _ in range(3):
            np.testing.assert_array_equal(f(x), x * 2.0)


def test_what_the_caller_writes_into_an_argument_changes_no_result() -> None:
    f = tf.function(lambda x: (x, x * 2.0, x[::-1], tf.reshape(x, [-1, 1]), x))
    array = np.arange(3.0)
    for _ in range(3):
        results = f(array)
        kept = [r.numpy() for r in results]
        array += 10.0
        for r in results:
            r.numpy()[...] = np.nan
        same([r.numpy() for r in results], kept)


def test_results_that_are_not_tensors_come_back_as_they_were() -> None:
    marker = object()
    f = tf.function(lambda x: {"a": x, "b": [x * 2.0, None, "text", marker], "c": (), "d": (3, 2.5, True)})
    for v in (1.0, 2.0, 3.0):
        result = f(constant(v))
        assert (float(result["a"]), float(result["b"][0]), result["b"][1:], result["c"]) == (
            v,
            2.0 * v,
            [None, "text", marker],
            (),
        )
        assert [np.asarray(part).item() for part in result["d"]] == [3, 2.5, True]
    assert tf.function(lambda: None)() is None


@pytest.mark.parametrize("value", [0.5, 0.0, -0.0, 1e300, 0.1, np.nan, np.inf])
@pytest.mark.parametrize("shape", [(), (3,)])
def test_casts_keep_their_rounding(value: float, shape: tuple[int, ...]) -> None:
    @tf.function
    def f(x: Any) -> Any:
        truth, single = tf.cast(x, tf.bool), tf.cast(x, tf.float32)
        return (
            truth,
            single,
            tf.cast(x, tf.float16),
            tf.cast(truth, tf.float64),
            tf.cast(single, tf.float64),
            single * single,
        )

    with np.errstate(all="ignore"):
        x = constant(np.full(shape, value))
        for _ in range(3):
            for one, other in zip(f(x), f.python_function(x), strict=True):
                assert one.numpy().tobytes() == other.numpy().tobytes()


VIEWS = {"same": lambda x: x, "reversed": lambda x: x[::-1], "transposed": lambda x: x.T, "part": lambda x: x[:2]}
VIEWING = {name: tf.general_op(f"test_function_{name}", kernel, None) for name, kernel in VIEWS.items()}


@pytest.mark.parametrize("name", VIEWS)
def test_an_op_of_a_users_own_may_return_a_view(name: str) -> None:
    @tf.function
    def f(x: Any) -> Any:
        a = VIEWING[name](tf.sin(x) * 2.0)
        b = tf.exp(tf.cumsum(x * 3.0))
        c = tf.cumsum(tf.sin(b) + 1.0)
        d = tf.sin(c) * tf.cumsum(c)
        return tf.cumsum(a), tf.exp(tf.cumsum(d)), a * 2.0

    for k in range(4):
        x = constant(np.random.default_rng(k).normal(size=(6, 6)))
        same(f(x), f.python_function(x))


# ------------------------------------------------------------------------------------------------------------ memory


def test_replays_and_failed_guards_keep_nothing() -> None:
    v, s = tf.Variable(np.zeros(100)), tf.Variable(0.0)

    @tf.function
    def f(x: Any) -> Any:
        if x[0] > 0.0:
            s.assign_add(1.0)
        v.assign_add(x)
        return tf.reduce_sum(v * x), x * 2.0

    xs = [constant(np.ones(100)), constant(-np.ones(100))]
    for k in range(2000):
        f(xs[k % 2])
    references = [sys.getrefcount(x) for x in xs]
    tracemalloc.start()
    try:
        for k in range(100):
            f(xs[k % 2])
        before = tracemalloc.get_traced_memory()[0]
        for k in range(100_000):
            f(xs[k % 2])
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] - before < 2000
    finally:
        tracemalloc.stop()
    assert references == [sys.getrefcount(x) for x in xs]


def test_a_function_that_nobody_holds_is_freed_with_its_programs() -> None:
    f = tf.function(lambda x: x * 2.0)
    f(constant([1.0]))
    gradient(f, constant([1.0]))
    alive = [weakref.ref(f), weakref.ref(f.variants[0])]
    del f
    gc.collect()
    assert [reference() for reference in alive] == [None, None]


def test_a_tape_inside_may_watch_a_tensor_from_outside() -> None:
    x, scalar = double([1.0, -2.0, 3.0]), double(0.5)

    def slopes() -> Any:
        with tf.GradientTape() as tape:
            tape.watch([x, scalar])
            y = tf.reduce_sum(tf.sin(x) * scalar)
        return tape.gradient(y, [x, scalar])

    recorded = tf.function(slopes)
    for _ in range(3):
        for found, expected in zip(recorded(), slopes(), strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-15)


# -- Tapes from around a recorded function ---------------------------------------------------------------------------


def test_a_tape_from_outside_is_asked_inside_for_what_it_has_heard() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
    inside = tf.function(lambda: tape.gradient(y, x))
    assert [float(inside()), float(inside())] == [6.0, 6.0]
    again = tf.GradientTape(persistent=True)

    @tf.function
    def entered() -> Any:
        with again:
            z = x * x
        return again.gradient(z, x)

    assert [float(entered()), float(entered())] == [6.0, 6.0]


@pytest.mark.parametrize("method", ["gradient", "jacobian", "hvp", "jvp", "hessian"])
def test_a_tape_from_outside_that_has_not_heard_the_target_says_so(method: str) -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x

        @tf.function
        def inside() -> Any:
            z = x * x
            return getattr(tape, method)(z, x, *([1.0] if method in ("hvp", "jvp") else []))

        with pytest.raises(RuntimeError, match="opened outside of a recorded function is asked inside of it"):
            inside()
    assert float(tape.gradient(y, x)) == 6.0
    given = tf.function(lambda z: tape.gradient(z, x))
    with pytest.raises(RuntimeError, match="or was given, which the tape has not heard"):
        given(y)


def test_a_program_is_planned_once_and_when_it_is_recorded() -> None:
    f = tf.function(lambda x: tf.reduce_sum(tf.sin(x) * x))
    x = double(np.arange(4.0))
    f(x)
    (program,) = f.variants
    plan = program.plan
    assert plan is not None
    for k in range(3):
        f(double(np.arange(4.0) + k))
    assert f.variants == [program] and program.plan is plan


@pytest.mark.parametrize("value", [2.0, [1.0, 2.0]])
def test_what_is_made_in_passing_is_let_go_while_a_function_is_recorded(value: Any) -> None:
    alive: list[int] = []

    @tf.function
    def f(x: Any) -> Any:
        made: list[Any] = []
        for _ in range(2000):
            x = x * 0.5 + 1.0
            made.append(weakref.ref(x))
        alive.append(sum(one() is not None for one in made))
        return x

    f(double(value))
    assert alive[0] <= 300


def test_what_is_kept_beyond_a_recording_says_so_however_long_ago_it_was_made() -> None:
    kept: list[Any] = []

    @tf.function
    def f(x: Any) -> Any:
        kept.append(x + 1.0)
        for _ in range(2000):
            x = x * 0.5
        return x

    f(double(1.0))
    with pytest.raises(ValueError, match="a tensor that was made while f was being recorded is used outside of it"):
        kept[0] + 1.0


CHANGES: dict[str, Any] = {
    "assign": lambda v, x: v.assign(tf.reshape(tf.stack([x, x, x, x]), (4, 3))),
    "assign_add": lambda v, x: v.assign_add(tf.transpose(tf.reshape(tf.tile(x, [4]), (3, 4)))),
    "scatter_nd_add": lambda v, x: v.scatter_nd_add([[1], [1]], tf.stack([x + 1.0, x * 2.0])),
    "scatter_nd_sub": lambda v, x: v.scatter_nd_sub([[1], [3]], tf.stack([x + 1.0, x * 2.0])),
    "scatter_nd_update": lambda v, x: v.scatter_nd_update([[1], [2]], tf.stack([x + v[0], x * 2.0])),
    "scatter_nd_max": lambda v, x: v.scatter_nd_max([[1]], tf.stack([x + v[0]])),
    "scatter_nd_min": lambda v, x: v.scatter_nd_min([[1]], tf.stack([x - v[2]])),
    "scatter_add": lambda v, x: v.scatter_add(tf.IndexedSlices(tf.stack([x, x]), tf.constant([0, 2]))),
    "scatter_max": lambda v, x: v.scatter_max(tf.IndexedSlices(tf.stack([x + v[0]]), tf.constant([0]))),
    "part": lambda v, x: v[1].assign_add(x),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_replay_changes_variables_as_the_function_does(change: str) -> None:
    """Also where the value that is assigned is a view, of which the variable keeps a copy."""
    plain, recorded = (tf.Variable(np.zeros((4, 3))) for _ in range(2))
    f = tf.function(lambda x: (CHANGES[change](recorded, x), x)[1])
    for k in range(4):
        x = tf.constant(np.arange(3.0) + k)
        f(x), CHANGES[change](plain, x)
        np.testing.assert_array_equal(recorded.numpy(), plain.numpy())


def test_a_replay_changes_what_an_optimizer_changes_by_views() -> None:
    def step(optimizer: Any, v: Any, x: Any) -> None:
        optimizer.apply_gradients([(tf.reshape(tf.tile(x, [4]), (4, 3)), v)])

    plain, recorded = ((tf.keras.optimizers.SGD(1.0), tf.Variable(np.zeros((4, 3)))) for _ in range(2))
    f = tf.function(lambda x: (step(*recorded, x), x)[1])
    for k in range(4):
        x = tf.constant(np.arange(3.0) + k)
        f(x), step(*plain, x)
        np.testing.assert_array_equal(recorded[1].numpy(), plain[1].numpy())


@pytest.mark.parametrize(
    "make",
    [
        lambda a, b, c: {"w": a, "b": b, "a": c},
        lambda a, b, c: [a, b, c],
        lambda a, b, c: (a, (b, [c])),
        lambda a, b, c: {"w": [a, {"z": b, "a": c}]},
    ],
)
def test_calls_for_structures_of_tensors_are_replayed_without_a_longer_look(
    make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def body(x: Any, s: Any) -> Any:
        p, q, r = tf.nest.flatten(s)
        return {"one": x * p - q, "other": [q * r + v]}

    v = tf.Variable(3.0, dtype=tf.float64)
    f = tf.function(body)
    f(double(1.0), make(double(2.0), double([3.0, 4.0]), double(5.0)))
    f(double(1.0), make(double(2.0), double([3.0, 4.0]), double(5.0)))
    with monkeypatch.context() as patch:
        patch.setattr(type(f), "call", None)
        for k in range(3):
            given = make(double(2.0 * k), double([3.0, 4.0 + k]), double(5.0 - k))
            same(f(double(k), given), body(double(k), given))


def test_another_structure_is_another_call() -> None:
    def body(s: Any) -> Any:
        """What a program knows of a structure, its classes and the order of keys included."""
        if isinstance(s, dict):
            return sum(((k + 1.0) * value for k, value in enumerate(s.values())), double(0.0))
        return s[0] - s[1] if isinstance(s, list) else s[0] / s[1]

    a, b, v = double(2.0), double(8.0), tf.Variable(4.0, dtype=tf.float64)
    calls = [
        {"a": a, "b": b},
        {"b": b, "a": a},
        {"a": a, "c": b},
        {"a": a},
        {"a": a, "b": double([1.0, 2.0])},
        {"a": a, "b": 3.0},
        {"a": a, "b": v},
        [a, b],
        (a, b),
        (a, b, a),
        [b, a],
        {1: a, "b": b},
    ]
    f = tf.function(body)
    for first in calls:
        for second in calls:
            for given in (first, first, second, first):
                same(f(given), body(given))


def test_structures_that_are_defaults_are_left_out_of_calls() -> None:
    weights = [double(2.0), double(3.0)]

    @tf.function
    def f(x: Any, w: Any = weights) -> Any:
        return x * w[0] + w[1]

    for _ in range(3):
        assert float(f(double(1.0), weights)) == 5.0
        assert float(f(double(1.0))) == 5.0
        assert float(f(double(1.0), [double(4.0), double(5.0)])) == 9.0
