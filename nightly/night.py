"""One run from end to end: it holds the catalog, runs its phases, and sums up what they did."""

import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from functools import partial

from catalog.clock import stamp
from catalog.connection import Catalog, open_catalog
from catalog.lock import held
from catalog.runs import begin_run, distrust, end_run
from crawler.fork_server import ForkServer
from crawler.reading.source_kind import why_missing
from nightly.clock import Clock
from nightly.config import Settings
from nightly.doctor import missing_folders
from nightly.exits import CommandError, UntrustedError, explained, fault
from nightly.network import time_told_by_github
from nightly.outage import examine_killed_runs, examine_later_runs
from nightly.phases import ONLINE, PHASES, TELLING, Outcome, Run
from nightly.progress import Watcher
from nightly.publishing import check_published
from nightly.stopping import TimeUp, heard, time_limit
from nightly.summary import NightSummary, PhaseState, PhaseSummary

_log = logging.getLogger("linkledger")

# How many seconds a run waits for another program that writes the catalog. Nobody is there to
# try again.
_PATIENCE = 180.0


def run_night(
    settings: Settings,
    clock: Clock,
    watcher: Watcher,
    *,
    command: str,
    phases: Sequence[str],
    everything: bool = False,
    choose: Callable[[Catalog], Collection[int]] | None = None,
    fork_server: ForkServer | None = None,
) -> NightSummary:
    """Run *phases* as the run *command* on the catalog of *settings*, and return what they did.

    Where there are many links, those who crawl come from *fork_server*. Those links alone are
    visited that *choose* returns, if it is given; what it raises leaves no run behind.

    A phase that fails does not take the others with it, and what a phase has committed is
    kept whatever happens. Raises `HeldError` where another run holds the catalog,
    `CatalogError` where it cannot be used at all, `ConfigError` where it would be published
    over itself, and `CommandError` where it would be new and there is nothing to read into it.
    """
    if "publish" in phases:
        check_published(settings)
    if "read" in phases:
        _check_sources(settings)
    began = clock()
    create = "read" in phases  # else there would be nothing to look at
    with held(settings.catalog, f"linkledger {command}", began, create=create):
        db = open_catalog(settings.catalog, create=create, patience=_PATIENCE)
        try:
            if not ONLINE.isdisjoint(phases):
                examine_killed_runs(db, began)
                told = partial(time_told_by_github, settings)
                if remark := examine_later_runs(db, began, told):
                    _log.warning("%s", remark)
            only = choose(db) if choose else None
            run = Run(
                db=db,
                run_id=begin_run(db, f"{command} chosen" if choose else command, began),
                settings=settings,
                clock=clock,
                everything=everything,
                only=only,
                fork_server=fork_server,
            )
            return _Night(run, watcher, began).through(phases)
        finally:
            db.close()


def _check_sources(settings: Settings) -> None:
    missing = missing_folders(settings.sources)
    if missing and len(missing) == len(settings.sources) and not settings.catalog.exists():
        raise CommandError("; ".join(map(why_missing, missing)))


class _Night:
    """A run under way."""

    def __init__(self, run: Run, watcher: Watcher, began: datetime) -> None:
        self._run = run
        self._watcher = watcher
        self._began = began
        self._untrusted = ""
        self._time_is_up = False
        self._done: list[PhaseSummary] = []

    def through(self, phases: Sequence[str]) -> NightSummary:
        """Run *phases* in order, and write down how the run ended.

        What tells of the night comes last, outside the time that its visits may take, and finds
        the end written down: a report or a snapshot is to say it, too.
        """
        looks = [name for name in phases if name not in TELLING]
        tells = [name for name in phases if name in TELLING]
        try:
            with time_limit(60 * self._run.settings.max_time):
                for name in looks:
                    self._done.append(self._in_any_case(name))
            while tells:
                self._end(tells)
                self._done.append(self._phase(tells.pop(0)))
        except BaseException:
            has_looked = len(self._done) >= len(looks)
            self._write_down(
                "untrusted" if self._untrusted else "cut_short",
                self._untrusted or "stopped",
                self._summary(tells) if has_looked else None,
            )
            raise
        return self._end()

    def _in_any_case(self, name: str) -> PhaseSummary:
        """Run a phase, and once more if the time was up in the moment before or after it."""
        try:
            return self._phase(name)
        except TimeUp:
            heard()
            self._time_is_up = True
            return self._phase(name)

    def _phase(self, name: str) -> PhaseSummary:
        """Run the phase *name* and return how it ended; only being stopped stops the night."""
        if name in ONLINE and (why := self._why_not()):
            return PhaseSummary(name=name, state=PhaseState.SKIPPED, words=why)
        began = time.monotonic()
        try:
            with self._watcher.phase(name) as gauge:
                outcome = PHASES[name](self._run, gauge, self._untrusted)
            self._time_is_up |= outcome.out_of_time
            state = PhaseState.LEFT if outcome.left else PhaseState.DONE
        except UntrustedError as doubt:
            self._untrusted = str(doubt)
            distrust(self._run.db, self._run.run_id, self._run.clock())
            state, outcome = PhaseState.FAILED, Outcome(words=str(doubt))
        except TimeUp:
            heard()
            self._time_is_up = True
            state, outcome = PhaseState.LEFT, Outcome(words="stopped in time; the rest is due")
        except Exception as error:  # noqa: BLE001 - the other phases still have their turn
            state, outcome = PhaseState.FAILED, Outcome(words=_words(name, error))
        seconds = time.monotonic() - began
        _log.info("%s: %s after %.1f s: %s", name, state, seconds, outcome.words)
        return PhaseSummary(
            name=name, state=state, words=outcome.words, seconds=seconds, figures=outcome.figures
        )

    def _why_not(self) -> str:
        """Return why nothing more is asked of the network, empty where something may be."""
        if self._untrusted:
            return "not begun: the network is not to be trusted"
        return "not begun: no time was left" if self._time_is_up else ""

    def _end(self, ahead: Sequence[str] = ()) -> NightSummary:
        """Write down how the run ended, where all but the phases *ahead* are done."""
        summary = self._summary(ahead)
        whole = all(p.state in (PhaseState.DONE, PhaseState.LEFT) for p in self._done)
        if self._untrusted:
            self._write_down("untrusted", self._untrusted, summary)
        elif self._time_is_up or not whole:
            self._write_down("cut_short", "; ".join(_troubles(self._done)), summary)
        else:
            self._write_down("done", "", summary)
        return summary

    def _summary(self, ahead: Sequence[str] = ()) -> NightSummary:
        to_come = (PhaseSummary(name=name, state=PhaseState.AHEAD, words="") for name in ahead)
        return NightSummary(
            run_id=self._run.run_id,
            catalog=str(self._run.settings.catalog),
            started_at=stamp(self._began),
            finished_at=stamp(self._run.clock()),
            phases=(*self._done, *to_come),
            untrusted=self._untrusted,
        )

    def _write_down(self, state: str, note: str, summary: NightSummary | None) -> None:
        figures = summary.as_dict() if summary else None
        end_run(
            self._run.db, self._run.run_id, self._run.clock(), state=state, note=note,
            summary=figures,
        )  # fmt: skip


def _troubles(phases: Sequence[PhaseSummary]) -> Iterator[str]:
    for phase in phases:
        if phase.state is not PhaseState.DONE:
            yield f"{phase.name}: {phase.words}"


def _words(phase: str, error: Exception) -> str:
    """Return what *error* says of a phase that it has ended."""
    if known := explained(error):
        return known[0]
    if isinstance(error, OSError):
        return str(error)
    _log.exception("%s:", phase)
    return fault(error)
