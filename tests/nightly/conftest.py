"""The program as its users run it: in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

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
            timeout=300,
        )

    return run
