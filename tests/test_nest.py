"""Nested structures: TensorFlow's order and errors, and no optree where none is needed."""

import dataclasses
import subprocess
import sys
import types
from array import array
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, UserString, defaultdict, deque, namedtuple
from collections.abc import Mapping, Sequence

import numpy as np
import optree
import pytest

import autodiff_core as tf
from autodiff_core import nest
from autodiff_core.nest import flatten_for_tape

Point = namedtuple("Point", "x y")


class Items(list):
    pass


class Couple(tuple):
    __slots__ = ()


class Settings(dict):
    pass


class NamedPoint(Point):
    __slots__ = ()


class Frozen(Mapping):
    """A mapping that is made of a dict and cannot be changed."""

    def __init__(self, content):
        self.content = dict(content)

    def __getitem__(self, key):
        return self.content[key]

    def __iter__(self):
        return iter(self.content)

    def __len__(self):
        return len(self.content)

    def __eq__(self, other):
        return isinstance(other, Frozen) and self.content == other.content

    __hash__ = None


class Row(Sequence):
    """A sequence that is none of Python's."""

    def __init__(self, items):
        self.items = list(items)

    def __getitem__(self, index):
        return self.items[index]

    def __len__(self):
        return len(self.items)

    def __eq__(self, other):
        return isinstance(other, Row) and self.items == other.items

    __hash__ = None


class Masked:
    """A class that says by TensorFlow's protocol what its parts are."""

    def __init__(self, mask, values):
        self.mask, self.values = mask, values

    def __tf_flatten__(self):
        return (self.mask,), (self.values,)

    @classmethod
    def __tf_unflatten__(cls, metadata, components):
        return cls(*metadata, *components)

    def __eq__(self, other):
        return isinstance(other, Masked) and (self.mask, self.values) == (other.mask, other.values)

    __hash__ = None


class Attribute:
    def __init__(self, name):
        self.name = name


class Attributed:
    """What a class of attrs looks like."""

    __attrs_attrs__ = (Attribute("y"), Attribute("x"))

    def __init__(self, y, x):
        self.y, self.x = y, x

    def __eq__(self, other):
        return isinstance(other, Attributed) and (self.y, self.x) == (other.y, other.x)

    __hash__ = None


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
    (deque([1, 2], maxlen=2), [1, 2]),
    (Items([1, [2]]), [1, 2]),
    (Couple((1, (2,))), [1, 2]),
    (Settings(b=1, a=[2]), [2, 1]),
    (NamedPoint(1, 2), [1, 2]),
    (UserDict(b=1, a=[2]), [2, 1]),
    (UserList([1, [2]]), [1, 2]),
    (ChainMap({"b": 1}, {"a": 2}), [2, 1]),
    (Counter(b=1, a=2), [2, 1]),
    (types.MappingProxyType({"b": 1, "a": 2}), [2, 1]),
    (Frozen({"b": 1, "a": [2]}), [2, 1]),
    (Row([1, [2]]), [1, 2]),
    (range(3), [0, 1, 2]),
    (Masked("mask", [1, 2]), [1, 2]),
    (Attributed(1, [2]), [1, 2]),
    (
        [Items([1, Settings(a=Masked(0, UserDict(z=Row([2, None]))))]), {"k": Frozen({"a": Couple((3,))})}],
        [1, 2, None, 3],
    ),
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
    for branch in (
        Items(),
        Couple(),
        Settings(),
        UserDict(),
        UserList(),
        Row([]),
        Masked(1, 2),
        Attributed(1, 2),
        {}.values(),
    ):
        assert nest.is_nested(branch)
    for leaf in (1, None, "ab", b"ab", {1, 2}, object(), UserString("ab"), bytearray(b"ab"), memoryview(b"ab")):
        assert not nest.is_nested(leaf)


@pytest.mark.parametrize(
    "leaf",
    [array("d", [1.0, 2.0]), Point, types.SimpleNamespace(a=1), iter([1])],
    ids=lambda leaf: type(leaf).__name__,
)
def test_numbers_in_memory_classes_and_iterators_are_leaves(leaf):
    assert nest.flatten([[leaf]]) == [leaf]


def test_a_view_of_a_mapping_is_rebuilt_as_a_list():
    structure = {"b": 1, "a": 2}
    assert nest.flatten(structure.values()) == [1, 2]
    assert nest.map_structure(str, structure.values()) == ["1", "2"]
    assert nest.map_structure(str, [structure.keys()]) == [["b", "a"]]
    assert nest.flatten(structure.items()) == ["b", 1, "a", 2]
    nest.assert_same_structure(structure.values(), [3, 4])


