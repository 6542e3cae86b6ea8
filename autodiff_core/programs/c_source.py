"""Programs as C: one C99 function that needs nothing but math.h.

Each record becomes a loop, or a line where it is a scalar. What only looks at another value differently (a reshape, a
slice, a broadcast) becomes no code at all, but other indices where it is read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .. import _core
from .c_expressions import Expressions, literal
from .c_names import refuse_name
from .c_values import Shape, Value, contiguous, type_name
from .text import listing

__all__ = ["c_source"]

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


class _Writer:
    def __init__(self, core: Any, name: str) -> None:
        self.core, self.name = core, name
        self.expressions = Expressions()
        self.values: list[Value | None] = []
        self.constants: list[str] = []
        self.buffers: list[str] = []
        self.buffer_bytes = 0
        self.body: list[str] = []
        self.guards = 0

    def text(self) -> str:
        for node in range(len(self.core)):
            self._record(node)
        parameters = [f"const {type_name('input', v.dtype)} *{v.base}" for v in self._given()]
        parameters += self._results()
        static = "static " if self.buffer_bytes > _STACK else ""
        return "\n".join(
            [
                *self._comment(bool(static)),
                "#include <math.h>",
                "",
                *self.expressions.helpers(),
                f"int {self.name}({', '.join(parameters) or 'void'})",
                "{",
                *(f"    {line}" for line in self.constants),
                *(f"    {static}{line}" for line in self.buffers),
                *(f"    {line}" for line in self.body),
                "    return 0;",
                "}",
                "",
            ]
        )

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
            self._assign(Value(value.dtype, value.shape, name, contiguous(value.shape)), value.shape, "{}", [value])
        return parameters

    def _value(self, node: int) -> Value:
        value = self.values[node]
        assert value is not None  # (nothing reads a guard)
        return value

    # ------------------------------------------------------------------------------------------------------- records

    def _record(self, node: int) -> None:
        op, operands, dtype, shape, attribute = self.core.node(node)
        type_name(op, dtype)
        if op == "guard":
            self._guard(self._value(operands[0]), *attribute[:2])
            self.values.append(None)
            return
        given = [self._value(k) for k in operands]
        if op == "input":
            which = node - self.core.input_count
            base = f"in{node}" if which < 0 else f"var{which}"
            made = (
                Value(dtype, shape, f"{base}[0]", None) if shape == () else Value(dtype, shape, base, contiguous(shape))
            )
        elif op == "constant":
            made = self._constant(node, np.asarray(attribute.numpy()))
        elif hasattr(self, f"_op_{op}"):
            made = getattr(self, f"_op_{op}")(node, dtype, shape, attribute, given)
        elif (_core.row_named(op) or ("",))[0] == "elementwise":
            expression = self.expressions.of(op, [v.dtype for v in given], dtype)
            made = self._new(node, dtype, shape)
            self._assign(made, shape, expression, given)
        else:
            raise NotImplementedError(f"to_c: {op} is not written in C")
        self.values.append(made)

    def _new(self, node: int, dtype: np.dtype[Any], shape: Shape) -> Value:
        """Room for a node's value: a variable for a scalar, declared where it is assigned; an array for others."""
        if shape == ():
            return Value(dtype, shape, f"v{node}", None)
        size = math.prod(shape)
        self.buffers.append(f"{type_name('', dtype)} v{node}[{max(size, 1)}];")
        self.buffer_bytes += size * dtype.itemsize
        return Value(dtype, shape, f"v{node}", contiguous(shape))

    def _assign(self, to: Value, shape: Shape, expression: str, given: Sequence[Value]) -> None:
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
        self._loops(index, shape, [f"{to.at(index)} = {text};"])

    def _loops(self, index: Sequence[str], shape: Shape, inner: Sequence[str]) -> None:
        indent = ""
        for i, size in zip(index, shape, strict=True):
            self.body.append(f"{indent}for (long {i} = 0; {i} < {size}; ++{i})" + " {" * (i == index[-1]))
            indent += "    "
        self.body += [indent + line for line in inner]
        if index:
            self.body.append(indent[4:] + "}")

    def _in_order(self, node: int, value: Value) -> Value:
        """A value whose elements lie in order: itself, or a copy."""
        if value.in_order:
            return value
        copy = self._new(node, value.dtype, value.shape)
        self._assign(copy, value.shape, "{}", [value])
        return copy

    def _constant(self, node: int, array: np.ndarray) -> Value:
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
        self._loops(
            index, value.shape, [f"if ({different.format(value.at(index), seen.at(index))}) return {self.guards};"]
        )

    # ------------------------------------------------------------------------------------------------------- linear ops

    def _op_cast(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        made = self._new(node, dtype, shape)
        self._assign(made, shape, "{0} != 0" if dtype.kind == "b" else f"({type_name('', dtype)}){{0}}", given)
        return made

    def _op_reshape(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        value = self._in_order(node, given[0])
        if value.strides is None:
            return replace(value, shape=shape)
        return replace(value, shape=shape, strides=contiguous(shape))

    def _op_broadcast(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        _, kept, _ = attribute
        if given[0].strides is None:
            return replace(given[0], shape=shape)
        strides = iter(s for size, s in zip(given[0].shape, given[0].strides, strict=True) if size != 1)
        return replace(given[0], shape=shape, strides=tuple(next(strides) if size != 1 else 0 for size in kept))

    def _op_transpose(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        if given[0].strides is None:
            return replace(given[0], shape=shape)
        return replace(given[0], shape=shape, strides=tuple(given[0].strides[d] for d in attribute[0]))

    def _op_slice(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        return given[0].seen(attribute[1], shape)

    def _op_unslice(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        made = self._new(node, dtype, shape)
        if made.strides is None:  # the one element there is
            return replace(given[0], shape=(), strides=None if given[0].strides is None else ())
        zero = Value(dtype, shape, "0", None)
        self._assign(made, shape, "{}", [zero])
        inside = made.seen(attribute[1], given[0].shape)
        self._assign(inside, given[0].shape, "{}", given)
        return made

    def _op_sum(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        return self._reduced(node, dtype, shape, attribute, given[0], "0", "total += {0};")

    def _op_reduce_max(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        return self._reduced(node, dtype, shape, attribute, given[0], "-INFINITY", _EXTREMUM.format(">"))

    def _op_reduce_min(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        return self._reduced(node, dtype, shape, attribute, given[0], "INFINITY", _EXTREMUM.format("<"))

    def _op_prod(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        return self._reduced(node, dtype, shape, attribute, given[0], "1", "total *= {0};")

    def _op_ties(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        whole = given[0].shape
        kept = tuple(1 if d in attribute[0] else size for d, size in enumerate(whole))
        return self._reduced(node, dtype, shape, (whole, kept, kept), given[0], "0", "total += {0} != 0;")

    def _reduced(
        self, node: int, dtype: Any, shape: Shape, attribute: Any, value: Value, start: str, step: str
    ) -> Value:
        """Loops over what is kept, and in them over what is not."""
        if dtype.kind != "f":
            raise NotImplementedError(f"to_c: a reduction of {value.dtype} is not written in C")
        whole, kept, _ = attribute
        index = [f"i{d}" for d in range(len(whole))]
        over = [d for d in range(len(whole)) if kept[d] == 1 and whole[d] != 1]
        outer = [d for d in range(len(whole)) if d not in over]
        inner = [f"for (long i{d} = 0; i{d} < {whole[d]}; ++i{d})" for d in over]
        ones = ["0" if size == 1 else i for i, size in zip(index, whole, strict=True)]
        inside = [*inner, "    " * bool(over) + step.format(value.at(ones))]
        if shape == ():
            self.body += [f"double v{node}_total = {start};"]
            self.body += [line.replace("total", f"v{node}_total") for line in inside]
            self.body += [f"const {type_name('', dtype)} v{node} = ({type_name('', dtype)})v{node}_total;"]
            return Value(dtype, shape, f"v{node}", None)
        made = self._new(node, dtype, shape)
        # (`kept` without ones where it is reduced has the result's elements in its order.)
        to = Value(dtype, tuple(kept), made.base, contiguous(tuple(kept)))
        lines = [
            f"double total = {start};",
            *inside,
            f"{to.at(['0' if d in over else index[d] for d in range(len(whole))])}",
        ]
        lines[-1] += f" = ({type_name('', dtype)})total;"
        self._block([index[d] for d in outer], tuple(whole[d] for d in outer), lines)
        return made

    def _op_matmul(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        if dtype.kind != "f":
            raise NotImplementedError(f"to_c: a matmul of {dtype} is not written in C")
        a, b = given
        stack = shape[:-2]
        a = a.spread((*stack, *a.shape[-2:]))
        b = b.spread((*stack, *b.shape[-2:]))
        inner = given[0].shape[-2] if attribute[0] else given[0].shape[-1]
        made = self._new(node, dtype, shape)
        index = [f"i{d}" for d in range(len(shape))]
        *batch, row, column = index
        first = a.at([*batch, "k", row] if attribute[0] else [*batch, row, "k"])
        second = b.at([*batch, column, "k"] if attribute[1] else [*batch, "k", column])
        self._loops(
            index,
            shape,
            [
                "double total = 0;",
                f"for (long k = 0; k < {inner}; ++k) total += (double){first} * {second};",
                f"{made.at(index)} = ({type_name('', dtype)})total;",
            ],
        )
        return made

    def _op_einsum(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        terms, result, _ = attribute
        if dtype.kind != "f":
            raise NotImplementedError(f"to_c: an einsum of {dtype} is not written in C")
        sizes: dict[str, int] = {}
        for term, value in zip(terms, given, strict=True):
            for c, size in zip(term, value.shape, strict=True):
                sizes[c] = size if sizes.get(c, 1) == 1 else sizes[c]
        spread = [v.spread(tuple(sizes[c] for c in term)) for term, v in zip(terms, given, strict=True)]
        product = " * ".join(v.at([f"i_{c}" for c in term]) for term, v in zip(terms, spread, strict=True))
        inner = [f"for (long i_{c} = 0; i_{c} < {size}; ++i_{c})" for c, size in sizes.items() if c not in result]
        made = self._new(node, dtype, shape)
        to = made.base if made.strides is None else made.at([f"i_{c}" for c in result])
        if made.strides is None:
            self.body.append(f"{type_name('', dtype)} {to};")
        self._block(
            [f"i_{c}" for c in result],
            shape,
            ["double total = 0;", *inner, f"    total += (double){product};", f"{to} = ({type_name('', dtype)})total;"],
        )
        return made

    def _op_softmax(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        return self._normalized(node, dtype, shape, attribute, given[0], "exp({0} - top) / total")

    def _op_log_softmax(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        return self._normalized(node, dtype, shape, attribute, given[0], "{0} - top - log(total)")

    def _normalized(self, node: int, dtype: Any, shape: Shape, axis: int, value: Value, result: str) -> Value:
        """Along an axis: the largest element, the sum of exponentials, the result."""
        type_name("softmax", dtype)
        made = self._new(node, dtype, shape)
        index = [f"i{d}" for d in range(len(shape))]
        along = index[axis]
        loop, x = f"for (long {along} = 0; {along} < {shape[axis]}; ++{along})", value.at(index)
        self._block(
            [i for i in index if i != along],
            tuple(size for i, size in zip(index, shape, strict=True) if i != along),
            [
                "double top = -INFINITY, total = 0;",
                f"{loop} if ({x} > top || {x} != {x}) top = {x};",
                f"{loop} total += exp({x} - top);",
                f"{loop} {made.at(index)} = ({type_name('', dtype)})({result.format(x)});",
            ],
        )
        return made

    def _op_cumprod(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        return self._scanned(node, dtype, shape, attribute[0], attribute[1], given, "1", "total *= {0};")

    def _op_linear_recurrence(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        axis, reverse, lagged = attribute
        start, step = "0, factor = 0", "total = {1} + (factor != 0 ? factor * total : 0); factor = {0};"
        if not lagged:
            start, step = "0, started = 0", "total = started ? {1} + {0} * total : {1}; started = 1;"
        return self._scanned(node, dtype, shape, axis, reverse, given, start, step)

    def _scanned(
        self, node: int, dtype: Any, shape: Shape, axis: int, reverse: bool, given: list[Value], start: str, step: str
    ) -> Value:
        """Along an axis: a total that every element changes."""
        type_name("scan", dtype)
        made = self._new(node, dtype, shape)
        index = [f"i{d}" for d in range(len(shape))]
        along, size = index[axis], shape[axis]
        loop = f"for (long {along} = 0; {along} < {size}; ++{along})"
        if reverse:
            loop = f"for (long {along} = {size} - 1; {along} >= 0; --{along})"
        line = step.format(*[value.at(index) for value in given])
        self._block(
            [i for i in index if i != along],
            tuple(n for i, n in zip(index, shape, strict=True) if i != along),
            [f"double total = {start};", f"{loop} {{ {line} {made.at(index)} = ({type_name('', dtype)})total; }}"],
        )
        return made

    def _op_repeats_added(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        count, axis, _ = attribute
        made = self._new(node, dtype, shape)
        index = [f"i{d}" for d in range(len(shape))]
        source = list(index)
        source[axis] = f"({index[axis]} * {count} + k)"
        lines = [
            "double total = 0;",
            f"for (long k = 0; k < {count}; ++k) total += {given[0].at(source)};",
            f"{made.at(index)} = ({type_name('', dtype)})total;",
        ]
        self._loops(index, shape, lines)
        return made

    def _op_products_of_others(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        made = self._new(node, dtype, shape)
        index = [f"i{d}" for d in range(len(shape))]
        x, to, along, size = given[0].at(index), made.at(index), index[-1], shape[-1]
        self._block(
            index[:-1],
            shape[:-1],
            [
                "double before = 1, behind = 1;",
                f"for (long {along} = 0; {along} < {size}; ++{along}) {{ {to} = before; before *= {x}; }}",
                f"for (long {along} = {size} - 1; {along} >= 0; --{along}) {{ {to} *= behind; behind *= {x}; }}",
            ],
        )
        return made

    def _op_repeat(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        made = self._new(node, dtype, shape)
        index = [f"i{d}" for d in range(len(shape))]
        source = list(index)
        source[attribute[1]] = f"({index[attribute[1]]} / {attribute[0]})"
        self._loops(index, shape, [f"{made.at(index)} = {given[0].at(source)};"])
        return made

    def _block(self, index: Sequence[str], shape: Shape, lines: Sequence[str]) -> None:
        """Loops around lines that declare something."""
        if index:
            self._loops(index, shape, lines)
        else:
            self.body += ["{", *(f"    {line}" for line in lines), "}"]

    def _op_concat(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        made, at = self._new(node, dtype, shape), 0
        axis = len(shape) + attribute[0]
        for part in given:
            index = (*(slice(None),) * axis, slice(at, at + part.shape[axis]))
            self._assign(made.seen(index, part.shape), part.shape, "{}", [part])
            at += part.shape[axis]
        return made

    def _op_stack(self, node: int, dtype: Any, shape: Shape, attribute: Any, given: list[Value]) -> Value:
        made = self._new(node, dtype, shape)
        for k, part in enumerate(given):
            inside = made.seen((*(slice(None),) * (len(shape) + attribute), k), part.shape)
            self._assign(inside, part.shape, "{}", [part])
        return made


_EXTREMUM = "if ({{0}} {} total || {{0}} != {{0}}) total = {{0}};"
