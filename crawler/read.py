"""Read the issues of any source, for callers that are no spider: here, from git, from the web."""

import asyncio
import tempfile
from collections.abc import Iterator

from catalog.records import Issue, UnreadIssue
from crawler.options import CrawlOptions
from crawler.reading.archive import read_archive
from crawler.reading.clone import clone
from crawler.reading.profile import GUESSING, ArchiveProfile
from crawler.reading.source_kind import SourceKind, source_kind
from crawler.reading.trees import SourceError


def read_source(
    source: str, profile: ArchiveProfile = GUESSING, options: CrawlOptions | None = None
) -> Iterator[Issue | UnreadIssue]:
    """Yield the issues at *source*, a path or an address, whatever it takes to get them.

    What is on the web is asked for as *options* have it.
    Raises `SourceError` where the source cannot be read; what was yielded until then is no
    whole archive. What lies on this machine or in git is never held in memory as a whole.
    """
    kind = source_kind(source)
    if kind is SourceKind.FOLDER:
        yield from read_archive(source, profile)
    elif kind is SourceKind.GIT:
        with tempfile.TemporaryDirectory(prefix="linkledger-") as folder:
            clone(source, folder)
            yield from read_archive(folder, profile)
    else:
        yield from asyncio.run(_from_web(source, profile, options or CrawlOptions()))


async def _from_web(
    source: str, profile: ArchiveProfile, options: CrawlOptions
) -> list[Issue | UnreadIssue]:
    """Run the spider `issues` to its end and return what it read."""
    # Most archives lie on this machine, and Scrapy takes longer to load than they to be read.
    from scrapy import signals
    from scrapy.crawler import AsyncCrawlerRunner
    from scrapy.settings import Settings

    from crawler.spiders.issues import IssuesSpider

    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    runner = AsyncCrawlerRunner(settings)
    crawler = runner.create_crawler(IssuesSpider)
    found: list[Issue | UnreadIssue] = []

    def collect(item: Issue | UnreadIssue) -> None:
        found.append(item)

    crawler.signals.connect(collect, signal=signals.item_scraped)
    await runner.crawl(crawler, source=source, profile=profile, options=options)
    spider = crawler.spider
    assert isinstance(spider, IssuesSpider)
    if spider.error:
        raise SourceError(spider.error)
    return found
