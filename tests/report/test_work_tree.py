"""An archive in a folder of its repository: git and GitHub are told paths from the root."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from catalog.vocabulary import Reason
from report.fix import plan_repairs
from report.formats import render
from report.work_tree import folder_in_work_tree

OLD, NEW = "https://old.example/page", "https://new.example/page"
FILES = {"issues/第 1期.md", "more/2021/第 1期.md"}


def git(folder: Path, *arguments: str, data: bytes = b"") -> None:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], input=data, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A work tree with two archives whose issues are called alike, and an empty folder."""
    for file in FILES:
        (tmp_path / "root" / file).parent.mkdir(parents=True)
    git(tmp_path / "root", "init", "-q")
    return tmp_path / "root"


@pytest.fixture
def both(root: Path, ledger):
    """The catalog of both archives, whose one link has moved."""
    for file in sorted(FILES):
        here = replace(ledger, folder=(root / file).parent)
        here.read({(root / file).name: f"# {file}\n\n- [x]({OLD})\n"})
    seen = ledger.seen(reason=Reason.MOVED_PERMANENTLY, suggestion=NEW, final_url=NEW)
    ledger.night("2026-11-21", {OLD: seen})
    return ledger


@pytest.mark.parametrize("where", [".", "issues"])
def test_git_takes_the_repairs_at_the_root_and_below_it(root: Path, both, where: str) -> None:
    diff = plan_repairs(both.db, both.report()).diff
    git(root / where, "apply", "--check", "-", data=diff)
    git(root / where, "apply", "-", data=diff)
    there = {file for file in FILES if NEW in (root / file).read_text()}
    assert there == {file for file in FILES if Path(where) in Path(file).parents}


def test_a_diff_may_be_taken_where_there_is_no_work_tree(tmp_path: Path, ledger) -> None:
    ledger.read({"1.md": f"- [x]({OLD})\n"})
    seen = ledger.seen(reason=Reason.MOVED_PERMANENTLY, suggestion=NEW, final_url=NEW)
    ledger.night("2026-11-21", {OLD: seen})
    git(ledger.folder, "apply", "-", data=plan_repairs(ledger.db, ledger.report()).diff)
    assert NEW in (ledger.folder / "1.md").read_text()


def test_an_annotation_names_the_file_as_github_does(both) -> None:
    lines = render(both.report(), "github").splitlines()
    assert {line.partition("file=")[2].partition(",")[0] for line in lines} == FILES


def test_sarif_names_the_file_and_what_its_path_counts_from(both) -> None:
    (run,) = json.loads(render(both.report(), "sarif"))["runs"]
    artifacts = [
        place
        for result in run["results"]
        for place in (
            result["locations"][0]["physicalLocation"]["artifactLocation"],
            result["fixes"][0]["artifactChanges"][0]["artifactLocation"],
        )
    ]
    assert {unquote(artifact["uri"]) for artifact in artifacts} == FILES
    assert {artifact["uriBaseId"] for artifact in artifacts} == run["originalUriBaseIds"].keys()


def test_junit_names_the_file(both) -> None:
    tests = ElementTree.fromstring(render(both.report(), "junit")).iter("testcase")
    assert {test.get("file") for test in tests} == FILES


SOURCES = [
    ("the root of the work tree", ".", ""),
    ("a folder", "issues", "issues"),
    ("a folder in a folder", "more/2021", "more/2021"),
    ("a single issue", "issues/1.md", "issues"),
    ("a link to a folder", "link", "more/2021"),
    ("a folder that is gone", "gone", None),
]


@pytest.mark.parametrize(
    ("source", "folder"), [pytest.param(*row, id=name) for name, *row in SOURCES]
)
def test_where_an_archive_lies(root: Path, source: str, folder: str | None) -> None:
    (root / "issues/1.md").touch()
    (root / "link").symlink_to("more/2021")
    assert folder_in_work_tree(str(root / source)) == folder


def test_what_lies_elsewhere_lies_at_a_root() -> None:
    assert folder_in_work_tree("https://github.com/owner/name") is None
