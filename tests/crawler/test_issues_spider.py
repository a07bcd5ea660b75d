"""The spider `issues` by itself: folders, git, pages and feeds, by real sockets into SQLite."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest

from catalog.connection import open_catalog
from catalog.records import Issue, UnreadIssue
from crawler.options import CrawlOptions
from crawler.read import read_source
from crawler.reading.profile import GUESSING
from crawler.reading.source_kind import SourceKind, source_kind
from crawler.reading.trees import SourceError
from crawler.spiders.issues import IssuesSpider
from tests.loopback import Request, Response, serve, serve_folder

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


def read_at(source: str, **options: Any) -> Iterator[Issue | UnreadIssue]:
    return read_source(source, GUESSING, CrawlOptions(delay=0, **options))


def scrapy(source: str, catalog: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", "crawl", "issues", "-a", f"source={source}"]
    return subprocess.run(
        [*command, "-s", f"CATALOG={catalog}", "-s", "DELAY=0"],
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
    issues = "SELECT file, substr(problem, 1, 24) FROM issues WHERE present ORDER BY file"
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


async def test_a_folder_is_read_when_its_last_issue_is(folder: Path) -> None:
    spider = IssuesSpider(source=str(folder))
    reading = spider.start()
    await anext(reading)
    assert spider.error == f"{folder}: the reading was stopped"
    assert [read.file async for read in reading] == ["2022-02.md"]
    assert spider.error == ""


def test_a_page_that_lists_issues(site: str) -> None:
    read = {issue.file: issue for issue in read_at(f"{site}/")}
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
    (read,) = read_at(f"{site}/feed.xml")
    assert (read.file, isinstance(read, Issue)) == (f"{site}/1.html", True)


def test_one_issue_as_it_lies_on_the_web(site: str) -> None:
    (read,) = read_at(f"{site}/raw.md")
    assert isinstance(read, Issue)
    assert (read.title, read.date, len(read.items)) == ("题", "2022-05-06", 1)


def test_git_elsewhere(folder: Path, tmp_path: Path) -> None:
    git = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@localhost"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *command], check=True)
    bare = tmp_path / "news.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(folder), str(bare)], check=True)
    assert list(read_at(f"file://{bare}")) == list(read_at(str(folder)))


@pytest.mark.parametrize(
    ("path", "complaint"),
    [("nowhere", "the server answered 404"), ("news.git", "not found")],
)
def test_a_source_that_is_not_there(site: str, path: str, complaint: str) -> None:
    with pytest.raises(SourceError, match=complaint):
        list(read_at(f"{site}/{path}"))


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


def feed(*entries: str) -> Response:
    items = "".join(
        f"<item><title>No {number}</title><link>{escape(link)}</link></item>"
        for number, link in enumerate(entries)
    )
    body = f"<rss><channel>{items}</channel></rss>"
    return Response(body=body.encode(), headers={"Content-Type": "application/rss+xml"})


def moved(to: str) -> Response:
    return Response(status=302, headers={"Location": to})


def typed(kind: str, body: bytes) -> Response:
    return Response(headers={"Content-Type": kind}, body=body)


ISSUE = b"# No 1\n\n- [t](https://a-site.com/1)\n"
WHOLE = escape(f"<a href='https://a-site.com/7'>t</a> {'. ' * 200}")
PAGES = {
    "/nameless.xml": Response(
        body=b"<rss><channel><item><title>No 7</title><description>%s</description></item>"
        b"</channel></rss>" % WHOLE.encode()
    ),
    "/robots.txt": typed("text/plain", b"User-agent: *\nDisallow: /secret"),
    "/1.md": typed("text/markdown", ISSUE),
    "/file": typed("application/octet-stream", ISSUE),
    "/large.md": typed("text/markdown", b"a b " * 2_500_000),
    "/cut.md": Response(headers={"Content-Length": "99", "Connection": "close"}, body=b"# No"),
}


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    """A site on loopback: `/to?URL` redirects there, `/feed?URL&URL` names them as its entries."""

    def respond(request: Request) -> Response:
        path, _, query = request.target.partition("?")
        if path in ("/to", "/loop"):
            return moved(query or "/loop")
        if path == "/feed":
            return feed(*query.replace("HALF", "http://[half").split("&"))
        return PAGES.get(path, Response(status=404))

    with serve(respond) as url:
        yield url


def told(source: str, web: str, **options: Any) -> dict[str, str]:
    """Return the problem of each issue at *source* by its file, empty for one that was read."""
    other = web.replace("127.0.0.1", "localhost")
    found = {
        one.file: one.problem if isinstance(one, UnreadIssue) else ""
        for one in read_at(source.format(web=web, other=other), **options)
    }
    return {
        file.replace(web, "{web}").replace(other, "{other}"): problem
        for file, problem in found.items()
    }


REFUSED = "localhost names this machine; --allow-private asks it"

ENTRIES = [
    ("an entry on the feed's own host", "/1.md", {"{web}/1.md": ""}),
    ("one on a private host", "{other}/1.md", {"{other}/1.md": REFUSED}),
    (
        "one that redirects to a private host",
        "/to?{other}/1.md",
        {"{web}/to?{other}/1.md": REFUSED},
    ),
    ("one that redirects for ever", "/loop", {"{web}/loop": "max redirections reached"}),
    (
        "two that redirect to one page",
        "/to?/1.md&/to?{web}/1.md",
        {"{web}/to?/1.md": "", "{web}/to?{web}/1.md": ""},
    ),
    ("one that is named twice", "/1.md&{web}/1.md", {"{web}/1.md": ""}),
    ("half an address", "HALF&/1.md", {"No 0": "ADDRESS", "{web}/1.md": ""}),
    ("another scheme", "javascript:x", {"javascript:x": "ADDRESS"}),
    ("no address at all", "", {"No 0": "ADDRESS"}),
    ("a server that says nothing of its type", "/file", {"{web}/file": ""}),
    ("an endless issue", "/large.md", {"{web}/large.md": "it is larger than 8 MiB"}),
    (
        "an issue that breaks off",
        "/cut.md",
        {"{web}/cut.md": "connection reset: the answer broke off"},
    ),
    ("one that robots are not to read", "/secret/1.md", {"{web}/secret/1.md": "ROBOTS"}),
    ("one that is not there", "/2.md", {"{web}/2.md": "the server answered 404"}),
]


@pytest.mark.parametrize(
    ("links", "issues"), [pytest.param(*row, id=name) for name, *row in ENTRIES]
)
def test_every_entry_of_a_feed_is_read_or_told(
    web: str, links: str, issues: dict[str, str]
) -> None:
    wanted = {
        file: problem.replace("ADDRESS", "the feed says no address of it").replace(
            "ROBOTS", "Forbidden by robots.txt"
        )
        for file, problem in issues.items()
    }
    assert told(f"{{web}}/feed?{links}", web) == wanted


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        pytest.param("{web}/to?{other}/1.md", REFUSED, id="a redirect to a private host"),
        pytest.param(
            "{web}/to?file:///etc/passwd", "the server answered 302", id="a redirect to a file"
        ),
        pytest.param("http://127.0.0.1:1/", "connection refused: ", id="nobody listens"),
        pytest.param("http://[half", "no browser would take", id="half an address"),
        pytest.param("{web}/large.md", "larger than 8 MiB", id="an endless page"),
    ],
)
def test_a_source_on_the_web_that_cannot_be_read(web: str, source: str, complaint: str) -> None:
    with pytest.raises(SourceError, match=re.escape(complaint)):
        told(source, web)


def test_an_entry_that_brings_its_issue_needs_no_address(web: str) -> None:
    assert told("{web}/nameless.xml", web) == {"No 7": ""}


def test_a_private_host_is_asked_where_the_user_says_so(web: str) -> None:
    assert told("{other}/feed?{web}/1.md", web, allow_private=True) == {"{web}/1.md": ""}
    port = web.rpartition(":")[2]
    source = "http://news.example/to?http://old.example/1.md"
    mapping = f"::127.0.0.1:{port}"
    assert told(source, web, connect_to=(mapping,)) == {source: ""}


def test_a_name_that_leads_to_a_private_address_is_not_chosen_by_hand(
    web: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leads_home(host: str, port: int, *_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", leads_home)
    with pytest.raises(SourceError, match=r"news\.example leads to 127\.0\.0\.1"):
        told(f"http://news.example:{web.rpartition(':')[2]}/1.md", web)


def test_an_answer_that_makes_no_sense_is_no_whole_archive(
    web: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trips(*_: object) -> Iterator[Any]:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("crawler.spiders.issues.entries", trips)
    with pytest.raises(SourceError, match="a fault in linkledger: ZeroDivisionError: on purpose"):
        told("{web}/feed?/1.md", web)
