"""Program files that somebody tampered with: checksums are right, and everything else may be wrong.

Programs of all rows are taken apart, changed in a few places, and put together again. What loads is run,
differentiated, vectorized and written as C; all of that works, or raises an ordinary error. `make mutants` is a longer
walk; builds with sanitizers take it by the variable MUTANTS, too. MUTANTS_KEPT names a file that has the mutant that is
being run, for when the process does not come back.
"""

from __future__ import annotations

import contextlib
import copy
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.ops.forms import Form, Kind
from autodiff_core.ops.table import rows
from autodiff_core.programs.encoding import _kind, _Reader
from autodiff_core.programs.file import ProgramFileError, from_bytes, pack, to_bytes, unpack
from autodiff_core.programs.file_check import check_record, load_all_rows
from record_samples import SAMPLES
from row_samples import samples_of

load_all_rows()  # the samples name rows that are loaded when they are first used

MUTANTS = int(os.environ.get("MUTANTS", "0"))
KEPT = os.environ.get("MUTANTS_KEPT")
FILES = 8  # into which the walk is split
SECONDS = 60  # for one mutant: none has a loop without an end

HOSTILE: list[Any] = [
    -1, 0, 1, 2, 3, 5, 7, 33, 65, 10**6, 2**31 - 1, 2**31, 2**32, 2**62, 2**63 - 1, 2**63, -(2**63), 2**64, 10**30,
    True, False, None, 1.5, "", "add", "float32", "int64", "bool", "object", "constant", "input", "guard", "out", "*\\",
    [], [0], [[]], [3, 4], [-1], [2**40, 2**40], {}, {"hole": 0}, {"hole": 1}, {"hole": 99}, {"array": 0},
    {"array": 99}, {"scalar": 0}, {"slice": [0, 10**9, None]}, {"slice": [None, None, 0]},
    {"slice": [None, None, -(2**62)]},
    {"float": "nan"}, {"float": "inf"}, {"float": "x"}, {"dtype": "float64"}, {"dtype": "complex64"}, {"dtype": "V8"},
    {"ellipsis": None}, {"place": 0}, {"place": 9}, {"list": []}, {"dict": [["a", 1], ["a", 2]]}, {"value": 5},
]  # fmt: skip


# ------------------------------------------------------------------------------------------------------------- programs


def apply(name: str, attributes: Any, operands: Sequence[Any]) -> Any:
    """One op."""
    linear = (_core.row_named(name) or ("",))[0] == "linear"
    handle = _core.op_named(name)
    return _core.linear(handle, operands[0], attributes) if linear else _core.general(handle, operands, attributes)


def of_sample(name: str, attributes: Any, operands: list[np.ndarray]) -> tuple[tf.Program, tuple[Any, ...]]:
    """The program of one record."""
    return tf.Program.from_function(lambda *x: apply(name, attributes, x), *operands), tuple(operands)


def of_row(row: Any, which: int = 0) -> tuple[tf.Program, tuple[Any, ...]]:
    """The program of one of a row's cases."""
    samples = samples_of(row)
    _, call, operands = samples[which % len(samples)]
    return tf.Program.from_function(call, *operands), tuple(operands)


def of_transpose(row: Any) -> tf.Program:
    """A program with the transpose of a linear row, on values that are no constants."""
    _, call, operands = samples_of(row)[0]
    return tf.Program.from_function(lambda *x: tf.square(call(*x)), *operands).gradient()


def derived(program: tf.Program, how: Callable[[tf.Program], tf.Program]) -> tf.Program:
    return how(program) if any(spec.dtype.kind in "fc" for spec in program.outputs) else program


