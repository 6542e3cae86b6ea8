"""Program: a recorded function as an object."""

import pickle

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.testing import check_gradients
from row_samples import DIFFERENTIABLE, samples_of

X = np.array([0.5, -1.0, 2.0])


def quadratic(x):
    return tf.reduce_sum(x * x) + x[0]


def test_program_gives_what_the_function_gives():
    program = tf.Program.from_function(quadratic, tf.TensorSpec([3], tf.float64))
    assert float(program(X)) == float(quadratic(tf.constant(X)))


def test_structures_of_arguments_and_results_are_kept():
    program = tf.Program.from_function(
        lambda pair, d, scale: {"out": [pair[0] * scale, (pair[1], d["k"])], "name": "n", "none": None},
        (X, X[:2]),
        {"k": np.array(1)},
        scale=2.0,
    )
    result = program((X, X[:2]), {"k": np.array(5)}, scale=2.0)
    assert list(result) == ["out", "name", "none"] and result["name"] == "n" and result["none"] is None
    np.testing.assert_array_equal(result["out"][0], 2 * X)
    assert int(result["out"][1][1]) == 5


def test_inputs_outputs_variables_and_length():
    v = tf.Variable(X, name="v")
    program = tf.Program.from_function(lambda x, n: (x * v, n + 1), tf.TensorSpec([3], tf.float64), np.array(3))
    assert program.inputs == [tf.TensorSpec([3], tf.float64), tf.TensorSpec([], tf.int64)]
    assert program.outputs == [tf.TensorSpec([3], tf.float64), tf.TensorSpec([], tf.int64)]
    assert program.variables == [v] or program.variables[0] is v
    assert len(program) == len(str(program).splitlines()) - 1
    assert repr(program) == "<Program: 2 inputs, 1 variables, 6 records, 2 outputs>"


def test_listing_names_constants_guards_assignments_and_outputs():
    v = tf.Variable(1.0, name="v", dtype=tf.float64)

    def f(x):
        if x[0] > 0:
            v.assign(x[0])
        return tf.tanh(x) + np.arange(3.0)

    text = str(tf.Program.from_function(f, np.ones(3)))
    assert "%0 = input  float64 (3,)" in text
    assert "variable 'v:0'  float64 ()" in text
    assert "constant [0., 1., 2.]  float64 (3,)" in text
    assert "guard truth of" in text and "test_program.py:" in text and "in f" in text
    assert "'v:0' <- %" in text and text.splitlines()[-1].startswith("return %")


def test_python_number_takes_the_inputs_dtype():
    program = tf.Program.from_function(lambda x: x * 2.0, tf.TensorSpec([], tf.float32))
    assert program(3).dtype == np.float32


@pytest.mark.parametrize(
    "arguments, error, text",
    [
        ((np.ones(4),), ValueError, r"input 0 of the program must fit .*it has shape \(4,\) and dtype float64"),
        ((np.ones(3, np.float32),), TypeError, "input 0 of the program must fit .*dtype float32"),
        ((["a"],), ValueError, "the program takes arguments nested like"),
        (("a",), TypeError, "input 0 of the program must be a tensor"),
        ((X, X), ValueError, "the program takes arguments nested like"),
    ],
)
def test_arguments_that_do_not_fit_are_named(arguments, error, text):
    program = tf.Program.from_function(quadratic, X)
    with pytest.raises(error, match=text):
        program(*arguments)


def test_another_python_value_is_refused():
    program = tf.Program.from_function(lambda x, mode: x, X, "fast")
    with pytest.raises(ValueError, match="recorded with 'fast' where it is given 'slow'"):
        program(X, "slow")


def test_what_is_no_function_is_refused():
    with pytest.raises(TypeError, match="a callable is needed, not int"):
        tf.Program.from_function(3)


def guarded(x):
    return x * 2.0 if x[0] > 0 else -x


