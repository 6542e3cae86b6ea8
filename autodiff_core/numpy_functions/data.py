"""Functions of NumPy that answer about values, and those that are refused: the two tables of what is not recorded."""

from __future__ import annotations

import numpy as np

from .registry import ask, leaving, newer, refuse

# Truth values, places, counts, descriptions: they vary in steps, or not at all.
ask(
    np.allclose,
    np.isclose,
    np.array_equal,
    np.array_equiv,
    np.array_repr,
    np.array_str,
    np.array2string,
    np.result_type,
    np.can_cast,
    np.min_scalar_type,
    np.common_type,
    np.nonzero,
    np.flatnonzero,
    np.argwhere,
    np.argsort,
    np.argpartition,
    np.lexsort,
    np.searchsorted,
    np.digitize,
    np.isin,
    *filter(None, [newer("in1d")]),  # up to NumPy 2.3
    np.may_share_memory,
    np.shares_memory,
    np.iscomplex,
    np.iscomplexobj,
    np.isreal,
    np.isrealobj,
    np.isneginf,
    np.isposinf,
    np.einsum_path,
    np.ix_,
    np.unravel_index,
    np.ravel_multi_index,
    np.diag_indices_from,
    np.tril_indices_from,
    np.triu_indices_from,
    np.packbits,
    np.unpackbits,
    np.busday_count,
    np.busday_offset,
    np.is_busday,
    np.datetime_as_string,
    np.save,
    np.savetxt,
    np.savez,
    np.savez_compressed,
)

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
