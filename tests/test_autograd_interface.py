"""autograd's interface: what it gives is what autograd gives, by values of the real one that are recorded."""

from __future__ import annotations

import copy
import gc
import json
import math
import pickle
import subprocess
import sys
import warnings
import weakref
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
import autodiff_core.autograd as ag
import autodiff_core.autograd.numpy as anp
import autograd_calls
from autodiff_core.autograd import core, differential_operators, extend, misc, tracer
from autodiff_core.autograd.builtins import isinstance as ag_isinstance
from autodiff_core.autograd.builtins import type as ag_type
from autodiff_core.autograd.misc import fixed_points, optimizers
from autodiff_core.autograd.numpy.numpy_boxes import ArrayBox
from autodiff_core.autograd.test_util import check_grads

pytest.importorskip("scipy")

RECORDED = json.loads(Path(__file__).with_name("autograd_values.json").read_text())
X = np.array([0.3, -1.2, 2.0])


def cubed() -> Any:
    cube = extend.primitive(lambda x: x**3)
    extend.defvjp(cube, lambda ans, x: lambda g: g * 3.0 * x**2)
    return cube


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    from autodiff_core.autograd.scipy import linalg, signal, special, stats

    parts = {"np": anp, "special": special, "stats": stats, "linalg": linalg, "signal": signal}
    names = {name: getattr(differential_operators, name) for name in differential_operators.__all__}
    return autograd_calls.results(SimpleNamespace(**parts, **names, flatten=misc.flatten, cube=cubed()))


@pytest.mark.parametrize("name", RECORDED["values"])
def test_values_are_those_of_autograd(name: str, results: dict[str, Any]) -> None:
    assert results[name].keys() == RECORDED["values"][name].keys()
    for key, expected in RECORDED["values"][name].items():
        np.testing.assert_allclose(results[name][key], expected, rtol=1e-9, atol=1e-12, err_msg=key)


def test_every_recorded_call_is_compared(results: dict[str, Any]) -> None:
    assert results.keys() == RECORDED["values"].keys()
    assert len(results) > 60


# ------------------------------------------------------------------------------------------- what comes in and out


def test_arrays_and_numbers_of_float64_come_out() -> None:
    value, gradient = ag.value_and_grad(lambda x: anp.sum(x**2))(X)
    assert type(value) is np.float64 and type(gradient) is np.ndarray
    assert type(ag.grad(lambda x: x * 0.1)(3.0)) is np.float64
    assert ag.grad(lambda x: x * 0.1)(3.0) == 0.1  # (in float32 it would be another number)
    assert ag.grad(lambda x: anp.sum(anp.where(x > 0, 0.1, 0.2) * x))(X)[0] == 0.1
    assert ag.grad(lambda x: anp.sum(x**2))(X.astype(np.float32)).dtype == np.float32
    assert ag.grad(lambda x: anp.sum(x**2) / 2)(np.arange(3)).tolist() == [0.0, 1.0, 2.0]


def test_ufuncs_are_numpys_to_whoever_asks_and_are_copied_by_name() -> None:
    assert isinstance(anp.add, np.ufunc) and repr(anp.add) == "<ufunc 'add'>" and anp.add.nin == 2
    assert anp.add.reduce(X) == np.add.reduce(X)
    assert ag.grad(lambda x: anp.add.reduce(anp.multiply.outer(x, X), (0, 1)))(X) == pytest.approx(3 * [X.sum()])
    for made in (pickle.loads(pickle.dumps(anp.add)), copy.copy(anp.add), copy.deepcopy(anp.add)):
        assert made is anp.add


def test_our_own_transformations_take_functions_of_the_interface() -> None:
    rows = np.stack([X, -X])

    def f(x: Any) -> Any:
        return anp.sum(anp.where(x > 0, x**3, 2.0 * x)) * x[anp.argmax(x)]

    expected = np.stack([ag.grad(f)(row) for row in rows])
    np.testing.assert_allclose(tf.vectorize(ag.grad(f))(rows), expected)
    recorded = tf.function(ag.grad(f))
    np.testing.assert_allclose([recorded(tf.constant(row)) for row in rows], expected)
    np.testing.assert_allclose(tf.minimize(lambda x: anp.sum((x - X) ** 2), np.zeros(3)).x, X)


