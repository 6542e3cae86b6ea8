"""What a program's records cost: operations, bytes, memory."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from .. import _core

__all__ = ["Cost", "cost_of"]

_VIEWS = {"reshape", "transpose", "slice", "broadcast"}


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
    """

    flops: int
    bytes: int
    peak_memory: int
    by_op: dict[str, tuple[int, int, int]]

    def __str__(self) -> str:
        width = max([len("total"), *map(len, self.by_op)])
        rows = sorted(self.by_op.items(), key=lambda item: -item[1][1])
        records = sum(count for count, _, _ in self.by_op.values())
        return "\n".join(
            [f"{'op':<{width}} {'records':>8} {'flops':>14} {'bytes':>14}"]
            + [f"{op:<{width}} {count:>8} {flops:>14,} {moved:>14,}" for op, (count, flops, moved) in rows]
            + [f"{'total':<{width}} {records:>8} {self.flops:>14,} {self.bytes:>14,}"]
            + [f"peak memory: {self.peak_memory:,} bytes"]
        )


def cost_of(core: Any) -> Cost:
    """Count over the records of a compiled program."""
    by_op: dict[str, tuple[int, int, int]] = {}
    for node in range(len(core)):
        op, operands, dtype, shape, attribute = core.node(node)
        if op in ("input", "constant", "guard"):
            continue
        given = [core.node(k)[2:4] for k in operands]
        flops = _flops(op, given, shape, attribute)
        moved = 0 if op in _VIEWS else sum(map(_bytes, [*given, (dtype, shape)]))
        before = by_op.get(op, (0, 0, 0))
        by_op[op] = (before[0] + 1, before[1] + flops, before[2] + moved)
    memory = _core.plan_of(core).arena_size + sum(_bytes(core.node(node)[2:4]) for node in core.outputs)
    totals = [sum(counts[k] for counts in by_op.values()) for k in (1, 2)]
    return Cost(totals[0], totals[1], memory, by_op)


def _bytes(kind: Any) -> int:
    dtype, shape = kind
    return int(math.prod(shape) * dtype.itemsize)


def _flops(op: str, given: list[Any], shape: Any, attribute: Any) -> int:
    if op in _VIEWS or op in ("cast", "unslice", "concat", "stack", "take", "gather_rows", "roll"):
        return 0
    if op == "matmul":
        first = given[0][1]
        return 2 * math.prod(shape) * int(first[-2] if attribute[0] else first[-1])
    if op == "einsum":
        sizes: dict[str, int] = {}
        for term, (_, operand) in zip(attribute[0], given, strict=True):
            for axis, size in zip(term, operand, strict=True):
                sizes[axis] = max(size, sizes.get(axis, 1))
        return 2 * math.prod(sizes.values())
    return max([math.prod(shape), *(math.prod(operand) for _, operand in given)])
