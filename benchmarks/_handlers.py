"""A bare spider on one of Scrapy's download handlers, to see what a request costs there.

`python -m benchmarks._handlers twisted|aiohttp|httpx|ours PORT COUNT` prints the seconds of CPU.
"""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess

from crawler.options import CrawlOptions
from crawler.visiting.exchange import Asked

_AT_ONCE = 100
_HANDLERS = {
    "twisted": "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler",
    "aiohttp": "scrapy.core.downloader.handlers._aiohttp.AiohttpDownloadHandler",
    "httpx": "scrapy.core.downloader.handlers._httpx.HttpxDownloadHandler",
    "ours": "crawler.visiting.transport.Transport",
}


class Bare(scrapy.Spider):
    """Asks for as many pages as it is told, and does nothing with them."""

    name = "bare"

    def __init__(self, port: str, count: str) -> None:
        super().__init__()
        self._addresses = (f"http://127.0.0.1:{port}/{n}" for n in range(int(count)))

    async def start(self) -> AsyncIterator[Any]:
        """Ask, and print what that took; there is nothing to yield."""
        began = time.process_time()
        await asyncio.gather(*(self._ask() for _ in range(_AT_ONCE)))
        print(time.process_time() - began)
        for nothing in ():
            yield nothing

    async def _ask(self) -> None:
        for address in self._addresses:
            request = scrapy.Request(address, meta={"asked": Asked(seconds=30)})
            await self.crawler.engine.download_async(request)


def main(handler: str, port: str, count: str) -> None:
    """Run the spider with *handler* and hardly any other part of Scrapy."""
    logging.disable(logging.WARNING)
    settings = {
        "TWISTED_REACTOR_ENABLED": handler == "twisted",
        "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), _HANDLERS[handler]),
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "SPIDER_MIDDLEWARES_BASE": {},
        "EXTENSIONS_BASE": {},
        "CONCURRENT_REQUESTS": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1_000,
        "DOWNLOAD_DELAY": 0,
        "CRAWL_OPTIONS": CrawlOptions(allow_private=True),
    }
    process = AsyncCrawlerProcess(settings)
    process.crawl(Bare, port=port, count=count)
    process.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
