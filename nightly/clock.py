"""The night's clock: the time of day, or one that started at a moment of our choice."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def clock(start: datetime | None) -> Clock:
    """Return a clock that shows the time in UTC, or runs on from *start* where that is given."""
    if start is None:
        return lambda: datetime.now(UTC)
    begun = time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - begun)
