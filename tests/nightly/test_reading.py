"""What `linkledger read` keeps of an archive itself, beside its issues."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nightly.exits import Exit

Linkledger = Callable[..., subprocess.CompletedProcess[str]]
Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "issues"
    folder.mkdir()
    (folder / "2021-09-05.md").write_text("# 边缘周报 (2021-09-05)\n\n- [a](https://a.example/)\n")
    return folder


def test_a_folder(archive: Path, tmp_path: Path, linkledger: Linkledger, rows: Rows) -> None:
    assert linkledger("read", "issues").returncode == Exit.DONE
    kept = rows(tmp_path / "data/catalog.db", "SELECT source, kind, language FROM archives")
    assert kept == [("issues", "folder", "zh")]


def test_a_git_repository_elsewhere(
    archive: Path, tmp_path: Path, linkledger: Linkledger, rows: Rows
) -> None:
    git = ["git", "-C", str(archive), "-c", "user.name=t", "-c", "user.email=t@a.example"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "one issue"]):
        subprocess.run([*git, *command], check=True)
    source = f"file://{archive}/.git"
    for _ in range(2):
        assert linkledger("read", source).returncode == Exit.DONE
        kept = rows(tmp_path / "data/catalog.db", "SELECT source, kind, language FROM archives")
        assert kept == [(source, "git", "zh")]
