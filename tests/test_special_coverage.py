"""Never a silent detach in scipy.special: every name there is right on a tensor, declared, or refused.

A name that a new release of SciPy adds is in no table, and fails here until somebody has decided on it.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
import special_calls as calls
from autodiff_core import _core
from autodiff_core.ops import load_special, rows
from autodiff_core.testing import check_gradients

special = pytest.importorskip("scipy.special")
load_special()

from autodiff_core.ops.scipy_rows import REFUSED, SPELLINGS  # noqa: E402 (needs SciPy)

ROW_OF = {row.name: row for row in rows()}


def public() -> dict[str, Any]:
    """Functions by their names."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        things = {name: getattr(special, name) for name in dir(special) if not name.startswith("_")}
    return {name: thing for name, thing in things.items() if callable(thing) and not isinstance(thing, type)}


NAMES = public()
UFUNCS = {name: thing for name, thing in NAMES.items() if isinstance(thing, np.ufunc)}


def decisions(name: str) -> list[str]:
    """Every decision that has been made about a name; one there should be."""
    thing = NAMES[name]
    if isinstance(thing, np.ufunc):
        found = {"row": _core.ufunc_row(thing) is not None, "spelled": thing in SPELLINGS, "refused": thing in REFUSED}
        return [decision for decision, holds in found.items() if holds]
    tables = {
        "through": calls.THROUGH,
        "ours": calls.OURS,
        "refuses": calls.REFUSES,
        "arrays": calls.ARRAYS,
        "of constants": calls.OF_CONSTANTS,
    }
    return [decision for decision, table in tables.items() if name in table]


@pytest.mark.parametrize("name", NAMES)
def test_somebody_has_decided_what_a_tensor_does_with(name: str) -> None:
    found = decisions(name)
    assert len(found) == 1, f"scipy.special.{name}: make it a row, or list it in tests/special_calls.py ({found})"


@pytest.mark.parametrize("name", [name for name, thing in UFUNCS.items() if thing not in REFUSED])
def test_a_ufunc_that_is_recorded_is_public_under_its_name(name: str) -> None:
    assert name in tf.scipy.special.__all__
    assert tf.scipy.special.__dict__[name].__doc__


@pytest.mark.parametrize("name", [name for name, thing in UFUNCS.items() if _core.ufunc_row(thing) is not None])
@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_a_ufunc_with_a_row_is_followed_by_each_operand_as_the_row_says(name: str) -> None:
    ufunc = UFUNCS[name]
    row = ROW_OF[_core.ufunc_row(ufunc)]
    points = [np.full(2, 0.75 * low + 0.25 * high) for low, high in row.domain]
    derivatives = _core.has_derivative(_core.op_named(row.name))
    for place, derivative in enumerate(derivatives):
        operands: list[Any] = list(points)
        operands[place] = tf.constant(points[place])
        with tf.GradientTape() as tape:
            tape.watch(operands[place])
            result = ufunc(*operands)
        assert isinstance(result, tf.Tensor)
        np.testing.assert_allclose(result, ufunc(*points), rtol=1e-12)
        if row.partials[place]:
            assert np.isfinite(np.asarray(tape.gradient(result, operands[place]))).all()
        elif derivative is None or derivative:
            with pytest.raises(LookupError, match=f"{row.name}.*custom_gradient"):
                tape.gradient(result, operands[place])
        else:
            assert tape.gradient(result, operands[place]) is None


