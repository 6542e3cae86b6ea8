"""What a function of tensors of some shapes and dtypes gives: shapes and dtypes, for layers that are put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras.src import tree
from keras.src.backend.common import standardize_dtype
from keras.src.backend.common.keras_tensor import KerasTensor
from keras.src.backend.common.stateless_scope import StatelessScope
from keras.src.backend.common.symbolic_scope import SymbolicScope

import autodiff_core as tf

__all__ = ["compute_output_spec"]

_SIZES = (83, 89)  # in the places of sizes that are not known: what differs in the results is not known either


def compute_output_spec(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What `fn` gives for such arguments, with `KerasTensor` in the places of tensors."""

    def given(size: int) -> Any:
        def example(x: Any) -> Any:
            if not isinstance(x, KerasTensor):
                return x
            return tf.zeros([size if n is None else n for n in x.shape], standardize_dtype(x.dtype))

        examples, named = tree.map_structure(example, (args, kwargs))
        return fn(*examples, **named)

    def spec(x: Any, y: Any) -> Any:
        if not isinstance(x, tf.Tensor):
            return x
        shape = [n if n == m else None for n, m in zip(x.shape, y.shape, strict=True)]
        return KerasTensor(shape, standardize_dtype(x.dtype))

    unknown = any(isinstance(x, KerasTensor) and None in x.shape for x in tree.flatten((args, kwargs)))
    with tf.init_scope(), StatelessScope(), SymbolicScope():
        first = given(_SIZES[0])
        second = given(_SIZES[1]) if unknown else first
    return tree.map_structure(spec, first, second)
