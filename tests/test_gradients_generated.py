"""Checks that every row of the op table gets, made from the row itself.

What holds for all rows is said once here, so a new row is tested by being in the table; row_samples.py calls it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.testing import check_gradients
from results import flat
from row_samples import (
    DIFFERENTIABLE,
    ELEMENTWISE,
    EVERYWHERE,
    NONE,
    POINTS,
    ROWS,
    SEVERAL_OPERANDS,
    UFUNCS,
    WITHOUT_GRADIENT,
    Sample,
    Shape,
    broadcasts,
    draw,
    has_derivative,
    of_rows,
    of_samples,
    samples_of,
)

every_sample = of_samples([sample for row in DIFFERENTIABLE for sample in samples_of(row)])
every_elementwise = of_rows(ELEMENTWISE)
every_broadcasting = of_rows(SEVERAL_OPERANDS)


# -- Derivatives --------------------------------------------------------------------------------------------------


def bind(call: Any, operands: Sequence[np.ndarray]) -> tuple[Any, list[np.ndarray]]:
    """A function of the operands that are floats, and these; conditions are bound."""
    floats = [position for position, array in enumerate(operands) if array.dtype.kind == "f"]

    def function(*tensors: Any) -> Any:
        arguments = [tf.constant(array) for array in operands]
        for position, tensor in zip(floats, tensors, strict=True):
            arguments[position] = tensor
        return flat(call(*arguments))

    return function, [operands[position] for position in floats]


def check(call: Any, operands: Sequence[np.ndarray]) -> None:
    check_gradients(*bind(call, operands), order=2, rtol=1e-4, atol=1e-6)


def derivatives_at(function: Any, tensors: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """First derivatives of the summed result, and second ones: the gradients of the summed first."""
    tensors = list(tensors)
    with tf.GradientTape() as outer:
        outer.watch(tensors)
        with tf.GradientTape() as inner:
            inner.watch(tensors)
            result = function(*tensors)
        first = inner.gradient(result, tensors, unconnected_gradients="zero")
        total = sum(tf.reduce_sum(g) for g in first)
    return first, outer.gradient(total, tensors, unconnected_gradients="zero")


def derivatives(call: Any, operands: Sequence[np.ndarray], dtype: Any = np.float64) -> tuple[list[Any], list[Any]]:
    function, arrays = bind(call, operands)
    return derivatives_at(function, [tf.constant(array.astype(dtype)) for array in arrays])


def tangents_of(tensors: Sequence[Any], seed: int = 0) -> list[Any]:
    """A direction for each tensor, the same in every run. (Cotangents have another seed: where they are the tangents, a
    transpose may be the op itself.)"""
    rng = np.random.default_rng([seed, len(tensors)])
    return [tf.constant(rng.normal(size=tensor.shape), dtype=tensor.dtype) for tensor in tensors]


def pushed_forward(function: Any, tensors: Sequence[Any], tangents: Sequence[Any] | None = None) -> Any:
    """How the result changes along tangents, or the tensors' directions, by forward mode."""
    tensors = list(tensors)
    with tf.autodiff.ForwardAccumulator(tensors, tangents or tangents_of(tensors)) as accumulator:
        result = function(*tensors)
    return accumulator.jvp(result, unconnected_gradients="zero")


def pulled_back(function: Any, tensors: Sequence[Any], cotangent: Any) -> list[Any]:
    """Gradients of the result, weighted, by reverse mode."""
    tensors = list(tensors)
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        result = function(*tensors)
    return tape.gradient(result, tensors, output_gradients=cotangent, unconnected_gradients="zero")


def assert_all_close(found: Sequence[Any], expected: Sequence[Any], rtol: float = 1e-9, atol: float = 1e-11) -> None:
    for position, (one, other) in enumerate(zip(found, expected, strict=True)):
        assert np.shape(one) == np.shape(other)
        np.testing.assert_allclose(one, other, rtol=rtol, atol=atol, err_msg=f"argument {position}")


# -- Against finite differences -----------------------------------------------------------------------------------


@every_sample
def test_first_and_second_derivatives_match_finite_differences(sample: Sample) -> None:
    check(sample.call, sample.operands)


@every_elementwise
def test_derivatives_at_scalars_match_finite_differences(row: Any) -> None:
    check(row.function, draw(row, [()] * row.arity))


@pytest.mark.parametrize(
    ("row", "shapes"),
    [
        pytest.param(row, shapes, id=f"{row.name}-{shapes}")
        for place, row in enumerate(SEVERAL_OPERANDS)
        for shapes in broadcasts(place)
    ],
)
def test_gradients_of_broadcast_operands_match_finite_differences(row: Any, shapes: tuple[Shape, Shape]) -> None:
    check(row.function, draw(row, [shapes[position % 2] for position in range(row.arity)]))


