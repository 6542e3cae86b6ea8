from .tensorflow.nn import *
