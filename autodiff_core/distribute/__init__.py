"""`distribute`: one script on several workers, by engines that exist: MPI's ranks, and Dask's workers."""

from ..namespaces import namespace as _namespace

__all__, __dir__, __getattr__ = _namespace(
    __name__,
    "tf.distribute",
    """
distribute.dask: DaskStrategy
distribute.mpi: MPIStrategy
distribute.strategy: ReduceOp Strategy get_strategy has_strategy
""",
)
