"""The source of a page as a whole: how browsers take it, and which words stand anywhere in it."""

from functools import cache
from threading import Lock
from typing import Final

from hyperscan import HS_FLAG_CASELESS, HS_FLAG_SINGLEMATCH, Database

from catalog.forges import FORGES
from crawler.phrases.phrasebook import Place, phrases

# What `body` asks about elements, if it is worth asking at all.
HIDING: Final = frozenset(
    {"hidden", "display:", "display :", "weui-toptips", "weui_toptips", "player-unavailable"}
)
TELLING: Final = frozenset({"404", "found", "error", "articlebody"})
# Where a framework's script puts the page, whatever the server has put there before.
MOUNTS: Final = frozenset(
    f"id={quote}{name}{quote}"
    for name in ("root", "app", "__next", "__nuxt", "___gatsby", "svelte", "q-app")
    for quote in ('"', "'")
) | {"<app-root", "ng-version=", "data-reactroot", "data-server-rendered", "id=root>", "id=app>"}
# What frameworks write into the error pages that they build, whatever these show and whatever
# status they come with.
ERROR_PAGES: Final = frozenset(
    {
        '"page":"/404","query"',
        '"statuscode":404}},"page":"/_error"',
        'data-dgst="next_not_found"',
        'data-dgst="next_http_error_fallback;404"',
        'window.pagepath="/404.html"',
        'window.pagepath="/404/"',
    }
)
# What pages about a paper say of its file.
FILES: Final = frozenset({"citation_pdf_url"})
# What scripts of WeChat say of an article, for `head` to read.
WECHAT: Final = frozenset(
    {"var msg_title", "var nickname", "var ct", "transfertargetlink", "transfer_target_link"}
)

# To browsers an end is none while there is more to come; our parser would stop there.
_ENDS: Final = ("</html>", "</HTML>")
_BEGINNINGS: Final = ("<html", "<HTML")
# In characters: what may stand above a page, such as a comment.
_ABOVE: Final = 2_000

# A database has room for one search, and searches let other threads run.
_SEARCHING: Final = Lock()


def without_early_ends(text: str) -> str:
    """Return the page *text* with nothing that says that it ended before it did.

    Pages are put together from others, and `<html lang="en" />` is on every page of some sites.
    """
    for end in _ENDS:
        at = text.find(end)
        if at >= 0 and text[at + len(end) :].strip():
            text = text.replace(end, "")
    for beginning in _BEGINNINGS:
        at = text.find(beginning, 0, _ABOVE)
        end_of_tag = text.find(">", at) if at >= 0 else -1
        if end_of_tag > 0 and text[end_of_tag - 1] == "/":
            text = text[: end_of_tag - 1] + text[end_of_tag:]
    return text


def words_in(source: bytes) -> frozenset[str]:
    """Return which words, of those that anybody here asks for, *source* has in any case.

    All of them are looked for in one pass: one by one they would cost as much as all else
    that is done with a page.
    """
    words, database = _database()
    found: list[int] = []
    with _SEARCHING:
        database.scan(source, match_event_handler=lambda word, *_: found.append(word))
    return frozenset(words[word] for word in found)


@cache
def _database() -> tuple[tuple[str, ...], Database]:
    phrasebook = {phrase.example.lower() for phrase in phrases() if phrase.place is Place.SOURCE}
    ours = FORGES.keys() | HIDING | TELLING | MOUNTS | ERROR_PAGES | FILES | WECHAT
    words = tuple(sorted(phrasebook | ours))
    database = Database()
    database.compile(
        expressions=[word.encode() for word in words],
        ids=range(len(words)),
        flags=HS_FLAG_CASELESS | HS_FLAG_SINGLEMATCH,
        literal=True,
    )
    return words, database
