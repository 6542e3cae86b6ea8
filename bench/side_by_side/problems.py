"""The problems: data in NumPy, and the formula, written once for every library.

A formula takes `xp`, which stands for the library (`Namespace` in its file of programs: NumPy's names, for what the
libraries spell in different ways), then the arguments to differentiate by, then constants. What is wanted of it is its
`kind`; how a library gives that is in the library's file.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Arrays = tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Problem:
    """One row of the page."""

    name: str
    title: str
    kind: str
    """What a program returns.

    gradient: the value, then a gradient for each argument (of the sum, where the value is an array).
    hessian, jacobian: that, dense, by the only argument.
    forward: a dense Jacobian by forward mode, for fewer unknowns than results.
    value: what the formula returns.
    hvp: the Hessian times `direction`.
    diagonal: the value, the gradient and the Hessian's diagonal, where the Hessian has nothing but a diagonal.
    blocks: the Jacobian's block of each observation (see `adjustment`).
    sparse: the same, from the whole Jacobian, without saying where its blocks are.
    step: the arguments after one step of Adam.
    fit: the loss of an epoch of the compiled Keras model that the formula makes of Keras.
    epoch: the arguments after a step of Adam for each row of the constants, always from the same start.
    """
    formula: Callable[..., Any]
    arguments: Arrays
    constants: Arrays = ()
    direction: np.ndarray | None = None
    tolerance: float = 1e-9
    """How far a peer's numbers may be from ours, relative to the largest of their array."""


def chain(xp: Any, x: Any) -> Any:
    """1,000 operations on one number."""
    y = x
    for _ in range(250):
        y = xp.sin(y) * x + y * 0.5
    return y


def square(xp: Any, x: Any) -> Any:
    return x**2


def tiny_network(xp: Any, w1: Any, b1: Any, w2: Any, b2: Any, x: Any, target: Any) -> Any:
    error = xp.tanh(x @ w1 + b1) @ w2 + b2 - target
    return xp.sum(error * error) / 8.0


def network(xp: Any, w1: Any, b1: Any, w2: Any, b2: Any, x: Any, labels: Any) -> Any:
    return xp.cross_entropy(xp.relu(x @ w1 + b1) @ w2 + b2, labels)


def bell(xp: Any, x: Any) -> Any:
    return xp.sum(xp.exp(-x * x) * xp.sin(x) + xp.tanh(x) * 0.5 - x * 0.1)


def rosenbrock(xp: Any, x: Any) -> Any:
    return xp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def banded(xp: Any, x: Any) -> Any:
    return x[1:] - x[:-1] ** 2


def layer(xp: Any, kernel: Any, x: Any, bias: Any) -> Any:
    return xp.relu(x @ kernel + bias)


def normal_distribution(xp: Any, x: Any) -> Any:
    return (xp.erf(x * math.sqrt(0.5)) + 1.0) * 0.5


def barrier_option(xp: Any, spot: Any, strike: Any, barrier: Any, rate: Any, volatility: Any, maturity: Any) -> Any:
    """A call that pays, beside its gain, a coupon of a tenth, and nothing once the price has fallen to the barrier.

    The value below Black and Scholes' assumptions is that of the same claim without a barrier, less (S/B)^(1-2r/v²)
    times its value at the mirrored price B²/S (Merton 1973, Theory of Rational Option Pricing, section 9; Reiner and
    Rubinstein 1991, Breaking Down the Barriers). Holds for barriers below the strike and the price. 59 operations.
    """
    variance = volatility * volatility
    growth = (variance * 0.5 + rate) * maturity
    deviation = volatility * xp.sqrt(maturity)
    discount = xp.exp(-rate * maturity)
    payment = strike * discount

    def without_barrier(price: Any) -> Any:
        upper = (xp.log(price / strike) + growth) / deviation
        chance = normal_distribution(xp, upper - deviation)
        return price * normal_distribution(xp, upper) - payment * chance + discount * chance * 0.1

    weight = xp.exp(xp.log(spot / barrier) * (1.0 - 2.0 * rate / variance))
    return without_barrier(spot) - weight * without_barrier(barrier * barrier / spot)


