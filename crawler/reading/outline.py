"""Lay out an issue: the section and the item of each block, and where the footer starts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from catalog.vocabulary import MentionKind
from crawler.reading.blocks import Block, BlockKind, Definition, Document
from crawler.reading.destination import Target
from crawler.reading.inline import read_inline
from crawler.reading.link import Inline, Link
from crawler.reading.profile import ArchiveProfile
from crawler.reading.rendered import shown

# An entry written as a paragraph: `1、…`, `（3）…`, or with a bullet that is none in Markdown.
_NUMBERED: Final = re.compile(r"(?:\d{1,3}\s*(?P<mark>[、．])|[（(]\d{1,3}[)）]|[–—•●▪◆]\s)\s*")
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A block in its place: its links, its section, and the item it belongs to.

    `item` counts the issue's items from 1 and is 0 outside of any; `body` is the offset in
    the block's text where an item's title starts, on the block that opens it.
    """

    block: Block
    inline: Inline
    section: str = ""
    item: int = 0
    body: int = 0
    hot: bool = False
    footer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """An issue's parts in reading order, and the text of its title heading."""

    parts: tuple[Part, ...]
    heading: str = ""


def outline(document: Document, profile: ArchiveProfile, *, has_title: bool = False) -> Outline:
    """Return *document* laid out; *has_title* says that its front matter names its title."""
    blocks = [piece for block in document.blocks for piece in _entries(block)]
    inlines = [_inline(block, document, profile) for block in blocks]
    _join(blocks, inlines)
    footer_at = _footer_at(blocks, inlines, profile)
    title_at = _title_at(blocks, has_title=has_title)
    sections = (i for i, block in enumerate(blocks[:footer_at]) if block.level)
    first_section = next((i for i in sections if i != title_at), 0)
    layout = _Layout(profile, title_at, first_section)
    parts = tuple(
        layout.part(index, block, inline, footer=index >= footer_at)
        for index, (block, inline) in enumerate(zip(blocks, inlines, strict=True))
    )
    return Outline(parts=parts, heading=layout.heading)


def _entries(block: Block) -> Iterator[Block]:
    """Yield *block*, cut where numbered entries follow each other without a blank line."""
    if block.kind is not BlockKind.TEXT or block.bullet or len(block.starts) == 1:
        yield block
        return
    rows = [row for row, at in enumerate(block.starts) if row and _is_entry(block.text, at)]
    yield from block.cut([0, *rows]) if rows else [block]


def _is_entry(text: str, at: int) -> bool:
    found = _NUMBERED.match(text, at)
    return found is not None and found["mark"] is not None


def _inline(block: Block, document: Document, profile: ArchiveProfile) -> Inline:
    if block.kind is BlockKind.RULE or (block.kind is BlockKind.CODE and not profile.include_code):
        return Inline(links=())
    return read_inline(
        block.text,
        document.definitions,
        is_html=block.kind is BlockKind.HTML,
        is_markdown=document.is_markdown,
    )


def _join(blocks: Sequence[Block], inlines: list[Inline]) -> None:
    """Make one link of a `[text` and the `](target)` that a blank line has torn from it."""
    opened: int | None = None
    for index, (block, inline) in enumerate(zip(blocks, inlines, strict=True)):
        if block.level or block.kind is not BlockKind.TEXT or (opened and block.opens):
            opened = None
        if opened is not None and inline.orphan is not None:
            before = inlines[opened]
            at, target = inline.orphan
            link = _torn(blocks[opened], before, block, target)
            inlines[opened] = replace(before, links=(*before.links, link))
            rest = tuple(one for one in inline.links if not at <= one.start < target.end)
            inlines[index] = replace(inline, links=rest)
            opened = None
        if inline.dangling is not None:
            opened = index


def _torn(block: Block, inline: Inline, other: Block, target: Target) -> Link:
    """Return the link that opens in *block* and whose target stands in the *other* one."""
    assert inline.dangling is not None  # or there would be nothing to join
    url, start = target.addresses[0]
    line, column = other.place(start)
    return Link(
        kind=MentionKind.INLINE,
        start=inline.dangling,
        end=len(block.text),
        url=url,
        url_start=None,
        label=(inline.dangling + 1, len(block.text)),
        definition=Definition(url=url, line=line, column=column),
    )


