"""Tests of autograd's that do not apply here, by their ids, and why."""

VERSION = "1.9.1"

_DEPRECATED = "a decorator that autograd has deprecated"
_BY_NODES = "counts calls of Python; a function is recorded and replayed here, anew for other Python numbers"

REASONS = {
    "test_fft.py::test_rfftn_odd_not_implemented": "what autograd lacks is there",
    "test_linalg.py::test_pinv": "uses a name of one underscore of autograd's own module",
    "test_misc.py::test_const_graph": _BY_NODES,
    "test_misc.py::test_const_graph_args": _BY_NODES,
    "test_scipy.py::test_sqrtm": "a real matrix without a real root is refused, and not made complex",
    "test_systematic.py::test_std": "of one number: not differentiable there, and NaN in forward mode",
    "test_wrappers.py::test_deprecated_defgrad_wrapper": _DEPRECATED,
    "test_wrappers.py::test_deprecated_defvjp_wrapper": _DEPRECATED,
    "test_wrappers.py::test_deprecated_defvjp_is_zero_wrapper": _DEPRECATED,
    "test_wrappers.py::test_deprecated_quick_grad_check_wrapper": _DEPRECATED,
    "test_wrappers.py::test_wrapped_name_and_docs": "compares autograd's docstrings",
}