def mixture(xp: Any, alphas: Any, means: Any, logs: Any, lower: Any, x: Any, places: Any, below: Any) -> Any:
    """The log posterior of a mixture of K Gaussians in D dimensions, given N points.

    Sum over points i of log sum over k of exp(a_k + sum q_k - |Q_k (x_i - m_k)|² / 2), less N log sum exp(a), less
    N D log(2 pi) / 2, plus the Wishart prior with gamma = 1 and m = 0: the sum over k of
    (|exp q_k|² + |l_k|²) / 2 - C. Q_k has exp(q_k) on its diagonal and l_k below it, column by column. Objective GMM of
    Šrajer, Kukelova, Fitzgibbon, A benchmark of selected algorithmic differentiation tools on some problems in computer
    vision and machine learning, Optimization Methods and Software 33 (2018), section 4.1, with the signs of its code.

    `places` says which number of l_k stands where in Q_k's transpose, `below` where one does at all.
    """
    points, dimensions = x.shape
    components = alphas.shape[0]
    diagonals = xp.exp(logs)
    triangles = xp.take(lower, places, 1) * below
    difference = x - xp.reshape(means, (components, 1, dimensions))
    turned = difference * xp.reshape(diagonals, (components, 1, dimensions)) + difference @ triangles
    exponents = xp.reshape(alphas + xp.sum(logs, 1), (components, 1)) - 0.5 * xp.sum(turned * turned, 2)
    likelihood = xp.sum(xp.logsumexp(exponents, 0)) - points * xp.logsumexp(alphas, 0)
    prior = 0.5 * (xp.sum(diagonals * diagonals) + xp.sum(lower * lower))
    return likelihood + prior + mixture_constant(points, components, dimensions)


def mixture_constant(points: int, components: int, dimensions: int) -> float:
    """-N D log(2 pi) / 2 - K C, where C = n' D log(gamma / sqrt 2) - log Gamma_D(n'/2) and n' = D + 1."""
    freedom = dimensions + 1
    gammas = (math.lgamma(0.5 * freedom + 0.5 * (1 - j)) for j in range(1, dimensions + 1))
    multivariate = 0.25 * dimensions * (dimensions - 1) * math.log(math.pi) + sum(gammas)
    wishart = -0.5 * freedom * dimensions * math.log(2) - multivariate
    return -0.5 * points * dimensions * math.log(2 * math.pi) - components * wishart


def reprojection(xp: Any, unknowns: Any, feature: Any) -> Any:
    """Three residuals of an observation: twice the weighted distance from where the camera saw the point, and 1 - w².

    The unknowns, in the last axis, are the camera (rotation r, centre C, focal length f, principal point x0, radial
    distortion k), the point X and the weight w. P = R(r)(X - C) with Rodrigues' formula, p = P_xy / P_z,
    residual = w (f (1 + k_1 |p|² + k_2 |p|⁴) p + x0 - feature). Bundle adjustment of Šrajer, Kukelova, Fitzgibbon
    (see `mixture`), section 4.2, for rotations other than none.
    """
    r = [unknowns[..., i] for i in range(3)]
    angle = xp.sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2])
    cosine, sine = xp.cos(angle), xp.sin(angle)
    axis = [component / angle for component in r]
    offset = [unknowns[..., 11 + i] - unknowns[..., 3 + i] for i in range(3)]
    along = (axis[0] * offset[0] + axis[1] * offset[1] + axis[2] * offset[2]) * (1.0 - cosine)
    seen = []
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        across = axis[j] * offset[k] - axis[k] * offset[j]
        seen.append(offset[i] * cosine + across * sine + axis[i] * along)
    px, py = seen[0] / seen[2], seen[1] / seen[2]
    square = px * px + py * py
    scale = unknowns[..., 6] * (1.0 + (unknowns[..., 9] + unknowns[..., 10] * square) * square)
    weight = unknowns[..., 14]
    return xp.stack(
        [
            weight * (scale * px + unknowns[..., 7] - feature[..., 0]),
            weight * (scale * py + unknowns[..., 8] - feature[..., 1]),
            1.0 - weight * weight,
        ]
    )


def adjustment(xp: Any, everything: Any, columns: Any, features: Any) -> Any:
    """The residuals of all observations, as a function of all cameras, points and weights in one vector.

    `columns` says which 15 of them each observation has.
    """
    return reprojection(xp, xp.take(everything, columns, 0), features)


def lstm_layer(xp: Any, weight: Any, bias: Any, hidden: Any, cell: Any, x: Any, width: int) -> tuple[Any, Any]:
    forget = xp.sigmoid(x * weight[:width] + bias[:width])
    take_in = xp.sigmoid(hidden * weight[width : 2 * width] + bias[width : 2 * width])
    give_out = xp.sigmoid(x * weight[2 * width : 3 * width] + bias[2 * width : 3 * width])
    change = xp.tanh(hidden * weight[3 * width :] + bias[3 * width :])
    cell = cell * forget + take_in * change
    return give_out * xp.tanh(cell), cell


