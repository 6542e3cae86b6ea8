"""SciPy's methods of minimising: what each asks for, and what it takes beside a function."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["MANY", "Method", "method_for"]

MANY = 500
"""Parameters: a matrix of as many squared is not kept unasked."""


class Method(NamedTuple):
    """A method of SciPy's."""

    name: str
    asks: str
    """For "values" alone; for "gradients", too; for "products" of Hessians and vectors; or for "Hessians"."""
    bounds: bool
    constraints: bool


METHODS = (
    Method("Nelder-Mead", "values", True, False),
    Method("Powell", "values", True, False),
    Method("CG", "gradients", False, False),
    Method("BFGS", "gradients", False, False),
    Method("Newton-CG", "products", False, False),
    Method("L-BFGS-B", "gradients", True, False),
    Method("TNC", "gradients", True, False),
    Method("COBYLA", "values", True, True),
    Method("COBYQA", "values", True, True),
    Method("SLSQP", "gradients", True, True),
    Method("trust-constr", "Hessians", True, True),
    Method("dogleg", "Hessians", False, False),
    Method("trust-ncg", "products", False, False),
    Method("trust-exact", "Hessians", False, False),
    Method("trust-krylov", "products", False, False),
)


def method_for(solver: str, name: Any, count: int, bounded: bool, constrained: bool) -> Method:
    """The method of this name, or the usual one for so many parameters: one that takes what is given."""
    if name is None:
        name = "SLSQP" if constrained else ("L-BFGS-B" if bounded or count > MANY else "BFGS")
    known = {method.name.lower(): method for method in METHODS}
    if not isinstance(name, str) or name.lower() not in known:
        raise ValueError(f"{solver}: unknown method {name!r}; there are {', '.join(one.name for one in METHODS)}")
    method = known[name.lower()]
    for what, given, taken, those in (
        ("bounds", bounded, method.bounds, [one.name for one in METHODS if one.bounds]),
        ("constraints", constrained, method.constraints, [one.name for one in METHODS if one.constraints]),
    ):
        if given and not taken:
            raise ValueError(f"{solver}: {method.name} takes no {what}; {', '.join(those)} do")
    return method
