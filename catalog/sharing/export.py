"""Write every table and view of a catalog as a file: CSV, JSON Lines, Parquet, Data Package."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from catalog.connection import Catalog, CatalogError
from catalog.schema.columns import Column, ColumnType, columns_of
from catalog.schema.descriptions import tables_of
from catalog.sharing.datapackage import data_package
from catalog.spreadsheets import harmless
from catalog.whole_files import replacing

_BATCH = 10_000  # rows held at a time


class ExportFormat(StrEnum):
    """A form in which the catalog can be handed on; `datapackage` is CSV with a descriptor."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    DATAPACKAGE = "datapackage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file that was written: of which table or view, with how many rows."""

    name: str
    path: Path
    rows: int


_Batches = Iterator[Sequence[tuple[Any, ...]]]
_Writer = Callable[[Path, Sequence[Column], _Batches], int]


def export(
    db: Catalog, folder: str | Path, form: ExportFormat, names: Sequence[str] = ()
) -> list[Exported]:
    """Write the tables and views of *db* into *folder*, a file each; *names* chooses some.

    All files show one moment, even while a night writes. Indexes for search are left out.
    Raises `CatalogError` where *names* has one that is not there, the folder cannot be
    written, or Parquet is asked for and pyarrow is not installed.
    """
    folder = Path(folder)
    chosen = _chosen(db, names)
    suffix = "csv" if form is ExportFormat.DATAPACKAGE else form.value
    write = _writer(form)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with db.one_moment():
            done = [_export(db, name, folder / f"{name}.{suffix}", write) for name in chosen]
            if form is ExportFormat.DATAPACKAGE:
                package = data_package(db, {each.name: each.path for each in done})
                with replacing(folder / "datapackage.json") as fresh:
                    text = json.dumps(package, ensure_ascii=False, indent=2)
                    fresh.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise CatalogError(f"{folder} cannot be written: {error.strerror}") from error
    return done


def _chosen(db: Catalog, names: Sequence[str]) -> list[str]:
    there = [name for name in tables_of(db) if not name.endswith("_fts")] + db.view_names()
    for name in names:
        if name not in there:
            raise CatalogError(f"the catalog has no table or view {name!r}: {', '.join(there)}")
    return [name for name in there if name in names or not names]


def _export(db: Catalog, name: str, path: Path, write: _Writer) -> Exported:
    columns = columns_of(db, name)
    cursor = db.conn.execute(f'SELECT * FROM "{name}"')
    batches = iter(lambda: cursor.fetchmany(_BATCH), [])
    with replacing(path) as fresh:
        return Exported(name=name, path=path, rows=write(fresh, columns, batches))


def _writer(form: ExportFormat) -> _Writer:
    writers: Mapping[ExportFormat, _Writer] = {
        ExportFormat.CSV: _write_csv,
        ExportFormat.DATAPACKAGE: _write_csv,
        ExportFormat.JSONL: _write_jsonl,
    }
    if form is not ExportFormat.PARQUET:
        return writers[form]
    try:
        from catalog.sharing.parquet import write_parquet
    except ImportError as error:
        raise CatalogError(
            "Parquet needs pyarrow: `pip install '.[parquet]'` in linkledger's folder has it"
        ) from error
    return write_parquet


def _write_csv(path: Path, columns: Sequence[Column], batches: _Batches) -> int:
    count = 0
    # The mark at the beginning tells Excel that this is UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow([column.name for column in columns])
        for rows in batches:
            out.writerows(
                [harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
            )
            count += len(rows)
    return count


def _write_jsonl(path: Path, columns: Sequence[Column], batches: _Batches) -> int:
    count = 0
    names = [column.name for column in columns]
    nested = [
        column.name for column in columns if column.type in (ColumnType.LIST, ColumnType.OBJECT)
    ]
    with path.open("w", encoding="utf-8") as file:
        for rows in batches:
            for row in rows:
                record = dict(zip(names, row, strict=True))
                record |= {name: json.loads(record[name]) for name in nested}
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += len(rows)
    return count
