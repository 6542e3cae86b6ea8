"""Pictures of tapes and programs: what is in them is what the records and the gradient say."""

import os
import re
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.reading.mathematics import plain

SVG = "{http://www.w3.org/2000/svg}"


def textbook(persistent=True):
    """f(x1, x2) = ln x1 + x1 x2 - sin x2 at (2, 5)."""
    x1, x2 = tf.constant(2.0, tf.float64), tf.constant(5.0, tf.float64)
    with tf.GradientTape(persistent=persistent) as tape:
        tape.watch([x1, x2])
        y = tf.math.log(x1) + x1 * x2 - tf.sin(x2)
    return tape, x1, x2, y


class Dense(tf.Module):
    def __init__(self, inputs, outputs, name):
        super().__init__(name)
        with self.name_scope:
            self.w = tf.Variable(np.full((inputs, outputs), 0.1, np.float32), name="w")
            self.b = tf.Variable(np.zeros(outputs, np.float32), name="b")

    def __call__(self, x):
        return tf.tanh(x @ self.w + self.b)


def parsed(svg):
    """The nodes of a picture, by number: (text, adjoint, steps); its edges; and those along which adjoints flow."""
    root = ET.fromstring(svg)
    nodes, edges, flows = {}, [], []
    for group in root.iter(f"{SVG}g"):
        if group.get("class") == "ad-node":
            texts = ["".join(text.itertext()) for text in group.iter(f"{SVG}text") if text.get("data-step") is None]
            adjoint = [
                "".join(text.itertext()) for text in group.iter(f"{SVG}text") if text.get("data-role") == "adjoint"
            ]
            steps = {text.get("data-step"): text.text for text in group.iter(f"{SVG}text") if text.get("data-step")}
            nodes[int(group.get("data-node"))] = (texts, adjoint, steps)
        elif group.get("class") == "ad-edge":
            edge = int(group.get("data-tail")), int(group.get("data-head"))
            edges.append(edge)
            if any(path.get("data-reverse") for path in group.iter(f"{SVG}path")):
                flows.append(edge)
    return nodes, edges, flows


def test_the_textbooks_example_is_drawn_as_in_the_textbook():
    tape, x1, x2, y = textbook()  # noqa: RUF059 - they are found by these names
    nodes, edges, flows = parsed(tape.graph(y).to_svg())
    assert {node: texts for node, (texts, *_) in nodes.items()} == {
        0: ["x1", "2", "x1 = 5.5"],
        1: ["x2", "5", "x2 = 1.716"],
        2: ["v2 = ln x1", "0.6931", "v2 = 1"],
        3: ["v3 = x1 · x2", "10", "v3 = 1"],
        4: ["v4 = v2 + v3", "10.69", "v4 = 1"],
        5: ["v5 = sin x2", "−0.9589", "v5 = −1"],
        6: ["y = v4 − v5", "11.65", "y = 1"],
    }
    assert edges == flows and sorted(edges) == [(0, 2), (0, 3), (1, 3), (1, 5), (2, 4), (3, 4), (4, 6), (5, 6)]
    assert {node: steps for node, (*_, steps) in nodes.items()} == {
        0: {"reverse": "12"},
        1: {"reverse": "11"},
        2: {"forward": "1", "reverse": "10"},
        3: {"forward": "2", "reverse": "9"},
        4: {"forward": "3", "reverse": "8"},
        5: {"forward": "4", "reverse": "7"},
        6: {"forward": "5", "reverse": "6"},
    }


def test_edges_of_numbers_say_what_the_adjoint_is_multiplied_by():
    tape, *_, y = textbook()
    slopes = {(arrow.tail, arrow.head): arrow.slope for arrow in tape.graph(y).arrows}
    assert slopes[0, 2] == "0.5" and slopes[0, 3] == "5" and slopes[5, 6] == "−1" and slopes[1, 5] == "0.2837"
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        z = x * x
    assert [arrow.slope for arrow in tape.graph(z).arrows] == ["6"]


