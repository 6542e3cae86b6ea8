"""Native code for the steps of a program: written in C, compiled by the machine's own compiler, loaded.

A replay stays what it is. Only the steps that an interpreter runs, operations on numbers and elementwise operations
over one shape, become functions, which give the same results to the last bit: an operation that is exact, made of what
IEEE 754 rounds correctly, is written out, and any other calls the function or the loop that the interpreter calls.

What has been compiled is kept in a folder of the user's (kept_code.py), by what was compiled, with what and for which
processor.
"""

from __future__ import annotations

import ctypes
import hashlib
import logging
import os
import platform
import shlex
import shutil
import subprocess
import sysconfig
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from .. import _core
from ..ops.c_values import type_name
from . import kept_code
from .c_expressions import Expressions, conditions_of

__all__ = ["compiled_at_once", "compiled_later"]

_log = logging.getLogger("autodiff_core.native")

_MOST_TOGETHER = 500
"""Operations on numbers in one function: what a compiler takes for one grows faster than its length."""
_HEAD = """\
#include <math.h>
#include <stddef.h>
#if defined(__clang__)
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define INDEPENDENT _Pragma("GCC ivdep")
#else
#define INDEPENDENT
#endif
#if defined(_WIN32)
#define EXPORTED __declspec(dllexport)
#else
#define EXPORTED
#endif
"""


# ---------------------------------------------------------------------------------------------------------------- text


class _Calls:
    """The addresses that a function is given, and where in the list each of them is."""

    def __init__(self) -> None:
        self.addresses: list[int] = []
        self._places: dict[int, int] = {}

    def given(self, address: int) -> int:
        """The place of what a call is given; one for each, so that steps that are alike have the same text."""
        self.addresses.append(address)
        return len(self.addresses) - 1

    def place(self, address: int) -> int:
        if address not in self._places:
            self._places[address] = len(self.addresses)
            self.addresses.append(address)
        return self._places[address]


def _text(op: str, operands: Sequence[np.dtype[Any]], result: np.dtype[Any]) -> str | None:
    """An exact row's text, if there is one in these dtypes."""
    try:
        return Expressions().of(op, operands, result)
    except NotImplementedError:
        return None


_DOUBLE, _BOOL = np.dtype(np.float64), np.dtype(bool)


def _numbers(told: list[Any], name: str, calls: _Calls) -> Iterator[str]:
    """Operations on numbers, as a function of all of a replay's."""
    texts: dict[str, str] = {}
    parts = [told[k : k + _MOST_TOGETHER] for k in range(0, len(told), _MOST_TOGETHER)]
    for part, some in enumerate(parts):
        yield f"static void {name}_{part}(double *restrict x, char **b, void **t)"
        yield "{"
        known: dict[int, str] = {}
        for number, (what, operands, results, rounded) in enumerate(some):
            for k in operands:
                if k not in known:
                    known[k] = f"x{number}_{k}"
                    yield f"    const double {known[k]} = x[{k}];"
            given = [known[k] for k in operands]
            if what[0] == "store":
                kind = type_name("native code", what[1])
                value = f"{given[0]} != 0" if what[1] == _BOOL else f"({kind}){given[0]}"
                yield f"    *({kind} *)(b[{what[2]}] + {what[3]}) = {value};"
                continue
            if what[0] == "sincos":
                sine, cosine = results
                yield f"    double v{number}, w{number};"
                call = f"((void (*)(double, double *, double *))t[{calls.place(what[1])}])"
                yield f"    {call}({given[0]}, &v{number}, &w{number});"
                yield f"    x[{sine}] = v{number};"
                yield f"    x[{cosine}] = w{number};"
                known[sine], known[cosine] = f"v{number}", f"w{number}"
                continue
            if what[0] == "row":
                called = f"((void (*)(const void *, double *))t[{calls.place(what[1])}])"
                yield f"    {called}(t[{calls.given(what[2])}], x);"
                known.pop(results[0], None)
                continue
            if what[0] == "load":
                value = f"*(const {type_name('native code', what[1])} *)(b[{what[2]}] + {what[3]})"
            elif what[0] == "text":
                if what[1] not in texts:
                    texts[what[1]] = _text_of_numbers(what[1], len(given))
                value = texts[what[1]].format(*given)
            elif what[0] == "call":
                kinds = ", ".join(["double"] * len(given))
                value = f"((double (*)({kinds}))t[{calls.place(what[1])}])({', '.join(given)})"
            else:
                value = given[0] if what == "move" else f"{given[0]} != 0"
            value = f"(double)(float)({value})" if rounded else value
            yield f"    const double v{number} = {value};"
            yield f"    x[{results[0]}] = v{number};"
            known[results[0]] = f"v{number}"
        yield "    (void)b; (void)t;"
        yield "}"
    yield f"EXPORTED void {name}(double *x, char **b, void **t)"
    yield "{"
    yield from (f"    {name}_{part}(x, b, t);" for part in range(len(parts)))
    yield "}"


