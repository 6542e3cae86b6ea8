"""Programs as bytes: what `Program.save` writes and `Program.load` reads; docs/programs.md has the layout.

Nothing in a file is run, and nothing in it is believed: the reader makes the program anew, one record at a time, and
checks each before it is made (file_check.py).
"""

from __future__ import annotations

import json
import math
import zlib
from collections import namedtuple
from collections.abc import Callable, Sequence
from struct import Struct
from types import EllipsisType
from typing import Any, ClassVar

import numpy as np

from .. import _core
from ..variable import Variable
from .differentiable import PASSES
from .file_check import Kind, check_record
from .layout import Layout, Place
from .loops import Body

__all__ = ["MAGIC", "VERSION", "ProgramFileError", "pack", "read", "to_bytes", "unpack"]

MAGIC = b"\x89ADPROG\n"
VERSION = 1
_PREFIX = Struct("<8sIIQQ")  # magic, version, checksum of all that follows, bytes of the header, bytes of the data
_ALIGNMENT = 64
_MOST_RECORDS = 1 << 24
_MOST_OPERANDS = 1 << 28  # of all records together
_MOST_DEEP = 64  # structures within structures: attributes, arguments and results
_MOST_PASSES = 16
_MOST_BYTES = 1 << 36  # of one value
_INTEGERS = [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
_DTYPES = {
    name: np.dtype(name) for name in ("bool", *_INTEGERS, "float16", "float32", "float64", "complex64", "complex128")
}


class ProgramFileError(ValueError):
    """Bytes that are no program that can be run here, or a program that cannot be written."""


# ------------------------------------------------------------------------------------------------------------- writing


class _Writer:
    def __init__(self) -> None:
        self.arrays: list[list[Any]] = []
        self.data = bytearray()
        self._known: dict[int, int] = {}
        self._kept: list[Any] = []

    def array(self, array: np.ndarray) -> int:
        """An array in the data section; returns its number."""
        if id(array) in self._known:
            return self._known[id(array)]
        dtype = self.dtype(array.dtype)
        self.data += bytes(-len(self.data) % _ALIGNMENT)
        self.arrays.append([dtype, list(array.shape), len(self.data)])
        self.data += array.astype(array.dtype.newbyteorder("<"), order="C", copy=False).tobytes()
        self._known[id(array)] = len(self.arrays) - 1
        self._kept.append(array)
        return len(self.arrays) - 1

    @staticmethod
    def dtype(dtype: np.dtype[Any]) -> str:
        if dtype.name not in _DTYPES:
            raise ProgramFileError(f"values of dtype {dtype} cannot be saved: files have {', '.join(_DTYPES)}")
        return dtype.name

    def attribute(self, value: Any) -> Any:
        """An attribute, or a value of Python's among the arguments, as JSON."""
        if value is None or type(value) in (bool, str):
            return value
        if type(value) is int:
            if not -(2**63) <= value < 2**64:
                raise ProgramFileError(f"{value} cannot be saved: it is longer than 64 bits")
            return value
        if type(value) is float:
            return {"float": value.hex()}
        if type(value) is tuple:
            return [self.attribute(part) for part in value]
        if type(value) is list:
            return {"list": [self.attribute(part) for part in value]}
        if type(value) is dict and all(type(key) is str for key in value):
            return {"dict": [[key, self.attribute(part)] for key, part in value.items()]}
        if type(value) is slice:
            return {"slice": [self.attribute(part) for part in (value.start, value.stop, value.step)]}
        if value is Ellipsis:
            return {"ellipsis": None}
        if isinstance(value, np.dtype):
            return {"dtype": self.dtype(value)}
        if isinstance(value, _core.Hole):
            return {"hole": value.operand}
        if isinstance(value, np.ndarray):
            return {"array": self.array(value)}
        if isinstance(value, np.generic):
            return {"scalar": self.array(np.asarray(value))}
        if isinstance(value, Body):
            return {"body": self.body(value.program)}
        raise ProgramFileError(
            f"{value!r} cannot be saved: a program file has numbers, strings, tuples, lists, dicts with strings for "
            f"keys, slices, dtypes and arrays, and nothing of type {type(value).__name__}"
        )

    def kinds(self, core: Any) -> list[Any]:
        """The dtypes and shapes of a program's inputs."""
        kinds = (core.node(k)[2:4] for k in range(core.input_count))
        return [[self.dtype(dtype), list(shape)] for dtype, shape in kinds]

    def records(self, core: Any) -> list[Any]:
        """The records of a program, behind its inputs and variables."""
        records: list[Any] = []
        for node in range(core.input_count + len(core.variables), len(core)):
            op, operands, dtype, shape, attribute = core.node(node)
            if op == "constant":
                encoded: Any = self.array(np.asarray(attribute.numpy()))
            elif op == "guard":
                place = core.places.get(node)
                encoded = [self.array(np.asarray(attribute[0].numpy())), *attribute[1:], _plain_place(place)]
            else:
                if _core.row_named(op) is None:
                    raise ProgramFileError(f"the op {op!r} calls Python of its own and cannot be saved")
                encoded = self.attribute(attribute)
            records.append([op, list(operands), self.dtype(dtype), list(shape), encoded])
        return records

    def body(self, core: Any) -> dict[str, Any]:
        """A program that a loop runs."""
        return {"inputs": self.kinds(core), "records": self.records(core), "outputs": list(core.outputs)}

    def structure(self, value: Any) -> Any:
        if isinstance(value, Place):
            return {"place": value.number}
        if type(value) is tuple:
            return {"tuple": [self.structure(part) for part in value]}
        if type(value) is list:
            return {"list": [self.structure(part) for part in value]}
        if type(value) is dict:
            return {"dict": [[self.attribute(key), self.structure(part)] for key, part in value.items()]}
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return {"named": [type(value).__name__, list(value._fields), [self.structure(part) for part in value]]}
        return {"value": self.attribute(value)}


def to_bytes(program: Any, with_variables: bool = True) -> bytes:
    """A program as the bytes of a file; without its variables, for who sends these along."""
    writer, core = _Writer(), program.core
    arguments, results = program.layouts
    header = {
        "inputs": writer.kinds(core),
        "variables": [
            [v.name, v.trainable, writer.array(np.asarray(_core.value_array(v)).copy())]
            for v in core.variables
            if with_variables
        ],
        "records": writer.records(core),
        "outputs": list(core.outputs),
        "assigned": [list(pair) for pair in core.assigned],
        "arguments": writer.structure(arguments.structure),
        "results": writer.structure(results.structure),
        "names": list(program.names),
        "passes": [name for name in program.passes if name in PASSES],
        "own_derivatives": core.own_derivatives,
        "arrays": writer.arrays,
    }
    return pack(header, bytes(writer.data))


def _plain_place(place: Any) -> Any:
    """A guard's place in the code as (file, line, function)."""
    while isinstance(place, tuple) and place and isinstance(place[0], int):
        place = place[1]
    if place is None:
        return None
    code = place[0]
    return list(place) if isinstance(code, str) else [code.co_filename, place[1], code.co_name]


def pack(header: dict[str, Any], data: bytes) -> bytes:
    """A header and a data section as a file, with its checksum."""
    text = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-(_PREFIX.size + len(text)) % _ALIGNMENT)
    rest = text + data
    lengths = Struct("<QQ").pack(len(text), len(data))
    return _PREFIX.pack(MAGIC, VERSION, zlib.crc32(lengths + rest), len(text), len(data)) + rest


