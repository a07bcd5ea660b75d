"""Everything in the catalog is described, and nothing else is."""

from collections import Counter

from catalog.connection import Catalog
from catalog.schema.descriptions import describe, described, shared, tables_of


def names(db: Catalog) -> set[str]:
    return {*tables_of(db), *db.view_names()}


def columns(db: Catalog, name: str) -> list[str]:
    return [row[1] for row in db.execute(f"PRAGMA table_info('{name}')")]


def test_every_table_and_view_is_described_and_nothing_else(small: Catalog) -> None:
    assert names(small) == set(described())


def test_every_column_is_described_in_a_sentence(small: Catalog) -> None:
    for name in names(small):
        description = describe(name, columns(small, name))
        for words in (description.about, *description.columns.values()):
            assert words.endswith("."), words


def test_what_is_said_for_all_tables_is_said_of_one_at_least(small: Catalog) -> None:
    used = Counter(column for name in names(small) for column in columns(small, name))
    assert [name for name in shared() if not used[name]] == []


def test_no_column_is_described_that_is_not_there(small: Catalog) -> None:
    for name, description in described().items():
        assert set(description.columns) <= set(columns(small, name)), name
