"""How much of the machine goes to what is not measured.

Linux counts what all processes have taken since it started, and what this one and those that it has waited for have.
The difference belongs to others: a load average would count the measuring itself.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

STAT = Path("/proc/stat")
QUIET = 0.1
"""Of one core: what a machine that does nothing else takes for itself stays below."""


def everybody() -> float:
    """Seconds of all cores that were not idle."""
    user, nice, system, _idle, _waiting, *rest = (int(part) for part in STAT.read_text().split(maxsplit=9)[1:9])
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")


def own() -> float:
    taken = os.times()
    return taken.user + taken.system + taken.children_user + taken.children_system


@dataclass(frozen=True)
class Moment:
    everybody: float
    own: float
    clock: float


def now() -> Moment | None:
    """None where the system does not tell."""
    return Moment(everybody(), own(), monotonic()) if STAT.exists() else None


def cores(since: Moment | None) -> float | None:
    """How many cores others have kept busy since then, on average. Each process of ours has been waited for."""
    until = now()
    if since is None or until is None:
        return None
    taken = (until.everybody - since.everybody) - (until.own - since.own)
    return max(0.0, taken / (until.clock - since.clock))
