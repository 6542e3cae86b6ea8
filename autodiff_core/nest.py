"""Nested structures: taking lists, tuples, mappings and classes that say how apart, and putting them together again.

A structure is taken apart once, at the door; everything behind it sees flat lists. The rules are TensorFlow's:
mappings are walked in the order of their sorted keys and rebuilt in their own, ``None`` is a leaf, and so are tensors,
variables, ndarrays and shapes. Branches are every ``Mapping`` and every ``Sequence`` that is neither text nor an array
(subclasses of ``list``, ``tuple`` and ``dict``, named tuples, ``deque``, ``UserDict``, ``range`` among them), the views
of mappings, classes of attrs, classes with ``__tf_flatten__`` and ``__tf_unflatten__``, and every class that is
registered with optree, in its global namespace or in ``"autodiff_core"``. A structure is rebuilt in its own class; a
view as a list, and so is a range whose numbers have changed.

optree does the walking, but importing it takes longer than importing the rest of this package. So a leaf, and a list,
tuple or dict that holds nothing but leaves, never reach it: those are nearly all the structures that a tape sees. What
optree takes for a leaf, though it is a branch here, has a stand-in in the tree that optree sees (`_Branch`).
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict, UserString, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, MappingView, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ._core import Operand, all_operands
from .tensor_shape import TensorShape

if TYPE_CHECKING:
    import optree

__all__ = ["assert_same_structure", "flatten", "is_nested", "map_structure", "pack_sequence_as"]
__dir__ = __all__.copy

_NAMESPACE = "autodiff_core"
_LOCK = threading.Lock()
_BRANCHES = frozenset({list, tuple, dict, OrderedDict, defaultdict, deque})
_LEAVES = frozenset({np.ndarray, float, int, bool, str, type(None), np.float64, np.float32})

Rebuild = Callable[[list[Any]], Any]


def flatten(structure: Any) -> list[Any]:
    """List the leaves of a structure.

    Parameters
    ----------
    structure
        Any nesting of mappings, sequences and classes that say how they are taken apart; or a single leaf.

    Returns
    -------
    list
        The leaves, depth first; those of a mapping in the order of its sorted keys.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.nest.flatten({"b": [1, 2], "a": (3, None)})
    [3, None, 1, 2]
    >>> tf.nest.flatten("leaf")
    ['leaf']
    """
    return flatten_for_tape(structure)[0]


def pack_sequence_as(structure: Any, flat_sequence: Sequence[Any]) -> Any:
    """Put leaves together in the shape of a structure: the inverse of `flatten`.

    Parameters
    ----------
    structure
        The structure to imitate; its own leaves don't matter.
    flat_sequence : sequence
        As many leaves as `structure` has.

    Raises
    ------
    TypeError
        If `flat_sequence` is not a sequence.
    ValueError
        If the number of leaves differs.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.nest.pack_sequence_as({"b": 0, "a": (0, 0)}, [1, 2, 3])
    {'b': 3, 'a': (1, 2)}
    """
    if not is_nested(flat_sequence):
        raise TypeError(f"flat_sequence must be a sequence of leaves, got {flat_sequence!r}")
    replaced, rebuild = flatten_for_tape(structure)
    leaves = list(flat_sequence)
    if len(leaves) != len(replaced):
        raise ValueError(
            f"Could not pack sequence. Structure had {len(replaced)} atoms, but flat_sequence had {len(leaves)} items. "
            f"Structure: {structure!r}, flat_sequence: {flat_sequence!r}."
        )
    return rebuild(leaves)


def map_structure(func: Callable[..., Any], *structure: Any, check_types: bool = True) -> Any:
    """Apply a function to every leaf, or to the leaves that stand at the same place in several structures.

    Parameters
    ----------
    func : callable
        Takes one leaf of each structure.
    *structure
        One or more structures that are nested in the same way.
    check_types : bool
        Whether the types of the branches must agree too.

    Returns
    -------
    The results, in the structure of the first argument.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.nest.map_structure(lambda a, b: a + b, {"x": 1, "y": [2]}, {"x": 10, "y": [20]})
    {'x': 11, 'y': [22]}
    """
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func!r}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    first, *others = structure
    for other in others:
        assert_same_structure(first, other, check_types=check_types)
    leaves, rebuild = flatten_for_tape(first)
    return rebuild([func(*at_one_place) for at_one_place in zip(leaves, *map(flatten, others), strict=True)])


def assert_same_structure(nest1: Any, nest2: Any, check_types: bool = True) -> None:
    """Raise an error unless two structures are nested in the same way.

    Parameters
    ----------
    nest1, nest2
        The structures to compare.
    check_types : bool
        Whether the types of the branches must agree too. Two mappings always do, and so do a list and a subclass of it
        or a view of a mapping, a tuple and a subclass of it that has no names, and two named tuples of the same name
        and fields.

    Raises
    ------
    ValueError
        If one has a branch where the other has a leaf, or a branch of another length, or a dict with other keys.
    TypeError
        If two branches agree in that but are of different types, and `check_types` is true.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.nest.assert_same_structure([1, (2, 3)], ["a", ("b", None)])
    >>> tf.nest.assert_same_structure([1, 2], [1, [2]])
    Traceback (most recent call last):
    ...
    ValueError: The two structures don't have the same nested structure: at [1] the first has a leaf, the second a list.
    First structure: [1, 2]
    Second structure: [1, [2]]
    """
    if _same_flat(nest1, nest2):
        return
    if _spec(nest1) == _spec(nest2):
        return
    found = _difference(nest1, nest2, check_types, "")
    if found:
        error, where = found
        raise error(
            f"The two structures don't have the same nested structure: {where}.\n"
            f"First structure: {nest1!r}\nSecond structure: {nest2!r}"
        )


def is_nested(seq: Any) -> bool:
    """Tell whether a value is a branch, that is, not a leaf.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.nest.is_nested([1]), tf.nest.is_nested({}), tf.nest.is_nested("text"), tf.nest.is_nested(None)
    (True, True, False, False)
    """
    if type(seq) in _BRANCHES:
        return True
    return not _is_leaf(seq) and not _spec(seq).is_leaf()


def flatten_for_tape(structure: Any, fields: bool = False) -> tuple[list[Any], Rebuild]:
    """List the leaves of a structure, and give the function that makes the same structure of other leaves.

    With `fields`, instances of dataclasses are structures, too, where parameters are looked for. Else they are leaves,
    as for TensorFlow: objects, which functions are given as they are.

    Examples
    --------
    >>> from autodiff_core.nest import flatten_for_tape
    >>> leaves, rebuild = flatten_for_tape({"w": 1, "b": 2})
    >>> leaves, rebuild(["gradient of b", "gradient of w"])
    ([2, 1], {'w': 'gradient of w', 'b': 'gradient of b'})
    """
    kind = type(structure)
    if isinstance(structure, Operand) or kind in _LEAVES:  # (most often: no structure at all)
        return [structure], _only
    is_leaf = _is_leaf_or_opened if fields else _is_leaf
    if kind is list or kind is tuple:
        if all_operands(structure) or all(map(is_leaf, structure)):
            return list(structure), kind
    elif kind is dict:
        if all(map(is_leaf, structure.values())):
            try:
                keys = sorted(structure)
            except TypeError:  # Keys of several types: optree has an order for those.
                return _flatten_tree(structure, fields)
            return [structure[key] for key in keys], _dict_rebuilder(keys, list(structure))
    elif is_leaf(structure):
        return [structure], _only
    return _flatten_tree(structure, fields)


def is_in_class_of_its_own(value: Any) -> bool:
    """Whether something is a mapping or a sequence of neither Python's everyday classes nor a tuple's."""
    return isinstance(value, (Mapping, Sequence)) and type(value) not in _BRANCHES and not isinstance(value, tuple)


def flatten_up_to(shallow: Any, structure: Any) -> list[Any]:
    """What stands in the places of a structure's leaves in another one, which goes as deep or deeper; instances of
    dataclasses are structures.

    Raises
    ------
    ValueError
        Where the other one is not nested as the first is, as far as that goes.

    Examples
    --------
    >>> from autodiff_core.nest import flatten_up_to
    >>> flatten_up_to({"w": 1.0, "b": 2.0}, {"w": (0, None), "b": [3]})
    [[3], (0, None)]
    """
    try:
        return list(_spec(shallow, True).flatten_up_to(_with_stand_ins(structure, True)))
    except TypeError as error:
        raise ValueError(str(error)) from None


def structure_key(structure: Any, fields: bool = False) -> Any:
    """A key that is equal for structures that are nested in the same way, in the same classes."""
    return _spec(structure, fields)


def _only(leaves: list[Any]) -> Any:
    """Rebuild a structure that is a single leaf."""
    (leaf,) = leaves
    return leaf


def _dict_rebuilder(flat_order: list[Any], own_order: list[Any]) -> Rebuild:
    """Rebuild a dict with its keys in the order that it had, from leaves in the order of the sorted keys."""

    def rebuild(leaves: list[Any]) -> dict[Any, Any]:
        by_key = dict(zip(flat_order, leaves, strict=True))
        return {key: by_key[key] for key in own_order}

    return rebuild


def _is_leaf(value: Any) -> bool:
    """Tell whether a value is known to be a leaf without asking optree, which is not imported for the question.

    A class can be registered as a branch only by somebody who has imported optree.
    """
    kind = type(value)
    if kind in _LEAVES or isinstance(value, Operand):
        return True
    if kind in _BRANCHES or "optree" in sys.modules:
        return False
    return (not isinstance(value, tuple) and _taken_apart(value) is None) or kind is TensorShape


def _is_leaf_or_opened(value: Any) -> bool:
    """The same, where dataclasses are branches."""
    return _is_leaf(value) and not _has_fields(value)


def _has_fields(value: Any) -> bool:
    """Whether something is a dataclass's instance, and not numbers or a tensor to whoever asks."""
    kind = type(value)
    return hasattr(kind, "__dataclass_fields__") and not (hasattr(kind, "__array__") or hasattr(kind, "__tf_tensor__"))


