"""Drift: a page that answers, but is no longer the page that the archive speaks of."""

from dataclasses import dataclass
from typing import Final

from crawler.pages.fingerprint import distance, tokens
from crawler.phrases.phrasebook import fold
from crawler.verdict.parked import SQUATTERS

# Words that any title may have: sharing one of them is no kinship.
_COMMON: Final = frozenset(
    """
    the and for with from that this are was you your how what why when not can all new now its
    has have into more most than our out via using use based home page site blog news index
    welcome www com org net html http https github open source
    首页 官网 主页 网站 博客 新闻 我们 一个 一种 如何 怎么 什么 可以 进行 最新 关于 发布 文章
    开源 项目
    """.split()  # noqa: SIM905 (a list of sixty literals is not easier to read)
)

# Of 64 bits: two texts that have next to nothing in common differ in about half of them.
_UNLIKE: Final = 20
_LEAST: Final = 0.2
_ENOUGH: Final = 3
_GLANCE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the archive says of a link: the titles of its items, its texts, its page at first."""

    texts: tuple[str, ...]
    first_title: str = ""
    first_fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page calls itself now, and what else it says at its top."""

    names: tuple[str, ...]
    lead: str = ""
    fingerprint: str = ""


def drift(expected: Expected, shown: Shown) -> str:
    """Return in a sentence how the page drifted from what was linked; empty where it did not.

    Only what can be compared is: an item in Chinese says nothing against a page in
    English, unless both name something in Latin letters.
    """
    names = [name for name in shown.names if name.strip()]
    if not names or not any(expected.texts):
        return ""
    said = "\n".join(expected.texts)
    if (found := SQUATTERS.search(names[0].lower())) and not SQUATTERS.search(said.lower()):
        return f"the domain seems to have changed hands: «{found[0]}» in its title «{names[0]}»"
    ours, theirs = _words(said), _words("\n".join(names))
    if ours & theirs or _is_told(ours, shown.lead):
        return ""
    first = expected.first_title
    first_words = _words(first)
    was_kin = not first or bool(first_words & theirs)
    if not was_kin and distance(expected.first_fingerprint, shown.fingerprint) >= _UNLIKE:
        return f"its title was «{first}» and is «{names[0]}»"
    if was_kin and first_words & ours:
        return ""
    if not _are_comparable(ours, theirs | _words(shown.lead[:_GLANCE])):
        return ""
    return f"its title «{names[0]}» has nothing of «{max(expected.texts, key=len)}»"


def _is_told(words: set[str], lead: str) -> bool:
    """Whether what *lead* says has a good part of *words*."""
    lead = fold(lead)
    return sum(word in lead for word in words) >= max(1, _LEAST * len(words))


def _are_comparable(ours: set[str], theirs: set[str]) -> bool:
    """Whether both are in one writing, with enough words to miss the other's in them."""
    return any(
        sum(word.isascii() is is_latin for word in ours) >= _ENOUGH
        and sum(word.isascii() is is_latin for word in theirs) >= _ENOUGH
        for is_latin in (True, False)
    )


def _words(text: str) -> set[str]:
    """Return the words of *text* that tell something; CJK writing in pairs."""
    return {
        word
        for word in tokens(fold(text))
        if word not in _COMMON and len(word) > 1 + word.isascii() and not word.isdigit()
    }
