"""The files of an archive, wherever they lie: in a folder, or in a git repository without one."""

import os
import posixpath
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

from crawler.reading.decoding import LARGEST

_GIT_TIMEOUT: Final = 60  # seconds; what git reads here is on this machine


class SourceError(Exception):
    """A source cannot be opened; the message says why, and what to do."""


class Tree(Protocol):
    """The files of an archive by their paths from its root, with `/`."""

    def files(self) -> Iterator[str]:
        """Yield the path of each file, in order, hidden ones apart."""
        ...

    def read(self, path: str) -> bytes:
        """Return what is in the file at *path*, at most one byte more than any issue has."""
        ...

    def normal(self, path: str) -> str:
        """Return *path* without detours; out of the root and back in is a detour."""
        ...

    def has(self, path: str) -> bool | None:
        """Return whether a file or folder is at *path*, None where nobody here can say.

        *path* may lead out of the root, as `../images/x.png` does.
        """
        ...


class FolderTree:
    """The files in a folder, or *only* one of them.

    What lies outside the folder is known as far as the same git work tree holds it: an
    archive is often one folder of a larger repository, of which no more may be here.
    """

    def __init__(self, root: Path, only: str = "") -> None:
        self._root = root.resolve()
        self._only = only
        above = (folder for folder in (self._root, *self._root.parents) if _is_work_tree(folder))
        self._known = next(above, self._root)

    def files(self) -> Iterator[str]:
        """Yield the path of each file, in order; links that lead out of the folder apart."""
        if self._only:
            yield self._only
            return
        for folder, folders, names in os.walk(self._root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                path = Path(folder, name)
                if not name.startswith(".") and path.resolve().is_relative_to(self._root):
                    yield path.relative_to(self._root).as_posix()

    def read(self, path: str) -> bytes:
        """Return what is in the file at *path*."""
        with (self._root / path).open("rb") as file:
            return file.read(LARGEST + 1)

    def normal(self, path: str) -> str:
        """Return *path* without detours, also those by the folder's own name."""
        return Path(os.path.relpath(self._root / path, self._root)).as_posix()

    def has(self, path: str) -> bool | None:
        """Return whether a file or folder is at *path*."""
        place = Path(os.path.normpath(self._root / path))
        if not place.is_relative_to(self._known):
            return None
        try:
            return place.exists()
        except (OSError, ValueError):  # a name too long, or with a NUL, is no file's
            return False


def _is_work_tree(folder: Path) -> bool:
    return (folder / ".git").exists()


class GitTree:
    """The files in the newest commit of a git repository that has no work tree."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        try:
            listed = self._git("ls-tree", "-r", "-z", "--name-only", "HEAD")
        except subprocess.CalledProcessError as error:
            reason = error.stderr.decode(errors="replace").strip() or "git cannot read it"
            raise SourceError(f"{repository}: {reason.splitlines()[-1]}") from error
        self._files = sorted(listed.decode(errors="replace").split("\0")[:-1])
        self._folders = {folder for path in self._files for folder in _folders(path)}

    def _git(self, *arguments: str) -> bytes:
        return subprocess.run(  # noqa: S603 # fixed words, and paths that git has listed
            ["git", "--git-dir", str(self._repository), *arguments],  # noqa: S607 # the user's git
            check=True,
            capture_output=True,
            timeout=_GIT_TIMEOUT,
        ).stdout

    def files(self) -> Iterator[str]:
        """Yield the path of each file, in order."""
        for path in self._files:
            if not any(part.startswith(".") for part in path.split("/")):
                yield path

    def read(self, path: str) -> bytes:
        """Return what is in the file at *path*."""
        return self._git("cat-file", "blob", f"HEAD:{path}")[: LARGEST + 1]

    def normal(self, path: str) -> str:
        """Return *path* without detours."""
        return posixpath.normpath(path)

    def has(self, path: str) -> bool | None:
        """Return whether a file or folder is at *path*."""
        place = self.normal(path)
        if place.startswith("../"):
            return None
        return place in self._folders or place in self._files


def _folders(path: str) -> Iterator[str]:
    while path := posixpath.dirname(path):
        yield path
    yield "."


def open_tree(source: Path) -> Tree:
    """Return the files of the archive at *source*: a folder, one issue, or a git repository.

    Raises `SourceError` where there is none of these.
    """
    if source.is_file():
        return FolderTree(source.parent, source.name)
    if not source.is_dir():
        raise SourceError(f"{source}: there is no such file or folder")
    if (source / "HEAD").is_file() and (source / "objects").is_dir():
        return GitTree(source)
    return FolderTree(source)
