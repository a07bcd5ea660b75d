"""The phases of a night: each calls one stage, and says in one line what came of it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from catalog.connection import Catalog
from crawler.fork_server import ForkServer
from nightly.clock import Clock
from nightly.config import Settings
from nightly.exits import CommandError, UntrustedError
from nightly.network import look
from nightly.outage import examine_run
from nightly.progress import Gauge
from nightly.stage_options import crawl_options, enrich_options, wayback_options
from nightly.stopping import TimeUp, heard
from nightly.words import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What every phase of a run works on; `only` is what to visit, if not all that is due."""

    db: Catalog
    run_id: int
    settings: Settings
    clock: Clock
    everything: bool = False
    only: Collection[int] | None = None
    fork_server: ForkServer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a phase did, in words and figures.

    `left` says that some of it waits for the next run, `out_of_time` that this is why.
    """

    words: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    left: bool = False
    out_of_time: bool = False


def read(run: Run, gauge: Gauge, _doubt: str) -> Outcome:
    """Read the issues of every archive; what has not changed is not written again."""
    from nightly.reading import Reading, ReadSummary

    reading = Reading(
        db=run.db,
        run_id=run.run_id,
        clock=run.clock,
        profile=run.settings.archive,
        options=crawl_options(run.settings),
        is_one_of_several=len(run.settings.sources) > 1,
    )
    done = ReadSummary()
    troubles = []
    for source in run.settings.sources:
        try:
            reading.read(source, gauge, done)
        except CommandError as error:
            troubles.append(str(error))
    parts = [counted(done.issues, "issue"), counted(done.mentions, "mention")]
    for number, name in ((done.changed, "new or changed"), (done.gone, "gone")):
        if number:
            parts.append(f"{number:,} {name}")
    words = ", ".join(parts)
    if done.guessed:
        words += f"; guessed: {'; '.join(done.guessed)}"
    if done.problems:
        words += f"; not read: {'; '.join(done.problems)}"
    if troubles:
        others = f"; of other sources: {words}" if done.issues else ""
        raise CommandError("; ".join(troubles) + others)
    return Outcome(words=words, figures=asdict(done))


def crawl(run: Run, gauge: Gauge, _doubt: str) -> Outcome:
    """Follow the links that are due, and ask whether the answers may be believed."""
    from crawler.crawl import crawl as follow
    from crawler.hindsight import look_back
    from crawler.summary import CrawlSummary

    _look_outside(run.settings)
    options = crawl_options(run.settings, everything=run.everything)
    done = CrawlSummary()
    said: list[str] = []

    def told(so_far: CrawlSummary) -> None:
        nonlocal done
        done = so_far
        gauge.at(so_far.visited, so_far.due, so_far.workers)
        while len(said) < len(so_far.notes):
            said.append(so_far.notes[len(said)])
            gauge.say(said[-1])

    in_time = True
    try:
        done = follow(
            run.db, run.run_id, options, run.clock, told,
            fork_server=run.fork_server, only=run.only,
        )  # fmt: skip
    except TimeUp:
        heard()
        in_time = False
        look_back(run.db, run.run_id, run.clock())
    except Exception:  # what it saw before is believed no sooner for that
        _examine(run)
        raise
    if in_time:  # a network that went when most hosts had answered leaves few failures
        _look_outside(run.settings)
    _examine(run)
    verdicts = ", ".join(f"{count:,} {verdict}" for verdict, count in done.verdicts.most_common())
    words = counted(done.visited, "link") + (f": {verdicts}" if verdicts else " due")
    left = done.left(in_time=in_time)
    why_left = [f"{counted(number, 'link')} left {why}" for why, number in left.items()]
    words = "; ".join((words, *why_left, *done.notes))
    return Outcome(
        words=words,
        left=bool(left),
        out_of_time=not in_time,
        figures={
            "due": done.due,
            "visited": done.visited,
            "requests": done.requests,
            "bytes": done.size,
            "verdicts": dict(done.verdicts),
            "reasons": dict(done.reasons),
            "set_aside": dict(done.set_aside),
            "resting": dict(done.resting),
        },
    )


def enrich(run: Run, gauge: Gauge, _doubt: str) -> Outcome:
    """Ask about the repositories and papers that are due."""
    from enrich.enrichment import enrich as ask

    _look_outside(run.settings)
    options = enrich_options(run.settings, everything=run.everything)
    done = ask(run.db, run.run_id, options, run.clock, gauge.hint)
    parts = [counted(done.found, "repository", "repositories")]
    for number, name in (
        (done.renamed, "renamed"),
        (done.gone, "gone"),
        (done.blocked, "blocked"),
        (done.failed, "unanswered"),
    ):
        if number:
            parts.append(f"{number:,} {name}")
    parts.append(counted(done.papers, "paper"))
    for number, noun in (
        (done.licenses, ("license file",)),
        (done.histories, ("history of stars", "histories of stars")),
        (done.calls.total(), ("request",)),
    ):
        if number:
            parts.append(counted(number, *noun))
    if left := done.left + done.papers_left:
        parts.append(f"{left:,} left for the next night")
    figures = {
        "due": done.due, "found": done.found, "renamed": done.renamed, "gone": done.gone,
        "blocked": done.blocked, "failed": done.failed, "left": done.left,
        "licenses": done.licenses, "histories": done.histories,
        "papers": done.papers, "papers_gone": done.papers_gone, "papers_left": done.papers_left,
        "calls": dict(done.calls), "notes": list(done.notes),
    }  # fmt: skip
    words = "; ".join([", ".join(parts), *done.notes])
    return Outcome(words=words, figures=figures, left=bool(left))


def suggest(run: Run, _gauge: Gauge, doubt: str) -> Outcome:
    """Find what could be written instead of links that moved or broke, and visit it first."""
    from crawler.suggestions import visit_suggestions
    from report.candidates import find_suggestions

    if doubt:
        return Outcome(words="nothing is suggested on a night like this", left=True)
    wayback = wayback_options(run.settings)
    found = find_suggestions(run.db, run.clock(), wayback=wayback)
    visited = visit_suggestions(run.db, crawl_options(run.settings), run.clock)
    parts = [f"{counted(visited, 'new address', 'new addresses')} tried"] if visited else []
    if found.asked:
        parts.append(f"copies of {found.archived} of {found.asked} dead pages found")
    if found.trouble:
        parts.append(found.trouble)
    words = ", ".join(parts) or "nothing new to suggest"
    return Outcome(
        words=words, left=bool(found.trouble), figures={**asdict(found), "visited": visited}
    )


def report(run: Run, _gauge: Gauge, doubt: str) -> Outcome:
    """Write the reports, unless the night is not to be trusted: then the last ones stay."""
    from nightly.publishing import publish_reports

    if doubt:
        return Outcome(words="the last reports stay as they are", left=True)
    files = publish_reports(run.db, run.settings, run.clock())
    names = ", ".join(file.name for file in files)
    return Outcome(words=f"{names} in {run.settings.published}")


def snapshot(run: Run, _gauge: Gauge, doubt: str) -> Outcome:
    """Publish the catalog itself for those who read it, under the same condition."""
    from catalog.sharing.publish import publish as publish_catalog

    if doubt:
        return Outcome(words="the last snapshot stays as it is", left=True)
    done = publish_catalog(run.settings.catalog, run.settings.published)
    figures = {"path": str(done.path), "size": done.size, "sha256": done.sha256}
    return Outcome(words=f"{done.path} ({done.size / 1e6:.1f} MB)", figures=figures)


PHASES: dict[str, Callable[[Run, Gauge, str], Outcome]] = {
    "read": read,
    "crawl": crawl,
    "enrich": enrich,
    "suggest": suggest,
    "report": report,
    "publish": snapshot,
}

_NOTHING = "; nothing is concluded about any link"

# What needs the network.
ONLINE = frozenset({"crawl", "enrich", "suggest"})

# What tells readers how the night went, after everything else.
TELLING = frozenset({"report", "publish"})


def _examine(run: Run) -> None:
    """Raise `UntrustedError` where what the run has seen is no night to conclude from."""
    if doubt := examine_run(run.db, run.run_id):
        raise UntrustedError(doubt + _NOTHING)


def _look_outside(settings: Settings) -> None:
    """Raise `UntrustedError` where there is no network to speak of."""
    outlook = look(settings.canaries, settings.connect_to)
    if outlook.trouble:
        raise UntrustedError(outlook.trouble + _NOTHING)
