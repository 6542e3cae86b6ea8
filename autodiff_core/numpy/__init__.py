"""`import autodiff_core.numpy as np`: NumPy's namespace whole, in which what NumPy has no hook for is recorded as well.

NumPy hands tensors to this library where it has a hook: in ufuncs, and in most functions. It has none in `np.array`,
`np.r_`, `np.vectorize`, `np.polynomial` and for lists of tensors (`np.sum([t, u])`), which raise where a tape follows
the tensors. Here they record. Nothing is written out: a name is NumPy's own thing, spelled so that it takes tensors
(`spellings`), one of the few that have no hook at all (`hookless`), or a module of NumPy's, run on this namespace
(`rerun`). Without tensors among the arguments everything is NumPy's, results included.
"""

from .names import namespace

__all__, __dir__, __getattr__ = namespace("numpy")
