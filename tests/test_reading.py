"""A tape and a program read: their records as values, in words and as a table, without being used or changed."""

import gc
import threading
import weakref
from xml.etree import ElementTree

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core


def textbook():
    """f(x1, x2) = ln x1 + x1 x2 - sin x2 at (2, 5)."""
    x1, x2 = tf.constant(2.0, tf.float64), tf.constant(5.0, tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x1, x2])
        y = tf.math.log(x1) + x1 * x2 - tf.sin(x2)
    return tape, x1, x2, y


def test_records_are_operations_with_operands_values_and_names():
    tape, x1, x2, y = textbook()  # noqa: RUF059 - they are found by these names
    assert [(r.node, r.text, r.name) for r in tape.to_records()] == [
        (0, "watched", "x1"),
        (1, "watched", "x2"),
        (2, "log(%0)", None),
        (3, "multiply(%0, %1)", None),
        (4, "add(%2, %3)", None),
        (5, "sin(%1)", None),
        (6, "subtract(%4, %5)", "y"),
    ]
    assert float(tape.to_records()[-1].value) == float(y)


def test_names_are_the_callers_or_those_that_are_given():
    tape, x1, _x2, y = textbook()
    assert [r.name for r in tape.to_records({"first": x1, "value": y})] == ["first", *[None] * 5, "value"]
    with pytest.raises(TypeError, match="names: 'x' must be a tensor or a variable, not float"):
        tape.to_records({"x": 1.0})
    with pytest.raises(TypeError, match="names must be a mapping from names to tensors, not list"):
        tape.summary(["x"])


def test_shapes_are_those_of_the_values_that_were_computed():
    w, b = tf.Variable(np.ones((3, 4)), name="w"), tf.Variable(np.zeros(4), name="b")
    x = np.ones((2, 5, 3))
    with tf.GradientTape() as tape:
        made = [x @ w]
        made.append(made[-1] + b)
        made.append(tf.nn.relu(made[-1]))
        made.append(tf.transpose(made[-1], [0, 2, 1]))
        made.append(tf.concat([made[-1], 2.0 * made[-1]], 1)[:, 1:3])
        made.append(tf.reshape(made[-1], [-1, 2]))
        made.append(tf.cumsum(made[-1], 0))
        made.append(tf.reduce_sum(made[-1], 0, keepdims=True))
        made.append(tf.linalg.svd(w)[0])
        made.append(tf.cast(made[-1], tf.float32))
        made.append(tf.tensor_scatter_nd_update(b, [[1]], made[-2][:1]))
        made.append(b[None].sum())
    by_node = {r.node: r for r in tape.to_records()}
    assert all(r.shape is not None for r in by_node.values())
    for value in made:
        record = by_node[_core.node_on_tape(tape, value)]
        assert (record.shape, record.dtype) == (tuple(value.shape), value.dtype), record.text


def test_outputs_of_a_record_of_several_are_records():
    @tf.custom_gradient
    def both(x):
        return (x * 2.0, tf.reduce_sum(x)), lambda g, h: g * 2.0 + h

    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        both(x)
    records = tape.to_records()
    assert [(r.op, r.attribute, r.shape) for r in records[-2:]] == [("output", 0, (2,)), ("output", 1, ())]
    assert [r.operands for r in records[-2:]] == [(records[-3].node,)] * 2


def test_reading_records_nothing_and_uses_nothing_up():
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
        before = str(tape)
        tape.summary(), tape.to_records(), repr(tape)
        assert str(tape) == before
        z = y * y
    assert repr(tape) == "<GradientTape: 3 records, left>"
    assert float(tape.gradient(z, x)) == 32.0


def test_adjoints_are_the_gradients_with_respect_to_each_node():
    tape, x1, x2, y = textbook()
    nodes = [r.node for r in tape.to_records()]
    adjoints = _core.read_adjoints(tape, [y], nodes)
    assert [float(a) for a in adjoints[:2]] == [float(g) for g in tape.gradient(y, [x1, x2])]
    assert [float(a) for a in adjoints[2:]] == [1.0, 1.0, 1.0, -1.0, 1.0]
    assert _core.read_adjoints(tape, [4], [5, 2]) == [None, 1.0]


def test_adjoints_are_read_of_a_tape_that_still_records_and_are_not_recorded():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.exp(x) * x)
        count = len(tape.to_records())
        adjoints = _core.read_adjoints(tape, [y], [0])
        assert len(tape.to_records()) == count
    np.testing.assert_array_equal(adjoints[0], tape.gradient(y, x))


