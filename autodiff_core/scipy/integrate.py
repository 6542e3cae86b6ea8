"""`scipy.integrate`: ordinary differential equations, with the gradients of the steps that their solvers took.

An equation (`equations`) is solved in numbers (`stepping`); what was done is kept, and is differentiated step by step
(`schemes`). Nothing is solved backwards, so that what contracts, oscillates or is stiff has its solution's gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from ..ops.shaping import broadcast_to, concat, expand_dims, inexact, reshape, stack, transpose
from ..programs.loops import Embedded
from .equations import Equation
from .keeping import kept_steps, watched
from .schemes import Collocation, Explicit, Steps
from .stepping import SolverError, Stiff, explicit_steps

__all__ = ["odeint", "solve_ivp"]
__dir__ = __all__.copy

# (equation, state, times, what is shared, whether somebody follows) -> (the steps' scheme, the steps, a report)
_Choice = Callable[[Equation, np.ndarray, np.ndarray, Sequence[Any], bool], tuple[Any, Steps, Any]]


def _scipy() -> Any:
    try:
        import scipy.integrate
    except ImportError as error:
        raise ImportError(
            'differential equations are solved by SciPy, which is not installed: pip install "autodiff-core[scipy]"'
        ) from error
    return scipy.integrate


_CLOSER, _CLOSEST = 1e-2, 1e-12


class _Solution:
    """The states at the times of an equation, as a function of all that they depend on."""

    def __init__(self, equation: Equation, choose: _Choice) -> None:
        self.equation, self.choose = equation, choose
        self.report: Any = None
        self.knots: Any = None
        self._last: tuple[list[np.ndarray], Any, bool] | None = None

    def __call__(self) -> Any:
        """Vectors of float64, a row for each time, followed by whoever listens."""
        equation = self.equation
        operands = [equation.start, equation.times, *equation.shared]
        if not _core.is_tracing():
            return self._followed(operands)
        if equation.program is not None:
            self.equation = equation.alone()
            (path,) = Embedded(lambda inputs: [self._followed(inputs, True)])(operands)
            return path
        # Python runs the slope: a program is one for these values.
        _core.note_own_derivative()
        return self._followed(operands)

    def _followed(self, operands: Sequence[Any], again: bool = False) -> Any:
        equation = self.equation
        start, times, *shared = operands
        keeps = _core.listening(list(operands)) if equation.program is not None else _core.is_recording()
        scheme, steps, self.report = self._chosen(start, times, shared, keeps, again)
        self.knots = steps.times
        if equation.program is None:
            equation.settle()
            shared = equation.shared
            keeps = _core.is_tracing() or _core.listening([start, times, *shared])
        if not keeps:
            return _core.to_tensor(steps.path)
        return scheme.solution(equation, steps, start, _core.to_dtype(times, np.float64), shared)

    def _chosen(self, start: Any, times: Any, shared: Sequence[Any], keeps: bool, again: bool) -> Any:
        numbers = [np.asarray(_core.seen(x)) for x in (start, times, *shared)] if again else []
        last = self._last
        if last is not None and last[2] >= keeps and all(map(np.array_equal, numbers, last[0])):
            return last[1]
        found = self.choose(self.equation, _core.seen(start), _core.seen(times).astype(np.float64), shared, keeps)
        if again:
            self._last = (numbers, found, found[0] is not None)
        return found


class _Resting:
    """The scheme of no step at all: all times are one."""

    def solution(self, equation: Equation, steps: Steps, start: Any, times: Any, shared: Sequence[Any]) -> Any:
        """The first state, which moves with the time along its slope."""
        states = broadcast_to(expand_dims(start, 0), steps.path.shape)
        if len(steps.path) == 1:
            return states
        slope = equation(start, times[0], shared)
        return states + expand_dims(times - times[0], 1) * expand_dims(slope, 0)


def _resting(start: np.ndarray, times: np.ndarray) -> tuple[Any, Steps, Any]:
    path = np.broadcast_to(start, (len(times), *start.shape)).copy()
    return _Resting(), Steps(times[:1], start[None], None, path, None, np.zeros(1, int)), None


def _by_scipy(
    equation: Equation,
    method: Any,
    span: np.ndarray,
    wanted: np.ndarray | None,
    start: np.ndarray,
    shared: Sequence[Any],
    keeps: bool,
    **options: Any,
) -> tuple[Any, Steps, Any]:
    """By one of SciPy's own solvers: at its own steps, or at the times wanted, which begin and end with the span."""
    distinct: Any = None
    places: Any = None
    if wanted is not None:
        distinct, places = np.unique(wanted, return_inverse=True)
        if span[1] < span[0]:
            distinct, places = distinct[::-1], len(distinct) - 1 - places
    solve, slope = _scipy().solve_ivp, equation.numbers(shared)
    found = solve(slope, span, start, method=method, t_eval=distinct, **options)
    if not found.success:
        raise SolverError(found.message)
    path = found.y.T if places is None else found.y.T[places]
    if not keeps:
        return None, Steps(found.t, path, None, path, None, np.zeros(0, int)), found
    # A derivative along a path is further off than the path is, so this one is solved for more closely. (Radau's is
    # close by itself: its error is that of a method of lower order.)
    rtol, atol = options["rtol"], options["atol"]
    factor = 1.0 if method is _scipy().Radau else _CLOSER
    closer = {"rtol": np.maximum(factor * np.asarray(rtol), _CLOSEST), "atol": factor * np.asarray(atol)}
    solver, kept = watched(method)
    along = solve(slope, span, start, method=solver, t_eval=span[1:], **{**options, **closer})
    if not along.success:
        raise SolverError(along.message)
    times = found.t if wanted is None else wanted
    steps = kept_steps(equation, kept, start, times, path, shared, rtol, atol)
    if wanted is None:  # then only the ends are somebody's
        sources = np.full(len(steps.times), -1)
        sources[[0, -1]] = 0, 1
        steps = steps._replace(sources=sources)
    return Collocation(), steps, found


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

    By the explicit Runge-Kutta method of order 8 that SciPy calls DOP853, or by SciPy's LSODA once the equation is
    found to be stiff: the states are those of SciPy's `odeint`, which always takes LSODA, to about the tolerances.

    Parameters
    ----------
    func : callable
        Gives the slope, of the state's shape, from tensors: the state, the time and the arguments. It is recorded once
        and replayed, as a `function` is, unless Python looks at values in it. Variables and tensors that it finds
        around it have a gradient as well.
    y0 : array_like
        The state at t[0]; of any shape, real or complex.
    t : array_like
        The times, increasing or decreasing, of shape (n,).
    args : tuple
        Further arguments: numbers, arrays, tensors, or structures of them.
    tfirst : bool
        Whether func takes the time before the state.
    rtol, atol : float
        How far off the solution may be in each step, by its size and beside it.
    mxstep : int
        The most steps between two times; as many as it takes if 0, and where the equation is stiff.

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
        Where the slope of a real state is complex, or mxstep is no integer.
    ValueError
        Where the slope has another shape than the state, there are no times, or mxstep is negative.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.integrate.odeint.html. The gradient is that of the steps
    that were taken, at the sizes that they had; see `solve_ivp` for how far off it is.

    Examples
    --------
    >>> rate = tf.Variable(0.5, dtype=tf.float64)
    >>> with tf.GradientTape() as tape:
    ...     y = tf.scipy.integrate.odeint(lambda y, t: -rate * y, [1.0], [0.0, 2.0])[-1, 0]
    >>> print(y.numpy().round(4), tape.gradient(y, rate).numpy().round(4))
    0.3679 -0.7358
    """
    integrate = _scipy()
    most = _core.integer(mxstep)
    if most < 0:
        raise ValueError(f"odeint: mxstep is a number of steps, or 0, not {most}")
    ordered = (lambda y, at, *rest: func(at, y, *rest)) if tfirst else func
    equation = Equation("odeint", ordered, y0, t, args if isinstance(args, tuple) else (args,))

    def choose(
        equation: Equation, start: np.ndarray, times: np.ndarray, shared: Sequence[Any], keeps: bool
    ) -> tuple[Any, Steps, Any]:
        _check_order("odeint", times)
        if times[0] == times[-1]:
            return _resting(start, times)
        scheme = Explicit(integrate.DOP853)
        options: dict[str, Any] = {"rtol": equation.tolerance(rtol), "atol": equation.tolerance(atol)}
        try:
            steps, _ = explicit_steps(
                equation, scheme, start, times, True, shared, most=most or None, stops_if_stiff=True, **options
            )
        except Stiff:
            options["jac"] = equation.jacobian(start, shared)
            return _by_scipy(equation, integrate.LSODA, times[[0, -1]], times, start, shared, keeps, **options)
        return scheme, steps, None

    path = _run("odeint", _Solution(equation, choose))
    return equation.as_states(path, (int(equation.times.size),))


def _check_order(op: str, times: np.ndarray) -> None:
    moves = np.diff(times)
    if not ((moves >= 0.0).all() or (moves <= 0.0).all()):
        raise ValueError(f"{op}: times increase, or decrease, from the first to the last; they were {times}")


def _run(op: str, solution: _Solution) -> Any:
    try:
        return solution()
    except SolverError as error:
        raise SolverError(f"{op}: {error}") from None


def solve_ivp(
    fun: Callable[..., Any],
    t_span: Any,
    y0: Any,
    method: Any = "RK45",
    t_eval: Any = None,
    dense_output: bool = False,
    events: Any = None,
    vectorized: bool = False,
    args: Any = (),
    **options: Any,
) -> Any:
    """Solve an ordinary differential equation dy/dt = fun(t, y, *args) by one of SciPy's methods.

    Parameters
    ----------
    fun : callable
        Gives the slope, of shape (n,), from tensors: the time, the state and the arguments. It is recorded once and
        replayed, as a `function` is, unless Python looks at values in it. Variables and tensors that it finds around
        it have a gradient as well.
    t_span : pair of float
        The first and the last time.
    y0 : array_like
        The state at the first time, of shape (n,), real or complex.
    method : str or class
        SciPy's name of a method, or a solver class.
    t_eval : array_like, optional
        The times at which the state is wanted; those that the solver chooses unless given.
    dense_output : bool
        Whether `sol`, the solution as a function of time, is wanted; not under a tape.
    events : callable, or list of callables, optional
        Functions of time, state and arguments whose zeros are looked for; not under a tape.
    vectorized : bool
        Whether fun takes states of shape (n, k).
    args : tuple
        Further arguments: numbers, arrays, tensors, or structures of them.
    **options
        SciPy's: rtol and atol, 1e-3 and 1e-6 unless given, max_step, first_step, and what the method has of its own.

    Returns
    -------
    OptimizeResult
        SciPy's, with `t`, of shape (m,), and `y`, of shape (n, m), which has a gradient with respect to y0, t_span,
        t_eval, args, and what fun finds around it.

    Raises
    ------
    ImportError
        Where SciPy is not installed.
    RuntimeError
        Where the solver fails.
    TypeError
        For events and dense output under a tape, which are not recorded; where the slope of a real state is complex.
    ValueError
        Where the slope has another shape than the state, or times are not in order or not within t_span.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.integrate.solve_ivp.html. RK23, RK45 and DOP853 take
    SciPy's steps, which are recorded here, and at t_eval another step of the method from the one before, where SciPy
    interpolates; all other methods are SciPy's own. Their Jacobians come from the slope's record, unless given.

    The gradient is that of steps, at the sizes that they had: of those that were taken, exactly, for the methods of
    Runge and Kutta; for the others those of a collocation of order 5 along the states that the method goes through at
    tolerances a hundred times as close (Radau: the same), in steps that are halved until it keeps to them within the
    tolerances. Nothing is solved backwards; the state after each step is kept. So the error of the gradient is one of
    the steps, as that of the solution is, and falls with rtol. `make bench-solvers` measures it beside forward
    sensitivities, by its largest element, at rtol from 1e-4 to 1e-8. In units of rtol, Radau, BDF and LSODA are at most
    4 off, on six equations over long times, Robertson's among them and van der Pol's with mu = 1000. RK45 and DOP853,
    whose own steps are what is differentiated: an oscillator 12, van der Pol's (mu = 5) up to 72, that of Lotka and
    Volterra up to 42, one where all has contracted and the gradient is zero up to 11; up to 440 where few steps are
    taken (rtol = 1e-4). Where derivatives grow on the way far beyond what is left of them, as they do in relaxation
    oscillations, errors grow with them.

    Examples
    --------
    >>> rate = tf.Variable(0.5, dtype=tf.float64)
    >>> with tf.GradientTape() as tape:
    ...     solution = tf.scipy.integrate.solve_ivp(lambda t, y: -rate * y, (0.0, 2.0), [1.0], t_eval=[2.0], rtol=1e-8)
    >>> print(solution.y.numpy().round(4), tape.gradient(solution.y, rate).numpy().round(4))
    [[0.3679]] -0.7358
    """
    integrate = _scipy()
    solver = _method(integrate, method)
    if isinstance(t_span, (list, tuple)):  # (numbers are as wide as the state)
        y0, *ends = _core.operands(y0, *t_span)
        t_span = stack(ends)
    span = inexact(t_span)
    if tuple(span.shape) != (2,):
        raise ValueError(f"solve_ivp: t_span is the first and the last time; its shape is {tuple(span.shape)}")
    between = None if t_eval is None else _core.operand_like(t_eval, span)
    if between is not None and len(between.shape) != 1:
        raise ValueError(f"solve_ivp: t_eval is a vector; its shape is {tuple(between.shape)}")
    times = span if between is None else concat([span[:1], between, span[1:]], 0)

    def slope(y: Any, t: Any, *rest: Any) -> Any:
        return reshape(fun(t, expand_dims(y, 1), *rest), y.shape) if vectorized else fun(t, y, *rest)

    equation = Equation("solve_ivp", slope, y0, times, () if args is None else args)
    if len(equation.shape) != 1:
        raise ValueError(f"solve_ivp: y0 is a vector; its shape is {equation.shape}")
    settings = {"rtol": 1e-3, "atol": 1e-6, **options}
    for name in ("rtol", "atol"):
        settings[name] = equation.tolerance(settings[name])
    explicit = events is None and not dense_output and _is_explicit(integrate, solver)
    if explicit and (others := settings.keys() - {"rtol", "atol", "max_step", "first_step"}):
        _core.warn_caller(f"solve_ivp: {', '.join(sorted(others))} mean nothing to the method {solver.__name__}")
        settings = {name: value for name, value in settings.items() if name not in others}

    def choose(
        equation: Equation, start: np.ndarray, times: np.ndarray, shared: Sequence[Any], keeps: bool
    ) -> tuple[Any, Steps, Any]:
        wanted = None if between is None else times
        _check_order("solve_ivp", times)
        if times[0] == times[-1]:
            return _resting(start, times)
        if explicit:
            return _explicitly(equation, solver, start, times, wanted is not None, shared, **settings)
        rest = dict(settings)
        if "jac" in rest and rest["jac"] is not None:
            rest["jac"] = equation.given_jacobian(rest["jac"], shared)
        elif solver in (integrate.Radau, integrate.BDF, integrate.LSODA) and rest.get("jac_sparsity") is None:
            rest["jac"] = equation.jacobian(start, shared)
        return _by_scipy(equation, solver, times[[0, -1]], wanted, start, shared, keeps, **rest)

    if events is not None or dense_output:
        return _with_extras(equation, solver, between, dense_output, events, settings)
    if between is None and _core.is_tracing():
        # How many steps there are is a shape: a program is one for these values.
        seen = [_core.seen(x) for x in (equation.start, equation.times, *equation.shared)]
        with _core.Untraced():
            values = [_core.to_tensor(x) for x in seen[2:]]
            _, steps, _ = choose(equation, seen[0], seen[1].astype(np.float64), values, False)
        inner = _core.to_tensor(steps.times[1:-1].astype(span.dtype))
        chosen = concat([span[:1], inner, span[1:]], 0)
        return solve_ivp(fun, span, y0, method, chosen, vectorized=vectorized, args=args, **options)
    solution = _Solution(equation, choose)
    path = _run("solve_ivp", solution)
    if between is None:
        inner = _core.to_tensor(solution.knots[1:-1].astype(span.dtype))
        at = concat([span[:1], inner, span[1:]], 0)
    else:
        at, path = between, path[1:-1]
    return _result(solution.report, at, transpose(equation.as_states(path, (int(path.shape[0]),))))


def _method(integrate: Any, method: Any) -> Any:
    """A class of SciPy's solvers, by its name."""
    names = ("RK23", "RK45", "DOP853", "Radau", "BDF", "LSODA")
    if isinstance(method, str) and method in names:
        return getattr(integrate, method)
    if isinstance(method, type) and issubclass(method, integrate.OdeSolver):
        return method
    raise ValueError(f"solve_ivp: method is one of {', '.join(names)}, or a class of SciPy's OdeSolver, not {method!r}")


