"""Runs one script, here or on TensorFlow, with draws that are the same on both sides.

    python launch.py tensorflow|here SCRIPT [ARGUMENT ...]

It runs in an interpreter that may have TensorFlow only, so it imports nothing of this package.
"""

from __future__ import annotations

import importlib
import runpy
import sys
import tempfile
from pathlib import Path

HERE = "import autodiff_core as tf\n\ntf.keras.use_keras()\n"
THERE = "import tensorflow as tf\n"


def main(side: str, script: str, *arguments: str) -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    text = Path(script).read_text()
    if text.count(HERE) != 1:
        raise SystemExit(f"{script} has not the lines {HERE!r}")
    if side == "here":
        tf = importlib.import_module("autodiff_core")
        tf.keras.use_keras()
    else:
        tf = importlib.import_module("tensorflow")
        text = text.replace(HERE, THERE)
    importlib.import_module("draws").install(tf)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(script).name
        path.write_text(text)
        sys.argv = [str(path), *arguments]
        runpy.run_path(str(path), run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
