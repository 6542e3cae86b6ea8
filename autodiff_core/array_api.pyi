from .numpy.array_api import *
