"""The names that functions of the corpus use, for the reference: TensorFlow's, on arrays of `duals.Number`.

A function of the corpus is given a namespace, `tf` or this. What NumPy does for arrays of any objects (indexing, sums,
products of matrices, joining) is NumPy's.
"""

from __future__ import annotations

import builtins
import operator
from types import SimpleNamespace
from typing import Any

import numpy as np

import autodiff_core as tf

from . import duals, reference
from .duals import Number, bare, base, everywhere, lifted, number
from .structures import leaves_of, replaced

float32, float64, complex128, int32, int64 = np.float32, np.float64, np.complex128, np.int32, np.int64


class Variable:
    """A value that is replaced as a whole."""

    __array_ufunc__ = None

    def __init__(self, value: Any, trainable: bool = True) -> None:
        self.value, self.trainable = lifted(value), trainable

    def assign(self, value: Any) -> None:
        value = value.value if isinstance(value, Variable) else lifted(value)
        if not reference.is_float(self.value):
            self.value = value
            return
        # A later read is a new value of the same source: it moves as the earlier ones do, not as what was assigned.
        moving = everywhere(lambda old, new: bare(new) + (number(old) - bare(old)))
        self.value = moving(self.value, value)

    def assign_add(self, value: Any) -> None:
        self.assign(self.value + value)

    @property
    def shape(self) -> tuple[int, ...]:
        return reference.shape_of(self.value)

    def __getitem__(self, key: Any) -> Any:
        return self.value[key]


class TensorArray:
    """A list of values, which is another one after each write."""

    def __init__(self, dtype: Any, size: int) -> None:
        self.values: list[Any] = [0.0] * size

    def write(self, index: int, value: Any) -> TensorArray:
        changed = TensorArray(None, len(self.values))
        changed.values = [*self.values[:index], value, *self.values[index + 1 :]]
        return changed

    def stack(self) -> Any:
        return stack(self.values)


def _operators(apply: Any) -> tuple[Any, Any]:
    def method(self: Variable, other: Any) -> Any:
        return apply(self.value, other.value if isinstance(other, Variable) else other)

    def reflected(self: Variable, other: Any) -> Any:
        return apply(other, self.value)

    return method, reflected


for _name in ["add", "sub", "mul", "truediv", "pow", "matmul"]:
    for _prefix, _method in zip(("", "r"), _operators(getattr(operator, _name)), strict=True):
        setattr(Variable, f"__{_prefix}{_name}__", _method)


def _a(x: Any) -> Any:
    """An array, of objects where it holds floats."""
    if isinstance(x, Variable):
        x = x.value
    if isinstance(x, Buffer):
        x = x.array
    if isinstance(x, np.ndarray) and x.dtype.kind in "biu":
        return x
    if isinstance(x, (bool, int, np.integer, np.bool_)):
        return np.asarray(x)
    if isinstance(x, (list, tuple)):
        return np.stack([_a(one) for one in x]) if x else np.zeros(0, object)
    return np.asarray(lifted(x), dtype=object)


class Buffer:
    """An array that is written to."""

    def __init__(self, start: Any) -> None:
        self.array = np.array(_a(np.zeros(start) if isinstance(start, (int, tuple)) else start), dtype=object)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.array[key] = value

    def __getitem__(self, key: Any) -> Any:
        return self.array[key]


def buffer(start: Any, dtype: Any = None) -> Buffer:
    return Buffer(start)


def constant(value: Any, dtype: Any = None) -> Any:
    return lifted(np.asarray(value, dtype))


def convert_to_tensor(x: Any) -> Any:
    return _a(x)[()]


def identity(x: Any) -> Any:
    return _a(x)[()]


