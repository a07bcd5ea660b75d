"""Archives as rows: which one a source is, however it is spelled, and which are there now."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from catalog.address import link_key
from catalog.database import Database

FOLDER: Final = "folder"
GIT: Final = "git"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveRow:
    """An archive in the catalog; `source` is where it was read from, as it was first spelled."""

    archive_id: int
    source: str
    kind: str
    title: str
    language: str


def archive_id(
    db: Database, source: str, *, kind: str = FOLDER, title: str | None = None, language: str = ""
) -> int:
    """Return the number of the archive at *source*, which is made where it is new.

    What is known of it is kept where nothing comes in; an empty *title* says that it has none.
    """
    number = known_archive(db, source, kind)
    with db.atomic():
        if number is None:
            (number,) = db.execute(
                """
                INSERT INTO archives (source, kind, title, language) VALUES (?, ?, ?, ?)
                RETURNING id""",
                (str(Path(source)) if kind == FOLDER else source, kind, title or "", language),
            ).fetchone()
        else:
            db.execute(
                """
                UPDATE archives SET kind = ?, title = coalesce(?, title),
                    language = coalesce(nullif(?, ''), language)
                WHERE id = ?""",
                (kind, title, language, number),
            )
    return int(number)


def known_archive(db: Database, source: str, kind: str = FOLDER) -> int | None:
    """Return the number of the archive at *source*, None where the catalog has none there.

    The very spelling that the catalog has goes first. Else a folder or file is where it leads
    from the working directory, so that a catalog that is moved along with its archive still
    knows it; an address is what `catalog.address.link_key` makes of it.
    """
    rows = db.execute("SELECT id, source, kind FROM archives ORDER BY id").fetchall()
    wanted = _identity(source, kind)
    same = [number for number, known, its in rows if _identity(known, its) == wanted]
    spelled = [number for number, known, _ in rows if known == source]
    return next(iter(spelled + same), None)


def present_archives(db: Database) -> tuple[ArchiveRow, ...]:
    """Return the archives that have issues, the oldest first."""
    rows = db.query(
        """
        SELECT id AS archive_id, source, kind, title, language FROM archives
        WHERE EXISTS (SELECT 1 FROM issues WHERE archive_id = archives.id AND present = 1)
        ORDER BY id"""
    )
    return tuple(ArchiveRow(**row) for row in rows)


def roots(archives: Iterable[ArchiveRow]) -> dict[int, str]:
    """Return by its number what tells the files of each archive from those of the others.

    Empty where there is but one.
    """
    found = {archive.archive_id: root_of(archive.source, archive.kind) for archive in archives}
    return found if len(found) > 1 else {}


def root_of(source: str, kind: str) -> str:
    """Return what stands before the names of the files of *source* to make paths of them.

    Empty where they are read on the web, and have addresses already.
    """
    if kind == FOLDER:
        path = Path(source)
        root = path.parent if path.is_file() else path
        return "" if root == Path() else root.as_posix()
    return source if kind == GIT else ""


def _identity(source: str, kind: str) -> tuple[bool, str]:
    """Return what all spellings of a source share, and no other source has."""
    is_here = kind == FOLDER
    return is_here, os.path.realpath(source) if is_here else link_key(source)
