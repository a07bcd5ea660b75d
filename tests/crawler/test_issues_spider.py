"""The spider `issues` by itself: folders, git, pages and feeds, by real sockets into SQLite."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.connection import open_catalog
from catalog.records import Issue, UnreadIssue
from crawler.read import read_source
from crawler.reading.source_kind import SourceKind, source_kind
from crawler.reading.trees import SourceError
from tests.loopback import serve_folder

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site on loopback with three issues, one of them missing, a feed and a repository."""
    root = tmp_path_factory.mktemp("site")
    for number in (1, 2):
        (root / f"{number}.html").write_text(
            f"<html><title>No {number}</title><h2>A</h2><ul><li>"
            f"<a href='https://a-site.com/{number}'>t</a> <a href='x.html'>x</a></ul>"
        )
    (root / "index.html").write_text(
        "<html><a href='1.html'>1</a><a href='2.html'>2</a><a href='3.html'>3</a>"
    )
    (root / "feed.xml").write_text(
        "<rss><channel><item><title>First</title><link>/1.html</link>"
        "<pubDate>Fri, 04 Mar 2022 10:00:00 GMT</pubDate></item></channel></rss>"
    )
    (root / "raw.md").write_text("# 题 (2022-05-06)\n\n- [t](https://a-site.com/raw)\n")
    with serve_folder(root) as url:
        yield url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "2022-01.md").write_text("## A\n\n- [t](https://a-site.com/1) [x](x.md)\n")
    (archive / "2022-02.md").write_bytes(b"\xff")
    return archive


def scrapy(source: str, catalog: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", "crawl", "issues", "-a", f"source={source}"]
    return subprocess.run(
        [*command, "-s", f"CATALOG={catalog}", "-s", "DOWNLOAD_DELAY=0"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_scrapy_puts_a_folder_into_a_catalog_and_takes_out_what_is_gone(
    folder: Path, tmp_path: Path
) -> None:
    catalog = tmp_path / "catalog.db"
    done = scrapy(str(folder), catalog)
    assert (done.returncode, done.stderr) == (0, "")
    db = open_catalog(catalog, read_only=True)
    issues = "SELECT file, problem FROM issues WHERE present ORDER BY file"
    assert db.execute(issues).fetchall() == [
        ("2022-01.md", ""),
        ("2022-02.md", "it is not UTF-8 (line 1)"),
    ]
    standings = "SELECT url, standing, reason FROM links ORDER BY url"
    assert db.execute(standings).fetchall() == [
        ("https://a-site.com/1", "unchecked", None),
        ("x.md", "broken", "file_missing"),
    ]
    db.close()
    (folder / "2022-02.md").unlink()
    assert scrapy(f"{folder}/../archive/", catalog).returncode == 0
    db = open_catalog(catalog, read_only=True)
    assert db.execute(issues).fetchall() == [("2022-01.md", "")]
    assert (
        db.execute("SELECT command, state FROM runs").fetchall()
        == [("scrapy crawl issues", "done")] * 2
    )


def test_an_archive_that_cannot_be_read_takes_nothing_out(folder: Path, tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.db"
    scrapy(str(folder), catalog)
    folder.rename(tmp_path / "away")
    scrapy(str(folder), catalog)
    db = open_catalog(catalog, read_only=True)
    assert db.execute("SELECT count(*) FROM issues WHERE present").fetchone() == (2,)
    (last,) = db.execute("SELECT state, note FROM runs ORDER BY id DESC LIMIT 1").fetchall()
    assert last == ("cut_short", f"{folder}: there is no such file or folder")


def test_a_page_that_lists_issues(site: str) -> None:
    read = {issue.file: issue for issue in read_source(f"{site}/")}
    assert sorted(read) == [f"{site}/{number}.html" for number in (1, 2, 3)]
    first, missing = read[f"{site}/1.html"], read[f"{site}/3.html"]
    assert isinstance(first, Issue)
    assert first.title == "No 1"
    assert [(m.target, m.relative) for m in first.mentions] == [
        ("https://a-site.com/1", False),
        (f"{site}/x.html", True),
    ]
    assert isinstance(missing, UnreadIssue)
    assert missing.problem == "the server answered 404"


def test_a_feed_whose_entries_have_to_be_fetched(site: str) -> None:
    (read,) = read_source(f"{site}/feed.xml")
    assert (read.file, isinstance(read, Issue)) == (f"{site}/1.html", True)


def test_one_issue_as_it_lies_on_the_web(site: str) -> None:
    (read,) = read_source(f"{site}/raw.md")
    assert isinstance(read, Issue)
    assert (read.title, read.date, len(read.items)) == ("题", "2022-05-06", 1)


def test_git_elsewhere(folder: Path, tmp_path: Path) -> None:
    git = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@localhost"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *command], check=True)
    bare = tmp_path / "news.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(folder), str(bare)], check=True)
    assert list(read_source(f"file://{bare}")) == list(read_source(str(folder)))


@pytest.mark.parametrize(
    ("path", "complaint"),
    [("nowhere", "the server answered 404"), ("news.git", "not found")],
)
def test_a_source_that_is_not_there(site: str, path: str, complaint: str) -> None:
    with pytest.raises(SourceError, match=complaint):
        list(read_source(f"{site}/{path}"))


def test_a_repository_as_pip_writes_it_is_asked_of_git(site: str) -> None:
    with pytest.raises(SourceError, match="not found"):
        list(read_source(f"git+{site}/news.git"))


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("archive", SourceKind.FOLDER),
        ("../archive.git", SourceKind.FOLDER),
        ("https://a-site.com/feed.xml", SourceKind.WEB),
        ("https://a-site.com/news.git", SourceKind.GIT),
        ("git@a-site.com:a/b", SourceKind.GIT),
        ("ssh://git@a-site.com/a/b", SourceKind.GIT),
        ("https://github.com/owner/name", SourceKind.GIT),
        ("https://github.com/owner/name/blob/main/1.md", SourceKind.WEB),
    ],
)
def test_where_a_source_lies(source: str, place: SourceKind) -> None:
    assert source_kind(source) is place
