"""`tf.function(jit_compile=True)`: the same numbers to the last bit, by code that a compiler made.

Without a compiler, or where it fails, by a replay, with a warning.
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.programs import kept_code, native
from row_samples import VALUES, Sample, has_derivative

HANGS = 600.0
"""Seconds after which a thread waits in vain, on however busy a machine."""

pytestmark = pytest.mark.skipif(native._compiler() is None, reason="there is no C compiler")

EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, 3.0, np.inf, -np.inf, np.nan, 1e-310, -1e30, 1e-45, 2.0**24 + 1]


@pytest.fixture(autouse=True)
def folder(tmp_path_factory: Any, monkeypatch: Any) -> Path:
    """A folder for the compiled programs of all of these tests."""
    found = Path(tmp_path_factory.getbasetemp()) / "native"
    monkeypatch.setenv("AUTODIFF_CACHE_DIR", str(found))
    return found


def is_native(program: Any) -> bool:
    return _core.plan_of(program).native_steps > 0


def assert_same_bits(found: Any, expected: Any) -> None:
    for one, other in zip(tf.nest.flatten(found), tf.nest.flatten(expected), strict=True):
        if other is None:
            assert one is None
            continue
        one, other = np.asarray(one), np.asarray(other)
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        np.testing.assert_array_equal(one, other)
        if one.dtype.kind == "f":
            np.testing.assert_array_equal(np.signbit(one[one == 0]), np.signbit(other[other == 0]))


def check(f: Any, *calls: list[Any]) -> None:
    """The same by Python, by a replay, and by native code, for each of the arguments in turn."""
    compiled = tf.function(f, jit_compile=True)
    with np.errstate(all="ignore"):
        for arguments in (*calls, *calls):
            assert_same_bits(compiled(*arguments), f(*arguments))
    assert all(is_native(program) for program in compiled.variants)


ELEMENTWISE = [
    sample
    for sample in VALUES
    if sample.row.kind == "elementwise"
    and not sample.row.by_values
    and all(array.size and array.dtype.kind in "fb" for array in sample.operands)
]


def of_all_rows(samples: list[Sample], operands: list[list[Any]], derivatives: bool) -> list[Any]:
    found = []
    for sample, given in zip(samples, operands, strict=True):
        floats = [x for x in given if x.dtype.kind == "f"]
        with tf.GradientTape() as tape:
            tape.watch(floats)
            y = sample.call(*given)
        found.append(y)
        if derivatives and y.dtype.kind == "f" and has_derivative(sample.row):
            found.extend(tape.gradient(y, floats, unconnected_gradients="zero"))
    return found


@pytest.mark.parametrize("size", [(), (300,)], ids=["numbers", "arrays"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=lambda dtype: dtype.__name__)
def test_every_elementwise_row_and_its_slopes(dtype: Any, size: Any) -> None:
    samples = list({sample.row.name: sample for sample in ELEMENTWISE}.values())
    assert len(samples) > 100
    draws = np.random.default_rng(1)

    def operands(edges: bool) -> list[list[Any]]:
        found = []
        for sample in samples:
            arrays = []
            for array in sample.operands:
                given = draws.choice(array.reshape(-1), size)
                if edges and array.dtype.kind == "f":
                    given = draws.choice(EDGES, size)
                arrays.append(tf.constant(np.asarray(given, dtype if array.dtype.kind == "f" else array.dtype)))
            found.append(arrays)
        return found

    compiled = tf.function(lambda given: of_all_rows(samples, given, True), jit_compile=True)
    replayed = tf.function(lambda given: of_all_rows(samples, given, True))
    with np.errstate(all="ignore"):
        for given in (operands(False), operands(False), operands(True), operands(True), operands(True)):
            assert_same_bits(compiled(given), replayed(given))
    assert compiled.variants and all(is_native(program) for program in compiled.variants)


def curved(x: Any) -> Any:
    return tf.reduce_sum(tf.exp(-x * x) * tf.sin(x) + tf.sqrt(tf.abs(x) + 1.0) / (1.0 + x * x))


def drawn(*shape: int, dtype: Any = np.float64, seed: int = 0) -> Any:
    return tf.constant(np.random.default_rng(seed).normal(size=shape).astype(dtype))


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("shape", [(), (1,), (7,), (1025,), (300, 401), (0,), (3, 0)])
def test_values_gradients_and_second_derivatives(shape: Any, threads: int) -> None:
    def f(x: Any) -> Any:
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = curved(x)
            g = tape.gradient(y, x)
            s = tf.reduce_sum(g * g)
        return y, g, outer.gradient(s, x)

    before = tf.get_num_threads()
    tf.set_num_threads(threads)
    try:
        check(f, [drawn(*shape)], [drawn(*shape, seed=1)])
    finally:
        tf.set_num_threads(before)


def test_operands_that_are_broadcast_strided_padded_and_numbers() -> None:
    def f(x: Any, row: Any, number: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch([x, row, number])
            y = x[:, ::-1] * row + number * tf.transpose(tf.reshape(x, (6, 4))) - x[:, 1:2]
            z = tf.reduce_sum(y[1:] * y[:-1], 0) + tf.where(row > 0.0, row, number)
            s = tf.reduce_sum(z * z)
        return y, z, tape.gradient(s, [x, row, number])

    check(f, [drawn(4, 6), drawn(6), drawn()], [drawn(4, 6, seed=3), drawn(6, seed=4), drawn(seed=5)])


def test_inside_a_tape_a_batch_and_forward_mode() -> None:
    compiled = tf.function(curved, jit_compile=True)
    plain = tf.function(curved)
    x, direction = drawn(50), drawn(50, seed=1)
    for _ in range(3):
        found = []
        for f in (compiled, plain):
            with tf.GradientTape(persistent=True) as tape:
                tape.watch(x)
                y = f(x) * 2.0
            with tf.autodiff.ForwardAccumulator(x, direction) as accumulator:
                moved = accumulator.jvp(f(x))
            found.append([y, tape.gradient(y, x), moved, tf.vectorize(f)(drawn(4, 50)), tf.hvp(f, x, direction)])
        assert_same_bits(*found)


def test_guards_assignments_and_rows_of_variables() -> None:
    def make() -> Any:
        table, count = tf.Variable(np.zeros((4, 3))), tf.Variable(0.0, dtype=tf.float64)

        def f(x: Any) -> Any:
            count.assign_add(tf.reduce_sum(x * x))
            table.scatter_nd_add([[1], [1]], tf.stack([x + 1.0, x * 2.0]))
            if count > 3.0:
                return x * count
            return x - count

        return f, table, count

    plain, compiled = make(), make()
    f = tf.function(compiled[0], jit_compile=True)
    for k in range(8):
        x = drawn(3, seed=k % 3)
        assert_same_bits([f(x), *compiled[1:]], [plain[0](x), *plain[1:]])
    assert len(f.variants) == 2


def test_a_long_chain_of_numbers() -> None:
    def f(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x
            for k in range(120):
                y = tf.sin(y) * x + tf.cos(y) / (k + 1.0) if k % 3 else tf.maximum(y * y, 0.1)
        return y, tape.gradient(y, x)

    check(f, [tf.constant(0.3)], [tf.constant(-0.7)])
    check(f, [tf.constant(0.3, dtype=tf.float64)], [tf.constant(-0.7, dtype=tf.float64)])


def test_the_bodies_of_loops() -> None:
    def numbers(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            _, y = tf.while_loop(lambda k, y: k < 500, lambda k, y: (k + 1, y - 0.01 * y * y / (1.0 + y * x)), (0, x))
        return y, tape.gradient(y, x)

    def arrays(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            kept = tf.scan(lambda s, row: tf.tanh(s * 0.5 + row * row) - s * row, tf.stack([x] * 400), x)
            y = tf.reduce_sum(kept)
        return kept, tape.gradient(y, x)

    for f, arguments in ((numbers, [drawn(), drawn(seed=1)]), (arrays, [drawn(30), drawn(30, seed=1)])):
        compiled, replayed = tf.function(f, jit_compile=True), tf.function(f)
        for x in (*arguments, *arguments):
            assert_same_bits(compiled(x), replayed(x))
        bodies = [
            part
            for program in compiled.variants
            for k in range(len(program))
            if isinstance(program.node(k)[4], tuple)
            for part in program.node(k)[4]
            if hasattr(part, "compiled_by")
        ]
        assert bodies and all(is_native(body.program) for body in bodies)


def test_programs_that_are_saved_forget_it(tmp_path: Path) -> None:
    f = tf.function(curved, jit_compile=True)
    f(drawn(5))
    program = f.get_concrete_function(drawn(5)).program
    program.save(tmp_path / "program")
    assert_same_bits(tf.Program.load(tmp_path / "program")(drawn(5)), curved(drawn(5)))


def test_what_was_compiled_is_found_again_and_a_broken_file_is_made_anew(
    tmp_path: Path, monkeypatch: Any, caplog: Any
) -> None:
    monkeypatch.setenv("AUTODIFF_CACHE_DIR", str(tmp_path / "own"))
    caplog.set_level(logging.INFO, "autodiff_core.native")
    x = drawn(6)
    for times, spoil in ((1, False), (1, True), (2, False)):
        f = tf.function(lambda x: x * x * 3.25 - x, jit_compile=True)
        assert_same_bits([f(x), f(x)], [x * x * 3.25 - x] * 2)
        del f
        gc.collect()
        assert len([text for text in caplog.messages if text.startswith("compiled ")]) == times
        for file in (tmp_path / "own").iterdir() if spoil else ():
            file.unlink()
            file.write_bytes(b"")
    assert len(list((tmp_path / "own").iterdir())) == 1


def test_libraries_go_with_their_programs() -> None:
    gc.collect()  # what other tests have left
    before = len(native._loaded)
    f = tf.function(lambda x: x * 7.5 + 1.0 / (x * x + 0.125), jit_compile=True)
    f(drawn(9)), f(drawn(9))
    assert len(native._loaded) == before + 1
    del f
    gc.collect()
    assert len(native._loaded) == before


def test_in_the_background() -> None:
    f = tf.function(lambda x: tf.reduce_sum(x * x * x - 2.0 * x), jit_compile="async")
    x = drawn(40)
    first = f(x), f(x)
    for thread in threading.enumerate():
        if thread.name == "autodiff_core native code":
            thread.join()
    assert_same_bits([*first, f(x)], [tf.reduce_sum(x * x * x - 2.0 * x)] * 3)
    assert all(is_native(program) for program in f.variants)


def test_in_the_background_no_more_compilers_run_than_there_are_cores(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("AUTODIFF_CACHE_DIR", str(tmp_path / "own"))
    monkeypatch.setattr(native, "_background", threading.Semaphore(0))  # all of them are busy
    f, x = code_of(20, "async"), drawn(9)
    expected = f(x)
    assert_same_bits(f(x), expected)
    assert not any(is_native(program) for program in f.variants)
    native._background.release()
    for thread in threading.enumerate():
        if thread.name == "autodiff_core native code":
            thread.join()
    assert_same_bits(f(x), expected)
    assert all(is_native(program) for program in f.variants)


def test_other_words_are_refused() -> None:
    with pytest.raises(ValueError, match=r"jit_compile is True, False, None or 'async', not 'soon'"):
        tf.function(curved, jit_compile="soon")


PROGRAM = """
import warnings
import autodiff_core as tf
f = tf.function(lambda x: x * x + 1.0, jit_compile=True)
with warnings.catch_warnings(record=True) as found:
    warnings.simplefilter("always")
    print([float(f(tf.constant(2.0))) for _ in range(3)], *[str(w.message) for w in found], sep="\\n")
