"""Every transformation holds inside every other: a sample of the combinations, and tests of the suite itself.

`make algebra` runs them all. See `algebra/__init__.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import autodiff_core as tf
from algebra import check, combinations, namespace, processes, reference
from algebra.corpus import CORPUS, Entry, entry
from algebra.structures import leaves_of, replaced
from algebra.transformations import TRANSFORMATIONS, direction

SAMPLE = 700
PROCESSES = 2

OWN_RULES = [name for name, one in CORPUS.items() if one.tags & {"own rule", "stops"}]
# Differences across a pole tell no slope.
SMOOTH = [
    name
    for name, one in CORPUS.items()
    if name not in OWN_RULES and "at a pole" not in one.tags and check.permitted(one, ("grad",))
]


def value(one: Entry, m, point):
    made = one.make(m)
    return (made[0] if isinstance(made, tuple) else made)(*point)


def test_a_sample_of_combinations_is_right_or_refused_as_documented() -> None:
    items = combinations.sample(SAMPLE)
    chunks = [items[k::PROCESSES] for k in range(PROCESSES)]
    outcomes = [outcome for chunk in processes.run(chunks, PROCESSES) for outcome in chunk]
    wrong = [f"{where}: {what}" for where, what in outcomes if not combinations.is_settled(where, what)]
    assert not wrong, "\n".join(wrong)
    assert len(outcomes) == SAMPLE


def test_a_part_has_each_transformation_on_each_function_and_each_pair_on_some() -> None:
    pairs = {name: list(combinations.pairs(CORPUS[name])) for name in ("cube", "elementwise", "layer", "two_arguments")}
    parts = {name: list(combinations.spread(CORPUS[name], chains, 3)) for name, chains in pairs.items()}
    for name, chains in pairs.items():
        assert 0.3 * len(chains) < len(parts[name]) < 0.4 * len(chains)
        assert {chain for chain in chains if len(chain) == 1} <= set(parts[name])
        for place in (0, 1):
            assert {chain[place] for chain in parts[name] if len(chain) == 2} == {
                chain[place] for chain in chains if len(chain) == 2
            }
    every = [set(combinations.spread(CORPUS[name], [("grad", "jvp")], 3)) for name in CORPUS]
    assert 0.2 * len(CORPUS) < sum(map(len, every)) < 0.5 * len(CORPUS)


@pytest.mark.parametrize(
    ("name", "chain"),
    [("cross_entropy", ("tape", "custom_jvp", "vjp")), ("branch", ("accumulator", "custom_jvp", "value_and_grad"))],
)
def test_an_argument_that_a_tape_inside_reads_back_is_no_tensor_around_a_function_with_a_rule(name, chain) -> None:
    check.run(CORPUS[name], chain)


@pytest.mark.parametrize("name", CORPUS)
def test_the_reference_gives_the_values_that_plain_calls_give(name: str) -> None:
    for point in CORPUS[name].points:
        found = value(CORPUS[name], tf, [tf.nest.map_structure(tf.constant, x) for x in point])
        wanted = reference.plain(value(CORPUS[name], namespace, reference.numbers(point)))
        check.compare("a plain call", found, wanted)


@pytest.mark.parametrize("name", SMOOTH)
def test_the_reference_gives_the_slopes_of_plain_calls(name: str) -> None:
    one, step = CORPUS[name], 1e-6
    point = one.points[0]
    t = TRANSFORMATIONS["jvp"]
    case = check.plain_case(one, namespace)
    _, tangent = t.reference(case.reference, case)(*reference.numbers(point))
    places = case.places()

    def moved(by: float) -> list[np.ndarray]:
        args = [replaced(x, [a + by * d for a, d in pairs(x)]) if k in places else x for k, x in enumerate(point)]
        result = value(one, tf, [tf.nest.map_structure(tf.constant, x) for x in args])
        return [leaf.numpy() for leaf in leaves_of(result)]

    for up, down, slope in zip(moved(step), moved(-step), leaves_of(reference.plain(tangent)), strict=True):
        if up.dtype.kind in "fc":
            np.testing.assert_allclose((up - down) / (2.0 * step), slope, rtol=1e-6, atol=1e-6)


def pairs(x):
    return zip(leaves_of(x), leaves_of(direction(x)), strict=True)


def test_a_combination_that_gives_the_first_calls_value_is_found() -> None:
    @entry([(np.float64(0.7),), (np.float64(1.3),)])
    def kept(m):
        values = []

        def f(x):
            values.append(x * 2.0)
            return values[0] if m is tf else x * 2.0

        return f

    one = CORPUS.pop("kept")
    assert kept is one.make
    with pytest.raises(check.Wrong, match=r"call 2, 0: 1\.4 for 2\.6"):
        check.run(one, ())


def test_a_combination_that_ends_the_process_is_named_and_the_others_run(tmp_path: Path) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text(
        "import json, os, sys\n"
        "with open(sys.argv[2], 'w') as out:\n"
        "    for name, chain in json.load(open(sys.argv[1])):\n"
        "        out.write(name + '\\t')\n"
        "        out.flush()\n"
        "        if chain == ['abort']:\n"
        "            os.abort()\n"
        "        out.write('right\\n')\n"
        "        out.flush()\n"
    )
    items = [("one", ("grad",)), ("two", ("abort",)), ("three", ("grad",))]
    (outcomes,) = processes.run([items], 1, [sys.executable, str(worker)])
    assert [where for where, _ in outcomes] == ["one > grad", "two > abort", "three > grad"]
    assert outcomes[0][1] == outcomes[2][1] == "right"
    assert outcomes[1][1].startswith("ends the process with status -6")


def test_an_error_that_no_list_names_is_wrong_and_entries_of_the_lists_that_nothing_needs_are_told() -> None:
    outcomes = [("cube > grad", "TypeError: no"), ("cube > jvp", "refused 0")]
    assert not combinations.is_settled(*outcomes[0])
    assert combinations.is_settled(*outcomes[1])
    told = combinations.unused(outcomes)
    assert len(told) == len(combinations.DOCUMENTED) - 1 + len(combinations.STILL_WRONG)


def test_nothing_is_still_wrong() -> None:
    assert combinations.STILL_WRONG == []
