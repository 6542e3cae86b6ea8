"""Keras's variable, around a variable of ours."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras.src import tree
from keras.src.backend.common import KerasVariable
from keras.src.backend.common.stateless_scope import get_stateless_scope, in_stateless_scope

import autodiff_core as tf

from .tensors import convert_to_tensor

__all__ = ["Variable"]


class Variable(KerasVariable):  # type: ignore[misc]
    """What Keras's layers keep their state in.

    Its value is a tensor, read anew each time, as a tape has to see; to tapes and to functions of the library it is the
    variable that it wraps.
    """

    _value: tf.Variable | None

    def _initialize(self, value: Any) -> None:
        self._value = tf.Variable(value, dtype=self._dtype, trainable=self._trainable, name=self._name)

    @property
    def value(self) -> tf.Tensor:
        """The value as a tensor: within a stateless scope the one that it has there."""
        if in_stateless_scope():
            value = get_stateless_scope().get_current_value(self)
            if value is not None:
                return self._maybe_autocast(value)
        if self._value is None:  # not yet made: layers are being put together, and ask for a value of its kind
            return self._maybe_autocast(self._initializer(self._shape, dtype=self._dtype))
        return self._maybe_autocast(self._value.read())

    def _direct_assign(self, value: Any) -> None:
        assert self._value is not None
        self._value.assign(value)

    def _convert_to_tensor(self, value: Any, dtype: Any = None) -> tf.Tensor:
        return convert_to_tensor(value, dtype=dtype)

    def numpy(self) -> np.ndarray:
        """The value as an array of its own."""
        return np.array(self.value.numpy())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.value.numpy(), dtype=dtype)

    # NumPy's functions, and operators with an array on the left, are followed as those of tensors are.

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **settings: Any) -> Any:
        return getattr(ufunc, method)(*map(_as_operand, inputs), **settings)

    def __array_function__(self, function: Any, types: Any, inputs: Any, settings: Any) -> Any:
        inputs, settings = tree.map_structure(_as_operand, (inputs, settings))
        return function(*inputs, **settings)

    def __tf_tensor__(self, dtype: Any = None, name: Any = None) -> tf.Tensor | tf.Variable:
        value = self.value
        if self._value is None or in_stateless_scope() or value.dtype != self._value.dtype:
            return value
        return self._value


def _as_operand(x: Any) -> Any:
    """A variable of Keras's as what it is to the library's functions; anything else as it is."""
    return x.__tf_tensor__() if isinstance(x, Variable) else x
