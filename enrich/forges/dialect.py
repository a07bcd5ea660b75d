"""What a module about a forge has to offer, and the words it may use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from catalog.records import RepoFacts, RepoName
from enrich.answers import Answer, Kind
from enrich.facts import count, name_of, table, words
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """The repository that an answer describes: its name and id, and the JSON it came in."""

    name: RepoName
    forge_id: str
    body: Mapping[str, Any]


def described(answer: Answer, host: str, *, name: str, forge_id: str) -> Described | None:
    """Return whom *answer* describes, by its fields *name* and *forge_id*; None for nobody."""
    body = table(answer.data)
    full_name, identity = name_of(host, body.get(name)), body.get(forge_id)
    known = words(identity) or count(identity)
    if answer.kind is not Kind.OK or full_name is None or known is None:
        return None
    return Described(name=full_name, forge_id=str(known), body=body)


def spdx(text: str | None) -> str | None:
    """Return the license that a forge calls *text*, in the three states of `license_spdx`."""
    if text is None:
        return None
    return on_the_list(text) or UNRECOGNISED
