"""What `autograd.test_util` has: derivatives, checked against differences of values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from .core import make_jvp, make_vjp
from .vspaces import vspace
from .wrap_util import get_name, unary_to_nary

__all__ = ["check_equivalent", "check_grads", "check_jvp", "check_vjp", "combo_check", "scalar_close"]

Function = Callable[..., Any]

TOL = RTOL = EPS = 1e-6


def scalar_close(a: Any, b: Any) -> bool:
    """Whether two numbers are equal to six digits."""
    return bool(abs(a - b) < TOL or abs(a - b) / abs(a + b) < RTOL)


def _by_differences(f: Function, x: Any) -> Function:
    of_x, of_y = vspace(x), vspace(f(x))

    def jvp(v: Any) -> Any:
        above, below = (f(of_x.add(x, of_x.scalar_mul(v, step))) for step in (EPS / 2, -EPS / 2))
        return of_y.scalar_mul(of_y.add(above, of_y.scalar_mul(below, -1.0)), 1.0 / EPS)

    return jvp


def check_vjp(f: Function, x: Any) -> None:
    """Check reverse mode, along a random tangent and cotangent."""
    pull, y = make_vjp(f, x)
    of_x, of_y = vspace(x), vspace(y)
    v, w = of_x.randn(), of_y.randn()
    pulled = of_x.covector(pull(of_y.covector(w)))
    assert vspace(pulled) == of_x, f"{get_name(f)}: the gradient lies in {vspace(pulled)}, the argument in {of_x}"
    exact, numeric = of_x.inner_prod(v, pulled), of_y.inner_prod(w, _by_differences(f, x)(v))
    assert scalar_close(numeric, exact), (
        f"Derivative (VJP) check of {get_name(f)} failed with arg {x}:\nanalytic: {exact}\nnumeric:  {numeric}"
    )


def check_jvp(f: Function, x: Any) -> None:
    """Check forward mode, along a random tangent."""
    v = vspace(x).randn()
    check_equivalent(make_jvp(f, x)(v)[1], _by_differences(f, x)(v))


def check_equivalent(x: Any, y: Any) -> None:
    """Check that two values lie in one space, and are equal along a random direction."""
    assert vspace(x) == vspace(y), f"VSpace mismatch:\nx: {vspace(x)}\ny: {vspace(y)}"
    v = vspace(x).randn()
    along = vspace(x).inner_prod
    assert scalar_close(along(x, v), along(y, v)), f"Value mismatch:\nx: {x}\ny: {y}"


@unary_to_nary
def check_grads(f: Function, x: Any, modes: Sequence[str] = ("fwd", "rev"), order: int = 2) -> None:
    """Check the derivatives of a function, in both modes and of the orders up to the given one.

    Parameters
    ----------
    f : callable
        Of numbers, arrays or structures of them; returns such.
    modes : sequence of str
        'fwd' and 'rev'.
    order : int
        Up to which order.

    Raises
    ------
    AssertionError
        Where a derivative is not what differences of values say.

    Examples
    --------
    >>> from autodiff_core.autograd.test_util import check_grads
    >>> check_grads(lambda x, y: np.sin(x) * y, (0, 1))(0.5, 2.0)
    """
    if not all(mode in ("fwd", "rev") for mode in modes):
        raise AssertionError(f"modes are 'fwd' and 'rev', not {modes}")
    for mode in modes:
        if mode == "fwd":
            check_jvp(f, x)
            v = vspace(x).randn()
        else:
            check_vjp(f, x)
            v = vspace(f(x)).randn()
        if order > 1:

            def derivative(x: Any, v: Any, mode: str = mode) -> Any:
                return make_jvp(f, x)(v)[1] if mode == "fwd" else make_vjp(f, x)[0](v)

            derivative.__name__ = f"{'jvp' if mode == 'fwd' else 'vjp'}_{get_name(f)}"
            check_grads(derivative, (0, 1), modes, order=order - 1)(x, v)


def combo_check(fun: Function, *args: Any, **kwargs: Any) -> Function:
    """`check_grads(fun, *args, **kwargs)` for all combinations of the arguments that lists name."""

    def check(*choices: Any, **named: Any) -> None:
        pairs = [[(key, value) for value in values] for key, values in named.items()]
        for given in product(*choices):
            for keywords in product(*pairs):
                check_grads(fun, *args, **kwargs)(*given, **dict(keywords))

    return check
