"""Read what follows the `]` of a link: its target as CommonMark has it, or as it was meant."""

import re
from dataclasses import dataclass
from typing import Final

from markdown_it.common.utils import unescapeAll

from crawler.reading.bare import GLUED, LONGEST, bare_addresses

# CommonMark allows no deeper nesting to be followed either.
_DEEPEST: Final = 32

_TITLE: Final = r"(?:\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|\((?:[^()\\]|\\.)*+\))"
_PLAIN: Final = re.compile(
    r"\([ \t\n]*+(?:<(?P<bracketed>[^<>\n]*+)>|(?P<url>[^\s()<>（）][^\s()（）]*+)?)"
    rf"(?:[ \t\n]++{_TITLE})?[ \t\n]*+\)",
    re.DOTALL,
)
_NESTED_OPEN: Final = re.compile(r"\([ \t\n]*+(?=[^\s<])")
_NESTED: Final = re.compile(r"\\[!-/:-@\[-`{-~]|[()（）\s]")
_NESTED_CLOSE: Final = re.compile(rf"(?:[ \t\n]++{_TITLE})?[ \t\n]*+\)", re.DOTALL)

# A target that no parser follows and every reader does. What stands between must be plainly
# an address, since brackets and parentheses meet in prose too.
_LOOSE_OPEN: Final = re.compile(
    r"(?:[ \t]*+\n?[ \t]*+[(（]{1,2}|[〔［【])[ \t\n\u3000<“\"]*+"
    r"(?=(?:https?|ftp)(?:[:：;]|//)|www\.)",
    re.IGNORECASE,
)
# What a site generator fills in: `{{ site.links.pull }}`, `{% post_url 2020-01-02-x %}`.
_TEMPLATE: Final = re.compile(
    r"\([ \t]*+(?P<url>[^\s(){}]*+(?:\{\{[^{}\n]*+\}\}|\{%[^{}\n]*+%\})[^\s()]*+)[ \t]*+\)"
)
_LOOSE_PATH: Final = re.compile(
    r"\([ \t]*+(?P<url>[^\s()<>:]*[./][^\s()<>:]*(?:[ \t]+[^\s()<>\"':]+)+)[ \t]*+\)"
)
_NEXT: Final = re.compile(r"\n|\][ \t]*[(（]")
_CLOSES: Final = {"(": ")", "（": "）"}
_LOOSE_BRACKET: Final = re.compile(r"[()（）〕］】]")
_SCHEME_APART: Final = re.compile(r"(?:https?|ftp):(?://)?[ \t]+[\w-]+\.\S+", re.IGNORECASE)
# What shows that an address goes on after a space that slipped into it.
_GOES_ON: Final = re.compile(r"[/=_&?.:%-]$")
_PATH_LIKE: Final = re.compile(r"[!-~]*[/.=_%-][!-~]*[^.,;:!?]")
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)
# What surrounds an address and nobody sees; the control characters are debris of copying.
_INVISIBLE: Final = "".join(map(chr, range(33))) + "\x7f\xa0\u200b\u200c\u200d\u2060\u3000\ufeff"
_QUOTES: Final = "“”‘’\"'<>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The target of a link: its addresses, each with its offset, and the offset after it all.

    There is more than one address only where two were glued together.
    """

    addresses: tuple[tuple[str, int], ...]
    end: int


def target_after(text: str, at: int) -> Target | None:
    """Return the target that stands in *text* at *at*, just after a link's `]`, or None."""
    opening = text[at : at + 1]
    if opening == "(":
        return _plain(text, at) or _nested(text, at) or _loose_path(text, at) or _loose(text, at)
    if opening and opening in "（〔［【 \t\n":
        return _loose(text, at)
    return None


def _plain(text: str, at: int) -> Target | None:
    """Return the target without parentheses inside, by far the commonest."""
    found = _PLAIN.match(text, at)
    if found is None:
        return None
    group = "bracketed" if found["bracketed"] is not None else "url"
    start = found.start(group) if found[group] is not None else at + 1
    return _target(found[group] or "", start, found.end())


