"""Checks as rows: writing visits with their evidence, and deriving anew what stands of links."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, takewhile
from operator import attrgetter, itemgetter

from catalog.address import host_of
from catalog.clock import moment, stamp
from catalog.database import Database
from catalog.evidence import to_hops, to_seen
from catalog.names import name_repository
from catalog.records import Check, Page, PastCheck
from catalog.schedule import next_check
from catalog.standing import standing
from catalog.vocabulary import SUCCESS, Judge, Reason, Verdict, Via

_PAGE_COLUMNS = (
    "title",
    "heading",
    "lead",
    "description",
    "author",
    "language",
    "published",
    "canonical",
    "charset",
    "content_type",
    "fingerprint",
    "text_length",
)

_DERIVED_COLUMNS = (
    "standing",
    "standing_since",
    "reason",
    "first_seen_broken",
    "last_ok",
    "strikes",
    "flapping",
    "fixed_at",
    "next_check_at",
    "last_check_id",
    "suggestion",
)

_page_row = attrgetter(*_PAGE_COLUMNS)

_CHECK_COLUMNS = (
    "id, link_id, run_id, checked_at, verdict, reason, status, final_url, failure, detail, "
    "rule, evidence, suggestion, hops, seen, seconds, size"
)


def save_checks(db: Database, run_id: int, checks: Iterable[Check], now: datetime) -> int:
    """Add *checks* to the history and derive what now stands of their links.

    Returns how many were new: of two checks of one link in one run the first is kept, so
    that a batch which is brought twice changes nothing. One transaction.
    """
    with db.atomic():
        fresh = _not_yet_saved(db, run_id, checks)
        if not fresh:
            return 0
        first = db.execute("SELECT ifnull(max(id), 0) + 1 FROM checks").fetchone()[0]
        numbered = list(enumerate(fresh, first))
        db.conn.executemany(
            f"INSERT INTO checks ({_CHECK_COLUMNS}) VALUES ({_marks(17)})",
            [_check_row(check_id, run_id, check) for check_id, check in numbered],
        )
        _save_validators(db, fresh)
        _save_pages(db, run_id, numbered, now)
        derive(db, [check.link_id for check in fresh], now)
    return len(fresh)


def hosts_visited_since(db: Database, at: datetime) -> frozenset[str]:
    """Return the hosts that were asked for a link later than *at*, or to which one led."""
    rows = db.execute(
        "SELECT checked_at, url, final_url, hops FROM checks JOIN links ON links.id = link_id "
        "ORDER BY checks.id DESC"
    )
    since = stamp(at)
    hosts = set()
    # Reading ends at the first one before: usually that is the first of all.
    for _, url, final_url, hops in takewhile(lambda row: row[0] > since, rows):
        hosts |= {host_of(url), host_of(final_url)}
        hosts |= {host_of(hop["url"]) for hop in json.loads(hops)}
    return frozenset(hosts - {""})


def derive(db: Database, link_ids: Sequence[int], now: datetime) -> None:
    """Write anew what stands of the links *link_ids*, from all their checks that count.

    Checks of a run in the state `untrusted` do not. A link left without any is due at *now*.
    """
    histories = _histories(db, link_ids)
    urls = db.execute(
        "SELECT id, url, judge FROM links WHERE id IN (SELECT value FROM json_each(?))",
        [json.dumps(link_ids)],
    )
    rows = [
        _standing_row(link_id, url, judge, histories.get(link_id, []), now)
        for link_id, url, judge in urls
    ]
    with db.atomic():
        _stage(db, "staged_links", ("link_id", *_DERIVED_COLUMNS), rows)
        news = ", ".join(f"{column} = new.{column}" for column in _DERIVED_COLUMNS)
        db.execute(
            f"UPDATE links SET {news} FROM temp.staged_links AS new WHERE links.id = new.link_id"
        )


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _stage(
    db: Database, table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]
) -> None:
    """Fill a temporary table with *rows*, that one statement can write from there.

    Of many statements each would keep what its triggers change, to undo it, and FTS5 would
    write a piece of its index for each: that costs three times as much.
    """
    db.execute(f"CREATE TEMP TABLE IF NOT EXISTS {table} ({', '.join(columns)})")
    db.execute(f"DELETE FROM temp.{table}")
    db.conn.executemany(f"INSERT INTO temp.{table} VALUES ({_marks(len(columns))})", rows)


def _not_yet_saved(db: Database, run_id: int, checks: Iterable[Check]) -> list[Check]:
    by_link = {check.link_id: check for check in reversed(list(checks))}
    # The plus keeps SQLite from walking through all that the run has checked so far.
    saved = db.execute(
        "SELECT link_id FROM checks "
        "WHERE +run_id = ? AND link_id IN (SELECT value FROM json_each(?))",
        [run_id, json.dumps(list(by_link))],
    )
    for (link_id,) in saved.fetchall():
        del by_link[link_id]
    return list(by_link.values())[::-1]


def _check_row(check_id: int, run_id: int, check: Check) -> tuple[object, ...]:
    visit, judgement = check.visit, check.judgement
    return (
        check_id,
        check.link_id,
        run_id,
        check.checked_at,
        judgement.verdict,
        judgement.reason,
        visit.status,
        visit.final_url,
        visit.failure,
        visit.detail,
        judgement.rule,
        judgement.evidence,
        judgement.suggestion,
        to_hops(visit.hops),
        to_seen(visit, check.neighbours),
        round(visit.seconds, 3),
        visit.size,
    )


def _save_validators(db: Database, checks: Iterable[Check]) -> None:
    """Keep what makes the next visit cheap, but only where «not modified» would be good news."""
    rows = []
    for check in checks:
        headers = check.visit.headers if check.judgement.verdict in SUCCESS else {}
        if check.visit.status == 304 and not headers.get("etag"):
            continue  # the validators that it answered to still hold
        rows.append((headers.get("etag", ""), headers.get("last-modified", ""), check.link_id))
    db.conn.executemany(
        "UPDATE links SET etag = ?1, last_modified = ?2 "
        "WHERE id = ?3 AND (etag <> ?1 OR last_modified <> ?2)",
        rows,
    )


def _save_pages(
    db: Database, run_id: int, numbered: Iterable[tuple[int, Check]], now: datetime
) -> None:
    """Keep the pages that readers get; what a wall or an error page says is none of these."""
    seen = [
        (check_id, check.link_id, check.visit.page)
        for check_id, check in numbered
        if check.visit.page is not None and check.judgement.verdict in SUCCESS
    ]
    columns = ("link_id", "check_id", "run_id", *_PAGE_COLUMNS)
    names = ", ".join(columns)
    news = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
    rows = [(link_id, check_id, run_id, *_page_row(page)) for check_id, link_id, page in seen]
    _stage(db, "staged_pages", columns, rows)
    db.execute(
        f"INSERT INTO pages ({names}) SELECT {names} FROM temp.staged_pages WHERE true "
        f"ON CONFLICT (link_id) DO UPDATE SET {news}"
    )
    _save_page_repos(db, [(link_id, page) for _, link_id, page in seen], now)


def _save_page_repos(db: Database, pages: Sequence[tuple[int, Page]], now: datetime) -> None:
    """Note which repositories the pages name, in place of those that they named before."""
    db.execute(
        "DELETE FROM repo_mentions "
        "WHERE via = 'page' AND link_id IN (SELECT value FROM json_each(?))",
        [json.dumps([link_id for link_id, _ in pages])],
    )
    db.conn.executemany(
        "INSERT INTO repo_mentions (repo_id, via, link_id) VALUES (?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        [
            (name_repository(db, repo, stamp(now)), Via.PAGE, link_id)
            for link_id, page in pages
            for repo in page.repos
        ],
    )


_History = list[tuple[int, str, PastCheck]]


def _histories(db: Database, link_ids: Sequence[int]) -> dict[int, _History]:
    """Return each link's checks that count: check id, suggestion, and the check, oldest first."""
    rows: Iterator[tuple[int, int, str, str, str, str]] = iter(
        db.execute(
            """
            SELECT checks.link_id, checks.id, checked_at, verdict, reason, suggestion
            FROM checks JOIN runs ON runs.id = checks.run_id
            WHERE runs.state <> 'untrusted' AND link_id IN (SELECT value FROM json_each(?))
            ORDER BY checks.link_id, checked_at, checks.id""",
            [json.dumps(link_ids)],
        )
    )
    return {
        link_id: [
            (
                check_id,
                suggestion,
                PastCheck(checked_at=at, verdict=Verdict(verdict), reason=Reason(reason)),
            )
            for _, check_id, at, verdict, reason, suggestion in group
        ]
        for link_id, group in groupby(rows, itemgetter(0))
    }


def _standing_row(
    link_id: int, url: str, judge: str, history: _History, now: datetime
) -> tuple[object, ...]:
    derived = standing([check for _, _, check in history])
    last_id, suggestion, looked_at = None, "", None
    if history:
        last_id, suggestion, last = history[-1]
        looked_at = moment(last.checked_at)
    due = next_check(derived, url, looked_at) if looked_at else now
    return (
        link_id,
        derived.standing,
        derived.since or None,
        derived.reason,
        derived.first_seen_broken or None,
        derived.last_ok or None,
        derived.strikes,
        int(derived.flapping),
        derived.fixed_at or None,
        stamp(due) if judge == Judge.PAGE else None,
        last_id,
        suggestion,
    )
