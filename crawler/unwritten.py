"""What has come in since the last transaction, and how it is written."""

import logging
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from catalog.connection import CatalogError
from catalog.database import Database
from catalog.frontier import put_off, settle
from catalog.records import Check, Judgement, Robots
from crawler.mistakes import our_mistake

if TYPE_CHECKING:
    from crawler.messages import HostDone

_log = logging.getLogger(__name__)


class Unwritten:
    """What one transaction will write."""

    def __init__(self) -> None:
        self.checks: list[Check] = []
        self.waiting: list[tuple[int, str, datetime]] = []
        self.robots: list[Robots] = []
        self.rests: dict[str, datetime] = {}
        self.done: list[HostDone] = []

    def __bool__(self) -> bool:
        return bool(self.checks or self.waiting or self.done or self.rests)

    def write(self, db: Database, run_id: int, now: datetime) -> list[tuple[Judgement, Judgement]]:
        """Write all of it; a check that cannot be written takes no other with it.

        Return for each such check its judgement, and the one that was written instead.
        Raises `CatalogError` where nothing can be written at all.
        """
        try:
            self._write(db, run_id, now)
        except CatalogError:
            raise
        except Exception:  # noqa: BLE001 (which check it was, and why, is seen and logged below)
            both = [(c.judgement, _write_alone(db, run_id, c, now)) for c in self.checks]
            self.checks = []
            self._write(db, run_id, now)
            return [(meant, written) for meant, written in both if written != meant]
        return []

    def _write(self, db: Database, run_id: int, now: datetime) -> None:
        with db.atomic():
            if self.waiting:
                put_off(db, self.waiting, now)
            settle(
                db,
                run_id,
                self.checks,
                self.robots,
                now,
                released=[(done.lease_id, done.host) for done in self.done],
                not_before=self.rests,
            )


def _write_alone(db: Database, run_id: int, check: Check, now: datetime) -> Judgement:
    """Write *check*, or, where that fails, that nobody knows and that it is our mistake.

    Return the judgement that was written.
    """
    try:
        settle(db, run_id, [check], [], now)
    except CatalogError:
        raise
    except Exception as error:  # noqa: BLE001 (whatever it is, the run goes on, and it shows)
        _log.exception("cannot write what came of %s", ascii(check.visit.url))
        visit, judgement = our_mistake(check.visit.url, error)
        check = replace(check, visit=visit, judgement=judgement, neighbours=None)
        settle(db, run_id, [check], [], now)
    return check.judgement
