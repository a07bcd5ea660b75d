"""Judgements written again on visits as they were kept: the visit stays, what it means changes."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.checks import derive
from catalog.database import Database
from catalog.evidence import neighbours_of, to_seen, visit_of
from catalog.records import HostEvidence, Judgement, Visit
from catalog.vocabulary import SUCCESS, Reason

_BATCH = 1_000

# Forges, arXiv and the archive judge by what no check keeps.
_KEPT = """
    SELECT checks.*, links.url FROM checks JOIN links ON links.id = checks.link_id
    WHERE links.judge = 'page' AND """


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCheck:
    """A check as the catalog has it: the visit, what was known beside it, and what was said."""

    check_id: int
    link_id: int
    visit: Visit
    neighbours: HostEvidence | None
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudged:
    """A check with what is said of it now, and what that rests on."""

    kept: KeptCheck
    judgement: Judgement
    neighbours: HostEvidence | None


def kept_checks(db: Database) -> Iterator[list[KeptCheck]]:
    """Yield all checks of pages in batches, the oldest first; writing in between is fine."""
    last = 0
    while rows := list(
        db.query(f"{_KEPT} checks.id > ? ORDER BY checks.id LIMIT ?", [last, _BATCH])
    ):
        last = rows[-1]["id"]
        yield [_kept(row) for row in rows]


def crowded_checks(db: Database, run_id: int, many: int) -> Iterator[list[KeptCheck]]:
    """Yield, by host and in batches, the good checks of a run that came to what *many* came to.

    That is one address at the end of redirects, or one text under different addresses.
    """
    for select in (_CROWDED_ENDS, _CROWDED_TEXTS):
        groups = db.execute(select, {"run": run_id, "many": many}).fetchall()
        for (among,) in groups:
            ids = json.loads(among)
            for start in range(0, len(ids), _BATCH):
                # Also the last batch is a crowd.
                batch = ids[max(0, min(start, len(ids) - many)) :][:_BATCH]
                rows = db.query(
                    f"{_KEPT} checks.id IN (SELECT value FROM json_each(?))", [json.dumps(batch)]
                )
                yield [_kept(row) for row in rows]


def rewrite(db: Database, rejudged: Iterable[Rejudged], now: datetime) -> None:
    """Write new judgements in place of the old, and derive what stands of their links.

    One transaction. A page that turns out to be none that was linked is no longer kept
    as what readers see, and names no repositories.
    """
    changes = list(rejudged)
    with db.atomic():
        db.conn.executemany(
            "UPDATE checks SET verdict = ?, reason = ?, rule = ?, evidence = ?, suggestion = ?, "
            "seen = ? WHERE id = ?",
            [_row(change) for change in changes],
        )
        lost = [c.kept for c in changes if c.judgement.verdict not in SUCCESS]
        db.conn.executemany(
            "DELETE FROM repo_mentions WHERE via = 'page' AND link_id IN "
            "(SELECT link_id FROM pages WHERE check_id = ?)",
            [(kept.check_id,) for kept in lost],
        )
        db.conn.executemany(  # «not modified» would be no good news of such a page
            "UPDATE links SET etag = '', last_modified = '' WHERE id IN "
            "(SELECT link_id FROM pages WHERE check_id = ?)",
            [(kept.check_id,) for kept in lost],
        )
        db.conn.executemany(
            "DELETE FROM pages WHERE check_id = ?", [(kept.check_id,) for kept in lost]
        )
        derive(db, sorted({change.kept.link_id for change in changes}), now)


_CROWDED_ENDS = """
    SELECT json_group_array(checks.id) FROM checks JOIN links ON links.id = checks.link_id
    WHERE run_id = :run AND hops <> '[]' AND verdict IN ('ok', 'moved') AND judge = 'page'
    GROUP BY links.host_id, final_url HAVING count(*) >= :many"""

_CROWDED_TEXTS = """
    SELECT json_group_array(pages.check_id) FROM pages JOIN links ON links.id = pages.link_id
    WHERE pages.run_id = :run AND fingerprint <> '' AND judge = 'page'
    GROUP BY links.host_id, fingerprint, title, heading HAVING count(*) >= :many"""


def _kept(row: Mapping[str, Any]) -> KeptCheck:
    return KeptCheck(
        check_id=row["id"],
        link_id=row["link_id"],
        visit=visit_of(row, row["url"]),
        neighbours=neighbours_of(row),
        judgement=Judgement(
            reason=Reason(row["reason"]),
            rule=row["rule"],
            evidence=row["evidence"],
            suggestion=row["suggestion"],
        ),
    )


def _row(change: Rejudged) -> tuple[object, ...]:
    judgement = change.judgement
    return (
        judgement.verdict,
        judgement.reason,
        judgement.rule,
        judgement.evidence,
        judgement.suggestion,
        to_seen(change.kept.visit, change.neighbours),
        change.kept.check_id,
    )
