"""Run the spider `links` in this process, on asyncio alone."""

import resource
from typing import TYPE_CHECKING

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings

from catalog.records import Visit
from crawler.garbage import search_rarely
from crawler.options import CrawlOptions
from crawler.pages.page import read_page
from crawler.spiders.links import LinksSpider
from crawler.verdict import View, is_worth_probing, judge_view
from crawler.visiting import transport  # noqa: F401 (Scrapy loads it by its name, later)
from crawler.visiting.tls import tls_context

if TYPE_CHECKING:
    from crawler.sources import Source


def prepare() -> None:
    """Do in advance what takes the first visit of a process long: load, compile and look up."""
    tls_context(CrawlOptions())
    url = "http://a.test/1"
    page = read_page(b"<title>A page</title><h1>A page</h1>", {}, url, truncated=False)
    view = View(Visit(url=url, status=200, page=page))
    is_worth_probing(view, judge_view(view))


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
