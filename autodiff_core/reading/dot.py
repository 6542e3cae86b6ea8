"""A picture in Graphviz's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .svg import label_of

if TYPE_CHECKING:
    from .picture import Card, Graph

__all__ = ["written"]

_SHAPES = {
    "source": 'shape=box, style="rounded,filled", fillcolor="#e8f1fb", color="#2b6cb0"',
    "constant": 'shape=box, style="dashed,filled", fillcolor="#f3f4f6", color="#9ca3af"',
    "operation": 'shape=box, style="filled", fillcolor="#ffffff", color="#64748b"',
    "target": 'shape=box, style="filled", fillcolor="#fdf3e3", color="#b45309", penwidth=2',
    "fold": 'shape=box3d, style="filled", fillcolor="#f6f4fb", color="#6d5ba8"',
}


def written(graph: Graph) -> str:
    lines = [
        f"digraph {_quoted(graph.title)} {{",
        '  node [fontname="Helvetica", fontsize=11, margin="0.12,0.06"];',
        '  edge [color="#2b6cb0", arrowsize=0.7, fontname="Helvetica", fontsize=10, fontcolor="#b45309"];',
    ]
    lines += [f"  n{card.node} [label={_quoted(_text(card))}, {_SHAPES[card.kind]}];" for card in graph.cards]
    for arrow in graph.arrows:
        lines.append(f"  n{arrow.tail} -> n{arrow.head};")
        if arrow.flows:
            label = f", label={_quoted(f'×{arrow.slope}')}" if arrow.slope else ""
            lines.append(f'  n{arrow.head} -> n{arrow.tail} [color="#c2410c", style=dashed, constraint=false{label}];')
    return "\n".join([*lines, "}"])


def _text(card: Card) -> str:
    steps = [card.forward and f"({card.forward})", card.reverse and f"({card.reverse}) back"]
    return "\n".join([*filter(None, [" ".join(filter(None, steps))]), label_of(card)])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
