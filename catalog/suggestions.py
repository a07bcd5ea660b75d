"""Addresses that might be written instead of a link's own: thought of, visited, then offered."""

from dataclasses import dataclass
from datetime import datetime

from catalog.clock import stamp
from catalog.database import Database
from catalog.vocabulary import SuggestionKind, Verdict

# Which of a link's suggestions is the one to tell people of: a page that moved is still itself.
BEST_FIRST = """
    CASE suggestions.kind WHEN 'moved' THEN 1 WHEN 'renamed' THEN 2 ELSE 3 END, suggestions.id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnvisitedSuggestion:
    """A suggestion that nobody may see before it was visited."""

    suggestion_id: int
    address: str


def suggest(db: Database, link_id: int, kind: SuggestionKind, address: str, now: datetime) -> None:
    """Write down that *address* might stand for the link, unless that is known already."""
    db.execute(
        """
        INSERT INTO suggestions (link_id, kind, address, found_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (link_id, address) DO NOTHING""",
        (link_id, kind, address, stamp(now)),
    )


def unvisited_suggestions(db: Database) -> tuple[UnvisitedSuggestion, ...]:
    """Return what is still to be visited, for links that are in need of it."""
    rows = db.query(
        """
        SELECT suggestions.id AS suggestion_id, suggestions.address FROM suggestions
        JOIN links ON links.id = suggestions.link_id
        WHERE suggestions.verdict IS NULL AND links.present = 1 AND links.standing <> 'ok'
        ORDER BY suggestions.id"""
    )
    return tuple(UnvisitedSuggestion(**row) for row in rows)


def save_visit(db: Database, suggestion_id: int, verdict: Verdict, now: datetime) -> None:
    """Write down what a reader would get at a suggestion.

    Silence and walls say nothing about an address, so that it stays unvisited then.
    """
    if verdict in (Verdict.OK, Verdict.MOVED, Verdict.BROKEN, Verdict.UNCLEAR):
        db.execute(
            "UPDATE suggestions SET verdict = ?, visited_at = ? WHERE id = ?",
            (verdict, stamp(now), suggestion_id),
        )


def save_archived_copy(
    db: Database,
    link_id: int,
    before: str,
    now: datetime,
    *,
    taken_at: str = "",
    address: str = "",
) -> None:
    """Keep what the Internet Archive answered for a link: a copy, or that there is none."""
    with db.atomic():
        db.execute(
            """
            INSERT INTO archived_copies (link_id, before, asked_at, taken_at, address)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (link_id) DO UPDATE SET before = excluded.before,
                asked_at = excluded.asked_at, taken_at = excluded.taken_at,
                address = excluded.address""",
            (link_id, before, stamp(now), taken_at or None, address),
        )
        if address:
            suggest(db, link_id, SuggestionKind.ARCHIVED, address, now)
