"""What crosses the border of the house: pieces of data in, messages out."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Literal, Protocol

import msgspec
import pyarrow as pa


class Broken(msgspec.Struct, frozen=True):
    """A line of a file that is not a row: kept as it came, with its problem."""

    row: int
    text: str
    problem: str


class Batch(msgspec.Struct, frozen=True):
    """Rows as they came.

    Attributes
    ----------
    rows
        Columns under the names of the source. Text files give text columns and nothing else;
        typed sources (Parquet, databases) keep their types.
    first_row
        Number of the first of `rows` within its piece, counted from 1; the others follow without gaps.
    broken
        Lines that could not become rows, numbered on their own.
    """

    rows: pa.RecordBatch
    first_row: int
    broken: tuple[Broken, ...] = ()


class Piece(msgspec.Struct, frozen=True):
    """One file, sheet or query result of a source.

    Attributes
    ----------
    address
        What names the piece for ever: a path relative to the project, with `#sheet` for a workbook.
    fingerprint
        Changes when, and only when, the content changes.
    batches
        Opens the piece and gives its rows; may be called more than once.
    size
        Bytes, for the progress bar; 0 where it is not known.
    """

    address: str
    fingerprint: str
    batches: Callable[[], Iterator[Batch]]
    size: int = 0


class Source(Protocol):
    """A door in: a module-level function decorated with `@source`, its settings a frozen Struct."""

    def __call__(self, settings: msgspec.Struct) -> Iterator[Piece]: ...


class Message(msgspec.Struct, frozen=True):
    """One message to one person on one channel; `key` makes a second send of it harmless."""

    key: str
    customer_id: str
    channel: str
    purpose: str
    template: str
    values: Mapping[str, str]


class Receipt(msgspec.Struct, frozen=True):
    """What a channel said of a message."""

    key: str
    outcome: Literal["sent", "refused", "transient", "permanent"]
    at: datetime
    detail: str = ""


class Channel(Protocol):
    """A door out."""

    def __call__(self, message: Message, settings: msgspec.Struct) -> Receipt: ...


class Kms(Protocol):
    """A key management system: it has a master key that never leaves it, and wraps the keys of the house with it.

    A door to one is a function that takes the URL of `kms = "…"` in motherlode.toml and gives this.
    """

    def wrap(self, key: bytes) -> bytes:
        """A key of 32 bytes, so that only `unwrap` can read it."""
        ...

    def unwrap(self, wrapped: bytes) -> bytes:
        """The key again; any exception where the system refuses or is not there."""
        ...
