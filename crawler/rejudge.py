"""Judge visits again as the catalog kept them: by newer rules, or knowing the rest of a night."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlite_utils import Database

from catalog.judgements import KeptCheck, Rejudged, crowded_checks, kept_checks, rewrite
from catalog.records import HostEvidence
from catalog.vocabulary import Reason
from crawler.verdict import MANY, evidence, judge


@dataclass(slots=True)
class RejudgeSummary:
    """What judging again did: how many visits it looked at, and what became of which reason."""

    looked_at: int = 0
    changed: Counter[tuple[Reason, Reason]] = field(default_factory=Counter)

    @property
    def figures(self) -> dict[str, object]:
        """The counts, for the row of the run: `ok -> soft_404` and how many."""
        return {
            "looked_at": self.looked_at,
            "changed": self.changed.total(),
            "reasons": {f"{old} -> {new}": count for (old, new), count in self.changed.items()},
        }


def rejudge(db: Database, now: datetime) -> RejudgeSummary:
    """Judge every visit to a page again by the rules of today, and return what changed.

    What was seen stays as it was; verdict, reason, rule and suggestion of a check are
    derived from it and are written anew, as is what stands of its link. Killed, it has
    done a part; begun again, it does the rest.
    """
    summary = RejudgeSummary()
    for batch in kept_checks(db):
        summary.looked_at += len(batch)
        rewrite(db, _changes(batch, [kept.neighbours for kept in batch], summary), now)
    return summary


def look_again(db: Database, run_id: int, now: datetime) -> RejudgeSummary:
    """Judge again the pages of a run of which their host showed too many, and return what changed.

    While a crawl is under way, the first links of a host that end at one page look like
    any redirect; only the third tells what the first two were.
    """
    summary = RejudgeSummary()
    for group in crowded_checks(db, run_id, MANY):
        summary.looked_at += len(group)
        found = evidence([kept.visit for kept in group])
        known = [_both(kept.neighbours, more) for kept, more in zip(group, found, strict=True)]
        rewrite(db, _changes(group, known, summary), now)
    return summary


def _changes(
    batch: Sequence[KeptCheck],
    known: Sequence[HostEvidence | None],
    summary: RejudgeSummary,
) -> list[Rejudged]:
    changes = []
    for kept, neighbours in zip(batch, known, strict=True):
        judgement = judge(kept.visit, neighbours)
        if judgement == kept.judgement:
            continue
        if judgement.reason is not kept.judgement.reason:
            summary.changed[kept.judgement.reason, judgement.reason] += 1
        changes.append(Rejudged(kept=kept, judgement=judgement, neighbours=neighbours))
    return changes


def _both(known: HostEvidence | None, more: HostEvidence) -> HostEvidence:
    return replace(more, probe=known.probe) if known is not None else more
