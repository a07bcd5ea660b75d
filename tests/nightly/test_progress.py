"""What a night says of itself in a log, and how long it says that it took."""

import logging

import pytest
from rich.console import Console

from nightly import progress
from nightly.progress import Log
from nightly.summary import PhaseState, PhaseSummary, shown


def test_a_log_says_how_far_a_phase_is_and_how_long_it_will_take(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = 1000.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    caplog.set_level(logging.INFO)
    with Log().phase("crawl") as gauge:
        for now in (1030.0, 1060.0, 1090.0, 1120.0):
            gauge.at(int(now - 1000) * 10, 4800, "2 workers")
    assert caplog.messages == [
        "crawl: begins",
        "crawl: 600 of 4,800, 10.0 a second, 7 min left, 2 workers",
        "crawl: 1,200 of 4,800, 10.0 a second, 6 min left, 2 workers",
    ]


def test_what_a_person_should_know_is_said_without_being_asked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Log().phase("crawl") as gauge:
        gauge.say("a worker was lost")
    assert [record.levelname for record in caplog.records] == ["WARNING"]


TIMES = [
    ("a moment", 0.2, "0.2 s"),
    ("a minute", 63.0, "1 min"),
    ("some hours", 3 * 3600 + 25 * 60, "3 h 25 min"),
]


@pytest.mark.parametrize(
    ("seconds", "says"), [pytest.param(*row, id=name) for name, *row in TIMES]
)
def test_the_summary_says_how_long_it_took(seconds: float, says: str) -> None:
    phase = PhaseSummary(name="crawl", state=PhaseState.DONE, words="1 link", seconds=seconds)
    console = Console(width=80)
    with console.capture() as capture:
        console.print(shown((phase,)))
    assert capture.get().rstrip().endswith(says)
