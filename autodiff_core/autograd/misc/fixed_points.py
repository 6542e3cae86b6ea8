"""What `autograd.misc.fixed_points` has: fixed points, with gradients by the implicit function theorem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core import defvjp, make_vjp, primitive
from ..differential_operators import make_vjp as make_vjp_of_several
from ..vspaces import vspace

__all__ = ["fixed_point"]

Distance = Callable[[Any, Any], Any]


@primitive
def fixed_point(f: Callable[[Any], Any], a: Any, x0: Any, distance: Distance, tol: float) -> Any:
    """The x with f(a)(x) = x, sought from x0 on until steps are no longer than `tol`.

    Examples
    --------
    >>> from autodiff_core.autograd import grad
    >>> from autodiff_core.autograd.misc.fixed_points import fixed_point
    >>> newton = lambda a: lambda x: 0.5 * (x + a / x)
    >>> root = lambda a: fixed_point(newton, a, 1.0, lambda x, y: abs(x - y), 1e-12)
    >>> grad(root)(4.0).round(9)
    np.float64(0.25)
    """
    step = f(a)
    x, before = step(x0), x0
    while distance(x, before) > tol:
        x, before = step(x), x
    return x


def _pull(ans: Any, f: Callable[[Any], Any], a: Any, x0: Any, distance: Distance, tol: float) -> Callable[[Any], Any]:
    def backwards(parameters: Any) -> Callable[[Any], Any]:
        a, x, cotangent = parameters
        pull, _ = make_vjp(f(a), x)
        return lambda g: vspace(x).add(pull(g), cotangent)

    pull, _ = make_vjp_of_several(lambda a, x: f(a)(x))(a, ans)
    return lambda g: pull(fixed_point(backwards, (a, ans, g), vspace(x0).zeros(), distance, tol))


defvjp(fixed_point, None, _pull, None)
