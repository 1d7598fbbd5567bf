"""Long texts, such as titles of goods, compared word by word: rare words count more (TF-IDF, cosine)."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

# Cosine from which on each level begins, the last but one being near equality.
STEPS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 0.9)
NEIGHBOURS = 12
_ROWS_AT_ONCE = 2_000
_WORD = re.compile(r"[^\W_]+(?:[-/.][^\W_]+)*")

Ints = NDArray[np.int64]


class Words:
    """The words of a column, weighed."""

    def __init__(self, column: Any) -> None:
        # scikit-learn takes a second to load, and only long texts need it.
        from sklearn.feature_extraction.text import TfidfVectorizer

        texts = [text or "" for text in column.to_pylist()]
        self._filled = np.array([bool(text) for text in texts])
        try:
            self._matrix = TfidfVectorizer(analyzer=_said, sublinear_tf=True).fit_transform(texts)
        except ValueError:
            self._matrix = None

    def levels(self, a: Ints, b: Ints) -> Ints:
        """The level of each pair; -1 where a text is missing."""
        if self._matrix is None:
            return np.full(len(a), -1)
        alike = np.concatenate(
            [
                np.asarray(self._matrix[a[some]].multiply(self._matrix[b[some]]).sum(axis=1)).ravel()
                for some in _parts(len(a))
            ]
            or [np.zeros(0)]
        )
        return np.where(self._filled[a] & self._filled[b], np.digitize(alike, STEPS), -1)

    def neighbours(self, mine: Ints, theirs: Ints) -> pa.Table:
        """Pairs of each record and the few whose words are nearest, in either direction."""
        if self._matrix is None or not len(mine) or not len(theirs):
            return pa.table({"a": pa.array([], pa.int64()), "b": pa.array([], pa.int64())})
        found = [*self._nearest(mine, theirs), *((b, a) for a, b in self._nearest(theirs, mine))]
        a, b = (np.concatenate([pair[side] for pair in found]) for side in (0, 1))
        return pa.table({"a": a, "b": b})

    def _nearest(self, mine: Ints, theirs: Ints) -> Iterator[tuple[Ints, Ints]]:
        other = self._matrix[theirs].T.tocsr()
        for some in _parts(len(mine)):
            near = (self._matrix[mine[some]] @ other).tocsr()
            for row in range(near.shape[0]):
                start, end = near.indptr[row], near.indptr[row + 1]
                best = np.argsort(-near.data[start:end], kind="stable")[: NEIGHBOURS + 1]
                chosen = theirs[near.indices[start:end][best]]
                yield np.full(len(chosen), mine[some][row]), chosen


def _said(text: str) -> Sequence[str]:
    """Words, and numbers of models both whole and without their dashes."""
    words = _WORD.findall(text)
    whole = [re.sub(r"[-/.]", "", word) for word in words]
    parts = [part for word in words if not word.isalnum() for part in re.split(r"[-/.]", word)]
    return [*whole, *parts]


def _parts(size: int) -> Iterator[slice]:
    return (slice(start, start + _ROWS_AT_ONCE) for start in range(0, size, _ROWS_AT_ONCE))
