"""Say where a source lies by how it is written: on this machine, in git elsewhere, on the web."""

import re
from enum import StrEnum
from typing import Final

from catalog.forges import is_repository_root


class Whereabouts(StrEnum):
    """Where an archive lies, and so how it is come by."""

    HERE = "here"
    GIT = "git"
    WEB = "web"


_GIT: Final = re.compile(
    r"(?:git|ssh|git\+https?)://|[\w.-]+@[\w.-]+:|(?:https?|file)://.*\.git/?$"
)
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)


def whereabouts(source: str) -> Whereabouts:
    """Return where *source* lies; a repository's page on a forge stands for the repository."""
    if _GIT.match(source):
        return Whereabouts.GIT
    if _WEB.match(source):
        return Whereabouts.GIT if is_repository_root(source) else Whereabouts.WEB
    return Whereabouts.HERE
