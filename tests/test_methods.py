"""ndarray's methods and attributes on tensors and variables: the same calls give the same values, and are recorded."""

from __future__ import annotations

import ast
import inspect
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.namespaces import ATTRIBUTES, METHODS
from autodiff_core.testing import check_gradients

MATRIX = np.random.default_rng(3).normal(size=(3, 4))
MASK = MATRIX > 0
CUBE = np.random.default_rng(4).normal(size=(2, 3, 3))

# Calls whose derivatives are checked, by the method's name.
DIFFERENTIABLE: dict[str, list[Any]] = {
    "astype": [lambda x: x.astype("float64"), lambda x: x.astype(np.float64, copy=False)],
    "choose": [lambda x: (x[0] > 0.0).astype(int).choose(x)],
    "clip": [lambda x: x.clip(-0.5, 0.5), lambda x: x.clip(min=0.1), lambda x: x.clip(None, 0.3)],
    "compress": [lambda x: x.compress([True, False, True], axis=0), lambda x: x.compress([False, True, True])],
    "conj": [lambda x: x.conj()],
    "conjugate": [lambda x: x.conjugate()],
    "copy": [lambda x: x.copy(), lambda x: x.copy("F")],
    "cumprod": [lambda x: x.cumprod(), lambda x: x.cumprod(axis=1)],
    "cumsum": [lambda x: x.cumsum(), lambda x: x.cumsum(0), lambda x: x.cumsum(axis=-1, dtype=np.float64)],
    "diagonal": [lambda x: x.diagonal(), lambda x: x.diagonal(1), lambda x: x.diagonal(offset=-1, axis1=1, axis2=0)],
    "dot": [lambda x: x.dot(MATRIX.T), lambda x: x.dot(2.0), lambda x: x.dot(x.T)],
    "flatten": [lambda x: x.flatten(), lambda x: x.flatten("F")],
    "max": [lambda x: x.max(), lambda x: x.max(axis=0), lambda x: x.max(1, keepdims=True), lambda x: x.max(initial=9)],
    "mean": [lambda x: x.mean(), lambda x: x.mean(axis=0), lambda x: x.mean((0, 1)), lambda x: x.mean(where=MASK)],
    "min": [lambda x: x.min(), lambda x: x.min(axis=0), lambda x: x.min(1, keepdims=True)],
    "prod": [lambda x: x.prod(), lambda x: x.prod(axis=1, keepdims=True), lambda x: x.prod(initial=2.0)],
    "ptp": [lambda x: np.ptp(x) if isinstance(x, np.ndarray) else x.ptp()],
    "ravel": [lambda x: x.ravel(), lambda x: x.ravel(order="F")],
    "repeat": [lambda x: x.repeat(2), lambda x: x.repeat([1, 0, 2], axis=0)],
    "reshape": [
        lambda x: x.reshape(-1),
        lambda x: x.reshape(2, 6),
        lambda x: x.reshape((2, 6)),
        lambda x: x.reshape([4, -1]),
        lambda x: x.reshape(2, -1, order="F"),
        lambda x: x.reshape(tuple(x.shape)),
    ],
    "squeeze": [lambda x: x[:1].squeeze(), lambda x: x[:, :1].squeeze(axis=1)],
    "std": [lambda x: x.std(), lambda x: x.std(axis=0, ddof=1), lambda x: x.std(1, keepdims=True)],
    "sum": [
        lambda x: x.sum(),
        lambda x: x.sum(axis=0),
        lambda x: x.sum(0),
        lambda x: x.sum(axis=(0, 1), keepdims=True),
        lambda x: x.sum(axis=1, where=MASK, initial=2.0),
        lambda x: x.sum(dtype=np.float64),
    ],
    "swapaxes": [lambda x: x.swapaxes(0, 1), lambda x: x.swapaxes(-1, 0)],
    "take": [lambda x: x.take([1, -1, 1]), lambda x: x.take([[2, 0]], axis=0), lambda x: x.take([9], 1, mode="clip")],
    "trace": [lambda x: x.trace(), lambda x: x.trace(1)],
    "transpose": [
        lambda x: x.transpose(),
        lambda x: x.transpose(1, 0),
        lambda x: x.transpose((1, 0)),
        lambda x: x.transpose(None),
        lambda x: x.transpose(-1, 0),
    ],
    "var": [lambda x: x.var(), lambda x: x.var(axis=0, ddof=1), lambda x: x.var(1, keepdims=True)],
    "mT": [lambda x: x.mT],
    "T": [lambda x: x.T],
    "real": [lambda x: x.real],
}
# Calls whose results vary in steps, or not at all.
DATA: dict[str, list[Any]] = {
    "all": [lambda x: x.all(), lambda x: (x > 0).all(axis=0, keepdims=True)],
    "any": [lambda x: x.any(), lambda x: (x > 0).any(1)],
    "argmax": [lambda x: x.argmax(), lambda x: x.argmax(axis=1), lambda x: x.argmax(0, keepdims=True)],
    "argmin": [lambda x: x.argmin(), lambda x: x.argmin(axis=1)],
    "argpartition": [lambda x: x.argpartition(1), lambda x: x.argpartition(1, axis=0)],
    "argsort": [lambda x: x.argsort(), lambda x: x.argsort(axis=0, kind="stable"), lambda x: x.argsort(axis=None)],
    "imag": [lambda x: x.imag],
    "item": [lambda x: x.item(5), lambda x: x.item(1, 2), lambda x: x.item((2, 0)), lambda x: x[:1, :1].item()],
    "itemsize": [lambda x: x.itemsize],
    "nbytes": [lambda x: x.nbytes],
    "ndim": [lambda x: x.ndim],
    "nonzero": [lambda x: (x > 0).nonzero()],
    "round": [lambda x: x.round(), lambda x: x.round(1), lambda x: x.round(decimals=2)],
    "searchsorted": [lambda x: x[0].cumsum().searchsorted([0.0, 0.3]), lambda x: x[0].searchsorted(0.1, side="right")],
    "size": [lambda x: x.size],
    "tolist": [lambda x: x.tolist()],
    "device": [lambda x: x.device],
    "to_device": [lambda x: x.to_device("cpu")],
}
IN_PLACE = {
    "fill": ((1.0,), "tf.fill(t.shape, value)"),
    "partition": ((1,), "np.partition(t, kth)"),
    "put": (([0], [1.0]), "tf.tensor_scatter_nd_update(t, indices, values)"),
    "resize": (((2, 6),), "np.resize(t, shape)"),
    "setflags": ((), "t.numpy()"),
    "sort": ((), "np.sort(t)"),
}
BY_THE_CORE = {"T", "ndim", "size", "item", "tolist"}
PROTOCOLS = {"__array_namespace__", "__dlpack__", "__dlpack_device__"}


