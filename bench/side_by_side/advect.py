"""advect: NumPy's own functions traced in each call, and, for gradients, staged once and replayed."""

from collections.abc import Callable
from functools import partial
from typing import Any

import advect as ad
import numpy as np
from advect.scipy.special import erf, logsumexp

from .problems import Problem, reprojection
from .program import Namespace, Program

VARIANTS = {"eager": "advect", "staged": "advect, staged"}
COMPILED = frozenset({"staged"})


def version() -> str:
    return f"advect {ad.__version__}"


def cross_entropy(logits: Any, labels: Any) -> Any:
    return np.mean(logsumexp(logits, axis=1) - np.take_along_axis(logits, labels[:, None], 1)[:, 0])


XP = Namespace(
    exp=np.exp,
    log=np.log,
    sin=np.sin,
    cos=np.cos,
    tanh=np.tanh,
    sqrt=np.sqrt,
    erf=erf,
    sigmoid=lambda x: 1.0 / (1.0 + np.exp(-x)),
    relu=lambda x: np.maximum(x, 0),
    cross_entropy=cross_entropy,
    sum=np.sum,
    min=np.min,
    logsumexp=logsumexp,
    reshape=np.reshape,
    transpose=np.transpose,
    stack=partial(np.stack, axis=-1),
    take=lambda x, indices, axis: np.take(x, indices, axis=axis),
)


def formula(problem: Problem) -> Callable[..., Any]:
    if not problem.constants:
        return partial(problem.formula, XP)
    return lambda *arguments: problem.formula(XP, *arguments, *problem.constants)


def gradient(problem: Problem) -> Callable[[], Any]:
    traced = ad.vjp(formula(problem), tuple(range(len(problem.arguments))))

    def call() -> Any:
        value, pull_back = traced(*problem.arguments)
        return value, *pull_back(np.ones_like(value))

    return call


def staged_gradient(problem: Problem) -> Callable[[], Any]:
    program = ad.stage(formula(problem), *problem.arguments)
    both = ad.value_and_grad(program, tuple(range(len(problem.arguments))))

    def call() -> Any:
        value, gradients = both(*problem.arguments)
        return value, *gradients

    return call


def hvp(problem: Problem) -> Callable[[], Any]:
    (x,), of_x = problem.arguments, ad.hvp(formula(problem))
    return lambda: (of_x(x, vectors=problem.direction)[1],)


def diagonal(problem: Problem) -> Callable[[], Any]:
    (x,), f = problem.arguments, formula(problem)
    gradient, product = ad.grad(f), ad.hvp(f)

    def call() -> Any:
        value, diagonal = product(x, vectors=np.ones_like(x))
        return value, gradient(x), diagonal

    return call


def dense(derivative: Callable[..., Any], problem: Problem) -> Callable[[], Any]:
    (x,), of_x = problem.arguments, derivative(formula(problem))
    return lambda: (of_x(x),)


def blocks(problem: Problem) -> Callable[[], Any]:
    """A sweep for each residual, of all observations at once: their blocks are apart."""
    (everything,), (columns, features) = problem.arguments, problem.constants
    residuals = [lambda unknowns, i=i: np.sum(reprojection(XP, unknowns, features)[..., i]) for i in range(3)]
    rows = [ad.grad(residual) for residual in residuals]
    return lambda: (np.stack([row(everything[columns]) for row in rows], axis=1),)


CALLS: dict[str, Callable[[Problem], Callable[[], Any]]] = {
    "gradient": gradient,
    "jacobian": partial(dense, ad.jacobian),
    "hessian": partial(dense, ad.hessian),
    "hvp": hvp,
    "diagonal": diagonal,
    "blocks": blocks,
}


def prepare(problem: Problem, variant: str) -> Program | None:
    if variant == "staged":
        # Its gradient of a staged program is that of a scalar.
        wanted = problem.kind == "gradient" and problem.name != "option"
        return Program(staged_gradient(problem)) if wanted else None
    return Program(CALLS[problem.kind](problem)) if problem.kind in CALLS else None
