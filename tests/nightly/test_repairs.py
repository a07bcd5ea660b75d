"""`linkledger fix` as its users run it: beside the folder of the issues, in the repository."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.checks import save_checks
from catalog.connection import open_catalog
from catalog.records import Check, Judgement, Visit
from catalog.runs import begin_run, end_run
from catalog.vocabulary import Reason
from nightly.exits import Exit

Linkledger = Callable[..., subprocess.CompletedProcess[str]]

OLD, NEW = "https://old.example/page", "https://new.example/путь"
ISSUE = "# Выпуск (2021-09-05)\n\n- [Привет](%s) мир\n"


def all_moved(catalog: Path) -> None:
    """Write down a night in which the one link had moved for good."""
    now = datetime(2021, 9, 6, 4, tzinfo=UTC)
    with closing(open_catalog(catalog)) as db:
        run = begin_run(db, "crawl", now)
        check = Check(
            link_id=1,
            checked_at="2021-09-06T04:00:00Z",
            judgement=Judgement(reason=Reason.MOVED_PERMANENTLY, rule="test", suggestion=NEW),
            visit=Visit(url=OLD, status=200, final_url=NEW),
        )
        save_checks(db, run, [check], now)
        end_run(db, run, now, state="done")


@pytest.fixture
def issue(tmp_path: Path, linkledger: Linkledger) -> Path:
    """An issue in the folder `issues` of a repository, in KOI8-R as the configuration says."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "linkledger.toml").write_text(
        'sources = ["issues"]\narchive = { encoding = "koi8-r" }\n'
    )
    file = tmp_path / "issues" / "2021-09-05.md"
    file.parent.mkdir()
    file.write_bytes((ISSUE % OLD).encode("koi8-r"))
    read = linkledger("read")
    assert read.returncode == Exit.DONE, read.stderr
    all_moved(tmp_path / "data/catalog.db")
    return file


def test_what_it_shows_git_applies(issue: Path, environment: dict[str, str]) -> None:
    command = f"{sys.executable} -m nightly fix | git apply -"
    subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=issue.parents[1],
        env=environment,
        check=True,
    )
    assert issue.read_bytes() == (ISSUE % NEW).encode("koi8-r")


def test_what_it_writes_is_in_the_encoding_of_the_archive(
    issue: Path, linkledger: Linkledger
) -> None:
    written = linkledger("fix", "--write")
    assert (written.returncode, written.stdout) == (Exit.DONE, "")
    assert issue.read_bytes() == (ISSUE % NEW).encode("koi8-r")


SAID = [
    ("en", "1 link repaired in 1 file.\nRun `linkledger read` next: until then, the report shows "
     "the old addresses.\n", "0 links repaired in 0 files.\n"),
    ("zh", "已在 1 个文件中修复 1 个链接。\n接下来请运行 `linkledger read`：在此之前，报告仍显示"
     "旧网址。\n", "已在 0 个文件中修复 0 个链接。\n"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "first", "second"), SAID)
@pytest.mark.usefixtures("issue")
def test_it_says_what_to_run_next_and_that_is_so(
    language: str, first: str, second: str, linkledger: Linkledger
) -> None:
    fix = ("fix", "--write", "--lang", language)
    assert linkledger(*fix).stderr == first
    assert OLD in linkledger("report").stdout
    assert linkledger("read").returncode == Exit.DONE
    assert OLD not in linkledger("report").stdout
    assert linkledger(*fix).stderr == second


def test_a_dry_run_of_writing_writes_nothing(issue: Path, linkledger: Linkledger) -> None:
    before = issue.read_bytes()
    assert linkledger("fix", "--write", "--dry-run").returncode == Exit.BAD_CONFIG
    assert issue.read_bytes() == before
