"""Minimising, least squares and fits: structures in and out, every method, what goes wrong before a solver starts."""

from __future__ import annotations

import dataclasses
import warnings
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.nest import flatten_for_tape, structure_key

optimize = pytest.importorskip("scipy.optimize")
csr_array = pytest.importorskip("scipy.sparse").csr_array

METHODS = (
    *("Nelder-Mead", "Powell", "CG", "BFGS", "Newton-CG", "L-BFGS-B", "TNC", "COBYLA", "COBYQA", "SLSQP"),
    *("trust-constr", "dogleg", "trust-ncg", "trust-exact", "trust-krylov"),
)


def rosenbrock(p: Any) -> Any:
    return (1.0 - p["x"]) ** 2 + 100.0 * (p["y"] - p["x"] ** 2) ** 2


def bowl(x: Any) -> Any:
    return tf.reduce_sum((x - 1.0) ** 2)


# ------------------------------------------------------------------------------------------------ methods, structures


@pytest.mark.parametrize("method", METHODS)
def test_every_method_minimises(method: str) -> None:
    if method == "COBYQA" and not hasattr(optimize, "_cobyqa_py"):
        pytest.skip("this SciPy has no COBYQA")
    steps = {"maxfun": 5000} if method == "TNC" else {"maxiter": 1000 if method == "COBYLA" else 5000}
    start = {"x": 1.1, "y": 1.1} if method == "COBYLA" else {"x": -1.2, "y": 1.0}  # (it is slow)
    found = tf.minimize(rosenbrock, start, method, tol=1e-8, options=steps)
    assert found.fun < 1e-3
    np.testing.assert_allclose([found.x["x"], found.x["y"]], 1.0, atol=0.05)
    assert found.obstacle is None
    assert (method in ("dogleg", "trust-exact", "trust-constr")) == ("Hessian" in found.counts)
    assert (method in ("Newton-CG", "trust-ncg", "trust-krylov")) == ("Hessian times vector" in found.counts)
    assert found.counts.keys() == found.seconds.keys()


def leaves(structure: Any) -> list[Any]:
    return flatten_for_tape(structure, True)[0]


@dataclasses.dataclass
class Line:
    slope: Any
    level: Any


@pytest.mark.parametrize(
    "x0",
    [
        np.zeros((2, 3)),
        [np.zeros(2), {"a": np.zeros((1, 2)), "b": 0.5}],
        (np.float32(0.0), np.zeros(3, np.float32)),
        Line(np.zeros(2), 3.0),
        tf.constant([0.0, 0.0]),
        [0.0, 2.0],
        {"b": [1.5], "a": (2.5, np.zeros(0))},
    ],
    ids=str,
)
def test_results_have_the_structure_and_dtypes_of_the_start(x0: Any) -> None:
    found = tf.minimize(lambda p: sum(bowl(leaf) for leaf in leaves(p)), x0)
    first = np.array(x0) if isinstance(x0, list) and not isinstance(x0[0], np.ndarray) else x0
    assert structure_key(found.x, True) == structure_key(first, True)
    for leaf, before in zip(leaves(found.x), leaves(first), strict=True):
        assert np.shape(leaf) == np.shape(before)
        assert np.asarray(leaf).dtype == np.asarray(before).dtype
        np.testing.assert_allclose(leaf, np.ones(np.shape(before)), atol=1e-4)
    assert structure_key(found.jac, True) == structure_key(first, True)
    assert all(np.asarray(leaf).dtype == np.float64 for leaf in leaves(found.jac))


def test_functions_are_given_float64_whatever_goes_in() -> None:
    seen = []

    def f(p: Any) -> Any:
        seen.extend(leaf.dtype for leaf in p)
        return bowl(p[0]) + bowl(p[1])

    tf.minimize(f, (np.float32(0.0), tf.constant([1.0, 2.0], tf.float16)))
    assert set(seen) == {np.dtype(np.float64)}


def test_variables_are_assigned_and_given_back() -> None:
    w = tf.Variable([-1.2, 1.0], dtype=tf.float64)
    found = tf.minimize(lambda p: rosenbrock({"x": p["w"][0], "y": p["w"][1]}), {"w": w})
    assert found.x["w"] is w
    np.testing.assert_allclose(w, 1.0, atol=1e-4)


def test_what_wraps_a_variable_is_that_variable_and_given_back() -> None:
    class Wrapper:
        def __init__(self, value: Any) -> None:
            self.value = tf.Variable(value)

        def __tf_tensor__(self, dtype: Any = None, name: Any = None) -> Any:
            return self.value

    one, other = Wrapper([3.0, 4.0]), Wrapper(5.0)
    found = tf.minimize(lambda: bowl(tf.identity(one)) + bowl(tf.identity(other)), [one, other])
    assert found.x[0] is one
    assert found.x[1] is other
    np.testing.assert_allclose(one.value, 1.0, atol=1e-4)
    np.testing.assert_allclose(other.value, 1.0, atol=1e-4)


