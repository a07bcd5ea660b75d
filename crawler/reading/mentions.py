"""Make mentions of the links in an issue: each with its place, section, item and target."""

from collections.abc import Iterator, Mapping

from catalog.forges import repository_at
from catalog.records import Item, Mention
from catalog.vocabulary import MentionKind
from crawler.reading.items import TitleRepo
from crawler.reading.link import Link
from crawler.reading.outline import Part
from crawler.reading.rendered import link_text
from crawler.reading.target import is_template, resolve


def mentions_of(
    file: str, part: Part, items: Mapping[int, Item], base: str = ""
) -> Iterator[Mention]:
    """Yield a mention for each link of *part*, in reading order."""
    item = items.get(part.item)
    for link in part.inline.links:
        resolved = resolve(link.url, file, base)
        line, column = part.block.place(link.start)
        url_line, url_column = _url_place(part, link)
        # What only the published page shows, or is no page: its absence would be no loss.
        is_mail = not link.url.startswith("mailto:") and resolved.suggestion.startswith("mailto:")
        yield Mention(
            file=file,
            line=line,
            column=column,
            url=link.url,
            url_line=url_line,
            url_column=url_column,
            kind=link.kind,
            text=link_text(part.block.text, link, part.inline),
            target=resolved.target,
            section=part.section,
            item=item.title if item else "",
            item_position=part.item or None,
            repo=repository_at(resolved.target or resolved.suggestion),
            footer=part.footer,
            relative=resolved.relative,
            optional=link.optional or not link.url or is_mail or is_template(link.url),
            finding=resolved.finding,
            suggestion=resolved.suggestion,
        )


def _url_place(part: Part, link: Link) -> tuple[int, int]:
    if link.definition is not None:
        return link.definition.line, link.definition.column
    return part.block.place(link.start if link.url_start is None else link.url_start)


def title_mention(file: str, found: TitleRepo, items: Mapping[int, Item]) -> Mention:
    """Return the mention of the repository that an item's title names."""
    item = items[found.part.item]
    line, column = found.part.block.place(found.start)
    url = f"https://{found.repo}"
    return Mention(
        file=file,
        line=line,
        column=column,
        url=url,
        url_line=line,
        url_column=column,
        kind=MentionKind.TITLE_REPO,
        text=found.text,
        target=url,
        section=found.part.section,
        item=item.title,
        item_position=item.position,
        repo=found.repo,
        footer=found.part.footer,
    )
