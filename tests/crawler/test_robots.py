"""What a robots.txt allows us, as a table, and how it is come by, over real sockets."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog.clock import stamp
from catalog.records import Robots
from crawler.visiting.robots import LIMIT, LONGEST_DELAY, Rules, is_fresh
from tests.crawler.crawling import FIRST_NIGHT, catalog_of, checks, impatient, night
from tests.crawler.fault_web import FaultWeb, Step, after, answer, article, redirect, reset

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
PAGE = "https://example.com/posts/1"


def file(text: str = "", status: int | None = 200) -> Robots:
    return Robots(host="example.com", fetched_at=stamp(NOW), status=status, text=text)


CLOSED = "User-agent: *\nDisallow: /\n"

CASES = [
    ("nobody has looked", None, True),
    ("an empty file", file(), True),
    ("closed to all", file(CLOSED), False),
    ("closed to us by name", file("User-agent: LinkLedger\nDisallow: /posts"), False),
    ("open to us by name", file(CLOSED + "\nUser-agent: linkledger\nAllow: /"), True),
    ("closed to others", file("User-agent: other\nDisallow: /"), True),
    ("closed elsewhere", file("User-agent: *\nDisallow: /private"), True),
    ("the longer rule counts", file("User-agent: *\nDisallow: /\nAllow: /posts"), True),
    ("not there", file(CLOSED, 404), True),
    ("forbidden", file(CLOSED, 403), True),
    ("the server fails", file(CLOSED, 503), True),
    ("no answer", file(CLOSED, None), True),
    ("a page instead of a file", file("<!doctype html><h1>Welcome</h1>"), True),
]


@pytest.mark.parametrize(
    ("known", "expected"), [pytest.param(*row, id=name) for name, *row in CASES]
)
def test_allows(known: Robots | None, expected: bool) -> None:
    assert Rules.of(known).allows(PAGE) is expected


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("User-agent: *\nCrawl-delay: 3", 3.0),
        ("User-agent: *\nCrawl-delay: 86400", LONGEST_DELAY),
        ("User-agent: other\nCrawl-delay: 3", 0.0),
        ("User-agent: *\nCrawl-delay: soon", 0.0),
    ],
)
def test_delay(text: str, seconds: float) -> None:
    assert Rules.of(file(text)).delay == seconds


def test_a_file_counts_for_a_day() -> None:
    assert is_fresh(file(), NOW + timedelta(hours=23))
    assert not is_fresh(file(), NOW + timedelta(hours=24))


def closing(path: str, *before: str) -> bytes:
    """Return the answer of a server whose file closes *path*, after the lines *before*."""
    return answer("200 OK", body="\n".join([*before, "User-agent: *", f"Disallow: {path}"]))


def looks(web: FaultWeb, host: str) -> int:
    """Return how often *host* was asked for its file."""
    return sum(seen.path == "/robots.txt" for seen in web.seen if seen.host == host)


SECOND_LOOKS: list[tuple[str, Step, str]] = [
    ("is closed no more", answer("404 Not Found"), "ok"),
    ("is closed elsewhere", closing("/other"), "ok"),
    ("cuts the connection", reset, "robots"),
    ("has an error", answer("500 Oops"), "robots"),
    ("is busy", answer("429 Slow", "Retry-After: 1"), "robots"),
    ("sends us to a host that we may not ask", redirect("http://robots-of-all.test/"), "robots"),
]


@pytest.mark.parametrize(
    ("second", "reason"), [pytest.param(*row, id=name) for name, *row in SECOND_LOOKS]
)
def test_a_host_that_was_closed_and_the_next_night(
    fault_web: FaultWeb, tmp_path: Path, second: Step, reason: str
) -> None:
    host = f"closed-{id(second)}.test"
    url = fault_web.add(host, article(), path="/private/page", robots=closing("/private"))
    db = catalog_of(tmp_path / "catalog.db", [url])
    night(db, impatient(fault_web))
    assert checks(db)[url]["reason"] == "robots"

    fault_web.behaviours[host].robots = second
    night(db, impatient(fault_web, everything=True), FIRST_NIGHT + timedelta(hours=25))
    assert checks(db)[url]["reason"] == reason
    assert looks(fault_web, host) == 2
    assert (len(fault_web.requests(host)) > 0) == (reason == "ok")


CLOSED_DOORS: list[tuple[str, bytes, int, str]] = [
    (
        "out of order until the morning",
        answer("503 Later", "Retry-After: 28800"),
        0,
        "server_error",
    ),
    ("busy until the morning", answer("429 Slow", "Retry-After: 28800"), 0, "rate_limited"),
    ("out of order for a moment", answer("503 Later", "Retry-After: 1"), 7, "ok"),
    ("out of order, for how long it does not say", answer("503 Later"), 7, "ok"),
]


@pytest.mark.parametrize(
    ("robots", "asked", "reason"), [pytest.param(*row, id=name) for name, *row in CLOSED_DOORS]
)
def test_what_a_host_says_in_place_of_its_file_it_says_of_all_its_links(
    fault_web: FaultWeb, tmp_path: Path, robots: bytes, asked: int, reason: str
) -> None:
    host = f"door-{id(robots)}.test"
    urls = [
        fault_web.add(host, article(str(n)), path=f"/page/{n}", robots=robots) for n in range(7)
    ]
    db = catalog_of(tmp_path / "catalog.db", urls)
    night(db, impatient(fault_web))
    assert [checks(db)[url]["reason"] for url in urls] == [reason] * 7
    assert len(fault_web.requests(host)) == asked
    assert looks(fault_web, host) == 1


@pytest.mark.parametrize(
    ("hops", "reason"),
    [pytest.param(5, "robots", id="after five hops"), pytest.param(6, "ok", id="after six")],
)
def test_a_file_that_lies_elsewhere(
    fault_web: FaultWeb, tmp_path: Path, hops: int, reason: str
) -> None:
    host = f"hops-{hops}.test"
    url = fault_web.add(host, article(), robots=redirect("/rules/1"))
    for hop in range(1, hops):
        fault_web.add(host, redirect(f"/rules/{hop + 1}"), path=f"/rules/{hop}")
    fault_web.add(host, closing("/"), path=f"/rules/{hops}")
    db = catalog_of(tmp_path / "catalog.db", [url])
    night(db, impatient(fault_web))
    assert checks(db)[url]["reason"] == reason


@pytest.mark.parametrize(
    ("is_open", "reason"),
    [
        pytest.param(True, "robots", id="that is being visited"),
        pytest.param(False, "ok", id="that nobody has leased"),
    ],
)
def test_a_file_that_lies_on_another_host(
    fault_web: FaultWeb, tmp_path: Path, is_open: bool, reason: str
) -> None:
    host = f"bare-{reason}.test"
    other = f"www.{host}"
    url = fault_web.add(host, article(), robots=redirect(f"http://{other}/robots.txt"))
    urls = [fault_web.add(other, after(0.3, article(f"{n}")), path=f"/{n}") for n in range(3)]
    fault_web.behaviours[other].robots = closing("/page")
    db = catalog_of(tmp_path / "catalog.db", [url, *(urls if is_open else [])])
    night(db, impatient(fault_web))
    assert checks(db)[url]["reason"] == reason
    assert looks(fault_web, other) == (2 if is_open else 0)


@pytest.mark.parametrize(
    ("length", "reason"),
    [
        pytest.param(LIMIT - 100, "robots", id="before the limit"),
        pytest.param(LIMIT, "ok", id="behind it"),
    ],
)
def test_a_rule_far_down(fault_web: FaultWeb, tmp_path: Path, length: int, reason: str) -> None:
    comment = "# " + "x" * (length - 2)
    url = fault_web.add(f"long-{length}.test", article(), robots=closing("/", comment))
    db = catalog_of(tmp_path / "catalog.db", [url])
    night(db, impatient(fault_web))
    assert checks(db)[url]["reason"] == reason


def test_a_host_that_is_not_asked_for_a_page_is_not_asked_for_its_rules(
    fault_web: FaultWeb, tmp_path: Path
) -> None:
    url = fault_web.add("left-alone.test", article())
    db = catalog_of(tmp_path / "catalog.db", [url])
    night(db, impatient(fault_web, exclude=("left-alone",)))
    assert checks(db)[url]["reason"] == "excluded"
    assert looks(fault_web, "left-alone.test") == 0