@pytest.mark.parametrize("method", ["BFGS", "Newton-CG", "trust-exact", "trust-constr", "Nelder-Mead"])
def test_a_function_of_nothing_reads_its_variables(method: str) -> None:
    w, b = tf.Variable([3.0, -1.0], dtype=tf.float64), tf.Variable(2.0)
    found = tf.minimize(lambda: bowl(w) + tf.cast((b + 1.0) ** 2, tf.float64), [w, b], method)
    assert found.x[0] is w and found.x[1] is b and b.dtype == tf.float32
    np.testing.assert_allclose([*w.numpy(), b], [1.0, 1.0, -1.0], atol=1e-3)


def test_the_inverse_hessian_is_a_structure_of_structures() -> None:
    matrix = np.array([[3.0, 1.0, 0.0], [1.0, 2.0, 0.5], [0.0, 0.5, 1.0]])

    def f(p: Any) -> Any:
        x = tf.concat([p["a"], [p["b"]]], 0)
        return 0.5 * tf.tensordot(x, tf.linalg.matvec(matrix, x), 1)

    found = tf.minimize(f, {"a": np.array([1.0, -2.0]), "b": 3.0})
    inverse = np.linalg.inv(matrix)
    np.testing.assert_allclose(found.hess_inv["a"]["a"], inverse[:2, :2], atol=1e-2)
    np.testing.assert_allclose(found.hess_inv["a"]["b"], inverse[:2, 2], atol=1e-2)
    np.testing.assert_allclose(found.hess_inv["b"]["b"], inverse[2, 2], atol=1e-2)


def test_the_solver_begins_with_what_was_checked() -> None:
    found = tf.minimize(bowl, np.zeros(3))
    assert found.counts["value and gradient"] == found.nfev


def test_sparse_hessians_are_given_to_trust_constr() -> None:
    def chained(x: Any) -> Any:
        return tf.reduce_sum((x[1:] - x[:-1]) ** 2) + tf.reduce_sum((x - 1.0) ** 4)

    found = tf.minimize(chained, np.zeros(300), "trust-constr")
    assert "sparse Hessian" in found.counts and "Hessian" not in found.counts
    np.testing.assert_allclose(found.x, 1.0, atol=0.05)


# ---------------------------------------------------------------------------------------------- bounds and constraints


@pytest.mark.parametrize(
    "bounds",
    [
        {"a": (None, 0.5), "b": None},
        optimize.Bounds({"a": -np.inf, "b": -np.inf}, {"a": np.full(2, 0.5), "b": np.inf}),
        optimize.Bounds(-np.inf, np.array([0.5, 0.5, np.inf])),
        {"a": (np.array([-3.0, -np.inf]), [0.5, 0.5]), "b": (None, None)},
    ],
    ids=str,
)
def test_bounds_have_the_parameters_structure(bounds: Any) -> None:
    found = tf.minimize(lambda p: bowl(p["a"]) + bowl(p["b"]), {"a": np.zeros(2), "b": 3.0}, bounds=bounds)
    np.testing.assert_allclose(found.x["a"], 0.5)
    np.testing.assert_allclose(found.x["b"], 1.0, atol=1e-5)


def test_one_pair_of_bounds_is_for_all_parameters_and_scipys_pairs_are_by_element() -> None:
    assert tf.minimize(bowl, np.zeros(3), bounds=(None, 0.5)).x.tolist() == [0.5] * 3
    found = tf.minimize(bowl, np.zeros(3), bounds=[(0, 0.25), (None, None), None])
    np.testing.assert_allclose(found.x, [0.25, 1.0, 1.0], atol=1e-6)


ROWS = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
CONSTRAINED = {
    "dicts": [
        {"type": "ineq", "fun": lambda p: p["x"][0] - 0.5},
        {"type": "eq", "fun": lambda p, total: p["x"][1] + p["x"][2] - total, "args": (3.0,)},
    ],
    "objects": [
        optimize.NonlinearConstraint(lambda p: [p["x"][0], p["x"][1] + p["x"][2]], [0.5, 3.0], [np.inf, 3.0]),
    ],
    "linear": [optimize.LinearConstraint(ROWS, [0.5, 3.0], [np.inf, 3.0])],
    "sparse, linear": [optimize.LinearConstraint(csr_array(ROWS), [0.5, 3.0], [np.inf, 3.0])],
    "sparse and full": [
        optimize.LinearConstraint(csr_array(ROWS[:1]), 0.5, np.inf),
        optimize.NonlinearConstraint(lambda p: p["x"][1] + p["x"][2], 3.0, 3.0),
    ],
}


