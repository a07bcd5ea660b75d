"""What the documentation says of verdicts is what the code does."""

import re
from pathlib import Path

from catalog.vocabulary import SOFT_EVIDENCE, Reason
from crawler.phrases.phrasebook import Confidence, Kind, Place, Source
from crawler.verdict import RULES

DOCS = (Path(__file__).parents[2] / "docs" / "verdicts.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\w+) \| `(\w+)` \| (soft: )?", DOCS, re.MULTILINE)


def test_every_reason_is_described_under_its_verdict() -> None:
    assert [(verdict, reason) for verdict, reason, _ in ROWS] == [
        (reason.verdict, reason) for reason in Reason
    ]


def test_soft_evidence_is_called_so() -> None:
    assert {reason for _, reason, soft in ROWS if soft} == SOFT_EVIDENCE


def test_the_rules_are_told_in_their_order() -> None:
    names = [rule.__name__ for rule in RULES]
    told = [name for name in re.findall(r"`(\w+)`", DOCS) if name in names]
    assert told == names


def test_every_key_of_a_phrase_is_explained() -> None:
    words = {word.value for kind in (Kind, Place, Source) for word in kind}
    words |= {Confidence.LOW, *("words", "pattern", "example", "hosts", "language")}
    assert words <= set(re.findall(r"`(\w+)`", DOCS))
