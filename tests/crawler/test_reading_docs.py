"""The page about reading says what reading does: its table and its profile are tried."""

import re
import tomllib
from pathlib import Path

import pytest

from catalog.records import Issue
from crawler.reading.issue import read_issue
from crawler.reading.profile import ArchiveProfile

PAGE = (Path(__file__).parents[2] / "docs/reading.md").read_text("utf-8")
ROWS = re.findall(r"^\| `(.+)` \| `(.+)` \| ([a-z-]+) \|$", PAGE, re.MULTILINE)


def test_the_table_is_there() -> None:
    assert len(ROWS) > 10


@pytest.mark.parametrize(("text", "url", "kind"), ROWS)
def test_a_row_of_the_table(text: str, url: str, kind: str) -> None:
    read = read_issue(text.encode(), "a.md")
    assert isinstance(read, Issue)
    assert [(one.url, str(one.kind)) for one in read.mentions] == [(url, kind)]


def test_the_profile_names_every_field_that_matters_to_reading() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    told = tomllib.loads(block)["archive"]
    given = {
        key: tuple(value) if isinstance(value, list) else value for key, value in told.items()
    }
    assert ArchiveProfile(**given)
    assert set(told) == set(ArchiveProfile.__dataclass_fields__) - {"language"}
