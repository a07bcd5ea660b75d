"""Several processes that visit side by side, and one, this one, that writes.

A worker is a Python of its own that runs the spider `links`; it is told what to visit, and
tells what it saw, over a socket to its parent. When the parent dies, however suddenly, the
socket closes and the worker is gone before it can send another request.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait
from threading import Thread
from typing import NoReturn

from crawler.coordinator import Coordinator
from crawler.messages import HostBatch, HostDone, Report
from crawler.options import CrawlOptions
from crawler.sources import Progress
from crawler.steady import anchor, keep_to

# A worker gets so many hosts at once that all of them have some, however few there are.
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
    """One child process, its end of the wire, and what it has been given."""

    def __init__(self, options: CrawlOptions) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 (our own module, in our own Python)
                [sys.executable, "-m", "crawler.workers", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        self.wire: Connection[object, object] = Connection(ours.detach())
        self.wire.send((options, anchor()))
        self.batches: dict[str, HostBatch] = {}
        self.has_come = False  # it has said something
        self.free = 0  # how many more hosts it wants
        self.has_reported = False

    def give(self, batches: Sequence[HostBatch]) -> None:
        self.batches |= {batch.host: batch for batch in batches}
        self.free -= len(batches)
        self.wire.send(batches)

    def end(self) -> None:
        self.wire.close()
        self.process.wait()


def crawl_with_workers(
    coordinator: Coordinator, options: CrawlOptions, count: int, progress: Progress
) -> None:
    """Let *count* processes visit what *coordinator* leases, until there is nothing left.

    Raises `WorkerError` where they cannot be kept alive.
    """
    workers = [_Worker(options) for _ in range(count)]
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
                workers[workers.index(worker)] = _Worker(options)
            progress(coordinator.summary)
    finally:
        for worker in workers:
            worker.end()


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
        worker.process.wait()
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


class WireSource:
    """The source of a worker's spider: its parent, at the other end of the wire.

    What the parent sends is received by a thread of its own. The parent does not read while
    it sends, nor does the spider: if both had more to say than the wire holds, they would
    wait for each other for ever.
    """

    def __init__(self, wire: "Connection[object, object]") -> None:
        self._wire = wire
        self._loop = asyncio.get_running_loop()
        self._arrived: asyncio.Queue[Sequence[HostBatch]] = asyncio.Queue()
        Thread(target=self._receive, name="wire", daemon=True).start()

    async def more(self, free: int) -> Sequence[HostBatch]:
        """Return batches for up to *free* more hosts, when the parent has any."""
        if self._arrived.empty():
            self._wire.send(free)
        return await self._arrived.get()

    def take(self, reports: Sequence[Report]) -> None:
        """Tell the parent what came of batches."""
        try:
            self._wire.send(tuple(reports))
        except OSError:
            _leave()

    def _receive(self) -> None:
        while True:
            try:
                batches = self._wire.recv()
            except (EOFError, OSError):
                _leave()
            assert isinstance(batches, Sequence)  # there are no other messages
            self._loop.call_soon_threadsafe(self._arrived.put_nowait, batches)


def _leave() -> NoReturn:
    """End at once: whoever leased our hosts to us is gone, and may be leasing them anew."""
    os._exit(0)


async def _work(wire: "Connection[object, object]") -> None:
    from crawler.runner import run_spider  # not in the parent: see `crawl`

    first = wire.recv()
    assert isinstance(first, tuple)  # there is no other message at first
    options, clock = first
    keep_to(clock)
    await run_spider(WireSource(wire), options)


def main() -> None:
    """Be a worker, on the wire whose number is the only argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    asyncio.run(_work(Connection(int(sys.argv[1]))))


if __name__ == "__main__":
    main()
