"""Put new addresses into an issue's bytes at their exact places, and touch nothing else. Pure."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate
from urllib.parse import quote, urlsplit

from catalog.address import is_web
from catalog.encodings import issue_encoding
from catalog.vocabulary import MentionKind, SuggestionKind
from report.findings import Place, Suggestion

REPAIRABLE = (
    SuggestionKind.MOVED,
    SuggestionKind.RENAMED,
    SuggestionKind.ARCHIVED,
    SuggestionKind.EMPTY,
)

_LINE_END = re.compile(r"\r\n|\n|\r")

# What stands behind the text of a link without an address, up to where the address belongs.
_EMPTY_TARGET = re.compile(r"\]\((?P<blank>[ \t]*(?:<>)?[ \t]*)\)")

# A link's text, which may hold images, up to its address or the label of its definition.
_LINK_TEXT = re.compile(r"\[(?:[^\[\]]|\[[^\[\]]*\])*\](?=[(\[])")

# What a reader of bare addresses leaves out at their end, so that one may not end so.
_LOOSE_END = re.compile(r"[.,;:!?*_~'\"）)\]]$")

_UNWRITABLE = re.compile(r"[\s\x00-\x1f\x7f<>\\`\"{}|^]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What to write at one place."""

    place: Place
    suggestion: Suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A repair as a change of characters: from *start* up to *end* stands *text* then."""

    start: int
    end: int
    text: str
    repair: Repair


class CannotRepairError(Exception):
    """A place or a file cannot be repaired; the message says why."""


class IssueText:
    """An issue's bytes as text whose every character can be found again in the bytes."""

    def __init__(self, data: bytes, encoding: str = "") -> None:
        """Decode *data* as reading does; raises `CannotRepairError` where that loses a byte.

        *encoding* is what the maintainer says.
        """
        self._mark, self.encoding = issue_encoding(data, encoding)
        body = data[len(self._mark) :]
        try:
            self.text = body.decode(self.encoding)
            is_whole = self.text.encode(self.encoding) == body
        except (UnicodeError, LookupError):
            is_whole = False
        if not is_whole:
            raise CannotRepairError(f"it cannot be written again as {self.encoding}")
        ends = [match.end() for match in _LINE_END.finditer(self.text)]
        self._starts = [0, *ends]

    def offset(self, line: int, column: int) -> int:
        """Return where the character at *line* and *column* is; beyond the text is its end."""
        if line > len(self._starts):
            return len(self.text)
        return min(self._starts[line - 1] + column - 1, len(self.text))

    def is_link_text(self, offset: int) -> bool:
        """Return whether the character at *offset* stands between the brackets of a link."""
        number = bisect_right(self._starts, offset)
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return any(
            text.start() < offset < text.end()
            for text in _LINK_TEXT.finditer(self.text, start, end)
        )

    def can_hold(self, text: str) -> bool:
        """Return whether *text* can be written in the issue's encoding."""
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """Return the bytes with *edits* made, which must not overlap."""
        pieces, done = [], 0
        for edit in sorted(edits, key=lambda edit: edit.start):
            pieces += [self.text[done : edit.start], edit.text]
            done = edit.end
        pieces.append(self.text[done:])
        return self._mark + "".join(pieces).encode(self.encoding)


def edit_for(issue: IssueText, repair: Repair) -> Edit:
    """Return the change that makes *repair*.

    Raises `CannotRepairError` where the address is not where the catalog says it is, or
    where the new one cannot be written in the place of the old.
    """
    place, suggestion = repair.place, repair.suggestion
    start = issue.offset(place.url_line, place.url_column)
    if not place.url or not issue.text.startswith(place.url, start):
        raise CannotRepairError(f"{place}: the address is not there as it was read")
    end = start + len(place.url)
    if suggestion.kind is SuggestionKind.EMPTY:
        target = _EMPTY_TARGET.match(issue.text, end)
        if target is None:
            raise CannotRepairError(f"{place}: there is no empty link")
        start, end = target.span("blank")
    elif place.kind == MentionKind.BARE and issue.is_link_text(start):
        raise CannotRepairError(f"{place}: it stands in a link's text, which is yours to change")
    new = _written(_with_fragment(suggestion.address, place.url), place)
    if not issue.can_hold(new):
        raise CannotRepairError(f"{place}: {new} cannot be written in {issue.encoding}")
    return Edit(start=start, end=end, text=new, repair=repair)


def without_overlaps(edits: Sequence[Edit]) -> list[Edit]:
    """Return *edits* in order, each place once: two mentions may share one definition."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return kept


def _with_fragment(address: str, written: str) -> str:
    """Return *address* with the fragment of the old one, where it has none of its own."""
    try:
        fragment = urlsplit(written).fragment
        return f"{address}#{fragment}" if fragment and not urlsplit(address).fragment else address
    except ValueError:
        return address


def _written(address: str, place: Place) -> str:
    """Return *address* as it has to be written in the place of the old one."""
    if not is_web(address):
        raise CannotRepairError(f"{place}: {address} is no address to write")
    address = _UNWRITABLE.sub(lambda match: quote(match[0]), address)
    if place.kind == MentionKind.HTML:
        return escape(address)
    if place.kind == MentionKind.BARE:
        return f"<{address}>" if _LOOSE_END.search(address) else address
    if place.kind == MentionKind.AUTOLINK:
        return address
    return address if _is_balanced(address) else address.replace("(", "%28").replace(")", "%29")


def _is_balanced(address: str) -> bool:
    """Return whether the parentheses of *address* close, so that they end no destination."""
    depths = list(accumulate((sign == "(") - (sign == ")") for sign in address))
    return not depths or (min(depths) >= 0 and depths[-1] == 0)
