"""The page that stands ours beside other libraries: its problems and its writer.

No other library is needed here: the problems are solved by ours, and checked against NumPy.
"""

import importlib
import json
import math
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import autodiff_core as tf

BENCH = Path(__file__).parents[1] / "bench"
sys.path.append(str(BENCH))

from side_by_side import (  # noqa: E402
    beginning,
    fits,
    front,
    install,
    networks,
    others,
    page,
    processes,
    reasons,
    reference,
    standing,
    threads,
    whole,
    worker,
    workloads,
)
from side_by_side import problems as p  # noqa: E402
from side_by_side.peers import PEERS, Peer  # noqa: E402
from side_by_side.program import EPSILON, LEARNING_RATE, Namespace, Program  # noqa: E402
from side_by_side.results import combine, spread  # noqa: E402

driver = importlib.import_module("side_by_side.__main__")


@pytest.fixture(scope="module")
def ours():
    threads = tf.get_num_threads()
    library = importlib.import_module("side_by_side.ours")  # sets one thread, for a process of its own
    tf.set_num_threads(threads)
    return library


def solve(ours, problem, variant="eager"):
    program = ours.prepare(problem, variant)
    return program.read(program.call())


PROBLEMS = {problem.name: problem for problem in p.problems()}


SMALL = [
    PROBLEMS["chain"],
    PROBLEMS["square"],
    PROBLEMS["tiny_network"],
    PROBLEMS["network"],
    p.bell_problem(10),
    p.option_problem(5),
    p.mixture_problem(7, 3, 4),
    p.lstm_problem(2, 6, 3),
    networks.cnn_problem(3),
    networks.recurrent_problem(4, 2, 3),
    networks.transformer_problem(2, 3, 8),
    fits.gaussian_process_problem(6),
    fits.logistic_problem("gradient", 9, 4),
    fits.squares_problem(9, 4),
    fits.log_of_sum_problem(10),
    processes.lorenz_problem("scalars", 3),
    processes.lorenz_problem("vectors", 3),
    processes.reaction_problem(3, 4),
    processes.hidden_markov_problem(4, 3, 5),
    processes.asian_option_problem(40, 4),
]


@pytest.mark.parametrize("problem", SMALL, ids=lambda problem: problem.name)
def test_gradient_of_a_problem_agrees_with_differences(ours, problem, rng):
    value, *gradients = solve(ours, problem)
    loose = 1e-4 if problem.arguments[0].dtype == np.float32 else 1e-6
    np.testing.assert_allclose(value, reference.value(problem), rtol=loose)
    for place, gradient in enumerate(gradients):
        assert gradient.shape == problem.arguments[place].shape
        direction = rng.normal(size=gradient.shape)
        # 8,192 relus have a kink within a larger step.
        expected = reference.slope(problem, place, direction, 5e-7 if problem.name == "network" else 1e-5)
        np.testing.assert_allclose(np.sum(gradient * direction), expected, rtol=loose, atol=loose)


def test_option_without_the_price_near_its_barrier_is_black_and_scholes():
    spot, strike, rate, volatility, maturity = 100.0, 105.0, 0.03, 0.2, 1.0
    upper = (math.log(spot / strike) + (rate + volatility**2 / 2) * maturity) / volatility
    cumulative = [(1 + math.erf(d / math.sqrt(2))) / 2 for d in (upper, upper - volatility)]
    discount = math.exp(-rate)
    expected = spot * cumulative[0] - strike * discount * cumulative[1] + 0.1 * discount * cumulative[1]
    found = p.barrier_option(reference.XP, spot, strike, 1e-3, rate, volatility, maturity)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_option_at_its_barrier_is_worth_nothing():
    assert p.barrier_option(reference.XP, 80.0, 100.0, 80.0, 0.03, 0.2, 1.0) == pytest.approx(0, abs=1e-12)


def test_option_takes_as_many_operations_as_its_title_says():
    count = 0

    class Counted:
        def operation(self, *_):
            nonlocal count
            count += 1
            return self

        __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __neg__ = operation

    functions = SimpleNamespace(exp=Counted.operation, log=Counted.operation, sqrt=Counted.operation)
    functions.erf = Counted.operation
    p.barrier_option(functions, *(Counted() for _ in range(6)))
    assert f", {count} operations," in p.option_problem(1).title


