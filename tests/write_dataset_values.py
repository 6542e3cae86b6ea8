"""Writes dataset_values.json, what TensorFlow's datasets give for chains of transformations drawn at random.

For an interpreter that has TensorFlow, which no test needs: python tests/write_dataset_values.py
"""

from __future__ import annotations

import json
import os
import random
from importlib import import_module
from pathlib import Path
from typing import Any

from dataset_chains import SOURCES, STEPS, described, made

VALUES = Path(__file__).with_name("dataset_values.json")
CHAINS = 400
REFUSALS = ("Cannot unbatch an input with scalar components.",)
ENDLESS = {"even", "counted", "woven 2", "unbatch", "skip 99"}


def answers(tf: Any, chain: list[str]) -> dict[str, Any]:
    try:
        return described(tf, made(tf, chain))
    except Exception as error:
        return {"error": str(error).split("[Op:")[0].strip()[:80]}


def drawn(seed: int) -> list[list[str]]:
    """Chains of up to five steps; each step by itself first."""
    draws = random.Random(seed)
    steps = list(STEPS)
    chains = [[draws.choice(list(SOURCES)), step] for step in steps]
    while len(chains) < CHAINS:
        chain = [draws.choice(list(SOURCES)), *draws.choices(steps, k=draws.randint(2, 5))]
        # (Who looks for elements that do not come in what has no end looks for ever.)
        if "repeat" not in chain or not ENDLESS.intersection(chain[chain.index("repeat") :]):
            chains.append(chain)
    return chains


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    library = import_module("tensorflow")
    lines: list[str] = []
    for chain in drawn(1):
        found = answers(library, chain)
        # (The other errors are of graphs that are typed before there is an element.)
        if "error" not in found or found["error"] in REFUSALS:
            lines.append(json.dumps({"chain": chain, **found}, separators=(",", ":")))
    VALUES.write_text(f'{{"tensorflow": "{library.__version__}", "chains": [\n' + ",\n".join(lines) + "\n]}\n")
