"""Keras's operations call their backend's by position and by name: each of ours takes what the operation takes."""

from __future__ import annotations

import inspect
from importlib import import_module
from types import ModuleType

import pytest

MODULES = ("core", "image", "linalg", "math", "nn", "numpy")
OTHERS = {
    "multi_hot": "the operation changes its arguments before it hands them on",
    "view_as_complex": "the operation is made of others",
    "view_as_real": "the operation is made of others",
    "get_item": "the operation is made of others",
    "dtype": "the operation asks no backend",
}
"""Operations whose signature is not their backend's."""


def parameters(function: object) -> list[tuple[object, ...]]:
    """Without annotations, of which Keras's have none."""
    given = inspect.signature(function).parameters.values()  # type: ignore[arg-type]
    return [(parameter.name, parameter.kind, parameter.default) for parameter in given]


@pytest.mark.parametrize("module", MODULES)
def test_functions_of_the_backend_take_what_the_operations_take(keras: ModuleType, module: str) -> None:
    operations = import_module(f"keras.src.ops.{module}")
    ours = import_module(f"keras.src.backend.numpy.{module}")
    wrong = {}
    for name, operation in vars(operations).items():
        if not inspect.isfunction(operation) or getattr(keras.ops, name, None) is not operation:
            continue
        if hasattr(operations, f"_{name}") or name in OTHERS:
            continue
        function = getattr(ours, name, None)
        if function is None:
            wrong[name] = "is not there"
        elif parameters(function) != parameters(operation):
            wrong[name] = f"takes {parameters(function)}, the operation {parameters(operation)}"
    assert wrong == {}