def _all_leaves(values: Iterable[Any]) -> bool:
    return all(map(_is_leaf, values))


def _same_flat(nest1: Any, nest2: Any) -> bool:
    """Tell whether two structures are alike and flat, in which case optree has nothing to add."""
    kind = type(nest1)
    if kind is not type(nest2):
        return _is_leaf(nest1) and _is_leaf(nest2)
    if kind is list or kind is tuple:
        return len(nest1) == len(nest2) and _all_leaves(nest1) and _all_leaves(nest2)
    if kind is dict:
        return nest1.keys() == nest2.keys() and _all_leaves(nest1.values()) and _all_leaves(nest2.values())
    return _is_leaf(nest1)


def _flatten_tree(structure: Any, fields: bool = False) -> tuple[list[Any], Rebuild]:
    """Flatten anything, by optree."""
    trees = _trees()
    leaves, spec = trees.tree_flatten(_with_stand_ins(structure, fields), none_is_leaf=True, namespace=_NAMESPACE)

    def rebuild(leaves: list[Any]) -> Any:
        return trees.tree_unflatten(spec, leaves)

    return leaves, rebuild


def _spec(structure: Any, fields: bool = False) -> optree.PyTreeSpec:
    """Give optree's description of how a structure is nested."""
    spec: optree.PyTreeSpec = _trees().tree_structure(
        _with_stand_ins(structure, fields), none_is_leaf=True, namespace=_NAMESPACE
    )
    return spec


