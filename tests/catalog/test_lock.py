"""One run holds a catalog, and the next one is told who."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.connection import CatalogError
from catalog.lock import HeldError, held

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def test_a_second_run_is_told_who_holds_the_catalog(tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.db"
    with held(catalog, "linkledger nightly", NOW):
        for _ in range(2):  # a refused run leaves the holder's word as it was
            with pytest.raises(HeldError) as refused, held(catalog, "crawl", NOW):
                pass
            assert f"`linkledger nightly`, process {os.getpid()}, since 2026-11-22T04:00:00Z" in (
                str(refused.value)
            )


def test_the_catalog_is_free_after_a_run(tmp_path: Path) -> None:
    for _ in range(2):
        with held(tmp_path / "catalog.db", "linkledger nightly", NOW):
            pass


def test_a_symbolic_link_to_the_catalog_is_the_catalog(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.db"
    link.symlink_to(tmp_path / "catalog.db")
    with (
        held(tmp_path / "catalog.db", "linkledger nightly", NOW),
        pytest.raises(HeldError, match=r"link\.db is held by `linkledger nightly`"),
        held(link, "crawl", NOW),
    ):
        pass


def test_a_killed_run_holds_nothing(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from datetime import UTC, datetime; from pathlib import Path;"
        "from catalog.lock import held\n"
        "with held(Path(sys.argv[1]), 'nightly', datetime.now(UTC)):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "catalog.db"], check=False)
    assert (tmp_path / "catalog.db.lock").exists()
    with held(tmp_path / "catalog.db", "linkledger nightly", NOW):
        pass


def test_the_holders_word_may_be_unreadable(tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.db"
    with held(catalog, "linkledger nightly", NOW):
        (tmp_path / "catalog.db.lock").write_bytes(b"\xff[]")
        with pytest.raises(HeldError, match="another run"), held(catalog, "crawl", NOW):
            pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(CatalogError, match=r"file.*cannot write"),
        held(tmp_path / "file" / "catalog.db", "nightly", NOW),
    ):
        pass


def text(catalog: Path) -> None:
    catalog.write_text("- [a](https://a.example/)\n", encoding="utf-8")


NO_CATALOGS = [
    ("an issue", text, True, "is not an SQLite database"),
    ("a folder", Path.mkdir, True, "is a folder"),
    ("a catalog that is missing", lambda _: None, False, "there is no catalog"),
]


@pytest.mark.parametrize(
    ("make", "create", "says"), [pytest.param(*row, id=name) for name, *row in NO_CATALOGS]
)
def test_nothing_is_left_beside_what_is_no_catalog(
    make: Callable[[Path], object], create: bool, says: str, tmp_path: Path
) -> None:
    catalog = tmp_path / "2024-01-07.md"
    make(catalog)
    before = list(tmp_path.iterdir())
    with pytest.raises(CatalogError, match=says), held(catalog, "read", NOW, create=create):
        pass
    assert list(tmp_path.iterdir()) == before