def test_guard_that_does_not_hold_names_the_place_and_changes_nothing():
    v = tf.Variable(0.0, dtype=tf.float64)

    def f(x):
        v.assign_add(1.0)
        return guarded(x)

    program = tf.Program.from_function(f, X)
    with pytest.raises(ValueError, match=r"test_program.py:\d+, in guarded is True, and here it is False"):
        program(-X)
    assert float(v) == 0.0
    program(X)
    assert float(v) == 1.0


def test_guard_on_a_value_says_both_values():
    program = tf.Program.from_function(lambda n, x: x * int(n), np.array(2), X)
    with pytest.raises(ValueError, match="is 2, and here it is 3"):
        program(np.array(3), X)


def test_guard_holds_under_tapes_and_recordings_too():
    program = tf.Program.from_function(guarded, X)
    x = tf.constant(-X)
    with tf.GradientTape() as tape, pytest.raises(ValueError, match="in guarded is True"):
        tape.watch(x)
        program(x)
    with pytest.raises(ValueError, match="in guarded is True"):
        tf.function(lambda y: program(y))(x)
    np.testing.assert_array_equal(tf.function(lambda y: program(y) + 1.0)(tf.constant(X)), 2 * X + 1)


def test_call_under_a_tape_is_recorded():
    v = tf.Variable(3.0, dtype=tf.float64)
    program = tf.Program.from_function(lambda x: tf.reduce_sum(x**3) * v, X)
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = program(x)
    of_x, of_v = tape.gradient(y, [x, v])
    np.testing.assert_allclose(of_x, 9 * X**2)
    np.testing.assert_allclose(of_v, np.sum(X**3))


def test_program_in_a_recorded_function_assigns_its_variables():
    v = tf.Variable(0.0, dtype=tf.float64)

    def count(x):
        v.assign_add(x)
        return v + 1.0

    program = tf.Program.from_function(count, np.array(1.0))
    outer = tf.function(lambda x: program(x) * 10.0)
    assert float(outer(tf.constant(2.0, tf.float64))) == 30.0
    assert float(outer(tf.constant(2.0, tf.float64))) == 50.0
    assert float(v) == 4.0


def test_concrete_function_exposes_its_program():
    f = tf.function(lambda x, s: {"y": x * s})
    program = f.get_concrete_function(tf.TensorSpec([2], tf.float64), s=3.0).program
    assert isinstance(program, tf.Program)
    np.testing.assert_array_equal(program(np.ones(2), s=3.0)["y"], [3.0, 3.0])


# ---------------------------------------------------------------------------------------------------------- derivatives


def test_gradient_program_agrees_with_the_tape():
    w = tf.Variable(np.linspace(-1.0, 1.0, 6).reshape(3, 2), name="w")
    b = tf.Variable(1.0, trainable=False, dtype=tf.float64)
    program = tf.Program.from_function(
        lambda d, n: tf.tanh(d["x"] @ w + b) * tf.cast(n, tf.float64), {"x": X}, np.array(2)
    )
    value, gradients, variables = program.gradient()({"x": X}, np.array(2))
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.tanh(x @ w + b) * 2.0
    of_x, of_w = tape.gradient(y, [x, w])
    np.testing.assert_array_equal(value, y)
    np.testing.assert_allclose(gradients[0]["x"], of_x)
    assert gradients[1] is None and len(variables) == 1
    np.testing.assert_allclose(variables[0], of_w)


def test_gradient_of_a_gradient_is_a_hessian_vector_program():
    program = tf.Program.from_function(lambda x: tf.reduce_sum(tf.exp(x) * x[::-1]), X)
    first = program.gradient()
    _, (second,), _ = first.gradient(outputs=[1])(X)
    np.testing.assert_allclose(second, tf.hvp(lambda x: tf.reduce_sum(tf.exp(x) * x[::-1]), X, np.ones(3)))
    check_gradients(program, [X], order=2)


def test_gradient_of_what_nothing_depends_on_is_zero():
    _, (a, b), _ = tf.Program.from_function(lambda a, b: a * 2.0, X, X).gradient()(X, X)
    np.testing.assert_array_equal(b, np.zeros(3))
    np.testing.assert_array_equal(a, np.full(3, 2.0))


