"""Functions made of functions: which state is whose, what signature they show, how they are pickled and copied."""

import copy
import functools
import inspect
import pickle
import subprocess
import sys
import textwrap

import cloudpickle
import numpy as np
import pytest

import autodiff_core as tf

X = 2.0


def cube(x):
    """The cube."""
    return x**3


def ruled(x):
    return x * x, lambda g: 5.0 * g


@tf.function
def recorded(x):
    return x**3


@tf.custom_gradient
def with_gradient(x):
    return x * x, lambda g: 7.0 * g


@tf.custom_jvp
def with_jvp(x):
    return x * x


@with_jvp.defjvp
def with_jvp_rule(primals, tangents):
    return primals[0] ** 2, 9.0 * tangents[0]


class Model:
    def __init__(self, factor):
        self.factor = factor

    @tf.function
    def scaled(self, x):
        return self.factor * x

    def plain(self, x):
        return self.factor * x


TRANSFORMS = {
    "grad": (tf.grad, 12.0),
    "value_and_grad": (tf.value_and_grad, (8.0, 12.0)),
    "jacobian": (tf.jacobian, 12.0),
    "hessian": (tf.hessian, 12.0),
    "recompute_grad": (tf.recompute_grad, 8.0),
    "grad_pass_through": (tf.grad_pass_through, 8.0),
}

CARRIERS = {
    "function": lambda f: tf.function(f)(tf.constant(X)),
    "vectorize": lambda f: tf.nest.map_structure(lambda y: y[0], tf.vectorize(f)(tf.constant([X]))),
    "Program": lambda f: tf.Program.from_function(f, tf.constant(X))(tf.constant(X)),
    "call": lambda f: f(tf.constant(X)),
}


def numbers(result):
    return tf.nest.map_structure(float, result)


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("name", TRANSFORMS)
def test_transform_of_a_recorded_function_is_another_function(name, carrier, warm):
    transform, expected = TRANSFORMS[name]
    original = tf.function(lambda x: x**3)
    if warm:
        original(tf.constant(X))
    assert numbers(CARRIERS[carrier](transform(original))) == expected
    assert float(original(tf.constant(X))) == 8.0


@pytest.mark.parametrize("make", [tf.function, tf.vectorize, tf.custom_gradient, tf.custom_jvp, tf.grad])
def test_state_is_not_where_wraps_copies_from(make):
    wrapped = make(cube)
    assert set(vars(wrapped)) <= {*functools.WRAPPER_ASSIGNMENTS, "__wrapped__"}


def test_attributes_of_the_function_inside_stay_its_own():
    def f(x):
        return x**3

    f.note = [1]
    assert not hasattr(tf.grad(f), "note") and not hasattr(tf.function(f), "note")


@pytest.mark.parametrize("make", [tf.function, tf.vectorize, tf.grad, tf.jacobian, tf.recompute_grad, tf.custom_jvp])
def test_names_docstring_and_signature_are_taken_over(make):
    made = make(cube)
    assert (made.__name__, made.__doc__, made.__wrapped__) == ("cube", "The cube.", cube)
    assert inspect.signature(made) == inspect.signature(cube)


def test_a_wrapper_of_a_recorded_function_by_functools_is_another_function():
    original = tf.function(lambda x: x**3)
    original(tf.constant(X))

    @tf.function
    @functools.wraps(original)
    def doubled(x):
        return 2.0 * original(x)

    assert float(doubled(tf.constant(X))) == 16.0


