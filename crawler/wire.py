"""The worker's end of the wire to its parent, which leases to it and hears what came of it."""

import asyncio
import os
import time
from collections.abc import Sequence
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, NoReturn

from crawler.messages import HostBatch, Report
from crawler.runner import run_spider
from crawler.steady import keep_to

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


# A worker whose loop is late by so many seconds has hosts enough; else it has time for some more.
_LATE = 0.005
_SOME = 32


class WireSource:
    """The source of a worker's spider: its parent, at the other end of the wire.

    Two threads send and receive. The parent does not read while it writes into the catalog,
    and the wire holds less than what is seen meanwhile: the spider would wait with all of its
    hosts. Nor does it read while it sends: if both ends had more to say than the wire holds,
    they would wait for each other for ever.
    """

    def __init__(self, wire: "Connection[object, object]", delay: float) -> None:
        self._wire = wire
        self._delay = delay
        self._loop = asyncio.get_running_loop()
        self._arrived: asyncio.Queue[Sequence[HostBatch]] = asyncio.Queue()
        self._unsent: SimpleQueue[object] = SimpleQueue()
        Thread(target=self._receive, name="receive", daemon=True).start()
        Thread(target=self._send, name="send", daemon=True).start()

    async def more(self, free: int) -> Sequence[HostBatch]:
        """Return batches for up to *free* more hosts, when there are any.

        Hosts that are owed a delay are waited for most of the time, so that there can be many of
        them. Others keep a worker busy; more than it has time for would be visited no sooner,
        and at the end the other workers would have nothing to do.
        """
        if self._arrived.empty() and not self._delay:
            free = min(free, _SOME)
            await self._time_for_more()
        if self._arrived.empty():
            self._unsent.put(free)
        return await self._arrived.get()

    def take(self, reports: Sequence[Report]) -> None:
        """Tell the parent what came of batches."""
        self._unsent.put(tuple(reports))

    async def _time_for_more(self) -> None:
        """Return when the loop is in time."""
        late = _LATE
        while late >= _LATE:
            due = time.monotonic() + _LATE
            await asyncio.sleep(_LATE)
            late = time.monotonic() - due

    def _send(self) -> None:
        while True:
            try:
                self._wire.send(self._unsent.get())
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


async def visit_for_parent(wire: "Connection[object, object]") -> None:
    """Visit what the parent, at the other end of *wire*, leases, until it is gone."""
    try:
        first = wire.recv()
    except EOFError:
        _leave()
    assert isinstance(first, tuple)  # there is no other message at first
    options, clock = first
    keep_to(clock)
    await run_spider(WireSource(wire, options.delay), options)
