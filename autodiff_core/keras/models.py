"""Models: layers made of layers."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import autodiff_core as tf

from .base_layer import Layer, parts
from .missing import OF_MODELS, advice

__all__ = ["Model", "Sequential"]
__dir__ = __all__.copy


class Model(Layer):
    """A layer made of layers; a subclass sets them as attributes and uses them in ``call``.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.backend.clear_session()
    >>> class Net(tf.keras.Model):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.hidden = tf.keras.layers.Dense(4, "tanh")
    ...         self.out = tf.keras.layers.Dense(1)
    ...     def call(self, inputs):
    ...         return self.out(self.hidden(inputs))
    >>> net = Net()
    >>> net([[1.0, 2.0]]).shape
    TensorShape([1, 1])
    >>> net.trainable_variables[2].name
    'net/dense_1/kernel:0'
    """

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            said = f"{type(self).__name__!r} object has no attribute {name!r}"
            raise AttributeError(f"{said}: {advice()}" if name in OF_MODELS else said, name=name, obj=self)

    @property
    def layers(self) -> list[Layer]:
        """The layers that stand in the attributes.

        Examples
        --------
        >>> import autodiff_core as tf
        >>> model = tf.keras.Sequential([tf.keras.layers.Dense(1, name="last")])
        >>> [layer.name for layer in model.layers]
        ['last']
        """
        found = {id(module): module for module in parts(self)[1] if isinstance(module, Layer)}
        return list(found.values())


class Sequential(Model):
    """Layers applied one after the other.

    Parameters
    ----------
    layers : iterable of Layer, optional
        The layers; others are added by `add`.
    name : str, optional
        By default ``sequential``, numbered from the second on.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> model = tf.keras.Sequential([tf.keras.layers.Dense(8, "relu"), tf.keras.layers.Dense(3)])
    >>> model(tf.zeros((5, 4))).shape
    TensorShape([5, 3])
    >>> len(model.trainable_variables)
    4
    """

    if TYPE_CHECKING:

        def __call__(self, inputs: Any, training: bool | None = None) -> tf.Tensor: ...

    def __init__(self, layers: Iterable[Layer] | None = None, name: str | None = None) -> None:
        super().__init__(name=name)
        self.autocast = False  # each of the layers casts to its own dtype
        self._layers: list[Layer] = []
        for layer in layers or ():
            self.add(layer)

    def add(self, layer: Layer) -> None:
        """Append a layer.

        Examples
        --------
        >>> import autodiff_core as tf
        >>> model = tf.keras.Sequential()
        >>> model.add(tf.keras.layers.Flatten())
        >>> len(model.layers)
        1
        """
        if not isinstance(layer, Layer):
            raise TypeError(f"The added layer must be an instance of class Layer. Received: {layer!r}")
        self._layers.append(layer)
        # The variables of the new layer are to be named after this model too.
        self.built = False

    def build(self, input_shape: Any) -> None:
        """Make the variables of all layers, by running them on zeros.

        Parameters
        ----------
        input_shape : sequence of int or None
            That of the inputs; None, for the batch say, is taken for 1.

        Examples
        --------
        >>> import autodiff_core as tf
        >>> model = tf.keras.Sequential([tf.keras.layers.Dense(8), tf.keras.layers.Dense(3)])
        >>> model.build((None, 4))
        >>> [tuple(weight.shape) for weight in model.weights]
        [(4, 8), (8,), (8, 3), (3,)]
        """
        sizes = [1 if size is None else size for size in input_shape]
        with tf.init_scope(), self.name_scope:
            self.call(tf.zeros(sizes, self.dtype))
        self.built = True

    build.runs_the_layers = True  # type: ignore[attr-defined]

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        outputs = inputs
        for layer in self._layers:
            if training is not None and _takes_training(layer):
                outputs = layer(outputs, training=training)
            else:
                outputs = layer(outputs)
        return outputs


def _takes_training(layer: Layer) -> bool:
    return "training" in inspect.signature(layer.call).parameters