# Rows that are several, or whose data come first: (data, operands).
FORMS: dict[str, tuple[tuple[Any, ...], tuple[float, ...]]] = {
    name: (tuple(case[0]), tuple(case[1]))
    for name, case in {
        "airy": ([], [0.7]),
        "airye": ([], [0.7]),
        "bdtr": ([2, 5], [0.4]),
        "bdtrc": ([2, 5], [0.4]),
        "bdtri": ([2, 5], [0.4]),
        "cbrt": ([], [0.4]),
        "ellipj": ([], [0.7, 0.4]),
        "elliprj": ([], [0.7, 1.4, 2.5, 3.2]),
        "erf": ([], [0.4]),
        "erfc": ([], [0.4]),
        "eval_chebyc": ([4], [0.4]),
        "eval_chebys": ([4], [0.4]),
        "eval_chebyt": ([4], [0.4]),
        "eval_chebyu": ([4], [0.4]),
        "eval_gegenbauer": ([4, 0.7], [0.4]),
        "eval_genlaguerre": ([4, 0.7], [0.4]),
        "eval_hermite": ([4], [0.4]),
        "eval_hermitenorm": ([4], [0.4]),
        "eval_jacobi": ([4, 0.7, 1.2], [0.4]),
        "eval_laguerre": ([4], [0.4]),
        "eval_legendre": ([4], [0.4]),
        "eval_sh_chebyt": ([4], [0.4]),
        "eval_sh_chebyu": ([4], [0.4]),
        "eval_sh_jacobi": ([4, 2.2, 1.2], [0.4]),
        "eval_sh_legendre": ([4], [0.4]),
        "exp2": ([], [0.4]),
        "expit": ([], [0.4]),
        "expm1": ([], [0.4]),
        "fresnel": ([], [0.4]),
        "hyp2f1": ([0.5, 1.5, 2.5], [0.4]),
        "it2i0k0": ([], [0.7]),
        "it2j0y0": ([], [0.7]),
        "itairy": ([], [0.7]),
        "iti0k0": ([], [0.7]),
        "itj0y0": ([], [0.7]),
        "log1p": ([], [0.4]),
        "log_expit": ([], [0.4]),
        **{f"mathieu_{kind}": ([2, 0.7], [0.6]) for kind in ("modcem1", "modcem2", "modsem1", "modsem2")},
        "mathieu_cem": ([2, 0.7], [40.0]),
        "mathieu_sem": ([2, 0.7], [40.0]),
        "nbdtr": ([2, 5], [0.4]),
        "nbdtrc": ([2, 5], [0.4]),
        "nbdtri": ([2, 5], [0.4]),
        "ncfdtr": ([2.5, 3.5, 1.2], [0.7]),
        "ncfdtri": ([2.5, 3.5, 1.2], [0.4]),
        "obl_ang1": ([1, 2, 0.8], [0.4]),
        "obl_ang1_cv": ([1, 2, 0.8, special.obl_cv(1, 2, 0.8)], [0.4]),
        "obl_cv": ([1, 2, 0.8], []),
        "obl_rad1": ([1, 2, 0.8], [0.9]),
        "obl_rad1_cv": ([1, 2, 0.8, special.obl_cv(1, 2, 0.8)], [0.9]),
        "pbdv": ([1.5], [0.7]),
        "pbvv": ([1.5], [0.7]),
        "pbwa": ([1.5], [0.7]),
        "pdtr": ([2], [0.7]),
        "pdtrc": ([2], [0.7]),
        "pdtri": ([2], [0.4]),
        "pro_ang1": ([1, 2, 0.8], [0.4]),
        "pro_ang1_cv": ([1, 2, 0.8, special.pro_cv(1, 2, 0.8)], [0.4]),
        "pro_cv": ([1, 2, 0.8], []),
        "pro_rad1": ([1, 2, 0.8], [1.4]),
        "pro_rad1_cv": ([1, 2, 0.8, special.pro_cv(1, 2, 0.8)], [1.4]),
        "round": ([], [0.4]),
        "shichi": ([], [0.7]),
        "sici": ([], [0.7]),
        "voigt_profile": ([], [0.4, 1.2, 0.7]),
        "gammainc": ([], [0.4, 0.7]),
        "gammaincc": ([], [0.4, 0.7]),
        "xlog1py": ([], [0.4, 0.7]),
        "xlogy": ([], [0.4, 0.7]),
    }.items()
}
STEPS = {"round"}


def parts(result: Any) -> tuple[Any, ...]:
    return result if isinstance(result, tuple) else (result,)


@pytest.mark.parametrize("name", [name for name, thing in UFUNCS.items() if thing in SPELLINGS])
def test_a_ufunc_that_is_no_row_has_scipys_values_and_their_derivatives(name: str) -> None:
    ufunc = UFUNCS[name]
    data, points = FORMS[name]
    tensors = [tf.constant(np.array([point, 1.1 * point])) for point in points]
    expected = parts(ufunc(*data, *[np.asarray(x) for x in tensors]))
    found = parts(ufunc(*data, *tensors)) if points else parts(ufunc(*data[:-1], tf.constant(np.float64(data[-1]))))
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert isinstance(one, tf.Tensor)
        np.testing.assert_allclose(one, other, rtol=1e-9)
    if points and name not in STEPS:
        check_gradients(lambda *xs: sum(parts(ufunc(*data, *xs))), [np.asarray(x) for x in tensors], order=2, rtol=1e-4)


@pytest.mark.parametrize("name", [name for name, (data, _) in FORMS.items() if any(isinstance(x, float) for x in data)])
def test_a_derivative_with_respect_to_a_parameter_that_has_none_is_a_lookup_error(name: str) -> None:
    data, points = FORMS[name]
    for place, value in enumerate(data):
        if not isinstance(value, float):
            continue
        watched = tf.constant(value, dtype=tf.float64)
        with tf.GradientTape() as tape:
            tape.watch(watched)
            results = parts(UFUNCS[name](*data[:place], watched, *data[place + 1 :], *points))
        with pytest.raises(LookupError, match=rf"{name}.*custom_gradient"):
            tape.gradient(results[0], watched)


