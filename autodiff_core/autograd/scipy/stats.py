"""What `autograd.scipy.stats` has: distributions, as modules of functions of arrays and tensors."""

import sys as _sys
from types import ModuleType as _ModuleType

from ...scipy import stats as _ours
from ..spelled import by_name as _by_name
from ..spelled import of_scipy as _of_scipy

__all__ = list(_ours.__all__)
_theirs = _of_scipy("scipy.stats")
__path__: list[str] = []  # (each distribution is imported as a module, too)

for _name in __all__:
    _module = _ModuleType(f"{__name__}.{_name}", f"As `scipy.stats.{_name}`, of arrays and tensors.")
    _distribution = getattr(_theirs, _name)
    _functions = [_function for _function in dir(_distribution) if not _function.startswith("_")]
    vars(_module).update(_by_name(_distribution, getattr(_ours, _name), _functions))
    _sys.modules[_module.__name__] = globals()[_name] = _module
