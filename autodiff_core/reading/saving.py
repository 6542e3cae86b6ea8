"""A picture as a file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .picture import Graph

__all__ = ["save"]


def save(graph: Graph, path: Path) -> None:
    ending = path.suffix.lower()
    if ending == ".svg":
        path.write_text(graph.to_svg(), encoding="utf-8")
    elif ending in (".dot", ".gv"):
        path.write_text(graph.to_dot(), encoding="utf-8")
    elif ending in (".png", ".pdf"):
        path.write_bytes(_converted(graph, ending[1:]))
    else:
        raise ValueError(f"a picture is saved as .svg, .dot, .png or .pdf, not {ending or 'without an ending'}: {path}")


def _converted(graph: Graph, form: str) -> bytes:
    """The picture itself as PNG, where there is what makes one of SVG; else Graphviz's of the same graph."""
    if form == "png":
        try:
            import resvg_py
        except ImportError:
            pass
        else:
            return bytes(resvg_py.svg_to_bytes(svg_string=graph.to_svg(), zoom=2))
    dot = shutil.which("dot")
    if dot is None:
        ways = 'resvg, an extra: pip install "autodiff-core[pictures]"; or ' if form == "png" else ""
        raise ImportError(
            f"a picture as .{form} needs {ways}Graphviz, whose `dot` is not found. .svg and .dot need nothing"
        )
    made = subprocess.run([dot, f"-T{form}"], input=graph.to_dot().encode(), capture_output=True)
    if made.returncode:
        raise RuntimeError(f"{dot} makes no .{form} of the picture: {made.stderr.decode(errors='replace').strip()}")
    return made.stdout
