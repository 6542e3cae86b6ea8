"""Programs as C: compiled by the machine's compiler, they give what a replay gives."""

import ctypes
import shutil
import subprocess
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff_core as tf
from autodiff_core.numpy.protocol import is_of_scipy
from autodiff_core.ops.table import rows
from autodiff_core.programs.file import from_bytes, pack, to_bytes, unpack

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
pytestmark = pytest.mark.skipif(COMPILER is None, reason="there is no C compiler")

C_TYPES = {"float64": ctypes.c_double, "float32": ctypes.c_float, "bool": ctypes.c_ubyte}


def compiled(sources, folder):
    """The C of some programs as functions, by name."""
    text = folder / "programs.c"
    text.write_text("\n".join(sources))
    library = folder / "programs.so"
    flags = ["-std=c99", "-O1", "-shared", "-fPIC", "-Wall", "-Werror", "-Wno-unused"]
    subprocess.run([COMPILER, *flags, "-o", library, text, "-lm"], check=True, capture_output=True)
    return ctypes.CDLL(str(library))


def pointer(array):
    return array.ctypes.data_as(ctypes.POINTER(C_TYPES[array.dtype.name]))


def run(function, program, tensors):
    """Call a program's C: (what it returns, outputs, what variables are to take)."""
    given = [np.ascontiguousarray(x, spec.dtype) for x, spec in zip(tensors, program.inputs, strict=True)]
    given += [np.array(v.numpy(), v.dtype, order="C") for v in program.variables]
    outputs = [np.zeros(tuple(spec.shape), spec.dtype) for spec in program.outputs]
    assigned = [
        np.zeros(tuple(program.variables[k].shape), program.variables[k].dtype) for k, _ in program.core.assigned
    ]
    code = function(*map(pointer, [*given, *outputs, *assigned]))
    return code, outputs, assigned


def tensors_of(result):
    return [leaf for leaf in tf.nest.flatten(result) if isinstance(leaf, tf.Tensor)]


def close(found, wanted):
    wanted = wanted.numpy() if isinstance(wanted, tf.Tensor) else wanted
    limits = {"float64": (1e-13, 1e-14), "float32": (2e-5, 1e-6)}.get(found.dtype.name, (0, 0))
    np.testing.assert_allclose(found, wanted, rtol=limits[0], atol=limits[1])


def check(function, *operands, folder, derivatives=True):
    """The program of a function, its gradient and its jvp are the same in C."""
    program = tf.Program.from_function(function, *operands)
    programs = [(program, operands)]
    if derivatives:
        programs.append((program.gradient(), operands))
        tangents = tuple(x if x.dtype.kind == "f" else None for x in operands)
        programs.append((program.jvp(), (operands, tangents)))
    library = compiled_apart([one for one, _ in programs], folder)
    for c, (one, arguments) in zip(library, programs, strict=True):
        flat = [x for x in tf.nest.flatten(arguments) if x is not None]
        code, outputs, _ = run(c, one, flat)
        assert code == 0
        for found, wanted in zip(outputs, tensors_of(one(*arguments)), strict=True):
            close(found, wanted)


def compiled_apart(programs, folder):
    """Each program in a file of its own: their helpers have the same names."""
    found = []
    for k, program in enumerate(programs):
        inside = folder / f"program{k}"
        inside.mkdir()
        found.append(compiled([program.to_c(f"p{k}")], inside)[f"p{k}"])
    return found


# SciPy's ufuncs, and what is made of them, are not written in C.
ELEMENTWISE = [
    row
    for row in rows()
    if row.kind in ("elementwise", "none")
    and not (row.ufunc is not None and is_of_scipy(row.ufunc))
    and row.name not in ("polygamma", "noncentral_chi_density")
    and not row.name.startswith(("normal_hazard", "normal_excess"))
]
INTEGERS = {"bitwise_and", "bitwise_or", "bitwise_xor", "invert", "left_shift", "right_shift", "gcd", "lcm"}


