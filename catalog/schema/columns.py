"""What the columns of a table or view hold, as far as exports need to know."""

import re
from dataclasses import dataclass
from enum import StrEnum

from catalog.database import Database


class ColumnType(StrEnum):
    """A type of value; `LIST` and `OBJECT` are JSON in text."""

    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    LIST = "list"
    OBJECT = "object"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its name, what it holds, whether it is part of the key or never empty."""

    name: str
    type: ColumnType
    required: bool = False
    is_key: bool = False


_DECLARED = {
    "INTEGER": ColumnType.INTEGER,
    "INT": ColumnType.INTEGER,
    "REAL": ColumnType.NUMBER,
    "TEXT": ColumnType.TEXT,
}

_JSON_CHECK = re.compile(r"json_valid\s*\((\w+)\)")


def columns_of(db: Database, name: str) -> list[Column]:
    """Return the columns of the table or view *name*, in order.

    What a view calculates has no declared type: its values are looked at.
    """
    (sql,) = db.execute(
        "SELECT ifnull(max(sql), '') FROM sqlite_master WHERE name = ? AND type = 'table'", (name,)
    ).fetchone()
    json_columns = set(_JSON_CHECK.findall(sql))
    return [
        Column(
            name=column,
            type=_json_type(default)
            if column in json_columns
            else _DECLARED.get(declared) or _type_of_values(db, name, column),
            required=bool(not_null),
            is_key=bool(key),
        )
        for _, column, declared, not_null, default, key in db.execute(
            f'PRAGMA table_info("{name}")'
        ).fetchall()
    ]


def _json_type(default: str | None) -> ColumnType:
    return ColumnType.OBJECT if "{" in (default or "") else ColumnType.LIST


def _type_of_values(db: Database, name: str, column: str) -> ColumnType:
    kinds = {
        kind for (kind,) in db.execute(f'SELECT DISTINCT typeof("{column}") FROM "{name}"')
    } - {"null"}
    if kinds == {"integer"}:
        return ColumnType.INTEGER
    return ColumnType.NUMBER if kinds and kinds <= {"integer", "real"} else ColumnType.TEXT
