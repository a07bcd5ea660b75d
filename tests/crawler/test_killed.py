"""Nights that are killed: nothing is lost, little is repeated, and no host is hurt."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random

import psutil
import pytest

from catalog.connection import open_catalog
from catalog.frontier import count_due
from crawler.options import CrawlOptions
from tests.crawler.crawling import FIRST_NIGHT, catalog_of, impatient
from tests.crawler.fault_web import FaultWeb, Seen, after, article
from tests.crawler.killed_night import start_night

HOSTS, LINKS = 12, 15
MOST_LINKS = 60  # of the first host, so that the night is far from over when it is killed
ALL_LINKS = MOST_LINKS + (HOSTS - 1) * LINKS
DELAY = 0.1


class Nights:
    """One catalog after the other whose nights can be killed, and what the web saw of them."""

    def __init__(self, web: FaultWeb, folder: Path, stack: ExitStack) -> None:
        self.web = web
        self.catalog = folder / "catalog.db"
        self._stack = stack

    def plan(self, name: str, *, thinks: float = 0.02) -> None:
        """Let links to pages of hosts that are called after *name* be due."""
        self._hosts = [f"{name}-{number}.test" for number in range(HOSTS)]
        pages = [
            self.web.add(host, after(thinks, article(f"{host} {n}")), path=f"/{n}")
            for number, host in enumerate(self._hosts)
            for n in range(LINKS if number else MOST_LINKS)
        ]
        catalog_of(self.catalog, pages).close()

    def start(self, options: CrawlOptions) -> ForkServerProcess:
        night = start_night(self.catalog, options)
        self._stack.callback(end, night)
        return night

    @property
    def pages(self) -> list[Seen]:
        """The requests for pages."""
        return [seen for host in self._hosts for seen in self.web.requests(host)]

    def await_pages(self, count: int, night: ForkServerProcess) -> None:
        """Wait until so many pages were asked for, or the night is over."""
        deadline = time.monotonic() + 120
        while len(self.pages) < count and night.is_alive():
            assert time.monotonic() < deadline, "the night does not go on"
            time.sleep(0.002)

    def await_silence(self) -> None:
        """Wait until the web has answered all that it was asked."""
        while any(self.web.open_now[host] for host in self._hosts):
            time.sleep(0.002)

    def all_is_well(self) -> None:
        """Check that every link was visited, and that no host was asked too often."""
        with open_catalog(self.catalog) as db:
            ok = db.execute("SELECT count(*) FROM links WHERE standing = 'ok'").fetchone()
            checks = db.execute("SELECT count(*) FROM checks").fetchone()
            assert (ok, checks) == ((ALL_LINKS,), (ALL_LINKS,))
            assert count_due(db, FIRST_NIGHT) == 0
        assert max(self.web.most_open[host] for host in self._hosts) == 1
        for host in self._hosts:
            came = sorted(seen.began for seen in self.web.seen if seen.host == host)
            assert min(later - earlier for earlier, later in pairwise(came)) >= DELAY

    @property
    def repeated(self) -> int:
        asked = Counter((seen.host, seen.path) for seen in self.pages)
        assert len(asked) == ALL_LINKS
        return asked.total() - len(asked)


def end(night: ForkServerProcess) -> None:
    night.kill()
    night.join()


@pytest.fixture
def nights(fault_web: FaultWeb, tmp_path: Path) -> Iterator[Nights]:
    with ExitStack() as stack:
        yield Nights(fault_web, tmp_path, stack)


# How many may be repeated for each time: of every host the visit that is in flight, and with
# more than one process those on their way to the one that writes.
@pytest.mark.parametrize(
    ("workers", "times", "in_flight"),
    [
        pytest.param(1, 20, HOSTS, id="20 times in one process"),
        pytest.param(2, 4, 5 * HOSTS, id="4 times in two processes and the one that writes"),
    ],
)
def test_killed_at_random_moments_nothing_is_lost(
    nights: Nights, workers: int, times: int, in_flight: int
) -> None:
    seed = time.time_ns() % 10_000
    sys.stdout.write(f"seed {seed}\n")
    random = Random(seed)
    nights.plan(f"killed-{workers}")
    options = impatient(nights.web, delay=DELAY, workers=workers)
    for _ in range(times):
        night = nights.start(options)
        if until := random.randrange(HOSTS):
            nights.await_pages(len(nights.pages) + until, night)
        time.sleep(random.uniform(0, DELAY))
        assert night.is_alive(), "it was to be killed"
        night.kill()
        night.join()
        nights.await_silence()

    night = nights.start(options)
    night.join()

    assert night.exitcode == 0
    nights.all_is_well()
    assert nights.repeated <= times * in_flight


def test_workers_do_not_outlive_a_killed_coordinator(nights: Nights) -> None:
    nights.plan("orphan")
    night = nights.start(impatient(nights.web, delay=DELAY, workers=2))
    nights.await_pages(1, night)
    workers = psutil.Process(night.pid).children()
    assert len(workers) == 2
    night.kill()
    night.join()
    gone, alive = psutil.wait_procs(workers, timeout=60)
    assert (len(gone), alive) == (2, [])
    assert len(nights.pages) < ALL_LINKS


def test_a_worker_that_dies_is_replaced_and_its_links_are_visited(nights: Nights) -> None:
    nights.plan("mortal")
    night = nights.start(impatient(nights.web, delay=DELAY, workers=2))
    nights.await_pages(1, night)
    psutil.Process(night.pid).children()[0].kill()
    night.join()
    assert night.exitcode == 0
    nights.all_is_well()