def test_of_arrays_functions_give_arrays() -> None:
    from autodiff_core.autograd.scipy import special, stats

    for made in (anp.sin(X), anp.maximum(X, 0.0), special.erf(X), stats.norm.pdf(X), anp.linalg.inv(np.eye(2))):
        assert type(made) is np.ndarray
    assert anp.where(True, 1, 2) == 1 and type(anp.where(True, 1, 2)) is int


def test_within_a_function_values_are_tensors_and_count_as_boxes() -> None:
    def f(x: Any) -> Any:
        assert isinstance(x, tf.Tensor) and isinstance(x, ArrayBox) and tracer.isbox(x)
        assert ag_isinstance(x, np.ndarray) and ag_type(x) is np.ndarray
        assert type(x > 0) is tf.Tensor and type(anp.argmax(x)) is np.int64
        assert type(tracer.getval(x)) is np.ndarray
        return anp.sum(x)

    ag.grad(f)(X)
    assert not isinstance(X, ArrayBox) and not tracer.isbox(X)
    assert isinstance(ArrayBox(X), tf.Tensor)


def test_the_class_within_a_box_is_told_without_a_look_at_its_value() -> None:
    runs = []

    def f(x: Any) -> Any:
        runs.append((ag_type(x), ag_type(x[0]), ag_isinstance(x[0], (int, float)), ag_isinstance(x, float)))
        return x * 2.0

    recorded = tf.function(f)
    for k in range(3):
        np.testing.assert_array_equal(recorded(tf.constant(k * X)), 2.0 * k * X)
    assert runs == [(np.ndarray, np.float64, True, False)]


def test_the_bounds_of_clip_have_the_gradient_of_what_lies_beyond_them() -> None:
    x, low, high = np.array([-3.0, -1.0, 0.5, 1.0, 4.0, np.nan]), np.full(6, -1.0), np.full(6, 1.0)
    by_low, by_high = ag.grad(lambda low, high: anp.sum(anp.clip(x, low, high)), (0, 1))(low, high)
    assert by_low.tolist() == [1.0, 0.0, 0.0, 0.0, 0.0, 0.0] and by_high.tolist() == [0.0, 0.0, 0.0, 0.0, 1.0, 0.0]
    crossed = ag.grad(lambda low, high: anp.sum(anp.clip(X, low, high)), (0, 1))(5.0, -2.0)
    assert crossed == (0.0, 3.0)
    same = ag.grad(lambda bound: anp.sum(anp.clip(X, bound, bound)))(0.0)
    assert same == 3.0


def test_an_item_of_a_box_cannot_be_assigned() -> None:
    def f(x: Any) -> Any:
        x[0] = 1.0
        return anp.sum(x)

    with pytest.raises(TypeError, match="does not support item assignment"):
        ag.grad(f)(X)


def test_an_outer_function_listens_to_what_an_inner_one_reads() -> None:
    outer = ag.grad(lambda x: ag.grad(lambda y: x**2 * y**3)(2.0))(3.0)
    assert outer == 2 * 3.0 * 3 * 4.0
    third = ag.grad(ag.grad(ag.grad(lambda x: x**4)))(2.0)
    assert third == 48.0


@pytest.mark.parametrize("f", [lambda x: 1.0, lambda x: np.float64(3.0), lambda x: tf.constant(1.0)])
def test_what_does_not_depend_on_its_argument_has_the_gradient_zero_and_a_warning(f: Any) -> None:
    with pytest.warns(UserWarning, match="Output seems independent of input"):
        assert ag.grad(f)(2.0) == 0.0
    with pytest.warns(UserWarning, match="Output seems independent of input"):
        assert ag.make_jvp(f)(2.0)(1.0)[1] == 0.0
    with pytest.warns(UserWarning, match="Output seems independent of input"):
        assert core.make_vjp(lambda x: x > 0, 2.0)[0](1.0) == 0.0


