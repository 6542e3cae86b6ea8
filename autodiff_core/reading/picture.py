"""A tape, or a program, as a picture: what is computed of what, and how adjoints flow back.

This file says what is in a picture: nodes, edges, the steps' numbers. Where they lie is `layout.py`, how they are drawn
`svg.py` and `dot.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from .. import _core
from ..nest import flatten_for_tape
from .folding import WAYS, Stretch, folded
from .mathematics import (
    Formula,
    Piece,
    adjoint_text,
    constant,
    formula_of,
    letter_beside,
    norm,
    plain,
    short,
    symbol,
    value_line,
)
from .records import Record, records_of

__all__ = ["Arrow", "Card", "Graph", "graph_of"]

MOST = 40
"""Operations that are drawn each by itself; longer tapes are folded."""

_MOST_DRAWN, _MOST_NAMED = 500, 4


class Card(NamedTuple):
    """A node of a picture."""

    node: int
    """That of the record; of several, of the last."""
    kind: str
    """`source`, `constant`, `operation`, `target` or `fold`."""
    label: Formula
    value: str
    adjoint: Formula
    forward: str
    """The number of the step in which it was computed; of several, the first and the last."""
    reverse: str
    """The number of the step in which its adjoint is known."""
    tip: str
    """All that there is to say, as plain text."""
    records: tuple[Record, ...]


class Arrow(NamedTuple):
    """An edge: from an operand to what is computed of it."""

    tail: int
    head: int
    flows: bool
    """Whether the adjoint flows back along it."""
    slope: str
    """What the adjoint is multiplied by on the way, where that is a number."""


class Graph:
    """A picture of a tape or a program: a notebook draws it; `save` writes it to a file.

    Attributes
    ----------
    cards : list of Card
        The nodes, from the sources on.
    arrows : list of Arrow
        The edges.

    Examples
    --------
    >>> x = tf.Variable(3.0, name="x")
    >>> with tf.GradientTape() as tape:
    ...     y = tf.sin(x) * x
    >>> graph = tape.graph(y)
    >>> graph
    <Graph: 3 nodes, 3 edges>
    >>> graph.to_svg()[:4], [(arrow.tail, arrow.head) for arrow in graph.arrows]
    ('<svg', [(0, 1), (1, 2), (0, 2)])
    """

    def __init__(self, title: str, cards: Sequence[Card], arrows: Sequence[Arrow]) -> None:
        self.title, self.cards, self.arrows = title, list(cards), list(arrows)

    def __repr__(self) -> str:
        return f"<Graph: {len(self.cards)} nodes, {len(self.arrows)} edges>"

    def to_svg(self) -> str:
        """The picture as SVG, in light or dark as whoever shows it asks.

        Returns
        -------
        str
            A document; it can stand within HTML as it is.
        """
        from .svg import drawn

        return drawn(self)

    def to_dot(self) -> str:
        """The picture for Graphviz, which lays it out in its own way.

        Returns
        -------
        str
            In the DOT language.
        """
        from .dot import written

        return written(self)

    def save(self, path: str | Path) -> None:
        """Write the picture to a file.

        Parameters
        ----------
        path : str or path
            What it ends with says the format: `.svg` and `.dot` (or `.gv`) always; `.png` by resvg, or by Graphviz;
            `.pdf` by Graphviz, where its `dot` is found.

        Raises
        ------
        ValueError
            For another ending.
        ImportError
            Where nothing is there that makes such a file: `pip install "autodiff-core[pictures]"` brings resvg.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> x = tf.Variable(3.0, name="x")
        >>> with tf.GradientTape() as tape:
        ...     y = x * x
        >>> file = pathlib.Path(tempfile.mkdtemp(), "square.svg")
        >>> tape.graph(y).save(file)
        >>> file.read_text()[:4]
        '<svg'
        """
        from .saving import save

        save(self, Path(path))

    def _repr_svg_(self) -> str:
        return self.to_svg()


# ------------------------------------------------------------------------------------------------------------- of tapes


def graph_of(
    source: Any,
    target: Any = None,
    sources: Any = None,
    names: Mapping[str, Any] | None = None,
    fold: str | Literal[False] | None = None,
    adjoints: bool = True,
) -> Graph:
    """The picture of a tape, with the adjoints of a target; or of a program."""
    if fold not in (None, False, *WAYS):
        raise ValueError(f"fold must be one of {', '.join(map(repr, WAYS))}, None or False, not {fold!r}")
    records = records_of(source, names)
    if isinstance(source, _core.Tape):
        targets = _nodes(source, target, "target")
        if target is None and adjoints:
            targets = _last(records)
        wanted = _nodes(source, sources, "source")
    else:
        if target is not None or sources is not None:
            raise ValueError(
                "the picture of a program has no values, and no derivatives: leave target and sources out, or draw "
                "program.gradient(), which is the program of those"
            )
        targets, wanted = list(source.core.outputs), []
    return _Drawing(source, records, targets, wanted, fold).graph()


def _nodes(tape: _core.Tape, structure: Any, what: str) -> list[int]:
    """The nodes of tensors."""
    if structure is None:
        return []
    found = []
    for leaf in flatten_for_tape(structure, True)[0]:
        if hasattr(type(leaf), "__tf_tensor__"):
            with _core.Untraced():
                leaf = _core.wrapped(leaf)
        if not isinstance(leaf, _core.Operand):
            raise TypeError(f"{what}s must be tensors or variables, not {type(leaf).__name__}")
        node = _core.node_on_tape(tape, leaf)
        if node is None:
            why = "it was computed before or after it, or from nothing that the tape follows"
            if not _core.is_differentiable(leaf.dtype):
                why = "what has no derivative is not recorded"
            raise ValueError(
                f"the {what} (a tensor of shape {tuple(leaf.shape)} and dtype {leaf.dtype}) is not on this tape: {why}"
            )
        found.append(node)
    return found


def _last(records: Sequence[Record]) -> list[int]:
    """The result that nothing else is computed of, if there is but one: what a gradient would be asked of."""
    read = {one for record in records for one in record.operands if isinstance(one, int)}
    ends = [record.node for record in records if record.followed and not record.leaf and record.node not in read]
    return ends if len(ends) == 1 else []


def _joined(records: Sequence[Record]) -> list[Record]:
    """Records, but for those of several of which one output alone is read: that stands for both."""
    by_node = {record.node: record for record in records}
    outputs = Counter(record.operands[0] for record in records if record.op == "output")
    read = {one for record in records for one in record.operands if isinstance(one, int)}
    used = Counter(record.operands[0] for record in records if record.op == "output" and record.node in read)
    gone: set[int] = set()
    found = []
    for record in records:
        if record.op != "output":
            found.append(record)
            continue
        several = by_node[record.operands[0]]
        alone = (used[several.node] == 1 and record.node in read) or outputs[several.node] == 1
        if alone:
            gone.add(several.node)
            record = record._replace(op=several.op, operands=several.operands, attribute=several.attribute)
        if alone or not used[several.node] or record.node in read:
            found.append(record)
    return [record for record in found if record.node not in gone]


class _Drawing:
    """What a picture shows of records, while it is put together."""

    def __init__(
        self,
        source: Any,
        records: Sequence[Record],
        targets: list[int],
        wanted: list[int],
        fold: str | Literal[False] | None,
    ) -> None:
        self.source, self.targets, self.fold = source, targets, fold
        records = _joined(records)
        self.of_tape = isinstance(source, _core.Tape)
        self.by_node = {record.node: record for record in records}
        shown = self._before(targets) if targets else set(self.by_node)
        shown -= {node for node in shown if self._within(self.by_node[node])}
        self.records = [record for record in records if record.node in shown]
        self.leaves = {
            record.node: record for record in self.records if record.leaf or not record.followed or not record.operands
        }
        self.inner = [record for record in self.records if record.node not in self.leaves]
        self.flow = self._behind(wanted) if wanted else shown
        self.letter = letter_beside(record.name for record in self.records)
        self.adjoints: dict[int, Any] = {}
        self.moved: set[int] = set()
        self.forward = {record.node: k for k, record in enumerate(self.inner, 1)}
        self.reverse: dict[int, int] = {}

    def _within(self, record: Record) -> bool:
        """Whether a record is a constant: its value stands in formulas, as that of an operand which is no record."""
        unnamed = record.leaf and record.name is None and record.value is not None
        return unnamed and (not record.followed or record.op == "constant")

    def _before(self, targets: Sequence[int]) -> set[int]:
        """What targets depend on, and themselves."""
        found, left = set(targets), list(targets)
        while left:
            record = self.by_node[left.pop()]
            for one in record.operands if record.followed else ():
                if isinstance(one, int) and one not in found:
                    found.add(one)
                    left.append(one)
        return found

    def _behind(self, sources: Sequence[int]) -> set[int]:
        """What depends on sources, and themselves."""
        found = set(sources)
        for record in self.records:
            if not record.leaf and any(one in found for one in record.operands if isinstance(one, int)):
                found.add(record.node)
        return found

    def graph(self) -> Graph:
        inner = folded(self.inner, self.leaves, self.fold, MOST)
        if self.fold == "function" and all(record.place is None for record in self.inner):
            raise ValueError("fold='function' needs a tape that notes where records are made: GradientTape(trace=True)")
        if len(inner) > _MOST_DRAWN:
            raise ValueError(
                f"{len(inner)} records are too many to be drawn one by one (at most {_MOST_DRAWN}): leave `fold` out, "
                f"or name a target that depends on fewer"
            )
        stretches = self._with_leaves(inner)
        stretches.sort(key=self._begin)
        at = {record.node: stretch.records[-1].node for stretch in stretches for record in stretch.records}
        self._ask(stretches, at)
        cards = [self._card(stretch) for stretch in stretches]
        title = f"{type(self.source).__name__}: {len(self.records)} records"
        return Graph(title, cards, list(self._arrows(stretches, at)))

    def _begin(self, stretch: Stretch) -> int:
        """Where a stretch stands among the others, so that what it reads stands before it."""
        return stretch.records[0 if self._is_source(stretch) else -1].node

    def _is_source(self, stretch: Stretch) -> bool:
        return stretch.records[-1].node in self.leaves

    def _with_leaves(self, inner: list[Stretch]) -> list[Stretch]:
        """Stretches, and leaves: in the folded one that alone reads them, for themselves, or, where they are many,
        those together that the same read."""
        place = {record.node: k for k, stretch in enumerate(inner) for record in stretch.records}
        readers: dict[int, set[int]] = {node: set() for node in self.leaves}
        for record in self.inner:
            for one in record.operands:
                if isinstance(one, int) and one in self.leaves:
                    readers[one].add(place[record.node])
        inside: dict[int, list[Record]] = {}
        alone: dict[tuple[int, ...], list[Record]] = {}
        for node, found in readers.items():
            leaf = self.leaves[node]
            if len(found) == 1 and self._belongs(leaf, inner[min(found)]):
                inside.setdefault(min(found), []).append(leaf)
            else:
                alone.setdefault(tuple(sorted(found)), []).append(leaf)
        made = [stretch._replace(records=(*inside.get(k, ()), *stretch.records)) for k, stretch in enumerate(inner)]
        if sum(map(len, alone.values())) > (MOST if self.fold is None else _MOST_DRAWN):
            if len(alone) > MOST:
                alone = {(): [leaf for leaves in alone.values() for leaf in leaves]}
            return made + [Stretch(tuple(leaves)) for leaves in alone.values()]
        return made + [Stretch((leaf,)) for leaves in alone.values() for leaf in leaves]

    def _belongs(self, leaf: Record, fold: Stretch) -> bool:
        """Whether a leaf that a stretch alone reads is drawn in it: a module's variables are, and those that are read
        within records of which there is nothing to tell."""
        if len(fold.records) == 1 or fold.rounds > 1 or leaf.op != "variable":
            return False
        scope = (leaf.name or "").rpartition("/")[0]
        return fold.title is None or f"{scope}/".startswith(f"{fold.title}/")

    def _ask(self, stretches: Sequence[Stretch], at: Mapping[int, int]) -> None:
        """The adjoints of what is drawn, and the numbers of the steps in which they are known."""
        if not self.targets or not self.of_tape:
            return
        nodes = [
            record.node
            for stretch in stretches
            for record in stretch.records
            if record.node in self.flow and (record is stretch.records[-1] or record.node in self.leaves)
        ]
        found = _core.read_adjoints(self.source, self.targets, nodes)
        self.adjoints = {node: adjoint for node, adjoint in zip(nodes, found, strict=True) if adjoint is not None}
        self.moved = set(self.adjoints)
        for record in reversed(self.inner):
            if record.op == "output" and record.node in self.adjoints:
                self.moved.add(record.operands[0])
        known: dict[int, int] = {}
        for record in self.inner:
            for one in record.operands:
                if isinstance(one, int):
                    known.setdefault(one, record.node)
        moved = [record.node for record in self.records if record.node in self.flow and self._moves(record)]
        end = 1 + max(self.by_node)
        moved.sort(key=lambda node: (known.get(node, end), node), reverse=True)
        self.reverse = {node: k for k, node in enumerate(moved, 1 + len(self.inner))}

    def _moves(self, record: Record) -> bool:
        return record.followed and (record.node in self.adjoints or record.node not in self.leaves)

    # -------------------------------------------------------------------------------------------------------- the nodes

    def _symbol(self, record: Record) -> Formula:
        return symbol(record, self.letter)

    def _operand(self, one: Any) -> Formula:
        if not isinstance(one, int):
            return constant(one)
        record = self.by_node[one]
        return constant(record.value) if self._within(record) else self._symbol(record)

    def _card(self, stretch: Stretch) -> Card:
        record = stretch.records[-1]
        if len(stretch.records) > 1:
            return self._sources(stretch) if self._is_source(stretch) else self._folded(stretch)
        kind = "operation"
        if record.node in self.leaves:
            kind = "source" if record.followed else "constant"
        elif record.node in self.targets:
            kind = "target"
        name = self._symbol(record)
        formula = formula_of(record, self._operand) if kind != "constant" else []
        label = [*name, Piece(" = "), *formula] if formula else name
        value = " · ".join(filter(None, [value_line(record), _inside(record.attribute)]))
        adjoint = self.adjoints.get(record.node)
        adjoint_line = adjoint_text(name, adjoint) if adjoint is not None else []
        tip = f"%{record.node} = {record.text}  {record.dtype.name} {record.shape}"
        if record.line:
            tip += f"\n{record.line}"
        return Card(
            record.node,
            kind,
            label,
            value,
            adjoint_line,
            str(self.forward.get(record.node, "")),
            str(self.reverse.get(record.node, "")) if adjoint is not None else "",
            tip,
            stretch.records,
        )

    def _sources(self, stretch: Stretch) -> Card:
        """Many leaves as one node."""
        records = stretch.records
        first, last = self._symbol(records[0]), self._symbol(records[-1])
        adjoints = [self.adjoints[record.node] for record in records if record.node in self.adjoints]
        count = sum(_size(record) for record in records)
        return Card(
            records[-1].node,
            "source",
            [*first, Piece(", …, "), *last],
            f"{len(records):,} of them" + (f" · {count:,} numbers" if count != len(records) else ""),
            [Piece(f"‖∇‖ = {short(norm(adjoints))}")] if adjoints else [],
            "",
            _range([self.reverse[record.node] for record in records if record.node in self.reverse]),
            f"{len(records)} leaves, %{records[0].node} to %{records[-1].node}",
            records,
        )

    def _folded(self, stretch: Stretch) -> Card:
        records = [record for record in stretch.records if record.node not in self.leaves]
        inside = [record for record in stretch.records if record.node in self.leaves]
        last = records[-1]
        body = records[: len(records) // stretch.rounds]
        doing = _operations(record.op for record in body)
        if stretch.rounds > 1 and stretch.title:
            label = [Piece(f"{stretch.rounds} × "), Piece(stretch.title, "italic"), Piece(f": {doing}")]
        elif stretch.rounds > 1:
            label = [Piece(f"{stretch.rounds} × ("), Piece(doing), Piece(")")]
        else:
            label = [Piece(stretch.title, "italic"), Piece(f": {doing}")] if stretch.title else [Piece(doing)]
        norms = [self.adjoints[record.node] for record in inside if record.node in self.adjoints]
        value = f"{value_line(last)}" if last.shape != () else f"{plain(self._symbol(last))} = {value_line(last)}"
        if inside:
            count = sum(_size(record) for record in inside)
            value += f" · {count:,} parameter{'s' * (count != 1)}"
        adjoint = self.adjoints.get(last.node)
        line = adjoint_text(self._symbol(last), adjoint) if adjoint is not None else []
        if norms:
            line = [*line, Piece("  " if line else ""), Piece(f"‖∇‖ = {short(norm(norms))}")]
        steps = [self.forward[record.node] for record in records]
        back = [self.reverse[record.node] for record in records if record.node in self.reverse]
        return Card(
            last.node,
            "fold",
            label,
            value,
            line,
            _range(steps),
            _range(back) if adjoint is not None else "",
            f"{len(records)} records, %{records[0].node} to %{last.node}",
            stretch.records,
        )

    # -------------------------------------------------------------------------------------------------------- the edges

    def _arrows(self, stretches: Sequence[Stretch], at: Mapping[int, int]) -> Iterator[Arrow]:
        found: dict[tuple[int, int], list[tuple[Record, int]]] = {}
        for record in self.inner:
            for k, one in enumerate(record.operands):
                if isinstance(one, int) and one in at and at[one] != at[record.node]:
                    found.setdefault((at[one], at[record.node]), []).append((record, k))
        for (tail, head), uses in found.items():
            flows = tail in self.moved and head in self.moved
            slope = ""
            if flows and all(record.node == head and record.slopes is not None for record, _ in uses):
                slope = short(sum(record.slopes[k] for record, k in uses if record.slopes is not None))
            yield Arrow(tail, head, flows, slope)


def _operations(names: Iterable[str]) -> str:
    """The most frequent of operations."""
    counts = Counter(names)
    doing = ", ".join(op if n == 1 else f"{n} {op}" for op, n in counts.most_common(_MOST_NAMED))
    return doing + (", …" if len(counts) > _MOST_NAMED else "")


def _inside(attribute: Any) -> str:
    """What is done within one record: a loop's body, or a recorded function."""
    for part in attribute if isinstance(attribute, tuple) else (attribute,):
        program = getattr(part, "inside", None)
        if isinstance(program, _core.ProgramCore):
            records = [Record._make(told) for told in _core.read_program(program)]
            return _operations(record.op for record in records if not record.leaf)
    return ""


def _size(record: Record) -> int:
    size = 1
    for n in record.shape or ():
        size *= n
    return size


def _range(steps: Sequence[int]) -> str:
    if not steps:
        return ""
    return str(steps[0]) if len(steps) == 1 else f"{min(steps)}–{max(steps)}"
