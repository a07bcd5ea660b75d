"""What stands of a link, as a table: its nights, and what we say of it in the end."""

from datetime import UTC, datetime, timedelta

import pytest

from catalog.clock import stamp
from catalog.records import PastCheck
from catalog.standing import standing
from catalog.vocabulary import Reason, Standing

FIRST_NIGHT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def night(number: float) -> str:
    return stamp(FIRST_NIGHT + timedelta(days=number - 1))


def history(nights: str) -> list[PastCheck]:
    """Return checks from words such as `1 ok` or `2.5 timeout`, separated by commas."""
    checks = []
    for entry in filter(None, nights.split(",")):
        number, word = entry.split()
        reason = Reason(word)
        checks.append(
            PastCheck(checked_at=night(float(number)), verdict=reason.verdict, reason=reason)
        )
    return checks


STANDINGS = [
    ("nobody has looked yet", "", Standing.UNCHECKED),
    ("it was there", "1 ok", Standing.OK),
    ("it moved for good", "1 ok, 2 moved_permanently", Standing.MOVED),
    ("the server says that it is gone", "1 ok, 8 not_found", Standing.BROKEN),
    ("a new link that fails on its first day", "1 timeout", Standing.SUSPECT),
    ("silent for two nights", "1 timeout, 2 timeout", Standing.SUSPECT),
    ("silent for three nights", "1 timeout, 2 server_error, 3 timeout", Standing.BROKEN),
    ("two failures and a success", "1 timeout, 2 timeout, 3 ok", Standing.OK),
    ("a success clears the strikes", "1 timeout, 2 timeout, 3 ok, 4 timeout", Standing.SUSPECT),
    ("three failures of one evening", "1 timeout, 1.1 timeout, 1.2 timeout", Standing.SUSPECT),
    ("nineteen hours are no night", "1 timeout, 1.79 timeout, 2.6 timeout", Standing.SUSPECT),
    ("twenty hours are one", "1 timeout, 1.84 timeout, 2.68 timeout", Standing.BROKEN),
    ("missed nights are no strikes", "1 timeout, 9 timeout", Standing.SUSPECT),
    ("a page that admits to be missing, once", "1 ok, 2 soft_404", Standing.SUSPECT),
    ("the same a night later", "1 ok, 2 soft_404, 3 soft_404", Standing.BROKEN),
    ("the same an hour later", "1 ok, 2 soft_404, 2.05 soft_404", Standing.SUSPECT),
    ("a certificate that ran out, twice", "1 tls_invalid, 2 tls_invalid", Standing.BROKEN),
    ("a silent night and a soft one", "1 timeout, 2 soft_404", Standing.SUSPECT),
    (
        "silence around a soft night",
        "1 timeout, 2 timeout, 3 soft_404, 4 timeout",
        Standing.SUSPECT,
    ),
    (
        "an answer on a silent evening",
        "1 timeout, 2 timeout, 2.1 soft_404, 3 timeout",
        Standing.SUSPECT,
    ),
    (
        "silence around a night on which robots.txt forbade to ask",
        "1 timeout, 2 timeout, 3 robots, 4 timeout",
        Standing.BROKEN,
    ),
    ("silence after the server's word", "1 not_found, 3 timeout", Standing.BROKEN),
    ("a wall", "1 ok, 2 bot_wall", Standing.BLOCKED),
    ("a wall after silence", "1 timeout, 2 timeout, 3 forbidden", Standing.BLOCKED),
    (
        "a wall breaks the silence",
        "1 timeout, 2 timeout, 3 forbidden, 17 timeout",
        Standing.SUSPECT,
    ),
    ("a wall in front of what was gone", "1 not_found, 3 bot_wall", Standing.BLOCKED),
    ("silence behind that wall", "1 not_found, 3 bot_wall, 17 timeout", Standing.SUSPECT),
    (
        "silence behind that wall for three nights",
        "1 not_found, 3 bot_wall, 17 timeout, 18 timeout, 19 timeout",
        Standing.BROKEN,
    ),
    ("its word again, behind that wall", "1 not_found, 3 bot_wall, 17 gone", Standing.BROKEN),
    ("robots.txt says no", "1 robots", Standing.SKIPPED),
    ("an answer without a rule", "1 unexpected_status", Standing.UNCLEAR),
    ("back again", "1 not_found, 3 ok", Standing.OK),
]


