"""Find what happened to the repositories that the archive names. SQL only."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Any

from catalog.database import Database
from catalog.names import IS_NAMED
from report.findings import Place, RepoChange, RepoEvent

_STATES = f"""
    SELECT id, forge || '/' || full_name AS repository, url, state, state_since, message,
           coalesce(forge || '/' || renamed_to, '') AS renamed_to, archived,
           coalesce(substr(pushed_at, 1, 10), '') AS pushed, archived_since, name_taken_since
    FROM repos
    WHERE (state IN ('renamed', 'gone', 'blocked') OR archived = 1 OR name_taken_by IS NOT NULL)
      AND {IS_NAMED}
    ORDER BY full_name
"""  # noqa: S608 - the only insertion is the constant above

# Only our own looks are compared: what a forge tells of earlier days is no change of tonight.
_STARS = f"""
    SELECT repos.id, repos.forge || '/' || repos.full_name AS repository, repos.url,
           now.stars AS now, now.taken_at, before.stars AS before
    FROM repos
    JOIN repo_snapshots AS now ON now.repo_id = repos.id
     AND now.taken_on = (SELECT max(taken_on) FROM repo_snapshots
                         WHERE repo_id = repos.id AND source = 'look')
    JOIN repo_snapshots AS before ON before.repo_id = repos.id
     AND before.taken_on = (SELECT max(taken_on) FROM repo_snapshots
                            WHERE repo_id = repos.id AND source = 'look'
                              AND taken_at < :news_since)
    WHERE now.taken_at >= :news_since AND now.stars <> before.stars AND {IS_NAMED}
    ORDER BY abs(now.stars - before.stars) DESC, repos.full_name
"""  # noqa: S608 - as above

_PLACES = """
    SELECT repo_mentions.repo_id, issues.archive_id, mentions.file, mentions.line,
           mentions.column, mentions.text, mentions.section, coalesce(items.title, '') AS item,
           mentions.url, mentions.url_line, mentions.url_column, mentions.kind,
           coalesce(issues.date, '') AS issue_date
    FROM repo_mentions
    JOIN mentions ON mentions.id = repo_mentions.mention_id
    JOIN issues ON issues.id = mentions.issue_id AND issues.present = 1
    LEFT JOIN items ON items.id = mentions.item_id
    ORDER BY repo_mentions.repo_id, issues.date DESC, mentions.line, mentions.column
"""


def repo_changes(
    db: Database, news_since: str, roots: Mapping[int, str]
) -> tuple[RepoChange, ...]:
    """Return what became of repositories and of their names, and the stars since *news_since*.

    They come in the order of `RepoEvent`, the newest first, stars by how much they changed.
    *roots* say where archives lie that have to be told apart.
    """
    places: dict[int, list[Place]] = defaultdict(list)
    for row in db.query(_PLACES):
        repo = row.pop("repo_id")
        places[repo].append(Place(**row, root=roots.get(row["archive_id"], "")))
    changes = [change for row in db.query(_STATES) for change in _events(row, places)]
    changes.sort(key=attrgetter("since"), reverse=True)
    changes.sort(key=lambda change: list(RepoEvent).index(change.event))
    stars = db.query(_STARS, {"news_since": news_since})
    return (*changes, *(_stars(row, tuple(places[row["id"]])) for row in stars))


def _events(row: Mapping[str, Any], places: Mapping[int, list[Place]]) -> Iterator[RepoChange]:
    """Yield what the state of one repository says; it may be renamed and archived at once."""
    there = tuple(sorted(places[row["id"]], key=attrgetter("issue_date"), reverse=True))
    if row["state"] in ("renamed", "gone", "blocked"):
        yield RepoChange(
            event=RepoEvent(row["state"]),
            repository=row["repository"],
            url=row["url"],
            since=row["state_since"],
            before=row["repository"],
            now=row["renamed_to"],
            message=row["message"],
            places=there,
        )
    if row["name_taken_since"]:
        yield RepoChange(
            event=RepoEvent.TAKEN,
            repository=row["repository"],
            url=row["url"],
            since=row["name_taken_since"],
            places=there,
        )
    if row["archived"]:
        yield RepoChange(
            event=RepoEvent.ARCHIVED,
            repository=row["repository"],
            url=row["url"],
            since=row["archived_since"],
            now=row["pushed"],
            places=there,
        )


def _stars(row: Mapping[str, Any], places: tuple[Place, ...]) -> RepoChange:
    return RepoChange(
        event=RepoEvent.STARS,
        repository=row["repository"],
        url=row["url"],
        since=row["taken_at"],
        before=str(row["before"]),
        now=str(row["now"]),
        delta=row["now"] - row["before"],
        places=places,
    )
