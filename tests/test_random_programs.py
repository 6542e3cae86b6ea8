"""Random programs, run by the library and by the oracle: values and derivatives in both modes agree.

Hypothesis draws a program as a list of steps over a few inputs. Operands are picked among everything computed so far,
so subexpressions are shared, results stay unused, and scalars meet arrays. The oracle runs along while a program is
drawn, so that a step is only taken where it is defined and smooth enough for floating point.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff_core as tf
import oracle
from oracle import Node

# Derandomized: a failure in CI is a failure at the desk.
PROGRAMS = settings(derandomize=True, deadline=None, max_examples=1000, database=None)
NESTED = settings(PROGRAMS, max_examples=500)
BOTH_MODES = settings(PROGRAMS, max_examples=300)

SHAPES = [(), (), (1,), (3,), (2, 3), (3, 1), (1, 3), (3, 3), (2, 1, 3)]
NUMBERS = [-1.5, 0.5, 2.0, 3.0]
LARGEST = 100.0
LARGEST_SIZE = 48

# Each operation has one entry for the library; the oracle's function has the same name.
UNARY: dict[str, Any] = {
    "negative": lambda x: -x,
    "square": tf.square,
    "absolute": abs,
    "exp": tf.exp,
    "log": tf.math.log,
    "sqrt": tf.sqrt,
    "sin": tf.sin,
    "cos": tf.cos,
    "tanh": tf.tanh,
    "arctan": tf.atan,
    "sigmoid": tf.sigmoid,
    "softplus": tf.nn.softplus,
    "relu": tf.nn.relu,
    "stop": tf.stop_gradient,
}
BINARY: dict[str, Any] = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": lambda x, y: x / y,
    "power": lambda x, y: x**y,
    "maximum": tf.maximum,
    "minimum": tf.minimum,
}
OTHERS: dict[str, Any] = {
    "where_positive": lambda condition, x, y: tf.where(condition > 0.0, x, y),
    "reduce_sum": tf.reduce_sum,
    "reduce_mean": tf.reduce_mean,
    "reduce_max": tf.reduce_max,
    "cumsum": tf.cumsum,
    "matmul": lambda x, y: x @ y,
    "transpose": tf.transpose,
    "reshape": tf.reshape,
    "expand_dims": tf.expand_dims,
    "broadcast_to": tf.broadcast_to,
    "reverse": lambda x, axis: tf.reverse(x, [axis]),
    "index": lambda x, key: x[key],
    "concat": tf.concat,
    "stack": tf.stack,
}
LIBRARY = UNARY | BINARY | OTHERS


@dataclass
class Step:
    """One operation: operands by number, or a plain number or ndarray where `constant` says so."""

    name: str
    operands: list[int]
    attributes: dict[str, Any] = field(default_factory=dict)
    constant: Any = None
    constant_first: bool = False

    def run(self, functions: Any, nodes: list[Any], wrap: Any) -> Any:
        """Apply the operation by one of the two implementations."""
        values = [nodes[i] for i in self.operands]
        function = functions(self.name)
        if self.name in ("concat", "stack"):
            return function(values, **self.attributes)
        if self.constant is not None:
            position = 0 if self.constant_first else len(values)
            values.insert(position, wrap(self.constant))
        return function(*values, **self.attributes)


@dataclass
class Program:
    """Inputs, steps, and what to differentiate with respect to what. Node numbers count inputs first."""

    inputs: list[np.ndarray]
    as_variable: list[bool]
    steps: list[Step]
    targets: list[int]
    sources: list[int]
    cotangents: list[np.ndarray] | None

    def seeds(self, values: list[np.ndarray]) -> list[np.ndarray]:
        """Cotangents of the targets: what was drawn, or ones as the tape takes by default."""
        return self.cotangents or [np.ones(np.shape(values[i])) for i in self.targets]


def run_oracle(program: Program, inputs: list[np.ndarray]) -> list[Node]:
    nodes = [Node(value, watched=True) for value in inputs]
    for step in program.steps:
        nodes.append(step.run(lambda name: getattr(oracle, name), nodes, Node))
    return nodes


def oracle_gradients(program: Program, inputs: list[np.ndarray], sources: list[int]) -> list[np.ndarray | None]:
    nodes = run_oracle(program, inputs)
    cotangents = program.seeds([node.value for node in nodes])
    return oracle.gradient([nodes[i] for i in program.targets], [nodes[i] for i in sources], cotangents)


def run_library(program: Program, leaves: list[Any]) -> list[Any]:
    nodes = list(leaves)
    for step in program.steps:
        nodes.append(step.run(LIBRARY.__getitem__, nodes, lambda constant: constant))
    return nodes


def make_leaves(program: Program) -> list[Any]:
    """Variables and constants, as drawn, from copies of the inputs."""
    made = zip(program.inputs, program.as_variable, strict=True)
    return [tf.Variable(value) if variable else tf.constant(value) for value, variable in made]


# -- Drawing programs ---------------------------------------------------------------------------------------------


def defined(name: str, operands: list[np.ndarray]) -> bool:
    """Tell whether an operation is defined at these operands, and tame enough for rounding not to matter."""
    x = operands[0]
    match name:
        case "exp":
            return bool(np.all(x < 4.0))
        case "log" | "sqrt":
            return bool(np.all(x > 0.1))
        case "divide":
            return bool(np.all(np.abs(operands[1]) > 0.1))
        case "power":
            return bool(np.all(x > 0.1)) and bool(np.all(np.abs(operands[1]) < 3.0))
    return True


def broadcastable(operands: list[np.ndarray]) -> bool:
    try:
        return np.prod(np.broadcast_shapes(*(x.shape for x in operands)), dtype=int) <= LARGEST_SIZE
    except ValueError:
        return False


@st.composite
def attributes_of(draw: st.DrawFn, name: str, x: np.ndarray) -> dict[str, Any]:
    """Arguments that fit an array."""
    axis = draw(st.integers(-x.ndim, x.ndim - 1)) if x.ndim else None
    match name:
        case "reduce_sum" | "reduce_mean" | "reduce_max":
            return {"axis": draw(st.sampled_from([None, axis])), "keepdims": draw(st.booleans())}
        case "cumsum" | "reverse" | "concat":
            return {"axis": axis}
        case "expand_dims" | "stack":
            return {"axis": draw(st.integers(0, x.ndim))}
        case "reshape":
            return {"shape": draw(st.sampled_from([(-1,), (x.size, 1), (1, x.size)]))}
        case "broadcast_to":
            return {"shape": (2, *x.shape)}
        case "index":
            length = x.shape[0]
            keys = [0, -1, slice(None, None, -1), slice(0, 1), Ellipsis, np.newaxis, [0, length - 1, 0]]
            return {"key": draw(st.sampled_from(keys))}
    return {}


@st.composite
def steps(draw: st.DrawFn, values: list[np.ndarray]) -> Step:
    """One step that is defined on the values so far; where what was drawn does not fit, a step that always does."""
    name = draw(st.sampled_from(sorted(LIBRARY)))
    picks = [draw(st.integers(0, len(values) - 1)) for _ in range(3)]
    picked = [values[i] for i in picks]
    x, y = picked[:2]
    fallback = Step(draw(st.sampled_from(["sin", "tanh"])), picks[:1])
    if name in UNARY:
        return Step(name, picks[:1]) if defined(name, picked) else fallback
    if name in BINARY:
        if draw(st.booleans()):
            constant: Any = draw(st.sampled_from(NUMBERS))
            if draw(st.booleans()):
                constant = np.full(x.shape[-1:], constant)
            first = draw(st.booleans())
            operands = [np.asarray(constant), x] if first else [x, np.asarray(constant)]
            return Step(name, picks[:1], {}, constant, first) if defined(name, operands) else fallback
        return Step(name, picks[:2]) if broadcastable([x, y]) and defined(name, [x, y]) else fallback
    if name == "where_positive":
        return Step(name, picks) if broadcastable(picked) else Step(name, picks[:1] * 3)
    if name == "matmul":
        if x.ndim != 2:
            return fallback
        partners = [i for i, value in enumerate(values) if value.ndim == 2 and value.shape[0] == x.shape[1]]
        return Step(name, [picks[0], partners[picks[1] % len(partners)]]) if partners else fallback
    if name == "stack" or (name == "concat" and x.ndim):
        partner = picks[1] if y.shape == x.shape else picks[0]
        fits = 2 * x.size <= LARGEST_SIZE
        return Step(name, [picks[0], partner], draw(attributes_of(name, x))) if fits else fallback
    if x.ndim == 0 and name in ("cumsum", "reverse", "index", "concat"):
        return fallback
    if name == "broadcast_to" and 2 * x.size > LARGEST_SIZE:
        return fallback
    return Step(name, picks[:1], draw(attributes_of(name, x)))


@st.composite
def programs(draw: st.DrawFn, longest: int = 12) -> Program:
    """A program of up to `longest` steps."""
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=4))
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    program = Program(
        inputs=[rng.uniform(draw(st.sampled_from([-2.0, 0.2])), 2.0, shape) for shape in shapes],
        as_variable=[draw(st.booleans()) for _ in shapes],
        steps=[],
        targets=[],
        sources=[],
        cotangents=None,
    )
    nodes = [Node(value, watched=True) for value in program.inputs]
    for _ in range(draw(st.integers(1, longest))):
        step = draw(steps([node.value for node in nodes]))
        node = step.run(lambda name: getattr(oracle, name), nodes, Node)
        if np.all(np.abs(node.value) < LARGEST):
            program.steps.append(step)
            nodes.append(node)
    made = st.integers(0, len(nodes) - 1)
    program.targets = draw(st.lists(made, max_size=2)) + [len(nodes) - 1]
    tracked = st.sampled_from([i for i, node in enumerate(nodes) if node.tracked])
    program.sources = [*range(len(shapes)), *draw(st.lists(tracked, max_size=2))]
    if draw(st.booleans()):
        program.cotangents = [rng.normal(size=nodes[i].value.shape) for i in program.targets]
    return program


# -- The properties -----------------------------------------------------------------------------------------------


def assert_close(found: Any, expected: np.ndarray, what: str) -> None:
    found = np.asarray(found)
    assert found.shape == expected.shape, what
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9, err_msg=what)


def library_gradients(program: Program, leaves: list[Any]) -> tuple[list[Any], list[Any]]:
    with tf.GradientTape() as tape:
        tape.watch(leaves)
        nodes = run_library(program, leaves)
    gradients = tape.gradient(
        [nodes[i] for i in program.targets],
        [nodes[i] for i in program.sources],
        output_gradients=program.cotangents,
    )
    return nodes, gradients


@PROGRAMS
@given(programs())
def test_values_and_gradients_agree_with_the_oracle(program: Program) -> None:
    nodes, gradients = library_gradients(program, make_leaves(program))
    for number, (found, node) in enumerate(zip(nodes, run_oracle(program, program.inputs), strict=True)):
        assert_close(found, node.value, f"value of node {number}")
    expected_gradients = oracle_gradients(program, program.inputs, program.sources)
    for source, found, expected in zip(program.sources, gradients, expected_gradients, strict=True):
        if expected is None:
            assert found is None, f"gradient with respect to node {source}"
        else:
            assert_close(found, expected, f"gradient with respect to node {source}")


@PROGRAMS
@given(programs())
def test_nothing_that_the_user_holds_is_changed_or_shared(program: Program) -> None:
    inputs = [value.copy() for value in program.inputs]
    leaves = make_leaves(program)
    nodes, gradients = library_gradients(program, leaves)
    for leaf, value, kept in zip(leaves, program.inputs, inputs, strict=True):
        np.testing.assert_array_equal(value, kept)
        np.testing.assert_array_equal(leaf.numpy(), kept)

    # Whoever writes into an array that `.numpy()` handed out writes into no other.
    results = [tensor for tensor in [*nodes[len(leaves) :], *gradients] if tensor is not None]
    kept_results = [tensor.numpy() for tensor in results]
    handed_out = [tensor.numpy() for tensor in [*leaves, *results]]
    for number, array in enumerate(handed_out):
        assert not any(np.shares_memory(array, other) for other in [*handed_out[:number], *program.inputs])
        array.fill(np.nan)

    # A variable that is assigned to may reuse its buffer, but not under what was computed from it.
    for leaf, variable in zip(leaves, program.as_variable, strict=True):
        if variable:
            leaf.assign_add(tf.ones_like(leaf))
            leaf.assign(tf.zeros_like(leaf))
    for tensor, kept in zip(results, kept_results, strict=True):
        np.testing.assert_array_equal(tensor.numpy(), kept)


@NESTED
@given(programs(longest=8))
def test_second_derivatives_agree_with_differences_of_the_oracles_gradient(program: Program) -> None:
    sources = list(range(len(program.inputs)))
    rng = np.random.default_rng(len(program.steps))
    tangents = [rng.normal(size=value.shape) for value in program.inputs]
    leaves = make_leaves(program)
    with tf.GradientTape() as outer:
        outer.watch(leaves)
        with tf.GradientTape() as inner:
            inner.watch(leaves)
            nodes = run_library(program, leaves)
        first = inner.gradient(
            [nodes[i] for i in program.targets],
            leaves,
            output_gradients=program.cotangents,
            unconnected_gradients="zero",
        )
        directional = tf.add_n([tf.reduce_sum(g * t) for g, t in zip(first, tangents, strict=True)])
    found = outer.gradient(directional, leaves, unconnected_gradients="zero")

    # The Hessian is symmetric: its product with the tangents is the change of the gradient along them.
    step = 1e-5
    shifted = []
    for sign in (1.0, -1.0):
        inputs = [value + sign * step * t for value, t in zip(program.inputs, tangents, strict=True)]
        gradients = oracle_gradients(program, inputs, sources)
        shifted.append([np.zeros(np.shape(t)) if g is None else g for g, t in zip(gradients, tangents, strict=True)])
    for source, above, below in zip(sources, *shifted, strict=True):
        expected = (above - below) / (2.0 * step)
        scale = max(1.0, float(np.max(np.abs(above))), float(np.max(np.abs(expected))))
        np.testing.assert_allclose(found[source].numpy(), expected, rtol=1e-4, atol=1e-5 * scale)


def tangents_of(values: list[np.ndarray]) -> list[np.ndarray]:
    rng = np.random.default_rng(len(values))
    return [rng.normal(size=np.shape(value)) for value in values]


@BOTH_MODES
@given(programs())
def test_tangents_agree_with_the_oracle_and_with_reverse_mode(program: Program) -> None:
    leaves = make_leaves(program)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(leaves)
        nodes = run_library(program, leaves)
    targets, sources = ([nodes[i] for i in which] for which in (program.targets, program.sources))
    tangents = tangents_of(sources)
    found = tape.jvp(targets, sources, tangents)

    naive = run_oracle(program, program.inputs)
    naive_targets, naive_sources = ([naive[i] for i in which] for which in (program.targets, program.sources))
    expected_tangents = oracle.pushforward(naive_targets, naive_sources, tangents)
    for number, one, expected in zip(program.targets, found, expected_tangents, strict=True):
        if expected is None:
            assert one is None, f"tangent of node {number}"
        else:
            assert_close(one, expected, f"tangent of node {number}")

    cotangents = program.seeds([node.value for node in naive])
    gradients = tape.gradient(targets, sources, output_gradients=cotangents)
    pushed = sum(np.sum(c * t) for c, t in zip(cotangents, found, strict=True) if t is not None)
    pulled = sum(np.sum(g * t) for g, t in zip(gradients, tangents, strict=True) if g is not None)
    np.testing.assert_allclose(pushed, pulled, rtol=1e-9, atol=1e-8)


@BOTH_MODES
@given(programs(longest=8))
def test_an_accumulator_agrees_with_the_oracle_beside_a_tape_too(program: Program) -> None:
    leaves = make_leaves(program)
    tangents = tangents_of(program.inputs)
    naive = run_oracle(program, program.inputs)
    expected = oracle.pushforward([naive[i] for i in program.targets], naive[: len(leaves)], tangents)
    with tf.GradientTape() as tape:
        tape.watch(leaves)
        with tf.autodiff.ForwardAccumulator(leaves, tangents) as accumulator:
            nodes = run_library(program, leaves)
        recorded = accumulator.jvp([nodes[i] for i in program.targets])
        length = tf.add_n([tf.reduce_sum(t) for t in recorded if t is not None] or [tf.constant(0.0)])
    plain = accumulator.jvp([nodes[i] for i in program.targets])
    for one, again, wanted in zip(recorded, plain, expected, strict=True):
        assert (one is None) == (again is None) == (wanted is None)
        if wanted is not None:
            assert_close(one, wanted, "recorded")
            assert_close(again, wanted, "plain")

    # The derivative of a derivative along tangents, in the other order.
    found = tape.gradient(length, leaves, unconnected_gradients="zero")
    with tf.autodiff.ForwardAccumulator(leaves, tangents) as accumulator:
        with tf.GradientTape() as tape:
            tape.watch(leaves)
            nodes = run_library(program, leaves)
        gradients = tape.gradient([nodes[i] for i in program.targets], leaves, unconnected_gradients="zero")
    for one, other in zip(found, accumulator.jvp(gradients, unconnected_gradients="zero"), strict=True):
        scale = max(1.0, float(np.max(np.abs(one.numpy()))))
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9 * scale)


@BOTH_MODES
@given(programs(longest=8))
def test_a_hessian_is_symmetric_and_that_of_nested_tapes(program: Program) -> None:
    leaves = make_leaves(program)

    def value_of(leaves: list[Any]) -> Any:
        nodes = run_library(program, leaves)
        return tf.add_n([tf.reduce_sum(tf.tanh(nodes[i])) for i in program.targets])

    with tf.GradientTape(persistent=True) as tape:
        tape.watch(leaves)
        value = value_of(leaves)
    blocks = tape.hessian(value, leaves)
    tangents = tangents_of(program.inputs)
    products = tape.hvp(value, leaves, tangents)

    with tf.GradientTape(persistent=True) as outer:
        outer.watch(leaves)
        with tf.GradientTape() as inner:
            inner.watch(leaves)
            value = value_of(leaves)
        gradients = inner.gradient(value, leaves, unconnected_gradients="zero")
    scale = max(1.0, *(float(np.max(np.abs(block.numpy()))) for row in blocks for block in row))
    for i, (row, gradient) in enumerate(zip(blocks, gradients, strict=True)):
        nested = outer.jacobian(gradient, leaves, unconnected_gradients="zero")
        for j, (block, expected) in enumerate(zip(row, nested, strict=True)):
            assert block.shape == leaves[i].shape + leaves[j].shape
            np.testing.assert_allclose(block, expected, rtol=1e-9, atol=1e-9 * scale)
            other = blocks[j][i].numpy()
            first = leaves[j].shape.rank
            mirrored = np.transpose(other, (*range(first, other.ndim), *range(first)))
            np.testing.assert_allclose(block, mirrored, rtol=1e-9, atol=1e-9 * scale)
        along = sum(
            np.tensordot(block, t, t.ndim) for block, t in zip([block.numpy() for block in row], tangents, strict=True)
        )
        np.testing.assert_allclose(products[i], along, rtol=1e-8, atol=1e-8 * scale)


@BOTH_MODES
@given(programs(longest=8))
def test_a_leading_axis_is_a_loop_in_both_modes(program: Program) -> None:
    leaves = make_leaves(program)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(leaves)
        nodes = run_library(program, leaves)
    target, sources = nodes[program.targets[-1]], [nodes[i] for i in program.sources]
    by_rows = tape.jacobian(target, sources, mode="reverse")
    by_columns = tape.jacobian(target, sources, mode="forward")
    by_gradients = [
        tape.gradient(target, sources, output_gradients=np.reshape(unit, target.shape)) for unit in np.eye(target.size)
    ]
    for k, source in enumerate(sources):
        if by_rows[k] is None:
            assert by_columns[k] is None and by_gradients[0][k] is None
            continue
        rows = np.array([gradients[k].numpy() for gradients in by_gradients])
        units = [np.reshape(unit, source.shape) for unit in np.eye(source.size)]
        pushed = np.array([tape.jvp(target, source, unit).numpy() for unit in units])
        assert_close(by_rows[k], rows.reshape(by_rows[k].shape), "rows")
        columns = np.moveaxis(pushed.reshape(source.size, target.size), 0, 1)
        assert_close(by_columns[k], columns.reshape(by_columns[k].shape), "columns")
        assert_close(by_columns[k], by_rows[k].numpy(), "columns and rows")
