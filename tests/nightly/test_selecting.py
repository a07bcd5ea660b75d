"""A part of the catalog, to be told of or visited: one that is not there is refused."""

import subprocess
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from nightly.exits import Exit

Linkledger = Callable[..., subprocess.CompletedProcess[str]]
Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def ledger(linkledger: Linkledger, tmp_path: Path) -> Linkledger:
    """The command, beside a catalog in which one issue has a broken link."""
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "2024-01-14.md").write_text("# Letter\n\n## News\n\n- [A page](gone.md)\n")
    assert linkledger("read", "letters").returncode == Exit.DONE
    return linkledger


@pytest.mark.parametrize(
    "narrowed",
    [
        pytest.param(("--issue", "2024-01-14.md"), id="an issue as its archive has it"),
        pytest.param(("--issue", "letters/2024-01-14.md"), id="an issue as it is seen from here"),
        pytest.param(("--issue", "./letters/2024-01-14.md"), id="the same, from the dot on"),
        pytest.param(("--issue", "letters/2024-*"), id="a pattern from here"),
        pytest.param(("--section", "news"), id="a section"),
    ],
)
def test_a_part_that_is_there(ledger: Linkledger, narrowed: tuple[str, ...]) -> None:
    assert ledger("report", "--fail-on", "broken", *narrowed).returncode == Exit.FAIL_ON


@pytest.mark.parametrize(
    ("fail_on", "status"),
    [
        pytest.param("broken", Exit.FAIL_ON, id="it does not work"),
        pytest.param("empty", Exit.FAIL_ON, id="it leads nowhere"),
        pytest.param("moved", Exit.DONE, id="it has not moved"),
    ],
)
def test_a_link_that_leads_nowhere_fails_who_asks_for_it(
    linkledger: Linkledger, tmp_path: Path, fail_on: str, status: Exit
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "2024-01-14.md").write_text("# Letter\n\n- [https://a.test/x]()\n")
    assert linkledger("read", "letters").returncode == Exit.DONE
    assert linkledger("report", "--fail-on", fail_on).returncode == status


@pytest.mark.parametrize(
    "narrowed",
    [
        pytest.param(("--issue", "2024-01-15.md"), id="an issue that nobody has read"),
        pytest.param(("--host", "nowhere.test"), id="a host that nobody names"),
        pytest.param(("--section", "old"), id="a section that no issue has"),
    ],
)
def test_a_part_that_is_not_there(ledger: Linkledger, narrowed: tuple[str, ...]) -> None:
    ran = ledger("report", "--fail-on", "broken", *narrowed)
    assert ran.returncode == Exit.BAD_CONFIG
    assert f"{' '.join(narrowed)}: nothing in the catalog fits that" in ran.stderr


class Site(ThreadingHTTPServer):
    """Answers for every host, 404 where the path says so; `asked` are the pages asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.asked: list[str] = []


class _Page(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        if self.path.startswith(("/there", "/gone")):
            self.server.asked.append(f"{self.headers['Host']}{self.path}")
        self.send_response(200 if self.path.startswith("/there") else 404)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>Soldering</title><p>Warm the pad first, and then the wire.")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        thread = Thread(target=site.serve_forever)
        thread.start()
        yield site
        site.shutdown()
        thread.join()


PAGES = ("a.test/there", "a.test/gone", "www.a.test/there", "b.test/there", "b.test/gone")


@pytest.fixture
def crawl(linkledger: Linkledger, tmp_path: Path, site: Site) -> Linkledger:
    """The command `crawl`, beside a catalog with links to `PAGES` and to a repository."""
    (tmp_path / "letters").mkdir()
    links = "".join(f"- [A page](http://{page})\n" for page in PAGES)
    forge = "- [A repository](https://github.com/o/r)\n"
    (tmp_path / "letters" / "2024-01-14.md").write_text(f"# Letter\n\n{links}{forge}")
    here = f"127.0.0.1:{site.server_port}"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        led = ("--connect-to", f"::{here}", "--canaries", here, "--delay", "0")
        return linkledger("crawl", *led, *arguments, LINKLEDGER_SECOND_PASS="0")

    assert linkledger("read", "letters").returncode == Exit.DONE
    return run


CHOSEN = [
    ("a link", "--url http://b.test/there", ["b.test/there"]),
    (
        "two links, however they are spelled",
        "--url http://b.test/there --url HTTP://A.test:80/gone",
        ["a.test/gone", "b.test/there"],
    ),
    (
        "a host, and what is below it",
        "--host a.test",
        ["a.test/gone", "a.test/there", "www.a.test/there"],
    ),
    ("what is broken", "--standing broken", ["a.test/gone", "b.test/gone"]),
    ("a host by an address on it", "--host http://www.a.test/x", ["www.a.test/there"]),
    ("what is broken on a host", "--standing broken --host b.test", ["b.test/gone"]),
]


@pytest.mark.parametrize(
    ("arguments", "visited"), [pytest.param(*row, id=name) for name, *row in CHOSEN]
)
def test_what_is_chosen_is_visited_again_and_nothing_else(
    crawl: Linkledger, site: Site, arguments: str, visited: list[str]
) -> None:
    assert crawl().returncode == Exit.DONE
    assert set(site.asked) == set(PAGES)
    site.asked.clear()
    assert crawl(*arguments.split()).returncode == Exit.DONE
    assert sorted(set(site.asked)) == visited


REFUSED = [
    ("a link of nobody", "--url http://b.test/x", "--url http://b.test/x: no issue links to that"),
    ("a repository", "--url https://github.com/o/r", "it is not visited; its forge tells"),
    ("a host of nobody", "--host c.test", "--host c.test: nothing in the catalog fits that"),
    ("nothing at once", "--host www.a.test --standing broken", "no link in the catalog is all"),
    ("all of it", "--all --host a.test", "--all leaves nothing to choose"),
]


@pytest.mark.parametrize(
    ("arguments", "words"), [pytest.param(*row, id=name) for name, *row in REFUSED]
)
def test_a_choice_of_nothing_is_refused_before_a_run_begins(
    crawl: Linkledger, site: Site, rows: Rows, tmp_path: Path, arguments: str, words: str
) -> None:
    ran = crawl(*arguments.split())
    assert ran.returncode == Exit.BAD_CONFIG
    assert words in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    runs = rows(tmp_path / "data/catalog.db", "SELECT command FROM runs ORDER BY id")
    assert (runs, site.asked) == ([("read",)], [])
