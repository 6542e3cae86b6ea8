"""Whether an index, and whoever installs from it, can take the files in dist/: `python .ci/check_dist.py`.

A wheel holds the package and its metadata, nothing else and no symbols; it is small; and its tag is one that an index
takes: it refuses that of a machine's own Linux, of which nobody knows what it asks for. The description has to be one
that the index shows (twine).
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

DIST = Path(__file__).resolve().parents[1] / "dist"
LARGEST = 3_000_000
TAKEN = re.compile(r"(manylinux(_2_\d+|2014)|musllinux_1_\d+|macosx_\d+_\d+)_(x86_64|aarch64|arm64)|win_amd64")
# What belongs to the package; and how the compiled core is named on the systems that there are.
ALLOWED = (".py", ".pyi", "py.typed", ".so", ".pyd")


def has_symbols(library: bytes) -> bool:
    """Whether a library of Linux's still has the names that only a debugger reads."""
    from elftools.elf.elffile import ELFFile

    return ELFFile(io.BytesIO(library)).get_section_by_name(".symtab") is not None


def faults(wheel: Path) -> list[str]:
    """What is wrong with a wheel, in words."""
    found = []
    if (size := wheel.stat().st_size) > LARGEST:
        found.append(f"has {size:,} bytes, more than {LARGEST:,}")
    platforms = wheel.stem.split("-")[-1].split(".")
    if not all(TAKEN.fullmatch(platform) for platform in platforms):
        found.append(f"is for {'.'.join(platforms)}, which no index takes")
    package, version = wheel.stem.split("-")[:2]
    with zipfile.ZipFile(wheel) as contents:
        names = [name for name in contents.namelist() if not name.endswith("/")]
        others = [name for name in names if not name.startswith(f"{package}-{version}.dist-info/")]
        found += [
            f"holds {name}, which is not the package's"
            for name in others
            if not (name.startswith(f"{package}/") and name.endswith(ALLOWED))
        ]
        libraries = [name for name in others if name.endswith((".so", ".pyd"))]
        if len(libraries) != 1:
            found.append(f"holds {libraries} where one core is meant")
        if "linux" in platforms[0]:
            found += [f"holds {name}, which has symbols" for name in libraries if has_symbols(contents.read(name))]
        missing = {f"{package}/py.typed", f"{package}/_core.pyi", f"{package}-{version}.dist-info/licenses/LICENSE"}
        found += [f"lacks {name}" for name in sorted(missing.difference(names))]
    return found


def main(folder: Path = DIST) -> None:
    wheels, sdists = sorted(folder.glob("*.whl")), sorted(folder.glob("*.tar.gz"))
    if not wheels or len(sdists) != 1:
        sys.exit(f"{folder} has {len(wheels)} wheels and {len(sdists)} sdists; it should have wheels, and one sdist")
    versions = {file.name.removesuffix(".tar.gz").split("-")[1] for file in (*wheels, *sdists)}
    if len(versions) > 1:
        sys.exit(f"{folder} has files of the versions {', '.join(sorted(versions))}")
    said = [f"{wheel.name} {fault}" for wheel in wheels for fault in faults(wheel)]
    if said:
        sys.exit("\n".join(said))
    subprocess.run([sys.executable, "-m", "twine", "--no-color", "check", "--strict", *wheels, *sdists], check=True)
    for file in (*sdists, *wheels):
        print(f"{file.stat().st_size:>9,} bytes  {file.name}")


if __name__ == "__main__":
    main()
