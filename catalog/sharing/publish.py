"""Publish a catalog: one compact file that never changes, with what Datasette needs beside it."""

import hashlib
import json
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from catalog.connection import CHECKSUMS, Catalog, CatalogError, in_words, open_catalog
from catalog.database import Database
from catalog.schema.views import refresh_views
from catalog.serve.metadata import metadata
from catalog.whole_files import replacing

SNAPSHOT = "catalog.db"
METADATA = "metadata.json"
PLUGIN = Path("plugins") / "linkledger_words.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A snapshot that was published: its file, its size in bytes, its SHA-256."""

    path: Path
    size: int
    sha256: str


def publish(source: str | Path, folder: str | Path) -> Published:
    """Put a snapshot of the catalog at *source* into *folder*, in the place of an older one.

    It shows one moment, even while a night writes. It takes its place by a rename: who has
    the older one open goes on reading that. Raises `CatalogError` where there is no such
    catalog, it lies there itself, the folder cannot be written, or the snapshot is not sound.
    """
    source, folder = Path(source), Path(folder)
    if is_own_place(source, folder):
        raise CatalogError(
            f"{folder} is where the catalog itself lies as {SNAPSHOT}: publish to another folder"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(folder / SNAPSHOT) as fresh:
            with closing(open_catalog(source, read_only=True)) as db:
                _copy(db, fresh)
            size, checksum = _measured(fresh)
        published = Published(path=folder / SNAPSHOT, size=size, sha256=checksum)
        _accompany(published)
    except OSError as error:
        raise CatalogError(f"{folder} cannot be written: {error.strerror}") from error
    return published


def is_own_place(source: Path, folder: Path) -> bool:
    """Return whether a snapshot in *folder* would take the place of the catalog at *source*."""
    return os.path.realpath(folder / SNAPSHOT) == os.path.realpath(source)


def _copy(db: Catalog, target: Path) -> None:
    """Write *db* as it is at this moment to the empty *target*: without gaps, a single file."""
    with in_words(target):
        db.conn.execute("VACUUM INTO ?", (str(target),))
        with closing(sqlite3.connect(target)) as connection:
            copy = Database(connection)
            refresh_views(copy)
            copy.execute("ANALYZE")
            wrong = connection.execute("PRAGMA foreign_key_check").fetchone()
            (sound,) = connection.execute("PRAGMA quick_check").fetchone()
    if wrong or sound != "ok":
        raise CatalogError(
            f"{db.path} is not sound and was not published: `linkledger catalog check` tells more"
        )


def _measured(file: Path) -> tuple[int, str]:
    """Return the size of *file* in bytes, and its SHA-256."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256")
    return file.stat().st_size, digest.hexdigest()


def _accompany(published: Published) -> None:
    """Write beside the snapshot its checksum, and what plain Datasette needs to show it well."""
    folder = published.path.parent
    _write(folder / CHECKSUMS, f"{published.sha256}  {published.path.name}\n")
    with closing(open_catalog(published.path, read_only=True)) as db:
        told = metadata(db, published.path.stem)
    _write(folder / METADATA, json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    (folder / PLUGIN).parent.mkdir(exist_ok=True)
    _write(folder / PLUGIN, _plugin())


def _plugin() -> str:
    """Return the plugin that makes Datasette search as we do, in one file without us."""
    ours = resources.files("catalog")
    words = ours.joinpath("words.py").read_text(encoding="utf-8")
    hook = ours.joinpath("serve", "words_plugin.py").read_text(encoding="utf-8")
    return f"{words}\n\n{hook.replace('from catalog.words import match_expression', '')}"


def _write(path: Path, text: str) -> None:
    with replacing(path) as fresh:
        fresh.write_text(text, encoding="utf-8")
