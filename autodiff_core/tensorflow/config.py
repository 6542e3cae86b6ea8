"""Settings, under TensorFlow's names."""

from ..namespaces import namespace as _namespace

_FUNCTIONS = """
programs.function: functions_run_eagerly run_functions_eagerly
tensorflow.devices: list_logical_devices list_physical_devices
"""

__all__, __dir__, __getattr__ = _namespace(__name__, "tf.config", _FUNCTIONS)
