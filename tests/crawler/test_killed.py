"""Nights that are killed: nothing is lost, little is repeated, and no host is hurt."""

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import pairwise
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from threading import Event, Thread

import psutil
import pytest

from catalog.connection import open_catalog
from catalog.frontier import count_due
from crawler.coordinator import WRITE_EVERY
from crawler.options import CrawlOptions
from crawler.spiders.links import COLLECTED_FOR
from crawler.workers import WorkerError
from tests.crawler.crawling import FIRST_NIGHT, catalog_of, impatient, night
from tests.crawler.deadly import end_who_asks_from
from tests.crawler.fault_web import FaultWeb, Request, after, article
from tests.crawler.killed_night import start_night

HOSTS = 8
DELAY = 0.1

# What one kill may cost: of each host the visit in flight, and what was not written yet. One
# more, since a busy machine may be late with writing.
UNWRITTEN = 2 + math.ceil((WRITE_EVERY + COLLECTED_FOR) / DELAY)


class Nights:
    """One catalog after the other whose nights can be killed, and what the web saw of them."""

    def __init__(self, web: FaultWeb, folder: Path, stack: ExitStack) -> None:
        self.web = web
        self.catalog = folder / "catalog.db"
        self._stack = stack

    def plan(self, name: str, links: int) -> None:
        """Let so many links to pages of each host be due; the hosts are called after *name*."""
        self._hosts = [f"{name}-{number}.test" for number in range(HOSTS)]
        self._links = HOSTS * links
        pages = [
            self.web.add(host, after(0.02, article(f"{host} {n}")), path=f"/{n}")
            for host in self._hosts
            for n in range(links)
        ]
        catalog_of(self.catalog, pages).close()

    def start(self, options: CrawlOptions) -> ForkServerProcess:
        night = start_night(self.catalog, options)
        self._stack.callback(end, night)
        return night

    @property
    def asked(self) -> int:
        """How often pages were asked for."""
        return sum(len(self.web.requests(host)) for host in self._hosts)

    @property
    def written(self) -> int:
        """How many visits are in the catalog."""
        with open_catalog(self.catalog, read_only=True) as db:
            return int(db.execute("SELECT count(*) FROM checks").fetchone()[0])

    def await_requests(self, count: int, night: ForkServerProcess) -> None:
        """Wait until the web has been asked so often from now on."""
        deadline = time.monotonic() + 120
        enough = len(self.web.seen) + count
        while len(self.web.seen) < enough:
            assert night.is_alive(), "it ended before it could be killed"
            assert time.monotonic() < deadline, "it does not go on"
            time.sleep(0.005)

    def kill(self, night: ForkServerProcess) -> None:
        """Kill the process, and wait until the web has answered all that it was asked."""
        night.kill()
        night.join()
        while any(self.web.open_now[host] for host in self._hosts):
            time.sleep(0.005)

    def all_is_well(self) -> None:
        """Check that every link was visited, and that no host was asked too often."""
        with open_catalog(self.catalog) as db:
            ok = db.execute("SELECT count(*) FROM links WHERE standing = 'ok'").fetchone()
            checks = db.execute("SELECT count(*) FROM checks").fetchone()
            assert (ok, checks) == ((self._links,), (self._links,))
            assert count_due(db, FIRST_NIGHT) == 0
        assert max(self.web.most_open[host] for host in self._hosts) == 1
        for host in self._hosts:
            came = sorted(seen.began for seen in self.web.seen if seen.host == host)
            assert min(later - earlier for earlier, later in pairwise(came)) >= DELAY


def end(night: ForkServerProcess) -> None:
    night.kill()
    night.join()


@pytest.fixture
def nights(fault_web: FaultWeb, tmp_path: Path) -> Iterator[Nights]:
    with ExitStack() as stack:
        yield Nights(fault_web, tmp_path, stack)


