"""`eval_shape`: shapes and dtypes are those of the values, nothing is run for them, and nothing has an effect.

Every row is asked, and every name of NumPy's and of TensorFlow's that the tables of calls have. What only values can
say is refused by one error; where, is on lists here.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
import numpy_calls
import record_samples
import tensorflow_calls
import value_calls
from autodiff_core import _core, nest
from autodiff_core.programs.file_check import load_all_rows
from row_samples import ELEMENTWISE, ROWS, samples_of, takes_floats

NoValue = tf.errors.OperatorNotAllowedInGraphError
S = tf.TensorSpec
HUGE = S([10**6, 10**6])

DTYPES = ("float64", "float32", "float16", "longdouble", "complex128", "int32", "uint8", "bool")
# Real or complex, by the spectrum.
ROWS_BY_VALUES = {"eig", "function_of_eigenvalues", "modes", "changes_of_eigenvalues", "roots"}
RECORDS_BY_VALUES = {"histogram_edges", "left_places"}
# They look whether a complex order is real.
COMPLEX_ORDERS = {"jv", "yv", "iv", "kv", "kve", "zeta"}
# Rows that others are made with, which give them no such dtypes.
INSIDE = {"cosines", "products_of_others", "class_residual", "triangular_solve"}


def kinds(result: Any) -> list[Any]:
    """Shape and dtype of each leaf, the type of what has none."""
    return [
        (tuple(leaf.shape), np.dtype(leaf.dtype)) if hasattr(leaf, "dtype") and hasattr(leaf, "shape") else type(leaf)
        for leaf in nest.flatten_for_tape(result)[0]
    ]


def specs(arrays: Sequence[np.ndarray]) -> list[tf.TensorSpec]:
    return [S(array.shape, array.dtype) for array in arrays]


def compare(call: Callable[..., Any], arrays: Sequence[np.ndarray]) -> bool:
    """Whether shapes are told; they are those of the values."""
    try:
        wanted = kinds(call(*map(_core.to_tensor, arrays)))
    except Exception:  # whatever it does not take
        return True
    try:
        found = tf.eval_shape(call, *specs(arrays))
    except NoValue:
        return False
    assert kinds(found) == wanted
    return True


def gradients(call: Callable[..., Any]) -> Callable[..., Any]:
    def function(*xs: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(xs)
            y = call(*xs)
        return tape.gradient(y, xs)

    return function


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_row_says_what_it_gives_of_every_dtype(row: Any) -> None:
    for sample in samples_of(row):
        for dtype in DTYPES:
            if row.name in INSIDE and np.dtype(dtype).kind not in "f":
                continue
            told = compare(sample.call, [array.astype(dtype) for array in sample.operands])
            assert told or row.name in ROWS_BY_VALUES or (row.name in COMPLEX_ORDERS and dtype == "complex128")
        assert compare(gradients(sample.call), sample.operands) or row.name in ROWS_BY_VALUES


@pytest.mark.parametrize("name", record_samples.SAMPLES)
def test_each_record_that_rows_are_made_with(name: str) -> None:
    attributes, arrays = record_samples.SAMPLES[name]()
    load_all_rows()
    told = compare(lambda *xs: _core.general(_core.op_named(name), list(xs), attributes), arrays)
    assert told or name in RECORDS_BY_VALUES


def listed(text: str) -> set[str]:
    return {line.strip() for line in text.strip().replace("\n", ";").split(";")}


# How many there are, or which, depends on the values.
NUMPY_BY_VALUES = listed("""
histogram; histogram2d; histogram_bin_edges; histogramdd; intersect1d; piecewise; polydiv; polyfit; roots; setdiff1d
setxor1d; trim_zeros; union1d; unique; unique_all; unique_counts; unique_inverse; unique_values
argwhere; array2string; array_repr; array_str; flatnonzero; min_scalar_type; nonzero
bincount; compress by a tensor; delete of several; insert; ix_; linalg; places of truth
real_if_close of complex numbers; repeat by a tensor; rounding; strings
""")
TENSORFLOW_BY_VALUES = listed("""
ctc_beam_search_decoder; ctc_greedy_decoder without merging; ctc_greedy_decoder
boolean_mask; dynamic_partition; dynamic_stitch; math.segment_max; math.segment_mean; math.segment_min
math.segment_prod; math.segment_sum; nn.collapse_repeated; nn.compute_accidental_hits; repeat by a tensor
where of a condition
""")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", numpy_calls.GRADIENTS)
def test_numpys_functions_with_derivatives(name: str) -> None:
    rng = np.random.default_rng(0)
    for call in numpy_calls.GRADIENTS[name]:
        told = compare(call.function, [rng.uniform(0.2, 2.0, shape) for shape in call.shapes])
        assert told or name in NUMPY_BY_VALUES


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", numpy_calls.DATA)
def test_numpys_functions_that_answer(name: str) -> None:
    assert compare(numpy_calls.DATA[name], [numpy_calls.MATRIX]) or name in NUMPY_BY_VALUES


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", value_calls.NUMPY)
def test_numpys_functions_of_values(name: str) -> None:
    for call in value_calls.NUMPY[name]:
        rng = np.random.default_rng(1)
        assert compare(call[0], [draw(rng) for draw in call[1]]) or name in NUMPY_BY_VALUES


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", tensorflow_calls.CALLS)
def test_tensorflows_functions(name: str) -> None:
    call = tensorflow_calls.CALLS[name]
    told = compare(lambda *xs: call.function(tf, *xs), list(map(np.asarray, call.arrays)))
    assert told or name in TENSORFLOW_BY_VALUES


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", value_calls.TENSORFLOW)
def test_tensorflows_functions_of_values(name: str) -> None:
    for call in value_calls.TENSORFLOW[name]:
        rng = np.random.default_rng(1)
        assert compare(call[0], [draw(rng) for draw in call[1]]) or name in TENSORFLOW_BY_VALUES


# ------------------------------------------------------------------------------------------- nothing runs, of any size


@pytest.mark.parametrize("row", ELEMENTWISE, ids=lambda row: row.name)
def test_elementwise_rows_of_huge_tensors_make_no_array(row: Any) -> None:
    arguments = [S(HUGE.shape, np.float64 if takes_floats(row) else np.int64)] * row.arity
    if row.condition:
        arguments[0] = S(HUGE.shape, bool)
    tracemalloc.start()
    try:
        assert tuple(tf.eval_shape(row.function, *arguments).shape) == tuple(HUGE.shape)
        assert tracemalloc.get_traced_memory()[1] < 1 << 22
    finally:
        tracemalloc.stop()


def network(x: Any, kernel: Any, weights: Any) -> Any:
    y = tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "SAME"))
    y = tf.nn.max_pool2d(y, 2, 2, "VALID")
    return tf.nn.log_softmax(tf.reshape(y, [tf.shape(y)[0], -1]) @ weights)


def second(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return gradients(lambda x: tf.reduce_sum(gradients(f)(x)[0] ** 2))


OF_HUGE: dict[str, tuple[Callable[..., Any], Any]] = {
    "product": (lambda x: x @ x, (10**6, 10**6)),
    "sums": (lambda x: tf.reduce_sum(x) * 2.0 + tf.reduce_mean(x, axis=0), (10**6,)),
    "indices": (lambda x: x[:, None, 3::2, ...], (10**6, 1, 499999)),
    "rows by number": (lambda x: x[tf.argmax(x[:4, :], axis=1)], (4, 10**6)),
    "update": (lambda x: x.at[2:5].add(1.0), (10**6, 10**6)),
    "sorted": (lambda x: tf.sort(x), (10**6, 10**6)),
    "largest": (lambda x: tf.nn.top_k(x, 5)[1], (10**6, 5)),
    "inverse": (lambda x: tf.linalg.inv(x), (10**6, 10**6)),
    "zeros": (lambda x: tf.zeros([10**6, 10**6]) + x, (10**6, 10**6)),
    "identity": (lambda x: tf.eye(10**6) + x, (10**6, 10**6)),
    "numbers": (lambda x: tf.range(10**9)[:, None] + tf.cast(x[0, :2], tf.int32), (10**9, 2)),
    "sizes": (lambda x: tf.reshape(x, [tf.shape(x)[0] * 2, -1]), (2 * 10**6, 5 * 10**5)),
    "drawn": (lambda x: tf.random.normal(tf.shape(x)) + x, (10**6, 10**6)),
    "NumPy's": (lambda x: np.cumsum(np.concatenate([x, x]), axis=1), (2 * 10**6, 10**6)),
    "gradient": (lambda x: gradients(lambda x: tf.reduce_sum(tf.tanh(x @ x)))(x)[0], (10**6, 10**6)),
    "second": (lambda x: second(lambda x: tf.reduce_sum(tf.sin(x @ x)))(x)[0], (10**6, 10**6)),
    "tangent": (lambda x: tf.jvp(lambda x: tf.sin(x) @ x, [x], [x])[1], (10**6, 10**6)),
    "Jacobian": (lambda x: tf.jacobian(lambda r: tf.sin(r) * r)(x[0]), (10**6, 10**6)),
    "Jacobian of few": (lambda x: tf.jacobian(lambda r: tf.reduce_sum(r * r, axis=0)[:3])(x), (3, 10**6, 10**6)),
    "columns": (lambda x: tf.jacobian(lambda r: x * tf.reduce_sum(r))(x[0, :3]), (10**6, 10**6, 3)),
    "Hessian": (lambda x: tf.hessian(lambda r: tf.reduce_sum(r**3))(x[0]), (10**6, 10**6)),
    "vectorized": (lambda x: tf.vectorize(lambda r: tf.reduce_sum(r * r))(x), (10**6,)),
    "recorded": (lambda x: tf.function(lambda x: tf.exp(x) * 2.0)(x), (10**6, 10**6)),
    "gradient in a recorded one": (
        lambda x: tf.function(tf.grad(lambda x: tf.reduce_sum(tf.exp(x))))(x),
        (10**6, 10**6),
    ),
    "mapped": (lambda x: tf.map_fn(lambda r: r[:2] * 2.0, x), (10**6, 2)),
    "scanned": (lambda x: tf.scan(lambda a, r: a + r, x), (10**6, 10**6)),
    "folded": (lambda x: tf.foldl(lambda a, r: a + r, x), (10**6,)),
    "looped": (lambda x: tf.while_loop(lambda i, y: i < 10**9, lambda i, y: (i + 1, y @ x), (0, x))[1], (10**6, 10**6)),
    "looped by values": (
        lambda x: tf.while_loop(lambda y: tf.reduce_sum(y) < 9.0, lambda y: y * 2.0, (x,))[0],
        (10**6, 10**6),
    ),
    "either": (lambda x: tf.cond(x[0, 0] > 0.0, lambda: tf.sin(x), lambda: -x), (10**6, 10**6)),
    "case": (lambda x: tf.case([(x[0, 0] > 0.0, lambda: x[0])], lambda: x[1]), (10**6,)),
    "switched": (lambda x: tf.switch_case(tf.cast(x[0, 0], tf.int32), [lambda: x[0], lambda: x[1]]), (10**6,)),
    "checked": (lambda x: (tf.debugging.assert_positive(x), tf.debugging.check_numerics(x, "x"))[1], (10**6, 10**6)),
    "NumPy's answers": (
        lambda x: np.argsort(x, axis=0) + np.isin(x, x[0]) + np.digitize(x, [0.0, 1.0]),
        (10**6, 10**6),
    ),
    "one answer": (lambda x: tf.cast(np.allclose(x, x), tf.float32) + np.searchsorted(x[0], x[1]), (10**6,)),
    "custom": (lambda x: tf.custom_gradient(lambda x: (x * 2.0, lambda g: g))(x), (10**6, 10**6)),
}


@pytest.mark.parametrize("name", OF_HUGE)
def test_huge_tensors_take_no_memory(name: str) -> None:
    function, wanted = OF_HUGE[name]
    tf.eval_shape(function, HUGE)  # (which loads what is loaded when it is first used)
    tracemalloc.start()
    try:
        found = tf.eval_shape(function, HUGE)
        assert tracemalloc.get_traced_memory()[1] < 1 << 22
    finally:
        tracemalloc.stop()
    assert tuple(found.shape) == wanted


def test_sizes_that_are_left_open_stay_open_where_results_depend_on_them() -> None:
    kernel, weights = S([3, 3, 64, 32]), S([64 * 64 * 32, 10])
    found = tf.eval_shape(network, S([None, 128, 128, 64]), kernel, weights)
    assert tuple(found.shape) == (None, 10)
    both = tf.eval_shape(lambda x: {"sum": tf.reduce_sum(x, 0), "pair": [x[:, :2], x.shape[1]]}, S([None, 3]))
    assert both["sum"] == S([3])
    assert tuple(both["pair"][0].shape) == (None, 2)
    assert both["pair"][1] == 3
    assert tuple(tf.eval_shape(lambda x: tf.concat([x, x[:1]], 0), S([None, None, 2])).shape) == (None, None, 2)


def test_what_is_open_is_refused_where_it_decides_the_structure() -> None:
    with pytest.raises(
        TypeError, match="returns other structures for a size of 240, and 360, in the place of an open one"
    ):
        tf.eval_shape(lambda x: [x] * x.shape[0], S([None]))
    with pytest.raises(TypeError, match=r"returns TensorSpec.*240.* and TensorSpec.*360.*in the place of an open one"):
        tf.eval_shape(lambda x: x if x.shape[0] < 300 else x[0], S([None]))
    with pytest.raises(ValueError, match="leaves the number of dimensions open"):
        tf.eval_shape(tf.sin, S(None))


def test_arguments_are_specs_tensors_arrays_variables_and_structures_of_them() -> None:
    def f(pair: Any, scale: float, *, last: Any) -> Any:
        return {"y": pair[0] @ pair[1] * scale, "z": [last + 1, "text", None]}

    found = tf.eval_shape(f, (np.zeros((2, 3)), S([3, 4], tf.float64)), 2.0, last=tf.Variable([1, 2]))
    assert found == {"y": S([2, 4], tf.float64), "z": [S([2], tf.int32), "text", None]}

    @dataclass
    class Pair:
        a: Any
        b: Any

    swapped = tf.eval_shape(
        lambda pair: Pair(pair.b, pair.a + 1.0), Pair(SimpleNamespace(shape=(2, None), dtype="f4"), S([]))
    )
    assert swapped == Pair(S([]), S([2, None]))


# ------------------------------------------------------------------------------------------------- what there is not


LOOKS: dict[str, Callable[[Any], Any]] = {
    "bool": lambda x: x if x[0, 0] > 0.0 else -x,
    "float": lambda x: float(x[0, 0]),
    "int": lambda x: int(x[0, 0]),
    "index": lambda x: [1, 2, 3][tf.cast(x[0, 0], tf.int32)],
    "range": lambda x: range(tf.cast(x[0, 0], tf.int32)),
    "numpy": lambda x: x.numpy(),
    "item": lambda x: x[0, 0].item(),
    "tolist": lambda x: x.tolist(),
    "array": lambda x: np.asarray(x),
    "format": lambda x: f"{x[0, 0]:.2f}",
    "complex": lambda x: complex(x[0, 0]),
    "size": lambda x: tf.zeros(tf.cast(x[0, 0], tf.int32)),
    "slice": lambda x: x[: tf.cast(x[0, 0], tf.int32)],
    "places": lambda x: tf.where(x > 0.0),
    "mask": lambda x: x[x > 0.0],
    "chosen": lambda x: tf.boolean_mask(x, x > 0.0),
    "unique": lambda x: tf.unique(x[0]),
    "python": lambda x: tf.numpy_function(np.sin, [x], tf.float32),
}


@pytest.mark.parametrize("name", LOOKS)
def test_a_value_that_there_is_not_is_a_type_error_that_says_so(name: str) -> None:
    for spec in (S([3, 4]), HUGE):
        with pytest.raises(NoValue, match=r"only shapes are asked for.*\(tf\.eval_shape\)") as caught:
            tf.eval_shape(LOOKS[name], spec)
        assert isinstance(caught.value, TypeError)


def test_what_depends_on_no_argument_has_its_value() -> None:
    limit, table = tf.Variable(2.0), tf.constant([3, 5])

    def f(x: Any) -> Any:
        if limit > 1.0:
            x = x[: int(table[1]) + int(tf.size(x[0]) // 5)]
        return x

    assert tf.eval_shape(f, S([20, 10])) == S([7, 10])


def test_printing_shows_shape_and_dtype_alone() -> None:
    seen: list[str] = []
    tf.eval_shape(lambda x: seen.extend([repr(x), str(x), f"{x}"]), HUGE)
    assert seen == [
        "<Tensor: shape=(1000000, 1000000), dtype=float32>",
        "Tensor(shape=(1000000, 1000000), dtype=float32)",
        "Tensor(shape=(1000000, 1000000), dtype=float32)",
    ]


def test_shapes_that_do_not_fit_are_refused_as_they_are_otherwise() -> None:
    with pytest.raises(ValueError, match=r"add: shapes \(3,\) and \(4,\) do not broadcast"):
        tf.eval_shape(lambda x, y: x + y, S([3]), S([4]))
    with pytest.raises(ValueError, match="do not match"):
        tf.eval_shape(tf.matmul, HUGE, S([3, 3]))
    with pytest.raises(ValueError, match="reshape"):
        tf.eval_shape(lambda x: tf.reshape(x, [7, -1]), S([3, 4]))


def test_branches_of_different_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="cond: which branch is taken is not known"):
        tf.eval_shape(lambda x: tf.cond(x[0] > 0.0, lambda: x, lambda: x[1:]), S([3]))
    with pytest.raises(ValueError, match="while_loop: how often it runs is not known"):
        tf.eval_shape(lambda x: tf.while_loop(lambda y: y[0] > 0.0, lambda y: tf.concat([y, y], 0), (x,)), S([3]))


def test_a_loop_of_known_rounds_may_change_shapes() -> None:
    found = tf.eval_shape(
        lambda x: tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, tf.concat([y, y], 0)), (0, x)), S([3])
    )
    assert found[1] == S([24])


# -------------------------------------------------------------------------------------------------- nothing has effect


def test_variables_keep_their_values_and_are_in_the_function_what_was_assigned() -> None:
    v, w, rows = tf.Variable(1.0), tf.Variable([1.0, 2.0, 3.0]), tf.Variable(np.ones((4, 2)))
    before = [x.numpy().copy() for x in (v, w, rows)]

    def f(x: Any) -> Any:
        v.assign(tf.reduce_sum(x))
        w.assign_add(x[0, :3])
        rows[1].assign(tf.cast(x[0, :2], tf.float64))
        rows.scatter_add(tf.IndexedSlices(tf.ones([1, 2], tf.float64), tf.cast(x[0, :1], tf.int32)))
        with pytest.raises(NoValue):
            float(v)
        return v * 2.0, w, rows

    assert tf.eval_shape(f, HUGE) == (S([]), S([3]), S([4, 2], tf.float64))
    for x, value in zip((v, w, rows), before, strict=True):
        np.testing.assert_array_equal(x.numpy(), value)
    with pytest.raises(ZeroDivisionError):
        tf.eval_shape(lambda x: (v.assign(x[0, 0]), 1 / 0), HUGE)
    assert float(v) == 1.0


def test_a_sweep_of_a_gradient_by_rows_has_the_shape_of_its_source() -> None:
    def f(table: Any, numbers: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(table)
            loss = tf.reduce_sum(tf.nn.embedding_lookup(table, numbers) ** 2)
        return tape.gradient(loss, table)

    assert tf.eval_shape(f, HUGE, S([10**5], tf.int32)) == HUGE


def test_an_operation_of_which_nothing_is_known_is_tried_where_it_can_be() -> None:
    halves = tf.general_op("every_other_row", lambda x: x[::2], None)
    assert tf.eval_shape(halves, S([240, 28, 28])) == S([120, 28, 28])
    with pytest.raises(
        NoValue, match=r"every_other_row of shape .*: the operation does not say what shape .* too large to try it"
    ):
        tf.eval_shape(halves, HUGE)


def test_generators_stand_where_they_stood_and_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    tf.random.set_seed(3)
    first = tf.random.normal([2]).numpy()
    tf.random.set_seed(3)
    tf.eval_shape(lambda x: (tf.print(x), tf.random.normal([2]) + x), S([2]))
    np.testing.assert_array_equal(tf.random.normal([2]).numpy(), first)
    assert capfd.readouterr() == ("", "")


def test_tapes_and_recorded_functions_around_hear_nothing() -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = x * x
        assert tf.eval_shape(lambda t: tf.reduce_sum(t * y), x) == S([])
    np.testing.assert_array_equal(tape.gradient(y, x), [2.0, 4.0])

    @tf.function
    def recorded(t: Any) -> Any:
        return t * tf.cast(tf.eval_shape(lambda u: u @ u, t).shape[0], t.dtype)

    for _ in range(3):
        np.testing.assert_array_equal(recorded(tf.ones([2, 2])), np.full((2, 2), 2.0))
    assert recorded.trace_count == 1


def test_a_tensor_that_is_kept_says_what_it_is_when_it_is_used() -> None:
    kept: list[Any] = []
    tf.eval_shape(lambda x: kept.extend([x, x * 2.0]), HUGE)
    for tensor in kept:
        with pytest.raises(
            ValueError, match=r"where only shapes were asked for \(tf\.eval_shape\) is used outside of it"
        ):
            tensor + 1.0


def test_a_variable_is_made_before() -> None:
    for make in (lambda x: tf.Variable(x), lambda x: tf.Variable(1.0) * x):
        with pytest.raises(ValueError, match=r"a variable is made in a function of which only shapes are asked for"):
            tf.eval_shape(make, HUGE)


def test_questions_within_questions() -> None:
    def f(x: Any) -> Any:
        inner = tf.eval_shape(lambda y: tf.reshape(y, -1), x)
        return tf.reshape(x, inner.shape)

    assert tf.eval_shape(f, HUGE) == S([10**12])


def test_what_is_asked_of_tensors_without_values_is_answered() -> None:
    seen: list[Any] = []
    tf.eval_shape(lambda x: seen.extend([tf.is_symbolic_tensor(x), tf.get_static_value(x)]), HUGE)
    tf.eval_shape(lambda x: seen.append(tf.get_static_value(tf.shape(x)).tolist()), HUGE)
    assert seen == [True, None, [10**6, 10**6]]


def test_a_recorded_function_is_no_other_for_having_been_asked() -> None:
    f = tf.function(lambda x: tf.sin(x) if x.shape[0] > 1 else x)
    assert tf.eval_shape(f, S([2])) == S([2])
    assert f.trace_count == 0
    np.testing.assert_allclose(f(tf.constant([1.0, 2.0])), np.sin([1.0, 2.0]), rtol=1e-6)


CONTROL = {
    "cond": lambda x: tf.cond(x[0, 0] > 0.0, lambda: x * 2.0, lambda: W * 1.0),
    "case": lambda x: tf.case([(x[0, 0] > 0.0, lambda: W * 1.0)], default=lambda: x * 2.0),
    "switch_case": lambda x: tf.switch_case(tf.cast(x[0, 0], tf.int32), [lambda: x * 2.0, lambda: W * 1.0]),
    "while_loop": lambda x: tf.while_loop(lambda i, y: i < 30, lambda i, y: (i + 1, y * W), (0, x))[1],
    "while_loop of unknown rounds": lambda x: tf.while_loop(lambda y: y[0, 0] < 9.0, lambda y: [y * W], [x])[0],
    "map_fn": lambda x: tf.map_fn(lambda row: row * W[0], x),
    "foldl": lambda x: tf.foldl(lambda a, row: a + row * W[0], x),
    "foldr of nothing but slices": lambda x: tf.foldr(lambda a, row: row * W[0], x, tf.zeros((3,))),
    "scan": lambda x: tf.scan(lambda a, row: a * row * W[0], x),
    "scan of what is there": lambda x: tf.scan(lambda a, row: a * row + W[0], tf.ones((40, 3)), x[0]),
    "vectorized_map": lambda x: tf.vectorized_map(lambda row: tf.tensordot(row, W[0], 1), x),
}
W = tf.Variable(np.full((40, 3), 0.5, np.float32))


@pytest.mark.parametrize("recorded", [False, True], ids=["plain", "recorded"])
@pytest.mark.parametrize("name", CONTROL)
def test_gradients_go_through_control_flow_as_they_do_where_it_is_run(name: str, recorded: bool) -> None:
    def gradients(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(CONTROL[name](x) ** 2)
        return tape.gradient(y, [x, W])

    f = tf.function(gradients) if recorded else gradients
    assert tf.eval_shape(f, S([40, 3])) == [S([40, 3]), S([40, 3])]


def test_what_control_flow_gives_has_no_value_where_only_shapes_are_asked_for() -> None:
    for f in (
        lambda x: tf.cond(x[0] > 0.0, lambda: 1.0, lambda: 2.0),
        lambda x: tf.while_loop(lambda i: i < 9, lambda i: i + 1, [0]),
        lambda x: tf.map_fn(lambda k: k * 2, np.arange(9))[0],
        lambda x: tf.foldl(lambda a, k: a + k, np.arange(9)),
        lambda x: tf.vectorized_map(lambda k: k * 2, np.arange(9))[0],
    ):
        with pytest.raises(NoValue):
            tf.eval_shape(lambda x, f=f: float(nest.flatten(f(x))[0]), S([3]))


def test_an_integer_that_has_no_value_is_refused_as_any_other_look_at_one() -> None:
    for f in (
        lambda n: tf.one_hot([0], n),
        lambda n: tf.expand_dims(tf.ones((2,)), n),
        lambda n: tf.TensorArray("float32", n),
    ):
        with pytest.raises(NoValue, match="and it has none: only shapes are asked for"):
            tf.eval_shape(f, S([], tf.int32))


def test_a_loop_that_fills_an_array_by_its_counter_is_run_round_by_round() -> None:
    def filled(x: Any) -> Any:
        array = tf.TensorArray(tf.float32, size=5)
        return tf.while_loop(lambda i, a: i < 5, lambda i, a: (i + 1, a.write(i, x)), (0, array))[1].stack()

    assert tf.eval_shape(filled, S([2])) == S([5, 2])


@pytest.mark.parametrize(
    "solved",
    [
        lambda p: tf.optimize.root(lambda x: x * x * x + x - p, np.zeros(2)),
        lambda y: tf.scipy.integrate.solve_ivp(lambda t, y: -y, (0.0, 0.2), y, "RK23", [0.1, 0.2]).y,
    ],
)
def test_a_row_that_says_nothing_of_shapes_is_refused_by_name(solved: Any) -> None:
    pytest.importorskip("scipy")
    with pytest.raises(tf.errors.OperatorNotAllowedInGraphError, match=r"^embedded of shape .* only values say"):
        tf.eval_shape(solved, tf.TensorSpec([2], tf.float64))


@pytest.mark.parametrize("matrix", [tf.jacobian, tf.hessian, lambda f: tf.jacobian(tf.jacobian(f))])
def test_matrices_without_rows_have_shapes_too(matrix: Any) -> None:
    f = matrix(lambda x: tf.reduce_sum(x[:0]) if matrix is tf.hessian else x[:0] * 2.0)
    x = np.ones(3)
    assert tf.eval_shape(f, x) == tf.TensorSpec(f(x).shape, tf.float64)
