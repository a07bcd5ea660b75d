"""`make faults`: whole nights with a fault in each, and a table of what survived.

After every fault the same is asked: was every committed observation kept, did no link break
that is not broken, is the catalog sound, was the message one that a person understands, and
is the next night an ordinary one.
"""

import argparse
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from catalog.clock import stamp
from nightly.demo.forge import TOKEN_LIMIT
from nightly.demo.internet import DemoInternet
from nightly.demo.places import sample_archive
from nightly.demo.web import Weather

ROOT = Path(__file__).parents[2]
MEGABYTE = 1024 * 1024


@dataclass(kw_only=True)
class Home:
    """A folder with an archive and a catalog, whose nights go to the demo's internet."""

    folder: Path
    internet: DemoInternet
    environment: dict[str, str]
    random: Random
    evening: datetime = datetime(2026, 11, 1, 3, tzinfo=UTC)

    @property
    def catalog(self) -> Path:
        return self.folder / "data/catalog.db"

    def start(self, **more: str) -> subprocess.Popen[str]:
        """Start the night of this evening."""
        return self._popen({"LINKLEDGER_NOW": stamp(self.evening)} | more)

    def _popen(
        self, more: dict[str, str], before: Callable[[], None] | None = None
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "nightly", "nightly", "issues", "--all"],
            cwd=self.folder,
            env=self.environment | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=before,
        )

    def limited(self, limit: int, most: int) -> "Night":
        """Run a night whose process may have at most *most* of the resource *limit*."""
        now = {"LINKLEDGER_NOW": stamp(self.evening)}
        return ended(self._popen(now, lambda: resource.setrlimit(limit, (most, most))))

    def night(self, **more: str) -> "Night":
        return ended(self.start(**more))

    def checks(self) -> set[tuple[object, ...]]:
        """Every observation that is committed."""
        return set(self.ask("SELECT id, link_id, checked_at, verdict, reason FROM checks"))

    def broken(self) -> set[str]:
        return {str(url) for (url,) in self.ask("SELECT url FROM broken_links")}

    def ask(self, query: str) -> list[tuple[object, ...]]:
        if not self.catalog.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.catalog}?mode=ro", uri=True)) as db:
            return db.execute(query).fetchall()


@dataclass(frozen=True, kw_only=True)
class Night:
    """How a night ended."""

    status: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """The last thing said, for the table."""
        lines = [line for line in (self.err or self.out).splitlines() if line.strip()]
        return lines[-1].removeprefix("linkledger: ") if lines else ""


def ended(process: subprocess.Popen[str]) -> Night:
    out, err = process.communicate(timeout=300)
    return Night(status=process.returncode, out=out, err=err)


@dataclass(kw_only=True)
class Fault:
    """One fault: what happens in the night, and with which status it may end."""

    name: str
    happen: Callable[[Home], Night]
    statuses: frozenset[int] = field(default_factory=lambda: frozenset({0}))


def after_a_while(home: Home, act: Callable[[subprocess.Popen[str]], None]) -> Night:
    """Start a night, and let *act* happen at a random point of it."""
    process = home.start()
    time.sleep(home.random.uniform(0.3, 5.0))
    act(process)
    return ended(process)


def interrupted_twice(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)


