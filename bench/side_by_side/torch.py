"""PyTorch: gradients by torch.autograd, the rest by torch.func; by torch.compile what that does in a few seconds."""

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

os.environ["TORCHINDUCTOR_FORCE_DISABLE_CACHES"] = "1"  # what an earlier run compiled is on the disk

import torch

from . import keras_models, torch_modules
from .problems import Problem, reprojection
from .program import FIRST_STEP_EPSILON, LEARNING_RATE, NORM_EPSILON, Namespace, Program
from .python_loops import fold, repeat
from .threads import threads

torch.set_num_threads(threads())

VARIANTS = {"eager": "PyTorch", "compile": "PyTorch, compile", "keras": "Keras on PyTorch"}
COMPILED = frozenset({"compile", "keras"})
WORTH_COMPILING = ("square", "tiny_network", "network", "bell_100", "bell_10000", "bell_1000000", "option")


def version() -> str:
    return f"PyTorch {torch.__version__}"


def take(x: Any, indices: Any, axis: int) -> Any:
    return x[(slice(None),) * axis + (indices,)]


def layer_norm(x: Any, scale: Any, offset: Any) -> Any:
    return torch.nn.functional.layer_norm(x, scale.shape, scale, offset, NORM_EPSILON)


def inner_gradient(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def of(x: Any) -> Any:
        x = x.detach().requires_grad_(True)
        return torch.autograd.grad(f(x), x)[0]

    return of


XP = Namespace(
    exp=torch.exp,
    log=torch.log,
    sin=torch.sin,
    cos=torch.cos,
    tanh=torch.tanh,
    sqrt=torch.sqrt,
    erf=torch.erf,
    sigmoid=torch.sigmoid,
    relu=torch.relu,
    cross_entropy=torch.nn.functional.cross_entropy,
    sum=torch.sum,
    min=torch.amin,
    logsumexp=torch.logsumexp,
    reshape=torch.reshape,
    transpose=torch.t,
    stack=partial(torch.stack, dim=-1),
    take=take,
    times=torch.mv,
    split=lambda x, count: torch.chunk(x, count, -1),
    permute=torch.permute,
    zeros_like=torch.zeros_like,
    softplus=torch.nn.functional.softplus,
    gelu=partial(torch.nn.functional.gelu, approximate="tanh"),
    layer_norm=layer_norm,
    attention=torch.nn.functional.scaled_dot_product_attention,
    cholesky=torch.linalg.cholesky,
    solve_lower=partial(torch.linalg.solve_triangular, upper=False),
    diagonal=torch.diagonal,
    gradient=inner_gradient,
    repeat=repeat,
    fold=fold,
)


def tensors(problem: Problem) -> tuple[list[Any], Callable[..., Any]]:
    constants = [torch.from_numpy(array) for array in problem.constants]
    arguments = [torch.from_numpy(array.copy()) for array in problem.arguments]
    if not constants:
        return arguments, partial(problem.formula, XP)
    return arguments, lambda *arguments: problem.formula(XP, *arguments, *constants)


def read(results: Any) -> list[np.ndarray]:
    return [result.detach().numpy() for result in results]


def gradient(problem: Problem) -> Callable[[], Any]:
    arguments, formula = tensors(problem)
    leaves = [argument.requires_grad_(True) for argument in arguments]

    def call() -> Any:
        y = formula(*leaves)
        return y, *torch.autograd.grad(y, leaves, torch.ones_like(y))

    return call


def compiled_gradient(problem: Problem) -> Callable[[], Any]:
    """The forward half is compiled where it is called first, and with it the backward half."""
    arguments, formula = tensors(problem)
    leaves = [argument.requires_grad_(True) for argument in arguments]
    torch.compiler.reset()
    forward = torch.compile(formula)

    def call() -> Any:
        y = forward(*leaves)
        return y, *torch.autograd.grad(y, leaves, torch.ones_like(y))

    return call


def jacobian(problem: Problem) -> Callable[[], Any]:
    (x,), formula = tensors(problem)
    of_x = torch.func.jacrev(formula)
    return lambda: (of_x(x),)


def forward(problem: Problem) -> Callable[[], Any]:
    (x,), formula = tensors(problem)
    of_x = torch.func.jacfwd(formula)
    return lambda: (of_x(x),)


def hessian(problem: Problem) -> Callable[[], Any]:
    (x,), formula = tensors(problem)
    of_x = torch.func.hessian(formula)
    return lambda: (of_x(x),)


def hvp(problem: Problem) -> Callable[[], Any]:
    (x,), formula = tensors(problem)
    direction = torch.from_numpy(problem.direction)
    of_x = torch.func.grad(formula)
    return lambda: (torch.func.jvp(of_x, (x,), (direction,))[1],)


def diagonal(problem: Problem) -> Callable[[], Any]:
    (x,), formula = tensors(problem)
    both, ones = torch.func.grad_and_value(formula), torch.ones_like(x)

    def call() -> Any:
        (gradient, value), (product, _) = torch.func.jvp(both, (x,), (ones,))
        return value, gradient, product

    return call


def blocks(problem: Problem) -> Callable[[], Any]:
    columns, features = (torch.from_numpy(array) for array in problem.constants)
    everything = torch.from_numpy(problem.arguments[0])
    of_each = torch.func.vmap(torch.func.jacfwd(partial(reprojection, XP)))
    return lambda: (of_each(everything[columns], features),)


def adam(problem: Problem) -> Callable[[], Any]:
    arguments, formula = tensors(problem)
    parameters = [argument.requires_grad_(True) for argument in arguments]
    optimizer = torch.optim.Adam(parameters, lr=LEARNING_RATE, eps=FIRST_STEP_EPSILON)

    def call() -> Any:
        optimizer.zero_grad()
        formula(*parameters).backward()
        optimizer.step()
        return parameters

    return call


def value(problem: Problem) -> Callable[[], Any]:
    arguments, formula = tensors(problem)
    return lambda: formula(*arguments)


CALLS: dict[str, Callable[[Problem], Callable[[], Any]]] = {
    "gradient": gradient,
    "jacobian": jacobian,
    "hessian": hessian,
    "hvp": hvp,
    "diagonal": diagonal,
    "blocks": blocks,
    "forward": forward,
    "value": value,
    "step": adam,
}


def prepare(problem: Problem, variant: str) -> Program | None:
    if problem.kind == "fit" or variant == "keras":
        return keras_models.prepare(problem, "torch") if problem.kind == "fit" and variant == "keras" else None
    if variant == "compile":
        return Program(compiled_gradient(problem), read) if problem.name in WORTH_COMPILING else None
    if problem.name in torch_modules.PROGRAMS:
        return torch_modules.PROGRAMS[problem.name](problem)
    return Program(CALLS[problem.kind](problem), read) if problem.kind in CALLS else None
