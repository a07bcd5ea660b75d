"""Hindsight: what only the whole of a night's crawl shows of a page."""

from dataclasses import replace
from datetime import datetime

from catalog.database import Database
from catalog.judgements import crowded_checks, rewrite
from catalog.pages import SeenPage, save_drift, seen_pages
from catalog.records import HostEvidence
from crawler.rejudge import RejudgeSummary, changes
from crawler.verdict import MANY, evidence
from crawler.verdict.drift import Expected, Shown, drift


def look_back(db: Database, run_id: int, now: datetime) -> None:
    """Judge what only the whole run shows of its pages, now that it is over."""
    look_again(db, run_id, now)
    note_drift(db, run_id)


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
        rewrite(db, changes(group, known, summary, {}), now)
    return summary


def _both(known: HostEvidence | None, more: HostEvidence) -> HostEvidence:
    return replace(more, probe=known.probe) if known is not None else more


def note_drift(db: Database, run_id: int) -> int:
    """Note which of the pages that a run saw drifted from what was linked; return how many."""
    found = {page.link_id: _drift(page) for page in seen_pages(db, run_id)}
    save_drift(db, found)
    return sum(map(bool, found.values()))


def _drift(page: SeenPage) -> str:
    expected = Expected(
        texts=page.texts,
        first_title=page.first_title,
        first_fingerprint=page.first_fingerprint,
    )
    shown = Shown(
        names=(page.title, page.heading, page.description),
        lead=page.lead,
        fingerprint=page.fingerprint,
    )
    return drift(expected, shown)
