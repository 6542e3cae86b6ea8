"""The array API's namespace: the standard's names, NumPy's values, and derivatives of array-agnostic code."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import array_api_standard as standard
import autodiff_core as tf
from autodiff_core.testing import check_gradients

xp: Any = tf.constant(1.0).__array_namespace__()
RNG = np.random.default_rng(5)
MATRIX, OTHER, VECTOR = RNG.normal(size=(3, 4)), RNG.normal(size=(3, 4)), RNG.normal(size=4)
CUBE = RNG.normal(size=(2, 3, 4))
SQUARE = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]])

of_the_standard = pytest.mark.skipif(
    np.lib.NumpyVersion(np.__version__) < "2.1.0", reason="NumPy 2.0 is not of the standard yet"
)

# ------------------------------------------------------------------------------------------------- names and arguments


def called(function: Any) -> list[Any]:
    return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]


def parameters(signature: inspect.Signature) -> list[Any]:
    return [(p.name, p.kind, p.default) for p in signature.parameters.values()]


@pytest.mark.parametrize(("name", "expected"), standard.main_functions().items())
def test_function_takes_the_arguments_of_the_standard(name, expected):
    assert called(getattr(xp, name)) == parameters(expected)


@pytest.mark.parametrize(("name", "expected"), standard.signatures(standard.LINALG).items())
def test_function_of_linalg_takes_the_arguments_of_the_standard(name, expected):
    assert called(getattr(xp.linalg, name)) == parameters(expected)


@pytest.mark.parametrize(("name", "expected"), standard.signatures(standard.METHODS).items())
def test_tensor_has_the_methods_of_the_standard(name, expected):
    assert called(getattr(tf.constant(1.0), name)) == parameters(expected)


@pytest.mark.parametrize("name", (standard.CONSTANTS + standard.DTYPES).split())
def test_namespace_has_the_constants_and_dtypes_of_the_standard(name):
    assert getattr(xp, name) is np.newaxis if name == "newaxis" else isinstance(getattr(xp, name), (float, np.dtype))


@pytest.mark.parametrize("name", standard.ATTRIBUTES.split())
def test_tensor_has_the_attributes_of_the_standard(name):
    assert hasattr(tf.constant([[1.0]]), name)


@pytest.mark.parametrize("name", standard.OPERATORS.split())
def test_tensor_has_the_operators_of_the_standard(name):
    assert hasattr(tf.Tensor, f"__{name}__")


def test_namespace_exports_what_the_standard_names_and_nothing_else():
    names = {*standard.main_functions(), *standard.CONSTANTS.split(), *standard.DTYPES.split()}
    assert set(xp.__all__) == names | {"fft", "linalg", "__array_api_version__"}
    assert set(xp.linalg.__all__) == set(standard.signatures(standard.LINALG))
    assert set(xp.fft.__all__) == set(standard.signatures(standard.FFT))
    assert all(getattr(xp, name).__doc__ for name in standard.main_functions())


@pytest.mark.parametrize(("name", "expected"), standard.signatures(standard.FFT).items())
def test_function_of_fft_takes_the_arguments_of_the_standard(name, expected):
    assert called(getattr(xp.fft, name)) == parameters(expected)


FOURIER = {
    "fft": {"n": 5, "norm": "ortho"},
    "ifft": {"axis": 0},
    "fftn": {"axes": (1,)},
    "ifftn": {"s": (2, 3), "axes": (0, 1)},
    "rfft": {"norm": "forward"},
    "irfft": {"n": 6},
    "rfftn": {},
    "irfftn": {"axes": (0, 1)},
    "hfft": {"n": 4},
    "ihfft": {"axis": 0},
    "fftshift": {"axes": 1},
    "ifftshift": {},
}


@pytest.mark.parametrize("name", FOURIER)
def test_fourier_transforms_are_numpys_and_differentiable(name):
    value = getattr(xp.fft, name)(tf.constant(MATRIX), **FOURIER[name])
    np.testing.assert_allclose(value, getattr(np.fft, name)(MATRIX, **FOURIER[name]), atol=1e-12)
    tf.testing.check_gradients(lambda x: getattr(xp.fft, name)(x, **FOURIER[name]), [MATRIX], order=2)


def test_frequencies_are_of_the_default_dtype_or_of_that_asked_for():
    np.testing.assert_allclose(xp.fft.fftfreq(5, d=0.1), np.fft.fftfreq(5, 0.1), rtol=1e-6)
    assert xp.fft.rfftfreq(4).dtype.name == tf.floatx()
    assert xp.fft.rfftfreq(4, dtype=xp.float64, device="cpu").dtype == xp.float64


@pytest.mark.parametrize("version", [None, "2022.12", "2023.12", "2024.12"])
@pytest.mark.parametrize("operand", [tf.constant(1.0), tf.Variable([1, 2])])
def test_versions_of_the_standard(operand, version):
    assert operand.__array_namespace__(api_version=version) is xp
    assert xp.__array_api_version__ == "2024.12"


def test_an_unknown_version_is_an_error():
    with pytest.raises(ValueError, match=r"no version '2050.12' of the array API standard here; there are 2022\.12, "):
        tf.constant(1.0).__array_namespace__(api_version="2050.12")


def test_namespace_says_what_it_is():
    info = xp.__array_namespace_info__()
    assert info.capabilities() == {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 32}
    assert (info.default_device(), info.devices()) == ("cpu", ["cpu"])
    assert set(info.dtypes()) == set(standard.DTYPES.split())
    assert set(info.dtypes(kind="real floating")) == {"float32", "float64"}
    assert set(info.dtypes(kind=("bool", "unsigned integer"), device="cpu")) == {
        *("bool", "uint8", "uint16", "uint32", "uint64")
    }
    with pytest.raises(ValueError, match="there is the device 'cpu' and no other, not 'gpu'"):
        info.dtypes(device="gpu")


@pytest.mark.parametrize(("float_dtype", "complex_dtype"), [("float32", "complex64"), ("float64", "complex128")])
def test_default_dtypes_are_as_set_floatx_has_them(float_dtype, complex_dtype):
    before = tf.floatx()
    tf.set_floatx(float_dtype)
    try:
        assert xp.__array_namespace_info__().default_dtypes() == {
            "real floating": float_dtype,
            "complex floating": complex_dtype,
            "integral": "int64",
            "indexing": "int64",
        }
        made = [xp.asarray(1.5), xp.zeros(2), xp.arange(3.0), xp.linspace(0, 1, 3), xp.full(2, 1.0), xp.eye(2)]
        assert {t.dtype.name for t in [*made, xp.asarray([[1.0], [2.0]]), xp.empty((1, 2))]} == {float_dtype}
        assert {xp.asarray(1j).dtype.name, xp.full(2, 1j).dtype.name} == {complex_dtype}
        assert {t.dtype.name for t in (xp.asarray(1), xp.arange(3), xp.full(1, 2), xp.asarray([1, 2]))} == {"int64"}
        assert {t.dtype.name for t in (xp.asarray(True), xp.full(1, False))} == {"bool"}
    finally:
        tf.set_floatx(before)


# ------------------------------------------------------------------------------------------------------- NumPy's values

# Calls in terms of a namespace and arrays of MATRIX's, OTHER's and VECTOR's shapes; all have derivatives.
DIFFERENTIABLE: dict[str, list[Any]] = {
    "astype": [lambda m, x, y, v: m.astype(x, m.float64), lambda m, x, y, v: m.astype(x, m.float64, copy=False)],
    "broadcast_arrays": [lambda m, x, y, v: m.broadcast_arrays(x, v)[1]],
    "broadcast_to": [lambda m, x, y, v: m.broadcast_to(x, (2, 3, 4))],
    "clip": [
        lambda m, x, y, v: m.clip(x, -0.5, 0.5),
        lambda m, x, y, v: m.clip(x, max=v),
        lambda m, x, y, v: m.clip(x, v - 1.0, v + 1.0),
    ],
    "concat": [lambda m, x, y, v: m.concat([x, y]), lambda m, x, y, v: m.concat((x, v), axis=None)],
    "cumulative_prod": [lambda m, x, y, v: m.cumulative_prod(x, axis=1, include_initial=True)],
    "cumulative_sum": [lambda m, x, y, v: m.cumulative_sum(v), lambda m, x, y, v: m.cumulative_sum(x, axis=-2)],
    "diff": [lambda m, x, y, v: m.diff(x), lambda m, x, y, v: m.diff(x, axis=0, n=2, append=y)],
    "expand_dims": [lambda m, x, y, v: m.expand_dims(x, axis=-1), lambda m, x, y, v: m.expand_dims(x, axis=1)],
    "flip": [lambda m, x, y, v: m.flip(x), lambda m, x, y, v: m.flip(x, axis=0)],
    "linspace": [lambda m, x, y, v: m.linspace(x[0, 0], v[0], 5)],
    "matmul": [lambda m, x, y, v: m.matmul(x, v), lambda m, x, y, v: m.matmul(x, m.matrix_transpose(y))],
    "matrix_transpose": [lambda m, x, y, v: m.matrix_transpose(x)],
    "max": [lambda m, x, y, v: m.max(x), lambda m, x, y, v: m.max(x, axis=0, keepdims=True)],
    "mean": [lambda m, x, y, v: m.mean(x), lambda m, x, y, v: m.mean(x, axis=(0, 1), keepdims=True)],
    "meshgrid": [lambda m, x, y, v: m.meshgrid(v, x[:, 0])[1], lambda m, x, y, v: m.meshgrid(v, v, indexing="ij")[0]],
    "min": [lambda m, x, y, v: m.min(x), lambda m, x, y, v: m.min(x, axis=-1)],
    "moveaxis": [lambda m, x, y, v: m.moveaxis(x, 0, -1)],
    "permute_dims": [lambda m, x, y, v: m.permute_dims(x, (1, 0)), lambda m, x, y, v: m.permute_dims(x, axes=(0, 1))],
    "prod": [lambda m, x, y, v: m.prod(x), lambda m, x, y, v: m.prod(x, axis=1)],
    "repeat": [lambda m, x, y, v: m.repeat(x, 2), lambda m, x, y, v: m.repeat(x, m.asarray([1, 0, 2]), axis=0)],
    "reshape": [lambda m, x, y, v: m.reshape(x, (2, 6)), lambda m, x, y, v: m.reshape(x, (-1,), copy=True)],
    "roll": [lambda m, x, y, v: m.roll(x, 1), lambda m, x, y, v: m.roll(x, (1, -1), axis=(0, 1))],
    "sort": [
        lambda m, x, y, v: m.sort(x),
        lambda m, x, y, v: m.flip(m.sort(x, axis=0), axis=0) if m is np else m.sort(x, axis=0, descending=True),
    ],
    "squeeze": [lambda m, x, y, v: m.squeeze(x[:1], 0), lambda m, x, y, v: m.squeeze(x[:, :1], axis=(1,))],
    "stack": [lambda m, x, y, v: m.stack([x, y]), lambda m, x, y, v: m.stack((x, y), axis=-1)],
    "std": [lambda m, x, y, v: m.std(x), lambda m, x, y, v: m.std(x, axis=0, correction=1, keepdims=True)],
    "sum": [lambda m, x, y, v: m.sum(x), lambda m, x, y, v: m.sum(x, axis=(0,)), lambda m, x, y, v: m.sum(x, axis=())],
    "take": [lambda m, x, y, v: m.take(v, m.asarray([0, 3, 3])), lambda m, x, y, v: m.take(x, m.asarray([1]), axis=1)],
    "take_along_axis": [
        lambda m, x, y, v: m.take_along_axis(x, m.asarray([[0, 3], [1, 1], [2, 2]])),
        lambda m, x, y, v: (
            m.take_along_axis(x, m.asarray([[0], [2]]), axis=0)
            if m is xp
            else x[:, 0:1][[0, 2]] + x[[0, 2]] - x[[0, 2], :1]
        ),
    ],
    "tensordot": [lambda m, x, y, v: m.tensordot(x, y, axes=2), lambda m, x, y, v: m.tensordot(x, v, axes=1)],
    "tile": [lambda m, x, y, v: m.tile(x, (2,)), lambda m, x, y, v: m.tile(x, (2, 1, 2))],
    "tril": [lambda m, x, y, v: m.tril(x), lambda m, x, y, v: m.tril(x, k=1)],
    "triu": [lambda m, x, y, v: m.triu(x), lambda m, x, y, v: m.triu(x, k=-1)],
    "unique_values": [lambda m, x, y, v: m.unique_values(x)],
    "unique_all": [lambda m, x, y, v: m.unique_all(x).values],
    "unique_counts": [lambda m, x, y, v: m.unique_counts(x).values],
    "unique_inverse": [lambda m, x, y, v: m.unique_inverse(x).values],
    "unstack": [lambda m, x, y, v: m.unstack(x, axis=1)[2]],
    "var": [lambda m, x, y, v: m.var(x), lambda m, x, y, v: m.var(x, axis=1, correction=0.5)],
    "vecdot": [
        lambda m, x, y, v: m.vecdot(x, y),
        lambda m, x, y, v: m.vecdot(x, v),
        lambda m, x, y, v: m.vecdot(x, y, axis=-2),
    ],
    "where": [lambda m, x, y, v: m.where(x > y, x, v), lambda m, x, y, v: m.where(x > 0.0, x, 1.0)],
    "full": [lambda m, x, y, v: m.full((2, 3), x[0, 1])],
    "full_like": [lambda m, x, y, v: m.full_like(x, v[0])],
    "asarray": [lambda m, x, y, v: m.asarray(x), lambda m, x, y, v: m.asarray(x, copy=True)],
    "from_dlpack": [lambda m, x, y, v: x if m is np else m.from_dlpack(x, copy=True)],
    "real": [lambda m, x, y, v: m.real(x)],
    "conj": [lambda m, x, y, v: m.conj(x)],
}
# Calls whose results vary in steps, or not at all.
DATA: dict[str, list[Any]] = {
    "all": [lambda m, x, y, v: m.all(x), lambda m, x, y, v: m.all(x > y, axis=0)],
    "any": [lambda m, x, y, v: m.any(x), lambda m, x, y, v: m.any(x > y, axis=(0, 1), keepdims=True)],
    "argmax": [lambda m, x, y, v: m.argmax(x), lambda m, x, y, v: m.argmax(x, axis=-1, keepdims=True)],
    "argmin": [lambda m, x, y, v: m.argmin(x, keepdims=True), lambda m, x, y, v: m.argmin(x, axis=0)],
    "argsort": [
        lambda m, x, y, v: m.argsort(x),
        lambda m, x, y, v: m.flip(m.argsort(x), axis=-1) if m is np else m.argsort(x, descending=True),
    ],
    "count_nonzero": [
        lambda m, x, y, v: m.asarray(m.count_nonzero(x > y)),
        lambda m, x, y, v: m.count_nonzero(x, axis=1),
    ],
    "nonzero": [lambda m, x, y, v: m.nonzero(x > y)[1], lambda m, x, y, v: m.nonzero(v)[0]],
    "searchsorted": [
        lambda m, x, y, v: m.searchsorted(m.sort(v), x),
        lambda m, x, y, v: m.searchsorted(v, x, sorter=m.argsort(v), side="right"),
    ],
    "arange": [
        lambda m, x, y, v: m.arange(5),
        lambda m, x, y, v: m.arange(1, 9, 3),
        lambda m, x, y, v: m.arange(5, 0, -2),
    ],
    "eye": [lambda m, x, y, v: m.eye(3, dtype=m.float64), lambda m, x, y, v: m.eye(2, 3, k=1, dtype=m.int8)],
    "ones": [lambda m, x, y, v: m.ones((2, 3), dtype=m.uint8), lambda m, x, y, v: m.ones(3, dtype=m.bool)],
    "zeros": [lambda m, x, y, v: m.zeros((), dtype=m.float64), lambda m, x, y, v: m.zeros((0, 2), dtype=m.complex64)],
    "empty": [lambda m, x, y, v: m.empty((2, 3), dtype=m.int16) * 0],
    "zeros_like": [lambda m, x, y, v: m.zeros_like(x), lambda m, x, y, v: m.zeros_like(x, dtype=m.int8)],
    "ones_like": [lambda m, x, y, v: m.ones_like(v), lambda m, x, y, v: m.ones_like(v, dtype=m.bool)],
    "empty_like": [lambda m, x, y, v: m.empty_like(x, dtype=m.int16) * 0],
    "imag": [lambda m, x, y, v: m.imag(x)],
    "can_cast": [lambda m, x, y, v: [m.can_cast(m.int8, m.int16), m.can_cast(x if m is xp else x.dtype, m.float32)]],
    "isdtype": [lambda m, x, y, v: [m.isdtype(m.int8, "integral"), m.isdtype(x.dtype, ("bool", m.float32))]],
    "result_type": [
        lambda m, x, y, v: m.zeros(1, dtype=m.result_type(m.float32, 1.0, m.int8)),
        lambda m, x, y, v: m.zeros(1, dtype=m.result_type(x, m.float32)),
    ],
    "finfo": [lambda m, x, y, v: [m.finfo(x.dtype).eps, m.finfo(m.complex64).max, m.finfo(m.float32).smallest_normal]],
    "iinfo": [lambda m, x, y, v: [m.iinfo(m.int8).max, m.iinfo(m.uint16).min, m.iinfo(m.int64).bits]],
}
INFORMATION = {"__array_namespace_info__"}


def calls(table: dict[str, list[Any]]) -> list[Any]:
    return [pytest.param(call, id=f"{name}-{k}") for name, found in table.items() for k, call in enumerate(found)]


def has_numpys(name: str) -> bool:
    return hasattr(np, name)  # NumPy 2.0 lacks some


def test_every_function_is_called_here():
    elementwise = {*standard.ELEMENTWISE_OF_ONE.split(), *standard.ELEMENTWISE_OF_TWO.split()}
    assert set(standard.main_functions()) - elementwise <= {*DIFFERENTIABLE, *DATA, *INFORMATION}


@of_the_standard
@pytest.mark.parametrize("call", calls({name: found for name, found in DIFFERENTIABLE.items() if has_numpys(name)}))
def test_function_gives_numpys_values_and_dtypes(call):
    expected = call(np, MATRIX, OTHER, VECTOR)
    for make in (tf.constant, tf.Variable):
        result = call(xp, make(MATRIX), make(OTHER), make(VECTOR))
        assert isinstance(result, tf.Tensor)
        np.testing.assert_allclose(result, expected, rtol=1e-12)
        assert (tuple(result.shape), result.dtype) == (np.shape(expected), expected.dtype)


@pytest.mark.parametrize("call", calls(DIFFERENTIABLE))
def test_function_is_recorded_and_has_both_derivatives(call):
    check_gradients(lambda *operands: call(xp, *operands), [MATRIX, OTHER, VECTOR], order=2, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("call", calls({name: found for name, found in DATA.items() if has_numpys(name)}))
def test_function_that_gives_data_gives_numpys(call):
    result, expected = call(xp, *map(tf.constant, (MATRIX, OTHER, VECTOR))), call(np, MATRIX, OTHER, VECTOR)
    np.testing.assert_array_equal(result, expected)
    if not isinstance(result, list):
        assert isinstance(result, tf.Tensor) and result.dtype == expected.dtype


DTYPES = [name for name in standard.DTYPES.split() if not name.startswith("complex")]


def sample(dtype: str) -> np.ndarray:
    return np.array([[3, 1, 2, 0], [0, 5, 1, 1]]).astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["sum", "prod", "cumulative_sum", "cumulative_prod"])
def test_sums_of_integers_are_of_64_bits(name, dtype):
    result = getattr(xp, name)(tf.constant(sample(dtype)), axis=1)
    kind = np.dtype(dtype).kind
    assert result.dtype == {"u": "uint64", "f": dtype}.get(kind, "int64")
    expected = {"sum": np.sum, "prod": np.prod, "cumulative_sum": np.cumsum, "cumulative_prod": np.cumprod}[name]
    np.testing.assert_array_equal(result, expected(sample(dtype), axis=1))
    assert getattr(xp, name)(tf.constant(sample(dtype)), axis=1, dtype=xp.float32).dtype == "float32"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "name", ["max", "min", "sort", "flip", "square", "abs", "sign", "round", "floor", "unique_values"]
)
def test_function_keeps_the_dtype(name, dtype):
    if dtype == "bool" and name in ("square", "abs", "sign", "round", "floor"):
        pytest.skip("not defined for truth values")
    operand = sample(dtype) * (np.dtype(dtype).type(-1) if np.dtype(dtype).kind in "if" else np.dtype(dtype).type(1))
    result = getattr(xp, name)(tf.constant(operand))
    spelled = {"unique_values": "unique", "abs": "absolute"}.get(name, name)
    expected = np.sort(operand, axis=-1) if name == "sort" else getattr(np, spelled)(operand)
    assert result.dtype == dtype
    np.testing.assert_array_equal(result, expected)


POINTS = np.array([[0.4, 0.7, 0.2], [0.9, 0.1, 0.6]])
NUMPYS = {
    "acos": "arccos",
    "acosh": "arccosh",
    "asin": "arcsin",
    "asinh": "arcsinh",
    "atan": "arctan",
    "atan2": "arctan2",
    "atanh": "arctanh",
    "bitwise_invert": "invert",
    "bitwise_left_shift": "left_shift",
    "bitwise_right_shift": "right_shift",
    "pow": "power",
}
OF_INTEGERS = {
    "bitwise_and",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
}
STEPS = {"ceil", "floor", "imag", "round", "sign", "trunc", "floor_divide"}


def operands_of(name: str, number: int) -> list[np.ndarray]:
    if name in OF_INTEGERS:
        return [np.array([[5, 3, 12], [1, 7, 0]], dtype=np.int16), np.array([2, 1, 3], dtype=np.int16)][:number]
    if name == "acosh":
        return [POINTS + 1.0]
    return [POINTS, np.array([0.35, 0.8, 0.55])][:number]


@pytest.mark.parametrize("name", (standard.ELEMENTWISE_OF_ONE + standard.ELEMENTWISE_OF_TWO).split())
def test_elementwise_function_gives_numpys_values_and_has_derivatives(name):
    number = 1 if name in standard.ELEMENTWISE_OF_ONE.split() else 2
    arrays = operands_of(name, number)
    function = getattr(xp, name)
    result, expected = function(*map(tf.constant, arrays)), getattr(np, NUMPYS.get(name, name))(*arrays)
    assert isinstance(result, tf.Tensor) and result.dtype == expected.dtype
    np.testing.assert_allclose(result, expected, rtol=1e-12)
    if result.dtype.kind == "f" and name not in STEPS | {"nextafter"}:
        check_gradients(function, arrays, order=2, rtol=1e-4, atol=1e-5)
    if number == 2:
        beside = function(tf.constant(arrays[0]), arrays[1][0].item())
        np.testing.assert_allclose(beside, getattr(np, NUMPYS.get(name, name))(arrays[0], arrays[1][0]), rtol=1e-12)
        assert beside.dtype == expected.dtype


@pytest.mark.parametrize("name", ["real", "imag", "conj", "abs", "exp", "square", "reciprocal", "sum", "mean"])
def test_function_of_complex_numbers_gives_numpys_values_and_has_derivatives(name):
    points = POINTS + 1j * POINTS[::-1]
    result = getattr(xp, name)(tf.constant(points))
    np.testing.assert_allclose(result, getattr(np, name)(points), rtol=1e-12)
    assert result.dtype == getattr(np, name)(points).dtype
    check_gradients(getattr(xp, name), [points])


MATRICES: dict[str, list[Any]] = {
    "cholesky": [lambda m, a, b: m.linalg.cholesky(a + a.mT), lambda m, a, b: m.linalg.cholesky(a + a.mT, upper=True)],
    "cross": [lambda m, a, b: m.linalg.cross(a, b), lambda m, a, b: m.linalg.cross(a, b, axis=-2)],
    "det": [lambda m, a, b: m.linalg.det(a)],
    "diagonal": [lambda m, a, b: m.linalg.diagonal(a, offset=1)],
    "eigh": [lambda m, a, b: m.linalg.eigh(a + a.mT).eigenvalues],
    "eigvalsh": [lambda m, a, b: m.linalg.eigvalsh(a + a.mT)],
    "inv": [lambda m, a, b: m.linalg.inv(a)],
    "matmul": [lambda m, a, b: m.linalg.matmul(a, b)],
    "matrix_norm": [
        lambda m, a, b: m.linalg.matrix_norm(a),
        lambda m, a, b: m.linalg.matrix_norm(a, ord="nuc", keepdims=True),
    ],
    "matrix_power": [lambda m, a, b: m.linalg.matrix_power(a, 3), lambda m, a, b: m.linalg.matrix_power(a, -2)],
    "matrix_transpose": [lambda m, a, b: m.linalg.matrix_transpose(a)],
    "outer": [lambda m, a, b: m.linalg.outer(a[0, :], b[1, :])],
    "pinv": [lambda m, a, b: m.linalg.pinv(a[:, :2]), lambda m, a, b: m.linalg.pinv(a, rtol=1e-10)],
    "qr": [lambda m, a, b: m.linalg.qr(a).Q, lambda m, a, b: m.linalg.qr(a, mode="complete").R],
    "slogdet": [lambda m, a, b: m.linalg.slogdet(a).logabsdet],
    "solve": [lambda m, a, b: m.linalg.solve(a, b), lambda m, a, b: m.linalg.solve(a, b[:, 0])],
    "svd": [lambda m, a, b: m.linalg.svd(a).S, lambda m, a, b: m.linalg.svd(a[:2, :], full_matrices=False).S],
    "svdvals": [lambda m, a, b: m.linalg.svdvals(a)],
    "tensordot": [lambda m, a, b: m.linalg.tensordot(a, b, axes=((0,), (1,)))],
    "trace": [lambda m, a, b: m.linalg.trace(a), lambda m, a, b: m.linalg.trace(a, offset=-1)],
    "vecdot": [lambda m, a, b: m.linalg.vecdot(a, b)],
    "vector_norm": [
        lambda m, a, b: m.linalg.vector_norm(a),
        lambda m, a, b: m.linalg.vector_norm(a, axis=0, ord=3),
        lambda m, a, b: m.linalg.vector_norm(a, axis=(0, 1), keepdims=True, ord=1),
    ],
}


@pytest.mark.parametrize("call", calls(MATRICES))
def test_linalg_gives_numpys_values_and_has_derivatives(call):
    right = SQUARE[::-1] + 0.3
    np.testing.assert_allclose(
        call(xp, tf.constant(SQUARE), tf.constant(right)), call(np, SQUARE, right), rtol=1e-10, atol=1e-12
    )
    check_gradients(lambda a, b: call(xp, a, b), [SQUARE + 0.1 * MATRIX[:, :3], right], rtol=1e-4, atol=1e-5)


def test_every_function_of_linalg_is_called_here():
    assert set(standard.signatures(standard.LINALG)) == set(MATRICES) | {"matrix_rank"}


def test_matrix_rank_counts():
    deficient = tf.constant(np.outer([1.0, 2.0, 3.0], [1.0, 0.5, 0.0]))
    assert int(xp.linalg.matrix_rank(deficient)) == 1
    assert int(xp.linalg.matrix_rank(tf.constant(SQUARE), rtol=tf.constant(0.9))) == 1
    assert xp.linalg.trace(tf.constant(np.eye(2, dtype=np.int8))).dtype == "int64"


# --------------------------------------------------------------------------------------------------------------- errors

ERRORS: dict[str, tuple[Any, Any, str]] = {
    "device": (lambda: xp.zeros(2, device="gpu"), ValueError, "there is the device 'cpu' and no other, not 'gpu'"),
    "copy of an array": (lambda: xp.asarray(np.ones(2), copy=False), ValueError, "a ndarray must be copied"),
    "copy for a dtype": (
        lambda: xp.asarray(tf.constant(1.0), dtype=xp.float64, copy=False),
        ValueError,
        "a change of dtype, or a Variable's value as a tensor, needs a copy",
    ),
    "imaginary parts": (lambda: xp.astype(tf.constant([1j]), xp.float64), TypeError, "imaginary parts would be lost"),
    "take without an axis": (
        lambda: xp.take(tf.constant(MATRIX), tf.constant([0])),
        ValueError,
        r"take: an axis must be named for shape \(3, 4\)",
    ),
    "a float as an integer": (lambda: xp.asarray(0.5, dtype=xp.int32), TypeError, "0.5 does not fit the dtype int32"),
    "out of range": (lambda: xp.asarray([300], dtype=xp.int8), OverflowError, "300"),
    "nonzero of a scalar": (lambda: xp.nonzero(tf.constant(1.0)), ValueError, "a scalar has no places"),
    "vecdot of other lengths": (
        lambda: xp.vecdot(tf.constant(MATRIX), tf.constant(MATRIX[:, :1])),
        ValueError,
        r"shapes \(3, 4\) and \(3, 1\) have no vectors of one length along axis -1",
    ),
    "vecdot from the front": (lambda: xp.vecdot(tf.ones(2), tf.ones(2), axis=0), ValueError, "counted from the last"),
    "transpose of a vector": (lambda: xp.matrix_transpose(tf.ones(2)), ValueError, "a matrix has two axes"),
    "qr": (lambda: xp.linalg.qr(tf.constant(SQUARE), mode="r"), ValueError, "neither 'reduced' nor 'complete'"),
    "squeeze": (lambda: xp.squeeze(tf.constant(MATRIX), 0), ValueError, "squeeze"),
    "expand_dims": (lambda: xp.expand_dims(tf.constant(MATRIX), axis=4), IndexError, "axis"),
    "positional axis": (lambda: xp.sum(tf.constant(MATRIX), 0), TypeError, "positional"),
    "float beside integers": (lambda: xp.add(tf.constant([1]), 0.5), TypeError, "cannot convert 0.5"),
    "assignment": (
        lambda: tf.constant(MATRIX).__setitem__(0, 1.0),
        TypeError,
        r"its value never changes. t.at\[i\].set\(x\) gives a new tensor",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_error_says_what_is_wrong(name):
    call, kind, text = ERRORS[name]
    with pytest.raises(kind, match=text):
        call()


# --------------------------------------------------------------------------------------------------- making and casting


def test_asarray_copies_what_can_be_written_to_and_keeps_tensors():
    array = np.arange(3.0)
    t = xp.asarray(array)
    array[0] = 9.0
    np.testing.assert_array_equal(t, [0.0, 1.0, 2.0])
    assert xp.asarray(t) is t and xp.asarray(t, copy=False) is t and xp.asarray(t, copy=True) is not t
    assert isinstance(xp.asarray(tf.Variable(1.0)), tf.Tensor)
    assert xp.asarray([t, 2.0 * t]).shape == (2, 3) and xp.asarray(np.float64(1.5)).dtype == "float64"
    assert xp.asarray(memoryview(b"ab")).dtype == "uint8"


@pytest.mark.parametrize("value", [[0, 2**63], 2**64 - 1, (1, True), []])
def test_asarray_takes_pythons_numbers_in_any_dtype_that_holds_them(value):
    np.testing.assert_array_equal(xp.asarray(value, dtype=xp.uint64), np.array(value, np.uint64))
    assert xp.asarray(value, dtype=xp.complex64).dtype == "complex64"


def test_lists_of_numpys_numbers_keep_their_dtype():
    assert xp.asarray([np.float64(1.5)]).dtype == "float64" and xp.asarray([np.int16(1)]).dtype == "int16"


def test_functions_take_arrays_and_lists_and_give_tensors():
    for result in (xp.add([1.0], [2.0]), xp.sum(np.ones(3)), xp.stack([np.ones(2), tf.ones(2)]), xp.exp(0.0)):
        assert isinstance(result, tf.Tensor)


def test_limits_are_pythons_numbers():
    assert {type(getattr(xp.finfo(xp.float32), n)) for n in ("eps", "max", "min", "smallest_normal")} == {float}
    assert xp.finfo(tf.constant(1.0)).dtype == "float32" and xp.finfo(xp.complex128).bits == 64
    assert type(xp.iinfo(xp.int8).max) is int and xp.iinfo(tf.constant(1)).dtype == "int32"


def test_unique_functions_name_their_results():
    x = tf.constant([[3.0, 1.0], [1.0, np.nan]])
    found = xp.unique_all(x)
    assert found._fields == ("values", "indices", "inverse_indices", "counts")
    assert found.inverse_indices.shape == (2, 2) and found.counts.numpy().tolist() == [2, 1, 1]
    np.testing.assert_array_equal(xp.take(found.values, xp.reshape(found.inverse_indices, (-1,))), [3, 1, 1, np.nan])
    assert all(isinstance(part, tf.Tensor) for part in (*found, *xp.unique_counts(x), *xp.unique_inverse(x)))


# ---------------------------------------------------------------------------------------------------- agnostic programs


def logistic_loss(w: Any, x: Any, y: Any) -> Any:
    m = w.__array_namespace__()
    margin = m.matmul(x, w) * y
    return m.mean(m.logaddexp(m.zeros_like(margin), -margin)) + 0.1 * m.vecdot(w, w)


def whitened(x: Any) -> Any:
    m = x.__array_namespace__()
    centred = x - m.mean(x, axis=0, keepdims=True)
    covariance = m.matrix_transpose(centred) @ centred / (x.shape[0] - 1)
    values, vectors = m.linalg.eigh(covariance)
    return centred @ vectors / m.sqrt(values)


def attention(q: Any, k: Any, v: Any) -> Any:
    m = q.__array_namespace__()
    scores = q @ m.matrix_transpose(k) / q.shape[-1] ** 0.5
    weights = m.exp(scores - m.max(scores, axis=-1, keepdims=True))
    return weights / m.sum(weights, axis=-1, keepdims=True) @ v


def interpolated(x: Any) -> Any:
    m = x.__array_namespace__()
    knots = m.linspace(-3.0, 3.0, 7, dtype=x.dtype)
    place = m.clip(m.searchsorted(knots, x) - 1, 0, 5)
    low, high = m.take(knots, place), m.take(knots, place + 1)
    part = (x - low) / (high - low)
    return m.where(part < 0.5, low**2 * (1.0 - part), high * part) + m.cumulative_sum(x)


PROGRAMS: dict[str, tuple[Any, list[np.ndarray]]] = {
    "logistic regression": (logistic_loss, [VECTOR, MATRIX, np.array([1.0, -1.0, 1.0])]),
    "whitening": (lambda x: whitened(x) ** 2, [RNG.normal(size=(6, 2))]),
    "attention": (attention, [MATRIX, OTHER, MATRIX + OTHER]),
    "interpolation": (interpolated, [np.array([-1.7, 0.3, 2.2])]),
}


@of_the_standard
@pytest.mark.parametrize("name", PROGRAMS)
def test_agnostic_program_gives_numpys_values(name):
    program, arrays = PROGRAMS[name]
    np.testing.assert_allclose(program(*map(tf.constant, arrays)), program(*arrays), rtol=1e-10)


@pytest.mark.parametrize("name", PROGRAMS)
def test_agnostic_program_has_both_derivatives(name):
    program, arrays = PROGRAMS[name]
    check_gradients(program, arrays, order=2, rtol=1e-3, atol=1e-4)


def test_agnostic_program_is_recorded_as_a_function():
    program = tf.function(logistic_loss)
    for w in (VECTOR, -2.0 * VECTOR):
        given = [tf.constant(a) for a in (w, *PROGRAMS["logistic regression"][1][1:])]
        np.testing.assert_allclose(program(*given), logistic_loss(*given))


def test_agnostic_program_trains_a_variable():
    x, y = tf.constant(MATRIX), tf.constant([1.0, -1.0, 1.0], dtype=tf.float64)
    w = tf.Variable(np.zeros(4))
    losses = []
    for _ in range(20):
        with tf.GradientTape() as tape:
            loss = logistic_loss(w, x, y)
        w.assign_sub(0.5 * tape.gradient(loss, w))
        losses.append(float(loss))
    assert losses == sorted(losses, reverse=True) and losses[-1] < 0.9 * losses[0]


# ------------------------------------------------------------------------------------------------------ other libraries


def test_array_api_compat_finds_the_namespace():
    compat = pytest.importorskip("array_api_compat")
    t, v = tf.constant([1.0, 2.0]), tf.Variable([1.0])
    assert compat.array_namespace(t, v) is xp and compat.is_array_api_obj(t)
    assert compat.device(t) == "cpu" and compat.size(t) == 2 and compat.to_device(t, "cpu") is t


def test_array_api_extra_computes_on_tensors():
    extra = pytest.importorskip("array_api_extra")
    check_gradients(lambda x: extra.cov(x), [MATRIX])
    check_gradients(lambda x, y: extra.kron(x, y), [MATRIX, VECTOR])


SCIPY = """
import numpy as np
import scipy.integrate, scipy.linalg, scipy.ndimage, scipy.optimize, scipy.special, scipy.stats
import autodiff_core as tf
from autodiff_core.testing import check_gradients

