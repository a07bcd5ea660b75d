"""The worker's side of a cluster: one spider in a thread, which visits what is assigned to it.

The spider is the same as everywhere, and stays for the whole crawl with its connections. Each
assignment waits here until all of its hosts are done.
"""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from threading import Lock, Thread
from uuid import uuid4

from distributed import secede

import catalog
import crawler
from crawler.messages import HostBatch, HostDone, Report
from crawler.options import CrawlOptions
from crawler.runner import run_spider
from crawler.steady import steady_time

# Of this process: what is meant for it is not for the one that takes its place.
_NAME = uuid4().hex

_ENDED = "the spider has ended; the log of this worker says why"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerInfo:
    """Who a worker is: its own `name`, its build of linkledger, and the time it is there."""

    name: str
    build: str
    now: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One lease for one worker: hosts to visit, and how. Its times are by the worker's clock."""

    worker: str
    batches: tuple[HostBatch, ...]
    options: CrawlOptions


def handshake(build: str) -> WorkerInfo:
    """Return who this worker is to a coordinator of the given *build*."""
    if build != own_build():
        _log.error("this is linkledger %s, the coordinator %s: no work", own_build(), build)
    return WorkerInfo(name=_NAME, build=own_build(), now=steady_time())


def visit(assignment: Assignment) -> tuple[Report, ...]:
    """Return what came of an assignment, when all of its hosts are done or its time is up.

    Raises `ValueError` where it was made to another process: that one may have begun.
    """
    if assignment.worker != _NAME:
        raise ValueError("this lease was given to another worker")
    secede()  # waiting takes no place from other leases
    return _spider_thread(assignment.options).visit(assignment.batches)


@cache
def own_build() -> str:
    """Return the version of linkledger with a digest of what all parts of a crawl must share."""
    digest = hashlib.sha256()
    for package in (catalog, crawler):
        folder = Path(package.__path__[0])
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(file.relative_to(folder).as_posix().encode() + file.read_bytes())
    try:
        version = metadata.version("linkledger")
    except metadata.PackageNotFoundError:
        version = "from a checkout"
    return f"{version} ({digest.hexdigest()[:12]})"


@dataclass(slots=True)
class _OpenLease:
    """A lease that is being visited."""

    missing: int
    done: Future[tuple[Report, ...]]
    reports: list[Report] = field(default_factory=list)


class _SpiderThread:
    """A spider in a thread of its own, and the source that it has there."""

    def __init__(self, options: CrawlOptions) -> None:
        self.options = options
        self._lock = Lock()
        self._open: dict[str, _OpenLease] = {}
        self._loop = asyncio.new_event_loop()
        self._arrived: asyncio.Queue[Sequence[HostBatch] | None] = asyncio.Queue()
        self.is_over = False
        Thread(target=self._run, name="spider", daemon=True).start()

    def visit(self, batches: Sequence[HostBatch]) -> tuple[Report, ...]:
        """Return what came of *batches*; those that came too late are returned as they are."""
        last_call = steady_time() + self.options.whole_visit
        late = [batch for batch in batches if batch.until < last_call]
        in_time = [batch for batch in batches if batch.until >= last_call]
        reports: tuple[Report, ...] = ()
        if in_time:
            reports = self._enqueue(in_time).result()
        return (*reports, *map(_untouched, late))

    def close(self) -> None:
        """Let the spider end when it has nothing left to do."""
        with self._lock:
            if not self.is_over:
                self._loop.call_soon_threadsafe(self._arrived.put_nowait, None)

    async def more(self, _free: int) -> Sequence[HostBatch] | None:
        """Return the next lease; how many hosts are too many, the coordinator knows."""
        return await self._arrived.get()

    def take(self, reports: Sequence[Report]) -> None:
        """Put *reports* to their leases."""
        for report in reports:
            opened = self._open[report.lease_id]
            opened.reports.append(report)
            opened.missing -= isinstance(report, HostDone)
            if not opened.missing:
                del self._open[report.lease_id]
                opened.done.set_result(tuple(opened.reports))

    def _enqueue(self, batches: Sequence[HostBatch]) -> "Future[tuple[Report, ...]]":
        opened = _OpenLease(missing=len(batches), done=Future())
        with self._lock:
            if self.is_over:
                raise RuntimeError(_ENDED)
            self._open[batches[0].lease_id] = opened
            self._loop.call_soon_threadsafe(self._arrived.put_nowait, batches)
        return opened.done

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(run_spider(self, self.options))
        finally:
            with self._lock:
                self.is_over = True
                for opened in self._open.values():
                    opened.done.set_exception(RuntimeError(_ENDED))
            self._loop.close()


_lock = Lock()
_current: _SpiderThread | None = None


def _spider_thread(options: CrawlOptions) -> _SpiderThread:
    """Return the spider of this process that crawls as *options* say."""
    global _current
    with _lock:
        if _current is None or _current.is_over or _current.options != options:
            if _current is not None:
                _current.close()
            _current = _SpiderThread(options)
        return _current


def _untouched(batch: HostBatch) -> HostDone:
    return HostDone(
        lease_id=batch.lease_id,
        host=batch.host,
        ready_at=batch.not_before,
        unvisited=batch.tasks,
    )