@pytest.mark.parametrize("method", [None, "SLSQP", "trust-constr", "COBYQA"])
@pytest.mark.parametrize("form", CONSTRAINED)
def test_constraints_are_functions_of_the_parameters(form: str, method: str | None) -> None:
    if method == "COBYQA" and not hasattr(optimize, "_cobyqa_py"):
        pytest.skip("this SciPy has no COBYQA")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # (SciPy's, of its own steps)
        found = tf.minimize(
            lambda p: tf.reduce_sum(p["x"] ** 2), {"x": np.ones(3)}, method, constraints=CONSTRAINED[form]
        )
    np.testing.assert_allclose(found.x["x"], [0.5, 1.5, 1.5], atol=2e-3)
    if form in ("dicts", "objects") and method in (None, "SLSQP", "trust-constr"):
        assert found.counts["Jacobian"] > 0


@pytest.mark.parametrize("rows", [np.ones((1, 300)), csr_array(np.ones((1, 300)))], ids=["full", "sparse"])
def test_constraints_of_all_kinds_stand_beside_sparse_ones(rows: Any) -> None:
    w = tf.Variable(np.full(300, 0.4))
    limits = [
        optimize.LinearConstraint(rows, -np.inf, 110.0),
        optimize.NonlinearConstraint(lambda x: x[1:] - x[:-1] ** 2, -1.0, 1.0),
        optimize.NonlinearConstraint(lambda: tf.reduce_sum(w)[None], -np.inf, 100.0),  # reads the variable
    ]
    found = tf.minimize(lambda x: tf.reduce_sum((x - 0.5) ** 2), w, "trust-constr", constraints=limits)
    np.testing.assert_allclose(w, 1 / 3, atol=1e-3)
    assert found.counts["sparse Jacobian"] > 0
    assert [one.sum() for one in found.jac][::2] == [300.0, 300.0]


# ------------------------------------------------------------------------------------------- callbacks, interruptions


def test_callbacks_are_given_the_structure_or_a_result() -> None:
    points: list[Any] = []
    results: list[Any] = []
    tf.minimize(rosenbrock, {"x": 0.0, "y": 0.0}, callback=points.append)

    def noting(intermediate_result: Any) -> None:
        results.append(intermediate_result)

    tf.minimize(rosenbrock, {"x": 0.0, "y": 0.0}, callback=noting)
    assert len(points) == len(results) > 5
    assert points[-1].keys() == {"x", "y"}
    assert [float(one.fun) for one in results] == [float(rosenbrock(one.x)) for one in results]


def hilly(x: Any) -> Any:
    return 100.0 * tf.reduce_sum((x[1:] - x[:-1] ** 2) ** 2) + tf.reduce_sum((x - 1.0) ** 2 + x**4)


@pytest.mark.parametrize("method", METHODS)
def test_a_callback_ends_the_search_where_it_was_called(method: str) -> None:
    if method == "COBYQA" and not hasattr(optimize, "_cobyqa_py"):
        pytest.skip("this SciPy has no COBYQA")
    calls = []

    def enough(x: Any) -> None:
        calls.append(x)
        if len(calls) == 2:
            raise StopIteration

    found = tf.minimize(hilly, np.full(3, 1.3), method, callback=enough)
    assert len(calls) == 2 and not found.success
    assert found.message == "The callback raised StopIteration: these are the parameters that it was given."
    np.testing.assert_array_equal(found.x, calls[-1])


def test_callbacks_do_not_write_to_what_the_search_knows() -> None:
    def spoil(x: Any) -> None:
        x[:] = np.nan

    found = tf.minimize(hilly, np.full(3, 1.3), callback=spoil)
    assert found.success and np.isfinite(found.x).all()


@pytest.mark.parametrize("where", ["function", "callback"])
def test_an_error_midway_leaves_variables_as_they_were(where: str) -> None:
    w, calls = tf.Variable([3.0, 2.0], dtype=tf.float64), tf.Variable(0.0)

    def f() -> Any:
        calls.assign_add(1.0)
        if where == "function" and float(calls) > 3.0:
            raise LookupError("midway")
        return hilly(w)

    def callback(x: Any) -> None:
        if where == "callback":
            raise LookupError("midway")

    with warnings.catch_warnings(), pytest.raises(LookupError, match="midway"):
        warnings.simplefilter("ignore", UserWarning)  # (of plain Python)
        tf.minimize(f, w, callback=callback)
    np.testing.assert_array_equal(w, [3.0, 2.0])


def test_a_search_begins_within_the_bounds() -> None:
    found = tf.minimize(lambda x: tf.reduce_sum(x - tf.math.log(x)), [-5.0], bounds=(0.1, 0.5))
    np.testing.assert_allclose(found.x, 0.5)


