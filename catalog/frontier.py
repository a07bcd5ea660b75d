"""The frontier is the catalog itself: which links are due, who holds their hosts, what came back.

The run that holds the catalog is the only one to call these functions, by one connection.
What is asked again and again is kept in temporary tables of that connection: how many links
of each host are due, and which links wait for a later time of this run (a second try, a
redirect that leads to another host). They are lost with the process, and may be: the links
are then simply due.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from uuid import uuid4

from sqlite_utils import Database

from catalog.checks import derive, save_checks
from catalog.clock import moment, stamp
from catalog.records import Check, DueLink, Lease, Robots
from catalog.vocabulary import Standing

_DUE = "judge = 'page' AND present = 1 AND next_check_at <= :now"

# Counting stops here: a longer backlog is no more urgent, and counting it is not free.
_COUNTED = 10_000

_IN_FLIGHT = "9999-12-31T23:59:59Z"  # later than any time that something waits for

_TEMPORARY = (
    "DROP TABLE IF EXISTS temp.backlog",
    "DROP TABLE IF EXISTS temp.waiting",
    # `ready_at` is empty where something is due now.
    "CREATE TEMP TABLE backlog (host_id INTEGER PRIMARY KEY, due INTEGER NOT NULL, "
    "ready_at TEXT NOT NULL DEFAULT '')",
    "CREATE INDEX temp.backlog_due ON backlog (due DESC)",
    "CREATE TEMP TABLE waiting (link_id INTEGER PRIMARY KEY, host_id INTEGER NOT NULL, "
    "not_before TEXT NOT NULL)",
    "CREATE INDEX temp.waiting_host ON waiting (host_id, not_before)",
)


def open_frontier(db: Database, now: datetime, *, everything: bool = False) -> None:
    """Begin a run: count what is due, and free hosts still held by a run that was killed.

    With *everything*, every link is made due first, so that a run which is killed half-way
    goes on with the other half.
    """
    given = {"now": stamp(now)}
    with db.atomic():
        if everything:
            db.execute(
                "UPDATE links SET next_check_at = :now "
                "WHERE judge = 'page' AND present = 1 AND next_check_at > :now",
                given,
            )
        db.execute("UPDATE hosts SET lease = NULL, leased_until = NULL WHERE lease LIKE 'local:%'")
        for statement in _TEMPORARY:
            db.execute(statement)
        db.execute(
            f"INSERT INTO temp.backlog (host_id, due) SELECT host_id, count(*) FROM links "
            f"WHERE {_DUE} AND host_id IS NOT NULL GROUP BY host_id",
            given,
        )


def count_due(db: Database, now: datetime, *, everything: bool = False) -> int:
    """Return how many links a crawl at *now* would visit."""
    due = "judge = 'page' AND present = 1" if everything else _DUE
    row = db.execute(f"SELECT count(*) FROM links WHERE {due}", {"now": stamp(now)}).fetchone()
    return int(row[0])


def lease(
    db: Database,
    now: datetime,
    *,
    until: datetime,
    hosts: int,
    links_per_host: int,
    holder: str = "local",
) -> Lease | None:
    """Lease the longest backlogs: up to *hosts* hosts, up to *links_per_host* links of each.

    None where no host is free and due at *now*. A host is in one lease at a time; another
    may have it after *until*, or once `settle` has released it.
    """
    lease_id = f"{holder}:{uuid4().hex}"
    with db.atomic():
        chosen = db.execute(
            """
            SELECT hosts.id, name FROM temp.backlog JOIN hosts ON hosts.id = backlog.host_id
            WHERE due > 0 AND ready_at <= :now AND ifnull(leased_until, '') <= :now
                AND ifnull(next_visit_at, '') <= :now
            ORDER BY due DESC LIMIT :hosts""",
            {"now": stamp(now), "hosts": hosts},
        ).fetchall()
        if not chosen:
            return None
        ids = json.dumps([host_id for host_id, _ in chosen])
        db.execute(
            "UPDATE hosts SET lease = ?, leased_until = ? "
            "WHERE id IN (SELECT value FROM json_each(?))",
            [lease_id, stamp(until), ids],
        )
        taken = [_take(db, host_id, name, now, links_per_host) for host_id, name in chosen]
        return Lease(
            lease_id=lease_id,
            until=stamp(until),
            links=tuple(chain.from_iterable(taken)),
            robots=_robots(db, ids),
        )


def next_opening(db: Database) -> datetime | None:
    """Return when a host that has something to visit is free next; None where none has."""
    row = db.execute(
        """
        SELECT min(max(ready_at, ifnull(leased_until, ''), ifnull(next_visit_at, '')))
        FROM temp.backlog JOIN hosts ON hosts.id = backlog.host_id WHERE due > 0"""
    ).fetchone()
    if row[0] is None:
        return None
    return moment(row[0]) if row[0] else datetime.min.replace(tzinfo=UTC)


def settle(
    db: Database,
    run_id: int,
    lease_id: str,
    checks: Sequence[Check],
    robots: Iterable[Robots],
    now: datetime,
    *,
    hosts: Sequence[str] | None = None,
    not_before: Mapping[str, datetime] | None = None,
) -> int:
    """Write what a lease brought, and release its *hosts* (all of them, unless some are named).

    One transaction. Bringing the same twice, or after the lease has ended, does no harm: a
    host that another lease holds by then stays held. *not_before* says of hosts when they
    may be visited again. Returns the number of new checks.
    """
    with db.atomic():
        saved = save_checks(db, run_id, checks, now)
        db.conn.executemany(
            "DELETE FROM temp.waiting WHERE link_id = ?", [(check.link_id,) for check in checks]
        )
        db.conn.executemany(
            "UPDATE hosts SET robots_txt = ?, robots_status = ?, robots_fetched_at = ? "
            "WHERE name = ?",
            [(file.text, file.status, file.fetched_at, file.host) for file in robots],
        )
        db.conn.executemany(
            "UPDATE hosts SET next_visit_at = ? WHERE name = ?",
            [(_not_before(at), host) for host, at in (not_before or {}).items()],
        )
        _release(db, lease_id, hosts, now)
    return saved


def put_off(db: Database, waiting: Iterable[tuple[int, str, datetime]], now: datetime) -> None:
    """Let links wait: each to be leased, once more, with the given host, at the given time.

    The host need not be the link's own: a redirect may have led to another one. Until a
    check of it is settled, a link that waits is leased with no other host.
    """
    rows = [(link_id, host, _not_before(at)) for link_id, host, at in waiting]
    hosts = sorted({host for _, host, _ in rows})
    with db.atomic():
        db.conn.executemany(
            "INSERT INTO hosts (name) VALUES (?) ON CONFLICT DO NOTHING",
            [(host,) for host in hosts],
        )
        db.conn.executemany(
            "INSERT OR REPLACE INTO temp.waiting SELECT ?, id, ? FROM hosts WHERE name = ?",
            [(link_id, at, host) for link_id, host, at in rows],
        )
        _recount(db, "SELECT id FROM hosts WHERE name IN (SELECT value FROM json_each(:x))",
                 json.dumps(hosts), now)  # fmt: skip


def distrust(db: Database, run_id: int, now: datetime) -> int:
    """Let nothing follow from the checks of a run; return how many links were derived anew."""
    with db.atomic():
        db.execute("UPDATE runs SET state = 'untrusted' WHERE id = ?", [run_id])
        rows = db.execute("SELECT DISTINCT link_id FROM checks WHERE run_id = ?", [run_id])
        links = [link_id for (link_id,) in rows.fetchall()]
        db.conn.executemany(
            "UPDATE links SET etag = '', last_modified = '' WHERE id = ?",
            [(link_id,) for link_id in links],
        )
        derive(db, links, now)
    return len(links)


def _not_before(at: datetime) -> str:
    """Return *at* in whole seconds, never earlier: what a server asked for is not shortened."""
    return stamp(at + timedelta(microseconds=999_999))


def _take(db: Database, host_id: int, host: str, now: datetime, limit: int) -> list[DueLink]:
    """Return links of a host to visit now: first those that have waited long enough."""
    given = {"host": host_id, "now": stamp(now), "limit": limit, "in_flight": _IN_FLIGHT}
    rows = db.execute(
        """
        SELECT links.id, url, standing, etag, last_modified FROM temp.waiting
        JOIN links ON links.id = link_id
        WHERE waiting.host_id = :host AND not_before <= :now ORDER BY not_before LIMIT :limit""",
        given,
    ).fetchall()
    db.conn.executemany(
        "UPDATE temp.waiting SET not_before = ? WHERE link_id = ?",
        [(_IN_FLIGHT, row[0]) for row in rows],
    )
    given["limit"] = limit - len(rows)
    rows += db.execute(
        f"""
        SELECT id, url, standing, etag, last_modified FROM links WHERE host_id = :host AND {_DUE}
        AND NOT EXISTS (SELECT 1 FROM temp.waiting WHERE link_id = links.id)
        ORDER BY next_check_at, id LIMIT :limit""",
        given,
    ).fetchall()
    return [
        DueLink(
            link_id=link_id,
            url=url,
            host=host,
            standing=Standing(standing),
            etag=etag,
            last_modified=modified,
        )
        for link_id, url, standing, etag, modified in rows
    ]


def _robots(db: Database, host_ids: str) -> tuple[Robots, ...]:
    rows = db.execute(
        """
        SELECT name, robots_fetched_at, robots_status, ifnull(robots_txt, '') FROM hosts
        WHERE robots_fetched_at IS NOT NULL AND id IN (SELECT value FROM json_each(?))""",
        [host_ids],
    )
    return tuple(
        Robots(host=host, fetched_at=at, status=status, text=text)
        for host, at, status, text in rows
    )


def _release(db: Database, lease_id: str, hosts: Sequence[str] | None, now: datetime) -> None:
    named = "" if hosts is None else "AND name IN (SELECT value FROM json_each(:hosts))"
    rows = db.execute(
        f"UPDATE hosts SET lease = NULL, leased_until = NULL WHERE lease = :lease {named} "
        "RETURNING id",
        {"lease": lease_id, "hosts": json.dumps(list(hosts or ()))},
    ).fetchall()
    ids = json.dumps([host_id for (host_id,) in rows])
    _recount(db, "SELECT value FROM json_each(:x)", ids, now)


def _recount(db: Database, select: str, x: str, now: datetime) -> None:
    """Count anew what the hosts that *select* finds in *x* still have to be visited."""
    db.execute(
        f"""
        INSERT OR REPLACE INTO temp.backlog (host_id, due, ready_at)
        SELECT id, due + waiting, CASE WHEN due > 0 THEN '' ELSE ifnull(first, '') END FROM (
            SELECT hosts.id,
                (SELECT count(*) FROM (
                    SELECT 1 FROM links WHERE host_id = hosts.id AND {_DUE}
                    AND NOT EXISTS (SELECT 1 FROM temp.waiting WHERE link_id = links.id)
                    LIMIT {_COUNTED})) AS due,
                (SELECT count(*) FROM temp.waiting
                    WHERE host_id = hosts.id AND not_before < :in_flight) AS waiting,
                (SELECT min(not_before) FROM temp.waiting WHERE host_id = hosts.id) AS first
            FROM hosts WHERE id IN ({select}))""",
        {"x": x, "now": stamp(now), "in_flight": _IN_FLIGHT},
    )
