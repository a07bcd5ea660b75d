"""An enrichment that kills itself: run as a program by `test_killed.py`."""

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from catalog.connection import open_catalog
from catalog.runs import begin_run
from enrich.enrichment import enrich
from enrich.options import EnrichOptions, GitHubWay


def main(catalog: str, github: str, way: str, after: str) -> None:
    """Enrich *catalog*, and end by SIGKILL after so many words of progress."""
    left = int(after)

    def count_down(_: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    db = open_catalog(Path(catalog))
    now = datetime(2026, 11, 22, 4, tzinfo=UTC)
    run_id = begin_run(db, "enrich", now)
    options = EnrichOptions(
        github_api=github,
        github_tokens=("ghp_0123456789abcdef",),
        github_way=GitHubWay(way),
        pace=0.0,
        histories=0,
    )
    enrich(db, run_id, options, lambda: now, count_down)


if __name__ == "__main__":
    main(*sys.argv[1:])
