"""The phrasebook: what sites are known to write on walls, on error pages, and on living pages.

Its entries are data (`crawler/phrases/packs/*.toml`), so that a new phrase needs no new code.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from catalog.vocabulary import Reason
from crawler.phrases.characters import SIMPLIFIED

_PLAIN: Final = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "\u200b": "", "\ufeff": ""} | SIMPLIFIED
)

WIDE: Final = re.compile(r"[\u2e80-\u9fff\uac00-\ud7a3]")
"""A character of Chinese, Japanese or Korean."""
_LATIN: Final = re.compile(r"[0-9A-Za-z]")
_WIDE_LANGUAGES: Final = frozenset({"zh", "ja", "ko"})


class Place(StrEnum):
    """Where an entry is looked for.

    `title` is a title or the first heading, `whole` such a one between separators and in
    full, `text` the first visible text, `source` the page's markup, `address` where the
    redirects ended, `header` a line of the answer's head.
    """

    TITLE = "title"
    WHOLE = "whole"
    TEXT = "text"
    SOURCE = "source"
    ADDRESS = "address"
    HEADER = "header"


class Source(StrEnum):
    """How an entry came to be known, the surest first.

    `capture` is a saved page, `code` public programs that look for the same words,
    `convention` what many sites write alike.
    """

    CAPTURE = "capture"
    CODE = "code"
    CONVENTION = "convention"


class Confidence(StrEnum):
    """Whether an entry decides by itself (`high`) or only on a page with little else."""

    HIGH = "high"
    LOW = "low"


class Kind(StrEnum):
    """What an entry shows.

    A wall, an error page in the words of its site or in those of any site, a domain for
    sale, or the page itself.
    """

    WALL = "wall"
    ERROR_PAGE = "error_page"
    NOT_FOUND = "not_found"
    PARKED = "parked"
    ALIVE = "alive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One entry: the words, where to look for them, and what they mean for a reader.

    `hosts` scopes it; empty means any host. `expression` is what finds it in folded text, and
    `example` is text that it must match: the words themselves unless the entry is a pattern.
    """

    kind: Kind
    place: Place
    example: str
    expression: str
    reason: Reason
    hosts: tuple[str, ...]
    language: str
    source: Source
    confidence: Confidence
    pack: str

    @property
    def name(self) -> str:
        """What the catalog calls it as evidence: its pack and its words."""
        return f"{self.pack}: {self.example}"

    @property
    def pattern(self) -> re.Pattern[str]:
        """The compiled expression."""
        return _compiled(self.expression)

    def found_in(self, text: str) -> str:
        """Return the part of folded *text* that it matches, or an empty string."""
        found = self.pattern.search(text)
        return found[0] if found else ""


