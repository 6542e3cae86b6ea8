"""JAX: by jax.jit, and, for the smallest problems, operation by operation."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import optax

from . import keras_models
from .problems import Problem, lstm_step, reprojection
from .program import FIRST_STEP_EPSILON, LEARNING_RATE, NORM_EPSILON, SMALL_EPSILON, Namespace, Program

jax.config.update("jax_platforms", "cpu")

VARIANTS = {"eager": "JAX", "jit": "JAX, jit", "keras": "Keras on JAX"}
COMPILED = frozenset({"jit", "keras"})
ALSO_EAGER = ("chain", "square", "tiny_network")


def version() -> str:
    return f"JAX {jax.__version__}"


def cross_entropy(logits: Any, labels: Any) -> Any:
    return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(logits, labels))


def conv(x: Any, kernel: Any) -> Any:
    return jax.lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))


def max_pool(x: Any) -> Any:
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def layer_norm(x: Any, scale: Any, offset: Any) -> Any:
    mean, variance = jnp.mean(x, -1, keepdims=True), jnp.var(x, -1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(variance + NORM_EPSILON) * scale + offset


def attention(query: Any, key: Any, value: Any) -> Any:
    return jax.nn.softmax(query @ jnp.swapaxes(key, -1, -2) / query.shape[-1] ** 0.5) @ value


def repeat(step: Callable[[Any], Any], state: Any, count: int) -> Any:
    return jax.lax.fori_loop(0, count, lambda _, state: step(state), state)


def fold(step: Callable[[Any, Any], Any], state: Any, rows: Any) -> Any:
    return jax.lax.scan(lambda state, row: (step(state, row), None), state, rows)[0]


XP = Namespace(
    exp=jnp.exp,
    log=jnp.log,
    sin=jnp.sin,
    cos=jnp.cos,
    tanh=jnp.tanh,
    sqrt=jnp.sqrt,
    erf=jax.scipy.special.erf,
    sigmoid=jax.nn.sigmoid,
    relu=jax.nn.relu,
    cross_entropy=cross_entropy,
    sum=jnp.sum,
    min=jnp.min,
    logsumexp=jax.scipy.special.logsumexp,
    reshape=jnp.reshape,
    transpose=jnp.transpose,
    stack=partial(jnp.stack, axis=-1),
    take=lambda x, indices, axis: jnp.take(x, indices, axis=axis),
    times=jnp.matmul,
    split=partial(jnp.split, axis=-1),
    permute=jnp.transpose,
    zeros_like=jnp.zeros_like,
    softplus=jax.nn.softplus,
    gelu=jax.nn.gelu,
    conv=conv,
    max_pool=max_pool,
    layer_norm=layer_norm,
    attention=attention,
    cholesky=jnp.linalg.cholesky,
    solve_lower=partial(jax.scipy.linalg.solve_triangular, lower=True),
    diagonal=jnp.diagonal,
    gradient=jax.grad,
    repeat=repeat,
    fold=fold,
)


def scanned_lstm(xp: Any, main: Any, extra: Any, state: Any, sequence: Any) -> Any:
    """`lstm` with JAX's own loop: one step is compiled, not a hundred."""

    def step(state: Any, pair: Any) -> tuple[Any, Any]:
        new, likelihood = lstm_step(xp, main, extra, state, *pair)
        return jnp.stack(new), likelihood

    _, likelihoods = jax.lax.scan(step, state, (sequence[:-1], sequence[1:]))
    return -jnp.sum(likelihoods) / likelihoods.size / sequence.shape[1]


def of_arguments(problem: Problem) -> Callable[..., Any]:
    return partial(scanned_lstm if problem.name == "lstm" else problem.formula, XP)


def gradient(problem: Problem) -> Callable[..., Any]:
    formula, count = of_arguments(problem), len(problem.arguments)
    of_one = jax.value_and_grad(formula, argnums=tuple(range(count)))
    if problem.name == "option":
        of_one = jax.vmap(of_one)

    def step(*everything: Any) -> Any:
        value, gradients = of_one(*everything)
        return value, *gradients

    return step


