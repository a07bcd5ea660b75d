"""The faults of the campaign: what happens in each night, and how it may end."""

import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from catalog.clock import stamp
from nightly.demo.forge import TOKEN_LIMIT
from nightly.demo.web import Weather
from nightly.phases import PHASES
from tests.faults import sandbox
from tests.faults.home import A_DAY, Home, Night, Running
from tests.faults.name_server import ADDRESS, Mood, NameServer

MEGABYTE = 1024 * 1024
A_MINUTE = 60.0

# A night may be over before a signal comes.
MOST_TRIES = 5

ENDED = frozenset({0})
FAILED = frozenset({1})
DOUBTED = frozenset({4})


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault: what happens in the night, the statuses it may end with, and what it says.

    `says` is a phrase of the message that a person reads, where the night does not end as if
    nothing had happened. `sandboxed` faults need a mount table or a network of their own.
    """

    name: str
    happen: Callable[[Home], Night]
    statuses: frozenset[int] = ENDED
    says: str = ""
    sandboxed: bool = False


def stopped(
    phase: str, stop: Callable[[Home, Running], None], **settings: str
) -> Callable[[Home], Night]:
    """Return a night that is stopped at a random point of *phase*."""

    def happen(home: Home) -> Night:
        for _ in range(MOST_TRIES):
            home.write_news()
            night = home.start(**settings)
            home.somewhere_in(phase, night)
            stop(home, night)
            ended = night.end()
            if not ended.out:  # else it had said all that it had to say before it was stopped
                break
            home.evening += A_DAY
        return ended

    return happen


def interrupt_twice(home: Home, night: Running) -> None:
    """Press Ctrl-C, and once more when that takes too long."""
    night.send(signal.SIGINT)
    time.sleep(home.random.uniform(0.0, 0.3))
    night.send(signal.SIGINT)


def stops() -> Iterator[Fault]:
    """Yield every way to stop a night, in every phase of it."""
    ways: tuple[tuple[str, Callable[[Home, Running], None], signal.Signals, str], ...] = (
        ("killed", lambda _, night: night.send(signal.SIGKILL), signal.SIGKILL, ""),
        ("SIGTERM", lambda _, night: night.send(signal.SIGTERM), signal.SIGTERM, "goes on"),
        ("Ctrl-C, twice", interrupt_twice, signal.SIGINT, ""),
    )
    for name, stop, signum, says in ways:
        for phase in PHASES:
            yield Fault(
                name=f"{name} in {phase}",
                happen=stopped(phase, stop),
                statuses=frozenset({-signum}),
                says=says,
            )


def full_disk(phase: str) -> Callable[[Home], Night]:
    """Return a night that has not a byte of disk left from a point of *phase* on."""

    def happen(home: Home) -> Night:
        home.write_news()
        sandbox.mount_small_disk(home.folder / "data", 16)
        home.leaving.callback(sandbox.unmount, home.folder / "data")
        night = home.start()
        if phase in ("report", "publish"):  # which take no longer than the filling
            night.reach(phase)
        else:
            home.somewhere_in(phase, night)
        filler = sandbox.fill(home.folder / "data")
        ended = night.end()
        filler.unlink()
        return ended

    return happen


def small_files(home: Home) -> Night:
    most = MEGABYTE // 2
    return home.night(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))


def read_only(name: str) -> Callable[[Home], Night]:
    """Return a night in which nobody may write to *name* in the home."""

    def happen(home: Home) -> Night:
        sandbox.mount_read_only(home.folder / name)
        night = home.night()
        sandbox.unmount(home.folder / name)
        return night

    return happen


_HOLD = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
db.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
db.execute("ROLLBACK")
"""


