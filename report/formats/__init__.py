"""The formats that a report comes in, by name: one small module each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from report.findings import Report
from report.formats import json_document, markdown, terminal
from report.formats.style import Style
from report.words import Words, closest_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way to write a report: how, the ending of its files, and what it is good for."""

    chunks: Callable[[Report, Style], Iterator[str]]
    ending: str
    purpose: str


FORMATS: dict[str, Format] = {
    "terminal": Format(chunks=terminal.chunks, ending="txt", purpose="for reading now, in colour"),
    "markdown": Format(
        chunks=markdown.chunks,
        ending="md",
        purpose="for an issue or a chat; at most 65,536 characters",
    ),
    "json": Format(
        chunks=json_document.chunks,
        ending="json",
        purpose="for scripts; its schema is in the package",
    ),
}


def style_for(
    report: Report,
    language: str = "",
    *,
    width: int = 80,
    colour: bool = False,
    limit: int | None = 25,
) -> Style:
    """Return the style for *report*: in *language*, or else in that of the archive."""
    words = Words(closest_language(language or report.language))
    return Style(words=words, width=width, colour=colour, limit=limit)


def chunks(report: Report, name: str, style: Style | None = None) -> Iterator[str]:
    """Yield *report* in the format *name*, piece by piece: a long one is never held whole.

    Raises `KeyError` for a name that is not in `FORMATS`.
    """
    return FORMATS[name].chunks(report, style or style_for(report))


def render(report: Report, name: str, style: Style | None = None) -> str:
    """Return *report* in the format *name* as one text."""
    return "".join(chunks(report, name, style))
