"""The first verb: sources into `collect.raw_*`, each cell as it came, personal fields into the vault.

A piece that was loaded already adds nothing; a piece whose content or mapping changed replaces its rows.
"""

import hashlib
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from motherlode import apart, corrections, loaded_as
from motherlode.config import Config, SourceConfig
from motherlode.doors import Batch, Broken, Piece
from motherlode.errors import ConfigError, ContractError, did_you_mean
from motherlode.plugins import find_source
from motherlode.refine.grading import POSSIBLE
from motherlode.schemas import INPUTS, STORED, Column
from motherlode.stores import Stores
from motherlode.warehouse import Warehouse, duckdb_type, quoted

__all__ = ["Loaded", "Stores", "Tell", "forget", "ingest", "open_source", "vanished"]

# Rows inserted at a time: enough to keep the engine busy, few enough for a small machine.
ROWS_AT_ONCE = 1_000_000

Tell = Callable[[str, int, int], None]


class Loaded(msgspec.Struct, frozen=True):
    """What became of one piece: `new`, `changed`, `unchanged`, or `copy` of another piece of its source.

    Attributes
    ----------
    held_back
        Headers of columns that nobody asked for and that look personal: the vault has them, the warehouse does not.
    suppressed
        Rows left out because their person was erased.
    hidden
        Cells of words in which a personal value was hidden.
    """

    source: str
    file: str
    outcome: str
    rows: int = 0
    broken: int = 0
    held_back: tuple[str, ...] = ()
    suppressed: int = 0
    hidden: int = 0


class _Known(msgspec.Struct, frozen=True):
    """A piece as it was loaded."""

    fingerprint: str
    mapping: str


Place = tuple[str, str]


def ingest(config: Config, stores: Stores, *, now: datetime, tell: Tell = lambda *_: None) -> list[Loaded]:
    """Load what is new or changed in every source of the project.

    Parameters
    ----------
    now
        Moment of the load in UTC, without a zone; dates after it are future dates.
    tell
        Called with (address, bytes read, bytes in all) for a progress bar.
    """
    known = _known(stores.warehouse)
    pieces = [(source, piece) for source in config.sources.values() for piece in _present(source, config.root, known)]
    here = {(source.name, piece.address): piece.fingerprint for source, piece in pieces}
    total, done, loaded = sum(piece.size for _, piece in pieces), 0, []
    loaded_as.hold_lines(stores.warehouse)
    for source, piece in pieces:
        tell(piece.address, done, total)
        loaded.append(_load(config, stores, source, piece, known, here, now))
        done += piece.size
        tell(piece.address, done, total)
    loaded_as.show_as_raw(stores.warehouse, config)
    return loaded


def forget(config: Config, stores: Stores, source: str, file: str | None = None) -> int:
    """Let the rows of a source, or of one of its pieces, go; people stay in the vault, corrections in the ledger.

    A piece that is still there comes back with the next load.

    Returns
    -------
    int
        Rows and broken lines that went.

    Raises
    ------
    ContractError
        Nothing was loaded from such a source or piece.
    """
    known = sorted(_known(stores.warehouse))
    if source not in {name for name, _ in known}:
        raise ContractError(f"nothing is loaded from a source `{source}`", hint=did_you_mean(source, dict(known)))
    files = [name for of, name in known if of == source]
    if file is not None and file not in files:
        raise ContractError(f"nothing is loaded from `{file}` of `{source}`", hint=did_you_mean(file, files))
    with stores.warehouse.transaction():
        gone = sum(_remove(stores.warehouse, source, name) for name in files if file in (None, name))
        loaded_as.show_as_raw(stores.warehouse, config)
    return gone


def vanished(config: Config, stores: Stores) -> list[Place]:
    """Source and address of pieces whose rows are here although they are not there any more."""
    known = _known(stores.warehouse)
    here = {
        (source.name, piece.address)
        for source in config.sources.values()
        for piece in _present(source, config.root, known)
    }
    return sorted(known.keys() - here)


def open_source(source: SourceConfig, root: Path) -> Iterator[Piece]:
    """The pieces of a source, opened by the door that it names.

    Raises
    ------
    ConfigError
        No such door, or a setting that the door does not take.
    """
    door = find_source(source.use, root)
    kind = next(iter(typing.get_type_hints(door).values()))
    known = msgspec.structs.fields(kind)
    unknown = set(source.settings) - {field.name for field in known}
    if unknown:
        names = ", ".join(field.name for field in known)
        raise ConfigError(
            f"[sources.{source.name}] has no setting `{min(unknown)}`", hint=f"`{source.use}` takes {names}"
        )
    values = {"root": str(root), **source.settings} if any(f.name == "root" for f in known) else dict(source.settings)
    try:
        settings = msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise ConfigError(f"[sources.{source.name}]: {error}", hint="see docs/how-to/configure.md") from error
    return typing.cast(Iterator[Piece], door(settings))


