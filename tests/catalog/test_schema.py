"""What every table of the catalog keeps to: strict types, indexed keys, closed vocabularies."""

import sqlite3

import pytest

from catalog.connection import Catalog
from catalog.schema.descriptions import tables_of


def our_tables(db: Catalog) -> list[str]:
    return [name for name in tables_of(db) if not name.endswith("_fts")]


def first_columns_of_indexes(db: Catalog, table: str) -> set[str]:
    """Return the columns that SQLite can look up at once: the first of each index and key."""
    indexes = db.execute(f"SELECT name FROM pragma_index_list('{table}')").fetchall()
    found = {
        db.execute(f"SELECT name FROM pragma_index_info('{name}') WHERE seqno = 0").fetchone()[0]
        for (name,) in indexes
    }
    keys = db.execute(f"SELECT name FROM pragma_table_info('{table}') WHERE pk = 1")
    return found | {name for (name,) in keys}


def test_every_table_is_strict(small: Catalog) -> None:
    strict = small.execute("SELECT name FROM pragma_table_list WHERE strict = 1").fetchall()
    assert set(our_tables(small)) <= {name for (name,) in strict}


def test_every_foreign_key_has_an_index(small: Catalog) -> None:
    missing = [
        f"{table}.{key.column}"
        for table in our_tables(small)
        for key in small.table(table).foreign_keys
        if key.column not in first_columns_of_indexes(small, table)
    ]
    assert missing == []


def test_what_was_observed_names_its_run(small: Catalog) -> None:
    observed = ("issues", "checks", "pages", "repos", "repo_snapshots", "papers")
    for table in observed:
        targets = {key.column: key.other_table for key in small.table(table).foreign_keys}
        assert targets["run_id"] == "runs"


REFUSED = [
    ("a word for a number", "UPDATE repos SET stars = 'many'"),
    ("a standing that there is not", "UPDATE links SET standing = 'perhaps'"),
    ("a verdict that there is not", "UPDATE checks SET verdict = 'perhaps'"),
    ("a reason that there is not", "UPDATE checks SET reason = 'perhaps'"),
    ("a judge that there is not", "UPDATE links SET judge = 'perhaps'"),
    ("a state that there is not", "UPDATE repos SET state = 'perhaps'"),
    ("a kind that there is not", "UPDATE mentions SET kind = 'perhaps'"),
    ("a flag that is neither", "UPDATE repos SET archived = 2"),
    ("a list that is no JSON", "UPDATE repos SET topics = 'edge, inference'"),
    ("a line before the first", "UPDATE mentions SET line = 0"),
    ("a link twice", "UPDATE links SET key = 'the same'"),
    ("a repository twice", "UPDATE repos SET full_name = 'TENCENT/tnn' WHERE id = 1"),
    ("a mention of no issue", "UPDATE mentions SET issue_id = 999"),
    ("a check of no link", "UPDATE checks SET link_id = 999"),
]


@pytest.mark.parametrize("statement", [pytest.param(sql, id=name) for name, sql in REFUSED])
def test_what_cannot_be_is_refused(own: Catalog, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        own.execute(statement)
