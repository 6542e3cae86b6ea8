"""Looks at pages in headless Chromium: each has its words, is not blank, says no error, and asks nobody for anything.

    python .ci/look.py CHROMIUM FOLDER PAGE=WORDS ...

The pages are files; WORDS must stand on theirs. A screenshot of each is left in the folder, for whoever wants to look
himself.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from html import unescape
from pathlib import Path

import matplotlib.image
import numpy as np

QUIET = [
    "--headless=new",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--window-size=1200,1600",
    "--force-color-profile=srgb",
    "--virtual-time-budget=5000",
    "--enable-logging=stderr",
]


def shown(chromium: str, page: Path, *options: str) -> tuple[str, str]:
    """What the browser prints of a page, and says."""
    with tempfile.TemporaryDirectory() as profile:
        own = [*QUIET, f"--user-data-dir={profile}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        done = subprocess.run(
            [chromium, *own, *options, page.resolve().as_uri()], capture_output=True, text=True, timeout=120, check=True
        )
    return done.stdout, done.stderr


def asked_for(log: Path) -> list[str]:
    """The addresses that a page asked for, and not the browser for itself."""
    events = json.loads(log.read_text())["events"]
    asked = [event["params"] for event in events if "url" in event.get("params", {})]
    return sorted(
        {p["url"] for p in asked if p.get("initiator", "not an origin") != "not an origin" and "://" in p["url"]}
        - {p["url"] for p in asked if p["url"].startswith(("file:", "data:", "blob:"))}
    )


def faults(chromium: str, page: Path, words: str, picture: Path) -> list[str]:
    """What is wrong with a page."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "net.json"
        dom, said = shown(chromium, page, "--dump-dom", f"--log-net-log={log}")
        asked = asked_for(log)
    shown(chromium, page, f"--screenshot={picture}")
    found = [f"it asks for {url}" for url in asked]
    found += [f"the console says {line}" for line in re.findall(r"CONSOLE.*?\] (.*)", said)]
    body = unescape(re.sub(r"<[^>]*>", "", re.sub(r"(?s)<(script|style).*?</\1>", "", dom)))
    if words not in " ".join(body.split()):
        found.append(f"{words!r} does not stand on it")
    pixels = matplotlib.image.imread(picture)[..., :3]
    inked = float(np.mean(np.any(np.abs(pixels - np.median(pixels, axis=(0, 1))) > 0.1, axis=-1)))
    if inked < 0.01:
        found.append(f"it is as good as blank: {inked:.2%} of it are of another colour than the rest")
    return found


def main() -> int:
    chromium, folder, *pages = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    wrong = 0
    for entry in pages:
        name, _, words = entry.partition("=")
        page = Path(name)
        picture = Path(folder).resolve() / f"{page.parent.name}-{page.stem}.png"
        found = faults(chromium, page, words, picture)
        wrong += bool(found)
        print(f"{page}: {'; '.join(found) or 'as it should be'} ({picture})")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
