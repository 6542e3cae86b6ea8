"""The layer: a module that makes its variables when it first sees an input, and knows their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import BuiltinFunctionType, FunctionType
from typing import TYPE_CHECKING, Any, overload

import numpy as np

import autodiff_core as tf

from .. import _core
from ..module import snake_case
from . import backend, initializers

__all__ = ["Layer"]

_SETTINGS = frozenset({bool, float, int, str, type(None), FunctionType, BuiltinFunctionType, np.ufunc})


class Layer(tf.Module):
    """A callable with variables of its own.

    A subclass makes its variables in ``build(input_shape)`` with `add_weight`, or in its constructor, and computes in
    ``call(inputs)``. `build` runs once, before the first `call`. Variables that are made during the first call are
    named after the layer.

    Parameters
    ----------
    trainable : bool
        Whether the layer's variables count as trainable.
    name : str, optional
        By default the class's name in snake case, numbered from the second on: ``dense``, ``dense_1``.
    dtype : dtype, optional
        That of the variables, and of the float inputs, which are cast to it; by default that of Python floats.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> class Scale(tf.keras.layers.Layer):
    ...     def build(self, input_shape):
    ...         self.factor = self.add_weight("factor", input_shape[-1:], initializer="ones")
    ...     def call(self, inputs):
    ...         return inputs * self.factor
    >>> layer = Scale(name="scale")
    >>> layer([[1.0, 2.0]]).numpy().tolist(), layer.weights[0].name
    ([[1.0, 2.0]], 'scale/factor:0')
    """

    def __init__(self, trainable: bool = True, name: str | None = None, dtype: Any = None) -> None:
        # Not the module's constructor: a layer's name need not be an identifier, and its scope is that of the call.
        self._name = backend.unique_name(snake_case(type(self).__name__)) if name is None else str(name)
        self.__dtype = _core.as_dtype(backend.floatx() if dtype is None else dtype)
        self._trainable = bool(trainable)
        self.__weights: list[tf.Variable] = []
        self.autocast = True
        self.built = False

    if not TYPE_CHECKING:  # which then finds attributes that there are not

        def __getattr__(self, name: str) -> Any:
            if name in ("_name", "_Layer__dtype", "_trainable", "_Layer__weights", "autocast", "built"):
                raise RuntimeError(
                    f"{type(self).__name__} has not been set up: its constructor must call `super().__init__()` before "
                    "anything else uses the layer."
                )
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def name_scope(self) -> tf.name_scope:
        """The scope of the variables that the layer makes: its name within the open scopes."""
        return tf.name_scope(self._name)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the layer's variables and of its float inputs."""
        return self.__dtype

    @property
    def trainable(self) -> bool:
        """Whether the layer's variables count as trainable; setting it sets it for the layers inside, too."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        for module in parts(self)[1]:
            if isinstance(module, Layer):
                module.trainable = value

    def build(self, input_shape: Any) -> None:
        """Make the variables; a subclass overrides it.

        Examples
        --------
        >>> import autodiff_core as tf
        >>> layer = tf.keras.layers.Dense(2)
        >>> layer.build((None, 3))
        >>> [tuple(weight.shape) for weight in layer.weights]
        [(3, 2), (2,)]
        """
        self.built = True

    if TYPE_CHECKING:  # which lets subclasses take what they like then

        def call(self, *args: Any, **kwargs: Any) -> Any: ...

    else:

        def call(self, inputs):
            """Compute the result; a subclass overrides it, with whatever further arguments it needs.

            Examples
            --------
            >>> import autodiff_core as tf
            >>> tf.keras.layers.Layer().call(1.0)
            1.0
            """
            return inputs

    @overload
    def add_weight(
        self,
        shape: Any = None,
        initializer: str | Callable[..., Any] | None = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: None = None,
        constraint: Callable[[Any], Any] | None = None,
        aggregation: Any = None,
        overwrite_with_gradient: bool = False,
        name: str | None = None,
    ) -> tf.Variable: ...
    @overload
    def add_weight(
        self,
        name: str | None,
        shape: Any = None,
        dtype: Any = None,
        initializer: str | Callable[..., Any] | None = None,
        trainable: bool = True,
        *,
        constraint: Callable[[Any], Any] | None = None,
    ) -> tf.Variable: ...
    def add_weight(self, *args: Any, **kwargs: Any) -> tf.Variable:
        """Make a variable that belongs to the layer.

        Parameters
        ----------
        shape : sequence of int, optional
            Its shape; a scalar's by default.
        initializer : str or callable, optional
            What gives the first value; by default `glorot_uniform` for floats and `zeros` for the rest.
        dtype : dtype, optional
            By default the layer's.
        trainable : bool
            Whether the variable is trainable.
        autocast, regularizer, constraint, aggregation, overwrite_with_gradient : object
            Keras'. The constraint is the variable's; there are no regularizers, and the others have no effect.
        name : str, optional
            Its name within the layer's.

        Raises
        ------
        TypeError
            For other arguments.
        ValueError
            Where there is a regularizer.

        Notes
        -----
        This is the order of Keras 3. In Keras 2 the name came first, and was followed by the shape, the dtype, the
        initializer and `trainable`: a call whose first argument is a name is read so.

        Examples
        --------
        >>> import autodiff_core as tf
        >>> tf.keras.layers.Layer().add_weight((2,), "ones", name="gain").numpy().tolist()
        [1.0, 1.0]
        """
        settings = _settings_of_weight(args, kwargs)
        shape = settings.get("shape")
        dtype = self.__dtype if settings.get("dtype") is None else _core.as_dtype(settings["dtype"])
        initializer = settings.get("initializer")
        if initializer is None:
            initializer = "glorot_uniform" if np.issubdtype(dtype, np.floating) else "zeros"
        if settings.get("regularizer") is not None:
            raise ValueError("add_weight: there are no regularizers here; add the penalty to the loss")
        sizes = () if shape is None else shape if isinstance(shape, Sequence) else tuple(tf.TensorShape(shape))
        value = initializers.get(initializer)(tuple(_core.integer(size) for size in sizes), dtype=dtype)
        trainable, constraint = settings.get("trainable", True), settings.get("constraint")
        variable = tf.Variable(value, trainable, name=settings.get("name"), dtype=dtype, constraint=constraint)
        self.__weights.append(variable)
        return variable

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        inputs = _cast_to(self.__dtype if self.autocast else None, inputs)
        if self.built:
            return self.call(inputs, *args, **kwargs)
        with self.name_scope:
            _build_for_call(self, self.__weights, tf.nest.map_structure(lambda tensor: tensor.shape, inputs))
            return self.call(inputs, *args, **kwargs)

    @property
    def trainable_weights(self) -> list[tf.Variable]:
        """The layer's trainable variables, in the order of their making, then those of the layers inside."""
        if not self._trainable:
            return []
        variables, modules = parts(self)
        found = [variable for variable in variables if variable.trainable]
        for module in modules:
            found.extend(module.trainable_variables)
        return _each_once(found)

    @property
    def non_trainable_weights(self) -> list[tf.Variable]:
        """All other variables of the layer, in the same order."""
        variables, modules = parts(self)
        if not self._trainable:
            found = sorted(variables, key=lambda variable: not variable.trainable)
            for module in modules:
                found.extend(module.variables)
        else:
            found = [variable for variable in variables if not variable.trainable]
            for module in modules:
                found.extend(module.non_trainable_variables)
        return _each_once(found)

    @property
    def weights(self) -> list[tf.Variable]:
        """The trainable variables, then the others."""
        return _each_once(self.trainable_weights + self.non_trainable_weights)

    @property
    def variables(self) -> list[tf.Variable]:  # type: ignore[override]
        """The same as `weights`."""
        return self.weights

    @property
    def trainable_variables(self) -> list[tf.Variable]:  # type: ignore[override]
        """The same as `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[tf.Variable]:  # type: ignore[override]
        """The same as `non_trainable_weights`."""
        return self.non_trainable_weights

    def get_weights(self) -> list[np.ndarray]:
        """Copy the values of `weights`.

        Examples
        --------
        >>> import autodiff_core as tf
        >>> layer = tf.keras.layers.Dense(1, kernel_initializer="ones")
        >>> layer.build((None, 2))
        >>> [value.tolist() for value in layer.get_weights()]
        [[[1.0], [1.0]], [0.0]]
        """
        return [np.array(variable.numpy()) for variable in self.weights]

    def set_weights(self, weights: Iterable[Any]) -> None:
        """Assign values to `weights`, as `get_weights` gave them.

        Examples
        --------
        >>> import autodiff_core as tf
        >>> layer = tf.keras.layers.Dense(1)
        >>> layer.build((None, 1))
        >>> layer.set_weights([[[2.0]], [1.0]])
        >>> layer([[3.0]]).numpy().tolist()
        [[7.0]]
        """
        variables, values = self.weights, [_core.seen(value) for value in weights]
        if len(variables) != len(values):
            raise ValueError(
                f"You called set_weights(weights) on layer {self._name!r} with {len(values)} weights, but the layer "
                f"was expecting {len(variables)}."
            )
        for variable, value in zip(variables, values, strict=True):
            if tuple(variable.shape) != value.shape:
                raise ValueError(
                    f"Layer {self._name!r}: weight {variable.name!r} has shape {tuple(variable.shape)}, but the value "
                    f"given for it has shape {value.shape}."
                )
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)


# Functions, not methods: a subclass may have attributes of any name that Keras leaves free.


def parts(layer: Layer) -> tuple[list[tf.Variable], list[tf.Module]]:
    """List the variables and the modules in a layer's attributes, in the order in which those were set."""
    variables: list[tf.Variable] = []
    modules: list[tf.Module] = []
    for value in vars(layer).values():
        # A training loop asks at each step, and most attributes are settings.
        if type(value) in _SETTINGS:
            continue
        for leaf in tf.nest.flatten(value):
            if isinstance(leaf, tf.Variable):
                variables.append(leaf)
            elif isinstance(leaf, tf.Module):
                modules.append(leaf)
    return _each_once(variables), modules


