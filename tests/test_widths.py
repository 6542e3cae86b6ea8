"""Python's floats have no width: beside float64 a list of them is float64, in every function of several operands.

The calls are those that test_integer_arguments.py finds. In each, one operand after the other is given as a list.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
import integer_arguments
from integer_arguments import Seen, as_lists
from test_integer_arguments import plain, run

pytest.importorskip("scipy")

# Functions whose results are of one operand each, in its own dtype; and those that say so, or take tensors alone.
OF_ONE_EACH = {
    *("tf.meshgrid", "np.meshgrid", "xp.meshgrid", "np.broadcast_arrays", "xp.broadcast_arrays", "np.atleast_1d"),
    *("tf.vjp", "np.histogram2d"),
    *("tf.complex", "Tensor.dot", "np.full_like", "xp.full_like", "xp.diff", "xp.linalg.cross"),
    "tf.nn.nce_loss",  # (a list of weights is a list of parts of them)
    "tf.optimize.fit",  # (its result says how many seconds it took)
}


def operands(call: Seen) -> list[Any]:
    """The places of the arguments that are floats, of any form."""
    given = [*enumerate(call.args), *call.kwargs.items()]
    return [place for place, value in given if as_lists(value) is not None]


def called(call: Seen, at: Any, listed: bool) -> Any:
    """The call with tensors of float64, none of whose numbers float32 has; one of them a list."""

    def given(place: Any, value: Any) -> Any:
        numbers = as_lists(value)
        if numbers is None:
            return value
        moved = np.asarray(numbers, np.float64) + 0.0007
        return moved.tolist() if place == at and listed else tf.constant(moved)

    args = [given(place, value) for place, value in enumerate(call.args)]
    return run(lambda _: call.function(*args, **{name: given(name, value) for name, value in call.kwargs.items()}), 0)


def test_a_list_beside_float64_is_float64() -> None:
    seen, found = set(), []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for call in integer_arguments.seen():
            places = operands(call)
            for place in places if len(places) > 1 and call.name not in OF_ONE_EACH else ():
                if (call.name, place) in seen:
                    continue
                try:
                    expected = plain(called(call, place, listed=False))
                except Exception:
                    continue  # the numbers are no good ones
                seen.add((call.name, place))
                for one, other in zip(plain(called(call, place, listed=True)), expected, strict=True):
                    exact = one.dtype == other.dtype and np.allclose(one, other, rtol=1e-10, atol=1e-11, equal_nan=True)
                    if not exact:
                        found.append((call.name, place, one.dtype, other.dtype))
    assert len(seen) > 400
    assert not found, "\n".join(map(str, found))


def test_points_between_knots_are_as_wide_as_these() -> None:
    knots, values = np.array([0.1, 0.5]), tf.constant(np.array([1.0, 2.0]))
    for point in ([0.33], 0.33):
        np.testing.assert_allclose(np.interp(point, knots, values), np.interp(point, knots, values.numpy()), rtol=1e-15)


@pytest.mark.parametrize("times", [[0.0, 0.5], np.array([0.0, 0.5])])
@pytest.mark.parametrize("args", [(), (tf.constant(np.array(0.3)),)])
def test_a_state_is_as_wide_as_times_and_arguments(times: Any, args: Any) -> None:
    wide = len(args) or isinstance(times, np.ndarray)
    path = tf.scipy.integrate.odeint(lambda y, t, *rest: -0.3 * y, [1.0], times, args)
    assert path.dtype == (tf.float64 if wide else tf.float32)
    np.testing.assert_allclose(path[1], np.exp(-0.15), rtol=1e-7 if wide else 1e-5)


def test_a_buffer_of_no_chosen_dtype_is_as_wide_as_what_is_written() -> None:
    x = tf.constant(np.array(0.1))
    with tf.GradientTape() as tape:
        tape.watch(x)
        b = tf.buffer(3)
        b[0] = 0.5
        assert b.dtype == tf.float32
        b[1] = x
        b[2] = x * b[1]
        y = tf.reduce_sum(b.value())
    assert b.dtype == tf.float64
    assert b.numpy().tolist() == [0.5, 0.1, 0.1 * 0.1]
    np.testing.assert_allclose(tape.gradient(y, x), 1.0 + 2 * 0.1, rtol=1e-15)
    for write in (lambda b: np.add.at(b, [0, 0], np.array([0.1, 0.2])), lambda b: b.fill(np.float64(0.1))):
        b = tf.buffer(2)
        write(b)
        assert b.dtype == tf.float64
    recorded = tf.function(lambda x: written(x))
    for value in (x, x * 3.0):
        np.testing.assert_array_equal(recorded(value), [value.numpy(), 0.0])


def written(x: Any) -> Any:
    b = tf.buffer(2)
    b[0] = x
    return b.value()


def test_a_chosen_dtype_stays() -> None:
    for b in (tf.buffer(2, tf.float32), tf.buffer([1.0, 2.0]), tf.buffer(np.zeros(2, np.float32))):
        b[0] = tf.constant(np.array(0.1))
        assert b.dtype == tf.float32
    b = tf.buffer(2)
    with pytest.raises(ValueError, match="does not broadcast"):
        b[0] = np.array([0.1, 0.2])
    with pytest.raises(TypeError, match="does not go into"):
        b[0] = tf.constant(1j)
    assert b.dtype == tf.float32
