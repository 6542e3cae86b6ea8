"""What a step costs on n workers: `computing / n + sums` of MPI's ranks, `computing / n + own` of Dask's workers.

A sum of B bytes over n ranks goes through log2(n) rounds there and back at least, and each rank sends and receives
2 (n - 1) / n B bytes. What ranks agree on before it is a sum of nothing more. Latency and bandwidth are fitted to
measured sums of two ranks; of a network they are assumed.

Of Dask's scheduler all goes through the hands, one message after the other: what is beside computing grows with the
number of workers, and with the bytes to and from each of them; of tasks, with their number. Both are fitted to measured
evaluations of nothing on one machine.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np


class Link(NamedTuple):
    """Seconds before anything has come, and bytes that come in a second."""

    title: str
    latency: float
    bandwidth: float

    def sum(self, bytes: float, workers: int) -> float:
        """Seconds of one sum, and of the agreement before it."""
        if workers == 1:
            return 0.0
        rounds = 2.0 * math.log2(workers)
        return 2.0 * rounds * self.latency + 2.0 * (workers - 1) / workers * bytes / self.bandwidth


# What is assumed: half a round trip between two machines of a cluster by MPI, and what one of their cards carries.
NETWORKS = (
    Link("10 Gbit/s Ethernet (assumed)", 30e-6, 1.1e9),
    Link("100 Gbit/s InfiniBand (assumed)", 2e-6, 11e9),
)


def fitted(sums: Mapping[int, float], title: str) -> Link:
    """The link that makes sums of two workers take what was measured, by least relative squares."""
    sizes, seconds = np.array(list(sums), float), np.array(list(sums.values()))
    # seconds = 4 latency + bytes / bandwidth, of two workers
    columns = np.stack([4.0 / seconds, sizes / seconds], 1)
    (latency, inverse), *_ = np.linalg.lstsq(columns, np.ones(len(sizes)), rcond=None)
    return Link(title, float(max(latency, 1e-9)), float(1.0 / max(inverse, 1e-15)))


class Own(NamedTuple):
    """Seconds of evaluations of which nothing is computed: by workers and bytes of params; and by parts, as tasks."""

    messages: Mapping[tuple[int, int], float]
    tasks: Mapping[int, float]


class Scheduler(NamedTuple):
    """Seconds of an evaluation by messages: at all, for each worker, and for a byte to or from one; and by tasks."""

    fixed: float
    message: float
    byte: float
    fixed_of_tasks: float
    task: float

    def by_messages(self, bytes: float, workers: int) -> float:
        """Where so many bytes of params go to each worker and twice as many come back, as sums are of float64."""
        return self.fixed + workers * (self.message + 3.0 * bytes * self.byte)

    def by_tasks(self, tasks: int) -> float:
        """Where each of so many parts is a task, which tells of itself; bytes go from worker to worker."""
        return self.fixed_of_tasks + tasks * self.task


def fitted_scheduler(own: Own) -> Scheduler:
    """What makes evaluations take what was measured, by least relative squares."""
    seconds = np.array(list(own.messages.values()))
    workers, sizes = np.array(list(own.messages), float).T
    (fixed, message, byte), *_ = np.linalg.lstsq(
        np.stack([np.ones(len(seconds)), workers, workers * 2.0 * sizes], 1) / seconds[:, None], np.ones(len(seconds))
    )
    parts, seconds = np.array(list(own.tasks), float), np.array(list(own.tasks.values()))
    (begin, task), *_ = np.linalg.lstsq(
        np.stack([np.ones(len(parts)), parts], 1) / seconds[:, None], np.ones(len(parts))
    )
    return Scheduler(*(max(float(one), 0.0) for one in (fixed, message, byte, begin, task)))


def step(computing: float, bytes: float, workers: int, link: Link, hidden: float = 0.0) -> float:
    """Seconds of a step whose computing takes one worker so long, of which the share `hidden` goes on during sums."""
    own = computing / workers
    return own + max(link.sum(bytes, workers) - hidden * own, 0.0)
