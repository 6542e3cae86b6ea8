"""Random tensors: reproducible, of the right distribution and dtype, and differentiable in their parameters."""

import subprocess
import sys

import numpy as np
import pytest

import autodiff_core as tf

FUNCTIONS = [tf.random.normal, tf.random.uniform, tf.random.truncated_normal]


@pytest.fixture(autouse=True)
def global_seed():
    tf.random.set_seed(1234)
    yield
    tf.random.set_seed(None)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_global_seed_gives_the_same_numbers_again(function):
    first, second = function((4,)).numpy(), function((4,)).numpy()
    assert not np.array_equal(first, second)
    tf.random.set_seed(1234)
    np.testing.assert_array_equal(function((4,)), first)
    np.testing.assert_array_equal(function((4,)), second)
    tf.random.set_seed(1235)
    assert not np.array_equal(function((4,)), first)


def test_a_calls_own_seed_has_its_own_sequence():
    first, second = (tf.random.normal((4,), seed=5).numpy() for _ in range(2))
    assert not np.array_equal(first, second)
    tf.random.set_seed(1234)
    tf.random.normal((100,))
    tf.random.normal((100,), seed=6)
    np.testing.assert_array_equal(tf.random.normal((4,), seed=5), first)
    np.testing.assert_array_equal(tf.random.normal((4,), seed=5), second)


def test_a_calls_seed_is_not_the_same_as_the_global_seed():
    tf.random.set_seed(7)
    by_global_seed = tf.random.normal((4,)).numpy()
    tf.random.set_seed(None)
    assert not np.array_equal(tf.random.normal((4,), seed=7), by_global_seed)


def test_without_a_seed_each_program_draws_other_numbers():
    program = "import autodiff_core as tf; print(tf.random.normal((4,)).numpy().tolist())"
    drawn = {subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout for _ in range(2)}
    assert len(drawn) == 2


def test_importing_the_package_does_not_import_numpys_random_numbers():
    program = "import sys, autodiff_core; assert 'numpy.random' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("dtype", [tf.float16, tf.float32, tf.float64])
def test_the_dtype_and_the_shape_are_what_is_asked_for(function, dtype):
    drawn = function((3, 2), dtype=dtype)
    assert drawn.dtype == dtype
    assert drawn.shape == (3, 2)
    assert function(()).shape == ()
    assert function(tf.constant([2, 2])).shape == (2, 2)
    assert function(drawn.shape).shape == (3, 2)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_default_dtype_is_that_of_python_floats(function):
    assert function((2,)).dtype == tf.float32
    tf.set_floatx("float64")
    try:
        assert function((2,)).dtype == tf.float64
    finally:
        tf.set_floatx("float32")


def test_normal_has_the_mean_and_the_deviation():
    drawn = tf.random.normal((200_000,), mean=3.0, stddev=2.0, dtype=tf.float64).numpy()
    assert drawn.mean() == pytest.approx(3.0, abs=0.05)
    assert drawn.std() == pytest.approx(2.0, abs=0.05)
    assert abs(drawn - 3.0).max() > 4 * 2.0


def test_truncated_normal_stays_within_two_deviations():
    drawn = tf.random.truncated_normal((200_000,), mean=3.0, stddev=2.0, dtype=tf.float64).numpy()
    assert abs(drawn - 3.0).max() <= 4.0
    assert drawn.mean() == pytest.approx(3.0, abs=0.05)
    # What is left of the normal distribution between -2 and 2 deviations has 0.8796 of its own.
    assert drawn.std() == pytest.approx(2.0 * 0.8796, abs=0.02)


def test_uniform_fills_the_interval():
    drawn = tf.random.uniform((100_000,), minval=-1.0, maxval=3.0).numpy()
    assert drawn.min() >= -1.0
    assert drawn.max() <= 3.0
    counts, _ = np.histogram(drawn, bins=4, range=(-1.0, 3.0))
    assert all(abs(counts - 25_000) < 1_000)
    assert 0.0 <= float(tf.random.uniform(())) < 1.0


def test_uniform_integers_are_below_the_bound():
    drawn = tf.random.uniform((1000,), minval=-1, maxval=2, dtype=tf.int32)
    assert drawn.dtype == tf.int32
    assert set(drawn.numpy().tolist()) == {-1, 0, 1}
    with pytest.raises(ValueError, match="Must specify maxval for integer dtype int64"):
        tf.random.uniform((2,), dtype=tf.int64)


