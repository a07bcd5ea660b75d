"""Setting the machine's clock in the middle of a run moves no lease and no turn."""

import time

import pytest

from crawler import steady
from nightly.clock import clock


def test_a_clock_that_is_set_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    right, before, night = time.time, steady.steady_time(), clock(None)
    began = night()
    monkeypatch.setattr(time, "time", lambda: right() - 86_400)
    assert before <= steady.steady_time() < before + 3600
    assert began <= night()


def test_two_processes_can_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steady, "_anchor", steady.anchor())
    before = steady.steady_time()
    steady.keep_to(steady.anchor() + 1_000_000)
    assert before + 1_000_000 <= steady.steady_time() < before + 1_003_600
