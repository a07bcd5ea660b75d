"""What the formats for machines share: one vocabulary, in English, and one order of mentions."""

import json
from collections.abc import Iterator
from heapq import merge

from catalog.vocabulary import MentionKind, Reason
from report.escaping import plain, plain_address
from report.findings import ORDER, Finding, Group, Place, Report
from report.reasons import NO_TARGET, REASONS
from report.wording import Rendering, Wording, plain_place
from report.words import SOURCE_LANGUAGE, Words

ENGLISH = Wording(
    words=Words(SOURCE_LANGUAGE),
    rendering=Rendering(text=plain, address=plain_address, place=plain_place),
)

EMPTY = "empty"
UNCHECKED = "unchecked"

RULES: dict[str, str] = {
    **{reason.value: REASONS[reason] for reason in Reason},
    EMPTY: NO_TARGET,
    UNCHECKED: "nothing is known of it yet",
}
"""What may be the matter with a link, in a word and in words."""


def message(finding: Finding) -> str:
    """Return what to say of *finding* in one line: why, since when, and what to do."""
    story = "; ".join(part for part in (ENGLISH.why(finding), ENGLISH.history(finding)) if part)
    return f"{story}. To do: {ENGLISH.advice(finding)}"


def rule(finding: Finding) -> str:
    """Return the one word for what is the matter with *finding*, one of `RULES`."""
    return EMPTY if finding.group is Group.EMPTY else finding.reason or UNCHECKED


def mentions(report: Report) -> Iterator[tuple[Finding, Place | None]]:
    """Yield each finding of *report* with each of its places, the most urgent first.

    One that has no place comes once, with None. A place that was left empty comes with the
    finding that says so, and with no other.
    """
    empty = {finding.link_id for finding in report.empty}
    others = (finding for finding in report.findings if finding.group is not Group.EMPTY)
    for finding in merge(others, report.empty, key=lambda finding: ORDER[finding.group]):
        is_elsewhere = finding.group is not Group.EMPTY and finding.link_id in empty
        for place in finding.places or (None,):
            if not (is_elsewhere and place and place.kind == MentionKind.EMPTY):
                yield finding, place


def json_text(value: object) -> str:
    """Return *value* as JSON, with every character as it is."""
    return json.dumps(value, ensure_ascii=False)
