"""Functions, one entry each.

An entry is a function of a namespace (TensorFlow's names: the library's, or the reference's) that makes the function to
look at, so every combination has one of its own, with its own closed-over values and variables. It returns the
function; or that, the variables that it uses, and what changes them and the closed-over values.

The points are arguments: two of the same shapes, and one of other shapes where they make sense.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import autodiff_core as tf

Points = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Entry:
    """A function of the corpus: how it is made, where it is called, what it is."""

    name: str
    make: Callable[[Any], Any]
    points: Points
    tags: frozenset[str] = frozenset()
    without: dict[str, str] = field(default_factory=dict)
    """Transformations that have no meaning for it, with the reason."""


CORPUS: dict[str, Entry] = {}


def entry(points: Points, *tags: str, **without: str) -> Callable[[Any], Any]:
    """Add the function of a namespace that makes a function to the corpus."""

    def add(make: Any) -> Any:
        CORPUS[make.__name__] = Entry(make.__name__, make, points, frozenset(tags), without)
        return make

    return add


def _array(*values: Any) -> Any:
    return np.array(values, float)


SCALARS: Points = [(np.float64(0.7),), (np.float64(1.3),)]
VECTORS: Points = [(_array(0.5, 1.25, 0.8),), (_array(1.5, -0.4, 0.3),), (_array(0.9, 0.2),)]
POSITIVE: Points = [(_array(0.5, 1.25, 0.8),), (_array(1.5, 0.4, 0.3),), (_array(0.9, 0.2),)]
SQUARES: Points = [(_array([2.0, 0.5], [0.3, 1.5]),), (_array([1.2, -0.4], [0.6, 2.5]),)]
MATRICES: Points = [(_array([0.5, 1.2, 0.8], [1.5, 0.4, 0.3]),), (_array([1.1, 0.3, -0.7], [0.2, 1.6, 0.9]),)]
PAIRS: Points = [(_array(0.5, 1.25), _array(0.8, 1.1)), (_array(1.5, 0.4), _array(0.3, 2.2))]
MIXED: Points = [(np.float64(0.7), _array(0.5, 1.25)), (np.float64(1.3), _array(1.5, 0.4))]
COMPLEX: Points = [(np.array([0.5 + 0.3j, 1.25 - 0.2j]),), (np.array([1.5 - 0.4j, 0.3 + 0.7j]),)]


# -- elementwise rows: polynomials, and those that are linear, affine, constant --------------------------------------


@entry(SCALARS)
def cube(m):
    return lambda x: x**3


@entry(SCALARS)
def linear_scalar(m):
    return lambda x: 3.0 * x


@entry(SCALARS)
def affine_scalar(m):
    return lambda x: 2.0 * x + 1.0


@entry(SCALARS)
def constant_scalar(m):
    return lambda x: m.constant(2.0, m.float64) * 3.0


@entry(SCALARS)
def identity(m):
    return lambda x: x


@entry(SCALARS)
def nothing_left(m):
    return lambda x: x - x


@entry(SCALARS)
def sine_of_exponential(m):
    return lambda x: m.sin(x) * m.exp(-x)


@entry(VECTORS)
def affine_vector(m):
    return lambda x: 2.0 * x + 1.0


@entry(VECTORS)
def constant_vector(m):
    return lambda x: m.constant([2.0, 5.0], m.float64)


@entry(VECTORS)
def elementwise(m):
    return lambda x: m.tanh(x) * x + m.cos(x)


@entry(VECTORS)
def formulas(m):
    return lambda x: m.sigmoid(x) + m.nn.softplus(x)


@entry(POSITIVE)
def powers_and_roots(m):
    return lambda x: m.sqrt(x) + m.math.log(x) * x**1.5


@entry(PAIRS)
def two_arguments(m):
    return lambda x, y: x * m.sin(y) + x**y


@entry(MIXED)
def scalar_and_vector(m):
    return lambda s, x: m.reduce_sum(s * x) + m.math.atan2(s, x[0])


@entry(VECTORS)
def same_tensor_twice(m):
    product = lambda a, b: a * m.exp(b)  # noqa: E731
    return lambda x: product(x, x)


@entry(VECTORS)
def numpy_spelling(m):
    return lambda x: np.sum(np.sin(x) * np.exp(x) - np.tanh(x))


# -- reductions, selections -----------------------------------------------------------------------------------------


@entry(VECTORS)
def linear_sum(m):
    return lambda x: m.reduce_sum(x * np.arange(1.0, x.shape[0] + 1.0))


@entry(VECTORS)
def quadratic(m):
    return lambda x: m.reduce_sum(x * x)


@entry(MATRICES)
def reductions(m):
    return lambda x: m.reduce_mean(x, 0) * m.reduce_max(x) + m.reduce_prod(x, axis=1)[0]


@entry(VECTORS)
def logsumexp(m):
    return lambda x: m.reduce_logsumexp(x)


@entry(VECTORS)
def norms(m):
    return lambda x: m.linalg.norm(x) + m.math.reduce_variance(x)


@entry(VECTORS)
def selections(m):
    return lambda x: m.maximum(x, 0.45) * m.nn.relu(x) + m.where(x > 0.6, m.square(x), m.sin(x))


@entry([(_array(0.0, 1.25, 0.8),), (_array(1.5, 0.0, 0.3),), (_array(0.9, 0.0),)], "at a pole")
def masked_poles(m):
    return lambda x: m.where(x > 0.0, m.sqrt(x) * 2.0 + x * x, 0.0)


@entry(VECTORS)
def clipped(m):
    return lambda x: m.clip_by_value(x * x, 0.2, 1.5) - m.nn.leaky_relu(x)


@entry(VECTORS)
def sorted_values(m):
    return lambda x: m.sort(x) * np.arange(1.0, x.shape[0] + 1.0)


@entry(VECTORS)
def largest_two(m):
    return lambda x: m.math.top_k(x, 2)[0] ** 2


@entry(POSITIVE)
def scans(m):
    return lambda x: m.cumsum(x) * m.math.cumprod(x)


# -- shapes and indices ---------------------------------------------------------------------------------------------


@entry(VECTORS)
def slices(m):
    return lambda x: x[1:] * x[:-1] + x[::-1][1:]


@entry(VECTORS)
def computed_bound(m):
    return lambda x: x[: m.shape(x)[0] - 1] ** 2


@entry(VECTORS)
def empty_value(m):
    return lambda x: x[:0] * 2.0


@entry(VECTORS)
def sum_of_nothing(m):
    return lambda x: m.reduce_sum(x[:0] * x[0]) + x[-1] * 2.0


@entry(VECTORS)
def constant_look_up(m):
    return lambda x: m.gather(x, [1, 0, 1]) * x[1]


@entry(VECTORS)
def look_up_by_result(m):
    return lambda x: x[m.argmax(x)] * m.gather(x, m.argsort(x)[0])


@entry(MATRICES)
def moved_around(m):
    return lambda x: m.transpose(m.reverse(x, [1])) * m.reshape(x, (3, 2))


@entry(VECTORS)
def joined(m):
    return lambda x: m.concat([m.pad(x, [[1, 0]]), m.tile(x, [2])], 0)[1:4] * m.roll(x, 1, 0)[0]


@entry(VECTORS)
def outer_product(m):
    return lambda x: m.expand_dims(x, 1) * x[None, :] + m.stack([x, x * x], 0)[1]


@entry([(_array(0.5, 1.25, 0.8), np.array([2, 0])), (_array(1.5, -0.4, 0.3), np.array([1, 1]))])
def look_up_by_argument(m):
    return lambda x, i: m.gather(x, i) ** 2


@entry([(_array(0.5, 1.25, 0.8), np.int64(1)), (_array(1.5, -0.4, 0.3), np.int64(2))], "looks")
def bound_by_argument(m):
    return lambda x, n: m.reduce_sum(x[n - 1 : n] * x[n])


# -- products, matrices, networks -----------------------------------------------------------------------------------


@entry(VECTORS)
def quadratic_form(m):
    def f(x):
        n = x.shape[0]
        a = np.arange(1.0, n * n + 1.0).reshape(n, n) / 4.0
        return m.tensordot(x, m.linalg.matvec(a, x), 1)

    return f


@entry(MATRICES)
def products(m):
    return lambda x: m.matmul(x, m.transpose(x)) @ _array([1.0, 0.5], [0.25, 2.0])


@entry(MATRICES)
def einsum(m):
    return lambda x: m.einsum("ij,kj->ki", x, x * x)


@entry(SQUARES)
def solving(m):
    return lambda a: m.linalg.solve(a, a[:, :1] * 2.0)


@entry(SQUARES)
def triangular(m):
    return lambda a: m.linalg.triangular_solve(a, a[:, :1] * 2.0)


@entry(SQUARES)
def determinants(m):
    return lambda a: m.linalg.det(a) + m.linalg.trace(m.linalg.inv(a))


@entry(SQUARES)
def cholesky(m):
    return lambda a: m.linalg.cholesky(a @ m.transpose(a) + m.linalg.diag(m.linalg.diag_part(a)) * 0.5)


@entry([(_array(0.5, 1.25, 0.8),), (_array(1.5, -0.4, 0.3),)])
def softmax(m):
    return lambda x: m.nn.softmax(x)


@entry([(_array([0.5, 1.25], [0.8, 0.1]), np.array([1, 0])), (_array([1.5, -0.4], [0.3, 0.9]), np.array([1, 1]))])
def cross_entropy(m):
    return lambda x, labels: m.reduce_mean(m.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=x))


@entry([(_array(0.5, 1.25, 0.8), np.array([1, 0, 1])), (_array(1.5, -0.4, 0.3), np.array([0, 0, 1]))])
def segments(m):
    return lambda x, ids: m.math.unsorted_segment_sum(x * x, ids, 2)


@entry([(_array(0.5, 1.25, 0.8, 0.1),), (_array(1.5, -0.4, 0.3, 0.7),), (_array(0.9, 0.2, 0.6),)])
def convolution(m):
    kernel = _array(0.5, -1.5).reshape(2, 1, 1)
    return lambda x: m.nn.conv1d(m.reshape(x * x, (1, -1, 1)), kernel, 1, "VALID")[0, :, 0]


@entry(SQUARES)
def log_determinant(m):
    return lambda a: m.linalg.slogdet(a)[1] * m.math.erf(a[0])


@entry([(_array(0.5, 1.25, 0.8), np.array([[2], [0]])), (_array(1.5, -0.4, 0.3), np.array([[1], [1]]))])
def indices_of_elements(m):
    return lambda x, i: m.gather_nd(x, i) * m.one_hot([1, 0], 3, dtype=m.float64)[0, :2] + m.reduce_min(x)


# -- several results ------------------------------------------------------------------------------------------------


@entry(VECTORS)
def nested_result(m):
    return lambda x: {"square": x * x, "pair": (m.reduce_sum(x), [x[0] * 3.0])}


@entry(VECTORS)
def integer_beside(m):
    return lambda x: (m.sin(x), m.argmax(x))


@entry(MATRICES)
def rows_apart(m):
    def f(x):
        first, second = m.unstack(x)
        return first * m.exp(second), m.split(second, [1, 2])[1]

    return f


@entry([({"a": _array(0.5, 1.25), "b": (np.float64(0.8),)},), ({"a": _array(1.5, -0.4), "b": (np.float64(0.3),)},)])
def nested_argument(m):
    return lambda tree: {"x": tree["a"] * tree["b"][0], "y": m.exp(tree["b"][0])}


# -- what a function finds around it --------------------------------------------------------------------------------


@entry(VECTORS, "changes variables")
def variable(m):
    w = m.Variable(np.float64(0.7))
    return lambda x: w * x * x + w, [w], lambda: w.assign(np.float64(1.6))


@entry(VECTORS, "changes variables")
def linear_in_variable(m):
    w = m.Variable(np.float64(0.7))
    return lambda x: m.reduce_sum(w * x), [w], lambda: w.assign(np.float64(1.6))


@entry([(np.array([1, 0]),), (np.array([2, 2]),), (np.array([1]),)], "changes variables")
def embedding(m):
    table = m.Variable(_array([0.5, 1.2], [0.8, 1.5], [0.4, 0.3]))
    f = lambda ids: m.reduce_sum(m.nn.embedding_lookup(table, ids) ** 2)  # noqa: E731
    return f, [table], lambda: table.assign(_array([1.5, 0.2], [0.3, 0.5], [1.4, 1.3]))


@entry(VECTORS, "changes variables")
def rows_and_all(m):
    table = m.Variable(_array([0.5, 1.2], [0.8, 1.5], [0.4, 0.3]))

    def f(x):
        rows = m.gather(table, [2, 0, 2])
        return m.reduce_sum(rows * rows) * x + m.reduce_mean(m.square(table))

    return f, [table], lambda: table.assign(_array([1.5, 0.2], [0.3, 0.5], [1.4, 1.3]))


@entry(VECTORS, "changes variables")
def layer(m):
    w, b = m.Variable(_array(0.3, -0.8)), m.Variable(_array(0.1, 0.2))

    def f(x):
        hidden = m.tanh(m.expand_dims(x, 1) * w + b)
        return m.reduce_mean(hidden * hidden)

    return f, [w, b], lambda: b.assign(_array(0.7, -0.2))


_ASSIGNS = dict.fromkeys(["custom_gradient", "recompute_grad", "custom_jvp"], "it would assign once more")
_ASSIGNS["loaded program"] = "it assigns to variables of its own"


@entry(SCALARS, "changes variables", "assigns", **_ASSIGNS)
def assigned_inside(m):
    w = m.Variable(np.float64(1.5))

    def f(x):
        y = w * x
        w.assign(w * 0.5)
        return y + w * x * x

    return f, [w], lambda: w.assign(np.float64(0.8))


@entry(VECTORS)
def closed_over_tensor(m):
    c = m.constant([2.5], m.float64)
    return lambda x: m.reduce_sum(x * c) + c[0]


@entry(VECTORS, "changes arrays")
def closed_over_array(m):
    a = _array(2.0)

    def change():
        a[0] = 5.0

    return lambda x: m.reduce_sum(x * a * x), [], change


@entry(VECTORS, "changes numbers")
def closed_over_number(m):
    scale = 2.0

    def change():
        nonlocal scale
        scale = 5.0

    return lambda x: x * scale, [], change


# -- control flow ---------------------------------------------------------------------------------------------------


@entry(VECTORS, "looks")
def branch(m):
    def f(x):
        if m.reduce_sum(x) > 1.6:
            return x * x
        return m.sin(x)

    return f


@entry(SCALARS, "looks")
def loop(m):
    def f(x):
        y = x
        while y < 3.0:
            y = y * 1.5 + x
        return y * x

    return f


@entry(VECTORS, "looks")
def conditions(m):
    def f(x):
        y = m.cond(x[0] > 0.6, lambda: x * x, lambda: -x)
        return y * m.switch_case(m.argmax(x), [lambda: 2.0, lambda: x[0], lambda: x[1]])

    return f


@entry(SCALARS, "looks")
def while_loop(m):
    return lambda x: m.while_loop(lambda i, y: y < 4.0, lambda i, y: (i + 1, y * y + x), (0, x))[1]


@entry(SCALARS)
def long_while_loop(m):
    def f(x):
        return m.while_loop(lambda i, y: i < 70, lambda i, y: (i + 1, m.sin(y) * 0.9 + x * 0.1), (0, x * x))[1]

    return f


@entry(SCALARS)
def checkpointed_loop(m):
    def f(x):
        step = lambda i, y: (i + 1, m.sin(y) * 0.9 + x * 0.1)  # noqa: E731
        return m.while_loop(lambda i, y: i < 7, step, (0, x * x), checkpoint=2)[1]

    return f


@entry(SCALARS, "looks")
def checkpointed_by_values(m):
    return lambda x: m.while_loop(lambda y: y < 4.0, lambda y: (y * 1.3 + x,), (x,), checkpoint=2)[0]


@entry(VECTORS)
def checkpointed_fold(m):
    return lambda x: m.foldl(lambda a, e: a * m.cos(e) + e * x[0], x, m.constant(1.0, m.float64), checkpoint=1)


@entry(VECTORS)
def in_a_budget(m):
    def f(x, columns=32):  # (all alike)
        y = m.reshape(x, (-1, 1)) * m.constant([1.0] * columns, m.float64)
        for _ in range(6):
            y = m.tanh(y) + 0.1 * y * m.reduce_mean(y, 1, keepdims=True)
        return m.reduce_mean(y, 1)

    return m.function(f, memory=240_000)


@entry(VECTORS)
def maps_and_scans(m):
    def f(x):
        way = m.scan(lambda a, e: a * 0.5 + e, x, m.constant(1.0, m.float64))
        return m.map_fn(lambda e: m.sin(e) * e, x) + way * m.foldl(lambda a, e: a * e, x, m.constant(1.0, m.float64))

    return f


# -- rules of one's own ---------------------------------------------------------------------------------------------


@entry(VECTORS, "own rule")
def custom_gradient(m):
    @m.custom_gradient
    def halved(x):
        return m.sin(x) * x, lambda g: g * x * 0.5

    return lambda x: halved(x) * x


@entry(SCALARS, "own rule")
def custom_gradient_of_scalar(m):
    @m.custom_gradient
    def scaled(x):
        y = m.exp(x)
        return y, lambda g: g * y * 3.0

    return lambda x: scaled(x)


@entry(SCALARS, "own rule")
def custom_jvp(m):
    @m.custom_jvp
    def s(x):
        return m.sin(x)

    @s.defjvp
    def _(primals, tangents):
        return s(primals[0]), tangents[0] * m.cos(primals[0]) * 2.0

    return lambda x: s(x * 2.0)


@entry(VECTORS, "own rule")
def recomputed(m):
    inner = m.recompute_grad(lambda x: m.tanh(x * x) * x)
    return lambda x: inner(x) + x


@entry(SCALARS, "own rule")
def passed_through(m):
    through = m.grad_pass_through(m.round)
    return lambda x: through(x * 3.0) * x


@entry(VECTORS, "stops")
def stopped(m):
    return lambda x: m.stop_gradient(x * x) * x


_cube = tf.elementwise_op("algebra_cube", None, lambda g, x, y: g * 3.0 * x * x, formula=lambda x: x * x * x)
_flip = tf.linear_op("algebra_flip", lambda x: x[..., ::-1].copy(), lambda g: g[..., ::-1].copy())
_squares = tf.general_op("algebra_sum_of_squares", lambda x: np.sum(x * x), lambda g, y, x: g * 2.0 * x)


@entry(VECTORS)
def own_rows(m):
    if m is tf:
        return lambda x: _cube(x) * _flip(x) + _squares(x)
    return lambda x: x**3 * x[::-1] + m.reduce_sum(x * x)


# -- writing --------------------------------------------------------------------------------------------------------


@entry(VECTORS)
def buffer(m):
    def f(x):
        b = m.buffer(np.zeros(x.shape[0]))
        b[0] = x[0] * x[1]
        for i in range(1, x.shape[0]):
            b[i] = b[i - 1] * x[i]
        return m.convert_to_tensor(b)

    return f


@entry(VECTORS)
def updates(m):
    def f(x):
        x = m.convert_to_tensor(x)
        if m is tf:
            return x.at[0].set(x[1] * x[1]).at[1:].add(x[0])
        return m.at_add(m.at_set(x, 0, x[1] * x[1]), slice(1, None), x[0])

    return f


@entry(VECTORS)
def scattered(m):
    def f(x):
        y = m.tensor_scatter_nd_update(x, [[0]], [x[1] * 2.0])
        z = m.tensor_scatter_nd_add(y * y, [[1], [1]], [x[0], x[1]])
        return z + m.scatter_nd([[1]], [x[0] * x[1]], [x.shape[0]])

    return f


_ROWS = [(_array(0.5, 1.25, 0.8), np.array([[2], [0]])), (_array(1.5, -0.4, 0.3), np.array([[1], [1]]))]
_PLACES = [(_array(0.5, 1.25, 0.8), np.array([2, 0])), (_array(1.5, -0.4, 0.3), np.array([0, 1]))]


@entry(_ROWS)
def scattered_by_argument(m):
    return lambda x, i: m.tensor_scatter_nd_add(x * x, i, x[:2] * 3.0) * m.scatter_nd(i, x[1:], [3])


@entry(_PLACES)
def updated_by_argument(m):
    def f(x, i):
        x = m.convert_to_tensor(x)
        if m is tf:
            return x.at[i].set(x[:2] * x[1:])
        return m.at_set(x, i, x[:2] * x[1:])

    return f


@entry(_PLACES)
def buffer_by_argument(m):
    def f(x, i):
        b = m.buffer(x * 2.0)
        b[i] = x[:2] ** 2
        return m.convert_to_tensor(b) * x

    return f


@entry([(_array(0.5, 1.25, 0.8), np.int64(1)), (_array(1.5, -0.4, 0.3), np.int64(2))])
def rolled_by_argument(m):
    return lambda x, n: m.roll(x * x, n, 0) * m.one_hot(n, 3, dtype=m.float64) + x[n]


@entry([(m1, np.array([[1, 0], [2, 2]])) for (m1,) in MATRICES])
def along_by_argument(m):
    def f(x, i):
        return np.take_along_axis(m.convert_to_tensor(x), i, 1) ** 2

    return f


# -- random draws, complex numbers ----------------------------------------------------------------------------------


@entry(VECTORS)
def random_draws(m):
    return lambda x: m.random.stateless_normal(x.shape, seed=[1, 2], dtype=m.float64) * x * x


@entry(VECTORS)
def dropped(m):
    return lambda x: m.where(m.random.stateless_uniform(x.shape, seed=[3, 1], dtype=m.float64) > 0.5, m.exp(x), 0.0 * x)


@entry(VECTORS)
def through_complex_numbers(m):
    return lambda x: m.math.real(m.exp(m.complex(x, x * x))) + m.abs(m.complex(x, m.cos(x)))


@entry(COMPLEX, "complex")
def complex_argument(m):
    return lambda z: m.reduce_sum(m.math.real(z * z * m.math.conj(z)) + m.abs(m.exp(z)))


@entry(COMPLEX, "complex", "complex result")
def complex_polynomial(m):
    return lambda z: z * z * (0.5 + 2.0j) + z


@entry(VECTORS)
def spectrum(m):
    return lambda x: m.math.real(m.signal.ifft(m.signal.fft(m.cast(x, m.complex128)) ** 2))


@entry(VECTORS)
def tensor_array(m):
    def f(x):
        values, value = m.TensorArray(m.float64, size=2), x[0]
        for k in range(2):
            value = m.sin(value) * x[k]
            values = values.write(k, value)
        return values.stack() * x[1]

    return f


@entry(MIXED, "calls Python")
def differential_equation(m):
    steps = {"rtol": 1e3, "atol": 1e3, "first_step": 0.1, "max_step": 0.1}

    def f(k, y):
        rate = m.exp(-k)  # which the slope finds around it

        def slope(t, y, k):
            return k * m.sin(y) - rate * y * t

        return m.scipy.integrate.solve_ivp(slope, (0.0, 0.2), y, "RK23", [0.1, 0.2], args=(k,), **steps).y

    return f


@entry(VECTORS, "calls Python")
def solution_of_an_equation(m):
    def f(p):
        scale = m.exp(0.3 * p)  # which the equation finds around it
        return m.optimize.root(lambda x: x * x * x + x - scale * p, np.zeros(p.shape))

    return f


from . import upper_rooms  # noqa: E402, F401 (its entries)
