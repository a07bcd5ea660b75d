"""`linkledger links`: what a reader could click, without a network and without a catalog."""

import json
import sys
from posixpath import join

import click

from nightly.exits import CommandError, Exit, one_line
from nightly.options import Session, command, format_of


@command(json_help="The same as --format jsonl.")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "--format",
    "name",
    type=click.Choice(("text", "jsonl")),
    default="text",
    show_default=True,
    help="Lines for people and editors, or an object a line.",
)
def links(session: Session, sources: tuple[str, ...], name: str) -> Exit:
    """List what a reader could click in an archive.

    SOURCE is a folder of issues, or a single issue. Needs no network and no catalog.
    """
    from catalog.archives import FOLDER, root_of
    from catalog.records import UnreadIssue
    from crawler.reading.archive import read_archive
    from crawler.reading.rows import row, text_line
    from crawler.reading.trees import SourceError

    as_json = format_of(session, name, "jsonl") == "jsonl"
    issues = 0
    try:
        for source in sources:
            root = root_of(source, FOLDER) if len(sources) > 1 else ""
            for read in read_archive(source, session.settings.archive):
                if isinstance(read, UnreadIssue):
                    session.complain(f"{join(root, read.file)}: {read.problem}")
                    continue
                issues += 1
                for mention in read.mentions:
                    if as_json:
                        line = json.dumps(row(mention, root), ensure_ascii=False)
                    else:
                        line = one_line(text_line(mention, root))
                    sys.stdout.write(f"{line}\n")
    except SourceError as error:
        raise CommandError(str(error)) from None
    sys.stdout.flush()
    if not issues:
        raise CommandError(f"no issue could be read at {', '.join(sources)}")
    return Exit.DONE
