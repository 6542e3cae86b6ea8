"""What a program's records cost: operations, bytes, memory."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from .. import _core
from ..ops.forms import VIEW, Without, operations

__all__ = ["Cost", "cost_of"]


@dataclass(frozen=True)
class Cost:
    """What running a program takes.

    Parameters
    ----------
    flops : int
        Operations on numbers.
    bytes : int
        Read and written by all records, each by itself.
    peak_memory : int
        Bytes of intermediate values at a time, and of outputs.
    by_op : dict
        Op name to (records, flops, bytes).
    uncounted : dict
        Op name to the reason why nobody knows its flops; there is one for each element in the other figures.
    """

    flops: int
    bytes: int
    peak_memory: int
    by_op: dict[str, tuple[int, int, int]]
    uncounted: dict[str, str]

    def __str__(self) -> str:
        width = max([len("total"), *map(len, self.by_op)])
        rows = sorted(self.by_op.items(), key=lambda item: -item[1][1])
        records = sum(count for count, _, _ in self.by_op.values())
        return "\n".join(
            [f"{'op':<{width}} {'records':>8} {'flops':>14} {'bytes':>14}"]
            + [f"{op:<{width}} {count:>8} {flops:>14,} {moved:>14,}" for op, (count, flops, moved) in rows]
            + [f"{'total':<{width}} {records:>8} {self.flops:>14,} {self.bytes:>14,}"]
            + [f"peak memory: {self.peak_memory:,} bytes"]
            + [f"not counted: {op}, {why}" for op, why in sorted(self.uncounted.items())]
        )


def cost_of(core: Any) -> Cost:
    """Count over the records of a compiled program."""
    by_op: dict[str, tuple[int, int, int]] = {}
    uncounted: dict[str, str] = {}
    for node in range(len(core)):
        op, operands, dtype, shape, attribute = core.node(node)
        if op in ("input", "constant", "guard"):
            continue
        given, cost = [core.node(k)[2:4] for k in operands], _core.op_named(op).cost
        flops = operations(cost, attribute, [operand for _, operand in given], shape)
        moved = 0 if cost == VIEW else sum(map(_bytes, [*given, (dtype, shape)]))
        if isinstance(cost, Without):
            uncounted[op] = cost.why
        before = by_op.get(op, (0, 0, 0))
        by_op[op] = (before[0] + 1, before[1] + flops, before[2] + moved)
    memory = _core.plan_of(core).arena_size + sum(_bytes(core.node(node)[2:4]) for node in core.outputs)
    totals = [sum(counts[k] for counts in by_op.values()) for k in (1, 2)]
    return Cost(totals[0], totals[1], memory, by_op, uncounted)


def _bytes(kind: Any) -> int:
    dtype, shape = kind
    return int(math.prod(shape) * dtype.itemsize)
