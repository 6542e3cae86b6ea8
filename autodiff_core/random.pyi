from .tensorflow.random import *
