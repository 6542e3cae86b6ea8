"""What every row says of its C text and of its cost, and whether that is what its kernel gives."""

import ctypes
import math
import re
import subprocess
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from algebra.corpus import CORPUS
from autodiff_core import _core
from autodiff_core.ops import c_loops, forms
from autodiff_core.ops.forms import Without
from autodiff_core.ops.table import rows
from autodiff_core.programs.file_check import load_all_rows
from test_c_source import COMPILER, INTEGERS, A, check, compiled_apart, run, tensors_of

load_all_rows()
NAMES = [name for name in _core.row_names() if name != "projection"]  # (which is what other records' outputs are)
ROWS = rows()
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="there is no C compiler")


def test_every_row_is_written_in_c_or_says_why_it_is_not():
    for name in NAMES:
        c = _core.op_named(name).c
        assert isinstance(c, (str, Without)) or callable(c) or _core.formula_of(name) is not None, name
        if isinstance(c, Without):
            assert c is not c_loops.SILENT and c.why and not c.why.endswith("."), name


def test_every_row_has_a_cost_or_says_why_it_has_none():
    for name in NAMES:
        cost = _core.op_named(name).cost
        assert cost in (forms.VIEW, forms.MOVE, forms.EACH) or callable(cost) or isinstance(cost, Without), name


def parts():
    """All calls that rows are tested with: (name, call, operands)."""
    generator = np.random.default_rng(0)
    for row in ROWS:
        if row.cases:
            for case in row.cases:
                yield row.name, case.call, [generator.normal(size=shape) for shape in case.shapes]
        elif row.domain:
            own: list[Any] = [generator.uniform(low, high, (2, 3)) for low, high in row.domain]
            if row.condition:
                own[0] = own[0] > 0
            if row.name in INTEGERS:
                own = [x > 0 for x in own] if isinstance(_core.op_named(row.name).c, str) else [np.arange(6)] * len(own)
            yield row.name, row.function, own


@needs_compiler
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_gamma_functions_are_scipys_where_they_cancel_have_poles_and_are_reflected(dtype, tmp_path):
    x = np.concatenate([np.linspace(-7.3, 25.0, 400), [1.4616321449683623, -0.5040830082644554, 1e-9, 1e9]]).astype(
        dtype
    )
    names = ["gammaln", "psi", "rgamma", "gamma"]
    program = tf.Program.from_function(lambda x: [_core.op_named(name).function(x) for name in names], x)
    (c,) = compiled_apart([program], tmp_path)
    with np.errstate(all="ignore"):
        wanted = tensors_of(program(x))
    for name, found, value in zip(names, run(c, program, [x])[1], wanted, strict=True):
        rtol, atol = (2e-12, 2e-14) if dtype == np.float64 else (3e-7, 1e-12)
        np.testing.assert_allclose(found, value.numpy(), rtol=rtol, atol=atol, err_msg=name)


@needs_compiler
def test_special_functions_at_special_points_are_scipys(tmp_path):
    points = np.array([0.0, -0.0, 1.0, 0.5, -1.0, 2.5, 1e-9, -1e-9, 40.0, np.inf, -np.inf, np.nan])
    x, y = (np.ascontiguousarray(part) for part in np.broadcast_arrays(points[:, None], points))
    names = ["ndtr", "exp10", "logit", "entr", "rel_entr", "kl_div", "exprel", "cosm1", "huber", "boxcox", "boxcox1p"]
    names.append("gammaln")
    rows_of = [_core.op_named(name) for name in names]
    program = tf.Program.from_function(
        lambda x, y: [row.function(*(x, y)[: len(row.parameters)]) for row in rows_of], x, y
    )
    (c,) = compiled_apart([program], tmp_path)
    with np.errstate(all="ignore"):
        wanted = tensors_of(program(x, y))
    for name, found, value in zip(names, run(c, program, [x, y])[1], wanted, strict=True):
        np.testing.assert_allclose(found, value.numpy(), rtol=1e-13, atol=1e-300, err_msg=name)


@needs_compiler
@pytest.mark.parametrize("axis, direction", [(0, "ASCENDING"), (1, "DESCENDING")])
def test_sorting_puts_what_is_no_number_behind(axis, direction, tmp_path):
    x = np.random.default_rng(0).normal(size=(37, 23))
    x[3, :5] = x[7:11, 2] = np.nan
    x[5] = np.inf
    x[6, ::2] = -np.inf
    check(lambda x: tf.sort(x, axis, direction), x, folder=tmp_path, derivatives=False)


