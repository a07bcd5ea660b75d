"""Killed processes, a full disk, readers that never let go: what was committed stays."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.archives import archive_id
from catalog.checks import save_checks
from catalog.connection import Catalog, CatalogError, open_catalog
from catalog.integrity import problems
from catalog.issues import save_issue
from catalog.records import Check, Issue, Item, Judgement, Visit
from catalog.runs import begin_run, end_run
from catalog.vocabulary import Reason

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)

# A linkledger of tomorrow: one more step than ours, which takes its time half-way.
_MIGRATING = """
import sys, time
from catalog.schema.migrations import migrations

@migrations()
def m999_tomorrow(db):
    db.execute("ALTER TABLE hosts ADD COLUMN tomorrow TEXT")
    db.execute("UPDATE hosts SET tomorrow = 'yes'")
    db.execute("DELETE FROM repo_snapshots")
    print("half-way", flush=True)
    time.sleep(float(sys.argv[2]))

from catalog.connection import open_catalog
open_catalog(sys.argv[1]).close()
"""

_WRITING = """
import sys, time
from catalog.connection import open_catalog

db = open_catalog(sys.argv[1])
with db.atomic():
    db.execute("DELETE FROM repo_snapshots")
    db.conn.executemany("INSERT INTO hosts (name) VALUES (?)", [(f"h{n}",) for n in range(50_000)])
    print("half-way", flush=True)
    time.sleep(60)
"""


def killed_half_way(program: str, *arguments: str) -> None:
    """Run *program* until it says that it is half-way, and kill it there."""
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half-way\n"
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def rows(path: Path) -> dict[str, int]:
    with closing(open_catalog(path, read_only=True)) as db:
        assert list(problems(db)) == []
        return {name: db.table(name).count for name in ("checks", "hosts", "repo_snapshots")}


def test_a_migration_that_is_killed_has_done_nothing(own_catalog: Path) -> None:
    before = rows(own_catalog)
    killed_half_way(_MIGRATING, str(own_catalog), "60")
    assert rows(own_catalog) == before


def test_it_is_done_when_it_is_begun_again(own_catalog: Path) -> None:
    killed_half_way(_MIGRATING, str(own_catalog), "60")
    subprocess.run([sys.executable, "-c", _MIGRATING, own_catalog, "0"], check=True)
    with closing(sqlite3.connect(own_catalog)) as plain:
        assert plain.execute("SELECT DISTINCT tomorrow FROM hosts").fetchall() == [("yes",)]
    with pytest.raises(CatalogError, match="was written by a newer linkledger"):
        open_catalog(own_catalog)


def test_a_write_that_is_killed_has_written_nothing(own_catalog: Path) -> None:
    before = rows(own_catalog)
    killed_half_way(_WRITING, str(own_catalog))
    assert rows(own_catalog) == before


def test_two_programs_may_make_a_catalog_at_once(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    opening = "import sys; from catalog.connection import open_catalog; open_catalog(sys.argv[1])"
    both = [subprocess.Popen([sys.executable, "-c", opening, path]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    with closing(open_catalog(path, read_only=True)) as db:
        assert list(problems(db)) == []


def visit_all(db: Catalog, now: datetime) -> None:
    run_id = begin_run(db, "nightly", now)
    at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    checks = [
        Check(
            link_id=link_id,
            checked_at=at,
            judgement=Judgement(reason=Reason.GONE, rule="test"),
            visit=Visit(url=url, status=410),
        )
        for link_id, url in db.execute("SELECT id, url FROM links WHERE judge = 'page'").fetchall()
    ]
    save_checks(db, run_id, checks, now)
    end_run(db, run_id, now, state="done")


def test_a_reader_sees_one_state_during_a_whole_night(own: Catalog, own_catalog: Path) -> None:
    with closing(sqlite3.connect(f"file:{own_catalog}?mode=ro", uri=True)) as reader:
        reader.execute("BEGIN")
        broken = "SELECT count(*), (SELECT sum(broken) FROM host_totals) FROM broken_links"
        before = reader.execute(broken).fetchone()
        visit_all(own, NOW)
        save_issue(
            own,
            archive_id(own, "issues"),
            begin_run(own, "read", NOW),
            Issue(
                file="new.md",
                sha256="1",
                items=(Item(position=1, line=1, section="", title="新"),),
            ),
            NOW,
        )
        assert reader.execute(broken).fetchone() == before == (4, 4)
        assert reader.execute("SELECT count(*) FROM issues").fetchone() == (4,)
        reader.execute("COMMIT")
        assert reader.execute(broken).fetchone() == (10, 10)
        assert reader.execute("SELECT count(*) FROM issues").fetchone() == (5,)


def write_much(db: Catalog) -> None:
    with db.atomic():
        db.execute("DELETE FROM repo_snapshots")
        names = [(f"{'x' * 200}{number}.example",) for number in range(5_000)]
        db.conn.executemany("INSERT INTO hosts (name) VALUES (?)", names)


def test_a_full_disk_is_said_in_a_line_and_loses_nothing(own: Catalog, own_catalog: Path) -> None:
    before = rows(own_catalog)
    (pages,) = own.execute("PRAGMA page_count").fetchone()
    own.execute(f"PRAGMA max_page_count = {pages + 5}")
    with pytest.raises(CatalogError, match="the disk is full: free some space"):
        write_much(own)
    assert rows(own_catalog) == before
    own.execute("PRAGMA max_page_count = 1000000")
    visit_all(own, NOW)
    assert rows(own_catalog)["checks"] > before["checks"]
