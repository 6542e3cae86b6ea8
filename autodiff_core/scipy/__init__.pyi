"""`scipy`: SciPy's functions on tensors, by SciPy's names and arguments: special, stats, linalg, signal, integrate."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from . import integrate as integrate
from . import linalg as linalg
from . import signal as signal
from . import special as special
from . import stats as stats
