"""The chart of rot: for each issue a bar, as high as it has links, coloured by how they stand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalog.vocabulary import Standing
from report.findings import IssueRot
from report.words import Words, marked

# From the bottom of a bar to its top, with the class that gives the colour.
TONES: tuple[tuple[str, str, tuple[Standing, ...]], ...] = (
    ("newly_broken", marked("broken"), (Standing.BROKEN,)),
    ("suspect", marked("suspect"), (Standing.SUSPECT,)),
    ("moved_safe", marked("moved"), (Standing.MOVED,)),
    (
        "other",
        marked("blocked or not known"),
        (Standing.BLOCKED, Standing.SKIPPED, Standing.UNCLEAR, Standing.UNCHECKED),
    ),
    ("fine", marked("fine"), (Standing.OK,)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a bar; its height in hundredths of the chart's."""

    tone: str
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One issue: its parts from the top down, and its year where a new one begins."""

    file: str
    label: str
    year: str
    parts: tuple[Part, ...]


def bars(rot: Sequence[IssueRot], words: Words, plain: Callable[[str], str]) -> list[Bar]:
    """Return the bars of the chart, the oldest issue first."""
    highest = max((issue.links for issue in rot), default=0)
    drawn: list[Bar] = []
    year = ""
    for issue in rot:
        last, year = year, plain(issue.date[:4])
        numbers = [
            (tone, name, sum(issue.standings.get(standing, 0) for standing in standings))
            for tone, name, standings in TONES
        ]
        counted = ", ".join(
            f"{words.number(number)} {words.say(name)}" for _, name, number in numbers if number
        )
        parts = tuple(
            Part(tone=tone, height=round(100 * number / highest, 2))
            for tone, _, number in reversed(numbers)
            if number
        )
        file = plain(issue.path)
        label = f"{file}: {counted}"
        drawn.append(Bar(file=file, label=label, year=year if year != last else "", parts=parts))
    return drawn
