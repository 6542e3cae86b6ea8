"""Programs as C: one C99 function that needs nothing but math.h.

Each record becomes a loop, or a line where it is a scalar. What only looks at another value differently (a reshape, a
slice, a broadcast) becomes no code at all, but other indices where it is read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .. import _core
from ..ops.c_loops import OF_INTEGERS
from ..ops.c_names import refuse_name
from ..ops.c_values import Shape, Value, contiguous, type_name
from ..reading.text import listing
from .c_expressions import Expressions, literal, not_written
from .file_check import holes_of

__all__ = ["c_source"]

_BYTES = {"double": 8, "float": 4, "unsigned char": 1}
_STACK = 1 << 17  # bytes of arrays that are local variables; more of them are static


def c_source(core: Any, name: str) -> str:
    """The C of a compiled program.

    Raises
    ------
    ValueError
        For a name that C or its library has another use for.
    NotImplementedError
        For an op or a dtype that this does not write.
    """
    refuse_name(name)
    return _Writer(core, name).text()


def _commented(text: str) -> str:
    """A text as part of a comment, which it cannot end: in ASCII, without backslashes and trigraphs."""
    plain = "".join(
        "/" if c == "\\" else c if " " <= c <= "~" else f"<U+{ord(c):04X}>"  # (controls, and what changes directions)
        for c in text
    )
    return re.sub(r"\*(?=/)|/(?=\*)|\?(?=\?)", r"\g<0> ", plain)


class _Place:
    """Where a record's lines go: what rows are given that write their own (`ops.c_loops.Place`)."""

    def __init__(self, writer: _Writer, node: int, op: str, dtype: np.dtype[Any], shape: Shape) -> None:
        self.writer, self.node, self.op, self.dtype, self.shape = writer, node, op, dtype, shape
        self.type = type_name(op, dtype)
        self.assign, self.loops = writer.assign, writer.loops
        self.more = 0

    def new(self) -> Value:
        return self.writer.new(f"v{self.node}", self.dtype, self.shape)

    def _name(self) -> str:
        self.more += 1
        return f"v{self.node}_{self.more}"

    def array(self, kind: str, size: int) -> str:
        return self.writer.room(self._name(), kind, size)

    def function(self, program: Any) -> str:
        name = f"{self.writer.name}_{self._name()}"
        other = _Writer(program, name, self.writer.expressions)
        lines = other.function()
        self.writer.functions += [*other.functions, "static " + lines[0], *lines[1:]]
        return name

    def table(self, numbers: Sequence[int]) -> str:
        name = self._name()
        listed = ", ".join(map(str, numbers)) or "0"
        self.writer.constants.append(f"static const long {name}[{max(len(numbers), 1)}] = {{{listed}}};")
        return name

    def copied(self, value: Value) -> Value:
        if value.in_order:
            return value
        copy = self.writer.new(self._name(), value.dtype, value.shape)
        self.assign(copy, value.shape, "{}", [value])
        return copy

    def result(self, lines: Sequence[str]) -> Value:
        return self.filled(lambda made: [*lines, f"{made.base} = ({self.type})total;"])

    def filled(self, lines: Callable[[Value], Sequence[str]]) -> Value:
        made = self.new()
        if made.strides is None:
            self.writer.body.append(f"{self.type} {made.base};")
        self.loops((), (), lines(made))
        return made

    def only_floats(self) -> None:
        if self.dtype.kind != "f":
            raise NotImplementedError(f"to_c: {self.op} of {self.dtype} is not written in C")

    def numbered(self, op: str, attributes: Any, operands: Sequence[Shape | np.ndarray]) -> np.ndarray:
        arrays, before = [], 1
        for x in operands:
            if isinstance(x, tuple):
                size = math.prod(x)
                x, before = np.arange(before, before + size).reshape(x), before + size
            arrays.append(x)
        return applied(op, attributes, arrays)


def applied(op: str, attributes: Any, arrays: Sequence[Any]) -> np.ndarray:
    """What an op makes of arrays of integers, off every tape and trace."""
    handle, row = _core.op_named(op), _core.row_named(op)
    given = [_core.adopt(np.array(x)) for x in arrays]
    linear = row is not None and row[0] == "linear"
    made = _core.linear(handle, given[0], attributes) if linear else _core.general(handle, given, attributes)
    return np.asarray(made.numpy())


