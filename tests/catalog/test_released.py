"""A catalog of each released version is brought up to date, and keeps every row."""

import lzma
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from catalog.connection import open_catalog
from catalog.database import Database
from catalog.integrity import problems
from catalog.schema.descriptions import tables_of

RELEASED = sorted((Path(__file__).parent / "released").glob("*.db.xz"))


def schema(path: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as plain:
        return plain.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master"
            " WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name"
        ).fetchall()


def rows(path: Path) -> dict[str, int]:
    """Count the rows of every table, as any tool would: nothing is brought up to date."""
    with closing(sqlite3.connect(path)) as plain:
        names = tables_of(Database(plain))
        return {
            name: plain.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names
        }


@pytest.fixture(params=RELEASED, ids=[path.name.removesuffix(".db.xz") for path in RELEASED])
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "catalog.db"
    path.write_bytes(lzma.decompress(request.param.read_bytes()))
    return path


def test_it_gets_the_schema_of_a_new_catalog(released: Path, tmp_path: Path) -> None:
    open_catalog(released).close()
    open_catalog(tmp_path / "new.db").close()
    assert schema(released) == schema(tmp_path / "new.db"), (
        "for a version that is not released yet: python tests/catalog/released/keep.py"
    )


def test_it_keeps_every_row_and_is_sound(released: Path) -> None:
    before = rows(released)
    open_catalog(released).close()
    after = rows(released)
    assert {name: after[name] for name in before} == before
    assert before["links"] > 0
    with closing(open_catalog(released, read_only=True)) as db:
        assert list(problems(db)) == []


_READER_OF_TOMORROW = """
import sys
from catalog.schema.migrations import migrations

@migrations()
def m999_tomorrow(db):
    raise AssertionError("a reader changes nothing")

from catalog.connection import CatalogError, open_catalog
try:
    open_catalog(sys.argv[1], read_only=True)
except CatalogError as error:
    print(error)
"""


def test_a_reader_of_a_later_version_asks_for_it_to_be_brought_up_to_date(released: Path) -> None:
    before = released.read_bytes()
    told = subprocess.run(
        [sys.executable, "-c", _READER_OF_TOMORROW, released],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert "was written by an older linkledger: run `linkledger read` once" in told.stdout
    assert released.read_bytes() == before


def test_there_is_one() -> None:
    assert RELEASED
