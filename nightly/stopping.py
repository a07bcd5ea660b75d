"""Stopping before the end: by a signal, or because the time is up; what is committed stays.

All of these are `KeyboardInterrupt`: event loops and libraries let that one pass, and roll
back what they had not finished.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


class Stopped(KeyboardInterrupt):
    """SIGTERM."""


class TimeUp(KeyboardInterrupt):
    """The time that a night may take is over."""


def stop_on_sigterm() -> None:
    """Let SIGTERM stop the program as Ctrl-C does."""

    def stop(_signum: int, _frame: object) -> NoReturn:
        raise Stopped

    signal.signal(signal.SIGTERM, stop)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeUp` in the block after *seconds*, once; 0 means never."""
    if not seconds:
        yield
        return

    def ring(_signum: int, _frame: object) -> NoReturn:
        raise TimeUp

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