@pytest.mark.parametrize(
    ("nights", "expected"), [pytest.param(*row, id=name) for name, *row in STANDINGS]
)
def test_standing(nights: str, expected: Standing) -> None:
    assert standing(history(nights)).standing is expected


def test_every_standing_has_a_case() -> None:
    assert {expected for _, _, expected in STANDINGS} == set(Standing)


SINCE = [
    ("the first look", "1 ok, 8 ok", 1),
    ("a break is since the night it broke", "1 timeout, 2 timeout, 3 timeout, 11 timeout", 3),
    ("a wall in between does not break it anew", "1 not_found, 3 bot_wall, 17 not_found", 1),
    ("a success in between does", "1 not_found, 3 ok, 10 not_found", 10),
    ("a suspicion begins with its first failure", "1 ok, 8 timeout, 9 timeout", 8),
]


@pytest.mark.parametrize(
    ("nights", "expected"), [pytest.param(*row, id=name) for name, *row in SINCE]
)
def test_since(nights: str, expected: int) -> None:
    assert standing(history(nights)).since == night(expected)


FIRST_FAILURES = [
    ("never", "1 ok", ""),
    ("the first of three silent nights", "1 ok, 8 timeout, 9 timeout, 10 timeout", night(8)),
    ("kept when a wall goes up", "1 not_found, 3 bot_wall", night(1)),
    ("cleared by a success", "1 not_found, 3 ok", ""),
]


@pytest.mark.parametrize(
    ("nights", "expected"), [pytest.param(*row, id=name) for name, *row in FIRST_FAILURES]
)
def test_first_seen_broken(nights: str, expected: str) -> None:
    assert standing(history(nights)).first_seen_broken == expected


FIXES = [
    ("was never broken", "1 ok, 8 ok", ""),
    ("only suspected", "1 ok, 8 timeout, 9 ok", ""),
    ("is broken still", "1 not_found, 2 not_found", ""),
    ("came back", "1 not_found, 3 ok, 10 ok", night(3)),
    ("came back elsewhere", "1 not_found, 3 moved_permanently", night(3)),
    ("came back from behind a wall", "1 not_found, 3 bot_wall, 17 ok", night(17)),
    ("fell again", "1 not_found, 3 ok, 10 not_found", ""),
    ("was fixed again", "1 not_found, 3 ok, 10 not_found, 12 ok", night(12)),
    ("is suspected since", "1 not_found, 3 ok, 10 timeout", night(3)),
]


@pytest.mark.parametrize(
    ("nights", "expected"), [pytest.param(*row, id=name) for name, *row in FIXES]
)
def test_fixed_at(nights: str, expected: str) -> None:
    assert standing(history(nights)).fixed_at == expected


FLAPPING = [
    ("steady", "1 ok, 8 ok, 15 ok", False),
    ("fell once and came back", "1 ok, 8 timeout, 9 ok, 16 ok", False),
    ("up, down, up, down", "1 ok, 8 timeout, 9 ok, 16 not_found", True),
    ("the last word of a night counts", "1 ok, 8 timeout, 8.1 ok, 15 timeout, 15.1 ok", False),
    (
        "up and down, looked at twice a day",
        "1 ok, 1.5 gone, 2 gone, 2.5 gone, 3 gone, 3.5 ok, 4 ok, 4.5 gone, 5 gone, 5.5 ok, 6 ok",
        True,
    ),
    ("walls say neither", "1 ok, 2 bot_wall, 3 ok, 4 bot_wall, 5 ok, 6 bot_wall", False),
    (
        "long ago",
        "1 ok, 2 gone, 3 ok, 4 gone, " + ", ".join(f"{n} ok" for n in range(5, 16)),
        False,
    ),
]


@pytest.mark.parametrize(
    ("nights", "expected"), [pytest.param(*row, id=name) for name, *row in FLAPPING]
)
def test_flapping(nights: str, expected: bool) -> None:
    assert standing(history(nights)).flapping is expected


def test_the_reason_is_the_one_that_the_standing_rests_on() -> None:
    assert standing(history("1 not_found, 3 timeout")).reason is Reason.NOT_FOUND
    assert standing(history("1 not_found, 3 gone")).reason is Reason.GONE
    assert standing(history("1 timeout, 2 connection_refused")).reason is Reason.CONNECTION_REFUSED


def test_last_ok_and_strikes() -> None:
    derived = standing(history("1 ok, 8 timeout, 8.2 timeout, 9 timeout"))
    assert (derived.last_ok, derived.strikes) == (night(1), 2)
