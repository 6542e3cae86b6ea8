"""The layers that small networks are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import autodiff_core as tf

from . import activations, initializers
from .base_layer import Layer

__all__ = ["Activation", "Dense", "Dropout", "Embedding", "Flatten", "Layer"]
__dir__ = __all__.copy


class Dense(Layer):
    """A layer whose every unit sees every input: ``activation(inputs @ kernel + bias)``.

    Parameters
    ----------
    units : int
        The number of outputs.
    activation : str or callable, optional
        What is applied to the sum; by default nothing.
    use_bias : bool
        Whether there is a bias.
    kernel_initializer, bias_initializer : str or callable
        What gives the variables their first values.
    trainable, name, dtype
        As for `Layer`.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.backend.clear_session()
    >>> layer = tf.keras.layers.Dense(2, activation="relu")
    >>> layer([[1.0, 2.0, 3.0]]).shape
    TensorShape([1, 2])
    >>> [variable.name for variable in layer.trainable_variables]
    ['dense/kernel:0', 'dense/bias:0']
    """

    kernel: tf.Variable
    bias: tf.Variable | None

    if TYPE_CHECKING:

        def __call__(self, inputs: Any) -> tf.Tensor: ...

    def __init__(
        self,
        units: int,
        activation: str | Callable[[Any], Any] | None = None,
        use_bias: bool = True,
        kernel_initializer: str | Callable[..., Any] = "glorot_uniform",
        bias_initializer: str | Callable[..., Any] = "zeros",
        trainable: bool = True,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        if int(units) != units or units <= 0:
            raise ValueError(f"Received an invalid value for `units`, expected a positive integer. Received: {units!r}")
        # Looked up before the name is taken, so that a mistake takes no number from the layers that follow.
        self.activation = activations.get(activation)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        super().__init__(trainable, name, dtype)
        self.units = int(units)
        self.use_bias = use_bias

    def build(self, input_shape: Any) -> None:
        self.__check_rank(input_shape)
        if input_shape[-1] is None:
            raise ValueError(
                f"The last dimension of the inputs to {self.name!r} must be known. Received: {input_shape}"
            )
        self.kernel = self.add_weight("kernel", (input_shape[-1], self.units), initializer=self.kernel_initializer)
        self.bias = self.add_weight("bias", (self.units,), initializer=self.bias_initializer) if self.use_bias else None
        self.built = True

    def call(self, inputs: Any) -> Any:
        shape = inputs.shape
        self.__check_rank(shape)
        if shape[-1] != self.kernel.shape[0]:
            raise ValueError(
                f"Input of layer {self.name!r} is incompatible with the layer: expected axis -1 of input shape to have "
                f"value {self.kernel.shape[0]}, but received input with shape {tuple(shape)}"
            )
        outputs = tf.matmul(inputs, self.kernel)
        if self.bias is not None:
            outputs = outputs + self.bias
        return self.activation(outputs)

    def __check_rank(self, shape: Any) -> None:
        if len(shape) < 2:
            raise ValueError(
                f"Input of layer {self.name!r} is incompatible with the layer: expected at least two axes, the first "
                f"for the samples. Full shape received: {tuple(shape)}"
            )


class Activation(Layer):
    """An activation as a layer of its own.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.layers.Activation("relu")([[-1.0, 1.0]]).numpy().tolist()
    [[0.0, 1.0]]
    """

    if TYPE_CHECKING:

        def __call__(self, inputs: Any) -> tf.Tensor: ...

    def __init__(self, activation: str | Callable[[Any], Any], name: str | None = None, dtype: Any = None) -> None:
        self.activation = activations.get(activation)
        super().__init__(name=name, dtype=dtype)

    def call(self, inputs: Any) -> Any:
        return self.activation(inputs)


class Embedding(Layer):
    """A table of vectors: each whole number among the inputs becomes the row of that number.

    Parameters
    ----------
    input_dim : int
        The number of rows; the largest input is one less.
    output_dim : int
        The length of a row.
    embeddings_initializer : str or callable
        What gives the table its first values.
    trainable, name, dtype
        As for `Layer`.

    Notes
    -----
    The gradient of the table is an `IndexedSlices`: a training step costs what the rows that it looks up cost, however
    large the table.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> layer = tf.keras.layers.Embedding(1000, 8)
    >>> layer([[3, 1, 4], [1, 5, 9]]).shape
    TensorShape([2, 3, 8])
    >>> layer.embeddings.shape
    TensorShape([1000, 8])
    """

    embeddings: tf.Variable

    if TYPE_CHECKING:

        def __call__(self, inputs: Any) -> tf.Tensor: ...

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: str | Callable[..., Any] = "uniform",
        trainable: bool = True,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        for argument, size in (("input_dim", input_dim), ("output_dim", output_dim)):
            if int(size) != size or size <= 0:
                raise ValueError(
                    f"Received an invalid value for `{argument}`, expected a positive integer. Received: {size!r}"
                )
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        super().__init__(trainable, name, dtype)
        self.input_dim, self.output_dim = int(input_dim), int(output_dim)

    def build(self, input_shape: Any) -> None:
        self.embeddings = self.add_weight(
            "embeddings", (self.input_dim, self.output_dim), initializer=self.embeddings_initializer
        )
        self.built = True

    def call(self, inputs: Any) -> Any:
        if inputs.dtype.kind not in "iu":
            inputs = tf.cast(inputs, tf.int32)
        return tf.nn.embedding_lookup(self.embeddings, inputs)


class Flatten(Layer):
    """All axes but the first made into one.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.layers.Flatten()(tf.zeros((5, 8, 8))).shape
    TensorShape([5, 64])
    """

    if TYPE_CHECKING:

        def __call__(self, inputs: Any) -> tf.Tensor: ...

    def call(self, inputs: Any) -> Any:
        size = 1
        for length in inputs.shape[1:]:
            size *= length
        return tf.reshape(inputs, (inputs.shape[0] if inputs.ndim else 1, size))


class Dropout(Layer):
    """In training, zero some inputs at random, and scale the others so that the expected sum stays.

    Parameters
    ----------
    rate : float
        The share of inputs to drop, in [0, 1).
    seed : int, optional
        The generator to draw from; see `autodiff_core.random`.
    name, dtype
        As for `Layer`.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> dropout = tf.keras.layers.Dropout(0.5)
    >>> dropout([[1.0, 2.0]]).numpy().tolist()
    [[1.0, 2.0]]
    >>> set(dropout(tf.ones((4, 100)), training=True).numpy().ravel().tolist())
    {0.0, 2.0}
    """

    if TYPE_CHECKING:

        def __call__(self, inputs: Any, training: bool = False) -> tf.Tensor: ...

    def __init__(self, rate: float, seed: int | None = None, name: str | None = None, dtype: Any = None) -> None:
        if not 0 <= rate < 1:
            raise ValueError(f"rate must be a number in [0, 1), got {rate!r}")
        super().__init__(name=name, dtype=dtype)
        self.rate, self.seed = float(rate), seed

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training or self.rate == 0:
            return inputs
        kept = tf.random.uniform(inputs.shape, seed=self.seed) >= self.rate
        return inputs * (tf.cast(kept, inputs.dtype) / (1 - self.rate))
