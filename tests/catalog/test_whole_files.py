"""A file is whole or as it was, keeps its mode and its links, and no device is replaced."""

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.whole_files import replacing


@pytest.fixture
def umask() -> Iterator[None]:
    """Nobody but the owner and the group may read what is made."""
    old = os.umask(0o027)
    yield
    os.umask(old)


def write(path: Path, text: str = "new") -> None:
    with replacing(path) as draft:
        draft.write_text(text)


def fail_half_way(path: Path) -> None:
    with replacing(path) as draft:
        draft.write_text("half of ")
        raise KeyboardInterrupt


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_file_that_is_not_finished_leaves_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    file.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        fail_half_way(file)
    assert (file.read_text(), names(tmp_path)) == ("old", ["report.md"])


MODES = [
    ("a new file is made under the umask", None, 0o640),
    ("a secret stays one", 0o600, 0o600),
    ("what all may read, all may read", 0o644, 0o644),
    ("what nobody may write stays so", 0o444, 0o444),
    ("what its owner may not even read stays so", 0o200, 0o200),
]


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize(
    ("before", "after"), [pytest.param(*row, id=name) for name, *row in MODES]
)
def test_who_may_read_it(tmp_path: Path, before: int | None, after: int) -> None:
    file = tmp_path / "linkledger.toml"
    if before is not None:
        file.touch()
        file.chmod(before)
    with replacing(file) as draft:
        assert not stat.S_IMODE(draft.stat().st_mode) & ~after & 0o077  # no wider meanwhile
        draft.write_text("new")
    assert stat.S_IMODE(file.stat().st_mode) == after
    file.chmod(0o600)
    assert file.read_text() == "new"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_a_file_stays_its_owners_when_root_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "2021-09-05.md"
    file.touch()
    os.chown(file, 1234, 4321)
    write(file)
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 4321)


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link, file = tmp_path / "report.md", tmp_path / "elsewhere/target.md"
    link.symlink_to(file)
    for text in ("made", "replaced"):
        write(link, text)
        assert (link.is_symlink(), file.read_text()) == (True, text)
    assert names(tmp_path / "elsewhere") == ["target.md"]


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    write(pipe, "for you")
    reader.join(timeout=10)
    assert (read, pipe.is_fifo()) == (["for you"], True)


def test_a_device_is_written_to_and_stays_one() -> None:
    ours, theirs = os.openpty()
    device = Path(os.ttyname(theirs))
    write(device, "for you")
    assert os.read(ours, 100) == b"for you"
    assert device.is_char_device()
    os.close(ours)
    os.close(theirs)


def test_what_a_killed_program_left_is_swept_away_a_day_later(tmp_path: Path) -> None:
    kept = [".linkledger-def.draft", ".report.md.swp", "report.md"]
    left = [".linkledger-abc.draft", ".linkledger-abc.draft-journal"]
    for name in kept + left:
        (tmp_path / name).write_text("half of ")
    for name in [*left, ".report.md.swp"]:  # which an editor has open
        os.utime(tmp_path / name, (0, 0))
    write(tmp_path / "report.md")
    assert names(tmp_path) == sorted(kept)


def test_a_name_may_be_as_long_as_names_may_be(tmp_path: Path) -> None:
    write(tmp_path / ("x" * 255))
    assert names(tmp_path) == ["x" * 255]
