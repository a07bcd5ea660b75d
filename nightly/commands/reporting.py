"""`linkledger report`: what the catalog knows, as people and programs want to read it."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.vocabulary import Standing
from nightly.console import page_width, while_read
from nightly.exits import ConfigError, Exit
from nightly.options import Session, command, format_of

if TYPE_CHECKING:
    from report.findings import Report
    from report.formats.style import Style

# The formats of `report.formats.FORMATS`, which is not imported for a look at the help.
FORMATS = (
    "terminal",
    "markdown",
    "html",
    "json",
    "csv",
    "sarif",
    "junit",
    "github",
    "atom",
)

_STANDINGS = [standing.value for standing in Standing]

# A link without a target has no standing of its own: what stands is what became of the address
# in its text. It does not work, so whoever asks for broken links is told of it.
_EMPTY = "empty"


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no day; write it as in 2026-11-22.") from None


def _filters(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that narrow a report down."""
    several: dict[str, Any] = {"multiple": True}
    for option in (
        click.option(
            "--section",
            "sections",
            metavar="TEXT",
            **several,
            help="Sections with TEXT in their title only; may be repeated.",
        ),
        click.option(
            "--host",
            "hosts",
            metavar="HOST",
            **several,
            help="Links to HOST and what is below it only; may be repeated.",
        ),
        click.option(
            "--issue",
            "issues",
            metavar="FILE",
            **several,
            help="Mentions in these issues only; 2021-* means all of a year. May be repeated.",
        ),
        click.option(
            "--standing",
            "standings",
            type=click.Choice(_STANDINGS),
            **several,
            help="Links that stand like this only; may be repeated.",
        ),
        click.option(
            "--since",
            type=_day,
            metavar="DATE",
            help="What changed since DATE only.",
        ),
    ):
        function = option(function)
    return function


@command("language", "github_api", "ca_file", "now", json_help="The same as --format json.")
@click.option(
    "--format",
    "name",
    type=click.Choice(FORMATS),
    default="terminal",
    show_default=True,
    help="How to write it.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to FILE instead of the terminal.",
)
@click.option(
    "--fail-on",
    type=click.Choice([*_STANDINGS, _EMPTY]),
    multiple=True,
    help="End with status 2 where a link stands like this; broken includes empty, a link that"
    " leads nowhere. May be repeated.",
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Report links that are all right, too.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=25,
    metavar="N",
    show_default=True,
    help="Links to list in a section; 0 means all of them.",
)
@click.option(
    "--github-issue",
    metavar="OWNER/REPO",
    default="",
    help="Keep one issue there up to date, and close it when all is well.",
)
@click.option("--dry-run", is_flag=True, help="With --github-issue: show what would be sent.")
@_filters
def report(
    session: Session,
    name: str,
    output: Path | None,
    fail_on: tuple[str, ...],
    limit: int,
    github_issue: str,
    dry_run: bool,
    **chosen: Any,
) -> Exit:
    """Say what broke, what moved and what came back.

    Reads the catalog only, so that it may run at any time, beside a night as well.
    """
    from catalog.connection import open_catalog
    from nightly.selecting import selected
    from report.formats import chunks

    if dry_run and not github_issue:
        raise ConfigError("--dry-run goes with --github-issue; a report alone is sent nowhere")
    if output is not None and github_issue:
        raise ConfigError("--output is for a report; leave it out with --github-issue")
    form = format_of(session, name, "json")
    db = open_catalog(session.settings.catalog, read_only=True)
    found = selected(db, session.clock(), **chosen)
    style = dressed(session, found, limit or None, to_file=output is not None)
    status = Exit.FAIL_ON if _is_met(fail_on, found) else Exit.DONE
    if github_issue:
        _keep_issue(session, found, github_issue, dry_run=dry_run)
        return status
    text = chunks(found, form, style)
    if output is None:
        with while_read():
            sys.stdout.writelines(text)
    else:
        from nightly.files import write_whole

        write_whole(output, text)
    return status


def _is_met(fail_on: tuple[str, ...], found: "Report") -> bool:
    """Return whether *found* holds a link that *fail_on* names and nobody wants ignored."""
    failing = [finding for finding in found.findings if finding.standing in fail_on]
    if _EMPTY in fail_on or Standing.BROKEN in fail_on:
        failing.extend(found.empty)
    return any(not finding.ignored for finding in failing)


def _keep_issue(session: Session, found: "Report", name: str, *, dry_run: bool) -> None:
    """Bring the issue in the repository *name* up to date, and tell what was done."""
    from nightly.github import opened
    from report.formats import style_for
    from report.github.issue import keep_issue

    style = style_for(found, session.settings.language, limit=None)
    with opened(session.settings, name) as repository:
        plan = keep_issue(repository, found, style, dry_run=dry_run)
    if dry_run or session.as_json:
        click.echo(json.dumps(asdict(plan), ensure_ascii=False, indent=2))
    else:
        session.err.print(f"{plan.action}: {plan.url or plan.why}", markup=False)


def dressed(
    session: Session, found: "Report", limit: int | None, *, to_file: bool = False
) -> "Style":
    """Return how *found* looks best where it goes."""
    from report.formats import style_for

    console = session.out
    colour = console.is_terminal and not to_file and not os.environ.get("NO_COLOR")
    return style_for(
        found,
        session.settings.language,
        width=page_width(console),
        colour=colour,
        limit=limit,
    )
