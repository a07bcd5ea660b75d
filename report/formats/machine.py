"""What the formats for machines share: one vocabulary, in English, and one order of mentions."""

import json
from collections.abc import Iterable, Iterator

from report.escaping import plain, plain_address
from report.findings import Finding, Place
from report.wording import Rendering, Wording, plain_place
from report.words import SOURCE_LANGUAGE, Words

ENGLISH = Wording(
    words=Words(SOURCE_LANGUAGE),
    rendering=Rendering(text=plain, address=plain_address, place=plain_place),
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


def json_text(value: object) -> str:
    """Return *value* as JSON, with every character as it is."""
    return json.dumps(value, ensure_ascii=False)
