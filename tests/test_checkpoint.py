"""Checkpoints: all values or none, by name, in files that are whole."""

from __future__ import annotations

import builtins
import gc
import importlib.util
import os
import subprocess
import sys
import warnings
import weakref
from collections import OrderedDict, namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

library = pytest.importorskip("safetensors.numpy")

ROOT = Path(__file__).resolve().parents[1]
Pair = namedtuple("Pair", "one other")


class Line(tf.Module):
    def __init__(self, slope: Any = 2.0, offset: Any = 1.0) -> None:
        super().__init__()
        self.slope = tf.Variable(slope, name="slope")
        self._offset = tf.Variable(offset, name="offset")


class Net(tf.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lines = [Line(), Line([3.0, 4.0])]
        self.by_name = {"a": tf.Variable(5, dtype=tf.int64), "b": (tf.Variable(True), self.lines[0])}
        self.note = "not saved"


def step(optimizer: Any, *variables: tf.Variable) -> None:
    optimizer.apply_gradients([(tf.ones_like(variable) * 0.5, variable) for variable in variables])


def contents(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


# ---------------------------------------------------------------------------------------------------- what is written


def test_values_are_called_by_the_attributes_that_lead_to_them(tmp_path: Path) -> None:
    tf.train.Checkpoint(net=Net(), step=tf.Variable(7)).write(tmp_path / "here")
    assert contents(tmp_path) == ["here.safetensors"]
    read = library.load_file(tmp_path / "here.safetensors")
    assert {name: array.tolist() for name, array in read.items()} == {
        "net/by_name/a": 5,
        "net/by_name/b/0": True,
        "net/by_name/b/1/slope": 2.0,
        "net/by_name/b/1/_offset": 1.0,
        "net/lines/1/slope": [3.0, 4.0],
        "net/lines/1/_offset": 1.0,
        "step": 7,
    }


DTYPES = "float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool complex64 complex128 bfloat16"


@pytest.mark.parametrize("dtype", DTYPES.split())
@pytest.mark.parametrize("shape", [(), (0,), (2, 3), (0, 2)])
def test_every_dtype_comes_back_to_the_last_bit(dtype: str, shape: tuple[int, ...], tmp_path: Path) -> None:
    if dtype == "bfloat16":
        pytest.importorskip("ml_dtypes")
    values = (np.random.default_rng(0).standard_normal((*shape, 2)) * 9).view(complex)[..., 0]
    array = (values if "complex" in dtype else np.abs(values)).astype(tf.as_dtype(dtype))
    v, other = tf.Variable(array), tf.Variable(np.zeros_like(array))
    tf.train.Checkpoint(v=v).write(tmp_path / "v")
    tf.train.Checkpoint(v=other).read(tmp_path / "v").assert_consumed()
    assert other.dtype == v.dtype
    assert other.numpy().tobytes() == v.numpy().tobytes()


def test_a_dtype_that_no_such_file_holds_is_refused(tmp_path: Path) -> None:
    v = tf.Variable(np.longdouble(1.0))
    with pytest.raises(TypeError, match=r"'v' has dtype .*, which a safetensors file cannot hold"):
        tf.train.Checkpoint(v=v).write(tmp_path / "v")
    assert contents(tmp_path) == []


def test_structures_of_all_kinds_are_walked(tmp_path: Path) -> None:
    @dataclass
    class Weights:
        w: Any
        more: Any

    def objects() -> dict[str, Any]:
        v = lambda: tf.Variable(np.random.default_rng().standard_normal(2))  # noqa: E731
        named = OrderedDict(z=v(), a=[v(), {"deep": v()}])
        return {"pair": Pair(v(), 3.0), "named": named, "fields": Weights(v(), (v(), None)), "empty": []}

    first, second = objects(), objects()
    tf.train.Checkpoint(**first).write(tmp_path / "all")
    tf.train.Checkpoint(**second).read(tmp_path / "all").assert_consumed()
    assert sorted(library.load_file(tmp_path / "all.safetensors")) == [
        *("fields/more/0", "fields/w", "named/a/0", "named/a/1/deep", "named/z", "pair/one")
    ]
    assert second["fields"].more[0].numpy().tolist() == first["fields"].more[0].numpy().tolist()


def test_keys_do_not_run_into_each_other(tmp_path: Path) -> None:
    a, b, c = tf.Variable(1.0), tf.Variable(2.0), tf.Variable(3.0)
    tf.train.Checkpoint(d={"x/y": a, "x": {"y": b}, "x.Sy": c}).write(tmp_path / "d")
    assert len(library.load_file(tmp_path / "d.safetensors")) == 3
    with pytest.raises(ValueError, match="two values of a checkpoint would have one name, 'd/1'"):
        tf.train.Checkpoint(d={1: a, "1": b}).write(tmp_path / "d")


def test_what_an_optimizer_remembers_takes_no_name_of_a_variable(tmp_path: Path) -> None:
    checkpoint = tf.train.Checkpoint(tf.keras.optimizers.SGD(0.5), learning_rate=tf.Variable(1.0))
    with pytest.raises(ValueError, match="two values of a checkpoint would have one name, 'learning_rate'"):
        checkpoint.write(tmp_path / "c")
    assert contents(tmp_path) == []


def test_a_variable_is_not_written_over_by_the_count(tmp_path: Path) -> None:
    module = tf.Module()
    module.save_counter = tf.Variable(7.0)
    checkpoint = tf.train.Checkpoint(module)
    with pytest.raises(ValueError, match="'save_counter' is what a checkpoint calls its own count: rename the attr"):
        checkpoint.save(tmp_path / "c")
    assert contents(tmp_path) == [] and int(checkpoint.save_counter) == 0
    path = checkpoint.write(tmp_path / "c")
    module.save_counter.assign(0.0)
    checkpoint.read(path).assert_consumed()
    assert float(module.save_counter) == 7.0


def test_a_name_that_the_format_keeps_for_itself_is_refused(tmp_path: Path) -> None:
    module = tf.Module()
    vars(module)["__metadata__"] = tf.Variable(1.0)
    with pytest.raises(ValueError, match="no place for a value that is called '__metadata__'"):
        module.save_weights(tmp_path / "m")
    assert contents(tmp_path) == []


def test_a_random_generator_goes_on_where_it_was_saved(tmp_path: Path) -> None:
    one, other = tf.random.Generator.from_seed(1), tf.random.Generator.from_seed(2)
    one.normal([3])
    tf.train.Checkpoint(g=one).write(tmp_path / "g")
    tf.train.Checkpoint(g=other).read(tmp_path / "g").assert_consumed()
    assert one.normal([3]).numpy().tolist() == other.normal([3]).numpy().tolist()


def test_objects_that_hold_each_other_are_walked_once(tmp_path: Path) -> None:
    one, other = tf.Module("one"), tf.Module("other")
    one.other, other.one, one.v = other, one, tf.Variable(1.0)
    tf.train.Checkpoint(one=one, other=other).write(tmp_path / "m")
    assert list(library.load_file(tmp_path / "m.safetensors")) == ["one/v"]


# --------------------------------------------------------------------------------------------------- all or nothing


@pytest.mark.parametrize(
    ("saved", "wanted", "text"),
    [
        ({"a": [1.0], "b": [1.0]}, {"a": [0.0], "b": [0.0, 0.0]}, r"'b' has shape \(1,\) and dtype float32, .*\(2,\)"),
        ({"a": [1.0], "b": [1]}, {"a": [0.0], "b": [0.0]}, "'b' has shape .* dtype int32, .* dtype float32"),
    ],
)
def test_other_shapes_and_dtypes_are_refused_before_anything_is_assigned(
    saved: dict[str, Any], wanted: dict[str, Any], text: str, tmp_path: Path
) -> None:
    tf.train.Checkpoint(**{k: tf.Variable(v) for k, v in saved.items()}).write(tmp_path / "c")
    own = {k: tf.Variable(v) for k, v in wanted.items()}
    for read in (tf.train.Checkpoint(**own).read, tf.train.Checkpoint(**own).load_all):
        with pytest.raises(ValueError, match=text):
            read(tmp_path / "c")
    assert {k: v.numpy().tolist() for k, v in own.items()} == wanted


def test_weights_of_other_names_are_refused_before_anything_is_assigned(tmp_path: Path) -> None:
    one, other = tf.Module(), tf.Module()
    one.a, one.b = tf.Variable(1.0), tf.Variable(2.0)
    other.a, other.c = tf.Variable(3.0), tf.Variable(4.0)
    one.save_weights(tmp_path / "w")
    with pytest.raises(ValueError, match="does not fit: it has no value for: c; and no variable is there for its b"):
        other.load_weights(tmp_path / "w")
    assert float(other.a) == 3.0


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "is not a safetensors file"),
        (b"not a file of that kind", "is not a safetensors file"),
        (b"\x02\0\0\0\0\0\0\0{}", None),  # (an empty one)
        (b"\xff\xff\xff\xff\xff\xff\xff\xff{}", "is not a safetensors file"),
    ],
)
def test_files_of_another_kind_are_refused(data: bytes, text: str | None, tmp_path: Path) -> None:
    (tmp_path / "c.safetensors").write_bytes(data)
    v = tf.Module()
    v.v = tf.Variable(1.0)
    with pytest.raises(ValueError, match=text or "it has no value for: v"):
        v.load_weights(tmp_path / "c")
    with pytest.raises(FileNotFoundError, match="there is no checkpoint"):
        v.load_weights(tmp_path / "d")
    assert float(v.v) == 1.0


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ('["v"]', "is not a safetensors file"),
        ("3", "is not a safetensors file"),
        ("{", "is not a safetensors file"),
        ('{"v": "complex128"}', "is said to be of dtype 'complex128', and has shape .2,. and dtype float32"),
        ('{"v": "float32"}', "is said to be of dtype 'float32'"),
        ('{"v": ["complex64"]}', "is said to be of dtype|is not a safetensors file"),
    ],
)
def test_a_file_that_says_nonsense_of_complex_numbers_is_refused(said: str, text: str, tmp_path: Path) -> None:
    library.save_file({"v": np.ones(2, np.float32)}, tmp_path / "v.safetensors", {"complex": said})
    with pytest.raises(ValueError, match=text):
        tf.train.Checkpoint(v=tf.Variable(1j)).read(tmp_path / "v")


