"""Parquet, by pyarrow: for exports, where the extra `parquet` is installed."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.schema.columns import Column, ColumnType

# JSON stays text: its shape differs from row to row.
_TYPES = {
    ColumnType.INTEGER: pa.int64(),
    ColumnType.NUMBER: pa.float64(),
    ColumnType.TEXT: pa.string(),
    ColumnType.LIST: pa.string(),
    ColumnType.OBJECT: pa.string(),
}


def write_parquet(
    path: Path, columns: Sequence[Column], batches: Iterator[Sequence[tuple[Any, ...]]]
) -> int:
    """Write *batches* of rows to *path* and return how many rows there were."""
    schema = pa.schema([(column.name, _TYPES[column.type]) for column in columns])
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for rows in batches:
            arrays = [
                pa.array(values, type=field.type)
                for values, field in zip(zip(*rows, strict=True), schema, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            count += len(rows)
    return count
