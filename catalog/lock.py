"""One run at a time per catalog: the lock that a run holds, and who holds it."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from catalog.clock import stamp
from catalog.connection import CatalogError, look_before_holding


class HeldError(CatalogError):
    """Another run holds the catalog."""


@contextmanager
def held(catalog: Path, command: str, now: datetime, *, create: bool = True) -> Iterator[None]:
    """Hold the lock of *catalog* for *command*; raises `HeldError` where another run has it.

    A catalog that is missing is refused unless the command may *create* it. Beside what is no
    catalog no lock is left. It lies beside the catalog itself, whatever symbolic link leads
    there.
    """
    look_before_holding(catalog, create=create)
    with locked(catalog, Path(f"{os.path.realpath(catalog)}.lock"), command, now):
        yield


@contextmanager
def locked(what: Path, path: Path, command: str, now: datetime) -> Iterator[None]:
    """Hold the lock at *path*, which stands for *what*; raises as `held` does.

    The lock is the operating system's: it ends with the process, however that dies, and
    the file that is left behind means nothing. What the file says is for people only.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, mode=0o644)
        lock.acquire(timeout=0)
    except Timeout:
        raise HeldError(
            f"{what} is held by {_holder(path)}; try again when it has ended"
        ) from None
    except OSError as error:
        raise CatalogError(
            f"{path.parent}: cannot write there: {error.strerror or error}"
        ) from None
    try:
        _sign(path, command, now)
        yield
    finally:
        lock.release()


def _sign(path: Path, command: str, now: datetime) -> None:
    """Leave word of who holds the lock, where the disk has room for it."""
    note = {"pid": os.getpid(), "command": command, "since": stamp(now)}
    with suppress(OSError):
        path.write_text(json.dumps(note) + "\n", encoding="utf-8")


def _holder(path: Path) -> str:
    """Return in words who holds the lock at *path*, as far as it says."""
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
        return f"`{note['command']}`, process {note['pid']}, since {note['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another run"
