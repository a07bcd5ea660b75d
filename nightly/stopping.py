"""Stopping before the end: by a signal, or because the time is up; what is committed stays.

What stops the work is raised out of a signal handler, wherever the program happens to be,
as a `KeyboardInterrupt`: event loops and libraries let that one pass, and roll back what
they had not finished. Python loses an exception that is raised while it calls a finalizer or
a callback from C, so it is raised again every second until somebody has `heard` it. Of one
that is raised in a function that SQLite calls, SQLite makes an error of its own: there it waits.
"""

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from catalog.words import search_text

# Seconds.
_AGAIN = 1.0
_SOON = 0.01


class Stopped(KeyboardInterrupt):
    """A signal asked the program to end; `signum` says which."""

    def __init__(self, signum: int = signal.SIGINT) -> None:
        super().__init__(signal.Signals(signum).name)
        self.signum = signum


class Ended(BaseException):
    """A command was stopped by the signal *signum*; all that it held is let go of."""

    def __init__(self, stop: KeyboardInterrupt) -> None:
        super().__init__(str(stop))
        self.signum = stop.signum if isinstance(stop, Stopped) else signal.SIGINT


class TimeUp(KeyboardInterrupt):
    """The time that a night may take is over."""


def stop_on_signals() -> None:
    """Let SIGTERM and Ctrl-C end the program by `Stopped`; a second one does so at once."""

    def stop(signum: int, frame: FrameType | None) -> None:
        _hush()
        signal.signal(signum, signal.SIG_DFL)
        has_to_wait = _is_called_by_sqlite(frame)
        _insist(lambda: Stopped(signum), after=_SOON if has_to_wait else _AGAIN)
        if not has_to_wait:
            raise Stopped(signum)

    signal.signal(signal.SIGTERM, stop)
    # With a handler of our own, asyncio does not put its own there, which Scrapy passes over.
    signal.signal(signal.SIGINT, stop)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeUp` in the block after *seconds*; 0 means never."""
    if not seconds:
        yield
        return
    _insist(TimeUp, after=seconds)
    try:
        yield
    finally:
        heard()


def heard() -> None:
    """Stop raising: whoever catches `Stopped` or `TimeUp` has to call this first."""
    signal.setitimer(signal.ITIMER_REAL, 0)


def _insist(make: Callable[[], KeyboardInterrupt], after: float = _AGAIN) -> None:
    """Raise what *make* makes *after* seconds, and again until it was `heard`."""

    def ring(_signum: int, frame: FrameType | None) -> None:
        if _is_called_by_sqlite(frame):
            signal.setitimer(signal.ITIMER_REAL, _SOON, _AGAIN)
            return
        _hush()
        raise make()

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, after, _AGAIN)


def _is_called_by_sqlite(frame: FrameType | None) -> bool:
    """Whether *frame* runs within the function that the catalog's triggers call."""
    while frame is not None and frame.f_code is not search_text.__code__:
        frame = frame.f_back
    return frame is not None


def _hush() -> None:
    """Silence asyncio: an event loop that is torn down complains of all that it leaves open."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL + 1)
