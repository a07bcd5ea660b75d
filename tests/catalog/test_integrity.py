"""A sound catalog has no problems, and every rule notices when it is broken."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from catalog.connection import Catalog, open_catalog
from catalog.integrity import INVARIANTS, problems

BROKEN = [
    (
        "a check's reason belongs to its verdict",
        "UPDATE checks SET verdict = 'moved' WHERE reason = 'not_found'",
    ),
    (
        "a run checks a link once",
        "INSERT INTO checks (link_id, run_id, checked_at, verdict, reason)"
        " SELECT link_id, run_id, checked_at, verdict, reason FROM checks LIMIT 1",
    ),
    ("the last check of a link is its own", "UPDATE links SET last_check_id = 1 WHERE id = 3"),
    (
        "a page was seen by a check of its own link",
        "UPDATE pages SET check_id = (SELECT max(id) FROM checks) WHERE link_id = 1",
    ),
    (
        "a link that its page judges has a host, and a time for its next check",
        "UPDATE links SET next_check_at = NULL WHERE id = 1",
    ),
    (
        "a link that a forge judges has its repository, one that arXiv judges its paper",
        "UPDATE links SET repo_id = NULL WHERE judge = 'forge'",
    ),
    ("a link that was dropped is not mentioned", "UPDATE links SET present = 0 WHERE id = 1"),
    (
        "a mention and its item stand in one issue, whose file it names",
        "UPDATE mentions SET file = 'other.md' WHERE id = 1",
    ),
    ("an issue that is gone has no items and no mentions", "UPDATE issues SET present = 0"),
    (
        "a run that is running has no end, one that is done has one",
        "UPDATE runs SET finished_at = NULL",
    ),
    (
        "an older name leads to a present one at once",
        "UPDATE repos SET successor_id = id WHERE id = 1",
    ),
    ("a repository remembers the name it has", "DELETE FROM repo_names"),
    (
        "a snapshot is of the day on which it was taken",
        "UPDATE repo_snapshots SET taken_on = '2020-01-01'"
        " WHERE source = 'look' AND taken_on = '2026-11-22'",
    ),
    (
        "times are written as 2026-11-22T04:00:00Z",
        "UPDATE links SET next_check_at = '2026-11-23 04:00' WHERE id = 1",
    ),
    ("the totals of hosts are the sums of their links", "UPDATE host_totals SET ok = ok + 1"),
    ("the totals of years are the sums of their links", "DELETE FROM year_totals"),
    ("an issue counts its items, mentions and links", "UPDATE issues SET broken = 99"),
    ("a link counts its mentions", "UPDATE links SET last_mentioned = '2030-01-01'"),
    ("items_fts holds what items holds", "DELETE FROM items_fts_docsize WHERE id = 1"),
    ("pages_fts holds what pages holds", "DELETE FROM pages_fts_docsize"),
    ("repos_fts holds what repos holds", "INSERT INTO repos_fts_docsize VALUES (999, x'00')"),
    (
        "what stands of a link follows from its checks",
        "UPDATE links SET standing = 'ok' WHERE standing = 'broken'",
    ),
    (
        "every foreign key leads to a row",
        "UPDATE mentions SET link_id = 999 WHERE id = 1",
    ),
]


def rules(db: Catalog) -> set[str]:
    return {problem.rule for problem in problems(db)}


def test_a_sound_catalog_has_no_problems(small: Catalog) -> None:
    assert [str(problem) for problem in problems(small)] == []


@pytest.mark.parametrize(("rule", "damage"), [pytest.param(*row, id=row[0]) for row in BROKEN])
def test_what_breaks_a_rule_is_found(own_catalog: Path, rule: str, damage: str) -> None:
    open_catalog(own_catalog).close()
    with closing(sqlite3.connect(own_catalog)) as plain, plain:
        plain.execute(damage)
    with closing(open_catalog(own_catalog, read_only=True)) as db:
        assert rule in rules(db)


def test_every_invariant_is_broken_once() -> None:
    assert {invariant.rule for invariant in INVARIANTS} <= {rule for rule, _ in BROKEN}


def test_a_file_with_a_hole_is_found(own_catalog: Path) -> None:
    with closing(sqlite3.connect(own_catalog)) as plain:
        plain.execute("PRAGMA journal_mode = DELETE")
        (page,) = plain.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'mentions'"
        ).fetchone()
        (size,) = plain.execute("PRAGMA page_size").fetchone()
    with own_catalog.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\0" * size)
    with closing(open_catalog(own_catalog, read_only=True)) as db:
        assert rules(db) == {"the file is whole"}


def test_a_problem_is_told_in_a_line(own: Catalog) -> None:
    own.execute("UPDATE issues SET broken = 99 WHERE id = 1")
    (problem,) = problems(own)
    assert str(problem) == (
        "an issue counts its items, mentions and links: not so once, for example [1, 4, 4, 4, 99]"
    )
