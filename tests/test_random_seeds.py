"""Random numbers that are a function of a seed, distributions with parameters, and generators with a state."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.special
import scipy.stats

import autodiff_core as tf
from autodiff_core.testing import check_gradients

SEED = [1, 2]
R = tf.random

STATELESS: dict[str, Any] = {
    "normal": lambda seed: R.stateless_normal((3, 2), seed),
    "truncated_normal": lambda seed: R.stateless_truncated_normal((3, 2), seed, dtype=tf.float64),
    "uniform": lambda seed: R.stateless_uniform((3, 2), seed, 1.0, 3.0),
    "uniform integers": lambda seed: R.stateless_uniform((3, 2), seed, -4, 400, tf.int32),
    "uniform of all integers": lambda seed: R.stateless_uniform((3, 2), seed, None, None, tf.uint64),
    "gamma": lambda seed: R.stateless_gamma((3, 2), seed, [0.5, 2.0], 3.0),
    "poisson": lambda seed: R.stateless_poisson((30, 2), seed, [0.5, 20.0]),
    "binomial": lambda seed: R.stateless_binomial((30, 2), seed, [5.0, 9.0], 0.5),
    "categorical": lambda seed: R.stateless_categorical([[0.0, 1.0, 2.0]], 40, seed),
    "parameterized_truncated_normal": lambda seed: R.stateless_parameterized_truncated_normal((3, 2), seed, [0.0, 1.0]),
    "shuffle": lambda seed: R.experimental.stateless_shuffle(tf.range(20.0), seed),
    "index_shuffle": lambda seed: R.experimental.index_shuffle(np.arange(20), seed, 19),
    "dropout": lambda seed: tf.nn.experimental.stateless_dropout(tf.ones((40,)), 0.5, seed),
    "split": lambda seed: R.split(seed, 3),
    "fold_in": lambda seed: R.fold_in(seed, 7),
}


@pytest.mark.parametrize("name", STATELESS)
def test_the_same_seed_gives_the_same_numbers_recorded_or_not(name: str) -> None:
    draw = STATELESS[name]
    first, second = draw(SEED), draw([1, 3])
    np.testing.assert_array_equal(first, draw(tf.constant(SEED)))
    assert (np.asarray(first) != np.asarray(second)).any()
    recorded = tf.function(draw)
    np.testing.assert_array_equal(recorded(tf.constant(SEED)), first)
    np.testing.assert_array_equal(recorded(tf.constant([1, 3])), second)


@pytest.mark.parametrize("name", STATELESS)
@pytest.mark.parametrize("seed", [[1], [1.0, 2.0], [[1, 2]]], ids=str)
def test_what_is_no_seed_is_an_error(name: str, seed: Any) -> None:
    with pytest.raises(ValueError, match=r"a seed is two integers|a seed of two or three"):
        STATELESS[name](seed)


DISTRIBUTIONS: dict[str, tuple[Any, Any]] = {
    "stateless_normal": (lambda n: R.stateless_normal((n,), SEED, 1.0, 2.0), scipy.stats.norm(1.0, 2.0)),
    "stateless_truncated_normal": (
        lambda n: R.stateless_truncated_normal((n,), SEED),
        scipy.stats.truncnorm(-2.0, 2.0),
    ),
    "stateless_uniform": (lambda n: R.stateless_uniform((n,), SEED, -1.0, 3.0), scipy.stats.uniform(-1.0, 4.0)),
    "stateless_gamma": (lambda n: R.stateless_gamma((n,), SEED, 0.5, 3.0), scipy.stats.gamma(0.5, scale=1 / 3)),
    "gamma": (lambda n: R.gamma((n,), 2.5, seed=3), scipy.stats.gamma(2.5)),
    "between bounds": (
        lambda n: R.stateless_parameterized_truncated_normal((n,), SEED, 1.0, 2.0, 0.0, 9.0),
        scipy.stats.truncnorm(-0.5, 4.0, 1.0, 2.0),
    ),
    "far out": (
        lambda n: R.stateless_parameterized_truncated_normal((n,), SEED, 0.0, 1.0, 12.0, 13.0),
        scipy.stats.truncnorm(12.0, 13.0),
    ),
    "Generator.normal": (lambda n: R.Generator.from_seed(4).normal((n,)), scipy.stats.norm()),
    "Generator.truncated_normal": (
        lambda n: R.Generator.from_seed(4).truncated_normal((n,)),
        scipy.stats.truncnorm(-2.0, 2.0),
    ),
    "Generator.uniform": (lambda n: R.Generator.from_seed(4).uniform((n,)), scipy.stats.uniform()),
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_numbers_have_their_distribution(name: str) -> None:
    draw, distribution = DISTRIBUTIONS[name]
    assert scipy.stats.kstest(np.asarray(draw(4000), np.float64), distribution.cdf).pvalue > 1e-3


def test_counts_have_their_means() -> None:
    np.testing.assert_allclose(np.mean(R.poisson((9000,), [0.5, 20.0], seed=1), axis=0), [0.5, 20.0], rtol=0.05)
    found = R.stateless_binomial((9000, 2), SEED, [10.0, 4.0], [0.2, 0.5])
    assert found.dtype == np.int32
    np.testing.assert_allclose(np.mean(found, axis=0), [2.0, 2.0], rtol=0.05)
    classes = R.categorical(np.log([[0.2, 0.8], [1.0, 1e-300]]), 9000, tf.int32, seed=1)
    assert classes.dtype == np.int32
    np.testing.assert_allclose(np.mean(classes, axis=1), [0.8, 0.0], atol=0.02)
    assert R.poisson((2,), 3.0).shape == (2,)
    assert R.gamma((2,), [1.0, 2.0], [[1.0], [2.0], [3.0]]).shape == (2, 3, 2)


def test_gradients_pass_to_parameters() -> None:
    def normal(mean: Any, deviation: Any) -> Any:
        return R.stateless_normal((4,), SEED, mean, deviation, tf.float64)

    def uniform(low: Any, high: Any) -> Any:
        return R.stateless_uniform((4,), SEED, low, high, tf.float64)

    def bounded(*parameters: Any) -> Any:
        return R.stateless_parameterized_truncated_normal((4, 2), SEED, *parameters)

    pair = [np.array(0.5), np.array(2.0)]
    check_gradients(normal, pair, order=2)
    check_gradients(uniform, pair, order=2)
    four = [np.array([0.5, 1.0]), np.array([2.0, 0.5]), np.array(-1.0), np.array(3.0)]
    check_gradients(bounded, four, order=2, rtol=1e-4)


def test_a_gamma_variate_moves_with_its_shape_as_its_quantile() -> None:
    alpha, rate = tf.constant([0.05, 0.5, 3.0, 80.0], tf.float64), tf.constant(2.0, tf.float64)
    with tf.GradientTape(persistent=True) as outer:
        outer.watch([alpha, rate])
        with tf.GradientTape(persistent=True) as tape:
            tape.watch([alpha, rate])
            y = R.stateless_gamma((4,), SEED, alpha, rate, tf.float64)
        first = tape.gradient(y, alpha)
    share = scipy.special.gammainc(alpha.numpy(), 2.0 * y.numpy())

    def quantile(a: np.ndarray) -> np.ndarray:
        return scipy.special.gammaincinv(a, share) / 2.0

    a, h = alpha.numpy(), 1e-3 * alpha.numpy()
    slope = (8 * (quantile(a + h) - quantile(a - h)) - (quantile(a + 2 * h) - quantile(a - 2 * h))) / (12 * h)
    bend = (quantile(a + h) - 2 * quantile(a) + quantile(a - h)) / h**2
    np.testing.assert_allclose(first, slope, rtol=1e-6)
    np.testing.assert_allclose(outer.gradient(first, alpha), bend, rtol=1e-2, atol=1e-5)
    np.testing.assert_allclose(tape.gradient(y, rate), -np.sum(y.numpy()) / 2.0)


def test_gamma_gradients_far_out_are_finite() -> None:
    alpha = tf.constant([1e-3, 1e4], tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(alpha)
        y = R.stateless_gamma((50, 2), SEED, alpha)
    assert np.isfinite(np.asarray(tape.gradient(y, alpha))).all()


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_no_gradient_passes_counts() -> None:
    lam = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = R.stateless_poisson((3,), SEED, lam, tf.float32)
    assert tape.gradient(y, lam) is None


def test_a_shuffle_has_its_gradient_where_rows_came_from() -> None:
    x = tf.Variable([1.0, 2.0, 3.0, 4.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(R.experimental.stateless_shuffle(x, SEED) * [1.0, 10.0, 100.0, 1000.0])
    slope = tape.gradient(y, x)
    assert float(tf.reduce_sum(slope * x)) == float(y)


def test_seeds_of_a_seed_differ() -> None:
    seeds = R.split(SEED, 50)
    assert seeds.dtype == np.asarray(SEED, np.int32).dtype
    assert len({tuple(row) for row in seeds.numpy().tolist()}) == 50
    folded = {tuple(R.fold_in(SEED, k).numpy().tolist()) for k in range(50)}
    assert len(folded) == 50
    assert R.split(np.array(SEED), 2).dtype == np.int64


# -- Generators ---------------------------------------------------------------------------------------------------


def test_a_generator_goes_on_and_back() -> None:
    generator = R.Generator.from_seed(7)
    state = generator.state.numpy()
    first, second = generator.normal((3,)), generator.normal((3,))
    assert (np.asarray(first) != np.asarray(second)).all()
    generator.reset(state)
    np.testing.assert_array_equal(generator.normal((3,)), first)
    generator.reset_from_seed(7)
    generator.skip(1)
    np.testing.assert_array_equal(generator.normal((3,)), second)
    copy = R.Generator(copy_from=generator)
    np.testing.assert_array_equal(copy.normal((3,)), generator.normal((3,)))
    generator.reset_from_key_counter(int(state[2]), state[:2])
    np.testing.assert_array_equal(generator.normal((3,)), first)


def test_generators_from_states_keys_and_nothing() -> None:
    one = R.Generator.from_key_counter(5, [3, 4], "philox")
    assert one.state.numpy().tolist() == [3, 4, 5]
    assert int(one.key) == 5
    assert one.algorithm == R.Algorithm.PHILOX.value
    assert R.Generator.from_state(one.state, "philox").state.numpy().tolist() == [3, 4, 5]
    other = R.Generator.from_non_deterministic_state()
    assert other.state.numpy().tolist() != R.Generator.from_non_deterministic_state().state.numpy().tolist()


def test_generators_that_split_draw_other_numbers() -> None:
    generator = R.Generator.from_seed(7)
    numbers = [np.asarray(g.normal((2,))) for g in [generator, *generator.split(3)]]
    assert len({tuple(row.tolist()) for row in numbers}) == 4
    assert generator.make_seeds(3).shape == (2, 3)


def test_a_generator_draws_anew_at_each_run_of_a_recorded_function() -> None:
    generator, plain = R.Generator.from_seed(7), R.Generator.from_seed(7)
    recorded = tf.function(lambda: (generator.normal((2,)), generator.uniform((2,), maxval=9, dtype=tf.int32)))
    for _ in range(3):
        normal, integers = recorded()
        np.testing.assert_array_equal(normal, plain.normal((2,)))
        np.testing.assert_array_equal(integers, plain.uniform((2,), maxval=9, dtype=tf.int32))


def test_a_recorded_function_draws_as_the_plain_one() -> None:
    def draw() -> Any:
        return R.gamma((2,), [0.5, 2.0]), R.poisson((2,), 3.0, seed=5), R.categorical([[0.0, 0.0]], 9)

    recorded = tf.function(draw)
    R.set_seed(3)
    found = [recorded() for _ in range(3)]
    R.set_seed(3)
    for parts in found:
        for one, other in zip(parts, draw(), strict=True):
            np.testing.assert_array_equal(one, other)


def test_the_global_generator_is_shared() -> None:
    mine = R.Generator.from_seed(1)
    before = R.get_global_generator()
    R.set_global_generator(mine)
    try:
        assert R.get_global_generator() is mine
    finally:
        R.set_global_generator(before)


# -- Candidates and errors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sampler", [R.uniform_candidate_sampler, R.log_uniform_candidate_sampler])
def test_candidates_come_up_as_often_as_expected(sampler: Any) -> None:
    true = np.arange(6)[:, None]
    drawn, expected, own = sampler(true, 1, 60_000, False, 6, seed=2)
    counts = np.bincount(drawn, minlength=6)
    np.testing.assert_allclose(counts, np.asarray(expected)[:, 0], rtol=0.05)
    np.testing.assert_allclose(own, np.asarray(expected)[:, 0][np.asarray(drawn)], rtol=1e-6)
    unique = sampler(true, 1, 6, True, 6, seed=2)
    assert sorted(unique.sampled_candidates.numpy().tolist()) == list(range(6))
    assert (np.asarray(unique.true_expected_count) <= 1.0).all()


def test_candidates_by_weights_from_a_file(tmp_path: Any) -> None:
    (tmp_path / "words").write_text("a,1\nb,0\nc,3\n")
    drawn = R.fixed_unigram_candidate_sampler([[1]], 1, 400, False, 4, str(tmp_path / "words"), num_reserved_ids=1)
    counts = np.bincount(drawn.sampled_candidates, minlength=4)
    assert counts[0] == counts[2] == 0
    assert counts[3] > counts[1] > 0
    sharded = R.fixed_unigram_candidate_sampler([[1]], 1, 9, False, 4, unigrams=[1, 1, 1, 1], num_shards=2, shard=1)
    assert set(sharded.sampled_candidates.numpy().tolist()) <= {1, 3}


def test_gradients_of_sampled_losses_are_slices_of_variables() -> None:
    w, b = tf.Variable(tf.ones((50, 3))), tf.Variable(tf.zeros(50))
    with tf.GradientTape() as tape:
        loss = tf.nn.sampled_softmax_loss(w, b, [[1], [2]], tf.ones((2, 3)), 4, 50)
    assert all(isinstance(g, tf.IndexedSlices) for g in tape.gradient(loss, [w, b]))


def test_the_sampled_loss_over_all_classes_is_the_whole_one() -> None:
    w, b, x = (tf.constant(np.random.default_rng(k).normal(size=s)) for k, s in enumerate([(5, 3), (5,), (2, 3)]))
    every = tf.random.all_candidate_sampler([[1], [4]], 1, 5, True)
    found = tf.nn.sampled_softmax_loss(w, b, [[1], [4]], x, 5, 5, sampled_values=every)
    whole = tf.nn.sparse_softmax_cross_entropy_with_logits([1, 4], tf.matmul(x, w, transpose_b=True) + b)
    np.testing.assert_allclose(found, whole, rtol=1e-6)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: R.stateless_gamma((3,), SEED, [1.0, 2.0]), ValueError, r"\(3,\) must end with .* \(2,\)"),
        (lambda: R.stateless_poisson((), SEED, [1.0]), ValueError, "must end with"),
        (lambda: R.stateless_binomial((3,), SEED, [1.0, 2.0], 0.5), ValueError, "must end with"),
        (lambda: R.stateless_uniform((3,), SEED, 0, dtype=tf.int32), ValueError, "both given or both None"),
        (lambda: R.stateless_normal((3,), SEED, dtype=tf.int32), TypeError, "draws floats"),
        (lambda: R.gamma((3,), 1.0, dtype=tf.int32), TypeError, "draws floats"),
        (lambda: R.categorical([0.0, 1.0], 3), ValueError, "takes logits"),
        (lambda: R.split(SEED, 0), ValueError, "num 0 must be positive"),
        (lambda: R.experimental.stateless_shuffle(1.0, SEED), ValueError, "got a scalar"),
        (lambda: R.experimental.index_shuffle([5], SEED, 4), ValueError, "from 0 to max_index 4"),
        (lambda: R.Generator(), ValueError, "either copy_from or state"),
        (lambda: R.Generator(state=[1, 2]), ValueError, "three integers"),
        (lambda: R.Generator.from_seed([1, 2, 3, 4]), ValueError, "at most three"),
        (lambda: R.Generator.from_seed(1).uniform((2,), dtype=tf.int32), ValueError, "maxval must be given"),
        (lambda: R.set_global_generator(3), TypeError, "takes a Generator"),
        (lambda: R.uniform_candidate_sampler([1], 1, 2, True, 5), ValueError, r"shape \(batch, 1\)"),
        (lambda: R.uniform_candidate_sampler([[7]], 1, 2, True, 5), ValueError, "from 0 to 4"),
        (lambda: R.uniform_candidate_sampler([[1]], 1, 9, True, 5), ValueError, "9 different classes"),
        (lambda: R.fixed_unigram_candidate_sampler([[1]], 1, 2, True, 5), ValueError, "either unigrams"),
        (lambda: R.fixed_unigram_candidate_sampler([[1]], 1, 2, True, 5, unigrams=[1]), ValueError, "not range_max"),
        (
            lambda: R.fixed_unigram_candidate_sampler([[1]], 1, 2, True, 1, unigrams=[1], shard=2),
            ValueError,
            "no shard 2 of 1",
        ),
        (lambda: R.all_candidate_sampler([1], 1, 3, True), ValueError, r"shape \(batch, 1\)"),
        (lambda: tf.nn.compute_accidental_hits([1], [1], 1), ValueError, "must have the shape"),
        (
            lambda: tf.nn.nce_loss(tf.ones((5, 3)), tf.zeros(5), [[1]], tf.ones((2, 3)), 2, 5),
            ValueError,
            "do not fit inputs",
        ),
        (lambda: tf.nn.experimental.stateless_dropout([1], 0.5, SEED), TypeError, "takes floats"),
        (lambda: tf.nn.experimental.stateless_dropout([1.0], 1.0, SEED), ValueError, "below 1"),
    ],
)
def test_arguments_that_do_not_fit(call: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()


def test_a_global_seed_gives_a_function_the_numbers_that_it_gives_outside() -> None:
    def draws() -> Any:
        return (
            R.normal((2,)),
            R.uniform((3,), seed=5),
            R.uniform((2,), maxval=9, dtype=tf.int32),
            R.shuffle([1, 2, 3]),
            R.gamma((2,), 2.0),
            tf.nn.dropout(tf.ones((6,)), 0.5),
            R.truncated_normal((2,)),
        )

    def rounds(*functions: Any) -> list[Any]:
        R.set_seed(11)
        return [x.numpy() for f in functions for x in f()]

    recorded, again = tf.function(draws), tf.function(lambda: draws())
    plain = rounds(draws, draws, draws)
    for functions in ((recorded, recorded, recorded), (recorded, again, draws), (draws, again, recorded)):
        for one, other in zip(rounds(*functions), plain, strict=True):
            np.testing.assert_array_equal(one, other)
