"""Bad input: the class and the text of each error, and that tape and variables are afterwards as they were."""

from __future__ import annotations

import operator
import pickle
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.ops import elementwise as elementwise_rows

Error = type[Exception] | tuple[type[Exception], ...]


@contextmanager
def recording_goes_on(error: Error, match: str | None = None) -> Iterator[tuple[Any, Any]]:
    """Expect an error from inside a tape, and that the tape then differentiates what came before and after it."""
    v = tf.Variable([2.0, 3.0], name="v")
    with tf.GradientTape() as tape:
        before = v * v
        with pytest.raises(error, match=match):
            yield tape, v
        after = before * v
    np.testing.assert_array_equal(v, [2.0, 3.0])
    np.testing.assert_array_equal(tape.gradient(after, v), [12.0, 27.0])
    assert len(tape.watched_variables()) == 1


# -- Operands -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("op", "name"),
    [
        (operator.add, "add"),
        (operator.sub, "subtract"),
        (operator.mul, "multiply"),
        (operator.truediv, "divide"),
        (operator.pow, "pow"),
        (operator.lt, "less"),
        (tf.maximum, "maximum"),
        (tf.atan2, "atan2"),
        (np.add, "add"),
    ],
)
@pytest.mark.parametrize("other", [[1.0, 2.0, 3.0], np.ones(3, np.float32)], ids=["list", "ndarray"])
def test_shapes_that_do_not_broadcast(op: Any, name: str, other: Any) -> None:
    with recording_goes_on(ValueError, rf"{name}.*\(2,\).*\(3,\)") as (_, v):
        op(v, other)
    with recording_goes_on(ValueError, rf"{name}.*\(3,\).*\(2,\)") as (_, v):
        op(tf.constant(other), v)


@pytest.mark.parametrize(
    ("left", "right"), [((2, 3), (2, 3)), ((2, 3), (2,)), ((4, 2, 3), (5, 3, 2)), ((), (3,))], ids=str
)
def test_shapes_that_have_no_matrix_product(left: Any, right: Any) -> None:
    with recording_goes_on(ValueError, f"matmul.*{re.escape(str(left))}.*{re.escape(str(right))}"):
        tf.constant(np.ones(left)) @ tf.constant(np.ones(right))


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda v: tf.reshape(v, (3,)), r"reshape.*\(2,\).*\(3,\)"),
        (lambda v: tf.concat([v, [[1.0]]], 0), r"concat.*\(2,\).*\(1, 1\)"),
        (lambda v: tf.stack([v, [1.0]]), r"stack.*\(2,\).*\(1,\)"),
        (lambda v: tf.broadcast_to(v, (3,)), r"broadcast_to.*\(2,\).*\(3,\)"),
        (lambda v: tf.split(v, 3), r"split.*2.*3"),
        (lambda v: tf.squeeze(v, [0]), r"squeeze.*\(2,\)"),
        (lambda v: tf.add_n([v, [1.0, 2.0, 3.0]]), r"add.*\(2,\).*\(3,\)"),
        (lambda v: tf.tile(v, [1, 2]), r"tile.*\(2,\)"),
        (lambda v: tf.pad(v, [[0, 0], [1, 1]]), r"pad.*\(2,\)"),
    ],
    ids=["reshape", "concat", "stack", "broadcast_to", "split", "squeeze", "add_n", "tile", "pad"],
)
def test_shapes_that_do_not_fit_an_op(call: Any, match: str) -> None:
    with recording_goes_on(ValueError, match) as (_, v):
        call(v)


def test_an_axis_out_of_range() -> None:
    for call in (tf.reduce_sum, tf.reduce_max, tf.reduce_mean):
        with recording_goes_on(ValueError, r"axis.*2"):
            call(tf.constant([1.0, 2.0]), axis=2)


def test_an_index_out_of_range() -> None:
    with recording_goes_on(IndexError, "5") as (_, v):
        v[5]
    with recording_goes_on(IndexError, "5") as (_, v):
        v[[0, 5]]


