"""What a person chooses about the looks of a report."""

from dataclasses import dataclass, field

from report.words import SOURCE_LANGUAGE, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How to write a report; each format takes from it what it has a use for.

    *width* is in columns of a terminal, *limit* the most links that a section of the
    terminal's or the Markdown report lists, None for all of them.
    """

    words: Words = field(default_factory=lambda: Words(SOURCE_LANGUAGE))
    width: int = 80
    colour: bool = False
    limit: int | None = 25