def test_mixture_is_its_published_formula(ours):
    problem = p.mixture_problem(5, 3, 4)
    alphas, means, logs, lower = problem.arguments
    x = problem.constants[0]
    likelihood, prior = 0.0, 0.0
    for point in x:
        terms = []
        for k in range(4):
            q = np.diag(np.exp(logs[k]))
            q[1:, 0], q[2, 1] = lower[k][:2], lower[k][2]  # column by column
            terms.append(alphas[k] + logs[k].sum() - 0.5 * np.sum((q @ (point - means[k])) ** 2))
        likelihood += math.log(sum(map(math.exp, terms)))
    likelihood -= 5 * math.log(sum(map(math.exp, alphas))) + 5 * 3 * math.log(2 * math.pi) / 2
    freedom = 3 + 1
    gamma = math.pi ** (3 * 2 / 4) * math.prod(math.gamma(freedom / 2 - j / 2) for j in range(3))
    for k in range(4):
        prior += 0.5 * (np.sum(np.exp(logs[k]) ** 2) + np.sum(lower[k] ** 2))
        prior -= freedom * 3 * math.log(1 / math.sqrt(2)) - math.log(gamma)
    np.testing.assert_allclose(solve(ours, problem)[0], likelihood + prior, rtol=1e-12)


def test_reprojection_is_a_rotation_a_projection_and_a_distortion(rng):
    unknowns, feature = rng.normal(size=15), rng.normal(size=2)
    rotation, centre, (focal, *principal), distortion = np.split(unknowns[:11], [3, 6, 9])
    point, weight = unknowns[11:14], unknowns[14]
    skew = np.cross(np.eye(3), rotation)
    matrix, term = np.eye(3), np.eye(3)
    for order in range(1, 40):
        term = term @ skew / order
        matrix = matrix + term
    seen = matrix @ (point - centre)
    flat = seen[:2] / seen[2]
    radius = flat @ flat
    shown = focal * (1 + distortion[0] * radius + distortion[1] * radius**2) * flat + principal
    expected = [*(weight * (shown - feature)), 1 - weight**2]
    np.testing.assert_allclose(p.reprojection(reference.XP, unknowns, feature), expected, rtol=1e-10)


def test_adjustment_has_the_blocks_that_differences_give(ours):
    problem = p.adjustment_problem("blocks", 2, 3, 5)
    columns, features = problem.constants
    (blocks,) = solve(ours, problem)
    np.testing.assert_allclose(solve(ours, p.adjustment_problem("sparse", 2, 3, 5))[0], blocks, rtol=1e-12)
    assert blocks.shape == (5, 3, 15)
    unknowns = problem.arguments[0][columns]
    for place in range(15):
        step = 1e-6 * np.eye(15)[place]
        above, below = (p.reprojection(reference.XP, unknowns + sign * step, features) for sign in (1, -1))
        np.testing.assert_allclose(blocks[:, :, place], (above - below) / 2e-6, rtol=1e-5, atol=1e-4)


def test_lstm_is_its_published_formula(ours):
    problem = p.lstm_problem(2, 5, 3)
    (main, extra), (state, sequence) = problem.arguments, problem.constants
    sigmoid = reference.XP.sigmoid
    state, total = [row.copy() for row in state], 0.0
    for letter, following in pairwise(sequence):
        x = letter * extra[0]
        for i in (0, 2):
            (wf, wi, wo, wc), (bf, bi, bo, bc) = main[i].reshape(4, 3), main[i + 1].reshape(4, 3)
            forget, enter, leave = sigmoid(x * wf + bf), sigmoid(state[i] * wi + bi), sigmoid(x * wo + bo)
            state[i + 1] = state[i + 1] * forget + enter * np.tanh(state[i] * wc + bc)
            x = state[i] = leave * np.tanh(state[i + 1])
        predicted = x * extra[1] + extra[2]
        total += following @ (predicted - math.log(2 + np.exp(predicted).sum()))
    np.testing.assert_allclose(solve(ours, problem)[0], -total / 12, rtol=1e-12)


