"""The formats that a report comes in, by name: one small module each."""

from collections.abc import Callable, Iterator

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

# A format is a function that yields the report piece by piece.
FORMATS: dict[str, Callable[[Report, Style], Iterator[str]]] = {
    "terminal": terminal.chunks,
    "markdown": markdown.chunks,
    "html": html_page.chunks,
    "json": json_document.chunks,
    "csv": csv_table.chunks,
    "sarif": sarif.chunks,
    "junit": junit.chunks,
    "github": annotations.chunks,
    "atom": atom.chunks,
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
    return FORMATS[name](report, style or style_for(report))


def render(report: Report, name: str, style: Style | None = None) -> str:
    """Return *report* in the format *name* as one text."""
    return "".join(chunks(report, name, style))