def _title_at(blocks: Sequence[Block], *, has_title: bool) -> int:
    """Return the index of the heading that is the issue's title, -1 where none is.

    That is the first heading, if it is of the highest level and no other is.
    """
    headings = [(i, block.level) for i, block in enumerate(blocks) if block.level]
    if has_title or not headings:
        return -1
    index, level = headings[0]
    alone = all(other > level for _, other in headings[1:])
    return index if level == 1 and alone else -1


def _footer_at(blocks: Sequence[Block], inlines: Sequence[Inline], profile: ArchiveProfile) -> int:
    """Return the index of the first block of the boilerplate at the issue's end.

    It starts with a heading that says so, or with a rule after which no section comes.
    """
    pattern = re.compile(profile.footer_pattern, re.IGNORECASE) if profile.footer_pattern else None
    after_sections = 0
    for index, (block, inline) in enumerate(zip(blocks, inlines, strict=True)):
        if not block.level:
            continue
        if pattern and pattern.match(shown(block.text, inline)):
            return index
        after_sections = index
    rules = (i for i, block in enumerate(blocks) if block.kind is BlockKind.RULE)
    return next((i for i in rules if i > after_sections), len(blocks))


class _Layout:
    """One pass over the blocks, with the section and the item that are open."""

    def __init__(self, profile: ArchiveProfile, title_at: int, first_section: int) -> None:
        self.profile = profile
        self.title_at = title_at
        self.heading = ""
        self.section = ""
        self.first_section = first_section
        self.items = 0
        self.item = 0
        self.bullet = 0  # the list item that the open item is, 0 where it is a paragraph
        self.numbered: bool | None = None  # whether the section's entries are numbered lists
        self.mark: str | None = None  # what follows the numbers, where they are paragraphs
        self.goes_on = False

    def part(self, index: int, block: Block, inline: Inline, *, footer: bool) -> Part:
        """Return the part that *block* makes here."""
        footer = footer or block.around
        if block.level and not (block.quoted or block.around):
            self._head(index, block, inline)
            return Part(block=block, inline=inline, section=self.section, footer=footer)
        body = 0 if footer else self._entry(block, inline)
        if footer:
            self.item = 0
        # Entries before the first section are the short news; a section of their own.
        is_hot = index < self.first_section and self.item > 0
        in_chinese = is_hot and _CHINESE.search(block.text) is not None
        return Part(
            block=block,
            inline=inline,
            section=self.profile.hot_section if in_chinese else self.section,
            item=self.item,
            body=body,
            hot=is_hot,
            footer=footer,
        )

    def _head(self, index: int, block: Block, inline: Inline) -> None:
        text = shown(block.text, inline)
        if index == self.title_at:
            self.heading = text
            return
        level = self.profile.section_level
        if not level or block.level <= level:
            self.section = text
        self.item = self.bullet = 0
        self.numbered = self.mark = None

    def _entry(self, block: Block, inline: Inline) -> int:
        """Note which item *block* belongs to; return where its title starts if it opens one."""
        if block.bullet:
            self._list_item(block, inline)
            return 0
        found = _NUMBERED.match(block.text) if block.kind is BlockKind.TEXT else None
        if found and not block.quoted and not (self.mark and found["mark"] != self.mark):
            # Numbers of another kind within such an entry are its own.
            self.mark = self.mark or found["mark"]
            self._open(0, goes_on=True)
            return found.end()
        if not self.goes_on or (block.quoted and not self.mark):
            self.item = self.bullet = 0
        return 0

    def _list_item(self, block: Block, inline: Inline) -> None:
        """Open an item for a list item, unless its list belongs to the item that is open."""
        if not block.opens or (self.mark and self.item):
            return
        if self.numbered is None:
            self.numbered = block.ordered
        # A list of another kind right below goes on with what is above it.
        if block.ordered == self.numbered or not block.tight:
            self._open(block.bullet, goes_on=inline.dangling is not None)

    def _open(self, bullet: int, *, goes_on: bool) -> None:
        self.items += 1
        self.item = self.items
        self.bullet = bullet
        self.goes_on = goes_on
