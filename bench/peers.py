"""Derivatives beside PyTorch's torch.func, in turn in one process. PyTorch is not needed for anything else.

pip install torch && python bench/peers.py
"""

import statistics
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import torch

import autodiff_core as tf
import derivatives

ROUNDS, CALLS = 100, 5


def torch_rosenbrock(x: Any) -> Any:
    return torch.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def peers() -> dict[str, Callable[[], Any]]:
    """For the name of a case, the same by torch.func."""
    random = np.random.default_rng(0)
    numbers, direction = (torch.from_numpy(random.normal(size=100)) for _ in range(2))
    random = np.random.default_rng(0)
    inputs, kernel, bias = (torch.from_numpy(random.normal(size=shape)) for shape in [(7, 5), (5, 10), (10,)])
    layer = torch.func.jacrev(lambda w: torch.relu(inputs @ w + bias))
    difference = torch.func.jacrev(lambda x: x[1:] - x[:-1] ** 2)
    hessian = torch.func.hessian(torch_rosenbrock)
    gradient = torch.func.grad(torch_rosenbrock)
    cases = [
        (derivatives.hessian(), lambda: hessian(numbers)),
        (derivatives.hessian_product(), lambda: torch.func.jvp(gradient, (numbers,), (direction,))[1]),
        (derivatives.banded(), lambda: difference(numbers)),
        (derivatives.dense_kernel(), lambda: layer(kernel)),
    ]
    return {case.name: peer for case, peer in cases}


def seconds(call: Callable[[], Any]) -> float:
    start = perf_counter()
    for _ in range(CALLS):
        call()
    return (perf_counter() - start) / CALLS


def main() -> None:
    torch.set_num_threads(1)
    others = peers()
    print(f"autodiff_core {tf.__version__}, torch {torch.__version__}")
    print("| case | ours, us | torch.func, us | ours / torch.func |\n| --- | --- | --- | --- |")
    for case in derivatives.CASES:
        if case.name not in others:
            continue
        peer = others[case.name]
        np.testing.assert_allclose(np.asarray(case.ours()[0]), peer().detach().numpy(), rtol=1e-9, atol=1e-9)
        pairs = [(seconds(case.ours), seconds(peer)) for _ in range(ROUNDS)]
        ours, theirs = (statistics.median(column) * 1e6 for column in zip(*pairs, strict=True))
        print(f"| {case.name} | {ours:.0f} | {theirs:.0f} | {statistics.median(a / b for a, b in pairs):.2f} |")


if __name__ == "__main__":
    main()
