"""A function of which workers compute values and derivatives, each on its part of the data: what a solver that runs
here asks of those."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _core
from .._core import Asked
from .evaluations import Scalar
from .parameters import Parameters

__all__ = ["Across", "across"]


def across(
    solver: str, f: Callable[..., Any], parameters: Parameters, strategy: Any, data: Any, reduce_op: Any, method: str
) -> Scalar:
    """The function on a strategy's workers, or on all those that run this script, as the strategy is one or the other.

    Raises
    ------
    TypeError
        Where the strategy is none, or there are no data.
    """
    if not hasattr(strategy, "runs_one_script"):
        raise TypeError(
            f"{solver}: a strategy is one of tf.distribute, such as MPIStrategy() or DaskStrategy(client), not "
            f"{type(strategy).__name__}"
        )
    if data is None or reduce_op is None:
        raise TypeError(
            f"{solver}: with a strategy, data are what the function takes beside the parameters, part by part, and "
            f'reduce_op is "SUM" or "MEAN": how what it gives for the parts becomes one number'
        )
    if not strategy.runs_one_script:
        own: Scalar = strategy.objective(solver, f, parameters, data, reduce_op, method)
        return own
    return Across(solver, f, parameters, strategy, data, reduce_op)


class Across(Scalar):
    """A function of parameters and of data that lie on workers."""

    def __init__(
        self, solver: str, f: Callable[..., Any], parameters: Parameters, strategy: Any, data: Any, reduce_op: Any
    ) -> None:
        self._strategy, self._reduce_op = strategy, reduce_op
        self._data = strategy.experimental_distribute_dataset(data)
        super().__init__(solver, f, parameters)

    def called(self) -> Any:
        """Nothing: the function is called on workers."""

    def has_sparse_hessian(self, x: np.ndarray) -> bool:
        """No: its pattern would be looked for on all rows."""
        return False

    def _program(self, name: str, f: Callable[..., Any]) -> Asked:
        return self._plain(name, f)  # (programs are the strategy's)

    def _only(self, x: Any) -> Any:
        return self._both(x)[0]

    def _both(self, x: Any) -> tuple[Any, Any]:
        value, gradient = self._strategy.value_and_grad(self._f, self._placed(x), self._data, self._reduce_op)
        return value, _core.to_tensor(self._parameters.vector(gradient, "the gradient"))

    def _product(self, x: Any, vector: Any) -> Any:
        direction = self._parameters.structured(_core.value_array(vector))
        product = self._strategy.hvp(self._f, self._placed(x), direction, self._data, self._reduce_op)
        return _core.to_tensor(self._parameters.vector(product, "the product"))

    def _matrix(self, x: Any) -> Any:
        found = self._strategy.hessian(self._f, self._placed(x), self._data, self._reduce_op)
        rows = [self._parameters.leaves_of(row, "the Hessian") for row in self._parameters.above(found, "the Hessian")]
        sizes = [place.stop - place.start for place in self._parameters.places]
        blocks = [
            [_core.seen(block).reshape(above, beside) for block, beside in zip(row, sizes, strict=True)]
            for row, above in zip(rows, sizes, strict=True)
        ]
        return _core.to_tensor(np.block(blocks).astype(np.float64))

    def _placed(self, x: Any) -> Any:
        return self._parameters.placed(_core.value_array(x))
