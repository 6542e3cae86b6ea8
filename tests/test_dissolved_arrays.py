"""Small arrays of a program are numbers in its plan: what is cut up, put together and computed with gives eager bits.

Random programs over arrays of a few elements, with looks at values, assignments and outputs in their midst, are run
eagerly and replayed, with other values, with zeros of either sign, infinities and NaNs; and so are their derivatives,
their saved forms and their examples.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.programs.differentiable import PASSES, optimised
from test_last_bits import assert_same_bits

Values = list[Any]


def program_of(f: Callable[..., Any], *arrays: Any) -> Any:
    with _core.Tracer([tf.constant(array) for array in arrays]) as tracer:
        results = f(*tracer.arguments)
        results = results if isinstance(results, (list, tuple)) else [results]
        program = _core.freeze(tracer, [_core.operand(y) for y in results])
    return optimised(program, tuple(PASSES))


def steps_of(f: Callable[..., Any], *arrays: Any) -> list[str]:
    """The kinds of steps that a program runs."""
    return [kind for kind, *_ in _core.plan_of(program_of(f, *arrays)).steps_as_text()]


# ---------------------------------------------------------------------------------------------- which arrays dissolve


def lorenz(u: Any, p: Any) -> Any:
    return tf.stack([p[0] * (u[1] - u[0]), u[0] * (p[1] - u[2]) - u[1], u[0] * u[1] - p[2] * u[2]])


def with_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    def both(*operands: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(operands)
            y = f(*operands)
        return [y, *tape.gradient(y, operands, unconnected_gradients="zero")]

    return both


U, P = np.array([1.0, -2.0, 0.5]), np.array([10.0, 28.0, 8.0 / 3.0])


def test_steps_of_a_vector_that_is_cut_up_and_stacked_are_numbers() -> None:
    def steps(u: Any, p: Any) -> Any:
        for _ in range(5):
            u = u + 0.01 * lorenz(u + 0.005 * lorenz(u, p), p)
        return tf.reduce_sum(u * u)

    assert steps_of(steps, U, P) == ["scalars"]
    assert steps_of(with_gradient(steps), U, P) == ["scalars"]
    recorded = tf.function(with_gradient(steps))
    for scale in (1.0, 1.0, 0.3, -1.0, np.inf, 0.0, -0.0):
        with np.errstate(all="ignore"):
            assert_same_bits(recorded(U * scale, P), with_gradient(steps)(tf.constant(U * scale), tf.constant(P)))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x[0] * x[1],
        lambda x: tf.stack([x[1], x[0]]),
        lambda x: tf.reduce_sum(tf.stack([x[2], x[0] * 2.0])),
        lambda x: tf.unstack(x)[1] + x[0],
        lambda x: tf.concat([x[:1], x[2:] * x[1]], 0) + 1.0,
        lambda x: tf.reshape(tf.stack([x, x * x]), (-1,))[1:4] * x,
        lambda x: tf.transpose(tf.stack([x, x]))[::-1] + tf.stack([x[0], x[1]]),
        lambda x: tf.where(tf.stack([x[0], x[1], x[2]]) > 0.0, x, -x)[1],
    ],
)
def test_what_is_cut_up_and_put_together_is_no_step(f: Any) -> None:
    assert steps_of(f, U) == ["scalars"]


def test_what_gains_nothing_stays_a_line() -> None:
    def polynomial(x: Any) -> Any:
        for _ in range(30):
            x = x * x - 0.5
        return x

    assert steps_of(polynomial, np.ones(16)) == ["line"]
    assert steps_of(polynomial, np.ones(17)) == ["line"]
    assert steps_of(lambda x: x[:16].reshape((4, 4))[0, 0] + x[17], np.ones(40)) == ["scalars"]  # of the large one two


def test_what_eager_computes_by_loops_is_computed_by_them() -> None:
    """The bits of NumPy's loop are not always libm's."""
    x = np.random.default_rng(0).normal(size=3)
    for dtype in (np.float64, np.float32):
        for op in (tf.exp, tf.tanh, tf.sin, lambda x: tf.exp(x) ** x, tf.math.log1p, lambda x: x**3.5):
            f = lambda x, op=op: tf.stack([op(x)[1], op(tf.stack([x[2], x[0]]))[0], op(x[0])])  # noqa: E731
            for scale in (1.0, 1.0, 0.25, 40.0):
                argument = tf.constant((x * scale).astype(dtype))
                with np.errstate(all="ignore"):
                    assert_same_bits(tf.function(f)(argument), f(argument))


@pytest.mark.parametrize(
    "op", [tf.nn.relu, tf.sigmoid, tf.nn.softplus, tf.nn.gelu, tf.nn.elu, tf.sign, tf.nn.leaky_relu]
)
def test_formulas_are_spelled_out_as_lines_have_them(op: Any) -> None:
    f = lambda x: tf.stack([op(x)[1], op(tf.stack([x[2], x[0]]))[0] * x[1], op(x[0])])  # noqa: E731
    assert steps_of(lambda x: tf.nn.relu(x)[1] * x[0], U) == ["scalars"]
    for dtype in (np.float64, np.float32):
        for both in (f, with_gradient(f)):
            recorded = tf.function(both)
            for scale in (1.0, 1.0, 0.25, 40.0, 0.0, -0.0, np.inf, np.nan):
                with np.errstate(all="ignore"):
                    argument = tf.constant((U * scale).astype(dtype))
                    assert_same_bits(recorded(argument), both(argument))


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_arrays_that_lie_otherwise_are_stacked_as_by_numpy(axis: int) -> None:
    x = np.arange(12.0).reshape(3, 4)
    for parts in (
        [x, x + 1],
        [x.T, x.T * 2],
        [x[:, ::2], x[:, ::-2]],
        [np.float32(x), x],
        [x > 3, x > 4],
        [x[:0], x[:0]],
    ):
        found = tf.stack([tf.constant(part) for part in parts], axis)
        assert_same_bits(found, np.stack(parts, axis))
        assert_same_bits(tf.stack([found[(slice(None),) * (axis % 3) + (k,)] for k in range(2)], axis), found)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    "view",
    [lambda x: tf.transpose(x), lambda x: x[::-1], lambda x: x[:, ::-1], lambda x: x[:, :2], lambda x: x[:, ::2]],
    ids=["transposed", "backwards", "mirrored", "columns", "every other"],
)
def test_products_of_few_add_in_the_same_order_however_they_lie(view: Callable[[Any], Any], dtype: Any) -> None:
    def f(x: Any, y: Any, z: Any) -> Any:
        a = view(tf.stack([x, y, z]))
        b = tf.stack([x[0], y[1], z[0], y[0], x[1]])[: a.shape[1]]
        results = [tf.einsum(f"ij,ij->{kept}", a, a) for kept in ("", "i", "j")]
        return [*results, tf.einsum("ij,ij,j->i", a, a, b), tf.linalg.matvec(a, b), a @ tf.transpose(a)]

    generator = np.random.default_rng(1)
    for n in (2, 3, 4, 5):
        recorded = tf.function(f)
        for _ in range(6):
            operands = [tf.constant(generator.standard_normal(n).astype(dtype)) for _ in range(3)]
            for found, expected in zip(recorded(*operands), f(*operands), strict=True):
                assert_same_bits(found, expected)


def test_an_element_is_the_one_that_numpy_picks() -> None:
    for dtype in (np.float64, np.float32, np.int64, np.bool_, np.complex128):
        x = np.arange(5).astype(dtype)[::-2]
        assert [tf.constant(x)[k].numpy() for k in range(-3, 3)] == [x[k] for k in range(-3, 3)]
        for k in (3, -4, 10**30):
            with pytest.raises(IndexError):
                tf.constant(x)[k]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(1,), (2,), (7,), (8,), (9,), (16,), (2, 3), (3, 5), (2, 2, 4), (4, 1, 3), (1, 16)])
def test_sums_of_few_add_in_the_order_of_loops(shape: tuple[int, ...], dtype: Any) -> None:
    generator = np.random.default_rng(len(shape))
    axes = [None, *range(len(shape)), *((a, b) for b in range(len(shape)) for a in range(b))]
    for axis in axes:
        for keep in (False, True):

            def f(x: Any) -> Any:
                flat = tf.reshape(x, (-1,))
                turned = tf.reshape(tf.stack(list(reversed(tf.unstack(flat)))), shape)
                return tf.reduce_sum(x, axis, keep), tf.reduce_sum(turned, axis, keep)  # noqa: B023

            recorded = tf.function(f)
            for values in (
                generator.normal(size=shape) * 10.0 ** generator.integers(-8, 8, shape),
                np.full(shape, -0.0),
            ):
                x = tf.constant(values.astype(dtype))
                assert_same_bits([*recorded(x), *recorded(x)], [*f(x), *f(x)])


# --------------------------------------------------------------------------------------------------- random programs

SHAPES = [(), (1,), (2,), (3,), (3,), (4,), (2, 2), (3, 1), (1, 3), (2, 3), (4, 4), (5, 5), (0,), (2, 0)]


class Maker:
    """Draws a program as a list of steps on what has been computed so far, and runs it on tensors."""

    def __init__(self, seed: int) -> None:
        self.generator = np.random.default_rng(seed)
        self.dtype = np.float32 if seed % 3 == 0 else np.float64
        self.shapes = [SHAPES[k] for k in self.generator.integers(0, len(SHAPES), 3)] + [(3,)]
        self.steps: list[Callable[[Values], Any]] = []
        self.state = tf.Variable(np.ones(3, self.dtype))
        values = [tf.constant(array) for array in self.arrays()]
        count = 0
        while count < 25:
            step = self.draw(values)
            if step is None:
                continue
            with np.errstate(all="ignore"):
                values.append(step(values))
            self.steps.append(step)
            count += 1
        self.ends = [len(values) - 1, *self.generator.integers(0, len(values), 3)]

    def arrays(self, special: bool = False) -> list[np.ndarray]:
        found = [self.generator.normal(size=shape).astype(self.dtype) for shape in self.shapes]
        if special:
            choice = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 1e-300, 1e300])
            with np.errstate(over="ignore"):
                found = [self.generator.choice(choice, x.shape).astype(self.dtype) for x in found]
        return found

    def draw(self, values: Values) -> Callable[[Values], Any] | None:
        pick = lambda: int(self.generator.integers(max(0, len(values) - 9), len(values)))  # noqa: E731
        a, b, c = pick(), pick(), pick()
        x, y = values[a], values[b]
        shape = tuple(x.shape)
        kind = int(self.generator.integers(0, 17))
        fits = [k for k, z in enumerate(values) if z.shape == x.shape and z.dtype == x.dtype][-4:]
        if kind < 4:
            try:
                np.broadcast_shapes(shape, tuple(y.shape))
            except ValueError:
                return None
            if x.dtype != y.dtype:
                return None
            op = [tf.add, tf.subtract, tf.multiply, tf.divide, tf.maximum][int(self.generator.integers(0, 5))]
            return lambda v: op(v[a], v[b])
        if kind < 7 and shape and shape[0]:
            k = int(self.generator.integers(0, shape[0]))
            key = [k, slice(k, None), slice(None, None, -1), (Ellipsis, None), slice(0, k + 1, 2), -1][
                int(self.generator.integers(0, 6))
            ]
            return lambda v: v[a][key]
        if kind < 9:
            return lambda v: tf.stack([v[k] for k in fits], int(len(shape) > 0 and a % 2))
        if kind == 9 and shape:
            return lambda v: tf.concat([v[k] for k in fits], 0)
        if kind == 10 and shape:
            axis = int(self.generator.integers(0, len(shape)))
            return lambda v: tf.reduce_sum(v[a], axis)
        if kind == 11:
            return lambda v: tf.reduce_sum(v[a] * v[a])
        if kind == 12:
            return lambda v: tf.transpose(tf.reshape(v[a], (-1, 1)))
        if kind == 13:
            op = [tf.exp, tf.tanh, tf.square, tf.sqrt, tf.abs, lambda z: -z, tf.stop_gradient, tf.nn.relu][
                int(self.generator.integers(0, 8))
            ]
            return lambda v: op(v[a])
        if kind == 14:
            return lambda v: tf.where(v[a] > 0.25, v[a], -0.5 * v[fits[0]])
        if kind == 15 and len(shape) == 2 and 0 < shape[0] < 5:
            return lambda v: v[a] @ tf.transpose(v[a])
        if kind == 16:
            other = np.float32 if c % 2 else np.float64
            return lambda v: tf.cast(tf.cast(v[a], other), self.dtype) * self.dtype(0.5)
        return None

    def run(self, *operands: Any) -> Any:
        values = list(operands)
        for step in self.steps:
            values.append(step(values))
            if len(values) > 60:
                break
        return [values[k] for k in self.ends]

    def stateful(self, *operands: Any) -> Any:
        """With a look at a number, and a variable of three that takes another value."""
        values = self.run(*operands)
        number = tf.reduce_sum(operands[-1] * self.state)
        if number > 0.0:
            self.state.assign(tf.stack([self.state[2], number, operands[-1][0]]))
        return [*values, self.state * number, tf.stack([number, operands[-1][1]])]


def gradients(f: Callable[..., Any]) -> Callable[..., Any]:
    def pulled(*operands: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(operands)
            total = sum(tf.reduce_sum(y * y + y) for y in f(*operands) if y.dtype.kind == "f")
        return tape.gradient(total, list(operands), unconnected_gradients="zero")

    return pulled


def runs(maker: Maker) -> list[Values]:
    return [[tf.constant(x) for x in maker.arrays(special)] for special in (False, False, True, True)]


@pytest.mark.parametrize("seed", range(60))
def test_a_random_program_gives_eager_bits(seed: int) -> None:
    maker = Maker(seed)
    with np.errstate(all="ignore"):
        for f in (maker.run, gradients(maker.run)):
            recorded = [tf.function(f), tf.function(f, optimize=False)]
            for operands in runs(maker):
                expected = f(*operands)
                for one in recorded:
                    assert_same_bits(one(*operands), expected)


@pytest.mark.parametrize("seed", range(20))
def test_looks_and_assignments_are_eagers(seed: int) -> None:
    maker = Maker(seed)
    recorded = tf.function(maker.stateful)
    with np.errstate(all="ignore"):
        for operands in runs(maker):
            before = maker.state.numpy()
            expected, after = maker.stateful(*operands), maker.state.numpy()
            maker.state.assign(before)
            assert_same_bits(recorded(*operands), expected)
            assert_same_bits(maker.state, after)
            maker.state.assign(np.ones(3, maker.dtype))


@pytest.mark.parametrize("seed", range(1, 60, 6))
def test_second_order_and_tapes_around_a_replay(seed: int) -> None:
    maker = Maker(seed)
    twice = gradients(gradients(maker.run))
    outside = gradients(tf.function(maker.run))
    with np.errstate(all="ignore"):
        recorded = tf.function(twice)
        for operands in runs(maker)[:2]:
            assert_same_bits(recorded(*operands), twice(*operands))
            for found, expected in zip(outside(*operands), gradients(maker.run)(*operands), strict=True):
                np.testing.assert_allclose(found, expected, 1e-4 if maker.dtype is np.float32 else 1e-9, 1e-12)


@pytest.mark.parametrize("seed", range(2, 60, 6))
def test_saved_programs_and_programs_of_many_examples(seed: int, tmp_path: Path) -> None:
    maker = Maker(seed)
    operands = runs(maker)[0]
    with np.errstate(all="ignore"):
        tf.Program.from_function(maker.run, *operands).save(tmp_path / "few.program")
        assert_same_bits(tf.Program.load(tmp_path / "few.program")(*operands), maker.run(*operands))
        many = [tf.stack([x, x * 0.5]) for x in operands]
        found = tf.function(tf.vectorize(maker.run))(*many)
        for k, scale in enumerate((1.0, 0.5)):
            for one, other in zip(found, maker.run(*[x * maker.dtype(scale) for x in operands]), strict=True):
                np.testing.assert_allclose(one[k], other, 1e-4 if maker.dtype is np.float32 else 1e-9, 1e-12)


def test_results_that_share_elements_are_arrays_of_their_own() -> None:
    def f(x: Any) -> Any:
        y = tf.stack([x[0], x[1]])
        return y, tf.reshape(y, (2, 1)), y[::-1], x, x[1]

    recorded = tf.function(f)
    recorded(U)
    for scale in (1.0, 2.0):
        found = recorded(U * scale)
        assert_same_bits(found, f(tf.constant(U * scale)))
        arrays = [np.asarray(one) for one in found]
        assert not any(np.shares_memory(arrays[a], arrays[b]) for a in range(5) for b in range(a))


def test_arrays_that_somebody_writes_to_are_read_anew() -> None:
    array = np.array([1.0, 2.0, 3.0])
    f = tf.function(lambda x: tf.stack([x[0] * tf.constant(array)[1], x[1]]) + tf.convert_to_tensor(array)[:2])
    eager = lambda x: np.stack([x[0] * 2.0, x[1]]) + np.array([1.0, 2.0])  # noqa: E731
    np.testing.assert_array_equal(f(U), eager(U))
    np.testing.assert_array_equal(f(U), eager(U))


def test_integers_and_other_dtypes_stay_arrays() -> None:
    def f(x: Any, n: Any) -> Any:
        y = tf.stack([x[0], x[1], x[2]])
        return tf.gather(y, n), tf.cast(n, x.dtype) * y[:2], n[::-1], tf.cast(y > 0.0, np.int32), y > 0.0

    recorded = tf.function(f)
    for k in (0, 1, 2):
        n = tf.constant(np.array([k, 1]))
        assert_same_bits(recorded(U, n), f(tf.constant(U), n))
