"""A function of which workers compute values and gradients, each on its part of the data: what a solver asks of
those."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import _core
from .evaluations import Scalar
from .methods import Method
from .parameters import Parameters

__all__ = ["Across", "across"]


def across(
    solver: str, f: Callable[..., Any], parameters: Parameters, strategy: Any, data: Any, reduce_op: Any, method: Method
) -> Across:
    """The function on a strategy's workers.

    Raises
    ------
    TypeError
        Where the strategy is none, or there are no data.
    ValueError
        For a method that asks for more than gradients.
    """
    if not hasattr(strategy, "value_and_grad"):
        raise TypeError(
            f"{solver}: a strategy is one of tf.distribute, such as DaskStrategy(client), not {type(strategy).__name__}"
        )
    if data is None or reduce_op is None:
        raise TypeError(
            f"{solver}: with a strategy, data are what the function takes beside the parameters, part by part, and "
            f'reduce_op is "SUM" or "MEAN": how what it gives for the parts becomes one number'
        )
    if method.asks not in ("values", "gradients"):
        raise ValueError(
            f"{solver}: {method.name} asks for second derivatives, and workers compute gradients: choose L-BFGS-B, "
            f"BFGS, CG, TNC or SLSQP"
        )
    return Across(solver, f, parameters, strategy, data, reduce_op)


class Across(Scalar):
    """A function of parameters and of data that lie on workers."""

    def __init__(
        self, solver: str, f: Callable[..., Any], parameters: Parameters, strategy: Any, data: Any, reduce_op: Any
    ) -> None:
        super().__init__(solver, f, parameters)
        self._strategy, self._reduce_op = strategy, reduce_op
        self._data = strategy.experimental_distribute_dataset(data)
        self.asked.clear()
        self._value_asked = self._plain("value", lambda x: self._computed(x)[0])
        self._both_asked = self._plain("value and gradient", self._computed)

    def called(self) -> Any:
        """Nothing: the function is called on workers."""

    def _computed(self, x: Any) -> tuple[Any, Any]:
        params = self._parameters.placed(_core.value_array(x))
        value, gradient = self._strategy.value_and_grad(self._f, params, self._data, self._reduce_op)
        return value, _core.to_tensor(self._parameters.vector(gradient, "the gradient"))
