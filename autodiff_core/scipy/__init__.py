"""`scipy`: SciPy's functions on tensors, by SciPy's names and arguments: special, stats, linalg, signal, integrate.

The ufuncs of scipy.special itself take tensors, too. SciPy's other functions turn their operands into arrays, which no
tape follows; those here are recorded. What needs SciPy's kernels says so where it is not installed.
"""

from ..namespaces import namespace as _namespace

__all__, __dir__, __getattr__ = _namespace(__name__, "tf.scipy", "scipy: integrate linalg signal special stats")
