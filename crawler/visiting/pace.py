"""Politeness towards one host: how many requests at a time, and how far apart."""

import asyncio
from collections import deque
from typing import Self

from crawler.steady import steady_time

# A slow host gets at least this many times as long a rest as its answers take, up to a
# limit, so that we are never what keeps it busy.
_REST_PER_ANSWER = 2.0
_LONGEST_REST = 10.0

# What the way to the server may add to one request and not to the next, where no answer
# tells us.
_MARGIN_SHARE = 1.01
_MARGIN = 0.005

# How much of the delay an ordinary answer may cost in addition. Below this the gap is counted
# from the answer itself.
_ANSWER_SHARE = 0.025

# As many answers say how long a host usually takes.
_REMEMBERED = 8


class Pace:
    """Who may send to one host, and when. All times are `steady_time()`: workers share them.

    The server counts from when a request reaches it, which we do not see: it is later than
    when we sent the request, and earlier than when its answer came. So the next one waits for
    the delay after the sending, and after the answer, too. From the latter is taken off what
    this host always needs to answer, as that is no time on the way; a request that was held
    up thus holds up the next one for as long. The first one, of which nothing is known to
    compare with, counts from its answer alone.
    """

    def __init__(self, delay: float, concurrency: int, *, not_before: float = 0.0) -> None:
        self._delay = delay
        self._concurrency = concurrency
        self._places = asyncio.Semaphore(concurrency)
        self._gate = asyncio.Lock()
        self._latency = 0.0
        self._answers: deque[float] = deque(maxlen=_REMEMBERED)
        self.ready_at = not_before

    def hold(self, until: float) -> None:
        """Send nothing before *until*; an earlier time than is known already changes nothing."""
        self.ready_at = max(self.ready_at, until)

    def turn(self) -> "Turn":
        """Return a turn to wait for: `async with`. No other begins before its request is sent."""
        return Turn(self)

    async def begin(self) -> None:
        """Wait until the next request may be sent."""
        await self._places.acquire()
        try:
            await self._gate.acquire()
        except BaseException:
            self._places.release()
            raise
        try:
            while (wait := self.ready_at - steady_time()) > 0:  # noqa: ASYNC110 (a time, not an event)
                await asyncio.sleep(wait)  # others may move the time meanwhile
        except BaseException:
            self._gate.release()
            self._places.release()
            raise

    # What a turn tells us.

    def sent(self, at: float) -> None:
        """Take in that a request was sent: its turn is over, and the next one has to wait."""
        rest = min(self._latency * _REST_PER_ANSWER / self._concurrency, _LONGEST_REST)
        if self._delay > 0:
            self.hold(at + max(self._delay, rest) * _MARGIN_SHARE + _MARGIN)
        self._gate.release()

    def answered(self, sent_at: float, at: float) -> None:
        """Take in when the answer came to a request."""
        usual = min(self._answers, default=0.0)
        self._answers.append(at - sent_at)
        self.hold(at + self._delay - max(usual - self._delay * _ANSWER_SHARE, 0.0))

    def unanswered(self, at: float) -> None:
        """Take in that the wait for an answer is over: nobody knows when the request arrived."""
        self.hold(at + self._delay)

    def took(self, seconds: float) -> None:
        """Take in how long the host was busy with us."""
        self._latency = (self._latency + seconds) / 2 if self._latency else seconds

    def end(self) -> None:
        """Take in that a turn is over: there is a place for another one."""
        self._places.release()


class Turn:
    """One request to a host. Whoever makes it says when it was sent, and when it was answered."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._sent_at: float | None = None
        self._is_answered = False

    async def __aenter__(self) -> Self:
        """Wait for the turn."""
        await self._pace.begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Be over, however it went."""
        now = steady_time()
        if self._sent_at is not None:
            self._pace.took(now - self._sent_at)
        if not self._is_answered:
            self._pace.unanswered(now)
        self.sent()
        self._pace.end()

    def sent(self) -> None:
        """Say that the request is on its way."""
        if self._sent_at is None:
            self._sent_at = steady_time()
            self._pace.sent(self._sent_at)

    def answered(self) -> None:
        """Say that the answer has begun."""
        if self._sent_at is not None and not self._is_answered:
            self._is_answered = True
            self._pace.answered(self._sent_at, steady_time())
