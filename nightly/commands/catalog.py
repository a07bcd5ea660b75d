"""`linkledger catalog`: look into the catalog, check it, search it, and give it to others."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from nightly.exits import Exit
from nightly.options import Session, command
from report.escaping import plain

if TYPE_CHECKING:
    from catalog.info import CatalogInfo
    from catalog.search import Hit


@click.group()
def catalog() -> None:
    """Look into the catalog, check it, search it, publish it."""


@command()
def info(session: Session) -> Exit:
    """Say what is in the catalog, since when, and how big it is."""
    from catalog.connection import open_catalog
    from catalog.info import info as figures

    found = figures(open_catalog(session.settings.catalog, read_only=True))
    if session.as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2))
    else:
        session.out.print(_figures(found))
    return Exit.DONE


def _figures(found: "CatalogInfo") -> Table:
    """Return the figures as a table of words and numbers."""
    table = Table.grid(padding=(0, 2))
    run = (
        f"{found.last_command} {found.last_state}, {found.last_run}" if found.last_run else "none"
    )
    standings = ", ".join(f"{count:,} {name}" for name, count in found.standings.items())
    lines = {
        "catalog": f"{found.path} ({found.size / 1e6:.1f} MB, {found.schema})",
        "nights": f"{found.nights} since {found.since}" if found.since else "none yet",
        "last run": run,
        "issues": f"{found.first_issue} to {found.last_issue}"
        if found.first_issue
        else "none yet",
        "links": standings or "none yet",
        "rows": ", ".join(f"{count:,} {name}" for name, count in found.rows.items() if count),
    }
    for about, words in lines.items():
        table.add_row(Text(about, "bold"), Text(words))
    return table


@command()
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=20,
    metavar="N",
    show_default=True,
    help="Hits of each kind to show.",
)
def search(session: Session, words: tuple[str, ...], limit: int) -> Exit:
    """Search items, repositories and pages, in any language."""
    from catalog.connection import open_catalog
    from catalog.search import search as find

    hits = find(open_catalog(session.settings.catalog, read_only=True), " ".join(words), limit)
    if session.as_json:
        click.echo(json.dumps([asdict(hit) for hit in hits], ensure_ascii=False, indent=2))
        return Exit.DONE
    for hit in hits:
        session.out.print(_hit(hit), soft_wrap=True)
    if not hits:
        session.err.print("Nothing is found.")
    return Exit.DONE


def _hit(hit: "Hit") -> Text:
    """Return one hit in two lines: what it is, and where."""
    line = Text(f"{hit.kind:<5}", "dim").append(f"{plain(hit.title)}", "bold")
    line.append(
        f"\n     {hit.date}  {plain(hit.place)}" if hit.date else f"\n     {plain(hit.place)}"
    )
    return line.append(f"\n     {plain(hit.extract)}", "dim") if hit.extract else line


for _part in (info, search):
    catalog.add_command(_part)
