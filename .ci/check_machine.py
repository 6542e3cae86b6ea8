"""Says what this machine lacks to build the package, before pip would say it at length.

Run by `make` with the interpreter that the virtual environment is to be made from; written so that an old Python 3
can still run it and say that it is too old.
"""

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile

OLDEST = (3, 11)


def missing():
    """The first thing that is missing, as a message; None if nothing is."""
    version = "%d.%d" % sys.version_info[:2]
    if sys.version_info < OLDEST:
        return "Python 3.11 or later is needed; {} is {}.\nName another one: make PYTHON=python3.13 ...".format(
            sys.executable, version
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError as error:
        return "Python's module {!r} is missing.\n  Debian, Ubuntu: apt-get install python{}-venv".format(
            error.name, version
        )

    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
    if shutil.which(compiler[0]) is None:
        return (
            "The C compiler {!r} is missing.\n"
            "  Debian, Ubuntu: apt-get install build-essential\n"
            "  Fedora: dnf install gcc\n"
            "  Alpine: apk add build-base\n"
            "  macOS: xcode-select --install\n"
            "  or name another one: make CC=clang ..."
        ).format(compiler[0])

    include = sysconfig.get_path("include")
    if not os.path.exists(os.path.join(include, "Python.h")):
        return (
            "Python's C headers are missing: there is no {}/Python.h.\n"
            "  Debian, Ubuntu: apt-get install python{}-dev\n"
            "  Fedora: dnf install python3-devel\n"
            "  Alpine: apk add python3-dev"
        ).format(include, version)

    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "probe.c")
        with open(source, "w") as file:
            file.write("#include <Python.h>\n#include <math.h>\n")
        command = compiler + ["-I" + include, "-c", source, "-o", os.path.join(folder, "probe.o")]
        tried = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if tried.returncode:
        return "The C compiler does not compile two #include lines:\n  {}\n{}".format(
            " ".join(command), tried.stdout.decode(errors="replace")
        )
    return None


lack = missing()
if lack:
    sys.exit("\nautodiff_core can not be built here yet. " + lack + "\n")
