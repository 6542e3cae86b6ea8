"""Classic problems of optimisation, with known minima: what `tf.minimize` is tested on, and measured beside others.

Sums of squares are from J. J. More, B. S. Garbow and K. E. Hillstrom, Testing Unconstrained Optimization Software, ACM
TOMS 7 (1981); those with bounds and constraints from W. Hock and K. Schittkowski, Test Examples for Nonlinear
Programming Codes (1981). A formula is written once, of a namespace like NumPy's, so that every library runs the same.
"""

from .constrained import CONSTRAINED
from .data import OF_DATA
from .many import OF_MANY
from .problem import Constraint, Problem
from .small import SMALL

__all__ = ["PROBLEMS", "Constraint", "Problem"]

PROBLEMS: tuple[Problem, ...] = (*SMALL, *OF_DATA, *OF_MANY, *CONSTRAINED)
