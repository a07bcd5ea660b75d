"""Politeness towards one host: how many requests at a time, and how far apart."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

# A slow host gets at least this many times as long a rest as its answers take, up to a
# limit, so that we are never what keeps it busy.
_REST_PER_ANSWER = 2.0
_LONGEST_REST = 10.0

# Requests are sent by our clock and counted by the server's: what the network adds to one
# of them and not to the next must not bring them closer than promised.
_MARGIN_SHARE = 1.01
_MARGIN = 0.005


class Pace:
    """Who may send to one host, and when. All times are `time.time()`: workers share them.

    The gap is counted from when a request has been sent, not from when it was begun:
    opening a connection takes time, and the next request may find one open. The first one
    also waits to be accepted, so that its gap is counted from its answer.
    """

    def __init__(self, delay: float, concurrency: int, *, not_before: float = 0.0) -> None:
        self._delay = delay
        self._concurrency = concurrency
        self._places = asyncio.Semaphore(concurrency)
        self._gate = asyncio.Lock()
        self._latency = 0.0
        self._is_first = True
        self.ready_at = not_before

    @property
    def gap(self) -> float:
        """Seconds from one request to the next, as slow as the host is slow."""
        rest = min(self._latency * _REST_PER_ANSWER / self._concurrency, _LONGEST_REST)
        if self._delay <= 0:
            return 0.0
        return max(self._delay, rest) * _MARGIN_SHARE + _MARGIN

    def hold(self, until: float) -> None:
        """Send nothing before *until*; an earlier time than is known already changes nothing."""
        self.ready_at = max(self.ready_at, until)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Callable[[], None]]:
        """Wait for a turn, and yield what to call when its request has been sent.

        Nobody else's turn begins before that call, or before the turn is over.
        """
        async with self._places:
            await self._gate.acquire()
            begun = time.time()
            is_sent = False

            def sent() -> None:
                nonlocal is_sent, begun
                if not is_sent:
                    is_sent = True
                    begun = time.time()
                    self.hold(begun + self.gap)
                    self._gate.release()

            try:
                while (wait := self.ready_at - time.time()) > 0:  # noqa: ASYNC110 (a time, not an event)
                    await asyncio.sleep(wait)  # others may move the time meanwhile
                begun = time.time()
                yield sent
            finally:
                took = time.time() - begun
                self._latency = took if not self._latency else (self._latency + took) / 2
                if self._is_first:
                    self._is_first = False
                    self.hold(time.time() + self.gap)
                sent()