# -- Forward and reverse mode agree -------------------------------------------------------------------------------


@of_samples(EVERYWHERE)
def test_tangents_and_cotangents_contract_to_one_number(sample: Sample) -> None:
    function, arrays = bind(sample.call, sample.operands)
    tensors = [tf.constant(array) for array in arrays]
    pushed = pushed_forward(function, tensors)
    assert pushed.shape == function(*tensors).shape
    (cotangent,) = tangents_of([pushed], 1)
    pulled = pulled_back(function, tensors, cotangent)
    products = [np.sum(g * t) for g, t in zip(pulled, tangents_of(tensors), strict=True)]
    np.testing.assert_allclose(np.sum(pushed * cotangent), np.sum(products), rtol=1e-9, atol=1e-11)


@of_samples(EVERYWHERE)
def test_the_second_order_is_the_same_in_every_nesting(sample: Sample) -> None:
    function, arrays = bind(sample.call, sample.operands)
    tensors = [tf.constant(array) for array in arrays]
    tangents = tangents_of(tensors)
    (cotangent,) = tangents_of([function(*tensors)], 1)

    def gradients(*xs: Any) -> list[Any]:
        return pulled_back(function, xs, cotangent)

    reverse_over_reverse = pulled_back(gradients, tensors, tangents)
    forward_over_reverse = pushed_forward(gradients, tensors)
    reverse_over_forward = pulled_back(lambda *xs: pushed_forward(function, xs), tensors, cotangent)
    assert_all_close(forward_over_reverse, reverse_over_reverse)
    assert_all_close(reverse_over_forward, reverse_over_reverse)
    forward_over_forward = pushed_forward(lambda *xs: pushed_forward(function, xs), tensors)
    along = np.sum([np.sum(h * t) for h, t in zip(reverse_over_reverse, tangents, strict=True)])
    np.testing.assert_allclose(np.sum(forward_over_forward * cotangent), along, rtol=1e-9, atol=1e-11)


def columns(tape: tf.GradientTape, target: Any, tensors: Sequence[Any]) -> list[Any]:
    """Jacobians with their source's axes first: a tangent at a time."""
    found = []
    for tensor in tensors:
        units = np.eye(tensor.size).reshape(tensor.size, *tensor.shape)
        parts = [tape.jvp(target, tensor, unit, unconnected_gradients="zero") for unit in units]
        shape = (*tensor.shape, *target.shape)
        found.append(tf.reshape(tf.stack(parts), shape) if parts else tf.zeros(shape, tf.float64))
    return found


@of_samples(EVERYWHERE)
@pytest.mark.parametrize("recorded", [False, True], ids=["raw", "recorded"])
def test_a_leading_axis_of_tangents_is_a_loop(sample: Sample, recorded: bool) -> None:
    function, arrays = bind(sample.call, sample.operands)
    tensors = [tf.constant(array) for array in arrays]
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as outer:
        if recorded:
            outer.watch(tensors)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(tensors)
            # What is computed further along does not lie as operands lie.
            result = tf.identity(function(*tensors)) * 1.5
        by_loop = columns(tape, result, tensors)
        together = tape.jacobian(result, tensors, unconnected_gradients="zero", mode="forward")
        swept = [tf.transpose(j, np.roll(np.arange(j.ndim), -result.ndim)) if j.ndim else j for j in together]
    in_chunks = tape.jacobian(result, tensors, unconnected_gradients="zero", mode="forward", chunk_size=2)
    assert_all_close(swept, by_loop, rtol=1e-12)
    assert_all_close(in_chunks, together, rtol=1e-12)
    if recorded:
        weights = tangents_of(by_loop)
        one = outer.gradient(swept, tensors, output_gradients=weights, unconnected_gradients="zero")
        other = outer.gradient(by_loop, tensors, output_gradients=weights, unconnected_gradients="zero")
        assert_all_close(one, other)


@every_elementwise
def test_a_large_array_is_pushed_forward_block_by_block(row: Any) -> None:
    function, arrays = bind(row.function, draw(row, [(5003,)] * row.arity))
    tensors = [tf.constant(array) for array in arrays]
    # The Jacobian of an elementwise function is diagonal.
    slopes = pulled_back(function, tensors, None)
    expected = sum(slope * tangent for slope, tangent in zip(slopes, tangents_of(tensors), strict=True))
    assert_all_close([pushed_forward(function, tensors)], [expected])


# -- Scalars, blocks and memory layouts agree ---------------------------------------------------------------------


