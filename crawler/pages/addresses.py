"""Addresses in the parts that rules ask about: whose home page, and whether the same page."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self
from urllib.parse import SplitResult, unquote, urlsplit

from catalog.address import joined

_INDEX_PAGE: Final = re.compile(
    r"(?:index|default|home(?:page)?|main|start(?:seite)?|welcome)\.(?:s?html?|php|aspx?|jsp|do)"
)
_LANGUAGE: Final = re.compile(
    r"""(?:(?:ar|bg|ca|cn|cs|da|de|el|en|es|et|eu|fa|fi|fr|he|hi|hk|hr|hu|id|it|ja|jp|ko|kr|lt|lv|ms
      |nb|nl|no|pl|pt|ro|ru|sg|sk|sl|sr|sv|th|tr|tw|uk|us|vi|zh)(?:[-_][a-z]{2,4})?
      |global|intl|international)(?:\.html?)?""",
    re.VERBOSE,
)
# A query that picks a page of the root; «0» picks none, nor does who the visitor is.
_PICKS_PAGE: Final = re.compile(
    r"(?:^|&)(?!(?:w|u|s|gcl|fbcl|msclk|track|trace|req|request|session|visitor|client|device|from)_?id=)"
    r"(?:[^=&]*id|[pqst])=(?!0?(?:&|$))|^\d+$"
)
_ENTRANCE: Final = frozenset(
    """
    home index main welcome start portal web front frontpage front-page landing
    startseite accueil inicio início startsida forside etusivu anasayfa
    """.split()  # noqa: SIM905 (a list of twenty literals is not easier to read)
)
# Whatever stands before such a last segment, it is a home page.
_HOMEPAGE: Final = re.compile(r"home-?_?page(?:\.\w+)?")


FILE: Final = re.compile(
    r"(?<![^/])([^/]+)\.(?:pdf|zip|gz|tgz|bz2|xz|7z|rar|tar|png|jpe?g|gif|webp|bmp|mp[34]|avi|mov"
    r"|wav|exe|msi|dmg|apk|deb|rpm|whl|jar|iso|bin|hex|elf|docx?|xlsx?|pptx?|epub|mobi)$"
)
"""The path, in lower case, of what is a file and no page."""


def web_address(base: str, reference: str) -> str:
    """Return the web address that *reference* means on the page *base*, empty for any other."""
    address = joined(base, reference)
    return address if address.startswith(("http://", "https://")) else ""


def is_language(segment: str) -> bool:
    """Whether a *segment* of a path stands for a language or a country."""
    return _LANGUAGE.fullmatch(segment) is not None


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
    @lru_cache(maxsize=256)  # most rules ask about the same two or three
    def of(cls, url: str) -> Self:
        """Return the parts of *url*; all but `url` are empty where it cannot be parsed."""
        try:
            parts = urlsplit(url.strip())
            host = parts.hostname or ""
        except ValueError:
            parts, host = SplitResult("", "", "", "", ""), ""
        path = unquote(parts.path).lower()
        segments = tuple(filter(None, path.split("/")))
        return cls(url, parts.scheme, host.rstrip("."), path, parts.query.lower(), segments)

    @property
    def site(self) -> str:
        """The host without the `www.` or `m.` that names the same site."""
        return re.sub(r"^(?:www\d?|m|mobile)\.", "", self.host)

    @property
    def is_home(self) -> bool:
        """Whether a reader would call it a home page, also one of a language or a country."""
        if self.query and _PICKS_PAGE.search(self.query):
            return False
        if self.segments and _HOMEPAGE.fullmatch(self.segments[-1]):
            return True
        rest = [part for part in self.segments if not is_language(part)]
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
