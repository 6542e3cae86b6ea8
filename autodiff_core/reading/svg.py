"""A picture as SVG: cards joined by curves, the adjoint's way back beside the way forward, on a shade of its own.

Everything is in the one element, shapes, colours for light and dark, and no script: it can be shown anywhere. How wide
a text is can only be guessed here, so that there is room to spare.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from .layout import place
from .mathematics import Formula, Piece, plain

if TYPE_CHECKING:
    from .picture import Arrow, Card, Graph

__all__ = ["drawn", "label_of"]

_LINE, _PAD, _MARGIN = 19.0, 12.0, 18.0
_MATH, _PLAIN = 16.0, 12.0  # font sizes
_STACK = 6.0  # by how much the cards behind a folded one look out
_STYLE = """
.ad-value,.ad-step,.ad-slope{font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,'Liberation Sans',sans-serif}
.ad-math{font-family:'STIX Two Text','Latin Modern Roman',Cambria,Georgia,'Times New Roman','Liberation Serif',serif}
.ad-paper{fill:#ffffff}
.ad-card{fill:#ffffff;stroke:#64748b;stroke-width:1.2}
.ad-source{fill:#e8f1fb;stroke:#2b6cb0;stroke-width:1.4}
.ad-constant{fill:#f3f4f6;stroke:#9ca3af;stroke-width:1;stroke-dasharray:3 2}
.ad-target{fill:#fdf3e3;stroke:#b45309;stroke-width:2}
.ad-fold{fill:#f6f4fb;stroke:#6d5ba8;stroke-width:1.2}
.ad-under{fill:#f6f4fb;stroke:#6d5ba8;stroke-width:1;opacity:.7}
.ad-math{font-size:16px;fill:#111827}
.ad-value{font-size:12px;fill:#475569}
.ad-adjoint{fill:#b45309}
.ad-step{font-size:10px;fill:#ffffff;text-anchor:middle}
.ad-forward{fill:none;stroke:#2b6cb0;stroke-width:1.5}
.ad-forward-end{fill:#2b6cb0}
.ad-reverse{fill:none;stroke:#c2410c;stroke-width:1.5;stroke-dasharray:5 3}
.ad-reverse-end{fill:#c2410c}
.ad-shade{fill:none;stroke:#fbbf77;stroke-width:17;stroke-linecap:round;stroke-opacity:.38}
.ad-slope{font-size:11px;fill:#b45309}
@media (prefers-color-scheme: dark){
.ad-paper{fill:#14171c}
.ad-card{fill:#1d222a;stroke:#94a3b8}
.ad-source{fill:#16293d;stroke:#63a4e6}
.ad-constant{fill:#22262d;stroke:#6b7280}
.ad-target{fill:#33260f;stroke:#f0a94a}
.ad-fold,.ad-under{fill:#25213a;stroke:#a898e0}
.ad-math{fill:#f1f5f9}
.ad-value{fill:#b6c2d1}
.ad-adjoint,.ad-slope{fill:#f5b25c}
.ad-step{fill:#10131a}
.ad-forward{stroke:#63a4e6}
.ad-forward-end{fill:#63a4e6}
.ad-reverse{stroke:#f08c4a}
.ad-reverse-end{fill:#f08c4a}
.ad-shade{stroke:#b4651f;stroke-opacity:.34}
}
"""


def drawn(graph: Graph) -> str:
    sizes = {card.node: _size(card) for card in graph.cards}
    placed = place(sizes, [(arrow.tail, arrow.head) for arrow in graph.arrows])
    width, height = placed.width + 2 * _MARGIN, placed.height + 2 * _MARGIN
    centres = {node: (x + _MARGIN, y + _MARGIN) for node, (x, y) in placed.centres.items()}
    stacked = {card.node for card in graph.cards if card.kind == "fold"}
    ways = {}
    for arrow in graph.arrows:
        points = [(x + _MARGIN, y + _MARGIN) for x, y in placed.paths[arrow.tail, arrow.head]]
        (x0, y0), (x1, y1) = centres[arrow.tail], centres[arrow.head]
        (half, tall), (half_, tall_) = sizes[arrow.tail], sizes[arrow.head]
        nearest = points[0][0] if points else x1
        farthest = points[-1][0] if points else x0
        begin = (x0 + _toward(nearest - x0, half / 2 - 16), y0 + tall / 2 + (_STACK if arrow.tail in stacked else 0.0))
        end = (x1 + _toward(farthest - x1, half_ / 2 - 16), y1 - tall_ / 2)
        ways[arrow.tail, arrow.head] = [begin, *points, end]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" style="max-width:100%;height:auto">',
        f"<title>{escape(graph.title)}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="ad-paper" width="{width:.0f}" height="{height:.0f}" rx="6"/>',
    ]
    for arrow in graph.arrows:
        if arrow.flows:
            lines.append(f'<path class="ad-shade" d="{_curve(ways[arrow.tail, arrow.head], 0.0)}"/>')
    for arrow in graph.arrows:
        lines += _arrow(arrow, ways[arrow.tail, arrow.head])
    for card in graph.cards:
        lines += _card(card, *centres[card.node], *sizes[card.node])
    return "\n".join([*lines, "</svg>"])


def _toward(distance: float, most: float) -> float:
    """How far from the middle of its card an edge begins: towards where it leads."""
    return max(-most, min(most, 0.25 * distance)) if most > 0 else 0.0


# ---------------------------------------------------------------------------------------------------------------- cards


def _lines(card: Card) -> list[tuple[Formula, str, float]]:
    found: list[tuple[Formula, str, float]] = [(card.label, "ad-math", _MATH)]
    if card.value:
        found.append(([Piece(card.value)], "ad-value", _PLAIN))
    if card.adjoint:
        found.append((card.adjoint, "ad-math ad-adjoint", _MATH))
    return found


def _size(card: Card) -> tuple[float, float]:
    lines = _lines(card)
    steps = 6.2 * (len(card.forward) + len(card.reverse)) + 10.0
    width = max(54.0, steps, *(_length(line, size) for line, _, size in lines)) + 2 * _PAD
    return width, _LINE * len(lines) + 13.0 + (3.0 if card.forward or card.reverse else 0.0)


_WIDE, _THIN = set("mwMWΣ@%…‖×√"), set("ijltfrI.,;:'|()[] ·⌊⌋")


def _length(formula: Formula, size: float) -> float:
    """How long a text is, about."""
    total = 0.0
    for text, style in formula:
        for letter in text:
            part = 0.9 if letter in _WIDE else (0.34 if letter in _THIN else (0.72 if letter.isupper() else 0.54))
            total += part * (0.72 if style in ("below", "above") else 1.0)
    return total * size * (1.08 if size == _PLAIN else 1.0)


def _card(card: Card, x: float, y: float, width: float, height: float) -> Iterator[str]:
    left, top = x - width / 2, y - height / 2
    kind = {"operation": "card"}.get(card.kind, card.kind)
    yield f'<g class="ad-node" data-node="{card.node}" data-kind="{card.kind}">'
    yield f"<title>{escape(card.tip)}</title>"
    if card.kind == "fold":
        for more in (_STACK, _STACK / 2):
            yield _box("ad-under", left + more, top + more, width, height, 6)
    yield _box(f"ad-{kind}", left, top, width, height, 14 if card.kind == "source" else 6)
    at = top + (8.0 if card.forward or card.reverse else 6.5)
    for formula, style, size in _lines(card):
        at += _LINE
        role = ' data-role="adjoint"' if "ad-adjoint" in style else ""
        yield (
            f'<text class="{style}"{role} x="{x:.1f}" y="{at - 5 + (size - _PLAIN) * 0.1:.1f}" text-anchor="middle">'
            f"{_spans(formula)}</text>"
        )
    if card.forward:
        yield from _badge("forward", card.forward, left + 2, top)
    if card.reverse:
        yield from _badge("reverse", card.reverse, left + width - 2, top)
    yield "</g>"


def _box(style: str, left: float, top: float, width: float, height: float, round_: float) -> str:
    return (
        f'<rect class="{style}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{round_}"/>'
    )


def _badge(way: str, text: str, x: float, y: float) -> Iterator[str]:
    """The number of a step, in a corner."""
    width = max(17.0, 6.2 * len(text) + 8)
    left = x - 8 if way == "forward" else x + 8 - width
    yield (
        f'<rect class="ad-{way}-end" x="{left:.1f}" y="{y - 8.5:.1f}" width="{width:.1f}" height="17" rx="8.5"/>'
        f'<text class="ad-step" data-step="{way}" x="{left + width / 2:.1f}" y="{y + 3.5:.1f}">{escape(text)}</text>'
    )


def _spans(formula: Sequence[Piece]) -> str:
    found, shift = [], 0.0
    for text, style in formula:
        attributes = ""
        wanted = {"below": 3.5, "above": -5.5}.get(style, 0.0)
        if wanted != shift:
            attributes += f' dy="{wanted - shift:g}"'
            shift = wanted
        if style in ("below", "above"):
            attributes += ' font-size="72%"'
        if style in ("italic", "barred"):
            attributes += ' font-style="italic"'
        if style == "barred":
            attributes += ' text-decoration="overline"'
        found.append(f"<tspan{attributes}>{escape(text, quote=False)}</tspan>")
    return "".join(found)


# --------------------------------------------------------------------------------------------------------------- arrows

Point = tuple[float, float]


def _curve(way: Sequence[Point], aside: float) -> str:
    """A smooth way down through points, some distance aside of them."""
    (x, y), *rest = way
    parts = [f"M{x + aside:.1f},{y:.1f}"]
    for nx, ny in rest:
        bend = (ny - y) / 2
        parts.append(f"C{x + aside:.1f},{y + bend:.1f} {nx + aside:.1f},{ny - bend:.1f} {nx + aside:.1f},{ny:.1f}")
        x, y = nx, ny
    return " ".join(parts)


def _arrow(arrow: Arrow, way: Sequence[Point]) -> Iterator[str]:
    aside = 4.5 if arrow.flows else 0.0
    (x0, y0), (x1, y1) = way[0], way[-1]
    yield f'<g class="ad-edge" data-tail="{arrow.tail}" data-head="{arrow.head}">'
    yield f'<path class="ad-forward" d="{_curve([*way[:-1], (x1, y1 - 5)], -aside)}"/>'
    yield f'<path class="ad-forward-end" d="{_tip(x1 - aside, y1, 7)}"/>'
    if arrow.flows:
        yield f'<path class="ad-reverse" data-reverse="true" d="{_curve([(x0, y0 + 5), *way[1:]], aside)}"/>'
        yield f'<path class="ad-reverse-end" d="{_tip(x0 + aside, y0, -7)}"/>'
    if arrow.slope:
        k = (len(way) - 1) // 2
        x, y = (way[k][0] + way[k + 1][0]) / 2, (way[k][1] + way[k + 1][1]) / 2
        x += aside + 8
        yield _box('ad-paper" opacity="0.85', x - 2, y - 7, 6.3 * (len(arrow.slope) + 1) + 4, 14, 3)
        yield f'<text class="ad-slope" x="{x:.1f}" y="{y + 4:.1f}">×{escape(arrow.slope)}</text>'
    yield "</g>"


def _tip(x: float, y: float, length: float) -> str:
    return f"M{x:.1f},{y:.1f} l-3.6,{-length:.1f} l7.2,0 z"


def label_of(card: Card) -> str:
    """A card in words, for pictures without styles."""
    return "\n".join(plain(line) for line, _, _ in _lines(card))