def test_gradient_program_assigns_as_the_program_does():
    v = tf.Variable(0.0, dtype=tf.float64)

    def f(x):
        v.assign_add(tf.reduce_sum(x))
        return x * v

    slope = tf.Program.from_function(f, X).gradient()
    slope(X)
    assert float(v) == X.sum()


def test_gradient_program_keeps_guards():
    slope = tf.Program.from_function(guarded, X).gradient()
    with pytest.raises(ValueError, match=r"test_program\.py.*in guarded"):
        slope(-X)


def test_jvp_program_agrees_with_the_accumulator():
    program = tf.Program.from_function(lambda x, n: {"y": tf.sin(x) * x[0], "n": n}, X, np.array(1))
    direction = np.array([1.0, 2.0, 3.0])
    value, tangents = program.jvp()((X, np.array(1)), (direction, None))
    expected = tf.jvp(lambda x: tf.sin(x) * x[0], [tf.constant(X)], [tf.constant(direction)])[1]
    np.testing.assert_allclose(tangents["y"], expected)
    assert tangents["n"] is None and int(value["n"]) == 1


def test_float32_empty_and_strided_arguments():
    program = tf.Program.from_function(lambda x: tf.reduce_sum(x * x, 0), tf.TensorSpec([0, 2], tf.float32))
    _, (gradient,), _ = program.gradient()(np.zeros((0, 2), np.float32))
    assert gradient.shape == (0, 2) and gradient.dtype == np.float32
    strided = np.arange(6.0)[::2]
    np.testing.assert_array_equal(tf.Program.from_function(lambda x: x + 1.0, X)(strided), strided + 1)


@pytest.mark.parametrize("outputs, text", [(None, "no output of a float dtype"), ([0], "no output of a float dtype")])
def test_gradient_of_integers_is_refused(outputs, text):
    with pytest.raises(ValueError, match=text):
        tf.Program.from_function(lambda n: n + 1, np.array(1)).gradient(outputs)


def test_gradient_of_an_output_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="output 5 is none"):
        tf.Program.from_function(quadratic, X).gradient([5])


# ------------------------------------------------------------------------------------------------- by what it is taken

ROWS = np.random.default_rng(0).normal(size=(400, 50))
LABELS = np.arange(400) % 2


def logistic(w, rows, labels):
    scores = tf.linalg.matvec(rows, w["slopes"]) + w["level"]
    return tf.reduce_mean(tf.nn.softplus(scores) - scores * labels)


START = {"slopes": np.full(50, 0.1), "level": np.array(0.2)}


def same(found, wanted):
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        assert (one is None) == (other is None)
        if one is not None:
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("inputs", ["w", ["w"], [0, 1], (1, 0, "w"), [np.int64(0), tf.constant(1)]])
@pytest.mark.parametrize("kept", [lambda p: p, lambda p: pickle.loads(pickle.dumps(p))], ids=["made", "pickled"])
def test_gradient_is_taken_by_what_is_named(kept, inputs):
    program = kept(tf.Program.from_function(logistic, START, ROWS, LABELS))
    value, (of_w, of_rows, of_labels), of_variables = kept(program.gradient(inputs=inputs))(START, ROWS, LABELS)
    by_all, (all_of_w, _, _), _ = program.gradient()(START, ROWS, LABELS)
    assert (of_rows, of_labels, of_variables) == (None, None, [])
    same([value, of_w["level"], of_w["slopes"]], [by_all, all_of_w["level"], all_of_w["slopes"]])


def test_gradient_by_parameters_alone_has_nothing_of_the_size_of_the_data(tmp_path):
    program = tf.Program.from_function(logistic, START, ROWS, LABELS)
    whole, chosen = program.gradient(), program.gradient(inputs="w")
    assert whole.cost().peak_memory > ROWS.nbytes
    assert chosen.cost().peak_memory < 0.2 * ROWS.nbytes
    assert chosen.cost().flops < 0.7 * whole.cost().flops
    program.save(tmp_path / "logistic.program")
    loaded = tf.Program.load(tmp_path / "logistic.program")
    assert str(loaded.gradient(inputs="w")) == str(chosen)


