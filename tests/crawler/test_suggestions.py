"""Suggestions are visited with the crawl's manners, and only what is there may be offered."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.connection import Catalog, open_catalog
from catalog.suggestions import suggest, unvisited_suggestions
from catalog.vocabulary import SuggestionKind
from crawler.options import CrawlOptions
from crawler.suggestions import visit_suggestions
from tests.issues import read_links
from tests.loopback import Request, Response, serve

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)

PAGES = {
    "/robots.txt": (404, "", ""),
    "/there": (200, "", "<title>Here</title><p>Everything that was promised is here.</p>"),
    "/gone": (404, "", "<title>Not found</title>"),
    "/hops": (301, "/there", ""),
    "/down": (503, "", ""),
}


@pytest.fixture
def site() -> Iterator[str]:
    def respond(request: Request) -> Response:
        status, location, body = PAGES[request.target]
        headers = {"Content-Type": "text/html"} | ({"Location": location} if location else {})
        return Response(status=status, headers=headers, body=body.encode())

    with serve(respond) as url:
        yield url


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Catalog]:
    """A catalog with one link, which has not been looked at."""
    db = open_catalog(tmp_path / "catalog.db")
    read_links(db, ["https://old.example/"], NOW)
    yield db
    db.close()


OPTIONS = CrawlOptions(delay=0, allow_private=True, attempts=1, backoff=0)


def test_each_suggestion_is_visited_once_and_judged(db: Catalog, site: str) -> None:
    for path in ("/there", "/gone", "/hops", "/down"):
        suggest(db, 1, SuggestionKind.MOVED, f"{site}{path}", NOW)
    assert visit_suggestions(db, OPTIONS, lambda: NOW) == 4
    verdicts = {
        row["address"].removeprefix(site): row["verdict"]
        for row in db.query("SELECT address, verdict FROM suggestions")
    }
    assert verdicts == {"/there": "ok", "/gone": "broken", "/hops": "moved", "/down": None}
    assert [one.address for one in unvisited_suggestions(db)] == [f"{site}/down"]


def test_where_nothing_waits_nothing_is_asked(db: Catalog) -> None:
    assert visit_suggestions(db, OPTIONS, lambda: NOW) == 0


def test_an_address_on_our_own_network_is_not_visited(db: Catalog, site: str) -> None:
    suggest(db, 1, SuggestionKind.MOVED, f"{site}/there", NOW)
    visit_suggestions(db, CrawlOptions(delay=0, attempts=1), lambda: NOW)
    assert db.execute("SELECT verdict FROM suggestions").fetchone() == (None,)
