"""Draw the pictures of the course and the gallery again: the pages' own code does, in the pages' own folders.

python docs/make_pictures.py
python docs/make_pictures.py course/cost gallery/hmc
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS / "extensions"))

import pages  # noqa: E402


def main(names: list[str]) -> None:
    chosen = [DOCS / f"{name}.md" for name in names] or [*DOCS.glob("course/*.md"), *DOCS.glob("gallery/*.md")]
    for page in sorted(chosen):
        code = pages.script(page.read_text())
        if "savefig(" in code or ".save(" in code:
            print(page.relative_to(DOCS), flush=True)
            environment = os.environ | {"MPLBACKEND": "Agg"}
            run = [sys.executable, "-c", code]
            subprocess.run(run, cwd=page.parent, env=environment, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main(sys.argv[1:])
