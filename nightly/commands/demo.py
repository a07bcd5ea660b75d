"""`linkledger demo`: everything at once, without a network."""

import json
import os
from pathlib import Path

import click

from nightly.console import while_read
from nightly.exits import Exit
from nightly.options import Session, command


@command("language", "now", catalog=False)
@click.option(
    "--catalog",
    type=click.Path(path_type=Path),
    default=Path("data/demo/catalog.db"),
    metavar="DB",
    show_default=True,
    help="Where to leave the demo's catalog, with its reports beside it.",
)
def demo(session: Session, catalog: Path) -> Exit:
    """Show two nights over a sample archive, offline.

    A little web on loopback plays every host that the sample's issues link to, GitHub's API
    among them. Between the nights a page dies, another comes back, a repository is renamed.
    """
    from nightly.demo.show import show
    from nightly.progress import Log, Terminal

    watcher = Terminal(session.err) if session.err.is_terminal else Log()
    out = session.err if session.as_json else session.done
    language = session.settings.language or ("zh" if _speaks_chinese() else "en")
    summary = show(catalog, session.clock, language, out, watcher)
    if session.as_json:
        with while_read():
            click.echo(json.dumps(summary.as_dict(), ensure_ascii=False, indent=2))
    return summary.exit


def _speaks_chinese() -> bool:
    """Return whether whoever runs this reads Chinese, as their environment says."""
    spoken = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next(filter(None, spoken), "").startswith("zh")