def whole_programs() -> Iterator[tf.Program]:
    """Programs of several records, with variables, guards, captured arrays, loops of other programs, and holes."""
    w = tf.Variable(np.linspace(-1.0, 1.0, 12).reshape(3, 4), name="w")
    count = tf.Variable(0, name="count", trainable=False)
    table = tf.Variable(np.ones((4, 2)), name="table")

    def model(d: Any, n: Any, mode: Any) -> Any:
        count.assign_add(1)
        x = tf.tanh(d["x"]) if d["x"][0] > 0 else d["x"]
        y = tf.reshape(x, (1, 3)) @ w
        y = tf.pad(y[..., 1:], [[0, 0], [1, 0]]) + tf.transpose(tf.stack([y[0], y[0] * 2.0], 1))
        z = tf.concat([tf.nn.softmax(y), tf.where(y > 0.0, y, 0.0)], 0)
        return {"loss": tf.reduce_mean(z, 0), "n": tf.cast(n, tf.float32), "rows": x[n], "mode": mode}

    def picking(x: Any, labels: Any) -> Any:
        y = tf.reduce_max(x, 1) + tf.reduce_sum(x[:, ::2], 1)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, y)
        return tf.einsum("ij,kj->ik", y, y) * tf.gather(x[0], labels, axis=0)[:, :2] + loss

    def updating(ids: Any, x: Any) -> Any:
        table.scatter_add(tf.IndexedSlices(tf.stack([x, x]), ids))
        return tf.gather(table, ids) + tf.random.normal([2], dtype=tf.float64)

    first = tf.Program.from_function(model, {"x": np.array([0.5, 1.0, 2.0])}, np.array([0, 2]), ("fast", 1, None, 2.5))
    second = tf.Program.from_function(picking, np.linspace(0.0, 1.0, 24).reshape(2, 3, 4), np.array([0, 2]))
    yield from (first, first.gradient(), first.jvp(), second, second.gradient(), second.gradient().jvp())
    yield tf.Program.from_function(updating, np.array([0, 3]), np.ones(2))
    yield tf.Program.from_function(lambda a: np.linalg.qr(a), np.eye(2) + 1.0)


def sources() -> list[Callable[[], tf.Program]]:
    """What makes each program that is changed."""
    found: list[Callable[[], tf.Program]] = [lambda p=p: p for p in whole_programs()]
    found += [lambda n=n, s=s: of_sample(n, *s())[0] for n, s in SAMPLES.items()]
    found += [lambda row=row: of_row(row)[0] for row in rows()]
    found += [lambda row=row: of_transpose(row) for row in rows() if row.kind == "linear"]
    if MUTANTS:
        for row in rows():
            for which in range(max(len(row.cases), 1)):
                found.append(lambda row=row, which=which: of_row(row, which)[0])
                if row.kind != "none":
                    found.append(lambda row=row, which=which: derived(of_row(row, which)[0], tf.Program.gradient))
                    found.append(lambda row=row, which=which: derived(of_row(row, which)[0], tf.Program.jvp))
    return found


# ------------------------------------------------------------------------------------------------------------- mutation


