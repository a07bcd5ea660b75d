"""What we would write instead: a repository's new name, a file of nearly the same name."""

import pytest

from report.suggestions import nearest_file, renamed

RENAMED = [
    ("the root", "https://github.com/old/name", "https://github.com/new/thing"),
    (
        "the same path below",
        "https://github.com/old/name/tree/main/docs?x=1#top",
        "https://github.com/new/thing/tree/main/docs?x=1#top",
    ),
    ("another spelling", "http://github.com/Old/NAME/issues", "http://github.com/new/thing/issues"),
    ("an address for git", "https://github.com/old/name.git", "https://github.com/new/thing.git"),
    (
        "a raw file",
        "https://raw.githubusercontent.com/old/name/main/a.py",
        "https://raw.githubusercontent.com/new/thing/main/a.py",
    ),
    ("the name twice", "https://github.com/old/name/blob/x/old/name",
        "https://github.com/new/thing/blob/x/old/name"),
    ("it has that name already", "https://github.com/New/Thing", ""),
    ("no repository", "https://example.org/old/name", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "expected"), [pytest.param(*row, id=name) for name, *row in RENAMED]
)
def test_a_new_name_keeps_the_path_below(url: str, expected: str) -> None:
    assert renamed(url, "new/thing") == expected


FILES = ["2019-08-30.md", "2019-10-03.md", "2020-11-30.md", "img/Board.PNG", "docs/guide.md"]

NEAREST = [
    ("another case", "img/board.png", "img/Board.PNG"),
    ("another folder", "guide.md", "docs/guide.md"),
    ("another ending", "docs/guide.html", "docs/guide.md"),
    ("one letter too few", "docs/guid.md", "docs/guide.md"),
    ("a fragment and escapes", "docs/%67uide.md#top", "docs/guide.md"),
    ("one digit of the day", "2019-08-31.md", "2019-08-30.md"),
    ("the issue of another year is another issue", "2019-11-30.md", ""),
    ("nothing like it", "about.md", ""),
    ("no name at all", "docs/", ""),
]


@pytest.mark.parametrize(
    ("target", "expected"), [pytest.param(*row, id=name) for name, *row in NEAREST]
)
def test_the_nearest_file(target: str, expected: str) -> None:
    assert nearest_file(target, FILES) == expected


def test_the_issue_of_another_year_is_not_offered_even_where_nothing_else_is_there() -> None:
    assert nearest_file("2019-11-30.md", ["2020-11-30.md"]) == ""


def test_of_two_equally_near_files_none_is_offered() -> None:
    assert nearest_file("2019-08-31.md", ["2019-08-30.md", "2019-08-32.md"]) == ""