def cast(x: Any, dtype: Any) -> Any:
    kind = np.dtype(dtype).kind
    if kind == "c":
        return everywhere(duals.to_complex)(_a(x))
    if kind == "f":
        return everywhere(lambda one: number(one) if isinstance(one, Number) else Number(float(one)))(_a(x))
    return np.array([int(base(one)) for one in _a(x).ravel()], dtype).reshape(_a(x).shape)[()]


# -- element by element -------------------------------------------------------------------------------------------


def _elementwise(function: Any) -> Any:
    def applied(*operands: Any) -> Any:
        return everywhere(function)(*(_a(x) for x in operands))

    return applied


sin, cos, exp, tanh, sqrt = map(_elementwise, (duals.sin, duals.cos, duals.exp, duals.tanh, duals.sqrt))
square = _elementwise(lambda x: x * x)
abs = _elementwise(builtins.abs)
sigmoid = _elementwise(lambda x: 1.0 / (1.0 + duals.exp(-x)))
maximum = _elementwise(lambda x, y: number(x) if base(x) >= base(y) else number(y))
minimum = _elementwise(lambda x, y: number(x) if base(x) <= base(y) else number(y))
multiply = _elementwise(lambda x, y: x * y)
add = _elementwise(lambda x, y: x + y)
sign = _elementwise(lambda x: Number(float(np.sign(base(x)))))
round = _elementwise(lambda x: Number(float(np.round(base(x)))))
stop_gradient = _elementwise(bare)
_log = _elementwise(duals.log)
_atan2 = _elementwise(lambda y, x: duals.arctan(y / x) + (0.0 if base(x) > 0 else float(np.copysign(np.pi, base(y)))))


def complex(x: Any, y: Any) -> Any:
    return _elementwise(lambda a, b: duals.to_complex(a) + duals.to_complex(b) * 1j)(x, y)


def where(condition: Any, x: Any, y: Any) -> Any:
    return everywhere(lambda c, a, b: number(a) if c else number(b))(condition, _a(x), _a(y))


def clip_by_value(x: Any, low: Any, high: Any) -> Any:
    return minimum(maximum(x, low), high)


# -- reductions and the like --------------------------------------------------------------------------------------