@pytest.mark.parametrize("name", [name for name, thing in UFUNCS.items() if thing in REFUSED])
def test_a_refused_ufunc_names_itself_and_the_way_out(name: str) -> None:
    ufunc = UFUNCS[name]
    with pytest.raises(TypeError, match=rf"scipy\.special\.{name} on a tensor: .*(use|write)"):
        ufunc(*[tf.constant(1.5)] * ufunc.nin)


@pytest.mark.parametrize("name", calls.THROUGH)
def test_scipys_own_function_is_recorded_by_the_ufuncs_in_it(name: str) -> None:
    call, function = calls.THROUGH[name], NAMES[name]
    result = call(function, tf.constant(calls.POINTS))
    assert isinstance(result, tf.Tensor)
    np.testing.assert_allclose(result, np.real(call(function, calls.POINTS)), rtol=1e-10)
    check_gradients(lambda x: call(function, x), [calls.POINTS], order=2, rtol=1e-4)


@pytest.mark.parametrize("name", calls.OURS)
def test_where_scipys_function_makes_an_array_ours_is_recorded(name: str) -> None:
    call, ours = calls.OURS[name], getattr(tf.scipy.special, name)
    result = call(ours, tf.constant(calls.POINTS))
    np.testing.assert_allclose(result, call(NAMES[name], calls.POINTS), rtol=1e-10)
    check_gradients(lambda x: call(ours, x), [calls.POINTS], order=2, rtol=1e-4)


@pytest.mark.parametrize("name", calls.REFUSES)
def test_what_needs_complex_numbers_raises(name: str) -> None:
    with pytest.raises(TypeError, match=r"hankel.*use jv and yv"):
        calls.REFUSES[name](NAMES[name], tf.constant(calls.POINTS))


def test_tables_name_nothing_twice() -> None:
    tables = [calls.THROUGH, calls.OURS, calls.REFUSES, calls.ARRAYS, calls.OF_CONSTANTS]
    assert sum(map(len, tables)) == len(set().union(*tables))


# -- Decisions of one function each ----------------------------------------------------------------------------------


def test_counts_are_data_and_integers_beside_a_tensor_are_taken_as_they_are() -> None:
    x = tf.constant([0.2, 0.6], dtype=tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = special.eval_hermite(np.array([[3], [0]]), x)
    np.testing.assert_allclose(y, special.eval_hermite(np.array([[3], [0]]), np.asarray(x)))
    np.testing.assert_allclose(tape.gradient(y, x), 24.0 * np.asarray(x) ** 2 - 12.0)


def test_lambertw_is_real_and_nan_where_it_is_not() -> None:
    w = tf.scipy.special.lambertw(np.array([-1.0, -0.2, 0.0, np.e]))
    np.testing.assert_allclose(w, [np.nan, -0.25917110181907377, 0.0, 1.0], atol=1e-12)
    np.testing.assert_allclose(tf.scipy.special.lambertw(np.float64(-0.2), -1), -2.5426413577735265)
    assert np.isnan(tf.scipy.special.lambertw(0.5, -1))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: tf.scipy.special.comb(3.0, 2.0, exact=True), "comb: exact integers"),
        (lambda: tf.scipy.special.perm(3.0, 2.0, exact=True), "perm: exact integers"),
        (lambda: tf.scipy.special.factorial(3.0, exact=True), "factorial: exact integers"),
        (lambda: tf.scipy.special.jvp(1.0, 2.0, -1), "jvp: the order of the derivative"),
    ],
)
def test_arguments_that_do_not_fit_are_value_errors(call: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()


def test_a_form_takes_its_operands_and_no_others() -> None:
    with pytest.raises(TypeError, match=r"hyp2f1\(\) takes 4 operands \(a, b, c, z\), not 2"):
        tf.scipy.special.hyp2f1(1.0, 2.0)


def test_choices_that_there_are_not_number_0_with_a_gradient_of_0() -> None:
    n = tf.constant([2.0, 5.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(n)
        choices, orders = tf.scipy.special.comb(n, 3.0), tf.scipy.special.perm(n, 3.0)
        again = tf.scipy.special.comb(n, 3.0, repetition=True)
    np.testing.assert_allclose(choices, [0.0, 10.0], rtol=1e-6)
    np.testing.assert_allclose(orders, [0.0, 60.0], rtol=1e-5)
    np.testing.assert_allclose(again, special.comb([2, 5], 3, repetition=True), rtol=1e-5)
    assert tape.gradient(choices, n)[0] == tape.gradient(orders, n)[0] == 0.0
