"""Program files: what is saved comes back; what is no program is an error, and nothing else."""

import contextlib
import copy
import json
import pickle
import random
import subprocess
import sys
import zlib

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.ops.table import rows
from autodiff_core.programs.file import MAGIC, ProgramFileError, from_bytes, pack, to_bytes, unpack
from autodiff_core.programs.file_check import load_all_rows
from record_samples import SAMPLES
from row_samples import samples_of

X = np.array([0.5, 1.0, 2.0])


def model():
    """A program with a bit of everything, and arguments for it."""
    w = tf.Variable(np.linspace(-1.0, 1.0, 12).reshape(3, 4), name="w")
    count = tf.Variable(0, name="count", trainable=False)

    def f(d, n, mode):
        count.assign_add(1)
        x = d["x"]
        if x[0] > 0:
            x = tf.tanh(x)
        y = tf.reshape(x, (1, 3)) @ w
        y = tf.pad(y[..., 1:], [[0, 0], [1, 0]]) + tf.transpose(tf.stack([y[0], y[0] * 2.0], 1))
        z = tf.concat([tf.nn.softmax(y), tf.where(y > 0.0, y, 0.0)], 0)
        return {
            "loss": tf.reduce_mean(z, 0),
            "n": tf.cast(n, tf.float32),
            "rows": x[n],
            "seen": count + 1,
            "mode": mode,
        }

    arguments = ({"x": X}, np.array([0, 2]), ("fast", 1, None, 2.5))
    return tf.Program.from_function(f, *arguments), arguments


def same(one, other):
    """Equal results, but for the last bit: BLAS may add up in another order for memory that is aligned otherwise."""
    for a, b in zip(tf.nest.flatten(one), tf.nest.flatten(other), strict=True):
        if isinstance(a, tf.Tensor):
            assert a.dtype == b.dtype
            np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-13 if a.dtype == np.float64 else 1e-5, atol=1e-14)
        else:
            assert a == b


def test_saved_program_comes_back(tmp_path):
    program, arguments = model()
    program.save(tmp_path / "model.program")
    loaded = tf.Program.load(tmp_path / "model.program")
    assert str(loaded) == str(program)
    same(loaded(*arguments), program(*arguments))


def test_loaded_program_has_variables_of_its_own():
    program, arguments = model()
    loaded = from_bytes(to_bytes(program))
    assert [(v.name, v.trainable, v.dtype) for v in loaded.variables] == [
        (v.name, v.trainable, v.dtype) for v in program.variables
    ]
    before = [v.numpy().copy() for v in program.variables]
    loaded(*arguments)
    for v, value in zip(program.variables, before, strict=True):
        np.testing.assert_array_equal(v.numpy(), value)
    assert any(int(v) == 1 for v in loaded.variables if v.name == "count:0")


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))])
def test_copies_and_pickles_go_through_the_same_bytes(again):
    program, arguments = model()
    twin = again(program)
    assert twin.variables[0] is not program.variables[0]
    same(twin(*arguments), program(*arguments))


def test_derivatives_of_what_was_loaded_are_those_of_what_was_saved():
    program, arguments = model()
    loaded = from_bytes(to_bytes(program))
    same(loaded.gradient()(*arguments), program.gradient()(*arguments))
    same(from_bytes(to_bytes(program.gradient()))(*arguments), program.gradient()(*arguments))


def test_guard_of_a_loaded_program_names_its_place():
    program, (_, n, mode) = model()
    with pytest.raises(ValueError, match=r"test_program_file\.py:.*in f"):
        from_bytes(to_bytes(program))({"x": -X}, n, mode)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.name)
def test_each_row_can_be_saved(row):
    for _, call, operands in samples_of(row):
        program = tf.Program.from_function(call, *operands)
        if "float128" in str(program):
            continue  # (longdouble has no place in a file)
        made = [(program, tuple(operands))]
        if program.outputs[0].dtype.kind == "f" and row.kind != "none":
            made.append((program.gradient(), tuple(operands)))
            made.append((program.jvp(), (tuple(operands), tuple(x if x.dtype.kind == "f" else None for x in operands))))
        for one, arguments in made:
            loaded = from_bytes(to_bytes(one))
            assert str(loaded) == str(one)
            same(loaded(*arguments), one(*arguments))


