"""Find the night that a report speaks of, and the moment from which on things are news."""

from catalog.database import Database
from report.findings import Night

_LAST = """
    SELECT id, started_at, finished_at, state, note FROM runs
    WHERE EXISTS (SELECT 1 FROM checks WHERE checks.run_id = runs.id)
       OR EXISTS (SELECT 1 FROM repo_snapshots WHERE repo_snapshots.run_id = runs.id)
       OR state = 'untrusted'
    ORDER BY id DESC LIMIT 1
"""


def last_night(db: Database) -> Night | None:
    """Return the last night that looked at anything, None where none did yet.

    What an untrusted night saw is no news: its *news_since* is the one of the last night
    that counted, so that a report made in between repeats that night's.
    """
    last = next(iter(db.query(_LAST)), None)
    if last is None:
        return None
    counted = next(iter(db.query("SELECT started_at FROM last_night")), last)
    return Night(
        run_id=last["id"],
        started_at=last["started_at"],
        finished_at=last["finished_at"],
        state=last["state"],
        note=last["note"],
        news_since=counted["started_at"],
    )
