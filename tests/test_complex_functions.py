"""Every public function on complex operands: right to the second order, or refused with a TypeError that names it.

A row of the op table says it; any other function of a namespace has to be decided on in complex_calls.py. NumPy's
are called as numpy_calls.py has it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
import complex_calls as calls
import numpy_calls
from autodiff_core.ops import rows
from autodiff_core.testing import check_gradients

pytest.importorskip("scipy")
GENERATOR = np.random.default_rng(11)
SPACES = ["", "math", "math.special", "nn", "linalg", "keras.activations", "scipy.linalg", "scipy.signal"]


def points(*shapes: tuple[int, ...]) -> list[np.ndarray]:
    def part(shape: tuple[int, ...]) -> np.ndarray:
        return GENERATOR.uniform(0.3, 1.5, shape) * GENERATOR.choice([-1.0, 1.0], shape)

    return [part(shape) + 1j * part(shape) for shape in shapes]


def named(name: str) -> Any:
    """What a dotted name under `tf` stands for; None where it needs an extra that is missing."""
    thing: Any = tf
    for part in filter(None, name.split(".")):
        thing = getattr(thing, part, None)
    return thing


def names() -> list[str]:
    found = []
    for space in SPACES:
        found += [f"{space}.{name}" if space else name for name in named(space).__all__]
    losses = [name for name in tf.keras.losses.__all__ if name[0].islower()]
    return found + [f"keras.losses.{name}" for name in losses]


DECIDED = {*calls.RIGHT, *calls.REFUSED, *calls.OTHERS}
SAME = {id(thing) for thing in [*map(named, DECIDED), *(row.function for row in rows())]}


@pytest.mark.parametrize("name", names())
def test_somebody_has_decided_what_complex_numbers_do_in(name: str) -> None:
    """A function of several namespaces is decided on in one of them."""
    assert name in DECIDED or id(named(name)) in SAME, f"tf.{name}: list it in tests/complex_calls.py"


def test_nobody_is_decided_on_twice() -> None:
    tables: list[Any] = [calls.RIGHT, calls.REFUSED, calls.OTHERS]
    assert sum(map(len, tables)) == len(DECIDED)


@pytest.mark.parametrize(
    "call", [pytest.param(c, id=f"{name}-{k}") for name, cs in calls.RIGHT.items() for k, c in enumerate(cs)]
)
def test_derivatives_match_finite_differences_in_both_parts(call: Any) -> None:
    operands = points(*[(3, 3)] * calls.arity(call))
    check_gradients(call, operands, order=2, rtol=3e-4, atol=3e-4)


@pytest.mark.parametrize("name", calls.REFUSED)
def test_what_has_no_meaning_for_complex_numbers_is_a_type_error_that_names_it(name: str) -> None:
    call, word = calls.REFUSED[name]
    operands = list(map(tf.constant, points(*[(3, 3)] * calls.arity(call))))
    with tf.GradientTape() as tape:
        tape.watch(operands)
        with pytest.raises(TypeError, match=rf"{word}.*complex128"):
            call(*operands)


def test_digitize_names_itself_where_it_refuses_complex_numbers() -> None:
    with pytest.raises(TypeError, match="digitize: takes real numbers, not complex128"):
        np.digitize(tf.constant([1j]), [0.0, 1.0])


# ------------------------------------------------------------------------------------------------------------- NumPy's


def leaves(value: Any) -> list[Any]:
    return [leaf for part in value for leaf in leaves(part)] if isinstance(value, (tuple, list)) else [value]


def joined(function: Any) -> Any:
    """All of a function's results as one vector."""

    def call(*operands: Any) -> Any:
        return tf.concat([tf.cast(tf.reshape(x, (-1,)), tf.complex128) for x in leaves(function(*operands))], 0)

    return call


OF_NUMPY = [
    pytest.param(name, call, id=f"{name}-{k}")
    for name, several in numpy_calls.GRADIENTS.items()
    for k, call in enumerate(several)
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "call"), OF_NUMPY)
def test_numpys_functions_have_its_values_or_are_refused(name: str, call: Any) -> None:
    operands = points(*call.shapes)
    try:
        found = leaves(call.function(*map(tf.constant, operands)))
    except TypeError as error:
        assert name in calls.NUMPY_REFUSES, error
        assert name.removesuffix("2d") in str(error) or "not supported" in str(error)
        return
    check_gradients(joined(call.function), operands, order=2, rtol=3e-4, atol=3e-4)
    try:
        expected = leaves(call.function(*operands))
    except TypeError:
        return  # ours goes further
    if name == "unique_values":  # in no order
        expected = [np.sort(x) for x in expected]
    for one, other in zip(found, map(np.asarray, expected), strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)


def test_complex_numbers_without_nan_and_infinities() -> None:
    z = np.array([complex(np.nan, 1.0), complex(2.0, -np.inf), complex(np.inf, np.nan), 1.0 + 1.0j])
    x = tf.constant(z)
    with tf.GradientTape() as tape:
        tape.watch(x)
        clean = np.nan_to_num(x, nan=0.5, posinf=3.0)
    np.testing.assert_array_equal(clean, np.nan_to_num(z, nan=0.5, posinf=3.0))
    np.testing.assert_array_equal(tape.gradient(clean, x), [0.0, 1.0, 0.0, 1.0])


def test_a_spiral_goes_by_equal_factors_the_shorter_way() -> None:
    start, stop = np.array([1.0 + 1.0j, -2.0 + 0.5j]), np.array([3.0j, 1.0 - 1.0j])
    for options in ({}, {"axis": -1}, {"endpoint": False}, {"dtype": np.complex64}):
        found = np.geomspace(tf.constant(start), stop, 5, **options)
        expected = np.geomspace(start, stop, 5, **options)
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    with pytest.raises(ValueError, match="geomspace: the ends of a tensor must not be zero"):
        np.geomspace(tf.constant(start), 0.0)
