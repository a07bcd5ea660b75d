"""Run the spider `links` in this process, on asyncio alone."""

import resource
from typing import TYPE_CHECKING

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings

from crawler.garbage import search_rarely
from crawler.options import CrawlOptions
from crawler.spiders.links import LinksSpider

if TYPE_CHECKING:
    from crawler.sources import Source


async def run_spider(source: "Source", options: CrawlOptions) -> None:
    """Run the spider until *source* has no more; raises what went wrong in it, if anything."""
    search_rarely()
    _allow_many_connections()
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.set("SPIDER_MODULES", [])  # to find a spider that is known takes longer than it does
    runner = AsyncCrawlerRunner(settings)
    crawler = runner.create_crawler(LinksSpider)
    await runner.crawl(crawler, source=source, options=options)
    # Scrapy logs what goes wrong in a spider, and ends as if nothing had happened.
    assert isinstance(crawler.spider, LinksSpider)
    if crawler.spider.failure is not None:
        raise crawler.spider.failure


def _allow_many_connections() -> None:
    """Raise our own limit of open files to the system's: each connection is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
