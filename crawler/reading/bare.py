"""Find the addresses that stand bare in running text, and where each one ends.

The rules are those of a reader of Chinese prose: the comma of the sentence is not part of the
address before it, and a closing bracket is only where it was opened inside.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from unicodedata import category

from linkify_it import LinkifyIt
from linkify_it.tlds import TLDS

# What ends an address wherever it stands: white space, what is invisible, quotes, and the
# punctuation of Chinese and Japanese. CJK letters do not: they may belong to the path.
STOPS: Final = (
    r"\s\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff<>\"`|\\"
    "，。、；：！？…—“”‘’《》〈〉「」『』【】〔〕〖〗｛｝［］｜＂＇＜＞"
)
# Longer than any address that works; it keeps the reading of nonsense linear.
LONGEST: Final = 2048

# Slips of the hand that every reader sees through: `http:/x.org`, `https//x.org`.
_SLIP: Final = (
    r"(?<![a-z0-9+.:/-])https?(?::/|//|:|：//|;//|:\\\\)(?=[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2})"
)
_WITH_SCHEME: Final = re.compile(
    rf"(?:(?:https?|ftp)://|{_SLIP})(?:[^{STOPS}]|\\(?=[!-/:-@\[-`{{-~])){{1,{LONGEST}}}",
    re.IGNORECASE,
)
_WITHOUT_SCHEME: Final = re.compile(
    r"(?<![A-Za-z0-9_@./:=&?%#+~\\$-])"
    r"(?P<host>(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,24})"
    rf"(?![A-Za-z0-9_@-])(?P<rest>(?::\d{{2,5}})?(?:/[^{STOPS}]{{0,{LONGEST}}})?)"
)
_HINT: Final = re.compile(r"www\.|\.[a-z]{2,24}(?::\d+)?/", re.IGNORECASE)

_DEEPEST: Final = 16  # brackets in brackets that are still an address
_BRACKETS: Final = {"(": ")", "[": "]", "{": "}", "（": "）"}
_BRACKET: Final = re.compile(r"[()\[\]{}（）]")
_TRAILING: Final = frozenset(".,;:!?*_~'\"\\·～")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_ENTITY: Final = re.compile(r"&(?:nbsp|lt|gt|quot|[lr][ds]quo|hellip|mdash|ensp|emsp);")
# Another address glued to the first; after `/` or `=` it is an address within the address.
GLUED: Final = re.compile(r"(?<=[^/=?&:#%+@!(\[{*_~.'$-])(?:https?|ftp)://", re.IGNORECASE)
_PLACEHOLDER: Final = re.compile(
    r"<(?!/?(?:a|abbr|b|big|br|center|code|del|div|em|font|hr|i|img|kbd|li|mark|ol|p|pre|q|s"
    r"|small|span|strong|sub|sup|table|tbody|td|th|tr|tt|u|ul|wbr)\b)[\w][\w .-]*>",
    re.IGNORECASE,
)
_HAS_HOST: Final = re.compile(r"[a-z]+\W{1,4}\w", re.IGNORECASE)
# Endings of file names that are countries too: `README.md/…` is no site in Moldova.
_FILE_ENDINGS: Final = frozenset({"cc", "md", "mm", "pl", "ps", "py", "rs", "sh", "so"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BareAddress:
    """An address in running text, from `start` up to `end`.

    `url` is what a reader would visit: without escapes, and with the scheme that a browser
    supplies where none is written. `optional` marks one that may be meant as a name, such as
    `example.cn/js`.
    """

    start: int
    end: int
    url: str
    optional: bool = False


def bare_addresses(text: str, start: int = 0, stop: int | None = None) -> Iterator[BareAddress]:
    """Yield the addresses that stand in *text* from *start* up to *stop*, in their order."""
    stop = len(text) if stop is None else stop
    position = start
    while position < stop:
        found = _WITH_SCHEME.search(text, position, stop)
        yield from _schemeless(text, position, found.start() if found else stop)
        if found is None:
            return
        end = _end(text, found.start(), found.end())
        position = max(end, found.start() + 4)
        if _is_address(text, found.start(), end):
            url = _ESCAPED.sub(r"\1", text[found.start() : end])
            yield BareAddress(start=found.start(), end=end, url=url)


def whole_address(text: str) -> str:
    """Return *text* where all of it is one address (its scheme may be missing), else nothing."""
    text = text.strip()
    for found in bare_addresses(text):
        return found.url if (found.start, found.end) == (0, len(text)) else ""
    return ""


def _schemeless(text: str, start: int, stop: int) -> Iterator[BareAddress]:
    """Yield `www.…`, and `host/path` as optional, between *start* and *stop*."""
    if not _HINT.search(text, start, stop):
        return
    for found in _WITHOUT_SCHEME.finditer(text, start, stop):
        is_www = found["host"].lower().startswith("www.")
        if not is_www and not found["rest"].startswith(("/", ":")):
            continue
        end = _end(text, found.start(), found.end())
        url = "https://" + _ESCAPED.sub(r"\1", text[found.start() : end])
        if not _has_known_ending(found["host"]) or _is_template(text, end):
            continue
        if is_www:
            yield BareAddress(start=found.start(), end=end, url=url)
        elif end > found.end("host") + 1 and _reads_as_site(found["host"]):
            yield BareAddress(start=found.start(), end=end, url=url, optional=True)


def _reads_as_site(host: str) -> bool:
    """Return whether *host* before a slash is a site rather than a file or a product's name."""
    name, _, ending = host.rpartition(".")
    return ending.islower() and ("." in name or ending not in _FILE_ENDINGS)