def _known(warehouse: Warehouse) -> dict[Place, _Known]:
    rows = warehouse.arrow("SELECT source, file, fingerprint, mapping FROM collect.files").to_pylist()
    return {(row["source"], row["file"]): _Known(row["fingerprint"], row["mapping"]) for row in rows}


def _present(source: SourceConfig, root: Path, known: Mapping[Place, _Known]) -> list[Piece]:
    """The pieces that are there; a source whose loaded files are all gone has none, and keeps its rows."""
    try:
        return list(open_source(source, root))
    except ContractError:
        loaded = [root / file.partition("#")[0] for name, file in known if name == source.name]
        if not loaded or any(path.exists() for path in loaded):
            raise
        return []


def _load(
    config: Config,
    stores: Stores,
    source: SourceConfig,
    piece: Piece,
    known: dict[Place, _Known],
    here: Mapping[Place, str],
    now: datetime,
) -> Loaded:
    place, wanted = (source.name, piece.address), _Known(piece.fingerprint, _mark(source, config.timezone))
    before = known.get(place)
    if before == wanted:
        return Loaded(*place, "unchanged")
    same = [] if before and before.fingerprint == wanted.fingerprint else _same_content(place, wanted, known, here)
    # What is here no more and would be read differently today is replaced by the piece that it became.
    stale = [other for other in same if other not in here and known[other] != wanted]
    with stores.warehouse.transaction():
        for name, file in [*stale, *([place] if before else [])]:
            _remove(stores.warehouse, name, file)
        if len(same) == len(stale):
            done = _insert(config, stores, source, piece, now)
            corrections.recall(stores, source, piece.address, now=now)
            _enter(stores.warehouse, source, piece, wanted, done, now)
    for gone in [*stale, place]:
        known.pop(gone, None)
    if len(same) > len(stale):
        return Loaded(*place, "copy")
    known[place] = wanted
    return msgspec.structs.replace(done, outcome="changed" if before else "new")


def _same_content(
    place: Place, wanted: _Known, known: Mapping[Place, _Known], here: Mapping[Place, str]
) -> list[Place]:
    """Other pieces of the source whose rows are the same; not one that is about to be loaded with another content."""
    return [
        other
        for other, loaded in known.items()
        if other[0] == place[0] and other != place and loaded.fingerprint == wanted.fingerprint
        if here.get(other, loaded.fingerprint) == loaded.fingerprint
    ]


def _enter(
    warehouse: Warehouse, source: SourceConfig, piece: Piece, wanted: _Known, done: Loaded, now: datetime
) -> None:
    entry = {
        "source": source.name,
        "file": piece.address,
        "table": source.table,
        "fingerprint": wanted.fingerprint,
        "mapping": wanted.mapping,
        "rows": done.rows,
        "broken": done.broken,
        "loaded_at": now,
    }
    names, values = ", ".join(f'"{name}"' for name in entry), ", ".join(f"${name}" for name in entry)
    warehouse.execute(f"INSERT INTO collect.files ({names}) VALUES ({values})", entry)  # noqa: S608


def _mark(source: SourceConfig, timezone: str) -> str:
    """Changes when the same file would be read in another way."""
    return hashlib.sha256(msgspec.json.encode((source, timezone), order="deterministic")).hexdigest()


def _remove(warehouse: Warehouse, source: str, file: str) -> int:
    """Rows and lines of a piece, and that it was loaded."""
    gone, place = 0, {"source": source, "file": file}
    if warehouse.has(loaded_as.address(source)):
        sql = f"DELETE FROM {quoted(loaded_as.address(source))} WHERE file = $file"  # noqa: S608
        gone += warehouse.execute(sql, {"file": file})
    gone += warehouse.execute(f"DELETE FROM {quoted(loaded_as.LINES)} WHERE source = $source AND file = $file", place)  # noqa: S608
    warehouse.execute("DELETE FROM collect.files WHERE source = $source AND file = $file", place)
    return gone


def _insert(config: Config, stores: Stores, source: SourceConfig, piece: Piece, now: datetime) -> Loaded:
    rows = broken = suppressed = hidden = 0
    held_back: dict[str, None] = {}
    for group in _groups(piece.batches()):
        broken += _insert_lines(stores, source, piece, [line for batch in group for line in batch.broken], now)
        staged = _stacked([_stage(source, batch) for batch in group])
        if staged.num_rows:
            parted = _insert_rows(config, stores, source, piece, staged, now)
            held_back |= dict.fromkeys(parted.held_back)
            suppressed += parted.suppressed
            hidden += parted.hidden
            rows += parted.rows.num_rows
    return Loaded(source.name, piece.address, "new", rows, broken, tuple(held_back), suppressed, hidden)


