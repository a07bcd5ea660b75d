"""`linkledger read`, `crawl`, `enrich` and `nightly`: runs that write the catalog."""

import json
from collections.abc import Callable, Collection
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING

import click

from catalog.vocabulary import Standing
from crawler.fork_server import ForkServer
from nightly.console import while_read
from nightly.exits import ConfigError, Exit
from nightly.options import NETWORK, Session, command

if TYPE_CHECKING:
    from catalog.connection import Catalog

_ALL = click.option("--all", "everything", is_flag=True, help="Take everything, due or not.")
_SOURCES = click.argument("sources", nargs=-1, metavar="[SOURCE]...")


@command("delay", "connect_to", "ca_file", "allow_private", "now")
@_SOURCES
def read(session: Session, sources: tuple[str, ...]) -> Exit:
    """Read an archive's issues into the catalog.

    SOURCE is a folder of issues, a single issue, a git repository, or the address of one, of
    a feed, or of a page that lists issues; `sources` of the configuration if left out. What
    was guessed about an archive that is new is said, and can be set under `archive`.
    """
    return _run(session, "read", ("read",), sources=sources)


@command(*NETWORK, "dask", "max_time", "canaries", "now")
@_ALL
@click.option(
    "--url", "urls", metavar="URL", multiple=True, help="Visit URL only; may be repeated."
)
@click.option(
    "--host",
    "hosts",
    metavar="HOST",
    multiple=True,
    help="Visit what is on HOST and below it only; may be repeated.",
)
@click.option(
    "--standing",
    "standings",
    type=click.Choice([standing.value for standing in Standing]),
    multiple=True,
    help="Visit links of this standing only; may be repeated.",
)
def crawl(
    session: Session,
    everything: bool,
    urls: tuple[str, ...],
    hosts: tuple[str, ...],
    standings: tuple[str, ...],
) -> Exit:
    """Follow the links that are due.

    What was seen is in the catalog as soon as it is seen: a crawl may be stopped at any
    point, and the next one goes on from there. With --url, --host or --standing those links
    are followed that fit all of them, due or not, and no others.
    """
    if not (urls or hosts or standings):
        return _run(session, "crawl", ("crawl",), everything=everything)
    if everything:
        raise ConfigError("--all leaves nothing to choose: give it, or what to visit")

    def choose(db: "Catalog") -> Collection[int]:
        from nightly.selecting import chosen_links

        return chosen_links(db, urls, hosts, standings)

    return _run(session, "crawl", ("crawl",), choose=choose)


@command(*NETWORK, "github_api", "max_wait", "max_time", "canaries", "now")
@_ALL
def enrich(session: Session, everything: bool) -> Exit:
    """Ask about the repositories and papers that are due.

    GITHUB_TOKEN raises GitHub's limit from 60 requests an hour to 5,000. What a limit
    leaves over is asked about next time.
    """
    return _run(session, "enrich", ("enrich",), everything=everything)


@command(
    *NETWORK,
    "dask",
    "github_api",
    "max_wait",
    "max_time",
    "canaries",
    "published",
    "language",
    "log_format",
    "now",
)
@_SOURCES
@_ALL
def nightly(session: Session, sources: tuple[str, ...], everything: bool) -> Exit:
    """Run one unattended night, from reading to report.

    Reads the issues, follows the links that are due, asks about repositories and papers,
    and leaves reports and a snapshot of the catalog in the folder `published`.
    """
    from nightly.phases import PHASES

    return _run(session, "nightly", tuple(PHASES), sources=sources, everything=everything)


def _run(
    session: Session,
    name: str,
    phases: tuple[str, ...],
    *,
    sources: tuple[str, ...] = (),
    everything: bool = False,
    choose: "Callable[[Catalog], Collection[int]] | None" = None,
) -> Exit:
    """Run *phases* and tell in a few lines, or in JSON, what they did."""
    settings = session.settings
    if sources:
        settings = settings.model_copy(update={"sources": sources})
    if "read" in phases and not settings.sources:
        raise ConfigError("no SOURCE is given, and no `sources` are set; name the issues' folder")
    crawls = "crawl" in phases and not settings.dask
    with ForkServer.for_crawl(settings.workers) if crawls else nullcontext() as fork_server:
        # Only now: the fork server loads what it needs in the meantime.
        from nightly.night import run_night
        from nightly.progress import Log, Terminal
        from nightly.summary import PhaseState, shown
        from nightly.telling import told

        night = partial(
            run_night,
            settings,
            session.clock,
            Terminal(session.err) if session.err.is_terminal else Log(),
            command=name,
            phases=phases,
            everything=everything,
            choose=choose,
            fork_server=fork_server,
        )
        summary = told(settings, session.clock, night) if name == "nightly" else night()
    failed = [phase for phase in summary.phases if phase.state is PhaseState.FAILED]
    with while_read():
        if session.as_json:
            click.echo(json.dumps(summary.as_dict(), ensure_ascii=False, indent=2))
        elif len(phases) > len(failed) and not (session.quiet and summary.exit is Exit.DONE):
            session.out.print(shown(summary.phases))
            if session.out.is_terminal:  # where the table has said it already
                return summary.exit
    for phase in failed:
        session.complain(f"{phase.name}: {phase.words}")
    return summary.exit
