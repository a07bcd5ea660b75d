"""`make faults`: whole nights with a fault in each, and a table of what survived.

After every fault the same is asked: was every committed observation kept, did no link break
that is not broken, are catalog and reports sound, was the message one that a person
understands, and is the next night an ordinary one. Each fault has a home of its own, whose
nights before were ordinary; as many are tried side by side as there are processors.
"""

import argparse
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from textwrap import shorten

from junitparser import JUnitXml
from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import with_section
from nightly.demo.internet import DemoInternet
from tests.faults import sandbox
from tests.faults.faults import FAULTS, Fault
from tests.faults.home import A_DAY, ROOT, Home, Night, three_nights

RESULTS = ROOT / "benchmarks/RESULTS.md"
ORDINARY = "ordinary.json"
NOT_TRIED = "not tried: this machine allows no user namespaces"

# Faults that are tried elsewhere: those of a cluster, and none at all for two weeks.
OTHER_TESTS = (
    "tests/crawler/test_cluster.py",
    "tests/crawler/test_cluster_faults.py",
    "tests/crawler/test_killed.py",
    "tests/nightly/test_two_weeks.py",
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a fault: what did not survive it, and how its night ended, if it had one."""

    fault: str
    lost: tuple[str, ...]
    status: int | None = None
    words: str = ""

    @property
    def shown_status(self) -> str:
        """The status as a table shows it."""
        return "" if self.status is None else str(self.status)


def suffered(home: Home, fault: Fault) -> Outcome:
    """Let *fault* happen in the next night of *home*, look at what is left, run one more night."""
    truth = home.broken()
    home.evening += A_DAY
    before = home.seen()
    night = fault.happen(home)
    after = home.seen()
    lost = [*_bad_manners(fault, night), *_unsound(home)]
    if not before <= after:
        lost.append(f"{len(before - after)} observations were lost")
    lost += [f"a false break: {url}" for url in sorted(home.broken() - truth)]
    _age_drafts(home.published)
    home.evening += A_DAY
    lost += _next_night(home, truth)
    if not after <= home.seen():
        lost.append("observations were lost in the next night")
    return Outcome(fault=fault.name, lost=tuple(lost), status=night.status, words=night.words)


def _bad_manners(fault: Fault, night: Night) -> Iterator[str]:
    """Yield what is wrong with how the night ended and with what it said."""
    if night.status not in fault.statuses:
        yield f"status {night.status}: {night.words}"
    if "Traceback" in night.err or "a fault in linkledger" in night.words:
        yield f"a traceback: {night.err[-600:]}"
    if night.status and not re.search(fault.says, night.words):
        yield f"it does not say “{fault.says}”"


def _unsound(home: Home) -> Iterator[str]:
    """Yield what is wrong with the catalog, and with what is published."""
    check = [sys.executable, "-m", "nightly", "catalog", "check"]
    done = subprocess.run(
        check, cwd=home.folder, env=home.environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        yield f"the catalog is not sound: {done.stderr.strip()}"
    if (report := home.published / "report.json").exists():
        json.loads(report.read_text(encoding="utf-8"))
    if (snapshot := home.published / "catalog.db").exists():
        with closing(sqlite3.connect(f"file:{snapshot}?mode=ro", uri=True)) as db:
            (sound,) = db.execute("PRAGMA quick_check").fetchone()
        if sound != "ok":
            yield f"the published catalog is damaged: {sound}"


def _age_drafts(folder: Path) -> None:
    """Make what a stopped night left half-written old enough to be swept away."""
    for draft in folder.glob(".*"):
        os.utime(draft, (0, 0))


def _next_night(home: Home, truth: set[str]) -> Iterator[str]:
    """Yield in what the night after the fault is no ordinary one."""
    night = home.night()
    if night.status:
        yield f"the next night ended with {night.status}: {night.words}"
    for name, phase in night.phases.items():
        if phase["state"] != home.ordinary[name]["state"]:
            yield f"the next night's {name}: {phase['words']}"
    yield from (f"a false break the next night: {url}" for url in sorted(home.broken() - truth))
    yield from (f"a break forgotten: {url}" for url in sorted(truth - home.broken()))
    yield from (f"left behind: {file.name}" for file in home.published.glob(".*"))
    yield from _unsound(home)


def try_one(name: str, before: Path, seed: int) -> Outcome:
    """Return what becomes of the fault *name* in a copy of the home *before*."""
    (fault,) = (fault for fault in FAULTS if fault.name == name)
    with (
        tempfile.TemporaryDirectory(prefix="linkledger-fault-") as folder,
        DemoInternet() as web,
        ExitStack() as leaving,
    ):
        shutil.copytree(before, folder, dirs_exist_ok=True)
        notes = json.loads((before / ORDINARY).read_text(encoding="utf-8"))
        home = Home(
            folder=Path(folder),
            internet=web,
            random=Random(f"{seed} {name}"),
            evening=datetime.fromisoformat(notes["evening"]),
            ordinary=notes["phases"],
            leaving=leaving,
        )
        return suffered(home, fault)


def in_a_process(before: Path, seed: int, fault: Fault) -> Outcome:
    """Return the same from a process of its own, in a sandbox where that is allowed."""
    may = sandbox.is_allowed()
    if fault.sandboxed and not may:
        return Outcome(fault=fault.name, lost=(), words=NOT_TRIED)
    one = [sys.executable, "-m", "tests.faults.campaign", "--one", fault.name]
    one += ["--before", str(before), "--seed", str(seed)]
    done = subprocess.run(
        [*sandbox.ENTER, *one, "--sandboxed"] if may else one,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return Outcome(fault=fault.name, lost=(done.stderr[-900:],))
    return Outcome(**json.loads(done.stdout))


def campaign(faults: Sequence[Fault], seed: int, jobs: int, console: Console) -> list[Outcome]:
    """Return what became of each of *faults*, and say it as it is known."""
    with tempfile.TemporaryDirectory(prefix="linkledger-faults-") as folder:
        before = Path(folder) / "home"
        first = datetime.now(UTC).replace(hour=3, minute=0, second=0, microsecond=0) - 4 * A_DAY
        with DemoInternet() as internet:
            home = three_nights(before, internet, first)
        notes = {"evening": home.evening.isoformat(), "phases": home.ordinary}
        (before / ORDINARY).write_text(json.dumps(notes), encoding="utf-8")
        outcomes = []
        with ThreadPoolExecutor(jobs) as pool:
            for outcome in pool.map(partial(in_a_process, before, seed), faults):
                outcomes.append(outcome)
                mark = "✗" if outcome.lost else "-" if outcome.words == NOT_TRIED else "✓"
                console.print(f"{mark} {outcome.fault}", markup=False)
                for words in outcome.lost:
                    console.print(f"    {words}", style="red", markup=False)
    return outcomes


def in_other_tests(folder: Path) -> Iterator[Outcome]:
    """Yield what became of faults that have tests of their own, and of two weeks without any."""
    report = folder / "tests.xml"
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *OTHER_TESTS]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    for suite in JUnitXml.fromfile(str(report)):
        for case in suite:
            name = f"{case.classname.rpartition('.')[2]}: {_sentence(case.name)}"
            lost = tuple(str(result.message) for result in case.result)
            yield Outcome(fault=name, lost=lost)


def _sentence(name: str) -> str:
    """Return the *name* of a test as people say it."""
    row = re.fullmatch(r"test_\w+\[(.*)\]", name)
    return row[1] if row else name.removeprefix("test_").replace("_", " ")


def shown(outcomes: Sequence[Outcome]) -> Table:
    """Return *outcomes* for a terminal."""
    table = Table("fault", "status", "its night said", "", box=None)
    for outcome in outcomes:
        table.add_row(outcome.fault, outcome.shown_status, outcome.words, _end(outcome))
    return table


def section(outcomes: Sequence[Outcome], seed: int, minutes: float) -> str:
    """Return *outcomes* for the file of results."""
    lines = [
        "## Faults survived",
        "",
        f"`make faults`, seed {seed}, {minutes:.0f} minutes, {os.cpu_count()} cores. Each fault "
        "has a night of its own, in a home of its own; after it no observation that was committed "
        "is lost, no link is broken that is not, catalog and reports are sound, and the next "
        "night is an ordinary one.",
        "",
        "| fault | status | its night said | |",
        "|---|--:|---|---|",
    ]
    for outcome in outcomes:
        words = shorten(outcome.words, 150, placeholder=" …").replace("|", "\\|")
        lines.append(f"| {outcome.fault} | {outcome.shown_status} | {words} | {_end(outcome)} |")
    return "\n".join([*lines, "", _sum(outcomes)])


def _end(outcome: Outcome) -> str:
    return "lost" if outcome.lost else "" if outcome.words == NOT_TRIED else "survived"


def _sum(outcomes: Sequence[Outcome]) -> str:
    counts = Counter(_end(outcome) for outcome in outcomes)
    tried = len(outcomes) - counts[""]
    return f"{counts['survived']} of {tried} faults survived."


def main() -> int:
    """Run the campaign, or with `--one` a single fault of it for the campaign's process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="only faults with one of these in their name")
    parser.add_argument("--seed", type=int, default=1, help="for the random points of time")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="faults at a time")
    parser.add_argument("--results", action="store_true", help=f"keep it in {RESULTS.name}")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--before", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--sandboxed", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        if chosen.sandboxed:
            sandbox.set_network(up=True)
        json.dump(asdict(try_one(chosen.one, chosen.before, chosen.seed)), sys.stdout)
        return 0
    faults = [f for f in FAULTS if not chosen.words or any(w in f.name for w in chosen.words)]
    console, began = Console(), time.monotonic()
    outcomes = campaign(faults, chosen.seed, chosen.jobs, console)
    if not chosen.words:
        with tempfile.TemporaryDirectory(prefix="linkledger-faults-") as folder:
            outcomes += in_other_tests(Path(folder))
    console.print(shown(outcomes))
    console.print(_sum(outcomes))
    if chosen.results:
        text = RESULTS.read_text(encoding="utf-8")
        new = section(outcomes, chosen.seed, (time.monotonic() - began) / 60)
        RESULTS.write_text(with_section(text, "faults", new), encoding="utf-8")
    return 1 if any(outcome.lost for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