def test_the_op_is_named_where_dtypes_do_not_fit() -> None:
    with recording_goes_on(TypeError, r"bitwise_and.*float32"):
        tf.constant([1.0]) & tf.constant([2.0])
    for call in (
        lambda: tf.constant(1.0) & tf.constant(2.0),
        lambda: tf.constant(1.0) | 2.0,
        lambda: 1 ^ tf.constant(2.0),
    ):
        with recording_goes_on(TypeError, r"bitwise_.*float32"):
            call()
    with recording_goes_on(TypeError, r"invert.*float32"):
        ~tf.constant(1.0)
    with recording_goes_on(TypeError, r"atan2 takes no operands of dtype float32 and complex128") as (_, v):
        tf.math.atan2(v, np.array([1j]))


@pytest.mark.parametrize("op", [operator.add, operator.mul, operator.sub])
@pytest.mark.parametrize("other", [0.5, [0.5]], ids=["number", "list"])
def test_a_fraction_beside_integers_names_the_cast(op: Any, other: Any) -> None:
    for integers in (tf.constant(3), tf.constant([3])):
        with recording_goes_on(TypeError, r"int32.*cast"):
            op(integers, other)
        with recording_goes_on(TypeError, r"int32.*cast"):
            op(other, integers)


@pytest.mark.parametrize("other", ["text", object(), None, {"a": 1}], ids=["str", "object", "None", "dict"])
def test_operands_that_are_not_numbers(other: Any) -> None:
    with recording_goes_on(TypeError) as (_, v):
        v + other
    with recording_goes_on(TypeError) as (_, v):
        other * v
    with recording_goes_on(TypeError) as (_, v):
        tf.maximum(v, other)


ROWS = [getattr(function, "__self__", None) for function in [getattr(tf.math, name) for name in tf.math.__all__]]
OF_TWO = {row.name: row for row in ROWS if isinstance(row, _core.Op) and len(row.parameters) == 2}


def test_functions_of_two_operands_take_none_that_is_not_a_number() -> None:
    assert len(OF_TWO) > 20
    for name, row in OF_TWO.items():
        for other in ("text", object(), None):
            words = "None is what a gradient is" if other is None else "it is neither a number nor an array"
            for operands in ((tf.constant([1.0]), other), (other, tf.constant(1.0)), (tf.constant(1.0), other)):
                with pytest.raises(TypeError, match=f"^{name}: cannot use .* as '.*': {words}"):
                    row.function(*operands)


@pytest.mark.parametrize("other", ["text", object(), None, {"a": 1}], ids=["str", "object", "None", "dict"])
def test_matrix_products_take_nothing_that_is_not_a_number(other: Any) -> None:
    matrix = tf.ones((2, 2))
    words = "None is what a gradient is" if other is None else "it is neither a number nor an array"
    for product in (tf.matmul, np.matmul):
        with pytest.raises(TypeError, match=rf"^matmul: cannot use .* as 'b': {words}"):
            product(matrix, other)
        with pytest.raises(TypeError, match=rf"^matmul: cannot use .* as 'a': {words}"):
            product(other, matrix)


def test_negating_a_truth_value() -> None:
    with recording_goes_on(TypeError, "negative.*bool"):
        -tf.constant([True])


@pytest.mark.parametrize("value", ["text", ["a", "b"], object()], ids=["str", "strs", "object"])
@pytest.mark.parametrize("make", [tf.constant, tf.Variable, tf.convert_to_tensor])
def test_values_that_are_not_numbers(make: Any, value: Any) -> None:
    with recording_goes_on(TypeError, "convert"):
        make(value)


@pytest.mark.parametrize("make", [tf.constant, tf.Variable, tf.convert_to_tensor])
def test_a_list_with_none_in_it_says_so(make: Any) -> None:
    with recording_goes_on(TypeError, "cannot be made of None: None is what a gradient is"):
        make([1.0, None])


