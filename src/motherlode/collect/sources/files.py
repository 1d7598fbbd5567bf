"""Files of every format we read, by path, folder or pattern."""

import hashlib
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec
import pyarrow as pa
from python_calamine import CalamineError

from motherlode.collect.sources import archive, lines, months, only, parquet, repeat, sqlite, text, times, workbook
from motherlode.collect.sources.layout import Layout, Part
from motherlode.doors import Batch, Piece
from motherlode.errors import ConfigError, ContractError

# A piece no larger is read to its end for its last rows, where totals and signatures stand.
SMALL_BYTES = 20_000_000
LAST_ROWS = 20

Readers = dict[str, Callable[[Path, Layout], Iterator[Part]]]

_PACKED = ("", ".gz", ".bz2", ".zst")
_TEXT: Readers = {f"{kind}{packed}": text.parts for kind in (".csv", ".tsv", ".tab", ".txt") for packed in _PACKED}
_LINES: Readers = {f"{kind}{packed}": lines.parts for kind in (".jsonl", ".ndjson") for packed in _PACKED}
_ARRAYS: Readers = {f".json{packed}": lines.array_parts for packed in _PACKED}
_WORKBOOKS: Readers = dict.fromkeys((".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), workbook.parts)
_PARQUET: Readers = dict.fromkeys((".parquet", ".pq"), parquet.parts)

_SQLITE: Readers = {f"{kind}{packed}": sqlite.parts for kind in (".sqlite", ".sqlite3", ".db") for packed in _PACKED}
_ALONE: Readers = _TEXT | _LINES | _ARRAYS | _WORKBOOKS | _PARQUET | _SQLITE

# One entry a suffix: what a file holds, by what its name ends in.
READERS: Readers = _ALONE | {".zip": partial(archive.parts, _ALONE)}

_UNREADABLE = (
    sqlite3.DatabaseError,
    zipfile.BadZipFile,
    OSError,
    EOFError,
    ValueError,
    zlib.error,
    pa.ArrowException,
    CalamineError,
)
T = TypeVar("T")


class Files(msgspec.Struct, frozen=True):
    """Where the files are, and what need not be found by looking.

    Attributes
    ----------
    path
        A file, a folder (every readable file in it) or a pattern; `**` stands for folders in folders.
    root
        Addresses of files inside this folder are relative to it.
    sheet
        The one sheet of a workbook that is wanted.
    encoding
        As Python names it.
    delimiter
        One character; a blank stands for runs of blanks.
    header
        Number of the line or row that holds the headers, counted from 1; 0 where there is none.
    months
        Columns that are months become rows, `order_date` and `value`.
    repeat
        Headers of columns that say something in the first row of several and mean it of the empty ones below too.
    only
        Header -> words: rows that say none of them in that column are left out, for a file that is two tables in one.
    times
        Header -> factor, for columns that count hundredths (分) or ten thousands (万元).
    """

    path: str
    root: str = "."
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header: int | None = None
    months: bool = False
    repeat: tuple[str, ...] = ()
    only: dict[str, tuple[str, ...]] = {}
    times: dict[str, float] = {}


def files(settings: Files) -> Iterator[Piece]:
    """Give every file or sheet that the path names, in the order of their addresses."""
    layout = Layout(settings.sheet, settings.encoding, settings.delimiter, settings.header)
    named = sorted((_address(path, Path(settings.root)), path) for path in _readable(settings))
    for address, path in named:
        for piece in _pieces(address, path, layout):
            yield _unfolded(piece, settings)


def _unfolded(piece: Piece, settings: Files) -> Piece:
    """The piece with what the settings say of how its rows are to be read."""
    if settings.repeat:
        piece = msgspec.structs.replace(piece, batches=partial(_repeated, piece.batches, settings.repeat))
    if settings.only:
        piece = msgspec.structs.replace(piece, batches=partial(_wanted, piece.batches, settings.only))
    if settings.times:
        piece = msgspec.structs.replace(piece, batches=partial(_multiplied, piece.batches, settings.times))
    if settings.months:
        piece = msgspec.structs.replace(piece, batches=partial(_by_month, piece.batches))
    return piece


def _repeated(batches: Callable[[], Iterator[Batch]], headers: tuple[str, ...]) -> Iterator[Batch]:
    return repeat.repeated(batches(), headers)


def _wanted(batches: Callable[[], Iterator[Batch]], words: dict[str, tuple[str, ...]]) -> Iterator[Batch]:
    return only.only(batches(), words)


def _multiplied(batches: Callable[[], Iterator[Batch]], factors: dict[str, float]) -> Iterator[Batch]:
    return times.multiplied(batches(), factors)


def _by_month(batches: Callable[[], Iterator[Batch]]) -> Iterator[Batch]:
    return months.by_month(batches())


def peek(piece: Piece, rows: int = 2000) -> pa.Table:
    """The first rows of a piece, and after them the last few of a small one."""
    small = 0 < piece.size <= SMALL_BYTES
    first: list[pa.Table] = []
    last: list[pa.Table] = []
    missing = rows
    for batch in piece.batches():
        table = pa.Table.from_batches([batch.rows])
        first.append(table.slice(0, missing))
        beyond = table.slice(missing)
        last = [*last, beyond.slice(max(0, beyond.num_rows - LAST_ROWS))] if beyond.num_rows else last
        missing -= first[-1].num_rows
        if not missing and not small:
            break
    return _stacked(first + _last_rows(last)) if small else _stacked(first)


def _last_rows(tables: list[pa.Table]) -> list[pa.Table]:
    rows = _stacked(tables)
    return [rows.slice(max(0, rows.num_rows - LAST_ROWS))] if tables else []


def _stacked(tables: list[pa.Table]) -> pa.Table:
    """Tables one below the other; a column that one of them has not is empty there."""
    if not tables:
        return pa.table({})
    try:
        return pa.concat_tables(tables, promote_options="permissive")
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        # A database without column types gave numbers in one batch and words in the next.
        return pa.concat_tables(map(_as_text, tables), promote_options="default")


def _as_text(table: pa.Table) -> pa.Table:
    return table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))