def test_k_means_has_twice_the_number_of_its_points_on_the_diagonal(ours):
    problem = p.k_means_problem(30, 2, 3)
    (centres,), (x,) = problem.arguments, problem.constants
    value, gradient, diagonal = solve(ours, problem)
    distances = ((x[:, None] - centres) ** 2).sum(axis=2)
    nearest = distances.argmin(axis=1)
    np.testing.assert_allclose(value, distances.min(axis=1).sum(), rtol=1e-12)
    np.testing.assert_allclose(diagonal, np.tile(2.0 * np.bincount(nearest, minlength=3), (2, 1)).T, rtol=1e-12)
    expected = [2 * (centres[k] - x[nearest == k]).sum(axis=0) for k in range(3)]
    np.testing.assert_allclose(gradient, expected, rtol=1e-9)


def test_hessian_and_its_product_are_those_by_hand(ours):
    by_hand = importlib.import_module("derivatives").rosenbrock_hessian
    hessian, product = PROBLEMS["rosenbrock_hessian"], PROBLEMS["rosenbrock_hvp"]
    expected = by_hand(hessian.arguments[0])
    np.testing.assert_allclose(solve(ours, hessian)[0], expected, rtol=1e-12)
    np.testing.assert_allclose(solve(ours, product)[0], expected @ product.direction, rtol=1e-11)


def test_jacobians_are_those_by_hand(ours):
    banded, layer = PROBLEMS["banded"], PROBLEMS["layer"]
    x = banded.arguments[0]
    np.testing.assert_allclose(solve(ours, banded)[0], np.eye(100)[1:] - 2 * x[:-1, None] * np.eye(100)[:-1])
    (kernel,), (inputs, bias) = layer.arguments, layer.constants
    expected = np.einsum("ij,ik,jl->ijkl", inputs @ kernel + bias > 0, inputs, np.eye(10))
    np.testing.assert_allclose(solve(ours, layer)[0], expected)


def test_step_of_adam_moves_by_its_rate_against_the_gradient(ours):
    problem = PROBLEMS["adam"]
    _, *gradients = solve(ours, PROBLEMS["network"])
    moved = solve(ours, problem)
    epsilon = EPSILON / math.sqrt(1 - 0.999)
    for before, after, gradient in zip(problem.arguments, moved, gradients, strict=True):
        expected = before - LEARNING_RATE * gradient / (np.abs(gradient) + epsilon)
        np.testing.assert_allclose(after, expected, atol=1e-6)


def test_every_problem_has_a_name_and_a_title_of_its_own():
    assert len(PROBLEMS) == len({problem.title for problem in p.problems()}) == len(p.problems())


def test_every_peer_has_a_file_of_programs():
    assert [peer.name for peer in PEERS if not (BENCH / "side_by_side" / f"{peer.name}.py").exists()] == []


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ([np.ones(3)], "1 results, ours has 2"),
        ([np.ones(2), np.ones(2)], r"result 0 is of shape \(2,\), float64; ours \(3,\), float64"),
        ([np.ones(3, np.float32), np.ones(2)], "result 0 is of shape .* float32; ours .* float64"),
        ([np.ones(3), np.array([1.0, 1.001])], "result 1 is off by 0.001, where the largest number is 1"),
        ([np.ones(3), np.array([1.0, np.nan])], "result 1 is off by nan"),
    ],
)
def test_results_that_are_not_ours_are_a_mismatch(found, message):
    with pytest.raises(worker.Mismatch, match=f"bell, peer: {message}"):
        worker.compare("bell, peer", found, [np.ones(3), np.ones(2)], 1e-9)


def test_results_may_differ_by_the_tolerance_times_the_largest_number():
    worker.compare("", [np.array([100.0, 1e-8])], [np.array([100.0, 0.0])], 1e-9)


class Library:
    """A library whose derivative of x**2 is whatever the test wants."""

    def __init__(self, call):
        self.VARIANTS, self.COMPILED = {"eager": "Peer", "jit": "Peer, jit"}, frozenset({"jit"})
        self.call = call

    def prepare(self, problem, variant):
        return Program(self.call) if variant == "eager" else None


