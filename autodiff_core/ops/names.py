"""Which file has which public name of a row, by the rows: `python docs/make_ops.py` writes it.

Rows of rarely used operations are loaded when one of their names is asked for, so this is written down. `digamma=psi`
is the function that its file calls psi.
"""

_TEXT = """
tf ops.complex_parts: complex
tf ops.decompositions: eig
tf ops.elementwise: abs acos acosh add asin asinh atan atan2 atanh cos cosh divide equal exp floor greater greater_equal
    less less_equal logical_and logical_not logical_or maximum minimum multiply negative not_equal pow realdiv=divide
    sigmoid sign sin sinh sqrt square subtract tan tanh truediv=divide
tf ops.indexing: gather
tf ops.linalg: matmul
tf ops.matrix_functions: matrix_square_root=sqrtm
tf ops.ordering: sort
tf ops.reductions: cumsum reduce_max reduce_min reduce_prod reduce_sum
tf ops.shaping: concat reshape roll stack transpose
tf tensors.creation: cast
tf.bitwise ops.elementwise: bitwise_and bitwise_or bitwise_xor invert left_shift right_shift
tf.linalg ops.decompositions: cholesky eig eigh eigvalsh qr svd
tf.linalg ops.factors: lu
tf.linalg ops.linalg: matmul
tf.linalg ops.matrix_functions: expm logm sqrtm
tf.linalg ops.solving: det inv pinv slogdet solve tridiagonal_solve
tf.linalg ops.triangular: triangular_solve
tf.math ops.complex_parts: imag
tf.math ops.elementwise: abs acos acosh add asin asinh atan atan2 atanh ceil conj cos cosh divide divide_no_nan equal
    erf erfc exp expm1 floor floordiv floormod=mod greater greater_equal is_finite is_inf is_nan less less_equal log
    log1p log_sigmoid logical_and logical_not logical_or logical_xor maximum minimum mod multiply multiply_no_nan
    negative nextafter not_equal pow reciprocal rint rsqrt sigmoid sign sin sinh softplus softsign sqrt square
    squared_difference subtract tan tanh truediv=divide xdivy xlog1py xlogy
tf.math ops.gamma_orders: igamma igammac
tf.math ops.nn: log_softmax softmax
tf.math ops.reductions: cumsum reduce_max reduce_min reduce_prod reduce_sum
tf.math ops.scans: cumprod
tf.math ops.segments: unsorted_segment_max
tf.math ops.special: bessel_i0=i0 bessel_i0e=i0e bessel_i1=i1 bessel_i1e=i1e betainc digamma=psi erfcinv erfinv
    lgamma=gammaln ndtri zeta
tf.math tensors.creation: cast
tf.math.special ops.special: bessel_i0=i0 bessel_i0e=i0e bessel_i1=i1 bessel_i1e=i1e bessel_j0=j0 bessel_j1=j1
    bessel_k0=k0 bessel_k0e=k0e bessel_k1=k1 bessel_k1e=k1e bessel_y0=y0 bessel_y1=y1 dawsn expint=expi fresnel_cos
    fresnel_sin spence
tf.nn ops.ctc: ctc_loss
tf.nn ops.elementwise: elu relu relu6 selu sigmoid softplus softsign tanh
tf.nn ops.nn: log_softmax softmax softmax_cross_entropy_with_logits sparse_softmax_cross_entropy_with_logits
tf.scipy.linalg ops.banded: solve_banded
tf.scipy.linalg ops.matrix_functions: expm solve_sylvester sqrtm
tf.scipy.signal ops.convolution: convolve
tf.scipy.special ops.bessel: airy airye bei beip ber berp besselpoly it2i0k0 it2j0y0 it2struve0 itairy iti0k0 itj0y0
    itmodstruve0 itstruve0 jve kei keip ker kerp log_wright_bessel mathieu_a mathieu_b mathieu_cem mathieu_modcem1
    mathieu_modcem2 mathieu_modsem1 mathieu_modsem2 mathieu_sem modstruve obl_ang1 obl_ang1_cv obl_rad1 obl_rad1_cv pbdv
    pbvv pbwa pro_ang1 pro_ang1_cv pro_rad1 pro_rad1_cv shichi sici struve wright_bessel yve
tf.scipy.special ops.distributions: bdtr bdtrc bdtri bdtrik bdtrin betaincc betainccinv btdtria btdtrib chdtr chdtrc
    chdtri chdtriv chndtr chndtridf chndtrinc chndtrix fdtr fdtrc fdtri fdtridfd gdtr gdtrc gdtria gdtrib gdtrix nbdtr
    nbdtrc nbdtri nbdtrik nbdtrin ncfdtr ncfdtri nctdtr nctdtridf nctdtrinc nctdtrit nrdtrimn nrdtrisd pdtr pdtrc pdtri
    pdtrik stdtridf stdtrit
tf.scipy.special ops.elementary: binom boxcox boxcox1p cosdg cosm1 cotdg expn exprel gammasgn huber inv_boxcox
    inv_boxcox1p kolmogi kolmogorov loggamma ndtri_exp owens_t poch powm1 pseudo_huber radian sindg smirnov smirnovi
    tandg tklmbda wrightomega zetac
tf.scipy.special ops.elementwise: cbrt erf erfc exp2 expit=sigmoid expm1 log1p log_expit=log_sigmoid round=rint xlog1py
    xlogy
tf.scipy.special ops.elliptic: agm ellipe ellipeinc ellipj ellipk ellipkinc ellipkm1 elliprc elliprd elliprf elliprg
    elliprj
tf.scipy.special ops.gamma_orders: gammainc=igamma gammaincc=igammac
tf.scipy.special ops.hypergeometric: eval_chebyc eval_chebys eval_chebyt eval_chebyu eval_gegenbauer eval_genlaguerre
    eval_hermite eval_hermitenorm eval_jacobi eval_laguerre eval_legendre eval_sh_chebyt eval_sh_chebyu eval_sh_jacobi
    eval_sh_legendre hyp0f1 hyp1f1 hyp2f1 hyperu lpmv
tf.scipy.special ops.special: beta betainc betaincinv betaln dawsn digamma=psi entr erfcinv erfcx erfi erfinv exp1 exp10
    expi gamma gammainccinv gammaincinv gammaln i0 i0e i1 i1e iv ive j0 j1 jn=jv jv k0 k0e k1 k1e kl_div kn kv kve
    log_ndtr logit ndtr ndtri polygamma psi rel_entr rgamma spence stdtr y0 y1 yn yv zeta
"""


def read(text: str) -> dict[str, dict[str, str]]:
    """By namespace ("tf" unless a line begins with one) and name: the path of the function below the package."""
    found: dict[str, dict[str, str]] = {}
    for line in text.replace("\n    ", " ").strip().splitlines():
        head, _, names = line.partition(":")
        namespace, _, file = f"tf {head}".rpartition(" ")
        here = found.setdefault(namespace.rpartition(" ")[2], {})
        for name in names.split():
            public, _, own = name.partition("=")
            here[public] = f"{file}.{own or public}"
    return found


NAMES = read(_TEXT)
