"""Whole nights in processes of their own: what holds them up, and what they hold up against."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from catalog.clock import stamp
from catalog.lock import held
from nightly.demo.internet import DemoInternet
from nightly.demo.places import sample_archive
from nightly.demo.web import Weather
from nightly.exits import Exit
from tests.loopback import Request, Response, serve

Linkledger = Callable[..., subprocess.CompletedProcess[str]]
Rows = Callable[..., list[tuple[Any, ...]]]

ARCHIVE = sample_archive()
CATALOG = Path("data/catalog.db")
LAST_RUN = "SELECT state, finished_at >= started_at FROM runs ORDER BY id DESC LIMIT 1"
STANDINGS = "SELECT url, standing, reason, strikes FROM links ORDER BY url"


def test_a_second_run_ends_with_75_and_names_the_first(
    linkledger: Linkledger, tmp_path: Path
) -> None:
    with held(tmp_path / CATALOG, "linkledger nightly", datetime(2026, 11, 22, 4, tzinfo=UTC)):
        ran = linkledger("nightly", ARCHIVE)
    assert ran.returncode == Exit.BUSY
    assert "is held by `linkledger nightly`, process" in ran.stderr
    assert "since 2026-11-22T04:00:00Z" in ran.stderr


def test_a_quiet_run_says_nothing_unless_something_went_wrong(linkledger: Linkledger) -> None:
    ran = linkledger("read", ARCHIVE, "--quiet")
    assert (ran.returncode, ran.stdout, ran.stderr) == (Exit.DONE, "", "")
    ran = linkledger("read", "nowhere", "--quiet")
    assert (ran.returncode, ran.stdout) == (Exit.FAILED, "")
    assert "nowhere" in ran.stderr


def test_without_a_network_nothing_is_concluded(
    linkledger: Linkledger, tmp_path: Path, rows: Rows
) -> None:
    ran = linkledger("nightly", ARCHIVE, LINKLEDGER_CANARIES="127.0.0.1:9 nowhere.invalid:443")
    assert ran.returncode == Exit.UNTRUSTED
    assert "linkledger: crawl: nothing could be reached: 127.0.0.1:9" in ran.stderr
    standings = rows(tmp_path / CATALOG, "SELECT DISTINCT standing FROM links WHERE judge='page'")
    assert standings == [("unchecked",)]
    assert not (tmp_path / "data/published").exists()
    assert rows(tmp_path / CATALOG, "SELECT state FROM runs") == [("untrusted",)]
    checked = linkledger("catalog", "check")
    assert checked.returncode == Exit.DONE, checked.stderr


def test_a_network_that_goes_near_the_end_of_a_crawl_is_noticed(
    linkledger: Linkledger, tmp_path: Path, led_there: dict[str, str], rows: Rows
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(300)

        def answer_once() -> None:
            canary.accept()[0].close()
            canary.close()

        listener = threading.Thread(target=answer_once)
        listener.start()
        place = f"127.0.0.1:{canary.getsockname()[1]}"
        ran = linkledger("nightly", ARCHIVE, **led_there, LINKLEDGER_CANARIES=place)
        listener.join()
    assert ran.returncode == Exit.UNTRUSTED, ran.stdout
    assert "nothing could be reached" in ran.stderr
    assert rows(tmp_path / CATALOG, "SELECT count(*) > 20 FROM checks") == [(1,)]
    standings = rows(tmp_path / CATALOG, "SELECT DISTINCT standing FROM links WHERE judge='page'")
    assert standings == [("unchecked",)]


def test_a_clock_that_was_ahead_does_no_lasting_harm(
    linkledger: Linkledger, tmp_path: Path, led_there: dict[str, str], rows: Rows
) -> None:
    now = datetime.now(UTC)

    def night(after: timedelta) -> subprocess.CompletedProcess[str]:
        ran = linkledger(
            "nightly", ARCHIVE, "--json", **led_there, LINKLEDGER_NOW=stamp(now + after)
        )
        assert ran.returncode == Exit.DONE, ran.stderr
        return ran

    night(timedelta(days=900))
    ran = night(timedelta())
    assert "by a clock that was ahead: nothing follows from them" in ran.stderr
    phases = json.loads(ran.stdout)["phases"]
    assert phases["crawl"]["visited"] == phases["crawl"]["due"] > 40
    assert phases["enrich"]["due"] > 20
    assert rows(tmp_path / CATALOG, "SELECT state FROM runs") == [("untrusted",), ("done",)]
    later = "SELECT count(*) FROM links WHERE next_check_at > ? OR standing_since > ?"
    month = stamp(now + timedelta(days=31))
    assert rows(tmp_path / CATALOG, later, month, month) == [(0,)]
    checked = linkledger("catalog", "check")
    assert checked.returncode == Exit.DONE, checked.stderr


def test_a_clock_that_is_behind_takes_no_word_back(
    linkledger: Linkledger, tmp_path: Path, led_there: dict[str, str], rows: Rows
) -> None:
    for day, warns in (("2026-11-20", False), ("2020-11-20", True)):
        ran = linkledger("nightly", ARCHIVE, **led_there, LINKLEDGER_NOW=f"{day}T04:00:00Z")
        assert ("is the clock right?" in ran.stderr) is warns
    assert rows(tmp_path / CATALOG, "SELECT state FROM runs ORDER BY id LIMIT 1") == [("done",)]


OUTAGES = [
    ("every connection is reset", Weather.STORM),
    ("a hotel's portal answers for everyone", Weather.PORTAL),
    ("a proxy refuses everything", Weather.REFUSING),
]


@pytest.mark.parametrize("weather", [pytest.param(*row, id=name) for name, *row in OUTAGES])
def test_an_outage_changes_nothing_that_stood(
    weather: Weather,
    linkledger: Linkledger,
    tmp_path: Path,
    internet: DemoInternet,
    led_there: dict[str, str],
    rows: Rows,
) -> None:
    def night(day: int) -> subprocess.CompletedProcess[str]:
        now = f"2026-11-{day:02}T04:00:00Z"
        return linkledger("nightly", ARCHIVE, "--all", **led_there, LINKLEDGER_NOW=now)

    def standing() -> list[tuple[Any, ...]]:
        return rows(tmp_path / CATALOG, STANDINGS)

    assert night(1).returncode == Exit.DONE
    before, published = standing(), (tmp_path / "data/published/report.json").read_bytes()
    internet.web.weather = weather
    ran = night(2)
    assert ran.returncode == Exit.UNTRUSTED, ran.stdout
    assert standing() == before
    assert (tmp_path / "data/published/report.json").read_bytes() == published
    internet.web.weather = Weather.FAIR
    assert night(3).returncode == Exit.DONE
    broken = rows(
        tmp_path / CATALOG, "SELECT DISTINCT standing_since FROM links WHERE reason = 'not_found'"
    )
    assert {since[:10] for (since,) in broken} == {"2026-11-01"}


def test_a_report_that_cannot_be_written_takes_nothing_else_with_it(
    linkledger: Linkledger, tmp_path: Path, led_there: dict[str, str], rows: Rows
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/published").write_text("in the way")
    ran = linkledger("nightly", ARCHIVE, "--json", **led_there)
    assert ran.returncode == Exit.FAILED
    phases = json.loads(ran.stdout)["phases"]
    assert {name: phase["state"] for name, phase in phases.items()} == {
        "read": "done",
        "crawl": "done",
        "enrich": "done",
        "suggest": "done",
        "report": "failed",
        "publish": "failed",
    }
    assert "data/published" in phases["report"]["words"]
    assert rows(tmp_path / CATALOG, "SELECT state FROM runs") == [("cut_short",)]


def test_readers_of_a_night_are_told_how_it_ended(
    linkledger: Linkledger, tmp_path: Path, led_there: dict[str, str], rows: Rows
) -> None:
    published = tmp_path / "data/published"

    def told() -> tuple[str, list[tuple[Any, ...]]]:
        night = json.loads((published / "report.json").read_text())["night"]
        assert night["finished_at"] >= night["started_at"]
        run = rows(published / "catalog.db", LAST_RUN)
        assert run == rows(tmp_path / CATALOG, LAST_RUN)
        return night["state"], run

    slowly = ("--max-time", "0.4", "--delay", "9")
    ran = linkledger("nightly", ARCHIVE, "--lang", "en", *slowly, **led_there)
    assert ran.returncode == Exit.DONE, ran.stderr
    assert told() == ("cut_short", [("cut_short", 1)])
    assert "the night was cut short" in (published / "report.md").read_text()
    ran = linkledger("nightly", ARCHIVE, "--lang", "en", **led_there)
    assert ran.returncode == Exit.DONE, ran.stderr
    assert told() == ("done", [("done", 1)])
    assert "the night came to its end" in (published / "report.html").read_text()


def test_a_snapshot_says_that_its_night_could_not_write_the_reports(
    linkledger: Linkledger, tmp_path: Path, led_there: dict[str, str], rows: Rows
) -> None:
    (tmp_path / "data/published/report.md").mkdir(parents=True)
    ran = linkledger("nightly", ARCHIVE, **led_there)
    assert ran.returncode == Exit.FAILED
    for catalog in (CATALOG, "data/published/catalog.db"):
        ((state, note),) = rows(tmp_path / catalog, "SELECT state, note FROM runs")
        assert state == "cut_short"
        assert note.startswith("report: ")
        assert "report.md" in note


def test_a_night_ends_in_time_and_the_next_does_the_rest(
    linkledger: Linkledger, tmp_path: Path, led_there: dict[str, str], rows: Rows
) -> None:
    slow = led_there | {"LINKLEDGER_DELAY": "9"}  # eleven links of one host: a minute and a half
    ran = linkledger("nightly", ARCHIVE, "--max-time", "0.4", "--json", **slow)
    assert ran.returncode == Exit.DONE, ran.stderr
    phases = json.loads(ran.stdout)["phases"]
    assert phases["crawl"]["state"] == "left"
    assert "when the time was up" in phases["crawl"]["words"]
    assert phases["enrich"]["state"] == "skipped"
    first = phases["crawl"]["visited"]
    assert 0 < first < phases["crawl"]["due"]
    ran = linkledger("nightly", ARCHIVE, "--json", **led_there)
    assert json.loads(ran.stdout)["phases"]["crawl"]["due"] <= phases["crawl"]["due"] - first
    unchecked = "SELECT count(*) FROM links WHERE standing = 'unchecked'"
    assert rows(tmp_path / CATALOG, unchecked) == [(0,)]


def test_a_crawl_that_ends_in_time_looks_back_at_what_it_saw(
    linkledger: Linkledger, tmp_path: Path, rows: Rows
) -> None:
    def respond(request: Request) -> Response:
        if "/gone/" in request.target:
            return Response(status=302, headers={"Location": "/topics"})
        words = "<p>" + "What there is to read on each of our topics, in a few words. " * 40
        return Response(
            headers={"Content-Type": "text/html"},
            body=f"<title>{request.target}</title><h1>{request.target}</h1>{words}".encode(),
        )

    links = [f"http://moved.test/gone/{n}" for n in range(3)]
    links += [f"http://large.test/{n}/page-{n}" for n in range(90)]
    (tmp_path / "2026-03-02.md").write_text("\n".join(f"- [A link]({url})" for url in links))
    linkledger("read", "2026-03-02.md")
    with serve(respond) as url:
        web = url.removeprefix("http://")
        ran = linkledger(
            *("crawl", "--max-time", "0.2", "--delay", "0.4"),
            *("--connect-to", f"::{web}", "--canaries", web),
        )
    assert "when the time was up" in ran.stdout, ran.stderr
    reasons = "SELECT DISTINCT reason FROM links WHERE url LIKE 'http://moved%'"
    assert rows(tmp_path / CATALOG, reasons) == [("soft_404",)]


def test_ctrl_c_is_heard_by_one_process_however_early(
    tmp_path: Path, environment: dict[str, str], led_there: dict[str, str]
) -> None:
    night = _begun(tmp_path, environment | led_there, "--workers", "2")
    while not (others := psutil.Process(night.pid).children()):
        time.sleep(0.005)
    while others[0].cpu_times().user < 0.1:  # it is in the middle of loading
        time.sleep(0.005)
    os.killpg(night.pid, signal.SIGINT)  # as a terminal does
    _, err = night.communicate(timeout=60)
    assert night.returncode == -signal.SIGINT
    assert [line for line in err.splitlines() if not line.startswith("linkledger: ")] == []
    assert "stopped" in err
    assert psutil.wait_procs(others, timeout=60)[1] == []


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_night_cleanly(
    signum: signal.Signals,
    tmp_path: Path,
    environment: dict[str, str],
    led_there: dict[str, str],
    rows: Rows,
) -> None:
    night = _begun(tmp_path, environment | led_there, "--delay", "0.4")
    _wait_for(tmp_path / CATALOG, "SELECT count(*) >= 10 FROM checks", rows)
    night.send_signal(signum)
    _, err = night.communicate(timeout=300)
    assert night.returncode == -signum
    assert err == (
        "linkledger: stopped; what was done is kept, and the next run goes on from here\n"
    )
    assert rows(tmp_path / CATALOG, "SELECT state, note FROM runs") == [("cut_short", "stopped")]
    assert rows(tmp_path / CATALOG, "PRAGMA integrity_check") == [("ok",)]


def _begun(folder: Path, environment: dict[str, str], *options: str) -> "subprocess.Popen[str]":
    """Begin a night in *folder*, in a session of its own as a terminal's command has."""
    return subprocess.Popen(
        [sys.executable, "-m", "nightly", "nightly", str(ARCHIVE), *options],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _wait_for(catalog: Path, question: str, rows: Rows) -> None:
    """Wait until *catalog* answers *question* with 1."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        if catalog.exists() and _says_yes(catalog, question, rows):
            return
        time.sleep(0.02)
    raise AssertionError(f"never: {question}")


def _says_yes(catalog: Path, question: str, rows: Rows) -> bool:
    tables = rows(catalog, "SELECT count(*) FROM sqlite_master WHERE name = 'checks'")
    return tables == [(1,)] and rows(catalog, question) == [(1,)]


def test_a_cluster_that_is_not_there_is_no_fault(
    linkledger: Linkledger, led_there: dict[str, str]
) -> None:
    pytest.importorskip("distributed")
    ran = linkledger("nightly", ARCHIVE, "--dask", "tls://127.0.0.1:9", **led_there)
    assert ran.returncode == Exit.FAILED
    assert "linkledger: crawl: " in ran.stderr
    assert "fault" not in ran.stderr
    assert "Traceback" not in ran.stderr
