"""One night of a cluster's coordinator, as a process that can be killed.

Run as `python -m tests.crawler.cluster_night CATALOG OPTIONS`, with the options of the crawl
as JSON. Two among them are the test's own: `slow_writer`, for how many seconds each
transaction shall take longer, and `wait_for`, for how many workers the night shall wait before
it assigns anything. It prints the figures and the notes of the night.
"""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from catalog.connection import open_catalog
from catalog.runs import begin_run, end_run
from crawler import coordinator
from crawler.crawl import crawl
from crawler.options import CrawlOptions


def _slow_down(seconds: float) -> None:
    """Let the coordinator take longer to write, as a full or distant disk would."""
    flush = coordinator.Coordinator.flush

    def flush_slowly(self: coordinator.Coordinator) -> None:
        if self.has_unwritten:
            time.sleep(seconds)
        flush(self)

    coordinator.Coordinator.flush = flush_slowly  # type: ignore[method-assign] # for this process


def _wait_for_workers(count: int) -> None:
    """Let nothing be assigned before *count* workers are there, however late each comes."""
    from crawler.cluster import crawl as cluster

    assign = cluster._Cluster._assign

    def wait_and_assign(self: cluster._Cluster) -> None:
        if sum(worker.is_admitted for worker in self._workers.values()) >= count:
            cluster._Cluster._assign = assign  # type: ignore[method-assign] # as it was
            assign(self)

    cluster._Cluster._assign = wait_and_assign  # type: ignore[method-assign] # for this process


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    """Crawl what is due."""
    given = json.loads(sys.argv[2])
    if slow := given.pop("slow_writer", 0):
        _slow_down(slow)
    if count := given.pop("wait_for", 0):
        _wait_for_workers(count)
    ca_file = given.pop("ca_file", None)
    options = CrawlOptions(
        **{
            name: tuple(value) if isinstance(value, list) else value
            for name, value in given.items()
        },
        ca_file=Path(ca_file) if ca_file else None,
    )
    with open_catalog(Path(sys.argv[1]), create=False) as db:
        run_id = begin_run(db, "crawl", _now())
        summary = crawl(db, run_id, options, _now)
        end_run(db, run_id, _now(), state="done", summary=summary.figures)
    sys.stdout.write(json.dumps({**summary.figures, "notes": summary.notes}))


if __name__ == "__main__":
    main()
