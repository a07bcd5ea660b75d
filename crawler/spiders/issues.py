"""Spider `issues`: reads an archive, wherever it lies, and yields its issues as items.

`scrapy crawl issues -a source=… -s CATALOG=…` puts them into that catalog. A source is a
folder, a file or a git repository, here or by URL, a web page that lists issues, a feed, or
the page of one issue.
"""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

import scrapy
from scrapy.http import Response, TextResponse

from catalog.records import Issue, UnreadIssue
from crawler.options import CrawlOptions
from crawler.reading.archive import read_archive
from crawler.reading.clone import clone
from crawler.reading.decoding import LARGEST
from crawler.reading.issue import read_issue
from crawler.reading.listing import Entry, entries, is_feed, issue_links
from crawler.reading.profile import GUESSING, ArchiveProfile
from crawler.reading.source_kind import SourceKind, source_kind
from crawler.reading.trees import SourceError

_HANDLERS: Final = "scrapy.core.downloader.handlers"
_AIOHTTP: Final = f"{_HANDLERS}._aiohttp.AiohttpDownloadHandler"

Read = Issue | UnreadIssue


class IssuesSpider(scrapy.Spider):
    """Reads the issues of one archive.

    `error` says in words why the source itself could not be read; then what was read is no
    whole archive, and nothing may be concluded from an issue that is missing.
    """

    name = "issues"

    custom_settings = {  # noqa: RUF012 # Scrapy declares it as it is
        "ITEM_PIPELINES": {"crawler.pipelines.IntoCatalog": 300},
        # Scrapy's other handlers need Twisted's reactor, which the project does without.
        "DOWNLOAD_HANDLERS": {
            "http": _AIOHTTP,
            "https": _AIOHTTP,
            **dict.fromkeys(("data", "file", "ftp", "s3")),
        },
        "USER_AGENT": CrawlOptions().user_agent,
        "ROBOTSTXT_OBEY": True,
        "DOWNLOAD_DELAY": 1.0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_TIMEOUT": 60,
        "DOWNLOAD_MAXSIZE": LARGEST,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "RETRY_GIVE_UP_LOG_LEVEL": "INFO",
        "HTTPERROR_ALLOW_ALL": True,
    }

    def __init__(
        self, source: str = "", profile: ArchiveProfile = GUESSING, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        # Its handler calls itself experimental at every start; what we ask of it is tested.
        logging.getLogger(f"{_HANDLERS}._base_streaming").setLevel(logging.ERROR)
        self.source = source
        self.profile = profile
        self.error = "" if source else "name an archive: scrapy crawl issues -a source=FOLDER"
        if source_kind(source) is SourceKind.WEB:
            # A page that lists issues may lead anywhere; we go nowhere else (nor on redirects).
            self.allowed_domains = [urlsplit(source).hostname or ""]

    async def start(self) -> AsyncIterator[Any]:
        """Yield the issues of an archive on this machine, or the request for one on the web."""
        if self.error:
            return
        kind = source_kind(self.source)
        if kind is SourceKind.WEB:
            yield scrapy.Request(self.source, self.parse, errback=self._lost, dont_filter=True)
            return
        try:
            if kind is SourceKind.FOLDER:
                for read in read_archive(self.source, self.profile):
                    yield read
                return
            with tempfile.TemporaryDirectory(prefix="linkledger-") as folder:
                await asyncio.to_thread(clone, self.source, folder)
                for read in read_archive(folder, self.profile):
                    yield read
        except SourceError as error:
            self.error = str(error)

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Any]:
        """Yield what the source at hand is or leads to: entries, issues, or itself."""
        if response.status != 200:
            self.error = f"{self.source}: the server answered {response.status}"
            return
        if is_feed(response.body):
            for entry in entries(response.body, response.url):
                yield self._entry(entry)
            return
        found = (
            issue_links(response.text, response.url, self.profile)
            if isinstance(response, TextResponse) and "html" in _content_type(response)
            else []
        )
        if not found:
            yield self._issue(response)
        for url in found:
            yield scrapy.Request(url, self.parse_issue, errback=self._unread)

    def parse_issue(self, response: Response) -> Iterator[Read]:
        """Yield the issue that a page is."""
        if response.status != 200:
            asked = _asked(response)
            yield UnreadIssue(file=asked, problem=f"the server answered {response.status}")
        else:
            yield self._issue(response)

    def _entry(self, entry: Entry) -> Any:
        """Return the issue that a feed's entry holds, or the request for it."""
        if not entry.content:
            return scrapy.Request(entry.url, self.parse_issue, errback=self._unread)
        profile = replace(self.profile, encoding="utf-8")
        content = f"<body>{entry.content}"
        read = read_issue(content.encode(), entry.url, profile, base=entry.url)
        if isinstance(read, UnreadIssue):
            return read
        return replace(read, title=entry.title or read.title, date=entry.date or read.date)

    def _issue(self, response: Response) -> Read:
        profile = self.profile
        if isinstance(response, TextResponse):
            profile = replace(profile, encoding=response.encoding)
        return read_issue(response.body, _asked(response), profile, base=response.url)

    def _unread(self, failure: Any) -> UnreadIssue:
        return UnreadIssue(file=failure.request.url, problem=_in_words(failure))

    def _lost(self, failure: Any) -> None:
        self.error = f"{self.source}: {_in_words(failure)}"


def _asked(response: Response) -> str:
    """Return the address that was asked for, whatever it redirected to."""
    request = response.request
    first = request.meta.get("redirect_urls", [request.url])[0] if request else response.url
    return str(first)


def _content_type(response: Response) -> str:
    header = response.headers.get("Content-Type") or b""
    return header.decode("latin-1").lower()


def _in_words(failure: Any) -> str:
    return str(failure.value).strip() or type(failure.value).__name__