"""


def run(**environment: str) -> list[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("CC", "AUTODIFF_CACHE_DIR")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=kept | environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip().split("\n")


def test_without_a_compiler_there_is_one_warning_and_a_replay(tmp_path: Path) -> None:
    results, *told = run(PATH="", AUTODIFF_CACHE_DIR=str(tmp_path))
    assert results == "[5.0, 5.0, 5.0]"
    assert len(told) == 1
    assert "jit_compile: programs are replayed, not compiled: there is no C compiler" in told[0]


def test_a_compiler_that_fails_is_quoted(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho out of order >&2\nexit 1\n")
    broken.chmod(0o700)
    results, *told = run(CC=str(broken), AUTODIFF_CACHE_DIR=str(tmp_path / "own"))
    assert results == "[5.0, 5.0, 5.0]"
    assert len(told) == 1
    assert "says: out of order" in told[0]


@pytest.mark.skipif(os.name != "posix", reason="permissions are others there")
def test_a_folder_that_others_may_write_to_is_not_trusted(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    results, *told = run(AUTODIFF_CACHE_DIR=str(shared))
    assert results == "[5.0, 5.0, 5.0]"
    assert len(told) == 1
    assert "others may write to" in told[0]
    assert not list(shared.iterdir())


def test_threads_that_call_it_for_the_first_time_together() -> None:
    f = tf.function(lambda x: x * 1.75 - 0.5 / (x + 9.0), jit_compile=True)
    x, results = drawn(33), []
    threads = [threading.Thread(target=lambda: results.extend(f(x) for _ in range(20))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert_same_bits(results, [x * 1.75 - 0.5 / (x + 9.0)] * 80)


def code_of(k: int, when: bool | str = True) -> Any:
    """A function whose native code is no other one's."""

    def f(x: Any) -> Any:
        y = 0.25 / (x * x + 2.0)
        for bit in f"{k:b}":
            y = y * x if bit == "1" else y + x
        return y

    return tf.function(f, jit_compile=when)


