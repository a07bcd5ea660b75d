"""What is known of papers: which to ask arXiv about, and what its answers change."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from catalog.checks import save_checks
from catalog.clock import stamp
from catalog.database import Database
from catalog.records import Check, DuePaper, Judgement, PaperLook, Visit
from catalog.vocabulary import Reason

# Papers change rarely: a new version, a withdrawal.
NEXT_LOOK = timedelta(days=7)

_DUE = """
    SELECT id, arxiv_id FROM papers
    WHERE (next_look_at <= :now OR :everything OR EXISTS (
        SELECT 1 FROM links WHERE links.paper_id = papers.id AND links.judge = 'paper'
            AND links.present = 1 AND links.standing = 'unchecked'))
      AND EXISTS (SELECT 1 FROM links WHERE links.paper_id = papers.id AND links.present = 1)
      AND (run_id IS NULL OR run_id <> :run_id)
    ORDER BY fetched_at IS NOT NULL, fetched_at, id LIMIT :limit
"""

_LINKS = """
    SELECT id, url FROM links
    WHERE judge = 'paper' AND present = 1 AND paper_id = :paper_id
    ORDER BY id
"""


def due_papers(
    db: Database,
    run_id: int,
    now: datetime,
    *,
    limit: int | None = None,
    everything: bool = False,
) -> list[DuePaper]:
    """Return the papers to ask about, never-seen ones first, then the longest unseen.

    A new link makes its paper due, however lately that was seen; one that nothing links to
    any more is not.
    """
    values = {
        "now": stamp(now),
        "run_id": run_id,
        "everything": everything,
        "limit": -1 if limit is None else limit,
    }
    return [
        DuePaper(paper_id=row["id"], arxiv_id=row["arxiv_id"]) for row in db.query(_DUE, values)
    ]


def save_papers(db: Database, run_id: int, looks: Iterable[PaperLook], now: datetime) -> None:
    """Write *looks* and the checks of the links to these papers, in one transaction.

    A paper that arXiv does not know keeps whatever was known of it.
    """
    with db.atomic():
        for look in looks:
            db.table("papers").update(look.paper_id, _values(look, run_id, now))
            _check_links(db, run_id, look, now)


def save_unanswered(db: Database, said: Mapping[int, str]) -> None:
    """Write what was *said* instead of an answer about papers, by their numbers; all stay due."""
    with db.atomic():
        for paper_id, words in said.items():
            db.table("papers").update(paper_id, {"message": words})


def _values(look: PaperLook, run_id: int, now: datetime) -> dict[str, str | int | None]:
    asked: dict[str, str | int | None] = {
        "run_id": run_id,
        "next_look_at": stamp(now + NEXT_LOOK),
        "message": "",
    }
    if not look.found:
        return {**asked, "state": "gone"}
    return {
        **asked,
        "state": "ok",
        "title": look.title,
        "authors": json.dumps(look.authors, ensure_ascii=False),
        "categories": json.dumps(look.categories),
        "published_at": look.published_at,
        "updated_at": look.updated_at,
        "version": look.version,
        "withdrawn": int(look.withdrawn),
        "fetched_at": look.looked_at,
    }


def _check_links(db: Database, run_id: int, look: PaperLook, now: datetime) -> None:
    judgement = (
        Judgement(reason=Reason.OK, rule="arxiv: found")
        if look.found
        else Judgement(
            reason=Reason.PAPER_GONE,
            rule="arxiv: not found",
            evidence=f"arXiv has no paper {look.arxiv_id}",
        )
    )
    checks = [
        Check(
            link_id=row["id"],
            checked_at=look.looked_at,
            judgement=judgement,
            visit=Visit(url=row["url"], status=200, final_url=row["url"]),
        )
        for row in db.query(_LINKS, {"paper_id": look.paper_id})
    ]
    save_checks(db, run_id, checks, now)