def _is_explicit(integrate: Any, solver: Any) -> bool:
    return solver in (integrate.RK23, integrate.RK45, integrate.DOP853)


def _explicitly(
    equation: Equation,
    solver: Any,
    start: np.ndarray,
    times: np.ndarray,
    wanted: bool,
    shared: Sequence[Any],
    rtol: Any,
    atol: Any,
    max_step: float = np.inf,
    first_step: float | None = None,
) -> tuple[Any, Steps, Any]:
    """By a Runge-Kutta method of SciPy's, whose steps are recorded."""
    if not max_step > 0.0:
        raise ValueError(f"solve_ivp: max_step is positive, not {max_step}")
    if first_step is not None and not 0.0 < first_step <= abs(times[-1] - times[0]):
        raise ValueError(f"solve_ivp: first_step is positive and within t_span, not {first_step}")
    scheme = Explicit(solver)
    steps, evaluations = explicit_steps(
        equation, scheme, start, times, wanted, shared, rtol, atol, max_step, first_step
    )
    return scheme, steps, {"nfev": evaluations, "njev": 0, "nlu": 0}


def _result(report: Any, t: Any, y: Any, **others: Any) -> Any:
    """SciPy's result, of tensors."""
    from scipy.optimize import OptimizeResult

    fields = {"t": t, "y": y, "sol": None, "t_events": None, "y_events": None, "nfev": 0, "njev": 0, "nlu": 0}
    fields |= {"status": 0, "message": "The solver successfully reached the end of the integration interval."}
    return OptimizeResult(**{**fields, "success": True, **(report or {}), "t": t, "y": y, **others})


