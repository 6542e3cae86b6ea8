"""Nested structures: taking lists, tuples, dicts and registered classes apart, and putting them together again.

A structure is taken apart once, at the door; everything behind it sees flat lists. The rules are TensorFlow's: dicts
are walked in the order of their sorted keys and rebuilt in their own, ``None`` is a leaf, and so are tensors, variables
and ndarrays. Branches are ``list``, ``tuple``, ``dict``, ``OrderedDict``, ``defaultdict``, ``deque``, named tuples, and
every class that is registered with optree, in its global namespace or in ``"autodiff_core"``. Any other class,
subclasses of ``list`` and ``dict`` included, is a leaf.

optree does the walking, but importing it takes longer than importing the rest of this package. So a leaf, and a list,
tuple or dict that holds nothing but leaves, never reach it: those are nearly all the structures that a tape sees.
"""

from __future__ import annotations

import sys
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ._core import Operand, all_operands

if TYPE_CHECKING:
    import optree

__all__ = ["assert_same_structure", "flatten", "is_nested", "map_structure", "pack_sequence_as"]

_NAMESPACE = "autodiff_core"
_BRANCHES = frozenset({list, tuple, dict, OrderedDict, defaultdict, deque})
_LEAVES = frozenset({np.ndarray, float, int, bool, str, type(None), np.float64, np.float32})

Rebuild = Callable[[list[Any]], Any]
Orders = tuple[tuple[Any, ...], tuple[Any, ...]]


def flatten(structure: Any) -> list[Any]:
    """List the leaves of a structure.

    Parameters
    ----------
    structure
        Any nesting of lists, tuples, dicts, named tuples and classes registered with optree; or a single leaf.

    Returns
    -------
    list
        The leaves, depth first; those of a dict in the order of its sorted keys.

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
        Whether the types of the branches must agree too. Two dict classes always do, and so do two named tuples of the
        same name and fields.

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
    spec1, spec2 = _spec(nest1), _spec(nest2)
    if spec1 == spec2:
        return
    found = _difference(spec1, spec2, check_types, "")
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


def flatten_for_tape(structure: Any) -> tuple[list[Any], Rebuild]:
    """List the leaves of a structure, and give the function that makes the same structure of other leaves.

    Examples
    --------
    >>> from autodiff_core.nest import flatten_for_tape
    >>> leaves, rebuild = flatten_for_tape({"w": 1, "b": 2})
    >>> leaves, rebuild(["gradient of b", "gradient of w"])
    ([2, 1], {'w': 'gradient of w', 'b': 'gradient of b'})
    """
    kind = type(structure)
    if kind is list or kind is tuple:
        if all_operands(structure) or _all_leaves(structure):
            return list(structure), kind
    elif kind is dict:
        if _all_leaves(structure.values()):
            try:
                keys = sorted(structure)
            except TypeError:  # Keys of several types: optree has an order for those.
                return _flatten_tree(structure)
            return [structure[key] for key in keys], _dict_rebuilder(keys, list(structure))
    elif _is_leaf(structure):
        return [structure], _only
    return _flatten_tree(structure)


def structure_key(structure: Any) -> Any:
    """A key that is equal for structures that are nested in the same way, in the same classes."""
    return _spec(structure)


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
    # The two kinds of tuple whose items have names; any other subclass of tuple is a leaf.
    return not (isinstance(value, tuple) and (hasattr(kind, "_fields") or hasattr(kind, "n_sequence_fields")))


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


def _flatten_tree(structure: Any) -> tuple[list[Any], Rebuild]:
    """Flatten anything, by optree."""
    trees = _trees()
    leaves, spec = trees.tree_flatten(_by_key(structure), none_is_leaf=True, namespace=_NAMESPACE)

    def rebuild(leaves: list[Any]) -> Any:
        return trees.tree_unflatten(spec, leaves)

    return leaves, rebuild


def _spec(structure: Any) -> optree.PyTreeSpec:
    """Give optree's description of how a structure is nested."""
    spec: optree.PyTreeSpec = _trees().tree_structure(_by_key(structure), none_is_leaf=True, namespace=_NAMESPACE)
    return spec


class _ByKey:
    """Stands for an OrderedDict in a tree: optree walks one in its own order, TensorFlow in the order of its keys.

    Without this, an OrderedDict beside a dict of the same keys would be matched with the wrong leaves.
    """

    def __init__(self, ordered: OrderedDict[Any, Any]) -> None:
        self.ordered = ordered

    def tree_flatten(self) -> tuple[list[Any], Orders, tuple[Any, ...]]:
        own = tuple(self.ordered)
        try:
            keys = tuple(sorted(own))
        except TypeError:
            keys = own
        return [_by_key(self.ordered[key]) for key in keys], (keys, own), keys

    @staticmethod
    def tree_unflatten(orders: Orders, leaves: Iterable[Any]) -> OrderedDict[Any, Any]:
        by_key = dict(zip(orders[0], leaves, strict=True))
        return OrderedDict((key, by_key[key]) for key in orders[1])


def _is_ordered_dict(value: Any) -> bool:
    return type(value) is OrderedDict


def _by_key(structure: Any) -> Any:
    """Replace the outermost OrderedDicts of a tree by their stand-ins, which do the same for those inside."""
    return _trees().tree_map(
        lambda leaf: _ByKey(leaf) if type(leaf) is OrderedDict else leaf,
        structure,
        is_leaf=_is_ordered_dict,
        none_is_leaf=True,
        namespace=_NAMESPACE,
    )


def _trees() -> Any:
    """Import optree, and tell it about `_ByKey` the first time."""
    import optree

    trees: Any = optree
    if trees.register_pytree_node.get(_ByKey, namespace=_NAMESPACE) is None:
        trees.register_pytree_node(_ByKey, _ByKey.tree_flatten, _ByKey.tree_unflatten, namespace=_NAMESPACE)
    return trees


def _difference(
    spec1: optree.PyTreeSpec, spec2: optree.PyTreeSpec, check_types: bool, place: str
) -> tuple[type[Exception], str] | None:
    """Say where two trees first differ, and which error that is; None where only leaves do."""
    at = f"at {place or 'the top'} the first has"
    if spec1.is_leaf() or spec2.is_leaf():
        if spec1.is_leaf() and spec2.is_leaf():
            return None
        return ValueError, f"{at} {_describe(spec1)}, the second {_describe(spec2)}"
    entries1, entries2 = spec1.entries(), spec2.entries()
    if len(entries1) != len(entries2):
        return ValueError, f"{at} {len(entries1)} items, the second {len(entries2)}"
    if check_types:
        if _family(spec1) != _family(spec2):
            return TypeError, f"{at} {_describe(spec1)}, the second {_describe(spec2)}"
        if _family(spec1) is dict and set(entries1) != set(entries2):
            return ValueError, f"{at} the keys {entries1}, the second {entries2}"
    for entry, child1, child2 in zip(entries1, spec1.children(), spec2.children(), strict=True):
        found = _difference(child1, child2, check_types, f"{place}[{entry!r}]")
        if found:
            return found
    return None


def _family(spec: optree.PyTreeSpec) -> Any:
    """Give what must be equal for two branches to count as of one type."""
    kind = spec.type
    if kind in (dict, defaultdict, _ByKey):
        return dict
    if kind is not None and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return kind.__name__, kind._fields
    return kind


def _describe(spec: optree.PyTreeSpec) -> str:
    kind = spec.type
    if kind is None:
        return "a leaf"
    return "an OrderedDict" if kind is _ByKey else f"a {kind.__name__}"