def test_a_range_whose_numbers_change_becomes_a_list():
    assert nest.map_structure(lambda n: n + 1, range(2)) == [1, 2]


def test_a_mapping_that_cannot_be_made_anew_says_so():
    class Stubborn(dict):
        def __init__(self, needed):
            super().__init__(needed)

    with pytest.raises(
        TypeError, match=r"a Stubborn cannot be made like {'a': 1}: a mapping must be made without arguments"
    ):
        nest.map_structure(str, Stubborn({"a": 1}))


def test_a_protocol_that_gives_no_pair_says_so():
    class Half:
        def __tf_flatten__(self):
            return ()

        @classmethod
        def __tf_unflatten__(cls, metadata, components):
            return cls()

    with pytest.raises(TypeError, match=r"Half\.__tf_flatten__ must return a pair"):
        nest.flatten(Half())


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
        (Items([1]), ["a"]),
        (Settings(a=1), {"a": 2}),
        (UserDict(a=1), Frozen({"a": 2})),
        (Couple((1,)), (2,)),
        (Masked(0, 1), Masked(0, 2)),
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
        ({"k": Items([1])}, {"k": 1}, r"at \['k'\] the first has an Items, the second a leaf"),
        (UserDict(a=1), {"b": 1}, r"at the top the first has the keys \['a'\], the second \['b'\]"),
    ],
)
def test_another_nesting_is_a_value_error_that_says_where(one, other, place):
    with pytest.raises(ValueError, match=f"don't have the same nested structure: {place}"):
        nest.assert_same_structure(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [([1, 2], (1, 2)), ([1, [2]], [1, (2,)]), (Point(1, 2), (1, 2)), ({0: 1}, [1]), (Masked(0, 1), [1])],
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


# -- Every structure, wherever structures go ------------------------------------------------------------------------


def pair(kind):
    """Two values in a structure of a kind, by a function that makes it of two."""
    return {
        "list subclass": lambda a, b: Items([a, b]),
        "tuple subclass": lambda a, b: Couple((a, b)),
        "dict subclass": lambda a, b: Settings(a=a, b=b),
        "UserDict": lambda a, b: UserDict(a=a, b=b),
        "UserList": lambda a, b: UserList([a, b]),
        "mappingproxy": lambda a, b: types.MappingProxyType({"a": a, "b": b}),
        "mapping": lambda a, b: Frozen({"a": a, "b": b}),
        "sequence": lambda a, b: Row([a, b]),
        "values": lambda a, b: {"a": a, "b": b}.values(),
        "protocol": lambda a, b: Masked(None, [a, b]),
        "attrs": Attributed,
        "ordered": lambda a, b: OrderedDict(b=b, a=a),
        "named": NamedPoint,
    }[kind]


KINDS = [
    *(
        "list subclass",
        "tuple subclass",
        "dict subclass",
        "UserDict",
        "UserList",
        "mappingproxy",
        "mapping",
        "sequence",
    ),
    *("values", "protocol", "attrs", "ordered", "named"),
]


def product(structure):
    a, b = nest.flatten(structure)
    return a * b


def numbers(structure):
    return [float(leaf) for leaf in nest.flatten(structure)]


@pytest.mark.parametrize("kind", KINDS)
def test_sources_targets_and_weights_are_any_structure(kind):
    make = pair(kind)
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(make(x, y))
        z = make(x * y, x + y)
    gradient = tape.gradient(z, make(x, y), output_gradients=make(tf.constant(1.0), tf.constant(10.0)))
    assert numbers(gradient) == [13.0, 12.0]
    assert type(gradient) is (list if kind == "values" else type(make(x, y)))
    assert numbers(tape.jacobian(x * y, make(x, y), unconnected_gradients="zero")) == [0.0, 0.0]
    assert numbers(tape.jvp(z, make(x, y), make(1.0, 0.0))) == [3.0, 1.0]


@pytest.mark.parametrize("kind", KINDS)
def test_arguments_of_transformations_are_any_structure(kind):
    make = pair(kind)
    point, direction = make(tf.constant(2.0), tf.constant(3.0)), make(tf.constant(1.0), tf.constant(0.0))
    assert numbers(tf.grad(product)(point)) == [3.0, 2.0]
    assert numbers(tf.grad(tf.function(product))(point)) == [3.0, 2.0]
    assert [float(part) for part in tf.jvp(product, (point,), (direction,))] == [6.0, 3.0]
    many = make(tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0]))
    assert tf.vectorize(product)(many).numpy().tolist() == [3.0, 8.0]
    with tf.autodiff.ForwardAccumulator(point, direction) as accumulator:
        z = product(point)
    assert float(accumulator.jvp(z)) == 3.0


