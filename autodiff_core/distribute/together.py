"""A solver that runs on all workers of a script: what it asks of a function is the sum over the workers.

Every worker runs the same solver, which goes the same way everywhere as long as it is told the same. So whatever it is
told is summed over the workers, the same bits on each; with the numbers go three more, by which all of them learn where
one of them has ended in an error, and where a solver has come to another point than the others'.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _core, nest
from .._core import Asked, Evaluated
from ..data import tables
from ..optimize.evaluations import Scalar, real_scalar
from ..optimize.parameters import Parameters

if TYPE_CHECKING:
    from .strategy import Strategy

__all__ = ["Together", "is_looked_at"]

_MARK = (1 << 20) - 1  # of a digest: its square, of thousands of workers, is summed without an error


def is_looked_at(evaluation: int) -> bool:
    """Whether rows are looked at before the evaluation of this number: the first, the second, the fourth ..."""
    return evaluation & (evaluation - 1) == 0


class Together(Scalar):
    """A function of parameters and of every worker's own rows.

    Parameters
    ----------
    solver : str
        Which asks.
    f : callable
        Of the parameters and the rows.
    parameters : Parameters
        What is looked for.
    strategy : Strategy
        Of which this is a worker.
    data : structure of array_like
        This worker's rows; a tuple is as many arguments.
    rows : int
        How many.
    mean : bool
        Whether the function's value is a mean over rows, and not a sum.
    method : str
        By which the solver goes.
    """

    def __init__(
        self,
        solver: str,
        f: Callable[..., Any],
        parameters: Parameters,
        strategy: Strategy,
        data: Any,
        rows: int,
        mean: bool,
        method: str,
    ) -> None:
        if not callable(f):
            raise TypeError(f"{solver}: the function must be callable, not {type(f).__name__}")
        self._strategy, self._rows, self._mean, self._method = strategy, rows, mean, method
        self._of_data, self._data = f, nest.map_structure(_given, data)
        self.is_alone = strategy.num_replicas_in_sync == 1
        self.reports = strategy.replica_id_in_sync_group == 0
        self._evaluations = 1  # (the start is looked at before a solver begins)
        placed = parameters.placed(parameters.start)
        by_variables = len(parameters.variables) == len(parameters.leaves)
        of_own_rows = (lambda: self._on(placed, self._data)) if by_variables else lambda p: self._on(p, self._data)
        super().__init__(solver, of_own_rows, parameters)

    def _on(self, params: Any, data: Any) -> Any:
        return self._of_data(params, *data) if isinstance(data, tuple) else self._of_data(params, data)

    def begin_at(self, start: np.ndarray) -> np.ndarray:
        """The first worker's start; and what is wrong with the data, before a solver begins."""
        what = f"{self._solver} of {start.size} parameters by {self._method}"
        self._all_rows = sum(self._strategy.of_each(self._rows, what))
        start = np.asarray(self._strategy.broadcast(start))
        if self._all_rows == 0:
            raise ValueError(f"{self._solver}: data have no rows on any worker")
        if not self.is_alone and not self._mean:
            self._refuse_copies()
        self._summed(lambda: self._check_rows(start), start, 0)
        return start

    def value(self, x: np.ndarray) -> Evaluated:
        """At x, of all rows."""
        return self._at(self._value_asked, x, 1)

    def value_and_gradient(self, x: np.ndarray) -> Evaluated:
        """At x, of all rows."""
        return self._at(self._both_asked, x, 1 + x.size)

    def _at(self, asked: Asked, x: np.ndarray, size: int) -> Evaluated:
        if self._first is not None and (first := self._begun(x)):
            return first

        self._evaluations += 1

        def own() -> np.ndarray:
            if is_looked_at(self._evaluations):
                self._check_rows(x)
            seen = asked.at(x)
            return np.append(seen.value, [] if seen.gradient is None else seen.gradient)

        found = self._summed(own, x, size)
        return Evaluated(np.array(x), float(found[0]), found[1:].copy() if size > 1 else None)

    def hessian_product(self, x: np.ndarray, vector: np.ndarray) -> np.ndarray:
        """The Hessian at x, of all rows, times a vector."""
        return self._summed(lambda: super(Together, self).hessian_product(x, vector), x, x.size)

    def hessian(self, x: np.ndarray) -> np.ndarray:
        """The Hessian at x, of all rows, full."""
        own = self._summed(lambda: super(Together, self).hessian(x).reshape(-1), x, x.size**2)
        return own.reshape(x.size, x.size)

    def has_sparse_hessian(self, x: np.ndarray) -> bool:
        """Never: which elements there are may be something else on each worker."""
        return False

    def call_back(self, callback: Callable[[], Any]) -> Any:
        """Call it, and do what any worker's says: end, where it ends the search there or raises an error."""
        ended: StopIteration | None = None

        def own() -> list[float]:
            nonlocal ended
            try:
                return [0.0, float(bool(callback()))]
            except StopIteration as stopped:
                ended = stopped
                return [1.0, 0.0]

        stops, says_so = self._together(own, 2, f"{self._solver}: the callback")
        if stops:
            raise ended or StopIteration
        return bool(says_so)

    # ---------------------------------------------------------------------------------------------------- what is sent

    def _summed(self, compute: Callable[[], Any], x: np.ndarray, size: int) -> np.ndarray:
        """The sum, or the mean over rows, of what each worker computes of its rows at x."""
        weight = float(self._rows) if self._mean else 1.0
        mark = int(_core.digest(np.asarray(x, np.float64))) & _MARK

        def own() -> Any:
            found = np.zeros(size) if self._rows == 0 else np.asarray(compute(), np.float64) * weight
            return np.concatenate([[mark, mark * mark], found])

        total = self._together(own, size + 2, f"{self._solver}: the function")
        marks, squares, found = int(total[0]), int(total[1]), total[2:]
        if squares * self._strategy.num_replicas_in_sync != marks * marks:
            raise RuntimeError(
                f"{self._solver}: the solver has come to another point on some worker than on the others: whatever it "
                f"was told (bounds, constraints, options) must be the same on all of them, and their libraries of "
                f"linear algebra must round alike; on processors of several kinds OPENBLAS_CORETYPE names one for all"
            )
        return found / self._all_rows if self._mean else found

    def _together(self, compute: Callable[[], Any], size: int, what: str) -> np.ndarray:
        """The sum of so many numbers of each worker; an error on one of them is one on all."""
        sent, error = np.zeros(2 + size), None
        try:
            sent[2:] = compute()
        except Exception as raised:
            sent[:2], error = (1.0, self._strategy.replica_id_in_sync_group), raised
        total = np.array(self._strategy.all_reduce(sent))
        if error is not None:
            raise error
        if total[0]:
            whose = f"worker {int(total[1])}" if total[0] == 1 else f"{int(total[0])} workers"
            raise RuntimeError(f"{what} ended in an error on {whose}, which is told there")
        return total[2:]

    # --------------------------------------------------------------------------------------------- what data have to be

    def _refuse_copies(self) -> None:
        """Say so where all workers have the same rows, each of which would be counted as often as there are workers."""
        leaves = nest.flatten(self._data)
        own = None if any(tables.is_table(leaf) for leaf in leaves) else [_core.digest(_core.seen(x)) for x in leaves]
        all_own = self._strategy.of_each(own, f"{self._solver}: a look at the data")
        if own and all(other == own for other in all_own):
            raise ValueError(
                f"{self._solver}: all {len(all_own)} workers have the same {self._rows} rows, and with reduce_op "
                f'"SUM" each would be counted {len(all_own)} times: data are a worker\'s own rows, as '
                f"strategy.experimental_distribute_dataset(data) gives them"
            )

    def _check_rows(self, x: np.ndarray) -> list[float]:
        """Hold the function's value on the first two rows against those on each alone: it has to be their sum, or their
        mean. At more points than the start: where parameters are zeros, a penalty on them is nothing yet."""
        leaves = nest.flatten(self._data)
        if self._rows < 2 or any(tables.is_table(leaf) for leaf in leaves):
            return []
        params = self._parameters.placed(x)
        values = []
        with np.errstate(all="ignore"):
            for rows in (slice(0, 2), slice(0, 1), slice(1, 2)):
                part = nest.pack_sequence_as(self._data, [leaf[rows] for leaf in leaves])
                values.append(real_scalar(self._solver, self._on(params, part)))
        both, first, second = map(float, values)
        wanted = (first + second) * (0.5 if self._mean else 1.0)
        size = abs(both) + abs(first) + abs(second)
        precision = float(np.finfo(values[0].dtype).eps) if values[0].dtype.kind == "f" else 2.0**-7
        if np.isfinite(size) and abs(both - wanted) > 8.0 * np.sqrt(precision) * size:
            what, how = ("mean", "tf.reduce_mean") if self._mean else ("sum", "tf.reduce_sum")
            raise ValueError(
                f'{self._solver}: with reduce_op "{what.upper()[:4]}" the function of two rows is the {what} of what '
                f"each gives alone ({how}). Of the first two rows it is {both:.6g}, of each alone {first:.6g} and "
                f"{second:.6g}. What does not depend on rows, a penalty on the parameters, is counted right with "
                f'"MEAN" alone'
            )
        return []


def _given(leaf: Any) -> Any:
    """An array as a tensor, which does not change; a table as it is."""
    return leaf if tables.is_table(leaf) else _core.to_tensor(leaf)