def spots_of(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a header: (the list or object that it is in, its index or key)."""
    spots: list[tuple[Any, Any]] = []
    todo = [value]
    while todo:
        node = todo.pop()
        for key in node if isinstance(node, dict) else range(len(node)):
            spots.append((node, key))
            if isinstance(node[key], (dict, list)):
                todo.append(node[key])
    return spots


def parts_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def change(header: dict[str, Any], dice: random.Random, names: list[str]) -> None:
    """Change one thing; often in an attribute, an operand or a shape, which is where the core could be hurt."""
    within: Any = header
    records = [one for one in parts_of(header.get("records")) if isinstance(one, list) and len(one) == 5]
    if records and dice.random() < 0.7:
        record = dice.choice(records)
        field = dice.choice([0, 1, 2, 3, 4, 4, 4])
        if field == 0:
            record[0] = dice.choice(names)
            return
        if not isinstance(record[field], (dict, list)) or not record[field]:
            record[field] = copy.deepcopy(dice.choice(HOSTILE))
            return
        within = record[field]
    spots = spots_of(within)
    if not spots:
        return
    node, key = dice.choice(spots)
    kind = dice.randrange(7)
    if kind == 0 and isinstance(node, list):
        del node[key]
    elif kind == 1 and isinstance(node, list):
        node.insert(key, copy.deepcopy(dice.choice(HOSTILE)))
    elif kind in (2, 3) and type(node[key]) is int:
        node[key] += dice.choice([-1, 1, 2, -2, 100])
    elif kind == 4:
        other, there = dice.choice(spots_of(header))
        node[key] = copy.deepcopy(other[there])
    elif kind == 5 and isinstance(node, list):
        dice.shuffle(node)
    else:
        node[key] = copy.deepcopy(dice.choice(HOSTILE))


def repair(header: dict[str, Any], data: bytes) -> None:
    """Let records say of their shapes what their rows say, as a clever forger would: more of the mutants load then."""
    with contextlib.suppress(Exception):
        reader = _Reader(header, data)
        kinds = [(name, shape) for name, shape in header["inputs"]]
        kinds += [header["arrays"][number][:2] for _, _, number in header["variables"]]
        for record in header["records"]:
            op, operands, *_, attribute = record
            if op == "constant":
                record[2:4] = header["arrays"][attribute][:2]
            elif op != "guard":
                found = check_record(op, [_kind(*kinds[k]) for k in operands], reader.attribute(attribute))
                if found is not None:
                    record[2:4] = [found.dtype.name, list(found.shape)]
            kinds.append(record[2:4])


def mutants(program: tf.Program, count: int, seed: int) -> Iterator[bytes]:
    content = to_bytes(program)
    names = [name for name in _core.row_names() if _core.row_named(name) is not None]
    for k in range(count):
        dice = random.Random(f"{seed} {k}")
        header, data = unpack(content)
        for _ in range(dice.choice([1, 1, 1, 2, 4])):
            change(header, dice, names)
        if dice.random() < 0.5:
            repair(header, data)
        if data and dice.random() < 0.2:
            changed = bytearray(data)
            changed[dice.randrange(len(changed))] = dice.randrange(256)
            data = bytes(changed)
        yield pack(header, data)


# ------------------------------------------------------------------------------------------------------------------ use


@contextlib.contextmanager
def ordinary() -> Iterator[None]:
    """Errors are of Python's ordinary classes: none says that the interpreter, or an assumption of ours, broke."""
    try:
        with np.errstate(all="ignore"):
            yield
    except (SystemError, AssertionError, RecursionError, NameError, UnboundLocalError):
        raise
    except Exception as error:
        assert str(error) or isinstance(error, (MemoryError, KeyError))


def is_small(program: tf.Program) -> bool:
    """Whether running it takes no more than a moment: what a program asks for is not what is tested."""
    core = program.core
    sizes = [np.prod(core.node(k)[3], dtype=float) for k in range(len(core))]
    return max(sizes, default=0) <= 1e5 and max(numbers_in(core), default=0) <= 1e5


def numbers_in(core: Any) -> Iterator[int]:
    for node in range(len(core)):
        yield from numbers_in_part(core.node(node)[4])


def numbers_in_part(attribute: Any) -> Iterator[int]:
    """The magnitudes of integers, each of which may say how much there is to do."""
    todo = [attribute]
    while todo:
        part = todo.pop()
        if isinstance(part, (int, np.integer)):
            yield abs(int(part))
        elif isinstance(part, (np.ndarray, tf.Tensor)):
            yield from np.abs(np.asarray(part).reshape(-1)[:100].astype(object)) if part.dtype.kind in "iu" else ()
        elif type(part) in (tuple, list):
            todo += part
        elif type(part) is dict:
            todo += part.values()
        elif type(part) is slice:
            todo += [part.start, part.stop, part.step]


def call(program: tf.Program, tensors: list[Any]) -> None:
    with ordinary():
        args, kwargs = program.layouts[0].assemble(tensors)
        program(*args, **kwargs)


def use(content: bytes) -> bool:
    """Load a file and do with it whatever can be done; returns whether it could be loaded."""
    try:
        program = from_bytes(content)
    except ProgramFileError as error:
        assert str(error)
        return False
    str(program)
    with ordinary():
        program.to_c()
    assert str(from_bytes(to_bytes(program))) == str(program)
    if not is_small(program):
        return True
    tensors = [np.ones(tuple(spec.shape), spec.dtype) for spec in program.inputs]
    numbers = np.random.default_rng(0)
    call(program, tensors)
    call(program, [(numbers.normal(size=x.shape) * 3).astype(x.dtype) for x in tensors])
    call(program, [np.full(x.shape, -1).astype(x.dtype) for x in tensors])
    for k, x in enumerate(tensors):  # shapes and dtypes that the program is not for
        for other in (x[None], x.astype(np.int8), x.reshape(-1)[:0]):
            if other.shape != x.shape or other.dtype != x.dtype:
                args, kwargs = program.layouts[0].assemble([*tensors[:k], other, *tensors[k + 1 :]])
                with pytest.raises((TypeError, ValueError)):
                    program(*args, **kwargs)
    with ordinary():
        slope = program.gradient()
        call(slope, tensors)
    with ordinary():
        args, kwargs = program.layouts[0].assemble(tensors)
        tangents = program.layouts[0].assemble([np.ones_like(x) if x.dtype.kind == "f" else None for x in tensors])
        program.jvp()(args, tangents[0])
    with ordinary(), tf.GradientTape() as tape:
        own = [tf.constant(x) for x in tensors]
        tape.watch([x for x in own if x.dtype.kind == "f"])
        args, kwargs = program.layouts[0].assemble(own)
        found = [y for y in tf.nest.flatten(program(*args, **kwargs)) if isinstance(y, tf.Tensor)]
        tape.gradient(found, own)
    with ordinary():
        args, _ = program.layouts[0].assemble([np.stack([x, x]) for x in tensors])
        tf.vectorize(lambda *given: program(*given))(*args)
    with ordinary():
        if tensors and tensors[0].dtype.kind == "f" and len(program.inputs) == 1:
            tf.sparse_jacobian(lambda x: tf.nest.flatten(program(x))[0], tensors[0])
    return True


@contextlib.contextmanager
def limited(seconds: int) -> Iterator[None]:
    """No mutant keeps the process for good."""

    def late(*_: Any) -> None:
        raise AssertionError(f"this took more than {seconds} seconds")

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module", autouse=True)
def all_rows() -> None:
    load_all_rows()


@pytest.mark.walk
@pytest.mark.parametrize("part", range(FILES))
def test_what_somebody_tampered_with_is_refused_or_runs(part: int, capfd: Any) -> None:
    loaded = tried = 0
    for number, make in enumerate(sources()):
        if number % FILES != part:
            continue
        program = make()
        if "float128" in str(program) or "longdouble" in str(program):
            continue  # (has no place in a file)
        count = -(-MUTANTS // len(sources())) if MUTANTS else 30 if number < 8 else 2
        for k, content in enumerate(mutants(program, count, number)):
            if KEPT:
                Path(KEPT).write_bytes(content)
            with limited(SECONDS):
                try:
                    loaded += use(content)
                except Exception as error:
                    raise AssertionError(f"mutant {k} of program {number}: {type(error).__name__}: {error}") from error
            tried += 1
    assert 0 < loaded < tried


def test_every_row_that_can_be_in_a_file_is_in_a_program_that_is_tampered_with() -> None:
    seen: set[str] = set()
    for make in sources():
        program = make()
        seen |= {program.core.node(k)[0] for k in range(len(program.core))}
    named = {name for name in _core.row_names() if (_core.row_named(name) or ("elementwise",))[0] != "elementwise"}
    ours = {name for name in named if _core.row_named(name)[3].text != "options by name"}
    assert sorted(ours - seen) == []


# ------------------------------------------------------------------------------------------------- forms, row by row

OTHERS: list[Any] = [
    None, True, -1, 0, 1, 5, 33, 2**31, 2**40, -(2**31) - 1, -(2**63), 0.5, float("nan"), "", "out", "axis", (), (0,),
    (1, 2), ("a",), (None,), ((),), ((2**40, 2**40),), [], {}, {"axis": 0}, slice(0, 10**9), slice(None, None, 0), ...,
    np.dtype(np.float64), np.dtype(object), np.zeros(0), np.zeros((2, 3)), np.array([2**62]), np.array(["a"]),
    np.array([None]), np.float64(2.0), np.int64(-1), _core.Hole(0), (_core.Hole(0),), object(), np.zeros, b"",
]  # fmt: skip


def records() -> Iterator[tuple[str, list[Kind], Any, Kind]]:
    """A record of each row: its op, operands, attribute and result."""
    for make in sources():
        core, kinds = make().core, []
        for node in range(len(core)):
            op, operands, dtype, shape, attribute = core.node(node)
            kinds.append(Kind(dtype, shape))
            if op not in ("input", "constant", "guard") and dtype.name != "float128":
                yield op, [kinds[k] for k in operands], attribute, kinds[node]


def test_what_a_row_gives_is_what_its_rule_says() -> None:
    by_run = set()
    for op, operands, attribute, result in records():
        found = check_record(op, operands, attribute)
        if found is None:
            by_run.add(op)
        else:
            assert found == result, (op, operands, attribute)
    assert by_run <= {"eig", "roots", "histogram_edges", "left_places", "take"}


def test_attributes_and_operands_of_another_form_are_refused_by_name_row_by_row() -> None:
    seen: set[str] = set()
    for op, operands, attribute, _ in records():
        few = len(seen) > 20 and (_core.row_named(op) or ("",))[0] == "elementwise"  # (one rule is that of all)
        if op in seen or few:
            continue
        seen.add(op)
        within = (
            [(*attribute[:k], other, *attribute[k + 1 :]) for k in range(len(attribute)) for other in OTHERS]
            if (type(attribute) is tuple)
            else []
        )
        for other in [*OTHERS, *within]:
            refused_or_known(op, operands, other)
        for k, x in enumerate(operands):
            for shape in ((), (0,), (7,), (2, 0, 3), (1,) * 33, (2**33,), x.shape[1:], (*x.shape, 2), x.shape[::-1]):
                for dtype in (x.dtype, np.dtype(bool), np.dtype(np.int8), np.dtype(np.complex128)):
                    refused_or_known(op, [*operands[:k], Kind(dtype, shape), *operands[k + 1 :]], attribute)
        refused_or_known(op, operands[1:], attribute)
        refused_or_known(op, [*operands, Kind(np.float64, (3,))], attribute)
        refused_or_known(op, [], attribute)


def refused_or_known(op: str, operands: list[Kind], attribute: Any) -> None:
    """What is wrong is said by the row's name; what is not said to be wrong is what the row's kernel gives."""
    try:
        found = check_record(op, operands, attribute)
    except ValueError as error:
        assert str(error).startswith(f"{op} of ")
        return
    assert found is None or (type(found) is Kind and min(found.shape, default=0) >= 0 and found.dtype.kind != "O")
    row = _core.row_named(op)
    sizes = [x.size for x in operands] + list(numbers_in_part(attribute))
    if (
        MUTANTS
        and found is not None
        and row
        and row[0] in ("linear", "general")
        and op != "print"
        and max(sizes, default=0) < 1e5
    ):
        for value in (1, 0, -1, 3):
            with ordinary():
                given = [_core.adopt(np.full(x.shape, value).astype(x.dtype)) for x in operands]
                result = apply(op, attribute, given)
                assert Kind(result.dtype, result.shape) == found, (op, operands, attribute)


def test_no_row_is_added_without_a_form() -> None:
    with pytest.raises(TypeError, match="form"):
        _core.register_general("formless", lambda a, x: x, None, None, False, False)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="form"):
        _core.register_linear("formless", None, "formless", None)  # type: ignore[call-arg]
    assert "formless" not in _core.row_names()
    for name in _core.row_names():
        row = _core.row_named(name)
        if row is not None and row[0] != "elementwise":
            assert isinstance(row[3], Form) and callable(row[4]), name


def test_rows_of_files_are_found_by_who_has_used_none_of_them() -> None:
    code = f"""
from autodiff_core import _core
from autodiff_core.programs.file_check import load_all_rows
load_all_rows()
for name in {sorted(SAMPLES)!r}:
    _core.op_named(name)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
