"""The backlog of a run: how many links of each host are to be visited, and from when on.

What is asked again and again is kept in temporary tables of the connection that holds the
catalog. They are lost with the process, and may be: the links are then simply due.
"""

import json
from collections.abc import Collection
from datetime import UTC, datetime

from catalog.clock import moment, stamp
from catalog.database import Database

DUE = "judge = 'page' AND present = 1 AND next_check_at <= "
DUE_IN_RUN = f"{DUE} (SELECT at FROM temp.opening)"

# When nobody holds a host any more, and it bears to be asked again.
_FREE_AT = "max(ifnull(leased_until, ''), ifnull(next_visit_at, ''))"

IN_FLIGHT = "9999-12-31T23:59:59Z"  # later than any time that something waits for

# Of the links of a host, `own` are due and wait for nothing; `waiting` are links, its own or
# not, that wait for it. `ready_at` is when it can be leased, empty where that is now. Each
# index holds only hosts with something to visit, so that a lease looks at no others.
_TEMPORARY = (
    "DROP TABLE IF EXISTS temp.opening",
    "DROP TABLE IF EXISTS temp.backlog",
    "DROP TABLE IF EXISTS temp.waiting",
    "CREATE TEMP TABLE opening (at TEXT NOT NULL)",
    "CREATE TEMP TABLE backlog (host_id INTEGER PRIMARY KEY, own INTEGER NOT NULL DEFAULT 0, "
    "waiting INTEGER NOT NULL DEFAULT 0, ready_at TEXT NOT NULL DEFAULT '')",
    "CREATE INDEX temp.backlog_ready ON backlog (own + waiting DESC) "
    "WHERE ready_at = '' AND own + waiting > 0",
    "CREATE INDEX temp.backlog_later ON backlog (ready_at) "
    "WHERE ready_at > '' AND own + waiting > 0",
    "CREATE TEMP TABLE waiting (link_id INTEGER PRIMARY KEY, host_id INTEGER NOT NULL, "
    "not_before TEXT NOT NULL)",
    "CREATE INDEX temp.waiting_host ON waiting (host_id, not_before)",
)

_READY = "FROM temp.backlog WHERE ready_at = '' AND own + waiting > 0"
_LATER = "FROM temp.backlog WHERE ready_at > '' AND own + waiting > 0"


def open_backlog(db: Database, opening: str, now: datetime) -> None:
    """Count for a run what is due at *opening*; a host that is held at *now* has to wait."""
    for statement in _TEMPORARY:
        db.execute(statement)
    db.execute("INSERT INTO temp.opening VALUES (?)", [opening])
    db.execute(
        f"""
        INSERT INTO temp.backlog (host_id, own, ready_at)
        SELECT host_id, own, iif({_FREE_AT} > :now, {_FREE_AT}, '') FROM (
            SELECT host_id, count(*) AS own FROM links
            WHERE {DUE} :opening AND host_id IS NOT NULL GROUP BY host_id)
        JOIN hosts ON hosts.id = host_id""",
        {"opening": opening, "now": stamp(now)},
    )


def longest_backlogs(db: Database, hosts: int, now: datetime) -> list[tuple[int, str, int]]:
    """Return hosts that can be leased: number, name, and how many links wait for each."""
    due = _numbers(db, f"SELECT host_id {_LATER} AND ready_at <= ?", stamp(now))
    look_anew(db, due, now)
    return db.execute(
        f"SELECT host_id, (SELECT name FROM hosts WHERE id = host_id), waiting {_READY} "
        "ORDER BY own + waiting DESC LIMIT ?",
        [hosts],
    ).fetchall()


def next_opening(db: Database) -> datetime | None:
    """Return when a host that has something to visit is free next; None where none has."""
    if db.execute(f"SELECT 1 {_READY} LIMIT 1").fetchone():
        return datetime.min.replace(tzinfo=UTC)
    (first,) = db.execute(f"SELECT min(ready_at) {_LATER}").fetchone()
    return moment(first) if first else None


def links_left(db: Database) -> dict[str, int]:
    """Return by the host how many links are still to be visited, or wait to be, in this run."""
    return dict(
        db.execute(
            "SELECT name, own + waiting FROM temp.backlog JOIN hosts ON hosts.id = host_id "
            "WHERE own + waiting > 0"
        ).fetchall()
    )


def strike_off(db: Database, link_ids: Collection[int]) -> set[int]:
    """Let links be due and wait no more; return the hosts that they were to be visited with."""
    given = json.dumps(list(link_ids))
    own = f"""
        UPDATE temp.backlog SET own = own - gone FROM (
            SELECT host_id AS host, count(*) AS gone FROM links
            WHERE id IN (SELECT value FROM json_each(?)) AND {DUE_IN_RUN}
            AND NOT EXISTS (SELECT 1 FROM temp.waiting WHERE link_id = links.id)
            GROUP BY host_id)
        WHERE host_id = host RETURNING host_id"""
    waiting = """
        DELETE FROM temp.waiting WHERE link_id IN (SELECT value FROM json_each(?))
        RETURNING host_id"""
    return _numbers(db, own, given) | _numbers(db, waiting, given)


def look_anew(db: Database, host_ids: Collection[int], now: datetime) -> None:
    """Note how many links wait for the hosts, and when each of them can be leased."""
    if not host_ids:
        return
    db.execute(
        f"""
        INSERT INTO temp.backlog (host_id, waiting, ready_at)
        SELECT id, many, iif(ready > :now, ready, '') FROM (
            SELECT hosts.id, count(link_id) AS many, max({_FREE_AT}, iif(
                ifnull(backlog.own, 0) > 0, '', ifnull(min(not_before), ''))) AS ready
            FROM hosts LEFT JOIN temp.backlog ON backlog.host_id = hosts.id
            LEFT JOIN temp.waiting
                ON waiting.host_id = hosts.id AND not_before < '{IN_FLIGHT}'
            WHERE hosts.id IN (SELECT value FROM json_each(:ids)) GROUP BY hosts.id)
        WHERE true ON CONFLICT (host_id) DO UPDATE
        SET waiting = excluded.waiting, ready_at = excluded.ready_at""",
        {"ids": json.dumps(list(host_ids)), "now": stamp(now)},
    )


def named_hosts(db: Database, hosts: Collection[str]) -> set[int]:
    """Return the numbers of the hosts of these names."""
    names = json.dumps(list(hosts))
    sql = "SELECT id FROM hosts WHERE name IN (SELECT value FROM json_each(?))"
    return _numbers(db, sql, names)


def _numbers(db: Database, sql: str, given: str) -> set[int]:
    """Return the numbers that *sql* gives, each once."""
    return {number for (number,) in db.execute(sql, [given])}
