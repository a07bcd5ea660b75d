"""Ignore files: one expression a line, with a reason and a last day."""

from datetime import date

import pytest

from report.ignore import IgnoreError, ignored, read_rules, rules_of

TODAY = date(2026, 11, 22)
URL = "https://intranet.example/wiki?page=a#b"

LINES = [
    ("an expression", r"^https://intranet\.example/", True, ""),
    ("in the middle of the address", "wiki", True, ""),
    ("another address", "^https://other", False, ""),
    ("a comment", "# wiki", False, ""),
    ("an empty line", "   ", False, ""),
    ("a reason", "wiki  # behind the login", True, "behind the login"),
    ("a reason in Chinese", "wiki # 需要登录，until 2026-12-31", True, "需要登录"),
    ("a fragment is no comment", "page=a#b", True, ""),
    ("the last day", "wiki # moving, until 2026-11-22", True, "moving"),
    ("the day after the last", "wiki # moving, until 2026-11-21", False, ""),
    ("a day and nothing else", "wiki # until 2026-12-31", True, ""),
    ("spaces around it", "   wiki   ", True, ""),
    ("a byte order mark", "\ufeffwiki", True, ""),
    ("line ends of Windows", "other\r\nwiki\r\n", True, ""),
]


@pytest.mark.parametrize(
    ("text", "is_ignored", "reason"), [pytest.param(*row, id=name) for name, *row in LINES]
)
def test_a_line(text: str, is_ignored: bool, reason: str) -> None:
    why = ignored(URL, read_rules(text), TODAY)
    assert (why is not None) == is_ignored
    assert (why.reason if why else "") == reason


BAD = [
    ("no expression", "fine\n(", r"ignore:2: \( is no regular expression"),
    ("no day", "wiki # until 2026-02-30", r"ignore:1: 2026-02-30 is no day"),
]


@pytest.mark.parametrize(("text", "told"), [pytest.param(*row, id=name) for name, *row in BAD])
def test_what_cannot_be_understood_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(IgnoreError, match=told):
        read_rules(text)


def test_both_files_of_all_folders_count(tmp_path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / ".lycheeignore").write_text("wiki\n")
    (tmp_path / "a" / ".linkledgerignore").write_text("other # a reason\n")
    rules = rules_of([tmp_path, tmp_path / "a", tmp_path / "none"])
    assert [rule.expression.pattern for rule in rules] == ["wiki", "other"]


def test_a_file_that_is_no_text_is_told(tmp_path) -> None:
    (tmp_path / ".linkledgerignore").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(IgnoreError, match="cannot read"):
        rules_of([tmp_path])
