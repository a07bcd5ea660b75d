"""A cluster on this machine: 4,000 links on 200 hosts with 1, 2 and 4 workers.

Each worker may have so few hosts open that it, not the processor, sets the pace: that is
what more machines would add. The web notes who was asked when, and the clock runs from the
first request to the last answer. `PLACES=256` lets politeness set the pace instead.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.crawler.cluster_web import Record
from tests.crawler.crawling import catalog_of

PLACES = int(os.environ.get("PLACES", "10"))
WORKERS = tuple(int(number) for number in os.environ.get("WORKERS", "1 2 4").split())
ADDRESS = "tcp://127.0.0.1:18786"
ROOT = Path(__file__).resolve().parents[1]
DASK = Path(sys.executable).parent / "dask"
LATENCY, DELAY = 0.05, 0.2

# Two hosts have sixty links, four have 45, twenty have 30, the others 17 or 18.
SIZES = (60,) * 2 + (45,) * 4 + (30,) * 20 + (18,) * 142 + (17,) * 32
URLS = [f"http://h{host}.test/{n}" for host, size in enumerate(SIZES) for n in range(size)]


@dataclass(frozen=True, slots=True)
class Night:
    """What a night took, and what the web saw of it."""

    workers: int
    seconds: float
    cpu: float  # of the coordinator
    record: Record

    @property
    def ideal(self) -> float:
        """How long it takes at best: so many places, a largest host, a robots.txt for each."""
        places = PLACES * self.workers
        return DELAY * max((len(URLS) + len(SIZES)) / places, max(SIZES) + 1)


def night(workers: int) -> Night:
    """Crawl all there is with so many workers."""
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        folder = Path(temporary)
        log = folder / "web.log"
        web = subprocess.Popen(
            [sys.executable, "-m", "tests.crawler.cluster_web", log, str(LATENCY)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.callback(web.wait)
        stack.callback(web.kill)
        assert web.stdout is not None
        options = {
            "dask": ADDRESS,
            "delay": DELAY,
            "hosts_at_once": PLACES,
            "connect_to": [f"::127.0.0.1:{web.stdout.readline().strip()}"],
        }
        catalog_of(folder / "catalog.db", URLS).close()
        for _ in range(workers):
            worker = subprocess.Popen(
                [DASK, "worker", ADDRESS, "--nthreads", "1", "--no-nanny", "--no-dashboard"],
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(worker.wait)
            stack.callback(worker.terminate)
        command = [sys.executable, "-m", "tests.crawler.cluster_night", folder / "catalog.db"]
        child = subprocess.Popen(
            [*command, json.dumps(options)], cwd=ROOT, stdout=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == 0
        record = Record(log)
        took = record.requests[-1].answered - record.requests[0].came
        return Night(workers, took, usage.ru_utime + usage.ru_stime, record)


def main() -> None:
    """Print a table."""
    print(
        f"### A cluster on one machine\n\n{len(URLS):,} links on {len(SIZES)} hosts, a delay of "
        f"{DELAY:g} s, {LATENCY * 1000:g} ms latency; each worker has up to {PLACES} hosts open. "
        f"The web ran beside it, on {os.cpu_count()} cores ({platform.machine()}), whose load "
        f"was {os.getloadavg()[0]:.1f} before.\n\n"
        "| workers | wall | ideal | fetched once / more / never | two at a host | least gap "
        "| coordinator's CPU |\n|---|---|---|---|---|---|---|"
    )
    for workers in WORKERS:
        done = night(workers)
        times = [done.record.fetched[url] for url in URLS]
        counts = f"{times.count(1):,} / {sum(n > 1 for n in times)} / {times.count(0)}"
        print(
            f"| {workers} | {done.seconds:.1f} s | {done.ideal:.1f} s | {counts} "
            f"| {len(done.record.overlaps)} | {done.record.shortest_gap():.3f} s "
            f"| {done.cpu:.1f} s |",
            flush=True,
        )


if __name__ == "__main__":
    main()
