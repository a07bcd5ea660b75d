"""Exports hold every table and view, value for value, and nothing that a spreadsheet runs."""

import csv
import hashlib
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from catalog.connection import Catalog, CatalogError, open_catalog
from catalog.schema.descriptions import tables_of
from catalog.schema.views import VIEWS
from catalog.sharing.export import ExportFormat, export


def rows(db: Catalog, name: str) -> list[dict[str, Any]]:
    return list(db.query(f'SELECT * FROM "{name}"'))


def as_text(row: dict[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in row.items()}


def all_names(db: Catalog) -> set[str]:
    return {name for name in tables_of(db) if not name.endswith("_fts")} | set(VIEWS)


@pytest.mark.parametrize("form", list(ExportFormat))
def test_every_table_and_view_is_written(
    small: Catalog, tmp_path: Path, form: ExportFormat
) -> None:
    if form is ExportFormat.PARQUET:
        pytest.importorskip("pyarrow")
    done = export(small, tmp_path, form)
    assert {each.name for each in done} == all_names(small)
    for each in done:
        assert each.path.is_file()
        assert each.rows == len(rows(small, each.name)), each.name
    assert not list(tmp_path.glob(".*"))


def test_csv_holds_the_values(small: Catalog, tmp_path: Path) -> None:
    export(small, tmp_path, ExportFormat.CSV)
    for name in all_names(small):
        with (tmp_path / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            assert list(csv.DictReader(file)) == [as_text(row) for row in rows(small, name)]


def test_json_lines_hold_the_values_and_what_is_json_in_them(
    small: Catalog, tmp_path: Path
) -> None:
    export(small, tmp_path, ExportFormat.JSONL)
    read = [
        json.loads(line) for line in (tmp_path / "repos.jsonl").read_text("utf-8").splitlines()
    ]
    assert [row["stars"] for row in read] == [row["stars"] for row in rows(small, "repos")]
    (tnn,) = [row for row in read if row["full_name"] == "Tencent/TNN"]
    assert tnn["topics"] == ["edge", "inference"]
    assert tnn["languages"] == {}
    assert tnn["description"] == "高性能、轻量级推理框架"


def test_parquet_holds_the_values_with_their_types(small: Catalog, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    export(small, tmp_path, ExportFormat.PARQUET)
    for name in all_names(small):
        assert parquet.read_table(tmp_path / f"{name}.parquet").to_pylist() == rows(small, name)
    schema = parquet.read_schema(tmp_path / "link_rot_by_year.parquet")
    assert [str(schema.field(name).type) for name in ("year", "links", "broken_share")] == [
        "string",
        "int64",
        "double",
    ]


def test_a_data_package_describes_its_files(small: Catalog, tmp_path: Path) -> None:
    export(small, tmp_path, ExportFormat.DATAPACKAGE)
    package = json.loads((tmp_path / "datapackage.json").read_text("utf-8"))
    assert {resource["name"] for resource in package["resources"]} == all_names(small)
    for resource in package["resources"]:
        data = (tmp_path / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        header = data.decode("utf-8-sig").splitlines()[0].split(",")
        assert [field["name"] for field in resource["schema"]["fields"]] == header
        assert all(field["description"] for field in resource["schema"]["fields"])
    schemas = {resource["name"]: resource["schema"] for resource in package["resources"]}
    assert schemas["repo_snapshots"]["primaryKey"] == ["repo_id", "taken_on"]
    assert {
        "fields": ["link_id"],
        "reference": {"resource": "links", "fields": ["id"]},
    } in schemas["mentions"]["foreignKeys"]


def test_a_hostile_title_comes_out_harmless(own: Catalog, tmp_path: Path) -> None:
    own.execute("UPDATE pages SET title = '=cmd|'' /C calc''!A0' WHERE link_id = 1")
    export(own, tmp_path, ExportFormat.CSV, ["pages"])
    assert "\n1," in (tmp_path / "pages.csv").read_text("utf-8-sig")
    assert ",'=cmd|" in (tmp_path / "pages.csv").read_text("utf-8-sig")


def test_one_table_alone(small: Catalog, tmp_path: Path) -> None:
    export(small, tmp_path, ExportFormat.JSONL, ["broken_links"])
    assert [file.name for file in tmp_path.iterdir()] == ["broken_links.jsonl"]


def test_a_table_that_is_not_there_is_named(small: Catalog, tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no table or view 'linkz'"):
        export(small, tmp_path, ExportFormat.CSV, ["linkz"])


def test_a_folder_that_cannot_be_written_is_named(small: Catalog, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CatalogError, match="cannot be written"):
        export(small, tmp_path / "file" / "out", ExportFormat.CSV)


def test_all_files_are_of_one_moment(own: Catalog, own_catalog: Path, tmp_path: Path) -> None:
    """A run writes to the catalog after the first file was written and before the second."""

    def write_meanwhile(statement: str) -> None:
        if statement == 'SELECT * FROM "runs"':
            own.execute("INSERT INTO runs (command, version, started_at) VALUES ('x', '1', 'now')")

    before = own.table("runs").count
    with closing(open_catalog(own_catalog, read_only=True)) as reader:
        reader.conn.set_trace_callback(write_meanwhile)
        (_, runs) = export(reader, tmp_path, ExportFormat.CSV, ["archives", "runs"])
    assert runs.rows == before
    assert own.table("runs").count == before + 1
