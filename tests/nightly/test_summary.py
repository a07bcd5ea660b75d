"""What a person sees of a night's phases."""

import re
from io import StringIO

from rich.console import Console

from nightly.summary import PhaseState, PhaseSummary, shown

# No space in it, as in most Chinese.
WORDS = "嵌入式AI简报的页脚从“往期回顾”开始，" * 8


def printed(words: str, width: int) -> str:
    console = Console(file=StringIO(), width=width)
    phase = PhaseSummary(name="read", state=PhaseState.DONE, words=words, seconds=1.0)
    console.print(shown((phase,)))
    return console.file.getvalue()  # type: ignore[attr-defined] # a StringIO


def test_no_letter_is_lost_where_a_line_is_wrapped() -> None:
    lines = printed(WORDS, width=40)
    assert lines.count("\n") > 4
    assert WORDS in re.sub(r"\s", "", lines)


def test_what_a_phase_found_cannot_write_to_the_terminal() -> None:
    assert "\x1b" not in printed("2021-01-03-\x1b[31m.md: it is binary", width=80)
