"""Keras's recurrent layers: a step over and over, which recorded functions run as one loop.

A mask's place that is not set leaves a sequence's states as they were. The whole layers, LSTM and GRU, multiply all
steps' inputs with the kernel at once, so that a step is a product with the recurrent kernel and what is elementwise.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from keras.src import tree

import autodiff_core as tf

from .steps import through
from .tensors import cast, convert_to_tensor

__all__ = ["bidirectional_gru", "bidirectional_lstm", "cudnn_ok", "gru", "lstm", "rnn"]


def _steps_first(x: Any) -> Any:
    """Batch and steps exchanged."""
    return tf.transpose(x, [1, 0, *range(2, x.ndim)])


def cudnn_ok(*args: Any, **kwargs: Any) -> bool:
    return False


def rnn(
    step_function: Callable[[Any, Any], tuple[Any, Any]],
    inputs: Any,
    initial_states: Any,
    go_backwards: bool = False,
    mask: Any = None,
    constants: Any = None,
    unroll: bool = False,
    input_length: Any = None,
    time_major: bool = False,
    zero_output_for_mask: bool = False,
    return_all_outputs: bool = True,
) -> tuple[Any, Any, Any]:
    inputs = tree.map_structure(convert_to_tensor, inputs)
    if not time_major:
        inputs = tree.map_structure(_steps_first, inputs)
    count = tree.flatten(inputs)[0].shape[0]
    if mask is not None:
        mask = cast(mask, "bool")
        mask = tf.expand_dims(mask, -1) if mask.ndim == 2 else mask
        mask = mask if time_major else _steps_first(mask)
    states = tree.map_structure(convert_to_tensor, initial_states)
    if not count:
        raise ValueError(
            "A recurrent layer needs sequences of at least one step. "
            f"Received: shapes {tree.map_structure(lambda x: tuple(x.shape), inputs)}, steps first"
        )
    extra = tuple(constants or ())

    def stepped(state: Any, x: Any) -> tuple[Any, Any]:
        output, after = step_function(x, (*state, *extra) if extra else state)
        return output, tree.pack_sequence_as(state, tree.flatten(after))

    if unroll:
        return _unrolled(stepped, inputs, states, count, go_backwards, mask, time_major, return_all_outputs)
    own: list[int] = []  # where among the states the output stands, when only the last one is asked for

    def step(state: Any, row: Any) -> tuple[Any, Any]:
        x, seen = row if mask is not None else (row, None)
        output, after = stepped(state, x)
        if seen is not None:
            kept = tree.map_structure(lambda old, new: _where(seen, new, old), state, after)
            before = state[-1][0] if tree.is_nested(state[0]) else state[0]
            at = _place(output, after)
            if zero_output_for_mask:
                output = _where(seen, output, tf.zeros_like(output))
            elif at is not None and at == _place(before, state):
                output = tree.flatten(kept)[at]
            else:
                output = _where(seen, output, before)
            after = kept
        own.clear()
        if not return_all_outputs and (at := _place(output, after)) is not None:
            own.append(at)
            return after, ()
        return after, output

    series = inputs if mask is None else (inputs, mask)
    states, outputs = through(step, states, series, count, go_backwards)
    if own:
        last = tree.flatten(states)[own[0]]
        return last, tf.expand_dims(last, 0 if time_major else 1), states
    if go_backwards:
        outputs = tree.map_structure(lambda x: tf.reverse(x, [0]), outputs)
    last = tree.map_structure(lambda x: x[-1], outputs)
    return last, outputs if time_major else tree.map_structure(_steps_first, outputs), states


def _place(output: Any, states: Any) -> int | None:
    """Where among states a tensor is."""
    return next((k for k, x in enumerate(tree.flatten(states)) if x is output), None)


def _where(seen: Any, new: Any, old: Any) -> Any:
    """The new one where a sequence's place is seen, its mask of shape (batch, 1) or that of a step's features."""
    if seen.ndim > 2 or seen.shape[-1] != 1:
        seen = tf.reduce_any(seen, -1, keepdims=True)
    seen = tf.reshape(seen, (*seen.shape, *[1] * (new.ndim - seen.ndim))) if new.ndim > seen.ndim else seen
    return tf.where(seen, new, old)


def _unrolled(
    stepped: Callable[[Any, Any], tuple[Any, Any]],
    inputs: Any,
    states: Any,
    count: int,
    go_backwards: bool,
    mask: Any,
    time_major: bool,
    all_outputs: bool,
) -> tuple[Any, Any, Any]:
    """Every step by itself; a step that is not seen gives what the one before it gave, which is zeros at first."""
    outputs: list[Any] = []
    for at in reversed(range(count)) if go_backwards else range(count):
        output, after = stepped(states, tree.map_structure(lambda x, at=at: x[at], inputs))
        if mask is not None:
            seen = mask[at]
            output = _where(seen, output, outputs[-1] if outputs else tf.zeros_like(output))
            after = tree.map_structure(lambda old, new, seen=seen: _where(seen, new, old), states, after)
        states = after
        outputs.append(output)
    last = outputs[-1]
    outputs = outputs if all_outputs else outputs[-1:]
    return last, tf.stack(outputs, 0 if time_major else 1), states


# ------------------------------------------------------------------------------------------------------- whole layers


def _zeroes(kernel: Any, mask: Any, unroll: bool) -> bool:
    """Whether the layer whose method asks for the whole of it gives zeros where its mask is not set.

    It does not tell that, so it is looked for in the frame of that method: the layer whose name scope is open may be
    another one, around it. Where it cannot be asked, or steps are to be written out, it runs its cell step by step.
    """
    layer: Any = sys._getframe(2).f_locals.get("self")
    known = getattr(getattr(layer, "cell", None), "kernel", None) is kernel
    zeroes = getattr(layer, "zero_output_for_mask", None) if known else None
    if unroll or (mask is not None and zeroes is None):
        raise NotImplementedError
    return mask is not None and bool(zeroes)


def _projected(inputs: Any, kernel: Any) -> Any:
    """All steps' inputs times the kernel, steps first: in the order in which a loop reads them, and its gradient gives
    theirs, so that nothing wider than the inputs is put in order."""
    return tf.matmul(_steps_first(convert_to_tensor(inputs)), convert_to_tensor(kernel))


def _whole_layer(
    step: Callable[[Any, Any], tuple[Any, Any]],
    projected: Any,
    states: list[Any],
    go_backwards: bool,
    mask: Any,
    zeroes: bool,
    return_sequences: bool,
) -> tuple[Any, Any, Any]:
    """Of what is projected, steps first."""
    last, outputs, states = rnn(
        step,
        projected,
        states,
        go_backwards,
        None if mask is None else _steps_first(cast(mask, "bool")),
        time_major=True,
        zero_output_for_mask=zeroes,
        return_all_outputs=return_sequences,
    )
    return last, _steps_first(outputs), states


def lstm(
    inputs: Any,
    initial_state_h: Any,
    initial_state_c: Any,
    mask: Any,
    kernel: Any,
    recurrent_kernel: Any,
    bias: Any,
    activation: Callable[[Any], Any],
    recurrent_activation: Callable[[Any], Any],
    return_sequences: bool = False,
    go_backwards: bool = False,
    unroll: bool = False,
) -> tuple[Any, Any, Any]:
    zeroes = _zeroes(kernel, mask, unroll)
    recurrent = convert_to_tensor(recurrent_kernel)
    projected = _projected(inputs, kernel)
    if bias is not None:
        projected = projected + convert_to_tensor(bias)

    def step(x: Any, states: Any) -> tuple[Any, Any]:
        h, c = states
        i, f, g, o = tf.split(x + tf.matmul(h, recurrent), 4, 1)
        c = recurrent_activation(f) * c + recurrent_activation(i) * activation(g)
        h = recurrent_activation(o) * activation(c)
        return h, [h, c]

    states = [initial_state_h, initial_state_c]
    return _whole_layer(step, projected, states, go_backwards, mask, zeroes, return_sequences)


def gru(
    inputs: Any,
    initial_state: Any,
    mask: Any,
    kernel: Any,
    recurrent_kernel: Any,
    bias: Any,
    activation: Callable[[Any], Any],
    recurrent_activation: Callable[[Any], Any],
    return_sequences: bool = False,
    go_backwards: bool = False,
    unroll: bool = False,
    reset_after: bool = True,
) -> tuple[Any, Any, Any]:
    zeroes = _zeroes(kernel, mask, unroll)
    recurrent = convert_to_tensor(recurrent_kernel)
    projected = _projected(inputs, kernel)
    own = None
    if bias is not None:
        first = convert_to_tensor(bias)
        if reset_after:
            first, own = tf.unstack(first)
        projected = projected + first
    units = recurrent.shape[0]
    gates, candidate = (recurrent[:, : 2 * units], recurrent[:, 2 * units :]) if not reset_after else (recurrent, None)

    def step(x: Any, states: Any) -> tuple[Any, Any]:
        (h,) = states
        inner = tf.matmul(h, gates)
        inner = inner if own is None else inner + own
        z = recurrent_activation(x[:, :units] + inner[:, :units])
        r = recurrent_activation(x[:, units : 2 * units] + inner[:, units : 2 * units])
        past = tf.matmul(r * h, candidate) if candidate is not None else r * inner[:, 2 * units :]
        h = z * h + (1.0 - z) * activation(x[:, 2 * units :] + past)
        return h, [h]

    return _whole_layer(step, projected, [initial_state], go_backwards, mask, zeroes, return_sequences)


def bidirectional_lstm(*args: Any, **kwargs: Any) -> Any:
    raise NotImplementedError


def bidirectional_gru(*args: Any, **kwargs: Any) -> Any:
    raise NotImplementedError
