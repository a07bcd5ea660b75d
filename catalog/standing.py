"""What stands of a link after all its checks: a fold over history, without clock or database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from catalog.clock import moment
from catalog.records import PastCheck
from catalog.vocabulary import SOFT_EVIDENCE, SUCCESS, Reason, Standing, Verdict

# Two failures count as two nights only this far apart, so that a second run on one evening
# adds nothing; less than a day, so that a run which starts a little earlier still counts.
NIGHT = timedelta(hours=20)

SILENT_NIGHTS = 3  # a host may be down over a weekend
SOFT_NIGHTS = 2  # a rule may have misread the page once

# A link flaps when it changed between reachable and not this often in its last nights.
FLAPPING_WINDOW = 10
FLAPPING_CHANGES = 3

_FAILURE = frozenset({Verdict.BROKEN, Verdict.UNREACHABLE})
_TELLING = SUCCESS | _FAILURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What follows from a link's checks; times as the catalog writes them, empty for never.

    `since` is when the standing began. For a broken link that is the night it broke, even
    if a wall stood before it in between: nobody wants to hear of the same break twice.
    `first_seen_broken` is the first failure after the last success, whatever its verdict.
    `strikes` counts the nights that failed since then. `fixed_at` is the first success
    after the last time that the link was broken.
    """

    standing: Standing = Standing.UNCHECKED
    since: str = ""
    reason: Reason | None = None
    first_seen_broken: str = ""
    last_ok: str = ""
    strikes: int = 0
    flapping: bool = False
    fixed_at: str = ""


def standing(checks: Sequence[PastCheck]) -> Derived:
    """Return what stands after *checks*, oldest first, all from runs that are trusted."""
    state = _State()
    for check in checks:
        state.add(check)
    return state.told(flapping=is_flapping(checks))


def is_flapping(checks: Sequence[PastCheck]) -> bool:
    """Return whether the last nights of *checks* went up and down too often to call.

    Only the last word of a night counts, and only success or failure: a wall says neither.
    """
    if len(checks) <= FLAPPING_CHANGES:
        return False
    nights: list[tuple[datetime, bool]] = []
    for check in checks:
        if check.verdict not in _TELLING:
            continue
        at = moment(check.checked_at)
        if nights and at - nights[-1][0] < NIGHT:
            at = nights.pop()[0]
        nights.append((at, check.verdict in SUCCESS))
    window = [up for _, up in nights[-FLAPPING_WINDOW:]]
    changes = sum(before != after for before, after in pairwise(window))
    return changes >= FLAPPING_CHANGES


class _State:
    """The fold's state: what has been counted since the last success."""

    def __init__(self) -> None:
        self.standing = Standing.UNCHECKED
        self.since = ""
        self.reason: Reason | None = None
        self.last_ok = ""
        self.fixed_at = ""
        self._forget()

    def _forget(self) -> None:
        self.first_failed = ""
        self.broke_at = ""
        self.last_strike: datetime | None = None
        self.strikes = self.silent = self.soft = 0

    def add(self, check: PastCheck) -> None:
        if check.verdict in _FAILURE:
            self._fail(check)
            return
        if check.verdict in SUCCESS:
            if self.broke_at:
                self.fixed_at = check.checked_at
            self._forget()
            self.last_ok = check.checked_at
        elif check.verdict is not Verdict.SKIPPED:
            self.silent = 0  # whatever it said, the host has spoken
        self._stand(Standing(check.verdict.value), check)

    def _fail(self, check: PastCheck) -> None:
        self.first_failed = self.first_failed or check.checked_at
        at = moment(check.checked_at)
        silent = check.verdict is Verdict.UNREACHABLE
        soft = check.reason in SOFT_EVIDENCE
        if not silent:
            self.silent = 0  # the host has spoken
        if self.last_strike is None or at - self.last_strike >= NIGHT:
            self.last_strike = at
            self.strikes += 1
            self.silent += silent
            self.soft += soft
        hard = not silent and not soft
        if hard or self.silent >= SILENT_NIGHTS or self.soft >= SOFT_NIGHTS:
            self.broke_at = self.broke_at or check.checked_at
        if self.standing is Standing.BROKEN and silent:
            return  # silence adds nothing to what the server itself has said
        is_silence = silent and self.silent < SILENT_NIGHTS  # after a wall it says nothing yet
        if not self.broke_at or is_silence:
            self._stand(Standing.SUSPECT, check)
            return
        self.fixed_at = ""
        self._stand(Standing.BROKEN, check)
        self.since = self.broke_at

    def _stand(self, standing: Standing, check: PastCheck) -> None:
        if self.standing is not standing:
            self.since = check.checked_at
        self.standing = standing
        self.reason = check.reason

    def told(self, *, flapping: bool) -> Derived:
        return Derived(
            standing=self.standing,
            since=self.since,
            reason=self.reason,
            first_seen_broken=self.first_failed,
            last_ok=self.last_ok,
            strikes=self.strikes,
            flapping=flapping,
            fixed_at=self.fixed_at,
        )
