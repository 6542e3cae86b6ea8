"""A public namespace shows its public names and nothing else, each of which is there."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import autodiff_core as tf

pytest.importorskip("scipy")
pytest.importorskip("ml_dtypes")

NAMESPACES = runpy.run_path(str(Path(__file__).parents[1] / "docs" / "make_stubs.py"))["namespaces"]()


@pytest.mark.parametrize("name", NAMESPACES)
def test_namespace_shows_its_public_names_and_nothing_else(name):
    module = NAMESPACES[name]
    assert module.__doc__
    assert dir(module) == sorted(module.__all__)
    assert not [public for public in dir(module) if public.startswith("_") and not public.endswith("__")]
    assert all(hasattr(module, public) for public in dir(module))


def test_what_no_namespace_has_is_named():
    for name in ("math", "nn", "random", "signal", "linalg", "scipy", "config", "experimental"):
        with pytest.raises(AttributeError, match=rf"module 'autodiff_core.{name}' has no attribute 'sinn'"):
            getattr(tf, name).sinn  # noqa: B018
    with pytest.raises(AttributeError, match="module 'autodiff_core' has no attribute 'sinn'"):
        tf.sinn  # noqa: B018


def test_reloading_leaves_the_ways_of_import_as_they_are():
    program = """
import importlib, sys
import autodiff_core as tf
before = len(sys.meta_path)
importlib.reload(tf)
assert len(sys.meta_path) == before
import autodiff_core.math
assert autodiff_core.math is tf.math
"""
    subprocess.run([sys.executable, "-c", program], check=True)
