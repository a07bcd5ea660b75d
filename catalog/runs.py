"""The runs: who wrote which rows of the catalog, when, and how it ended."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib import metadata
from typing import Any

from catalog.checks import derive
from catalog.clock import stamp
from catalog.database import Database

_LONGEST_WAIT = timedelta(days=45)


def begin_run(db: Database, command: str, now: datetime) -> int:
    """Return the number of a new run of *command*, which every row it writes will carry.

    A run that still counts as running was killed: one run holds the catalog at a time.
    It is marked as cut short, with no time of its end, since nobody knows that. So is a night
    that had seen everything and was killed while it wrote its reports: what was news in it
    has yet to be told.
    """
    with db.atomic():
        db.execute(
            "UPDATE runs SET state = 'cut_short', note = 'killed' WHERE state = 'running' "
            "OR (state = 'done' AND json_extract(summary, '$.phases.report.state') = 'ahead')"
        )
        cursor = db.execute(
            "INSERT INTO runs (command, version, started_at) VALUES (?, ?, ?)",
            (command, _version(), stamp(now)),
        )
    run_id = cursor.lastrowid
    assert run_id is not None  # an INSERT that did not raise has made a row
    return run_id


def end_run(
    db: Database,
    run_id: int,
    now: datetime,
    *,
    state: str,
    note: str = "",
    summary: Mapping[str, Any] | None = None,
) -> None:
    """Write down how a run ended: *state* is `done`, `cut_short` or `untrusted`."""
    ended = (stamp(now), state, note, json.dumps(dict(summary or {}), ensure_ascii=False))
    with db.atomic():
        db.execute(
            "UPDATE runs SET finished_at = ?, state = ?, note = ?, summary = ? WHERE id = ?",
            (*ended, run_id),
        )
        # What SQLite knows of the tables' sizes decides how it looks things up; a sample of
        # each index is enough, and takes no time.
        db.execute("PRAGMA analysis_limit = 1000")
        db.execute("PRAGMA optimize")


def distrust(db: Database, run_id: int, now: datetime, why: str = "") -> int:
    """Let nothing follow from the checks of a run; return how many links were derived anew.

    *why* becomes the run's note, unless its end is still to be written down.
    """
    with db.atomic():
        db.execute(
            "UPDATE runs SET state = 'untrusted', note = coalesce(nullif(?, ''), note)"
            " WHERE id = ?",
            [why, run_id],
        )
        rows = db.execute("SELECT DISTINCT link_id FROM checks WHERE run_id = ?", [run_id])
        links = [link_id for (link_id,) in rows.fetchall()]
        db.conn.executemany(
            "UPDATE links SET etag = '', last_modified = '' WHERE id = ?",
            [(link_id,) for link_id in links],
        )
        derive(db, links, now)
    return len(links)


def make_due_again(db: Database, now: datetime) -> None:
    """Make repositories and papers due that are put off for longer than anything ever is.

    A run whose clock was ahead does that.
    """
    given = {"now": stamp(now), "latest": stamp(now + _LONGEST_WAIT)}
    with db.atomic():
        for table in ("repos", "papers"):
            db.execute(
                f"UPDATE {table} SET next_look_at = :now WHERE next_look_at > :latest", given
            )


def _version() -> str:
    try:
        return metadata.version("linkledger")
    except metadata.PackageNotFoundError:
        # Run from a checkout that nobody installed, as `scrapy crawl` may be.
        return "unknown"
