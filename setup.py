"""The one extension module; everything else about the package is in pyproject.toml."""

import os
import shlex
import sys

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup

if sys.platform == "win32":
    flags = ["/O2"]
else:
    # errno and traps are what keeps a compiler from vectorising libm-like loops; nobody reads either here. And what is
    # rounded once, and what twice, is written (src/instructions.h): every compiler gives the same bits.
    flags = ["-O3", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off", "-fvisibility=hidden", "-g0"]

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
        *(f"src/{header}.h" for header in ["checks", "convolution_tiles", "locks", "record"]),
        *(f"src/{header}.h" for header in ["sharing", "sliding_windows"]),
        "src/small_products_loops.h",
        "src/small_products_tiles.h",
        *(f"src/{kernels}.h" for kernels in units),
    ],
    define_macros=[("NPY_NO_DEPRECATED_API", "NPY_2_0_API_VERSION"), ("NPY_TARGET_VERSION", "NPY_2_0_API_VERSION")],
    extra_compile_args=flags,
    extra_link_args=link,
)

setup(ext_modules=cythonize([core], include_path=["src"]))