@pytest.mark.parametrize("slopes", [False, True])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_elementwise_row(dtype, slopes, tmp_path):
    """All rows in one program, each with operands of its own."""
    generator = np.random.default_rng(0)
    names, calls, operands = [], [], []
    for row in ELEMENTWISE:
        if row.name in INTEGERS or row.name == "spacing" or (slopes and row.kind == "none"):
            continue
        own = [generator.uniform(low, high, (2, 3)).astype(dtype) for low, high in row.domain]
        if row.condition:
            own[0] = own[0] > 0
        if row.name.startswith("logical"):
            own = [x > 0 for x in own]
        calls.append((row.function, len(operands), len(operands) + len(own)))
        names += [row.name] * len(own) if slopes else [row.name]
        operands += own
    program = tf.Program.from_function(lambda *x: [call(*x[low:high]) for call, low, high in calls], *operands)
    if slopes:
        program = program.gradient()
    (c,) = compiled_apart([program], tmp_path)
    code, outputs, _ = run(c, program, operands)
    assert code == 0
    wanted = tensors_of(program(*operands)[1] if slopes else program(*operands))
    outputs = outputs[-len(wanted) :]
    names = [name for name, x in zip(names, operands, strict=True) if x.dtype.kind == "f"] if slopes else names
    for name, found, value in zip(names, outputs, wanted, strict=True):
        limits = (2e-13, 1e-15) if dtype == "float64" else (3e-5, 1e-6)
        np.testing.assert_allclose(found, value.numpy(), rtol=limits[0], atol=limits[1], err_msg=name)


SPECIAL = np.array([0.0, -0.0, 1.0, -1.0, 2.5, -2.5, 0.5, -0.5, np.inf, -np.inf, np.nan])


def test_special_points_are_numpys(tmp_path):
    x, y = (np.ascontiguousarray(part) for part in np.broadcast_arrays(SPECIAL[:, None], SPECIAL))
    for name in ("mod", "floordiv", "maximum", "minimum", "logaddexp", "heaviside", "sign", "rint", "copysign", "pow"):
        row = next(row for row in ELEMENTWISE if row.name == name)
        operands = (x, y)[: row.arity]
        with np.errstate(all="ignore"):
            program = tf.Program.from_function(row.function, *operands)
            wanted = program(*operands).numpy()
        (c,) = compiled_apart([program], folder_in(tmp_path, name))
        found = run(c, program, operands)[1][0]
        np.testing.assert_allclose(found, wanted, rtol=1e-14, err_msg=name)


def folder_in(folder, name):
    (folder / name).mkdir()
    return folder / name


def test_constants_keep_every_bit_and_special_values(tmp_path):
    constants = np.array([0.1, -1e-308, 5e-324, np.inf, -np.inf, np.nan, -0.0, 1e308])
    program = tf.Program.from_function(lambda x: tf.where(x > 0.0, constants, constants[::-1]), np.ones(8))
    (c,) = compiled_apart([program], tmp_path)
    assert run(c, program, [np.ones(8)])[1][0].tobytes() == constants.tobytes()


