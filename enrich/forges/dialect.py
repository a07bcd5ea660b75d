"""What a module about a forge has to offer, and the words it may use."""

from collections.abc import Callable
from typing import Protocol

from catalog.records import RepoFacts, RepoName
from enrich.answers import Answer
from enrich.licenses import UNRECOGNISED, on_the_list

Get = Callable[[str], Answer]


class Dialect(Protocol):
    """One kind of forge; a further one is one module and a line in `enrich/forges/registry.py`."""

    def base(self, host: str) -> str:
        """Return the base URL of the API at *host*."""
        ...

    def look(self, get: Get, repo: RepoName) -> RepoFacts | Answer:
        """Return what the forge says of *repo*, or the answer that it gave in place of that.

        *get* asks for a path below the base, with retries, and may raise what ends the run.
        """
        ...


def spdx(text: str | None) -> str | None:
    """Return the license that a forge calls *text*, in the three states of `license_spdx`."""
    if text is None:
        return None
    return on_the_list(text) or UNRECOGNISED