def test_worker_times_a_program_beside_the_control(monkeypatch):
    monkeypatch.setattr(worker.clock, "SECONDS", 0.0)
    library = Library(lambda: (9.0, 6.0))
    expected = {"square": [np.array(9.0), np.array(6.0)]}
    result = worker.run(library, [PROBLEMS["square"]], expected)["square"]
    assert list(result) == ["eager"]
    assert len(result["eager"]["seconds"]) == len(result["eager"]["controls"]) == worker.clock.LEAST_ROUNDS


def test_worker_ends_at_a_wrong_gradient():
    with pytest.raises(worker.Mismatch, match="square, Peer: result 1 is off by 1"):
        worker.run(Library(lambda: (9.0, 7.0)), [PROBLEMS["square"]], {"square": [np.array(9.0), np.array(6.0)]})


def test_worker_says_what_a_program_raised():
    def call():
        raise NotImplementedError("no such\nthing")

    result = worker.run(Library(call), [PROBLEMS["square"]], {})
    assert result == {"square": {"eager": {"error": "NotImplementedError: no such"}}}


def test_worker_says_what_a_formula_asked_for_in_vain():
    result = worker.run(Library(lambda: Namespace(exp=1).erf), [PROBLEMS["square"]], {})
    assert result == {"square": {"eager": {"lacks": "erf"}}}


def test_expected_arrays_come_back_as_they_were_stored(tmp_path):
    expected = {"a": [np.array(1.0), np.arange(3)], "b_1": [np.zeros((2, 0), np.float32)]}
    worker.store(tmp_path / "expected.npz", expected)
    found = worker.load(tmp_path / "expected.npz")
    assert list(found) == ["a", "b_1"]
    for name, arrays in expected.items():
        worker.compare(name, found[name], arrays, 0.0)


def ran(seconds, control=1e-3, ready=None):
    result = {"seconds": [s * 1e-6 for s in seconds], "controls": [control] * len(seconds)}
    return result | ({} if ready is None else {"ready": ready})


def a_pass(square, jit, control=1e-3):
    return {
        "ours": {
            "versions": "autodiff_core 1",
            "variants": {"eager": "autodiff_core"},
            "compiled": [],
            "problems": {"square": {"eager": ran([2, 2, 2])}},
        },
        "peer": {
            "versions": "Peer 2",
            "variants": {"eager": "Peer", "jit": "Peer, jit"},
            "compiled": ["jit"],
            "problems": {"square": {"eager": ran(square, control), "jit": jit}},
        },
    }


def test_figure_is_a_median_with_its_spread_and_its_ratio_to_ours():
    results = combine([a_pass([8, 10, 12], ran([1], ready=0.5))], {})
    figure = results.figures["square"]["peer", "eager"]
    assert figure.microseconds == pytest.approx(10)
    assert figure.spread == pytest.approx(0.1)  # half of 11 - 9, over 10
    assert figure.ready is None
    assert results.figures["square"]["peer", "jit"].ready == 0.5
    assert results.ratio("square", ("peer", "eager")) == pytest.approx(5)
    assert spread([3.0]) == 0.0


def test_spread_of_three_passes_is_that_of_what_they_found():
    passes = [a_pass([9, 10, 90], ran([1], ready=0.5)), a_pass([11, 11, 11], ran([1])), a_pass([12, 13, 1], ran([1]))]
    figure = combine(passes, {}).figures["square"]["peer", "eager"]
    assert figure.microseconds == pytest.approx(11)
    assert figure.spread == pytest.approx(0.5 / 11)  # of 10, 11 and 12


def test_figures_of_a_process_that_ran_while_the_machine_was_slow_are_corrected_by_its_control():
    slow = a_pass([20, 20, 20], ran([1], ready=1.0), control=2e-3)
    assert combine([slow], {}).ratio("square", ("peer", "eager")) == pytest.approx(5)


def test_compiled_variant_is_compared_with_ours_compiled_where_there_is_one():
    one = a_pass([10], ran([4], ready=1.0))
    assert combine([one], {}).ratio("square", ("peer", "jit")) == pytest.approx(2)
    one["ours"]["variants"]["function"] = "autodiff_core, tf.function"
    one["ours"]["compiled"] = ["function"]
    one["ours"]["problems"]["square"]["function"] = ran([1, 1], ready=0.1)
    results = combine([one], {})
    assert results.ratio("square", ("peer", "jit")) == pytest.approx(4)
    assert results.ratio("square", ("peer", "eager")) == pytest.approx(5)
    assert results.ratio("square", ("ours", "function")) == pytest.approx(0.5)


