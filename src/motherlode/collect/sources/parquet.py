"""Parquet: rows with the types they have."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from motherlode.collect.sources.layout import ROWS_A_BATCH, Layout, Part
from motherlode.doors import Batch


def parts(path: Path, layout: Layout) -> Iterator[Part]:
    """A Parquet file holds one part; it says everything about its layout itself."""
    yield Part("", partial(batches, path))


def batches(path: Path) -> Iterator[Batch]:
    """Rows of a Parquet file; one without rows gives one batch without rows, so that its columns are known."""
    first_row = 1
    with pq.ParquetFile(path) as file:
        for rows in file.iter_batches(ROWS_A_BATCH):
            yield Batch(without_dictionaries(rows), first_row)
            first_row += rows.num_rows
        if first_row == 1:
            yield Batch(without_dictionaries(_no_rows(file.schema_arrow)), first_row)


def without_dictionaries(rows: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows with every dictionary column written out, so that batches fit together whatever their codes."""
    fields = [pa.field(field.name, _plain(field.type)) for field in rows.schema]
    return rows.cast(pa.schema(fields))


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if isinstance(kind, pa.DictionaryType) else kind


def _no_rows(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([], schema=schema)