# ------------------------------------------------------------------------------------------------------- rows of users


@needs_compiler
def test_reductions_of_truth_values_are_written(tmp_path):
    def function(x):
        held = x > 0.0
        parts = [tf.reduce_max(held, 0), tf.reduce_min(held, 0), tf.reduce_any(held, 0), tf.reduce_all(held, 0)]
        parts += [tf.roll(held, 1, 1), np.add(held, x < -0.5), np.isnan(held), np.isfinite(held), np.signbit(held)]
        return [tf.cast(part, x.dtype) * x for part in parts]

    check(function, A, folder=tmp_path)


@needs_compiler
def test_rows_of_users_are_written_as_they_say(tmp_path):
    smooth = tf.elementwise_op(
        "smooth_in_c",
        None,
        lambda g, x, width, y: g * (x / y),
        None,
        formula=lambda x, width: tf.sqrt(x * x + width * width),
        parameters=("x", "width"),
        c="const double r = hypot(x, width);\nreturn r;",
        cost=5,
    )
    flip = tf.linear_op(
        "flip_in_c",
        lambda x, by: by * x[..., ::-1],
        lambda g, by: by * g[..., ::-1],
        c=(_flipped, _flipped),
        cost=lambda x, by: 7,
    )
    outer = tf.general_op(
        "outer_in_c",
        np.outer,
        lambda g, y, u, v: (tf.linalg.matvec(g, v), tf.linalg.matvec(g, u, transpose_a=True)),
        c=lambda y, u, v: (
            f"for (int i = 0; i < {u.shape[0]}; ++i)\n"
            f"    for (int k = 0; k < {v.shape[0]}; ++k) {y.at('ik')} = {u.at('i')} * {v.at('k')};"
        ),
        cost=1,
    )
    total = tf.general_op(
        "total_in_c",
        lambda x: x[0] + x[1],
        lambda g, y, x: tf.stack([g, g]),
        c=lambda y, x: f"{y.at(())} = {x.at([0])} + {x.at([1])};",
    )
    for k in range(3):
        (tmp_path / str(k)).mkdir()
    check(lambda x: flip(smooth(x, 2.0), by=3.0) * 2.0, A, folder=tmp_path / "0")
    check(lambda u, v: outer(u, v), A[0].copy(), A[:, 0].copy(), folder=tmp_path / "1")
    check(lambda u: total(u[:2]) * u, A[0].copy(), folder=tmp_path / "2")
    program = tf.Program.from_function(lambda x: total(outer(flip(smooth(x, 2.0), by=3.0), x)[:, 0]), A[0].copy())
    cost = program.cost()
    assert {op: cost.by_op[op][1] for op in ("smooth_in_c", "flip_in_c", "outer_in_c")} == {
        "smooth_in_c": 20,
        "flip_in_c": 7,
        "outer_in_c": 16,
    }
    assert list(cost.uncounted) == ["total_in_c"] and "give the row its `cost`" in str(cost)


def _flipped(y, x, by):
    (n,) = x.shape[-1:]
    index = [f"i{d}" for d in range(len(x.shape))]
    turned = [*index[:-1], f"({n - 1} - {index[-1]})"]
    loops = [f"for (int {i} = 0; {i} < {size}; ++{i})" for i, size in zip(index, x.shape, strict=True)]
    return "\n".join([*loops, f"    {y.at(index)} = {by} * {x.at(turned)};"])


def test_rows_of_users_that_say_nothing_are_named_with_what_to_do():
    plain = tf.general_op("plain_in_c", np.sinc, None)
    with pytest.raises(NotImplementedError, match=r"to_c: plain_in_c is not written in C: .* give the row its `c`"):
        tf.Program.from_function(lambda x: plain(x), A).to_c()


WRITTEN = {
    "cumsum", "sort", "order_statistics", "gammaln", "roll", "take", "gather_rows", "windows", "pick", "put",
    "take_along", "softmax_cross_entropy", "sparse_softmax_cross_entropy", "matmul", "linear_recurrence",
    "set_at",
}  # fmt: skip


