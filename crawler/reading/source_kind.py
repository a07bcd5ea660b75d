"""Say where a source lies by how it is written: on this machine, in git elsewhere, on the web."""

import re
from enum import StrEnum
from typing import Final

from catalog.forges import is_repository_root


class SourceKind(StrEnum):
    """Where an archive lies, and so how it is read; a bare repository here counts as a folder."""

    FOLDER = "folder"
    GIT = "git"
    WEB = "web"

    @property
    def shows_all(self) -> bool:
        """Whether an issue that is not there is gone: feeds and lists hold the newest only."""
        return self is not SourceKind.WEB


_GIT: Final = re.compile(
    r"(?:git|ssh|git\+https?)://|[\w.-]+@[\w.-]+:|(?:https?|file)://.*\.git/?$"
)
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)
# A path has no second slash where it came through `Path`; one letter is a drive.
_SCHEME: Final = re.compile(r"([a-z][a-z\d+.-]+):/", re.IGNORECASE)


def source_kind(source: str) -> SourceKind:
    """Return the kind of *source*; a repository's page on a forge stands for the repository."""
    if _GIT.match(source):
        return SourceKind.GIT
    if _WEB.match(source):
        return SourceKind.GIT if is_repository_root(source) else SourceKind.WEB
    return SourceKind.FOLDER


def why_missing(source: str) -> str:
    """Say why nothing is at *source*, which by how it is written should be on this machine."""
    if scheme := _SCHEME.match(source):
        return (
            f"{source}: no archive is read by {scheme[1]}; give a folder, a git repository,"
            " or an address that begins with https"
        )
    return f"{source}: there is no such file or folder"
