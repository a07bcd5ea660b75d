"""Several processes that visit side by side, and one, this one, that writes.

A worker is a process of its own that runs the spider `links`; it is told what to visit, and
tells what it saw, over a socket to its parent. When the parent dies, however suddenly, the
socket closes and the worker is gone before it can send another request.
"""

from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from crawler.coordinator import Coordinator
from crawler.fork_server import ForkServer
from crawler.messages import HostBatch, HostDone
from crawler.options import CrawlOptions
from crawler.steady import anchor
from crawler.summary import Progress

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

# So many hosts go to a worker at once, before others get as many: all of them have some,
# however few there are.
_PORTION = 16

# Workers that die one after the other before they have told anything. A link that kills them
# is found out by two such.
_MOST_DEATHS = 5

# How often, in seconds, a parent looks whether a host's rest is over where a worker is idle,
# and whether it is time to write.
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
        self._tell((options, anchor()))

    def give(self, batches: Sequence[HostBatch]) -> None:
        self.batches |= {batch.host: batch for batch in batches}
        self.free -= len(batches)
        self._tell(batches)

    def _tell(self, message: object) -> None:
        with suppress(OSError):  # it has died, and we are about to hear of it
            self.wire.send(message)


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
            ready = wait([worker.wire for worker in workers], _GLANCE if waits else None)
            coordinator.flush_if_due()
            for worker in [worker for worker in workers if worker.wire in ready]:
                if _listen(worker, coordinator):
                    continue
                deaths = 0 if worker.has_reported else deaths + 1
                if deaths > _MOST_DEATHS:
                    raise WorkerError(f"{deaths} crawling processes died: see above")
                worker.wire.close()
                workers[workers.index(worker)] = _Worker(fork_server.fork(), options)
            progress(coordinator.summary)
    finally:
        for worker in workers:
            worker.wire.close()


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
    """Take in what *worker* says; return False where it has died."""
    try:
        said = worker.wire.recv()
    except (EOFError, OSError):
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