def written(calls, derivatives, folder):
    """The names of functions whose programs, or gradients, are written in C, and give the same there."""
    programs = []
    for name, call, operands in calls:
        try:
            program = tf.Program.from_function(call, *operands)
        except (RuntimeError, TypeError) as error:  # what reads files, or the elements of a dataset, has no program
            known = ("a recorded function would do so when it is recorded", "is run as the Python that it is")
            assert any(text in str(error) for text in known), (name, str(error))
            continue
        if derivatives:
            try:
                program = program.gradient()
            except (LookupError, ValueError):
                continue  # there is none, or nothing to differentiate
        try:
            source = program.to_c(f"p{len(programs)}")
        except NotImplementedError as error:
            assert "not written in C: " in str(error), (name, str(error))
            continue
        (folder / f"p{len(programs)}.c").write_text(source)
        programs.append((name, program, operands))
    functions = compiled_together(len(programs), folder)
    for k, (name, program, operands) in enumerate(programs):
        code, outputs, _ = run(functions[f"p{k}"], program, tf.nest.flatten(operands))
        assert code == 0, name
        with np.errstate(all="ignore"):
            wanted = tensors_of(program(*operands))
        for found, value in zip(outputs, wanted, strict=True):
            np.testing.assert_allclose(found, value.numpy(), rtol=1e-12, atol=1e-13, err_msg=name)
    return {name for name, _, _ in programs}


def compiled_together(count, folder):
    """One library of many programs, whose helpers have the same names, but for the file that includes them all."""
    lines = []
    for k in range(count):
        words = (folder / f"p{k}.c").read_text().replace("(", " ").split()
        helpers = sorted({word for word in words if word.startswith("ad")})
        lines += [f"#define {word} {word}_{k}" for word in helpers]
        lines += [f'#include "p{k}.c"', *(f"#undef {word}" for word in helpers)]
    (folder / "all.c").write_text("\n".join(lines) + "\n")
    library = folder / "all.so"
    flags = ["-std=c99", "-O0", "-pipe", "-shared", "-fPIC", "-Wall", "-Werror", "-Wno-unused"]
    subprocess.run([COMPILER, *flags, "-o", library, folder / "all.c", "-lm"], check=True, capture_output=True)
    return ctypes.CDLL(str(library))


@needs_compiler
@pytest.mark.parametrize("derivatives", [False, True])
def test_every_case_of_every_row_is_in_c_what_its_program_gives_or_the_error_says_why_not(derivatives, tmp_path):
    found = written(parts(), derivatives, tmp_path)
    assert derivatives or found >= WRITTEN


@needs_compiler
@pytest.mark.parametrize("derivatives", [False, True])
def test_every_function_of_the_corpus_is_in_c_what_its_program_gives_or_the_error_says_why_not(derivatives, tmp_path):
    calls = []
    for entry in CORPUS.values():
        made = entry.make(tf)
        calls.append((entry.name, made[0] if isinstance(made, tuple) else made, entry.points[0]))
    assert len(written(calls, derivatives, tmp_path)) > 0.6 * len(CORPUS)


CUBE = ("cube_said_wrong", None, lambda g, x, y: g * 3.0 * x * x)


@pytest.mark.parametrize(
    "text, why",
    [
        ("", "says nothing"),
        ("x // hi", "has '//' in it, which no kernel needs"),
        ("x /* hi", "has '/*' in it"),
        ("*/ x", "has '*/' in it"),
        ('x #include "a"', "has '#' in it"),
        ("x\\", r"has '\\' in it"),
        ("x \u00b7 x", "has '\u00b7' in it"),
        ("sin(x", "has brackets that do not match"),
        ("return x]; }", "has brackets that do not match"),
        ("x * 3.0;", "is no single expression"),
        ("x * 2.0, x * 3.0", "is no single expression"),
        ("(double[]){x, 2.0 * x}[1]", "is no single expression"),
        ("x = 2.0", "is no single expression"),
        ("x++", "is no single expression"),
        ("x * 0.1L", "has the number 0.1L: numbers are decimal, double, and without a suffix"),
        ("x * 2.0f", "has the number 2.0f"),
        ("x * 0x10", "has the number 0x10"),
        ("y", "names y, which is no operand"),
        ("foo(x)", "calls foo, which is no function of double in math.h"),
        ("returned * 2.0", "names returned, which is no operand"),
    ],
)
def test_c_that_is_no_kernel_is_refused_before_there_is_a_row(text, why):
    with pytest.raises(ValueError, match=re.escape(f"cube_said_wrong: c={text!r} {why}")) as caught:
        tf.elementwise_op(*CUBE, formula=lambda x: x * x * x, c=text)
    assert "give an expression in x, such as 'fabs(x)', or the body of a function that returns one" in str(caught.value)
    assert "cube_said_wrong" not in _core.row_names()