def lstm_step(xp: Any, main: Any, extra: Any, state: Any, x: Any, following: Any) -> tuple[Any, Any]:
    """The new state, a list of hidden and cell of each layer, and the log likelihood of what follows x."""
    width = x.shape[0]
    new = []
    x = x * extra[0]
    for i in range(0, len(state), 2):
        hidden, cell = lstm_layer(xp, main[i], main[i + 1], state[i], state[i + 1], x, width)
        new += [hidden, cell]
        x = hidden
    predicted = x * extra[1] + extra[2]
    normed = predicted - xp.log(2.0 + xp.sum(xp.exp(predicted)))
    return new, xp.sum(following * normed)


def lstm(xp: Any, main: Any, extra: Any, state: Any, sequence: Any) -> Any:
    """The loss of a small recurrent network that predicts a sequence of one-hot letters.

    Each of the layers, given x: f = s(x w_f + b_f), i = s(h w_i + b_i), o = s(x w_o + b_o), c' = c f + i tanh(h w_c +
    b_c), h' = o tanh(c'), all of them elementwise. The prediction is normed by log(2 + sum exp); the loss is the mean
    of -sequence * prediction over all but the first step. LSTM of the benchmark ADBench, which continues the paper
    of `mixture`; the parameters are laid out as there.
    """
    steps, width = sequence.shape
    current = [state[i] for i in range(state.shape[0])]
    total = 0.0
    for t in range(steps - 1):
        current, likelihood = lstm_step(xp, main, extra, current, sequence[t], sequence[t + 1])
        total = total + likelihood
    return -total / ((steps - 1) * width)


def k_means(xp: Any, centres: Any, x: Any) -> Any:
    """The sum over points of the squared distance to the nearest centre; its Hessian has nothing but a diagonal.

    Schenck, Rønning, Henriksen, Oancea, AD for an Array Language with Nested Parallelism, SC22, section 7.4: gradient
    and Hessian for Newton's method, the Hessian as a product with a vector of ones.
    """
    distances = xp.sum(x * x, 1)[:, None] - 2.0 * (x @ xp.transpose(centres)) + xp.sum(centres * centres, 1)
    return xp.sum(xp.min(distances, 1))


def tiny_network_problem() -> Problem:
    random = np.random.default_rng(0)
    x, target = random.normal(size=(8, 3)), random.normal(size=(8, 1))
    parameters = tuple(random.normal(size=shape) for shape in [(3, 4), (4,), (4, 1), (1,)])
    return Problem("tiny_network", "network 8x3x4x1, float64", "gradient", tiny_network, parameters, (x, target))


def network_problem(name: str, title: str, kind: str, tolerance: float) -> Problem:
    random = np.random.default_rng(0)
    x = random.normal(size=(64, 784)).astype(np.float32)
    labels = random.integers(10, size=64)
    w1 = (random.normal(size=(784, 128)) / 28).astype(np.float32)
    w2 = (random.normal(size=(128, 10)) / 11).astype(np.float32)
    b1, b2 = np.zeros(128, np.float32), np.zeros(10, np.float32)
    return Problem(name, title, kind, network, (w1, b1, w2, b2), (x, labels), tolerance=tolerance)


def bell_problem(size: int) -> Problem:
    numbers = np.random.default_rng(0).normal(size=size)
    return Problem(f"bell_{size}", f"`exp(-x*x)*sin(x)+tanh(x)*0.5-x*0.1`, {size:,}", "gradient", bell, (numbers,))


def rosenbrock_problem(kind: str, title: str) -> Problem:
    random = np.random.default_rng(0)
    numbers, direction = random.normal(size=100), random.normal(size=100)
    wanted = direction if kind == "hvp" else None
    return Problem(f"rosenbrock_{kind}", title, kind, rosenbrock, (numbers,), direction=wanted)


def layer_problem() -> Problem:
    random = np.random.default_rng(0)
    x, kernel, bias = (random.normal(size=shape) for shape in [(7, 5), (5, 10), (10,)])
    return Problem("layer", "Jacobian of relu(x @ w + b), 7x10 by 5x10", "jacobian", layer, (kernel,), (x, bias))


def option_problem(scenarios: int) -> Problem:
    random = np.random.default_rng(0)
    ranges = ((95, 130), (95, 120), (70, 90), (0.01, 0.05), (0.15, 0.4), (0.25, 2))
    inputs = tuple(random.uniform(low, high, size=scenarios) for low, high in ranges)
    title = f"barrier option, 59 operations, 6 sensitivities, {scenarios:,} scenarios"
    return Problem("option", title, "gradient", barrier_option, inputs)


