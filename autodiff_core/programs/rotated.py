"""What a round ends with computing, and the next begins with, is computed once, and carried.

A leapfrog computes the force at the place where it ends, and the next one begins with the force at that place. Such a
value is one that the body computes of what is carried, and once more, by the same operations, of what is carried on.
"""

from __future__ import annotations

from typing import Any

from .. import _core
from .differentiable import optimised
from .loops import Body, Layout, spelled_record

__all__ = ["rotated"]

_MOST = 4  # values that are carried besides
_LEAST = 4  # records that are saved, at least


def rotated(body: Body, layout: Layout) -> tuple[Body, Body] | None:
    """A body that carries more, and one that gives what it carries besides to begin with, of the same operands; or
    None. Nothing is computed in another way."""
    if layout.rows or layout.given:
        return None
    program, carried = body.program, layout.carried
    nodes = [program.node(k) for k in range(len(program))]
    count = program.input_count
    varies = [k < carried for k in range(count)]
    same = list(range(count))  # the first node of those that are alike
    known: dict[Any, int] = {}

    def key(k: int, operands: list[Any]) -> Any:
        return None if None in operands else spelled_record(program, k, operands)

    for k in range(count, len(nodes)):
        varies.append(any(varies[j] for j in nodes[k][1]))
        same.append(known.setdefault(key(k, [same[j] for j in nodes[k][1]]), k))
    after: list[int | None] = [same[program.outputs[k]] if k < carried else k for k in range(count)]
    for k in range(count, len(nodes)):
        after.append(known.get(key(k, [after[j] for j in nodes[k][1]])) if varies[k] else same[k])
    begun = _frontier(program, nodes, after, varies)
    if not begun or len(begun) > _MOST:
        return None
    changed = _carrying(program, nodes, carried, begun, [after[k] for k in begun])
    if len(changed) - len(begun) > len(program) - _LEAST:
        return None
    first = program.copy()
    first.set_ends(program.input_count, [], begun, [])
    return Body.of(changed, []), Body.of(optimised(first, ()), [])


def _frontier(program: Any, nodes: list[Any], after: list[int | None], varies: list[bool]) -> list[int]:
    """The last nodes of those that are computed once more at the end."""
    ends = set(program.outputs)
    for k, (_, operands, *_) in enumerate(nodes):
        if after[k] is None or k < program.input_count:
            ends.update(operands)
    return [k for k in sorted(ends) if k >= program.input_count and varies[k] and after[k] is not None]


def _carrying(program: Any, nodes: list[Any], carried: int, begun: list[int], ended: list[int | None]) -> Any:
    """The program with more that is carried, behind what was."""
    made = _core.ProgramCore()
    at: dict[int, int] = {}
    for k in [*range(carried), *begun, *range(carried, program.input_count)]:
        at[k] = made.add_node("input", [], nodes[k][2], nodes[k][3])
    for k in range(program.input_count, len(nodes)):
        if k not in at:
            op, operands, dtype, shape, attribute = nodes[k]
            at[k] = made.add_node(op, [at[j] for j in operands], dtype, shape, attribute)
    # (What is computed of what is carried on is there still: it may read what is carried besides, and is it then.)
    outputs = [at[k] for k in program.outputs[:carried]]
    outputs += [at[k] for k in ended if k is not None]
    outputs += [at[k] for k in program.outputs[carried:]]
    made.set_ends(program.input_count + len(begun), [], outputs, [])
    return optimised(made, ())
