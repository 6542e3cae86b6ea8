"""What becomes of each of scipy.special's names, for the test that walks them: a decision for what is no ufunc.

`THROUGH`: SciPy's own function, called on a tensor, is recorded, by the ufuncs in it. `OURS`: SciPy's function makes an
array of the tensor, as np.asarray does; the function of this name in `tf.scipy.special` is recorded. `REFUSES`: raises
on a tensor. `OF_CONSTANTS`: takes whole numbers, or gives coefficients, nodes and zeros as arrays: nothing to follow.
`ARRAYS`: makes an array of the tensor, and has no counterpart.
"""

from __future__ import annotations

import numpy as np

THROUGH = {
    "assoc_laguerre": lambda f, x: f(x, 2),
    "ivp": lambda f, x: f(1.5, x, 2),
    "jvp": lambda f, x: f(1.5, x),
    "kvp": lambda f, x: f(1.5, x),
    "lambertw": lambda f, x: f(x),
    "sinc": lambda f, x: f(x),
    "softplus": lambda f, x: f(x),
    "yvp": lambda f, x: f(1.5, x, 3),
    "zeta": lambda f, x: f(2.0, x),
}
OURS = {
    "comb": lambda f, x: f(x + 2.0, x),
    "diric": lambda f, x: f(x, 4),
    "factorial": lambda f, x: f(x),
    "log_softmax": lambda f, x: f(x),
    "logsumexp": lambda f, x: f(x),
    "multigammaln": lambda f, x: f(x + 1.0, 2),
    "perm": lambda f, x: f(x + 2.0, x),
    "polygamma": lambda f, x: f(1.0, x),
    "softmax": lambda f, x: f(x),
    "spherical_in": lambda f, x: f(2, x),
    "spherical_jn": lambda f, x: f(2, x),
    "spherical_kn": lambda f, x: f(2, x),
    "spherical_yn": lambda f, x: f(2, x, True),
}
REFUSES = {"h1vp": lambda f, x: f(1, x), "h2vp": lambda f, x: f(1, x)}
_ARRAYS = """assoc_legendre_p assoc_legendre_p_all clpmn ellip_harm ellip_harm_2 ellip_normal factorial2 factorialk
    legendre_p legendre_p_all lmbda lpmn lpn lqmn lqn mathieu_even_coef mathieu_odd_coef obl_cv_seq pbdn_seq pbdv_seq
    pbvv_seq pro_cv_seq riccati_jn riccati_yn sph_harm_y sph_harm_y_all sph_legendre_p sph_legendre_p_all stirling2"""
ARRAYS = frozenset(_ARRAYS.split())
_POLYNOMIALS = """chebyc chebys chebyt chebyu gegenbauer genlaguerre hermite hermitenorm jacobi laguerre legendre
    sh_chebyt sh_chebyu sh_jacobi sh_legendre"""
_ROOTS = """c_roots cg_roots h_roots he_roots j_roots js_roots l_roots la_roots p_roots ps_roots s_roots t_roots
    ts_roots u_roots us_roots"""
_ZEROS = """ai_zeros bei_zeros beip_zeros ber_zeros berp_zeros bi_zeros erf_zeros fresnel_zeros fresnelc_zeros
    fresnels_zeros jn_zeros jnjnp_zeros jnp_zeros jnyn_zeros kei_zeros keip_zeros kelvin_zeros ker_zeros kerp_zeros
    y0_zeros y1_zeros y1p_zeros yn_zeros ynp_zeros"""
OF_CONSTANTS = {
    *_POLYNOMIALS.split(),
    *_ROOTS.split(),
    *_ZEROS.split(),
    *(f"roots_{name}" for name in _POLYNOMIALS.split()),
    *["bernoulli", "euler", "geterr", "seterr", "test"],
}
POINTS = np.array([0.45, 0.7, 0.9])
