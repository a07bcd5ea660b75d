"""Count anew what the catalog derives from its rows and keeps, so that nobody waits for it."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from catalog.database import Database
from catalog.schema.derived_1 import RECOUNT, count_growth, count_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The rows whose counts change with the content of some issues."""

    issues: frozenset[int]
    links: frozenset[int]
    repos: frozenset[int]

    def __or__(self, other: "Named") -> "Named":
        return Named(
            issues=self.issues | other.issues,
            links=self.links | other.links,
            repos=self.repos | other.repos,
        )


def named_in(db: Database, issue_id: int) -> Named:
    """Return what the issue names at this moment."""
    links = db.execute(
        "SELECT DISTINCT link_id FROM mentions WHERE issue_id = ? AND link_id IS NOT NULL",
        (issue_id,),
    )
    repos = db.execute(
        """
        SELECT repos.id, repos.successor_id FROM mentions
        JOIN repo_mentions ON repo_mentions.mention_id = mentions.id
        JOIN repos ON repos.id = repo_mentions.repo_id
        WHERE mentions.issue_id = ?""",
        (issue_id,),
    )
    return Named(
        issues=frozenset({issue_id}),
        links=frozenset(link_id for (link_id,) in links),
        repos=frozenset(repo_id for row in repos for repo_id in row if repo_id is not None),
    )


def count_anew(db: Database, named: Named) -> None:
    """Count the mentions of links and repositories, and the content of issues, anew."""
    db.execute(_ISSUES.format(where=_among("issues.id")), (_list(named.issues),))
    db.execute(_LINKS.format(where=_among("links.id")), (_list(named.links),))
    db.execute(count_names("repos.id", _among("repos.id")), (_list(named.repos),))


def count_all_anew(db: Database) -> None:
    """Count everything anew: for rows that were put in by other ways, and to test the others."""
    with db.atomic():
        db.execute(_ISSUES.format(where="1"))
        db.execute(_LINKS.format(where="1"))
        db.execute(count_names("repos.id", "1"))
        db.execute(count_growth("repos.id", "1"))
        db.execute(_PAGES)
        for statement in RECOUNT:
            db.execute(statement)


# The same counts, to be compared with those that are kept.
COUNTED_ISSUES = """
    SELECT issues.id,
        (SELECT count(*) FROM items WHERE issue_id = issues.id AND footer = 0),
        count(mentions.id), count(DISTINCT links.id),
        count(DISTINCT CASE WHEN links.standing = 'broken' THEN links.id END)
    FROM issues
    LEFT JOIN mentions ON mentions.issue_id = issues.id
    LEFT JOIN links ON links.id = mentions.link_id
    GROUP BY issues.id"""

COUNTED_LINKS = """
    SELECT links.id, count(mentions.id), min(issues.date), max(issues.date)
    FROM links
    LEFT JOIN mentions ON mentions.link_id = links.id
    LEFT JOIN issues ON issues.id = mentions.issue_id
    GROUP BY links.id"""

_ISSUES = """
    UPDATE issues SET
        items = (SELECT count(*) FROM items WHERE issue_id = issues.id AND footer = 0),
        (mentions, links, broken) = (
            SELECT count(*), count(DISTINCT links.id),
                count(DISTINCT CASE WHEN links.standing = 'broken' THEN links.id END)
            FROM mentions LEFT JOIN links ON links.id = mentions.link_id
            WHERE mentions.issue_id = issues.id)
    WHERE {where}"""

_LINKS = """
    UPDATE links SET (mentions, first_mentioned, last_mentioned) = (
        SELECT count(*), min(issues.date), max(issues.date)
        FROM mentions JOIN issues ON issues.id = mentions.issue_id
        WHERE mentions.link_id = links.id)
    WHERE {where}"""

_PAGES = """
    UPDATE repos SET pages = (
        SELECT count(*) FROM repo_mentions WHERE repo_id = repos.id AND via = 'page')"""


def _among(column: str) -> str:
    return f"{column} IN (SELECT value FROM json_each(?))"


def _list(numbers: Collection[int]) -> str:
    return json.dumps(list(numbers))
