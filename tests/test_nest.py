"""Nested structures: TensorFlow's order and errors, and no optree where none is needed."""

import subprocess
import sys
from collections import OrderedDict, defaultdict, deque, namedtuple

import numpy as np
import optree
import pytest

import autodiff_core as tf
from autodiff_core import nest
from autodiff_core.nest import flatten_for_tape

Point = namedtuple("Point", "x y")

# A structure, and its leaves in order.
STRUCTURES = [
    (1, [1]),
    (None, [None]),
    ("text", ["text"]),
    ([], []),
    ([1, None, "a"], [1, None, "a"]),
    ((1, 2), [1, 2]),
    ({"b": 1, "a": 2}, [2, 1]),
    ({"b": [1, (2,)], "a": {"d": 3, "c": None}}, [None, 3, 1, 2]),
    ([[1, 2], [[3]], []], [1, 2, 3]),
    (Point(1, [2, 3]), [1, 2, 3]),
    ([Point({"b": 1, "a": 2}, None)], [2, 1, None]),
    (OrderedDict(b=1, a=OrderedDict(d=2, c=[3])), [3, 2, 1]),
    (defaultdict(list, b=1, a=2), [2, 1]),
    (deque([1, 2]), [1, 2]),
]


@pytest.mark.parametrize(("structure", "leaves"), STRUCTURES)
def test_flatten_lists_the_leaves_in_tensorflows_order(structure, leaves):
    assert nest.flatten(structure) == leaves


@pytest.mark.parametrize(("structure", "leaves"), STRUCTURES)
def test_packing_the_leaves_gives_the_structure_back(structure, leaves):
    packed = nest.pack_sequence_as(structure, leaves)
    assert packed == structure
    assert type(packed) is type(structure)
    flat, rebuild = flatten_for_tape(structure)
    assert flat == leaves
    assert rebuild(leaves) == structure


def test_a_rebuilt_dict_keeps_its_own_order_of_keys():
    for structure in ({"b": 1, "a": 2}, {"b": [1], "a": 2}, OrderedDict(b=1, a=2)):
        assert list(nest.map_structure(str, structure)) == ["b", "a"]


def test_keys_that_do_not_compare_are_flattened_the_same_way_each_time():
    structure = {1: "one", "a": "letter", (1, 2): "pair"}
    assert nest.pack_sequence_as(structure, nest.flatten(structure)) == structure
    assert nest.flatten(structure) == nest.flatten(dict(reversed(structure.items())))


def test_tensors_variables_and_arrays_are_leaves():
    leaves = [tf.constant([1.0, 2.0]), tf.Variable([[1.0]]), np.arange(3), np.float64(1.0)]
    for leaf in leaves:
        assert not nest.is_nested(leaf)
        assert nest.flatten(leaf)[0] is leaf
    for structure in (leaves, [leaves, [leaves[0]]]):
        assert all(one is other for one, other in zip(nest.flatten(structure), leaves, strict=False))


def test_a_shape_is_a_leaf():
    shape = tf.zeros((2, 3)).shape
    assert nest.flatten(shape) == [shape]
    assert nest.flatten([shape, [shape]]) == [shape, shape]


def test_is_nested_tells_branches_from_leaves():
    for branch in ([], (), {}, Point(1, 2), OrderedDict(), deque(), defaultdict(int)):
        assert nest.is_nested(branch)
    for leaf in (1, None, "ab", b"ab", {1, 2}, range(3), object()):
        assert not nest.is_nested(leaf)


def test_classes_registered_with_optree_are_branches():
    @optree.dataclasses.dataclass(namespace="autodiff_core")
    class Pair:
        first: object
        second: object

    structure = {"b": Pair([1], 2), "a": 3}
    assert nest.flatten(structure) == [3, 1, 2]
    assert nest.flatten(Pair(1, 2)) == [1, 2]
    assert nest.is_nested(Pair(1, 2))
    assert nest.map_structure(lambda leaf: leaf * 10, structure) == {"b": Pair([10], 20), "a": 30}
    assert nest.flatten([Pair(1, 2), 3]) == [1, 2, 3]


def test_map_structure_pairs_the_leaves_of_several_structures():
    added = nest.map_structure(lambda a, b, c: a + b + c, {"x": 1, "y": [2]}, {"y": [20], "x": 10}, {"x": 0, "y": [0]})
    assert added == {"x": 11, "y": [22]}


