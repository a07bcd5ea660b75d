"""What is in a catalog, since when, and how big it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.connection import Catalog
from catalog.schema.descriptions import tables_of
from catalog.schema.migrations import migrations


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogInfo:
    """A catalog in figures. Times are as stored, empty for never; sizes are in bytes.

    `size` is the file's, `waiting` what its write-ahead log holds beside it. `standings`
    counts the links that are present, `rows` every row of each table.
    """

    path: str
    size: int
    waiting: int
    schema: str
    since: str
    last_run: str
    last_command: str
    last_state: str
    version: str
    nights: int
    first_issue: str
    last_issue: str
    standings: Mapping[str, int]
    rows: Mapping[str, int]


def info(db: Catalog) -> CatalogInfo:
    """Return the figures of the catalog *db*."""
    log = db.path.with_name(f"{db.path.name}-wal")
    runs = db.execute(
        """
        SELECT ifnull(min(started_at), ''), count(DISTINCT date(started_at)) FILTER (
            WHERE EXISTS (SELECT 1 FROM checks WHERE checks.run_id = runs.id))
        FROM runs"""
    ).fetchone()
    last = db.execute(
        "SELECT started_at, command, state, version FROM runs ORDER BY id DESC LIMIT 1"
    ).fetchone() or ("", "", "", "")
    dates = db.execute(
        "SELECT ifnull(min(date), ''), ifnull(max(date), '') FROM issues WHERE present = 1"
    ).fetchone()
    return CatalogInfo(
        path=str(db.path),
        size=db.path.stat().st_size,
        waiting=log.stat().st_size if log.exists() else 0,
        schema=migrations.applied(db)[-1].name,
        since=runs[0],
        nights=runs[1],
        last_run=last[0],
        last_command=last[1],
        last_state=last[2],
        version=last[3],
        first_issue=dates[0],
        last_issue=dates[1],
        standings=_standings(db),
        rows=_rows(db),
    )


def _standings(db: Catalog) -> dict[str, int]:
    rows = db.execute(
        "SELECT standing, count(*) FROM links WHERE present = 1 GROUP BY 1 ORDER BY 2 DESC"
    )
    return dict(rows.fetchall())


def _rows(db: Catalog) -> dict[str, int]:
    names = [name for name in tables_of(db) if not name.endswith(("_fts", "_totals"))]
    return {name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}
