"""Modules and name scopes: which variables are found, in which order, under which names."""

import threading
from collections import namedtuple

import pytest

import autodiff_core as tf

Pair = namedtuple("Pair", "first second")


class Layer(tf.Module):
    def __init__(self, name=None):
        super().__init__(name)
        with self.name_scope:
            self.w = tf.Variable(1.0, name="w")
            self.b = tf.Variable(2.0, name="b")
            self.steps = tf.Variable(0.0, name="steps", trainable=False)


def names(variables):
    return [variable.name for variable in variables]


def test_variables_come_in_the_order_of_the_attributes_names():
    layer = Layer()
    assert names(layer.variables) == ["layer/b:0", "layer/steps:0", "layer/w:0"]
    assert names(layer.trainable_variables) == ["layer/b:0", "layer/w:0"]
    assert names(layer.non_trainable_variables) == ["layer/steps:0"]
    assert isinstance(layer.variables, tuple)


def test_variables_are_found_in_lists_tuples_and_dicts():
    module = tf.Module()
    v = [tf.Variable(float(i), name=f"v{i}") for i in range(7)]
    module.a = [v[0], (v[1], "not a variable")]
    module.b = {"z": v[2], "y": v[3]}
    module.c = Pair(v[4], None)
    module.d = v[5]
    module.e = [[{"deep": [v[6]]}]]
    assert names(module.variables) == ["v0:0", "v1:0", "v3:0", "v2:0", "v4:0", "v5:0", "v6:0"]


def test_a_modules_own_variables_come_before_those_of_its_submodules():
    module = tf.Module()
    module.a_first_by_name = Layer("inner")
    module.z_last_by_name = tf.Variable(0.0, name="own")
    assert names(module.trainable_variables) == ["own:0", "inner/b:0", "inner/w:0"]


def test_each_variable_is_listed_once():
    module = tf.Module()
    module.one = module.two = module.three = [tf.Variable(1.0, name="shared")]
    module.child = tf.Module()
    module.child.also = module.one[0]
    assert names(module.variables) == ["shared:0"]


def test_modules_that_refer_to_each_other_are_walked_once():
    parent, child = tf.Module("parent"), Layer("child")
    parent.child, child.parent, parent.itself = child, parent, parent
    assert parent.submodules == (child,)
    assert names(parent.trainable_variables) == ["child/b:0", "child/w:0"]


def test_submodules_are_found_level_by_level():
    a, b, c, d = (tf.Module(name) for name in "abcd")
    a.x, a.y, b.z = [b], {"k": c}, d
    assert a.submodules == (b, c, d)
    assert b.submodules == (d,)
    assert d.submodules == ()


def test_variables_set_later_are_found():
    module = tf.Module()
    assert module.variables == ()
    module.parts = []
    module.parts.append(tf.Variable(1.0, name="late"))
    assert names(module.variables) == ["late:0"]


def test_the_gradient_of_all_trainable_variables_comes_in_their_order():
    layer = Layer()
    with tf.GradientTape() as tape:
        y = 3.0 * layer.w + 5.0 * layer.b
    assert [float(gradient) for gradient in tape.gradient(y, layer.trainable_variables)] == [5.0, 3.0]


@pytest.mark.parametrize(
    ("class_name", "name"),
    [("Dense", "dense"), ("MyBlock", "my_block"), ("MLP", "mlp"), ("MyMLP2Net", "my_mlp2_net"), ("lower", "lower")],
)
def test_the_default_name_is_the_classs_in_snake_case(class_name, name):
    assert type(class_name, (tf.Module,), {})().name == name


@pytest.mark.parametrize("name", ["two words", "1st", "a/b", ""])
def test_a_name_that_is_no_identifier_is_refused(name):
    with pytest.raises(ValueError, match="not a valid module name"):
        tf.Module(name)


def test_a_module_made_inside_another_carries_both_names():
    class Outer(tf.Module):
        def __init__(self):
            super().__init__()
            with self.name_scope:
                self.inner = Layer()

    outer = Outer()
    assert names(outer.trainable_variables) == ["outer/layer/b:0", "outer/layer/w:0"]
    assert outer.inner.name == "layer"


def test_with_name_scope_names_what_a_method_makes():
    class Lazy(tf.Module):
        @tf.Module.with_name_scope
        def __call__(self, x, *, factor=1.0):
            """Multiply."""
            if not hasattr(self, "w"):
                self.w = tf.Variable(2.0, name="w")
            return x * self.w * factor

    lazy = Lazy("lazy")
    with tf.name_scope("elsewhere"):
        assert float(lazy(3.0, factor=2.0)) == 12.0
    assert lazy.w.name == "lazy/w:0"
    assert Lazy.__call__.__doc__ == "Multiply."


def test_scopes_nest_and_give_their_prefix():
    with tf.name_scope("outer") as outer:
        with tf.name_scope("inner") as inner:
            assert tf.Variable(1.0, name="v").name == "outer/inner/v:0"
        assert tf.Variable(1.0).name == "outer/Variable:0"
    assert (outer, inner) == ("outer/", "outer/inner/")
    assert tf.Variable(1.0, name="v").name == "v:0"


def test_a_scope_that_ends_in_a_slash_is_entered_as_it_stands():
    with tf.name_scope("outer") as outer:
        pass
    with tf.name_scope("other"), tf.name_scope(outer):
        assert tf.Variable(1.0, name="v").name == "outer/v:0"


def test_an_empty_scope_goes_back_to_none():
    with tf.name_scope("outer"), tf.name_scope(""):
        assert tf.Variable(1.0, name="v").name == "v:0"


def test_a_scope_is_left_when_its_block_raises():
    with pytest.raises(KeyError), tf.name_scope("broken"):
        raise KeyError
    assert tf.Variable(1.0, name="v").name == "v:0"


def test_a_scope_can_be_entered_again_while_it_is_open():
    scope = tf.name_scope("a")
    with scope, scope:
        assert tf.Variable(1.0, name="v").name == "a/a/v:0"
    assert tf.Variable(1.0, name="v").name == "v:0"


def test_a_scope_belongs_to_its_thread():
    found = []
    with tf.name_scope("here"):
        thread = threading.Thread(target=lambda: found.append(tf.Variable(1.0, name="v").name))
        thread.start()
        thread.join()
    assert found == ["v:0"]


def test_a_scopes_name_must_be_text():
    with pytest.raises(ValueError, match="name for name_scope must be a string"):
        tf.name_scope(None)
    assert tf.name_scope("layer").name == "layer"