@contextmanager
def held_by_another(catalog: Path) -> Iterator[None]:
    """Let another program write *catalog* from now on, for a minute."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, catalog, str(A_MINUTE)], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        yield


def locked_when_it_begins(home: Home) -> Night:
    with held_by_another(home.catalog):
        return home.night()


def locked_in_the_crawl(home: Home) -> Night:
    night = home.start()
    home.somewhere_in("crawl", night)
    with held_by_another(home.catalog):
        return night.end()


def clock_off_by(days: int) -> Callable[[Home], Night]:
    """Return a night that takes it to be *days* later than it is."""
    return lambda home: home.night(LINKLEDGER_NOW=stamp(home.evening + days * A_DAY))


def clock_jumps(jumps: tuple[tuple[str, timedelta], ...]) -> Callable[[Home], Night]:
    """Return a night from 23:59:58 on, in whose phases the machine's clock *jumps*."""

    def happen(home: Home) -> Night:
        shift, library = home.folder / "shift", home.folder / "clock.so"
        source = Path(__file__).with_name("clock.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source], check=True)
        eve = home.evening.replace(hour=23, minute=59, second=58)
        seconds = round((eve - datetime.now(UTC)).total_seconds())
        _write_in_place(shift, seconds)
        night = home.start(LINKLEDGER_NOW="", LD_PRELOAD=str(library), CLOCK_OFFSET=str(shift))
        for phase, jump in jumps:
            home.somewhere_in(phase, night)
            seconds += round(jump.total_seconds())
            _write_in_place(shift, seconds)
        return night.end()

    return happen


def _write_in_place(file: Path, number: int) -> None:
    """Write *number* where a program has *file* in its memory."""
    with file.open("r+b" if file.exists() else "wb", buffering=0) as opened:
        opened.write(number.to_bytes(8, sys.byteorder, signed=True))


def across_midnight(home: Home) -> Night:
    return home.night(LINKLEDGER_NOW=stamp(home.evening.replace(hour=23, minute=59, second=58)))


def resolver(mood: Mood, *, recovers: bool = False) -> Callable[[Home], Night]:
    """Return a night whose name server turns to *mood* somewhere in the crawl."""

    def happen(home: Home) -> Night:
        server = NameServer()
        sandbox.ask_name_server(ADDRESS, home.folder)
        home.internet.web.answer_at(http=80, https=443)
        night = home.start(LINKLEDGER_CONNECT_TO="", LINKLEDGER_ALLOW_PRIVATE="true")
        home.somewhere_in("crawl", night)
        server.mood = mood
        if recovers:
            time.sleep(1.0)
            server.mood = Mood.RIGHT
        ended = night.end()
        server.mood = Mood.RIGHT
        return ended

    return happen


def no_network(*, comes_back: bool = False) -> Callable[[Home], Night]:
    """Return a night whose network is gone from somewhere in the crawl on."""

    def happen(home: Home) -> Night:
        night = home.start()
        home.somewhere_in("crawl", night)
        sandbox.set_network(up=False)
        if comes_back:
            time.sleep(1.0)
            sandbox.set_network(up=True)
        ended = night.end()
        sandbox.set_network(up=True)
        return ended

    return happen


def weather(bad: Weather, *, clears: bool = False) -> Callable[[Home], Night]:
    """Return a night in whose crawl what lies between turns *bad*."""

    def happen(home: Home) -> Night:
        night = home.start()
        home.somewhere_in("crawl", night)
        home.internet.web.weather = bad
        if clears:
            time.sleep(1.0)
            home.internet.web.weather = Weather.FAIR
        ended = night.end()
        home.internet.web.weather = Weather.FAIR
        return ended

    return happen


def quota_gone(phase: str) -> Callable[[Home], Night]:
    """Return a night that has nothing left of GitHub's quota from *phase* on."""

    def happen(home: Home) -> Night:
        forge = home.internet.github.forge
        night = home.start(LINKLEDGER_MAX_WAIT="1")
        home.somewhere_in(phase, night)
        for bucket in ("core", "graphql"):
            forge.used["demo", bucket] = TOKEN_LIMIT
        ended = night.end()
        forge.used.clear()
        return ended

    return happen


def rewritten_while_read(home: Home) -> Night:
    issues = sorted((home.folder / "issues").glob("*.md"))
    over = threading.Event()

    def rewrite() -> None:
        while not over.is_set():
            for issue in issues:
                text = issue.read_bytes()
                issue.write_bytes(text[: len(text) // 2])
                issue.write_bytes(text)

    writer = threading.Thread(target=rewrite)
    writer.start()
    night = home.night()
    over.set()
    writer.join()
    return night


def ten_thousand_issues(home: Home) -> Night:
    folder = home.folder / "issues/many"
    folder.mkdir()
    for number in range(10_000):
        text = f"# Issue {number}\n\n- [A page](https://www.jianshu.com/p/sample0905a1)\n"
        (folder / f"{number:05}.md").write_text(text, encoding="utf-8")
    night = home.night()
    shutil.rmtree(folder)
    return night


def limited(limit: int, most: int) -> Callable[[Home], Night]:
    """Return a night whose process may have at most *most* of the resource *limit*."""
    return lambda home: home.night(lambda: resource.setrlimit(limit, (most, most)))


def file_in_the_way(home: Home) -> Night:
    shutil.rmtree(home.published)
    home.published.write_text("in the way")
    night = home.night()
    home.published.unlink()
    return night


FAULTS = (
    *stops(),
    Fault(
        name="killed in crawl, with two workers",
        happen=stopped(
            "crawl", lambda _, night: night.send(signal.SIGKILL), LINKLEDGER_WORKERS="2"
        ),
        statuses=frozenset({-signal.SIGKILL}),
    ),
    *(
        Fault(
            name=f"the disk is full from {phase} on",
            happen=full_disk(phase),
            statuses=ENDED | FAILED,
            says="disk|No space",
            sandboxed=True,
        )
        for phase in ("read", "crawl", "enrich", "report", "publish")
    ),
    Fault(
        name="no file may grow beyond 512 kB",
        happen=small_files,
        statuses=FAILED,
        says="catalog.db cannot|large",
    ),
    Fault(
        name="the catalog's folder is read-only",
        happen=read_only("data"),
        statuses=FAILED,
        says="cannot write there: Read-only",
        sandboxed=True,
    ),
    Fault(
        name="the catalog's file is read-only",
        happen=read_only("data/catalog.db"),
        statuses=FAILED,
        says="may not be written: change its permissions",
        sandboxed=True,
    ),
    Fault(name="another program writes the catalog for a minute", happen=locked_when_it_begins),
    Fault(name="the same, from the middle of the crawl on", happen=locked_in_the_crawl),
    Fault(name="the clock is three weeks behind", happen=clock_off_by(-21)),
    Fault(name="the clock is three years ahead", happen=clock_off_by(1095)),
    Fault(name="a night across midnight", happen=across_midnight),
    Fault(
        name="the clock is set forward by a day, across midnight",
        happen=clock_jumps((("crawl", A_DAY),)),
    ),
    Fault(
        name="the clock is set back by a day, across midnight",
        happen=clock_jumps((("crawl", -A_DAY),)),
    ),
    Fault(
        name="the clock is set forward in read and back in crawl",
        happen=clock_jumps((("read", A_DAY / 2), ("crawl", -A_DAY / 2))),
    ),
    Fault(
        name="the resolver falls silent half-way",
        happen=resolver(Mood.SILENT),
        statuses=DOUBTED,
        says="nothing could be reached",
        sandboxed=True,
    ),
    Fault(
        name="the resolver knows no name from half-way on",
        happen=resolver(Mood.DENYING),
        statuses=DOUBTED,
        says="nothing could be reached",
        sandboxed=True,
    ),
    Fault(
        name="the resolver fails half-way and recovers",
        happen=resolver(Mood.FAILING, recovers=True),
        statuses=ENDED | DOUBTED,
        sandboxed=True,
    ),
    Fault(
        name="the network goes half-way",
        happen=no_network(),
        statuses=DOUBTED,
        says="nothing could be reached",
        sandboxed=True,
    ),
    Fault(
        name="the network goes and comes back",
        happen=no_network(comes_back=True),
        statuses=ENDED | DOUBTED,
        sandboxed=True,
    ),
    Fault(
        name="every connection is reset from half-way on",
        happen=weather(Weather.STORM),
        statuses=ENDED | DOUBTED,
    ),
    Fault(
        name="the same, for a second",
        happen=weather(Weather.STORM, clears=True),
        statuses=ENDED | DOUBTED,
    ),
    Fault(
        name="a portal answers from half-way on",
        happen=weather(Weather.PORTAL),
        statuses=ENDED | DOUBTED,
    ),
    Fault(name="GitHub's quota is gone", happen=quota_gone("read"), says="GitHub"),
    Fault(name="GitHub's quota goes half-way", happen=quota_gone("enrich")),
    Fault(name="the archive is rewritten while it is read", happen=rewritten_while_read),
    Fault(name="10,000 issues at once", happen=ten_thousand_issues),
    Fault(name="64 file descriptors", happen=limited(resource.RLIMIT_NOFILE, 64)),
    Fault(name="512 MB of memory", happen=limited(resource.RLIMIT_DATA, 512 * MEGABYTE)),
    Fault(
        name="a file is in the place of the reports' folder",
        happen=file_in_the_way,
        statuses=FAILED,
        says="report: data/published",
    ),
    Fault(
        name="the reports' folder is read-only",
        happen=read_only("data/published"),
        statuses=FAILED,
        says="report: data/published.*Read-only",
        sandboxed=True,
    ),
)
