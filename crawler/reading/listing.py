"""Find the issues that a web page lists, and those that a feed brings along. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any, Final
from urllib.parse import urlsplit

import feedparser
from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer

from catalog.address import host_of, joined, link_key
from crawler.reading.profile import ArchiveProfile

_DIGITS: Final = re.compile(r"\d+")
_FEED: Final = re.compile(
    rb"(?>\s++|<\?xml[^>]*+>|<!--.*?-->)*+<(?:rss|feed|rdf:RDF)\b", re.DOTALL
)
# A shorter entry only announces its issue, which then has to be fetched.
_WHOLE: Final = 400
_LINKS: Final = SoupStrainer(["a", "area", "base"])
# Fewer pages of one kind are a menu rather than an archive.
_LEAST: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An issue in a feed: where it was published, and its content as HTML if that is whole.

    `url` is empty where the feed does not say it, or says what is no address.
    """

    url: str
    title: str
    date: str
    content: str


def is_feed(body: bytes) -> bool:
    """Return whether *body* is an RSS or Atom feed."""
    return _FEED.match(body[:4096]) is not None


def entries(body: bytes, url: str) -> Iterator[Entry]:
    """Yield the entries of the feed in *body*, which came from *url*, newest first as there."""
    parsed = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
    for entry in parsed.entries:
        contents = [part.get("value", "") for part in entry.get("content", [])]
        content = max([*contents, entry.get("summary", "")], key=len)
        yield Entry(
            url=joined(url, entry.get("link") or entry.get("id", "")),
            title=entry.get("title", ""),
            date=_date(entry),
            content=content if len(content) >= _WHOLE else "",
        )


def _date(entry: Any) -> str:
    moment = entry.get("published_parsed") or entry.get("updated_parsed")
    return f"{moment.tm_year:04}-{moment.tm_mon:02}-{moment.tm_mday:02}" if moment else ""


def issue_links(page: str, url: str, profile: ArchiveProfile) -> Sequence[str]:
    """Return the addresses of the issues that *page*, the HTML at *url*, lists, each once.

    Without globs in *profile* they are the largest group of pages on the same host whose
    paths differ in their numbers only, such as `/issues/12` or `/2020/05/06/news-339/`.
    """
    groups: dict[str, dict[str, str]] = defaultdict(dict)
    for target in _same_host(page, url):
        path = urlsplit(target).path
        if profile.include:
            shape = "" if any(fnmatch(path, glob) for glob in profile.include) else None
        else:
            shape = _DIGITS.sub("#", path) if _DIGITS.search(path) else None
        if shape is not None and not any(fnmatch(path, glob) for glob in profile.exclude):
            groups[shape].setdefault(link_key(target), target)
    largest = max(groups.values(), key=len, default={})
    return list(largest.values()) if profile.include or len(largest) >= _LEAST else []


def _same_host(page: str, url: str) -> Iterator[str]:
    """Yield the targets of the page's links that stay on its host, without fragments."""
    host, own = host_of(url), link_key(url)
    soup = BeautifulSoup(page, "lxml", parse_only=_LINKS)
    base = soup.find("base", href=True)
    begin = (joined(url, str(base["href"])) if base else "") or url
    for link in soup.find_all(("a", "area"), href=True):
        target = joined(begin, str(link["href"])).partition("#")[0]
        if host_of(target) == host and link_key(target) != own:
            yield target
