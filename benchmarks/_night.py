"""One crawl over a catalog, in a process of its own, so that its time and memory are its own.

`python -m benchmarks._night CATALOG DAY OPTION=VALUE …` prints one line of JSON.
"""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from crawler.fork_server import ForkServer

if TYPE_CHECKING:
    from crawler.summary import CrawlSummary

FIRST_NIGHT = datetime(2026, 11, 22, 4, tzinfo=UTC)


def main(catalog: str, day: str, *given: str) -> None:
    """Crawl, and print the figures and how many links were done after how many seconds."""
    options = {name: json.loads(value) for name, value in (g.split("=", 1) for g in given)}
    # As the command `linkledger crawl` begins.
    with ForkServer.for_crawl(options.get("workers")) as fork_server:
        _crawl(catalog, int(day), options, fork_server)


def _crawl(
    catalog: str, day: int, options: dict[str, Any], fork_server: ForkServer | None
) -> None:
    from catalog.connection import open_catalog
    from catalog.runs import begin_run, end_run
    from crawler.crawl import crawl
    from crawler.options import CrawlOptions

    now = FIRST_NIGHT + timedelta(days=day)
    db = open_catalog(catalog)
    run_id = begin_run(db, "benchmark", now)
    began = time.monotonic()
    pace: list[tuple[float, int]] = []

    def note(summary: "CrawlSummary") -> None:
        pace.append((time.monotonic() - began, summary.visited))

    summary = crawl(
        db, run_id, CrawlOptions(**options), lambda: now, note, fork_server=fork_server
    )
    end_run(db, run_id, now, state="done")
    wall = time.monotonic() - began
    print(json.dumps({"wall": wall, "pace": pace[:: max(1, len(pace) // 100)], **summary.figures}))


if __name__ == "__main__":
    main(*sys.argv[1:])
