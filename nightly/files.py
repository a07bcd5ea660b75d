"""Files that are whole or not there: what a reader opens is never half-written."""

import os
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from nightly.exits import CommandError

_ABANDONED = 24 * 60 * 60  # seconds


def write_whole(path: Path, chunks: Iterable[str]) -> None:
    """Put the text of *chunks* at *path* in one step; raises `CommandError` where it cannot."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=_prefix(path))
        draft = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.writelines(chunks)
            draft.chmod(0o644)
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CommandError(f"{path}: cannot be written: {error.strerror or error}") from error


def _sweep(path: Path) -> None:
    """Remove the drafts of *path* that killed programs have left."""
    for draft in path.parent.glob(f"{_prefix(path)}*"):
        if time.time() - draft.stat().st_mtime > _ABANDONED:
            draft.unlink(missing_ok=True)


def _prefix(path: Path) -> str:
    return f".{path.name}."