def _text_of_numbers(op: str, count: int) -> str:
    """What the interpreter of numbers does for an exact row."""
    conditions = conditions_of(op)
    result = _BOOL if _core.op_named(op).boolean else _DOUBLE
    return Expressions().of(op, [_BOOL] * conditions + [_DOUBLE] * (count - conditions), result)


def _line(told: tuple[list[Any], list[Any]], name: str, calls: _Calls) -> Iterator[str]:
    """Elementwise operations, as a function of the blocks of their registers."""
    registers, code = told
    single = [number for number, _, _, _ in registers]
    dtypes = [dtype for _, dtype, _, _ in registers]
    kinds = [type_name("native code", dtype) if dtype.kind in "bf" else "" for dtype in dtypes]
    texts = []
    for op, exact, operands, result, _, _ in code:
        usual = all(kinds[k] for k in (*operands, result))
        text = None
        if usual and exact:
            text = "{0}" if op is None else _text(op, [dtypes[k] for k in operands], dtypes[result])
        texts.append(text)
    last = [-1] * len(registers)
    for at, (_, _, operands, _, _, _) in enumerate(code):
        for k in operands:
            last[k] = at
    yield f"EXPORTED void {name}(char **r, ptrdiff_t n, void **t)"
    yield "{"
    at = 0
    while at < len(code):
        if texts[at] is None:
            _, _, operands, result, loop, extra = code[at]
            places = ", ".join(f"r[{k}]" for k in (*operands, result))
            steps = ", ".join("0" if single[k] else str(dtypes[k].itemsize) for k in (*operands, result))
            called = "void (*)(char **, const ptrdiff_t *, const ptrdiff_t *, void *)"
            yield "    {"
            yield f"        char *a[] = {{{places}}};"
            yield f"        const ptrdiff_t s[] = {{{steps}}};"
            yield f"        (({called})t[{calls.place(loop)}])(a, &n, s, t[{calls.given(extra)}]);"
            yield "    }"
            at += 1
            continue
        end, sizes = at, dict[int, int]()
        while end < len(code) and texts[end] is not None:
            # Elements are read and written one after the other, so a scratch block is one for elements of one size.
            blocks = {
                registers[k][3]: dtypes[k].itemsize for k in (*code[end][2], code[end][3]) if registers[k][3] >= 0
            }
            if any(sizes.get(block, size) != size for block, size in blocks.items()):
                break
            sizes |= blocks
            end += 1
        made = {code[k][3] for k in range(at, end)}
        read = dict.fromkeys(k for _, _, operands, _, _, _ in code[at:end] for k in operands if k not in made)
        kept = [k for k in dict.fromkeys(code[j][3] for j in range(at, end)) if registers[k][2] or last[k] >= end]
        yield "    {"
        for k in read:
            kind = f"const {kinds[k]}"
            yield f"        {kind} {f'u{k} = *({kind} *)' if single[k] else f'*p{k} = ({kind} *)'}r[{k}];"
        for k in kept:
            yield f"        {kinds[k]} *q{k} = ({kinds[k]} *)r[{k}];"
        yield "        INDEPENDENT"
        yield "        for (ptrdiff_t i = 0; i < n; i++) {"
        for k in read:
            if not single[k]:
                yield f"            const {kinds[k]} u{k} = p{k}[i];"
        for j in range(at, end):
            _, _, operands, result, _, _ = code[j]
            text = texts[j]
            assert text is not None
            yield f"            const {kinds[result]} u{result} = {text.format(*(f'u{k}' for k in operands))};"
        for k in kept:
            yield f"            q{k}[i] = u{k};"
        yield "        }"
        yield "    }"
        at = end
    yield "    (void)r; (void)n; (void)t;"
    yield "}"


