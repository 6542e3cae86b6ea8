"""What a folder of checkpoints says of itself: which one is the latest, and which there are, in TensorFlow's words."""

from __future__ import annotations

import os
import re

from . import files

__all__ = ["NAME", "is_within", "read", "record"]

NAME = "checkpoint"
_LINE = re.compile(r'^(model_checkpoint_path|all_model_checkpoint_paths): "((?:[^"\\]|\\.)*)"$')


def record(folder: str, latest: str, kept: list[str]) -> None:
    """Write down which checkpoints there are; paths in the folder are its own names."""
    lines = [("model_checkpoint_path", latest), *(("all_model_checkpoint_paths", path) for path in kept)]
    text = "".join(f'{key}: "{_escaped(os.path.relpath(path, folder or "."))}"\n' for key, path in lines)
    files.replace(os.path.join(folder, NAME), os.fsencode(text))


def read(folder: str, name: str = NAME) -> tuple[str | None, list[str]]:
    """The latest checkpoint of a folder, and all of them, the oldest first: those whose files are there."""
    try:
        with open(os.path.join(folder, name), "rb") as file:
            lines = os.fsdecode(file.read()).replace("\r\n", "\n").split("\n")
    except (FileNotFoundError, NotADirectoryError):
        return None, []
    found: dict[str, list[str]] = {}
    for line in filter(None, lines):
        match = _LINE.match(line)
        if match is None:
            raise ValueError(
                f"{os.path.join(folder, name)!r} does not say which checkpoints there are: {line!r}; remove it, and "
                f"restore one by its path"
            )
        path = re.sub(r"\\(.)", _unescaped, match[2])
        found.setdefault(match[1], []).append(os.path.join(folder, path))
    there = [path for path in found.get("all_model_checkpoint_paths", []) if os.path.exists(files.located(path))]
    latest = next(iter(found.get("model_checkpoint_path", [])), None)
    if latest is not None and not os.path.exists(files.located(latest)):
        latest = None
    return latest, there


def _escaped(path: str) -> str:
    return path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _unescaped(match: re.Match[str]) -> str:
    return "\n" if match[1] == "n" else match[1]


def is_within(path: str, folder: str) -> bool:
    """Whether a file's place is below a folder."""
    return os.path.abspath(path).startswith(os.path.join(os.path.abspath(folder), ""))
