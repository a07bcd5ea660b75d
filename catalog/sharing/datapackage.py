"""The descriptor of a Data Package: what the CSV files of an export hold, for programs.

After the Data Package standard, https://datapackage.org/standard/data-package/.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from catalog.archives import present_archives
from catalog.database import Database
from catalog.schema.columns import Column, ColumnType, columns_of
from catalog.schema.descriptions import Description, describe
from catalog.schema.views import VIEWS

_TYPES = {
    ColumnType.INTEGER: "integer",
    ColumnType.NUMBER: "number",
    ColumnType.TEXT: "string",
    ColumnType.LIST: "array",
    ColumnType.OBJECT: "object",
}


def data_package(db: Database, files: Mapping[str, Path]) -> dict[str, Any]:
    """Return the descriptor of *files*, which hold the tables and views of *db* by name."""
    newest = db.execute("SELECT ifnull(max(finished_at), '') FROM runs").fetchone()[0]
    titles = [archive.title for archive in present_archives(db) if archive.title]
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "linkledger-catalog",
        "title": ", ".join(["Link ledger", *titles]),
        "description": (
            "Every link and repository that a newsletter archive names, and what became of"
            " them. An apostrophe before = + - or @ at the start of a cell was put there so"
            " that no spreadsheet runs it."
        ),
        "resources": [_resource(db, name, path, set(files)) for name, path in files.items()],
    }
    return package | ({"created": newest} if newest else {})


def _resource(db: Database, name: str, path: Path, others: set[str]) -> dict[str, Any]:
    columns = columns_of(db, name)
    words = describe(name, [column.name for column in columns])
    data = path.read_bytes()
    return {
        "name": name,
        "type": "table",
        "path": path.name,
        "description": words.about,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": _schema(db, name, columns, words, others),
    }


def _schema(
    db: Database, name: str, columns: list[Column], words: Description, others: set[str]
) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [
            {
                "name": column.name,
                "type": _TYPES[column.type],
                "description": words.columns[column.name],
            }
            for column in columns
        ],
        "missingValues": [""],
    }
    if key := [column.name for column in columns if column.is_key]:
        schema["primaryKey"] = key
    if name not in VIEWS and (
        keys := [
            {
                "fields": [key.column],
                "reference": {"resource": key.other_table, "fields": [key.other_column]},
            }
            for key in db.table(name).foreign_keys
            if key.other_table in others
        ]
    ):
        schema["foreignKeys"] = keys
    return schema
