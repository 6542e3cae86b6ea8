"""Optimizers, with what can be asked of it: weights of a small network after some of a row of steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import drawn, fill, told

Make = Callable[[Any], Any]


def _of(name: str, **options: Any) -> Make:
    return lambda keras: getattr(keras.optimizers, name)(**{"learning_rate": 0.03, **options})


def _scheduled(name: str, **options: Any) -> Make:
    return lambda keras: keras.optimizers.SGD(getattr(keras.optimizers.schedules, name)(**options), momentum=0.5)


OPTIMIZERS: dict[str, Make] = {
    "SGD": _of("SGD"),
    "SGD, momentum": _of("SGD", momentum=0.9),
    "SGD, Nesterov": _of("SGD", momentum=0.9, nesterov=True, weight_decay=0.1),
    "RMSprop": _of("RMSprop"),
    "RMSprop, centred": _of("RMSprop", momentum=0.6, centered=True, rho=0.8, weight_decay=0.05),
    "Adam": _of("Adam"),
    "Adam, AMSGrad": _of("Adam", amsgrad=True, beta_1=0.5, beta_2=0.7, epsilon=1e-3),
    "AdamW": _of("AdamW", weight_decay=0.2),
    "AdamW, AMSGrad": _of("AdamW", amsgrad=True, weight_decay=0.2, beta_2=0.6),
    "Adadelta": _of("Adadelta", learning_rate=1.0),
    "Adagrad": _of("Adagrad", initial_accumulator_value=0.3),
    "Adamax": _of("Adamax", beta_2=0.7),
    "Adafactor": _of("Adafactor"),
    "Adafactor, as it is": _of("Adafactor", relative_step=False, clip_threshold=0.5, beta_2_decay=-0.5),
    "Nadam": _of("Nadam"),
    "Ftrl": _of("Ftrl", l1_regularization_strength=0.01, l2_regularization_strength=0.02, beta=0.1),
    "Ftrl, shrinkage": _of("Ftrl", l2_shrinkage_regularization_strength=0.1, learning_rate_power=-0.7),
    "Lion": _of("Lion", weight_decay=0.1),
    "Lamb": _of("Lamb", weight_decay=0.01),
    "Muon": _of("Muon", exclude_layers=["last"]),
    "Muon, Nesterov": _of("Muon", nesterov=False, weight_decay=0.1, rms_rate=0.3, exclude_embeddings=False),
    "LossScaleOptimizer": lambda keras: keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(0.03, momentum=0.5), initial_scale=64.0, dynamic_growth_steps=3
    ),
    # What every one of them takes.
    "clipped by value": _of("Adam", clipvalue=0.05),
    "clipped by norm": _of("SGD", clipnorm=0.2, momentum=0.5),
    "clipped by all norms": _of("RMSprop", global_clipnorm=0.3),
    "averaged": _of("Adam", use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=3),
    "averaged at the end": _of("SGD", use_ema=True, ema_momentum=0.8),
    "accumulated": _of("Nadam", gradient_accumulation_steps=2),
    "decayed, but for biases": _of("SGD", weight_decay=0.5),
    # Schedules.
    "CosineDecay": _scheduled(
        "CosineDecay", initial_learning_rate=0.01, decay_steps=6, alpha=0.1, warmup_target=0.1, warmup_steps=2
    ),
    "CosineDecayRestarts": _scheduled(
        "CosineDecayRestarts", initial_learning_rate=0.1, first_decay_steps=3, t_mul=1.5, m_mul=0.8, alpha=0.05
    ),
    "ExponentialDecay": _scheduled("ExponentialDecay", initial_learning_rate=0.1, decay_steps=3, decay_rate=0.5),
    "ExponentialDecay, in stairs": _scheduled(
        "ExponentialDecay", initial_learning_rate=0.1, decay_steps=3, decay_rate=0.5, staircase=True
    ),
    "InverseTimeDecay": _scheduled("InverseTimeDecay", initial_learning_rate=0.1, decay_steps=2, decay_rate=0.5),
    "PiecewiseConstantDecay": _scheduled("PiecewiseConstantDecay", boundaries=[2, 5], values=[0.1, 0.02, 0.2]),
    "PolynomialDecay": _scheduled(
        "PolynomialDecay", initial_learning_rate=0.1, decay_steps=4, end_learning_rate=0.01, power=2.0
    ),
    "PolynomialDecay, in cycles": _scheduled(
        "PolynomialDecay", initial_learning_rate=0.1, decay_steps=3, end_learning_rate=0.01, cycle=True
    ),
}

X, Y = drawn(50, 9, 4), drawn(51, 9, 2) * 2
STEPS = 8
TOLD = (1, 2, 5, 8)


def trajectory(tf: Any, keras: Any, name: str) -> dict[str, Any]:
    """Weights, one after the other, after each of `TOLD` steps on batches of several sizes, and when training ends."""
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(5, activation="tanh", name="first"),
            keras.layers.Dense(3, activation="tanh", bias_constraint="non_neg", name="middle"),
            keras.layers.Dense(2, name="last"),
        ]
    )
    fill(model.weights, 3)
    optimizer = OPTIMIZERS[name](keras)
    if name == "decayed, but for biases":
        optimizer.exclude_from_weight_decay(var_names=["bias"])
    model.compile(optimizer, "mse")
    found: dict[str, Any] = {}

    def weights() -> Any:
        return told(np.concatenate([w.numpy().ravel() for w in model.trainable_weights]))

    for step in range(1, STEPS + 1):
        rows = np.arange(step, step + 3 + step % 2) % len(X)
        x, y = X[rows].astype(keras.config.floatx()), Y[rows].astype(keras.config.floatx())
        model.train_on_batch(x, y)
        if step in TOLD:
            found[str(step)] = weights()
    optimizer.finalize_variable_values(model.trainable_weights)
    found["finalised"] = weights()
    return found