def fold(text: str) -> str:
    """Return *text* as phrases are compared: one width, one case, one space, a block a line.

    Chinese is compared in simplified characters.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    lines = [" ".join(line.split()) for line in text.casefold().splitlines()]
    return "\n".join(filter(None, lines))


@cache
def phrases() -> tuple[Phrase, ...]:
    """Return all entries of all packs; a faulty pack raises `ValueError` with its name."""
    packs = sorted(
        files("crawler.phrases").joinpath("packs").iterdir(), key=lambda path: path.name
    )
    return tuple(
        phrase
        for pack in packs
        if pack.name.endswith(".toml")
        for phrase in _pack(
            pack.name.removesuffix(".toml"), tomllib.loads(pack.read_text("utf-8"))
        )
    )


def scope_of(host: str) -> str:
    """Return the host or the part of its name that entries are scoped to; empty for most."""
    while host:
        if host in _scopes():
            return host
        host = host.partition(".")[2]
    return ""


@cache
def phrases_for(scope: str, kind: Kind, place: Place) -> tuple[Phrase, ...]:
    """Return the entries of one kind and place for a *scope*, its own before those for any."""
    fitting = [
        phrase
        for phrase in phrases()
        if phrase.kind is kind and phrase.place is place and _covers(phrase.hosts, scope)
    ]
    return tuple(sorted(fitting, key=lambda phrase: not phrase.hosts))


def any_of(scope: str, kind: Kind, place: Place, text: str) -> re.Pattern[str]:
    """Return what matches all of *text*, or its beginning, where one of the entries would.

    Most texts need no other look. Entries in a script that it does not begin with are left out.
    """
    wide = WIDE.search(text)
    is_mixed = wide is not None and _LATIN.search(text) is not None
    return _union(scope, kind, place, None if is_mixed else wide is not None)


@cache
def _union(scope: str, kind: Kind, place: Place, is_wide: bool | None) -> re.Pattern[str]:
    expressions = [
        phrase.expression
        for phrase in phrases_for(scope, kind, place)
        if is_wide is None or is_wide is (phrase.language in _WIDE_LANGUAGES)
    ]
    return re.compile("|".join(f"(?:{expression})" for expression in expressions))


@cache
def _scopes() -> frozenset[str]:
    return frozenset(host for phrase in phrases() for host in phrase.hosts)


def _covers(hosts: tuple[str, ...], host: str) -> bool:
    return not hosts or any(host == name or host.endswith("." + name) for name in hosts)


_KEYS: Final = frozenset(
    {"words", "pattern", "example", "kind", "place", "reason", "hosts"}
    | {"language", "source", "confidence"}
)
_PART: Final = re.compile(r"\(\?&(\w+)\)")


def _pack(file: str, document: Mapping[str, Any]) -> Iterator[Phrase]:
    """Yield the entries of one pack; what its head says holds for entries that say nothing.

    Patterns may share parts, which the pack's table `parts` names: `(?&thing)` stands for
    that of `thing`.
    """
    pack = file.removesuffix(".toml")
    parts = document.get("parts", {})
    common = {key: value for key, value in document.items() if key in _KEYS}
    for entry in document.get("phrase", ()):
        given = common | entry
        if unknown := given.keys() - _KEYS:
            raise ValueError(f"{pack}: unknown keys {sorted(unknown)} in {entry}")
        if "pattern" in given:
            given |= {"pattern": _assembled(pack, given["pattern"], parts)}
        yield _phrase(pack, given)


def _assembled(pack: str, pattern: str, parts: Mapping[str, str]) -> str:
    """Return *pattern* with the *parts* that it names written out, and those that they name."""
    while found := _PART.search(pattern):
        if found[1] not in parts:
            raise ValueError(f"{pack}: no part is called {found[1]}: {pattern}")
        pattern = pattern.replace(found[0], f"(?:{parts[found[1]]})")
    return pattern


def _phrase(pack: str, given: Mapping[str, Any]) -> Phrase:
    place = Place(given.get("place", Place.TEXT))
    example = given.get("example", given.get("words", ""))
    if ("words" in given) == ("pattern" in given) or not example:
        raise ValueError(
            f"{pack}: an entry has either words, or a pattern and an example: {given}"
        )
    kind = Kind(given["kind"])
    return Phrase(
        kind=kind,
        place=place,
        example=example,
        expression=_expression(given.get("words"), given.get("pattern"), place),
        reason=Reason.OK if kind is Kind.ALIVE else Reason(given["reason"]),
        hosts=tuple(given.get("hosts", ())),
        language=given.get("language", ""),
        source=Source(given["source"]),
        confidence=Confidence(given.get("confidence", Confidence.HIGH)),
        pack=pack,
    )


def _expression(words: str | None, pattern: str | None, place: Place) -> str:
    """Return what finds *words* whatever the punctuation between them, or *pattern*."""
    if words is None:
        return (pattern or "").translate(_PLAIN)
    if place in (Place.SOURCE, Place.ADDRESS, Place.HEADER):
        return re.escape(words)
    parts = [re.escape(part) for part in re.split(r"[\W_]+", fold(words)) if part]
    return r"[\W_]*".join(parts)


@cache  # when it is needed: all of them would take a process long to begin with
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)
