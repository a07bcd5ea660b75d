"""The benchmarks that need no peer, as small as they go: each still brings its section."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# which benchmark, what makes it small, what its section tells of
SMALL = [
    ("catalog", {"LINKS": "600"}, "bytes per link"),
    ("coordinator", {"LINKS": "300", "WORKERS": "2"}, "links a second"),
    ("report", {"LINKS": "600"}, "terminal"),
]


@pytest.mark.parametrize(
    ("name", "size", "told"), [pytest.param(*row, id=row[0]) for row in SMALL]
)
def test_a_small_one_brings_its_section(name: str, size: dict[str, str], told: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}"],
        cwd=ROOT,
        env=os.environ | size,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("##")
    assert told in done.stdout
