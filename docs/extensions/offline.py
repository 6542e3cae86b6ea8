"""Nothing is fetched from a network when a page is read: a built page that would ask for it ends the build."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# What a browser fetches by itself; a link that somebody has to follow may lead anywhere.
FETCHED = {"src", "srcset", "poster", "data", "background"}
LOADED_LINKS = {"stylesheet", "icon", "preload", "prefetch", "modulepreload", "preconnect", "dns-prefetch", "manifest"}
ELSEWHERE = re.compile(r"^\s*(https?:)?//", re.IGNORECASE)
IN_STYLES = re.compile(r"""(?:url\(|@import)\s*["']?\s*((?:https?:)?//[^"')\s;]+)""", re.IGNORECASE)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.style = tag == "style"
        self.found += [value for name, value in named.items() if name in FETCHED and ELSEWHERE.match(value)]
        self.found += IN_STYLES.findall(named.get("style", ""))
        if tag == "link" and LOADED_LINKS & set(named.get("rel", "").lower().split()):
            self.found += [named["href"]] if ELSEWHERE.match(named.get("href", "")) else []
        if tag in ("image", "use"):  # within pictures
            self.found += [named[key] for key in ("href", "xlink:href") if ELSEWHERE.match(named.get(key, ""))]

    def handle_data(self, data: str) -> None:
        if self.style:
            self.found += IN_STYLES.findall(data)

    def handle_endtag(self, tag: str) -> None:
        self.style = False


def fetched(page: str) -> list[str]:
    """What a browser would fetch from other places in order to show this page."""
    reader = _Reader()
    reader.feed(page)
    return reader.found


def fetched_by_styles(sheet: str) -> list[str]:
    """The same for a style sheet."""
    return IN_STYLES.findall(sheet)


def _check(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    asked = []
    for suffix, find in ((".html", fetched), (".css", fetched_by_styles)):
        for file in sorted(Path(app.outdir).rglob(f"*{suffix}")):
            asked += [f"{file}: {place}" for place in find(file.read_text())]
    if asked:
        from sphinx.errors import ExtensionError

        raise ExtensionError("pages fetch from a network: " + "; ".join(asked))


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", _check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