def test_an_interruption_keeps_the_best_parameters_and_says_so() -> None:
    calls = []

    def interrupt(x: Any) -> None:
        calls.append(x)
        if len(calls) == 5:
            raise KeyboardInterrupt

    w = tf.Variable([-1.2, 1.0], dtype=tf.float64)
    found = tf.minimize(lambda w: rosenbrock({"x": w[0], "y": w[1]}), w, callback=interrupt)
    assert not found.success and found.message.startswith("Interrupted: these are the best parameters of")
    assert found.x is w
    assert float(found.fun) == float(rosenbrock({"x": w[0], "y": w[1]})) < 24.0


def test_an_interrupted_fit_keeps_the_last_parameters_that_are_known() -> None:
    calls = tf.Variable(0.0)

    def off(p: Any) -> Any:
        calls.assign_add(1.0)
        if float(calls) > 6.0:
            raise KeyboardInterrupt  # (each time: nothing is computed afterwards)
        return p**2 - 2.0

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # (of plain Python)
        found = tf.optimize.least_squares(off, np.full(3, 1.3))
    assert not found.success and found.message == "Interrupted: these are the last parameters."
    np.testing.assert_allclose(found.fun, found.x**2 - 2.0)
    np.testing.assert_allclose(found.jac, 2.0 * np.diag(found.x))


