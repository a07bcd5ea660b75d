"""Nights of a real cluster: processes are killed and frozen, and the web says what it saw."""

import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
import trustme

from catalog.connection import open_catalog
from tests.crawler.cluster_web import Record
from tests.crawler.crawling import catalog_of

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")

HOSTS, LINKS = 24, 8
DELAY = 0.25

ROOT = Path(__file__).resolve().parents[2]
ROLES = ("SCHEDULER", "WORKER", "CLIENT")
BIN = Path(sys.executable).parent

# Short leases, so that one that is lost is waited out soon.
SHORT = {
    "delay": DELAY,
    "hosts_at_once": 48,  # so that the portions are small enough for all workers to get some
    "lease": 6.5,
    "whole_visit": 1.5,
    "connect": 1,
    "first_byte": 1.2,
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

    def join(self, count: int = 1, *more: str, **environment: str) -> None:
        """Start workers, each with a nanny only where *more* asks for none."""
        for _ in range(count):
            with (self.folder / "workers.log").open("ab") as log:
                worker = subprocess.Popen(
                    [BIN / "dask", "worker", self.address, "--nthreads", "1", *more],
                    cwd=ROOT,
                    env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            self.stack.callback(end, worker)
            self.workers.append(worker)

    def wait_for(self, requests: int) -> None:
        """Wait until the web has been asked so often."""
        deadline = time.monotonic() + 60
        while len(self.log.read_bytes().splitlines()) < requests:
            assert time.monotonic() < deadline, self.last_words
            assert self.night is not None
            assert self.night.poll() is None, self.last_words
            time.sleep(0.05)

    def finish(self) -> dict[str, Any]:
        """Wait for the end of the night; return its figures."""
        assert self.night is not None
        said, _ = self.night.communicate(timeout=180)
        assert self.night.returncode == 0, self.last_words
        figures: dict[str, Any] = json.loads(said)
        return figures

    @property
    def last_words(self) -> str:
        return (self.folder / "workers.log").read_text(encoding="utf-8")[-4000:]


def end(process: "subprocess.Popen[Any]") -> None:
    """End *process* and all that it started."""
    if process.poll() is None:
        family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        for child in family:
            child.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


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


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Field]:
    with new_field(tmp_path) as prepared:
        yield prepared


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


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    """What the catalog holds after a night in one process, without any cluster."""
    with new_field(tmp_path_factory.mktemp("undisturbed")) as alone:
        alone.address = ""
        alone.options = {"workers": 1}
        alone.begin()
        assert alone.finish()["visited"] == HOSTS * LINKS
        return state(alone.catalog)


def kill(*processes: psutil.Process) -> None:
    for process in processes:
        process.send_signal(signal.SIGKILL)


def family(process: "subprocess.Popen[Any]") -> list[psutil.Process]:
    first = psutil.Process(process.pid)
    return [first, *first.children(recursive=True)]


def visitor(nanny: "subprocess.Popen[Any]") -> psutil.Process:
    """Return the process that visits, among those of a nanny."""
    children = psutil.Process(nanny.pid).children()
    return max(children, key=lambda child: child.memory_info().rss)


def kill_workers(cluster: Field) -> None:
    """Kill one that visits, one that looks after such, and a whole machine of both."""
    kill(visitor(cluster.workers[0]))
    kill(psutil.Process(cluster.workers[1].pid))
    kill(*family(cluster.workers[2]))


def kill_the_coordinator(cluster: Field) -> None:
    """Kill the coordinator with its scheduler, and start it again with new workers.

    The old ones end in their own time: nobody waits for that, since their leases hold.
    """
    assert cluster.night is not None
    kill(*family(cluster.night))
    cluster.night.communicate()
    cluster.begin()
    cluster.join(2)


def kill_everything(cluster: Field) -> None:
    """Kill all at once, and start all of it again."""
    assert cluster.night is not None
    for process in (cluster.night, *cluster.workers):
        kill(*family(process))
    cluster.night.communicate()
    cluster.begin()
    cluster.join(2)


def freeze_a_worker(cluster: Field) -> None:
    """Stop a worker for longer than its leases last, and let it go on; fill another's disk."""
    for process in family(cluster.workers[1]):
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    frozen = visitor(cluster.workers[0])
    frozen.suspend()
    time.sleep(SHORT["lease"] + SHORT["whole_visit"] + 1.0)
    frozen.resume()


def do_nothing(_cluster: Field) -> None:
    """Let the night be."""


FAULTS = [
    ("nothing happens, but the writer is slow", 2, {"slow_writer": 0.5}, do_nothing),
    ("a worker, a nanny and a machine are killed", 4, {}, kill_workers),
    ("the coordinator is killed, and with it the scheduler", 2, {}, kill_the_coordinator),
    ("everything is killed at once", 2, {}, kill_everything),
    (
        "one worker is frozen beyond its leases, the disk of another is full",
        2,
        {},
        freeze_a_worker,
    ),
]


@pytest.mark.parametrize(
    ("workers", "options", "fault"), [pytest.param(*row, id=name) for name, *row in FAULTS]
)
def test_a_night_loses_no_link_and_hurts_no_host(
    workers: int,
    options: dict[str, Any],
    fault: Callable[[Field], None],
    cluster: Field,
    undisturbed: dict[str, list[tuple[Any, ...]]],
) -> None:
    cluster.options = options
    cluster.begin(wait_for=workers)
    cluster.join(workers)
    cluster.wait_for(HOSTS * LINKS // 4)
    fault(cluster)

    figures = cluster.finish()

    record = Record(cluster.log)
    assert figures["set_aside"] == {}
    assert len(record.fetched) == HOSTS * LINKS
    assert record.overlaps == []
    assert record.shortest_gap() >= DELAY
    assert state(cluster.catalog) == undisturbed


def test_unfit_workers_get_a_sentence_and_no_work(cluster: Field, tmp_path: Path) -> None:
    other = tmp_path / "other"
    for package in ("catalog", "crawler"):
        shutil.copytree(ROOT / package, other / package)
    with (other / "crawler" / "verdict" / "__init__.py").open("a", encoding="utf-8") as rules:
        rules.write("\n# Another rule\n")
    cluster.begin()
    cluster.join(1, "--no-nanny", PYTHONPATH=str(other))
    cluster.join(1, "--no-nanny", PYTHONPATH=clock_ahead_by(30, tmp_path / "late"))
    for worker in cluster.workers:
        worker.wait(timeout=60)  # it was sent away
    assert cluster.log.read_bytes() == b""

    # Its clock is wrong as well, but not by more than can be reckoned with.
    cluster.join(1, "--no-nanny", PYTHONPATH=clock_ahead_by(1.5, tmp_path / "nearly"))
    cluster.join(1, "--no-nanny")
    notes = " ".join(cluster.finish()["notes"])

    assert "it has linkledger" in notes
    assert re.search(r"its clock is \+\d\d\.\d seconds off", notes)
    assert notes.count("gets no work") == 2
    record = Record(cluster.log)
    assert len(record.fetched) == HOSTS * LINKS
    assert record.overlaps == []
    assert record.shortest_gap() >= DELAY


def clock_ahead_by(seconds: float, folder: Path) -> str:
    """Return a PYTHONPATH on which every clock of the day is wrong."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        f"import time\n\nright = time.time\ntime.time = lambda: right() + {seconds}\n",
        encoding="utf-8",
    )
    return os.pathsep.join((str(folder), str(ROOT)))


def test_the_command_crawls_by_tls_and_every_worker_guards_private_addresses(
    cluster: Field,
) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(cluster.folder / "ca.pem")
    certificate.private_key_and_cert_chain_pem.write_to_path(cluster.folder / "own.pem")
    tls = {"CA_FILE": "ca.pem"}
    tls |= {f"{role}__{part}": "own.pem" for role in ROLES for part in ("CERT", "KEY")}
    tls = {f"DASK_DISTRIBUTED__COMM__TLS__{k}": str(cluster.folder / v) for k, v in tls.items()}
    cluster.address = cluster.address.replace("tcp://", "tls://")
    private = f"http://127.0.0.1:{cluster.web_port}/1"
    catalog_of(cluster.catalog, [private]).close()
    cluster.join(2, "--no-nanny", **tls)

    command = [
        *(sys.executable, "-m", "nightly", "crawl", "--json", "--delay", "0.05"),
        *("--catalog", cluster.catalog, "--dask", cluster.address),
        *("--connect-to", f"::127.0.0.1:{cluster.web_port}"),
    ]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | tls, capture_output=True, text=True, timeout=180
    )

    assert done.returncode == 0, done.stderr
    record = Record(cluster.log)
    assert len(record.fetched) == HOSTS * LINKS
    assert all(asked.host.endswith(".test") for asked in record.requests)
    checks = {url: reason for url, _, reason, *_ in state(cluster.catalog)["checks"]}
    assert checks.pop(private) == "private_address"
    assert set(checks.values()) == {"ok"}


def test_off_the_loopback_nobody_joins_without_certificates(cluster: Field) -> None:
    cluster.address = "tls://127.0.0.1:0"
    command = [sys.executable, "-m", "nightly", "crawl", "--catalog", cluster.catalog]
    command += ["--dask", cluster.address, "--connect-to", f"::127.0.0.1:{cluster.web_port}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "there is no ca-file, scheduler.cert" in done.stderr + done.stdout
