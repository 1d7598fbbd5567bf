"""The first verb: sources into `collect.raw_*`, each cell as it came, personal fields into the vault.

A piece that was loaded already adds nothing; a piece whose content or mapping changed replaces its rows.
"""

import hashlib
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa

from motherlode.config import Config, SourceConfig
from motherlode.doors import Batch, Broken, Piece
from motherlode.errors import ConfigError, ContractError, did_you_mean
from motherlode.loading import apart, corrections, loaded_as, unread
from motherlode.loading.casting import ROW, made_ready
from motherlode.plugins import find_source
from motherlode.stores import Stores
from motherlode.warehouse import Warehouse, quoted

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
    leaving = [name for name in files if file in (None, name)]
    kept = {line for name in leaving for line in unread.kept(stores, source, name)}
    with stores.warehouse.transaction():
        gone = sum(_remove(stores.warehouse, source, name) for name in leaving)
        loaded_as.show_as_raw(stores.warehouse, config)
    stores.vault.let_go(kept)
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
    gone = [*stale, *([place] if before else [])]
    kept = {line for each in gone for line in unread.kept(stores, *each)}
    with stores.warehouse.transaction():
        for name, file in gone:
            _remove(stores.warehouse, name, file)
        if len(same) == len(stale):
            done = _insert(config, stores, source, piece, now)
            corrections.recall(stores, source, piece.address, now=now)
            _enter(stores.warehouse, source, piece, wanted, done, now)
    if kept:
        stores.vault.let_go(kept - unread.kept(stores, *place))
    for other in (*stale, place):
        known.pop(other, None)
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


def _insert_rows(
    config: Config, stores: Stores, source: SourceConfig, piece: Piece, staged: pa.Table, now: datetime
) -> apart.Apart:
    """Rows into the table of their source; gives what was set apart of them."""
    ready, unread_cells = unread.seal(stores, source, made_ready(config, stores, source, piece.address, staged, now))
    if unread_cells:
        apart.keep_cells(stores.vault, source.name, piece.address, unread_cells, now=now)
    loaded_as.hold(stores.warehouse, source, ready.cells)
    with stores.warehouse.visible(ready.rows) as arrived:
        select, values = ready.select(arrived)
        sql = f"INSERT INTO {quoted(loaded_as.address(source.name))} BY NAME {select}"
        stores.warehouse.execute(sql, values)
    return ready.parted


def typed(
    config: Config, stores: Stores, source: SourceConfig, address: str, staged: pa.Table, now: datetime
) -> pa.Table:
    """Rows as `ingest` would load them, personal cells kept in the vault, for a source that no door opens.

    Its rows have no numbers of their own to keep a cell under that cannot be read: the log has it as it came.
    """
    numbers = pa.array(np.arange(1, staged.num_rows + 1, dtype=np.int64))
    ready, _ = unread.seal(
        stores, source, made_ready(config, stores, source, address, staged.append_column(ROW, numbers), now)
    )
    with stores.warehouse.visible(ready.rows) as arrived:
        return stores.warehouse.arrow(*ready.select(arrived))
