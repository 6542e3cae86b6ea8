from .tensorflow.math import *