# ------------------------------------------------------------------------------------------------------------- reading


def unpack(content: bytes) -> tuple[Any, bytes]:
    """The header and the data section of a file that is whole."""
    if content[: len(MAGIC)] != MAGIC[: len(content)] or not content:
        raise ProgramFileError("this is no program file: it does not begin like one")
    if len(content) < _PREFIX.size:
        raise ProgramFileError(f"the program file ends after {len(content)} bytes, within its first {_PREFIX.size}")
    _, version, checksum, header_size, data_size = _PREFIX.unpack_from(content)
    if version != VERSION:
        raise ProgramFileError(
            f"the program file is of version {version}; this release of autodiff_core reads version {VERSION}: save "
            f"the program again with this release"
        )
    if len(content) != _PREFIX.size + header_size + data_size:
        raise ProgramFileError(
            f"the program file has {len(content)} bytes where {_PREFIX.size + header_size + data_size} are announced: "
            f"it is truncated, or something was added"
        )
    if zlib.crc32(memoryview(content)[16:]) != checksum:
        raise ProgramFileError("the program file is damaged: its checksum is another one")
    try:
        header = json.loads(
            content[_PREFIX.size : _PREFIX.size + header_size], object_pairs_hook=_dict, parse_constant=_no_number
        )
    except ProgramFileError:
        raise
    except (ValueError, RecursionError) as error:
        raise ProgramFileError(f"the program file's header is no JSON: {error}") from None
    return header, content[_PREFIX.size + header_size :]


