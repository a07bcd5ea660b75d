"""One whole night on the 40 real issues, where they lie beside the checkout."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nightly.demo.internet import DemoInternet
from nightly.demo.projects import Project

Linkledger = Callable[..., subprocess.CompletedProcess[str]]
Rows = Callable[..., list[tuple[Any, ...]]]

# What the seed issue names: by links, by a link without an address, and by titles alone.
SEED = {
    "alibaba/heterogeneity-aware-lowering-and-optimization",
    "microsoft/nnfusion",
    "tencent/tnn",
    "margaretmz/awesome-tensorflow-lite",
    "ml-gde/e2e-tflite-tutorials",
    "vainf/torch-pruning",
    "sovrasov/flops-counter.pytorch",
    "tencent-ailab/pika",
}


@pytest.fixture
def archive(shared: Path) -> Path:
    return shared / "archives/embedded-ai-report"


def test_a_night_on_the_real_archive(
    archive: Path,
    tmp_path: Path,
    linkledger: Linkledger,
    internet: DemoInternet,
    led_there: dict[str, str],
    rows: Rows,
) -> None:
    catalog = tmp_path / "data/catalog.db"
    assert linkledger("read", archive).returncode == 0
    _let_exist(internet, [name for (name,) in rows(catalog, "SELECT full_name FROM repos")])
    fast = led_there | {"LINKLEDGER_DELAY": "0.005"}
    ran = linkledger("nightly", archive, "--json", **fast)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    phases = json.loads(ran.stdout)["phases"]

    assert phases["read"]["issues"] == 40
    assert phases["read"]["problems"] == []
    (links,) = rows(catalog, "SELECT count(*) FROM links WHERE judge <> 'archive'")
    assert links[0] > 1_000
    (repos,) = rows(catalog, "SELECT count(*) FROM repos WHERE forge = 'github.com'")
    assert 155 <= repos[0] <= 175
    seed = rows(
        catalog,
        "SELECT DISTINCT lower(full_name) FROM repos "
        "JOIN repo_mentions ON repo_mentions.repo_id = repos.id "
        "JOIN mentions ON mentions.id = mention_id WHERE mentions.file = '2021-01-19.md'",
    )
    assert {name for (name,) in seed} >= SEED

    # What goes in is counted out: each link that was due got exactly one check.
    assert phases["crawl"]["visited"] == phases["crawl"]["due"]
    assert rows(catalog, "SELECT count(*) FROM links WHERE standing = 'unchecked'") == [(0,)]
    assert rows(catalog, "SELECT count(*) FROM repos WHERE state = 'unknown'") == [(0,)]
    broken = rows(catalog, "SELECT DISTINCT reason FROM broken_links")
    assert {reason for (reason,) in broken} <= {"file_missing", "bad_url"}
    checked = linkledger("catalog", "check")
    assert checked.returncode == 0, checked.stderr


def _let_exist(internet: DemoInternet, names: list[str]) -> None:
    """Let the demo's GitHub know every repository of *names*."""
    forge = internet.github.forge
    for number, name in enumerate(names, start=10_000):
        if "/" in name and forge.find(name) is None:
            forge.projects.append(Project(full_name=name, number=number, stars=number))


def test_every_line_of_links_is_json(archive: Path, linkledger: Linkledger) -> None:
    ran = linkledger("links", archive, "--format", "jsonl")
    assert ran.returncode == 0
    mentions = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(mentions) > 1_900
    assert {"file", "line", "column", "url", "kind", "text", "section", "item", "repo"} <= set(
        mentions[0]
    )
