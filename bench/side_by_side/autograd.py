"""autograd (HIPS): NumPy's functions wrapped, operation by operation."""

from collections.abc import Callable
from functools import partial
from typing import Any

import autograd.numpy as np
from autograd import elementwise_grad, hessian, jacobian, make_hvp, make_vjp, value_and_grad
from autograd.scipy.special import erf, logsumexp

from .problems import Problem, reprojection
from .program import Namespace, Program

VARIANTS = {"eager": "autograd"}
COMPILED: frozenset[str] = frozenset()


def version() -> str:
    from importlib.metadata import version

    return f"autograd {version('autograd')}"


def cross_entropy(logits: Any, labels: Any) -> Any:
    sums = logsumexp(logits, axis=1)
    return np.mean(sums - logits[np.arange(len(labels)), labels])


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
    take=lambda x, indices, axis: x[(slice(None),) * axis + (indices,)],
)


def formula(problem: Problem) -> Callable[..., Any]:
    if not problem.constants:
        return partial(problem.formula, XP)
    return lambda *arguments: problem.formula(XP, *arguments, *problem.constants)


def gradient(problem: Problem) -> Callable[[], Any]:
    f, count = formula(problem), len(problem.arguments)

    def call() -> Any:
        pull_back, value = make_vjp(f, argnum=tuple(range(count)))(*problem.arguments)
        return value, *pull_back(np.ones_like(value))

    return call


def diagonal(problem: Problem) -> Callable[[], Any]:
    (x,), f = problem.arguments, formula(problem)
    both, ones = value_and_grad(f), np.ones_like(x)

    def call() -> Any:
        product, _ = make_hvp(f)(x)
        return *both(x), product(ones)

    return call


def hvp(problem: Problem) -> Callable[[], Any]:
    (x,), f = problem.arguments, formula(problem)
    return lambda: (make_hvp(f)(x)[0](problem.direction),)


def blocks(problem: Problem) -> Callable[[], Any]:
    """A sweep for each residual, of all observations at once: their blocks are apart."""
    (everything,), (columns, features) = problem.arguments, problem.constants
    rows = [elementwise_grad(lambda unknowns, i=i: reprojection(XP, unknowns, features)[..., i]) for i in range(3)]
    return lambda: (np.stack([row(everything[columns]) for row in rows], axis=1),)


def dense(derivative: Callable[..., Any], problem: Problem) -> Callable[[], Any]:
    (x,), of_x = problem.arguments, derivative(formula(problem))
    return lambda: (of_x(x),)


CALLS: dict[str, Callable[[Problem], Callable[[], Any]]] = {
    "gradient": gradient,
    "jacobian": partial(dense, jacobian),
    "hessian": partial(dense, hessian),
    "hvp": hvp,
    "diagonal": diagonal,
    "blocks": blocks,
}


def prepare(problem: Problem, variant: str) -> Program | None:
    return Program(CALLS[problem.kind](problem)) if problem.kind in CALLS else None