def _readable(settings: Files) -> list[Path]:
    """Files that the path names and that we can read."""
    present = [path for path in _named(settings) if path.is_file() and not path.name.startswith((".", "~$"))]
    if not present and Path(settings.root, settings.path).is_dir():
        raise ContractError(
            f"the folder `{settings.path}` holds no file", hint="put the exports into it, or name another"
        )
    if not present:
        raise ContractError(f"no file at `{settings.path}`", hint="check `path`; it is relative to the project folder")
    readable = [path for path in present if _suffix(path)]
    if not readable:
        hint = "save it as CSV, Excel, Parquet or JSON lines; known endings: " + " ".join(sorted(READERS))
        names = ", ".join(f"`{path.name}`" for path in present[:3]) + (" ..." if len(present) > 3 else "")
        raise ContractError(f"nothing at `{settings.path}` is of a format that is read: {names}", hint=hint)
    return readable


def _named(settings: Files) -> Iterable[Path]:
    path = Path(settings.root, settings.path)
    # First of all a name: `orders[1].csv` is a file that a browser made, not a pattern.
    if path.is_file():
        return [path]
    if path.is_dir():
        return path.iterdir()
    return _matching(Path(settings.root), settings.path)


def _matching(root: Path, pattern: str) -> Iterable[Path]:
    anchor = Path(pattern).anchor
    try:
        return list(Path(anchor).glob(pattern.removeprefix(anchor)) if anchor else root.glob(pattern))
    except ValueError as error:
        hint = "`**` stands alone between slashes, as in `inbox/**/*.csv`"
        raise ConfigError(f"`{pattern}` is not a pattern: {error}", hint=hint) from error


def _suffix(path: Path) -> str | None:
    name = path.name.lower()
    return max((suffix for suffix in READERS if name.endswith(suffix)), key=len, default=None)


def _address(path: Path, root: Path) -> str:
    path, root = path.resolve(), root.resolve()
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def _pieces(address: str, path: Path, layout: Layout) -> Iterator[Piece]:
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256")
    for part in _told(address, partial(READERS[_suffix(path) or ""], path, layout)):
        fingerprint = content.copy()
        fingerprint.update(part.name.encode())
        name = f"{address}#{part.name}" if part.name else address
        yield Piece(name, fingerprint.hexdigest(), partial(_told, name, part.batches), path.stat().st_size)


def _told(address: str, reading: Callable[[], Iterator[T]]) -> Iterator[T]:
    """What is read, or an error that says in which file reading failed."""
    try:
        yield from reading()
    except _UNREADABLE as error:
        hint = "see whether the file opens in the program it comes from, and export it anew"
        raise ContractError(f"`{address}` cannot be read: {error}", hint=hint) from error
