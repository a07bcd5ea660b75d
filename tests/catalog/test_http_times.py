"""Dates and Retry-After as servers send them, or send something else."""

from datetime import UTC, datetime

import pytest

from catalog.http_times import http_date, retry_after

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)

DATES = [
    ("as the standard has it", "Mon, 02 Mar 2026 03:00:00 GMT", NOW),
    ("in UTC, wherever that is", "Mon, 02 Mar 2026 03:00:00 -0000", NOW),
    ("in another zone", "Mon, 02 Mar 2026 11:00:00 +0800", NOW),
    ("nothing", "", None),
    ("words", "soon", None),
    ("no such day", "Mon, 31 Feb 2026 03:02:00 GMT", None),
    ("a year beyond all numbers", f"Mon, 02 Mar {'9' * 20} 03:02:00 GMT", None),
    ("an hour beyond all numbers", f"Mon, 02 Mar 2026 {'9' * 20}:02:00 GMT", None),
    ("a zone beyond all numbers", f"Mon, 02 Mar 2026 03:02:00 +{'9' * 20}", None),
]


@pytest.mark.parametrize(
    ("text", "expected"), [pytest.param(*row, id=name) for name, *row in DATES]
)
def test_http_date(text: str, expected: datetime | None) -> None:
    assert http_date(text) == expected


RETRY_AFTER = [
    ("seconds", "120", 120.0),
    ("seconds with space around", " 7 ", 7.0),
    ("none", "0", 0.0),
    ("a number without end", "9" * 400, 999_999_999.0),
    ("a date", "Mon, 02 Mar 2026 03:02:00 GMT", 120.0),
    ("a date that has passed", "Mon, 02 Mar 2026 02:00:00 GMT", 0.0),
    ("nothing", "", None),
    ("words", "1m30s", None),
    ("other digits", "１２０", None),
    ("less than nothing", "-5", None),
    ("no such day", "Mon, 31 Feb 2026 03:02:00 GMT", None),
    ("the last of all dates", "Fri, 31 Dec 9999 23:59:59 GMT", 251_629_880_399.0),
]


@pytest.mark.parametrize(
    ("text", "seconds"), [pytest.param(*row, id=name) for name, *row in RETRY_AFTER]
)
def test_retry_after(text: str, seconds: float | None) -> None:
    assert retry_after(text, NOW) == seconds


def test_a_date_says_nothing_to_somebody_without_a_clock() -> None:
    assert retry_after("Mon, 02 Mar 2026 03:02:00 GMT", None) is None
