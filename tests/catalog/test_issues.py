"""What was read becomes rows, is replaced when it changes, and goes when it is gone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalog.archives import archive_id
from catalog.connection import Catalog
from catalog.issues import (
    drop_unmentioned,
    known_issues,
    save_issue,
    save_unread,
    take_out_missing,
)
from catalog.records import Issue, Item, Mention, RepoName, UnreadIssue
from catalog.runs import begin_run, end_run
from catalog.vocabulary import MentionKind, Reason
from tests import issues

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def mention(url: str, **more: Any) -> Mention:
    return issues.mention(url, 3, **({"file": "2026-11-22.md", "url_column": 5} | more))


def issue(*mentions: Mention, file: str = "2026-11-22.md", sha256: str = "aa") -> Issue:
    item = Item(position=1, line=3, section="开源项目", title="量化工具", summary="剪枝与部署")
    return Issue(file=file, sha256=sha256, date="2026-11-22", items=(item,), mentions=mentions)


def read(db: Catalog, *issues: Issue, now: datetime = NOW) -> int:
    run_id = begin_run(db, "read", now)
    archive = archive_id(db, "issues")
    for each in issues:
        save_issue(db, archive, run_id, each, now)
    take_out_missing(db, archive, run_id, [each.file for each in issues])
    drop_unmentioned(db)
    end_run(db, run_id, now, state="done")
    return run_id


def link(db: Catalog, **where: str) -> dict[str, Any]:
    ((name, value),) = where.items()
    (row,) = db["links"].rows_where(f"{name} = ?", [value])
    return dict(row)


JUDGES = [
    ("an article", "https://example.com/post", "page", None, 1),
    ("a repository's root", "https://github.com/Tencent/TNN", "forge", "Tencent/TNN", 0),
    ("a file of a repository", "https://github.com/Tencent/TNN/wiki", "page", "Tencent/TNN", 1),
    ("a paper", "https://arxiv.org/pdf/1812.00332v2.pdf", "paper", None, 0),
]


@pytest.mark.parametrize(
    ("url", "judge", "repo", "due"), [pytest.param(*row, id=name) for name, *row in JUDGES]
)
def test_who_judges_a_link(db: Catalog, url: str, judge: str, repo: str | None, due: int) -> None:
    read(db, issue(mention(url)))
    row = db.execute(
        """SELECT judge, repos.full_name, next_check_at IS NOT NULL FROM links
        LEFT JOIN repos ON repos.id = repo_id WHERE links.url = ?""",
        (url,),
    ).fetchone()
    assert row == (judge, repo, due)


FINDINGS = [
    ("a slip of the pen", mention("https:/", finding=Reason.BAD_URL), "broken", "bad_url"),
    ("a link left empty", mention("", finding=Reason.BAD_URL), "broken", "bad_url"),
    (
        "a file that is missing",
        mention("old/2018.md", relative=True, finding=Reason.FILE_MISSING),
        "broken",
        "file_missing",
    ),
    ("a file that is there", mention("old/2019.md", relative=True), "ok", "ok"),
    ("a mail address", mention("mailto:editor@example.com"), "skipped", "scheme"),
]


@pytest.mark.parametrize(
    ("found", "standing", "reason"), [pytest.param(*row, id=name) for name, *row in FINDINGS]
)
def test_what_only_the_archive_can_say(
    db: Catalog, found: Mention, standing: str, reason: str
) -> None:
    run_id = read(db, issue(found, found))
    row = link(db, url=found.url)
    assert (row["judge"], row["standing"], row["reason"]) == ("archive", standing, reason)
    assert row["next_check_at"] is None
    assert (row["first_seen_broken"] is not None) == (standing == "broken")
    checks = list(db["checks"].rows)
    assert [(check["run_id"], check["reason"]) for check in checks] == [(run_id, reason)]
    assert row["last_check_id"] == checks[0]["id"]


def test_spellings_of_one_address_are_one_link(db: Catalog) -> None:
    read(
        db, issue(mention("https://Example.com/a?utm_source=x"), mention("https://example.com/a"))
    )
    assert db["links"].count == 1
    assert db["mentions"].count == 2


def test_a_repository_that_only_a_title_names(db: Catalog) -> None:
    tnn = RepoName(host="github.com", owner="Tencent", name="TNN")
    title = mention("https://github.com/Tencent/TNN", kind=MentionKind.TITLE_REPO, repo=tnn)
    read(db, issue(title))
    rows = db.execute(
        "SELECT full_name, via FROM repo_mentions JOIN repos ON repos.id = repo_id"
    ).fetchall()
    assert rows == [("Tencent/TNN", "title")]


def test_a_mention_without_an_address_or_a_finding_has_no_link(db: Catalog) -> None:
    read(db, issue(mention("", target="")))
    assert [row["link_id"] for row in db["mentions"].rows] == [None]


def test_a_changed_issue_replaces_what_was_known(db: Catalog) -> None:
    read(db, issue(mention("https://a.example/"), mention("https://b.example/")))
    read(db, issue(mention("https://b.example/"), sha256="bb"), now=LATER)
    assert [row["url"] for row in db["mentions"].rows] == ["https://b.example/"]
    assert db["items"].count == 1
    assert link(db, url="https://a.example/")["present"] == 0
    assert known_issues(db, archive_id(db, "issues")) == {"2026-11-22.md": "bb"}


def test_a_dropped_link_that_comes_back_is_due(db: Catalog) -> None:
    with_link = issue(mention("https://a.example/"))
    read(db, with_link)
    read(db, issue(sha256="bb"), now=LATER)
    read(db, with_link, now=LATER)
    back = link(db, url="https://a.example/")
    assert (back["present"], back["next_check_at"]) == (1, "2026-11-23T04:00:00Z")
    assert back["first_seen_at"] == "2026-11-22T04:00:00Z"


def test_an_issue_that_is_gone_leaves_its_row(db: Catalog) -> None:
    read(db, issue(mention("https://a.example/")), issue(file="other.md"))
    read(db, issue(file="other.md"), now=LATER)
    rows = db.execute("SELECT file, present FROM issues ORDER BY file").fetchall()
    assert rows == [("2026-11-22.md", 0), ("other.md", 1)]
    assert db["mentions"].count == 0
    assert set(known_issues(db, archive_id(db, "issues"))) == {"other.md"}


def test_an_issue_that_cannot_be_read_keeps_what_was_known(db: Catalog) -> None:
    read(db, issue(mention("https://a.example/")))
    run_id = begin_run(db, "read", LATER)
    archive = archive_id(db, "issues")
    save_unread(db, archive, run_id, UnreadIssue(file="2026-11-22.md", problem="binary"), LATER)
    assert db["mentions"].count == 1
    assert known_issues(db, archive) == {}


def test_a_run_that_was_killed_is_marked_by_the_next(db: Catalog) -> None:
    killed = begin_run(db, "nightly", NOW)
    begin_run(db, "nightly", LATER)
    row = db["runs"].get(killed)
    assert (row["state"], row["finished_at"]) == ("cut_short", None)
