"""Threads that come to rest between two rounds: BLAS's look for work for some 30 ms after a product, and ours for a
moment, on a core that whoever is measured next is to have.
"""

from time import process_time, sleep, thread_time


class Others:
    """The other threads of this process than the one that measures."""

    def __init__(self) -> None:
        self._seen = 0.0

    def _ran(self) -> float:
        return process_time() - thread_time()

    def rest(self) -> None:
        """Wait until none of them runs; at once where none has run since the last time."""
        if self._ran() - self._seen > 1e-4:
            for _ in range(100):
                before = self._ran()
                sleep(0.005)
                if self._ran() - before < 0.001:
                    break
        self._seen = self._ran()
