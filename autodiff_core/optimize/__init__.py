"""`optimize`: minimise, fit and solve by SciPy's solvers, with derivatives by programs; and solutions as operations."""

from ..namespaces import namespace as _namespace

__all__, __dir__, __getattr__ = _namespace(
    __name__,
    "tf.optimize",
    """
optimize.linear: linear_solve
optimize.minimizing: minimize
optimize.starting: multi_start
optimize.optima: argmin
optimize.residuals: fit least_squares
optimize.solving: fixed_point root
""",
)
