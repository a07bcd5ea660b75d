"""Opening a catalog: it is made, brought up to date, or refused in one sentence."""

import re
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog import connection
from catalog.connection import CatalogError, open_catalog
from catalog.database import Database
from catalog.lock import held
from catalog.sharing.publish import publish


def text_file(path: Path) -> None:
    path.write_text("not a database\n" * 100)


def other_program(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()


def newer_catalog(path: Path) -> None:
    db = open_catalog(path)
    db.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, ?, ?)",
        ("linkledger", "m999_tomorrow", "2031-01-01"),
    )
    db.close()


def cut_off(path: Path) -> None:
    open_catalog(path).close()
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def folder(path: Path) -> None:
    path.mkdir()


REFUSED: list[tuple[str, Callable[[Path], None], str]] = [
    ("a text file", text_file, "is not an SQLite database"),
    ("another program's database", other_program, "is a database of another program"),
    ("a newer linkledger's catalog", newer_catalog, "was written by a newer linkledger"),
    ("a catalog cut off in the middle", cut_off, "is damaged or cut off"),
    ("a folder", folder, "is a folder"),
]


@pytest.mark.parametrize("read_only", [False, True], ids=["to write", "to read"])
@pytest.mark.parametrize(
    ("make", "words"), [pytest.param(*row, id=name) for name, *row in REFUSED]
)
def test_what_cannot_be_used_is_refused_in_a_sentence(
    tmp_path: Path, make: Callable[[Path], None], words: str, read_only: bool
) -> None:
    path = tmp_path / "catalog.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(CatalogError, match=re.escape(words)) as refused:
        open_catalog(path, read_only=read_only)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_missing_catalog_is_made(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    db = open_catalog(path)
    assert db["links"].exists()
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)
    db.close()


def test_a_missing_catalog_is_not_made_by_a_reader(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with pytest.raises(CatalogError, match="there is no catalog at"):
        open_catalog(path, read_only=True)
    with pytest.raises(CatalogError, match="there is no catalog at"):
        open_catalog(path, create=False)
    assert not path.exists()


def test_a_snapshot_that_is_published_is_not_written_to(tmp_path: Path) -> None:
    open_catalog(tmp_path / "catalog.db").close()
    snapshot = publish(tmp_path / "catalog.db", tmp_path / "published").path
    before = snapshot.read_bytes()
    with pytest.raises(CatalogError, match="is a published snapshot"):
        open_catalog(snapshot)
    with (
        pytest.raises(CatalogError, match="is a published snapshot"),
        held(snapshot, "crawl", datetime(2026, 11, 22, tzinfo=UTC)),
    ):
        pass
    open_catalog(snapshot, read_only=True).close()
    assert snapshot.read_bytes() == before
    assert not list(tmp_path.glob("published/*.lock"))


def test_an_empty_file_is_no_catalog_to_a_reader(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    path.touch()
    with pytest.raises(CatalogError, match="is empty"):
        open_catalog(path, create=False)


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=re.escape(f"the folder {tmp_path / 'nowhere'}")):
        open_catalog(tmp_path / "nowhere" / "catalog.db")


def test_a_reader_is_told_of_the_catalog_and_not_of_its_folder(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="there is no catalog at"):
        open_catalog(tmp_path / "nowhere" / "catalog.db", read_only=True)


def test_a_name_with_question_mark_and_number_sign_is_a_name(tmp_path: Path) -> None:
    path = tmp_path / "what?mode=memory#1 %41.db"
    open_catalog(path).close()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    open_catalog(path).close()
    before = path.read_bytes()
    open_catalog(path).close()
    assert path.read_bytes() == before


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    open_catalog(path).close()
    reader = open_catalog(path, read_only=True)
    with pytest.raises(CatalogError, match="may not be written"):
        reader.execute("DELETE FROM links")
    reader.close()


def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    first, second = open_catalog(path), open_catalog(path, patience=0.01)
    with (
        first.atomic(),
        pytest.raises(CatalogError, match="being written by another program"),
        second.atomic(),
    ):
        pytest.fail("two writers at once")
    first.close()
    second.close()


def test_a_patient_writer_outlasts_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 0.01)  # SQLite gives up many times
    path = tmp_path / "catalog.db"
    patient = open_catalog(path, patience=600.0)
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.5, other.rollback)
    timer.start()
    with patient.atomic():
        patient.execute("INSERT INTO hosts (name) VALUES ('a.example')")
    timer.join()
    other.close()
    patient.close()


def test_a_second_writer_that_waited_may_write_what_it_read_before(tmp_path: Path) -> None:
    """A plain BEGIN would be refused here: what it had read is no longer the newest."""
    path = tmp_path / "catalog.db"
    first, second = open_catalog(path), open_catalog(path)
    first.execute("INSERT INTO hosts (name) VALUES ('a.example')")
    with second.atomic():
        second.execute("SELECT count(*) FROM hosts").fetchone()
        second.execute("INSERT INTO hosts (name) VALUES ('b.example')")
    assert first.execute("SELECT count(*) FROM hosts").fetchone() == (2,)
    first.close()
    second.close()


def write_and_fail(db: Database) -> None:
    with db.atomic():
        db.execute("INSERT INTO hosts (name) VALUES ('a.example')")
        raise KeyError("a mistake of ours")


def test_a_block_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    db = open_catalog(tmp_path / "catalog.db")
    with pytest.raises(KeyError):
        write_and_fail(db)
    assert db["hosts"].count == 0
    db.close()
