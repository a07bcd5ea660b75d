"""Sources of the spider `links`: where batches come from, and where their reports go."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from catalog.clock import now
from catalog.connection import open_catalog
from catalog.lock import held
from catalog.runs import begin_run, distrust, end_run
from crawler.coordinator import WRITE_EVERY, Coordinator
from crawler.hindsight import look_back
from crawler.messages import HostBatch, Report
from crawler.options import CrawlOptions
from crawler.summary import Progress

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


class Source(Protocol):
    """Where batches come from, and where the reports of them go."""

    async def more(self, free: int) -> Sequence[HostBatch] | None:
        """Return batches for up to *free* more hosts, when there are any; None at the end."""

    def take(self, reports: Sequence[Report]) -> None:
        """Take what came of batches."""


class LocalSource:
    """A source in the same process: the coordinator itself, at the pace of its spider."""

    def __init__(self, coordinator: Coordinator, progress: Progress = lambda _: None) -> None:
        self._coordinator = coordinator
        self._progress = progress
        self._news = asyncio.Event()
        self.error: Exception | None = None
        self._is_to_write = False

    async def more(self, free: int) -> Sequence[HostBatch] | None:
        """Return batches as soon as there are any; None where there will be none."""
        while self.error is None:
            self._news.clear()
            if batches := self._coordinator.lease(free):
                return batches
            wait = self._coordinator.wait()
            if wait is None and not self._coordinator.is_busy:
                return None
            with suppress(TimeoutError):  # then it is time for the host that was waited for
                await asyncio.wait_for(self._news.wait(), wait)
        return None

    def take(self, reports: Sequence[Report]) -> None:
        """Write down what came of batches; after a failure to do so nothing more is leased."""
        try:
            self._coordinator.take(reports)
        except Exception as error:  # noqa: BLE001 (Scrapy would log it and go on; `crawl` raises it)
            self.error = self.error or error
        if self._coordinator.has_unwritten and not self._is_to_write:
            self._is_to_write = True
            asyncio.get_running_loop().call_later(WRITE_EVERY, self._write)
        self._progress(self._coordinator.summary)
        self._news.set()

    def _write(self) -> None:
        self._is_to_write = False
        self.take(())


class CatalogSource:
    """A catalog as the source of one spider: held, opened, leased from, settled and closed by it.

    Raises `HeldError` where another run has it: their leases would not keep them apart.
    """

    def __init__(self, catalog: Path, options: CrawlOptions) -> None:
        self.options = options
        self._lock = ExitStack()
        self._lock.enter_context(held(catalog, "scrapy crawl links", now(), create=False))
        self._db = open_catalog(catalog, create=False)
        self._run_id = begin_run(self._db, "scrapy crawl links", now())
        self._coordinator = Coordinator(self._db, self._run_id, options, now)
        self._source = LocalSource(self._coordinator)

    @classmethod
    def from_settings(cls, settings: "BaseSettings") -> Self:
        """Return the source that Scrapy's settings describe."""
        catalog = Path(settings.get("CATALOG", "data/catalog.db"))
        return cls(catalog, CrawlOptions.from_settings(settings))

    async def more(self, free: int) -> Sequence[HostBatch] | None:
        """Return batches as soon as there are any; None where there will be none."""
        return await self._source.more(free)

    def take(self, reports: Sequence[Report]) -> None:
        """Write down what came of batches."""
        self._source.take(reports)

    def close(self) -> None:
        """End the run: not to be trusted if nothing answered, cut short if it could not write."""
        self._coordinator.close()
        look_back(self._db, self._run_id, now())
        summary = self._coordinator.summary
        state = "done"
        if self._source.error is not None:
            state = "cut_short"
        elif summary.is_offline:
            state = "untrusted"
            distrust(self._db, self._run_id, now())
        end_run(self._db, self._run_id, now(), state=state, summary=summary.figures)
        self._db.close()
        self._lock.close()
