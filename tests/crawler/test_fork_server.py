"""The process that workers are forked from."""

from pathlib import Path

import pytest

from crawler.fork_server import ForkServer


@pytest.mark.parametrize("name", ["socket.py", "signal.py", "crawler/__init__.py"])
def test_it_loads_nothing_from_the_folder_that_the_user_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """That folder is often an archive, to which other people write."""
    loaded = tmp_path / "loaded"
    planted = tmp_path / name
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(f"open({str(loaded)!r}, 'w')\nraise SystemExit\n")
    monkeypatch.chdir(tmp_path)
    with ForkServer() as server:
        server.fork()
    assert not loaded.exists()
