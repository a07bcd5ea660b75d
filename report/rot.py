"""Count how the links of each issue stand, for the chart of rot. SQL only."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from catalog.database import Database
from catalog.vocabulary import Standing
from report.filters import Filters
from report.findings import IssueRot

_FROM = """
    FROM issues JOIN mentions ON mentions.issue_id = issues.id
    JOIN links ON links.id = mentions.link_id
"""

_COUNTED = f"""
    SELECT issues.id, links.standing, count(DISTINCT links.id) {_FROM}
    WHERE issues.present = 1 AND links.present = 1
    GROUP BY issues.id, links.standing
"""

_EACH = f"""
    SELECT DISTINCT issues.id, links.standing, links.id, coalesce(links.standing_since, ''),
           coalesce(hosts.name, ''), mentions.file, mentions.section {_FROM}
    LEFT JOIN hosts ON hosts.id = links.host_id
    WHERE issues.present = 1 AND links.present = 1
"""

_ISSUES = """
    SELECT id, archive_id, file, coalesce(date, '') AS date, title FROM issues WHERE present = 1
    ORDER BY issues.date, issues.file
"""


def issue_rot(db: Database, filters: Filters, roots: Mapping[int, str]) -> tuple[IssueRot, ...]:
    """Return for each issue, oldest first, how the links stand that *filters* let through.

    *roots* say where archives lie that have to be told apart.
    """
    standings: dict[int, dict[Standing, int]] = defaultdict(dict)
    for issue, standing, links in _filtered(db, filters) if filters else db.execute(_COUNTED):
        standings[issue][Standing(standing)] = links
    return tuple(
        IssueRot(
            file=row["file"],
            date=row["date"],
            title=row["title"],
            standings=standings[row["id"]],
            root=roots.get(row["archive_id"], ""),
        )
        for row in db.query(_ISSUES)
        if row["id"] in standings
    )


def _filtered(db: Database, filters: Filters) -> Iterator[tuple[Any, ...]]:
    """Yield what `_COUNTED` selects, of what *filters* let through: SQL cannot judge that."""
    links = {
        (issue, standing, link)
        for issue, standing, link, since, host, file, section in db.execute(_EACH)
        if filters.let_link(Standing(standing), since, host) and filters.let_place(file, section)
    }
    counts = Counter((issue, standing) for issue, standing, _ in links)
    yield from ((issue, standing, count) for (issue, standing), count in counts.items())
