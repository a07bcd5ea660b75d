"""When a link is visited again the same night, as a table."""

import pytest

from catalog.vocabulary import Reason
from crawler.options import CrawlOptions
from crawler.visiting.retries import backoff, host_rest, next_attempt

OPTIONS = CrawlOptions(attempts=3, backoff=2, second_pass=120, retry_after_cap=300)

# What happened, the reason, the attempt, the seconds that the host asked for; then the
# shortest and the longest wait, and the number of the next attempt.
CASES = [
    ("it is there", Reason.OK, 1, None, None),
    ("it is gone, says the server", Reason.GONE, 1, None, None),
    ("cut: it may be over in a moment", Reason.CONNECTION_RESET, 1, None, (2, 3, 2)),
    ("cut again: at the end of the run", Reason.CONNECTION_RESET, 2, None, (120, 120, 3)),
    ("cut three times", Reason.CONNECTION_RESET, 3, None, None),
    ("an error", Reason.SERVER_ERROR, 1, None, (2, 3, 2)),
    ("an error that says for how long", Reason.SERVER_ERROR, 1, 30.0, (30, 30, 2)),
    ("silence is rarely over in a moment", Reason.TIMEOUT, 1, None, (120, 120, 3)),
    ("nobody listens", Reason.CONNECTION_REFUSED, 1, None, (120, 120, 3)),
    ("missing, perhaps while it is built anew", Reason.NOT_FOUND, 1, None, (120, 120, 3)),
    ("no such name, perhaps for a moment", Reason.HOST_NOT_FOUND, 1, None, (120, 120, 3)),
    ("missing still", Reason.NOT_FOUND, 3, None, None),
    ("too many", Reason.RATE_LIMITED, 1, None, (2, 3, 2)),
    ("too many, again", Reason.RATE_LIMITED, 2, None, (4, 5, 3)),
    ("too many, with a time", Reason.RATE_LIMITED, 1, 60.0, (60, 60, 2)),
    ("too many, with less than our own wait", Reason.RATE_LIMITED, 1, 0.0, (2, 3, 2)),
    ("too many, with more than we wait", Reason.RATE_LIMITED, 1, 301.0, None),
    ("a wall stands tomorrow, too", Reason.BOT_WALL, 1, None, None),
    ("a soft 404 is judged over nights", Reason.SOFT_404, 1, None, None),
]


@pytest.mark.parametrize(
    ("reason", "attempt", "asked", "expected"),
    [pytest.param(*row, id=name) for name, *row in CASES],
)
def test_again(
    reason: Reason,
    attempt: int,
    asked: float | None,
    expected: tuple[float, float, int] | None,
) -> None:
    found = next_attempt(reason, attempt, OPTIONS, retry_after=asked)
    if expected is None:
        assert found is None
    else:
        shortest, longest, following = expected
        assert found is not None
        assert shortest <= found.wait <= longest
        assert found.attempt == following


def test_what_is_known_to_be_missing_is_not_confirmed_every_time() -> None:
    assert next_attempt(Reason.NOT_FOUND, 1, OPTIONS, is_known=True) is None


def test_the_backoff_grows_up_to_the_second_pass() -> None:
    waits = [backoff(attempt, OPTIONS) for attempt in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[-1] == OPTIONS.second_pass


# What the host asked for; then the shortest and the longest rest that it gets.
RESTS = [
    ("nothing", None, (2, 3)),
    ("less than our own wait", 0.5, (2, 3)),
    ("a minute", 60.0, (60, 60)),
    ("more than a link is tried for", 3_600.0, (3_600, 3_600)),
    ("years", 999_999_999.0, (72_000, 72_000)),
]


@pytest.mark.parametrize(
    ("asked", "expected"), [pytest.param(*row, id=name) for name, *row in RESTS]
)
def test_how_long_a_host_is_left_alone(asked: float | None, expected: tuple[float, float]) -> None:
    shortest, longest = expected
    assert shortest <= host_rest(1, OPTIONS, asked) <= longest
