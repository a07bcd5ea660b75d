"""What a report is made of: the catalog, narrowed down as asked, without what is to be ignored."""

from datetime import datetime
from pathlib import Path

from catalog.archives import present_archives
from catalog.connection import Catalog
from catalog.database import Database
from catalog.vocabulary import Standing
from nightly.exits import ConfigError
from report.filters import Filters
from report.findings import Report
from report.ignore import IgnoreError, IgnoreRule, rules_of
from report.selection import select


def selected(
    db: Catalog,
    now: datetime,
    *,
    since: datetime | None = None,
    standings: tuple[str, ...] = (),
    everything: bool = False,
    **filters: tuple[str, ...],
) -> Report:
    """Return the report on *db*, narrowed down as asked, without what is to be ignored."""
    chosen = Filters(
        since=since.date() if since else None,
        standings=frozenset(Standing(name) for name in standings),
        **filters,
    )
    return select(db, now, filters=chosen, rules=ignore_rules(db), everything=everything)


def ignore_rules(db: Database) -> tuple[IgnoreRule, ...]:
    """Return the rules of the ignore files in the archives' folders and the working directory."""
    sources = [Path(archive.source) for archive in present_archives(db)]
    folders = dict.fromkeys([Path(), *(s for s in sources if s.is_dir())])
    try:
        return rules_of(folders)
    except IgnoreError as error:
        raise ConfigError(str(error)) from None
