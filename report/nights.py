"""Find the night that a report speaks of, and the moment from which on things are news."""

from collections.abc import Iterable, Mapping
from typing import Any

from catalog.database import Database
from report.findings import Night

# A night is one `nightly`, or the commands `read`, `crawl`, `enrich` one after the other;
# the same command again is another night, unless the run before it did not get to its end.
_UNFINISHED = frozenset({"running", "cut_short"})

_RUNS = """
    SELECT id, command, started_at, finished_at, state, note FROM runs
    WHERE EXISTS (SELECT 1 FROM checks WHERE checks.run_id = runs.id)
       OR EXISTS (SELECT 1 FROM repo_snapshots WHERE repo_snapshots.run_id = runs.id)
       OR state = 'untrusted'
    ORDER BY id DESC
"""


def last_night(db: Database) -> Night | None:
    """Return the last night that looked at anything, None where none did yet.

    What an untrusted night saw is no news: its *news_since* is the one of the last night
    that counted, so that a report made in between repeats that night's.
    """
    runs = db.query(_RUNS)
    last = next(runs, None)
    if last is None:
        return None
    first = last if last["state"] != "untrusted" else _trusted(runs)
    return Night(
        run_id=last["id"],
        started_at=last["started_at"],
        finished_at=last["finished_at"],
        state=last["state"],
        note=last["note"],
        news_since=_start(first, runs) if first else last["started_at"],
    )


def _trusted(runs: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    return next((run for run in runs if run["state"] != "untrusted"), None)


def _start(last: Mapping[str, Any], older: Iterable[Mapping[str, Any]]) -> str:
    """Return when the night that ended with the run *last* began; *older* is newest first."""
    start, seen = last["started_at"], {last["command"]}
    for run in older:
        if run["state"] == "untrusted":
            continue
        if run["command"] in seen and run["state"] not in _UNFINISHED:
            break
        start = run["started_at"]
        seen.add(run["command"])
    return str(start)
