"""Crawl what is due: give hosts out, let them be visited, write down what came of it."""

import asyncio
import gc
from collections.abc import Callable
from datetime import datetime

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings
from sqlite_utils import Database

from crawler.coordinator import Coordinator, CrawlSummary
from crawler.options import CrawlOptions
from crawler.rejudge import look_again
from crawler.sources import LocalSource, Progress, Source
from crawler.spiders.links import LinksSpider


def crawl(
    db: Database,
    run_id: int,
    options: CrawlOptions,
    clock: Callable[[], datetime],
    progress: Progress = lambda _: None,
) -> CrawlSummary:
    """Visit every link of the catalog that is due, and return what happened.

    Each result is written as soon as it is known, so that a killed crawl goes on where it
    was; what only the whole night shows of a page is written at the end. *progress* is told
    the figures after each transaction. Raises `ValueError` for options that make no sense,
    and `CatalogError` where the catalog cannot be written.
    """
    coordinator = Coordinator(db, run_id, options, clock)
    source = LocalSource(coordinator, progress)
    asyncio.run(run_spider(source, options))
    if source.error is not None:
        raise source.error
    coordinator.flush()
    look_again(db, run_id, coordinator.now)
    return coordinator.summary


async def run_spider(source: Source, options: CrawlOptions) -> None:
    """Run the spider `links` in this process until *source* has no more."""
    # What is loaded by now stays for good, and a visit makes many objects and no cycles: with
    # Python's usual thresholds a third of the time goes into looking for garbage.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    await AsyncCrawlerRunner(settings).crawl(LinksSpider, source=source, options=options)
