"""Many machines that visit, and one process, this one, that leases and writes.

The catalog keeps the leases, Dask only carries them (`engine.py`) to the same spider as
everywhere (`worker.py`). What keeps two workers from one host is the clock: past
its lease a worker sends nothing, and before that nobody else is given the host, whatever
became of the worker. So a lease that is lost is always waited out.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

from crawler.cluster.engine import Engine, TaskResult
from crawler.cluster.worker import Assignment, WorkerInfo, handshake, own_build, visit
from crawler.coordinator import Coordinator
from crawler.messages import HostBatch, HostDone, Report
from crawler.options import CrawlOptions
from crawler.steady import steady_time
from crawler.summary import Progress

# Hosts in one lease: few, and few of those that a worker has, since their places are free
# when the last of them is done.
_PORTION = 16
_SHARE = 8

# A worker stops this many seconds before the catalog gives its hosts to another: as much as
# its clock may be off, and what becomes of fractions of seconds in the catalog.
_GRACE = 2.0
_MAX_CLOCK_OFFSET = 2.0

# A worker's clock is compared so often that at least once nothing had to be loaded first.
_HANDSHAKES = 3
_CLOCK_ERROR = 0.2

# So long the workers that come first wait for those that come with them.
_FIRST_WAIT = 1.0

_TICK = 0.5


@dataclass(slots=True)
class _Worker:
    """A worker as we know it: its clock is ahead by `clock_offset`, give or take `clock_error`."""

    address: str
    name: str = ""
    clock_offset: float = 0.0
    clock_error: float = float("inf")
    handshakes: int = 0
    asked_at: float = 0.0
    hosts: int = 0
    overdue: int = 0
    is_admitted: bool = False
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class _Lease:
    worker: _Worker
    batches: tuple[HostBatch, ...]
    until: float


def crawl_on_cluster(coordinator: Coordinator, options: CrawlOptions, progress: Progress) -> None:
    """Let whoever joins at `options.dask` visit what *coordinator* leases, until it is done.

    Raises `ClusterError` where there can be no cluster at that address.
    """
    with Engine(options.dask) as engine:
        _Cluster(coordinator, engine, options, progress).run()


class _Cluster:
    """The workers that are there, and the leases that are out."""

    def __init__(
        self,
        coordinator: Coordinator,
        engine: Engine,
        options: CrawlOptions,
        progress: Progress,
    ) -> None:
        self._coordinator = coordinator
        self._engine = engine
        self._options = options
        self._progress = progress
        self._sent = portable(options)
        self._portion = max(1, min(_PORTION, options.hosts_at_once // _SHARE))
        self._workers: dict[str, _Worker] = {}
        self._leases: dict[str, _Lease] = {}
        self._overdue: dict[str, _Worker] = {}
        self._numbers = count(1)
        self._begin_at = float("inf")
        self._looked_at = 0.0

    def run(self) -> None:
        """Assign leases and take in reports until there is nothing left."""
        arrived: Sequence[TaskResult] = ()
        while True:
            for result in arrived:
                self._take(result)
            self._update_workers()
            self._coordinator.flush_if_due()
            self._expire()
            self._assign()
            self._show()
            if not self._leases and self._coordinator.wait() is None:
                return
            arrived = self._engine.receive(_TICK)

    # Workers come and go.

    def _update_workers(self) -> None:
        """Shake hands with who has come, and abandon the leases of who has gone."""
        if time.monotonic() < self._looked_at + _TICK:
            return
        self._looked_at = time.monotonic()
        there = self._engine.workers()
        for address in self._workers.keys() - there:
            self._remove(self._workers.pop(address))
        for address in there & self._workers.keys():
            if self._workers[address].is_refused:
                self._engine.retire(address)
        for address in there - self._workers.keys():
            self._workers[address] = _Worker(address)
            self._handshake(self._workers[address])

    def _handshake(self, worker: _Worker) -> None:
        worker.handshakes += 1
        worker.asked_at = steady_time()
        self._engine.submit(
            worker.address, f"handshake-{next(self._numbers)}", handshake, own_build()
        )

    def _admit(self, worker: _Worker, result: TaskResult) -> None:
        """Admit a worker, or refuse it; each refusal says what to do."""
        heard_at, info = steady_time(), result.value
        if not isinstance(info, WorkerInfo):
            self._refuse(worker, f"it cannot run linkledger {own_build()}: {result.error}")
        elif info.build != own_build():
            self._refuse(worker, f"it has linkledger {info.build}, and here is {own_build()}")
        else:
            clock_error = (heard_at - worker.asked_at) / 2
            if clock_error < worker.clock_error:
                worker.clock_error = clock_error
                worker.clock_offset = info.now - (heard_at + worker.asked_at) / 2
            worker.name = info.name
            if worker.clock_error > _CLOCK_ERROR and worker.handshakes < _HANDSHAKES:
                self._handshake(worker)
            elif abs(worker.clock_offset) > _MAX_CLOCK_OFFSET + worker.clock_error:
                self._refuse(
                    worker, f"its clock is {worker.clock_offset:+.1f} seconds off; set it"
                )
            else:
                worker.is_admitted = True
                self._begin_at = min(self._begin_at, time.monotonic() + _FIRST_WAIT)

    def _refuse(self, worker: _Worker, why: str) -> None:
        worker.is_refused = True
        worker.is_admitted = False
        self._say(f"the worker at {worker.address} gets no work: {why}")

    def _remove(self, worker: _Worker) -> None:
        """Abandon the leases of a *worker* that has left without a word of them."""
        for key in self._engine.forget(worker.address):
            self._overdue.pop(key, None)
            if lease := self._leases.pop(key, None):
                self._coordinator.abandon(lease.batches, died=False)

    # Leases go out, and their reports come in.

    def _assign(self) -> None:
        """Assign what is due: always to the worker that has least, a portion at a time."""
        if time.monotonic() < self._begin_at:
            return
        while ready := [worker for worker in self._workers.values() if self._room(worker)]:
            worker = min(ready, key=lambda worker: worker.hosts)
            portion = min(self._portion, self._room(worker))
            batches = self._coordinator.lease(portion)
            if not batches:
                return
            self._submit(worker, tuple(batches))

    def _room(self, worker: _Worker) -> int:
        """Return how many more hosts *worker* can take; none while it owes us an answer."""
        if not worker.is_admitted or worker.overdue:
            return 0
        return self._options.hosts_at_once - worker.hosts

    def _submit(self, worker: _Worker, batches: tuple[HostBatch, ...]) -> None:
        key = f"visit-{batches[0].lease_id}"
        self._leases[key] = _Lease(worker, batches, min(batch.until for batch in batches))
        worker.hosts += len(batches)
        assignment = Assignment(
            worker=worker.name,
            batches=tuple(self._by_clock_of(worker, batch) for batch in batches),
            options=self._sent,
        )
        self._engine.submit(worker.address, key, visit, assignment)

    def _by_clock_of(self, worker: _Worker, batch: HostBatch) -> HostBatch:
        """Return *batch* by the clock of *worker*, with some time kept back at its end."""
        return replace(
            batch,
            until=batch.until + worker.clock_offset - _GRACE,
            not_before=batch.not_before + worker.clock_offset + worker.clock_error,
        )

    def _take(self, result: TaskResult) -> None:
        """Take in what a worker returned, if its lease has not been abandoned."""
        worker = self._workers.get(result.worker)
        if result.key.startswith("handshake"):
            if worker is not None:
                self._admit(worker, result)
            return
        if late := self._overdue.pop(result.key, None):
            late.overdue -= 1
            return
        lease = self._leases.pop(result.key)
        lease.worker.hosts -= len(lease.batches)
        if result.error is None:
            self._coordinator.take(self._by_our_clock(lease.worker, result.value))
            return
        self._coordinator.abandon(lease.batches, died=result.died)
        if not result.died and not lease.worker.is_refused:
            self._refuse(lease.worker, f"it failed at a lease: {result.error!r}")

    def _by_our_clock(self, worker: _Worker, reports: Sequence[Report]) -> list[Report]:
        return [
            replace(report, ready_at=report.ready_at - worker.clock_offset + worker.clock_error)
            if isinstance(report, HostDone)
            else report
            for report in reports
        ]

    def _expire(self) -> None:
        """Abandon the leases whose time is over: from now on others may have their hosts."""
        now = steady_time()
        for key, lease in list(self._leases.items()):
            if lease.until <= now:
                del self._leases[key]
                lease.worker.hosts -= len(lease.batches)
                lease.worker.overdue += 1
                self._overdue[key] = lease.worker
                self._coordinator.abandon(lease.batches, died=False)

    # What a person sees of it.

    def _say(self, words: str) -> None:
        notes = self._coordinator.summary.notes
        if words not in notes:
            notes.append(words)
            self._progress(self._coordinator.summary)

    def _show(self) -> None:
        at_work = Counter(worker.is_admitted for worker in self._workers.values())[True]
        hosts = sum(worker.hosts for worker in self._workers.values())
        self._coordinator.summary.workers = (
            f"{at_work} workers, {len(self._leases)} leases of {hosts} hosts"
            if at_work
            else f"waiting for workers at {self._engine.address}; see {self._engine.dashboard}"
        )
        self._progress(self._coordinator.summary)


def portable(options: CrawlOptions) -> CrawlOptions:
    """Return *options* for another machine, where our files are not."""
    if options.ca_file is None:
        return options
    # OpenSSL reads what is in memory as ASCII only; beside certificates there are but remarks.
    certificates = options.ca_file.read_text(encoding="ascii", errors="ignore")
    return replace(options, ca_file=None, ca_data=certificates)