def test_values_are_neither_copied_nor_writeable_nor_followed():
    x = tf.constant(np.ones(1000))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.exp(x)
        value = tape.to_records()[1].value
        assert _core.node_on_tape(tape, value) is None
        seen = np.asarray(value)
        assert np.shares_memory(seen, _core.seen(y)) and not seen.flags.writeable


def test_a_variables_value_is_the_one_that_was_read():
    v = tf.Variable([1.0, 2.0], name="v")
    with tf.GradientTape() as tape:
        y = v + 1.0
        v.assign([5.0, 6.0])
        z = v + y
    before, _, after, _ = tape.to_records()
    assert (before.name, before.value, after.name) == ("v:0", None, "v:0")
    assert after.value.numpy().tolist() == [5.0, 6.0]
    v.assign_add([1.0, 1.0])
    assert z.numpy().tolist() == [7.0, 9.0] and after.value.numpy().tolist() == [5.0, 6.0]


def test_a_released_tape_says_so():
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
    tape.gradient(y, x)
    assert repr(tape) == str(tape) == "<GradientTape: has let go of its records>"
    for ask in (tape.summary, tape.to_records, tape.to_pandas):
        with pytest.raises(RuntimeError, match=r"has let go of its records.*persistent=True"):
            ask()


def test_an_empty_tape_is_an_empty_table():
    tape = tf.GradientTape()
    assert tape.to_records() == [] and len(tape.summary()) == 0
    assert repr(tape) == str(tape) == "<GradientTape: 0 records, empty>"
    with tape:
        pass
    assert str(tape) == "<GradientTape: 0 records, left>"


def test_states_of_a_tape_are_in_its_repr():
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        x * x
        assert repr(tape) == "<GradientTape: 2 records, recording>"
        with tape.stop_recording():
            assert repr(tape) == "<GradientTape: 2 records, paused>"


def test_what_an_inner_tape_does_not_follow_is_told_apart():
    x, y = tf.Variable(2.0, name="x"), tf.constant(3.0)
    with tf.GradientTape() as outer:
        z = x * x
        with tf.GradientTape() as inner:
            inner.watch(y)
            w = z * y
    assert [(r.node, r.followed) for r in inner.to_records()] == [(1, False), (2, True), (3, True)]
    assert [r.node for r in outer.to_records()] == [0, 1, 2, 3]
    assert float(w) == 12.0


def test_programs_tell_the_same():
    program = tf.Program.from_function(lambda x: tf.reduce_sum(tf.sin(x) * 2.0), tf.TensorSpec([3], tf.float64))
    assert [(r.text, r.shape) for r in program.to_records()] == [
        ("input", (3,)),
        ("sin(%0)", (3,)),
        ("constant", ()),
        ("multiply(%1, %2)", (3,)),
        ("sum(%3; (3,), (1,), ())", ()),
    ]
    assert str(program.summary()).startswith("Program: 5 records, 0 bytes kept\nnode  operation")


def test_frames_have_a_row_for_each_record():
    tape, *_ = textbook()
    frame = tape.to_pandas()
    assert frame.index.name == "node" and frame.op.tolist() == [r.op for r in tape.to_records()]
    assert frame.operands.tolist()[3] == (0, 1) and frame.dtypes["bytes"] == np.int64


def test_frames_without_pandas_name_the_extra(monkeypatch):
    tape, *_ = textbook()
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(ImportError, match=r'to_pandas needs pandas, an extra: pip install "autodiff-core\[pandas\]"'):
        tape.to_pandas()


def test_tables_are_short_and_escaped():
    x = tf.Variable(1.0, name="<b>&")
    with tf.GradientTape() as tape:
        y = x
        for _ in range(1000):
            y = tf.sin(y)
    assert len(tape.summary()) == 1001
    assert len(str(tape.summary()).splitlines()) < 70 and "941 more" in str(tape.summary())
    assert "940 more" in str(tape) or "941 more" in str(tape)
    html = tape.summary()._repr_html_()
    assert "&lt;b&gt;&amp;" in html and "<b>" not in html


def test_records_outlive_the_tape_and_do_not_hold_it():
    tape, *_ = textbook()
    records = tape.to_records()
    gone = weakref.ref(tape)
    del tape
    gc.collect()
    assert gone() is None and float(records[3].value) == 10.0


def test_unary_operations_have_one_operand_whatever_they_keep():
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        tf.exp(tf.sqrt(x))
    assert [r.operands for r in tape.to_records()] == [(), (0,), (1,)]