def test_a_number_for_all_elements_is_a_cotangent_and_a_tangent_whether_boxed_or_not() -> None:
    def pulled(g: Any) -> Any:
        return anp.sum(core.make_vjp(anp.sin, X)[0](g))

    def pushed(g: Any) -> Any:
        return anp.sum(core.make_jvp(anp.sin, X)(g)[1])

    for f in (pulled, pushed):
        assert f(2.0) == pytest.approx(2.0 * np.cos(X).sum())
        assert ag.grad(f)(2.0) == pytest.approx(np.cos(X).sum())


def test_both_modes_and_vjp_of_vjp_agree() -> None:
    def f(x: Any) -> Any:
        return anp.sin(x) * x[0]

    value, tangent = ag.make_jvp(f)(X)(np.ones(3))
    np.testing.assert_allclose(value, np.sin(X) * X[0])
    np.testing.assert_allclose(tangent, ag.make_jvp_reversemode(f)(X)(np.ones(3)))
    np.testing.assert_allclose(tangent, ag.jacobian(f)(X) @ np.ones(3))
    np.testing.assert_allclose(ag.deriv(f)(X), tangent)
    assert ag.make_hvp(lambda x: anp.sum(x**3))(X)[0](np.ones(3)).tolist() == pytest.approx((6 * X).tolist())
    gradient, aux = ag.grad_and_aux(lambda x: (x**2, 3 * x))(2.0)
    assert (gradient, aux) == (4.0, 6.0)
    assert ag.grad_named(lambda a, b: a * b**2, "b")(2.0, 3.0) == 12.0


# ----------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize("operator", ["grad", "value_and_grad"])
@pytest.mark.parametrize("f", [lambda x: x, lambda x: 1j * anp.sum(x)], ids=["an array", "a complex number"])
def test_grad_is_of_real_scalars(operator: str, f: Any) -> None:
    with pytest.raises(TypeError, match="only applies to real scalar-output functions"):
        getattr(ag, operator)(f)(X)


def test_an_array_of_one_element_is_a_scalar() -> None:
    assert ag.grad(lambda x: x**2)(np.array([3.0])).tolist() == [6.0]


def test_errors_are_those_of_autograd() -> None:
    with pytest.raises(TypeError, match="Elementwise_grad only applies to real-output functions"):
        ag.elementwise_grad(lambda x: 1j * x)(X)
    with pytest.raises(TypeError, match="jacobian only applies to real-output functions"):
        ag.jacobian(lambda x: 1j * x)(X)
    with pytest.raises(TypeError, match=r"Can't differentiate w\.r\.t\. type <class 'int'>"):
        ag.grad(lambda x: x**2)(3)
    with pytest.raises(TypeError, match="Can't find vector space for value"):
        core.vspace("text")
    with pytest.warns(UserWarning, match="Input to holomorphic_grad is not complex"):
        ag.holomorphic_grad(lambda x: x**2)(2.0)
    with pytest.raises(NotImplementedError, match="has no nodes and traces"):
        core.VJPNode.new_root()
    with pytest.raises(AssertionError, match=r"Derivative \(VJP\) check"):
        wrong = extend.primitive(lambda x: x**2)
        extend.defvjp(wrong, lambda ans, x: lambda g: g * x)
        check_grads(wrong, modes=["rev"])(3.0)


# ------------------------------------------------------------------------------------------------------- primitives