# ----------------------------------------------------------------------------------------------------------- compiling


@cache
def _compiler() -> tuple[str, ...] | None:
    """The machine's C compiler: $CC, what Python was built with, or cc; None where there is none."""
    for command in (os.environ.get("CC"), "cc", sysconfig.get_config_var("CC"), "gcc", "clang"):
        words = shlex.split(command or "")
        if words and shutil.which(words[0]):
            return tuple(words)
    return None


@cache
def _identity(compiler: tuple[str, ...]) -> str:
    """What the compiler and the processor are."""
    version = subprocess.run([*compiler, "--version"], capture_output=True, text=True, check=False).stdout
    processor = platform.processor() or platform.machine()
    described = Path("/proc/cpuinfo")
    if described.exists():
        lines = described.read_text(errors="replace").split("\n")
        processor += "".join(line for line in lines[:40] if line.startswith(("model name", "flags", "Features")))
    return f"{version}\n{platform.machine()}\n{processor}"


_FLAGS = ("-std=c99", "-fPIC", "-shared", "-ffp-contract=off", "-fno-math-errno", "-w")
_FOR_NUMBERS = ("-O1",)  # long and straight: -O2 takes three times as long, for code that is no faster
_FOR_LINES = ("-O2", "-ftree-vectorize")


class _Library:
    """A shared library that is loaded, for as long as somebody holds this."""

    def __init__(self, path: Path) -> None:
        self._loaded = ctypes.CDLL(str(path))
        # (Not when the interpreter ends: what is run then may be a replay.)
        weakref.finalize(self, _unload, self._loaded._handle).atexit = False

    def address(self, name: str) -> int:
        found = ctypes.cast(getattr(self._loaded, name), ctypes.c_void_p).value
        assert found is not None
        return found


def _unload(handle: int) -> None:
    import _ctypes

    _ctypes.dlclose(handle)


_loaded: weakref.WeakValueDictionary[str, _Library] = weakref.WeakValueDictionary()
_turns: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary()
"""A lock for each text that is being compiled: other texts, and replays, do not wait for it."""
_lock = threading.Lock()
_REPLAYED = "programs are replayed, not compiled"


def _compilers() -> threading.Semaphore:
    """As many compilers as may run in the background at once."""
    return threading.Semaphore(os.cpu_count() or 1)


_background = _compilers()


def _after_fork() -> None:
    """In a child's one thread nobody is compiling, whoever was in the parent."""
    global _lock, _background
    _lock, _background = threading.Lock(), _compilers()
    _turns.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _library(text: str, optimised: tuple[str, ...]) -> _Library | None:
    """The library of a text, compiled unless it has been; None, with a warning, where that cannot be."""
    compiler = _compiler()
    if compiler is None:
        _warn_once(_REPLAYED, "there is no C compiler (cc, or what the environment's CC names)")
        return None
    own = ("-march=native",) if platform.machine() in ("x86_64", "AMD64") else ()
    flags = (*_FLAGS, *optimised, *own)
    key = hashlib.sha256("\n".join([text, *compiler, *flags, _identity(compiler)]).encode()).hexdigest()[:32]
    with _lock:
        turn = _turns.setdefault(key, threading.Lock())
    with turn:
        found = _loaded.get(key)
        if found is None:
            try:
                found = _kept(key) or _made(text, [*compiler, *flags], key)
            except (OSError, subprocess.SubprocessError) as error:
                _warn_once(_REPLAYED, str(error) or type(error).__name__)
                return None
            _loaded[key] = found
    return found


