"""Warnings point at the line of whoever called: the innermost one that is neither this package's nor NumPy's."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

ROOT = Path(tf.__file__).parent


def watch_an_integer() -> None:
    with tf.GradientTape() as tape:
        tape.watch(tf.constant(1))  # here: no gradient


def watch_in_a_structure() -> None:
    with tf.GradientTape() as tape:
        tape.watch({"a": [tf.constant(1)]})  # here: no gradient


def integer_target(method: str) -> Callable[[], None]:
    def ask() -> None:
        x = tf.constant([[1.0], [2.0]])
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = tf.cast(x, tf.int32)
        getattr(tape, method)(y, x)  # here: no gradient

    return ask


def integer_target_in_a_function() -> None:
    x = tf.Variable([1.0])

    @tf.function
    def ask() -> Any:
        with tf.GradientTape() as tape:
            y = tf.cast(x, tf.int32)
        return tape.gradient(y, x, unconnected_gradients="zero")  # here: no gradient

    ask()


def integer_primal() -> None:
    tf.autodiff.ForwardAccumulator(tf.constant(1), tf.constant(1))  # here: must be floating


def missing_gradient() -> None:
    v, w = tf.Variable(1.0), tf.Variable(1.0)
    tf.keras.optimizers.SGD().apply_gradients([(None, v), (tf.constant(1.0), w)])  # here: do not exist


def missing_gradient_in_minimize() -> None:
    v, w = tf.Variable(1.0), tf.Variable(1.0)
    tf.keras.optimizers.SGD().minimize(lambda: v * v, [v, w])  # here: do not exist


def poor_fit() -> None:
    x = tf.constant([1.0, 1.0, 1.0], tf.float64)
    np.polyfit(x, x, 2)  # here: poorly conditioned


def plain_python() -> None:
    outside = tf.buffer(2)

    @tf.function
    def f(x: Any) -> Any:
        return x * outside[0]

    f(tf.constant(1.0))  # here: plain Python


CAUSES = [
    watch_an_integer,
    watch_in_a_structure,
    *map(integer_target, ("gradient", "jacobian", "batch_jacobian")),
    integer_target_in_a_function,
    integer_primal,
    missing_gradient,
    missing_gradient_in_minimize,
    poor_fit,
    plain_python,
]


@pytest.mark.parametrize("cause", CAUSES)
def test_a_warning_points_at_the_users_line(cause: Callable[[], None]) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        cause()
    assert caught
    lines = Path(__file__).read_text().splitlines()
    for warning in caught:
        assert Path(warning.filename) == Path(__file__)
        words = lines[warning.lineno - 1].partition("# here: ")[2]
        assert words
        assert words in str(warning.message)


def test_a_warning_points_at_solve_ivps_caller() -> None:
    pytest.importorskip("scipy")
    with pytest.warns(UserWarning, match="mean nothing to the method") as caught:
        tf.scipy.integrate.solve_ivp(lambda t, y: -y, (0.0, 1.0), [1.0], jac=None)
    assert Path(caught[0].filename) == Path(__file__)


def test_all_warnings_go_one_way() -> None:
    for file in ROOT.rglob("*.py"):
        assert not re.search(r"\bwarnings\.warn\(|from warnings import", file.read_text()), file