A = np.linspace(-1.0, 1.0, 12).reshape(3, 4)
STACK = np.linspace(-1.0, 1.0, 24).reshape(2, 3, 4)
DENSE: dict[str, Any] = {
    "sum": (lambda x: tf.reduce_sum(x), A),
    "sum of an axis": (lambda x: tf.reduce_sum(x * x, 1), STACK),
    "sum of outer axes, kept": (lambda x: tf.reduce_sum(x * x, (0, 2), keepdims=True) * x, STACK),
    "mean": (lambda x: tf.reduce_mean(x, 0) ** 2, A),
    "max": (lambda x: tf.reduce_max(x, -1) + tf.reduce_min(x), STACK),
    "broadcast": (lambda x, y: x * y + tf.broadcast_to(y, (3, 4)), A, A[:1]),
    "broadcast both": (lambda x, y: x * y, A[:1].copy(), A[:, :1].copy()),
    "scalar": (lambda x: tf.sin(x) * x + 2.0, np.array(0.3)),
    "scalar and array": (lambda s, x: s * tf.exp(x) + s, np.array(0.3), A),
    "reshape": (lambda x: tf.reshape(tf.transpose(x), (2, 6)) * 2.0, A),
    "transpose": (lambda x: tf.transpose(x, (2, 0, 1)) * tf.transpose(x * x, (2, 0, 1)), STACK),
    "slice": (lambda x: x[:, 1:, ::-2] * x[:, :2, 1:3] + x[0, 0, 0], STACK),
    "slice of one": (lambda x: tf.tanh(x[1, 2]) * x[:, None, -1], A),
    "pad": (lambda x: tf.pad(x * x, [[1, 0], [2, 1]])[1:] * 3.0, A),
    "matmul": (lambda a, b: tf.tanh(a @ tf.transpose(b)), A, A),
    "matmul of stacks": (lambda a, b: tf.matmul(a, b, transpose_b=True), STACK, A),
    "vectors": (lambda a, v: (a @ v) * v[:3], A, A[0].copy()),
    "concat": (lambda x, y: tf.concat([x, y * 2.0], 1) ** 2, A, A[:, :2].copy()),
    "stack": (lambda x: tf.stack([x, x * x], 1) * 2.0, A),
    "stack of scalars": (lambda x: tf.stack([x[0, 0], x[1, 1] ** 2]), A),
    "where": (lambda x: tf.where((x > 0.0) & (x < 0.5), x * x, -x), A),
    "cast": (lambda x: tf.cast(tf.cast(x, tf.float32) * 2.0, tf.float64) * tf.cast(x > 0.0, tf.float64), A),
    "empty": (lambda x: tf.reduce_sum(x * 2.0, 0), np.zeros((0, 3))),
    "einsum": (lambda x, y: tf.einsum("bij,kj->bik", x, y) * 2.0, STACK, A),
    "einsum to a scalar": (lambda x, y: tf.einsum("ij,ij->", x, y), A, A),
    "einsum with a stretched axis": (lambda x, y: tf.einsum("ij,ij->ji", x, y), A, A[:1].copy()),
    "prod": (lambda x: tf.reduce_sum(tf.reduce_prod(x, -1) ** 2) + tf.reduce_prod(x[0, 0]), STACK),
    "cumprod": (lambda x: tf.math.cumprod(x, 1) * tf.math.cumprod(x, -1, exclusive=True, reverse=True), STACK),
    "repeat": (lambda x: tf.repeat(x * x, 3, 1)[:, 2:-1] ** 2, A),
    "softmax": (lambda x: tf.nn.softmax(x, 1) * x + tf.nn.log_softmax(x), STACK),
    "network": (lambda x, w, b: tf.reduce_mean(tf.nn.gelu(x @ w + b) ** 2), A, A.T.copy(), A[0, :3].copy()),
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", DENSE)
def test_dense_program_and_its_derivatives(name, dtype, tmp_path):
    function, *operands = DENSE[name]
    check(function, *(x.astype(dtype) for x in operands), folder=tmp_path)


def test_gradient_of_a_gradient(tmp_path):
    second = tf.Program.from_function(lambda x: tf.reduce_sum(tf.sigmoid(x @ x)), A[:, :3].copy()).gradient()
    second = second.gradient([1])
    (c,) = compiled_apart([second], tmp_path)
    for found, wanted in zip(run(c, second, [A[:, :3]])[1], tensors_of(second(A[:, :3].copy())), strict=True):
        close(found, wanted)


def test_guard_is_the_number_that_is_returned(tmp_path):
    def f(x):
        if x[0] > 0:
            x = x * 2.0
        if float(x[1]) == 4.0:
            x = x + 1.0
        return x

    program = tf.Program.from_function(f, np.array([1.0, 2.0]))
    (c,) = compiled_apart([program], tmp_path)
    assert run(c, program, [np.array([1.0, 2.0])])[0] == 0
    code, outputs, _ = run(c, program, [np.array([-1.0, 2.0])])
    assert code == 1 and not outputs[0].any()
    assert run(c, program, [np.array([1.0, 3.0])])[0] == 2


def test_variables_come_behind_inputs_and_what_they_take_behind_outputs(tmp_path):
    v = tf.Variable([1.0, 2.0], dtype=tf.float64)

    def step(x):
        v.assign_sub(0.5 * x)
        return tf.reduce_sum(v * x)

    program = tf.Program.from_function(step, np.ones(2))
    (c,) = compiled_apart([program], tmp_path)
    _, outputs, assigned = run(c, program, [np.array([1.0, 2.0])])
    np.testing.assert_allclose(assigned[0], [0.5, 1.0])
    np.testing.assert_allclose(outputs[0], 2.5)


def test_large_arrays_are_static_and_the_comment_says_so(tmp_path):
    x = np.linspace(0.0, 1.0, 40000)
    program = tf.Program.from_function(lambda x: tf.exp(tf.sin(x)), x)
    assert "static double v1[40000];" in program.to_c() and "one call at a time" in program.to_c()
    (c,) = compiled_apart([program], tmp_path)
    close(run(c, program, [x])[1][0], program(x))


def test_rows_of_users_that_have_a_formula_are_written(tmp_path):
    third = tf.elementwise_op("third_in_c", None, lambda g, x, y: g / 3.0, formula=lambda x: x / 3.0)
    check(lambda x: third(x), A, folder=tmp_path)


@pytest.mark.parametrize(
    "function, operands, text",
    [
        (lambda x: tf.linalg.inv(x[:, :3]), (A,), "to_c: inv is not written in C: its kernel is LAPACK's"),
        (lambda x: tf.signal.dct(x), (A,), "to_c: cosines is not written in C: its kernel is NumPy's"),
        (lambda x: x + 1, (np.arange(3),), "to_c: input of dtype int64 is not written in C"),
        (lambda x: x * 2.0, (A.astype(np.float16),), "to_c: input of dtype float16"),
        (lambda x: tf.cast(x, tf.int32), (A,), "to_c: cast of dtype int32"),
        (lambda x: np.spacing(tf.constant(x)), (A,), "to_c: spacing is not written in C"),
    ],
)
def test_what_is_not_written_is_named(function, operands, text):
    with pytest.raises(NotImplementedError, match=text):
        tf.Program.from_function(function, *operands).to_c()


@pytest.mark.parametrize(
    "name, why",
    [
        *(
            (name, "it takes letters, digits and underscores")
            for name in ("", "1f", "a b", "f;", "é", "f\n", "a\u202eb")
        ),
        *((name, "it is a keyword of C;") for name in ("for", "inline", "restrict", "alignas", "typeof", "nullptr")),
        *((name, r"it is a keyword of C\+\+") for name in ("class", "template", "this", "xor", "delete", "concept")),
        *(
            (name, "it is a macro")
            for name in ("NAN", "INFINITY", "I", "NULL", "EOF", "linux", "M_PI", "INT_MAX", "EINTR")
        ),
        *(
            (name, "it is a name of the C library")
            for name in ("exp", "sinf", "powl", "malloc", "exit", "jn", "y0", "read")
        ),
        *(
            (name, "it is a name of the C library")
            for name in ("printf", "system", "size_t", "int32_t", "pthread_create")
        ),
        ("main", "it is where a program begins"),
        *((name, "keep for themselves") for name in ("_f", "__f", "_F", "f__g", "ad_mod", "adf_mod")),
    ],
)
def test_what_is_no_name_for_a_function_in_c_is_refused_and_it_is_said_why(name, why):
    with pytest.raises(ValueError, match=f"is no name for a C function: .*{why}"):
        tf.Program.from_function(lambda x: x, A).to_c(name)


@pytest.mark.parametrize("name", ["cube", "step", "total", "f", "model_1", "fors", "Exp", "readings", "F"])
def test_other_names_are_names_of_functions(name):
    assert f"int {name}(" in tf.Program.from_function(lambda x: x, A).to_c(name)


ENDS = [
    "*/",
    "*\\",
    "*\\/",
    "*??/",
    "*\\\n/",
    "*\n/",
    "*\r/",
    "*\u2028/",
    "*\x00/",
    "/*",
    "*/*/",
    "**//",
    "*\u202e/",
    "\ud800*/",
    "\x1b[2K",
]


@pytest.mark.parametrize("end", ENDS)
def test_no_text_ends_the_comment_that_it_is_in(end, tmp_path):
    """Names, places, strings: whatever a file has in them, the comment ends where it ends and is plain ASCII."""
    v = tf.Variable(1.0, name=f"a{end} int x; {end}", dtype=tf.float64)
    program = tf.Program.from_function(lambda x: x * v if tf.reduce_max(x) > -9.0 else x, A)
    header, data = unpack(to_bytes(program))
    (guard,) = [record for record in header["records"] if record[0] == "guard"]
    guard[4][3] = [f"file{end}", 3, f"{end}f{end}"]
    source = from_bytes(pack(header, data)).to_c()
    comment, rest = source.split(" */\n", 1)
    assert rest.startswith("#include <math.h>\n") and source.isascii()
    inner = comment.removeprefix("/*")
    assert not any(mark in inner for mark in ("*/", "/*", "\\", "??"))
    assert all(line.startswith(" * ") or line in ("", " *") for line in inner.split("\n"))


def test_helpers_of_two_rows_and_two_dtypes_have_names_of_their_own(tmp_path):
    once = tf.elementwise_op("c_name", None, lambda g, x, y: g, formula=lambda x: x + 1.0)
    more = tf.elementwise_op("c_namef", None, lambda g, x, y: g, formula=lambda x: x + 2.0)
    check(lambda x: tf.cast(once(tf.cast(x, tf.float32)), tf.float64) + more(x), A, folder=tmp_path)


# ------------------------------------------------------------------------------------------------------ random programs

UNARY = [tf.sin, tf.tanh, tf.exp, tf.sigmoid, tf.nn.softplus, tf.square, tf.nn.relu, tf.abs, lambda x: -x, tf.atan]
MOVES = [
    tf.transpose,
    lambda x: tf.reshape(x, (-1,)),
    lambda x: x[..., ::-1] if len(x.shape) else x,
    lambda x: tf.reduce_sum(x, -1) if len(x.shape) else x,
    lambda x: tf.reduce_max(x),
    lambda x: tf.expand_dims(x, 0) if len(x.shape) < 4 else x,
    lambda x: tf.pad(x, [[1, 1]] * len(x.shape)) if x.size < 40 and len(x.shape) else x,
]
BINARY = [
    lambda x, y: x + y,
    lambda x, y: x * y,
    lambda x, y: x - y,
    lambda x, y: x / (1.0 + y * y),
    tf.maximum,
    lambda x, y: tf.where(x > y, x, y * 0.5),
]


@settings(derandomize=True, deadline=None, max_examples=25, database=None)
@given(st.data())
def test_random_programs_and_their_gradients(tmp_path_factory, data):
    steps = data.draw(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99)), max_size=10))
    dtype = data.draw(st.sampled_from([np.float64, np.float32]))
    shapes = data.draw(st.lists(st.sampled_from([(), (3,), (2, 3), (3, 1), (1,)]), min_size=1, max_size=3))

    def function(*operands):
        values = list(operands)
        for op, first, second in steps:
            x, y = values[first % len(values)], values[second % len(values)]
            choice = [*UNARY, *MOVES, *BINARY][op % (len(UNARY) + len(MOVES) + len(BINARY))]
            if choice in BINARY:
                try:
                    np.broadcast_shapes(tuple(x.shape), tuple(y.shape))
                except ValueError:
                    continue
                values.append(tf.tanh(choice(x, y)))
            else:
                values.append(tf.tanh(choice(x)))
        return values[-1]

    generator = np.random.default_rng(len(steps))
    operands = [generator.uniform(-1.0, 1.0, shape).astype(dtype) for shape in shapes]
    check(function, *operands, folder=tmp_path_factory.mktemp("random"))