class _Layout:
    """What is left of a branch without its children: its class, how its children are called, how it is rebuilt."""

    __slots__ = ("kind", "names", "order", "rebuild")

    def __init__(self, kind: type, names: tuple[Any, ...], rebuild: Rebuild, order: Any = None) -> None:
        self.kind, self.names, self.rebuild, self.order = kind, names, rebuild, order

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Layout)
            and self.kind is other.kind
            and self.names == other.names
            and bool(self.order == other.order)
        )

    def __hash__(self) -> int:
        return hash((self.kind, self.names))


class _Branch:
    """Stands for a branch in a tree for optree, which takes it for a leaf, or walks it in another order.

    An OrderedDict is of the latter kind: beside a dict of the same keys it would be matched with the wrong leaves.
    """

    def __init__(self, children: list[Any], layout: _Layout) -> None:
        self.children, self.layout = children, layout

    def tree_flatten(self) -> tuple[list[Any], _Layout, tuple[Any, ...]]:
        return self.children, self.layout, self.layout.names

    @staticmethod
    def tree_unflatten(layout: _Layout, leaves: Iterable[Any]) -> Any:
        return layout.rebuild(list(leaves))


def _taken_apart(value: Any) -> tuple[list[Any], _Layout] | None:
    """The children of a branch that optree takes for a leaf (or an OrderedDict), and its layout; None for a leaf."""
    kind = type(value)
    if isinstance(value, Operand):
        return None
    if hasattr(kind, "__tf_flatten__") and hasattr(kind, "__tf_unflatten__"):
        return _by_protocol(value)
    if hasattr(kind, "__attrs_attrs__"):
        names = tuple(attribute.name for attribute in kind.__attrs_attrs__)
        return [getattr(value, name) for name in names], _Layout(kind, names, lambda leaves: kind(*leaves))
    if isinstance(value, Mapping):
        return _by_key(value)
    if isinstance(value, (str, bytes, UserString, TensorShape)):
        return None
    if isinstance(value, MappingView):
        children = list(value)  # type: ignore[call-overload]
        return children, _Layout(kind, tuple(range(len(children))), list)
    if kind is range:
        return list(value), _Layout(kind, tuple(value), lambda leaves: value if leaves == list(value) else leaves)
    if isinstance(value, Sequence) and not (hasattr(kind, "__array__") or _is_memory(value)):
        return list(value), _Layout(kind, tuple(range(len(value))), kind)
    return None


