from .tensorflow.test import *
