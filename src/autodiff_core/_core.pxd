# Cython looks for the declarations of autodiff_core._core by this name, and for whether they have changed by the other.
include "../_core.pxd"
