"""The formats that a report comes in, by name: one small module each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from report.findings import Report
from report.formats import (
    annotations,
    atom,
    csv_table,
    html_page,
    json_document,
    junit,
    markdown,
    sarif,
    terminal,
)
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
    "html": Format(
        chunks=html_page.chunks,
        ending="html",
        purpose="one page to sort and search, without a network",
    ),
    "json": Format(
        chunks=json_document.chunks,
        ending="json",
        purpose="for scripts; its schema is in the package",
    ),
    "csv": Format(chunks=csv_table.chunks, ending="csv", purpose="for spreadsheets"),
    "sarif": Format(chunks=sarif.chunks, ending="sarif", purpose="for code scanning and editors"),
    "junit": Format(chunks=junit.chunks, ending="xml", purpose="for CI servers"),
    "github": Format(
        chunks=annotations.chunks, ending="txt", purpose="annotations of a GitHub workflow"
    ),
    "atom": Format(
        chunks=atom.chunks, ending="atom", purpose="a feed of what broke and what was fixed"
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
