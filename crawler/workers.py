"""Several processes that visit side by side, and one, this one, that writes.

A worker is a process of its own that runs the spider `links`; it is told what to visit, and
tells what it saw, over a socket to its parent. When the parent dies, however suddenly, the
socket closes and the worker is gone before it can send another request. One that neither
works nor dies is done without, and ended with all others.
"""

import time
from collections.abc import Sequence
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from crawler.coordinator import PATIENCE, Coordinator
from crawler.fork_server import ForkServer
from crawler.messages import HostBatch, HostDone
from crawler.options import CrawlOptions
from crawler.steady import anchor, steady_time
from crawler.summary import Progress

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

# So many hosts go to a worker at once, before others get as many: all of them have some,
# however few there are.
_PORTION = 16

# Workers that die one after the other before they have told anything. A link that kills them
# is found out by two such.
_MOST_DEATHS = 5

# How often, in seconds, a parent looks whether a worker has gone on for too long,
_LOOK = 5.0
# and how often whether a host's rest is over where a worker is idle, and whether it is time
# to write.
_GLANCE = 0.2


class WorkerError(Exception):
    """The workers die as fast as they are started; the message is for a person."""


class _Worker:
    """One process of the fork server's, our end of the wire, and what it has been given."""

    def __init__(self, wire: "Connection[object, object]", options: CrawlOptions) -> None:
        self.wire = wire
        self.batches: dict[str, HostBatch] = {}
        self.has_come = False  # it has said something
        self.free = 0  # how many more hosts it wants
        self.has_reported = False
        self._overdue_since: float | None = None
        self._is_deaf = False
        self._tell((options, anchor()))

    def give(self, batches: Sequence[HostBatch]) -> None:
        self.batches |= {batch.host: batch for batch in batches}
        self.free -= len(batches)
        self._tell(batches)

    @property
    def is_stuck(self) -> bool:
        """Whether it has been at a batch for longer than it may.

        A machine that slept wakes up long after the end of each lease, and its workers with it.
        """
        if self._is_deaf:
            return True
        first = next(iter(self.batches.values()), None)
        if first is None or steady_time() < first.until:
            self._overdue_since = None
        elif self._overdue_since is None:
            self._overdue_since = time.monotonic()
        since = self._overdue_since
        return since is not None and time.monotonic() - since > PATIENCE

    def _tell(self, message: object) -> None:
        try:
            self.wire.send(message)
        except BlockingIOError:  # it does not listen any more
            self._is_deaf = True
        except OSError:  # it has died, and we are about to hear of it
            pass


def crawl_with_workers(
    fork_server: ForkServer,
    count: int,
    coordinator: Coordinator,
    options: CrawlOptions,
    progress: Progress,
) -> None:
    """Let *count* processes visit what *coordinator* leases, until there is nothing left.

    Raises `WorkerError` where they cannot be kept alive.
    """
    workers = [_Worker(fork_server.fork(), options) for _ in range(count)]
    deaths = 0
    try:
        while not _is_over(coordinator, workers):
            waits = coordinator.has_unwritten or any(worker.free > 0 for worker in workers)
            ready = wait([worker.wire for worker in workers], _GLANCE if waits else _LOOK)
            coordinator.flush_if_due()
            for worker in list(workers):
                if worker.wire in ready:
                    if _listen(worker, coordinator):
                        continue
                elif worker.is_stuck:
                    _abandon(worker, coordinator)
                else:
                    continue
                deaths = 0 if worker.has_reported else deaths + 1
                if deaths > _MOST_DEATHS:
                    raise WorkerError(
                        f"{deaths} crawling processes died one after the other; what was seen is "
                        "kept, and `workers = 1` does without them"
                    )
                worker.wire.close()
                workers[workers.index(worker)] = _Worker(fork_server.fork(), options)
            progress(coordinator.summary)
    finally:
        for worker in workers:
            worker.wire.close()


def _abandon(worker: _Worker, coordinator: Coordinator) -> None:
    """Give up what a *worker* that is stuck has in hand.

    It is stuck with what it was given first, as far as anybody can tell.
    """
    batches = worker.batches.values()
    first = min((batch.until for batch in batches), default=0.0)
    coordinator.abandon([batch for batch in batches if batch.until <= first], died=True)
    coordinator.abandon([batch for batch in batches if batch.until > first], died=False)


def _is_over(coordinator: Coordinator, workers: Sequence[_Worker]) -> bool:
    """Lease what there is; return whether that, and all that was leased before, is nothing.

    Whoever comes first would have all hosts of a small archive, and the others none.
    """
    while all(worker.has_come for worker in workers):
        worker = max(workers, key=lambda worker: worker.free)
        portion = min(worker.free, _PORTION)
        if portion <= 0 or not (batches := coordinator.lease(portion)):
            break
        worker.give(batches)
    return not coordinator.is_busy and coordinator.wait() is None


def _listen(worker: _Worker, coordinator: Coordinator) -> bool:
    """Take in what *worker* says; return False where that is the last of it."""
    try:
        said = worker.wire.recv()
    except BlockingIOError:  # it has stopped in the middle of a word
        _abandon(worker, coordinator)
        return False
    except (EOFError, OSError):  # it has died
        coordinator.release(worker.batches.values())
        return False
    worker.has_come = True
    if isinstance(said, int):
        worker.free = said
        return True
    assert isinstance(said, tuple)  # there are no other messages
    worker.has_reported = True
    coordinator.take(said)
    for report in said:
        if isinstance(report, HostDone):
            worker.batches.pop(report.host, None)
    return True
