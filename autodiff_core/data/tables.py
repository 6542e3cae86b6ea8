"""Tables of other libraries: pandas, polars and Arrow, known by what their objects can do, and never imported."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["column", "is_table", "of_table"]


def is_table(value: Any) -> bool:
    """Whether something is columns by name."""
    kind = type(value)
    return (hasattr(kind, "__arrow_c_stream__") or hasattr(kind, "__dataframe__")) and (
        hasattr(kind, "column_names") or hasattr(value, "columns")
    )


def of_table(table: Any) -> dict[str, Any]:
    """The columns of a table, by name, as arrays."""
    own = list(table.column_names if hasattr(table, "column_names") else table.columns)
    names = [str(name) for name in own]
    if len(set(names)) < len(names):
        raise ValueError(f"a table has several columns of one name: {names}")
    found = {}
    for name, key in zip(names, own, strict=True):
        try:
            found[name] = column(table[key])
            if found[name].dtype.kind in "OUSMm":
                raise TypeError(f"values of dtype {found[name].dtype} cannot be tensors: encode them")
        except (TypeError, ValueError) as error:
            raise type(error)(f"column {name!r} of a table: {error}") from None
    return found


def column(value: Any) -> Any:
    """A column as an array; anything else as it is.

    What is missing in a column has no number. (Most of these libraries would make NaN of it, and floats of integers.)
    """
    if not hasattr(value, "to_numpy") or isinstance(getattr(value, "dtype", None), np.dtype):
        return value
    arrow = isinstance(getattr(value, "null_count", None), int)
    if arrow:
        missing = value.null_count
    elif hasattr(value, "null_count"):
        missing = int(value.null_count())
    else:
        missing = int(value.isna().sum()) if hasattr(value, "isna") else 0
    if missing:
        raise ValueError(f"{missing} of {len(value)} values are missing: fill them, or drop those rows, first")
    return np.asarray(value if arrow else value.to_numpy())  # (to_numpy of Arrow's refuses what it has to convert)
