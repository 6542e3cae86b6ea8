# To a type checker the namespace is NumPy's: there a tensor is what the annotations of NumPy's functions take it for.
from numpy import *
from numpy import fft as fft
from numpy import linalg as linalg
from numpy import polynomial as polynomial
from numpy import random as random
