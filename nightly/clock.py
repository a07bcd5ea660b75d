"""The night's clock: the time of day, or one that started at a moment of our choice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from crawler.steady import steady_time

Clock = Callable[[], datetime]


def clock(start: datetime | None) -> Clock:
    """Return a clock in UTC that runs on from *start*, or from now.

    Whoever sets the clock of the machine during a night does not set this one.
    """
    begun = steady_time()
    first = start or datetime.fromtimestamp(begun, UTC)
    return lambda: first + timedelta(seconds=steady_time() - begun)