@pytest.mark.parametrize(
    "index",
    [
        (np.array([0, -1]), slice(None), 1),
        (0, slice(None), np.array([0, 1])),
        (slice(None), np.array([[1], [0]]), np.array([0, 3])),
        (np.array([True, False]), Ellipsis, None),
        (None, np.array([1, 1]), slice(2, 0, -1), 0),
        (Ellipsis, np.array([0, 1]), None, np.array([1, 0])),
        (slice(1, None), Ellipsis, 0, None),
        (-1,),
    ],
)
def test_indices_come_back(index):
    x = np.arange(24.0).reshape(2, 3, 4)
    program = tf.Program.from_function(lambda y: y[index], x)
    np.testing.assert_array_equal(from_bytes(to_bytes(program))(x), x[index])
    slope = from_bytes(to_bytes(program.gradient()))
    np.testing.assert_array_equal(slope(x)[1][0], program.gradient()(x)[1][0])


@pytest.mark.parametrize(
    "dtype", ["bool", "int8", "uint64", "float16", "float32", "float64", "complex64", "complex128"]
)
def test_each_dtype_comes_back(dtype):
    constant = np.array([[1, 0, 1]]).astype(dtype)
    program = tf.Program.from_function(lambda x: tf.where(x > 0.0, constant, constant[:, ::-1]), X)
    same(from_bytes(to_bytes(program))(X), program(X))


def test_random_draws_are_saved_as_draws():
    tf.random.set_seed(3)
    program = tf.Program.from_function(lambda x: x + tf.random.normal([3], dtype=tf.float64), X)
    loaded = from_bytes(to_bytes(program))
    assert not np.array_equal(loaded(X).numpy(), loaded(X).numpy())


def test_custom_gradient_of_ordinary_rows_is_saved():
    @tf.custom_gradient
    def twice(x):
        return x * 2.0, lambda g: g * 100.0

    slope = tf.Program.from_function(tf.grad(lambda x: tf.reduce_sum(twice(x))), X)
    same(from_bytes(to_bytes(slope))(X), slope(X))
    assert np.all(slope(X).numpy() == 100.0)


def test_rows_of_users_are_found_by_name_and_missed_by_name():
    halve = tf.elementwise_op("halve_for_files", None, lambda g, x, y: g * 0.5, formula=lambda x: x * 0.5)
    program = tf.Program.from_function(lambda x: halve(x), X)
    same(from_bytes(to_bytes(program))(X), program(X))
    header, data = unpack(to_bytes(program))
    header["records"][0][0] = "nobodys_row"
    with pytest.raises(ProgramFileError, match=r"no op 'nobodys_row' here.*must be added before"):
        from_bytes(pack(header, data))


def test_named_tuples_come_back_as_named_tuples():
    program = tf.Program.from_function(lambda x: np.linalg.qr(x), np.eye(2))
    result = from_bytes(to_bytes(program))(np.eye(2))
    assert type(result).__name__ == "QRResult" and result._fields == ("Q", "R")
    np.testing.assert_array_equal(result.Q @ result.R, np.eye(2))


def test_what_has_no_place_in_a_file_is_named_when_it_is_saved():
    class Mode:
        pass

    with pytest.raises(ProgramFileError, match=r"cannot be saved.*nothing of type Mode"):
        to_bytes(tf.Program.from_function(lambda x, mode: x, X, Mode()))


def test_longdouble_cannot_be_saved():
    with pytest.raises(ProgramFileError, match=r"longdouble|float128"):
        to_bytes(tf.Program.from_function(lambda x: x * 2.0, X.astype(np.longdouble)))


# ------------------------------------------------------------------------------------------------------- damaged files


def test_every_truncation_is_an_error():
    content = to_bytes(model()[0])
    for size in [*range(70), *range(70, len(content), 97)]:
        with pytest.raises(ProgramFileError):
            from_bytes(content[:size])


@pytest.mark.parametrize(
    "change, text",
    [
        (lambda b: b"PK" + b[2:], "does not begin like one"),
        (lambda b: b[:8] + b"\x02\0\0\0" + b[12:], "of version 2; this release of autodiff_core reads version 1"),
        (lambda b: b + b"x", "something was added"),
        (lambda b: b[:-1] + bytes([b[-1] ^ 1]), "its checksum is another one"),
        (lambda b: pack_text(b"{"), "no JSON"),
        (lambda b: pack_text(b"[" * 100000), "no JSON"),
        (lambda b: pack_text(b"[]"), "the header must be a dict"),
    ],
)
def test_damage_is_named(change, text):
    with pytest.raises(ProgramFileError, match=text):
        from_bytes(change(to_bytes(model()[0])))


