"""What the little web answers at an address on a night: described in files, or made up."""

import tomllib
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import jinja2

from nightly.demo.answers import Answer, answer
from nightly.demo.apis import ARXIV, CAPTURES, GITEE, DemoArxiv, captures, gitee

# Kinds of file by the end of a path: the content type, and bytes that begin as such a file does.
_FILES = {
    ".pdf": ("application/pdf", b"%PDF-1.4\n% a sample\n%%EOF\n"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff\xe0"),
    ".zip": ("application/zip", b"PK\x05\x06" + bytes(18)),
}
_PARAGRAPHS_PER_PAGE = 6
_PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPage:
    """How one address behaves from the night *night* on.

    `template` names the markup, the host's own where it is empty, and `text` holds its
    paragraphs, a line each. `wait` is the number of seconds before the answer; `fault` is
    what happens instead of one.
    """

    url: str
    night: int = 1
    status: int = 200
    template: str = ""
    title: str = ""
    author: str = ""
    text: str = ""
    location: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoHost:
    """What is odd about a host: its robots.txt, its certificate, pages that nobody described."""

    name: str
    robots: str = ""
    certificate: str = ""
    status: int = 200
    template: str = "article"


class World:
    """All pages of the little web, read from *folder*; pages that are not there are made up."""

    def __init__(self, folder: Path) -> None:
        """Read the descriptions; templates are read when they are first shown."""
        self._paragraphs = (folder / "paragraphs.txt").read_text(encoding="utf-8").splitlines()
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder / "templates"), autoescape=True
        )
        self._apis: dict[str, Callable[[SplitResult], Answer | None]] = {
            ARXIV: DemoArxiv(folder / "papers.toml").answer,
            GITEE: gitee,
        }
        self.pages = tuple(DemoPage(**row) for row in _rows(folder / "pages.toml", "page"))
        self.hosts = {row["name"]: DemoHost(**row) for row in _rows(folder / "hosts.toml", "host")}

    @cached_property
    def _pages_at(self) -> dict[str, list[DemoPage]]:
        found: dict[str, list[DemoPage]] = {}
        for page in sorted(self.pages, key=lambda page: page.night):
            found.setdefault(page.url, []).append(page)
        return found

    def answer(self, url: str, night: int) -> Answer:
        """Return what a visitor of *url* gets on the night *night*, counted from 1."""
        parts = urlsplit(url)
        host = self.hosts.get(parts.netloc) or DemoHost(name=parts.netloc)
        if parts.path == "/robots.txt":
            return _robots(host)
        if parts.path == CAPTURES:
            return captures(parts)
        if (api := self._apis.get(parts.netloc)) and (said := api(parts)):
            return said
        described = [page for page in self._pages_at.get(url, ()) if page.night <= night]
        if described:
            page = described[-1]
            return self._show(replace(page, template=page.template or host.template))
        for ending, (content_type, body) in _FILES.items():
            if parts.path.endswith(ending):
                return Answer(status=200, headers={"Content-Type": content_type}, body=body)
        return self._show(
            DemoPage(
                url=url,
                status=host.status,
                template=host.template,
                title=unquote(parts.path).strip("/").replace("/", " · ") or parts.netloc,
            )
        )

    def _show(self, page: DemoPage) -> Answer:
        """Return *page* as it goes over the wire."""
        page = replace(page, text=page.text.strip() or self._filler(page.url))
        template = self._templates.get_template(f"{page.template}.html")
        markup = template.render(
            title=page.title,
            author=page.author,
            host=urlsplit(page.url).netloc,
            text=page.text,
            location=page.location,
            paragraphs=page.text.splitlines(),
        )
        headers = {"Content-Type": "text/html; charset=utf-8", **page.headers}
        if 300 <= page.status < 400:
            headers["Location"] = page.location
        return Answer(
            status=page.status,
            headers=headers,
            body=markup.encode(),
            wait=page.wait,
            fault=page.fault,
        )

    def _filler(self, url: str) -> str:
        """Return paragraphs that are always the same for *url*, and others for another."""
        seed = zlib.crc32(url.encode())
        count = len(self._paragraphs)
        start, step = seed % count, 1 + seed // count % (count - 1)
        chosen = [
            self._paragraphs[(start + step * i) % count] for i in range(_PARAGRAPHS_PER_PAGE)
        ]
        return "\n".join(dict.fromkeys(chosen))


def _rows(file: Path, name: str) -> list[dict[str, Any]]:
    """Return the tables called *name* of a TOML *file*."""
    rows: list[dict[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8"))[name]
    return rows


def _robots(host: DemoHost) -> Answer:
    """Return the robots.txt of *host*."""
    if host.robots:
        return answer(200, _PLAIN, host.robots)
    return answer(404, _PLAIN, "no robots.txt here\n")