_KERAS_3 = (
    *("shape", "initializer", "dtype", "trainable", "autocast", "regularizer", "constraint", "aggregation"),
    *("overwrite_with_gradient", "name"),
)
_KERAS_2 = ("name", "shape", "dtype", "initializer", "trainable")


def _settings_of_weight(args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `add_weight` by name, whichever order they are in."""
    second = args[1] if len(args) > 1 else None
    by_name_first = bool(args) and (isinstance(args[0], str) or (args[0] is None and isinstance(second, (tuple, list))))
    order = _KERAS_2 if by_name_first else _KERAS_3
    if len(args) > len(order):
        raise TypeError(f"add_weight takes at most {len(order)} arguments, not {len(args)}")
    settings = dict(zip(order, args, strict=False))
    for name, value in kwargs.items():
        if name not in _KERAS_3:
            raise TypeError(f"add_weight has no argument {name!r}; it has {', '.join(_KERAS_3)}")
        if name in settings:
            raise TypeError(f"add_weight got its argument {name!r} twice, by its place and by its name")
        settings[name] = value
    return settings


def _build_for_call(layer: Layer, made: list[tf.Variable], input_shape: Any) -> None:
    """Build a layer that is being called for the first time; `made` are the variables that it has made."""
    made_before = len(made)
    try:
        if not getattr(type(layer).build, "runs_the_layers", False):  # the call that follows does so anyway
            layer.build(input_shape)
    except BaseException:
        # So that the next call builds from the start.
        del made[made_before:]
        raise
    layer.built = True


def _cast_to(dtype: np.dtype[Any] | None, inputs: Any) -> Any:
    """Make tensors of the inputs, the float ones of the layer's dtype, if it casts."""
    if isinstance(inputs, tf.Tensor) and inputs.dtype == dtype:
        return inputs

    def cast_one(value: Any) -> tf.Tensor:
        tensor = tf.convert_to_tensor(value)
        if dtype is not None and np.issubdtype(tensor.dtype, np.floating) and tensor.dtype != dtype:
            return tf.cast(tensor, dtype)
        return tensor

    return tf.nest.map_structure(cast_one, _as_tensor_if_numbers(inputs))


def _as_tensor_if_numbers(inputs: Any) -> Any:
    """Read nested lists of numbers as one tensor; a structure that holds tensors or arrays stays a structure."""
    if isinstance(inputs, list) and all(isinstance(leaf, (int, float)) for leaf in tf.nest.flatten(inputs)):
        return tf.convert_to_tensor(inputs)
    return inputs


def _each_once(variables: list[tf.Variable]) -> list[tf.Variable]:
    return list({id(variable): variable for variable in variables}.values())
