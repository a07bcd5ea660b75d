"""A night that is killed at any point, and started again, ends in the same catalog."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nightly.demo.places import sample_archive

Linkledger = Callable[..., subprocess.CompletedProcess[str]]
Rows = Callable[..., list[tuple[Any, ...]]]

NOW = "2026-11-22T04:00:00Z"
A_LITTLE_LATER = "2026-11-22T04:10:00Z"

# Everything that an undisturbed night and an interrupted one have to agree on. Times, and the
# numbers that follow from the order of things, may differ.
SAME = {
    "issues": "SELECT file, date, title, declared, sha256, problem, present FROM issues",
    "items": "SELECT issues.file, position, section, items.title, source, summary, prefixes, "
    "papers, fields, hot, footer FROM items JOIN issues ON issues.id = issue_id",
    "mentions": "SELECT file, line, column, mentions.url, kind, text, section, links.key "
    "FROM mentions LEFT JOIN links ON links.id = link_id",
    "links": "SELECT key, url, judge, present, standing, reason, strikes, flapping, suggestion "
    "FROM links",
    "checks": "SELECT DISTINCT links.key, verdict, checks.reason, status, final_url, rule "
    "FROM checks JOIN links ON links.id = link_id",
    "repos": "SELECT forge, forge_id, full_name, state, renamed_to, stars, forks, language, "
    "license_spdx, license_detected, archived FROM repos",
    "snapshots": "SELECT repos.full_name, repo_snapshots.stars FROM repo_snapshots "
    "JOIN repos ON repos.id = repo_id",
    "names": "SELECT repos.full_name, repo_names.full_name FROM repo_names "
    "JOIN repos ON repos.id = repo_id",
    "papers": "SELECT arxiv_id, state, title, version FROM papers",
    "pages": "SELECT links.key, title, heading, lead, fingerprint FROM pages "
    "JOIN links ON links.id = link_id",
    "suggestions": "SELECT links.key, kind, address, suggestions.verdict FROM suggestions "
    "JOIN links ON links.id = link_id",
}
# Slow enough that there is time to kill it, however busy the machine is.
SLOWLY = {
    "LINKLEDGER_NOW": NOW,
    "LINKLEDGER_DELAY": "0.2",
    "LINKLEDGER_FORGE_PACE": "0.1",
    "LINKLEDGER_ARXIV_PACE": "0.5",
    "LINKLEDGER_WAYBACK_PACE": "0.5",
}

ONCE = "SELECT links.key FROM checks JOIN links ON links.id = link_id WHERE judge = 'page' "
ONCE += "GROUP BY link_id HAVING count(*) > 1"

POINTS = [
    ("before anything is written", "SELECT 1"),
    ("while issues are read", "SELECT count(*) >= 2 FROM issues"),
    ("when the first visits are written", "SELECT count(*) >= 1 FROM checks WHERE rule <> ''"),
    ("in the middle of the crawl", "SELECT count(*) >= 25 FROM checks"),
    ("while repositories are asked about", "SELECT count(*) >= 1 FROM repo_snapshots"),
    ("while papers are asked about", "SELECT count(*) >= 1 FROM papers WHERE state = 'ok'"),
    ("while suggestions are made", "SELECT count(*) >= 1 FROM archived_copies"),
]


def _content(catalog: Path, rows: Rows) -> dict[str, list[tuple[Any, ...]]]:
    return {name: sorted(rows(catalog, query), key=repr) for name, query in SAME.items()}


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory,
    environment: dict[str, str],
    web_environment: dict[str, str],
    rows: Rows,
) -> dict[str, list[tuple[Any, ...]]]:
    home = tmp_path_factory.mktemp("undisturbed")
    subprocess.run(
        [sys.executable, "-m", "nightly", "nightly", str(sample_archive())],
        cwd=home,
        env=environment | web_environment | {"LINKLEDGER_NOW": NOW},
        check=True,
        capture_output=True,
    )
    return _content(home / "data/catalog.db", rows)


@pytest.mark.parametrize("point", [pytest.param(point, id=name) for name, point in POINTS])
def test_killed_and_started_again(
    point: str,
    tmp_path: Path,
    linkledger: Linkledger,
    environment: dict[str, str],
    web_environment: dict[str, str],
    undisturbed: dict[str, list[tuple[Any, ...]]],
    rows: Rows,
) -> None:
    catalog = tmp_path / "data/catalog.db"
    night = subprocess.Popen(
        [sys.executable, "-m", "nightly", "nightly", str(sample_archive())],
        cwd=tmp_path,
        env=environment | web_environment | SLOWLY,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while night.poll() is None and not _is_at(catalog, point, rows):
        time.sleep(0.005)
    night.send_signal(signal.SIGKILL)
    assert night.wait() == -signal.SIGKILL, "the night was over before it could be killed"
    seen = _seen(catalog, rows)
    ran = linkledger("nightly", sample_archive(), **web_environment, LINKLEDGER_NOW=A_LITTLE_LATER)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert seen <= _seen(catalog, rows)
    for name, there in _content(catalog, rows).items():
        assert set(there) ^ set(undisturbed[name]) == set(), name
    assert rows(catalog, ONCE) == []
    checked = linkledger("catalog", "check")
    assert checked.returncode == 0, checked.stderr


def _is_at(catalog: Path, point: str, rows: Rows) -> bool:
    """Whether the night has come to *point*, once it has a catalog with tables at all."""
    if not catalog.exists():
        return False
    made = rows(catalog, "SELECT count(*) FROM sqlite_master WHERE name = 'archived_copies'")
    return made == [(1,)] and rows(catalog, point) == [(1,)]


def _seen(catalog: Path, rows: Rows) -> set[tuple[Any, ...]]:
    """Every observation that was committed."""
    return set(rows(catalog, "SELECT id, link_id, checked_at, verdict, reason FROM checks"))
