"""Crawl what is due: lease its hosts, let them be visited, write down what came of it."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from catalog.database import Database
from catalog.frontier import count_due
from crawler.cluster.address import ClusterError
from crawler.fork_server import ForkServer, cores
from crawler.garbage import search_rarely
from crawler.options import CrawlOptions
from crawler.summary import CrawlSummary, Progress

if TYPE_CHECKING:
    from crawler.coordinator import Coordinator

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
) -> CrawlSummary:
    """Visit every link of the catalog that is due, and return what happened.

    Each result is written within a moment, so that a killed crawl goes on where it was; what
    only the whole night shows of a page is written at the end. *progress* is told the
    figures as they change. Workers come from *fork_server*, where one is ready. Raises
    `ValueError` for options that make no sense, `CatalogError` where the catalog cannot be
    written, and `ClusterError` where there can be no cluster at the address `options.dask`.
    """
    with ExitStack() as processes:
        drive = _crawl_on_cluster if options.dask else _crawl_here
        count = options.workers or _fitting(db, options, clock())
        if count > 1 and not options.dask:
            fork_server = fork_server or processes.enter_context(ForkServer())
            drive = partial(_crawl_with_workers, fork_server, count)
        # Only now: a fork server loads what it needs while this process does.
        from crawler.coordinator import Coordinator
        from crawler.hindsight import look_back
        from crawler.visiting.tls import tls_context

        if options.ca_file or options.ca_data:
            tls_context(options)  # raises, before anything is begun
        # Leases of a cluster are still good when this process is no more.
        holder = "dask" if options.dask else "local"
        coordinator = Coordinator(db, run_id, options, clock, holder=holder)
        search_rarely()
        try:
            drive(coordinator, options, progress)
        finally:  # as well when somebody ends it
            coordinator.flush()
    look_back(db, run_id, coordinator.now)
    return coordinator.summary


def _crawl_here(coordinator: "Coordinator", options: CrawlOptions, progress: Progress) -> None:
    # Here, since a process that only leases and writes starts faster without Scrapy.
    from crawler.runner import run_spider
    from crawler.sources import LocalSource

    source = LocalSource(coordinator, progress)
    asyncio.run(run_spider(source, options))
    if source.error is not None:
        raise source.error


def _crawl_with_workers(
    fork_server: ForkServer,
    count: int,
    coordinator: "Coordinator",
    options: CrawlOptions,
    progress: Progress,
) -> None:
    from crawler.workers import crawl_with_workers

    crawl_with_workers(fork_server, count, coordinator, options, progress)


def _crawl_on_cluster(
    coordinator: "Coordinator", options: CrawlOptions, progress: Progress
) -> None:
    try:
        from crawler.cluster.crawl import crawl_on_cluster
    except ModuleNotFoundError as error:
        raise ClusterError(
            f"dask: {error.name} is not installed; pip install 'linkledger[cluster]'"
        ) from None
    crawl_on_cluster(coordinator, options, progress)


def _fitting(db: Database, options: CrawlOptions, now: datetime) -> int:
    """Return how many processes are worth their start for what is due."""
    due = count_due(db, now, everything=options.everything)
    return max(1, min(cores(), due // _WORTH_A_WORKER))
