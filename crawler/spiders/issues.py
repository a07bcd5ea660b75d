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
from typing import TYPE_CHECKING, Any, Final, Self

import scrapy
from scrapy import signals
from scrapy.http import Response, TextResponse

from catalog.address import host_of, is_web
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
from crawler.visiting.failures import FetchError
from crawler.visiting.guarded import private_source

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_HANDLER: Final = "crawler.visiting.guarded.GuardedHandler"

Read = Issue | UnreadIssue


class IssuesSpider(scrapy.Spider):
    """Reads the issues of one archive.

    `error` says in words why not all of the source could be read; then what was read is no
    whole archive, and nothing may be concluded from an issue that is missing.
    """

    name = "issues"

    custom_settings = {  # noqa: RUF012 # Scrapy declares it as it is
        "ITEM_PIPELINES": {"crawler.pipelines.IntoCatalog": 300},
        "DOWNLOAD_HANDLERS": {
            "http": _HANDLER,
            "https": _HANDLER,
            **dict.fromkeys(("data", "file", "ftp", "s3")),
        },
        # What the handler does itself, or does not do at all.
        "COMPRESSION_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "ROBOTSTXT_OBEY": True,
        "RETRY_EXCEPTIONS": ["crawler.visiting.failures.FetchError"],
        "RETRY_GIVE_UP_LOG_LEVEL": "INFO",
        # Nothing is dropped without a word.
        "HTTPERROR_ALLOW_ALL": True,
        "URLLENGTH_LIMIT": 0,
    }

    def __init__(
        self,
        source: str = "",
        profile: ArchiveProfile = GUESSING,
        options: CrawlOptions | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        # It logs what it does not get with a traceback; the request that follows says as much.
        logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)
        self.source = source
        self.profile = profile
        self.options = options
        self.error = "" if source else "name an archive: scrapy crawl issues -a source=FOLDER"
        if source_kind(source) is SourceKind.WEB and not is_web(source):
            self.error = f"{source}: no browser would take that for an address"

    @classmethod
    def from_crawler(cls, crawler: "Crawler", *args: Any, **kwargs: Any) -> Self:
        """Return the spider; without *options*, with those that are in the settings."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        options = spider.options or CrawlOptions.from_settings(crawler.settings)
        source = spider.source if is_web(spider.source) else ""
        delay, concurrency = options.limits(host_of(source))
        for name, value in {
            "CRAWL_OPTIONS": replace(options, body_size=LARGEST + 1),
            "PRIVATE_SOURCE": private_source(source) if source else "",
            "DOWNLOAD_DELAY": delay,
            "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
            "USER_AGENT": options.user_agent,
        }.items():
            crawler.settings.set(name, value, priority="spider")
        crawler.signals.connect(spider.note_fault, signals.spider_error)
        return spider

    def note_fault(self, failure: Any) -> None:
        """Take in that something went wrong in here; Scrapy only logs it, and goes on."""
        fault = f"{type(failure.value).__name__}: {failure.value}"
        self.error = f"{self.source}: a fault in linkledger: {fault}"

    async def start(self) -> AsyncIterator[Any]:
        """Yield the issues of an archive on this machine, or the request for one on the web."""
        if self.error:
            return
        kind = source_kind(self.source)
        if kind is SourceKind.WEB:
            yield scrapy.Request(self.source, self.parse, errback=self._lost, dont_filter=True)
            return
        self.error = f"{self.source}: the reading was stopped"  # should it be
        try:
            if kind is SourceKind.FOLDER:
                for read in read_archive(self.source, self.profile):
                    yield read
            else:
                with tempfile.TemporaryDirectory(prefix="linkledger-") as folder:
                    await asyncio.to_thread(clone, self.source, folder)
                    for read in read_archive(folder, self.profile):
                        yield read
            self.error = ""
        except SourceError as error:
            self.error = str(error)

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Any]:
        """Yield what the source at hand is or leads to: entries, issues, or itself."""
        if response.status != 200:
            self.error = f"{self.source}: the server answered {response.status}"
            return
        if is_feed(response.body):
            named: set[str] = set()
            for entry in entries(response.body, response.url):
                if entry.url not in named:
                    yield self._entry(entry)
                named |= {entry.url} - {""}
            return
        found = (
            issue_links(response.text, response.url, self.profile)
            if isinstance(response, TextResponse) and "html" in _content_type(response)
            else []
        )
        if not found:
            yield self._issue(response)
        for url in found:
            yield self._request(url)

    def parse_issue(self, response: Response) -> Iterator[Read]:
        """Yield the issue that a page is."""
        if response.status != 200:
            asked = _asked(response.request)
            yield UnreadIssue(file=asked, problem=f"the server answered {response.status}")
        else:
            yield self._issue(response)

    def _entry(self, entry: Entry) -> Any:
        """Return the issue that a feed's entry holds, or the request for it."""
        named, has_address = entry.url or entry.title or self.source, is_web(entry.url)
        if not entry.content and not has_address:
            return UnreadIssue(file=named, problem="the feed says no address of it")
        if not entry.content:
            return self._request(entry.url)
        profile = replace(self.profile, encoding="utf-8")
        content = f"<body>{entry.content}"
        base = entry.url if has_address else self.source
        read = read_issue(content.encode(), named, profile, base=base)
        if isinstance(read, UnreadIssue):
            return read
        return replace(read, title=entry.title or read.title, date=entry.date or read.date)

    def _request(self, url: str) -> scrapy.Request:
        # Unfiltered, since another issue may have been redirected there: that were lost silently.
        return scrapy.Request(url, self.parse_issue, errback=self._unread, dont_filter=True)

    def _issue(self, response: Response) -> Read:
        profile = self.profile
        if isinstance(response, TextResponse):
            profile = replace(profile, encoding=response.encoding)
        return read_issue(response.body, _asked(response.request), profile, base=response.url)

    def _unread(self, failure: Any) -> UnreadIssue:
        return UnreadIssue(file=_asked(failure.request), problem=_in_words(failure))

    def _lost(self, failure: Any) -> None:
        self.error = f"{self.source}: {_in_words(failure)}"


def _asked(request: scrapy.Request | None) -> str:
    """Return the address that was asked for first, wherever it redirected to."""
    assert request is not None  # every answer of the spider has one
    return str(request.meta.get("redirect_urls", [request.url])[0])


def _content_type(response: Response) -> str:
    header = response.headers.get("Content-Type") or b""
    return header.decode("latin-1").lower()


def _in_words(failure: Any) -> str:
    error = failure.value
    if isinstance(error, FetchError):
        return f"{error.reason.replace('_', ' ')}: {error.detail}"
    return str(error).strip() or type(error).__name__
