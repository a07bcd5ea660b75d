"""Read the HTML tags that stand in an issue's text: where they are, and where they lead."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Final

# Every quantifier keeps what it took, so that no text makes the search go back and forth.
_VALUE: Final = r"(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++)"
_NAME: Final = r"[A-Za-z_:@][\w:.@-]*+"
TAG: Final = re.compile(
    r"<(?P<slash>/?)(?P<name>[A-Za-z][\w-]*+)"
    rf"(?P<attributes>(?:(?:\s++|(?<=[\"'])){_NAME}(?:\s*+=\s*+{_VALUE})?+)*+)\s*+/?>"
)
_ATTRIBUTE: Final = re.compile(rf"(?P<name>{_NAME})(?:\s*+=\s*+(?P<value>{_VALUE}))?+")

# What these hold is no running text for a reader.
OPAQUE: Final = frozenset({"code", "pre", "samp", "script", "style", "textarea", "title"})
# Where a tag leads a reader: the attribute, and whether the page would miss it.
LINKING: Final = {"a": "href", "area": "href", "img": "src"}
EMBEDDING: Final = {
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "object": "data",
    "source": "src",
    "video": "src",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """An attribute's value as a browser reads it, and where it starts in the text."""

    value: str
    start: int


def attributes(tag: re.Match[str]) -> dict[str, Attribute]:
    """Return the attributes of *tag*, a match of `TAG`, by their names in lower case."""
    found: dict[str, Attribute] = {}
    for match in _ATTRIBUTE.finditer(tag.string, tag.start("attributes"), tag.end("attributes")):
        written = match["value"] or ""
        bare = written.strip("\"'“”‘’").strip()
        start = match.start("value") + written.find(bare) if written else match.end()
        found.setdefault(match["name"].lower(), Attribute(value=unescape(bare), start=start))
    return found
