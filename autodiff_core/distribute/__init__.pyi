"""`distribute`: one script on several workers, by engines that exist: MPI's ranks, and Dask's workers."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from .dask import DaskStrategy as DaskStrategy
from .mpi import MPIStrategy as MPIStrategy
from .strategy import ReduceOp as ReduceOp
from .strategy import Strategy as Strategy
from .strategy import get_strategy as get_strategy
from .strategy import has_strategy as has_strategy
