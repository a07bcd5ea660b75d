"""Spider `links`: visits the hosts that its source leases to it, and yields what came of them.

It is the same for one process, for several, and for a machine far away: only its source
differs. Run by `scrapy crawl links -s CATALOG=…`, its source is that catalog.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import scrapy
from scrapy import signals

from crawler.messages import Report
from crawler.options import CrawlOptions
from crawler.visiting.exchange import Answer, Asked
from crawler.visiting.host_queues import HostQueues

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.sources import Source

# How long reports are collected before they are yielded: what is lost when the process is
# killed, against what a transaction costs.
COLLECTED_FOR = 0.05


@dataclass(frozen=True, slots=True)
class ReportBatch:
    """The spider's item: reports that came in within a moment."""

    reports: tuple[Report, ...]


class DeliverReports:
    """Item pipeline: hands each batch of reports to the spider's source."""

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Return the pipeline of *crawler*, as Scrapy makes it."""
        return cls(crawler)

    def process_item(self, item: ReportBatch) -> ReportBatch:
        """Deliver *item*."""
        spider = self._crawler.spider
        assert isinstance(spider, LinksSpider)
        spider.source.take(item.reports)
        return item


class LinksSpider(scrapy.Spider):
    """Visits links, host by host, until its source has no more."""

    name = "links"

    # `HostQueues` knows robots, redirects, retries, cookies and turns better than any middleware
    # could: they are different for each link, and their outcome is what we are here for.
    custom_settings = {  # noqa: RUF012 (Scrapy declares it as it is)
        "DOWNLOAD_HANDLERS": {
            "http": "crawler.visiting.transport.Transport",
            "https": "crawler.visiting.transport.Transport",
            **dict.fromkeys(("data", "file", "ftp", "s3")),
        },
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "SPIDER_MIDDLEWARES_BASE": {},
        "EXTENSIONS_BASE": {},
        "ITEM_PIPELINES": {"crawler.spiders.links.DeliverReports": 100},
        "CONCURRENT_REQUESTS": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 100_000,
        "DOWNLOAD_DELAY": 0,
    }

    def __init__(self, source: "Source", options: CrawlOptions) -> None:
        super().__init__()
        self.source = source
        self.options = options
        self.failure: BaseException | None = None
        self._reports: list[Report] = []
        self._news = asyncio.Event()

    @classmethod
    def from_crawler(cls, crawler: "Crawler", *args: Any, **kwargs: Any) -> Self:
        """Return the spider; without a *source*, one over the catalog in the settings."""
        if "source" not in kwargs:
            # Here, since a worker process needs no catalog, and starts faster without.
            from catalog.connection import CatalogError
            from crawler.refusal import refuse
            from crawler.sources import CatalogSource

            try:
                source = CatalogSource.from_settings(crawler.settings)
            except CatalogError as error:
                refuse(error)
            crawler.signals.connect(source.close, signals.spider_closed)
            kwargs |= {"source": source, "options": source.options}
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.settings.set("CRAWL_OPTIONS", spider.options, priority="spider")
        return spider

    async def start(self) -> AsyncIterator[ReportBatch]:
        """Yield reports until the source has no more hosts and all of them are visited."""
        feeding = asyncio.create_task(self._feed())
        feeding.add_done_callback(lambda _: self._news.set())
        while True:
            await self._news.wait()
            self._news.clear()
            if not feeding.done():
                await asyncio.sleep(COLLECTED_FOR)
            if self._reports:
                reports, self._reports = tuple(self._reports), []
                yield ReportBatch(reports)
            elif feeding.done():
                break
        self.failure = feeding.exception()

    async def _feed(self) -> None:
        """Keep the queues filled: a new host for each that is done."""
        queues = HostQueues(self._fetch, self._collect, self.options)
        running: set[asyncio.Task[None]] = set()
        try:
            while True:
                while (free := self.options.hosts_at_once - queues.open_hosts) <= 0:
                    running = await _some_done(running)
                batches = await self.source.more(free)
                if batches is None:
                    break
                running |= {asyncio.create_task(queues.run(batch)) for batch in batches}
                running = await _some_done(running, wait=False)
            await asyncio.gather(*running)
        finally:
            for task in running:
                task.cancel()

    async def _fetch(self, url: str, asked: Asked) -> Answer:
        request = scrapy.Request(url, meta={"asked": asked, "verbatim_url": True})
        # Past the downloader's slots, which would only put into a queue again what its host
        # queue has let through: they double what a request costs.
        handlers = self.crawler.engine.downloader.handlers
        answer = await handlers.download_request_async(request)
        assert isinstance(answer, Answer)  # no middleware of ours makes another
        return answer

    def _collect(self, report: Report) -> None:
        self._reports.append(report)
        self._news.set()


async def _some_done(
    tasks: set[asyncio.Task[None]], *, wait: bool = True
) -> set[asyncio.Task[None]]:
    """Return those of *tasks* that are not done, if *wait* once one of the others is.

    Raises what one of them raised.
    """
    done, running = await asyncio.wait(
        tasks, timeout=None if wait else 0, return_when=asyncio.FIRST_COMPLETED
    )
    for task in done:
        task.result()
    return running
