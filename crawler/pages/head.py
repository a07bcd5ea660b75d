"""The head of an HTML page: what it says about itself."""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final

from lxml import etree

from catalog.json_text import said_in_json
from crawler.pages.addresses import web_address
from crawler.pages.source import WECHAT

_END: Final = re.compile(r"<body[\s>]|</head\s*>", re.IGNORECASE)
_LONGEST: Final = 200_000
_WITHOUT_END: Final = 20_000
_XML_DECLARATION: Final = re.compile(r"\s*<\?xml[^>]*>")
_WANTED: Final = ("html", "title", "meta", "link", "base", "script")
_PARSER: Final = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)

_ARTICLE_TYPES: Final = frozenset(
    {"Article", "NewsArticle", "BlogPosting", "TechArticle", "ScholarlyArticle", "Report"}
)
_DATE: Final = re.compile(r"((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_REFRESH: Final = re.compile(
    r"""^\s*(\d+)(?:\.\d*)?\s*[;,]?\s*(?:url\s*=\s*)?["']?([^"']*)""", re.IGNORECASE
)
# A longer delay leaves a reader the time to read: the page is meant to be seen.
_AT_ONCE: Final = 10

# WeChat keeps these in scripts of the body; titles are escaped for JavaScript.
_WECHAT_TITLE: Final = re.compile(r"""var msg_title\s*=\s*(?:'([^'\n]*)'|"([^"\n]*)")""")
_WECHAT_ACCOUNT: Final = re.compile(r"""var nickname\s*=\s*(?:htmlDecode\()?["']([^"'\n]*)["']""")
_WECHAT_TIME: Final = re.compile(r"""var ct\s*=\s*["'](\d{9,10})["']""")
_WECHAT_MOVED: Final = re.compile(
    r"""(?:transferTargetLink|transfer_target_link)\s*[=:]\s*["'](https?:[^"'\s]+)["']"""
)
_CHINA: Final = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a page's head says; each field empty where it says nothing."""

    title: str = ""
    tab_title: str = ""
    description: str = ""
    author: str = ""
    language: str = ""
    published: str = ""
    canonical: str = ""
    refresh: str = ""
    migrated_to: str = ""
    is_article: bool = False
    is_error: bool = False


def read_head(text: str, words: Set[str], url: str) -> Head:
    """Return what the head of the page *text*, found at *url*, says about it.

    *words* are those of `words_in` that stand in it.
    """
    elements = _elements(_head_of(text))
    script = "" if words.isdisjoint(WECHAT) else text
    meta = _meta(elements["meta"])
    told = _linked_data(elements["script"])
    tab_title = _words(next((title.text or "" for title in elements["title"]), ""))
    title = _words(meta.get("og:title", "")) or _wechat(_WECHAT_TITLE, script) or tab_title
    bases = (element.get("href") for element in elements["base"])
    base = web_address(url, next(filter(None, bases), "")) or url
    return Head(
        title=title,
        tab_title="" if tab_title == title else tab_title,
        description=_words(meta.get("description", "") or meta.get("og:description", "")),
        author=_author(meta, told, script),
        language=_language(elements["html"], meta),
        published=_published(meta, told, script),
        canonical=web_address(base, _canonical(elements["link"])),
        refresh=_refresh(elements["meta"], base, url),
        migrated_to=_migrated_to(script, url),
        is_article=bool(told) or meta.get("og:type", "").lower() in ("article", "blog", "video"),
        is_error=meta.get("prerender-status-code", "") in ("404", "410"),
    )


def day(text: str) -> str:
    """Return the first date in *text* as ISO 8601, empty where there is none that exists."""
    found = _DATE.search(text)
    if not found:
        return ""
    try:
        return date(*(int(part) for part in found.groups())).isoformat()
    except ValueError:  # the 31st of June
        return ""


def _head_of(text: str) -> str:
    start = _XML_DECLARATION.match(text)
    begin = start.end() if start else 0
    end = _END.search(text, begin, begin + _LONGEST)
    return text[begin : end.start() if end else begin + _WITHOUT_END]


