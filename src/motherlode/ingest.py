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
import pyarrow.compute as pc

from motherlode import loaded_as
from motherlode.collect import personal
from motherlode.config import Config, SourceConfig
from motherlode.doors import Batch, Piece
from motherlode.errors import ConfigError, ContractError
from motherlode.ledger import Ledger
from motherlode.plugins import find_source
from motherlode.schemas import INPUTS, STORED, Column, Input
from motherlode.vault import Vault
from motherlode.warehouse import Warehouse, duckdb_type, quoted

# Rows inserted at a time: enough to keep the engine busy, few enough for a small machine.
ROWS_AT_ONCE = 1_000_000

Tell = Callable[[str, int, int], None]


class Loaded(msgspec.Struct, frozen=True):
    """What became of one piece: `new`, `changed`, `unchanged`, or `copy` of another piece of its source."""

    source: str
    file: str
    outcome: str
    rows: int = 0
    broken: int = 0


class Stores(msgspec.Struct, frozen=True):
    """The three stores of an open project."""

    warehouse: Warehouse
    ledger: Ledger
    vault: Vault


def ingest(config: Config, stores: Stores, *, now: datetime, tell: Tell = lambda *_: None) -> list[Loaded]:
    """Load what is new or changed in every source of the project.

    Parameters
    ----------
    now
        Moment of the load in UTC, without a zone; dates after it are future dates.
    tell
        Called with (address, bytes read, bytes in all) for a progress bar.
    """
    pieces = [(source, piece) for source in config.sources.values() for piece in open_source(source, config.root)]
    known = _known(stores.warehouse)
    total, done, loaded = sum(piece.size for _, piece in pieces), 0, []
    for source, piece in pieces:
        tell(piece.address, done, total)
        loaded.append(_load(config, stores, source, piece, known, now))
        done += piece.size
        tell(piece.address, done, total)
    loaded_as.show_as_raw(stores.warehouse, config)
    return loaded


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


def correct(config: Config, stores: Stores, table: str, rows: Sequence[Mapping[str, Any]], *, now: datetime) -> int:
    """Put corrected cells in place of those of raw rows, as text to be read anew; the ledger keeps what was corrected.

    Parameters
    ----------
    rows
        Each with `source`, `file`, `row` and the canonical columns to replace.

    Returns
    -------
    int
        Raw rows corrected.
    """
    address = ("source", "file", "row")
    facts = [
        {
            "made_at": now,
            "table": table,
            **{name: row[name] for name in address},
            "cells": {name: value for name, value in row.items() if name not in address},
        }
        for row in rows
    ]
    with stores.warehouse.transaction():
        changed = sum(_apply(stores.warehouse, fact) for fact in facts)
    loaded_as.show_as_raw(stores.warehouse, config)
    stores.ledger.record("corrections", facts)
    return changed


def _known(warehouse: Warehouse) -> dict[tuple[str, str], dict[str, Any]]:
    rows = warehouse.arrow("SELECT source, file, fingerprint, mapping FROM collect.files").to_pylist()
    return {(row["source"], row["file"]): row for row in rows}


def _load(
    config: Config,
    stores: Stores,
    source: SourceConfig,
    piece: Piece,
    known: dict[tuple[str, str], dict[str, Any]],
    now: datetime,
) -> Loaded:
    mapping = _mark(source, config.timezone)
    before = known.get((source.name, piece.address))
    if before and (before["fingerprint"], before["mapping"]) == (piece.fingerprint, mapping):
        return Loaded(source.name, piece.address, "unchanged")
    same = [
        file for (name, file), row in known.items() if name == source.name and row["fingerprint"] == piece.fingerprint
    ]
    if same and piece.address not in same:
        return Loaded(source.name, piece.address, "copy")
    with stores.warehouse.transaction():
        if before:
            _forget(stores.warehouse, source, piece.address)
        rows, broken = _insert(config, stores, source, piece, now)
        _recall(stores, source, piece.address)
        entry = {
            "source": source.name,
            "file": piece.address,
            "table": source.table,
            "fingerprint": piece.fingerprint,
            "mapping": mapping,
            "rows": rows,
            "broken": broken,
            "loaded_at": now,
        }
        names = ", ".join(f'"{name}"' for name in entry)
        values = ", ".join(f"${name}" for name in entry)
        stores.warehouse.execute(f"INSERT INTO collect.files ({names}) VALUES ({values})", entry)  # noqa: S608
    known[(source.name, piece.address)] = {"fingerprint": piece.fingerprint, "mapping": mapping}
    return Loaded(source.name, piece.address, "changed" if before else "new", rows, broken)


def _mark(source: SourceConfig, timezone: str) -> str:
    """Changes when the same file would be read in another way."""
    return hashlib.sha256(msgspec.json.encode((source, timezone), order="deterministic")).hexdigest()


