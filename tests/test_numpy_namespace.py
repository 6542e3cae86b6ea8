"""`autodiff_core.numpy`: NumPy's namespace whole, in which lists of tensors and what has no hook record as well."""

from __future__ import annotations

import copy
import importlib
import pickle
import warnings
import zlib
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy
import pytest

import autodiff_core as tf
import autodiff_core.numpy as np
import numpy_calls
from autodiff_core.testing import check_gradients

MODULES = {"np": (numpy, np), "np.linalg": (numpy.linalg, np.linalg), "np.fft": (numpy.fft, np.fft)}

# The tables of example calls, read once more with this namespace in NumPy's place.
SOURCE = Path(numpy_calls.__file__).read_text()
assert SOURCE.count("import numpy as np\n") == 1
HERE = ModuleType("numpy_calls_here")
exec(
    compile(SOURCE.replace("import numpy as np\n", "import autodiff_core.numpy as np\n"), __file__, "exec"), vars(HERE)
)


def arrays_for(name: str, shapes: Any) -> list[Any]:
    generator = numpy.random.default_rng(zlib.crc32(name.encode()))
    return [
        numpy.asarray(generator.permutation(numpy.linspace(0.3, 1.9, int(numpy.prod(shape, dtype=int))))).reshape(shape)
        for shape in shapes
    ]


def flat(result: Any) -> list[Any]:
    return [part for item in result for part in flat(item)] if isinstance(result, (list, tuple)) else [result]


def assert_same(found: Any, expected: Any) -> None:
    for one, other in zip(flat(found), flat(expected), strict=True):
        one, other = (x.numpy() if isinstance(x, tf.Tensor) else x for x in (one, other))
        numpy.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)


# ------------------------------------------------------------------------------------------------- the whole namespace


@pytest.mark.parametrize("name", MODULES)
def test_every_name_of_numpy_is_there(name: str) -> None:
    original, here = MODULES[name]
    assert here.__all__ == original.__all__
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for public in original.__all__:
            theirs, ours = getattr(original, public), getattr(here, public)
            assert callable(ours) == callable(theirs), public
            assert isinstance(ours, type) == isinstance(theirs, type), public
            if isinstance(theirs, type) and public != "vectorize":
                assert ours is theirs
    assert set(dir(original)) <= set(dir(here))


def test_a_name_that_numpy_has_not_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"module 'autodiff_core.numpy' has no attribute 'sine'"):
        np.sine  # noqa: B018
    with pytest.raises(AttributeError, match=r"module 'autodiff_core.numpy.linalg' has no attribute 'nrom'"):
        np.linalg.nrom  # noqa: B018


def test_names_are_made_once_and_known_by_their_names() -> None:
    assert np.sum is np.sum and np.sum.__name__ == "sum" and np.sum.__doc__ == numpy.sum.__doc__
    for function in (np.sum, np.sin, np.linalg.norm, np.fft.fft, np.array, np.apply_along_axis):
        assert pickle.loads(pickle.dumps(function)) is function
        assert copy.deepcopy(function)([1.0, 2.0]) is not None if function is np.sum else True
    assert np.add.reduce([1, 2]) == 3 and np.add.nin == 2 and repr(np.add) == "<ufunc 'add'>"
    assert tf.experimental.numpy is np and tf.numpy is np


@pytest.mark.parametrize("name", ["random", "ma", "testing", "exceptions", "lib.stride_tricks", "dtypes"])
def test_modules_that_are_numpys_are_imported_by_their_names_here(name: str) -> None:
    assert importlib.import_module(f"autodiff_core.numpy.{name}") is importlib.import_module(f"numpy.{name}")


def test_a_module_that_numpy_has_not_is_not_found() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'autodiff_core.numpy.randon'"):
        importlib.import_module("autodiff_core.numpy.randon")
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'autodiff_core.numpy.ma.nothing'"):
        importlib.import_module("autodiff_core.numpy.ma.nothing")


def test_things_are_what_they_are_in_numpy() -> None:
    assert isinstance(np.add, np.ufunc) and isinstance(np.add, numpy.ufunc)
    assert isinstance(np.vectorize(abs), np.vectorize)
    for thing in (np.r_, np.c_, np.add):
        assert pickle.loads(pickle.dumps(thing)) is thing
        assert copy.deepcopy(thing) is thing


def test_polynomials_of_numbers_are_numpys_and_leave_what_they_are_given_as_it_is() -> None:
    c = numpy.array([1.0, 2.0, 3.0])
    for name in ("polyder", "polyint", "polymulx", "polyroots", "polyfromroots"):
        found, expected = (getattr(module.polynomial.polynomial, name)(c) for module in (np, numpy))
        assert type(found) is type(expected) and found.dtype == expected.dtype
        numpy.testing.assert_array_equal(found, expected)
    assert c.tolist() == [1.0, 2.0, 3.0]


