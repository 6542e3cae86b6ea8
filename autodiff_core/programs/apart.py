"""What a loop's gradient need not do round by round.

What a round of the loop has computed already is read where it would cost more to compute it again (`kept_nodes`,
`reading`).
And what nothing that is carried on depends on is done for all rounds at once when they are over, where that is less
work (`put_off`): products whose sum is the gradient of a weight are one product of all rows. What all rounds multiply
with lies as products read it fastest before they begin (`upright`).
"""

from __future__ import annotations

import math
from collections.abc import Container, Sequence
from typing import Any, NamedTuple

from .. import _core
from ..ops.forms import operations
from .loops import Body, Layout, spelled_record

__all__ = ["PutOff", "kept_nodes", "put_off", "reading", "upright"]

WORTH = 8
"""Operations for each element that is written and read again, from which on that is worth it."""
FEW = 8
"""Elements that cost as much as that there is one more array."""

FEW_ROUNDS = 8
"""For which matrices are read as they lie."""

Node = tuple[str, tuple[int, ...], Any, tuple[int, ...], Any]


def _nodes(program: Any) -> list[Node]:
    return [program.node(k) for k in range(len(program))]


def _size(node: Node) -> int:
    return math.prod(node[3])


def _operations(nodes: Sequence[Node], k: int) -> int:
    op, operands, _, shape, attribute = nodes[k]
    if not operands:
        return 0
    return operations(_core.op_named(op).cost, attribute, [nodes[j][3] for j in operands], shape)


def _cut_out(nodes: Sequence[Node], inputs: Sequence[int], outputs: Sequence[int]) -> Any:
    """The program that gives some nodes of others."""
    made = _core.ProgramCore()
    at = {k: made.add_node("input", [], nodes[k][2], nodes[k][3]) for k in inputs}
    for k in sorted(_cone(nodes, outputs, at)):
        op, operands, dtype, shape, attribute = nodes[k]
        at[k] = made.add_node(op, [at[j] for j in operands], dtype, shape, attribute)
    made.set_ends(len(inputs), [], [at[k] for k in outputs], [])
    return made


def _cone(nodes: Sequence[Node], ends: Sequence[int], known: Container[int]) -> set[int]:
    """What has to be computed for some nodes, where others are known."""
    found: set[int] = set()
    rest = [k for k in ends if k not in known]
    while rest:
        k = rest.pop()
        if k not in found:
            found.add(k)
            rest += [j for j in nodes[k][1] if j not in known]
    return found


# ------------------------------------------------------------------------------------------ what was computed already


def _of_forward(gradient: Any, body: Any, inputs: Sequence[int | None]) -> list[int | None]:
    """Which node of a loop's body each node of its gradient's computes again, where there is one; `inputs` says it of
    the inputs."""
    known: dict[Any, int] = {}
    same = list(range(body.input_count))
    for k in range(body.input_count, len(body)):
        same.append(known.setdefault(spelled_record(body, k, [same[j] for j in body.node(k)[1]]), k))
    found = list(inputs)
    for k in range(len(inputs), len(gradient)):
        operands = [found[j] for j in gradient.node(k)[1]]
        record = None if None in operands else spelled_record(gradient, k, operands)
        found.append(None if record is None else known.get(record))
    return found


def kept_nodes(gradient: Any, body: Any, inputs: Sequence[int | None], dtype: Any) -> list[int]:
    """The nodes of a body whose values its gradient should read: computing them again, beside what it reads and what it
    computes again anyway, takes more than they are worth."""
    nodes, again = _nodes(gradient), _of_forward(gradient, body, inputs)
    there = {k for k, node in enumerate(again) if node is not None and (k < len(inputs) or node in body.outputs)}
    ends = set(gradient.outputs)
    for k, (_, operands, *_) in enumerate(nodes):
        if again[k] is None:
            ends.update(operands)
    kept: list[int] = []
    for k in sorted(k for k in ends if again[k] is not None and k not in there):
        rest = _cone(nodes, [k], there)
        work = sum(_operations(nodes, j) for j in rest)
        if nodes[k][2] == dtype and work > WORTH * (_size(nodes[k]) + FEW):
            there.add(k)
            kept.append(again[k])
        else:
            there |= rest
    return kept


def reading(
    gradient: Any, body: Any, inputs: Sequence[int | None], rows: int, outputs: Sequence[int]
) -> tuple[Any, list[int]]:
    """A gradient's program that reads what of its loop's body's `outputs` it computes again, behind its first inputs,
    which are carried or `rows`; and which of the outputs these are."""
    nodes, again = _nodes(gradient), _of_forward(gradient, body, inputs)
    given = {body.outputs[k]: k for k in outputs}
    there = {k: given[node] for k, node in enumerate(again) if k >= len(inputs) and node in given}
    cone = _cone(nodes, gradient.outputs, there)
    read = {j for k in cone for j in nodes[k][1]} | set(gradient.outputs)
    more = sorted(read & set(there))
    count = gradient.input_count
    return _cut_out(nodes, [*range(rows), *more, *range(rows, count)], gradient.outputs), [there[k] for k in more]


# --------------------------------------------------------------------------------------------------- when all is over


