"""Whether this is what a release with a tag should be: `python .ci/check_release.py v1.2.3`.

What is asked for here is what a person forgets; docs/releasing.md is the whole list. Whether the files are good is what
`make wheels` and `make check-dist` ask.
"""

from __future__ import annotations

import re
import sys
import tomllib
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def missing(tag: str, root: Path = ROOT) -> list[str]:
    """What is still to be done, in words."""
    found = []
    package = (root / "autodiff_core" / "__init__.py").read_text()
    (version,) = re.findall(r'^__version__ = "(.*)"$', package, re.MULTILINE)
    if tag != f"v{version}":
        found.append(f"autodiff_core/__init__.py says {version}, for which the tag is v{version}, not {tag}")

    newest, when = re.findall(r"^## \[(.*)\] - (.*)$", (root / "CHANGELOG.md").read_text(), re.MULTILINE)[0]
    if newest != version:
        found.append(f"CHANGELOG.md begins with {newest}, not with {version}")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", when) or date.fromisoformat(when) > date.today():
        found.append(f"CHANGELOG.md says of {newest}: {when}, where the day of the release belongs, {date.today()}")

    if "Source" not in tomllib.loads((root / "pyproject.toml").read_text())["project"].get("urls", {}):
        found.append("pyproject.toml has no [project.urls] with a Source: nobody could find from the package to it")
    for page in ("README.md", "docs/index.md"):
        if "pip install autodiff-core" not in (root / page).read_text():
            found.append(f"{page} does not say that the package is on an index: pip install autodiff-core")
    return found


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: check_release.py v1.2.3")
    sys.exit("\n".join(missing(sys.argv[1])))
