"""Writes keras_values.json, what Keras on TensorFlow answers to keras_cases, and keras_files.zip, which it saved.

For an interpreter that has TensorFlow, which no test needs: python tests/write_keras_values.py
"""

from __future__ import annotations

import datetime
import json
import os
import zipfile
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from keras_cases import files, functions, histories, models, optimizers

VALUES = Path(__file__).with_name("keras_values.json")
FILES = Path(__file__).with_name("keras_files.zip")
WRITTEN = datetime.datetime(2000, 1, 1)
"""The time in the files, which are the same each time."""


def asked(tf: Any, keras: Any) -> dict[str, Any]:
    """All groups of cases; in float64, where TensorFlow has what it takes."""

    def within(dtype: str, ask: Callable[[], Any]) -> Any:
        keras.config.set_floatx(dtype)
        keras.config.set_dtype_policy(dtype)
        return ask()

    def model(case: models.Case) -> Any:
        return within(case.dtype, lambda: models.ask(tf, keras, case))

    def history(name: str) -> Any:
        dtype = "float32" if name in histories.IN_FLOAT32 else "float64"
        return within(dtype, lambda: histories.HISTORIES[name](keras))

    wide = partial(within, "float64")
    return {
        "activations": {n: wide(lambda n=n: functions.activation(tf, keras, n)) for n in functions.ACTIVATIONS},
        "losses": {n: wide(lambda n=n: functions.loss(tf, keras, n)) for n in functions.LOSSES},
        "models": {name: model(case) for name, case in models.MODELS.items()},
        "layers": {name: model(case) for name, case in models.LAYERS.items()},
        "optimizers": {n: wide(lambda n=n: optimizers.trajectory(tf, keras, n)) for n in optimizers.OPTIMIZERS},
        "histories": {name: history(name) for name in histories.HISTORIES},
        "files": saved(keras),
    }


def saved(keras: Any) -> Any:
    """Writes the files, and gives what is read in them."""
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    seen: list[Any] = []

    def number(thing: Any) -> int:
        if not any(one is thing for one in seen):
            seen.append(thing)
        return next(n for n, one in enumerate(seen) if one is thing)

    now = mock.Mock(**{"datetime.now.return_value": WRITTEN})
    with (
        TemporaryDirectory() as folder,
        mock.patch("keras.src.saving.saving_lib.datetime", now),
        mock.patch("keras.src.saving.serialization_lib.id", number, create=True),  # (addresses stand in files)
        mock.patch("time.localtime", lambda *_: WRITTEN.timetuple()),
    ):
        files.write(keras, Path(folder))
        with zipfile.ZipFile(FILES, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for path in sorted(Path(folder).iterdir()):
                archive.write(path, path.name)
        return files.read(keras, Path(folder))


if __name__ == "__main__":
    os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
    tensorflow, keras = import_module("tensorflow"), import_module("keras")
    tensorflow.config.experimental.enable_op_determinism()
    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    versions = {"tensorflow": tensorflow.__version__, "keras": keras.__version__}
    lines = [f'"versions": {json.dumps(versions)}']
    for group, answers in asked(tensorflow, keras).items():
        listed = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in answers.items())
        lines.append(f'"{group}": {{\n{listed}\n}}')
    VALUES.write_text("{\n" + ",\n".join(lines) + "\n}\n")
