"""What somebody does who has installed the package and found the README: run its examples, in an empty folder.

The interpreter that runs this is that of an environment with a wheel in it and nothing else. `.ci/wheels.py` makes such
environments, and cibuildwheel does where this machine can not (pyproject.toml).
"""

from __future__ import annotations

import os
import sys
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "docs" / "extensions"))

import pages  # noqa: E402


def main() -> None:
    # (Where somebody has the sources on the path, they would be what runs.)
    os.environ.pop("PYTHONPATH", None)
    found = find_spec("autodiff_core")
    if found is None or found.origin is None or ROOT / "autodiff_core" in Path(found.origin).parents:
        sys.exit(f"{sys.executable} has no autodiff_core installed, or has the sources: {found}")
    with tempfile.TemporaryDirectory() as folder:
        shown = pages.run((ROOT / "README.md").read_text(encoding="utf-8"), Path(folder) / "examples.py")
    for block, lines in shown:
        if not pages.printed(block.code, lines):
            sys.exit(f"{block.code}\nprints\n{lines}")
    others = ", ".join(f"{name} {version(name)}" for name in ("numpy", "optree"))
    print(f"Python {sys.version.split()[0]}, {others}: the README's {len(shown)} examples print what they say")


if __name__ == "__main__":
    main()
