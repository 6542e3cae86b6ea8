"""Writes files of Keras models, or tells what it reads in them, on TensorFlow or here.

    python files.py tensorflow|here write|read FOLDER

It runs in an interpreter that may have TensorFlow only, so it imports nothing of this package.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path


def main(side: str, action: str, folder: str) -> None:
    sys.path.insert(0, str(Path(__file__).parents[1]))
    if side == "here":
        importlib.import_module("autodiff_core.keras_backend")
    else:
        os.environ["KERAS_BACKEND"] = "tensorflow"
    keras = importlib.import_module("keras")
    files = importlib.import_module("keras_cases.files")
    if action == "write":
        files.write(keras, Path(folder))
    else:
        print(json.dumps(files.read(keras, Path(folder))))


if __name__ == "__main__":
    main(*sys.argv[1:])
