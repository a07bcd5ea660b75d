"""The frontier is the catalog itself: which links are due, who holds their hosts, what came back.

The run that holds the catalog is the only one to call these functions, by one connection.
How many links of each host are due, and which links wait for a later time of this run (a
second try, a redirect that leads to another host), it keeps in `catalog/backlog.py`.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from uuid import uuid4

from catalog.backlog import (
    DUE,
    DUE_IN_RUN,
    IN_FLIGHT,
    longest_backlogs,
    look_anew,
    named_hosts,
    open_backlog,
    strike_off,
)
from catalog.checks import save_checks
from catalog.clock import stamp
from catalog.database import Database
from catalog.hosts import known_robots
from catalog.records import Check, DueLink, Lease, Robots
from catalog.standing import NIGHT
from catalog.vocabulary import Standing

# When a link is due that is to be visited whatever else is: before any other.
_AT_ONCE = "0001-01-01T00:00:00Z"


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
    given = {"now": stamp(now), "latest": _not_before(now + NIGHT)}
    with db.atomic():
        if everything:
            db.execute(
                "UPDATE links SET next_check_at = :now "
                "WHERE judge = 'page' AND present = 1 AND next_check_at > :now",
                given,
            )
        if only is not None:
            # What an earlier such run was to visit, and did not, is due with all others.
            db.execute(
                "UPDATE links SET next_check_at = :now WHERE next_check_at = :at_once",
                given | {"at_once": _AT_ONCE},
            )
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
        open_backlog(db, stamp(now) if only is None else _AT_ONCE, now)
    return tuple(name for (name,) in freed)


def count_due(db: Database, now: datetime, *, everything: bool = False) -> int:
    """Return how many links a crawl at *now* would visit."""
    due = "judge = 'page' AND present = 1" if everything else f"{DUE} :now"
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
    chosen = longest_backlogs(db, hosts, now)
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
    with db.atomic():
        changed = strike_off(db, [check.link_id for check in checks])
        saved = save_checks(db, run_id, checks, now)
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
        look_anew(db, changed | named_hosts(db, named), now)
    return saved


def put_off(db: Database, waiting: Iterable[tuple[int, str, datetime]], now: datetime) -> None:
    """Let links wait: each to be leased, once more, with the given host, at the given time.

    The host need not be the link's own: a redirect may have led to another one. Until a
    check of it is settled, a link that waits is leased with no other host.
    """
    rows = [(link_id, _not_before(at), host) for link_id, host, at in waiting]
    hosts = {host for *_, host in rows}
    with db.atomic():
        changed = strike_off(db, [link_id for link_id, *_ in rows])
        db.conn.executemany(
            "INSERT INTO hosts (name) VALUES (?) ON CONFLICT DO NOTHING",
            [(host,) for host in hosts],
        )
        db.conn.executemany(
            "INSERT OR REPLACE INTO temp.waiting SELECT ?, id, ? FROM hosts WHERE name = ?", rows
        )
        look_anew(db, changed | named_hosts(db, hosts), now)


def _not_before(at: datetime) -> str:
    """Return *at* in whole seconds, never earlier: what a server asked for is not shortened."""
    return stamp(at + timedelta(microseconds=999_999))


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
        WHERE host_id = ? AND {DUE_IN_RUN}
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
        [(IN_FLIGHT, row[0]) for row in rows],
    )
    return rows


def _free(db: Database, host_ids: Collection[int], now: datetime) -> None:
    """Hold hosts no longer that turn out to have nothing to visit: their links have changed."""
    if host_ids:
        given = [json.dumps(list(host_ids))]
        among = "IN (SELECT value FROM json_each(?))"
        db.execute(f"UPDATE hosts SET lease = NULL, leased_until = NULL WHERE id {among}", given)
        db.execute(f"UPDATE temp.backlog SET own = 0 WHERE host_id {among}", given)
        look_anew(db, host_ids, now)
