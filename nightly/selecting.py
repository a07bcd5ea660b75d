"""The part of the catalog that is asked for: for a report, or for another visit."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

from catalog.address import host_of, link_key
from catalog.archives import present_archives
from catalog.connection import Catalog
from catalog.database import Database
from catalog.vocabulary import Standing
from nightly.exits import ConfigError
from report.filters import Filters
from report.findings import Report
from report.ignore import IgnoreError, IgnoreRule, rules_of
from report.selection import select

_HOSTS = "SELECT name FROM hosts UNION SELECT forge FROM repos"
_VISITED = """
    SELECT links.id, links.key, links.standing, coalesce(links.standing_since, ''),
           coalesce(hosts.name, '')
    FROM links LEFT JOIN hosts ON hosts.id = links.host_id
    WHERE links.judge = 'page' AND links.present = 1
"""
_SECTIONS = "SELECT DISTINCT section FROM mentions"


def selected(
    db: Catalog,
    now: datetime,
    *,
    since: date | None = None,
    standings: tuple[str, ...] = (),
    everything: bool = False,
    **filters: tuple[str, ...],
) -> Report:
    """Return the report on *db*, narrowed down as asked, without what is to be ignored.

    Raises `ConfigError` for a filter that nothing in the catalog fits: what it lets through
    would look as if nothing were broken.
    """
    issues = filters.pop("issues", ())
    filters["hosts"] = tuple(map(_host, filters.get("hosts", ())))
    chosen = Filters(
        since=since,
        standings=frozenset(Standing(name) for name in standings),
        issues=tuple(spelling for name in issues for spelling in _spellings(db, name)),
        **filters,
    )
    for name in issues:
        fitting = Filters(issues=tuple(_spellings(db, name))).let_issue
        _require("--issue", name, db, "SELECT file FROM issues WHERE present = 1", fitting)
    for name in chosen.hosts:
        _require("--host", name, db, _HOSTS, Filters(hosts=(name,)).let_host)
    for name in chosen.sections:
        _require("--section", name, db, _SECTIONS, Filters(sections=(name,)).let_section)
    return select(db, now, filters=chosen, rules=ignore_rules(db), everything=everything)


def chosen_links(
    db: Database, urls: tuple[str, ...], hosts: tuple[str, ...], standings: tuple[str, ...]
) -> frozenset[int]:
    """Return the links that a crawl can visit and that fit all that is asked.

    Raises `ConfigError` where none do: nothing would be visited, as if all were well.
    """
    keys = {link_key(url): url for url in urls}
    for key, url in keys.items():
        judges = db.execute("SELECT judge FROM links WHERE key = ? AND present = 1", [key])
        judge = next((judge for (judge,) in judges), None)
        if judge is None:
            raise ConfigError(f"--url {url}: no issue links to that")
        if judge != "page":
            raise ConfigError(
                f"--url {url}: it is not visited; its {judge} tells what became of it"
            )
    hosts = tuple(map(_host, hosts))
    asked = Filters(hosts=hosts, standings=frozenset(Standing(name) for name in standings))
    for host in hosts:
        _require("--host", host, db, _HOSTS, Filters(hosts=(host,)).let_host)
    chosen = frozenset(
        number
        for number, key, standing, since, host in db.execute(_VISITED)
        if (not keys or key in keys) and asked.let_link(Standing(standing), since, host)
    )
    if not chosen:
        raise ConfigError("no link in the catalog is all that at once")
    return chosen


def _host(name: str) -> str:
    """Return the host that *name* is, or that it is the address of."""
    return host_of(name) if "://" in name else name


def _spellings(db: Database, issue: str) -> Iterator[str]:
    """Yield *issue* as it was given, and as its archive has it where it is a path from here."""
    yield issue
    path = Path(issue).resolve()
    for archive in present_archives(db):
        folder = Path(archive.source).resolve()
        if path.is_relative_to(folder):
            yield path.relative_to(folder).as_posix()


def _require(
    option: str, given: str, db: Database, names: str, is_let: Callable[[str], bool]
) -> None:
    """Raise `ConfigError` where none of the *names*, a query, fits what was *given*."""
    if not any(is_let(name) for (name,) in db.execute(names)):
        raise ConfigError(f"{option} {given}: nothing in the catalog fits that")


def ignore_rules(db: Database) -> tuple[IgnoreRule, ...]:
    """Return the rules of the ignore files in the archives' folders and the working directory."""
    sources = [Path(archive.source) for archive in present_archives(db)]
    folders = dict.fromkeys([Path(), *(s for s in sources if s.is_dir())])
    try:
        return rules_of(folders)
    except IgnoreError as error:
        raise ConfigError(str(error)) from None
