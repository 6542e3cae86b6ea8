"""A matrix times a stack of vectors, in whichever way it is written and lies in memory, is what the sum of products is.

Such stacks are one product for BLAS, with the operands in turn where the vectors are columns.
"""

from collections.abc import Callable

import numpy as np
import pytest

import autodiff_core as tf

STACKS = ((), (1,), (5,), (2, 3), (3, 1, 2), (0,))
LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "contiguous": np.ascontiguousarray,
    "transposed": lambda x: np.ascontiguousarray(x.swapaxes(-1, -2)).swapaxes(-1, -2),
    "every other": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "backwards": lambda x: np.ascontiguousarray(x[..., ::-1, :])[..., ::-1, :],
    "one for all": lambda x: np.broadcast_to(x[:1], x.shape) if x.ndim > 2 else x,
}


def drawn(*shape: int) -> np.ndarray:
    return np.random.default_rng(len(shape) + sum(shape)).normal(size=shape)


@pytest.mark.parametrize("transposed", [(a, b) for a in (False, True) for b in (False, True)])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize(
    ("rows", "inner", "columns"), [(4, 3, 1), (1, 3, 4), (1, 3, 1), (4, 1, 1), (1, 1, 4), (2, 3, 4)]
)
def test_products_of_stacks_are_sums_of_products(transposed, layout, stack, rows, inner, columns):
    ta, tb = transposed
    for left, right in ((stack, ()), ((), stack), (stack, stack), (stack, (1,) * len(stack))):
        a = LAYOUTS[layout](drawn(*left, *((inner, rows) if ta else (rows, inner))))
        b = LAYOUTS[layout](drawn(*right, *((columns, inner) if tb else (inner, columns))))
        found = tf.matmul(a, b, transpose_a=ta, transpose_b=tb)
        expected = np.einsum("...ij,...jk->...ik", a.swapaxes(-1, -2) if ta else a, b.swapaxes(-1, -2) if tb else b)
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-13, atol=1e-13)
        if (
            layout != "contiguous"
        ):  # (a recorded function reads its arguments as they lie, a tensor's copy is contiguous)
            continue
        again = tf.function(lambda a, b: tf.matmul(a, b, transpose_a=ta, transpose_b=tb))
        for _ in range(3):
            assert again(a, b).numpy().tobytes() == found.numpy().tobytes()


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("stack", [(5,), (2, 3), (3, 1, 2), (0,), (1,)])
@pytest.mark.parametrize("ones", [0, 1, 3])
def test_the_gradient_of_one_matrix_for_a_stack_is_the_sum_of_products(transposed, stack, ones):
    a, b = drawn(*stack, 4, 3), drawn(*(1,) * ones, *((2, 3) if transposed else (3, 2)))
    seed = drawn(*(1,) * max(ones - len(stack), 0), *stack, 4, 2)
    summed = np.einsum("...ij,...ik->...jk", a, seed).sum(axis=tuple(range(seed.ndim - 2))).reshape(3, 2)
    expected = (summed.T if transposed else summed).reshape(b.shape)

    def slopes(a, b, seed):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(b)
            y = tf.matmul(a, b, transpose_b=transposed)
        return tape.gradient(y, b, output_gradients=seed), tape.jacobian(y, b)

    found, jacobian = slopes(a, tf.constant(b), seed)
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-13)
    swept = np.tensordot(seed, jacobian, seed.ndim)
    np.testing.assert_allclose(swept, expected, rtol=1e-13, atol=1e-13)
    again = tf.function(slopes)
    for _ in range(2):
        assert again(a, tf.constant(b), seed)[0].numpy().tobytes() == found.numpy().tobytes()


def test_the_gradient_of_one_matrix_for_a_stack_has_no_stack_of_its_own():
    a, b = drawn(50, 4, 3), tf.constant(drawn(3, 2))

    def slope(a, b):
        with tf.GradientTape() as tape:
            tape.watch(b)
            y = tf.reduce_sum((a @ b) ** 2)
        return tape.gradient(y, b)

    core = tf.Program.from_function(slope, a, b).core
    assert (50, 3, 2) not in [core.node(k)[3] for k in range(len(core))]
