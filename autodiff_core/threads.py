"""How many threads large kernels are shared among."""

from __future__ import annotations

import os

from . import _core

__all__ = ["get_num_threads", "set_num_threads"]

_MOST_BY_DEFAULT = 16  # memory feeds no more


def set_num_threads(count: int) -> None:
    """Share large kernels among so many threads.

    Only arrays of some hundred thousand elements are shared: below that, waking a thread costs more than it gains. The
    results are the same, to the last digit, whatever the number.

    Parameters
    ----------
    count : int
        1 for no threads. At first it is the number of cores that the process may use, and at most 16.

    Raises
    ------
    ValueError
        Where the number is less than 1.

    Notes
    -----
    Matrix products are BLAS's, which has threads, and a number of them, of its own. The name is PyTorch's; TensorFlow's
    is tf.config.threading.set_intra_op_parallelism_threads.

    Examples
    --------
    >>> before = tf.get_num_threads()
    >>> tf.set_num_threads(1)
    >>> tf.get_num_threads()
    1
    >>> tf.set_num_threads(before)
    """
    count = _core.integer(count)
    if count < 1:
        raise ValueError(f"set_num_threads: there must be at least 1 thread, not {count}")
    _core.set_num_threads(count)


def get_num_threads() -> int:
    """Among how many threads large kernels are shared.

    Returns
    -------
    int
        At least 1.

    Examples
    --------
    >>> tf.get_num_threads() >= 1
    True
    """
    return _core.get_num_threads()


def _available() -> int:
    """The cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


_core.set_num_threads(min(_available(), _MOST_BY_DEFAULT))