def _is_memory(value: Any) -> bool:
    """Whether something is numbers in memory, as an `array.array` is: one leaf."""
    try:
        memoryview(value)
    except TypeError:
        return False
    return True


def _by_protocol(value: Any) -> tuple[list[Any], _Layout]:
    """The parts of an object that says by TensorFlow's protocol what they are."""
    kind = type(value)
    flattened = value.__tf_flatten__()
    if not isinstance(flattened, tuple) or len(flattened) != 2 or not isinstance(flattened[1], (tuple, list)):
        raise TypeError(f"{kind.__name__}.__tf_flatten__ must return a pair, (metadata, a tuple of components)")
    metadata, components = flattened
    names = tuple(range(len(components)))

    def rebuild(leaves: list[Any]) -> Any:
        return value.__tf_unflatten__(metadata, tuple(leaves))

    return list(components), _Layout(kind, names, rebuild, metadata)


def _by_field(value: Any) -> tuple[list[Any], _Layout]:
    """The fields of a dataclass's instance; another one is a copy, which its class is not asked for."""
    from copy import copy
    from dataclasses import fields  # (whose imports take longer than ours)

    names = tuple(field.name for field in fields(value))

    def rebuild(leaves: list[Any]) -> Any:
        made = copy(value)
        for name, leaf in zip(names, leaves, strict=True):
            object.__setattr__(made, name, leaf)
        return made

    return [getattr(value, name) for name in names], _Layout(type(value), names, rebuild)