def test_normal_of_integers_is_a_type_error():
    with pytest.raises(TypeError, match="dtype int32"):
        tf.random.normal((2,), dtype=tf.int32)


def test_parameters_broadcast():
    drawn = tf.random.normal((10_000, 2), mean=[0.0, 10.0], stddev=[[1.0, 0.1]]).numpy()
    np.testing.assert_allclose(drawn.mean(axis=0), [0.0, 10.0], atol=0.05)
    np.testing.assert_allclose(drawn.std(axis=0), [1.0, 0.1], rtol=0.05)
    bounded = tf.random.uniform((100, 2), minval=[0.0, 5.0], maxval=[1.0, 6.0]).numpy()
    assert ((bounded >= [0.0, 5.0]) & (bounded <= [1.0, 6.0])).all()


def test_gradients_flow_to_the_parameters():
    mean, stddev = tf.Variable(1.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        drawn = tf.random.normal((5,), mean, stddev)
    d_mean, d_stddev = tape.gradient(drawn, [mean, stddev])
    assert float(d_mean) == 5.0
    assert float(d_stddev) == pytest.approx(float(np.sum((drawn.numpy() - 1.0) / 2.0)), rel=1e-5)

    low, high = tf.Variable(0.0), tf.Variable(4.0)
    with tf.GradientTape() as tape:
        drawn = tf.random.uniform((5,), low, high)
    d_low, d_high = tape.gradient(drawn, [low, high])
    assert float(d_high) == pytest.approx(float(np.sum(drawn.numpy())) / 4.0, rel=1e-5)
    assert float(d_low) == pytest.approx(5.0 - float(d_high), rel=1e-5)


def test_shuffle_moves_whole_rows_and_the_gradient_follows():
    x = tf.Variable(np.arange(20.0).reshape(10, 2))
    with tf.GradientTape() as tape:
        shuffled = tf.random.shuffle(x)
        y = tf.reduce_sum(shuffled * np.arange(20.0).reshape(10, 2))
    rows = shuffled.numpy()
    assert not np.array_equal(rows, x.numpy())
    np.testing.assert_array_equal(rows[rows[:, 0].argsort()], x.numpy())
    went_to = rows[:, 0].argsort()
    np.testing.assert_array_equal(tape.gradient(y, x), np.arange(20.0).reshape(10, 2)[went_to])


def test_shuffling_a_scalar_is_a_value_error():
    with pytest.raises(ValueError, match="at least one axis"):
        tf.random.shuffle(3.0)


def test_numbers_that_lie_around_complex_ones_are_refused():
    """They would lose their imaginary parts."""
    z = tf.constant(1.0 + 2.0j)
    for call in (
        lambda: tf.random.normal((2,), z),
        lambda: tf.random.normal((2,), 0.0, 1j),
        lambda: tf.random.truncated_normal((2,), z),
        lambda: tf.random.uniform((2,), 0.0, z),
        lambda: tf.random.stateless_normal((2,), [1, 2], z),
        lambda: tf.random.stateless_uniform((2,), [1, 2], 0.0, z),
    ):
        with pytest.raises(TypeError, match=r"draws real numbers.*add the complex offset to the draw"):
            call()


def test_a_recorded_function_draws_anew_between_other_bounds():
    high = tf.function(lambda n: tf.random.uniform((200,), 0, n, tf.int64))
    assert [int(tf.reduce_max(high(tf.constant(n)))) for n in (3, 9, 30)] == [2, 8, 29]
    assert high.trace_count == 1
    assert not np.array_equal(high(tf.constant(1000)), high(tf.constant(1000)))


def test_a_recorded_dropout_keeps_other_elements_at_each_call():
    dropped = tf.function(lambda x: tf.nn.dropout(x, 0.5))
    x = tf.ones((100,))
    results = [dropped(x).numpy().tolist() for _ in range(4)]
    assert dropped.trace_count == 1
    assert all(one != other for k, one in enumerate(results) for other in results[:k])


def test_a_generators_draws_are_recorded():
    generator, twin = (tf.random.Generator.from_seed(5) for _ in range(2))
    recorded = tf.function(lambda m: generator.normal((3,), m))
    for mean in (0.0, 1.0, 2.0):
        np.testing.assert_array_equal(recorded(tf.constant(mean)), twin.normal((3,), tf.constant(mean)))
    assert recorded.trace_count == 1
