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
    try:
        import cairosvg
    except (ImportError, OSError):  # (it is there, and the library that it needs is not)
        cairosvg = None
    if cairosvg is not None:
        convert = cairosvg.svg2png if form == "png" else cairosvg.svg2pdf
        made: bytes = convert(bytestring=graph.to_svg().encode(), **({"scale": 2} if form == "png" else {}))
        return made
    dot = shutil.which("dot")
    if dot is None:
        raise ImportError(
            f"a picture as .{form} needs CairoSVG, an extra: pip install autodiff-core[pictures]; or Graphviz, whose "
            f"`dot` is not found. .svg and .dot need neither"
        )
    return subprocess.run([dot, f"-T{form}"], input=graph.to_dot().encode(), capture_output=True, check=True).stdout