@pytest.mark.parametrize("defined", ["vjp", "jvp", "both"])
def test_a_primitive_has_derivatives_of_any_order_by_its_rules(defined: str) -> None:
    calls = []

    @extend.primitive
    def product(a: Any, b: Any, scale: float = 1.0) -> Any:
        calls.append((type(a), type(b)))
        return scale * a * b**2

    if defined != "jvp":
        extend.defvjp(
            product,
            lambda ans, a, b, scale=1.0: lambda g: scale * g * b**2,
            lambda ans, a, b, scale=1.0: lambda g: 2.0 * scale * g * a * b,
        )
    if defined != "vjp":
        extend.defjvp(product, "same", lambda g, ans, a, b, scale=1.0: 2.0 * scale * g * a * b)
    modes = ["fwd"] if defined == "jvp" else ["fwd", "rev"]
    check_grads(lambda a, b: product(a, b, scale=3.0), (0, 1), modes=modes, order=3)(X, X[::-1].copy())
    if defined == "jvp":
        with pytest.raises(NotImplementedError, match=r"VJP of product wrt argnums \(1,\) not defined"):
            ag.grad(lambda b: anp.sum(product(2.0, b)))(X)
    else:
        assert ag.hessian(lambda b: anp.sum(product(2.0, b)))(X).tolist() == np.diag([4.0] * 3).tolist()
    assert not any(issubclass(kind, tf.Tensor) for pair in calls for kind in pair)
    assert product(2.0, 3.0) == 18.0


def test_a_primitive_of_containers_and_of_several_results() -> None:
    @extend.primitive
    def parts(p: Any, what: str) -> Any:
        assert what == "both" and type(p["w"][0]) is np.ndarray
        return p["w"][0] * p["b"], np.sum(p["w"][0])

    extend.defvjp(
        parts,
        lambda ans, p, what: lambda g: {"w": [g[0] * p["b"] + g[1]], "b": anp.sum(g[0] * p["w"][0])},
        argnums=[0],
    )

    def f(p: Any) -> Any:
        product, total = parts(p, "both")
        return anp.sum(product**2) + total**2

    gradient = ag.grad(f)({"w": [X], "b": 2.0})
    np.testing.assert_allclose(gradient["w"][0], 8.0 * X + 2.0 * X.sum())
    np.testing.assert_allclose(gradient["b"], 4.0 * np.sum(X**2))


def test_a_rule_of_all_arguments_is_told_which_are_differentiated() -> None:
    seen = []
    product = extend.primitive(lambda a, b: a * b)

    def rule(argnums: Any, ans: Any, args: Any, kwargs: Any) -> Any:
        seen.append(tuple(argnums))
        return lambda g: [g * args[1 - k] for k in argnums]

    extend.defvjp_argnums(product, rule)
    assert ag.grad(product, 1)(2.0, 3.0) == 2.0
    assert ag.grad(product, (0, 1))(2.0, 3.0) == (3.0, 2.0)
    assert seen == [(1,), (0, 1)]


def test_what_a_rule_gives_is_summed_where_the_argument_was_broadcast_and_refused_where_it_cannot_be() -> None:
    product = extend.primitive(lambda a, b: a * b)
    extend.defvjp(product, lambda ans, a, b: lambda g: g * b)
    assert ag.grad(lambda a: anp.sum(product(a, X)))(2.0) == X.sum()
    wrong = extend.primitive(np.sum)
    extend.defvjp(wrong, lambda ans, a: lambda g: np.ones(2))
    with pytest.raises(ValueError, match=r"its VJP gives a gradient of shape \(2,\) for an argument of shape \(3,\)"):
        ag.grad(wrong)(X)


def test_a_primitive_without_a_rule_says_so_and_nothing_else_takes_one() -> None:
    bare = extend.primitive(lambda a, b: a * b)
    assert bare(2.0, 3.0) == 6.0
    with pytest.raises(NotImplementedError, match=r"VJP of <lambda> wrt argnums \(0,\) not defined"):
        ag.grad(bare)(2.0, 3.0)
    extend.defvjp(bare, lambda ans, a, b: lambda g: g * b)
    with pytest.raises(NotImplementedError, match="VJP of <lambda> wrt argnum 1 not defined"):
        ag.grad(bare, 1)(2.0, 3.0)
    with pytest.raises(TypeError, match="sin is no primitive, so it has the derivative of what it computes"):
        extend.defvjp(anp.sin, lambda ans, x: lambda g: g)
    with pytest.raises(Exception, match="Bad VJP '3'"):
        extend.defvjp(bare, 3)  # type: ignore[arg-type]


