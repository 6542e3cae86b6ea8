from .tensorflow.debugging import *
