"""What a crawl did, counted as it goes: for whoever watches, and for the row of the run."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from catalog.records import Judgement
from catalog.vocabulary import Reason, Verdict
from crawler.messages import Visited


@dataclass(slots=True)
class CrawlSummary:
    """What a crawl did. `reached` counts the links whose host answered with a status.

    `set_aside` are the hosts that were given up for the night, with the links of them
    that were therefore not visited and are still due; `resting` those that asked to be left
    alone for longer than the crawl waits, in the same way. `workers` says in words who is at work,
    and `notes` what a person should know of it.
    """

    due: int = 0
    visited: int = 0
    reached: int = 0
    requests: int = 0
    size: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    hosts_reached: set[str] = field(default_factory=set)
    hosts_silent: set[str] = field(default_factory=set)
    set_aside: dict[str, int] = field(default_factory=dict)
    resting: dict[str, int] = field(default_factory=dict)
    workers: str = ""
    notes: list[str] = field(default_factory=list)

    def count(self, report: Visited) -> None:
        """Count a visit that is over for this night."""
        visit = report.visit
        self.visited += 1
        self.verdicts[report.judgement.verdict] += 1
        self.reasons[report.judgement.reason] += 1
        self.requests += len(visit.hops) + 1
        self.size += visit.size
        if visit.status is not None or visit.hops:
            self.reached += 1
            self.hosts_reached.add(report.host)
        elif report.judgement.verdict is Verdict.UNREACHABLE:
            self.hosts_silent.add(report.host)

    def recount(self, counted: Judgement, written: Judgement) -> None:
        """Count as *written* the judgement of a visit that was *counted* as something else."""
        for tally, before, after in (
            (self.verdicts, counted.verdict, written.verdict),
            (self.reasons, counted.reason, written.reason),
        ):
            tally[after] += 1
            tally[before] -= 1
            if not tally[before]:
                del tally[before]

    @property
    def is_offline(self) -> bool:
        """Whether nothing at all could be reached, so that nothing may be concluded."""
        return not self.reached and bool(self.verdicts[Verdict.UNREACHABLE] or self._not_found)

    def left(self, *, in_time: bool) -> dict[str, int]:
        """Return how many links were not visited, by why not, in words.

        What nothing else explains was left when the time was up, or, where the crawl ended
        *in_time*, lay with hosts whose rest had begun before it.
        """
        resting, set_aside = sum(self.resting.values()), sum(self.set_aside.values())
        found = {
            "of hosts that asked to be left alone": resting,
            "of hosts that were set aside": set_aside,
            "of hosts that an earlier run left alone" if in_time else "when the time was up": (
                self.due - self.visited - resting - set_aside
            ),
        }
        return {why: number for why, number in found.items() if number > 0}

    @property
    def figures(self) -> dict[str, object]:
        """The counts, for the row of the run."""
        return {
            "due": self.due,
            "visited": self.visited,
            "reached": self.reached,
            "requests": self.requests,
            "bytes": self.size,
            "verdicts": dict(self.verdicts),
            "hosts_reached": len(self.hosts_reached),
            "hosts_silent": sorted(self.hosts_silent - self.hosts_reached),
            "set_aside": self.set_aside,
            "resting": self.resting,
        }

    @property
    def _not_found(self) -> int:
        return self.reasons[Reason.HOST_NOT_FOUND]


Progress = Callable[[CrawlSummary], None]
"""Whoever watches a crawl."""
