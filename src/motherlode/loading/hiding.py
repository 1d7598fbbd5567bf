"""Personal values within texts, such as a phone in a comment, are hidden on the way in: nobody asked for them there."""

from collections.abc import Collection, Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from motherlode.collect import detection

# Whoever writes no @ and no seven digits in a row, however parted, writes nothing that a pattern could find.
_MAY_HOLD = r"[@＠]|\d(?:[ ()-]?\d){6}|[A-Z]{2}\d{2} ?[A-Z0-9]{4}"
# Nor a street without a number after it, or before a word in capitals.
_MAY_BE_PLACE = r"[路街道巷弄村区厦].{0,20}\d|\d [A-Z][a-z]+ "


def hide_within(rows: pa.Table, headers: Iterable[str], prose: Collection[str] = ()) -> tuple[pa.Table, int]:
    """Rows with the personal values within texts replaced by `****`, and the number of cells that changed.

    Parameters
    ----------
    headers
        Columns that are looked at, each distinct text of them once.
    prose
        Those in which people write what they like, and so also where somebody lives: names of goods look alike.
    """
    hidden = 0
    for header in headers:
        column = rows[header]
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            changed, cells = _hidden(column, with_places=header in prose)
            if changed:
                rows = rows.set_column(rows.schema.get_field_index(header), header, cells)
                hidden += changed
    return rows, hidden


def _hidden(column: pa.ChunkedArray, *, with_places: bool) -> tuple[int, Any]:
    coded = pc.dictionary_encode(column.combine_chunks())
    suspect = pc.match_substring_regex(coded.dictionary, f"{_MAY_HOLD}|{_MAY_BE_PLACE}" if with_places else _MAY_HOLD)
    if not pc.any(suspect).as_py():
        return 0, column
    texts = coded.dictionary.to_pylist()
    clean = [
        detection.hide(text, with_places=with_places) if may else text
        for text, may in zip(texts, suspect.to_pylist(), strict=True)
    ]
    changed = pa.array([before != after for before, after in zip(texts, clean, strict=True)])
    cells = pc.sum(changed.take(coded.indices)).as_py()
    return (cells, pa.array(clean, column.type).take(coded.indices)) if cells else (0, column)
