"""`python -m autodiff_core`: what the library tells about somebody's script."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m autodiff_core", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    explain = commands.add_parser(
        "explain",
        help="run a script, and say what its tapes and recorded functions did",
        description="Run a script, and say what its tapes and recorded functions did: gradients that are None, and "
        "why; NaN and infinity, and where from; what is slow and what is kept; functions that are recorded again and "
        "again. The exit code is the script's.",
    )
    explain.add_argument("--html", type=Path, metavar="FILE", help="write the report as one page, too")
    explain.add_argument("script", type=Path)
    explain.add_argument("arguments", nargs=argparse.REMAINDER, help="for the script")
    options = parser.parse_args(arguments)
    if not options.script.is_file():
        parser.exit(2, f"explain: there is no script {str(options.script)!r}\n")
    if options.html is not None and not options.html.parent.is_dir():
        parser.exit(2, f"explain: there is no folder {str(options.html.parent)!r} for the report\n")

    from .explaining.report import page, text
    from .explaining.script import explain as run

    found = run(options.script, options.arguments)
    print(text(found))
    if options.html is not None:
        options.html.write_text(page(found), encoding="utf-8")
        print(f"\nThe report is in {options.html}")
    return found.code


if __name__ == "__main__":
    sys.exit(main())