def test_gradient_by_variables_and_keywords():
    v, w = tf.Variable(X, name="v"), tf.Variable(X[:2], name="w")

    def f(x, *, shift, scale):
        return tf.reduce_sum(x * v * scale) + tf.reduce_sum(w) * shift

    program = tf.Program.from_function(f, X, shift=np.array(3.0), scale=np.array(2.0))
    given = {"shift": np.array(3.0), "scale": np.array(2.0)}
    _, (of_x, of_shift, of_scale), (of_v, of_w) = program.gradient()(X, **given)
    wanted = [of_x, of_shift, of_scale, of_v, of_w]
    same(wanted, [2 * X, float(sum(X[:2])), float(X @ X), 2 * X, [3.0, 3.0]])
    for inputs, places in [(w, [4]), ("v:0", [3]), ([v, "scale", 0], [0, 2, 3]), (program.variables, [3, 4])]:
        _, gradients, of_variables = program.gradient(inputs=inputs)(X, **given)
        same([*gradients, *of_variables], [wanted[k] if k in places else None for k in range(5)])


def test_gradient_of_a_gradient_is_taken_by_what_is_named():
    program = tf.Program.from_function(lambda x, y: tf.reduce_sum(x**3 * y), X, X)
    slope = program.gradient(inputs="x")
    _, (of_x, of_y), _ = slope.gradient(outputs=[1], inputs=["y"])(X, X)
    assert of_x is None
    np.testing.assert_allclose(of_y, 3 * X**2)


@pytest.mark.parametrize(
    "inputs, error, text",
    [
        ([], ValueError, "inputs is empty, so there is nothing to differentiate by"),
        ([4], ValueError, "there is no input 4: the program has 4, from 0"),
        ([-1], ValueError, "there is no input -1"),
        ([3], ValueError, r"input 3 is TensorSpec\(shape=\(400,\), dtype=int64.*which has no gradient"),
        ("labels", ValueError, "the argument 'labels' holds no floating-point tensor"),
        ("weights", ValueError, r"nothing named 'weights'. Its inputs are 0 to 3; the names .* 'w', 'rows', 'labels'"),
        (1.5, TypeError, "inputs are numbers of the program's inputs, names .* or variables, not float"),
        (tf.Variable(1.0, name="other"), ValueError, "the program has no variable 'other:0'"),
    ],
)
def test_gradient_by_what_the_program_does_not_have_is_refused(inputs, error, text):
    program = tf.Program.from_function(logistic, START, ROWS, LABELS)
    with pytest.raises(error, match=text):
        program.gradient(inputs=inputs)


def test_gradient_by_variables_that_cannot_be_meant_is_refused():
    one, two, fixed = tf.Variable(1.0), tf.Variable(2.0), tf.Variable(3.0, trainable=False, name="fixed")
    program = tf.Program.from_function(lambda x: x * one * two * fixed, np.float32(1.0))
    with pytest.raises(ValueError, match="2 variables are named 'Variable:0'; give the variable itself"):
        program.gradient(inputs="Variable:0")
    with pytest.raises(ValueError, match="the variable 'fixed:0' is not trainable"):
        program.gradient(inputs=fixed)
    assert [g is None for g in program.gradient(inputs=two)(np.float32(1.0))[2]] == [True, False]


# ----------------------------------------------------------------------------------------------------------------- cost


def test_cost_counts_products_sums_and_bytes():
    program = tf.Program.from_function(
        lambda a, b: tf.reduce_sum(tf.transpose(a @ b)), np.ones((2, 3)), np.ones((3, 4))
    )
    cost = program.cost()
    assert cost.by_op["matmul"] == (1, 48, 8 * (6 + 12 + 8))
    assert cost.by_op["sum"][1] == 8 and cost.by_op["transpose"] == (1, 0, 0)
    assert cost.flops == 56 and cost.peak_memory >= 64
    assert "matmul" in str(cost) and "peak memory" in str(cost)


