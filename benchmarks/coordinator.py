"""The coordinator of a cluster alone: a night over many hosts with simulated workers.

The catalog, the leases and all that is written are real; a carrier that takes the place of
Dask answers each lease when a worker would, by a clock that is put forward to that moment.
`LINKS=10000000 HOSTS=1000000 python -m benchmarks.coordinator` is the size that an archive
of everything has; that takes 20 GB in the folder for temporary files and half an hour. MINUTES
ends the measurement early.
"""

import heapq
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from catalog.clock import stamp
from catalog.connection import Catalog, open_catalog
from catalog.records import Judgement, Page, Robots, Visit
from catalog.runs import begin_run
from catalog.totals import count_all_anew
from catalog.vocabulary import Reason
from crawler import coordinator
from crawler.cluster import crawl as cluster
from crawler.cluster.engine import TaskResult
from crawler.cluster.worker import Assignment, WorkerInfo, own_build
from crawler.coordinator import Coordinator
from crawler.garbage import search_rarely
from crawler.messages import HostBatch, HostDone, Report, Visited
from crawler.options import CrawlOptions
from crawler.summary import CrawlSummary

LINKS = int(os.environ.get("LINKS", "100000"))
HOSTS = int(os.environ.get("HOSTS", str(max(LINKS // 10, 1))))
WORKERS = int(os.environ.get("WORKERS", "16"))
MINUTES = float(os.environ.get("MINUTES", "60"))

# An answer takes this long, so that a host is asked once a second and no more often.
LATENCY = 0.3
NIGHT = datetime(2026, 11, 22, 4, tzinfo=UTC)

_PAGE = Page(
    content_type="text/html",
    charset="utf-8",
    title="How to put a network on a board",
    heading="How to put a network on a board",
    lead="A text of which the first lines are kept. " * 12,
    text_length=9_000,
    prose_length=7_000,
    language="en",
    fingerprint="9f3c5a7700d1e2b4",
)
_OK = Judgement(reason=Reason.OK, rule="status 200")


class Clock:
    """The time of the night: as it passes here, and put forward whenever all would wait."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def time(self) -> float:
        """Return the time of the day that it is taken to be."""
        return time.time() + self._ahead

    def monotonic(self) -> float:
        """Return the same for measuring."""
        return time.monotonic() + self._ahead

    def forward(self, seconds: float) -> None:
        """Put the clock forward."""
        self._ahead += max(seconds, 0.0)


class OutOfTimeError(Exception):
    """The measurement has taken as long as it may."""


class SimulatedEngine:
    """Carries leases to workers that are not there, in the manner of `crawler.cluster.engine`."""

    address = dashboard = "nowhere"

    def __init__(self, clock: Clock, options: CrawlOptions) -> None:
        self._clock = clock
        self._options = options
        self._numbers = count()
        self._due: list[tuple[float, int, TaskResult]] = []
        self._ends = time.monotonic() + MINUTES * 60
        self.simulating = self.simulating_cpu = 0.0
        self.leases = 0
        self.most_hosts = 0
        self._hosts = 0

    def workers(self) -> frozenset[str]:
        """Return the workers, who are always there."""
        return frozenset(f"worker{number}" for number in range(WORKERS))

    def submit(self, worker: str, key: str, _: Callable[..., object], *args: Any) -> None:
        """Take a lease, or a handshake, and know when it will be answered."""
        with self._simulating():
            self._submit(worker, key, args[0])

    def _submit(self, worker: str, key: str, sent: object) -> None:
        value: object
        if isinstance(sent, Assignment):
            self.leases += 1
            self._hosts += len(sent.batches)
            self.most_hosts = max(self.most_hosts, self._hosts)
            value, at = self._visit(sent)
        else:
            now = self._clock.time()
            value, at = WorkerInfo(name=worker, build=own_build(), now=now), now
        result = TaskResult(key=key, worker=worker, value=value)
        heapq.heappush(self._due, (at, next(self._numbers), result))

    def receive(self, seconds: float) -> list[TaskResult]:
        """Return what has arrived, once the clock is put forward to the first of it."""
        if time.monotonic() > self._ends:
            raise OutOfTimeError
        with self._simulating():
            return self._receive(seconds)

    def _receive(self, seconds: float) -> list[TaskResult]:
        first = self._due[0][0] - self._clock.time() if self._due else seconds
        self._clock.forward(min(first, seconds))
        now, arrived = self._clock.time(), []
        while self._due and self._due[0][0] <= now:
            result = heapq.heappop(self._due)[2]
            if callable(result.value):
                reports = result.value()
                self._hosts -= sum(isinstance(report, HostDone) for report in reports)
                result = TaskResult(key=result.key, worker=result.worker, value=reports)
            arrived.append(result)
        return arrived

    @contextmanager
    def _simulating(self) -> Iterator[None]:
        """Count what the block takes as the simulation's own."""
        began, cpu = time.perf_counter(), time.process_time()
        yield
        self.simulating += time.perf_counter() - began
        self.simulating_cpu += time.process_time() - cpu

    def forget(self, worker: str) -> Sequence[str]:
        """Never be called: nobody goes."""
        raise AssertionError(f"{worker} cannot go")

    def retire(self, worker: str) -> None:
        """Never be called: nobody is refused."""
        raise AssertionError(f"{worker} is as good as any")

    def _visit(self, assignment: Assignment) -> tuple[Callable[[], list[Report]], float]:
        """Return what makes the reports of a lease, and when its last host is done."""
        gap = self._options.delay
        ends = []
        for batch in assignment.batches:
            begin = max(self._clock.time(), batch.not_before)
            last_call = batch.until - self._options.whole_visit
            fits = max(0, int((last_call - begin) / gap) + 1)
            number = min(len(batch.tasks), fits)
            ends.append((batch, number, begin + number * gap))
        return lambda: list(_reports(ends)), max(end for *_, end in ends) - gap + LATENCY


def _reports(ends: Sequence[tuple[HostBatch, int, float]]) -> Iterator[Report]:
    for batch, number, end in ends:
        for task in batch.tasks[:number]:
            url = task.link.url
            yield Visited(
                lease_id=batch.lease_id,
                host=batch.host,
                task=task,
                visit=Visit(url=url, status=200, final_url=url, page=_PAGE, seconds=LATENCY),
                judgement=_OK,
            )
        yield HostDone(
            lease_id=batch.lease_id,
            host=batch.host,
            ready_at=end,
            robots=None if batch.robots else Robots(host=batch.host, fetched_at="", status=404),
            unvisited=batch.tasks[number:],
        )


def sizes() -> list[int]:
    """Return how many links each host has: the r-th largest a share of 1/r, at least one."""
    spare = LINKS - HOSTS
    harmonic = sum(1 / rank for rank in range(1, HOSTS + 1))
    shares = [1 + int(spare / harmonic / rank) for rank in range(1, HOSTS + 1)]
    for number in range(LINKS - sum(shares)):
        shares[number % HOSTS] += 1
    return shares


def fill(path: Path, shares: Sequence[int]) -> None:
    """Write a catalog in which every link is due; how long that takes is not measured."""
    with open_catalog(path) as db:
        _fill(db, shares)


def _fill(db: Catalog, shares: Sequence[int]) -> None:
    now = stamp(NIGHT)
    many = db.conn.executemany
    numbers = count(1)
    triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA cache_size = -4000000")
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {name}")
    with db.atomic():
        many(
            "INSERT INTO hosts (id, name) VALUES (?, ?)",
            ((host, f"h{host}.example") for host in range(1, len(shares) + 1)),
        )
        many(
            "INSERT INTO links (id, key, url, host_id, first_seen_at, next_check_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                (number, url, url, host, now, now)
                for host, share in enumerate(shares, start=1)
                for number, url in (
                    (number, f"https://h{host}.example/posts/{number}")
                    for number in (next(numbers) for _ in range(share))
                )
            ),
        )
    count_all_anew(db)
    for _, sql in triggers:
        db.execute(sql)


def main() -> None:
    """Run a night and print what it took."""
    shares, (load, *_) = sizes(), os.getloadavg()
    options = CrawlOptions(dask="127.0.0.1:0")
    clock = Clock()
    coordinator.steady_time = cluster.steady_time = clock.time  # type: ignore[attr-defined]
    cluster.time = clock  # type: ignore[attr-defined, assignment]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.db"
        # In a process of its own, whose memory is not the coordinator's.
        filling = get_context("spawn").Process(target=fill, args=(path, shares))
        filling.start()
        filling.join()
        empty = path.stat().st_size
        with open_catalog(path) as db:
            run_id = begin_run(db, "benchmark", NIGHT)
            search_rarely()  # as `crawler.crawl` does
            began, cpu = time.perf_counter(), time.process_time()
            master = Coordinator(db, run_id, options, lambda: NIGHT, holder="dask")
            opened = time.perf_counter() - began
            engine = SimulatedEngine(clock, options)
            night_began = clock.time()
            note = _Notes(night_began, clock)
            crawl = cluster._Cluster(master, engine, options, note)  # type: ignore[arg-type]
            try:
                crawl.run()
            except OutOfTimeError:
                print(f"stopped after {MINUTES:g} minutes", file=sys.stderr)
            took = time.perf_counter() - began - engine.simulating
            busy = time.process_time() - cpu - engine.simulating_cpu
            night = clock.time() - night_began
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            size = path.stat().st_size
    summary = master.summary
    print(_section(shares, summary, engine, opened, took, busy, night, size - empty, load))


class _Notes:
    """Progress in a line on stderr, now and then."""

    def __init__(self, began: float, clock: Clock) -> None:
        self._began = began
        self._clock = clock
        self._next = 0.0

    def __call__(self, summary: CrawlSummary) -> None:
        if time.monotonic() > self._next:
            self._next = time.monotonic() + 10
            hours = (self._clock.time() - self._began) / 3600
            line = f"{summary.visited:,} of {summary.due:,} after {hours:.2f} h, {summary.workers}"
            print(line, file=sys.stderr, flush=True)


def _section(
    shares: Sequence[int],
    summary: CrawlSummary,
    engine: SimulatedEngine,
    opened: float,
    took: float,
    busy: float,
    night: float,
    grown: int,
    load: float,
) -> str:
    gap = CrawlOptions().delay
    places = WORKERS * CrawlOptions().hosts_at_once
    bound = max(max(shares) * gap, sum(shares) * gap / places)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    per_link = took / max(summary.visited, 1)
    rows = [
        ("links visited, of those due", f"{summary.visited:,} of {summary.due:,}"),
        ("hosts; the largest has", f"{len(shares):,}; {max(shares):,} links"),
        ("to count what is due", f"{opened:.1f} s"),
        ("leases; hosts at a time", f"{engine.leases:,}; up to {engine.most_hosts:,}"),
        ("coordinator's time", f"{took:.0f} s, of which CPU {busy:.0f} s"),
        ("leases a second", f"{engine.leases / took:,.0f}"),
        ("links a second", f"{1 / per_link:,.0f}"),
        ("time for 1,000 results", f"{per_link * 1e6:.0f} ms"),
        ("CPU for each link", f"{busy / max(summary.visited, 1) * 1e6:.0f} µs"),
        ("catalog for each check", f"{grown / max(summary.visited, 1):,.0f} bytes"),
        ("peak memory", f"{memory:,.0f} MB"),
        ("the night", f"{night / 3600:.2f} h"),
        ("what politeness and places allow at best", f"{bound / 3600:.2f} h"),
    ]
    head = (
        f"### The coordinator of a cluster alone\n\n{WORKERS} simulated workers, {gap:g} s from "
        "request to request on a host, the r-th largest host with a share of 1/r; by "
        f"`LINKS={sum(shares)} HOSTS={len(shares)} python -m benchmarks coordinator`, on "
        f"{os.cpu_count()} cores whose load was {load:.1f} before.\n\n"
        "| what | measured |\n|---|---|\n"
    )
    return head + "\n".join(f"| {what} | {value} |" for what, value in rows)


if __name__ == "__main__":
    main()
