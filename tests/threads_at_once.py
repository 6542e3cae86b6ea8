"""Several threads that do something at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

THREADS = 8


def at_once(work: Callable[[int], None], threads: int = THREADS) -> None:
    """Run in all threads at once, with the number of each; what one raises is raised here."""
    errors: list[BaseException] = []
    start = threading.Barrier(threads)

    def run(k: int) -> None:
        try:
            start.wait(60)
            work(k)
        except BaseException as error:
            errors.append(error)

    running = [threading.Thread(target=run, args=(k,)) for k in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    for error in errors:
        raise error
