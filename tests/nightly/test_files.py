"""A file is whole or not there, and what was left of a file that was not is swept away."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from nightly.exits import CommandError
from nightly.files import write_whole


def chunks_that_fail() -> Iterator[str]:
    yield "half of "
    raise KeyboardInterrupt


def test_a_file_that_is_not_finished_leaves_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    write_whole(file, ["old"])
    with pytest.raises(KeyboardInterrupt):
        write_whole(file, chunks_that_fail())
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("report.md", "old")]


def test_what_a_killed_program_left_is_swept_away_a_day_later(tmp_path: Path) -> None:
    old, young = tmp_path / ".report.md.abc", tmp_path / ".report.md.def"
    for draft in (old, young):
        draft.write_text("half of ")
    os.utime(old, (0, 0))
    write_whole(tmp_path / "report.md", ["new"])
    assert sorted(each.name for each in tmp_path.iterdir()) == [young.name, "report.md"]


def test_a_folder_that_cannot_be_one_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CommandError, match=r"^[^\n]*report.md: cannot be written: [^\n]*$"):
        write_whole(tmp_path / "file" / "report.md", ["new"])
