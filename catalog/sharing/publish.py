"""Publish a catalog: one compact file that never changes, with what Datasette needs beside it."""

import hashlib
import json
import os
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from catalog.connection import Catalog, CatalogError, in_words, open_catalog
from catalog.database import Database
from catalog.schema.views import refresh_views
from catalog.serve.metadata import metadata

SNAPSHOT = "catalog.db"
CHECKSUMS = "SHA256SUMS"
METADATA = "metadata.json"
PLUGIN = Path("plugins") / "linkledger_words.py"

_FRESH = f".{SNAPSHOT}."  # and the process that writes it
_ABANDONED = 24 * 60 * 60  # seconds
_PIECE = 1 << 20


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
    catalog, the folder cannot be written, or the snapshot is not sound.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        fresh = folder / f"{_FRESH}{os.getpid()}"
        try:
            with closing(open_catalog(source, read_only=True)) as db:
                _copy(db, fresh)
            published = _put(fresh, folder / SNAPSHOT)
        finally:
            fresh.unlink(missing_ok=True)
        _accompany(published)
    except OSError as error:
        raise CatalogError(f"{folder} cannot be written: {error.strerror}") from error
    return published


def _sweep(folder: Path) -> None:
    """Remove what a publishing that was killed has left; one that still runs is younger."""
    for file in (folder / name for name in (SNAPSHOT, CHECKSUMS, METADATA, PLUGIN)):
        for left in file.parent.glob(f".{file.name}.*"):
            if time.time() - left.stat().st_mtime > _ABANDONED:
                left.unlink(missing_ok=True)


def _copy(db: Catalog, target: Path) -> None:
    """Write *db* as it is at this moment to *target*: without gaps, in a single file."""
    target.unlink(missing_ok=True)
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
            f"{db.path} is not sound and was not published: «linkledger catalog check» tells more"
        )


def _put(fresh: Path, target: Path) -> Published:
    """Move *fresh* to *target*, once all of it is on the disk."""
    digest = hashlib.sha256()
    with fresh.open("r+b") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
        os.fsync(file.fileno())
    fresh.chmod(0o644)
    published = Published(path=target, size=fresh.stat().st_size, sha256=digest.hexdigest())
    fresh.replace(target)
    return published


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
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
