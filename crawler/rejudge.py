"""Judge visits again, as the catalog kept them, by the rules of today."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from catalog.database import Database
from catalog.judgements import KeptCheck, Rejudged, kept_checks, rewrite
from catalog.records import HostEvidence, Judgement
from catalog.vocabulary import SUCCESS, Reason
from crawler.verdict import judge

_NOT_MODIFIED: Final = 304


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
    lost: dict[int, Judgement] = {}
    for batch in kept_checks(db):
        summary.looked_at += len(batch)
        known = [kept.neighbours for kept in batch]
        rewrite(db, changes(batch, known, summary, lost), now)
    return summary


def changes(
    batch: Sequence[KeptCheck],
    known: Sequence[HostEvidence | None],
    summary: RejudgeSummary,
    lost: dict[int, Judgement],
) -> list[Rejudged]:
    """Return the checks of *batch* of which the rules now say something else, and count them.

    *known* is what each host said elsewhere, check by check. *lost* holds, by link, what is
    said of its newest page where that is none, and is brought up to date.
    """
    found = []
    for kept, neighbours in zip(batch, known, strict=True):
        judgement = _again(kept, neighbours, lost)
        if judgement == kept.judgement:
            continue
        if judgement.reason is not kept.judgement.reason:
            summary.changed[kept.judgement.reason, judgement.reason] += 1
        found.append(Rejudged(kept=kept, judgement=judgement, neighbours=neighbours))
    return found


def _again(
    kept: KeptCheck, neighbours: HostEvidence | None, lost: dict[int, Judgement]
) -> Judgement:
    """Judge one check again; «not modified» says once more what the page said."""
    judgement = judge(kept.visit, neighbours)
    if kept.visit.status == _NOT_MODIFIED:
        return lost.get(kept.link_id, judgement)
    if judgement.verdict in SUCCESS:
        lost.pop(kept.link_id, None)
    elif kept.visit.page is not None:
        lost[kept.link_id] = judgement
    return judgement
