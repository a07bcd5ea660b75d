"""The demo: two nights over the sample archive, as a newcomer sees them."""

import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from catalog.lock import locked
from nightly.exits import Exit

Ran = subprocess.CompletedProcess[str]
Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose settings are no business of the demo's."""
    folder = tmp_path_factory.mktemp("newcomer")
    text = 'exclude = ["."]\ncanaries = ["127.0.0.1:9"]\nconnect_to = ["::127.0.0.1:9"]\n'
    (folder / "linkledger.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def shown(home: Path, environment: dict[str, str]) -> Ran:
    """What `linkledger demo` prints the second time, where the first has left its catalog."""
    ran = [
        subprocess.run(
            [sys.executable, "-m", "nightly", "demo"],
            capture_output=True,
            text=True,
            cwd=home,
            env=environment,
            check=False,
            timeout=900,
        )
        for _ in range(2)
    ]
    assert [one.stderr for one in ran] == ["", ""]
    return ran[1]


@pytest.fixture(scope="module")
def report(home: Path, shown: Ran) -> dict[str, Any]:
    assert shown.returncode == 0
    text = (home / "data/demo/published/report.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_demo_ends_well(shown: Ran) -> None:
    assert shown.returncode == 0
    assert "Night 1" in shown.stdout
    assert "Night 2" in shown.stdout
    assert "✗" not in shown.stdout


def test_the_seed_repositories_are_in_the_catalog(home: Path, shown: Ran, rows: Rows) -> None:
    query = (
        "SELECT full_name, stars, language, license_spdx FROM repo_overview "
        "WHERE full_name IN ('Tencent/TNN', 'VainF/Torch-Pruning') ORDER BY full_name"
    )
    assert rows(home / "data/demo/catalog.db", query) == [
        ("Tencent/TNN", 4012, "C++", "NOASSERTION"),
        ("VainF/Torch-Pruning", 3035, "Python", "MIT"),
    ]


WECHAT = "https://mp.weixin.qq.com/s/"
SECOND_NIGHT = [
    ("a deleted article is new", f"{WECHAT}Sample1114-leaked-npu1", "newly_broken"),
    ("an old deletion is not", f"{WECHAT}Sample1017-nan-hunting", "still_broken"),
    ("two looks make a parked domain", "https://www.edge-ai-weekly.example/about/farewell",
     "newly_broken"),
    ("a repository was renamed", "https://github.com/microsoft/DeepSpeed", "moved"),
    ("an account moved", f"{WECHAT}Sample1031-migrated-01", "moved"),
    ("two nights of a down server are no break",
     "https://shop.sample-boards.example/products/npu-kit-2021", "suspect"),
    ("a wall is no break", "https://zhuanlan.zhihu.com/p/900000101", "blocked"),
    ("a repository is gone", "https://github.com/sample-lab/edge-bench", "still_broken"),
    ("a file never was there", "2021-08-22.md", "still_broken"),
    ("robots are asked to stay away", "https://mirror.sample-lab.example/help/models/",
     "skipped"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "group"), [pytest.param(*row, id=name) for name, *row in SECOND_NIGHT]
)
def test_the_second_night(url: str, group: str, report: dict[str, Any]) -> None:
    assert {link["url"]: link["group"] for link in report["links"]}[url] == group


def test_what_came_back_is_fixed(report: dict[str, Any]) -> None:
    fixed = [link["url"] for link in report["fixed"]]
    assert fixed == ["https://bench.edge-notes.example/2021/phone-frameworks"]


def test_stars_grew(report: dict[str, Any]) -> None:
    assert "Tencent/TNN" in json.dumps(report["repositories"])


def test_what_it_says_to_type_next_works(
    shown: Ran, home: Path, environment: dict[str, str], rows: Rows
) -> None:
    typed = [line.strip() for line in shown.stdout.split("What next")[1].splitlines()]
    query = shlex.split(next(line for line in typed if line.startswith("sqlite3 ")))
    assert len(rows(home / query[1], query[2])) == 5
    search = shlex.split(next(line for line in typed if " search " in line))
    found = subprocess.run(
        [sys.executable, "-m", "nightly", *search[search.index("catalog") :]],
        capture_output=True,
        text=True,
        cwd=home,
        env=environment,
        check=True,
    )
    assert "Torch-Pruning" in found.stdout
    assert (home / next(line for line in typed if line.endswith("report.html"))).is_file()


def test_the_catalog_is_sound(home: Path, shown: Ran, environment: dict[str, str]) -> None:
    catalog = home / "data/demo/catalog.db"
    checked = subprocess.run(
        [sys.executable, "-m", "nightly", "catalog", "check", "--catalog", catalog],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def test_a_catalog_of_somebody_else_is_left_alone(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "catalog.db").write_bytes(b"years of nights")
    ran = subprocess.run(
        [sys.executable, "-m", "nightly", "demo", "--catalog", folder / "catalog.db"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert ran.returncode == 1
    assert "is not the demo's" in ran.stderr
    assert (folder / "catalog.db").read_bytes() == b"years of nights"


def test_a_demo_under_way_is_left_alone(tmp_path: Path, environment: dict[str, str]) -> None:
    catalog = tmp_path / "catalog.db"
    catalog.write_bytes(b"half a night")
    lock = tmp_path / "made-by-the-demo.lock"
    with locked(tmp_path, lock, "linkledger demo", datetime.now(UTC)):
        (tmp_path / "made-by-the-demo").touch()
        ran = subprocess.run(
            [sys.executable, "-m", "nightly", "demo", "--catalog", catalog],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
    assert ran.returncode == Exit.BUSY
    assert "is held by `linkledger demo`" in ran.stderr
    assert catalog.read_bytes() == b"half a night"