def in_threads(*calls: Any) -> None:
    errors: list[BaseException] = []

    def run(call: Any) -> None:
        try:
            call()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors


def test_two_programs_compile_side_by_side(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("AUTODIFF_CACHE_DIR", str(tmp_path / "own"))
    compile, both = native._compile, threading.Barrier(2, timeout=HANGS)

    def waiting(*arguments: Any) -> Path:
        both.wait()  # for the other one to be compiling, too
        return compile(*arguments)

    monkeypatch.setattr(native, "_compile", waiting)
    functions = code_of(1), code_of(2)
    in_threads(*(lambda f=f: f(drawn(9)) for f in functions))
    assert all(is_native(program) for f in functions for program in f.variants)


def test_a_program_is_compiled_once_while_another_one_replays(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("AUTODIFF_CACHE_DIR", str(tmp_path / "own"))
    compile, begun, replayed, times = native._compile, threading.Event(), threading.Event(), []
    other, x = code_of(3), drawn(9)
    expected = other(x)

    def waiting(*arguments: Any) -> Path:
        times.append(arguments)
        begun.set()
        assert replayed.wait(HANGS)
        return compile(*arguments)

    def replay() -> None:
        assert begun.wait(HANGS)
        assert_same_bits(other(x), expected)
        replayed.set()

    monkeypatch.setattr(native, "_compile", waiting)
    in_threads(lambda: code_of(4)(x), lambda: code_of(4)(x), replay)
    assert len(times) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_of_a_process_that_compiles_compiles_for_itself(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("AUTODIFF_CACHE_DIR", str(tmp_path / "own"))
    compile, begun, done = native._compile, threading.Event(), threading.Event()

    def waiting(*arguments: Any) -> Path:
        begun.set()
        assert done.wait(HANGS)
        return compile(*arguments)

    def fork() -> None:
        assert begun.wait(HANGS)
        child = os.fork()
        if child == 0:
            native._compile = compile
            os._exit(0 if code_of(5)(drawn(9)).shape == (9,) else 1)
        try:
            assert os.waitpid(child, 0)[1] == 0
        finally:
            done.set()

    monkeypatch.setattr(native, "_compile", waiting)
    in_threads(lambda: code_of(5)(drawn(9)), fork)


def fill_names(folder: Path, count: int) -> list[Path]:
    return [folder / f"{k:032x}.so" for k in range(count)]


def fill(folder: Path, count: int, size: int = 100_000) -> list[Path]:
    """Files as old as they are long in the list: the first was used longest ago."""
    folder.mkdir(mode=0o700, exist_ok=True)
    files = fill_names(folder, count)
    for k, file in enumerate(files):
        file.write_bytes(b"0" * size)
        os.utime(file, (1e9 + k, 1e9 + k))
    return files


def test_the_folder_is_cleared_of_what_was_used_longest_ago(tmp_path: Path, monkeypatch: Any) -> None:
    folder = tmp_path / "own"
    monkeypatch.setenv("AUTODIFF_CACHE_DIR", str(folder))
    monkeypatch.setenv("AUTODIFF_CACHE_MB", "1")
    code_of(6)(drawn(9))
    (used,) = folder.iterdir()
    os.utime(used, (1e9 - 1, 1e9 - 1))
    gc.collect()  # (the program has gone: its code is loaded again from the folder, and so used)
    code_of(6)(drawn(9))
    files = fill(folder, 9)
    strange = [folder / "lib.so", folder / "notes"]
    for file in strange:
        file.write_bytes(b"0" * 2_000_000)
    code_of(7)(drawn(9))
    assert all(file.exists() for file in [used, *files, *strange])  # 0.9 MB and some: they fit
    fill(folder, 11)
    code_of(8)(drawn(9))
    assert used.exists() and all(file.exists() for file in strange)
    kept = [file for file in fill_names(folder, 11) if file.exists()]
    assert kept == fill_names(folder, 11)[-len(kept) :] and len(kept) == 7  # three quarters, the last ones
    assert len([file for file in folder.glob("*.so") if file not in (*strange, *kept)]) == 3


def test_nothing_is_kept_where_that_is_asked_for_and_what_is_loaded_runs_on(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("AUTODIFF_CACHE_DIR", str(tmp_path / "own"))
    monkeypatch.setenv("AUTODIFF_CACHE_MB", "0")
    f, x = code_of(9), drawn(9)
    assert_same_bits([f(x), f(x)], [f.python_function(x)] * 2)
    assert all(is_native(program) for program in f.variants)
    assert not list((tmp_path / "own").iterdir())


def test_a_limit_that_is_no_number_is_ignored_with_a_warning(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("AUTODIFF_CACHE_DIR", str(tmp_path / "own"))
    monkeypatch.setenv("AUTODIFF_CACHE_MB", "much")
    with pytest.warns(RuntimeWarning, match="AUTODIFF_CACHE_MB is 'much', which is no number of megabytes"):
        code_of(10)(drawn(9))
    assert len(list((tmp_path / "own").iterdir())) == 1


def test_what_an_ended_process_was_compiling_in_is_removed_and_what_another_one_is_in_stays(
    tmp_path: Path, monkeypatch: Any
) -> None:
    folder = tmp_path / "own"
    monkeypatch.setenv("AUTODIFF_CACHE_DIR", str(folder))
    for name in ("compiling-old", "compiling-new"):
        (folder / name).mkdir(mode=0o700, parents=True)
        (folder / name / "steps.c").write_text("int main;")
    folder.chmod(0o700)
    os.utime(folder / "compiling-old", (1e9, 1e9))
    code_of(11)(drawn(9))
    assert sorted(path.name for path in folder.iterdir() if path.is_dir()) == ["compiling-new"]


def test_threads_that_clear_the_folder_at_once_leave_three_quarters(tmp_path: Path) -> None:
    for _ in range(5):
        files = fill(tmp_path / "own", 30)
        in_threads(*[lambda: kept_code._clear(tmp_path / "own", 2_000_000)] * 8)
        assert [file.exists() for file in files] == [False] * 15 + [True] * 15


def test_a_folder_that_cannot_be_is_no_obstacle_to_compiling(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    results, *told = run(AUTODIFF_CACHE_DIR=str(tmp_path / "file" / "below"))
    assert results == "[5.0, 5.0, 5.0]"
    assert len(told) == 1
    assert "jit_compile: what is compiled is not kept for other processes" in told[0]


@pytest.mark.parametrize(("k", "where"), list(enumerate(["workplace", "written", "moved", "cleared"])))
def test_a_folder_that_is_full_or_read_only_is_no_obstacle(
    k: int, where: str, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setenv("AUTODIFF_CACHE_DIR", str(tmp_path / "own"))
    monkeypatch.setattr(native, "_said", set())
    write, full = Path.write_text, OSError(28, "No space left on device")

    def refuse(*arguments: Any, **named: Any) -> Any:
        raise full

    def write_elsewhere(path: Path, *arguments: Any, **named: Any) -> Any:
        return refuse() if tmp_path in path.parents else write(path, *arguments, **named)

    if where == "workplace":
        monkeypatch.setattr(kept_code, "TemporaryDirectory", refuse)
    elif where == "written":
        monkeypatch.setattr(Path, "write_text", write_elsewhere)
    elif where == "moved":
        monkeypatch.setattr(Path, "replace", refuse)
    else:
        monkeypatch.setattr(os, "scandir", refuse)
    f, x = code_of(12 + k), drawn(9)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        assert_same_bits([f(x), f(x)], [f.python_function(x)] * 2)
    monkeypatch.undo()
    assert all(is_native(program) for program in f.variants)
    assert ["No space left on device" in str(one.message) for one in found] == [True] * (
        where in ("workplace", "written")
    )
    assert len(list((tmp_path / "own").glob("*.so"))) == (where == "cleared")


def test_what_a_compiler_says_of_several_programs_is_one_warning(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("AUTODIFF_CACHE_DIR", str(tmp_path / "own"))
    monkeypatch.setattr(native, "_said", set())
    monkeypatch.setattr(native, "_compiler", lambda: (sys.executable, "-c", "import sys; sys.exit(str(sys.argv))"))
    with pytest.warns(UserWarning, match="programs are replayed, not compiled: .* says: .*steps.c") as found:
        for k in (21, 22):
            code_of(k)(drawn(9))
    assert len(found) == 1


AT_THE_END = """
import atexit
atexit.register(lambda: print(float(f(x))))
import autodiff_core as tf
f, x = tf.function(lambda x: x * x + 1.0, jit_compile=True), tf.constant(2.0)
f(x)
"""


def test_native_code_runs_while_the_interpreter_ends(folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", AT_THE_END], capture_output=True, text=True, check=True)
    assert done.stdout == "5.0\n"


def test_other_compilers_agree(monkeypatch: Any) -> None:
    if shutil.which("clang") is None:
        pytest.skip("there is no clang")
    monkeypatch.setattr(native, "_compiler", lambda: ("clang",))
    check(lambda x: curved(x) + x * 3.5, [drawn(700)])
