"""No text is a formula for a spreadsheet, and all other text stays as it is."""

import pytest

from catalog.spreadsheets import harmless

FORMULAS = [
    ("a formula", '=HYPERLINK("https://evil.example")', True),
    ("an old formula", "+1+cmd|' /C calc'!A0", True),
    ("another", "-2+3", True),
    ("a function", "@SUM(A1)", True),
    ("behind a tab", "\t=1", True),
    ("behind an end of line", "\n=1", True),
    ("behind an end of line of old Macs", "\r=1", True),
    ("in full width", "＝1", True),
    ("a title", "TNN 量化实战", False),
    ("an equals sign within", "a=b", False),
    ("nothing", "", False),
]


@pytest.mark.parametrize(
    ("text", "changed"), [pytest.param(*row, id=name) for name, *row in FORMULAS]
)
def test_no_text_is_a_formula(text: str, changed: bool) -> None:
    assert harmless(text) == (f"'{text}" if changed else text)
