"""Write a file so that it is whole or as it was: what a reader opens is never half-written."""

import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Not after the file that it is to become, so that a long name stays possible.
_DRAFT = ".linkledger-{}.draft"
_DRAFTS = _DRAFT.format("*") + "*"  # SQLite's journal of one may lie beside it
_ABANDONED = 24 * 60 * 60  # seconds


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield an empty file to write to, which takes the place of *path* once the block is done.

    The new file may be read and written by whom the old one could be, as far as that is ours
    to say, or where there was none by whom the umask lets. A symbolic link stays one: what it
    points to is replaced. A device or a pipe cannot be replaced, so that *path* itself is what
    is written to. Raises `OSError`.
    """
    there = _status(path)
    if there is not None and not stat.S_ISREG(there.st_mode):
        yield path
        return
    target = path.resolve()
    _sweep(target.parent)
    draft = target.with_name(_DRAFT.format(secrets.token_hex(8)))
    try:
        draft.touch(0o600 if there else 0o666, exist_ok=False)
        yield draft
        _flush(draft)
        if there:
            _let_same_people(draft, there)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _let_same_people(draft: Path, there: os.stat_result) -> None:
    """Give *draft* the owner, the group and the mode of the file that is *there*."""
    with suppress(PermissionError):  # only root may give a file away
        os.chown(draft, there.st_uid, there.st_gid)
    draft.chmod(stat.S_IMODE(there.st_mode))


def _flush(file: Path) -> None:
    """Wait until *file* is on the disk: a rename may get there before what it renames."""
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(folder: Path) -> None:
    """Remove the drafts that killed programs have left in *folder*; a younger one may be alive."""
    for draft in folder.glob(_DRAFTS):
        try:
            abandoned = time.time() - draft.stat().st_mtime > _ABANDONED
        except FileNotFoundError:  # another program was done with it
            continue
        if abandoned:
            draft.unlink(missing_ok=True)