def hvp(problem: Problem) -> Callable[..., Any]:
    of_gradient = jax.grad(of_arguments(problem))
    return lambda x: (jax.jvp(of_gradient, (x,), (problem.direction,))[1],)


def diagonal(problem: Problem) -> Callable[..., Any]:
    formula = of_arguments(problem)

    def step(x: Any, *constants: Any) -> Any:
        both = jax.value_and_grad(lambda x: formula(x, *constants))
        (value, gradient), (_, product) = jax.jvp(both, (x,), (jnp.ones_like(x),))
        return value, gradient, product

    return step


def blocks(problem: Problem) -> Callable[..., Any]:
    of_each = jax.vmap(jax.jacfwd(partial(reprojection, XP)))
    return lambda everything, columns, features: (of_each(everything[columns], features),)


STEPS: dict[str, Callable[[Problem], Callable[..., Any]]] = {
    "gradient": gradient,
    "hessian": lambda problem: lambda *all: (jax.hessian(of_arguments(problem))(*all),),
    "jacobian": lambda problem: lambda *all: (jax.jacrev(of_arguments(problem))(*all),),
    "forward": lambda problem: lambda *all: (jax.jacfwd(of_arguments(problem))(*all),),
    "hvp": hvp,
    "diagonal": diagonal,
    "blocks": blocks,
    "value": of_arguments,
}


def adam(problem: Problem) -> Program:
    optimizer = optax.adam(LEARNING_RATE, eps=FIRST_STEP_EPSILON)
    formula = of_arguments(problem)
    constants = tuple(map(jnp.asarray, problem.constants))

    def step(parameters: Any, state: Any, constants: Any) -> Any:
        loss, gradients = jax.value_and_grad(lambda parameters: formula(*parameters, *constants))(parameters)
        updates, state = optimizer.update(gradients, state)
        return loss, optax.apply_updates(parameters, updates), state

    jitted = jax.jit(step)
    parameters: Any = tuple(map(jnp.asarray, problem.arguments))
    state = optimizer.init(parameters)

    def call() -> Any:
        nonlocal parameters, state
        _, parameters, state = jax.block_until_ready(jitted(parameters, state, constants))
        return parameters

    return Program(call)


def epoch(problem: Problem) -> Program:
    """The whole epoch is one compiled scan."""
    optimizer = optax.adam(LEARNING_RATE, eps=SMALL_EPSILON)
    formula = of_arguments(problem)

    def step(state: Any, batch: Any) -> Any:
        parameters, moments = state
        gradients = jax.grad(lambda parameters: formula(*parameters, *batch))(parameters)
        updates, moments = optimizer.update(gradients, moments)
        return (optax.apply_updates(parameters, updates), moments), None

    def train(parameters: Any, batches: Any) -> Any:
        return jax.lax.scan(step, (parameters, optimizer.init(parameters)), batches)[0][0]

    jitted = jax.jit(train)
    parameters = tuple(map(jnp.asarray, problem.arguments))
    batches = tuple(map(jnp.asarray, problem.constants))
    return Program(lambda: jax.block_until_ready(jitted(parameters, batches)))


def prepare(problem: Problem, variant: str) -> Program | None:
    jax.config.update("jax_enable_x64", problem.kind != "fit")  # Keras's users leave it off
    if problem.kind == "fit" or variant == "keras":
        return keras_models.prepare(problem, "jax") if problem.kind == "fit" and variant == "keras" else None
    if variant == "eager" and problem.name not in ALSO_EAGER:
        return None
    if problem.kind == "epoch":
        return epoch(problem)
    if problem.kind == "step":
        return adam(problem)
    if problem.kind not in STEPS:
        return None
    step = STEPS[problem.kind](problem)
    if variant == "jit":
        step = jax.jit(step)
    everything = [jnp.asarray(array) for array in (*problem.arguments, *problem.constants)]

    def call() -> Any:
        return jax.block_until_ready(step(*everything))

    return Program(call)