def test_cost_of_an_einsum_is_that_of_its_loops():
    cost = tf.Program.from_function(lambda a, b: tf.einsum("ij,jk->ik", a, b), np.ones((2, 3)), np.ones((3, 4))).cost()
    assert cost.flops == 48


# ------------------------------------------------------------------------------------------------- kernels that refuse

WELL = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 5.0]])


@pytest.mark.parametrize(
    "f",
    [
        tf.linalg.cholesky,
        tf.linalg.inv,
        lambda a: tf.linalg.slogdet(a)[1],
        lambda a: tf.linalg.eigh(tf.math.log(a))[0],
        lambda a: tf.linalg.qr(a)[1],
        lambda a: tf.linalg.solve(tf.math.acos(a / 9.0), a[:, :1]),
    ],
    ids=["cholesky", "inv", "slogdet", "eigh", "qr", "solve"],
)
def test_programs_for_shapes_have_derivatives_where_made_up_values_would_be_refused(f):
    """Matrices of ones are singular, and not positive definite: nobody asked for those."""
    program = tf.Program.from_function(f, tf.TensorSpec([3, 3], tf.float64))
    x = tf.constant(WELL)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    value, (gradient,), _ = program.gradient()(WELL)
    np.testing.assert_array_equal(value, y)
    np.testing.assert_allclose(gradient, tape.gradient(y, x), rtol=1e-10)
    _, tangent = program.jvp()((WELL,), (np.eye(3),))
    np.testing.assert_allclose(tangent, tf.jvp(f, [WELL], [np.eye(3)])[1], rtol=1e-10)


def test_a_program_refuses_at_a_call_what_its_kernels_refuse():
    program = tf.Program.from_function(tf.linalg.inv, tf.TensorSpec([2, 2], tf.float64))
    with pytest.raises(np.linalg.LinAlgError, match="Singular matrix"):
        program(np.ones((2, 2)))


# ------------------------------------------------------------------------------------------------------------ every row


def calls():
    """A call of each row that has a derivative, and operands for it."""
    for row in DIFFERENTIABLE:
        for k, (_, call, operands) in enumerate(samples_of(row)):
            yield pytest.param(call, operands, id=f"{row.name}-{k}")


@pytest.mark.parametrize("call, operands", list(calls()))
def test_derivative_programs_of_each_row_agree_with_tapes(call, operands):
    generator = np.random.default_rng(1)
    floats = [k for k, x in enumerate(operands) if x.dtype.kind == "f"]
    tensors = [tf.constant(x) for x in operands]
    directions = [tf.constant(generator.normal(size=operands[k].shape)) for k in floats]
    with (
        tf.GradientTape() as tape,
        tf.autodiff.ForwardAccumulator([tensors[k] for k in floats], directions) as accumulator,
    ):
        tape.watch([tensors[k] for k in floats])
        results = [y for y in tf.nest.flatten(call(*tensors)) if y.dtype.kind == "f"]
    tangents = accumulator.jvp(results, unconnected_gradients="zero")
    wanted = tape.gradient(results, [tensors[k] for k in floats], unconnected_gradients="zero")
    program = tf.Program.from_function(call, *operands)
    _, gradients, _ = program.gradient()(*operands)
    for k, gradient in zip(floats, wanted, strict=True):
        np.testing.assert_allclose(gradients[k], gradient, rtol=1e-9, atol=1e-12)
    arguments = tuple(directions[floats.index(k)] if k in floats else None for k in range(len(operands)))
    _, found = program.jvp()(tuple(operands), arguments)
    found = [t for t in tf.nest.flatten(found) if t is not None]
    for tangent, expected in zip(found, tangents, strict=True):
        np.testing.assert_allclose(tangent, expected, rtol=1e-9, atol=1e-12)