x = np.array([0.5, 1.5, 2.5, 1.1])
for function in (
    scipy.special.softmax,
    scipy.stats.skew,
    scipy.stats.kurtosis,
    scipy.stats.gmean,
    scipy.stats.hmean,
    scipy.stats.sem,
    scipy.stats.circmean,
    scipy.stats.entropy,
    scipy.special.entr,
    scipy.special.gammaln,
    lambda x: scipy.special.xlogy(x, x),
    lambda x: scipy.special.expit(x),
    lambda x: scipy.special.stdtr(3.0, x),
    lambda x: scipy.stats.pmean(x, 3),
    lambda x: scipy.stats.moment(x, 3),
    lambda x: scipy.stats.ttest_1samp(x, 1.0).statistic,
    lambda x: scipy.integrate.trapezoid(x),
    lambda x: scipy.integrate.cumulative_trapezoid(x),
    scipy.optimize.rosen,
):
    result = function(tf.constant(x))
    assert isinstance(result, tf.Tensor), function
    np.testing.assert_allclose(result, function(x))
    check_gradients(function, [x])

import scipy.signal
t = tf.constant(x)
for function in (
    scipy.special.logsumexp,
    scipy.special.log_softmax,
    scipy.stats.zscore,
    scipy.stats.norm.pdf,
    scipy.integrate.simpson,
    scipy.signal.detrend,
    lambda t: scipy.signal.convolve(t, x),
    lambda t: scipy.signal.convolve(t, tf.constant(x)),
    lambda t: scipy.ndimage.gaussian_filter1d(t, 1.0),
    scipy.linalg.norm,
):
    with tf.GradientTape() as tape:
        tape.watch(t)
        try:
            found = function(t)
        except TypeError as error:
            assert not str(error).startswith("this call")
            continue
    raise AssertionError(f"{function} gave {found!r}")
"""


@pytest.mark.slow
def test_scipys_array_agnostic_functions_are_differentiated():
    pytest.importorskip("scipy", minversion="1.17")
    pytest.importorskip("numpy", minversion="2.1")
    run = subprocess.run(
        [sys.executable, "-c", SCIPY], env={**os.environ, "SCIPY_ARRAY_API": "1"}, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
