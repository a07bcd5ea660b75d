"""`linkledger catalog`: look into the catalog, check it, search it, and give it to others."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from nightly.commands.maintenance import forget, rejudge
from nightly.console import while_read
from nightly.exits import Exit
from nightly.options import Session, command
from nightly.stopping import heard
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
        "catalog": f"{found.path} ({found.size / 1e6:.1f} MB)",
        "nights": f"{found.nights} since {found.since}" if found.nights else "none yet",
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


@command()
def check(session: Session) -> Exit:
    """Check the file, its foreign keys, and what must hold between rows."""
    from catalog.connection import open_catalog
    from catalog.integrity import problems

    found = list(problems(open_catalog(session.settings.catalog, read_only=True)))
    if session.as_json:
        with while_read():
            click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
    for problem in found:
        session.complain(str(problem))
    if not found:
        session.err.print(f"{session.settings.catalog} is sound.", markup=False)
    return Exit.FAILED if found else Exit.DONE


_FOLDER = click.argument(
    "folder", type=click.Path(path_type=Path), required=False, metavar="[DIR]"
)


@command("published")
@_FOLDER
def publish(session: Session, folder: Path | None) -> Exit:
    """Put a compact copy that never changes into DIR, for others to read.

    DIR is the setting `published` if left out. Readers of an older copy there are not
    disturbed, and a night may run at the same time.
    """
    from catalog.sharing.publish import publish as put
    from nightly.publishing import check_published

    if folder is None:
        check_published(session.settings)
    done = put(session.settings.catalog, folder or session.settings.published)
    if session.as_json:
        click.echo(json.dumps(asdict(done), default=str, indent=2))
    else:
        session.done.print(
            f"{done.path} ({done.size / 1e6:.1f} MB)\nSHA-256 {done.sha256}", markup=False
        )
    return Exit.DONE


@command()
@click.argument("names", nargs=-1, metavar="[TABLE]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(("csv", "jsonl", "parquet", "datapackage")),
    default="csv",
    show_default=True,
    help="How to write each table.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("export"),
    metavar="DIR",
    show_default=True,
    help="The folder to write to.",
)
def export(session: Session, names: tuple[str, ...], form: str, output: Path) -> Exit:
    """Write tables and views as files, all of them or those that are named."""
    from catalog.connection import open_catalog
    from catalog.sharing.export import ExportFormat
    from catalog.sharing.export import export as write

    db = open_catalog(session.settings.catalog, read_only=True)
    done = write(db, output, ExportFormat(form), names)
    if session.as_json:
        click.echo(json.dumps([asdict(one) for one in done], default=str, indent=2))
        return Exit.DONE
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    for one in done:
        table.add_row(Text(str(one.path)), f"{one.rows:,}")
    session.done.print(table)
    return Exit.DONE


@command("published", json_help="")
@_FOLDER
@click.option(
    "--host",
    default="127.0.0.1",
    metavar="ADDR",
    show_default=True,
    help="The address to listen on.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    metavar="N",
    show_default=True,
    help="The port to listen on; 0 takes a free one.",
)
def serve(session: Session, folder: Path | None, host: str, port: int) -> Exit:
    """Show the published catalog in a browser, with Datasette."""
    from catalog.serve.server import serve as show

    def ready(address: str) -> None:
        session.err.print(f"{address} shows {published}; Ctrl-C ends it.", markup=False)

    published = folder or session.settings.published
    try:
        show(published, ready=ready, host=host, port=port)
    except KeyboardInterrupt:  # the way to end it
        heard()
    return Exit.DONE


for _part in (info, search, check, publish, export, serve, rejudge, forget):
    catalog.add_command(_part)
