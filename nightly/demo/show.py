"""The demo itself: two nights over the sample archive, the report, and what to do next."""

import shutil
import sys
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from catalog.connection import open_catalog
from catalog.lock import locked
from nightly.clock import Clock, clock
from nightly.config import given_settings
from nightly.console import page_width
from nightly.demo.internet import DemoInternet
from nightly.demo.places import sample_archive
from nightly.exits import CommandError
from nightly.files import write_whole
from nightly.night import run_night
from nightly.phases import PHASES
from nightly.progress import Watcher
from nightly.selecting import selected
from nightly.summary import NightSummary, shown
from report.formats import chunks, style_for

_A_DAY = timedelta(days=1)

# What says that a folder's catalog was made by a demo, and may be thrown away.
_MARK = "made-by-the-demo"

_QUERY = "SELECT full_name, stars, language, license_spdx FROM repo_overview LIMIT 5"


def show(
    catalog: Path, time: Clock, language: str, out: Console, watcher: Watcher
) -> NightSummary:
    """Run both nights into a new *catalog*, with reports beside it, and show what they brought."""
    # For longer than a night holds its own.
    lock = catalog.with_name(f"{_MARK}.lock")
    with locked(catalog.parent, lock, "linkledger demo", time()):
        _clear(catalog)
        summary = _two_nights(catalog, time, language, out, watcher)
        _heading(out, "The report")
        _report(catalog, time, language, out)
        _what_next(catalog, out)
    return summary


def _two_nights(
    catalog: Path, time: Clock, language: str, out: Console, watcher: Watcher
) -> NightSummary:
    """Run both nights, and return what the second one did."""
    archive, folder = sample_archive(), catalog.parent
    issues = sorted(archive.glob("*.md"))
    out.print(Text("linkledger demo", "bold"))
    out.print(
        f"An archive of {len(issues)} issues, and a little web on 127.0.0.1 that plays every\n"
        "host they link to. Nothing leaves this machine."
    )
    with DemoInternet() as internet:
        settings = given_settings(
            {
                **internet.settings(folder),
                "catalog": catalog,
                "sources": (str(archive),),
                "published": folder / "published",
                "github_token": "demo",
                "language": language,
            }
        )
        for night, began in enumerate((time() - _A_DAY, time()), start=1):
            internet.begin_night(night)
            _heading(out, f"Night {night}, {began:%Y-%m-%d}")
            summary = run_night(
                settings,
                clock(began),
                watcher,
                command="nightly",
                phases=tuple(PHASES),
                everything=True,
            )
            out.print(shown(summary.phases))
    return summary


def _clear(catalog: Path) -> None:
    """Remove the *catalog* of an earlier demo; raises `CommandError` for any other."""
    mark = catalog.parent / _MARK
    if catalog.exists() and not mark.exists():
        raise CommandError(f"{catalog} is not the demo's; give another one with --catalog")
    for ending in ("", "-wal", "-shm"):
        catalog.with_name(catalog.name + ending).unlink(missing_ok=True)
    write_whole(mark, ["The demo may empty this folder.\n"])


def _heading(out: Console, words: str) -> None:
    out.print()
    out.print(Rule(Text(words), align="left", style="dim"), width=page_width(out))


def _report(catalog: Path, time: Clock, language: str, out: Console) -> None:
    """Print the report as `linkledger report` would."""
    db = open_catalog(catalog, read_only=True)
    found = selected(db, time())
    style = style_for(
        found,
        language,
        width=page_width(out),
        colour=out.is_terminal and not out.no_color,
        limit=3,
    )
    for chunk in chunks(found, "terminal", style):
        out.file.write(chunk)  # a result, however quiet the demo is
    db.close()


def _what_next(catalog: Path, out: Console) -> None:
    """Say where everything is, and what to type to see more of it."""
    program = _program()
    _heading(out, "What next")
    for words, typed in (
        ("Ask the catalog anything", f'sqlite3 {catalog} "{_QUERY}"'),
        ("Search it, in Chinese too", f"{program} catalog search 剪枝 --catalog {catalog}"),
        ("Read the whole report here", f"{program} report --catalog {catalog}"),
        ("See the repairs it would make", f"{program} fix --catalog {catalog}"),
        ("Read it in a browser", f"{catalog.parent / 'published' / 'report.html'}"),
        ("Begin with your own archive", f"{program} init FOLDER && {program} nightly"),
    ):
        out.print(Text(f"  {words}", "bold"))
        out.print(Text(f"    {typed}"), soft_wrap=True)


def _program() -> str:
    """Return what to type for `linkledger` here."""
    if shutil.which("linkledger"):
        return "linkledger"
    called = Path(sys.argv[0])
    if called.name != "linkledger":
        return f"{Path(sys.executable).name} -m nightly"
    try:
        return str(called.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(called)
