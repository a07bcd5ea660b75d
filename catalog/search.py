"""Search items, repositories and page titles, in Chinese, English, or both in one word."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from catalog.database import Database
from catalog.words import match_expression

# Ranking reads every match. What matches more often than this says little by its rank, and
# is shown newest first instead, at once.
RANKED_MATCHES = 2_000

_AROUND = 40  # characters of a text shown on either side of the first word found


class HitKind(StrEnum):
    """Where a hit comes from."""

    REPO = "repo"
    ITEM = "item"
    PAGE = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing found: what it is called, where it is, and the words around what matched.

    `place` is `file:line` for an item and an address for the rest. `date` is that of the
    issue which holds it, or which first named it; empty where there is none.
    """

    kind: HitKind
    id: int
    title: str
    place: str
    date: str
    extract: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """An index, how much each of its columns weighs, and how its hits are told."""

    index: str
    weights: str
    hits: str


_SOURCES = {
    HitKind.REPO: _Source(
        index="repos_fts",
        weights="8.0, 2.0, 1.0",
        hits="""
            SELECT repos.id, repos.full_name AS title, repos.url AS place, issues.date,
                repos.description AS text
            FROM found JOIN repos ON repos.id = found.id
            LEFT JOIN issues ON issues.id = repos.first_issue_id""",
    ),
    HitKind.ITEM: _Source(
        index="items_fts",
        weights="4.0, 1.0, 1.0",
        hits="""
            SELECT items.id, items.title, issues.file || ':' || items.line AS place,
                issues.date, items.summary AS text
            FROM found JOIN items ON items.id = found.id
            JOIN issues ON issues.id = items.issue_id""",
    ),
    HitKind.PAGE: _Source(
        index="pages_fts",
        weights="4.0, 1.0, 1.0",
        hits="""
            SELECT links.id, pages.title, links.url AS place, links.first_mentioned AS date,
                pages.description AS text
            FROM found JOIN pages ON pages.link_id = found.id
            JOIN links ON links.id = found.id""",
    ),
}


def search(db: Database, words: str, limit: int = 20) -> list[Hit]:
    """Return what *words* find: at most *limit* each of repositories, items and pages.

    All words must be found, each as it is written, without regard to case; a Chinese word
    may be a single character. The best match comes first, and the newest where very many
    match. Nothing is found for no words at all.
    """
    expression = match_expression(words)
    if not expression:
        return []
    return [hit for kind in _SOURCES for hit in _hits(db, kind, expression, words, limit)]


def _hits(db: Database, kind: HitKind, expression: str, words: str, limit: int) -> Iterator[Hit]:
    source = _SOURCES[kind]
    matches = f"FROM {source.index} WHERE {source.index} MATCH :words"
    (many,) = db.execute(
        f"SELECT count(*) FROM (SELECT 1 {matches} LIMIT {RANKED_MATCHES + 1})",
        {"words": expression},
    ).fetchone()
    if not many:
        return
    by_rank = many <= RANKED_MATCHES
    rank = f"bm25({source.index}, {source.weights})" if by_rank else "-rowid"
    rows = db.query(
        f"WITH found AS (SELECT rowid AS id, {rank} AS position {matches}"
        f" ORDER BY {'2' if by_rank else 'rowid DESC'} LIMIT :limit)"
        f" {source.hits} ORDER BY found.position",
        {"words": expression, "limit": limit},
    )
    for row in rows:
        yield _hit(kind, row, words)


def _hit(kind: HitKind, row: Mapping[str, Any], words: str) -> Hit:
    return Hit(
        kind=kind,
        id=row["id"],
        title=row["title"],
        place=row["place"],
        date=row["date"] or "",
        extract=extract(row["text"] or "", words),
    )


def extract(text: str, words: str) -> str:
    """Return the part of *text* around the first of *words* that is in it, or its beginning."""
    line = " ".join(text.split())
    folded = line.casefold()
    places = (folded.find(word) for word in words.casefold().replace('"', " ").split())
    first = min((place for place in places if place >= 0), default=0)
    start = max(first - _AROUND, 0)
    end = first + 2 * _AROUND
    return f"{'…' if start else ''}{line[start:end]}{'…' if end < len(line) else ''}"
