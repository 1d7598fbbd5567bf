"""Reports that say what an order has in common once, in its first line, and leave it empty in the others."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.doors import Batch


def repeated(batches: Iterable[Batch], headers: Sequence[str]) -> Iterator[Batch]:
    """Rows in which all of these columns are empty say in them what the last row before says that is not so."""
    held: dict[str, Any] = {}
    for batch in batches:
        here = [header for header in headers if header in batch.rows.schema.names]
        if not here or not batch.rows.num_rows:
            yield batch
            continue
        texts = {header: batch.rows[header].cast(pa.string()) for header in here}
        filled = np.zeros(batch.rows.num_rows, dtype=bool)
        for cells in texts.values():
            filled |= pc.not_equal(pc.utf8_trim_whitespace(pc.fill_null(cells, "")), "").to_numpy(zero_copy_only=False)
        # One place more in front for what the batch before ended with.
        last = np.maximum.accumulate(np.where(filled, np.arange(1, filled.size + 1), 0))
        rows = batch.rows
        for header, cells in texts.items():
            whole = pa.concat_arrays([pa.array([held.get(header)], pa.string()), cells])
            said = whole.take(pa.array(last))
            held[header] = said[-1].as_py()
            rows = rows.set_column(rows.schema.get_field_index(header), header, said)
        yield Batch(rows, batch.first_row, batch.broken)