@pytest.mark.parametrize("kind", KINDS)
def test_recorded_functions_and_rules_take_and_give_any_structure(kind):
    make = pair(kind)
    calls = []

    @tf.function
    def swapped(structure):
        calls.append(1)
        a, b = nest.flatten(structure)
        return make(b, a)

    for first in (1.0, 2.0):
        result = swapped(make(tf.constant(first), tf.constant(3.0)))
        assert numbers(result) == [3.0, first]
        assert type(result) is (list if kind == "values" else type(make(1, 2)))
    assert len(calls) == 1

    @tf.custom_gradient
    def ruled(structure):
        return product(structure), lambda g: (5.0 * g, 7.0 * g)

    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = ruled(make(x, y))
    assert numbers(tape.gradient(z, make(x, y))) == [5.0, 7.0]


def test_modules_find_variables_in_any_structure():
    for kind in KINDS:
        module = tf.Module()
        module.parts = pair(kind)(tf.Variable(1.0), tf.Variable(2.0))
        assert numbers(module.variables) == [1.0, 2.0]


def test_a_recorded_function_is_given_collections_without_tensors_as_they_are():
    given = [range(2), UserDict(a=1), Row([1, 2])]

    @tf.function
    def same(thing, x):
        assert thing is current
        return x + 1.0

    for current in given:
        assert float(same(current, tf.constant(1.0))) == 2.0


# -------------------------------------------------------------------------------------------------------- dataclasses


@dataclasses.dataclass
class Layer:
    weight: object
    bias: object = 0.5


@dataclasses.dataclass
class Wrapped:
    inner: object

    def __tf_tensor__(self, dtype=None, name=None):
        return self.inner


def test_dataclasses_are_leaves_but_where_parameters_are_looked_for():
    layer = Layer(1.0)
    assert nest.flatten([layer, 2.0]) == [layer, 2.0] and flatten_for_tape({"a": layer})[0] == [layer]
    for structure in (layer, [layer], {"a": layer, "b": (layer, 3.0)}):
        leaves, rebuild = flatten_for_tape(structure, True)
        assert leaves[:2] == [1.0, 0.5] and rebuild(leaves) == structure
    made = flatten_for_tape(layer, True)[1]([3.0, 4.0])
    assert made == Layer(3.0, 4.0) and layer == Layer(1.0)
    assert nest.structure_key(layer, True) == nest.structure_key(Layer(7.0), True)
    assert nest.flatten_up_to({"a": layer}, {"a": Layer((0, 1), None)}) == [(0, 1), None]
    with pytest.raises(ValueError):
        nest.flatten_up_to(layer, {"weight": 1.0})


def test_tapes_and_gradients_look_into_dataclasses():
    layer = Layer(tf.Variable([1.0, 2.0]), tf.Variable(3.0))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(layer.weight**2) * layer.bias
    found = tape.gradient(y, layer)
    assert isinstance(found, Layer)
    np.testing.assert_allclose(found.weight, [6.0, 12.0])
    np.testing.assert_allclose(found.bias, 5.0)
    gradient = tf.grad(lambda p: tf.reduce_sum(p.weight**2) * p.bias)(Layer(np.ones(2), np.array(2.0)))
    np.testing.assert_allclose(gradient.weight, [4.0, 4.0])
    wrapped = Wrapped(layer.bias)
    with tf.GradientTape() as tape:
        y = layer.bias**2
    np.testing.assert_allclose(tape.gradient(y, wrapped), 6.0)


def test_functions_are_given_dataclasses_as_they_are():
    @dataclasses.dataclass(eq=False)
    class Counter:
        weight: object
        calls: int = 0

        @tf.function
        def step(self, x):
            self.calls += 1
            return x * self.weight

    counter = Counter(tf.Variable(2.0))
    assert float(counter.step(3.0)) == 6.0 and counter.calls >= 1
    touched = []
    tf.function(lambda it, x: touched.append(it) or x * it.weight)(counter, 1.0)
    assert touched[0] is counter
