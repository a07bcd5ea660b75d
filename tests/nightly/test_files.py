"""A text is whole where a person asked for it, or there is one line that says why not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from nightly.exits import CommandError
from nightly.files import write_whole


def chunks_that_fail() -> Iterator[str]:
    yield "half of "
    raise KeyboardInterrupt


def test_a_text_that_is_not_finished_leaves_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "new folder" / "report.md"
    write_whole(file, ["o", "ld"])
    with pytest.raises(KeyboardInterrupt):
        write_whole(file, chunks_that_fail())
    assert [(each.name, each.read_text()) for each in file.parent.iterdir()] == [
        ("report.md", "old")
    ]


NOWHERE = [
    ("a file in the place of the folder", "file/report.md"),
    ("a folder in the place of the file", "folder"),
    ("a link that leads to itself", "loop"),
]


@pytest.mark.parametrize("place", [pytest.param(place, id=name) for name, place in NOWHERE])
def test_what_cannot_be_written_is_one_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(CommandError, match=rf"^[^\n]*{place}: cannot be written: [^\n]+$"):
        write_whole(tmp_path / place, ["new"])
