"""`linkledger catalog rejudge` and `forget`: runs that change what the catalog makes of things."""

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from nightly.exits import CommandError, Exit
from nightly.options import Session, command
from nightly.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog.connection import Catalog


@contextmanager
def _held(session: Session, name: str) -> "Iterator[Catalog]":
    """Give the catalog, and keep other runs than *name* from it until the end of the block."""
    from catalog.connection import open_catalog
    from catalog.lock import held

    catalog = session.settings.catalog
    with held(catalog, f"linkledger {name}", session.clock(), create=False):
        yield open_catalog(catalog, create=False)


@command("now")
def rejudge(session: Session) -> Exit:
    """Judge every visit again by the rules of today.

    What was seen stays as it is; what it means, and what stands of each link, is derived
    anew. Stopped half-way, it has done a part, and begun again it does the rest.
    """
    from catalog.runs import begin_run, end_run
    from crawler.rejudge import rejudge as judge_again

    now = session.clock()
    with _held(session, "catalog rejudge") as db:
        run_id = begin_run(db, "catalog rejudge", now)
        done = judge_again(db, now)
        end_run(db, run_id, session.clock(), state="done", summary=done.figures)
    if session.as_json:
        click.echo(json.dumps(done.figures, ensure_ascii=False, indent=2))
        return Exit.DONE
    changed = counted(done.changed.total(), "judgement")
    session.done.print(f"{counted(done.looked_at, 'visit')} judged again, {changed} changed")
    for (old, new), count in done.changed.most_common():
        session.done.print(f"  {count:,} {old} → {new}")
    return Exit.DONE


@command("now")
@click.argument("source")
def forget(session: Session, source: str) -> Exit:
    """Let go of an archive that is no longer read.

    All issues of SOURCE count as gone, and links that no other archive mentions are neither
    followed nor reported. What was seen of them stays, should they be mentioned again.
    """
    from catalog.archives import known_archive, present_archives
    from catalog.issues import drop_unmentioned, take_out_missing
    from catalog.runs import begin_run, end_run
    from crawler.reading.source_kind import source_kind

    with _held(session, "catalog forget") as db:
        archive = known_archive(db, source, source_kind(source))
        if archive is None:
            there = ", ".join(known.source for known in present_archives(db)) or "none"
            raise CommandError(f"the catalog has no archive at {source}; it has: {there}")
        run_id = begin_run(db, "catalog forget", session.clock())
        done = {
            "issues": take_out_missing(db, archive, run_id, ()),
            "links": drop_unmentioned(db),
        }
        end_run(db, run_id, session.clock(), state="done", summary=done)
    if session.as_json:
        click.echo(json.dumps(done, indent=2))
        return Exit.DONE
    issues, links = counted(done["issues"], "issue"), counted(done["links"], "link")
    session.done.print(f"{source}: {issues} forgotten, {links} dropped", markup=False)
    return Exit.DONE
