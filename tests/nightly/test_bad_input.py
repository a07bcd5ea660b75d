"""Issues that cannot be read are named and skipped; the others are read."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nightly.exits import Exit

Linkledger = Callable[..., subprocess.CompletedProcess[str]]
Rows = Callable[..., list[tuple[Any, ...]]]

GOOD = "# Sample (2021-09-05)\n\n## News\n\n- [A page](https://a.example/page)\n"

BAD = [
    ("empty", b""),
    ("binary", bytes(range(256)) * 64),
    ("50 MB", b"- [a](https://a.example/)\n" * 2_000_000),
    ("not UTF-8, nor anything else", b"\xff\xfe\xfa" + b"\x81\x8d\x8f\x90\x9d" * 400),
]


@pytest.mark.parametrize(("content"), [pytest.param(row, id=name) for name, row in BAD])
def test_a_bad_issue_is_named_and_the_others_are_read(
    content: bytes, tmp_path: Path, linkledger: Linkledger, rows: Rows
) -> None:
    archive = tmp_path / "issues"
    archive.mkdir()
    (archive / "2021-09-05.md").write_text(GOOD, encoding="utf-8")
    (archive / "2021-09-19.md").write_bytes(content)
    ran = linkledger("read", "issues")
    assert ran.returncode == Exit.DONE
    assert "2021-09-19.md: " in ran.stdout
    assert "Traceback" not in ran.stderr
    catalog = tmp_path / "data/catalog.db"
    assert rows(catalog, "SELECT url FROM links") == [("https://a.example/page",)]
    problems = rows(catalog, "SELECT file, problem <> '' FROM issues ORDER BY file")
    assert problems == [("2021-09-05.md", 0), ("2021-09-19.md", 1)]
    listed = linkledger("links", "issues")
    assert listed.returncode == Exit.DONE
    assert listed.stderr.startswith("linkledger: 2021-09-19.md: ")
    assert listed.stdout == "2021-09-05.md:5:3 https://a.example/page\n"


MISTAKES = [
    ("a folder that is not there", ["read", "nowhere"], Exit.FAILED, "nowhere"),
    ("a night without its folder", ["nightly", "nowhere"], Exit.FAILED, "nowhere"),
    ("a folder read into a file", ["read", "issues", "--catalog", "x.db"], Exit.FAILED, "x.db"),
    ("to judge without a catalog", ["catalog", "rejudge"], Exit.FAILED, "data/catalog.db"),
    ("a file that is no catalog", ["report", "--catalog", "x.db"], Exit.FAILED, "x.db"),
    ("a catalog that is not there", ["report", "--catalog", "y.db"], Exit.FAILED, "y.db"),
    ("a folder in place of a catalog", ["report", "--catalog", "issues"], Exit.FAILED, "issues"),
    ("an archive without issues", ["links", "issues"], Exit.FAILED, "issues"),
    ("a mapping that is none", ["crawl", "--connect-to", "nonsense"], Exit.BAD_CONFIG, "nonsense"),
]


@pytest.mark.parametrize(
    ("arguments", "status", "says"), [pytest.param(*row, id=name) for name, *row in MISTAKES]
)
def test_a_mistake_is_one_line_and_leaves_nothing_behind(
    arguments: list[str], status: Exit, says: str, tmp_path: Path, linkledger: Linkledger
) -> None:
    (tmp_path / "issues").mkdir()
    (tmp_path / "x.db").write_text("not a catalog")
    ran = linkledger(*arguments)
    assert ran.returncode == status
    assert ran.stdout == ""
    assert ran.stderr.count("\n") == 1
    assert ran.stderr.startswith("linkledger: ")
    assert says in ran.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"issues", "x.db"}


def test_a_file_name_cannot_write_to_the_terminal(tmp_path: Path, linkledger: Linkledger) -> None:
    archive = tmp_path / "issues"
    archive.mkdir()
    (archive / "2021-09-05-\x1b[31m.md").write_text(GOOD, encoding="utf-8")
    (archive / "2021-09-19-\x1b[31m.md").write_bytes(bytes(range(256)))
    for command in (["links", "issues"], ["read", "issues", "-v"]):
        ran = linkledger(*command)
        assert ran.returncode == Exit.DONE
        assert "2021-09-19-" in ran.stdout + ran.stderr
        assert "\x1b" not in ran.stdout + ran.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_issue_that_may_not_be_read_is_named(tmp_path: Path, linkledger: Linkledger) -> None:
    archive = tmp_path / "issues"
    archive.mkdir()
    (archive / "2021-09-05.md").write_text(GOOD, encoding="utf-8")
    (archive / "2021-09-19.md").write_text(GOOD, encoding="utf-8")
    (archive / "2021-09-19.md").chmod(0)
    ran = linkledger("read", "issues")
    assert ran.returncode == Exit.DONE
    assert "2021-09-19.md: " in ran.stdout


def test_an_archive_that_lost_all_its_issues_changes_nothing(
    tmp_path: Path, linkledger: Linkledger, rows: Rows
) -> None:
    issue = tmp_path / "issues/2021-09-05.md"
    issue.parent.mkdir()
    issue.write_text(GOOD, encoding="utf-8")
    assert linkledger("read", "issues").returncode == Exit.DONE
    issue.unlink()
    ran = linkledger("read", "issues")
    assert ran.returncode == Exit.FAILED
    assert "nothing was changed" in ran.stderr
    assert rows(tmp_path / "data/catalog.db", "SELECT present FROM links") == [(1,)]
