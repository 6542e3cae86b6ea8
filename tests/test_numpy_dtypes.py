"""NumPy's functions give a tensor of truth values or integers the dtype and the values that they give an array of them.

Every example call of NumPy's functions, every ufunc on every pair of dtypes, and the methods of ufuncs; what NumPy
itself refuses is left out.
"""

from __future__ import annotations

import itertools
import warnings
import zlib
from types import CodeType
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
import fourier_calls
import numpy_calls

DTYPES = ["bool", "int8", "uint8", "int16", "int32", "int64", "uint64"]
BESIDE = [*DTYPES, "float16", "float32", "float64"]


def numbers(name: str, shape: Any, dtype: str) -> np.ndarray:
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    if dtype == "bool":
        return np.resize(generator.permutation([True, False, True]), shape)
    low = -4 if np.dtype(dtype).kind in "if" else 1
    return generator.integers(low, 5, size=shape).astype(dtype)


def flat(result: Any) -> list[Any]:
    return [part for item in result for part in flat(item)] if isinstance(result, (list, tuple)) else [result]


def outcome(call: Any, arrays: list[Any]) -> Any:
    """What comes of it, or the error."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            found = flat(call(*arrays))
            in_any_order = call is getattr(np, "unique_values", None)
            return [np.sort(x) for x in found] if in_any_order else found
        except (TypeError, ValueError, IndexError, ArithmeticError, RuntimeError) as error:
            return error


def floats_in(constants: Any) -> bool:
    return any(floats_in(x) if isinstance(x, tuple) else isinstance(x, float) for x in constants)


def refuses(call: Any, error: Exception) -> bool:
    """Whether the call puts a Python float beside a tensor, which has to be one of floats: no tensor changes its dtype
    for a number."""
    if "this method of the ufunc is not recorded" in str(error):
        return True
    code = getattr(call, "__code__", None)
    codes = [] if code is None else [code, *(c for c in code.co_consts if isinstance(c, CodeType))]
    floats = any(floats_in(c.co_consts) for c in codes) or any(floats_in((x,)) for x in closed_over(call))
    return floats and "cast the tensor beside it first" in str(error)


def closed_over(call: Any) -> list[Any]:
    found = [cell.cell_contents for cell in getattr(call, "__closure__", None) or ()]
    return [part for x in found for part in (x.values() if isinstance(x, dict) else [x])]


def assert_as_numpy(call: Any, arrays: list[Any], tensors: list[Any]) -> None:
    expected = outcome(call, arrays)
    if isinstance(expected, Exception):
        return
    found = outcome(call, tensors)
    if isinstance(found, Exception) and refuses(call, found):
        return
    kinds = [array.dtype.name for array in arrays]
    assert not isinstance(found, Exception), f"of {kinds}: {found!r} for {expected}"
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        if isinstance(other, (np.ndarray, np.generic)) and one is not None:
            assert one.dtype == other.dtype, f"of {kinds}: {one.dtype} for {other.dtype}"
            np.testing.assert_allclose(one, other, rtol=1e-2 if other.dtype == np.float16 else 1e-5, atol=1e-6)


CALLS = [
    pytest.param(name, call, id=f"{prefix}{name}-{k}")
    for prefix, table in (("", numpy_calls), ("fft.", fourier_calls))
    for name, calls in table.GRADIENTS.items()
    for k, call in enumerate(calls)
]


@pytest.mark.walk
@pytest.mark.parametrize(("name", "call"), CALLS)
def test_a_function_gives_numpys_dtype_and_values(name: str, call: Any) -> None:
    for dtype in DTYPES:
        arrays = [numbers(f"{name} {k}", shape, dtype) for k, shape in enumerate(call.shapes)]
        if name == "trapezoid" and len(arrays) == 2 and dtype[0] in "bu":
            continue  # differences of such places wrap around in NumPy; here the integral is right
        assert_as_numpy(call.function, arrays, [tf.constant(array) for array in arrays])


@pytest.mark.walk
@pytest.mark.parametrize("name", numpy_calls.DATA)
def test_data_has_numpys_dtype_and_values(name: str) -> None:
    for dtype in DTYPES:
        array = numbers(name, (3, 4), dtype)
        assert_as_numpy(numpy_calls.DATA[name], [array], [tf.constant(array)])


UFUNCS = sorted({thing for thing in vars(np).values() if isinstance(thing, np.ufunc)}, key=lambda u: u.__name__)
PAIRS = [*itertools.product(DTYPES, BESIDE), *((b, a) for a, b in itertools.product(DTYPES, BESIDE) if b not in DTYPES)]


@pytest.mark.walk
@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda ufunc: ufunc.__name__)
def test_a_ufunc_gives_numpys_dtype_and_values(ufunc: np.ufunc) -> None:
    shapes = [(3, 3)] * ufunc.nin
    for dtypes in [(dtype,) for dtype in DTYPES] if ufunc.nin == 1 else PAIRS:
        given = zip(shapes, dtypes, strict=True)
        arrays = [numbers(f"{ufunc} {k}", shape, dtype) for k, (shape, dtype) in enumerate(given)]
        assert_as_numpy(ufunc, arrays, [tf.constant(array) for array in arrays])
        if ufunc.nin == 2:
            assert_as_numpy(ufunc, arrays, [tf.constant(arrays[0]), arrays[1]])
            assert_as_numpy(ufunc, arrays, [arrays[0], tf.constant(arrays[1])])


@pytest.mark.walk
@pytest.mark.parametrize("method", ["reduce", "accumulate", "outer", "reduceat"])
@pytest.mark.parametrize("ufunc", [u for u in UFUNCS if u.nin == 2 and u.nout == 1], ids=lambda ufunc: ufunc.__name__)
def test_a_ufuncs_method_gives_numpys_dtype_and_values(ufunc: np.ufunc, method: str) -> None:
    for dtype in DTYPES:
        array = numbers(f"{ufunc} {method}", (3, 3), dtype)
        rest = {"reduceat": ([0, 2],), "outer": (array[0],)}.get(method, ())
        if (ufunc, method) != (np.power, "reduce"):  # NumPy takes one operand's last element for all of them (2.4)
            assert_as_numpy(lambda x: getattr(ufunc, method)(x, *rest), [array], [tf.constant(array)])  # noqa: B023
