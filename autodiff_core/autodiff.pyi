from .derivatives.autodiff import *
