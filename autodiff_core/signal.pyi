from .tensorflow.signal import *