class PutOff(NamedTuple):
    """A body without what is put off, and that.

    `reads` says of each input of `after`, which runs when all rounds are over, which of the body's operands it is, or,
    behind those, which of its rows. `rows` and `sums` say where those that the whole body gives come from: a row or a
    sum of what is left of it, or a result of `after`; of a sum, those that a product, which node it is, takes.
    """

    body: Body
    layout: Layout
    after: Any
    reads: list[int]
    rows: list[tuple[int, bool]]
    sums: list[tuple[int, int | None]]


def put_off(body: Body, layout: Layout, most: float) -> PutOff | None:
    """Take out of a body what can be done for all its rounds at once; `most` bytes more may be kept of a round."""
    program, (carried, rows, given) = body.program, layout
    nodes, outputs, count = _nodes(program), list(program.outputs), program.input_count
    stacked = carried + given
    inputs = range(count)
    on = _cone(nodes, outputs[:carried], inputs)  # what is needed to go on
    late: set[int] = set()  # what depends on a product that is not
    for k in range(count, len(nodes)):
        if k not in on and (_core.is_product(program, k) or any(j in late for j in nodes[k][1])):
            late.add(k)
    moved: list[int] = []
    wanted: list[int] = []
    for at in range(carried, len(outputs)):
        node = outputs[at]
        if node not in late:
            continue
        own = {k for k in _cone(nodes, [node], inputs) if k in late}
        work = sum(_operations(nodes, k) for k in own)
        reads = {j for k in own for j in nodes[k][1]} - own
        if at >= stacked:
            own.discard(node)
            joins = _core.joins_examples(program, node) and all(
                min(_cone(nodes, [j], ())) < carried + rows for j in nodes[node][1]
            )
        there = {*range(carried, count), *wanted, *(k for k in outputs[carried:stacked] if k not in late)}
        new = [j for j in reads - there if j < count or nodes[j][1]]
        size = sum(_size(nodes[j]) + FEW for j in new)
        if (
            work > WORTH * size
            and all(_core.takes_examples(program, k) for k in own)
            and (at < stacked or (joins and size < _size(nodes[node])))
            and sum(_size(nodes[j]) * nodes[j][2].itemsize for j in (*wanted, *new)) <= most
        ):
            moved.append(at)
            wanted += sorted(new)
    if not moved:
        return None
    left = [at for at in range(carried, len(outputs)) if at not in moved]
    own_rows = [outputs[at] for at in left if at < stacked] + wanted
    own_sums = [outputs[at] for at in left if at >= stacked]
    row_of = {node: at for at, node in reversed(list(enumerate(own_rows, count)))}
    rest = iter(range(len(left)))
    places: list[tuple[int, bool]] = []
    results: list[int] = []
    for at in range(carried, len(outputs)):
        if at in moved:
            places.append((len(results), True))
            results += [outputs[at]] if at < stacked else nodes[outputs[at]][1]
        else:
            places.append((next(rest), False))
    kept_rows = sum(at < stacked for at in left)
    sums = [
        (k, outputs[at]) if is_after else (k - kept_rows, None)
        for at, (k, is_after) in enumerate(places[given:], stacked)
    ]
    known = {*range(carried, count), *row_of}
    needed = {j for k in _cone(nodes, results, known) for j in nodes[k][1]} | set(results)
    given_to = sorted(needed & known)
    return PutOff(
        Body.of(_cut_out(nodes, inputs, [*outputs[:carried], *own_rows, *own_sums]), []),
        Layout(carried, rows, len(own_rows)),
        _cut_out(nodes, given_to, results),
        [row_of.get(k, k) for k in given_to],
        places[:given],
        sums,
    )


# ------------------------------------------------------------------------------------------------ before it all begins


def upright(body: Body, layout: Layout) -> tuple[Body, list[int]]:
    """A body that is given some of the matrices that its rounds share transposed, and which these are: those that
    products of matrices, and nothing else, read so. BLAS puts them in order at each product."""
    program, first = body.program, layout.carried + layout.rows
    nodes, count = _nodes(program), program.input_count
    turned = {k for k in range(first, count) if len(nodes[k][3]) == 2} - set(program.outputs)
    multiplied: set[int] = set()
    for k in range(count, len(nodes)):
        operands, attribute = nodes[k][1], nodes[k][4]
        for at, j in enumerate(operands):
            if j not in turned:
                continue
            other = nodes[operands[1 - at]][3] if _core.is_product(program, k) else ()
            if len(other) != 2 or min(*other, *nodes[j][3]) < 2 or not attribute[at]:
                turned.discard(j)
            multiplied.add(j)
    turned &= multiplied
    if not turned:
        return body, []
    made = _core.ProgramCore()
    for k, (op, operands, dtype, shape, attribute) in enumerate(nodes):
        if k in turned:
            made.add_node(op, [], dtype, shape[::-1])
        elif turned.intersection(operands):
            flags = tuple(flag != (j in turned) for flag, j in zip(attribute, operands, strict=True))
            made.add_node(op, list(operands), dtype, shape, flags)
        else:
            made.add_node(op, list(operands), dtype, shape, attribute)
    made.set_ends(count, [], list(program.outputs), [])
    return Body.of(made, body.reads), sorted(turned)
