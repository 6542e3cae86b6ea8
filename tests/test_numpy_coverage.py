"""Never a silent detach: every function of NumPy is differentiated, declared data, or refused with the way out.

A namespace of NumPy is an entry in `NAMESPACES`, with its tables of example calls. A name that a new release of NumPy
adds is in no table, and fails here until somebody has decided on it.
"""

from __future__ import annotations

import inspect
import warnings
import zlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pytest

import autodiff_core as tf
import fourier_calls
import numpy_calls
from autodiff_core import _core
from autodiff_core.numpy.functions import registry
from autodiff_core.numpy.ufunc_methods import varies_in_steps
from autodiff_core.numpy.ufuncs import INTEGER_UFUNCS, special_ufuncs
from autodiff_core.ops import rows
from autodiff_core.testing import check_gradients

registry.load()


class Namespace(NamedTuple):
    """A module of NumPy, and the tables with example calls of its functions."""

    module: ModuleType
    calls: Any


NAMESPACES = {"np": Namespace(np, numpy_calls), "np.fft": Namespace(np.fft, fourier_calls)}
ROW_OF = {row.name: row for row in rows()}


def public(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Functions by their names, aliases once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in sorted(dir(module)):
            thing = getattr(module, name)
            if not name.startswith("_") and callable(thing) and not isinstance(thing, type):
                yield name, thing


def decided(name: str, thing: Any, calls: Any) -> list[str]:
    """Every decision that has been made about a function; one there should be."""
    found = []
    if isinstance(thing, np.ufunc):
        row = _core.ufunc_row(thing)
        if thing in special_ufuncs():
            found.append("recorded")
        elif row is not None:
            found.append("row")
        elif thing in INTEGER_UFUNCS:
            found.append("integers")
        return found
    if thing in registry.refusals:
        found.append("refused")
    if thing in registry.functions:
        found.append("data" if thing in registry.asking or thing in registry.steps else "recorded")
    if thing in registry.leaving:
        found.append("leaves")
    if name in calls.NOT_OFFERED:
        found.append("not offered")
    if name in calls.ALIASES:
        found.append("alias")
    return found


EVERY = [
    (f"{prefix}.{name}", thing, space) for prefix, space in NAMESPACES.items() for name, thing in public(space.module)
]


def by_decision(decision: str) -> list[Any]:
    return [
        pytest.param(full.rpartition(".")[2], thing, space.calls, id=full)
        for full, thing, space in EVERY
        if decision in decided(full.rpartition(".")[2], thing, space.calls)
    ]


def arrays_for(name: str, shapes: Any) -> list[np.ndarray]:
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    found = []
    for shape in shapes:
        size = int(np.prod(shape, dtype=int))
        # All different, none near 0 or a half.
        points = np.linspace(0.3, 1.9, size) * np.where(generator.random(size) < 0.5, -1.0, 1.0)
        found.append(np.asarray(generator.permutation(points)).reshape(shape))
    return found


def flat(result: Any) -> list[Any]:
    return [part for item in result for part in flat(item)] if isinstance(result, (list, tuple)) else [result]


def joined(result: Any) -> Any:
    return tf.concat([tf.reshape(part, [-1]) for part in flat(result)], 0)


# -- One decision about each name -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("full", "thing", "space"), EVERY, ids=[full for full, _, _ in EVERY])
def test_somebody_has_decided_what_a_tensor_does_with(full: str, thing: Any, space: Namespace) -> None:
    name = full.rpartition(".")[2]
    found = decided(name, thing, space.calls)
    assert len(found) == 1, f"{full}: decide on it in autodiff_core/numpy/functions, or list it in the tests ({found})"
    if found == ["recorded"]:
        key = name if isinstance(thing, np.ufunc) or name in space.calls.GRADIENTS else thing.__name__
        assert space.calls.GRADIENTS[key], f"{full} is recorded: give an example call"
    if found == ["data"]:
        assert {name, thing.__name__} & (set(space.calls.DATA) | space.calls.WITHOUT_CALL), f"{full}: give a call"


def test_tables_name_nothing_that_numpy_has_not() -> None:
    for space in NAMESPACES.values():
        names = {name for name, _ in public(space.module)}
        for table in (space.calls.GRADIENTS, space.calls.DATA, space.calls.WITHOUT_CALL):
            assert set(table) <= names


# -- Recorded: NumPy's value, and the right derivatives --------------------------------------------------------------

CALLS = [
    pytest.param(name, call, id=f"{prefix}.{name}-{k}")
    for prefix, space in NAMESPACES.items()
    for name, calls in space.calls.GRADIENTS.items()
    for k, call in enumerate(calls)
]


@pytest.mark.parametrize(("name", "call"), CALLS)
def test_a_recorded_function_has_numpys_value_and_its_derivatives(name: str, call: Any) -> None:
    arrays = arrays_for(name, call.shapes)
    tensors = [tf.constant(array) for array in arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        result = call.function(*tensors)
    gradients = tape.gradient(result, tensors)
    assert all(gradient is not None for gradient in gradients)
    expected = flat(call.function(*arrays))
    found = flat(result)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert isinstance(one, tf.Tensor)
        assert one.dtype == np.float64
        assert tuple(one.shape) == np.shape(other)
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-13)
    check_gradients(lambda *xs: joined(call.function(*xs)), arrays, order=2, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("name", "call"), CALLS)
def test_a_recorded_function_keeps_float32_and_takes_any_layout(name: str, call: Any) -> None:
    if name in ("astype", "ldexp"):
        return  # say what they give, or take integers beside
    arrays = [array.astype(np.float32) for array in arrays_for(name, call.shapes)]
    laid_out = [
        tf.transpose(tf.constant(np.array(array.T, order="C"))) if array.ndim > 1 else tf.constant(array)
        for array in arrays
    ]
    expected = call.function(*[array.astype(np.float64) for array in arrays])
    for one, other in zip(flat(call.function(*laid_out)), flat(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-4, atol=2e-4)


@pytest.mark.parametrize(("name", "thing", "calls"), by_decision("row"))
@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_a_ufunc_with_a_row_is_followed_where_the_row_says_so(name: str, thing: Any, calls: Any) -> None:
    row = ROW_OF[_core.ufunc_row(thing)]
    if not any(set(types.split("->")[0]) <= set("fd") for types in thing.types):
        return  # bits: takes no floats
    points = [tf.constant(np.full(2, 0.75 * low + 0.25 * high)) for low, high in row.domain]
    with tf.GradientTape() as tape:
        tape.watch(points)
        result = thing(*points)
    assert isinstance(result, tf.Tensor)
    if row.kind == "none":
        with pytest.raises(LookupError, match=row.name):
            tape.gradient(result, points)
    else:
        assert [g is not None for g in tape.gradient(result, points)] == list(row.partials)


# -- Data: values that no tape follows -------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:.*in1d:DeprecationWarning")
@pytest.mark.parametrize("name", sorted(numpy_calls.DATA))
@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_data_is_numpys_own_and_nobody_follows_it(name: str) -> None:
    function = numpy_calls.DATA[name]
    (array,) = arrays_for(name, ((3, 4),))
    tensor = tf.constant(array)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        found = function(tensor)
    expected = function(array)
    if name == "unpackbits":
        return
    for one, other in zip(flat(found), flat(expected), strict=True):
        if name in ("array_repr", "array_str", "array2string", "einsum_path"):
            assert str(one) == str(other)
        elif name not in ("may_share_memory", "shares_memory"):
            np.testing.assert_array_equal(one, other)
        if isinstance(one, tf.Tensor) and one.dtype.kind == "f":
            assert tape.gradient(one, tensor) is None


@pytest.mark.parametrize(("name", "thing", "calls"), by_decision("integers"))
def test_ufuncs_of_integers_take_integer_tensors_and_no_others(name: str, thing: Any, calls: Any) -> None:
    if name == "isnat":
        return
    integers = [np.array([12, 7])] * thing.nin
    np.testing.assert_array_equal(thing(*map(tf.constant, integers)), thing(*integers))
    with pytest.raises(TypeError, match=thing.__name__):
        thing(*[tf.constant([1.0, 2.0])] * thing.nin)


# -- Refused: an error that says what to do --------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "thing", "calls"), by_decision("refused"))
def test_a_refused_function_names_itself_and_the_way_out(name: str, thing: Any, calls: Any) -> None:
    tensor = tf.constant([1.0, 2.0])
    with pytest.raises(TypeError, match=rf"np\.{name} on a tensor: .{{10,}}leave the tape with"):
        tensor.__array_function__(thing, (type(tensor),), (tensor,), {})


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: np.fill_diagonal(x, 0.0), "np.fill_diagonal.*np.where"),
        (lambda x: np.copyto(np.zeros(4), x[0]), "np.copyto.*np.where"),
        (lambda x: np.put(np.zeros(4), [0], x[0, :1]), "np.put on"),
        (lambda x: np.histogram(x[0], range=(x[0, 0], 3.0)), "np.histogram with range a tensor"),
        (lambda x: np.polyfit(x[0], x[1, :3], 1), r"np.polyfit: degree 1 of points of shapes \(4,\) and \(3,\)"),
        (lambda x: np.polyfit(x[0], x[1], 1, w=x[0, :2]), r"np.polyfit: weights of shape \(2,\) for 4 points"),
        (lambda x: np.multiply.at(np.zeros(4), [0], x[0, :1]), r"np\.multiply\.at.*t\.at\[index\].*tf\.buffer"),
        (lambda x: np.maximum.at(np.zeros(4), [0], x[0, :1]), "np.maximum.at.*writes into an array"),
        (lambda x: np.add.at(x, [0], 1.0), "np.add.at.*writes into an array"),
        (lambda x: np.add.reduce(x, out=np.zeros(4)), "np.add.reduce with out="),
        (lambda x: np.multiply.accumulate(x, out=np.zeros((3, 4))), "np.multiply.accumulate with out="),
        (lambda x: np.frexp(x, out=(np.zeros((3, 4)), np.zeros((3, 4), int))), "np.frexp with out="),
        (lambda x: np.modf(x, where=x > 2.0), "np.modf with where=.*several results"),
        (lambda x: np.frompyfunc(abs, 1, 1)(x), "abs.* on a tensor: it has no derivative here"),
        (lambda x: np.sin(x, out=np.zeros((3, 4))), "np.sin with out=.*use the result"),
        (lambda x: np.add(np.ones((3, 4)), x, out=np.zeros((3, 4))), r"array \+= tensor"),
        (lambda x: np.sum(x, axis=0, out=np.zeros(4)), "np.sum with out=.*use the result"),
        (lambda x: np.add.at(np.zeros(4), [0, 1], x[0, :2]), "np.add.at.*writes into an array"),
        (lambda x: np.vecdot(x, x, axes=[(0,), (0,), ()]), "np.vecdot with axes"),
        (lambda x: np.quantile(x, x[0, 0] * 0.0 + 0.5), "np.quantile with q a tensor: there is no gradient"),
        (lambda x: np.quantile(x, 0.5, method="inverted_cdf", weights=x), "quantile with weights a tensor"),
        (lambda x: np.unwrap(x, period=x[0, 0]), "np.unwrap with period a tensor"),
        (lambda x: np.nan_to_num(x, copy=False), "copy=False"),
        (lambda x: np.pad(x, 1, lambda *a: None), "np.pad with a function"),
        (lambda x: np.trim_zeros(x), "np.trim_zeros of shape"),
        (lambda x: np.reshape(x, (4, 3), order="K"), "order='K'"),
    ],
)
def test_what_would_lose_a_gradient_raises(call: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        call(tf.constant(np.arange(1.0, 13.0).reshape(3, 4)))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: np.max(x, where=x > 0.0), "need initial="),
        (lambda x: np.average(x, axis=0, weights=np.ones(4)), "do not fit axis 0"),
        (lambda x: np.select([x > 0.0], [x, x]), "1 conditions and 2 choices"),
        (lambda x: np.choose([3], x), "no choice 3 among 3"),
        (lambda x: np.take(x, 0, mode="turn"), "mode 'turn'"),
        (lambda x: np.diff(x, -1), "must not be negative"),
        (lambda x: np.gradient(x, edge_order=3), "edge_order must be 1 or 2"),
        (lambda x: np.gradient(x[:1]), "too few"),
        (lambda x: np.interp(x, [0.0, 1.0], [1.0]), "do not fit"),
        (lambda x: np.cross(x, x), "lengths must be 2 or 3"),
        (lambda x: np.convolve(x, x), "takes two vectors"),
        (lambda x: np.meshgrid(x[0], indexing="yx"), "indexing 'yx'"),
        (lambda x: np.block([[x], x]), "nested equally deep"),
        (lambda x: np.vsplit(x[0], 2), "needs 2 dimensions"),
        (lambda x: np.moveaxis(x, (0, 1), 0), "cannot move"),
        *([(lambda x: np.cumulative_sum(x), "need an axis")] if hasattr(np, "cumulative_sum") else []),
        (lambda x: np.pad(x, 1, "mirror"), "no mode 'mirror'"),
        (lambda x: np.piecewise(x, [x > 0.0], [1.0, 2.0, 3.0]), "as many functions or one more"),
        (lambda x: np.geomspace(x[0, 0], -1.0), "of one sign"),
        (lambda x: np.median(x[:0], axis=0), "no elements"),
        (lambda x: np.subtract.reduce(x, axis=(0, 1)), "np.subtract.reduce: the order matters"),
        (lambda x: np.subtract.reduce(x, where=x > 2.0), "there is no identity"),
        (lambda x: np.subtract.reduce(x[:0]), "there are no elements"),
        (lambda x: np.sin.reduce(x), "reduce only supported for binary functions"),
        (lambda x: np.sqrt.accumulate(x), "accumulate only supported"),
        (lambda x: np.roots(x), r"np.roots: takes one dimension, not shape \(3, 4\)"),
        (lambda x: np.poly(x), r"np.poly: takes one dimension, or a square matrix, not shape \(3, 4\)"),
        (lambda x: np.polyfit(x[0], x[1], 3, cov=True), "4 points are too few to scale the covariance"),
        (lambda x: np.histogram([1.0, 2.0], weights=x[0]), r"np.histogram: weights of shape \(4,\) for points"),
        (lambda x: np.histogram2d(x[0], x[1, :2]), "np.histogram2d: 4 and 2 points"),
        (lambda x: np.histogramdd(x, [2, 2, 2]), "np.histogramdd: 3 bins and 4 ranges for 4 dimensions"),
    ],
)
def test_arguments_that_do_not_fit_are_value_errors(call: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call(tf.constant(np.arange(1.0, 13.0).reshape(3, 4)))


def test_a_function_in_no_table_raises_and_names_itself() -> None:
    def novelty(x: Any) -> Any: ...

    novelty.__module__ = "numpy"
    tensor = tf.constant(1.0)
    with pytest.raises(TypeError, match=r"np\.novelty on a tensor: it is not recorded yet"):
        tensor.__array_function__(novelty, (type(tensor),), (tensor,), {})


# -- Methods and arguments of ufuncs ---------------------------------------------------------------------------------

X = np.array([[0.4, -1.3, 0.9], [1.7, 0.6, -0.8], [0.2, 2.1, -0.5]])
POSITIVE = np.abs(X) + 0.1
METHODS: dict[str, tuple[Any, np.ndarray]] = {
    "add.reduce": (lambda x: np.add.reduce(x, axis=1, keepdims=True), X),
    "add.reduce over all": (lambda x: np.add.reduce(x, axis=None), X),
    "add.reduce with initial and where": (lambda x: np.add.reduce(x, initial=2.0, where=X > 0.0), X),
    "multiply.reduce": (lambda x: np.multiply.reduce(x), X),
    "maximum.reduce": (lambda x: np.maximum.reduce(x, axis=1), X),
    "minimum.reduce": (lambda x: np.minimum.reduce(x, initial=0.1), X),
    "fmax.reduce": (lambda x: np.fmax.reduce(x), X),
    "logaddexp.reduce": (lambda x: np.logaddexp.reduce(x, axis=1), X),
    "hypot.reduce": (lambda x: np.hypot.reduce(x), X),
    "add.reduce over two axes": (lambda x: np.add.reduce(np.reshape(x, (3, 1, 3)), axis=(0, 2)), X),
    "multiply.reduce of chosen": (lambda x: np.multiply.reduce(x, axis=None, where=X > 0.0, initial=2.0), X),
    "fmin.reduce": (lambda x: np.fmin.reduce(x, axis=1, keepdims=True), X),
    "logaddexp.reduce of chosen": (lambda x: np.logaddexp.reduce(x, axis=(0, 1), where=X > 0.0, initial=0.5), X),
    "logaddexp2.reduce": (lambda x: np.logaddexp2.reduce(x, axis=None, keepdims=True), X),
    "hypot.reduce with initial": (lambda x: np.hypot.reduce(x, axis=1, initial=1.5), X),
    "subtract.reduce": (lambda x: np.subtract.reduce(x, axis=-1, keepdims=True), X),
    "divide.reduce": (lambda x: np.divide.reduce(x, initial=3.0), X),
    "float_power.accumulate": (lambda x: np.float_power.accumulate(x, axis=1), POSITIVE),
    "arctan2.reduce": (lambda x: np.arctan2.reduce(x), X),
    "subtract.accumulate": (lambda x: np.subtract.accumulate(x, axis=1), X),
    "divide.accumulate": (lambda x: np.divide.accumulate(x), X),
    "hypot.accumulate": (lambda x: np.hypot.accumulate(x, axis=-1), X),
    "subtract.reduceat": (lambda x: np.subtract.reduceat(x, [0, 2, 1], axis=1), X),
    "arctan2.reduceat": (lambda x: np.arctan2.reduceat(x, [0, 1]), X),
    "logaddexp.reduceat": (lambda x: np.logaddexp.reduceat(x, [1, 0]), X),
    "logaddexp.outer": (lambda x: np.logaddexp.outer(x, X[1]), X),
    "add.accumulate": (lambda x: np.add.accumulate(x, axis=1), X),
    "multiply.accumulate": (lambda x: np.multiply.accumulate(x), X),
    "maximum.accumulate": (lambda x: np.maximum.accumulate(x, axis=1), X),
    "minimum.accumulate": (lambda x: np.minimum.accumulate(x), X),
    "logaddexp.accumulate": (lambda x: np.logaddexp.accumulate(x), X),
    "subtract.outer": (lambda x: np.subtract.outer(x, X[0]), X),
    "power.outer": (lambda x: np.power.outer(x, [1.0, 2.0]), POSITIVE),
    "hypot.outer": (lambda x: np.hypot.outer(X[0], x), X),
    "add.reduceat": (lambda x: np.add.reduceat(x, [0, 2, 1]), X),
    "multiply.reduceat": (lambda x: np.multiply.reduceat(x, [0, 1], axis=1), X),
    "maximum.reduceat": (lambda x: np.maximum.reduceat(x, [1, 0, 2], axis=1), X),
    "minimum.reduceat": (lambda x: np.minimum.reduceat(x, [0, 2]), X),
    "order and casting": (lambda x: np.exp(x, order="K", casting="same_kind", subok=True), X),
    "dtype": (lambda x: np.multiply(x, x, dtype=np.float64), X),
}


@pytest.mark.parametrize("name", METHODS)
def test_methods_of_ufuncs_have_numpys_value_and_their_derivatives(name: str) -> None:
    call, array = METHODS[name]
    found = call(tf.constant(array))
    assert isinstance(found, tf.Tensor)
    assert tuple(found.shape) == np.shape(call(array))
    np.testing.assert_allclose(found, call(array), rtol=1e-12)
    check_gradients(call, [array], order=2)


@pytest.mark.parametrize("method", ["reduce", "accumulate", "outer", "reduceat"])
def test_every_ufunc_has_its_methods_on_tensors_as_on_arrays(method: str) -> None:
    """What NumPy computes on floats is recorded or data, of NumPy's value; what it refuses raises here, too."""
    ufuncs = {thing for thing in vars(np).values() if isinstance(thing, np.ufunc)}
    rest = {"reduceat": ([0, 2],), "outer": (X[0],)}.get(method, ())
    for ufunc in sorted(ufuncs, key=lambda one: one.__name__):
        if (ufunc, method) == (np.power, "reduce"):
            continue  # NumPy takes one operand's last element for all of them (2.4)
        with np.errstate(all="ignore"):
            try:
                expected = getattr(ufunc, method)(POSITIVE, *rest)
            except (TypeError, ValueError, RuntimeError):
                with pytest.raises((TypeError, ValueError, RuntimeError)):
                    getattr(ufunc, method)(tf.constant(POSITIVE), *rest)
                continue
            found = getattr(ufunc, method)(tf.constant(POSITIVE), *rest)
        for one, other in zip(flat(found), flat(expected), strict=True):
            assert isinstance(one, tf.Tensor), ufunc.__name__
            np.testing.assert_allclose(one, other, rtol=1e-12, err_msg=ufunc.__name__)


def takes_out(thing: Any) -> bool:
    try:
        return "out" in inspect.signature(thing).parameters
    except (TypeError, ValueError):
        return False


WITH_OUT = {
    registry.spelled(thing): thing
    for space in (np, np.linalg, np.fft)
    for _, thing in public(space)
    if not isinstance(thing, np.ufunc) and takes_out(thing) and thing in registry.functions
}


@pytest.mark.parametrize("name", WITH_OUT)
def test_a_tensor_is_never_written_to_an_array_unless_it_is_data(name: str) -> None:
    thing = WITH_OUT[name]
    tensor = tf.constant([1.0, 2.0])
    arguments, room = (tensor,), np.zeros(2)
    if thing in registry.steps or thing in registry.asking:
        return
    with pytest.raises(TypeError, match=rf"{name} with out=.*use the result"):
        tensor.__array_function__(thing, (type(tensor),), arguments, {"out": room})
    np.testing.assert_array_equal(room, 0.0)


@pytest.mark.parametrize("name", sorted({u.__name__ for u in vars(np).values() if isinstance(u, np.ufunc)}))
def test_a_ufunc_never_writes_what_has_a_gradient_to_an_array(name: str) -> None:
    ufunc = getattr(np, name)
    operands = [tf.constant([[0.5, 0.25], [0.25, 0.5]])] * ufunc.nin
    room = tuple(np.zeros((2, 2)) for _ in range(ufunc.nout))
    if varies_in_steps(ufunc):
        return
    with pytest.raises(TypeError, match=rf"np\.{name} with out=.*use the result"):
        ufunc(*operands, out=room)
    assert not any(array.any() for array in room)


@pytest.mark.parametrize(
    ("make", "slope"),
    [
        (lambda t: np.array([t, 2.0 * t], like=t), [3.0, 3.0]),
        (lambda t: np.array([[1.0, 2.0], t], like=t), [1.0, 1.0]),
        (lambda t: np.asarray(t, like=t), [1.0, 1.0]),
        (lambda t: np.array(t, ndmin=3, like=t), [1.0, 1.0]),
        (lambda t: np.full((3, 2), t, like=t), [3.0, 3.0]),
        (lambda t: np.full((2,), t[0], dtype=np.float64, like=t), [2.0, 0.0]),
        (lambda t: t * np.ones(2, like=t), [1.0, 1.0]),
        (lambda t: t * np.arange(2.0, like=t), [0.0, 1.0]),
        (lambda t: t @ np.eye(2, like=t), [1.0, 1.0]),
        (lambda t: t * np.fromiter([1.0, 2.0], float, like=t), [1.0, 2.0]),
        (lambda t: t * np.fromfunction(lambda k: k + 1.0, (2,), like=t), [1.0, 2.0]),
    ],
)
def test_arrays_made_like_a_tensor_are_tensors_and_follow_what_they_are_made_of(make: Any, slope: Any) -> None:
    t = tf.constant([1.5, 2.5], dtype=tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(t)
        made = make(t)
    assert isinstance(made, tf.Tensor)
    np.testing.assert_array_equal(tape.gradient(made, t), slope)


def test_each_function_of_linalg_is_recorded() -> None:
    for name, thing in public(np.linalg):
        assert name == "test" or thing in registry.functions, f"np.linalg.{name}: decide on it"


def test_where_leaves_elements_out_and_their_gradients_are_zero_never_nan() -> None:
    x = tf.constant([4.0, -1.0, 0.0], dtype=tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        roots = np.sqrt(x, where=x > 0.0)
        quotients = np.divide(1.0, x, where=[True, True, False])
    np.testing.assert_array_equal(roots, [2.0, 0.0, 0.0])
    np.testing.assert_array_equal(tape.gradient(roots, x), [0.25, 0.0, 0.0])
    np.testing.assert_array_equal(quotients, [0.25, -1.0, 0.0])
    np.testing.assert_array_equal(tape.gradient(quotients, x), [-0.0625, -1.0, 0.0])


def test_data_may_be_written_to_an_array() -> None:
    x = tf.constant([1.0, -2.0, 3.0])
    truth = np.zeros(3, bool)
    assert np.greater(x, 0.0, out=truth) is truth
    np.testing.assert_array_equal(truth, [True, False, True])
    place = np.zeros((), np.intp)
    np.argmax(x, out=place)
    assert place == 2
    rounded = np.zeros(3, np.float32)
    np.floor(x / 2.0, out=rounded)
    np.testing.assert_array_equal(rounded, [0.0, -1.0, 1.0])


def test_running_extremes_give_ties_to_the_first() -> None:
    x = tf.constant([1.0, 1.0, 0.5, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = np.maximum.accumulate(x)
    np.testing.assert_array_equal(tape.gradient(y, x), [3.0, 0.0, 0.0, 1.0])


def test_running_products_have_gradients_where_factors_are_zero() -> None:
    check_gradients(lambda x: np.cumprod(x), [np.array([2.0, 0.0, 3.0, 0.0, 1.5])], order=2)


def test_integers_are_averaged_as_numpy_averages_them() -> None:
    numbers = tf.constant([1, 2, 2])
    for function in (np.mean, np.var, np.std, np.median, np.nanmean):
        assert function(numbers).dtype == np.float64
        np.testing.assert_allclose(function(numbers), function(np.array([1, 2, 2])))


def test_quantiles_of_lanes_with_nan_are_nan() -> None:
    x = np.array([[1.0, np.nan, 2.0], [3.0, 4.0, 5.0]])
    np.testing.assert_array_equal(np.median(tf.constant(x), axis=1), [np.nan, 4.0])
    np.testing.assert_array_equal(np.nanmedian(tf.constant(x), axis=1), [1.5, 4.0])
    lost = np.array([[np.nan, np.nan], [1.0, np.nan]])
    np.testing.assert_array_equal(np.nanmedian(tf.constant(lost), axis=1), [np.nan, 1.0])
    np.testing.assert_array_equal(np.nanmax(tf.constant(lost), axis=1), [np.nan, 1.0])


def test_distinct_values_come_with_numpys_places_and_counts() -> None:
    x = np.array([3.0, 1.0, 3.0, 2.0])
    found, expected = np.unique_all(tf.constant(x)), np.unique_all(x)
    assert type(found) is type(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)
    _, counts = np.unique(tf.constant(x), return_counts=True)
    np.testing.assert_array_equal(counts, [1, 1, 2])


def test_lists_beside_a_tensor_keep_its_precision() -> None:
    third = 1.0 / 3.0
    found = np.convolve(tf.constant(np.ones(2)), [third, third])
    np.testing.assert_array_equal(found, np.convolve(np.ones(2), [third, third]))
