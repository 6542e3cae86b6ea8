"""Attributes of a user's subclass: whatever name TensorFlow leaves free can be given to one."""

from __future__ import annotations

from typing import Any

import pytest

import autodiff_core as tf

# What TensorFlow's and Keras' own classes keep under these names, and what Jupyter asks for.
THEIRS = {"_name", "_name_scope", "_trainable", "_layers", "_constraint", "_repr_html_"}


class Block(tf.Module):
    def __init__(self) -> None:
        super().__init__()
        self.w = tf.Variable(2.0)

    def __call__(self, x: Any) -> Any:
        return self.w * x


class Scale(tf.keras.layers.Layer):
    def build(self, input_shape: Any) -> None:
        self.w = self.add_weight((), "ones", name="w")

    def call(self, inputs: Any) -> Any:
        return inputs * self.w


class Net(tf.keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.inner = tf.keras.layers.Dense(1)

    def call(self, inputs: Any) -> Any:
        return self.inner(inputs)


class Sign(tf.keras.optimizers.Optimizer):
    def update_block(self, rate: Any, step: Any, gradient: Any, *slots: Any) -> None:
        gradient *= rate


def of_module(module: Any) -> None:
    assert float(tf.reduce_sum(module(tf.ones((1, 1))))) == float(tf.reduce_sum(module(tf.ones((1, 1)))))
    assert len(module.trainable_variables) == len(module.variables) > 0
    assert module.submodules is not None
    assert isinstance(module.name, str)
    if isinstance(module, tf.keras.layers.Layer):
        module.trainable = True
        module.set_weights(module.get_weights())
        module.add_weight(())


def of_optimizer(optimizer: Any) -> None:
    v, table = tf.Variable(1.0), tf.Variable([1.0, 2.0])
    for _ in range(2):
        optimizer.apply_gradients([(tf.constant(1.0), v)])
        optimizer.apply_gradients([(tf.IndexedSlices([1.0], [0], [2]), table)])
    optimizer.minimize(lambda: v * v, [v])
    tf.function(lambda: optimizer.apply_gradients([(tf.constant(1.0), v)]))()
    assert int(optimizer.iterations) == 6


def of_variable(v: Any) -> None:
    v.assign([1.0, 2.0])
    v.assign_add([1.0, 1.0])
    v.scatter_update(tf.IndexedSlices([5.0], [0]))
    v.scatter_nd_add([[1]], [1.0])
    v.scatter_mul(tf.IndexedSlices([2.0], [0]))
    v[0].assign(3.0)
    assert v.numpy().tolist() == [3.0, 4.0]


class Weight(tf.Variable):
    pass


SUBJECTS: list[tuple[type, Any, Any]] = [
    (Block, (), of_module),
    (Scale, (), of_module),
    (Net, (), of_module),
    (tf.keras.Sequential, ([tf.keras.layers.Dense(1)],), of_module),
    (tf.keras.layers.Dense, (1,), of_module),
    (Sign, (0.1,), of_optimizer),
    (tf.keras.optimizers.SGD, (0.1, 0.9), of_optimizer),
    (tf.keras.optimizers.Adam, (0.1,), of_optimizer),
    (Weight, ([0.0, 0.0],), of_variable),
]


def private_names(kind: type, arguments: Any) -> list[str]:
    """The names with one underscore that a class and its instances have from this library."""
    names = {name for base in kind.__mro__ if base is not object for name in vars(base)}
    return sorted(n for n in names | set(vars(kind(*arguments))) if n[0] == "_" and n[1] != "_" and "__" not in n)


# Names that were private here once, and may be again.
ONCE = {
    *("_leaves", "_parts", "_cast", "_cast_one", "_weights", "_dtype", "_build_once", "_groups", "_memory", "_rate"),
    *("_known", "_recorded", "_fitting", "_children", "_value", "_shape", "_step", "_x"),
}


@pytest.mark.parametrize(("kind", "arguments", "use"), SUBJECTS, ids=[kind.__name__ for kind, _, _ in SUBJECTS])
def test_a_subclass_has_attributes_and_methods_of_any_name(kind: type, arguments: Any, use: Any) -> None:
    private = set(private_names(kind, arguments))
    assert private <= THEIRS, "mangle these names (self.__name), or make functions of them"
    for name in ONCE - THEIRS:
        taken: Any = type("Subclass", (kind,), {name: lambda *args: "the user's"})
        use(taken(*arguments))
        subject: Any = type("Subclass", (kind,), {})(*arguments)
        setattr(subject, name, "the user's")
        use(subject)
        assert getattr(subject, name) == "the user's"