def _with_extras(
    equation: Equation, solver: Any, between: Any, dense_output: bool, events: Any, settings: dict[str, Any]
) -> Any:
    """As SciPy has it, with what is no function of tensors: for nobody who follows what it depends on."""
    what = " and ".join(
        name for name, given in (("events", events is not None), ("dense output", dense_output)) if given
    )
    refusal = TypeError(f"solve_ivp: {what} cannot be recorded; ask for times by t_eval")
    if _core.is_tracing() or _core.listening([equation.start, equation.times, *equation.shared]):
        raise refusal
    start, times = _core.seen(equation.start), _core.seen(equation.times).astype(np.float64)
    wanted = None if between is None else times[1:-1]
    found = _scipy().solve_ivp(
        equation.numbers(equation.shared),
        times[[0, -1]],
        start,
        method=solver,
        t_eval=wanted,
        dense_output=dense_output,
        events=None if events is None else equation.events(events),
        **settings,
    )
    if not found.success:
        raise SolverError(f"solve_ivp: {found.message}")
    if _core.listening(equation.shared):
        raise refusal
    others: dict[str, Any] = {}
    if equation.dtype.kind == "c":
        n = equation.size
        if found.sol is not None:
            parts = found.sol
            others["sol"] = lambda t: parts(t)[:n] + 1j * parts(t)[n:]
        if found.y_events is not None:
            others["y_events"] = [y[:, :n] + 1j * y[:, n:] if y.size else y for y in found.y_events]
    path = equation.as_states(_core.to_tensor(found.y.T), (len(found.t),))
    return _result(found, _core.to_tensor(found.t.astype(equation.time_dtype)), transpose(path), **others)