def test_progress_is_tqdms(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    tf.minimize(rosenbrock, {"x": 0.0, "y": 0.0}, progress=True)
    shown = capsys.readouterr().err
    assert "minimize" in shown and "value=" in shown and "gradient=" in shown and "evaluations=" in shown


# -------------------------------------------------------------------------------------------------------- bad input


def unrecorded(x: Any) -> Any:
    return float(np.sum(x.numpy() ** 2))


TWICE = tf.Variable([1.0])
WRONG: dict[str, tuple[Any, Any, dict[str, Any], type[Exception], str]] = {
    "integers": (bowl, np.array([1, 2]), {}, TypeError, r"x0 holds int64 of shape \(2,\).*write 1.0 for 1"),
    "one of them": (rosenbrock, {"x": 1, "y": 2.0}, {}, TypeError, "only floating-point numbers have a gradient"),
    "complex": (bowl, np.array([1j]), {}, TypeError, "complex128 of shape .*; parameters are real"),
    "text": (bowl, "here", {}, TypeError, "x0 holds .*; parameters are real"),
    "nothing": (bowl, {}, {}, ValueError, "x0 holds no parameters"),
    "vectors": (lambda x: x * 2.0, np.ones(2), {}, ValueError, r"must return a scalar, not a value of shape \(2,\)"),
    "no value": (lambda x: None, np.ones(2), {}, TypeError, "must return a tensor, not None"),
    "numbers": (unrecorded, np.ones(2), {}, TypeError, "tensor|float"),
    "unrelated": (lambda x: tf.constant(1.0), np.ones(2), {}, ValueError, "does not depend on the parameters"),
    "complex value": (
        lambda x: tf.reduce_sum(tf.cast(x, tf.complex128)),
        np.ones(2),
        {},
        TypeError,
        "value is complex",
    ),
    "not finite": (
        lambda x: tf.reduce_sum(tf.math.log(x)),
        np.zeros(2),
        {},
        ValueError,
        "the value at x0 is not finite",
    ),
    "no slope": (
        lambda x: tf.sqrt(tf.reduce_sum(x)) * 1.0 + x[0],
        np.zeros(2),
        {},
        ValueError,
        "gradient at x0 is not",
    ),
    "no function": (3.0, np.ones(2), {}, TypeError, "the function must be callable, not float"),
    "method": (bowl, np.ones(2), {"method": "sgd"}, ValueError, "unknown method 'sgd'; there are Nelder-Mead"),
    "bounds' structure": (
        rosenbrock,
        {"x": 1.0, "y": 1.0},
        {"bounds": {"x": (0, 1)}},
        ValueError,
        "bounds has another",
    ),
    "bounds' count": (bowl, np.ones(3), {"bounds": [(0, 1), (0, 1)]}, ValueError, "bounds"),
    "crossed bounds": (bowl, np.ones(3), {"bounds": (2, 1)}, ValueError, r"lower bound of parameter 0 .*: 2.0 > 1.0"),
    "no bounds": (bowl, np.ones(3), {"bounds": [1, 2, 3]}, ValueError, r"bounds are a pair \(low, high\), or None"),
    "NaN of bounds": (bowl, np.ones(3), {"bounds": (np.nan, 1)}, ValueError, "infinities or None, not NaN"),
    "complex bounds": (bowl, np.ones(3), {"bounds": (0, 1j)}, ValueError, "bounds are numbers, or None, not 1j"),
    "complex Bounds": (
        bowl,
        np.ones(2),
        {"bounds": optimize.Bounds(np.array([0, 1j]), 2.0)},
        ValueError,
        "minimize: bounds are numbers, not",
    ),
    "complex Bounds of a structure": (
        rosenbrock,
        {"x": 0.0, "y": 0.0},
        {"bounds": optimize.Bounds({"x": 1j, "y": 0.0}, {"x": 1.0, "y": 1.0})},
        ValueError,
        "minimize: bounds are numbers, not 1j",
    ),
    "a mask in a structure of Bounds": (
        lambda p: bowl(p["x"]),
        {"x": np.ones(2)},
        {"bounds": optimize.Bounds({"x": np.ma.array([0.0, 1.0], mask=[0, 1])}, {"x": 2.0})},
        TypeError,
        "a tensor has no mask",
    ),
    "a matrix that is not finite": (
        bowl,
        np.ones(2),
        {"constraints": optimize.LinearConstraint(csr_array([[1.0, np.nan]]), 0, 1)},
        ValueError,
        "minimize: a LinearConstraint's matrix is not finite",
    ),
    "who takes bounds": (bowl, np.ones(3), {"method": "CG", "bounds": (0, 1)}, ValueError, "CG takes no bounds; Neld"),
    "who takes constraints": (
        bowl,
        np.ones(3),
        {"method": "trust-exact", "constraints": {"type": "eq", "fun": lambda x: x[0]}},
        ValueError,
        "minimize: trust-exact takes no constraints; COBYLA, COBYQA, SLSQP, trust-constr do",
    ),
    "columns": (
        bowl,
        np.ones(3),
        {"constraints": optimize.LinearConstraint(np.ones((1, 2)), 0, 1)},
        ValueError,
        r"as one vector, of 3; its matrix has the shape \(1, 2\)",
    ),
    "a constraint's value": (
        bowl,
        np.zeros(3),
        {"constraints": {"type": "ineq", "fun": lambda x: tf.math.log(x)}},
        ValueError,
        "minimize: constraint 0: value 0 at x0 is not finite: -inf",
    ),
    "a constraint of nothing": (
        bowl,
        np.zeros(3),
        {"constraints": {"type": "ineq", "fun": lambda x: tf.constant([1.0])}},
        ValueError,
        "minimize: constraint 0: .* the function's values do not depend on the parameters",
    ),
    "a constraint's limits": (
        bowl,
        np.zeros(2),
        {"constraints": optimize.NonlinearConstraint(lambda x: x, [0, 0, 0], 1)},
        ValueError,
        r"minimize: constraint 0: 3 limits for 2 values: \[0, 0, 0\]",
    ),
    "a constraint's crossed limits": (
        bowl,
        np.zeros(2),
        {"constraints": optimize.LinearConstraint([[1.0, 1.0]], 2, 1)},
        ValueError,
        "a LinearConstraint: the lower limit of value 0 is above the upper one: 2.0 > 1.0",
    ),
    "a constraint's NaN": (
        bowl,
        np.zeros(2),
        {"constraints": optimize.NonlinearConstraint(lambda x: x, np.nan, 1)},
        ValueError,
        "minimize: constraint 0: limits are numbers or infinities, not nan",
    ),
    "integers out": (lambda x: tf.cast(bowl(x), tf.int32), np.ones(2), {}, TypeError, "is of int32, which has no grad"),
    "twice": (lambda p: bowl(p[0]), [TWICE, TWICE], {}, ValueError, "x0 holds a variable twice"),
    "a mask": (bowl, np.ma.array([1.0, 2.0], mask=[0, 1]), {}, TypeError, "a tensor has no mask"),
    "objects": (bowl, np.array([1.0, 2.0], object), {}, TypeError, r"x0 holds object of shape \(2,\)"),
    "callback": (bowl, np.ones(2), {"callback": 3}, TypeError, "minimize: the callback must be callable, not int"),
    "options": (bowl, np.ones(2), {"options": 3}, TypeError, "minimize: options are a dict, .* not int"),
    "constraint": (bowl, np.ones(3), {"constraints": {"type": "less"}}, TypeError, "a constraint is scipy.optimize's"),
    "some variables": (lambda: 1.0, [tf.Variable(1.0), 2.0], {}, TypeError, "not all of x0 are variables"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_before_the_solver_starts(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    f, x0, arguments, error, text = WRONG[case]
    monkeypatch.setattr(optimize, "minimize", lambda *_, **__: pytest.fail("the solver was called"))
    with pytest.raises(error, match=text):
        tf.minimize(f, x0, **arguments)


def test_a_solver_within_a_tape_or_a_recorded_function_is_refused() -> None:
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape, pytest.raises(TypeError, match="a tape follows its arguments"):
        tape.watch(x)
        tf.minimize(bowl, x)
    with pytest.raises(RuntimeError, match="a solver in a recorded function would run once"):
        tf.function(lambda x: tf.minimize(bowl, x).x)(x)


def test_solvers_record_nothing_on_a_tape_around_them() -> None:
    w = tf.Variable(2.0, dtype=tf.float64)
    with tf.GradientTape() as tape:
        before = w * 1.0
        found = tf.minimize(bowl, np.zeros(2))
        y = before * float(found.x[0])
    assert tape.gradient(y, w).numpy() == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(
    "solver",
    [
        lambda f, w: tf.minimize(lambda x: tf.reduce_sum(f(x)), np.zeros(2)),
        lambda f, w: tf.minimize(lambda: tf.reduce_sum(f(w)), w),
        lambda f, w: tf.optimize.least_squares(f, np.zeros(2)),
        lambda f, w: tf.optimize.fit(lambda t, x: f(x), None, np.zeros(2), np.zeros(2)),
    ],
)
@pytest.mark.parametrize("kind", ["variable", "tensor"])
def test_what_a_function_reads_does_not_leave_a_tape_in_silence(solver: Any, kind: str) -> None:
    w = tf.Variable([2.0, 1.0], dtype=tf.float64)
    with tf.GradientTape(watch_accessed_variables=kind == "variable") as tape:
        read = w if kind == "variable" else tf.constant(np.ones(2))
        tape.watch(read)
        with pytest.raises(TypeError, match="a tape follows its arguments, or what its function reads"):
            solver(lambda x: (x - 1.0) * read, w)


@pytest.mark.parametrize(
    "call",
    [
        lambda w: tf.optimize.fit(lambda t, x: x, None, w, np.zeros(2)),
        lambda w: tf.optimize.fit(lambda t, x: x, None, np.ones(2), np.zeros(2), sigma=w),
        lambda w: tf.optimize.multi_start(tf.reduce_sum, w),
        lambda w: tf.minimize(lambda p: bowl(p["a"]), {"a": np.zeros(2)}, bounds=optimize.Bounds(-1.0, {"a": w})),
        lambda w: tf.minimize(lambda p: bowl(p["a"]), {"a": np.zeros(2)}, bounds={"a": (None, w[0])}),
    ],
)
def test_data_and_bounds_do_not_leave_a_tape_in_silence(call: Any) -> None:
    w = tf.constant([2.0, 1.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(w)
        with pytest.raises(TypeError, match="a tape that is recording follows the tensor"):
            call(w)


@pytest.mark.parametrize("method", ["Nelder-Mead", "Powell", "COBYLA"])
def test_methods_of_values_take_functions_without_a_gradient(method: str) -> None:
    found = tf.minimize(lambda x: tf.reduce_sum(tf.round(10.0 * (x - 1.0) ** 2)), np.full(2, 3.0), method)
    assert found.counts.keys() == {"value"} and found.fun < 2.0
    with pytest.raises(ValueError, match="the value at x0 is not finite"):
        tf.minimize(lambda x: tf.reduce_sum(tf.math.log(x)), np.zeros(2), method)


def test_what_cannot_be_recorded_is_run_by_python_and_says_why() -> None:
    def looking(x: Any) -> Any:
        return rosenbrock({"x": x[0], "y": x[1]}) * (1.0 if float(drift.assign_add(1.0)) > 0.0 else 2.0)

    drift = tf.Variable(0.0)
    with pytest.warns(UserWarning, match="is run as plain Python for arguments like these"):
        found = tf.minimize(looking, np.zeros(2))
    assert found.success and "looks at" in found.obstacle
    np.testing.assert_allclose(found.x, 1.0, atol=1e-4)


# ------------------------------------------------------------------------------------------------- least squares, fits


def decay(p: Any, t: Any) -> Any:
    return p["a"] * tf.exp(-p["k"] * t)


TIMES = np.linspace(0.0, 1.0, 12)
SEEN = 2.0 * np.exp(-3.0 * TIMES) + 0.01 * np.sin(40.0 * TIMES)


@pytest.mark.parametrize("method", [None, "lm", "trf", "dogbox"])
def test_least_squares_finds_what_scipy_finds(method: str | None) -> None:
    found = tf.optimize.least_squares(lambda p: decay(p, TIMES) - SEEN, {"a": 1.0, "k": 1.0}, method=method)
    expected = optimize.least_squares(lambda p: p[0] * np.exp(-p[1] * TIMES) - SEEN, [1.0, 1.0], method=method or "lm")
    np.testing.assert_allclose([found.x["a"], found.x["k"]], expected.x, rtol=1e-5)
    assert found.cost == pytest.approx(expected.cost)
    assert found.jac.shape == (12, 2) and found.grad.keys() == {"a", "k"}
    assert found.counts["Jacobian"] > 0 and found.obstacle is None
    assert found.counts["values"] <= found.nfev  # the first ones are those that were checked


def test_sparse_jacobians_are_found() -> None:
    found = tf.optimize.least_squares(lambda x: {"steps": x[1:] - x[:-1], "first": x[0] - 1.0}, np.zeros(300))
    assert found.counts["sparse Jacobian"] > 0 and found.jac.nnz == 2 * 299 + 1
    np.testing.assert_allclose(found.x, 1.0, atol=1e-4)


def test_variables_are_fitted() -> None:
    a, k = tf.Variable(1.0, dtype=tf.float64), tf.Variable(1.0, dtype=tf.float64)
    tf.optimize.least_squares(lambda: a * tf.exp(-k * TIMES) - SEEN, [a, k], bounds=(0, 10))
    np.testing.assert_allclose([a, k], [2.0, 3.0], atol=0.05)


@pytest.mark.parametrize("sigma", [None, 0.1, "each", "covariance"])
@pytest.mark.parametrize("absolute", [False, True])
def test_fits_and_their_covariances_are_scipys(sigma: Any, absolute: bool) -> None:
    if sigma == "each":
        sigma = 0.1 + TIMES
    elif sigma == "covariance":
        sigma = 0.01 * np.exp(-abs(TIMES[:, None] - TIMES))
    found = tf.optimize.fit(lambda t, p: decay(p, t), TIMES, SEEN, {"a": 1.0, "k": 1.0}, sigma, absolute)
    of_scipy = None if sigma is None else np.broadcast_to(sigma, TIMES.shape) if np.ndim(sigma) < 2 else sigma
    x, covariance = optimize.curve_fit(
        lambda t, a, k: a * np.exp(-k * t), TIMES, SEEN, [1.0, 1.0], of_scipy, absolute and sigma is not None
    )
    np.testing.assert_allclose([found.x["a"], found.x["k"]], x, rtol=1e-5)
    np.testing.assert_allclose(
        [[found.covariance[i][j] for j in "ak"] for i in "ak"], covariance, rtol=1e-4, atol=1e-12
    )
    np.testing.assert_allclose([found.errors["a"], found.errors["k"]], np.sqrt(np.diag(covariance)), rtol=1e-4)


def test_what_the_data_do_not_say_has_infinite_errors() -> None:
    found = tf.optimize.fit(lambda t, p: p[0] + p[1] + 0.0 * t, TIMES, SEEN, [0.0, 0.0], method="trf")
    assert np.isinf(found.errors).all()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"sigma": -1.0}, "standard deviations are positive"),
        ({"sigma": [1.0, 2.0]}, "sigma|broadcast|shape"),
        ({"sigma": -np.eye(12)}, "is a covariance, and this one is not positive"),
        ({"ydata": np.full(12, np.nan)}, "the data are not finite"),
        ({"sigma": np.ones(5)}, r"sigma of shape \(5,\) for data of shape \(12,\)"),
        ({"ydata": np.ones(3)}, r"values of shapes \[\(12,\)\]; the data have \[\(3,\)\]"),
    ],
)
def test_fits_say_what_is_wrong(arguments: dict[str, Any], text: str) -> None:
    given = {"xdata": TIMES, "ydata": SEEN, "p0": {"a": 1.0, "k": 1.0}} | arguments
    with pytest.raises(ValueError, match=text):
        tf.optimize.fit(lambda t, p: decay(p, t), **given)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (lambda off: 1.0, "the function must return a tensor, not float"),
        (lambda off: tf.complex(off, off), "the function's values are complex"),
        (lambda off: tf.cast(off, tf.int32), "the function's values are of int32"),
    ],
)
def test_a_model_gives_real_tensors(value: Any, text: str) -> None:
    with pytest.raises(TypeError, match=f"fit: {text}"):
        tf.optimize.fit(lambda t, p: value(decay(p, t)), TIMES, SEEN, {"a": 1.0, "k": 1.0})


