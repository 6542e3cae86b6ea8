"""The names that tensors and variables have of others, beside what the core defines itself.

They are ndarray's methods and attributes, the protocols by which arrays are exchanged, and TensorFlow's. The functions
behind the names are found when they are first used (`numpy/methods.py`).
"""

METHODS = (
    *("all", "any", "argmax", "argmin", "argpartition", "argsort", "astype", "choose", "clip", "compress", "conj"),
    *("conjugate", "copy", "cumprod", "cumsum", "diagonal", "dot", "fill", "flatten", "max", "mean", "min", "nonzero"),
    *("partition", "prod", "ptp", "put", "ravel", "repeat", "reshape", "resize", "round", "searchsorted", "setflags"),
    *("sort", "squeeze", "std", "sum", "swapaxes", "take", "to_device", "trace", "transpose", "var"),
    *("__array_namespace__", "__dlpack__", "__dlpack_device__"),
)
ATTRIBUTES = ("device", "imag", "itemsize", "mT", "nbytes", "real")
OF_TENSORFLOW = ("cpu", "set_shape")
OF_PARTS = ("assign", "assign_add", "assign_sub")  # of parts of variables alone
