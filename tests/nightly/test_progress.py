"""What a night says of itself while it runs."""

import logging
from io import StringIO

import pytest
from rich.console import Console

from nightly import progress
from nightly.progress import Log, Terminal


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


def test_a_status_is_words_and_nothing_that_a_terminal_obeys() -> None:
    console = Console(file=StringIO(), width=80, force_terminal=True, color_system=None)
    with Terminal(console).phase("enrich") as gauge:
        gauge.hint("owner/[/name] \x1b]0;owned\x07")
        gauge.say("a \x1b]0;owned\x07 page")
    shown = console.file.getvalue()  # type: ignore[attr-defined] # a StringIO
    assert "owner/[/name]" in shown
    assert "\x1b]0;" not in shown