MADE = {
    "function": lambda: tf.function(cube),
    "function with options": lambda: tf.function(cube, input_signature=[tf.TensorSpec([], tf.float32)], name="third"),
    "decorated function": lambda: recorded,
    "vectorize": lambda: tf.vectorize(cube, out_axes=-1),
    "grad": lambda: tf.grad(cube),
    "grad of a recorded function": lambda: tf.grad(tf.function(cube)),
    "grad of a decorated function": lambda: tf.grad(recorded),
    "function of grad": lambda: tf.function(tf.grad(cube)),
    "value_and_grad": lambda: tf.value_and_grad(cube),
    "jacobian": lambda: tf.jacobian(cube, mode="forward"),
    "hessian": lambda: tf.hessian(cube),
    "custom_gradient": lambda: tf.grad(tf.custom_gradient(ruled)),
    "decorated custom_gradient": lambda: tf.grad(with_gradient),
    "decorated custom_jvp": lambda: tf.grad(with_jvp),
    "recompute_grad": lambda: tf.grad(tf.recompute_grad(cube)),
    "grad_pass_through": lambda: tf.grad(tf.grad_pass_through(cube)),
    "method": lambda: Model(3.0).scaled,
    "function of a method": lambda: tf.function(Model(3.0).plain),
}


def applied(f):
    argument = tf.constant([X, 3.0]) if type(f).__name__ == "_Vectorized" else tf.constant(X)
    return tf.nest.map_structure(lambda y: y.numpy().tolist(), f(argument))


@pytest.mark.parametrize("way", [pickle, cloudpickle], ids=["pickle", "cloudpickle"])
@pytest.mark.parametrize("name", MADE)
def test_functions_made_of_functions_are_pickled(name, way):
    model = Model(3.0)
    made = model.scaled if name == "method" else MADE[name]()
    expected = applied(made)
    assert applied(way.loads(way.dumps(made))) == expected


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy])
@pytest.mark.parametrize("name", MADE)
def test_functions_made_of_functions_are_copied(name, way):
    model = Model(3.0)
    made = model.scaled if name == "method" else MADE[name]()
    expected = applied(made)
    assert applied(way(made)) == expected


def test_what_is_found_by_its_name_is_copied_as_itself():
    assert copy.copy(recorded) is recorded and copy.deepcopy([with_gradient])[0] is with_gradient


def test_a_deep_copy_of_an_object_has_functions_of_its_own():
    class Holder:
        def __init__(self):
            self.factor = 2.0
            self.call = tf.function(self.scaled)

        def scaled(self, x):
            return self.factor * x

    first = Holder()
    assert float(first.call(tf.constant(1.0))) == 2.0
    second = copy.deepcopy(first)
    second.factor = 5.0
    assert float(second.call(tf.constant(1.0))) == 5.0


def test_cloudpickle_takes_lambdas():
    scale = 4.0
    f = cloudpickle.loads(cloudpickle.dumps(tf.grad(tf.function(lambda x: scale * x * x))))
    assert float(f(tf.constant(1.0))) == 8.0


def test_a_lambda_is_not_pickled_as_python_says():
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(tf.grad(lambda x: x * x))


def test_cloudpickle_sends_a_script_s_decorated_functions_whole():
    script = textwrap.dedent(
        """
            import sys
            import cloudpickle
            import autodiff_core as tf

            @tf.function
            def third(x):
                return x ** 3

            @tf.custom_jvp
            def second(x):
                return x ** 2

            @second.defjvp
            def rule(primals, tangents):
                return primals[0] ** 2, 9.0 * tangents[0]

            sys.stdout.buffer.write(cloudpickle.dumps([third, tf.grad(second)]))
        """
    )
    sent = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True).stdout
    third, slope = pickle.loads(sent)
    assert (float(third(tf.constant(2.0))), float(slope(tf.constant(2.0)))) == (8.0, 9.0)


def test_a_concrete_function_says_why_it_is_not_pickled():
    concrete = recorded.get_concrete_function(tf.TensorSpec([], tf.float32))
    with pytest.raises(TypeError, match=r"a concrete function is not pickled; pickle its \.program"):
        pickle.dumps(concrete)
    assert copy.deepcopy(concrete) is concrete and copy.copy(concrete) is concrete


def test_programs_need_not_travel():
    made = pickle.loads(pickle.dumps(tf.function(cube)))
    assert made.trace_count == 0
    np.testing.assert_array_equal(made(tf.constant([1.0, 2.0])), [1.0, 8.0])
