"""How tests crawl: a catalog of addresses, options with short patience, results by address."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalog.address import host_of
from catalog.clock import stamp
from catalog.connection import open_catalog
from catalog.database import Database
from catalog.names import name_host
from catalog.runs import begin_run, end_run
from crawler.crawl import crawl
from crawler.options import CrawlOptions
from crawler.summary import CrawlSummary
from tests.crawler.fault_web import FaultWeb

FIRST_NIGHT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def catalog_of(path: Path, urls: Iterable[str]) -> Database:
    """Return a catalog at *path* with a link to each of *urls*, all due."""
    db = open_catalog(path)
    now = stamp(FIRST_NIGHT)
    with db.atomic():
        for url in urls:
            db.execute(
                "INSERT INTO links (key, url, host_id, first_seen_at, next_check_at) "
                "VALUES (?, ?, ?, ?, ?)",
                (url, url, name_host(db, host_of(url)), now, now),
            )
    return db


def impatient(web: FaultWeb, **changes: Any) -> CrawlOptions:
    """Return options under which a whole night of failures takes seconds."""
    options = CrawlOptions(
        workers=1,
        delay=0,
        connect_to=web.connect_to,
        ca_file=web.ca_file,
        connect=1,
        first_byte=2,
        whole_visit=4,
        second_pass=1,
        backoff=0.2,
        retry_after_cap=3,
    )
    return replace(options, **changes)


def night(db: Database, options: CrawlOptions, now: datetime = FIRST_NIGHT) -> CrawlSummary:
    """Crawl what is due at *now*, as a run of its own."""
    run_id = begin_run(db, "crawl", now)
    summary = crawl(db, run_id, options, lambda: now)
    end_run(db, run_id, now, state="done")
    return summary


def checks(db: Database) -> dict[str, dict[str, Any]]:
    """Return the last check of each link by its address."""
    rows = db.query(
        "SELECT links.url, links.standing, checks.* FROM links "
        "JOIN checks ON checks.link_id = links.id ORDER BY checks.id"
    )
    return {row["url"]: row for row in rows}
