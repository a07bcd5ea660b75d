"""A visit laid out for judging: addresses in parts, words without their dress."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self
from urllib.parse import SplitResult, unquote, urlsplit

from catalog.records import Page, Visit
from crawler.phrasebook import fold

HTML_TYPES: Final = frozenset({"text/html", "application/xhtml+xml", ""})

_INDEX_PAGE: Final = re.compile(
    r"(?:index|default|home|main)\.(?:s?html?|php|aspx?|jsp|do)", re.IGNORECASE
)
_LANGUAGE: Final = re.compile(
    r"[a-z]{2}(?:[-_][a-z]{2,4})?|global|intl|international", re.IGNORECASE
)
_ENTRANCE: Final = frozenset({"home", "index", "main", "welcome", "start", "portal", "web"})


@dataclass(frozen=True, slots=True)
class Address:
    """An address in the parts that rules ask about; `path` is decoded and in lower case."""

    url: str
    scheme: str
    host: str
    path: str
    query: str
    segments: tuple[str, ...]

    @classmethod
    def of(cls, url: str) -> Self:
        """Return the parts of *url*; all but `url` are empty where it cannot be parsed."""
        try:
            parts = urlsplit(url.strip())
            host = parts.hostname or ""
        except ValueError:
            parts, host = SplitResult("", "", "", "", ""), ""
        path = unquote(parts.path).lower()
        segments = tuple(segment for segment in path.split("/") if segment)
        return cls(url, parts.scheme, host.rstrip("."), path, parts.query.lower(), segments)

    @property
    def site(self) -> str:
        """The host without the `www.` or `m.` that names the same site."""
        return re.sub(r"^(?:www\d?|m|mobile)\.", "", self.host)

    @property
    def is_home(self) -> bool:
        """Whether a reader would call it a home page, also one of a language or a country."""
        if self.query and re.search(r"(?:^|&)[^=&]*id=|^\d+$|(?:^|&)[pqst]=", self.query):
            return False
        rest = [part for part in self.segments if not _LANGUAGE.fullmatch(part)]
        if len(self.segments) - len(rest) > 2:
            return False
        return not rest or (
            len(rest) == 1 and (rest[0] in _ENTRANCE or _INDEX_PAGE.fullmatch(rest[0]) is not None)
        )

    def is_same_page(self, other: "Address") -> bool:
        """Whether only the scheme, `www.`, a last slash or an index page's name differ."""
        return (self.site, self._bare_path(), self.query) == (
            other.site,
            other._bare_path(),
            other.query,
        )

    def _bare_path(self) -> tuple[str, ...]:
        last = self.segments[-1:]
        is_index = last and _INDEX_PAGE.fullmatch(last[0])
        return self.segments[:-1] if is_index else self.segments

    def is_on(self, host: str) -> bool:
        """Whether it is an address of *host* or of a name under it."""
        return self.host == host or self.host.endswith("." + host)


@dataclass(frozen=True)
class View:
    """One visit as the rules look at it; what several of them need is worked out once."""

    visit: Visit

    @cached_property
    def asked(self) -> Address:
        """The address of the link."""
        return Address.of(self.visit.url)

    @cached_property
    def ended(self) -> Address:
        """The address that answered in the end."""
        return Address.of(self.visit.final_url or self.visit.url)

    @property
    def status(self) -> int:
        """The last status; 0 where nobody answered."""
        return self.visit.status or 0

    @property
    def is_good(self) -> bool:
        """Whether the server says that this is the page."""
        return 200 <= self.status < 300

    @cached_property
    def page(self) -> Page:
        """What was read; a page without anything where nothing was."""
        return self.visit.page or Page()

    @cached_property
    def media_type(self) -> str:
        """The type of the answer, such as `text/html`, without its parameters."""
        given = self.page.content_type or self.visit.headers.get("content-type", "")
        return given.partition(";")[0].strip().lower()

    @property
    def is_html(self) -> bool:
        """Whether a page was read that has words to judge."""
        return self.visit.page is not None and self.media_type in HTML_TYPES

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The page's titles, folded: the one shown in search results and the tab's."""
        both = (fold(self.page.title), fold(self.page.tab_title))
        return tuple(dict.fromkeys(title for title in both if title))

    @cached_property
    def heading(self) -> str:
        """The first heading, folded."""
        return fold(self.page.heading).replace("\n", " ")

    @cached_property
    def lead(self) -> str:
        """The first visible text, folded, a block a line."""
        return fold(self.page.lead)

    @cached_property
    def opening(self) -> str:
        """As much of the first visible text as a reader takes in at a glance."""
        return self.lead[:400]

    def header(self, name: str) -> str:
        """Return the header *name*, folded; empty where it was not sent or not kept."""
        return self.visit.headers.get(name, "").casefold()
