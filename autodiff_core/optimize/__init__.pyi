"""`optimize`: minimise, fit and solve by SciPy's solvers, with derivatives by programs; and solutions as operations."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from .linear import linear_solve as linear_solve
from .minimizing import minimize as minimize
from .optima import argmin as argmin
from .residuals import fit as fit
from .residuals import least_squares as least_squares
from .solving import fixed_point as fixed_point
from .solving import root as root
from .starting import multi_start as multi_start