def buffer_of(x: Any) -> Any:
    buffer = tf.buffer(np.zeros(3))
    buffer[:] = x
    return buffer


def test_primitives_go_with_their_rules_when_nobody_has_them_any_more() -> None:
    def made() -> Any:
        twice = extend.primitive(lambda x: x * 2.0)
        extend.defvjp(twice, lambda ans, x: lambda g: twice(g))
        extend.def_linear(twice)
        quiet = extend.primitive(lambda x: np.sign(x))
        extend.register_notrace(core.VJPNode, quiet)
        assert ag.grad(lambda x: anp.sum(twice(x) * quiet(x)))(X).tolist() == (2.0 * np.sign(X)).tolist()
        assert core.primitive_vjps[twice] and twice in core.primitive_jvps and quiet not in core.primitive_vjps
        return [weakref.ref(f) for f in (twice, quiet)]

    gc.collect()
    before = len(core.primitive_vjps), len(core.primitive_jvps), len(tracer.notrace_primitives[core.VJPNode])
    found = [ref for _ in range(3) for ref in made()]
    gc.collect()
    assert [ref() for ref in found] == [None] * 6
    after = len(core.primitive_vjps), len(core.primitive_jvps), len(tracer.notrace_primitives[core.VJPNode])
    assert after == before
    with pytest.raises(KeyError):
        core.primitive_vjps[np.sin]


OPERATORS: dict[str, Any] = {
    "grad": lambda f, x: ag.grad(lambda x: anp.sum(f(x)))(x),
    "value_and_grad": lambda f, x: ag.value_and_grad(lambda x: anp.sum(f(x)))(x),
    "elementwise_grad": lambda f, x: ag.elementwise_grad(f)(x),
    "deriv": lambda f, x: ag.deriv(f)(x),
    "jacobian": lambda f, x: ag.jacobian(f)(x),
    "hessian": lambda f, x: ag.hessian(lambda x: anp.sum(f(x)))(x),
    "make_vjp": lambda f, x: ag.make_vjp(f)(x)[0](np.ones(3)),
    "make_jvp": lambda f, x: ag.make_jvp(f)(x)(np.ones(3)),
    "make_hvp": lambda f, x: ag.make_hvp(lambda x: anp.sum(f(x)))(x)[0](np.ones(3)),
    "grad within a structure": lambda f, x: ag.grad(lambda x: anp.sum(f(x["a"][0])))({"a": [x]})["a"][0],
    "multigrad_dict": lambda f, x: ag.multigrad_dict(lambda x: anp.sum(f(x)))(x)["x"],
    "checkpoint": lambda f, x: ag.grad(lambda x: anp.sum(ag.checkpoint(f)(x)))(x),
}


@pytest.mark.parametrize("kind", ["tensor", "variable", "buffer"])
@pytest.mark.parametrize("name", OPERATORS)
def test_operators_differentiate_by_variables_and_buffers_as_by_arrays(name: str, kind: str) -> None:
    made = {"tensor": tf.constant, "variable": tf.Variable, "buffer": tf.buffer}[kind](np.array([0.5, 1.25, 0.8]))

    def f(x: Any) -> Any:
        return anp.sin(x) * x

    found, wanted = (tf.nest.flatten(OPERATORS[name](f, x)) for x in (made, np.array([0.5, 1.25, 0.8])))
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.filterwarnings("ignore:Output seems independent of input")
def test_of_tensors_come_tensors_where_nothing_depends_on_them_too(name: str) -> None:
    def constant(x: Any) -> Any:
        return np.array([0.5, 1.25, 0.8])

    for x, kind in ((X, (np.ndarray, np.generic, float)), (tf.constant(X), tf.Tensor), (tf.Variable(X), tf.Tensor)):
        for leaf in tf.nest.flatten(OPERATORS[name](constant, x)):
            assert isinstance(leaf, kind)


