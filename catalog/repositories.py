"""What is known of repositories: whom to ask, and how an answer changes what stands."""

import json
from collections.abc import Iterable, Mapping, Set
from datetime import datetime, timedelta
from typing import Any

from catalog import repo_rows
from catalog.clock import stamp
from catalog.database import Database
from catalog.identity import identify
from catalog.names import IS_NAMED
from catalog.records import DueRepo, LicenseReading, RepoFacts, RepoLook, RepoName, StarHistory
from catalog.repo_checks import check_links
from catalog.vocabulary import RepoState

# A license file that no rule knew is read again now and then: files and rules change.
LICENSE_READ_AGAIN = timedelta(days=90)

_COLUMNS = """
    repos.id, repos.forge, repos.full_name, repos.state, repos.etag,
    coalesce(repos.renamed_to, repos.full_name) AS current,
    coalesce(repos.forge_id, successor.forge_id, '') AS forge_id,
    coalesce(repos.node_id, successor.node_id, '') AS node_id
"""

_SOURCE = """
    FROM repos
    LEFT JOIN repos AS successor ON successor.id = repos.successor_id
    LEFT JOIN (SELECT repo_id, count(*) AS times FROM repo_mentions GROUP BY repo_id) AS named
        ON named.repo_id = repos.id
"""

_DUE = f"""
    SELECT {_COLUMNS} {_SOURCE}
    WHERE (repos.next_look_at <= :now OR :everything OR EXISTS (
        SELECT 1 FROM links WHERE links.repo_id = repos.id AND links.judge = 'forge'
            AND links.present = 1 AND links.standing = 'unchecked'))
      AND {IS_NAMED}
      AND (repos.run_id IS NULL OR repos.run_id <> :run_id)
      AND (:forges IS NULL OR repos.forge IN (SELECT value FROM json_each(:forges)))
    ORDER BY repos.fetched_at IS NOT NULL,
             (1 + coalesce(named.times, 0))
                 * max(julianday(:now) - julianday(coalesce(repos.fetched_at, :now)), 1) DESC,
             repos.id
    LIMIT :limit
"""


def due_repos(
    db: Database,
    run_id: int,
    now: datetime,
    *,
    limit: int | None = None,
    everything: bool = False,
    forges: Iterable[str] | None = None,
) -> list[DueRepo]:
    """Return the repositories to ask about, the most useful first, at most *limit*.

    First come those that no forge has ever described, the most mentioned ahead; then the
    rest by how often they are mentioned times the days since they were last seen, so that
    a small budget serves what people read without ever forgetting what they rarely do.
    A new link makes its repository due, however lately that was seen. What nothing names any
    more is not due, nor again what this run has already asked about. *forges* limits the hosts.
    """
    values = {
        "now": stamp(now),
        "run_id": run_id,
        "everything": everything,
        "forges": None if forges is None else json.dumps(list(forges)),
        "limit": -1 if limit is None else limit,
    }
    return [_due(row, row["full_name"]) for row in db.query(_DUE, values)]


def unread_licenses(
    db: Database, now: datetime, *, forge: str, limit: int | None = None
) -> list[DueRepo]:
    """Return the repositories on *forge* whose license the forge found and did not recognise.

    They have their present names. A file is read again after `LICENSE_READ_AGAIN`.
    """
    return _some(
        db,
        "repos.license_spdx = 'NOASSERTION' AND coalesce(repos.license_read_at, '') < :before",
        {"forge": forge, "before": stamp(now - LICENSE_READ_AGAIN)},
        limit,
    )


def unread_histories(db: Database, *, forge: str, limit: int | None = None) -> list[DueRepo]:
    """Return the repositories on *forge* whose stars before our time were never asked for."""
    return _some(db, "repos.history_read_at IS NULL", {"forge": forge}, limit)


def _some(
    db: Database, condition: str, values: Mapping[str, str], limit: int | None
) -> list[DueRepo]:
    sql = f"""
        SELECT {_COLUMNS} {_SOURCE}
        WHERE repos.forge = :forge AND repos.state IN ('ok', 'renamed')
          AND repos.forge_id IS NOT NULL AND {IS_NAMED} AND {condition}
        ORDER BY coalesce(named.times, 0) DESC, repos.id LIMIT :limit
    """
    rows = db.query(sql, {**values, "limit": -1 if limit is None else limit})
    return [_due(row, row["current"]) for row in rows]


