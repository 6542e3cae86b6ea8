"""Every public function of tensors inside a recorded function: other values and other places of the same shapes replay.

Five calls with other operands record one program, whose values and gradients are those of plain Python; or the
function stands in `REASONS`, with what it is that only a look at values can tell.
"""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
import complex_calls
import numpy_calls
import special_calls
import tensorflow_calls
import value_calls as calls
from autodiff_core.ops import rows
from autodiff_core.programs.file import from_bytes, to_bytes

scipy = pytest.importorskip("scipy")
CALLS = 5
COUNT = "how long the result is depends on values"
SETS = "np.unique np.unique_values np.unique_all np.unique_counts np.unique_inverse np.union1d np.setdiff1d np.setxor1d"
TEXTS = "np.array_repr np.array_str np.array2string"
DECODERS = ["tf.ctc_greedy_decoder", "ctc_greedy_decoder without merging", "ctc_beam_search_decoder"]
# What can only be recorded for the values that it is given, by function, and why.
REASONS: dict[str, str] = {
    **dict.fromkeys([*SETS.split(), "np.intersect1d", "tf.unique", "tf.unique_with_counts"], COUNT),
    **dict.fromkeys(["np.places of truth", "np.ix_"], COUNT),
    **dict.fromkeys([DECODERS[0], *(f"tf.{name}" for name in DECODERS[1:])], COUNT),
    **dict.fromkeys(
        ["tf.where of a condition", "tf.boolean_mask", "tf.dynamic_partition", "tf.repeat by a tensor"], COUNT
    ),
    **dict.fromkeys(["np.compress by a tensor", "np.repeat by a tensor", "np.delete of several"], COUNT),
    **dict.fromkeys(["tf.nn.collapse_repeated", "tf.nn.compute_accidental_hits"], COUNT),
    "tf.tensor.at several times": "how often an element is named is how often it is changed, one after the other",
    "np.real_if_close of complex numbers": "values decide whether the result is complex",
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
    found.update({f"counted-{k}": call for k, call in enumerate(calls.COUNTED)})
    for name, several in numpy_calls.GRADIENTS.items():
        for k, call in enumerate(several):
            found[f"np.{name}-of numbers-{k}"] = calls.Call(call.function, tuple(normal(*s) for s in call.shapes))
    for name, function in numpy_calls.DATA.items():
        found[f"np.{name}-data"] = calls.Call(function, (normal(3, 4),))
    for name, several in [*complex_calls.RIGHT.items(), *((n, (c,)) for n, (c, _) in complex_calls.REFUSED.items())]:
        for k, function in enumerate(several):
            found[f"tf.{name}-of numbers-{k}"] = calls.Call(function, (normal(3, 3),) * complex_calls.arity(function))
    for library, special in ((tf.scipy.special, special_calls.OURS), (scipy.special, special_calls.THROUGH)):
        for name, function in special.items():
            found[f"special.{name}-of numbers"] = calls.Call(
                lambda x, of=library, name=name, call=function: call(getattr(of, name), x),
                (calls.reals(3, low=0.3, high=0.95),),
            )
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


def assert_close(found: Any, expected: Any) -> None:
    for one, other in zip(leaves(found), leaves(expected), strict=True):
        one, other = np.asarray(one), np.asarray(other)
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        limit = 1e-4 if one.dtype.itemsize < 8 else 1e-6
        np.testing.assert_allclose(one, other, rtol=limit, atol=limit)


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
        assert_close(found, expected)
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


# Those that take more than numbers, or answer with less.
VALUED = [name for name in ALL if function_of(name) not in REASONS and "-of numbers" not in name and "-as " not in name]
DRAWS = ("tf.random.", "tf.nn.dropout", "tf.nn.fractional")


def drawn(name: str) -> list[list[tf.Tensor]]:
    """Two sets of operands."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    return [[tf.constant(draw(rng)) for draw in ALL[name].operands] for _ in range(2)]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", VALUED)
def test_its_program_is_saved_and_loaded(name: str) -> None:
    first, second = drawn(name)
    program = tf.Program.from_function(with_gradients(ALL[name].function), *first)
    loaded = from_bytes(to_bytes(program))
    results = []
    for one in (program, loaded):
        tf.random.set_seed(3)
        results.append(one(*second))
    assert_close(results[1], results[0])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [name for name in VALUED if not name.startswith(DRAWS)])
def test_each_example_has_values_and_places_of_its_own(name: str) -> None:
    def results(*operands: Any) -> list[Any]:
        return [leaf for leaf in leaves(ALL[name].function(*operands)) if isinstance(leaf, tf.Tensor)]

    both = drawn(name)
    found = tf.vectorize(with_gradients(results))(*[tf.stack(pair) for pair in zip(*both, strict=True)])
    apart = [leaves(with_gradients(results)(*operands)) for operands in both]
    assert_close(found, [np.stack(pair) for pair in zip(*apart, strict=True)])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", VALUED)
def test_second_derivatives_replay(name: str) -> None:
    places = [k for k, x in enumerate(drawn(name)[0]) if x.dtype.kind == "f"]

    def second(*operands: Any) -> Any:
        sources = [operands[k] for k in places]
        with tf.GradientTape() as outer:
            outer.watch(sources)
            slopes = with_gradients(ALL[name].function)(*operands)[1]
            total = [tf.reduce_sum(slope * slope) for slope in slopes]
        return outer.gradient(total, sources, unconnected_gradients="zero") if total else []

    recorded = tf.function(second)
    for operands in [*drawn(name), *drawn(name)]:
        results = []
        for function in (second, recorded):
            tf.random.set_seed(3)
            results.append(function(*operands))
        assert_close(results[1], results[0])
    assert recorded.trace_count == 1


def test_a_program_finds_its_rows_in_another_process(tmp_path: Path) -> None:
    """Most rows are loaded when a function first needs them; a file may be what needs them first."""
    path = tmp_path / "a.program"
    program = tf.Program.from_function(
        lambda x: [np.histogram(x, 3, (0.0, 1.0))[0], tf.math.top_k(x, 1)[1]], np.ones(4)
    )
    program.save(path)
    call = f"tf.Program.load({str(path)!r})(np.array([0.1, 0.5, 0.9, 0.6]))[0].numpy().tolist()"
    code = f"import numpy as np; import autodiff_core as tf; print({call})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[1, 2, 1]\n"


NUMBERS = np.arange(12.0).reshape(3, 4)
# Functions, operands to record with, operands that a replay meets, and the error.
WRONG: dict[str, tuple[Any, list[Any], list[Any], type[Exception], str]] = {
    "scatter_nd": (
        lambda i: tf.scatter_nd(i, [1.0], (3,)),
        [[[0]]],
        [[[3]]],
        IndexError,
        "scatter_nd: an index is out of bounds",
    ),
    "gather_nd": (lambda i: tf.gather_nd(NUMBERS, i), [[[0]]], [[[-1]]], IndexError, "gather_nd: an index is out of"),
    "take": (lambda i: np.take(tf.constant(NUMBERS), i, 1), [[1]], [[4]], IndexError, "index 4 is out of bounds"),
    "segments": (
        lambda i: tf.math.unsorted_segment_sum(NUMBERS, i, 2),
        [[0, 1, 1]],
        [[0, 1, 2]],
        ValueError,
        "no segment 2 where",
    ),
    "segments in order": (
        lambda i: tf.math.segment_sum(NUMBERS, i),
        [[0, 1, 1]],
        [[0, 1, 0]],
        ValueError,
        "one for each row, in order",
    ),
    "slice": (lambda i: tf.slice(NUMBERS, [i, 0], [2, 2]), [1], [2], ValueError, "slice: begin 2 and size 2 of axis 0"),
    "reverse_sequence": (
        lambda n: tf.reverse_sequence(NUMBERS, n, 1),
        [[4, 1, 0]],
        [[5, 1, 0]],
        ValueError,
        "seq_lengths of shape",
    ),
    "invert_permutation": (tf.math.invert_permutation, [[1, 0]], [[1, 1]], ValueError, r"\[1, 1\] is no permutation"),
    "confusion_matrix": (
        lambda a: tf.math.confusion_matrix(a, [0, 1], 2),
        [[0, 1]],
        [[0, 2]],
        ValueError,
        "not all classes below 2",
    ),
    "counts": (
        lambda i: tf.math.bincount(i, minlength=2, maxlength=2),
        [[0, 1]],
        [[0, -1]],
        ValueError,
        "none of them negative",
    ),
    "choose": (lambda i: np.choose(i, tf.constant(NUMBERS[:, 0])), [[2]], [[3]], ValueError, "there is no choice 3"),
    "weights": (
        lambda w: np.average(NUMBERS[0], weights=w),
        [[1.0] * 4],
        [[0.0] * 4],
        ZeroDivisionError,
        "weights sum to zero",
    ),
    "nanargmax": (np.nanargmax, [[1.0, np.nan]], [[np.nan, np.nan]], ValueError, "All-NaN slice"),
    "histogram_fixed_width": (
        lambda r: tf.histogram_fixed_width(NUMBERS, r, 3),
        [[0.0, 1.0]],
        [[1.0, 1.0]],
        ValueError,
        "the smaller first",
    ),
    "geomspace": (lambda x: np.geomspace(x, 8.0, 3), [1.0], [0.0], ValueError, "of one sign, and not zero"),
    "dropout": (lambda p: tf.nn.dropout(NUMBERS, p), [0.5], [1.0], ValueError, "rate must be from 0 and below 1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_replay_that_meets_wrong_places_raises_before_any_effect(name: str) -> None:
    call, first, wrong, error, text = WRONG[name]
    count = tf.Variable(0)

    @tf.function
    def step(*operands: Any) -> Any:
        count.assign_add(1)
        return call(*operands)

    step(*map(tf.constant, first))
    with pytest.raises(error, match=text):
        step(*map(tf.constant, wrong))
    assert (step.trace_count, int(count)) == (1, 1)


# -- Which functions are called here -----------------------------------------------------------------------------------

SPACES = ["", "math", "math.special", "nn", "linalg", "signal", "random", "random.experimental", "bitwise"]
SPACES += ["nn.experimental", "keras.metrics"]
# What makes tensors of numbers, follows functions of the user's, describes or configures.
_NO_FUNCTIONS_OF_TENSORS = """
    as_dtype broadcast_dynamic_shape broadcast_static_shape buffer case cond control_dependencies convert_to_tensor
    custom_gradient custom_jvp device elementwise_op eval_shape executing_eagerly floatx foldl foldr function general_op
    get_num_threads get_static_value grad grad_pass_through group hessian hvp init_scope inside_function
    is_symbolic_tensor is_tensor jacobian jvp linear_op linearize map_fn minimize no_op numpy_function ones print
    py_function recompute_grad scan set_floatx set_num_threads sparse_hessian sparse_jacobian stop_gradient switch_case
    timestamp value_and_grad vectorize vectorized_map vjp vmap while_loop zeros signal.hamming_window
    signal.hann_window signal.inverse_stft_window_fn signal.kaiser_bessel_derived_window signal.kaiser_window
    signal.linear_to_mel_weight_matrix signal.vorbis_window random.set_seed random.create_rng_state
    random.get_global_generator random.set_global_generator random.experimental.create_rng_state
    random.experimental.get_global_generator random.experimental.set_global_generator
"""
NO_FUNCTIONS_OF_TENSORS = set(_NO_FUNCTIONS_OF_TENSORS.split())


def named(name: str) -> Any:
    thing: Any = tf
    for part in filter(None, name.split(".")):
        thing = getattr(thing, part, None)
    return thing


def public() -> list[str]:
    found = []
    for space in SPACES:
        names = getattr(named(space), "__all__", None) or [n for n in dir(named(space)) if not n.startswith("_")]
        found += [f"{space}.{name}".lstrip(".") for name in names]
    return [name for name in found if callable(named(name)) and not isinstance(named(name), type)]


def test_each_function_of_tensors_is_called_by_one_of_the_tables() -> None:
    """A new function gets a call, unless it is a row's; those of NumPy and scipy.special are listed by other tests."""
    tables = [Path(module.__file__).read_text() for module in (calls, complex_calls, tensorflow_calls)]
    names = {
        *re.findall(r"tf\.([\w.]+)", "".join(tables)),
        *complex_calls.RIGHT,
        *complex_calls.REFUSED,
        *calls.TENSORFLOW,
    }
    called = {id(thing) for thing in [*map(named, names), *(row.function for row in rows())]}
    left = [name for name in public() if id(named(name)) not in called]
    assert set(left) - NO_FUNCTIONS_OF_TENSORS == set()
    assert NO_FUNCTIONS_OF_TENSORS - set(left) == set()