@every_elementwise
def test_a_scalar_has_the_derivatives_of_a_one_element_array(row: Any) -> None:
    operands = draw(row, [(1,)] * row.arity)
    of_arrays = derivatives(row.function, operands)
    of_scalars = derivatives(row.function, [array.reshape(()) for array in operands])
    for found, expected in zip(of_scalars, of_arrays, strict=True):
        assert all(g.shape == () for g in found)
        assert_all_close([np.reshape(g, 1) for g in found], expected)


@every_elementwise
def test_a_large_array_has_the_derivatives_of_a_small_one(row: Any) -> None:
    # 5,000 elements and a few: several blocks, and one that is not full.
    operands = draw(row, [(POINTS,)] * row.arity)
    small = derivatives(row.function, operands)
    large = derivatives(row.function, [np.tile(array, 1001) for array in operands])
    for found, expected in zip(large, small, strict=True):
        assert_all_close(found, [np.tile(g.numpy(), 1001) for g in expected])


@every_broadcasting
@pytest.mark.parametrize("length", [4, 5003])
def test_a_scalar_source_against_arrays_collects_the_sum(row: Any, length: int) -> None:
    operands = draw(row, [(length,)] * row.arity)
    floats = [position for position, array in enumerate(operands) if array.dtype.kind == "f"]
    for place, position in enumerate(floats):
        number = operands[position][0]
        repeated = [np.full(length, number) if i == position else array for i, array in enumerate(operands)]
        elementwise, _ = derivatives(row.function, repeated)
        source = tf.constant(number)
        with tf.GradientTape() as tape:
            tape.watch(source)
            # The other operands are plain ndarrays here.
            result = row.function(*[source if i == position else array for i, array in enumerate(operands)])
        assert result.shape == (length,)
        found = tape.gradient(result, source, unconnected_gradients="zero")
        assert_all_close([found], [np.sum(elementwise[place].numpy())], rtol=1e-8)


@every_elementwise
def test_empty_arrays_have_empty_gradients(row: Any) -> None:
    for shape in [(0,), (0, 3), (3, 0)]:
        for gradients in derivatives(row.function, draw(row, [shape] * row.arity)):
            assert {g.shape for g in gradients} == {shape}
            assert {g.dtype for g in gradients} == {np.dtype(np.float64)}


def laid_out(array: np.ndarray, layout: str) -> Any:
    """A tensor of these values that does not lie contiguously."""
    if array.ndim == 0:
        return tf.constant(array)
    if layout == "transposed":
        return tf.transpose(tf.constant(array.T))
    if layout == "strided":
        return tf.constant(np.repeat(array, 2, axis=-1))[..., ::2]
    return tf.constant(array[::-1])[::-1]


@every_sample
@pytest.mark.parametrize("layout", ["transposed", "strided", "reversed"])
def test_memory_layout_does_not_matter(sample: Sample, layout: str) -> None:
    function, arrays = bind(sample.call, sample.operands)
    tensors = [laid_out(array, layout) for array in arrays]
    for tensor, array in zip(tensors, arrays, strict=True):
        np.testing.assert_array_equal(tensor.numpy(), array)
    expected = derivatives(sample.call, sample.operands)
    for one, other in zip(derivatives_at(function, tensors), expected, strict=True):
        assert_all_close(one, other)
    tangents = tangents_of(tensors)
    expected = [pushed_forward(function, [tf.constant(array) for array in arrays], tangents)]
    assert_all_close([pushed_forward(function, tensors, tangents)], expected)
    tangents = [laid_out(tangent.numpy(), layout) for tangent in tangents]
    assert_all_close([pushed_forward(function, tensors, tangents)], expected)


# -- Dtypes -------------------------------------------------------------------------------------------------------


@every_sample
def test_float32_follows_float64(sample: Sample) -> None:
    # Points that both dtypes have exactly.
    operands = [x.astype(np.float32).astype(np.float64) if x.dtype.kind == "f" else x for x in sample.operands]
    wide = derivatives(sample.call, operands)
    narrow = derivatives(sample.call, operands, np.float32)
    for found, expected in zip(narrow, wide, strict=True):
        assert {g.dtype for g in found} == {np.dtype(np.float32)}
        scale = max(1.0, *(float(np.max(np.abs(g.numpy()), initial=0.0)) for g in expected))
        assert_all_close(found, expected, rtol=2e-3, atol=1e-4 * scale)


@every_sample
def test_float32_follows_float64_in_forward_mode(sample: Sample) -> None:
    function, arrays = bind(sample.call, sample.operands)
    narrow = [tf.constant(array, dtype=tf.float32) for array in arrays]
    tangents = tangents_of(narrow)
    found = pushed_forward(function, narrow, tangents)
    assert found.dtype == function(*narrow).dtype
    wide, directions = ([tf.cast(x, tf.float64) for x in xs] for xs in (narrow, tangents))
    expected = pushed_forward(function, wide, directions)
    scale = max(1.0, float(np.max(np.abs(expected.numpy()), initial=0.0)))
    assert_all_close([found], [expected], rtol=2e-3, atol=1e-4 * scale)