def _nested(text: str, at: int) -> Target | None:
    """Return the target that has balanced parentheses inside, or a full-width one at its end."""
    opened = _NESTED_OPEN.match(text, at)
    if opened is None:
        return None
    start = opened.end()
    inner: list[str] = []
    for found in _NESTED.finditer(text, start, start + LONGEST):
        mark, here = found[0], found.start()
        if mark in _CLOSES:
            inner.append(_CLOSES[mark])
        elif mark in ")）" and mark in inner[-1:]:
            inner.pop()
        elif mark == "）" and not inner:
            return _target(text[start:here], start, found.end())
        elif mark == ")" or (mark.isspace() and not inner):
            closed = _NESTED_CLOSE.match(text, here)
            return _target(text[start:here], start, closed.end()) if closed else None
        elif mark.isspace():
            return None
        if len(inner) > _DEEPEST:
            return None
    return None


def _target(written: str, start: int, end: int) -> Target:
    """Return the target of what was *written* at *start*, apart from needless wrapping."""
    bare = written.lstrip(_INVISIBLE)
    written, start = bare.rstrip(_INVISIBLE), start + len(written) - len(bare)
    while written[:1] == "(" and written[-1:] == ")":
        written, start = written[1:-1], start + 1
    if written[:1] and written[0] in "“‘":
        written, start = written[1:].rstrip(_QUOTES), start + 1
    written = written.partition('"')[0] if "://" in written else written  # a title glued to it
    glued = GLUED.search(written, 1) if _WEB.match(written) else None
    pieces = [written[: glued.start()], written[glued.start() :]] if glued else [written]
    addresses = []
    for piece in pieces:
        trimmed = piece.rstrip(",;，；、") if glued else piece
        addresses.append((unescapeAll(trimmed), start))
        start += len(piece)
    return Target(addresses=tuple(addresses), end=end)


def _loose_path(text: str, at: int) -> Target | None:
    """Return the path within the archive that has spaces in it, such as `(my notes.md)`."""
    if found := _TEMPLATE.match(text, at):
        return Target(addresses=((found["url"], found.start("url")),), end=found.end())
    found = _LOOSE_PATH.match(text, at)
    if found is None or not _PATH_LIKE.fullmatch(found["url"].split()[-1]):
        return None
    return Target(addresses=((unescapeAll(found["url"]), found.start("url")),), end=found.end())


def _loose(text: str, at: int) -> Target | None:
    opened = _LOOSE_OPEN.match(text, at)
    if opened is None:
        return None
    start = opened.end()
    # A target ends with its line, or where the next link has its own.
    ends = _NEXT.search(text, start, start + LONGEST)
    line_end = ends.start() if ends else min(len(text), start + LONGEST)
    close = _closing(text, start, line_end)
    inner = text[start : line_end if close is None else close].rstrip()
    after = start + len(inner) if close is None else close + len(_closers(text, close))
    if close is not None and _SCHEME_APART.fullmatch(inner):
        return Target(addresses=((inner, start),), end=after)
    found = list(bare_addresses(text, start, start + len(inner)))
    if not found or found[0].start != start:
        return None
    if close is None:
        return Target(addresses=((found[0].url, start),), end=found[0].end)
    if len(found) > 1:
        return Target(addresses=tuple((one.url, one.start) for one in found), end=after)
    url = inner.rstrip(_QUOTES) if _is_all_address(inner, found[0].url) else found[0].url
    return Target(addresses=((url, start),), end=after)


def _closing(text: str, start: int, stop: int) -> int | None:
    """Return where the first bracket closes that was not opened after *start*."""
    depth = 0
    for found in _LOOSE_BRACKET.finditer(text, start, stop):
        if found[0] in "(（":
            depth += 1
        elif depth == 0:
            return found.start()
        else:
            depth -= 1
    return None


def _closers(text: str, at: int) -> str:
    """Return the closing bracket at *at*, both where it is doubled like its opening."""
    return text[at : at + 2] if text[at : at + 2] in ("))", "））") else text[at]


def _is_all_address(inner: str, address: str) -> bool:
    """Return whether all of *inner* is meant as the address, with spaces that slipped in."""
    words = inner.split()
    if len(words) == 1:
        return True
    goes_on = _GOES_ON.search(words[0]) and words[0].startswith(address)
    return bool(goes_on) or all(_PATH_LIKE.fullmatch(word) for word in words[1:])