def test_rows_of_different_lengths() -> None:
    with recording_goes_on(ValueError):
        tf.constant([[1.0], [1.0, 2.0]])


def test_a_fraction_is_not_made_an_integer() -> None:
    with recording_goes_on(TypeError, "2.5.*int32"):
        tf.constant(2.5, dtype=tf.int32)


# -- Variables ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["assign", "assign_add", "assign_sub"])
@pytest.mark.parametrize("value", [[1.0, 2.0, 3.0], 1.0, [[1.0, 2.0]]], ids=["longer", "scalar", "deeper"])
def test_assigning_a_value_of_another_shape(method: str, value: Any) -> None:
    shape = re.escape(str(np.shape(value)))
    with recording_goes_on(ValueError, rf"(?s)(?=.*v:0)(?=.*\(2,\))(?=.*{shape})") as (_, v):
        getattr(v, method)(value)


@pytest.mark.parametrize("method", ["assign", "assign_add", "assign_sub"])
def test_assigning_an_array_to_a_scalar(method: str) -> None:
    v = tf.Variable(1.0, name="scalar")
    with pytest.raises(ValueError, match=r"(?=.*scalar:0)(?=.*\(\))(?=.*\(2,\))"):
        getattr(v, method)([1.0, 2.0])
    assert v.numpy() == 1.0
    assert v.shape == ()


def test_assigning_what_is_not_a_number() -> None:
    with recording_goes_on(TypeError) as (_, v):
        v.assign("text")
    integers = tf.Variable([1, 2])
    with pytest.raises(TypeError, match="int32"):
        integers.assign([0.5, 1.5])
    np.testing.assert_array_equal(integers, [1, 2])


# -- The tape's contexts ------------------------------------------------------------------------------------------

SPENT = r"^A non-persistent GradientTape can only be used to compute one set of gradients \(or jacobians\)$"
REENTERED = r"^Tape is still recording, This can happen if you try to re-enter an already-active tape\.$"


def test_a_second_gradient_on_a_tape_that_is_not_persistent() -> None:
    v = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = v * v
    assert tape.gradient(y, v).numpy() == 6.0
    for _ in range(2):
        with pytest.raises(RuntimeError, match=SPENT):
            tape.gradient(y, v)
    assert v.numpy() == 3.0


def test_a_second_gradient_inside_the_context() -> None:
    v = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = v * v
        tape.gradient(y, v)
        with pytest.raises(RuntimeError, match=SPENT):
            tape.gradient(y, v)


def test_entering_a_tape_twice() -> None:
    with recording_goes_on(ValueError, REENTERED) as (tape, _), tape:
        pass


def test_entering_a_tape_again_deeper_in_the_stack() -> None:
    v = tf.Variable(3.0)
    with tf.GradientTape() as outer, tf.GradientTape() as inner:
        with pytest.raises(ValueError, match=REENTERED), outer:
            pass
        y = v * v
    assert inner.gradient(y, v).numpy() == 6.0
    assert outer.gradient(y, v).numpy() == 6.0


def test_leaving_tapes_out_of_order() -> None:
    v = tf.Variable(3.0)
    outer, inner = tf.GradientTape(), tf.GradientTape()
    outer.__enter__()
    inner.__enter__()
    with pytest.raises(RuntimeError, match="order"):
        outer.__exit__(None, None, None)
    y = v * v
    inner.__exit__(None, None, None)
    z = y * v
    outer.__exit__(None, None, None)
    assert inner.gradient(y, v).numpy() == 6.0
    assert outer.gradient(z, v).numpy() == 27.0


def test_stopping_a_tape_that_does_not_record() -> None:
    v = tf.Variable(3.0)
    tape = tf.GradientTape()
    with pytest.raises(ValueError, match=r"^Tape is not recording\.$"), tape.stop_recording():
        pass
    with tape:
        y = v * v
    with pytest.raises(ValueError, match=r"^Tape is not recording\.$"), tape.stop_recording():
        pass
    assert tape.gradient(y, v).numpy() == 6.0