NAMED = [
    pytest.param(name, k, id=f"{name}-{k}") for name, calls in numpy_calls.GRADIENTS.items() for k in range(len(calls))
]


@pytest.mark.parametrize(("name", "k"), NAMED)
def test_functions_give_what_numpys_give(name: str, k: int) -> None:
    call, here = numpy_calls.GRADIENTS[name][k], HERE.GRADIENTS[name][k]
    arrays = arrays_for(name, call.shapes)
    expected = call.function(*arrays)
    found = here.function(*arrays)
    assert [type(x) for x in flat(found)] == [type(x) for x in flat(expected)]
    assert_same(found, expected)
    tensors = [tf.constant(x) for x in arrays]
    recorded = here.function(*tensors)
    assert any(isinstance(x, tf.Tensor) for x in flat(recorded))
    assert_same(recorded, call.function(*tensors))


# A list is one of columns; NumPy takes a list's length along any axis; whether Rows is a list depends on the version.
LISTS_ARE_OTHERWISE = {"histogramdd", "split", "array_split", "block"}

# ----------------------------------------------------------------------------------------------------- lists of tensors


class Rows(list[Any]):
    """A list without operators: list + array is the array's doing, not a function's."""

    def _refuse(self, other: Any) -> Any:
        raise TypeError("a list has no such operator")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse


def test_lists_of_tensors_are_taken_wherever_numpy_takes_lists_of_arrays() -> None:
    """Each example call with the list of its rows for an operand: NumPy's value, and the whole array's gradient."""
    tried = 0
    for name, calls in numpy_calls.GRADIENTS.items():
        if name in LISTS_ARE_OTHERWISE:
            continue
        for k, call in enumerate(calls):
            arrays = arrays_for(name, call.shapes)
            if not arrays[0].ndim:
                continue
            try:
                expected = call.function(Rows(arrays[0]), *arrays[1:])
            except (TypeError, AttributeError, ValueError):
                continue  # the call takes the operand apart by itself: it takes no lists
            here = HERE.GRADIENTS[name][k].function
            tensors = [tf.constant(x) for x in arrays]

            def total(result: Any) -> Any:
                return sum(tf.reduce_sum(tf.cast(x, "complex128")) for x in flat(result) if isinstance(x, tf.Tensor))

            with tf.GradientTape(persistent=True) as tape:
                tape.watch(tensors)
                found = here(Rows(tensors[0][i] for i in range(len(arrays[0]))), *tensors[1:])
                whole = here(*tensors)
                assert any(isinstance(x, tf.Tensor) for x in flat(found)), (name, k)
                both = total(found), total(whole)
            assert_same(found, expected)
            gradient, wanted = (tape.gradient(y, tensors[0]) for y in both)
            numpy.testing.assert_allclose(gradient, wanted, rtol=1e-10, atol=1e-12, err_msg=f"{name}-{k}")
            tried += 1
    assert tried > 300


A, B, V = numpy.array(2.0), numpy.array(3.0), numpy.array([1.0, 2.5, 4.0])


