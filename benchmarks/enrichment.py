"""Requests and time for a thousand repositories: in batches, and with a request for each.

The demo's GitHub answers on loopback, after a pause that stands for the network and for
GitHub's own work. The peer is the plain loop that github-to-sqlite and best-of-generator
run: one request a repository, every night.
"""

import asyncio
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from aiohttp import web

from catalog.connection import Catalog, open_catalog
from catalog.runs import begin_run
from enrich.enrichment import enrich
from enrich.options import EnrichOptions, GitHubWay
from nightly.demo.forge import DemoForge, forge_app
from nightly.demo.projects import Project

REPOSITORIES = 1000
REST_PAUSE = 0.02
GRAPHQL_PAUSE = 0.5
TOKEN = "ghp_benchmark_benchmark"
NIGHT = datetime(2026, 11, 22, 4, tzinfo=UTC)


class Server:
    """The demo's GitHub in a thread of its own."""

    def __init__(self) -> None:
        self.now = NIGHT
        projects = [Project(full_name=f"o/r{n}", number=n, stars=n) for n in range(REPOSITORIES)]
        self.forge = DemoForge(projects, clock=lambda: self.now.timestamp())
        self.forge.interruption = self.pause
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.base = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()

    @staticmethod
    async def pause(request: web.Request) -> None:
        """Take as long as the real one might."""
        await asyncio.sleep(GRAPHQL_PAUSE if request.path == "/graphql" else REST_PAUSE)

    async def _start(self) -> str:
        runner = web.AppRunner(forge_app(self.forge), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    def measure(self, act: Callable[[], None]) -> tuple[int, int, float]:
        """Return requests, points of quota and seconds that *act* takes."""
        self.forge.calls.clear()
        self.forge.used.clear()
        begin = time.perf_counter()
        act()
        seconds = time.perf_counter() - begin
        asked = self.forge.calls["rest"] + self.forge.calls["graphql"]
        return asked, sum(self.forge.used.values()), seconds


def catalog(folder: str, name: str) -> Catalog:
    """Return a catalog in which every repository is due."""
    db = open_catalog(Path(folder) / f"{name}.db")
    with db.atomic():
        for n in range(REPOSITORIES):
            db.execute(
                "INSERT INTO repos (forge, owner, name, full_name, url, next_look_at)"
                " VALUES ('github.com', 'o', ?, ?, '', '2026-11-22T04:00:00Z')",
                [f"r{n}", f"o/r{n}"],
            )
    return db


def ours(server: Server, db: Catalog, way: GitHubWay) -> None:
    """Enrich everything that is due, without the pause between requests that manners ask for."""
    options = EnrichOptions(
        github_api=server.base,
        github_tokens=(TOKEN,),
        github_way=way,
        pace=0.0,
        histories=0,
    )
    run_id = begin_run(db, "enrich", server.now)
    summary = enrich(db, run_id, options, lambda: server.now, lambda _: None)
    assert summary.found == REPOSITORIES, summary


def peer(server: Server, db: Catalog) -> None:
    """Ask for one repository after the other, and write each down."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"token {TOKEN}"
        for n in range(REPOSITORIES):
            answer = session.get(f"{server.base}/repos/o/r{n}", timeout=20)
            said = answer.json()
            db.execute(
                "UPDATE repos SET stars = ?, language = ? WHERE full_name = ?",
                [said["stargazers_count"], said["language"], said["full_name"]],
            )


def main() -> None:
    """Print the section."""
    server = Server()
    rows: list[tuple[str, tuple[int, int, float]]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, way in (("in batches", GitHubWay.GRAPHQL), ("one by one", GitHubWay.REST)):
            db = catalog(folder, name)
            for night in ("first", "second"):
                measured = server.measure(lambda db=db, way=way: ours(server, db, way))
                rows.append((f"linkledger {name}, {night} night", measured))
                server.now += timedelta(days=1)
            db.close()
        db = catalog(folder, "peer")
        rows.append(
            ("one REST call per repository, any night", server.measure(lambda: peer(server, db)))
        )
        db.close()
    print("## Enrichment\n")
    print(
        f"{REPOSITORIES:,} repositories, of which none changes, on a loopback GitHub that takes "
        f"{REST_PAUSE * 1000:.0f} ms for a REST answer and {GRAPHQL_PAUSE * 1000:.0f} ms for a "
        "query. With a token; `python -m benchmarks enrichment`.\n"
    )
    print("| | requests | quota used | seconds |")
    print("|---|---:|---:|---:|")
    for name, (asked, used, seconds) in rows:
        print(f"| {name} | {asked:,} | {used:,} | {seconds:.1f} |")


if __name__ == "__main__":
    main()