def written(one_pass, missing=None, taken=0.03):
    return page.section(combine([one_pass], missing or {}), [PROBLEMS["square"]], 1, taken, "who is first")


def test_page_says_what_others_took_of_the_machine():
    assert "Other work took 0.03 of a core, on average" in written(a_pass([10], ran([1])))
    assert "What else ran on the machine is not known" in written(a_pass([10], ran([1])), taken=None)


def test_page_has_a_table_with_medians_spreads_and_ratios():
    text = written(a_pass([8, 10, 12], ran([1, 1], ready=0.5)))
    assert "|  | autodiff_core | Peer |\n| --- | --- | --- |\n| `x**2` | 2.00 ±0%, 1.0x | 10.0 ±10%, 5.0x |" in text
    assert "|  | autodiff_core | Peer, jit |\n| --- | --- | --- |\n| `x**2` | 2.00 ±0%, 1.0x | 1.00 ±0%, 0.5x |" in text
    assert "|  | Peer, jit |\n| --- | --- |\n| `x**2` | 500 |" in text
    assert "- autodiff_core 1\n- Peer 2\n" in text
    assert "not in the tables" not in text


def test_page_leaves_out_a_column_with_nothing_in_it():
    one = a_pass([10], ran([1], ready=0.5))
    one["ours"]["variants"]["unrolled"] = "autodiff_core, unrolled"
    one["ours"]["compiled"] = ["unrolled"]
    assert "unrolled" not in written(one)


def test_page_says_which_peer_is_missing_and_why():
    text = written(a_pass([10], ran([1])), {"Other": "needs Python 3.99"})
    assert "- Other is not in the tables: needs Python 3.99." in text


def test_page_says_which_program_raised():
    text = written(a_pass([10], {"error": "TypeError: no `such` thing"}))
    assert "- Peer, jit raised for “`x**2`”: `TypeError: no 'such' thing`." in text


def workload(function, tape, peer, control=1e-3):
    found = a_pass([1], ran([1]))
    for name, variants in [("ours", {"eager": tape, "function": function}), ("peer", {"jit": peer})]:
        timed = {variant: ran([microseconds], control) for variant, microseconds in variants.items()}
        found[name]["problems"]["cnn"] = timed
    found["ours"]["variants"]["function"] = "autodiff_core, tf.function"
    found["ours"]["compiled"] = ["function"]
    return found


def cnn_row(text):
    return next(line for line in text.splitlines() if line.startswith("| digits, conv"))


def test_page_says_who_is_first_with_one_thread_and_with_two():
    results = {1: combine([workload(6e3, 9e3, 12e3)], {}), 2: combine([workload(4e3, 5e3, 2e3)], {})}
    problems = [networks.cnn_problem(2)]
    row = cnn_row(standing.standing(results, problems))
    assert row.endswith("| 9,000 |  | 6,000 | 0.50 of Peer, jit | **2.00 of Peer, jit** |")
    text = whole.section(results, problems)
    assert "Milliseconds a call with 1 thread:\n\n|  | autodiff_core | autodiff_core, tf.function | Peer, jit |" in text
    assert "| 5.00 ±0% | 4.00 ±0% | 2.00 ±0% |" in text.partition("with 2 threads:")[2]


def test_tape_is_compared_with_what_records_in_each_call_and_a_function_with_all():
    one = workload(6e3, 9e3, 12e3)
    one["peer"]["problems"]["cnn"]["eager"] = ran([3e3])
    row = cnn_row(standing.standing({1: combine([one], {})}, [networks.cnn_problem(2)]))
    assert row.endswith("| 9,000 | **3.00 of Peer** | 6,000 | **2.00 of Peer** |")


def test_page_says_why_somebody_else_is_first():
    problems = [networks.cnn_problem(2)]
    lost = standing.lost({1: combine([workload(9e3, 9e3, 3e3)], {})}, problems)
    assert lost == f"- {problems[0].title} (3.00): {reasons.REASONS['cnn']}"
    assert standing.lost({1: combine([workload(3e3, 3e3, 3e3)], {})}, problems) == ""


