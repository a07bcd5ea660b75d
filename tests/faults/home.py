"""A maintainer's home: an archive, a catalog, and nights that go to the demo's internet."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

from catalog.clock import stamp
from nightly.demo.internet import DemoInternet
from nightly.demo.places import sample_archive

ROOT = Path(__file__).parents[2]
A_DAY = timedelta(days=1)

# A night that takes longer hangs.
LONGEST = 600.0

_BEGINS = re.compile(r"linkledger: (\w+): begins$")


@dataclass(frozen=True, kw_only=True)
class Night:
    """How a night ended: its status, and what it said."""

    status: int
    out: str
    err: str

    @cached_property
    def phases(self) -> dict[str, dict[str, Any]]:
        """The summary by phases, empty where the night had no time for one."""
        return dict(json.loads(self.out)["phases"]) if self.out.strip() else {}

    @property
    def words(self) -> str:
        """What a person is told: the complaints, else what the phases left and why."""
        prefix = "linkledger: "
        complaints = [line for line in self.err.splitlines() if line.startswith(prefix)]
        if complaints:
            return "; ".join(line.removeprefix(prefix) for line in complaints)
        return "; ".join(
            f"{name}: {phase['words']}"
            for name, phase in self.phases.items()
            if phase["state"] != "done"
        )


class Running:
    """A night under way, in a process of its own."""

    def __init__(
        self, home: "Home", settings: dict[str, str], before: Callable[[], None] | None
    ) -> None:
        self._here = f"{home.folder.resolve()}/"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "nightly", "nightly", "issues", "--all", "--json", "-v"],
            cwd=home.folder,
            env=home.environment | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=before,
        )
        self._err: list[str] = []
        self._changed = threading.Condition()
        self._phase = ""
        self._over = False
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._err.append(line)
            if begins := _BEGINS.search(line):
                self._note(begins[1], over=False)
        self._note("", over=True)

    def _note(self, phase: str, *, over: bool) -> None:
        with self._changed:
            self._phase, self._over = phase, over
            self._changed.notify_all()

    def reach(self, phase: str) -> None:
        """Return when *phase* begins, or when the night is over."""
        with self._changed:
            reached = self._changed.wait_for(lambda: self._over or self._phase == phase, LONGEST)
        assert reached, f"the night never came to {phase}"

    def send(self, signum: signal.Signals) -> None:
        """Send a signal, where there is still a process to take it."""
        if self._process.poll() is None:
            self._process.send_signal(signum)

    def end(self) -> Night:
        """Return how the night ends."""
        assert self._process.stdout is not None
        guard = threading.Timer(LONGEST, self._process.kill)
        guard.start()
        out = self._process.stdout.read()
        status = self._process.wait()
        guard.cancel()
        self._listener.join()
        # Results are published: they tell of no folder of this machine.
        out, err = (said.replace(self._here, "") for said in (out, "".join(self._err)))
        return Night(status=status, out=out, err=err)


@dataclass(kw_only=True)
class Home:
    """A folder whose nights go to *internet*.

    `ordinary` is the summary of a night without a fault; what has to be undone before the
    folder goes is left with `leaving`.
    """

    folder: Path
    internet: DemoInternet
    random: Random
    evening: datetime
    ordinary: dict[str, dict[str, Any]]
    leaving: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def environment(self) -> dict[str, str]:
        """The environment of a night, with settings of this home and no others."""
        settings = self.internet.settings(self.folder / "ca") | {"github_token": "demo"}
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("LINKLEDGER_", "GITHUB_"))
        }
        kept |= {"PYTHONPATH": str(ROOT), "LINKLEDGER_NOW": ""}
        for name, value in settings.items():
            words = " ".join(value) if isinstance(value, tuple) else str(value)
            kept[f"LINKLEDGER_{name.upper()}"] = words
        return kept

    @property
    def catalog(self) -> Path:
        return self.folder / "data/catalog.db"

    @property
    def published(self) -> Path:
        return self.folder / "data/published"

    def start(self, before: Callable[[], None] | None = None, **settings: str) -> Running:
        """Start the night of this evening; *before* runs in its process, before Python does."""
        return Running(self, {"LINKLEDGER_NOW": stamp(self.evening)} | settings, before)

    def night(self, before: Callable[[], None] | None = None, **settings: str) -> Night:
        """Run the night of this evening."""
        return self.start(before, **settings).end()

    def somewhere_in(self, phase: str, night: Running) -> None:
        """Return at a random point of *phase*, as long as it took in an ordinary night."""
        night.reach(phase)
        time.sleep(self.random.uniform(0.0, 0.9) * float(self.ordinary[phase]["seconds"]))

    def write_news(self) -> None:
        """Write a link into each issue that no night has seen, so that every phase has work."""
        for issue in (self.folder / "issues").glob("*.md"):
            with issue.open("a", encoding="utf-8") as file:
                file.write(
                    f"\n- [News](https://news.example/{issue.stem}/{self.random.random()})\n"
                )

    def broken(self) -> set[str]:
        """Return what the catalog takes to be broken."""
        return {str(url) for (url,) in self.ask("SELECT url FROM broken_links")}

    def seen(self) -> set[tuple[Any, ...]]:
        """Return every observation that is committed."""
        visits = self.ask(
            "SELECT 'check', id, link_id, checked_at, status, failure, final_url FROM checks"
        )
        looks = self.ask("SELECT 'look', repo_id, taken_on, stars FROM repo_snapshots")
        return {*visits, *looks}

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Return what any SQLite tool shows for *query*."""
        with closing(sqlite3.connect(f"file:{self.catalog}?mode=ro", uri=True)) as db:
            return db.execute(query).fetchall()


def three_nights(folder: Path, internet: DemoInternet, first: datetime) -> Home:
    """Return a home in *folder* that has had three ordinary nights: all that is soft is hard."""
    (folder / "issues").mkdir(parents=True)
    for issue in sample_archive().glob("*.md"):
        (folder / "issues" / issue.name).write_bytes(issue.read_bytes())
    home = Home(folder=folder, internet=internet, random=Random(0), evening=first, ordinary={})
    for number in range(3):
        home.evening = first + number * A_DAY
        night = home.night()
        if night.status:
            raise SystemExit(f"the campaign cannot begin: {night.words}")
        home.ordinary = night.phases
    return home
