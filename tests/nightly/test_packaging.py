"""What is installed is all that is needed: its dependencies are declared, its data is inside."""

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STAGES = ("catalog", "crawler", "enrich", "report", "nightly")


def project() -> dict[str, object]:
    table: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return table


def imported() -> set[str]:
    """Return every top-level package that our code imports, wherever it does."""
    found = set()
    for stage in STAGES:
        for file in (ROOT / stage).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - set(STAGES)


def test_everything_that_is_imported_is_declared() -> None:
    table = project()
    required = list(table["dependencies"])  # type: ignore[call-overload] # a list, says PEP 621
    extras = table["optional-dependencies"]
    assert isinstance(extras, dict)
    for name in extras.keys() - {"dev"}:
        required += extras[name]
    declared = {_normal(re.split(r"[\[<>=~! ]", name)[0]) for name in required}
    owners = packages_distributions()
    missing = {name for name in imported() if not set(map(_normal, owners[name])) & declared}
    assert missing <= {"dask"}  # comes with distributed, always


def _normal(name: str) -> str:
    """Return a distribution's *name* as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_dependencies_are_in_order_and_without_versions() -> None:
    names = project()["dependencies"]
    assert isinstance(names, list)
    assert names == sorted(names, key=str.lower)
    assert [name for name in names if re.search(r"[<>=~]", name)] == []


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a wheel of this checkout puts into site-packages."""
    folder = tmp_path_factory.mktemp("wheel")
    code = f"from hatchling.build import build_wheel; print(build_wheel({str(folder)!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    with zipfile.ZipFile(folder / done.stdout.split()[-1]) as wheel:
        wheel.extractall(folder / "site-packages")
    return folder / "site-packages"


def test_a_wheel_holds_what_is_no_python(unpacked: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", *STAGES], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    lost = [name for name in tracked if not (unpacked / name).exists()]
    assert lost == []


def test_the_demo_runs_from_a_wheel(unpacked: Path, tmp_path: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "nightly", "demo"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert (tmp_path / "data/demo/published/report.html").is_file()
