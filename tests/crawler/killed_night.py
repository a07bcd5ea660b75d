"""A night in a process of its own, which a test can kill at any moment.

The processes come from a server that has loaded the crawl before, so that twenty of them are
started in the time of one.
"""

import multiprocessing
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from catalog.connection import open_catalog
from catalog.runs import begin_run
from crawler.crawl import crawl
from crawler.options import CrawlOptions

NIGHT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([__name__])


def start_night(catalog: Path, options: CrawlOptions) -> ForkServerProcess:
    """Start to crawl what is due in *catalog*; return the process."""
    process = _context.Process(target=_crawl, args=(catalog, options))
    process.start()
    return process


def _crawl(catalog: Path, options: CrawlOptions) -> None:
    with open_catalog(catalog, create=False) as db:
        crawl(db, begin_run(db, "crawl", NIGHT), options, lambda: NIGHT)