@pytest.mark.parametrize(
    "f",
    [
        lambda np, a, b, v: np.array([a, b]),
        lambda np, a, b, v: np.asarray([[a, b], [b, 1.0]]),
        lambda np, a, b, v: np.array([v, v * a]),
        lambda np, a, b, v: np.array(v, ndmin=3),
        lambda np, a, b, v: np.ascontiguousarray([a, b]),
        lambda np, a, b, v: np.asarray_chkfinite([a, b]),
        lambda np, a, b, v: np.fromiter((x for x in (a, b)), float),
        lambda np, a, b, v: np.full((2, 3), a),
        lambda np, a, b, v: np.full(3, v),
        lambda np, a, b, v: np.where([True, False], [a, b], 0.0),
        lambda np, a, b, v: np.sin([a, b]),
        lambda np, a, b, v: np.maximum([a, b], 2.5),
        lambda np, a, b, v: np.block([[a, b], [b, a]]),
        lambda np, a, b, v: np.vstack([[a, b], [b, 1.0]]),
        lambda np, a, b, v: np.linalg.multi_dot([[[a, b]], [[b], [a]]]),
        lambda np, a, b, v: np.linalg.det([[a, b], [1.0, a]]),
        lambda np, a, b, v: np.r_[a, b, 1:4, v],
        lambda np, a, b, v: np.r_["0,2", v, [a, b, 1.0]],
        lambda np, a, b, v: np.r_["-1,2,0", v, v * b],
        lambda np, a, b, v: np.c_[v, [a, b, 1.0]],
        lambda np, a, b, v: np.vectorize(lambda x, y: x * y if x > 2.0 else y)(v, a),
        lambda np, a, b, v: np.vectorize(lambda x, y: (x + y, x * y))(v, [[a], [b]]),
        lambda np, a, b, v: np.vectorize(lambda x, p: x**p, excluded=["p"])(v, p=b),
        lambda np, a, b, v: np.vectorize(np.dot, signature="(n),(n)->()")([v, v * a], v),
        lambda np, a, b, v: np.apply_along_axis(lambda row: row * row[0], 0, np.array([v, v * a])),
        lambda np, a, b, v: np.apply_along_axis(lambda row: np.outer(row, row), -1, [v * b, v]),
        lambda np, a, b, v: np.apply_along_axis(np.sum, 1, [v * b, v]),
        lambda np, a, b, v: np.arange(a, 5.2, 0.5),
        lambda np, a, b, v: np.arange(b - 0.5),
        lambda np, a, b, v: np.arange(0.0, b, 0.35 * a),
        lambda np, a, b, v: np.kaiser(5, a),
        lambda np, a, b, v: np.fromfunction(lambda i, j: i * a + j, (2, 2)),
        lambda np, a, b, v: np.polynomial.polynomial.polyval(a, [1.0, 2.0, 3.0]),
        lambda np, a, b, v: np.polynomial.polynomial.polyval(v, [a, b]),
        lambda np, a, b, v: np.polynomial.polynomial.polyval(v, [[a, b], [b, 1.0]]),
        lambda np, a, b, v: np.polynomial.polynomial.polyval2d(v, v, [[a, b], [b, 1.0]]),
        lambda np, a, b, v: np.polynomial.polynomial.polymul([a, b], [b, a]),
        lambda np, a, b, v: np.polynomial.chebyshev.chebval(v, [a, b, a]),
        lambda np, a, b, v: np.polynomial.hermite_e.hermeval(v, [a, b, a]),
        lambda np, a, b, v: np.polynomial.Polynomial([a, b, 1.0])(v),
        lambda np, a, b, v: np.polynomial.Legendre([a, b])(v),
        lambda np, a, b, v: np.polynomial.polynomial.polyadd([a, b, a], [b]),
        lambda np, a, b, v: np.polynomial.polynomial.polysub([a], [b, 1.0]),
        lambda np, a, b, v: np.polynomial.polynomial.polydiv([a, b, 1.0], [b, 1.0]),
        lambda np, a, b, v: np.polynomial.polynomial.polyder([a, b, a]),
        lambda np, a, b, v: np.polynomial.polynomial.polyint([a, b, 1.0], k=[a]),
        lambda np, a, b, v: np.polynomial.polynomial.polymulx([a, b]),
        lambda np, a, b, v: np.polynomial.polynomial.polyfromroots([b, a]),
        lambda np, a, b, v: np.polynomial.polynomial.polyroots([a - 9.0, b, 1.0]),
        lambda np, a, b, v: np.polynomial.polynomial.polyvander(v, 3),
        lambda np, a, b, v: np.polynomial.polynomial.polyfit([1.0, 2.0, 4.0], v, 1),
        lambda np, a, b, v: np.polynomial.chebyshev.chebmul([a, b], [b, 1.0, a]),
        lambda np, a, b, v: np.polynomial.chebyshev.cheb2poly([a, b, 1.0, b]),
        lambda np, a, b, v: np.polynomial.chebyshev.chebder([a, b, 1.0, b]),
        lambda np, a, b, v: np.polynomial.chebyshev.chebroots([a - 9.0, b, 1.0]),
        lambda np, a, b, v: np.polynomial.legendre.legint([a, b, 1.0]),
        lambda np, a, b, v: np.polynomial.laguerre.lagder([a, b, 1.0]),
        lambda np, a, b, v: np.polynomial.hermite.hermvander(v, 2),
        lambda np, a, b, v: (np.polynomial.Polynomial([a, b]) * np.polynomial.Polynomial([b]) + 1.0).deriv()(v) + v,
        lambda np, a, b, v: np.polynomial.Chebyshev([a, b, 1.0]).convert(kind=np.polynomial.Polynomial).coef,
        lambda np, a, b, v: np.polynomial.Polynomial.fit([1.0, 2.0, 4.0], v, 1).convert().coef,
        lambda np, a, b, v: np.full_like([1.0, 2.0], a),
        lambda np, a, b, v: np.nan_to_num([1.0, float("nan")], nan=a),
        lambda np, a, b, v: np.sum([1.0, 2.0], initial=a),
        lambda np, a, b, v: np.max(np.ones(2), initial=b),
        lambda np, a, b, v: np.pad([1.0, 2.0], 1, constant_values=b),
        lambda np, a, b, v: np.interp([-1.0, 0.5], [0.0, 1.0], [1.0, 2.0], left=a),
        lambda np, a, b, v: np.add.reduce([a, b]),
        lambda np, a, b, v: np.multiply.reduce(np.full(2, 3.0), initial=a),
        lambda np, a, b, v: np.multiply.accumulate([a, b, a]),
        lambda np, a, b, v: np.add.reduceat([a, b, a], [0, 2]),
        lambda np, a, b, v: np.multiply.outer([a, b], [1.0, a]),
        lambda np, a, b, v: np.r_[0.0:a:3j, v],
        lambda np, a, b, v: np.r_[0.0:b:1.25],
        lambda np, a, b, v: np.vectorize(lambda x: x * a)([1.0, 2.0]),
        lambda np, a, b, v: np.vectorize(lambda x: x * a, otypes=[float])(np.ones((2, 1))),
        lambda np, a, b, v: np.vectorize(lambda x: (x, x + b))([1.0, 2.0]),
        lambda np, a, b, v: np.vectorize(lambda x: x * a, signature="(n)->(n)")(np.ones((2, 3))),
        lambda np, a, b, v: np.apply_along_axis(lambda row: row * b, 1, np.ones((2, 3))),
    ],
)
def test_what_has_no_hook_is_recorded(f: Any) -> None:
    expected = f(numpy, A, B, V)
    found = f(np, tf.constant(A), tf.constant(B), tf.constant(V))
    assert [tuple(x.shape) for x in flat(found)] == [tuple(x.shape) for x in flat(expected)]
    assert_same(found, expected)
    assert_same(f(np, A, B, V), expected)

    def joined(a: Any, b: Any, v: Any) -> Any:
        return tf.concat([tf.reshape(tf.convert_to_tensor(x), [-1]) for x in flat(f(np, a, b, v))], 0)

    check_gradients(joined, [A, B, V], order=2)