@pytest.mark.parametrize("c", [3, b"x", ("x",), lambda x: "x"])
def test_c_of_an_elementwise_row_is_text(c):
    with pytest.raises(TypeError, match=r"cube_said_wrong: c is the kernel in C, a str, not \w+"):
        tf.elementwise_op(*CUBE, formula=lambda x: x * x * x, c=c)


@pytest.mark.parametrize("c", [3, "x", (1,), (_flipped,) * 3])
def test_c_of_a_linear_row_is_a_pair(c):
    with pytest.raises(TypeError, match="flip_said_wrong: c is a pair of functions, for the op and for its transpose"):
        tf.linear_op("flip_said_wrong", lambda x: x, lambda g: g, c=c)


@pytest.mark.parametrize("c", [3, "x"])
def test_c_of_other_rows_is_a_function(c):
    with pytest.raises(
        TypeError, match=r"said_wrong: c is a function of the result and the operands that returns lines"
    ):
        tf.linear_op("said_wrong", lambda x: x, lambda g: g, c=(c, c))
    with pytest.raises(
        TypeError, match=r"said_wrong: c is a function of the result and the operands that returns lines"
    ):
        tf.general_op("said_wrong", np.sin, None, c=c)


@pytest.mark.parametrize("cost", ["a", -1, math.nan, math.inf, 1j, True, np.ones(2)])
def test_a_cost_is_a_number_of_operations(cost):
    wanted = "said_wrong: cost is a number of operations that is finite and not negative"
    with pytest.raises(ValueError, match=wanted):
        tf.elementwise_op("said_wrong", *CUBE[1:], formula=lambda x: x * x * x, cost=cost)
    with pytest.raises(ValueError, match=wanted):
        tf.linear_op("said_wrong", lambda x: x, lambda g: g, cost=cost)
    with pytest.raises(ValueError, match=wanted):
        tf.general_op("said_wrong", np.sin, None, cost=cost)


@pytest.mark.parametrize("names", [["x y"], ["double"], ["for"], ["\u03b1"], [3]])
def test_operands_have_names_that_python_and_c_can_have(names):
    with pytest.raises(ValueError, match=r"cube_said_wrong: .* cannot be the name of an operand, in Python or in C"):
        tf.elementwise_op(*CUBE, formula=lambda x: x * x * x, parameters=names)


def test_functions_that_say_nothing_are_named_when_asked():
    for k, said in enumerate((None, "", 3)):
        silent = tf.general_op(f"silent_in_c{k}", np.sin, None, c=lambda y, x, said=said: said, cost=lambda x: -3)
        program = tf.Program.from_function(lambda x, op=silent: op(x), A)
        with pytest.raises(TypeError, match=rf"to_c: the c of silent_in_c{k} returned .*; it returns lines of C"):
            program.to_c()
        with pytest.raises(ValueError, match=rf"silent_in_c{k}: cost is a number of operations .* not -3"):
            program.cost()


@needs_compiler
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_what_may_stand_in_the_c_of_a_row_is_written_for_either_float(dtype, tmp_path):
    texts = [
        "x > 0 ? (double)(int)x * 1e-3 + fmin(x, 2.5E+1) : -x / .5",
        "isnan(x) || x >= INFINITY ? NAN : pow(fabs(x), 1.5)",
        "const double returned = x * 2.0;\nreturn returned > 1 ? sqrt(returned) : exp(-returned);",
    ]
    functions = [
        lambda x: np.where(x > 0, np.trunc(x) * 1e-3 + np.minimum(x, 25.0), -x / 0.5),
        lambda x: np.abs(x) ** 1.5,
        lambda x: np.where(2 * x > 1, np.sqrt(np.abs(2 * x)), np.exp(-2 * x)),
    ]
    x = np.array([-1.5, -0.25, 0.125, 0.75, 3.5], dtype)
    for k, (text, function) in enumerate(zip(texts, functions, strict=True)):
        name = f"stands_in_c{k}_{np.dtype(dtype).name}"
        op = tf.elementwise_op(name, None, lambda g, x, y: g, formula=lambda x: x * 1.0, c=text)
        program = tf.Program.from_function(lambda x, op=op: op(x), x)
        (folder := tmp_path / str(k)).mkdir()
        (c,) = compiled_apart([program], folder)
        np.testing.assert_allclose(run(c, program, [x])[1][0], function(x), rtol=2e-7 if dtype == np.float32 else 1e-15)
