"""`scipy.integrate`: ordinary differential equations, solved by SciPy, with gradients by the adjoint method.

The gradient of a solution is another equation, which runs backwards in time: beside the state go its adjoint and the
integrals that are the gradients of the arguments (R. T. Q. Chen et al., Neural ordinary differential equations, 2018).
It is solved by the same function, so it has gradients of its own. Nothing of the solver's steps is kept. Adjoints and
integrals are gradients by the user's convention, conjugates where numbers are complex, since a tape inside gives them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from ..custom import any_followed_strictly, not_among, run_unrecorded
from ..nest import flatten_for_tape
from ..ops.complex_parts import real
from ..ops.elementwise import conj
from ..ops.reductions import reduce_sum
from ..ops.shaping import concat, reshape, stack, transpose
from ..tape import GradientTape

__all__ = ["odeint", "solve_ivp"]

# (slope of an array at a time, initial array, times) -> one array for each time
_Solver = Callable[[Callable[[np.ndarray, float], np.ndarray], np.ndarray, np.ndarray], np.ndarray]


def _scipy() -> Any:
    try:
        import scipy.integrate
    except ImportError as error:
        raise ImportError(
            "differential equations are solved by SciPy, which is not installed: pip install autodiff-core[scipy]"
        ) from error
    return scipy.integrate


class _Call:
    """One solution: what its gradient needs beside the operands."""

    path: Any

    def __init__(self, solver: _Solver, func: Callable[..., Any], count: int, variables: Sequence[Any]) -> None:
        self.solver, self.func, self.count, self.variables = solver, func, count, variables
        self.strict = False

    def pull(self, g: Any, t: Any, args: Sequence[Any]) -> list[Any]:
        (g,) = _core.conjugated([g])
        return _core.conjugated(_adjoint(self.solver, self.func, self.path, t, args, self.variables, g, self.strict))


_ODE = _core.register_general(
    "odeint",
    None,
    lambda g, _, call, y0, t, *rest: call.pull(g[0], t, rest[: call.count]),
    None,
    True,
    False,
    multiple=True,
)


def _solved(solver: _Solver, func: Callable[..., Any], y0: Any, t: Any, args: Sequence[Any]) -> Any:
    """The states at times t, a tensor of shape (len(t), n), with the adjoint method for its gradient."""
    _core.note_own_derivative()
    y, times = _core.seen(y0), _core.seen(t)
    values = [_core.to_tensor(_core.seen(x)) for x in args]

    def slope(y: np.ndarray, at: float) -> np.ndarray:
        time = _core.to_tensor(np.asarray(at, times.dtype))
        return _core.seen(_core.operand(func(_core.to_tensor(y.astype(y0.dtype)), time, *values)))

    # Once where it is seen what the function reads, and that it fits.
    first, read = run_unrecorded(lambda: slope(y, times[0]), ())
    if first.shape != y.shape:
        raise ValueError(
            f"the slope of a state of shape {y.shape} has that shape; the function gave one of shape {first.shape}"
        )
    if first.dtype.kind == "c" and y.dtype.kind != "c":
        raise TypeError(
            f"the slope of a state of dtype {y.dtype} is of dtype {first.dtype}; start from a complex state, as in "
            f"tf.cast(y0, tf.complex128)"
        )
    listening = _core.suspend()
    try:
        path = solver(slope, y, times).astype(y.dtype)
    finally:
        _core.resume(listening)
    variables = not_among(read, args)
    call = _Call(solver, func, len(args), variables)
    call.strict = any_followed_strictly([y0, t, *args, *variables])
    (call.path,) = _core.multiple(_ODE, [y0, t, *args, *variables], [_core.to_tensor(path)], call)
    return call.path


def _adjoint(
    solver: _Solver,
    func: Callable[..., Any],
    path: Any,
    t: Any,
    args: Sequence[Any],
    variables: Sequence[Any],
    g: Any,
    strict: bool,
) -> list[Any]:
    """Gradients with respect to the first state, the times, the arguments, and what the function finds around it."""
    n, count = int(path.shape[1]), int(path.shape[0])
    sources = [*args, *variables]
    sizes = [int(source.size) for source in sources]
    # One array holds them all.
    dtype = np.result_type(path.dtype, *[source.dtype for source in sources if source.dtype.kind == "c"])

    def slopes(whole: Any, back: Any, *own: Any) -> Any:
        """Of state, adjoint, and integrals, in reversed time."""
        y, a = (_core.to_dtype(part, path.dtype) for part in (whole[:n], whole[n : 2 * n]))
        followed = [y, *own, *variables]
        tape = GradientTape(watch_accessed_variables=False)
        if strict:
            tape.refuse_numbers()
        with tape:
            tape.watch(followed)
            value = func(y, -back, *own)
        pulled = tape.gradient(value, followed, output_gradients=a, unconnected_gradients="zero")
        parts = [-_core.operand(value), *[reshape(part, (int(part.size),)) for part in pulled]]
        return concat([_core.to_dtype(part, dtype) for part in parts], 0)

    def gain(weights: Any, at: Any, time: Any) -> Any:
        """How the target changes as the state moves along its slope."""
        slope = func(at, time, *args)
        return real(reduce_sum((conj(weights) if path.dtype.kind == "c" else weights) * slope))

    state, a = path[count - 1], g[count - 1]
    integrals: list[Any] = [np.zeros(size, dtype) for size in sizes]
    times: list[Any] = [None] * count
    for k in range(count - 1, 0, -1):
        times[k] = gain(g[k], path[k], t[k])
        whole = concat([_core.to_dtype(part, dtype) for part in (path[k], a, *integrals)], 0)
        ends = -stack([t[k], t[k - 1]])
        whole = _solved(solver, slopes, whole, ends, args)[1]
        state, a = path[k - 1], _core.to_dtype(whole[n : 2 * n], path.dtype) + g[k - 1]
        integrals, start = [], 2 * n
        for size in sizes:
            integrals.append(whole[start : start + size])
            start += size
    # A later start is a shorter way.
    times[0] = real(reduce_sum(g[0] * 0.0)) if count == 1 else gain(g[0] - a, state, t[0])
    shaped = [
        reshape(_core.to_dtype(part, source.dtype), tuple(source.shape))
        for part, source in zip(integrals, sources, strict=True)
    ]
    return [a, stack(times), *shaped]


def _prepared(op: str, func: Callable[..., Any], y0: Any, t: Any, args: Any) -> tuple[Any, ...]:
    """A function of flat states and flat arguments, with operands for all of them."""
    leaves, rebuild = flatten_for_tape(tuple(args))
    y0, t, *leaves = _core.operands(y0, t, *leaves)
    state, times = _floating(y0), _floating(t)
    shape = tuple(state.shape)
    if len(times.shape) != 1 or times.size == 0:
        raise ValueError(f"{op}: times are a vector with one element at least; their shape is {tuple(times.shape)}")

    def flat(y: Any, at: Any, *values: Any) -> Any:
        value = _core.operand(func(reshape(y, shape), at, *rebuild(list(values))))
        return reshape(value, (int(state.size),)) if value.size == state.size else value

    return flat, reshape(state, (int(state.size),)), times, leaves, shape


def _floating(x: Any) -> Any:
    operand = _core.operand(x)
    return _core.to_dtype(operand, np.float64) if operand.dtype.kind in "iub" else operand


def odeint(
    func: Callable[..., Any],
    y0: Any,
    t: Any,
    args: Any = (),
    tfirst: bool = False,
    rtol: float = 1.49e-8,
    atol: float = 1.49e-8,
    mxstep: int = 0,
) -> Tensor:
    """Solve an ordinary differential equation dy/dt = func(y, t, *args).

    Parameters
    ----------
    func : callable
        Gives the slope, of the state's shape, from tensors: the state, the time and the arguments. Variables and
        tensors that it finds around it have a gradient as well.
    y0 : array_like
        The state at t[0]; of any shape, real or complex.
    t : array_like
        The times, increasing or decreasing, of shape (n,).
    args : tuple
        Further arguments: numbers, arrays, tensors, or structures of them.
    tfirst : bool
        Whether func takes the time before the state.
    rtol, atol : float
        How far off the solution, and its gradient, may be.
    mxstep : int
        The most steps between two times; as many as SciPy thinks fit if 0.

    Returns
    -------
    Tensor
        Of shape (n, ...): the state at each time. It has a gradient with respect to y0, t, args, and what func
        finds around it.

    Raises
    ------
    ImportError
        Where SciPy is not installed.
    RuntimeError
        Where the solver fails.
    TypeError
        Where the slope of a real state is complex.
    ValueError
        Where the slope has another shape than the state, or there are no times.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.integrate.odeint.html. The gradient is that of the
    adjoint method (Chen et al. 2018): memory does not grow with the number of steps.

    Examples
    --------
    >>> rate = tf.Variable(0.5, dtype=tf.float64)
    >>> with tf.GradientTape() as tape:
    ...     y = tf.scipy.integrate.odeint(lambda y, t: -rate * y, [1.0], [0.0, 2.0])[-1, 0]
    >>> print(y.numpy().round(4), tape.gradient(y, rate).numpy().round(4))
    0.3679 -0.7358
    """
    integrate = _scipy()

    def solver(slope: Callable[[np.ndarray, float], np.ndarray], y: np.ndarray, times: np.ndarray) -> np.ndarray:
        if len(times) == 1:
            return y[None]
        # SciPy's takes real numbers: complex ones go in as pairs.
        kind = np.dtype(np.complex128 if y.dtype.kind == "c" else np.float64)
        path, report = integrate.odeint(
            lambda parts, at: slope(parts.view(kind), at).astype(kind).view(np.float64),
            y.astype(kind).view(np.float64),
            times.astype(np.float64),
            rtol=rtol,
            atol=atol,
            mxstep=mxstep,
            full_output=True,
        )
        if report["message"] != "Integration successful.":
            raise RuntimeError(f"odeint: {report['message']}")
        return np.asarray(path).view(kind)

    ordered = (lambda y, at, *rest: func(at, y, *rest)) if tfirst else func
    flat, state, times, leaves, shape = _prepared("odeint", ordered, y0, t, args)
    path = _solved(solver, flat, state, times, leaves)
    return reshape(path, (int(times.size), *shape))


def solve_ivp(
    fun: Callable[..., Any],
    t_span: Any,
    y0: Any,
    method: Any = "RK45",
    t_eval: Any = None,
    args: Any = (),
    rtol: float = 1e-3,
    atol: float = 1e-6,
    **options: Any,
) -> SimpleNamespace:
    """Solve an ordinary differential equation dy/dt = fun(t, y, *args) by one of SciPy's methods.

    Parameters
    ----------
    fun : callable
        Gives the slope, of shape (n,), from tensors: the time, the state and the arguments. Variables and tensors
        that it finds around it have a gradient as well.
    t_span : pair of float
        The first and the last time.
    y0 : array_like
        The state at the first time, of shape (n,), real or complex.
    method : str or class
        SciPy's name of a method, or a solver class.
    t_eval : array_like, optional
        The times at which the state is wanted; those that the solver chooses unless given.
    args : tuple
        Further arguments: numbers, arrays, tensors, or structures of them.
    rtol, atol : float
        How far off the solution, and its gradient, may be.
    **options
        The method's own, such as max_step.

    Returns
    -------
    namespace
        With `t`, of shape (m,), and `y`, of shape (n, m), which has a gradient with respect to y0, t_span, t_eval,
        args, and what fun finds around it; `success`, `status` and `message` are SciPy's.

    Raises
    ------
    ImportError
        Where SciPy is not installed.
    RuntimeError
        Where the solver fails.
    TypeError
        For events and dense output, which are not recorded; where the slope of a real state is complex.
    ValueError
        Where the slope has another shape than the state.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.integrate.solve_ivp.html. The gradient is that of the
    adjoint method (Chen et al. 2018), with the same method and tolerances.

    Examples
    --------
    >>> rate = tf.Variable(0.5, dtype=tf.float64)
    >>> with tf.GradientTape() as tape:
    ...     solution = tf.scipy.integrate.solve_ivp(lambda t, y: -rate * y, (0.0, 2.0), [1.0], t_eval=[2.0], rtol=1e-8)
    >>> print(solution.y.numpy().round(4), tape.gradient(solution.y, rate).numpy().round(4))
    [[0.3679]] -0.7358
    """
    refused = [name for name in ("events", "dense_output", "vectorized") if options.pop(name, None)]
    if refused:
        raise TypeError(f"solve_ivp: {' and '.join(refused)} cannot be recorded; ask for times by t_eval")
    integrate = _scipy()
    report: dict[str, Any] = {}

    def run(slope: Callable[..., Any], y: np.ndarray, ends: Any, wanted: Any) -> Any:
        found = integrate.solve_ivp(
            lambda at, y: slope(y, at), ends, y, method=method, t_eval=wanted, rtol=rtol, atol=atol, **options
        )
        if not found.success:
            raise RuntimeError(f"solve_ivp: {found.message}")
        report.setdefault("status", int(found.status))
        report.setdefault("message", found.message)
        return found

    def solver(slope: Callable[[np.ndarray, float], np.ndarray], y: np.ndarray, times: np.ndarray) -> np.ndarray:
        ends = times[[0, -1]]
        if len(times) == 1 or ends[0] == ends[1]:
            return np.broadcast_to(y, (len(times), *y.shape)).copy()
        found = run(slope, y, ends, times[1:])
        return np.concatenate([y[None], found.y.T])

    span, chosen = _floating(stack(list(t_span)) if isinstance(t_span, (list, tuple)) else t_span), t_eval
    flat, state, span, leaves, _ = _prepared("solve_ivp", lambda y, at, *rest: fun(at, y, *rest), y0, span, args)
    if chosen is None:
        chosen = _chosen_times(run, flat, state, span, leaves)
    wanted = _core.operand_like(chosen, span)
    path = _solved(solver, flat, state, concat([span[:1], wanted], 0), leaves)
    report.setdefault("status", 0)
    report.setdefault("message", "The solver successfully reached the end of the integration interval.")
    return SimpleNamespace(t=_core.to_tensor(wanted), y=transpose(path[1:]), success=True, **report)


def _chosen_times(run: Callable[..., Any], flat: Callable[..., Any], state: Any, span: Any, leaves: Any) -> np.ndarray:
    """Where the solver puts its steps."""
    listening = _core.suspend()
    try:

        def slope(y: np.ndarray, at: float) -> np.ndarray:
            time = _core.to_tensor(np.asarray(at, span.dtype))
            return _core.seen(_core.operand(flat(_core.to_tensor(y.astype(state.dtype)), time, *leaves)))

        return np.asarray(run(slope, _core.seen(state), _core.seen(span), None).t)
    finally:
        _core.resume(listening)