def test_edges_are_the_operands_of_the_records_and_adjoints_the_tapes_gradients():
    rng = np.random.default_rng(3)
    w, b = tf.Variable(rng.normal(size=(3, 4)), name="w"), tf.Variable(rng.normal(size=4), name="b")
    with tf.GradientTape(persistent=True) as tape:
        h = tf.nn.relu(np.ones((5, 3)) @ w + b)
        loss = tf.reduce_mean(tf.concat([h, 2.0 * h], 0) ** 2) + tf.reduce_sum(tf.linalg.svd(w)[0])
    records = {record.node: record for record in tape.to_records()}
    graph = tape.graph(loss)
    for card in graph.cards:
        operands = {one for one in records[card.node].operands if isinstance(one, int)}
        assert {arrow.tail for arrow in graph.arrows if arrow.head == card.node} == operands
    adjoints = {card.node: "".join(piece.text for piece in card.adjoint) for card in graph.cards}
    for source, name in ((w, "w"), (h, "h"), (loss, "loss")):
        gradient = tape.gradient(loss, source).numpy()
        node = _core.node_on_tape(tape, source)
        expected = f"{name} = {gradient:.4g}" if gradient.size == 1 else f"‖{name}‖ = {np.linalg.norm(gradient):.4g}"
        assert adjoints[node] == expected
    assert adjoints[_core.node_on_tape(tape, b)].startswith("b = [")


def test_a_picture_uses_nothing_up_and_records_nothing():
    x = tf.Variable(2.0, name="x")
    with tf.GradientTape() as tape:
        y = x * x
        before = len(tape.to_records())
        tape.graph(y).to_svg()
        assert len(tape.to_records()) == before
    tape.graph(y)
    assert float(tape.gradient(y, x)) == 4.0


