"""Write a text where a person asked for it, or say in one line why that cannot be."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from catalog.connection import BEGINNING
from catalog.whole_files import replacing
from nightly.exits import CommandError, ConfigError

_BESIDE = ("-wal", "-shm", "-journal", ".lock")  # what a database has beside it


def write_whole(path: Path, chunks: Iterable[str]) -> None:
    """Put the text of *chunks* at *path* in one step; raises `CommandError` where it cannot.

    A database is nothing that anybody wants replaced by a text.
    """
    if any(map(_is_database, (path, *_told_by(path)))):
        raise ConfigError(f"{path} is a database, or a part of one: give another file")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as draft, draft.open("w", encoding="utf-8") as file:
            file.writelines(chunks)
    except OSError as error:
        raise CommandError(f"{path}: cannot be written: {error.strerror or error}") from error


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return path.is_file() and file.read(len(BEGINNING)) == BEGINNING
    except OSError:
        return False


def _told_by(path: Path) -> Iterator[Path]:
    """Yield the database that *path* is a part of by its name."""
    for ending in _BESIDE:
        if path.name.endswith(ending) and path.name != ending:
            yield path.with_name(path.name.removesuffix(ending))
