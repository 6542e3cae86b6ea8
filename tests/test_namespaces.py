"""A public namespace shows its public names and nothing else, each of which is there."""

import runpy
from pathlib import Path

import pytest

import autodiff_core as tf

pytest.importorskip("scipy")

NAMESPACES = runpy.run_path(str(Path(__file__).parents[1] / "docs" / "make_stubs.py"))["namespaces"]()


@pytest.mark.parametrize("name", NAMESPACES)
def test_namespace_shows_its_public_names_and_nothing_else(name):
    module = NAMESPACES[name]
    assert module.__doc__
    assert dir(module) == sorted(module.__all__)
    assert not [public for public in dir(module) if public.startswith("_") and not public.endswith("__")]
    assert all(hasattr(module, public) for public in dir(module))


def test_what_no_namespace_has_is_named():
    for module in (tf, tf.math, tf.nn, tf.random, tf.signal, tf.linalg, tf.scipy, tf.config, tf.experimental):
        with pytest.raises(AttributeError, match=rf"module '{module.__name__}' has no attribute 'sinn'"):
            module.sinn  # noqa: B018
