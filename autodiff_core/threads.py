"""How many threads large kernels are shared among."""

from __future__ import annotations

import os

from . import _core, blas

__all__ = ["get_num_threads", "set_num_threads"]

_MOST_BY_DEFAULT = 16  # memory feeds no more


def set_num_threads(count: int) -> None:
    """Share large kernels among so many threads.

    Only arrays of some hundred thousand elements are shared, and products of matrices from some million multiplications
    on: below that, waking a thread costs more than it gains. The results are the same, to the last digit, whatever the
    number.

    Parameters
    ----------
    count : int
        1 for no threads. At first it is what the environment variable ``AUTODIFF_NUM_THREADS`` says, or else
        ``OMP_NUM_THREADS``, or else the number of cores that the process may use, and at most 16. Of the ranks that
        ``mpiexec`` starts on a machine, each has its share of the cores.

    Raises
    ------
    ValueError
        Where the number is less than 1.

    Notes
    -----
    Matrix products are BLAS's, which has threads of its own. While a product of this library runs, BLAS is told to use
    one, and what it was told before is given back afterwards; NumPy's own functions use as many as they did. (A product
    that another thread asks NumPy for at the same time has one meanwhile. Where BLAS has no way to be told so, as
    Accelerate on macOS, or shares its threads with OpenMP, it shares out products itself.)

    The name is PyTorch's; TensorFlow's is tf.config.threading.set_intra_op_parallelism_threads.

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


# Where launchers of parallel programs say how many of its processes are on this machine.
_NEIGHBOURS = ("OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "SLURM_NTASKS_PER_NODE")


def _available() -> int:
    """The cores that this process may use: its share, where a launcher has started several and bound them to none."""
    everything = os.cpu_count() or 1
    try:
        ours = len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        ours = everything
    if ours < everything:
        return ours
    neighbours = [os.environ[name] for name in _NEIGHBOURS if os.environ.get(name, "").isdecimal()]
    return max(ours // max(int(neighbours[0]), 1), 1) if neighbours else ours


def _asked_for() -> int | None:
    """What the environment says: the first variable that is a number counts."""
    for name in ("AUTODIFF_NUM_THREADS", "OMP_NUM_THREADS"):
        text = os.environ.get(name, "").strip()
        if not text:
            continue
        first = text.split(",")[0].strip()  # OpenMP's has a number for each level of nested parallelism
        if first.isdecimal() and int(first) >= 1:
            return int(first)
        _core.warn_caller(
            f"autodiff_core: the environment variable {name} is {text!r}, which is no number of threads (1 or more): "
            f"it is ignored",
            RuntimeWarning,
        )
    return None


_core.set_num_threads(_asked_for() or min(_available(), _MOST_BY_DEFAULT))
blas.find()
