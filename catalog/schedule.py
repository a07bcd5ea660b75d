"""When to look at a link again: a pure function of what stands, so that a night wastes nothing."""

from datetime import datetime, timedelta
from zlib import crc32

from catalog.standing import NIGHT, Derived
from catalog.vocabulary import Standing

ROUND = 7  # nights between two looks at a healthy link
_BLOCKED = 14  # a wall that stands today stands tomorrow
_UNCLEAR = 3
_LONGEST = 30

_DAY = timedelta(days=1)
_SLACK = _DAY - NIGHT  # due a little early, so that a run which starts early finds it


def next_check(derived: Derived, url: str, now: datetime) -> datetime:
    """Return when the link to *url*, just checked at *now*, is due again.

    Healthy links come back on their own weekday out of `ROUND`, which follows from the
    address alone: a thousand links met on one night are spread evenly over the next seven,
    and stay so. A broken link is looked at again after 2, 4, 8, 16 nights, then every 30.
    """
    return now + _nights(derived, url, now) * _DAY - _SLACK


def _nights(derived: Derived, url: str, now: datetime) -> int:
    match derived.standing:
        case Standing.SUSPECT | Standing.UNCHECKED:
            return 1
        case Standing.BROKEN:
            # The exponent is bounded first: a link may stay broken for a thousand nights.
            return min(_LONGEST, 1 << min(derived.strikes, 5))
        case Standing.BLOCKED:
            return _BLOCKED
        case Standing.UNCLEAR:
            return _UNCLEAR
        case Standing.OK | Standing.MOVED | Standing.SKIPPED:
            slot = crc32(url.encode()) % ROUND
            return (slot - now.toordinal()) % ROUND or ROUND
