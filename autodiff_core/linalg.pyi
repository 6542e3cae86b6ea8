from .tensorflow.linalg import *
