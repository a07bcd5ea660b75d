"""A loopback server in a thread, a clock that only moves when somebody waits, and a catalog."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from catalog.connection import Catalog
from catalog.runs import begin_run
from enrich.enrichment import EnrichSummary, enrich
from enrich.options import EnrichOptions
from nightly.demo.forge import DemoForge, forge_app
from nightly.demo.projects import seed_projects
from tests.issues import read_links

NIGHT = datetime(2026, 11, 22, 4, tzinfo=UTC)
TOKEN = "ghp_0123456789abcdefSECRETsecretSECRETwxyz"

Serve = Callable[..., str]


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that runs in a thread of its own, so that tests may block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def serve(loop: asyncio.AbstractEventLoop) -> Iterator[Serve]:
    """Serve applications on free ports of loopback until the test ends."""
    runners: list[web.AppRunner] = []

    async def start(app: web.Application, tls: ssl.SSLContext | None) -> str:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def stop() -> None:
        for runner in runners:
            await runner.cleanup()

    def begin(app: web.Application, tls: ssl.SSLContext | None = None) -> str:
        return asyncio.run_coroutine_threadsafe(start(app, tls), loop).result()

    yield begin
    asyncio.run_coroutine_threadsafe(stop(), loop).result()


class Time:
    """A clock that stands still but for sleeping, and remembers how long that was."""

    def __init__(self) -> None:
        self.now = NIGHT
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def forge(time: Time) -> DemoForge:
    return DemoForge(seed_projects(), clock=lambda: time.now.timestamp())


@pytest.fixture
def github(forge: DemoForge, serve: Serve) -> str:
    """The base URL of a GitHub that knows the ten projects."""
    return serve(forge_app(forge))


class Desk:
    """What a test needs to read, enrich and look into a catalog."""

    def __init__(self, db: Catalog, time: Time, github: str) -> None:
        self.db = db
        self.time = time
        self.github = github
        self.said: list[str] = []

    def read(self, *addresses: str) -> None:
        """Read an issue that links to *addresses*."""
        read_links(self.db, addresses, self.time())

    def read_projects(self, forge: DemoForge) -> None:
        """Read an issue that links to every project of *forge*."""
        self.read(*(f"https://github.com/{project.full_name}" for project in forge.projects))

    def enrich(self, **options: Any) -> EnrichSummary:
        """Run one enrichment, with a token unless *options* say otherwise."""
        given: dict[str, Any] = {
            "github_api": self.github,
            "github_tokens": (TOKEN,),
            "pace": 0.0,
            "arxiv_pace": 0.0,
            "timeout": 2,
            "histories": 0,
            "sleep": self.time.sleep,
        }
        run_id = begin_run(self.db, "enrich", self.time())
        return enrich(
            self.db, run_id, EnrichOptions(**(given | options)), self.time, self.said.append
        )

    def next_night(self) -> None:
        self.time.now += timedelta(days=1)

    def repo(self, full_name: str) -> dict[str, Any]:
        (row,) = self.db.query("SELECT * FROM repos WHERE full_name = ?", [full_name])
        return row

    def link(self, full_name: str) -> dict[str, Any]:
        url = f"https://github.com/{full_name}"
        (row,) = self.db.query("SELECT * FROM links WHERE url = ?", [url])
        return row

    def states(self) -> dict[str, str]:
        return {row["full_name"]: row["state"] for row in self.db["repos"].rows}


@pytest.fixture
def desk(db: Catalog, time: Time, github: str) -> Desk:
    return Desk(db, time, github)
