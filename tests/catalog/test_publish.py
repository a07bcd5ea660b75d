"""A published snapshot is whole, compact, of one moment, and takes its place at once."""

import hashlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from catalog.connection import Catalog, CatalogError, open_catalog
from catalog.integrity import problems
from catalog.search import HitKind, search
from catalog.sharing.publish import publish


def add_host(db: Catalog, name: str) -> None:
    db.execute("INSERT INTO hosts (name) VALUES (?)", (name,))


def test_a_snapshot_is_one_sound_file(small_catalog: Path, tmp_path: Path) -> None:
    published = publish(small_catalog, tmp_path / "site")
    assert published.path == tmp_path / "site" / "catalog.db"
    assert not list(published.path.parent.glob("catalog.db-*"))
    with closing(open_catalog(published.path, read_only=True)) as db:
        assert list(problems(db)) == []
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert db.execute("PRAGMA freelist_count").fetchone() == (0,)
        assert len(db.execute("SELECT * FROM broken_links").fetchall()) == 4


def test_the_checksum_is_one_that_sha256sum_checks(small_catalog: Path, tmp_path: Path) -> None:
    published = publish(small_catalog, tmp_path)
    data = published.path.read_bytes()
    assert (published.size, published.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=True)


def test_what_is_only_in_the_log_is_published_and_what_is_not_committed_is_not(
    own: Catalog, own_catalog: Path, tmp_path: Path
) -> None:
    add_host(own, "committed.example")
    with own.atomic():
        add_host(own, "open.example")
        published = publish(own_catalog, tmp_path / "site")
    with closing(sqlite3.connect(published.path)) as plain:
        names = {name for (name,) in plain.execute("SELECT name FROM hosts")}
    assert "committed.example" in names
    assert "open.example" not in names


def test_a_reader_of_the_older_snapshot_goes_on_reading_it(
    own: Catalog, own_catalog: Path, tmp_path: Path
) -> None:
    path = publish(own_catalog, tmp_path / "site").path
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as reader:
        cursor = reader.execute("SELECT id FROM checks")
        cursor.fetchone()
        own.execute("DELETE FROM repo_snapshots")
        publish(own_catalog, tmp_path / "site")
        assert len(cursor.fetchall()) == own.table("checks").count - 1
        assert reader.execute("SELECT count(*) FROM repo_snapshots").fetchone()[0] > 0
    with closing(sqlite3.connect(path)) as fresh:
        assert fresh.execute("SELECT count(*) FROM repo_snapshots").fetchone() == (0,)


@pytest.mark.parametrize("words", ["量化", "TNN量化"])
def test_plain_datasette_searches_the_published_folder(
    small_catalog: Path, tmp_path: Path, words: str
) -> None:
    """Datasette alone, without linkledger on its path, finds what `catalog search` finds."""
    pytest.importorskip("datasette")
    publish(small_catalog, tmp_path)
    asked = [
        "--immutable",
        "catalog.db",
        "--metadata",
        "metadata.json",
        "--plugins-dir",
        "plugins",
    ]
    got = subprocess.run(
        [sys.executable, "-P", "-m", "datasette", *asked,
         "--get", f"/catalog/items.json?_shape=array&_search={quote(words)}"],
        cwd=tmp_path, capture_output=True, check=True, text=True,
    )  # fmt: skip
    with closing(open_catalog(small_catalog, read_only=True)) as db:
        found = {hit.title for hit in search(db, words) if hit.kind is HitKind.ITEM}
    assert {row["title"] for row in json.loads(got.stdout)} == found
    assert found


def test_space_that_is_free_is_given_back(own: Catalog, own_catalog: Path, tmp_path: Path) -> None:
    own.execute("UPDATE hosts SET robots_txt = ?", ("x" * 500_000,))
    own.execute("UPDATE hosts SET robots_txt = NULL")
    own.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # into the file, free or not
    published = publish(own_catalog, tmp_path / "site")
    assert published.size < own_catalog.stat().st_size / 2


def test_a_catalog_that_is_not_sound_is_not_published(own_catalog: Path, tmp_path: Path) -> None:
    published = publish(own_catalog, tmp_path / "site")
    with closing(sqlite3.connect(own_catalog)) as plain, plain:
        plain.execute("UPDATE mentions SET link_id = 999 WHERE id = 1")
    with pytest.raises(CatalogError, match="was not published"):
        publish(own_catalog, tmp_path / "site")
    assert hashlib.sha256(published.path.read_bytes()).hexdigest() == published.sha256
    assert sorted(file.name for file in (tmp_path / "site").iterdir()) == [
        "SHA256SUMS",
        "catalog.db",
        "metadata.json",
        "plugins",
    ]


def by_its_folder(catalog: Path, _elsewhere: Path) -> Path:
    return catalog.parent


def by_another_spelling(catalog: Path, _elsewhere: Path) -> Path:
    return catalog.parent / ".." / catalog.parent.name


def by_a_link_to_its_folder(catalog: Path, elsewhere: Path) -> Path:
    (elsewhere / "site").symlink_to(catalog.parent)
    return elsewhere / "site"


def by_a_link_to_itself(catalog: Path, elsewhere: Path) -> Path:
    (elsewhere / "catalog.db").symlink_to(catalog)
    return elsewhere


@pytest.mark.parametrize(
    "folder", [by_its_folder, by_another_spelling, by_a_link_to_its_folder, by_a_link_to_itself]
)
def test_a_catalog_is_not_published_over_itself(
    own_catalog: Path, tmp_path: Path, folder: Callable[[Path, Path], Path]
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "elsewhere").mkdir()
    catalog = own_catalog.replace(tmp_path / "data" / "catalog.db")
    before = catalog.stat()
    with pytest.raises(CatalogError, match="publish to another folder"):
        publish(catalog, folder(catalog, tmp_path / "elsewhere"))
    assert (catalog.stat().st_ino, catalog.stat().st_mtime_ns) == (
        before.st_ino,
        before.st_mtime_ns,
    )


def test_a_folder_that_cannot_be_made_is_named(small_catalog: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CatalogError, match="cannot be written"):
        publish(small_catalog, tmp_path / "file" / "site")


def test_publishing_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="there is no catalog"):
        publish(tmp_path / "none.db", tmp_path / "site")
