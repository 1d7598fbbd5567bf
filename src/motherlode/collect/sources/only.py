"""The rows of a file that are wanted: those in which a column says one of several words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from motherlode.doors import Batch


def only(batches: Iterable[Batch], wanted: Mapping[str, Sequence[str]]) -> Iterator[Batch]:
    """Rows whose cells are among the words wanted of each of these columns, numbered among themselves.

    A column that a batch has not says nothing: none of its rows is wanted. Broken lines are told by whoever reads the
    whole file.
    """
    first_row = 1
    for batch in batches:
        rows = batch.rows
        for header, words in wanted.items():
            rows = rows.filter(_says(rows, header, words))
        yield Batch(rows, first_row)
        first_row += rows.num_rows


def _says(rows: pa.RecordBatch, header: str, words: Sequence[str]) -> pa.Array:
    if header not in rows.schema.names:
        return pa.array([False] * rows.num_rows, pa.bool_())
    cells = pc.utf8_trim_whitespace(pc.fill_null(rows[header].cast(pa.string()), ""))
    return pc.is_in(cells, value_set=pa.array(list(words), pa.string()))
