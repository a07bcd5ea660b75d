"""Which archive a source is, however it is spelled, and which archives are there now."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.archives import archive_id, known_archive, present_archives
from catalog.connection import Catalog
from catalog.issues import take_out_missing
from catalog.runs import begin_run
from tests.issues import read_links

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)

SPELLINGS = [
    ("a dot before it", "folder", "issues", "./issues", True),
    ("a slash behind it", "folder", "issues", "issues/", True),
    ("where it lies from the root", "folder", "issues", "{here}/issues", True),
    ("a way there by another folder", "folder", "issues", "other/../issues", True),
    ("a link that leads there", "folder", "issues", "linked", True),
    ("another folder", "folder", "issues", "other", False),
    ("a folder within it", "folder", "issues", "issues/2021", False),
    ("capitals in a host's name", "web", "https://a.example/feed", "https://A.example/feed", True),
    ("a port that goes without saying", "web", "http://a.example", "http://a.example:80/", True),
    ("another page of a host", "web", "https://a.example/feed", "https://a.example/news", False),
    ("git's ending", "git", "https://github.com/o/n", "https://github.com/o/n.git", True),
]


@pytest.mark.parametrize(
    ("kind", "first", "then", "is_same"), [pytest.param(*row, id=name) for name, *row in SPELLINGS]
)
def test_a_spelling(
    db: Catalog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    first: str,
    then: str,
    is_same: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "issues/2021").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    (tmp_path / "linked").symlink_to("issues")
    then = then.format(here=tmp_path)
    number = archive_id(db, first, kind=kind)
    assert (known_archive(db, then, kind) == number) is is_same
    assert (archive_id(db, then, kind=kind) == number) is is_same
    assert (archive_id(db, first, kind=kind), db["archives"].count) == (number, 2 - is_same)


def test_a_catalog_that_is_moved_with_its_archive_knows_it(
    db: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("here", "there"):
        (tmp_path / place / "issues").mkdir(parents=True)
        monkeypatch.chdir(tmp_path / place)
        assert archive_id(db, "issues/" if place == "here" else f"{tmp_path}/there/issues") == 1
    assert [row["source"] for row in db["archives"].rows] == ["issues"]


def test_a_spelling_that_the_catalog_has_goes_first(db: Catalog) -> None:
    for source in ("issues", "issues/"):  # as an older catalog may have it
        db.execute("INSERT INTO archives (source) VALUES (?)", (source,))
    assert [archive_id(db, source) for source in ("issues", "issues/", "./issues")] == [1, 2, 1]


def test_an_archive_keeps_the_title_it_had(db: Catalog) -> None:
    first = archive_id(db, "issues", title="嵌入式AI简报", language="zh")
    assert archive_id(db, "issues") == first
    assert [(row["title"], row["language"]) for row in db["archives"].rows] == [
        ("嵌入式AI简报", "zh")
    ]


def test_an_archive_without_issues_is_not_there(db: Catalog) -> None:
    read_links(db, ["https://a.example/"], NOW)
    assert [archive.source for archive in present_archives(db)] == ["issues"]
    take_out_missing(db, 1, begin_run(db, "read", NOW), ())
    assert present_archives(db) == ()