def _groups(batches: Iterator[Batch]) -> Iterator[list[Batch]]:
    group: list[Batch] = []
    rows = 0
    for batch in batches:
        group.append(batch)
        rows += batch.rows.num_rows
        if rows >= ROWS_AT_ONCE:
            yield group
            group, rows = [], 0
    if group:
        yield group


def _insert_lines(stores: Stores, source: SourceConfig, piece: Piece, lines: Sequence[Broken], now: datetime) -> int:
    """Lines that are no rows; what they say may name somebody, and so is kept in the vault."""
    if not lines:
        return 0
    apart.keep_lines(stores.vault, source.name, piece.address, lines, now=now)
    table = pa.table(
        {
            "source": pa.array([source.name] * len(lines)),
            "file": pa.array([piece.address] * len(lines)),
            "row": pa.array([line.row for line in lines], pa.int64()),
            "problem": pa.array([line.problem for line in lines]),
        }
    )
    with stores.warehouse.visible(table) as name:
        stores.warehouse.execute(f"INSERT INTO {quoted(loaded_as.LINES)} BY NAME SELECT * FROM {name}")  # noqa: S608
    return len(lines)


def _stage(source: SourceConfig, batch: Batch) -> pa.Table:
    """Rows with their numbers; headers stay as they are, a second one of the same name becomes `name.2`."""
    headers = batch.rows.schema.names
    if headers and source.columns and not set(source.columns.values()) & set(headers):
        missing = next(iter(source.columns.values()))
        hint = f"its headers are: {', '.join(headers[:20])}; correct [sources.{source.name}.columns]"
        raise ContractError(f"source `{source.name}` has no column `{missing}`", hint=hint)
    numbers = pa.array(np.arange(batch.first_row, batch.first_row + batch.rows.num_rows, dtype=np.int64))
    staged = pa.Table.from_batches([batch.rows])
    if len(set(headers)) < len(headers):
        seen = [headers[: place + 1].count(header) for place, header in enumerate(headers)]
        staged = staged.rename_columns(
            [f"{name}.{n}" if n > 1 else name for name, n in zip(headers, seen, strict=True)]
        )
    return staged.append_column(ROW, numbers)


def _stacked(tables: Sequence[pa.Table]) -> pa.Table:
    try:
        return pa.concat_tables(tables, promote_options="permissive")
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        # A database without column types gave numbers in one batch and words in the next.
        texts = [
            table.cast(pa.schema([(name, pa.int64() if name == ROW else pa.string()) for name in table.schema.names]))
            for table in tables
        ]
        return pa.concat_tables(texts, promote_options="default")


# Not likely to be a header of a file: kept apart from the file's own columns.
ROW = "motherlode:row"


class _Ready(msgspec.Struct, frozen=True):
    """Rows on their way into a table: what was set apart, what is left under plain names, and SQL of each cell."""

    parted: apart.Apart
    rows: pa.Table
    cells: Mapping[str, str]
    values: Mapping[str, Any]

    def select(self, arrived: str) -> tuple[str, dict[str, Any]]:
        cells = ", ".join(f'{sql} AS "{name}"' for name, sql in self.cells.items())
        sql = f"SELECT {cells} FROM {arrived}"  # noqa: S608
        return sql, {key: value for key, value in self.values.items() if f"${key}" in sql}


def _insert_rows(
    config: Config, stores: Stores, source: SourceConfig, piece: Piece, staged: pa.Table, now: datetime
) -> apart.Apart:
    """Rows into the table of their source; gives what was set apart of them."""
    ready = _made_ready(config, stores, source, piece.address, staged, now)
    loaded_as.hold(stores.warehouse, source, ready.cells)
    with stores.warehouse.visible(ready.rows) as arrived:
        select, values = ready.select(arrived)
        sql = f"INSERT INTO {quoted(loaded_as.address(source.name))} BY NAME {select}"
        stores.warehouse.execute(sql, values)
    return ready.parted


def typed(
    config: Config, stores: Stores, source: SourceConfig, address: str, staged: pa.Table, now: datetime
) -> pa.Table:
    """Rows as `ingest` would load them, personal cells kept in the vault, for a source that no door opens."""
    numbers = pa.array(np.arange(1, staged.num_rows + 1, dtype=np.int64))
    ready = _made_ready(config, stores, source, address, staged.append_column(ROW, numbers), now)
    with stores.warehouse.visible(ready.rows) as arrived:
        return stores.warehouse.arrow(*ready.select(arrived))


