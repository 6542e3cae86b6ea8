"""What packages make of autograd, as numbers and seconds: lifelines, autograd-gamma, pymanopt and PennyLane.

python packages.py autograd|this file.json
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

if sys.argv[1] == "this":
    import on_this  # noqa: F401

    import autodiff_core

    sys.modules["tensorflow"] = autodiff_core  # (for pymanopt's TensorFlow back end)

import numpy as np

import autograd  # isort: skip
import autograd.numpy as anp  # isort: skip

warnings.simplefilter("ignore")
found: dict[str, tuple[Any, float]] = {}


def note(name: str, call: Callable[[], Any], rounds: int = 2) -> None:
    """Note what a call gives, and how long the quickest one took."""
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - start)
    found[name] = (np.asarray(result, float).tolist(), min(seconds))


def estimates(fitter: Any) -> np.ndarray:
    parameters = getattr(fitter, "params_", None)
    parameters = fitter._fitted_parameters_ if parameters is None else parameters
    return np.concatenate([np.ravel(parameters), np.ravel(fitter.variance_matrix_)])


def survival() -> None:
    import lifelines as ll
    from lifelines.datasets import load_rossi, load_waltons

    rossi, waltons = load_rossi(), load_waltons()
    durations, events = waltons["T"], waltons["E"]
    between = rossi.assign(low=rossi.week - 0.5, high=rossi.week + 0.5).drop(columns=["week", "arrest"])
    of_one: dict[str, Any] = {
        "Weibull": ll.WeibullFitter,
        "log-normal": ll.LogNormalFitter,
        "log-logistic": ll.LogLogisticFitter,
        "exponential": ll.ExponentialFitter,
        "generalized gamma": ll.GeneralizedGammaFitter,
        "piecewise exponential": lambda: ll.PiecewiseExponentialFitter([20, 40]),
        "spline": lambda: ll.SplineFitter([10, 30, 60]),
        "mixture cure": lambda: ll.MixtureCureFitter(base_fitter=ll.WeibullFitter()),
    }
    for name, make in of_one.items():
        note(f"lifelines, {name}", lambda make=make: estimates(make().fit(durations, events)))
    regressions: dict[str, Any] = {
        "Weibull AFT": lambda: ll.WeibullAFTFitter(),
        "log-normal AFT": lambda: ll.LogNormalAFTFitter(),
        "log-logistic AFT": lambda: ll.LogLogisticAFTFitter(),
        "piecewise regression": lambda: ll.PiecewiseExponentialRegressionFitter(breakpoints=[20, 40], penalizer=0.01),
        "Cox": lambda: ll.CoxPHFitter(),
        "Cox, penalised": lambda: ll.CoxPHFitter(penalizer=0.1, l1_ratio=0.5),
        "Cox, spline": lambda: ll.CoxPHFitter(baseline_estimation_method="spline", n_baseline_knots=3),
        "Cox, piecewise": lambda: ll.CoxPHFitter(baseline_estimation_method="piecewise", breakpoints=[20, 40]),
    }
    for name, make in regressions.items():
        note(f"lifelines, {name}", lambda make=make: estimates(make().fit(rossi, "week", "arrest")))
    note(
        "lifelines, Weibull AFT of intervals",
        lambda: estimates(ll.WeibullAFTFitter().fit_interval_censoring(between, "low", "high")),
    )
    note(
        "lifelines, Weibull, left-censored",
        lambda: estimates(ll.WeibullFitter().fit_left_censoring(durations, events)),
    )


def gammas() -> None:
    import autograd_gamma as ag

    x = np.array([0.5, 1.0, 2.5])
    functions: dict[str, Callable[[Any], Any]] = {
        "gammainc": lambda t: anp.sum(ag.gammainc(1.5, t)),
        "gammaincc by its order": lambda t: anp.sum(ag.gammaincc(t, 2.0)),
        "gammaincln": lambda t: anp.sum(ag.gammaincln(t, t)),
        "betainc": lambda t: anp.sum(ag.betainc(t, 2.0, 0.3)),
        "betaincln": lambda t: anp.sum(ag.betaincln(t, t, 0.3)),
        "gammaincinv": lambda t: anp.sum(ag.gammaincinv(2.0, t / 4)),
    }
    for name, f in functions.items():
        note(f"autograd-gamma, {name}", lambda f=f: autograd.grad(f)(x))
    note("autograd-gamma, Hessian", lambda: autograd.hessian(functions["gammainc"])(x))


def manifolds() -> None:
    import pymanopt
    from pymanopt.manifolds import ComplexCircle, Euclidean, Product, Sphere, Stiefel, SymmetricPositiveDefinite
    from pymanopt.optimizers import ConjugateGradient, TrustRegions

    rng = np.random.default_rng(0)
    square, other = rng.normal(size=(10, 10)), rng.normal(size=(3, 3))
    matrix = square @ square.T
    covariance = np.cov(rng.normal(size=(3, 50)))
    hermitian = square[:4, :4] + square[:4, :4].T + 1j * (square[:4, :4] - square[:4, :4].T)
    costs: dict[str, tuple[Any, Any, Any]] = {
        "sphere": (Sphere(10), lambda p: -p @ matrix @ p, np.ones(10) / np.sqrt(10)),
        "Stiefel": (
            Stiefel(6, 2),
            lambda x: anp.sum((x.T @ square[:6, :6] @ x) ** 2) + anp.trace(x.T @ square[:6, :6] @ x),
            np.linalg.qr(rng.normal(size=(6, 2)))[0],
        ),
        "positive definite": (
            SymmetricPositiveDefinite(3),
            lambda x: anp.linalg.slogdet(x)[1] + anp.trace(anp.linalg.inv(x) @ covariance),
            np.eye(3),
        ),
        "product": (
            Product([Euclidean(3, 2), Euclidean(2, 3)]),
            lambda a, b: anp.sum((a @ b - other) ** 2) + 0.1 * anp.sum(a**2) + 0.1 * anp.sum(b**2),
            [np.ones((3, 2)), np.arange(6.0).reshape(2, 3)],
        ),
    }
    for name, (manifold, cost, start) in costs.items():
        problem = pymanopt.Problem(manifold, pymanopt.function.autograd(manifold)(cost))
        for optimizer in (TrustRegions, ConjugateGradient):
            note(
                f"pymanopt, {name}, {optimizer.__name__}",
                lambda o=optimizer, p=problem, s=start: o(verbosity=0).run(p, initial_point=s).cost,
            )
    # On this library by the TensorFlow back end; the same by autograd's, which is what it is compared with.
    tensorflow = sys.modules.get("tensorflow")
    backend = pymanopt.function.autograd if tensorflow is None else pymanopt.function.tensorflow

    def cost_of_both(p: Any) -> Any:
        if tensorflow is None:
            return -p @ matrix @ p
        return -tensorflow.tensordot(p, tensorflow.linalg.matvec(matrix, p), 1)

    sphere = Sphere(10)
    problem = pymanopt.Problem(sphere, backend(sphere)(cost_of_both))
    start = np.ones(10) / np.sqrt(10)
    note("pymanopt, by TensorFlow", lambda: TrustRegions(verbosity=0).run(problem, initial_point=start).cost)
    circle = ComplexCircle(4)
    of_circle = pymanopt.Problem(
        circle, pymanopt.function.autograd(circle)(lambda z: anp.real(anp.conj(z) @ hermitian @ z))
    )
    z = np.exp(1j * np.arange(4.0))
    for name, call in {"gradient": of_circle.euclidean_gradient, "Hessian": of_circle.euclidean_hessian}.items():
        given = (z,) if name == "gradient" else (z, 1j * z)
        note(f"pymanopt, complex, {name}", lambda c=call, g=given: np.stack([c(*g).real, c(*g).imag]))


def circuits() -> None:
    import pennylane as qml
    from pennylane import numpy as pnp

    device = qml.device("default.qubit", wires=3)
    p = pnp.array([0.1, 0.4, 0.7], requires_grad=True)
    weights = pnp.array(np.random.default_rng(0).normal(size=(2, 3, 3)), requires_grad=True)
    for method in ("backprop", "parameter-shift", "adjoint"):
        twice = {"max_diff": 2} if method == "parameter-shift" else {}

        @qml.qnode(device, interface="autograd", diff_method=method, **twice)
        def circuit(p: Any) -> Any:
            qml.RX(p[0], wires=0)
            qml.RY(p[1], wires=1)
            qml.CNOT(wires=[0, 1])
            qml.Rot(p[0], p[1], p[2], wires=1)
            return qml.expval(qml.PauliZ(0) @ qml.PauliX(1))

        note(f"PennyLane, {method}, gradient", lambda circuit=circuit: qml.grad(circuit)(p))
        note(f"PennyLane, {method}, Jacobian", lambda circuit=circuit: qml.jacobian(circuit)(p))
        if method != "adjoint":
            note(f"PennyLane, {method}, Hessian", lambda circuit=circuit: qml.jacobian(qml.grad(circuit))(p))

    @qml.qnode(device)
    def layers(weights: Any) -> Any:
        qml.StronglyEntanglingLayers(weights, wires=range(3))
        return [qml.expval(qml.PauliZ(k)) for k in range(3)]

    @qml.qnode(device)
    def probabilities(a: Any) -> Any:
        qml.RX(a, wires=0)
        qml.Hadamard(1)
        qml.CRZ(a**2, wires=[0, 1])
        qml.Hadamard(1)
        return qml.probs(wires=[0, 1])

    def descended() -> Any:
        at, optimizer = weights, qml.AdamOptimizer(0.1)
        for _ in range(5):
            at = optimizer.step(lambda w: pnp.sum(pnp.stack(layers(w)) ** 2), at)
        return at

    note("PennyLane, five steps of Adam", descended)
    note("PennyLane, probabilities", lambda: qml.jacobian(probabilities)(pnp.array(0.3, requires_grad=True)))


for part in (survival, gammas, manifolds, circuits):
    part()
where = "this library" if "autodiff_core" in str(autograd.__file__) else "autograd"
with open(sys.argv[2], "w") as file:
    json.dump({"on": where, "found": found}, file)
