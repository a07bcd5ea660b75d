"""What is known of hosts: their robots.txt, and whether they are to be left alone."""

import json
from collections.abc import Collection
from datetime import datetime

from catalog.clock import stamp
from catalog.database import Database
from catalog.records import Robots


def known_robots(db: Database, hosts: Collection[str]) -> tuple[Robots, ...]:
    """Return the robots.txt of each of *hosts* that was ever looked at."""
    rows = db.execute(
        """
        SELECT name, robots_fetched_at, robots_status, ifnull(robots_txt, '') FROM hosts
        WHERE robots_fetched_at IS NOT NULL AND name IN (SELECT value FROM json_each(?))""",
        [json.dumps(list(hosts))],
    )
    return tuple(
        Robots(host=host, fetched_at=at, status=status, text=text)
        for host, at, status, text in rows
    )


def resting_hosts(db: Database, now: datetime) -> frozenset[str]:
    """Return the hosts that are to be left alone: they asked for it, or are down."""
    rows = db.execute("SELECT name FROM hosts WHERE next_visit_at > ?", [stamp(now)])
    return frozenset(name for (name,) in rows)