def _due(row: Mapping[str, Any], full_name: str) -> DueRepo:
    return DueRepo(
        repo_id=row["id"],
        repo=RepoName.parse(f"{row['forge']}/{full_name}"),
        forge_id=row["forge_id"],
        node_id=row["node_id"],
        etag=row["etag"],
        renamed=row["state"] == RepoState.RENAMED,
    )


def save_looks(db: Database, run_id: int, looks: Iterable[RepoLook], now: datetime) -> None:
    """Write *looks* and all that follows from them, in one transaction.

    A look with facts updates its repository and takes the night's snapshot; a look that
    found it gone or blocked changes the state and keeps every value; a failed look changes
    nothing and leaves the repository due for the next run. Links that the forge judges get
    their check. Saving a look twice in one run changes nothing.
    """
    touched: dict[int, RepoLook] = {}
    with db.atomic():
        for look in looks:
            db.execute("UPDATE repos SET run_id = ? WHERE id = ?", [run_id, look.repo_id])
            if look.state is RepoState.UNKNOWN:
                repo_rows.leave_unknown(db, look)
            else:
                touched |= dict.fromkeys(_save_look(db, run_id, look), look)
        check_links(db, run_id, touched, now)


def _save_look(db: Database, run_id: int, look: RepoLook) -> Set[int]:
    """Write *look* and return the rows that it says something about."""
    if look.facts is not None:
        return _save_facts(db, run_id, look, look.facts)
    if look.unchanged:
        repo_rows.confirm(db, run_id, look)
    else:
        repo_rows.lose(db, look)
    if look.taken_by:
        repo_rows.mark_taken(db, look.repo_id, look.taken_by, look.looked_at)
    return {look.repo_id}


def _save_facts(db: Database, run_id: int, look: RepoLook, facts: RepoFacts) -> Set[int]:
    host, current = facts.name.host, facts.name.full_name
    asked = repo_rows.known(db, "repos.id = ?", [look.repo_id])
    if asked is None:
        raise ValueError(f"no repository has the id {look.repo_id}")
    elsewhere: list[str | int] = [asked.repo_id, host]
    other = "repos.id <> ? AND repos.forge = ? AND "
    identity = identify(
        asked,
        facts,
        holder=repo_rows.known(db, other + "repos.forge_id = ?", [*elsewhere, facts.forge_id]),
        namesake=repo_rows.known(db, other + "repos.full_name = ?", [*elsewhere, current]),
    )
    if identity.owner_id is None:
        repo_rows.mark_taken(db, look.repo_id, facts.forge_id, look.looked_at)
        return set()
    for older in sorted(identity.older_ids):
        repo_rows.make_older_name(db, older, identity.owner_id, facts, look.looked_at)
    repo_rows.describe(db, run_id, identity.owner_id, facts, look.looked_at)
    if look.taken_by:
        repo_rows.mark_taken(db, look.repo_id, look.taken_by, look.looked_at)
    return {identity.owner_id, *identity.older_ids}


def save_license(db: Database, reading: LicenseReading) -> None:
    """Write what reading a license file found; the forge's own word stays beside it."""
    with db.atomic():
        db.execute(
            "UPDATE repos SET license_detected = ?, license_category = ?, license_read_at = ?"
            " WHERE id = ?",
            [reading.detected, reading.category, reading.read_at, reading.repo_id],
        )


def stars_of(db: Database, repo_id: int) -> int | None:
    """Return how many stars a repository had when it was last described."""
    row = db.execute("SELECT stars FROM repos WHERE id = ?", [repo_id]).fetchone()
    return row[0] if row is not None else None


def save_history(db: Database, run_id: int, history: StarHistory) -> None:
    """Write stars of days before our first look; our own snapshots are never replaced."""
    with db.atomic():
        for day, stars in history.stars:
            db.execute(
                "INSERT OR IGNORE INTO repo_snapshots"
                " (repo_id, taken_on, run_id, taken_at, source, stars)"
                " VALUES (?, ?, ?, ?, 'history', ?)",
                [history.repo_id, day, run_id, history.read_at, stars],
            )
        db.execute(
            "UPDATE repos SET history_read_at = ? WHERE id = ?",
            [history.read_at, history.repo_id],
        )
