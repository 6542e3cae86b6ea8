"""Writes docs/tensorflow_signatures.txt, the functions of TensorFlow's public API and what arguments they take.

For an interpreter that has TensorFlow, which nothing else here needs: python docs/make_tensorflow_signatures.py
"""

import inspect
import os
from importlib import import_module
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
tf = import_module("tensorflow")

LIST = Path(__file__).with_name("tensorflow_signatures.txt")
NAMESPACES = (
    *(
        "tf",
        "tf.bitwise",
        "tf.debugging",
        "tf.experimental.dlpack",
        "tf.keras.losses",
        "tf.linalg",
        "tf.linalg.experimental",
        "tf.math",
    ),
    *("tf.math.special", "tf.nest", "tf.nn", "tf.nn.experimental", "tf.random", "tf.random.experimental", "tf.signal"),
)


def shown(parameter: inspect.Parameter) -> str:
    """As in a definition, with a default where it is a plain value or a dtype."""
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    default = parameter.default
    if default is parameter.empty:
        return stars + parameter.name
    if isinstance(default, tf.DType):
        return f"{parameter.name}={default.name}"
    plain = default is None or isinstance(default, (bool, int, float, str, tuple, list))
    return f"{parameter.name}={default!r}" if plain else f"{parameter.name}=..."


def lines(prefix: str) -> list[str]:
    namespace = tf
    for part in prefix.split(".")[1:]:
        namespace = getattr(namespace, part)
    found = []
    for name in sorted(dir(namespace)):
        thing = getattr(namespace, name)
        if not name.startswith("_") and callable(thing) and not inspect.isclass(thing):
            parameters = inspect.signature(thing).parameters.values()
            found.append(f"{prefix}.{name}({', '.join(map(shown, parameters))})")
    return found


if __name__ == "__main__":
    everything = [line for prefix in NAMESPACES for line in lines(prefix)]
    LIST.write_text("\n".join([f"# TensorFlow {tf.__version__}", *everything]) + "\n")
