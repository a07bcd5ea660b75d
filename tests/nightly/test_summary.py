"""What a person sees of a night's phases."""

import re
from io import StringIO

import pytest
from rich.console import Console

from nightly.summary import PhaseState, PhaseSummary, shown

# No space in it, as in most Chinese.
WORDS = "嵌入式AI简报的页脚从“往期回顾”开始，" * 8


TIMES = [
    ("no time worth telling", 0.01, "✓  read    words"),
    ("a moment", 0.2, "✓  read  0.2 s  words"),
    ("a minute", 63.0, "✓  read  1 min  words"),
    ("some hours", 3 * 3600 + 25 * 60, "✓  read  3 h 25 min  words"),
]


def printed(words: str, width: int = 80, seconds: float = 1.0) -> str:
    console = Console(file=StringIO(), width=width)
    phase = PhaseSummary(name="read", state=PhaseState.DONE, words=words, seconds=seconds)
    console.print(shown((phase,)))
    return console.file.getvalue()  # type: ignore[attr-defined] # a StringIO


def test_no_letter_is_lost_where_a_line_is_wrapped() -> None:
    lines = printed(WORDS, width=40)
    assert lines.count("\n") > 4
    assert WORDS in re.sub(r"\s", "", lines)


def test_what_a_phase_found_cannot_write_to_the_terminal() -> None:
    assert "\x1b" not in printed("2021-01-03-\x1b[31m.md: it is binary")


@pytest.mark.parametrize(
    ("seconds", "line"), [pytest.param(*row, id=name) for name, *row in TIMES]
)
def test_it_says_how_long_a_phase_took(seconds: float, line: str) -> None:
    assert printed("words", seconds=seconds).rstrip() == line
