"""The documentation is run, and prints what it says: blocks of README.md and docs/, examples of public docstrings.

The blocks of one file run in order, in one namespace and a process of their own, as a reader would type them;
docs/extensions/pages.py says which do. A page whose outputs are shown is left to the site, which runs it (`make docs`).
"""

import doctest
import importlib
import importlib.util
import io
import os
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import autodiff_core as tf
import pages  # (docs/extensions/pages.py)

ROOT = Path(__file__).resolve().parents[1]
# (Those of the course and the gallery are in test_course.py.)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# What these hold is NumPy's, docstrings included.
NUMPYS = {f"autodiff_core.numpy{name}" for name in ("", ".linalg", ".fft", ".polynomial")}
# And of these: SciPy's, too.
NUMPYS |= {f"autodiff_core.autograd.numpy{name}" for name in ("", ".linalg", ".fft", ".random", ".kinks")}
NUMPYS |= {f"autodiff_core.autograd.scipy.{name}" for name in ("integrate", "linalg", "special", "stats")}
# And these are Keras's to ask for, which need not be installed.
KERAS = "autodiff_core.keras_backend"


def runs_here(text: str) -> bool:
    return bool(pages.script(text)) and not pages.shows_outputs(text)


def public_modules() -> Iterator[ModuleType]:
    yield tf
    for found in pkgutil.walk_packages(tf.__path__, "autodiff_core."):
        if "._" not in found.name and found.name not in NUMPYS and not found.name.startswith(KERAS):
            yield importlib.import_module(found.name)


def docstrings() -> Iterator[tuple[str, str]]:
    """Dotted name and docstring of all that is public; what has two names (tf.sin, tf.math.sin) comes twice."""

    def ours(thing: object) -> bool:
        home = getattr(thing, "__module__", None)  # None: a built-in function
        return callable(thing) and (home is None or str(home).startswith("autodiff_core"))

    for module in public_modules():
        yield module.__name__, module.__doc__ or ""
        for name in getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]:
            thing = getattr(module, name)
            if not ours(thing):
                continue
            yield f"{module.__name__}.{name}", thing.__doc__ or ""
            if isinstance(thing, type):
                for method, value in vars(thing).items():
                    if not method.startswith("_"):
                        yield f"{module.__name__}.{name}.{method}", getattr(value, "__doc__", None) or ""


def examples() -> dict[str, str]:
    """Each docstring that has an example, under the first of its names."""
    named: dict[str, str] = {}
    for name, text in docstrings():
        if ">>>" in text:
            named.setdefault(text, name)
    return {name: text for text, name in named.items()}


EXAMPLES = examples()


def test_readme_has_python_to_run():
    assert pages.script(PAGES[0].read_text()).strip()


def test_the_architecture_draws_every_room_of_the_core_in_its_order():
    page = (ROOT / "docs" / "architecture.md").read_text()
    drawing = page[page.index("    src/ ") : page.index("Arrows point down.")]
    included = re.findall(r'^include "(\w+)\.pxi"$', (ROOT / "src" / "_core.pyx").read_text(), re.MULTILINE)
    drawn = re.findall(r"^ {6}[ |+->]*(\w+)  ", drawing, re.MULTILINE)
    assert drawn == included[::-1]


def test_main_classes_have_examples():
    assert {"autodiff_core.GradientTape", "autodiff_core.Variable", "autodiff_core.Tensor"} <= EXAMPLES.keys()


@pytest.mark.parametrize(
    "page", [page for page in PAGES if runs_here(page.read_text())], ids=lambda page: str(page.relative_to(ROOT))
)
def test_a_page_runs_and_prints_what_it_says(page, tmp_path):
    if page.stem == "keras" and importlib.util.find_spec("keras") is None:
        pytest.skip("Keras is not installed")
    file = tmp_path / f"page_{page.stem}.py"  # (no name of a library that it imports)
    for block, shown in pages.run(page.read_text(), file, os.environ | {"MPLBACKEND": "Agg"}):
        assert pages.printed(block.code, shown), f"{block.code}\nprints\n{shown}"


def test_what_a_block_says_is_told_from_what_it_does_not():
    block = "x = 2  # two\nprint(x)  # 2\nprint(x,\n)  # 2\nf()\n# 3\n#  4\nif x:\n    # five\n    print(6)\n# ...\n"
    assert pages.said(block) == "2\n2\n3\n 4\n...\n"
    assert pages.printed(block, "2\n2\n3\n  4\n6\n")
    assert not pages.printed(block, "2\n2\n3\n5\n6\n")
    assert pages.printed("print(time())\n", "1.5\n")


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_docstring_example_prints_what_it_shows(name):
    test = doctest.DocTestParser().get_doctest(EXAMPLES[name], {"tf": tf, "np": np}, name, None, None)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    report = io.StringIO()
    assert runner.run(test, out=report.write).failed == 0, report.getvalue()