def test_page_says_that_nobody_has_looked_where_there_is_no_reason(monkeypatch):
    monkeypatch.setattr(standing, "REASONS", {})
    lost = standing.lost({1: combine([workload(9e3, 9e3, 3e3)], {})}, [networks.cnn_problem(2)])
    assert lost.endswith("(3.00): Nobody has looked yet why.")


def test_every_reason_is_of_a_problem():
    assert set(reasons.REASONS) <= {*PROBLEMS, *workloads.WORKLOADS}


def test_page_counts_how_often_ours_is_first():
    problems = [networks.cnn_problem(2), PROBLEMS["square"]]
    text = standing.count({1: combine([workload(3e3, 9e3, 3e3)], {})}, problems)
    assert text == (
        "of what is recorded in each call, ours is first in 0 of 1, and level in 0; "
        "of what is recorded or compiled before, ours is first in 0 of 1, and level in 1"
    )


def test_page_says_nothing_of_workloads_that_were_not_measured():
    results = {1: combine([a_pass([10], ran([1]))], {})}
    assert whole.section(results, [networks.cnn_problem(2)]) == ""


def test_workload_that_only_ours_does_has_no_ratio():
    alone = workload(6e3, 9e3, 9e3)
    del alone["peer"]["problems"]["cnn"]
    assert cnn_row(standing.standing({1: combine([alone], {})}, [networks.cnn_problem(2)])).endswith(
        "float32 | 9,000 |  | 6,000 |  |"
    )


def test_page_says_what_a_library_lacks():
    one = a_pass([10], {"lacks": "erf"})
    one["peer"]["problems"]["chain"] = {"jit": {"lacks": "conv"}}
    assert "- Peer, jit has none of what formulas ask for by `conv`, `erf`: the library lacks it" in written(one)
    assert "raised" not in written(one)


def test_page_says_once_what_a_workload_raised():
    failing = workload(6e3, 9e3, 9e3)
    failing["peer"]["problems"]["cnn"]["jit"] = {"error": "TypeError: no"}
    found = combine([failing], {})
    assert whole.section({1: found, 2: found}, [networks.cnn_problem(2)]).count("raised for") == 1


@pytest.mark.parametrize("count", [1, 2])
def test_environment_sets_the_threads_of_every_library(monkeypatch, count):
    environment = threads.environment(count)
    monkeypatch.setenv(threads.KEY, environment[threads.KEY])
    assert threads.threads() == count
    assert environment["OPENBLAS_NUM_THREADS"] == environment["NPROC"] == str(count)
    assert environment["XLA_FLAGS"].endswith("=false" if count == 1 else "=true")


def test_every_workload_is_named_and_titled_once():
    made = workloads.workloads(["hmc", "lstm_layer"])
    assert [problem.name for problem in made] == ["lstm_layer", "hmc"]
    assert not set(workloads.WORKLOADS) & set(PROBLEMS)


def test_worker_makes_problems_and_workloads_by_name():
    assert [problem.name for problem in worker.named(["hmc", "square"])] == ["hmc", "square"]


def test_section_takes_the_place_of_the_one_before_and_leaves_the_rest():
    first = page.put("# Benchmarks\n\nby hand\n", "one")
    assert first.startswith("# Benchmarks\n\nby hand\n\n" + page.START)
    by_hand = first + "\nmore by hand\n"
    second = page.put(by_hand, "two")
    assert second == by_hand.replace("one", "two")


def test_page_without_its_second_marker_is_an_error():
    with pytest.raises(ValueError, match=r"without .*up to here.* after it; put the second back"):
        page.put(f"# Benchmarks\n\n{page.START}\n", "one")


@pytest.mark.parametrize(("ratio", "text"), [(0.0314, "0.031x"), (0.5, "0.5x"), (1.04, "1.0x"), (1234.5, "1,234x")])
def test_ratio_has_two_digits(ratio, text):
    assert page.times(ratio) == text


