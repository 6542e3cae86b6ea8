"""What `fit`, `evaluate` and their metrics tell of each epoch: every metric of Keras, weights, several outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import drawn, fill

ROWS = 23
X = drawn(60, ROWS, 5)
BITS = (drawn(61, ROWS, 1) > 0).astype(np.float64)
CLASSES = (np.abs(drawn(62, ROWS)) * 4).astype(np.int64)
ONES = np.eye(4)[CLASSES]
TRUE = drawn(63, ROWS, 2)
WEIGHTS = np.abs(drawn(64, ROWS)) + 0.1

BINARY = {
    "AUC": {"num_thresholds": 23},
    "AUC, PR": {"num_thresholds": 23, "curve": "PR", "summation_method": "minoring"},
    "AUC, majoring": {"num_thresholds": 11, "summation_method": "majoring"},
    "BinaryAccuracy": {"threshold": 0.45},
    "BinaryCrossentropy": {"label_smoothing": 0.1},
    "BinaryIoU": {"target_class_ids": [0, 1], "threshold": 0.55},
    "FalseNegatives": {"thresholds": 0.6},
    "FalsePositives": {},
    "Hinge": {},
    "Precision": {"thresholds": [0.4, 0.7]},
    "PrecisionAtRecall": {"recall": 0.5, "num_thresholds": 31},
    "Recall": {},
    "RecallAtPrecision": {"precision": 0.5, "num_thresholds": 31},
    "SensitivityAtSpecificity": {"specificity": 0.4, "num_thresholds": 31},
    "SpecificityAtSensitivity": {"sensitivity": 0.4, "num_thresholds": 31},
    "SquaredHinge": {},
    "TrueNegatives": {},
    "TruePositives": {},
}
CATEGORICAL = {
    "CategoricalAccuracy": {},
    "CategoricalCrossentropy": {},
    "CategoricalHinge": {},
    "F1Score": {"average": "macro"},
    "F1Score, micro": {"average": "micro", "threshold": 0.3},
    "FBetaScore": {"beta": 2.0, "average": "weighted"},
    "KLDivergence": {},
    "OneHotIoU": {"num_classes": 4, "target_class_ids": [0, 2]},
    "OneHotMeanIoU": {"num_classes": 4},
    "Precision, of the top": {"top_k": 2, "class_id": 1},
    "Recall, of the top": {"top_k": 2},
    "TopKCategoricalAccuracy": {"k": 2},
}
SPARSE = {
    "IoU": {"num_classes": 4, "target_class_ids": [1, 3], "sparse_y_pred": False},
    "MeanIoU": {"num_classes": 4, "sparse_y_pred": False},
    "SparseCategoricalAccuracy": {},
    "SparseCategoricalCrossentropy": {"from_logits": False},
    "SparseTopKCategoricalAccuracy": {"k": 2},
}
REGRESSION = {
    "ConcordanceCorrelation": {},
    "CosineSimilarity": {},
    "LogCoshError": {},
    "MeanAbsoluteError": {},
    "MeanAbsolutePercentageError": {},
    "MeanSquaredError": {},
    "MeanSquaredLogarithmicError": {},
    "PearsonCorrelation": {},
    "Poisson": {},
    "R2Score": {"class_aggregation": "variance_weighted_average"},
    "RootMeanSquaredError": {},
}


def metrics(keras: Any, asked: dict[str, dict[str, Any]]) -> list[Any]:
    """Made by name; what follows a comma tells two of a class apart."""
    return [
        getattr(keras.metrics, key.partition(",")[0])(**options, name=f"m{k}")
        for k, (key, options) in enumerate(asked.items())
    ]


def _network(keras: Any, units: int, activation: str | None) -> Any:
    model = keras.Sequential(
        [
            keras.Input((5,)),
            keras.layers.Dense(6, activation="tanh"),
            keras.layers.BatchNormalization(momentum=0.8),
            keras.layers.Dense(units, activation=activation),
        ]
    )
    fill(model.weights, 5)
    return model


def _fitted(keras: Any, model: Any, x: Any, y: Any, **options: Any) -> dict[str, Any]:
    floatx = keras.config.floatx()

    def cast(value: Any) -> Any:
        if isinstance(value, (tuple, list)):
            return type(value)(cast(part) for part in value)
        if isinstance(value, dict):
            return {key: cast(part) for key, part in value.items()}
        return value.astype(floatx) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value

    options = {name: value if name == "class_weight" else cast(value) for name, value in options.items()}
    history = model.fit(
        cast(x), cast(y), **{"batch_size": 8, "epochs": 3, "shuffle": False, "verbose": 0, **options}
    ).history
    evaluated = model.evaluate(cast(x), cast(y), batch_size=8, verbose=0, return_dict=True)
    found = {**history, **{f"evaluated {name}": [value] for name, value in evaluated.items()}}
    return {name: [[float(f"{x:.11g}") for x in np.ravel(v)] for v in values] for name, values in found.items()}


def _binary(keras: Any) -> Any:
    model = _network(keras, 1, "sigmoid")
    model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy", metrics=metrics(keras, BINARY))
    return _fitted(keras, model, X, BITS, validation_data=(X[:11], BITS[:11], WEIGHTS[:11]))


def _categorical(keras: Any) -> Any:
    model = _network(keras, 4, "softmax")
    model.compile(keras.optimizers.RMSprop(0.05), "categorical_crossentropy", metrics=metrics(keras, CATEGORICAL))
    return _fitted(keras, model, X, ONES, class_weight={0: 1.0, 1: 2.0, 2: 0.5, 3: 1.5})


def _sparse(keras: Any) -> Any:
    model = _network(keras, 4, "softmax")
    made = metrics(keras, SPARSE)
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=[*made, "accuracy"], weighted_metrics=["accuracy"])
    return _fitted(keras, model, X, CLASSES, sample_weight=WEIGHTS, validation_split=0.3)


def _regression(keras: Any) -> Any:
    model = _network(keras, 2, "softplus")
    model.compile(keras.optimizers.Nadam(0.05), keras.losses.Huber(0.3), metrics=metrics(keras, REGRESSION))
    return _fitted(keras, model, X, TRUE, validation_data=(X[:11], TRUE[:11]))


def _outputs(keras: Any) -> Any:
    inputs = keras.Input((5,))
    x = keras.layers.Dense(6, activation="tanh", kernel_regularizer="l1l2")(inputs)
    a, b = keras.layers.Dense(2, name="a")(x), keras.layers.Dense(1, activation="sigmoid", name="b")(x)
    model = keras.Model(inputs, {"a": a, "b": b})
    fill(model.weights, 6)
    model.compile(
        keras.optimizers.SGD(0.1),
        {"a": "mse", "b": "binary_crossentropy"},
        loss_weights={"a": 0.7, "b": 2.0},
        metrics={"a": ["mae"], "b": ["accuracy", "AUC"]},
    )
    # (Batches of one size: TensorFlow counts a smaller last one as the others, in what is told of an output.)
    y = {"a": TRUE[:16], "b": BITS[:16]}
    return _fitted(keras, model, X[:16], y, validation_data=(X[:8], {name: part[:8] for name, part in y.items()}))


def _scheduled(keras: Any) -> Any:
    model = _network(keras, 2, None)
    model.compile(keras.optimizers.SGD(0.1, momentum=0.5), "mse", metrics=["mae"])
    callbacks = [
        keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.7),
        keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=0, min_delta=0.2, factor=0.5),
        keras.callbacks.EarlyStopping(monitor="loss", patience=1, min_delta=0.01, restore_best_weights=True),
    ]
    return _fitted(keras, model, X, TRUE, callbacks=callbacks, epochs=6)


HISTORIES: dict[str, Callable[[Any], Any]] = {
    "binary": _binary,
    "categorical, with weights of classes": _categorical,
    "sparse, with weights of samples": _sparse,
    "regression": _regression,
    "several outputs": _outputs,
    "callbacks": _scheduled,
}

IN_FLOAT32 = ("categorical, with weights of classes", "sparse, with weights of samples")
"""TensorFlow finds the first few of scores in this dtype only."""