@pytest.mark.parametrize(
    ("workers", "times"),
    [
        pytest.param(1, 20, id="20 times in one process"),
        pytest.param(2, 4, id="4 times in two processes and the one that writes"),
    ],
)
def test_killed_at_random_moments_nothing_is_lost(
    nights: Nights, workers: int, times: int
) -> None:
    seed = time.time_ns() % 10_000
    sys.stdout.write(f"seed {seed}\n")
    random = Random(seed)
    nights.plan(f"killed-{workers}", 20 + 3 * times)
    options = impatient(nights.web, delay=DELAY, workers=workers)
    for _ in range(times):
        unwritten = nights.asked - nights.written
        night = nights.start(options)
        nights.await_requests(random.randrange(8 * HOSTS), night)
        time.sleep(random.uniform(0, DELAY))
        nights.kill(night)
        lost = nights.asked - nights.written - unwritten
        assert lost <= HOSTS * UNWRITTEN

    night = nights.start(options)
    night.join()

    assert night.exitcode == 0
    nights.all_is_well()


def test_workers_do_not_outlive_a_killed_coordinator(nights: Nights) -> None:
    nights.plan("orphan", 40)
    night = nights.start(impatient(nights.web, delay=DELAY, workers=2))
    nights.await_requests(2 * HOSTS, night)
    (fork_server,) = psutil.Process(night.pid).children()
    workers = fork_server.children()
    assert len(workers) == 2
    night.kill()
    night.join()
    gone, alive = psutil.wait_procs([fork_server, *workers], timeout=60)
    assert (len(gone), alive) == (3, [])
    assert nights.asked < HOSTS * 40


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(psutil.Process.kill, id="a page of which workers die"),
        pytest.param(psutil.Process.suspend, id="a page with which workers are never done"),
    ],
)
def test_a_page_that_kills_workers_is_left_out_and_all_others_are_visited(
    fault_web: FaultWeb,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: Callable[[psutil.Process], None],
) -> None:
    async def deadly(request: Request) -> None:
        _, port = request.writer.get_extra_info("peername")
        end_who_asks_from(port, psutil.Process().children(recursive=True), way)

    for module in ("coordinator", "workers"):
        monkeypatch.setattr(f"crawler.{module}.PATIENCE", 1.0)
    monkeypatch.setattr("crawler.workers._LOOK", 0.5)
    pages = [
        fault_web.add(host, after(0.02, article(f"{host} {n}")), path=f"/{n}")
        for host in ("beside-killer.test", "killer.test")
        for n in range(10)
    ]
    killer = fault_web.add("killer.test", deadly, path="/killer")
    with catalog_of(tmp_path / "catalog.db", [*pages[:15], killer, *pages[15:]]) as db:
        summary = night(db, impatient(fault_web, workers=2, delay=DELAY, lease=2))
        left = db.execute("SELECT url FROM links WHERE standing <> 'ok'").fetchall()
    assert left == [(killer,)]
    assert summary.set_aside == {"killer.test": 1}


@pytest.mark.parametrize("who", ["a worker", "the fork server", "a worker and the fork server"])
def test_who_dies_is_replaced_and_all_links_are_visited(nights: Nights, who: str) -> None:
    nights.plan(f"mortal-{who.replace(' ', '-')}", 20)
    night = nights.start(impatient(nights.web, delay=DELAY, workers=2))
    nights.await_requests(2 * HOSTS, night)
    (fork_server,) = psutil.Process(night.pid).children()
    worker = fork_server.children()[0]
    if "server" in who:
        fork_server.kill()
    if "worker" in who:
        worker.kill()
    night.join()
    assert night.exitcode == 0
    nights.all_is_well()


def test_workers_that_cannot_be_kept_alive_end_the_crawl_in_words(
    fault_web: FaultWeb, tmp_path: Path
) -> None:
    urls = [fault_web.add(f"short-lived-{n}.test", article()) for n in range(4)]
    over = Event()

    def kill_all_workers() -> None:
        while not over.wait(0.005):
            for server in psutil.Process().children():
                with suppress(psutil.NoSuchProcess):
                    if "crawler.fork_server" in server.cmdline():
                        for worker in server.children():
                            worker.kill()

    killer = Thread(target=kill_all_workers)
    killer.start()
    try:
        with (
            catalog_of(tmp_path / "catalog.db", urls) as db,
            pytest.raises(WorkerError, match=r"6 crawling processes died .* `workers = 1`"),
        ):
            night(db, impatient(fault_web, workers=2))
    finally:
        over.set()
        killer.join()
