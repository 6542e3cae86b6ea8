from .tensorflow.config import *
