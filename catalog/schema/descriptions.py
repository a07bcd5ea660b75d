"""What every table, view and column of the catalog means, in a sentence each."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from catalog.database import Database

# The shadow tables of FTS5 and the list of migrations are SQLite's and sqlite-utils' own.
_NOT_OURS = ("_data", "_idx", "_docsize", "_config", "_content")


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a table or view holds, and what each of its columns says."""

    about: str
    columns: Mapping[str, str] = field(default_factory=dict)


@cache
def _written() -> tuple[Mapping[str, str], Mapping[str, Description]]:
    """Return the columns that are the same everywhere, and all tables and views."""
    text = (
        resources.files("catalog.schema").joinpath("descriptions.toml").read_text(encoding="utf-8")
    )
    words = tomllib.loads(text)
    described = {name: Description(**given) for name, given in words["tables"].items()}
    described |= {name: Description(**given) for name, given in words["views"].items()}
    return words["shared"], described


def described() -> Mapping[str, Description]:
    """Return the description of each table and view by name; columns that say the usual lack."""
    return _written()[1]


def shared() -> Mapping[str, str]:
    """Return what a column of a name says wherever its table has nothing better."""
    return _written()[0]


def describe(table: str, columns: Iterable[str]) -> Description:
    """Return what *table* and each of its *columns* means.

    Raises `KeyError` with the name of what has no description.
    """
    shared, tables = _written()
    given = tables[table]
    meaning = {**shared, **given.columns}
    return Description(about=given.about, columns={name: meaning[name] for name in columns})


def tables_of(db: Database) -> Iterator[str]:
    """Yield the tables of the catalog, without those that SQLite and sqlite-utils keep."""
    for name in db.table_names():
        index, _, kind = name.rpartition("_fts")
        if not name.startswith(("_", "sqlite_")) and not (index and kind in _NOT_OURS):
            yield name
