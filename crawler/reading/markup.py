"""Cut an issue that is all HTML into the same blocks as one in Markdown, with their places."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from html import unescape
from typing import Final

from crawler.reading.blocks import Block, BlockKind, Document
from crawler.reading.head import FrontMatter, date_in
from crawler.reading.tags import TAG

_PAGE: Final = re.compile(
    r"(?>\s*+<!--.*?-->)*+\s*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_TITLE: Final = re.compile(r"<title[^<>]*>([^<]*)", re.IGNORECASE)
_H1: Final = re.compile(r"<h1\b", re.IGNORECASE)
_PUBLISHED: Final = re.compile(
    r"<(?:meta|time)\b[^<>]*\b(?:article:published_time|datePublished|datetime)\b[^<>]*>",
    re.IGNORECASE,
)
# What is no text: its end is looked for only once where there is none.
_NOISE: Final = ("script", "style", "noscript", "template", "svg", "head")
# Where one of these starts or ends, so does a piece of text.
_BLOCK: Final = frozenset(
    {"address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog"}
    | {"div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "html", "legend", "li", "main", "nav", "ol", "p"}
    | {"pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
)
# What surrounds the text of a page: menus, imprint, buttons to share it.
_AROUND: Final = frozenset({"nav", "footer", "aside"})


def is_html(text: str, file: str) -> bool:
    """Return whether *text* is a page of HTML rather than Markdown with some of it."""
    return file.lower().endswith((".html", ".htm")) or _PAGE.match(text) is not None


def page_head(text: str) -> FrontMatter:
    """Return what the head of an HTML page says of it, as front matter would."""
    values = {}
    title = _TITLE.search(text)
    if title and not _H1.search(text):
        values["title"] = unescape(title[1]).strip()
    published = _PUBLISHED.search(text)
    if published and (date := date_in(published[0])):
        values["date"] = date
    return FrontMatter(values=values)


def html_document(text: str) -> Document:
    """Return the blocks of *text*, a page of HTML or a piece of one."""
    return Document(blocks=tuple(_Walk(text).blocks()), is_markdown=False)


class _Walk:
    """One pass over the tags of a page, keeping count of the lists around the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self.endless: set[str] = set()
        self.lists = 0
        self.numbered = False
        self.bullets = 0
        self.groups = 0
        self.opens = False
        self.level = 0
        self.quotes = 0
        self.around = 0
        self.code = 0

    def blocks(self) -> Iterator[Block]:
        """Yield the stretches of text between tags that make blocks."""
        start = position = 0
        while (found := self._next(position)) is not None:
            tag_start, position, tag = found
            if tag is None:  # noise, with all that is in it
                yield from self._block(start, tag_start)
                start = position
            elif tag["name"].lower() in _BLOCK:
                yield from self._block(start, tag_start)
                yield from self._count(tag)
                start = position
        yield from self._block(start, len(self.text))

    def _next(self, position: int) -> tuple[int, int, re.Match[str] | None] | None:
        """Return the next tag, or noise, from *position* on: where it starts and ends."""
        while (at := self.text.find("<", position)) >= 0:
            if self.text.startswith("<!--", at):
                return at, self._after("-->", at), None
            tag = TAG.match(self.text, at)
            if tag is None:
                position = at + 1
                continue
            name = tag["name"].lower()
            if name in _NOISE and not tag["slash"]:
                return at, self._after(f"</{tag['name']}", tag.end()), None
            return at, tag.end(), tag
        return None

    def _after(self, ending: str, start: int) -> int:
        if ending not in self.endless:
            found = self.text.find(ending, start)
            if found >= 0:
                return found + len(ending)
            self.endless.add(ending)
        return start if ending.startswith("</") else len(self.text)

    def _count(self, tag: re.Match[str]) -> Iterator[Block]:
        """Keep track of what is open around the next text; a rule is a block of its own."""
        name, step = tag["name"].lower(), -1 if tag["slash"] else 1
        if name in ("ul", "ol"):
            if step > 0 and not self.lists:
                self.groups += 1
                self.numbered = name == "ol"
            self.lists = max(0, self.lists + step)
        elif name == "li" and step > 0 and self.lists == 1:
            self.bullets += 1
            self.opens = True
        elif name == "blockquote":
            self.quotes = max(0, self.quotes + step)
        elif name in _AROUND:
            self.around = max(0, self.around + step)
        elif name == "pre":
            self.code = max(0, self.code + step)
        elif name in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.level = int(name[1]) if step > 0 else 0
        elif name == "hr":
            line, _ = self._place(tag.start())
            yield Block(kind=BlockKind.RULE, text="", line=line)

    def _block(self, start: int, stop: int) -> Iterator[Block]:
        text = self.text[start:stop]
        if not text.strip():
            return
        breaks = [0, *(found.end() for found in re.finditer("\n", text))]
        in_list = self.lists > 0
        opens, self.opens = self.opens, False
        yield Block(
            kind=self._kind(),
            text=text,
            line=self._place(start + len(text) - len(text.lstrip()))[0],
            starts=tuple(breaks),
            places=tuple(self._place(start + offset) for offset in breaks),
            level=self.level,
            bullet=self.bullets if in_list else 0,
            group=self.groups if in_list else 0,
            ordered=in_list and self.numbered,
            opens=opens and in_list,
            quoted=self.quotes > 0,
            around=self.around > 0,
        )

    def _kind(self) -> BlockKind:
        if self.code:
            return BlockKind.CODE
        return BlockKind.HEADING if self.level else BlockKind.HTML

    def _place(self, offset: int) -> tuple[int, int]:
        row = bisect_right(self.lines, offset) - 1
        return row + 1, offset - self.lines[row] + 1
