"""Bytes to `Page`: what a reader would see, and what the page says about itself."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import chain, islice
from typing import Final

from catalog.forges import FORGES, repository_at
from catalog.json_text import said_in_json
from catalog.records import Page, RepoName
from crawler.pages.addresses import FILE, Address, web_address
from crawler.pages.body import Body, read_body
from crawler.pages.charset import decode
from crawler.pages.fingerprint import fingerprint
from crawler.pages.head import Head, read_head, refresh_target
from crawler.pages.source import ERROR_PAGES, FILES, MOUNTS, without_early_ends, words_in
from crawler.phrases.phrasebook import Kind, Place, phrases_for, scope_of

HTML_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
_TEXT_TYPES: Final = re.compile(r"text/|application/(?:[\w.-]+\+)?(?:json|xml|javascript)$")

# What files begin with, whatever their servers call them.
_MAGIC: Final = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x89PNG\r\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x1f\x8b", "application/gzip"),
    (b"Rar!\x1a", "application/vnd.rar"),
    (b"7z\xbc\xaf'\x1c", "application/x-7z-compressed"),
)
_LOOKS_HTML: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*+<(?:!doctype\s+html|html|head|body|title|meta|script)\b",
    re.IGNORECASE | re.DOTALL,
)

_LEAD: Final = 2_000
_MOST_REPOS: Final = 30
# Articles on WeChat cannot link elsewhere: they print the address.
_PRINTED_REPO: Final = re.compile(
    r"(?<![\w.@/-])(?:https?://)?(?:www\.)?(?:"
    + "|".join(re.escape(host) for host in FORGES)
    + r")/[\w.-]+/[\w.-]*[\w-]",
    re.IGNORECASE | re.ASCII,
)
_SCRIPT: Final = re.compile(r"<script\b[^>]*>(.*?)</script", re.IGNORECASE | re.DOTALL)
_SENT_BY_SCRIPT: Final = re.compile(
    r"""\blocation(?:\.href|\.pathname)?\s*=\s*["']([^"'\s]{1,500})["']
      | \blocation\.(?:replace|assign)\(\s*["']([^"'\s]{1,500})["']\s*\)""",
    re.VERBOSE,
)

# What old sites say of a page that is not there, before a script goes back.
_SAID_BY_SCRIPT: Final = re.compile(
    r"""\b(?:alert|confirm|msg|toast|showmsg|showmessage|document\.write(?:ln)?)
        \(\s*(?:"((?:\\.|[^"\\\n]){1,1000})"|'((?:\\.|[^'\\\n]){1,1000})')\s*[,)]""",
    re.VERBOSE | re.IGNORECASE,
)
_BREAK: Final = re.compile(r"<[^>]*>|\\[nrt]")


def read_page(body: bytes, headers: Mapping[str, str], url: str, *, truncated: bool) -> Page:
    """Return the page that *body*, with its *headers*, shows at *url*.

    *headers* have names in lower case. *truncated* says that there was more than was
    read. Never raises, whatever the bytes: a page that cannot be read has no words.
    """
    content_type = media_type(body, headers.get("content-type", ""))
    if content_type in HTML_TYPES:
        return _html(body, headers, url, content_type, truncated=truncated)
    if _TEXT_TYPES.match(content_type):
        return _text(body, headers, content_type, truncated=truncated)
    return Page(content_type=content_type, truncated=truncated)


def media_type(body: bytes, declared: str) -> str:
    """Return the type of *body*: its first bytes where they contradict what is *declared*."""
    name = declared.partition(";")[0].strip().lower()
    for magic, kind in _MAGIC:
        if body.startswith(magic):
            return kind if name in HTML_TYPES or not name else name
    is_vague = not name or name in ("text/plain", "application/octet-stream", "application/pdf")
    if is_vague and _LOOKS_HTML.match(body[:4096]):
        return "text/html"
    return name or ("text/plain" if body and b"\x00" not in body[:1024] else "")