@pytest.mark.parametrize("kind", ["tensor", "variable", "buffer"])
def test_variables_and_buffers_are_boxes_for_rules_and_namespaces_as_tensors_are(kind: str) -> None:
    from autodiff_core.autograd.scipy import special, stats

    ruled = extend.primitive(lambda p, scale: scale * p["x"][0] ** 3)
    extend.defvjp(ruled, lambda ans, p, scale: lambda g: {"x": [g * 100.0 * p["x"][0]]})
    calls: dict[str, tuple[Any, Any]] = {
        "primitive": (lambda x: ruled({"x": [x]}, 1.0), 100.0 * X),
        "maximum": (lambda x: anp.maximum(x, X), np.full(3, 0.5)),
        "clip": (lambda x: anp.clip(x, -np.inf, X), np.zeros(3)),
        "logpdf": (stats.norm.logpdf, -X),
        "logsumexp": (lambda x: special.logsumexp([x, x], 0), np.ones(3)),
    }
    for name, (f, expected) in calls.items():
        source = tf.Variable(X) if kind == "variable" else tf.constant(X)
        with tf.GradientTape() as tape:
            tape.watch(source)
            given = buffer_of(source) if kind == "buffer" else source
            y = f(given)
        if kind != "tensor":  # (what is read is what was there at the call)
            given.assign(given + 1.0) if kind == "variable" else given.__setitem__(0, 7.0)
        np.testing.assert_allclose(tape.gradient(y, source), expected, err_msg=name)
        assert extend.notrace_primitive(type)(given) is np.ndarray


def test_a_primitive_in_a_recorded_function_is_not_taken_for_a_constant() -> None:
    cube = cubed()
    recorded = tf.function(lambda x: tf.reduce_sum(cube(x)))
    for scale in (1.0, 2.0, 3.0):
        x = tf.constant(scale * X)
        np.testing.assert_allclose(recorded(x), np.sum((scale * X) ** 3))
        np.testing.assert_allclose(tf.grad(recorded)(x), 3.0 * (scale * X) ** 2)


def test_what_is_not_traced_is_given_arrays() -> None:
    seen = []
    look = extend.notrace_primitive(lambda x: seen.append(type(x)))
    silent = extend.primitive(lambda x: x * 2.0)
    extend.register_notrace(core.VJPNode, silent)

    def f(x: Any) -> Any:
        look(x)
        assert type(silent(x)) is np.ndarray
        return anp.sum(x)

    ag.grad(f)(X)
    assert seen == [np.ndarray]


def test_a_class_of_arrays_that_is_registered_is_differentiated() -> None:
    class Marked(np.ndarray):
        def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
            raise AssertionError("beside a tensor it is a plain array")

    marked = X.view(Marked)
    with pytest.raises(TypeError, match=r"Can't differentiate w\.r\.t\. type"):
        ag.grad(anp.sum)(marked)
    extend.Box.type_mappings[Marked] = lambda x, *rest: ArrayBox(x, *rest)
    core.VSpace.mappings[Marked] = core.vspace(X).__class__
    assert ag.grad(lambda x: anp.sum(x * marked))(marked).tolist() == (X * 1.0).tolist()
    del extend.Box.type_mappings[Marked], core.VSpace.mappings[Marked]


# ------------------------------------------------------------------------------------------------------------- misc


@pytest.mark.parametrize("name", ["sgd", "rmsprop", "adam"])
def test_optimizers_find_the_least_point_of_a_structure(name: str) -> None:
    seen = []
    gradient = ag.grad(lambda p, i: anp.sum((p["w"] - X) ** 2) + (p["b"] - 1.0) ** 2)
    start = {"w": np.zeros(3), "b": 0.0}
    found = getattr(optimizers, name)(
        gradient, start, callback=lambda p, i, g: seen.append((i, g["w"].shape)), num_iters=300, step_size=0.05
    )
    np.testing.assert_allclose(found["w"], X, atol=0.05)
    assert abs(found["b"] - 1.0) < 0.05 and seen[-1] == (299, (3,))


