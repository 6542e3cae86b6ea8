"""CasADi: an expression graph of scalars, built once; its virtual machine replays it on arrays given beforehand."""

from collections.abc import Callable
from typing import Any

import casadi as ca
import numpy as np

from .problems import Problem, reprojection
from .program import Namespace, Program

VARIANTS = {"function": "CasADi, Function"}
COMPILED = frozenset(VARIANTS)
WRITTEN = (
    *("chain", "square", "bell_100", "option"),
    *("rosenbrock_hessian", "rosenbrock_hvp", "banded", "adjustment_blocks"),
)
"""Scalars, and what is elementwise: its expressions know no broadcasting and no third axis."""

XP = Namespace(
    exp=ca.exp,
    log=ca.log,
    sin=ca.sin,
    cos=ca.cos,
    tanh=ca.tanh,
    sqrt=ca.sqrt,
    erf=ca.erf,
    sum=ca.sum1,
    stack=lambda parts: ca.vertcat(*parts),
)


class LastAxis:
    """Lets a formula that indexes the last axis of a batch be one of a single vector."""

    def __init__(self, vector: Any) -> None:
        self.vector = vector

    def __getitem__(self, place: Any) -> Any:
        return self.vector[place[1]]


def version() -> str:
    return f"CasADi {ca.__version__}"


def buffered(function: Any, inputs: list[np.ndarray], read: Callable[[list[np.ndarray]], list[np.ndarray]]) -> Program:
    """The results are their numbers other than structural zeros, column by column."""
    inputs = [np.ascontiguousarray(array, float) for array in inputs]
    outputs = [np.empty(function.nnz_out(i)) for i in range(function.n_out())]
    buffer, run = function.buffer()
    for place, array in enumerate(inputs):
        buffer.set_arg(place, array.reshape(-1).data)
    for place, array in enumerate(outputs):
        buffer.set_res(place, array.data)

    def call() -> list[np.ndarray]:
        run()
        return outputs

    # The buffer has the arrays' addresses only, and is itself known by its address to `run`.
    call.kept = function, buffer, inputs  # type: ignore[attr-defined]
    return Program(call, read)


def dense(sparsity: Any, numbers: np.ndarray) -> np.ndarray:
    matrix = np.zeros(sparsity.shape)
    matrix[sparsity.row(), sparsity.get_col()] = numbers
    return matrix


def gradient(problem: Problem) -> Program:
    scenarios = problem.arguments[0].size if problem.name == "option" else 1
    sizes = [array.size // scenarios for array in problem.arguments]
    arguments = [ca.SX.sym("x", size) for size in sizes]
    y = problem.formula(XP, *arguments)
    function = ca.Function("f", arguments, [y, *(ca.gradient(y, x) for x in arguments)])
    if scenarios > 1:
        function = function.map(scenarios)
    value_shape = (scenarios,) if scenarios > 1 else ()
    shapes = [value_shape, *(array.shape for array in problem.arguments)]

    def read(results: list[np.ndarray]) -> list[np.ndarray]:
        return [result.reshape(shape) for result, shape in zip(results, shapes, strict=True)]

    return buffered(function, list(problem.arguments), read)


def matrix(problem: Problem) -> Program:
    """A Hessian or a Jacobian: sparse, as it comes."""
    x = ca.SX.sym("x", problem.arguments[0].size)
    y = problem.formula(XP, x)
    derivative = ca.hessian(y, x)[0] if problem.kind == "hessian" else ca.jacobian(y, x)
    function = ca.Function("f", [x], [derivative])
    sparsity = derivative.sparsity()
    return buffered(function, [problem.arguments[0]], lambda results: [dense(sparsity, results[0])])


def hvp(problem: Problem) -> Program:
    assert problem.direction is not None
    x = ca.SX.sym("x", problem.arguments[0].size)
    v = ca.SX.sym("v", problem.direction.size)
    product = ca.jtimes(ca.gradient(problem.formula(XP, x), x), x, v)
    return buffered(ca.Function("f", [x, v], [ca.densify(product)]), [problem.arguments[0], problem.direction], list)


def blocks(problem: Problem) -> Program:
    (everything,), (columns, features) = problem.arguments, problem.constants
    count, width = columns.shape
    unknowns, feature = ca.SX.sym("x", width), ca.SX.sym("f", 2)
    block = ca.jacobian(reprojection(XP, LastAxis(unknowns), LastAxis(feature)), unknowns)
    function = ca.Function("f", [unknowns, feature], [ca.densify(block)]).map(count)
    gathered = everything[columns]
    replay = buffered(
        function,
        [gathered, features],
        lambda results: [results[0].reshape(count, width, 3).transpose(0, 2, 1)],
    )

    def call() -> Any:
        np.take(everything, columns, out=gathered)
        return replay.call()

    return Program(call, replay.read)


MAKERS: dict[str, Callable[[Problem], Program]] = {
    "gradient": gradient,
    "hessian": matrix,
    "jacobian": matrix,
    "hvp": hvp,
    "blocks": blocks,
}


def prepare(problem: Problem, variant: str) -> Program | None:
    return MAKERS[problem.kind](problem) if problem.name in WRITTEN else None
