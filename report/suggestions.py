"""Think of an address to write instead of one that fails. Pure: whoever asks also visits it."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from posixpath import basename, dirname
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from catalog.forges import repository_at

# How alike two names must be before the one may be offered for the other. Below this, two
# issues of different years would be taken for each other.
ALIKE = 0.87


def renamed(url: str, new_name: str) -> str:
    """Return *url* with its repository called *new_name* (`owner/name`), the rest untouched.

    Empty where *url* names no repository, or has that name already.
    """
    repo = repository_at(url)
    if repo is None or repo.full_name.lower() == new_name.lower():
        return ""
    parts = urlsplit(url)
    old = re.compile(rf"(?i)(?<=/){re.escape(repo.full_name)}(?=$|[/.])")
    path, times = old.subn(lambda _: quote(new_name, safe="/"), parts.path, count=1)
    return urlunsplit(parts._replace(path=path)) if times else ""


def nearest_file(target: str, files: Iterable[str]) -> str:
    """Return which of *files* the missing *target* most likely means, or nothing.

    All are paths from the archive's root. A file of the same name in another spelling or
    another folder comes first, then one whose name differs by little.
    """
    wanted = unquote(target).partition("#")[0].partition("?")[0].lstrip("/")
    name = basename(wanted).casefold()
    if not name:
        return ""
    by_likeness = sorted(
        ((_likeness(wanted, name, file), file) for file in files),
        key=lambda one: (-one[0], one[1]),
    )
    if not by_likeness or by_likeness[0][0] < ALIKE:
        return ""
    best = [file for likeness, file in by_likeness if likeness == by_likeness[0][0]]
    return best[0] if len(best) == 1 else ""


def _likeness(wanted: str, name: str, file: str) -> float:
    """Return how alike *file* is to what is wanted, 1 for the same name in the same folder."""
    other = basename(file).casefold()
    if name == other or _stem(name) == _stem(other):
        return 1.0 if dirname(wanted) == dirname(file) else 0.95
    alike = SequenceMatcher(None, name, other, autojunk=False)
    return alike.ratio() if alike.real_quick_ratio() >= ALIKE else 0.0


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name
