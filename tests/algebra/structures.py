"""Nested structures of the suite: tuples, lists and dictionaries, taken apart and put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def leaves_of(tree: Any) -> list[Any]:
    """The leaves, in order."""
    if isinstance(tree, (tuple, list)):
        return [leaf for part in tree for leaf in leaves_of(part)]
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree) for leaf in leaves_of(tree[key])]
    return [tree]


def mapped(function: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """The same structure, of what the function gives for the leaves."""
    if isinstance(tree, (tuple, list)):
        return type(tree)(mapped(function, *parts) for parts in zip(tree, *others, strict=True))
    if isinstance(tree, dict):
        return {key: mapped(function, tree[key], *(other[key] for other in others)) for key in tree}
    return function(tree, *others)


def replaced(tree: Any, leaves: list[Any]) -> Any:
    """The same structure with other leaves."""
    rest = iter(leaves)

    def placed(part: Any) -> Any:
        if isinstance(part, (tuple, list)):
            return type(part)([placed(one) for one in part])
        if isinstance(part, dict):
            made = {key: placed(part[key]) for key in sorted(part)}
            return {key: made[key] for key in part}
        return next(rest)

    return placed(tree)
