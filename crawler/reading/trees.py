"""The files of an archive, wherever they lie: in a folder, or in a git repository without one."""

import errno
import os
import posixpath
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

from catalog.encodings import as_text
from crawler.reading.decoding import LARGEST, TOO_LARGE
from crawler.reading.source_kind import why_missing

NO_GIT: Final = "it takes git to read a repository, and no git is installed"

# Nothing that the repository's own settings name is fetched or run (a promisor remote, `ext::`).
_FROM_DISK_ONLY: Final = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
_GIT_TIMEOUT: Final = 60  # seconds; what git reads here is on this machine
_REGULAR: Final = "100"  # what git's modes of files start with; others are links and submodules

NOT_UTF_8: Final = "its name is not UTF-8; rename it"


class SourceError(Exception):
    """A source cannot be opened; the message says why, and what to do."""


class Tree(Protocol):
    """The files of an archive by their paths from its root, with `/`."""

    def files(self) -> Iterator[str]:
        """Yield the path of each file, in order, hidden ones apart."""
        ...

    def read(self, path: str) -> bytes:
        """Return what is in the file at *path*, at most one byte more than any issue has.

        Raises `OSError` where it cannot be read.
        """
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
        place = self._root / path
        if place.exists() and not place.is_file():  # a pipe would never end
            raise OSError(errno.EINVAL, "it is no regular file")
        with place.open("rb") as file:
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


def _is_repository(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir()


class GitTree:
    """The files in the newest commit of a git repository that has no work tree."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self._known = {"."}
        self._blobs: dict[str, tuple[str, int]] = {}  # by path: the name git has for it, its size
        try:
            listed = self._git("ls-tree", "-r", "-l", "-z", "HEAD")
        except OSError as error:
            raise SourceError(f"{repository}: {error.strerror}") from error
        for line in os.fsdecode(listed).split("\0")[:-1]:
            about, _, path = line.partition("\t")
            mode, _, name, size = about.split()
            self._known |= {path, *_folders(path)}
            if mode.startswith(_REGULAR):
                self._blobs[path] = name, int(size)

    def _git(self, *arguments: str) -> bytes:
        """Return what git writes; raises `OSError` in git's words where it does not."""
        command = ["git", "--git-dir", str(self._repository), *arguments]
        try:
            done = subprocess.run(  # noqa: S603 # fixed words, and names that git has given
                command,
                env=os.environ | _FROM_DISK_ONLY,
                check=True,
                capture_output=True,
                timeout=_GIT_TIMEOUT,
            )
        except FileNotFoundError as error:
            raise FileNotFoundError(errno.ENOENT, NO_GIT) from error
        except subprocess.TimeoutExpired as error:
            raise TimeoutError(errno.ETIMEDOUT, f"git took over {_GIT_TIMEOUT} s") from error
        except subprocess.CalledProcessError as error:
            reason = " ".join(error.stderr.decode(errors="replace").split())
            raise OSError(errno.EIO, reason or "git cannot read it") from error
        return done.stdout

    def files(self) -> Iterator[str]:
        """Yield the path of each regular file, in order."""
        for path in sorted(self._blobs):
            if not any(part.startswith(".") for part in path.split("/")):
                yield path

    def read(self, path: str) -> bytes:
        """Return what is in the file at *path*."""
        name, size = self._blobs[path]
        if size > LARGEST:  # git writes a file as a whole or not at all
            raise OSError(errno.EFBIG, TOO_LARGE)
        return self._git("cat-file", "blob", name)

    def normal(self, path: str) -> str:
        """Return *path* without detours."""
        return posixpath.normpath(path)

    def has(self, path: str) -> bool | None:
        """Return whether a file or folder is at *path*."""
        place = self.normal(path)
        return None if place.startswith("../") else place in self._known


def _folders(path: str) -> Iterator[str]:
    while path := posixpath.dirname(path):
        yield path
    yield "."


def open_tree(source: Path) -> Tree:
    """Return the files of the archive at *source*: a folder, one issue, or a git repository.

    Raises `SourceError` where there is none of these.
    """
    if (name := as_text(str(source))) != str(source):
        raise SourceError(f"{name}: {NOT_UTF_8}")
    if source.is_file():
        return FolderTree(source.parent, source.name)
    if not source.is_dir():
        raise SourceError(why_missing(str(source)))
    if not _is_repository(source) or _is_work_tree(source):
        return FolderTree(source)
    # Git would do as the settings say that whoever committed it has put there.
    if any(map(_is_work_tree, source.resolve().parents)):
        raise SourceError(f"{source}: a repository inside another; clone it, and name its clone")
    return GitTree(source)
