"""Settings, under TensorFlow's names."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from .programs.function import functions_run_eagerly as functions_run_eagerly
from .programs.function import run_functions_eagerly as run_functions_eagerly
from .tensorflow.devices import list_logical_devices as list_logical_devices
from .tensorflow.devices import list_physical_devices as list_physical_devices