def test_stopping_a_tape_that_is_stopped() -> None:
    v = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        with tape.stop_recording():
            with pytest.raises(ValueError, match=r"^Tape is not recording\.$"), tape.stop_recording():
                pass
            hidden = v * v
        y = hidden * v
    assert tape.gradient(y, v).numpy() == 9.0


def test_resetting_a_tape_that_does_not_record() -> None:
    v = tf.Variable(3.0)
    tape = tf.GradientTape()
    with pytest.raises(ValueError, match=r"^Tape is not recording\.$"):
        tape.reset()
    with tape:
        y = v * v
    with pytest.raises(ValueError, match=r"^Tape is not recording\.$"):
        tape.reset()
    assert tape.gradient(y, v).numpy() == 6.0


# -- watch --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [3.0, "text", np.ones(2), [1.0]], ids=["float", "str", "ndarray", "list"])
def test_watching_what_is_not_a_tensor(value: Any) -> None:
    with recording_goes_on((TypeError, ValueError), "float|str|ndarray") as (tape, _):
        tape.watch(value)


@pytest.mark.parametrize("value", [3, [1, 2], True], ids=["int", "ints", "bool"])
def test_watching_an_integer_warns_and_gives_no_gradient(value: Any) -> None:
    x, v = tf.constant(value), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        with pytest.warns(UserWarning, match=r"tf\.cast"):
            tape.watch(x)
        y = tf.cast(x, tf.float32) * v
    of_x, of_v = tape.gradient(y, [x, v])
    assert of_x is None
    assert of_v.numpy() == np.sum(value)


# -- gradient -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [3.0, "text", np.ones(2), None, object()],
    ids=["float", "str", "ndarray", "None", "object"],
)
def test_sources_that_are_not_tensors(source: Any) -> None:
    v = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = v * v
    for sources in (source, [v, source], {"v": v, "other": [source]}):
        with pytest.raises(TypeError, match="sources"):
            tape.gradient(y, sources)
    # Nothing was used up.
    assert tape.gradient(y, v).numpy() == 6.0


@pytest.mark.parametrize("target", [3.0, np.ones(2), "text"], ids=["float", "ndarray", "str"])
def test_targets_that_are_not_tensors(target: Any) -> None:
    v = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = v * v
    with pytest.raises(TypeError, match="target"):
        tape.gradient([y, target], v)
    assert tape.gradient(y, v).numpy() == 6.0


ONE = tf.constant(1.0)


@pytest.mark.parametrize(
    "wrong",
    [[ONE], [ONE, ONE, ONE], ONE, {"a": ONE, "b": ONE}, [ONE, [ONE]]],
    ids=["too few", "too many", "not a list", "a dict for a list", "nested deeper"],
)
def test_output_gradients_of_another_structure(wrong: Any) -> None:
    v = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = [v * v, v * 2.0]
    with pytest.raises(ValueError, match="output_gradients"):
        tape.gradient(y, v, output_gradients=wrong)
    assert tape.gradient(y, v, output_gradients=[ONE, ONE]).numpy() == 8.0