def mixture_problem(points: int, dimensions: int, components: int) -> Problem:
    random = np.random.default_rng(0)
    count = dimensions * (dimensions - 1) // 2
    places = np.zeros((dimensions, dimensions), np.int64)
    columns, rows = np.triu_indices(dimensions, 1)  # of the transpose: l_k goes down Q_k's columns
    places[columns, rows] = np.arange(count)
    below = np.triu(np.ones((dimensions, dimensions)), 1)
    arguments = (
        random.normal(size=components),
        random.uniform(size=(components, dimensions)),
        random.normal(size=(components, dimensions)),
        random.normal(size=(components, count)),
    )
    title = f"Gaussian mixture, {points:,} points, D={dimensions}, K={components}: gradient"
    constants = random.normal(size=(points, dimensions)), places, below
    return Problem("mixture", title, "gradient", mixture, arguments, constants)


def adjustment_problem(kind: str, cameras: int, points: int, observations: int) -> Problem:
    random = np.random.default_rng(0)
    camera = np.concatenate(
        [
            random.normal(size=(cameras, 3)) * 0.3,
            random.normal(size=(cameras, 3)) - [0, 0, 10],
            random.uniform(400, 600, size=(cameras, 1)),
            random.normal(size=(cameras, 2)) * 10,
            random.normal(size=(cameras, 2)) * 1e-2,
        ],
        axis=1,
    )
    everything = np.concatenate([camera.ravel(), random.normal(size=3 * points), random.uniform(size=observations)])
    seeing, seen = random.integers(cameras, size=(observations, 1)), random.integers(points, size=(observations, 1))
    columns = np.concatenate(
        [
            11 * seeing + np.arange(11),
            11 * cameras + 3 * seen + np.arange(3),
            11 * cameras + 3 * points + np.arange(observations)[:, None],
        ],
        axis=1,
    )
    sizes = f"bundle adjustment, {cameras} cameras, {points} points, {observations:,} observations"
    wanted = {"blocks": "Jacobian of each observation", "sparse": "sparse Jacobian"}
    features = random.normal(size=(observations, 2)) * 100
    title = f"{sizes}: {wanted[kind]}"
    return Problem(f"adjustment_{kind}", title, kind, adjustment, (everything,), (columns, features))


def lstm_problem(layers: int, steps: int, width: int) -> Problem:
    random = np.random.default_rng(0)
    arguments = random.normal(size=(2 * layers, 4 * width)), random.normal(size=(3, width))
    sequence = np.eye(width)[random.integers(width, size=steps)]
    title = f"LSTM, {layers} layers of {width}, {steps} steps: gradient"
    return Problem("lstm", title, "gradient", lstm, arguments, (random.normal(size=(2 * layers, width)), sequence))


def k_means_problem(points: int, dimensions: int, centres: int) -> Problem:
    random = np.random.default_rng(0)
    x = random.normal(size=(points, dimensions))
    title = f"k-means, {points:,} points, D={dimensions}, k={centres}: gradient and Hessian's diagonal"
    return Problem("k_means", title, "diagonal", k_means, (x[:centres] + 0.01,), (x,))


def problems() -> list[Problem]:
    """All of them, at the sizes that are measured."""
    return [
        Problem("chain", "scalar chain of 1,000 operations", "gradient", chain, (np.array(0.7),)),
        Problem("square", "`x**2`", "gradient", square, (np.array(3.0),)),
        tiny_network_problem(),
        network_problem("network", "network 64x784x128x10, float32", "gradient", 1e-4),
        network_problem("adam", "that network, a step of Adam", "step", 1e-4),
        *(bell_problem(size) for size in (100, 10_000, 1_000_000)),
        rosenbrock_problem("hessian", "Hessian of Rosenbrock's function, 100"),
        rosenbrock_problem("hvp", "that Hessian times a vector"),
        Problem(
            "banded",
            "Jacobian of `x[1:] - x[:-1]**2`, 99 by 100",
            "jacobian",
            banded,
            (np.random.default_rng(0).normal(size=100),),
        ),
        layer_problem(),
        option_problem(1_000_000),
        mixture_problem(1_000, 10, 25),
        adjustment_problem("blocks", 20, 500, 4_000),
        adjustment_problem("sparse", 20, 500, 4_000),
        lstm_problem(2, 100, 14),
        k_means_problem(10_000, 20, 10),
    ]