@pytest.mark.parametrize("what", ["ydata", "sigma"])
def test_data_are_real_and_have_no_mask(what: str) -> None:
    given = {"xdata": TIMES, "ydata": SEEN, "p0": {"a": 1.0, "k": 1.0}}
    with pytest.raises(TypeError, match="are real numbers, not complex128"):
        tf.optimize.fit(lambda t, p: decay(p, t), **given | {what: SEEN + 1j})
    with pytest.raises(TypeError, match="a tensor has no mask"):
        tf.optimize.fit(lambda t, p: decay(p, t), **given | {what: np.ma.array(SEEN, mask=SEEN > 1.0)})


@pytest.mark.parametrize("kind", [list, tuple])
def test_data_are_a_structure_or_numbers(kind: type) -> None:
    def model(t: Any, p: Any) -> Any:
        return kind([decay(p, t), decay(p, t[:4])])

    for second in (SEEN[:4], tf.constant(SEEN[:4])):
        found = tf.optimize.fit(
            model, TIMES, kind([SEEN, second]), {"a": 1.0, "k": 1.0}, kind([np.full(SEEN.size, 0.1), 0.2])
        )
        assert found.fun.size == SEEN.size + 4
    both = tf.optimize.fit(
        lambda t, p: kind([decay(p, t)] * 2), TIMES, kind([SEEN, SEEN]), {"a": 1.0, "k": 1.0}, kind([SEEN, SEEN])
    )
    plain = tf.optimize.fit(lambda t, p: decay(p, t), TIMES, kind(SEEN), {"a": 1.0, "k": 1.0}, kind(SEEN))
    assert both.x["k"] == pytest.approx(plain.x["k"], rel=1e-6)


