from .tensorflow.bitwise import *
