"""Write `autograd_values.json`: what the real autograd gives for `autograd_calls`.

Run it with an interpreter that has autograd and SciPy: `python tests/write_autograd_values.py`.
"""

from __future__ import annotations

import inspect
import json
import sys
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import autograd
import autograd.numpy
import autograd.scipy.linalg
import autograd.scipy.signal
import autograd.scipy.special
import autograd.scipy.stats
from autograd.extend import defvjp, primitive
from autograd.misc import flatten

import autograd_calls

sys.modules["funcsigs"] = inspect  # (what multigrad_dict imports stands there since Python 3.3)
cube = primitive(lambda x: x**3)
defvjp(cube, lambda ans, x: lambda g: g * 3.0 * x**2)
namespace = SimpleNamespace(
    np=autograd.numpy,
    special=autograd.scipy.special,
    stats=autograd.scipy.stats,
    linalg=autograd.scipy.linalg,
    signal=autograd.scipy.signal,
    flatten=flatten,
    cube=cube,
    **{name: getattr(autograd, name) for name in autograd.differential_operators.__dict__ if hasattr(autograd, name)},
)
written = {"autograd": version("autograd"), "values": autograd_calls.results(namespace)}
Path(__file__).with_name("autograd_values.json").write_text(json.dumps(written, indent=0) + "\n")
