"""Read the head of an issue: its front matter, title and date, and how many items it announces."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

# Jekyll, Hexo and Hugo (with `+++`) fence their head; Pelican does not.
_FENCED: Final = re.compile(
    r"(?P<fence>---|\+\+\+)[ \t]*\n(?P<body>.*?)^(?:(?P=fence)|\.\.\.)[ \t]*$",
    re.DOTALL | re.MULTILINE,
)
_PAIR: Final = re.compile(r"(?P<key>[A-Za-z][\w-]*)\s*[:=]\s*(?P<value>.*)")
# A line of YAML or TOML: a pair, part of a list, what belongs to the line above, a remark.
_DATA: Final = re.compile(r"\s*$|[ \t]|[\w\"'.-]+\s*[:=]|- |[\]}#]|\[[\w.\[\]-]+\]\s*$")
_PELICAN: Final = re.compile(
    r"(?:(?:title|date|number|category|tags?|author|slug|status|summary|modified)[ \t]*:.*\n)+"
    r"(?=\s|\Z)",
    re.IGNORECASE,
)

_YMD: Final = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<sep>[-_./]?)(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)"
    r"|(?P<cyear>(?:19|20)\d\d)\s*年\s*(?P<cmonth>\d{1,2})\s*月\s*(?P<cday>\d{1,2})\s*日"
)
_DECLARED: Final = re.compile(r"本[次期](?:内容|共有?|收录)*\s*(\d{1,3})\s*条")
_ISSUE_DATE: Final = re.compile(
    r"(?:[(（\[]\s*+)?\d{4}[-_./年]\d{1,2}[-_./月]\d{1,2}日?(?:\s*+[)）\]])?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """What stands fenced before the text: its simple values, and how many lines it takes."""

    values: dict[str, str] = field(default_factory=dict)
    lines: int = 0


def front_matter(text: str) -> FrontMatter:
    """Return the front matter of *text*; a rule that only looks like its fence is none."""
    fenced = _FENCED.match(text)
    body = fenced["body"] if fenced else ""
    if fenced is None:
        plain = _PELICAN.match(text)
        if plain is None or not re.search(
            r"^(?:title|date)\s*:", plain[0], re.IGNORECASE | re.MULTILINE
        ):
            return FrontMatter()
        return FrontMatter(values=_pairs(plain[0]), lines=plain[0].count("\n"))
    if not all(_DATA.match(line) for line in body.split("\n")):
        return FrontMatter()
    return FrontMatter(values=_pairs(body), lines=fenced[0].count("\n") + 1)


def _pairs(body: str) -> dict[str, str]:
    found = (_PAIR.match(line) for line in body.split("\n"))
    return {pair["key"].lower(): _unquoted(pair["value"]) for pair in found if pair}


def _unquoted(value: str) -> str:
    """Return *value* without YAML's quotes and its `!`, as plain as people write them."""
    value = value.strip().removeprefix("!").strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def date_in(text: str, pattern: str = "") -> str:
    """Return the first date in *text* as ISO 8601, empty where there is none."""
    for found in re.compile(pattern or _YMD).finditer(text):
        groups = found.groupdict()
        parts = [groups.get(name) or groups.get(f"c{name}") for name in ("year", "month", "day")]
        try:
            return date(*(int(part or 0) for part in parts)).isoformat()
        except ValueError:  # such as 2019-13-45, a number and no date
            continue
    return ""


def title_and_subtitle(heading: str) -> tuple[str, str]:
    """Return *heading* cut at its date: what stands before it, and what after.

    >>> title_and_subtitle("Weekly (2021-07-01)：news of the week")
    ('Weekly', 'news of the week')
    """
    found = _ISSUE_DATE.search(heading)
    if found is None or found.start() == 0:
        return heading.strip(), ""
    return heading[: found.start()].strip(), heading[found.end() :].strip(" ：:|-—")


def declared_items(texts: Sequence[str]) -> int | None:
    """Return how many items the issue says it has, None where it says nothing."""
    for text in texts:
        if found := _DECLARED.search(text):
            return int(found[1])
    return None