def test_map_structure_pairs_an_ordered_dict_with_a_dict_by_key():
    paired = nest.map_structure(lambda a, b: (a, b), OrderedDict(b=1, a=2), {"a": "a", "b": "b"})
    assert paired == {"b": (1, "b"), "a": (2, "a")}
    assert list(paired) == ["b", "a"]


def test_map_structure_across_types_is_asked_for():
    with pytest.raises(TypeError):
        nest.map_structure(lambda a, b: a + b, [1, 2], (3, 4))
    assert nest.map_structure(lambda a, b: a + b, [1, 2], (3, 4), check_types=False) == [4, 6]


def test_map_structure_needs_a_function_and_a_structure():
    with pytest.raises(TypeError, match="callable"):
        nest.map_structure(3, [1])
    with pytest.raises(ValueError, match="at least one structure"):
        nest.map_structure(len)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, "a"),
        ([1, 2], ["a", None]),
        ({"a": 1, "b": [2]}, {"b": [3], "a": 4}),
        (OrderedDict(b=1, a=2), {"a": 1, "b": 2}),
        (OrderedDict(b=1, a=2), OrderedDict(a=1, b=2)),
        ([Point(1, 2)], [namedtuple("Point", "x y")(3, 4)]),
        ([[1], (2,)], [["b"], ("c",)]),
    ],
)
def test_structures_that_differ_in_their_leaves_only_are_the_same(one, other):
    nest.assert_same_structure(one, other)
    nest.assert_same_structure(other, one)


@pytest.mark.parametrize(
    ("one", "other", "place"),
    [
        ([1, 2], [1], "at the top the first has 2 items, the second 1"),
        (1, [1], "at the top the first has a leaf, the second a list"),
        ([1, 2], [1, [2]], r"at \[1\] the first has a leaf, the second a list"),
        ({"a": 1}, {"b": 1}, r"at the top the first has the keys \['a'\], the second \['b'\]"),
        ({"k": [1, (2, 3)]}, {"k": [1, (2,)]}, r"at \['k'\]\[1\] the first has 2 items, the second 1"),
    ],
)
def test_another_nesting_is_a_value_error_that_says_where(one, other, place):
    with pytest.raises(ValueError, match=f"don't have the same nested structure: {place}"):
        nest.assert_same_structure(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [([1, 2], (1, 2)), ([1, [2]], [1, (2,)]), (Point(1, 2), (1, 2)), ({0: 1}, [1])]
)
def test_other_branch_types_are_a_type_error_unless_types_do_not_count(one, other):
    with pytest.raises(TypeError, match="don't have the same nested structure"):
        nest.assert_same_structure(one, other)
    nest.assert_same_structure(one, other, check_types=False)


@pytest.mark.parametrize(("structure", "leaves"), [([1, 2], [1]), ([[1], 2], [1, 2, 3]), (1, [1, 2]), ({}, [1])])
def test_packing_another_number_of_leaves_is_a_value_error(structure, leaves):
    with pytest.raises(ValueError, match=f"flat_sequence had {len(leaves)} items"):
        nest.pack_sequence_as(structure, leaves)


def test_packing_something_that_is_no_sequence_is_a_type_error():
    with pytest.raises(TypeError, match="flat_sequence must be a sequence"):
        nest.pack_sequence_as([1, 2], 3)


def test_flat_structures_and_their_gradients_do_not_import_optree():
    program = """
import sys
import numpy as np
import autodiff_core as tf
x, y = tf.Variable(2.0), tf.Variable([3.0, 4.0])
for sources in (x, [x, y], (x, y), {"x": x, "y": y}):
    with tf.GradientTape() as tape:
        z = tf.reduce_sum(x * y)
    tape.gradient([z, z], sources)
tf.nest.flatten([1, None, "a", np.zeros(2), x.shape, np.float32(1), object()])
tf.nest.map_structure(lambda a, b: a + b, {"a": 1, "b": 2}, {"b": 3, "a": 4})
tf.nest.assert_same_structure([1, 2], [3, 4])
tf.nest.pack_sequence_as((0, 0), [1, 2])
assert "optree" not in sys.modules
tf.nest.flatten([[1]])
assert "optree" in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
