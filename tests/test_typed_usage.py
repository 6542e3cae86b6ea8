"""What `make lint` checks as code of users' runs, too; the rest of the file is what a type checker has to refuse."""

import ast
from pathlib import Path

import pytest

import typed_usage

FUNCTIONS = [
    node.name
    for node in ast.parse(Path(typed_usage.__file__).read_text()).body
    if isinstance(node, ast.FunctionDef) and not node.args.args
]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_typed_code_runs(name):
    getattr(typed_usage, name)()
