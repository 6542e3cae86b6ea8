"""Where the nodes of a picture lie: in layers, from top to bottom, so that edges are short and seldom cross.

A layered layout after Sugiyama, Tagawa and Toda (1981), in its plainest form: a layer for each node by the longest path
to it; edges over several layers are cut up at points in between; the order within layers by the mean of the neighbours'
places, back and forth; and places that are, under the distances that there must be, as near to the mean of the
neighbours' as they can be in the sense of least squares, which pooling violators gives exactly.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

__all__ = ["Placed", "place"]

_ROUNDS = 12
_GAP, _POINT = 26.0, 14.0  # between nodes of a layer; and what a long edge takes of one


class Placed(NamedTuple):
    """Centres of nodes, the points between the ends of each edge, and how large it all is."""

    centres: dict[int, tuple[float, float]]
    paths: dict[tuple[int, int], list[tuple[float, float]]]
    width: float
    height: float


def place(
    sizes: Mapping[int, tuple[float, float]],
    edges: Iterable[tuple[int, int]],
    between: float = 44.0,
) -> Placed:
    """Lay out nodes of these sizes, given in an order in which edges lead from earlier to later ones."""
    number = {name: k for k, name in enumerate(sizes)}
    pairs = sorted({(number[tail], number[head]) for tail, head in edges if tail != head})
    layers, long = _layers(len(number), pairs)
    names = list(sizes)
    widths = [sizes[name][0] + _GAP for name in names] + [_POINT] * (sum(map(len, long.values())))
    above, below = _neighbours(len(widths), pairs, long)
    _order(layers, above, below)
    x = _across(layers, widths, above, below, len(names))
    heights = [max((sizes[names[k]][1] for k in layer if k < len(names)), default=0.0) for layer in layers]
    y, top = {}, 0.0
    for layer, height in zip(layers, heights, strict=True):
        for k in layer:
            y[k] = top + height / 2
        top += height + between
    left = min((x[k] - widths[k] / 2 for k in range(len(widths))), default=0.0)
    right = max((x[k] + widths[k] / 2 for k in range(len(widths))), default=0.0)
    centres = {name: (x[k] - left, y[k]) for name, k in number.items()}
    paths = {
        (names[tail], names[head]): [(x[k] - left, y[k]) for k in long.get((tail, head), [])] for tail, head in pairs
    }
    return Placed(centres, paths, right - left, max(top - between, 0.0))


def _layers(count: int, pairs: Sequence[tuple[int, int]]) -> tuple[list[list[int]], dict[tuple[int, int], list[int]]]:
    """Nodes by layers, and the points of edges over several of them, which are numbered behind the nodes."""
    rank = [0] * count
    for tail, head in sorted(pairs, key=lambda pair: pair[1]):
        rank[head] = max(rank[head], rank[tail] + 1)
    above: dict[int, list[int]] = {}
    below: dict[int, list[int]] = {}
    for tail, head in pairs:
        above.setdefault(head, []).append(tail)
        below.setdefault(tail, []).append(head)
    free: set[int] = set()  # what nothing leads to, and what is made of one of those alone
    for k in range(count):
        if all(one in free and len(below[one]) == 1 for one in above.get(k, ())):
            free.add(k)
    for k in sorted(free, reverse=True):  # stands where it is first needed
        if k in below:
            rank[k] = min(rank[other] for other in below[k]) - 1
    layers: list[list[int]] = [[] for _ in range(max(rank, default=-1) + 1)]
    for k in range(count):
        layers[rank[k]].append(k)
    long: dict[tuple[int, int], list[int]] = {}
    for tail, head in pairs:
        if rank[head] - rank[tail] > 1:
            points = long[tail, head] = []
            for level in range(rank[tail] + 1, rank[head]):
                points.append(count)
                layers[level].append(count)
                count += 1
    return layers, long


def _neighbours(
    count: int, pairs: Sequence[tuple[int, int]], long: Mapping[tuple[int, int], Sequence[int]]
) -> tuple[list[list[int]], list[list[int]]]:
    above: list[list[int]] = [[] for _ in range(count)]
    below: list[list[int]] = [[] for _ in range(count)]
    for tail, head in pairs:
        way = [tail, *long.get((tail, head), ()), head]
        for one, other in pairwise(way):
            below[one].append(other)
            above[other].append(one)
    return above, below


def _order(layers: list[list[int]], above: Sequence[Sequence[int]], below: Sequence[Sequence[int]]) -> None:
    """Sort layers by the mean place of the neighbours; the best order that was met stays."""
    best, fewest = [list(layer) for layer in layers], _crossings(layers, below)
    for turn in range(_ROUNDS):
        if not fewest:
            break
        near, ordered = (above, layers) if turn % 2 == 0 else (below, layers[::-1])
        for before, layer in pairwise(ordered):
            own, at = _places(layer), _places(before)
            means = {k: sum(at[j] for j in near[k]) / len(near[k]) if near[k] else own[k] for k in layer}
            layer.sort(key=means.__getitem__)
        crossings = _crossings(layers, below)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    for layer, found in zip(layers, best, strict=True):
        layer[:] = found


def _places(layer: Sequence[int]) -> dict[int, float]:
    return {k: float(at) for at, k in enumerate(layer)}


def _crossings(layers: Sequence[Sequence[int]], below: Sequence[Sequence[int]]) -> int:
    count = 0
    for layer, under in pairwise(layers):
        at = _places(under)
        ends: list[float] = []  # of the edges from further left
        for k in layer:
            own = [at[j] for j in below[k]]
            count += sum(len(ends) - bisect_right(ends, end) for end in own)
            for end in own:
                insort(ends, end)
    return count


def _across(
    layers: Sequence[Sequence[int]],
    widths: Sequence[float],
    above: Sequence[Sequence[int]],
    below: Sequence[Sequence[int]],
    nodes: int,
) -> list[float]:
    """The horizontal places."""
    x = [0.0] * len(widths)
    for layer in layers:
        at = -sum(widths[k] for k in layer) / 2
        for k in layer:
            x[k] = at + widths[k] / 2
            at += widths[k]
    down = [_spine(ends, nodes, above) for ends in above]
    up = [_spine(ends, nodes, below) for ends in below]
    still = 0.1  # how much it counts where a node stands that nothing draws elsewhere
    for turn in range(2 * _ROUNDS + 1):
        near, ordered = (down, layers) if turn % 2 else (up, layers[::-1])
        for layer in ordered:
            wanted = [sum(x[j] for j in near[k]) / len(near[k]) if near[k] else x[k] for k in layer]
            weights = [(4.0 if k >= nodes else 1.0) if near[k] else still for k in layer]
            for k, found in zip(layer, _apart(wanted, weights, [widths[k] for k in layer]), strict=True):
                x[k] = found
        if turn == 2 * _ROUNDS - 1:  # what goes on from something stays below it: only beginnings still move
            up, still = [[] if above[k] else ends for k, ends in enumerate(up)], 1e3
    return x


def _spine(ends: Sequence[int], nodes: int, further: Sequence[Sequence[int]]) -> Sequence[int]:
    """Of a node's neighbours those that it is to stand below, or above: the ones with neighbours of their own, so that
    a chain is a straight line and what joins it stands aside."""
    own = [k for k in ends if k < nodes and further[k]]
    return own or [k for k in ends if k < nodes] or ends


def _apart(wanted: Sequence[float], weights: Sequence[float], widths: Sequence[float]) -> list[float]:
    """The places nearest to those wanted, in their order and as far apart as widths ask."""
    shift, offsets = 0.0, []
    for k, width in enumerate(widths):
        shift += (widths[k - 1] + width) / 2 if k else 0.0
        offsets.append(shift)
    blocks: list[tuple[float, float, int]] = []  # mean, weight, how many
    for place, weight, offset in zip(wanted, weights, offsets, strict=True):
        mean, total, count = place - offset, weight, 1
        while blocks and blocks[-1][0] > mean:
            other, more, several = blocks.pop()
            mean, total, count = (mean * total + other * more) / (total + more), total + more, count + several
        blocks.append((mean, total, count))
    means = [mean for mean, _, count in blocks for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]