def test_another_threads_open_tape_is_printed_in_short():
    x, told = tf.Variable(2.0), []
    with tf.GradientTape() as tape:
        x * x
        thread = threading.Thread(target=lambda: told.append(str(tape)))
        thread.start()
        thread.join()
    assert told == ["<GradientTape: 2 records, recording>"]


def test_what_operations_were_told_cannot_be_written_to():
    x = tf.Variable(np.arange(4.0))

    def f():
        picked = tf.gather(x, np.array([0, 2])) * x[np.array([1, 3])]
        return tf.reduce_sum(picked) + tf.reduce_sum(tf.tensor_scatter_nd_add(x, np.array([[1]]), [2.0]) ** 2)

    with tf.GradientTape(persistent=True) as tape:
        y = f()
    before = tape.gradient(y, x).numpy()
    arrays = []
    for record in [*tape.to_records(), *tf.Program.from_function(f).to_records()]:
        parts = record.attribute if isinstance(record.attribute, tuple) else (record.attribute,)
        arrays += [part for part in parts if isinstance(part, np.ndarray)]
    assert arrays
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    np.testing.assert_array_equal(tape.gradient(y, x), before)


def test_names_around_are_looked_up_without_asking_stand_ins_or_emptying_what_locals_gave():
    class StandIn:
        @property
        def __class__(self):
            raise RuntimeError("working outside of request context")

    request = StandIn()
    x = tf.Variable(3.0)
    known = locals()
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
    assert [r.name for r in tape.to_records()] == ["x", "y"]
    assert str(tape.why(y, x)) == "The gradient of y with respect to x is not None: its norm is 6."
    assert known["x"] is x and known["request"] is request


def test_names_of_control_characters_are_one_line_and_a_picture():
    x = tf.Variable(1.0, name="a\nb\x1b[31m\x00")
    with tf.GradientTape(persistent=True) as tape:
        y = tf.sin(x)
    assert len(str(tape.summary()).splitlines()) == 4 and "\x1b" not in str(tape.summary())
    for text in (tape.graph(y).to_svg(), tape.graph(y).to_dot(), tape.summary()._repr_html_(), x._repr_html_()):
        assert not {"\x1b", "\x00"} & set(text)
    ElementTree.fromstring(tape.graph(y).to_svg())


def test_programs_with_guards_tell_their_lines_recorded_and_from_a_file(tmp_path):
    def f(x):
        return () if tf.reduce_sum(x) > 0.0 else x  # (no outputs: all records are drawn, guards too)

    program = tf.Program.from_function(f, tf.TensorSpec([3], tf.float64))
    program.save(tmp_path / "f.program")
    line = f"{__file__}:{f.__code__.co_firstlineno + 1}"
    for one in (program, tf.Program.load(tmp_path / "f.program")):
        assert [r.line for r in one.to_records() if r.op == "guard"] == [line]
        assert line in str(one.summary()) and line in one._repr_html_()
        assert "guard" in one.graph(fold="function").to_dot()


@pytest.mark.parametrize("node", [-1, 7, 2**20])
def test_adjoints_of_nodes_that_are_not_there_are_an_error(node):
    tape, *_, y = textbook()
    for targets, nodes in (([y], [node]), ([node], [0])):
        with pytest.raises(IndexError, match=f"there is no node {node} on a tape of 7"):
            _core.read_adjoints(tape, targets, nodes)


def test_operands_that_are_arrays_are_not_compared_with_nodes():
    x, v = tf.constant([1.0, 2.0]), tf.Variable([3.0, 4.0])
    with tf.GradientTape() as outer:
        outer.watch(x)
        v * 2.0
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = np.array([5.0, 6.0]) * x
    assert all(set(r.nodes) <= set(range(r.node)) for r in tape.to_records())
    assert "is None" in str(tape.why(y, v))


def test_inputs_of_a_program_are_called_like_the_arguments():
    spec = tf.TensorSpec([2])
    pair = tf.TensorSpec([])
    program = tf.Program.from_function(
        lambda x, state, *, scale: state["w"] * x * scale[0] + state["b"][1],
        spec,
        {"w": spec, "b": [1.0, pair]},
        scale=(pair,),
    )
    names = [record.name for record in program.to_records() if record.op == "input"]
    assert sorted(names) == ["scale[0]", "state['b'][1]", "state['w']", "x"]
    assert "state['w']" in str(program.summary()) and "scale[0]" in program.graph().to_svg()
    gradient = program.gradient()
    assert {"x", "state['w']"} <= {record.name for record in gradient.to_records()}
