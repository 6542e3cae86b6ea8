"""Makes an environment for each peer with pip. One that cannot be installed is reported and left out.

    python -m side_by_side.install [NAME ...]

What is there already is left alone, but gets what has joined its requirements; a peer that failed is tried again.
"""

import re
import shutil
import subprocess
import sys

from .peers import FOLDER, PEERS, Peer

NEWEST_MINOR = 20


def interpreter(oldest: tuple[int, int]) -> str | None:
    """This interpreter, or a newer one on the path where this one is too old."""
    if sys.version_info[:2] >= oldest:
        return sys.executable
    names = (f"python{oldest[0]}.{minor}" for minor in range(oldest[1], NEWEST_MINOR))
    return next((name for name in names if runs(name)), None)


def runs(name: str) -> bool:
    """Not only found: version managers put names on the path that say how to install what they stand for."""
    return shutil.which(name) is not None and not subprocess.run([name, "-c", ""], capture_output=True).returncode


def reason(output: str) -> str:
    """What to say of an installation that failed: pip's first error, without addresses."""
    errors = [line for line in output.splitlines() if line.lower().startswith("error")]
    return re.sub(r"\S+://\S+", "...", errors[0]) if errors else "pip failed"


def install(peer: Peer, anew: bool) -> str | None:
    """None, or why it is not there; `anew`: in an environment that has nothing in it."""
    python = interpreter(peer.oldest_python)
    if python is None:
        return f"needs Python {'.'.join(map(str, peer.oldest_python))}, which is not on this machine"
    pip = [str(peer.python), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    commands = [[*pip, "install", *peer.requirements]]
    if anew:
        commands.insert(0, [python, "-m", "venv", "--clear", str(FOLDER / peer.name)])
    for command in commands:
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=peer.seconds)
        except subprocess.TimeoutExpired:
            return f"pip took more than {peer.seconds} s"
        if done.returncode:
            return reason(done.stderr or done.stdout)
    return None


def main(names: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    for peer in PEERS:
        if names and peer.name not in names:
            continue
        anew = peer.problem.exists() or not peer.python.exists()
        requirements = "\n".join(peer.requirements)
        if not anew and peer.installed.exists() and peer.installed.read_text() == requirements:
            continue
        # Written first, so that an installation that is broken off counts as one that failed.
        peer.problem.write_text("its installation was broken off")
        problem = install(peer, anew)
        if problem is None:
            peer.problem.unlink()
            peer.installed.write_text(requirements)
        else:
            peer.problem.write_text(problem)
        print(f"{peer.title}: {problem or 'installed'}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