def calls(table: dict[str, list[Any]]) -> list[Any]:
    return [pytest.param(call, id=f"{name}-{k}") for name, found in table.items() for k, call in enumerate(found)]


def test_every_method_and_attribute_is_tested_here():
    assert set(METHODS) | set(ATTRIBUTES) | BY_THE_CORE == set(DIFFERENTIABLE) | set(DATA) | set(IN_PLACE) | PROTOCOLS


@pytest.mark.parametrize("make", [tf.constant, tf.Variable])
@pytest.mark.parametrize("call", calls(DIFFERENTIABLE))
def test_method_gives_what_ndarrays_gives(call, make):
    result = call(make(MATRIX))
    assert isinstance(result, tf.Tensor)
    np.testing.assert_allclose(result, call(MATRIX), rtol=1e-12)
    assert result.shape == np.shape(call(MATRIX))


@pytest.mark.parametrize("call", calls(DATA))
def test_method_that_gives_data_gives_what_ndarrays_gives(call):
    np.testing.assert_array_equal(call(tf.constant(MATRIX)), call(MATRIX))


@pytest.mark.parametrize("call", calls(DIFFERENTIABLE))
def test_method_is_recorded_and_has_both_derivatives(call):
    check_gradients(call, [MATRIX], order=2)


@pytest.mark.parametrize("call", [lambda x: x.mT, lambda x: x.swapaxes(0, 2), lambda x: x.trace(0, 1, 2)])
def test_method_of_more_dimensions_has_a_gradient(call):
    np.testing.assert_allclose(call(tf.constant(CUBE)), call(CUBE))
    check_gradients(call, [CUBE])


@pytest.mark.parametrize(
    "call",
    [lambda x: x.real, lambda x: x.imag, lambda x: x.conj(), lambda x: x.T, lambda x: x.sum(0), lambda x: x.mean()],
)
def test_method_of_complex_numbers_is_recorded(call):
    points = MATRIX + 1j * MATRIX[::-1]
    np.testing.assert_allclose(call(tf.constant(points)), call(points))
    check_gradients(call, [points])


