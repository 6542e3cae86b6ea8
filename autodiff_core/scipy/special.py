"""`scipy.special`: special functions by SciPy's names. All but a few are rows of the op table, over SciPy's kernels."""

from ..namespaces import namespace as _namespace

# What is no row, by the file that has it.
_FUNCTIONS = """
ops.bessel: obl_cv pro_cv spherical_in spherical_jn spherical_kn spherical_yn
ops.elementary: lambertw voigt_profile
scipy.special_functions: assoc_laguerre comb diric factorial fresnel ivp jvp kvp log_softmax logsumexp multigammaln
    perm softmax softplus yvp
"""

__all__, __dir__, __getattr__ = _namespace(__name__, "tf.scipy.special", _FUNCTIONS)