def _html(
    raw: bytes, headers: Mapping[str, str], url: str, content_type: str, *, truncated: bool
) -> Page:
    text, charset = _decoded(raw, headers)
    text = without_early_ends(text)
    source = text.encode("utf-8", "replace")
    words = words_in(source)
    body = read_body(source, words, to_the_end=not words.isdisjoint(FORGES))
    head = read_head(text, words, url)
    _say_aloud(text, body)
    address = Address.of(url)
    refresh = head.refresh or refresh_target(headers.get("refresh", ""), url, url)
    return Page(
        content_type=content_type,
        charset=charset,
        title=head.title,
        tab_title=head.tab_title,
        heading=body.heading[:500],
        lead=body.lead,
        text_length=body.text_length,
        prose_length=body.prose_length,
        description=head.description[:500],
        author=head.author,
        language=head.language,
        published=head.published,
        canonical=head.canonical,
        fingerprint=fingerprint(body.text),
        markers=_markers(text, words, address, head, body),
        repos=_repos(body, words, address),
        refresh=refresh,
        script_target=_script_target(text, url, body),
        migrated_to=head.migrated_to,
        truncated=truncated,
    )


def _text(raw: bytes, headers: Mapping[str, str], content_type: str, *, truncated: bool) -> Page:
    """Return a page of plain text, JSON or XML: its words, without a judgement on markup."""
    text, charset = _decoded(raw, headers)
    if content_type.endswith("json") and "\\u" in text[:_LEAD]:
        text = _unescaped(text)
    visible = "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
    return Page(
        content_type=content_type,
        charset=charset,
        lead=visible[:_LEAD],
        text_length=len(visible),
        fingerprint=fingerprint(visible),
        truncated=truncated,
    )


def _decoded(raw: bytes, headers: Mapping[str, str]) -> tuple[str, str]:
    """Return the text of a page, without the NULs that would end it elsewhere, and its charset."""
    text, charset = decode(raw, headers.get("content-type", ""))
    return text.replace("\x00", ""), charset


def _unescaped(text: str) -> str:
    """Return JSON with its escapes written out; unchanged where it is none."""
    try:
        return json.dumps(said_in_json(text), ensure_ascii=False)
    except ValueError:
        return text


def _markers(
    text: str, words: Set[str], address: Address, head: Head, body: Body
) -> tuple[str, ...]:
    """Return how the page is built, and which entries of the phrasebook its source holds."""
    scope = scope_of(address.host)
    found = set(body.structure)
    if head.is_article:
        found.add("article")
    if head.is_error or not words.isdisjoint(ERROR_PAGES):
        found.add("error page")
    if not words.isdisjoint(MOUNTS):
        found.add("app")
    if not words.isdisjoint(FILES):
        found.add("viewer")
    found.update(_offers(address, body))
    for kind in Kind if words else ():
        found.update(
            phrase.name
            for phrase in phrases_for(scope, kind, Place.SOURCE)
            if phrase.example.lower() in words and phrase.example in text
        )
    return tuple(sorted(found))


def _offers(address: Address, body: Body) -> set[str]:
    """Return what a page under the address of a file links to: that file, or another one."""
    asked = FILE.search(address.path)
    if not asked:
        return set()
    offered = [FILE.search(Address.of(href).path) for href in body.hrefs]
    names = {file[0] for file in offered if file}
    return {"viewer"} if asked[0] in names else {"download"} if names else set()


def _repos(body: Body, words: Set[str], address: Address) -> tuple[RepoName, ...]:
    """Return the repositories that the page itself points to, menus and footers aside."""
    if words.isdisjoint(FORGES) or address.host.removeprefix("www.") in FORGES:
        return ()
    printed = (match[0] for match in _PRINTED_REPO.finditer(body.text))
    found = _distinct(chain(dict.fromkeys(body.hrefs), printed))
    return tuple(islice(found, _MOST_REPOS))


def _distinct(addresses: Iterable[str]) -> Iterator[RepoName]:
    seen: set[str] = set()
    for address in addresses:
        repo = repository_at(address)
        if repo is not None and repo.key not in seen:
            seen.add(repo.key)
            yield repo


def _say_aloud(text: str, body: Body) -> None:
    """Take in what a script says or writes, where the page shows nothing itself."""
    if body.text_length or len(text) > 5_000:
        return
    for script in _SCRIPT.finditer(text):
        for found in _SAID_BY_SCRIPT.finditer(script[1]):
            for line in _BREAK.split(found[1] or found[2]):
                body.add(line, linked=False)
                body.end_block()


def _script_target(text: str, url: str, body: Body) -> str:
    """Return where a script sends the reader of a page that shows next to nothing itself."""
    if body.text_length > 200 or len(text) > 5_000:
        return ""
    for script in _SCRIPT.finditer(text):
        if found := _SENT_BY_SCRIPT.search(script[1]):
            return web_address(url, found[1] or found[2])
    return ""