def pack_text(text):
    """A file of version 1 with any header."""
    lengths = len(text).to_bytes(8, "little") + bytes(8)
    return MAGIC + (1).to_bytes(4, "little") + zlib.crc32(lengths + text).to_bytes(4, "little") + lengths + text


def test_bytes_changed_at_random_are_errors():
    content = to_bytes(model()[0])
    dice = random.Random(1)
    for _ in range(1500):
        changed = bytearray(content)
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(changed))
            kind = dice.randrange(3)
            if kind == 0:
                changed[at] ^= 1 << dice.randrange(8)
            elif kind == 1:
                changed.insert(at, dice.randrange(256))
            else:
                del changed[at]
        if changed != content:
            with pytest.raises(ProgramFileError):
                from_bytes(bytes(changed))


HOSTILE = [
    -1, 0, 1, 2, 3, 7, 10**6, 2**31, 2**63, -(2**63), 10**30, True, None, 1.5, "", "add", "sum", "slice", "cast",
    "guard", "input", "constant", "broadcast", "matmul", "program", "float32", "int64", "bool", "object", [], [0],
    [[]], [3, 4], {}, {"hole": 0}, {"hole": 5}, {"array": 0}, {"array": 99}, {"slice": [0, 10**9, None]},
    {"slice": [None, None, 0]}, {"float": "nan"}, {"float": "x"}, {"dtype": "float64"}, {"ellipsis": None},
    {"place": 0}, {"place": 9}, "class_numbers", "row_numbers", "class_residual",
]  # fmt: skip


def mutate(value, dice):
    """One part of a decoded header is another one."""
    spots = []

    def walk(node):
        keys = node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else []
        for key in keys:
            spots.append((node, key))
            walk(node[key])

    walk(value)
    node, key = dice.choice(spots)
    kind = dice.randrange(6)
    if kind == 0 and isinstance(node, list):
        del node[key]
    elif kind == 1 and isinstance(node, list):
        node.insert(key, dice.choice(HOSTILE))
    elif kind == 2 and isinstance(node[key], int):
        node[key] += dice.choice([-1, 1, 2, -2])
    elif kind == 3:
        other, there = dice.choice(spots)
        node[key] = copy.deepcopy(other[there])
    elif kind == 4 and isinstance(node, list):
        dice.shuffle(node)
    else:
        node[key] = copy.deepcopy(dice.choice(HOSTILE))


def other_programs():
    image = np.linspace(0.0, 1.0, 24).reshape(2, 3, 4)

    def f(x, labels):
        y = tf.reduce_max(x, 1) + tf.reduce_sum(x[:, ::2], 1)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, y)
        return tf.einsum("ij,kj->ik", y, y) * tf.gather(x[0], labels, axis=0)[:, :2] + loss

    return [tf.Program.from_function(f, image, np.array([0, 2])).gradient(), model()[0].gradient(), model()[0].jvp()]


@pytest.mark.parametrize("axes", [(0, 0), (None, 0), (0, None)])
def test_programs_of_many_examples_with_labels_and_indices_of_their_own(axes):
    rng = np.random.default_rng(1)
    x, labels = (
        rng.normal(size=(4, 2, 3) if axes[1] == 0 else (2, 3)),
        np.array([[0, 2], [1, 1], [2, 0], [0, 1]], np.int32),
    )
    labels = labels if axes[0] == 0 else labels[0]

    def loss(labels, x):
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, x)
        return tf.reduce_sum(losses * tf.gather(x[0], labels) + x[:, labels[0]])

    f = tf.vectorize(tf.value_and_grad(loss, argnums=1), axes)
    loaded = from_bytes(to_bytes(tf.Program.from_function(f, labels, x)))
    for these in (labels, labels[::-1].copy()):
        for found, expected in zip(loaded(these, 2.0 * x), f(tf.constant(these), tf.constant(2.0 * x)), strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-12)
    with pytest.raises((IndexError, ValueError), match=r"out of bounds|labels must be from 0 to 2"):
        loaded(labels + 1, x)


