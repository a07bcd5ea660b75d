"""Write a text where a person asked for it, or say in one line why that cannot be."""

from collections.abc import Iterable
from pathlib import Path

from catalog.whole_files import replacing
from nightly.exits import CommandError


def write_whole(path: Path, chunks: Iterable[str]) -> None:
    """Put the text of *chunks* at *path* in one step; raises `CommandError` where it cannot."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as draft, draft.open("w", encoding="utf-8") as file:
            file.writelines(chunks)
    except OSError as error:
        raise CommandError(f"{path}: cannot be written: {error.strerror or error}") from error
