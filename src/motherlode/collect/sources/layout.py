"""What a format needs to be told of a file, and what it gives back."""

from collections.abc import Callable, Iterator

import msgspec

from motherlode.doors import Batch

# Enough rows for good column chunks, few enough that Python lists of their cells stay small.
ROWS_A_BATCH = 50_000


class Layout(msgspec.Struct, frozen=True):
    """What the user said of the shape of a file; `None` is found by looking.

    Attributes
    ----------
    header
        Number of the line or row that holds the headers, counted from 1; 0 where there is none.
    """

    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header: int | None = None


class Part(msgspec.Struct, frozen=True):
    """What a file holds under one name: a sheet, or under the empty name the whole file."""

    name: str
    batches: Callable[[], Iterator[Batch]]
