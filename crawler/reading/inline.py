"""Find the links in one block of text: Markdown, HTML and bare, as written and as meant.

One pass from left to right with a stack of open brackets, as CommonMark describes, so that
the work grows with the text and not with its nesting. markdown-it's own inline parser cannot
serve here: it forgets where things stood, and it reads a broken link as no link at all.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import unescape
from typing import Final

from markdown_it.common.utils import normalizeReference

from catalog.vocabulary import MentionKind
from crawler.reading.bare import bare_addresses, whole_address
from crawler.reading.blocks import Definition
from crawler.reading.destination import Target, target_after
from crawler.reading.link import Inline, Link
from crawler.reading.tags import EMBEDDING, LINKING, OPAQUE, TAG, attributes

_MARK: Final = re.compile(r"\\[!-/:-@\[-`{-~]|`+|!?\[|［|[\]］]|<")
_TAG_MARK: Final = re.compile("<")
_AUTOLINK: Final = re.compile(
    r"<(?P<url>(?:mailto:|tel:|[A-Za-z][A-Za-z0-9+.-]{1,31}://)[^<>\x00-\x20]+)>"
    r"|<(?P<mail>[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)>"
)
_LABEL: Final = re.compile(r"\[(?P<label>(?:[^\[\]\\]|\\.){0,999})\]", re.DOTALL)
# Whatever these say, the author meant to put an address there later.
WORTHLESS: Final = frozenset(
    {"", "#", "todo", "tbd", "fixme", "url", "link", "xxx", "xx", "none", "null", "undefined"}
    | {
        "链接",
        "地址",
        "待补",
        "待补充",
        "待定",
        "javascript:;",
        "javascript:void(0)",
        "about:blank",
    }
)


def read_inline(
    text: str,
    definitions: Mapping[str, Definition],
    *,
    is_html: bool = False,
    is_markdown: bool = True,
) -> Inline:
    """Return the links in *text*; *definitions* are the issue's reference targets.

    *is_html* says that the block is HTML, where a comment without an end never ends. In an
    issue that is all HTML, brackets are no links, which *is_markdown* False says.
    """
    scanner = _Scanner(text, definitions, is_html=is_html, is_markdown=is_markdown)
    scanner.scan()
    return scanner.result()


@dataclass(slots=True)
class _Opener:
    """An open bracket that may turn out to start a link."""

    start: int
    label: int
    is_image: bool


class _Scanner:
    """One pass over a block's text."""

    def __init__(
        self,
        text: str,
        definitions: Mapping[str, Definition],
        *,
        is_html: bool,
        is_markdown: bool,
    ) -> None:
        self.text = text
        self.is_html = is_html
        self.is_markdown = is_markdown
        self.marks = _MARK if is_markdown else _TAG_MARK
        self.definitions = definitions
        self.links: list[Link] = []
        self.openers: list[_Opener] = []
        self.inactive = 0  # how many of the openers stand around a link, which no link may
        self.covered: list[tuple[int, int]] = []  # where no bare address can stand
        self.code: list[tuple[int, int]] = []
        self.anchors: set[str] = set()
        self.elements: list[Link] = []  # the open <a>
        self.orphan: tuple[int, Target] | None = None
        self.missing: set[str] = set()  # endings that are known not to come any more
        self.ticks: dict[int, list[int]] = {}

    def scan(self) -> None:
        """Read the text from its start to its end."""
        position = 0
        while found := self.marks.search(self.text, position):
            position = self._step(found)

    def _step(self, found: re.Match[str]) -> int:
        """Return where to go on after the mark that was *found*."""
        mark = found[0]
        if mark[0] == "\\":
            return found.end()
        if mark[0] == "`":
            return self._code_span(found)
        if mark[0] == "<":
            return self._angle(found.start())
        if mark[-1] in "[［":
            self.openers.append(_Opener(found.start(), found.end(), mark[0] == "!"))
        elif mark in "]］":
            return self._close(found.start())
        return found.end()

    def _code_span(self, found: re.Match[str]) -> int:
        """Cover the code span that starts with these backticks, if as many close it."""
        if not self.ticks:
            for run in re.finditer("`+", self.text):
                self.ticks.setdefault(len(run[0]), []).append(run.start())
        closing = self.ticks.get(len(found[0]), [])
        index = bisect_right(closing, found.start())
        if index == len(closing):
            return found.end()
        end = closing[index] + len(found[0])
        self._cover(found.start(), end, is_code=True)
        return end

    def _cover(self, start: int, end: int, *, is_code: bool = False) -> None:
        self.covered.append((start, end))
        if is_code:
            self.code.append((start, end))

    def _angle(self, at: int) -> int:
        """Read what starts with `<`: a comment, an address in angle brackets, a tag."""
        if self.text.startswith("<!--", at):
            end = self._find("-->", at + 4)
            if end is None:
                end = len(self.text) if self.is_html else at + 4
            self._cover(at, end)
            return end
        if found := _AUTOLINK.match(self.text, at):
            self._cover(*found.span())
            url = found["url"] or f"mailto:{found['mail']}"
            label = (at + 1, found.end() - 1)
            self._add(MentionKind.AUTOLINK, found.span(), (url, at + 1), label)
            return found.end()
        if found := TAG.match(self.text, at):
            return self._tag(found)
        return at + 1

    def _find(self, ending: str, start: int) -> int | None:
        """Return the offset after the next *ending*, None where there is none."""
        if ending in self.missing:
            return None
        found = self.text.find(ending, start)
        if found < 0:
            self.missing.add(ending)
            return None
        return found + len(ending)

    def _tag(self, tag: re.Match[str]) -> int:
        """Take the address out of a tag, and skip what the element hides from the text."""
        self._cover(*tag.span())
        name = tag["name"].lower()
        if tag["slash"]:
            if name == "a" and self.elements:
                opened = self.elements.pop()
                label = (opened.label[0], tag.start())
                self.links.append(replace(opened, end=tag.end(), label=label))
            return tag.end()
        given = attributes(tag)
        self.anchors.update(given[key].value for key in ("id", "name") if key in given)
        if (key := LINKING.get(name) or EMBEDDING.get(name)) and key in given:
            link = Link(
                kind=MentionKind.IMAGE if name == "img" else MentionKind.HTML,
                start=tag.start(),
                end=tag.end(),
                url=given[key].value,
                url_start=given[key].start,
                label=(tag.end(), tag.end()),
                optional=name in EMBEDDING,
                shows=given["alt"].value if "alt" in given else None,
            )
            (self.elements if name == "a" else self.links).append(link)
        if name in OPAQUE:
            end = self._find(f"</{tag['name']}", tag.end())
            if end is not None:
                end -= len(tag["name"]) + 2
                self._cover(tag.end(), end, is_code=True)
                return end
        return tag.end()

    def _close(self, at: int) -> int:
        """Read a closing bracket: with its opener and what follows it may make a link."""
        is_wide = self.text[at] == "］"
        while not is_wide and self.openers and self.text[self.openers[-1].start] == "［":
            self.openers.pop()
        if not self.openers and self.orphan is None and self.text.startswith("](http", at):
            target = target_after(self.text, at + 1)
            self.orphan = (at, target) if target else None
        if not self.openers or (is_wide and self.text[self.openers[-1].start] != "［"):
            return at + 1
        opener = self.openers.pop()
        is_inactive = len(self.openers) < self.inactive
        self.inactive = min(self.inactive, len(self.openers))
        if is_inactive and not opener.is_image:
            return at + 1
        target = target_after(self.text, at + 1)
        if target and is_wide and "://" not in target.addresses[0][0]:
            return at + 1
        if target:
            return self._inline(opener, at, target)
        return self._reference(opener, at)

    def _inline(self, opener: _Opener, at: int, target: Target) -> int:
        label = (opener.label, at)
        shown = self.text[opener.label : at].strip(" *_`\n")
        url, _ = target.addresses[0]
        if url.strip().lower() not in WORTHLESS:
            kind = MentionKind.IMAGE if opener.is_image else MentionKind.INLINE
            return self._made(opener, at, target.end, kind, target.addresses)
        if not shown and not url:
            return at + 1  # `[]()` shows nothing: it is a piece of code rather than a link
        kind = MentionKind.IMAGE if opener.is_image else MentionKind.EMPTY
        address = whole_address(shown)
        place = self.text.find(shown, opener.label) if address else label[1] + 1
        return self._made(opener, at, target.end, kind, ((address, place),))

    def _reference(self, opener: _Opener, at: int) -> int:
        """Read `[text][label]`, `[label][]` or `[label]` where the label is defined."""
        if not self.definitions:
            return at + 1
        own = self.text[opener.label : min(at, opener.label + 999)]
        found = _LABEL.match(self.text, at + 1)
        name = found["label"] if found and found["label"].strip() else own
        definition = self.definitions.get(normalizeReference(name))
        if definition is None or (name is own and (at - opener.label > 999 or "[" in own)):
            return at + 1
        kind = MentionKind.IMAGE if opener.is_image else MentionKind.REFERENCE
        end = found.end() if found else at + 1
        return self._made(opener, at, end, kind, ((definition.url, None),), definition)

    def _made(
        self,
        opener: _Opener,
        at: int,
        end: int,
        kind: MentionKind,
        addresses: tuple[tuple[str, int | None], ...],
        definition: Definition | None = None,
    ) -> int:
        """Note the link from *opener* to *end*, and what it rules out around and inside."""
        if opener.is_image:  # what an image's text holds is not shown
            while self.links and self.links[-1].start > opener.start:
                self.links.pop()
            self._cover(opener.start, end)
        else:
            self.inactive = len(self.openers)
            self._cover(at, end)
        for address in addresses:
            span = (opener.start, end)
            self._add(kind, span, address, (opener.label, at), definition)
        return end

    def _add(
        self,
        kind: MentionKind,
        span: tuple[int, int],
        address: tuple[str, int | None],
        label: tuple[int, int],
        definition: Definition | None = None,
    ) -> None:
        url, url_start = address
        self.links.append(
            Link(
                kind=kind,
                start=span[0],
                end=span[1],
                url=url,
                url_start=url_start,
                label=label,
                definition=definition,
                optional=not url,
            )
        )

    def result(self) -> Inline:
        """Return what was found, bare addresses in between included."""
        self.links.extend(self.elements)
        self.links.extend(list(self._bare()))
        self.links.sort(key=lambda link: (link.start, link.url_start or 0))
        dangling = next((o.start for o in reversed(self.openers) if not o.is_image), None)
        return Inline(
            links=tuple(self.links),
            anchors=frozenset(self.anchors),
            code=tuple(sorted(self.code)),
            dangling=dangling,
            orphan=self.orphan,
        )

    def _bare(self) -> Iterator[Link]:
        """Yield the addresses that no other link covers."""
        around = sorted(
            (link for link in self.links if link.label[0] < link.label[1]),
            key=lambda link: link.label,
        )
        starts = [link.label[0] for link in around]
        for start, stop in self._gaps():
            for found in bare_addresses(self.text, start, stop):
                index = bisect_right(starts, found.start) - 1
                holder = around[index] if index >= 0 else None
                is_label = holder is not None and found.start < holder.label[1]
                if holder and is_label and _repeats(holder.url, found.url):
                    continue
                yield Link(
                    kind=MentionKind.BARE,
                    start=found.start,
                    end=found.end,
                    url=found.url if self.is_markdown else unescape(found.url),
                    url_start=found.start,
                    label=(found.start, found.end),
                    optional=found.optional or is_label,
                )

    def _gaps(self) -> Iterator[tuple[int, int]]:
        """Yield the stretches of text between what is covered."""
        position = 0
        for start, end in sorted(self.covered):
            if start > position:
                yield position, start
            position = max(position, end)
        if position < len(self.text):
            yield position, len(self.text)


_SHOWN: Final = re.compile(r"^(?:[a-z]+://)?(?:www\.)?", re.IGNORECASE)


def _repeats(url: str, shown: str) -> bool:
    """Return whether *shown*, in a link's text, is its *url* again, perhaps shortened."""
    target = _SHOWN.sub("", url).lower()
    return target.startswith(_SHOWN.sub("", shown).lower().rstrip("/"))
