"""Looking up rows of a table, bounded in norm if wished."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from ..ops.indexing import gather
from .clipping import clip_by_norm


def embedding_lookup(params: Any, ids: Any, max_norm: float | None = None, name: str | None = None) -> Tensor:
    """Rows of a table, by number.

    Parameters
    ----------
    params : array_like
        The table. (In a list of one tensor or variable, that one.)
    ids : array_like of int
        Which rows; of any shape.
    max_norm : float, optional
        The largest Euclidean norm of a row; longer ones are scaled down.

    Returns
    -------
    Tensor
        Of shape ids.shape + params.shape[1:].

    Raises
    ------
    ValueError
        Where the table is given in several parts.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/embedding_lookup. The gradient of a variable is an `IndexedSlices`.

    Examples
    --------
    >>> table = tf.Variable([[0., 1.], [3., 4.]])
    >>> tf.nn.embedding_lookup(table, [1, 0], max_norm=1.0).numpy().round(2).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 1.0]]
    """
    if isinstance(params, (list, tuple)) and params and all(isinstance(part, _core.Operand) for part in params):
        if len(params) > 1:
            raise ValueError(
                f"embedding_lookup: the table is given in {len(params)} parts; join them: concat(params, 0)"
            )
        params = params[0]
    rows = gather(params, ids, axis=0)
    if max_norm is None:
        return rows
    return clip_by_norm(rows, max_norm, range(np.ndim(_core.operand(ids)), rows.ndim))