@pytest.mark.parametrize("which", range(3))
def test_headers_changed_at_random_are_errors_or_programs_that_run(which):
    program = other_programs()[which]
    header, data = unpack(to_bytes(program))
    dice = random.Random(which)
    text = json.dumps(header)
    survived = 0
    for _ in range(1500):
        changed = json.loads(text)
        for _ in range(dice.choice([1, 1, 2, 4])):
            mutate(changed, dice)
        try:
            loaded = from_bytes(pack(changed, data))
        except ProgramFileError:
            continue
        survived += 1
        if sum(np.prod(spec.shape) for spec in [*loaded.inputs, *loaded.outputs]) > 1e6 or "10000000" in str(loaded):
            continue
        tensors = [np.ones(tuple(spec.shape), spec.dtype) for spec in loaded.inputs]
        args, kwargs = loaded.layouts[0].assemble(tensors)
        try:
            with np.errstate(all="ignore"):
                loaded(*args, **kwargs)
        except (ValueError, TypeError, IndexError, RuntimeError, MemoryError):
            continue  # a guard, an index among the values
    assert survived > 20


def test_data_changed_at_random_is_a_program_or_an_error():
    program, arguments = model()
    header, data = unpack(to_bytes(program))
    dice = random.Random(5)
    for _ in range(300):
        changed = bytearray(data)
        changed[dice.randrange(len(changed))] = dice.randrange(256)
        try:
            loaded = from_bytes(pack(header, bytes(changed)))
        except ProgramFileError:
            continue
        with contextlib.suppress(ValueError, IndexError):
            loaded(*arguments)


RECORDS = [
    (["sum", [0], "float64", [], [[3], [1], []]], None),
    (["sum", [0], "float64", [], [[4], [1], []]], "its attributes are for a shape"),
    (["sum", [0], "float64", [2], [[3], [2], [2]]], "attributes must be three shapes"),
    (["broadcast", [0], "float64", [1000, 3], [[1000, 3], [1, 3], [3]]], None),
    (["broadcast", [0], "float64", [1000, 3], [[1000, 3], [1000, 3], [3]]], "attributes must be three shapes"),
    (["broadcast", [0], "float64", [4], [[4], [4], [3]]], "attributes must be three shapes"),
    (["broadcast", [0], "float64", [2**35, 3], [[2**35, 3], [1, 3], [3]]], "larger than"),
    (["reshape", [0], "float64", [4], [[3], [4]]], "cannot become"),
    (["reshape", [0], "float64", [3, 1], [[3], [3, 1]]], None),
    (["transpose", [0], "float64", [3], [[0], [0]]], None),
    (["transpose", [0], "float64", [3], [[1], [0]]], "no permutation"),
    (["cast", [0], "float32", [3], [{"dtype": "float64"}, {"dtype": "float32"}]], None),
    (["cast", [0], "float32", [3], [{"dtype": "int64"}, {"dtype": "float32"}]], "cast from int64"),
    (["slice", [0], "float64", [], [[3], 2]], None),
    (["slice", [0], "float64", [], [[3], 3]], "out of bounds"),
    (["slice", [0], "float64", [3], [[3], {"slice": [0, 3, 0]}]], "attributes must be .a shape, an index of slices"),
    (["slice", [0], "float64", [2], [[3], [{"array": 0}]]], "attributes must be .a shape, an index of slices"),
    (["unslice", [0], "float64", [5], [[5], {"slice": [1, 4, None]}]], None),
    (["unslice", [0], "float64", [5], [[5], {"slice": [1, 5, None]}]], "the index takes shape"),
    (["matmul", [0, 0], "float64", [], [False, False]], "no product of float64"),
    (["add", [0, 7], "float64", [3], None], "there is no node 7"),
    (["add", [0], "float64", [3], None], "add of float64.*takes 2 operands"),
    (["add", [0, 0], "float32", [3], None], "is of dtype and shape"),
    (["add", [0, 0], "float64", [4], None], "is of dtype and shape"),
    (["select", [0, 0, 0], "float64", [3], None], "select of .*the condition is of dtype"),
    (["softmax", [0], "float64", [3], 1], "attributes must be an axis counted from the end; 1 is not"),
    (["sparse_softmax_cross_entropy", [0], "float64", [], {"hole": 0}], "of which 1 fill holes"),
    (["sparse_softmax_cross_entropy", [0, 0], "float64", [], {"hole": 1}], "attributes must be an array"),
    (["roll", [0], "float64", [3], "x"], "roll of .*attributes must be"),
    (["reduce_max", [0], "float64", [], [[3], [1], []]], None),
    (["input", [], "float64", [3], None], "there is no op 'input'"),
    (["program", [0], "float64", [3], None], "there is no op 'program'"),
    (["random", [], "float64", [2], ["normal", None, [2], {"dtype": "float64"}, None, None]], None),
    (["random", [], "float64", [2], ["normal", None, [-2], {"dtype": "float64"}, None, None]], "a shape, a dtype"),
]


