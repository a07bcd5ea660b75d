"""What `linkledger read` keeps of an archive itself, beside its issues."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nightly.exits import Exit
from tests.loopback import Request, Response, serve

Linkledger = Callable[..., subprocess.CompletedProcess[str]]
Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "issues"
    folder.mkdir()
    (folder / "2021-09-05.md").write_text("# 边缘周报 (2021-09-05)\n\n- [a](https://a.example/)\n")
    return folder


def test_a_folder(archive: Path, tmp_path: Path, linkledger: Linkledger, rows: Rows) -> None:
    assert linkledger("read", "issues").returncode == Exit.DONE
    kept = rows(tmp_path / "data/catalog.db", "SELECT source, kind, language FROM archives")
    assert kept == [("issues", "folder", "zh")]


def test_a_git_repository_elsewhere(
    archive: Path, tmp_path: Path, linkledger: Linkledger, rows: Rows
) -> None:
    git = ["git", "-C", str(archive), "-c", "user.name=t", "-c", "user.email=t@a.example"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "one issue"]):
        subprocess.run([*git, *command], check=True)
    source = f"file://{archive}/.git"
    for _ in range(2):
        assert linkledger("read", source).returncode == Exit.DONE
        kept = rows(tmp_path / "data/catalog.db", "SELECT source, kind, language FROM archives")
        assert kept == [(source, "git", "zh")]


def test_every_spelling_of_a_folder_is_one_archive(
    archive: Path, tmp_path: Path, linkledger: Linkledger, rows: Rows
) -> None:
    for source in ("issues/", "issues", "./issues", str(archive)):
        assert linkledger("read", source).returncode == Exit.DONE
    assert rows(tmp_path / "data/catalog.db", "SELECT source FROM archives") == [("issues",)]


def test_a_source_without_issues_is_told_and_stops_no_other(
    archive: Path, tmp_path: Path, linkledger: Linkledger, rows: Rows
) -> None:
    (tmp_path / "empty").mkdir()
    done = linkledger("read", "empty", "nowhere", "issues")
    assert done.returncode == Exit.FAILED
    assert "✓" not in done.stdout
    for words in ("empty holds no issue", "nowhere: there is no such", "sources: 1 issue, 1 men"):
        assert words in done.stderr
    assert rows(tmp_path / "data/catalog.db", "SELECT source FROM archives") == [("issues",)]


def test_an_archive_by_a_way_that_there_is_not_is_refused_by_name(linkledger: Linkledger) -> None:
    for command in ("read", "init"):
        done = linkledger(command, "ftp://archive.example/issues")
        assert done.returncode == Exit.FAILED
        assert "ftp://archive.example/issues: no archive is read by ftp; give" in done.stderr


def test_an_issue_that_scrolls_out_of_a_feed_stays(
    tmp_path: Path, linkledger: Linkledger, rows: Rows
) -> None:
    newest = [1, 2, 3]

    def respond(_: Request) -> Response:
        items = "".join(
            f"<item><title>No {number}</title><link>https://news.example/{number}</link>"
            f"<description>&lt;a href='https://a.example/{number}'&gt;t&lt;/a&gt;{'. ' * 200}"
            "</description></item>"
            for number in newest
        )
        return Response(body=f"<rss><channel>{items}</channel></rss>".encode())

    with serve(respond) as url:
        assert linkledger("read", url, "--delay", "0").returncode == Exit.DONE
        newest[:] = [2, 3, 4]
        done = linkledger("read", f"{url}/", "--delay", "0")
    assert (done.returncode, "1 new or changed" in done.stdout, "gone" in done.stdout) == (
        *(Exit.DONE, True, False),
    )
    present = (
        "SELECT issues.file FROM issues JOIN mentions ON issue_id = issues.id WHERE present = 1"
    )
    kept = rows(tmp_path / "data/catalog.db", f"{present} ORDER BY 1")
    assert kept == [(f"https://news.example/{number}",) for number in (1, 2, 3, 4)]


def test_a_feed_that_redirects_into_the_private_network(linkledger: Linkledger) -> None:
    secret = Response(body=b"# Secret\n\n- [t](https://a.example/)\n")
    with serve(lambda _: secret) as private:
        to = {"Location": private.replace("127.0.0.1", "localhost")}
        with serve(lambda _: Response(status=302, headers=to)) as url:
            refused = linkledger("read", url, "--delay", "0")
            allowed = linkledger("read", url, "--delay", "0", "--allow-private")
    assert (refused.returncode, allowed.returncode) == (Exit.FAILED, Exit.DONE)
    assert refused.stderr.count("\n") == 1, refused.stderr
    assert "localhost names this machine; --allow-private" in refused.stderr


def test_an_archive_that_is_no_longer_read_is_let_go(
    archive: Path, tmp_path: Path, linkledger: Linkledger, rows: Rows
) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old/2020-01-01.md").write_text(
        "- [a](https://a.example/)\n- [b](https://b.example/)\n"
    )
    links = "SELECT url, mentions FROM links WHERE present = 1 ORDER BY url"
    assert linkledger("read", "issues", "old").returncode == Exit.DONE
    catalog = tmp_path / "data/catalog.db"
    for _ in range(2):
        assert len(rows(catalog, links)) == 2
        done = linkledger("catalog", "forget", "./old/")
        assert (done.returncode, done.stdout) == (0, "./old/: 1 issue forgotten, 1 link dropped\n")
        assert rows(catalog, links) == [("https://a.example/", 1)]
        assert linkledger("catalog", "check").returncode == Exit.DONE
        assert linkledger("read", "old").returncode == Exit.DONE  # it may come back
    unknown = linkledger("catalog", "forget", "nowhere")
    assert unknown.returncode == Exit.FAILED
    assert "no archive at nowhere; it has: issues, old" in unknown.stderr
