"""`linkledger init` and `linkledger doctor`: before the first night, and when one went wrong."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from nightly.console import while_read
from nightly.exits import CommandError, Exit, one_line
from nightly.options import NETWORK, Session, command

if TYPE_CHECKING:
    from nightly.doctor import Finding

_MARKS = {"good": ("✓", "green"), "weak": ("!", "yellow"), "bad": ("✗", "red")}


@command(json_help="", catalog=False, configured=False)
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--catalog",
    type=click.Path(path_type=Path),
    metavar="DB",
    help="Write down that the catalog is there.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def init(session: Session, sources: tuple[str, ...], catalog: Path | None, force: bool) -> Exit:
    """Write linkledger.toml for the archive at hand.

    SOURCE is the folder of the archive's issues, or an address as `linkledger read` takes it;
    without it, the folder below this one that holds most Markdown files is taken. Every
    setting is in the file, with its default.
    """
    from crawler.reading.source_kind import why_missing
    from nightly.doctor import missing_folders
    from nightly.files import write_whole
    from nightly.template import configuration

    path = session.config
    if path.exists() and not force:
        raise CommandError(f"{path} is there already; --force writes over it")
    if missing := missing_folders(sources):
        raise CommandError(why_missing(missing[0]))
    chosen = sources or _likely_archive(Path())
    write_whole(path, [configuration(chosen, catalog)])
    what = f"for the issues in {', '.join(chosen)}" if chosen else "without any source yet"
    session.err.print(f"Wrote {path} {what}. `linkledger doctor` looks at the rest.", markup=False)
    return Exit.DONE


def _likely_archive(folder: Path) -> tuple[str, ...]:
    """Return the folder below *folder* that holds most Markdown files, if any holds some."""
    counts: dict[Path, int] = {}
    for file in folder.rglob("*.md"):
        hidden = any(part.startswith((".", "_site", "node_modules")) for part in file.parts[:-1])
        if not hidden and file.name.lower() not in ("readme.md", "changelog.md"):
            counts[file.parent] = counts.get(file.parent, 0) + 1
    best = max(counts, key=lambda parent: counts[parent], default=None)
    return (best.as_posix(),) if best is not None else ()


@command(*NETWORK, "github_api", "now")
def doctor(session: Session) -> Exit:
    """Look at all that a night needs, and say what to do."""
    from nightly.doctor import Health, examine

    findings = list(examine(session.settings, session.clock()))
    with while_read():
        if session.as_json:
            rows = [{"about": f.about, "health": f.health, "words": f.words} for f in findings]
            click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        else:
            session.out.print(_table(findings))
    return Exit.FAILED if any(f.health is Health.BAD for f in findings) else Exit.DONE


def _table(findings: "list[Finding]") -> Table:
    """Return *findings* a line each, the bad ones easy to see."""
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for finding in findings:
        mark, colour = _MARKS[finding.health]
        table.add_row(Text(mark, colour), finding.about, Text(one_line(finding.words)))
    return table
