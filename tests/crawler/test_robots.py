"""What a robots.txt allows us, as a table."""

from datetime import UTC, datetime, timedelta

import pytest

from catalog.clock import stamp
from catalog.records import Robots
from crawler.visiting.robots import LONGEST_DELAY, Rules, is_fresh

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
