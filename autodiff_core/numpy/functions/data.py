"""Functions of NumPy that answer about values, and those that are refused: the two tables of what is not recorded."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _core
from ...ops import answers
from .registry import ask, counterpart, leaving, newer, refuse

# Truth values, places, counts: they vary in steps, and a program answers anew at each replay.
for _function, _answer in (
    (np.allclose, answers.allclose),
    (np.isclose, answers.isclose),
    (np.array_equal, answers.array_equal),
    (np.array_equiv, answers.array_equiv),
    (np.argsort, answers.argsort),
    (np.argpartition, answers.argpartition),
    (np.lexsort, answers.lexsort),
    (np.searchsorted, answers.searchsorted),
    (np.digitize, answers.digitize),
    (np.isin, answers.isin),
    (newer("in1d"), answers.in1d),  # up to NumPy 2.3
    (np.iscomplex, answers.iscomplex),
    (np.isreal, answers.isreal),
    (np.isneginf, answers.isneginf),
    (np.isposinf, answers.isposinf),
    (np.unravel_index, answers.unravel_index),
    (np.ravel_multi_index, answers.ravel_multi_index),
    (np.packbits, answers.packbits),
    (np.unpackbits, answers.unpackbits),
):
    counterpart(_function, data=True)(_answer)

# What makes text, or has a shape that depends on values.
ask(
    np.array_repr,
    np.array_str,
    np.array2string,
    np.busday_count,
    np.busday_offset,
    np.is_busday,
    np.datetime_as_string,
    np.save,
    np.savetxt,
    np.savez,
    np.savez_compressed,
)

# Descriptions, which do not depend on values.
ask(
    np.result_type,
    np.can_cast,
    np.min_scalar_type,
    np.common_type,
    np.may_share_memory,
    np.shares_memory,
    np.iscomplexobj,
    np.isrealobj,
    np.einsum_path,
    np.diag_indices_from,
    looks=False,
)


def _of_triangle(function: Any) -> Any:
    def places(arr: Any, k: Any = 0) -> Any:
        return function(np.broadcast_to(0, arr.shape), _core.as_index(k))

    places.__name__ = function.__name__
    return places


for _function in (np.tril_indices_from, np.triu_indices_from):
    counterpart(_function, data=True)(_of_triangle(_function))

_WRITES = (
    "it writes into an array, where no derivative can follow; fill a tf.buffer, or make a new value with "
    "t.at[index].set, np.where or np.concatenate"
)
refuse(_WRITES, np.copyto, np.put, np.place, np.putmask, np.put_along_axis)
refuse(
    "it writes into an array, where no derivative can follow; make a new value with "
    "np.where(np.eye(n, dtype=bool), value, t)",
    np.fill_diagonal,
)
leaving.update(
    (
        np.array,
        np.asarray,
        np.asanyarray,
        np.asarray_chkfinite,
        np.ascontiguousarray,
        np.asfortranarray,
        np.require,
        np.asmatrix,
        np.bmat,
        np.full,
        np.frompyfunc,
        np.fromfunction,
        np.fromiter,
        np.arange,
        np.kaiser,
        np.nested_iters,
    )
)
