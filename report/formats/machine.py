"""What the formats for machines share: one vocabulary, in English, and one order of mentions."""

from collections.abc import Iterable, Iterator

from report.escaping import plain, plain_address
from report.findings import Finding, Place
from report.wording import Rendering, Wording
from report.words import SOURCE_LANGUAGE, Words


def _place(place: Place) -> str:
    return plain(str(place))


ENGLISH = Wording(
    words=Words(SOURCE_LANGUAGE),
    rendering=Rendering(text=plain, address=plain_address, place=_place),
)


def message(finding: Finding) -> str:
    """Return what to say of *finding* in one line: why, since when, and what to do."""
    story = "; ".join(part for part in (ENGLISH.why(finding), ENGLISH.history(finding)) if part)
    return f"{story}. To do: {ENGLISH.advice(finding)}"


def mentions(findings: Iterable[Finding]) -> Iterator[tuple[Finding, Place | None]]:
    """Yield each finding with each of its places; one that has none comes once, with None."""
    for finding in findings:
        for place in finding.places or (None,):
            yield finding, place
