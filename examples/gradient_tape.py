"""The gradient tape, from a single number to control flow.

Each step prints what it finds, and asserts it. Run it with ``python examples/gradient_tape.py``.
"""

import numpy as np

import autodiff_core as tf


def one_number() -> None:
    """A tape records what happens to a variable; its gradient is the derivative at the variable's value."""
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x**2
    dy_dx = tape.gradient(y, x)
    print("d(x**2)/dx at 3:", dy_dx)
    assert float(dy_dx) == 6.0


def a_linear_layer() -> None:
    """The gradients come back in the structure in which the sources are passed."""
    w = tf.Variable(tf.random.normal((3, 2)), name="weight")
    b = tf.Variable(tf.zeros(2), name="bias")
    x = tf.Variable([[1.0, 1.0, 0.0]], name="input")

    def record() -> tuple[tf.GradientTape, tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            y = x @ w + b
            loss = tf.reduce_mean(y**2)
        return tape, y, loss

    tape, y, loss = record()
    by_name = tape.gradient(loss, {"w": w, "b": b})
    print("gradients by name:", {name: gradient.shape for name, gradient in by_name.items()})
    # Two outputs: the mean of their squares has the derivative y, and the bias is added to them as it is.
    np.testing.assert_allclose(by_name["b"], y.numpy()[0], rtol=1e-6)
    # The third input is zero, so its weights change nothing.
    np.testing.assert_array_equal(by_name["w"][2], [0.0, 0.0])

    tape, y, loss = record()
    d_w, d_b = tape.gradient(loss, [w, b])
    np.testing.assert_array_equal(d_w, by_name["w"])
    np.testing.assert_array_equal(d_b, by_name["b"])

    names = [variable.name for variable in tape.watched_variables()]
    print("watched, in the order of their making:", names)
    assert names == ["weight:0", "bias:0", "input:0"]

    tape, y, loss = record()
    print("gradient of an intermediate result:", tape.gradient(loss, y).numpy())
    try:
        tape.gradient(loss, y)
    except RuntimeError as error:
        print("asked again:", error)
    else:
        raise AssertionError("a tape that is not persistent gave a second gradient")


def several_gradients() -> None:
    """A persistent tape answers as often as it is asked; several targets, or several numbers, are summed."""
    x = tf.Variable([[1.0, 1.0, 0.0]])
    with tf.GradientTape(persistent=True) as tape:
        itself = x
        squared = x**2
    np.testing.assert_array_equal(tape.gradient(squared, x), [[2.0, 2.0, 0.0]])
    np.testing.assert_array_equal(tape.gradient(itself, x), [[1.0, 1.0, 1.0]])
    both = tape.gradient({"itself": itself, "squared": squared}, x)
    print("of both targets:", both.numpy())
    np.testing.assert_array_equal(both, [[3.0, 3.0, 1.0]])

    factor = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        products = factor * [3.0, 4.0]
    total = tape.gradient(products, factor)
    print("of two products, summed:", float(total))
    assert float(total) == 7.0


def control_flow() -> None:
    """The tape sees the branch that Python took, and nothing of the condition."""
    x, untaken, taken = tf.Variable(-1.0), tf.Variable(2.0), tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        result = untaken if x > 0.0 else taken**2
    of_untaken, of_taken, of_condition = tape.gradient(result, [untaken, taken, x])
    print("untaken:", of_untaken, " taken:", of_taken, " condition:", of_condition)
    assert of_untaken is None and of_condition is None
    assert float(of_taken) == 4.0


def assignment() -> None:
    """What is on the tape stays as it was recorded, whatever is assigned to the variables later."""
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        z = x**2 if x > y else y**3
    before = tape.gradient(z, [x, y])
    x.assign(4.0)
    y.assign(5.0)
    after = tape.gradient(z, [x, y])
    print("before the assignment:", before)
    print("and after:", after)
    assert before[0] is None and after[0] is None
    assert float(before[1]) == float(after[1]) == 27.0


def where_gradients_end() -> None:
    """A source that the target does not depend on, through the library, has the gradient None."""
    x, other = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        left_the_library = tf.constant(np.exp(x.numpy()))
        went_on = np.exp(x)
    assert tape.gradient(went_on, other) is None
    assert tape.gradient(left_the_library, x) is None
    print("a NumPy function of a variable is recorded:", float(tape.gradient(went_on, x)))
    assert float(tape.gradient(other * 1.0, x, unconnected_gradients=tf.UnconnectedGradients.ZERO)) == 0.0


if __name__ == "__main__":
    for step in (one_number, a_linear_layer, several_gradients, control_flow, assignment, where_gradients_end):
        step()