def read(content: bytes, variables: Sequence[Variable] = ()) -> tuple[Any, ...]:
    """What a program is made of, from the bytes of a file, and from variables that were sent along.

    Raises
    ------
    ProgramFileError
        Where they are none, whatever they are.
    """
    header, data = unpack(content)
    try:
        with _core.Untraced():
            return _Reader(header, data).parts(variables)
    except ProgramFileError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ProgramFileError(f"the program file is no program: {error}") from error


class _Reader:
    def __init__(self, header: Any, data: bytes) -> None:
        self.header, self.data = _typed(header, dict, "the header"), data
        self.operands = 0  # of the records so far
        self.used = 0  # bytes of data that are arrays; each is one only, so that no array is larger than the file
        self.arrays = [self._array(entry) for entry in self._list("arrays")]
        self.classes: dict[tuple[str, ...], Callable[..., Any]] = {}
        self.kinds: list[Kind | None] = []  # of each node; None for a guard, which nothing can read

    def _list(self, key: str) -> list[Any]:
        if key not in self.header:
            raise ProgramFileError(f"the header has no {key!r}")
        found: list[Any] = _typed(self.header[key], list, key)
        return found

    # -------------------------------------------------------------------------------------------------------- values

    def _array(self, entry: Any) -> np.ndarray:
        name, sizes, offset = _items(entry, 3, "an array")
        dtype, shape = _kind(name, sizes)
        size = math.prod(shape) * dtype.itemsize
        if type(offset) is not int or offset % _ALIGNMENT or not 0 <= offset <= len(self.data) - size:
            raise ProgramFileError(
                f"an array of {size} bytes at {offset} is not within the {len(self.data)} bytes of data"
            )
        self.used += size
        if self.used > len(self.data):
            raise ProgramFileError(f"arrays of {self.used} bytes and more share {len(self.data)} bytes of data")
        raw = (
            np.frombuffer(self.data, dtype.newbyteorder("<"), math.prod(shape), offset) if size else np.zeros(0, dtype)
        )
        if dtype.kind == "b" and not np.all(raw.view(np.uint8) <= 1):
            raise ProgramFileError("a truth value is neither 0 nor 1")
        return raw.reshape(shape).astype(dtype, order="C", copy=True)

    def array(self, number: Any) -> np.ndarray:
        return self.arrays[_index(number, len(self.arrays), "array")]

    def attribute(self, value: Any, depth: int = 0) -> Any:
        if value is None or type(value) in (bool, str):
            return value
        if type(value) is int:
            if not -(2**63) <= value < 2**64:
                raise ProgramFileError("a number is longer than 64 bits")
            return value
        depth = _deeper(depth)
        if type(value) is list:
            return tuple([self.attribute(part, depth) for part in value])
        tag, inner = _tagged(value)
        if tag not in self._TAGS:
            raise ProgramFileError(f"there is no attribute of the kind {tag!r:.40}")
        return self._TAGS[tag](self, inner, depth)

    def _read_slice(self, inner: Any, depth: int) -> slice:
        return slice(*[self.attribute(part, depth) for part in _items(inner, 3, "a slice")])

    def _read_ellipsis(self, inner: Any, depth: int) -> EllipsisType:
        if inner is not None:
            raise ProgramFileError("an ellipsis has nothing in it")
        return Ellipsis

    def _read_dict(self, inner: Any, depth: int) -> dict[str, Any]:
        pairs = [_items(pair, 2, "an item") for pair in _typed(inner, list, "a dict")]
        return _dict([(_typed(key, str, "a key"), self.attribute(part, depth)) for key, part in pairs])

    def _read_hole(self, inner: Any, depth: int) -> Any:
        return _core.Hole(_index(inner, 1 << 24, "hole"))

    def _read_scalar(self, inner: Any, depth: int) -> Any:
        array = self.array(inner)
        if array.ndim:
            raise ProgramFileError(f"a scalar of shape {array.shape}")
        return array[()]

    def _read_body(self, inner: Any, depth: int) -> Body:
        parts = _typed(inner, dict, "a body")
        core, outer, self.kinds = _core.ProgramCore(), self.kinds, []
        try:
            inputs = _typed(parts.get("inputs"), list, "a body's inputs")
            for entry in inputs:
                self._input(core, *_kind(*_items(entry, 2, "an input")))
            self._records(core, _typed(parts.get("records"), list, "a body's records"), depth)
            outputs = [self._readable(node) for node in _typed(parts.get("outputs"), list, "a body's outputs")]
        finally:
            self.kinds = outer
        core.set_ends(len(inputs), [], outputs, [])
        if not _core.is_repeatable(core):
            raise ProgramFileError("the body of a loop does more than give values")
        return Body.of(core, [])

    _TAGS: ClassVar[dict[str, Callable[[_Reader, Any, int], Any]]] = {
        "float": lambda self, inner, depth: float.fromhex(_typed(inner, str, "a float")),
        "list": lambda self, inner, depth: [self.attribute(part, depth) for part in _typed(inner, list, "a list")],
        "dict": _read_dict,
        "slice": _read_slice,
        "ellipsis": _read_ellipsis,
        "dtype": lambda self, inner, depth: _dtype(inner),
        "hole": _read_hole,
        "array": lambda self, inner, depth: self.array(inner),
        "scalar": _read_scalar,
        "body": _read_body,
    }

    def structure(self, value: Any, places: list[int], count: int, depth: int = 0) -> Any:
        depth = _deeper(depth)
        tag, inner = _tagged(value)
        if tag == "place":
            places.append(_index(inner, count, "place"))
            return Place(inner)
        if tag == "value":
            return self.attribute(inner, depth)
        if tag in ("tuple", "list"):
            parts = [self.structure(part, places, count, depth) for part in _typed(inner, list, "a structure")]
            return tuple(parts) if tag == "tuple" else parts
        if tag == "dict":
            pairs = [_items(pair, 2, "an item") for pair in _typed(inner, list, "a dict")]
            return _dict(
                [(self.attribute(key, depth), self.structure(part, places, count, depth)) for key, part in pairs]
            )
        if tag == "named":
            name, fields, parts = _items(inner, 3, "a named tuple")
            return self._named(name, fields)(*[self.structure(part, places, count, depth) for part in parts])
        raise ProgramFileError(f"there is no structure of the kind {tag!r:.40}")

    def _named(self, name: Any, fields: Any) -> Callable[..., Any]:
        """A class of tuples with names, as the one that was saved; the names are checked by Python."""
        names = [_typed(field, str, "a field") for field in _typed(fields, list, "fields")]
        key = (_typed(name, str, "a class"), *names)
        if key not in self.classes:
            try:
                self.classes[key] = namedtuple(name, names)
            except SyntaxError:  # names that are one name to Python
                raise ProgramFileError(f"a named tuple with the fields {', '.join(names)!r:.80}") from None
        return self.classes[key]

    # ------------------------------------------------------------------------------------------------------- records

    def parts(self, along: Sequence[Variable]) -> tuple[Any, ...]:
        core = _core.ProgramCore()
        inputs = [_kind(*_items(entry, 2, "an input")) for entry in self._list("inputs")]
        variables = [*along, *(self._variable(entry) for entry in self._list("variables"))]
        for dtype, shape in [*inputs, *((v.dtype, tuple(v.shape)) for v in variables)]:
            self._input(core, dtype, shape)
        places = self._records(core, self._list("records"))
        outputs = [self._readable(node) for node in self._list("outputs")]
        assigned = self._assignments(len(inputs), len(variables))
        arguments, results = self._layouts(len(inputs), len(outputs))
        passes = self._strings("passes")
        if not set(passes) <= set(PASSES) or len(passes) > _MOST_PASSES:
            raise ProgramFileError(f"there are no passes {passes!s:.80}")
        core.set_ends(len(inputs), variables, outputs, assigned, [], places)
        _core.guards_of(core)
        if _typed(self.header.get("own_derivatives", False), bool, "own_derivatives"):
            core.refuse_derivatives()
        return core, arguments, results, passes, self._strings("names")

    def _input(self, core: Any, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
        core.add_node("input", [], dtype, shape)
        self.kinds.append(Kind(dtype, shape))

    def _records(self, core: Any, records: list[Any], depth: int = 0) -> dict[int, Any]:
        """Add records; returns the places of guards."""
        if len(records) > _MOST_RECORDS:
            raise ProgramFileError(f"{len(records)} records are more than {_MOST_RECORDS}")
        places: dict[int, Any] = {}
        for entry in records:
            node = len(self.kinds)
            try:
                place = self._record(core, entry, depth)
            except (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError) as error:
                raise ProgramFileError(f"record {node} of the program file: {error}") from error
            if place is not None:
                places[node] = place
        return places

    def _variable(self, entry: Any) -> Variable:
        name, trainable, number = _items(entry, 3, "a variable")
        name, trainable = _typed(name, str, "a variable's name"), _typed(trainable, bool, "trainable")
        variable = Variable(self.array(number), trainable=trainable, dtype=self.array(number).dtype)
        variable._name = name
        return variable

    def _record(self, core: Any, entry: Any, depth: int = 0) -> Any:
        """Add one record; returns a guard's place."""
        op, operands, dtype, shape, attribute = _items(entry, 5, "a record")
        kind = _kind(dtype, shape)
        nodes = [self._readable(node) for node in _typed(operands, list, "operands")]
        self.operands += len(nodes)
        if self.operands > _MOST_OPERANDS:
            raise ProgramFileError(f"records have more than {_MOST_OPERANDS} operands together")
        given = [kind for kind in (self.kinds[node] for node in nodes) if kind is not None]
        place = None
        value: Any
        if op == "constant":
            value, found = self._constant(attribute)
            if nodes:
                raise ProgramFileError("a constant has no operands")
        elif op == "guard":
            number, truth, how, place = _items(attribute, 4, "a guard")
            value, found = self._constant(number)
            value = (value, _typed(truth, bool, "a guard's kind"), _index(how, 3, "how a guard looks"))
            place = _place(place)
            if len(given) != 1 or given[0] != found or (truth and math.prod(kind[1]) != 1):
                raise ProgramFileError(f"a guard on {given} for a value of {found}")
        else:
            value = self.attribute(attribute, depth)
            found = check_record(_typed(op, str, "an op"), given, value) or kind
        if found != kind:
            raise ProgramFileError(f"{op} of these operands is of dtype and shape {found}, not {kind}")
        core.add_node(op, nodes, kind[0], kind[1], value)
        self.kinds.append(None if op == "guard" else kind)
        return place

    def _constant(self, number: Any) -> tuple[Any, Kind]:
        array = self.array(number)
        return _core.adopt(array), Kind(array.dtype, array.shape)

    def _readable(self, node: Any) -> int:
        """The number of an earlier node that has a value."""
        at = _index(node, len(self.kinds), "node")
        if self.kinds[at] is None:
            raise ProgramFileError(f"node {at} is a guard, which has no value")
        return at

    def _assignments(self, inputs: int, variables: int) -> list[tuple[int, int]]:
        assigned: dict[int, int] = {}
        for entry in self._list("assigned"):
            which, node = _items(entry, 2, "an assignment")
            which, node = _index(which, variables, "variable"), self._readable(node)
            if self.kinds[node] != self.kinds[inputs + which] or which in assigned:
                raise ProgramFileError(f"node {node} cannot be assigned to variable {which}")
            assigned[which] = node
        return list(assigned.items())

    def _layouts(self, inputs: int, outputs: int) -> tuple[Layout, Layout]:
        places: list[int] = []
        arguments = self.structure(self.header.get("arguments"), places, inputs)
        if sorted(places) != list(range(inputs)):
            raise ProgramFileError("the arguments have not a place for each input")
        if not (type(arguments) is tuple and list(map(type, arguments)) == [tuple, dict]):
            raise ProgramFileError("the arguments must be a tuple and a dict")
        if not all(type(key) is str for key in arguments[1]):
            raise ProgramFileError("keyword arguments have strings for names")
        return Layout(arguments), Layout(self.structure(self.header.get("results"), [], outputs))

    def _strings(self, key: str) -> list[str]:
        return [_typed(text, str, key) for text in self._list(key)]


def _typed(value: Any, kind: type, what: str) -> Any:
    if type(value) is not kind:
        raise ProgramFileError(f"{what} must be a {kind.__name__}, not {type(value).__name__}")
    return value


def _items(value: Any, count: int, what: str) -> list[Any]:
    found: list[Any] = _typed(value, list, what)
    if len(found) != count:
        raise ProgramFileError(f"{what} has {count} parts, not {len(found)}")
    return found


def _tagged(value: Any) -> tuple[str, Any]:
    if type(value) is not dict or len(value) != 1:
        raise ProgramFileError("a tagged value is an object with one key")
    return next(iter(value.items()))


def _deeper(depth: int) -> int:
    if depth >= _MOST_DEEP:
        raise ProgramFileError(f"structures are more than {_MOST_DEEP} deep")
    return depth + 1


def _no_number(text: str) -> Any:
    raise ProgramFileError(f"{text} is no number in a header")


def _dict(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ProgramFileError("a dict has a key twice")
    return found


def _index(value: Any, count: int, what: str) -> int:
    if type(value) is not int or not 0 <= value < count:
        raise ProgramFileError(f"there is no {what} {value!r:.40}: there are {count}")
    return value


def _dtype(name: Any) -> np.dtype[Any]:
    if type(name) is not str or name not in _DTYPES:
        raise ProgramFileError(f"there is no dtype {name!r:.40} in a program file")
    return _DTYPES[name]


def _kind(name: Any, sizes: Any) -> Kind:
    """A dtype and a shape; absurd sizes are refused before anything is made of them."""
    dtype, shape = _dtype(name), tuple(_typed(sizes, list, "a shape"))
    if len(shape) > 32 or not all(type(size) is int and 0 <= size < _MOST_BYTES for size in shape):
        raise ProgramFileError(f"{shape!s:.80} is no shape")
    if math.prod(max(size, 1) for size in shape) * dtype.itemsize > _MOST_BYTES:
        raise ProgramFileError(f"a value of shape {shape} is larger than {_MOST_BYTES} bytes")
    return Kind(dtype, shape)


def _place(place: Any) -> Any:
    if place is None:
        return None
    file, line, name = _items(place, 3, "a place")
    return _typed(file, str, "a file"), _typed(line, int, "a line"), _typed(name, str, "a function")