def _kept(key: str) -> _Library | None:
    """What was compiled before, by whatever process."""
    try:
        return _Library(kept_code.used(key))
    except (OSError, RuntimeError):  # it is not there, or not whole; (no home is a RuntimeError)
        return None


def _made(text: str, command: list[str], key: str) -> _Library:
    """A text compiled and loaded; where it can be kept, it is."""
    try:
        with kept_code.workplace() as place:
            made = _compile(text, command, Path(place))
            library = _Library(made)  # from here on it is nothing to us whether the file stays
            kept_code.keep(made, key)
        return library
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:  # read-only, full, others', ...
        why = str(error) or type(error).__name__
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        library = _Library(_compile(text, command, Path(place)))
    _warn_once("what is compiled is not kept for other processes", why)
    return library


def _compile(text: str, command: list[str], folder: Path) -> Path:
    start = perf_counter()
    source, made = folder / "steps.c", folder / "steps.so"
    source.write_text(text)
    done = subprocess.run([*command, str(source), "-o", str(made), "-lm"], capture_output=True, text=True)
    if done.returncode:
        raise subprocess.SubprocessError(f"{command[0]} says: {done.stderr.strip()[:300]}")
    _log.info("compiled %d lines of C in %.2f s", text.count("\n"), perf_counter() - start)
    return made


_said: set[str] = set()


def _warn_once(what: str, why: str) -> None:
    """Of each thing once, for whatever reason: reasons name files that are others each time."""
    if what not in _said:
        _said.add(what)
        _core.warn_caller(f"jit_compile: {what}: {why}")


# -------------------------------------------------------------------------------------------------------------- plans


def _texts(parts: Iterable[tuple[int, Any]], write: Callable[..., Iterator[str]]) -> tuple[str, list[Any]]:
    """The C of steps, and for each step its number, its function, and what that calls. Steps that are alike are one
    function."""
    lines: list[str] = [_HEAD]
    functions: dict[str, str] = {}
    found: list[Any] = []
    for step, told in parts:
        calls = _Calls()
        text = "\n".join(write(told, "NAME", calls))
        if text not in functions:
            functions[text] = f"step_{len(functions)}"
            lines.append(text.replace("NAME", functions[text]))
        found.append((step, functions[text], calls.addresses))
    return "\n".join(lines) + "\n", found


def compiled_at_once(plan: Any) -> None:
    """Make the steps of a plan native code, now."""
    parts = _core.native_parts(plan)
    for k in range(len(plan.program)):
        attribute = plan.program.node(k)[4]
        for part in attribute if isinstance(attribute, tuple) else ():
            if hasattr(part, "compiled_by"):  # the body of a loop
                part.compiled_by(compiled_at_once)
    for kind, write, flags in ((list, _numbers, _FOR_NUMBERS), (tuple, _line, _FOR_LINES)):
        some = [(step, told) for step, told in parts if isinstance(told, kind)]
        text, functions = _texts(some, write)
        library = _library(text, flags) if some else None
        if library is None:
            continue
        for step, name, calls in functions:
            _core.bind_native(plan, step, library.address(name), calls, library)


def compiled_later(plan: Any) -> None:
    """The same in the background: until it is there the plan runs as it stands."""

    def run() -> None:
        with _background:
            compiled_at_once(plan)

    threading.Thread(target=run, daemon=True, name="autodiff_core native code").start()