def _forget(warehouse: Warehouse, source: SourceConfig, file: str) -> None:
    here = {"file": file}
    if warehouse.has(loaded_as.address(source.name)):
        warehouse.execute(f"DELETE FROM {quoted(loaded_as.address(source.name))} WHERE file = $file", here)  # noqa: S608
    for name in ("broken", "files"):
        sql = f"DELETE FROM collect.{name} WHERE source = $source AND file = $file"  # noqa: S608
        warehouse.execute(sql, {"source": source.name, **here})


def _insert(config: Config, stores: Stores, source: SourceConfig, piece: Piece, now: datetime) -> tuple[int, int]:
    rows = broken = 0
    for group in _groups(piece.batches()):
        for batch in group:
            broken += len(batch.broken)
        _insert_broken(stores.warehouse, source, piece, group)
        staged = pa.concat_tables([_stage(source, batch) for batch in group], promote_options="permissive")
        if staged.num_rows:
            rows += _insert_rows(config, stores, source, piece, staged, now)
    return rows, broken


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


def _insert_broken(warehouse: Warehouse, source: SourceConfig, piece: Piece, group: Sequence[Batch]) -> None:
    lines = [line for batch in group for line in batch.broken]
    if not lines:
        return
    table = pa.table(
        {
            "source": pa.array([source.name] * len(lines)),
            "file": pa.array([piece.address] * len(lines)),
            "row": pa.array([line.row for line in lines], pa.int64()),
            "text": pa.array([line.text for line in lines]),
            "problem": pa.array([line.problem for line in lines]),
        }
    )
    with warehouse.visible(table) as name:
        warehouse.execute(f"INSERT INTO collect.broken BY NAME SELECT * FROM {name}")  # noqa: S608


def _stage(source: SourceConfig, batch: Batch) -> pa.Table:
    """Rows with their numbers; headers stay as they are."""
    if source.columns and not set(source.columns.values()) & set(batch.rows.schema.names):
        missing = next(iter(source.columns.values()))
        hint = f"its headers are: {', '.join(batch.rows.schema.names[:20])}; correct [sources.{source.name}.columns]"
        raise ContractError(f"source `{source.name}` has no column `{missing}`", hint=hint)
    numbers = pa.array(np.arange(batch.first_row, batch.first_row + batch.rows.num_rows, dtype=np.int64))
    return pa.Table.from_batches([batch.rows]).append_column(ROW, numbers)


# Not likely to be headers of a file: kept apart from the file's own columns.
ROW, WHO = "motherlode:row", "motherlode:who"


def _insert_rows(
    config: Config, stores: Stores, source: SourceConfig, piece: Piece, staged: pa.Table, now: datetime
) -> int:
    table = INPUTS[source.table]
    headers = {column: header for column, header in source.columns.items() if header in staged.schema.names}
    private, staged, headers = _keep_personal(stores.vault, table, headers, staged, now)
    values: dict[str, Any] = {"file": piece.address, "loaded_at": now, "timezone": source.timezone or config.timezone}
    cells = {"file": "$file", "row": _name(ROW), "loaded_at": "$loaded_at"} | {name: _name(name) for name in private}
    for column in table.columns:
        if column.name in headers and not column.personal:
            kind = staged.schema.field(headers[column.name]).type
            cell = _name(headers[column.name])
            if column.name in source.replace:
                cell, kind = _replaced(cell, kind, column.name, source.replace[column.name], values), pa.string()
            cells |= _cells(column, cell, kind)
    taken = {*source.columns.values(), *headers.values(), *private, ROW}
    rest = [name for name in staged.schema.names if name not in taken]
    if rest:
        pairs = ", ".join(f"{_name(name)} := {_name(name)}" for name in rest)
        cells["extra"] = f"CAST(to_json(struct_pack({pairs})) AS VARCHAR)"
    loaded_as.hold(stores.warehouse, source, cells)
    select = ", ".join(f"{sql} AS {_name(name)}" for name, sql in cells.items())
    with stores.warehouse.visible(staged) as name:
        sql = f"INSERT INTO {quoted(loaded_as.address(source.name))} BY NAME SELECT {select} FROM {name}"  # noqa: S608
        stores.warehouse.execute(sql, {key: value for key, value in values.items() if f"${key}" in sql})
    return int(staged.num_rows)


def _replaced(cell: str, kind: pa.DataType, column: str, words: Mapping[str, str], values: dict[str, Any]) -> str:
    """A cell after the source's own replacements; the words go in as parameters."""
    text, cases = _as_text(cell, kind), []
    for number, (old, new) in enumerate(words.items()):
        values |= {f"{column}_old_{number}": old, f"{column}_new_{number}": new}
        cases.append(f"WHEN ${column}_old_{number} THEN ${column}_new_{number}")
    return f"CASE trim({text}) {' '.join(cases)} ELSE {text} END"


