"""The frontier is the catalog itself: which links are due, who holds their hosts, what came back.

The run that holds the catalog is the only one to call these functions, by one connection.
What is asked again and again is kept in temporary tables of that connection: how many links
of each host are due, and which links wait for a later time of this run (a second try, a
redirect that leads to another host). They are lost with the process, and may be: the links
are then simply due.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from uuid import uuid4

from catalog.checks import derive, save_checks
from catalog.clock import moment, stamp
from catalog.database import Database
from catalog.records import Check, DueLink, Lease, Robots
from catalog.standing import NIGHT
from catalog.vocabulary import Standing

_DUE = "judge = 'page' AND present = 1 AND next_check_at <= "
_DUE_IN_RUN = f"{_DUE} (SELECT at FROM temp.opening)"

# When nobody holds a host any more, and it bears to be asked again.
_FREE_AT = "max(ifnull(leased_until, ''), ifnull(next_visit_at, ''))"

# When a link is due that is to be visited whatever else is: before any other.
_AT_ONCE = "0001-01-01T00:00:00Z"

_IN_FLIGHT = "9999-12-31T23:59:59Z"  # later than any time that something waits for

# Of the links of a host, `own` are due and wait for nothing; `waiting` are links, its own or
# not, that wait for it. `ready_at` is when it can be leased, empty where that is now. Each
# index holds only hosts with something to visit, so that a lease looks at no others.
_LONGEST_WAIT = timedelta(days=45)

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


def open_frontier(
    db: Database,
    now: datetime,
    *,
    everything: bool = False,
    only: Collection[int] | None = None,
) -> tuple[str, ...]:
    """Begin a run: count what is due, and free hosts still held by a run that was killed.

    What is due later than *now* is for another run. Returns the names of those hosts: they may
    have been asked a moment ago. A host that is held, or to be left alone, for longer than a
    night was so by a clock that was ahead, and is free, too. With *everything*, every link is made
    due first, so that a run which is killed half-way goes on with the other half. *only* are the
    links to visit in this run, due or not, and no others.
    """
    given = {
        "now": stamp(now),
        "latest": _not_before(now + NIGHT),
        "opening": stamp(now) if only is None else _AT_ONCE,
    }
    with db.atomic():
        if everything:
            db.execute(
                "UPDATE links SET next_check_at = :now "
                "WHERE judge = 'page' AND present = 1 AND next_check_at > :now",
                given,
            )
        if only is not None:
            db.execute(
                "UPDATE links SET next_check_at = ? WHERE judge = 'page' AND present = 1 "
                "AND id IN (SELECT value FROM json_each(?))",
                [_AT_ONCE, json.dumps(list(only))],
            )
        freed = db.execute(
            "UPDATE hosts SET lease = NULL, leased_until = NULL WHERE lease LIKE 'local:%' "
            "RETURNING name"
        ).fetchall()
        db.execute("UPDATE hosts SET next_visit_at = NULL WHERE next_visit_at > :latest", given)
        db.execute(
            "UPDATE hosts SET lease = NULL, leased_until = NULL WHERE leased_until > :latest",
            given,
        )
        for statement in _TEMPORARY:
            db.execute(statement)
        db.execute("INSERT INTO temp.opening VALUES (:opening)", given)
        db.execute(
            f"""
            INSERT INTO temp.backlog (host_id, own, ready_at)
            SELECT host_id, own, iif({_FREE_AT} > :now, {_FREE_AT}, '') FROM (
                SELECT host_id, count(*) AS own FROM links
                WHERE {_DUE} :opening AND host_id IS NOT NULL GROUP BY host_id)
            JOIN hosts ON hosts.id = host_id""",
            given,
        )
    return tuple(name for (name,) in freed)


def count_due(db: Database, now: datetime, *, everything: bool = False) -> int:
    """Return how many links a crawl at *now* would visit."""
    due = "judge = 'page' AND present = 1" if everything else f"{_DUE} :now"
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
    chosen = _longest_backlogs(db, hosts, now)
    if not chosen:
        return None
    given = {
        "lease": f"{holder}:{uuid4().hex}",
        "until": _not_before(until),
        "ids": json.dumps([host_id for host_id, *_ in chosen]),
    }
    with db.atomic():
        among = "IN (SELECT value FROM json_each(:ids))"
        db.execute(
            f"UPDATE hosts SET lease = :lease, leased_until = :until WHERE id {among}", given
        )
        db.execute(f"UPDATE temp.backlog SET ready_at = :until WHERE host_id {among}", given)
        taken = {
            host_id: _take(db, host_id, name, now, links_per_host, waiting=waiting)
            for host_id, name, waiting in chosen
        }
        _free(db, {host_id for host_id, links in taken.items() if not links}, now)
        return Lease(
            lease_id=given["lease"],
            until=given["until"],
            links=tuple(chain.from_iterable(taken.values())),
            robots=known_robots(db, [name for _, name, _ in chosen]),
        )


def next_opening(db: Database) -> datetime | None:
    """Return when a host that has something to visit is free next; None where none has."""
    if db.execute(f"SELECT 1 {_READY} LIMIT 1").fetchone():
        return datetime.min.replace(tzinfo=UTC)
    (first,) = db.execute(f"SELECT min(ready_at) {_LATER}").fetchone()
    return moment(first) if first else None


def known_robots(db: Database, hosts: Collection[str]) -> tuple[Robots, ...]:
    """Return the robots.txt of each of *hosts* that was ever looked at."""
    rows = db.execute(
        """
        SELECT name, robots_fetched_at, robots_status, ifnull(robots_txt, '') FROM hosts
        WHERE robots_fetched_at IS NOT NULL AND name IN (SELECT value FROM json_each(?))""",
        [json.dumps(list(hosts))],
    )
    return tuple(
        Robots(host=host, fetched_at=at, status=status, text=text)
        for host, at, status, text in rows
    )


def resting_hosts(db: Database, now: datetime) -> frozenset[str]:
    """Return the hosts that are to be left alone: they asked for it, or are down."""
    rows = db.execute("SELECT name FROM hosts WHERE next_visit_at > ?", [stamp(now)])
    return frozenset(name for (name,) in rows)


def links_left(db: Database) -> dict[str, int]:
    """Return by the host how many links are still to be visited, or wait to be, in this run."""
    return dict(
        db.execute(
            "SELECT name, own + waiting FROM temp.backlog JOIN hosts ON hosts.id = host_id "
            "WHERE own + waiting > 0"
        ).fetchall()
    )


def settle(
    db: Database,
    run_id: int,
    checks: Sequence[Check],
    robots: Iterable[Robots],
    now: datetime,
    *,
    released: Iterable[tuple[str, str]] = (),
    not_before: Mapping[str, datetime] | None = None,
) -> int:
    """Write what was seen, and release hosts: *released* names the lease and the host of each.

    One transaction. Bringing the same twice, or after the lease has ended, does no harm: a
    host that another lease holds by then stays held. *not_before* says of hosts when they
    may be visited again; a later time that is known already stays. Returns the number of new
    checks.
    """
    released, not_before = list(released), not_before or {}
    link_ids = json.dumps([check.link_id for check in checks])
    with db.atomic():
        changed = _discount(db, link_ids)
        saved = save_checks(db, run_id, checks, now)
        changed |= _column(
            db,
            "DELETE FROM temp.waiting WHERE link_id IN (SELECT value FROM json_each(?)) "
            "RETURNING host_id",
            link_ids,
        )
        db.conn.executemany(
            "UPDATE hosts SET robots_txt = ?, robots_status = ?, robots_fetched_at = ? "
            "WHERE name = ?",
            [(file.text, file.status, file.fetched_at, file.host) for file in robots],
        )
        db.conn.executemany(
            "UPDATE hosts SET next_visit_at = max(ifnull(next_visit_at, ''), ?) WHERE name = ?",
            [(_not_before(at), host) for host, at in not_before.items()],
        )
        db.conn.executemany(
            "UPDATE hosts SET lease = NULL, leased_until = NULL WHERE lease = ? AND name = ?",
            released,
        )
        named = {host for _, host in released} | not_before.keys()
        _see_anew(db, changed | _named(db, named), now)
    return saved


def put_off(db: Database, waiting: Iterable[tuple[int, str, datetime]], now: datetime) -> None:
    """Let links wait: each to be leased, once more, with the given host, at the given time.

    The host need not be the link's own: a redirect may have led to another one. Until a
    check of it is settled, a link that waits is leased with no other host.
    """
    rows = [(link_id, _not_before(at), host) for link_id, host, at in waiting]
    link_ids = json.dumps([link_id for link_id, *_ in rows])
    hosts = {host for *_, host in rows}
    with db.atomic():
        changed = _discount(db, link_ids) | _column(
            db,
            "SELECT host_id FROM temp.waiting WHERE link_id IN (SELECT value FROM json_each(?))",
            link_ids,
        )
        db.conn.executemany(
            "INSERT INTO hosts (name) VALUES (?) ON CONFLICT DO NOTHING",
            [(host,) for host in hosts],
        )
        db.conn.executemany(
            "INSERT OR REPLACE INTO temp.waiting SELECT ?, id, ? FROM hosts WHERE name = ?", rows
        )
        _see_anew(db, changed | _named(db, hosts), now)


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


def _not_before(at: datetime) -> str:
    """Return *at* in whole seconds, never earlier: what a server asked for is not shortened."""
    return stamp(at + timedelta(microseconds=999_999))


_READY = "FROM temp.backlog WHERE ready_at = '' AND own + waiting > 0"
_LATER = "FROM temp.backlog WHERE ready_at > '' AND own + waiting > 0"


def _longest_backlogs(db: Database, hosts: int, now: datetime) -> list[tuple[int, str, int]]:
    """Return hosts that can be leased: number, name, and how many links wait for each."""
    due = _column(db, f"SELECT host_id {_LATER} AND ready_at <= ?", stamp(now))
    _see_anew(db, due, now)
    return db.execute(
        f"SELECT host_id, (SELECT name FROM hosts WHERE id = host_id), waiting {_READY} "
        "ORDER BY own + waiting DESC LIMIT ?",
        [hosts],
    ).fetchall()


# What a link has of validators is what its last check has brought, and from there.
_OF_DUE_LINK = """
    links.id, url, standing, etag, last_modified,
    iif(etag || last_modified = '', '', (
        SELECT final_url FROM checks WHERE link_id = links.id
        ORDER BY checked_at DESC, id DESC LIMIT 1))"""


def _take(
    db: Database, host_id: int, host: str, now: datetime, limit: int, *, waiting: int
) -> list[DueLink]:
    """Return links of a host to visit now: first those that have waited long enough."""
    rows = _take_waiting(db, host_id, now, limit) if waiting else []
    rows += db.execute(
        f"""
        SELECT {_OF_DUE_LINK} FROM links
        WHERE host_id = ? AND {_DUE_IN_RUN}
        AND NOT EXISTS (SELECT 1 FROM temp.waiting WHERE link_id = links.id)
        ORDER BY next_check_at, id LIMIT ?""",
        [host_id, limit - len(rows)],
    ).fetchall()
    return [
        DueLink(
            link_id=link_id,
            url=url,
            host=host,
            standing=Standing(standing),
            etag=etag,
            last_modified=modified,
            seen_at=seen_at,
        )
        for link_id, url, standing, etag, modified, seen_at in rows
    ]


def _take_waiting(
    db: Database, host_id: int, now: datetime, limit: int
) -> list[tuple[int, str, str, str, str, str]]:
    rows = db.execute(
        f"""
        SELECT {_OF_DUE_LINK} FROM temp.waiting
        JOIN links ON links.id = link_id
        WHERE waiting.host_id = ? AND not_before <= ? ORDER BY not_before LIMIT ?""",
        [host_id, stamp(now), limit],
    ).fetchall()
    db.conn.executemany(
        "UPDATE temp.waiting SET not_before = ? WHERE link_id = ?",
        [(_IN_FLIGHT, row[0]) for row in rows],
    )
    return rows


def _free(db: Database, host_ids: Collection[int], now: datetime) -> None:
    """Hold hosts no longer that turn out to have nothing to visit: their links have changed."""
    if host_ids:
        given = [json.dumps(list(host_ids))]
        among = "IN (SELECT value FROM json_each(?))"
        db.execute(f"UPDATE hosts SET lease = NULL, leased_until = NULL WHERE id {among}", given)
        db.execute(f"UPDATE temp.backlog SET own = 0 WHERE host_id {among}", given)
        _see_anew(db, host_ids, now)


def _discount(db: Database, link_ids: str) -> set[int]:
    """Count links no more as what their own hosts have to be visited; return these hosts."""
    return _column(
        db,
        f"""
        UPDATE temp.backlog SET own = own - gone FROM (
            SELECT host_id AS host, count(*) AS gone FROM links
            WHERE id IN (SELECT value FROM json_each(?)) AND {_DUE_IN_RUN}
            AND NOT EXISTS (SELECT 1 FROM temp.waiting WHERE link_id = links.id)
            GROUP BY host_id)
        WHERE host_id = host RETURNING host_id""",
        link_ids,
    )


def _see_anew(db: Database, host_ids: Collection[int], now: datetime) -> None:
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
                ON waiting.host_id = hosts.id AND not_before < '{_IN_FLIGHT}'
            WHERE hosts.id IN (SELECT value FROM json_each(:ids)) GROUP BY hosts.id)
        WHERE true ON CONFLICT (host_id) DO UPDATE
        SET waiting = excluded.waiting, ready_at = excluded.ready_at""",
        {"ids": json.dumps(list(host_ids)), "now": stamp(now)},
    )


def _named(db: Database, hosts: Collection[str]) -> set[int]:
    names = json.dumps(list(hosts))
    sql = "SELECT id FROM hosts WHERE name IN (SELECT value FROM json_each(?))"
    return _column(db, sql, names)


def _column(db: Database, sql: str, given: str) -> set[int]:
    """Return the numbers that *sql* gives, each once."""
    return {number for (number,) in db.execute(sql, [given])}