def test_output_gradients_of_another_shape() -> None:
    v = tf.Variable([3.0, 4.0])
    with tf.GradientTape() as tape:
        y = v * v
    with pytest.raises(ValueError, match=r"output_gradients.*\(2,\).*\(3,\)"):
        tape.gradient(y, v, output_gradients=tf.constant([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(tape.gradient(y, v), [6.0, 8.0])


@pytest.mark.parametrize("value", ["nil", 0, None])
def test_unknown_values_of_unconnected_gradients(value: Any) -> None:
    v = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = v * v
    with pytest.raises(ValueError, match="unconnected_gradients"):
        tape.gradient(y, v, unconnected_gradients=value)
    assert tape.gradient(y, v).numpy() == 6.0


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_an_op_without_a_derivative_is_named() -> None:
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        y = v * v
        z = np.spacing(y) * v
    with pytest.raises(LookupError, match="spacing"):
        tape.gradient(z, v)
    # What does not go through it is not concerned, and neither is what stops before it.
    np.testing.assert_array_equal(tape.gradient(y, v), [2.0, 4.0])
    other = tf.Variable(1.0)
    assert tape.gradient(z, other) is None


def test_an_op_without_a_derivative_may_be_recorded_and_left_out() -> None:
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        np.spacing(v)
        y = v * tf.stop_gradient(np.spacing(v))
    np.testing.assert_array_equal(tape.gradient(y, v), np.spacing(np.array([1.0, 2.0], np.float32)))


def test_an_error_in_the_middle_of_a_sweep_leaves_a_persistent_tape_usable() -> None:
    v, w = tf.Variable([1.0, 2.0]), tf.Variable([3.0, 4.0])
    with tf.GradientTape(persistent=True) as tape:
        y = np.spacing(v) + w * w
    for _ in range(3):
        with pytest.raises(LookupError, match="spacing"):
            tape.gradient(y, [v, w])
        np.testing.assert_array_equal(tape.gradient(y, w), [6.0, 8.0])


def test_a_tape_that_was_never_entered_says_so() -> None:
    v = tf.Variable(1.0)
    with pytest.raises(RuntimeError, match="recorded nothing"):
        tf.GradientTape().gradient(v, v)


def test_sources_that_hold_variables_name_the_way_to_them() -> None:
    v = tf.Variable(3.0)
    layer = tf.Module()
    with tf.GradientTape() as tape:
        y = v * v
    with pytest.raises(TypeError, match=r"\.trainable_variables"):
        tape.gradient(y, layer)
    with pytest.raises(TypeError, match=r"list\("):
        tape.gradient(y, {v.ref()})
    assert tape.gradient(y, v).numpy() == 6.0


def test_a_formula_cannot_branch_in_python() -> None:
    op = _core.register_elementwise(
        "branching", None, lambda x: tf.abs(x), (lambda g, x, y: g if x > 0 else -g,), ("x",), "Its formula branches."
    )
    with pytest.raises(TypeError, match=r"select\(condition"):
        op.function(tf.constant(1.0))


def test_a_formula_of_what_floats_have_no_kernel_for_is_refused() -> None:
    op = _core.register_elementwise(
        "bits_of",
        None,
        lambda x: elementwise_rows.bitwise_and(x, x),
        (None,),
        ("x",),
        "Its formula takes integers only.",
    )
    with pytest.raises(ValueError, match="bitwise_and has no kernel for floats"):
        op.function(tf.constant(1.0))


def test_a_row_without_a_kernel_is_refused() -> None:
    from autodiff_core.ops.table import elementwise

    with pytest.raises(ValueError, match="needs a ufunc, or a formula"):
        elementwise("nothing_to_run", None, lambda g, x, y: g, doc="No kernel.", example=("1.0", "1.0"))


def test_a_ufunc_has_one_row() -> None:
    with pytest.raises(ValueError, match=r"np\.sin belongs to the row 'sin'"):
        _core.register_elementwise("my_sin", np.sin, None, (lambda g, x, y: g,), ("x",), "Another sine.")


def test_adding_in_place_to_an_array_names_what_to_write() -> None:
    with recording_goes_on(TypeError, r"array \+= tensor.*make a new value") as (_, v):
        array = np.ones(2)
        array += v


# -- Targets ------------------------------------------------------------------------------------------------------

WAYS_FROM_A_TAPE = {
    "gradient": lambda tape, y, x: tape.gradient(y, x),
    "jacobian": lambda tape, y, x: tape.jacobian(y, x),
    "batch_jacobian": lambda tape, y, x: tape.batch_jacobian(y, x),
    "hessian": lambda tape, y, x: tape.hessian(y, x),
    "hvp": lambda tape, y, x: tape.hvp(y, x, tf.ones_like(x)),
    "jvp": lambda tape, y, x: tape.jvp(y, x, tf.ones_like(x)),
    "sparse_jacobian": lambda tape, y, x: tape.sparse_jacobian(y, x),
    "sparse_hessian": lambda tape, y, x: tape.sparse_hessian(y, x),
}


@pytest.mark.parametrize("way", WAYS_FROM_A_TAPE)
@pytest.mark.parametrize(
    ("target", "text"),
    [
        (None, r"not None, which is what a function without a return"),
        (2.0, r"not float \(2.0\); a value that left the tape"),
        (3, r"not int \(3\); a value that left"),
        (np.float64(2.0), r"not float64 .*; a value that left"),
        (np.ones(2), r"not ndarray .*; a value that left"),
        ("y", r"not str"),
    ],
    ids=["None", "float", "int", "float64", "ndarray", "str"],
)
def test_targets_that_are_no_tensors(way: str, target: Any, text: str) -> None:
    if way.startswith("sparse"):
        pytest.importorskip("scipy")
    x = tf.Variable([[2.0, 3.0]])
    with tf.GradientTape() as tape:
        y = x * x
    with pytest.raises(TypeError, match=f"targets must be tensors or variables, {text}"):
        WAYS_FROM_A_TAPE[way](tape, target, x)
    np.testing.assert_array_equal(tape.gradient(y, x), [[4.0, 6.0]])


@pytest.mark.parametrize("way", ["gradient", "jvp"])
@pytest.mark.parametrize("collect", [lambda y: [y, None], lambda y: {"y": y, "z": None}], ids=["list", "dict"])
def test_none_among_targets(way: str, collect: Any) -> None:
    x = tf.Variable([[2.0, 3.0]])
    with tf.GradientTape() as tape:
        y = x * x
    with pytest.raises(TypeError, match="targets must be tensors or variables, not None"):
        WAYS_FROM_A_TAPE[way](tape, collect(y), x)
    np.testing.assert_array_equal(tape.gradient(y, x), [[4.0, 6.0]])


@pytest.mark.parametrize("way", ["jacobian", "hessian", "hvp", "sparse_jacobian"])
def test_several_targets_where_there_can_be_one(way: str) -> None:
    if way.startswith("sparse"):
        pytest.importorskip("scipy")
    x = tf.Variable([[2.0, 3.0]])
    with tf.GradientTape() as tape:
        y = x * x
    with pytest.raises(TypeError, match=r"not list .*; take the derivative of one tensor in it after the other"):
        WAYS_FROM_A_TAPE[way](tape, [y], x)
    np.testing.assert_array_equal(tape.gradient(y, x), [[4.0, 6.0]])


def test_a_tangent_of_none() -> None:
    x = tf.constant(2.0)
    with tf.autodiff.ForwardAccumulator(x, 1.0) as accumulator:
        y = x * x
    with pytest.raises(TypeError, match="targets must be tensors or variables, not None"):
        accumulator.jvp(None)
    assert accumulator.jvp(y).numpy() == 4.0


@pytest.mark.parametrize("name", ["gradient", "jacobian", "hvp", "jvp", "watch", "hessian"])
def test_a_call_without_arguments_names_the_class_that_users_know(name: str) -> None:
    with pytest.raises(TypeError, match=rf"^GradientTape\.{name}\(\) missing"):
        getattr(tf.GradientTape(), name)()
    method = getattr(tf.GradientTape, name)
    assert pickle.loads(pickle.dumps(method)) is method


@pytest.mark.parametrize(
    "made",
    [
        tf.errors.OpError(None, "an op", "no such thing", 5),
        tf.errors.InvalidArgumentError(None, "an op", "no such thing"),
        tf.errors.OutOfRangeError(None, "an op", "no such thing"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_goes_to_other_processes_and_is_made_like_another_one_of_its_text(made: Any) -> None:
    again = pickle.loads(pickle.dumps(made))
    assert (type(again), str(again), vars(again)) == (type(made), "no such thing", vars(made))
    of_text = type(made)(str(made))
    assert (of_text.message, of_text.op) == ("no such thing", None)
