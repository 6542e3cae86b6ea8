"""Modules: objects that gather the variables of their attributes, however nested, in TensorFlow's order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from . import nest
from .tensors.naming import name_scope
from .variable import Variable
from .wrapping import named_after

__all__ = ["Module"]

Method = TypeVar("Method", bound=Callable[..., Any])

_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


_make_checkpoint: Callable[[Any], Any]


def install(make_checkpoint: Callable[[Any], Any]) -> None:
    """Say how a checkpoint of a module is made: by what is above it."""
    global _make_checkpoint
    _make_checkpoint = make_checkpoint


def snake_case(name: str) -> str:
    """Spell the name of a class as that of a module.

    Examples
    --------
    >>> from autodiff_core.module import snake_case
    >>> snake_case("MyMLPBlock")
    'my_mlp_block'
    """
    return _WORD_STARTS.sub("_", name).lower()


class Module:
    """A named container of variables and of other modules.

    Whatever variables stand in its attributes, in lists, tuples and dicts there, and in modules there, are found when
    they are asked for. The order is that of the attributes' names; a module's own variables come before those of its
    submodules, and each variable comes once.

    Parameters
    ----------
    name : str, optional
        A Python identifier; by default the class's name in snake case.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> class Line(tf.Module):
    ...     def __init__(self, name=None):
    ...         super().__init__(name)
    ...         with self.name_scope:
    ...             self.slope = tf.Variable(2.0, name="slope")
    ...             self.offset = tf.Variable(1.0, name="offset")
    ...     def __call__(self, x):
    ...         return self.slope * x + self.offset
    >>> [variable.name for variable in Line().trainable_variables]
    ['line/offset:0', 'line/slope:0']
    """

    def __init__(self, name: str | None = None) -> None:
        if name is None:
            name = snake_case(type(self).__name__)
        elif not (name.isidentifier() and name.isascii()):
            raise ValueError(
                f"{name!r} is not a valid module name. Module names must be valid Python identifiers "
                "(e.g. a valid class name)."
            )
        self._name = name
        with name_scope(name) as scope:
            self._name_scope = name_scope(scope)

    @property
    def name(self) -> str:
        """The module's name, without the scopes that it was made in."""
        return self._name

    @property
    def name_scope(self) -> name_scope:
        """The scope of the module's variables, with the scopes that it was made in; to be used in a ``with``."""
        return self._name_scope

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables of this module, then those of its submodules."""
        return tuple(leaf for leaf in _leaves(self) if isinstance(leaf, Variable))

    @property
    def trainable_variables(self) -> tuple[Variable, ...]:
        """Those of `variables` that are trainable."""
        return tuple(leaf for leaf in _leaves(self) if isinstance(leaf, Variable) and leaf.trainable)

    @property
    def non_trainable_variables(self) -> tuple[Variable, ...]:
        """Those of `variables` that are not trainable."""
        return tuple(leaf for leaf in _leaves(self) if isinstance(leaf, Variable) and not leaf.trainable)

    @property
    def submodules(self) -> tuple[Module, ...]:
        """The modules in the attributes of this one, then those in theirs.

        Examples
        --------
        >>> import autodiff_core as tf
        >>> outer, inner = tf.Module("outer"), tf.Module("inner")
        >>> outer.parts = [inner]
        >>> [module.name for module in outer.submodules]
        ['inner']
        """
        return tuple(leaf for leaf in _leaves(self) if isinstance(leaf, Module))

    def save_weights(self, filepath: Any) -> None:
        """Save the values of the variables to a safetensors file, by the paths of the attributes that lead to them.

        Parameters
        ----------
        filepath : path
            The file; ".safetensors" is added unless it ends so. It is written at once, or left as it was.

        Raises
        ------
        ImportError
            Where safetensors is not installed: the extra `checkpoint`.

        Examples
        --------
        >>> import tempfile
        >>> import autodiff_core as tf
        >>> line = tf.Module()
        >>> line.slope = tf.Variable(2.0)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     line.save_weights(f"{folder}/line")
        ...     _ = line.slope.assign(0.0)
        ...     line.load_weights(f"{folder}/line")
        >>> float(line.slope)
        2.0
        """
        _make_checkpoint(self).write(filepath)

    def load_weights(self, filepath: Any) -> None:
        """Give the variables the values that `save_weights` saved.

        Parameters
        ----------
        filepath : path
            The file, with or without its suffix.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            For a file that is none of safetensors', and where names, shapes or dtypes differ; no variable has changed
            then.

        Examples
        --------
        >>> import autodiff_core as tf
        >>> tf.Module().load_weights("no such file")
        Traceback (most recent call last):
        ...
        FileNotFoundError: there is no checkpoint 'no such file.safetensors'
        """
        _make_checkpoint(self).load_all(filepath)

    def _repr_html_(self) -> str:
        from .reading.html import module_html

        return module_html(self)

    @classmethod
    def with_name_scope(cls, method: Method) -> Method:
        """Make a method run inside the name scope of its module.

        Examples
        --------
        >>> import autodiff_core as tf
        >>> class Scale(tf.Module):
        ...     @tf.Module.with_name_scope
        ...     def __call__(self, x):
        ...         if not hasattr(self, "factor"):
        ...             self.factor = tf.Variable(2.0, name="factor")
        ...         return x * self.factor
        >>> scale = Scale()
        >>> float(scale(3.0)), scale.factor.name
        (6.0, 'scale/factor:0')
        """

        def in_scope(self: Module, *args: Any, **kwargs: Any) -> Any:
            with self.name_scope:
                return method(self, *args, **kwargs)

        return named_after(in_scope, method)  # type: ignore[return-value]


# A function, not a method: a subclass may have attributes of any name that TensorFlow leaves free.
def _leaves(module: Module, seen: set[int] | None = None) -> Iterator[Any]:
    """Walk the leaves of a module's attributes, sorted by name, then those of the modules among them; each once."""
    if seen is None:
        seen = {id(module)}
    submodules: list[Module] = []
    attributes = vars(module)
    for key in sorted(attributes):
        for leaf in nest.flatten(attributes[key]):
            if id(leaf) in seen:
                continue
            seen.add(id(leaf))
            yield leaf
            if isinstance(leaf, Module):
                submodules.append(leaf)
    for submodule in submodules:
        yield from _leaves(submodule, seen)
