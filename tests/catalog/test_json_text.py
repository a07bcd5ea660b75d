"""JSON from outside: whatever it spells can be written down."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.json_text import said_in_json

SAID = [
    ("half a character", r'"\ud800 Li"', "\ufffd Li"),
    ("the other half, in capitals", r'"\uDFFF"', "\ufffd"),
    ("halves in the wrong order", r'"\ude00\ud83d"', "\ufffd\ufffd"),
    ("both halves", r'"\ud83d\ude00"', "\U0001f600"),
    ("half a character in a name", r'{"\udbff": 1}', {"\ufffd": 1}),
    ("what looks like half a character", r'"\\ud800"', r"\ud800"),
    ("a line that is broken", '"a\nb"', "a\nb"),
]


@pytest.mark.parametrize(("text", "said"), [pytest.param(*row, id=what) for what, *row in SAID])
def test_said_in_json(text: str, said: Any) -> None:
    assert said_in_json(text) == said


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "9" * 10_000])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (each has words of its own)
        said_in_json(text)


PIECES = st.sampled_from([*'\ud800\udbff\udc00\udfff\U0001f600\\"ud8\0 '])


@given(st.lists(PIECES, max_size=12).map("".join))
def test_whatever_json_spells_can_be_encoded(words: str) -> None:
    said = said_in_json(json.dumps({words: [words]}))
    assert json.dumps(said, ensure_ascii=False).encode()
