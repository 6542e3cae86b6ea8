"""What tapes and programs have in common: their records can be read. How is in `reading/`, loaded when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas

    from .reading.picture import Graph
    from .reading.records import Record
    from .reading.table import Summary


class Readable:
    """Something made of records: they can be had as values and as a table. Reading changes nothing."""

    __slots__ = ()

    def summary(self, names: Mapping[str, Any] | None = None) -> Summary:
        """The records as a table: what each computes of what, shape, dtype, bytes kept, source line, name.

        Parameters
        ----------
        names : mapping from str to Tensor or Variable, optional
            What to call tensors. By default by the names that they have where this is called.

        Returns
        -------
        Summary
            To be printed; a notebook shows it as a table. Its `records` are those of `to_records`.

        Raises
        ------
        RuntimeError
            Where a tape has let go of its records.

        Notes
        -----
        An operand is named by its node, `%0`; a number is one that is not followed; `_` is a value that no derivative
        needs, and that was not kept. Lines are known where the tape was told to note them.

        Examples
        --------
        >>> x = tf.constant(3.0)
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = 2.0 * x * x
        >>> tape.summary()
        GradientTape: 3 records, 0 bytes kept
        node  operation          shape  dtype    value  name
        %0    watched            ()     float32  3      x
        %1    multiply(2.0, %0)  ()     float32  6
        %2    multiply(%1, %0)   ()     float32  18     y
        """
        from .reading.table import summary_of

        return summary_of(self, names)

    def to_records(self, names: Mapping[str, Any] | None = None) -> list[Record]:
        """The records as values.

        Parameters
        ----------
        names : mapping from str to Tensor or Variable, optional
            What to call tensors. By default by the names that they have where this is called.

        Returns
        -------
        list of Record
            Named tuples, in the order in which they were recorded.

        Raises
        ------
        RuntimeError
            Where a tape has let go of its records.

        Examples
        --------
        >>> x = tf.constant(3.0)
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x * x
        >>> [(r.node, r.op, r.operands, float(r.value), r.name) for r in tape.to_records()]
        [(0, 'watched', (), 3.0, 'x'), (1, 'multiply', (0, 0), 9.0, 'y')]
        """
        from .reading.records import records_of

        return records_of(self, names)

    def to_pandas(self, names: Mapping[str, Any] | None = None) -> pandas.DataFrame:
        """The records as a pandas DataFrame, to count, group and sort them.

        Parameters
        ----------
        names : mapping from str to Tensor or Variable, optional
            What to call tensors. By default by the names that they have where this is called.

        Returns
        -------
        pandas.DataFrame
            A row each, by node.

        Raises
        ------
        ImportError
            Without pandas: `pip install "autodiff-core[pandas]"`.
        RuntimeError
            Where a tape has let go of its records.

        Examples
        --------
        >>> x = tf.Variable([1.0, 2.0], name="x")
        >>> with tf.GradientTape() as tape:
        ...     y = tf.exp(tf.sin(x)) + tf.sin(x)
        >>> tape.to_pandas().groupby("op").size()["sin"].item()
        2
        """
        from .reading.table import frame_of

        return frame_of(self, names)

    def graph(
        self,
        target: Any = None,
        sources: Any = None,
        *,
        names: Mapping[str, Any] | None = None,
        fold: str | Literal[False] | None = None,
    ) -> Graph:
        """The records as a picture: values and adjoints, what is computed of what, and how the adjoint flows back.

        Parameters
        ----------
        target : Tensor, Variable or structure of them, optional
            Whose derivatives are shown, and what it depends on. By default the one result of the tape of which nothing
            else is computed; where there are several, the picture shows all records, and no derivatives.
        sources : Tensor, Variable or structure of them, optional
            The adjoint's flow is shown as far as it leads to these. By default to all that the tape watches.
        names : mapping from str to Tensor or Variable, optional
            What to call tensors. By default by the names that they have where this is called.
        fold : {"module", "function", "loop", False}, optional
            What becomes one node: records that read variables of one module, records that were made in one function (of
            a tape that notes lines), or rounds of a loop that repeat. By default long tapes are folded, in the way that
            makes a readable picture, and short ones are not.

        Returns
        -------
        Graph
            A notebook draws it. `save` writes it to a file, `to_svg` and `to_dot` give its text.

        Raises
        ------
        RuntimeError
            Where a tape has let go of its records.
        ValueError
            Where a target or a source is not on the tape.

        Notes
        -----
        The adjoints are computed for the picture, by one sweep that nobody hears: the tape can be asked for its
        gradient afterwards. Steps are numbered forward, then backward. A number beside an edge is what the adjoint is
        multiplied by on its way back. Pictures of programs show neither values nor derivatives, which have none.

        Examples
        --------
        >>> x1, x2 = tf.constant(2.0), tf.constant(5.0)
        >>> with tf.GradientTape() as tape:
        ...     tape.watch([x1, x2])
        ...     y = tf.math.log(x1) + x1 * x2 - tf.sin(x2)
        >>> graph = tape.graph(y)
        >>> graph
        <Graph: 7 nodes, 8 edges>
        >>> graph.save("/tmp/classic.svg")  # doctest: +SKIP
        """
        from .reading.picture import graph_of

        return graph_of(self, target, sources, names, fold)

    def _repr_html_(self) -> str:
        from .reading.html import readable_html

        return readable_html(self)
