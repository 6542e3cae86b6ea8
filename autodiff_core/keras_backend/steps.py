"""What is carried through the steps of series, and what each step gives beside it: Keras's `scan`, recurrent layers.

Within a recorded function that is a loop, one record whatever the number of steps, where a step can be a program.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras.src import tree

import autodiff_core as tf

from ..tensorflow.rolled import scanned

__all__ = ["through"]


def through(
    step: Callable[[Any, Any], tuple[Any, Any]], first: Any, series: Any, count: int, backwards: bool = False
) -> tuple[Any, Any]:
    """What a step makes of what is carried, from row to row of the series.

    Parameters
    ----------
    step : callable
        From what is carried and the series' rows to what is carried on, and what is given beside it.
    first : structure of tensors
        What the first step is given.
    series : structure of tensors
        With `count` rows each.
    count : int
        How many steps there are; at least one.
    backwards : bool
        Whether the last rows come first.

    Returns
    -------
    structure of tensors
        What is carried after the last step.
    structure of tensors
        What steps gave, stacked in the order of the series' rows.
    """
    order = range(count)[::-1] if backwards else range(count)
    looped = scanned(step, first, series, order)
    if looped is not None:
        return looped
    rows = tree.map_structure(lambda x: tf.unstack(x, count), series)
    carried, given = first, []
    for at in order:
        carried, beside = step(carried, tree.map_structure_up_to(series, lambda of, at=at: of[at], rows))
        given.append(beside)
    if backwards:
        given.reverse()
    return carried, tree.map_structure(lambda *ys: tf.stack(ys), *given)