def _reduction(reduce: Any) -> Any:
    def reduction(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        x = _a(x)
        axis = tuple(range(x.ndim)) if axis is None else axis
        axis = tuple(int(a) for a in axis) if isinstance(axis, (tuple, list)) else (int(axis),)
        axis = tuple(a % x.ndim for a in axis)
        kept = [a for a in range(x.ndim) if a not in axis]
        lines = x.transpose(kept + list(axis)).reshape([x.shape[a] for a in kept] + [-1]) if x.size else None
        result = np.empty([x.shape[a] for a in kept], object)
        for place in np.ndindex(result.shape):
            result[place] = reduce(list(lines[place]) if lines is not None else [])
        return np.expand_dims(result, axis) if keepdims else result[()]

    return reduction


def _product_of(line: list[Any]) -> Any:
    result = Number(1.0)
    for x in line:
        result = result * x
    return result


def _logsumexp(line: list[Any]) -> Any:
    return duals.log(sum((duals.exp(x) for x in line), Number(0.0)))


def _added(line: list[Any]) -> Any:
    return sum(line, Number(0.0))


def _standard(line: list[Any]) -> Any:
    mean = _added(line) / len(line)
    return _added([(x - mean) * (x - mean) for x in line]) / len(line)


def _median(line: list[Any]) -> Any:
    ordered = sorted(line, key=base)
    half = len(line) // 2
    return ordered[half] if len(line) % 2 else 0.5 * (ordered[half - 1] + ordered[half])


reduce_sum, reduce_prod = _reduction(_added), _reduction(_product_of)
reduce_mean = _reduction(lambda line: _added(line) / len(line))
reduce_max = _reduction(lambda line: max(line, key=base))
reduce_min = _reduction(lambda line: min(line, key=base))
reduce_logsumexp = _reduction(_logsumexp)
norm = _reduction(lambda line: duals.sqrt(_added([x * x for x in line])))


def argmax(x: Any, axis: int = 0) -> Any:
    return np.argmax(np.vectorize(base, otypes=[float])(_a(x)), axis=axis)


def argsort(x: Any) -> Any:
    return np.argsort(np.vectorize(base, otypes=[float])(_a(x)))


def sort(x: Any) -> Any:
    return _a(x)[argsort(x)]


def _top_k(x: Any, k: int) -> Any:
    order = argsort(x)[::-1][:k]
    return _a(x)[order], order


def cumsum(x: Any, axis: int = 0) -> Any:
    return np.cumsum(_a(x), axis=axis)


def _cumprod(x: Any) -> Any:
    return np.cumprod(_a(x))


# -- shapes and indices -------------------------------------------------------------------------------------------


def shape(x: Any) -> Any:
    return np.array(reference.shape_of(_a(x)), int)


def size(x: Any) -> Any:
    return _a(x).size


def reshape(x: Any, shape: Any) -> Any:
    return _a(x).reshape([int(n) for n in shape])[()]


def transpose(x: Any) -> Any:
    return _a(x).T


def expand_dims(x: Any, axis: int) -> Any:
    return np.expand_dims(_a(x), axis)


def broadcast_to(x: Any, shape: Any) -> Any:
    return np.broadcast_to(_a(x), [int(n) for n in shape])


def concat(parts: Any, axis: int) -> Any:
    return np.concatenate([_a(x) for x in parts], axis)


def stack(parts: Any, axis: int = 0) -> Any:
    return np.stack([_a(x) for x in parts], axis)


def unstack(x: Any) -> list[Any]:
    return list(_a(x))


def split(x: Any, sizes: Any) -> list[Any]:
    return np.split(_a(x), np.cumsum(sizes)[:-1])


def pad(x: Any, paddings: Any) -> Any:
    x = _a(x)
    result = np.full([n + sum(p) for n, p in zip(x.shape, paddings, strict=True)], Number(0.0), object)
    result[tuple(slice(p[0], p[0] + n) for n, p in zip(x.shape, paddings, strict=True))] = x
    return result


def tile(x: Any, multiples: Any) -> Any:
    return np.tile(_a(x), multiples)


def reverse(x: Any, axis: Any) -> Any:
    return np.flip(_a(x), axis)


def roll(x: Any, shift: Any, axis: int) -> Any:
    return np.roll(_a(x), int(shift), axis)


def gather(x: Any, indices: Any, axis: int = 0) -> Any:
    return np.take(_a(x), np.asarray(indices), axis=axis)


def gather_nd(x: Any, indices: Any) -> Any:
    return _a(x)[tuple(np.moveaxis(np.asarray(indices), -1, 0))]


def one_hot(indices: Any, depth: int, dtype: Any = None) -> Any:
    return lifted(np.eye(depth)[np.asarray(indices)])


def range(*bounds: Any) -> Any:
    return np.arange(*(int(b) for b in bounds))


def tensor_scatter_nd_update(x: Any, indices: Any, updates: Any) -> Any:
    result = np.array(_a(x), dtype=object)
    for place, value in zip(np.asarray(indices), _a(updates), strict=True):
        result[tuple(place)] = value
    return result


def tensor_scatter_nd_add(x: Any, indices: Any, updates: Any) -> Any:
    result = np.array(_a(x), dtype=object)
    for place, value in zip(np.asarray(indices), _a(updates), strict=True):
        result[tuple(place)] = result[tuple(place)] + value
    return result


def scatter_nd(indices: Any, updates: Any, shape: Any) -> Any:
    return tensor_scatter_nd_add(np.full(tuple(shape), Number(0.0), object), indices, updates)


def _segment_sum(x: Any, segments: Any, count: int) -> Any:
    result = np.full((count, *_a(x).shape[1:]), Number(0.0), object)
    for segment, value in zip(np.asarray(segments), _a(x), strict=True):
        result[segment] = result[segment] + value
    return result


def at_set(x: Any, key: Any, value: Any) -> Any:
    result = np.array(_a(x), dtype=object)
    result[key] = value
    return result


def at_add(x: Any, key: Any, value: Any) -> Any:
    result = np.array(_a(x), dtype=object)
    result[key] = result[key] + value
    return result


# -- products and matrices ----------------------------------------------------------------------------------------


def matmul(x: Any, y: Any) -> Any:
    return _a(x) @ _a(y)


def tensordot(x: Any, y: Any, axes: Any) -> Any:
    return np.tensordot(_a(x), _a(y), axes)[()]


def einsum(text: str, *operands: Any) -> Any:
    """The sum of products over all letters, one after the other."""
    ins, out = text.split("->")
    arrays = [_a(x) for x in operands]
    pairs = [pair for names, x in zip(ins.split(","), arrays, strict=True) for pair in zip(names, x.shape, strict=True)]
    sizes = dict(pairs)
    letters = list(sizes)
    result = np.full([sizes[c] for c in out], Number(0.0), object)
    for place in np.ndindex(*sizes.values()):
        at = dict(zip(letters, place, strict=True))
        term = Number(1.0)
        for names, x in zip(ins.split(","), arrays, strict=True):
            term = term * x[tuple(at[c] for c in names)]
        where_to = tuple(at[c] for c in out)
        result[where_to] = result[where_to] + term
    return result[()]


def _solve(matrix: Any, rhs: Any) -> Any:
    """Gauss and Jordan, with pivots."""
    a, b = np.array(_a(matrix), dtype=object), np.array(_a(rhs), dtype=object)
    n = len(a)
    for k in builtins.range(n):
        pivot = max(builtins.range(k, n), key=lambda i: np.abs(base(a[i, k])))
        a[[k, pivot]], b[[k, pivot]] = a[[pivot, k]], b[[pivot, k]]
        factor = a[k, k]
        a[k], b[k] = a[k] / factor, b[k] / factor
        for i in builtins.range(n):
            if i != k:
                factor = a[i, k]
                a[i], b[i] = a[i] - factor * a[k], b[i] - factor * b[k]
    return b


def _det(matrix: Any) -> Any:
    a = _a(matrix)
    if len(a) == 1:
        return a[0, 0]
    rows = [np.delete(a[1:], k, axis=1) for k in builtins.range(len(a))]
    return sum(((-1.0) ** k * a[0, k] * _det(rows[k]) for k in builtins.range(len(a))), Number(0.0))


def _cholesky(matrix: Any) -> Any:
    a = _a(matrix)
    low = np.full(a.shape, Number(0.0), object)
    for i in builtins.range(len(a)):
        for j in builtins.range(i + 1):
            rest = a[i, j] - _added([low[i, k] * low[j, k] for k in builtins.range(j)])
            low[i, j] = duals.sqrt(rest) if i == j else rest / low[j, j]
    return low


def _eye(n: int) -> Any:
    return lifted(np.eye(n))


def _fft(x: Any) -> Any:
    n = len(_a(x))
    waves = np.exp(-2j * np.pi * np.outer(np.arange(n), np.arange(n)) / n)
    return lifted(waves) @ everywhere(duals.to_complex)(_a(x))


def _ifft(x: Any) -> Any:
    n = len(_a(x))
    waves = np.exp(2j * np.pi * np.outer(np.arange(n), np.arange(n)) / n) / n
    return lifted(waves) @ _a(x)


# -- networks -----------------------------------------------------------------------------------------------------


def _softmax(x: Any) -> Any:
    e = exp(_a(x))
    return e / np.sum(e, axis=-1, keepdims=True)


def _cross_entropy(labels: Any, logits: Any) -> Any:
    logits, labels = _a(logits), np.asarray(labels)
    losses = np.empty(labels.shape, object)
    for place in np.ndindex(labels.shape):
        losses[place] = _logsumexp(list(logits[place])) - logits[place][labels[place]]
    return losses[()]


def _conv1d(x: Any, kernel: Any, stride: int, padding: str) -> Any:
    x, kernel = _a(x), _a(kernel)
    width = len(kernel)
    result = [
        [np.tensordot(example[i : i + width], kernel, 2) for i in builtins.range(len(example) - width + 1)]
        for example in x
    ]
    return np.array(result, dtype=object)


# -- control flow -------------------------------------------------------------------------------------------------


def cond(pred: Any, yes: Any, no: Any) -> Any:
    return yes() if pred else no()


def switch_case(index: Any, branches: Any) -> Any:
    return branches[int(base(index))]()


def while_loop(condition: Any, body: Any, values: Any, checkpoint: Any = None) -> Any:
    while condition(*values):
        values = body(*values)
    return values


def map_fn(fn: Any, elems: Any) -> Any:
    return np.stack([_a(fn(x)) for x in _a(elems)])


def scan(fn: Any, elems: Any, initializer: Any) -> Any:
    way = []
    for x in _a(elems):
        initializer = fn(initializer, x)
        way.append(_a(initializer))
    return np.stack(way)


def foldl(fn: Any, elems: Any, initializer: Any, checkpoint: Any = None) -> Any:
    for x in _a(elems):
        initializer = fn(initializer, x)
    return initializer


# -- rules of one's own -------------------------------------------------------------------------------------------


def _highest(leaves: list[Any]) -> int:
    return max((number(x).level for leaf in leaves if reference.is_float(leaf) for x in _a(leaf).ravel()), default=0)


def custom_gradient(f: Any) -> Any:
    """The tangent is made of the rule's gradients for one element of the result after the other."""

    def function(*args: Any) -> Any:
        leaves = leaves_of(args)
        top = _highest(leaves)
        still = [everywhere(lambda x: number(x).parts(top)[0])(x) if reference.is_float(x) else x for x in leaves]
        if not top:
            return f(*args)[0]
        args = replaced(args, still)
        value, (_, grad) = function(*args), f(*args)
        tangents = [
            everywhere(lambda x: number(x).parts(top)[1] or Number(0.0))(x) if reference.is_float(x) else None
            for x in leaves
        ]
        outputs = leaves_of(value)
        moved = []
        for k, output in enumerate(outputs):
            change = np.empty(reference.shape_of(output), object)
            for place in np.ndindex(change.shape):
                cotangents = [np.full(reference.shape_of(y), Number(0.0), object) for y in outputs]
                cotangents[k][place] = Number(1.0)
                gradients = leaves_of(grad(*(c[()] for c in cotangents)))
                change[place] = sum(
                    (
                        g * t
                        for gs, ts in zip(gradients, tangents, strict=True)
                        if ts is not None
                        for g, t in zip(_a(gs).ravel(), _a(ts).ravel(), strict=True)
                    ),
                    Number(0.0),
                )
            moved.append(everywhere(lambda p, t: Number(number(p), top, number(t)))(output, change))
        return replaced(value, moved)

    return function


def custom_jvp(f: Any) -> Any:
    """A function whose tangent is its rule's."""
    rules = []

    def function(*args: Any) -> Any:
        leaves = [_a(x) for x in args]
        top = _highest(leaves)
        if not top:
            return f(*args)
        primals = tuple(everywhere(lambda x: number(x).parts(top)[0])(x) for x in leaves)
        tangents = tuple(everywhere(lambda x: number(x).parts(top)[1] or Number(0.0))(x) for x in leaves)
        value, moved = rules[0](primals, tangents)
        return everywhere(lambda p, t: Number(number(p), top, number(t)))(value, moved)

    function.defjvp = rules.append  # type: ignore[attr-defined]
    return function


def function(f: Any, memory: Any) -> Any:
    return lambda *args: f(*args, columns=1)  # (columns that are alike cost numbers much)


def recompute_grad(f: Any) -> Any:
    return f


def grad_pass_through(f: Any) -> Any:
    """The value of the function, the derivatives of its argument."""
    return lambda x: everywhere(lambda y, one: one + bare(y) - bare(one))(_a(f(x)), _a(x))


math = SimpleNamespace(
    log=_log, erf=_elementwise(duals.erf), cumprod=_cumprod, top_k=_top_k, real=_elementwise(duals.real),
    imag=_elementwise(duals.imag), conj=_elementwise(duals.conj), reduce_variance=_reduction(_standard),
    atan2=_atan2, unsorted_segment_sum=_segment_sum,
)  # fmt: skip
nn = SimpleNamespace(
    relu=_elementwise(lambda x: number(x) if base(x) > 0 else Number(0.0)),
    softplus=_elementwise(lambda x: duals.log(1.0 + duals.exp(x))),
    softmax=_softmax, embedding_lookup=gather, sparse_softmax_cross_entropy_with_logits=_cross_entropy,
    conv1d=_conv1d, leaky_relu=_elementwise(lambda x: number(x) if base(x) > 0 else x * 0.2),
)  # fmt: skip
linalg = SimpleNamespace(
    solve=_solve, triangular_solve=lambda a, b: _solve(where(np.tril(np.ones(_a(a).shape)) > 0, _a(a), 0.0), b),
    inv=lambda a: _solve(a, _eye(len(_a(a)))), det=_det, cholesky=_cholesky,
    slogdet=lambda a: (sign(_det(a)), _log(abs(_det(a)))),
    trace=lambda a: _added([_a(a)[k, k] for k in builtins.range(len(_a(a)))]),
    matvec=lambda a, x: _a(a) @ _a(x), diag=lambda x: where(np.eye(len(_a(x))) > 0, _a(x), 0.0),
    diag_part=lambda a: np.diagonal(_a(a)).copy(), norm=norm,
)  # fmt: skip
signal = SimpleNamespace(fft=_fft, ifft=_ifft)
# Draws have no derivative of their own: the library's numbers, as numbers.
random = SimpleNamespace(
    stateless_normal=lambda shape, seed, dtype: lifted(tf.random.stateless_normal(shape, seed, dtype=dtype).numpy()),
    stateless_uniform=lambda shape, seed, dtype: lifted(tf.random.stateless_uniform(shape, seed, dtype=dtype).numpy()),
)


def _solve_ivp(fun: Any, t_span: Any, y0: Any, method: str, t_eval: Any, args: Any = (), **steps: Any) -> Any:
    """By Bogacki's and Shampine's method, with a step to each of the times."""
    assert method == "RK23"
    states, begin = [_a(y0)], t_span[0]
    for end in t_eval:
        y, h = states[-1], end - begin
        first = fun(begin, y, *args)
        second = fun(begin + 0.5 * h, y + first * (0.5 * h), *args)
        third = fun(begin + 0.75 * h, y + second * (0.75 * h), *args)
        states.append(y + (first * 2.0 + second * 3.0 + third * 4.0) * (h / 9.0))
        begin = end
    return SimpleNamespace(y=np.stack(states[1:], 1))


def _root(f: Any, x0: Any) -> Any:
    """Of an equation for each element, by steps along its slope in plain numbers: each is right to one order more."""
    plain, x = np.vectorize(base, otypes=[float]), _a(x0)
    for _ in builtins.range(16):
        above, below = (plain(_a(f(lifted(plain(x) + step)))) for step in (1e-5, -1e-5))
        x = x - f(x) * (2e-5 / (above - below))
    return x


optimize = SimpleNamespace(root=_root)
scipy = SimpleNamespace(integrate=SimpleNamespace(solve_ivp=_solve_ivp))