def locked(home: Home) -> Night:
    """Another program writes the catalog for half a minute."""
    with closing(sqlite3.connect(home.catalog, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(30, db.interrupt)
        timer.start()
        night = home.night()
        timer.cancel()
        db.execute("ROLLBACK")
    return night


def weather(bad: Weather, *, clears: bool = False) -> Callable[[Home], Night]:
    """Return a night in whose middle the network turns *bad*, for a while or for good."""

    def happen(home: Home) -> Night:
        process = home.start()
        time.sleep(home.random.uniform(1.5, 2.5))
        home.internet.web.weather = bad
        if clears:
            time.sleep(1.0)
            home.internet.web.weather = Weather.FAIR
        night = ended(process)
        home.internet.web.weather = Weather.FAIR
        return night

    return happen


def quota_gone(home: Home) -> Night:
    forge = home.internet.github.forge
    for bucket in ("core", "graphql"):
        forge.used["demo", bucket] = TOKEN_LIMIT
    night = home.night(LINKLEDGER_MAX_WAIT="1")
    forge.used.clear()
    return night


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


def unwritable_reports(home: Home) -> Night:
    shutil.rmtree(home.folder / "data/published", ignore_errors=True)
    (home.folder / "data/published").write_text("in the way")
    night = home.night()
    (home.folder / "data/published").unlink()
    return night


def clock_back(home: Home) -> Night:
    return home.night(LINKLEDGER_NOW=stamp(home.evening - timedelta(weeks=3)))


def across_midnight(home: Home) -> Night:
    return home.night(LINKLEDGER_NOW=stamp(home.evening.replace(hour=23, minute=59, second=58)))


STOPPED = frozenset({0, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT})
FAULTS = [
    *(
        Fault(
            name=f"killed, the {n}. time",
            happen=lambda home: after_a_while(home, lambda p: p.kill()),
            statuses=STOPPED,
        )
        for n in (1, 2, 3)
    ),
    Fault(
        name="SIGTERM",
        happen=lambda home: after_a_while(home, lambda p: p.terminate()),
        statuses=STOPPED,
    ),
    Fault(
        name="Ctrl-C, twice",
        happen=lambda home: after_a_while(home, interrupted_twice),
        statuses=STOPPED,
    ),
    Fault(
        name="a file may not grow, as on a full disk",
        happen=lambda home: home.limited(resource.RLIMIT_FSIZE, MEGABYTE // 2),
        statuses=frozenset({0, 1}),
    ),
    Fault(name="the catalog is locked by another program", happen=locked, statuses=frozenset({1})),
    Fault(name="the clock was set back by weeks", happen=clock_back),
    Fault(name="a night across midnight", happen=across_midnight),
    Fault(
        name="the network goes half-way",
        happen=weather(Weather.STORM),
        statuses=frozenset({0, 4}),
    ),
    Fault(
        name="the network goes and comes back",
        happen=weather(Weather.STORM, clears=True),
        statuses=frozenset({0, 4}),
    ),
    Fault(
        name="a portal answers from the middle on",
        happen=weather(Weather.PORTAL),
        statuses=frozenset({0, 4}),
    ),
    Fault(name="GitHub's quota is gone", happen=quota_gone),
    Fault(name="the archive is rewritten while it is read", happen=rewritten_while_read),
    Fault(name="10,000 issues at once", happen=ten_thousand_issues),
    Fault(
        name="64 file descriptors",
        happen=lambda home: home.limited(resource.RLIMIT_NOFILE, 64),
    ),
    Fault(
        name="512 MB of memory",
        happen=lambda home: home.limited(resource.RLIMIT_DATA, 512 * MEGABYTE),
    ),
    Fault(
        name="the reports' folder cannot be written",
        happen=unwritable_reports,
        statuses=frozenset({1}),
    ),
]


def suffered(home: Home, fault: Fault, truth: set[str]) -> list[str]:
    """Let *fault* happen in the next night of *home*, and return what did not survive it."""
    home.evening += timedelta(days=1)
    before = home.checks()
    night = fault.happen(home)
    lost = []
    if night.status not in fault.statuses:
        lost.append(f"status {night.status}: {night.words}")
    if "Traceback" in night.err:
        lost.append("a traceback")
    if not before <= home.checks():
        lost.append("observations were lost")
    if false := home.broken() - truth:
        lost.append(f"false breaks: {', '.join(sorted(false)[:3])}")
    home.evening += timedelta(days=1)
    after = home.night()
    if after.status != 0:
        lost.append(f"the next night ended with {after.status}: {after.words}")
    if home.broken() - truth:
        lost.append("false breaks in the next night")
    if missed := truth - home.broken():
        lost.append(f"breaks forgotten: {', '.join(sorted(missed)[:3])}")
    check = [sys.executable, "-m", "nightly", "catalog", "check"]
    sound = subprocess.run(
        check, cwd=home.folder, env=home.environment, capture_output=True, text=True, check=False
    )
    if sound.returncode:
        lost.append(f"the catalog is not sound: {sound.stderr.strip()}")
    return lost or [f"ok, status {night.status}"]


@contextmanager
def home_of(internet: DemoInternet, seed: int) -> Iterator[Home]:
    """Make a home whose first two nights were ordinary ones."""
    with tempfile.TemporaryDirectory(prefix="linkledger-faults-") as name:
        folder = Path(name)
        shutil.copytree(sample_archive(), folder / "issues")
        settings = internet.settings(folder / "ca") | {"github_token": "demo"}
        kept = {k: v for k, v in os.environ.items() if not k.startswith("LINKLEDGER_")}
        environment = kept | {"PYTHONPATH": str(ROOT)}
        for key, value in settings.items():
            words = " ".join(value) if isinstance(value, tuple) else str(value)
            environment[f"LINKLEDGER_{key.upper()}"] = words
        home = Home(folder=folder, internet=internet, environment=environment, random=Random(seed))
        for _ in range(3):
            first = home.night()
            if first.status:
                raise SystemExit(f"the campaign cannot begin: {first.words}")
            home.evening += timedelta(days=1)
        yield home


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="only faults with one of these in their name")
    parser.add_argument("--seed", type=int, default=1, help="for the random points of time")
    chosen = parser.parse_args()
    faults = [
        fault for fault in FAULTS if not chosen.words or any(w in fault.name for w in chosen.words)
    ]
    console = Console()
    table = Table("fault", "what became of it", box=None)
    failed = 0
    with DemoInternet() as internet, home_of(internet, chosen.seed) as home:
        truth = home.broken()
        for fault in faults:
            with console.status(fault.name):
                outcome = suffered(home, fault, truth)
            failed += not outcome[0].startswith("ok")
            table.add_row(fault.name, "; ".join(outcome))
            console.print(f"{'✓' if outcome[0].startswith('ok') else '✗'} {fault.name}")
    console.print(table)
    console.print(f"{len(faults) - failed} of {len(faults)} faults survived (seed {chosen.seed})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
