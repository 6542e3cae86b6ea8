"""tf.print in recorded functions: printed at each replay, once, in order, with the values of the call."""

import pickle

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.programs.file import ProgramFileError

X = tf.constant([1.0, 2.0])


@pytest.fixture
def told():
    return []


def test_a_recorded_function_prints_at_each_replay_and_does_not_look(told):
    @tf.function
    def f(x):
        tf.print("x:", x, {"first": [x[0], 3, "text"]}, (), sep="|", end=".", output_stream=told.append)
        return x * 2.0

    for k in range(3):
        f(X + float(k))
    assert told == [f"x:|[{k + 1} {k + 2}]|{{'first': [{k + 1}, 3, 'text']}}|()." for k in range(3)]
    assert f.trace_count == 1


def test_what_is_printed_is_what_plain_python_prints(told):
    def f(x):
        tf.print(x, x > 1.0, tf.cast(x, tf.int32), np.array([1.5]), None, 1e-7 * x[0], output_stream=told.append)

    recorded = tf.function(f)
    for function in (f, recorded, recorded):
        function(X)
    assert told[0] == told[1] == told[2]


def test_prints_come_in_order_and_at_the_end(told):
    v = tf.Variable(1.0)

    @tf.function
    def f():
        tf.print("before", v, output_stream=told.append)
        v.assign_add(1.0)
        tf.print("after", v, output_stream=told.append)

    f(), f()
    assert told == ["before 1\n", "after 2\n", "before 2\n", "after 3\n"]


def test_a_replay_that_goes_another_way_prints_once(told):
    @tf.function
    def f(x):
        tf.print("at", x, output_stream=told.append)
        if x > 0:
            return x
        tf.print("negative", output_stream=told.append)
        return -x

    for value in (1.0, -1.0, 2.0, -2.0):
        f(tf.constant(value))
    assert told == ["at 1\n", "at -1\n", "negative\n", "at 2\n", "at -2\n", "negative\n"]


def test_what_was_printed_before_an_error_is_printed(told):
    @tf.function
    def f(a):
        tf.print("before", a[0, 0], output_stream=told.append)
        inverse = tf.linalg.inv(a)
        tf.print("after", output_stream=told.append)
        return inverse

    f(tf.eye(2))
    told.clear()
    with pytest.raises(np.linalg.LinAlgError):
        f(tf.zeros([2, 2]))
    assert told == ["before 0\n"]


def loss_of(told):
    def loss(x):
        tf.print("x", x[0], output_stream=told.append)
        return tf.reduce_sum(x**3)

    return loss


@pytest.mark.parametrize(
    "transform",
    [
        tf.function,
        lambda f: tf.grad(tf.function(f)),
        lambda f: tf.function(tf.grad(f)),
        lambda f: tf.hessian(tf.function(f)),
        lambda f: tf.function(tf.hessian(f)),
        lambda f: tf.function(tf.function(f)),
        lambda f: (lambda g: lambda x: tf.jvp(g, [x], [x]))(tf.function(f)),
        lambda f: tf.function(f).get_concrete_function(X),
        lambda f: tf.Program.from_function(f, X),
        lambda f: tf.Program.from_function(f, X).gradient(),
        lambda f: tf.function(tf.recompute_grad(f)),
    ],
)
def test_each_call_prints_once_under_every_transform(transform, told):
    f = transform(loss_of(told))
    assert told == []
    for k in range(3):
        f(X + float(k))
    assert told == ["x 1\n", "x 2\n", "x 3\n"]


def test_a_tape_around_a_call_prints_once(told):
    f = tf.function(loss_of(told))
    for persistent in (False, True):
        with tf.GradientTape(persistent=persistent) as tape:
            tape.watch(X)
            y = f(X)
        tape.gradient(y, X)
    assert told == ["x 1\n", "x 1\n"]


@pytest.mark.parametrize("around", [lambda f: f, tf.function])
def test_examples_print_one_after_the_other(around, told):
    def f(row):
        tf.print("row", row, "of", X[0], output_stream=told.append)
        return row * 2.0

    many = around(tf.vectorize(f))
    for _ in range(2):
        many(tf.constant([1.0, 2.0, 3.0]))
    assert told == ["row 1 of 1\n", "row 2 of 1\n", "row 3 of 1\n"] * 2
    told.clear()
    around(tf.vectorize(tf.vectorize(f)))(tf.constant([[1.0, 2.0], [3.0, 4.0]]))
    assert told == [f"row {k} of 1\n" for k in (1, 2, 3, 4)]


def test_examples_print_on_their_own_way(told):
    def f(x):
        if x > 0:
            tf.print("positive", x, output_stream=told.append)
        return x

    tf.vectorize(f)(tf.constant([1.0, -1.0, 2.0]))
    assert told == ["positive 1\n", "positive 2\n"]


def test_standard_error_is_that_of_the_replay(capsys):
    f = tf.function(lambda x: tf.print("sum", tf.reduce_sum(x)))
    f(X), f(X)
    assert capsys.readouterr().err == "sum 3\nsum 3\n"


def test_programs_that_print_are_saved(tmp_path, capsys):
    def f(x):
        tf.print("x", [x, "text"], {"sum": tf.reduce_sum(x)})
        return tf.vectorize(lambda r: (tf.print(r), r * 2.0)[1])(x)

    program = tf.Program.from_function(f, X)
    program.save(tmp_path / "program")
    for loaded in (tf.Program.load(tmp_path / "program"), pickle.loads(pickle.dumps(program))):
        assert capsys.readouterr().err == ""
        loaded(X)
        assert capsys.readouterr().err == "x [[1 2], 'text'] {'sum': 3}\n1\n2\n"


def test_programs_that_print_to_files_or_functions_are_not_saved(tmp_path, told):
    for stream in (told.append, f"file://{tmp_path}/log"):
        program = tf.Program.from_function(lambda x, s=stream: (tf.print(x, output_stream=s), x)[1], X)
        with pytest.raises(ProgramFileError, match="cannot be saved"):
            program.save(tmp_path / "program")


@pytest.mark.parametrize(
    ("attribute", "message"),
    [
        ((("a",), " ", "\n", 3, "file:///etc/passwd", ()), r"nothing or one of 'log\(info\)', .* is not$"),
        (((slice(1, False),), " ", "\n", 3, None, ()), "operand 1 of 1"),
        (((slice(-1, False),), " ", "\n", 3, None, ()), "operand -1 of 1"),
        ((({"a": (3,)},), " ", "\n", 3, None, ()), "takes texts"),
        (((), " ", "\n", 3, None, (((True,), 7),)), "no such axis"),
        (((), " ", "\n", 3, None, ((True, 7),)), r"true or false, a number of elements\)\); .*7.* is not$"),
        (((), 1, "\n", 3, None, ()), r"a string, a string, an integer, .*\(\(\), 1, .* is not$"),
        (((), " "), r"its attributes must be .*; \(\(\), ' '\) is not$"),
    ],
)
def test_program_files_are_checked(attribute, message):
    from autodiff_core.programs.file_check import Kind, check_record

    with pytest.raises(ValueError, match=message):
        check_record("print", [Kind(float, (2,))], attribute)


def test_an_unknown_stream_is_an_error_in_a_recorded_function_too():
    with pytest.raises(ValueError, match="output_stream 'elsewhere' is none of"):
        tf.function(lambda x: tf.print(x, output_stream="elsewhere"))(X)
