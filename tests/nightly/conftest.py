"""The program as its users run it: in a process of its own."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from nightly.demo.internet import DemoInternet
from nightly.demo.web import Weather

ROOT = Path(__file__).parents[2]

Linkledger = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """The environment of a process that runs linkledger from this checkout, and no settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LINKLEDGER_", "GITHUB_"))}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "COLUMNS": "80"}


@pytest.fixture
def linkledger(tmp_path: Path, environment: dict[str, str]) -> Linkledger:
    """Run `linkledger` in an empty folder, and return what came of it."""

    def run(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "nightly", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment | more,
            check=False,
            timeout=900,
        )

    return run


@pytest.fixture(scope="module")
def internet() -> Iterator[DemoInternet]:
    """The demo's internet, for all tests of a module."""
    with DemoInternet() as made:
        yield made


@pytest.fixture(scope="module")
def web_environment(
    internet: DemoInternet, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The environment that leads every request of a night to the demo's internet."""
    settings = internet.settings(tmp_path_factory.mktemp("ca")) | {"github_token": "demo"}
    return {f"LINKLEDGER_{name.upper()}": _in_environment(v) for name, v in settings.items()}


@pytest.fixture
def led_there(internet: DemoInternet, web_environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """The same, and fair weather there."""
    internet.web.night = 1
    internet.web.weather = Weather.FAIR
    yield web_environment
    internet.web.weather = Weather.FAIR


def _in_environment(value: object) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)


@pytest.fixture(scope="session")
def rows() -> Callable[..., list[tuple[Any, ...]]]:
    """What any SQLite tool shows for a query over a catalog."""

    def ask(catalog: Path, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{catalog}?mode=ro", uri=True)) as db:
            return db.execute(query, parameters).fetchall()

    return ask
