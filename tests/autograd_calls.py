"""Functions for autograd's interface: written once, for autograd itself and for ours.

Each is made of a namespace (`np`, `special`, `grad` and the others by attribute) and an argument. What the real
autograd gives for them is in `autograd_values.json`, which `write_autograd_values.py` writes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Call = tuple[Callable[[Any, Any], Any], Any]

X = np.array([0.3, -1.2, 2.0])
POSITIVE = np.array([0.3, 1.2, 2.0])
TIED = np.array([0.0, 1.0, 2.0])
M = np.array([[2.0, 0.3, -0.5], [0.3, 1.5, 0.2], [-0.5, 0.2, 1.0]])
B = np.array([[1.0, -2.0], [0.5, 0.25], [3.0, 1.0]])
Z = np.array([1.0 + 2.0j, -0.5 + 0.3j])
BOUNDS = np.array([1.0, 1.0, np.inf])

# Scalars of real arrays: value, gradient, Hessian and a tangent.
SCALARS: dict[str, Call] = {
    "sin": (lambda a, x: a.np.sum(a.np.sin(x) ** 2), X),
    "tanh of float": (lambda a, x: a.np.tanh(x) * x, 0.7),
    "power": (lambda a, x: a.np.sum(x**3.2), POSITIVE),
    "logaddexp": (lambda a, x: a.np.sum(a.np.logaddexp(x, 0.5)), X),
    "dot": (lambda a, x: a.np.dot(a.np.dot(M, x), x), X),
    "matmul": (lambda a, x: a.np.sum((M @ x) ** 2), X),
    "tensordot": (lambda a, x: a.np.tensordot(a.np.outer(x, x), M), X),
    "einsum": (lambda a, x: a.np.einsum("i,ij,j", x, M, x), X),
    "reshape": (lambda a, x: a.np.sum(a.np.reshape(x, (3, 1)) * B), X),
    "index": (lambda a, x: x[0] * x[-1] + a.np.sum(x[np.array([0, 0, 1])] ** 2), X),
    "tuple in index": (lambda a, x: a.np.sum(x[None, (0, 2)]) * x[0] + a.np.sum(x[:-1]), X),
    "array": (lambda a, x: a.np.sum(a.np.array([x[0], 2.0 * x[1], 3.0]) ** 2), X),
    "concatenate": (lambda a, x: a.np.sum(a.np.concatenate([x, np.ones(2), x]) ** 3), X),
    "hstack": (lambda a, x: a.np.sum(a.np.hstack([x, x[:1]]) ** 3), X),
    "stack of a generator": (lambda a, x: a.np.sum(a.np.stack(x * k for k in range(3)) ** 2), X),
    "append": (lambda a, x: a.np.sum(a.np.append(x, x[0]) ** 3), X),
    "r_": (lambda a, x: a.np.sum(a.np.r_[x, 1.0] ** 3), X),
    "where": (lambda a, x: a.np.sum(a.np.where(x > 0, x**2, 0.1 * x)), X),
    "where of numbers": (lambda a, x: a.np.sum(a.np.where(x > 0, 1.0, 0.1) * x), X),
    "truth values": (lambda a, x: a.np.sum((x > 0) * x) * (a.np.sum(x > 0) + 0.5), X),
    "places": (lambda a, x: a.np.sum(x) * (a.np.argmax(x) * 0.5) + a.np.sum(x[a.np.argsort(x)] * X), X),
    "maximum": (lambda a, x: a.np.sum(a.np.maximum(x, 1.0) * X), TIED),
    "maximum of arrays": (lambda a, x: a.np.sum(a.np.maximum(BOUNDS, x)), TIED),
    "minimum": (lambda a, x: a.np.sum(a.np.minimum(BOUNDS, x) ** 2), TIED),
    "fmax and fmin": (lambda a, x: a.np.sum(a.np.fmax(x, 1.0) - a.np.fmin(2.0, x)), TIED),
    "maximum of one": (lambda a, x: a.np.sum(a.np.maximum(x, x) ** 2), TIED),
    "clip": (lambda a, x: a.np.sum(a.np.clip(x, 0.0, 1.0) ** 2), np.array([-1.0, 0.0, 0.5, 1.0, 2.0])),
    "max": (lambda a, x: a.np.max(x) ** 2, np.array([1.0, 2.0, 2.0])),
    "sort": (lambda a, x: a.np.sum(a.np.sort(x) * X), X),
    "mean var std": (lambda a, x: a.np.mean(x) * a.np.var(x) + a.np.std(x), X),
    "cumsum": (lambda a, x: a.np.sum(a.np.cumsum(x) ** 2), X),
    "prod": (lambda a, x: a.np.prod(x), X),
    "inv": (lambda a, x: a.np.sum(a.np.linalg.inv(M + a.np.diag(x**2))), X),
    "solve": (lambda a, x: a.np.sum(a.np.linalg.solve(M, x) ** 2), X),
    "slogdet": (lambda a, x: a.np.linalg.slogdet(M + a.np.diag(x**2))[1], X),
    "cholesky": (lambda a, x: a.np.sum(a.np.linalg.cholesky(M + a.np.diag(x**2)) ** 3), X),
    "eigh": (lambda a, x: a.np.sum(a.np.linalg.eigh(M + a.np.diag(x))[0] ** 3), X),
    "norm": (lambda a, x: a.np.linalg.norm(x), X),
    "fft": (lambda a, x: a.np.sum(a.np.abs(a.np.fft.fft(x)) ** 4), X),
    "complex between": (lambda a, x: a.np.sum(a.np.abs(a.np.exp(1j * x) + x) ** 2), X),
    "gammaln": (lambda a, x: a.np.sum(a.special.gammaln(x)), POSITIVE),
    "erf": (lambda a, x: a.np.sum(a.special.erf(x)), X),
    "expit": (lambda a, x: a.np.sum(a.special.expit(x) ** 2), X),
    "logsumexp": (lambda a, x: a.special.logsumexp(x), X),
    "norm.logpdf": (lambda a, x: a.np.sum(a.stats.norm.logpdf(X, x, 2.0)), X),
    "norm.logcdf": (lambda a, x: a.np.sum(a.stats.norm.logcdf(x)), X),
    "norm.logsf": (lambda a, x: a.np.sum(a.stats.norm.logsf(x, 0.0, 2.0)), X),
    "gamma.logpdf": (lambda a, x: a.np.sum(a.stats.gamma.logpdf(x, 2.5)), POSITIVE),
    "solve_triangular": (lambda a, x: a.np.sum(a.linalg.solve_triangular(M, x, lower=True) ** 2), X),
    "convolve": (lambda a, x: a.np.sum(a.signal.convolve(x, X, mode="full") ** 2), X),
    "flatten": (lambda a, x: a.np.sum(a.flatten({"b": x, "a": [x[0], x[:2]]})[0] * np.arange(6.0)) ** 2, X),
    "nested": (lambda a, x: a.np.sum(a.grad(lambda y: a.np.sum(y**3) * x[0])(x)), X),
    "elementwise": (lambda a, x: a.np.sum(a.elementwise_grad(lambda y: a.np.sin(y) * y)(x)), X),
    "checkpoint": (lambda a, x: a.checkpoint(lambda y: a.np.sum(a.np.sin(y) ** 2))(x), X),
    "primitive": (lambda a, x: a.np.sum(a.cube(x) * x), X),
}
# Real numbers of complex arrays: value and gradient, by autograd's convention.
COMPLEX: dict[str, Call] = {
    "abs": (lambda a, z: a.np.sum(a.np.abs(z)), Z),
    "real": (lambda a, z: a.np.real(a.np.sum(z**2)), Z),
    "imag": (lambda a, z: a.np.imag(a.np.sum(z**3)), Z),
    "conj": (lambda a, z: a.np.real(a.np.sum(z * a.np.conj(z) ** 2)), Z),
    "angle": (lambda a, z: a.np.sum(a.np.angle(z)), Z),
    "fft": (lambda a, z: a.np.sum(a.np.abs(a.np.fft.fft(z)) ** 3), Z),
    "matrix": (lambda a, z: a.np.real(z @ np.array([[1.0, 2j], [0.5, 1 - 1j]]) @ a.np.conj(z)), Z),
    "primitive": (lambda a, z: a.np.real(a.np.sum(a.cube(z))), Z),
}


def results(a: Any) -> dict[str, Any]:
    """What a library gives, as lists and numbers."""
    found: dict[str, Any] = {}
    for name, (f, x) in SCALARS.items():

        def of_x(x: Any, f: Any = f) -> Any:
            return f(a, x)

        direction = np.cos(np.arange(np.size(x), dtype=float)).reshape(np.shape(x))
        value, gradient = a.value_and_grad(of_x)(x)
        found[name] = {
            "value": value,
            "gradient": gradient,
            "hessian": a.hessian(of_x)(x),
            "product": a.hessian_vector_product(of_x)(x, direction),
        }
        if name != "flatten" and "primitive" not in name and name != "checkpoint":
            found[name]["tangent"] = a.make_vjp(of_x)(x)[0](2.0)
    for name, (f, z) in COMPLEX.items():
        gradient = a.grad(lambda z, f=f: f(a, z))(z)
        found[f"complex {name}"] = {"real": np.real(gradient), "imaginary": np.imag(gradient)}
    found["holomorphic"] = {"derivative": np.imag(a.holomorphic_grad(lambda z: a.np.sin(z) * z)(Z[0]))}
    pull, value = a.make_vjp(lambda z: a.np.exp(z) * a.np.conj(z))(Z)
    pulled = pull(np.array([1.0 - 1.0j, 0.5j]))
    found["complex cotangent"] = {"real": np.real(pulled), "imaginary": np.imag(pulled), "value": np.abs(value)}
    nested = {"w": [X, 2.0], "b": (POSITIVE, {"c": 0.5})}
    gradient = a.grad(lambda p: a.np.sum(p["w"][0] * p["b"][0]) * p["w"][1] * p["b"][1]["c"])(nested)
    found["containers"] = {"w": gradient["w"][0], "n": gradient["w"][1], "c": gradient["b"][1]["c"]}
    both = a.grad(lambda x, y, z: a.np.sum(x * y**2) * z, (2, 0))(X, POSITIVE, 3.0)
    found["argnums"] = {"z": both[0], "x": both[1]}
    found["jacobian"] = {"matrix": a.jacobian(lambda x: a.np.outer(x, a.np.sin(x)))(X)}
    found["jacobian product"] = {"row": a.tensor_jacobian_product(lambda x: a.np.sin(M @ x))(X, POSITIVE)}
    found["ggnvp"] = {"product": a.make_ggnvp(lambda x: a.np.sin(M @ x))(X)(POSITIVE)}
    found["multigrad"] = dict(a.multigrad_dict(lambda x, y=2.0: a.np.sum(x**2) * y)(X))
    return {name: {key: np.asarray(part).tolist() for key, part in parts.items()} for name, parts in found.items()}
