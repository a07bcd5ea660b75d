"""When a link is due again, as a table, and how evenly a round spreads."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from catalog.schedule import ROUND, next_check
from catalog.standing import Derived
from catalog.vocabulary import Standing

NOW = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)
URL = "https://example.com/post"

GAPS = [
    ("a suspect is looked at every night", Derived(standing=Standing.SUSPECT, strikes=2), 1),
    ("what nobody has seen yet", Derived(standing=Standing.UNCHECKED), 1),
    ("broken at once", Derived(standing=Standing.BROKEN, strikes=1), 2),
    ("broken on the second night", Derived(standing=Standing.BROKEN, strikes=2), 4),
    ("broken on the third", Derived(standing=Standing.BROKEN, strikes=3), 8),
    ("the gaps grow", Derived(standing=Standing.BROKEN, strikes=4), 16),
    ("but not beyond thirty nights", Derived(standing=Standing.BROKEN, strikes=5), 30),
    ("even after years", Derived(standing=Standing.BROKEN, strikes=500), 30),
    ("a wall", Derived(standing=Standing.BLOCKED), 14),
    ("an answer without a rule", Derived(standing=Standing.UNCLEAR), 3),
]


@pytest.mark.parametrize(
    ("derived", "nights"), [pytest.param(*row, id=name) for name, *row in GAPS]
)
def test_gap(derived: Derived, nights: int) -> None:
    # A few hours early, so that the run of that night finds it even if it starts early.
    assert next_check(derived, URL, NOW) == NOW + timedelta(days=nights, hours=-4)


@pytest.mark.parametrize("standing", [Standing.OK, Standing.MOVED, Standing.SKIPPED])
def test_healthy_links_are_spread_evenly_over_the_round(standing: Standing) -> None:
    derived = Derived(standing=standing)
    nights = Counter(
        (next_check(derived, f"https://example.com/{n}", NOW) - NOW).days + 1 for n in range(7000)
    )
    assert set(nights) == set(range(1, ROUND + 1))
    assert min(nights.values()) > 900


def test_a_healthy_link_keeps_its_weekday() -> None:
    derived = Derived(standing=Standing.OK)
    visits = [NOW]
    for _ in range(4):
        visits.append(next_check(derived, URL, visits[-1]) + timedelta(hours=4))
    gaps = [(after - before).days for before, after in pairwise(visits[1:])]
    assert gaps == [ROUND] * 3


def test_the_night_of_its_visit_may_begin_a_little_earlier() -> None:
    due = next_check(Derived(standing=Standing.SUSPECT), URL, NOW)
    assert due <= NOW + timedelta(days=1) - timedelta(hours=3)
