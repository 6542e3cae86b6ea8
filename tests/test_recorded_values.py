"""Every public function of tensors inside a recorded function: other values and other places of the same shapes replay.

Five calls with other operands record one program, whose values and gradients are those of plain Python; or the
function stands in `REASONS`, with what it is that only a look at values can tell.
"""

from __future__ import annotations

import warnings
import zlib
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
import complex_calls
import numpy_calls
import tensorflow_calls
import value_calls as calls

pytest.importorskip("scipy")
CALLS = 5
COUNT = "how long the result is depends on values"
SETS = "np.unique np.unique_values np.unique_all np.unique_counts np.unique_inverse np.union1d np.setdiff1d np.setxor1d"
TEXTS = "np.array_repr np.array_str np.array2string"
DECODERS = ["tf.ctc_greedy_decoder", "ctc_greedy_decoder without merging", "ctc_beam_search_decoder"]
# What can only be recorded for the values that it is given, by function, and why.
REASONS: dict[str, str] = {
    **dict.fromkeys([*SETS.split(), "np.intersect1d", "tf.unique", "tf.unique_with_counts"], COUNT),
    **dict.fromkeys(["np.nonzero", "np.flatnonzero", "np.argwhere", "np.ix_"], COUNT),
    **dict.fromkeys([DECODERS[0], *(f"tf.{name}" for name in DECODERS[1:])], COUNT),
    **dict.fromkeys(TEXTS.split(), "text is made of the values"),
    "np.piecewise": "functions are called with the elements for which a condition holds",
    "tf.linalg.eig": "values decide whether the result is complex",
    "tf.linalg.eigvals": "values decide whether the result is complex",
}


def normal(*shape: int) -> calls.Draw:
    return lambda rng: np.asarray(rng.uniform(0.3, 1.5, shape) * rng.choice([-1.0, 1.0], shape))


def shuffled(array: np.ndarray) -> calls.Draw:
    return lambda rng: rng.permutation(array.reshape(-1)).reshape(array.shape)


def everything() -> dict[str, calls.Call]:
    found: dict[str, calls.Call] = {}
    for space, table in (("tf", calls.TENSORFLOW), ("np", calls.NUMPY)):
        found.update({f"{space}.{name}-{k}": call for name, several in table.items() for k, call in enumerate(several)})
    found.update({f"method-{k}": call for k, call in enumerate(calls.METHODS)})
    for name, several in numpy_calls.GRADIENTS.items():
        for k, call in enumerate(several):
            found[f"np.{name}-of numbers-{k}"] = calls.Call(call.function, tuple(normal(*s) for s in call.shapes))
    for name, function in numpy_calls.DATA.items():
        found[f"np.{name}-data"] = calls.Call(function, (normal(3, 4),))
    for name, several in [*complex_calls.RIGHT.items(), *((n, (c,)) for n, (c, _) in complex_calls.REFUSED.items())]:
        for k, function in enumerate(several):
            found[f"tf.{name}-of numbers-{k}"] = calls.Call(function, (normal(3, 3),) * complex_calls.arity(function))
    for name, call in tensorflow_calls.CALLS.items():
        if call.arrays:
            found[f"tf.{name}-as TensorFlow"] = calls.Call(
                lambda *x, f=call.function: f(tf, *x), tuple(map(shuffled, call.arrays))
            )
    return found


ALL = everything()


def leaves(result: Any) -> list[Any]:
    return [leaf for leaf in tf.nest.flatten(result) if isinstance(leaf, (tf.Tensor, np.ndarray, np.generic, float))]


def with_gradients(function: Any) -> Any:
    """The function's results, and the gradients of its floats."""

    def call(*operands: Any) -> Any:
        floats = [x for x in operands if x.dtype.kind in "fc"]
        with tf.GradientTape() as tape:
            tape.watch(floats)
            results = leaves(function(*operands))
            parts = [r for r in results if isinstance(r, tf.Tensor) and r.dtype.kind in "fc"]
            total = [tf.reduce_sum(tf.math.real(r * r) + tf.math.real(r)) for r in parts]
        if not floats or not total:
            return results, []
        try:
            return results, tape.gradient(total, floats, unconnected_gradients="zero")
        except LookupError:  # there is none
            return results, []

    return call


def check(name: str) -> int:
    """How many programs five calls make."""
    call = ALL[name]
    function = with_gradients(call.function)
    recorded = tf.function(function)
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    for k in range(CALLS):
        operands = [tf.constant(draw(rng)) for draw in call.operands]
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            tf.random.set_seed(k)
            expected = function(*operands)
            tf.random.set_seed(k)
            found = recorded(*operands)
        for one, other in zip(leaves(found), leaves(expected), strict=True):
            one, other = np.asarray(one), np.asarray(other)
            assert (one.dtype, one.shape) == (other.dtype, other.shape)
            np.testing.assert_allclose(
                one, other, rtol=1e-5 if one.dtype.itemsize < 8 else 1e-9, atol=1e-5 if one.dtype.itemsize < 8 else 1e-9
            )
    return recorded.trace_count


def function_of(name: str) -> str:
    return name.split("-")[0]


@pytest.mark.parametrize("name", [name for name in ALL if function_of(name) not in REASONS])
def test_other_values_and_places_replay(name: str) -> None:
    assert check(name) == 1


@pytest.mark.parametrize("function", REASONS)
def test_what_is_recorded_for_its_values_has_a_reason(function: str) -> None:
    """It gives what plain Python gives; and the list has nothing on it that would replay."""
    assert max(check(name) for name in ALL if function_of(name) == function) > 1
