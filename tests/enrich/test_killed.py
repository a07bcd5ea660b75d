"""A run that is killed is started again and goes on; nothing is done twice or not at all."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nightly.demo.forge import DemoForge
from nightly.demo.projects import Project

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("way", "after"), [("graphql", 2), ("rest", 3)])
def test_a_killed_run_goes_on_where_it_was(
    desk: Any, forge: DemoForge, tmp_path: Path, way: str, after: int
) -> None:
    forge.projects = [Project(full_name=f"o/r{n}", number=n) for n in range(130)]
    desk.read_projects(forge)
    program = [sys.executable, str(Path(__file__).with_name("killed.py"))]
    given = [str(tmp_path / "catalog.db"), desk.github, way, str(after)]
    killed = subprocess.run(
        [*program, *given], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    before = desk.db["repo_snapshots"].count
    assert 0 < before < 130
    forge.calls.clear()
    summary = desk.enrich(github_way=way)
    assert (summary.found, summary.left) == (130 - before, 0)
    assert desk.db["repo_snapshots"].count == desk.db["repos"].count == 130
    assert set(desk.states().values()) == {"ok"}
    (checks,) = desk.db.query("SELECT count(*) AS n, count(DISTINCT link_id) AS links FROM checks")
    assert checks == {"n": 130, "links": 130}