# A value without dimensions in other shapes, and back: its C is an expression, or an element of an array.
FORMS = {
    "a new axis": lambda x: tf.sin(x)[None] * x,
    "two new axes": lambda x: tf.sin(x)[None, None] + tf.cos(x),
    "a new axis of what is computed": lambda x: (x[None] * x)[0] * x,
    "an ellipsis": lambda x: tf.sin(x)[...] * x,
    "reshape": lambda x: tf.reshape(tf.sin(x), (1, 1)) + x,
    "reshape and back": lambda x: tf.reshape(tf.sin(x)[None] * x, ()) * x,
    "broadcast": lambda x: tf.broadcast_to(tf.sin(x), (3,)) * x,
    "broadcast of an axis": lambda x: tf.broadcast_to(tf.sin(x)[None], (2, 3)) * x,
    "stack": lambda x: tf.stack([tf.sin(x), x]) * x,
    "concat": lambda x: tf.concat([tf.sin(x)[None], x[None]], 0),
    "expand_dims": lambda x: tf.expand_dims(tf.sin(x) * x, 0)[0] * x,
    "squeeze": lambda x: tf.squeeze(tf.sin(x)[None, None]) * x,
    "sum": lambda x: tf.reduce_sum(tf.sin(x)[None, None]) * x,
    "mean of an axis": lambda x: tf.reduce_mean(tf.sin(x)[None, None], 0) * x,
    "max": lambda x: tf.reduce_max(tf.sin(x)[None]) * x,
    "tile": lambda x: tf.tile(tf.sin(x)[None], [3]) * x,
    "fill": lambda x: tf.fill([2, 2], tf.sin(x)),
    "pad": lambda x: tf.pad(tf.sin(x)[None], [[1, 2]]) * x,
    "transpose": lambda x: tf.transpose(tf.sin(x)[None, None]) * x,
    "reversed": lambda x: tf.sin(x)[None][::-1] * x,
    "where": lambda x: tf.where(x > 0.0, tf.sin(x), x)[None],
    "cast": lambda x: tf.cast(tf.sin(x), tf.float32)[None] * 2.0,
    "matmul": lambda x: tf.matmul(tf.sin(x)[None, None], x[None, None]),
    "dot": lambda x: tf.sin(x)[None] @ x[None],
    "cumprod": lambda x: tf.math.cumprod(tf.sin(x)[None]) * x,
    "softmax": lambda x: tf.nn.softmax(tf.stack([x, tf.sin(x)])),
}