def test_picture_has_a_row_for_each_problem_and_a_mark_for_each_peer(tmp_path):
    pytest.importorskip("matplotlib")
    picture = importlib.import_module("side_by_side.picture")
    one = a_pass([10], ran([1]))
    one["jax"] = one.pop("peer")
    picture.draw(combine([one], {}), [PROBLEMS["square"], PROBLEMS["chain"]], tmp_path / "page.svg")
    text = (tmp_path / "page.svg").read_text()
    assert ">x**2<" in text
    assert ">JAX<" in text
    assert ">PyTorch<" not in text
    assert picture.SHOWN["chain"] not in text  # nothing was measured


def test_picture_shows_problems_that_are_there():
    pytest.importorskip("matplotlib")
    picture = importlib.import_module("side_by_side.picture")
    assert set(picture.SHOWN) <= {*PROBLEMS, *workloads.WORKLOADS}


def test_first_gradient_is_right():
    (_, code) = beginning.FIRST[beginning.OURS]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "6.0\n"


def test_what_is_installed_is_a_distribution_and_what_it_requires():
    found = beginning.required("autodiff_core")
    assert {"autodiff-core", "numpy", "optree"} <= found
    assert not {"scipy", "keras"} & found  # of extras
    assert beginning.size("autodiff-core") > Path(tf._core.__file__).stat().st_size
    assert beginning.required("nothing-of-this-name") == set()


def test_page_says_what_it_takes_to_begin(monkeypatch):
    times = {"pass": 0.05, "import autodiff_core as tf": 0.2, beginning.FIRST[beginning.OURS][1]: 0.5}
    monkeypatch.setattr(beginning, "process", lambda python, code: times[code])
    monkeypatch.setattr(beginning, "installed", lambda python, name: 65.4)
    text = beginning.section(beginning.measured({peer.title: "not here" for peer in PEERS}))
    assert "| autodiff_core | 65.4 | 150 | 450 |" in text
    assert "PyTorch |" not in text
    text = page.section(combine([a_pass([10], ran([1]))], {}), [PROBLEMS["square"]], 1, 0.0, "", "", text)
    assert "### Until there is a first gradient" in text


def test_readme_has_a_row_for_each_library_and_a_line_for_each_problem():
    one = workload(3e3, 9e3, 30e3)
    one["torch"] = one.pop("peer")
    text = front.section(combine([one], {}), [networks.cnn_problem(2)], {"ours": (65.4, 100.0, 120.0)})
    assert "| autodiff_core | 65.4 | 120 | 2.00 |  |  |" in text
    drawn = text.partition("```text\n")[2].splitlines()
    zero = drawn[0].index("1x")
    assert drawn[1].startswith(front.SHOWN["cnn"])
    assert drawn[1].index("|") == zero + 1
    assert drawn[1].index("P") == drawn[0].index("10x") + 1


def test_marks_of_the_same_place_stand_side_by_side():
    assert front.line("x", [("T", 10.1), ("J", 10.0), ("a", 1.0)]).split() == ["x", "|a", "JT"]
    assert front.line("x", [("a", 1e9)]).rstrip().endswith("a")


def test_every_line_of_the_readme_is_of_a_problem():
    assert set(front.SHOWN) <= {*PROBLEMS, *workloads.WORKLOADS}
    assert len(set(front.LETTERS.values())) == len(front.LETTERS)


def test_section_of_the_readme_takes_the_place_of_the_one_before():
    text = f"# Title\n\n{front.START}\n\nold\n\n{front.END}\n\nmore\n"
    assert front.put(text, "new\n") == text.replace("old", "new")
    with pytest.raises(ValueError, match=r"README.md must have '<!-- from here on"):
        front.put("# Title\n", "new")


def finished(code, error="", found=None):
    def run(command, **_):
        if found is not None:
            Path(command[command.index("--json") + 1]).write_text(json.dumps(found))
        return subprocess.CompletedProcess(command, code, "", error)

    return run


def test_driver_ends_with_an_error_at_a_mismatch(monkeypatch, tmp_path):
    error = "a warning\nsquare, Peer: result 1 is off by 1\n"
    monkeypatch.setattr(driver.subprocess, "run", finished(worker.MISMATCH, error))
    with pytest.raises(SystemExit, match="peer is not as ours: square, Peer: result 1 is off by 1"):
        driver.measure("peer", "python", tmp_path, [])