@pytest.mark.parametrize("record, text", RECORDS)
def test_records_are_checked_against_their_operands(record, text):
    header, data = unpack(to_bytes(tf.Program.from_function(lambda x: x, X)))
    header["records"], header["outputs"] = [record], [1]
    header["arrays"], data = [["int64", [1], 0]], bytes(8)
    if text is None:
        assert len(from_bytes(pack(header, data))) == 2
    else:
        with pytest.raises(ProgramFileError, match=text):
            from_bytes(pack(header, data))


def test_no_kernel_is_tried_on_absurd_attributes():
    program = tf.Program.from_function(lambda n: tf.one_hot(n, 3), np.array([0, 2]))
    header, data = unpack(to_bytes(program))
    (hot,) = [record for record in header["records"] if record[0] == "one_hot"]
    hot[4][0] = hot[3][1] = 10**9
    loaded = from_bytes(pack(header, data))  # (no array of 10**9 numbers is made)
    assert loaded.outputs[0].shape == (2, 10**9)
    hot[3][1] = 3
    with pytest.raises(
        ProgramFileError, match=r"one_hot of these operands is of dtype and shape float32.2, 1000000000."
    ):
        from_bytes(pack(header, data))


def test_nothing_reads_a_guard():
    program = tf.Program.from_function(lambda x: x * 2.0 if x[0] > 0 else x, X)
    header, data = unpack(to_bytes(program))
    guard = 1 + [record[0] for record in header["records"]].index("guard")
    header["outputs"] = [guard]
    with pytest.raises(ProgramFileError, match="is a guard, which has no value"):
        from_bytes(pack(header, data))


