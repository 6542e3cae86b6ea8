"""`multi_start`: minimise from many points, of which a batched evaluation says where it pays to begin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _core
from ..nest import flatten_for_tape
from ..programs.vectorize import vectorize
from .evaluations import real_scalar
from .minimizing import minimize
from .parameters import Parameters, as_array, read_as_scipy

__all__ = ["multi_start"]


def multi_start(f: Callable[..., Any], starts: Any, most: int = 10, *, strategy: Any = None, **arguments: Any) -> Any:
    """Minimise from the best of many points.

    Parameters
    ----------
    f : callable
        As in `tf.minimize`, of the parameters.
    starts : structure of Tensor or array_like
        Points, in the parameters' structure, with a leading axis of as many as there are.
    most : int
        From how many of them to search: those where f is least. All are evaluated at once, by `tf.vectorize`.
    strategy : tf.distribute.Strategy, optional
        By whose `map` the searches are shared out among workers; f goes there as it is. Where all workers run the
        script, the points are the first one's, and what was found is known to all.
    **arguments
        Those of `tf.minimize`.

    Returns
    -------
    OptimizeResult
        The best search's, as `tf.minimize` gives it, with `searches`: the results of all, the best one first.

    Raises
    ------
    TypeError
        Where the points hold variables, or what are no parameters of `tf.minimize`; for a strategy without a `map`.
    ValueError
        Where the leading axes differ, f is finite at none of the points, or `most` is less than 1.

    Examples
    --------
    >>> x = np.linspace(-4.0, 4.0, 41)
    >>> found = tf.optimize.multi_start(lambda x: tf.sin(3.0 * x) + 0.1 * x ** 2, x, most=3)
    >>> round(float(found.x), 3), round(float(found.fun), 3)
    (-0.512, -0.973)
    """
    if strategy is not None and not hasattr(strategy, "map"):
        raise TypeError(
            f"multi_start: a strategy shares searches out by its map, as those of tf.distribute do, and "
            f"{type(strategy).__name__} has none"
        )
    leaves, rebuild = flatten_for_tape(read_as_scipy(starts), True)
    if any(isinstance(leaf, _core.VariableCore) for leaf in leaves):
        raise TypeError("multi_start: points are arrays or tensors, not variables: a variable has one value")
    points = [as_array(leaf) for leaf in leaves]
    if not getattr(strategy, "runs_one_script", True):
        points = [np.asarray(strategy.broadcast(point)) for point in points]
    counts = {point.shape[0] if point.ndim else 0 for point in points}
    if len(counts) != 1 or not max(counts):
        raise ValueError(
            f"multi_start: all arrays of points have a leading axis of one length; their shapes are "
            f"{[point.shape for point in points]}"
        )
    Parameters("multi_start", rebuild([point[0] for point in points]), "starts")  # says what cannot be one
    most = _core.integer(most)
    if most < 1:
        raise ValueError(f"multi_start: most is the number of searches, 1 or more, not {most}")
    batch = rebuild([point.astype(np.float64) for point in points])
    values = vectorize(lambda p: real_scalar("multi_start", f(p)))(batch)
    values = np.asarray(_core.seen(values), np.float64)
    finite = np.flatnonzero(np.isfinite(values))
    if not finite.size:
        raise ValueError(f"multi_start: the function is finite at none of the {values.size} points")
    best = finite[np.argsort(values[finite], kind="stable")][:most]

    def search(start: Any) -> Any:
        return minimize(f, start, **arguments)

    chosen = [rebuild([point[k] for point in points]) for k in best]
    searches = [search(start) for start in chosen] if strategy is None else strategy.map(search, chosen)
    searches.sort(key=lambda found: (not found.success, found.fun))
    found = searches[0]
    found.searches = [*searches]
    return found
