"""Runs autograd's own tests and the packages, and says what failed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np

from . import not_applicable

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
MADE = ROOT / ".made"
ENVIRONMENT = ROOT / ".peers" / "autograd_packages"
PACKAGES = (
    "autograd-gamma==0.5.0",
    "lifelines==0.30.3",
    "numpy>=2",
    "optree",
    "pennylane==0.45.1",
    "pymanopt==2.2.1",
    "pytest",
    "xarray",
)
# Rounding differs, and where a solver stops with it.
CLOSE = 1e-6


def environment() -> Path:
    """An interpreter like this one, with the packages and no more."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", *PACKAGES], check=True)
    return python


def sources(python: Path) -> Path:
    """autograd's sdist, unpacked: its tests are in no wheel."""
    folder = MADE / f"autograd-{not_applicable.VERSION}"
    if not folder.exists():
        pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", "download", "--no-deps"]
        wanted = f"autograd=={not_applicable.VERSION}"
        subprocess.run([*pip, "--no-binary", "autograd", "--dest", str(MADE), wanted], check=True)
        with tarfile.open(MADE / f"{folder.name}.tar.gz") as archive:
            archive.extractall(MADE, filter="data")
    return folder / "tests"


def own_tests(python: Path, tests: Path) -> bool:
    print(f"autograd {not_applicable.VERSION}'s own tests, but for {len(not_applicable.REASONS)} that do not apply:")
    for name, reason in not_applicable.REASONS.items():
        print(f"  {name}: {reason}")
    options = ["-c", os.devnull, "--rootdir", str(tests), "-p", "on_this", "-q", "-p", "no:cacheprovider", "--tb=short"]
    left_out = [f"--deselect={name}" for name in not_applicable.REASONS]
    done = subprocess.run(
        [str(python), "-m", "pytest", *options, *left_out, "."], cwd=tests, env=surroundings(), check=False
    )
    return done.returncode == 0


def surroundings() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}", "PYTHONDONTWRITEBYTECODE": "1"}


def packages(python: Path) -> bool:
    results = {}
    for on, name in (("autograd", "autograd"), ("this", "this library")):
        file = MADE / f"autograd_packages_{on}.json"
        subprocess.run([str(python), str(HERE / "packages.py"), on, str(file)], env=surroundings(), check=True)
        read = json.loads(file.read_text())
        assert read["on"] == name, f"{on}: ran on {read['on']}"
        results[on] = read["found"]
    worst = 0.0
    print(f"\n{'':45s} {'difference':>10s} {'autograd':>10s} {'this':>10s}")
    for name, (expected, before) in results["autograd"].items():
        found, after = results["this"][name]
        scale = np.max(np.abs(expected), initial=1e-6)
        difference = float(np.max(np.abs(np.subtract(found, expected)), initial=0.0) / scale)
        worst = max(worst, difference if np.isfinite(difference) else np.inf)
        print(f"{name:45s} {difference:10.0e} {1000 * before:7.1f} ms {1000 * after:7.1f} ms  {after / before:.2f}")
    return worst < CLOSE


def main() -> int:
    MADE.mkdir(exist_ok=True)
    python = environment()
    passed = own_tests(python, sources(python))
    agree = packages(python)
    print("\nautograd's tests", "passed" if passed else "FAILED", "| packages", "agree" if agree else "DIFFER")
    return 0 if passed and agree else 1


sys.exit(main())