def test_a_fixed_point_has_derivatives_of_both_orders() -> None:
    def newton(a: Any) -> Any:
        return lambda x: 0.5 * (x + a / x)

    def root(a: Any) -> Any:
        return fixed_points.fixed_point(newton, a, 1.0, lambda x, y: abs(x - y), 1e-12)

    assert ag.grad(root)(4.0) == pytest.approx(0.25)
    assert ag.grad(ag.grad(root))(4.0) == pytest.approx(-1.0 / 32.0)


def test_odeint_has_gradients_for_the_state_the_times_and_the_arguments() -> None:
    from autodiff_core.autograd.scipy.integrate import odeint

    times = np.linspace(0.0, 1.0, 3)

    def f(y: Any, rate: Any) -> Any:
        return odeint(lambda y, t, rate: -rate * y, y, times, (rate,))[-1, 0]

    by_state, by_rate = ag.grad(f, (0, 1))(np.array([2.0]), 0.5)
    np.testing.assert_allclose(by_state, [math.exp(-0.5)], rtol=1e-6)
    np.testing.assert_allclose(by_rate, -2.0 * math.exp(-0.5), rtol=1e-6)
    assert type(odeint(lambda y, t: -y, np.array([1.0]), times)) is np.ndarray


def test_a_constant_graph_is_recorded_once() -> None:
    calls = []

    def f(x: Any, y: Any) -> Any:
        calls.append(None)
        return anp.sum(x * y)

    replayed = misc.const_graph(f, 2.0)
    assert [float(replayed(k * X)) for k in (1.0, 2.0)] == pytest.approx([2.0 * X.sum(), 4.0 * X.sum()])
    assert len(calls) == 1


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_convolution_along_some_axes_is_what_sums_of_convolutions_are(mode: str) -> None:
    from autodiff_core.autograd.scipy.signal import convolve

    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 5, 3)), rng.normal(size=(3, 4, 2))
    found = convolve(a, b, axes=([1], [1]), dot_axes=([0], [2]), mode=mode)
    for i in range(3):
        for j in range(3):
            expected = sum(np.convolve(a[k, :, i], b[j, :, k], mode) for k in range(2))
            np.testing.assert_allclose(found[i, j], expected)
    check_grads(lambda a, b: convolve(a, b, axes=([1], [1]), dot_axes=([0], [2]), mode=mode), (0, 1), order=1)(a, b)


def test_spaces_add_scale_and_list_their_basis() -> None:
    space = core.vspace({"a": [1.0, np.zeros((2, 1))], "b": (1j * np.ones(2),)})
    basis = list(space.standard_basis())
    assert space.size == 7 == len(basis)
    assert space == core.vspace(space.randn()) == core.vspace(space.add(space.zeros(), space.ones()))
    assert space.inner_prod(basis[0], basis[0]) == 1.0
    assert space.scalar_mul(space.ones(), 2.0)["a"][0] == 2.0