def test_where_only_shapes_are_asked_for_there_are_no_values():
    cards = []

    def f(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(tf.sin(x))
        cards.extend(tape.graph(y).cards)
        return y

    tf.eval_shape(f, tf.TensorSpec([3]))
    assert [(card.value, card.adjoint) for card in cards] == [("float32 3", [])] * 2 + [("float32", [])]


def test_adjoints_that_are_no_numbers_are_shown():
    v = tf.Variable(0.0, name="v")
    with tf.GradientTape() as tape:
        y = tf.math.log(v) * v
    graph = tape.graph(y)
    assert [card.value for card in graph.cards] == ["0", "−∞", "NaN"]
    assert [arrow.slope for arrow in graph.arrows] == ["∞", "0", "−∞"]


def test_sources_may_be_wrapped():
    class Wrapper:
        def __tf_tensor__(self, dtype=None, name=None):
            return x

    x = tf.Variable(1.0, name="x")
    with tf.GradientTape() as tape:
        y = tf.sin(Wrapper())
    assert all(arrow.flows for arrow in tape.graph(y, Wrapper()).arrows)


def test_the_flow_is_drawn_as_far_as_it_leads_to_sources():
    tape, x1, _, y = textbook()
    nodes, edges, flows = parsed(tape.graph(y, x1).to_svg())
    assert len(edges) == 8 and sorted(flows) == [(0, 2), (0, 3), (2, 4), (3, 4), (4, 6)]
    assert [node for node, (_, adjoint, _) in nodes.items() if not adjoint] == [1, 5]


def test_the_one_result_is_the_target_where_none_is_named():
    tape, *_ = textbook()
    assert any(card.kind == "target" for card in tape.graph().cards)
    x = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        tf.sin(x), tf.cos(x)
    graph = tape.graph()
    assert len(graph.cards) == 3 and not any(card.adjoint for card in graph.cards)


def test_targets_and_sources_that_are_not_on_the_tape_are_named():
    tape, x1, _, y = textbook()
    with pytest.raises(ValueError, match=r"the target \(a tensor of shape \(\) and dtype float32\) is not on"):
        tape.graph(tf.constant(1.0))
    with pytest.raises(ValueError, match=r"the source .* is not on this tape"):
        tape.graph(y, tf.Variable([1.0]))
    with pytest.raises(ValueError, match=r"dtype int32.* is not on this tape: what has no derivative is not recorded"):
        tape.graph(tf.cast(y, tf.int32))
    with pytest.raises(TypeError, match="targets must be tensors or variables, not str"):
        tape.graph("y")
    with tf.GradientTape() as other:
        z = x1 * 1.0
    with pytest.raises(ValueError, match="is not on this tape"):
        other.graph(z)
    with pytest.raises(ValueError, match="fold must be one of 'module', 'function', 'loop', None or False"):
        tape.graph(y, fold="modules")


def test_released_and_empty_tapes():
    tape, x1, _, y = textbook(persistent=False)
    tape.gradient(y, x1)
    with pytest.raises(RuntimeError, match="has let go of its records"):
        tape.graph(y)
    graph = tf.GradientTape().graph()
    assert repr(graph) == "<Graph: 0 nodes, 0 edges>"
    ET.fromstring(graph.to_svg())
    assert graph.to_dot().startswith("digraph")


def test_what_has_no_name_is_not_called_like_what_has_one():
    x = tf.Variable(1.0, name="x")
    with tf.GradientTape() as tape:
        v4 = tf.sin(x)
        y = tf.exp(v4) * x
    assert [plain(card.label) for card in tape.graph(y).cards] == ["x", "v₄ = sin x", "u₂ = exp v₄", "y = u₂ · x"]


def test_names_are_escaped():
    x = tf.Variable(1.0, name="</text><script>&\"'")
    with tf.GradientTape() as tape:
        y = tf.sin(x)
    svg = tape.graph(y).to_svg()
    assert "<script>" not in svg
    nodes, *_ = parsed(svg)
    assert any("script>&\"'" in text for texts, *_ in nodes.values() for text in texts)
    dot = tape.graph(y, names={'a"b\\': y}).to_dot()
    assert 'a\\"b\\\\ = sin' in dot


@pytest.mark.parametrize("step", [lambda z, a: tf.sin(z) * a + z, lambda z, a: tf.sin(z) + a * z])
def test_long_loops_are_one_node(step):
    a = tf.Variable(0.5, name="a")
    x = tf.constant(1.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        z = x
        for _ in range(1000):
            z = step(z, a)
        y = z * z
    graph = tape.graph(y)
    kinds = [card.kind for card in graph.cards]
    assert sorted(kinds) == ["fold", "source", "source", "target"]
    (fold,) = [card for card in graph.cards if card.kind == "fold"]
    assert "".join(piece.text for piece in fold.label) == "1000 × (sin, multiply, add)"
    assert fold.forward == "1–3000" and fold.reverse.startswith("3003–600")


def test_layers_are_folded_by_module():
    layers = [Dense(8, 16, "layer1"), Dense(16, 16, "layer2"), Dense(16, 3, "layer3")]
    x = np.ones((32, 8), np.float32)
    with tf.GradientTape() as tape:
        for layer in layers:
            x = layer(x)
        loss = tf.reduce_mean((x - 1.0) ** 2)
    graph = tape.graph(loss, fold="module")
    labels = ["".join(piece.text for piece in card.label) for card in graph.cards if card.kind == "fold"]
    assert labels == [f"layer{k}: matmul, add, tanh" for k in (1, 2, 3)]
    assert [card.kind for card in graph.cards] == ["fold"] * 3 + ["operation"] * 3 + ["target"]
    assert "144 parameters" in graph.cards[0].value and "‖∇‖" in "".join(p.text for p in graph.cards[0].adjoint)
    assert len(graph.arrows) == 6
    assert len(tape.graph(loss).cards) == 19


@pytest.mark.parametrize(("loop", "rounds"), [(True, 50_000), (False, 5_000)])
def test_100_000_records_make_a_picture_of_bounded_size(loop, rounds):
    rng = np.random.default_rng(0)
    operations = [tf.sin, tf.cos, tf.tanh, tf.exp]
    x = tf.constant(0.5)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x
        for k in range(rounds):
            y = 0.3 * operations[k % 4 if loop else rng.integers(4)](y)
    graph = tape.graph(y)
    assert len(graph.cards) < 60 and sum(len(card.records) for card in graph.cards) == 2 * rounds + 1
    assert len(graph.to_svg()) < 200_000


def test_too_many_nodes_are_refused():
    x = tf.Variable(0.5)
    with tf.GradientTape() as tape:
        y = x
        for _ in range(1000):
            y = tf.sin(y)
    for fold in (False, "module"):
        with pytest.raises(ValueError, match=r"1000 records are too many to be drawn one by one \(at most 500\)"):
            tape.graph(y, fold=fold)
    with pytest.raises(ValueError, match=r"fold='function' needs a tape that notes .*GradientTape\(trace=True\)"):
        tape.graph(y, fold="function")


@pytest.mark.parametrize("often", [1, 2])
def test_many_leaves_are_few_nodes(often):
    leaves = [tf.Variable(float(k), name=f"x{k}") for k in range(3000)]
    with tf.GradientTape(persistent=True) as tape:
        y = tf.constant(0.0)
        for leaf in leaves * often:
            y = y + tf.sin(leaf) * leaf
    graph = tape.graph(y)
    assert len(graph.cards) < 60 and len(graph.to_svg()) < 200_000
    assert sum(len(card.records) for card in graph.cards) == len(tape.to_records())
    order = {card.node: k for k, card in enumerate(graph.cards)}
    assert all(order[arrow.tail] < order[arrow.head] for arrow in graph.arrows)


def test_folded_edges_lead_from_earlier_to_later_nodes():
    rng = np.random.default_rng(1)
    with tf.GradientTape() as tape:
        known = [tf.Variable(float(k), name=f"m{k % 3}/x{k}") for k in range(6)]
        for _ in range(80):
            one, other = rng.integers(len(known), size=2)
            known.append(known[one] * known[other] if rng.integers(2) else tf.sin(known[one]))
        y = tf.add_n(known)
    for fold in (None, "module", "loop"):
        graph = tape.graph(y, fold=fold)
        order = {card.node: k for k, card in enumerate(graph.cards)}
        assert all(order[arrow.tail] < order[arrow.head] for arrow in graph.arrows)
        ET.fromstring(graph.to_svg())


def test_nodes_of_a_picture_do_not_overlap():
    rng = np.random.default_rng(2)
    with tf.GradientTape() as tape:
        known = [tf.Variable(float(k), name=f"x{k}") for k in range(5)]
        for _ in range(30):
            one, other = rng.integers(len(known), size=2)
            known.append(known[one] * known[other])
        y = tf.add_n(known)
    boxes = []
    for group in ET.fromstring(tape.graph(y).to_svg()).iter(f"{SVG}g"):
        if group.get("class") == "ad-node":
            box = group.find(f"{SVG}rect")
            boxes.append([float(box.get(key)) for key in ("x", "y", "width", "height")])
    for k, (x, y_, width, height) in enumerate(boxes):
        for x2, y2, width2, height2 in boxes[:k]:
            assert x + width <= x2 or x2 + width2 <= x or y_ + height <= y2 or y2 + height2 <= y_


def test_records_of_several_are_joined_with_the_output_that_is_used():
    @tf.function
    def f(x):
        return tf.sin(x) * x

    x = tf.Variable([1.0, 2.0], name="x")
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(f(x))
    graph = tape.graph(y)
    assert [card.kind for card in graph.cards] == ["source", *["operation"] * (len(graph.cards) - 2), "target"]
    assert all(arrow.flows for arrow in graph.arrows)


def test_programs_are_drawn_without_values():
    program = tf.Program.from_function(lambda x: tf.reduce_sum(tf.sin(x) * 2.0), tf.TensorSpec([3], tf.float64))
    nodes, edges, flows = parsed(program.graph().to_svg())
    assert [texts for texts, *_ in nodes.values()] == [
        ["x", "float64 3"],
        ["v1 = sin x", "float64 3"],
        ["v3 = v1 · 2", "float64 3"],
        ["v4 = Σ v3", "float64"],
    ]
    assert edges == [(0, 1), (1, 3), (3, 4)] and flows == []


def test_dot_has_the_same_nodes_and_edges():
    tape, *_, y = textbook()
    dot = tape.graph(y).to_dot()
    assert len(re.findall(r"^  n\d+ \[label", dot, re.MULTILINE)) == 7
    assert len(re.findall(r"^  n\d+ -> n\d+;", dot, re.MULTILINE)) == 8
    assert len(re.findall(r"^  n\d+ -> n\d+ \[.*constraint=false", dot, re.MULTILINE)) == 8


def test_files_are_saved_by_their_ending(tmp_path, monkeypatch):
    tape, *_, y = textbook()
    graph = tape.graph(y)
    graph.save(tmp_path / "a.svg")
    graph.save(str(tmp_path / "a.dot"))
    assert (tmp_path / "a.svg").read_text() == graph.to_svg() and (tmp_path / "a.dot").read_text() == graph.to_dot()
    with pytest.raises(ValueError, match=r"a picture is saved as .svg, .dot, .png or .pdf, not .jpg"):
        graph.save(tmp_path / "a.jpg")
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ImportError, match=r'needs resvg, an extra: pip install "autodiff-core\[pictures\]"; or Graph'):
        graph.save(tmp_path / "a.png")
    with pytest.raises(ImportError, match=r"a picture as .pdf needs Graphviz, whose `dot` is not found"):
        graph.save(tmp_path / "a.pdf")
    assert not (tmp_path / "a.png").exists()


def test_png_is_made_of_the_svg(tmp_path):
    pytest.importorskip("resvg_py", exc_type=ImportError)
    tape, *_, y = textbook()
    tape.graph(y).save(tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"


def test_png_and_pdf_are_made_by_graphviz_where_it_is_found(tmp_path, monkeypatch):
    dot = tmp_path / "dot"
    dot.write_text("#!/bin/sh\necho made by $1; cat > /dev/null\n")
    dot.chmod(0o755)
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    tape, *_, y = textbook()
    for form in ("png", "pdf"):
        tape.graph(y).save(tmp_path / f"a.{form}")
        assert (tmp_path / f"a.{form}").read_text() == f"made by -T{form}\n"


def test_the_operations_within_a_record_are_named():
    @tf.function
    def f(x, n):
        return tf.while_loop(lambda i, x: i < n, lambda i, x: (i + 1, tf.sin(x) * x), (0, x))[1]

    kinds = tf.TensorSpec([200]), tf.TensorSpec([], tf.int32)
    cards = f.get_concrete_function(*kinds).program.graph().cards
    (loop,) = [card for card in cards if plain(card.label).endswith("= a loop")]
    assert "sin" in loop.value and "multiply" in loop.value


def test_formulas_are_those_of_rows():
    x, w = tf.Variable(np.ones((2, 3)), name="x"), tf.Variable(np.ones((3, 4)), name="w")
    a = tf.Variable(2.0, tf.float64, name="a")

    def label(f):
        with tf.GradientTape() as tape:
            y = f()
        return plain(tape.graph(y, names={"y": y}).cards[-1].label)

    assert label(lambda: x @ w) == "y = x @ w"
    assert label(lambda: tf.matmul(w, x, True, True)) == "y = wᵀ @ xᵀ"
    assert label(lambda: tf.reduce_sum(x)) == "y = Σ x"
    assert label(lambda: tf.transpose(x)) == "y = xᵀ"
    assert label(lambda: x[0, 1:]) == "y = x[0, 1:]"
    assert label(lambda: a * a) == "y = a · a"
    assert label(lambda: a**3.0) == "y = a³"
    assert label(lambda: -a) == "y = −a"
    assert label(lambda: tf.abs(a)) == "y = |a|"
    assert label(lambda: tf.sqrt(a)) == "y = √a"
    assert label(lambda: tf.exp(a)) == "y = exp a"
    assert label(lambda: tf.maximum(a, 1.0)) == "y = maximum(a, 1)"
    assert label(lambda: tf.concat([x, 2.0 * x, x, x, x], 0)).endswith(", …)")


def test_records_of_functions_are_folded_where_lines_are_noted():
    def layer(x, w):
        h = x @ w
        return tf.tanh(h)

    weights = [tf.Variable(np.ones((3, 3)), name=f"w{k}") for k in range(3)]
    with tf.GradientTape(trace=True) as tape:
        x = np.ones((2, 3))
        for w in weights:
            x = layer(x, w)
        loss = tf.reduce_mean(x * x)
    labels = [plain(card.label) for card in tape.graph(loss, fold="function").cards if card.kind == "fold"]
    assert labels == ["3 × layer: matmul, tanh", f"{sys._getframe().f_code.co_name}: multiply, sum, divide"]
    assert all(record.line is None or record.line.startswith(__file__) for record in tape.to_records())


def test_adjoints_by_rows_are_told_without_the_rows_that_are_zero():
    table = tf.Variable(np.ones((1000, 3)), name="table")
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(tf.nn.embedding_lookup(table, [1, 5, 1]) * [1.0, 2.0, 3.0])
    card = tape.graph(y).cards[0]
    gradient = tf.convert_to_tensor(tape.gradient(y, table)).numpy()
    assert plain(card.adjoint).endswith(f"= {np.linalg.norm(gradient):.4g}")


def test_pictures_of_programs_have_no_target():
    program = tf.Program.from_function(lambda x: x * x, tf.TensorSpec([]))
    with pytest.raises(ValueError, match=r"the picture of a program has no values.*program.gradient\(\)"):
        program.graph(tf.constant(1.0))
