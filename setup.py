"""The one extension module; everything else about the package is in pyproject.toml."""

import os
import shlex
import sys
from pathlib import Path

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup

# What is compiled for other systems (.ci/zig), or to be looked at (make warnings), is told the same. errno and traps
# are what keeps a compiler from vectorising libm-like loops; nobody reads either here. And what is rounded once, and
# what twice, is written (src/instructions.h): every compiler gives the same bits.
everywhere = Path("src/compiler_flags.txt").read_text(encoding="ascii").split()

if sys.platform == "win32":
    flags = ["/O2", *(flag for flag in everywhere if flag.startswith("-D"))]
else:
    flags = ["-O3", *everywhere, "-g0"]

    # A compiler believes the last word, and this list stands behind CFLAGS: what the caller wants is said once more.
    flags += shlex.split(os.environ.get("CFLAGS", ""))

link = [] if sys.platform == "win32" else ["-pthread"]

# Each a file in plain C that knows neither Python nor the others.
units = [
    "casts",
    "blas",
    "convolution",
    "digest",
    "error_functions",
    "finite",
    "gather",
    "instructions",
    "kernels",
    "lapack",
    "moves",
    "ordering",
    "pooling",
    "recurrence",
    "reductions",
    "rows",
    "scalars",
    "segments",
    "short_lines",
    "small_products",
    "softmax",
    "sums",
    "vmath",
    "workers",
]

core = Extension(
    "autodiff_core._core",
    sources=["src/_core.pyx", *(f"src/{kernels}.c" for kernels in units)],
    include_dirs=["src", numpy.get_include()],
    depends=[
        "src/compiler_flags.txt",
        *(f"src/{header}.h" for header in ["checks", "convolution_tiles", "locks", "record"]),
        *(f"src/{header}.h" for header in ["sharing", "sliding_windows"]),
        "src/small_products_loops.h",
        "src/small_products_tiles.h",
        *(f"src/{kernels}.h" for kernels in units),
    ],
    extra_compile_args=flags,
    extra_link_args=link,
)

setup(ext_modules=cythonize([core], include_path=["src"]))
