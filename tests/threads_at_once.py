"""Several threads that do something at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

THREADS = 8
LONG = 300.0  # seconds, in which all of it has ended unless it hangs


def at_once(work: Callable[[int], None], threads: int = THREADS) -> None:
    """Run in all threads at once, with the number of each; what one raises is raised here, and if one hangs, that."""
    errors: list[BaseException] = []
    start = threading.Barrier(threads)

    def run(k: int) -> None:
        try:
            start.wait(60)
            work(k)
        except BaseException as error:
            errors.append(error)

    running = [threading.Thread(target=run, args=(k,), daemon=True) for k in range(threads)]
    for thread in running:
        thread.start()
    end = time.monotonic() + LONG
    for thread in running:
        thread.join(max(end - time.monotonic(), 0.0))
    for error in errors:
        raise error
    hanging = sum(thread.is_alive() for thread in running)
    assert not hanging, f"{hanging} of {threads} threads have not ended within {LONG:g} s"
