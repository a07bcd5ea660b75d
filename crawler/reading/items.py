"""Make items of an issue's parts: title, source, identifiers of papers, fields and summary."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from catalog.forges import paper_at, repository_at
from catalog.records import Item, RepoName
from catalog.vocabulary import MentionKind
from crawler.reading.outline import Part
from crawler.reading.rendered import link_text, plain, shown

_PREFIX: Final = re.compile(r"\s*\[(?P<prefix>[^\[\]\n]{1,60})\]\s*")
_EMPHASIS: Final = re.compile(r"[\s*_~]*")
_BAR: Final = re.compile(r"(?<!\|)[|丨｜](?!\|)")
_ARXIV_ID: Final = re.compile(r"(?<![\d.])(\d{2}(?:0[1-9]|1[0-2])\.\d{4,5})(?:v\d+)?(?![\d.])")
_DOI: Final = re.compile(r"\b10\.\d{4,9}/[^\s\"<>\]，。；、）]+")
_FIELD: Final = re.compile(r"(?P<label>[^\s:：，。、；|\[\]]{1,16}?)\s*[:：]\s*(?P<value>.+)")
# Labels that stand before something other than an address.
_LABELS: Final = frozenset(
    {"标题", "链接", "项目", "代码", "论文", "地址", "文章", "作者", "单位", "主页", "官网"}
    | {"title", "link", "project", "code", "paper", "author", "authors", "homepage"}
)
_SUMMARY: Final = re.compile(r"(?:摘要|简介|概要|abstract|summary)\s*[:：]\s*", re.IGNORECASE)

_TITLE_REPO: Final = re.compile(
    r"(?P<repo>[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100})\s*[:：]"
)
# Pairs that look like a repository and are two words for one thing.
_PAIRS: Final = frozenset(
    {
        "a/b",
        "ai/ml",
        "and/or",
        "asic/fpga",
        "c/c++",
        "ci/cd",
        "client/server",
        "i/o",
        "input/output",
    }
    | {"android/ios", "ios/android", "cpu/gpu", "gpu/cpu", "gpu/npu", "css/html", "html/css"}
    | {"js/ts", "linux/macos", "linux/windows", "mac/windows", "macos/linux", "macos/windows"}
    | {"ml/ai", "ml/dl", "n/a", "tcp/ip", "tcp/udp", "ui/ux", "y/n", "yes/no"}
    | {"windows/linux", "windows/mac", "windows/macos"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleRepo:
    """A repository that an item's title names, and the offset of the name in its block."""

    repo: RepoName
    part: Part
    start: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Title:
    """The title of an item as shown, with where it starts and ends in its block."""

    text: str
    start: int
    end: int
    prefixes: tuple[str, ...]


def items_of(parts: Sequence[Part]) -> tuple[list[Item], list[TitleRepo]]:
    """Return the items that *parts* make, and the repositories that their titles name."""
    items: list[Item] = []
    repos: list[TitleRepo] = []
    entries = (part for part in parts if part.item)
    for position, group in groupby(entries, key=lambda part: part.item):
        inside = list(group)
        first = inside[0]
        title = _title(first)
        if not title.text and len(inside) > 1:  # a number, and its entry in the next paragraph
            title = replace(title, text=next(filter(None, _stretches(inside[1], 0)), ""))
        items.append(_item(position, inside, title))
        if found := _title_repo(first, title):
            repos.append(found)
    return items, repos


def _item(position: int, parts: Sequence[Part], title: _Title) -> Item:
    first = parts[0]
    name, source = _split_source(title.text)
    fields, summary = _body(_lines(parts, title))
    return Item(
        position=position,
        line=first.block.place(first.body)[0],
        section=first.section,
        title=name,
        source=source,
        summary=summary,
        prefixes=title.prefixes,
        papers=_papers(parts, title),
        fields=fields,
        hot=first.hot,
        footer=first.footer,
    )


