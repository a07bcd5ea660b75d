"""Crawl what is due: lease its hosts, let them be visited, write down what came of it."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import nullcontext
from datetime import datetime

from catalog.database import Database
from crawler.cluster.address import ClusterError
from crawler.coordinator import Coordinator
from crawler.fork_server import ForkServer, cores
from crawler.garbage import search_rarely
from crawler.hindsight import look_back
from crawler.options import CrawlOptions
from crawler.sources import LocalSource
from crawler.summary import CrawlSummary, Progress
from crawler.visiting.tls import tls_context
from crawler.workers import crawl_with_workers

# Below this many links another process costs more time to start than it saves.
_WORTH_A_WORKER = 1_500


def crawl(
    db: Database,
    run_id: int,
    options: CrawlOptions,
    clock: Callable[[], datetime],
    progress: Progress = lambda _: None,
    *,
    fork_server: ForkServer | None = None,
    only: Collection[int] | None = None,
) -> CrawlSummary:
    """Visit every link of the catalog that is due, or *only* some, and return what happened.

    Each result is written within a moment, so that a killed crawl goes on where it was; what
    only the whole night shows of a page is written at the end. *progress* is told the
    figures as they change. Workers come from *fork_server*, where one is ready. Raises
    `ValueError` for options that make no sense, `CatalogError` where the catalog cannot be
    written, and `ClusterError` where there can be no cluster at the address `options.dask`.
    """
    if options.ca_file or options.ca_data:
        tls_context(options)  # raises, before anything is begun
    # Leases of a cluster are still good when this process is no more.
    holder = "dask" if options.dask else "local"
    coordinator = Coordinator(db, run_id, options, clock, holder=holder, only=only)
    count = options.workers or _fitting(coordinator.summary.due)
    search_rarely()
    try:
        if options.dask:
            _crawl_on_cluster(coordinator, options, progress)
        elif count > 1:
            with nullcontext(fork_server) if fork_server else ForkServer() as server:
                crawl_with_workers(server, count, coordinator, options, progress)
        else:
            _crawl_here(coordinator, options, progress)
    finally:  # as well when somebody ends it
        coordinator.close()
    look_back(db, run_id, coordinator.now)
    return coordinator.summary


def _crawl_here(coordinator: Coordinator, options: CrawlOptions, progress: Progress) -> None:
    # Here, since a process that only leases and writes starts faster without Scrapy.
    from crawler.runner import run_spider

    source = LocalSource(coordinator, progress)
    asyncio.run(run_spider(source, options))
    if source.error is not None:
        raise source.error


def _crawl_on_cluster(coordinator: Coordinator, options: CrawlOptions, progress: Progress) -> None:
    try:
        from crawler.cluster.crawl import crawl_on_cluster
    except ModuleNotFoundError as error:
        raise ClusterError(
            f"dask: {error.name} is not installed; pip install '.[cluster]' in linkledger's folder"
        ) from None
    crawl_on_cluster(coordinator, options, progress)


def _fitting(due: int) -> int:
    """Return how many processes are worth their start for *due* links."""
    return max(1, min(cores(), due // _WORTH_A_WORKER))
