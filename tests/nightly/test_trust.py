"""When a night is believed, as a table; and where its threshold comes from."""

from math import comb

import pytest

from nightly.trust import FEWEST_HOSTS, LARGEST_SHARE, HostNight, doubt


def nights(count: int, *, answered: int = 3, fell: int = 0, was_well: int = 3) -> list[HostNight]:
    return [
        HostNight(
            host=f"h{number}.example",
            visits=3,
            answered=answered,
            was_well=was_well,
            fell=fell,
            shown=f"page {number}-{answered}-{fell}",
        )
        for number in range(count)
    ]


def portal(count: int) -> list[HostNight]:
    return [
        HostNight(
            host=f"h{i}", visits=1, answered=1, was_well=0, fell=0, shown="login.hotel.example"
        )
        for i in range(count)
    ]


SILENT = {"answered": 0, "fell": 3}

CASES = [
    ("an ordinary night", nights(40), ""),
    ("a night without anything due", [], ""),
    ("one host is down", nights(39) + nights(1, **SILENT), ""),
    ("a host in ten is down", nights(90) + nights(10, **SILENT), ""),
    ("all hosts are down", nights(40, **SILENT), "none of 40 hosts answered"),
    ("the first night, without a network", nights(6, answered=0, was_well=0), "none of 6"),
    ("two hosts are all there is", nights(2, **SILENT), ""),
    ("the network goes half-way", nights(18) + nights(22, **SILENT), "22 of 40 hosts"),
    ("everything is 404 at once", nights(10, answered=3, fell=3), "10 of 10 hosts"),
    ("each host loses one link of three", nights(40, fell=1), ""),
    ("a hotel's portal answers for everyone", portal(12), "12 of 12 hosts showed the same page"),
    ("a few blogs of one platform look alike", nights(20) + portal(4), ""),
    ("half of the hosts are blogs on one platform", nights(8) + portal(7), ""),
]


@pytest.mark.parametrize(("hosts", "says"), [pytest.param(*row, id=name) for name, *row in CASES])
def test_doubt(hosts: list[HostNight], says: str) -> None:
    assert says in doubt(hosts)
    assert bool(doubt(hosts)) == bool(says)


def chance_of_at_least(share: float, hosts: int, rate: float) -> float:
    """The chance that *share* or more of *hosts* fail, each on its own with the chance *rate*."""
    least = -int(-share * hosts // 1)
    return sum(
        comb(hosts, k) * rate**k * (1 - rate) ** (hosts - k) for k in range(least, hosts + 1)
    )


BAD_WEEK = 0.1  # of the hosts fail of their own in one night
OUTAGE = 0.9  # of the hosts fail where the fault is ours; some cached or local ones answer


@pytest.mark.parametrize("hosts", [FEWEST_HOSTS, 10, 40, 120])
def test_the_threshold_keeps_both_errors_small(hosts: int) -> None:
    false_alarm = chance_of_at_least(LARGEST_SHARE, hosts, BAD_WEEK)
    missed = 1 - chance_of_at_least(LARGEST_SHARE, hosts, OUTAGE)
    assert false_alarm < 0.01
    assert missed < 0.01


@pytest.mark.parametrize(
    ("share", "wrong"),
    [
        pytest.param(0.2, "false alarm", id="a lower threshold cries wolf"),
        pytest.param(0.9, "missed", id="a higher one believes an outage"),
    ],
)
def test_other_thresholds_err(share: float, wrong: str) -> None:
    errors = {
        "false alarm": chance_of_at_least(share, 10, BAD_WEEK),
        "missed": 1 - chance_of_at_least(share, 10, OUTAGE),
    }
    assert errors[wrong] > 0.01