@pytest.mark.parametrize("value", [np.float32(2.5), np.zeros((0, 3)), MATRIX[::2, ::-1], MATRIX.astype(np.float32)])
@pytest.mark.parametrize(
    "call",
    [
        lambda x: x.sum(),
        lambda x: x.reshape(-1),
        lambda x: x.T,
        lambda x: x.cumsum(),
        lambda x: x.clip(0.0, 1.0),
        lambda x: x.astype(np.float64).mean(keepdims=True) if x.size else x.ravel(),
        lambda x: x.transpose(),
        lambda x: x.prod(),
    ],
)
def test_method_of_scalars_empty_and_other_arrays(call, value):
    result, expected = call(tf.constant(value)), call(np.asarray(value))
    np.testing.assert_allclose(result, expected, rtol=1e-6)
    assert (result.shape, result.dtype) == (expected.shape, expected.dtype)


def test_unchanged_numpy_code_is_differentiated():
    def loss(x, w):
        residual = x.T @ (x @ w) - x.sum(axis=0)
        scaled = (residual - residual.mean()) / residual.std()
        return scaled.reshape(-1, 1).dot(scaled.reshape(1, -1)).trace() + (w**2).sum() / w.size + x.max(axis=0).prod()

    w = np.array([0.5, -1.0, 0.25, 2.0])
    np.testing.assert_allclose(loss(tf.constant(MATRIX), tf.constant(w)), loss(MATRIX, w))
    check_gradients(loss, [MATRIX, w], order=2, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", IN_PLACE)
@pytest.mark.parametrize("make", [tf.constant, tf.Variable])
def test_method_that_would_write_names_the_way_out(name, make):
    arguments, way_out = IN_PLACE[name]
    with pytest.raises(TypeError, match="would write into an array") as caught:
        getattr(make([[1.0, 2.0]]), name)(*arguments)
    assert way_out in str(caught.value)
    assert ("v.assign" in str(caught.value)) == (make is tf.Variable)


@pytest.mark.parametrize("call", [lambda x, out: x.sum(None, None, out), lambda x, out: x.sum(out=out)])
def test_recorded_method_refuses_out(call):
    with pytest.raises(TypeError, match=r"np.sum with out= on a tensor: a derivative cannot follow into memory"):
        call(tf.constant(MATRIX), np.zeros(()))


@pytest.mark.parametrize("call", [lambda x, out: x.argmax(None, out), lambda x, out: x.argmax(out=out)])
def test_method_that_gives_data_writes_into_out(call):
    out = np.zeros((), np.intp)
    call(tf.constant([1.0, 3.0]), out)
    assert out == 1


def test_astype_checks_the_casting_rule():
    with pytest.raises(TypeError, match=r"cannot cast from float32 to int32 according to the rule 'safe'"):
        tf.constant(1.5).astype(np.int32, casting="safe")
    assert tf.constant(1.5).astype(np.int32).dtype == np.int32


def test_astype_without_a_change_is_the_tensor_itself_where_no_copy_is_asked_for():
    t = tf.constant([1.0])
    assert t.astype(tf.float32, copy=False) is t


def test_to_device_knows_the_cpu_only():
    t = tf.constant([1.0])
    assert t.to_device("cpu") is t and t.device == "cpu"
    with pytest.raises(ValueError, match="there is the device 'cpu', without streams, and no device 'cuda'"):
        t.to_device("cuda")


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_attribute_cannot_be_set(name):
    for operand in (tf.constant(1.0), tf.Variable(1.0)):
        with pytest.raises(AttributeError, match=f"the attribute '{name}' of a .* cannot be set"):
            setattr(operand, name, 1)


def test_what_ndarray_has_and_tensors_have_not_is_an_attribute_error():
    assert not hasattr(tf.constant(1.0), "byteswap")


@pytest.mark.parametrize("name", METHODS)
def test_method_has_a_name_a_signature_and_a_line_of_documentation(name):
    method = getattr(tf.constant(1.0), name)
    assert method.__doc__ and inspect.signature(method) is not None
    assert name.startswith("__") or callable(getattr(tf.Variable, name))


@pytest.mark.parametrize("name", [n for n in METHODS if n not in ("to_device", "__array_namespace__")])
def test_stub_gives_a_method_the_arguments_that_it_takes(name):
    stub = ast.parse(Path(tf.__file__).with_name("_core.pyi").read_text())
    operand = next(node for node in stub.body if isinstance(node, ast.ClassDef) and node.name == "Operand")
    arguments = next(node for node in operand.body if isinstance(node, ast.FunctionDef) and node.name == name).args
    typed = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)][1:]
    taken = inspect.signature(getattr(tf.constant(1.0), name)).parameters.values()
    named = [p.name for p in taken if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    assert typed == named or name in IN_PLACE or name == "std"  # (which takes what var takes)


NAN = float("nan")
NUMPY_DESCENDS = "descending" in inspect.signature(np.argsort).parameters


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ([1.0, NAN, 2.0, 1.0, NAN, 2.0], [2, 5, 0, 3, 1, 4]),
        (np.array([0.5, 2.0, 0.5], np.float16), [1, 0, 2]),
        (np.array([1, -128, 127, 1], np.int8), [2, 0, 3, 1]),
        (np.array([0, 255, 7], np.uint8), [1, 2, 0]),
        ([True, False, True], [0, 2, 1]),
        ([1 + 1j, NAN, 2.0, complex(1, NAN), complex(NAN, 1), 2 + 1j, complex(3, NAN)], [5, 2, 0, 6, 3, 4, 1]),
    ],
)
def test_descending_order_is_the_same_with_every_version_of_numpy(values, places):
    t = tf.constant(values)
    recorded = tf.function(lambda t: t.argsort(descending=True))
    for found in (t.argsort(descending=True), recorded(t), recorded(t), t.argsort(stable=True, descending=True)):
        assert np.asarray(found).tolist() == places
    table = tf.stack([t, t], 1)
    assert table.argsort(0, descending=True).numpy().T.tolist() == [places] * 2
    flat = table.argsort(None, descending=True).numpy()
    np.testing.assert_array_equal(table.numpy().ravel()[flat], np.repeat(t.numpy()[places], 2))
    if NUMPY_DESCENDS:
        assert np.argsort(t.numpy(), descending=True, stable=True).tolist() == places
        np.testing.assert_array_equal(np.sort(t, descending=True), t.numpy()[places])


