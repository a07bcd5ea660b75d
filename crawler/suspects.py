"""Which link kills the workers that visit it: found by letting fewer and fewer go along.

A worker that dies has had many links of many hosts in its hands. Next time each of those hosts
gets a single link; where that is in the hands of a dying worker again, it is visited once more
while no other suspect is. If it dies then, too, it is that link.
"""

from collections.abc import Sequence
from enum import IntEnum

from crawler.messages import LinkTask


class _Suspicion(IntEnum):
    NONE = 0
    SINGLE = 1  # one link at a time
    ALONE = 2  # and no other suspect meanwhile


class Suspects:
    """The hosts whose links are given out with care, until a batch of them has come back."""

    def __init__(self) -> None:
        self._suspicion: dict[str, _Suspicion] = {}
        self._alone: str | None = None

    def admitted(self, host: str, tasks: Sequence[LinkTask]) -> Sequence[LinkTask]:
        """Return those of *tasks* that may be given out now: all, one, or none."""
        suspicion = self._suspicion.get(host, _Suspicion.NONE)
        if suspicion is _Suspicion.NONE:
            return tasks
        if suspicion is _Suspicion.ALONE:
            if self._alone is not None:
                return ()
            self._alone = host
        return tasks[:1]

    def convicted(self, host: str, tasks: Sequence[LinkTask]) -> Sequence[LinkTask]:
        """Return those of *tasks* that their worker must have died of: the one, or none yet."""
        suspicion = self._suspicion.pop(host, _Suspicion.NONE)
        self.forget(host)
        if suspicion is _Suspicion.ALONE:
            return tasks
        self._suspicion[host] = _Suspicion(suspicion + 1)
        return ()

    def clear(self, host: str) -> None:
        """Take in that a batch of *host* has come back."""
        self._suspicion.pop(host, None)
        self.forget(host)

    def forget(self, host: str) -> None:
        """Take in that *host* is not out any more, and nobody knows why."""
        if self._alone == host:
            self._alone = None
