"""One reading of an archive: what it writes, what it takes out, and what it leaves alone."""

from datetime import UTC, datetime

import pytest

from catalog.connection import Catalog
from catalog.reading import ArchiveReading, NoIssuesError
from catalog.records import Issue, UnreadIssue
from catalog.runs import begin_run
from tests.issues import mention

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def read(db: Catalog, *numbers: int, shows_all: bool = True, changed: str = "") -> ArchiveReading:
    """Read an archive of issues that link to their *numbers*; a number below 0 cannot be read."""
    run_id = begin_run(db, "read", NOW)
    reading = ArchiveReading(db, run_id, lambda: NOW, "issues", kind="folder", shows_all=shows_all)
    for number in numbers:
        file, url = f"{abs(number)}.md", f"https://a.example/{number}"
        if number < 0:
            reading.take(UnreadIssue(file=file, problem="binary"))
        else:
            links = (mention(url, file=file), mention(f"{url}?b", file=file))
            issue = Issue(file=file, sha256=f"{number}{changed}", mentions=links)
            reading.take(issue)
    reading.finish()
    return reading


def present(db: Catalog) -> tuple[list[str], int, int]:
    """Return the issues that are there, how many mentions they have, and links that are there."""
    rows = db.execute("SELECT file FROM issues WHERE present = 1 ORDER BY file").fetchall()
    links = db.execute("SELECT count(*) FROM links WHERE present = 1").fetchone()[0]
    return [file for (file,) in rows], db["mentions"].count, links


def test_an_issue_that_a_folder_has_no_more_is_gone(db: Catalog) -> None:
    read(db, 1, 2, 3)
    second = read(db, 2, 3, 4)
    assert (second.changed, second.gone) == (1, 1)
    assert present(db) == (["2.md", "3.md", "4.md"], 6, 6)


def test_an_issue_that_a_feed_has_no_more_is_only_older(db: Catalog) -> None:
    read(db, 1, -2, 3, shows_all=False)
    second = read(db, 3, 4, shows_all=False)
    assert (second.changed, second.gone) == (1, 0)
    assert present(db) == (["1.md", "2.md", "3.md", "4.md"], 6, 6)


def test_an_issue_that_is_as_it_was_is_not_written_again(db: Catalog) -> None:
    read(db, 1)
    before = [row["id"] for row in db["mentions"].rows]
    assert read(db, 1).changed == 0
    assert [row["id"] for row in db["mentions"].rows] == before
    assert read(db, 1, changed="x").changed == 1


def test_an_archive_that_lost_all_its_issues_is_not_believed(db: Catalog) -> None:
    read(db, 1, 2)
    with pytest.raises(NoIssuesError, match="but 2 are known of it; nothing was changed"):
        read(db)
    assert present(db)[0] == ["1.md", "2.md"]


COMMON = [
    ("they are called alike, but for their numbers", ["周报 第1期", "周报 第2期"], "", "周报"),
    ("most are called alike", ["Weekly 1", "Weekly 2", "A farewell"], "", "Weekly"),
    ("there is one", ["A beginning"], "", "A beginning"),
    ("each has a title of its own", ["On cats", "On dogs"], "", ""),
    ("the maintainer says it", ["On cats", "On dogs"], "Pets", "Pets"),
]


@pytest.mark.parametrize(
    ("titles", "said", "expected"), [pytest.param(*row, id=name) for name, *row in COMMON]
)
def test_an_archive_is_called_what_its_issues_have_in_common(
    db: Catalog, titles: list[str], said: str, expected: str
) -> None:
    first = begin_run(db, "read", NOW)
    ways = {"kind": "folder", "shows_all": True}
    for run, read_now in ((first, titles[:1]), (begin_run(db, "read", NOW), titles)):
        reading = ArchiveReading(db, run, lambda: NOW, "issues", title=said, **ways)
        for number, title in enumerate(read_now):
            reading.take(Issue(file=f"{number}.md", sha256=title, title=title))
        reading.finish()
    assert [row["title"] for row in db["archives"].rows] == [expected]


def test_a_source_that_never_had_an_issue_leaves_nothing(db: Catalog) -> None:
    with pytest.raises(NoIssuesError, match="issues holds no issue that is known as one"):
        read(db)
    assert db["archives"].count == 0