def _title(part: Part) -> _Title:
    """Return the title: the text of the link that the first line starts with, or the line."""
    text, links = part.block.text, part.inline.links
    line_end = _line_end(text, part.body)
    prefixes = []
    position = _EMPHASIS.match(text, part.body).end()  # type: ignore[union-attr] # matches nothing, too
    starts = {link.start: link for link in links if link.kind is not MentionKind.BARE}
    while position not in starts and (found := _PREFIX.match(text, position)):
        prefixes.append(plain(found["prefix"]))
        position = found.end()
    position = _EMPHASIS.match(text, position).end()  # type: ignore[union-attr] # as above
    first = starts.get(position)
    if first is not None and first.kind is not MentionKind.IMAGE and not part.hot:
        return _Title(
            text=link_text(text, first, part.inline),
            start=first.label[0],
            end=first.end,
            prefixes=tuple(prefixes),
        )
    if part.inline.dangling == position:
        position += 1
    end = max([line_end, *(link.end for link in links if link.start < line_end)])
    return _Title(
        text=_without_addresses(part, position, end),
        start=position,
        end=end,
        prefixes=tuple(prefixes),
    )


def _without_addresses(part: Part, start: int, end: int) -> str:
    """Return the line from *start* without what is only an address at its end."""
    text = part.block.text
    whole = shown(text, part.inline, start, end)
    for link in reversed(list(part.inline.within(start, end))):
        written = text[link.start : link.end]
        is_last = whole.rstrip("）)。.；; ").endswith(written)
        if not is_last or link.kind not in (MentionKind.BARE, MentionKind.AUTOLINK):
            break
        if not whole.startswith(written):
            whole = whole[: whole.rindex(written)].rstrip("（(：: ，,-—")
    return whole.rstrip("；;。 ").strip()


def _split_source(title: str) -> tuple[str, str]:
    """Return *title* cut at its last bar: what it says, and where it appeared."""
    bars = list(_BAR.finditer(title))
    if not bars:
        return title, ""
    return title[: bars[-1].start()].strip(), title[bars[-1].end() :].strip()


def _lines(parts: Sequence[Part], title: _Title) -> list[str]:
    """Return the lines of an item after its title, as shown."""
    lines = []
    for number, part in enumerate(parts):
        position = title.end if number == 0 else 0
        lines += [line for line in _stretches(part, position) if line]
    return lines


def _stretches(part: Part, start: int) -> Iterator[str]:
    """Yield the lines of a part's text from *start* on, as shown; a link may join two."""
    text = part.block.text
    links = iter(part.inline.within(start, len(text)))
    link = next(links, None)
    while start < len(text):
        end = _line_end(text, start)
        while link is not None and link.start < end:
            end = _line_end(text, link.end) if link.end > end else end
            link = next(links, None)
        yield shown(text, part.inline, start, end)
        start = end + 1


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _body(lines: Sequence[str]) -> tuple[tuple[tuple[str, str], ...], str]:
    """Return the labelled lines as fields, and the rest as summary."""
    fields = []
    rest: list[str] = []
    begun = any(_SUMMARY.match(line) for line in lines)
    for line in lines:
        if found := _SUMMARY.match(line):
            rest = [] if begun else rest
            begun = False
            rest.append(line[found.end() :])
            continue
        found = _FIELD.match(line)
        if found and (
            found["label"].lower() in _LABELS or re.match(r"https?://\S+$", found["value"])
        ):
            fields.append((found["label"], found["value"]))
        else:
            rest.append(line)
    return tuple(fields), "\n".join(rest).lstrip("；;：:。，,.、 \n").rstrip()


def _papers(parts: Sequence[Part], title: _Title) -> tuple[str, ...]:
    """Return the identifiers of papers that an item names, in order and once each."""
    numbers = (_ARXIV_ID.fullmatch(prefix.strip()) for prefix in title.prefixes)
    found = [f"arXiv:{number[1]}" for number in numbers if number]
    for part in parts:
        papers = (paper_at(link.url) for link in part.inline.links)
        found += [f"arXiv:{paper}" for paper in papers if paper]
        dois = (doi[0].rstrip(".,;:)") for doi in _DOI.finditer(part.block.text))
        found += [f"doi:{doi}" for doi in dois if "arxiv" not in doi.lower()]
    return tuple(dict.fromkeys(found))


def _title_repo(part: Part, title: _Title) -> TitleRepo | None:
    """Return the repository that the title starts with, as in `owner/name: what it does`."""
    text = part.block.text
    position = _EMPHASIS.match(text, title.start).end()  # type: ignore[union-attr] # as above
    found = _TITLE_REPO.match(text, position)
    if found is None or found["repo"].lower() in _PAIRS:
        return None
    repo = repository_at(f"https://github.com/{found['repo']}")
    if repo is None or repo.full_name != found["repo"]:
        return None
    return TitleRepo(repo=repo, part=part, start=position, text=found["repo"])
