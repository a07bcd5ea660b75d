"""How far a phase is: a bar on a terminal, a line a minute in a log."""

import logging
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from nightly.exits import one_line

_log = logging.getLogger("linkledger")

A_MINUTE = 60.0


class Gauge(Protocol):
    """How far one phase is."""

    def at(self, done: int, total: int, status: str = "") -> None:
        """Say that *done* of *total* are done, and *status*, what else changes on the way."""

    def hint(self, words: str) -> None:
        """Say in passing what is being done."""

    def say(self, words: str) -> None:
        """Say something of the phase that a person should know."""


class Watcher(Protocol):
    """Whoever watches a night."""

    def phase(self, name: str) -> AbstractContextManager[Gauge]:
        """Return a context manager for the phase *name*, which gives its gauge."""


class _Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f}/s" if task.speed else "", style="dim")


class _Bar:
    """A gauge on a terminal."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress = progress
        self._task = progress.add_task(name, total=None, status="")

    def at(self, done: int, total: int, status: str = "") -> None:
        self._progress.update(self._task, completed=done, total=total, status=one_line(status))

    def hint(self, words: str) -> None:
        self._progress.update(self._task, status=one_line(words))

    def say(self, words: str) -> None:
        self._progress.console.print(Text(one_line(words), style="dim"))


class _Lines:
    """A gauge in a log: it says how far it is at most once a minute."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._began = time.monotonic()
        self._next = self._began + A_MINUTE

    def at(self, done: int, total: int, status: str = "") -> None:
        if time.monotonic() >= self._next:
            rate = done / (time.monotonic() - self._began)
            words = [f"{done:,} of {total:,}", f"{rate:.1f} a second"]
            if rate:
                words.append(f"{max(total - done, 0) / rate / 60:.0f} min left")
            self.hint(", ".join([*words, status] if status else words))

    def hint(self, words: str) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + A_MINUTE
            _log.info("%s: %s", self._name, words)

    def say(self, words: str) -> None:
        _log.warning("%s: %s", self._name, words)


class Terminal:
    """Bars on *console*, gone when their phase is over."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def phase(self, name: str) -> Iterator[Gauge]:
        """Show a bar while the phase *name* runs."""
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[status]}", style="dim", markup=False),
        )
        with Progress(*columns, console=self._console, transient=True) as progress:
            yield _Bar(progress, name)


class Log:
    """Lines in the log."""

    @contextmanager
    def phase(self, name: str) -> Iterator[Gauge]:
        """Log how far the phase *name* is."""
        _log.info("%s: begins", name)
        yield _Lines(name)