WRONG_RESIDUALS: dict[str, tuple[Any, Any, dict[str, Any], type[Exception], str]] = {
    "none": (lambda x: x[:0], np.ones(2), {}, ValueError, "least_squares: the function returned no values"),
    "of nothing": (lambda x: tf.constant([1.0]), np.ones(2), {}, ValueError, "do not depend on the parameters"),
    "complex": (lambda x: tf.cast(x, tf.complex128), np.ones(2), {}, TypeError, "the function's values are complex"),
    "integers": (lambda x: tf.cast(x, tf.int32), np.ones(2), {}, TypeError, "the function's values are of int32"),
    "not finite": (tf.math.log, np.zeros(2), {}, ValueError, "value 0 at x0 is not finite: -inf"),
    "no slope": (tf.sqrt, np.zeros(2), {}, ValueError, "the Jacobian at x0 is not finite"),
    "two pairs": (lambda x: x, np.ones(2), {"bounds": ([0, 0], [2, 3])}, ValueError, "may be bounds of each, or lower"),
}


@pytest.mark.parametrize("case", WRONG_RESIDUALS)
def test_what_is_wrong_with_residuals_is_said_before_the_solver_starts(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    f, x0, arguments, error, text = WRONG_RESIDUALS[case]
    monkeypatch.setattr(optimize, "least_squares", lambda *_, **__: pytest.fail("the solver was called"))
    with pytest.raises(error, match=text):
        tf.optimize.least_squares(f, x0, **arguments)


def test_residuals_stay_as_many_as_they_were() -> None:
    calls = tf.Variable(0.0)

    def growing(x: Any) -> Any:
        calls.assign_add(1.0)
        return tf.concat([x] * int(calls), 0)

    with warnings.catch_warnings(), pytest.raises(ValueError, match="the function gave 6 values, and 3 before"):
        warnings.simplefilter("ignore", UserWarning)  # (of plain Python)
        tf.optimize.least_squares(growing, np.ones(3))


@pytest.mark.parametrize("bounds", [(0, [0.5, 0.6]), optimize.Bounds([0, 0], [0.5, 0.6])])
def test_bounds_of_a_vector_may_be_two_vectors(bounds: Any) -> None:
    found = tf.optimize.least_squares(lambda x: x - 1.0, np.full(2, 0.2), bounds=bounds)
    np.testing.assert_allclose(found.x, [0.5, 0.6], atol=1e-6)


def test_searches_begin_where_it_pays() -> None:
    def waves(x: Any) -> Any:
        return tf.sin(3.0 * x["at"]) + 0.1 * x["at"] ** 2

    found = tf.optimize.multi_start(waves, {"at": np.linspace(-6.0, 6.0, 25)}, most=4)
    assert float(found.fun) == pytest.approx(-0.97318, abs=1e-4)
    assert len(found.searches) == 4 and found.searches[0] is found
    with pytest.raises(ValueError, match="have a leading axis of one length"):
        tf.optimize.multi_start(waves, {"at": 3.0})
    with pytest.raises(ValueError, match="finite at none of the 2 points"):
        tf.optimize.multi_start(lambda x: tf.math.log(x), np.array([-1.0, -2.0]))
    with pytest.raises(TypeError, match="not variables"):
        tf.optimize.multi_start(bowl, tf.Variable([1.0]))
    with pytest.raises(TypeError, match=r"starts holds int64 of shape \(2,\), and only floating-point"):
        tf.optimize.multi_start(bowl, np.ones((3, 2), np.int64))
    with pytest.raises(TypeError, match="starts holds complex128"):
        tf.optimize.multi_start(bowl, np.ones((3, 2), complex))
    with pytest.raises(ValueError, match="multi_start: the function must return a scalar"):
        tf.optimize.multi_start(lambda x: x * 1.0, np.ones((3, 2)))
    assert tf.optimize.multi_start(bowl, np.ones((3, 2), np.float32)).x.dtype == np.float32
    assert tf.optimize.multi_start(bowl, [[1.0, 2.0], [0.5, 0.5]]).x.shape == (2,)
