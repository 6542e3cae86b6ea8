"""What a step costs on n workers: `computing / n + sums`, where a sum has a latency and a bandwidth.

A sum of B bytes over n workers goes through log2(n) rounds there and back at least, and each worker sends and receives
2 (n - 1) / n B bytes. What ranks agree on before it is a sum of nothing more. Latency and bandwidth are fitted to
measured sums of two workers; of a network they are assumed.
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


def step(computing: float, bytes: float, workers: int, link: Link, hidden: float = 0.0) -> float:
    """Seconds of a step whose computing takes one worker so long, of which the share `hidden` goes on during sums."""
    own = computing / workers
    return own + max(link.sum(bytes, workers) - hidden * own, 0.0)
