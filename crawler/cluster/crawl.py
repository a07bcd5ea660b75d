"""Many machines that visit, and one process, this one, that leases and writes.

The catalog keeps the leases, Dask only carries them (`engine.py`) to the same spider as
everywhere (`station.py`). What keeps two workers from one host is the clock: past
its lease a worker sends nothing, and before that nobody else is given the host, whatever
became of the worker. So a lease that is lost is always waited out.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

from crawler.cluster.engine import Delivery, Engine
from crawler.cluster.station import Consignment, Greeting, greet, own_build, visit
from crawler.coordinator import Coordinator
from crawler.errands import HostBatch, HostDone, Report
from crawler.options import CrawlOptions
from crawler.sources import Progress

# Hosts in one lease: few, and few of those that a worker has, since their places are free
# when the last of them is done.
_PORTION = 16
_SHARE = 8

# A worker stops this many seconds before the catalog gives its hosts to another: as much as
# its clock may be off, and what becomes of fractions of seconds in the catalog.
_GRACE = 2.0
_CLOCK_OFF = 2.0

# A worker's clock is compared so often that at least once nothing had to be loaded first.
_GREETINGS = 3
_SURE = 0.2

# So long the workers that come first wait for those that come with them.
_MUSTER = 1.0

_BEAT = 0.5


@dataclass(slots=True)
class _Worker:
    """One worker as we know it. `ahead` is how far its clock is, give or take `unsure`."""

    address: str
    name: str = ""
    ahead: float = 0.0
    unsure: float = float("inf")
    greetings: int = 0
    asked_at: float = 0.0
    hosts: int = 0
    overdue: int = 0
    is_hired: bool = False
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class _Lease:
    worker: _Worker
    batches: tuple[HostBatch, ...]
    until: float


def crawl_on_cluster(coordinator: Coordinator, options: CrawlOptions, progress: Progress) -> None:
    """Let whoever joins at `options.dask` visit what *coordinator* gives out, until it is done.

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
        self._sent = _portable(options)
        self._portion = max(1, min(_PORTION, options.hosts_at_once // _SHARE))
        self._workers: dict[str, _Worker] = {}
        self._leases: dict[str, _Lease] = {}
        self._overdue: dict[str, _Worker] = {}
        self._numbers = count(1)
        self._begin_at = float("inf")
        self._looked_at = 0.0

    def run(self) -> None:
        """Give out and take in until there is nothing left."""
        arrived: Sequence[Delivery] = ()
        while True:
            for delivery in arrived:
                self._take(delivery)
            self._look_around()
            self._expire()
            self._give_out()
            self._show()
            if not self._leases and self._coordinator.wait() is None:
                return
            arrived = self._engine.receive(_BEAT)

    # Workers come and go.

    def _look_around(self) -> None:
        """Greet who has come, and give up what they had who have gone."""
        if time.monotonic() < self._looked_at + _BEAT:
            return
        self._looked_at = time.monotonic()
        there = self._engine.workers()
        for address in self._workers.keys() - there:
            self._lose(self._workers.pop(address))
        for address in there & self._workers.keys():
            if self._workers[address].is_refused:
                self._engine.dismiss(address)
        for address in there - self._workers.keys():
            self._workers[address] = _Worker(address)
            self._greet(self._workers[address])

    def _greet(self, worker: _Worker) -> None:
        worker.greetings += 1
        worker.asked_at = time.time()
        self._engine.send(worker.address, f"greet-{next(self._numbers)}", greet, own_build())

    def _meet(self, worker: _Worker, delivery: Delivery) -> None:
        """Hire a worker, or refuse it; each refusal says what to do."""
        heard_at, met = time.time(), delivery.brought
        if not isinstance(met, Greeting):
            self._refuse(worker, f"it cannot run linkledger {own_build()}: {delivery.error}")
        elif met.build != own_build():
            self._refuse(worker, f"it has linkledger {met.build}, and here is {own_build()}")
        else:
            unsure = (heard_at - worker.asked_at) / 2
            if unsure < worker.unsure:
                worker.unsure = unsure
                worker.ahead = met.now - (heard_at + worker.asked_at) / 2
            worker.name = met.name
            if worker.unsure > _SURE and worker.greetings < _GREETINGS:
                self._greet(worker)
            elif abs(worker.ahead) > _CLOCK_OFF + worker.unsure:
                self._refuse(worker, f"its clock is {worker.ahead:+.1f} seconds off; set it")
            else:
                worker.is_hired = True
                self._begin_at = min(self._begin_at, time.monotonic() + _MUSTER)

    def _refuse(self, worker: _Worker, why: str) -> None:
        worker.is_refused = True
        worker.is_hired = False
        self._say(f"the worker at {worker.address} gets no work: {why}")

    def _lose(self, worker: _Worker) -> None:
        """Give up the leases of a *worker* that has left without a word of them."""
        for parcel in self._engine.forget(worker.address):
            self._overdue.pop(parcel, None)
            if lease := self._leases.pop(parcel, None):
                self._coordinator.give_up(lease.batches, died=False)

    # Leases go out, and what came of them comes in.

    def _give_out(self) -> None:
        """Share out what is due: always to the worker that has least, a portion at a time."""
        if time.monotonic() < self._begin_at:
            return
        while ready := [worker for worker in self._workers.values() if self._room(worker)]:
            worker = min(ready, key=lambda worker: worker.hosts)
            portion = min(self._portion, self._room(worker))
            batches = self._coordinator.give_out(portion)
            if not batches:
                return
            self._send(worker, tuple(batches))

    def _room(self, worker: _Worker) -> int:
        """Return how many more hosts *worker* can take; none while it owes us an answer."""
        if not worker.is_hired or worker.overdue:
            return 0
        return self._options.hosts_at_once - worker.hosts

    def _send(self, worker: _Worker, batches: tuple[HostBatch, ...]) -> None:
        parcel = f"visit-{batches[0].lease_id}"
        self._leases[parcel] = _Lease(worker, batches, min(batch.until for batch in batches))
        worker.hosts += len(batches)
        consignment = Consignment(
            addressee=worker.name,
            batches=tuple(self._as_seen_by(worker, batch) for batch in batches),
            options=self._sent,
        )
        self._engine.send(worker.address, parcel, visit, consignment)

    def _as_seen_by(self, worker: _Worker, batch: HostBatch) -> HostBatch:
        """Return *batch* by the clock of *worker*, with some time kept back at its end.

        Whoever has the host next may not know when the last request was sent to it.
        """
        delay, _ = self._options.limits(batch.host)
        return replace(
            batch,
            until=batch.until + worker.ahead - delay - _GRACE,
            not_before=batch.not_before + worker.ahead + worker.unsure,
        )

    def _take(self, delivery: Delivery) -> None:
        """Take in what a worker returned, if its lease has not been given up."""
        worker = self._workers.get(delivery.worker)
        if delivery.parcel.startswith("greet"):
            if worker is not None:
                self._meet(worker, delivery)
            return
        if late := self._overdue.pop(delivery.parcel, None):
            late.overdue -= 1
            return
        lease = self._leases.pop(delivery.parcel)
        lease.worker.hosts -= len(lease.batches)
        if delivery.error is None:
            self._coordinator.take(self._by_our_clock(lease.worker, delivery.brought))
            return
        self._coordinator.give_up(lease.batches, died=delivery.died)
        if not delivery.died and not lease.worker.is_refused:
            self._refuse(lease.worker, f"it failed at a lease: {delivery.error!r}")

    def _by_our_clock(self, worker: _Worker, reports: Sequence[Report]) -> list[Report]:
        return [
            replace(report, ready_at=report.ready_at - worker.ahead + worker.unsure)
            if isinstance(report, HostDone)
            else report
            for report in reports
        ]

    def _expire(self) -> None:
        """Give up the leases whose time is over: from now on others may have their hosts."""
        now = time.time()
        for parcel, lease in list(self._leases.items()):
            if lease.until <= now:
                del self._leases[parcel]
                lease.worker.hosts -= len(lease.batches)
                lease.worker.overdue += 1
                self._overdue[parcel] = lease.worker
                self._coordinator.give_up(lease.batches, died=False)

    # What a person sees of it.

    def _say(self, words: str) -> None:
        notes = self._coordinator.summary.notes
        if words not in notes:
            notes.append(words)
            self._progress(self._coordinator.summary)

    def _show(self) -> None:
        at_work = Counter(worker.is_hired for worker in self._workers.values())[True]
        hosts = sum(worker.hosts for worker in self._workers.values())
        self._coordinator.summary.crew = (
            f"{at_work} workers, {len(self._leases)} leases of {hosts} hosts"
            if at_work
            else f"waiting for workers at {self._engine.address}; see {self._engine.dashboard}"
        )
        self._progress(self._coordinator.summary)


def _portable(options: CrawlOptions) -> CrawlOptions:
    """Return *options* for another machine, where our files are not."""
    if options.ca_file is None:
        return options
    return replace(options, ca_file=None, ca_data=options.ca_file.read_text(encoding="utf-8"))