def _elements(head: str) -> dict[str, list[etree._Element]]:
    """Return the elements of *head* that say something, by their names."""
    found: dict[str, list[etree._Element]] = {name: [] for name in _WANTED}
    try:
        root = etree.fromstring(head.encode("utf-8", "replace"), _PARSER) if "<" in head else None
    except etree.XMLSyntaxError:  # nothing that could be an element
        root = None
    if root is not None:
        for element in root.iter(*_WANTED):
            found[element.tag].append(element)
    return found


def _words(text: str) -> str:
    return " ".join(text.split())[:1000]


def _meta(elements: Sequence[etree._Element]) -> dict[str, str]:
    """Return the page's meta elements by name, the first of each that says anything."""
    found: dict[str, str] = {}
    for element in elements:
        content = (element.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (element.get(attribute) or "").lower()
            if name and content:
                found.setdefault(name, content)
    return found


def _linked_data(scripts: Sequence[etree._Element]) -> dict[str, Any]:
    """Return the first article that the page describes in JSON-LD."""
    for script in scripts:
        if script.get("type") != "application/ld+json":
            continue
        try:
            document = said_in_json(script.text or "")
        except ValueError:  # anybody may write anything there
            continue
        for thing in _things(document):
            kinds = thing.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(kind, str) and kind in _ARTICLE_TYPES for kind in kinds):
                return thing
    return {}


def _things(document: object) -> Iterator[dict[str, Any]]:
    """Yield what a JSON-LD document describes, to the depth that sites use."""
    for thing in document if isinstance(document, list) else [document]:
        if isinstance(thing, dict):
            yield thing
            graph = thing.get("@graph")
            if isinstance(graph, list):
                yield from (inner for inner in graph if isinstance(inner, dict))


def _author(meta: dict[str, str], told: dict[str, Any], text: str) -> str:
    author = told.get("author")
    author = author[0] if isinstance(author, list) and author else author
    name = author.get("name") if isinstance(author, dict) else author
    if account := _wechat(_WECHAT_ACCOUNT, text):
        return account
    candidates = (meta.get("author"), name, meta.get("article:author"), meta.get("og:site_name"))
    for candidate in candidates:
        if isinstance(candidate, str) and candidate.strip() and "://" not in candidate:
            return _words(candidate)[:200]
    return ""


def _published(meta: dict[str, str], told: dict[str, Any], text: str) -> str:
    names = ("article:published_time", "datepublished", "pubdate", "publishdate", "date")
    given = [meta[name] for name in names if name in meta] + [told.get("datePublished")]
    for candidate in given:
        if isinstance(candidate, str) and (found := day(candidate)):
            return found
    if seconds := _wechat(_WECHAT_TIME, text):
        return datetime.fromtimestamp(int(seconds), UTC).astimezone(_CHINA).date().isoformat()
    return ""


def _language(roots: Sequence[etree._Element], meta: dict[str, str]) -> str:
    told = next((root.get("lang") for root in roots if root.get("lang")), "")
    told = told or meta.get("content-language", "") or meta.get("og:locale", "")
    found = re.match(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*", told.strip())
    return found[0].replace("_", "-") if found else ""


def _canonical(links: Sequence[etree._Element]) -> str:
    for link in links:
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href"):
            return str(link.get("href"))
    return ""


def _refresh(elements: Sequence[etree._Element], base: str, url: str) -> str:
    """Return where a meta refresh sends everybody: one in `<noscript>` is for few."""
    for element in elements:
        if (element.get("http-equiv") or "").lower() != "refresh":
            continue
        if next(element.iterancestors("noscript"), None) is None:
            return refresh_target(element.get("content") or "", base, url)
    return ""


def refresh_target(content: str, base: str, url: str) -> str:
    """Return where a refresh of *content* (`0; url=/new`) leads from *url* at once, if it does."""
    found = _REFRESH.match(content)
    if not found or int(found[1][:6]) > _AT_ONCE:
        return ""
    target = web_address(base, found[2])
    return "" if target.partition("#")[0] == url.partition("#")[0] else target


def _migrated_to(text: str, url: str) -> str:
    """Return where a WeChat account that moved has the article now."""
    if "://mp.weixin.qq.com/" not in url:
        return ""
    return web_address(url, _wechat(_WECHAT_MOVED, text).replace("&amp;", "&"))


def _wechat(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    if not found:
        return ""
    return _words(next((group for group in found.groups() if group), ""))
