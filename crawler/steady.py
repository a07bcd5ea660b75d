"""The time of day for one run: right when the process began, and never set back or forward since.

Leases and turns are promises in terms of the time of day, since workers on several machines
keep them. Whoever sets a machine's clock in the middle of a night must not move them.
"""

import time

# Linux counts the time that a machine sleeps by this clock only.
_TICKING = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

_anchor = time.time() - time.clock_gettime(_TICKING)


def steady_time() -> float:
    """Return the seconds since 1970, as `time.time()` would if nobody had set the clock."""
    return _anchor + time.clock_gettime(_TICKING)


def anchor() -> float:
    """Return what makes `steady_time` the same in another process of this machine."""
    return _anchor


def keep_to(anchor: float) -> None:
    """Let `steady_time` be that of the process whose `anchor` this is."""
    global _anchor
    _anchor = anchor