@pytest.mark.parametrize("module", ["special", "stats", "integrate"])
def test_without_scipy_its_namespaces_name_the_extra(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from autodiff_core.autograd.spelled import of_scipy

    monkeypatch.setitem(sys.modules, f"scipy.{module}", None)  # type: ignore[arg-type]
    with pytest.raises(ImportError, match=r'is not installed: pip install "autodiff-core\[scipy\]"'):
        of_scipy(f"scipy.{module}")


# ------------------------------------------------------------------------------------------------- `import autograd`


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_import_autograd_finds_this_and_nothing_else_after_install() -> None:
    code = """
import sys, types
import autodiff_core.autograd
autodiff_core.autograd.install()
autodiff_core.autograd.install()  # (once more does no harm)
import autograd, autograd.numpy as np, autograd.scipy.stats.norm as norm
import autograd.numpy.linalg
from autograd import grad
from autograd.extend import primitive, defvjp
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.differential_operators import make_jvp_reversemode
from autograd.misc.optimizers import adam
assert autograd is autodiff_core.autograd and np is autodiff_core.autograd.numpy
assert primitive is autodiff_core.autograd.extend.primitive
copied = {}
exec("from autograd.numpy import *", copied)
assert copied["sin"] is np.sin and "stack" in vars(np)
print(grad(lambda x: np.sum(norm.logpdf(x)))(np.ones(2)))
assert grad(lambda x: np.sum(x) * type(x._value).__name__.count("ndarray"))(np.ones(2)).tolist() == [1.0, 1.0]
assert len({"_Finder", "_AfterPennyLane"} & {getattr(finder, "__name__", None) for finder in sys.meta_path}) == 2
try:
    import autograd.nowhere
except ModuleNotFoundError as error:
    print(error)
autodiff_core.autograd.uninstall()
assert not any(name.partition(".")[0] == "autograd" for name in sys.modules)
assert not any("autograd" in getattr(finder, "__module__", "") for finder in sys.meta_path)
sys.modules["autograd"] = types.ModuleType("autograd")
try:
    autodiff_core.autograd.install()
except ImportError as error:
    print(error)
"""
    lines = run(code).splitlines()
    assert lines[0] == "[-1. -1.]"
    assert lines[1] == "No module named 'autograd.nowhere'"
    assert lines[2].startswith("autograd has been imported already, from None: call autodiff_core.autograd.install()")


def test_neither_the_library_nor_its_interface_loads_what_is_not_asked_for() -> None:
    code = """
import sys, autodiff_core
assert "autodiff_core.autograd" not in sys.modules
import autodiff_core.autograd.numpy
print(any(name.partition(".")[0] in ("scipy", "autoray", "pennylane") for name in sys.modules))
"""
    assert run(code) == "False"


def test_uninstall_takes_back_what_packages_were_told() -> None:
    code = """
import importlib.machinery, sys, types
import numpy as np
import autodiff_core as tf
autoray = types.ModuleType("autoray")
autoray.__spec__ = importlib.machinery.ModuleSpec("autoray", None)
kinds = {}
autoray.register_backend = kinds.__setitem__
sys.modules["autoray"] = autoray
import autodiff_core.autograd as ag
ag.uninstall()
assert not kinds and not hasattr(tf.constant(1.0), "_value")
for _ in range(2):
    ag.install()
    print(kinds[tf.Tensor], tf.constant(2.0)._value, tf.constant([1.0, 2.0]).argmax().numpy(), end="; ")
    ag.uninstall()
    print(kinds[tf.Tensor], hasattr(tf.constant(1.0), "_value"), tf.constant([1.0, 2.0]).argmin().numpy(), end="; ")
try:
    tf.Variable(1.0)._value
except AttributeError as error:
    print(error)
"""
    once = "autograd 2.0 1; autodiff_core False 0; "
    assert run(code) == f"{once}{once}'Variable' object has no attribute '_value'"


def test_packages_that_go_by_the_names_of_modules_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from autodiff_core.autograd import clients

    module = SimpleNamespace(_error_if_not_array=lambda f: lambda: (_ for _ in ()).throw(ValueError("refused")))
    clients._relax(module)
    assert module._error_if_not_array(lambda: tf.constant(1.0))().numpy() == 1.0
    with pytest.raises(ValueError, match="refused"):
        module._error_if_not_array(lambda: "text")()
    registered: dict[str, Any] = {}
    autoray = SimpleNamespace(register_function=lambda kind, name, f: registered.update({name: f}))
    monkeypatch.setitem(sys.modules, "autoray", autoray)  # type: ignore[arg-type]
    clients._unwrap_by_level(SimpleNamespace(_to_numpy_autograd=lambda x, max_depth=None, _n=0: "theirs"))
    to_numpy = registered["to_numpy"]
    assert to_numpy(X) == "theirs"

    def f(x: Any) -> Any:
        assert type(to_numpy(x)) is np.ndarray and isinstance(to_numpy(x, max_depth=1), tf.Tensor)
        return anp.sum(x)

    ag.grad(f)(X)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clients._relax(SimpleNamespace())
