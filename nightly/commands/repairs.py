"""`linkledger fix`: repairs to the archive's own files, shown, written, or offered on GitHub."""

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from catalog.vocabulary import SuggestionKind
from nightly.exits import ConfigError, Exit
from nightly.options import Session, command
from report.repairs import REPAIRABLE

if TYPE_CHECKING:
    from report.fix import Repairs
    from report.words import Words

_KINDS = [kind.value for kind in REPAIRABLE]


@command("language", "github_api", "ca_file", "now")
@click.option(
    "--diff",
    "shows",
    is_flag=True,
    help="Show what would change, for `git apply` (the default).",
)
@click.option(
    "--write",
    "writes",
    is_flag=True,
    help="Change the files.",
)
@click.option(
    "--only",
    metavar="KIND,...",
    default="",
    help=f"Only these kinds of repairs: {', '.join(_KINDS)}.",
)
@click.option(
    "--pull-request",
    metavar="OWNER/REPO",
    default="",
    help="Offer the repairs there, in one pull request that is kept up to date.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="With --pull-request: show what would be sent.",
)
def fix(
    session: Session, shows: bool, writes: bool, only: str, pull_request: str, dry_run: bool
) -> Exit:
    """Repair the archive's own links.

    Writes what the report suggests at the exact places, and touches no other byte. A file
    that has changed since it was read is left alone.
    """
    from catalog.connection import open_catalog
    from nightly.selecting import selected
    from report.fix import plan_repairs, write_repairs, written_in_words
    from report.words import Words, closest_language

    if shows and writes:
        raise ConfigError("--diff shows what --write would change: give one of them")
    if pull_request and (shows or writes):
        how = "--diff" if shows else "--write"
        raise ConfigError(f"{how} is for the files here; leave it out with --pull-request")
    if dry_run and not pull_request:
        raise ConfigError("--dry-run goes with --pull-request; --diff shows what --write changes")
    db = open_catalog(session.settings.catalog, read_only=True)
    found = selected(db, session.clock())
    encoding = session.settings.archive.encoding
    repairs = plan_repairs(db, found, only=_kinds(only) or REPAIRABLE, encoding=encoding)
    for words in repairs.left_alone:
        session.complain(words)
    language = Words(closest_language(session.settings.language or found.language))
    if pull_request:
        return _offer(session, repairs, pull_request, language, dry_run)
    if writes:
        write_repairs(repairs)
        session.err.print(written_in_words(repairs, language), markup=False)
    elif not session.as_json:
        sys.stdout.buffer.write(repairs.diff)
        sys.stdout.buffer.flush()
    if session.as_json:
        click.echo(json.dumps(_summary(repairs), ensure_ascii=False, indent=2))
    return Exit.DONE


def _kinds(text: str) -> list[SuggestionKind]:
    """Return the kinds that *text* names, with commas between."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in _KINDS:
            raise ConfigError(
                f"--only: {name} is no kind of repair; there are {', '.join(_KINDS)}"
            )
    return [SuggestionKind(name) for name in names]


def _offer(
    session: Session, repairs: "Repairs", name: str, language: "Words", dry_run: bool
) -> Exit:
    """Open or update the pull request with *repairs* in the repository *name*."""
    from nightly.github import opened
    from report.github.pull_request import offer_repairs

    with opened(session.settings, name) as repository:
        plan = offer_repairs(repository, repairs, language, dry_run=dry_run)
    if session.as_json or dry_run:
        click.echo(json.dumps(asdict(plan), ensure_ascii=False, indent=2))
    else:
        session.err.print(
            f"{plan.action}: {plan.url or 'there is nothing to offer'}", markup=False
        )
    return Exit.DONE


def _summary(repairs: "Repairs") -> dict[str, Any]:
    return {
        "links": repairs.links,
        "files": [one.file for one in repairs.files],
        "left_alone": list(repairs.left_alone),
    }
