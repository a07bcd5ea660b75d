"""What a reader sees of a piece of Markdown: its text without markup."""

import re
from typing import Final

from markdown_it import MarkdownIt

from catalog.vocabulary import MentionKind
from crawler.reading.link import Inline, Link

# Longer texts of a link or a title than this say nothing more.
LONGEST: Final = 4000

_MARKUP: Final = re.compile(r"[*`\\&<~]|(?<![^\W_])_|_(?![^\W_])")
_WITH_LINKS: Final = MarkdownIt("commonmark").enable("strikethrough")
_PARSER: Final = (
    MarkdownIt("commonmark").enable("strikethrough").disable(["link", "image", "autolink"])
)


def plain(markdown: str, parser: MarkdownIt = _PARSER) -> str:
    """Return *markdown*, a stretch without links, as shown, on one line."""
    text = markdown[:LONGEST]
    if parser is _WITH_LINKS or _MARKUP.search(text):
        tokens = parser.parseInline(text)[0].children or []
        text = "".join(
            " " if token.type in ("softbreak", "hardbreak") else token.content
            for token in tokens
            if token.type != "html_inline"
        )
    return _on_one_line(text)


def _on_one_line(text: str) -> str:
    """Return *text* with its line breaks as spaces; other white space is the author's."""
    return " ".join(line.strip(" \t") for line in text.split("\n")).strip()


def shown(text: str, inline: Inline, start: int = 0, stop: int | None = None) -> str:
    """Return what is shown of *text* from *start* up to *stop*, with each link's own text.

    *inline* holds the links of the whole of *text*; images show nothing.
    """
    stop = len(text) if stop is None else stop
    pieces: list[str] = []
    position = start
    for link in inline.within(start, stop):
        if link.start < position or link.kind is MentionKind.BARE:
            continue
        pieces.append(text[position : link.start])
        if link.kind is not MentionKind.IMAGE:
            pieces.append(text[link.label[0] : link.label[1]])
        position = link.end
    pieces.append(text[position:stop])
    return plain("".join(pieces))


def link_text(text: str, link: Link, inline: Inline) -> str:
    """Return the text of *link*, one of those in *text*, as it is shown."""
    if link.shows is not None:
        return _on_one_line(link.shows)
    if link.kind in (MentionKind.BARE, MentionKind.AUTOLINK):
        return text[link.label[0] : link.label[1]]
    start, stop = link.label
    if link.kind is MentionKind.IMAGE:  # what its text links to is not shown
        return plain(text[start:stop], _WITH_LINKS)
    return shown(text, inline, start, stop)