def test_a_descending_order_takes_no_kind():
    with pytest.raises(ValueError, match="argsort: descending=True takes stable=, and no kind, which is 'heapsort'"):
        tf.constant([3.0, 5.0, 1.0]).argsort(kind="heapsort", descending=True)


@pytest.mark.skipif(not NUMPY_DESCENDS, reason="NumPy's sort has it from 2.5 on")
def test_a_sort_in_descending_order_has_a_gradient():
    x = tf.constant([3.0, 5.0, 1.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(np.sort(x, descending=True) * [1.0, 10.0, 100.0])
    assert tape.gradient(y, x).numpy().tolist() == [10.0, 1.0, 100.0]


@pytest.mark.parametrize("of", [tf.constant, tf.Variable])
def test_shifts_of_integers(of):
    t = of([1, 2, 5])
    np.testing.assert_array_equal(t << 2, [4, 8, 20])
    np.testing.assert_array_equal(t >> 1, [0, 1, 2])
    np.testing.assert_array_equal(1 << t, [2, 4, 32])
    np.testing.assert_array_equal(np.array([8, 8, 64]) >> t, [4, 2, 2])
    with pytest.raises(TypeError, match="left_shift takes no operands of dtype float32"):
        tf.constant(1.0) << 1


def test_a_subclass_of_variable_can_have_a_method_of_such_a_name():
    class Counter(tf.Variable):
        def sum(self):
            return "mine"

    assert Counter(1.0).sum() == "mine"


def test_methods_survive_pickling_and_recorded_functions():
    t = pickle.loads(pickle.dumps(tf.constant([1.0, 2.0])))
    recorded = tf.function(lambda x: x.reshape(2, 1).sum(axis=0) * x.size)
    for value in (t, t * 3.0):
        np.testing.assert_allclose(recorded(value), value.numpy().sum(keepdims=True) * 2)


def test_methods_are_looked_for_when_they_are_used():
    program = "import sys, autodiff_core as tf; t = tf.constant([1.0]); t.shape, t + t, hasattr(t, 'nothing');"
    for use, there in (("", False), ("t.sum()", True)):
        loaded = subprocess.run(
            [sys.executable, "-c", f"{program}{use}\nprint('autodiff_core.numpy.methods' in sys.modules)"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert loaded.stdout.strip() == str(there)
