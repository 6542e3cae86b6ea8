"""What should never reach the library, and does: an error, and then tapes and variables are as they were.

Walks over many calls are made in a process of their own, which says where it is: that names the call that ends it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core


def all_is_well() -> None:
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(v * v)
    np.testing.assert_array_equal(tape.gradient(y, v), [2.0, 4.0])


# -- Halves -------------------------------------------------------------------------------------------------------


def test_there_is_no_tensor_without_a_value() -> None:
    t = tf.constant([1.0])
    operand = tf.Tensor.__mro__[1]
    for make in (
        lambda: tf.Tensor(),
        lambda: tf.Tensor.__new__(tf.Tensor),
        lambda: operand.__new__(tf.Tensor),
        lambda: operand(),
        lambda: type("Own", (tf.Tensor,), {})(),
        lambda: type("Own", (tf.Tensor,), {"__init__": lambda self: None})(),
        lambda: object.__new__(tf.Tensor),
        lambda: t.__reduce_ex__(2)[0](None),
    ):
        with pytest.raises(TypeError):
            make()


class _Uninitialised(tf.Variable):
    def __init__(self) -> None:
        pass


@pytest.mark.parametrize("make", [lambda: tf.Variable.__new__(tf.Variable), _Uninitialised], ids=["new", "subclass"])
def test_a_variable_that_was_never_initialised_is_nan(make: Callable[[], Any]) -> None:
    v = make()
    assert np.isnan(v.numpy())
    assert np.isnan((v + 1.0).numpy())
    with pytest.raises(AttributeError, match="_name"):
        repr(v)
    v.set_value(tf.constant([1.0, 2.0]))
    np.testing.assert_array_equal(v * v, [1.0, 4.0])


class _Unmade(tf.GradientTape):
    def __init__(self) -> None:
        pass


@pytest.mark.parametrize("make", [lambda: tf.GradientTape.__new__(tf.GradientTape), _Unmade], ids=["new", "subclass"])
def test_a_tape_that_was_never_initialised_watches_nothing(make: Callable[[], Any]) -> None:
    v = tf.Variable(3.0)
    with pytest.raises(RuntimeError, match="recorded nothing"):
        make().gradient(v, v)
    tape = make()
    with tape:
        tape.watch(v)
        y = v * v
    assert float(tape.gradient(y, v)) == 6.0


@pytest.mark.parametrize("value", [None, 1.0, [1.0], "a"])
def test_what_is_private_takes_tensors_only(value: Any) -> None:
    v = tf.Variable([1.0, 2.0])
    for call in (v.set_value, lambda x: v.set_value_if(x, x), lambda x: v.change_by("add", x)):
        with pytest.raises(TypeError, match=r"expected autodiff_core\._core\.Operand"):
            call(value)
    np.testing.assert_array_equal(v, [1.0, 2.0])


# -- Arguments whose code runs while they are looked at -----------------------------------------------------------


class _Emptying:
    """Makes a number of itself, and empties the list that it is in."""

    def __init__(self) -> None:
        self.around: list[Any] = []

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        self.around.clear()
        return np.ones(2)

    def __float__(self) -> float:
        self.around.clear()
        return 1.0


def emptied() -> list[Any]:
    item = _Emptying()
    item.around = [item, item, item, [1.0, 2.0]]
    return item.around


MAKE_NUMBERS: dict[str, Callable[[Any], Any]] = {
    "constant": tf.constant,
    "constant of a dtype": lambda x: tf.constant(x, dtype="float64"),
    "Variable": tf.Variable,
    "+": lambda x: tf.constant([[1.0, 2.0]]) + x,
    "sin": tf.sin,
    "stack": tf.stack,
    "where": lambda x: tf.where(True, x, 0.0),
    "index": lambda x: tf.constant([[1.0, 2.0]])[x],
    "at": lambda x: tf.constant([[1.0, 2.0]]).at[0].set(x),
    "shape": lambda x: tf.reshape(tf.constant([1.0, 2.0]), x),
    "axes": lambda x: tf.reduce_sum(tf.constant([1.0, 2.0]), x),
    "rows": lambda x: tf.IndexedSlices(x, [0]),
}


def walk_emptied() -> None:
    for name, call in MAKE_NUMBERS.items():
        print(name, flush=True)
        with contextlib.suppress(TypeError, ValueError, IndexError):
            call(emptied())
        gc.collect()


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyError, RecursionError], ids=lambda e: e.__name__)
def test_errors_of_an_arguments_own_arrive(error: type[Exception]) -> None:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error("its own")

    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        before = v * v
        for name, call in {
            "__array__": lambda x: v + x,
            "__tf_tensor__": lambda x: tf.sin(x),
            "__radd__": lambda x: v + x,
        }.items():
            kinds = {"__radd__": {"__array_priority__": 1.0}}.get(name, {})
            x = type("Failing", (), {name: fail, **kinds})()
            with pytest.raises(error, match="its own"):
                call(x)
    np.testing.assert_array_equal(tape.gradient(before, v), [2.0, 4.0])


# -- Rules and kernels that come back -----------------------------------------------------------------------------


def differentiated_within(act: Callable[[Any, Any, Any], Any], persistent: bool) -> tuple[list[Any], Any]:
    """What an act gives in a rule while its tape is swept, and the gradient."""
    v = tf.Variable([1.0, 2.0])
    tape = tf.GradientTape(persistent=persistent)
    given: list[Any] = []

    @tf.custom_gradient
    def same(x: Any) -> Any:
        def rule(dy: Any) -> Any:
            if not given:
                given.append(None)
                try:
                    given[0] = act(tape, y, v)
                except Exception as error:
                    given[0] = error
            return dy

        return x * 1.0, rule

    with tape:
        y = tf.reduce_sum(same(v * 2.0) * v)
    return given, tape.gradient(y, v)


def in_thread(call: Callable[[], Any]) -> Any:
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(call())
        except Exception as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    return found[0]


def entered_and_reset(tape: Any, y: Any, v: Any) -> None:
    with tape:
        tape.reset()


ACTS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "reset": lambda tape, y, v: tape.reset(),
    "entered and reset": entered_and_reset,
    "left": lambda tape, y, v: tape.__exit__(None, None, None),
    "initialised": lambda tape, y, v: tape.__init__(),
    "collected": lambda tape, y, v: gc.collect(),
    "assigned": lambda tape, y, v: v.assign([5.0, 6.0]),
    "of another shape": lambda tape, y, v: v.set_value(tf.constant([[1.0]])),
    "forty tapes": lambda tape, y, v: [tf.GradientTape().__enter__() and None for _ in range(40)],
    "in a thread": lambda tape, y, v: in_thread(lambda: tape.gradient(y, v)),
    "reset in a thread": lambda tape, y, v: in_thread(tape.reset),
}


@pytest.mark.parametrize("persistent", [True, False], ids=["persistent", "once"])
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_a_tape_is_swept_to_the_end_whatever_its_rules_do_to_it(act: Callable[..., Any], persistent: bool) -> None:
    _, gradient = differentiated_within(act, persistent)
    np.testing.assert_array_equal(gradient, [4.0, 8.0])
    gc.collect()
    all_is_well()


@pytest.mark.parametrize("thread", [False, True], ids=["itself", "in a thread"])
def test_a_rule_may_ask_for_the_derivative_that_it_is_part_of(thread: bool) -> None:
    v = tf.Variable([1.0, 2.0])
    depth = []

    @tf.custom_gradient
    def times_v(x: Any) -> Any:
        def rule(dy: Any, variables: Any = None) -> Any:
            depth.append(None)
            if len(depth) < 4:
                ask = lambda: tape.gradient(y, v)  # noqa: E731
                np.testing.assert_array_equal(in_thread(ask) if thread else ask(), [2.0, 4.0])
            np.testing.assert_array_equal(v, [1.0, 2.0])
            return dy * v, [dy * x]

        return x * v, rule

    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(times_v(v * 1.0))
    v.assign([7.0, 8.0])
    np.testing.assert_array_equal(tape.gradient(y, v), [2.0, 4.0])
    np.testing.assert_array_equal(v, [7.0, 8.0])
    assert len(depth) == 4


def test_generators_that_hold_tapes_open_leave_in_any_order() -> None:
    v = tf.Variable([1.0, 2.0])

    def suspended() -> Iterator[Any]:
        with tf.GradientTape(persistent=True):
            yield v * v

    generators = [suspended() for _ in range(50)]
    for generator in generators:
        next(generator)
    for k in np.random.default_rng(0).permutation(50):
        try:
            generators[k].close()
        except RuntimeError as error:
            assert "reverse order of entering them" in str(error)
    del generators, generator
    gc.collect()
    all_is_well()


@pytest.mark.parametrize("ask", ["has_no_order", "part_taken", "is_product", "takes_examples", "joins_examples"])
@pytest.mark.parametrize("node", [-1, 6, 2**31 - 1])
def test_a_program_is_asked_about_its_own_records_only(ask: str, node: int) -> None:
    program = _core.ProgramCore()
    for _ in range(6):
        program.add_node("input", [], np.float64, (3, 3))
    with pytest.raises(IndexError, match=f"there is no node {node} in a program of 6"):
        getattr(_core, ask)(program, node)


@pytest.mark.parametrize("node", [0, -1, 6])
def test_examples_are_joined_of_products_only(node: int) -> None:
    program = _core.ProgramCore()
    for _ in range(6):
        program.add_node("input", [], np.float64, (3, 3))
    x = tf.constant(np.ones((2, 3, 3)))
    with pytest.raises((IndexError, ValueError), match=r"is not a product|there is no node"):
        _core.sum_of_examples(program, node, x, x, 2)


# -- A walk over all public functions -----------------------------------------------------------------------------


def hostile_values() -> dict[str, Any]:
    unaligned = np.frombuffer(bytearray(65), np.uint8)[1:33].view(np.float64)
    return {
        "None": None,
        "nothing": np.zeros(0),
        "no rows": np.zeros((0, 3)),
        "too many dimensions": np.zeros((1,) * 33),
        "objects": np.array([1, None], dtype=object),
        "fields": np.zeros(2, dtype=[("a", "f4"), ("b", "i4")]),
        "dates": np.array(["2020-01-01"], "M8[D]"),
        "texts": np.array(["a"]),
        "swapped": np.arange(4, dtype=">f8"),
        "unaligned": unaligned,
        "no steps": np.broadcast_to(np.float64(1.0), (3, 4)),
        "backwards": np.arange(12.0).reshape(3, 4)[::-1, ::-1],
        "much": 10**18,
        "much of a shape": [10**12, 10**12],
        "negative": [-5, 2],
        "no class": type("NoClass", (), {"__class__": property(lambda self: 1 / 0)})(),
        "no attributes": type("NoAttributes", (), {"__getattr__": lambda self, name: 1 / 0})(),
        "far rows": np.array([0, 10**12]),
        "a cube": tf.constant(np.ones((2, 3, 4))),
    }


# They wait for input, or change what the walk itself needs.
NOT_CALLED = {"breakpoint", "set_num_threads", "main"}


def walk_everything() -> None:
    from test_docs import public_modules

    seen: set[int] = set()
    names = list(hostile_values())
    beside = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    for module in public_modules():
        for name in getattr(module, "__all__", ()):
            function = getattr(module, name)
            if not callable(function) or id(function) in seen or name in NOT_CALLED:
                continue
            seen.add(id(function))
            for which in names:
                if "scipy" in module.__name__ and which in ("much", "much of a shape", "far rows"):
                    continue  # SciPy counts that far
                value = hostile_values()[which]
                for arguments in ((value,), (beside, value), (value, beside)):
                    print(f"{module.__name__}.{name} of {which}, {len(arguments)}", flush=True)
                    try:
                        function(*arguments)
                    except (SystemError, NameError):
                        raise
                    except Exception:
                        continue
    print("all:", len(seen), flush=True)


@pytest.mark.parametrize("walk", ["walk_emptied", "walk_everything"])
def test_no_call_ends_the_interpreter(walk: str) -> None:
    result = subprocess.run(
        [sys.executable, __file__, walk],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},  # as pytest has it
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    last = result.stdout.strip().split("\n")[-1]
    assert result.returncode == 0, f"{last}: {result.stderr[-2000:]}"
    assert last == "done"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    {"walk_emptied": walk_emptied, "walk_everything": walk_everything}[sys.argv[1]]()
    print("done")
