"""Suggestions are visited with the crawl's manners, and only what is there may be offered."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from catalog.connection import Catalog, open_catalog
from catalog.suggestions import suggest, unvisited_suggestions
from catalog.vocabulary import SuggestionKind
from crawler.options import CrawlOptions
from crawler.suggestions import visit_suggestions
from tests.crawler.crawling import catalog_of, impatient, night
from tests.crawler.fault_web import FaultWeb, answer, article, redirect
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


def seen(web: FaultWeb, host: str) -> tuple[list[str], list[float]]:
    """Return what *host* was asked for, and the seconds between."""
    of_host = sorted((one for one in web.seen if one.host == host), key=lambda one: one.began)
    gaps = [later.began - earlier.began for earlier, later in pairwise(of_host)]
    return [one.path for one in of_host], gaps


def test_a_host_is_owed_what_it_was_owed_in_the_crawl(fault_web: FaultWeb, tmp_path: Path) -> None:
    target = "everybodys-home.test"
    link = fault_web.add(target, answer("404 Not Found"), path="/old")
    there = fault_web.add(target, article(), path="/new")
    also_there = fault_web.add(target, article("Another"), path="/other")
    sender = fault_web.add("sends-there.test", redirect(also_there, 302))
    db = catalog_of(tmp_path / "catalog.db", [link])
    options = impatient(fault_web, delay=0.3)
    night(db, options, NOW)
    for address in (sender, there):
        suggest(db, 1, SuggestionKind.MOVED, address, NOW)
    assert visit_suggestions(db, options, lambda: NOW) == 2
    paths, gaps = seen(fault_web, target)
    assert paths.count("/robots.txt") == 1
    assert {"/new", "/other"} < set(paths)
    assert min(gaps) >= 0.3


def test_a_host_that_is_to_be_left_alone_is_not_asked(fault_web: FaultWeb, tmp_path: Path) -> None:
    busy = answer("429 Too Many Requests", "Retry-After: 600")
    link = fault_web.add("too-busy.test", busy, path="/old")
    there = fault_web.add("too-busy.test", article(), path="/new")
    db = catalog_of(tmp_path / "catalog.db", [link])
    options = impatient(fault_web)
    night(db, options, NOW)
    suggest(db, 1, SuggestionKind.MOVED, there, NOW)
    assert visit_suggestions(db, options, lambda: NOW) == 0
    assert "/new" not in seen(fault_web, "too-busy.test")[0]


def test_what_a_lease_had_no_time_for_is_leased_again(fault_web: FaultWeb, tmp_path: Path) -> None:
    pages = [fault_web.add("many.test", article(f"{n}"), path=f"/{n}") for n in range(6)]
    db = catalog_of(tmp_path / "catalog.db", ["https://old.test/"])
    for address in pages:
        suggest(db, 1, SuggestionKind.MOVED, address, NOW)
    options = impatient(fault_web, delay=0.3, lease=0.7)
    assert visit_suggestions(db, options, lambda: NOW) == 6
