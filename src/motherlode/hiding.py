"""Personal values within words, such as a phone in a comment, are hidden on the way in: nobody asked for them there."""

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from motherlode.collect import detection

SAMPLE = 500
# Words are Chinese, or letters with blanks: the blank between a day and its hour makes none.
_WORDS = r"[\x{4e00}-\x{9fff}]|\pL.*\s|\s.*\pL"
# They are longer than a name of goods' size or a code.
_LONG, _MOSTLY = 8, 0.3
# Whoever writes no @ and no seven digits in a row, however parted, writes nothing that a pattern could find.
_MAY_HOLD = r"[@＠]|\d(?:[ ()-]?\d){6}|[A-Z]{2}\d{2} ?[A-Z0-9]{4}"


def hide_in_prose(rows: pa.Table, headers: Iterable[str], always: Sequence[str] = ()) -> tuple[pa.Table, int]:
    """Rows with the personal values in columns of words replaced by `****`, and the number of cells that changed.

    Parameters
    ----------
    headers
        Columns that are looked at; one of them is words if most of its cells are, or it is among `always`.
    """
    hidden = 0
    for header in headers:
        column = rows[header]
        if _is_text(column.type) and (header in always or is_prose(column)):
            changed, cells = _hidden(column)
            if changed:
                rows = rows.set_column(rows.schema.get_field_index(header), header, cells)
                hidden += changed
    return rows, hidden


def is_prose(column: pa.ChunkedArray) -> bool:
    """Whether a column of text holds words that somebody wrote."""
    sample = column.slice(0, SAMPLE).drop_null()
    if not len(sample):
        return False
    long = pc.and_(pc.greater(pc.utf8_length(sample), _LONG), pc.match_substring_regex(sample, _WORDS))
    return bool(pc.mean(long.cast(pa.float64())).as_py() > _MOSTLY)


def _hidden(column: pa.ChunkedArray) -> tuple[int, Any]:
    """Cells without personal values; each distinct one is looked at once."""
    whole = column.combine_chunks()
    suspect = pc.fill_null(pc.match_substring_regex(whole, _MAY_HOLD), False)
    texts = whole.filter(suspect).to_pylist()
    clean = {text: detection.hide(text) for text in set(texts)}
    changed = sum(clean[text] != text for text in texts)
    if not changed:
        return 0, column
    return changed, pc.replace_with_mask(whole, suspect, pa.array([clean[text] for text in texts], whole.type))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
