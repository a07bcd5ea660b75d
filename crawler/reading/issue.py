"""Read one issue: its bytes become an `Issue` with its head, items and mentions. Pure."""

import hashlib
from collections.abc import Sequence

from catalog.records import Issue, Mention, UnreadIssue
from crawler.reading.blocks import BlockKind, document
from crawler.reading.decoding import UnreadableError, decode
from crawler.reading.head import (
    FrontMatter,
    date_in,
    declared_items,
    front_matter,
    title_and_subtitle,
)
from crawler.reading.items import items_of
from crawler.reading.markup import html_document, is_html, page_head
from crawler.reading.mentions import mentions_of, title_mention
from crawler.reading.outline import Outline, Part, outline
from crawler.reading.profile import GUESSING, ArchiveProfile
from crawler.reading.rendered import shown
from crawler.reading.slugs import anchors


def read_issue(
    data: bytes, file: str, profile: ArchiveProfile = GUESSING, *, base: str = ""
) -> Issue | UnreadIssue:
    """Return the issue in *data*, or why it could not be read.

    *file* is its path from the archive's root, with `/`; relative links resolve against it,
    or against *base*, the address of an issue that was read from the web. What they lead to
    is not looked at here (see `crawler/reading/archive.py`).
    """
    try:
        head, laid_out = _laid_out(data, file, profile)
    except UnreadableError as error:
        return UnreadIssue(file=file, problem=str(error))
    items, repos = items_of(laid_out.parts)
    by_position = {item.position: item for item in items}
    mentions = [
        mention
        for part in laid_out.parts
        for mention in mentions_of(file, part, by_position, base)
    ]
    mentions += [title_mention(file, found, by_position) for found in repos]
    title, subtitle = title_and_subtitle(head.values.get("title", "") or laid_out.heading)
    return Issue(
        file=file,
        sha256=hashlib.sha256(data).hexdigest(),
        date=_date(file, head.values.get("date", ""), laid_out, profile),
        title=title,
        subtitle=subtitle,
        declared=declared_items(_lead(laid_out.parts)),
        items=tuple(items),
        mentions=tuple(sorted(mentions, key=_reading_order)),
    )


def fragments_in(data: bytes, file: str, profile: ArchiveProfile = GUESSING) -> frozenset[str]:
    """Return the fragments, in lower case, that lead to a place in the text in *data*.

    Raises `UnreadableError` where the bytes are no text.
    """
    _, laid_out = _laid_out(data, file, profile)
    headings = [shown(part.block.text, part.inline) for part in laid_out.parts if part.block.level]
    given = {name.lower() for part in laid_out.parts for name in part.inline.anchors}
    return anchors(headings) | given


def _laid_out(data: bytes, file: str, profile: ArchiveProfile) -> tuple[FrontMatter, Outline]:
    """Return the front matter and the outline of the text in *data*."""
    text = decode(data, profile.encoding).replace("\r\n", "\n").replace("\r", "\n")
    if is_html(text, file):
        return page_head(text), outline(html_document(text), profile)
    head = front_matter(text)
    lines = text.split("\n")
    body = "\n" * head.lines + "\n".join(lines[head.lines :])
    return head, outline(document(body), profile, has_title="title" in head.values)


def _reading_order(mention: Mention) -> tuple[int, int, int, int]:
    return mention.line, mention.column, mention.url_line, mention.url_column


def _date(file: str, given: str, laid_out: Outline, profile: ArchiveProfile) -> str:
    """Return the issue's date, from its front matter, its file's name or its first lines."""
    name = file.rsplit("/", 1)[-1]
    texts = [given, name, laid_out.heading, *_lead(laid_out.parts)[:3]]
    found = (date_in(text, profile.date_pattern) for text in texts)
    return next(filter(None, found), "")


def _lead(parts: Sequence[Part]) -> list[str]:
    """Return the texts before the first section."""
    lead = []
    for part in parts:
        if part.section and not part.hot:
            break
        if part.block.kind is BlockKind.TEXT:
            lead.append(part.block.text)
    return lead