def test_a_scalar_in_other_shapes(tmp_path):
    for form in FORMS.values():
        program = tf.Program.from_function(form, tf.constant(0.75, tf.float64))
        assert all(one.to_c() for one in (program, program.gradient(), program.jvp()))
    check(lambda x: [form(x) for form in FORMS.values()], tf.constant(0.75, tf.float64), folder=tmp_path)


LOOPS = {
    "while": lambda x, w: tf.while_loop(lambda i, y: i < 90, lambda i, y: (i + 1, tf.sin(y) * w + 0.1), (0, x))[1],
    "scan": lambda x, w: tf.scan(lambda a, e: a * w + tf.tanh(e), tf.sin(tf.range(90.0))[:, None] * x, x),
    "foldr": lambda x, w: tf.foldr(lambda a, e: a * w * e + 0.5, tf.sin(tf.range(90.0))[:, None] * x, x),
    "of several": lambda x, w: tf.foldl(
        lambda s, e: (s[1] * e, s[0] + tf.reduce_sum(s[1] * w), tf.logical_not(s[2])),
        tf.cast(tf.sin(tf.range(90.0)), x.dtype),
        (x, w, tf.constant(True)),
    ),
    "of rows": lambda x, w: tf.map_fn(
        lambda e: (tf.reduce_max(e * x + w) * e, e), tf.cast(tf.sin(tf.range(200.0)), x.dtype)
    ),
}


@pytest.mark.parametrize(("name", "dtype"), [*((name, "float64") for name in LOOPS), ("of several", "float32")])
def test_loops_are_loops_in_c(name, dtype, tmp_path):
    operands = np.array([0.3, 0.6], dtype), np.array([0.7, -0.4], dtype)
    check(LOOPS[name], *operands, folder=tmp_path)
    assert "rounds" in str(tf.Program.from_function(LOOPS[name], *operands))


def test_a_loop_that_asks_how_long_it_runs_is_not_written():
    program = tf.Program.from_function(
        lambda x: tf.while_loop(lambda y: y < 9.0, lambda y: y * 1.5, [x]), tf.TensorSpec([], tf.float64)
    )
    with pytest.raises(NotImplementedError, match="how many rounds there are is found when it runs"):
        program.to_c()