def test_vectorize_takes_otypes_and_decorates() -> None:
    x = tf.constant([1.0, 2.0])
    assert np.vectorize(lambda a: a + 1, otypes=[numpy.float64])(x).dtype == numpy.float64

    @np.vectorize(otypes=[float])
    def double(a: Any) -> Any:
        return a * 2

    numpy.testing.assert_array_equal(double(x), [2.0, 4.0])
    assert isinstance(double(numpy.ones(2)), numpy.ndarray)
    assert copy.deepcopy(np.vectorize(abs)).pyfunc is abs


# --------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda t: np.r_["r", t], TypeError, "np.r_ with 'r' or 'c': tensors are no matrices; reshape the result"),
        (lambda t: np.vectorize(abs)(t[:0]), ValueError, "np.vectorize of tensors without elements"),
        (lambda t: np.vectorize(abs, signature="(n)->()")(t, t), TypeError, "wrong number of arguments: 2"),
        (lambda t: np.apply_along_axis(sum, 0, t[:, None][:, :0]), ValueError, "Cannot apply_along_axis"),
        (lambda t: np.asarray_chkfinite([t[0], t[0] / 0.0]), ValueError, "array must not contain infs or NaNs"),
        (lambda t: np.fromiter([t[0]], float, 2), ValueError, "Expected 2 but iterator had only 1 items"),
        (lambda t: np.copyto(numpy.zeros(2), t), TypeError, "it writes into an array"),
        (lambda t: np.array([t, t[:1]]), ValueError, "shapes"),
    ],
)
def test_errors(call: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call(tf.constant([1.0, 2.0]))


@pytest.mark.parametrize("name", ["sum", "prod", "cumsum", "cumprod", "nansum", "nanprod", "nancumsum", "nancumprod"])
def test_truth_values_are_added_and_multiplied_as_integers(name: str) -> None:
    # Running sums of a mask are positions; as truth values they said nothing.
    mask = numpy.array([[True, False, True], [True, True, True]])
    expected = getattr(numpy, name)(mask, axis=1)
    for found in (getattr(space, name)(tf.constant(mask), axis=1) for space in (np, numpy)):
        assert found.dtype == expected.dtype
        numpy.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("order", [1, 2])
def test_differences_of_truth_values_are_where_they_change(order: int) -> None:
    mask = numpy.array([True, True, False, True, False])
    found = np.diff(tf.constant(mask), order)
    assert found.dtype == bool
    numpy.testing.assert_array_equal(found, numpy.diff(mask, order))
