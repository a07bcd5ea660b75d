"""The guard against outages on our own side: it reads a night's checks, and unsays them."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from catalog.address import host_of
from catalog.clock import stamp
from catalog.database import Database
from catalog.runs import distrust, make_due_again
from catalog.vocabulary import SUCCESS, Verdict
from nightly.trust import HostNight, doubt
from nightly.words import counted

_AHEAD = timedelta(days=1)

# What became of each link that a run visited, and what its last visit before said.
_VISITS = """
    SELECT hosts.name AS host, checks.verdict, checks.status, checks.final_url,
        ifnull(json_extract(checks.seen, '$.page.fingerprint'), '') AS fingerprint,
        (SELECT earlier.verdict FROM checks AS earlier JOIN runs ON runs.id = earlier.run_id
         WHERE earlier.link_id = checks.link_id AND earlier.id < checks.id
            AND earlier.run_id <> checks.run_id AND runs.state <> 'untrusted'
         ORDER BY earlier.id DESC LIMIT 1) AS earlier
    FROM checks
    JOIN links ON links.id = checks.link_id
    JOIN hosts ON hosts.id = links.host_id
    WHERE checks.run_id = ? AND links.judge = 'page'
    ORDER BY hosts.name, checks.id
"""

# Such a run has left no summary of itself.
_KILLED = """
    WITH looks AS (
        SELECT id, state, summary FROM runs
        WHERE EXISTS (SELECT 1 FROM checks WHERE checks.run_id = runs.id))
    SELECT id FROM looks WHERE state IN ('running', 'cut_short') AND summary = '{}'
        AND id > ifnull((SELECT max(id) FROM looks WHERE summary <> '{}'), 0)
"""

_PAGE_SEEN = SUCCESS | {Verdict.BROKEN, Verdict.UNCLEAR}  # a wall looks alike on many hosts
_NOT_ASKED = frozenset({Verdict.SKIPPED})


def examine_run(db: Database, run_id: int) -> str:
    """Return why the run *run_id* is not to be trusted, empty where it is."""
    return doubt(tuple(_hosts(db, run_id)))


def examine_killed_runs(db: Database, now: datetime) -> None:
    """Let nothing follow from runs that were killed or stopped and are not to be trusted.

    Those since the last one that saw anything and came to its end; it has been examined then.
    """
    killed = db.execute(_KILLED).fetchall()
    for (run_id,) in killed:
        if why := examine_run(db, run_id):
            distrust(db, run_id, now, why)


def examine_later_runs(
    db: Database, now: datetime, right_time: Callable[[], datetime | None]
) -> str:
    """Let nothing follow from runs whose clock was ahead, where *right_time* says it is now.

    What they saw would come last in the story of every link, and what they put off would stay
    so, until their time has come. Returns in words what was done, empty where there are none.
    """
    later = db.execute(
        "SELECT id FROM runs WHERE state <> 'untrusted' AND started_at > ?",
        [stamp(now + _AHEAD)],
    ).fetchall()
    if not later:
        return ""
    runs = f"{counted(len(later), 'run')} in the catalog began later than it is now"
    told = right_time()
    if told is None or abs(told - now) > _AHEAD:
        return f"{runs}: is the clock right? `linkledger doctor` compares it"
    for (run_id,) in later:
        distrust(db, run_id, now, "its clock was ahead")
    make_due_again(db, now)
    return f"{runs}, by a clock that was ahead: nothing follows from them any more"


def _hosts(db: Database, run_id: int) -> Iterator[HostNight]:
    """Yield each host that the run visited, with what became of its links."""
    rows = db.query(_VISITS, [run_id])
    for host, visits in groupby(rows, key=lambda row: row["host"]):
        asked = [visit for visit in visits if visit["verdict"] not in _NOT_ASKED]
        well = [visit for visit in asked if visit["earlier"] in SUCCESS]
        yield HostNight(
            host=host,
            visits=len(asked),
            answered=sum(visit["status"] is not None for visit in asked),
            was_well=len(well),
            fell=sum(visit["verdict"] not in SUCCESS for visit in well),
            shown=next(filter(None, (_shown(host, visit) for visit in asked)), ""),
        )


def _shown(host: str, visit: dict[str, Any]) -> str:
    """Return what tells the page of *visit* from another: the host that it led to, or its text."""
    if visit["verdict"] not in _PAGE_SEEN:
        return ""
    arrived = host_of(visit["final_url"]) if visit["final_url"] else host
    return str(visit["fingerprint"]) if arrived == host else arrived