def _keep_personal(
    vault: Vault, table: Input, headers: dict[str, str], staged: pa.Table, now: datetime
) -> tuple[list[str], pa.Table, dict[str, str]]:
    """Personal columns into the vault; what stays is a blind index, a birth year, and the problem of each value.

    A row without a `customer_id` column is its e-mail's or phone's; an id that is itself an e-mail or phone is blinded.
    """
    mine = [column for column in table.columns if column.personal and column.name in headers]
    made: dict[str, pa.Array] = {}
    problems = pa.array([""] * staged.num_rows)
    clear: dict[str, pa.Array] = {}
    for column in mine:
        values = _text_of(staged[headers[column.name]])
        if column.name in personal.SPELLINGS:
            values, wrong = personal.normalise(values, personal.SPELLINGS[column.name])
            made[f"{column.name}_key"] = vault.tokens(column.name, values)
            problems = _noted(problems, wrong, column.name)
        if column.name == "birthday":
            years, wrong = personal.normalise(values, lambda text: personal.birth_year(text, as_of=now.date()))
            made["birth_year"] = years.cast(pa.float64())
            problems = _noted(problems, wrong, column.name)
        clear[column.name] = values
    who = _who(vault, headers, staged, made)
    if clear and who is not None:
        vault.keep(pa.table({"customer_id": who, **clear}), now=now)
    if mine:
        made["personal_problem"] = problems
    if who is not None and "customer_id" in [column.name for column in table.columns]:
        made[WHO] = who
        headers = {**headers, "customer_id": WHO}
    for name, values in made.items():
        staged = staged.append_column(name, values) if name not in staged.schema.names else staged
    gone = [headers[column.name] for column in mine]
    kept = {name: header for name, header in headers.items() if header not in gone}
    return [name for name in made if name != WHO], staged.drop_columns(gone), kept


def _who(vault: Vault, headers: Mapping[str, str], staged: pa.Table, made: Mapping[str, pa.Array]) -> pa.Array | None:
    """The pseudonymous id of each row's person."""
    if "customer_id" in headers:
        values = _text_of(staged[headers["customer_id"]])
        for name, pattern in PERSONAL_IDS.items():
            alike = pc.match_substring_regex(_sample(values), pattern).cast(pa.float64())
            if (pc.mean(alike).as_py() or 0.0) > 0.5:
                spelled, _ = personal.normalise(values, personal.SPELLINGS[name])
                return _prefixed(vault.tokens(name, spelled))
        return pc.if_else(pc.equal(values, ""), None, values)
    keys = [made[f"{name}_key"] for name in ("email", "phone") if f"{name}_key" in made]
    return _prefixed(pc.coalesce(*keys)) if keys else None


# A company's own numbers may look like phone numbers: only these are taken for personal ids.
PERSONAL_IDS = {"email": "@", "phone": r"^(\+?86)?1[3-9]\d{9}$"}


def _sample(values: pa.Array) -> pa.Array:
    filled = values.filter(pc.and_(pc.is_valid(values), pc.not_equal(values, "")))
    return filled.slice(0, 1000)


def _prefixed(tokens: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise("k", tokens, "")


def _noted(problems: pa.Array, wrong: pa.Array, name: str) -> pa.Array:
    note = pc.if_else(pc.equal(wrong, ""), "", pc.binary_join_element_wise(f"{name}:", wrong, ",", ""))
    return pc.binary_join_element_wise(problems, note, "")


def _text_of(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    if pa.types.is_floating(whole.type) and pc.all(pc.equal(whole, pc.floor(whole)), min_count=0).as_py():
        whole = whole.cast(pa.int64())
    return whole.cast(pa.string())


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
        return f"CASE WHEN isfinite({read}) THEN {read} END"
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


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _recall(stores: Stores, source: SourceConfig, file: str) -> None:
    """Corrections that people made are made again when the rows they were made to come back."""
    for fact in stores.ledger.read("corrections"):
        if (fact["source"], fact["file"]) == (source.name, file):
            _apply(stores.warehouse, fact)


def _apply(warehouse: Warehouse, fact: Mapping[str, Any]) -> int:
    table = INPUTS[fact["table"]]
    values: dict[str, Any] = {name: fact[name] for name in ("file", "row")}
    parts = []
    for name, cell in fact["cells"].items():
        column = table.column(name)
        if column.personal:
            raise ContractError(f"`{name}` is personal and lives in the vault", hint="motherlode rights rectify PERSON")
        target = name if column.kind == "text" else f"{name}_text"
        parts += [f"{_name(target)} = ${name}_cell"] + ([] if column.kind == "text" else [f"{_name(name)} = NULL"])
        values[f"{name}_cell"] = cell
    loaded_as.widen(warehouse, fact["source"], table, fact["cells"])
    sql = f"UPDATE {quoted(loaded_as.address(fact['source']))} SET {', '.join(parts)} "  # noqa: S608
    return warehouse.execute(sql + "WHERE file = $file AND row = $row", values)
