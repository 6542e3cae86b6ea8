"""`math.special`: special functions by TensorFlow's names, over SciPy's kernels."""

from ..namespaces import namespace as _namespace

__all__, __dir__, __getattr__ = _namespace(__name__, "tf.math.special", "")