@lru_cache(maxsize=4096)
def _has_known_ending(host: str) -> bool:
    """Return whether *host* ends like a site's name, in the eyes of linkify-it."""
    found = _LINKIFY.match(host)
    return bool(found) and found[0].text == host


def is_site(name: str) -> bool:
    """Return whether *name*, all of it, is the name of a site rather than a file's."""
    return (
        _WITHOUT_SCHEME.fullmatch(name) is not None
        and "/" not in name
        and _reads_as_site(name)
        and _has_known_ending(name)
    )


_LINKIFY: Final = LinkifyIt(options={"fuzzy_email": False}).tlds([name.lower() for name in TLDS])


def _is_address(text: str, start: int, end: int) -> bool:
    """Return whether a host follows the scheme, and nothing is left to fill in."""
    return bool(_HAS_HOST.match(text, start, end)) and not _is_template(text, end)


def _is_template(text: str, end: int) -> bool:
    return _PLACEHOLDER.match(text, end) is not None


def _end(text: str, start: int, end: int) -> int:
    """Return where the address that starts at *start* ends, at *end* at the latest."""
    marker = text[max(0, start - 2) : start]
    if marker in ("**", "__", "~~"):  # it stands in emphasis, which ends before it does
        closed = text.find(marker, start, end)
        end = closed if closed > start else end
    for pattern in (GLUED, _ENTITY):
        found = pattern.search(text, start + 1, end)
        end = found.start() if found else end
    end = _cut_at_bracket(text, start, end)
    while end > start and (text[end - 1] in _TRAILING or _is_symbol(text[end - 1])):
        end -= 1
    return end


def _cut_at_bracket(text: str, start: int, end: int) -> int:
    """Return where a bracket ends the address: closed but never opened, or never closed.

    A full-width bracket right after ASCII opens a remark on the address; after a CJK letter
    it may well be part of a title in the path.
    """
    opened: list[tuple[str, int]] = []
    for found in _BRACKET.finditer(text, start, end):
        bracket, at = found[0], found.start()
        if bracket in _BRACKETS:
            if bracket == "（" and text[at - 1].isascii():
                end = at
                break
            opened.append((_BRACKETS[bracket], at))
            if len(opened) > _DEEPEST:
                break
        elif opened and opened[-1][0] == bracket:
            opened.pop()
        else:
            end = at
            break
    return opened[0][1] if opened else end


def _is_symbol(character: str) -> bool:
    """Return whether *character* is an emoji, an arrow or the like."""
    return not character.isascii() and category(character) in ("So", "Sk", "Sm", "Mn", "Cf")
