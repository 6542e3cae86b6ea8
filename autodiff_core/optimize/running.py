"""A solver of SciPy's, run: its extra, what it must not be called in, interruptions, and a bar of its progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .. import _core
from ..derivatives.custom import run_unrecorded

__all__ = ["Progress", "alone", "options_of", "report", "scipy_optimize"]


def scipy_optimize() -> Any:
    """SciPy's module."""
    try:
        import scipy.optimize
    except ImportError as error:
        raise ImportError('solvers are SciPy\'s, which is not installed: pip install "autodiff-core[scipy]"') from error
    return scipy.optimize


def options_of(solver: str, options: Any) -> dict[str, Any]:
    """A method's options, none for None."""
    if options is not None and not isinstance(options, Mapping):
        raise TypeError(f"{solver}: options are a dict, such as {{'maxiter': 100}}, not {type(options).__name__}")
    return dict(options or {})


@contextmanager
def alone(solver: str, f: Callable[[], Any], arguments: list[Any]) -> Iterator[None]:
    """Nobody listens to a solver's steps; whoever would have to, since a tape follows its arguments or what the
    function reads, is told so."""
    if _core.is_tracing():
        raise RuntimeError(
            f"{solver}: a solver in a recorded function would run once, when that is recorded; call it outside. What "
            f"can be recorded and differentiated are tf.optimize.root, fixed_point and argmin"
        )
    read = run_unrecorded(f, ())[1] if _core.is_recording() else []
    if _core.listening([x for x in (*arguments, *read) if isinstance(x, _core.Operand)]):
        raise TypeError(
            f"{solver}: a tape follows its arguments, or what its function reads, and a solver's result has no "
            f"derivative: differentiate tf.optimize.root, fixed_point or argmin instead, or call it outside of the tape"
        )
    listening = _core.suspend()
    try:
        yield
    finally:
        _core.resume(listening)


def report(found: Any, functions: list[Any]) -> Any:
    """A result that says, too, what was evaluated how often, how long that took, and why it was not recorded."""
    from .results import OptimizeResult  # SciPy's is its base, which is there by now

    found = OptimizeResult(found)
    found.counts, found.seconds = {}, {}
    for function in functions:
        for name, asked in function.asked.items():
            if asked.count:
                found.counts[name] = found.counts.get(name, 0) + asked.count
                found.seconds[name] = found.seconds.get(name, 0.0) + asked.seconds
    found.obstacle = next((one.obstacle for one in functions if one.obstacle is not None), None)
    return found


class Progress:
    """tqdm's bar: how many iterations, the value, the gradient's norm, and how many evaluations there were."""

    def __init__(self, solver: str, wanted: bool, total: Any) -> None:
        self._bar: Any = None
        if not wanted:
            return
        try:
            from tqdm.auto import tqdm  # type: ignore[import-untyped]  # (it brings none)
        except ImportError as error:
            raise ImportError(
                'progress is shown by tqdm, which is not installed: pip install "autodiff-core[progress]"'
            ) from error
        self._bar = tqdm(total=None if total is None else int(total), desc=solver, unit="it")

    def step(self, show: Callable[[], dict[str, Any]]) -> None:
        """One iteration more."""
        if self._bar is not None:
            self._bar.set_postfix(show(), refresh=False)
            self._bar.update()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