def _known(array: np.ndarray) -> Value:
    return Value(array.dtype, array.shape, "", None, known=array)


class _Writer:
    def __init__(self, core: Any, name: str, expressions: Expressions | None = None) -> None:
        self.core, self.name = core, name
        self.expressions = expressions or Expressions()
        self.functions: list[str] = []  # of programs that this one runs
        self.values: list[Value | None] = []
        self.constants: list[str] = []
        self.buffers: list[str] = []
        self.buffer_bytes = 0
        self.body: list[str] = []
        self.guards = 0

    def text(self) -> str:
        lines = self.function()
        return "\n".join(
            [
                *self._comment(self._is_static()),
                "#include <math.h>",
                "",
                *self.expressions.helpers(),
                *self.functions,
                *lines,
            ]
        )

    def function(self) -> list[str]:
        """The function alone."""
        for node in range(len(self.core)):
            self._record(node)
        parameters = [f"const {type_name('input', v.dtype)} *{v.base}" for v in self._given()]
        parameters += self._results()
        static = "static " if self._is_static() else ""
        return [
            f"int {self.name}({', '.join(parameters) or 'void'})",
            "{",
            *(f"    {line}" for line in self.constants),
            *(f"    {static}{line}" for line in self.buffers),
            *(f"    {line}" for line in self.body),
            "    return 0;",
            "}",
            "",
        ]

    def _is_static(self) -> bool:
        return self.buffer_bytes > _STACK

    def _comment(self, static: bool) -> Iterator[str]:
        yield "/*"
        for line in listing(self.core):
            yield " * " + _commented(line)
        yield " *"
        yield " * Arrays lie in C order; inputs and outputs must not overlap. Variables come behind the inputs, and the"
        yield " * values that they are to take behind the outputs."
        if self.guards:
            yield " * Returns 0, or the number of the first guard that does not hold: nothing is written then."
        if static:
            yield " * The intermediate arrays are static: one call at a time."
        yield " */"

    def _given(self) -> list[Value]:
        given = self.core.input_count + len(self.core.variables)
        return [replace(v, base=v.base.removesuffix("[0]")) for v in self.values[:given] if v is not None]

    def _results(self) -> list[str]:
        """Copies to the outputs, at the end; returns the parameters."""
        ends = [(f"out{k}", node) for k, node in enumerate(self.core.outputs)]
        ends += [(f"new{which}", node) for which, node in self.core.assigned]
        parameters = []
        for name, node in ends:
            value = self._value(node)
            parameters.append(f"{type_name('output', value.dtype)} *{name}")
            self.assign(Value(value.dtype, value.shape, name, contiguous(value.shape)), value.shape, "{}", [value])
        return parameters

    def _value(self, node: int) -> Value:
        value = self.values[node]
        assert value is not None  # (nothing reads a guard)
        return value

    # ------------------------------------------------------------------------------------------------------- records

    def _record(self, node: int) -> None:
        op, operands, dtype, shape, attribute = self.core.node(node)
        if op == "guard":
            self._guard(self._value(operands[0]), *attribute[:2])
            self.values.append(None)
            return
        given = [self._value(k) for k in operands]
        if op == "input":
            type_name(op, dtype)
            which = node - self.core.input_count
            base = f"in{node}" if which < 0 else f"var{which}"
            made = (
                Value(dtype, shape, f"{base}[0]", None) if shape == () else Value(dtype, shape, base, contiguous(shape))
            )
        elif op == "constant":
            made = self._constant(node, np.asarray(attribute.numpy()))
        elif callable(c := _core.op_named(op).c):
            if holes := holes_of(attribute):
                attribute = self._filled(op, attribute, given)
                given = given[: min(holes)]
            made = c(_Place(self, node, op, dtype, shape), attribute, *given)
        elif c is OF_INTEGERS and given and all(x.known is not None for x in given):
            made = _known(applied(op, attribute, [x.known for x in given]))
        else:
            expression = self.expressions.of(op, [v.dtype for v in given], dtype)
            made = self.new(f"v{node}", dtype, shape)
            self.assign(made, shape, expression, given)
        self.values.append(made)

    def _filled(self, op: str, attribute: Any, given: Sequence[Value]) -> Any:
        """Attributes with what is known of operands in the places of holes."""
        if type(attribute) is tuple:
            return tuple([self._filled(op, part, given) for part in attribute])
        if not holes_of(attribute):
            return attribute
        found = given[attribute.operand].known
        if found is None:
            raise not_written(op, "some of its attributes are found when the program runs")
        return found

    def new(self, name: str, dtype: np.dtype[Any], shape: Shape) -> Value:
        """Room for a value: a variable for a scalar, declared where it is assigned; an array for others."""
        if shape == ():
            return Value(dtype, shape, name, None)
        return Value(dtype, shape, self.room(name, type_name("", dtype), math.prod(shape)), contiguous(shape))

    def room(self, name: str, kind: str, size: int) -> str:
        """An array beside the program's values."""
        self.buffers.append(f"{kind} {name}[{max(size, 1)}];")
        self.buffer_bytes += size * _BYTES[kind]
        return name

    def assign(self, to: Value, shape: Shape, expression: str, given: Sequence[Value]) -> None:
        """to[i] = expression(given[i]) for all i."""
        if to.strides is None:
            self.body.append(
                f"const {type_name('', to.dtype)} {to.base} = {expression.format(*(v.at(()) for v in given))};"
            )
            return
        if shape == ():
            self.body.append(f"{to.at(())} = {expression.format(*(v.at(()) for v in given))};")
            return
        spread = [v.spread(shape) for v in given]
        if to.in_order and all(v.in_order for v in spread):
            self.body.append(
                f"for (long i = 0; i < {math.prod(shape)}; ++i) "
                f"{to.flat('i')} = {expression.format(*(v.flat('i') for v in spread))};"
            )
            return
        index = [f"i{d}" for d in range(len(shape))]
        text = expression.format(*(v.at(index) for v in spread))
        self.loops(index, shape, [f"{to.at(index)} = {text};"])

    def loops(self, index: Sequence[str], shape: Shape, inner: Sequence[str]) -> None:
        """Lines within a loop for each index; in a block of their own where there is none."""
        if not index:
            self.body += ["{", *(f"    {line}" for line in inner), "}"]
            return
        indent = ""
        for i, size in zip(index, shape, strict=True):
            self.body.append(f"{indent}for (long {i} = 0; {i} < {size}; ++{i})" + " {" * (i == index[-1]))
            indent += "    "
        self.body += [*(indent + line for line in inner), indent[4:] + "}"]

    def _constant(self, node: int, array: np.ndarray) -> Value:
        if array.dtype.kind in "iu":
            return _known(array)
        type_name("constant", array.dtype)
        flat = array.ravel()
        if array.size and all(flat[k].tobytes() == flat[0].tobytes() for k in range(array.size)):
            return Value(array.dtype, array.shape, literal(flat[0], array.dtype), None)
        numbers = ", ".join(literal(x, array.dtype) for x in flat) or "0"
        self.constants.append(
            f"static const {type_name('', array.dtype)} c{node}[{max(array.size, 1)}] = {{{numbers}}};"
        )
        return Value(array.dtype, array.shape, f"c{node}", contiguous(array.shape))

    def _guard(self, value: Value, expected: Any, truth: bool) -> None:
        self.guards += 1
        wanted = np.asarray(expected.numpy())
        if truth:
            one = value.at(["0"] * len(value.shape))
            self.body.append(f"if (({one} != 0) != {int(bool(np.all(wanted != 0)))}) return {self.guards};")
            return
        seen = self._constant(len(self.values), wanted)
        index = [f"i{d}" for d in range(len(value.shape))]
        different = (
            "{0} != {1}"
            if value.dtype.kind == "b"
            else "!(({0} == {1} && !signbit({0}) == !signbit({1})) || ({0} != {0} && {1} != {1}))"
        )
        self.loops(
            index, value.shape, [f"if ({different.format(value.at(index), seen.at(index))}) return {self.guards};"]
        )
