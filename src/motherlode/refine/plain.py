"""Texts that are already as `refine` would write them, told from the bytes of a whole column.

Nearly all are, and a look at a column's bytes costs a fiftieth of a pattern on each of its cells. Rows that are plain
in every cell take the short road through `grade`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.refine.grading import NOBODY
from motherlode.refine.text import UNTIDY

Letters = npt.NDArray[np.uint8]

_WHOLE_NUMBER_SPOILT = r"^[0-9]+\.0$"
_LAST_BUT_ONE, _DIGITS = np.uint8(ord("~") - ord("!")), np.uint8(9)


def plain_texts(column: pa.ChunkedArray, *, is_somebody: bool = False) -> pa.BooleanArray | None:
    """Which cells stay as they are, or are empty; `None` where all of them.

    Parameters
    ----------
    column
        Text.
    is_somebody
        A word that stands for nobody is not plain either.
    """
    if all(_is_plain(chunk, is_somebody) for chunk in column.chunks):
        return None
    coded: Any = pc.dictionary_encode(column.combine_chunks())
    odd = pc.or_(*(pc.match_substring_regex(coded.dictionary, how) for how in (UNTIDY, _WHOLE_NUMBER_SPOILT)))
    if is_somebody:
        odd = pc.or_(odd, pc.is_in(pc.utf8_lower(coded.dictionary), pa.array(NOBODY)))
    return pc.fill_null(pc.invert(odd).take(coded.indices), True)


def _is_plain(cells: pa.StringArray, is_somebody: bool) -> bool:
    """Whether every cell is of visible letters of ASCII that need no look, and ends in a digit if it is somebody."""
    letters, ends = _letters(cells)
    # Bytes wrap around, so that what lies below `!` is far above `~`.
    if (letters - ord("!") > _LAST_BUT_ONE).any() or _has(letters, "'") or _has(letters, "."):
        return False
    if not is_somebody or not len(letters):
        return True
    filled = np.diff(ends) > 0
    last, first = letters[ends[1:][filled] - 1], letters[ends[:-1][filled]]
    # `0000-00-00` is nobody too.
    is_dated = (first == ord("0")).any() and (_has(letters, "-") or _has(letters, "/"))
    return bool((last - ord("0") <= _DIGITS).all() and not is_dated)


def _letters(cells: Any) -> tuple[Letters, npt.NDArray[np.integer[Any]]]:
    """Bytes of all cells, and where each begins and the last ends."""
    wide = pa.types.is_large_string(cells.type)
    _, places, data = cells.buffers()
    kind, size = (np.int64, 8) if wide else (np.int32, 4)
    if not len(cells) or data is None:
        return np.zeros(0, np.uint8), np.zeros(1, np.int64)
    ends = np.frombuffer(places, kind, len(cells) + 1, cells.offset * size)
    return np.frombuffer(data, np.uint8)[ends[0] : ends[-1]], ends - ends[0]


def _has(letters: Letters, letter: str) -> bool:
    return bool((letters == ord(letter)).any())
