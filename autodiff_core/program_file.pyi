from .programs.file import *
