"""The names that a heading can be linked by, as GitHub and as Jekyll make them."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

_NOT_IN_GITHUB: Final = re.compile(r"[^\w\- ]")
_NOT_IN_KRAMDOWN: Final = re.compile(r"[^a-z0-9 -]")
_KRAMDOWN_START: Final = re.compile(r"^[^a-z]+")


def anchors(headings: Iterable[str]) -> frozenset[str]:
    """Return every fragment that leads to one of *headings*, given as they are shown.

    GitHub keeps letters of any script; kramdown, without its GitHub parser, only ASCII, and
    calls what is left with nothing `section`. The second of the same name ends with `-1`.
    """
    names: set[str] = set()
    seen: Counter[str] = Counter()
    for heading in headings:
        lower = heading.strip().lower()
        github = _NOT_IN_GITHUB.sub("", lower).replace(" ", "-")
        kramdown = _NOT_IN_KRAMDOWN.sub("", _KRAMDOWN_START.sub("", lower)).replace(" ", "-")
        for name in {github, kramdown or "section"}:
            names.add(f"{name}-{seen[name]}" if seen[name] else name)
            seen[name] += 1
    return frozenset(names)