def _by_key(mapping: Mapping[Any, Any]) -> tuple[list[Any], _Layout]:
    """The values of a mapping in the order of its sorted keys."""
    kind: Any = type(mapping)
    own = tuple(mapping)
    try:
        keys = tuple(sorted(own))
    except TypeError:
        keys = own

    def rebuild(leaves: list[Any]) -> Any:
        by_key = dict(zip(keys, leaves, strict=True))
        in_order = {key: by_key[key] for key in own}
        try:
            if not isinstance(mapping, MutableMapping):
                return kind(in_order)
            made = kind(mapping.default_factory) if isinstance(mapping, defaultdict) else kind()
            for key, leaf in in_order.items():
                made[key] = leaf
        except TypeError as error:
            raise TypeError(
                f"a {kind.__name__} cannot be made like {mapping!r}: a mapping must be made without arguments, or, if "
                f"it cannot be changed, of a dict ({error})"
            ) from error
        return made

    return [mapping[key] for key in keys], _Layout(kind, keys, rebuild, own)


def _is_ordered_dict(value: Any) -> bool:
    return type(value) is OrderedDict


def _with_stand_ins(structure: Any, fields: bool = False) -> Any:
    """Replace the branches of a tree that optree does not know as such by their stand-ins."""

    def replaced(leaf: Any) -> Any:
        if type(leaf) in _LEAVES or isinstance(leaf, Operand):
            return leaf
        parts = _taken_apart(leaf)
        if parts is None and fields and _has_fields(leaf):
            parts = _by_field(leaf)
        if parts is None:
            return leaf
        children, layout = parts
        return _Branch([_with_stand_ins(child, fields) for child in children], layout)

    return _trees().tree_map(replaced, structure, is_leaf=_is_ordered_dict, none_is_leaf=True, namespace=_NAMESPACE)


def _trees() -> Any:
    """Import optree, and tell it about `_Branch` the first time."""
    import optree

    trees: Any = optree
    with _LOCK:
        if trees.register_pytree_node.get(_Branch, namespace=_NAMESPACE) is None:
            trees.register_pytree_node(_Branch, _Branch.tree_flatten, _Branch.tree_unflatten, namespace=_NAMESPACE)
    return trees


def _difference(one: Any, other: Any, check_types: bool, place: str) -> tuple[type[Exception], str] | None:
    """Say where two structures first differ, and which error that is; None where only leaves do."""
    at = f"at {place or 'the top'} the first has"
    level1, level2 = _one_level(one), _one_level(other)
    if level1 is None or level2 is None:
        if level1 is level2:
            return None
        return ValueError, f"{at} {_describe(level1)}, the second {_describe(level2)}"
    kind1, names1, children1 = level1
    kind2, names2, children2 = level2
    if len(names1) != len(names2):
        return ValueError, f"{at} {len(names1)} items, the second {len(names2)}"
    if check_types:
        if _family(kind1) != _family(kind2):
            return TypeError, f"{at} {_describe(level1)}, the second {_describe(level2)}"
        if _family(kind1) is dict and set(names1) != set(names2):
            return ValueError, f"{at} the keys {names1}, the second {names2}"
    for name, child1, child2 in zip(names1, children1, children2, strict=True):
        found = _difference(child1, child2, check_types, f"{place}[{name!r}]")
        if found:
            return found
    return None


def _one_level(value: Any) -> tuple[type, list[Any], list[Any]] | None:
    """The class of a branch, the names of its children and the children; None for a leaf."""
    if _is_leaf(value):
        return None
    trees = _trees()
    if type(value) is not OrderedDict and not trees.tree_is_leaf(value, none_is_leaf=True, namespace=_NAMESPACE):
        level = trees.tree_flatten_one_level(value, none_is_leaf=True, namespace=_NAMESPACE)
        return type(value), list(level[2]), list(level[0])
    parts = _taken_apart(value)
    return None if parts is None else (parts[1].kind, list(parts[1].names), parts[0])


def _family(kind: type) -> Any:
    """Give what must be equal for two branches to count as of one type."""
    if issubclass(kind, Mapping):
        return dict
    if issubclass(kind, tuple):
        return (kind.__name__, kind._fields) if hasattr(kind, "_fields") else tuple
    return list if issubclass(kind, (list, MappingView)) else kind  # (a view is rebuilt as a list)


def _describe(level: tuple[type, list[Any], list[Any]] | None) -> str:
    if level is None:
        return "a leaf"
    name = level[0].__name__
    return f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name}"
