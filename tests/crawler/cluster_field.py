"""A real cluster on this machine: a web, a catalog, a coordinator and workers, as processes."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from catalog.connection import open_catalog
from tests.crawler.crawling import catalog_of

HOSTS, LINKS = 12, 5
DELAY = 0.25

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent

# Short leases, so that one that is lost is waited out soon.
SHORT = {
    "delay": DELAY,
    "hosts_at_once": 16,  # so that the portions are small enough for all workers to get some
    "lease": 4,
    "whole_visit": 2,
    "connect": 1.5,
    "first_byte": 1.8,
    "second_pass": 1,
    "retry_after_cap": 2,
}


@dataclass
class Field:
    """A web, a catalog of links to it, and the processes of a cluster."""

    folder: Path
    web_port: int
    stack: ExitStack
    log: Path
    address: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    night: "subprocess.Popen[str] | None" = None
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def catalog(self) -> Path:
        return self.folder / "catalog.db"

    def begin(self, wait_for: int = 0) -> None:
        """Start a coordinator, which waits for as many workers as *wait_for* says."""
        options = {
            "wait_for": wait_for,
            **SHORT,
            "dask": self.address,
            "connect_to": [f"::127.0.0.1:{self.web_port}"],
            **self.options,
        }
        self.night = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.crawler.cluster_night",
                self.catalog,
                json.dumps(options),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.stack.callback(end, self.night)

    def join(self, count: int = 1, nanny: str = "--no-nanny", **environment: str) -> None:
        """Start workers, with nobody who looks after them unless *nanny* says so."""
        options = ["--nthreads", "1", "--no-dashboard", nanny]
        for _ in range(count):
            with (self.folder / "workers.log").open("ab") as log:
                worker = subprocess.Popen(
                    [BIN / "dask", "worker", self.address, *options],
                    cwd=ROOT,
                    env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            self.stack.callback(end, worker)
            self.workers.append(worker)

    def wait_for(self, requests: int) -> None:
        """Wait until the web has been asked so often."""
        deadline = time.monotonic() + 180
        while len(self.log.read_bytes().splitlines()) < requests:
            assert time.monotonic() < deadline, self.last_words
            assert self.night is not None
            assert self.night.poll() is None, self.last_words
            time.sleep(0.05)

    def finish(self) -> dict[str, Any]:
        """Wait for the end of the night; return its figures."""
        assert self.night is not None
        said, _ = self.night.communicate(timeout=300)
        assert self.night.returncode == 0, self.last_words
        figures: dict[str, Any] = json.loads(said)
        return figures

    @property
    def last_words(self) -> str:
        return (self.folder / "workers.log").read_text(encoding="utf-8")[-4000:]


def end(process: "subprocess.Popen[Any]") -> None:
    """End *process* and all that it started."""
    if process.poll() is None:
        kill(*family(process))
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def kill(*processes: psutil.Process) -> None:
    """Kill *processes*; those that the first of them took along are gone already."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def family(process: "subprocess.Popen[Any]") -> list[psutil.Process]:
    """Return *process* and all that it started."""
    first = psutil.Process(process.pid)
    return [first, *first.children(recursive=True)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def new_field(folder: Path) -> Iterator[Field]:
    log = folder / "web.log"
    log.touch()
    with ExitStack() as stack:
        web = subprocess.Popen(
            [sys.executable, "-m", "tests.crawler.cluster_web", log, "0.02"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.callback(end, web)
        assert web.stdout is not None
        port = int(web.stdout.readline())
        urls = [f"http://h{host}.test/{path}" for host in range(HOSTS) for path in range(LINKS)]
        catalog_of(folder / "catalog.db", urls).close()
        yield Field(
            folder=folder,
            web_port=port,
            stack=stack,
            log=log,
            address=f"tcp://127.0.0.1:{free_port()}",
        )


def state(catalog: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return what a catalog holds, without times and the order of things."""
    with open_catalog(catalog, read_only=True) as db:
        return {
            name: sorted(db.execute(query).fetchall(), key=repr)
            for name, query in {
                "links": "SELECT url, standing, reason, strikes, judge, present FROM links",
                "checks": "SELECT url, verdict, checks.reason, status, final_url, rule, size "
                "FROM checks JOIN links ON links.id = link_id",
                "pages": "SELECT url, title, text_length FROM pages "
                "JOIN links ON links.id = link_id",
                "hosts": "SELECT name, lease, leased_until, robots_status FROM hosts",
            }.items()
        }