def test_a_program_is_loaded_where_its_rows_have_not_been_used_yet(tmp_path):
    @tf.function
    def smoothed(x):
        return tf.signal.dct(np.fft.irfft(np.fft.rfft(x) * np.array([1.0, 0.5, 0.25, 0.0])))

    x = tf.constant(np.arange(6.0))
    smoothed.get_concrete_function(x).program.save(tmp_path / "program")
    code = (
        "import sys, numpy as np, autodiff_core as tf\n"
        "program = tf.Program.load(sys.argv[1])\n"
        "print(*program(tf.constant(np.arange(6.0))).numpy().tolist())"
    )
    run = subprocess.run([sys.executable, "-c", code, tmp_path / "program"], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    np.testing.assert_allclose([float(word) for word in run.stdout.split()], smoothed(x), rtol=1e-12)


def test_a_concatenation_without_an_axis_is_refused():
    program = tf.Program.from_function(lambda x: tf.concat([x, x], 0), X)
    header, data = unpack(to_bytes(program))
    (record,) = [record for record in header["records"] if record[0] == "concat"]
    for attribute in (3, [], ["axis"], None):
        record[4] = attribute
        with pytest.raises(ProgramFileError):
            from_bytes(pack(header, data))


# ------------------------------------------------------------------------------------------------- samples of hostility


def loaded_with(program, change, data=None):
    """A program whose header was changed, with a checksum that is right."""
    header, own = unpack(to_bytes(program))
    change(header)
    return from_bytes(pack(header, own if data is None else data))


def test_a_row_that_hands_on_its_first_operand_broadcasts_it_where_shapes_differ():
    """`reread` is its first operand without a copy; a file may give it operands of two shapes."""
    program = tf.Program.from_function(lambda x, y: (x + y) * 2.0 + y, np.ones(1), np.ones(100_000))
    loaded = loaded_with(program, lambda header: header["records"][0].__setitem__(0, "reread"))
    np.testing.assert_array_equal(loaded(np.ones(1), np.ones(100_000)), np.full(100_000, 3.0))


@pytest.mark.parametrize(
    "name, attributes",
    [
        ("concat", 5),
        ("concat", [5, [2, 2]]),
        ("concat", [-(2**31) - 1, [2, 2]]),
        ("concat", [-1, [4, 0]]),
        ("stack", -(2**33)),
        ("cumsum", [[-(2**33), False, False], [-(2**33), False, True]]),
        ("argmax", [2**33, {"dtype": "int64"}]),
        ("linear_recurrence", [-3, False, False]),
        ("linear_recurrence", [0, False, False]),
        ("windows", [[1, 40, 2], [2], [1], [1]]),
        ("windows", [[1, 4, 2], [2**40], [1], [1]]),
        ("windows", [[1, 4, 2], [2], [-1], [1]]),
        ("windows", [[1, 4, 2], [2], [1], [-(2**40)]]),
        ("windows", [[1, 4, 2], [2, 2], [1], [1]]),
        ("unwindows", [[1, 4, 2], [3], [1], [1]]),
        ("repeat", [2**62, -1, 4]),
        ("take_along", [-1, 2**40, {"array": 0}]),
        ("put_along", [-2, 3, {"array": 0}]),
        ("fft", [["real", 5], [-1, 2**40, False, "backward", False], ["whole", 5]]),
        ("pick", [3, 3]),
        ("ctc_walk", [0, 4, 5, "__class__"]),
        ("ufunc_method", [[0], [["ufunc", "save"], ["method", "__call__"]]]),
        ("ufunc_method", [[0], [["out", {"array": 0}], ["ufunc", "logical_xor"], ["method", "reduce"]]]),
        ("bitcast", [{"dtype": "int64"}, [60]]),
        ("random", ["normal", None, [3], {"dtype": "int64"}, None, None]),
        ("random", ["bytes", None, [3], {"dtype": "float64"}, None, None]),
        ("gamma_quotient", 10**9),
        ("print", [[{"slice": [7, False, None]}], " ", "\n", 3, None, []]),
        ("print", [["x"], " ", "\n", 3, "file:///tmp/x", []]),
    ],
)
def test_attributes_of_another_form_are_refused_before_anything_runs(name, attributes):
    load_all_rows()
    cases = {row.name: row for row in rows()}
    if name in SAMPLES:
        own, operands = SAMPLES[name]()
    else:
        case = cases[name].cases[0]
        own, operands = None, [np.full(shape, 0.5) for shape in case.shapes]
    apply = _core.linear if (_core.row_named(name) or ("",))[0] == "linear" else _core.general
    handle = _core.op_named(name)

    def call(*x):
        return (
            cases[name].cases[0].call(*x) if own is None else apply(handle, x[0] if apply is _core.linear else x, own)
        )

    program = tf.Program.from_function(call, *operands)

    def change(header):
        record = next(record for record in header["records"] if record[0] == name)
        record[4] = attributes
        header["arrays"] = header["arrays"] or [["int64", [0], 0]]

    with pytest.raises(ProgramFileError, match=f"{name} of "):
        loaded_with(program, change)


def test_places_that_name_an_element_twice_leave_the_others_zero():
    """(Nothing but zeros, and no memory of somebody else's, is where no place is named.)"""
    program = tf.Program.from_function(
        lambda g, places: _core.linear(_core.op_named("put_along"), g, (-1, 5, _core.lent_array(places))),
        np.arange(5.0),
        np.arange(5),
    )
    np.testing.assert_array_equal(from_bytes(to_bytes(program))(np.ones(5), np.full(5, 2)), [0.0, 0.0, 1.0, 0.0, 0.0])


def test_arrays_that_share_the_same_bytes_are_refused():
    """A short file cannot have many large arrays."""
    program = tf.Program.from_function(lambda x: x + np.arange(3.0), X)

    def change(header):
        header["arrays"] *= 1000

    with pytest.raises(ProgramFileError, match=r"arrays of \d+ bytes and more share \d+ bytes of data"):
        loaded_with(program, change)


def test_a_key_that_is_there_twice_is_refused():
    program = tf.Program.from_function(lambda d: d["x"], {"x": X})

    def change(header):
        (pairs,) = header["arguments"]["tuple"][0]["tuple"][0].values()
        pairs.append(["x", {"value": 5}])

    with pytest.raises(ProgramFileError, match="a dict has a key twice"):
        loaded_with(program, change)
    header, _ = unpack(to_bytes(program))
    text = json.dumps(header).encode()
    with pytest.raises(ProgramFileError, match="a dict has a key twice"):
        from_bytes(pack_text(text.replace(b'"outputs"', b'"outputs": [], "outputs"', 1)))
    with pytest.raises(ProgramFileError, match="NaN is no number in a header"):
        from_bytes(pack_text(text.replace(b"true", b"NaN").replace(b'"own_derivatives": false', b'"x": NaN', 1)))


@pytest.mark.parametrize("where", ["arguments", "results", "attribute"])
@pytest.mark.parametrize("depth", [65, 200])
def test_structures_that_are_too_deep_are_refused(where, depth):
    program = tf.Program.from_function(lambda x: tf.roll(x, 1, 0), X)

    def change(header):
        deep = {"value": None} if where != "attribute" else 1
        for _ in range(depth):
            deep = {"list": [deep]}
        if where == "attribute":
            header["records"][0][4] = deep
        else:
            header[where] = deep

    with pytest.raises(ProgramFileError, match="structures are more than 64 deep"):
        loaded_with(program, change)


def test_fields_that_are_one_name_to_python_are_refused():
    program = tf.Program.from_function(lambda a: np.linalg.qr(a), np.eye(2))

    def change(header):
        header["results"]["named"][1] = ["\ufb01", "fi"]

    with pytest.raises(ProgramFileError, match="a named tuple with the fields"):
        loaded_with(program, change)


def test_a_scalar_that_is_an_array_and_a_list_of_passes_without_end_are_refused():
    program = tf.Program.from_function(lambda x: x + np.arange(3.0), X)

    def scalar(header):
        header["results"] = {"value": {"scalar": 0}}

    def passes(header):
        header["passes"] = ["simplify"] * 1000

    with pytest.raises(ProgramFileError, match=r"a scalar of shape \(3,\)"):
        loaded_with(program, scalar)
    with pytest.raises(ProgramFileError, match="there are no passes"):
        loaded_with(program, passes)


def test_an_array_of_nothing_comes_back():
    program = tf.Program.from_function(lambda x: tf.concat([x, tf.constant(np.zeros((0,)))], 0), X)
    np.testing.assert_array_equal(from_bytes(to_bytes(program))(X), X)


def test_what_a_file_says_of_places_is_printed_without_controls():
    program = tf.Program.from_function(lambda x: x * 2.0 if x[0] > 0 else x, X)

    def change(header):
        (guard,) = [record for record in header["records"] if record[0] == "guard"]
        guard[4][3] = ["a\x1b[2K\nb", 3, "\u202ef"]

    loaded = loaded_with(program, change)
    with pytest.raises(ValueError, match=r"a\\x1b\[2K\\nb:3, in \\u202ef"):
        loaded(-X)
    assert all(line.isprintable() for line in str(loaded).split("\n"))


def test_rows_of_users_with_attributes_come_back_and_are_tried_on_ones():
    flip = tf.linear_op("file_flip", lambda x, times: x[::-1] * times, lambda g, times: g[::-1] * times)
    outer = tf.general_op("file_outer", lambda u, v, *, scale: np.outer(u, v) * scale, None)
    program = tf.Program.from_function(lambda x: (flip(x, times=2.0), outer(x, x[:2], scale=3.0)), X)
    same(from_bytes(to_bytes(program))(X), program(X))

    def with_(name, field, value):
        def change(header):
            next(record for record in header["records"] if record[0] == name)[field] = value

        return change

    with pytest.raises(ProgramFileError, match=r"file_outer of these operands is of dtype and shape float64\(3, 2\)"):
        loaded_with(program, with_("file_outer", 3, [2, 3]))
    with pytest.raises(ProgramFileError, match=r"file_flip of .*its attributes must be options by name"):
        loaded_with(program, with_("file_flip", 4, 2))
    with pytest.raises(ProgramFileError, match=r"file_outer of .*TypeError"):
        loaded_with(program, with_("file_outer", 4, {"dict": []}))