def test_a_file_that_is_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    line, path = Line(), tmp_path / "line.safetensors"
    line.save_weights(path)
    whole = path.read_bytes()
    line.slope.assign(0.0)
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match="is not a safetensors file, or not all of one"):
            line.load_weights(path)
    assert float(line.slope) == 0.0


# ------------------------------------------------------------------------------------------------------ written whole


def failing(name: str) -> Callable[..., Any]:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise OSError(f"{name} fails")

    return fail


@pytest.mark.parametrize("place", ["fsync", "replace", "open", "write"])
def test_a_failure_while_writing_leaves_the_old_file_and_nothing_else(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line()
    line.save_weights(tmp_path / "line")
    before = (tmp_path / "line.safetensors").read_bytes()
    line.slope.assign(9.0)

    class Half:
        def __init__(self, file: Any) -> None:
            self.file = file

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *error: Any) -> None:
            self.file.close()

        def write(self, data: bytes) -> None:
            self.file.write(data[: len(data) // 2])
            raise OSError("write fails")

    with monkeypatch.context() as patch:
        if place == "open":
            patch.setattr(builtins, "open", failing("open"))
        elif place == "write":
            real = builtins.open
            patch.setattr(builtins, "open", lambda *args, **kwargs: Half(real(*args, **kwargs)))
        else:
            patch.setattr(os, place, failing(place))
        with pytest.raises(OSError, match=f"{place} fails"):
            line.save_weights(tmp_path / "line")
    assert contents(tmp_path) == ["line.safetensors"]
    assert (tmp_path / "line.safetensors").read_bytes() == before


@pytest.mark.parametrize("place", ["fsync", "replace"])
def test_a_process_that_ends_in_the_middle_leaves_the_old_checkpoints(place: str, tmp_path: Path) -> None:
    code = f"""
import os
import autodiff_core as tf
v = tf.Variable(1.0)
manager = tf.train.CheckpointManager(tf.train.Checkpoint(v=v), {str(tmp_path)!r}, max_to_keep=1)
manager.save()
v.assign(2.0)
setattr(os, {place!r}, lambda *_: os._exit(3))
manager.save()
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", code], env=environment).returncode == 3
    v = tf.Variable(0.0)
    manager = tf.train.CheckpointManager(tf.train.Checkpoint(v=v), tmp_path, max_to_keep=1)
    assert manager.restore_or_initialize() == str(tmp_path / "ckpt-1")
    assert float(v) == 1.0
    assert manager.save() == str(tmp_path / "ckpt-2")


def test_a_save_that_fails_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", failing("replace"))
        with pytest.raises(OSError, match="replace fails"):
            checkpoint.save(tmp_path / "c")
    assert int(checkpoint.save_counter) == 0
    assert checkpoint.save(tmp_path / "c") == str(tmp_path / "c-1")


# -------------------------------------------------------------------------------------------------------------- status


def test_a_status_says_what_had_no_partner(tmp_path: Path) -> None:
    a, b, c = tf.Variable(1.0), tf.Variable(2.0), tf.Variable(3.0)
    tf.train.Checkpoint(a=a, b=b).write(tmp_path / "ab")
    a.assign(0.0)
    partial = tf.train.Checkpoint(a=a, c=c).read(tmp_path / "ab")
    assert float(a) == 1.0
    assert partial.assert_nontrivial_match() is partial
    with pytest.raises(AssertionError, match="the checkpoint has no value for: c"):
        partial.assert_existing_objects_matched()
    fewer = tf.train.Checkpoint(a=a).read(tmp_path / "ab").assert_existing_objects_matched()
    with pytest.raises(AssertionError, match="no variable is there for the checkpoint's: b"):
        fewer.assert_consumed()
    with pytest.raises(AssertionError, match="no variable has a value"):
        tf.train.Checkpoint(x=c).read(tmp_path / "ab").assert_nontrivial_match()


def test_a_part_that_nobody_asked_about_is_told_of(tmp_path: Path) -> None:
    tf.train.Checkpoint(a=tf.Variable(1.0)).write(tmp_path / "a")
    with pytest.warns(UserWarning, match="in part: it has no value for: b; and no variable is there for its a"):
        tf.train.Checkpoint(b=tf.Variable(1.0)).read(tmp_path / "a")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tf.train.Checkpoint(b=tf.Variable(1.0)).read(tmp_path / "a").expect_partial()
        tf.train.Checkpoint(a=tf.Variable(1.0)).read(tmp_path / "a")


def test_nothing_is_restored_from_no_checkpoint(tmp_path: Path) -> None:
    v = tf.Variable(1.0)
    status = tf.train.Checkpoint(v=v).restore(tf.train.latest_checkpoint(tmp_path))
    assert float(v) == 1.0
    with pytest.raises(AssertionError, match="no checkpoint was given"):
        status.assert_consumed()


# ---------------------------------------------------------------------------------------------------------- optimizers


OPTIMIZERS = {
    "SGD": lambda: tf.keras.optimizers.SGD(0.25),
    "momentum": lambda: tf.keras.optimizers.SGD(0.25, momentum=0.9),
    "Adam": lambda: tf.keras.optimizers.Adam(0.25),
    "schedule": lambda: tf.keras.optimizers.Adam(lambda done: 0.1 / (done + 1.0)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize("new", [False, True], ids=["after steps", "before the first step"])
def test_training_goes_on_where_it_was_saved(name: str, recorded: bool, new: bool, tmp_path: Path) -> None:
    def begun() -> Any:
        line = Line([1.0, 2.0], np.float64(3.0))
        optimizer = OPTIMIZERS[name]()
        make = lambda: step(optimizer, line.slope, line._offset)  # noqa: E731
        return line, optimizer, tf.function(make) if recorded else make

    line, optimizer, train = begun()
    train(), train()
    tf.train.Checkpoint(line=line, optimizer=optimizer).write(tmp_path / "c")
    train()
    expected = [v.numpy().tolist() for v in line.variables]
    other, its_optimizer, its_train = begun()
    if not new:
        its_train()
    tf.train.Checkpoint(line=other, optimizer=its_optimizer).read(tmp_path / "c").assert_consumed()
    assert int(its_optimizer.iterations) == 2
    its_train()
    assert [v.numpy().tolist() for v in other.variables] == expected


def test_an_optimizers_own_weights(tmp_path: Path) -> None:
    variables = [tf.Variable([1.0, 2.0], name="w"), tf.Variable([3.0, 4.0], name="w"), tf.Variable(5.0, name="b")]
    optimizer, other = tf.keras.optimizers.Adam(0.5), tf.keras.optimizers.Adam(0.1)
    step(optimizer, *variables)
    optimizer.save_weights(tmp_path / "adam")
    with pytest.raises(ValueError, match="no variable is there for its"):
        other.load_weights(tmp_path / "adam")
    assert int(other.iterations) == 0 and other.learning_rate == 0.1
    other.build(variables)
    other.load_weights(tmp_path / "adam")
    assert int(other.iterations) == 1 and other.learning_rate == 0.5
    for (one, slots), (its, its_slots) in zip(optimizer.remembered(), other.remembered(), strict=True):
        assert one is its
        assert [slot.tolist() for slot in slots] == [slot.tolist() for slot in its_slots]


def test_what_steps_in_place_remembered_goes_when_a_function_is_recorded_and_the_order_stays() -> None:
    v, w = tf.Variable([1.0, 2.0]), tf.Variable([1.0, 2.0])
    optimizer = tf.keras.optimizers.SGD(0.5, momentum=0.5)
    step(optimizer, v, w)
    (kept,) = {id(slots[0].base): weakref.ref(slots[0].base) for _, slots in optimizer.remembered()}.values()
    tf.function(lambda: step(optimizer, w))()
    assert [(known is v, slots[0].tolist()) for known, slots in optimizer.remembered()] == [
        (True, [0.25, 0.25]),
        (False, [0.375, 0.375]),
    ]
    gc.collect()
    assert kept() is None


def test_building_an_optimizer_keeps_what_it_remembers() -> None:
    v, w, x = (tf.Variable([1.0, 2.0]) for _ in range(3))
    for recorded in (False, True):
        optimizer, plain = (tf.keras.optimizers.SGD(0.5, momentum=0.5) for _ in range(2))
        make = lambda *variables, optimizer=optimizer: step(optimizer, *variables)  # noqa: E731
        tf.function(make)(v) if recorded else make(v)
        step(plain, v)
        optimizer.build(iter([w, v, w]))
        assert [(known is v, slots[0].tolist()) for known, slots in optimizer.remembered()].count(
            (True, [0.25] * 2)
        ) == 1
        assert len(optimizer.remembered()) == 2
        start = v.numpy()
        step(optimizer, v, w, x)
        after = v.numpy()
        v.assign(start), step(plain, v)
        assert after.tolist() == v.numpy().tolist()


def test_an_optimizers_variables_are_what_its_next_step_goes_on_from() -> None:
    plain, asked = (tf.keras.optimizers.SGD(0.5, momentum=0.5) for _ in range(2))
    v, w = tf.Variable([1.0, 2.0]), tf.Variable([1.0, 2.0])
    step(plain, v), step(asked, w)
    iterations, velocity = asked.variables
    assert iterations is asked.iterations and velocity.numpy().tolist() == [0.25, 0.25]
    step(plain, v), step(asked, w)
    assert v.numpy().tolist() == w.numpy().tolist()
    assert velocity.numpy().tolist() == plain.remembered()[0][1][0].tolist()
    velocity.assign([0.0, 0.0])
    before = w.numpy()
    step(asked, w)
    assert (before - w.numpy()).tolist() == [0.25, 0.25]


def test_a_layers_weights_are_saved_like_a_modules(tmp_path: Path) -> None:
    def made() -> Any:
        model = tf.keras.Sequential([tf.keras.layers.Dense(3), tf.keras.layers.Dense(2)])
        return model, model(np.ones((1, 4), np.float32)).numpy()

    (model, y), (other, z) = made(), made()
    assert y.tolist() != z.tolist()
    model.save_weights(tmp_path / "model")
    other.load_weights(tmp_path / "model")
    assert other(np.ones((1, 4), np.float32)).numpy().tolist() == y.tolist()
    with pytest.raises(ValueError, match="What a first call makes has to be made before"):
        tf.keras.Sequential([tf.keras.layers.Dense(3), tf.keras.layers.Dense(2)]).load_weights(tmp_path / "model")


# ------------------------------------------------------------------------------------------------------------- manager


def test_a_manager_keeps_the_last_ones_also_of_those_before_it(tmp_path: Path) -> None:
    v = tf.Variable(0.0)
    for run in range(2):
        manager = tf.train.CheckpointManager(tf.train.Checkpoint(v=v), tmp_path / "new" / "folder", max_to_keep=3)
        manager.restore_or_initialize()
        for _ in range(2):
            v.assign_add(1.0)
            manager.save()
        assert [Path(path).name for path in manager.checkpoints] == [
            ["ckpt-1", "ckpt-2"],
            ["ckpt-2", "ckpt-3", "ckpt-4"],
        ][run]
    assert contents(tmp_path / "new" / "folder") == ["checkpoint", *(f"ckpt-{k}.safetensors" for k in (2, 3, 4))]
    latest = tf.train.latest_checkpoint(tmp_path / "new" / "folder")
    assert latest == manager.latest_checkpoint == str(tmp_path / "new" / "folder" / "ckpt-4")
    v.assign(0.0)
    tf.train.Checkpoint(v=v).restore(manager.checkpoints[0]).assert_consumed()
    assert float(v) == 2.0


def test_a_folder_of_checkpoints_may_be_moved(tmp_path: Path) -> None:
    v = tf.Variable(1.0)
    tf.train.CheckpointManager(tf.train.Checkpoint(v=v), tmp_path / "a", max_to_keep=3).save()
    os.rename(tmp_path / "a", tmp_path / "b")
    assert tf.train.latest_checkpoint(tmp_path / "b") == str(tmp_path / "b" / "ckpt-1")


def test_intervals_numbers_and_first_values(tmp_path: Path) -> None:
    v, steps, begun = tf.Variable(1.0), tf.Variable(0), []
    manager = tf.train.CheckpointManager(
        tf.train.Checkpoint(v=v),
        tmp_path,
        max_to_keep=None,
        checkpoint_name="run",
        step_counter=steps,
        checkpoint_interval=10,
        init_fn=lambda: begun.append(1),
    )
    assert manager.restore_or_initialize() is None and begun == [1]
    saved = []
    for _ in range(25):
        saved.append(manager.save())
        steps.assign_add(1)
    assert [k for k, path in enumerate(saved) if path] == [0, 10, 20]
    assert manager.save(checkpoint_number=100, check_interval=False) == str(tmp_path / "run-100")
    assert manager.save(checkpoint_number=100, check_interval=False) == str(tmp_path / "run-100")
    assert [Path(path).name for path in manager.checkpoints] == ["run-1", "run-2", "run-3", "run-100"]


NAMES = ["a" * 230, "\N{GRINNING FACE}" * 55, 'q"\\n', "two\nlines", "\u2028\x85", "\udc80"]


@pytest.mark.parametrize("name", NAMES, ids=["long", "of four bytes", "quote", "lines", "separators", "no text"])
def test_every_name_that_a_file_can_have_is_kept_and_found_again(name: str, tmp_path: Path) -> None:
    v = tf.Variable(1.0)
    for folder in (tmp_path / "text", os.fsencode(tmp_path / "bytes")):
        checkpoint = tf.train.Checkpoint(v=v)
        for _ in range(2):
            path = tf.train.CheckpointManager(checkpoint, folder, 1, checkpoint_name=name).save()
        assert tf.train.latest_checkpoint(folder) == path == os.path.join(os.fsdecode(folder), f"{name}-2")
        assert len(os.listdir(folder)) == 2
    saved = tf.train.Checkpoint(v=v).save(os.path.join(folder, os.fsencode(name)))
    assert saved == os.path.join(os.fsdecode(folder), f"{name}-1") == tf.train.latest_checkpoint(folder)


def test_a_manager_removes_no_file_outside_its_folder(tmp_path: Path) -> None:
    v = tf.Variable(1.0)
    checkpoint = tf.train.Checkpoint(v=v)
    others = [checkpoint.write(tmp_path / "other"), checkpoint.write(tmp_path / "run2" / "other")]
    (tmp_path / "run").mkdir()
    listed = "".join(f'all_model_checkpoint_paths: "{path}"\n' for path in ["../other", *others])
    (tmp_path / "run" / "checkpoint").write_text('model_checkpoint_path: "../other"\n' + listed)
    manager = tf.train.CheckpointManager(checkpoint, tmp_path / "run", max_to_keep=1)
    path = manager.save()
    assert manager.checkpoints == [path]
    assert all(Path(f"{path}.safetensors").exists() for path in others)


def test_a_folder_that_says_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="does not say which checkpoints there are"):
        tf.train.latest_checkpoint(tmp_path)
    (tmp_path / "checkpoint").write_text("hello\n")
    with pytest.raises(ValueError, match="does not say which checkpoints there are: 'hello'"):
        tf.train.latest_checkpoint(tmp_path)
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "gone"\nall_model_checkpoint_paths: "gone"\n')
    assert tf.train.latest_checkpoint(tmp_path) is None


# -------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: tf.train.Checkpoint(step=3), TypeError, "was expecting step to be a variable"),
        (lambda: tf.train.Checkpoint(3), TypeError, "was expecting root to be a variable"),
        (lambda: tf.train.Checkpoint(save=tf.Variable(1.0)), ValueError, "'save' is a name of Checkpoint's own"),
        (
            lambda: tf.train.CheckpointManager(tf.Variable(1.0), "x", 1),
            TypeError,
            "and not Variable",
        ),
        (
            lambda: tf.train.CheckpointManager(tf.train.Checkpoint(), "x", 0),
            ValueError,
            "Expected a positive integer or `None` for `max_to_keep`, got 0",
        ),
        (
            lambda: tf.train.CheckpointManager(tf.train.Checkpoint(), "x", 1, 3),
            NotImplementedError,
            "keep_checkpoint_every_n_hours",
        ),
        (
            lambda: tf.train.CheckpointManager(tf.train.Checkpoint(), "x", 1, checkpoint_interval=3),
            ValueError,
            "`step_counter` should be passed with `checkpoint_interval`",
        ),
    ],
)
def test_errors(make: Callable[[], Any], error: type, text: str) -> None:
    with pytest.raises(error, match=text):
        make()


def test_a_recorded_function_neither_writes_nor_reads(tmp_path: Path) -> None:
    checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
    checkpoint.write(tmp_path / "v")
    for act in (checkpoint.write, checkpoint.read, checkpoint.save, checkpoint.load_all):
        with pytest.raises(RuntimeError, match="a recorded function would do so when it is recorded"):
            tf.function(lambda act=act: act(tmp_path / "v"))()


def test_without_the_library_the_error_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    for act in (Line().save_weights, Line().load_weights):
        with pytest.raises(ImportError, match=r'pip install "autodiff-core\[checkpoint\]"'):
            act(tmp_path / "v")


@pytest.mark.skipif(importlib.util.find_spec("keras") is None, reason="no Keras")
def test_kerass_models_and_optimizers_are_saved_by_their_own_lists_of_variables(tmp_path: Path) -> None:
    code = f"""
import sys
import numpy as np
import autodiff_core as tf
tf.keras.use_keras()

def made():
    model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(3), tf.keras.layers.Dense(1)])
    optimizer = tf.keras.optimizers.Adam(0.1)
    optimizer.build(model.trainable_variables)
    return model, optimizer, tf.train.Checkpoint(model=model, optimizer=optimizer)

def train(model, optimizer):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(np.ones((2, 4), "float32")) ** 2)
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    return float(loss)

model, optimizer, checkpoint = made()
train(model, optimizer)
checkpoint.write({str(tmp_path / "keras")!r})
expected = [train(model, optimizer) for _ in range(3)]
model, optimizer, checkpoint = made()  # with other names
checkpoint.read({str(tmp_path / "keras")!r}).assert_consumed()
assert [train(model, optimizer) for _ in range(3)] == expected
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    names = sorted(library.load_file(tmp_path / "keras.safetensors"))
    assert names[:2] == ["model/0", "model/1"]
