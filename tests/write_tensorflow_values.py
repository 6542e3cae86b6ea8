"""Writes tensorflow_values.json, what TensorFlow answers to the calls of tensorflow_calls.py.

For an interpreter that has TensorFlow, which no test needs: python tests/write_tensorflow_values.py
"""

from __future__ import annotations

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

from tensorflow_calls import CALLS, Call

VALUES = Path(__file__).with_name("tensorflow_values.json")


def parts(result: Any) -> list[Any]:
    return list(result) if isinstance(result, (list, tuple)) else [result]


def listed(tensor: Any) -> dict[str, Any]:
    array = tensor.numpy()
    values = array.tolist()
    return {"dtype": array.dtype.name, "shape": list(array.shape), "values": values}


def answers(tf: Any, call: Call) -> dict[str, Any]:
    tensors = [tf.constant(array) for array in call.arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        found = parts(call.function(tf, *tensors))
        floats = [part for part in found if part.dtype == tf.float32]
        # Weights that differ, so that a gradient of equal parts in another order is found.
        total = sum(
            tf.reduce_sum(part * tf.cast(tf.reshape(tf.range(tf.size(part)) % 7 + 1, part.shape), part.dtype))
            for part in floats
        )
    gradients = tape.gradient(total, tensors) if call.gradient else []
    return {
        "values": [listed(part) for part in found],
        "gradients": [listed(tf.convert_to_tensor(g)) for g in gradients],
    }


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    library = import_module("tensorflow")
    written = {name: answers(library, call) for name, call in CALLS.items()}
    VALUES.write_text(
        "\n".join(["{", ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in written.items()), "}"]) + "\n"
    )
