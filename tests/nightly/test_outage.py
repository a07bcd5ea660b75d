"""What follows from runs that never came to their end: nothing, where the network had failed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog.checks import save_checks
from catalog.clock import stamp
from catalog.database import Database
from catalog.integrity import problems
from catalog.records import Check, Judgement, Visit
from catalog.runs import begin_run, end_run
from catalog.vocabulary import Reason
from nightly.outage import examine_killed_runs
from tests.crawler.crawling import catalog_of

NIGHT = datetime(2026, 3, 2, 3, tzinfo=UTC)
LINKS = [f"https://host-{n}.test/" for n in range(40)]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """A catalog whose links were all well on their first night."""
    db = catalog_of(tmp_path / "catalog.db", LINKS)
    end_run(db, looked(db, "nightly", Reason.OK, NIGHT), NIGHT, state="done", summary={"a": 1})
    yield db
    db.close()


def looked(db: Database, command: str, reason: Reason, at: datetime) -> int:
    """Begin a run of *command* in which every link is seen as *reason* says; return its number."""
    run_id = begin_run(db, command, at)
    checks = [
        Check(
            link_id=n + 1,
            checked_at=stamp(at),
            judgement=Judgement(reason=reason, rule="as told"),
            visit=Visit(
                url=url,
                status=200 if reason is Reason.OK else None,
                failure=None if reason is Reason.OK else reason,
                final_url=url,
            ),
        )
        for n, url in enumerate(LINKS)
    ]
    save_checks(db, run_id, checks, at)
    return run_id


@pytest.mark.parametrize(
    "between",
    [
        pytest.param((), id="the run before"),
        pytest.param(("read",), id="a reading came between"),
        pytest.param(("nightly", "crawl"), id="others were killed before they saw anything"),
    ],
)
def test_a_killed_run_that_was_an_outage_is_not_believed(
    db: Database, between: tuple[str, ...]
) -> None:
    later = NIGHT + timedelta(days=1)
    outage = looked(db, "nightly", Reason.HOST_NOT_FOUND, later)
    for command in between:
        run_id = begin_run(db, command, later)
        if command == "read":
            end_run(db, run_id, later, state="done", summary={"issues": 1})
    examine_killed_runs(db, later)
    ((untrusted, note),) = db.execute("SELECT id, note FROM runs WHERE state = 'untrusted'")
    assert (untrusted, note) == (outage, "none of 40 hosts answered")
    assert not list(problems(db))
    assert db.execute("SELECT DISTINCT standing FROM links").fetchall() == [("ok",)]


def test_a_run_that_came_to_its_end_is_not_examined_again(db: Database) -> None:
    later = NIGHT + timedelta(days=1)
    run_id = looked(db, "nightly", Reason.HOST_NOT_FOUND, later)
    end_run(db, run_id, later, state="cut_short", summary={"a": 1})
    examine_killed_runs(db, later)
    assert db.execute("SELECT count(*) FROM runs WHERE state = 'untrusted'").fetchone() == (0,)


@pytest.mark.parametrize(
    ("report", "ended"),
    [
        pytest.param("ahead", ("cut_short", "killed"), id="before its reports were written"),
        pytest.param("done", ("done", ""), id="when they were there"),
    ],
)
def test_a_night_that_was_killed_after_it_had_seen_everything(
    db: Database, report: str, ended: tuple[str, str]
) -> None:
    later = NIGHT + timedelta(days=1)
    run_id = looked(db, "nightly", Reason.OK, later)
    phases = {"report": {"state": report}, "publish": {"state": "ahead"}}
    end_run(db, run_id, later, state="done", summary={"phases": phases})
    begin_run(db, "nightly", later)
    found = db.execute("SELECT state, note FROM runs WHERE id = ?", [run_id]).fetchone()
    assert found == ended
