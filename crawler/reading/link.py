"""What reading finds in a block of text: links, each with its place in the block."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.vocabulary import MentionKind
from crawler.reading.blocks import Definition
from crawler.reading.destination import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link in a block: all of it from `start` to `end`, what is shown from `label`.

    `url_start` is where the address starts in the block; of a reference link it is None, and
    `definition` says where in the file. `shows` is the text where it is not the label's
    (an image's `alt` in HTML).
    """

    kind: MentionKind
    start: int
    end: int
    url: str
    url_start: int | None
    label: tuple[int, int]
    definition: Definition | None = None
    optional: bool = False
    shows: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inline:
    """What a block holds: its links in order, and the names that fragments may lead to.

    `dangling` is the offset of a `[` that nothing closes, None where there is none; `orphan`
    the target of the first `](…)` that nothing opens, and the offset of its `]`.
    """

    links: tuple[Link, ...]
    anchors: frozenset[str] = frozenset()
    code: tuple[tuple[int, int], ...] = ()
    dangling: int | None = None
    orphan: tuple[int, Target] | None = None

    def within(self, start: int, stop: int) -> Iterator[Link]:
        """Yield the links that lie between *start* and *stop*."""
        for index in range(bisect_left(self.links, start, key=_start), len(self.links)):
            link = self.links[index]
            if link.start >= stop:
                return
            if link.end <= stop:
                yield link


def _start(link: Link) -> int:
    return link.start
