"""What solvers give back: SciPy's results, which a notebook shows as a table."""

from __future__ import annotations

from scipy import optimize

from ..reading.html import result_html

__all__ = ["OptimizeResult"]


class OptimizeResult(optimize.OptimizeResult):  # type: ignore[misc]  # (SciPy brings no types)
    """SciPy's, with a table for notebooks."""

    def _repr_html_(self) -> str:
        return result_html(self)