def test_driver_leaves_out_a_peer_whose_process_fails(monkeypatch, tmp_path):
    monkeypatch.setattr(driver.subprocess, "run", finished(1, "Traceback\nImportError: no\n"))
    with pytest.raises(driver.Failed, match="ImportError: no"):
        driver.measure("peer", "python", tmp_path, [])


def test_driver_reads_what_a_process_found(monkeypatch, tmp_path):
    monkeypatch.setattr(driver.subprocess, "run", finished(0, found={"versions": "Peer 2"}))
    assert driver.measure("peer", "python", tmp_path, []) == {"versions": "Peer 2"}


def test_peer_that_could_not_be_installed_is_left_out_with_the_reason(monkeypatch, tmp_path):
    monkeypatch.setattr("side_by_side.peers.FOLDER", tmp_path)
    monkeypatch.setattr(install, "FOLDER", tmp_path)
    peer = Peer("peer", "Peer", ("peer",), oldest_python=(3, 99))
    monkeypatch.setattr(install, "PEERS", (peer,))
    assert driver.installed(peer) == "it is not installed"
    install.main([])
    assert driver.installed(peer) == "needs Python 3.99, which is not on this machine"


def test_reason_of_a_failed_installation_names_no_address():
    output = "WARNING: x\nERROR: Could not find it in https://index.example/simple (from versions: none)\nERROR: second"
    assert install.reason(output) == "ERROR: Could not find it in ... (from versions: none)"
    assert install.reason("") == "pip failed"


def test_work_of_others_is_what_this_process_and_its_children_have_not_done(monkeypatch):
    def stat(busy):
        return f"cpu  {busy} 0 0 5000 0 0 0 0 0 0\ncpu0 1 1 1 1\n"

    class File:
        text = stat(1000)

        def exists(self):
            return True

        def read_text(self):
            return self.text

    tick = others.os.sysconf("SC_CLK_TCK")
    file = File()
    monkeypatch.setattr(others, "STAT", file)
    monkeypatch.setattr(others, "own", lambda: 1.0)
    monkeypatch.setattr(others, "monotonic", lambda: 10.0)
    since = others.now()
    file.text = stat(1000 + 3 * tick)
    monkeypatch.setattr(others, "own", lambda: 2.0)
    monkeypatch.setattr(others, "monotonic", lambda: 14.0)
    assert others.cores(since) == pytest.approx(0.5)


def test_work_of_others_is_unknown_where_the_system_does_not_tell(monkeypatch, tmp_path):
    monkeypatch.setattr(others, "STAT", tmp_path / "stat")
    assert others.cores(others.now()) is None


@pytest.mark.skipif(not others.STAT.exists(), reason="Linux counts it")
def test_work_of_a_child_is_not_that_of_others():
    since = others.now()
    subprocess.run([sys.executable, "-c", "sum(range(10**7))"], check=True)
    until = others.now()
    assert until.own - since.own > 0.01
    assert until.everybody - since.everybody > 0.01


def test_page_is_not_written_while_others_work(monkeypatch, tmp_path):
    measured = []
    monkeypatch.setattr(driver.subprocess, "run", finished(0, found={"versions": "Peer 2"}))
    monkeypatch.setattr(driver.others, "cores", lambda since: measured.append(since) or 0.7)
    with pytest.raises(driver.Busy, match=r"other work takes 0.70 of a core, and 0.1 are let pass: the page stays"):
        driver.measure_alone("peer", "python", tmp_path, [], disturbed=False)
    assert len(measured) == driver.ATTEMPTS
    assert driver.measure_alone("peer", "python", tmp_path, [], disturbed=True) == ({"versions": "Peer 2"}, 0.7)
    monkeypatch.setattr(driver, "sleep", lambda seconds: None)
    with pytest.raises(driver.Busy):
        driver.check_quiet()


def test_process_that_was_disturbed_is_measured_again(monkeypatch, tmp_path):
    taken = iter([0.7, 0.02])
    monkeypatch.setattr(driver.subprocess, "run", finished(0, found={"versions": "Peer 2"}))
    monkeypatch.setattr(driver.others, "cores", lambda since: next(taken))
    assert driver.measure_alone("peer", "python", tmp_path, [], disturbed=False)[1] == 0.02