def _made_ready(
    config: Config, stores: Stores, source: SourceConfig, address: str, staged: pa.Table, now: datetime
) -> _Ready:
    table = INPUTS[source.table]
    headers = {column: header for column, header in source.columns.items() if header in staged.schema.names}
    parted = apart.set_apart(stores.vault, table, headers, staged, now=now)
    values: dict[str, Any] = {"file": address, "loaded_at": now, "timezone": source.timezone or config.timezone}
    # Under names of our own: to the engine `ID` and `id` are one column, and a header may be called like one of ours.
    rows, plain = parted.rows, {header: f"c{place}" for place, header in enumerate(parted.rows.schema.names)}
    cells = {"file": "$file", "row": plain[ROW], "loaded_at": "$loaded_at"}
    for name in parted.made:
        cell = f"m_{name}" if name != "customer_id" else f"nullif(m_{name}, '')"
        cells[name] = (
            _replaced(cell, pa.string(), name, source.replace[name], values) if name in source.replace else cell
        )
    for name, header in parted.headers.items():
        cell, kind = plain[header], rows.schema.field(header).type
        if name in source.replace:
            cell, kind = _replaced(cell, kind, name, source.replace[name], values), pa.string()
        cells |= _cells(table.column(name), cell, kind)
    if source.numbered:
        cells["customer_id"] = f"{_literal(source.name + ':')} || {plain[ROW]}"
    rest = [header for header in plain if header not in {*source.columns.values(), ROW}]
    if rest:
        cells["extra"] = _as_json({header: plain[header] for header in rest})
    named = rows.rename_columns(list(plain.values()))
    for name, made in parted.made.items():
        named = named.append_column(f"m_{name}", made)
    return _Ready(parted, named, cells, values)


def _as_json(columns: Mapping[str, str]) -> str:
    """SQL of an object with columns that nobody asked for."""
    pairs = ", ".join(f"{_literal(header)}, {cell}" for header, cell in columns.items())
    return f"CAST(json_object({pairs}) AS VARCHAR)"


def _replaced(cell: str, kind: pa.DataType, column: str, words: Mapping[str, str], values: dict[str, Any]) -> str:
    """A cell after the source's own replacements; the words go in as parameters."""
    text, cases = _as_text(cell, kind), []
    for number, (old, new) in enumerate(words.items()):
        values |= {f"{column}_old_{number}": old, f"{column}_new_{number}": new}
        cases.append(f"WHEN ${column}_old_{number} THEN ${column}_new_{number}")
    return f"CASE trim({text}) {' '.join(cases)} ELSE {text} END" if cases else text


def _cells(column: Column, cell: str, kind: pa.DataType) -> dict[str, str]:
    """SQL of a cell: typed where a plain cast reads it without doubt, else as it came in `<column>_text`."""
    text = _as_text(cell, kind)
    if column.kind == "text":
        return {column.name: f"nullif({text}, '')"}
    plain = _plain(column, cell, kind)
    return {column.name: plain, f"{column.name}_text": f"CASE WHEN {plain} IS NULL THEN nullif({text}, '') END"}


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _as_text(cell: str, kind: pa.DataType) -> str:
    if pa.types.is_floating(kind):
        whole = f"{cell} = floor({cell}) AND abs({cell}) < 1e15"
        return f"CASE WHEN {whole} THEN CAST(CAST({cell} AS BIGINT) AS VARCHAR) ELSE CAST({cell} AS VARCHAR) END"
    return cell if _is_text(kind) else f"CAST({cell} AS VARCHAR)"


def _plain(column: Column, cell: str, kind: pa.DataType) -> str:
    """A cast that gives NULL wherever there is doubt."""
    read = f"TRY_CAST({cell} AS {duckdb_type(STORED[column.kind])})"
    if column.kind in ("moment", "day"):
        return _plain_moment(cell, kind, read)
    if column.kind == "number":
        low, high = POSSIBLE.get(column.name, (None, None))
        possible = "" if low is None else f" AND {read} BETWEEN {low} AND {high}"
        return f"CASE WHEN isfinite({read}){possible} THEN {read} END"
    if column.kind == "flag" and not _is_text(kind) and not pa.types.is_boolean(kind):
        return f"CASE {cell} WHEN 1 THEN true WHEN 0 THEN false END"
    return read


def _plain_moment(cell: str, kind: pa.DataType, read: str) -> str:
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return read.replace(cell, f"timezone($timezone, {cell})")
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return read
    if not _is_text(kind):
        return read.replace(cell, "NULL")
    # An offset, a two-digit year or a word such as `infinity` is for `refine` to read.
    year_first = f"{cell} BETWEEN '1000' AND '3' AND length({cell}) <= 19"
    return f"CASE WHEN {year_first} AND NOT contains({cell}, '+') AND NOT suffix({cell}, 'Z') THEN {read} END"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