@every_broadcasting
def test_a_tangent_has_the_dtype_of_the_result(row: Any) -> None:
    operands = draw(row, [(POINTS,)] * row.arity)
    function, arrays = bind(row.function, operands)
    tensors = [tf.constant(a, dtype=tf.float32 if k % 2 == 0 else tf.float64) for k, a in enumerate(arrays)]
    pushed = pushed_forward(function, tensors)
    assert pushed.dtype == function(*tensors).dtype
    wide = [tf.constant(array) for array in arrays]
    directions = [tf.cast(tangent, tf.float64) for tangent in tangents_of(tensors)]
    assert_all_close([pushed], [pushed_forward(function, wide, directions)], rtol=2e-3, atol=1e-3)


@every_broadcasting
def test_the_gradient_has_the_dtype_of_its_source(row: Any) -> None:
    operands = draw(row, [(POINTS,)] * row.arity)
    function, arrays = bind(row.function, operands)
    dtypes = [np.dtype(np.float32 if position % 2 == 0 else np.float64) for position in range(len(arrays))]
    tensors = [tf.constant(array.astype(dtype)) for array, dtype in zip(arrays, dtypes, strict=True)]
    first, second = derivatives_at(function, tensors)
    assert [g.dtype for g in first] == dtypes
    assert [g.dtype for g in second] == dtypes
    assert_all_close(first, derivatives(row.function, operands)[0], rtol=2e-3, atol=1e-3)


# -- NumPy's spelling, and rows without a derivative --------------------------------------------------------------


@of_samples(UFUNCS)
def test_numpys_spelling_has_the_value_that_numpy_gives(sample: Sample) -> None:
    result = sample.row.ufunc(*[tf.constant(array) for array in sample.operands])
    assert isinstance(result, tf.Tensor)
    expected = sample.row.ufunc(*sample.operands)
    assert result.dtype == expected.dtype
    assert_all_close([result], [expected])


@of_samples([sample for sample in UFUNCS if has_derivative(sample.row)])
def test_numpys_spelling_records_the_same_op(sample: Sample) -> None:
    by_numpy = derivatives(sample.row.ufunc, sample.operands)
    by_name = derivatives(sample.row.function, sample.operands)
    for found, expected in zip(by_numpy, by_name, strict=True):
        assert_all_close(found, expected, rtol=0.0, atol=0.0)


@of_rows(WITHOUT_GRADIENT)
@pytest.mark.parametrize("shape", [(), (POINTS,)], ids=str)
def test_no_derivative_passes_a_row_of_steps_or_truth_values(row: Any, shape: Shape) -> None:
    sources = [tf.constant(2.0), tf.constant(3.0)]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(sources)
        operands = [
            tf.cast(sources[0] * array, array.dtype) if array.dtype.kind == "f" else array
            for array in draw(row, [shape] * row.arity)
        ]
        target = tf.cast(row.function(*operands), tf.float32) * sources[1]
    assert tape.gradient(target, sources)[0] is None
    assert tape.jvp(target, sources[0], 1.0) is None


@of_samples([sample for row in NONE for sample in samples_of(row)])
def test_an_op_without_a_derivative_says_so_when_it_is_asked_for(sample: Sample) -> None:
    tensors = [tf.constant(array) for array in sample.operands]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(tensors)
        result = sample.call(*tensors)
    with pytest.raises(LookupError, match=re.escape(sample.row.name)):
        tape.gradient(result, tensors)
    with pytest.raises(LookupError, match=re.escape(sample.row.name)):
        tape.jvp(result, tensors, tensors)


@of_rows([row for row in NONE if any(row.partials)])
def test_an_op_without_some_derivatives_has_the_others(row: Any) -> None:
    operands = draw(row, [(POINTS,)] * row.arity)
    places = [position for position, has_one in enumerate(row.partials) if has_one]

    def function(*tensors: Any) -> Any:
        arguments: list[Any] = list(operands)
        for position, tensor in zip(places, tensors, strict=True):
            arguments[position] = tensor
        return row.function(*arguments)

    check_gradients(function, [operands[position] for position in places], order=2, rtol=1e-4, atol=1e-6)


def test_rows_are_named_once_and_say_where_to_test_them() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert all(row.domain or row.cases for row in ROWS)
    assert all(len(row.domain) == row.arity == len(row.partials) for row in ROWS if row.kind == "elementwise")
